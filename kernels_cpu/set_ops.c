/* DenseToDenseSetOperation, DenseToSparseSetOperation, SparseToSparseSetOperation, SetSize: the last dimension holds
 * the elements of a set, the others say which one. The elements of both sets of a pair are sorted and gone through side
 * by side. */
#include "kernels_cpu/box_copy.h"
#include "kernels_cpu/sparse_parts.h"
#include "runtime/base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef enum operation { A_MINUS_B, B_MINUS_A, INTERSECTION, UNION } operation;

static hr_status operation_of(const hr_kernel_context *ctx, operation *out) {
  static const char *const names[] = {"a-b", "b-a", "intersection", "union"};
  const hr_attr_value *attr = hr_node_attr(hr_context_node(ctx), "set_operation");
  for (int i = 0; i < 4; ++i)
    if (strcasecmp(attr->s, names[i]) == 0) {
      *out = (operation)i;
      return HR_SUCCESS;
    }
  return hr_error(HR_INVALID_ARGUMENT, "Invalid set_operation %s.", attr->s);
}

/* An element of one of the sets. Elements sort by value. */
typedef struct element {
  const hr_tensor *set;
  int64_t index;
} element;

static int compare_strings(const hr_string *a, const hr_string *b) {
  size_t x = hr_string_length(a), y = hr_string_length(b);
  int order = memcmp(hr_string_data(a), hr_string_data(b), x < y ? x : y);
  return order ? order : (x > y) - (x < y);
}

static int64_t integer_at(const hr_tensor *t, int64_t i) {
  const void *data = hr_tensor_data(t);
  switch (hr_tensor_dtype(t)) {
  case HR_INT8: return ((const int8_t *)data)[i];
  case HR_UINT8: return ((const uint8_t *)data)[i];
  case HR_INT16: return ((const int16_t *)data)[i];
  case HR_UINT16: return ((const uint16_t *)data)[i];
  default: return hr_index_at(t, i);
  }
}

static int compare(const void *first, const void *second) {
  const element *a = first, *b = second;
  if (a->set->dtype == HR_STRING)
    return compare_strings((const hr_string *)hr_tensor_data(a->set) + a->index,
                           (const hr_string *)hr_tensor_data(b->set) + b->index);
  int64_t x = integer_at(a->set, a->index), y = integer_at(b->set, b->index);
  return (x > y) - (x < y);
}

/* `count` elements that stand together in a tensor, sorted, each once; how many. */
static int64_t sorted_set(const hr_tensor *values, int64_t first, int64_t size, element *out) {
  int64_t count = 0;
  for (int64_t i = 0; i < size; ++i)
    out[i] = (element){values, first + i};
  qsort(out, (size_t)size, sizeof *out, compare);
  for (int64_t i = 0; i < size; ++i)
    if (count == 0 || compare(&out[count - 1], &out[i]) != 0) out[count++] = out[i];
  return count;
}

/* Appends what the operation makes of two sorted sets; how many elements. */
static int64_t combine(operation op, const element *a, int64_t num_a, const element *b, int64_t num_b, element *out) {
  int64_t count = 0;
  for (int64_t i = 0, k = 0; i < num_a || k < num_b;) {
    int order = i == num_a ? 1 : k == num_b ? -1 : compare(&a[i], &b[k]);
    bool wanted = op == UNION || (op == A_MINUS_B && order < 0) || (op == B_MINUS_A && order > 0) ||
                  (op == INTERSECTION && order == 0);
    if (wanted) out[count++] = order <= 0 ? a[i] : b[k];
    i += order <= 0;
    k += order >= 0;
  }
  return count;
}

/* ---- operands --------------------------------------------------------------------------------------------------- */

/* The sets of one operand in their order, one after the other. */
typedef struct sets {
  hr_tensor values;
  hr_sparse_parts parts; /* of a sparse one */
  bool is_sparse;
  hr_shape groups;
  int64_t count;              /* of all places for sets */
  int64_t group, first, size; /* the current one, and where it stands in `values`; INT64_MAX: none is left */
} sets;

static hr_status take_groups(sets *s, int64_t rank, const int64_t *sizes) {
  char text[HR_SHAPE_TEXT];
  if (rank < 2)
    return hr_error(HR_INVALID_ARGUMENT, "Shape %s of sets has rank %" PRId64 ", which is less than 2",
                    hr_sizes_text(rank, sizes, text), rank);
  if (rank - 1 > HR_MAX_RANK) return hr_error(HR_UNIMPLEMENTED, "Sets of rank %" PRId64, rank);
  s->count = 1;
  HR_TRY(hr_shape_make((int)rank - 1, sizes, &s->groups));
  for (int d = 0; d < s->groups.rank; ++d)
    if (__builtin_mul_overflow(s->count, sizes[d], &s->count))
      return hr_error(HR_INVALID_ARGUMENT, "Shape %s has too many sets", hr_sizes_text(rank, sizes, text));
  return HR_SUCCESS;
}

