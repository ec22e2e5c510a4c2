/* ParseExample: the features of a batch of Example messages.
 *
 * In two rounds over the examples, each split over threads: the first finds every wanted feature, reads the dense ones
 * of fixed size to their place and counts the values of the others; the second reads those, whose places follow from
 * the counts. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/parsing/feature_plan.h"
#include "kernels_cpu/string_arguments.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

#define NANOS_A_FEATURE 60.0

typedef struct batch {
  hr_kernel_context *ctx;
  const hr_feature_plan *plan;
  hr_feature_keys *keys; /* sparse ones, then dense ones */
  int32_t num_keys;
  int64_t size;
  const hr_tensor *serialized, *names;
  hr_feature *found;    /* [size, num_keys] */
  int64_t *counts;      /* [size, num_keys]: values of sparse and varying features; later where they begin */
  pthread_mutex_t lock; /* of what follows */
  int64_t failed;       /* the first example with an error */
  hr_status status;
} batch;

static const hr_tensor *default_of(const batch *b, int32_t dense) { return hr_input(b->ctx, 2 + b->num_keys + dense); }
/* Outputs in their order. */
static int sparse_output(const batch *b, int part, int32_t sparse) { return part * b->plan->num_sparse + sparse; }
static int dense_output(const batch *b, int32_t dense) { return 3 * b->plan->num_sparse + dense; }
/* Where the values of a dense feature of an example go: `elements` each. */
static void *dense_place(const batch *b, int32_t dense, int64_t example, int64_t elements) {
  size_t size = hr_dtype_size(b->plan->dense[dense].dtype);
  return (char *)hr_tensor_data(hr_output_slot(b->ctx, dense_output(b, dense))) + (size_t)(example * elements) * size;
}

/* ---- errors ---------------------------------------------------------------------------------------------------- */

static hr_view name_of(const batch *b, int64_t example) {
  return b->names->elements ? hr_string_view(hr_string_at(b->names, example)) : HR_VIEW("<unknown>");
}
#define NAME_OF(b, example) (int)name_of(b, example).length, name_of(b, example).data
#define KEY_OF(b, key)      (int)hr_feature_key((b)->keys, key).length, hr_feature_key((b)->keys, key).data

static hr_status malformed(const batch *b, int64_t example) {
  return hr_error(HR_INVALID_ARGUMENT, "Name: %.*s, Could not parse example input, example %" PRId64 " of the batch",
                  NAME_OF(b, example), example);
}

static hr_status missing(const batch *b, int64_t example, int32_t key, hr_dtype dtype) {
  return hr_error(HR_INVALID_ARGUMENT, "Name: %.*s, Feature: %.*s (data type: %s) is required but could not be found.",
                  NAME_OF(b, example), KEY_OF(b, key), hr_dtype_name(dtype));
}

static hr_status wrong_type(const batch *b, int64_t example, int32_t key, hr_dtype is, hr_dtype expected) {
  return hr_error(HR_INVALID_ARGUMENT,
                  "Name: %.*s, Key: %.*s, Index: %" PRId64
                  ".  Data types don't match. Data type: %s but expected type: %s",
                  NAME_OF(b, example), KEY_OF(b, key), example, hr_dtype_name(is), hr_dtype_name(expected));
}

static hr_status wrong_number(const batch *b, int64_t example, int32_t key, const hr_dense_feature *f, int64_t count) {
  char text[HR_SHAPE_TEXT];
  return hr_error(HR_INVALID_ARGUMENT,
                  "Name: %.*s, Key: %.*s, Index: %" PRId64 ".  Number of %s values %s. %s %" PRId64
                  " but output shape: %s",
                  NAME_OF(b, example), KEY_OF(b, key), example, hr_dtype_name(f->dtype),
                  f->varies ? "is not a multiple of stride length" : "!= expected",
                  f->varies ? "Saw values:" : " Values size:", count, hr_partial_shape_text(f->shape, text));
}

