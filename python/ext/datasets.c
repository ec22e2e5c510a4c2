/* What the generated functions of data.h take and give: lists of dtypes and shapes. */
#include "generated.h"

/* The values of a list or tuple, each by `convert`. */
static void *to_list(py_call *call, PyObject *v, size_t size, bool (*convert)(PyObject *item, void *out),
                     int32_t *count) {
  PyObject *list = PySequence_Fast(v, "a list is needed");
  if (!list) return NULL;
  Py_ssize_t length = PySequence_Fast_GET_SIZE(list);
  char *items = py_call_allocate(call, size * (size_t)(length + 1));
  bool ok = items != NULL;
  for (Py_ssize_t i = 0; ok && i < length; ++i)
    ok = convert(PySequence_Fast_GET_ITEM(list, i), items + size * (size_t)i);
  Py_DECREF(list);
  *count = (int32_t)length;
  return ok ? items : NULL;
}

static bool convert_type(PyObject *item, void *out) { return py_to_dtype(item, out); }
static bool convert_shape(PyObject *item, void *out) {
  *(hr_partial_shape *)out = HR_SHAPE_UNKNOWN;
  return py_to_shape(item, out);
}

bool py_to_types(py_call *call, PyObject *v, hr_types *out) {
  out->items = to_list(call, v, sizeof *out->items, convert_type, &out->count);
  return out->items != NULL;
}

bool py_to_shapes(py_call *call, PyObject *v, hr_shapes *out) {
  out->items = to_list(call, v, sizeof *out->items, convert_shape, &out->count);
  return out->items != NULL;
}

PyObject *py_from_types(hr_types types) {
  PyObject *list = PyList_New(types.count);
  for (int32_t i = 0; list && i < types.count; ++i) {
    PyObject *item = py_from_dtype(types.items[i]);
    if (item)
      PyList_SET_ITEM(list, i, item);
    else
      Py_CLEAR(list);
  }
  return list;
}

PyObject *py_from_shapes(hr_shapes shapes) {
  PyObject *list = PyList_New(shapes.count);
  for (int32_t i = 0; list && i < shapes.count; ++i) {
    PyObject *item = py_from_shape(&shapes.items[i]);
    if (item)
      PyList_SET_ITEM(list, i, item);
    else
      Py_CLEAR(list);
  }
  return list;
}
