/* Types whose objects stand in expressions. */
#ifndef HR_PYTHON_OPERATORS_H
#define HR_PYTHON_OPERATORS_H

#include "binding.h"

/* py_add_type with the operators, comparisons and indexing of tensors. */
PyTypeObject *py_add_operand_type(PyObject *module, PyType_Spec *spec);

#endif
