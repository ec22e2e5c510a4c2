/* Graph, Operation, Tensor: the Python objects of a C graph. Each node and output has one object, made at first use and
 * kept by the graph, so that identity and attributes that a program sets on it last. */
#include "binding.h"
#include "operators.h"

PyTypeObject *py_graph_type, *py_operation_type, *py_tensor_type;

/* ---- Graph ------------------------------------------------------------------------------------------------------- */

/* Bodies of functions that the library begins: objects of core/function_body.py. */
static hr_status make_body(void *argument, hr_builder **builder, void **object) {
  PyObject *module = PyImport_ImportModule("headrace.core.function_body");
  PyObject *body = module ? PyObject_CallMethod(module, "loop_body", "O", argument) : NULL;
  Py_XDECREF(module);
  if (!body) return py_keep_exception();
  *builder = ((py_graph *)body)->builder;
  *object = body;
  return HR_SUCCESS;
}

static void release_body(void *object) { Py_DECREF((PyObject *)object); }

static const hr_body_host body_host = {make_body, release_body};

static PyObject *graph_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
  (void)args, (void)kwargs;
  py_graph *self = (py_graph *)type->tp_alloc(type, 0);
  if (!self) return NULL;
  self->graph = hr_graph_new();
  self->builder = self->graph ? hr_builder_new(self->graph) : NULL;
  self->objects = PyDict_New();
  self->kept = PyList_New(0);
  if (!self->builder || !self->objects || !self->kept) {
    Py_DECREF(self);
    return PyErr_Occurred() ? NULL : PyErr_NoMemory();
  }
  self->scope = hr_builder_root(self->builder);
  hr_builder_set_argument(self->builder, self);
  hr_builder_set_body_host(self->builder, &body_host);
  return (PyObject *)self;
}

static int graph_traverse(py_graph *self, visitproc visit, void *arg) {
  Py_VISIT(Py_TYPE(self));
  for (int32_t i = 0; i < self->capacity; ++i)
    Py_VISIT(self->operations[i]);
  Py_VISIT(self->objects);
  Py_VISIT(self->kept);
  Py_VISIT(self->outer);
  return 0;
}

static int graph_clear(py_graph *self) {
  for (int32_t i = 0; i < self->capacity; ++i)
    Py_CLEAR(self->operations[i]);
  Py_CLEAR(self->objects);
  Py_CLEAR(self->kept);
  Py_CLEAR(self->outer);
  return 0;
}

static void graph_dealloc(py_graph *self) {
  PyTypeObject *type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  graph_clear(self);
  free(self->operations);
  hr_builder_free(self->builder);
  hr_graph_unref(self->graph);
  type->tp_free(self);
  Py_DECREF(type);
}

bool py_graph_keep(py_graph *graph, PyObject *object) { return PyList_Append(graph->kept, object) == 0; }

py_graph *py_graph_of(hr_scope scope) { return hr_builder_argument(scope.builder); }

static PyObject *graph_node_count(py_graph *self, void *unused) {
  (void)unused;
  return PyLong_FromLong(hr_graph_node_count(self->graph));
}

static PyObject *graph_operations(py_graph *self, PyObject *unused) {
  (void)unused;
  int32_t count = hr_graph_node_count(self->graph);
  PyObject *list = PyList_New(count);
  for (int32_t i = 0; list && i < count; ++i) {
    PyObject *op = py_from_node(self, hr_graph_node(self->graph, i));
    if (!op)
      Py_CLEAR(list);
    else
      PyList_SET_ITEM(list, i, op);
  }
  return list;
}

static PyObject *graph_find(py_graph *self, PyObject *name) {
  const char *text;
  if (!py_to_text(name, &text)) return NULL;
  return py_from_node(self, hr_graph_find(self->graph, text));
}

static PyObject *graph_unique_name(py_graph *self, PyObject *args, PyObject *kwargs) {
  const char *name;
  int mark = 1;
  static char *names[] = {"name", "mark_as_used", NULL};
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "s|p", names, &name, &mark)) return NULL;
  const char *unique = hr_unique_name(self->scope, name, mark);
  hr_status status = hr_builder_status(self->builder);
  return status ? py_raise_building(status) : PyUnicode_FromString(unique);
}

/* _restrict(): sessions ask is_feedable and is_fetchable from now on. */
static PyObject *graph_restrict(py_graph *self, PyObject *unused) {
  (void)unused;
  self->is_restricted = true;
  Py_RETURN_NONE;
}

