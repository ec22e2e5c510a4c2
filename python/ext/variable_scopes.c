/* Variable scopes, tf.get_variable, and custom getters. */
#include "binding.h"
#include "generated.h"
#include "variables.h"

static PyTypeObject *variable_scope_type, *getter_type;

bool py_to_use_resource(PyObject *v, hr_use_resource *out) {
  bool use;
  if (!py_to_bool(v, &use)) return false;
  *out = use ? HR_RESOURCE_TRUE : HR_RESOURCE_FALSE;
  return true;
}

PyObject *py_from_use_resource(hr_use_resource value) {
  return value == HR_RESOURCE_DEFAULT ? py_none() : PyBool_FromLong(value == HR_RESOURCE_TRUE);
}

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
  case 4: return py_from_use_resource(hr_var_scope_use_resource(self->scope));
  default: return py_from_dtype(hr_var_scope_dtype(self->scope));
  }
}
static PyObject *var_scope_set_use_resource(py_var_scope *self, PyObject *const *args, Py_ssize_t num_args,
                                            PyObject *kwnames) {
  static const char *const names[] = {"use_resource"};
  hr_use_resource use = HR_RESOURCE_DEFAULT;
  PyObject *v;
  if (!py_arguments("set_use_resource", names, 1, 1, args, num_args, kwnames, &v)) return NULL;
  if (v != Py_None && !py_to_use_resource(v, &use)) return NULL;
  hr_var_scope_set_use_resource(self->scope, use);
  Py_RETURN_NONE;
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
static PyObject *var_scope_set_dtype(py_var_scope *self, PyObject *v) {
  hr_dtype dtype;
  if (!py_to_dtype(v, &dtype)) return NULL;
  hr_var_scope_set_dtype(self->scope, dtype);
  Py_RETURN_NONE;
}
static PyObject *var_scope_set_caching_device(py_var_scope *self, PyObject *v) {
  const char *device = NULL;
  py_call call;
  py_call_begin_in(&call, self->graph);
  if (v == Py_None || py_to_text(v, &device)) hr_var_scope_set_caching_device(call.scope, self->scope, device);
  if (!py_call_end(&call)) return NULL;
  Py_RETURN_NONE;
}
static bool to_custom_getter(py_call *call, PyObject *v, hr_custom_getter *out);
static PyObject *var_scope_set_custom_getter(py_var_scope *self, PyObject *v) {
  py_call call;
  py_call_begin_in(&call, self->graph);
  hr_custom_getter getter;
  if (to_custom_getter(&call, v, &getter)) hr_var_scope_set_custom_getter(call.scope, self->scope, getter);
  if (!py_call_end(&call)) return NULL;
  Py_RETURN_NONE;
}
static PyObject *var_scope_set_partitioner(py_var_scope *self, PyObject *v) {
  py_call call;
  py_call_begin_in(&call, self->graph);
  hr_partitioner partitioner;
  if (py_to_partitioner(&call, v, &partitioner)) hr_var_scope_set_partitioner(self->scope, partitioner);
  if (!py_call_end(&call)) return NULL;
  Py_RETURN_NONE;
}
static PyGetSetDef var_scope_getset[] = {
    {"name", (getter)var_scope_part, NULL, "The prefix of variables' names.", (void *)0},
    {"original_name_scope", (getter)var_scope_part, NULL, "The name scope of its first opening.", (void *)1},
    {"_reuse", (getter)var_scope_part, NULL, NULL, (void *)2},
    {"dtype", (getter)var_scope_part, NULL, "The default dtype.", (void *)3},
    {"use_resource", (getter)var_scope_part, NULL, "Whether variables are resource variables; None: not said.",
     (void *)4},
    {0}};
static PyMethodDef var_scope_methods[] = {
    {"reuse_variables", (PyCFunction)var_scope_reuse_variables, METH_NOARGS,
     "reuse_variables($self)\n--\n\nFrom now on variables are shared."},
    {"_set_initializer", (PyCFunction)var_scope_set_initializer, METH_O, NULL},
    {"_set_regularizer", (PyCFunction)var_scope_set_regularizer, METH_O, NULL},
    {"_set_dtype", (PyCFunction)var_scope_set_dtype, METH_O, NULL},
    {"_set_caching_device", (PyCFunction)var_scope_set_caching_device, METH_O, NULL},
    {"_set_partitioner", (PyCFunction)var_scope_set_partitioner, METH_O, NULL},
    {"_set_custom_getter", (PyCFunction)var_scope_set_custom_getter, METH_O, NULL},
    {"set_use_resource", (PyCFunction)(void (*)(void))var_scope_set_use_resource, METH_FASTCALL | METH_KEYWORDS,
     "set_use_resource($self, use_resource)\n--\n\nSets whether variables are resource variables; None: as by "
     "default."},
    {0}};
static PyType_Slot var_scope_slots[] = {{Py_tp_new, py_refuse_new},           {Py_tp_dealloc, var_scope_dealloc},
                                        {Py_tp_traverse, var_scope_traverse}, {Py_tp_getset, var_scope_getset},
                                        {Py_tp_methods, var_scope_methods},   {0, NULL}};
static PyType_Spec var_scope_spec = {.name = "headrace._headrace.VariableScope",
                                     .basicsize = sizeof(py_var_scope),
                                     .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
                                     .slots = var_scope_slots};

/* The one object for a scope; NULL with a Python error set for none. */
static PyObject *from_var_scope(py_graph *graph, hr_var_scope *scope) {
  if (!scope) {
    hr_status status = hr_builder_status(graph->builder);
    return status ? py_raise_building(status) : PyErr_NoMemory();
  }
  PyObject *key = PyLong_FromVoidPtr(scope), *known = key ? PyDict_GetItemWithError(graph->objects, key) : NULL;
  Py_XINCREF(known);
  if (!known && !PyErr_Occurred()) {
    PyTypeObject *type = (PyTypeObject *)py_classes[PY_VARIABLE_SCOPE];
    py_var_scope *self = (py_var_scope *)type->tp_alloc(type, 0);
    if (self) {
      Py_INCREF(graph);
      self->graph = graph;
      self->scope = scope;
      if (PyDict_SetItem(graph->objects, key, (PyObject *)self) < 0) Py_CLEAR(self);
    }
    known = (PyObject *)self;
  }
  Py_XDECREF(key);
  return known;
}

/* get_variable_scope(graph) */
static PyObject *get_variable_scope(PyObject *module, PyObject *graph) {
  (void)module;
  if (!py_is_graph(graph)) return PyErr_Format(PyExc_TypeError, "%R is no graph", graph);
  return from_var_scope((py_graph *)graph, hr_get_variable_scope(((py_graph *)graph)->scope));
}

/* ---- custom getters -----------------------------------------------------------------------------------------------
 */

/* The way on, as a custom getter sees it: calling it goes to the outer getter. Valid while the getter runs. */
typedef struct py_getter {
  PyObject_HEAD py_graph *graph; /* NULL once the getter has returned */
  const hr_getter *next;
  hr_get_variable_options options;
} py_getter;

static bool read_options(py_call *call, PyObject *kwargs, hr_get_variable_options *o, hr_strings *collections);

/* What getters take, in tf.get_variable's order. */
static const char *const getter_names[] = {"name",           "shape",       "dtype",          "initializer",
                                           "regularizer",    "reuse",       "trainable",      "collections",
                                           "caching_device", "partitioner", "validate_shape", "use_resource"};

/* The arguments of a call as one dict, of which `kwargs` is a part. New reference. */
static PyObject *getter_keywords(PyObject *args, PyObject *kwargs) {
  Py_ssize_t count = PyTuple_GET_SIZE(args);
  if (count > (Py_ssize_t)(sizeof getter_names / sizeof *getter_names)) {
    PyErr_Format(PyExc_TypeError, "A getter takes the arguments of tf.get_variable: %zd were given", count);
    return NULL;
  }
  PyObject *given = kwargs ? PyDict_Copy(kwargs) : PyDict_New();
  for (Py_ssize_t i = 0; given && i < count; ++i)
    if (PyDict_SetItemString(given, getter_names[i], PyTuple_GET_ITEM(args, i)) < 0) Py_CLEAR(given);
  return given;
}

static PyObject *getter_call(py_getter *self, PyObject *args, PyObject *kwargs) {
  if (!self->graph) {
    PyErr_SetString(PyExc_RuntimeError, "A getter can be called only while the custom getter runs");
    return NULL;
  }
  PyObject *given = getter_keywords(args, kwargs);
  if (!given) return NULL;
  py_call call;
  py_call_begin_in(&call, self->graph);
  hr_get_variable_options options = self->options;
  hr_strings collections;
  PyObject *name = PyDict_GetItemString(given, "name"), *result = NULL;
  const char *text;
  if (!name) {
    PyErr_SetString(PyExc_TypeError, "A getter needs the variable's name");
  } else if (py_to_text(name, &text) && read_options(&call, given, &options, &collections)) {
    hr_var *var = hr_getter_call(self->next, call.scope, text, &options);
    if (hr_scope_ok(call.scope)) result = py_from_var(call.graph, var);
  }
  Py_DECREF(given);
  if (!py_call_end(&call)) Py_CLEAR(result);
  return result;
}

static void getter_dealloc(py_getter *self) {
  PyTypeObject *type = Py_TYPE(self);
  Py_CLEAR(self->graph);
  type->tp_free(self);
  Py_DECREF(type);
}
static PyType_Slot getter_slots[] = {{Py_tp_dealloc, getter_dealloc}, {Py_tp_call, getter_call}, {0, NULL}};
static PyType_Spec getter_spec = {.name = "headrace._headrace.Getter",
                                  .basicsize = sizeof(py_getter),
                                  .flags = Py_TPFLAGS_DEFAULT,
                                  .slots = getter_slots};

bool py_set_item(PyObject *dict, const char *key, PyObject *stolen) {
  bool ok = stolen && PyDict_SetItemString(dict, key, stolen) == 0;
  Py_XDECREF(stolen);
  return ok;
}

/* A list of `count` items that `item(context, i)` makes; NULL where one of them is. */
static PyObject *list_of(int32_t count, PyObject *(*item)(const void *context, int32_t i), const void *context) {
  PyObject *list = PyList_New(count);
  for (int32_t i = 0; list && i < count; ++i) {
    PyObject *made = item(context, i);
    if (!made)
      Py_CLEAR(list);
    else
      PyList_SET_ITEM(list, i, made);
  }
  return list;
}

static PyObject *from_int(const void *ints, int32_t i) {
  return PyLong_FromLongLong(((const hr_ints *)ints)->items[i]);
}

static PyObject *from_string(const void *strings, int32_t i) {
  return PyUnicode_FromString(((const hr_strings *)strings)->items[i]);
}

typedef struct part_of_list {
  py_graph *graph;
  hr_operands list;
} part_of_list;

static PyObject *from_part(const void *part, int32_t i) {
  const part_of_list *of = part;
  return of->list.items ? py_from_operand(of->graph, of->list.items[i])
                        : py_from_output(of->graph, of->list.outputs[i]);
}

/* A nested list of numbers without a dtype of their own. */
static PyObject *from_values(const hr_tensor *tensor) {
  hr_tensor copy;
  hr_tensor_copy(tensor, &copy);
  PyObject *array = py_from_tensor(&copy);
  PyObject *list = array ? PyObject_CallMethod(array, "tolist", NULL) : NULL;
  Py_XDECREF(array);
  return list;
}

PyObject *py_from_operand(py_graph *graph, hr_operand value) {
  hr_tensor copy;
  switch (value.kind) {
  case HR_OPERAND_OUTPUT: return py_from_output(graph, value.output);
  case HR_OPERAND_VARIABLE: return py_from_var(graph, value.variable);
  case HR_OPERAND_INT: return PyLong_FromLongLong(value.i);
  case HR_OPERAND_FLOAT: return PyFloat_FromDouble(value.f);
  case HR_OPERAND_BOOL: return PyBool_FromLong(value.b);
  case HR_OPERAND_STRING: return PyUnicode_FromString(value.s);
  case HR_OPERAND_TENSOR: hr_tensor_copy(value.tensor, &copy); return py_from_tensor(&copy);
  case HR_OPERAND_VALUES: return from_values(value.tensor);
  case HR_OPERAND_INTS: return list_of(value.ints.count, from_int, &value.ints);
  case HR_OPERAND_LIST: break;
  case HR_OPERAND_NONE: Py_RETURN_NONE;
  }
  return list_of(value.list.count, from_part, &(part_of_list){graph, value.list});
}

PyObject *py_from_strings(const hr_strings *strings) {
  return strings ? list_of(strings->count, from_string, strings) : py_none();
}

/* False, True, or tf.AUTO_REUSE, which its Python class tells. */
static PyObject *from_reuse(hr_reuse reuse) {
  if (reuse != HR_REUSE_AUTO) return PyBool_FromLong(reuse == HR_REUSE_TRUE);
  return PyObject_GetAttrString(py_classes[PY_VARIABLE_SCOPE], "_AUTO_REUSE");
}

/* The options as the keyword arguments that TensorFlow gives a custom getter. */
static PyObject *getter_arguments(py_graph *graph, const hr_get_variable_options *o) {
  PyObject *kwargs = PyDict_New();
  PyObject *initializer =
      hr_operand_is_given(o->value) ? py_from_operand(graph, o->value) : py_initializer_object(&o->initializer);
  bool ok =
      kwargs && py_set_item(kwargs, "initializer", initializer) &&
      py_set_item(kwargs, "shape", o->shape.rank < 0 ? py_none() : py_from_shape(&o->shape)) &&
      py_set_item(kwargs, "dtype", o->dtype ? py_from_dtype(o->dtype) : py_none()) &&
      py_set_item(kwargs, "regularizer", py_regularizer_object(&o->regularizer)) &&
      py_set_item(kwargs, "reuse", from_reuse(o->reuse)) &&
      py_set_item(kwargs, "trainable", PyBool_FromLong(o->trainable)) &&
      py_set_item(kwargs, "collections", py_from_strings(o->collections)) &&
      py_set_item(kwargs, "caching_device", o->caching_device ? PyUnicode_FromString(o->caching_device) : py_none()) &&
      py_set_item(kwargs, "validate_shape", PyBool_FromLong(o->validate_shape));
  ok = ok && py_set_item(kwargs, "partitioner", py_partitioner_object(&o->partitioner));
  ok = ok && py_set_item(kwargs, "constraint", py_none()) &&
       py_set_item(kwargs, "use_resource", py_from_use_resource(o->use_resource));
  PyObject *scope_type = py_classes[PY_VARIABLE_SCOPE];
  ok = ok && py_set_item(kwargs, "synchronization", PyObject_GetAttrString(scope_type, "_SYNCHRONIZATION")) &&
       py_set_item(kwargs, "aggregation", PyObject_GetAttrString(scope_type, "_AGGREGATION"));
  if (!ok) Py_CLEAR(kwargs);
  return kwargs;
}

hr_var *py_var_of_answer(py_graph *graph, hr_scope scope, PyObject *answer) {
  if (py_is_variable(answer)) return ((py_variable *)answer)->var;
  hr_var *var = hr_var_stand_in(scope, py_is_tensor(answer) ? ((py_tensor *)answer)->output : HR_NO_OUTPUT);
  if (!var || py_is_tensor(answer)) return var;
  PyObject *key = PyLong_FromVoidPtr(var);
  if (!key || PyDict_SetItem(graph->objects, key, answer) < 0) var = NULL;
  Py_XDECREF(key);
  return var;
}

static bool takes(PyObject *function, const char *name) {
  PyCodeObject *code = (PyCodeObject *)PyFunction_GetCode(function);
  PyObject *names = PyObject_GetAttrString((PyObject *)code, "co_varnames");
  bool found = false;
  for (Py_ssize_t i = 0; names && i < code->co_argcount + code->co_kwonlyargcount; ++i)
    found = found || PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(names, i), name) == 0;
  Py_XDECREF(names);
  return found;
}

