/* Scopes as context managers, and the stack of default graphs. A scope is opened when its block is entered and closed
 * when it is left; both change the graph's current scope, and what a block was entered with is what it restores. */
#include "binding.h"
#include "variables.h"

/* ---- default graphs ---------------------------------------------------------------------------------------------- */

/* The graphs of open `as_default` blocks of this thread. */
static _Thread_local struct {
  py_graph **graphs;
  int count, capacity;
} stack;
static py_graph *global_graph; /* what stands below every thread's stack; made at first use */

static py_graph *new_graph(void) { return (py_graph *)PyObject_CallNoArgs(py_classes[PY_GRAPH]); }

py_graph *py_default_graph(void) {
  if (stack.count > 0) return stack.graphs[stack.count - 1];
  if (!global_graph) global_graph = new_graph();
  return global_graph;
}

py_graph *py_function_graph(void) {
  py_graph *graph = stack.count > 0 ? stack.graphs[stack.count - 1] : NULL;
  return graph && graph->outer ? graph : NULL;
}

static PyObject *get_default_graph(PyObject *module, PyObject *unused) {
  (void)module, (void)unused;
  PyObject *graph = (PyObject *)py_default_graph();
  Py_XINCREF(graph);
  return graph;
}

static PyObject *push_default_graph(PyObject *module, PyObject *graph) {
  (void)module;
  if (!py_is_graph(graph)) return PyErr_Format(PyExc_TypeError, "%R is no graph", graph);
  if (stack.count == stack.capacity) {
    int capacity = stack.capacity ? stack.capacity * 2 : 8;
    py_graph **graphs = realloc(stack.graphs, sizeof *graphs * (size_t)capacity);
    if (!graphs) return PyErr_NoMemory();
    stack.graphs = graphs;
    stack.capacity = capacity;
  }
  Py_INCREF(graph);
  stack.graphs[stack.count++] = (py_graph *)graph;
  Py_RETURN_NONE;
}

static PyObject *pop_default_graph(PyObject *module, PyObject *graph) {
  (void)module;
  if (stack.count == 0 || (PyObject *)stack.graphs[stack.count - 1] != graph) {
    PyErr_Format(PyExc_AssertionError, "Nesting violated for default stack of %R objects", (PyObject *)Py_TYPE(graph));
    return NULL;
  }
  Py_DECREF(stack.graphs[--stack.count]);
  Py_RETURN_NONE;
}

static PyObject *default_graph_depth(PyObject *module, PyObject *unused) {
  (void)module, (void)unused;
  return PyLong_FromLong(stack.count);
}

static PyObject *reset_default_graph(PyObject *module, PyObject *unused) {
  (void)module, (void)unused;
  if (stack.count > 0) {
    PyErr_SetString(PyExc_AssertionError, "Do not use tf.reset_default_graph() to clear nested graphs. If you need a "
                                          "cleared graph, exit the nesting and create a new graph.");
    return NULL;
  }
  Py_CLEAR(global_graph);
  Py_RETURN_NONE;
}

/* ---- the context manager ----------------------------------------------------------------------------------------- */

typedef enum scope_kind {
  SCOPE_NAME,     /* argument: the name, "" or None for the root */
  SCOPE_CONTROLS, /* argument: a list of operations and tensors, None for none at all */
  SCOPE_DEVICE,   /* argument: a device name, a function of an operation, None for none at all */
  SCOPE_COLOCATE, /* argument: an operation or None; `flag` ignores the outer ones */
  SCOPE_CONTAINER,
  SCOPE_ATTR,      /* argument: {name: AttrValue bytes} */
  SCOPE_VARIABLES, /* argument: (name or scope or None, options) */
  SCOPE_GRADIENT,  /* argument: (op type, registered gradient) */
  SCOPE_CREATOR,   /* argument: a callable that sees each variable that is made */
  SCOPE_KINDS
} scope_kind;

typedef struct py_scope {
  PyObject_HEAD py_graph *graph;
  PyObject *argument;
  scope_kind kind;
  bool flag;
  int depth; /* of entries that are open */
  hr_scope before, inside;
} py_scope;
static PyTypeObject *scope_type;

