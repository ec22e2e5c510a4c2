/* What the generated functions use beside binding.h. */
#ifndef HR_PYTHON_GENERATED_H
#define HR_PYTHON_GENERATED_H

#include "headrace/batch_norm.h"
#include "headrace/convolution.h"
#include "headrace/data.h"
#include "python/ext/binding.h"

typedef struct hr_nodes_argument {
  int32_t count;
  hr_node **items;
} hr_nodes_argument;

bool py_to_axes(py_call *call, PyObject *v, hr_operand *out); /* None: not given */
bool py_to_nodes(py_call *call, PyObject *v, hr_nodes_argument *out);
bool py_to_seed(PyObject *v, int64_t *out); /* None: HR_NO_SEED */
bool py_to_int32s(py_call *call, PyObject *v, int32_t *count, int32_t **out);
bool py_to_int64s(py_call *call, PyObject *v, int32_t *count, int64_t **out);
bool py_to_ints(py_call *call, PyObject *v, hr_ints *out); /* None: none; a number: a list of it */
bool py_to_enum(PyObject *v, int *out);
bool py_to_defined(PyObject *v, const hr_defined **out); /* a definition of core/defun.py */
bool py_to_tensor_argument(py_call *call, PyObject *v, const hr_tensor **out);
bool py_to_sparse_tensors(py_call *call, PyObject *v, hr_sparse_tensors *out);
bool py_to_feature_specs(py_call *call, PyObject *v, hr_feature_specs *out); /* None: no features */
bool py_to_any_operand(py_call *call, PyObject *v, hr_any_operand *out);     /* (value, None), or (None, parts) */
bool py_to_batch_items(py_call *call, PyObject *v, hr_batch_items *out);
bool py_to_batch_sources(py_call *call, PyObject *v, hr_batch_sources *out);
/* A list: a tensor, three tensors of a sparse one, or None for each. */
PyObject *py_from_any_tensors(py_graph *graph, hr_any_tensors features);
/* A tuple of new references, which are taken; NULL where one of them is. */
PyObject *py_tuple(int count, PyObject **items);
/* A function of a tensor, the number of spatial dimensions, and a padding. */
bool py_to_window_function(py_call *call, PyObject *v, hr_window_function *out);
bool py_to_adjustment(py_call *call, PyObject *v, hr_adjustment *out);
PyObject *py_from_initializer(hr_initializer value);
PyObject *py_from_regularizer(hr_regularizer value);
PyObject *py_from_partitioner(hr_partitioner value);
PyObject *py_from_types(hr_types types);
PyObject *py_from_shapes(hr_shapes shapes);

#endif
