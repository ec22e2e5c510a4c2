/* ParseSingleExample: the features of one Example message. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/parsing/feature_plan.h"
#include "kernels_cpu/string_arguments.h"

#include <stdlib.h>

typedef struct parser {
  hr_feature_plan plan;
  hr_feature_keys *keys; /* sparse ones, then dense ones */
} parser;

#define KEY_OF(p, key) (int)hr_feature_key((p)->keys, key).length, hr_feature_key((p)->keys, key).data

static hr_status unreadable(const parser *p, int32_t key) {
  return hr_error(HR_INVALID_ARGUMENT, "Key: %.*s.  Can't parse serialized Example.", KEY_OF(p, key));
}

static hr_status check_type(const parser *p, int32_t key, const hr_feature *f, hr_dtype expected) {
  char what[HR_FEATURE_MISTAKE];
  if (f->unsupported) return hr_feature_unsupported();
  if (f->dtype == HR_INVALID || f->dtype == expected) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "Key: %.*s.  %s", KEY_OF(p, key),
                  hr_feature_type_mistake(key < p->plan.num_sparse, f->dtype, expected, what));
}

/* Reads all `count` values of a feature, where there are as many. */
static hr_status read_values(const parser *p, int32_t key, const hr_feature *found, int64_t count, void *to) {
  int64_t read = hr_feature_read(found, to, count);
  if (read == count) return HR_SUCCESS;
  return read == -2 ? hr_feature_read_error(read) : unreadable(p, key);
}

static hr_status output_sparse(hr_kernel_context *ctx, const parser *p, int32_t key, const hr_feature *found) {
  int32_t num_sparse = p->plan.num_sparse;
  hr_dtype expected = (hr_dtype)p->plan.sparse_types[key];
  HR_TRY(check_type(p, key, found, expected));
  int64_t count = hr_feature_count(found);
  if (count < 0) return unreadable(p, key);
  hr_tensor *indices, *values, *shape;
  HR_TRY(hr_output_new(ctx, key, &(hr_shape){2, {count, 1}}, &indices));
  HR_TRY(hr_output_new(ctx, num_sparse + key, &(hr_shape){1, {count}}, &values));
  HR_TRY(hr_output_new(ctx, 2 * num_sparse + key, &(hr_shape){1, {1}}, &shape));
  int64_t *index = hr_tensor_data(indices);
  for (int64_t i = 0; i < count; ++i)
    index[i] = i;
  *(int64_t *)hr_tensor_data(shape) = count;
  return read_values(p, key, found, count, hr_tensor_data(values));
}

/* A feature whose first size is what the message has. */
static hr_status output_varying(hr_kernel_context *ctx, const parser *p, int32_t dense, const hr_feature *found) {
  const hr_dense_feature *f = &p->plan.dense[dense];
  int32_t key = p->plan.num_sparse + dense;
  int64_t count = hr_feature_count(found);
  if (count < 0 || (f->elements ? count % f->elements : count)) return unreadable(p, key);
  hr_shape shape = {.rank = f->shape->rank, .dims = {f->elements ? count / f->elements : 0}};
  for (int d = 1; d < shape.rank; ++d)
    shape.dims[d] = f->shape->dims[d];
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 3 * p->plan.num_sparse + dense, &shape, &out));
  return read_values(p, key, found, count, hr_tensor_data(out));
}

static hr_status output_dense(hr_kernel_context *ctx, const parser *p, int32_t dense, const hr_feature *found) {
  const hr_dense_feature *f = &p->plan.dense[dense];
  int32_t key = p->plan.num_sparse + dense, output = 3 * p->plan.num_sparse + dense;
  const hr_tensor *value = hr_input(ctx, 1 + dense);
  HR_TRY(hr_feature_plan_check_default(&p->plan, dense, value));
  HR_TRY(check_type(p, key, found, f->dtype));
  if (f->varies) return output_varying(ctx, p, dense, found);
  if (found->dtype == HR_INVALID && value->elements == 0)
    return hr_error(HR_INVALID_ARGUMENT, "Feature: %.*s (data type: %s) is required but could not be found.",
                    KEY_OF(p, key), hr_dtype_name(f->dtype));
  hr_shape shape = {.rank = f->shape->rank};
  for (int d = 0; d < shape.rank; ++d)
    shape.dims[d] = f->shape->dims[d];
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, output, &shape, &out));
  if (found->dtype == HR_INVALID) return hr_feature_copy_default(value, f->elements, hr_tensor_data(out));
  return read_values(p, key, found, f->elements, hr_tensor_data(out));
}

