/* Converters of arguments and results. */
#include "binding.h"
#include "gradients.h"
#define HR_NO_NUMPY_IMPORT
#include "numpy_api.h"

/* ---- plain values ------------------------------------------------------------------------------------------------ */

bool py_to_int64(PyObject *v, int64_t *out) {
  PyObject *number = PyNumber_Index(v);
  if (!number) {
    PyErr_Clear();
    if (PyUnicode_Check(v) || PyBytes_Check(v)) { /* int("3") is a number, "3" is none */
      PyErr_Format(PyExc_TypeError, "Expected int, got %R of type '%s' instead.", v, Py_TYPE(v)->tp_name);
      return false;
    }
    number = PyNumber_Long(v); /* Dimension, and what says it is a number */
  }
  if (!number) return false;
  *out = PyLong_AsLongLong(number);
  Py_DECREF(number);
  return *out != -1 || !PyErr_Occurred();
}

bool py_to_int32(PyObject *v, int32_t *out) {
  int64_t number;
  if (!py_to_int64(v, &number)) return false;
  *out = (int32_t)number;
  if (*out == number) return true;
  PyErr_Format(PyExc_OverflowError, "%lld does not fit into 32 bits", (long long)number);
  return false;
}

bool py_to_double(PyObject *v, double *out) {
  *out = PyFloat_AsDouble(v);
  return *out != -1.0 || !PyErr_Occurred();
}

bool py_to_bool(PyObject *v, bool *out) {
  int truth = PyObject_IsTrue(v);
  *out = truth > 0;
  return truth >= 0;
}

bool py_to_bytes(PyObject *v, hr_bytes *out) {
  Py_ssize_t length;
  if (PyBytes_Check(v)) {
    *out = (hr_bytes){PyBytes_AS_STRING(v), (size_t)PyBytes_GET_SIZE(v)};
    return true;
  }
  if (!PyUnicode_Check(v)) {
    PyErr_Format(PyExc_TypeError, "Expected binary or unicode string, got %R", v);
    return false;
  }
  const char *text = PyUnicode_AsUTF8AndSize(v, &length);
  if (!text) return false;
  *out = (hr_bytes){text, (size_t)length};
  return true;
}

bool py_to_text(PyObject *v, const char **out) {
  hr_bytes bytes;
  if (!py_to_bytes(v, &bytes)) return false;
  *out = bytes.data;
  if (strlen(bytes.data) == bytes.length) return true;
  PyErr_SetString(PyExc_ValueError, "a name with a NUL in it");
  return false;
}

/* A list or tuple of what can be iterated. New reference. */
static PyObject *sequence(PyObject *v, const char *what) {
  if (!PyUnicode_Check(v) && !PyBytes_Check(v) && !py_is_tensor(v) && !py_is_variable(v)) {
    PyObject *fast = PySequence_Fast(v, "");
    if (fast) return fast;
    PyErr_Clear();
  }
  PyErr_Format(PyExc_TypeError, "Expected a list of %s, got %R", what, v);
  return NULL;
}

bool py_to_floats(py_call *call, PyObject *v, hr_floats *out) {
  PyObject *list = sequence(v, "numbers");
  if (!list) return false;
  Py_ssize_t count = PySequence_Fast_GET_SIZE(list);
  float *items = py_call_allocate(call, sizeof *items * (size_t)(count + 1));
  bool ok = items != NULL;
  for (Py_ssize_t i = 0; ok && i < count; ++i) {
    double number = 0;
    ok = py_to_double(PySequence_Fast_GET_ITEM(list, i), &number);
    items[i] = (float)number;
  }
  *out = (hr_floats){(int32_t)count, items};
  Py_DECREF(list);
  return ok;
}

bool py_to_types(py_call *call, PyObject *v, hr_types *out) {
  PyObject *list = sequence(v, "dtypes");
  if (!list) return false;
  Py_ssize_t count = PySequence_Fast_GET_SIZE(list);
  hr_dtype *items = py_call_allocate(call, sizeof *items * (size_t)(count + 1));
  bool ok = items != NULL;
  for (Py_ssize_t i = 0; ok && i < count; ++i)
    ok = py_to_dtype(PySequence_Fast_GET_ITEM(list, i), &items[i]);
  *out = (hr_types){(int32_t)count, items};
  Py_DECREF(list);
  return ok;
}

