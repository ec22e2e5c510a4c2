/* Graphs, checkpoints, events and records as files and bytes. */
#include "binding.h"

hr_session *py_session_of(PyObject *v);

static void plain_dealloc(PyObject *self) {
  PyTypeObject *type = Py_TYPE(self);
  type->tp_free(self);
  Py_DECREF(type);
}

/* Runs a statement without the GIL and raises the error of its status. */
#define WITHOUT_GIL(status, expression)                                                                                \
  do {                                                                                                                 \
    Py_BEGIN_ALLOW_THREADS;                                                                                            \
    (status) = (expression);                                                                                           \
    Py_END_ALLOW_THREADS;                                                                                              \
  } while (0)

/* ---- graphs ------------------------------------------------------------------------------------------------------ */

/* export_graph(graph, add_shapes, from_node, clear_devices=False, strip_default_attrs=False) -> bytes */
static PyObject *export_graph(PyObject *module, PyObject *args) {
  (void)module;
  PyObject *graph;
  int shapes, from_node, clear_devices = 0, strip = 0;
  if (!PyArg_ParseTuple(args, "O!pi|pp", py_graph_type, &graph, &shapes, &from_node, &clear_devices, &strip))
    return NULL;
  hr_export_options o = {
      .output_shapes = shapes, .from_node = from_node, .clear_devices = clear_devices, .strip_default_attrs = strip};
  hr_owned_bytes bytes = {0};
  return py_check(hr_graph_export(((py_graph *)graph)->graph, &o, &bytes)) ? py_from_bytes(&bytes) : NULL;
}

/* node_def(operation) -> bytes */
static PyObject *node_def(PyObject *module, PyObject *op) {
  (void)module;
  hr_owned_bytes bytes = {0};
  hr_node *node;
  return py_to_node(NULL, op, &node) && py_check(hr_node_export(node, &bytes)) ? py_from_bytes(&bytes) : NULL;
}

/* Names and outputs of an input map, {name: tensor or operation}. */
static bool read_input_map(py_call *call, PyObject *map, int32_t *count, const char ***names, hr_output **outputs) {
  Py_ssize_t size = map == Py_None ? 0 : PyDict_Size(map), position = 0;
  *count = (int32_t)size;
  *names = py_call_allocate(call, sizeof **names * (size_t)(size + 1));
  *outputs = py_call_allocate(call, sizeof **outputs * (size_t)(size + 1));
  bool ok = *names && *outputs;
  PyObject *key, *value;
  for (int i = 0; ok && size > 0 && PyDict_Next(map, &position, &key, &value); ++i) {
    ok = py_to_text(key, &(*names)[i]);
    if (ok && py_is_operation(value))
      (*outputs)[i] = (hr_output){((py_operation *)value)->node, 0};
    else
      ok = ok && py_to_output(call, value, &(*outputs)[i]);
  }
  return ok;
}

/* import_graph(graph, bytes, name or None, input_map or None, return_elements or None, producer_ops) -> list */
static PyObject *import_graph(PyObject *module, PyObject *args) {
  (void)module;
  PyObject *graph, *map, *returns, *bytes, *producer;
  const char *name;
  if (!PyArg_ParseTuple(args, "O!SzOOS", py_graph_type, &graph, &bytes, &name, &map, &returns, &producer)) return NULL;
  py_call call;
  py_call_begin_in(&call, (py_graph *)graph);
  hr_import_options o = {.name = name,
                         .producer_ops = {PyBytes_AS_STRING(producer), (size_t)PyBytes_GET_SIZE(producer)}};
  const char **names;
  hr_output *outputs;
  hr_strings wanted = {0};
  PyObject *result = NULL;
  bool ok = read_input_map(&call, map, &o.num_inputs, &names, &outputs) &&
            (returns == Py_None || py_to_strings(&call, returns, &wanted));
  if (ok) {
    o.input_names = names;
    o.inputs = outputs;
    o.num_returns = wanted.count;
    o.return_names = wanted.items;
    o.returns = py_call_allocate(&call, sizeof *o.returns * (size_t)(wanted.count + 1));
    hr_status status = hr_graph_import(call.scope, PyBytes_AS_STRING(bytes), (size_t)PyBytes_GET_SIZE(bytes), &o);
    if (status) {
      hr_scope_fail(call.scope, hr_status_code(status) == HR_NOT_FOUND ? status : status);
    } else {
      result = PyList_New(wanted.count);
      for (int32_t i = 0; result && i < wanted.count; ++i) {
        PyObject *item = o.returns[i].index < 0 ? py_from_node(call.graph, o.returns[i].node)
                                                : py_from_output(call.graph, o.returns[i]);
        if (!item)
          Py_CLEAR(result);
        else
          PyList_SET_ITEM(result, i, item);
      }
    }
  }
  if (!py_call_end(&call)) Py_CLEAR(result);
  return result;
}

