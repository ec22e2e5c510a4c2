/* What the layers of batch normalisation do once they have their variables: moments or one fused node, moving averages,
 * and the choice between batch and averages, known while building or made by each run. */
#include "builder/batch_norm.h"
#include "builder/builder.h"
#include "builder/moving_averages.h"
#include "builder/variable.h"

/* ---- branches -------------------------------------------------------------------------------------------------- */

void hr_give_pair(void *argument, hr_scope scope, hr_results *results) {
  (void)scope;
  const hr_pair *p = argument;
  hr_return(results, p->first);
  if (hr_operand_is_given(p->second)) hr_return(results, p->second);
}

static hr_pair averages(hr_var *mean, hr_var *variance) {
  return (hr_pair){hr_operand_variable(mean), hr_operand_variable(variance)};
}

/* The two outputs of a conditional; none after an error. */
static bool take_pair(hr_outputs list, hr_output *first, hr_output *second) {
  if (list.count < 2) return false;
  *first = list.items[0];
  *second = list.items[1];
  return true;
}

/* ---- the fused node -------------------------------------------------------------------------------------------- */

typedef struct fused {
  hr_output x;
  hr_operand gamma, beta;
  hr_var *mean, *variance;
  double epsilon;
  const char *format;
} fused;

static void give_fused(hr_results *results, hr_tf_fused_batch_norm_outputs r) {
  hr_return(results, r.y);
  hr_return(results, r.mean);
  hr_return(results, r.variance);
}
static void fused_training(void *argument, hr_scope s, hr_results *results) {
  const fused *f = argument;
  give_fused(results,
             hr_tf_fused_batch_norm(s, f->x, f->gamma, f->beta, .epsilon = f->epsilon, .data_format = f->format));
}
static void fused_inference(void *argument, hr_scope s, hr_results *results) {
  const fused *f = argument;
  give_fused(results, hr_tf_fused_batch_norm(s, f->x, f->gamma, f->beta, .mean = hr_operand_variable(f->mean),
                                             .variance = hr_operand_variable(f->variance), .epsilon = f->epsilon,
                                             .data_format = f->format, .is_training = false));
}

static hr_tf_fused_batch_norm_outputs normalize_fused(hr_scope s, hr_operand training, fused *f) {
  hr_outputs r = hr_smart_cond(s, training, HR_BRANCH(fused_training, f), HR_BRANCH(fused_inference, f));
  if (r.count < 3) return (hr_tf_fused_batch_norm_outputs){0};
  return (hr_tf_fused_batch_norm_outputs){r.items[0], r.items[1], r.items[2]};
}

/* ---- tf.layers ------------------------------------------------------------------------------------------------- */

static hr_batch_normalized normalize_by_layer_node(hr_scope s, hr_output x, hr_var *moving_mean,
                                                   hr_var *moving_variance, bool may_train, bool is_known,
                                                   const hr_batch_normalization_call_options *o) {
  int64_t axis[HR_MAX_RANK];
  hr_batch_normalized r = {0};
  bool channels_last = hr_operand_known_ints(o->axis, axis) == 1 && axis[0] == 3;
  fused f = {x, o->gamma, o->beta, moving_mean, moving_variance, o->epsilon, channels_last ? "NHWC" : "NCHW"};
  hr_tf_fused_batch_norm_outputs n = normalize_fused(s, o->training, &f);
  r.y = n.y;
  hr_output momentum = is_known ? hr_convert(s, o->momentum_tensor, HR_INVALID, NULL)
                                : hr_only(hr_smart_cond(s, o->training, HR_GIVE(o->momentum_tensor, HR_NO_OPERAND),
                                                        HR_GIVE(hr_operand_float(1.0), HR_NO_OPERAND)));
  if (!may_train || !hr_scope_ok(s)) return r;
  /* A momentum of 1 leaves the averages as they are. */
  hr_operand kept = hr_operand_output(momentum);
  r.mean_update = hr_updated_value(s, hr_move_beside(s, moving_mean, hr_operand_output(n.mean), kept));
  r.variance_update = hr_updated_value(s, hr_move_beside(s, moving_variance, hr_operand_output(n.variance), kept));
  return r;
}

