/* Partitioners: C's own as Python objects, and Python callables as C takes them. */
#include "binding.h"
#include "generated.h"
#include "variables.h"

static PyTypeObject *partitioner_type;

/* C's own: calling it with a shape and a dtype gives the list of numbers of parts. */
typedef struct py_partitioner {
  PyObject_HEAD hr_partitioner value;
} py_partitioner;

PyObject *py_from_partitioner(hr_partitioner value) {
  py_partitioner *self = (py_partitioner *)partitioner_type->tp_alloc(partitioner_type, 0);
  if (self) self->value = value;
  return (PyObject *)self;
}

static PyObject *partitioner_call(py_partitioner *self, PyObject *args, PyObject *kwargs) {
  static char *names[] = {"shape", "dtype", NULL};
  PyObject *shape, *dtype = NULL;
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|O", names, &shape, &dtype)) return NULL;
  hr_partial_shape sizes;
  hr_dtype type = HR_FLOAT;
  int64_t parts[HR_MAX_RANK];
  if (!py_to_shape(shape, &sizes) || (dtype && !py_to_dtype(dtype, &type))) return NULL;
  if (!py_check(self->value.call(&self->value, &sizes, hr_dtype_base(type), parts))) return NULL;
  PyObject *list = PyList_New(sizes.rank);
  for (int i = 0; list && i < sizes.rank; ++i) {
    PyObject *number = PyLong_FromLongLong(parts[i]);
    if (!number)
      Py_CLEAR(list);
    else
      PyList_SET_ITEM(list, i, number);
  }
  return list;
}

static void partitioner_dealloc(PyObject *self) {
  PyTypeObject *type = Py_TYPE(self);
  type->tp_free(self);
  Py_DECREF(type);
}
static PyType_Slot partitioner_slots[] = {
    {Py_tp_dealloc, partitioner_dealloc}, {Py_tp_call, partitioner_call}, {0, NULL}};
static PyType_Spec partitioner_spec = {.name = "headrace._headrace.Partitioner",
                                       .basicsize = sizeof(py_partitioner),
                                       .flags = Py_TPFLAGS_DEFAULT,
                                       .slots = partitioner_slots};

/* The numbers that a Python callable answered. */
static bool read_parts(PyObject *answer, int rank, int64_t *parts) {
  if (!PySequence_Check(answer)) {
    PyErr_Format(PyExc_ValueError, "Partitioner must return a sequence, but saw: %R", answer);
    return false;
  }
  Py_ssize_t count = PySequence_Size(answer);
  if (count != rank) {
    PyErr_Format(PyExc_ValueError,
                 "Partitioner returned a partition list that does not match the Variable's rank: %R vs. %d", answer,
                 rank);
    return false;
  }
  for (Py_ssize_t i = 0; i < count; ++i) {
    PyObject *number = PySequence_GetItem(answer, i);
    bool ok = number && py_to_int64(number, &parts[i]);
    Py_XDECREF(number);
    if (!ok) return false;
  }
  return true;
}

static hr_status call_partitioner(const hr_partitioner *self, const hr_partial_shape *shape, hr_dtype dtype,
                                  int64_t *parts) {
  PyObject *sizes = py_from_shape(shape), *type = py_from_dtype(dtype), *args = PyTuple_New(0);
  PyObject *kwargs = sizes && type ? Py_BuildValue("{s:O,s:O}", "shape", sizes, "dtype", type) : NULL;
  PyObject *answer = kwargs && args ? PyObject_Call(self->argument, args, kwargs) : NULL;
  bool ok = answer && read_parts(answer, shape->rank, parts);
  Py_XDECREF(sizes);
  Py_XDECREF(type);
  Py_XDECREF(args);
  Py_XDECREF(kwargs);
  Py_XDECREF(answer);
  return ok ? HR_SUCCESS : py_keep_exception();
}

bool py_to_partitioner(py_call *call, PyObject *v, hr_partitioner *out) {
  *out = (hr_partitioner){0};
  if (!v || v == Py_None) return true;
  if (PyObject_TypeCheck(v, partitioner_type)) {
    *out = ((py_partitioner *)v)->value;
    return true;
  }
  if (!PyCallable_Check(v)) {
    PyErr_Format(PyExc_ValueError, "Partitioner must be callable, but received: %R", v);
    return false;
  }
  *out = (hr_partitioner){.call = call_partitioner, .argument = v};
  return py_graph_keep(call->graph, v);
}

PyObject *py_partitioner_object(const hr_partitioner *value) {
  if (!value->call) Py_RETURN_NONE;
  if (value->call != call_partitioner) return py_from_partitioner(*value);
  Py_INCREF((PyObject *)value->argument);
  return value->argument;
}

bool py_add_partitioner_type(PyObject *module) {
  partitioner_type = py_add_type(module, &partitioner_spec);
  return partitioner_type != NULL;
}
