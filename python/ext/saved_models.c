/* SavedModels: signatures, saving, loading. */
#include "files.h"

/* ---- signatures -------------------------------------------------------------------------------------------------- */

/* build_tensor_info(tensor) -> bytes */
static PyObject *build_tensor_info(PyObject *module, PyObject *tensor) {
  (void)module;
  if (!py_is_tensor(tensor)) return PyErr_Format(PyExc_TypeError, "a tensor is wanted, not %R", tensor);
  hr_owned_bytes bytes = {0};
  return py_check(hr_build_tensor_info(((py_tensor *)tensor)->output, &bytes)) ? py_from_bytes(&bytes) : NULL;
}

/* tensor_from_info(graph, bytes, import_scope or None) -> tensor, or (indices, values, dense shape) */
static PyObject *tensor_from_info(PyObject *module, PyObject *args) {
  (void)module;
  PyObject *graph;
  const char *bytes, *import_scope;
  Py_ssize_t length;
  if (!PyArg_ParseTuple(args, "O!y#z", py_graph_type, &graph, &bytes, &length, &import_scope)) return NULL;
  bool is_sparse;
  hr_output parts[3];
  hr_status status =
      hr_tensor_from_info(((py_graph *)graph)->graph, bytes, (size_t)length, import_scope, &is_sparse, parts);
  if (hr_status_code(status) == HR_NOT_FOUND) {
    PyErr_SetString(PyExc_KeyError, hr_status_message(status));
    hr_status_free(status);
    return NULL;
  }
  if (!py_check(status)) return NULL;
  return is_sparse ? py_from_outputs((py_graph *)graph, (hr_outputs){3, parts})
                   : py_from_output((py_graph *)graph, parts[0]);
}

/* Tensors by key, of a dict. */
static bool to_named(py_call *call, PyObject *dict, int32_t *count, hr_named_output **out) {
  *count = (int32_t)PyDict_Size(dict);
  *out = py_call_allocate(call, sizeof **out * (size_t)(*count + 1));
  PyObject *key, *value;
  Py_ssize_t position = 0;
  bool ok = *out != NULL;
  for (int i = 0; ok && PyDict_Next(dict, &position, &key, &value); ++i)
    ok = py_to_text(key, &(*out)[i].key) && py_to_output(call, value, &(*out)[i].output);
  return ok;
}

/* Ends a call that made bytes. */
static PyObject *made_bytes(py_call *call, hr_owned_bytes *bytes) {
  if (py_call_end(call)) return py_from_bytes(bytes);
  free(bytes->data);
  return NULL;
}

/* predict_signature_def(inputs dict, outputs dict) -> bytes */
static PyObject *predict_signature_def(PyObject *module, PyObject *args) {
  (void)module;
  PyObject *inputs, *outputs;
  if (!PyArg_ParseTuple(args, "O!O!", &PyDict_Type, &inputs, &PyDict_Type, &outputs)) return NULL;
  py_call call;
  if (!py_call_begin(&call, NULL, 0)) return NULL;
  hr_owned_bytes bytes = {0};
  int32_t num_inputs, num_outputs;
  hr_named_output *in, *out;
  if (to_named(&call, inputs, &num_inputs, &in) && to_named(&call, outputs, &num_outputs, &out))
    hr_scope_fail(call.scope, hr_predict_signature_def(num_inputs, in, num_outputs, out, &bytes));
  return made_bytes(&call, &bytes);
}

static bool to_optional_output(py_call *call, PyObject *v, hr_output *out) {
  *out = HR_NO_OUTPUT;
  return v == Py_None || py_to_output(call, v, out);
}

/* classification_signature_def(examples, classes or None, scores or None) -> bytes */
static PyObject *classification_signature_def(PyObject *module, PyObject *args) {
  (void)module;
  PyObject *examples, *classes, *scores;
  if (!PyArg_ParseTuple(args, "OOO", &examples, &classes, &scores)) return NULL;
  py_call call;
  if (!py_call_begin(&call, &examples, 1)) return NULL;
  hr_owned_bytes bytes = {0};
  hr_output x, y, z;
  if (to_optional_output(&call, examples, &x) && to_optional_output(&call, classes, &y) &&
      to_optional_output(&call, scores, &z))
    hr_scope_fail(call.scope, hr_classification_signature_def(x, y, z, &bytes));
  return made_bytes(&call, &bytes);
}

