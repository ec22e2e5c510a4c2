/* Sparse tensors: three tensors that stand for one of which only some elements are written down. */
#ifndef HEADRACE_SPARSE_H
#define HEADRACE_SPARSE_H

#include "headrace/gradients.h"
#include "headrace/nn.h"

#ifdef __cplusplus
extern "C" {
#endif

/* tf.SparseTensor: int64 indices [n, rank], values [n], and the shape of the whole, int64 [rank]. */
typedef struct hr_sparse_tensor {
  hr_output indices, values, dense_shape;
} hr_sparse_tensor;
/* A tensor or a sparse tensor: the other one is empty. A list's items live as long as the graph. */
typedef struct hr_any_tensor {
  hr_output value;
  hr_sparse_tensor sparse;
} hr_any_tensor;
typedef struct hr_any_tensors {
  int32_t count;
  const hr_any_tensor *items;
} hr_any_tensors;
/* An argument that may be either: a tensor or a value, or a sparse tensor. */
typedef struct hr_any_operand {
  hr_operand value;
  hr_sparse_tensor sparse;
} hr_any_operand;
#define HR_DENSE(x)  ((hr_any_operand){.value = HR_OPERAND(x)})
#define HR_SPARSE(x) ((hr_any_operand){.sparse = (x)})
/* From arrays or tensors; constants are made in the scope "SparseTensor". */
HR_API hr_sparse_tensor hr_make_sparse_tensor_of(hr_scope scope, hr_operand indices, hr_operand values,
                                                 hr_operand dense_shape);
#define hr_make_sparse_tensor(scope, indices, values, dense_shape)                                                     \
  hr_make_sparse_tensor_of((scope), HR_OPERAND(indices), HR_OPERAND(values), HR_OPERAND(dense_shape))

typedef struct hr_sparse_shape_options {
  hr_dtype out_type; /* HR_INT32 (default) or HR_INT64 */
  const char *name;
} hr_sparse_shape_options;
/* tf.shape of a sparse tensor. */
HR_API hr_output hr_sparse_shape_with(hr_scope scope, hr_sparse_tensor x, const hr_sparse_shape_options *options);
#define hr_sparse_shape(scope, x, ...)                                                                                 \
  HR_CALL_OP_(hr_sparse_shape_options, hr_sparse_shape_with((scope), (x), &hr_options_), .out_type = HR_INT32,         \
              ##__VA_ARGS__)

/* tf.sparse_reorder: the elements in order, the last index running fastest. */
HR_API hr_sparse_tensor hr_tf_sparse_reorder_with(hr_scope scope, hr_sparse_tensor x, const hr_op_options *options);
#define hr_tf_sparse_reorder(scope, x, ...) hr_tf_sparse_reorder_with((scope), (x), &(hr_op_options){__VA_ARGS__})

/* tf.sparse_reshape; one size may be -1. InvalidArgument where it is known that the numbers of elements differ. */
HR_API hr_sparse_tensor hr_tf_sparse_reshape_with(hr_scope scope, hr_sparse_tensor x, hr_operand shape,
                                                  const hr_op_options *options);
#define hr_tf_sparse_reshape(scope, x, shape, ...)                                                                     \
  hr_tf_sparse_reshape_with((scope), (x), HR_OPERAND(shape), &(hr_op_options){__VA_ARGS__})

/* tf.sparse_retain: the elements for which a vector of bools says so. */
HR_API hr_sparse_tensor hr_sparse_retain(hr_scope scope, hr_sparse_tensor x, hr_operand to_retain);

/* tf.sparse_fill_empty_rows: with an element at the start of each row that has none; and which rows those are. */
typedef struct hr_filled_rows {
  hr_output indices, values, dense_shape, empty_rows;
} hr_filled_rows;
HR_API hr_filled_rows hr_tf_sparse_fill_empty_rows_with(hr_scope scope, hr_sparse_tensor x, hr_operand default_value,
                                                        const hr_op_options *options);
#define hr_tf_sparse_fill_empty_rows(scope, x, default_value, ...)                                                     \
  hr_tf_sparse_fill_empty_rows_with((scope), (x), HR_OPERAND(default_value), &(hr_op_options){__VA_ARGS__})

/* tf.sparse.from_dense: the elements of a tensor that are not zero. */
HR_API hr_sparse_tensor hr_sparse_from_dense_with(hr_scope scope, hr_operand dense, const hr_op_options *options);
#define hr_sparse_from_dense(scope, dense, ...)                                                                        \
  hr_sparse_from_dense_with((scope), HR_OPERAND(dense), &(hr_op_options){__VA_ARGS__})

/* tf.sparse.slice: the part that begins at `start`, of at most the given size. */
HR_API hr_sparse_tensor hr_tf_sparse_slice_with(hr_scope scope, hr_sparse_tensor x, hr_operand start, hr_operand size,
                                                const hr_op_options *options);
#define hr_tf_sparse_slice(scope, x, start, size, ...)                                                                 \
  hr_tf_sparse_slice_with((scope), (x), (start), (size), &(hr_op_options){__VA_ARGS__})

typedef struct hr_sparse_merge_options {
  bool already_sorted; /* the result is not put in order */
  const char *name;
} hr_sparse_merge_options;
/* tf.sparse_merge: the last index of each element of `values` becomes the number that stands there in `ids`, which is
 * below vocab_size. */
HR_API hr_sparse_tensor hr_sparse_merge_with(hr_scope scope, hr_sparse_tensor ids, hr_sparse_tensor values,
                                             hr_operand vocab_size, const hr_sparse_merge_options *options);
#define hr_sparse_merge(scope, ids, values, vocab_size, ...)                                                           \
  hr_sparse_merge_with((scope), (ids), (values), HR_OPERAND(vocab_size), &(hr_sparse_merge_options){__VA_ARGS__})

/* A list of them, borrowed for the call. */
typedef struct hr_sparse_tensors {
  int32_t count;
  const hr_sparse_tensor *items;
} hr_sparse_tensors;
/* The same of several: the numbers that stand in all `ids` are the last indices, each of a size of `vocab_size`. */
HR_API hr_sparse_tensor hr_sparse_merge_all_with(hr_scope scope, hr_sparse_tensors ids, hr_sparse_tensor values,
                                                 hr_operands vocab_size, const hr_sparse_merge_options *options);
#define hr_sparse_merge_all(scope, ids, values, vocab_size, ...)                                                       \
  hr_sparse_merge_all_with((scope), (ids), (values), HR_OPERANDS_OF(vocab_size),                                       \
                           &(hr_sparse_merge_options){__VA_ARGS__})
/* tf.sparse_to_indicator: true where the ids say, in a last dimension of `vocab_size`. */
HR_API hr_output hr_sparse_to_indicator_with(hr_scope scope, hr_sparse_tensor ids, hr_operand vocab_size,
                                             const hr_op_options *options);
#define hr_sparse_to_indicator(scope, ids, vocab_size, ...)                                                            \
  hr_sparse_to_indicator_with((scope), (ids), HR_OPERAND(vocab_size), &(hr_op_options){__VA_ARGS__})

typedef struct hr_sparse_tensor_to_dense_options {
  hr_operand default_value; /* of what is not written down; left out: zero */
  bool any_order;           /* validate_indices=False: indices may be out of order, and repeated */
  const char *name;
} hr_sparse_tensor_to_dense_options;
/* tf.sparse_tensor_to_dense. */
HR_API hr_output hr_sparse_tensor_to_dense_with(hr_scope scope, hr_sparse_tensor x,
                                                const hr_sparse_tensor_to_dense_options *options);
#define hr_sparse_tensor_to_dense(scope, x, ...)                                                                       \
  hr_sparse_tensor_to_dense_with((scope), (x), &(hr_sparse_tensor_to_dense_options){__VA_ARGS__})

typedef struct hr_tf_sparse_tensor_dense_matmul_options {
  bool adjoint_a, adjoint_b;
  const char *name;
} hr_tf_sparse_tensor_dense_matmul_options;
/* tf.sparse_tensor_dense_matmul: a sparse matrix times a dense one. */
HR_API hr_output hr_tf_sparse_tensor_dense_matmul_with(hr_scope scope, hr_sparse_tensor a, hr_operand b,
                                                       const hr_tf_sparse_tensor_dense_matmul_options *options);
#define hr_tf_sparse_tensor_dense_matmul(scope, a, b, ...)                                                             \
  hr_tf_sparse_tensor_dense_matmul_with((scope), (a), HR_OPERAND(b),                                                   \
                                        &(hr_tf_sparse_tensor_dense_matmul_options){__VA_ARGS__})

/* tf.rank of a sparse tensor. */
HR_API hr_output hr_sparse_rank_with(hr_scope scope, hr_sparse_tensor x, const hr_op_options *options);
#define hr_sparse_rank(scope, x, ...) hr_sparse_rank_with((scope), (x), &(hr_op_options){__VA_ARGS__})

/* ---- sets -------------------------------------------------------------------------------------------------------- */

typedef struct hr_set_operation_options {
  bool any_order; /* validate_indices=False: indices may be out of order, and repeated */
} hr_set_operation_options;
/* tf.sets: of each pair of sets, which stand along the last dimensions, "intersection", "union", "a-b" or "b-a". A type
 * error for other elements than integers and strings, and for different dtypes. */
HR_API hr_sparse_tensor hr_set_operation_with(hr_scope scope, hr_any_operand a, hr_any_operand b, const char *operation,
                                              const hr_set_operation_options *options);
#define hr_set_operation(scope, a, b, operation, ...)                                                                  \
  hr_set_operation_with((scope), (a), (b), (operation), &(hr_set_operation_options){__VA_ARGS__})
/* tf.sets.size: how many different elements each set has. */
HR_API hr_output hr_tf_set_size_with(hr_scope scope, hr_sparse_tensor x, const hr_set_operation_options *options);
#define hr_tf_set_size(scope, x, ...) hr_tf_set_size_with((scope), (x), &(hr_set_operation_options){__VA_ARGS__})

/* ---- arithmetic ------------------------------------------------------------------------------------------------ */

typedef struct hr_tf_sparse_add_options {
  hr_operand threshold; /* sums of two elements whose magnitude is below are left out; default 0 */
} hr_tf_sparse_add_options;
/* tf.sparse_add of two sparse tensors of one shape, whose elements are in order. InvalidArgument where it is known that
 * the shapes differ. */
HR_API hr_sparse_tensor hr_tf_sparse_add_with(hr_scope scope, hr_sparse_tensor a, hr_sparse_tensor b,
                                              const hr_tf_sparse_add_options *options);
#define hr_tf_sparse_add(scope, a, b, ...)                                                                             \
  hr_tf_sparse_add_with((scope), (a), (b), &(hr_tf_sparse_add_options){__VA_ARGS__})
/* The same of a sparse and a dense tensor. */
HR_API hr_output hr_sparse_dense_add_with(hr_scope scope, hr_sparse_tensor a, hr_operand b,
                                          const hr_op_options *options);
#define hr_sparse_dense_add(scope, a, b, ...)                                                                          \
  hr_sparse_dense_add_with((scope), (a), HR_OPERAND(b), &(hr_op_options){__VA_ARGS__})

/* The operators * and / of a sparse tensor and a dense one, which may broadcast. Quotients of integers are floats. */
HR_API hr_sparse_tensor hr_sparse_times_with(hr_scope scope, hr_sparse_tensor x, hr_operand y,
                                             const hr_op_options *options);
HR_API hr_sparse_tensor hr_sparse_divided_with(hr_scope scope, hr_sparse_tensor x, hr_operand y,
                                               const hr_op_options *options);
#define hr_sparse_times(scope, x, y, ...)                                                                              \
  hr_sparse_times_with((scope), (x), HR_OPERAND(y), &(hr_op_options){__VA_ARGS__})
#define hr_sparse_divided(scope, x, y, ...)                                                                            \
  hr_sparse_divided_with((scope), (x), HR_OPERAND(y), &(hr_op_options){__VA_ARGS__})

/* tf.sparse_reduce_sum, tf.sparse_reduce_max: over the elements that are written down, zero where there are none; and
 * those with a sparse result. */
HR_API hr_output hr_tf_sparse_reduce_sum_with(hr_scope scope, hr_sparse_tensor x, const hr_reduce_options *options);
HR_API hr_output hr_tf_sparse_reduce_max_with(hr_scope scope, hr_sparse_tensor x, const hr_reduce_options *options);
HR_API hr_sparse_tensor hr_tf_sparse_reduce_sum_sparse_with(hr_scope scope, hr_sparse_tensor x,
                                                            const hr_reduce_options *options);
HR_API hr_sparse_tensor hr_tf_sparse_reduce_max_sparse_with(hr_scope scope, hr_sparse_tensor x,
                                                            const hr_reduce_options *options);
#define hr_tf_sparse_reduce_sum(scope, x, ...)                                                                         \
  hr_tf_sparse_reduce_sum_with((scope), (x), &(hr_reduce_options){__VA_ARGS__})
#define hr_tf_sparse_reduce_max(scope, x, ...)                                                                         \
  hr_tf_sparse_reduce_max_with((scope), (x), &(hr_reduce_options){__VA_ARGS__})
#define hr_tf_sparse_reduce_sum_sparse(scope, x, ...)                                                                  \
  hr_tf_sparse_reduce_sum_sparse_with((scope), (x), &(hr_reduce_options){__VA_ARGS__})
#define hr_tf_sparse_reduce_max_sparse(scope, x, ...)                                                                  \
  hr_tf_sparse_reduce_max_sparse_with((scope), (x), &(hr_reduce_options){__VA_ARGS__})

/* tf.sparse_softmax: over the elements that each row has. */
HR_API hr_sparse_tensor hr_tf_sparse_softmax_with(hr_scope scope, hr_sparse_tensor x, const hr_op_options *options);
#define hr_tf_sparse_softmax(scope, x, ...) hr_tf_sparse_softmax_with((scope), (x), &(hr_op_options){__VA_ARGS__})
/* tf.sparse_maximum, tf.sparse_minimum: what only one of them has meets a zero. */
HR_API hr_sparse_tensor hr_sparse_maximum_with(hr_scope scope, hr_sparse_tensor a, hr_sparse_tensor b,
                                               const hr_op_options *options);
HR_API hr_sparse_tensor hr_sparse_minimum_with(hr_scope scope, hr_sparse_tensor a, hr_sparse_tensor b,
                                               const hr_op_options *options);
#define hr_sparse_maximum(scope, a, b, ...) hr_sparse_maximum_with((scope), (a), (b), &(hr_op_options){__VA_ARGS__})
#define hr_sparse_minimum(scope, a, b, ...) hr_sparse_minimum_with((scope), (a), (b), &(hr_op_options){__VA_ARGS__})

/* ---- other forms ----------------------------------------------------------------------------------------------- */

typedef struct hr_tf_sparse_concat_options {
  bool expand_nonconcat_dim; /* sizes of other dimensions may differ: the largest counts */
  const char *name;
} hr_tf_sparse_concat_options;
/* tf.sparse_concat; one alone is given back. */
HR_API hr_sparse_tensor hr_tf_sparse_concat_with(hr_scope scope, int32_t axis, hr_sparse_tensors parts,
                                                 const hr_tf_sparse_concat_options *options);
#define hr_tf_sparse_concat(scope, axis, parts, ...)                                                                   \
  hr_tf_sparse_concat_with((scope), (axis), (parts), &(hr_tf_sparse_concat_options){__VA_ARGS__})
/* tf.sparse_split: indices, values and shape of each part, one part behind the other. They live as long as the graph.
 */
HR_API hr_outputs hr_tf_sparse_split_with(hr_scope scope, hr_sparse_tensor x, int32_t num_split, hr_operand axis,
                                          const hr_op_options *options);
#define hr_tf_sparse_split(scope, x, num_split, axis, ...)                                                             \
  hr_tf_sparse_split_with((scope), (x), (num_split), HR_OPERAND(axis), &(hr_op_options){__VA_ARGS__})

typedef struct hr_tf_sparse_transpose_options {
  hr_operand perm; /* left out: the dimensions in reverse */
  const char *name;
} hr_tf_sparse_transpose_options;
/* tf.sparse_transpose. */
HR_API hr_sparse_tensor hr_tf_sparse_transpose_with(hr_scope scope, hr_sparse_tensor x,
                                                    const hr_tf_sparse_transpose_options *options);
#define hr_tf_sparse_transpose(scope, x, ...)                                                                          \
  hr_tf_sparse_transpose_with((scope), (x), &(hr_tf_sparse_transpose_options){__VA_ARGS__})

typedef struct hr_sparse_expand_dims_options {
  hr_operand axis; /* left out: -1 */
  const char *name;
} hr_sparse_expand_dims_options;
/* tf.sparse.expand_dims. InvalidArgument where the rank is not known. */
HR_API hr_sparse_tensor hr_sparse_expand_dims_with(hr_scope scope, hr_sparse_tensor x,
                                                   const hr_sparse_expand_dims_options *options);
#define hr_sparse_expand_dims(scope, x, ...)                                                                           \
  hr_sparse_expand_dims_with((scope), (x), &(hr_sparse_expand_dims_options){__VA_ARGS__})

typedef struct hr_sparse_eye_options {
  hr_operand num_columns; /* left out: as many as rows */
  hr_dtype dtype;         /* default HR_FLOAT */
  const char *name;
} hr_sparse_eye_options;
/* tf.sparse.eye: ones on the diagonal. A type error for sizes that are no integers. */
HR_API hr_sparse_tensor hr_sparse_eye_with(hr_scope scope, hr_operand num_rows, const hr_sparse_eye_options *options);
#define hr_sparse_eye(scope, num_rows, ...)                                                                            \
  hr_sparse_eye_with((scope), HR_OPERAND(num_rows), &(hr_sparse_eye_options){__VA_ARGS__})

typedef struct hr_sparse_reset_shape_options {
  hr_operand new_shape; /* left out: as small as the elements allow */
} hr_sparse_reset_shape_options;
/* tf.sparse_reset_shape: the same elements in a shape of the same rank, which is no smaller; InvalidArgument where that
 * is known, else in the run. */
HR_API hr_sparse_tensor hr_sparse_reset_shape_with(hr_scope scope, hr_sparse_tensor x,
                                                   const hr_sparse_reset_shape_options *options);
#define hr_sparse_reset_shape(scope, x, ...)                                                                           \
  hr_sparse_reset_shape_with((scope), (x), &(hr_sparse_reset_shape_options){__VA_ARGS__})

/* tf.sparse_mask: sparse rows without those that have the given indices. */
HR_API hr_gradient hr_sparse_mask_with(hr_scope scope, hr_output values, hr_output indices, hr_operand mask_indices,
                                       const hr_op_options *options);
#define hr_sparse_mask(scope, values, indices, mask_indices, ...)                                                      \
  hr_sparse_mask_with((scope), (values), (indices), HR_OPERAND(mask_indices), &(hr_op_options){__VA_ARGS__})

/* ---- embeddings ------------------------------------------------------------------------------------------------ */

/* What becomes of the embeddings of an example's ids: their weighted mean, their weighted sum divided by the square
 * root of the sum of the weights' squares, or their weighted sum. */
typedef enum hr_combiner { HR_COMBINER_MEAN, HR_COMBINER_SQRTN, HR_COMBINER_SUM } hr_combiner;

typedef struct hr_embedding_lookup_sparse_options {
  hr_output weights;    /* values of a sparse tensor with the same indices; none: 1 for each id */
  hr_combiner combiner; /* default HR_COMBINER_MEAN */
  bool div_strategy;    /* as of hr_embedding_lookup */
  hr_operand max_norm;
  const char *name;
} hr_embedding_lookup_sparse_options;
/* tf.nn.embedding_lookup_sparse: for each example (a row of `ids`, each of which has at least one) its embeddings
 * combined. */
HR_API hr_output hr_embedding_lookup_sparse_with(hr_scope scope, hr_operands params, hr_sparse_tensor ids,
                                                 const hr_embedding_lookup_sparse_options *options);
#define hr_embedding_lookup_sparse(scope, params, ids, ...)                                                            \
  hr_embedding_lookup_sparse_with((scope), HR_OPERANDS_OF(params), (ids),                                              \
                                  &(hr_embedding_lookup_sparse_options){__VA_ARGS__})

typedef struct hr_safe_embedding_lookup_sparse_options {
  hr_output weights;
  hr_combiner combiner;
  hr_operand default_id; /* whose embedding examples without ids get; left out: zeros */
  bool div_strategy;
  hr_operand max_norm;
  const char *name;
} hr_safe_embedding_lookup_sparse_options;
/* tf.nn.safe_embedding_lookup_sparse: leaves out ids below 0 and, unless it sums, those whose weight is not above 0. */
HR_API hr_output hr_safe_embedding_lookup_sparse_with(hr_scope scope, hr_operands params, hr_sparse_tensor ids,
                                                      const hr_safe_embedding_lookup_sparse_options *options);
#define hr_safe_embedding_lookup_sparse(scope, params, ids, ...)                                                       \
  hr_safe_embedding_lookup_sparse_with((scope), HR_OPERANDS_OF(params), (ids),                                         \
                                       &(hr_safe_embedding_lookup_sparse_options){__VA_ARGS__})

typedef struct hr_tf_ctc_loss_options {
  bool preprocess_collapse_repeated;      /* labels that follow themselves count once */
  bool ctc_merge_repeated;                /* default true: a label may fill any number of times */
  bool ignore_longer_outputs_than_inputs; /* sequences with more labels than times have no loss; else an error */
  bool time_major; /* default true: inputs [times, batch, classes]; else [batch, times, classes] */
  const char *name;
} hr_tf_ctc_loss_options;
/* tf.nn.ctc_loss of a batch of sequences of labels, int32. */
HR_API hr_output hr_tf_ctc_loss_with(hr_scope scope, hr_sparse_tensor labels, hr_operand inputs,
                                     hr_operand sequence_length, const hr_tf_ctc_loss_options *options);
#define hr_tf_ctc_loss(scope, labels, inputs, sequence_length, ...)                                                    \
  HR_CALL_OP_(hr_tf_ctc_loss_options,                                                                                  \
              hr_tf_ctc_loss_with((scope), (labels), HR_OPERAND(inputs), HR_OPERAND(sequence_length), &hr_options_),   \
              .ctc_merge_repeated = true, .time_major = true, ##__VA_ARGS__)

#ifdef __cplusplus
}
#endif
#endif
