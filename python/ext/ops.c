/* Calls of any op: what the generated wrappers in _ops.py do. */
#include "binding.h"
#include "generated.h"

/* ---- attributes -------------------------------------------------------------------------------------------------- */

static bool shape_value(py_call *call, PyObject *v, hr_attr_value *out) {
  hr_partial_shape *shape = py_call_allocate(call, sizeof *shape);
  *out = HR_ATTR_SHAPE_VALUE(shape);
  return shape && py_to_shape(v, shape);
}

/* A NameAttrList, by way of the AttrValue that it may stand in. */
static bool parsed_function(py_call *call, PyObject *message, hr_attr_value *out) {
  enum { FUNC_TAG = 10 << 3 | 2, MAX_VARINT = 10 };
  hr_bytes bytes;
  PyObject *serialised = PyObject_CallMethod(message, "SerializeToString", NULL);
  char *wrapped = serialised && py_to_bytes(serialised, &bytes) ? PyMem_Malloc(bytes.length + 1 + MAX_VARINT) : NULL;
  if (wrapped) {
    size_t at = 0;
    wrapped[at++] = (char)FUNC_TAG;
    size_t length = bytes.length;
    for (; length >= 0x80; length >>= 7)
      wrapped[at++] = (char)(length | 0x80);
    wrapped[at++] = (char)length;
    memcpy(wrapped + at, bytes.data, bytes.length);
    hr_status status = hr_attr_value_parse(call->graph->graph, wrapped, at + bytes.length, out);
    if (status) hr_scope_fail(call->scope, status);
    PyMem_Free(wrapped);
  }
  Py_XDECREF(serialised);
  return wrapped != NULL;
}

/* A function by its name; a NameAttrList; or an object that has a name and puts its definition into the graph. */
static bool function_value(py_call *call, PyObject *v, hr_attr_value *out) {
  if (PyUnicode_Check(v) || PyBytes_Check(v)) {
    const char *name;
    if (!py_to_text(v, &name)) return false;
    *out = (hr_attr_value){.kind = HR_ATTR_FUNC, .func = hr_function_value(call->scope, name)};
    return true;
  }
  if (PyObject_HasAttrString(v, "SerializeToString")) return parsed_function(call, v, out);
  PyObject *added = PyObject_CallMethod(v, "add_to_graph", "O", (PyObject *)call->graph);
  PyObject *name = added ? PyObject_GetAttrString(v, "name") : NULL;
  bool ok = name && function_value(call, name, out);
  Py_XDECREF(added);
  Py_XDECREF(name);
  return ok;
}

static bool single_value(py_call *call, hr_attr_kind kind, PyObject *v, hr_attr_value *out) {
  hr_bytes bytes;
  switch (kind) {
  case HR_ATTR_STRING:
    if (!py_to_bytes(v, &bytes)) return false;
    *out = (hr_attr_value){.kind = HR_ATTR_STRING, .s = bytes.data, .count = (int32_t)bytes.length};
    return true;
  case HR_ATTR_INT: *out = (hr_attr_value){.kind = HR_ATTR_INT}; return py_to_int64(v, &out->i);
  case HR_ATTR_FLOAT: {
    double number;
    if (!py_to_double(v, &number)) return false;
    *out = HR_ATTR_FLOAT_VALUE((float)number);
    return true;
  }
  case HR_ATTR_BOOL: *out = (hr_attr_value){.kind = HR_ATTR_BOOL}; return py_to_bool(v, &out->b);
  case HR_ATTR_TYPE: {
    hr_dtype dtype;
    if (!py_to_dtype(v, &dtype)) return false;
    *out = HR_ATTR_TYPE_VALUE(dtype);
    return true;
  }
  case HR_ATTR_SHAPE: return shape_value(call, v, out);
  case HR_ATTR_TENSOR: {
    const hr_tensor *tensor;
    if (!py_to_tensor_argument(call, v, &tensor)) return false;
    *out = HR_ATTR_TENSOR_VALUE(tensor);
    return true;
  }
  case HR_ATTR_FUNC: return function_value(call, v, out);
  default: break;
  }
  PyErr_SetString(PyExc_NotImplementedError, "an attribute of this kind cannot be given from Python");
  return false;
}

