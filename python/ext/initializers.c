/* Initialisers, regularisers and activations: C's own as Python objects, and Python callables as C takes them. */
#include "binding.h"
#include "generated.h"
#include "variables.h"

PyTypeObject *py_initializer_type, *py_regularizer_type;

/* ---- initialisers ------------------------------------------------------------------------------------------------ */

typedef struct py_initializer {
  PyObject_HEAD hr_initializer value;
  hr_tensor tensor; /* of a constant */
} py_initializer;

static void initializer_dealloc(py_initializer *self) {
  PyTypeObject *type = Py_TYPE(self);
  hr_tensor_clear(&self->tensor);
  type->tp_free(self);
  Py_DECREF(type);
}

PyObject *py_from_initializer(hr_initializer value) {
  py_initializer *self = (py_initializer *)py_initializer_type->tp_alloc(py_initializer_type, 0);
  if (self) self->value = value;
  return (PyObject *)self;
}

/* constant_initializer(value): of a number or an array. */
static PyObject *constant_initializer(PyObject *module, PyObject *v) {
  (void)module;
  py_initializer *self = (py_initializer *)py_from_initializer((hr_initializer){0});
  if (!self) return NULL;
  if (!py_to_tensor(v, HR_INVALID, &self->tensor)) {
    Py_DECREF(self);
    return NULL;
  }
  hr_operand operand = hr_operand_tensor(&self->tensor);
  if (PyFloat_CheckExact(v)) operand = hr_operand_float(PyFloat_AS_DOUBLE(v));
  if (PyBool_Check(v))
    operand = hr_operand_bool(v == Py_True);
  else if (PyLong_CheckExact(v) && hr_tensor_dtype(&self->tensor) <= HR_INT64)
    operand = hr_operand_int(PyLong_AsLongLong(v));
  self->value = hr_constant_initializer_of(operand);
  return (PyObject *)self;
}

/* The first value that a Python callable made, in the scope of the variable's initialiser. */
static hr_output made_value(py_graph *graph, hr_scope scope, PyObject *value, hr_dtype dtype) {
  if (!value) return HR_NO_OUTPUT;
  py_call call;
  py_call_begin_in(&call, graph);
  call.scope = scope;
  hr_operand operand;
  hr_output output = HR_NO_OUTPUT;
  if (py_to_operand(&call, value, &operand)) output = hr_convert(scope, operand, dtype, "initial_value");
  Py_DECREF(value);
  if (py_call_end(&call)) return output;
  hr_scope_fail(scope, py_keep_exception());
  return HR_NO_OUTPUT;
}

hr_output py_call_initial_value(void *argument, hr_scope scope) {
  const py_initial_function *initial = argument;
  py_graph *graph = py_graph_of(scope);
  return made_value(graph, scope, py_call_back(graph, scope, initial->function, PyTuple_New(0)), initial->dtype);
}

static PyObject *sizes_list(int rank, const int64_t *sizes) {
  hr_partial_shape shape = {.rank = rank};
  memcpy(shape.dims, sizes, sizeof *sizes * (size_t)rank);
  PyObject *dims = py_from_dims(&shape), *list = dims ? PySequence_List(dims) : NULL;
  Py_XDECREF(dims);
  return list;
}

/* What an initialiser is told of the part that it makes; None for a whole variable. */
static PyObject *partition_info(const hr_slice_info *part) {
  if (!part) Py_RETURN_NONE;
  PyObject *full = sizes_list(part->rank, part->full_shape), *offset = sizes_list(part->rank, part->offset);
  PyObject *info =
      full && offset ? PyObject_CallFunctionObjArgs(py_classes[PY_PARTITION_INFO], full, offset, NULL) : NULL;
  Py_XDECREF(full);
  Py_XDECREF(offset);
  return info;
}

/* A Python initialiser: `argument` is the callable, called with the shape, the dtype and partition_info; without
 * arguments where no shape is given. */
