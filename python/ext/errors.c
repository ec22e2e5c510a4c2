/* Statuses as exceptions, and exceptions as statuses. */
#include "binding.h"

/* A Python exception on its way through C code; one a thread. */
static _Thread_local struct { PyObject *type, *value, *traceback; } kept;

#define KEPT_MESSAGE "A Python exception passes through"

hr_status py_keep_exception(void) {
  if (kept.type) { /* the first one counts */
    PyErr_Clear();
  } else {
    PyErr_Fetch(&kept.type, &kept.value, &kept.traceback);
  }
  return hr_error(HR_UNKNOWN, KEPT_MESSAGE);
}

static bool stands_for_kept(hr_status status) {
  return status && kept.type && hr_status_code(status) == HR_UNKNOWN && strstr(hr_status_message(status), KEPT_MESSAGE);
}

void py_drop_status(hr_status status) {
  if (stands_for_kept(status)) {
    Py_CLEAR(kept.type);
    Py_CLEAR(kept.value);
    Py_CLEAR(kept.traceback);
  }
  hr_status_free(status);
}

/* Raises the kept exception where the status stands for it. */
static bool restore_kept(hr_status status) {
  if (!stands_for_kept(status)) return false;
  PyErr_Restore(kept.type, kept.value, kept.traceback);
  memset(&kept, 0, sizeof kept);
  return true;
}

static PyObject *building_class(hr_status status) {
  switch (hr_status_code(status)) {
  case HR_INVALID_ARGUMENT: return hr_status_is_type_error(status) ? PyExc_TypeError : PyExc_ValueError;
  case HR_ALREADY_EXISTS: return PyExc_ValueError;
  case HR_NOT_FOUND: return PyExc_LookupError;
  case HR_FAILED_PRECONDITION: return PyExc_RuntimeError;
  case HR_UNIMPLEMENTED: return PyExc_NotImplementedError;
  case HR_RESOURCE_EXHAUSTED: return PyExc_MemoryError;
  default: return PyExc_RuntimeError;
  }
}

PyObject *py_raise_building(hr_status status) {
  if (hr_status_is_run_error(status)) return py_raise_running(status, NULL);
  if (hr_status_code(status) == HR_NOT_FOUND && !strncmp(hr_status_message(status), "Op type not registered", 22))
    return py_raise_running(status, NULL); /* as TensorFlow has it */
  if (!restore_kept(status)) {
    PyObject *text =
        PyUnicode_DecodeUTF8(hr_status_message(status), (Py_ssize_t)strlen(hr_status_message(status)), "replace");
    if (text) PyErr_SetObject(building_class(status), text);
    Py_XDECREF(text);
  }
  hr_status_free(status);
  return NULL;
}

PyObject *py_raise_running(hr_status status, py_graph *graph) {
  if (restore_kept(status)) {
    hr_status_free(status);
    return NULL;
  }
  const char *node = hr_status_node(status);
  const char *message = hr_status_message(status);
  PyObject *text = PyUnicode_DecodeUTF8(message, (Py_ssize_t)strlen(message), "replace");
  PyObject *error = text && py_classes[PY_MAKE_ERROR]
                        ? PyObject_CallFunction(py_classes[PY_MAKE_ERROR], "iOOz", (int)hr_status_code(status), text,
                                                graph ? (PyObject *)graph : Py_None, node)
                        : NULL;
  Py_XDECREF(text);
  hr_status_free(status);
  if (error)
    PyErr_SetObject((PyObject *)Py_TYPE(error), error);
  else if (!PyErr_Occurred())
    PyErr_SetString(PyExc_RuntimeError, "an error before headrace.core was imported");
  Py_XDECREF(error);
  return NULL;
}
