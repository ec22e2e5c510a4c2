/* ScatterNd, TensorScatterUpdate/Add/Sub, ScatterNdUpdate/Add/Sub, ScatterNdNonAliasingAdd: slices by index tuples. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/box_copy.h"
#include "kernels_cpu/row_arithmetic.h"
#include "kernels_cpu/variable_access.h"

#include <inttypes.h>
#include <string.h>

/* indices: [..., depth]; each tuple names a slice of `into`, which takes in the slice of updates in its place. */
static hr_status check(const hr_tensor *into, const hr_tensor *indices, const hr_tensor *updates) {
  if (indices->rank < 1)
    return hr_error(HR_INVALID_ARGUMENT, "Indices shape must have rank at least one. Found: %s",
                    HR_TENSOR_SHAPE_TEXT(indices));
  int outer = indices->rank - 1;
  int64_t depth = indices->dims[outer];
  bool fits = depth <= into->rank && updates->rank == outer + into->rank - depth;
  for (int i = 0; fits && i < updates->rank; ++i)
    fits = updates->dims[i] == (i < outer ? indices->dims[i] : into->dims[i - outer + depth]);
  if (!fits)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Must have updates.shape = indices.shape[:-1] + shape[indices.shape[-1]:], got updates.shape: %s, "
                    "indices.shape: %s, shape: %s",
                    HR_TENSOR_SHAPE_TEXT(updates), HR_TENSOR_SHAPE_TEXT(indices), HR_TENSOR_SHAPE_TEXT(into));
  int64_t tuples = hr_dims_product(indices, 0, outer);
  for (int64_t i = 0; i < tuples; ++i)
    for (int64_t d = 0; d < depth; ++d) {
      int64_t index = hr_index_at(indices, i * depth + d);
      if (index < 0 || index >= into->dims[d])
        return hr_error(HR_INVALID_ARGUMENT,
                        "indices[%" PRId64 "] does not index into shape %s: %" PRId64 " in dimension %" PRId64, i,
                        HR_TENSOR_SHAPE_TEXT(into), index, d);
    }
  return HR_SUCCESS;
}

/* `op` NULL: slices are replaced. */
static hr_status scatter_slices(const hr_row_op *op, hr_tensor *into, const hr_tensor *indices,
                                const hr_tensor *updates) {
  HR_TRY(check(into, indices, updates));
  hr_dtype dtype = hr_tensor_dtype(into);
  hr_binary_loop *loop = op ? hr_row_loop(*op, dtype) : NULL;
  int64_t depth = indices->dims[indices->rank - 1], tuples = hr_dims_product(indices, 0, indices->rank - 1);
  int64_t inner = hr_dims_product(into, (int)depth, into->rank);
  size_t row = (size_t)inner * hr_dtype_size(dtype);
  for (int64_t i = 0; i < tuples; ++i) {
    int64_t place = 0;
    for (int64_t d = 0; d < depth; ++d)
      place = place * into->dims[d] + hr_index_at(indices, i * depth + d);
    char *to = (char *)hr_tensor_data(into) + (size_t)place * row;
    const char *from = (const char *)hr_tensor_data(updates) + (size_t)i * row;
    if (loop)
      loop(to, to, from, inner, HR_BOTH_ROWS);
    else
      HR_TRY(hr_copy_elements(dtype, to, from, inner));
  }
  return HR_SUCCESS;
}

static const hr_row_op add = HR_ROW_ADD, sub = HR_ROW_SUB;

/* Into zeros: tuples that come twice add up. */
static hr_status scatter_nd(hr_kernel_context *ctx) {
  hr_shape shape;
  HR_TRY(hr_rank_check(hr_input(ctx, 2), 1, "Shape"));
  HR_TRY(hr_shape_argument(hr_input(ctx, 2), "Shape", &shape));
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  bool plain = hr_dtype_is_plain(hr_tensor_dtype(out));
  if (plain) memset(hr_tensor_data(out), 0, hr_tensor_bytes(out));
  return scatter_slices(hr_row_loop(HR_ROW_ADD, hr_tensor_dtype(out)) ? &add : NULL, out, hr_input(ctx, 0),
                        hr_input(ctx, 1));
}
HR_KERNEL(.op = "ScatterNd",
          .types = {{"T", HR_NUMBER_TYPES | HR_TYPE_BIT(HR_STRING) | HR_TYPE_BIT(HR_BOOL)},
                    {"Tindices", HR_INDEX_TYPES}},
          .compute = scatter_nd);

/* A copy of the first input with slices changed. */
static hr_status scatter_into_copy(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  hr_shape shape = hr_tensor_shape(x);
  hr_tensor *out;
  HR_TRY(hr_output_forward_or_new(ctx, 1, 0, &shape, &out));
  if (hr_tensor_data(out) != hr_tensor_data(x))
    HR_TRY(hr_copy_elements(hr_tensor_dtype(x), hr_tensor_data(out), hr_tensor_data(x), x->elements));
  return scatter_slices(hr_context_argument(ctx), out, hr_input(ctx, 1), hr_input(ctx, 2));
}
#define COPY_KERNEL(name, allowed, operation)                                                                          \
  HR_KERNEL(.op = name, .types = {{"T", allowed}, {"Tindices", HR_INDEX_TYPES}}, .argument = operation,                \
            .compute = scatter_into_copy)
COPY_KERNEL("TensorScatterUpdate", HR_ANY_TYPES, NULL);
COPY_KERNEL("TensorScatterAdd", HR_NUMBER_TYPES, &add);
COPY_KERNEL("TensorScatterSub", HR_NUMBER_TYPES, &sub);
COPY_KERNEL("ScatterNdNonAliasingAdd", HR_NUMBER_TYPES, &add);

static hr_status create(const hr_kernel_construction *c, void **state) {
  return hr_state_flags(c, (const char *const[]){"use_locking", NULL}, state);
}

static hr_status scatter_into_variable(hr_kernel_context *ctx) {
  hr_variables v;
  HR_TRY(hr_variables_open(ctx, 1, hr_state_flag(ctx, 0), &v));
  hr_status status = scatter_slices(hr_context_argument(ctx), &v.values[0], hr_input(ctx, 1), hr_input(ctx, 2));
  hr_variables_close(&v);
  HR_TRY(status);
  return hr_variables_done(ctx);
}
#define VARIABLE_KERNEL(name, allowed, operation)                                                                      \
  HR_KERNEL(.op = name, .types = {{"T", allowed}, {"Tindices", HR_INDEX_TYPES}}, .create = create,                     \
            .argument = operation, .compute = scatter_into_variable)
VARIABLE_KERNEL("ScatterNdUpdate", HR_ANY_TYPES, NULL);
VARIABLE_KERNEL("ScatterNdAdd", HR_NUMBER_TYPES, &add);
VARIABLE_KERNEL("ScatterNdSub", HR_NUMBER_TYPES, &sub);
VARIABLE_KERNEL("ResourceScatterNdUpdate", HR_ANY_TYPES, NULL);
VARIABLE_KERNEL("ResourceScatterNdAdd", HR_NUMBER_TYPES, &add);
VARIABLE_KERNEL("ResourceScatterNdSub", HR_NUMBER_TYPES, &sub);
