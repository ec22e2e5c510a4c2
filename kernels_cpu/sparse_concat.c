/* SparseConcat and SparseSplit. */
#include "kernels_cpu/box_copy.h"
#include "kernels_cpu/sparse_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- joining --------------------------------------------------------------------------------------------------- */

static hr_status read_inputs(hr_kernel_context *ctx, int n, hr_sparse_parts *parts) {
  for (int i = 0; i < n; ++i) {
    parts[i] = (hr_sparse_parts){*hr_input(ctx, i), *hr_input(ctx, n + i), *hr_input(ctx, 2 * n + i)};
    HR_TRY(hr_sparse_check(&parts[i]));
  }
  return HR_SUCCESS;
}

/* The sizes of the whole. */
static hr_status join_sizes(int n, const hr_sparse_parts *parts, int64_t dim, int64_t *sizes) {
  int64_t rank = hr_sparse_rank(parts);
  memcpy(sizes, hr_sparse_sizes(parts), (size_t)rank * sizeof *sizes);
  for (int i = 1; i < n; ++i) {
    if (hr_sparse_rank(&parts[i]) != rank)
      return hr_error(HR_INVALID_ARGUMENT,
                      "Ranks of all input tensors must match: expected %" PRId64 " but got %" PRId64 " at position %d",
                      rank, hr_sparse_rank(&parts[i]), i);
    for (int64_t d = 0; d < rank; ++d) {
      int64_t size = hr_sparse_sizes(&parts[i])[d];
      if (d != dim && size != sizes[d])
        return hr_error(HR_INVALID_ARGUMENT,
                        "Input shapes must match: expected %" PRId64 " for dimension %" PRId64 " but got %" PRId64
                        " at position %d",
                        sizes[d], d, size, i);
      if (d == dim && __builtin_add_overflow(sizes[d], size, &sizes[d]))
        return hr_error(HR_INVALID_ARGUMENT, "Dimension %" PRId64 " of the result is too large", d);
    }
  }
  return HR_SUCCESS;
}

/* The indices of all, those of each input moved to behind the one before; their sum wraps. */
static void move_indices(int n, const hr_sparse_parts *parts, int64_t dim, int64_t *to) {
  int64_t rank = hr_sparse_rank(parts);
  uint64_t offset = 0;
  for (int i = 0; i < n; ++i) {
    for (int64_t k = 0; k < hr_sparse_count(&parts[i]); ++k, to += rank) {
      memcpy(to, hr_sparse_index(&parts[i], k), (size_t)rank * sizeof *to);
      to[dim] = (int64_t)((uint64_t)to[dim] + offset);
    }
    offset += (uint64_t)hr_sparse_sizes(&parts[i])[dim];
  }
}

/* Pointers to the values of all. */
static void point_to_values(int n, const hr_sparse_parts *parts, const void **to) {
  for (int i = 0; i < n; ++i)
    for (int64_t k = 0; k < hr_sparse_count(&parts[i]); ++k)
      *to++ = hr_sparse_value(&parts[i], k);
}

/* `work` has room for the moved indices, the order and pointers to the values. */
static hr_status join(hr_kernel_context *ctx, int n, const hr_sparse_parts *parts, int64_t dim, int64_t total,
                      int64_t *work) {
  int64_t rank = hr_sparse_rank(parts), *indices = work, *order = work + total * rank;
  const void **values = (const void **)(order + total);
  hr_sparse_writer out;
  HR_TRY(hr_sparse_output(ctx, 0, 1, total, rank, &out));
  move_indices(n, parts, dim, indices);
  point_to_values(n, parts, values);
  HR_TRY(hr_sparse_order(total, rank, indices, NULL, order));
  for (int64_t i = 0; i < total; ++i) {
    memcpy(out.indices + i * rank, indices + order[i] * rank, (size_t)rank * sizeof *indices);
    HR_TRY(hr_copy_elements(out.dtype, hr_sparse_place(&out, i), values[order[i]], 1));
  }
  return HR_SUCCESS;
}

static hr_status concat_parts(hr_kernel_context *ctx, int n, hr_sparse_parts *parts) {
  HR_TRY(read_inputs(ctx, n, parts));
  int64_t rank = hr_sparse_rank(parts), attr = hr_node_attr(hr_context_node(ctx), "concat_dim")->i, total = 0;
  int64_t dim = attr < 0 ? attr + rank : attr;
  if (dim < 0 || dim >= rank)
    return hr_error(HR_INVALID_ARGUMENT, "Concat dimension must be in range [-%" PRId64 ", %" PRId64 "), got %" PRId64,
                    rank, rank, attr);
  hr_tensor *shape;
  HR_TRY(hr_output_new(ctx, 2, &(hr_shape){1, {rank}}, &shape));
  HR_TRY(join_sizes(n, parts, dim, hr_tensor_data(shape)));
  for (int i = 0; i < n; ++i)
    total += hr_sparse_count(&parts[i]);
  hr_tensor work;
  HR_TRY(hr_temporary_new(ctx, HR_INT64, &(hr_shape){2, {total + 1, rank + 2}}, &work));
  hr_status status = join(ctx, n, parts, dim, total, hr_tensor_data(&work));
  hr_tensor_clear(&work);
  return status;
}