static int scope_traverse(py_scope *self, visitproc visit, void *arg) {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(self->graph);
  Py_VISIT(self->argument);
  return 0;
}
static int scope_clear(py_scope *self) {
  Py_CLEAR(self->graph);
  Py_CLEAR(self->argument);
  return 0;
}
static void scope_dealloc(py_scope *self) {
  PyTypeObject *type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  scope_clear(self);
  type->tp_free(self);
  Py_DECREF(type);
}

static hr_scope open_controls(py_call *call, PyObject *argument) {
  if (argument == Py_None) return hr_control_dependencies(call->scope, 0, NULL);
  PyObject *list = PySequence_Fast(argument, "control_inputs must be a list of operations or tensors");
  if (!list) return call->scope;
  Py_ssize_t count = PySequence_Fast_GET_SIZE(list);
  hr_node **nodes = py_call_allocate(call, sizeof *nodes * (size_t)(count + 1));
  bool ok = nodes != NULL;
  for (Py_ssize_t i = 0; ok && i < count; ++i)
    ok = py_to_node(call, PySequence_Fast_GET_ITEM(list, i), &nodes[i]);
  Py_DECREF(list);
  return ok ? hr_control_dependencies(call->scope, (int32_t)count, nodes) : call->scope;
}

/* A device function: the answer lives in the graph's `kept` list, each text once. */
static const char *call_device_function(void *argument, const hr_node *node) {
  PyObject *pair = argument; /* (graph, function) */
  py_graph *graph = (py_graph *)PyTuple_GET_ITEM(pair, 0);
  if (graph->graph != hr_node_graph(node)) graph = py_default_graph(); /* a function's body, with the devices around */
  if (!graph || graph->graph != hr_node_graph(node)) return hr_node_device(node);
  PyObject *op = py_from_node(graph, (hr_node *)(uintptr_t)node);
  PyObject *device = op ? PyObject_CallOneArg(PyTuple_GET_ITEM(pair, 1), op) : NULL;
  Py_XDECREF(op);
  PyObject *text = NULL;
  if (device == Py_None)
    text = PyUnicode_FromString("");
  else if (device && (PyUnicode_Check(device) || PyObject_HasAttrString(device, "to_string")))
    text = PyObject_Str(device);
  else if (device)
    PyErr_Format(PyExc_TypeError, "Expected binary or unicode string, got %R", device);
  Py_XDECREF(device);
  if (text && PyUnicode_CheckExact(text)) PyUnicode_InternInPlace(&text);
  const char *name = text && py_graph_keep(graph, text) ? PyUnicode_AsUTF8(text) : NULL;
  Py_XDECREF(text);
  if (!name) hr_scope_fail(graph->scope, py_keep_exception());
  return name ? name : "";
}

/* `argument`: a name, a function, None; or the graph around a function's body. */
static hr_scope open_device(py_call *call, PyObject *argument) {
  if (py_is_graph(argument)) return hr_device_scope_like(call->scope, ((py_graph *)argument)->scope);
  if (argument == Py_None) return hr_device_scope(call->scope, NULL);
  if (PyCallable_Check(argument)) {
    PyObject *pair = PyTuple_Pack(2, (PyObject *)call->graph, argument);
    bool ok = pair && py_graph_keep(call->graph, pair);
    Py_XDECREF(pair);
    return ok ? hr_device_scope_by(call->scope, call_device_function, pair) : call->scope;
  }
  PyObject *text = PyUnicode_Check(argument)                       ? (Py_INCREF(argument), argument)
                   : PyObject_HasAttrString(argument, "to_string") ? PyObject_CallMethod(argument, "to_string", NULL)
                                                                   : PyObject_Str(argument);
  const char *name = text ? PyUnicode_AsUTF8(text) : NULL;
  hr_scope inside = name ? hr_device_scope(call->scope, name) : call->scope;
  Py_XDECREF(text);
  return inside;
}

