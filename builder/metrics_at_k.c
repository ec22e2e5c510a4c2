/* Metrics of the k best predictions: precision, recall and average precision at k. */
#include "builder/builder.h"
#include "builder/metrics.h"
#include "builder/sparse.h"
#include "builder/variable.h"
#include "builder/weights.h"
#include "headrace/arrays.h"
#include "headrace/control_flow.h"

/* ---- names ------------------------------------------------------------------------------------------------------- */

/* What is counted: "precision_at_3_class1". */
typedef struct ranking {
  hr_operand k, class_id; /* either may be left out */
} ranking;

enum { NAME_LENGTH = 96 };

static bool number_of(hr_scope s, hr_operand x, const char *what, int64_t *out) {
  int64_t numbers[HR_MAX_RANK];
  if (hr_operand_known_ints(x, numbers) != 1) {
    hr_refuse_type(s, "%s must be a number that is known now", what);
    return false;
  }
  *out = numbers[0];
  return true;
}

/* False after an error. */
static bool name_at_k(hr_scope s, const char *what, const ranking *r, char name[NAME_LENGTH]) {
  int64_t number;
  int length = snprintf(name, NAME_LENGTH, "%s_at_k", what);
  if (hr_operand_is_given(r->k)) {
    if (!number_of(s, r->k, "k", &number)) return false;
    length = snprintf(name, NAME_LENGTH, "%s_at_%lld", what, (long long)number);
  }
  if (hr_operand_is_given(r->class_id)) {
    if (!number_of(s, r->class_id, "class_id", &number)) return false;
    snprintf(name + length, (size_t)(NAME_LENGTH - length), "_class%lld", (long long)number);
  }
  return hr_scope_ok(s);
}

/* ---- labels ------------------------------------------------------------------------------------------------------ */

static void give_sparse(hr_results *results, hr_sparse_tensor x) {
  hr_return(results, x.indices);
  hr_return(results, x.values);
  hr_return(results, x.dense_shape);
}

static void keep_labels(void *argument, hr_scope s, hr_results *results) {
  (void)s;
  const hr_any_tensor *labels = argument;
  if (labels->value.node)
    hr_return(results, labels->value);
  else
    give_sparse(results, labels->sparse);
}

/* What one of two branches makes of labels. */
static hr_any_tensor choose_labels(hr_scope s, hr_output condition, hr_branch if_true, hr_any_tensor labels) {
  hr_outputs chosen = hr_cond(s, condition, if_true, HR_BRANCH(keep_labels, &labels));
  hr_any_tensor result = {0};
  if (labels.value.node && chosen.count == 1) result.value = chosen.items[0];
  if (!labels.value.node && chosen.count == 3)
    result.sparse = hr_sparse_of(s, chosen.items[0], chosen.items[1], chosen.items[2]);
  return result;
}

typedef struct expansion {
  hr_any_tensor labels;
  const char *name; /* of the node with labels of one dimension more */
} expansion;

static void expand(void *argument, hr_scope s, hr_results *results) {
  const expansion *e = argument;
  const hr_sparse_tensor *sparse = &e->labels.sparse;
  if (e->labels.value.node) {
    hr_return(results, hr_tf_expand_dims(s, e->labels.value, HR_AXIS(-1), .name = e->name));
    return;
  }
  hr_output sizes = hr_tf_concat(s, HR_OPERANDS(sparse->dense_shape, HR_INTS(1)), 0);
  give_sparse(results, hr_tf_sparse_reshape(s, *sparse, sizes, .name = e->name));
}

/* Labels with as many dimensions as the predictions: one label a row may stand without a dimension of its own. */
static hr_any_tensor expand_labels(hr_scope scope, hr_any_operand raw, hr_output predictions) {
  hr_scope s = hr_name_scope(scope, "expand_labels");
  expansion e = {.labels.sparse = raw.sparse, .name = hr_scope_name(s)};
  hr_any_tensor none = {0};
  if (hr_operand_is_given(raw.value)) e.labels.value = hr_convert(s, raw.value, HR_INVALID, NULL);
  if (!hr_scope_ok(s)) return none;
  hr_output excess, rank;
  if (!e.labels.value.node) {
    rank = hr_tf_rank(s, predictions);
    excess = hr_plus(s, hr_tf_size(s, e.labels.sparse.dense_shape), 1);
  } else {
    int wanted = hr_output_rank(predictions), given = hr_output_rank(e.labels.value);
    if (wanted >= 0 && given == wanted) return e.labels;
    if (wanted >= 0 && given >= 0) {
      if (given + 1 == wanted) {
        e.labels.value = hr_tf_expand_dims(s, e.labels.value, HR_AXIS(-1), .name = e.name);
        return e.labels;
      }
      char a[HR_SHAPE_TEXT], b[HR_SHAPE_TEXT];
      hr_refuse(s, "Unexpected labels shape %s for predictions shape %s.",
                hr_partial_shape_text(hr_output_shape(e.labels.value), a),
                hr_partial_shape_text(hr_output_shape(predictions), b));
      return none;
    }
    rank = hr_tf_rank(s, predictions);
    excess = hr_plus(s, hr_tf_rank(s, e.labels.value), 1);
  }
  return choose_labels(s, hr_equal(s, rank, excess), HR_BRANCH(expand, &e), e.labels);
}

