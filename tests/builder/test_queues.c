/* Queues: the graphs that TensorFlow 1.15 builds (programs/queues.py), built in C. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "headrace/arrays.h"
#include "headrace/math.h"
#include "headrace/queues.h"
#include "headrace/random.h"
#include "headrace/staging.h"
#include "headrace/strings.h"

static hr_output floats(hr_scope s, hr_partial_shape shape, const float *values) {
  return hr_constant_array(s, HR_FLOAT, shape, values);
}
static hr_output numbers_to(hr_scope s, hr_operand end) {
  return hr_tf_range(s, hr_operand_int(0), end, hr_operand_int(1));
}
/* A list of numbers, as Python has it. */
#define NUMBERS(...) hr_operand_items(HR_COUNT_(__VA_ARGS__), HR_OPERANDS(__VA_ARGS__).items)

static void first_in_first_out(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_tensor_queue *queue =
      hr_fifo_queue(s, 10, HR_TYPES(HR_FLOAT, HR_INT32), .shapes = HR_SHAPES(HR_SHAPE(2), HR_SHAPE()));
  hr_output x = hr_placeholder(s, HR_FLOAT, .name = "x");
  hr_operand rows[] = {NUMBERS(1.0, 2.0), NUMBERS(3.0, 4.0), NUMBERS(5.0, 6.0)};
  hr_enqueue(s, queue, HR_OPERANDS(NUMBERS(1.0, 2.0), 3));
  hr_enqueue_many(s, queue, HR_OPERANDS(hr_operand_items(3, rows), NUMBERS(7, 8, 9)), .name = "many");
  hr_enqueue(s, queue, HR_OPERANDS(x, 4), .name = "fed");
  hr_outputs one = hr_dequeue(s, queue), two = hr_dequeue_many(s, queue, 2), some = hr_dequeue_up_to(s, queue, 3);
  hr_dequeue(s, queue, .name = "taken");
  hr_dequeue_many(s, queue, 1, .name = "one");
  hr_dequeue_up_to(s, queue, 1, .name = "some");
  hr_tensor_queue_size(s, queue);
  hr_tensor_queue_is_closed(s, queue);
  hr_tensor_queue_close(s, queue);
  hr_tensor_queue_close(s, queue, .cancel_pending_enqueues = true, .name = "cancel");
  hr_tensor_queue_size(s, queue, .name = "how_many");
  hr_tensor_queue_is_closed(s, queue, .name = "whether");
  expect_ok(t.builder);
  assert_int_equal(one.count, 2);
  assert_true(hr_partial_shape_equal(hr_output_shape(one.items[0]), &HR_SHAPE(2)));
  assert_true(hr_partial_shape_equal(hr_output_shape(two.items[0]), &HR_SHAPE(2, 2)));
  assert_true(hr_partial_shape_equal(hr_output_shape(some.items[1]), &HR_SHAPE(-1)));
  testing_graph_expect(&t, "queues.first_in_first_out");
}

static void chosen(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_types dtypes = HR_TYPES(HR_FLOAT, HR_INT32);
  hr_tensor_queue *queues[3];
  queues[0] = hr_fifo_queue(s, 5, dtypes, .shapes = HR_SHAPES(HR_SHAPE(2, 3), HR_SHAPE()), .name = "first");
  queues[1] = hr_fifo_queue(s, 5, dtypes, .shapes = HR_SHAPES(HR_SHAPE(2, 4), HR_SHAPE()), .name = "second");
  queues[2] = hr_random_shuffle_queue(s, 5, 0, dtypes, .name = "third");
  hr_output index = hr_placeholder(s, HR_INT32, .shape = HR_SHAPE(), .name = "index");
  hr_tensor_queue *either = hr_tensor_queue_select(s, hr_operand_output(index), 2, queues);
  hr_tensor_queue *any_of = hr_tensor_queue_select(s, hr_operand_output(index), 3, queues);
  hr_output zeros = hr_zeros(s, HR_DIMS(HR_SHAPE(2, 4)));
  hr_enqueue(s, any_of, HR_OPERANDS(zeros, 3));
  hr_dequeue(s, either);
  hr_tensor_queue_size(s, any_of);
  expect_ok(t.builder);
  assert_true(hr_partial_shape_equal(&hr_tensor_queue_shapes(either).items[0], &HR_SHAPE(2, -1)));
  assert_int_equal(hr_tensor_queue_shapes(any_of).items[0].rank, HR_UNKNOWN_RANK);
  testing_graph_expect(&t, "queues.chosen");
}

