/* SparseCross: for each row all combinations of one feature of every column, joined or hashed. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/string_arguments.h"
#include "runtime/base/fingerprint.h"

#include <inttypes.h>
#include <stdlib.h>

/* A column of features: sparse, with the first of each row, or a dense matrix. */
typedef struct column {
  const hr_tensor *values;
  const int64_t *starts; /* rows + 1; NULL: dense */
  int64_t width;         /* of a dense one */
} column;

static int64_t first_of(const column *c, int64_t row) { return c->starts ? c->starts[row] : row * c->width; }
static int64_t count_of(const column *c, int64_t row) {
  return c->starts ? c->starts[row + 1] - c->starts[row] : c->width;
}

/* ---- arguments ------------------------------------------------------------------------------------------------- */

/* Where the inputs stand: N indices, the values, N shapes, the dense ones. */
typedef struct cross {
  int sparse, dense;
  int64_t rows;
  int64_t *starts; /* rows + 1 for each sparse column */
  column *columns;
} cross;

static hr_status check_sparse(hr_kernel_context *ctx, int n, int i) {
  const hr_tensor *indices = hr_input(ctx, i), *values = hr_input(ctx, n + i), *shape = hr_input(ctx, 2 * n + i);
  if (indices->rank != 2 || indices->dims[1] != 2)
    return hr_error(HR_INVALID_ARGUMENT, "Input indices should be a matrix of two columns but received shape %s at %d",
                    HR_TENSOR_SHAPE_TEXT(indices), i);
  HR_TRY(hr_rank_check(values, 1, "Input values"));
  if (shape->rank != 1 || shape->elements != 2)
    return hr_error(HR_INVALID_ARGUMENT, "Input shapes should be vectors of two but received shape %s at %d",
                    HR_TENSOR_SHAPE_TEXT(shape), i);
  if (indices->dims[0] != values->dims[0])
    return hr_error(HR_INVALID_ARGUMENT, "Expected size of values to be %" PRId64 " got %" PRId64 " at %d",
                    indices->dims[0], values->dims[0], i);
  return HR_SUCCESS;
}

static hr_status set_sparse(hr_kernel_context *ctx, cross *x, int i) {
  HR_TRY(check_sparse(ctx, x->sparse, i));
  const hr_tensor *indices = hr_input(ctx, i), *values = hr_input(ctx, x->sparse + i);
  int64_t rows = ((const int64_t *)hr_tensor_data(hr_input(ctx, 2 * x->sparse + i)))[0];
  if (rows != x->rows)
    return hr_error(HR_INVALID_ARGUMENT, "Expected batch size %" PRId64 " got %" PRId64 " at %d", x->rows, rows, i);
  int64_t *starts = x->starts + i * (x->rows + 1), count = indices->dims[0];
  const int64_t *index = hr_tensor_data(indices);
  int64_t at = 0;
  for (int64_t row = 0; row < x->rows; ++row) {
    starts[row] = at;
    while (at < count && index[2 * at] == row)
      ++at;
  }
  starts[x->rows] = at;
  if (at != count)
    return hr_error(HR_INVALID_ARGUMENT, "Indices of column %d are out of order or of range at %" PRId64, i, at);
  x->columns[i] = (column){.values = values, .starts = starts};
  return HR_SUCCESS;
}

static hr_status set_dense(hr_kernel_context *ctx, cross *x, int i) {
  const hr_tensor *values = hr_input(ctx, 3 * x->sparse + i);
  HR_TRY(hr_rank_check(values, 2, "Dense inputs"));
  if (values->dims[0] != x->rows)
    return hr_error(HR_INVALID_ARGUMENT, "Expected batch size %" PRId64 " got %" PRId64 " at dense tensor %d", x->rows,
                    values->dims[0], i);
  x->columns[x->sparse + i] = (column){.values = values, .width = values->dims[1]};
  return HR_SUCCESS;
}

static hr_status set_columns(hr_kernel_context *ctx, cross *x) {
  for (int i = 0; i < x->sparse; ++i)
    HR_TRY(set_sparse(ctx, x, i));
  for (int i = 0; i < x->dense; ++i)
    HR_TRY(set_dense(ctx, x, i));
  return HR_SUCCESS;
}

/* ---- combinations ---------------------------------------------------------------------------------------------- */

static uint64_t feature_hash(const column *c, int64_t at) {
  if (c->values->dtype == HR_INT64) return (uint64_t)((const int64_t *)hr_tensor_data(c->values))[at];
  hr_view text = hr_string_view(hr_string_at(c->values, at));
  return hr_fingerprint64(text.data, text.length);
}

static void add_feature(hr_text *text, const column *c, int64_t at) {
  if (c->values->dtype == HR_INT64) {
    hr_text_printf(text, "%" PRId64, ((const int64_t *)hr_tensor_data(c->values))[at]);
    return;
  }
  hr_view feature = hr_string_view(hr_string_at(c->values, at));
  hr_text_add(text, feature.data, feature.length);
}

typedef struct output {
  uint64_t key, buckets;
  hr_tensor *values;
  hr_text text;
} output;

