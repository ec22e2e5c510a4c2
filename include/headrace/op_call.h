/* What the wrappers of ops.h are made of: list values, and the macro that gives them named optional arguments. */
#ifndef HEADRACE_OP_CALL_H
#define HEADRACE_OP_CALL_H

#include "headrace/graph.h"
#include "headrace/scope.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Values of list attributes. The arrays belong to the caller; the wrappers copy what they keep. */
typedef struct hr_ints {
  int32_t count;
  const int64_t *items;
} hr_ints;
typedef struct hr_floats {
  int32_t count;
  const float *items;
} hr_floats;
typedef struct hr_bools {
  int32_t count;
  const bool *items;
} hr_bools;
typedef struct hr_types {
  int32_t count;
  const hr_dtype *items;
} hr_types;
typedef struct hr_strings {
  int32_t count;
  const char *const *items;
} hr_strings;
typedef struct hr_shapes {
  int32_t count;
  const hr_partial_shape *items;
} hr_shapes;
typedef struct hr_functions {
  int32_t count;
  const hr_function_attr *const *items; /* hr_defined_value, hr_function_value: function.h */
} hr_functions;

/* Literals of them, as in .squeeze_dims = HR_INTS(0, 2). */
#define HR_VALUES_(list, element, ...)                                                                                 \
  ((list){(int32_t)(sizeof((element[]){__VA_ARGS__}) / sizeof(element)), (element[]){__VA_ARGS__}})
#define HR_INTS(...)    HR_VALUES_(hr_ints, int64_t, __VA_ARGS__)
#define HR_FLOATS(...)  HR_VALUES_(hr_floats, float, __VA_ARGS__)
#define HR_BOOLS(...)   HR_VALUES_(hr_bools, bool, __VA_ARGS__)
#define HR_TYPES(...)   HR_VALUES_(hr_types, hr_dtype, __VA_ARGS__)
#define HR_STRINGS(...) HR_VALUES_(hr_strings, const char *, __VA_ARGS__)
#define HR_SHAPES(...)  HR_VALUES_(hr_shapes, hr_partial_shape, __VA_ARGS__)

/* The options of an op without optional attributes. */
typedef struct hr_op_options {
  const char *name; /* NULL: the op's name */
} hr_op_options;

/* Evaluates `call`, in which hr_options_ stands for the options: first the defaults, then what the caller initialises
 * again. That is the point of it, so the warning against it is off inside. */
#define HR_CALL_OP_(options_type, call, ...)                                                                           \
  __extension__({                                                                                                      \
    _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Woverride-init\"")                               \
        const options_type hr_options_ = {__VA_ARGS__};                                                                \
    _Pragma("GCC diagnostic pop") call;                                                                                \
  })

#ifdef __cplusplus
}
#endif
#endif
