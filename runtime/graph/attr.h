/* Attribute values: copying, comparing, printing. */
#ifndef HR_RUNTIME_GRAPH_ATTR_H
#define HR_RUNTIME_GRAPH_ATTR_H

#include "runtime/graph/node.h"

/* A function value (TensorFlow's NameAttrList): the function's name and its attributes. */
struct hr_function_attr {
  const char *name;
  int32_t num_attrs;
  const char *const *attr_names;
  const hr_attr_value *attr_values;
};

/* Same kind and contents. Tensors by dtype, shape and bytes; floats by bits. */
bool hr_attr_equal(const hr_attr_value *a, const hr_attr_value *b);

/* TensorFlow's summary of a value, as in "DT_FLOAT", "[1, 2]", "\"SAME\"", "Tensor<type: float shape: [] values: 1>".
 * Big tensors are cut. */
void hr_attr_text(const hr_attr_value *value, hr_text *text);

/* "int", "list(type)": TensorFlow's name of a kind. */
const char *hr_attr_kind_name(hr_attr_kind kind, bool is_list);

#endif
