/* Python's operators on tensors and variables, and indexing. */
#include "operators.h"
#include "binding.h"

/* ---- arithmetic -------------------------------------------------------------------------------------------------- */

static PyObject *finish(py_call *call, hr_output output) {
  PyObject *result = NULL;
  if (!PyErr_Occurred() && hr_scope_ok(call->scope)) result = py_from_output(call->graph, output);
  if (!py_call_end(call)) Py_CLEAR(result);
  return result;
}

/* What a method of the object works on: variables are read at once, outside of the operator's scope. */
static bool to_self(py_call *call, PyObject *x, hr_operand *out) {
  if (!py_to_operand(call, x, out)) return false;
  if (out->kind == HR_OPERAND_VARIABLE) *out = hr_operand_output(hr_var_tensor(call->scope, out->variable));
  return true;
}

/* Numpy's protocol: a class says by __array_ufunc__ = None that its own operators are to answer. */
static bool answers_itself(PyObject *v) {
  if (py_is_tensor(v) || PyFloat_CheckExact(v) || PyLong_CheckExact(v) || PyList_CheckExact(v)) return false;
  PyObject *function = PyObject_GetAttrString((PyObject *)Py_TYPE(v), "__array_ufunc__");
  if (!function) PyErr_Clear();
  Py_XDECREF(function);
  return function == Py_None;
}

/* NotImplemented for what is no operand, so that the other side may answer. */
static bool is_operand(PyObject *v) { return !PyType_Check(v) && !PyDict_Check(v) && !answers_itself(v); }

static PyObject *operate(hr_operator operator_, PyObject *x, PyObject *y) {
  if (!is_operand(x) || !is_operand(y)) Py_RETURN_NOTIMPLEMENTED;
  PyObject *pair[] = {x, y};
  py_call call;
  if (!py_call_begin(&call, pair, 2)) return NULL;
  hr_operand a, b;
  hr_output output = HR_NO_OUTPUT;
  if (py_to_operand(&call, x, &a) && py_to_operand(&call, y, &b))
    output = hr_operate(call.scope, operator_, a, b, NULL);
  return finish(&call, output);
}

#define OPERATOR(name, operator_)                                                                                      \
  static PyObject *name(PyObject *x, PyObject *y) { return operate(operator_, x, y); }
OPERATOR(plus, HR_OPERATOR_PLUS)
OPERATOR(minus, HR_OPERATOR_MINUS)
OPERATOR(times, HR_OPERATOR_TIMES)
OPERATOR(true_divide, HR_OPERATOR_TRUEDIV)
OPERATOR(floor_divide, HR_OPERATOR_FLOORDIV)
OPERATOR(modulo, HR_OPERATOR_MOD)
OPERATOR(matrix_times, HR_OPERATOR_MATMUL)
OPERATOR(and_, HR_OPERATOR_AND)
OPERATOR(or_, HR_OPERATOR_OR)
OPERATOR(xor, HR_OPERATOR_XOR)
static PyObject *power(PyObject *x, PyObject *y, PyObject *modulus) {
  (void)modulus;
  return operate(HR_OPERATOR_POWER, x, y);
}

/* An op of one argument, as the call of its function. */
static PyObject *unary(const char *op, PyObject *x) {
  py_call call;
  if (!py_call_begin(&call, &x, 1)) return NULL;
  hr_operand operand;
  hr_output output = HR_NO_OUTPUT;
  if (to_self(&call, x, &operand)) {
    hr_node *node = hr_call_op(call.scope, op, NULL, 1, &operand, 0, NULL);
    if (node) output = hr_node_output(node, 0);
  }
  return finish(&call, output);
}
static PyObject *negative(PyObject *x) { return unary("Neg", x); }
static PyObject *invert(PyObject *x) { return unary("LogicalNot", x); }
static PyObject *positive(PyObject *x) {
  Py_INCREF(x);
  return x;
}
static PyObject *absolute(PyObject *x) {
  hr_dtype dtype = py_is_tensor(x) ? hr_dtype_base(hr_output_dtype(((py_tensor *)x)->output))
                                   : hr_var_dtype(((py_variable *)x)->var);
  if (hr_dtype_is_complex(dtype)) {
    PyObject *function = py_classes[PY_COMPLEX_ABS];
    return PyObject_CallOneArg(function, x);
  }
  return unary("Abs", x);
}

/* Raises what TensorFlow does where Python would need a tensor's value. */
static void not_in_graphs(const char *text) {
  PyObject *module = PyImport_ImportModule("headrace.core.graph");
  PyObject *kind = module ? PyObject_GetAttrString(module, "OperatorNotAllowedInGraphError") : NULL;
  if (kind) PyErr_SetString(kind, text);
  Py_XDECREF(kind);
  Py_XDECREF(module);
}

/* A variable is an object like any other. */
static int truth(PyObject *x) {
  if (py_is_variable(x)) return 1;
  not_in_graphs("Using a `tf.Tensor` as a Python `bool` is not allowed. Use `if t is not None:` instead of `if t:` to "
                "test if a tensor is defined, and use TensorFlow ops such as tf.cond to execute subgraphs conditioned "
                "on the value of a tensor.");
  return -1;
}

/* Comparisons make nodes; equality is identity, as TensorFlow 1's. */
static PyObject *compare(PyObject *x, PyObject *y, int operation) {
  static const char *const ops[] = {
      [Py_LT] = "Less", [Py_LE] = "LessEqual", [Py_GT] = "Greater", [Py_GE] = "GreaterEqual"};
  if (operation == Py_EQ || operation == Py_NE) {
    PyObject *answer = (x == y) == (operation == Py_EQ) ? Py_True : Py_False;
    Py_INCREF(answer);
    return answer;
  }
  if (!is_operand(y)) Py_RETURN_NOTIMPLEMENTED;
  PyObject *pair[] = {x, y};
  py_call call;
  if (!py_call_begin(&call, pair, 2)) return NULL;
  hr_operand a, b;
  hr_output output = HR_NO_OUTPUT;
  if (to_self(&call, x, &a) && py_to_operand(&call, y, &b))
    output = hr_binary_with(call.scope, ops[operation], a, b, NULL);
  return finish(&call, output);
}