typedef struct class_limit {
  hr_any_tensor labels;
  hr_output num_classes;
} class_limit;

/* -1 in place of classes that there are not. */
static void clean(void *argument, hr_scope s, hr_results *results) {
  const class_limit *l = argument;
  const hr_sparse_tensor *sparse = &l->labels.sparse;
  hr_output values = l->labels.value.node ? l->labels.value : sparse->values;
  hr_output beyond = hr_binary(s, "GreaterEqual", values, l->num_classes);
  values = hr_where_v2(s, beyond, hr_times(s, -1, hr_tf_ones_like(s, values)), values);
  if (l->labels.value.node)
    hr_return(results, values);
  else
    give_sparse(results, hr_sparse_of(s, sparse->indices, values, sparse->dense_shape));
}

static hr_any_tensor clean_labels(hr_scope s, hr_any_operand raw, hr_output num_classes) {
  class_limit l = {.labels.sparse = raw.sparse, .num_classes = num_classes};
  hr_any_tensor none = {0};
  if (hr_operand_is_given(raw.value)) l.labels.value = hr_convert(s, raw.value, HR_INVALID, NULL);
  if (!hr_scope_ok(s)) return none;
  hr_output most = hr_reduce_max(s, l.labels.value.node ? l.labels.value : l.labels.sparse.values);
  hr_output some_beyond = hr_binary(s, "GreaterEqual", most, num_classes);
  return hr_scope_ok(s) ? choose_labels(s, some_beyond, HR_BRANCH(clean, &l), l.labels) : none;
}

static hr_any_operand operand_of(hr_any_tensor x) {
  return (hr_any_operand){.value = hr_operand_output(x.value), .sparse = x.sparse};
}

/* ---- one class --------------------------------------------------------------------------------------------------- */

/* Of each set what is of the class, sparse. */
static hr_any_operand only_class(hr_scope s, hr_any_operand ids, hr_operand class_id) {
  if (!hr_operand_is_given(ids.value)) {
    hr_output is_of_class = hr_binary(s, "Equal", ids.sparse.values, class_id);
    return HR_SPARSE(hr_sparse_retain(s, ids.sparse, hr_operand_output(is_of_class)));
  }
  hr_output shape = hr_tf_shape(s, ids.value, .out_type = HR_INT64);
  hr_output last = hr_minus(s, hr_tf_size(s, shape), 1);
  last = hr_tf_reshape(s, last, HR_SHAPE(1));
  hr_output one_each = hr_reduced_shape(s, hr_operand_output(shape), hr_operand_output(last));
  hr_output wanted = hr_tf_fill(s, one_each, hr_tf_cast(s, class_id, HR_INT64));
  hr_sparse_tensor found = hr_set_operation(s, HR_DENSE(wanted), ids, "intersection");
  return HR_SPARSE(hr_sparse_of(s, found.indices, found.values, shape));
}

/* ---- counting ---------------------------------------------------------------------------------------------------- */

typedef struct answers {
  hr_any_operand labels, predictions;
  hr_operand weights;
  ranking ranking;
} answers;

/* How many elements the sets have in which labels and predictions meet or differ, weighted, as doubles. */
static hr_output set_sizes(hr_scope scope, const answers *a, const char *name, const char *operation) {
  hr_scope s = hr_name_scope(scope, name);
  hr_any_operand labels = a->labels, predictions = a->predictions;
  if (hr_operand_is_given(a->ranking.class_id) && hr_scope_ok(s)) {
    labels = only_class(s, labels, a->ranking.class_id);
    predictions = only_class(s, predictions, a->ranking.class_id);
  }
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output sizes = hr_tf_set_size(s, hr_set_operation(s, predictions, labels, operation));
  sizes = hr_tf_cast(s, sizes, HR_DOUBLE);
  if (!hr_operand_is_given(a->weights)) return sizes;
  hr_node *fits = hr_assert_broadcastable(s, a->weights, hr_operand_output(sizes));
  if (!fits) return HR_NO_OUTPUT;
  HR_WITH (checked, hr_control_dependencies(s, 1, &fits)) {
    hr_output weights = hr_tf_cast(checked, a->weights, HR_DOUBLE);
    sizes = hr_mul(checked, sizes, weights);
  }
  return sizes;
}

