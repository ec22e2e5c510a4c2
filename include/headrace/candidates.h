/* Losses over so many classes that a training step looks at a sample of them only, and the samplers. Names follow the
 * rule of math.h. */
#ifndef HEADRACE_CANDIDATES_H
#define HEADRACE_CANDIDATES_H

#include "headrace/nn.h"
#include "headrace/random.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- samplers -------------------------------------------------------------------------------------------------- */

/* Class numbers [num_sampled] of int64, and how often the true classes [batch, num_true] and the sampled ones are
 * expected in such a sample. */
typedef struct hr_candidates {
  hr_output sampled, true_expected_count, sampled_expected_count;
} hr_candidates;

/* tf.nn.uniform_candidate_sampler, log_uniform_candidate_sampler, learned_unigram_candidate_sampler: true_classes is
 * [batch, num_true] of int64; `unique` draws no class twice; classes are 0 to range_max - 1. */
HR_API hr_candidates hr_tf_uniform_candidate_sampler_with(hr_scope scope, hr_operand true_classes, int64_t num_true,
                                                          int64_t num_sampled, bool unique, int64_t range_max,
                                                          const hr_seed_options *options);
HR_API hr_candidates hr_tf_log_uniform_candidate_sampler_with(hr_scope scope, hr_operand true_classes, int64_t num_true,
                                                              int64_t num_sampled, bool unique, int64_t range_max,
                                                              const hr_seed_options *options);
HR_API hr_candidates hr_tf_learned_unigram_candidate_sampler_with(hr_scope scope, hr_operand true_classes,
                                                                  int64_t num_true, int64_t num_sampled, bool unique,
                                                                  int64_t range_max, const hr_seed_options *options);
