/* Resource variables: their nodes, what reads them, and what updates them. */
#include "builder/builder.h"
#include "builder/variable.h"
#include "runtime/graph/function_graph.h"

/* ---- making ---------------------------------------------------------------------------------------------------- */

/* Where a variable's own nodes stand: on the device of its handle, whatever is around. */
static hr_scope beside_handle(hr_scope scope, const hr_var *var) {
  return hr_device_scope(scope, var->ref.node ? hr_node_device(var->ref.node) : "");
}
static hr_scope nowhere(hr_scope scope) { return hr_colocate_with(scope, NULL, true); }

static hr_output read_here(hr_scope scope, const hr_var *var, hr_dtype dtype) {
  if (!var->after) return hr_read_variable_op(scope, var->ref, dtype);
  hr_output value = HR_NO_OUTPUT;
  HR_WITH (s, hr_control_dependencies(scope, 1, &var->after)) {
    value = hr_read_variable_op(s, var->ref, dtype);
  }
  return value;
}

hr_var *hr_make_resource(hr_scope s, const hr_variable_source *source, const hr_tf_variable_options *options) {
  hr_scope making = hr_beside_itself(s), initializing = hr_device_scope(hr_name_scope(making, "Initializer"), NULL);
  hr_output initial = source->call ? source->call(source, initializing)
                                   : hr_convert(initializing, source->value, options->dtype, "initial_value");
  hr_var *var = hr_check_initial_value(s, source, initial) ? hr_keep_bytes(s, sizeof *var) : NULL;
  if (!var) return NULL;
  hr_dtype dtype = hr_output_base_dtype(initial);
  const char *scope_name = hr_scope_name(s);
  char *shared_name = hr_keep_printf(s, "%.*s", (int)strlen(scope_name) - 1, scope_name);
  var->initial_value = initial;
  var->ref = hr_var_handle_op(making, dtype, *hr_output_shape(initial), .shared_name = shared_name, .name = scope_name);
  if (!hr_scope_ok(s)) return NULL;
  var->is_initialized = hr_var_is_initialized_op(hr_name_scope(s, "IsInitialized"), var->ref);
  hr_scope assigning = hr_name_scope(s, "Assign");
  var->initializer = hr_assign_variable_op(beside_handle(nowhere(assigning), var), var->ref, initial,
                                           .name = hr_scope_name(assigning));
  hr_scope reading = beside_handle(hr_name_scope(s, "Read"), var);
  var->value = read_here(reading, var, dtype);
  if (options->caching_device)
    var->cached = hr_identity(hr_device_scope(nowhere(reading), options->caching_device), var->value);
  return hr_scope_ok(s) ? var : NULL;
}

/* ---- from a MetaGraph ------------------------------------------------------------------------------------------ */

/* The output of a node that the handle's name is the scope of. */
static hr_status find_below(hr_graph *graph, const hr_var *var, const char *rest, hr_output *out) {
  hr_text name = {0};
  hr_text_printf(&name, "%s/%s:0", hr_node_name(var->ref.node), rest);
  hr_status status = name.failed ? hr_error_out_of_memory(64, "a name") : hr_graph_output(graph, name.data, out);
  hr_text_free(&name);
  return status;
}

