/* Sources, functions, shuffles and batches of programs/datasets.py: the graphs that TensorFlow 1.15 builds. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "headrace/headrace.h"

/* The next element of an iterator that begins by itself. */
static void next_of(hr_scope s, hr_output dataset) {
  hr_iterator_ends it = hr_make_one_shot_iterator(s, dataset);
  hr_next_element(s, it.handle, hr_dataset_types(s, dataset), hr_dataset_shapes(s, dataset));
}

static void tensors(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_operands first = HR_OPERANDS(1.0, 2.0), third = HR_OPERANDS(HR_INTS(4), HR_INTS(5));
  next_of(t.root, hr_dataset_from_tensors(t.root, hr_dataset_components(t.root, HR_OPERANDS(first, 3, third))));
  testing_graph_expect(&t, "datasets.tensors");
}

static void slices(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_tensor numbers, ones;
  assert_null(hr_tensor_from(HR_INT64, 1, (int64_t[]){4}, (int64_t[]){0, 1, 2, 3}, &numbers));
  assert_null(hr_tensor_from(HR_FLOAT, 2, (int64_t[]){4, 2}, (float[]){1, 1, 1, 1, 1, 1, 1, 1}, &ones));
  hr_operands texts = HR_OPERANDS("a", "b", "c", "d");
  hr_outputs components = hr_dataset_components(t.root, HR_OPERANDS(&numbers, &ones, texts));
  next_of(t.root, hr_dataset_from_tensor_slices(t.root, components));
  hr_tensor_clear(&numbers);
  hr_tensor_clear(&ones);
  testing_graph_expect(&t, "datasets.slices");
}

static void ranges(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output first = hr_dataset_range(s, 0, 3, 1), second = hr_dataset_range(s, 2, 4, 1);
  hr_output third = hr_dataset_range(s, 7, 1, -3);
  next_of(s, hr_dataset_concatenate(s, hr_dataset_concatenate(s, first, second), third));
  testing_graph_expect(&t, "datasets.ranges");
}

/* ---- functions --------------------------------------------------------------------------------------------------- */

/* {"sum": x + offset, "pair": (2 y, the shape of y)}: a dict's values in the order of their keys. */
static void add(void *offset, hr_scope s, hr_outputs xy, hr_results *results) {
  hr_output sum = hr_plus(s, hr_tf_cast(s, xy.items[0], HR_FLOAT), *(hr_output *)offset);
  hr_output doubled = hr_times(s, xy.items[1], 2.0);
  hr_return(results, doubled);
  hr_return(results, hr_tf_shape(s, xy.items[1]));
  hr_return(results, sum);
}
static void take_apart(void *unused, hr_scope s, hr_outputs d, hr_results *results) {
  (void)unused;
  hr_return(results, d.items[2]);
  hr_return(results, d.items[0]);
  hr_return(results, hr_reduce_sum(s, d.items[1]));
}

static void maps(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output offset = hr_constant(s, 3.0, .name = "offset");
  hr_tensor numbers, ones;
  assert_null(hr_tensor_from(HR_INT64, 1, (int64_t[]){4}, (int64_t[]){0, 1, 2, 3}, &numbers));
  assert_null(hr_tensor_from(HR_FLOAT, 2, (int64_t[]){4, 2}, (float[]){1, 1, 1, 1, 1, 1, 1, 1}, &ones));
  hr_output d = hr_dataset_from_tensor_slices(s, hr_dataset_components(s, HR_OPERANDS(&numbers, &ones)));
  hr_tensor_clear(&numbers);
  hr_tensor_clear(&ones);
  d = hr_dataset_map(s, d, hr_dataset_function(s, d, "Dataset_map_add", add, &offset));
  next_of(s, hr_dataset_map(s, d, hr_dataset_function(s, d, "Dataset_map_<lambda>", take_apart, NULL)));
  testing_graph_expect(&t, "datasets.maps");
}

static void numbered(void *unused, hr_scope s, hr_outputs x, hr_results *results) {
  (void)unused;
  hr_return(results, x.items[0]);
  hr_return(results, hr_tf_fill(s, HR_SHAPE(2), x.items[0]));
}

static void batches(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output d = hr_dataset_range(s, 0, 7, 1);
  d = hr_dataset_map(s, d, hr_dataset_function(s, d, "Dataset_map_<lambda>", numbered, NULL));
  hr_output kept = hr_dataset_batch(s, d, HR_OPERAND(3), HR_NO_OPERAND);
  hr_output dropped = hr_dataset_batch(s, d, HR_OPERAND(3), hr_operand_bool(true));
  next_of(s, kept);
  next_of(s, dropped);
  testing_graph_expect(&t, "datasets.batches");
}

/* ---- shuffles ---------------------------------------------------------------------------------------------------- */

static void plus_one(void *unused, hr_scope s, hr_outputs x, hr_results *results) {
  (void)unused;
  hr_return(results, hr_plus(s, x.items[0], 1));
}
static void plus_noise(void *unused, hr_scope s, hr_outputs x, hr_results *results) {
  (void)unused;
  hr_output noise = hr_tf_random_uniform(s, HR_SHAPE(), .minval = hr_operand_int(0), .maxval = hr_operand_int(100),
                                         .dtype = HR_INT64);
  hr_return(results, hr_plus(s, x.items[0], noise));
}

static hr_output repeated(hr_scope s, hr_output dataset, int64_t count) {
  return hr_dataset_repeat(s, dataset, HR_OPERAND(count));
}

static void shuffles(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output numbers = hr_dataset_range(s, 0, 10, 1);
  next_of(s, hr_dataset_shuffle(s, numbers, 5, .seed = HR_OPERAND(3)));
  next_of(s, repeated(s, hr_dataset_shuffle(s, numbers, 5, .seed = HR_OPERAND(3), .same_each_iteration = true), 2));
  next_of(s, repeated(s, hr_dataset_shuffle(s, numbers, 5, .seed = HR_OPERAND(3)), 3));
  hr_output mapped = hr_dataset_shuffle(s, numbers, 4, .seed = HR_OPERAND(9));
  mapped = hr_dataset_map(s, mapped, hr_dataset_function(s, mapped, "Dataset_map_<lambda>", plus_one, NULL));
  next_of(s, repeated(s, mapped, 2));
  hr_output three = hr_dataset_take(s, numbers, HR_OPERAND(3));
  next_of(s, repeated(s, hr_dataset_shuffle(s, three, 100, .seed = HR_OPERAND(5)), -1));
  testing_graph_expect(&t, "datasets.shuffles");
}

static void shuffles_with_graph_seed(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 11);
  hr_scope s = t.root;
  hr_output d = repeated(s, hr_dataset_shuffle(s, hr_dataset_range(s, 0, 10, 1), 5), 2);
  next_of(s, hr_dataset_map(s, d, hr_dataset_function(s, d, "Dataset_map_<lambda>", plus_noise, NULL)));
  testing_graph_expect(&t, "datasets.shuffles_with_graph_seed");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(tensors),
                                     cmocka_unit_test(slices),
                                     cmocka_unit_test(ranges),
                                     cmocka_unit_test(maps),
                                     cmocka_unit_test(batches),
                                     cmocka_unit_test(shuffles),
                                     cmocka_unit_test(shuffles_with_graph_seed)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