/* export_meta_graph(graph, saver_def bytes, collections or None, tags, clear_devices, strip_default_attrs) -> bytes */
static PyObject *export_meta_graph(PyObject *module, PyObject *args) {
  (void)module;
  PyObject *graph, *saver, *collections, *tags;
  int clear_devices, strip;
  if (!PyArg_ParseTuple(args, "O!SOOpp", py_graph_type, &graph, &saver, &collections, &tags, &clear_devices, &strip))
    return NULL;
  py_call call;
  py_call_begin_in(&call, (py_graph *)graph);
  hr_strings keys = {0}, labels = {0};
  hr_owned_bytes bytes = {0};
  bool ok = (collections == Py_None || py_to_strings(&call, collections, &keys)) && py_to_strings(&call, tags, &labels);
  if (ok) {
    hr_meta_graph_export_options o = {.saver_def = {PyBytes_AS_STRING(saver), (size_t)PyBytes_GET_SIZE(saver)},
                                      .num_collections = keys.count,
                                      .collections = collections == Py_None ? NULL : keys.items,
                                      .num_tags = labels.count,
                                      .tags = labels.items,
                                      .clear_devices = clear_devices,
                                      .strip_default_attrs = strip};
    hr_scope_fail(call.scope, hr_meta_graph_export(((py_graph *)graph)->graph, &o, &bytes));
  }
  if (py_call_end(&call)) return py_from_bytes(&bytes);
  free(bytes.data);
  return NULL;
}

/* import_meta_graph(graph, bytes, import_scope or None, clear_devices, input_map or None) -> SaverDef bytes or None */
static PyObject *import_meta_graph(PyObject *module, PyObject *args) {
  (void)module;
  PyObject *graph, *bytes, *map;
  const char *import_scope;
  int clear_devices;
  if (!PyArg_ParseTuple(args, "O!SzpO", py_graph_type, &graph, &bytes, &import_scope, &clear_devices, &map))
    return NULL;
  py_call call;
  py_call_begin_in(&call, (py_graph *)graph);
  hr_owned_bytes saver = {0};
  hr_meta_graph_import_options o = {.import_scope = import_scope, .clear_devices = clear_devices, .saver_def = &saver};
  const char **names;
  hr_output *outputs;
  if (read_input_map(&call, map, &o.num_inputs, &names, &outputs)) {
    o.input_names = names;
    o.inputs = outputs;
    hr_scope_fail(call.scope,
                  hr_meta_graph_import(call.scope, PyBytes_AS_STRING(bytes), (size_t)PyBytes_GET_SIZE(bytes), &o));
  }
  if (!py_call_end(&call)) {
    free(saver.data);
    return NULL;
  }
  if (!saver.data) Py_RETURN_NONE;
  return py_from_bytes(&saver);
}

/* ---- savers ------------------------------------------------------------------------------------------------------ */

typedef struct py_saver {
  PyObject_HEAD hr_saver *saver;
} py_saver;
static PyTypeObject *saver_type;

static void saver_dealloc(PyObject *self) {
  hr_saver_free(((py_saver *)self)->saver);
  plain_dealloc(self);
}

