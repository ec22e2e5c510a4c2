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

static PyMethodDef checkpoint_reader_methods[] = {{"tensors", (PyCFunction)checkpoint_tensors, METH_NOARGS, NULL},
                                                  {"get", (PyCFunction)checkpoint_get, METH_O, NULL},
                                                  {0}};
static PyType_Slot checkpoint_reader_slots[] = {
    {Py_tp_dealloc, checkpoint_reader_dealloc}, {Py_tp_methods, checkpoint_reader_methods}, {0, NULL}};
static PyType_Spec checkpoint_reader_spec = {.name = "headrace._headrace.CheckpointReader",
                                             .basicsize = sizeof(py_checkpoint_reader),
                                             .flags = Py_TPFLAGS_DEFAULT,
                                             .slots = checkpoint_reader_slots};

static PyMethodDef methods[] = {{"checkpoint_exists", checkpoint_exists, METH_O, NULL},
                                {"latest_checkpoint", latest_checkpoint, METH_VARARGS, NULL},
                                {"open_checkpoint", open_checkpoint, METH_O, NULL},
                                {0}};

bool py_add_checkpoints(PyObject *module) {
  checkpoint_reader_type = py_add_type(module, &checkpoint_reader_spec);
  return checkpoint_reader_type && PyModule_AddFunctions(module, methods) == 0;
}
