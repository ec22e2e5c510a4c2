/* Candidate samplers with the seeds of the scope, and losses over sampled classes. */
#include "headrace/candidates.h"
#include "builder/builder.h"

/* ---- samplers -------------------------------------------------------------------------------------------------- */

typedef struct sample_options {
  int64_t num_true, num_sampled, range_max; /* range_max: 0 where the op has none */
  bool unique;
  int64_t seed;
  const char *name;
} sample_options;

#define MAX_SAMPLER_ATTRS 12

/* A sampler's node with `num_more` attributes of its own. */
static hr_candidates sample(hr_scope scope, const char *op, hr_operand true_classes, const sample_options *o,
                            int num_more, const hr_named_attr *more) {
  int64_t seed, seed2;
  hr_scope_seeds(scope, o->seed, &seed, &seed2);
  hr_named_attr attrs[MAX_SAMPLER_ATTRS] = {
      {"num_true", HR_ATTR_INT_VALUE(o->num_true)}, {"num_sampled", HR_ATTR_INT_VALUE(o->num_sampled)},
      {"unique", HR_ATTR_BOOL_VALUE(o->unique)},    {"seed", HR_ATTR_INT_VALUE(seed)},
      {"seed2", HR_ATTR_INT_VALUE(seed2)},
  };
  int count = 5;
  if (o->range_max) attrs[count++] = (hr_named_attr){"range_max", HR_ATTR_INT_VALUE(o->range_max)};
  for (int i = 0; i < num_more; ++i)
    attrs[count++] = more[i];
  hr_node *node = hr_call_op(scope, op, o->name, 1, &true_classes, count, attrs);
  return (hr_candidates){{node, 0}, {node, 1}, {node, 2}};
}

#define DEFINE_SAMPLER(function, op)                                                                                   \
  hr_candidates function(hr_scope scope, hr_operand true_classes, int64_t num_true, int64_t num_sampled, bool unique,  \
                         int64_t range_max, const hr_seed_options *options) {                                          \
    sample_options o = {num_true,                                                                                      \
                        num_sampled,                                                                                   \
                        range_max,                                                                                     \
                        unique,                                                                                        \
                        options ? options->seed : HR_NO_SEED,                                                          \
                        options ? options->name : NULL};                                                               \
    return sample(scope, op, true_classes, &o, 0, NULL);                                                               \
  }
DEFINE_SAMPLER(hr_tf_uniform_candidate_sampler_with, "UniformCandidateSampler")
DEFINE_SAMPLER(hr_tf_log_uniform_candidate_sampler_with, "LogUniformCandidateSampler")
DEFINE_SAMPLER(hr_tf_learned_unigram_candidate_sampler_with, "LearnedUnigramCandidateSampler")

hr_candidates hr_tf_all_candidate_sampler_with(hr_scope scope, hr_operand true_classes, int64_t num_true,
                                               int64_t num_sampled, bool unique, const hr_seed_options *options) {
  sample_options o = {.num_true = num_true,
                      .num_sampled = num_sampled,
                      .unique = unique,
                      .seed = options ? options->seed : HR_NO_SEED,
                      .name = options ? options->name : NULL};
  return sample(scope, "AllCandidateSampler", true_classes, &o, 0, NULL);
}

hr_candidates hr_tf_fixed_unigram_candidate_sampler_with(hr_scope scope, hr_operand true_classes, int64_t num_true,
                                                         int64_t num_sampled, bool unique, int64_t range_max,
                                                         const hr_fixed_unigram_options *options) {
  hr_fixed_unigram_options o = options ? *options : (hr_fixed_unigram_options){HR_FIXED_UNIGRAM_DEFAULTS};
  sample_options sampled = {num_true, num_sampled, range_max, unique, o.seed, o.name};
  hr_attr_value unigrams = {
      .kind = HR_ATTR_FLOAT, .is_list = true, .count = o.unigrams.count, .floats = o.unigrams.items};
  const hr_named_attr attrs[] = {
      {"vocab_file", HR_ATTR_STRING_VALUE(o.vocab_file ? o.vocab_file : "")},
      {"distortion", HR_ATTR_FLOAT_VALUE((float)o.distortion)},
      {"num_reserved_ids", HR_ATTR_INT_VALUE(o.num_reserved_ids)},
      {"num_shards", HR_ATTR_INT_VALUE(o.num_shards)},
      {"shard", HR_ATTR_INT_VALUE(o.shard)},
      {"unigrams", unigrams},
  };
  return sample(scope, "FixedUnigramCandidateSampler", true_classes, &sampled, 6, attrs);
}

hr_accidental_hits hr_tf_compute_accidental_hits_with(hr_scope scope, hr_operand true_classes,
                                                      hr_operand sampled_candidates, int64_t num_true,
                                                      const hr_seed_options *options) {
  int64_t seed, seed2;
  hr_scope_seeds(scope, options ? options->seed : HR_NO_SEED, &seed, &seed2);
  const hr_operand operands[] = {true_classes, sampled_candidates};
  const hr_named_attr attrs[] = {{"num_true", HR_ATTR_INT_VALUE(num_true)},
                                 {"seed", HR_ATTR_INT_VALUE(seed)},
                                 {"seed2", HR_ATTR_INT_VALUE(seed2)}};
  hr_node *node = hr_call_op(scope, "ComputeAccidentalHits", options ? options->name : NULL, 2, operands, 3, attrs);
  return (hr_accidental_hits){{node, 0}, {node, 1}, {node, 2}};
}