/* saver(name, vars or None, names or None, sharded, reshape, allow_empty, max_to_keep, keep_hours, filename or None) */
static PyObject *make_saver(PyObject *module, PyObject *args) {
  (void)module;
  const char *name, *filename;
  PyObject *vars, *names;
  int sharded, reshape, allow_empty, max_to_keep;
  double hours;
  if (!PyArg_ParseTuple(args, "zOOpppidz", &name, &vars, &names, &sharded, &reshape, &allow_empty, &max_to_keep, &hours,
                        &filename))
    return NULL;
  py_call call;
  if (!py_call_begin(&call, &vars, 1)) return NULL;
  hr_vars items;
  hr_strings keys;
  hr_saver_options o = {.name = name,
                        .sharded = sharded,
                        .reshape = reshape,
                        .allow_empty = allow_empty,
                        .max_to_keep = max_to_keep,
                        .keep_checkpoint_every_n_hours = hours,
                        .filename = filename};
  bool ok =
      (vars == Py_None || py_to_vars(&call, vars, &items)) && (names == Py_None || py_to_strings(&call, names, &keys));
  if (ok && vars != Py_None) o.vars = &items;
  if (ok && names != Py_None) o.names = keys.items;
  py_saver *self = ok ? (py_saver *)saver_type->tp_alloc(saver_type, 0) : NULL;
  if (self) self->saver = hr_saver_new_with(call.scope, &o);
  if (!py_call_end(&call)) Py_CLEAR(self);
  return (PyObject *)self;
}

static PyObject *saver_from_proto(PyObject *module, PyObject *bytes) {
  (void)module;
  hr_bytes view;
  py_saver *self = py_to_bytes(bytes, &view) ? (py_saver *)saver_type->tp_alloc(saver_type, 0) : NULL;
  if (self && !py_check(hr_saver_from_proto(view.data, view.length, &self->saver))) Py_CLEAR(self);
  return (PyObject *)self;
}

static PyObject *saver_to_proto(py_saver *self, PyObject *unused) {
  (void)unused;
  hr_owned_bytes bytes = {0};
  return py_check(hr_saver_to_proto(self->saver, &bytes.data, &bytes.length)) ? py_from_bytes(&bytes) : NULL;
}

/* save(session, path, global_step or None, latest_filename or None, write_meta_graph, write_state) -> path */
static PyObject *saver_save(py_saver *self, PyObject *args) {
  PyObject *session_object, *step;
  const char *path, *latest;
  int write_meta_graph, write_state;
  if (!PyArg_ParseTuple(args, "OsOzpp", &session_object, &path, &step, &latest, &write_meta_graph, &write_state))
    return NULL;
  hr_session *session = py_session_of(session_object);
  hr_save_options o = {.global_step = HR_NO_STEP,
                       .latest_filename = latest,
                       .write_meta_graph = write_meta_graph,
                       .write_state = write_state};
  if (!session || (step != Py_None && !py_to_int64(step, &o.global_step))) return NULL;
  char *saved = NULL;
  hr_status status;
  WITHOUT_GIL(status, hr_saver_save_with(self->saver, session, path, &saved, &o));
  if (status) return py_raise_running(status, NULL);
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
  if (status) return py_raise_running(status, NULL);
  Py_RETURN_NONE;
}

static PyObject *saver_checkpoints(py_saver *self, PyObject *unused) {
  (void)unused;
  PyObject *list = PyList_New(0);
  for (int32_t i = 0; list && i < hr_saver_checkpoint_count(self->saver); ++i) {
    PyObject *path = PyUnicode_FromString(hr_saver_checkpoint(self->saver, i));
    if (!path || PyList_Append(list, path) < 0) Py_CLEAR(list);
    Py_XDECREF(path);
  }
  return list;
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
                                      {"to_proto", (PyCFunction)saver_to_proto, METH_NOARGS, NULL},
                                      {"checkpoints", (PyCFunction)saver_checkpoints, METH_NOARGS, NULL},
                                      {"recover", (PyCFunction)saver_recover, METH_O, NULL},
                                      {0}};