/* innermost_device(graph) -> what is asked for, None for nothing */
static PyObject *innermost_device(PyObject *module, PyObject *graph) {
  (void)module;
  if (!py_is_graph(graph)) return PyErr_Format(PyExc_TypeError, "%R is no graph", graph);
  hr_device_function function;
  void *argument;
  const char *device = hr_innermost_device(((py_graph *)graph)->scope, &function, &argument);
  if (device) return PyUnicode_FromString(device);
  PyObject *asked = function == call_device_function ? PyTuple_GET_ITEM((PyObject *)argument, 1) : Py_None;
  Py_INCREF(asked);
  return asked;
}

static hr_scope open_colocation(py_call *call, PyObject *argument, bool ignore_existing) {
  hr_node *node = NULL;
  if (argument != Py_None && !py_to_node(call, argument, &node)) return call->scope;
  return hr_colocate_with(call->scope, node, ignore_existing);
}

static hr_scope open_attr(py_call *call, PyObject *argument) {
  PyObject *name, *value;
  Py_ssize_t position = 0;
  hr_scope scope = call->scope;
  while (PyDict_Next(argument, &position, &name, &value)) {
    const char *text;
    if (!py_to_text(name, &text)) return scope;
    if (value == Py_None) {
      scope = hr_attr_scope(scope, text, NULL);
      continue;
    }
    hr_bytes bytes;
    hr_attr_value parsed;
    if (!py_to_bytes(value, &bytes)) return scope;
    hr_status status = hr_attr_value_parse(hr_scope_graph(scope), bytes.data, bytes.length, &parsed);
    if (status)
      hr_scope_fail(scope, status);
    else
      scope = hr_attr_scope(scope, text, &parsed);
  }
  return scope;
}

static hr_scope open_gradient(py_call *call, PyObject *argument) {
  const char *op, *gradient;
  return PyArg_ParseTuple(argument, "ss", &op, &gradient) ? hr_gradient_override(call->scope, op, gradient)
                                                          : call->scope;
}

/* variables.c */
hr_scope py_open_variable_scope(py_call *call, PyObject *argument);

static PyObject *scope_enter(py_scope *self, PyObject *unused) {
  (void)unused;
  if (self->depth > 0) return PyErr_Format(PyExc_RuntimeError, "A scope that is open cannot be opened again");
  py_call call;
  py_call_begin_in(&call, self->graph);
  hr_scope inside = call.scope;
  const char *text = NULL;
  switch (self->kind) {
  case SCOPE_NAME:
    if (self->argument == Py_None || py_to_text(self->argument, &text)) inside = hr_name_scope(call.scope, text);
    break;
  case SCOPE_CONTROLS: inside = open_controls(&call, self->argument); break;
  case SCOPE_DEVICE: inside = open_device(&call, self->argument); break;
  case SCOPE_COLOCATE: inside = open_colocation(&call, self->argument, self->flag); break;
  case SCOPE_CONTAINER:
    if (py_to_text(self->argument, &text)) inside = hr_container(call.scope, text);
    break;
  case SCOPE_ATTR: inside = open_attr(&call, self->argument); break;
  case SCOPE_GRADIENT: inside = open_gradient(&call, self->argument); break;
  case SCOPE_CREATOR: inside = py_open_variable_creator(&call, self->argument); break;
  case SCOPE_KINDS: break;
  case SCOPE_VARIABLES: inside = py_open_variable_scope(&call, self->argument); break;
  }
  if (!py_call_end(&call)) return NULL;
  self->before = self->graph->scope;
  self->inside = self->graph->scope = inside;
  self->depth = 1;
  if (self->kind == SCOPE_NAME || self->kind == SCOPE_VARIABLES) return PyUnicode_FromString(hr_scope_name(inside));
  Py_RETURN_NONE;
}

static PyObject *scope_exit(py_scope *self, PyObject *args) {
  (void)args;
  if (self->depth == 0) Py_RETURN_NONE;
  self->depth = 0;
  hr_scope_close(self->inside);
  self->graph->scope = self->before;
  Py_RETURN_NONE;
}

