/* In two rounds over the examples, each split over threads: the first finds every wanted feature, reads the dense ones
 * of fixed size to their place and counts the values of the others; the second reads those, whose places follow from
 * the counts. */
#include "kernels_cpu/parsing/example_batch.h"
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/string_arguments.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

#define NANOS_A_FEATURE 60.0

typedef struct batch {
  const hr_example_batch *given;
  const hr_feature_plan *plan;
  const hr_feature_keys *keys; /* sparse ones, then dense ones */
  int32_t num_keys;
  int64_t size;
  hr_feature *found;    /* [size, num_keys] */
  int64_t *counts;      /* [size, num_keys]: values of sparse and varying features; later where they begin */
  pthread_mutex_t lock; /* of what follows */
  int64_t failed;       /* the first example with an error */
  hr_status status;
} batch;

static const hr_tensor *default_of(const batch *b, int32_t dense) { return b->given->defaults[dense]; }
static hr_tensor *output_at(const batch *b, int index) {
  return b->given->ctx ? hr_output_slot(b->given->ctx, index) : &b->given->outputs[index];
}
/* Outputs in their order. */
static int sparse_output(const batch *b, int part, int32_t sparse) { return part * b->plan->num_sparse + sparse; }
static int dense_output(const batch *b, int32_t dense) { return 3 * b->plan->num_sparse + dense; }
static hr_status new_output(const batch *b, int index, hr_dtype dtype, hr_shape shape) {
  hr_tensor *unused;
  if (b->given->ctx) return hr_output_new(b->given->ctx, index, &shape, &unused);
  return hr_tensor_new(hr_cpu_allocator(), dtype, &shape, &b->given->outputs[index]);
}
/* Where the values of a dense feature of an example go: `elements` each. */
static void *dense_place(const batch *b, int32_t dense, int64_t example, int64_t elements) {
  size_t size = hr_dtype_size(b->plan->dense[dense].dtype);
  return (char *)hr_tensor_data(output_at(b, dense_output(b, dense))) + (size_t)(example * elements) * size;
}

/* ---- errors ---------------------------------------------------------------------------------------------------- */

static hr_view name_of(const batch *b, int64_t example) {
  return b->given->names->elements ? hr_string_view(hr_string_at(b->given->names, example)) : HR_VIEW("<unknown>");
}
#define NAME_OF(b, example) (int)name_of(b, example).length, name_of(b, example).data
#define KEY_OF(b, key)      (int)hr_feature_key((b)->keys, key).length, hr_feature_key((b)->keys, key).data

static hr_status malformed(const batch *b, int64_t example) {
  hr_view bytes = hr_string_view(hr_string_at(b->given->serialized, example));
  return hr_error(HR_INVALID_ARGUMENT, "Could not parse example input, value: '%.*s'",
                  (int)(bytes.length < 1000 ? bytes.length : 1000), bytes.data);
}

static hr_status missing(const batch *b, int64_t example, int32_t key, hr_dtype dtype) {
  return hr_error(HR_INVALID_ARGUMENT, "Name: %.*s, Feature: %.*s (data type: %s) is required but could not be found.",
                  NAME_OF(b, example), KEY_OF(b, key), hr_dtype_name(dtype));
}

/* A feature that is there, but not as it should be. */
static hr_status refuse(const batch *b, int64_t example, int32_t key, const char *what) {
  return hr_error(HR_INVALID_ARGUMENT, "Name: %.*s, Key: %.*s, Index: %" PRId64 ".  %s", NAME_OF(b, example),
                  KEY_OF(b, key), example, what);
}
static hr_status unreadable(const batch *b, int64_t example, int32_t key) {
  return refuse(b, example, key, "Can't parse serialized Example.");
}