typedef struct tally {
  hr_var *sum;
  hr_output updated;
} tally;

/* The variable has the scope's name. */
static tally add_up(hr_scope s, hr_output batch_sum) {
  tally t = {hr_typed_metric_variable(s, HR_SHAPE(), HR_DOUBLE, hr_scope_name(s)), HR_NO_OUTPUT};
  if (hr_scope_ok(s)) t.updated = hr_assign_add(s, hr_var_ref(t.sum), batch_sum, .name = "update");
  return t;
}

/* The sum over all batches of one of the set sizes; `kind` in the singular names the variable. */
static tally count(hr_scope scope, const answers *a, const char *kind, const char *operation) {
  char name[NAME_LENGTH], plural[NAME_LENGTH];
  if (!name_at_k(scope, kind, &a->ranking, name)) return (tally){0};
  snprintf(plural, sizeof plural, "%ss", kind);
  hr_scope s = hr_name_scope(scope, name);
  hr_output sizes = set_sizes(s, a, plural, operation);
  return add_up(s, hr_tf_cast(s, hr_reduce_sum(s, sizes), HR_DOUBLE));
}

/* ---- precision and recall -----------------------------------------------------------------------------------------
 */

typedef struct share_kind {
  const char *name, *misses, *operation;
} share_kind;
static const share_kind precision = {"precision", "false_positive", "a-b"},
                        recall = {"recall", "false_negative", "b-a"};

static hr_output share(hr_scope s, hr_operand hits, hr_operand misses, const char *name) {
  hr_output all = hr_call_one(s, "Add", NULL, HR_OPERANDS(hits, misses), HR_NO_ATTRS);
  return hr_call_one(s, "RealDiv", name, HR_OPERANDS(hits, all), HR_NO_ATTRS);
}

static hr_metric share_at_top_k(hr_scope scope, const share_kind *kind, hr_any_operand labels, hr_operand predictions,
                                const hr_metric_at_top_k_options *options) {
  const hr_metric_at_top_k_options o = options ? *options : (hr_metric_at_top_k_options){0};
  answers a = {.weights = o.weights, .ranking = {o.k, o.class_id}};
  char name[NAME_LENGTH];
  if (!name_at_k(scope, kind->name, &a.ranking, name)) return HR_NO_METRIC;
  hr_scope s = hr_name_scope(scope, o.name ? o.name : name);
  hr_output ids = hr_convert(s, predictions, HR_INVALID, NULL);
  if (!hr_scope_ok(s)) return HR_NO_METRIC;
  a.labels = operand_of(expand_labels(s, labels, ids));
  a.predictions = HR_DENSE(hr_tf_cast(s, ids, HR_INT64));
  tally hits = count(s, &a, "true_positive", "intersection"), misses = count(s, &a, kind->misses, kind->operation);
  if (!hr_scope_ok(s)) return HR_NO_METRIC;
  hr_metric metric;
  metric.value = share(s, hr_operand_variable(hits.sum), hr_operand_variable(misses.sum), hr_scope_name(s));
  metric.update_op = share(s, hr_operand_output(hits.updated), hr_operand_output(misses.updated), "update");
  return hr_metric_collect(
      s, metric,
      &(hr_metric_options){.metrics_collections = o.metrics_collections, .updates_collections = o.updates_collections});
}

static hr_metric share_at_k(hr_scope scope, const share_kind *kind, hr_any_operand labels, hr_operand predictions,
                            int64_t k, const hr_metric_at_k_options *options) {
  const hr_metric_at_k_options o = options ? *options : (hr_metric_at_k_options){0};
  ranking r = {hr_operand_int(k), o.class_id};
  char name[NAME_LENGTH];
  if (!name_at_k(scope, kind->name, &r, name)) return HR_NO_METRIC;
  hr_scope s = hr_name_scope(scope, o.name ? o.name : name);
  hr_output best = hr_tf_top_k(s, predictions, k).indices;
  if (!hr_scope_ok(s)) return HR_NO_METRIC;
  const hr_metric_at_top_k_options inner = {.k = r.k,
                                            .class_id = r.class_id,
                                            .weights = o.weights,
                                            .metrics_collections = o.metrics_collections,
                                            .updates_collections = o.updates_collections,
                                            .name = hr_scope_name(s)};
  return share_at_top_k(s, kind, labels, hr_operand_output(best), &inner);
}