static PyObject *graph_get_name_scope(py_graph *self, void *unused) {
  (void)unused;
  return PyUnicode_FromString(hr_scope_name(self->scope));
}

static PyObject *graph_get_seed(py_graph *self, void *unused) {
  (void)unused;
  int64_t seed;
  if (!hr_graph_seed(self->graph, &seed)) Py_RETURN_NONE;
  return PyLong_FromLongLong(seed);
}

static int graph_set_seed(py_graph *self, PyObject *value, void *unused) {
  (void)unused;
  int64_t seed = 0;
  bool has_seed = value && value != Py_None;
  if (has_seed && !py_to_int64(value, &seed)) return -1;
  hr_graph_set_seed(self->graph, has_seed, seed);
  return 0;
}

static PyObject *graph_get_finalized(py_graph *self, void *unused) {
  (void)unused;
  return PyBool_FromLong(hr_graph_is_finalized(self->graph));
}

static PyObject *graph_unfinalize(py_graph *self, PyObject *unused) {
  (void)unused;
  hr_graph_unfinalize(self->graph);
  Py_RETURN_NONE;
}

static PyObject *graph_finalize(py_graph *self, PyObject *unused) {
  (void)unused;
  hr_graph_finalize(self->graph);
  Py_RETURN_NONE;
}

static PyObject *graph_keep(py_graph *self, PyObject *object) {
  if (!py_graph_keep(self, object)) return NULL;
  Py_RETURN_NONE;
}

/* ---- collections */

static PyObject *graph_add_to_collection(py_graph *self, PyObject *args) {
  const char *key;
  PyObject *value;
  if (!PyArg_ParseTuple(args, "sO", &key, &value)) return NULL;
  py_call call;
  py_call_begin_in(&call, self);
  hr_item item;
  if (py_to_item(&call, value, &item)) hr_scope_fail(call.scope, hr_collection_add(self->graph, key, &item));
  if (!py_call_end(&call)) return NULL;
  Py_RETURN_NONE;
}

static PyObject *graph_collection(py_graph *self, PyObject *key) {
  const char *text;
  if (!py_to_text(key, &text)) return NULL;
  int32_t count = hr_collection_count(self->graph, text);
  PyObject *list = PyList_New(count);
  for (int32_t i = 0; list && i < count; ++i) {
    PyObject *value = py_from_item(self, hr_collection_item(self->graph, text, i));
    if (!value)
      Py_CLEAR(list);
    else
      PyList_SET_ITEM(list, i, value);
  }
  return list;
}

static PyObject *graph_make_collection(py_graph *self, PyObject *key) {
  const char *text;
  if (!py_to_text(key, &text) || !py_check(hr_collection_make(self->graph, text))) return NULL;
  Py_RETURN_NONE;
}

static PyObject *graph_clear_collection(py_graph *self, PyObject *key) {
  const char *text;
  if (!py_to_text(key, &text)) return NULL;
  hr_collection_clear(self->graph, text);
  Py_RETURN_NONE;
}

static PyObject *graph_collection_keys(py_graph *self, PyObject *unused) {
  (void)unused;
  PyObject *list = PyList_New(0);
  for (int32_t i = 0; list && i < hr_collection_key_count(self->graph); ++i) {
    PyObject *key = PyUnicode_FromString(hr_collection_key(self->graph, i));
    if (!key || PyList_Append(list, key) < 0) Py_CLEAR(list);
    Py_XDECREF(key);
  }
  return list;
}

/* _seeds(op seed or None): the two seeds that a random op would get now. */
static PyObject *graph_seeds(py_graph *self, PyObject *v) {
  int64_t op_seed = HR_NO_SEED, seed, seed2;
  if (v != Py_None && !py_to_int64(v, &op_seed)) return NULL;
  hr_scope_seeds(self->scope, op_seed, &seed, &seed2);
  return Py_BuildValue("(LL)", (long long)seed, (long long)seed2);
}

