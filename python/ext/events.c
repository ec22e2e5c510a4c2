/* Event files. */
#include "files.h"

typedef struct py_file_writer {
  PyObject_HEAD hr_file_writer *writer; /* NULL once closed */
} py_file_writer;
static PyTypeObject *file_writer_type;

static PyObject *file_writer_close(py_file_writer *self, PyObject *unused) {
  (void)unused;
  hr_file_writer *writer = self->writer;
  self->writer = NULL;
  hr_status status;
  WITHOUT_GIL(status, hr_file_writer_close(writer));
  if (status) return py_raise_running(status, NULL);
  Py_RETURN_NONE;
}

static void file_writer_dealloc(PyObject *self) {
  hr_file_writer *writer = ((py_file_writer *)self)->writer;
  hr_status status = HR_SUCCESS;
  if (writer) WITHOUT_GIL(status, hr_file_writer_close(writer));
  hr_status_free(status);
  py_free_object(self);
}

/* file_writer(directory, graph or None, max_queue, flush_secs, suffix or None) */
static PyObject *make_file_writer(PyObject *module, PyObject *args) {
  (void)module;
  const char *directory;
  PyObject *graph;
  hr_event_writer_options o = {0};
  if (!PyArg_ParseTuple(args, "sOidz", &directory, &graph, &o.max_queue, &o.flush_secs, &o.suffix)) return NULL;
  py_file_writer *self = (py_file_writer *)file_writer_type->tp_alloc(file_writer_type, 0);
  if (!self) return NULL;
  hr_status status =
      hr_file_writer_new(directory, graph == Py_None ? NULL : ((py_graph *)graph)->graph, &o, &self->writer);
  if (!status) return (PyObject *)self;
  Py_DECREF(self);
  return py_raise_running(status, NULL);
}

static bool writer_is_open(py_file_writer *self) {
  if (self->writer) return true;
  PyErr_SetString(PyExc_RuntimeError, "The FileWriter is closed");
  return false;
}

typedef hr_status (*add_function)(hr_file_writer *writer, const void *bytes, size_t length, int64_t step);

static hr_status add_event(hr_file_writer *writer, const void *bytes, size_t length, int64_t step) {
  (void)step; /* it stands in the event */
  return hr_file_writer_add_event(writer, bytes, length);
}

static const struct {
  const char *kind;
  add_function add;
} kinds[] = {
    {"summary", hr_file_writer_add_summary},
    {"graph_def", hr_file_writer_add_graph_def},
    {"meta_graph", hr_file_writer_add_meta_graph},
    {"session_log", hr_file_writer_add_session_log},
    {"event", add_event},
};

/* add(kind, bytes, step) */
static PyObject *file_writer_add(py_file_writer *self, PyObject *args) {
  const char *kind, *bytes;
  Py_ssize_t length;
  long long step;
  if (!PyArg_ParseTuple(args, "sy#L", &kind, &bytes, &length, &step) || !writer_is_open(self)) return NULL;
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; ++i) {
    if (strcmp(kinds[i].kind, kind) != 0) continue;
    hr_status status;
    WITHOUT_GIL(status, kinds[i].add(self->writer, bytes, (size_t)length, step));
    if (status) return py_raise_running(status, NULL);
    Py_RETURN_NONE;
  }
  return PyErr_Format(PyExc_ValueError, "no kind of event: %s", kind);
}

/* add_run_metadata(bytes, tag, step). ValueError for a tag that was used. */
static PyObject *file_writer_add_run_metadata(py_file_writer *self, PyObject *args) {
  const char *bytes, *tag;
  Py_ssize_t length;
  long long step;
  if (!PyArg_ParseTuple(args, "y#sL", &bytes, &length, &tag, &step) || !writer_is_open(self)) return NULL;
  hr_status status;
  WITHOUT_GIL(status, hr_file_writer_add_run_metadata(self->writer, bytes, (size_t)length, tag, step));
  if (status)
    return hr_status_code(status) == HR_INVALID_ARGUMENT ? py_raise_building(status) : py_raise_running(status, NULL);
  Py_RETURN_NONE;
}

static PyObject *file_writer_add_graph(py_file_writer *self, PyObject *args) {
  PyObject *graph;
  long long step;
  if (!PyArg_ParseTuple(args, "O!L", py_graph_type, &graph, &step) || !writer_is_open(self)) return NULL;
  hr_status status = hr_file_writer_add_graph(self->writer, ((py_graph *)graph)->graph, step);
  if (status) return py_raise_running(status, NULL);
  Py_RETURN_NONE;
}

static PyObject *file_writer_flush(py_file_writer *self, PyObject *unused) {
  (void)unused;
  if (!writer_is_open(self)) return NULL;
  hr_status status;
  WITHOUT_GIL(status, hr_file_writer_flush(self->writer));
  if (status) return py_raise_running(status, NULL);
  Py_RETURN_NONE;
}

static PyMethodDef file_writer_methods[] = {
    {"add", (PyCFunction)file_writer_add, METH_VARARGS, NULL},
    {"add_run_metadata", (PyCFunction)file_writer_add_run_metadata, METH_VARARGS, NULL},
    {"add_graph", (PyCFunction)file_writer_add_graph, METH_VARARGS, NULL},
    {"flush", (PyCFunction)file_writer_flush, METH_NOARGS, NULL},
    {"close", (PyCFunction)file_writer_close, METH_NOARGS, NULL},
    {0}};
static PyType_Slot file_writer_slots[] = {
    {Py_tp_dealloc, file_writer_dealloc}, {Py_tp_methods, file_writer_methods}, {0, NULL}};
static PyType_Spec file_writer_spec = {.name = "headrace._headrace.FileWriter",
                                       .basicsize = sizeof(py_file_writer),
                                       .flags = Py_TPFLAGS_DEFAULT,
                                       .slots = file_writer_slots};

static PyMethodDef methods[] = {{"file_writer", make_file_writer, METH_VARARGS, NULL}, {0}};

bool py_add_event_files(PyObject *module) {
  file_writer_type = py_add_type(module, &file_writer_spec);
  return file_writer_type && PyModule_AddFunctions(module, methods) == 0;
}
