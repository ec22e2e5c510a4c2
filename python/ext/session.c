/* Sessions: running a graph from Python. The values of a run go in and out without copies where memory allows, and the
 * GIL is released while the graph runs. */
#include "run.h"

bool py_session_is_open(py_session *self) {
  if (self->session && !self->closed) return true;
  PyErr_SetString(PyExc_RuntimeError, "Attempted to use a closed Session.");
  return false;
}

/* ---- running ----------------------------------------------------------------------------------------------------- */

/* The value of a fetch that is fed: the array that was fed, or one made of what was. */
static PyObject *fed_value(const py_feeds *f, int32_t index) {
  if (f->held[index]) {
    Py_INCREF(f->held[index]);
    return f->held[index];
  }
  hr_tensor copy;
  if (!py_check(hr_tensor_clone(hr_cpu_allocator(), &f->tensors[index], &copy))) return NULL;
  return py_array_from_tensor(&copy);
}

/* Runs and gives one Python value a fetch. `options` and `metadata` may be NULL. */
static bool run_request(py_session *self, const py_request *r, const py_feeds *f, const hr_run_options *options,
                        hr_owned_bytes *metadata, PyObject **values) {
  /* Fetches that are fed are left out of the run. */
  int32_t count = 0, place[PY_FEW], *places = place;
  hr_output few_wanted[PY_FEW], *wanted = few_wanted;
  hr_tensor few_tensors[PY_FEW], *tensors = few_tensors;
  if (r->num_fetches > PY_FEW) {
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
    if (f->count > 0 && py_feed_of(f, r->fetches[i]) >= 0) {
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
  PyObject *few_taken[PY_FEW], **taken = few_taken;
  bool ok = status == HR_SUCCESS;
  if (!ok) {
    py_raise_running(status, self->graph);
  } else {
    if (count > PY_FEW) taken = malloc(sizeof *taken * (size_t)count);
    ok = taken ? py_take_values(tensors, count, taken) : (PyErr_NoMemory(), false);
    for (int32_t i = 0; i < r->num_fetches && taken; ++i) {
      if (places[i] >= 0) {
        values[i] = taken[places[i]];
      } else if (ok) {
        values[i] = fed_value(f, py_feed_of(f, r->fetches[i]));
        ok = values[i] != NULL;
      }
    }
    if (taken != few_taken) free(taken);
  }
  if (r->num_fetches > PY_FEW) {
    free(places);
    free(wanted);
    free(tensors);
  }
  return ok;
}

/* run(fetches, feed_dict) with what the Python session has made of options. */
static PyObject *run_values(py_session *self, PyObject *fetches, PyObject *feed_dict, const hr_run_options *options,
                            hr_owned_bytes *metadata) {
  py_request r;
  py_request_init(&r, self->graph);
  py_feeds f;
  py_feeds_init(&f);
  PyObject *result = NULL;
  if (hr_graph_node_count(self->graph->graph) == 0) {
    PyErr_SetString(PyExc_RuntimeError,
                    "The Session graph is empty.  Add operations to the graph before calling run().");
    return NULL;
  }
  if (py_collect(&r, fetches) && py_add_feeds(&f, self->graph, feed_dict)) {
    PyObject *few[PY_FEW] = {NULL},
             **values = r.num_fetches <= PY_FEW ? few : calloc((size_t)r.num_fetches, sizeof *values);
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
        py_results s = {&r, values, 0};
        result = py_assemble(&s, fetches);
      }
    }
    for (int32_t i = 0; values && i < r.num_fetches; ++i)
      Py_XDECREF(values[i]);
    if (values != few) free(values);
  }
  py_feeds_clear(&f);
  py_request_clear(&r);
  return result;
}

