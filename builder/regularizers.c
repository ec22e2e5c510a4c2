/* Penalties on weights. */
#include "builder/builder.h"
#include "headrace/layers.h"
#include "headrace/variables.h"

static hr_dtype dtype_of(hr_operand x) {
  return x.kind == HR_OPERAND_VARIABLE ? hr_var_dtype(x.variable)
         : x.kind == HR_OPERAND_OUTPUT ? hr_output_base_dtype(x.output)
                                       : hr_natural_dtype(x);
}

static hr_output of_all(hr_scope s, const char *op, hr_operand x) {
  return hr_call_one(s, op, NULL, HR_OPERANDS(x), HR_NO_ATTRS);
}

/* ---- l1, l2 and sums ------------------------------------------------------------------------------------------- */

/* A number; 0 for what is a tensor. */
static bool is_number(hr_operand scale, double *number) {
  *number = scale.kind == HR_OPERAND_INT ? (double)scale.i : scale.f;
  return scale.kind == HR_OPERAND_INT || scale.kind == HR_OPERAND_FLOAT;
}
static bool is_zero(hr_operand scale) {
  double number;
  return !hr_operand_is_given(scale) || (is_number(scale, &number) && number == 0);
}

static hr_output scaled(hr_scope s, hr_operand scale, hr_operand weights, bool squares) {
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  double number;
  if (is_number(scale, &number)) {
    if (number < 0) return hr_refuse(s, "Setting a scale less than 0 on a regularizer: %g.", number);
    scale = hr_operand_float(number);
  }
  hr_output factor = hr_convert(s, scale, dtype_of(weights), "scale");
  hr_output sum = squares ? of_all(s, "L2Loss", weights) : hr_reduce_sum(s, of_all(s, "Abs", weights));
  return hr_mul(s, factor, sum, .name = hr_scope_name(s));
}

hr_output hr_l1_penalty_with(hr_scope scope, hr_operand scale, hr_operand weights, const hr_op_options *options) {
  if (is_zero(scale)) return HR_NO_OUTPUT;
  return scaled(hr_name_scope_or(scope, options ? options->name : NULL, "l1_regularizer"), scale, weights, false);
}
hr_output hr_l2_penalty_with(hr_scope scope, hr_operand scale, hr_operand weights, const hr_op_options *options) {
  if (is_zero(scale)) return HR_NO_OUTPUT;
  return scaled(hr_name_scope_or(scope, options ? options->name : NULL, "l2_regularizer"), scale, weights, true);
}

hr_output hr_sum_of_penalties_with(hr_scope scope, hr_regularizers parts, hr_operand weights,
                                   const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "sum_regularizer");
  hr_output *terms = hr_keep_bytes(scope, sizeof *terms * (size_t)(parts.count + 1));
  int32_t count = 0;
  for (int32_t i = 0; terms && i < parts.count; ++i) {
    terms[count] = hr_regularize(s, parts.items[i], weights);
    if (terms[count].node) ++count;
  }
  return count > 0 ? hr_tf_add_n(s, ((hr_outputs){count, terms}), .name = hr_scope_name(s)) : HR_NO_OUTPUT;
}

static hr_output l1_call(const hr_regularizer *self, hr_scope scope, hr_operand weights) {
  return hr_l1_penalty_with(scope, self->l1, weights, &(hr_op_options){self->name});
}
hr_regularizer hr_l1_regularizer_with(hr_operand scale, const hr_op_options *options) {
  return (hr_regularizer){.call = l1_call, .l1 = scale, .name = options ? options->name : NULL};
}

static hr_output l2_call(const hr_regularizer *self, hr_scope scope, hr_operand weights) {
  return hr_l2_penalty_with(scope, self->l2, weights, &(hr_op_options){self->name});
}
hr_regularizer hr_l2_regularizer_with(hr_operand scale, const hr_op_options *options) {
  return (hr_regularizer){.call = l2_call, .l2 = scale, .name = options ? options->name : NULL};
}

