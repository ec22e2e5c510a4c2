/* The kinds of optimizers. */
#include "builder/builder.h"
#include "builder/optimizer.h"
#include "builder/variable.h"

/* In C, 1 is as good a rate as 1.0. */
static hr_operand number(hr_operand value) {
  return value.kind == HR_OPERAND_INT ? hr_operand_float((double)value.i) : value;
}

/* ---- GradientDescent ------------------------------------------------------------------------------------------- */

static const hr_optimizer_kind gradient_descent = {
    .name = "GradientDescent",
    .hyperparameters = {"learning_rate"},
    .dense_op = "ApplyGradientDescent",
    .inputs = {0, HR_GRADIENT_INPUT, HR_INPUTS_END},
};

/* Subtracting does not mind rows that come twice. */
static hr_node *scatter_descent(hr_optimizer *optimizer, hr_scope scope, hr_gradient gradient, hr_var *var) {
  if (hr_var_is_resource(var)) {
    hr_output step = hr_times(scope, hr_neg(scope, gradient.value), optimizer->hyperparameters[0]);
    return hr_resource_scatter_add(scope, hr_var_ref(var), gradient.indices, step);
  }
  hr_output rate = hr_optimizer_value(optimizer, scope, 0, hr_var_dtype(var));
  hr_output step = hr_times(scope, gradient.value, rate);
  return hr_scatter_sub(scope, hr_var_ref(var), gradient.indices, step, .use_locking = optimizer->use_locking).node;
}

hr_optimizer *hr_gradient_descent_optimizer_with(hr_operand learning_rate, const hr_optimizer_options *options) {
  hr_optimizer *o = hr_optimizer_of(&gradient_descent, options);
  if (!o) return NULL;
  o->hyperparameters[0] = number(learning_rate);
  o->functions.apply_sparse_duplicates = scatter_descent;
  return o;
}

/* ---- Momentum -------------------------------------------------------------------------------------------------- */

static const hr_optimizer_kind momentum = {
    .name = "Momentum",
    .hyperparameters = {"learning_rate", "momentum"},
    .slots = {"momentum"},
    .dense_op = "ApplyMomentum",
    .sparse_op = "SparseApplyMomentum",
    .inputs = {0, HR_GRADIENT_INPUT, 1, HR_INPUTS_END},
};

hr_optimizer *hr_momentum_optimizer_with(hr_operand learning_rate, hr_operand momentum_,
                                         const hr_optimizer_options *options) {
  hr_optimizer *o = hr_optimizer_of(&momentum, options);
  if (!o) return NULL;
  o->hyperparameters[0] = number(learning_rate);
  o->hyperparameters[1] = number(momentum_);
  o->use_nesterov = options && options->use_nesterov;
  return o;
}

/* ---- Adam ------------------------------------------------------------------------------------------------------ */

enum { RATE, BETA1, BETA2, EPSILON };

static const hr_optimizer_kind adam = {
    .name = "Adam",
    .hyperparameters = {"learning_rate", "beta1", "beta2", "epsilon"},
    .slots = {"m", "v"},
    .inputs = {HR_INPUTS_END},
};

/* The powers of beta stand beside the variable whose name comes first, so that all workers agree where. */
static void adam_create_slots(hr_optimizer *optimizer, hr_scope scope, hr_vars vars) {
  hr_var *first = vars.items[0];
  for (int32_t i = 1; i < vars.count; ++i)
    if (strcmp(hr_var_name(vars.items[i]), hr_var_name(first)) < 0) first = vars.items[i];
  hr_scope beside = hr_colocate_with(scope, hr_var_ref(first).node, false);
  if (!optimizer->beta1_power) {
    hr_tf_variable_options o = {.name = "beta1_power", .validate_shape = true};
    o.use_resource = hr_var_is_resource(first) ? HR_RESOURCE_TRUE : HR_RESOURCE_FALSE;
    optimizer->beta1_power = hr_tf_variable_with(beside, optimizer->hyperparameters[BETA1], &o);
    o.name = "beta2_power";
    optimizer->beta2_power = hr_tf_variable_with(beside, optimizer->hyperparameters[BETA2], &o);
  }
  for (int32_t i = 0; i < vars.count; ++i) {
    hr_optimizer_make_slot(optimizer, scope, "m", vars.items[i], .initializer = hr_zeros_initializer());
    hr_optimizer_make_slot(optimizer, scope, "v", vars.items[i], .initializer = hr_zeros_initializer());
  }
}