/* The number of the set that sparse element i belongs to. */
static int64_t group_of(const sets *s, int64_t i) {
  const int64_t *index = hr_sparse_index(&s->parts, i);
  int64_t group = 0;
  for (int d = 0; d < s->groups.rank; ++d)
    group = group * s->groups.dims[d] + index[d];
  return group;
}

static void next_set(sets *s) {
  s->first += s->size;
  if (!s->is_sparse) {
    ++s->group;
  } else if (s->first < s->values.elements) {
    s->group = group_of(s, s->first);
    for (s->size = 1; s->first + s->size < s->values.elements; ++s->size)
      if (group_of(s, s->first + s->size) != s->group) break;
  }
  if (s->is_sparse ? s->first >= s->values.elements : s->group >= s->count) s->group = INT64_MAX;
}

static hr_status open_dense(const hr_tensor *t, sets *out) {
  *out = (sets){.values = *t, .group = -1};
  HR_TRY(take_groups(out, t->rank, t->dims));
  out->size = t->dims[t->rank - 1];
  out->first = -out->size;
  next_set(out);
  return HR_SUCCESS;
}

/* Elements lie inside of the shape, and sets are in order; `ordered`: elements too. */
static hr_status check_places(const sets *s, bool ordered) {
  int64_t rank = hr_sparse_rank(&s->parts);
  char text[HR_SHAPE_TEXT], shape[HR_SHAPE_TEXT];
  for (int64_t i = 0; i < hr_sparse_count(&s->parts); ++i) {
    const int64_t *index = hr_sparse_index(&s->parts, i), *sizes = hr_sparse_sizes(&s->parts);
    for (int64_t d = 0; d < rank; ++d)
      if (index[d] < 0 || index[d] >= sizes[d])
        return hr_error(HR_INVALID_ARGUMENT, "indices[%" PRId64 "] = %s is out of bounds: need 0 <= index < %s", i,
                        hr_sizes_text(rank, index, text), hr_sizes_text(rank, sizes, shape));
    if (i == 0) continue;
    int order = hr_sparse_compare(rank, hr_sparse_index(&s->parts, i - 1), index);
    if (ordered ? order >= 0 : group_of(s, i - 1) > group_of(s, i))
      return hr_error(HR_INVALID_ARGUMENT, "indices[%" PRId64 "] = %s is %s", i, hr_sizes_text(rank, index, text),
                      order == 0 ? "repeated" : "out of order");
  }
  return HR_SUCCESS;
}

static hr_status open_sparse(hr_kernel_context *ctx, int input, sets *out) {
  *out = (sets){.is_sparse = true, .values = *hr_input(ctx, input + 1)};
  HR_TRY(hr_sparse_input(ctx, input, &out->parts));
  HR_TRY(take_groups(out, hr_sparse_rank(&out->parts), hr_sparse_sizes(&out->parts)));
  HR_TRY(check_places(out, hr_node_attr(hr_context_node(ctx), "validate_indices")->b));
  next_set(out);
  return HR_SUCCESS;
}

/* ---- results ---------------------------------------------------------------------------------------------------- */

/* The elements of all results behind each other. */
typedef struct results {
  element *elements;
  int64_t *groups; /* of each element */
  int64_t total, largest;
} results;

static hr_status write_results(hr_kernel_context *ctx, const results *r, const sets *s) {
  int rank = s->groups.rank + 1;
  hr_sparse_writer out;
  HR_TRY(hr_sparse_output(ctx, 0, 1, r->total, rank, &out));
  size_t size = hr_dtype_size(out.dtype);
  int64_t *index = out.indices, sizes[HR_MAX_RANK + 1];
  for (int64_t i = 0; i < r->total; ++i, index += rank) {
    const element *e = &r->elements[i];
    HR_TRY(hr_copy_elements(out.dtype, hr_sparse_place(&out, i),
                            (const char *)hr_tensor_data(e->set) + (size_t)e->index * size, 1));
    int64_t rest = r->groups[i];
    for (int d = rank - 2; d >= 0; rest /= s->groups.dims[d], --d)
      index[d] = rest % s->groups.dims[d];
    index[rank - 1] = i > 0 && r->groups[i - 1] == r->groups[i] ? index[-1] + 1 : 0;
  }
  memcpy(sizes, s->groups.dims, sizeof *sizes * (size_t)(rank - 1));
  sizes[rank - 1] = r->largest;
  return hr_sparse_shape_output(ctx, 2, rank, sizes);
}

