/* Savers. */
#include "files.h"

typedef struct py_saver {
  PyObject_HEAD hr_saver *saver;
} py_saver;
static PyTypeObject *saver_type;

static void saver_dealloc(PyObject *self) {
  hr_saver_free(((py_saver *)self)->saver);
  py_free_object(self);
}

hr_saver *py_saver_of(PyObject *v) {
  if (PyObject_TypeCheck(v, saver_type)) return ((py_saver *)v)->saver;
  PyErr_Format(PyExc_TypeError, "%R is no saver", v);
  return NULL;
}

/* The options that a dict names; false with an exception. */
static bool read_options(PyObject *options, hr_saver_options *o) {
  const struct {
    const char *key;
    bool *flag;
  } flags[] = {{"sharded", &o->sharded},
               {"reshape", &o->reshape},
               {"allow_empty", &o->allow_empty},
               {"version1", &o->version1},
               {"pad_step_number", &o->pad_step_number},
               {"save_relative_paths", &o->save_relative_paths}};
  for (size_t i = 0; i < sizeof flags / sizeof *flags; ++i) {
    PyObject *value = PyDict_GetItemString(options, flags[i].key);
    if (value && !py_to_bool(value, flags[i].flag)) return false;
  }
  PyObject *keep = PyDict_GetItemString(options, "max_to_keep");
  PyObject *hours = PyDict_GetItemString(options, "keep_checkpoint_every_n_hours");
  return (!keep || py_to_int32(keep, &o->max_to_keep)) &&
         (!hours || py_to_double(hours, &o->keep_checkpoint_every_n_hours));
}

/* A list of (kind, name, handle, tensors). False with an exception. */
static bool to_objects(py_call *call, PyObject *list, hr_saved_object *out) {
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); ++i) {
    int kind;
    PyObject *handle, *tensors;
    if (!PyArg_ParseTuple(PyList_GET_ITEM(list, i), "isOO", &kind, &out[i].name, &handle, &tensors)) return false;
    hr_outputs parts;
    out[i].kind = kind ? HR_SAVED_ITERATOR : HR_SAVED_TABLE;
    if (!py_to_output(call, handle, &out[i].handle) || !py_to_outputs(call, tensors, &parts)) return false;
    if (parts.count != (kind ? 1 : 2)) {
      PyErr_SetString(PyExc_ValueError, "A table is saved as two tensors, the state of an iterator as one");
      return false;
    }
    for (int32_t k = 0; k < parts.count; ++k)
      out[i].tensors[k] = parts.items[k];
  }
  return true;
}

/* saver(name or None, vars or None, names or None, objects, filename or None, options dict) */
static PyObject *make_saver(PyObject *module, PyObject *args) {
  (void)module;
  const char *name, *filename;
  PyObject *vars, *names, *objects, *options;
  if (!PyArg_ParseTuple(args, "zOOO!zO!", &name, &vars, &names, &PyList_Type, &objects, &filename, &PyDict_Type,
                        &options))
    return NULL;
  hr_saver_options o = {HR_SAVER_DEFAULTS, .name = name, .filename = filename};
  if (!read_options(options, &o)) return NULL;
  hr_saved_object *saved = PyMem_Calloc((size_t)PyList_GET_SIZE(objects) + 1, sizeof *saved);
  if (!saved) return PyErr_NoMemory();
  o.objects = saved;
  o.num_objects = (int32_t)PyList_GET_SIZE(objects);
  py_call call;
  if (!py_call_begin(&call, &vars, 1)) {
    PyMem_Free(saved);
    return NULL;
  }
  hr_vars items;
  hr_strings keys;
  bool ok = (vars == Py_None || py_to_vars(&call, vars, &items)) &&
            (names == Py_None || py_to_strings(&call, names, &keys)) && to_objects(&call, objects, saved);
  if (ok && vars != Py_None) o.vars = &items;
  if (ok && names != Py_None) o.names = keys.items;
  py_saver *self = ok ? (py_saver *)saver_type->tp_alloc(saver_type, 0) : NULL;
  if (self) self->saver = hr_saver_new_with(call.scope, &o);
  if (!py_call_end(&call)) Py_CLEAR(self);
  PyMem_Free(saved);
  return (PyObject *)self;
}

/* saver_from_proto(bytes, scope or None) */
static PyObject *saver_from_proto(PyObject *module, PyObject *args) {
  (void)module;
  const char *bytes, *scope;
  Py_ssize_t length;
  if (!PyArg_ParseTuple(args, "y#z", &bytes, &length, &scope)) return NULL;
  py_saver *self = (py_saver *)saver_type->tp_alloc(saver_type, 0);
  if (self && !py_check(hr_saver_from_proto(bytes, (size_t)length, &self->saver, .scope = scope))) Py_CLEAR(self);
  return (PyObject *)self;
}

/* to_proto(scope or None) -> bytes; None where the saver's nodes are not in the scope */
static PyObject *saver_to_proto(py_saver *self, PyObject *args) {
  const char *scope;
  if (!PyArg_ParseTuple(args, "z", &scope)) return NULL;
  hr_owned_bytes bytes = {0};
  hr_status status = hr_saver_to_proto(self->saver, &bytes.data, &bytes.length, .scope = scope);
  if (hr_status_code(status) == HR_NOT_FOUND) {
    hr_status_free(status);
    Py_RETURN_NONE;
  }
  return py_check(status) ? py_from_bytes(&bytes) : NULL;
}