static PyObject *session_run(py_session *self, PyObject *const *args, Py_ssize_t num_args, PyObject *kwnames) {
  static const char *const names[] = {"fetches", "feed_dict", "options", "run_metadata"};
  PyObject *a[4];
  if (!py_arguments("run", names, 4, 0, args, num_args, kwnames, a)) return NULL;
  if (!a[0]) {
    PyErr_Format(PyExc_TypeError, num_args || kwnames ? "Fetch argument None has invalid type <class 'NoneType'>"
                                                      : "run() missing 1 required positional argument: 'fetches'");
    return NULL;
  }
  if (!py_session_is_open(self)) return NULL;
  if (!a[2] && !a[3]) return run_values(self, a[0], a[1], NULL, NULL);
  hr_run_options options = {0};
  hr_owned_bytes metadata = {0};
  if (a[2]) {
    PyObject *bytes = PyObject_CallMethod(a[2], "SerializeToString", NULL);
    hr_bytes view;
    bool ok = bytes && py_to_bytes(bytes, &view);
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

/* ---- partial runs ------------------------------------------------------------------------------------------------ */

#define PARTIAL_NAME "headrace.partial_run"
static void free_partial(PyObject *capsule) { hr_partial_run_free(PyCapsule_GetPointer(capsule, PARTIAL_NAME)); }

/* partial_run_setup(fetches, feeds=None) -> handle */
static PyObject *session_partial_run_setup(py_session *self, PyObject *args, PyObject *kwargs) {
  PyObject *fetches, *feed_list = Py_None;
  static char *names[] = {"fetches", "feeds", NULL};
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|O", names, &fetches, &feed_list)) return NULL;
  if (!py_session_is_open(self)) return NULL;
  PyObject *list =
      feed_list == Py_None ? PyTuple_New(0) : PySequence_Fast(feed_list, "feeds must be a list of tensors.");
  if (!list) return NULL;
  py_request r;
  py_request_init(&r, self->graph);
  int32_t count = (int32_t)PySequence_Fast_GET_SIZE(list);
  hr_output *outputs = malloc(sizeof *outputs * (size_t)(count + 1));
  bool ok = outputs && py_collect(&r, fetches);
  for (int32_t i = 0; ok && i < count; ++i)
    ok = py_feed_output(self->graph, PySequence_Fast_GET_ITEM(list, i), &outputs[i]);
  Py_DECREF(list);
  hr_partial_run *run = NULL;
  PyObject *handle = NULL;
  if (ok && !r.num_fetches && !r.num_targets) {
    py_raise_running(hr_error(HR_INVALID_ARGUMENT, "Must specify at least one target to fetch or execute."),
                     self->graph);
  } else if (ok) {
    hr_status status =
        hr_partial_run_new(self->session, count, outputs, r.num_fetches, r.fetches, r.num_targets, r.targets, &run);
    if (status)
      py_raise_running(status, self->graph);
    else
      handle = PyCapsule_New(run, PARTIAL_NAME, free_partial);
  }
  free(outputs);
  py_request_clear(&r);
  return handle;
}

/* partial_run(handle, fetches, feed_dict=None) */
static PyObject *session_partial_run(py_session *self, PyObject *args, PyObject *kwargs) {
  PyObject *handle, *fetches, *feed_dict = Py_None;
  static char *names[] = {"handle", "fetches", "feed_dict", NULL};
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OO|O", names, &handle, &fetches, &feed_dict)) return NULL;
  if (!py_session_is_open(self)) return NULL;
  if (!PyCapsule_IsValid(handle, PARTIAL_NAME))
    return py_raise_running(
        hr_error(HR_INVALID_ARGUMENT, "Must run 'partial_run_setup' before performing partial runs!"), self->graph);
  hr_partial_run *run = PyCapsule_GetPointer(handle, PARTIAL_NAME);
  py_request r;
  py_request_init(&r, self->graph);
  py_feeds f;
  py_feeds_init(&f);
  PyObject *result = NULL;
  if (py_collect(&r, fetches) && py_add_feeds(&f, self->graph, feed_dict)) {
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
        bool ok = py_take_values(tensors, r.num_fetches, values);
        py_results s = {&r, values, 0};
        if (ok) result = py_assemble(&s, fetches);
        for (int32_t i = 0; i < r.num_fetches; ++i)
          Py_XDECREF(values[i]);
      }
    }
    free(tensors);
    free(values);
  }
  py_feeds_clear(&f);
  py_request_clear(&r);
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

/* [(name, type, memory limit, incarnation, description)]. */
static PyObject *session_devices(py_session *self, PyObject *unused) {
  (void)unused;
  hr_status status = HR_SUCCESS;
  hr_session *session = self->session;
  if (session) {
    Py_BEGIN_ALLOW_THREADS;
    status = hr_session_update_devices(session);
    Py_END_ALLOW_THREADS;
  }
  if (status) return py_raise_running(status, self->graph);
  int32_t count = session ? hr_session_device_count(session) : 0;
  PyObject *devices = PyList_New(count);
  for (int32_t i = 0; devices && i < count; ++i) {
    hr_device_info device = hr_session_device(self->session, i);
    PyObject *one = Py_BuildValue("(ssLKs)", device.name, device.type, (long long)device.memory_limit,
                                  (unsigned long long)device.incarnation, device.description);
    if (!one)
      Py_CLEAR(devices);
    else
      PyList_SET_ITEM(devices, i, one);
  }
  return devices;
}

/* device_count(type): those of the machine */
static PyObject *device_count(PyObject *module, PyObject *type) {
  (void)module;
  const char *text = PyUnicode_AsUTF8(type);
  return text ? PyLong_FromLong(hr_machine_device_count(text)) : NULL;
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
  return py_session_is_open((py_session *)v) ? ((py_session *)v)->session : NULL;
}

static PyMethodDef session_methods[] = {
    {"run", (PyCFunction)(void (*)(void))session_run, METH_FASTCALL | METH_KEYWORDS,
     "run($self, fetches, feed_dict=None, options=None, run_metadata=None)\n--\n\nRuns what the fetches need.\n\n"
     "`fetches` is a tensor, an operation, a variable, a name, or lists, tuples, namedtuples and dicts of these; the "
     "result has the same structure, with arrays for tensors and None for operations. `feed_dict` gives values to "
     "tensors in place of what would compute them."},
    {"make_callable", (PyCFunction)(void (*)(void))py_make_callable, METH_VARARGS | METH_KEYWORDS,
     "make_callable($self, fetches, feed_list=None, accept_options=False)\n--\n\n"
     "A function of the feeds' values that runs the fetches, prepared once."},
    {"partial_run_setup", (PyCFunction)(void (*)(void))session_partial_run_setup, METH_VARARGS | METH_KEYWORDS,
     "partial_run_setup($self, fetches, feeds=None)\n--\n\n"
     "A handle of a run whose feeds and fetches come in several calls."},
    {"partial_run", (PyCFunction)(void (*)(void))session_partial_run, METH_VARARGS | METH_KEYWORDS,
     "partial_run($self, handle, fetches, feed_dict=None)\n--\n\nGoes on with such a run."},
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

static PyMethodDef methods[] = {
    {"session_reset", session_reset, METH_VARARGS, NULL}, {"device_count", device_count, METH_O, NULL}, {0}};

bool py_add_session_types(PyObject *module) {
  return py_add_callable_type(module) && py_add_type(module, &session_spec) &&
         PyModule_AddFunctions(module, methods) == 0;
}
