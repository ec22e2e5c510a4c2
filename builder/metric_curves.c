/* Metrics of the curves that go through many thresholds: the area below, and points on them. */
#include "builder/builder.h"
#include "builder/metric_thresholds.h"
#include "headrace/arrays.h"

/* The first and the last threshold lie this far beyond 0 and 1. */
#define BEYOND 1e-7

static int ascending(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

/* `count` thresholds from a little below 0 to `last`; those between are given, else spread evenly. The array is
 * malloc'd. */
static float *all_thresholds(hr_scope scope, int64_t count, hr_floats given, double last) {
  if (count < 2 || count > INT32_MAX) {
    hr_refuse(scope, "num_thresholds must be at least 2, not %lld", (long long)count);
    return NULL;
  }
  float *thresholds = malloc(sizeof *thresholds * (size_t)count);
  if (!thresholds) {
    hr_scope_fail(scope, hr_error_out_of_memory(sizeof *thresholds * (size_t)count, "thresholds"));
    return NULL;
  }
  for (int64_t i = 1; i < count - 1; ++i)
    thresholds[i] = given.count > 0 ? given.items[i - 1] : (float)((double)i * 1.0 / (double)(count - 1));
  qsort(thresholds + 1, (size_t)(count - 2), sizeof *thresholds, ascending);
  thresholds[0] = (float)(0.0 - BEYOND);
  thresholds[count - 1] = (float)last;
  return thresholds;
}

/* The counts of all outcomes as they are now, or with the batch. */
typedef struct moment {
  hr_output tp, fn, tn, fp;
} moment;

static moment moment_of(const hr_outcome_counts *c, bool updated) {
#define OF(outcome) (updated ? c->of[outcome].update_op : c->of[outcome].value)
  return (moment){OF(HR_TRUE_POSITIVE), OF(HR_FALSE_NEGATIVE), OF(HR_TRUE_NEGATIVE), OF(HR_FALSE_POSITIVE)};
#undef OF
}

/* All but the last, and all but the first threshold. C evaluates arguments in any order, and nodes have TensorFlow's:
 * what makes nodes is a statement of its own here. */
static hr_output lower(hr_scope s, hr_output x, int64_t count) { return hr_at(s, x, HR_SLICE(HR_OPEN, count - 1)); }
static hr_output upper(hr_scope s, hr_output x) { return hr_at(s, x, HR_SLICE(1, HR_OPEN)); }
/* What is lost from a threshold to the next. */
static hr_output lost(hr_scope s, hr_output x, int64_t count) {
  hr_output left = lower(s, x, count), right = upper(s, x);
  return hr_minus(s, left, right);
}

/* ---- the area below a curve ------------------------------------------------------------------------------------ */

/* (hits + e) / (hits + misses + e) */
static hr_output smoothed_share(hr_scope s, hr_output hits, hr_output misses) {
  hr_output numerator = hr_plus(s, hits, 1e-6);
  return hr_real_div(s, numerator, hr_plus(s, hr_plus(s, hits, misses), 1e-6), .name = "div");
}

static hr_output trapezoids(hr_scope s, const moment *m, const hr_auc_options *o, const char *name) {
  hr_output recall = smoothed_share(s, m->tp, m->fn), x, y;
  if (o->curve == HR_ROC) {
    hr_output negatives = hr_plus(s, hr_plus(s, m->fp, m->tn), 1e-6);
    x = hr_real_div(s, m->fp, negatives, .name = "div");
    y = recall;
  } else {
    x = recall;
    y = smoothed_share(s, m->tp, m->fp);
  }
  hr_output width = lost(s, x, o->num_thresholds);
  hr_output left = lower(s, y, o->num_thresholds), right = upper(s, y), height;
  if (o->summation == HR_MINORING)
    height = hr_minimum(s, left, right);
  else if (o->summation == HR_MAJORING)
    height = hr_maximum(s, left, right);
  else
    height = hr_truediv(s, hr_plus(s, left, right), 2.0);
  return hr_reduce_sum(s, hr_mul(s, width, height), .name = name);
}

/* The integral of precision where true and false positives grow linearly between thresholds. */
static hr_output interpolated(hr_scope s, const moment *m, int64_t count) {
  hr_output gained = lost(s, m->tp, count);
  hr_output p = hr_plus(s, m->tp, m->fp);
  hr_output grown = hr_binary(s, "Maximum", lost(s, p, count), 0.0);
  hr_output slope = hr_div_no_nan(s, gained, grown, .name = "prec_slope");
  hr_output tp = upper(s, m->tp);
  hr_output intercept = hr_minus(s, tp, hr_mul(s, slope, upper(s, p)));
  hr_output has_left = hr_binary(s, "Greater", lower(s, p, count), 0.0);
  hr_output has_right = hr_binary(s, "Greater", upper(s, p), 0.0);
  hr_output has_both = hr_logical_and(s, has_left, has_right);
  hr_output left = lower(s, p, count);
  hr_output right = hr_binary(s, "Maximum", upper(s, p), 0.0);
  hr_output ratio = hr_div_no_nan(s, left, right, .name = "recall_relative_ratio");
  hr_output safe = hr_tf_where(s, has_both, ratio, hr_tf_ones_like(s, upper(s, p)));
  hr_output area = hr_times(s, slope, hr_plus(s, gained, hr_times(s, intercept, hr_log(s, safe))));
  hr_output hits = upper(s, m->tp), misses = upper(s, m->fn);
  hr_output positives = hr_binary(s, "Maximum", hr_plus(s, hits, misses), 0.0);
  return hr_reduce_sum(s, hr_div_no_nan(s, area, positives, .name = "pr_auc_increment"), .name = "interpolate_pr_auc");
}

static hr_output area(hr_scope s, const moment *m, const hr_auc_options *o, const char *name) {
  bool interpolates = o->curve == HR_PR && o->summation == HR_CAREFUL_INTERPOLATION;
  return interpolates ? interpolated(s, m, o->num_thresholds) : trapezoids(s, m, o, name);
}

/* The counts of all outcomes. False after an error. */
static bool count_all(hr_scope s, hr_operand labels, hr_operand predictions, hr_operand weights, int64_t count,
                      hr_floats given, double last, hr_outcome_counts *out) {
  static const bool all[HR_OUTCOMES] = {true, true, true, true};
  float *limits = hr_scope_ok(s) ? all_thresholds(s, count, given, last) : NULL;
  hr_floats thresholds = {(int32_t)count, limits};
  bool counted = limits && hr_count_outcomes(s, labels, predictions, thresholds, weights, all, out);
  free(limits);
  return counted;
}

hr_metric hr_metrics_auc_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                              const hr_auc_options *options) {
  hr_auc_options o = options ? *options : (hr_auc_options){HR_AUC_DEFAULTS};
  if (o.thresholds.count > 0) o.num_thresholds = o.thresholds.count + 2;
  const hr_metric_options common = {o.weights, o.metrics_collections, o.updates_collections, o.name};
  hr_metric result = HR_NO_METRIC;
  HR_WITH (s, hr_variable_scope(scope, o.name, .default_name = "auc")) {
    hr_outcome_counts counts;
    if (count_all(s, labels, predictions, o.weights, o.num_thresholds, o.thresholds, 1.0 + BEYOND, &counts)) {
      moment now = moment_of(&counts, false), updated = moment_of(&counts, true);
      hr_output value = area(s, &now, &o, "value");
      result = hr_metric_collect(s, (hr_metric){value, area(s, &updated, &o, "update_op")}, &common);
    }
  }
  return result;
}

