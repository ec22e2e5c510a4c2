/* Gradients: tf.gradients and what goes with it. */
#include "gradients.h"

PyObject *py_from_gradient(py_graph *graph, hr_gradient gradient) {
  if (!hr_gradient_is_sparse(gradient)) return py_from_output(graph, gradient.value);
  PyObject *values = py_from_output(graph, gradient.value), *indices = py_from_output(graph, gradient.indices),
           *dense_shape = py_from_output(graph, gradient.dense_shape), *result = NULL;
  if (values && indices && dense_shape)
    result = PyObject_CallFunctionObjArgs(py_classes[PY_INDEXED_SLICES], values, indices, dense_shape, NULL);
  Py_XDECREF(values);
  Py_XDECREF(indices);
  Py_XDECREF(dense_shape);
  return result;
}

bool py_to_gradient(py_call *call, PyObject *v, hr_gradient *out) {
  *out = HR_NO_GRADIENT;
  if (v == Py_None) return true;
  if (!PyObject_TypeCheck(v, (PyTypeObject *)py_classes[PY_INDEXED_SLICES])) return py_to_output(call, v, &out->value);
  static const char *const parts[] = {"values", "indices", "dense_shape"};
  hr_output *places[] = {&out->value, &out->indices, &out->dense_shape};
  for (int i = 0; i < 3; ++i) {
    PyObject *part = PyObject_GetAttrString(v, parts[i]);
    bool ok = part && (part == Py_None || py_to_output(call, part, places[i]));
    Py_XDECREF(part);
    if (!ok) return false;
  }
  return true;
}

bool py_to_gradients(py_call *call, PyObject *list, Py_ssize_t count, hr_gradient **out) {
  *out = py_call_allocate(call, sizeof **out * (size_t)(count + 1));
  bool ok = *out != NULL;
  for (Py_ssize_t i = 0; ok && i < count; ++i)
    ok = py_to_gradient(call, PySequence_Fast_GET_ITEM(list, i), &(*out)[i]);
  return ok;
}

PyObject *py_from_gradients(py_graph *graph, Py_ssize_t count, const hr_gradient *gradients) {
  PyObject *list = PyList_New(count);
  for (Py_ssize_t i = 0; list && i < count; ++i) {
    PyObject *gradient = py_from_gradient(graph, gradients[i]);
    if (!gradient)
      Py_CLEAR(list);
    else
      PyList_SET_ITEM(list, i, gradient);
  }
  return list;
}

/* What gradients are taken of, or stop at: tensors, handles, and variables' references, or their values. */
static bool to_sources(py_call *call, PyObject *list, bool references, hr_outputs *out) {
  Py_ssize_t count = PySequence_Fast_GET_SIZE(list);
  hr_output *items = py_call_allocate(call, sizeof *items * (size_t)(count + 1));
  bool ok = items != NULL;
  for (Py_ssize_t i = 0; ok && i < count; ++i) {
    PyObject *item = PySequence_Fast_GET_ITEM(list, i);
    const hr_var *var = py_is_variable(item) ? ((py_variable *)item)->var : NULL;
    if (var && (references || hr_var_is_resource(var)))
      items[i] = hr_var_ref(var);
    else
      ok = py_to_output(call, item, &items[i]);
  }
  *out = (hr_outputs){(int32_t)count, items};
  return ok;
}

/* What arrives at the ys: tensors, variables and IndexedSlices as they are; numbers and arrays are made constants by
 * the library. */
static bool to_grad_ys(py_call *call, PyObject *list, hr_gradients_options *o) {
  Py_ssize_t count = PyList_GET_SIZE(list);
  hr_gradient *gradients = py_call_allocate(call, sizeof *gradients * (size_t)(count + 1));
  hr_operand *values = py_call_allocate(call, sizeof *values * (size_t)(count + 1));
  bool ok = gradients && values;
  for (Py_ssize_t i = 0; ok && i < count; ++i) {
    PyObject *item = PyList_GET_ITEM(list, i);
    bool is_value = PyNumber_Check(item) || PyList_Check(item) || PyTuple_Check(item);
    is_value &= !py_is_tensor(item) && !py_is_variable(item);
    gradients[i] = HR_NO_GRADIENT;
    values[i] = HR_NO_OPERAND;
    ok = is_value ? py_to_operand(call, item, &values[i]) : py_to_gradient(call, item, &gradients[i]);
  }
  o->grad_ys = gradients;
  o->grad_y_values = values;
  return ok;
}

/* gradients(ys, xs, grad_ys, name, colocate, gate, aggregation, stop_gradients, zero_unconnected): lists in, a list out
 */
