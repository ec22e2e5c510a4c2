/* Stage, Unstage, StagePeek, StageSize, StageClear: queues that their ops know by name. */
#include "kernels_cpu/arguments.h"
#include "runtime/graph/node.h"
#include "runtime/resource/queue_kinds.h"
#include <inttypes.h>

static hr_status make_area(void *argument, hr_resource **out) {
  hr_queue *area;
  HR_TRY(hr_queue_new(argument, &area));
  *out = hr_queue_resource(area);
  return HR_SUCCESS;
}

/* The area of a node's shared name: that of the first node which asked for it. */
static hr_status area_create(const hr_kernel_construction *c, void **state) {
  const hr_attr_value *dtypes;
  hr_queue_plan plan = {.kind = &hr_staging_kind, .name = hr_node_name(c->node)};
  HR_TRY(hr_construction_attr(c, "dtypes", &dtypes));
  HR_TRY(hr_construction_int(c, "capacity", &plan.capacity));
  HR_TRY(hr_construction_int(c, "memory_limit", &plan.memory_limit));
  static const int32_t any = HR_FLOAT;
  plan.num_components = dtypes->count ? dtypes->count : 1;
  plan.dtypes = dtypes->count ? dtypes->types : &any;
  if (plan.capacity == 0) plan.capacity = -1;
  hr_resource *resource;
  HR_TRY(hr_resource_of_node(c, &hr_staging_area_type, make_area, &plan, &resource));
  *state = resource;
  return HR_SUCCESS;
}

static void area_destroy(void *state) { hr_resource_unref(state); }

static hr_queue *area_of(const hr_kernel_context *ctx) { return ctx->state; }

#define HR_ANSWER(at_once)                                                                                             \
  do {                                                                                                                 \
    if (at_once) done(argument, status);                                                                               \
  } while (0)

/* What could never fit is not waited for. */
static hr_status check_memory(const hr_kernel_context *ctx) {
  int64_t bytes = 0, limit = area_of(ctx)->memory_limit;
  for (int i = 0; i < hr_input_count(ctx) && limit; ++i)
    bytes += (int64_t)hr_tensor_bytes(hr_input(ctx, i));
  if (bytes <= limit) return HR_SUCCESS;
  return hr_error(HR_RESOURCE_EXHAUSTED,
                  "Attempted to insert tensors with combined size of '%" PRId64
                  "' bytes into Staging Area with a memory limit of '%" PRId64 "'.",
                  bytes, limit);
}

static void stage(hr_kernel_context *ctx, hr_done_function done, void *argument) {
  hr_status status = check_memory(ctx);
  HR_ANSWER(status || hr_queue_enqueue(area_of(ctx), ctx, 0, done, argument, &status));
}

static hr_status check_outputs(const hr_kernel_context *ctx) {
  const hr_attr_value *types = hr_node_attr(hr_context_node(ctx), "dtypes");
  return hr_queue_check_dtypes(area_of(ctx), types->count, types->types);
}

static void unstage(hr_kernel_context *ctx, hr_done_function done, void *argument) {
  hr_status status = check_outputs(ctx);
  HR_ANSWER(status || hr_queue_dequeue(area_of(ctx), ctx, hr_output_slot(ctx, 0), done, argument, &status));
}

static void peek(hr_kernel_context *ctx, hr_done_function done, void *argument) {
  int64_t index = 0;
  hr_status status = check_outputs(ctx);
  if (!status) status = hr_scalar_argument(hr_input(ctx, 0), "index", &index);
  if (!status && index < 0) status = hr_error(HR_INVALID_ARGUMENT, "A staging area has no element %" PRId64, index);
  HR_ANSWER(status || hr_queue_peek(area_of(ctx), ctx, index, hr_output_slot(ctx, 0), done, argument, &status));
}

static hr_status area_size(hr_kernel_context *ctx) {
  *hr_output_slot(ctx, 0) = hr_tensor_i32((int32_t)hr_queue_size(area_of(ctx)));
  return HR_SUCCESS;
}

static hr_status area_clear(hr_kernel_context *ctx) {
  hr_queue_clear(area_of(ctx));
  return HR_SUCCESS;
}

#define HR_AREA .flags = HR_KERNEL_CHEAP, .create = area_create, .destroy = area_destroy
HR_KERNEL(.op = "Stage", HR_AREA, .compute_async = stage);
HR_KERNEL(.op = "Unstage", HR_AREA, .compute_async = unstage);
HR_KERNEL(.op = "StagePeek", HR_AREA, .compute_async = peek);
HR_KERNEL(.op = "StageSize", HR_AREA, .compute = area_size);
HR_KERNEL(.op = "StageClear", HR_AREA, .compute = area_clear);
