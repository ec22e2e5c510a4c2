/* The layers of batch normalisation: their variables. */
#include "builder/builder.h"
#include "builder/layer.h"
#include "headrace/batch_norm.h"

static hr_initializer or_else(hr_initializer given, hr_initializer otherwise) { return given.call ? given : otherwise; }

/* Of a resource variable, what is collected is the update, not the reading after it. */
static void collect_update(hr_scope scope, hr_output update) {
  if (!update.node || !hr_scope_ok(scope)) return;
  bool reads = strcmp(hr_node_op(update.node), "ReadVariableOp") == 0 && update.node->num_control_inputs > 0;
  hr_add_node_to_collection(scope, HR_UPDATE_OPS, reads ? update.node->control_inputs[0] : update.node);
}

/* ---- tf.layers ------------------------------------------------------------------------------------------------- */

/* Statistics are floats, of halves too. */
static hr_dtype parameter_dtype(hr_dtype dtype) { return dtype == HR_HALF || dtype == HR_BFLOAT16 ? HR_FLOAT : dtype; }

/* gamma or beta. */
typedef struct parameter {
  const char *name;
  bool wanted;
  double otherwise; /* where it is left out, the one fused node still wants a constant */
  hr_initializer initializer;
  hr_regularizer regularizer;
} parameter;

static hr_operand take(hr_scope scope, const parameter *p, hr_var *var, bool fused, hr_partial_shape shape,
                       hr_dtype dtype) {
  if (p->wanted) return var ? hr_operand_variable(var) : HR_NO_OPERAND;
  return fused ? hr_operand_output(hr_constant(scope, p->otherwise, .dtype = dtype, .shape = shape)) : HR_NO_OPERAND;
}

static hr_operand of_layer(const hr_layer *layer, const parameter *p, bool fused, hr_partial_shape shape,
                           hr_dtype dtype) {
  hr_var *var = p->wanted ? hr_layer_variable(layer, p->name, shape, dtype, p->initializer, p->regularizer) : NULL;
  return take(layer->scope, p, var, fused, shape, dtype);
}

/* The penalty stands beside the variable. */
static hr_operand of_model(hr_scope scope, const parameter *p, bool fused, bool trainable, hr_partial_shape shape,
                           hr_dtype dtype) {
  hr_var *var = p->wanted ? hr_get_variable(scope, p->name, .shape = shape, .dtype = dtype, .trainable = trainable,
                                            .initializer = p->initializer, .regularizer = p->regularizer)
                          : NULL;
  return take(scope, p, var, fused, shape, dtype);
}

#define GAMMA(o)                                                                                                       \
  (&(parameter){"gamma", (o)->scale, 1, or_else((o)->gamma_initializer, hr_ones_initializer()), (o)->gamma_regularizer})
#define BETA(o)                                                                                                        \
  (&(parameter){"beta", (o)->center, 0, or_else((o)->beta_initializer, hr_zeros_initializer()), (o)->beta_regularizer})

/* The averages, which are never cut into parts nor trained. The last three are there where a layer renormalises. */
typedef struct averages {
  hr_var *mean, *variance, *stddev, *renorm_mean, *renorm_stddev;
} averages;

static hr_var *average_beside(const hr_layer *layer, const char *name, hr_partial_shape shape, hr_dtype dtype,
                              hr_initializer initializer, const hr_var *beside) {
  if (!beside) return NULL;
  hr_layer placed = *layer;
  hr_var *var = NULL;
  HR_WITH (s, hr_colocate_with(layer->scope, hr_var_ref(beside).node, false)) {
    placed.scope = s;
    var = hr_layer_variable(&placed, name, shape, dtype, initializer, (hr_regularizer){0});
  }
  return var;
}

