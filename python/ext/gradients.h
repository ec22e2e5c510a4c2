/* Gradients as arguments and results. */
#ifndef HR_PYTHON_GRADIENTS_H
#define HR_PYTHON_GRADIENTS_H

#include "binding.h"

/* A tensor, IndexedSlices, a value, or None. */
bool py_to_gradient(py_call *call, PyObject *v, hr_gradient *out);
/* Of a list or tuple of `count` such. */
bool py_to_gradients(py_call *call, PyObject *list, Py_ssize_t count, hr_gradient **out);
PyObject *py_from_gradients(py_graph *graph, Py_ssize_t count, const hr_gradient *gradients);

/* A gradient function of C that calls the Python function `argument` (op, gradients of the outputs). */
HR_MUST_USE hr_status py_differentiate(hr_gradient_context *context);

#endif
