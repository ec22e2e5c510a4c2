/* Batch normalisation of tf.layers by several nodes, with what only these can do: batches in parts, batch
 * renormalisation (Ioffe, 2017), adjustments. */
#include "builder/batch_norm.h"
#include "builder/builder.h"
#include "builder/moving_averages.h"
#include "builder/variable.h"

/* ---- updates --------------------------------------------------------------------------------------------------- */

hr_operand hr_move_beside(hr_scope scope, hr_var *average, hr_operand value, hr_operand momentum) {
  hr_scope s = hr_name_scope(scope, "AssignMovingAvg");
  hr_operand moved = HR_NO_OPERAND;
  HR_WITH (beside, hr_colocate_with(s, hr_var_ref(average).node, false)) {
    moved = hr_move_average_in(beside, average, value, momentum);
  }
  return moved;
}

static hr_operand assign_beside(hr_scope scope, hr_var *var, hr_output value) {
  hr_scope s = hr_name_scope(scope, "AssignNewValue");
  hr_operand assigned = HR_NO_OPERAND;
  HR_WITH (beside, hr_colocate_with(s, hr_var_ref(var).node, false)) {
    assigned = hr_var_assigned(beside, var, hr_operand_output(value), true, hr_scope_name(beside));
  }
  return assigned;
}

/* An update in a step that trains. Otherwise the average stays, and is what the update gives. */
typedef struct update {
  hr_var *average;
  hr_operand value, momentum;
  hr_var *moving_stddev; /* where renormalising: a variance follows from it */
  double epsilon;        /* in that deviation */
  bool copied;           /* what a step that does not train gives is a copy of the average */
} update;

static hr_operand move(hr_scope s, const update *u) {
  if (!u->moving_stddev) return hr_move_beside(s, u->average, u->value, u->momentum);
  hr_output stddev = hr_sqrt(s, hr_plus(s, u->value, u->epsilon));
  hr_operand moved = hr_move_beside(s, u->moving_stddev, hr_operand_output(stddev), u->momentum);
  hr_output variance = hr_minus(s, hr_times(s, moved, moved), u->epsilon);
  return assign_beside(s, u->average, hr_relu(s, variance)); /* which rounding may have made negative */
}
static void give_moved(void *argument, hr_scope scope, hr_results *results) {
  hr_return(results, move(scope, argument));
}
static void give_average(void *argument, hr_scope scope, hr_results *results) {
  const update *u = argument;
  hr_operand average = hr_operand_variable(u->average);
  if (u->copied) average = hr_operand_output(hr_call_one(scope, "Identity", NULL, HR_OPERANDS(average), HR_NO_ATTRS));
  hr_return(results, average);
}

/* `training` is not known to be false. */
static hr_operand update_average(hr_scope s, hr_operand training, update u) {
  bool trains;
  if (hr_known_condition(s, training, &trains)) return move(s, &u);
  return hr_operand_output(hr_only(hr_cond(s, training, HR_BRANCH(give_moved, &u), HR_BRANCH(give_average, &u))));
}

/* ---- channels -------------------------------------------------------------------------------------------------- */

/* Of batches in parts, x has the parts along axis 1; `channels` count from before they were there. */
static bool read_axes(hr_scope s, hr_output x, hr_operand channels, bool in_parts, hr_channel_axes *out) {
  *out = (hr_channel_axes){.rank = hr_output_rank(x)};
  out->num_channels = hr_operand_known_ints(channels, out->channels);
  out->kept = in_parts || out->num_channels > 1;
  bool is_reduced[HR_MAX_RANK];
  bool good = out->rank >= 0 && out->num_channels > 0;
  for (int i = 0; good && i < out->rank; ++i)
    is_reduced[i] = !(in_parts && i == 1);
  for (int i = 0; good && i < out->num_channels; ++i) {
    int64_t axis = out->channels[i] += in_parts;
    good = axis >= in_parts && axis < out->rank && hr_output_shape(x)->dims[axis] >= 0;
    if (good) is_reduced[axis] = false;
  }
  if (!good) {
    hr_refuse(s, "Batch normalisation wants the axes of the channels, of known sizes");
    return false;
  }
  for (int i = 0; i < out->rank; ++i)
    if (is_reduced[i]) out->reduced[out->num_reduced++] = i;
  return true;
}

