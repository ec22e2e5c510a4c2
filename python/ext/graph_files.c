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

static PyMethodDef methods[] = {{"export_graph", export_graph, METH_VARARGS, NULL},
                                {"node_def", node_def, METH_O, NULL},
                                {"import_graph", import_graph, METH_VARARGS, NULL},
                                {"export_meta_graph", export_meta_graph, METH_VARARGS, NULL},
                                {"import_meta_graph", import_meta_graph, METH_VARARGS, NULL},
                                {0}};

bool py_add_graph_files(PyObject *module) { return PyModule_AddFunctions(module, methods) == 0; }
