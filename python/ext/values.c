/* Values: Python and NumPy objects as tensors, and back. */
#include "binding.h"
#include "numpy_api.h"

/* ---- dtypes ------------------------------------------------------------------------------------------------------ */

static PyObject *dtype_objects[2 * HR_DTYPE_REF_OFFSET]; /* DType by number */
static PyArray_Descr *descriptors[HR_DTYPE_COUNT];       /* NumPy's, NULL for none */
static PyArray_Descr *plain_descriptors[HR_DTYPE_COUNT]; /* of fetched values: integers for quantized types */
static PyObject *dtype_finder;                           /* function: anything else -> DType */

/* register_dtype(number, DType, numpy dtype or None, that of fetched values or None), or
 * register_dtype(0, finder, None, None). */
PyObject *py_register_dtype(PyObject *module, PyObject *args) {
  (void)module;
  int number;
  PyObject *object, *numpy, *plain;
  if (!PyArg_ParseTuple(args, "iOOO", &number, &object, &numpy, &plain)) return NULL;
  if (number < 0 || number >= 2 * HR_DTYPE_REF_OFFSET) return PyErr_Format(PyExc_ValueError, "no dtype %d", number);
  Py_INCREF(object);
  if (number == 0) {
    dtype_finder = object;
    Py_RETURN_NONE;
  }
  dtype_objects[number] = object;
  if (number < HR_DTYPE_COUNT && numpy != Py_None && !PyArray_DescrConverter(numpy, &descriptors[number])) return NULL;
  if (number < HR_DTYPE_COUNT && plain != Py_None && !PyArray_DescrConverter(plain, &plain_descriptors[number]))
    return NULL;
  Py_RETURN_NONE;
}

PyObject *py_from_dtype(hr_dtype dtype) {
  PyObject *object = (unsigned)dtype < 2 * HR_DTYPE_REF_OFFSET ? dtype_objects[dtype] : NULL;
  if (!object) object = Py_None;
  Py_INCREF(object);
  return object;
}

static PyObject *enum_attribute; /* "as_datatype_enum" */

bool py_to_dtype(PyObject *v, hr_dtype *out) {
  *out = HR_INVALID;
  if (!v || v == Py_None) return true;
  static PyTypeObject *dtype_class;
  if (!dtype_class && dtype_objects[HR_FLOAT]) dtype_class = Py_TYPE(dtype_objects[HR_FLOAT]);
  PyObject *found = NULL;
  if (dtype_class && !PyObject_TypeCheck(v, dtype_class)) {
    found = PyObject_CallOneArg(dtype_finder, v);
    if (!found) return false;
    v = found;
  }
  PyObject *number = PyObject_GetAttr(v, enum_attribute);
  Py_XDECREF(found);
  if (!number) return false;
  *out = (hr_dtype)PyLong_AsLong(number);
  Py_DECREF(number);
  return !PyErr_Occurred();
}

/* The dtype of an array's elements; HR_INVALID for those that need a look at the elements, or have none. */
static hr_dtype array_dtype(PyArrayObject *array) {
  switch (PyArray_TYPE(array)) {
  case NPY_BOOL: return HR_BOOL;
  case NPY_INT8: return HR_INT8;
  case NPY_UINT8: return HR_UINT8;
  case NPY_INT16: return HR_INT16;
  case NPY_UINT16: return HR_UINT16;
  case NPY_INT: return HR_INT32;
  case NPY_UINT: return HR_UINT32;
  case NPY_LONG: return sizeof(long) == 8 ? HR_INT64 : HR_INT32;
  case NPY_ULONG: return sizeof(long) == 8 ? HR_UINT64 : HR_UINT32;
  case NPY_LONGLONG: return HR_INT64;
  case NPY_ULONGLONG: return HR_UINT64;
  case NPY_HALF: return HR_HALF;
  case NPY_FLOAT: return HR_FLOAT;
  case NPY_DOUBLE: return HR_DOUBLE;
  case NPY_CFLOAT: return HR_COMPLEX64;
  case NPY_CDOUBLE: return HR_COMPLEX128;
  case NPY_STRING:
  case NPY_UNICODE:
  case NPY_OBJECT: return HR_STRING;
  default:
    for (int i = 1; i < HR_DTYPE_COUNT; ++i)
      if (descriptors[i] && PyArray_EquivTypes(descriptors[i], PyArray_DESCR(array))) return (hr_dtype)i;
    return HR_INVALID;
  }
}

