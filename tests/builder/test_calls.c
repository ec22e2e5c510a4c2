/* Ops called with plain values: the constants that TensorFlow 1.15 makes of them (programs/calls.py), and its mistakes
 * (programs/errors.py, call_*). */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "headrace/ops.h"
#include "headrace/variables.h"

/* Calls an op with operands in HR_OPERANDS form; more arguments are attributes. */
#define CALL(op, operands, ...)                                                                                        \
  call(s, (op), HR_OPERANDS operands,                                                                                  \
       (int)(sizeof((hr_named_attr[]){{0}, ##__VA_ARGS__}) / sizeof(hr_named_attr)) - 1,                               \
       (hr_named_attr[]){{0}, ##__VA_ARGS__})

static hr_node *call(hr_scope s, const char *op, hr_operands operands, int attr_count, const hr_named_attr *attrs) {
  return hr_call_op(s, op, NULL, operands.count, operands.items, attr_count, attrs + 1);
}
static hr_node *call_named(hr_scope s, const char *op, const char *name, hr_operands operands) {
  return hr_call_op(s, op, name, operands.count, operands.items, 0, NULL);
}

static hr_tensor tensor_of(hr_dtype dtype, hr_partial_shape shape, const void *data) {
  hr_tensor tensor;
  assert_null(hr_tensor_from(dtype, shape.rank, shape.dims, data, &tensor));
  return tensor;
}

static void values(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output two = hr_constant_f32(s, 2), i = hr_constant_i32(s, 2);
  hr_tensor array = tensor_of(HR_DOUBLE, HR_SHAPE(2), (const double[]){1.5, -2.5});
  hr_tensor column = tensor_of(HR_INT64, HR_SHAPE(2, 1), (const int64_t[]){3, 4});
  hr_tensor none = tensor_of(HR_DOUBLE, HR_SHAPE(0), &(double){0});
  hr_tensor complex = tensor_of(HR_COMPLEX128, HR_SHAPE(1), (const double[]){1, 2});
  CALL("Add", (two, 1)), CALL("Add", (1, i)), CALL("Add", (i, &array));
  call_named(s, "Add", "true", HR_OPERANDS(two, (bool)true));
  CALL("AddV2", (HR_OPERANDS(1, 2), hr_operand_values(&column)));
  CALL("Equal", ("a", HR_OPERANDS("b", "c")));
  CALL("OneHot", (HR_OPERANDS(1), 3, 1.0, 0.0));
  CALL("Sum", (HR_OPERANDS(1, 2), 0));
  CALL("Reshape", (HR_OPERANDS(1), hr_operand_values(&none)));
  CALL("Range", (0, 5, 2)), CALL("Range", (0.5, 5, 2));
  CALL("Cast", (HR_OPERANDS(1, 2.5)), {"DstT", HR_ATTR_TYPE_VALUE(HR_INT64)});
  CALL("MatMul", (HR_OPERANDS(HR_OPERANDS(1.0, 2.0)), HR_OPERANDS(HR_OPERANDS(1), HR_OPERANDS(2))),
       {"transpose_b", HR_ATTR_BOOL_VALUE(false)});
  CALL("Cast", ((int64_t)1 << 40), {"DstT", HR_ATTR_TYPE_VALUE(HR_FLOAT)});
  CALL("Neg", (hr_operand_values(&complex)));
  hr_var *v = hr_tf_variable(s, 1.0, .name = "v");
  CALL("Assign", (v, 2)), CALL("Add", (v, 2));
  CALL("Fill", (HR_OPERANDS(2, 3), "x"));
  hr_tensor_clear(&array), hr_tensor_clear(&column), hr_tensor_clear(&none);
  hr_tensor_clear(&complex);
  testing_graph_expect(&t, "calls.values");
}

static void lists(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output two = hr_constant_f32(s, 2), i = hr_constant_i32(s, 2);
  hr_var *v = hr_tf_variable(s, 3.0, .name = "v");
  CALL("Pack", (HR_OPERANDS(1, two))), CALL("Pack", (HR_OPERANDS(two, v, 1))), CALL("Pack", (HR_OPERANDS(1, 2)));
  CALL("AddN", (HR_OPERANDS(two, 1.5)));
  CALL("ConcatV2", (HR_OPERANDS(HR_OPERANDS(1), HR_OPERANDS(2)), 0));
  CALL("IdentityN", (HR_OPERANDS(1, 2.0, "a", i)));
  CALL("Assert", ((bool)true, HR_OPERANDS("a", 1, two)));
  testing_graph_expect(&t, "calls.lists");
}

static void packs(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output one = hr_constant_i32(s, 1), x = hr_constant_f32(s, 1.5);
#define PACK(dtype, name, ...) hr_convert(s, HR_OPERAND(HR_OPERANDS(__VA_ARGS__)), (dtype), (name))
  hr_tensor row = tensor_of(HR_INT64, HR_SHAPE(2), (const int64_t[]){3, 4});
  PACK(HR_INVALID, NULL, one, 2);
  PACK(HR_INVALID, NULL, HR_OPERANDS(one, 2), HR_OPERANDS(3, 4));
  PACK(HR_FLOAT, NULL, HR_OPERANDS(one, 2), hr_operand_values(&row));
  PACK(HR_INVALID, "pair", 1, x);
  PACK(HR_INVALID, NULL, x, 1.0);
  CALL("Add", (x, HR_OPERANDS(one, 2)));
  CALL("Reshape", (hr_zeros(s, HR_SHAPE(4)), HR_OPERANDS(one, -1)));
  hr_tensor array = tensor_of(HR_INT32, HR_SHAPE(2), (const int32_t[]){1, 2});
  PACK(HR_INVALID, NULL, &array, HR_OPERANDS(3, one));
  PACK(HR_INVALID, NULL, HR_OPERANDS(HR_OPERANDS(1, 2)), HR_OPERANDS(HR_OPERANDS(one, 4)));
  hr_tensor_clear(&row), hr_tensor_clear(&array);
  testing_graph_expect(&t, "calls.packs");
}

/* The builder's error: of which Python class, and that it holds the texts up to NULL. */
static void expect_python_error(hr_builder *builder, bool type_error, ...) {
  hr_status status = hr_builder_status(builder);
  assert_int_equal(hr_status_code(status), HR_INVALID_ARGUMENT);
  assert_int_equal(hr_status_is_type_error(status), type_error);
  va_list texts;
  va_start(texts, type_error);
  for (const char *text; (text = va_arg(texts, const char *)) != NULL;)
    if (!strstr(hr_status_message(status), text)) fail_msg("'%s' is not in: %s", text, hr_status_message(status));
  va_end(texts);
  hr_status_free(status);
}

static void mistakes(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output two = hr_constant_f32(s, 2), i = hr_constant_i32(s, 2);
  const hr_operands nothing = {0};
#define REFUSED(is_type, ...) expect_python_error(t.builder, (is_type), __VA_ARGS__, NULL)
  CALL("Add", (1, two));
  REFUSED(true, "Input 'y' of 'Add' Op has type float32 that does not match type int32 of argument 'x'.");
  CALL("Add", (i, 1.5));
  REFUSED(true, "Expected int32 passed to parameter 'y' of op 'Add'", "1.5 of type 'float'");
  CALL("Add", (i, HR_OPERANDS(1.5, 2.5)));
  REFUSED(true, "Expected int32 passed to parameter 'y' of op 'Add'", "type 'list'", "1.5 of type 'float'");
  CALL("Sqrt", (4));
  REFUSED(true, "Value passed to parameter 'x' has DataType int32 not in list of allowed values:", "float32");
  CALL("AddN", (HR_OPERANDS(1, 1.5)));
  REFUSED(true, "Tensors in list passed to 'inputs' of 'AddN' Op have types [int32, float32] that don't all match.");
  CALL("Pack", (HR_OPERANDS(i, 1.5)));
  REFUSED(true, "Tensors in list passed to 'values' of 'Pack' Op have types [int32, float32] that don't all match.");
  CALL("AddN", (nothing));
  REFUSED(false, "List argument 'inputs' to 'AddN' Op with length 0 shorter than minimum length 1.");
  CALL("AddN", (3));
  REFUSED(true, "Expected list for 'inputs' argument to 'AddN' Op");
  CALL("LogicalNot", (3));
  REFUSED(true, "Expected bool passed to parameter 'x' of op 'LogicalNot'", "3 of type 'int'");
  CALL("Assign", (two, 2));
  REFUSED(true, "'Assign' Op requires that input 'ref' be a mutable tensor (e.g.: a tf.Variable)");
  CALL("RandomUniform", (HR_OPERANDS(2)), {"dtype", HR_ATTR_TYPE_VALUE(HR_INT32)});
  REFUSED(true, "Value passed to parameter 'dtype' has DataType int32 not in list of allowed values:");
  hr_convert(s, HR_OPERAND(HR_OPERANDS(1.5, i)), HR_INVALID, NULL);
  REFUSED(true, "Expected int32, got 1.5 of type 'float' instead.");
  hr_convert(s, HR_OPERAND(HR_OPERANDS(HR_OPERANDS(1, 2), 3)), HR_INVALID, NULL);
  REFUSED(false, "[]", "[2]");
  CALL("Add", (two));
  REFUSED(true, "'Add' Op takes 2 arguments, but 1 were passed");
  CALL("Add", (two, HR_NO_OPERAND));
  REFUSED(false, "Tried to convert 'y' to a tensor and failed. Error: None values not supported.");
  CALL("Neg", (two), {"speed", HR_ATTR_BOOL_VALUE(true)});
  REFUSED(true, "unexpected keyword argument 'speed'");
  testing_graph_free(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(values), cmocka_unit_test(lists), cmocka_unit_test(packs),
                                     cmocka_unit_test(mistakes)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
