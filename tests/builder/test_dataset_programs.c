/* Datasets and iterators of programs/datasets.py: the graphs that TensorFlow 1.15 builds. */
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

/* ---- elements chosen, joined and padded ---------------------------------------------------------------------------
 */

static hr_output numbers_to(hr_scope s, int64_t start, int64_t stop) { return hr_dataset_range(s, start, stop, 1); }
static hr_output mapped(hr_scope s, hr_output d, const char *name, hr_function_body body, void *argument) {
  return hr_dataset_map(s, d, hr_dataset_function(s, d, name, body, argument));
}
#define LAMBDA(kind) "Dataset_" kind "_<lambda>"

static void rows_of_sizes(void *unused, hr_scope s, hr_outputs x, hr_results *results) {
  (void)unused;
  hr_output n = x.items[0], size = hr_stack(s, HR_LIST(n));
  hr_return(results, hr_tf_fill(s, size, n));
  size = hr_stack(s, HR_LIST(n));
  hr_return(results, hr_tf_fill(s, size, "s"));
  size = hr_stack(s, HR_OPERANDS(2, n));
  hr_return(results, hr_tf_fill(s, size, 1.0));
}

static void padded_batches(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output d = mapped(s, numbers_to(s, 1, 6), LAMBDA("map"), rows_of_sizes, NULL);
  hr_tensor minus_one;
  assert_null(hr_tensor_from(HR_INT64, 0, NULL, &(int64_t){-1}, &minus_one));
  hr_operands open = HR_OPERANDS(HR_INTS(-1), HR_INTS(6), HR_INTS(-1, -1)), none = {0, NULL, NULL};
  hr_output padded = hr_dataset_padded_batch(s, d, HR_OPERAND(2), open, none, HR_NO_OPERAND);
  hr_operands fixed = HR_OPERANDS(HR_INTS(6), HR_INTS(-1), HR_INTS(3, -1));
  hr_output filled =
      hr_dataset_padded_batch(s, d, HR_OPERAND(2), fixed, HR_OPERANDS(&minus_one, "pad", 9.0), hr_operand_bool(true));
  next_of(s, padded), next_of(s, filled);
  hr_tensor_clear(&minus_one);
  testing_graph_expect(&t, "datasets.padded_batches");
}

static void above(void *limit, hr_scope s, hr_outputs x, hr_results *results) {
  hr_return(results, hr_binary(s, "Greater", x.items[0], *(hr_output *)limit));
}
static void even(void *unused, hr_scope s, hr_outputs x, hr_results *results) {
  (void)unused;
  hr_return(results, hr_binary(s, "Equal", hr_modulo(s, x.items[0], 2), 0));
}

static void filters(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output limit = hr_constant(s, 3, .dtype = HR_INT64, .name = "limit"), d = numbers_to(s, 0, 10);
  d = hr_dataset_filter(s, d, hr_dataset_function(s, d, LAMBDA("filter"), above, &limit));
  next_of(s, hr_dataset_filter(s, d, hr_dataset_function(s, d, LAMBDA("filter"), even, NULL)));
  testing_graph_expect(&t, "datasets.filters");
}

static void plus_outer(void *outer, hr_scope s, hr_outputs y, hr_results *results) {
  hr_return(results, hr_plus(s, y.items[0], *(hr_output *)outer));
}
static void repeated_sums(void *unused, hr_scope s, hr_outputs x, hr_results *results) {
  (void)unused;
  hr_output n = x.items[0];
  hr_output d = hr_dataset_repeat(s, hr_dataset_from_tensors(s, HR_LIST(n)), HR_OPERAND(n));
  hr_return(results, mapped(s, d, LAMBDA("map"), plus_outer, &n));
}
static void plus_ten_outer(void *outer, hr_scope s, hr_outputs y, hr_results *results) {
  hr_return(results, hr_plus(s, hr_times(s, 10, *(hr_output *)outer), y.items[0]));
}
static void numbers_below(void *unused, hr_scope s, hr_outputs x, hr_results *results) {
  (void)unused;
  hr_output n = x.items[0];
  hr_return(results, mapped(s, hr_dataset_range(s, 0, n, 1), LAMBDA("map"), plus_ten_outer, &n));
}

static void flat_maps(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output d = numbers_to(s, 1, 4);
  next_of(s, hr_dataset_flat_map(s, d, hr_dataset_function(s, d, LAMBDA("flat_map"), repeated_sums, NULL)));
  testing_graph_expect(&t, "datasets.flat_maps");
}

static void interleaves(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output d = numbers_to(s, 1, 6);
  const hr_defined *f = hr_dataset_function(s, d, "Dataset_interleave_numbers", numbers_below, NULL);
  next_of(s, hr_dataset_interleave(s, d, f, 2, 2));
  f = hr_dataset_function(s, d, "Dataset_interleave_numbers", numbers_below, NULL);
  next_of(s, hr_dataset_interleave(s, d, f, 3, 1, .num_parallel_calls = HR_OPERAND(2)));
  testing_graph_expect(&t, "datasets.interleaves");
}