/* What an update reads, in the variable's dtype. */
typedef struct adam_values {
  hr_operand beta1_power, beta2_power;
  hr_output rate, beta1, beta2, epsilon;
  hr_var *m_slot, *v_slot;
} adam_values;

/* A resource variable of the right dtype is read by whoever uses it. */
static hr_operand power_value(hr_scope scope, hr_var *power, hr_dtype dtype) {
  bool as_it_is = hr_scope_ok(scope) && hr_var_is_resource(power) && hr_var_dtype(power) == dtype;
  return as_it_is ? hr_operand_variable(power) : hr_operand_output(hr_tf_cast(scope, power, dtype));
}

static adam_values adam_read(hr_optimizer *optimizer, hr_scope scope, hr_var *var) {
  hr_dtype dtype = hr_var_dtype(var);
  adam_values a = {0};
  a.m_slot = hr_optimizer_slot(optimizer, "m", var);
  a.v_slot = hr_optimizer_slot(optimizer, "v", var);
  a.beta1_power = power_value(scope, optimizer->beta1_power, dtype);
  a.beta2_power = power_value(scope, optimizer->beta2_power, dtype);
  a.rate = hr_optimizer_value(optimizer, scope, RATE, dtype);
  a.beta1 = hr_optimizer_value(optimizer, scope, BETA1, dtype);
  a.beta2 = hr_optimizer_value(optimizer, scope, BETA2, dtype);
  a.epsilon = hr_optimizer_value(optimizer, scope, EPSILON, dtype);
  return a;
}

static hr_node *adam_dense(hr_optimizer *optimizer, hr_scope scope, hr_output gradient, hr_var *var) {
  adam_values a = adam_read(optimizer, scope, var);
  if (!hr_scope_ok(scope)) return NULL;
  hr_operands operands = HR_OPERANDS(hr_var_ref(var), hr_var_ref(a.m_slot), hr_var_ref(a.v_slot), a.beta1_power,
                                     a.beta2_power, a.rate, a.beta1, a.beta2, a.epsilon, gradient);
  const hr_named_attr locking = {"use_locking", HR_ATTR_BOOL_VALUE(optimizer->use_locking)};
  return hr_call_op(scope, hr_var_is_resource(var) ? "ResourceApplyAdam" : "ApplyAdam", NULL, operands.count,
                    operands.items, 1, &locking);
}

/* The whole slot after rows were added. */
static hr_output add_rows(hr_scope scope, hr_var *slot, hr_output indices, hr_output rows, bool use_locking) {
  hr_output sum = HR_NO_OUTPUT;
  if (!hr_var_is_resource(slot))
    return hr_scatter_add(scope, hr_var_ref(slot), indices, rows, .use_locking = use_locking);
  hr_node *added = hr_resource_scatter_add(scope, hr_var_ref(slot), indices, rows);
  if (!hr_scope_ok(scope)) return sum;
  HR_WITH (after, hr_control_dependencies(scope, 1, &added)) {
    sum = hr_var_tensor(after, slot);
  }
  return sum;
}

/* slot = beta * slot, then plus the rows. */
static hr_output decay_and_add(hr_optimizer *optimizer, hr_scope scope, hr_var *slot, hr_output beta, hr_output rows,
                               hr_output indices) {
  hr_output decayed = hr_times(scope, slot, beta), added = HR_NO_OUTPUT;
  hr_node *assigned = hr_assign_node(scope, slot, hr_operand_output(decayed), optimizer->use_locking);
  if (!hr_scope_ok(scope)) return added;
  HR_WITH (after, hr_control_dependencies(scope, 1, &assigned)) {
    added = add_rows(after, slot, indices, rows, optimizer->use_locking);
  }
  return added;
}

