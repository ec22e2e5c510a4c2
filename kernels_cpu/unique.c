/* Unique, UniqueWithCounts, their second versions, ListDiff: a hash table of what was seen. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/box_copy.h"
#include "runtime/base/text.h"

#include <string.h>

/* A tensor cut in slices along an axis; slice i has the elements [o][i][k]. A vector's slices are its elements. */
typedef struct slices {
  const hr_tensor *x;
  int64_t outer, count, inner;
} slices;

static slices elements_of(const hr_tensor *x) { return (slices){x, 1, x->elements, 1}; }

/* Slices by value, in slots of a table with twice as many slots as slices; a slot holds a slice's index plus one. */
typedef struct table {
  const slices *x;
  hr_tensor memory;
  int64_t *slots;
  uint64_t mask;
} table;

static hr_view bytes_of(const hr_tensor *x, int64_t i) {
  if (x->dtype == HR_STRING) {
    const hr_string *s = (const hr_string *)hr_tensor_data(x) + i;
    return (hr_view){hr_string_data(s), hr_string_length(s)};
  }
  size_t size = hr_dtype_size(hr_tensor_dtype(x));
  return (hr_view){(const char *)hr_tensor_data(x) + (size_t)i * size, size};
}

/* Values are equal as numbers are: minus zero is zero, a NaN equals nothing. */
static bool equal(const hr_tensor *a, int64_t i, const hr_tensor *b, int64_t k) {
  if (a->dtype == HR_FLOAT) return ((const float *)hr_tensor_data(a))[i] == ((const float *)hr_tensor_data(b))[k];
  if (a->dtype == HR_DOUBLE) return ((const double *)hr_tensor_data(a))[i] == ((const double *)hr_tensor_data(b))[k];
  return hr_view_equal(bytes_of(a, i), bytes_of(b, k));
}

static uint64_t hash_element(const hr_tensor *x, int64_t i) {
  if (x->dtype == HR_FLOAT || x->dtype == HR_DOUBLE) {
    double value =
        x->dtype == HR_FLOAT ? (double)((const float *)hr_tensor_data(x))[i] : ((const double *)hr_tensor_data(x))[i];
    if (value == 0) value = 0; /* of either sign */
    return hr_hash_bytes(&value, sizeof value);
  }
  hr_view bytes = bytes_of(x, i);
  return hr_hash_bytes(bytes.data, bytes.length);
}

static uint64_t hash_of(const slices *s, int64_t i) {
  if (s->outer == 1 && s->inner == 1) return hash_element(s->x, i);
  uint64_t hash = 0;
  for (int64_t o = 0; o < s->outer; ++o)
    for (int64_t k = 0; k < s->inner; ++k)
      hash = hash * UINT64_C(0x9E3779B97F4A7C15) + hash_element(s->x, (o * s->count + i) * s->inner + k);
  return hash ^ hash >> 32;
}

static bool same(const slices *a, int64_t i, const slices *b, int64_t j) {
  for (int64_t o = 0; o < a->outer; ++o)
    for (int64_t k = 0; k < a->inner; ++k)
      if (!equal(a->x, (o * a->count + i) * a->inner + k, b->x, (o * b->count + j) * b->inner + k)) return false;
  return true;
}

static hr_status table_new(hr_kernel_context *ctx, const slices *x, table *out) {
  int64_t size = 16;
  while (size < 2 * x->count)
    size *= 2;
  out->x = x;
  out->mask = (uint64_t)size - 1;
  HR_TRY(hr_temporary_new(ctx, HR_INT64, &(hr_shape){1, {size}}, &out->memory));
  out->slots = hr_tensor_data(&out->memory);
  memset(out->slots, 0, sizeof *out->slots * (size_t)size);
  return HR_SUCCESS;
}

/* The slot of the slice of the table that equals slice i of y, or the free slot where it would stand. */
static int64_t *find(const table *t, const slices *y, int64_t i) {
  uint64_t at = hash_of(y, i) & t->mask;
  while (t->slots[at] && !same(t->x, t->slots[at] - 1, y, i))
    at = (at + 1) & t->mask;
  return &t->slots[at];
}

static void set_index(hr_tensor *t, int64_t i, int64_t value) {
  if (t->dtype == HR_INT32)
    ((int32_t *)hr_tensor_data(t))[i] = (int32_t)value;
  else
    ((int64_t *)hr_tensor_data(t))[i] = value;
}

/* Copies the slices first[0..count) into output 0. */
static hr_status copy_slices(hr_kernel_context *ctx, const slices *s, hr_shape shape, int axis, const int64_t *first,
                             int64_t count) {
  hr_tensor *values;
  shape.dims[axis] = count;
  HR_TRY(hr_output_new(ctx, 0, &shape, &values));
  hr_dtype dtype = hr_tensor_dtype(s->x);
  size_t row = hr_dtype_size(dtype) * (size_t)s->inner;
  char *to = hr_tensor_data(values);
  const char *from = hr_tensor_data(s->x);
  for (int64_t o = 0; o < s->outer; ++o)
    for (int64_t i = 0; i < count; ++i, to += row)
      HR_TRY(hr_copy_elements(dtype, to, from + (size_t)(o * s->count + first[i]) * row, s->inner));
  return HR_SUCCESS;
}

