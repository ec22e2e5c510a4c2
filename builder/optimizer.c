/* What all optimizers do: gradients of a loss, an update a variable, one node over them. */
#include "builder/optimizer.h"
#include "builder/builder.h"
#include "builder/variable.h"

/* ---- functions that follow from a kind's data ------------------------------------------------------------------ */

hr_output hr_optimizer_value(const hr_optimizer *optimizer, hr_scope scope, int index, hr_dtype dtype) {
  return hr_tf_cast(scope, optimizer->prepared[index], dtype);
}

static void create_slots(hr_optimizer *optimizer, hr_scope scope, hr_vars vars) {
  const hr_optimizer_kind *kind = optimizer->kind;
  for (int32_t i = 0; i < vars.count; ++i) {
    hr_var *var = vars.items[i];
    for (int j = 0; kind->slots[j]; ++j) {
      if (kind->starts[j] == HR_SLOT_CONSTANT) {
        if (hr_optimizer_slot(optimizer, kind->slots[j], var)) continue;
        hr_scope beside = hr_colocate_with(scope, hr_var_ref(var).node, false);
        hr_output value =
            hr_constant(beside, optimizer->start, .dtype = hr_var_dtype(var), .shape = *hr_var_shape(var));
        hr_optimizer_make_slot(optimizer, scope, kind->slots[j], var, .value = value);
      } else {
        hr_initializer start = kind->starts[j] == HR_SLOT_ONES     ? hr_ones_initializer()
                               : kind->starts[j] == HR_SLOT_FILLED ? hr_constant_initializer(optimizer->start)
                                                                   : hr_zeros_initializer();
        hr_optimizer_make_slot(optimizer, scope, kind->slots[j], var, .initializer = start);
      }
    }
  }
}

void hr_optimizer_prepare(hr_optimizer *optimizer, hr_scope scope) {
  for (int i = 0; optimizer->kind->hyperparameters[i]; ++i) {
    hr_operand value = optimizer->hyperparameters[i];
    optimizer->prepared[i] = hr_convert(scope, value, HR_INVALID, optimizer->kind->hyperparameters[i]);
  }
}

static int hyperparameter(const hr_optimizer *optimizer, const char *name) {
  for (int i = 0; optimizer->kind->hyperparameters[i]; ++i)
    if (strcmp(optimizer->kind->hyperparameters[i], name) == 0) return i;
  return -1;
}
bool hr_optimizer_set(hr_optimizer *optimizer, const char *name, hr_operand value) {
  int i = hyperparameter(optimizer, name);
  if (i >= 0) optimizer->hyperparameters[i] = value;
  return i >= 0;
}
bool hr_optimizer_name_slot(hr_optimizer *optimizer, const char *slot, const char *name) {
  for (int i = 0; optimizer->kind->slots[i]; ++i) {
    if (strcmp(optimizer->kind->slots[i], slot) != 0) continue;
    char *copy = strdup(name);
    if (!copy) return false;
    free(optimizer->slot_names[i]);
    optimizer->slot_names[i] = copy;
    return true;
  }
  return false;
}
hr_output hr_optimizer_prepared(const hr_optimizer *optimizer, const char *name) {
  int i = hyperparameter(optimizer, name);
  return i >= 0 ? optimizer->prepared[i] : HR_NO_OUTPUT;
}

static hr_node *no_apply(hr_optimizer *optimizer, hr_scope scope) {
  hr_scope_fail(scope, hr_error(HR_UNIMPLEMENTED, "Optimizer %s does not say how to apply this kind of gradient",
                                optimizer->name));
  return NULL;
}

hr_node_builder *hr_begin_update(hr_scope scope, const char *op, const hr_var *var) {
  char name[64];
  snprintf(name, sizeof name, "%s%s", hr_var_is_resource(var) ? "Resource" : "", op);
  return hr_node_begin(scope, name, NULL);
}

