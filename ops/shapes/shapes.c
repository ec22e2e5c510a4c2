#include "ops/shapes/shapes.h"

hr_status hr_dim_add(int64_t a, int64_t b, int64_t *out) {
  if (a == 0 || b == 0) {
    *out = a == 0 ? b : a;
    return HR_SUCCESS;
  }
  if (a < 0 || b < 0) {
    *out = HR_UNKNOWN_DIM;
    return HR_SUCCESS;
  }
  if (__builtin_add_overflow(a, b, out))
    return hr_error(HR_INVALID_ARGUMENT, "Dimension size overflow from adding %" PRId64 " and %" PRId64, a, b);
  return HR_SUCCESS;
}

hr_status hr_dim_subtract(int64_t a, int64_t b, int64_t *out) {
  if (b == 0 || a < 0 || b < 0) {
    *out = b == 0 ? a : HR_UNKNOWN_DIM;
    return HR_SUCCESS;
  }
  if (a < b)
    return hr_error(HR_INVALID_ARGUMENT, "Negative dimension size caused by subtracting %" PRId64 " from %" PRId64, b,
                    a);
  *out = a - b;
  return HR_SUCCESS;
}

hr_status hr_dim_multiply(int64_t a, int64_t b, int64_t *out) {
  if (a == 0 || b == 0) {
    *out = 0;
  } else if (a == 1 || b == 1) {
    *out = a == 1 ? b : a;
  } else if (a < 0 || b < 0) {
    *out = HR_UNKNOWN_DIM;
  } else if (__builtin_mul_overflow(a, b, out)) {
    return hr_error(HR_INVALID_ARGUMENT, "Dimension size overflow from multiplying %" PRId64 " and %" PRId64, a, b);
  }
  return HR_SUCCESS;
}

hr_status hr_dim_divide(int64_t a, int64_t b, bool exact, int64_t *out) {
  if (b == 1 || a < 0 || b < 0) {
    *out = b == 1 ? a : HR_UNKNOWN_DIM;
    return HR_SUCCESS;
  }
  if (b == 0) return hr_error(HR_INVALID_ARGUMENT, "Divisor must be positive but is 0");
  if (exact && a % b != 0)
    return hr_error(HR_INVALID_ARGUMENT, "Dimension size must be evenly divisible by %" PRId64 " but is %" PRId64, b,
                    a);
  *out = a / b;
  return HR_SUCCESS;
}

int64_t hr_dim_min(int64_t a, int64_t b) {
  if (a == 0 || b == 0) return 0;
  if (a < 0 || b < 0) return HR_UNKNOWN_DIM;
  return a < b ? a : b;
}

hr_status hr_dim_broadcast(int64_t a, int64_t b, int64_t *out) {
  if (a == 1 || b == 1) {
    *out = a == 1 ? b : a;
    return HR_SUCCESS;
  }
  if (a < 0 || b < 0) {
    /* A size above one stays: the unknown one is equal to it or one. */
    *out = a > 1 ? a : b > 1 ? b : HR_UNKNOWN_DIM;
    return HR_SUCCESS;
  }
  return hr_dim_merge(a, b, out);
}

static hr_status check_rank(int64_t rank) {
  if (rank <= HR_MAX_RANK) return HR_SUCCESS;
  return hr_error(HR_UNIMPLEMENTED, "Shape of rank %" PRId64 "; the largest rank is %d", rank, HR_MAX_RANK);
}

hr_status hr_shape_of_rank(int64_t rank, hr_partial_shape *out) {
  HR_TRY(check_rank(rank));
  out->rank = (int)rank;
  for (int i = 0; i < out->rank; ++i)
    out->dims[i] = HR_UNKNOWN_DIM;
  return HR_SUCCESS;
}

hr_status hr_shape_count(const hr_partial_shape *s, int64_t *out) {
  int64_t count = s->rank < 0 ? HR_UNKNOWN_DIM : 1;
  for (int i = 0; i < s->rank; ++i)
    HR_TRY(hr_dim_multiply(count, s->dims[i], &count));
  *out = count;
  return HR_SUCCESS;
}

hr_status hr_shape_part(const hr_partial_shape *s, int64_t start, int64_t end, hr_partial_shape *out) {
  if (s->rank < 0) {
    out->rank = HR_UNKNOWN_RANK;
    return HR_SUCCESS;
  }
  int64_t first = start < 0 ? start + s->rank : start < s->rank ? start : s->rank;
  int64_t last = end < 0 ? end + s->rank : end < s->rank ? end : s->rank;
  if (first < 0 || last < 0 || first > last)
    return hr_error(HR_INVALID_ARGUMENT, "Dimensions %" PRId64 " to %" PRId64 " of a shape of rank %d", start, end,
                    s->rank);
  int rank = (int)(last - first);
  for (int i = 0; i < rank; ++i)
    out->dims[i] = s->dims[first + i];
  out->rank = rank;
  return HR_SUCCESS;
}

hr_status hr_shape_concat(const hr_partial_shape *a, const hr_partial_shape *b, hr_partial_shape *out) {
  if (a->rank < 0 || b->rank < 0) {
    out->rank = HR_UNKNOWN_RANK;
    return HR_SUCCESS;
  }
  HR_TRY(check_rank((int64_t)a->rank + b->rank));
  hr_partial_shape joined = *a;
  for (int i = 0; i < b->rank; ++i)
    joined.dims[a->rank + i] = b->dims[i];
  joined.rank = a->rank + b->rank;
  *out = joined;
  return HR_SUCCESS;
}

