/* Shapes of ops that move elements between space, batch and channels. */
#include "ops/shapes/window.h"

/* How the dimensions behind the batch are cut: blocks and what is added before and after, where they are known. */
typedef struct cut {
  int64_t rank; /* how many dimensions; unknown: -1 */
  bool is_of_images, blocks_known, edges_known;
  int64_t blocks[HR_MAX_RANK], edges[2 * HR_MAX_RANK];
} cut;

static hr_status read_input(const hr_shape_context *c, int input, int64_t count, bool *known, int64_t *out) {
  hr_tensor value;
  HR_TRY(hr_shape_input_value(c, input, known, &value));
  if (!*known) return HR_SUCCESS;
  for (int64_t i = 0; i < count && i < value.elements; ++i)
    out[i] = hr_tensor_int(&value, i);
  hr_tensor_clear(&value);
  return HR_SUCCESS;
}

/* Edges are a matrix of two columns, with a row for each dimension. */
static hr_status read_edges(const hr_shape_context *c, int input, cut *cut) {
  hr_partial_shape edges, wanted = hr_matrix_shape(cut->rank, 2);
  HR_TRY(hr_input_of_rank(c, input, 2, &edges));
  HR_TRY(hr_partial_shape_merge(&edges, &wanted, &edges));
  return read_input(c, input, 2 * cut->rank, &cut->edges_known, cut->edges);
}

/* By a block shape (input 1) and edges (input 2). */
static hr_status read_cut(const hr_shape_context *c, cut *cut) {
  hr_partial_shape blocks;
  *cut = (struct cut){.rank = -1};
  if (!hr_rank_known(hr_shape_input(c, 1))) return hr_error(HR_INVALID_ARGUMENT, "block_shape must have rank 1.");
  HR_TRY(hr_input_of_rank(c, 1, 1, &blocks));
  if (hr_dim_at(&blocks, 0) < 0) return HR_SUCCESS;
  if (hr_dim_at(&blocks, 0) > HR_MAX_RANK)
    return hr_error(HR_UNIMPLEMENTED, "Blocks of more than %d dimensions", HR_MAX_RANK);
  cut->rank = hr_dim_at(&blocks, 0);
  HR_TRY(read_input(c, 1, cut->rank, &cut->blocks_known, cut->blocks));
  return read_edges(c, 2, cut);
}
/* By a block size and edges (input 1) of images. */
static hr_status read_square_cut(const hr_shape_context *c, cut *cut) {
  *cut = (struct cut){.rank = 2, .is_of_images = true, .blocks_known = true};
  cut->blocks[0] = cut->blocks[1] = hr_int_attr(c, "block_size");
  return read_edges(c, 1, cut);
}

static hr_status check_cut(const cut *cut) {
  for (int i = 0; cut->blocks_known && i < cut->rank; ++i)
    if (cut->blocks[i] < 1)
      return hr_error(HR_INVALID_ARGUMENT, "block_shape must be positive, but got %" PRId64, cut->blocks[i]);
  for (int i = 0; cut->edges_known && i < 2 * cut->rank; ++i)
    if (cut->edges[i] < 0)
      return hr_error(HR_INVALID_ARGUMENT, "paddings and crops cannot be negative, but got %" PRId64, cut->edges[i]);
  return HR_SUCCESS;
}

static hr_status set_cut(hr_shape_context *c, const cut *cut, bool to_batch) {
  hr_partial_shape s;
  if (cut->rank < 0) {
    hr_shape_set_unknown(c, 0);
    return HR_SUCCESS;
  }
  HR_TRY(hr_input_of_rank_at_least(c, 0, (int)cut->rank + 1, &s));
  HR_TRY(check_cut(cut));
  if (!hr_rank_known(&s) && cut->is_of_images) HR_TRY(hr_shape_of_rank(4, &s));
  if (!hr_rank_known(&s)) {
    hr_shape_set_unknown(c, 0);
    return HR_SUCCESS;
  }
  for (int i = 0; i < cut->rank; ++i) {
    int64_t block = cut->blocks_known ? cut->blocks[i] : HR_UNKNOWN_DIM, *size = &s.dims[1 + i];
    HR_TRY(to_batch ? hr_dim_multiply(s.dims[0], block, &s.dims[0])
                    : hr_dim_divide(s.dims[0], block, true, &s.dims[0]));
    if (!cut->blocks_known || !cut->edges_known) {
      *size = HR_UNKNOWN_DIM;
      continue;
    }
    int64_t edges;
    HR_TRY(hr_dim_add(cut->edges[2 * i], cut->edges[2 * i + 1], &edges));
    if (to_batch) {
      HR_TRY(hr_dim_add(*size, edges, size));
      HR_TRY(hr_dim_divide(*size, block, true, size));
    } else {
      HR_TRY(hr_dim_multiply(*size, block, size));
      HR_TRY(hr_dim_subtract(*size, edges, size));
    }
  }
  if (!cut->blocks_known) s.dims[0] = HR_UNKNOWN_DIM;
  return hr_shape_set(c, 0, &s);
}

