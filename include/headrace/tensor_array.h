/* Tensor arrays: lists of tensors that a step fills and reads element by element, in loops above all. tf.TensorArray.
 *
 *   hr_tensor_array *squares = hr_tensor_array_new(s, HR_FLOAT, 2);
 *   squares = hr_tensor_array_write(s, squares, 0, x);
 *   squares = hr_tensor_array_write(s, squares, 1, y);
 *   hr_output both = hr_tensor_array_stack(s, squares);
 *
 * An hr_tensor_array is a state of an array: writing gives the next state, and reading from that comes after the write.
 * What orders them is the flow, a float scalar; it is what loops and branches carry (hr_tensor_array_flow before,
 * hr_tensor_array_with_flow behind). An element is written once, and read once unless clear_after_read is false.
 *
 * States live with the graph. Functions that fail answer NULL (or no output), and do nothing given NULL.
 */
#ifndef HEADRACE_TENSOR_ARRAY_H
#define HEADRACE_TENSOR_ARRAY_H

#include "headrace/operand.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hr_tensor_array hr_tensor_array;

typedef struct hr_tensor_array_options {
  bool dynamic_size;                   /* grows where it is written beyond its size */
  bool clear_after_read;               /* default true: an element's memory is given back when it is read */
  const char *tensor_array_name;       /* in the session; NULL: the node's */
  bool infer_shape;                    /* default true: all elements have one shape, known from those written */
  hr_partial_shape element_shape;      /* what is known of it */
  bool colocate_with_first_write_call; /* default true: the array and its writes stand beside the first value written */
  const char *name;
} hr_tensor_array_options;
/* tf.TensorArray: a new array of `size` elements. */
HR_API hr_tensor_array *hr_tensor_array_new_with(hr_scope scope, hr_dtype dtype, hr_operand size,
                                                 const hr_tensor_array_options *options);