/* Rows change what is kept of them; the decay, and so the step, concerns the whole variable. */
static hr_node *adam_sparse(hr_optimizer *optimizer, hr_scope scope, hr_gradient gradient, hr_var *var) {
  adam_values a = adam_read(optimizer, scope, var);
  hr_output root = hr_sqrt(scope, hr_minus(scope, 1, a.beta2_power));
  hr_output scaled = hr_times(scope, a.rate, root);
  hr_output rate = hr_truediv(scope, scaled, hr_minus(scope, 1, a.beta1_power));
  hr_output m_rows = hr_times(scope, gradient.value, hr_minus(scope, 1, a.beta1));
  hr_output m = decay_and_add(optimizer, scope, a.m_slot, a.beta1, m_rows, gradient.indices);
  hr_output squares = hr_times(scope, gradient.value, gradient.value);
  hr_output v_rows = hr_times(scope, squares, hr_minus(scope, 1, a.beta2));
  hr_output v = decay_and_add(optimizer, scope, a.v_slot, a.beta2, v_rows, gradient.indices);
  hr_output v_root = hr_sqrt(scope, v);
  hr_output dividend = hr_times(scope, rate, m);
  hr_output step = hr_truediv(scope, dividend, hr_plus(scope, v_root, a.epsilon));
  hr_node *updated;
  if (hr_var_is_resource(var)) {
    updated = hr_update_resource(scope, "AssignSubVariableOp", var, HR_NO_OPERANDS, step);
    hr_var_after(scope, var, updated); /* the new value is read, though nobody asks */
  } else {
    updated = hr_assign_sub(scope, hr_var_ref(var), step, .use_locking = optimizer->use_locking).node;
  }
  return hr_scope_ok(scope) ? hr_group(scope, updated, m.node, v.node) : NULL;
}

static hr_node *advance_power(hr_optimizer *optimizer, hr_scope scope, hr_var *power, hr_output beta) {
  hr_output next = hr_times(scope, power, beta);
  return hr_assign_node(scope, power, hr_operand_output(next), optimizer->use_locking);
}

static hr_node *adam_finish(hr_optimizer *optimizer, hr_scope scope, int32_t count, hr_node *const *updates,
                            const char *name) {
  hr_node **all = malloc(sizeof *all * (size_t)(count + 2));
  if (!all) {
    hr_scope_fail(scope, hr_error_out_of_memory(sizeof *all * (size_t)(count + 2), "updates"));
    return NULL;
  }
  memcpy(all, updates, sizeof *all * (size_t)count);
  HR_WITH (after, hr_control_dependencies(scope, count, updates)) {
    hr_scope beside = hr_colocate_with(after, hr_var_ref(optimizer->beta1_power).node, false);
    all[count] = advance_power(optimizer, beside, optimizer->beta1_power, optimizer->prepared[BETA1]);
    all[count + 1] = advance_power(optimizer, beside, optimizer->beta2_power, optimizer->prepared[BETA2]);
  }
  hr_node *node = hr_scope_ok(scope) ? hr_group_with(scope, count + 2, all, &(hr_op_options){name}) : NULL;
  free(all);
  return node;
}

hr_optimizer *hr_adam_optimizer_with(hr_operand learning_rate, const hr_optimizer_options *options) {
  hr_optimizer_options p = options ? *options : (hr_optimizer_options){HR_ADAM_DEFAULTS};
  hr_optimizer *o = hr_optimizer_of(&adam, options);
  if (!o) return NULL;
  o->hyperparameters[RATE] = number(learning_rate);
  o->hyperparameters[BETA1] = hr_operand_float(p.beta1);
  o->hyperparameters[BETA2] = hr_operand_float(p.beta2);
  o->hyperparameters[EPSILON] = hr_operand_float(p.epsilon);
  o->functions.create_slots = adam_create_slots;
  o->functions.apply_dense = adam_dense;
  o->functions.apply_sparse = adam_sparse;
  o->functions.finish = adam_finish;
  return o;
}

/* ---- kinds that are data alone --------------------------------------------------------------------------------- */