static hr_output call_initializer(const hr_initializer *self, hr_scope scope, const hr_partial_shape *shape,
                                  hr_dtype dtype) {
  py_graph *graph = py_graph_of(scope);
  if (!hr_partial_shape_is_full(shape))
    return made_value(graph, scope, py_call_back(graph, scope, self->argument, PyTuple_New(0)), dtype);
  PyObject *dims = py_from_dims(shape), *type = py_from_dtype(dtype);
  PyObject *list = dims ? PySequence_List(dims) : NULL;
  PyObject *args = list ? PyTuple_Pack(1, list) : NULL;
  PyObject *part = partition_info(self->part);
  PyObject *kwargs = type && part ? Py_BuildValue("{s:O,s:O}", "dtype", type, "partition_info", part) : NULL;
  Py_XDECREF(part);
  Py_XDECREF(dims);
  Py_XDECREF(list);
  Py_XDECREF(type);
  PyObject *value = py_call_back_named(graph, scope, self->argument, args, kwargs);
  Py_XDECREF(kwargs);
  return made_value(graph, scope, value, dtype);
}

/* A function that can be called without arguments. */
static bool needs_no_arguments(PyObject *function) {
  if (!PyFunction_Check(function)) return false;
  PyObject *defaults = PyFunction_GetDefaults(function);
  return ((PyCodeObject *)PyFunction_GetCode(function))->co_argcount == (defaults ? PyTuple_GET_SIZE(defaults) : 0);
}

bool py_to_initializer(py_call *call, PyObject *v, hr_initializer *out) {
  *out = (hr_initializer){0};
  if (!v || v == Py_None) return true;
  PyObject *owner = v;
  Py_INCREF(owner);
  if (PyType_Check(v)) {
    Py_SETREF(owner, PyObject_CallNoArgs(v));
    if (!owner) return false;
  }
  if (!py_graph_keep(call->graph, owner)) {
    Py_DECREF(owner);
    return false;
  }
  PyObject *native = PyObject_TypeCheck(owner, py_initializer_type) ? (Py_INCREF(owner), owner)
                                                                    : PyObject_GetAttrString(owner, "_native");
  PyErr_Clear();
  if (native && PyObject_TypeCheck(native, py_initializer_type)) {
    *out = ((py_initializer *)native)->value;
    bool ok = native == owner || py_graph_keep(call->graph, native);
    Py_DECREF(native);
    Py_DECREF(owner);
    return ok;
  }
  Py_XDECREF(native);
  bool ok = PyCallable_Check(owner);
  if (ok)
    *out = (hr_initializer){call_initializer, owner, .shapeless = needs_no_arguments(owner)};
  else
    PyErr_Format(PyExc_ValueError, "%R is no initializer", owner);
  Py_DECREF(owner); /* the graph keeps it */
  return ok;
}

static PyType_Slot initializer_slots[] = {{Py_tp_dealloc, initializer_dealloc}, {0, NULL}};
static PyType_Spec initializer_spec = {.name = "headrace._headrace.Initializer",
                                       .basicsize = sizeof(py_initializer),
                                       .flags = Py_TPFLAGS_DEFAULT,
                                       .slots = initializer_slots};

/* ---- regularisers and activations -------------------------------------------------------------------------------- */

/* Calls a function that gives a tensor; None is no output. `args` is taken. */
static hr_output call_for_output(py_graph *graph, hr_scope scope, PyObject *function, PyObject *args) {
  PyObject *value = py_call_back(graph, scope, function, args);
  if (!value || value == Py_None) {
    Py_XDECREF(value);
    return HR_NO_OUTPUT;
  }
  py_call call;
  py_call_begin_in(&call, graph);
  call.scope = scope;
  hr_output output = HR_NO_OUTPUT;
  if (!py_to_output(&call, value, &output)) output = HR_NO_OUTPUT;
  Py_DECREF(value);
  if (py_call_end(&call)) return output;
  hr_scope_fail(scope, py_keep_exception());
  return HR_NO_OUTPUT;
}

/* The same of one tensor or variable. */
static hr_output call_on_operand(void *function, hr_scope scope, hr_operand x) {
  py_graph *graph = py_graph_of(scope);
  PyObject *tensor = py_from_operand(graph, x);
  PyObject *args = tensor ? PyTuple_Pack(1, tensor) : NULL;
  Py_XDECREF(tensor);
  return call_for_output(graph, scope, function, args);
}

