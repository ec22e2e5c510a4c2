/* Layers that normalise each example by itself. */
#include "builder/builder.h"
#include "builder/layer.h"
#include "headrace/nn.h"
#include "headrace/normalization.h"
#include "headrace/ops.h"

/* ---- what they do with their variables ------------------------------------------------------------------------- */

/* From axis `first` up to before `end`. */
static hr_output normalize(hr_scope s, hr_output x, int first, int end, double epsilon, hr_operand gamma,
                           hr_operand beta, const char *name) {
  int64_t axes[HR_MAX_RANK];
  hr_ints list = {0, axes};
  for (int axis = first; axis < end; ++axis)
    axes[list.count++] = axis;
  hr_moments_outputs m = hr_moments(s, x, hr_operand_ints(list), .keep_dims = true);
  return hr_batch_normalization(s, x, m.mean, m.variance, epsilon, .offset = beta, .scale = gamma, .name = name);
}

hr_output hr_layer_norm_call_with(hr_scope scope, hr_output x, const hr_layer_norm_call_options *options) {
  hr_layer_norm_call_options o = options ? *options : (hr_layer_norm_call_options){.begin_norm_axis = 1};
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  int rank = hr_output_rank(x), first = o.begin_norm_axis < 0 ? o.begin_norm_axis + rank : o.begin_norm_axis;
  if (rank < 1 || first < 0 || first >= rank)
    return hr_refuse(scope, "begin_norm_axis (%d) must be < rank(inputs) (%d)", o.begin_norm_axis, rank);
  double epsilon = hr_output_base_dtype(x) == HR_HALF ? 0.001 : 0.000000000001; /* what halves can hold */
  return normalize(scope, x, first, rank, epsilon, o.gamma, o.beta, NULL);
}

hr_output hr_instance_norm_call_with(hr_scope scope, hr_output x, const hr_instance_norm_call_options *options) {
  hr_instance_norm_call_options o = options ? *options : (hr_instance_norm_call_options){.epsilon = 0.000001};
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  int rank = hr_output_rank(x);
  if (rank < 2) return hr_refuse(scope, "Instance normalisation wants at least two dimensions");
  return normalize(scope, x, o.nchw ? 2 : 1, o.nchw ? rank : rank - 1, o.epsilon, o.gamma, o.beta, "instancenorm");
}

/* ---- with their variables -------------------------------------------------------------------------------------- */

static hr_initializer or_else(hr_initializer given, hr_initializer otherwise) { return given.call ? given : otherwise; }

static hr_operand parameter(hr_scope s, const char *name, bool wanted, hr_partial_shape shape, hr_output x,
                            hr_initializer initializer, bool trainable) {
  if (!wanted) return HR_NO_OPERAND;
  hr_layer layer = {s, s, trainable};
  hr_var *var = hr_layer_variable(&layer, name, shape, hr_output_base_dtype(x), initializer, (hr_regularizer){0});
  return var ? hr_operand_variable(var) : HR_NO_OPERAND;
}

static hr_output activate(hr_scope s, hr_activation activation, hr_output y) {
  return activation.call && hr_scope_ok(s) ? activation.call(activation.argument, s, y) : y;
}

#define LAYER_SCOPE(scope, o, name)                                                                                    \
  hr_variable_scope(scope, (o).scope, .default_name = name, .reuse = (o).reuse,                                        \
                    .custom_getter = {hr_model_variable, NULL})

/* The sizes from an axis on; false where one is not known. */
static bool sizes_from(hr_output x, int32_t axis, hr_partial_shape *shape) {
  int rank = hr_output_rank(x), first = axis < 0 ? axis + rank : axis;
  if (rank < 1 || first < 0 || first >= rank) return false;
  *shape = (hr_partial_shape){.rank = rank - first};
  for (int i = first; i < rank; ++i) {
    shape->dims[i - first] = hr_output_shape(x)->dims[i];
    if (hr_output_shape(x)->dims[i] < 0) return false;
  }
  return true;
}

hr_output hr_layer_norm_with(hr_scope scope, hr_operand input, const hr_layer_norm_options *options) {
  hr_layer_norm_options o = options ? *options : (hr_layer_norm_options){HR_LAYER_NORM_DEFAULTS};
  hr_output x = hr_convert(scope, input, HR_INVALID, NULL), y = HR_NO_OUTPUT;
  HR_WITH (inside, LAYER_SCOPE(scope, o, "LayerNorm")) {
    if (!hr_scope_ok(inside)) continue;
    hr_partial_shape shape;
    if (!sizes_from(x, o.begin_params_axis, &shape)) {
      hr_refuse(inside, "The sizes of the inputs to layer normalisation are not known from axis %d on",
                o.begin_params_axis);
      continue;
    }
    hr_operand beta = parameter(inside, "beta", o.center, shape, x, hr_zeros_initializer(), o.trainable);
    hr_operand gamma = parameter(inside, "gamma", o.scale, shape, x, hr_ones_initializer(), o.trainable);
    y = hr_layer_norm_call(inside, x, .gamma = gamma, .beta = beta, .begin_norm_axis = o.begin_norm_axis);
    y = activate(inside, o.activation, y);
  }
  return hr_scope_ok(scope) ? y : HR_NO_OUTPUT;
}

