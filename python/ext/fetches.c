/* Fetches: what a run is asked for, of whatever structure, and its values in that structure. */
#include "run.h"

void py_request_init(py_request *r, py_graph *graph) {
  r->graph = graph;
  r->fetches = r->few_fetches;
  r->targets = r->few_targets;
  r->num_fetches = r->num_targets = 0;
  r->fetch_capacity = r->target_capacity = PY_FEW;
  r->fallbacks = NULL;
}

void py_request_clear(py_request *r) {
  if (r->fetches != r->few_fetches) free(r->fetches);
  if (r->targets != r->few_targets) free(r->targets);
  Py_XDECREF(r->fallbacks);
}

/* Room for one more in an array that starts on the stack. */
static bool make_room(void **items, void *few, int32_t count, int32_t *capacity, size_t size) {
  if (count < *capacity) return true;
  void *more = realloc(*items == few ? NULL : *items, size * 2 * (size_t)*capacity);
  if (!more) {
    PyErr_NoMemory();
    return false;
  }
  if (*items == few) memcpy(more, few, size * (size_t)count);
  *items = more;
  *capacity *= 2;
  return true;
}

static bool wrong_graph(PyObject *fetch) {
  PyErr_Format(PyExc_ValueError,
               "Fetch argument %R cannot be interpreted as a Tensor. (%S is not an element of this "
               "graph.)",
               fetch, fetch);
  return false;
}

static bool add_fetch(py_request *r, hr_output output) {
  for (int32_t i = 0; i < r->num_fetches; ++i)
    if (hr_output_equal(r->fetches[i], output)) return true;
  if (!make_room((void **)&r->fetches, r->few_fetches, r->num_fetches, &r->fetch_capacity, sizeof *r->fetches))
    return false;
  r->fetches[r->num_fetches++] = output;
  return true;
}

static bool add_target(py_request *r, hr_node *node) {
  for (int32_t i = 0; i < r->num_targets; ++i)
    if (r->targets[i] == node) return true;
  if (!make_room((void **)&r->targets, r->few_targets, r->num_targets, &r->target_capacity, sizeof *r->targets))
    return false;
  r->targets[r->num_targets++] = node;
  return true;
}

/* What one fetch is: an output, a node, or neither (then something with parts). */
typedef enum leaf { LEAF_NONE, LEAF_OUTPUT, LEAF_NODE, LEAF_ERROR } leaf;

static leaf leaf_by_name(const py_request *r, PyObject *fetch, hr_output *output, hr_node **node) {
  const char *name;
  if (!py_to_text(fetch, &name)) return LEAF_ERROR;
  if (strchr(name, ':')) {
    hr_status status = hr_graph_output(r->graph->graph, name, output);
    if (!status) return LEAF_OUTPUT;
    PyErr_Format(PyExc_ValueError, "Fetch argument %R cannot be interpreted as a Tensor. (\"%s\")", fetch,
                 hr_status_message(status));
    hr_status_free(status);
    return LEAF_ERROR;
  }
  *node = hr_graph_find(r->graph->graph, name);
  if (*node) return LEAF_NODE;
  PyErr_Format(PyExc_ValueError,
               "Fetch argument %R cannot be interpreted as a Tensor. (\"The name %R refers to an "
               "Operation not in the graph.\")",
               fetch, fetch);
  return LEAF_ERROR;
}

/* False with an exception set where the operation is in a branch or loop, or graph.prevent_fetching was called for it.
 */
static bool is_fetchable(const py_request *r, hr_node *node) {
  if (!r->graph->is_restricted && hr_node_is_fetchable(node)) return true;
  PyObject *op = py_from_node(r->graph, node);
  PyObject *answer = op ? PyObject_CallMethod((PyObject *)r->graph, "_check_fetchable", "O", op) : NULL;
  Py_XDECREF(op);
  Py_XDECREF(answer);
  return answer != NULL;
}

