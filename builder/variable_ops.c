/* Ops on variables: assigning, initialising, reporting, grouping, the global step. */
#include "builder/builder.h"
#include "builder/variable.h"
#include "headrace/control_flow.h"
#include "headrace/variables.h"

/* ---- assigning ------------------------------------------------------------------------------------------------- */

/* The value for a variable, as the constant "NAME/value" where it is a plain one. */
static hr_output value_for(hr_scope s, hr_var *var, hr_operand value) {
  return var && hr_scope_ok(s) ? hr_convert(s, value, hr_var_dtype(var), "value") : HR_NO_OUTPUT;
}

static hr_operand updated(hr_scope scope, const char *op, hr_var *var, hr_operand value, const char *name) {
  hr_node *update = hr_update_resource(scope, op, var, HR_NO_OPERANDS, value, .name = name);
  return hr_operand_variable(hr_var_after(scope, var, update));
}

hr_node *hr_assign_node(hr_scope scope, hr_var *var, hr_operand value, bool use_locking) {
  if (!hr_var_is_resource(var))
    return hr_assign(scope, hr_var_ref(var), hr_convert(scope, value, hr_var_dtype(var), "value"),
                     .use_locking = use_locking)
        .node;
  hr_node *assigned = hr_update_resource_with(scope, "AssignVariableOp", var, HR_NO_OPERANDS, value, NULL);
  return hr_var_after(scope, var, assigned) ? assigned : NULL;
}

hr_operand hr_var_assigned(hr_scope scope, hr_var *var, hr_operand value, bool validate_shape, const char *name) {
  if (var && hr_var_is_resource(var)) return updated(scope, "AssignVariableOp", var, value, name);
  hr_scope s = hr_name_scope_or(scope, name, "Assign");
  hr_output v = value_for(s, var, value);
  return hr_operand_output(
      hr_assign(s, hr_var_ref(var), v, .validate_shape = validate_shape, .name = hr_scope_name(s)));
}

/* TensorFlow's assign_add and assign_sub leave the name out for resource variables. */
hr_operand hr_var_added(hr_scope scope, hr_var *var, hr_operand value, const char *name) {
  if (var && hr_var_is_resource(var)) return updated(scope, "AssignAddVariableOp", var, value, NULL);
  hr_scope s = hr_name_scope_or(scope, name, "AssignAdd");
  hr_output v = value_for(s, var, value);
  return hr_operand_output(hr_assign_add(s, hr_var_ref(var), v, .name = hr_scope_name(s)));
}
hr_operand hr_var_subtracted(hr_scope scope, hr_var *var, hr_operand value, const char *name) {
  if (var && hr_var_is_resource(var)) return updated(scope, "AssignSubVariableOp", var, value, NULL);
  hr_scope s = hr_name_scope_or(scope, name, "AssignSub");
  hr_output v = value_for(s, var, value);
  return hr_operand_output(hr_assign_sub(s, hr_var_ref(var), v, .name = hr_scope_name(s)));
}
hr_operand hr_var_rows_added(hr_scope scope, hr_var *var, hr_output indices, hr_output updates) {
  if (!var || !hr_var_is_resource(var))
    return hr_operand_output(hr_scatter_add(scope, hr_var_ref(var), indices, updates));
  hr_node *added = hr_resource_scatter_add(scope, hr_var_ref(var), indices, updates);
  return hr_operand_variable(hr_var_after(scope, var, added));
}

hr_output hr_updated_value(hr_scope scope, hr_operand updated) {
  if (updated.kind != HR_OPERAND_VARIABLE) return updated.output;
  hr_output value = hr_var_value(updated.variable);
  return value.node || !updated.variable ? value : hr_read_resource_again(scope, updated.variable);
}
hr_node *hr_updated_node(hr_operand updated) {
  if (updated.kind != HR_OPERAND_VARIABLE) return updated.output.node;
  return updated.variable ? hr_var_node(updated.variable) : NULL;
}

hr_output hr_var_assign_with(hr_scope scope, hr_var *var, hr_operand value, bool validate_shape,
                             const hr_op_options *options) {
  return hr_updated_value(scope, hr_var_assigned(scope, var, value, validate_shape, options ? options->name : NULL));
}
hr_output hr_var_assign_add_with(hr_scope scope, hr_var *var, hr_operand value, const hr_op_options *options) {
  return hr_updated_value(scope, hr_var_added(scope, var, value, options ? options->name : NULL));
}
hr_output hr_var_assign_sub_with(hr_scope scope, hr_var *var, hr_operand value, const hr_op_options *options) {
  return hr_updated_value(scope, hr_var_subtracted(scope, var, value, options ? options->name : NULL));
}

