/* Checkpoints as files. */
#include "files.h"

static PyObject *checkpoint_exists(PyObject *module, PyObject *prefix) {
  (void)module;
  const char *text;
  return py_to_text(prefix, &text) ? PyBool_FromLong(hr_checkpoint_exists(text)) : NULL;
}

static PyObject *latest_checkpoint(PyObject *module, PyObject *args) {
  (void)module;
  const char *directory, *latest;
  if (!PyArg_ParseTuple(args, "sz", &directory, &latest)) return NULL;
  char *prefix = NULL;
  hr_status status = hr_latest_checkpoint(directory, latest, &prefix);
  if (status) return py_raise_running(status, NULL);
  if (!prefix) Py_RETURN_NONE;
  PyObject *result = PyUnicode_FromString(prefix);
  free(prefix);
  return result;
}

/* checkpoint_time(prefix) -> seconds since 1970; None where there is no checkpoint */
static PyObject *checkpoint_time(PyObject *module, PyObject *prefix) {
  (void)module;
  const char *text;
  if (!py_to_text(prefix, &text)) return NULL;
  double seconds;
  hr_status status = hr_checkpoint_time(text, &seconds);
  if (!status) return PyFloat_FromDouble(seconds);
  if (hr_status_code(status) != HR_NOT_FOUND) return py_raise_running(status, NULL);
  hr_status_free(status);
  Py_RETURN_NONE;
}

/* remove_checkpoint(prefix, version1, suffix of the MetaGraph) */
static PyObject *remove_checkpoint(PyObject *module, PyObject *args) {
  (void)module;
  const char *prefix, *suffix;
  int version1;
  if (!PyArg_ParseTuple(args, "sps", &prefix, &version1, &suffix)) return NULL;
  hr_status status = hr_remove_checkpoint(prefix, version1, suffix);
  if (status) return py_raise_running(status, NULL);
  Py_RETURN_NONE;
}

/* ---- the state file ---------------------------------------------------------------------------------------------- */

static PyObject *from_state(hr_checkpoint_state *state) {
  hr_owned_bytes bytes = {0};
  hr_status status = hr_checkpoint_state_to_proto(state, &bytes.data, &bytes.length);
  hr_checkpoint_state_free(state);
  return py_check(status) ? py_from_bytes(&bytes) : NULL;
}

/* get_checkpoint_state(directory, latest_filename or None) -> bytes of a CheckpointState, None for none */
static PyObject *get_checkpoint_state(PyObject *module, PyObject *args) {
  (void)module;
  const char *directory, *latest;
  if (!PyArg_ParseTuple(args, "sz", &directory, &latest)) return NULL;
  hr_checkpoint_state *state = NULL;
  hr_status status = hr_get_checkpoint_state(directory, latest, &state);
  if (hr_status_code(status) == HR_INVALID_ARGUMENT) return py_raise_building(status);
  if (status) return py_raise_running(status, NULL);
  if (!state) Py_RETURN_NONE;
  return from_state(state);
}

/* The state that (newest, all or None, times or None, last preserved or None) say. */
static bool to_state(py_call *call, PyObject *args, hr_checkpoint_state *out) {
  PyObject *all, *times, *last;
  const char *newest;
  hr_strings paths = {0};
  if (!PyArg_ParseTuple(args, "sOOO", &newest, &all, &times, &last)) return false;
  if (all != Py_None && !py_to_strings(call, all, &paths)) return false;
  Py_ssize_t count = times == Py_None ? 0 : PySequence_Size(times);
  double *seconds = count < 0 ? NULL : py_call_allocate(call, sizeof *seconds * (size_t)(count + 1));
  if (!seconds) return false;
  for (Py_ssize_t i = 0; i < count; ++i) {
    PyObject *time = PySequence_GetItem(times, i);
    bool ok = time && py_to_double(time, &seconds[i]);
    Py_XDECREF(time);
    if (!ok) return false;
  }
  *out = (hr_checkpoint_state){.model_checkpoint_path = newest,
                               .all_model_checkpoint_paths = paths.items,
                               .path_count = (size_t)paths.count,
                               .all_model_checkpoint_timestamps = seconds,
                               .timestamp_count = (size_t)count};
  return last == Py_None || py_to_double(last, &out->last_preserved_timestamp);
}

/* generate_checkpoint_state(directory, state tuple as in to_state) -> bytes */
static PyObject *generate_checkpoint_state(PyObject *module, PyObject *args) {
  (void)module;
  const char *directory;
  PyObject *parts;
  if (!PyArg_ParseTuple(args, "sO!", &directory, &PyTuple_Type, &parts)) return NULL;
  py_call call;
  if (!py_call_begin(&call, NULL, 0)) return NULL;
  hr_checkpoint_state given, *state = NULL;
  if (to_state(&call, parts, &given))
    hr_scope_fail(call.scope, hr_generate_checkpoint_state(directory, &given, &state));
  if (py_call_end(&call)) return from_state(state);
  hr_checkpoint_state_free(state);
  return NULL;
}