static leaf classify(const py_request *r, PyObject *fetch, hr_output *output, hr_node **node) {
  if (py_is_tensor(fetch)) {
    *output = ((py_tensor *)fetch)->output;
    return ((py_tensor *)fetch)->op->graph == r->graph || wrong_graph(fetch) ? LEAF_OUTPUT : LEAF_ERROR;
  }
  if (py_is_operation(fetch)) {
    *node = ((py_operation *)fetch)->node;
    return ((py_operation *)fetch)->graph == r->graph || wrong_graph(fetch) ? LEAF_NODE : LEAF_ERROR;
  }
  if (py_is_variable(fetch) && ((py_variable *)fetch)->var) {
    *output = hr_var_element(((py_variable *)fetch)->var);
    return ((py_variable *)fetch)->graph == r->graph || wrong_graph(fetch) ? LEAF_OUTPUT : LEAF_ERROR;
  }
  if (PyUnicode_Check(fetch) || PyBytes_Check(fetch)) return leaf_by_name(r, fetch, output, node);
  return LEAF_NONE;
}

static bool collect_all(py_request *r, PyObject *list) {
  bool ok = true;
  for (Py_ssize_t i = 0; ok && i < PySequence_Fast_GET_SIZE(list); ++i)
    ok = py_collect(r, PySequence_Fast_GET_ITEM(list, i));
  return ok;
}

/* Something with parts of a kind that the package knows. */
static bool collect_fallback(py_request *r, PyObject *fetch) {
  PyObject *parts = PyObject_CallOneArg(py_classes[PY_FETCH_FALLBACK], fetch); /* (list, function) */
  if (!parts) return false;
  if (!r->fallbacks) r->fallbacks = PyList_New(0);
  bool ok = r->fallbacks && PyList_Append(r->fallbacks, parts) == 0 && collect_all(r, PyTuple_GET_ITEM(parts, 0));
  Py_DECREF(parts);
  return ok;
}

bool py_collect(py_request *r, PyObject *fetch) {
  hr_output output;
  hr_node *node;
  switch (classify(r, fetch, &output, &node)) {
  case LEAF_OUTPUT: return is_fetchable(r, output.node) && add_fetch(r, output);
  case LEAF_NODE: return is_fetchable(r, node) && add_target(r, node);
  case LEAF_ERROR: return false;
  case LEAF_NONE: break;
  }
  if (PyList_CheckExact(fetch) || PyTuple_CheckExact(fetch)) return collect_all(r, fetch);
  return collect_fallback(r, fetch);
}

static PyObject *assemble_list(py_results *s, PyObject *list) {
  Py_ssize_t count = PySequence_Fast_GET_SIZE(list);
  PyObject *values = PyList_New(count);
  for (Py_ssize_t i = 0; values && i < count; ++i) {
    PyObject *value = py_assemble(s, PySequence_Fast_GET_ITEM(list, i));
    if (!value)
      Py_CLEAR(values);
    else
      PyList_SET_ITEM(values, i, value);
  }
  return values;
}

PyObject *py_assemble(py_results *s, PyObject *fetch) {
  hr_output output;
  hr_node *node;
  switch (classify(s->request, fetch, &output, &node)) {
  case LEAF_OUTPUT:
    for (int32_t i = 0; i < s->request->num_fetches; ++i) {
      if (!hr_output_equal(s->request->fetches[i], output)) continue;
      Py_INCREF(s->values[i]);
      return s->values[i];
    }
    Py_RETURN_NONE;
  case LEAF_NODE: Py_RETURN_NONE;
  case LEAF_ERROR: return NULL;
  case LEAF_NONE: break;
  }
  if (PyList_CheckExact(fetch)) return assemble_list(s, fetch);
  if (PyTuple_CheckExact(fetch)) {
    PyObject *list = assemble_list(s, fetch);
    PyObject *tuple = list ? PyList_AsTuple(list) : NULL;
    Py_XDECREF(list);
    return tuple;
  }
  PyObject *parts = PyList_GET_ITEM(s->request->fallbacks, s->next_fallback++);
  PyObject *values = assemble_list(s, PyTuple_GET_ITEM(parts, 0));
  PyObject *value = values ? PyObject_CallOneArg(PyTuple_GET_ITEM(parts, 1), values) : NULL;
  Py_XDECREF(values);
  return value;
}

bool py_take_values(hr_tensor *tensors, int32_t count, PyObject **values) {
  bool ok = true;
  for (int32_t i = 0; i < count; ++i) {
    values[i] = NULL;
    if (ok)
      values[i] = py_from_result(&tensors[i]);
    else
      hr_tensor_clear(&tensors[i]);
    ok = ok && values[i];
  }
  return ok;
}
