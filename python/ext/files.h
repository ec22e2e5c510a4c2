/* What the parts about files share. */
#ifndef HR_PYTHON_FILES_H
#define HR_PYTHON_FILES_H

#include "binding.h"

/* The C session of a Python one; NULL with an exception. */
hr_session *py_session_of(PyObject *v);

/* The C saver of a `_headrace.Saver`; NULL with an exception. */
hr_saver *py_saver_of(PyObject *v);

/* Gives back the memory of an object without references. */
static inline void py_free_object(PyObject *self) {
  PyTypeObject *type = Py_TYPE(self);
  type->tp_free(self);
  Py_DECREF(type);
}

/* Evaluates an expression without the GIL. */
#define WITHOUT_GIL(status, expression)                                                                                \
  do {                                                                                                                 \
    Py_BEGIN_ALLOW_THREADS;                                                                                            \
    (status) = (expression);                                                                                           \
    Py_END_ALLOW_THREADS;                                                                                              \
  } while (0)

#endif