static const hr_optimizer_kind adagrad = {
    .name = "Adagrad",
    .hyperparameters = {"learning_rate"},
    .slots = {"accumulator"},
    .starts = {HR_SLOT_FILLED},
    .dense_op = "ApplyAdagrad",
    .sparse_op = "SparseApplyAdagrad",
    .inputs = {0, HR_GRADIENT_INPUT, HR_INPUTS_END},
};

hr_optimizer *hr_adagrad_optimizer_with(hr_operand learning_rate, const hr_optimizer_options *options) {
  hr_optimizer *o = hr_optimizer_of(&adagrad, options ? options : &(hr_optimizer_options){HR_ADAGRAD_DEFAULTS});
  if (o) o->hyperparameters[0] = number(learning_rate);
  return o;
}

static const hr_optimizer_kind rmsprop = {
    .name = "RMSProp",
    .hyperparameters = {"learning_rate", "decay", "momentum", "epsilon"},
    .slots = {"rms", "momentum"},
    .starts = {HR_SLOT_ONES},
    .dense_op = "ApplyRMSProp",
    .sparse_op = "SparseApplyRMSProp",
    .slot_inputs = {0, 1},
    .inputs = {0, 1, 2, 3, HR_GRADIENT_INPUT, HR_INPUTS_END},
};
static const hr_optimizer_kind centered_rmsprop = {
    .name = "RMSProp",
    .hyperparameters = {"learning_rate", "decay", "momentum", "epsilon"},
    .slots = {"rms", "mg", "momentum"},
    .starts = {HR_SLOT_ONES},
    .dense_op = "ApplyCenteredRMSProp",
    .sparse_op = "SparseApplyCenteredRMSProp",
    .slot_inputs = {1, 0, 2},
    .inputs = {0, 1, 2, 3, HR_GRADIENT_INPUT, HR_INPUTS_END},
};

hr_optimizer *hr_rmsprop_optimizer_with(hr_operand learning_rate, const hr_optimizer_options *options) {
  hr_optimizer_options p = options ? *options : (hr_optimizer_options){HR_RMSPROP_DEFAULTS};
  hr_optimizer *o = hr_optimizer_of(p.centered ? &centered_rmsprop : &rmsprop, options);
  if (!o) return NULL;
  o->hyperparameters[0] = number(learning_rate);
  o->hyperparameters[1] = hr_operand_float(p.decay);
  o->hyperparameters[2] = hr_operand_float(p.momentum);
  o->hyperparameters[3] = hr_operand_float(p.epsilon);
  return o;
}

static const hr_optimizer_kind adadelta = {
    .name = "Adadelta",
    .hyperparameters = {"lr", "rho", "epsilon"},
    .slots = {"accum", "accum_update"},
    .dense_op = "ApplyAdadelta",
    .sparse_op = "SparseApplyAdadelta",
    .slot_inputs = {0, 1},
    .inputs = {0, 1, 2, HR_GRADIENT_INPUT, HR_INPUTS_END},
};

hr_optimizer *hr_adadelta_optimizer_with(hr_operand learning_rate, const hr_optimizer_options *options) {
  hr_optimizer_options p = options ? *options : (hr_optimizer_options){HR_ADADELTA_DEFAULTS};
  hr_optimizer *o = hr_optimizer_of(&adadelta, options);
  if (!o) return NULL;
  o->hyperparameters[0] = number(learning_rate);
  o->hyperparameters[1] = hr_operand_float(p.rho);
  o->hyperparameters[2] = hr_operand_float(p.epsilon);
  return o;
}

#define HR_FTRL_KIND(dense, sparse, ...)                                                                               \
  {                                                                                                                    \
    .name = "Ftrl",                                                                                                    \
    .hyperparameters = {"learning_rate", "l1_regularization_strength", "l2_regularization_strength",                   \
                        "l2_shrinkage_regularization_strength", "learning_rate_power"},                                \
    .slots = {"accum", "linear"}, .starts = {HR_SLOT_CONSTANT}, .dense_op = dense, .sparse_op = sparse,                \
    .slot_inputs = {0, 1}, .inputs = {HR_GRADIENT_INPUT, __VA_ARGS__, HR_INPUTS_END},                                  \
  }