static hr_status output_all(hr_kernel_context *ctx, const parser *p, hr_feature *found) {
  const hr_tensor *serialized = hr_input(ctx, 0);
  if (serialized->rank != 0)
    return hr_error(HR_INVALID_ARGUMENT, "Expected serialized to be a scalar, got shape: %s",
                    HR_TENSOR_SHAPE_TEXT(serialized));
  hr_view bytes = hr_string_view(hr_string_at(serialized, 0));
  if (!hr_example_find(p->keys, bytes, found))
    return hr_error(HR_INVALID_ARGUMENT, "Could not parse example input, value: '%.*s'",
                    (int)(bytes.length < 1000 ? bytes.length : 1000), bytes.data);
  for (int32_t i = 0; i < p->plan.num_dense; ++i)
    HR_TRY(output_dense(ctx, p, i, &found[p->plan.num_sparse + i]));
  for (int32_t i = 0; i < p->plan.num_sparse; ++i)
    HR_TRY(output_sparse(ctx, p, i, &found[i]));
  return HR_SUCCESS;
}

#define FEW_KEYS 32

static hr_status parse_single_example(hr_kernel_context *ctx) {
  const parser *p = ctx->state;
  int32_t num_keys = hr_feature_keys_count(p->keys);
  hr_feature few[FEW_KEYS], *many = NULL;
  if (num_keys > FEW_KEYS) {
    many = malloc((size_t)num_keys * sizeof *many);
    if (!many) return hr_error_out_of_memory((size_t)num_keys * sizeof *many, "the features of an example");
  }
  hr_status status = output_all(ctx, p, many ? many : few);
  free(many);
  return status;
}

static void parser_destroy(void *state) {
  parser *p = state;
  hr_feature_keys_free(p->keys);
  hr_feature_plan_clear(&p->plan);
  free(p);
}

/* The names of an attribute, behind those of another. */
static hr_feature_keys *keys_of(const hr_attr_value *sparse, const hr_attr_value *dense) {
  int32_t count = sparse->count + dense->count;
  hr_view *names = malloc((count ? (size_t)count : 1) * sizeof *names);
  if (!names) return NULL;
  for (int32_t i = 0; i < count; ++i) {
    const hr_bytes *name = i < sparse->count ? &sparse->strings[i] : &dense->strings[i - sparse->count];
    names[i] = (hr_view){name->data, name->length};
  }
  hr_feature_keys *keys = hr_feature_keys_new(count, names);
  free(names);
  return keys;
}

static hr_status parser_create(const hr_kernel_construction *c, void **state) {
  const hr_attr_value *sparse, *dense;
  HR_TRY(hr_construction_attr(c, "sparse_keys", &sparse));
  HR_TRY(hr_construction_attr(c, "dense_keys", &dense));
  parser *p = calloc(1, sizeof *p);
  if (!p) return hr_error_out_of_memory(sizeof *p, "a ParseSingleExample kernel");
  hr_status status = hr_feature_plan_init(c, "sparse_types", "Tdense", "dense_shapes", &p->plan);
  if (!status && (p->plan.num_sparse != sparse->count || p->plan.num_dense != dense->count))
    status = hr_error(HR_INVALID_ARGUMENT, "%d sparse keys for %d types, and %d dense keys for %d types", sparse->count,
                      p->plan.num_sparse, dense->count, p->plan.num_dense);
  if (!status && !(p->keys = keys_of(sparse, dense))) status = hr_error_out_of_memory(0, "the keys of features");
  if (status)
    parser_destroy(p);
  else
    *state = p;
  return status;
}
HR_KERNEL(.op = "ParseSingleExample", .create = parser_create, .destroy = parser_destroy,
          .compute = parse_single_example);