hr_metric hr_metrics_precision_at_k_with(hr_scope scope, hr_any_operand labels, hr_operand predictions, int64_t k,
                                         const hr_metric_at_k_options *options) {
  return share_at_k(scope, &precision, labels, predictions, k, options);
}
hr_metric hr_metrics_recall_at_k_with(hr_scope scope, hr_any_operand labels, hr_operand predictions, int64_t k,
                                      const hr_metric_at_k_options *options) {
  return share_at_k(scope, &recall, labels, predictions, k, options);
}
hr_metric hr_metrics_precision_at_top_k_with(hr_scope scope, hr_any_operand labels, hr_operand predictions_idx,
                                             const hr_metric_at_top_k_options *options) {
  return share_at_top_k(scope, &precision, labels, predictions_idx, options);
}
hr_metric hr_metrics_recall_at_top_k_with(hr_scope scope, hr_any_operand labels, hr_operand predictions_idx,
                                          const hr_metric_at_top_k_options *options) {
  return share_at_top_k(scope, &recall, labels, predictions_idx, options);
}

/* ---- average precision ---------------------------------------------------------------------------------------------
 */

/* Labels [..., n] once for each of the k predictions, [..., k, n]. */
static hr_any_operand labels_for_each(hr_scope scope, const hr_any_tensor *labels, int64_t k) {
  hr_scope s = hr_name_scope(scope, "labels_per_k");
  if (!hr_scope_ok(s)) return HR_DENSE(HR_NO_OUTPUT);
  if (labels->value.node) {
    hr_output expanded = hr_tf_expand_dims(s, labels->value, HR_AXIS(-2), .name = "expand");
    if (k == 1) return HR_DENSE(expanded);
    hr_output ones = hr_tf_ones_like(s, hr_tf_shape(s, labels->value));
    hr_output before = hr_at(s, ones, HR_SLICE(HR_OPEN, -1)), after = hr_at(s, ones, HR_SLICE(-1, HR_OPEN));
    hr_output multiples = hr_tf_concat(s, HR_OPERANDS(before, HR_INTS(k), after), 0, .name = "multiples");
    return HR_DENSE(hr_tile(s, expanded, multiples, .name = hr_scope_name(s)));
  }
  hr_output shape = labels->sparse.dense_shape;
  hr_output last = hr_tf_reshape(s, hr_plus(s, hr_tf_size(s, shape), -1), HR_SHAPE(1));
  hr_output before = hr_call_one(s, "Slice", NULL, HR_OPERANDS(shape, HR_INTS(0), last), HR_NO_ATTRS);
  hr_output after = hr_call_one(s, "Slice", NULL, HR_OPERANDS(shape, last, HR_INTS(-1)), HR_NO_ATTRS);
  hr_output sizes = hr_tf_concat(s, HR_OPERANDS(before, HR_INTS(1), after), 0, .name = "expanded_shape");
  hr_sparse_tensor expanded = hr_tf_sparse_reshape(s, labels->sparse, sizes, .name = "expand");
  if (k == 1 || !hr_scope_ok(s)) return HR_SPARSE(expanded);
  hr_sparse_tensor *copies = hr_keep_bytes(s, sizeof *copies * (size_t)k);
  for (int64_t i = 0; copies && i < k; ++i)
    copies[i] = expanded;
  if (!copies) return HR_SPARSE(expanded);
  const hr_sparse_tensors all = {(int32_t)k, copies};
  return HR_SPARSE(hr_tf_sparse_concat(s, -2, all, .name = hr_scope_name(s)));
}

/* How many labels there are, at most k. */
static hr_output num_relevant(hr_scope scope, const hr_any_tensor *labels, int64_t k) {
  hr_scope s = hr_name_scope(scope, "num_relevant");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output number;
  if (labels->value.node) {
    hr_output is_label = hr_binary(s, "GreaterEqual", labels->value, 0);
    hr_output ones = hr_tf_ones_like(s, labels->value);
    hr_output each = hr_where_v2(s, is_label, ones, hr_tf_zeros_like(s, labels->value));
    number = hr_reduce_sum(s, each, .axis = HR_AXIS(-1));
  } else {
    number = hr_tf_set_size(s, labels->sparse);
  }
  return hr_binary(s, "Minimum", number, k, .name = hr_scope_name(s));
}

