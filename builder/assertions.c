/* Assertions about elements: comparisons, tolerances, order. */
#include "builder/builder.h"
#include "builder/python_text.h"
#include "headrace/checks.h"
#include "headrace/control_flow.h"
#include "runtime/tensor/tensor_text.h"

#include <float.h>

enum { MAX_DATA = 6 };

static const hr_assertion_options no_options = {.summarize = 3};

/* "NAME:0" in the graph's memory. */
static const char *name_of(hr_scope s, hr_output x) {
  return hr_keep_printf(s, "%s:%d", hr_node_name(x.node), (int)x.index);
}

/* ---- what is known while building ------------------------------------------------------------------------------ */

/* What is told of a datum: a text as it is, a constant by its elements, another tensor by its name. */
static void add_datum(hr_scope s, hr_text *text, hr_operand datum) {
  hr_output x = datum.kind == HR_OPERAND_OUTPUT ? datum.output : HR_NO_OUTPUT;
  hr_tensor value = {0};
  bool known = false;
  hr_status status = x.node ? hr_constant_value(x, &known, &value) : hr_value_tensor(HR_INVALID, datum, &value);
  if (status) {
    hr_status_free(status);
  } else if (!x.node || known) {
    if (hr_tensor_dtype(&value) == HR_STRING && value.elements == 1) {
      const hr_string *string = hr_tensor_data(&value);
      hr_text_add(text, hr_string_data(string), hr_string_length(string));
    } else {
      if (value.rank > 0) hr_text_add_string(text, "[");
      hr_tensor_add_values_text(text, &value, 20);
      if (value.rank > 0) hr_text_add_string(text, "]");
    }
    hr_tensor_clear(&value);
  } else {
    hr_text_add_string(text, name_of(s, x));
  }
}

/* Fails at once where a condition on constants does not hold. */
static bool holds_as_far_as_known(hr_scope s, hr_output condition, hr_operands data) {
  hr_tensor value = {0};
  bool known = false;
  hr_status status = hr_evaluate_constant(condition, &known, &value);
  if (status) hr_scope_fail(s, status);
  if (!known) return hr_scope_ok(s);
  bool holds = *(const bool *)hr_tensor_data(&value);
  hr_tensor_clear(&value);
  if (holds) return hr_scope_ok(s);
  hr_text text = {0};
  for (int32_t i = 0; i < data.count; ++i) {
    if (i) hr_text_add_string(&text, "\n");
    add_datum(s, &text, hr_operands_at(data, i));
  }
  char *message = hr_text_take(&text);
  hr_scope_fail(s, hr_status_as_run_error(hr_error(HR_INVALID_ARGUMENT, "%s", message ? message : "")));
  free(message);
  return false;
}

/* ---- comparisons ----------------------------------------------------------------------------------------------- */

typedef struct comparison {
  const char *op, *symbol, *name; /* "Less", "<", "assert_less" */
} comparison;
static const comparison equal = {"Equal", "==", "assert_equal"}, none_equal = {"NotEqual", "!=", "assert_none_equal"},
                        less = {"Less", "<", "assert_less"}, less_equal = {"LessEqual", "<=", "assert_less_equal"},
                        greater = {"Greater", ">", "assert_greater"},
                        greater_equal = {"GreaterEqual", ">=", "assert_greater_equal"};

static hr_node *compare(hr_scope scope, const comparison *c, hr_operand x_value, hr_operand y_value,
                        const hr_assertion_options *options) {
  if (!options) options = &no_options;
  hr_scope s = hr_name_scope_or(scope, options->name, c->name);
  hr_output x = hr_convert(s, x_value, HR_INVALID, "x"), y = hr_convert(s, y_value, HR_INVALID, "y");
  if (!hr_scope_ok(s)) return NULL;
  hr_operand told[MAX_DATA], *data = hr_keep_bytes(s, sizeof *data * (size_t)(options->data.count + MAX_DATA));
  int32_t count = 0;
  if (!data) return NULL;
  if (options->message) data[count++] = hr_operand_string(options->message);
  if (options->data.count > 0) {
    for (int32_t i = 0; i < options->data.count; ++i)
      data[count++] = hr_operands_at(options->data, i);
  } else {
    told[0] = hr_operand_string(hr_keep_printf(s, "Condition x %s y did not hold element-wise:", c->symbol));
    told[1] = hr_operand_string(hr_keep_printf(s, "x (%s) = ", name_of(s, x)));
    told[2] = hr_operand_output(x);
    told[3] = hr_operand_string(hr_keep_printf(s, "y (%s) = ", name_of(s, y)));
    told[4] = hr_operand_output(y);
    for (int i = 0; i < 5; ++i)
      data[count++] = told[i];
  }
  hr_operands all = {count, data, NULL};
  hr_output condition = hr_reduce_all(s, hr_binary(s, c->op, x, y));
  if (!hr_scope_ok(s)) return NULL;
  bool constant = hr_is_constant(s, x) && hr_is_constant(s, y);
  if (constant && !holds_as_far_as_known(s, condition, all)) return NULL;
  return hr_tf_assert(s, condition, all, .summarize = options->summarize);
}