bool py_to_shapes(py_call *call, PyObject *v, hr_shapes *out) {
  PyObject *list = sequence(v, "shapes");
  if (!list) return false;
  Py_ssize_t count = PySequence_Fast_GET_SIZE(list);
  hr_partial_shape *items = py_call_allocate(call, sizeof *items * (size_t)(count + 1));
  bool ok = items != NULL;
  for (Py_ssize_t i = 0; ok && i < count; ++i)
    ok = py_to_shape(PySequence_Fast_GET_ITEM(list, i), &items[i]);
  *out = (hr_shapes){(int32_t)count, items};
  Py_DECREF(list);
  return ok;
}

/* A sequence that lives as long as the call: the graph is borrowed from, so only the items' owner `v` must live. */
bool py_to_strings(py_call *call, PyObject *v, hr_strings *out) {
  if (PyUnicode_Check(v) || PyBytes_Check(v)) {
    const char **items = py_call_allocate(call, sizeof *items);
    *out = (hr_strings){1, items};
    return items && py_to_text(v, items);
  }
  PyObject *list = sequence(v, "strings");
  if (!list) return false;
  Py_ssize_t count = PySequence_Fast_GET_SIZE(list);
  char **items = py_call_allocate(call, sizeof *items * (size_t)(count + 1));
  bool ok = items != NULL;
  for (Py_ssize_t i = 0; ok && i < count; ++i) {
    const char *text;
    ok = py_to_text(PySequence_Fast_GET_ITEM(list, i), &text);
    if (!ok) break;
    items[i] = py_call_allocate(call, strlen(text) + 1);
    ok = items[i] != NULL;
    if (ok) memcpy(items[i], text, strlen(text) + 1);
  }
  *out = (hr_strings){(int32_t)count, (const char *const *)items};
  Py_DECREF(list);
  return ok;
}

/* ---- shapes ------------------------------------------------------------------------------------------------------ */

static bool to_size(PyObject *v, int64_t *out) {
  *out = HR_UNKNOWN_DIM;
  if (v == Py_None) return true;
  PyObject *value = NULL;
  if (!PyLong_Check(v) && PyObject_HasAttrString(v, "value")) {
    value = PyObject_GetAttrString(v, "value"); /* Dimension */
    if (!value) return false;
    v = value;
  }
  bool ok = v == Py_None || py_to_int64(v, out);
  Py_XDECREF(value);
  return ok;
}

bool py_to_shape(PyObject *v, hr_partial_shape *out) {
  *out = HR_SHAPE_UNKNOWN;
  if (!v || v == Py_None) return true;
  PyObject *dims = NULL;
  if (py_classes[PY_TENSOR_SHAPE] && PyObject_TypeCheck(v, (PyTypeObject *)py_classes[PY_TENSOR_SHAPE])) {
    dims = PyObject_GetAttrString(v, "_dims");
    if (!dims) return false;
    if (dims == Py_None) {
      Py_DECREF(dims);
      return true;
    }
    v = dims;
  }
  bool ok = true;
  if (PyLong_Check(v) || PyArray_IsScalar(v, Integer)) {
    out->rank = 1;
    ok = py_to_int64(v, &out->dims[0]);
  } else {
    PyObject *list = sequence(v, "sizes");
    ok = list != NULL;
    Py_ssize_t count = list ? PySequence_Fast_GET_SIZE(list) : 0;
    if (count > HR_MAX_RANK) {
      PyErr_Format(PyExc_ValueError, "A shape of rank %zd; ranks above %d are not supported", count, HR_MAX_RANK);
      ok = false;
    }
    out->rank = ok ? (int)count : HR_UNKNOWN_RANK;
    for (Py_ssize_t i = 0; ok && i < count; ++i) {
      ok = to_size(PySequence_Fast_GET_ITEM(list, i), &out->dims[i]);
      if (ok && out->dims[i] < -1) {
        PyErr_Format(PyExc_ValueError, "Dimension %lld must be >= 0", (long long)out->dims[i]);
        ok = false;
      } else if (ok && out->dims[i] == -1 && PySequence_Fast_GET_ITEM(list, i) != Py_None &&
                 PyLong_Check(PySequence_Fast_GET_ITEM(list, i))) {
        PyErr_SetString(PyExc_ValueError, "Dimension -1 must be >= 0");
        ok = false;
      }
    }
    Py_XDECREF(list);
  }
  Py_XDECREF(dims);
  return ok;
}