static averages moving_averages(const hr_layer *layer, hr_partial_shape shape, hr_dtype dtype, hr_initializer mean,
                                hr_initializer variance, bool renorm) {
  hr_layer fixed = *layer;
  fixed.trainable = false;
  averages a = {0};
  mean = or_else(mean, hr_zeros_initializer());
  variance = or_else(variance, hr_ones_initializer());
  HR_WITH (whole, hr_variable_scope_again(layer->scope, hr_get_variable_scope(layer->scope), .no_name_scope = true)) {
    if (!hr_scope_ok(whole)) continue;
    hr_var_scope_set_partitioner(hr_get_variable_scope(whole), (hr_partitioner){0});
    fixed.scope = whole;
    a.mean = hr_layer_variable(&fixed, "moving_mean", shape, dtype, mean, (hr_regularizer){0});
    a.variance = hr_layer_variable(&fixed, "moving_variance", shape, dtype, variance, (hr_regularizer){0});
    if (!renorm) continue;
    hr_initializer stddev = hr_sqrt_initializer(variance);
    a.stddev = average_beside(&fixed, "moving_stddev", shape, dtype, stddev, a.variance);
    a.renorm_mean = average_beside(&fixed, "renorm_mean", shape, dtype, mean, a.mean);
    a.renorm_stddev = average_beside(&fixed, "renorm_stddev", shape, dtype, stddev, a.stddev);
  }
  return a;
}

/* The axes of channels, counted from 0, into `axes`: how many; 0 after an error. */
static int channel_axes(hr_scope scope, hr_output x, const hr_batch_normalization_layer_options *o, int64_t *axes) {
  int rank = hr_output_rank(x), count = o->axes.count ? o->axes.count : 1, least = o->virtual_batch_size > 0;
  if (count > HR_MAX_RANK) count = 0;
  for (int i = 0; i < count; ++i) {
    int64_t given = o->axes.count ? o->axes.items[i] : o->axis, axis = given < 0 ? given + rank : given;
    if (rank < 1 || axis < least || axis >= rank || hr_output_shape(x)->dims[axis] < 0) {
      hr_refuse(scope, "The axis %lld of the inputs to batch normalisation is not there or has no known size",
                (long long)given);
      return 0;
    }
    axes[i] = axis;
  }
  return count;
}

/* The shape of parameters: a vector, or of the inputs' rank with sizes of 1. */
static hr_partial_shape parameter_shape(hr_output x, int count, const int64_t *axes, bool in_parts) {
  const hr_partial_shape *of = hr_output_shape(x);
  if (count == 1 && !in_parts) return HR_SHAPE(of->dims[axes[0]]);
  hr_partial_shape shape = {.rank = of->rank + in_parts};
  for (int i = 0; i < shape.rank; ++i)
    shape.dims[i] = 1;
  for (int i = 0; i < count; ++i)
    shape.dims[axes[i] + in_parts] = of->dims[axes[i]];
  return shape;
}

/* In the variable scope `owner`. */
static hr_output build(hr_scope scope, const hr_var_scope *owner, hr_output x,
                       const hr_batch_normalization_layer_options *o) {
  if (!owner || !hr_scope_ok(scope)) return HR_NO_OUTPUT;
  bool in_parts = o->virtual_batch_size != 0, adjusts = o->adjustment.call != NULL;
  int64_t axes[HR_MAX_RANK];
  if (o->virtual_batch_size < 0 || (in_parts && (adjusts || hr_output_rank(x) >= HR_MAX_RANK)))
    return hr_refuse(scope, "A virtual batch size is positive, and excludes adjustments and inputs of rank %d",
                     HR_MAX_RANK);
  int count = channel_axes(scope, x, o, axes);
  if (count == 0) return HR_NO_OUTPUT;
  bool fused = !o->not_fused && !o->renorm && !in_parts && !adjusts && hr_output_rank(x) == 4 && count == 1 &&
               (axes[0] == 1 || axes[0] == 3);
  hr_partial_shape shape = parameter_shape(x, count, axes, in_parts);
  hr_dtype dtype = parameter_dtype(hr_output_base_dtype(x));
  hr_layer layer = hr_layer_begin(scope, owner, o->reuse, o->trainable);
  hr_operand gamma = of_layer(&layer, GAMMA(o), fused, shape, dtype);
  hr_operand beta = of_layer(&layer, BETA(o), fused, shape, dtype);
  averages a =
      moving_averages(&layer, shape, dtype, o->moving_mean_initializer, o->moving_variance_initializer, o->renorm);
  hr_batch_normalized r = hr_batch_normalization_call(
      layer.scope, x, a.mean, a.variance, .gamma = gamma, .beta = beta, .training = o->training,
      .momentum = o->momentum, .epsilon = o->epsilon, .axis = hr_operand_ints((hr_ints){count, axes}), .fused = fused,
      .moving_stddev = a.stddev, .renorm_mean = a.renorm_mean, .renorm_stddev = a.renorm_stddev, .rmin = o->rmin,
      .rmax = o->rmax, .dmax = o->dmax, .renorm_momentum = o->renorm_momentum,
      .virtual_batch_size = o->virtual_batch_size, .adjustment = o->adjustment);
  if (o->trainable) {
    collect_update(scope, r.mean_update);
    collect_update(scope, r.variance_update);
  }
  hr_layer_end(&layer);
  return hr_scope_ok(scope) ? r.y : HR_NO_OUTPUT;
}