static void shuffled(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_tensor_queue *queue = hr_random_shuffle_queue(s, 50, 10, HR_TYPES(HR_FLOAT, HR_STRING),
                                                   .shapes = HR_SHAPES(HR_SHAPE(), HR_SHAPE()), .seed = 42);
  hr_output numbers = numbers_to(s, hr_operand_float(22.0)), texts = hr_as_string(s, numbers_to(s, hr_operand_int(22)));
  hr_enqueue_many(s, queue, HR_OPERANDS(numbers, texts));
  hr_dequeue_many(s, queue, 5);
  hr_dequeue(s, queue);
  hr_dequeue_up_to(s, queue, 20);
  hr_graph_set_seed(t.graph, true, 7);
  hr_types dtype = HR_TYPES(HR_INT32);
  hr_shapes scalar = HR_SHAPES(HR_SHAPE());
  hr_tensor_queue *each[3];
  each[0] = hr_random_shuffle_queue(s, 20, 0, dtype, .shapes = scalar, .name = "by_graph");
  each[1] = hr_random_shuffle_queue(s, 20, 0, dtype, .shapes = scalar, .shared_name = "name", .name = "by_name");
  each[2] =
      hr_random_shuffle_queue(s, 20, 2, dtype, .shapes = scalar, .seed = 3, .shared_name = "other", .name = "by_both");
  for (int i = 0; i < 3; ++i)
    hr_enqueue_many(s, each[i], HR_OPERANDS(numbers_to(s, hr_operand_int(12))));
  for (int i = 0; i < 3; ++i)
    hr_dequeue_many(s, each[i], 9);
  hr_tensor_queue_close(s, queue);
  expect_ok(t.builder);
  testing_graph_expect(&t, "queues.shuffled");
}

static void prioritised(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_tensor_queue *queue = hr_priority_queue(s, 50, HR_TYPES(HR_STRING), .shapes = HR_SHAPES(HR_SHAPE()));
  static const int64_t priorities[] = {5, 1, 3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9}, zero = 0, one = 1;
  hr_output first = hr_constant_array(s, HR_INT64, HR_SHAPE(17), priorities);
  hr_output texts = hr_as_string(s, numbers_to(s, hr_operand_int(17)));
  hr_enqueue_many(s, queue, HR_OPERANDS(first, texts));
  hr_dequeue(s, queue);
  hr_dequeue_many(s, queue, 7);
  hr_dequeue_up_to(s, queue, 9);
  hr_enqueue(s, queue, HR_OPERANDS(hr_constant_array(s, HR_INT64, HR_SHAPE(), &zero), "late"));
  hr_tensor_queue *named = hr_priority_queue(s, 5, HR_TYPES(HR_FLOAT), .shapes = HR_SHAPES(HR_SHAPE()),
                                             .names = HR_STRINGS("priority", "value"), .name = "named");
  hr_enqueue(s, named, HR_OPERANDS(hr_constant_array(s, HR_INT64, HR_SHAPE(), &one), 0.5));
  hr_dequeue(s, named);
  hr_tensor_queue_close(s, queue);
  expect_ok(t.builder);
  assert_int_equal(hr_tensor_queue_component(named, "value"), 1);
  assert_int_equal(hr_tensor_queue_component(named, "other"), -1);
  testing_graph_expect(&t, "queues.prioritised");
}

static void mistakes(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_types pair = HR_TYPES(HR_FLOAT, HR_INT32);
  hr_shapes shapes = HR_SHAPES(HR_SHAPE(2), HR_SHAPE());
  assert_null(hr_fifo_queue(s, 10, pair, .shapes = HR_SHAPES(HR_SHAPE(-1), HR_SHAPE())));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "All shapes must be fully defined", NULL);
  assert_null(hr_fifo_queue(s, 10, pair, .shapes = HR_SHAPES(HR_SHAPE(2))));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "same length", NULL);
  assert_null(hr_fifo_queue(s, 10, pair, .names = HR_STRINGS("a")));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "same length", NULL);
  assert_null(hr_padding_fifo_queue(s, 10, pair, .shapes = HR_SHAPES(HR_SHAPE(-1))));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "2 dtypes and 1 shapes", NULL);
  assert_null(hr_padding_fifo_queue(s, 10, pair, .shapes = HR_SHAPES(HR_SHAPE_UNKNOWN, HR_SHAPE())));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "defined rank", NULL);
  assert_null(hr_priority_queue(s, 10, HR_TYPES(HR_FLOAT),
                                .shapes = HR_SHAPES(HR_SHAPE(), HR_SHAPE(), HR_SHAPE(), HR_SHAPE(), HR_SHAPE())));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "same length", NULL);
  hr_tensor_queue *queue = hr_fifo_queue(s, 10, pair, .shapes = shapes);
  hr_output x = floats(s, HR_SHAPE(3), (float[]){1, 2, 3}), batch = floats(s, HR_SHAPE(1, 2), (float[]){1, 2});
  assert_null(hr_enqueue(s, queue, HR_OPERANDS(x, 1)));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "(3,)", "(2,)", "incompatible", NULL);
  assert_null(hr_enqueue_many(s, queue, HR_OPERANDS(batch, 1)));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "at least 1", NULL);
  assert_null(hr_enqueue_many(s, queue, HR_OPERANDS(batch, NUMBERS(1, 2))));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "1 and 2", NULL);
  hr_tensor_queue *other = hr_fifo_queue(s, 10, HR_TYPES(HR_FLOAT));
  assert_null(hr_tensor_queue_select(s, hr_operand_int(0), 2, (hr_tensor_queue *[]){queue, other}));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "dtypes", NULL);
  assert_int_equal(hr_dequeue(s, NULL).count, 0);
  assert_null(hr_tensor_queue_close(s, NULL));
  testing_graph_free(&t);
}

