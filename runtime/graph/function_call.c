#include "runtime/graph/function_call.h"

#include "runtime/graph/bind.h"

static hr_status out_of_memory(void) { return hr_error_out_of_memory(sizeof(hr_call), "a call"); }

static hr_status not_defined(const char *name) { return hr_error(HR_NOT_FOUND, "Function %s is not defined.", name); }

/* ---- what is called ---------------------------------------------------------------------------------------------- */

/* Completes and checks the attributes of a call. */
static hr_status bind(const hr_function *function, hr_attr_value *attrs, hr_arena *arena) {
  int32_t *counts = HR_ARENA_ARRAY(arena, int32_t, function->op.num_inputs + 1);
  if (!counts) return out_of_memory();
  return hr_status_prefix(hr_bind_defaults(&function->op, attrs, counts), "Function %s: ", function->op.name);
}

hr_status hr_call_of_value(const hr_graph *graph, const hr_function_attr *value, hr_arena *arena, hr_call *out) {
  const hr_function *function = hr_function_find(graph, hr_view_of(value->name));
  if (!function) return not_defined(value->name);
  hr_attr_value *attrs =
      hr_arena_zalloc(arena, sizeof *attrs * ((size_t)function->op.num_attrs + 1), _Alignof(hr_attr_value));
  if (!attrs) return out_of_memory();
  for (int32_t i = 0; i < value->num_attrs; ++i) {
    int index = hr_op_attr_index(&function->op, value->attr_names[i], strlen(value->attr_names[i]));
    if (index >= 0) attrs[index] = value->attr_values[i];
  }
  HR_TRY(bind(function, attrs, arena));
  *out = (hr_call){function, attrs};
  return HR_SUCCESS;
}

hr_status hr_call_of_node(const hr_node *node, const char *name, hr_arena *arena, hr_call *out) {
  if (name) return hr_call_of_value(node->graph, hr_node_attr(node, name)->func, arena, out);
  const hr_function *function = hr_function_of_op(node->op);
  if (!function) return not_defined(node->op->name);
  *out = (hr_call){function, node->attrs};
  return HR_SUCCESS;
}

/* ---- arguments and results --------------------------------------------------------------------------------------- */

static int64_t length_of(const hr_arg_def *arg, const hr_attr_value *attrs) {
  if (arg->number_attr >= 0) return attrs[arg->number_attr].i;
  return arg->type_list_attr >= 0 ? attrs[arg->type_list_attr].count : 1;
}

static hr_status find_dtypes(const hr_call *call, const hr_arg_def *args, int num_args, hr_arena *arena, int32_t *count,
                             const hr_dtype **out) {
  int64_t total = 0;
  for (int i = 0; i < num_args; ++i) {
    int64_t length = length_of(&args[i], call->attrs);
    if (length < 0 || length > HR_MAX_OUTPUTS - total)
      return hr_error(HR_INVALID_ARGUMENT, "Argument '%s' of function %s has length %lld", args[i].name,
                      call->function->op.name, (long long)length);
    total += length;
  }
  hr_dtype *dtypes = HR_ARENA_ARRAY(arena, hr_dtype, total + 1), *at = dtypes;
  if (!dtypes) return out_of_memory();
  for (int i = 0; i < num_args; ++i) {
    int64_t length = length_of(&args[i], call->attrs);
    for (int64_t k = 0; k < length; ++k) {
      hr_dtype dtype = (hr_dtype)args[i].dtype;
      if (args[i].type_attr >= 0) dtype = (hr_dtype)call->attrs[args[i].type_attr].type;
      if (args[i].type_list_attr >= 0) dtype = (hr_dtype)call->attrs[args[i].type_list_attr].types[k];
      *at++ = args[i].is_ref ? hr_dtype_ref(dtype) : dtype;
    }
  }
  *count = (int32_t)total;
  *out = dtypes;
  return HR_SUCCESS;
}

hr_status hr_call_arguments(const hr_call *call, hr_arena *arena, int32_t *count, const hr_dtype **dtypes) {
  return find_dtypes(call, call->function->op.inputs, call->function->op.num_inputs, arena, count, dtypes);
}

hr_status hr_call_results(const hr_call *call, hr_arena *arena, int32_t *count, const hr_dtype **dtypes) {
  return find_dtypes(call, call->function->op.outputs, call->function->op.num_outputs, arena, count, dtypes);
}