static const hr_optimizer_kind ftrl = HR_FTRL_KIND("ApplyFtrl", "SparseApplyFtrl", 0, 1, 2, 4);
static const hr_optimizer_kind shrinking_ftrl = HR_FTRL_KIND("ApplyFtrlV2", "SparseApplyFtrlV2", 0, 1, 2, 3, 4);

hr_optimizer *hr_ftrl_optimizer_with(hr_operand learning_rate, const hr_optimizer_options *options) {
  hr_optimizer_options p = options ? *options : (hr_optimizer_options){HR_FTRL_DEFAULTS};
  hr_optimizer *o = hr_optimizer_of(p.l2_shrinkage_regularization_strength > 0 ? &shrinking_ftrl : &ftrl, &p);
  if (!o) return NULL;
  o->hyperparameters[0] = number(learning_rate);
  o->hyperparameters[1] = hr_operand_float(p.l1_regularization_strength);
  o->hyperparameters[2] = hr_operand_float(p.l2_regularization_strength);
  o->hyperparameters[3] = hr_operand_float(p.l2_shrinkage_regularization_strength);
  o->hyperparameters[4] = hr_operand_float(p.learning_rate_power);
  if ((!p.accum_name || hr_optimizer_name_slot(o, "accum", p.accum_name)) &&
      (!p.linear_name || hr_optimizer_name_slot(o, "linear", p.linear_name)))
    return o;
  hr_optimizer_free(o);
  return NULL;
}

/* Both proximal kinds. */
static hr_optimizer *proximal(const hr_optimizer_kind *kind, hr_operand learning_rate,
                              const hr_optimizer_options *options) {
  hr_optimizer *o = hr_optimizer_of(kind, options);
  if (!o) return NULL;
  o->hyperparameters[0] = number(learning_rate);
  o->hyperparameters[1] = hr_operand_float(options->l1_regularization_strength);
  o->hyperparameters[2] = hr_operand_float(options->l2_regularization_strength);
  return o;
}

static const hr_optimizer_kind proximal_gradient_descent = {
    .name = "ProximalGradientDescent",
    .hyperparameters = {"learning_rate", "l1_regularization_strength", "l2_regularization_strength"},
    .dense_op = "ApplyProximalGradientDescent",
    .sparse_op = "SparseApplyProximalGradientDescent",
    .inputs = {0, 1, 2, HR_GRADIENT_INPUT, HR_INPUTS_END},
};
hr_optimizer *hr_proximal_gradient_descent_optimizer_with(hr_operand learning_rate,
                                                          const hr_optimizer_options *options) {
  return proximal(&proximal_gradient_descent, learning_rate, options ? options : &(hr_optimizer_options){0});
}

static const hr_optimizer_kind proximal_adagrad = {
    .name = "ProximalAdagrad",
    .hyperparameters = {"learning_rate", "l1_regularization_strength", "l2_regularization_strength"},
    .slots = {"accumulator"},
    .starts = {HR_SLOT_CONSTANT},
    .dense_op = "ApplyProximalAdagrad",
    .sparse_op = "SparseApplyProximalAdagrad",
    .inputs = {0, 1, 2, HR_GRADIENT_INPUT, HR_INPUTS_END},
};
hr_optimizer *hr_proximal_adagrad_optimizer_with(hr_operand learning_rate, const hr_optimizer_options *options) {
  return proximal(&proximal_adagrad, learning_rate, options ? options : &(hr_optimizer_options){HR_ADAGRAD_DEFAULTS});
}

/* ---- AdagradDA ------------------------------------------------------------------------------------------------- */

enum { DA_RATE, DA_L1, DA_L2 };

static const hr_optimizer_kind adagrad_da = {
    .name = "AdagradDA",
    .hyperparameters = {"learning_rate"},
    .slots = {"gradient_accumulator", "gradient_squared_accumulator"},
    .inputs = {HR_INPUTS_END},
};

