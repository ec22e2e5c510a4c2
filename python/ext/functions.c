/* Functions of a graph's library, whose bodies are graphs that Python builds (core/defun.py). */
#include "generated.h"
#include "gradients.h"

static const char definition_name[] = "headrace.Definition";

static const hr_defined *to_definition(PyObject *v) { return PyCapsule_GetPointer(v, definition_name); }

bool py_to_defined(PyObject *v, const hr_defined **out) { return (*out = to_definition(v)) != NULL; }

/* The body's graph, which the definition lives in. */
static void release_body(PyObject *capsule) { Py_XDECREF((PyObject *)PyCapsule_GetContext(capsule)); }

/* begin_function(body, graph around) */
static PyObject *begin_function(PyObject *module, PyObject *args) {
  (void)module;
  py_graph *body, *outer;
  if (!PyArg_ParseTuple(args, "O!O!", py_graph_type, &body, py_graph_type, &outer)) return NULL;
  if (!py_check(hr_function_begin(body->graph, outer->graph))) return NULL;
  Py_INCREF(outer);
  Py_XSETREF(body->outer, outer);
  Py_RETURN_NONE;
}

/* begin_trace(body, graph around, whether it is a branch) */
static PyObject *begin_trace(PyObject *module, PyObject *args) {
  (void)module;
  py_graph *body, *outer;
  int is_branch;
  if (!PyArg_ParseTuple(args, "O!O!p", py_graph_type, &body, py_graph_type, &outer, &is_branch)) return NULL;
  if (!py_check((is_branch ? hr_branch_begin : hr_traced_function_begin)(body->graph, outer->scope))) return NULL;
  Py_INCREF(outer);
  Py_XSETREF(body->outer, outer);
  Py_RETURN_NONE;
}

/* trace_argument(body, index, dtype, shape) -> tensor */
static PyObject *trace_argument(PyObject *module, PyObject *args) {
  (void)module;
  PyObject *graph, *dtype_object, *shape_object, *result = NULL;
  int index;
  if (!PyArg_ParseTuple(args, "O!iOO", py_graph_type, &graph, &index, &dtype_object, &shape_object)) return NULL;
  hr_dtype dtype;
  hr_partial_shape shape = HR_SHAPE_UNKNOWN;
  if (!py_to_dtype(dtype_object, &dtype) || !py_to_shape(shape_object, &shape)) return NULL;
  py_call call;
  py_call_begin_in(&call, (py_graph *)graph);
  hr_output argument = hr_traced_function_argument(call.scope, index, dtype, &shape);
  if (hr_scope_ok(call.scope)) result = py_from_output(call.graph, argument);
  if (!py_call_end(&call)) Py_CLEAR(result);
  return result;
}

/* capture(body, tensor) -> what stands for it in the body */
static PyObject *capture(PyObject *module, PyObject *args) {
  (void)module;
  PyObject *graph, *tensor, *result = NULL;
  if (!PyArg_ParseTuple(args, "O!O!", py_graph_type, &graph, py_tensor_type, &tensor)) return NULL;
  py_call call;
  py_call_begin_in(&call, (py_graph *)graph);
  hr_output inside = hr_function_capture(call.scope, ((py_tensor *)tensor)->output);
  if (hr_scope_ok(call.scope)) result = py_from_output(call.graph, inside);
  if (!py_call_end(&call)) Py_CLEAR(result);
  return result;
}

/* captured(body) -> (tensors of graphs around, the arguments for them) */
static PyObject *captured(PyObject *module, PyObject *graph) {
  (void)module;
  if (!py_is_graph(graph)) return PyErr_Format(PyExc_TypeError, "%R is no graph", graph);
  hr_outputs outside, inside;
  hr_function_captured(((py_graph *)graph)->graph, &outside, &inside);
  PyObject *lists[2] = {py_from_outputs((py_graph *)graph, outside), py_from_outputs((py_graph *)graph, inside)};
  PyObject *pair = lists[0] && lists[1] ? PyTuple_Pack(2, lists[0], lists[1]) : NULL;
  Py_XDECREF(lists[0]);
  Py_XDECREF(lists[1]);
  return pair;
}

