/* Optimizers: their C functions, which methods of Python classes may replace. */
#include "gradients.h"

typedef struct py_optimizer {
  PyObject_HEAD hr_optimizer *optimizer;
  PyObject *owner;  /* the Python optimizer whose methods replace functions; borrowed, it owns this object */
  py_graph *graph;  /* owned */
  py_call operands; /* memory of the hyperparameters, which the optimizer points to */
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
  PyObject *t, *v, *tb;
  PyErr_Fetch(&t, &v, &tb);
  if (self->graph && !py_call_end(&self->operands)) PyErr_Clear();
  PyErr_Restore(t, v, tb);
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
    {"GradientDescent", hr_gradient_descent_optimizer_with, {0}},
    {"Adam", hr_adam_optimizer_with, {HR_ADAM_DEFAULTS}},
    {"Adagrad", hr_adagrad_optimizer_with, {HR_ADAGRAD_DEFAULTS}},
    {"RMSProp", hr_rmsprop_optimizer_with, {HR_RMSPROP_DEFAULTS}},
    {"Adadelta", hr_adadelta_optimizer_with, {HR_ADADELTA_DEFAULTS}},
    {"Ftrl", hr_ftrl_optimizer_with, {HR_FTRL_DEFAULTS}},
    {"ProximalGradientDescent", hr_proximal_gradient_descent_optimizer_with, {0}},
    {"ProximalAdagrad", hr_proximal_adagrad_optimizer_with, {HR_ADAGRAD_DEFAULTS}},
};

/* The optimizer of a kind, whose hyperparameters are set afterwards; of no kind for NULL. */
static hr_optimizer *optimizer_of_kind(const char *kind, hr_var *global_step, const hr_optimizer_options *o) {
  if (!kind) return hr_optimizer_new(o->name);
  if (strcmp(kind, "Momentum") == 0) return hr_momentum_optimizer_with(HR_NO_OPERAND, HR_NO_OPERAND, o);
  if (strcmp(kind, "AdagradDA") == 0) return hr_adagrad_da_optimizer_with(HR_NO_OPERAND, global_step, o);
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; ++i)
    if (strcmp(kinds[i].kind, kind) == 0) return kinds[i].make(HR_NO_OPERAND, o);
  return NULL;
}

static bool read_option(const char *key, PyObject *v, hr_optimizer_options *o) {
  const struct {
    const char *key;
    bool *flag;
    double *number;
    const char **text;
  } fields[] = {
      {"use_locking", .flag = &o->use_locking},
      {"use_nesterov", .flag = &o->use_nesterov},
      {"centered", .flag = &o->centered},
      {"accum_name", .text = &o->accum_name},
      {"linear_name", .text = &o->linear_name},
      {"momentum", .number = &o->momentum},
      {"beta1", .number = &o->beta1},
      {"beta2", .number = &o->beta2},
      {"epsilon", .number = &o->epsilon},
      {"decay", .number = &o->decay},
      {"rho", .number = &o->rho},
      {"initial_accumulator_value", .number = &o->initial_accumulator_value},
      {"learning_rate_power", .number = &o->learning_rate_power},
      {"l1_regularization_strength", .number = &o->l1_regularization_strength},
      {"l2_regularization_strength", .number = &o->l2_regularization_strength},
      {"l2_shrinkage_regularization_strength", .number = &o->l2_shrinkage_regularization_strength},
  };
  for (size_t i = 0; i < sizeof fields / sizeof *fields; ++i)
    if (strcmp(fields[i].key, key) == 0) {
      if (fields[i].text) return v == Py_None || py_to_text(v, fields[i].text);
      return fields[i].flag ? py_to_bool(v, fields[i].flag) : py_to_double(v, fields[i].number);
    }
  PyErr_Format(PyExc_TypeError, "an optimizer has no option '%s'", key);
  return false;
}

/* set(hyperparameter, value): a number, a tensor, a variable */
static PyObject *optimizer_set(py_optimizer *self, PyObject *args) {
  const char *name;
  PyObject *value;
  if (!PyArg_ParseTuple(args, "sO", &name, &value)) return NULL;
  hr_operand operand;
  if (!py_to_operand(&self->operands, value, &operand)) return NULL;
  if (!hr_optimizer_set(self->optimizer, name, operand))
    return PyErr_Format(PyExc_ValueError, "the optimizer has no hyperparameter %s", name);
  Py_RETURN_NONE;
}

/* prepared(hyperparameter) -> tensor or None */
static PyObject *optimizer_prepared(py_optimizer *self, PyObject *name) {
  const char *text;
  return py_to_text(name, &text) ? py_from_output(self->graph, hr_optimizer_prepared(self->optimizer, text)) : NULL;
}

