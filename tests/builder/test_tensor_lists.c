/* Lists of tensors (programs/tensor_lists.py): the graphs that TensorFlow 1.15 builds. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "headrace/headrace.h"

#define L       HR_OPERANDS
#define IN      HR_INTS
#define OF(...) CALL_OP(s, __VA_ARGS__)
/* An operand, however many commas it has. */
#define O(...) HR_OPERAND((__VA_ARGS__))
#define ANY    hr_operand_int(-1)
#define NONE   HR_AXES()

#define TYPED(dtype)                                                                                                   \
  { "element_dtype", HR_ATTR_TYPE_VALUE(dtype) }

static hr_output with_default(hr_scope s, hr_operand value, hr_partial_shape shape, const char *name) {
  hr_output constant = hr_constant_with(s, value, &(hr_constant_options){HR_CONSTANT_DEFAULTS});
  return OF("PlaceholderWithDefault", name, L(constant), {"shape", HR_ATTR_SHAPE_VALUE(&shape)});
}
static hr_output hidden(hr_scope s, hr_operand value) { return with_default(s, value, HR_SHAPE_UNKNOWN, NULL); }
static hr_output matrix(hr_scope s) {
  return with_default(s, O(L(L(1.0, 2.0), L(3.0, 4.0), L(5.0, 6.0))), HR_SHAPE(3, 2), "x");
}

static hr_output reserve(hr_scope s, int count, hr_operand shape, hr_dtype dtype) {
  return OF("TensorListReserve", NULL, L(shape, count), TYPED(dtype));
}
static hr_output set(hr_scope s, hr_output handle, hr_operand index, hr_operand item) {
  return OF("TensorListSetItem", NULL, L(handle, index, item));
}
static hr_output stack_of(hr_scope s, hr_output handle, hr_operand shape, hr_dtype dtype, int64_t count) {
  return OF("TensorListStack", NULL, L(handle, shape), TYPED(dtype), {"num_elements", HR_ATTR_INT_VALUE(count)});
}
static hr_output stack(hr_scope s, hr_output handle) { return stack_of(s, handle, ANY, HR_FLOAT, -1); }
static hr_output from(hr_scope s, hr_operand tensor, hr_operand shape) {
  return OF("TensorListFromTensor", NULL, L(tensor, shape));
}
static hr_output get(hr_scope s, hr_output handle, int index, hr_operand shape, hr_dtype dtype) {
  return OF("TensorListGetItem", NULL, L(handle, index, shape), TYPED(dtype));
}

static void elements(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_operand two = O(IN(2));
  hr_output known = reserve(s, 3, two, HR_FLOAT), open = hidden(s, O(IN(-1)));
  hr_output unknown = reserve(s, 3, HR_OPERAND(open), HR_FLOAT);
  hr_output filled = set(s, set(s, known, HR_OPERAND(1), O(L(1.0, 2.0))), HR_OPERAND(2), O(L(3.0, 4.0)));
  hr_output beside = set(s, unknown, HR_OPERAND(1), O(L(5.0, 6.0, 7.0)));
  hr_output scalar = hr_constant_array(s, HR_INT32, HR_SHAPE(0), &(int32_t){0});
  hr_output words = set(s, reserve(s, 2, HR_OPERAND(scalar), HR_STRING), HR_OPERAND(0), HR_OPERAND("a"));
  get(s, filled, 1, two, HR_FLOAT), get(s, filled, 0, ANY, HR_FLOAT), get(s, beside, 0, ANY, HR_FLOAT);
  get(s, beside, 1, ANY, HR_FLOAT), get(s, unknown, 2, two, HR_FLOAT), get(s, words, 0, ANY, HR_STRING);
  get(s, words, 1, ANY, HR_STRING), stack(s, filled), stack_of(s, filled, two, HR_FLOAT, 3), stack(s, beside);
  hr_output late = hidden(s, O(IN(2)));
  stack_of(s, known, HR_OPERAND(late), HR_FLOAT, -1), stack_of(s, words, ANY, HR_STRING, -1);
  OF("TensorListLength", NULL, L(known));
  const hr_output handles[] = {known, unknown, words};
  for (int i = 0; i < 6; ++i)
    OF("TensorListElementShape", NULL, L(handles[i / 2]),
       {"shape_type", HR_ATTR_TYPE_VALUE(i % 2 ? HR_INT64 : HR_INT32)});
  testing_graph_expect(&t, "tensor_lists.elements");
}

static hr_output push(hr_scope s, hr_output handle, hr_operand tensor) {
  return OF("TensorListPushBack", NULL, L(handle, tensor));
}
/* The list without its last element; that one is the node's second output. */
static hr_output pop(hr_scope s, hr_output handle) {
  return OF("TensorListPopBack", NULL, L(handle, IN(2)), TYPED(HR_FLOAT));
}
static hr_output popped(hr_output less) { return hr_node_output(less.node, 1); }

