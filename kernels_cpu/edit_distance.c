/* EditDistance: how many insertions, deletions and replacements make one sequence of another (Levenshtein's distance).
 * The sequences are the lines of the last dimension of two sparse tensors. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/number_access.h"
#include "kernels_cpu/string_arguments.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* One of the two sparse tensors, and the line at hand: elements [begin, end). */
typedef struct sequences {
  const hr_tensor *indices, *values, *shape;
  int64_t begin, end;
} sequences;

static int64_t index_at(const sequences *s, int64_t element, int dim) {
  return ((const int64_t *)hr_tensor_data(s->indices))[element * s->shape->elements + dim];
}

static hr_status read_sequences(hr_kernel_context *ctx, int first, const char *what, sequences *out) {
  *out = (sequences){hr_input(ctx, first), hr_input(ctx, first + 1), hr_input(ctx, first + 2), 0, 0};
  const hr_tensor *i = out->indices, *v = out->values, *s = out->shape;
  if (i->rank != 2)
    return hr_error(HR_INVALID_ARGUMENT, "%s_indices should be a matrix, but got shape: %s", what,
                    HR_TENSOR_SHAPE_TEXT(i));
  if (v->rank != 1)
    return hr_error(HR_INVALID_ARGUMENT, "%s_values should be a vector, but got shape: %s", what,
                    HR_TENSOR_SHAPE_TEXT(v));
  if (s->rank != 1)
    return hr_error(HR_INVALID_ARGUMENT, "%s_shape should be a vector, but got shape: %s", what,
                    HR_TENSOR_SHAPE_TEXT(s));
  if (s->elements < 1 || s->elements > HR_MAX_RANK + 1 || i->dims[1] != s->elements || i->dims[0] != v->elements)
    return hr_error(HR_INVALID_ARGUMENT, "%s has %s indices, %s values and a shape of %" PRId64 " sizes", what,
                    HR_TENSOR_SHAPE_TEXT(i), HR_TENSOR_SHAPE_TEXT(v), s->elements);
  const int64_t *dims = hr_tensor_data(s);
  for (int64_t e = 0; e < v->elements; ++e)
    for (int d = 0; d < s->elements; ++d) {
      int64_t at = index_at(out, e, d);
      if (at < 0 || at >= dims[d])
        return hr_error(HR_INVALID_ARGUMENT, "%s_indices[%" PRId64 ",%d] = %" PRId64 " is not in [0, %" PRId64 ")",
                        what, e, d, at, dims[d]);
    }
  return HR_SUCCESS;
}

/* Where lines stand to each other; the last dimension is left out. */
static int compare_lines(const sequences *a, int64_t i, const sequences *b, int64_t k) {
  for (int d = 0; d + 1 < a->shape->elements; ++d) {
    int64_t x = index_at(a, i, d), y = index_at(b, k, d);
    if (x != y) return x < y ? -1 : 1;
  }
  return 0;
}

/* The next line of `s`; false at the end. */
static bool next_line(sequences *s) {
  s->begin = s->end;
  while (s->end < s->values->elements && compare_lines(s, s->begin, s, s->end) == 0)
    ++s->end;
  return s->begin < s->end;
}

/* In order, without repetitions of a line? */
static hr_status check_order(const sequences *s, const char *what) {
  for (int64_t e = 1; e < s->values->elements; ++e)
    if (compare_lines(s, e - 1, s, e) > 0)
      return hr_error(HR_INVALID_ARGUMENT, "%s_indices[%" PRId64 "] is out of order", what, e);
  return HR_SUCCESS;
}

static bool same(hr_dtype dtype, const hr_tensor *a, int64_t i, const hr_tensor *b, int64_t k) {
  if (dtype == HR_STRING) {
    hr_view x = hr_string_view(hr_string_at(a, i)), y = hr_string_view(hr_string_at(b, k));
    return x.length == y.length && memcmp(x.data, y.data, x.length) == 0;
  }
  const void *x = hr_tensor_data(a), *y = hr_tensor_data(b);
  switch (dtype) {
  case HR_HALF:
  case HR_BFLOAT16:
  case HR_FLOAT:
  case HR_DOUBLE: return hr_number_at(a, i) == hr_number_at(b, k);
  case HR_COMPLEX64: return ((const float _Complex *)x)[i] == ((const float _Complex *)y)[k];
  case HR_COMPLEX128: return ((const double _Complex *)x)[i] == ((const double _Complex *)y)[k];
  default: {
    size_t size = hr_dtype_size(dtype);
    return memcmp((const char *)x + (size_t)i * size, (const char *)y + (size_t)k * size, size) == 0;
  }
  }
}