bool py_is_quantized(hr_dtype dtype) {
  return dtype < HR_DTYPE_COUNT && descriptors[dtype] != plain_descriptors[dtype];
}

/* ---- to tensors -------------------------------------------------------------------------------------------------- */

static bool set_string(hr_string *place, PyObject *item) {
  hr_bytes bytes;
  PyObject *owner = NULL;
  if (PyArray_IsScalar(item, Generic)) {
    owner = PyObject_CallMethod(item, "item", NULL);
    if (!owner) return false;
    item = owner;
  }
  bool ok = py_to_bytes(item, &bytes) && py_check(hr_string_set(place, bytes.data, bytes.length));
  Py_XDECREF(owner);
  return ok;
}

/* An array of bytes, str or objects of these. */
static bool string_tensor(PyArrayObject *array, const hr_shape *shape, hr_tensor *out) {
  if (!py_check(hr_tensor_new(hr_cpu_allocator(), HR_STRING, shape, out))) return false;
  PyArrayIterObject *it = (PyArrayIterObject *)PyArray_IterNew((PyObject *)array);
  bool ok = it != NULL;
  hr_string *strings = hr_tensor_data(out);
  for (int64_t i = 0; ok && i < out->elements; ++i) {
    PyObject *item = PyArray_GETITEM(array, PyArray_ITER_DATA(it));
    ok = item && set_string(&strings[i], item);
    Py_XDECREF(item);
    PyArray_ITER_NEXT(it);
  }
  Py_XDECREF(it);
  if (!ok) hr_tensor_clear(out);
  return ok;
}

static bool array_shape(PyArrayObject *array, hr_shape *shape) {
  int64_t dims[NPY_MAXDIMS];
  for (int i = 0; i < PyArray_NDIM(array); ++i)
    dims[i] = PyArray_DIM(array, i);
  return py_check(hr_shape_make(PyArray_NDIM(array), dims, shape));
}

bool py_refuse_type(PyObject *v) {
  PyErr_Format(PyExc_TypeError,
               "Failed to convert object of type %R to Tensor. Contents: %R. Consider casting elements "
               "to a supported type.",
               (PyObject *)Py_TYPE(v), v);
  return false;
}

/* bfloat16 of an array of numbers: NumPy has no such cast. */
static bool bfloat16_tensor(PyArrayObject *array, const hr_shape *shape, hr_tensor *out) {
  PyArrayObject *plain = (PyArrayObject *)PyArray_FromArray(array, PyArray_DescrFromType(NPY_FLOAT),
                                                            NPY_ARRAY_CARRAY_RO | NPY_ARRAY_FORCECAST);
  if (!plain) return false;
  bool ok = py_check(hr_tensor_new(hr_cpu_allocator(), HR_BFLOAT16, shape, out));
  const float *from = PyArray_DATA(plain);
  hr_bfloat16 *to = ok ? hr_tensor_data(out) : NULL;
  for (npy_intp i = 0; ok && i < PyArray_SIZE(plain); ++i)
    to[i] = hr_bfloat16_from_float(from[i]);
  Py_DECREF(plain);
  return ok;
}