#define hr_tensor_array_new(scope, dtype, size, ...)                                                                   \
  HR_CALL_OP_(hr_tensor_array_options, hr_tensor_array_new_with((scope), (dtype), HR_OPERAND(size), &hr_options_),     \
              .clear_after_read = true, .infer_shape = true, .element_shape = {.rank = HR_UNKNOWN_RANK},               \
              .colocate_with_first_write_call = true, ##__VA_ARGS__)

typedef struct hr_tensor_array_of_options {
  bool infer_shape;                    /* default true */
  bool colocate_with_first_write_call; /* default true */
  const char *name;
} hr_tensor_array_of_options;
/* tf.TensorArray(handle, flow): the state of an array that exists. */
HR_API hr_tensor_array *hr_tensor_array_of_with(hr_scope scope, hr_dtype dtype, hr_output handle, hr_output flow,
                                                const hr_tensor_array_of_options *options);
#define hr_tensor_array_of(scope, dtype, handle, flow, ...)                                                            \
  HR_CALL_OP_(hr_tensor_array_of_options, hr_tensor_array_of_with((scope), (dtype), (handle), (flow), &hr_options_),   \
              .infer_shape = true, .colocate_with_first_write_call = true, ##__VA_ARGS__)
/* The same array after another flow. */
HR_API hr_tensor_array *hr_tensor_array_with_flow(hr_scope scope, hr_tensor_array *array, hr_output flow);

/* ---- what a state says ----------------------------------------------------------------------------------------- */

HR_API hr_output hr_tensor_array_handle(const hr_tensor_array *array);
HR_API hr_output hr_tensor_array_flow(const hr_tensor_array *array);
HR_API hr_dtype hr_tensor_array_dtype(const hr_tensor_array *array);
/* As far as it is known; borrowed. */
HR_API const hr_partial_shape *hr_tensor_array_element_shape(const hr_tensor_array *array);
HR_API bool hr_tensor_array_is_dynamic(const hr_tensor_array *array);

/* ---- writing: the next state ----------------------------------------------------------------------------------- */

/* The same elements behind an Identity of the flow, which waits for the scope's control inputs. */
HR_API hr_tensor_array *hr_tensor_array_identity(hr_scope scope, hr_tensor_array *array);
/* Element `index` becomes `value`. InvalidArgument where its shape contradicts the other elements'. */
HR_API hr_tensor_array *hr_tensor_array_write_with(hr_scope scope, hr_tensor_array *array, hr_operand index,
                                                   hr_operand value, const hr_op_options *options);
#define hr_tensor_array_write(scope, array, index, value, ...)                                                         \
  hr_tensor_array_write_with((scope), (array), HR_OPERAND(index), HR_OPERAND(value), &(hr_op_options){__VA_ARGS__})
/* The rows of `value` become elements 0, 1, ... */
HR_API hr_tensor_array *hr_tensor_array_unstack_with(hr_scope scope, hr_tensor_array *array, hr_operand value,
                                                     const hr_op_options *options);
#define hr_tensor_array_unstack(scope, array, value, ...)                                                              \
  hr_tensor_array_unstack_with((scope), (array), HR_OPERAND(value), &(hr_op_options){__VA_ARGS__})
/* The rows of `value` become the elements `indices`. */
HR_API hr_tensor_array *hr_tensor_array_scatter_with(hr_scope scope, hr_tensor_array *array, hr_operand indices,
                                                     hr_operand value, const hr_op_options *options);
#define hr_tensor_array_scatter(scope, array, indices, value, ...)                                                     \
  hr_tensor_array_scatter_with((scope), (array), HR_OPERAND(indices), HR_OPERAND(value), &(hr_op_options){__VA_ARGS__})
/* Pieces of `value`, of lengths[i] rows, become all elements. */
HR_API hr_tensor_array *hr_tensor_array_split_with(hr_scope scope, hr_tensor_array *array, hr_operand value,
                                                   hr_operand lengths, const hr_op_options *options);
#define hr_tensor_array_split(scope, array, value, lengths, ...)                                                       \
  hr_tensor_array_split_with((scope), (array), HR_OPERAND(value), HR_OPERAND(lengths), &(hr_op_options){__VA_ARGS__})

/* ---- reading --------------------------------------------------------------------------------------------------- */

HR_API hr_output hr_tensor_array_read_with(hr_scope scope, hr_tensor_array *array, hr_operand index,
                                           const hr_op_options *options);
#define hr_tensor_array_read(scope, array, index, ...)                                                                 \
  hr_tensor_array_read_with((scope), (array), HR_OPERAND(index), &(hr_op_options){__VA_ARGS__})
/* All elements, or those at `indices`, along a new first dimension. */
HR_API hr_output hr_tensor_array_stack_with(hr_scope scope, hr_tensor_array *array, const hr_op_options *options);
#define hr_tensor_array_stack(scope, array, ...)                                                                       \
  hr_tensor_array_stack_with((scope), (array), &(hr_op_options){__VA_ARGS__})
HR_API hr_output hr_tensor_array_gather_with(hr_scope scope, hr_tensor_array *array, hr_operand indices,
                                             const hr_op_options *options);
#define hr_tensor_array_gather(scope, array, indices, ...)                                                             \
  hr_tensor_array_gather_with((scope), (array), HR_OPERAND(indices), &(hr_op_options){__VA_ARGS__})
/* All elements, joined along their first dimension. */
HR_API hr_output hr_tensor_array_concat_with(hr_scope scope, hr_tensor_array *array, const hr_op_options *options);
#define hr_tensor_array_concat(scope, array, ...)                                                                      \
  hr_tensor_array_concat_with((scope), (array), &(hr_op_options){__VA_ARGS__})
/* An int32 scalar. */
HR_API hr_output hr_tensor_array_size_with(hr_scope scope, hr_tensor_array *array, const hr_op_options *options);
#define hr_tensor_array_size(scope, array, ...)                                                                        \
  hr_tensor_array_size_with((scope), (array), &(hr_op_options){__VA_ARGS__})
/* Ends the array early. */
HR_API hr_node *hr_tensor_array_close_with(hr_scope scope, hr_tensor_array *array, const hr_op_options *options);
#define hr_tensor_array_close(scope, array, ...)                                                                       \
  hr_tensor_array_close_with((scope), (array), &(hr_op_options){__VA_ARGS__})

typedef struct hr_tensor_array_grad_options {
  hr_output flow; /* left out: the array's own */
  const char *name;
} hr_tensor_array_grad_options;
/* The array of the gradients of the elements, one for each `source`: what is written to an element adds up. */
HR_API hr_tensor_array *hr_tensor_array_grad_with(hr_scope scope, hr_tensor_array *array, const char *source,
                                                  const hr_tensor_array_grad_options *options);
#define hr_tensor_array_grad(scope, array, source, ...)                                                                \
  hr_tensor_array_grad_with((scope), (array), (source), &(hr_tensor_array_grad_options){__VA_ARGS__})

#ifdef __cplusplus
}
#endif
#endif