/* Moves a single value into place `i` of a list's array. */
static void put_in_list(const hr_attr_value *value, void *items, Py_ssize_t i) {
  switch (value->kind) {
  case HR_ATTR_FUNC: ((const hr_function_attr **)items)[i] = value->func; break;
  case HR_ATTR_STRING: ((hr_bytes *)items)[i] = (hr_bytes){value->s, (size_t)value->count}; break;
  case HR_ATTR_INT: ((int64_t *)items)[i] = value->i; break;
  case HR_ATTR_FLOAT: ((float *)items)[i] = value->f; break;
  case HR_ATTR_BOOL: ((bool *)items)[i] = value->b; break;
  case HR_ATTR_TYPE: ((int32_t *)items)[i] = value->type; break;
  case HR_ATTR_SHAPE: ((hr_partial_shape *)items)[i] = *value->shape; break;
  default: ((const hr_tensor **)items)[i] = value->tensor;
  }
}

static bool list_value(py_call *call, hr_attr_kind kind, PyObject *v, hr_attr_value *out) {
  PyObject *list = PySequence_Fast(v, "a list is wanted for a list attribute");
  if (!list) return false;
  Py_ssize_t count = PySequence_Fast_GET_SIZE(list);
  void *items = py_call_allocate(call, sizeof(hr_partial_shape) * (size_t)(count + 1)); /* the largest element */
  bool ok = items != NULL;
  for (Py_ssize_t i = 0; ok && i < count; ++i) {
    hr_attr_value value;
    ok = single_value(call, kind, PySequence_Fast_GET_ITEM(list, i), &value);
    if (ok) put_in_list(&value, items, i);
  }
  *out = (hr_attr_value){.kind = (uint8_t)kind, .is_list = true, .count = (int32_t)count, .strings = items};
  Py_DECREF(list);
  return ok;
}

/* Says in the pending error which attribute was wrong. */
static void explain_attr(const hr_op_def *op, const char *name, hr_attr_kind kind, PyObject *value) {
  static const char *const wanted[] = {
      [HR_ATTR_STRING] = "string", [HR_ATTR_INT] = "int", [HR_ATTR_FLOAT] = "float", [HR_ATTR_BOOL] = "bool"};
  PyObject *type, *error, *traceback;
  PyErr_Fetch(&type, &error, &traceback);
  if ((size_t)kind < sizeof wanted / sizeof *wanted && wanted[kind])
    PyErr_Format(PyExc_TypeError, "Expected %s for argument '%s' not %R.", wanted[kind], name, value);
  else
    PyErr_Format(type, "%S (in argument '%s' of '%s' Op)", error ? error : Py_None, name, hr_op_def_name(op));
  Py_XDECREF(type);
  Py_XDECREF(error);
  Py_XDECREF(traceback);
}

/* `pairs`: name, value, name, value, ...; a value that is None is not given. */
static bool to_attrs(py_call *call, const hr_op_def *op, PyObject *pairs, hr_named_attr **out, int32_t *count) {
  Py_ssize_t size = PyTuple_GET_SIZE(pairs) / 2;
  *count = 0;
  *out = py_call_allocate(call, sizeof **out * (size_t)(size + 1));
  bool ok = *out != NULL;
  for (Py_ssize_t i = 0; ok && i < size; ++i) {
    PyObject *value = PyTuple_GET_ITEM(pairs, 2 * i + 1);
    if (value == Py_None) continue;
    hr_named_attr *attr = &(*out)[*count];
    hr_attr_kind kind;
    bool is_list;
    if (!py_to_text(PyTuple_GET_ITEM(pairs, 2 * i), &attr->name)) return false;
    if (!hr_op_def_find_attr(op, attr->name, &kind, &is_list)) {
      PyErr_Format(PyExc_TypeError, "'%s' Op has no attr '%s'", hr_op_def_name(op), attr->name);
      return false;
    }
    ok = is_list ? list_value(call, kind, value, &attr->value) : single_value(call, kind, value, &attr->value);
    if (ok)
      ++*count;
    else if (PyErr_ExceptionMatches(PyExc_TypeError) || PyErr_ExceptionMatches(PyExc_ValueError)) {
      explain_attr(op, attr->name, is_list ? HR_ATTR_NONE : kind, value);
    }
  }
  return ok;
}