/* The tensor of an array, copied. */
static bool array_tensor(PyArrayObject *array, hr_dtype dtype, hr_tensor *out) {
  hr_shape shape;
  if (!array_shape(array, &shape)) return false;
  hr_dtype own = array_dtype(array);
  if (dtype == HR_INVALID) dtype = own;
  if (dtype == HR_INVALID) return py_refuse_type((PyObject *)array);
  if (dtype == HR_STRING) {
    if (own == HR_STRING) return string_tensor(array, &shape, out);
    PyErr_Format(PyExc_TypeError, "Expected string, got an array of %S instead.", PyArray_DESCR(array));
    return false;
  }
  if (dtype >= HR_DTYPE_COUNT || !descriptors[dtype] || (own == HR_STRING && PyArray_TYPE(array) != NPY_OBJECT)) {
    PyErr_Format(PyExc_TypeError, "Expected %s, got an array of %S instead.", hr_dtype_name(dtype),
                 PyArray_DESCR(array));
    return false;
  }
  if (dtype == HR_BFLOAT16 && own != HR_BFLOAT16) return bfloat16_tensor(array, &shape, out);
  PyArray_Descr *descriptor = descriptors[dtype];
  Py_INCREF(descriptor);
  PyArrayObject *plain = (PyArrayObject *)PyArray_FromArray(
      array, descriptor, NPY_ARRAY_C_CONTIGUOUS | NPY_ARRAY_ALIGNED | NPY_ARRAY_NOTSWAPPED | NPY_ARRAY_FORCECAST);
  if (!plain) return false;
  bool ok = py_check(hr_tensor_new(hr_cpu_allocator(), dtype, &shape, out));
  if (ok) memcpy(hr_tensor_data(out), PyArray_DATA(plain), hr_tensor_bytes(out));
  Py_DECREF(plain);
  return ok;
}

/* True for a value whose numbers carry no width of their own: Python's, and lists, even of NumPy's scalars. */
static bool is_literal(PyObject *v) { return !PyArray_Check(v) && !PyArray_IsScalar(v, Generic); }

/* Whether an array of a literal is of a dtype that NumPy gives Python's numbers, or text. */
static bool is_wide(hr_dtype own) {
  return own == HR_INT64 || own == HR_UINT64 || own == HR_DOUBLE || own == HR_COMPLEX128 || own == HR_BOOL ||
         own == HR_STRING;
}

/* Python's numbers: float for float64, int32 for int64 where all of them fit. */
static hr_dtype narrowed(PyArrayObject *array, hr_dtype own) {
  if (own == HR_DOUBLE) return HR_FLOAT;
  if (own != HR_INT64) return own;
  const int64_t *numbers = PyArray_DATA(array);
  for (npy_intp i = 0; i < PyArray_SIZE(array); ++i)
    if (numbers[i] < INT32_MIN || numbers[i] > INT32_MAX) return HR_INT64;
  return HR_INT32;
}

/* What stands first in nested lists. */
static PyObject *first_leaf(PyObject *v) {
  while ((PyList_Check(v) || PyTuple_Check(v)) && PySequence_Fast_GET_SIZE(v) > 0)
    v = PySequence_Fast_ITEMS(v)[0];
  return v;
}

/* Whether numbers written out may become `dtype`: TensorFlow lets ints become floats, never the other way. */
static bool check_literal(PyObject *v, hr_dtype own, hr_dtype dtype) {
  bool to_number = hr_dtype_is_floating(dtype) || hr_dtype_is_complex(dtype) || hr_dtype_is_integer(dtype);
  bool ok = dtype == HR_INVALID || own == dtype || dtype > HR_VARIANT + 2;
  if (hr_dtype_is_integer(own)) ok = ok || to_number;
  if (hr_dtype_is_floating(own)) ok = ok || hr_dtype_is_floating(dtype) || hr_dtype_is_complex(dtype);
  if (hr_dtype_is_complex(own)) ok = ok || hr_dtype_is_complex(dtype);
  if (ok) return true;
  PyObject *leaf = first_leaf(v);
  PyErr_Format(PyExc_TypeError, "Expected %s, got %R of type '%s' instead.",
               dtype == HR_FLOAT    ? "float32"
               : dtype == HR_DOUBLE ? "float64"
                                    : hr_dtype_name(dtype),
               v == leaf ? v : leaf, Py_TYPE(leaf)->tp_name);
  return false;
}

static bool is_text(PyObject *v) { return PyUnicode_Check(v) || PyBytes_Check(v); }

/* Whether nested lists hold something else than text. */
static bool holds_no_text(PyObject *v) {
  if (!PyList_Check(v) && !PyTuple_Check(v)) return !is_text(v);
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(v); ++i)
    if (holds_no_text(PySequence_Fast_ITEMS(v)[i])) return true;
  return false;
}

