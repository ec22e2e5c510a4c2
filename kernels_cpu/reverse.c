/* Reverse, ReverseV2, ReverseSequence. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/box_copy.h"

#include <inttypes.h>

static hr_status reverse_dims(hr_kernel_context *ctx, const bool *reversed) {
  const hr_tensor *x = hr_input(ctx, 0);
  hr_shape shape = hr_tensor_shape(x);
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (x->elements == 0) return HR_SUCCESS;
  int64_t strides[HR_MAX_RANK], offset = 0;
  hr_dense_strides(x->rank, x->dims, strides);
  hr_box box = {0};
  for (int i = 0; i < x->rank; ++i) {
    hr_box_add(&box, x->dims[i], strides[i], reversed[i] ? -strides[i] : strides[i]);
    if (reversed[i]) offset += (x->dims[i] - 1) * strides[i];
  }
  hr_dtype dtype = hr_tensor_dtype(x);
  return hr_box_copy(ctx, dtype, &box, hr_tensor_data(out),
                     (const char *)hr_tensor_data(x) + (size_t)offset * hr_dtype_size(dtype));
}

static hr_status reverse(hr_kernel_context *ctx) {
  const hr_tensor *dims = hr_input(ctx, 1);
  HR_TRY(hr_rank_check(dims, 1, "'dims'"));
  if (dims->elements != hr_input(ctx, 0)->rank)
    return hr_error(HR_INVALID_ARGUMENT,
                    "'dims' must have the same number of values as 'input' has dimensions. 'input' "
                    "has %d 'dims' has %" PRId64 " values",
                    hr_input(ctx, 0)->rank, dims->elements);
  return reverse_dims(ctx, hr_tensor_data(dims));
}
HR_KERNEL(.op = "Reverse", .types = {{"T", HR_ANY_TYPES}}, .compute = reverse);

static hr_status reverse_v2(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0), *axes = hr_input(ctx, 1);
  bool reversed[HR_MAX_RANK] = {false};
  HR_TRY(hr_rank_check(axes, 1, "'dims'"));
  for (int64_t i = 0; i < axes->elements; ++i) {
    int64_t axis = hr_index_at(axes, i), at = axis < 0 ? axis + x->rank : axis;
    if (at < 0 || at >= x->rank)
      return hr_error(HR_INVALID_ARGUMENT, "'axis'[%" PRId64 "] = %" PRId64 " is out of valid range [0, %d)", i, axis,
                      x->rank);
    if (reversed[at]) return hr_error(HR_INVALID_ARGUMENT, "axis %" PRId64 " specified more than once.", at);
    reversed[at] = true;
  }
  return reverse_dims(ctx, reversed);
}
HR_KERNEL(.op = "ReverseV2", .types = {{"T", HR_ANY_TYPES}, {"Tidx", HR_INDEX_TYPES}}, .compute = reverse_v2);

static hr_status reverse_sequence(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0), *lengths = hr_input(ctx, 1);
  int64_t batch = hr_node_attr(hr_context_node(ctx), "batch_dim")->i;
  int64_t sequence = hr_node_attr(hr_context_node(ctx), "seq_dim")->i;
  HR_TRY(hr_rank_check(lengths, 1, "seq_lens input"));
  if (batch == sequence) return hr_error(HR_INVALID_ARGUMENT, "batch_dim == seq_dim == %" PRId64, sequence);
  if (sequence < 0 || sequence >= x->rank || batch < 0 || batch >= x->rank)
    return hr_error(HR_INVALID_ARGUMENT, "seq_dim %" PRId64 " and batch_dim %" PRId64 " must be < input rank %d",
                    sequence, batch, x->rank);
  if (lengths->elements != x->dims[batch])
    return hr_error(HR_INVALID_ARGUMENT, "Length of seq_lens != input.dims(%" PRId64 "), (%" PRId64 " vs. %" PRId64 ")",
                    batch, lengths->elements, x->dims[batch]);
  for (int64_t i = 0; i < lengths->elements; ++i) {
    int64_t length = hr_index_at(lengths, i);
    if (length < 0 || length > x->dims[sequence])
      return hr_error(HR_INVALID_ARGUMENT, "seq_lens(%" PRId64 ") = %" PRId64 " is not in [0, %" PRId64 "]", i, length,
                      x->dims[sequence]);
  }
  hr_shape shape = hr_tensor_shape(x);
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (x->elements == 0) return HR_SUCCESS;
  int64_t strides[HR_MAX_RANK];
  hr_dense_strides(x->rank, x->dims, strides);
  hr_dtype dtype = hr_tensor_dtype(x);
  size_t size = hr_dtype_size(dtype);
  /* For each batch entry: the part that is turned round, and the rest. */
  for (int64_t b = 0; b < x->dims[batch]; ++b) {
    int64_t length = hr_index_at(lengths, b);
    for (int turned = 0; turned < 2; ++turned) {
      hr_box box = {0};
      for (int i = 0; i < x->rank; ++i) {
        int64_t step = i == sequence && turned ? -strides[i] : strides[i];
        int64_t count = i == sequence ? (turned ? length : x->dims[i] - length) : x->dims[i];
        if (i != batch) hr_box_add(&box, count, strides[i], step);
      }
      int64_t to = b * strides[batch] + (turned ? 0 : length * strides[sequence]);
      int64_t from = b * strides[batch] + (turned ? (length - 1) * strides[sequence] : length * strides[sequence]);
      if (turned ? length == 0 : length == x->dims[sequence]) continue;
      HR_TRY(hr_box_copy(ctx, dtype, &box, (char *)hr_tensor_data(out) + (size_t)to * size,
                         (const char *)hr_tensor_data(x) + (size_t)from * size));
    }
  }
  return HR_SUCCESS;
}
HR_KERNEL(.op = "ReverseSequence", .types = {{"T", HR_ANY_TYPES}, {"Tlen", HR_INDEX_TYPES}},
          .compute = reverse_sequence);