static hr_status check_pair(const sets *a, const sets *b) {
  if (hr_shape_equal(&a->groups, &b->groups)) return HR_SUCCESS;
  char first[HR_SHAPE_TEXT], second[HR_SHAPE_TEXT];
  return hr_error(HR_INVALID_ARGUMENT, "Mismatched group shapes of sets: %s and %s", hr_shape_text(&a->groups, first),
                  hr_shape_text(&b->groups, second));
}

/* Goes through both operands; `r` has room for all elements, and behind them for those of one pair. */
static void combine_all(operation op, sets *a, sets *b, element *work, results *r) {
  while (a->group != INT64_MAX || b->group != INT64_MAX) {
    int64_t group = a->group < b->group ? a->group : b->group, num_a = 0, num_b = 0;
    if (a->group == group) num_a = sorted_set(&a->values, a->first, a->size, work);
    if (b->group == group) num_b = sorted_set(&b->values, b->first, b->size, work + num_a);
    int64_t count = combine(op, work, num_a, work + num_a, num_b, r->elements + r->total);
    for (int64_t i = 0; i < count; ++i)
      r->groups[r->total + i] = group;
    r->total += count;
    if (count > r->largest) r->largest = count;
    if (a->group == group) next_set(a);
    if (b->group == group) next_set(b);
  }
}

static hr_status operate(hr_kernel_context *ctx, sets *a, sets *b) {
  operation op;
  HR_TRY(operation_of(ctx, &op));
  HR_TRY(check_pair(a, b));
  size_t elements = (size_t)(a->values.elements + b->values.elements) + 1;
  results r = {.elements = malloc(2 * elements * sizeof *r.elements), .groups = malloc(elements * sizeof *r.groups)};
  hr_status status =
      r.elements && r.groups ? HR_SUCCESS : hr_error_out_of_memory(elements * sizeof *r.elements, "sets");
  if (!status) {
    combine_all(op, a, b, r.elements + elements, &r);
    status = write_results(ctx, &r, a);
  }
  free(r.elements);
  free(r.groups);
  return status;
}

#define SET_TYPES                                                                                                      \
  (HR_TYPE_BIT(HR_INT8) | HR_TYPE_BIT(HR_INT16) | HR_TYPE_BIT(HR_INT32) | HR_TYPE_BIT(HR_INT64) |                      \
   HR_TYPE_BIT(HR_UINT8) | HR_TYPE_BIT(HR_UINT16) | HR_TYPE_BIT(HR_STRING))

static hr_status dense_to_dense(hr_kernel_context *ctx) {
  sets a, b;
  HR_TRY(open_dense(hr_input(ctx, 0), &a));
  HR_TRY(open_dense(hr_input(ctx, 1), &b));
  return operate(ctx, &a, &b);
}
HR_KERNEL(.op = "DenseToDenseSetOperation", .types = {{"T", SET_TYPES}}, .compute = dense_to_dense);

static hr_status dense_to_sparse(hr_kernel_context *ctx) {
  sets a, b;
  HR_TRY(open_dense(hr_input(ctx, 0), &a));
  HR_TRY(open_sparse(ctx, 1, &b));
  return operate(ctx, &a, &b);
}
HR_KERNEL(.op = "DenseToSparseSetOperation", .types = {{"T", SET_TYPES}}, .compute = dense_to_sparse);

static hr_status sparse_to_sparse(hr_kernel_context *ctx) {
  sets a, b;
  HR_TRY(open_sparse(ctx, 0, &a));
  HR_TRY(open_sparse(ctx, 3, &b));
  return operate(ctx, &a, &b);
}
HR_KERNEL(.op = "SparseToSparseSetOperation", .types = {{"T", SET_TYPES}}, .compute = sparse_to_sparse);

/* ---- sizes ------------------------------------------------------------------------------------------------------ */

static hr_status set_size(hr_kernel_context *ctx) {
  sets s;
  hr_tensor *out;
  HR_TRY(open_sparse(ctx, 0, &s));
  HR_TRY(hr_output_new(ctx, 0, &s.groups, &out));
  int32_t *sizes = hr_tensor_data(out);
  if (out->elements) memset(sizes, 0, hr_tensor_bytes(out));
  element *work = malloc(((size_t)s.values.elements + 1) * sizeof *work);
  if (!work) return hr_error_out_of_memory((size_t)s.values.elements * sizeof *work, "sets");
  for (; s.group != INT64_MAX; next_set(&s))
    sizes[s.group] = (int32_t)sorted_set(&s.values, s.first, s.size, work);
  free(work);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "SetSize", .types = {{"T", SET_TYPES}}, .compute = set_size);