hr_operand hr_spread_channels(hr_scope s, hr_operand vector, hr_output x, const hr_channel_axes *a) {
  if (!hr_operand_is_given(vector) || a->kept || a->channels[0] == a->rank - 1) return vector;
  hr_partial_shape shape = {.rank = a->rank};
  for (int i = 0; i < a->rank; ++i)
    shape.dims[i] = 1;
  shape.dims[a->channels[0]] = hr_output_shape(x)->dims[a->channels[0]];
  return hr_operand_output(hr_tf_reshape(s, vector, shape));
}

static hr_operand cast(hr_scope s, hr_operand x, hr_dtype dtype) {
  /* Resource variables are read where they are used. */
  if (x.kind == HR_OPERAND_VARIABLE && x.variable && hr_var_is_resource(x.variable) &&
      hr_var_dtype(x.variable) == dtype && hr_var_parts(x.variable).count == 0)
    return x;
  return hr_operand_is_given(x) && hr_scope_ok(s) ? hr_operand_output(hr_tf_cast(s, x, dtype)) : x;
}

/* ---- scale and offset ------------------------------------------------------------------------------------------ */

/* Scale and offset of doing one thing after the other. */
static hr_pair compose(hr_scope s, hr_pair first, hr_pair then) {
  if (hr_operand_is_given(then.first)) {
    first.first = hr_operand_output(hr_times(s, first.first, then.first));
    first.second = hr_operand_output(hr_times(s, first.second, then.first));
  }
  if (hr_operand_is_given(then.second)) first.second = hr_operand_output(hr_plus(s, first.second, then.second));
  return first;
}

static void give_ones(void *like, hr_scope s, hr_results *results) {
  hr_return(results, hr_tf_ones_like(s, *(const hr_operand *)like));
}
static void give_zeros(void *like, hr_scope s, hr_results *results) {
  hr_return(results, hr_tf_zeros_like(s, *(const hr_operand *)like));
}

static hr_operand if_training(hr_scope s, hr_operand training, hr_operand x, hr_branch otherwise) {
  bool trains;
  if (hr_known_condition(s, training, &trains)) return x; /* as it is */
  return hr_operand_output(hr_only(hr_cond(s, training, HR_GIVE(x, HR_NO_OPERAND), otherwise)));
}

/* Those that only training has; otherwise 1 and 0. */
static hr_pair only_training(hr_scope s, hr_operand training, hr_operand scale, hr_operand offset) {
  scale = if_training(s, training, scale, HR_BRANCH(give_ones, &scale));
  return (hr_pair){scale, if_training(s, training, offset, HR_BRANCH(give_zeros, &offset))};
}

static hr_pair adjusted(hr_scope s, hr_output x, const hr_batch_normalization_call_options *o, hr_pair parameters) {
  hr_adjusted a = o->adjustment.call(o->adjustment.argument, s, hr_tf_shape(s, x));
  if (!hr_scope_ok(s)) return parameters;
  if (!hr_operand_is_given(a.scale) || !hr_operand_is_given(a.offset)) {
    hr_refuse(s, "The adjustment of batch normalisation gave no scale, or no offset");
    return parameters;
  }
  return compose(s, only_training(s, o->training, a.scale, a.offset), parameters);
}

/* ---- renormalising --------------------------------------------------------------------------------------------- */

static hr_output bounded(hr_scope s, const char *op, hr_output x, hr_operand bound) {
  return hr_operand_is_given(bound) ? hr_binary(s, op, x, bound) : x;
}

