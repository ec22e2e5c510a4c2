/* Tensors as messages of Python's functions have them; their shapes are hr_partial_shape_tuple_text's. */
#ifndef HR_BUILDER_PYTHON_TEXT_H
#define HR_BUILDER_PYTHON_TEXT_H

#include "builder/builder.h"

/* Tensor("x:0", shape=(2, ?), dtype=float32). The text lives as long as the graph; NULL where memory is short. */
const char *hr_tensor_python_text(hr_scope s, hr_output x);
/* The same tensor in a list: <tf.Tensor 'x:0' shape=(2, ?) dtype=float32>. */
const char *hr_tensor_python_item(hr_scope s, hr_output x);

#endif
