#include "runtime/graph/bind.h"

#include "runtime/graph/attr.h"

#define MAX_ATTRS 256 /* num_attrs is a byte */

/* ---- words of messages ----------------------------------------------------------------------------------------- */

static void add_dtype(hr_text *text, bool first, hr_dtype dtype) {
  hr_text_printf(text, "%s%s", first ? "" : ", ", hr_dtype_python_name(dtype));
}

static hr_status invalid(hr_text *text) {
  hr_status status = text->failed ? hr_error_out_of_memory(text->capacity, "a message")
                                  : hr_error(HR_INVALID_ARGUMENT, "%s", text->data);
  hr_text_free(text);
  return status;
}

static hr_status wrong_type(hr_text *text) { return hr_status_as_type_error(invalid(text)); }

/* ---- attributes ------------------------------------------------------------------------------------------------ */

static inline bool is_allowed_type(const hr_attr_def *def, int32_t dtype) {
  return def->allowed_types == 0 || (dtype >= 0 && dtype < 64 && def->allowed_types >> dtype & 1);
}

static hr_status check_type(const hr_attr_def *def, int32_t dtype, const char *parameter) {
  if (__builtin_expect(is_allowed_type(def, dtype), 1)) return HR_SUCCESS;
  hr_text text = {0};
  hr_text_printf(&text, "Value passed to parameter '%s' has DataType %s not in list of allowed values: ", parameter,
                 hr_dtype_python_name((hr_dtype)dtype));
  bool first = true;
  for (int i = 0; i < 64; ++i)
    if (def->allowed_types >> i & 1) {
      add_dtype(&text, first, (hr_dtype)i);
      first = false;
    }
  return wrong_type(&text);
}

static hr_status check_string(const hr_op_def *op, const hr_attr_def *def, const char *data, size_t length) {
  if (!def->allowed_strings) return HR_SUCCESS;
  hr_text text = {0};
  hr_text_printf(&text, "Attr '%s' of '%s' Op passed string '%.*s' not in: ", def->name, op->name, (int)length, data);
  for (const char *const *allowed = def->allowed_strings; *allowed; ++allowed) {
    if (hr_view_equal(hr_view_of(*allowed), (hr_view){data, length})) {
      hr_text_free(&text);
      return HR_SUCCESS;
    }
    hr_text_printf(&text, "%s\"%s\"", allowed == def->allowed_strings ? "" : ", ", *allowed);
  }
  hr_text_add(&text, ".", 1);
  return invalid(&text);
}

/* A value that was given, against its definition. */
static hr_status check_attr(const hr_op_def *op, const hr_attr_def *def, const hr_attr_value *value) {
  if (value->kind != def->kind || value->is_list != def->is_list)
    return hr_type_error("Expected %s for argument '%s' not %s.",
                         hr_attr_kind_name((hr_attr_kind)def->kind, def->is_list), def->name,
                         hr_attr_kind_name((hr_attr_kind)value->kind, value->is_list));
  if (value->is_list) {
    if (def->has_minimum && value->count < def->minimum)
      return hr_error(HR_INVALID_ARGUMENT, "Attr '%s' of '%s' Op passed list of length %d less than minimum %lld.",
                      def->name, op->name, value->count, (long long)def->minimum);
    for (int32_t i = 0; i < value->count; ++i) {
      if (value->kind == HR_ATTR_TYPE) HR_TRY(check_type(def, value->types[i], def->name));
      if (value->kind == HR_ATTR_STRING)
        HR_TRY(check_string(op, def, value->strings[i].data, value->strings[i].length));
    }
    return HR_SUCCESS;
  }
  if (value->kind == HR_ATTR_TYPE) return check_type(def, value->type, def->name);
  if (value->kind == HR_ATTR_STRING) return check_string(op, def, value->s, (size_t)value->count);
  if (value->kind == HR_ATTR_INT && def->has_minimum && value->i < def->minimum)
    return hr_error(HR_INVALID_ARGUMENT, "Attr '%s' of '%s' Op passed %lld less than minimum %lld.", def->name,
                    op->name, (long long)value->i, (long long)def->minimum);
  return HR_SUCCESS;
}

static hr_status set_default(const hr_op_def *op, const hr_attr_def *def, hr_attr_value *value) {
  if (!def->has_default) return hr_type_error("No argument for attr %s of '%s' Op", def->name, op->name);
  *value = def->default_value;
  return HR_SUCCESS;
}

/* ---- inputs ---------------------------------------------------------------------------------------------------- */