/* The apply op of the kind; `indices` is HR_NO_OUTPUT for a dense gradient. */
static hr_node *apply(hr_optimizer *optimizer, hr_scope scope, hr_gradient gradient, hr_var *var) {
  const hr_optimizer_kind *kind = optimizer->kind;
  const char *op = hr_gradient_is_sparse(gradient) ? kind->sparse_op : kind->dense_op;
  if (!op) return no_apply(optimizer, scope);
  if (!hr_scope_ok(scope)) return NULL;
  hr_output inputs[2 + HR_MAX_SLOTS + HR_MAX_HYPERPARAMETERS + 1];
  int count = 0;
  inputs[count++] = hr_var_ref(var);
  for (int i = 0; kind->slots[i]; ++i)
    inputs[count++] = hr_var_ref(hr_optimizer_slot(optimizer, kind->slots[kind->slot_inputs[i]], var));
  for (int i = 0; kind->inputs[i] != HR_INPUTS_END; ++i) {
    if (kind->inputs[i] != HR_GRADIENT_INPUT) {
      inputs[count++] = hr_optimizer_value(optimizer, scope, kind->inputs[i], hr_var_dtype(var));
    } else {
      inputs[count++] = gradient.value;
      if (hr_gradient_is_sparse(gradient)) inputs[count++] = gradient.indices;
    }
  }
  hr_node_builder *n = hr_begin_update(scope, op, var);
  if (!n) return NULL;
  for (int i = 0; i < count; ++i)
    hr_node_add_input(n, inputs[i]);
  hr_node_set_bool(n, "use_locking", optimizer->use_locking);
  if (optimizer->use_nesterov) hr_node_set_bool(n, "use_nesterov", true);
  return hr_node_finish(n);
}
static hr_node *apply_dense(hr_optimizer *optimizer, hr_scope scope, hr_output gradient, hr_var *var) {
  return apply(optimizer, scope, hr_dense_gradient(gradient), var);
}

/* Rows that come several times are summed first. */
static hr_node *apply_sparse_duplicates(hr_optimizer *optimizer, hr_scope scope, hr_gradient gradient, hr_var *var) {
  hr_unique_outputs unique = hr_unique(scope, gradient.indices);
  hr_output rows = hr_at(scope, hr_tf_shape(scope, unique.y), HR_INDEX(0));
  hr_output sums = hr_unsorted_segment_sum(scope, gradient.value, unique.idx, rows);
  return optimizer->functions.apply_sparse(optimizer, scope, (hr_gradient){sums, unique.y, gradient.dense_shape}, var);
}

static hr_node *finish(hr_optimizer *optimizer, hr_scope scope, int32_t count, hr_node *const *updates,
                       const char *name) {
  (void)optimizer;
  return hr_group_with(scope, count, updates, &(hr_op_options){name});
}

/* ---- making ---------------------------------------------------------------------------------------------------- */

hr_optimizer *hr_optimizer_of(const hr_optimizer_kind *kind, const hr_optimizer_options *options) {
  hr_optimizer *optimizer = calloc(1, sizeof *optimizer);
  if (!optimizer) return NULL;
  optimizer->kind = kind;
  optimizer->functions = (hr_optimizer_functions){.create_slots = create_slots,
                                                  .prepare = hr_optimizer_prepare,
                                                  .apply_dense = apply_dense,
                                                  .apply_sparse = apply,
                                                  .apply_sparse_duplicates = apply_sparse_duplicates,
                                                  .finish = finish};
  if (options) {
    optimizer->use_locking = options->use_locking;
    optimizer->start = options->initial_accumulator_value;
  }
  optimizer->name = strdup(options && options->name ? options->name : kind->name);
  if (optimizer->name) return optimizer;
  free(optimizer);
  return NULL;
}

hr_optimizer *hr_optimizer_new(const char *name) {
  static const hr_optimizer_kind none = {.name = "Optimizer", .inputs = {HR_INPUTS_END}};
  return hr_optimizer_of(&none, &(hr_optimizer_options){.name = name});
}

void hr_optimizer_free(hr_optimizer *optimizer) {
  if (!optimizer) return;
  free(optimizer->name);
  for (int i = 0; i < HR_MAX_SLOTS; ++i)
    free(optimizer->slot_names[i]);
  free(optimizer->slots);
  free(optimizer);
}

hr_optimizer_functions *hr_optimizer_table(hr_optimizer *optimizer) { return &optimizer->functions; }
const char *hr_optimizer_name(const hr_optimizer *optimizer) { return optimizer->name; }

/* ---- gradients ------------------------------------------------------------------------------------------------- */

static bool valid_dtype(hr_scope scope, hr_output x) {
  hr_dtype dtype = hr_output_base_dtype(x);
  if (hr_dtype_is_floating(dtype)) return true;
  hr_refuse(scope, "Invalid type tf.%s for %s:%d, expected: [tf.float32, tf.float64, tf.float16, tf.bfloat16].",
            hr_dtype_python_name(dtype), hr_node_name(x.node), (int)x.index);
  return false;
}

/* Gradients that wait for all others. */
static void gate_graph(hr_scope scope, int32_t count, hr_gradient *gradients) {
  for (int32_t i = 0; i < count; ++i)
    if (hr_gradient_is_sparse(gradients[i])) {
      hr_scope_fail(scope, hr_error(HR_UNIMPLEMENTED, "GATE_GRAPH does not take sparse gradients"));
      return;
    }
  hr_output *outputs = malloc(2 * sizeof *outputs * (size_t)(count + 1));
  if (!outputs) {
    hr_scope_fail(scope, hr_error_out_of_memory(2 * sizeof *outputs * (size_t)count, "gradients"));
    return;
  }
  for (int32_t i = 0; i < count; ++i)
    outputs[i] = gradients[i].value;
  hr_tuple_with(scope, hr_operands_outputs((hr_outputs){count, outputs}), 0, NULL, outputs + count + 1, NULL);
  for (int32_t i = 0; i < count; ++i)
    gradients[i] = hr_dense_gradient(outputs[count + 1 + i]);
  free(outputs);
}