/* The error of the first example that has one counts. */
static void keep_error(batch *b, int64_t example, hr_status status) {
  pthread_mutex_lock(&b->lock);
  if (!b->status || example < b->failed) {
    hr_status_free(b->status);
    b->status = status;
    b->failed = example;
  } else {
    hr_status_free(status);
  }
  pthread_mutex_unlock(&b->lock);
}

/* ---- first round ----------------------------------------------------------------------------------------------- */

static hr_status count_values(const batch *b, int64_t example, int32_t key, hr_dtype expected) {
  const hr_feature *f = &b->found[example * b->num_keys + key];
  int64_t *count = &b->counts[example * b->num_keys + key];
  *count = 0;
  if (f->dtype == HR_INVALID) return HR_SUCCESS;
  if (f->dtype != expected) return wrong_type(b, example, key, f->dtype, expected);
  *count = hr_feature_count(f);
  return *count < 0 ? malformed(b, example) : HR_SUCCESS;
}

static hr_status read_dense(const batch *b, int64_t example, int32_t dense) {
  const hr_dense_feature *f = &b->plan->dense[dense];
  int32_t key = b->plan->num_sparse + dense;
  const hr_feature *found = &b->found[example * b->num_keys + key];
  if (f->varies) {
    HR_TRY(count_values(b, example, key, f->dtype));
    int64_t count = b->counts[example * b->num_keys + key];
    bool fits = f->elements ? count % f->elements == 0 : count == 0;
    return fits ? HR_SUCCESS : wrong_number(b, example, key, f, count);
  }
  void *to = dense_place(b, dense, example, f->elements);
  if (found->dtype == HR_INVALID) {
    const hr_tensor *value = default_of(b, dense);
    if (value->elements == 0) return missing(b, example, key, f->dtype);
    return hr_feature_copy_default(value, f->elements, to);
  }
  if (found->dtype != f->dtype) return wrong_type(b, example, key, found->dtype, f->dtype);
  int64_t count = hr_feature_read(found, to, f->elements);
  if (count == f->elements) return HR_SUCCESS;
  if (count == -1) return malformed(b, example);
  return count < 0 ? hr_feature_read_error(count) : wrong_number(b, example, key, f, count);
}

static hr_status read_example(const batch *b, int64_t example) {
  hr_view bytes = hr_string_view(hr_string_at(b->serialized, example));
  if (!hr_example_find(b->keys, bytes, &b->found[example * b->num_keys])) return malformed(b, example);
  for (int32_t i = 0; i < b->plan->num_dense; ++i)
    HR_TRY(read_dense(b, example, i));
  for (int32_t i = 0; i < b->plan->num_sparse; ++i)
    HR_TRY(count_values(b, example, i, (hr_dtype)b->plan->sparse_types[i]));
  return HR_SUCCESS;
}

static void first_round(void *argument, int64_t begin, int64_t end) {
  batch *b = argument;
  for (int64_t i = begin; i < end; ++i) {
    hr_status status = read_example(b, i);
    if (status) {
      keep_error(b, i, status);
      return; /* later ones cannot be the first */
    }
  }
}

/* ---- between the rounds ---------------------------------------------------------------------------------------- */

/* Sparse outputs; the counts become the places where each example's values begin. */
static hr_status place_sparse(batch *b, int32_t sparse) {
  int64_t total = 0, most = 0;
  for (int64_t i = 0; i < b->size; ++i) {
    int64_t *count = &b->counts[i * b->num_keys + sparse], here = *count;
    if (here > most) most = here;
    *count = total;
    total += here;
  }
  hr_tensor *indices, *values, *shape;
  HR_TRY(hr_output_new(b->ctx, sparse_output(b, 0, sparse), &(hr_shape){2, {total, 2}}, &indices));
  HR_TRY(hr_output_new(b->ctx, sparse_output(b, 1, sparse), &(hr_shape){1, {total}}, &values));
  HR_TRY(hr_output_new(b->ctx, sparse_output(b, 2, sparse), &(hr_shape){1, {2}}, &shape));
  int64_t *sizes = hr_tensor_data(shape);
  sizes[0] = b->size;
  sizes[1] = most;
  return HR_SUCCESS;
}