/* The state of a binding under way: which argument set an attribute, as its index plus one. */
typedef struct inference {
  const hr_binding *b;
  uint16_t source[MAX_ATTRS];
} inference;

static inline hr_dtype input_dtype(const hr_binding *b, int32_t i) {
  return hr_node_output_dtype(b->inputs[i].node, b->inputs[i].index);
}

/* Who fixed an attribute, for a message. */
static void add_source(hr_text *text, const inference *state, int attr) {
  const hr_op_def *op = state->b->op;
  if (state->source[attr])
    hr_text_printf(text, " of argument '%s'.", op->inputs[state->source[attr] - 1].name);
  else
    hr_text_printf(text, " of attribute '%s'.", op->attrs[attr].name);
}

/* The message names an input that is of the graph, where there is one. */
static hr_status wrong_graph(const hr_binding *b, const hr_arg_def *arg, hr_output input) {
  for (int32_t i = 0; i < b->num_inputs; ++i) {
    hr_output other = b->inputs[i];
    if (other.node && other.node->graph == b->graph)
      return hr_error(HR_INVALID_ARGUMENT, "Input '%s' of '%s' Op, %s:%d, must be from the same graph as %s:%d.",
                      arg->name, b->op->name, input.node->name, input.index, other.node->name, other.index);
  }
  return hr_error(HR_INVALID_ARGUMENT, "Input '%s' of '%s' Op, %s:%d, must be from the same graph as the op.",
                  arg->name, b->op->name, input.node->name, input.index);
}

static hr_status check_inputs_exist(const hr_binding *b, const hr_arg_def *arg, int32_t first, int32_t count) {
  for (int32_t i = first; i < first + count; ++i) {
    hr_output input = b->inputs[i];
    if (!input.node) {
      if (b->inputs_open) continue;
      return hr_type_error("No argument for input %s of '%s' Op", arg->name, b->op->name);
    }
    if (__builtin_expect(input.node->graph != b->graph, 0)) return wrong_graph(b, arg, input);
    if (__builtin_expect((uint32_t)input.index >= (uint32_t)input.node->num_outputs, 0))
      return hr_error(HR_INVALID_ARGUMENT, "Input '%s' of '%s' Op refers to output %d of %s, which has %d outputs.",
                      arg->name, b->op->name, input.index, input.node->name, input.node->num_outputs);
    if (arg->is_ref && !hr_dtype_is_ref(hr_node_output_dtype(input.node, input.index)))
      return hr_type_error("'%s' Op requires that input '%s' be a mutable tensor (e.g.: a tf.Variable)", b->op->name,
                           arg->name);
  }
  return HR_SUCCESS;
}

/* "Input 'b' of 'MatMul' Op has type int32 that does not match ...", for a single input or a list of one dtype. */
static hr_status dtype_mismatch(const inference *state, int arg_index, int32_t first, int32_t count,
                                hr_dtype expected) {
  const hr_binding *b = state->b;
  const hr_arg_def *arg = &b->op->inputs[arg_index];
  hr_text text = {0};
  if (arg->number_attr < 0) {
    hr_text_printf(&text, "Input '%s' of '%s' Op has type %s that does not match", arg->name, b->op->name,
                   hr_dtype_python_name(input_dtype(b, first)));
    if (arg->type_attr < 0) {
      hr_text_printf(&text, " expected type of %s.", hr_dtype_python_name(expected));
    } else {
      hr_text_printf(&text, " type %s", hr_dtype_python_name(expected));
      add_source(&text, state, arg->type_attr);
    }
    return wrong_type(&text);
  }
  hr_text_printf(&text, "Tensors in list passed to '%s' of '%s' Op have types [", arg->name, b->op->name);
  for (int32_t i = first; i < first + count; ++i)
    add_dtype(&text, i == first, b->inputs[i].node ? input_dtype(b, i) : HR_INVALID);
  if (arg->type_attr < 0)
    hr_text_printf(&text, "] that do not match expected type %s.", hr_dtype_python_name(expected));
  else if (state->source[arg->type_attr] != arg_index + 1)
    hr_text_printf(&text, "] that do not match type %s inferred from earlier arguments.",
                   hr_dtype_python_name(expected));
  else
    hr_text_add_string(&text, "] that don't all match.");
  return wrong_type(&text);
}