static void with_ten_times(void *unused, hr_scope s, hr_outputs x, hr_results *results) {
  (void)unused;
  hr_return(results, x.items[0]);
  hr_return(results, hr_times(s, x.items[0], 10));
}
static void batched_pair(void *unused, hr_scope s, hr_outputs x, hr_results *results) {
  (void)unused;
  for (int i = 0; i < 2; ++i)
    hr_dataset_describe(s, x.items[i], HR_TYPES(HR_INT64), HR_SHAPES(HR_SHAPE()));
  hr_output a = hr_dataset_batch(s, x.items[0], HR_OPERAND(3), HR_NO_OPERAND);
  hr_return(results, hr_dataset_zip(s, HR_LIST(a, hr_dataset_batch(s, x.items[1], HR_OPERAND(3), HR_NO_OPERAND))));
}

static void windows(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output d = mapped(s, numbers_to(s, 0, 7), LAMBDA("map"), with_ten_times, NULL);
  d = hr_dataset_window(s, d, HR_OPERAND(3), HR_OPERAND(2), HR_OPERAND(2), hr_operand_bool(false));
  next_of(s, hr_dataset_flat_map(s, d, hr_dataset_function(s, d, LAMBDA("flat_map"), batched_pair, NULL)));
  testing_graph_expect(&t, "datasets.windows");
}

static void unbatched(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_tensor rows;
  assert_null(hr_tensor_from(HR_INT64, 2, (int64_t[]){3, 2}, (int64_t[]){0, 1, 2, 3, 4, 5}, &rows));
  hr_outputs components = hr_dataset_components(s, HR_OPERANDS(&rows, HR_OPERANDS("a", "b", "c")));
  next_of(s, hr_dataset_unbatch(s, repeated(s, hr_dataset_from_tensors(s, components), 2)));
  hr_tensor_clear(&rows);
  testing_graph_expect(&t, "datasets.unbatched");
}

static void caches(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output d = hr_dataset_shuffle(s, numbers_to(s, 0, 6), 3, .seed = HR_OPERAND(4));
  next_of(s, repeated(s, hr_dataset_cache(s, d, HR_OPERAND("")), 2));
  testing_graph_expect(&t, "datasets.caches");
}

/* ---- options and iterators --------------------------------------------------------------------------------------- */

static void options(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output d = repeated(s, hr_dataset_shuffle(s, numbers_to(s, 0, 10), 5, .seed = HR_OPERAND(3)), 2);
  hr_iterator_ends it = hr_make_one_shot_iterator(s, d, .no_optimizations = true, .no_autotune = true);
  hr_next_element(s, it.handle, hr_dataset_types(s, d), hr_dataset_shapes(s, d));
  testing_graph_expect(&t, "datasets.without_optimizations");
}

static void ends(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  next_of(t.root, numbers_to(t.root, 0, 2));
  testing_graph_expect(&t, "datasets.ends");
}

/* An iterator that is initialized, and variables beside it. */
static void expect_initializable(testing_graph *t, hr_output d, bool initializer_first, const char *recorded_case) {
  hr_scope s = t->root;
  hr_iterator_ends it = hr_make_initializable_iterator(s, d, "");
  bool variables = hr_collection_count(t->graph, HR_GLOBAL_VARIABLES) > 0;
  if (variables && initializer_first) hr_global_variables_initializer(s);
  hr_next_element(s, it.handle, hr_dataset_types(s, d), hr_dataset_shapes(s, d));
  if (variables && !initializer_first) hr_global_variables_initializer(s);
  testing_graph_expect(t, recorded_case);
}

static void plus_variable(void *variable, hr_scope s, hr_outputs x, hr_results *results) {
  hr_return(results, hr_plus(s, x.items[0], (hr_var *)variable));
}
static void times_reference(void *variable, hr_scope s, hr_outputs x, hr_results *results) {
  hr_return(results, hr_times(s, hr_tf_cast(s, x.items[0], HR_FLOAT), (hr_var *)variable));
}
static void drawn(void *unused, hr_scope s, hr_outputs x, hr_results *results) {
  (void)unused, (void)x;
  hr_return(results, hr_tf_random_uniform(s, HR_SHAPE(), .minval = HR_OPERAND(0), .maxval = HR_OPERAND(1000),
                                          .dtype = HR_INT64, .seed = 5));
}
static void counting(void *variable, hr_scope s, hr_outputs x, hr_results *results) {
  hr_var *v = variable;
  hr_var_after(s, v, hr_update_resource(s, "AssignAddVariableOp", v, HR_NO_OPERANDS, x.items[0]));
  hr_var_after(s, v, hr_update_resource(s, "AssignAddVariableOp", v, HR_NO_OPERANDS, 1));
  hr_return(results, x.items[0]);
}