static Py_hash_t identity_hash(PyObject *x) { return (Py_hash_t)((uintptr_t)x >> 4); }

/* ---- indexing ---------------------------------------------------------------------------------------------------- */

/* A place in a tensor. NumPy's integers count as Python's: they say nothing about a dtype. */
static bool to_place(py_call *call, PyObject *v, hr_operand *out) {
  if (py_is_tensor(v) || py_is_variable(v) || PyLong_Check(v) || !PyIndex_Check(v)) return py_to_operand(call, v, out);
  PyObject *number = PyNumber_Index(v);
  bool ok = number && py_to_operand(call, number, out);
  Py_XDECREF(number);
  return ok;
}

static bool to_bound(py_call *call, PyObject *v, bool *given, hr_operand *out) {
  *given = v != Py_None;
  return !*given || to_place(call, v, out);
}

static bool to_slice_item(py_call *call, PyObject *v, hr_slice_item *out) {
  *out = (hr_slice_item){0};
  if (v == Py_Ellipsis) {
    *out = HR_ELLIPSIS;
    return true;
  }
  if (v == Py_None) {
    *out = HR_NEW_AXIS;
    return true;
  }
  if (PySlice_Check(v)) {
    PySliceObject *slice = (PySliceObject *)v;
    out->kind = HR_SLICE_RANGE;
    return to_bound(call, slice->start, &out->has_begin, &out->begin) &&
           to_bound(call, slice->stop, &out->has_end, &out->end) &&
           to_bound(call, slice->step, &out->has_step, &out->step);
  }
  out->kind = HR_SLICE_INDEX;
  out->has_begin = true;
  if (PyFloat_Check(v) || PyUnicode_Check(v) || PyList_Check(v)) {
    PyErr_Format(PyExc_TypeError,
                 "Only integers, slices (`:`), ellipsis (`...`), tf.newaxis (`None`) and scalar "
                 "tf.int32/tf.int64 tensors are valid indices, got %R",
                 v);
    return false;
  }
  return to_place(call, v, &out->begin);
}

/* x[[0, 1]] is x[0, 1], as in TensorFlow 1.15. */
static PyObject *subscript_list(PyObject *x, PyObject *key) {
  PyObject *items = PyList_AsTuple(key);
  PyObject *result = items ? PyObject_GetItem(x, items) : NULL;
  Py_XDECREF(items);
  return result;
}

static PyObject *subscript(PyObject *x, PyObject *key) {
  if (PyList_Check(key)) return subscript_list(x, key);
  PyObject *pair[] = {x, key};
  bool many = PyTuple_Check(key);
  Py_ssize_t count = many ? PyTuple_GET_SIZE(key) : 1;
  if (!many && py_is_tensor(key) && hr_dtype_base(hr_output_dtype(((py_tensor *)key)->output)) == HR_BOOL)
    return PyObject_CallFunctionObjArgs(py_classes[PY_BOOLEAN_MASK], x, key, NULL);
  py_call call;
  if (!py_call_begin(&call, pair, 2)) return NULL;
  hr_slice_item *items = py_call_allocate(&call, sizeof *items * (size_t)(count + 1));
  hr_operand tensor;
  hr_output output = HR_NO_OUTPUT;
  bool ok = items && to_self(&call, x, &tensor);
  for (Py_ssize_t i = 0; ok && i < count; ++i)
    ok = to_slice_item(&call, many ? PyTuple_GET_ITEM(key, i) : key, &items[i]);
  if (ok) output = hr_slice_items(call.scope, tensor, (int)count, items);
  return finish(&call, output);
}

static PyObject *no_iteration(PyObject *x) {
  if (py_is_variable(x))
    PyErr_SetString(PyExc_TypeError, "'Variable' object is not iterable.");
  else
    not_in_graphs("Iterating over a `tf.Tensor` is not allowed in a graph. Use tf.unstack for its parts.");
  return NULL;
}

/* The slots of both types. */
static const PyType_Slot shared[] = {
    {Py_nb_add, plus},
    {Py_nb_subtract, minus},
    {Py_nb_multiply, times},
    {Py_nb_true_divide, true_divide},
    {Py_nb_floor_divide, floor_divide},
    {Py_nb_remainder, modulo},
    {Py_nb_power, power},
    {Py_nb_matrix_multiply, matrix_times},
    {Py_nb_and, and_},
    {Py_nb_or, or_},
    {Py_nb_xor, xor},
    {Py_nb_negative, negative},
    {Py_nb_positive, positive},
    {Py_nb_absolute, absolute},
    {Py_nb_invert, invert},
    {Py_nb_bool, truth},
    {Py_tp_richcompare, compare},
    {Py_tp_hash, identity_hash},
    {Py_mp_subscript, subscript},
    {Py_tp_iter, no_iteration},
};

PyTypeObject *py_add_operand_type(PyObject *module, PyType_Spec *spec) {
  PyType_Slot slots[48];
  int count = 0;
  for (const PyType_Slot *slot = spec->slots; slot->slot; ++slot)
    slots[count++] = *slot;
  for (size_t i = 0; i < sizeof shared / sizeof *shared; ++i)
    slots[count++] = shared[i];
  slots[count] = (PyType_Slot){0, NULL};
  PyType_Spec full = *spec;
  full.slots = slots;
  return py_add_type(module, &full);
}