static PyType_Slot saver_slots[] = {{Py_tp_dealloc, saver_dealloc}, {Py_tp_methods, saver_methods}, {0, NULL}};
static PyType_Spec saver_spec = {.name = "headrace._headrace.Saver",
                                 .basicsize = sizeof(py_saver),
                                 .flags = Py_TPFLAGS_DEFAULT,
                                 .slots = saver_slots};

/* ---- event files ------------------------------------------------------------------------------------------------- */

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
  plain_dealloc(self);
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

/* add(kind, bytes, step, tag) */
static PyObject *file_writer_add(py_file_writer *self, PyObject *args) {
  const char *kind, *bytes, *tag = NULL;
  Py_ssize_t length;
  long long step;
  if (!PyArg_ParseTuple(args, "sy#L|z", &kind, &bytes, &length, &step, &tag) || !writer_is_open(self)) return NULL;
  hr_file_writer *writer = self->writer;
  hr_status status;
  if (strcmp(kind, "summary") == 0)
    WITHOUT_GIL(status, hr_file_writer_add_summary(writer, bytes, (size_t)length, step));
  else if (strcmp(kind, "meta_graph") == 0)
    WITHOUT_GIL(status, hr_file_writer_add_meta_graph(writer, bytes, (size_t)length, step));
  else if (strcmp(kind, "session_log") == 0)
    WITHOUT_GIL(status, hr_file_writer_add_session_log(writer, bytes, (size_t)length, step));
  else
    WITHOUT_GIL(status, hr_file_writer_add_run_metadata(writer, bytes, (size_t)length, tag, step));
  if (status) return py_raise_running(status, NULL);
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

static PyMethodDef file_writer_methods[] = {{"add", (PyCFunction)file_writer_add, METH_VARARGS, NULL},
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

/* ---- checkpoints ------------------------------------------------------------------------------------------------- */

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

typedef struct py_checkpoint_reader {
  PyObject_HEAD hr_checkpoint_reader *reader;
} py_checkpoint_reader;
static PyTypeObject *checkpoint_reader_type;

static void checkpoint_reader_dealloc(PyObject *self) {
  hr_checkpoint_reader_free(((py_checkpoint_reader *)self)->reader);
  plain_dealloc(self);
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

static PyMethodDef checkpoint_reader_methods[] = {{"tensors", (PyCFunction)checkpoint_tensors, METH_NOARGS, NULL},
                                                  {"get", (PyCFunction)checkpoint_get, METH_O, NULL},
                                                  {0}};
static PyType_Slot checkpoint_reader_slots[] = {
    {Py_tp_dealloc, checkpoint_reader_dealloc}, {Py_tp_methods, checkpoint_reader_methods}, {0, NULL}};
static PyType_Spec checkpoint_reader_spec = {.name = "headrace._headrace.CheckpointReader",
                                             .basicsize = sizeof(py_checkpoint_reader),
                                             .flags = Py_TPFLAGS_DEFAULT,
                                             .slots = checkpoint_reader_slots};

static PyMethodDef methods[] = {{"export_graph", export_graph, METH_VARARGS, NULL},
                                {"node_def", node_def, METH_O, NULL},
                                {"import_graph", import_graph, METH_VARARGS, NULL},
                                {"export_meta_graph", export_meta_graph, METH_VARARGS, NULL},
                                {"import_meta_graph", import_meta_graph, METH_VARARGS, NULL},
                                {"saver", make_saver, METH_VARARGS, NULL},
                                {"saver_from_proto", saver_from_proto, METH_O, NULL},
                                {"file_writer", make_file_writer, METH_VARARGS, NULL},
                                {"checkpoint_exists", checkpoint_exists, METH_O, NULL},
                                {"latest_checkpoint", latest_checkpoint, METH_VARARGS, NULL},
                                {"open_checkpoint", open_checkpoint, METH_O, NULL},
                                {0}};

bool py_add_file_types(PyObject *module) {
  saver_type = py_add_type(module, &saver_spec);
  file_writer_type = py_add_type(module, &file_writer_spec);
  checkpoint_reader_type = py_add_type(module, &checkpoint_reader_spec);
  return saver_type && file_writer_type && checkpoint_reader_type && PyModule_AddFunctions(module, methods) == 0;
}