/* NumPy's array of numbers, or of text, written out. */
static PyArrayObject *literal_array(PyObject *v) {
  PyArrayObject *array = (PyArrayObject *)PyArray_FromAny(v, NULL, 0, 0, NPY_ARRAY_CARRAY_RO, NULL);
  bool ragged = !array && (PyList_Check(v) || PyTuple_Check(v)) && PyErr_ExceptionMatches(PyExc_ValueError);
  if (ragged) {
    PyErr_Clear();
    PyErr_Format(PyExc_ValueError, "Argument must be a dense tensor: %R - its lists are not of equal lengths.", v);
  } else if (array && array_dtype(array) == HR_STRING && PyArray_SIZE(array) > 0 && holds_no_text(v)) {
    py_refuse_type(v); /* NumPy makes text of numbers beside text */
    Py_CLEAR(array);
  } else if (array && (PyArray_TYPE(array) == NPY_STRING || PyArray_TYPE(array) == NPY_UNICODE)) {
    Py_DECREF(array); /* NumPy's text has no zeros at its end; objects keep them */
    array = (PyArrayObject *)PyArray_FromAny(v, PyArray_DescrFromType(NPY_OBJECT), 0, 0, NPY_ARRAY_CARRAY_RO, NULL);
  }
  return array;
}

/* Whether numbers stand in tuples of one, as TensorFlow takes quantized ones written out. TypeError where not. */
static bool check_quantized(PyObject *v, hr_dtype dtype) {
  PyObject *leaf = first_leaf(v), *around = v;
  while (PyList_Check(around) && PyList_GET_SIZE(around) > 0)
    around = PyList_GET_ITEM(around, 0);
  if (PyList_Check(around) || (PyTuple_Check(around) && PyLong_Check(leaf) && !PyBool_Check(leaf))) return true;
  PyErr_Format(PyExc_TypeError, "Expected %s, got %R of type '%s' instead.", hr_dtype_name(dtype), leaf,
               Py_TYPE(leaf)->tp_name);
  return false;
}

static bool quantized_tensor(PyObject *v, hr_dtype dtype, hr_tensor *out) {
  if (!check_quantized(v, dtype)) return false;
  Py_INCREF(descriptors[dtype]);
  PyArrayObject *array = (PyArrayObject *)PyArray_FromAny(v, descriptors[dtype], 0, 0, NPY_ARRAY_CARRAY_RO, NULL);
  bool ok = array && array_tensor(array, dtype, out);
  Py_XDECREF(array);
  return ok;
}

static bool literal_tensor(PyObject *v, hr_dtype dtype, hr_tensor *out) {
  if (py_is_quantized(dtype)) return quantized_tensor(v, dtype, out);
  PyArrayObject *array = literal_array(v);
  if (!array) return false;
  hr_dtype own = array_dtype(array);
  bool ok = true;
  if (PyArray_SIZE(array) == 0 && own == HR_DOUBLE) { /* no element says what it is */
    if (dtype == HR_INVALID) dtype = HR_FLOAT;
    if (dtype == HR_STRING) {
      Py_SETREF(array, (PyArrayObject *)PyArray_Cast(array, NPY_OBJECT));
      if (!array) return false;
    }
  } else if (PyArray_TYPE(array) == NPY_OBJECT && PyArray_NDIM(array) == 0 && !PyUnicode_Check(v) &&
             !PyBytes_Check(v)) {
    ok = py_refuse_type(v);
  } else {
    ok = check_literal(v, own, dtype);
  }
  if (ok && dtype == HR_INVALID) dtype = narrowed(array, own);
  ok = ok && array_tensor(array, dtype, out);
  Py_DECREF(array);
  return ok;
}

static bool bytes_tensor(PyObject *v, hr_tensor *out) {
  hr_bytes bytes;
  return py_to_bytes(v, &bytes) && py_check(hr_tensor_string(bytes.data, bytes.length, out));
}

bool py_to_tensor(PyObject *v, hr_dtype dtype, hr_tensor *out) {
  memset(out, 0, sizeof *out);
  if ((PyUnicode_Check(v) || PyBytes_Check(v)) && (dtype == HR_INVALID || dtype == HR_STRING))
    return bytes_tensor(v, out);
  if (is_literal(v)) return literal_tensor(v, dtype, out);
  PyArrayObject *array = (PyArrayObject *)PyArray_FromAny(v, NULL, 0, 0, 0, NULL);
  if (!array) return false;
  bool ok = array_tensor(array, dtype, out);
  Py_DECREF(array);
  return ok;
}