static PyMethodDef graph_methods[] = {
    {"get_operations", (PyCFunction)graph_operations, METH_NOARGS,
     "get_operations($self)\n--\n\nAll operations, in the order of creation."},
    {"_restrict", (PyCFunction)graph_restrict, METH_NOARGS, NULL},
    {"_find", (PyCFunction)graph_find, METH_O, "The operation of a name, or None."},
    {"unique_name", (PyCFunction)(void (*)(void))graph_unique_name, METH_VARARGS | METH_KEYWORDS,
     "unique_name($self, name, mark_as_used=True)\n--\n\n"
     "What a node called `name` would be named in the current name scope."},
    {"finalize", (PyCFunction)graph_finalize, METH_NOARGS, "finalize($self)\n--\n\nMakes the graph read-only."},
    {"_unsafe_unfinalize", (PyCFunction)graph_unfinalize, METH_NOARGS, "Lets the graph be added to again."},
    {"_seeds", (PyCFunction)graph_seeds, METH_O, NULL},
    {"_keep", (PyCFunction)graph_keep, METH_O, "Keeps an object alive as long as the graph."},
    {"_add_to_collection", (PyCFunction)graph_add_to_collection, METH_VARARGS, NULL},
    {"_collection", (PyCFunction)graph_collection, METH_O, NULL},
    {"_make_collection", (PyCFunction)graph_make_collection, METH_O, NULL},
    {"_clear_collection", (PyCFunction)graph_clear_collection, METH_O, NULL},
    {"_collection_keys", (PyCFunction)graph_collection_keys, METH_NOARGS, NULL},
    {0}};

static PyGetSetDef graph_getset[] = {
    {"_node_count", (getter)graph_node_count, NULL, "Nodes so far.", NULL},
    {"_name_scope", (getter)graph_get_name_scope, NULL, "The current name scope with its '/', \"\" at the root.", NULL},
    {"seed", (getter)graph_get_seed, (setter)graph_set_seed, "The graph-level random seed, or None.", NULL},
    {"finalized", (getter)graph_get_finalized, NULL, "True once the graph is read-only.", NULL},
    {0}};

static PyType_Slot graph_slots[] = {{Py_tp_new, graph_new},
                                    {Py_tp_dealloc, graph_dealloc},
                                    {Py_tp_traverse, graph_traverse},
                                    {Py_tp_clear, graph_clear},
                                    {Py_tp_methods, graph_methods},
                                    {Py_tp_getset, graph_getset},
                                    {0, NULL}};
static PyType_Spec graph_spec = {.name = "headrace._headrace.Graph",
                                 .basicsize = sizeof(py_graph),
                                 .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
                                 .slots = graph_slots};

/* ---- Operation --------------------------------------------------------------------------------------------------- */

py_graph *py_owner_of(py_graph *graph, const hr_graph *of) {
  py_graph *owner = graph;
  while (owner && owner->graph != of)
    owner = owner->outer;
  return owner ? owner : graph;
}

PyObject *py_from_node(py_graph *graph, hr_node *node) {
  if (!node) Py_RETURN_NONE;
  graph = py_owner_of(graph, hr_node_graph(node));
  int32_t id = hr_node_id(node);
  if (id >= graph->capacity) {
    int32_t capacity = graph->capacity ? graph->capacity : 64;
    while (capacity <= id)
      capacity = capacity > INT32_MAX / 2 ? INT32_MAX : capacity * 2;
    PyObject **operations = realloc(graph->operations, sizeof *operations * (size_t)capacity);
    if (!operations) return PyErr_NoMemory();
    memset(operations + graph->capacity, 0, sizeof *operations * (size_t)(capacity - graph->capacity));
    graph->operations = operations;
    graph->capacity = capacity;
  }
  PyObject *known = graph->operations[id];
  if (known) {
    Py_INCREF(known);
    return known;
  }
  PyTypeObject *type = (PyTypeObject *)py_classes[PY_OPERATION];
  py_operation *self = (py_operation *)type->tp_alloc(type, 0);
  if (!self) return NULL;
  Py_INCREF(graph);
  self->graph = graph;
  self->node = node;
  Py_INCREF(self);
  graph->operations[id] = (PyObject *)self;
  return (PyObject *)self;
}

static int operation_traverse(py_operation *self, visitproc visit, void *arg) {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(self->graph);
  Py_VISIT(self->output);
  for (int32_t i = 1; self->outputs && i < hr_node_output_count(self->node); ++i)
    Py_VISIT(self->outputs[i]);
  return 0;
}