static void ends(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output empty = OF("EmptyTensorList", NULL, L(IN(2), 4), TYPED(HR_FLOAT));
  hr_output one = push(s, empty, O(L(1.0, 2.0))), two = push(s, one, O(L(3.0, 4.0)));
  hr_output other = push(s, one, O(L(5.0, 6.0))), less = pop(s, two);
  hr_output none = pop(s, OF("TensorListResize", NULL, L(other, 3)));
  stack(s, one), stack(s, two), stack(s, other), stack(s, less), stack(s, none), stack(s, empty);
  stack(s, OF("TensorListResize", NULL, L(two, 1))), OF("TensorListLength", NULL, L(less));
  testing_graph_expect(&t, "tensor_lists.ends");
}

static hr_output longs(hr_scope s, hr_operand value) {
  return hr_constant_with(s, value, &(hr_constant_options){.dtype = HR_INT64, HR_CONSTANT_DEFAULTS});
}
static void concat(hr_scope s, hr_output handle, hr_operand shape, hr_operand dims) {
  hr_output leading = longs(s, dims);
  OF("TensorListConcatV2", NULL, L(handle, shape, leading), TYPED(HR_FLOAT));
}
static hr_output split(hr_scope s, hr_output x) {
  hr_output lengths = longs(s, O(IN(1, 2)));
  return OF("TensorListSplit", NULL, L(x, IN(-1, 2), lengths));
}

static void rows(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = matrix(s), pieces = split(s, x);
  hr_output scattered = OF("TensorListScatter", NULL, L(x, IN(3, 0, 1), IN(2)));
  hr_output more = OF("TensorListScatterV2", NULL, L(x, IN(3, 0, 1), IN(2), 5));
  hr_operand X = HR_OPERAND(x), two = O(IN(2)), piece = O(IN(-1, 2));
  hr_output first = from(s, X, ANY), into = OF("TensorListScatterIntoExistingList", NULL, L(first, x, IN(0, 2, 2)));
  hr_output a = from(s, X, ANY), b = from(s, X, ANY);
  hr_output both = OF("TensorListConcatLists", NULL, L(a, b), TYPED(HR_FLOAT)), open = hidden(s, O(IN(-1, 2)));
  hr_output unset = set(s, reserve(s, 3, HR_OPERAND(open), HR_FLOAT), HR_OPERAND(1), X);
  stack(s, from(s, X, ANY)), stack_of(s, from(s, X, two), ANY, HR_FLOAT, 3), stack(s, scattered), stack(s, more);
  stack(s, into), stack(s, both), OF("TensorListGather", NULL, L(scattered, IN(1, 1, 3), IN(2)), TYPED(HR_FLOAT));
  OF("TensorListGather", NULL, L(from(s, X, ANY), L(IN(0), IN(2)), ANY), TYPED(HR_FLOAT));
  concat(s, pieces, ANY, NONE), concat(s, pieces, piece, NONE), concat(s, unset, piece, O(IN(1, 5, 2)));
  concat(s, from(s, X, ANY), O(IN(-1)), NONE);
  const hr_partial_shape pairs = HR_SHAPE(-1, 2);
  OF("TensorListConcat", NULL, L(pieces), TYPED(HR_FLOAT), {"element_shape", HR_ATTR_SHAPE_VALUE(&pairs)});
  OF("TensorListConcat", NULL, L(from(s, X, ANY)), TYPED(HR_FLOAT));
  hr_output handles = hr_stack(s, HR_LIST(from(s, X, ANY), scattered));
  hr_output lists = OF("TensorListPushBackBatch", NULL, L(handles, hr_at(s, x, HR_SLICE(HR_OPEN, 2))));
  hr_outputs each = hr_unstack(s, lists, .num = 2);
  stack(s, each.items[0]), stack(s, each.items[1]);
  testing_graph_expect(&t, "tensor_lists.rows");
}

static void sums(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = matrix(s), open = hidden(s, O(IN(-1)));
  hr_output unset = set(s, reserve(s, 3, HR_OPERAND(open), HR_FLOAT), HR_OPERAND(1), O(L(7.0, 8.0)));
  hr_output a = from(s, HR_OPERAND(x), ANY), twice = hr_times(s, 2.0, x), b = from(s, HR_OPERAND(twice), ANY);
  stack(s, hr_tf_add_n(s, HR_LIST(a, unset, b))), stack(s, hr_tf_zeros_like(s, from(s, HR_OPERAND(x), ANY)));
  stack(s, hr_tf_zeros_like(s, unset));
  a = reserve(s, 2, O(IN(2)), HR_FLOAT), b = reserve(s, 2, O(IN(2)), HR_FLOAT);
  stack(s, hr_tf_add_n(s, HR_LIST(a, b)));
  testing_graph_expect(&t, "tensor_lists.sums");
}