/* The positional arguments of a custom getter: the way on, unless it takes that by its name. A function that does not
 * know `constraint` is not told of it. */
static PyObject *call_arguments(PyObject *function, py_getter *getter, PyObject *kwargs) {
  bool by_name = PyFunction_Check(function) && takes(function, "getter");
  if (PyFunction_Check(function)) {
    bool any = ((PyCodeObject *)PyFunction_GetCode(function))->co_flags & CO_VARKEYWORDS;
    if (!any && !takes(function, "constraint") && PyDict_DelItemString(kwargs, "constraint") < 0) return NULL;
  }
  if (!by_name) return PyTuple_Pack(1, getter);
  return PyDict_SetItemString(kwargs, "getter", (PyObject *)getter) == 0 ? PyTuple_New(0) : NULL;
}

static hr_var *call_custom_getter(void *argument, const hr_getter *next, hr_scope scope, const char *name,
                                  const hr_get_variable_options *options) {
  if (!hr_scope_ok(scope)) return NULL;
  py_graph *graph = py_graph_of(scope);
  py_getter *getter = (py_getter *)getter_type->tp_alloc(getter_type, 0);
  PyObject *kwargs = getter_arguments(graph, options);
  if (kwargs && !py_set_item(kwargs, "name", PyUnicode_FromString(name))) Py_CLEAR(kwargs);
  PyObject *args = getter && kwargs ? call_arguments(argument, getter, kwargs) : NULL;
  hr_var *var = NULL;
  if (args) {
    Py_INCREF(graph);
    getter->graph = graph;
    getter->next = next;
    getter->options = *options;
    PyObject *answer = py_call_back_named(graph, scope, argument, args, kwargs);
    Py_CLEAR(getter->graph);
    if (answer) var = py_var_of_answer(graph, scope, answer);
    Py_XDECREF(answer);
  }
  Py_XDECREF(kwargs);
  Py_XDECREF(getter);
  if (PyErr_Occurred()) hr_scope_fail(scope, py_keep_exception());
  return var;
}