static void operation_drop_outputs(py_operation *self) {
  Py_CLEAR(self->output);
  if (!self->outputs) return;
  PyObject **outputs = self->outputs;
  self->outputs = NULL;
  for (int32_t i = 1; i < hr_node_output_count(self->node); ++i)
    Py_CLEAR(outputs[i]);
  free(outputs);
}

/* The graph, and with it the node, stays until the end. */
static int operation_clear(py_operation *self) {
  operation_drop_outputs(self);
  return 0;
}

static void operation_dealloc(py_operation *self) {
  PyTypeObject *type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  operation_drop_outputs(self);
  Py_CLEAR(self->graph);
  type->tp_free(self);
  Py_DECREF(type);
}

static PyObject *operation_get_name(py_operation *self, void *unused) {
  (void)unused;
  return PyUnicode_FromString(hr_node_name(self->node));
}
static PyObject *operation_get_type(py_operation *self, void *unused) {
  (void)unused;
  return PyUnicode_FromString(hr_node_op(self->node));
}
static PyObject *operation_get_graph(py_operation *self, void *unused) {
  (void)unused;
  Py_INCREF(self->graph);
  return (PyObject *)self->graph;
}
static PyObject *operation_get_device(py_operation *self, void *unused) {
  (void)unused;
  return PyUnicode_FromString(hr_node_device(self->node));
}
static PyObject *operation_get_id(py_operation *self, void *unused) {
  (void)unused;
  return PyLong_FromLong(hr_node_id(self->node));
}
static PyObject *operation_get_outputs(py_operation *self, void *unused) {
  (void)unused;
  int32_t count = hr_node_output_count(self->node);
  PyObject *list = PyList_New(count);
  for (int32_t i = 0; list && i < count; ++i) {
    PyObject *tensor = py_from_output(self->graph, hr_node_output(self->node, i));
    if (!tensor)
      Py_CLEAR(list);
    else
      PyList_SET_ITEM(list, i, tensor);
  }
  return list;
}
static PyObject *operation_get_inputs(py_operation *self, void *unused) {
  (void)unused;
  int32_t count = hr_node_input_count(self->node);
  PyObject *list = PyTuple_New(count);
  for (int32_t i = 0; list && i < count; ++i) {
    PyObject *tensor = py_from_output(self->graph, hr_node_input(self->node, i));
    if (!tensor)
      Py_CLEAR(list);
    else
      PyTuple_SET_ITEM(list, i, tensor);
  }
  return list;
}
static PyObject *operation_get_control_inputs(py_operation *self, void *unused) {
  (void)unused;
  int32_t count = hr_node_control_input_count(self->node);
  PyObject *list = PyList_New(count);
  for (int32_t i = 0; list && i < count; ++i) {
    PyObject *op = py_from_node(self->graph, hr_node_control_input(self->node, i));
    if (!op)
      Py_CLEAR(list);
    else
      PyList_SET_ITEM(list, i, op);
  }
  return list;
}
static PyObject *operation_get_where(py_operation *self, void *unused) {
  (void)unused;
  const char *where = hr_node_where(self->node);
  if (!where) Py_RETURN_NONE;
  return PyUnicode_FromString(where);
}

/* Shapes among attributes are messages. `shape`, a TensorShape or a list of them, is taken over. */
static PyObject *as_protos(PyObject *shape) {
  if (!shape || !PyList_Check(shape)) {
    PyObject *proto = shape ? PyObject_CallMethod(shape, "as_proto", NULL) : NULL;
    Py_XDECREF(shape);
    return proto;
  }
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(shape); ++i) {
    PyObject *proto = PyObject_CallMethod(PyList_GET_ITEM(shape, i), "as_proto", NULL);
    if (!proto || PyList_SetItem(shape, i, proto) < 0) {
      Py_DECREF(shape);
      return NULL;
    }
  }
  return shape;
}

static PyObject *operation_attr(py_operation *self, PyObject *const *args, Py_ssize_t num_args, PyObject *kwnames) {
  static const char *const names[] = {"name"};
  PyObject *name;
  const char *text;
  if (!py_arguments("get_attr", names, 1, 1, args, num_args, kwnames, &name) || !py_to_text(name, &text)) return NULL;
  const hr_attr_value *value = hr_node_attr(self->node, text);
  if (value && value->kind == HR_ATTR_SHAPE) return as_protos(py_from_attr(self->graph, value));
  if (value) return py_from_attr(self->graph, value);
  return PyErr_Format(PyExc_ValueError, "Operation '%s' has no attr named '%s'.", hr_node_name(self->node), text);
}