hr_node *hr_assign_slice_with(hr_scope scope, hr_var *var, hr_output slice, hr_operand value,
                              const hr_op_options *options) {
  static const char *const masks[] = {"begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask"};
  enum { MASKS = sizeof masks / sizeof *masks };
  if (!hr_scope_ok(scope)) return NULL;
  if (!slice.node || strcmp(hr_node_op(slice.node), "StridedSlice") != 0) {
    hr_refuse(scope, "Sliced assignment is only supported for slices of variables");
    return NULL;
  }
  hr_named_attr attrs[MASKS];
  for (int i = 0; i < MASKS; ++i)
    attrs[i] = (hr_named_attr){masks[i], *hr_node_attr(slice.node, masks[i])};
  const char *name =
      options && options->name ? options->name : hr_keep_printf(scope, "%s/_assign", hr_node_name(slice.node));
  bool is_resource = hr_var_is_resource(var);
  if (is_resource) value = hr_operand_output(hr_convert(scope, value, hr_var_dtype(var), NULL));
  if (!hr_scope_ok(scope)) return NULL;
  const hr_output *cut = slice.node->inputs;
  hr_operands operands = HR_OPERANDS(hr_var_ref(var), cut[1], cut[2], cut[3], value);
  return hr_call_op(scope, is_resource ? "ResourceStridedSliceAssign" : "StridedSliceAssign", name, operands.count,
                    operands.items, MASKS, attrs);
}

hr_output hr_var_read(hr_scope scope, hr_var *var) {
  if (var && hr_var_is_resource(var)) return hr_read_resource_again(scope, var);
  return hr_identity(scope, hr_var_ref(var), .name = "read");
}
hr_output hr_var_is_initialized(hr_scope scope, hr_var *var) {
  if (var && hr_var_is_resource(var)) return hr_var_is_initialized_op(scope, hr_var_ref(var));
  return hr_is_variable_initialized(scope, hr_var_ref(var));
}

static void value_now(void *var, hr_scope scope, hr_results *results) { hr_return(results, hr_var_read(scope, var)); }
static void value_at_first(void *var, hr_scope scope, hr_results *results) {
  (void)scope;
  hr_return(results, hr_var_initial_value(var));
}
hr_output hr_var_initialized_value(hr_scope scope, hr_var *var) {
  hr_output value = HR_NO_OUTPUT;
  HR_WITH (outside, hr_control_dependencies(scope, 0, NULL)) {
    value = hr_only(hr_cond(outside, hr_var_is_initialized(outside, var), HR_BRANCH(value_now, var),
                            HR_BRANCH(value_at_first, var)));
  }
  return value;
}

/* ---- tf.group and tf.tuple ------------------------------------------------------------------------------------- */

static int compare_devices(const hr_node *a, const hr_node *b) { return strcmp(hr_node_device(a), hr_node_device(b)); }

/* A NoOp on a device ("" for no wish) after some nodes. */
static hr_node *no_op_after(hr_scope scope, const char *device, int32_t count, hr_node *const *nodes,
                            const char *name) {
  hr_node *made = NULL;
  HR_WITH (after, hr_control_dependencies(scope, count, nodes)) {
    made = hr_no_op(hr_device_scope(after, device), .name = name);
  }
  return made;
}

/* Stable: nodes of one device keep their order. */
static void sort_by_device(int32_t count, hr_node **nodes) {
  for (int32_t i = 1; i < count; ++i)
    for (int32_t j = i; j > 0 && compare_devices(nodes[j - 1], nodes[j]) > 0; --j) {
      hr_node *swapped = nodes[j];
      nodes[j] = nodes[j - 1];
      nodes[j - 1] = swapped;
    }
}