static hr_status check_type(const batch *b, int64_t example, int32_t key, hr_dtype expected) {
  const hr_feature *f = &b->found[example * b->num_keys + key];
  char what[HR_FEATURE_MISTAKE];
  if (f->unsupported) return hr_feature_unsupported();
  if (f->dtype == HR_INVALID || f->dtype == expected) return HR_SUCCESS;
  return refuse(b, example, key, hr_feature_type_mistake(key < b->plan->num_sparse, f->dtype, expected, what));
}

static hr_status wrong_number(const batch *b, int64_t example, int32_t key, const hr_dense_feature *f, int64_t count) {
  char text[HR_SHAPE_TEXT];
  return hr_error(
      HR_INVALID_ARGUMENT, "Name: %.*s, Key: %.*s, Index: %" PRId64 ".  Number of %s values %s %" PRId64 "%s: %s",
      NAME_OF(b, example), KEY_OF(b, key), example, f->dtype == HR_STRING ? "bytes" : hr_dtype_name(f->dtype),
      f->varies ? "is not a multiple of stride length. Saw" : "!= expected.  Values size:", count,
      f->varies ? " values but output shape is" : " but output shape", hr_partial_shape_text(f->shape, text));
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
  HR_TRY(check_type(b, example, key, expected));
  const hr_feature *f = &b->found[example * b->num_keys + key];
  int64_t *count = &b->counts[example * b->num_keys + key];
  *count = 0;
  if (f->dtype == HR_INVALID) return HR_SUCCESS;
  *count = hr_feature_count(f);
  return *count < 0 ? unreadable(b, example, key) : HR_SUCCESS;
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
  HR_TRY(check_type(b, example, key, f->dtype));
  void *to = dense_place(b, dense, example, f->elements);
  if (found->dtype == HR_INVALID) {
    const hr_tensor *value = default_of(b, dense);
    if (value->elements == 0) return missing(b, example, key, f->dtype);
    return hr_feature_copy_default(value, f->elements, to);
  }
  int64_t count = hr_feature_read(found, to, f->elements);
  if (count == f->elements) return HR_SUCCESS;
  if (count == -1) return unreadable(b, example, key);
  return count < 0 ? hr_feature_read_error(count) : wrong_number(b, example, key, f, count);
}

static hr_status read_example(const batch *b, int64_t example) {
  hr_view bytes = hr_string_view(hr_string_at(b->given->serialized, example));
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
  hr_dtype dtype = (hr_dtype)b->plan->sparse_types[sparse];
  HR_TRY(new_output(b, sparse_output(b, 0, sparse), HR_INT64, (hr_shape){2, {total, 2}}));
  HR_TRY(new_output(b, sparse_output(b, 1, sparse), dtype, (hr_shape){1, {total}}));
  HR_TRY(new_output(b, sparse_output(b, 2, sparse), HR_INT64, (hr_shape){1, {2}}));
  int64_t *sizes = hr_tensor_data(output_at(b, sparse_output(b, 2, sparse)));
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
  *any = true;
  return new_output(b, dense_output(b, dense), f->dtype, shape);
}

/* ---- second round ---------------------------------------------------------------------------------------------- */

static hr_status read_sparse(const batch *b, int64_t example, int32_t sparse) {
  const hr_feature *found = &b->found[example * b->num_keys + sparse];
  const hr_tensor *values = output_at(b, sparse_output(b, 1, sparse));
  int64_t begin = b->counts[example * b->num_keys + sparse];
  int64_t end = example + 1 < b->size ? b->counts[(example + 1) * b->num_keys + sparse] : values->elements;
  if (begin == end) return HR_SUCCESS;
  size_t size = hr_dtype_size(hr_tensor_dtype(values));
  int64_t count = hr_feature_read(found, (char *)hr_tensor_data(values) + (size_t)begin * size, end - begin);
  if (count == -2) return hr_feature_read_error(count);
  if (count != end - begin) return unreadable(b, example, sparse);
  int64_t *index = (int64_t *)hr_tensor_data(output_at(b, sparse_output(b, 0, sparse))) + 2 * begin;
  for (int64_t i = 0; i < count; ++i) {
    *index++ = example;
    *index++ = i;
  }
  return HR_SUCCESS;
}