/* update_checkpoint_state(directory, latest_filename or None, state tuple) */
static PyObject *update_checkpoint_state(PyObject *module, PyObject *args) {
  (void)module;
  const char *directory, *latest;
  PyObject *parts;
  if (!PyArg_ParseTuple(args, "szO!", &directory, &latest, &PyTuple_Type, &parts)) return NULL;
  py_call call;
  if (!py_call_begin(&call, NULL, 0)) return NULL;
  hr_checkpoint_state given;
  hr_status status = HR_SUCCESS;
  if (to_state(&call, parts, &given)) status = hr_update_checkpoint_state(directory, latest, &given);
  if (hr_status_code(status) == HR_INVALID_ARGUMENT) {
    hr_scope_fail(call.scope, status);
    status = HR_SUCCESS;
  }
  bool ok = py_call_end(&call);
  if (!ok) {
    hr_status_free(status);
    return NULL;
  }
  if (status) return py_raise_running(status, NULL);
  Py_RETURN_NONE;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

typedef struct py_checkpoint_reader {
  PyObject_HEAD hr_checkpoint_reader *reader;
} py_checkpoint_reader;
static PyTypeObject *checkpoint_reader_type;

static void checkpoint_reader_dealloc(PyObject *self) {
  hr_checkpoint_reader_free(((py_checkpoint_reader *)self)->reader);
  py_free_object(self);
}

static PyObject *open_checkpoint(PyObject *module, PyObject *prefix) {
  (void)module;
  const char *text;
  py_checkpoint_reader *self = py_to_text(prefix, &text)
                                   ? (py_checkpoint_reader *)checkpoint_reader_type->tp_alloc(checkpoint_reader_type, 0)
                                   : NULL;
  if (!self) return NULL;
  hr_status status = hr_checkpoint_reader_open(text, &self->reader);
  if (!status) return (PyObject *)self;
  Py_DECREF(self);
  return py_raise_running(status, NULL);
}

static PyObject *checkpoint_tensors(py_checkpoint_reader *self, PyObject *unused) {
  (void)unused;
  PyObject *list = PyList_New(0);
  for (size_t i = 0; list && i < hr_checkpoint_reader_count(self->reader); ++i) {
    const char *name = hr_checkpoint_reader_name(self->reader, i);
    hr_dtype dtype;
    hr_shape shape;
    hr_status status = hr_checkpoint_reader_info(self->reader, name, &dtype, &shape);
    if (status) {
      Py_DECREF(list);
      return py_raise_running(status, NULL);
    }
    hr_partial_shape known = hr_partial_shape_from(&shape);
    PyObject *row = Py_BuildValue("(sNN)", name, py_from_dtype(dtype), py_from_dims(&known));
    if (!row || PyList_Append(list, row) < 0) Py_CLEAR(list);
    Py_XDECREF(row);
  }
  return list;
}

static PyObject *checkpoint_get(py_checkpoint_reader *self, PyObject *name) {
  const char *text;
  if (!py_to_text(name, &text)) return NULL;
  hr_tensor tensor;
  hr_status status;
  WITHOUT_GIL(status, hr_checkpoint_reader_get(self->reader, text, &tensor));
  return status ? py_raise_running(status, NULL) : py_from_tensor(&tensor);
}

static PyObject *checkpoint_debug_string(py_checkpoint_reader *self, PyObject *unused) {
  (void)unused;
  hr_owned_bytes text = {0};
  hr_status status = hr_checkpoint_reader_debug_string(self->reader, &text.data);
  if (status) return py_raise_running(status, NULL);
  text.length = strlen(text.data);
  return py_from_bytes(&text);
}

static PyMethodDef checkpoint_reader_methods[] = {
    {"tensors", (PyCFunction)checkpoint_tensors, METH_NOARGS, NULL},
    {"get", (PyCFunction)checkpoint_get, METH_O, NULL},
    {"debug_string", (PyCFunction)checkpoint_debug_string, METH_NOARGS, NULL},
    {0}};
static PyType_Slot checkpoint_reader_slots[] = {
    {Py_tp_dealloc, checkpoint_reader_dealloc}, {Py_tp_methods, checkpoint_reader_methods}, {0, NULL}};
static PyType_Spec checkpoint_reader_spec = {.name = "headrace._headrace.CheckpointReader",
                                             .basicsize = sizeof(py_checkpoint_reader),
                                             .flags = Py_TPFLAGS_DEFAULT,
                                             .slots = checkpoint_reader_slots};

static PyMethodDef methods[] = {{"checkpoint_exists", checkpoint_exists, METH_O, NULL},
                                {"latest_checkpoint", latest_checkpoint, METH_VARARGS, NULL},
                                {"checkpoint_time", checkpoint_time, METH_O, NULL},
                                {"remove_checkpoint", remove_checkpoint, METH_VARARGS, NULL},
                                {"get_checkpoint_state", get_checkpoint_state, METH_VARARGS, NULL},
                                {"generate_checkpoint_state", generate_checkpoint_state, METH_VARARGS, NULL},
                                {"update_checkpoint_state", update_checkpoint_state, METH_VARARGS, NULL},
                                {"open_checkpoint", open_checkpoint, METH_O, NULL},
                                {0}};

bool py_add_checkpoints(PyObject *module) {
  checkpoint_reader_type = py_add_type(module, &checkpoint_reader_spec);
  return checkpoint_reader_type && PyModule_AddFunctions(module, methods) == 0;
}
