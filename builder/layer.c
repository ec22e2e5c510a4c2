#include "builder/layer.h"
#include "builder/builder.h"
#include "builder/variable.h"
#include "headrace/layers.h"

hr_var_scope *hr_layer_scope(hr_scope scope, const char *name, const char *kind, hr_reuse reuse) {
  hr_var_scope *found = NULL;
  const char *wanted = name ? name : reuse != HR_REUSE_NONE ? kind : NULL;
  HR_WITH (inside, hr_variable_scope(scope, wanted, .default_name = kind)) {
    if (hr_scope_ok(inside)) found = hr_get_variable_scope(inside);
  }
  return found;
}

hr_layer hr_layer_begin(hr_scope scope, const hr_var_scope *owner, hr_reuse reuse, bool trainable) {
  if (!owner) return (hr_layer){scope, hr_name_scope(scope, NULL), trainable};
  hr_scope opened = hr_variable_scope_again(scope, owner, .reuse = reuse, .no_name_scope = true);
  hr_scope inside = hr_name_scope(opened, hr_var_scope_original_name_scope(owner));
  return (hr_layer){inside, opened, trainable};
}

hr_var *hr_layer_variable(const hr_layer *layer, const char *name, hr_partial_shape shape, hr_dtype dtype,
                          hr_initializer initializer, hr_regularizer regularizer) {
  if (!hr_scope_ok(layer->scope)) return NULL;
  int32_t before = hr_graph_node_count(hr_scope_graph(layer->scope));
  hr_var *var = hr_get_variable(layer->scope, name, .shape = shape, .dtype = dtype, .initializer = initializer,
                                .trainable = layer->trainable);
  if (!var || !regularizer.call) return var;
  hr_vars parts = hr_var_parts(var);
  if (parts.count == 0) parts = (hr_vars){1, &var};
  for (int32_t i = 0; i < parts.count; ++i) {
    if (hr_node_id(hr_var_value(parts.items[i]).node) < before) return var;
    hr_output loss = hr_layer_penalty(layer->scope, name, regularizer, parts.items[i]);
    if (loss.node) hr_add_output_to_collection(layer->scope, HR_REGULARIZATION_LOSSES, loss);
  }
  return var;
}

hr_output hr_layer_penalty_with(hr_scope scope, const char *name, hr_regularizer regularizer, hr_operand weights) {
  char *prefix = hr_keep_printf(scope, "%s/Regularizer", name);
  return prefix ? hr_regularize(hr_name_scope(scope, prefix), regularizer, weights) : HR_NO_OUTPUT;
}

hr_output hr_activity_penalty(hr_scope scope, hr_regularizer regularizer, hr_output activity) {
  hr_scope s = hr_name_scope(scope, "ActivityRegularizer");
  hr_output loss = hr_regularize(s, regularizer, activity);
  if (!loss.node) return HR_NO_OUTPUT;
  hr_output batch = hr_at(s, hr_tf_shape(s, activity), HR_INDEX(0));
  return hr_truediv(s, loss, hr_tf_cast(s, batch, hr_output_base_dtype(loss)));
}

void hr_layer_activity(const hr_layer *layer, hr_regularizer regularizer, hr_output activity) {
  if (!regularizer.call || !hr_scope_ok(layer->scope)) return;
  hr_output loss = hr_activity_penalty(layer->scope, regularizer, activity);
  if (loss.node) hr_add_output_to_collection(layer->scope, HR_REGULARIZATION_LOSSES, loss);
}

hr_var_scope *hr_captured_scope(hr_scope scope) {
  hr_var_scope *captured = NULL;
  HR_WITH (again, hr_variable_scope_again(scope, hr_get_variable_scope(scope))) {
    if (hr_scope_ok(again)) captured = hr_get_variable_scope(again);
  }
  return captured;
}

hr_var *hr_model_variable(void *argument, const hr_getter *getter, hr_scope scope, const char *name,
                          const hr_get_variable_options *options) {
  (void)argument;
  static const char *const keys[] = {HR_GLOBAL_VARIABLES, HR_MODEL_VARIABLES};
  const hr_strings collections = {2, keys};
  hr_get_variable_options o = *options;
  o.collections = &collections;
  const char *slash = strrchr(name, '/');
  const char *last = slash ? slash + 1 : name;
  const char *known = strcmp(last, "kernel") == 0 ? "weights" : strcmp(last, "bias") == 0 ? "biases" : last;
  const char *renamed = hr_keep_printf(scope, "%.*s%s", (int)(last - name), name, known);
  return renamed ? hr_getter_call(getter, scope, renamed, &o) : NULL;
}