/* Whether nested lists hold text and nothing else, which NumPy does not ask for. */
static bool all_text(PyObject *v) {
  if (!PyList_Check(v) && !PyTuple_Check(v))
    return PyUnicode_Check(v) || PyBytes_Check(v) || PyArray_Check(v) || PyArray_IsScalar(v, Generic);
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(v); ++i)
    if (!all_text(PySequence_Fast_ITEMS(v)[i])) return false;
  return true;
}

bool py_to_value(PyObject *v, hr_tensor *out, bool *literal) {
  memset(out, 0, sizeof *out);
  *literal = false;
  if (PyUnicode_Check(v) || PyBytes_Check(v)) return bytes_tensor(v, out);
  PyArrayObject *array = is_literal(v) ? literal_array(v) : (PyArrayObject *)PyArray_FromAny(v, NULL, 0, 0, 0, NULL);
  if (!array) return false;
  *literal = is_literal(v) && is_wide(array_dtype(array));
  bool ok = true;
  if (PyArray_TYPE(array) == NPY_OBJECT && PyArray_NDIM(array) == 0 && !PyArray_Check(v)) ok = py_refuse_type(v);
  if (array_dtype(array) == HR_STRING && PyArray_SIZE(array) > 0 && !all_text(v)) ok = py_refuse_type(v);
  ok = ok && array_tensor(array, HR_INVALID, out);
  Py_DECREF(array);
  return ok;
}

/* ---- feeds ------------------------------------------------------------------------------------------------------- */

static bool check_feed_shape(const hr_tensor *tensor, hr_output output) {
  const hr_partial_shape *declared = hr_output_shape(output);
  hr_shape shape = hr_tensor_shape(tensor);
  if (hr_shape_matches(&shape, declared)) return true;
  hr_partial_shape own = hr_partial_shape_from(&shape);
  PyObject *given = py_from_dims(&own), *wanted = py_from_shape(declared);
  if (given && wanted)
    PyErr_Format(PyExc_ValueError, "Cannot feed value of shape %S for Tensor '%s:%d', which has shape '%S'", given,
                 hr_node_name(output.node), (int)output.index, wanted);
  Py_XDECREF(given);
  Py_XDECREF(wanted);
  return false;
}

/* A plain number into a scalar place. */
static bool number_feed(PyObject *v, hr_dtype dtype, hr_tensor *out) {
  if (PyFloat_CheckExact(v)) {
    double number = PyFloat_AS_DOUBLE(v);
    if (dtype == HR_FLOAT)
      *out = hr_tensor_f32((float)number);
    else if (dtype == HR_DOUBLE)
      *out = hr_tensor_f64(number);
    else
      return false;
    return true;
  }
  if (!PyLong_CheckExact(v)) return false;
  int overflow;
  long long number = PyLong_AsLongLongAndOverflow(v, &overflow);
  if (overflow) return false;
  if (dtype == HR_FLOAT)
    *out = hr_tensor_f32((float)number);
  else if (dtype == HR_DOUBLE)
    *out = hr_tensor_f64((double)number);
  else if (dtype == HR_INT64)
    *out = hr_tensor_i64(number);
  else if (dtype == HR_INT32 && number >= INT32_MIN && number <= INT32_MAX)
    *out = hr_tensor_i32((int32_t)number);
  else
    return false;
  return true;
}

/* As a view of the array where it has the right layout already. */
static bool borrow_array(PyArrayObject *array, hr_dtype dtype, hr_tensor *out) {
  if (!PyArray_ISCARRAY_RO(array) || array_dtype(array) != dtype || dtype == HR_STRING) return false;
  int64_t dims[NPY_MAXDIMS];
  for (int i = 0; i < PyArray_NDIM(array); ++i)
    dims[i] = PyArray_DIM(array, i);
  hr_status status = hr_tensor_borrow(dtype, PyArray_NDIM(array), dims, PyArray_DATA(array), out);
  hr_status_free(status);
  return status == HR_SUCCESS;
}