static hr_status read_varying(const batch *b, int64_t example, int32_t dense) {
  const hr_dense_feature *f = &b->plan->dense[dense];
  if (!f->varies) return HR_SUCCESS;
  const hr_tensor *out = output_at(b, dense_output(b, dense));
  int32_t key = b->plan->num_sparse + dense;
  int64_t room = out->dims[1] * f->elements, given = b->counts[example * b->num_keys + key];
  char *to = dense_place(b, dense, example, room);
  int64_t count = given ? hr_feature_read(&b->found[example * b->num_keys + key], to, given) : 0;
  if (count == -2) return hr_feature_read_error(count);
  if (count != given) return unreadable(b, example, key);
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

/* ---- a batch ----------------------------------------------------------------------------------------------------- */

static hr_status check(const batch *b) {
  HR_TRY(hr_rank_check(b->given->serialized, 1, "serialized"));
  HR_TRY(hr_rank_check(b->given->names, 1, "names"));
  if (b->given->names->elements && b->given->names->elements != b->size)
    return hr_error(HR_INVALID_ARGUMENT, "Expected len(names) == len(serialized), but got: %" PRId64 " vs. %" PRId64,
                    b->given->names->elements, b->size);
  for (int32_t i = 0; i < b->plan->num_dense; ++i)
    HR_TRY(hr_feature_plan_check_default(b->plan, i, default_of(b, i)));
  return HR_SUCCESS;
}

static hr_status new_fixed_outputs(const batch *b) {
  for (int32_t i = 0; i < b->plan->num_dense; ++i) {
    const hr_dense_feature *f = &b->plan->dense[i];
    if (f->varies) continue;
    hr_shape shape = {.rank = f->shape->rank + 1, .dims = {b->size}};
    memcpy(&shape.dims[1], f->shape->dims, (size_t)f->shape->rank * sizeof(int64_t));
    HR_TRY(new_output(b, dense_output(b, i), f->dtype, shape));
  }
  return HR_SUCCESS;
}

static void over_examples(batch *b, void (*round)(void *argument, int64_t begin, int64_t end)) {
  double nanos = NANOS_A_FEATURE * b->num_keys;
  if (b->given->ctx)
    hr_parallel_for(b->given->ctx, b->size, nanos, round, b);
  else
    hr_thread_pool_for(b->given->pool, b->size, nanos, round, b);
}

static hr_status parse(batch *b) {
  HR_TRY(check(b));
  HR_TRY(new_fixed_outputs(b));
  size_t cells = (size_t)b->size * (size_t)b->num_keys;
  b->found = malloc((cells ? cells : 1) * sizeof *b->found);
  b->counts = malloc((cells ? cells : 1) * sizeof *b->counts);
  if (!b->found || !b->counts) return hr_error_out_of_memory(cells * sizeof *b->found, "the features of a batch");
  over_examples(b, first_round);
  if (b->status) return b->status;
  bool again = b->plan->num_sparse > 0;
  for (int32_t i = 0; i < b->plan->num_sparse; ++i)
    HR_TRY(place_sparse(b, i));
  for (int32_t i = 0; i < b->plan->num_dense; ++i)
    HR_TRY(place_varying(b, i, &again));
  if (again) over_examples(b, second_round);
  return b->status;
}

hr_status hr_example_batch_parse(const hr_example_batch *given) {
  const hr_feature_plan *plan = given->plan;
  batch b = {.given = given,
             .plan = plan,
             .keys = given->keys,
             .num_keys = plan->num_sparse + plan->num_dense,
             .size = given->serialized->elements};
  pthread_mutex_init(&b.lock, NULL);
  hr_status status = parse(&b);
  pthread_mutex_destroy(&b.lock);
  free(b.found);
  free(b.counts);
  return status;
}
