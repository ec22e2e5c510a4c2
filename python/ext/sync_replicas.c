/* Synchronous training: what SyncReplicasOptimizer adds around an optimizer. */
#include "binding.h"

#include "gradients.h"
#include "headrace/sync_replicas.h"
#include "variables.h"

/* The node of what a method of the Python optimizer answered. */
static hr_node *ask(PyObject *owner, hr_scope scope, const char *method, PyObject *args) {
  PyObject *function = args ? PyObject_GetAttrString(owner, method) : NULL;
  if (!function) {
    Py_XDECREF(args);
    hr_scope_fail(scope, py_keep_exception());
    return NULL;
  }
  PyObject *result = py_call_back(py_graph_of(scope), scope, function, args);
  Py_DECREF(function);
  hr_node *node = NULL;
  if (result && !py_to_node(NULL, result, &node)) hr_scope_fail(scope, py_keep_exception());
  Py_XDECREF(result);
  return node;
}

static hr_node *apply(void *owner, hr_scope scope, hr_vars vars, const hr_gradient *gradients, hr_var *global_step) {
  (void)global_step; /* the owner knows it */
  py_graph *graph = py_graph_of(scope);
  return ask(owner, scope, "_apply_means", Py_BuildValue("(N)", py_from_gradients(graph, vars.count, gradients)));
}
static hr_node *average(void *owner, hr_scope scope) { return ask(owner, scope, "_average", PyTuple_New(0)); }

static PyObject *parts(py_graph *graph, const hr_sync_replicas *s) {
  return Py_BuildValue(
      "{s:N,s:N,s:N,s:N,s:N,s:N,s:N,s:N,s:N,s:N}", "train_op", py_from_output(graph, s->train_op), "sync_op",
      py_from_node(graph, s->sync_op), "tokens", py_from_tensor_queue(graph, s->tokens), "stand_in",
      py_from_tensor_queue(graph, s->stand_in), "close_op", py_from_node(graph, hr_queue_runner_close_op(s->runner)),
      "cancel_op", py_from_node(graph, hr_queue_runner_cancel_op(s->runner)), "local_step",
      py_from_var(graph, s->local_step), "local_step_init_op", py_from_output(graph, s->local_step_init_op),
      "chief_init_op", py_from_node(graph, s->chief_init_op), "ready_for_local_init_op",
      py_from_output(graph, s->ready_for_local_init_op));
}

/* sync_replicas_apply(owner, gradients, vars, global_step, replicas_to_aggregate, total_num_replicas, averages, name):
 * a dict of the parts */
static PyObject *sync_replicas_apply(PyObject *module, PyObject *args) {
  (void)module;
  PyObject *owner, *gradients, *list, *step;
  int needed, total, averages;
  const char *name;
  if (!PyArg_ParseTuple(args, "OO!OOiips", &owner, &PyList_Type, &gradients, &list, &step, &needed, &total, &averages,
                        &name))
    return NULL;
  py_call call;
  if (!py_call_begin(&call, &list, 1)) return NULL;
  hr_vars vars;
  hr_gradient *given;
  hr_var *global_step;
  PyObject *result = NULL;
  if (py_to_vars(&call, list, &vars) && py_to_gradients(&call, gradients, vars.count, &given) &&
      py_to_var(&call, step, &global_step)) {
    hr_sync_replicas sync =
        hr_sync_replicas_apply(call.scope, NULL, needed, vars, given, global_step, .total_num_replicas = total,
                               .name = name, .apply = apply, .average = averages ? average : NULL, .argument = owner);
    if (hr_scope_ok(call.scope)) result = parts(call.graph, &sync);
  }
  if (!py_call_end(&call)) Py_CLEAR(result);
  return result;
}

/* sync_replicas_init_tokens(tokens, global_step, replicas_to_aggregate, total_num_replicas, num_tokens): an Operation
 */
static PyObject *sync_replicas_init_tokens(PyObject *module, PyObject *args) {
  (void)module;
  PyObject *queue, *step;
  int num_tokens;
  hr_sync_replicas sync = {0};
  if (!PyArg_ParseTuple(args, "OOiii", &queue, &step, &sync.replicas_to_aggregate, &sync.total_num_replicas,
                        &num_tokens))
    return NULL;
  py_call call;
  if (!py_call_begin(&call, &step, 1)) return NULL;
  PyObject *result = NULL;
  if (py_to_tensor_queue(queue, &sync.tokens) && py_to_var(&call, step, &sync.global_step)) {
    hr_node *node = hr_sync_replicas_init_tokens(call.scope, &sync, num_tokens);
    if (hr_scope_ok(call.scope)) result = py_from_node(call.graph, node);
  }
  if (!py_call_end(&call)) Py_CLEAR(result);
  return result;
}

static PyMethodDef methods[] = {{"sync_replicas_apply", sync_replicas_apply, METH_VARARGS, NULL},
                                {"sync_replicas_init_tokens", sync_replicas_init_tokens, METH_VARARGS, NULL},
                                {0}};

bool py_add_sync_replicas(PyObject *module) { return PyModule_AddFunctions(module, methods) == 0; }
