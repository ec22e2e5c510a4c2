/* SparseToDense. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/box_copy.h"

#include <inttypes.h>

/* Indices that count as a matrix: a scalar is one place in a vector, a vector several places in one. */
static hr_status check_shapes(const hr_tensor *indices, const hr_shape *shape, const hr_tensor *values,
                              const hr_tensor *fill, int64_t *count, int64_t *depth) {
  if (indices->rank > 2)
    return hr_error(HR_INVALID_ARGUMENT, "sparse_indices should be a scalar, vector, or matrix, got shape %s",
                    HR_TENSOR_SHAPE_TEXT(indices));
  *count = indices->rank > 0 ? indices->dims[0] : 1;
  *depth = indices->rank > 1 ? indices->dims[1] : 1;
  if (shape->rank != *depth)
    return hr_error(HR_INVALID_ARGUMENT, "output_shape has incorrect number of elements: %d should be: %" PRId64,
                    shape->rank, *depth);
  if (values->rank > 1 || (values->rank == 1 && values->elements != *count))
    return hr_error(HR_INVALID_ARGUMENT, "sparse_values has incorrect shape %s, should be [] or [%" PRId64 "]",
                    HR_TENSOR_SHAPE_TEXT(values), *count);
  if (fill->rank != 0) return hr_error(HR_INVALID_ARGUMENT, "default_value should be a scalar.");
  return HR_SUCCESS;
}

static hr_status sparse_to_dense(hr_kernel_context *ctx) {
  const hr_tensor *indices = hr_input(ctx, 0), *values = hr_input(ctx, 2), *fill = hr_input(ctx, 3);
  int64_t count, depth, last = -1;
  hr_shape shape;
  HR_TRY(hr_rank_check(hr_input(ctx, 1), 1, "output_shape"));
  HR_TRY(hr_shape_argument(hr_input(ctx, 1), "output_shape", &shape));
  HR_TRY(check_shapes(indices, &shape, values, fill, &count, &depth));
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  hr_dtype dtype = hr_tensor_dtype(out);
  size_t size = hr_dtype_size(dtype);
  HR_TRY(hr_fill_tensor(ctx, out, hr_tensor_data(fill)));
  bool ordered = hr_node_attr(hr_context_node(ctx), "validate_indices")->b;
  for (int64_t i = 0; i < count; ++i) {
    int64_t place = 0;
    for (int64_t d = 0; d < depth; ++d) {
      int64_t index = hr_index_at(indices, i * depth + d);
      if (index < 0 || index >= shape.dims[d])
        return hr_error(HR_INVALID_ARGUMENT,
                        "indices[%" PRId64 "] is out of bounds: %" PRId64 " is not in [0, %" PRId64 ")", i, index,
                        shape.dims[d]);
      place = place * shape.dims[d] + index;
    }
    if (ordered && place <= last)
      return hr_error(HR_INVALID_ARGUMENT, "indices[%" PRId64 "] is %s", i,
                      place == last ? "repeated" : "out of order");
    last = place;
    HR_TRY(hr_copy_elements(dtype, (char *)hr_tensor_data(out) + (size_t)place * size,
                            (const char *)hr_tensor_data(values) + (values->rank ? (size_t)i * size : 0), 1));
  }
  return HR_SUCCESS;
}
HR_KERNEL(.op = "SparseToDense", .types = {{"T", HR_ANY_TYPES}, {"Tindices", HR_INDEX_TYPES}},
          .compute = sparse_to_dense);
