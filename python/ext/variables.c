/* Variables, variable scopes, and the Python callables that take part in making them. */
#include "binding.h"
#include "generated.h"
#include "operators.h"

PyTypeObject *py_variable_type, *py_initializer_type, *py_regularizer_type;
static PyTypeObject *variable_scope_type, *getter_type;

/* ---- Variable ---------------------------------------------------------------------------------------------------- */

static int variable_traverse(py_variable *self, visitproc visit, void *arg) {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(self->graph);
  return 0;
}
static int variable_clear(py_variable *self) {
  self->var = NULL;
  Py_CLEAR(self->graph);
  return 0;
}
static void variable_dealloc(py_variable *self) {
  PyTypeObject *type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  variable_clear(self);
  type->tp_free(self);
  Py_DECREF(type);
}

/* Makes `self` the object of `var`. */
static bool bind_variable(py_variable *self, py_graph *graph, hr_var *var) {
  PyObject *key = PyLong_FromVoidPtr(var);
  bool ok = key && PyDict_SetItem(graph->objects, key, (PyObject *)self) == 0;
  Py_XDECREF(key);
  if (!ok) return false;
  Py_INCREF(graph);
  Py_XSETREF(self->graph, graph);
  self->var = var;
  return true;
}

PyObject *py_from_var(py_graph *graph, hr_var *var) {
  if (!var) Py_RETURN_NONE;
  PyObject *key = PyLong_FromVoidPtr(var);
  PyObject *known = key ? PyDict_GetItemWithError(graph->objects, key) : NULL;
  Py_XDECREF(key);
  if (known || PyErr_Occurred()) {
    Py_XINCREF(known);
    return known;
  }
  PyTypeObject *type = (PyTypeObject *)py_classes[PY_VARIABLE];
  py_variable *self = (py_variable *)type->tp_alloc(type, 0);
  if (self && !bind_variable(self, graph, var)) Py_CLEAR(self);
  return (PyObject *)self;
}

static PyObject *variable_part(py_variable *self, void *part) {
  if (!self->var) {
    PyErr_SetString(PyExc_ValueError, "The variable was not built");
    return NULL;
  }
  switch ((int)(intptr_t)part) {
  case 0: return PyUnicode_FromFormat("%s:0", hr_var_name(self->var));
  case 1: return py_from_node(self->graph, hr_var_ref(self->var).node);
  case 2: return py_from_dtype(hr_output_dtype(hr_var_ref(self->var)));
  case 3: return py_from_shape(hr_var_shape(self->var));
  case 4: return py_from_node(self->graph, hr_var_initializer(self->var));
  case 5: return py_from_output(self->graph, hr_var_initial_value(self->var));
  case 6: return PyBool_FromLong(hr_var_is_trainable(self->var));
  case 7: return PyUnicode_FromString(hr_node_device(hr_var_ref(self->var).node));
  case 8: return py_from_output(self->graph, hr_var_ref(self->var));
  case 9: return py_from_output(self->graph, hr_var_value(self->var));
  case 10: return PyUnicode_FromString(hr_var_name(self->var));
  default: Py_INCREF(self->graph); return (PyObject *)self->graph;
  }
}
#define PART(name, number, doc)                                                                                        \
  { name, (getter)variable_part, NULL, doc, (void *)number }
static PyGetSetDef variable_getset[] = {
    PART("name", 0, "The name of the variable's tensor, 'v:0'."),
    PART("op", 1, "The operation that holds the value."),
    PART("dtype", 2, "The DType, a reference type."),
    PART("shape", 3, "The static TensorShape."),
    PART("initializer", 4, "The operation that gives the variable its first value."),
    PART("initial_value", 5, "The tensor of that value."),
    PART("trainable", 6, "Whether optimizers move it by default."),
    PART("device", 7, "The requested device, '' for none."),
    PART("_variable", 8, "The reference."),
    PART("_snapshot", 9, "The value that operations read."),
    PART("_shared_name", 10, "The name without ':0'."),
    PART("graph", 11, "The graph that holds the variable."),
    {0}};

