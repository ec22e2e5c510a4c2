/* Staging areas: elements that one run puts in and a later one takes out, so that what a step needs is there when it
 * begins. tf.contrib.staging.StagingArea.
 *
 *   hr_staging_area area = hr_staging_area_new(s, HR_TYPES(HR_FLOAT), .capacity = 2);
 *   hr_node *put = hr_staging_put(s, area, HR_LIST(batch));
 *   hr_outputs staged = hr_staging_get(s, area);
 *
 * Ops of one area stand on one device and find it by its name. A run that finds it empty or full waits, without a
 * thread.
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

#ifdef __cplusplus
}
#endif
#endif