static hr_status concat(hr_kernel_context *ctx) {
  int n = hr_input_count(ctx) / 3;
  hr_sparse_parts *parts = malloc((size_t)n * sizeof *parts);
  if (!parts) return hr_error_out_of_memory((size_t)n * sizeof *parts, "joining sparse tensors");
  hr_status status = concat_parts(ctx, n, parts);
  free(parts);
  return status;
}
HR_KERNEL(.op = "SparseConcat", .types = {{"T", HR_SPARSE_TYPES}}, .compute = concat);

/* ---- splitting ------------------------------------------------------------------------------------------------- */

/* Pieces of `size` along a dimension, the first `larger` of them of one more. */
typedef struct pieces {
  int64_t count, size, larger;
} pieces;

static int64_t start_of(const pieces *p, int64_t piece) {
  return piece * p->size + (piece < p->larger ? piece : p->larger);
}
static int64_t piece_of(const pieces *p, int64_t position) {
  int64_t in_larger = p->larger * (p->size + 1);
  return position < in_larger ? position / (p->size + 1) : p->larger + (position - in_larger) / p->size;
}

static hr_status cut(hr_kernel_context *ctx, const hr_sparse_parts *x, int64_t dim, const pieces *p, int64_t *counts) {
  int n = (int)p->count;
  int64_t rank = hr_sparse_rank(x), all = hr_sparse_sizes(x)[dim];
  for (int64_t i = 0; i < hr_sparse_count(x); ++i) {
    int64_t position = hr_sparse_index(x, i)[dim];
    if (position < 0 || position >= all)
      return hr_error(HR_INVALID_ARGUMENT,
                      "Index %" PRId64 " of element %" PRId64 " is out of dimension %" PRId64
                      ", whose size is %" PRId64,
                      position, i, dim, all);
    ++counts[piece_of(p, position)];
  }
  hr_sparse_writer *out = malloc((size_t)n * sizeof *out);
  if (!out) return hr_error_out_of_memory((size_t)n * sizeof *out, "splitting a sparse tensor");
  hr_status status = HR_SUCCESS;
  for (int piece = 0; piece < n && !status; ++piece) {
    status = hr_sparse_output(ctx, piece, n + piece, counts[piece], rank, &out[piece]);
    if (!status) status = hr_sparse_shape_output(ctx, 2 * n + piece, rank, hr_sparse_sizes(x));
    if (!status) ((int64_t *)hr_tensor_data(hr_output_slot(ctx, 2 * n + piece)))[dim] = p->size + (piece < p->larger);
    counts[piece] = 0;
  }
  for (int64_t i = 0; i < hr_sparse_count(x) && !status; ++i) {
    int64_t piece = piece_of(p, hr_sparse_index(x, i)[dim]), at = counts[piece]++;
    status = hr_sparse_write(&out[piece], at, x, i);
    out[piece].indices[at * rank + dim] -= start_of(p, piece);
  }
  free(out);
  return status;
}

static hr_status split(hr_kernel_context *ctx) {
  hr_sparse_parts x;
  int64_t dim, count = hr_output_count(ctx) / 3;
  HR_TRY(hr_scalar_argument(hr_input(ctx, 0), "split_dim", &dim));
  HR_TRY(hr_sparse_input(ctx, 1, &x));
  int64_t rank = hr_sparse_rank(&x);
  if (dim < 0 || dim >= rank)
    return hr_error(HR_INVALID_ARGUMENT, "Input split_dim should be between 0 and rank (%" PRId64 "), got %" PRId64,
                    rank, dim);
  int64_t size = hr_sparse_sizes(&x)[dim];
  if (count < 1 || count > size)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Input num_split should be between 1 and the splitting dimension size (%" PRId64 "), got %" PRId64,
                    size, count);
  pieces p = {count, size / count, size % count};
  int64_t *counts = calloc((size_t)count, sizeof *counts);
  if (!counts) return hr_error_out_of_memory((size_t)count * sizeof *counts, "splitting a sparse tensor");
  hr_status status = cut(ctx, &x, dim, &p, counts);
  free(counts);
  return status;
}
HR_KERNEL(.op = "SparseSplit", .types = {{"T", HR_SPARSE_TYPES}}, .compute = split);