static PyObject *operation_repr(py_operation *self) {
  return PyUnicode_FromFormat("<tf.Operation '%s' type=%s>", hr_node_name(self->node), hr_node_op(self->node));
}

static PyObject *operation_is_fetchable(py_operation *self, void *unused) {
  (void)unused;
  return PyBool_FromLong(hr_node_is_fetchable(self->node));
}

static PyObject *operation_is_feedable(py_operation *self, void *unused) {
  (void)unused;
  return PyBool_FromLong(hr_node_is_feedable(self->node));
}

static PyMethodDef operation_methods[] = {
    {"get_attr", (PyCFunction)(void (*)(void))operation_attr, METH_FASTCALL | METH_KEYWORDS,
     "get_attr($self, name)\n--\n\nThe value of an attribute; a shape is a TensorShapeProto. ValueError for none."},
    {0}};

static PyGetSetDef operation_getset[] = {
    {"name", (getter)operation_get_name, NULL, "The unique name in the graph.", NULL},
    {"type", (getter)operation_get_type, NULL, "The op's type, as in 'MatMul'.", NULL},
    {"graph", (getter)operation_get_graph, NULL, "The graph that holds the operation.", NULL},
    {"device", (getter)operation_get_device, NULL, "The requested device, '' for none.", NULL},
    {"outputs", (getter)operation_get_outputs, NULL, "The list of output tensors.", NULL},
    {"inputs", (getter)operation_get_inputs, NULL, "The input tensors.", NULL},
    {"control_inputs", (getter)operation_get_control_inputs, NULL, "The operations that must run before.", NULL},
    {"_id", (getter)operation_get_id, NULL, "The index in the order of creation.", NULL},
    {"_is_fetchable", (getter)operation_is_fetchable, NULL, "Whether sessions fetch from it: not in branches.", NULL},
    {"_is_feedable", (getter)operation_is_feedable, NULL, "Whether sessions feed its outputs: not in loops.", NULL},
    {"_where", (getter)operation_get_where, NULL, "Where the program made it: 'file:line', or None.", NULL},
    {0}};

static PyType_Slot operation_slots[] = {{Py_tp_new, py_refuse_new},           {Py_tp_dealloc, operation_dealloc},
                                        {Py_tp_traverse, operation_traverse}, {Py_tp_clear, operation_clear},
                                        {Py_tp_repr, operation_repr},         {Py_tp_methods, operation_methods},
                                        {Py_tp_getset, operation_getset},     {0, NULL}};
static PyType_Spec operation_spec = {.name = "headrace._headrace.Operation",
                                     .basicsize = sizeof(py_operation),
                                     .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
                                     .slots = operation_slots};

/* ---- Tensor ------------------------------------------------------------------------------------------------------ */

/* Where the operation keeps the tensor of an output; NULL when memory is out. */
static PyObject **output_place(py_operation *op, int32_t index) {
  if (index == 0) return &op->output;
  if (!op->outputs) op->outputs = calloc((size_t)hr_node_output_count(op->node), sizeof *op->outputs);
  return op->outputs ? &op->outputs[index] : NULL;
}

PyObject *py_from_output(py_graph *graph, hr_output output) {
  if (!output.node) Py_RETURN_NONE;
  hr_gradient gradient = hr_gradient_of_argument(output);
  if (__builtin_expect(hr_gradient_is_sparse(gradient), 0)) return py_from_gradient(graph, gradient);
  py_operation *op = (py_operation *)py_from_node(graph, output.node);
  if (!op) return NULL;
  PyObject **place = output_place(op, output.index);
  if (place && !*place) {
    PyTypeObject *type = (PyTypeObject *)py_classes[PY_TENSOR];
    py_tensor *self = (py_tensor *)type->tp_alloc(type, 0);
    if (self) {
      Py_INCREF(op);
      self->op = op;
      self->output = output;
      *place = (PyObject *)self;
    }
  }
  PyObject *tensor = place ? *place : NULL;
  Py_XINCREF(tensor);
  Py_DECREF(op);
  if (!tensor && !PyErr_Occurred()) PyErr_NoMemory();
  return tensor;
}

