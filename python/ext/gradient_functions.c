/* Gradient functions of the program's own: tf.RegisterGradient and tf.NotDifferentiable. */
#include "gradients.h"

/* (op, gradient of each output) for the function. */
static PyObject *arguments_of(py_graph *graph, const hr_gradient_context *context) {
  int32_t count = hr_node_output_count(context->node);
  PyObject *args = PyTuple_New(count + 1);
  PyObject *op = args ? py_from_node(graph, context->node) : NULL;
  if (op) PyTuple_SET_ITEM(args, 0, op);
  bool ok = op != NULL;
  for (int32_t i = 0; ok && i < count; ++i) {
    PyObject *gradient = py_from_gradient(graph, context->outputs[i]);
    ok = gradient != NULL;
    if (ok) PyTuple_SET_ITEM(args, i + 1, gradient);
  }
  if (!ok) Py_CLEAR(args);
  return args;
}

/* What the function gave, one gradient an input. */
static bool take(py_graph *graph, const hr_gradient_context *context, PyObject *value) {
  int32_t count = hr_node_input_count(context->node);
  bool many = PyList_Check(value) || PyTuple_Check(value);
  Py_ssize_t given = many ? PySequence_Fast_GET_SIZE(value) : 1;
  if (given != count && !(count == 0 && value == Py_None)) {
    PyErr_Format(PyExc_ValueError, "Num gradients %zd generated for op %s do not match num inputs %d", given,
                 hr_node_name(context->node), (int)count);
    return false;
  }
  py_call call;
  py_call_begin_in(&call, graph);
  call.scope = context->scope;
  bool ok = true;
  for (int32_t i = 0; ok && i < count; ++i)
    ok = py_to_gradient(&call, many ? PySequence_Fast_GET_ITEM(value, i) : value, &context->inputs[i]);
  return py_call_end(&call) && ok;
}

hr_status py_differentiate(hr_gradient_context *context) {
  py_graph *graph = py_graph_of(context->scope);
  if (!graph) return hr_error(HR_FAILED_PRECONDITION, "A gradient function of Python needs a graph of Python");
  if (hr_scope_graph(context->scope) != graph->graph)
    return hr_error(HR_UNIMPLEMENTED, "A gradient function of Python differentiates what is in a branch of a function");
  PyObject *value = py_call_back(graph, context->scope, context->argument, arguments_of(graph, context));
  if (!value) return HR_SUCCESS; /* the builder has the error */
  bool ok = take(graph, context, value);
  Py_DECREF(value);
  return ok ? HR_SUCCESS : py_keep_exception();
}

/* register_gradient(op type or name, function or None) */
static PyObject *register_gradient(PyObject *module, PyObject *args) {
  (void)module;
  const char *op;
  PyObject *function;
  if (!PyArg_ParseTuple(args, "sO", &op, &function)) return NULL;
  bool none = function == Py_None;
  hr_status status = hr_register_gradient(op, none ? NULL : py_differentiate, none ? NULL : function);
  if (hr_status_code(status) == HR_ALREADY_EXISTS) {
    PyErr_Format(PyExc_KeyError, "Registering two gradient with name '%s'!", op);
    hr_status_free(status);
    return NULL;
  }
  if (!py_check(status)) return NULL;
  if (!none) Py_INCREF(function); /* for ever */
  Py_RETURN_NONE;
}

static PyMethodDef methods[] = {{"register_gradient", register_gradient, METH_VARARGS, NULL}, {0}};

bool py_add_gradient_functions(PyObject *module) { return PyModule_AddFunctions(module, methods) == 0; }