static hr_output call_function(void *function, hr_scope scope, hr_output x) {
  return call_on_operand(function, scope, hr_operand_output(x));
}

/* A regulariser of C's own: calling it builds the penalty. */
typedef struct py_regularizer {
  PyObject_HEAD hr_regularizer value;
  char *name; /* what value's points to */
} py_regularizer;

static hr_output call_regularizer(const hr_regularizer *self, hr_scope scope, hr_operand weights) {
  return call_on_operand(self->argument, scope, weights);
}

bool py_to_regularizer(py_call *call, PyObject *v, hr_regularizer *out) {
  *out = (hr_regularizer){0};
  if (!v || v == Py_None) return true;
  if (PyObject_TypeCheck(v, py_regularizer_type))
    *out = ((py_regularizer *)v)->value;
  else if (PyCallable_Check(v))
    *out = (hr_regularizer){.call = call_regularizer, .argument = v};
  else
    PyErr_Format(PyExc_TypeError, "'%s' object is not callable: no regularizer", Py_TYPE(v)->tp_name);
  return out->call && py_graph_keep(call->graph, v);
}

bool py_to_regularizers(py_call *call, PyObject *v, hr_regularizers *out) {
  PyObject *list = PySequence_Fast(v, "Expected a list of regularizers");
  if (!list) return false;
  Py_ssize_t count = PySequence_Fast_GET_SIZE(list);
  hr_regularizer *items = py_call_allocate(call, sizeof *items * (size_t)(count + 1));
  bool ok = items != NULL;
  for (Py_ssize_t i = 0; ok && i < count; ++i)
    ok = py_to_regularizer(call, PySequence_Fast_GET_ITEM(list, i), &items[i]);
  *out = (hr_regularizers){(int32_t)count, items};
  Py_DECREF(list);
  return ok;
}

bool py_to_activation(py_call *call, PyObject *v, hr_activation *out) {
  *out = (hr_activation){0};
  if (!v || v == Py_None) return true;
  if (!PyCallable_Check(v)) {
    PyErr_Format(PyExc_TypeError, "%R is no activation: a function of a tensor is wanted", v);
    return false;
  }
  *out = (hr_activation){call_function, v};
  return py_graph_keep(call->graph, v);
}

static hr_output call_window_function(void *function, hr_scope scope, hr_output x, int spatial, const char *padding) {
  py_graph *graph = py_graph_of(scope);
  PyObject *tensor = py_from_output(graph, x);
  PyObject *args = tensor ? Py_BuildValue("(Nis)", tensor, spatial, padding) : NULL;
  return call_for_output(graph, scope, function, args);
}

bool py_to_window_function(py_call *call, PyObject *v, hr_window_function *out) {
  (void)call; /* which it does not outlive */
  *out = (hr_window_function){call_window_function, v};
  if (PyCallable_Check(v)) return true;
  PyErr_Format(PyExc_TypeError, "%R is no function of a tensor, a number of dimensions and a padding", v);
  return false;
}

/* Numbers and tensors; what lies in the call's memory becomes a tensor at once. */
static bool to_lasting_operand(py_call *call, PyObject *v, hr_operand *out) {
  if (!py_to_operand(call, v, out)) return false;
  bool lies_elsewhere = out->kind >= HR_OPERAND_STRING;
  if (lies_elsewhere) *out = hr_operand_output(hr_convert(call->scope, *out, HR_INVALID, NULL));
  return true;
}

static bool unpack_adjusted(py_graph *graph, hr_scope scope, PyObject *value, hr_adjusted *out) {
  PyObject *pair = PySequence_Tuple(value);
  if (!pair) return false;
  bool ok = PyTuple_GET_SIZE(pair) == 2;
  if (ok) {
    py_call call;
    py_call_begin_in(&call, graph);
    call.scope = scope;
    ok = to_lasting_operand(&call, PyTuple_GET_ITEM(pair, 0), &out->scale) &&
         to_lasting_operand(&call, PyTuple_GET_ITEM(pair, 1), &out->offset);
    ok = py_call_end(&call) && ok;
  } else {
    PyErr_Format(PyExc_ValueError, "An adjustment gives a scale and an offset, not %zd values", PyTuple_GET_SIZE(pair));
  }
  Py_DECREF(pair);
  return ok;
}