/* TypeError where an int is too large for the dtype. */
static bool check_feed_range(PyObject *v, hr_dtype dtype) {
  if (!PyLong_CheckExact(v) || !hr_dtype_is_integer(dtype)) return true;
  static const struct {
    hr_dtype dtype;
    int64_t low, high;
  } ranges[] = {{HR_INT8, INT8_MIN, INT8_MAX},   {HR_UINT8, 0, UINT8_MAX},         {HR_INT16, INT16_MIN, INT16_MAX},
                {HR_UINT16, 0, UINT16_MAX},      {HR_INT32, INT32_MIN, INT32_MAX}, {HR_UINT32, 0, UINT32_MAX},
                {HR_INT64, INT64_MIN, INT64_MAX}};
  int overflow;
  long long number = PyLong_AsLongLongAndOverflow(v, &overflow);
  for (size_t i = 0; i < sizeof ranges / sizeof *ranges; ++i) {
    if (ranges[i].dtype != dtype || (!overflow && number >= ranges[i].low && number <= ranges[i].high)) continue;
    PyErr_Format(PyExc_TypeError,
                 "Type of feed value %S with type %R is not compatible with Tensor type %R. Try explicitly "
                 "setting the type of the feed tensor to a larger type (e.g. int64).",
                 v, (PyObject *)Py_TYPE(v), (PyObject *)descriptors[dtype]->typeobj);
    return false;
  }
  return true;
}

bool py_to_feed(PyObject *v, hr_output output, hr_tensor *out, PyObject **held) {
  *held = NULL;
  hr_dtype dtype = hr_dtype_base(hr_output_dtype(output));
  if (PyArray_Check(v) && borrow_array((PyArrayObject *)v, dtype, out)) {
    Py_INCREF(v);
    *held = v;
    return check_feed_shape(out, output);
  }
  if (number_feed(v, dtype, out)) return check_feed_shape(out, output);
  if (!check_feed_range(v, dtype)) return false;
  if (dtype == HR_STRING) {
    PyArrayObject *array = (PyArrayObject *)PyArray_FromAny(v, PyArray_DescrFromType(NPY_OBJECT), 0, 0, 0, NULL);
    bool ok = array && array_tensor(array, HR_STRING, out);
    Py_XDECREF(array);
    if (!ok) return false;
  } else {
    if (dtype >= HR_DTYPE_COUNT || !descriptors[dtype]) {
      PyErr_Format(PyExc_TypeError, "A value of dtype %s cannot be fed", hr_dtype_name(dtype));
      return false;
    }
    Py_INCREF(descriptors[dtype]);
    PyArrayObject *array =
        (PyArrayObject *)PyArray_FromAny(v, descriptors[dtype], 0, 0, NPY_ARRAY_CARRAY_RO | NPY_ARRAY_FORCECAST, NULL);
    if (!array) return false;
    if (borrow_array(array, dtype, out)) {
      *held = (PyObject *)array;
    } else {
      bool ok = array_tensor(array, dtype, out);
      Py_DECREF(array);
      if (!ok) return false;
    }
  }
  if (check_feed_shape(out, output)) return true;
  hr_tensor_clear(out);
  Py_CLEAR(*held);
  return false;
}

/* ---- from tensors ------------------------------------------------------------------------------------------------ */

#define BUFFER_NAME "headrace.buffer"
/* Arrays up to this many bytes are copied: cheaper than a capsule. */
#define SMALL_BYTES 256

static void release_buffer(PyObject *capsule) { hr_buffer_unref(PyCapsule_GetPointer(capsule, BUFFER_NAME)); }

