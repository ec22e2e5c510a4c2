/* Python's operators on tensors. */
#include "builder/builder.h"
#include "headrace/variables.h"
#include "runtime/graph/rows.h"

/* A value as a tensor of a dtype where that can hold it, else of its own. */
static hr_output convert_if_possible(hr_scope s, hr_operand value, hr_dtype dtype, const char *name) {
  hr_tensor tensor = {0};
  hr_status status = hr_operand_is_in_graph(value) ? HR_SUCCESS : hr_value_tensor(dtype, value, &tensor);
  hr_tensor_clear(&tensor);
  bool possible = status == HR_SUCCESS;
  hr_status_free(status);
  return hr_convert(s, value, possible ? dtype : HR_INVALID, name);
}

/* Both operands as tensors. A value takes the dtype of the other side. What does not fit there, as a float beside an
 * integer, is refused on the left; on the right it keeps its own dtype, and the op complains of both. */
static void convert_pair(hr_scope s, hr_operand x, hr_operand y, const char *x_name, const char *y_name, hr_output *a,
                         hr_output *b) {
  bool x_is_tensor = x.kind == HR_OPERAND_OUTPUT || x.kind == HR_OPERAND_VARIABLE;
  bool y_is_tensor = y.kind == HR_OPERAND_OUTPUT || y.kind == HR_OPERAND_VARIABLE;
  if (!x_is_tensor && y_is_tensor) {
    *b = hr_convert(s, y, HR_INVALID, y_name);
    *a = hr_convert(s, x, hr_output_base_dtype(*b), x_name);
    return;
  }
  *a = hr_convert(s, x, HR_INVALID, x_name);
  *b = y_is_tensor ? hr_convert(s, y, HR_INVALID, y_name) : convert_if_possible(s, y, hr_output_base_dtype(*a), y_name);
}

/* The node of a binary op under the scope's own name. */
static hr_output binary_node(hr_scope s, const char *op, hr_output x, hr_output y) {
  return hr_call_one(s, op, hr_scope_name(s), HR_OPERANDS(x, y), HR_NO_ATTRS);
}

/* The floating dtype that true division of a dtype happens in; itself where that is floating or complex. */
static hr_dtype truediv_dtype(hr_dtype dtype) {
  switch (dtype) {
  case HR_UINT8:
  case HR_INT8:
  case HR_UINT16:
  case HR_INT16: return HR_FLOAT;
  case HR_INT32:
  case HR_INT64: return HR_DOUBLE;
  default: return dtype;
  }
}

bool hr_division_operands(hr_scope s, hr_output *x, hr_output *y) {
  if (!hr_scope_ok(s)) return false;
  hr_dtype dtype = hr_output_base_dtype(*x);
  if (dtype != hr_output_base_dtype(*y))
    hr_refuse_type(s, "x and y must have the same dtype, got %s != %s", hr_dtype_python_name(dtype),
                   hr_dtype_python_name(hr_output_base_dtype(*y)));
  else if (!hr_dtype_is_floating(dtype) && !hr_dtype_is_complex(dtype) && truediv_dtype(dtype) == dtype)
    hr_refuse_type(s, "Invalid dtype %s in __truediv__.", hr_dtype_python_name(dtype));
  *x = hr_tf_cast(s, *x, truediv_dtype(dtype));
  *y = hr_tf_cast(s, *y, truediv_dtype(dtype));
  return hr_scope_ok(s);
}

hr_output hr_true_division(hr_scope s, hr_output x, hr_output y) {
  return hr_division_operands(s, &x, &y) ? hr_real_div(s, x, y, .name = hr_scope_name(s)) : HR_NO_OUTPUT;
}

/* x xor y as (x or y) and not (x and y). */
static hr_output exclusive_or(hr_scope s, hr_output x, hr_output y) {
  hr_output either = hr_logical_or(s, x, y);
  hr_output both = hr_logical_and(s, x, y);
  return hr_logical_and(s, either, hr_logical_not(s, both), .name = hr_scope_name(s));
}