hr_output hr_batch_normalization_layer_with(hr_scope scope, hr_operand input,
                                            const hr_batch_normalization_layer_options *options) {
  hr_batch_normalization_layer_options o =
      options ? *options : (hr_batch_normalization_layer_options){HR_BATCH_NORMALIZATION_DEFAULTS};
  hr_output x = hr_convert(scope, input, HR_INVALID, NULL);
  return build(scope, hr_layer_scope(scope, o.name, "batch_normalization", o.reuse), x, &o);
}

/* ---- tf.contrib.layers ----------------------------------------------------------------------------------------- */

/* Where tf.layers can do it. */
static hr_output by_layer(hr_scope inside, hr_output x, const hr_batch_norm_options *o) {
  hr_batch_normalization_layer_options layer = {.training = o->is_training,
                                                .axis = o->nchw ? 1 : -1,
                                                .momentum = o->decay,
                                                .epsilon = o->epsilon,
                                                .center = o->center,
                                                .scale = o->scale,
                                                .beta_initializer = o->beta_initializer,
                                                .gamma_initializer = o->gamma_initializer,
                                                .moving_mean_initializer = o->moving_mean_initializer,
                                                .moving_variance_initializer = o->moving_variance_initializer,
                                                .beta_regularizer = o->beta_regularizer,
                                                .gamma_regularizer = o->gamma_regularizer,
                                                .trainable = o->trainable,
                                                .renorm = o->renorm,
                                                .rmin = o->rmin,
                                                .rmax = o->rmax,
                                                .dmax = o->dmax,
                                                .renorm_momentum = o->renorm_decay,
                                                .adjustment = o->adjustment,
                                                .not_fused = o->not_fused,
                                                .reuse = o->reuse};
  return build(inside, hr_captured_scope(inside), x, &layer);
}

/* An example of rank 2 as a picture of one pixel. */
static hr_output as_picture(hr_scope s, hr_output x, bool nchw) {
  int64_t channels = hr_output_shape(x)->dims[1];
  return nchw ? hr_tf_reshape(s, x, HR_SHAPE(-1, channels, 1, 1)) : hr_tf_reshape(s, x, HR_SHAPE(-1, 1, 1, channels));
}

/* Weights of examples in a shape that is broadcast to x. */
static hr_operand weights_of(hr_scope s, hr_operand weights, hr_output x) {
  if (!hr_operand_is_given(weights)) return weights;
  hr_partial_shape shape = {.rank = hr_output_rank(x)};
  for (int i = 0; i < shape.rank; ++i)
    shape.dims[i] = i == 0 ? -1 : 1;
  return hr_operand_output(hr_tf_reshape(s, weights, shape));
}

#define MODEL_VARIABLES ((hr_custom_getter){hr_model_variable, NULL})