static hr_adjusted call_adjustment(void *function, hr_scope scope, hr_output shape) {
  py_graph *graph = py_graph_of(scope);
  hr_adjusted adjusted = {HR_NO_OPERAND, HR_NO_OPERAND};
  PyObject *tensor = py_from_output(graph, shape);
  PyObject *value = tensor ? py_call_back(graph, scope, function, Py_BuildValue("(N)", tensor)) : NULL;
  if (!value) return adjusted; /* the builder has the error */
  if (!unpack_adjusted(graph, scope, value, &adjusted)) {
    adjusted = (hr_adjusted){HR_NO_OPERAND, HR_NO_OPERAND};
    hr_scope_fail(scope, py_keep_exception());
  }
  Py_DECREF(value);
  return adjusted;
}

bool py_to_adjustment(py_call *call, PyObject *v, hr_adjustment *out) {
  (void)call; /* which it does not outlive */
  *out = (hr_adjustment){0};
  if (!v || v == Py_None) return true;
  *out = (hr_adjustment){call_adjustment, v};
  if (PyCallable_Check(v)) return true;
  PyErr_Format(PyExc_TypeError, "'%s' object is not callable: no adjustment", Py_TYPE(v)->tp_name);
  return false;
}

PyObject *py_from_regularizer(hr_regularizer value) {
  py_regularizer *self = (py_regularizer *)py_regularizer_type->tp_alloc(py_regularizer_type, 0);
  if (!self) return NULL;
  self->value = value;
  if (value.name) {
    self->value.name = self->name = strdup(value.name);
    if (!self->name) {
      Py_DECREF(self);
      return PyErr_NoMemory();
    }
  }
  return (PyObject *)self;
}

static PyObject *regularizer_call(py_regularizer *self, PyObject *args, PyObject *kwargs) {
  PyObject *weights;
  static char *names[] = {"weights", NULL};
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O", names, &weights)) return NULL;
  py_call call;
  if (!py_call_begin(&call, &weights, 1)) return NULL;
  hr_operand x;
  hr_output penalty = HR_NO_OUTPUT;
  if (py_to_operand(&call, weights, &x)) penalty = hr_regularize_with(call.scope, self->value, x);
  PyObject *result = PyErr_Occurred() ? NULL : py_from_output(call.graph, penalty);
  if (!py_call_end(&call)) Py_CLEAR(result);
  return result;
}

static void regularizer_dealloc(py_regularizer *self) {
  PyTypeObject *type = Py_TYPE(self);
  free(self->name);
  type->tp_free(self);
  Py_DECREF(type);
}
static PyType_Slot regularizer_slots[] = {
    {Py_tp_dealloc, regularizer_dealloc}, {Py_tp_call, regularizer_call}, {0, NULL}};
static PyType_Spec regularizer_spec = {.name = "headrace._headrace.Regularizer",
                                       .basicsize = sizeof(py_regularizer),
                                       .flags = Py_TPFLAGS_DEFAULT,
                                       .slots = regularizer_slots};

/* The Python object of an initialiser or a regulariser: the callable that was given, or one for C's own. */
PyObject *py_initializer_object(const hr_initializer *value) {
  if (!value->call) Py_RETURN_NONE;
  if (value->call != call_initializer) return py_from_initializer(*value);
  Py_INCREF((PyObject *)value->argument);
  return value->argument;
}
PyObject *py_regularizer_object(const hr_regularizer *value) {
  if (!value->call) Py_RETURN_NONE;
  if (value->call != call_regularizer) return py_from_regularizer(*value);
  Py_INCREF((PyObject *)value->argument);
  return value->argument;
}

static PyMethodDef methods[] = {{"constant_initializer", constant_initializer, METH_O, NULL}, {0}};

bool py_add_initializer_types(PyObject *module) {
  py_initializer_type = py_add_type(module, &initializer_spec);
  py_regularizer_type = py_add_type(module, &regularizer_spec);
  return py_initializer_type && py_regularizer_type && PyModule_AddFunctions(module, methods) == 0;
}
