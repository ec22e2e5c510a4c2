/* MapStage, MapUnstage, MapUnstageNoKey, MapPeek, MapSize, MapIncompleteSize, MapClear, and all of them with Ordered in
 * front: staging areas whose elements have keys, which their ops know by name. */
#include "kernels_cpu/arguments.h"
#include "runtime/graph/node.h"
#include "runtime/resource/staging_map.h"
#include <stdlib.h>
#include <string.h>

/* ---- the area --------------------------------------------------------------------------------------------------- */

static hr_status make_map(void *argument, hr_resource **out) {
  hr_staging_map *map;
  HR_TRY(hr_staging_map_new(argument, &map));
  *out = hr_staging_map_resource(map);
  return HR_SUCCESS;
}

/* The area of a node's shared name: that of the first node which asked for it. */
static hr_status map_create(const hr_kernel_construction *c, void **state) {
  bool ordered = strncmp(hr_node_op(c->node), "Ordered", 7) == 0;
  hr_staging_map_plan plan = {.type = ordered ? &hr_ordered_staging_map_type : &hr_staging_map_type};
  HR_TRY(hr_construction_int(c, "capacity", &plan.capacity));
  HR_TRY(hr_construction_int(c, "memory_limit", &plan.memory_limit));
  hr_resource *resource;
  HR_TRY(hr_resource_of_node(c, plan.type, make_map, &plan, &resource));
  *state = resource;
  return HR_SUCCESS;
}

static void map_destroy(void *state) { hr_resource_unref(state); }

/* What puts elements in knows all of their components. */
static hr_status stage_create(const hr_kernel_construction *c, void **state) {
  const hr_attr_value *dtypes;
  HR_TRY(hr_construction_attr(c, "dtypes", &dtypes));
  void *map;
  HR_TRY(map_create(c, &map));
  hr_status status = hr_staging_map_define(map, dtypes->count, dtypes->types);
  if (status)
    map_destroy(map);
  else
    *state = map;
  return status;
}

static hr_staging_map *map_of(const hr_kernel_context *ctx) { return ctx->state; }

#define HR_ANSWER(at_once)                                                                                             \
  do {                                                                                                                 \
    if (at_once) done(argument, status);                                                                               \
  } while (0)

/* ---- what goes in and out ---------------------------------------------------------------------------------------- */

/* The components that input `index` names, one for each of `dtypes`; their values are missing. */
static hr_status read_pieces(const hr_kernel_context *ctx, int index, const char *dtypes, hr_staging_map_pieces *out) {
  const hr_tensor *places = hr_input(ctx, index);
  const hr_attr_value *types = hr_node_attr(hr_context_node(ctx), dtypes);
  if (places->elements != types->count)
    return hr_error(HR_INVALID_ARGUMENT, "A staging area is told %lld indices for %d components",
                    (long long)places->elements, types->count);
  *out = (hr_staging_map_pieces){.count = types->count, .places = hr_tensor_data(places), .dtypes = types->types};
  return HR_SUCCESS;
}

/* Inputs `first` ... as tensors of their own. */
static hr_status keep_inputs(hr_kernel_context *ctx, int first, int32_t count, hr_tensor *out) {
  for (int32_t i = 0; i < count; ++i) {
    hr_status status = hr_keep_input(ctx, first + i, &out[i]);
    if (!status) continue;
    while (i-- > 0)
      hr_tensor_clear(&out[i]);
    return status;
  }
  return HR_SUCCESS;
}

static void stage(hr_kernel_context *ctx, hr_done_function done, void *argument) {
  int64_t key = 0;
  hr_staging_map_pieces pieces = {0};
  hr_status status = hr_scalar_argument(hr_input(ctx, 0), "key", &key);
  if (!status) status = read_pieces(ctx, 1, "fake_dtypes", &pieces);
  if (!status && !(pieces.values = malloc(sizeof *pieces.values * (size_t)pieces.count)))
    status = hr_error_out_of_memory(sizeof *pieces.values * (size_t)pieces.count, "an element for a staging area");
  if (!status) status = keep_inputs(ctx, 2, pieces.count, pieces.values);
  bool at_once = status || hr_staging_map_put(map_of(ctx), ctx, key, pieces, done, argument, &status);
  free(pieces.values);
  HR_ANSWER(at_once);
}

static void unstage(hr_kernel_context *ctx, hr_done_function done, void *argument) {
  int64_t key = 0;
  hr_staging_map_pieces pieces = {0};
  hr_status status = hr_scalar_argument(hr_input(ctx, 0), "key", &key);
  if (!status) status = read_pieces(ctx, 1, "dtypes", &pieces);
  if (!status) pieces.values = hr_output_slot(ctx, 0);
  HR_ANSWER(status || hr_staging_map_take(map_of(ctx), ctx, &key, NULL, pieces, done, argument, &status));
}

static void peek(hr_kernel_context *ctx, hr_done_function done, void *argument) {
  int64_t key = 0;
  hr_staging_map_pieces pieces = {0};
  hr_status status = hr_scalar_argument(hr_input(ctx, 0), "key", &key);
  if (!status) status = read_pieces(ctx, 1, "dtypes", &pieces);
  if (!status) pieces.values = hr_output_slot(ctx, 0);
  HR_ANSWER(status || hr_staging_map_peek(map_of(ctx), ctx, key, pieces, done, argument, &status));
}

static void unstage_any(hr_kernel_context *ctx, hr_done_function done, void *argument) {
  hr_staging_map_pieces pieces = {0};
  hr_tensor *key = hr_output_slot(ctx, 0);
  *key = hr_tensor_i64(0);
  hr_status status = read_pieces(ctx, 0, "dtypes", &pieces);
  if (!status) pieces.values = hr_output_slot(ctx, 1);
  HR_ANSWER(status || hr_staging_map_take(map_of(ctx), ctx, NULL, &key->scalar.i64, pieces, done, argument, &status));
}

/* ---- looking ---------------------------------------------------------------------------------------------------- */

static hr_status map_size(hr_kernel_context *ctx) {
  *hr_output_slot(ctx, 0) = hr_tensor_i32((int32_t)hr_staging_map_size(map_of(ctx)));
  return HR_SUCCESS;
}

static hr_status map_incomplete_size(hr_kernel_context *ctx) {
  *hr_output_slot(ctx, 0) = hr_tensor_i32((int32_t)hr_staging_map_incomplete_size(map_of(ctx)));
  return HR_SUCCESS;
}

static hr_status map_clear(hr_kernel_context *ctx) {
  hr_staging_map_clear(map_of(ctx));
  return HR_SUCCESS;
}

#define HR_MAP(name, ...)                                                                                              \
  HR_KERNEL(.op = "Map" name, .flags = HR_KERNEL_CHEAP, .destroy = map_destroy, __VA_ARGS__);                          \
  HR_KERNEL(.op = "OrderedMap" name, .flags = HR_KERNEL_CHEAP, .destroy = map_destroy, __VA_ARGS__)
HR_MAP("Stage", .create = stage_create, .compute_async = stage);
HR_MAP("Unstage", .create = map_create, .compute_async = unstage);
HR_MAP("UnstageNoKey", .create = map_create, .compute_async = unstage_any);
HR_MAP("Peek", .create = map_create, .compute_async = peek);
HR_MAP("Size", .create = map_create, .compute = map_size);
HR_MAP("IncompleteSize", .create = map_create, .compute = map_incomplete_size);
HR_MAP("Clear", .create = map_create, .compute = map_clear);
