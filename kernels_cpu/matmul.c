/* MatMul, SparseMatMul, BatchMatMul, BatchMatMulV2. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/narrow.h"

#define MATRIX_TYPES                                                                                                   \
  (HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_DOUBLE) | HR_TYPE_BIT(HR_INT32) | HR_TYPE_BIT(HR_INT64) |                    \
   HR_TYPE_BIT(HR_HALF) | HR_TYPE_BIT(HR_BFLOAT16) | HR_TYPE_BIT(HR_COMPLEX64) | HR_TYPE_BIT(HR_COMPLEX128))

/* Fills in what follows from the last two dimensions of x and y; the flags are set. */
static hr_status set_matrix_sizes(hr_gemm *gemm, const hr_tensor *x, const hr_tensor *y) {
  const int64_t *a = x->dims + x->rank - 2, *b = y->dims + y->rank - 2;
  gemm->m = a[gemm->transpose_a ? 1 : 0];
  gemm->k = a[gemm->transpose_a ? 0 : 1];
  gemm->n = b[gemm->transpose_b ? 0 : 1];
  if (gemm->k != b[gemm->transpose_b ? 1 : 0])
    return hr_error(HR_INVALID_ARGUMENT, "Matrix size-incompatible: In[0]: %s, In[1]: %s (transposed: %d, %d)",
                    HR_TENSOR_SHAPE_TEXT(x), HR_TENSOR_SHAPE_TEXT(y), gemm->transpose_a, gemm->transpose_b);
  gemm->dtype = hr_tensor_dtype(x);
  gemm->a = hr_tensor_data(x);
  gemm->b = hr_tensor_data(y);
  return HR_SUCCESS;
}

static hr_status run_into_output(hr_kernel_context *ctx, hr_gemm *gemm, const hr_shape *shape) {
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, shape, &out));
  gemm->c = hr_tensor_data(out);
  return hr_gemm_run(ctx, gemm);
}

static hr_status matmul_create(const hr_kernel_construction *c, void **state) {
  return hr_state_flags(c, (const char *const[]){"transpose_a", "transpose_b", NULL}, state);
}

static hr_status matmul(hr_kernel_context *ctx) {
  const hr_tensor *a = hr_input(ctx, 0), *b = hr_input(ctx, 1);
  HR_TRY(hr_rank_check(a, 2, "In[0]"));
  HR_TRY(hr_rank_check(b, 2, "In[1]"));
  hr_gemm gemm = {.transpose_a = hr_state_flag(ctx, 0), .transpose_b = hr_state_flag(ctx, 1)};
  HR_TRY(set_matrix_sizes(&gemm, a, b));
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &(hr_shape){2, {gemm.m, gemm.n}}, &out));
  gemm.c = hr_tensor_data(out);
  return hr_narrow_product(ctx, &gemm) ? HR_SUCCESS : hr_gemm_run(ctx, &gemm);
}
HR_KERNEL(.op = "MatMul", .types = {{"T", MATRIX_TYPES}}, .create = matmul_create, .compute = matmul);

/* ---- SparseMatMul ---------------------------------------------------------------------------------------------- */

/* The attributes that promise zeros are advice, which dense products do better without. */

/* The operand's floats: its own, or in `scratch`. */
static hr_status float_operand(hr_kernel_context *ctx, const hr_tensor *x, hr_tensor *scratch, hr_tensor *out) {
  *scratch = (hr_tensor){0};
  *out = *x;
  if (x->dtype == HR_FLOAT) return HR_SUCCESS;
  hr_shape shape = hr_tensor_shape(x);
  HR_TRY(hr_temporary_new(ctx, HR_FLOAT, &shape, scratch));
  float *to = hr_tensor_data(scratch);
  const hr_bfloat16 *from = hr_tensor_data(x);
  for (int64_t i = 0; i < x->elements; ++i)
    to[i] = hr_bfloat16_to_float(from[i]);
  *out = *scratch;
  return HR_SUCCESS;
}