static PyObject *strings_value(hr_tensor *tensor, npy_intp *dims) {
  const hr_string *strings = hr_tensor_data(tensor);
  if (tensor->rank == 0) {
    PyObject *bytes = PyBytes_FromStringAndSize(hr_string_data(strings), (Py_ssize_t)hr_string_length(strings));
    hr_tensor_clear(tensor);
    return bytes;
  }
  PyObject *array = PyArray_SimpleNew(tensor->rank, dims, NPY_OBJECT);
  PyObject **items = array ? PyArray_DATA((PyArrayObject *)array) : NULL;
  for (int64_t i = 0; array && i < tensor->elements; ++i) {
    PyObject *bytes = PyBytes_FromStringAndSize(hr_string_data(&strings[i]), (Py_ssize_t)hr_string_length(&strings[i]));
    if (!bytes) {
      Py_CLEAR(array);
      break;
    }
    PyObject *before = items[i];
    items[i] = bytes;
    Py_XDECREF(before);
  }
  hr_tensor_clear(tensor);
  return array;
}

/* The common scalars without NumPy's general way. */
static PyObject *scalar_value(const hr_tensor *tensor, PyArray_Descr *descriptor) {
  const void *data = hr_tensor_data(tensor);
  if (hr_tensor_dtype(tensor) == HR_FLOAT) {
    PyObject *scalar = PyArrayScalar_New(Float);
    if (scalar) PyArrayScalar_ASSIGN(scalar, Float, *(const float *)data);
    return scalar;
  }
  return PyArray_Scalar((void *)(uintptr_t)data, descriptor, NULL);
}

static PyObject *value_of(hr_tensor *tensor, PyArray_Descr *const of_dtypes[HR_DTYPE_COUNT]) {
  npy_intp dims[HR_MAX_RANK];
  for (int i = 0; i < tensor->rank; ++i)
    dims[i] = (npy_intp)tensor->dims[i];
  hr_dtype dtype = hr_tensor_dtype(tensor);
  if (dtype == HR_STRING) return strings_value(tensor, dims);
  PyArray_Descr *descriptor = dtype < HR_DTYPE_COUNT ? of_dtypes[dtype] : NULL;
  if (!descriptor) {
    PyErr_Format(PyExc_TypeError, "A tensor of dtype %s has no NumPy value", hr_dtype_name(dtype));
    hr_tensor_clear(tensor);
    return NULL;
  }
  PyObject *value;
  size_t bytes = hr_tensor_bytes(tensor);
  if (tensor->rank == 0) {
    value = scalar_value(tensor, descriptor);
  } else if (bytes <= SMALL_BYTES || !tensor->buffer || tensor->buffer->borrowed) {
    Py_INCREF(descriptor);
    value = PyArray_NewFromDescr(&PyArray_Type, descriptor, tensor->rank, dims, NULL, NULL, 0, NULL);
    if (value) memcpy(PyArray_DATA((PyArrayObject *)value), hr_tensor_data(tensor), bytes);
  } else {
    PyObject *capsule = PyCapsule_New(tensor->buffer, BUFFER_NAME, release_buffer);
    Py_INCREF(descriptor);
    value = capsule ? PyArray_NewFromDescr(&PyArray_Type, descriptor, tensor->rank, dims, NULL, tensor->data,
                                           NPY_ARRAY_CARRAY, NULL)
                    : (Py_DECREF(descriptor), NULL);
    if (capsule) tensor->buffer = NULL; /* the capsule has it now */
    if (!value)
      Py_XDECREF(capsule);
    else if (PyArray_SetBaseObject((PyArrayObject *)value, capsule) < 0)
      Py_CLEAR(value);
  }
  hr_tensor_clear(tensor);
  return value;
}

PyObject *py_from_tensor(hr_tensor *tensor) { return value_of(tensor, descriptors); }
PyObject *py_from_result(hr_tensor *tensor) { return value_of(tensor, plain_descriptors); }

PyObject *py_array_from_tensor(hr_tensor *tensor) {
  bool is_string = hr_tensor_dtype(tensor) == HR_STRING;
  PyObject *value = py_from_tensor(tensor);
  if (!value || PyArray_Check(value)) return value;
  PyArray_Descr *descriptor = is_string ? PyArray_DescrFromType(NPY_OBJECT) : NULL;
  PyObject *array = PyArray_FromAny(value, descriptor, 0, 0, 0, NULL);
  Py_DECREF(value);
  return array;
}

bool py_values_init(void) {
  import_array1(false);
  enum_attribute = PyUnicode_InternFromString("as_datatype_enum");
  return enum_attribute != NULL;
}
