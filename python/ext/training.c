/* Gradients and optimizers. */
#include "binding.h"

/* ---- gradients --------------------------------------------------------------------------------------------------- */

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

/* A tensor, IndexedSlices, a value, or None. */
static bool to_gradient(py_call *call, PyObject *v, hr_gradient *out) {
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

static bool to_gradients(py_call *call, PyObject *list, Py_ssize_t count, hr_gradient **out) {
  *out = py_call_allocate(call, sizeof **out * (size_t)(count + 1));
  bool ok = *out != NULL;
  for (Py_ssize_t i = 0; ok && i < count; ++i)
    ok = to_gradient(call, PySequence_Fast_GET_ITEM(list, i), &(*out)[i]);
  return ok;
}

static PyObject *from_gradients(py_graph *graph, Py_ssize_t count, const hr_gradient *gradients) {
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

/* What gradients are taken of: tensors, and variables' references. */
static bool to_sources(py_call *call, PyObject *list, hr_outputs *out) {
  Py_ssize_t count = PySequence_Fast_GET_SIZE(list);
  hr_output *items = py_call_allocate(call, sizeof *items * (size_t)(count + 1));
  bool ok = items != NULL;
  for (Py_ssize_t i = 0; ok && i < count; ++i) {
    PyObject *item = PySequence_Fast_GET_ITEM(list, i);
    if (py_is_variable(item) && ((py_variable *)item)->var)
      items[i] = hr_var_ref(((py_variable *)item)->var);
    else
      ok = py_to_output(call, item, &items[i]);
  }
  *out = (hr_outputs){(int32_t)count, items};
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
  hr_gradient *given = NULL;
  PyObject *result = NULL;
  Py_ssize_t count = PyList_GET_SIZE(xs);
  bool ok = py_to_outputs(&call, ys, &y) && to_sources(&call, xs, &x) && py_to_outputs(&call, stop, &o.stop_gradients);
  if (ok && grad_ys != Py_None) {
    if (!PyList_Check(grad_ys) || PyList_GET_SIZE(grad_ys) != PyList_GET_SIZE(ys)) {
      PyErr_Format(PyExc_ValueError, "Passed %zd grad_ys for %zd ys",
                   PyList_Check(grad_ys) ? PyList_GET_SIZE(grad_ys) : (Py_ssize_t)1, PyList_GET_SIZE(ys));
      ok = false;
    } else {
      ok = to_gradients(&call, grad_ys, PyList_GET_SIZE(ys), &given);
      o.grad_ys = given;
    }
  }
  hr_gradient *out = ok ? py_call_allocate(&call, sizeof *out * (size_t)(count + 1)) : NULL;
  if (out) {
    hr_gradients_with(call.scope, y, x, out, &o);
    if (hr_scope_ok(call.scope)) result = from_gradients(call.graph, count, out);
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
  if (to_gradient(&call, slices, &gradient)) {
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
  hr_outputs inputs;
  Py_ssize_t count = PyList_GET_SIZE(controls);
  hr_node **nodes = py_call_allocate(&call, sizeof *nodes * (size_t)(count + 1));
  bool ok = nodes && py_to_outputs(&call, tensors, &inputs);
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

/* clip_by_global_norm(tensors, norm, name) -> (list, global norm) */
static PyObject *clip_by_global_norm(PyObject *module, PyObject *args) {
  (void)module;
  PyObject *tensors, *norm;
  const char *name;
  if (!PyArg_ParseTuple(args, "OOz", &tensors, &norm, &name)) return NULL;
  py_call call;
  if (!py_call_begin(&call, &tensors, 1)) return NULL;
  hr_outputs inputs;
  hr_operand limit;
  PyObject *result = NULL;
  hr_output *out = py_to_outputs(&call, tensors, &inputs) && py_to_operand(&call, norm, &limit)
                       ? py_call_allocate(&call, sizeof *out * (size_t)(inputs.count + 1))
                       : NULL;
  if (out) {
    hr_output r = hr_clip_by_global_norm_with(call.scope, inputs, limit, out, &(hr_op_options){name});
    if (hr_scope_ok(call.scope))
      result = Py_BuildValue("(NN)", py_from_outputs(call.graph, (hr_outputs){inputs.count, out}),
                             py_from_output(call.graph, r));
  }
  if (!py_call_end(&call)) Py_CLEAR(result);
  return result;
}

/* ---- optimizers -------------------------------------------------------------------------------------------------- */

typedef struct py_optimizer {
  PyObject_HEAD hr_optimizer *optimizer;
  PyObject *owner;  /* the Python optimizer whose methods replace functions; borrowed, it owns this object */
  py_graph *graph;  /* of the operands; owned */
  py_call operands; /* memory of the hyperparameters, which the optimizer points to */
  bool has_operands;
  hr_optimizer_functions native; /* what replaced functions fall back to */
} py_optimizer;
static PyTypeObject *optimizer_type;

static int optimizer_traverse(py_optimizer *self, visitproc visit, void *arg) {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(self->graph);
  return 0;
}
static void optimizer_dealloc(py_optimizer *self) {
  PyTypeObject *type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  hr_optimizer_free(self->optimizer);
  if (self->has_operands) {
    PyObject *t, *v, *tb;
    PyErr_Fetch(&t, &v, &tb);
    if (!py_call_end(&self->operands)) PyErr_Clear();
    PyErr_Restore(t, v, tb);
  }
  Py_CLEAR(self->graph);
  type->tp_free(self);
  Py_DECREF(type);
}

typedef hr_optimizer *(*make_of_rate)(hr_operand rate, const hr_optimizer_options *options);

static const struct {
  const char *kind;
  make_of_rate make;
  hr_optimizer_options defaults;
} kinds[] = {
    {"gradient_descent", hr_gradient_descent_optimizer_with, {0}},
    {"adam", hr_adam_optimizer_with, {HR_ADAM_DEFAULTS}},
    {"adagrad", hr_adagrad_optimizer_with, {HR_ADAGRAD_DEFAULTS}},
    {"rmsprop", hr_rmsprop_optimizer_with, {HR_RMSPROP_DEFAULTS}},
    {"adadelta", hr_adadelta_optimizer_with, {HR_ADADELTA_DEFAULTS}},
    {"ftrl", hr_ftrl_optimizer_with, {HR_FTRL_DEFAULTS}},
    {"proximal_gradient_descent", hr_proximal_gradient_descent_optimizer_with, {0}},
    {"proximal_adagrad", hr_proximal_adagrad_optimizer_with, {HR_ADAGRAD_DEFAULTS}},
};

static bool read_option(const char *key, PyObject *v, hr_optimizer_options *o) {
  const struct {
    const char *key;
    bool *flag;
    double *number;
  } fields[] = {
      {"use_locking", &o->use_locking, NULL},
      {"use_nesterov", &o->use_nesterov, NULL},
      {"centered", &o->centered, NULL},
      {"momentum", NULL, &o->momentum},
      {"beta1", NULL, &o->beta1},
      {"beta2", NULL, &o->beta2},
      {"epsilon", NULL, &o->epsilon},
      {"decay", NULL, &o->decay},
      {"rho", NULL, &o->rho},
      {"initial_accumulator_value", NULL, &o->initial_accumulator_value},
      {"learning_rate_power", NULL, &o->learning_rate_power},
      {"l1_regularization_strength", NULL, &o->l1_regularization_strength},
      {"l2_regularization_strength", NULL, &o->l2_regularization_strength},
      {"l2_shrinkage_regularization_strength", NULL, &o->l2_shrinkage_regularization_strength},
  };
  for (size_t i = 0; i < sizeof fields / sizeof *fields; ++i)
    if (strcmp(fields[i].key, key) == 0)
      return fields[i].flag ? py_to_bool(v, fields[i].flag) : py_to_double(v, fields[i].number);
  PyErr_Format(PyExc_TypeError, "an optimizer has no option '%s'", key);
  return false;
}

/* optimizer(owner, kind or None, name, learning_rate, momentum or None, options dict) */
static PyObject *make_optimizer(PyObject *module, PyObject *args) {
  (void)module;
  PyObject *owner, *rate, *momentum, *options;
  const char *kind, *name;
  if (!PyArg_ParseTuple(args, "OzsOOO!", &owner, &kind, &name, &rate, &momentum, &PyDict_Type, &options)) return NULL;
  py_optimizer *self = (py_optimizer *)optimizer_type->tp_alloc(optimizer_type, 0);
  if (!self) return NULL;
  self->owner = owner;
  PyObject *operands[] = {rate, momentum};
  if (!py_call_begin(&self->operands, operands, 2)) goto fail;
  self->has_operands = true;
  self->graph = self->operands.graph;
  Py_INCREF(self->graph);
  hr_operand learning_rate = {0}, second = {0};
  if (rate != Py_None && !py_to_operand(&self->operands, rate, &learning_rate)) goto fail;
  if (momentum != Py_None && !py_to_operand(&self->operands, momentum, &second)) goto fail;
  hr_optimizer_options o = {0};
  make_of_rate make = NULL;
  for (size_t i = 0; kind && i < sizeof kinds / sizeof *kinds; ++i)
    if (strcmp(kinds[i].kind, kind) == 0) {
      make = kinds[i].make;
      o = kinds[i].defaults;
    }
  PyObject *key, *value;
  Py_ssize_t position = 0;
  while (PyDict_Next(options, &position, &key, &value)) {
    const char *text;
    if (!py_to_text(key, &text) || !read_option(text, value, &o)) goto fail;
  }
  o.name = name;
  if (make)
    self->optimizer = make(learning_rate, &o);
  else if (kind && strcmp(kind, "momentum") == 0)
    self->optimizer = hr_momentum_optimizer_with(learning_rate, second, &o);
  else
    self->optimizer = hr_optimizer_new(name);
  if (!self->optimizer) {
    PyErr_NoMemory();
    goto fail;
  }
  self->native = *hr_optimizer_table(self->optimizer);
  return (PyObject *)self;
fail:
  Py_DECREF(self);
  return NULL;
}

/* Calls a method of the owner inside `scope`; the answer is a new reference, NULL with the error at the builder. */
static PyObject *call_owner(hr_optimizer *optimizer, hr_scope scope, const char *method, PyObject *args) {
  py_optimizer *self = hr_optimizer_table(optimizer)->argument;
  PyObject *function = PyObject_GetAttrString(self->owner, method);
  if (!function) {
    Py_XDECREF(args);
    hr_scope_fail(scope, py_keep_exception());
    return NULL;
  }
  PyObject *result = py_call_back(py_graph_of(scope), scope, function, args);
  Py_DECREF(function);
  return result;
}

/* The node of what a method answered. */
static hr_node *answered_node(hr_scope scope, PyObject *result) {
  hr_node *node = NULL;
  if (result && !py_to_node(NULL, result, &node)) hr_scope_fail(scope, py_keep_exception());
  Py_XDECREF(result);
  return node;
}

static void owner_create_slots(hr_optimizer *optimizer, hr_scope scope, hr_vars vars) {
  py_graph *graph = py_graph_of(scope);
  PyObject *list = PyList_New(vars.count);
  for (int32_t i = 0; list && i < vars.count; ++i) {
    PyObject *var = py_from_var(graph, vars.items[i]);
    if (!var)
      Py_CLEAR(list);
    else
      PyList_SET_ITEM(list, i, var);
  }
  Py_XDECREF(call_owner(optimizer, scope, "_create_slots", list ? Py_BuildValue("(N)", list) : NULL));
}
static void owner_prepare(hr_optimizer *optimizer, hr_scope scope) {
  Py_XDECREF(call_owner(optimizer, scope, "_prepare", PyTuple_New(0)));
}
static hr_node *owner_apply_dense(hr_optimizer *optimizer, hr_scope scope, hr_output gradient, hr_var *var) {
  py_graph *graph = py_graph_of(scope);
  return answered_node(scope,
                       call_owner(optimizer, scope, "_apply_dense",
                                  Py_BuildValue("(NN)", py_from_output(graph, gradient), py_from_var(graph, var))));
}
static hr_node *owner_sparse(const char *method, hr_optimizer *optimizer, hr_scope scope, hr_gradient gradient,
                             hr_var *var) {
  py_graph *graph = py_graph_of(scope);
  return answered_node(scope,
                       call_owner(optimizer, scope, method,
                                  Py_BuildValue("(NN)", py_from_gradient(graph, gradient), py_from_var(graph, var))));
}
static hr_node *owner_apply_sparse(hr_optimizer *optimizer, hr_scope scope, hr_gradient gradient, hr_var *var) {
  return owner_sparse("_apply_sparse", optimizer, scope, gradient, var);
}
static hr_node *owner_apply_sparse_duplicates(hr_optimizer *optimizer, hr_scope scope, hr_gradient gradient,
                                              hr_var *var) {
  return owner_sparse("_apply_sparse_duplicate_indices", optimizer, scope, gradient, var);
}
static hr_node *owner_finish(hr_optimizer *optimizer, hr_scope scope, int32_t count, hr_node *const *updates,
                             const char *name) {
  py_graph *graph = py_graph_of(scope);
  PyObject *list = PyList_New(count);
  for (int32_t i = 0; list && i < count; ++i) {
    PyObject *op = py_from_node(graph, updates[i]);
    if (!op)
      Py_CLEAR(list);
    else
      PyList_SET_ITEM(list, i, op);
  }
  return answered_node(scope, call_owner(optimizer, scope, "_finish", list ? Py_BuildValue("(Ns)", list, name) : NULL));
}

/* replace(method): the owner's method takes the place of the native function. */
static PyObject *optimizer_replace(py_optimizer *self, PyObject *method) {
  const char *name;
  if (!py_to_text(method, &name)) return NULL;
  hr_optimizer_functions *table = hr_optimizer_table(self->optimizer);
  table->argument = self;
  if (strcmp(name, "_create_slots") == 0)
    table->create_slots = owner_create_slots;
  else if (strcmp(name, "_prepare") == 0)
    table->prepare = owner_prepare;
  else if (strcmp(name, "_apply_dense") == 0)
    table->apply_dense = owner_apply_dense;
  else if (strcmp(name, "_apply_sparse") == 0)
    table->apply_sparse = owner_apply_sparse;
  else if (strcmp(name, "_apply_sparse_duplicate_indices") == 0)
    table->apply_sparse_duplicates = owner_apply_sparse_duplicates;
  else if (strcmp(name, "_finish") == 0)
    table->finish = owner_finish;
  else
    return PyErr_Format(PyExc_ValueError, "an optimizer has no function %s", name);
  Py_RETURN_NONE;
}

/* native(method, *args): the native function behind a method, inside the current scope of the graph. */
static PyObject *optimizer_native(py_optimizer *self, PyObject *args) {
  const char *name;
  PyObject *first = NULL, *second = NULL;
  if (!PyArg_ParseTuple(args, "s|OO", &name, &first, &second)) return NULL;
  PyObject *values[] = {first, second};
  py_call call;
  if (!py_call_begin(&call, values, 2)) return NULL;
  PyObject *result = NULL;
  hr_node *node = NULL;
  hr_var *var;
  hr_vars vars;
  hr_gradient gradient;
  if (strcmp(name, "_create_slots") == 0) {
    if (py_to_vars(&call, first, &vars) && self->native.create_slots)
      self->native.create_slots(self->optimizer, call.scope, vars);
  } else if (strcmp(name, "_prepare") == 0) {
    if (self->native.prepare) self->native.prepare(self->optimizer, call.scope);
  } else if (strcmp(name, "_finish") == 0) {
    hr_node **nodes = py_call_allocate(&call, sizeof *nodes * (size_t)(PyList_Size(first) + 1));
    const char *text;
    bool ok = nodes && py_to_text(second, &text);
    for (Py_ssize_t i = 0; ok && i < PyList_Size(first); ++i)
      ok = py_to_node(&call, PyList_GET_ITEM(first, i), &nodes[i]);
    if (ok) node = self->native.finish(self->optimizer, call.scope, (int32_t)PyList_Size(first), nodes, text);
  } else if (first && second && to_gradient(&call, first, &gradient) && py_to_var(&call, second, &var)) {
    if (strcmp(name, "_apply_dense") == 0)
      node = self->native.apply_dense(self->optimizer, call.scope, gradient.value, var);
    else if (strcmp(name, "_apply_sparse") == 0)
      node = self->native.apply_sparse(self->optimizer, call.scope, gradient, var);
    else
      node = self->native.apply_sparse_duplicates(self->optimizer, call.scope, gradient, var);
  }
  if (!PyErr_Occurred()) result = py_from_node(call.graph, node);
  if (!py_call_end(&call)) Py_CLEAR(result);
  return result;
}

/* compute_gradients(loss, vars, gate, aggregation, colocate, grad_loss) -> list of gradients */
static PyObject *optimizer_compute(py_optimizer *self, PyObject *args) {
  PyObject *loss, *list, *grad_loss;
  int gate, aggregation, colocate;
  if (!PyArg_ParseTuple(args, "OOiipO", &loss, &list, &gate, &aggregation, &colocate, &grad_loss)) return NULL;
  py_call call;
  if (!py_call_begin(&call, &loss, 1)) return NULL;
  hr_output y;
  hr_vars vars;
  hr_minimize_options o = {.gate_gradients = (hr_gate)gate,
                           .aggregation = (hr_aggregation_method)aggregation,
                           .colocate_gradients_with_ops = colocate};
  PyObject *result = NULL;
  bool ok = py_to_output(&call, loss, &y) && py_to_vars(&call, list, &vars);
  if (ok && grad_loss != Py_None) ok = py_to_output(&call, grad_loss, &o.grad_loss);
  hr_gradient *out = ok ? py_call_allocate(&call, sizeof *out * (size_t)(vars.count + 1)) : NULL;
  if (out) {
    hr_compute_gradients_with(call.scope, self->optimizer, y, vars, out, &o);
    if (hr_scope_ok(call.scope)) result = from_gradients(call.graph, vars.count, out);
  }
  if (!py_call_end(&call)) Py_CLEAR(result);
  return result;
}

/* apply_gradients(gradients, vars, global_step or None, name or None) -> Operation */
static PyObject *optimizer_apply(py_optimizer *self, PyObject *args) {
  PyObject *gradients, *list, *global_step;
  const char *name;
  if (!PyArg_ParseTuple(args, "O!OOz", &PyList_Type, &gradients, &list, &global_step, &name)) return NULL;
  py_call call;
  if (!py_call_begin(&call, &list, 1)) return NULL;
  hr_vars vars;
  hr_gradient *given;
  hr_minimize_options o = {.name = name};
  bool ok = py_to_vars(&call, list, &vars) && to_gradients(&call, gradients, vars.count, &given);
  if (ok && global_step != Py_None) ok = py_to_var(&call, global_step, &o.global_step);
  PyObject *result = NULL;
  if (ok) {
    hr_node *node = hr_apply_gradients_with(call.scope, self->optimizer, vars, given, &o);
    if (hr_scope_ok(call.scope)) result = py_from_node(call.graph, node);
  }
  if (!py_call_end(&call)) Py_CLEAR(result);
  return result;
}

static PyObject *optimizer_slot(py_optimizer *self, PyObject *args) {
  PyObject *variable;
  const char *slot;
  if (!PyArg_ParseTuple(args, "Os", &variable, &slot)) return NULL;
  hr_var *var;
  if (!py_to_var(NULL, variable, &var)) return NULL;
  return py_from_var(((py_variable *)variable)->graph, hr_optimizer_slot(self->optimizer, slot, var));
}

static PyObject *optimizer_slot_names(py_optimizer *self, PyObject *unused) {
  (void)unused;
  PyObject *list = PyList_New(0);
  const char *name;
  for (int32_t i = 0; list && (name = hr_optimizer_slot_name(self->optimizer, i)); ++i) {
    PyObject *text = PyUnicode_FromString(name);
    if (!text || PyList_Append(list, text) < 0) Py_CLEAR(list);
    Py_XDECREF(text);
  }
  return list;
}

/* make_slot(name, variable, initializer or None, value or None) -> Variable */
static PyObject *optimizer_make_slot(py_optimizer *self, PyObject *args) {
  PyObject *variable, *initializer, *value, *slot;
  if (!PyArg_ParseTuple(args, "UOOO", &slot, &variable, &initializer, &value)) return NULL;
  PyObject *values[] = {variable, value};
  py_call call;
  if (!py_call_begin(&call, values, 2)) return NULL;
  hr_var *var, *made = NULL;
  hr_initializer start;
  hr_output first;
  PyUnicode_InternInPlace(&slot);
  const char *name = PyUnicode_AsUTF8(slot);
  if (name && py_graph_keep(call.graph, slot) && py_to_var(&call, variable, &var)) {
    if (value != Py_None) {
      if (py_to_output(&call, value, &first))
        made = hr_optimizer_make_slot_of(self->optimizer, call.scope, name, var, first);
    } else if (py_to_initializer(&call, initializer, &start)) {
      made = hr_optimizer_make_slot(self->optimizer, call.scope, name, var, start);
    }
  }
  PyObject *result = PyErr_Occurred() ? NULL : py_from_var(call.graph, made);
  if (!py_call_end(&call)) Py_CLEAR(result);
  return result;
}

static PyMethodDef optimizer_methods[] = {{"compute_gradients", (PyCFunction)optimizer_compute, METH_VARARGS, NULL},
                                          {"apply_gradients", (PyCFunction)optimizer_apply, METH_VARARGS, NULL},
                                          {"replace", (PyCFunction)optimizer_replace, METH_O, NULL},
                                          {"native", (PyCFunction)optimizer_native, METH_VARARGS, NULL},
                                          {"slot", (PyCFunction)optimizer_slot, METH_VARARGS, NULL},
                                          {"slot_names", (PyCFunction)optimizer_slot_names, METH_NOARGS, NULL},
                                          {"make_slot", (PyCFunction)optimizer_make_slot, METH_VARARGS, NULL},
                                          {0}};
static PyType_Slot optimizer_slots[] = {{Py_tp_dealloc, optimizer_dealloc},
                                        {Py_tp_traverse, optimizer_traverse},
                                        {Py_tp_methods, optimizer_methods},
                                        {0, NULL}};
static PyType_Spec optimizer_spec = {.name = "headrace._headrace.Optimizer",
                                     .basicsize = sizeof(py_optimizer),
                                     .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
                                     .slots = optimizer_slots};

static PyMethodDef methods[] = {{"gradients", gradients, METH_VARARGS, NULL},
                                {"gradient_to_tensor", gradient_to_tensor, METH_VARARGS, NULL},
                                {"tuple", tuple, METH_VARARGS, NULL},
                                {"clip_by_global_norm", clip_by_global_norm, METH_VARARGS, NULL},
                                {"optimizer", make_optimizer, METH_VARARGS, NULL},
                                {0}};

bool py_add_training_types(PyObject *module) {
  optimizer_type = py_add_type(module, &optimizer_spec);
  return optimizer_type && PyModule_AddFunctions(module, methods) == 0;
}
