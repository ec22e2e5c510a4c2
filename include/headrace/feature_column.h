/* What tf.feature_column's columns are made of: features become ids and dense matrices, ids become weighted sums and
 * embeddings, node for node as TensorFlow 1.15 builds them.
 *
 *   hr_scope s = hr_name_scope(root, "age_bucketized");
 *   hr_output buckets = hr_bucketize(s, age, HR_FLOATS(18, 65));
 *   hr_output dense = hr_feature_matrix(s, hr_buckets_one_hot(s, buckets, 3), 3);
 *
 * Features are [batch, ...]; sparse ids are int64 (or int32) below a number of buckets, an example a row. */
#ifndef HEADRACE_FEATURE_COLUMN_H
#define HEADRACE_FEATURE_COLUMN_H

#include "headrace/sparse.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- features -------------------------------------------------------------------------------------------------- */

typedef struct hr_feature_to_sparse_options {
  hr_operand ignore_value; /* left out: "" for strings, -1 for integers, 0 for floats */
} hr_feature_to_sparse_options;
/* A dense tensor as a sparse one, without the elements that stand for "nothing". */
HR_API hr_sparse_tensor hr_feature_to_sparse_with(hr_scope scope, hr_output x,
                                                  const hr_feature_to_sparse_options *options);
#define hr_feature_to_sparse(scope, x, ...)                                                                            \
  hr_feature_to_sparse_with((scope), (x), &(hr_feature_to_sparse_options){__VA_ARGS__})

/* A sparse feature [batch] as [batch, 1]. */
HR_API hr_sparse_tensor hr_sparse_feature_column(hr_scope scope, hr_sparse_tensor x);

/* What a column gives, [batch, ...] with `elements` numbers for each example, as a matrix. */
HR_API hr_output hr_feature_matrix(hr_scope scope, hr_output x, int64_t elements);

/* ---- dense columns --------------------------------------------------------------------------------------------- */

/* Buckets (hr_bucketize's) as 0 and 1: [..., count]. */
HR_API hr_output hr_buckets_one_hot(hr_scope scope, hr_output buckets, int64_t count);
/* Buckets [batch, dimension] as ids below dimension * count. */
HR_API hr_sparse_tensor hr_buckets_ids(hr_scope scope, hr_output buckets, int64_t dimension, int64_t count);

typedef struct hr_indicator_options {
  hr_sparse_tensor weights; /* of the ids; none: 1 each */
} hr_indicator_options;
/* How often each id occurs in an example, or its weights' sum: [batch, num_buckets]. */
HR_API hr_output hr_indicator_with(hr_scope scope, hr_sparse_tensor ids, int64_t num_buckets,
                                   const hr_indicator_options *options);
#define hr_indicator(scope, ids, num_buckets, ...)                                                                     \
  hr_indicator_with((scope), (ids), (num_buckets), &(hr_indicator_options){__VA_ARGS__})

/* ---- categorical columns --------------------------------------------------------------------------------------- */

typedef struct hr_identity_ids_options {
  hr_operand default_value; /* of ids that are out of range; left out: such an id fails the run */
  const char *column;       /* its name, for that message */
} hr_identity_ids_options;
/* Integers below num_buckets as ids. A type error for what is no integer. */
HR_API hr_sparse_tensor hr_identity_ids_with(hr_scope scope, hr_sparse_tensor x, int64_t num_buckets,
                                             const hr_identity_ids_options *options);
#define hr_identity_ids(scope, x, num_buckets, ...)                                                                    \
  hr_identity_ids_with((scope), (x), (num_buckets), &(hr_identity_ids_options){__VA_ARGS__})

/* Strings or integers as ids, by a hash. */
HR_API hr_sparse_tensor hr_hashed_ids(hr_scope scope, hr_sparse_tensor x, int64_t num_buckets);

typedef struct hr_tf_sparse_cross_options {
  bool hashed;         /* ids below num_buckets; else text, joined by "_X_" */
  int64_t num_buckets; /* 0: any positive number */
  int64_t hash_key;    /* 0: TensorFlow's own */
  const char *name;
} hr_tf_sparse_cross_options;
/* tf.sparse.cross, cross_hashed: for each example all combinations of one feature of every column. The sparse columns
 * are given by their parts; features are strings or integers. */
HR_API hr_sparse_tensor hr_tf_sparse_cross_with(hr_scope scope, hr_outputs indices, hr_outputs values,
                                                hr_outputs shapes, hr_outputs dense,
                                                const hr_tf_sparse_cross_options *options);
#define hr_tf_sparse_cross(scope, indices, values, shapes, dense, ...)                                                 \
  hr_tf_sparse_cross_with((scope), (indices), (values), (shapes), (dense), &(hr_tf_sparse_cross_options){__VA_ARGS__})

/* ---- linear models --------------------------------------------------------------------------------------------- */

/* A dense column times weights [elements, units]: [batch, units], named "weighted_sum". */
HR_API hr_output hr_dense_weighted_sum(hr_scope scope, hr_output x, int64_t elements, hr_operand weights);

typedef struct hr_sparse_weighted_sum_options {
  hr_sparse_tensor id_weights; /* none: 1 each */
  hr_combiner combiner;
} hr_sparse_weighted_sum_options;
/* The rows of weights [buckets, units], which may be in parts, that stand at the ids of an example, combined. */
HR_API hr_output hr_sparse_weighted_sum_with(hr_scope scope, hr_sparse_tensor ids, hr_operands weights,
                                             const hr_sparse_weighted_sum_options *options);
#define hr_sparse_weighted_sum(scope, ids, weights, ...)                                                               \
  hr_sparse_weighted_sum_with((scope), (ids), HR_OPERANDS_OF(weights), &(hr_sparse_weighted_sum_options){__VA_ARGS__})

/* The sum of what the columns give, and the bias [units]: named "weighted_sum". */
HR_API hr_output hr_linear_sum(hr_scope scope, hr_outputs weighted_sums, hr_operand bias);

#ifdef __cplusplus
}
#endif
#endif