hr_status hr_shape_append(hr_partial_shape *s, int64_t size) {
  hr_partial_shape last = hr_vector_shape(size);
  return hr_shape_concat(s, &last, s);
}

hr_status hr_shape_merge_prefix(hr_partial_shape *s, hr_partial_shape *prefix) {
  if (s->rank < 0 || prefix->rank < 0) return HR_SUCCESS;
  HR_TRY(hr_shape_with_rank_at_least(s, prefix->rank, s));
  for (int i = 0; i < prefix->rank; ++i) {
    HR_TRY(hr_dim_merge(s->dims[i], prefix->dims[i], &s->dims[i]));
    prefix->dims[i] = s->dims[i];
  }
  return HR_SUCCESS;
}

hr_status hr_shape_with_rank_at_most(const hr_partial_shape *s, int rank) {
  if (s->rank <= rank) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "Shape must be at most rank %d but is rank %d", rank, s->rank);
}

hr_status hr_shape_broadcast(const hr_partial_shape *a, const hr_partial_shape *b, hr_partial_shape *out) {
  if (a->rank < 0 || b->rank < 0) {
    out->rank = HR_UNKNOWN_RANK;
    return HR_SUCCESS;
  }
  if (a->rank < b->rank) {
    const hr_partial_shape *shorter = a;
    a = b;
    b = shorter;
  }
  hr_partial_shape result = *a;
  int offset = a->rank - b->rank;
  for (int i = 0; i < b->rank; ++i)
    HR_TRY(hr_dim_broadcast(a->dims[offset + i], b->dims[i], &result.dims[offset + i]));
  *out = result;
  return HR_SUCCESS;
}

hr_status hr_input_of_rank(const hr_shape_context *c, int input, int rank, hr_partial_shape *out) {
  return hr_shape_with_rank(hr_shape_input(c, input), rank, out);
}

hr_status hr_input_of_rank_at_least(const hr_shape_context *c, int input, int rank, hr_partial_shape *out) {
  return hr_shape_with_rank_at_least(hr_shape_input(c, input), rank, out);
}

hr_status hr_check_scalar(const hr_shape_context *c, int input) {
  const hr_partial_shape *s = hr_shape_input(c, input);
  if (s->rank <= 0) return HR_SUCCESS;
  hr_partial_shape unused;
  return hr_shape_with_rank(s, 0, &unused);
}

hr_status hr_merge_inputs(const hr_shape_context *c, int first, int last, hr_partial_shape *out) {
  hr_partial_shape merged = *hr_shape_input(c, last);
  for (int i = last - 1; i >= first; --i) {
    HR_TRY(hr_status_prefix(hr_partial_shape_merge(hr_shape_input(c, i), &merged, &merged),
                            "From merging shape %d with other shapes: ", i - first));
  }
  *out = merged;
  return HR_SUCCESS;
}

int64_t hr_tensor_int(const hr_tensor *t, int64_t index) {
  const void *data = hr_tensor_data(t);
  switch (hr_tensor_dtype(t)) {
  case HR_INT8: return ((const int8_t *)data)[index];
  case HR_INT16: return ((const int16_t *)data)[index];
  case HR_INT32: return ((const int32_t *)data)[index];
  default: return ((const int64_t *)data)[index];
  }
}

hr_status hr_input_scalar(const hr_shape_context *c, int input, bool *known, int64_t *value) {
  hr_tensor tensor;
  HR_TRY(hr_shape_input_value(c, input, known, &tensor));
  if (!*known) return HR_SUCCESS;
  int64_t count = tensor.elements;
  if (count == 1) *value = hr_tensor_int(&tensor, 0);
  hr_tensor_clear(&tensor);
  if (count == 1) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "Input %d must be a single number but has %" PRId64 " elements", input, count);
}

hr_status hr_input_dim(const hr_shape_context *c, int input, int64_t *out) {
  bool known;
  HR_TRY(hr_check_scalar(c, input));
  HR_TRY(hr_input_scalar(c, input, &known, out));
  if (!known) *out = HR_UNKNOWN_DIM;
  if (known && *out < 0)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Dimension size, given by scalar input %d, must be non-negative but is %" PRId64, input, *out);
  return HR_SUCCESS;
}

bool hr_string_attr_is(const hr_shape_context *c, const char *name, const char *text) {
  const hr_attr_value *value = hr_node_attr(c->node, name);
  return value && (size_t)value->count == strlen(text) && memcmp(value->s, text, (size_t)value->count) == 0;
}

hr_status hr_pass_input(hr_shape_context *c, int output, int input) {
  hr_share_input(c, output, input);
  const hr_handle_data *handle = hr_shape_input_handle(c, input);
  return handle ? hr_shape_share_handle(c, output, handle) : HR_SUCCESS;
}

const hr_partial_shape *hr_shape_of_variable(const hr_shape_context *c, int input) {
  if (c->node->op->inputs[input].dtype != HR_RESOURCE) return hr_shape_input(c, input);
  const hr_handle_data *handle = hr_shape_input_handle(c, input);
  return handle ? &handle->shape : hr_output_shape(HR_NO_OUTPUT);
}

void hr_set_unknown_vector(hr_shape_context *c, int output) {
  static const hr_partial_shape vector = {.rank = 1, .dims = {HR_UNKNOWN_DIM}};
  hr_shape_share(c, output, &vector);
}
