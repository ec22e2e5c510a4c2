/* Sessions: running a graph from Python. The values of a run go in and out without copies where memory allows, and the
 * GIL is released while the graph runs. */
#include "binding.h"
#include <structmember.h>

typedef struct py_session {
  PyObject_HEAD py_graph *graph;
  hr_session *session;
  bool closed;
} py_session;

/* ---- fetches ----------------------------------------------------------------------------------------------------- */

enum { FEW = 16 };

/* The fetches and targets of a run, without duplicates. Small runs stay on the stack. */
typedef struct request {
  py_graph *graph;
  hr_output *fetches;
  hr_node **targets;
  int32_t num_fetches, fetch_capacity, num_targets, target_capacity;
  hr_output few_fetches[FEW];
  hr_node *few_targets[FEW];
  PyObject *fallbacks; /* list of (list of fetches, function) for what PY_FETCH_FALLBACK knows, in order */
} request;

static void request_init(request *r, py_graph *graph) {
  r->graph = graph;
  r->fetches = r->few_fetches;
  r->targets = r->few_targets;
  r->num_fetches = r->num_targets = 0;
  r->fetch_capacity = r->target_capacity = FEW;
  r->fallbacks = NULL;
}

static void request_clear(request *r) {
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

static bool add_fetch(request *r, hr_output output) {
  for (int32_t i = 0; i < r->num_fetches; ++i)
    if (hr_output_equal(r->fetches[i], output)) return true;
  if (!make_room((void **)&r->fetches, r->few_fetches, r->num_fetches, &r->fetch_capacity, sizeof *r->fetches))
    return false;
  r->fetches[r->num_fetches++] = output;
  return true;
}

static bool add_target(request *r, hr_node *node) {
  for (int32_t i = 0; i < r->num_targets; ++i)
    if (r->targets[i] == node) return true;
  if (!make_room((void **)&r->targets, r->few_targets, r->num_targets, &r->target_capacity, sizeof *r->targets))
    return false;
  r->targets[r->num_targets++] = node;
  return true;
}

/* What one fetch is: an output, a node, or neither (then something with parts). */
typedef enum leaf { LEAF_NONE, LEAF_OUTPUT, LEAF_NODE, LEAF_ERROR } leaf;

static leaf leaf_by_name(const request *r, PyObject *fetch, hr_output *output, hr_node **node) {
  const char *name;
  if (!py_to_text(fetch, &name)) return LEAF_ERROR;
  if (strchr(name, ':')) {
    hr_status status = hr_graph_output(r->graph->graph, name, output);
    if (!status) return LEAF_OUTPUT;
    PyErr_Format(PyExc_ValueError,
                 "Fetch argument %R cannot be interpreted as a Tensor. (\"The name %R refers to a Tensor "
                 "which does not exist. %s\")",
                 fetch, fetch, hr_status_message(status));
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

/* False with an exception set where graph.prevent_fetching was called for the fetch's operation. */
static bool is_fetchable(const request *r, hr_node *node) {
  if (!r->graph->is_restricted) return true;
  PyObject *op = py_from_node(r->graph, node);
  PyObject *answer = op ? PyObject_CallMethod((PyObject *)r->graph, "_check_fetchable", "O", op) : NULL;
  Py_XDECREF(op);
  Py_XDECREF(answer);
  return answer != NULL;
}

static leaf classify(const request *r, PyObject *fetch, hr_output *output, hr_node **node) {
  if (py_is_tensor(fetch)) {
    *output = ((py_tensor *)fetch)->output;
    return ((py_tensor *)fetch)->op->graph == r->graph || wrong_graph(fetch) ? LEAF_OUTPUT : LEAF_ERROR;
  }
  if (py_is_operation(fetch)) {
    *node = ((py_operation *)fetch)->node;
    return ((py_operation *)fetch)->graph == r->graph || wrong_graph(fetch) ? LEAF_NODE : LEAF_ERROR;
  }
  if (py_is_variable(fetch) && ((py_variable *)fetch)->var) {
    *output = hr_var_ref(((py_variable *)fetch)->var);
    return ((py_variable *)fetch)->graph == r->graph || wrong_graph(fetch) ? LEAF_OUTPUT : LEAF_ERROR;
  }
  if (PyUnicode_Check(fetch) || PyBytes_Check(fetch)) return leaf_by_name(r, fetch, output, node);
  return LEAF_NONE;
}

static bool collect(request *r, PyObject *fetch);

static bool collect_all(request *r, PyObject *list) {
  bool ok = true;
  for (Py_ssize_t i = 0; ok && i < PySequence_Fast_GET_SIZE(list); ++i)
    ok = collect(r, PySequence_Fast_GET_ITEM(list, i));
  return ok;
}

/* Something with parts of a kind that the package knows. */
static bool collect_fallback(request *r, PyObject *fetch) {
  PyObject *parts = PyObject_CallOneArg(py_classes[PY_FETCH_FALLBACK], fetch); /* (list, function) */
  if (!parts) return false;
  if (!r->fallbacks) r->fallbacks = PyList_New(0);
  bool ok = r->fallbacks && PyList_Append(r->fallbacks, parts) == 0 && collect_all(r, PyTuple_GET_ITEM(parts, 0));
  Py_DECREF(parts);
  return ok;
}

static bool collect(request *r, PyObject *fetch) {
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

/* The results by fetch, and how far the fallbacks have been used. */
typedef struct results {
  const request *request;
  PyObject **values;
  Py_ssize_t next_fallback;
} results;

static PyObject *assemble(results *s, PyObject *fetch);

static PyObject *assemble_list(results *s, PyObject *list) {
  Py_ssize_t count = PySequence_Fast_GET_SIZE(list);
  PyObject *values = PyList_New(count);
  for (Py_ssize_t i = 0; values && i < count; ++i) {
    PyObject *value = assemble(s, PySequence_Fast_GET_ITEM(list, i));
    if (!value)
      Py_CLEAR(values);
    else
      PyList_SET_ITEM(values, i, value);
  }
  return values;
}

static PyObject *assemble(results *s, PyObject *fetch) {
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

/* ---- feeds ------------------------------------------------------------------------------------------------------- */

typedef struct feeds {
  hr_feed *items;
  hr_tensor *tensors;
  PyObject **held;
  int32_t count, capacity;
  hr_feed few[FEW];
  hr_tensor few_tensors[FEW];
  PyObject *few_held[FEW];
} feeds;

static void feeds_init(feeds *f) {
  f->items = f->few;
  f->tensors = f->few_tensors;
  f->held = f->few_held;
  f->count = 0;
  f->capacity = FEW;
}

static void feeds_clear(feeds *f) {
  for (int32_t i = 0; i < f->count; ++i) {
    hr_tensor_clear(&f->tensors[i]);
    Py_XDECREF(f->held[i]);
  }
  if (f->items == f->few) return;
  free(f->items);
  free(f->tensors);
  free(f->held);
}

static bool feeds_room(feeds *f) {
  if (f->count < f->capacity) return true;
  int32_t capacity = f->capacity * 2;
  hr_feed *items = malloc(sizeof *items * (size_t)capacity);
  hr_tensor *tensors = malloc(sizeof *tensors * (size_t)capacity);
  PyObject **held = malloc(sizeof *held * (size_t)capacity);
  if (!items || !tensors || !held) {
    free(items);
    free(tensors);
    free(held);
    PyErr_NoMemory();
    return false;
  }
  memcpy(items, f->items, sizeof *items * (size_t)f->count);
  memcpy(tensors, f->tensors, sizeof *tensors * (size_t)f->count);
  memcpy(held, f->held, sizeof *held * (size_t)f->count);
  if (f->items != f->few) {
    free(f->items);
    free(f->tensors);
    free(f->held);
  }
  *f = (feeds){.items = items, .tensors = tensors, .held = held, .count = f->count, .capacity = capacity};
  return true;
}

static bool feed_output(py_graph *graph, PyObject *key, hr_output *output) {
  if (py_is_tensor(key)) {
    *output = ((py_tensor *)key)->output;
    if (((py_tensor *)key)->op->graph == graph) return true;
    PyErr_Format(PyExc_TypeError,
                 "Cannot interpret feed_dict key as Tensor: Tensor %S is not an element of this graph.", key);
    return false;
  }
  if (py_is_variable(key) && ((py_variable *)key)->var) {
    *output = hr_var_ref(((py_variable *)key)->var);
    return true;
  }
  const char *name;
  if ((PyUnicode_Check(key) || PyBytes_Check(key)) && py_to_text(key, &name)) {
    hr_status status = strchr(name, ':')
                           ? hr_graph_output(graph->graph, name, output)
                           : hr_error(HR_INVALID_ARGUMENT,
                                      "The name '%s' refers to an Operation, not a "
                                      "Tensor. Tensor names must be of the form \"<op_name>:<output_index>\".",
                                      name);
    if (!status) return true;
    PyErr_Format(PyExc_TypeError, "Cannot interpret feed_dict key as Tensor: %s", hr_status_message(status));
    hr_status_free(status);
    return false;
  }
  if (!PyErr_Occurred())
    PyErr_Format(PyExc_TypeError, "Cannot interpret feed_dict key as Tensor: Can not convert a %s into a Tensor.",
                 Py_TYPE(key)->tp_name);
  return false;
}

/* The feed that stands for an output; -1: none. */
static int32_t feed_of(const feeds *f, hr_output output) {
  for (int32_t i = 0; i < f->count; ++i)
    if (hr_output_equal(f->items[i].output, output)) return i;
  return -1;
}

/* False with an exception set where graph.prevent_feeding was called for the tensor. */
static bool is_feedable(py_graph *graph, PyObject *tensor) {
  if (!graph->is_restricted) return true;
  PyObject *answer = PyObject_CallMethod((PyObject *)graph, "is_feedable", "O", tensor);
  bool feedable = answer == Py_True;
  if (answer && !feedable) PyErr_Format(PyExc_ValueError, "Tensor %S may not be fed.", tensor);
  Py_XDECREF(answer);
  return feedable;
}

static bool check_feed(py_graph *graph, hr_output output, PyObject *value) {
  bool is_value = !py_is_tensor(value) && !py_is_variable(value);
  if (is_value && !graph->is_restricted) return true;
  PyObject *tensor = py_from_output(graph, output);
  if (tensor && !is_value)
    PyErr_Format(PyExc_TypeError,
                 "The value of a feed cannot be a tf.Tensor object. Acceptable feed values include Python scalars, "
                 "strings, lists, numpy ndarrays, or TensorHandles. The object %S was passed to the feed with key %S.",
                 value, tensor);
  bool ok = tensor && is_value && is_feedable(graph, tensor);
  Py_XDECREF(tensor);
  return ok;
}

/* Of two feeds of one tensor (by object and by name) the later one counts. */
static bool add_feed(feeds *f, py_graph *graph, hr_output output, PyObject *value) {
  if (!check_feed(graph, output, value) || !feeds_room(f)) return false;
  int32_t before = feed_of(f, output);
  if (before >= 0) {
    hr_tensor_clear(&f->tensors[before]);
    Py_CLEAR(f->held[before]);
    return py_to_feed(value, output, &f->tensors[before], &f->held[before]);
  }
  hr_tensor *tensor = &f->tensors[f->count];
  if (!py_to_feed(value, output, tensor, &f->held[f->count])) return false;
  f->items[f->count++].output = output;
  return true;
}

static bool add_feeds(feeds *f, py_graph *graph, PyObject *feed_dict) {
  if (!feed_dict || feed_dict == Py_None) return true;
  if (!PyDict_Check(feed_dict)) {
    PyErr_Format(PyExc_TypeError, "feed_dict must be a dict, not %s", Py_TYPE(feed_dict)->tp_name);
    return false;
  }
  PyObject *key, *value;
  Py_ssize_t position = 0;
  while (PyDict_Next(feed_dict, &position, &key, &value)) {
    if (!py_is_tensor(key) && !py_is_variable(key) && !PyUnicode_Check(key) && !PyBytes_Check(key)) {
      PyObject *pairs = PyObject_CallFunctionObjArgs(py_classes[PY_FEED_FALLBACK], key, value, NULL);
      if (!pairs) return false;
      bool ok = true;
      for (Py_ssize_t i = 0; ok && i < PyList_GET_SIZE(pairs); ++i) {
        PyObject *pair = PyList_GET_ITEM(pairs, i);
        hr_output output;
        ok = feed_output(graph, PyTuple_GET_ITEM(pair, 0), &output) &&
             add_feed(f, graph, output, PyTuple_GET_ITEM(pair, 1));
      }
      Py_DECREF(pairs);
      if (!ok) return false;
      continue;
    }
    hr_output output;
    if (!feed_output(graph, key, &output) || !add_feed(f, graph, output, value)) return false;
  }
  for (int32_t i = 0; i < f->count; ++i) /* once the arrays do not move any more */
    f->items[i].value = &f->tensors[i];
  return true;
}

/* ---- running ----------------------------------------------------------------------------------------------------- */

static bool session_is_open(py_session *self) {
  if (self->session && !self->closed) return true;
  PyErr_SetString(PyExc_RuntimeError, "Attempted to use a closed Session.");
  return false;
}

/* Turns the tensors of a run into Python values; takes all of them, whatever happens. */
static bool take_values(hr_tensor *tensors, int32_t count, PyObject **values) {
  bool ok = true;
  for (int32_t i = 0; i < count; ++i) {
    values[i] = NULL;
    if (ok)
      values[i] = py_from_tensor(&tensors[i]);
    else
      hr_tensor_clear(&tensors[i]);
    ok = ok && values[i];
  }
  return ok;
}

/* The value of a fetch that is fed: the array that was fed, or one made of what was. */
static PyObject *fed_value(const feeds *f, int32_t index) {
  if (f->held[index]) {
    Py_INCREF(f->held[index]);
    return f->held[index];
  }
  hr_tensor copy;
  if (!py_check(hr_tensor_clone(hr_cpu_allocator(), &f->tensors[index], &copy))) return NULL;
  return py_array_from_tensor(&copy);
}

/* Runs and gives one Python value a fetch. `options` and `metadata` may be NULL. */
static bool run_request(py_session *self, const request *r, const feeds *f, const hr_run_options *options,
                        hr_owned_bytes *metadata, PyObject **values) {
  /* Fetches that are fed are left out of the run. */
  int32_t count = 0, place[FEW], *places = place;
  hr_output few_wanted[FEW], *wanted = few_wanted;
  hr_tensor few_tensors[FEW], *tensors = few_tensors;
  if (r->num_fetches > FEW) {
    places = malloc(sizeof *places * (size_t)r->num_fetches);
    wanted = malloc(sizeof *wanted * (size_t)r->num_fetches);
    tensors = malloc(sizeof *tensors * (size_t)r->num_fetches);
    if (!places || !wanted || !tensors) {
      free(places);
      free(wanted);
      free(tensors);
      PyErr_NoMemory();
      return false;
    }
  }
  for (int32_t i = 0; i < r->num_fetches; ++i) {
    values[i] = NULL;
    if (f->count > 0 && feed_of(f, r->fetches[i]) >= 0) {
      places[i] = -1;
      continue;
    }
    wanted[count] = r->fetches[i];
    places[i] = count++;
  }
  hr_status status = HR_SUCCESS;
  hr_session *session = self->session;
  if (count > 0 || r->num_targets > 0 || metadata) {
    Py_BEGIN_ALLOW_THREADS;
    if (options || metadata)
      status = hr_session_run_with(session, options, f->count, f->items, count, wanted, tensors, r->num_targets,
                                   r->targets, metadata);
    else
      status = hr_session_run(session, f->count, f->items, count, wanted, tensors, r->num_targets, r->targets);
    Py_END_ALLOW_THREADS;
  }
  PyObject *few_taken[FEW], **taken = few_taken;
  bool ok = status == HR_SUCCESS;
  if (!ok) {
    py_raise_running(status, self->graph);
  } else {
    if (count > FEW) taken = malloc(sizeof *taken * (size_t)count);
    ok = taken ? take_values(tensors, count, taken) : (PyErr_NoMemory(), false);
    for (int32_t i = 0; i < r->num_fetches && taken; ++i) {
      if (places[i] >= 0) {
        values[i] = taken[places[i]];
      } else if (ok) {
        values[i] = fed_value(f, feed_of(f, r->fetches[i]));
        ok = values[i] != NULL;
      }
    }
    if (taken != few_taken) free(taken);
  }
  if (r->num_fetches > FEW) {
    free(places);
    free(wanted);
    free(tensors);
  }
  return ok;
}

/* run(fetches, feed_dict) with what the Python session has made of options. */
static PyObject *run_values(py_session *self, PyObject *fetches, PyObject *feed_dict, const hr_run_options *options,
                            hr_owned_bytes *metadata) {
  request r;
  request_init(&r, self->graph);
  feeds f;
  feeds_init(&f);
  PyObject *result = NULL;
  if (hr_graph_node_count(self->graph->graph) == 0) {
    PyErr_SetString(PyExc_RuntimeError,
                    "The Session graph is empty.  Add operations to the graph before calling run().");
    return NULL;
  }
  if (collect(&r, fetches) && add_feeds(&f, self->graph, feed_dict)) {
    PyObject *few[FEW] = {NULL}, **values = r.num_fetches <= FEW ? few : calloc((size_t)r.num_fetches, sizeof *values);
    if (!values)
      PyErr_NoMemory();
    else if (run_request(self, &r, &f, options, metadata, values)) {
      if (py_is_operation(fetches)) {
        result = Py_None;
        Py_INCREF(result);
      } else if (py_is_tensor(fetches)) {
        result = values[0];
        Py_INCREF(result);
      } else {
        results s = {&r, values, 0};
        result = assemble(&s, fetches);
      }
    }
    for (int32_t i = 0; values && i < r.num_fetches; ++i)
      Py_XDECREF(values[i]);
    if (values != few) free(values);
  }
  feeds_clear(&f);
  request_clear(&r);
  return result;
}

static bool read_bytes(PyObject *v, hr_bytes *out) { return py_to_bytes(v, out); }

static PyObject *session_run(py_session *self, PyObject *const *args, Py_ssize_t num_args, PyObject *kwnames) {
  static const char *const names[] = {"fetches", "feed_dict", "options", "run_metadata"};
  PyObject *a[4];
  if (!py_arguments("run", names, 4, 0, args, num_args, kwnames, a)) return NULL;
  if (!a[0]) {
    PyErr_Format(PyExc_TypeError, num_args || kwnames ? "Fetch argument None has invalid type <class 'NoneType'>"
                                                      : "run() missing 1 required positional argument: 'fetches'");
    return NULL;
  }
  if (!session_is_open(self)) return NULL;
  if (!a[2] && !a[3]) return run_values(self, a[0], a[1], NULL, NULL);
  hr_run_options options = {0};
  hr_owned_bytes metadata = {0};
  if (a[2]) {
    PyObject *bytes = PyObject_CallMethod(a[2], "SerializeToString", NULL);
    hr_bytes view;
    bool ok = bytes && read_bytes(bytes, &view);
    hr_status status = ok ? hr_run_options_parse(view.data, view.length, &options) : HR_SUCCESS;
    Py_XDECREF(bytes);
    if (!ok) return NULL;
    if (status) return py_raise_running(status, self->graph);
  }
  PyObject *result = run_values(self, a[0], a[1], &options, a[3] ? &metadata : NULL);
  if (result && a[3]) {
    PyObject *bytes = py_from_bytes(&metadata);
    PyObject *parsed = bytes ? PyObject_CallMethod(a[3], "ParseFromString", "O", bytes) : NULL;
    Py_XDECREF(bytes);
    if (!parsed) Py_CLEAR(result);
    Py_XDECREF(parsed);
  }
  free(metadata.data);
  return result;
}

/* ---- callables --------------------------------------------------------------------------------------------------- */

/* What make_callable gives: a function of the feeds' values. */
typedef struct py_callable {
  PyObject_HEAD vectorcallfunc vectorcall;
  py_session *session;
  hr_callable *callable;
  PyObject *fetches;   /* for the structure of results */
  PyObject *feed_list; /* a list or tuple */
  request request;
  hr_output *feeds;
  int32_t num_feeds;
} py_callable;
static PyTypeObject *callable_type;

static int callable_traverse(py_callable *self, visitproc visit, void *arg) {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(self->session);
  Py_VISIT(self->fetches);
  Py_VISIT(self->feed_list);
  return 0;
}
static int callable_clear(py_callable *self) {
  Py_CLEAR(self->fetches);
  Py_CLEAR(self->feed_list);
  return 0;
}
static void callable_dealloc(py_callable *self) {
  PyTypeObject *type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  hr_callable_free(self->callable);
  if (self->request.fetches) request_clear(&self->request);
  free(self->feeds);
  Py_CLEAR(self->fetches);
  Py_CLEAR(self->feed_list);
  Py_CLEAR(self->session);
  type->tp_free(self);
  Py_DECREF(type);
}

/* A call with options, or without values for the last feeds: an ordinary run. */
static PyObject *callable_run(py_callable *self, PyObject *const *args, Py_ssize_t count, PyObject *kwnames) {
  PyObject *feed_dict = PyDict_New(), *options = PyDict_New(), *result = NULL;
  bool ok = feed_dict && options && PyDict_SetItemString(options, "feed_dict", feed_dict) == 0;
  for (Py_ssize_t i = 0; ok && i < count; ++i)
    ok = PyDict_SetItem(feed_dict, PySequence_Fast_GET_ITEM(self->feed_list, i), args[i]) == 0;
  for (Py_ssize_t i = 0; ok && kwnames && i < PyTuple_GET_SIZE(kwnames); ++i)
    ok = PyDict_SetItem(options, PyTuple_GET_ITEM(kwnames, i), args[count + i]) == 0;
  PyObject *run = ok ? PyObject_GetAttrString((PyObject *)self->session, "run") : NULL;
  PyObject *fetches = run ? PyTuple_Pack(1, self->fetches) : NULL;
  if (fetches) result = PyObject_Call(run, fetches, options);
  Py_XDECREF(fetches);
  Py_XDECREF(run);
  Py_XDECREF(options);
  Py_XDECREF(feed_dict);
  return result;
}

static PyObject *callable_call(PyObject *callable, PyObject *const *args, size_t nargsf, PyObject *kwnames) {
  py_callable *self = (py_callable *)callable;
  Py_ssize_t count = PyVectorcall_NARGS(nargsf);
  if (count < self->num_feeds || (kwnames && PyTuple_GET_SIZE(kwnames) > 0 && count == self->num_feeds))
    return callable_run(self, args, count, kwnames);
  if (count != self->num_feeds)
    return PyErr_Format(PyExc_ValueError, "Callable expected %d feed values, got %zd", (int)self->num_feeds, count);
  if (!session_is_open(self->session)) return NULL;
  hr_tensor few[FEW], *tensors = few;
  const hr_tensor *few_pointers[FEW], **pointers = few_pointers;
  PyObject *few_held[FEW], **held = few_held;
  hr_tensor few_values[FEW], *values = few_values;
  PyObject *few_results[FEW], **taken = few_results;
  int32_t num_fetches = self->request.num_fetches;
  void *memory = NULL;
  if (count > FEW || num_fetches > FEW) {
    size_t n = (size_t)(count > num_fetches ? count : num_fetches);
    memory = malloc(n * (2 * sizeof *tensors + 3 * sizeof(void *)));
    if (!memory) return PyErr_NoMemory();
    tensors = memory;
    values = tensors + n;
    pointers = (const hr_tensor **)(values + n);
    held = (PyObject **)(pointers + n);
    taken = held + n;
  }
  PyObject *result = NULL;
  int32_t filled = 0;
  while (filled < count && py_to_feed(args[filled], self->feeds[filled], &tensors[filled], &held[filled])) {
    pointers[filled] = &tensors[filled];
    ++filled;
  }
  if (filled == count) {
    hr_status status;
    Py_BEGIN_ALLOW_THREADS;
    status = hr_callable_run(self->callable, pointers, values);
    Py_END_ALLOW_THREADS;
    if (status) {
      py_raise_running(status, self->session->graph);
    } else if (take_values(values, num_fetches, taken)) {
      if (py_is_tensor(self->fetches)) {
        result = taken[0];
        Py_INCREF(result);
      } else {
        results s = {&self->request, taken, 0};
        result = assemble(&s, self->fetches);
      }
      for (int32_t i = 0; i < num_fetches; ++i)
        Py_DECREF(taken[i]);
    } else {
      for (int32_t i = 0; i < num_fetches; ++i)
        Py_XDECREF(taken[i]);
    }
  }
  for (int32_t i = 0; i < filled; ++i) {
    hr_tensor_clear(&tensors[i]);
    Py_XDECREF(held[i]);
  }
  free(memory);
  return result;
}

static PyMemberDef callable_members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(py_callable, vectorcall), READONLY, NULL}, {0}};
static PyType_Slot callable_slots[] = {{Py_tp_dealloc, callable_dealloc}, {Py_tp_traverse, callable_traverse},
                                       {Py_tp_clear, callable_clear},     {Py_tp_call, PyVectorcall_Call},
                                       {Py_tp_members, callable_members}, {0, NULL}};
static PyType_Spec callable_spec = {.name = "headrace._headrace.Callable",
                                    .basicsize = sizeof(py_callable),
                                    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL,
                                    .slots = callable_slots};

/* make_callable(fetches, feed_list=None) */
static PyObject *session_make_callable(py_session *self, PyObject *args, PyObject *kwargs) {
  PyObject *fetches, *feed_list = Py_None;
  int accept_options = 0; /* all callables do */
  static char *names[] = {"fetches", "feed_list", "accept_options", NULL};
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|Op", names, &fetches, &feed_list, &accept_options)) return NULL;
  if (!session_is_open(self)) return NULL;
  PyObject *list =
      feed_list == Py_None ? PyTuple_New(0) : PySequence_Fast(feed_list, "feed_list must be a list of tensors.");
  if (!list) return NULL;
  py_callable *made = (py_callable *)callable_type->tp_alloc(callable_type, 0);
  if (!made) {
    Py_DECREF(list);
    return NULL;
  }
  made->vectorcall = callable_call;
  request_init(&made->request, self->graph);
  Py_INCREF(self);
  made->session = self;
  Py_INCREF(fetches);
  made->fetches = fetches;
  made->num_feeds = (int32_t)PySequence_Fast_GET_SIZE(list);
  made->feeds = malloc(sizeof *made->feeds * (size_t)(made->num_feeds + 1));
  bool ok = made->feeds && collect(&made->request, fetches);
  for (int32_t i = 0; ok && i < made->num_feeds; ++i)
    ok = feed_output(self->graph, PySequence_Fast_GET_ITEM(list, i), &made->feeds[i]);
  made->feed_list = list;
  if (ok) {
    hr_status status =
        hr_callable_new(self->session, made->num_feeds, made->feeds, made->request.num_fetches, made->request.fetches,
                        made->request.num_targets, made->request.targets, &made->callable);
    if (status) py_raise_running(status, self->graph);
  }
  if (PyErr_Occurred()) Py_CLEAR(made);
  return (PyObject *)made;
}

/* ---- partial runs ------------------------------------------------------------------------------------------------ */

#define PARTIAL_NAME "headrace.partial_run"
static void free_partial(PyObject *capsule) { hr_partial_run_free(PyCapsule_GetPointer(capsule, PARTIAL_NAME)); }

/* partial_run_setup(fetches, feeds=None) -> handle */
static PyObject *session_partial_run_setup(py_session *self, PyObject *args, PyObject *kwargs) {
  PyObject *fetches, *feed_list = Py_None;
  static char *names[] = {"fetches", "feeds", NULL};
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|O", names, &fetches, &feed_list)) return NULL;
  if (!session_is_open(self)) return NULL;
  PyObject *list =
      feed_list == Py_None ? PyTuple_New(0) : PySequence_Fast(feed_list, "feeds must be a list of tensors.");
  if (!list) return NULL;
  request r;
  request_init(&r, self->graph);
  int32_t count = (int32_t)PySequence_Fast_GET_SIZE(list);
  hr_output *outputs = malloc(sizeof *outputs * (size_t)(count + 1));
  bool ok = outputs && collect(&r, fetches);
  for (int32_t i = 0; ok && i < count; ++i)
    ok = feed_output(self->graph, PySequence_Fast_GET_ITEM(list, i), &outputs[i]);
  Py_DECREF(list);
  hr_partial_run *run = NULL;
  PyObject *handle = NULL;
  if (ok) {
    hr_status status =
        hr_partial_run_new(self->session, count, outputs, r.num_fetches, r.fetches, r.num_targets, r.targets, &run);
    if (status)
      py_raise_running(status, self->graph);
    else
      handle = PyCapsule_New(run, PARTIAL_NAME, free_partial);
  }
  free(outputs);
  request_clear(&r);
  return handle;
}

/* partial_run(handle, fetches, feed_dict=None) */
static PyObject *session_partial_run(py_session *self, PyObject *args, PyObject *kwargs) {
  PyObject *handle, *fetches, *feed_dict = Py_None;
  static char *names[] = {"handle", "fetches", "feed_dict", NULL};
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OO|O", names, &handle, &fetches, &feed_dict)) return NULL;
  if (!session_is_open(self)) return NULL;
  if (!PyCapsule_IsValid(handle, PARTIAL_NAME))
    return py_raise_running(
        hr_error(HR_INVALID_ARGUMENT, "Must run 'partial_run_setup' before performing partial runs!"), self->graph);
  hr_partial_run *run = PyCapsule_GetPointer(handle, PARTIAL_NAME);
  request r;
  request_init(&r, self->graph);
  feeds f;
  feeds_init(&f);
  PyObject *result = NULL;
  if (collect(&r, fetches) && add_feeds(&f, self->graph, feed_dict)) {
    hr_tensor *tensors = malloc(sizeof *tensors * (size_t)(r.num_fetches + 1));
    PyObject **values = malloc(sizeof *values * (size_t)(r.num_fetches + 1));
    hr_status status = HR_SUCCESS;
    if (!tensors || !values) {
      PyErr_NoMemory();
    } else {
      Py_BEGIN_ALLOW_THREADS;
      status = hr_partial_run_step(run, f.count, f.items, r.num_fetches, r.fetches, tensors);
      Py_END_ALLOW_THREADS;
      if (status) {
        py_raise_running(status, self->graph);
      } else {
        bool ok = take_values(tensors, r.num_fetches, values);
        results s = {&r, values, 0};
        if (ok) result = assemble(&s, fetches);
        for (int32_t i = 0; i < r.num_fetches; ++i)
          Py_XDECREF(values[i]);
      }
    }
    free(tensors);
    free(values);
  }
  feeds_clear(&f);
  request_clear(&r);
  return result;
}

/* ---- the session ------------------------------------------------------------------------------------------------- */

/* _open(graph, target, config bytes or None) */
static PyObject *session_open(py_session *self, PyObject *args) {
  PyObject *graph;
  const char *target, *config;
  Py_ssize_t length = 0;
  if (!PyArg_ParseTuple(args, "Osz#", &graph, &target, &config, &length)) return NULL;
  if (!py_is_graph(graph)) {
    PyErr_Format(PyExc_TypeError, "graph must be a tf.Graph, but got %R", (PyObject *)Py_TYPE(graph));
    return NULL;
  }
  hr_session_options options = {0};
  hr_status status = config ? hr_session_options_parse(config, (size_t)length, &options) : HR_SUCCESS;
  if (status) return py_raise_running(status, NULL);
  options.target = target;
  status = hr_session_new(((py_graph *)graph)->graph, &options, &self->session);
  if (status) return py_raise_running(status, NULL);
  Py_INCREF(graph);
  Py_XSETREF(self->graph, (py_graph *)graph);
  Py_RETURN_NONE;
}

static PyObject *session_close(py_session *self, PyObject *unused) {
  (void)unused;
  hr_session *session = self->session;
  if (!session || self->closed) Py_RETURN_NONE;
  self->closed = true;
  hr_status status;
  Py_BEGIN_ALLOW_THREADS;
  status = hr_session_close(session);
  Py_END_ALLOW_THREADS;
  if (status) return py_raise_running(status, self->graph);
  Py_RETURN_NONE;
}

/* [(name, type, memory limit, incarnation)]. */
static PyObject *session_devices(py_session *self, PyObject *unused) {
  (void)unused;
  int32_t count = self->session ? hr_session_device_count(self->session) : 0;
  PyObject *devices = PyList_New(count);
  for (int32_t i = 0; devices && i < count; ++i) {
    hr_device_info device = hr_session_device(self->session, i);
    PyObject *one = Py_BuildValue("(ssLK)", device.name, device.type, (long long)device.memory_limit,
                                  (unsigned long long)device.incarnation);
    if (!one)
      Py_CLEAR(devices);
    else
      PyList_SET_ITEM(devices, i, one);
  }
  return devices;
}

/* session_reset(target, list of containers' names) */
static PyObject *session_reset(PyObject *module, PyObject *args) {
  (void)module;
  const char *target;
  PyObject *names;
  if (!PyArg_ParseTuple(args, "sO!", &target, &PyList_Type, &names)) return NULL;
  Py_ssize_t count = PyList_GET_SIZE(names);
  const char **containers = PyMem_Calloc((size_t)count + 1, sizeof *containers);
  if (!containers) return PyErr_NoMemory();
  bool ok = true;
  for (Py_ssize_t i = 0; ok && i < count; ++i)
    ok = (containers[i] = PyUnicode_AsUTF8(PyList_GET_ITEM(names, i))) != NULL;
  hr_status status = HR_SUCCESS;
  if (ok) {
    Py_BEGIN_ALLOW_THREADS;
    status = hr_session_reset(target, (int32_t)count, containers);
    Py_END_ALLOW_THREADS;
  }
  PyMem_Free(containers);
  if (!ok) return NULL;
  if (status) return py_raise_running(status, NULL);
  Py_RETURN_NONE;
}

static int session_traverse(py_session *self, visitproc visit, void *arg) {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(self->graph);
  return 0;
}
static void session_dealloc(py_session *self) {
  PyTypeObject *type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  hr_session *session = self->session;
  self->session = NULL;
  if (session) {
    Py_BEGIN_ALLOW_THREADS;
    hr_session_free(session);
    Py_END_ALLOW_THREADS;
  }
  Py_CLEAR(self->graph);
  type->tp_free(self);
  Py_DECREF(type);
}

static PyObject *session_get_graph(py_session *self, void *unused) {
  (void)unused;
  PyObject *graph = self->graph ? (PyObject *)self->graph : Py_None;
  Py_INCREF(graph);
  return graph;
}

hr_session *py_session_of(PyObject *v) {
  static PyTypeObject *type;
  if (!type) {
    PyObject *module = PyImport_ImportModule("headrace._headrace");
    type = module ? (PyTypeObject *)PyObject_GetAttrString(module, "Session") : NULL;
    Py_XDECREF(module);
  }
  if (!type || !PyObject_TypeCheck(v, type)) {
    if (!PyErr_Occurred()) PyErr_Format(PyExc_TypeError, "%R is no session", v);
    return NULL;
  }
  return session_is_open((py_session *)v) ? ((py_session *)v)->session : NULL;
}

static PyMethodDef session_methods[] = {
    {"run", (PyCFunction)(void (*)(void))session_run, METH_FASTCALL | METH_KEYWORDS,
     "run(fetches, feed_dict=None, options=None, run_metadata=None): runs what the fetches need.\n\n"
     "`fetches` is a tensor, an operation, a variable, a name, or lists, tuples, namedtuples and dicts of these; the "
     "result has the same structure, with arrays for tensors and None for operations. `feed_dict` gives values to "
     "tensors in place of what would compute them."},
    {"make_callable", (PyCFunction)(void (*)(void))session_make_callable, METH_VARARGS | METH_KEYWORDS,
     "make_callable(fetches, feed_list=None, accept_options=False): a function of the feeds' values that runs the "
     "fetches, prepared once."},
    {"partial_run_setup", (PyCFunction)(void (*)(void))session_partial_run_setup, METH_VARARGS | METH_KEYWORDS,
     "partial_run_setup(fetches, feeds=None): a handle of a run whose feeds and fetches come in several calls."},
    {"partial_run", (PyCFunction)(void (*)(void))session_partial_run, METH_VARARGS | METH_KEYWORDS,
     "partial_run(handle, fetches, feed_dict=None): goes on with such a run."},
    {"_open", (PyCFunction)session_open, METH_VARARGS, NULL},
    {"_close", (PyCFunction)session_close, METH_NOARGS, NULL},
    {"_devices", (PyCFunction)session_devices, METH_NOARGS, NULL},
    {0}};
static PyGetSetDef session_getset[] = {{"graph", (getter)session_get_graph, NULL, "The graph it runs.", NULL}, {0}};
static PyType_Slot session_slots[] = {{Py_tp_dealloc, session_dealloc},
                                      {Py_tp_traverse, session_traverse},
                                      {Py_tp_methods, session_methods},
                                      {Py_tp_getset, session_getset},
                                      {0, NULL}};
static PyType_Spec session_spec = {.name = "headrace._headrace.Session",
                                   .basicsize = sizeof(py_session),
                                   .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
                                   .slots = session_slots};

static PyMethodDef methods[] = {{"session_reset", session_reset, METH_VARARGS, NULL}, {0}};

bool py_add_session_types(PyObject *module) {
  callable_type = py_add_type(module, &callable_spec);
  return callable_type && py_add_type(module, &session_spec) && PyModule_AddFunctions(module, methods) == 0;
}
