#include "runtime/graph/shape_context.h"

#include "runtime/graph/constant_value.h"
#include <stdlib.h>

#define MAX_REQUESTED 64

hr_status hr_shape_input_value(const hr_shape_context *c, int index, bool *known, hr_tensor *value) {
  if (c->requests && index < MAX_REQUESTED) c->requests->values |= UINT64_C(1) << index;
  return hr_evaluate_constant(c->node->inputs[index], known, value);
}

hr_status hr_shape_input_as_shape(const hr_shape_context *c, int index, hr_partial_shape *out) {
  if (c->requests && index < MAX_REQUESTED) c->requests->shapes |= UINT64_C(1) << index;
  return hr_evaluate_shape(c->node->inputs[index], out);
}

/* ---- outputs --------------------------------------------------------------------------------------------------- */

hr_status hr_shape_set(hr_shape_context *c, int output, const hr_partial_shape *shape) {
  /* Most ops keep a shape: sharing it saves the copy. More than two inputs are not worth comparing. */
  int compared = c->node->num_inputs < 2 ? c->node->num_inputs : 2;
  for (int i = 0; i < compared; ++i) {
    const hr_partial_shape *input = hr_shape_input(c, i);
    if (hr_partial_shape_equal(input, shape)) {
      hr_shape_share(c, output, input);
      return HR_SUCCESS;
    }
  }
  hr_partial_shape *copy = HR_ARENA_NEW(hr_graph_arena(c->graph), hr_partial_shape);
  if (!copy) return hr_error_out_of_memory(sizeof *copy, "a shape");
  *copy = *shape;
  hr_shape_share(c, output, copy);
  return HR_SUCCESS;
}

hr_status hr_shape_share_handle(hr_shape_context *c, int output, const hr_handle_data *data) {
  if (!c->handles) {
    size_t bytes = sizeof *c->handles * (size_t)c->node->num_outputs;
    c->handles = hr_arena_zalloc(hr_graph_arena(c->graph), bytes, _Alignof(const hr_handle_data *));
    if (!c->handles) return hr_error_out_of_memory(bytes, "what is known of handles");
  }
  c->handles[output] = data;
  return HR_SUCCESS;
}

void hr_shape_set_scalar(hr_shape_context *c, int output) {
  static const hr_partial_shape scalar = {.rank = 0};
  hr_shape_share(c, output, &scalar);
}

void hr_shape_set_unknown(hr_shape_context *c, int output) { hr_shape_share(c, output, hr_output_shape(HR_NO_OUTPUT)); }

/* ---- checks ---------------------------------------------------------------------------------------------------- */

hr_status hr_shape_with_rank(const hr_partial_shape *in, int rank, hr_partial_shape *out) {
  if (in->rank == rank) {
    *out = *in;
    return HR_SUCCESS;
  }
  if (in->rank != HR_UNKNOWN_RANK)
    return hr_error(HR_INVALID_ARGUMENT, "Shape must be rank %d but is rank %d", rank, in->rank);
  if (rank > HR_MAX_RANK)
    return hr_error(HR_UNIMPLEMENTED, "A tensor of rank %d is not supported: the largest rank is %d", rank,
                    HR_MAX_RANK);
  out->rank = rank;
  for (int i = 0; i < rank; ++i)
    out->dims[i] = HR_UNKNOWN_DIM;
  return HR_SUCCESS;
}

hr_status hr_shape_with_rank_at_least(const hr_partial_shape *in, int rank, hr_partial_shape *out) {
  if (in->rank != HR_UNKNOWN_RANK && in->rank < rank)
    return hr_error(HR_INVALID_ARGUMENT, "Shape must be at least rank %d but is rank %d", rank, in->rank);
  *out = *in;
  return HR_SUCCESS;
}

hr_status hr_dim_merge(int64_t a, int64_t b, int64_t *out) {
  if (a != HR_UNKNOWN_DIM && b != HR_UNKNOWN_DIM && a != b)
    return hr_error(HR_INVALID_ARGUMENT, "Dimensions must be equal, but are %lld and %lld", (long long)a, (long long)b);
  *out = a == HR_UNKNOWN_DIM ? b : a;
  return HR_SUCCESS;
}

/* ---- messages -------------------------------------------------------------------------------------------------- */

/* "<1 2 3>" */
static void add_value(hr_text *text, const hr_tensor *value) {
  static const char label[] = "values: ";
  char *whole = hr_tensor_text_dup(value, 256);
  char *values = whole ? strstr(whole, label) : NULL;
  if (values)
    hr_text_printf(text, "<%s", values + strlen(label)); /* it ends in '>' */
  else
    text->failed = true;
  free(whole);
}

/* Adds what is known of the requested inputs; a request that fails now failed the shape function, too. */
static void add_requested(const hr_node *node, uint64_t requested, bool as_shape, const char *title, hr_text *text) {
  bool first = true;
  for (int32_t i = 0; i < node->num_inputs && i < MAX_REQUESTED; ++i) {
    if (!(requested >> i & 1)) continue;
    hr_partial_shape shape = HR_SHAPE_UNKNOWN;
    hr_tensor value;
    bool known = false;
    hr_status status =
        as_shape ? hr_evaluate_shape(node->inputs[i], &shape) : hr_evaluate_constant(node->inputs[i], &known, &value);
    if (as_shape) known = !status && shape.rank != HR_UNKNOWN_RANK;
    hr_status_free(status);
    if (!known) continue;
    hr_text_printf(text, "%sinput[%d] = ", first ? title : ", ", i);
    first = false;
    if (as_shape) {
      char buffer[HR_SHAPE_TEXT];
      hr_text_add_string(text, hr_partial_shape_text(&shape, buffer));
    } else {
      add_value(text, &value);
      hr_tensor_clear(&value);
    }
  }
}

hr_status hr_shape_describe_error(const hr_shape_context *c, hr_status status) {
  if (hr_status_code(status) != HR_INVALID_ARGUMENT) return status;
  const hr_node *node = c->node;
  hr_shape_requests requests = c->requests ? *c->requests : (hr_shape_requests){0};
  hr_text text = {0};
  char shape[HR_SHAPE_TEXT];
  hr_text_printf(&text, "%s for '%s' (op: '%s') with input shapes: ", hr_status_message(status), node->name,
                 node->op->name);
  for (int32_t i = 0; i < node->num_inputs; ++i)
    hr_text_printf(&text, "%s%s", i ? ", " : "", hr_partial_shape_text(hr_output_shape(node->inputs[i]), shape));
  add_requested(node, requests.values, false, " and with computed input tensors: ", &text);
  add_requested(node, requests.shapes, true, " and with input tensors computed as partial shapes: ", &text);
  hr_status described = text.failed ? NULL : hr_error(HR_INVALID_ARGUMENT, "%s.", text.data);
  hr_text_free(&text);
  if (!described) return status;
  hr_status_free(status);
  return described;
}

/* ---- the evaluator --------------------------------------------------------------------------------------------- */

static _Atomic(hr_constant_evaluator) registered_evaluator;

void hr_register_constant_evaluator(hr_constant_evaluator evaluator) {
  atomic_store_explicit(&registered_evaluator, evaluator, memory_order_release);
}

hr_constant_evaluator hr_constant_evaluator_registered(void) {
  return atomic_load_explicit(&registered_evaluator, memory_order_acquire);
}