PyObject *py_from_outputs(py_graph *graph, hr_outputs outputs) {
  PyObject *list = PyList_New(outputs.count);
  for (int32_t i = 0; list && i < outputs.count; ++i) {
    PyObject *tensor = py_from_output(graph, outputs.items[i]);
    if (!tensor)
      Py_CLEAR(list);
    else
      PyList_SET_ITEM(list, i, tensor);
  }
  return list;
}

static int tensor_traverse(py_tensor *self, visitproc visit, void *arg) {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(self->op);
  return 0;
}

static void tensor_dealloc(py_tensor *self) {
  PyTypeObject *type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  Py_CLEAR(self->op);
  type->tp_free(self);
  Py_DECREF(type);
}

static PyObject *tensor_get_op(py_tensor *self, void *unused) {
  (void)unused;
  Py_INCREF(self->op);
  return (PyObject *)self->op;
}
static PyObject *tensor_get_graph(py_tensor *self, void *unused) {
  (void)unused;
  Py_INCREF(self->op->graph);
  return (PyObject *)self->op->graph;
}
static PyObject *tensor_get_name(py_tensor *self, void *unused) {
  (void)unused;
  return PyUnicode_FromFormat("%s:%d", hr_node_name(self->output.node), (int)self->output.index);
}
static PyObject *tensor_get_device(py_tensor *self, void *unused) {
  (void)unused;
  return PyUnicode_FromString(hr_node_device(self->output.node));
}
static PyObject *tensor_get_dtype(py_tensor *self, void *unused) {
  (void)unused;
  return py_from_dtype(hr_output_dtype(self->output));
}
static PyObject *tensor_get_shape(py_tensor *self, void *unused) {
  (void)unused;
  return py_from_shape(hr_output_shape(self->output));
}
static PyObject *tensor_get_dims(py_tensor *self, void *unused) {
  (void)unused;
  return py_from_dims(hr_output_shape(self->output));
}
static PyObject *tensor_get_index(py_tensor *self, void *unused) {
  (void)unused;
  return PyLong_FromLong(self->output.index);
}

static PyObject *tensor_set_shape(py_tensor *self, PyObject *const *args, Py_ssize_t num_args, PyObject *kwnames) {
  static const char *const names[] = {"shape"};
  PyObject *shape;
  hr_partial_shape wanted;
  if (!py_arguments("set_shape", names, 1, 1, args, num_args, kwnames, &shape)) return NULL;
  if (!py_to_shape(shape, &wanted) || !py_check(hr_output_set_shape(self->output, &wanted))) return NULL;
  Py_RETURN_NONE;
}

static PyObject *tensor_consumers(py_tensor *self, PyObject *unused) {
  (void)unused;
  py_graph *graph = self->op->graph;
  PyObject *list = PyList_New(0);
  for (int32_t i = 0; list && i < hr_graph_node_count(graph->graph); ++i) {
    hr_node *node = hr_graph_node(graph->graph, i);
    bool reads = false;
    for (int32_t j = 0; j < hr_node_input_count(node) && !reads; ++j)
      reads = hr_output_equal(hr_node_input(node, j), self->output);
    if (!reads) continue;
    PyObject *op = py_from_node(graph, node);
    if (!op || PyList_Append(list, op) < 0) Py_CLEAR(list);
    Py_XDECREF(op);
  }
  return list;
}

/* "shape=(2, ?)" as TensorFlow writes it; `<unknown>` for an unknown rank. */
static void shape_words(const hr_partial_shape *shape, char *text, size_t size) {
  if (shape->rank < 0) {
    snprintf(text, size, "<unknown>");
    return;
  }
  size_t used = (size_t)snprintf(text, size, "(");
  for (int i = 0; i < shape->rank && used < size; ++i) {
    const char *comma = i + 1 < shape->rank ? ", " : shape->rank == 1 ? "," : "";
    used +=
        (size_t)(shape->dims[i] < 0 ? snprintf(text + used, size - used, "?%s", comma)
                                    : snprintf(text + used, size - used, "%lld%s", (long long)shape->dims[i], comma));
  }
  if (used < size) snprintf(text + used, size - used, ")");
}