/* The function of an initial value; `argument` is the callable. */
static hr_output call_initial_value(void *argument, hr_scope scope) {
  py_graph *graph = py_graph_of(scope);
  PyObject *value = py_call_back(graph, scope, argument, PyTuple_New(0));
  if (!value) return HR_NO_OUTPUT;
  py_call call;
  py_call_begin_in(&call, graph);
  call.scope = scope;
  hr_operand operand;
  hr_output output = HR_NO_OUTPUT;
  if (py_to_operand(&call, value, &operand)) output = hr_convert(scope, operand, HR_INVALID, "initial_value");
  Py_DECREF(value);
  if (!py_call_end(&call)) {
    hr_scope_fail(scope, py_keep_exception());
    return HR_NO_OUTPUT;
  }
  return output;
}

/* _build(initial_value, name, dtype, trainable, validate_shape, collections, caching_device) */
static PyObject *variable_build(py_variable *self, PyObject *args) {
  PyObject *value, *name, *dtype, *collections, *caching_device;
  int trainable, validate_shape;
  if (!PyArg_ParseTuple(args, "OOOppOO", &value, &name, &dtype, &trainable, &validate_shape, &collections,
                        &caching_device))
    return NULL;
  py_call call;
  if (!py_call_begin(&call, &value, 1)) return NULL;
  hr_tf_variable_options o = {.trainable = trainable, .validate_shape = validate_shape};
  hr_strings keys;
  hr_operand operand = {0};
  bool ok = py_to_dtype(dtype, &o.dtype);
  o.dtype = hr_dtype_base(o.dtype);
  if (ok && name != Py_None) ok = py_to_text(name, &o.name);
  if (ok && caching_device != Py_None) ok = py_to_text(caching_device, &o.caching_device);
  if (ok && collections != Py_None) {
    ok = py_to_strings(&call, collections, &keys);
    o.collections = &keys;
  }
  if (ok && PyCallable_Check(value) && !py_is_tensor(value) && !py_is_variable(value))
    o.function = (hr_initial_value){call_initial_value, value};
  else if (ok && o.dtype && !py_is_tensor(value) && !py_is_variable(value)) {
    hr_tensor *tensor = py_call_tensor(&call); /* NumPy's cast, which knows the value's kind */
    ok = tensor && (PyList_Check(value) || PyTuple_Check(value) ? py_to_operand(&call, value, &operand)
                                                                : py_to_tensor(value, o.dtype, tensor));
    if (ok && hr_tensor_is_valid(tensor)) operand = hr_operand_tensor(tensor);
  } else if (ok) {
    ok = py_to_operand(&call, value, &operand);
  }
  hr_var *var = ok ? hr_tf_variable_with(call.scope, operand, &o) : NULL;
  if (var && !bind_variable(self, call.graph, var)) var = NULL;
  if (!py_call_end(&call)) return NULL;
  Py_RETURN_NONE;
}

static PyMethodDef variable_methods[] = {
    {"_build", (PyCFunction)variable_build, METH_VARARGS, "Makes the variable's nodes."}, {0}};
static PyType_Slot variable_slots[] = {{Py_tp_dealloc, variable_dealloc}, {Py_tp_traverse, variable_traverse},
                                       {Py_tp_clear, variable_clear},     {Py_tp_methods, variable_methods},
                                       {Py_tp_getset, variable_getset},   {0, NULL}};
static PyType_Spec variable_spec = {.name = "headrace._headrace.Variable",
                                    .basicsize = sizeof(py_variable),
                                    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
                                    .slots = variable_slots};

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