/* By one row of the table of distances of beginnings: row[k] of the first k elements of b. */
static int64_t distance(hr_dtype dtype, const sequences *a, const sequences *b, int64_t *row) {
  int64_t m = a->end - a->begin, n = b->end - b->begin;
  for (int64_t k = 0; k <= n; ++k)
    row[k] = k;
  for (int64_t i = 1; i <= m; ++i) {
    int64_t diagonal = row[0];
    row[0] = i;
    for (int64_t k = 1; k <= n; ++k) {
      int64_t replaced = diagonal + !same(dtype, a->values, a->begin + i - 1, b->values, b->begin + k - 1);
      int64_t other = (row[k - 1] < row[k] ? row[k - 1] : row[k]) + 1;
      diagonal = row[k];
      row[k] = replaced < other ? replaced : other;
    }
  }
  return row[n];
}

static hr_status edit_distance(hr_kernel_context *ctx) {
  sequences hypothesis, truth;
  HR_TRY(read_sequences(ctx, 0, "hypothesis", &hypothesis));
  HR_TRY(read_sequences(ctx, 3, "truth", &truth));
  if (hypothesis.shape->elements != truth.shape->elements)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Expected hypothesis and truth to have matching ranks, but got: %" PRId64 " vs. %" PRId64,
                    hypothesis.shape->elements, truth.shape->elements);
  if (truth.shape->elements < 2)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Input SparseTensors must have rank at least 2, but truth_shape rank is: %" PRId64,
                    truth.shape->elements);
  HR_TRY(check_order(&hypothesis, "hypothesis"));
  HR_TRY(check_order(&truth, "truth"));
  int rank = (int)truth.shape->elements - 1;
  int64_t dims[HR_MAX_RANK];
  for (int d = 0; d < rank; ++d) {
    int64_t h = hr_index_at(hypothesis.shape, d), t = hr_index_at(truth.shape, d);
    dims[d] = h > t ? h : t;
  }
  hr_shape shape;
  HR_TRY(hr_shape_make(rank, dims, &shape));
  hr_tensor *out, row;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  HR_TRY(hr_temporary_new(ctx, HR_INT64, &(hr_shape){1, {truth.values->elements + 1}}, &row));
  float *distances = hr_tensor_data(out);
  memset(distances, 0, hr_tensor_bytes(out));
  hr_dtype dtype = hr_tensor_dtype(truth.values);
  bool normalize = hr_state_flag(ctx, 0);
  bool more_h = next_line(&hypothesis), more_t = next_line(&truth);
  while (more_h || more_t) {
    int order = !more_t ? -1 : !more_h ? 1 : compare_lines(&hypothesis, hypothesis.begin, &truth, truth.begin);
    const sequences *line = order <= 0 ? &hypothesis : &truth;
    int64_t at = 0, length = order < 0 ? 0 : truth.end - truth.begin; /* of the truth */
    for (int d = 0; d < rank; ++d)
      at = at * dims[d] + index_at(line, line->begin, d);
    float edits = order < 0   ? (float)(hypothesis.end - hypothesis.begin)
                  : order > 0 ? (float)length
                              : (float)distance(dtype, &hypothesis, &truth, hr_tensor_data(&row));
    distances[at] = !normalize ? edits : length == 0 ? INFINITY : edits / (float)length;
    if (order <= 0) more_h = next_line(&hypothesis);
    if (order >= 0) more_t = next_line(&truth);
  }
  hr_tensor_clear(&row);
  return HR_SUCCESS;
}

static hr_status create(const hr_kernel_construction *c, void **state) {
  return hr_state_flags(c, (const char *const[]){"normalize", NULL}, state);
}
#define DISTANCE_TYPES                                                                                                 \
  (HR_TYPE_BIT(HR_BFLOAT16) | HR_TYPE_BIT(HR_BOOL) | HR_TYPE_BIT(HR_COMPLEX128) | HR_TYPE_BIT(HR_COMPLEX64) |          \
   HR_TYPE_BIT(HR_DOUBLE) | HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_HALF) | HR_TYPE_BIT(HR_INT16) |                     \
   HR_TYPE_BIT(HR_INT32) | HR_TYPE_BIT(HR_INT64) | HR_TYPE_BIT(HR_INT8) | HR_TYPE_BIT(HR_STRING) |                     \
   HR_TYPE_BIT(HR_UINT16) | HR_TYPE_BIT(HR_UINT8))
HR_KERNEL(.op = "EditDistance", .types = {{"T", DISTANCE_TYPES}}, .create = create, .compute = edit_distance);