static bool is_same(hr_operand x, hr_operand y) {
  if (x.kind != y.kind) return false;
  if (x.kind == HR_OPERAND_VARIABLE) return x.variable == y.variable;
  return x.kind == HR_OPERAND_OUTPUT && x.output.node == y.output.node && x.output.index == y.output.index;
}

hr_node *hr_assert_equal_with(hr_scope scope, hr_operand x, hr_operand y, const hr_assertion_options *options) {
  /* TensorFlow opens the scope once to look for the trivial case, and again to build. */
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, equal.name);
  return is_same(x, y) ? hr_no_op(s) : compare(scope, &equal, x, y, options);
}

#define BINARY(comparison)                                                                                             \
  hr_node *hr_assert_##comparison##_with(hr_scope scope, hr_operand x, hr_operand y,                                   \
                                         const hr_assertion_options *options) {                                        \
    return compare(scope, &comparison, x, y, options);                                                                 \
  }
BINARY(none_equal)
BINARY(less)
BINARY(less_equal)
BINARY(greater)
BINARY(greater_equal)

/* ---- comparisons with zero ------------------------------------------------------------------------------------- */

typedef struct sign {
  const char *name, *condition; /* "x > 0" */
  const comparison *comparison;
  bool zero_first; /* 0 < x rather than x < 0 */
  bool one_text;   /* condition and name are one text, as TensorFlow has it */
} sign;

static hr_node *compare_with_zero(hr_scope scope, const sign *sign, hr_operand value,
                                  const hr_assertion_options *options) {
  if (!options) options = &no_options;
  hr_scope s = hr_name_scope_or(scope, options->name, sign->name);
  hr_output x = hr_convert(s, value, HR_INVALID, "x");
  if (!hr_scope_ok(s)) return NULL;
  const char *condition = hr_keep_printf(s, "Condition %s did not hold element-wise:", sign->condition);
  const char *name = hr_keep_printf(s, "%sx (%s) = ", sign->one_text ? condition : "", name_of(s, x));
  if (!hr_scope_ok(s)) return NULL;
  hr_operand told[MAX_DATA] = {hr_operand_string(options->message ? options->message : "")};
  int32_t count = 1;
  if (!sign->one_text) told[count++] = hr_operand_string(condition);
  told[count++] = hr_operand_string(name);
  told[count++] = hr_operand_output(x);
  hr_assertion_options inner = {.data = options->data, .summarize = options->summarize};
  if (inner.data.count == 0) inner.data = (hr_operands){count, told, NULL};
  hr_output zero = hr_convert(s, hr_operand_int(0), hr_output_base_dtype(x), NULL);
  hr_operand first = hr_operand_output(sign->zero_first ? zero : x);
  hr_operand second = hr_operand_output(sign->zero_first ? x : zero);
  return compare(s, sign->comparison, first, second, &inner);
}

hr_node *hr_assert_positive_with(hr_scope scope, hr_operand x, const hr_assertion_options *options) {
  static const sign positive = {"assert_positive", "x > 0", &less, true, false};
  return compare_with_zero(scope, &positive, x, options);
}
hr_node *hr_assert_negative_with(hr_scope scope, hr_operand x, const hr_assertion_options *options) {
  static const sign negative = {"assert_negative", "x < 0", &less, false, false};
  return compare_with_zero(scope, &negative, x, options);
}
hr_node *hr_assert_non_negative_with(hr_scope scope, hr_operand x, const hr_assertion_options *options) {
  static const sign non_negative = {"assert_non_negative", "x >= 0", &less_equal, true, false};
  return compare_with_zero(scope, &non_negative, x, options);
}
hr_node *hr_assert_non_positive_with(hr_scope scope, hr_operand x, const hr_assertion_options *options) {
  static const sign non_positive = {"assert_non_positive", "x <= 0", &less_equal, false, true};
  return compare_with_zero(scope, &non_positive, x, options);
}

/* ---- tolerances ------------------------------------------------------------------------------------------------ */

/* The distance from 1 to the next number; 0 for what has none. */
static double epsilon_of(hr_dtype dtype) {
  switch (dtype) {
  case HR_HALF: return 0x1p-10;
  case HR_BFLOAT16: return 0x1p-7;
  case HR_FLOAT:
  case HR_COMPLEX64: return (double)FLT_EPSILON;
  case HR_DOUBLE:
  case HR_COMPLEX128: return DBL_EPSILON;
  default: return 0;
  }
}

