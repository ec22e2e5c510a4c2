/* Conditionals and loops, whose branches and bodies are Python functions.
 *
 * The functions give lists of leaves: tensors, values, operations, IndexedSlices; what structure they have is the
 * package's affair (core/control_flow.py). */
#include "control_flow.h"
#include "gradients.h"

typedef py_builder_function function;

static hr_status add_result(py_call *call, PyObject *leaf, hr_results *results) {
  if (py_is_operation(leaf)) {
    hr_return_node(results, ((py_operation *)leaf)->node);
  } else if (PyObject_TypeCheck(leaf, (PyTypeObject *)py_classes[PY_INDEXED_SLICES])) {
    hr_gradient rows;
    if (!py_to_gradient(call, leaf, &rows)) return py_keep_exception();
    hr_return_gradient(results, rows);
  } else {
    hr_operand value;
    if (!py_to_operand(call, leaf, &value)) return py_keep_exception();
    hr_return_with(results, value);
  }
  return HR_SUCCESS;
}

/* The function, to be called where the graph that the library has begun for it is the default one. */
static PyObject *called_in(py_graph *graph, PyObject *callable, PyObject *args) {
  PyObject *all = args ? PyTuple_New(PyTuple_GET_SIZE(args) + 1) : NULL;
  if (all) {
    Py_INCREF(callable);
    PyTuple_SET_ITEM(all, 0, callable);
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(args); ++i) {
      Py_INCREF(PyTuple_GET_ITEM(args, i));
      PyTuple_SET_ITEM(all, i + 1, PyTuple_GET_ITEM(args, i));
    }
  }
  Py_XDECREF(args);
  PyObject *method = all ? PyObject_GetAttrString((PyObject *)graph, "_call") : NULL;
  PyObject *result = method ? PyObject_Call(method, all, NULL) : NULL;
  Py_XDECREF(method);
  Py_XDECREF(all);
  return result;
}

static PyObject *call_in_scope(py_graph *graph, hr_scope scope, PyObject *callable, PyObject *args) {
  if (!args || PyErr_Occurred() || !hr_scope_ok(scope)) return py_call_back(graph, scope, callable, args);
  hr_scope before = graph->scope;
  graph->scope = scope;
  PyObject *result = called_in(graph, callable, args);
  graph->scope = before;
  if (PyErr_Occurred()) hr_scope_fail(scope, py_keep_exception());
  return result;
}

void py_call_builder_function(const function *f, hr_scope scope, PyObject *args, hr_results *results) {
  py_graph *graph = py_graph_of(scope), *outer = f->call->graph;
  PyObject *list =
      graph == outer ? py_call_back(graph, scope, f->callable, args) : call_in_scope(graph, scope, f->callable, args);
  if (!list) return; /* the builder has the error */
  hr_scope before = graph->scope, call_scope = f->call->scope;
  graph->scope = f->call->scope = scope; /* for what a program's own conversions build */
  f->call->graph = graph;
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list) && hr_scope_ok(scope); ++i)
    hr_scope_fail(scope, add_result(f->call, PyList_GET_ITEM(list, i), results));
  graph->scope = before;
  f->call->scope = call_scope;
  f->call->graph = outer;
  /* Operands point into the list's objects until the branch or loop is built. */
  if (!py_graph_keep(f->call->graph, list)) hr_scope_fail(scope, py_keep_exception());
  Py_DECREF(list);
}

static void build_branch(void *argument, hr_scope scope, hr_results *results) {
  py_call_builder_function(argument, scope, PyTuple_New(0), results);
}

/* cond(predicate, if_true, if_false, name) -> list of tensors */
static PyObject *cond(PyObject *module, PyObject *args) {
  (void)module;
  PyObject *predicate, *if_true, *if_false, *result = NULL;
  const char *name;
  if (!PyArg_ParseTuple(args, "OOOz", &predicate, &if_true, &if_false, &name)) return NULL;
  py_call call;
  hr_operand value;
  if (!py_call_begin(&call, &predicate, 1)) return NULL;
  if (py_to_operand(&call, predicate, &value)) {
    function branches[] = {{&call, if_true}, {&call, if_false}};
    hr_outputs outputs = hr_cond(call.scope, value, HR_BRANCH(build_branch, &branches[0]),
                                 HR_BRANCH(build_branch, &branches[1]), .name = name);
    if (hr_scope_ok(call.scope)) result = py_from_outputs(call.graph, outputs);
  }
  if (!py_call_end(&call)) Py_CLEAR(result);
  return result;
}

/* case(predicates, branches, otherwise or None, exclusive, name) -> list of tensors */
static PyObject *switch_case(PyObject *module, PyObject *args) {
  (void)module;
  PyObject *predicates, *branches, *otherwise, *result = NULL;
  int exclusive;
  const char *name;
  if (!PyArg_ParseTuple(args, "O!O!Opz", &PyList_Type, &predicates, &PyList_Type, &branches, &otherwise, &exclusive,
                        &name))
    return NULL;
  py_call call;
  if (!py_call_begin(&call, &predicates, 1)) return NULL;
  Py_ssize_t count = PyList_GET_SIZE(predicates);
  hr_case *cases = py_call_allocate(&call, sizeof *cases * (size_t)(count + 1));
  function *functions = py_call_allocate(&call, sizeof *functions * (size_t)(count + 1));
  bool ok = cases && functions;
  for (Py_ssize_t i = 0; ok && i < count; ++i) {
    functions[i] = (function){&call, PyList_GET_ITEM(branches, i)};
    cases[i].branch = HR_BRANCH(build_branch, &functions[i]);
    ok = py_to_output(&call, PyList_GET_ITEM(predicates, i), &cases[i].predicate);
  }
  if (ok) {
    functions[count] = (function){&call, otherwise};
    hr_branch none = {NULL, NULL}, last = HR_BRANCH(build_branch, &functions[count]);
    hr_outputs outputs = hr_case_of(call.scope, (int32_t)count, cases, .otherwise = otherwise == Py_None ? none : last,
                                    .exclusive = exclusive, .name = name);
    if (hr_scope_ok(call.scope)) result = py_from_outputs(call.graph, outputs);
  }
  if (!py_call_end(&call)) Py_CLEAR(result);
  return result;
}