static hr_output l1_l2_call(const hr_regularizer *self, hr_scope scope, hr_operand weights) {
  hr_regularizers both = HR_REGULARIZERS(hr_l1_regularizer(self->l1), hr_l2_regularizer(self->l2));
  return hr_sum_of_penalties_with(scope, both, weights, &(hr_op_options){self->name});
}
hr_regularizer hr_l1_l2_regularizer_with(hr_operand l1, hr_operand l2, const hr_op_options *options) {
  const char *name = options && options->name ? options->name : "l1_l2_regularizer";
  if (is_zero(l1)) return hr_l2_regularizer(l2, .name = name);
  if (is_zero(l2)) return hr_l1_regularizer(l1, .name = name);
  return (hr_regularizer){.call = l1_l2_call, .l1 = l1, .l2 = l2, .name = name};
}

static hr_output sum_call(const hr_regularizer *self, hr_scope scope, hr_operand weights) {
  return hr_sum_of_penalties_with(scope, self->parts, weights, &(hr_op_options){self->name});
}
hr_regularizer hr_sum_regularizer_with(hr_regularizers parts, const hr_op_options *options) {
  for (int32_t i = 0; i < parts.count; ++i)
    if (parts.items[i].call)
      return (hr_regularizer){.call = sum_call, .parts = parts, .name = options ? options->name : NULL};
  return (hr_regularizer){0};
}

/* ---- Keras ----------------------------------------------------------------------------------------------------- */

/* Keras adds its penalties to zero. */
static hr_output keras_call(const hr_regularizer *self, hr_scope s, hr_operand x) {
  if (self->l1.f == 0 && self->l2.f == 0) return hr_convert(s, hr_operand_float(0), HR_FLOAT, NULL);
  hr_operand sum = hr_operand_float(0);
  if (self->l1.f != 0)
    sum = hr_operand_output(hr_plus(s, sum, hr_times(s, self->l1, hr_reduce_sum(s, of_all(s, "Abs", x)))));
  if (self->l2.f != 0)
    sum = hr_operand_output(hr_plus(s, sum, hr_times(s, self->l2, hr_reduce_sum(s, of_all(s, "Square", x)))));
  return sum.output;
}
hr_regularizer hr_keras_regularizer(double l1, double l2) {
  return (hr_regularizer){.call = keras_call, .l1 = hr_operand_float(l1), .l2 = hr_operand_float(l2)};
}

/* ---- on weights ------------------------------------------------------------------------------------------------ */

hr_output hr_regularize_with(hr_scope scope, hr_regularizer regularizer, hr_operand weights) {
  return regularizer.call ? regularizer.call(&regularizer, scope, weights) : HR_NO_OUTPUT;
}

/* The index-th item of the collection "weights" as an argument. */
static hr_operand collected(hr_graph *graph, int32_t index) {
  const hr_item *item = hr_collection_item(graph, HR_WEIGHTS, index);
  hr_var *var = hr_item_var(item);
  if (var) return hr_operand_variable(var);
  return item->kind == HR_ITEM_OUTPUT ? hr_operand_output(item->output) : HR_NO_OPERAND;
}

hr_output hr_apply_regularization_with(hr_scope scope, hr_regularizer regularizer, hr_operands weights) {
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  hr_graph *graph = hr_scope_graph(scope);
  bool are_given = weights.count > 0;
  int32_t count = are_given ? weights.count : hr_collection_count(graph, HR_WEIGHTS);
  if (count == 0) return hr_refuse(scope, "No weights to regularize.");
  hr_scope s = hr_name_scope(scope, "get_regularization_penalty");
  hr_output *penalties = hr_keep_bytes(scope, sizeof *penalties * (size_t)count);
  for (int32_t i = 0; penalties && i < count; ++i) {
    hr_operand w = are_given ? hr_operands_at(weights, i) : collected(graph, i);
    if (hr_operand_is_given(w)) penalties[i] = hr_regularize(s, regularizer, w);
    if (!penalties[i].node && hr_scope_ok(s)) penalties[i] = hr_constant(s, 0.0);
  }
  for (int32_t i = 0; hr_scope_ok(s) && i < count; ++i) {
    int rank = hr_output_rank(penalties[i]);
    if (rank < 0) return hr_refuse(s, "regularizer must return a scalar Tensor instead of a Tensor with rank None.");
    if (rank > 0)
      return hr_refuse(s, "regularizer must return a scalar Tensor instead of a Tensor with rank %d.", rank);
  }
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output total = hr_tf_add_n(s, ((hr_outputs){count, penalties}), .name = hr_scope_name(s));
  if (total.node) hr_add_output_to_collection(s, HR_REGULARIZATION_LOSSES, total);
  return total;
}
