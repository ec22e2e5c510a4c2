/* SpaceToBatch, BatchToSpace and their ND forms; SpaceToDepth, DepthToSpace. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/box_copy.h"
#include "kernels_cpu/row_arithmetic.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The cut dimensions, which stand behind the batch: those of the blocks' side and of the whole one, padded by `edges`.
 */
typedef struct cut {
  int rank;
  int64_t blocks[HR_MAX_RANK], before[HR_MAX_RANK];
  int64_t inner[HR_MAX_RANK], whole[HR_MAX_RANK]; /* sizes within blocks' grid, and without padding */
  int64_t batch;                                  /* of the whole side */
  size_t row;                                     /* bytes behind the cut dimensions */
  const char *from;
  char *to;
} cut;

/* The row of the whole side that belongs to row `index` of the blocks' side; -1 for padding. */
static int64_t whole_row(const cut *c, int64_t index) {
  int64_t at[HR_MAX_RANK], place[HR_MAX_RANK];
  for (int i = c->rank; i-- > 0; index /= c->inner[i])
    at[i] = index % c->inner[i];
  int64_t image = index % c->batch, block = index / c->batch, row = image;
  for (int i = c->rank; i-- > 0; block /= c->blocks[i])
    place[i] = block % c->blocks[i];
  for (int i = 0; i < c->rank; ++i) {
    int64_t position = at[i] * c->blocks[i] + place[i] - c->before[i];
    if (position < 0 || position >= c->whole[i]) return -1;
    row = row * c->whole[i] + position;
  }
  return row;
}

static void to_blocks(void *argument, int64_t begin, int64_t end) {
  const cut *c = argument;
  for (int64_t i = begin; i < end; ++i) {
    int64_t row = whole_row(c, i);
    char *to = c->to + (size_t)i * c->row;
    if (row < 0)
      memset(to, 0, c->row);
    else
      memcpy(to, c->from + (size_t)row * c->row, c->row);
  }
}
static void from_blocks(void *argument, int64_t begin, int64_t end) {
  const cut *c = argument;
  for (int64_t i = begin; i < end; ++i) {
    int64_t row = whole_row(c, i);
    if (row >= 0) memcpy(c->to + (size_t)row * c->row, c->from + (size_t)i * c->row, c->row);
  }
}

/* Reads blocks and edges: `before` and `after` each cut dimension. */
static hr_status read_cut(const hr_tensor *x, int rank, const hr_tensor *blocks, int64_t block_size,
                          const hr_tensor *edges, cut *c, int64_t after[HR_MAX_RANK]) {
  if (edges->rank != 2 || edges->dims[0] != rank || edges->dims[1] != 2)
    return hr_error(HR_INVALID_ARGUMENT, "paddings and crops should have shape [%d, 2] instead of %s", rank,
                    HR_TENSOR_SHAPE_TEXT(edges));
  if (x->rank < rank + 1)
    return hr_error(HR_INVALID_ARGUMENT, "input rank should be >= %d instead of %d", rank + 1, x->rank);
  c->rank = rank;
  for (int i = 0; i < rank; ++i) {
    c->blocks[i] = blocks ? hr_index_at(blocks, i) : block_size;
    c->before[i] = hr_index_at(edges, 2 * i);
    after[i] = hr_index_at(edges, 2 * i + 1);
    if (c->blocks[i] < 1)
      return hr_error(HR_INVALID_ARGUMENT,
                      "All values in block_shape must be positive, got value, %" PRId64 " at index %d.", c->blocks[i],
                      i);
    if (c->before[i] < 0 || after[i] < 0 || c->before[i] > INT32_MAX || after[i] > INT32_MAX)
      return hr_error(HR_INVALID_ARGUMENT, "Paddings and crops must be non-negative: %" PRId64 " %" PRId64,
                      c->before[i], after[i]);
  }
  c->row = (size_t)hr_dims_product(x, rank + 1, x->rank) * hr_dtype_size(hr_tensor_dtype(x));
  return HR_SUCCESS;
}