hr_node *hr_group_with(hr_scope scope, int32_t count, hr_node *const *nodes, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "group_deps");
  const char *name = hr_scope_name(s);
  if (!hr_scope_ok(s)) return NULL;
  if (count == 0) return hr_no_op(s, .name = name);
  for (int32_t i = 0; i < count; ++i)
    if (!nodes[i]) {
      hr_refuse(s, "Operation %d of the group is none", (int)i);
      return NULL;
    }
  hr_node **sorted = malloc(2 * sizeof *sorted * (size_t)count);
  if (!sorted) {
    hr_scope_fail(s, hr_error_out_of_memory(2 * sizeof *sorted * (size_t)count, "a group"));
    return NULL;
  }
  memcpy(sorted, nodes, sizeof *sorted * (size_t)count);
  hr_node **groups = sorted + count;
  bool mixed = false;
  for (int32_t i = 1; i < count; ++i)
    mixed = mixed || compare_devices(nodes[0], nodes[i]) != 0;
  hr_node *result;
  if (!mixed) {
    result = no_op_after(s, hr_node_device(nodes[0]), count, nodes, name);
  } else {
    sort_by_device(count, sorted);
    int32_t num_groups = 0;
    for (int32_t i = 0, end; i < count; i = end) {
      for (end = i + 1; end < count && compare_devices(sorted[i], sorted[end]) == 0;)
        ++end;
      groups[num_groups++] = no_op_after(s, hr_node_device(sorted[i]), end - i, sorted + i, NULL);
    }
    result = hr_scope_ok(s) ? no_op_after(s, "", num_groups, groups, name) : NULL;
  }
  free(sorted);
  return result;
}

static int by_id(const void *a, const void *b) {
  hr_node *const *x = a, *const *y = b;
  return (*x)->id < (*y)->id ? -1 : (*x)->id > (*y)->id;
}

/* The node of a tensor or variable of the graph; NULL for a value. */
static hr_node *node_of(hr_operand x) {
  if (x.kind == HR_OPERAND_VARIABLE) return x.variable ? hr_var_node(x.variable) : NULL;
  return x.kind == HR_OPERAND_OUTPUT ? x.output.node : NULL;
}

static hr_output after_nodes(hr_scope scope, const char *name, int32_t count, hr_node *const *nodes, hr_operand x) {
  hr_scope s = hr_name_scope_or(scope, name, "control_dependency");
  hr_output result = HR_NO_OUTPUT;
  HR_WITH (gated, hr_control_dependencies(hr_colocate_with(s, node_of(x), false), count, nodes)) {
    hr_output value = hr_convert(gated, x, HR_INVALID, NULL);
    bool is_reference = value.node && hr_dtype_is_ref(hr_output_dtype(value));
    result = is_reference ? hr_ref_identity(gated, value, .name = hr_scope_name(s))
                          : hr_identity(gated, value, .name = hr_scope_name(s));
  }
  return result;
}

hr_output hr_with_dependencies_with(hr_scope scope, int32_t count, hr_node *const *nodes, hr_output output,
                                    const hr_op_options *options) {
  return after_nodes(scope, options ? options->name : NULL, count, nodes, hr_operand_output(output));
}

hr_output hr_with_dependency(hr_scope scope, hr_node *gate, hr_output output) {
  return hr_with_dependencies_with(scope, 1, &gate, output, NULL);
}

/* What is to be gated: values become Consts, what is None or not given becomes that. */
static hr_operand *graph_values(hr_scope s, hr_operands tensors) {
  hr_operand *values = hr_keep_bytes(s, sizeof *values * ((size_t)tensors.count + 1));
  for (int32_t i = 0; values && i < tensors.count; ++i) {
    hr_operand x = hr_operands_at(tensors, i);
    bool in_graph = x.kind == HR_OPERAND_OUTPUT || x.kind == HR_OPERAND_VARIABLE;
    values[i] = x.kind == HR_OPERAND_NONE ? HR_NO_OPERAND
                : in_graph                ? x
                                          : hr_operand_output(hr_convert(s, x, HR_INVALID, NULL));
  }
  return values;
}

void hr_tuple_with(hr_scope scope, hr_operands tensors, int32_t control_count, hr_node *const *controls, hr_output *out,
                   const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "tuple");
  for (int32_t i = 0; i < tensors.count; ++i)
    out[i] = HR_NO_OUTPUT;
  hr_operand *values = graph_values(s, tensors);
  hr_node **gating = hr_keep_bytes(s, sizeof *gating * (size_t)(tensors.count + control_count + 1));
  if (!values || !gating || !hr_scope_ok(s)) return;
  int32_t count = 0, unique = 0;
  for (int32_t i = 0; i < tensors.count; ++i)
    if ((gating[count] = node_of(values[i]))) ++count;
  for (int32_t i = 0; i < control_count; ++i)
    gating[count++] = controls[i];
  qsort(gating, (size_t)count, sizeof *gating, by_id);
  for (int32_t i = 0; i < count; ++i)
    if (i == 0 || gating[i] != gating[i - 1]) gating[unique++] = gating[i];
  if (unique == 0) {
    hr_refuse(s, "Must have at least one Tensor");
    return;
  }
  hr_node *gate = hr_group_with(s, unique, gating, NULL);
  for (int32_t i = 0; i < tensors.count && gate; ++i)
    if (node_of(values[i])) out[i] = after_nodes(s, NULL, 1, &gate, values[i]);
}

