/* What the files about variables share. */
#ifndef HR_PYTHON_VARIABLES_H
#define HR_PYTHON_VARIABLES_H

#include "binding.h"

/* tf.Variable's arguments as C takes them; valid until the end of the call that converted them. */
typedef struct py_making {
  hr_operand value;
  hr_tf_variable_options options;
  hr_strings collections;
  py_initial_function function;
} py_making;

/* From a dict of tf.Variable's arguments; what is not in it is left out. */
bool py_to_making(py_call *call, PyObject *arguments, py_making *out);

/* From True or False, and to None, True or False. */
bool py_to_use_resource(PyObject *v, hr_use_resource *out);
PyObject *py_from_use_resource(hr_use_resource value);

/* None: none. ValueError for what cannot be called. */
bool py_to_partitioner(py_call *call, PyObject *v, hr_partitioner *out);
PyObject *py_partitioner_object(const hr_partitioner *value); /* as py_initializer_object */
bool py_add_partitioner_type(PyObject *module);

/* The C side of what a getter or creator answered: a variable, a tensor, or an object that only Python knows. NULL with
 * an exception set. */
hr_var *py_var_of_answer(py_graph *graph, hr_scope scope, PyObject *answer);
/* An explicit initial value as a Python object. */
PyObject *py_from_operand(py_graph *graph, hr_operand value);
PyObject *py_from_strings(const hr_strings *strings); /* a list; None for NULL */
/* Puts a new reference, which is taken, into a dict; false where it is NULL. */
bool py_set_item(PyObject *dict, const char *key, PyObject *stolen);
static inline PyObject *py_none(void) { Py_RETURN_NONE; }

/* The scope in which a Python callable sees each variable that is made; an argument of scopes.c. */
hr_scope py_open_variable_creator(py_call *call, PyObject *creator);
bool py_add_variable_creators(PyObject *module);

#endif