/* The attributes of a definition: {name: serialised AttrValue}. */
static bool to_attrs(py_call *call, PyObject *dict, hr_named_attr **out, int32_t *count) {
  *count = 0;
  *out = py_call_allocate(call, sizeof **out * (size_t)(PyDict_Size(dict) + 1));
  bool ok = *out != NULL;
  PyObject *key, *value;
  Py_ssize_t position = 0;
  while (ok && PyDict_Next(dict, &position, &key, &value)) {
    hr_named_attr *attr = &(*out)[*count];
    hr_bytes bytes;
    ok = py_to_text(key, &attr->name) && py_to_bytes(value, &bytes) &&
         py_check(hr_attr_value_parse(call->graph->graph, bytes.data, bytes.length, &attr->value));
    *count += ok;
  }
  return ok;
}

/* finish_function(body, name, prolong by a hash, arguments, results, names of results, doc or None, attributes,
 * gradient function or None) -> definition, which keeps the body */
static PyObject *finish_function(PyObject *module, PyObject *args) {
  (void)module;
  PyObject *graph, *arguments, *results, *result_names, *attrs, *gradient;
  const char *name, *doc;
  int hashed;
  if (!PyArg_ParseTuple(args, "O!spO!O!O!zO!O", py_graph_type, &graph, &name, &hashed, &PyList_Type, &arguments,
                        &PyList_Type, &results, &PyList_Type, &result_names, &doc, &PyDict_Type, &attrs, &gradient))
    return NULL;
  py_call call;
  py_call_begin_in(&call, (py_graph *)graph);
  hr_outputs inputs, outputs;
  hr_named_attr *named;
  int32_t attr_count;
  hr_define_options options = {.hashed_name = hashed, .doc = doc, .infer_shapes = true};
  if (gradient != Py_None && py_graph_keep(call.graph, gradient)) {
    options.gradient_function = py_differentiate;
    options.gradient_argument = gradient;
  }
  PyObject *capsule = NULL;
  if (py_to_outputs(&call, arguments, &inputs) && py_to_outputs(&call, results, &outputs) &&
      py_to_strings(&call, result_names, &options.result_names) && to_attrs(&call, attrs, &named, &attr_count)) {
    const hr_defined *defined = hr_function_finish(call.scope, name, inputs, outputs, &options, attr_count, named);
    if (defined) capsule = PyCapsule_New((void *)(uintptr_t)defined, definition_name, release_body);
    if (capsule) {
      Py_INCREF(graph);
      PyCapsule_SetContext(capsule, graph);
    }
  }
  if (!py_call_end(&call)) Py_CLEAR(capsule);
  return capsule;
}

/* finish_trace(body, name, arguments, results) -> definition, which keeps the body */
static PyObject *finish_trace(PyObject *module, PyObject *args) {
  (void)module;
  PyObject *graph, *arguments, *results, *capsule = NULL;
  const char *name;
  if (!PyArg_ParseTuple(args, "O!sO!O!", py_graph_type, &graph, &name, &PyList_Type, &arguments, &PyList_Type,
                        &results))
    return NULL;
  py_call call;
  py_call_begin_in(&call, (py_graph *)graph);
  hr_outputs inputs, outputs;
  if (py_to_outputs(&call, arguments, &inputs) && py_to_outputs(&call, results, &outputs)) {
    const hr_defined *defined = hr_traced_function_finish(call.scope, name, inputs, outputs);
    if (defined) capsule = PyCapsule_New((void *)(uintptr_t)defined, definition_name, release_body);
    if (capsule) {
      Py_INCREF(graph);
      PyCapsule_SetContext(capsule, graph);
    }
  }
  if (!py_call_end(&call)) Py_CLEAR(capsule);
  return capsule;
}

/* function_name(definition) -> str */
static PyObject *function_name(PyObject *module, PyObject *definition) {
  (void)module;
  const hr_defined *defined = to_definition(definition);
  return defined ? PyUnicode_FromString(hr_defined_name(defined)) : NULL;
}

/* function_bytes(definition) -> the serialised FunctionDef */
static PyObject *function_bytes(PyObject *module, PyObject *definition) {
  (void)module;
  const hr_defined *defined = to_definition(definition);
  if (!defined) return NULL;
  hr_bytes bytes = hr_defined_bytes(defined);
  return PyBytes_FromStringAndSize(bytes.data, (Py_ssize_t)bytes.length);
}