/* ---- points on a curve ----------------------------------------------------------------------------------------- */

/* hits / (hits + misses + e) */
static hr_output ratio(hr_scope s, hr_output hits, hr_output misses, const char *name) {
  return hr_real_div(s, hits, hr_plus(s, hr_plus(s, hits, misses), 1e-7), .name = name);
}

/* The ratio at a threshold. */
static hr_output ratio_at(hr_scope s, hr_output hits, hr_output misses, hr_output index, const char *name) {
  hr_output found = hr_at(s, hits, HR_INDEX(index));
  hr_output again = hr_at(s, hits, HR_INDEX(index)), missed = hr_at(s, misses, HR_INDEX(index));
  return hr_real_div(s, found, hr_plus(s, hr_plus(s, again, missed), 1e-7), .name = name);
}

static hr_output sensitivity(hr_scope s, const moment *m, double specificity, const char *name) {
  hr_output off = hr_tf_abs(s, hr_minus(s, ratio(s, m->tn, m->fp, "div"), specificity));
  hr_output index = hr_tf_cast(s, hr_argmin(s, off, .axis = hr_operand_int(0)), HR_INT32);
  return ratio_at(s, m->tp, m->fn, index, name);
}

/* At the last of the thresholds that come nearest. */
static hr_output specificity(hr_scope s, const moment *m, double sensitivity, const char *name) {
  hr_output sensitivities = ratio(s, m->tp, m->fn, "div");
  hr_output least = hr_reduce_min(s, hr_tf_abs(s, hr_minus(s, sensitivities, sensitivity)));
  hr_output nearest = hr_equal(s, hr_tf_abs(s, hr_minus(s, sensitivities, sensitivity)), least);
  hr_output counted = hr_call_one(s, "Cumsum", NULL, HR_OPERANDS(hr_tf_cast(s, nearest, HR_INT64), 0), HR_NO_ATTRS);
  hr_output index = hr_tf_cast(s, hr_argmax(s, counted, .axis = hr_operand_int(0)), HR_INT32);
  return ratio_at(s, m->tn, m->fp, index, name);
}

typedef hr_output (*point)(hr_scope s, const moment *m, double at, const char *name);

static hr_metric point_on_curve(hr_scope scope, const char *kind, const char *what, point find, double at, double last,
                                hr_operand labels, hr_operand predictions, const hr_curve_point_options *options) {
  const hr_curve_point_options o = options ? *options : (hr_curve_point_options){HR_CURVE_POINT_DEFAULTS};
  const hr_metric_options common = {o.weights, o.metrics_collections, o.updates_collections, o.name};
  hr_metric result = HR_NO_METRIC;
  if (!(at >= 0 && at <= 1)) {
    hr_refuse(scope, "`%s` must be in the range [0, 1], not %g", what, at);
    return result;
  }
  HR_WITH (s, hr_variable_scope(scope, o.name, .default_name = kind)) {
    hr_outcome_counts counts;
    if (count_all(s, labels, predictions, o.weights, o.num_thresholds, (hr_floats){0}, last, &counts)) {
      moment now = moment_of(&counts, false), updated = moment_of(&counts, true);
      hr_output value = find(s, &now, at, "value");
      result = hr_metric_collect(s, (hr_metric){value, find(s, &updated, at, "update_op")}, &common);
    }
  }
  return result;
}

hr_metric hr_metrics_sensitivity_at_specificity_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                                     double at, const hr_curve_point_options *options) {
  return point_on_curve(scope, "sensitivity_at_specificity", "specificity", sensitivity, at, 1.0 + BEYOND, labels,
                        predictions, options);
}
hr_metric hr_metrics_specificity_at_sensitivity_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                                     double at, const hr_curve_point_options *options) {
  return point_on_curve(scope, "specificity_at_sensitivity", "sensitivity", specificity, at, 1.0 - BEYOND, labels,
                        predictions, options);
}