/* A list of any dtypes. */
static hr_status bind_type_list(inference *state, int arg_index, int32_t first, int32_t count) {
  const hr_binding *b = state->b;
  const hr_arg_def *arg = &b->op->inputs[arg_index];
  const hr_attr_def *def = &b->op->attrs[arg->type_list_attr];
  hr_attr_value *value = &b->attrs[arg->type_list_attr];
  if (value->kind == HR_ATTR_NONE) {
    int32_t *types = HR_ARENA_ARRAY(hr_graph_arena(b->graph), int32_t, count);
    if (!types) return hr_error_out_of_memory((size_t)count * sizeof *types, "an attribute value");
    for (int32_t i = 0; i < count; ++i) {
      types[i] = (int32_t)hr_dtype_base(input_dtype(b, first + i));
      HR_TRY(check_type(def, types[i], arg->name));
    }
    *value = (hr_attr_value){.kind = HR_ATTR_TYPE, .is_list = true, .count = count, .types = types};
    HR_TRY(check_attr(b->op, def, value));
    state->source[arg->type_list_attr] = (uint16_t)(arg_index + 1);
    return HR_SUCCESS;
  }
  bool equal = value->count == count;
  for (int32_t i = 0; i < count && equal; ++i)
    equal = !b->inputs[first + i].node || (int32_t)hr_dtype_base(input_dtype(b, first + i)) == value->types[i];
  if (equal) return HR_SUCCESS;
  hr_text text = {0};
  hr_text_printf(&text, "Input '%s' of '%s' Op has type list of ", arg->name, b->op->name);
  for (int32_t i = 0; i < count; ++i)
    add_dtype(&text, i == 0, b->inputs[first + i].node ? hr_dtype_base(input_dtype(b, first + i)) : HR_INVALID);
  hr_text_add_string(&text, " that does not match type list ");
  for (int32_t i = 0; i < value->count; ++i)
    add_dtype(&text, i == 0, (hr_dtype)value->types[i]);
  add_source(&text, state, arg->type_list_attr);
  return wrong_type(&text);
}

static hr_status bind_length(inference *state, int arg_index, int32_t count) {
  const hr_binding *b = state->b;
  const hr_arg_def *arg = &b->op->inputs[arg_index];
  const hr_attr_def *def = &b->op->attrs[arg->number_attr];
  hr_attr_value *value = &b->attrs[arg->number_attr];
  if (value->kind == HR_ATTR_NONE) {
    if (def->has_minimum && count < def->minimum)
      return hr_error(HR_INVALID_ARGUMENT,
                      "List argument '%s' to '%s' Op with length %d shorter than minimum length %lld.", arg->name,
                      b->op->name, count, (long long)def->minimum);
    *value = HR_ATTR_INT_VALUE(count);
    state->source[arg->number_attr] = (uint16_t)(arg_index + 1);
    return HR_SUCCESS;
  }
  if (value->kind == HR_ATTR_INT && value->i == count) return HR_SUCCESS;
  hr_text text = {0};
  hr_text_printf(&text, "List argument '%s' to '%s' Op with length %d must match length %lld", arg->name, b->op->name,
                 count, (long long)value->i);
  add_source(&text, state, arg->number_attr);
  return invalid(&text);
}

static hr_status bind_arg(inference *state, int arg_index, int32_t first, int32_t count) {
  const hr_binding *b = state->b;
  const hr_arg_def *arg = &b->op->inputs[arg_index];
  HR_TRY(check_inputs_exist(b, arg, first, count));
  if (arg->type_list_attr >= 0) return bind_type_list(state, arg_index, first, count);
  hr_attr_value *type = arg->type_attr >= 0 ? &b->attrs[arg->type_attr] : NULL;
  hr_dtype expected = type ? (type->kind == HR_ATTR_NONE ? HR_INVALID : (hr_dtype)type->type) : (hr_dtype)arg->dtype;
  if (arg->number_attr >= 0) HR_TRY(bind_length(state, arg_index, count));
  for (int32_t i = first; i < first + count; ++i) {
    if (!b->inputs[i].node) continue;
    hr_dtype dtype = hr_dtype_base(input_dtype(b, i));
    if (__builtin_expect(expected == HR_INVALID, 0)) {
      expected = dtype;
      *type = HR_ATTR_TYPE_VALUE(dtype);
      state->source[arg->type_attr] = (uint16_t)(arg_index + 1);
    } else if (__builtin_expect(dtype != expected, 0)) {
      return dtype_mismatch(state, arg_index, first, count, expected);
    }
  }
  if (!type || state->source[arg->type_attr] != arg_index + 1) {
    if (expected == HR_INVALID && type && !b->op->attrs[arg->type_attr].has_default)
      return hr_type_error(
          "Don't know how to infer type variable from empty input list passed to input '%s' of '%s' Op.", arg->name,
          b->op->name);
    return HR_SUCCESS;
  }
  return check_type(&b->op->attrs[arg->type_attr], type->type, arg->name);
}