/* ---- initialising ---------------------------------------------------------------------------------------------- */

hr_node *hr_variables_initializer_with(hr_scope scope, hr_vars vars, const hr_op_options *options) {
  const char *name = options && options->name ? options->name : "init";
  if (!hr_scope_ok(scope)) return NULL;
  hr_node **nodes = malloc(sizeof *nodes * (size_t)(vars.count + 1));
  if (!nodes) {
    hr_scope_fail(scope, hr_error_out_of_memory(sizeof *nodes * (size_t)vars.count, "an initializer"));
    return NULL;
  }
  for (int32_t i = 0; i < vars.count; ++i)
    nodes[i] = vars.items[i] ? hr_var_initializer(vars.items[i]) : NULL;
  hr_node *init = hr_group_with(scope, vars.count, nodes, &(hr_op_options){name});
  free(nodes);
  return init;
}

static hr_node *collection_initializer(hr_scope scope, const char *key) {
  hr_vars vars;
  hr_status status = hr_collection_vars(hr_scope_graph(scope), key, NULL, &vars);
  if (status) {
    hr_scope_fail(scope, status);
    return NULL;
  }
  hr_node *init = hr_variables_initializer(scope, vars);
  free((void *)vars.items);
  return init;
}
hr_node *hr_global_variables_initializer(hr_scope scope) { return collection_initializer(scope, HR_GLOBAL_VARIABLES); }
hr_node *hr_local_variables_initializer(hr_scope scope) { return collection_initializer(scope, HR_LOCAL_VARIABLES); }

hr_node *hr_tables_initializer(hr_scope scope) {
  const hr_graph *graph = hr_scope_graph(scope);
  int32_t count = hr_collection_count(graph, HR_TABLE_INITIALIZERS), found = 0;
  hr_node **nodes = malloc(sizeof(hr_node *) * (size_t)(count + 1));
  if (!nodes) {
    hr_scope_fail(scope, hr_error_out_of_memory(sizeof(hr_node *) * (size_t)count, "tables"));
    return NULL;
  }
  for (int32_t i = 0; i < count; ++i) {
    const hr_item *item = hr_collection_item(graph, HR_TABLE_INITIALIZERS, i);
    if (item->kind == HR_ITEM_NODE) nodes[found++] = item->node;
  }
  hr_node *all = hr_group_with(scope, found, nodes, &(hr_op_options){"init_all_tables"});
  free(nodes);
  return all;
}

/* The variables of two collections behind each other; malloc'd. */
static hr_status joined_vars(hr_graph *graph, const char *first, const char *second, hr_vars *out) {
  hr_vars a, b;
  HR_TRY(hr_collection_vars(graph, first, NULL, &a));
  hr_status status = hr_collection_vars(graph, second, NULL, &b);
  if (status) {
    free((void *)a.items);
    return status;
  }
  hr_var **all = realloc((void *)a.items, sizeof *all * (size_t)(a.count + b.count + 1));
  if (all) memcpy(all + a.count, b.items, sizeof *all * (size_t)b.count);
  free((void *)b.items);
  if (!all) {
    free((void *)a.items);
    return hr_error_out_of_memory(sizeof *all * (size_t)(a.count + b.count), "a list of variables");
  }
  *out = (hr_vars){a.count + b.count, all};
  return HR_SUCCESS;
}

/* The names of those of `vars` whose flag is false. */
static hr_output unset_names(hr_scope s, hr_vars vars, const char **names, hr_output *flags) {
  for (int32_t i = 0; i < vars.count; ++i) {
    flags[i] = hr_var_is_initialized(s, vars.items[i]);
    names[i] = hr_var_name(vars.items[i]);
  }
  hr_scope cpu = hr_device_scope(s, "/cpu:0");
  if (vars.count == 0) return hr_constant_strings(cpu, 0, names);
  hr_output missing = hr_logical_not(cpu, hr_stack(cpu, ((hr_outputs){vars.count, flags})));
  hr_output all = hr_constant_strings(cpu, vars.count, names);
  return hr_boolean_mask(cpu, all, missing);
}