/* ---- losses ---------------------------------------------------------------------------------------------------- */

/* The sum of each row, as a product with ones. */
static hr_output sum_rows(hr_scope s, hr_output x) {
  hr_output columns = hr_at(s, hr_tf_shape(s, x), HR_INDEX(1));
  hr_output shape = hr_convert(s, HR_OPERAND(HR_OPERANDS(columns, 1)), HR_INT32, "stack");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output sums = hr_matmul(s, x, hr_ones(s, shape, .dtype = hr_output_base_dtype(x)));
  return hr_tf_reshape(s, sums, HR_SHAPE(-1));
}

typedef struct sampled_logits {
  hr_output logits, labels; /* [batch, num_true + num_sampled] */
} sampled_logits;

/* Where sampled classes are true ones, their logits become the lowest float. */
static hr_output without_hits(hr_scope s, hr_output logits, hr_output labels, hr_output sampled, int64_t num_sampled,
                              int64_t num_true) {
  hr_accidental_hits hits = hr_tf_compute_accidental_hits(s, labels, sampled, num_true);
  hr_output rows = hr_tf_reshape(s, hits.rows, HR_SHAPE(-1, 1));
  hr_output places = hr_tf_reshape(s, hr_tf_cast(s, hits.places, HR_INT32), HR_SHAPE(-1, 1));
  hr_output indices = hr_tf_concat(s, HR_OPERANDS(rows, places), 1, .name = "sparse_indices");
  hr_output batch = hr_at(s, hr_tf_shape(s, labels), HR_SLICE(HR_OPEN, 1));
  hr_output shape = hr_tf_concat(s, HR_OPERANDS(batch, hr_tf_expand_dims(s, num_sampled, 0)), 0);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output lowest = hr_tf_cast(s, hits.weights, hr_output_base_dtype(logits));
  hr_output hidden = hr_call_one(s, "SparseToDense", NULL, HR_OPERANDS(indices, shape, lowest, 0.0),
                                 HR_ATTRS({"validate_indices", HR_ATTR_BOOL_VALUE(false)}));
  return hr_plus(s, logits, hidden);
}

/* Rows of weights (or biases) for the true classes and for the sampled ones. */
typedef struct both_rows {
  hr_output true_rows, sampled_rows;
} both_rows;

static hr_output lookup(hr_scope s, hr_operands tables, hr_output ids, hr_dtype dtype,
                        const hr_sampled_loss_options *o) {
  hr_output rows = hr_embedding_lookup(s, tables, ids, .div_strategy = o->div_strategy);
  return hr_scope_ok(s) && hr_output_base_dtype(rows) != dtype ? hr_tf_cast(s, rows, dtype) : rows;
}

static hr_output slice(hr_scope s, hr_output x, hr_operand begin, hr_operand size) {
  return hr_call_one(s, "Slice", NULL, HR_OPERANDS(x, begin, size), HR_NO_ATTRS);
}

/* [first size of x, number] */
static hr_operand with_first_size(hr_scope s, hr_output x, int32_t number) {
  hr_output size = hr_at(s, hr_tf_shape(s, x), HR_INDEX(0));
  return hr_operand_output(hr_convert(s, HR_OPERAND(HR_OPERANDS(size, number)), HR_INT32, "stack"));
}

static both_rows weights_of(hr_scope s, hr_operands weights, hr_output ids, hr_output flat, hr_dtype dtype,
                            const hr_sampled_loss_options *o) {
  hr_output all = lookup(s, weights, ids, dtype, o);
  hr_output true_rows = slice(s, all, HR_AXES(0, 0), with_first_size(s, flat, -1));
  return (both_rows){true_rows, slice(s, all, with_first_size(s, flat, 0), HR_AXES(-1, -1))};
}

static both_rows biases_of(hr_scope s, hr_operands biases, hr_output ids, hr_output flat, hr_dtype dtype,
                           const hr_sampled_loss_options *o) {
  hr_output all = lookup(s, biases, ids, dtype, o);
  hr_output true_rows = slice(s, all, HR_AXES(0), hr_operand_output(hr_tf_shape(s, flat)));
  return (both_rows){true_rows, slice(s, all, hr_operand_output(hr_tf_shape(s, flat)), HR_AXES(-1))};
}

