/* Operands: arguments that may be tensors of the graph or plain values, and calls of ops with them.
 *
 * Python's functions take either kind everywhere; a value becomes a Const inside the scope of the call, named for the
 * argument, of the dtype that the other arguments imply. hr_call_op is that rule, for any op.
 */
#ifndef HEADRACE_OPERAND_H
#define HEADRACE_OPERAND_H

#include "headrace/op_call.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hr_var hr_var; /* variables.h */

/* ---- operands: outputs, variables and plain values ------------------------------------------------------------- */

typedef enum hr_operand_kind {
  HR_OPERAND_OUTPUT,
  HR_OPERAND_VARIABLE,
  HR_OPERAND_INT,
  HR_OPERAND_FLOAT,
  HR_OPERAND_BOOL,
  HR_OPERAND_STRING,
  HR_OPERAND_TENSOR,
  HR_OPERAND_VALUES,
  HR_OPERAND_INTS,
  HR_OPERAND_LIST,
  HR_OPERAND_NONE, /* Python's None: given, and no value, so that whatever converts it refuses it */
} hr_operand_kind;

typedef struct hr_operand hr_operand;

/* A list of operands, or of outputs: `items` is NULL then. */
typedef struct hr_operands {
  int32_t count;
  const hr_operand *items;
  const hr_output *outputs;
} hr_operands;

/* An argument that may be a tensor of the graph or a value that becomes a Const. Pointers are borrowed for the call.
 * A zeroed one is "not given". */
struct hr_operand {
  hr_operand_kind kind;
  union {
    hr_output output;
    hr_var *variable; /* its read value; the reference where an op wants one */
    int64_t i;
    double f;
    bool b;
    const char *s;
    /* TENSOR: an array with a dtype of its own, as NumPy's, which is converted without a check where another dtype is
     * wanted. VALUES: a nested list of numbers without one, whose elements stand in an int64, uint64, double,
     * complex128, bool or string tensor; it takes any dtype that holds such numbers. */
    const hr_tensor *tensor;
    hr_ints ints; /* a list of integers */
    /* A nested list: one tensor with a dimension more. Where it holds tensors of the graph, a Pack. */
    hr_operands list;
  };
};

#define HR_NO_OPERANDS ((hr_operands){0, NULL, NULL})
#define HR_NO_OPERAND  ((hr_operand){HR_OPERAND_OUTPUT, {HR_NO_OUTPUT}})
static inline bool hr_operand_is_given(hr_operand x) {
  return x.kind == HR_OPERAND_OUTPUT ? x.output.node != NULL : x.kind != HR_OPERAND_VARIABLE || x.variable != NULL;
}

static inline hr_operand hr_operand_same(hr_operand x) { return x; }
static inline hr_operand hr_operand_output(hr_output x) { return (hr_operand){HR_OPERAND_OUTPUT, {.output = x}}; }
static inline hr_operand hr_operand_variable(hr_var *x) { return (hr_operand){HR_OPERAND_VARIABLE, {.variable = x}}; }
static inline hr_operand hr_operand_int(int64_t x) { return (hr_operand){HR_OPERAND_INT, {.i = x}}; }
static inline hr_operand hr_operand_float(double x) { return (hr_operand){HR_OPERAND_FLOAT, {.f = x}}; }
static inline hr_operand hr_operand_bool(bool x) { return (hr_operand){HR_OPERAND_BOOL, {.b = x}}; }
static inline hr_operand hr_operand_string(const char *x) { return (hr_operand){HR_OPERAND_STRING, {.s = x}}; }
static inline hr_operand hr_operand_tensor(const hr_tensor *x) {
  return (hr_operand){HR_OPERAND_TENSOR, {.tensor = x}};
}
static inline hr_operand hr_operand_values(const hr_tensor *x) {
  return (hr_operand){HR_OPERAND_VALUES, {.tensor = x}};
}
static inline hr_operand hr_operand_ints(hr_ints x) { return (hr_operand){HR_OPERAND_INTS, {.ints = x}}; }
static inline hr_operand hr_operand_list(hr_operands x) { return (hr_operand){HR_OPERAND_LIST, {.list = x}}; }

