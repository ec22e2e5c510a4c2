/* Specs of features and what was parsed, and lists of what is batched. */
#include "python/ext/generated.h"

bool py_to_sparse_tensors(py_call *call, PyObject *v, hr_sparse_tensors *out) {
  PyObject *list = PySequence_Fast(v, "Expected a list of sparse tensors");
  if (!list) return false;
  Py_ssize_t count = PySequence_Fast_GET_SIZE(list);
  hr_sparse_tensor *items = py_call_allocate(call, sizeof *items * (size_t)(count + 1));
  bool ok = items != NULL;
  for (Py_ssize_t i = 0; ok && i < count; ++i)
    ok = py_to_sparse_tensor(call, PySequence_Fast_GET_ITEM(list, i), &items[i]);
  *out = (hr_sparse_tensors){(int32_t)count, items};
  Py_DECREF(list);
  return ok;
}

/* (key, kind, dtype, shape, default or None, allow_missing, index keys, value key or None, sizes, already_sorted) */
static bool to_spec(py_call *call, PyObject *tuple, hr_feature_spec *out) {
  PyObject *dtype, *shape, *value, *index_keys, *sizes;
  int kind, allow_missing, already_sorted;
  const char *key, *value_key;
  if (!PyArg_ParseTuple(tuple, "siOOOpOzOp", &key, &kind, &dtype, &shape, &value, &allow_missing, &index_keys,
                        &value_key, &sizes, &already_sorted))
    return false;
  int32_t count = 0;
  int64_t *numbers = NULL;
  *out = (hr_feature_spec){.key = key,
                           .kind = (hr_feature_kind)kind,
                           .allow_missing = allow_missing,
                           .value_key = value_key,
                           .already_sorted = already_sorted};
  if (dtype != Py_None && !py_to_dtype(dtype, &out->dtype)) return false;
  if (!py_to_shape(shape, &out->shape) || !py_to_strings(call, index_keys, &out->index_keys) ||
      !py_to_int64s(call, sizes, &count, &numbers))
    return false;
  out->size = (hr_ints){count, numbers};
  return value == Py_None || py_to_operand(call, value, &out->default_value);
}

bool py_to_feature_specs(py_call *call, PyObject *v, hr_feature_specs *out) {
  *out = HR_NO_FEATURES;
  if (v == Py_None) return true;
  PyObject *list = PySequence_Fast(v, "Expected a list of features");
  if (!list) return false;
  Py_ssize_t count = PySequence_Fast_GET_SIZE(list);
  hr_feature_spec *items = py_call_allocate(call, sizeof *items * (size_t)(count + 1));
  bool ok = items != NULL;
  for (Py_ssize_t i = 0; ok && i < count; ++i)
    ok = to_spec(call, PySequence_Fast_GET_ITEM(list, i), &items[i]);
  *out = (hr_feature_specs){(int32_t)count, items};
  Py_DECREF(list); /* its items live in the caller's argument */
  return ok;
}

static PyObject *from_feature(py_graph *graph, const hr_any_tensor *f) {
  if (f->value.node) return py_from_output(graph, f->value);
  if (!f->sparse.indices.node) Py_RETURN_NONE;
  const hr_output parts[] = {f->sparse.indices, f->sparse.values, f->sparse.dense_shape};
  return py_from_outputs(graph, (hr_outputs){3, parts});
}

PyObject *py_from_any_tensors(py_graph *graph, hr_any_tensors features) {
  PyObject *list = PyList_New(features.count);
  for (int32_t i = 0; list && i < features.count; ++i) {
    PyObject *item = from_feature(graph, &features.items[i]);
    if (!item)
      Py_CLEAR(list);
    else
      PyList_SET_ITEM(list, i, item);
  }
  return list;
}

/* A pair: (value, None), or (None, the parts of a sparse tensor). */
bool py_to_any_operand(py_call *call, PyObject *v, hr_any_operand *out) {
  PyObject *value, *parts;
  *out = (hr_any_operand){0};
  if (!PyTuple_Check(v)) {
    PyErr_SetString(PyExc_TypeError, "Expected a pair: a value, or the parts of a sparse tensor");
    return false;
  }
  if (!PyArg_ParseTuple(v, "OO", &value, &parts)) return false;
  return parts == Py_None ? py_to_operand(call, value, &out->value) : py_to_sparse_tensor(call, parts, &out->sparse);
}

/* A list of such pairs. */
bool py_to_batch_items(py_call *call, PyObject *v, hr_batch_items *out) {
  PyObject *list = PySequence_Fast(v, "Expected a list of tensors");
  if (!list) return false;
  Py_ssize_t count = PySequence_Fast_GET_SIZE(list);
  hr_any_operand *items = py_call_allocate(call, sizeof *items * (size_t)(count + 1));
  bool ok = items != NULL;
  for (Py_ssize_t i = 0; ok && i < count; ++i)
    ok = py_to_any_operand(call, PySequence_Fast_GET_ITEM(list, i), &items[i]);
  *out = (hr_batch_items){(int32_t)count, items, NULL};
  Py_DECREF(list);
  return ok;
}

bool py_to_batch_sources(py_call *call, PyObject *v, hr_batch_sources *out) {
  PyObject *list = PySequence_Fast(v, "Expected a list of lists of tensors");
  if (!list) return false;
  Py_ssize_t count = PySequence_Fast_GET_SIZE(list);
  hr_batch_items *items = py_call_allocate(call, sizeof *items * (size_t)(count + 1));
  bool ok = items != NULL;
  for (Py_ssize_t i = 0; ok && i < count; ++i)
    ok = py_to_batch_items(call, PySequence_Fast_GET_ITEM(list, i), &items[i]);
  *out = (hr_batch_sources){(int32_t)count, items};
  Py_DECREF(list);
  return ok;
}