hr_batch_normalized hr_batch_normalization_call_with(hr_scope scope, hr_output x, hr_var *moving_mean,
                                                     hr_var *moving_variance,
                                                     const hr_batch_normalization_call_options *options) {
  hr_batch_normalization_call_options o =
      options ? *options : (hr_batch_normalization_call_options){.momentum = 0.99, .epsilon = 0.001};
  if (!hr_operand_is_given(o.training)) o.training = hr_operand_bool(false);
  if (!hr_operand_is_given(o.momentum_tensor)) o.momentum_tensor = hr_operand_float(o.momentum);
  if (o.momentum_tensor.kind == HR_OPERAND_INT) o.momentum_tensor = hr_operand_float((double)o.momentum_tensor.i);
  if (!hr_scope_ok(scope) || !moving_mean || !moving_variance) return (hr_batch_normalized){0};
  bool trains, is_known = hr_known_condition(scope, o.training, &trains), may_train = trains || !is_known;
  hr_partial_shape shape = *hr_output_shape(x);
  hr_batch_normalized r = o.fused
                              ? normalize_by_layer_node(scope, x, moving_mean, moving_variance, may_train, is_known, &o)
                              : hr_normalize_composed(scope, x, moving_mean, moving_variance, may_train, &o);
  hr_status status = hr_scope_ok(scope) ? hr_output_set_shape(r.y, &shape) : HR_SUCCESS;
  if (status) hr_scope_fail(scope, status);
  return r;
}

/* ---- tf.contrib.layers ----------------------------------------------------------------------------------------- */

typedef struct contrib_update {
  const hr_batch_norm_call_options *o;
  hr_var *moving_mean, *moving_variance;
  hr_pair values; /* of the batch */
  hr_pair kept;   /* what an update in place returns: values as they are after it */
} contrib_update;

static hr_pair move_averages(hr_scope s, const contrib_update *u) {
  return (hr_pair){
      hr_move_average(s, u->moving_mean, u->values.first, hr_operand_float(u->o->decay), u->o->zero_debias, NULL),
      hr_move_average(s, u->moving_variance, u->values.second, hr_operand_float(u->o->decay), false, NULL)};
}

static void delay_updates(void *argument, hr_scope s, hr_results *results) {
  hr_pair moved = move_averages(s, argument);
  hr_give_pair(&moved, s, results);
}

static void force_updates(void *argument, hr_scope s, hr_results *results) {
  const contrib_update *u = argument;
  hr_pair moved = move_averages(s, u);
  if (!hr_scope_ok(s)) return;
  HR_WITH (after, hr_control_dependencies(s, HR_NODES(moved.first.output.node, moved.second.output.node))) {
    hr_return(results, hr_identity(after, u->kept.first.output));
    if (hr_operand_is_given(u->kept.second)) hr_return(results, hr_identity(after, u->kept.second.output));
  }
}

static hr_batch_normalized contrib_fused(hr_scope s, hr_output x, hr_var *moving_mean, hr_var *moving_variance,
                                         bool may_train, const hr_batch_norm_call_options *o) {
  hr_batch_normalized r = {0};
  fused f = {x, o->gamma, o->beta, moving_mean, moving_variance, o->epsilon, o->nchw ? "NCHW" : "NHWC"};
  hr_tf_fused_batch_norm_outputs n = normalize_fused(s, o->is_training, &f);
  r.y = n.y;
  if (!may_train || !hr_scope_ok(s)) return r;
  hr_pair y = {hr_operand_output(n.y), HR_NO_OPERAND}, kept = averages(moving_mean, moving_variance);
  contrib_update u = {o, moving_mean, moving_variance, {hr_operand_output(n.mean), hr_operand_output(n.variance)}, y};
  if (o->in_place)
    r.y = hr_only(hr_smart_cond(s, o->is_training, HR_BRANCH(force_updates, &u), HR_BRANCH(hr_give_pair, &y)));
  else
    take_pair(hr_smart_cond(s, o->is_training, HR_BRANCH(delay_updates, &u), HR_BRANCH(hr_give_pair, &kept)),
              &r.mean_update, &r.variance_update);
  return r;
}