static hr_var *number(hr_scope s, int value) {
  hr_output start = hr_constant(s, value, .dtype = HR_INT64);
  return hr_get_variable(s, "v", .value = HR_OPERAND(start), .use_resource = HR_RESOURCE_TRUE);
}

static void initializable(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output limit = hr_placeholder(s, HR_INT64, .shape = HR_SHAPE(), .name = "limit");
  hr_var *v = number(s, 5);
  hr_output d = mapped(s, hr_dataset_range(s, 0, limit, 1), LAMBDA("map"), plus_variable, v);
  hr_iterator_ends it = hr_make_initializable_iterator(s, d, "shared");
  hr_next_element(s, it.handle, hr_dataset_types(s, d), hr_dataset_shapes(s, d), .name = "following");
  hr_global_variables_initializer(s);
  testing_graph_expect(&t, "datasets.initializable");
}

static void begun_again(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_output d = mapped(t.root, numbers_to(t.root, 0, 4), LAMBDA("map"), drawn, NULL);
  expect_initializable(&t, repeated(t.root, d, 2), false, "datasets.random_maps_begin_again");
}

static void captured_reference(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_var *v = hr_tf_variable(t.root, 3.0, .name = "v");
  hr_output d = mapped(t.root, numbers_to(t.root, 0, 3), LAMBDA("map"), times_reference, v);
  assert_true(hr_dataset_captures_reference(t.root, d));
  expect_initializable(&t, d, true, "datasets.captured_reference");
}

static void control(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_var *v = number(t.root, 0);
  hr_output d = mapped(t.root, numbers_to(t.root, 1, 4), "Dataset_map_count", counting, v);
  expect_initializable(&t, d, false, "datasets.control");
}

static void with_ones(void *unused, hr_scope s, hr_outputs x, hr_results *results) {
  (void)unused;
  hr_return(results, x.items[0]);
  hr_return(results, hr_tf_fill(s, HR_SHAPE(2), 1.0));
}
static void with_twos(void *unused, hr_scope s, hr_outputs x, hr_results *results) {
  (void)unused;
  hr_return(results, x.items[0]);
  hr_return(results, hr_tf_fill(s, HR_SHAPE(3), 2.0));
}

static void reinitializable(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output first = mapped(s, numbers_to(s, 0, 3), LAMBDA("map"), with_ones, NULL);
  hr_output second = mapped(s, numbers_to(s, 5, 7), LAMBDA("map"), with_twos, NULL);
  const hr_types types = HR_TYPES(HR_INT64, HR_FLOAT);
  const hr_shapes shapes = HR_SHAPES(HR_SHAPE(), HR_SHAPE(-1));
  hr_iterator_ends it = hr_iterator_of_structure(s, types, shapes, "");
  hr_make_initializer(s, it.handle, first), hr_make_initializer(s, it.handle, second, .name = "begin_second");
  hr_next_element(s, it.handle, types, shapes);
  testing_graph_expect(&t, "datasets.reinitializable");
}

static void feedable(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output first = numbers_to(s, 0, 3), second = numbers_to(s, 10, 13);
  hr_iterator_ends it = hr_make_one_shot_iterator(s, first);
  hr_make_one_shot_iterator(s, second);
  hr_output handle = hr_placeholder(s, HR_STRING, .shape = HR_SHAPE(), .name = "handle");
  const hr_types types = HR_TYPES(HR_INT64);
  const hr_shapes shapes = HR_SHAPES(HR_SHAPE());
  hr_iterator_ends fed = hr_iterator_of_string_handle(s, HR_OPERAND(handle), types, shapes);
  hr_next_element(s, fed.handle, types, shapes), hr_iterator_to_string_handle(s, it.handle, .name = "named");
  testing_graph_expect(&t, "datasets.feedable");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(tensors),
                                     cmocka_unit_test(slices),
                                     cmocka_unit_test(ranges),
                                     cmocka_unit_test(maps),
                                     cmocka_unit_test(batches),
                                     cmocka_unit_test(shuffles),
                                     cmocka_unit_test(shuffles_with_graph_seed),
                                     cmocka_unit_test(padded_batches),
                                     cmocka_unit_test(filters),
                                     cmocka_unit_test(flat_maps),
                                     cmocka_unit_test(interleaves),
                                     cmocka_unit_test(windows),
                                     cmocka_unit_test(unbatched),
                                     cmocka_unit_test(caches),
                                     cmocka_unit_test(options),
                                     cmocka_unit_test(ends),
                                     cmocka_unit_test(initializable),
                                     cmocka_unit_test(begun_again),
                                     cmocka_unit_test(captured_reference),
                                     cmocka_unit_test(control),
                                     cmocka_unit_test(reinitializable),
                                     cmocka_unit_test(feedable)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
