/* SparseReduceSum, SparseReduceMax and those with a sparse result: elements are put in the order of the dimensions that
 * stay, and what falls together is combined. A place without elements is zero, of a maximum too. */
#include "kernels_cpu/row_arithmetic.h"
#include "kernels_cpu/sparse_parts.h"

#include <inttypes.h>
#include <string.h>

typedef struct reduction {
  hr_row_op op;
  bool is_sparse;
} reduction;

/* The dimensions that stay, then those that go, each in order. */
typedef struct plan {
  hr_sparse_parts x;
  int64_t rank, kept;
  int64_t *dims;  /* [rank] */
  int64_t *order; /* [n], of the elements */
  bool keep_dims;
  hr_row_op op;
} plan;

/* `goes` and `dims` have room for `rank`. */
static hr_status choose_dims(const hr_tensor *axes, int64_t rank, int64_t *goes, plan *p) {
  if (axes->rank > 1)
    return hr_error(HR_INVALID_ARGUMENT, "Expected reduction_axes to be a scalar or a vector; got shape: %s",
                    HR_TENSOR_SHAPE_TEXT(axes));
  memset(goes, 0, (size_t)rank * sizeof *goes);
  for (int64_t i = 0; i < axes->elements; ++i) {
    int64_t axis = hr_index_at(axes, i);
    if (axis < -rank || axis >= rank)
      return hr_error(HR_INVALID_ARGUMENT,
                      "Invalid reduction dimension %" PRId64 ", for input with %" PRId64 " dimensions.", axis, rank);
    goes[axis < 0 ? axis + rank : axis] = 1;
  }
  int64_t count = 0;
  for (int64_t d = 0; d < rank; ++d)
    if (!goes[d]) p->dims[count++] = d;
  p->kept = count;
  for (int64_t d = 0; d < rank; ++d)
    if (goes[d]) p->dims[count++] = d;
  return HR_SUCCESS;
}

static int64_t out_rank(const plan *p) { return p->keep_dims ? p->rank : p->kept; }
/* The output's dimension that the kept dimension number `i` is. */
static int64_t out_dim(const plan *p, int64_t i) { return p->keep_dims ? p->dims[i] : i; }

static const int64_t *index_at(const plan *p, int64_t i) { return hr_sparse_index(&p->x, p->order[i]); }

static bool is_same_place(const plan *p, const int64_t *a, const int64_t *b) {
  for (int64_t i = 0; i < p->kept; ++i)
    if (a[p->dims[i]] != b[p->dims[i]]) return false;
  return true;
}

/* The end of the group of elements that falls together with number `begin` of the order. */
static int64_t group_end(const plan *p, int64_t begin) {
  int64_t end = begin + 1;
  while (end < hr_sparse_count(&p->x) && is_same_place(p, index_at(p, begin), index_at(p, end)))
    ++end;
  return end;
}

static void combine(const plan *p, int64_t begin, int64_t end, void *to) {
  hr_dtype dtype = hr_tensor_dtype(&p->x.values);
  hr_binary_loop *loop = hr_row_loop(p->op, dtype);
  memcpy(to, hr_sparse_value(&p->x, p->order[begin]), hr_dtype_size(dtype));
  for (int64_t i = begin + 1; i < end; ++i)
    loop(to, to, hr_sparse_value(&p->x, p->order[i]), 1, HR_BOTH_ROWS);
}

static void out_sizes(const plan *p, int64_t *sizes) {
  for (int64_t d = 0; d < out_rank(p); ++d)
    sizes[d] = 1;
  for (int64_t i = 0; i < p->kept; ++i)
    sizes[out_dim(p, i)] = hr_sparse_sizes(&p->x)[p->dims[i]];
}

