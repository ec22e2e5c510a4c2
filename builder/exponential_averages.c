/* tf.train.ExponentialMovingAverage. */
#include "builder/builder.h"
#include "builder/moving_averages.h"
#include "builder/variable.h"
#include "headrace/moving_averages.h"
#include "headrace/train.h"

static const char default_name[] = "ExponentialMovingAverage";

/* ---- one average ----------------------------------------------------------------------------------------------- */

/* The node whose name an average has before its own. */
static hr_node *node_of(hr_operand item) {
  return item.kind == HR_OPERAND_VARIABLE ? hr_var_ref(item.variable).node
         : item.kind == HR_OPERAND_OUTPUT ? item.output.node
                                          : NULL;
}

/* Zeros, of the shape that the tensor has when the average is initialised. */
static hr_var *average_of_tensor(hr_scope scope, hr_output x, const char *path) {
  const hr_partial_shape *shape = hr_output_shape(x);
  hr_dtype dtype = hr_output_base_dtype(x);
  hr_output zeros = HR_NO_OUTPUT;
  if (!hr_partial_shape_is_full(shape)) zeros = hr_zeros(scope, hr_tf_shape(scope, x), .dtype = dtype);
  hr_var *average = NULL;
  HR_WITH (inside, hr_variable_scope(scope, NULL, .default_name = path)) {
    if (!hr_scope_ok(inside)) continue;
    if (zeros.node)
      average = hr_get_variable(inside, "", .value = hr_operand_output(zeros), .trainable = false,
                                .validate_shape = hr_partial_shape_is_full(hr_output_shape(zeros)));
    else
      average = hr_get_variable(inside, "", .shape = *shape, .dtype = dtype, .initializer = hr_zeros_initializer(),
                                .trainable = false);
  }
  return average;
}

hr_var *hr_make_average(hr_scope scope, hr_operand item, const char *name) {
  hr_node *node = node_of(item);
  if (!hr_scope_ok(scope)) return NULL;
  if (!node) {
    hr_refuse_type(scope, "A moving average is of a variable or a tensor of the graph");
    return NULL;
  }
  hr_dtype dtype = item.kind == HR_OPERAND_VARIABLE ? hr_var_dtype(item.variable) : hr_output_base_dtype(item.output);
  if (dtype != HR_HALF && dtype != HR_FLOAT && dtype != HR_DOUBLE) {
    hr_refuse_type(scope, "The variables must be half, float, or double: %s", hr_node_name(node));
    return NULL;
  }
  const char *wanted = name ? name : default_name;
  hr_scope s = hr_init_scope(scope);
  hr_var *average = NULL;
  if (item.kind == HR_OPERAND_VARIABLE) {
    hr_output start = hr_var_initialized_value(s, item.variable);
    if (hr_scope_ok(s)) average = hr_create_slot(s, item.variable, wanted, .value = start);
    if (average) hr_add_var_to_collection(s, HR_MOVING_AVERAGE_VARIABLES, item.variable);
  } else {
    char *path = hr_keep_printf(s, "%s/%s", hr_node_name(node), wanted);
    if (path) average = average_of_tensor(s, item.output, path);
  }
  hr_scope_close(s);
  return average;
}

/* ---- their updates --------------------------------------------------------------------------------------------- */

hr_node *hr_move_averages_with(hr_scope scope, hr_vars averages, hr_operands items, hr_operand decay_operand,
                               const hr_move_averages_options *options) {
  hr_move_averages_options o = options ? *options : (hr_move_averages_options){0};
  hr_scope s = hr_name_scope(scope, o.name ? o.name : default_name);
  hr_output decay = hr_convert(s, decay_operand, HR_INVALID, "decay");
  if (hr_operand_is_given(o.num_updates)) {
    hr_output n = hr_tf_cast(s, o.num_updates, HR_FLOAT, .name = "num_updates");
    hr_output above = hr_plus(s, 1.0, n);
    decay = hr_minimum(s, decay, hr_truediv(s, above, hr_plus(s, 10.0, n)));
  }
  hr_node **updates = hr_keep_bytes(s, sizeof *updates * (size_t)(averages.count + 1));
  for (int32_t i = 0; updates && i < averages.count && hr_scope_ok(s); ++i) {
    hr_operand item = hr_operands_at(items, i);
    bool debias = o.zero_debias && item.kind != HR_OPERAND_VARIABLE;
    updates[i] = hr_updated_node(hr_move_average(s, averages.items[i], item, hr_operand_output(decay), debias, NULL));
  }
  if (!updates || !hr_scope_ok(s)) return NULL;
  return hr_group_with(s, averages.count, updates, &(hr_op_options){.name = hr_scope_name(s)});
}

/* ---- the keeper ------------------------------------------------------------------------------------------------ */

typedef struct kept {
  struct kept *next;
  hr_node *of;
  hr_var *average;
} kept;

struct hr_averages {
  hr_operand decay;
  hr_averages_options options;
  kept *first;
};

hr_averages *hr_averages_new_with(hr_scope scope, hr_operand decay, const hr_averages_options *options) {
  hr_averages *a = hr_keep_bytes(scope, sizeof *a);
  if (!a) return NULL;
  a->decay = decay;
  if (options) a->options = *options;
  a->options.name = hr_keep_text(scope, a->options.name ? a->options.name : default_name);
  return a->options.name ? a : NULL;
}