/* The product of each input with the weights of each of its true classes: [batch, num_true]. */
static hr_output true_logits(hr_scope s, hr_output inputs, hr_output weights, int64_t num_true) {
  hr_output dim = hr_at(s, hr_tf_shape(s, weights), HR_SLICE(1, 2));
  hr_output shape = hr_tf_concat(s, HR_OPERANDS(HR_AXES(-1, num_true), dim), 0);
  hr_output wide = hr_tf_expand_dims(s, inputs, 1);
  hr_output products = hr_binary(s, "Mul", wide, hr_reshape(s, weights, shape));
  shape = hr_tf_concat(s, HR_OPERANDS(HR_AXES(-1), dim), 0);
  return hr_tf_reshape(s, sum_rows(s, hr_reshape(s, products, shape)), HR_SHAPE(-1, num_true));
}

static hr_candidates candidates_of(hr_scope s, hr_output labels, int64_t num_sampled, int64_t num_classes,
                                   const hr_sampled_loss_options *o) {
  hr_candidates c = {0};
  if (o->sampled_values.count == 3)
    c = (hr_candidates){o->sampled_values.items[0], o->sampled_values.items[1], o->sampled_values.items[2]};
  else if (o->sampled_values.count == 0)
    c = hr_tf_log_uniform_candidate_sampler(s, labels, o->num_true, num_sampled, true, num_classes, .seed = o->seed);
  else
    hr_refuse(s, "sampled_values must be three tensors, not %d", o->sampled_values.count);
  return (hr_candidates){hr_stop_gradient(s, c.sampled), hr_stop_gradient(s, c.true_expected_count),
                         hr_stop_gradient(s, c.sampled_expected_count)};
}

static sampled_logits compute(hr_scope scope, hr_operands weights, hr_operands biases, hr_operand labels_operand,
                              hr_operand inputs_operand, int64_t num_sampled, int64_t num_classes,
                              const char *default_name, const hr_sampled_loss_options *o) {
  hr_scope s = hr_name_scope_or(scope, o->name, default_name);
  hr_output inputs = hr_convert(s, inputs_operand, HR_INVALID, "inputs");
  hr_output labels = hr_convert(s, labels_operand, HR_INVALID, "labels");
  if (!hr_scope_ok(s)) return (sampled_logits){0};
  hr_dtype dtype = hr_output_base_dtype(inputs);
  if (hr_output_base_dtype(labels) != HR_INT64) labels = hr_tf_cast(s, labels, HR_INT64);
  hr_output flat = hr_tf_reshape(s, labels, HR_SHAPE(-1));
  hr_candidates c = candidates_of(s, labels, num_sampled, num_classes, o);
  hr_output ids = hr_tf_concat(s, HR_OPERANDS(flat, hr_tf_cast(s, c.sampled, HR_INT64)), 0);
  both_rows w = weights_of(s, weights, ids, flat, dtype, o);
  hr_output sampled = hr_matmul(s, inputs, w.sampled_rows, .transpose_b = true);
  both_rows b = biases_of(s, biases, ids, flat, dtype, o);
  hr_output logits = true_logits(s, inputs, w.true_rows, o->num_true);
  hr_output bias = hr_tf_reshape(s, b.true_rows, HR_SHAPE(-1, o->num_true));
  logits = hr_plus(s, logits, bias);
  sampled = hr_plus(s, sampled, b.sampled_rows);
  if (o->remove_accidental_hits) sampled = without_hits(s, sampled, labels, c.sampled, num_sampled, o->num_true);
  logits = hr_minus(s, logits, hr_log(s, c.true_expected_count));
  sampled = hr_minus(s, sampled, hr_log(s, c.sampled_expected_count));
  hr_output all = hr_tf_concat(s, HR_OPERANDS(logits, sampled), 1);
  hr_output shares = hr_truediv(s, hr_tf_ones_like(s, logits), o->num_true);
  return (sampled_logits){all, hr_tf_concat(s, HR_OPERANDS(shares, hr_tf_zeros_like(s, sampled)), 1)};
}

hr_output hr_nce_loss_with(hr_scope scope, hr_operands weights, hr_operands biases, hr_operand labels,
                           hr_operand inputs, int64_t num_sampled, int64_t num_classes,
                           const hr_sampled_loss_options *options) {
  hr_sampled_loss_options o = options ? *options : (hr_sampled_loss_options){HR_SAMPLED_LOSS_DEFAULTS};
  sampled_logits r = compute(scope, weights, biases, labels, inputs, num_sampled, num_classes, "nce_loss", &o);
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  return sum_rows(scope, hr_sigmoid_cross_entropy_with_logits(scope, r.labels, r.logits, .name = "sampled_losses"));
}

hr_output hr_sampled_softmax_loss_with(hr_scope scope, hr_operands weights, hr_operands biases, hr_operand labels,
                                       hr_operand inputs, int64_t num_sampled, int64_t num_classes,
                                       const hr_sampled_loss_options *options) {
  hr_sampled_loss_options o =
      options ? *options : (hr_sampled_loss_options){HR_SAMPLED_LOSS_DEFAULTS, .remove_accidental_hits = true};
  sampled_logits r =
      compute(scope, weights, biases, labels, inputs, num_sampled, num_classes, "sampled_softmax_loss", &o);
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  hr_output fixed = hr_stop_gradient(scope, r.labels, .name = "labels_stop_gradient");
  return hr_softmax_cross_entropy_with_logits_v2(scope, fixed, r.logits);
}