PyObject *py_from_dims(const hr_partial_shape *shape) {
  if (shape->rank < 0) Py_RETURN_NONE;
  PyObject *dims = PyTuple_New(shape->rank);
  for (int i = 0; dims && i < shape->rank; ++i) {
    PyObject *size = Py_None;
    if (shape->dims[i] >= 0)
      size = PyLong_FromLongLong(shape->dims[i]);
    else
      Py_INCREF(size);
    if (!size)
      Py_CLEAR(dims);
    else
      PyTuple_SET_ITEM(dims, i, size);
  }
  return dims;
}

PyObject *py_from_shape(const hr_partial_shape *shape) {
  PyObject *dims = py_from_dims(shape);
  if (!dims || !py_classes[PY_TENSOR_SHAPE]) return dims;
  PyObject *result = PyObject_CallOneArg(py_classes[PY_TENSOR_SHAPE], dims);
  Py_DECREF(dims);
  return result;
}

PyObject *py_from_bytes(hr_owned_bytes *bytes) {
  PyObject *result = PyBytes_FromStringAndSize(bytes->data ? bytes->data : "", (Py_ssize_t)bytes->length);
  free(bytes->data);
  *bytes = (hr_owned_bytes){0};
  return result;
}

/* ---- operands ---------------------------------------------------------------------------------------------------- */

/* The variable's C object; ValueError for one whose building failed. */
static bool variable_of(PyObject *v, hr_var **out) {
  *out = ((py_variable *)v)->var;
  if (!*out) PyErr_SetString(PyExc_ValueError, "The variable was not built");
  return *out != NULL;
}

/* True where a list has tensors in it, so that it is packed in the graph. */
static bool holds_tensors(PyObject *v) {
  if (py_is_tensor(v) || py_is_variable(v)) return true;
  if (!PyList_Check(v) && !PyTuple_Check(v)) return false;
  PyObject **items = PySequence_Fast_ITEMS(v);
  for (Py_ssize_t i = 0, n = PySequence_Fast_GET_SIZE(v); i < n; ++i)
    if (holds_tensors(items[i])) return true;
  return false;
}

static bool packed_operand(py_call *call, PyObject *v, hr_operand *out) {
  Py_ssize_t count = PySequence_Fast_GET_SIZE(v);
  hr_operand *items = py_call_allocate(call, sizeof *items * (size_t)count);
  for (Py_ssize_t i = 0; items && i < count; ++i) {
    PyObject *item = PySequence_Fast_GET_ITEM(v, i);
    if (item == Py_None) PyErr_SetString(PyExc_ValueError, "None values not supported.");
    if (item == Py_None || !py_to_operand(call, item, &items[i])) return false;
  }
  if (!items) return false;
  *out = hr_operand_items((int32_t)count, items);
  return true;
}

static bool tensor_operand(py_call *call, PyObject *v, hr_operand *out) {
  hr_tensor *tensor = py_call_tensor(call);
  bool literal;
  if (!tensor || !py_to_value(v, tensor, &literal)) return false;
  *out = literal ? hr_operand_values(tensor) : hr_operand_tensor(tensor);
  return true;
}

bool py_to_operand(py_call *call, PyObject *v, hr_operand *out) {
  if (py_is_tensor(v)) {
    *out = hr_operand_output(((py_tensor *)v)->output);
    return true;
  }
  if (py_is_variable(v)) {
    hr_var *var;
    if (!variable_of(v, &var)) return false;
    *out = hr_operand_variable(var);
    return true;
  }
  if (PyFloat_CheckExact(v)) {
    *out = hr_operand_float(PyFloat_AS_DOUBLE(v));
    return true;
  }
  if (PyBool_Check(v)) {
    *out = hr_operand_bool(v == Py_True);
    return true;
  }
  if (PyLong_CheckExact(v)) {
    int overflow;
    long long number = PyLong_AsLongLongAndOverflow(v, &overflow);
    if (overflow) return tensor_operand(call, v, out);
    *out = hr_operand_int(number);
    return true;
  }
  if (v == Py_None) {
    *out = hr_operand_none();
    return true;
  }
  if (PyList_Check(v) || PyTuple_Check(v))
    return holds_tensors(v) ? packed_operand(call, v, out) : tensor_operand(call, v, out);
  if (PyUnicode_Check(v) || PyBytes_Check(v) || PyArray_Check(v) || PyArray_IsScalar(v, Generic) || PyComplex_Check(v))
    return tensor_operand(call, v, out);
  if (PyObject_TypeCheck(v, (PyTypeObject *)py_classes[PY_INDEXED_SLICES])) {
    hr_gradient gradient;
    if (!py_to_gradient(call, v, &gradient)) return false;
    if (gradient.dense_shape.node) {
      *out = hr_operand_output(hr_gradient_as_argument(call->scope, gradient));
      return true;
    }
  }
  PyObject *other = PyObject_CallOneArg(py_classes[PY_OPERAND_FALLBACK], v);
  if (!other) return false;
  /* What the fallback made must live through the call; the graph owns what it made in the graph. */
  bool ok = py_graph_keep(call->graph, other) && py_to_operand(call, other, out);
  Py_DECREF(other);
  return ok;
}