static hr_output normalize_layer(void *options, hr_scope scope, hr_output x) {
  return hr_layer_norm_with(scope, hr_operand_output(x), options);
}
hr_activation hr_layer_norm_normalizer(const hr_layer_norm_options *options) {
  return (hr_activation){normalize_layer, (void *)(uintptr_t)options};
}

/* A variable with one element a channel as what is broadcast to pictures whose channels come first. */
static hr_operand along_channels(hr_scope s, hr_operand var, hr_output x, int64_t channels) {
  if (!hr_operand_is_given(var)) return var;
  hr_partial_shape shape = {.rank = hr_output_rank(x)};
  for (int i = 0; i < shape.rank; ++i)
    shape.dims[i] = i == 1 ? channels : 1;
  return hr_operand_output(hr_tf_reshape(s, var, shape));
}

hr_output hr_instance_norm_with(hr_scope scope, hr_operand input, const hr_instance_norm_options *options) {
  hr_instance_norm_options o = options ? *options : (hr_instance_norm_options){HR_INSTANCE_NORM_DEFAULTS};
  hr_output x = hr_convert(scope, input, HR_INVALID, NULL), y = HR_NO_OUTPUT;
  HR_WITH (inside, LAYER_SCOPE(scope, o, "InstanceNorm")) {
    if (!hr_scope_ok(inside)) continue;
    int rank = hr_output_rank(x);
    int64_t channels = rank < 2 ? -1 : hr_output_shape(x)->dims[o.nchw ? 1 : rank - 1];
    if (channels < 0) {
      hr_refuse(inside, "Instance normalisation wants at least two dimensions, and to know the number of channels");
      continue;
    }
    hr_partial_shape shape = HR_SHAPE(channels);
    hr_operand beta =
        parameter(inside, "beta", o.center, shape, x, or_else(o.beta_initializer, hr_zeros_initializer()), o.trainable);
    if (o.nchw) beta = along_channels(inside, beta, x, channels);
    hr_operand gamma =
        parameter(inside, "gamma", o.scale, shape, x, or_else(o.gamma_initializer, hr_ones_initializer()), o.trainable);
    if (o.nchw) gamma = along_channels(inside, gamma, x, channels);
    y = hr_instance_norm_call(inside, x, .gamma = gamma, .beta = beta, .epsilon = o.epsilon, .nchw = o.nchw);
    y = activate(inside, o.activation, y);
  }
  return hr_scope_ok(scope) ? y : HR_NO_OUTPUT;
}

/* ---- maxout ---------------------------------------------------------------------------------------------------- */

hr_output hr_maxout_with(hr_scope scope, hr_operand input, int64_t num_units, const hr_maxout_options *options) {
  hr_maxout_options o = options ? *options : (hr_maxout_options){.axis = -1};
  hr_output y = HR_NO_OUTPUT;
  HR_WITH (s, hr_variable_scope(scope, o.scope, .default_name = "MaxOut")) {
    hr_output x = hr_convert(s, input, HR_INVALID, NULL);
    if (!hr_scope_ok(s)) continue;
    int rank = hr_output_rank(x), axis = o.axis < 0 ? o.axis + rank : o.axis;
    int64_t size = rank < 1 || axis < 0 || axis >= rank ? -1 : hr_output_shape(x)->dims[axis];
    if (size < 0 || num_units < 1 || size % num_units) {
      hr_refuse(s, "number of features(%lld) is not a multiple of num_units(%lld)", (long long)size,
                (long long)num_units);
      continue;
    }
    hr_operand items[HR_MAX_RANK + 1];
    for (int i = 0; i < rank; ++i) {
      int64_t known = i == axis ? num_units : hr_output_shape(x)->dims[i];
      items[i] = known >= 0 ? hr_operand_int(known) : hr_operand_output(hr_at(s, hr_tf_shape(s, x), HR_INDEX(i)));
    }
    items[rank] = hr_operand_int(size / num_units);
    hr_operand groups = hr_operand_items(rank + 1, items);
    hr_output grouped = hr_call_one(s, "Reshape", NULL, HR_OPERANDS(hr_operand_output(x), groups), HR_NO_ATTRS);
    y = hr_reduce_max(s, grouped, .axis = HR_AXIS(-1));
  }
  return hr_scope_ok(scope) ? y : HR_NO_OUTPUT;
}