/* Bad arguments and an empty graph are Python's errors, what a run says is tf.errors'. */
static PyObject *raise_of(hr_status status, PyObject *session) {
  hr_code code = hr_status_code(status);
  if ((code == HR_INVALID_ARGUMENT || code == HR_FAILED_PRECONDITION) && !hr_status_node(status))
    return py_raise_building(status);
  PyObject *graph = PyObject_GetAttrString(session, "graph");
  if (!graph) PyErr_Clear();
  py_raise_running(status, (py_graph *)graph);
  Py_XDECREF(graph);
  return NULL;
}

/* save(session, path, step or None, latest_filename or None, suffix, write_meta_graph, write_state, strip) -> path */
static PyObject *saver_save(py_saver *self, PyObject *args) {
  PyObject *session_object, *step;
  const char *path, *latest, *suffix;
  int write_meta_graph, write_state, strip;
  if (!PyArg_ParseTuple(args, "OsOzsppp", &session_object, &path, &step, &latest, &suffix, &write_meta_graph,
                        &write_state, &strip))
    return NULL;
  hr_session *session = py_session_of(session_object);
  hr_save_options o = {.global_step = HR_NO_STEP,
                       .latest_filename = latest,
                       .meta_graph_suffix = suffix,
                       .write_meta_graph = write_meta_graph,
                       .write_state = write_state,
                       .strip_default_attrs = strip};
  if (!session || (step != Py_None && !py_to_int64(step, &o.global_step))) return NULL;
  char *saved = NULL;
  hr_status status;
  WITHOUT_GIL(status, hr_saver_save_with(self->saver, session, path, &saved, &o));
  if (status) return raise_of(status, session_object);
  PyObject *result = PyUnicode_FromString(saved ? saved : path);
  free(saved);
  return result;
}

static PyObject *saver_restore(py_saver *self, PyObject *args) {
  PyObject *session_object;
  const char *path;
  if (!PyArg_ParseTuple(args, "Oz", &session_object, &path)) return NULL;
  hr_session *session = py_session_of(session_object);
  if (!session) return NULL;
  hr_status status;
  WITHOUT_GIL(status, hr_saver_restore(self->saver, session, path));
  if (status) return raise_of(status, session_object);
  Py_RETURN_NONE;
}

/* checkpoints() -> [(path, seconds since 1970)] */
static PyObject *saver_checkpoints(py_saver *self, PyObject *unused) {
  (void)unused;
  PyObject *list = PyList_New(0);
  for (int32_t i = 0; list && i < hr_saver_checkpoint_count(self->saver); ++i) {
    PyObject *entry =
        Py_BuildValue("(sd)", hr_saver_checkpoint(self->saver, i), hr_saver_checkpoint_time(self->saver, i));
    if (!entry || PyList_Append(list, entry) < 0) Py_CLEAR(list);
    Py_XDECREF(entry);
  }
  return list;
}

/* set_checkpoints(paths, times or None) */
static PyObject *saver_set_checkpoints(py_saver *self, PyObject *args) {
  PyObject *paths, *times;
  if (!PyArg_ParseTuple(args, "O!O", &PyList_Type, &paths, &times)) return NULL;
  if (times != Py_None && (!PyList_Check(times) || PyList_GET_SIZE(times) != PyList_GET_SIZE(paths))) {
    PyErr_SetString(PyExc_ValueError, "as many times as paths are wanted");
    return NULL;
  }
  py_call call;
  if (!py_call_begin(&call, NULL, 0)) return NULL;
  hr_strings items;
  double *seconds = NULL;
  bool ok = py_to_strings(&call, paths, &items);
  if (ok && times != Py_None) {
    seconds = py_call_allocate(&call, sizeof *seconds * (size_t)(items.count + 1));
    ok = seconds != NULL;
    for (int32_t i = 0; ok && i < items.count; ++i)
      ok = py_to_double(PyList_GET_ITEM(times, i), &seconds[i]);
  }
  if (ok) hr_scope_fail(call.scope, hr_saver_set_checkpoints(self->saver, items.count, items.items, seconds));
  if (!py_call_end(&call)) return NULL;
  Py_RETURN_NONE;
}

static PyObject *saver_recover(py_saver *self, PyObject *paths) {
  py_call call;
  if (!py_call_begin(&call, NULL, 0)) return NULL;
  hr_strings items;
  if (py_to_strings(&call, paths, &items))
    hr_scope_fail(call.scope, hr_saver_recover(self->saver, items.count, items.items));
  if (!py_call_end(&call)) return NULL;
  Py_RETURN_NONE;
}

static PyMethodDef saver_methods[] = {{"save", (PyCFunction)saver_save, METH_VARARGS, NULL},
                                      {"restore", (PyCFunction)saver_restore, METH_VARARGS, NULL},
                                      {"to_proto", (PyCFunction)saver_to_proto, METH_VARARGS, NULL},
                                      {"checkpoints", (PyCFunction)saver_checkpoints, METH_NOARGS, NULL},
                                      {"set_checkpoints", (PyCFunction)saver_set_checkpoints, METH_VARARGS, NULL},
                                      {"recover", (PyCFunction)saver_recover, METH_O, NULL},
                                      {0}};
static PyType_Slot saver_slots[] = {{Py_tp_dealloc, saver_dealloc}, {Py_tp_methods, saver_methods}, {0, NULL}};
static PyType_Spec saver_spec = {.name = "headrace._headrace.Saver",
                                 .basicsize = sizeof(py_saver),
                                 .flags = Py_TPFLAGS_DEFAULT,
                                 .slots = saver_slots};

static PyMethodDef methods[] = {
    {"saver", make_saver, METH_VARARGS, NULL}, {"saver_from_proto", saver_from_proto, METH_VARARGS, NULL}, {0}};

bool py_add_savers(PyObject *module) {
  saver_type = py_add_type(module, &saver_spec);
  return saver_type && PyModule_AddFunctions(module, methods) == 0;
}
