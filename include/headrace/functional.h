/* Functions applied along the first dimension of tensors: tf.map_fn, tf.foldl, tf.foldr, tf.scan, node for node as
 * TensorFlow 1.15 builds them, around a loop (control_flow.h) and tensor arrays.
 *
 *   static void squared(void *unused, hr_scope s, hr_outputs row, hr_results *results) {
 *     (void)unused;
 *     hr_return(results, hr_square(s, row.items[0]));
 *   }
 *   hr_output squares = hr_only(hr_map_fn(s, squared, NULL, HR_LIST(x)));
 *
 * Functions are called once, while the graph is built. `elems` are tensors of as many rows; a function gets one row of
 * each. All lists that are answered live as long as the graph, and are empty after an error: InvalidArgument for
 * scalars, for sizes that contradict, for other numbers of results than there should be.
 */
#ifndef HEADRACE_FUNCTIONAL_H
#define HEADRACE_FUNCTIONAL_H

#include "headrace/control_flow.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef void (*hr_map_function)(void *argument, hr_scope scope, hr_outputs row, hr_results *results);

typedef struct hr_map_options {
  hr_types dtypes;             /* of the results; none: those of elems */
  int32_t parallel_iterations; /* default 10 */
  bool back_prop;              /* default true */
  bool swap_memory;
  bool infer_shape; /* the results of all rows have one shape; default true */
  const char *name;
} hr_map_options;
/* tf.map_fn: what the function returns for each row, one tensor for each result. */
HR_API hr_outputs hr_map_fn_with(hr_scope scope, hr_map_function function, void *argument, hr_operands elems,
                                 const hr_map_options *options);
#define hr_map_fn(scope, function, argument, elems, ...)                                                               \
  HR_CALL_OP_(hr_map_options, hr_map_fn_with((scope), (function), (argument), HR_OPERANDS_OF(elems), &hr_options_),    \
              .parallel_iterations = 10, .back_prop = true, .infer_shape = true, ##__VA_ARGS__)

/* Returns the next accumulated values. */
typedef void (*hr_fold_function)(void *argument, hr_scope scope, hr_outputs accumulated, hr_outputs row,
                                 hr_results *results);

typedef struct hr_fold_options {
  hr_operands initializer;     /* what is accumulated at first; none: the first rows themselves */
  int32_t parallel_iterations; /* default 10 */
  bool back_prop;              /* default true */
  bool swap_memory;
  const char *name;
} hr_fold_options;
/* tf.foldl, tf.foldr: what is accumulated in the end, from the first row on, or from the last. */
HR_API hr_outputs hr_foldl_with(hr_scope scope, hr_fold_function function, void *argument, hr_operands elems,
                                const hr_fold_options *options);
HR_API hr_outputs hr_foldr_with(hr_scope scope, hr_fold_function function, void *argument, hr_operands elems,
                                const hr_fold_options *options);
#define hr_foldl(scope, function, argument, elems, ...)                                                                \
  HR_CALL_OP_(hr_fold_options, hr_foldl_with((scope), (function), (argument), HR_OPERANDS_OF(elems), &hr_options_),    \
              .parallel_iterations = 10, .back_prop = true, ##__VA_ARGS__)
#define hr_foldr(scope, function, argument, elems, ...)                                                                \
  HR_CALL_OP_(hr_fold_options, hr_foldr_with((scope), (function), (argument), HR_OPERANDS_OF(elems), &hr_options_),    \
              .parallel_iterations = 10, .back_prop = true, ##__VA_ARGS__)

typedef struct hr_scan_options {
  hr_operands initializer;     /* as above */
  int32_t parallel_iterations; /* default 10 */
  bool back_prop;              /* default true */
  bool swap_memory;
  bool infer_shape; /* default true */
  bool reverse;     /* from the last row on; results stand where their rows do */
  const char *name;
} hr_scan_options;
/* tf.scan: what is accumulated after each row. */
HR_API hr_outputs hr_scan_with(hr_scope scope, hr_fold_function function, void *argument, hr_operands elems,
                               const hr_scan_options *options);
#define hr_scan(scope, function, argument, elems, ...)                                                                 \
  HR_CALL_OP_(hr_scan_options, hr_scan_with((scope), (function), (argument), HR_OPERANDS_OF(elems), &hr_options_),     \
              .parallel_iterations = 10, .back_prop = true, .infer_shape = true, ##__VA_ARGS__)

#ifdef __cplusplus
}
#endif
#endif