/* ---- gradients --------------------------------------------------------------------------------------------------- */

static void slope(hr_scope s, hr_outputs ys, hr_output x) {
  hr_gradient gradient;
  hr_gradients(s, ys, HR_LIST(x), &gradient);
}

static void gradients_of_elements(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_operand two = O(IN(2));
  hr_output x = with_default(s, O(L(1.0, 2.0)), HR_SHAPE(2), "x"), kept = reserve(s, 3, two, HR_FLOAT);
  hr_output once = set(s, kept, HR_OPERAND(1), HR_OPERAND(hr_times(s, x, x)));
  hr_output handle = set(s, once, HR_OPERAND(2), HR_OPERAND(hr_times(s, 3.0, x)));
  hr_output first = get(s, handle, 1, two, HR_FLOAT);
  hr_output empty = OF("EmptyTensorList", NULL, L(IN(2), -1), TYPED(HR_FLOAT));
  hr_output pushed = push(s, push(s, empty, HR_OPERAND(hr_times(s, x, x))), HR_OPERAND(x)), less = pop(s, pushed);
  slope(s, HR_LIST(first), x), slope(s, HR_LIST(stack_of(s, handle, two, HR_FLOAT, -1)), x);
  slope(s, HR_LIST(popped(less)), x), slope(s, HR_LIST(stack_of(s, less, two, HR_FLOAT, -1)), x);
  slope(s, HR_LIST(popped(less), stack(s, less)), x);
  testing_graph_expect(&t, "tensor_lists.gradients_of_elements");
}

static void gradients_of_rows(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = matrix(s), y = hr_times(s, x, x), pieces = split(s, y), parts[8];
  hr_operand Y = HR_OPERAND(y), two = O(IN(2));
  const hr_partial_shape pairs = HR_SHAPE(-1, 2);
  hr_output none = longs(s, NONE);
  parts[2] = OF("TensorListConcatV2", NULL, L(pieces, IN(-1, 2), none), TYPED(HR_FLOAT));
  parts[3] = OF("TensorListConcat", NULL, L(pieces), TYPED(HR_FLOAT), {"element_shape", HR_ATTR_SHAPE_VALUE(&pairs)});
  parts[4] = OF("TensorListGather", NULL, L(from(s, Y, two), IN(1, 0), IN(2)), TYPED(HR_FLOAT));
  hr_output scattered = OF("TensorListScatter", NULL, L(y, IN(1, 3, 0), IN(2)));
  hr_output more = OF("TensorListScatterV2", NULL, L(y, IN(1, 3, 0), IN(2), 5));
  hr_output into = OF("TensorListScatterIntoExistingList", NULL, L(more, x, IN(1, 2, 0)));
  hr_output resized = OF("TensorListResize", NULL, L(from(s, Y, two), 2));
  parts[0] = stack(s, from(s, Y, ANY)), parts[1] = stack_of(s, from(s, Y, two), two, HR_FLOAT, 3);
  parts[5] = stack(s, scattered), parts[6] = stack(s, into), parts[7] = stack(s, resized);
  for (int i = 0; i < 8; ++i)
    slope(s, HR_LIST(hr_times(s, parts[i], parts[i])), x);
  slope(s, (hr_outputs){8, parts}, x);
  testing_graph_expect(&t, "tensor_lists.gradients_of_rows");
}

static void gradients_of_unknown_shapes(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = with_default(s, O(L(L(1.0, 2.0), L(3.0, 4.0))), HR_SHAPE_UNKNOWN, "x");
  hr_output scalars = with_default(s, O(L(1.0, 2.0)), HR_SHAPE(-1), "scalars");
  hr_operand none = hr_operand_output(hr_constant_array(s, HR_INT32, HR_SHAPE(0), &(int32_t){0}));
  slope(s, HR_LIST(stack(s, from(s, HR_OPERAND(hr_times(s, x, x)), ANY))), x);
  slope(s, HR_LIST(stack_of(s, from(s, HR_OPERAND(scalars), none), none, HR_FLOAT, -1)), scalars);
  testing_graph_expect(&t, "tensor_lists.gradients_of_unknown_shapes");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(elements),
                                     cmocka_unit_test(ends),
                                     cmocka_unit_test(rows),
                                     cmocka_unit_test(sums),
                                     cmocka_unit_test(gradients_of_elements),
                                     cmocka_unit_test(gradients_of_rows),
                                     cmocka_unit_test(gradients_of_unknown_shapes)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