hr_var *hr_average_of(const hr_averages *averages, hr_operand item) {
  const hr_node *node = node_of(item);
  for (const kept *k = averages->first; k; k = k->next)
    if (k->of == node) return k->average;
  return NULL;
}

static hr_var *find_or_make(hr_scope scope, hr_averages *averages, hr_operand item) {
  hr_var *known = hr_average_of(averages, item);
  if (known) return known;
  hr_var *made = hr_make_average(scope, item, averages->options.name);
  kept *k = made ? hr_keep_bytes(scope, sizeof *k) : NULL;
  if (!k) return NULL;
  *k = (kept){averages->first, node_of(item), made};
  averages->first = k;
  return made;
}

/* The trainable variables as operands; in the graph's memory. */
static bool trainable_variables(hr_scope scope, hr_operands *out) {
  hr_vars vars;
  hr_status status = hr_collection_vars(hr_scope_graph(scope), HR_TRAINABLE_VARIABLES, NULL, &vars);
  if (status) {
    hr_scope_fail(scope, status);
    return false;
  }
  hr_operand *items = hr_keep_bytes(scope, sizeof *items * (size_t)(vars.count + 1));
  for (int32_t i = 0; items && i < vars.count; ++i)
    items[i] = hr_operand_variable(vars.items[i]);
  free((void *)vars.items);
  *out = (hr_operands){vars.count, items, NULL};
  return items != NULL;
}

hr_node *hr_averages_apply_with(hr_scope scope, hr_averages *averages, hr_operands items) {
  if (!averages || !hr_scope_ok(scope)) return NULL;
  if (items.count == 0 && !trainable_variables(scope, &items)) return NULL;
  hr_var **vars = hr_keep_bytes(scope, sizeof *vars * (size_t)(items.count + 1));
  for (int32_t i = 0; vars && i < items.count && hr_scope_ok(scope); ++i)
    vars[i] = find_or_make(scope, averages, hr_operands_at(items, i));
  if (!vars || !hr_scope_ok(scope)) return NULL;
  const hr_averages_options *o = &averages->options;
  return hr_move_averages(scope, ((hr_vars){items.count, vars}), items, averages->decay, .num_updates = o->num_updates,
                          .zero_debias = o->zero_debias, .name = o->name);
}

const char *hr_average_name(hr_scope scope, const hr_averages *averages, hr_operand item) {
  const hr_var *average = hr_average_of(averages, item);
  if (average) return hr_var_name(average);
  const hr_node *node = node_of(item);
  char *name = node ? hr_keep_printf(scope, "%s/%s", hr_node_name(node), averages->options.name) : NULL;
  return name ? hr_keep_text(scope, hr_unique_name(hr_name_scope(scope, NULL), name, false)) : NULL;
}

/* ---- restoring ------------------------------------------------------------------------------------------------- */

static void restore_as(hr_averages_to_restore *out, const char *name, hr_var *var) {
  for (int32_t i = 0; i < out->count; ++i)
    if (strcmp(out->names[i], name) == 0) return;
  out->names[out->count] = name;
  out->vars[out->count++] = var;
}

static hr_status list_to_restore(hr_scope scope, const hr_averages *averages, const hr_vars lists[3],
                                 hr_averages_to_restore *out) {
  size_t capacity = (size_t)(lists[0].count + lists[1].count + lists[2].count) + 1;
  out->names = malloc(capacity * sizeof *out->names);
  out->vars = malloc(capacity * sizeof *out->vars);
  if (!out->names || !out->vars) return hr_error_out_of_memory(capacity * sizeof *out->vars, "variables to restore");
  for (int list = 0; list < 2; ++list)
    for (int32_t i = 0; i < lists[list].count; ++i) {
      const char *name = hr_average_name(scope, averages, hr_operand_variable(lists[list].items[i]));
      if (!name) return hr_builder_status(scope.builder);
      restore_as(out, name, lists[list].items[i]);
    }
  int32_t averaged = out->count;
  for (int32_t i = 0; i < lists[2].count; ++i) {
    hr_var *var = lists[2].items[i];
    bool is_averaged = false;
    for (int32_t j = 0; j < averaged && !is_averaged; ++j)
      is_averaged = out->vars[j] == var;
    if (!is_averaged) restore_as(out, hr_var_name(var), var);
  }
  return HR_SUCCESS;
}

hr_status hr_averages_variables_to_restore(hr_scope scope, const hr_averages *averages, hr_vars averaged,
                                           hr_averages_to_restore *out) {
  *out = (hr_averages_to_restore){0};
  hr_graph *graph = hr_scope_graph(scope);
  hr_vars lists[3] = {averaged};
  bool given = averaged.count > 0;
  hr_status status = given ? HR_SUCCESS : hr_collection_vars(graph, HR_TRAINABLE_VARIABLES, NULL, &lists[0]);
  if (!status && !given) status = hr_collection_vars(graph, HR_MOVING_AVERAGE_VARIABLES, NULL, &lists[1]);
  if (!status) status = hr_collection_vars(graph, HR_GLOBAL_VARIABLES, NULL, &lists[2]);
  if (!status) status = list_to_restore(scope, averages, lists, out);
  for (int i = given ? 1 : 0; i < 3; ++i)
    free((void *)lists[i].items);
  if (status) {
    free(out->names);
    free(out->vars);
    *out = (hr_averages_to_restore){0};
  }
  return status;
}