/* ---- loops ------------------------------------------------------------------------------------------------------- */

typedef struct loop {
  function condition, body;
} loop;

static void call_loop_function(const function *f, hr_scope scope, hr_outputs variables, hr_results *results) {
  PyObject *list = py_from_outputs(py_graph_of(scope), variables);
  py_call_builder_function(f, scope, list ? PyList_AsTuple(list) : NULL, results);
  Py_XDECREF(list);
}

static void build_condition(void *argument, hr_scope scope, hr_outputs variables, hr_results *results) {
  call_loop_function(&((const loop *)argument)->condition, scope, variables, results);
}

static void build_body(void *argument, hr_scope scope, hr_outputs variables, hr_results *results) {
  call_loop_function(&((const loop *)argument)->body, scope, variables, results);
}

static bool to_shapes(py_call *call, PyObject *list, hr_shapes *out) {
  Py_ssize_t count = PyList_GET_SIZE(list);
  hr_partial_shape *items = py_call_allocate(call, sizeof *items * (size_t)(count + 1));
  bool ok = items != NULL;
  for (Py_ssize_t i = 0; ok && i < count; ++i)
    ok = py_to_shape(PyList_GET_ITEM(list, i), &items[i]);
  *out = (hr_shapes){(int32_t)count, items};
  return ok;
}

/* while_loop(condition, body, variables, shape invariants, parallel_iterations, back_prop, swap_memory,
 * maximum_iterations, name) -> list of tensors. Variables and invariants are lists, of which the latter may be empty.
 */
static PyObject *while_loop(PyObject *module, PyObject *args) {
  (void)module;
  PyObject *condition, *body, *variables, *shapes, *maximum, *result = NULL;
  int parallel_iterations, back_prop, swap_memory;
  const char *name;
  if (!PyArg_ParseTuple(args, "OOO!O!ippOz", &condition, &body, &PyList_Type, &variables, &PyList_Type, &shapes,
                        &parallel_iterations, &back_prop, &swap_memory, &maximum, &name))
    return NULL;
  py_call call;
  if (!py_call_begin(&call, &variables, 1)) return NULL;
  hr_while_options options = {
      .parallel_iterations = parallel_iterations, .back_prop = back_prop, .swap_memory = swap_memory, .name = name};
  hr_operands initial;
  if (py_to_operands(&call, variables, &initial) && to_shapes(&call, shapes, &options.shape_invariants) &&
      (maximum == Py_None || py_to_operand(&call, maximum, &options.maximum_iterations))) {
    loop l = {{&call, condition}, {&call, body}};
    hr_while_functions functions = {build_condition, build_body, &l};
    hr_outputs outputs = hr_while_loop_with(call.scope, initial, &functions, &options);
    if (hr_scope_ok(call.scope)) result = py_from_outputs(call.graph, outputs);
  }
  if (!py_call_end(&call)) Py_CLEAR(result);
  return result;
}

/* case_checks(predicates, is_last) -> list of operations */
static PyObject *case_checks(PyObject *module, PyObject *args) {
  (void)module;
  PyObject *predicates, *result = NULL;
  int is_last;
  if (!PyArg_ParseTuple(args, "O!p", &PyList_Type, &predicates, &is_last)) return NULL;
  py_call call;
  hr_outputs tensors;
  if (!py_call_begin(&call, &predicates, 1)) return NULL;
  if (py_to_outputs(&call, predicates, &tensors)) {
    hr_node *checks[2];
    hr_case_checks(call.scope, tensors, is_last, checks);
    result = hr_scope_ok(call.scope) ? PyList_New(0) : NULL;
    for (int i = 0; result && i < 2 && checks[i]; ++i) {
      PyObject *operation = py_from_node(call.graph, checks[i]);
      if (!operation || PyList_Append(result, operation) < 0) Py_CLEAR(result);
      Py_XDECREF(operation);
    }
  }
  if (!py_call_end(&call)) Py_CLEAR(result);
  return result;
}

/* enable_functional_control_flow(whether) */
static PyObject *enable_functional_control_flow(PyObject *module, PyObject *enable) {
  (void)module;
  if (!py_to_bool(enable, &py_functional_control_flow)) return NULL;
  Py_RETURN_NONE;
}

/* has_functional_control_flow(graph or None): in the graph, or by default */
static PyObject *has_functional_control_flow(PyObject *module, PyObject *graph) {
  (void)module;
  bool is_functional = py_functional_control_flow;
  if (PyObject_TypeCheck(graph, py_graph_type))
    is_functional |= hr_has_functional_control_flow(((py_graph *)graph)->scope);
  return PyBool_FromLong(is_functional);
}

static PyMethodDef methods[] = {{"enable_functional_control_flow", enable_functional_control_flow, METH_O, NULL},
                                {"has_functional_control_flow", has_functional_control_flow, METH_O, NULL},
                                {"case", switch_case, METH_VARARGS, NULL},
                                {"case_checks", case_checks, METH_VARARGS, NULL},
                                {"cond", cond, METH_VARARGS, NULL},
                                {"while_loop", while_loop, METH_VARARGS, NULL},
                                {0}};

bool py_add_control_flow(PyObject *module) { return PyModule_AddFunctions(module, methods) == 0; }
