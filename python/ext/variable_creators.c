/* The making of variables by Python: tf.Variable's arguments, and creators, which see them. */
#include "binding.h"
#include "variables.h"

static PyTypeObject *initial_value_type, *next_creator_type;

/* ---- initial values ---------------------------------------------------------------------------------------------- */

/* C's function of an initial value, as a creator sees it: calling it makes the value. Valid while the creator runs. */
typedef struct py_initial_value {
  PyObject_HEAD py_graph *graph; /* NULL once the creator has returned */
  hr_initial_value function;
} py_initial_value;

static PyObject *initial_value_call(py_initial_value *self, PyObject *args, PyObject *kwargs) {
  (void)args, (void)kwargs;
  if (!self->graph) {
    PyErr_SetString(PyExc_RuntimeError, "An initial value can be made only while the creator runs");
    return NULL;
  }
  py_call call;
  py_call_begin_in(&call, self->graph);
  hr_output output = self->function.call(self->function.argument, call.scope);
  PyObject *result = hr_scope_ok(call.scope) ? py_from_output(call.graph, output) : NULL;
  if (!py_call_end(&call)) Py_CLEAR(result);
  return result;
}
static void initial_value_dealloc(py_initial_value *self) {
  PyTypeObject *type = Py_TYPE(self);
  Py_CLEAR(self->graph);
  type->tp_free(self);
  Py_DECREF(type);
}
static PyType_Slot initial_value_slots[] = {
    {Py_tp_dealloc, initial_value_dealloc}, {Py_tp_call, initial_value_call}, {0, NULL}};
static PyType_Spec initial_value_spec = {.name = "headrace._headrace.InitialValue",
                                         .basicsize = sizeof(py_initial_value),
                                         .flags = Py_TPFLAGS_DEFAULT,
                                         .slots = initial_value_slots};

static bool to_value(py_call *call, PyObject *v, py_making *out) {
  if (PyObject_TypeCheck(v, initial_value_type)) {
    out->options.function = ((py_initial_value *)v)->function;
    return true;
  }
  bool in_graph = py_is_tensor(v) || py_is_variable(v);
  if (!in_graph && PyCallable_Check(v)) {
    out->function = (py_initial_function){v, out->options.dtype};
    out->options.function = (hr_initial_value){py_call_initial_value, &out->function};
    return true;
  }
  bool is_list = PyList_Check(v) || PyTuple_Check(v);
  if (in_graph || is_list || !out->options.dtype) return py_to_operand(call, v, &out->value);
  hr_tensor *tensor = py_call_tensor(call); /* NumPy's cast, which knows the value's kind */
  if (!tensor || !py_to_tensor(v, out->options.dtype, tensor)) return false;
  out->value = hr_operand_tensor(tensor);
  return true;
}

bool py_to_making(py_call *call, PyObject *arguments, py_making *out) {
  *out = (py_making){.options = {HR_TF_VARIABLE_DEFAULTS}};
  hr_tf_variable_options *o = &out->options;
  PyObject *v;
#define GIVEN(key) ((v = PyDict_GetItemString(arguments, key)) && v != Py_None)
  if (GIVEN("dtype") && !py_to_dtype(v, &o->dtype)) return false;
  if (o->dtype) o->dtype = hr_dtype_base(o->dtype);
  if (GIVEN("name") && !py_to_text(v, &o->name)) return false;
  if (GIVEN("trainable") && !py_to_bool(v, &o->trainable)) return false;
  if (GIVEN("validate_shape") && !py_to_bool(v, &o->validate_shape)) return false;
  if (GIVEN("caching_device") && !py_to_text(v, &o->caching_device)) return false;
  if (GIVEN("use_resource") && !py_to_use_resource(v, &o->use_resource)) return false;
  if (GIVEN("collections")) {
    if (!py_to_strings(call, v, &out->collections)) return false;
    o->collections = &out->collections;
  }
  if (GIVEN("initial_value")) {
    if (to_value(call, v, out)) return true;
    (void)hr_name_scope(call->scope, o->name ? o->name : "Variable"); /* used up, as by what the library refuses */
    return false;
  }
#undef GIVEN
  PyErr_SetString(PyExc_ValueError, "initial_value must be specified.");
  return false;
}

/* ---- creators ---------------------------------------------------------------------------------------------------- */

/* The way on, as a creator sees it: calling it goes to the outer creator. Valid while the creator runs. */
typedef struct py_next_creator {
  PyObject_HEAD py_graph *graph; /* NULL once the creator has returned */
  const hr_next_creator *next;
} py_next_creator;

static PyObject *next_creator_call(py_next_creator *self, PyObject *args, PyObject *kwargs) {
  if (!self->graph || PyTuple_GET_SIZE(args) > 0 || !kwargs) {
    PyErr_SetString(self->graph ? PyExc_TypeError : PyExc_RuntimeError,
                    self->graph ? "next_creator takes the arguments of tf.Variable, by name"
                                : "next_creator can be called only while the creator runs");
    return NULL;
  }
  py_call call;
  py_call_begin_in(&call, self->graph);
  py_making making;
  PyObject *result = NULL;
  if (py_to_making(&call, kwargs, &making)) {
    hr_var *var = hr_next_creator_call(self->next, call.scope, making.value, &making.options);
    if (hr_scope_ok(call.scope)) result = py_from_var(call.graph, var);
  }
  if (!py_call_end(&call)) Py_CLEAR(result);
  PyObject *constraint = PyDict_GetItemString(kwargs, "constraint");
  if (result && py_is_variable(result) && constraint && constraint != Py_None &&
      PyObject_SetAttrString(result, "_constraint", constraint) < 0)
    Py_CLEAR(result);
  return result;
}
static void next_creator_dealloc(py_next_creator *self) {
  PyTypeObject *type = Py_TYPE(self);
  Py_CLEAR(self->graph);
  type->tp_free(self);
  Py_DECREF(type);
}
static PyType_Slot next_creator_slots[] = {
    {Py_tp_dealloc, next_creator_dealloc}, {Py_tp_call, next_creator_call}, {0, NULL}};
