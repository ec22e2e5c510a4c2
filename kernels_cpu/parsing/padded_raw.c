/* DecodePaddedRaw: the first bytes of strings as numbers. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/string_arguments.h"

#include <inttypes.h>

static void swap_bytes(char *at, size_t bytes, size_t word) {
  for (char *end = at + bytes; at < end; at += word)
    for (size_t i = 0; i < word / 2; ++i) {
      char byte = at[i];
      at[i] = at[word - 1 - i];
      at[word - 1 - i] = byte;
    }
}

static hr_status decode_padded_raw(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0), *given = hr_input(ctx, 1);
  hr_dtype type = hr_output_type(ctx, 0);
  size_t size = hr_dtype_size(type);
  if (given->rank != 0)
    return hr_error(HR_INVALID_ARGUMENT, "fixed_length must be scalar, got shape %s", HR_TENSOR_SHAPE_TEXT(given));
  int64_t fixed = hr_index_at(given, 0);
  if (fixed % (int64_t)size != 0)
    return hr_error(HR_INVALID_ARGUMENT, "fixed_length (%" PRId64 ") must be a multiple of the size of out_type (%zu)",
                    fixed, size);
  if (fixed <= 0) return hr_error(HR_INVALID_ARGUMENT, "fixed_length (%" PRId64 ") must be greater than zero.", fixed);
  if (x->rank == HR_MAX_RANK) return hr_error(HR_UNIMPLEMENTED, "A tensor has at most %d dimensions", HR_MAX_RANK);
  hr_shape shape = hr_tensor_shape(x);
  shape.dims[shape.rank++] = fixed / (int64_t)size;
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  char *to = hr_tensor_data(out);
  for (int64_t i = 0; i < x->elements; ++i, to += fixed) {
    hr_view bytes = hr_string_view(hr_string_at(x, i));
    size_t length = bytes.length < (size_t)fixed ? bytes.length : (size_t)fixed;
    memcpy(to, bytes.data, length);
    memset(to + length, 0, (size_t)fixed - length);
    if (!hr_node_attr(hr_context_node(ctx), "little_endian")->b) swap_bytes(to, (size_t)fixed, size);
  }
  return HR_SUCCESS;
}
HR_KERNEL(.op = "DecodePaddedRaw", .compute = decode_padded_raw);
