/* Barriers: elements that come together under keys, component by component, from several runs; whole ones are taken out
 * as batches, those first whose keys came first.
 *
 *   hr_output barrier = hr_barrier(s, HR_TYPES(HR_STRING, HR_INT32), .shapes = HR_SHAPES(HR_SHAPE(), HR_SHAPE(2)));
 *   hr_node *texts = hr_barrier_insert_many(s, barrier, 0, keys, values);
 *   hr_outputs whole = hr_barrier_take_many(s, barrier, 32);
 */
#ifndef HEADRACE_BARRIER_H
#define HEADRACE_BARRIER_H

#include "headrace/operand.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hr_barrier_options {
  hr_shapes shapes; /* of the components, all of them or none */
  const char *shared_name;
  const char *name; /* NULL: "barrier" */
} hr_barrier_options;
/* A barrier's handle. */
HR_API hr_output hr_barrier_with(hr_scope scope, hr_types dtypes, const hr_barrier_options *options);
#define hr_barrier(scope, dtypes, ...) hr_barrier_with((scope), (dtypes), &(hr_barrier_options){__VA_ARGS__})

/* Gives component `component` of the elements of `keys`, a vector of strings, the rows of `values`. */
HR_API hr_node *hr_barrier_insert_many_with(hr_scope scope, hr_output barrier, int64_t component, hr_operand keys,
                                            hr_operand values, const hr_op_options *options);
#define hr_barrier_insert_many(scope, barrier, component, keys, values, ...)                                           \
  hr_barrier_insert_many_with((scope), (barrier), (component), HR_OPERAND(keys), HR_OPERAND(values),                   \
                              &(hr_op_options){__VA_ARGS__})

typedef struct hr_barrier_take_many_options {
  bool allow_small_batch; /* a closed barrier gives what it has left */
  const char *name;
} hr_barrier_take_many_options;
/* Takes `n` whole elements out: at what insertion their keys came first (int64), the keys, and a batch of each
 * component. Waits while there are too few. */
HR_API hr_outputs hr_barrier_take_many_with(hr_scope scope, hr_output barrier, hr_operand n,
                                            const hr_barrier_take_many_options *options);
#define hr_barrier_take_many(scope, barrier, n, ...)                                                                   \
  hr_barrier_take_many_with((scope), (barrier), HR_OPERAND(n), &(hr_barrier_take_many_options){__VA_ARGS__})

typedef struct hr_barrier_close_options {
  bool cancel_pending_enqueues; /* drops elements that are not whole; else they may still be completed */
  const char *name;
} hr_barrier_close_options;
/* No new keys come any more. */
HR_API hr_node *hr_barrier_close_with(hr_scope scope, hr_output barrier, const hr_barrier_close_options *options);
#define hr_barrier_close(scope, barrier, ...)                                                                          \
  hr_barrier_close_with((scope), (barrier), &(hr_barrier_close_options){__VA_ARGS__})
/* How many elements are whole, and how many are not: int32 scalars. */
HR_API hr_output hr_barrier_ready_size_with(hr_scope scope, hr_output barrier, const hr_op_options *options);
#define hr_barrier_ready_size(scope, barrier, ...)                                                                     \
  hr_barrier_ready_size_with((scope), (barrier), &(hr_op_options){__VA_ARGS__})
HR_API hr_output hr_barrier_incomplete_size_with(hr_scope scope, hr_output barrier, const hr_op_options *options);
#define hr_barrier_incomplete_size(scope, barrier, ...)                                                                \
  hr_barrier_incomplete_size_with((scope), (barrier), &(hr_op_options){__VA_ARGS__})

#ifdef __cplusplus
}
#endif
#endif