static bool to_custom_getter(py_call *call, PyObject *v, hr_custom_getter *out) {
  *out = (hr_custom_getter){0};
  if (!v || v == Py_None) return true;
  if (!PyCallable_Check(v)) {
    PyErr_Format(PyExc_ValueError, "Passed a custom_getter which is not callable: %R", v);
    return false;
  }
  *out = (hr_custom_getter){call_custom_getter, v};
  return py_graph_keep(call->graph, v);
}

/* ---- get_variable and variable_scope ----------------------------------------------------------------------------- */

/* What `kwargs` says over what `o` says already. An explicit None clears what may be cleared. */
static bool read_options(py_call *call, PyObject *kwargs, hr_get_variable_options *o, hr_strings *collections) {
  PyObject *v;
#define GIVEN(key) ((v = PyDict_GetItemString(kwargs, key)) && v != Py_None)
  if (GIVEN("shape") && !py_to_shape(v, &o->shape)) return false;
  if (v == Py_None) o->shape = HR_SHAPE_UNKNOWN;
  if (GIVEN("dtype") && !py_to_dtype(v, &o->dtype)) return false;
  if (o->dtype) o->dtype = hr_dtype_base(o->dtype);
  if (GIVEN("initializer")) {
    bool is_value =
        py_is_tensor(v) || py_is_variable(v) || !(PyCallable_Check(v) || PyObject_TypeCheck(v, py_initializer_type));
    o->initializer = (hr_initializer){0};
    o->value = HR_NO_OPERAND;
    if (is_value ? !py_to_operand(call, v, &o->value) : !py_to_initializer(call, v, &o->initializer)) return false;
  }
  if (GIVEN("regularizer") && !py_to_regularizer(call, v, &o->regularizer)) return false;
  if (v == Py_None) o->regularizer = (hr_regularizer){0};
  if (GIVEN("trainable") && !py_to_bool(v, &o->trainable)) return false;
  if (GIVEN("validate_shape") && !py_to_bool(v, &o->validate_shape)) return false;
  if (GIVEN("caching_device") && !py_to_text(v, &o->caching_device)) return false;
  if (GIVEN("custom_getter") && !to_custom_getter(call, v, &o->custom_getter)) return false;
  if (GIVEN("partitioner") && !py_to_partitioner(call, v, &o->partitioner)) return false;
  if (v == Py_None) o->partitioner = (hr_partitioner){0};
  if (GIVEN("reuse") && !py_to_reuse(v, &o->reuse)) return false;
  if (GIVEN("use_resource") && !py_to_use_resource(v, &o->use_resource)) return false;
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
  py_call call;
  if (!py_call_begin(&call, NULL, 0)) return NULL;
  hr_get_variable_options options = {HR_GET_VARIABLE_DEFAULTS};
  hr_strings collections;
  const char *text;
  PyObject *result = NULL;
  if (py_to_text(name, &text) && read_options(&call, kwargs, &options, &collections)) {
    hr_var *var = hr_get_variable_with(call.scope, text, &options);
    if (hr_scope_ok(call.scope)) result = py_from_var(call.graph, var);
  }
  if (!py_call_end(&call)) Py_CLEAR(result);
  return result;
}

