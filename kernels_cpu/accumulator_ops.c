/* ConditionalAccumulator, SparseConditionalAccumulator, and what is done to them, by reference and by handle. */
#include "kernels_cpu/accumulator.h"
#include "kernels_cpu/arguments.h"
#include "runtime/resource/object_handle.h"

#include <inttypes.h>

/* ---- making ---------------------------------------------------------------------------------------------------- */

static hr_status create(const hr_kernel_construction *c, void **state) {
  return hr_object_state_new(c, &hr_accumulator_type, hr_accumulator_make, (void *)c, hr_accumulator_name, state);
}

/* What TensorFlow has accumulators of. */
#define DTYPES (HR_TYPE_BIT(HR_HALF) | HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_DOUBLE))
#define MAKER(name)                                                                                                    \
  HR_KERNEL(.op = name, .types = {{"dtype", DTYPES}}, .flags = HR_KERNEL_CHEAP | HR_KERNEL_CONSTANT, .create = create, \
            .destroy = hr_object_state_free, .compute = hr_output_object)
MAKER("ConditionalAccumulator");
MAKER("SparseConditionalAccumulator");
MAKER("ResourceConditionalAccumulator");

/* The accumulator of input 0, borrowed while the node runs. */
static hr_status input_accumulator(hr_kernel_context *ctx, hr_accumulator **out) {
  hr_resource *resource;
  HR_TRY(hr_input_object(ctx, 0, &hr_accumulator_type, &resource));
  *out = (hr_accumulator *)resource;
  return HR_SUCCESS;
}

/* The one element of input 1. */
static hr_status scalar(const hr_kernel_context *ctx, const char *name, int64_t *out) {
  const hr_tensor *t = hr_input(ctx, 1);
  if (t->rank != 0)
    return hr_error(HR_INVALID_ARGUMENT, "Argument %s must be scalar, but had bad shape %s", name,
                    HR_TENSOR_SHAPE_TEXT(t));
  *out = hr_index_at(t, 0);
  return HR_SUCCESS;
}

/* Whether the op is for sparse or dense gradients must agree with the accumulator. */
static hr_status check_kind(const hr_kernel_context *ctx, const hr_accumulator *a, bool is_sparse) {
  if (a->is_sparse == is_sparse) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "%s is for accumulators of %s gradients; this one is of %s ones",
                  hr_node_op(hr_context_node(ctx)), is_sparse ? "sparse" : "dense", a->is_sparse ? "sparse" : "dense");
}

/* ---- adding ---------------------------------------------------------------------------------------------------- */

static hr_status add(hr_kernel_context *ctx, hr_gradient_inputs gradient, bool is_sparse) {
  int64_t step;
  HR_TRY(scalar(ctx, "local_step", &step));
  hr_accumulator *a;
  HR_TRY(input_accumulator(ctx, &a));
  hr_status status = check_kind(ctx, a, is_sparse);
  if (!status) status = hr_accumulator_add(ctx, a, step, gradient);
  return status;
}

static hr_status apply(hr_kernel_context *ctx) { return add(ctx, (hr_gradient_inputs){.values = 2}, false); }
HR_KERNEL(.op = "AccumulatorApplyGradient", .compute = apply);
HR_KERNEL(.op = "ResourceAccumulatorApplyGradient", .compute = apply);

static hr_status sparse_create(const hr_kernel_construction *c, void **state) {
  return hr_state_flags(c, (const char *const[]){"has_known_shape", NULL}, state);
}
static hr_status sparse_apply(hr_kernel_context *ctx) {
  hr_gradient_inputs gradient = {
      .values = 3, .indices = 2, .dense_shape = hr_state_flag(ctx, 0) ? hr_input(ctx, 4) : NULL};
  return add(ctx, gradient, true);
}
HR_KERNEL(.op = "SparseAccumulatorApplyGradient", .create = sparse_create, .compute = sparse_apply);

/* ---- counting -------------------------------------------------------------------------------------------------- */

static hr_status num_accumulated(hr_kernel_context *ctx) {
  hr_accumulator *a;
  HR_TRY(input_accumulator(ctx, &a));
  *hr_output_slot(ctx, 0) = hr_tensor_i32((int32_t)hr_accumulator_count(a));
  return HR_SUCCESS;
}
HR_KERNEL(.op = "AccumulatorNumAccumulated", .flags = HR_KERNEL_CHEAP, .compute = num_accumulated);
HR_KERNEL(.op = "ResourceAccumulatorNumAccumulated", .flags = HR_KERNEL_CHEAP, .compute = num_accumulated);

static hr_status set_global_step(hr_kernel_context *ctx) {
  int64_t step;
  HR_TRY(scalar(ctx, "new_global_step", &step));
  hr_accumulator *a;
  HR_TRY(input_accumulator(ctx, &a));
  hr_accumulator_set_step(a, step);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "AccumulatorSetGlobalStep", .flags = HR_KERNEL_CHEAP, .compute = set_global_step);
HR_KERNEL(.op = "ResourceAccumulatorSetGlobalStep", .flags = HR_KERNEL_CHEAP, .compute = set_global_step);

/* ---- taking ---------------------------------------------------------------------------------------------------- */

static hr_status check_take(hr_kernel_context *ctx, bool is_sparse, int64_t *required, hr_accumulator **out) {
  HR_TRY(scalar(ctx, "num_required", required));
  if (*required <= 0)
    return hr_error(HR_INVALID_ARGUMENT, "Argument num_required must be positive, but was %" PRId64, *required);
  HR_TRY(input_accumulator(ctx, out));
  hr_status status = check_kind(ctx, *out, is_sparse);
  hr_dtype dtype = hr_output_type(ctx, is_sparse ? 1 : 0);
  if (!status && dtype != (*out)->dtype)
    status = hr_error(HR_INVALID_ARGUMENT, "The accumulator holds gradients of %s, not of %s",
                      hr_dtype_name((*out)->dtype), hr_dtype_name(dtype));
  return status;
}

static void take_async(hr_kernel_context *ctx, bool is_sparse, hr_done_function done, void *argument) {
  int64_t required;
  hr_accumulator *a;
  hr_status status = check_take(ctx, is_sparse, &required, &a);
  if (status)
    done(argument, status);
  else
    hr_accumulator_take(ctx, a, required, done, argument);
}

static void take(hr_kernel_context *ctx, hr_done_function done, void *argument) {
  take_async(ctx, false, done, argument);
}
HR_KERNEL(.op = "AccumulatorTakeGradient", .compute_async = take);
HR_KERNEL(.op = "ResourceAccumulatorTakeGradient", .compute_async = take);

static void sparse_take(hr_kernel_context *ctx, hr_done_function done, void *argument) {
  take_async(ctx, true, done, argument);
}
HR_KERNEL(.op = "SparseAccumulatorTakeGradient", .compute_async = sparse_take);