/* ---- inputs and outputs ------------------------------------------------------------------------------------------ */

bool py_to_operands(py_call *call, PyObject *v, hr_operands *out) {
  *out = (hr_operands){0};
  PyObject *list =
      PyList_Check(v) || PyTuple_Check(v) ? (Py_INCREF(v), v) : PySequence_Fast(v, "a list of tensors is wanted");
  if (!list) return false;
  Py_ssize_t count = PySequence_Fast_GET_SIZE(list);
  hr_operand *items = py_call_allocate(call, sizeof *items * (size_t)(count + 1));
  bool ok = items != NULL;
  for (Py_ssize_t i = 0; ok && i < count; ++i) {
    PyObject *item = PySequence_Fast_GET_ITEM(list, i);
    ok = py_to_operand(call, item, &items[i]);
  }
  *out = (hr_operands){(int32_t)count, items, NULL};
  /* Values are borrowed from the items: what a generator made must live as long as the call. */
  if (list != v) ok = py_graph_keep(call->graph, list) && ok;
  Py_DECREF(list);
  return ok;
}

static bool to_inputs(py_call *call, const hr_op_def *op, PyObject *inputs, hr_operand **out) {
  Py_ssize_t count = PyTuple_GET_SIZE(inputs);
  *out = py_call_allocate(call, sizeof **out * (size_t)(count + 1));
  bool ok = *out != NULL;
  for (Py_ssize_t i = 0; ok && i < count; ++i) {
    bool is_list = false;
    const char *name = hr_op_def_input(op, (int32_t)i, &is_list);
    PyObject *item = PyTuple_GET_ITEM(inputs, i);
    if (!is_list) {
      ok = py_to_operand(call, item, &(*out)[i]);
      continue;
    }
    if (!PyList_Check(item) && !PyTuple_Check(item)) {
      PyErr_Format(PyExc_TypeError, "Expected list for '%s' argument to '%s' Op, not %R.", name, hr_op_def_name(op),
                   item);
      return false;
    }
    hr_operands list;
    ok = py_to_operands(call, item, &list);
    (*out)[i] = hr_operand_list(list);
  }
  return ok;
}

static PyObject *output_group(py_graph *graph, hr_node *node, const hr_op_def *op, int32_t argument) {
  bool is_list;
  hr_op_def_output(op, argument, &is_list);
  int32_t first, count;
  hr_node_output_range(node, argument, &first, &count);
  if (!is_list) return py_from_output(graph, hr_node_output(node, first));
  PyObject *list = PyList_New(count);
  for (int32_t i = 0; list && i < count; ++i) {
    PyObject *tensor = py_from_output(graph, hr_node_output(node, first + i));
    if (!tensor)
      Py_CLEAR(list);
    else
      PyList_SET_ITEM(list, i, tensor);
  }
  return list;
}

/* The tensor of an op's only output, a list of them, a tuple of several, or the operation of an op without any. */
static PyObject *from_outputs(py_graph *graph, hr_node *node, const hr_op_def *op) {
  if (!hr_op_def_output(op, 0, NULL)) return py_from_node(graph, node);
  if (!hr_op_def_output(op, 1, NULL)) return output_group(graph, node, op, 0);
  int32_t count = 0;
  while (hr_op_def_output(op, count, NULL))
    ++count;
  PyObject *tuple = PyTuple_New(count);
  for (int32_t i = 0; tuple && i < count; ++i) {
    PyObject *group = output_group(graph, node, op, i);
    if (!group)
      Py_CLEAR(tuple);
    else
      PyTuple_SET_ITEM(tuple, i, group);
  }
  return tuple;
}