/* Reads what Python says of a scope; false with an error noted. */
static bool read_scope_options(py_call *call, PyObject *kwargs, hr_variable_scope_options *o) {
  PyObject *v;
  bool ok = true;
#define GIVEN(key) (ok && (v = PyDict_GetItemString(kwargs, key)) && v != Py_None)
  if (GIVEN("reuse")) ok = py_to_reuse(v, &o->reuse);
  if (GIVEN("dtype")) ok = py_to_dtype(v, &o->dtype);
  if (GIVEN("initializer")) ok = py_to_initializer(call, v, &o->initializer);
  if (GIVEN("regularizer")) ok = py_to_regularizer(call, v, &o->regularizer);
  if (GIVEN("caching_device")) ok = py_to_text(v, &o->caching_device);
  if (GIVEN("custom_getter")) ok = to_custom_getter(call, v, &o->custom_getter);
  if (GIVEN("partitioner")) ok = py_to_partitioner(call, v, &o->partitioner);
  if (GIVEN("use_resource")) ok = py_to_use_resource(v, &o->use_resource);
  if (GIVEN("default_name")) ok = py_to_text(v, &o->default_name);
  if (GIVEN("auxiliary_name_scope")) o->no_name_scope = !PyObject_IsTrue(v);
#undef GIVEN
  return ok;
}