/* ---- staging areas with keys (programs/map_staging.py) ----------------------------------------------------------- */

static void keyed_areas(bool ordered, const char *recorded) {
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_map_staging_area area = hr_map_staging_area_new(
      s, HR_TYPES(HR_FLOAT, HR_INT32), .shapes = HR_SHAPES(HR_SHAPE(2), HR_SHAPE()), .capacity = 4, .ordered = ordered);
  hr_output key = hr_placeholder(s, HR_INT64, .shape = HR_SHAPE(), .name = "key");
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(2), .name = "x"), y = hr_constant_i32(s, 3, .name = "y");
  hr_map_staging_put(s, area, key, HR_LIST(x, y));
  hr_map_staging_put(s, area, key, HR_LIST(x), .indices = HR_INTS(0));
  hr_map_staging_put(s, area, key, HR_LIST(y), .indices = HR_INTS(1), .name = "put_y");
  hr_outputs taken = hr_map_staging_get(s, area, key), any = hr_map_staging_get_any(s, area);
  hr_map_staging_peek(s, area, key);
  hr_map_staging_peek(s, area, key, .indices = HR_INTS(1), .name = "first_y");
  hr_map_staging_get(s, area, key, .indices = HR_INTS(0));
  hr_map_staging_get_any(s, area, .indices = HR_INTS(1), .name = "taken_y");
  hr_map_staging_size(s, area);
  hr_map_staging_incomplete_size(s, area);
  hr_map_staging_clear(s, area);
  expect_ok(t.builder);
  assert_int_equal(taken.count, 2);
  assert_int_equal(any.count, 3);
  assert_true(hr_partial_shape_equal(hr_output_shape(taken.items[0]), &HR_SHAPE(2)));
  assert_true(hr_partial_shape_equal(hr_output_shape(any.items[1]), &HR_SHAPE(2)));
  hr_scope inside = hr_name_scope(s, "inside"), here = hr_device_scope(s, "/cpu:0");
  hr_map_staging_area other = hr_map_staging_area_new(inside, HR_TYPES(HR_STRING, HR_INT64), .ordered = ordered);
  hr_output seven = hr_constant_i64(inside, 7);
  hr_output words = hr_constant_strings(inside, 2, ((const char *[]){"a", "b"}));
  hr_map_staging_put(inside, other, seven, HR_LIST(words), .indices = HR_INTS(0), .name = "put_it");
  hr_output eight = hr_constant_i64(inside, 8);
  hr_map_staging_put(inside, other, 7, HR_LIST(eight), .indices = HR_INTS(1));
  hr_map_staging_get_any(inside, other, .name = "get_it");
  hr_map_staging_get_any(here, other, .indices = HR_INTS(1));
  hr_output here_seven = hr_constant_i64(here, 7);
  hr_map_staging_get(here, other, here_seven, .indices = HR_INTS(0));
  testing_graph_expect(&t, recorded);
}

static void with_keys(void **state) {
  (void)state;
  keyed_areas(false, "map_staging.any");
  keyed_areas(true, "map_staging.ordered");
}

static void mistakes_with_keys(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_map_staging_area area =
      hr_map_staging_area_new(s, HR_TYPES(HR_FLOAT, HR_INT32), .shapes = HR_SHAPES(HR_SHAPE(2), HR_SHAPE()));
  hr_output x = floats(s, HR_SHAPE(3), (float[]){1, 2, 3}), y = hr_constant_i32(s, 3);
  assert_null(hr_map_staging_put(s, area, 1, HR_LIST(x, y)));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "(3,)", "(2,)", "incompatible", NULL);
  assert_null(hr_map_staging_put(s, area, 1, HR_LIST(y), .indices = HR_INTS(0)));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "Datatypes do not match", NULL);
  assert_null(hr_map_staging_put(s, area, 1, HR_LIST(y)));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "'2' doesn't match number of values '1'", NULL);
  assert_int_equal(hr_map_staging_get(s, area, 1, .indices = HR_INTS(2)).count, 0);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "Index 2 is out of bounds", NULL);
  assert_int_equal(hr_map_staging_get(s, (hr_map_staging_area){0}, 1).count, 0);
  testing_graph_free(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(first_in_first_out), cmocka_unit_test(chosen),
                                     cmocka_unit_test(shuffled),           cmocka_unit_test(prioritised),
                                     cmocka_unit_test(mistakes),           cmocka_unit_test(with_keys),
                                     cmocka_unit_test(mistakes_with_keys)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