/* call_op(op, name or None, inputs tuple, attrs tuple) */
static PyObject *call_op(PyObject *module, PyObject *const *args, Py_ssize_t count) {
  (void)module;
  const char *op_name, *name = NULL;
  if (count < 3 || count > 4 || !PyTuple_CheckExact(args[2]) || (count == 4 && !PyTuple_CheckExact(args[3])))
    return PyErr_Format(PyExc_TypeError, "call_op(op, name, inputs, attrs=())");
  if (!py_to_text(args[0], &op_name) || (args[1] != Py_None && !py_to_text(args[1], &name))) return NULL;
  const hr_op_def *op = hr_op_def_find(op_name);
  if (!op) return PyErr_Format(PyExc_LookupError, "Op type not registered '%s'", op_name);
  py_call call;
  if (!py_call_begin(&call, &args[2], 1)) return NULL;
  hr_operand *inputs;
  hr_named_attr *attrs = NULL;
  int32_t attr_count = 0;
  PyObject *result = NULL;
  if (to_inputs(&call, op, args[2], &inputs) && (count < 4 || to_attrs(&call, op, args[3], &attrs, &attr_count))) {
    hr_node *node =
        hr_call_op(call.scope, op_name, name, (int32_t)PyTuple_GET_SIZE(args[2]), inputs, attr_count, attrs);
    if (node && hr_scope_ok(call.scope)) result = from_outputs(call.graph, node, op);
  }
  if (!py_call_end(&call)) Py_CLEAR(result);
  return result;
}

/* create_op(graph, type, inputs, name or None, {attr: AttrValue bytes}) -> Operation: Graph.create_op. */
static PyObject *create_op(PyObject *module, PyObject *args) {
  (void)module;
  PyObject *graph, *inputs, *attrs;
  const char *type, *name;
  if (!PyArg_ParseTuple(args, "O!sOzO!", py_graph_type, &graph, &type, &inputs, &name, &PyDict_Type, &attrs))
    return NULL;
  py_call call;
  py_call_begin_in(&call, (py_graph *)graph);
  hr_outputs list;
  PyObject *result = NULL;
  if (py_to_outputs(&call, inputs, &list)) {
    hr_node_builder *n = hr_node_begin(call.scope, type, name);
    const hr_op_def *op = hr_graph_op_def(call.graph->graph, type);
    int32_t used = 0;
    bool is_list, ok = n != NULL;
    PyObject *key, *value;
    Py_ssize_t position = 0;
    int64_t length = -1;
    while (ok && PyDict_Next(attrs, &position, &key, &value)) {
      const char *text;
      hr_bytes bytes;
      hr_attr_value parsed;
      ok = py_to_text(key, &text) && py_to_bytes(value, &bytes);
      if (!ok) break;
      hr_status status = hr_attr_value_parse(((py_graph *)graph)->graph, bytes.data, bytes.length, &parsed);
      if (status)
        hr_scope_fail(call.scope, status);
      else
        hr_node_set_attr(n, text, &parsed);
      if (!status && parsed.kind == HR_ATTR_INT && strcmp(text, "N") == 0) length = parsed.i;
    }
    for (int32_t i = 0; op && hr_op_def_input(op, i, &is_list); ++i) {
      int32_t rest = list.count - used, take = is_list ? (length >= 0 && length < rest ? (int32_t)length : rest) : 1;
      if (is_list)
        hr_node_add_input_list(n, (hr_outputs){take, list.items + used});
      else if (used < list.count)
        hr_node_add_input(n, list.items[used]);
      used += take;
    }
    hr_node *node = hr_node_finish(n);
    if (ok && node && hr_scope_ok(call.scope)) result = py_from_node(call.graph, node);
  }
  if (!py_call_end(&call)) Py_CLEAR(result);
  return result;
}

static PyMethodDef methods[] = {{"call_op", (PyCFunction)(void (*)(void))call_op, METH_FASTCALL, NULL},
                                {"create_op", create_op, METH_VARARGS, NULL},
                                {0}};

bool py_add_ops(PyObject *module) { return PyModule_AddFunctions(module, methods) == 0; }