/* add_function(graph, definition): into the graph's library, with those that it calls. */
static PyObject *add_function(PyObject *module, PyObject *args) {
  (void)module;
  PyObject *graph, *definition;
  if (!PyArg_ParseTuple(args, "O!O", py_graph_type, &graph, &definition)) return NULL;
  const hr_defined *defined = to_definition(definition);
  if (!defined || !py_graph_keep((py_graph *)graph, definition)) return NULL;
  if (!py_check(hr_defined_add(((py_graph *)graph)->graph, defined))) return NULL;
  Py_RETURN_NONE;
}

/* add_function_gradient(graph, function, gradient), by name */
static PyObject *add_function_gradient(PyObject *module, PyObject *args) {
  (void)module;
  PyObject *graph;
  const char *function, *gradient;
  if (!PyArg_ParseTuple(args, "O!ss", py_graph_type, &graph, &function, &gradient)) return NULL;
  if (!py_check(hr_function_add_gradient(((py_graph *)graph)->graph, function, gradient))) return NULL;
  Py_RETURN_NONE;
}

/* cond_predicate(value) -> tensor */
static PyObject *cond_predicate(PyObject *module, PyObject *predicate) {
  (void)module;
  PyObject *result = NULL;
  py_call call;
  hr_operand value;
  if (!py_call_begin(&call, &predicate, 1)) return NULL;
  if (py_to_operand(&call, predicate, &value)) {
    hr_output scalar = hr_cond_predicate(call.scope, value);
    if (hr_scope_ok(call.scope)) result = py_from_output(call.graph, scalar);
  }
  if (!py_call_end(&call)) Py_CLEAR(result);
  return result;
}

/* finish_conditional(predicate or index, bodies, lists of results, whether it is a switch_case) -> list of tensors */
static PyObject *finish_conditional(PyObject *module, PyObject *args) {
  (void)module;
  int is_case;
  PyObject *index, *graphs, *lists, *result = NULL;
  if (!PyArg_ParseTuple(args, "O!O!O!p", py_tensor_type, &index, &PyList_Type, &graphs, &PyList_Type, &lists, &is_case))
    return NULL;
  py_call call;
  if (!py_call_begin(&call, &index, 1)) return NULL;
  Py_ssize_t count = PyList_GET_SIZE(graphs);
  hr_scope *bodies = py_call_allocate(&call, sizeof *bodies * (size_t)(count + 1));
  hr_outputs *results = py_call_allocate(&call, sizeof *results * (size_t)(count + 1));
  bool ok = bodies && results;
  for (Py_ssize_t i = 0; ok && i < count; ++i) {
    bodies[i] = ((py_graph *)PyList_GET_ITEM(graphs, i))->scope;
    ok = py_to_outputs(&call, PyList_GET_ITEM(lists, i), &results[i]);
  }
  if (ok) {
    hr_output chooser = ((py_tensor *)index)->output;
    hr_outputs outputs = is_case ? hr_switch_case_finish(call.scope, chooser, (int32_t)count, bodies, results)
                                 : hr_cond_finish(call.scope, chooser, bodies, results);
    if (hr_scope_ok(call.scope)) result = py_from_outputs(call.graph, outputs);
  }
  if (!py_call_end(&call)) Py_CLEAR(result);
  return result;
}

static PyMethodDef methods[] = {{"begin_function", begin_function, METH_VARARGS, NULL},
                                {"begin_trace", begin_trace, METH_VARARGS, NULL},
                                {"trace_argument", trace_argument, METH_VARARGS, NULL},
                                {"finish_trace", finish_trace, METH_VARARGS, NULL},
                                {"capture", capture, METH_VARARGS, NULL},
                                {"captured", captured, METH_O, NULL},
                                {"finish_function", finish_function, METH_VARARGS, NULL},
                                {"cond_predicate", cond_predicate, METH_O, NULL},
                                {"finish_conditional", finish_conditional, METH_VARARGS, NULL},
                                {"function_name", function_name, METH_O, NULL},
                                {"function_bytes", function_bytes, METH_O, NULL},
                                {"add_function", add_function, METH_VARARGS, NULL},
                                {"add_function_gradient", add_function_gradient, METH_VARARGS, NULL},
                                {0}};

bool py_add_functions(PyObject *module) { return PyModule_AddFunctions(module, methods) == 0; }