hr_status hr_find_readings(hr_graph *graph, hr_var *var) {
  if (hr_output_dtype(var->ref) != HR_RESOURCE)
    return hr_error(HR_INVALID_ARGUMENT, "'%s' is not a variable", hr_node_name(var->ref.node));
  if (strcmp(hr_node_op(var->value.node), "ReadVariableOp") != 0) {
    var->cached = var->value;
    HR_TRY(find_below(graph, var, "Read/ReadVariableOp", &var->value));
  }
  return find_below(graph, var, "IsInitialized/VarIsInitializedOp", &var->is_initialized);
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

hr_output hr_read_resource(hr_scope scope, const hr_var *var) {
  if (var->cached.node || !hr_scope_ok(scope)) return var->cached;
  return read_here(beside_handle(nowhere(scope), var), var, hr_var_dtype(var));
}

hr_output hr_read_resource_again(hr_scope scope, const hr_var *var) {
  if (var->after) return read_here(scope, var, hr_var_dtype(var));
  return hr_identity(scope, read_here(beside_handle(hr_name_scope(scope, "Read"), var), var, hr_var_dtype(var)));
}

hr_var *hr_var_after(hr_scope scope, hr_var *var, hr_node *update) {
  if (!hr_scope_ok(scope) || !var || !update) return NULL;
  hr_var *later = hr_keep_bytes(scope, sizeof *later);
  if (!later) return NULL;
  *later = (hr_var){.graph = hr_scope_graph(scope),
                    .of = var,
                    .ref = var->ref,
                    .is_initialized = var->is_initialized,
                    .trainable = var->trainable,
                    .after = update};
  if (!hr_graph_outer(later->graph)) later->value = read_here(scope, later, hr_var_dtype(var));
  return hr_scope_ok(scope) ? later : NULL;
}

/* As in TensorFlow, which does not wait here for an update that the variable stands for. */
static hr_output gather(hr_scope scope, const char *op, const hr_var *var, hr_operand indices, const char *name) {
  hr_output parts = hr_call_one(scope, op, name, HR_OPERANDS(var->ref, indices),
                                HR_ATTRS({"dtype", HR_ATTR_TYPE_VALUE(hr_var_dtype(var))}));
  return hr_identity(scope, parts);
}

hr_output hr_gather_resource(hr_scope scope, const hr_var *var, hr_operand indices, const char *name) {
  return gather(scope, "ResourceGather", var, indices, name ? name : "Gather");
}

hr_output hr_gather_nd_resource(hr_scope scope, const hr_var *var, hr_operand indices, const char *name) {
  return gather(scope, "ResourceGatherNd", var, indices, name ? name : "GatherNd");
}

hr_output hr_handle_shape(hr_scope scope, hr_output handle, hr_dtype dtype) {
  bool is_origin = hr_scope_ok(scope) && strcmp(hr_node_op(handle.node), "VarHandleOp") == 0;
  const hr_handle_data *data = is_origin ? hr_output_handle_data(handle) : NULL;
  if (!data || !hr_partial_shape_is_full(&data->shape)) return hr_variable_shape(scope, handle, .out_type = dtype);
  return hr_convert(scope, hr_operand_ints((hr_ints){data->shape.rank, data->shape.dims}), dtype, NULL);
}

/* ---- updating -------------------------------------------------------------------------------------------------- */

/* The shapes of an assignment: what the variable is known to have, and what it shall get. */
static bool fits(hr_scope scope, const hr_var *var, hr_output value) {
  hr_partial_shape merged;
  if (!hr_scope_ok(scope)) return false;
  hr_status status = hr_partial_shape_merge(hr_var_shape(var), hr_output_shape(value), &merged);
  if (!status) return true;
  hr_status_free(status);
  char have[HR_SHAPE_TEXT], want[HR_SHAPE_TEXT];
  hr_refuse(scope, "Shapes %s and %s are incompatible", hr_partial_shape_text(hr_var_shape(var), have),
            hr_partial_shape_text(hr_output_shape(value), want));
  return false;
}

hr_node *hr_update_resource_with(hr_scope scope, const char *op, hr_var *var, hr_operands where, hr_operand value,
                                 const hr_op_options *options) {
  if (!hr_scope_ok(scope) || !var) return NULL;
  hr_operand *operands = hr_keep_bytes(scope, sizeof *operands * (size_t)(where.count + 2));
  if (!operands) return NULL;
  hr_output converted = hr_convert(scope, value, hr_var_dtype(var), NULL);
  operands[0] = hr_operand_output(var->ref);
  for (int32_t i = 0; i < where.count; ++i)
    operands[i + 1] = hr_operands_at(where, i);
  operands[where.count + 1] = hr_operand_output(converted);
  if (!hr_scope_ok(scope) || (where.count == 0 && !fits(scope, var, converted))) return NULL;
  return hr_call_op(scope, op, options ? options->name : NULL, where.count + 2, operands, 0, NULL);
}