static hr_output running_sum(hr_scope s, hr_output x, const char *name) {
  return hr_call_one(s, "Cumsum", name, HR_OPERANDS(x, -1), HR_NO_ATTRS);
}

/* Of each row: the mean of the precision at each relevant prediction. */
static hr_output average_precision(hr_scope scope, hr_any_tensor raw_labels, hr_output best) {
  hr_scope s = hr_name_scope(scope, "average_precision");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output ids = hr_tf_cast(s, best, HR_INT64, .name = "predictions_idx");
  int rank = hr_output_rank(ids);
  if (rank < 1 || hr_output_shape(ids)->dims[rank - 1] < 1)
    return hr_refuse(s, "The rank of predictions must be known, and k, which is at least 1");
  int64_t k = hr_output_shape(ids)->dims[rank - 1];
  hr_any_tensor labels = expand_labels(s, operand_of(raw_labels), ids);
  answers a = {.predictions = HR_DENSE(hr_tf_expand_dims(s, ids, HR_AXIS(-1), .name = "predictions_idx_per_k"))};
  a.labels = labels_for_each(s, &labels, k);
  hr_output relevant = set_sizes(s, &a, "relevant_per_k", "intersection");
  hr_output hits = running_sum(s, relevant, "tp_per_k");
  hr_output retrieved = running_sum(s, hr_tf_ones_like(s, relevant), "retrieved_per_k");
  hr_output precisions = hr_real_div(s, hits, retrieved, .name = "precision_per_k");
  precisions = hr_mul(s, precisions, relevant, .name = "relevant_precision_per_k");
  hr_output sum = hr_reduce_sum(s, precisions, .axis = HR_AXES(-1), .name = "precision_sum");
  hr_output number = hr_tf_cast(s, num_relevant(s, &labels, k), HR_DOUBLE);
  return hr_real_div(s, sum, number, .name = hr_scope_name(s));
}

/* A sum over all batches of what is to be summed, or of how many values there are. */
static tally add_batch(hr_scope scope, const char *name, const char *batch_name, hr_output summed, hr_output values) {
  hr_scope s = hr_name_scope(scope, name);
  tally t = {hr_typed_metric_variable(s, HR_SHAPE(), HR_DOUBLE, hr_scope_name(s)), HR_NO_OUTPUT};
  hr_output batch =
      summed.node ? hr_reduce_sum(s, summed, .name = batch_name) : hr_tf_size(s, values, .name = batch_name);
  batch = hr_tf_cast(s, batch, HR_DOUBLE);
  if (hr_scope_ok(s)) t.updated = hr_assign_add(s, hr_var_ref(t.sum), batch, .name = "update");
  return t;
}

hr_metric hr_metrics_average_precision_at_k_with(hr_scope scope, hr_any_operand labels, hr_operand predictions,
                                                 int64_t k, const hr_metric_options *options) {
  const hr_metric_options o = options ? *options : (hr_metric_options){0};
  char name[NAME_LENGTH];
  const ranking r = {hr_operand_int(k), HR_NO_OPERAND};
  if (k < 1) hr_refuse(scope, "Invalid k=%lld.", (long long)k);
  if (!name_at_k(scope, "average_precision", &r, name)) return HR_NO_METRIC;
  hr_scope s = hr_name_scope(scope, o.name ? o.name : name);
  hr_output best = hr_tf_top_k(s, predictions, k).indices;
  hr_output num_classes = hr_tf_cast(s, hr_at(s, hr_tf_shape(s, predictions), HR_INDEX(-1)), HR_INT64);
  hr_any_tensor known = clean_labels(s, labels, num_classes);
  hr_output precisions = average_precision(s, known, best), weights = HR_NO_OUTPUT;
  if (hr_operand_is_given(o.weights) && hr_scope_ok(s)) {
    weights = hr_broadcast_weights(s, hr_operand_output(hr_tf_cast(s, o.weights, HR_DOUBLE)), precisions);
    precisions = hr_mul(s, precisions, weights);
  }
  if (!hr_scope_ok(s)) return HR_NO_METRIC;
  tally most = add_batch(s, "max", "batch_max", weights, precisions);
  tally total = add_batch(s, "total", "batch_total", precisions, precisions);
  if (!hr_scope_ok(s)) return HR_NO_METRIC;
  hr_metric metric;
  metric.value = hr_call_one(s, "DivNoNan", "mean", HR_OPERANDS(total.sum, most.sum), HR_NO_ATTRS);
  metric.update_op = hr_div_no_nan(s, total.updated, most.updated, .name = hr_scope_name(s));
  return hr_metric_collect(s, metric, &o);
}