static void adagrad_da_create_slots(hr_optimizer *optimizer, hr_scope scope, hr_vars vars) {
  for (int32_t i = 0; i < vars.count; ++i) {
    hr_var *var = vars.items[i];
    if (hr_optimizer_slot(optimizer, adagrad_da.slots[0], var)) continue;
    hr_scope beside = hr_colocate_with(scope, hr_var_ref(var).node, false);
    const double starts[] = {0, optimizer->start};
    hr_output values[2];
    for (int j = 0; j < 2; ++j)
      values[j] =
          hr_constant(beside, hr_operand_float(starts[j]), .dtype = hr_var_dtype(var), .shape = *hr_var_shape(var));
    for (int j = 0; j < 2; ++j)
      hr_optimizer_make_slot(optimizer, scope, adagrad_da.slots[j], var, .value = values[j]);
  }
}

/* Each worker counts by a copy of its own. */
static void adagrad_da_prepare(hr_optimizer *optimizer, hr_scope scope) {
  hr_optimizer_prepare(optimizer, scope);
  if (!optimizer->global_step) hr_refuse(scope, "AdagradDA needs the variable that counts the training steps");
  if (!hr_scope_ok(scope)) return;
  hr_scope beside = hr_colocate_with(scope, optimizer->prepared[DA_RATE].node, false);
  hr_output step = hr_call_one(beside, "Identity", NULL, HR_OPERANDS(optimizer->global_step), HR_NO_ATTRS);
  optimizer->step = hr_plus(beside, step, 1);
}

static hr_node *adagrad_da_apply(hr_optimizer *optimizer, hr_scope scope, hr_gradient gradient, hr_var *var) {
  hr_dtype dtype = hr_var_dtype(var);
  hr_output accumulator = hr_var_ref(hr_optimizer_slot(optimizer, adagrad_da.slots[0], var));
  hr_output squares = hr_var_ref(hr_optimizer_slot(optimizer, adagrad_da.slots[1], var));
  hr_output step = hr_identity(scope, optimizer->step);
  hr_output rate = hr_optimizer_value(optimizer, scope, DA_RATE, dtype);
  hr_output l1 = hr_tf_cast_with(scope, optimizer->hyperparameters[DA_L1], dtype, NULL);
  hr_output l2 = hr_tf_cast_with(scope, optimizer->hyperparameters[DA_L2], dtype, NULL);
  bool is_sparse = hr_gradient_is_sparse(gradient);
  hr_node_builder *n = hr_begin_update(scope, is_sparse ? "SparseApplyAdagradDA" : "ApplyAdagradDA", var);
  if (!n) return NULL;
  hr_output inputs[] = {hr_var_ref(var), accumulator, squares, gradient.value, gradient.indices, rate, l1, l2, step};
  for (size_t i = 0; i < sizeof inputs / sizeof *inputs; ++i)
    if (is_sparse || i != 4) hr_node_add_input(n, inputs[i]);
  hr_node_set_bool(n, "use_locking", optimizer->use_locking);
  return hr_node_finish(n);
}
static hr_node *adagrad_da_dense(hr_optimizer *optimizer, hr_scope scope, hr_output gradient, hr_var *var) {
  return adagrad_da_apply(optimizer, scope, hr_dense_gradient(gradient), var);
}

hr_optimizer *hr_adagrad_da_optimizer_with(hr_operand learning_rate, hr_var *global_step,
                                           const hr_optimizer_options *options) {
  hr_optimizer_options p = options ? *options : (hr_optimizer_options){HR_ADAGRAD_DEFAULTS};
  hr_optimizer *o = hr_optimizer_of(&adagrad_da, &p);
  if (!o) return NULL;
  o->hyperparameters[DA_RATE] = number(learning_rate);
  o->hyperparameters[DA_L1] = hr_operand_float(p.l1_regularization_strength);
  o->hyperparameters[DA_L2] = hr_operand_float(p.l2_regularization_strength);
  o->global_step = global_step;
  o->functions.create_slots = adagrad_da_create_slots;
  o->functions.prepare = adagrad_da_prepare;
  o->functions.apply_dense = adagrad_da_dense;
  o->functions.apply_sparse = adagrad_da_apply;
  return o;
}