/* str() leaves an unknown rank out and quotes the name; repr() is the other form. */
static PyObject *tensor_text(py_tensor *self, bool is_repr) {
  PyObject *dtype = py_from_dtype(hr_output_dtype(self->output));
  PyObject *dtype_name = dtype ? PyObject_GetAttrString(dtype, "name") : NULL;
  Py_XDECREF(dtype);
  if (!dtype_name) return NULL;
  char shape[HR_SHAPE_TEXT];
  const hr_partial_shape *known = hr_output_shape(self->output);
  shape_words(known, shape, sizeof shape);
  const char *name = hr_node_name(self->output.node);
  const char *device = hr_node_device(self->output.node);
  PyObject *text;
  if (is_repr)
    text =
        PyUnicode_FromFormat("<tf.Tensor '%s:%d' shape=%s dtype=%U>", name, (int)self->output.index, shape, dtype_name);
  else
    text = PyUnicode_FromFormat("Tensor(\"%s:%d\"%s%s, dtype=%U%s%s)", name, (int)self->output.index,
                                known->rank < 0 ? "" : ", shape=", known->rank < 0 ? "" : shape, dtype_name,
                                *device ? ", device=" : "", device);
  Py_DECREF(dtype_name);
  return text;
}
static PyObject *tensor_repr(py_tensor *self) { return tensor_text(self, true); }
static PyObject *tensor_str(py_tensor *self) { return tensor_text(self, false); }

static PyMethodDef tensor_methods[] = {
    {"set_shape", (PyCFunction)(void (*)(void))tensor_set_shape, METH_FASTCALL | METH_KEYWORDS,
     "set_shape($self, shape)\n--\n\n"
     "Adds what the caller knows of the static shape. ValueError where it contradicts."},
    {"consumers", (PyCFunction)tensor_consumers, METH_NOARGS,
     "consumers($self)\n--\n\nThe operations that read this tensor."},
    {0}};

static PyGetSetDef tensor_getset[] = {
    {"op", (getter)tensor_get_op, NULL, "The operation that produces the tensor.", NULL},
    {"graph", (getter)tensor_get_graph, NULL, "The graph that holds it.", NULL},
    {"name", (getter)tensor_get_name, NULL, "'op:index'.", NULL},
    {"device", (getter)tensor_get_device, NULL, "The requested device, '' for none.", NULL},
    {"dtype", (getter)tensor_get_dtype, NULL, "The DType of the elements.", NULL},
    {"shape", (getter)tensor_get_shape, NULL, "The static TensorShape.", NULL},
    {"value_index", (getter)tensor_get_index, NULL, "Which output of the operation it is.", NULL},
    {"_dims", (getter)tensor_get_dims, NULL, "The static sizes as a tuple, None where unknown.", NULL},
    {0}};

static PyType_Slot tensor_slots[] = {{Py_tp_new, py_refuse_new},        {Py_tp_dealloc, tensor_dealloc},
                                     {Py_tp_traverse, tensor_traverse}, {Py_tp_repr, tensor_repr},
                                     {Py_tp_str, tensor_str},           {Py_tp_methods, tensor_methods},
                                     {Py_tp_getset, tensor_getset},     {0, NULL}};
static PyType_Spec tensor_spec = {.name = "headrace._headrace.Tensor",
                                  .basicsize = sizeof(py_tensor),
                                  .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
                                  .slots = tensor_slots};

/* ---- collections' items ------------------------------------------------------------------------------------------ */

/* The message of an object with a method `to_proto`, such as a Saver, as bytes. */
static hr_status object_to_proto(const void *object, char **bytes, size_t *length) {
  PyGILState_STATE gil = PyGILState_Ensure();
  PyObject *message = PyObject_CallMethod((PyObject *)object, "to_proto", NULL);
  PyObject *serialized = message ? PyObject_CallMethod(message, "SerializeToString", NULL) : NULL;
  char *data;
  Py_ssize_t size;
  hr_status status = HR_SUCCESS;
  if (!serialized || PyBytes_AsStringAndSize(serialized, &data, &size) < 0) {
    PyErr_Clear();
    status = hr_error(HR_UNIMPLEMENTED, "An object of class %s cannot be stored", Py_TYPE((PyObject *)object)->tp_name);
  } else {
    *bytes = malloc((size_t)size + 1);
    *length = (size_t)size;
    if (*bytes)
      memcpy(*bytes, data, (size_t)size);
    else
      status = hr_error_out_of_memory((size_t)size, "a collection");
  }
  Py_XDECREF(serialized);
  Py_XDECREF(message);
  PyGILState_Release(gil);
  return status;
}

/* A Python object in a collection. The graph's `kept` list owns it, so that Python's collector sees it. */
static const hr_object_type python_object = {.name = "python", .to_proto = object_to_proto};