static hr_output by_parts(hr_scope inside, hr_output input, bool fused, const hr_batch_norm_options *o) {
  int rank = hr_output_rank(input);
  hr_operand weights = weights_of(inside, o->weights, input);
  hr_output x = fused && rank == 2 ? as_picture(inside, input, o->nchw) : input;
  if (!hr_scope_ok(inside)) return HR_NO_OUTPUT;
  hr_partial_shape shape = HR_SHAPE(hr_output_shape(input)->dims[o->nchw ? 1 : rank - 1]);
  hr_dtype dtype = hr_output_base_dtype(x);
  const hr_var_scope *here = hr_get_variable_scope(inside);
  hr_operand beta = HR_NO_OPERAND, gamma = HR_NO_OPERAND;
  averages a = {0};
  HR_WITH (model, hr_variable_scope_again(inside, here, .no_name_scope = true, .custom_getter = MODEL_VARIABLES)) {
    if (!hr_scope_ok(model)) continue;
    beta = of_model(model, BETA(o), fused, o->trainable, shape, dtype);
    gamma = of_model(model, GAMMA(o), fused, o->trainable, shape, dtype);
  }
  HR_WITH (again, hr_variable_scope_again(inside, here, .custom_getter = MODEL_VARIABLES)) {
    if (!hr_scope_ok(again)) continue;
    hr_layer layer = {again, again, o->trainable};
    a = moving_averages(&layer, shape, dtype, o->moving_mean_initializer, o->moving_variance_initializer, false);
  }
  hr_batch_normalized r =
      hr_batch_norm_call(inside, x, a.mean, a.variance, .gamma = gamma, .beta = beta, .is_training = o->is_training,
                         .decay = o->decay, .epsilon = o->epsilon, .fused = fused, .in_place = o->in_place,
                         .nchw = o->nchw, .zero_debias = o->zero_debias, .weights = weights);
  if (r.mean_update.node && hr_scope_ok(inside)) {
    hr_add_output_to_collection(inside, HR_UPDATE_OPS, r.mean_update);
    hr_add_output_to_collection(inside, HR_UPDATE_OPS, r.variance_update);
  }
  return x.node == input.node || !hr_scope_ok(inside) ? r.y : hr_reshape(inside, r.y, hr_tf_shape(inside, input));
}

hr_output hr_batch_norm_with(hr_scope scope, hr_operand input, const hr_batch_norm_options *options) {
  hr_batch_norm_options o = options ? *options : (hr_batch_norm_options){HR_BATCH_NORM_DEFAULTS};
  hr_output x = hr_convert(scope, input, HR_INVALID, NULL);
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  int rank = hr_output_rank(x), axis = o.nchw ? 1 : rank - 1;
  if (rank < 2 || hr_output_shape(x)->dims[axis] < 0)
    return hr_refuse(scope, "Batch normalisation wants at least two dimensions, and to know the number of channels");
  bool has_weights = hr_operand_is_given(o.weights), layer_can = !has_weights && !o.in_place && !o.zero_debias;
  bool fused = !o.not_fused && !has_weights && !o.renorm && !o.adjustment.call && (rank == 2 || rank == 4);
  bool is_layer = layer_can && !(fused && rank == 2);
  if (o.renorm && !layer_can)
    return hr_refuse(scope, "renorm is not supported with weights, updates in place or zero debiasing");
  hr_output y = HR_NO_OUTPUT;
  /* What moving averages keep for themselves is a variable of the model unless the node is fused. */
  HR_WITH (inside, hr_variable_scope(scope, o.scope, .default_name = "BatchNorm", .reuse = o.reuse,
                                     .custom_getter = is_layer || !fused ? MODEL_VARIABLES : (hr_custom_getter){0})) {
    if (!hr_scope_ok(inside)) continue;
    y = is_layer ? by_layer(inside, x, &o) : by_parts(inside, x, fused, &o);
    if (o.activation.call && hr_scope_ok(inside)) y = o.activation.call(o.activation.argument, inside, y);
  }
  return hr_scope_ok(scope) ? y : HR_NO_OUTPUT;
}

static hr_output normalize(void *options, hr_scope scope, hr_output x) {
  return hr_batch_norm_with(scope, hr_operand_output(x), options);
}
hr_activation hr_batch_norm_normalizer(const hr_batch_norm_options *options) {
  return (hr_activation){normalize, (void *)(uintptr_t)options};
}