static PyObject *gradients(PyObject *module, PyObject *args) {
  (void)module;
  PyObject *ys, *xs, *grad_ys, *stop;
  const char *name;
  int colocate, gate, aggregation, zero;
  if (!PyArg_ParseTuple(args, "O!O!OzppiO!p", &PyList_Type, &ys, &PyList_Type, &xs, &grad_ys, &name, &colocate, &gate,
                        &aggregation, &PyList_Type, &stop, &zero))
    return NULL;
  py_call call;
  PyObject *lists[] = {ys, xs};
  if (!py_call_begin(&call, lists, 2)) return NULL;
  hr_gradients_options o = {.aggregation = (hr_aggregation_method)aggregation,
                            .colocate_with_ops = colocate,
                            .gate_gradients = gate,
                            .zero_unconnected = zero,
                            .name = name};
  hr_outputs y, x;
  PyObject *result = NULL;
  Py_ssize_t count = PyList_GET_SIZE(xs);
  bool ok = py_to_outputs(&call, ys, &y) && to_sources(&call, xs, true, &x) &&
            to_sources(&call, stop, false, &o.stop_gradients);
  if (ok && grad_ys != Py_None) {
    if (!PyList_Check(grad_ys) || PyList_GET_SIZE(grad_ys) != PyList_GET_SIZE(ys)) {
      PyErr_Format(PyExc_ValueError, "Passed %zd grad_ys for %zd ys",
                   PyList_Check(grad_ys) ? PyList_GET_SIZE(grad_ys) : (Py_ssize_t)1, PyList_GET_SIZE(ys));
      ok = false;
    } else {
      ok = to_grad_ys(&call, grad_ys, &o);
    }
  }
  hr_gradient *out = ok ? py_call_allocate(&call, sizeof *out * (size_t)(count + 1)) : NULL;
  if (out) {
    hr_gradients_with(call.scope, y, x, out, &o);
    if (hr_scope_ok(call.scope)) result = py_from_gradients(call.graph, count, out);
  }
  if (!py_call_end(&call)) Py_CLEAR(result);
  return result;
}

/* gradient_to_tensor(IndexedSlices, name) */
static PyObject *gradient_to_tensor(PyObject *module, PyObject *args) {
  (void)module;
  PyObject *slices;
  const char *name = NULL;
  if (!PyArg_ParseTuple(args, "O|z", &slices, &name)) return NULL;
  PyObject *values = PyObject_GetAttrString(slices, "values");
  py_call call;
  if (!values || !py_call_begin(&call, &values, 1)) {
    Py_XDECREF(values);
    return NULL;
  }
  hr_gradient gradient;
  PyObject *result = NULL;
  if (py_to_gradient(&call, slices, &gradient)) {
    hr_output r = hr_gradient_to_tensor(call.scope, gradient, name);
    if (hr_scope_ok(call.scope)) result = py_from_output(call.graph, r);
  }
  Py_DECREF(values);
  if (!py_call_end(&call)) Py_CLEAR(result);
  return result;
}

/* tuple(tensors, controls, name) -> list */
static PyObject *tuple(PyObject *module, PyObject *args) {
  (void)module;
  PyObject *tensors, *controls;
  const char *name;
  if (!PyArg_ParseTuple(args, "OO!z", &tensors, &PyList_Type, &controls, &name)) return NULL;
  py_call call;
  if (!py_call_begin(&call, &tensors, 1)) return NULL;
  hr_operands inputs;
  Py_ssize_t count = PyList_GET_SIZE(controls);
  hr_node **nodes = py_call_allocate(&call, sizeof *nodes * (size_t)(count + 1));
  bool ok = nodes && py_to_operands(&call, tensors, &inputs);
  for (Py_ssize_t i = 0; ok && i < count; ++i)
    ok = py_to_node(&call, PyList_GET_ITEM(controls, i), &nodes[i]);
  PyObject *result = NULL;
  hr_output *out = ok ? py_call_allocate(&call, sizeof *out * (size_t)(inputs.count + 1)) : NULL;
  if (out) {
    hr_tuple_with(call.scope, inputs, (int32_t)count, nodes, out, &(hr_op_options){name});
    if (hr_scope_ok(call.scope)) result = py_from_outputs(call.graph, (hr_outputs){inputs.count, out});
  }
  if (!py_call_end(&call)) Py_CLEAR(result);
  return result;
}

/* clip_by_global_norm(tensors, norm, use_norm, name) -> (list, global norm) */
static PyObject *clip_by_global_norm(PyObject *module, PyObject *args) {
  (void)module;
  PyObject *tensors, *norm, *use_norm;
  const char *name;
  if (!PyArg_ParseTuple(args, "OOOz", &tensors, &norm, &use_norm, &name)) return NULL;
  py_call call;
  if (!py_call_begin(&call, &tensors, 1)) return NULL;
  hr_operands inputs;
  hr_operand limit, known = HR_NO_OPERAND;
  PyObject *result = NULL;
  hr_output *out = py_to_operands(&call, tensors, &inputs) && py_to_operand(&call, norm, &limit) &&
                           (use_norm == Py_None || py_to_operand(&call, use_norm, &known))
                       ? py_call_allocate(&call, sizeof *out * (size_t)(inputs.count + 1))
                       : NULL;
  if (out) {
    hr_output r =
        hr_clip_by_global_norm_with(call.scope, inputs, limit, out, &(hr_clip_by_global_norm_options){known, name});
    if (hr_scope_ok(call.scope))
      result = Py_BuildValue("(NN)", py_from_outputs(call.graph, (hr_outputs){inputs.count, out}),
                             py_from_output(call.graph, r));
  }
  if (!py_call_end(&call)) Py_CLEAR(result);
  return result;
}

static PyMethodDef methods[] = {{"gradients", gradients, METH_VARARGS, NULL},
                                {"gradient_to_tensor", gradient_to_tensor, METH_VARARGS, NULL},
                                {"tuple", tuple, METH_VARARGS, NULL},
                                {"clip_by_global_norm", clip_by_global_norm, METH_VARARGS, NULL},
                                {0}};

bool py_add_gradients(PyObject *module) { return PyModule_AddFunctions(module, methods) == 0; }