bool py_to_output(py_call *call, PyObject *v, hr_output *out) {
  if (py_is_tensor(v)) {
    *out = ((py_tensor *)v)->output;
    return true;
  }
  hr_operand operand;
  if (!py_to_operand(call, v, &operand)) return false;
  *out = hr_convert(call->scope, operand, HR_INVALID, NULL);
  return true;
}

bool py_to_outputs(py_call *call, PyObject *v, hr_outputs *out) {
  PyObject *list = sequence(v, "tensors");
  if (!list) return false;
  Py_ssize_t count = PySequence_Fast_GET_SIZE(list);
  hr_output *items = py_call_allocate(call, sizeof *items * (size_t)(count + 1));
  bool ok = items != NULL;
  for (Py_ssize_t i = 0; ok && i < count; ++i) {
    PyObject *item = PySequence_Fast_GET_ITEM(list, i);
    if (item != Py_None) ok = py_to_output(call, item, &items[i]);
  }
  *out = (hr_outputs){(int32_t)count, items};
  Py_DECREF(list);
  return ok;
}

bool py_to_sparse_tensor(py_call *call, PyObject *v, hr_sparse_tensor *out) {
  hr_outputs parts;
  if (!py_to_outputs(call, v, &parts)) return false;
  if (parts.count == 3)
    *out = (hr_sparse_tensor){parts.items[0], parts.items[1], parts.items[2]};
  else
    PyErr_SetString(PyExc_TypeError, "A sparse tensor is three tensors: indices, values and shape");
  return parts.count == 3;
}

bool py_to_node(py_call *call, PyObject *v, hr_node **out) {
  (void)call;
  if (py_is_operation(v))
    *out = ((py_operation *)v)->node;
  else if (py_is_tensor(v))
    *out = ((py_tensor *)v)->output.node;
  else if (py_is_variable(v) && ((py_variable *)v)->var)
    *out = hr_var_node(((py_variable *)v)->var);
  else {
    PyErr_Format(PyExc_TypeError, "Can not convert a %s into a Tensor or Operation.", Py_TYPE(v)->tp_name);
    return false;
  }
  return true;
}

bool py_to_var(py_call *call, PyObject *v, hr_var **out) {
  (void)call;
  if (py_is_variable(v)) return variable_of(v, out);
  PyErr_Format(PyExc_TypeError, "Expected a variable, got %R", v);
  return false;
}

bool py_to_vars(py_call *call, PyObject *v, hr_vars *out) {
  PyObject *list = sequence(v, "variables");
  if (!list) return false;
  Py_ssize_t count = PySequence_Fast_GET_SIZE(list);
  hr_var **items = py_call_allocate(call, sizeof *items * (size_t)(count + 1));
  bool ok = items != NULL;
  for (Py_ssize_t i = 0; ok && i < count; ++i)
    ok = py_to_var(call, PySequence_Fast_GET_ITEM(list, i), &items[i]);
  *out = (hr_vars){(int32_t)count, items};
  Py_DECREF(list);
  return ok;
}