static PyMethodDef scope_methods[] = {{"__enter__", (PyCFunction)scope_enter, METH_NOARGS, "Opens the scope."},
                                      {"__exit__", (PyCFunction)scope_exit, METH_VARARGS, "Closes it."},
                                      {0}};
static PyType_Slot scope_slots[] = {{Py_tp_dealloc, scope_dealloc},
                                    {Py_tp_traverse, scope_traverse},
                                    {Py_tp_clear, scope_clear},
                                    {Py_tp_methods, scope_methods},
                                    {0, NULL}};
static PyType_Spec scope_spec = {.name = "headrace._headrace.Scope",
                                 .basicsize = sizeof(py_scope),
                                 .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
                                 .slots = scope_slots};

/* scope(graph, kind, argument, flag=False) -> context manager */
static PyObject *make_scope(PyObject *module, PyObject *args) {
  (void)module;
  PyObject *graph, *argument;
  int kind, flag = 0;
  if (!PyArg_ParseTuple(args, "OiO|p", &graph, &kind, &argument, &flag)) return NULL;
  if (!py_is_graph(graph) || kind < 0 || kind >= SCOPE_KINDS)
    return PyErr_Format(PyExc_TypeError, "scope(graph, kind, argument): %R is no graph", graph);
  py_scope *self = (py_scope *)scope_type->tp_alloc(scope_type, 0);
  if (!self) return NULL;
  Py_INCREF(graph);
  Py_INCREF(argument);
  self->graph = (py_graph *)graph;
  self->argument = argument;
  self->kind = (scope_kind)kind;
  self->flag = flag;
  return (PyObject *)self;
}

/* graph_of(*values): the graph of the first tensor among them, else the default graph. */
static PyObject *graph_of(PyObject *module, PyObject *const *args, Py_ssize_t count) {
  (void)module;
  py_call call;
  if (!py_call_begin(&call, args, count)) return NULL;
  PyObject *graph = (PyObject *)call.graph;
  Py_INCREF(graph);
  if (!py_call_end(&call)) Py_CLEAR(graph);
  return graph;
}

PyMethodDef py_scope_methods[] = {
    {"get_default_graph", get_default_graph, METH_NOARGS, "The innermost default graph of this thread."},
    {"push_default_graph", push_default_graph, METH_O, NULL},
    {"pop_default_graph", pop_default_graph, METH_O, NULL},
    {"innermost_device", innermost_device, METH_O, NULL},
    {"default_graph_depth", default_graph_depth, METH_NOARGS, "How many as_default blocks are open."},
    {"reset_default_graph", reset_default_graph, METH_NOARGS, NULL},
    {"scope", make_scope, METH_VARARGS, NULL},
    {"graph_of", (PyCFunction)(void (*)(void))graph_of, METH_FASTCALL, NULL},
    {0}};

bool py_add_scope_types(PyObject *module) {
  scope_type = py_add_type(module, &scope_spec);
  return scope_type && PyModule_AddFunctions(module, py_scope_methods) == 0 &&
         PyModule_AddIntConstant(module, "SCOPE_NAME", SCOPE_NAME) == 0 &&
         PyModule_AddIntConstant(module, "SCOPE_CONTROLS", SCOPE_CONTROLS) == 0 &&
         PyModule_AddIntConstant(module, "SCOPE_DEVICE", SCOPE_DEVICE) == 0 &&
         PyModule_AddIntConstant(module, "SCOPE_COLOCATE", SCOPE_COLOCATE) == 0 &&
         PyModule_AddIntConstant(module, "SCOPE_CONTAINER", SCOPE_CONTAINER) == 0 &&
         PyModule_AddIntConstant(module, "SCOPE_ATTR", SCOPE_ATTR) == 0 &&
         PyModule_AddIntConstant(module, "SCOPE_VARIABLES", SCOPE_VARIABLES) == 0 &&
         PyModule_AddIntConstant(module, "SCOPE_GRADIENT", SCOPE_GRADIENT) == 0 &&
         PyModule_AddIntConstant(module, "SCOPE_CREATOR", SCOPE_CREATOR) == 0;
}
