/* Servers: tasks of a cluster in this process. */
#include "binding.h"
#include "headrace/server.h"

typedef struct py_server {
  PyObject_HEAD hr_server *server;
} py_server;

/* _Server(bytes of a ServerDef) */
static PyObject *server_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
  const char *bytes;
  Py_ssize_t length;
  if ((kwargs && PyDict_GET_SIZE(kwargs) > 0) || !PyArg_ParseTuple(args, "y#", &bytes, &length)) {
    if (!PyErr_Occurred()) PyErr_SetString(PyExc_TypeError, "_Server takes no keywords");
    return NULL;
  }
  py_server *self = (py_server *)type->tp_alloc(type, 0);
  if (!self) return NULL;
  hr_status status;
  Py_BEGIN_ALLOW_THREADS;
  status = hr_server_new(bytes, (size_t)length, NULL, &self->server);
  Py_END_ALLOW_THREADS;
  if (!status) return (PyObject *)self;
  Py_DECREF(self);
  return py_raise_running(status, NULL);
}

/* The server goes on: programs keep its target and let go of the object. */
static void server_dealloc(py_server *self) {
  PyTypeObject *type = Py_TYPE(self);
  type->tp_free(self);
  Py_DECREF(type);
}

static PyObject *call(py_server *self, hr_status (*function)(hr_server *server)) {
  hr_server *server = self->server;
  hr_status status;
  Py_BEGIN_ALLOW_THREADS;
  status = function(server);
  Py_END_ALLOW_THREADS;
  if (status) return py_raise_running(status, NULL);
  Py_RETURN_NONE;
}

static PyObject *server_start(py_server *self, PyObject *unused) { return (void)unused, call(self, hr_server_start); }
static PyObject *server_stop(py_server *self, PyObject *unused) { return (void)unused, call(self, hr_server_stop); }
static PyObject *server_join(py_server *self, PyObject *unused) { return (void)unused, call(self, hr_server_join); }
static PyObject *server_target(py_server *self, void *unused) {
  (void)unused;
  return PyUnicode_FromString(hr_server_target(self->server));
}

static PyMethodDef server_methods[] = {{"start", (PyCFunction)server_start, METH_NOARGS, NULL},
                                       {"stop", (PyCFunction)server_stop, METH_NOARGS, NULL},
                                       {"join", (PyCFunction)server_join, METH_NOARGS, NULL},
                                       {0}};
static PyGetSetDef server_getset[] = {{"target", (getter)server_target, NULL, NULL, NULL}, {0}};
static PyType_Slot server_slots[] = {{Py_tp_new, server_new},
                                     {Py_tp_dealloc, server_dealloc},
                                     {Py_tp_methods, server_methods},
                                     {Py_tp_getset, server_getset},
                                     {0, NULL}};
static PyType_Spec server_spec = {.name = "headrace._headrace._Server",
                                  .basicsize = sizeof(py_server),
                                  .flags = Py_TPFLAGS_DEFAULT,
                                  .slots = server_slots};

bool py_add_server_type(PyObject *module) { return py_add_type(module, &server_spec); }