/* A dense output that varies is as long as the longest example. */
static hr_status place_varying(batch *b, int32_t dense, bool *any) {
  const hr_dense_feature *f = &b->plan->dense[dense];
  if (!f->varies) return HR_SUCCESS;
  int64_t most = 0;
  for (int64_t i = 0; i < b->size; ++i) {
    int64_t count = b->counts[i * b->num_keys + b->plan->num_sparse + dense];
    if (f->elements && count / f->elements > most) most = count / f->elements;
  }
  hr_shape shape = {.rank = f->shape->rank + 1, .dims = {b->size, most}};
  memcpy(&shape.dims[2], &f->shape->dims[1], (size_t)(f->shape->rank - 1) * sizeof(int64_t));
  hr_tensor *unused;
  *any = true;
  return hr_output_new(b->ctx, dense_output(b, dense), &shape, &unused);
}

/* ---- second round ---------------------------------------------------------------------------------------------- */

static hr_status read_sparse(const batch *b, int64_t example, int32_t sparse) {
  const hr_feature *found = &b->found[example * b->num_keys + sparse];
  const hr_tensor *values = hr_output_slot(b->ctx, sparse_output(b, 1, sparse));
  int64_t begin = b->counts[example * b->num_keys + sparse];
  int64_t end = example + 1 < b->size ? b->counts[(example + 1) * b->num_keys + sparse] : values->elements;
  if (begin == end) return HR_SUCCESS;
  size_t size = hr_dtype_size(hr_tensor_dtype(values));
  int64_t count = hr_feature_read(found, (char *)hr_tensor_data(values) + (size_t)begin * size, end - begin);
  if (count == -2) return hr_feature_read_error(count);
  if (count != end - begin) return malformed(b, example);
  int64_t *index = (int64_t *)hr_tensor_data(hr_output_slot(b->ctx, sparse_output(b, 0, sparse))) + 2 * begin;
  for (int64_t i = 0; i < count; ++i) {
    *index++ = example;
    *index++ = i;
  }
  return HR_SUCCESS;
}

static hr_status read_varying(const batch *b, int64_t example, int32_t dense) {
  const hr_dense_feature *f = &b->plan->dense[dense];
  if (!f->varies) return HR_SUCCESS;
  const hr_tensor *out = hr_output_slot(b->ctx, dense_output(b, dense));
  int32_t key = b->plan->num_sparse + dense;
  int64_t room = out->dims[1] * f->elements, given = b->counts[example * b->num_keys + key];
  char *to = dense_place(b, dense, example, room);
  int64_t count = given ? hr_feature_read(&b->found[example * b->num_keys + key], to, given) : 0;
  if (count == -2) return hr_feature_read_error(count);
  if (count != given) return malformed(b, example);
  return hr_feature_copy_default(default_of(b, dense), room - count, to + (size_t)count * hr_dtype_size(f->dtype));
}

static void second_round(void *argument, int64_t begin, int64_t end) {
  batch *b = argument;
  hr_status status = HR_SUCCESS;
  for (int64_t i = begin; i < end && !status; ++i) {
    for (int32_t k = 0; k < b->plan->num_sparse && !status; ++k)
      status = read_sparse(b, i, k);
    for (int32_t k = 0; k < b->plan->num_dense && !status; ++k)
      status = read_varying(b, i, k);
    if (status) keep_error(b, i, status);
  }
}

/* ---- the kernel ------------------------------------------------------------------------------------------------ */

/* Keys are inputs: scalars, sparse ones first. */
static hr_status read_keys(batch *b) {
  hr_view *names = malloc((b->num_keys ? (size_t)b->num_keys : 1) * sizeof *names);
  if (!names) return hr_error_out_of_memory((size_t)b->num_keys * sizeof *names, "the keys of features");
  hr_status status = HR_SUCCESS;
  for (int32_t i = 0; i < b->num_keys && !status; ++i) {
    const hr_tensor *key = hr_input(b->ctx, 2 + i);
    if (key->elements != 1)
      status = hr_error(HR_INVALID_ARGUMENT, "Expected a key to be a scalar, got shape: %s", HR_TENSOR_SHAPE_TEXT(key));
    else
      names[i] = hr_string_view(hr_string_at(key, 0));
  }
  if (!status && !(b->keys = hr_feature_keys_new(b->num_keys, names)))
    status = hr_error_out_of_memory(0, "the keys of features");
  free(names);
  return status;
}