hr_status hr_bind(const hr_binding *b) {
  const hr_op_def *op = b->op;
  inference state;
  state.b = b;
  memset(state.source, 0, op->num_attrs * sizeof *state.source);
  /* What was given comes first: arguments are held against it. */
  for (int i = 0; i < op->num_attrs; ++i)
    if (b->attrs[i].kind != HR_ATTR_NONE) HR_TRY(check_attr(op, &op->attrs[i], &b->attrs[i]));
  int32_t first = 0;
  for (int i = 0; i < op->num_inputs; ++i) {
    bool is_list = op->inputs[i].number_attr >= 0 || op->inputs[i].type_list_attr >= 0;
    int32_t count = b->arg_counts ? b->arg_counts[i] : 1;
    if (count < 0 || count > b->num_inputs - first || (!is_list && count != 1))
      return hr_type_error("No argument for input %s of '%s' Op", op->inputs[i].name, op->name);
    HR_TRY(bind_arg(&state, i, first, count));
    first += count;
  }
  if (first != b->num_inputs)
    return hr_type_error("'%s' Op takes %d inputs, but %d were passed", op->name, first, b->num_inputs);
  for (int i = 0; i < op->num_attrs; ++i)
    if (b->attrs[i].kind == HR_ATTR_NONE) HR_TRY(set_default(op, &op->attrs[i], &b->attrs[i]));
  return HR_SUCCESS;
}

hr_status hr_bind_defaults(const hr_op_def *op, hr_attr_value *attrs, int32_t *arg_counts) {
  for (int i = 0; i < op->num_attrs; ++i)
    if (attrs[i].kind == HR_ATTR_NONE)
      HR_TRY(set_default(op, &op->attrs[i], &attrs[i]));
    else
      HR_TRY(check_attr(op, &op->attrs[i], &attrs[i]));
  for (int i = 0; i < op->num_inputs; ++i) {
    const hr_arg_def *arg = &op->inputs[i];
    int64_t count = 1;
    if (arg->number_attr >= 0) count = attrs[arg->number_attr].i;
    if (arg->type_list_attr >= 0) count = attrs[arg->type_list_attr].count;
    if (count < 0 || count > INT32_MAX)
      return hr_error(HR_INVALID_ARGUMENT, "Attr '%s' of '%s' Op gives %lld inputs", op->attrs[arg->number_attr].name,
                      op->name, (long long)count);
    arg_counts[i] = (int32_t)count;
  }
  return HR_SUCCESS;
}

/* ---- outputs --------------------------------------------------------------------------------------------------- */

static int64_t arg_length(const hr_arg_def *arg, const hr_attr_value *attrs) {
  if (arg->number_attr >= 0) return attrs[arg->number_attr].i;
  if (arg->type_list_attr >= 0) return attrs[arg->type_list_attr].count;
  return 1;
}

hr_status hr_bind_output_count(const hr_op_def *op, const hr_attr_value *attrs, int32_t *count) {
  int64_t total = 0;
  for (int i = 0; i < op->num_outputs; ++i) {
    int64_t length = arg_length(&op->outputs[i], attrs);
    if (length < 0)
      return hr_error(HR_INVALID_ARGUMENT, "Output '%s' of '%s' Op has length %lld", op->outputs[i].name, op->name,
                      (long long)length);
    if (length > HR_MAX_OUTPUTS - total)
      return hr_error(HR_RESOURCE_EXHAUSTED, "'%s' Op has more than %d outputs", op->name, HR_MAX_OUTPUTS);
    total += length;
  }
  *count = (int32_t)total;
  return HR_SUCCESS;
}

void hr_bind_output_dtypes(const hr_op_def *op, const hr_attr_value *attrs, uint8_t *dtypes) {
  for (int i = 0; i < op->num_outputs; ++i) {
    const hr_arg_def *arg = &op->outputs[i];
    int64_t length = arg_length(arg, attrs);
    for (int64_t k = 0; k < length; ++k) {
      int32_t dtype = arg->dtype;
      if (arg->type_attr >= 0) dtype = attrs[arg->type_attr].type;
      if (arg->type_list_attr >= 0) dtype = attrs[arg->type_list_attr].types[k];
      *dtypes++ = (uint8_t)(arg->is_ref ? hr_dtype_ref((hr_dtype)dtype) : (hr_dtype)dtype);
    }
  }
}
