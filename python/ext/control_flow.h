/* Python functions that build branches, loops and the like. */
#ifndef HR_PYTHON_CONTROL_FLOW_H
#define HR_PYTHON_CONTROL_FLOW_H

#include "binding.h"

/* A function that builds, and the call that its values live in. */
typedef struct py_builder_function {
  py_call *call;
  PyObject *callable;
} py_builder_function;

/* Calls the function, which gives a list of tensors, values, operations and IndexedSlices, and returns what is in it.
 * Steals the arguments. Exceptions stay with the scope's builder. */
void py_call_builder_function(const py_builder_function *f, hr_scope scope, PyObject *args, hr_results *results);

#endif
