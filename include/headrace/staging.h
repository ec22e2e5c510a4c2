/* Staging areas: elements that one run puts in and a later one takes out, so that what a step needs is there when it
 * begins. tf.contrib.staging.StagingArea.
 *
 *   hr_staging_area area = hr_staging_area_new(s, HR_TYPES(HR_FLOAT), .capacity = 2);
 *   hr_node *put = hr_staging_put(s, area, HR_LIST(batch));
 *   hr_outputs staged = hr_staging_get(s, area);
 *
 * Ops of one area stand on one device and find it by its name. A run that finds it empty or full waits, without a
 * thread.
 *
 * Elements of a map staging area have keys, and may come and go in pieces: components by their indices.
 *
 *   hr_map_staging_area map = hr_map_staging_area_new(s, HR_TYPES(HR_FLOAT, HR_INT32), .ordered = true);
 *   hr_node *put = hr_map_staging_put(s, map, key, HR_LIST(x, y));
 *   hr_outputs taken = hr_map_staging_get(s, map, key);
 */
#ifndef HEADRACE_STAGING_H
#define HEADRACE_STAGING_H

#include "headrace/operand.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A value; what it points to lives with the graph. */
typedef struct hr_staging_area {
  const char *name;
  hr_node *root; /* what its ops are colocated with */
  hr_types dtypes;
  hr_shapes shapes;     /* as many as dtypes, or none: nothing is known */
  int64_t capacity;     /* the most elements; 0: any number */
  int64_t memory_limit; /* the most bytes of all elements; 0: any */
} hr_staging_area;

typedef struct hr_staging_area_options {
  hr_shapes shapes;
  const char *shared_name; /* under which areas are the same; NULL: one of its own */
  int64_t capacity, memory_limit;
} hr_staging_area_options;
HR_API hr_staging_area hr_staging_area_new_with(hr_scope scope, hr_types dtypes,
                                                const hr_staging_area_options *options);
#define hr_staging_area_new(scope, dtypes, ...)                                                                        \
  hr_staging_area_new_with((scope), (dtypes), &(hr_staging_area_options){__VA_ARGS__})

/* Puts an element in: a tensor for each component. InvalidArgument for other dtypes and shapes that do not fit. */
HR_API hr_node *hr_staging_put_with(hr_scope scope, hr_staging_area area, hr_outputs values,
                                    const hr_op_options *options);
#define hr_staging_put(scope, area, values, ...)                                                                       \
  hr_staging_put_with((scope), (area), (values), &(hr_op_options){__VA_ARGS__})
/* Takes the first element out. */
HR_API hr_outputs hr_staging_get_with(hr_scope scope, hr_staging_area area, const hr_op_options *options);
#define hr_staging_get(scope, area, ...) hr_staging_get_with((scope), (area), &(hr_op_options){__VA_ARGS__})
/* Element `index`, counted from the first, which stays. */
HR_API hr_outputs hr_staging_peek_with(hr_scope scope, hr_staging_area area, hr_operand index,
                                       const hr_op_options *options);
#define hr_staging_peek(scope, area, index, ...)                                                                       \
  hr_staging_peek_with((scope), (area), HR_OPERAND(index), &(hr_op_options){__VA_ARGS__})
/* How many elements there are: an int32 scalar. */
HR_API hr_output hr_staging_size_with(hr_scope scope, hr_staging_area area, const hr_op_options *options);
#define hr_staging_size(scope, area, ...) hr_staging_size_with((scope), (area), &(hr_op_options){__VA_ARGS__})
/* Drops all elements. */
HR_API hr_node *hr_staging_clear_with(hr_scope scope, hr_staging_area area, const hr_op_options *options);
#define hr_staging_clear(scope, area, ...) hr_staging_clear_with((scope), (area), &(hr_op_options){__VA_ARGS__})

/* ---- under keys ------------------------------------------------------------------------------------------------- */

typedef struct hr_map_staging_area {
  hr_staging_area area;
  bool ordered; /* the least key comes first where none is asked for */
} hr_map_staging_area;

typedef struct hr_map_staging_area_options {
  hr_shapes shapes;
  const char *shared_name; /* under which areas are the same; NULL: one of its own */
  int64_t capacity, memory_limit;
  bool ordered;
} hr_map_staging_area_options;
HR_API hr_map_staging_area hr_map_staging_area_new_with(hr_scope scope, hr_types dtypes,
                                                        const hr_map_staging_area_options *options);
#define hr_map_staging_area_new(scope, dtypes, ...)                                                                    \
  hr_map_staging_area_new_with((scope), (dtypes), &(hr_map_staging_area_options){__VA_ARGS__})

typedef struct hr_map_staging_options {
  hr_ints indices; /* which components, in growing order; none: all of them */
  const char *name;
} hr_map_staging_options;

/* Gives the element of a key (an int64 scalar) components: a tensor for each. A key that has its element already keeps
 * it. InvalidArgument for indices out of bounds, other dtypes and shapes that do not fit. */
HR_API hr_node *hr_map_staging_put_with(hr_scope scope, hr_map_staging_area area, hr_operand key, hr_outputs values,
                                        const hr_map_staging_options *options);
#define hr_map_staging_put(scope, area, key, values, ...)                                                              \
  hr_map_staging_put_with((scope), (area), HR_OPERAND(key), (values), &(hr_map_staging_options){__VA_ARGS__})
/* Takes components of the element of a key, once it is whole. */
HR_API hr_outputs hr_map_staging_get_with(hr_scope scope, hr_map_staging_area area, hr_operand key,
                                          const hr_map_staging_options *options);
#define hr_map_staging_get(scope, area, key, ...)                                                                      \
  hr_map_staging_get_with((scope), (area), HR_OPERAND(key), &(hr_map_staging_options){__VA_ARGS__})
/* The same of any whole element, where the area is ordered of that with the least key; the key comes first. */
HR_API hr_outputs hr_map_staging_get_any_with(hr_scope scope, hr_map_staging_area area,
                                              const hr_map_staging_options *options);
#define hr_map_staging_get_any(scope, area, ...)                                                                       \
  hr_map_staging_get_any_with((scope), (area), &(hr_map_staging_options){__VA_ARGS__})
/* Components of the element of a key, which stay there. */
HR_API hr_outputs hr_map_staging_peek_with(hr_scope scope, hr_map_staging_area area, hr_operand key,
                                           const hr_map_staging_options *options);
#define hr_map_staging_peek(scope, area, key, ...)                                                                     \
  hr_map_staging_peek_with((scope), (area), HR_OPERAND(key), &(hr_map_staging_options){__VA_ARGS__})
/* How many whole elements there are, and how many that lack components: int32 scalars. */
HR_API hr_output hr_map_staging_size_with(hr_scope scope, hr_map_staging_area area, const hr_op_options *options);
#define hr_map_staging_size(scope, area, ...) hr_map_staging_size_with((scope), (area), &(hr_op_options){__VA_ARGS__})
HR_API hr_output hr_map_staging_incomplete_size_with(hr_scope scope, hr_map_staging_area area,
                                                     const hr_op_options *options);
#define hr_map_staging_incomplete_size(scope, area, ...)                                                               \
  hr_map_staging_incomplete_size_with((scope), (area), &(hr_op_options){__VA_ARGS__})
/* Drops all elements. */
HR_API hr_node *hr_map_staging_clear_with(hr_scope scope, hr_map_staging_area area, const hr_op_options *options);
#define hr_map_staging_clear(scope, area, ...) hr_map_staging_clear_with((scope), (area), &(hr_op_options){__VA_ARGS__})

#ifdef __cplusplus
}
#endif
#endif