static inline hr_operand hr_operand_none(void) { return (hr_operand){HR_OPERAND_NONE, {HR_NO_OUTPUT}}; }
static inline hr_operand hr_operand_items(int32_t count, const hr_operand *items) {
  return hr_operand_list((hr_operands){count, items, NULL});
}

static inline hr_operands hr_operands_same(hr_operands x) { return x; }
static inline hr_operands hr_operands_outputs(hr_outputs x) { return (hr_operands){x.count, NULL, x.items}; }
static inline hr_operand hr_operands_at(hr_operands list, int32_t index) {
  return list.items ? list.items[index] : hr_operand_output(list.outputs[index]);
}
static inline hr_operand hr_operand_outputs(hr_outputs x) { return hr_operand_list(hr_operands_outputs(x)); }

/* The operand of any C value, tensor, variable or list. C's `true` is an int: a flag is hr_operand_bool(true). */
#define HR_OPERAND(x)                                                                                                  \
  _Generic((x),                                                                                                        \
    hr_operand: hr_operand_same,                                                                                       \
    hr_output: hr_operand_output,                                                                                      \
    hr_var *: hr_operand_variable,                                                                                     \
    hr_tensor *: hr_operand_tensor,                                                                                    \
    const hr_tensor *: hr_operand_tensor,                                                                              \
    char *: hr_operand_string,                                                                                         \
    const char *: hr_operand_string,                                                                                   \
    bool: hr_operand_bool,                                                                                             \
    float: hr_operand_float,                                                                                           \
    double: hr_operand_float,                                                                                          \
    hr_ints: hr_operand_ints,                                                                                          \
    hr_operands: hr_operand_list,                                                                                      \
    hr_outputs: hr_operand_outputs,                                                                                    \
    default: hr_operand_int)(x)

/* A list of up to 12 values of any kind, as in HR_OPERANDS(x, 1, 2.5). */
#define HR_OPERANDS(...)                                                                                               \
  ((hr_operands){HR_COUNT_(__VA_ARGS__), (hr_operand[]){HR_EACH_(HR_COUNT_(__VA_ARGS__), __VA_ARGS__)}, NULL})
/* The list of what may be hr_operands or hr_outputs. */
#define HR_OPERANDS_OF(x) _Generic((x), hr_operands : hr_operands_same, hr_outputs : hr_operands_outputs)(x)

#define HR_COUNT_(...)                                               HR_COUNT_OF_(__VA_ARGS__, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1)
#define HR_COUNT_OF_(a, b, c, d, e, f, g, h, i, j, k, l, count, ...) count
#define HR_EACH_(count, ...)                                         HR_EACH_N_(count, __VA_ARGS__)
#define HR_EACH_N_(count, ...)                                       HR_EACH_##count##_(__VA_ARGS__)
#define HR_EACH_1_(x)                                                HR_OPERAND(x)
#define HR_EACH_2_(x, ...)                                           HR_OPERAND(x), HR_EACH_1_(__VA_ARGS__)
#define HR_EACH_3_(x, ...)                                           HR_OPERAND(x), HR_EACH_2_(__VA_ARGS__)
#define HR_EACH_4_(x, ...)                                           HR_OPERAND(x), HR_EACH_3_(__VA_ARGS__)
#define HR_EACH_5_(x, ...)                                           HR_OPERAND(x), HR_EACH_4_(__VA_ARGS__)
#define HR_EACH_6_(x, ...)                                           HR_OPERAND(x), HR_EACH_5_(__VA_ARGS__)
#define HR_EACH_7_(x, ...)                                           HR_OPERAND(x), HR_EACH_6_(__VA_ARGS__)
#define HR_EACH_8_(x, ...)                                           HR_OPERAND(x), HR_EACH_7_(__VA_ARGS__)
#define HR_EACH_9_(x, ...)                                           HR_OPERAND(x), HR_EACH_8_(__VA_ARGS__)
#define HR_EACH_10_(x, ...)                                          HR_OPERAND(x), HR_EACH_9_(__VA_ARGS__)
#define HR_EACH_11_(x, ...)                                          HR_OPERAND(x), HR_EACH_10_(__VA_ARGS__)
#define HR_EACH_12_(x, ...)                                          HR_OPERAND(x), HR_EACH_11_(__VA_ARGS__)