/* new_variable_scope(graph, name, name_scope, options dict) */
static PyObject *new_variable_scope(PyObject *module, PyObject *args) {
  (void)module;
  PyObject *graph, *kwargs, *result = NULL;
  const char *name, *name_scope;
  if (!PyArg_ParseTuple(args, "O!ssO!", py_graph_type, &graph, &name, &name_scope, &PyDict_Type, &kwargs)) return NULL;
  py_call call;
  py_call_begin_in(&call, (py_graph *)graph);
  hr_variable_scope_options o = {0};
  hr_var_scope *scope = NULL;
  if (read_scope_options(&call, kwargs, &o)) scope = hr_var_scope_new(call.scope, name, name_scope, &o);
  if (scope) result = from_var_scope(call.graph, scope);
  if (!py_call_end(&call)) Py_CLEAR(result);
  return result;
}

/* `argument`: (name, VariableScope or None; options dict). */
hr_scope py_open_variable_scope(py_call *call, PyObject *argument) {
  PyObject *what, *kwargs;
  if (!PyArg_ParseTuple(argument, "OO!", &what, &PyDict_Type, &kwargs)) return call->scope;
  hr_variable_scope_options o = {0};
  if (!read_scope_options(call, kwargs, &o)) return call->scope;
  if (PyObject_TypeCheck(what, variable_scope_type))
    return hr_variable_scope_again_with(call->scope, ((py_var_scope *)what)->scope, &o);
  const char *name = NULL;
  if (what != Py_None && !py_to_text(what, &name)) return call->scope;
  return hr_variable_scope_with(call->scope, name, &o);
}

/* enable_resource_variables(whether) */
static PyObject *enable_resource_variables(PyObject *module, PyObject *enable) {
  (void)module;
  if (!py_to_bool(enable, &py_resource_by_default)) return NULL;
  Py_RETURN_NONE;
}
static PyObject *resource_variables_enabled(PyObject *module, PyObject *unused) {
  (void)module, (void)unused;
  return PyBool_FromLong(py_resource_by_default);
}

static PyMethodDef methods[] = {{"enable_resource_variables", enable_resource_variables, METH_O, NULL},
                                {"resource_variables_enabled", resource_variables_enabled, METH_NOARGS, NULL},
                                {"get_variable_scope", get_variable_scope, METH_O, NULL},
                                {"new_variable_scope", new_variable_scope, METH_VARARGS, NULL},
                                {"get_variable", get_variable, METH_VARARGS, NULL},
                                {0}};

bool py_add_variable_scope_types(PyObject *module) {
  variable_scope_type = py_add_type(module, &var_scope_spec);
  getter_type = py_add_type(module, &getter_spec);
  return variable_scope_type && getter_type && PyModule_AddFunctions(module, methods) == 0;
}
