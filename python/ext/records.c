/* TFRecord files. */
#include "files.h"

/* ---- reading ----------------------------------------------------------------------------------------------------- */

typedef struct py_record_reader {
  PyObject_HEAD hr_record_reader *reader;
} py_record_reader;
static PyTypeObject *record_reader_type;

static void record_reader_dealloc(PyObject *self) {
  hr_record_reader_free(((py_record_reader *)self)->reader);
  py_free_object(self);
}

static bool to_compression(const char *name, hr_compression *out) {
  hr_status status = hr_compression_from_name(name, out);
  if (status) py_raise_building(status);
  return !status;
}

/* record_reader(path, compression name) */
static PyObject *open_record_reader(PyObject *module, PyObject *args) {
  (void)module;
  const char *path, *name;
  hr_compression compression;
  if (!PyArg_ParseTuple(args, "ss", &path, &name) || !to_compression(name, &compression)) return NULL;
  py_record_reader *self = (py_record_reader *)record_reader_type->tp_alloc(record_reader_type, 0);
  if (!self) return NULL;
  hr_status status;
  WITHOUT_GIL(status, hr_record_reader_open(path, compression, &self->reader));
  if (!status) return (PyObject *)self;
  Py_DECREF(self);
  return py_raise_running(status, NULL);
}

/* next() -> bytes, None at the end of the file */
static PyObject *record_reader_next(py_record_reader *self, PyObject *unused) {
  (void)unused;
  const void *data;
  size_t length;
  hr_status status;
  WITHOUT_GIL(status, hr_record_reader_next(self->reader, &data, &length));
  if (!status) return PyBytes_FromStringAndSize(data, (Py_ssize_t)length);
  if (hr_status_code(status) != HR_OUT_OF_RANGE) return py_raise_running(status, NULL);
  hr_status_free(status);
  Py_RETURN_NONE;
}

static PyMethodDef record_reader_methods[] = {{"next", (PyCFunction)record_reader_next, METH_NOARGS, NULL}, {0}};
static PyType_Slot record_reader_slots[] = {
    {Py_tp_dealloc, record_reader_dealloc}, {Py_tp_methods, record_reader_methods}, {0, NULL}};
static PyType_Spec record_reader_spec = {.name = "headrace._headrace.RecordReader",
                                         .basicsize = sizeof(py_record_reader),
                                         .flags = Py_TPFLAGS_DEFAULT,
                                         .slots = record_reader_slots};

/* ---- writing ----------------------------------------------------------------------------------------------------- */

typedef struct py_record_writer {
  PyObject_HEAD hr_record_writer *writer; /* NULL once closed */
} py_record_writer;
static PyTypeObject *record_writer_type;

static void record_writer_dealloc(PyObject *self) {
  hr_status_free(hr_record_writer_close(((py_record_writer *)self)->writer));
  py_free_object(self);
}

/* record_writer(path, compression name) */
static PyObject *open_record_writer(PyObject *module, PyObject *args) {
  (void)module;
  const char *path, *name;
  hr_compression compression;
  if (!PyArg_ParseTuple(args, "ss", &path, &name) || !to_compression(name, &compression)) return NULL;
  py_record_writer *self = (py_record_writer *)record_writer_type->tp_alloc(record_writer_type, 0);
  if (!self) return NULL;
  hr_status status = hr_record_writer_open(path, compression, &self->writer);
  if (!status) return (PyObject *)self;
  Py_DECREF(self);
  return py_raise_running(status, NULL);
}

static PyObject *done(hr_status status) {
  if (status) return py_raise_running(status, NULL);
  Py_RETURN_NONE;
}

static PyObject *record_writer_write(py_record_writer *self, PyObject *record) {
  hr_bytes bytes;
  if (!py_to_bytes(record, &bytes)) return NULL;
  if (!self->writer) return done(hr_error(HR_FAILED_PRECONDITION, "Writer is closed."));
  return done(hr_record_writer_write(self->writer, bytes.data, bytes.length));
}

static PyObject *record_writer_flush(py_record_writer *self, PyObject *unused) {
  (void)unused;
  return done(self->writer ? hr_record_writer_flush(self->writer)
                           : hr_error(HR_FAILED_PRECONDITION, "Writer is closed."));
}

static PyObject *record_writer_close(py_record_writer *self, PyObject *unused) {
  (void)unused;
  hr_record_writer *writer = self->writer;
  self->writer = NULL;
  return done(hr_record_writer_close(writer));
}

static PyMethodDef record_writer_methods[] = {{"write", (PyCFunction)record_writer_write, METH_O, NULL},
                                              {"flush", (PyCFunction)record_writer_flush, METH_NOARGS, NULL},
                                              {"close", (PyCFunction)record_writer_close, METH_NOARGS, NULL},
                                              {0}};
static PyType_Slot record_writer_slots[] = {
    {Py_tp_dealloc, record_writer_dealloc}, {Py_tp_methods, record_writer_methods}, {0, NULL}};
static PyType_Spec record_writer_spec = {.name = "headrace._headrace.RecordWriter",
                                         .basicsize = sizeof(py_record_writer),
                                         .flags = Py_TPFLAGS_DEFAULT,
                                         .slots = record_writer_slots};

static PyMethodDef methods[] = {{"record_reader", open_record_reader, METH_VARARGS, NULL},
                                {"record_writer", open_record_writer, METH_VARARGS, NULL},
                                {0}};

bool py_add_records(PyObject *module) {
  record_reader_type = py_add_type(module, &record_reader_spec);
  record_writer_type = py_add_type(module, &record_writer_spec);
  return record_reader_type && record_writer_type && PyModule_AddFunctions(module, methods) == 0;
}