/* Makes the output and moves the rows; `blocks` NULL: squares of `block_size`. */
static hr_status move(hr_kernel_context *ctx, int rank, const hr_tensor *blocks, int64_t block_size,
                      const hr_tensor *edges, bool is_cut) {
  const hr_tensor *x = hr_input(ctx, 0);
  int64_t after[HR_MAX_RANK], dims[HR_MAX_RANK], count = 1;
  cut c = {0};
  HR_TRY(read_cut(x, rank, blocks, block_size, edges, &c, after));
  memcpy(dims, x->dims, sizeof *dims * (size_t)x->rank);
  for (int i = 0; i < rank; ++i) {
    int64_t size;
    if (__builtin_mul_overflow(count, c.blocks[i], &count))
      return hr_error(HR_INVALID_ARGUMENT, "The blocks are too large");
    if (is_cut) {
      size = x->dims[1 + i] + c.before[i] + after[i];
      if (size % c.blocks[i] != 0)
        return hr_error(HR_INVALID_ARGUMENT,
                        "padded_shape[%d]=%" PRId64 " is not divisible by block_shape[%d]=%" PRId64, i, size, i,
                        c.blocks[i]);
      c.whole[i] = x->dims[1 + i];
      c.inner[i] = dims[1 + i] = size / c.blocks[i];
    } else {
      if (__builtin_mul_overflow(x->dims[1 + i], c.blocks[i], &size))
        return hr_error(HR_INVALID_ARGUMENT, "The blocks are too large");
      size -= c.before[i] + after[i];
      if (size < 0) return hr_error(HR_INVALID_ARGUMENT, "cropped_shape[%d]=%" PRId64 " must be non-negative", i, size);
      c.inner[i] = x->dims[1 + i];
      c.whole[i] = dims[1 + i] = size;
    }
  }
  if (!is_cut && x->dims[0] % count != 0)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Input batch dimension (%" PRId64 ") is not divisible by product of block "
                    "sizes (%" PRId64 ")",
                    x->dims[0], count);
  c.batch = is_cut ? x->dims[0] : x->dims[0] / count;
  if (is_cut ? __builtin_mul_overflow(x->dims[0], count, &dims[0]) : (dims[0] = c.batch, false))
    return hr_error(HR_INVALID_ARGUMENT, "The batch is too large");
  hr_shape shape;
  hr_tensor *out;
  HR_TRY(hr_shape_make(x->rank, dims, &shape));
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (out->elements == 0) return HR_SUCCESS;
  c.from = hr_tensor_data(x);
  c.to = hr_tensor_data(out);
  int64_t rows = hr_dims_product(is_cut ? out : x, 0, rank + 1);
  hr_parallel_for(ctx, rows, 10 + 0.1 * (double)c.row, is_cut ? to_blocks : from_blocks, &c);
  return HR_SUCCESS;
}

static hr_status move_by_inputs(hr_kernel_context *ctx, bool is_cut) {
  const hr_tensor *blocks = hr_input(ctx, 1);
  if (blocks->rank != 1 || blocks->elements >= HR_MAX_RANK)
    return hr_error(HR_INVALID_ARGUMENT, "block_shape rank should be 1 instead of %d, with less than %d elements",
                    blocks->rank, HR_MAX_RANK);
  return move(ctx, (int)blocks->elements, blocks, 0, hr_input(ctx, 2), is_cut);
}
static hr_status move_images(hr_kernel_context *ctx, bool is_cut) {
  if (hr_input(ctx, 0)->rank != 4)
    return hr_error(HR_INVALID_ARGUMENT, "Input rank should be: 4 instead of: %d", hr_input(ctx, 0)->rank);
  int64_t size = hr_node_attr(hr_context_node(ctx), "block_size")->i;
  return move(ctx, 2, NULL, size, hr_input(ctx, 1), is_cut);
}
static hr_status space_to_batch(hr_kernel_context *ctx) { return move_images(ctx, true); }
static hr_status batch_to_space(hr_kernel_context *ctx) { return move_images(ctx, false); }
static hr_status space_to_batch_nd(hr_kernel_context *ctx) { return move_by_inputs(ctx, true); }
static hr_status batch_to_space_nd(hr_kernel_context *ctx) { return move_by_inputs(ctx, false); }

