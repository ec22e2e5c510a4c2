/* Staging areas whose elements have keys: what MapStage, OrderedMapStage and their kin share.
 *
 * An element is a tuple of tensors under an int64 key. Its components may come in several pieces; it can be had once
 * all are there, whole or again in pieces, and is gone with its last one. Whole elements stand in the order of their
 * keys, so that "any" element is the one with the least key, whether or not the ops ask for order.
 *
 * Who cannot be served waits in a line without a thread. Whoever changes the area serves all that wait, the first one
 * first, and answers those that are through without the area's lock.
 */
#ifndef HR_RUNTIME_RESOURCE_STAGING_MAP_H
#define HR_RUNTIME_RESOURCE_STAGING_MAP_H

#include "runtime/resource/resource_manager.h"

typedef struct hr_staging_map hr_staging_map;

/* Ops with and without order find different areas under one name. */
extern const hr_resource_type hr_staging_map_type, hr_ordered_staging_map_type;

typedef struct hr_staging_map_plan {
  const hr_resource_type *type; /* one of the above */
  int64_t capacity;             /* the most whole elements; 0: any number */
  int64_t memory_limit;         /* the most bytes of all elements; 0: any */
} hr_staging_map_plan;

/* An area with one reference. ResourceExhausted. */
HR_MUST_USE hr_status hr_staging_map_new(const hr_staging_map_plan *plan, hr_staging_map **out);
static inline hr_resource *hr_staging_map_resource(hr_staging_map *map) { return (hr_resource *)map; }
/* What the components of elements are. InvalidArgument where others were told before. */
HR_MUST_USE hr_status hr_staging_map_define(hr_staging_map *map, int32_t count, const int32_t *dtypes);

/* Elements that have all components, and those that do not yet. */
int64_t hr_staging_map_size(hr_staging_map *map);
int64_t hr_staging_map_incomplete_size(hr_staging_map *map);
/* Drops all elements. */
void hr_staging_map_clear(hr_staging_map *map);

/* Components of an element: places[i], which grow, and for each the tensor and its dtype. */
typedef struct hr_staging_map_pieces {
  int32_t count;
  const int32_t *places;
  const int32_t *dtypes; /* hr_dtype */
  hr_tensor *values;
} hr_staging_map_pieces;

/* Each of these answers true where it is done at once, and `*status` says how; otherwise false, and `done(argument,
 * status)` follows: on any thread, perhaps before the function returns. A run that is cancelled ends its wait with
 * Cancelled. `places` and given `values` are copied; `dtypes`, and what is written to, must stay until the answer.
 *
 * Errors: InvalidArgument for places that do not grow, are out of bounds, have a value already (put) or none any more
 * (take, peek), and for other dtypes; ResourceExhausted. */

/* Gives components, which are taken over in any case, to the element of a key; waits while the area is full. A key
 * whose element is whole keeps that where all components are given. */
HR_MUST_USE bool hr_staging_map_put(hr_staging_map *map, hr_kernel_context *ctx, int64_t key,
                                    hr_staging_map_pieces pieces, hr_done_function done, void *argument,
                                    hr_status *status);
/* Moves components of the key's element (`key` NULL: of any; `*key_out`, if not NULL, says which) to pieces.values,
 * which are overwritten; waits until there is one. */
HR_MUST_USE bool hr_staging_map_take(hr_staging_map *map, hr_kernel_context *ctx, const int64_t *key, int64_t *key_out,
                                     hr_staging_map_pieces pieces, hr_done_function done, void *argument,
                                     hr_status *status);
/* The same, and leaves them there. */
HR_MUST_USE bool hr_staging_map_peek(hr_staging_map *map, hr_kernel_context *ctx, int64_t key,
                                     hr_staging_map_pieces pieces, hr_done_function done, void *argument,
                                     hr_status *status);

#endif
