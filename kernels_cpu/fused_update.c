/* A training op that makes its gradient, a matrix product, piece by piece (runtime/plan/fuse_update.c). */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/gemm.h"
#include "kernels_cpu/training.h"
#include "kernels_cpu/zero_skipping.h"
#include "runtime/exec/step.h"
#include "runtime/plan/fuse.h"

static void make_rows(const void *argument, int64_t row, int64_t rows, float *out) {
  hr_gemm_rows(argument, row, rows, out);
}

static void make_skipping_rows(const void *argument, int64_t row, int64_t rows, float *out) {
  hr_skipping_rows(argument, row, rows, out);
}

/* The product of two matrices, where a piece of it holds enough rows, and the whole is too large to stay in the cache.
 */
static bool find_product(const hr_kernel_context *ctx, const hr_tensor *a, const hr_tensor *b, hr_gemm *gemm) {
  if (a->rank != 2 || b->rank != 2) return false;
  *gemm = (hr_gemm){.dtype = HR_FLOAT,
                    .transpose_a = hr_state_flag(ctx, 0),
                    .transpose_b = hr_state_flag(ctx, 1),
                    .a = hr_tensor_data(a),
                    .b = hr_tensor_data(b)};
  gemm->m = a->dims[gemm->transpose_a ? 1 : 0];
  gemm->k = a->dims[gemm->transpose_a ? 0 : 1];
  gemm->n = b->dims[gemm->transpose_b ? 0 : 1];
  int64_t row_bytes = gemm->n * (int64_t)sizeof(float);
  return gemm->k == b->dims[gemm->transpose_b ? 1 : 0] && HR_GEMM_ROWS * row_bytes <= HR_GRADIENT_PIECE &&
         gemm->m * row_bytes > HR_GRADIENT_PIECE;
}

/* How its rows are made, if they may be. */
static bool find_rows(const hr_gemm *gemm, hr_gradient_rows *rows) {
  bool skips = hr_skips_zeros(gemm) && hr_is_second_factor_finite(gemm);
  if (!skips && !hr_gemm_has_rows(gemm)) return false;
  double terms_per_nano = skips ? 150 : 50;
  *rows = (hr_gradient_rows){.rows = gemm->m,
                             .columns = gemm->n,
                             .unit = HR_GEMM_ROWS,
                             .row_nanos = (double)gemm->n * (double)gemm->k / terms_per_nano,
                             .argument = gemm,
                             .make = skips ? make_skipping_rows : make_rows};
  return true;
}

static hr_status at_node(hr_status status, const hr_plan_node *n) {
  return hr_status_at_node(status, n->node->name, n->node->op->name, n->node->where);
}

static hr_status fused_update(hr_kernel_context *ctx) {
  const hr_fused_update *fused = ctx->state;
  int gradient = fused->gradient, last = hr_input_count(ctx) - 1;
  const hr_value *factors[2] = {ctx->inputs[gradient], ctx->inputs[last]}, *inputs[HR_MAX_UPDATE_INPUTS];
  hr_value value = {0};
  for (int i = 0; i < last; ++i)
    inputs[i] = i == gradient ? &value : ctx->inputs[i];
  hr_kernel_context product = {
      .inputs = factors, .outputs = &value, .state = fused->product.state, .node = &fused->product, .step = ctx->step};
  hr_kernel_context update = {.inputs = inputs,
                              .outputs = ctx->outputs,
                              .state = fused->update.state,
                              .node = &fused->update,
                              .step = ctx->step};
  hr_gemm gemm;
  hr_gradient_rows rows;
  if (find_product(&product, &factors[0]->tensor, &factors[1]->tensor, &gemm) && find_rows(&gemm, &rows))
    return at_node(hr_training_update(&update, &rows), &fused->update);
  HR_TRY(at_node(fused->product.kernel->compute(&product), &fused->product));
  hr_status status = fused->update.kernel->compute(&update);
  hr_tensor_clear(&value.tensor);
  return at_node(status, &fused->update);
}

static void destroy(void *state) {
  const hr_fused_update *fused = state;
  if (fused->update.kernel->destroy) fused->update.kernel->destroy(fused->update.state);
}

HR_KERNEL(.op = HR_FUSED_UPDATE_OP, .types = {{"T", HR_TYPE_BIT(HR_FLOAT)}}, .compute = fused_update,
          .destroy = destroy);