static hr_status set_images_cut(hr_shape_context *c, bool to_batch) {
  cut cut;
  hr_partial_shape images;
  HR_TRY(hr_input_of_rank(c, 0, 4, &images));
  HR_TRY(read_square_cut(c, &cut));
  return set_cut(c, &cut, to_batch);
}
hr_status hr_shape_fn_space_to_batch(hr_shape_context *c) { return set_images_cut(c, true); }
hr_status hr_shape_fn_batch_to_space(hr_shape_context *c) { return set_images_cut(c, false); }
hr_status hr_shape_fn_space_to_batch_nd(hr_shape_context *c) {
  cut cut;
  HR_TRY(read_cut(c, &cut));
  return set_cut(c, &cut, true);
}
hr_status hr_shape_fn_batch_to_space_nd(hr_shape_context *c) {
  cut cut;
  HR_TRY(read_cut(c, &cut));
  return set_cut(c, &cut, false);
}

/* ---- channels -------------------------------------------------------------------------------------------------- */

static hr_status set_depth(hr_shape_context *c, bool to_depth) {
  bool packed = hr_string_attr_is(c, "data_format", "NCHW_VECT_C");
  hr_window_layout layout = hr_window_layout_of(c, 2);
  hr_partial_shape s;
  int64_t block = hr_int_attr(c, "block_size"), area;
  HR_TRY(hr_input_of_rank(c, 0, packed ? 5 : 4, &s));
  HR_TRY(hr_dim_multiply(block, block, &area));
  if (!hr_rank_known(&s)) HR_TRY(hr_shape_of_rank(packed ? 5 : 4, &s));
  for (int i = 0; i < 2; ++i) {
    int64_t *size = &s.dims[layout.first + i];
    HR_TRY(to_depth ? hr_dim_divide(*size, block, true, size) : hr_dim_multiply(*size, block, size));
  }
  int64_t *depth = &s.dims[layout.channels];
  HR_TRY(to_depth ? hr_dim_multiply(*depth, area, depth) : hr_dim_divide(*depth, area, true, depth));
  return hr_shape_set(c, 0, &s);
}
hr_status hr_shape_fn_space_to_depth(hr_shape_context *c) { return set_depth(c, true); }
hr_status hr_shape_fn_depth_to_space(hr_shape_context *c) { return set_depth(c, false); }

/* ---- grey dilation --------------------------------------------------------------------------------------------- */

/* Windows that do not fit are none, unless they miss more than a stride. */
static hr_status count_dilated(const hr_shape_context *c, int64_t in, int64_t window, int64_t rate, int64_t stride,
                               int64_t *out) {
  if (in < 0 || window < 1 || rate < 1 || stride < 1 || window > INT32_MAX || rate > INT32_MAX ||
      !hr_string_attr_is(c, "padding", "VALID"))
    return hr_window_count(c, in, window, rate, stride, 0, 0, out);
  int64_t rest = in - ((window - 1) * rate + 1) + stride;
  if (rest < 0)
    return hr_error(HR_INVALID_ARGUMENT, "Computed output size would be negative: windows of %" PRId64 " in %" PRId64,
                    window, in);
  *out = rest / stride;
  return HR_SUCCESS;
}

hr_status hr_shape_fn_dilation_2d(hr_shape_context *c) {
  hr_partial_shape input, filter, out;
  const int64_t *strides, *rates;
  HR_TRY(hr_input_of_rank(c, 0, 4, &input));
  HR_TRY(hr_input_of_rank(c, 1, 3, &filter));
  HR_TRY(hr_window_list(c, "strides", "stride", 2, &strides));
  HR_TRY(hr_window_list(c, "rates", "rates", 2, &rates));
  HR_TRY(hr_shape_of_rank(4, &out));
  out.dims[0] = hr_dim_at(&input, 0);
  for (int i = 0; i < 2; ++i)
    HR_TRY(count_dilated(c, hr_dim_at(&input, 1 + i), hr_dim_at(&filter, i), rates[1 + i], strides[1 + i],
                         &out.dims[1 + i]));
  HR_TRY(hr_dim_merge(hr_dim_at(&input, 3), hr_dim_at(&filter, 2), &out.dims[3]));
  return hr_shape_set(c, 0, &out);
}