/* optimizer(owner, graph, kind or None, name, options dict, global_step or None) */
static PyObject *make_optimizer(PyObject *module, PyObject *args) {
  (void)module;
  PyObject *owner, *graph, *options, *global_step;
  const char *kind, *name;
  if (!PyArg_ParseTuple(args, "OO!zsO!O", &owner, py_graph_type, &graph, &kind, &name, &PyDict_Type, &options,
                        &global_step))
    return NULL;
  hr_optimizer_options o = {0};
  for (size_t i = 0; kind && i < sizeof kinds / sizeof *kinds; ++i)
    if (strcmp(kinds[i].kind, kind) == 0) o = kinds[i].defaults;
  PyObject *key, *value;
  Py_ssize_t position = 0;
  while (PyDict_Next(options, &position, &key, &value)) {
    const char *text;
    if (!py_to_text(key, &text) || !read_option(text, value, &o)) return NULL;
  }
  o.name = name;
  hr_var *step = NULL;
  if (global_step != Py_None && !py_to_var(NULL, global_step, &step)) return NULL;
  py_optimizer *self = (py_optimizer *)optimizer_type->tp_alloc(optimizer_type, 0);
  if (!self) return NULL;
  self->owner = owner;
  self->graph = (py_graph *)graph;
  Py_INCREF(graph);
  py_call_begin_in(&self->operands, self->graph);
  self->optimizer = optimizer_of_kind(kind, step, &o);
  if (!self->optimizer) {
    Py_DECREF(self);
    return PyErr_NoMemory();
  }
  self->native = *hr_optimizer_table(self->optimizer);
  return (PyObject *)self;
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

static hr_output owner_constrain(hr_optimizer *optimizer, hr_scope scope, hr_var *var) {
  PyObject *result =
      call_owner(optimizer, scope, "_constrain", Py_BuildValue("(N)", py_from_var(py_graph_of(scope), var)));
  hr_output output = HR_NO_OUTPUT;
  if (result && py_is_tensor(result)) output = ((py_tensor *)result)->output;
  Py_XDECREF(result);
  return output;
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
  else if (strcmp(name, "_constrain") == 0)
    table->constrain = owner_constrain;
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
  } else if (first && second && py_to_gradient(&call, first, &gradient) && py_to_var(&call, second, &var)) {
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
    if (hr_scope_ok(call.scope)) result = py_from_gradients(call.graph, vars.count, out);
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
  bool ok = py_to_vars(&call, list, &vars) && py_to_gradients(&call, gradients, vars.count, &given);
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

/* set_slot(name, variable, slot): keeps a variable as the slot of another */
static PyObject *optimizer_set_slot(py_optimizer *self, PyObject *args) {
  PyObject *variable, *value, *slot;
  if (!PyArg_ParseTuple(args, "UOO", &slot, &variable, &value)) return NULL;
  py_call call;
  if (!py_call_begin(&call, &variable, 1)) return NULL;
  hr_var *var, *kept;
  const char *name = PyUnicode_AsUTF8(slot);
  if (name && py_graph_keep(call.graph, slot) && py_to_var(&call, variable, &var) && py_to_var(&call, value, &kept))
    hr_optimizer_set_slot(self->optimizer, call.scope, name, var, kept);
  if (!py_call_end(&call)) return NULL;
  Py_RETURN_NONE;
}

static PyObject *optimizer_variables(py_optimizer *self, PyObject *unused) {
  (void)unused;
  PyObject *list = PyList_New(0);
  hr_var *kept;
  for (int32_t i = 0; list && (kept = hr_optimizer_variable(self->optimizer, i)); ++i) {
    PyObject *var = py_from_var(self->graph, kept);
    if (!var || PyList_Append(list, var) < 0) Py_CLEAR(list);
    Py_XDECREF(var);
  }
  return list;
}

static PyMethodDef optimizer_methods[] = {{"compute_gradients", (PyCFunction)optimizer_compute, METH_VARARGS, NULL},
                                          {"apply_gradients", (PyCFunction)optimizer_apply, METH_VARARGS, NULL},
                                          {"replace", (PyCFunction)optimizer_replace, METH_O, NULL},
                                          {"native", (PyCFunction)optimizer_native, METH_VARARGS, NULL},
                                          {"slot", (PyCFunction)optimizer_slot, METH_VARARGS, NULL},
                                          {"slot_names", (PyCFunction)optimizer_slot_names, METH_NOARGS, NULL},
                                          {"set_slot", (PyCFunction)optimizer_set_slot, METH_VARARGS, NULL},
                                          {"variables", (PyCFunction)optimizer_variables, METH_NOARGS, NULL},
                                          {"set", (PyCFunction)optimizer_set, METH_VARARGS, NULL},
                                          {"prepared", (PyCFunction)optimizer_prepared, METH_O, NULL},
                                          {0}};
static PyType_Slot optimizer_slots[] = {{Py_tp_dealloc, optimizer_dealloc},
                                        {Py_tp_traverse, optimizer_traverse},
                                        {Py_tp_methods, optimizer_methods},
                                        {0, NULL}};
static PyType_Spec optimizer_spec = {.name = "headrace._headrace.Optimizer",
                                     .basicsize = sizeof(py_optimizer),
                                     .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
                                     .slots = optimizer_slots};

static PyMethodDef methods[] = {{"optimizer", make_optimizer, METH_VARARGS, NULL}, {0}};

bool py_add_optimizer_types(PyObject *module) {
  optimizer_type = py_add_type(module, &optimizer_spec);
  return optimizer_type && PyModule_AddFunctions(module, methods) == 0;
}