hr_node *hr_assert_near_with(hr_scope scope, hr_operand x_value, hr_operand y_value,
                             const hr_assert_near_options *options) {
  hr_assert_near_options o = options ? *options : (hr_assert_near_options){.summarize = 3};
  hr_scope s = hr_name_scope_or(scope, o.name, "assert_near");
  hr_output x = hr_convert(s, x_value, HR_INVALID, "x");
  if (!hr_scope_ok(s)) return NULL;
  hr_dtype dtype = hr_output_base_dtype(x);
  hr_output y = hr_convert(s, y_value, dtype, "y");
  double epsilon = epsilon_of(dtype);
  if (hr_scope_ok(s) && epsilon == 0)
    hr_refuse(s, "Tensors that are near are of floats: data type %s is not inexact", hr_dtype_python_name(dtype));
  hr_operand tolerance = hr_operand_float(10 * epsilon);
  hr_output rtol = hr_convert(s, hr_operand_is_given(o.rtol) ? o.rtol : tolerance, dtype, "rtol");
  hr_output atol = hr_convert(s, hr_operand_is_given(o.atol) ? o.atol : tolerance, dtype, "atol");
  if (!hr_scope_ok(s)) return NULL;
  const char *tolerances = hr_keep_printf(s, "x and y not equal to tolerance rtol = %s, atol = %s",
                                          hr_tensor_python_text(s, rtol), hr_tensor_python_text(s, atol));
  const char *x_text = hr_keep_printf(s, "x (%s) = ", name_of(s, x));
  const char *y_text = hr_keep_printf(s, "y (%s) = ", name_of(s, y));
  if (!hr_scope_ok(s)) return NULL;
  hr_operands told = HR_OPERANDS(o.message ? o.message : "", tolerances, x_text, x, y_text, y);
  hr_output limit = hr_plus(s, atol, hr_times(s, rtol, hr_abs(s, y)));
  hr_output difference = hr_abs(s, hr_minus(s, x, y));
  hr_output condition = hr_reduce_all(s, hr_binary(s, "Less", difference, limit));
  return hr_tf_assert(s, condition, o.data.count ? o.data : told, .summarize = o.summarize);
}

/* ---- order ----------------------------------------------------------------------------------------------------- */

typedef struct neighbours {
  hr_output x, count; /* a vector, and its shape minus one */
} neighbours;

static void no_differences(void *argument, hr_scope s, hr_results *results) {
  const neighbours *n = argument;
  float none = 0;
  hr_tensor empty;
  hr_status status = hr_tensor_from(HR_FLOAT, 1, (const int64_t[]){0}, &none, &empty);
  if (status) {
    hr_scope_fail(s, status);
    return;
  }
  hr_return(results, hr_convert(s, hr_operand_tensor(&empty), hr_output_base_dtype(n->x), NULL));
  hr_tensor_clear(&empty);
}

static hr_output part_from(hr_scope s, hr_output x, int begin, hr_operand end) {
  hr_operand from = HR_OPERAND(HR_OPERANDS(begin));
  hr_output strides = HR_NO_OUTPUT;
  HR_WITH (ones, hr_name_scope(s, "ones_like")) {
    strides = hr_tf_ones_like(ones, hr_convert(ones, from, HR_INVALID, "tensor"), .name = hr_scope_name(ones));
  }
  return hr_call_one(s, "StridedSlice", NULL, HR_OPERANDS(x, from, end, strides), HR_NO_ATTRS);
}

static void differences(void *argument, hr_scope s, hr_results *results) {
  const neighbours *n = argument;
  hr_output end = hr_plus(s, HR_OPERANDS(1), n->count);
  hr_output later = part_from(s, n->x, 1, hr_operand_output(end));
  hr_output earlier = part_from(s, n->x, 0, hr_operand_output(n->count));
  hr_return(results, hr_minus(s, later, earlier));
}

static hr_output compare_neighbours(hr_scope s, hr_operand value, const char *op) {
  hr_output x = hr_tf_reshape(s, value, HR_SHAPE(-1));
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_dtype dtype = hr_output_base_dtype(x);
  if (dtype == HR_STRING || dtype == HR_BOOL || dtype == HR_RESOURCE || dtype == HR_VARIANT)
    return hr_refuse_type(s, "Expected x to be numeric, instead found: %s of type %s", name_of(s, x),
                          hr_dtype_python_name(dtype));
  hr_output is_short = hr_binary(s, "Less", hr_tf_size(s, x), 2);
  neighbours n = {x, hr_minus(s, hr_tf_shape(s, x), 1)};
  hr_output difference = hr_only(hr_cond(s, is_short, HR_BRANCH(no_differences, &n), HR_BRANCH(differences, &n)));
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output zero = hr_convert(s, hr_operand_int(0), hr_output_base_dtype(difference), NULL);
  return hr_reduce_all(s, hr_binary(s, op, zero, difference));
}

hr_output hr_is_strictly_increasing_with(hr_scope scope, hr_operand x, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "is_strictly_increasing");
  return compare_neighbours(s, x, "Less");
}

hr_output hr_is_non_decreasing_with(hr_scope scope, hr_operand x, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "is_non_decreasing");
  return compare_neighbours(s, x, "LessEqual");
}