static hr_status check_inputs(batch *b) {
  HR_TRY(hr_rank_check(b->serialized, 1, "serialized"));
  HR_TRY(hr_rank_check(b->names, 1, "names"));
  if (b->names->elements && b->names->elements != b->size)
    return hr_error(HR_INVALID_ARGUMENT, "Expected len(names) == len(serialized), but got: %" PRId64 " vs. %" PRId64,
                    b->names->elements, b->size);
  for (int32_t i = 0; i < b->plan->num_dense; ++i)
    HR_TRY(hr_feature_plan_check_default(b->plan, i, default_of(b, i)));
  return HR_SUCCESS;
}

static hr_status new_fixed_outputs(batch *b) {
  for (int32_t i = 0; i < b->plan->num_dense; ++i) {
    const hr_dense_feature *f = &b->plan->dense[i];
    if (f->varies) continue;
    hr_shape shape = {.rank = f->shape->rank + 1, .dims = {b->size}};
    memcpy(&shape.dims[1], f->shape->dims, (size_t)f->shape->rank * sizeof(int64_t));
    hr_tensor *unused;
    HR_TRY(hr_output_new(b->ctx, dense_output(b, i), &shape, &unused));
  }
  return HR_SUCCESS;
}

static hr_status parse_batch(batch *b) {
  HR_TRY(check_inputs(b));
  HR_TRY(read_keys(b));
  HR_TRY(new_fixed_outputs(b));
  size_t cells = (size_t)b->size * (size_t)b->num_keys;
  b->found = malloc((cells ? cells : 1) * sizeof *b->found);
  b->counts = malloc((cells ? cells : 1) * sizeof *b->counts);
  if (!b->found || !b->counts) return hr_error_out_of_memory(cells * sizeof *b->found, "the features of a batch");
  double nanos = NANOS_A_FEATURE * b->num_keys;
  hr_parallel_for(b->ctx, b->size, nanos, first_round, b);
  if (b->status) return b->status;
  bool again = b->plan->num_sparse > 0;
  for (int32_t i = 0; i < b->plan->num_sparse; ++i)
    HR_TRY(place_sparse(b, i));
  for (int32_t i = 0; i < b->plan->num_dense; ++i)
    HR_TRY(place_varying(b, i, &again));
  if (again) hr_parallel_for(b->ctx, b->size, nanos, second_round, b);
  return b->status;
}

static hr_status parse_example(hr_kernel_context *ctx) {
  const hr_feature_plan *plan = ctx->state;
  batch b = {.ctx = ctx,
             .plan = plan,
             .num_keys = plan->num_sparse + plan->num_dense,
             .size = hr_input(ctx, 0)->elements,
             .serialized = hr_input(ctx, 0),
             .names = hr_input(ctx, 1)};
  pthread_mutex_init(&b.lock, NULL);
  hr_status status = parse_batch(&b);
  pthread_mutex_destroy(&b.lock);
  hr_feature_keys_free(b.keys);
  free(b.found);
  free(b.counts);
  return status;
}

static hr_status parse_example_create(const hr_kernel_construction *c, void **state) {
  hr_feature_plan *plan = malloc(sizeof *plan);
  if (!plan) return hr_error_out_of_memory(sizeof *plan, "a ParseExample kernel");
  hr_status status = hr_feature_plan_init(c, "sparse_types", "Tdense", "dense_shapes", plan);
  if (status)
    free(plan);
  else
    *state = plan;
  return status;
}

static void parse_example_destroy(void *state) {
  hr_feature_plan_clear(state);
  free(state);
}
HR_KERNEL(.op = "ParseExample", .create = parse_example_create, .destroy = parse_example_destroy,
          .compute = parse_example);
