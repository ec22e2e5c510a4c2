/* What the generated functions of data.h give: lists of dtypes and shapes. */
#include "generated.h"

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