/* Sizes written out, of which one may be -1. False without an exception where `v` is something else. */
static bool written_dims(PyObject *v, hr_partial_shape *out) {
  if (!PyList_Check(v) && !PyTuple_Check(v)) return false;
  Py_ssize_t count = PySequence_Fast_GET_SIZE(v);
  if (count > HR_MAX_RANK) return false;
  out->rank = (int)count;
  for (Py_ssize_t i = 0; i < count; ++i) {
    PyObject *item = PySequence_Fast_GET_ITEM(v, i);
    if (!PyLong_CheckExact(item)) return false;
    out->dims[i] = PyLong_AsLongLong(item);
    if (PyErr_Occurred()) {
      PyErr_Clear();
      return false;
    }
  }
  return true;
}

bool py_to_partial_dims(py_call *call, PyObject *v, hr_dims *out) {
  *out = (hr_dims){HR_NO_OPERAND, {0, {0}}};
  if (written_dims(v, &out->shape)) return true;
  bool list = PyList_Check(v) || PyTuple_Check(v);
  if (py_is_tensor(v) || py_is_variable(v) || PyArray_Check(v) || PyLong_CheckExact(v) || (list && holds_tensors(v)))
    return py_to_operand(call, v, &out->value);
  return py_to_shape(v, &out->shape);
}

bool py_to_dims(py_call *call, PyObject *v, hr_dims *out) {
  if (!py_to_partial_dims(call, v, out)) return false;
  bool list = v && (PyList_Check(v) || PyTuple_Check(v));
  for (int i = 0; i < out->shape.rank; ++i) {
    if (out->shape.dims[i] >= 0) continue;
    if (!list) {
      PyErr_Format(PyExc_ValueError, "Cannot convert a partially known TensorShape to a Tensor: %S", v);
      return false;
    }
    PyObject *size = PySequence_Fast_GET_ITEM(v, i);
    if (!PyLong_Check(size) && !PyArray_IsScalar(size, Integer)) return py_refuse_type(v);
  }
  return true;
}

bool py_to_reuse(PyObject *v, hr_reuse *out) {
  *out = HR_REUSE_NONE;
  if (!v || v == Py_None || v == Py_False) return true;
  if (v == Py_True) {
    *out = HR_REUSE_TRUE;
    return true;
  }
  PyObject *name = PyObject_GetAttrString(v, "name"); /* AUTO_REUSE, an enum's member */
  if (name && PyUnicode_Check(name) && PyUnicode_CompareWithASCIIString(name, "AUTO_REUSE") == 0) {
    Py_DECREF(name);
    *out = HR_REUSE_AUTO;
    return true;
  }
  Py_XDECREF(name);
  PyErr_Clear();
  int truth = PyObject_IsTrue(v);
  *out = truth > 0 ? HR_REUSE_TRUE : HR_REUSE_NONE;
  return truth >= 0;
}

/* ---- attributes -------------------------------------------------------------------------------------------------- */

static PyObject *single_attr(py_graph *graph, const hr_attr_value *value, int32_t i) {
  bool list = value->is_list;
  switch (value->kind) {
  case HR_ATTR_STRING:
    return list ? PyBytes_FromStringAndSize(value->strings[i].data, (Py_ssize_t)value->strings[i].length)
                : PyBytes_FromStringAndSize(value->s, value->count);
  case HR_ATTR_INT: return PyLong_FromLongLong(list ? value->ints[i] : value->i);
  case HR_ATTR_FLOAT: return PyFloat_FromDouble(list ? value->floats[i] : value->f);
  case HR_ATTR_BOOL: return PyBool_FromLong(list ? value->bools[i] : value->b);
  case HR_ATTR_TYPE: return py_from_dtype((hr_dtype)(list ? value->types[i] : value->type));
  case HR_ATTR_SHAPE: return py_from_shape(list ? &value->shapes[i] : value->shape);
  case HR_ATTR_TENSOR: {
    hr_tensor copy;
    hr_status status = hr_tensor_clone(hr_cpu_allocator(), list ? value->tensors[i] : value->tensor, &copy);
    return status ? py_raise_building(status) : py_from_tensor(&copy);
  }
  default: break;
  }
  (void)graph;
  Py_RETURN_NONE;
}

PyObject *py_from_attr(py_graph *graph, const hr_attr_value *value) {
  if (!value->is_list) return single_attr(graph, value, 0);
  PyObject *list = PyList_New(value->count);
  for (int32_t i = 0; list && i < value->count; ++i) {
    PyObject *item = single_attr(graph, value, i);
    if (!item)
      Py_CLEAR(list);
    else
      PyList_SET_ITEM(list, i, item);
  }
  return list;
}