static hr_status put(output *out, const column *columns, int count, int64_t row, const int64_t *choice, int64_t at) {
  if (out->values->dtype == HR_STRING) {
    out->text.length = 0;
    for (int i = 0; i < count; ++i) {
      if (i) hr_text_add_string(&out->text, "_X_");
      add_feature(&out->text, &columns[i], first_of(&columns[i], row) + choice[i]);
    }
    return hr_string_set_text((hr_string *)hr_tensor_data(out->values) + at, &out->text);
  }
  uint64_t hash = out->key;
  for (int i = 0; i < count; ++i)
    hash = hr_fingerprint_cat64(hash, feature_hash(&columns[i], first_of(&columns[i], row) + choice[i]));
  ((int64_t *)hr_tensor_data(out->values))[at] = (int64_t)(hash % (out->buckets ? out->buckets : INT64_MAX));
  return HR_SUCCESS;
}

static int64_t combinations(const cross *x, int64_t row) {
  int64_t product = 1;
  for (int i = 0; i < x->sparse + x->dense; ++i)
    if (__builtin_mul_overflow(product, count_of(&x->columns[i], row), &product)) return -1;
  return product;
}

/* The next choice, the last column running fastest. */
static void advance(const cross *x, int64_t row, int64_t *choice) {
  for (int i = x->sparse + x->dense - 1; i >= 0; --i) {
    if (++choice[i] < count_of(&x->columns[i], row)) return;
    choice[i] = 0;
  }
}

static hr_status count_all(const cross *x, int64_t *total, int64_t *most) {
  *total = *most = 0;
  for (int64_t row = 0; row < x->rows; ++row) {
    int64_t count = combinations(x, row);
    if (count < 0 || __builtin_add_overflow(*total, count, total))
      return hr_error(HR_INVALID_ARGUMENT, "Too many combinations of features");
    if (count > *most) *most = count;
  }
  return HR_SUCCESS;
}

static hr_status combine(hr_kernel_context *ctx, const cross *x, int64_t *choice) {
  const hr_node *node = hr_context_node(ctx);
  int64_t total, most;
  hr_tensor *indices, *shape;
  output out = {.key = (uint64_t)hr_node_attr(node, "hash_key")->i,
                .buckets = (uint64_t)hr_node_attr(node, "num_buckets")->i};
  HR_TRY(count_all(x, &total, &most));
  HR_TRY(hr_output_new(ctx, 0, &(hr_shape){2, {total, 2}}, &indices));
  HR_TRY(hr_output_new(ctx, 1, &(hr_shape){1, {total}}, &out.values));
  HR_TRY(hr_output_new(ctx, 2, &(hr_shape){1, {2}}, &shape));
  ((int64_t *)hr_tensor_data(shape))[0] = x->rows;
  ((int64_t *)hr_tensor_data(shape))[1] = most;
  int64_t *index = hr_tensor_data(indices), at = 0;
  hr_status status = HR_SUCCESS;
  for (int64_t row = 0; row < x->rows; ++row) {
    for (int64_t i = 0, count = combinations(x, row); i < count && !status; ++i, ++at) {
      *index++ = row;
      *index++ = i;
      status = put(&out, x->columns, x->sparse + x->dense, row, choice, at);
      advance(x, row, choice);
    }
  }
  hr_text_free(&out.text);
  return status;
}

static int64_t rows_of(hr_kernel_context *ctx, const cross *x) {
  if (x->dense + x->sparse == 0) return 0;
  const hr_tensor *t = hr_input(ctx, x->sparse ? 2 * x->sparse : 0);
  if (x->sparse) return t->elements > 0 ? ((const int64_t *)hr_tensor_data(t))[0] : 0;
  return t->rank > 0 ? t->dims[0] : 0;
}

static hr_status sparse_cross(hr_kernel_context *ctx) {
  const hr_node *node = hr_context_node(ctx);
  cross x = {.sparse = (int)hr_node_attr(node, "N")->i, .dense = hr_node_attr(node, "dense_types")->count};
  if (hr_node_attr(node, "sparse_types")->count != x.sparse)
    return hr_error(HR_INVALID_ARGUMENT, "There are %d sparse columns but %d types of their values", x.sparse,
                    hr_node_attr(node, "sparse_types")->count);
  x.rows = rows_of(ctx, &x);
  int columns = x.sparse + x.dense;
  int64_t starts;
  if (x.rows < 0 || x.rows == INT64_MAX || __builtin_mul_overflow(x.rows + 1, (int64_t)x.sparse, &starts))
    return hr_error(HR_INVALID_ARGUMENT, "A batch of size %" PRId64 " is out of range", x.rows);
  x.starts = calloc((size_t)starts + 1, sizeof *x.starts);
  x.columns = calloc((size_t)columns + 1, sizeof *x.columns);
  int64_t *choice = calloc((size_t)columns + 1, sizeof *choice);
  hr_status status = HR_SUCCESS;
  if (!x.starts || !x.columns || !choice)
    status = hr_error_out_of_memory((size_t)starts * sizeof *x.starts, "the rows of columns");
  if (!status) status = set_columns(ctx, &x);
  if (!status) status = combine(ctx, &x, choice);
  free(x.starts);
  free(x.columns);
  free(choice);
  return status;
}
HR_KERNEL(.op = "SparseCross", .compute = sparse_cross);