static PyType_Spec next_creator_spec = {.name = "headrace._headrace.NextCreator",
                                        .basicsize = sizeof(py_next_creator),
                                        .flags = Py_TPFLAGS_DEFAULT,
                                        .slots = next_creator_slots};

/* What TensorFlow gives a creator by name. */
static PyObject *creator_arguments(py_graph *graph, hr_operand value, const hr_tf_variable_options *o,
                                   py_initial_value *function) {
  PyObject *kwargs = PyDict_New(), *initial = NULL;
  if (!o->function.call) {
    initial = py_from_operand(graph, value);
  } else {
    bool ours = o->function.call == py_call_initial_value;
    initial = ours ? ((py_initial_function *)o->function.argument)->function : (PyObject *)function;
    Py_INCREF(initial);
  }
  bool ok =
      kwargs && py_set_item(kwargs, "initial_value", initial) &&
      py_set_item(kwargs, "name", o->name ? PyUnicode_FromString(o->name) : py_none()) &&
      py_set_item(kwargs, "dtype", o->dtype ? py_from_dtype(o->dtype) : py_none()) &&
      py_set_item(kwargs, "trainable", PyBool_FromLong(o->trainable)) &&
      py_set_item(kwargs, "validate_shape", PyBool_FromLong(o->validate_shape)) &&
      py_set_item(kwargs, "collections", py_from_strings(o->collections)) &&
      py_set_item(kwargs, "caching_device", o->caching_device ? PyUnicode_FromString(o->caching_device) : py_none());
  ok = ok && py_set_item(kwargs, "use_resource", py_from_use_resource(o->use_resource));
  static const char *const absent[] = {"constraint", "expected_shape", "import_scope", "variable_def", "shape"};
  for (size_t i = 0; ok && i < sizeof absent / sizeof *absent; ++i)
    ok = py_set_item(kwargs, absent[i], py_none());
  PyObject *scope_type = py_classes[PY_VARIABLE_SCOPE];
  ok = ok && py_set_item(kwargs, "synchronization", PyObject_GetAttrString(scope_type, "_SYNCHRONIZATION")) &&
       py_set_item(kwargs, "aggregation", PyObject_GetAttrString(scope_type, "_AGGREGATION"));
  if (!ok) Py_CLEAR(kwargs);
  return kwargs;
}

static hr_var *call_creator(void *argument, const hr_next_creator *next, hr_scope scope, hr_operand value,
                            const hr_tf_variable_options *options) {
  py_graph *graph = py_graph_of(scope);
  py_next_creator *way_on = (py_next_creator *)next_creator_type->tp_alloc(next_creator_type, 0);
  py_initial_value *function = (py_initial_value *)initial_value_type->tp_alloc(initial_value_type, 0);
  PyObject *kwargs = way_on && function ? creator_arguments(graph, value, options, function) : NULL;
  PyObject *args = kwargs ? PyTuple_Pack(1, way_on) : NULL;
  hr_var *var = NULL;
  if (args) {
    Py_INCREF(graph);
    Py_INCREF(graph);
    way_on->graph = function->graph = graph;
    way_on->next = next;
    function->function = options->function;
    PyObject *answer = py_call_back_named(graph, scope, argument, args, kwargs);
    Py_CLEAR(way_on->graph);
    Py_CLEAR(function->graph);
    if (answer) var = py_var_of_answer(graph, scope, answer);
    Py_XDECREF(answer);
  }
  Py_XDECREF(kwargs);
  Py_XDECREF(way_on);
  Py_XDECREF(function);
  if (PyErr_Occurred()) hr_scope_fail(scope, py_keep_exception());
  return var;
}

hr_scope py_open_variable_creator(py_call *call, PyObject *creator) {
  return py_graph_keep(call->graph, creator)
             ? hr_variable_creator_scope(call->scope, (hr_variable_creator){call_creator, creator})
             : call->scope;
}

/* create_variable(arguments) -> what the creators make of tf.Variable(**arguments) */
static PyObject *create_variable(PyObject *module, PyObject *arguments) {
  (void)module;
  py_call call;
  PyObject *value = PyDict_GetItemString(arguments, "initial_value"), *result = NULL;
  if (!py_call_begin(&call, &value, value != NULL)) return NULL;
  py_making making;
  if (py_to_making(&call, arguments, &making)) {
    hr_var *var = hr_tf_variable_with(call.scope, making.value, &making.options);
    if (hr_scope_ok(call.scope)) result = py_from_var(call.graph, var);
  }
  if (!py_call_end(&call)) Py_CLEAR(result);
  return result;
}

/* has_variable_creators(graph) */
static PyObject *has_variable_creators(PyObject *module, PyObject *graph) {
  (void)module;
  if (!py_is_graph(graph)) return PyErr_Format(PyExc_TypeError, "%R is no graph", graph);
  return PyBool_FromLong(hr_has_variable_creator(((py_graph *)graph)->scope));
}

static PyMethodDef methods[] = {{"create_variable", create_variable, METH_O, NULL},
                                {"has_variable_creators", has_variable_creators, METH_O, NULL},
                                {0}};

bool py_add_variable_creators(PyObject *module) {
  initial_value_type = py_add_type(module, &initial_value_spec);
  next_creator_type = py_add_type(module, &next_creator_spec);
  return initial_value_type && next_creator_type && PyModule_AddFunctions(module, methods) == 0;
}