#define hr_tf_uniform_candidate_sampler(scope, true_classes, num_true, num_sampled, unique, range_max, ...)            \
  HR_CALL_OP_(hr_seed_options,                                                                                         \
              hr_tf_uniform_candidate_sampler_with((scope), HR_OPERAND(true_classes), (num_true), (num_sampled),       \
                                                   (unique), (range_max), &hr_options_),                               \
              .seed = HR_NO_SEED, ##__VA_ARGS__)
#define hr_tf_log_uniform_candidate_sampler(scope, true_classes, num_true, num_sampled, unique, range_max, ...)        \
  HR_CALL_OP_(hr_seed_options,                                                                                         \
              hr_tf_log_uniform_candidate_sampler_with((scope), HR_OPERAND(true_classes), (num_true), (num_sampled),   \
                                                       (unique), (range_max), &hr_options_),                           \
              .seed = HR_NO_SEED, ##__VA_ARGS__)
#define hr_tf_learned_unigram_candidate_sampler(scope, true_classes, num_true, num_sampled, unique, range_max, ...)    \
  HR_CALL_OP_(hr_seed_options,                                                                                         \
              hr_tf_learned_unigram_candidate_sampler_with((scope), HR_OPERAND(true_classes), (num_true),              \
                                                           (num_sampled), (unique), (range_max), &hr_options_),        \
              .seed = HR_NO_SEED, ##__VA_ARGS__)

typedef struct hr_fixed_unigram_options {
  const char *vocab_file;   /* a line a class, the number behind the last comma its weight; or */
  hr_floats unigrams;       /* the weights themselves */
  double distortion;        /* what weights are raised to; default 1 */
  int64_t num_reserved_ids; /* classes before them that are never drawn */
  int64_t num_shards;       /* default 1; of several samplers this one has every num_shards-th weight from */
  int64_t shard;
  int64_t seed; /* default HR_NO_SEED */
  const char *name;
} hr_fixed_unigram_options;
/* tf.nn.fixed_unigram_candidate_sampler. */
HR_API hr_candidates hr_tf_fixed_unigram_candidate_sampler_with(hr_scope scope, hr_operand true_classes,
                                                                int64_t num_true, int64_t num_sampled, bool unique,
                                                                int64_t range_max,
                                                                const hr_fixed_unigram_options *options);
#define HR_FIXED_UNIGRAM_DEFAULTS .distortion = 1, .num_shards = 1, .seed = HR_NO_SEED
#define hr_tf_fixed_unigram_candidate_sampler(scope, true_classes, num_true, num_sampled, unique, range_max, ...)      \
  HR_CALL_OP_(hr_fixed_unigram_options,                                                                                \
              hr_tf_fixed_unigram_candidate_sampler_with((scope), HR_OPERAND(true_classes), (num_true), (num_sampled), \
                                                         (unique), (range_max), &hr_options_),                         \
              HR_FIXED_UNIGRAM_DEFAULTS, ##__VA_ARGS__)

/* tf.nn.all_candidate_sampler: the classes 0 to num_sampled - 1. */
HR_API hr_candidates hr_tf_all_candidate_sampler_with(hr_scope scope, hr_operand true_classes, int64_t num_true,
                                                      int64_t num_sampled, bool unique, const hr_seed_options *options);
#define hr_tf_all_candidate_sampler(scope, true_classes, num_true, num_sampled, unique, ...)                           \
  HR_CALL_OP_(hr_seed_options,                                                                                         \
              hr_tf_all_candidate_sampler_with((scope), HR_OPERAND(true_classes), (num_true), (num_sampled), (unique), \
                                               &hr_options_),                                                          \
              .seed = HR_NO_SEED, ##__VA_ARGS__)

/* tf.nn.compute_accidental_hits: sampled classes that are true ones of an example, as its row (int32), the place in the
 * sample (int64), and the lowest float. */
typedef struct hr_accidental_hits {
  hr_output rows, places, weights;
} hr_accidental_hits;
HR_API hr_accidental_hits hr_tf_compute_accidental_hits_with(hr_scope scope, hr_operand true_classes,
                                                             hr_operand sampled_candidates, int64_t num_true,
                                                             const hr_seed_options *options);
#define hr_tf_compute_accidental_hits(scope, true_classes, sampled_candidates, num_true, ...)                          \
  HR_CALL_OP_(hr_seed_options,                                                                                         \
              hr_tf_compute_accidental_hits_with((scope), HR_OPERAND(true_classes), HR_OPERAND(sampled_candidates),    \
                                                 (num_true), &hr_options_),                                            \
              .seed = HR_NO_SEED, ##__VA_ARGS__)

/* ---- losses ---------------------------------------------------------------------------------------------------- */

typedef struct hr_sampled_loss_options {
  int64_t num_true;            /* columns of the labels; default 1 */
  hr_outputs sampled_values;   /* the three of an hr_candidates; none: a log uniform sample without repetition */
  bool remove_accidental_hits; /* default: of the softmax loss only */
  bool div_strategy;           /* how weights and biases in parts are dealt out, as of hr_embedding_lookup */
  int64_t seed;                /* of the sample; default HR_NO_SEED */
  const char *name;
} hr_sampled_loss_options;
#define HR_SAMPLED_LOSS_DEFAULTS .num_true = 1, .seed = HR_NO_SEED

/* tf.nn.nce_loss and tf.nn.sampled_softmax_loss: a loss for each row of inputs [batch, dim], whose true classes are
 * labels [batch, num_true], by weights [classes, dim] and biases [classes], each of which may be cut into several. */
HR_API hr_output hr_nce_loss_with(hr_scope scope, hr_operands weights, hr_operands biases, hr_operand labels,
                                  hr_operand inputs, int64_t num_sampled, int64_t num_classes,
                                  const hr_sampled_loss_options *options);
#define hr_nce_loss(scope, weights, biases, labels, inputs, num_sampled, num_classes, ...)                             \
  HR_CALL_OP_(hr_sampled_loss_options,                                                                                 \
              hr_nce_loss_with((scope), HR_OPERANDS_OF(weights), HR_OPERANDS_OF(biases), HR_OPERAND(labels),           \
                               HR_OPERAND(inputs), (num_sampled), (num_classes), &hr_options_),                        \
              HR_SAMPLED_LOSS_DEFAULTS, ##__VA_ARGS__)
HR_API hr_output hr_sampled_softmax_loss_with(hr_scope scope, hr_operands weights, hr_operands biases,
                                              hr_operand labels, hr_operand inputs, int64_t num_sampled,
                                              int64_t num_classes, const hr_sampled_loss_options *options);
#define hr_sampled_softmax_loss(scope, weights, biases, labels, inputs, num_sampled, num_classes, ...)                 \
  HR_CALL_OP_(hr_sampled_loss_options,                                                                                 \
              hr_sampled_softmax_loss_with((scope), HR_OPERANDS_OF(weights), HR_OPERANDS_OF(biases),                   \
                                           HR_OPERAND(labels), HR_OPERAND(inputs), (num_sampled), (num_classes),       \
                                           &hr_options_),                                                              \
              HR_SAMPLED_LOSS_DEFAULTS, .remove_accidental_hits = true, ##__VA_ARGS__)

#ifdef __cplusplus
}
#endif
#endif