/* By how far the batch's statistics are from their averages: x r + d is normalised by the averages where x is by the
 * batch. Moves these averages, and then gives the statistics again. */
static hr_pair renormalized(hr_scope s, const hr_channel_axes *a, hr_output x, hr_output *mean, hr_output *variance,
                            const hr_batch_normalization_call_options *o, hr_pair parameters) {
  hr_output stddev = hr_sqrt(s, hr_plus(s, *variance, o->epsilon));
  hr_output least = hr_call_one(s, "Sqrt", NULL, HR_OPERANDS(o->epsilon), HR_NO_ATTRS);
  hr_output usual = hr_binary(s, "Maximum", o->renorm_stddev, least);
  hr_output r = hr_truediv(s, stddev, usual);
  hr_output d = hr_truediv(s, hr_minus(s, *mean, o->renorm_mean), usual);
  if (!hr_scope_ok(s)) return parameters;
  hr_output mean_before = HR_NO_OUTPUT, stddev_before = HR_NO_OUTPUT;
  HR_WITH (after, hr_control_dependencies(s, HR_NODES(r.node, d.node))) {
    mean_before = hr_identity(after, *mean);
    stddev_before = hr_identity(after, stddev);
  }
  r = bounded(s, "Minimum", bounded(s, "Maximum", r, o->rmin), o->rmax);
  d = bounded(s, "Minimum",
              bounded(s, "Maximum", d, hr_operand_is_given(o->dmax) ? hr_negative_of(s, o->dmax) : o->dmax), o->dmax);
  hr_pair correction = only_training(s, o->training, hr_operand_output(r), hr_operand_output(d));
  hr_operand momentum = hr_operand_float(o->renorm_momentum);
  update move_mean = {o->renorm_mean, hr_operand_output(hr_identity(s, mean_before)), momentum, .copied = true};
  hr_operand mean_moved = update_average(s, o->training, move_mean);
  update move_stddev = {o->renorm_stddev, hr_operand_output(hr_identity(s, stddev_before)), momentum, .copied = true};
  hr_operand stddev_moved = update_average(s, o->training, move_stddev);
  if (!hr_scope_ok(s)) return parameters;
  HR_WITH (after, hr_control_dependencies(s, HR_NODES(hr_updated_node(mean_moved), hr_updated_node(stddev_moved)))) {
    *mean = hr_identity(after, mean_before);
    *variance = hr_identity(after, *variance);
  }
  hr_output fixed = hr_stop_gradient(s, hr_convert(s, correction.first, HR_INVALID, NULL), .name = "renorm_r");
  correction.first = hr_spread_channels(s, hr_operand_output(fixed), x, a);
  fixed = hr_stop_gradient(s, hr_convert(s, correction.second, HR_INVALID, NULL), .name = "renorm_d");
  correction.second = hr_spread_channels(s, hr_operand_output(fixed), x, a);
  return compose(s, correction, parameters);
}

/* ---- all of it ------------------------------------------------------------------------------------------------- */

/* The batch as parts of `size` examples: [size, parts, ...]. */
static hr_output in_parts(hr_scope s, hr_output x, int64_t size) {
  hr_partial_shape shape = *hr_output_shape(x);
  if (shape.rank < 1 || shape.rank >= HR_MAX_RANK)
    return hr_refuse(s, "Batches of a virtual size want inputs of a known rank below %d", HR_MAX_RANK);
  memmove(shape.dims + 2, shape.dims + 1, sizeof *shape.dims * (size_t)(shape.rank - 1));
  shape.dims[0] = size;
  shape.dims[1] = -1;
  ++shape.rank;
  return hr_tf_reshape(s, x, shape);
}