/* A Python initialiser: `argument` is the callable, called with the shape, the dtype and partition_info. */
static hr_output call_initializer(const hr_initializer *self, hr_scope scope, const hr_partial_shape *shape,
                                  hr_dtype dtype) {
  py_graph *graph = py_graph_of(scope);
  PyObject *dims = py_from_dims(shape), *type = py_from_dtype(dtype);
  PyObject *list = dims && dims != Py_None ? PySequence_List(dims) : NULL;
  Py_XDECREF(dims);
  hr_scope before = graph->scope;
  graph->scope = scope;
  PyObject *value = NULL, *caller = py_classes[PY_OPERAND_FALLBACK];
  if (list && caller) {
    PyObject *kwargs = Py_BuildValue("{s:O,s:O}", "dtype", type, "partition_info", Py_None);
    PyObject *args = PyTuple_Pack(1, list);
    value = kwargs && args ? PyObject_Call(self->argument, args, kwargs) : NULL;
    if (!value && PyErr_ExceptionMatches(PyExc_TypeError)) { /* one without partition_info */
      PyObject *t, *v, *tb;
      PyErr_Fetch(&t, &v, &tb);
      if (PyDict_DelItemString(kwargs, "partition_info") == 0) value = PyObject_Call(self->argument, args, kwargs);
      if (value) {
        Py_XDECREF(t);
        Py_XDECREF(v);
        Py_XDECREF(tb);
      } else {
        PyErr_Clear();
        PyErr_Restore(t, v, tb);
      }
    }
    Py_XDECREF(kwargs);
    Py_XDECREF(args);
  }
  Py_XDECREF(list);
  Py_XDECREF(type);
  graph->scope = before;
  if (!value) {
    hr_scope_fail(scope, py_keep_exception());
    return HR_NO_OUTPUT;
  }
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
    *out = (hr_initializer){.call = call_initializer, .argument = owner};
  else
    PyErr_Format(PyExc_ValueError, "%R is no initializer", owner);
  Py_DECREF(owner); /* the graph keeps it */
  return ok;
}

/* initialize(initializer, shape, dtype) -> Tensor: what calling the initialiser builds. */
static PyObject *initialize(PyObject *module, PyObject *const *args, Py_ssize_t count) {
  (void)module;
  if (count != 3) return PyErr_Format(PyExc_TypeError, "initialize(initializer, shape, dtype)");
  py_call call;
  if (!py_call_begin(&call, NULL, 0)) return NULL;
  hr_initializer initializer;
  hr_partial_shape shape;
  hr_dtype dtype;
  hr_output output = HR_NO_OUTPUT;
  if (py_to_initializer(&call, args[0], &initializer) && py_to_shape(args[1], &shape) && py_to_dtype(args[2], &dtype) &&
      initializer.call)
    output = initializer.call(&initializer, call.scope, &shape, dtype ? dtype : HR_FLOAT);
  PyObject *result = PyErr_Occurred() ? NULL : py_from_output(call.graph, output);
  if (!py_call_end(&call)) Py_CLEAR(result);
  return result;
}

static PyType_Slot initializer_slots[] = {{Py_tp_dealloc, initializer_dealloc}, {0, NULL}};
static PyType_Spec initializer_spec = {.name = "headrace._headrace.Initializer",
                                       .basicsize = sizeof(py_initializer),
                                       .flags = Py_TPFLAGS_DEFAULT,
                                       .slots = initializer_slots};

/* ---- regularisers and activations -------------------------------------------------------------------------------- */