static hr_status reduce_dense(hr_kernel_context *ctx, const plan *p) {
  int64_t sizes[HR_MAX_RANK];
  if (out_rank(p) > HR_MAX_RANK)
    return hr_error(HR_UNIMPLEMENTED, "A result of %" PRId64 " dimensions, which is more than %d", out_rank(p),
                    HR_MAX_RANK);
  out_sizes(p, sizes);
  hr_shape shape;
  hr_tensor *out;
  HR_TRY(hr_shape_make((int)out_rank(p), sizes, &shape));
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  memset(hr_tensor_data(out), 0, hr_tensor_bytes(out));
  size_t size = hr_dtype_size(hr_tensor_dtype(out));
  for (int64_t begin = 0, end; begin < hr_sparse_count(&p->x); begin = end) {
    end = group_end(p, begin);
    const int64_t *index = index_at(p, begin);
    int64_t place = 0;
    for (int64_t i = 0; i < p->kept; ++i) {
      int64_t d = p->dims[i], room = hr_sparse_sizes(&p->x)[d];
      if (index[d] < 0 || index[d] >= room)
        return hr_error(HR_INVALID_ARGUMENT,
                        "Index %" PRId64 " is out of dimension %" PRId64 ", whose size is %" PRId64, index[d], d, room);
      place = place * room + index[d];
    }
    combine(p, begin, end, (char *)hr_tensor_data(out) + (size_t)place * size);
  }
  return HR_SUCCESS;
}

static hr_status reduce_sparse(hr_kernel_context *ctx, const plan *p) {
  int64_t groups = 0, at = 0, rank = out_rank(p);
  for (int64_t i = 0; i < hr_sparse_count(&p->x); i = group_end(p, i))
    ++groups;
  hr_sparse_writer out;
  hr_tensor *shape;
  HR_TRY(hr_sparse_output(ctx, 0, 1, groups, rank, &out));
  HR_TRY(hr_output_new(ctx, 2, &(hr_shape){1, {rank}}, &shape));
  out_sizes(p, hr_tensor_data(shape));
  if (groups) memset(out.indices, 0, (size_t)(groups * rank) * sizeof *out.indices);
  for (int64_t begin = 0, end; begin < hr_sparse_count(&p->x); begin = end, ++at) {
    end = group_end(p, begin);
    for (int64_t i = 0; i < p->kept; ++i)
      out.indices[at * rank + out_dim(p, i)] = index_at(p, begin)[p->dims[i]];
    combine(p, begin, end, hr_sparse_place(&out, at));
  }
  return HR_SUCCESS;
}

static hr_status reduce(hr_kernel_context *ctx) {
  const reduction *r = hr_context_argument(ctx);
  plan p = {.op = r->op, .keep_dims = hr_state_flag(ctx, 0)};
  HR_TRY(hr_sparse_input(ctx, 0, &p.x));
  p.rank = hr_sparse_rank(&p.x);
  int64_t count = hr_sparse_count(&p.x);
  for (int64_t d = 0; d < p.rank; ++d)
    if (hr_sparse_sizes(&p.x)[d] < 0)
      return hr_error(HR_INVALID_ARGUMENT, "Dimension %" PRId64 " of the shape is negative: %" PRId64, d,
                      hr_sparse_sizes(&p.x)[d]);
  hr_tensor work; /* dims, marks, order */
  HR_TRY(hr_temporary_new(ctx, HR_INT64, &(hr_shape){1, {2 * p.rank + count}}, &work));
  p.dims = hr_tensor_data(&work);
  p.order = p.dims + 2 * p.rank;
  hr_status status = choose_dims(hr_input(ctx, 3), p.rank, p.dims + p.rank, &p);
  if (!status) status = hr_sparse_order(count, p.rank, hr_tensor_data(&p.x.indices), p.dims, p.order);
  if (!status) status = r->is_sparse ? reduce_sparse(ctx, &p) : reduce_dense(ctx, &p);
  hr_tensor_clear(&work);
  return status;
}

static hr_status reduce_create(const hr_kernel_construction *c, void **state) {
  return hr_state_flags(c, (const char *const[]){"keep_dims", NULL}, state);
}

static const reduction sum = {HR_ROW_ADD, false}, sum_sparse = {HR_ROW_ADD, true}, max = {HR_ROW_MAX, false},
                       max_sparse = {HR_ROW_MAX, true};
#define REDUCTION(name, allowed, kind)                                                                                 \
  HR_KERNEL(.op = name, .types = {{"T", allowed}}, .create = reduce_create, .compute = reduce, .argument = &(kind))
REDUCTION("SparseReduceSum", HR_NUMBER_TYPES, sum);
REDUCTION("SparseReduceSumSparse", HR_NUMBER_TYPES, sum_sparse);
REDUCTION("SparseReduceMax", HR_REAL_TYPES, max);
REDUCTION("SparseReduceMaxSparse", HR_REAL_TYPES, max_sparse);
