/* GraphDef and MetaGraphDef, in and out. */
#include "files.h"

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
    if (hr_status_code(status) == HR_NOT_FOUND) {
      py_raise_running(status, NULL);                           /* an unknown op */
    } else if (hr_status_code(status) == HR_INVALID_ARGUMENT) { /* always a ValueError, of types, too */
      PyErr_SetString(PyExc_ValueError, hr_status_message(status));
      hr_status_free(status);
    } else if (status) {
      hr_scope_fail(call.scope, status);
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

/* export_meta_graph(graph, saver_def bytes, collections or None, meta info bytes, clear_devices, strip_default_attrs,
 * export_scope or None, clear_extraneous_savers) -> bytes */
static PyObject *export_meta_graph(PyObject *module, PyObject *args) {
  (void)module;
  PyObject *graph, *saver, *collections, *info;
  const char *scope;
  int clear_devices, strip, clear_savers;
  if (!PyArg_ParseTuple(args, "O!SOSppzp", py_graph_type, &graph, &saver, &collections, &info, &clear_devices, &strip,
                        &scope, &clear_savers))
    return NULL;
  py_call call;
  py_call_begin_in(&call, (py_graph *)graph);
  hr_strings keys = {0};
  hr_owned_bytes bytes = {0};
  if (collections == Py_None || py_to_strings(&call, collections, &keys)) {
    hr_meta_graph_export_options o = {.saver_def = {PyBytes_AS_STRING(saver), (size_t)PyBytes_GET_SIZE(saver)},
                                      .meta_info = {PyBytes_AS_STRING(info), (size_t)PyBytes_GET_SIZE(info)},
                                      .num_collections = keys.count,
                                      .collections = collections == Py_None ? NULL : keys.items,
                                      .clear_devices = clear_devices,
                                      .strip_default_attrs = strip,
                                      .export_scope = scope,
                                      .clear_extraneous_savers = clear_savers};
    hr_scope_fail(call.scope, hr_meta_graph_export(((py_graph *)graph)->graph, &o, &bytes));
  }
  if (py_call_end(&call)) return py_from_bytes(&bytes);
  free(bytes.data);
  return NULL;
}

/* import_meta_graph(graph, bytes, import_scope or None, clear_devices, input_map or None)
 * -> (SaverDef bytes or None, prefix of the new names) */
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
  char *prefix = NULL;
  hr_meta_graph_import_options o = {
      .import_scope = import_scope, .clear_devices = clear_devices, .saver_def = &saver, .prefix = &prefix};
  const char **names;
  hr_output *outputs;
  if (read_input_map(&call, map, &o.num_inputs, &names, &outputs)) {
    o.input_names = names;
    o.inputs = outputs;
    hr_status status = hr_meta_graph_import(call.scope, PyBytes_AS_STRING(bytes), (size_t)PyBytes_GET_SIZE(bytes), &o);
    if (hr_status_code(status) == HR_NOT_FOUND)
      py_raise_running(status, NULL);
    else
      hr_scope_fail(call.scope, status);
  }
  PyObject *result = NULL;
  if (py_call_end(&call)) result = Py_BuildValue("(y#s)", saver.data, (Py_ssize_t)saver.length, prefix);
  free(saver.data);
  free(prefix);
  return result;
}

/* write_graph_def(bytes, directory, name, as_text) -> path */
static PyObject *write_graph_def(PyObject *module, PyObject *args) {
  (void)module;
  const char *bytes, *directory, *name;
  Py_ssize_t length;
  int as_text;
  if (!PyArg_ParseTuple(args, "y#ssp", &bytes, &length, &directory, &name, &as_text)) return NULL;
  char *path = NULL;
  hr_status status;
  WITHOUT_GIL(status, hr_write_graph_def(bytes, (size_t)length, directory, name, as_text, &path));
  if (status) return py_raise_running(status, NULL);
  PyObject *result = PyUnicode_FromString(path);
  free(path);
  return result;
}

static PyMethodDef methods[] = {{"export_graph", export_graph, METH_VARARGS, NULL},
                                {"node_def", node_def, METH_O, NULL},
                                {"import_graph", import_graph, METH_VARARGS, NULL},
                                {"export_meta_graph", export_meta_graph, METH_VARARGS, NULL},
                                {"write_graph_def", write_graph_def, METH_VARARGS, NULL},
                                {"import_meta_graph", import_meta_graph, METH_VARARGS, NULL},
                                {0}};

bool py_add_graph_files(PyObject *module) { return PyModule_AddFunctions(module, methods) == 0; }