/* Slices in the order in which they first come, for each slice which one it is, and how often each comes. */
static hr_status unique_slices(hr_kernel_context *ctx, const slices *s, int axis) {
  if (s->x->elements > INT32_MAX)
    return hr_error(HR_INVALID_ARGUMENT, "unique does not support input tensors larger than 2147483647 elements");
  table t;
  hr_tensor *places;
  hr_tensor firsts; /* where each value comes first; then how often it comes */
  HR_TRY(hr_output_new(ctx, 1, &(hr_shape){1, {s->count}}, &places));
  HR_TRY(table_new(ctx, s, &t));
  hr_status status = hr_temporary_new(ctx, HR_INT64, &(hr_shape){2, {2, s->count}}, &firsts);
  if (status) {
    hr_tensor_clear(&t.memory);
    return status;
  }
  int64_t *first = hr_tensor_data(&firsts), *times = first + s->count, count = 0;
  for (int64_t i = 0; i < s->count; ++i) {
    int64_t *slot = find(&t, s, i);
    if (!*slot) {
      *slot = i + 1;
      first[count] = i;
      times[count] = 0;
      set_index(places, i, count++);
    } else {
      set_index(places, i, hr_index_at(places, *slot - 1));
    }
    ++times[hr_index_at(places, i)];
  }
  status = copy_slices(ctx, s, hr_tensor_shape(s->x), axis, first, count);
  if (!status && hr_output_count(ctx) == 3) {
    hr_tensor *counts;
    status = hr_output_new(ctx, 2, &(hr_shape){1, {count}}, &counts);
    for (int64_t i = 0; i < count && !status; ++i)
      set_index(counts, i, times[i]);
  }
  hr_tensor_clear(&firsts);
  hr_tensor_clear(&t.memory);
  return status;
}

static hr_status unique(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  if (x->rank != 1)
    return hr_error(HR_INVALID_ARGUMENT, "unique expects a 1D vector, not shape %s", HR_TENSOR_SHAPE_TEXT(x));
  slices s = elements_of(x);
  return unique_slices(ctx, &s, 0);
}
HR_KERNEL(.op = "Unique", .types = {{"T", HR_ANY_TYPES}, {"out_idx", HR_INDEX_TYPES}}, .compute = unique);
HR_KERNEL(.op = "UniqueWithCounts", .types = {{"T", HR_ANY_TYPES}, {"out_idx", HR_INDEX_TYPES}}, .compute = unique);

/* The second versions take the axis as a vector: empty for a vector's elements. */
static hr_status unique_along(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0), *axis_input = hr_input(ctx, 1);
  if (axis_input->rank != 1)
    return hr_error(HR_INVALID_ARGUMENT, "axis expects a 1D vector, not shape %s", HR_TENSOR_SHAPE_TEXT(axis_input));
  if (axis_input->elements == 0) return unique(ctx);
  if (axis_input->elements > 1)
    return hr_error(HR_INVALID_ARGUMENT, "axis does not support input tensors larger than 1 elements");
  int axis;
  HR_TRY(hr_axis_check(hr_index_at(axis_input, 0), x->rank, "axis", &axis));
  slices s = {x, hr_dims_product(x, 0, axis), x->dims[axis], hr_dims_product(x, axis + 1, x->rank)};
  return unique_slices(ctx, &s, axis);
}
HR_KERNEL(.op = "UniqueV2", .types = {{"T", HR_ANY_TYPES}, {"out_idx", HR_INDEX_TYPES}}, .compute = unique_along);
HR_KERNEL(.op = "UniqueWithCountsV2", .types = {{"T", HR_ANY_TYPES}, {"out_idx", HR_INDEX_TYPES}},
          .compute = unique_along);

/* The elements of x that y does not have, and where they are. */
static hr_status list_diff(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0), *y = hr_input(ctx, 1);
  HR_TRY(hr_rank_check(x, 1, "x"));
  HR_TRY(hr_rank_check(y, 1, "y"));
  slices of_x = elements_of(x), of_y = elements_of(y);
  table t;
  HR_TRY(table_new(ctx, &of_y, &t));
  for (int64_t i = 0; i < y->elements; ++i)
    *find(&t, &of_y, i) = i + 1;
  int64_t count = 0;
  for (int64_t i = 0; i < x->elements; ++i)
    count += *find(&t, &of_x, i) == 0;
  hr_tensor *values, *places;
  hr_status status = hr_output_new(ctx, 0, &(hr_shape){1, {count}}, &values);
  if (!status) status = hr_output_new(ctx, 1, &(hr_shape){1, {count}}, &places);
  size_t size = hr_dtype_size(hr_tensor_dtype(x));
  for (int64_t i = 0, k = 0; i < x->elements && !status; ++i) {
    if (*find(&t, &of_x, i)) continue;
    status = hr_copy_elements(hr_tensor_dtype(x), (char *)hr_tensor_data(values) + (size_t)k * size,
                              (const char *)hr_tensor_data(x) + (size_t)i * size, 1);
    set_index(places, k++, i);
  }
  hr_tensor_clear(&t.memory);
  return status;
}
HR_KERNEL(.op = "ListDiff", .types = {{"T", HR_ANY_TYPES}, {"out_idx", HR_INDEX_TYPES}}, .compute = list_diff);
