/* DenseToDenseSetOperation: sorts the elements of both sets of a pair and goes through them side by side. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/box_copy.h"
#include "runtime/base/text.h"

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

/* The elements of set number `group`, sorted, each once. */
static int64_t sorted_set(const hr_tensor *sets, int64_t group, element *out) {
  int64_t size = sets->dims[sets->rank - 1], count = 0;
  for (int64_t i = 0; i < size; ++i)
    out[i] = (element){sets, group * size + i};
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

/* The results of all pairs behind each other. */
typedef struct results {
  element *elements;
  int64_t *counts; /* of each pair */
  int64_t total, largest;
} results;

static hr_status write_results(hr_kernel_context *ctx, const results *r, const hr_tensor *sets, int64_t groups) {
  hr_tensor *indices, *values, *shape;
  int rank = sets->rank;
  HR_TRY(hr_output_new(ctx, 0, &(hr_shape){2, {r->total, rank}}, &indices));
  HR_TRY(hr_output_new(ctx, 1, &(hr_shape){1, {r->total}}, &values));
  HR_TRY(hr_output_new(ctx, 2, &(hr_shape){1, {rank}}, &shape));
  hr_dtype dtype = hr_tensor_dtype(sets);
  size_t size = hr_dtype_size(dtype);
  char *to = hr_tensor_data(values);
  int64_t *index = hr_tensor_data(indices);
  const element *next = r->elements;
  for (int64_t group = 0; group < groups; ++group)
    for (int64_t i = 0; i < r->counts[group]; ++i, ++next, to += size, index += rank) {
      HR_TRY(hr_copy_elements(dtype, to, (const char *)hr_tensor_data(next->set) + (size_t)next->index * size, 1));
      int64_t rest = group;
      for (int d = rank - 2; d >= 0; rest /= sets->dims[d], --d)
        index[d] = rest % sets->dims[d];
      index[rank - 1] = i;
    }
  int64_t *sizes = hr_tensor_data(shape);
  for (int d = 0; d < rank - 1; ++d)
    sizes[d] = sets->dims[d];
  sizes[rank - 1] = r->largest;
  return HR_SUCCESS;
}

static hr_status check_sets(const hr_tensor *a, const hr_tensor *b) {
  if (a->rank < 2)
    return hr_error(HR_INVALID_ARGUMENT, "Invalid rank %d of sets: shape %s", a->rank, HR_TENSOR_SHAPE_TEXT(a));
  bool fits = a->rank == b->rank;
  for (int d = 0; d < a->rank - 1 && fits; ++d)
    fits = a->dims[d] == b->dims[d];
  if (fits) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "Mismatched group shapes of sets: %s and %s", HR_TENSOR_SHAPE_TEXT(a),
                  HR_TENSOR_SHAPE_TEXT(b));
}

static hr_status set_operation(hr_kernel_context *ctx) {
  const hr_tensor *a = hr_input(ctx, 0), *b = hr_input(ctx, 1);
  operation op;
  HR_TRY(operation_of(ctx, &op));
  HR_TRY(check_sets(a, b));
  int64_t size_a = a->dims[a->rank - 1], size_b = b->dims[b->rank - 1], groups = hr_dims_product(a, 0, a->rank - 1);
  size_t elements = (size_t)(a->elements + b->elements + size_a + size_b) + 1;
  results r = {.elements = malloc(elements * sizeof *r.elements),
               .counts = malloc(((size_t)groups + 1) * sizeof *r.counts)};
  hr_status status =
      r.elements && r.counts ? HR_SUCCESS : hr_error_out_of_memory(elements * sizeof *r.elements, "sets");
  if (!status) {
    /* Behind the results there is room for one pair. */
    element *first = r.elements + a->elements + b->elements, *second = first + size_a;
    for (int64_t group = 0; group < groups; ++group) {
      int64_t num_a = sorted_set(a, group, first), num_b = sorted_set(b, group, second);
      r.counts[group] = combine(op, first, num_a, second, num_b, r.elements + r.total);
      r.total += r.counts[group];
      if (r.counts[group] > r.largest) r.largest = r.counts[group];
    }
    status = write_results(ctx, &r, a, groups);
  }
  free(r.elements);
  free(r.counts);
  return status;
}
HR_KERNEL(.op = "DenseToDenseSetOperation", .types = {{"T", HR_ANY_TYPES}}, .compute = set_operation);