/* Calls a function of one tensor; None is no output. */
static hr_output call_function(void *function, hr_scope scope, hr_output x) {
  py_graph *graph = py_graph_of(scope);
  PyObject *tensor = py_from_output(graph, x);
  PyObject *args = tensor ? PyTuple_Pack(1, tensor) : NULL;
  Py_XDECREF(tensor);
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

static hr_output call_regularizer(const hr_regularizer *self, hr_scope scope, hr_output weights) {
  return call_function(self->argument, scope, weights);
}

bool py_to_regularizer(py_call *call, PyObject *v, hr_regularizer *out) {
  *out = (hr_regularizer){0};
  if (!v || v == Py_None) return true;
  *out = (hr_regularizer){.call = call_regularizer, .argument = v};
  return py_graph_keep(call->graph, v);
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

/* A regulariser of C's own: calling it builds the penalty. */
typedef struct py_regularizer {
  PyObject_HEAD hr_regularizer value;
} py_regularizer;

PyObject *py_from_regularizer(hr_regularizer value) {
  py_regularizer *self = (py_regularizer *)py_regularizer_type->tp_alloc(py_regularizer_type, 0);
  if (self) self->value = value;
  return (PyObject *)self;
}

static PyObject *regularizer_call(py_regularizer *self, PyObject *args, PyObject *kwargs) {
  PyObject *weights;
  static char *names[] = {"weights", NULL};
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O", names, &weights)) return NULL;
  py_call call;
  if (!py_call_begin(&call, &weights, 1)) return NULL;
  hr_output x, penalty = HR_NO_OUTPUT;
  if (py_to_output(&call, weights, &x)) penalty = hr_regularize(call.scope, self->value, x);
  PyObject *result = PyErr_Occurred() ? NULL : py_from_output(call.graph, penalty);
  if (!py_call_end(&call)) Py_CLEAR(result);
  return result;
}

static void plain_dealloc(PyObject *self) {
  PyTypeObject *type = Py_TYPE(self);
  type->tp_free(self);
  Py_DECREF(type);
}
static PyType_Slot regularizer_slots[] = {{Py_tp_dealloc, plain_dealloc}, {Py_tp_call, regularizer_call}, {0, NULL}};
static PyType_Spec regularizer_spec = {.name = "headrace._headrace.Regularizer",
                                       .basicsize = sizeof(py_regularizer),
                                       .flags = Py_TPFLAGS_DEFAULT,
                                       .slots = regularizer_slots};

/* ---- variable scopes --------------------------------------------------------------------------------------------- */

typedef struct py_var_scope {
  PyObject_HEAD py_graph *graph;
  hr_var_scope *scope;
} py_var_scope;

static int var_scope_traverse(py_var_scope *self, visitproc visit, void *arg) {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(self->graph);
  return 0;
}
static void var_scope_dealloc(py_var_scope *self) {
  PyTypeObject *type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  Py_CLEAR(self->graph);
  type->tp_free(self);
  Py_DECREF(type);
}
static PyObject *var_scope_part(py_var_scope *self, void *part) {
  switch ((int)(intptr_t)part) {
  case 0: return PyUnicode_FromString(hr_var_scope_name(self->scope));
  case 1: return PyUnicode_FromString(hr_var_scope_original_name_scope(self->scope));
  case 2: return PyLong_FromLong(hr_var_scope_reuse(self->scope));
  default: return py_from_dtype(hr_var_scope_dtype(self->scope));
  }
}
static PyObject *var_scope_reuse_variables(py_var_scope *self, PyObject *unused) {
  (void)unused;
  hr_var_scope_reuse_variables(self->scope);
  Py_RETURN_NONE;
}
static PyObject *var_scope_set_initializer(py_var_scope *self, PyObject *v) {
  py_call call;
  py_call_begin_in(&call, self->graph);
  hr_initializer initializer;
  if (py_to_initializer(&call, v, &initializer)) hr_var_scope_set_initializer(self->scope, initializer);
  if (!py_call_end(&call)) return NULL;
  Py_RETURN_NONE;
}
static PyObject *var_scope_set_regularizer(py_var_scope *self, PyObject *v) {
  py_call call;
  py_call_begin_in(&call, self->graph);
  hr_regularizer regularizer;
  if (py_to_regularizer(&call, v, &regularizer)) hr_var_scope_set_regularizer(self->scope, regularizer);
  if (!py_call_end(&call)) return NULL;
  Py_RETURN_NONE;
}
static PyGetSetDef var_scope_getset[] = {
    {"name", (getter)var_scope_part, NULL, "The prefix of variables' names.", (void *)0},
    {"original_name_scope", (getter)var_scope_part, NULL, "The name scope of its first opening.", (void *)1},
    {"_reuse", (getter)var_scope_part, NULL, NULL, (void *)2},
    {"dtype", (getter)var_scope_part, NULL, "The default dtype.", (void *)3},
    {0}};
static PyMethodDef var_scope_methods[] = {
    {"reuse_variables", (PyCFunction)var_scope_reuse_variables, METH_NOARGS, "From now on variables are shared."},
    {"set_initializer", (PyCFunction)var_scope_set_initializer, METH_O, "Sets the default initializer."},
    {"set_regularizer", (PyCFunction)var_scope_set_regularizer, METH_O, "Sets the default regularizer."},
    {0}};
static PyType_Slot var_scope_slots[] = {{Py_tp_dealloc, var_scope_dealloc},
                                        {Py_tp_traverse, var_scope_traverse},
                                        {Py_tp_getset, var_scope_getset},
                                        {Py_tp_methods, var_scope_methods},
                                        {0, NULL}};
static PyType_Spec var_scope_spec = {.name = "headrace._headrace.VariableScope",
                                     .basicsize = sizeof(py_var_scope),
                                     .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
                                     .slots = var_scope_slots};

/* get_variable_scope(graph) */
static PyObject *get_variable_scope(PyObject *module, PyObject *graph) {
  (void)module;
  if (!py_is_graph(graph)) return PyErr_Format(PyExc_TypeError, "%R is no graph", graph);
  hr_var_scope *scope = hr_get_variable_scope(((py_graph *)graph)->scope);
  if (!scope) return PyErr_NoMemory();
  PyObject *objects = ((py_graph *)graph)->objects, *key = PyLong_FromVoidPtr(scope);
  PyObject *known = key ? PyDict_GetItemWithError(objects, key) : NULL;
  Py_XINCREF(known);
  if (!known && !PyErr_Occurred()) {
    PyTypeObject *type = (PyTypeObject *)py_classes[PY_VARIABLE_SCOPE];
    py_var_scope *self = (py_var_scope *)type->tp_alloc(type, 0);
    if (self) {
      Py_INCREF(graph);
      self->graph = (py_graph *)graph;
      self->scope = scope;
      if (PyDict_SetItem(objects, key, (PyObject *)self) < 0) Py_CLEAR(self);
    }
    known = (PyObject *)self;
  }
  Py_XDECREF(key);
  return known;
}

/* ---- custom getters ---------------------------------------------------------------------------------------------- */

/* The way on, as a custom getter sees it: calling it goes to the outer getter. Valid while the getter runs. */
typedef struct py_getter {
  PyObject_HEAD py_graph *graph; /* NULL once the getter has returned */
  const hr_getter *next;
  hr_scope scope;
  hr_get_variable_options options;
} py_getter;

static bool read_options(py_call *call, PyObject *kwargs, hr_get_variable_options *o, hr_strings *collections);

static PyObject *getter_call(py_getter *self, PyObject *args, PyObject *kwargs) {
  if (!self->graph) {
    PyErr_SetString(PyExc_RuntimeError, "A getter can be called only while the custom getter runs");
    return NULL;
  }
  PyObject *given = kwargs ? PyDict_Copy(kwargs) : PyDict_New();
  PyObject *name = PyTuple_GET_SIZE(args) > 0 ? PyTuple_GET_ITEM(args, 0) : NULL;
  if (given && !name) name = PyDict_GetItemString(given, "name");
  if (given && PyTuple_GET_SIZE(args) > 1 && PyDict_SetItemString(given, "shape", PyTuple_GET_ITEM(args, 1)) < 0)
    Py_CLEAR(given);
  py_call call;
  py_call_begin_in(&call, self->graph);
  call.scope = self->scope;
  hr_get_variable_options options = self->options;
  hr_strings collections;
  const char *text;
  hr_var *var = NULL;
  bool ok = given && name && py_to_text(name, &text) && read_options(&call, given, &options, &collections);
  if (ok)
    var = hr_getter_call(self->next, self->scope, text, &options);
  else if (!PyErr_Occurred())
    PyErr_SetString(PyExc_TypeError, "a getter needs the variable's name");
  PyObject *result = PyErr_Occurred() ? NULL : py_from_var(call.graph, var);
  Py_XDECREF(given);
  if (!py_call_end(&call)) Py_CLEAR(result);
  return result;
}

static void getter_dealloc(PyObject *self) {
  Py_CLEAR(((py_getter *)self)->graph);
  plain_dealloc(self);
}
static PyType_Slot getter_slots[] = {{Py_tp_dealloc, getter_dealloc}, {Py_tp_call, getter_call}, {0, NULL}};
static PyType_Spec getter_spec = {.name = "headrace._headrace.Getter",
                                  .basicsize = sizeof(py_getter),
                                  .flags = Py_TPFLAGS_DEFAULT,
                                  .slots = getter_slots};

static bool set_item(PyObject *dict, const char *key, PyObject *stolen) {
  bool ok = stolen && PyDict_SetItemString(dict, key, stolen) == 0;
  Py_XDECREF(stolen);
  return ok;
}

/* The options as the keyword arguments that TensorFlow gives a custom getter. */
static PyObject *getter_arguments(const hr_get_variable_options *o) {
  PyObject *kwargs = PyDict_New();
  PyObject *none = Py_None;
  PyObject *initializer = o->initializer.call == call_initializer ? o->initializer.argument : none;
  PyObject *regularizer = o->regularizer.call == call_regularizer ? o->regularizer.argument : none;
  Py_INCREF(initializer);
  Py_INCREF(regularizer);
  bool ok = kwargs && set_item(kwargs, "shape", py_from_dims(&o->shape)) &&
            set_item(kwargs, "dtype", py_from_dtype(o->dtype));
  if (initializer != none || !o->initializer.call)
    ok = ok && set_item(kwargs, "initializer", (Py_INCREF(initializer), initializer));
  if (regularizer != none || !o->regularizer.call)
    ok = ok && set_item(kwargs, "regularizer", (Py_INCREF(regularizer), regularizer));
  Py_DECREF(initializer);
  Py_DECREF(regularizer);
  ok = ok && set_item(kwargs, "trainable", PyBool_FromLong(o->trainable)) &&
       set_item(kwargs, "reuse", o->reuse == HR_REUSE_AUTO ? (Py_INCREF(none), none) : PyBool_FromLong(o->reuse)) &&
       set_item(kwargs, "validate_shape", PyBool_FromLong(o->validate_shape));
  if (!ok) Py_CLEAR(kwargs);
  return kwargs;
}

static hr_var *call_custom_getter(void *argument, const hr_getter *next, hr_scope scope, const char *name,
                                  const hr_get_variable_options *options) {
  py_graph *graph = py_graph_of(scope);
  py_getter *getter = (py_getter *)getter_type->tp_alloc(getter_type, 0);
  PyObject *kwargs = getter_arguments(options);
  PyObject *args = getter && kwargs ? Py_BuildValue("(Os)", getter, name) : NULL;
  PyObject *result = NULL;
  hr_scope before = graph->scope;
  if (args) {
    Py_INCREF(graph);
    getter->graph = graph;
    getter->next = next;
    getter->scope = scope;
    getter->options = *options;
    graph->scope = scope;
    result = PyObject_Call(argument, args, kwargs);
    graph->scope = before;
    Py_CLEAR(getter->graph);
  }
  Py_XDECREF(args);
  Py_XDECREF(kwargs);
  Py_XDECREF(getter);
  hr_var *var = NULL;
  if (result && py_is_variable(result)) {
    var = ((py_variable *)result)->var;
  } else if (result) { /* a tensor in place of the variable: what the call gives back, not C's to know */
    PyObject *key = PyUnicode_FromString("_getter_result");
    if (key && PyDict_SetItem(graph->objects, key, result) == 0) hr_scope_fail(scope, hr_error(HR_ABORTED, "getter"));
    Py_XDECREF(key);
  }
  if (PyErr_Occurred()) hr_scope_fail(scope, py_keep_exception());
  Py_XDECREF(result);
  return var;
}

static bool to_custom_getter(py_call *call, PyObject *v, hr_custom_getter *out) {
  *out = (hr_custom_getter){0};
  if (!v || v == Py_None) return true;
  *out = (hr_custom_getter){call_custom_getter, v};
  return py_graph_keep(call->graph, v);
}

/* ---- get_variable and variable_scope ----------------------------------------------------------------------------- */

/* What `kwargs` says over what `o` says already. */
static bool read_options(py_call *call, PyObject *kwargs, hr_get_variable_options *o, hr_strings *collections) {
  PyObject *v;
#define GIVEN(key) ((v = PyDict_GetItemString(kwargs, key)) && v != Py_None)
  if (GIVEN("shape") && !py_to_shape(v, &o->shape)) return false;
  if (GIVEN("dtype") && !py_to_dtype(v, &o->dtype)) return false;
  if (o->dtype) o->dtype = hr_dtype_base(o->dtype);
  if (GIVEN("initializer")) {
    bool is_value =
        py_is_tensor(v) || py_is_variable(v) || !(PyCallable_Check(v) || PyObject_TypeCheck(v, py_initializer_type));
    if (is_value) {
      if (!py_to_operand(call, v, &o->value)) return false;
    } else if (!py_to_initializer(call, v, &o->initializer)) {
      return false;
    }
  }
  if (GIVEN("regularizer") && !py_to_regularizer(call, v, &o->regularizer)) return false;
  if (GIVEN("trainable") && !py_to_bool(v, &o->trainable)) return false;
  if (GIVEN("validate_shape") && !py_to_bool(v, &o->validate_shape)) return false;
  if (GIVEN("caching_device") && !py_to_text(v, &o->caching_device)) return false;
  if (GIVEN("custom_getter") && !to_custom_getter(call, v, &o->custom_getter)) return false;
  if (GIVEN("reuse") && !py_to_reuse(v, &o->reuse)) return false;
  if (GIVEN("collections")) {
    if (!py_to_strings(call, v, collections)) return false;
    o->collections = collections;
  }
#undef GIVEN
  return true;
}

/* get_variable(name, options dict) */
static PyObject *get_variable(PyObject *module, PyObject *args) {
  (void)module;
  PyObject *name, *kwargs;
  if (!PyArg_ParseTuple(args, "OO!", &name, &PyDict_Type, &kwargs)) return NULL;
  PyObject *initializer = PyDict_GetItemString(kwargs, "initializer");
  (void)initializer;
  py_call call;
  if (!py_call_begin(&call, NULL, 0)) return NULL;
  hr_get_variable_options options = {HR_GET_VARIABLE_DEFAULTS};
  hr_strings collections;
  const char *text;
  hr_var *var = NULL;
  if (py_to_text(name, &text) && read_options(&call, kwargs, &options, &collections))
    var = hr_get_variable_with(call.scope, text, &options);
  PyObject *result = NULL;
  if (!PyErr_Occurred()) {
    PyObject *other = PyDict_GetItemString(call.graph->objects, "_getter_result");
    if (other) { /* see call_custom_getter */
      Py_INCREF(other);
      hr_status_free(hr_builder_status(call.graph->builder));
      if (PyDict_DelItemString(call.graph->objects, "_getter_result") < 0) PyErr_Clear();
      result = other;
    } else {
      result = py_from_var(call.graph, var);
    }
  }
  if (!py_call_end(&call)) Py_CLEAR(result);
  return result;
}

/* `argument`: (name, VariableScope or None; options dict). */
hr_scope py_open_variable_scope(py_call *call, PyObject *argument) {
  PyObject *what, *kwargs, *v;
  if (!PyArg_ParseTuple(argument, "OO!", &what, &PyDict_Type, &kwargs)) return call->scope;
  hr_variable_scope_options o = {0};
  bool ok = true;
#define GIVEN(key) (ok && (v = PyDict_GetItemString(kwargs, key)) && v != Py_None)
  if (GIVEN("reuse")) ok = py_to_reuse(v, &o.reuse);
  if (GIVEN("dtype")) ok = py_to_dtype(v, &o.dtype);
  if (GIVEN("initializer")) ok = py_to_initializer(call, v, &o.initializer);
  if (GIVEN("regularizer")) ok = py_to_regularizer(call, v, &o.regularizer);
  if (GIVEN("caching_device")) ok = py_to_text(v, &o.caching_device);
  if (GIVEN("custom_getter")) ok = to_custom_getter(call, v, &o.custom_getter);
  if (GIVEN("default_name")) ok = py_to_text(v, &o.default_name);
  if (GIVEN("auxiliary_name_scope")) o.no_name_scope = !PyObject_IsTrue(v);
#undef GIVEN
  if (!ok) return call->scope;
  if (PyObject_TypeCheck(what, variable_scope_type))
    return hr_variable_scope_again_with(call->scope, ((py_var_scope *)what)->scope, &o);
  const char *name = NULL;
  if (what != Py_None && !py_to_text(what, &name)) return call->scope;
  return hr_variable_scope_with(call->scope, name, &o);
}

static PyMethodDef methods[] = {{"constant_initializer", constant_initializer, METH_O, NULL},
                                {"initialize", (PyCFunction)(void (*)(void))initialize, METH_FASTCALL, NULL},
                                {"get_variable_scope", get_variable_scope, METH_O, NULL},
                                {"get_variable", get_variable, METH_VARARGS, NULL},
                                {0}};

bool py_add_variable_types(PyObject *module) {
  py_variable_type = py_add_operand_type(module, &variable_spec);
  py_initializer_type = py_add_type(module, &initializer_spec);
  py_regularizer_type = py_add_type(module, &regularizer_spec);
  variable_scope_type = py_add_type(module, &var_scope_spec);
  getter_type = py_add_type(module, &getter_spec);
  return py_variable_type && py_initializer_type && py_regularizer_type && variable_scope_type && getter_type &&
         PyModule_AddFunctions(module, methods) == 0;
}
