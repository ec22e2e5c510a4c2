/* GraphDefs cut, frozen and cleaned. */
#include "files.h"

/* Errors of GraphDefs are assertions of TensorFlow's graph_util; those of evaluating variables are tf.errors'. */
static PyObject *raise_of(hr_status status) {
  if (hr_status_code(status) != HR_NOT_FOUND || hr_status_node(status))
    return hr_status_code(status) == HR_INVALID_ARGUMENT && !hr_status_node(status) ? py_raise_building(status)
                                                                                    : py_raise_running(status, NULL);
  PyErr_SetString(PyExc_AssertionError, hr_status_message(status));
  hr_status_free(status);
  return NULL;
}

/* A GraphDef changed with regard to some of its nodes: (GraphDef bytes, names) -> bytes. */
static PyObject *changed(PyObject *args, hr_status (*change)(const void *, size_t, hr_strings, hr_owned_bytes *)) {
  const char *bytes;
  Py_ssize_t length;
  PyObject *names;
  if (!PyArg_ParseTuple(args, "y#O", &bytes, &length, &names)) return NULL;
  py_call call;
  if (!py_call_begin(&call, NULL, 0)) return NULL;
  hr_strings nodes;
  hr_owned_bytes out = {0};
  if (py_to_strings(&call, names, &nodes)) {
    hr_status status = change(bytes, (size_t)length, nodes, &out);
    if (status) raise_of(status);
  }
  if (py_call_end(&call)) return py_from_bytes(&out);
  free(out.data);
  return NULL;
}

/* extract_sub_graph(GraphDef bytes, names) -> bytes */
static PyObject *extract_sub_graph(PyObject *module, PyObject *args) {
  (void)module;
  return changed(args, hr_extract_sub_graph);
}

/* remove_training_nodes(GraphDef bytes, protected names) -> bytes */
static PyObject *remove_training_nodes(PyObject *module, PyObject *args) {
  (void)module;
  return changed(args, hr_remove_training_nodes);
}

/* convert_variables_to_constants(session, GraphDef bytes, names, whitelist or None, blacklist or None) -> bytes */
static PyObject *convert_variables_to_constants(PyObject *module, PyObject *args) {
  (void)module;
  const char *bytes;
  Py_ssize_t length;
  PyObject *session_object, *names, *white, *black;
  if (!PyArg_ParseTuple(args, "Oy#OOO", &session_object, &bytes, &length, &names, &white, &black)) return NULL;
  hr_session *session = py_session_of(session_object);
  if (!session) return NULL;
  py_call call;
  if (!py_call_begin(&call, NULL, 0)) return NULL;
  hr_strings outputs, whitelist, blacklist;
  hr_owned_bytes out = {0};
  if (py_to_strings(&call, names, &outputs) && (white == Py_None || py_to_strings(&call, white, &whitelist)) &&
      (black == Py_None || py_to_strings(&call, black, &blacklist))) {
    const hr_freezing_options o = {white == Py_None ? NULL : &whitelist, black == Py_None ? NULL : &blacklist};
    hr_status status;
    WITHOUT_GIL(status, hr_convert_variables_to_constants_with(session, bytes, (size_t)length, outputs, &out, &o));
    if (status) raise_of(status);
  }
  if (py_call_end(&call)) return py_from_bytes(&out);
  free(out.data);
  return NULL;
}

/* must_run_on_cpu(NodeDef bytes, pin_variables) */
static PyObject *must_run_on_cpu(PyObject *module, PyObject *args) {
  (void)module;
  const char *bytes;
  Py_ssize_t length;
  int pin;
  bool answer;
  if (!PyArg_ParseTuple(args, "y#p", &bytes, &length, &pin)) return NULL;
  return py_check(hr_must_run_on_cpu(bytes, (size_t)length, pin, &answer)) ? PyBool_FromLong(answer) : NULL;
}

static PyMethodDef methods[] = {{"extract_sub_graph", extract_sub_graph, METH_VARARGS, NULL},
                                {"convert_variables_to_constants", convert_variables_to_constants, METH_VARARGS, NULL},
                                {"remove_training_nodes", remove_training_nodes, METH_VARARGS, NULL},
                                {"must_run_on_cpu", must_run_on_cpu, METH_VARARGS, NULL},
                                {0}};

bool py_add_graph_util(PyObject *module) { return PyModule_AddFunctions(module, methods) == 0; }
