/* Layers without variables, in the name scopes of tf.layers. */
#include "headrace/layers.h"
#include "builder/builder.h"
#include "builder/layer.h"
#include "headrace/control_flow.h"

hr_output hr_flatten_with(hr_scope scope, hr_operand input, const hr_op_options *options) {
  hr_output x = hr_convert(scope, input, HR_INVALID, NULL);
  hr_layer layer = hr_layer_begin(
      scope, hr_layer_scope(scope, options ? options->name : NULL, "flatten", HR_REUSE_NONE), HR_REUSE_NONE, true);
  hr_output y = hr_flatten_call(layer.scope, x);
  hr_layer_end(&layer);
  return y;
}

hr_output hr_flatten_call(hr_scope scope, hr_output x) {
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  const hr_partial_shape shape = *hr_output_shape(x);
  hr_operand batch = shape.rank > 0 && shape.dims[0] > 0
                         ? hr_operand_int(shape.dims[0])
                         : hr_operand_output(hr_at(scope, hr_tf_shape(scope, x), HR_INDEX(0)));
  hr_scope r = hr_name_scope(scope, "Reshape");
  hr_output flat_shape = hr_convert(r, HR_OPERAND(HR_OPERANDS(batch, -1)), HR_INT32, "shape");
  hr_output y = hr_reshape(r, x, flat_shape, .name = hr_scope_name(r));
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  hr_partial_shape known = {.rank = 2, .dims = {-1, -1}};
  if (shape.rank > 0) {
    known.dims[0] = shape.dims[0];
    known.dims[1] = 1;
    for (int i = 1; i < shape.rank; ++i)
      known.dims[1] = known.dims[1] < 0 || shape.dims[i] < 0 ? -1 : known.dims[1] * shape.dims[i];
  }
  hr_know_shape(scope, y, &known);
  return y;
}

/* The shape of a layer's noise as a tensor; sizes that it leaves open are those of x when it runs. */
static hr_dims noise_shape(hr_scope s, hr_output x, hr_dims given) {
  if (given.shape.rank < 0 || hr_operand_is_given(given.value)) return given;
  hr_output sizes = hr_tf_shape(s, x);
  hr_operand items[HR_MAX_RANK];
  for (int i = 0; i < given.shape.rank; ++i)
    items[i] = given.shape.dims[i] >= 0 ? hr_operand_int(given.shape.dims[i])
                                        : hr_operand_output(hr_at(s, sizes, HR_INDEX(i)));
  return hr_dims_from_output(hr_convert(s, hr_operand_items(given.shape.rank, items), HR_INT32, NULL));
}

typedef struct dropping {
  hr_output x;
  hr_operand rate;
  hr_dropout_options options;
} dropping;
static void drop(void *argument, hr_scope s, hr_results *results) {
  dropping d = *(const dropping *)argument;
  d.options.noise_shape = noise_shape(s, d.x, d.options.noise_shape);
  hr_return(results, hr_dropout_with(s, hr_operand_output(d.x), d.rate, &d.options));
}
static void pass_on(void *argument, hr_scope s, hr_results *results) {
  hr_return(results, hr_identity(s, ((const dropping *)argument)->x));
}

hr_output hr_dropout_call_with(hr_scope scope, hr_output x, hr_operand rate, const hr_dropout_call_options *options) {
  hr_dropout_call_options o = options ? *options : (hr_dropout_call_options){HR_DROPOUT_DEFAULTS};
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  hr_operand training = hr_operand_is_given(o.training) ? o.training : hr_operand_bool(false);
  dropping d = {x, rate, {.noise_shape = o.noise_shape, .seed = o.seed}};
  return hr_only(hr_smart_cond(scope, training, HR_BRANCH(drop, &d), HR_BRANCH(pass_on, &d)));
}

hr_output hr_dropout_layer_with(hr_scope scope, hr_operand input, const hr_dropout_layer_options *options) {
  hr_dropout_layer_options o = options ? *options : (hr_dropout_layer_options){.rate = 0.5, HR_DROPOUT_DEFAULTS};
  hr_output x = hr_convert(scope, input, HR_INVALID, NULL);
  hr_layer layer = hr_layer_begin(scope, hr_layer_scope(scope, o.name, "dropout", HR_REUSE_NONE), HR_REUSE_NONE, true);
  hr_operand rate = hr_operand_is_given(o.rate_tensor) ? o.rate_tensor : hr_operand_float(o.rate);
  hr_output y =
      hr_dropout_call(layer.scope, x, rate, .training = o.training, .noise_shape = o.noise_shape, .seed = o.seed);
  hr_layer_end(&layer);
  return y;
}

hr_output hr_contrib_dropout_with(hr_scope scope, hr_operand input, double keep_prob,
                                  const hr_contrib_dropout_options *options) {
  hr_contrib_dropout_options o =
      options ? *options : (hr_contrib_dropout_options){.is_training = hr_operand_bool(true), HR_DROPOUT_DEFAULTS};
  hr_output y = HR_NO_OUTPUT;
  HR_WITH (inside, hr_variable_scope(scope, o.scope, .default_name = "Dropout")) {
    hr_output x = hr_convert(inside, input, HR_INVALID, NULL);
    hr_layer layer = hr_layer_begin(inside, hr_captured_scope(inside), HR_REUSE_NONE, true);
    y = hr_dropout_call(layer.scope, x, hr_operand_float(1 - keep_prob), .training = o.is_training,
                        .noise_shape = o.noise_shape, .seed = o.seed);
    hr_layer_end(&layer);
  }
  return hr_scope_ok(scope) ? y : HR_NO_OUTPUT;
}

/* The last size of the logits' shape; -1 where it is refused. */
static int64_t last_size(hr_scope s, const hr_partial_shape *shape) {
  if (shape->rank >= 2 && shape->dims[shape->rank - 1] >= 0) return shape->dims[shape->rank - 1];
  if (shape->rank < 0)
    hr_refuse(s, "dims of shape must be known, but is None");
  else if (shape->rank < 2)
    hr_refuse(s, "rank of shape must be at least 2 not: %d", shape->rank);
  else
    hr_refuse(s, "last dimension must be known, but is None");
  return -1;
}

hr_output hr_contrib_softmax_with(hr_scope scope, hr_operand input, const hr_contrib_softmax_options *options) {
  hr_output y = HR_NO_OUTPUT;
  HR_WITH (s, hr_variable_scope(scope, options ? options->scope : NULL, .default_name = "softmax")) {
    hr_output logits = hr_convert(s, input, HR_INVALID, NULL);
    int64_t classes = hr_scope_ok(s) ? last_size(s, hr_output_shape(logits)) : -1;
    if (classes < 0) continue;
    hr_output rows = hr_tf_softmax(s, hr_tf_reshape(s, logits, HR_SHAPE(-1, classes)));
    y = hr_tf_reshape(s, rows, hr_tf_shape(s, logits));
    hr_know_shape(s, y, hr_output_shape(logits));
  }
  return hr_scope_ok(scope) ? y : HR_NO_OUTPUT;
}