bool py_to_item(py_call *call, PyObject *v, hr_item *out) {
  if (py_is_tensor(v)) {
    *out = (hr_item){.kind = HR_ITEM_OUTPUT, .output = ((py_tensor *)v)->output};
  } else if (py_is_operation(v)) {
    *out = (hr_item){.kind = HR_ITEM_NODE, .node = ((py_operation *)v)->node};
  } else if (py_is_variable(v) && ((py_variable *)v)->var && ((py_variable *)v)->graph == call->graph) {
    *out = (hr_item){.kind = HR_ITEM_OBJECT, .type = &hr_var_type, .object = ((py_variable *)v)->var};
  } else if (PyUnicode_Check(v) || PyBytes_Check(v) || PyFloat_CheckExact(v) ||
             (PyLong_CheckExact(v) && !PyBool_Check(v))) {
    if (PyFloat_CheckExact(v)) {
      *out = (hr_item){.kind = HR_ITEM_FLOAT, .f = PyFloat_AS_DOUBLE(v)};
    } else if (PyLong_CheckExact(v)) {
      int64_t number;
      if (!py_to_int64(v, &number)) return false;
      *out = (hr_item){.kind = HR_ITEM_INT, .i = number};
    } else {
      hr_bytes bytes;
      if (!py_to_bytes(v, &bytes)) return false;
      *out = (hr_item){.kind = HR_ITEM_BYTES, .bytes = bytes, .is_text = PyUnicode_Check(v)};
    }
  } else {
    if (!py_graph_keep(call->graph, v)) return false;
    *out = (hr_item){.kind = HR_ITEM_OBJECT, .type = &python_object, .object = v};
  }
  return true;
}

/* What Python makes of an object that C knows and a message tells. */
static PyObject *from_proto_of(py_graph *graph, const hr_item *item) {
  hr_owned_bytes bytes = {0};
  if (!py_check(item->type->to_proto(item->object, &bytes.data, &bytes.length))) return NULL;
  PyObject *result = PyObject_CallFunction(py_classes[PY_ITEM_FALLBACK], "sy#O", item->type->name, bytes.data,
                                           (Py_ssize_t)bytes.length, (PyObject *)graph);
  free(bytes.data);
  return result;
}

/* The same, once: threads belong to the object. */
static PyObject *queue_runner_of(py_graph *graph, const hr_item *item) {
  PyObject *key = PyLong_FromVoidPtr(item->object);
  PyObject *runner = key ? PyDict_GetItemWithError(graph->objects, key) : NULL;
  Py_XINCREF(runner);
  if (!runner && !PyErr_Occurred()) {
    runner = from_proto_of(graph, item);
    if (runner && PyDict_SetItem(graph->objects, key, runner) < 0) Py_CLEAR(runner);
  }
  Py_XDECREF(key);
  return runner;
}

PyObject *py_from_item(py_graph *graph, const hr_item *item) {
  switch (item->kind) {
  case HR_ITEM_NODE: return py_from_node(graph, item->node);
  case HR_ITEM_OUTPUT: return py_from_output(graph, item->output);
  case HR_ITEM_BYTES:
    if (item->is_text) return PyUnicode_FromStringAndSize(item->bytes.data, (Py_ssize_t)item->bytes.length);
    return PyBytes_FromStringAndSize(item->bytes.data, (Py_ssize_t)item->bytes.length);
  case HR_ITEM_INT: return PyLong_FromLongLong(item->i);
  case HR_ITEM_FLOAT: return PyFloat_FromDouble(item->f);
  case HR_ITEM_OBJECT:
    if (item->type == &python_object) {
      Py_INCREF((PyObject *)item->object);
      return item->object;
    }
    if (item->type == &hr_var_type) return py_from_var(graph, item->object);
    if (item->type == &hr_queue_runner_type) return queue_runner_of(graph, item);
    if (item->type->to_proto) return from_proto_of(graph, item);
  }
  Py_RETURN_NONE; /* an object of C's own */
}

bool py_add_graph_types(PyObject *module) {
  py_graph_type = py_add_type(module, &graph_spec);
  py_operation_type = py_add_type(module, &operation_spec);
  py_tensor_type = py_add_operand_type(module, &tensor_spec);
  return py_graph_type && py_operation_type && py_tensor_type;
}
