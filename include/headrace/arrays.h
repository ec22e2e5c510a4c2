/* Arrays: shapes, joining, cutting and picking. Names follow the rule of math.h. */
#ifndef HEADRACE_ARRAYS_H
#define HEADRACE_ARRAYS_H

#include "headrace/operand.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- shapes ---------------------------------------------------------------------------------------------------- */

typedef struct hr_tf_size_options {
  hr_dtype out_type; /* HR_INT32 for HR_INVALID */
  const char *name;
} hr_tf_size_options;
/* tf.shape, tf.size, tf.rank: a Const where the answer is known. */
HR_API hr_output hr_tf_shape_with(hr_scope scope, hr_operand x, const hr_tf_size_options *options);
HR_API hr_output hr_tf_size_with(hr_scope scope, hr_operand x, const hr_tf_size_options *options);
HR_API hr_output hr_tf_rank_with(hr_scope scope, hr_operand x, const hr_op_options *options);
#define hr_tf_shape(scope, x, ...) hr_tf_shape_with((scope), HR_OPERAND(x), &(hr_tf_size_options){__VA_ARGS__})
#define hr_tf_size(scope, x, ...)  hr_tf_size_with((scope), HR_OPERAND(x), &(hr_tf_size_options){__VA_ARGS__})
#define hr_tf_rank(scope, x, ...)  hr_tf_rank_with((scope), HR_OPERAND(x), &(hr_op_options){__VA_ARGS__})

/* tf.reshape to a list of sizes, of which one may be -1. */
HR_API hr_output hr_tf_reshape_with(hr_scope scope, hr_operand x, hr_dims dims, const hr_op_options *options);
#define hr_tf_reshape(scope, x, dims, ...)                                                                             \
  hr_tf_reshape_with((scope), HR_OPERAND(x), HR_DIMS(dims), &(hr_op_options){__VA_ARGS__})

typedef struct hr_tf_transpose_options {
  hr_operand perm; /* left out: the dimensions reversed */
  bool conjugate;
  const char *name;
} hr_tf_transpose_options;
HR_API hr_output hr_tf_transpose_with(hr_scope scope, hr_operand x, const hr_tf_transpose_options *options);
#define hr_tf_transpose(scope, x, ...)                                                                                 \
  hr_tf_transpose_with((scope), HR_OPERAND(x), &(hr_tf_transpose_options){__VA_ARGS__})

HR_API hr_output hr_tf_expand_dims_with(hr_scope scope, hr_operand x, hr_operand axis, const hr_op_options *options);
#define hr_tf_expand_dims(scope, x, axis, ...)                                                                         \
  hr_tf_expand_dims_with((scope), HR_OPERAND(x), HR_OPERAND(axis), &(hr_op_options){__VA_ARGS__})

typedef struct hr_tf_squeeze_options {
  hr_operand axis; /* numbers; left out: all of size 1 */
  const char *name;
} hr_tf_squeeze_options;
HR_API hr_output hr_tf_squeeze_with(hr_scope scope, hr_operand x, const hr_tf_squeeze_options *options);
#define hr_tf_squeeze(scope, x, ...) hr_tf_squeeze_with((scope), HR_OPERAND(x), &(hr_tf_squeeze_options){__VA_ARGS__})

HR_API hr_output hr_tf_tile_with(hr_scope scope, hr_operand x, hr_dims multiples, const hr_op_options *options);
#define hr_tf_tile(scope, x, multiples, ...)                                                                           \
  hr_tf_tile_with((scope), HR_OPERAND(x), HR_DIMS(multiples), &(hr_op_options){__VA_ARGS__})

/* ---- joining and cutting --------------------------------------------------------------------------------------- */

/* tf.concat: one value becomes an Identity. */
HR_API hr_output hr_tf_concat_with(hr_scope scope, hr_operands values, hr_operand axis, const hr_op_options *options);
#define hr_tf_concat(scope, values, axis, ...)                                                                         \
  hr_tf_concat_with((scope), HR_OPERANDS_OF(values), HR_OPERAND(axis), &(hr_op_options){__VA_ARGS__})

typedef struct hr_stack_options {
  int32_t axis;
  const char *name;
} hr_stack_options;
/* tf.stack: a Const where all are values and the axis is 0. */
HR_API hr_output hr_stack_with(hr_scope scope, hr_operands values, const hr_stack_options *options);
#define hr_stack(scope, values, ...) hr_stack_with((scope), HR_OPERANDS_OF(values), &(hr_stack_options){__VA_ARGS__})