void hr_compute_gradients_with(hr_scope scope, hr_optimizer *optimizer, hr_output loss, hr_vars vars,
                               hr_gradient *gradients, const hr_minimize_options *options) {
  (void)optimizer;
  hr_minimize_options o = options ? *options : (hr_minimize_options){0};
  for (int32_t i = 0; i < vars.count; ++i)
    gradients[i] = HR_NO_GRADIENT;
  if (!loss.node) hr_refuse(scope, "There is no loss to make smaller");
  if (!hr_scope_ok(scope) || !valid_dtype(scope, loss)) return;
  if (o.grad_loss.node && !valid_dtype(scope, o.grad_loss)) return;
  if (vars.count == 0) {
    hr_refuse(scope, "No variables to optimize.");
    return;
  }
  hr_output *refs = malloc(sizeof *refs * (size_t)vars.count);
  if (!refs) {
    hr_scope_fail(scope, hr_error_out_of_memory(sizeof *refs * (size_t)vars.count, "gradients"));
    return;
  }
  for (int32_t i = 0; i < vars.count; ++i)
    refs[i] = hr_var_ref(vars.items[i]);
  const hr_gradient grad_loss = hr_dense_gradient(o.grad_loss);
  hr_gradients(scope, HR_LIST(loss), ((hr_outputs){vars.count, refs}), gradients,
               .grad_ys = o.grad_loss.node ? &grad_loss : NULL, .aggregation = o.aggregation,
               .colocate_with_ops = o.colocate_gradients_with_ops, .gate_gradients = o.gate_gradients == HR_GATE_OP);
  free(refs);
  if (o.gate_gradients == HR_GATE_GRAPH && hr_scope_ok(scope)) gate_graph(scope, vars.count, gradients);
  for (int32_t i = 0; i < vars.count && hr_scope_ok(scope); ++i)
    if (hr_gradient_exists(gradients[i])) valid_dtype(scope, hr_var_element(vars.items[i]));
}

/* ---- updates --------------------------------------------------------------------------------------------------- */

/* What apply_gradients works on: the pairs that have a gradient. */
typedef struct updates {
  int32_t count;
  hr_var **vars;
  hr_gradient *gradients;
  hr_node **nodes;
} updates;

static void free_updates(updates *u) {
  free(u->vars);
  free(u->gradients);
  free(u->nodes);
}

static bool collect(hr_scope scope, hr_vars vars, const hr_gradient *gradients, updates *u) {
  size_t room = (size_t)vars.count + 1;
  *u = (updates){0, malloc(room * sizeof *u->vars), malloc(room * sizeof *u->gradients),
                 malloc(room * sizeof *u->nodes)};
  if (!u->vars || !u->gradients || !u->nodes) {
    hr_scope_fail(scope, hr_error_out_of_memory(room * sizeof *u->gradients, "updates"));
    return false;
  }
  for (int32_t i = 0; i < vars.count; ++i) {
    if (!vars.items[i]) {
      hr_refuse(scope, "Variable %d of those to update is none", (int)i);
      return false;
    }
    if (hr_gradient_exists(gradients[i])) {
      u->vars[u->count] = vars.items[i];
      u->gradients[u->count++] = gradients[i];
    }
  }
  if (u->count > 0) return true;
  hr_refuse(scope, vars.count ? "No gradients provided for any variable: %s%s" : "No variables provided.%s%s",
            vars.count ? hr_var_name(vars.items[0]) : "", vars.count > 1 ? ", ..." : "");
  return false;
}

static hr_node *update(hr_optimizer *optimizer, hr_scope scope, hr_gradient gradient, hr_var *var) {
  char *name = hr_keep_printf(scope, "update_%s", hr_var_name(var));
  if (!name || !hr_scope_ok(scope)) return NULL;
  hr_scope s = hr_colocate_with(hr_name_scope(scope, name), hr_var_ref(var).node, false);
  hr_node *updated = hr_gradient_is_sparse(gradient)
                         ? optimizer->functions.apply_sparse_duplicates(optimizer, s, gradient, var)
                         : optimizer->functions.apply_dense(optimizer, s, gradient.value, var);
  if (!updated || !optimizer->functions.constrain || !hr_scope_ok(s)) return updated;
  HR_WITH (after, hr_control_dependencies(s, 1, &updated)) {
    hr_output constrained = optimizer->functions.constrain(optimizer, after, var);
    if (constrained.node && hr_gradient_is_sparse(gradient))
      hr_scope_fail(after, hr_error(HR_FAILED_PRECONDITION, "Cannot use a constraint function on a sparse variable."));
    else if (constrained.node)
      updated = hr_assign_node(after, var, hr_operand_output(constrained), false);
  }
  return updated;
}