/* A variable whose operator it is has been read before the operator's scope opens. */
static hr_operand read_first(hr_scope scope, hr_operand x) {
  return x.kind == HR_OPERAND_VARIABLE ? hr_operand_output(hr_var_tensor(scope, x.variable)) : x;
}

hr_output hr_operate(hr_scope scope, hr_operator operator_, hr_operand x, hr_operand y, const char *name) {
  static const char *const names[] = {"add", "sub",    "mul", "truediv", "floordiv", "mod",
                                      "pow", "matmul", "and", "or",      "xor"};
  x = read_first(scope, x);
  if (x.kind != HR_OPERAND_OUTPUT) y = read_first(scope, y);
  hr_scope s = hr_name_scope_or(scope, name, names[operator_]);
  hr_output a, b;
  convert_pair(s, x, y, "x", "y", &a, &b);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  switch (operator_) {
  case HR_OPERATOR_PLUS: return binary_node(s, hr_output_base_dtype(a) == HR_STRING ? "Add" : "AddV2", a, b);
  case HR_OPERATOR_MINUS: return binary_node(s, "Sub", a, b);
  case HR_OPERATOR_TIMES: return binary_node(s, "Mul", a, b);
  case HR_OPERATOR_TRUEDIV: return hr_true_division(s, a, b);
  case HR_OPERATOR_FLOORDIV: return binary_node(s, "FloorDiv", a, b);
  case HR_OPERATOR_MOD: return binary_node(s, "FloorMod", a, b);
  case HR_OPERATOR_POWER: return binary_node(s, "Pow", a, b);
  case HR_OPERATOR_MATMUL: return hr_tf_matmul(s, a, b, .name = hr_scope_name(s));
  case HR_OPERATOR_AND: return binary_node(s, "LogicalAnd", a, b);
  case HR_OPERATOR_OR: return binary_node(s, "LogicalOr", a, b);
  case HR_OPERATOR_XOR: return exclusive_or(s, a, b);
  }
  return hr_refuse(s, "Unknown operator %d", (int)operator_);
}

static hr_output conjugated(hr_scope s, hr_output x) {
  return hr_scope_ok(s) && hr_dtype_is_complex(hr_output_base_dtype(x)) ? hr_conj(s, x) : x;
}

static bool takes_sparse(hr_output x) {
  hr_dtype dtype = hr_output_base_dtype(x);
  return dtype == HR_FLOAT || dtype == HR_BFLOAT16;
}

hr_output hr_tf_matmul_with(hr_scope scope, hr_operand a, hr_operand b, const hr_tf_matmul_options *options) {
  hr_tf_matmul_options o = options ? *options : (hr_tf_matmul_options){0};
  if ((o.transpose_a && o.adjoint_a) || (o.transpose_b && o.adjoint_b))
    return hr_refuse(scope, "Only one of transpose and adjoint can be asked for, of an operand of matmul");
  hr_scope s = hr_name_scope_or(scope, o.name, "MatMul");
  hr_output x = hr_convert(s, a, HR_INVALID, "a"), y = hr_convert(s, b, HR_INVALID, "b");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  const char *name = hr_scope_name(s);
  int x_rank = hr_output_rank(x), y_rank = hr_output_rank(y);
  if (x_rank < 0 || x_rank > 2 || y_rank < 0 || y_rank > 2) {
    /* The batch op knows adjoints only: conjugate what shall be transposed. */
    if (o.transpose_a) x = conjugated(s, x);
    if (o.transpose_b) y = conjugated(s, y);
    return hr_batch_matmul_v2(s, x, y, .adj_x = o.transpose_a || o.adjoint_a, .adj_y = o.transpose_b || o.adjoint_b,
                              .name = name);
  }
  /* And the op of matrices knows transposing only. */
  if (o.adjoint_a) x = conjugated(s, x);
  if (o.adjoint_b) y = conjugated(s, y);
  bool ta = o.transpose_a || o.adjoint_a, tb = o.transpose_b || o.adjoint_b;
  if ((o.a_is_sparse || o.b_is_sparse) && takes_sparse(x) && takes_sparse(y))
    return hr_sparse_matmul(s, x, y, .transpose_a = ta, .transpose_b = tb, .a_is_sparse = o.a_is_sparse,
                            .b_is_sparse = o.b_is_sparse, .name = name);
  return hr_call_one(s, "MatMul", name, HR_OPERANDS(x, y),
                     HR_ATTRS({"transpose_a", HR_ATTR_BOOL_VALUE(ta)}, {"transpose_b", HR_ATTR_BOOL_VALUE(tb)}));
}