/* regression_signature_def(examples, predictions) -> bytes */
static PyObject *regression_signature_def(PyObject *module, PyObject *args) {
  (void)module;
  PyObject *examples, *predictions;
  if (!PyArg_ParseTuple(args, "OO", &examples, &predictions)) return NULL;
  py_call call;
  if (!py_call_begin(&call, &examples, 1)) return NULL;
  hr_owned_bytes bytes = {0};
  hr_output x, y;
  if (to_optional_output(&call, examples, &x) && to_optional_output(&call, predictions, &y))
    hr_scope_fail(call.scope, hr_regression_signature_def(x, y, &bytes));
  return made_bytes(&call, &bytes);
}

/* is_valid_signature(bytes) */
static PyObject *is_valid_signature(PyObject *module, PyObject *bytes) {
  (void)module;
  hr_bytes view;
  return py_to_bytes(bytes, &view) ? PyBool_FromLong(hr_is_valid_signature(view.data, view.length)) : NULL;
}

/* ---- saving ------------------------------------------------------------------------------------------------------ */

/* Raises a status whose code means a class of its own here, as TensorFlow's builder and loader raise it. */
static PyObject *raise_as(hr_status status, hr_code code, PyObject *class) {
  if (hr_status_code(status) != code || hr_status_node(status)) return py_raise_running(status, NULL);
  PyErr_SetString(class, hr_status_message(status));
  hr_status_free(status);
  return NULL;
}

typedef struct py_model_builder {
  PyObject_HEAD hr_saved_model_builder *builder;
} py_model_builder;
static PyTypeObject *model_builder_type;

static void model_builder_dealloc(PyObject *self) {
  hr_saved_model_builder_free(((py_model_builder *)self)->builder);
  py_free_object(self);
}

/* saved_model_builder(directory). AssertionError where it holds something. */
static PyObject *make_model_builder(PyObject *module, PyObject *directory) {
  (void)module;
  const char *path;
  if (!py_to_text(directory, &path)) return NULL;
  py_model_builder *self = (py_model_builder *)model_builder_type->tp_alloc(model_builder_type, 0);
  if (!self) return NULL;
  hr_status status = hr_saved_model_builder_new(path, &self->builder);
  if (!status) return (PyObject *)self;
  Py_DECREF(self);
  return raise_as(status, HR_ALREADY_EXISTS, PyExc_AssertionError);
}

/* Signatures by key, of a dict of bytes. */
static bool to_signatures(py_call *call, PyObject *dict, hr_saved_model_options *o) {
  Py_ssize_t count = PyDict_Size(dict), position = 0;
  hr_signature *signatures = py_call_allocate(call, sizeof *signatures * (size_t)(count + 1));
  PyObject *key, *value;
  bool ok = signatures != NULL;
  for (int i = 0; ok && PyDict_Next(dict, &position, &key, &value); ++i)
    ok = py_to_text(key, &signatures[i].key) && py_to_bytes(value, &signatures[i].def);
  o->signatures = signatures;
  o->num_signatures = (int32_t)count;
  return ok;
}

static bool to_optional_node(py_call *call, PyObject *v, hr_node **out) {
  return v == Py_None || py_to_node(call, v, out);
}

/* add(session or None, tags, signatures dict, assets list, main_op, legacy_init_op, saver or None, clear_devices,
 * strip_default_attrs). AssertionError out of order. */
static PyObject *model_builder_add(py_model_builder *self, PyObject *args) {
  PyObject *session_object, *tags, *signatures, *assets, *main_op, *legacy, *saver;
  int clear_devices, strip;
  if (!PyArg_ParseTuple(args, "OOO!OOOOpp", &session_object, &tags, &PyDict_Type, &signatures, &assets, &main_op,
                        &legacy, &saver, &clear_devices, &strip))
    return NULL;
  hr_session *session = session_object == Py_None ? NULL : py_session_of(session_object);
  if (!session && session_object != Py_None) return NULL;
  hr_saved_model_options o = {.clear_devices = clear_devices, .strip_default_attrs = strip};
  if (saver != Py_None && !(o.saver = py_saver_of(saver))) return NULL;
  py_call call;
  if (!py_call_begin(&call, NULL, 0)) return NULL;
  hr_strings labels;
  hr_status status = HR_SUCCESS;
  if (py_to_strings(&call, tags, &labels) && to_signatures(&call, signatures, &o) &&
      py_to_outputs(&call, assets, &o.assets) && to_optional_node(&call, main_op, &o.main_op) &&
      to_optional_node(&call, legacy, &o.legacy_init_op)) {
    if (session)
      WITHOUT_GIL(status,
                  hr_saved_model_add_meta_graph_and_variables_with(self->builder, call.scope, session, labels, &o));
    else
      status = hr_saved_model_add_meta_graph_with(self->builder, call.scope, labels, &o);
  }
  bool building = hr_status_code(status) == HR_INVALID_ARGUMENT && !hr_status_node(status);
  if (building) {
    hr_scope_fail(call.scope, status);
    status = HR_SUCCESS;
  }
  if (!py_call_end(&call)) {
    hr_status_free(status);
    return NULL;
  }
  if (status) return raise_as(status, HR_FAILED_PRECONDITION, PyExc_AssertionError);
  Py_RETURN_NONE;
}