static void add_to_train_ops(hr_scope scope, hr_node *node) {
  hr_graph *graph = hr_scope_graph(scope);
  for (int32_t i = 0; i < hr_collection_count(graph, HR_TRAIN_OP); ++i) {
    const hr_item *item = hr_collection_item(graph, HR_TRAIN_OP, i);
    if (item->kind == HR_ITEM_NODE && item->node == node) return;
  }
  hr_add_node_to_collection(scope, HR_TRAIN_OP, node);
}

static hr_node *train(hr_optimizer *optimizer, hr_scope scope, updates *u, const hr_minimize_options *o) {
  optimizer->functions.create_slots(optimizer, hr_init_scope(scope), (hr_vars){u->count, u->vars});
  hr_scope s = hr_name_scope_or(scope, o->name, optimizer->name);
  optimizer->functions.prepare(optimizer, s);
  for (int32_t i = 0; i < u->count; ++i) {
    u->nodes[i] = update(optimizer, s, u->gradients[i], u->vars[i]);
    if (!u->nodes[i] || !hr_scope_ok(s)) return NULL;
  }
  if (!o->global_step) return optimizer->functions.finish(optimizer, s, u->count, u->nodes, hr_scope_name(s));
  hr_node *all = optimizer->functions.finish(optimizer, s, u->count, u->nodes, "update");
  if (!all) return NULL;
  hr_node *counted = NULL;
  HR_WITH (after, hr_control_dependencies(s, 1, &all)) {
    hr_scope beside = hr_colocate_with(after, hr_var_ref(o->global_step).node, false);
    counted = hr_var_is_resource(o->global_step)
                  ? hr_update_resource(beside, "AssignAddVariableOp", o->global_step, HR_NO_OPERANDS, 1,
                                       .name = hr_scope_name(s))
                  : hr_var_assign_add(beside, o->global_step, 1, .name = hr_scope_name(s)).node;
  }
  return counted;
}

hr_node *hr_apply_gradients_with(hr_scope scope, hr_optimizer *optimizer, hr_vars vars, const hr_gradient *gradients,
                                 const hr_minimize_options *options) {
  hr_minimize_options o = options ? *options : (hr_minimize_options){0};
  if (!hr_scope_ok(scope)) return NULL;
  updates u;
  hr_node *node = NULL;
  if (collect(scope, vars, gradients, &u)) node = train(optimizer, scope, &u, &o);
  free_updates(&u);
  if (node) add_to_train_ops(scope, node);
  return hr_scope_ok(scope) ? node : NULL;
}

static hr_node *minimize(hr_scope scope, hr_optimizer *optimizer, hr_output loss, hr_vars vars,
                         const hr_minimize_options *o) {
  hr_gradient *gradients = malloc(sizeof *gradients * (size_t)(vars.count + 1));
  if (!gradients) {
    hr_scope_fail(scope, hr_error_out_of_memory(sizeof *gradients * (size_t)vars.count, "gradients"));
    return NULL;
  }
  hr_compute_gradients_with(scope, optimizer, loss, vars, gradients, o);
  bool any = false;
  for (int32_t i = 0; i < vars.count; ++i)
    any = any || hr_gradient_exists(gradients[i]);
  hr_node *node = NULL;
  if (any)
    node = hr_apply_gradients_with(scope, optimizer, vars, gradients, o);
  else if (hr_scope_ok(scope))
    hr_refuse(scope,
              "No gradients provided for any variable, check your graph for ops that do not support gradients, between "
              "variables [%s%s] and loss %s:%d.",
              hr_var_name(vars.items[0]), vars.count > 1 ? ", ..." : "", hr_node_name(loss.node), (int)loss.index);
  free(gradients);
  return node;
}

hr_node *hr_minimize_with(hr_scope scope, hr_optimizer *optimizer, hr_output loss, const hr_minimize_options *options) {
  hr_minimize_options o = options ? *options : (hr_minimize_options){0};
  if (!hr_scope_ok(scope)) return NULL;
  if (o.vars) return minimize(scope, optimizer, loss, *o.vars, &o);
  hr_vars vars;
  hr_status status = hr_collection_vars(hr_scope_graph(scope), HR_TRAINABLE_VARIABLES, NULL, &vars);
  if (status) {
    hr_scope_fail(scope, status);
    return NULL;
  }
  hr_node *node = minimize(scope, optimizer, loss, vars, &o);
  free((void *)vars.items);
  return node;
}