hr_output hr_tf_cast_with(hr_scope scope, hr_operand x, hr_dtype dtype, const hr_op_options *options) {
  dtype = hr_dtype_base(dtype);
  if (x.kind == HR_OPERAND_VARIABLE && (!hr_var_is_resource(x.variable) || hr_var_dtype(x.variable) == dtype))
    x = hr_operand_output(hr_var_tensor(scope, x.variable));
  if (x.kind == HR_OPERAND_OUTPUT && x.output.node && hr_output_base_dtype(x.output) == dtype &&
      !hr_dtype_is_ref(hr_output_dtype(x.output)))
    return x.output;
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "Cast");
  hr_output value = hr_convert(s, x, HR_INVALID, "x");
  if (!hr_scope_ok(s) || hr_output_base_dtype(value) == dtype) return value;
  return hr_cast(s, value, dtype, .name = hr_scope_name(s));
}

/* Sparse gradients become tensors only in the sum. */
static hr_output as_term(hr_scope scope, hr_operand x) {
  bool is_sparse = x.kind == HR_OPERAND_OUTPUT && hr_rows_of(x.output);
  return is_sparse ? x.output : hr_convert(scope, x, HR_INVALID, NULL);
}

hr_output hr_tf_add_n_with(hr_scope scope, hr_operands inputs, const hr_op_options *options) {
  const char *name = options ? options->name : NULL;
  if (inputs.count == 0)
    return hr_refuse(scope, "inputs must be a list of at least one Tensor with the same dtype and shape");
  /* Values become constants outside of the sum's scope. */
  hr_output *items = hr_keep_bytes(scope, sizeof *items * (size_t)inputs.count);
  for (int32_t i = 0; items && i < inputs.count; ++i)
    items[i] = as_term(scope, hr_operands_at(inputs, i));
  if (!items || !hr_scope_ok(scope)) return HR_NO_OUTPUT;
  if (inputs.count == 1) {
    hr_output only = hr_convert(scope, hr_operand_output(items[0]), HR_INVALID, NULL);
    return name ? hr_identity(scope, only, .name = name) : only;
  }
  hr_outputs terms = {inputs.count, items};
  hr_output sum = hr_call_one(scope, "AddN", name, HR_OPERANDS(terms), HR_NO_ATTRS);
  if (!sum.node) hr_leave_constants(scope, inputs);
  return sum;
}

hr_output hr_scalar_mul_with(hr_scope scope, hr_operand scalar, hr_operand input, const hr_op_options *options) {
  const hr_rows *rows = input.kind == HR_OPERAND_OUTPUT ? hr_rows_of(input.output) : NULL;
  if (rows) input = hr_operand_output(rows->values);
  hr_dtype dtype =
      hr_operand_is_in_graph(input) ? hr_output_base_dtype(hr_convert(scope, input, HR_INVALID, NULL)) : HR_INVALID;
  hr_output factor = hr_convert(scope, scalar, dtype, "scalar");
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  if (hr_output_rank(factor) > 0) {
    char text[HR_SHAPE_TEXT];
    return hr_refuse(scope, "Only scalar multiply works, got shape %s",
                     hr_partial_shape_text(hr_output_shape(factor), text));
  }
  hr_output product = hr_binary(scope, "Mul", factor, input, .name = options ? options->name : NULL);
  return rows ? hr_rows_with_values(scope, rows, product) : product;
}

hr_operand hr_negative_of(hr_scope scope, hr_operand x) {
  double number;
  if (hr_operand_number(x, &number)) return hr_operand_float(-number);
  return hr_operand_output(hr_call_one(scope, "Neg", NULL, HR_OPERANDS(x), HR_NO_ATTRS));
}
