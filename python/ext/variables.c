/* The Variable type. */
#include "variables.h"
#include "binding.h"
#include "operators.h"

PyTypeObject *py_variable_type;

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
  graph = py_owner_of(graph, hr_var_graph(var));
  PyObject *key = PyLong_FromVoidPtr(var);
  PyObject *known = key ? PyDict_GetItemWithError(graph->objects, key) : NULL;
  Py_XDECREF(key);
  if (known || PyErr_Occurred()) {
    Py_XINCREF(known);
    return known;
  }
  bool in_parts = hr_var_parts(var).count > 0;
  if (!in_parts && !hr_var_ref(var).node) return py_from_output(graph, hr_var_value(var)); /* a stand-in */
  py_class class = in_parts                  ? PY_PARTITIONED_VARIABLE
                   : hr_var_is_later(var)    ? PY_UNREAD_VARIABLE
                   : hr_var_is_resource(var) ? PY_RESOURCE_VARIABLE
                                             : PY_VARIABLE;
  PyTypeObject *type = (PyTypeObject *)py_classes[class];
  py_variable *self = (py_variable *)type->tp_alloc(type, 0);
  if (self && !bind_variable(self, graph, var)) Py_CLEAR(self);
  return (PyObject *)self;
}

static PyObject *parts_of(py_variable *self) {
  hr_vars parts = hr_var_parts(self->var);
  PyObject *list = PyList_New(parts.count);
  for (int32_t i = 0; list && i < parts.count; ++i) {
    PyObject *part = py_from_var(self->graph, parts.items[i]);
    if (!part)
      Py_CLEAR(list);
    else
      PyList_SET_ITEM(list, i, part);
  }
  return list;
}

/* A reference type, but for resource variables. */
static PyObject *dtype_of(const hr_var *var) {
  hr_dtype dtype = hr_var_dtype(var);
  return py_from_dtype(hr_var_is_resource(var) ? dtype : hr_dtype_ref(dtype));
}

static PyObject *variable_part(py_variable *self, void *part) {
  if (!self->var) {
    PyErr_SetString(PyExc_ValueError, "The variable was not built");
    return NULL;
  }
  switch ((int)(intptr_t)part) {
  case 0: return PyUnicode_FromFormat(hr_var_is_later(self->var) ? "%s" : "%s:0", hr_var_name(self->var));
  case 1: return py_from_node(self->graph, hr_var_node(self->var));
  case 2: return dtype_of(self->var);
  case 3: return py_from_shape(hr_var_shape(self->var));
  case 4: return py_from_node(self->graph, hr_var_initializer(self->var));
  case 5: return py_from_output(self->graph, hr_var_initial_value(self->var));
  case 6: return PyBool_FromLong(hr_var_is_trainable(self->var));
  case 7:
    return hr_var_ref(self->var).node ? PyUnicode_FromString(hr_node_device(hr_var_ref(self->var).node)) : py_none();
  case 8: return py_from_output(self->graph, hr_var_element(self->var));
  case 9: return py_from_output(self->graph, hr_var_value(self->var));
  case 10: return PyUnicode_FromString(hr_var_name(self->var));
  case 11: return parts_of(self);
  case 12: return py_from_output(self->graph, hr_var_ref(self->var));
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
    PART("_variable", 8, "The reference, or a resource variable's value: what is fed and fetched."),
    PART("_snapshot", 9, "The value that operations read."),
    PART("_shared_name", 10, "The name without ':0'."),
    PART("_parts", 11, "The variables that it consists of, where it is in parts."),
    PART("_handle", 12, "The reference, or a resource variable's handle."),
    PART("graph", 13, "The graph that holds the variable."),
    {0}};

/* _build(arguments): makes the variable's nodes. */
static PyObject *variable_build(py_variable *self, PyObject *arguments) {
  py_call call;
  PyObject *value = PyDict_GetItemString(arguments, "initial_value");
  if (!py_call_begin(&call, &value, value != NULL)) return NULL;
  py_making making;
  hr_var *var =
      py_to_making(&call, arguments, &making) ? hr_tf_variable_with(call.scope, making.value, &making.options) : NULL;
  if (var && !bind_variable(self, call.graph, var)) var = NULL;
  if (!py_call_end(&call)) return NULL;
  Py_RETURN_NONE;
}

/* _bind(graph, VariableDef bytes, import_scope or None): the variable whose nodes are in the graph */
static PyObject *variable_bind(py_variable *self, PyObject *args) {
  PyObject *graph;
  const char *bytes, *import_scope;
  Py_ssize_t length;
  if (!PyArg_ParseTuple(args, "O!y#z", py_graph_type, &graph, &bytes, &length, &import_scope)) return NULL;
  hr_var *var;
  hr_status status = hr_var_from_proto(((py_graph *)graph)->graph, bytes, (size_t)length, import_scope, &var);
  if (hr_status_code(status) == HR_NOT_FOUND) {
    PyErr_SetString(PyExc_KeyError, hr_status_message(status));
    hr_status_free(status);
    return NULL;
  }
  if (!py_check(status) || !bind_variable(self, (py_graph *)graph, var)) return NULL;
  Py_RETURN_NONE;
}

/* _to_proto() -> bytes of a VariableDef */
static PyObject *variable_to_proto(py_variable *self, PyObject *unused) {
  (void)unused;
  hr_owned_bytes bytes = {0};
  hr_var *var;
  if (!py_to_var(NULL, (PyObject *)self, &var)) return NULL;
  return py_check(hr_var_type.to_proto(var, &bytes.data, &bytes.length)) ? py_from_bytes(&bytes) : NULL;
}

static PyMethodDef variable_methods[] = {
    {"_build", (PyCFunction)variable_build, METH_O, "Makes the variable's nodes."},
    {"_bind", (PyCFunction)variable_bind, METH_VARARGS, "Takes the nodes that a VariableDef names."},
    {"_to_proto", (PyCFunction)variable_to_proto, METH_NOARGS, "The bytes of a VariableDef."},
    {0}};
static PyType_Slot variable_slots[] = {{Py_tp_dealloc, variable_dealloc}, {Py_tp_traverse, variable_traverse},
                                       {Py_tp_clear, variable_clear},     {Py_tp_methods, variable_methods},
                                       {Py_tp_getset, variable_getset},   {0, NULL}};
static PyType_Spec variable_spec = {.name = "headrace._headrace.Variable",
                                    .basicsize = sizeof(py_variable),
                                    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
                                    .slots = variable_slots};

bool py_add_variable_types(PyObject *module) {
  py_variable_type = py_add_operand_type(module, &variable_spec);
  return py_variable_type && py_add_initializer_types(module) && py_add_variable_scope_types(module) &&
         py_add_variable_creators(module) && py_add_partitioner_type(module);
}