hr_output hr_report_uninitialized_variables_with(hr_scope scope, const hr_report_uninitialized_options *options) {
  hr_report_uninitialized_options o = options ? *options : (hr_report_uninitialized_options){0};
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  hr_vars joined = {0, NULL};
  hr_status status = HR_SUCCESS;
  if (!o.vars) status = joined_vars(hr_scope_graph(scope), HR_GLOBAL_VARIABLES, HR_LOCAL_VARIABLES, &joined);
  hr_vars vars = o.vars ? *o.vars : joined;
  size_t room = (size_t)vars.count + 1;
  const char **names = malloc(room * sizeof *names);
  hr_output *flags = malloc(room * sizeof *flags), result = HR_NO_OUTPUT;
  if (!status && (!names || !flags)) status = hr_error_out_of_memory(room * sizeof *flags, "a list of variables");
  if (status)
    hr_scope_fail(scope, status);
  else
    result = unset_names(hr_name_scope_or(scope, o.name, "report_uninitialized_variables"), vars, names, flags);
  free(names);
  free(flags);
  free((void *)joined.items);
  return result;
}

/* A node that reads the variable. */
static hr_output assertion(hr_scope s, hr_var *var) {
  if (!hr_var_is_resource(var)) return hr_rank(s, hr_var_value(var));
  hr_scope inside = hr_name_scope(s, "Rank");
  (void)hr_var_tensor(inside, var); /* TensorFlow looks for a static rank first */
  return hr_call_one(inside, "Rank", hr_scope_name(inside), HR_OPERANDS(var), HR_NO_ATTRS);
}

hr_output hr_assert_variables_initialized(hr_scope scope, hr_vars vars) {
  if (vars.count == 0) return hr_refuse(scope, "No variables to assert something of");
  hr_output *ranks = hr_keep_bytes(scope, sizeof *ranks * (size_t)vars.count);
  for (int32_t i = 0; ranks && i < vars.count; ++i) {
    HR_WITH (beside, hr_colocate_with(scope, hr_var_ref(vars.items[i]).node, false)) {
      ranks[i] = assertion(beside, vars.items[i]);
    }
  }
  if (!ranks || !hr_scope_ok(scope)) return HR_NO_OUTPUT;
  return vars.count == 1 ? ranks[0] : hr_stack(scope, ((hr_outputs){vars.count, ranks}));
}

/* ---- the global step ------------------------------------------------------------------------------------------- */

static hr_var *check_global_step(hr_scope scope, hr_var *var) {
  if (!var) return NULL;
  if (!hr_dtype_is_integer(hr_var_dtype(var))) {
    hr_refuse(scope, "Existing \"global_step\" does not have integer type: %s", hr_dtype_name(hr_var_dtype(var)));
    return NULL;
  }
  if (hr_var_shape(var)->rank > 0) {
    hr_refuse(scope, "Existing \"global_step\" is not scalar: rank %d", hr_var_shape(var)->rank);
    return NULL;
  }
  return var;
}

/* The variable of a name among the global ones. */
static hr_var *named_var(hr_graph *graph, const char *name) {
  for (int32_t i = 0; i < hr_collection_count(graph, HR_GLOBAL_VARIABLES); ++i) {
    hr_var *var = hr_item_var(hr_collection_item(graph, HR_GLOBAL_VARIABLES, i));
    if (var && strcmp(hr_var_name(var), name) == 0) return var;
  }
  return NULL;
}

hr_var *hr_get_global_step(hr_scope scope) {
  hr_graph *graph = hr_scope_graph(scope);
  int32_t count = hr_collection_count(graph, HR_GLOBAL_STEP);
  if (count > 1) {
    hr_refuse(scope, "Multiple items in the collection \"%s\"", HR_GLOBAL_STEP);
    return NULL;
  }
  hr_var *var = count == 1 ? hr_item_var(hr_collection_item(graph, HR_GLOBAL_STEP, 0)) : NULL;
  return check_global_step(scope, var ? var : named_var(graph, HR_GLOBAL_STEP));
}

hr_var *hr_create_global_step(hr_scope scope) {
  if (hr_get_global_step(scope)) {
    hr_refuse(scope, "\"global_step\" already exists.");
    return NULL;
  }
  const char *const keys[] = {HR_GLOBAL_VARIABLES, HR_GLOBAL_STEP};
  return hr_get_variable(hr_name_scope(scope, NULL), HR_GLOBAL_STEP, .shape = HR_SHAPE(), .dtype = HR_INT64,
                         .initializer = hr_zeros_initializer(), .trainable = false,
                         .collections = &(hr_strings){2, keys});
}

hr_var *hr_get_or_create_global_step(hr_scope scope) {
  hr_var *step = hr_get_global_step(scope);
  return step || !hr_scope_ok(scope) ? step : hr_create_global_step(scope);
}
