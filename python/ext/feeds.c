/* Feeds: values for tensors during one run. */
#include "run.h"

void py_feeds_init(py_feeds *f) {
  f->items = f->few;
  f->tensors = f->few_tensors;
  f->held = f->few_held;
  f->count = 0;
  f->capacity = PY_FEW;
}

void py_feeds_clear(py_feeds *f) {
  for (int32_t i = 0; i < f->count; ++i) {
    hr_tensor_clear(&f->tensors[i]);
    Py_XDECREF(f->held[i]);
  }
  if (f->items == f->few) return;
  free(f->items);
  free(f->tensors);
  free(f->held);
}

static bool feeds_room(py_feeds *f) {
  if (f->count < f->capacity) return true;
  int32_t capacity = f->capacity * 2;
  hr_feed *items = malloc(sizeof *items * (size_t)capacity);
  hr_tensor *tensors = malloc(sizeof *tensors * (size_t)capacity);
  PyObject **held = malloc(sizeof *held * (size_t)capacity);
  if (!items || !tensors || !held) {
    free(items);
    free(tensors);
    free(held);
    PyErr_NoMemory();
    return false;
  }
  memcpy(items, f->items, sizeof *items * (size_t)f->count);
  memcpy(tensors, f->tensors, sizeof *tensors * (size_t)f->count);
  memcpy(held, f->held, sizeof *held * (size_t)f->count);
  if (f->items != f->few) {
    free(f->items);
    free(f->tensors);
    free(f->held);
  }
  *f = (py_feeds){.items = items, .tensors = tensors, .held = held, .count = f->count, .capacity = capacity};
  return true;
}

bool py_feed_output(py_graph *graph, PyObject *key, hr_output *output) {
  if (py_is_tensor(key)) {
    *output = ((py_tensor *)key)->output;
    if (((py_tensor *)key)->op->graph == graph) return true;
    PyErr_Format(PyExc_TypeError,
                 "Cannot interpret feed_dict key as Tensor: Tensor %S is not an element of this graph.", key);
    return false;
  }
  if (py_is_variable(key) && ((py_variable *)key)->var) {
    *output = hr_var_element(((py_variable *)key)->var);
    return true;
  }
  const char *name;
  if ((PyUnicode_Check(key) || PyBytes_Check(key)) && py_to_text(key, &name)) {
    hr_status status = strchr(name, ':')
                           ? hr_graph_output(graph->graph, name, output)
                           : hr_error(HR_INVALID_ARGUMENT,
                                      "The name '%s' refers to an Operation, not a "
                                      "Tensor. Tensor names must be of the form \"<op_name>:<output_index>\".",
                                      name);
    if (!status) return true;
    PyErr_Format(PyExc_TypeError, "Cannot interpret feed_dict key as Tensor: %s", hr_status_message(status));
    hr_status_free(status);
    return false;
  }
  if (!PyErr_Occurred())
    PyErr_Format(PyExc_TypeError, "Cannot interpret feed_dict key as Tensor: Can not convert a %s into a Tensor.",
                 Py_TYPE(key)->tp_name);
  return false;
}

/* The feed that stands for an output; -1: none. */
int32_t py_feed_of(const py_feeds *f, hr_output output) {
  for (int32_t i = 0; i < f->count; ++i)
    if (hr_output_equal(f->items[i].output, output)) return i;
  return -1;
}

/* False with an exception set where the tensor is in a loop, or graph.prevent_feeding was called for it. */
static bool is_feedable(py_graph *graph, PyObject *tensor) {
  PyObject *answer = PyObject_CallMethod((PyObject *)graph, "is_feedable", "O", tensor);
  bool feedable = answer == Py_True;
  if (answer && !feedable) PyErr_Format(PyExc_ValueError, "Tensor %S may not be fed.", tensor);
  Py_XDECREF(answer);
  return feedable;
}

static bool check_feed(py_graph *graph, hr_output output, PyObject *value) {
  bool is_value = !py_is_tensor(value) && !py_is_variable(value);
  if (is_value && !graph->is_restricted && hr_node_is_feedable(output.node)) return true;
  PyObject *tensor = py_from_output(graph, output);
  if (tensor && !is_value)
    PyErr_Format(PyExc_TypeError,
                 "The value of a feed cannot be a tf.Tensor object. Acceptable feed values include Python scalars, "
                 "strings, lists, numpy ndarrays, or TensorHandles. The object %S was passed to the feed with key %S.",
                 value, tensor);
  bool ok = tensor && is_value && is_feedable(graph, tensor);
  Py_XDECREF(tensor);
  return ok;
}

/* Of two feeds of one tensor (by object and by name) the later one counts. */
static bool add_feed(py_feeds *f, py_graph *graph, hr_output output, PyObject *value) {
  if (!check_feed(graph, output, value) || !feeds_room(f)) return false;
  int32_t before = py_feed_of(f, output);
  if (before >= 0) {
    hr_tensor_clear(&f->tensors[before]);
    Py_CLEAR(f->held[before]);
    return py_to_feed(value, output, &f->tensors[before], &f->held[before]);
  }
  hr_tensor *tensor = &f->tensors[f->count];
  if (!py_to_feed(value, output, tensor, &f->held[f->count])) return false;
  f->items[f->count++].output = output;
  return true;
}

bool py_add_feeds(py_feeds *f, py_graph *graph, PyObject *feed_dict) {
  if (!feed_dict || feed_dict == Py_None) return true;
  if (!PyDict_Check(feed_dict)) {
    PyErr_Format(PyExc_TypeError, "feed_dict must be a dict, not %s", Py_TYPE(feed_dict)->tp_name);
    return false;
  }
  PyObject *key, *value;
  Py_ssize_t position = 0;
  while (PyDict_Next(feed_dict, &position, &key, &value)) {
    if (!py_is_tensor(key) && !py_is_variable(key) && !PyUnicode_Check(key) && !PyBytes_Check(key)) {
      PyObject *pairs = PyObject_CallFunctionObjArgs(py_classes[PY_FEED_FALLBACK], key, value, NULL);
      if (!pairs) return false;
      bool ok = true;
      for (Py_ssize_t i = 0; ok && i < PyList_GET_SIZE(pairs); ++i) {
        PyObject *pair = PyList_GET_ITEM(pairs, i);
        hr_output output;
        ok = py_feed_output(graph, PyTuple_GET_ITEM(pair, 0), &output) &&
             add_feed(f, graph, output, PyTuple_GET_ITEM(pair, 1));
      }
      Py_DECREF(pairs);
      if (!ok) return false;
      continue;
    }
    hr_output output;
    if (!py_feed_output(graph, key, &output) || !add_feed(f, graph, output, value)) return false;
  }
  for (int32_t i = 0; i < f->count; ++i) /* once the arrays do not move any more */
    f->items[i].value = &f->tensors[i];
  return true;
}
