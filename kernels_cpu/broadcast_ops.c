/* BroadcastGradientArgs, BroadcastArgs and BroadcastTo. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/box_copy.h"
#include "kernels_cpu/broadcast.h"

/* Two shapes as vectors of sizes, the shorter filled up with ones in front. */
typedef struct shape_pair {
  int rank;
  bool is_same;
  int64_t x[HR_MAX_RANK], y[HR_MAX_RANK];
} shape_pair;

static void pad_sizes(const hr_tensor *sizes, int rank, int64_t out[HR_MAX_RANK]) {
  int missing = rank - (int)sizes->elements;
  for (int i = 0; i < rank; ++i)
    out[i] = i < missing ? 1 : hr_index_at(sizes, i - missing);
}

static hr_status read_pair(const hr_kernel_context *ctx, shape_pair *pair) {
  const hr_tensor *x = hr_input(ctx, 0), *y = hr_input(ctx, 1);
  HR_TRY(hr_rank_check(x, 1, "s0"));
  HR_TRY(hr_rank_check(y, 1, "s1"));
  int64_t rank = x->elements > y->elements ? x->elements : y->elements;
  if (rank > HR_MAX_RANK)
    return hr_error(HR_UNIMPLEMENTED, "Broadcast between shapes of %lld dimensions; at most %d are supported",
                    (long long)rank, HR_MAX_RANK);
  pair->rank = (int)rank;
  pad_sizes(x, pair->rank, pair->x);
  pad_sizes(y, pair->rank, pair->y);
  pair->is_same = x->elements == y->elements;
  for (int i = 0; i < pair->rank; ++i) {
    int64_t a = pair->x[i], b = pair->y[i];
    pair->is_same = pair->is_same && a == b;
    if (a == b || a == 1 || b == 1) continue;
    hr_shape x_shape = {.rank = (int)x->elements}, y_shape = {.rank = (int)y->elements};
    char x_text[HR_SHAPE_TEXT], y_text[HR_SHAPE_TEXT];
    for (int k = 0; k < x_shape.rank; ++k)
      x_shape.dims[k] = hr_index_at(x, k);
    for (int k = 0; k < y_shape.rank; ++k)
      y_shape.dims[k] = hr_index_at(y, k);
    return hr_error(HR_INVALID_ARGUMENT, "Incompatible shapes: %s vs. %s", hr_shape_text(&x_shape, x_text),
                    hr_shape_text(&y_shape, y_text));
  }
  return HR_SUCCESS;
}

/* A vector of indices or sizes of the input's type. */
static hr_status output_vector(hr_kernel_context *ctx, int index, int count, const int64_t *values) {
  hr_shape shape = {.rank = 1, .dims = {count}};
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, index, &shape, &out));
  for (int i = 0; i < count; ++i) {
    if (out->dtype == HR_INT32)
      ((int32_t *)hr_tensor_data(out))[i] = (int32_t)values[i];
    else
      ((int64_t *)hr_tensor_data(out))[i] = values[i];
  }
  return HR_SUCCESS;
}

/* A dimension where both sizes are 1 is listed for both, unless the shapes are the same. */
static hr_status gradient_args(hr_kernel_context *ctx) {
  shape_pair pair;
  HR_TRY(read_pair(ctx, &pair));
  int64_t x_axes[HR_MAX_RANK], y_axes[HR_MAX_RANK];
  int x_count = 0, y_count = 0;
  for (int i = 0; i < pair.rank && !pair.is_same; ++i) {
    if (pair.x[i] == 1) x_axes[x_count++] = i;
    if (pair.y[i] == 1) y_axes[y_count++] = i;
  }
  HR_TRY(output_vector(ctx, 0, x_count, x_axes));
  return output_vector(ctx, 1, y_count, y_axes);
}
HR_KERNEL(.op = "BroadcastGradientArgs", .types = {{"T", HR_INDEX_TYPES}}, .flags = HR_KERNEL_CHEAP,
          .compute = gradient_args);

static hr_status broadcast_args(hr_kernel_context *ctx) {
  shape_pair pair;
  HR_TRY(read_pair(ctx, &pair));
  for (int i = 0; i < pair.rank; ++i)
    if (pair.x[i] == 1) pair.x[i] = pair.y[i];
  return output_vector(ctx, 0, pair.rank, pair.x);
}
HR_KERNEL(.op = "BroadcastArgs", .types = {{"T", HR_INDEX_TYPES}}, .flags = HR_KERNEL_CHEAP, .compute = broadcast_args);

static hr_status broadcast_to(hr_kernel_context *ctx) {
  const hr_tensor *input = hr_input(ctx, 0);
  hr_shape shape;
  HR_TRY(hr_shape_argument(hr_input(ctx, 1), "shape", &shape));
  if (input->rank > shape.rank)
    return hr_error(HR_INVALID_ARGUMENT, "Rank of input (%d) must be no greater than rank of output shape (%d).",
                    input->rank, shape.rank);
  char text[HR_SHAPE_TEXT];
  int64_t to[HR_MAX_RANK], from[HR_MAX_RANK];
  hr_dense_strides(shape.rank, shape.dims, to);
  hr_dense_strides(input->rank, input->dims, from);
  hr_box box = {.rank = 0};
  for (int i = 0; i < shape.rank; ++i) {
    int source = i - (shape.rank - input->rank);
    int64_t size = source < 0 ? 1 : input->dims[source];
    if (size != 1 && size != shape.dims[i])
      return hr_error(HR_INVALID_ARGUMENT, "Incompatible shapes: %s vs. %s", HR_TENSOR_SHAPE_TEXT(input),
                      hr_shape_text(&shape, text));
    hr_box_add(&box, shape.dims[i], to[i], size == 1 ? 0 : from[source]);
  }
  if (hr_shape_elements(&shape) == input->elements) {
    hr_output_share(ctx, 0, 0, &shape);
    return HR_SUCCESS;
  }
  const void *data = hr_tensor_data(input);
  hr_dtype dtype = hr_tensor_dtype(input);
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  return hr_box_copy(ctx, dtype, &box, hr_tensor_data(out), data);
}
HR_KERNEL(.op = "BroadcastTo", .types = {{"T", HR_COPIED_TYPES}, {"Tidx", HR_INDEX_TYPES}}, .compute = broadcast_to);