/* tf.parallel_stack: along a new first dimension; all shapes must be known. It has no gradient. */
HR_API hr_output hr_parallel_stack_with(hr_scope scope, hr_operands values, const hr_op_options *options);
#define hr_parallel_stack(scope, values, ...)                                                                          \
  hr_parallel_stack_with((scope), HR_OPERANDS_OF(values), &(hr_op_options){__VA_ARGS__})

typedef struct hr_unstack_options {
  int32_t axis;
  int32_t num; /* 0: from the static shape */
  const char *name;
} hr_unstack_options;
/* tf.unstack: the list is the node's outputs. */
HR_API hr_outputs hr_unstack_with(hr_scope scope, hr_operand value, const hr_unstack_options *options);
#define hr_unstack(scope, value, ...) hr_unstack_with((scope), HR_OPERAND(value), &(hr_unstack_options){__VA_ARGS__})

typedef struct hr_tf_split_options {
  hr_operand axis; /* left out: 0 */
  int32_t num;     /* of sizes whose number is not known; 0: it is */
  const char *name;
} hr_tf_split_options;
/* tf.split into a number of equal parts, or into parts of the sizes in a list or tensor. */
HR_API hr_outputs hr_tf_split_with(hr_scope scope, hr_operand value, hr_operand num_or_sizes,
                                   const hr_tf_split_options *options);
#define hr_tf_split(scope, value, num_or_sizes, ...)                                                                   \
  hr_tf_split_with((scope), HR_OPERAND(value), HR_OPERAND(num_or_sizes), &(hr_tf_split_options){__VA_ARGS__})

typedef struct hr_tf_gather_options {
  hr_operand axis; /* left out: batch_dims */
  int32_t batch_dims;
  const char *name;
} hr_tf_gather_options;
/* tf.gather: GatherV2. */
HR_API hr_output hr_tf_gather_with(hr_scope scope, hr_operand params, hr_operand indices,
                                   const hr_tf_gather_options *options);
#define hr_tf_gather(scope, params, indices, ...)                                                                      \
  hr_tf_gather_with((scope), HR_OPERAND(params), HR_OPERAND(indices), &(hr_tf_gather_options){__VA_ARGS__})

/* tf.gather_nd: GatherNd. */
HR_API hr_output hr_tf_gather_nd_with(hr_scope scope, hr_operand params, hr_operand indices,
                                      const hr_op_options *options);
#define hr_tf_gather_nd(scope, params, indices, ...)                                                                   \
  hr_tf_gather_nd_with((scope), HR_OPERAND(params), HR_OPERAND(indices), &(hr_op_options){__VA_ARGS__})

typedef struct hr_tf_one_hot_options {
  hr_operand on_value, off_value; /* left out: 1 and 0 */
  hr_dtype dtype;                 /* HR_INVALID: that of the values, else float */
  int32_t axis;                   /* default -1 */
  const char *name;
} hr_tf_one_hot_options;
HR_API hr_output hr_tf_one_hot_with(hr_scope scope, hr_operand indices, hr_operand depth,
                                    const hr_tf_one_hot_options *options);
