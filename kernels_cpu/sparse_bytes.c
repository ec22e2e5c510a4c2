/* SerializeSparse, SerializeManySparse, DeserializeSparse, DeserializeManySparse: sparse tensors as three serialised
 * tensors each, indices, values and shape. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/sparse_rows.h"
#include "kernels_cpu/string_arguments.h"
#include "runtime/tensor/tensor_proto.h"

#include <stdlib.h>

static hr_status serialize(const hr_tensor *tensor, hr_text *text, hr_string *out) {
  HR_TRY(hr_tensor_content_to_proto(tensor, text));
  return hr_string_set_text(out, text);
}

static hr_status serialize_parts(const hr_sparse_parts *x, hr_string *out) {
  hr_text text = {0};
  hr_status status = serialize(&x->indices, &text, &out[0]);
  if (!status) status = serialize(&x->values, &text, &out[1]);
  if (!status) status = serialize(&x->shape, &text, &out[2]);
  hr_text_free(&text);
  return status;
}

static hr_status serialize_sparse(hr_kernel_context *ctx) {
  hr_sparse_parts x;
  HR_TRY(hr_sparse_input(ctx, &x));
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &(hr_shape){1, {3}}, &out));
  return serialize_parts(&x, hr_tensor_data(out));
}
HR_KERNEL(.op = "SerializeSparse", .types = {{"T", HR_ANY_TYPES}, {"out_type", HR_TYPE_BIT(HR_STRING)}},
          .compute = serialize_sparse);

static hr_status put_row(void *argument, int64_t row, const hr_sparse_parts *x) {
  return serialize_parts(x, (hr_string *)argument + 3 * row);
}

static hr_status serialize_many_sparse(hr_kernel_context *ctx) {
  hr_sparse_parts x;
  HR_TRY(hr_sparse_input(ctx, &x));
  int64_t rows;
  HR_TRY(hr_sparse_row_count(&x, &rows));
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &(hr_shape){2, {rows, 3}}, &out));
  return hr_sparse_rows(ctx, &x, put_row, hr_tensor_data(out));
}
HR_KERNEL(.op = "SerializeManySparse", .types = {{"T", HR_ANY_TYPES}, {"out_type", HR_TYPE_BIT(HR_STRING)}},
          .compute = serialize_many_sparse);

static hr_status deserialize(hr_kernel_context *ctx) {
  const hr_tensor *in = hr_input(ctx, 0);
  if (in->rank < 1 || in->dims[in->rank - 1] != 3)
    return hr_error(HR_INVALID_ARGUMENT, "Serialized sparse should have 3 as the last dimension; got shape %s",
                    HR_TENSOR_SHAPE_TEXT(in));
  int64_t count = in->elements / 3;
  if (count == 0)
    return hr_error(HR_INVALID_ARGUMENT, "Must have at least 1 serialized SparseTensor, but input matrix has 0 rows");
  hr_sparse_parts *parts = calloc((size_t)count, sizeof *parts);
  if (!parts) return hr_error_out_of_memory((size_t)count * sizeof *parts, "sparse tensors");
  hr_status status = HR_SUCCESS;
  for (int64_t i = 0; i < 3 * count && !status; ++i) {
    hr_tensor *part = i % 3 == 0 ? &parts[i / 3].indices : i % 3 == 1 ? &parts[i / 3].values : &parts[i / 3].shape;
    status = hr_tensor_from_proto(hr_string_view(hr_string_at(in, i)), hr_cpu_allocator(), part);
  }
  hr_shape before = hr_tensor_shape(in);
  --before.rank;
  if (!status) status = hr_sparse_join(ctx, count, parts, &before);
  for (int64_t i = 0; i < count; ++i)
    hr_sparse_parts_clear(&parts[i]);
  free(parts);
  return status;
}
HR_KERNEL(.op = "DeserializeSparse", .types = {{"dtype", HR_ANY_TYPES}, {"Tserialized", HR_TYPE_BIT(HR_STRING)}},
          .compute = deserialize);

static hr_status deserialize_many(hr_kernel_context *ctx) {
  HR_TRY(hr_rank_check(hr_input(ctx, 0), 2, "serialized_sparse"));
  return deserialize(ctx);
}
HR_KERNEL(.op = "DeserializeManySparse", .types = {{"dtype", HR_ANY_TYPES}}, .compute = deserialize_many);
