/* Callables: runs prepared once. */
#include "run.h"
#include <structmember.h>

/* What make_callable gives: a function of the feeds' values. */
typedef struct py_callable {
  PyObject_HEAD vectorcallfunc vectorcall;
  py_session *session;
  hr_callable *callable;
  PyObject *fetches;   /* for the structure of results */
  PyObject *feed_list; /* a list or tuple */
  py_request request;
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
  if (self->request.fetches) py_request_clear(&self->request);
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
  if (!py_session_is_open(self->session)) return NULL;
  hr_tensor few[PY_FEW], *tensors = few;
  const hr_tensor *few_pointers[PY_FEW], **pointers = few_pointers;
  PyObject *few_held[PY_FEW], **held = few_held;
  hr_tensor few_values[PY_FEW], *values = few_values;
  PyObject *few_results[PY_FEW], **taken = few_results;
  int32_t num_fetches = self->request.num_fetches;
  void *memory = NULL;
  if (count > PY_FEW || num_fetches > PY_FEW) {
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
    } else if (py_take_values(values, num_fetches, taken)) {
      if (py_is_tensor(self->fetches)) {
        result = taken[0];
        Py_INCREF(result);
      } else {
        py_results s = {&self->request, taken, 0};
        result = py_assemble(&s, self->fetches);
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
PyObject *py_make_callable(py_session *self, PyObject *args, PyObject *kwargs) {
  PyObject *fetches, *feed_list = Py_None;
  int accept_options = 0; /* all callables do */
  static char *names[] = {"fetches", "feed_list", "accept_options", NULL};
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|Op", names, &fetches, &feed_list, &accept_options)) return NULL;
  if (!py_session_is_open(self)) return NULL;
  PyObject *list =
      feed_list == Py_None ? PyTuple_New(0) : PySequence_Fast(feed_list, "feed_list must be a list of tensors.");
  if (!list) return NULL;
  py_callable *made = (py_callable *)callable_type->tp_alloc(callable_type, 0);
  if (!made) {
    Py_DECREF(list);
    return NULL;
  }
  made->vectorcall = callable_call;
  py_request_init(&made->request, self->graph);
  Py_INCREF(self);
  made->session = self;
  Py_INCREF(fetches);
  made->fetches = fetches;
  made->num_feeds = (int32_t)PySequence_Fast_GET_SIZE(list);
  made->feeds = malloc(sizeof *made->feeds * (size_t)(made->num_feeds + 1));
  bool ok = made->feeds && py_collect(&made->request, fetches);
  for (int32_t i = 0; ok && i < made->num_feeds; ++i)
    ok = py_feed_output(self->graph, PySequence_Fast_GET_ITEM(list, i), &made->feeds[i]);
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

bool py_add_callable_type(PyObject *module) {
  callable_type = py_add_type(module, &callable_spec);
  return callable_type != NULL;
}