/* save(as_text) -> path */
static PyObject *model_builder_save(py_model_builder *self, PyObject *args) {
  int as_text;
  if (!PyArg_ParseTuple(args, "p", &as_text)) return NULL;
  char *path = NULL;
  hr_status status = hr_saved_model_save(self->builder, as_text, &path);
  if (status) return py_raise_running(status, NULL);
  PyObject *result = PyUnicode_FromString(path);
  free(path);
  return result;
}

static PyMethodDef model_builder_methods[] = {{"add", (PyCFunction)model_builder_add, METH_VARARGS, NULL},
                                              {"save", (PyCFunction)model_builder_save, METH_VARARGS, NULL},
                                              {0}};
static PyType_Slot model_builder_slots[] = {
    {Py_tp_dealloc, model_builder_dealloc}, {Py_tp_methods, model_builder_methods}, {0, NULL}};
static PyType_Spec model_builder_spec = {.name = "headrace._headrace.SavedModelBuilder",
                                         .basicsize = sizeof(py_model_builder),
                                         .flags = Py_TPFLAGS_DEFAULT,
                                         .slots = model_builder_slots};

/* ---- loading ----------------------------------------------------------------------------------------------------- */

static PyObject *contains_saved_model(PyObject *module, PyObject *directory) {
  (void)module;
  const char *path;
  return py_to_text(directory, &path) ? PyBool_FromLong(hr_contains_saved_model(path)) : NULL;
}

/* load_saved_model(session, tags, directory, import_scope or None, clear_devices) -> bytes of the MetaGraphDef.
 * IOError where there is no model, RuntimeError where it has no such tags. */
static PyObject *load_saved_model(PyObject *module, PyObject *args) {
  (void)module;
  PyObject *session_object, *tags;
  const char *directory, *import_scope;
  int clear_devices;
  if (!PyArg_ParseTuple(args, "OOszp", &session_object, &tags, &directory, &import_scope, &clear_devices)) return NULL;
  hr_session *session = py_session_of(session_object);
  PyObject *graph = session ? PyObject_GetAttrString(session_object, "graph") : NULL;
  if (!graph) return NULL;
  py_call call;
  py_call_begin_in(&call, (py_graph *)graph);
  Py_DECREF(graph);
  hr_strings labels;
  hr_owned_bytes found = {0};
  hr_status status = HR_SUCCESS;
  if (py_to_strings(&call, tags, &labels)) {
    status = hr_saved_model_find(directory, labels, &found);
    if (hr_status_code(status) == HR_INVALID_ARGUMENT)
      raise_as(status, HR_INVALID_ARGUMENT, PyExc_RuntimeError);
    else if (status)
      raise_as(status, HR_NOT_FOUND, PyExc_OSError);
    free(found.data);
    found = (hr_owned_bytes){0};
    status = HR_SUCCESS;
    if (!PyErr_Occurred())
      WITHOUT_GIL(status, hr_saved_model_load(call.scope, session, labels, directory, &found,
                                              .import_scope = import_scope, .clear_devices = clear_devices));
    if (status) py_raise_running(status, call.graph);
  }
  return made_bytes(&call, &found);
}

static PyMethodDef methods[] = {{"build_tensor_info", build_tensor_info, METH_O, NULL},
                                {"tensor_from_info", tensor_from_info, METH_VARARGS, NULL},
                                {"predict_signature_def", predict_signature_def, METH_VARARGS, NULL},
                                {"classification_signature_def", classification_signature_def, METH_VARARGS, NULL},
                                {"regression_signature_def", regression_signature_def, METH_VARARGS, NULL},
                                {"is_valid_signature", is_valid_signature, METH_O, NULL},
                                {"saved_model_builder", make_model_builder, METH_O, NULL},
                                {"contains_saved_model", contains_saved_model, METH_O, NULL},
                                {"load_saved_model", load_saved_model, METH_VARARGS, NULL},
                                {0}};

bool py_add_saved_models(PyObject *module) {
  model_builder_type = py_add_type(module, &model_builder_spec);
  return model_builder_type && PyModule_AddFunctions(module, methods) == 0;
}