HR_KERNEL(.op = "SpaceToBatch", .types = {{"T", HR_REAL_TYPES}, {"Tpaddings", HR_INDEX_TYPES}},
          .compute = space_to_batch);
HR_KERNEL(.op = "BatchToSpace", .types = {{"T", HR_REAL_TYPES}, {"Tidx", HR_INDEX_TYPES}}, .compute = batch_to_space);
HR_KERNEL(.op = "SpaceToBatchND",
          .types = {{"T", HR_REAL_TYPES}, {"Tblock_shape", HR_INDEX_TYPES}, {"Tpaddings", HR_INDEX_TYPES}},
          .compute = space_to_batch_nd);
HR_KERNEL(.op = "BatchToSpaceND",
          .types = {{"T", HR_REAL_TYPES}, {"Tblock_shape", HR_INDEX_TYPES}, {"Tcrops", HR_INDEX_TYPES}},
          .compute = batch_to_space_nd);

/* ---- channels: a transposition of [batch, height, block, width, block, channels] -------------------------------- */

static hr_status channels_create(const hr_kernel_construction *c, void **state) {
  const hr_attr_value *format;
  HR_TRY(hr_construction_attr(c, "data_format", &format));
  if (strcmp(format->s, "NHWC") != 0)
    return hr_error(HR_INVALID_ARGUMENT, "Only NHWC data_format supported on CPU. Got %s", format->s);
  *state = NULL;
  return HR_SUCCESS;
}

static hr_status turn(hr_kernel_context *ctx, bool to_depth) {
  const hr_tensor *x = hr_input(ctx, 0);
  int64_t block = hr_node_attr(hr_context_node(ctx), "block_size")->i;
  HR_TRY(hr_rank_check(x, 4, "Input rank should be 4: input"));
  int64_t area;
  if (block > INT32_MAX || __builtin_mul_overflow(block, block, &area))
    return hr_error(HR_INVALID_ARGUMENT, "Block size %" PRId64 " is too large", block);
  if (to_depth ? x->dims[1] % block != 0 || x->dims[2] % block != 0 : x->dims[3] % area != 0)
    return hr_error(HR_INVALID_ARGUMENT, "Block size %" PRId64 " must divide the %s of the input, %s", block,
                    to_depth ? "height and width" : "channels", HR_TENSOR_SHAPE_TEXT(x));
  /* The small side: fewer pixels, more channels. */
  int64_t height = to_depth ? x->dims[1] / block : x->dims[1], width = to_depth ? x->dims[2] / block : x->dims[2];
  int64_t channels = to_depth ? x->dims[3] : x->dims[3] / area, dims[4] = {x->dims[0], height, width, channels * area};
  if (!to_depth) dims[1] = height * block, dims[2] = width * block, dims[3] = channels;
  hr_shape shape;
  hr_tensor *out;
  HR_TRY(hr_shape_make(4, dims, &shape));
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (out->elements == 0) return HR_SUCCESS;
  int64_t sizes[] = {x->dims[0], height, width, block, block, channels};
  int64_t small[6], large[] = {height * width * area * channels,
                               block * width * block * channels,
                               block * channels,
                               width * block * channels,
                               channels,
                               1};
  hr_dense_strides(6, sizes, small);
  hr_box box = {0};
  for (int i = 0; i < 6; ++i)
    hr_box_add(&box, sizes[i], to_depth ? small[i] : large[i], to_depth ? large[i] : small[i]);
  return hr_box_copy(ctx, hr_tensor_dtype(x), &box, hr_tensor_data(out), hr_tensor_data(x));
}
static hr_status space_to_depth(hr_kernel_context *ctx) { return turn(ctx, true); }
static hr_status depth_to_space(hr_kernel_context *ctx) { return turn(ctx, false); }

HR_KERNEL(.op = "SpaceToDepth", .types = {{"T", HR_COPIED_TYPES}}, .create = channels_create,
          .compute = space_to_depth);
HR_KERNEL(.op = "DepthToSpace", .types = {{"T", HR_COPIED_TYPES}}, .create = channels_create,
          .compute = depth_to_space);
