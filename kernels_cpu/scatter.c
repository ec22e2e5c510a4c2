/* ScatterUpdate, ScatterAdd, ...: rows of a variable, by index; by reference and by handle. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/box_copy.h"
#include "kernels_cpu/row_arithmetic.h"
#include "kernels_cpu/variable_access.h"

#include <inttypes.h>

static hr_status check(const hr_tensor *variable, const hr_tensor *indices, const hr_tensor *updates) {
  if (variable->rank < 1)
    return hr_error(HR_INVALID_ARGUMENT, "params must be at least 1-D, got shape %s", HR_TENSOR_SHAPE_TEXT(variable));
  /* updates has the shape of indices followed by that of a row; a scalar serves all rows. */
  bool fits = updates->rank == indices->rank + variable->rank - 1;
  for (int i = 0; fits && i < updates->rank; ++i)
    fits = updates->dims[i] == (i < indices->rank ? indices->dims[i] : variable->dims[i - indices->rank + 1]);
  if (!fits && updates->rank != 0)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Must have updates.shape = indices.shape + params.shape[1:] or updates.shape = [], got "
                    "updates.shape %s, indices.shape %s, params.shape %s",
                    HR_TENSOR_SHAPE_TEXT(updates), HR_TENSOR_SHAPE_TEXT(indices), HR_TENSOR_SHAPE_TEXT(variable));
  for (int64_t i = 0; i < indices->elements; ++i) {
    int64_t index = hr_index_at(indices, i);
    if (index < 0 || index >= variable->dims[0])
      return hr_error(HR_INVALID_ARGUMENT, "indices[%" PRId64 "] = %" PRId64 " is not in [0, %" PRId64 ")", i, index,
                      variable->dims[0]);
  }
  return HR_SUCCESS;
}

/* In order, as an index may come twice. `loop` NULL: the row is replaced. */
static hr_status scatter_rows(hr_binary_loop *loop, hr_tensor *variable, const hr_tensor *indices,
                              const hr_tensor *updates) {
  hr_dtype dtype = hr_tensor_dtype(variable);
  int64_t inner = hr_dims_product(variable, 1, variable->rank);
  size_t row = (size_t)inner * hr_dtype_size(dtype);
  bool one_for_all = updates->rank == 0;
  char *to = hr_tensor_data(variable);
  const char *from = hr_tensor_data(updates);
  for (int64_t i = 0; i < indices->elements; ++i) {
    char *target = to + (size_t)hr_index_at(indices, i) * row;
    const char *source = one_for_all ? from : from + (size_t)i * row;
    if (loop)
      loop(target, target, source, inner, one_for_all ? HR_RIGHT_SCALAR : HR_BOTH_ROWS);
    else
      HR_TRY(one_for_all ? hr_fill_elements(dtype, target, source, inner)
                         : hr_copy_elements(dtype, target, source, inner));
  }
  return HR_SUCCESS;
}

static hr_status scatter_create(const hr_kernel_construction *c, void **state) {
  if (!hr_node_attr(c->node, "use_locking")) return HR_SUCCESS; /* by handle: always locked */
  return hr_state_flags(c, (const char *const[]){"use_locking", NULL}, state);
}

static hr_status scatter(hr_kernel_context *ctx) {
  const hr_row_op *op = hr_context_argument(ctx);
  const hr_tensor *indices = hr_input(ctx, 1), *updates = hr_input(ctx, 2);
  hr_variables v;
  HR_TRY(hr_variables_open(ctx, 1, hr_state_flag(ctx, 0), &v));
  hr_status status = check(&v.values[0], indices, updates);
  if (!status)
    status = scatter_rows(op ? hr_row_loop(*op, hr_tensor_dtype(updates)) : NULL, &v.values[0], indices, updates);
  hr_variables_close(&v);
  HR_TRY(status);
  return hr_variables_done(ctx);
}

static const hr_row_op add = HR_ROW_ADD, sub = HR_ROW_SUB, mul = HR_ROW_MUL, divide = HR_ROW_DIV, min = HR_ROW_MIN,
                       max = HR_ROW_MAX;
#define SCATTER_KERNEL(name, type_attr, allowed, operation)                                                            \
  HR_KERNEL(.op = name, .types = {{type_attr, allowed}, {"Tindices", HR_INDEX_TYPES}}, .create = scatter_create,       \
            .argument = operation, .compute = scatter)
#define SCATTER_KERNELS(name, allowed, operation)                                                                      \
  SCATTER_KERNEL("Scatter" name, "T", allowed, operation);                                                             \
  SCATTER_KERNEL("ResourceScatter" name, "dtype", allowed, operation)
SCATTER_KERNELS("Update", HR_COPIED_TYPES, NULL);
SCATTER_KERNELS("Add", HR_NUMBER_TYPES, &add);
SCATTER_KERNELS("Sub", HR_NUMBER_TYPES, &sub);
SCATTER_KERNELS("Mul", HR_NUMBER_TYPES, &mul);
SCATTER_KERNELS("Div", HR_NUMBER_TYPES, &divide);
SCATTER_KERNELS("Min", HR_REAL_TYPES, &min);
SCATTER_KERNELS("Max", HR_REAL_TYPES, &max);