/* Moments of all but the channels, of examples that may have weights. */
static hr_pair contrib_moments(hr_scope s, hr_output x, const hr_batch_norm_call_options *o) {
  int rank = hr_output_rank(x), count = 0;
  int64_t reduced[HR_MAX_RANK];
  for (int i = 0; i < rank; ++i)
    if (i != (o->nchw ? 1 : rank - 1)) reduced[count++] = i;
  hr_operand over = hr_operand_ints((hr_ints){count, reduced});
  hr_moments_outputs m = hr_operand_is_given(o->weights)
                             ? hr_weighted_moments(s, x, over, o->weights, .keep_dims = o->nchw)
                             : hr_moments(s, x, over, .keep_dims = o->nchw);
  if (!o->nchw) return (hr_pair){hr_operand_output(m.mean), hr_operand_output(m.variance)};
  hr_output mean = hr_tf_reshape(s, m.mean, HR_SHAPE(-1));
  return (hr_pair){hr_operand_output(mean), hr_operand_output(hr_tf_reshape(s, m.variance, HR_SHAPE(-1)))};
}

static hr_batch_normalized contrib_composed(hr_scope s, hr_output x, hr_var *moving_mean, hr_var *moving_variance,
                                            bool may_train, const hr_batch_norm_call_options *o) {
  hr_batch_normalized r = {0};
  hr_pair by = averages(moving_mean, moving_variance), kept = by;
  if (may_train) {
    hr_pair batch = contrib_moments(s, x, o);
    if (!hr_scope_ok(s)) return r;
    contrib_update u = {o, moving_mean, moving_variance, batch, batch};
    hr_output mean = HR_NO_OUTPUT, variance = HR_NO_OUTPUT;
    if (o->in_place) {
      take_pair(hr_smart_cond(s, o->is_training, HR_BRANCH(force_updates, &u), HR_BRANCH(hr_give_pair, &kept)), &mean,
                &variance);
    } else {
      take_pair(hr_smart_cond(s, o->is_training, HR_BRANCH(delay_updates, &u), HR_BRANCH(hr_give_pair, &kept)),
                &r.mean_update, &r.variance_update);
      take_pair(hr_smart_cond(s, o->is_training, HR_BRANCH(hr_give_pair, &batch), HR_BRANCH(hr_give_pair, &kept)),
                &mean, &variance);
    }
    by = (hr_pair){hr_operand_output(mean), hr_operand_output(variance)};
  }
  hr_operand beta = o->beta, gamma = o->gamma;
  if (o->nchw) {
    const hr_channel_axes a = {.rank = hr_output_rank(x), .num_channels = 1, .channels = {1}};
    by.first = hr_spread_channels(s, by.first, x, &a);
    by.second = hr_spread_channels(s, by.second, x, &a);
    beta = hr_spread_channels(s, beta, x, &a);
    gamma = hr_spread_channels(s, gamma, x, &a);
  }
  r.y = hr_batch_normalization(s, x, by.first, by.second, o->epsilon, .offset = beta, .scale = gamma);
  return r;
}

hr_batch_normalized hr_batch_norm_call_with(hr_scope scope, hr_output x, hr_var *moving_mean, hr_var *moving_variance,
                                            const hr_batch_norm_call_options *options) {
  hr_batch_norm_call_options o =
      options ? *options
              : (hr_batch_norm_call_options){.is_training = hr_operand_bool(true), .decay = 0.999, .epsilon = 0.001};
  if (!hr_scope_ok(scope) || !moving_mean || !moving_variance) return (hr_batch_normalized){0};
  bool trains, is_known = hr_known_condition(scope, o.is_training, &trains), may_train = trains || !is_known;
  hr_partial_shape shape = *hr_output_shape(x);
  hr_batch_normalized r = o.fused ? contrib_fused(scope, x, moving_mean, moving_variance, may_train, &o)
                                  : contrib_composed(scope, x, moving_mean, moving_variance, may_train, &o);
  hr_status status = hr_scope_ok(scope) ? hr_output_set_shape(r.y, &shape) : HR_SUCCESS;
  if (status) hr_scope_fail(scope, status);
  return r;
}
