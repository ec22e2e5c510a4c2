/* SerializeSparse, SerializeManySparse, DeserializeSparse, DeserializeManySparse: sparse tensors as three serialised
 * tensors each, indices, values and shape, or as three variants that hold these tensors. */
#include "kernels_cpu/sparse_bytes.h"
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/sparse_rows.h"
#include "kernels_cpu/string_arguments.h"
#include "runtime/tensor/resource.h"
#include "runtime/tensor/tensor_proto.h"

#include <stdlib.h>

/* ---- as bytes ---------------------------------------------------------------------------------------------------- */

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
  HR_TRY(hr_sparse_input_ranks(ctx, &x));
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
  HR_TRY(hr_sparse_input_ranks(ctx, &x));
  int64_t rows;
  HR_TRY(hr_sparse_row_count(&x, &rows));
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &(hr_shape){2, {rows, 3}}, &out));
  return hr_sparse_rows(ctx, &x, put_row, hr_tensor_data(out));
}
HR_KERNEL(.op = "SerializeManySparse", .types = {{"T", HR_ANY_TYPES}, {"out_type", HR_TYPE_BIT(HR_STRING)}},
          .compute = serialize_many_sparse);

/* ---- as variants --------------------------------------------------------------------------------------------------
 */

/* A tensor that a variant holds. Nobody writes to it. */
typedef struct held {
  hr_resource resource;
  hr_tensor tensor;
} held;

static void destroy_held(hr_resource *resource) {
  hr_tensor_clear(&((held *)resource)->tensor);
  free(resource);
}

static const hr_resource_type held_type = {.name = "Tensor", .destroy = destroy_held};

/* `*tensor` moves into the variant, and is empty then, whatever comes of it. */
static hr_status hold(hr_tensor *tensor, hr_resource **out) {
  held *h = calloc(1, sizeof *h);
  if (!h) {
    hr_tensor_clear(tensor);
    return hr_error_out_of_memory(sizeof *h, "a variant");
  }
  hr_resource_init(&h->resource, &held_type);
  h->tensor = *tensor;
  *tensor = (hr_tensor){0};
  *out = &h->resource;
  return HR_SUCCESS;
}

hr_status hr_sparse_variants(hr_tensor parts[3], hr_tensor *out) {
  hr_status status = hr_tensor_new(hr_cpu_allocator(), HR_VARIANT, &(hr_shape){1, {3}}, out);
  hr_resource **to = status ? NULL : hr_tensor_data(out);
  if (to) memset(to, 0, 3 * sizeof *to);
  for (int i = 0; i < 3; ++i) {
    if (status)
      hr_tensor_clear(&parts[i]);
    else
      status = hold(&parts[i], &to[i]);
  }
  if (status && to) hr_tensor_clear(out);
  return status;
}

static hr_status hold_sparse(hr_kernel_context *ctx) {
  hr_sparse_parts x;
  hr_tensor *out;
  HR_TRY(hr_sparse_input_ranks(ctx, &x));
  HR_TRY(hr_output_new(ctx, 0, &(hr_shape){1, {3}}, &out));
  for (int i = 0; i < 3; ++i) {
    hr_tensor part = {0};
    HR_TRY(hr_keep_input_shared(ctx, i, &part));
    HR_TRY(hold(&part, (hr_resource **)hr_tensor_data(out) + i));
  }
  return HR_SUCCESS;
}
HR_KERNEL(.op = "SerializeSparse", .types = {{"T", HR_ANY_TYPES}, {"out_type", HR_TYPE_BIT(HR_VARIANT)}},
          .compute = hold_sparse);

static hr_status hold_row(void *argument, int64_t row, const hr_sparse_parts *x) {
  hr_resource **to = (hr_resource **)argument + 3 * row;
  const hr_tensor *parts[] = {&x->indices, &x->values, &x->shape};
  for (int i = 0; i < 3; ++i) {
    hr_tensor part;
    HR_TRY(hr_tensor_clone(hr_cpu_allocator(), parts[i], &part));
    HR_TRY(hold(&part, &to[i]));
  }
  return HR_SUCCESS;
}

static hr_status hold_many_sparse(hr_kernel_context *ctx) {
  hr_sparse_parts x;
  int64_t rows;
  hr_tensor *out;
  HR_TRY(hr_sparse_input_ranks(ctx, &x));
  HR_TRY(hr_sparse_row_count(&x, &rows));
  HR_TRY(hr_output_new(ctx, 0, &(hr_shape){2, {rows, 3}}, &out));
  return hr_sparse_rows(ctx, &x, hold_row, hr_tensor_data(out));
}
HR_KERNEL(.op = "SerializeManySparse", .types = {{"T", HR_ANY_TYPES}, {"out_type", HR_TYPE_BIT(HR_VARIANT)}},
          .compute = hold_many_sparse);

/* ---- taken apart --------------------------------------------------------------------------------------------------
 */

static hr_status part_of(const hr_tensor *in, int64_t index, hr_tensor *out) {
  if (hr_tensor_dtype(in) == HR_STRING)
    return hr_tensor_from_proto(hr_string_view(hr_string_at(in, index)), hr_cpu_allocator(), out);
  const held *h = ((held *const *)hr_tensor_data(in))[index];
  if (!h || h->resource.type != &held_type)
    return hr_error(HR_INVALID_ARGUMENT, "A serialized sparse tensor's variant holds no tensor");
  hr_tensor_copy(&h->tensor, out);
  return HR_SUCCESS;
}

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
    status = part_of(in, i, part);
  }
  hr_shape before = hr_tensor_shape(in);
  --before.rank;
  if (!status) status = hr_sparse_join(ctx, count, parts, &before);
  for (int64_t i = 0; i < count; ++i)
    hr_sparse_parts_clear(&parts[i]);
  free(parts);
  return status;
}
HR_KERNEL(.op = "DeserializeSparse",
          .types = {{"dtype", HR_ANY_TYPES}, {"Tserialized", HR_TYPE_BIT(HR_STRING) | HR_TYPE_BIT(HR_VARIANT)}},
          .compute = deserialize);

static hr_status deserialize_many(hr_kernel_context *ctx) {
  HR_TRY(hr_rank_check(hr_input(ctx, 0), 2, "serialized_sparse"));
  return deserialize(ctx);
}
HR_KERNEL(.op = "DeserializeManySparse", .types = {{"dtype", HR_ANY_TYPES}}, .compute = deserialize_many);