/* By the batch where it trains, else by the averages; the choice is made for each statistic. */
static hr_output normalize(hr_scope s, hr_output x, hr_var *moving_mean, hr_var *moving_variance, bool may_train,
                           const hr_batch_normalization_call_options *o, hr_batch_normalized *r) {
  hr_channel_axes a;
  bool parts = o->virtual_batch_size > 0;
  if (!read_axes(s, x, o->axis, parts, &a)) return HR_NO_OUTPUT;
  hr_pair by = {hr_spread_channels(s, o->gamma, x, &a), hr_spread_channels(s, o->beta, x, &a)};
  hr_operand mean = hr_operand_variable(moving_mean), variance = hr_operand_variable(moving_variance);
  hr_dtype dtype = hr_output_base_dtype(x);
  if (may_train) {
    if (o->adjustment.call) by = adjusted(s, x, o, by);
    hr_output wide = hr_tf_cast(s, x, hr_var_dtype(moving_mean));
    hr_operand reduced = hr_operand_ints((hr_ints){a.num_reduced, a.reduced});
    hr_moments_outputs m = hr_moments(s, wide, reduced, .keep_dims = a.kept);
    hr_output batch_mean = hr_only(
        hr_smart_cond(s, o->training, HR_GIVE(hr_operand_output(m.mean), HR_NO_OPERAND), HR_GIVE(mean, HR_NO_OPERAND)));
    hr_output batch_variance = hr_only(hr_smart_cond(
        s, o->training, HR_GIVE(hr_operand_output(m.variance), HR_NO_OPERAND), HR_GIVE(variance, HR_NO_OPERAND)));
    hr_output new_mean = batch_mean, new_variance = batch_variance;
    if (parts) {
      new_mean = hr_reduce_mean(s, batch_mean, .axis = hr_operand_int(1), .keepdims = true);
      new_variance = hr_reduce_mean(s, batch_variance, .axis = hr_operand_int(1), .keepdims = true);
    }
    if (o->renorm_mean) by = renormalized(s, &a, x, &new_mean, &new_variance, o, by);
    update move_mean = {moving_mean, hr_operand_output(new_mean), o->momentum_tensor};
    hr_operand mean_moved = update_average(s, o->training, move_mean);
    update move_variance = {moving_variance, hr_operand_output(new_variance), o->momentum_tensor,
                            .moving_stddev = o->moving_stddev, .epsilon = o->epsilon};
    hr_operand variance_moved = update_average(s, o->training, move_variance);
    r->mean_update = hr_updated_value(s, mean_moved);
    r->variance_update = hr_updated_value(s, variance_moved);
    mean = hr_operand_output(batch_mean);
    variance = hr_operand_output(batch_variance);
  }
  mean = cast(s, mean, dtype);
  variance = cast(s, variance, dtype);
  by.second = cast(s, by.second, dtype);
  by.first = cast(s, by.first, dtype);
  mean = hr_spread_channels(s, mean, x, &a);
  variance = hr_spread_channels(s, variance, x, &a);
  return hr_batch_normalization(s, x, mean, variance, o->epsilon, .offset = by.second, .scale = by.first);
}

hr_batch_normalized hr_normalize_composed(hr_scope s, hr_output x, hr_var *moving_mean, hr_var *moving_variance,
                                          bool may_train, const hr_batch_normalization_call_options *o) {
  hr_batch_normalized r = {0};
  if (o->renorm_mean && (!o->renorm_stddev || !o->moving_stddev)) {
    hr_refuse(s, "Batch renormalisation wants moving_stddev, renorm_mean and renorm_stddev");
    return r;
  }
  hr_output input = o->virtual_batch_size > 0 ? in_parts(s, x, o->virtual_batch_size) : x;
  if (!hr_scope_ok(s)) return r;
  r.y = normalize(s, input, moving_mean, moving_variance, may_train, o, &r);
  if (o->virtual_batch_size <= 0 || !hr_scope_ok(s)) return r;
  hr_partial_shape whole = *hr_output_shape(x);
  whole.dims[0] = -1;
  r.y = hr_tf_reshape(s, r.y, whole);
  return r;
}