/* Axes: one number, or a list of them, as in .axis = HR_AXIS(1). What leaves them out means all. */
#define HR_AXIS(number) hr_operand_int(number)
#define HR_AXES(...)                                                                                                   \
  hr_operand_ints((hr_ints){(int32_t)(sizeof((int64_t[]){0, ##__VA_ARGS__}) / sizeof(int64_t)) - 1,                    \
                            (int64_t[]){0, ##__VA_ARGS__} + 1})

/* A shape argument: a full static shape, or an integer vector, which may be computed in the graph: hr_output, or a list
 * of sizes with outputs in it. */
typedef struct hr_dims {
  hr_operand value; /* not given: `shape` says it */
  hr_partial_shape shape;
} hr_dims;
#define HR_NO_DIMS                                                                                                     \
  {                                                                                                                    \
    .shape = {.rank = HR_UNKNOWN_RANK }                                                                                \
  }
static inline bool hr_dims_are_given(hr_dims x) { return hr_operand_is_given(x.value) || x.shape.rank >= 0; }
static inline hr_dims hr_dims_same(hr_dims x) { return x; }
static inline hr_dims hr_dims_from_shape(hr_partial_shape x) { return (hr_dims){HR_NO_OPERAND, x}; }
static inline hr_dims hr_dims_from_operand(hr_operand x) { return (hr_dims){x, {0, {0}}}; }
static inline hr_dims hr_dims_from_output(hr_output x) { return hr_dims_from_operand(hr_operand_output(x)); }
static inline hr_dims hr_dims_from_list(hr_operands x) { return hr_dims_from_operand(hr_operand_list(x)); }
#define HR_DIMS(x)                                                                                                     \
  _Generic((x), hr_dims                                                                                                \
           : hr_dims_same, hr_partial_shape                                                                            \
           : hr_dims_from_shape, hr_output                                                                             \
           : hr_dims_from_output, hr_operands                                                                          \
           : hr_dims_from_list, hr_operand                                                                             \
           : hr_dims_from_operand)(x)

/* tf.convert_to_tensor: an output or variable as it is; a value as a Const named `name` ("Const" for NULL); a list with
 * outputs in it as a Pack named `name` ("packed" for NULL) with Consts "NAME/0", ... `dtype`: what the tensor shall
 * have; HR_INVALID: that of a list's first output; int32 (int64 where it does not fit), float, bool, string; or the
 * array's own. InvalidArgument for an output of another dtype, a list that is not rectangular; such a type error for a
 * value that the dtype cannot hold. */
HR_API hr_output hr_convert(hr_scope scope, hr_operand value, hr_dtype dtype, const char *name);

/* ---- calls of ops ---------------------------------------------------------------------------------------------- */

typedef struct hr_named_attr {
  const char *name;
  hr_attr_value value; /* borrowed for the call */
} hr_named_attr;

/* Calls an op as TensorFlow's Python wrapper does: `operands` are its input arguments in order, of kind LIST where the
 * argument is a list. Values become Consts "NAME/ARGUMENT" ("NAME/ARGUMENT_0", ... in a list) of the dtype that the
 * arguments before imply; references are taken of variables where the op wants them. `attrs` are those that do not
 * follow from the inputs and differ from their defaults. NULL after an error: InvalidArgument (type errors where Python
 * raises TypeError) naming argument, op and dtypes; NotFound for an unknown op. */
HR_API hr_node *hr_call_op(hr_scope scope, const char *op, const char *name, int32_t operand_count,
                           const hr_operand *operands, int32_t attr_count, const hr_named_attr *attrs);

/* The same of an op of two inputs and one output. */
HR_API hr_output hr_binary_with(hr_scope scope, const char *op, hr_operand x, hr_operand y,
                                const hr_op_options *options);
#define hr_binary(scope, op, x, y, ...)                                                                                \
  hr_binary_with((scope), (op), HR_OPERAND(x), HR_OPERAND(y), &(hr_op_options){__VA_ARGS__})

#ifdef __cplusplus
}
#endif
#endif