static hr_status sparse_product(hr_kernel_context *ctx) {
  const hr_tensor *a = hr_input(ctx, 0), *b = hr_input(ctx, 1);
  HR_TRY(hr_rank_check(a, 2, "a"));
  HR_TRY(hr_rank_check(b, 2, "b"));
  hr_tensor a_scratch, b_scratch = {0}, a_floats, b_floats;
  hr_status status = float_operand(ctx, a, &a_scratch, &a_floats);
  if (!status) status = float_operand(ctx, b, &b_scratch, &b_floats);
  hr_gemm gemm = {.transpose_a = hr_state_flag(ctx, 0), .transpose_b = hr_state_flag(ctx, 1)};
  if (!status) status = set_matrix_sizes(&gemm, &a_floats, &b_floats);
  if (!status) status = run_into_output(ctx, &gemm, &(hr_shape){2, {gemm.m, gemm.n}});
  hr_tensor_clear(&a_scratch);
  hr_tensor_clear(&b_scratch);
  return status;
}
#define SHORT_OR_FLOAT (HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_BFLOAT16))
HR_KERNEL(.op = "SparseMatMul", .types = {{"Ta", SHORT_OR_FLOAT}, {"Tb", SHORT_OR_FLOAT}}, .create = matmul_create,
          .compute = sparse_product);

/* ---- batches --------------------------------------------------------------------------------------------------- */

static hr_status batch_create(const hr_kernel_construction *c, void **state) {
  return hr_state_flags(c, (const char *const[]){"adj_x", "adj_y", NULL}, state);
}

/* Broadcasts the leading dimensions of x and y, as NumPy does, into `shape` and the strides of `gemm`. */
static hr_status set_batch(hr_gemm *gemm, const hr_tensor *x, const hr_tensor *y, hr_shape *shape) {
  int x_rank = x->rank - 2, y_rank = y->rank - 2, rank = x_rank > y_rank ? x_rank : y_rank;
  gemm->batch_rank = shape->rank = rank;
  int64_t x_stride = 1, y_stride = 1;
  for (int i = rank; i-- > 0;) {
    int xi = i - (rank - x_rank), yi = i - (rank - y_rank);
    int64_t x_dim = xi < 0 ? 1 : x->dims[xi], y_dim = yi < 0 ? 1 : y->dims[yi];
    if (x_dim != y_dim && x_dim != 1 && y_dim != 1)
      return hr_error(HR_INVALID_ARGUMENT, "In[0] and In[1] must have compatible batch dimensions: %s vs. %s",
                      HR_TENSOR_SHAPE_TEXT(x), HR_TENSOR_SHAPE_TEXT(y));
    shape->dims[i] = gemm->batch_dims[i] = x_dim == 1 ? y_dim : x_dim;
    gemm->a_strides[i] = x_dim == 1 ? 0 : x_stride;
    gemm->b_strides[i] = y_dim == 1 ? 0 : y_stride;
    x_stride *= x_dim;
    y_stride *= y_dim;
  }
  return HR_SUCCESS;
}

static hr_status batch_product(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0), *y = hr_input(ctx, 1);
  if (x->rank < 2 || y->rank < 2)
    return hr_error(HR_INVALID_ARGUMENT, "In[0] and In[1] ndims must be >= 2: %d, %d", x->rank, y->rank);
  bool adj_x = hr_state_flag(ctx, 0), adj_y = hr_state_flag(ctx, 1);
  bool complex = hr_dtype_is_complex(hr_tensor_dtype(x));
  hr_gemm gemm = {
      .transpose_a = adj_x, .transpose_b = adj_y, .conjugate_a = adj_x && complex, .conjugate_b = adj_y && complex};
  HR_TRY(set_matrix_sizes(&gemm, x, y));
  hr_shape shape;
  HR_TRY(set_batch(&gemm, x, y, &shape));
  shape.dims[shape.rank++] = gemm.m;
  shape.dims[shape.rank++] = gemm.n;
  return run_into_output(ctx, &gemm, &shape);
}
HR_KERNEL(.op = "BatchMatMulV2", .types = {{"T", MATRIX_TYPES}}, .create = batch_create, .compute = batch_product);

/* The first version does not broadcast. */
static hr_status batch_product_same(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0), *y = hr_input(ctx, 1);
  if (x->rank != y->rank)
    return hr_error(HR_INVALID_ARGUMENT, "In[0] and In[1] has different ndims: %s vs. %s", HR_TENSOR_SHAPE_TEXT(x),
                    HR_TENSOR_SHAPE_TEXT(y));
  for (int i = 0; i < x->rank - 2; ++i)
    if (x->dims[i] != y->dims[i])
      return hr_error(HR_INVALID_ARGUMENT, "In[0].dim(%d) and In[1].dim(%d) must be the same: %s vs. %s", i, i,
                      HR_TENSOR_SHAPE_TEXT(x), HR_TENSOR_SHAPE_TEXT(y));
  return batch_product(ctx);
}
HR_KERNEL(.op = "BatchMatMul", .types = {{"T", MATRIX_TYPES}}, .create = batch_create, .compute = batch_product_same);