#define hr_tf_one_hot(scope, indices, depth, ...)                                                                      \
  HR_CALL_OP_(hr_tf_one_hot_options,                                                                                   \
              hr_tf_one_hot_with((scope), HR_OPERAND(indices), HR_OPERAND(depth), &hr_options_), .axis = -1,           \
              ##__VA_ARGS__)

/* tf.where of three arguments (Select), and tf.where_v2 (SelectV2, which broadcasts); of one argument: hr_where, the op
 * itself. */
HR_API hr_output hr_tf_where_with(hr_scope scope, hr_operand condition, hr_operand x, hr_operand y,
                                  const hr_op_options *options);
HR_API hr_output hr_where_v2_with(hr_scope scope, hr_operand condition, hr_operand x, hr_operand y,
                                  const hr_op_options *options);
#define hr_tf_where(scope, condition, x, y, ...)                                                                       \
  hr_tf_where_with((scope), HR_OPERAND(condition), HR_OPERAND(x), HR_OPERAND(y), &(hr_op_options){__VA_ARGS__})
#define hr_where_v2(scope, condition, x, y, ...)                                                                       \
  hr_where_v2_with((scope), HR_OPERAND(condition), HR_OPERAND(x), HR_OPERAND(y), &(hr_op_options){__VA_ARGS__})

typedef struct hr_boolean_mask_options {
  int32_t axis; /* of the tensor where the mask's first dimension lies */
  const char *name;
} hr_boolean_mask_options;
/* tf.boolean_mask; the mask's rank must be known. */
HR_API hr_output hr_boolean_mask_with(hr_scope scope, hr_operand tensor, hr_operand mask,
                                      const hr_boolean_mask_options *options);
#define hr_boolean_mask(scope, tensor, mask, ...)                                                                      \
  hr_boolean_mask_with((scope), HR_OPERAND(tensor), HR_OPERAND(mask), &(hr_boolean_mask_options){__VA_ARGS__})

typedef struct hr_tf_range_options {
  hr_dtype dtype; /* HR_INVALID: int32, int64, float, double, the first that holds all */
  const char *name;
} hr_tf_range_options;
/* tf.range: start, limit and delta get one dtype. A limit that is not given: from 0 to start; a delta: 1. */
HR_API hr_output hr_tf_range_with(hr_scope scope, hr_operand start, hr_operand limit, hr_operand delta,
                                  const hr_tf_range_options *options);
#define hr_tf_range(scope, start, limit, delta, ...)                                                                   \
  hr_tf_range_with((scope), HR_OPERAND(start), HR_OPERAND(limit), HR_OPERAND(delta),                                   \
                   &(hr_tf_range_options){__VA_ARGS__})
/* tf.linspace. */
HR_API hr_output hr_linspace_with(hr_scope scope, hr_operand start, hr_operand stop, hr_operand num,
                                  const hr_op_options *options);
#define hr_linspace(scope, start, stop, num, ...)                                                                      \
  hr_linspace_with((scope), HR_OPERAND(start), HR_OPERAND(stop), HR_OPERAND(num), &(hr_op_options){__VA_ARGS__})

/* tf.eye. */
typedef struct hr_eye_options {
  int64_t columns;           /* 0: as many as rows */
  hr_operand columns_tensor; /* in place of the number */
  hr_operand batch_shape;    /* left out: none */
  hr_dtype dtype;            /* HR_FLOAT for HR_INVALID */
  const char *name;
} hr_eye_options;
HR_API hr_output hr_eye_with(hr_scope scope, hr_operand rows, const hr_eye_options *options);
#define hr_eye(scope, rows, ...) hr_eye_with((scope), HR_OPERAND(rows), &(hr_eye_options){__VA_ARGS__})

/* ---- order and coordinates ------------------------------------------------------------------------------------- */

typedef struct hr_sort_options {
  int32_t axis; /* default -1 */
  bool descending;
  const char *name;
} hr_sort_options;
/* tf.sort, tf.argsort (equal values keep their order). */
HR_API hr_output hr_sort_with(hr_scope scope, hr_operand values, const hr_sort_options *options);
HR_API hr_output hr_argsort_with(hr_scope scope, hr_operand values, const hr_sort_options *options);
#define hr_sort(scope, values, ...)                                                                                    \
  HR_CALL_OP_(hr_sort_options, hr_sort_with((scope), HR_OPERAND(values), &hr_options_), .axis = -1, ##__VA_ARGS__)
#define hr_argsort(scope, values, ...)                                                                                 \
  HR_CALL_OP_(hr_sort_options, hr_argsort_with((scope), HR_OPERAND(values), &hr_options_), .axis = -1, ##__VA_ARGS__)

typedef struct hr_searchsorted_options {
  bool right;        /* behind equal values instead of before them */
  hr_dtype out_type; /* HR_INT32 for HR_INVALID */
  const char *name;
} hr_searchsorted_options;
/* tf.searchsorted: where each value would go in its row of a sorted sequence. */
HR_API hr_output hr_searchsorted_with(hr_scope scope, hr_operand sorted, hr_operand values,
                                      const hr_searchsorted_options *options);
#define hr_searchsorted(scope, sorted, values, ...)                                                                    \
  hr_searchsorted_with((scope), HR_OPERAND(sorted), HR_OPERAND(values), &(hr_searchsorted_options){__VA_ARGS__})

typedef struct hr_meshgrid_options {
  bool matrix_indexing; /* indexing='ij': the first vector along the first dimension; otherwise along the second */
  const char *name;
} hr_meshgrid_options;
/* tf.meshgrid: a list of as many tensors as vectors. */
HR_API hr_outputs hr_meshgrid_with(hr_scope scope, hr_operands vectors, const hr_meshgrid_options *options);
#define hr_meshgrid(scope, vectors, ...)                                                                               \
  hr_meshgrid_with((scope), HR_OPERANDS_OF(vectors), &(hr_meshgrid_options){__VA_ARGS__})

typedef struct hr_sequence_mask_options {
  hr_operand maxlen; /* left out: the largest length */
  hr_dtype dtype;    /* HR_BOOL for HR_INVALID */
  const char *name;
} hr_sequence_mask_options;
/* tf.sequence_mask: lengths [d...] -> [d..., maxlen]. */
HR_API hr_output hr_sequence_mask_with(hr_scope scope, hr_operand lengths, const hr_sequence_mask_options *options);
#define hr_sequence_mask(scope, lengths, ...)                                                                          \
  hr_sequence_mask_with((scope), HR_OPERAND(lengths), &(hr_sequence_mask_options){__VA_ARGS__})

/* tf.batch_gather along the last dimension of `indices`, whose rank must be known. */
HR_API hr_output hr_batch_gather_with(hr_scope scope, hr_operand params, hr_operand indices,
                                      const hr_op_options *options);
#define hr_batch_gather(scope, params, indices, ...)                                                                   \
  hr_batch_gather_with((scope), HR_OPERAND(params), HR_OPERAND(indices), &(hr_op_options){__VA_ARGS__})

/* tf.gather_nd with batch_dims > 0: the first dimensions of both are one batch. */
HR_API hr_output hr_batch_gather_nd_with(hr_scope scope, hr_operand params, hr_operand indices, int32_t batch_dims,
                                         const hr_op_options *options);
#define hr_batch_gather_nd(scope, params, indices, batch_dims, ...)                                                    \
  hr_batch_gather_nd_with((scope), HR_OPERAND(params), HR_OPERAND(indices), (batch_dims), &(hr_op_options){__VA_ARGS__})

typedef struct hr_repeat_options {
  bool has_axis;
  int32_t axis; /* where has_axis; else the elements of the flat tensor are repeated */
  const char *name;
} hr_repeat_options;
/* tf.repeat: each row of a dimension as often as `repeats` says, a number or one for each. */
HR_API hr_output hr_repeat_with(hr_scope scope, hr_operand input, hr_operand repeats, const hr_repeat_options *options);
#define hr_repeat(scope, input, repeats, ...)                                                                          \
  hr_repeat_with((scope), HR_OPERAND(input), HR_OPERAND(repeats), &(hr_repeat_options){__VA_ARGS__})

/* ---- slicing: Python's x[...] ---------------------------------------------------------------------------------- */

/* One item between the brackets. HR_INDEX(i): x[i]. HR_SLICE(a, b): x[a:b]. HR_SLICE_STEP(a, b, c): x[a:b:c], where a
 * bound may be HR_OPEN. HR_ELLIPSIS: x[...]. HR_NEW_AXIS: x[tf.newaxis]. HR_ALL: x[:]. Bounds are operands, so they
 * may be tensors. */
typedef struct hr_slice_item {
  enum { HR_SLICE_INDEX, HR_SLICE_RANGE, HR_SLICE_ELLIPSIS, HR_SLICE_NEW_AXIS } kind;
  bool has_begin, has_end, has_step;
  hr_operand begin, end, step;
} hr_slice_item;
typedef struct hr_open {
  char unused;
} hr_open;
#define HR_OPEN ((hr_open){0})
static inline hr_operand hr_operand_open(hr_open x) { return hr_operand_int(x.unused); }
#define HR_BOUND_(x)                                                                                                   \
  _Generic((x), hr_open : hr_operand_open, hr_output : hr_operand_output, default : hr_operand_int)(x)
#define HR_IS_BOUND_(x) _Generic((x), hr_open : false, default : true)
#define HR_INDEX(i)     ((hr_slice_item){HR_SLICE_INDEX, true, false, false, HR_BOUND_(i), {0}, {0}})
#define HR_SLICE(a, b)                                                                                                 \
  ((hr_slice_item){HR_SLICE_RANGE, HR_IS_BOUND_(a), HR_IS_BOUND_(b), false, HR_BOUND_(a), HR_BOUND_(b), {0}})
#define HR_SLICE_STEP(a, b, c)                                                                                         \
  ((hr_slice_item){HR_SLICE_RANGE, HR_IS_BOUND_(a), HR_IS_BOUND_(b), true, HR_BOUND_(a), HR_BOUND_(b), HR_BOUND_(c)})
#define HR_ALL      ((hr_slice_item){.kind = HR_SLICE_RANGE})
#define HR_ELLIPSIS ((hr_slice_item){.kind = HR_SLICE_ELLIPSIS})
#define HR_NEW_AXIS ((hr_slice_item){.kind = HR_SLICE_NEW_AXIS})
HR_API hr_output hr_slice_items(hr_scope scope, hr_operand x, int count, const hr_slice_item *items);
/* x[items]: hr_at(s, x, HR_INDEX(0), HR_SLICE(1, HR_OPEN)). A resource variable is read beside the slice. */
#define hr_at(scope, x, ...)                                                                                           \
  hr_slice_items((scope), HR_OPERAND(x), (int)(sizeof((hr_slice_item[]){__VA_ARGS__}) / sizeof(hr_slice_item)),        \
                 (hr_slice_item[]){__VA_ARGS__})

#ifdef __cplusplus
}
#endif
#endif
