/* Constants, and tensors that are known without a run: tf.constant, tf.get_static_value, TensorProto. */
#include "binding.h"

/* Gives the tensor the shape that tf.constant was asked for: as it is, or one element for all. */
static bool fill(py_call *c, hr_tensor **tensor, const hr_partial_shape *wanted, bool verify) {
  hr_shape shape;
  hr_tensor *full = py_call_tensor(c);
  if (!full || !py_check(hr_shape_make(wanted->rank < 0 ? 0 : wanted->rank, wanted->dims, &shape))) return false;
  hr_shape own = hr_tensor_shape(*tensor);
  if (verify && !hr_shape_equal(&own, &shape)) {
    char a[HR_SHAPE_TEXT], b[HR_SHAPE_TEXT];
    PyErr_Format(PyExc_TypeError, "Expected Tensor's shape: %s, got %s.", hr_shape_text(&shape, a),
                 hr_shape_text(&own, b));
    return false;
  }
  int64_t elements = hr_shape_elements(&shape), given = (*tensor)->elements;
  if (given == elements) {
    hr_status status = hr_tensor_reshape(*tensor, &shape, full);
    *tensor = full;
    return py_check(status);
  }
  if (given > elements || given == 0) {
    PyErr_Format(PyExc_ValueError, "Too many elements provided. Needed at most %lld, but received %lld",
                 (long long)elements, (long long)given);
    return false;
  }
  if (!py_check(hr_tensor_new(hr_cpu_allocator(), hr_tensor_dtype(*tensor), &shape, full))) return false;
  size_t size = hr_tensor_bytes(*tensor) / (size_t)given;
  for (int64_t i = 0; i < elements; ++i) {
    const char *from = (const char *)hr_tensor_data(*tensor) + size * (size_t)(i < given ? i : given - 1);
    char *to = (char *)hr_tensor_data(full) + size * (size_t)i;
    if (hr_tensor_dtype(full) != HR_STRING) {
      memcpy(to, from, size);
      continue;
    }
    const hr_string *string = (const hr_string *)from;
    if (!py_check(hr_string_set((hr_string *)to, hr_string_data(string), hr_string_length(string)))) return false;
  }
  full->proto_values = (int32_t)given;
  *tensor = full;
  return true;
}

/* The value of a constant. Quantized numbers that are written out are NumPy's affair. */
static bool to_constant(py_call *c, PyObject *v, hr_dtype dtype, hr_operand *out) {
  bool is_written = PyList_Check(v) || PyTuple_Check(v) || PyLong_Check(v) || PyFloat_Check(v);
  if (!is_written || !py_is_quantized(dtype)) return py_to_operand(c, v, out);
  hr_tensor *tensor = py_call_tensor(c);
  if (!tensor || !py_to_tensor(v, dtype, tensor)) return false;
  *out = hr_operand_tensor(tensor);
  return true;
}

/* constant(value, dtype=None, shape=None, name=None, verify_shape=False) -> Tensor */
static PyObject *constant(PyObject *module, PyObject *const *args, Py_ssize_t num_args, PyObject *kwnames) {
  static const char *const names[] = {"value", "dtype", "shape", "name", "verify_shape"};
  (void)module;
  PyObject *a[5];
  if (!py_arguments("constant", names, 5, 1, args, num_args, kwnames, a)) return NULL;
  py_call c;
  if (!py_call_begin(&c, NULL, 0)) return NULL;
  hr_constant_options o = {HR_CONSTANT_DEFAULTS};
  hr_operand value;
  PyObject *result = NULL;
  if (py_to_shape(a[2], &o.shape) && (!a[1] || py_to_dtype(a[1], &o.dtype)) && (!a[3] || py_to_text(a[3], &o.name)) &&
      (!a[4] || py_to_bool(a[4], &o.verify_shape)) && to_constant(&c, a[0], o.dtype = hr_dtype_base(o.dtype), &value)) {
    hr_output r = hr_constant_with(c.scope, value, &o);
    if (hr_scope_ok(c.scope)) result = py_from_output(c.graph, r);
  }
  if (!py_call_end(&c)) Py_CLEAR(result);
  return result;
}

/* constant_value(tensor) -> its value; None where it is not known */
static PyObject *constant_value(PyObject *module, PyObject *v) {
  (void)module;
  if (!py_is_tensor(v)) return PyErr_Format(PyExc_TypeError, "%R is no tensor", v);
  bool known = false;
  hr_tensor value = {0};
  hr_status status = hr_constant_value(((py_tensor *)v)->output, &known, &value);
  if (!py_check(status)) return NULL;
  if (!known) Py_RETURN_NONE;
  return py_from_tensor(&value);
}

/* constant_value_as_shape(vector) -> the TensorShape of those sizes that are known */
static PyObject *constant_value_as_shape(PyObject *module, PyObject *v) {
  (void)module;
  if (!py_is_tensor(v)) return PyErr_Format(PyExc_TypeError, "%R is no tensor", v);
  hr_partial_shape shape;
  if (!py_check(hr_constant_value_as_shape(((py_tensor *)v)->output, &shape))) return NULL;
  return py_from_shape(&shape);
}

/* tensor_proto(value, dtype, shape or None, verify_shape) -> the serialised TensorProto */
static PyObject *tensor_proto(PyObject *module, PyObject *args) {
  (void)module;
  PyObject *value, *type, *dims;
  int verify;
  if (!PyArg_ParseTuple(args, "OOOp", &value, &type, &dims, &verify)) return NULL;
  py_call c;
  if (!py_call_begin(&c, NULL, 0)) return NULL;
  hr_dtype dtype;
  hr_partial_shape shape;
  hr_tensor *tensor = py_call_tensor(&c);
  PyObject *result = NULL;
  if (tensor && py_to_shape(dims, &shape) && py_to_dtype(type, &dtype) &&
      py_to_tensor(value, hr_dtype_base(dtype), tensor) && (dims == Py_None || fill(&c, &tensor, &shape, verify))) {
    hr_owned_bytes bytes;
    if (py_check(hr_tensor_export(tensor, &bytes))) result = py_from_bytes(&bytes);
  }
  if (!py_call_end(&c)) Py_CLEAR(result);
  return result;
}

/* tensor_value(serialised TensorProto) -> array, NumPy scalar or bytes */
static PyObject *tensor_value(PyObject *module, PyObject *v) {
  (void)module;
  hr_bytes bytes;
  hr_tensor value;
  if (!py_to_bytes(v, &bytes) || !py_check(hr_tensor_import(bytes.data, bytes.length, &value))) return NULL;
  return py_from_tensor(&value);
}

static PyMethodDef methods[] = {
    {"constant", (PyCFunction)(void (*)(void))constant, METH_FASTCALL | METH_KEYWORDS, NULL},
    {"constant_value", constant_value, METH_O, NULL},
    {"constant_value_as_shape", constant_value_as_shape, METH_O, NULL},
    {"tensor_proto", tensor_proto, METH_VARARGS, NULL},
    {"tensor_value", tensor_value, METH_O, NULL},
    {0}};

bool py_add_constants(PyObject *module) { return PyModule_AddFunctions(module, methods) == 0; }
