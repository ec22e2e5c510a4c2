/* Datasets built in C: the graphs of programs/datasets.py, elements in order whatever runs beside, iterators that are
 * saved, cancelled and closed while they work. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "headrace/headrace.h"
#include "kernels_cpu/data/iterator_state.h"

static hr_output add_and_scale_captured; /* what a body reads of the graph around */

/* ---- graphs ------------------------------------------------------------------------------------------------------ */

static void parts(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output numbers = hr_dataset_range(s, 0, 20, 1);
  hr_output part = hr_dataset_skip(s, numbers, HR_OPERAND(3));
  part = hr_dataset_shard(s, hr_dataset_take(s, part, HR_OPERAND(12)), HR_OPERAND(3), HR_OPERAND(1));
  hr_output again = hr_dataset_repeat(s, numbers, HR_OPERAND(2));
  hr_output five = hr_dataset_range(s, 0, 5, 1), from_seven = hr_dataset_range(s, 7, INT64_MAX, 1);
  hr_output counted = hr_dataset_zip(s, HR_LIST(from_seven, five));
  hr_output zipped = hr_dataset_zip(s, HR_LIST(part, again, counted));
  hr_iterator_ends it = hr_make_one_shot_iterator(s, zipped);
  hr_next_element(s, it.handle, hr_dataset_types(s, zipped), hr_dataset_shapes(s, zipped));
  testing_graph_expect(&t, "datasets.parts");
}

static void rows_of_a_database(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  static const hr_dtype types[] = {HR_STRING, HR_INT32};
  hr_output rows =
      hr_dataset_sql(s, HR_OPERAND("sqlite"), HR_OPERAND("rows.db"), HR_OPERAND("select a, b"), (hr_types){2, types});
  hr_output batches = hr_dataset_batch(s, rows, HR_OPERAND(2), HR_NO_OPERAND);
  hr_iterator_ends it = hr_make_initializable_iterator(s, batches, "");
  hr_next_element(s, it.handle, hr_dataset_types(s, batches), hr_dataset_shapes(s, batches));
  testing_graph_expect(&t, "databases.sql_dataset");
}

static void pairs_of_a_database(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_operand names = hr_operand_list(HR_OPERANDS("a.mdb", "b"));
  hr_output batches = hr_dataset_batch(s, hr_dataset_lmdb(s, names), HR_OPERAND(2), HR_NO_OPERAND);
  hr_iterator_ends it = hr_make_initializable_iterator(s, batches, "");
  hr_next_element(s, it.handle, hr_dataset_types(s, batches), hr_dataset_shapes(s, batches));
  testing_graph_expect(&t, "databases.lmdb_batches");
}

static void square(void *unused, hr_scope s, hr_outputs x, hr_results *results) {
  (void)unused;
  hr_return(results, hr_times(s, x.items[0], x.items[0]));
}

static hr_output squares(hr_scope s, int64_t count, int64_t calls) {
  hr_output numbers = hr_dataset_range(s, 0, count, 1);
  const hr_defined *f = hr_dataset_function(s, numbers, "Dataset_map_<lambda>", square, NULL);
  return calls ? hr_dataset_map(s, numbers, f, .num_parallel_calls = HR_OPERAND(calls)) : hr_dataset_map(s, numbers, f);
}

static void parallel_map_in_a_graph(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output dataset = hr_dataset_prefetch(s, squares(s, 20, 3), HR_OPERAND(4), 0);
  hr_iterator_ends it = hr_make_one_shot_iterator(s, dataset);
  hr_next_element(s, it.handle, hr_dataset_types(s, dataset), hr_dataset_shapes(s, dataset));
  testing_graph_expect(&t, "datasets.maps_in_parallel");
}

static void text_and_twice(void *unused, hr_scope s, hr_outputs x, hr_results *results) {
  (void)unused;
  hr_output twice = hr_times(s, x.items[0], 2);
  hr_return(results, hr_as_string(s, x.items[0]));
  hr_return(results, twice);
}

/* A pipeline whose elements come to another device, as TensorFlow's iterators take them: without optimizations. */
static void on_another_device(const char *target, const char *source, bool one_shot, const char *recorded) {
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  const hr_dataset_options plain = {.no_optimizations = true, .no_autotune = true};
  hr_output numbers = hr_dataset_range(s, 0, 4, 1);
  const hr_defined *f = hr_dataset_function(s, numbers, "Dataset_map_<lambda>", text_and_twice, NULL);
  hr_output dataset = hr_dataset_copy_to_device(s, hr_dataset_map(s, numbers, f), target, source);
  hr_iterator_ends it = one_shot ? hr_make_one_shot_iterator_with(s, dataset, &plain)
                                 : hr_make_initializable_iterator_with(s, dataset, "", &plain);
  hr_next_element(s, it.handle, hr_dataset_types(s, dataset), hr_dataset_shapes(s, dataset));
  testing_graph_expect(&t, recorded);
}

static void copied_to_a_device(void **state) {
  (void)state;
  on_another_device("/cpu:0", "/cpu:0", false, "datasets_on_devices.copied");
  on_another_device("/device:CPU:0", "/job:localhost/cpu:0", true, "datasets_on_devices.of_one_shot");
}

/* A branch: the element times a number, plus one. */
typedef struct linear {
  hr_output x;
  int times, plus;
} linear;
static void on_line(void *argument, hr_scope s, hr_results *results) {
  const linear *l = argument;
  hr_output y = l->times != 1 ? hr_times(s, l->x, l->times) : l->x;
  if (l->plus < 0)
    y = hr_minus(s, y, -l->plus);
  else if (l->plus > 0)
    y = hr_plus(s, y, l->plus);
  hr_return(results, y);
}

/* Conditionals in one another, as functions. */
static void decide(void *unused, hr_scope s, hr_outputs elements, hr_results *results) {
  (void)unused;
  hr_output x = elements.items[0];
  linear l[] = {{x, 100, 0}, {x, 10, 0}, {x, 1, -1}, {x, 1, 0}, {x, 1, 1}, {x, 1, 5}, {x, 1, 6}};
#define LINE(i) HR_BRANCH(on_line, &l[i])
  hr_case first[] = {{.branch = LINE(0)}, {.branch = LINE(1)}}, one[] = {{.branch = LINE(3)}};
  hr_case last[] = {{.branch = LINE(5)}, {.branch = LINE(6)}};
  first[0].predicate = hr_binary(s, "Greater", x, 2);
  first[1].predicate = hr_binary(s, "Greater", x, 0);
  hr_return(results, hr_only(hr_case_of(s, 2, first, .otherwise = LINE(2))));
  one[0].predicate = hr_binary(s, "Greater", x, 1);
  hr_return(results, hr_only(hr_case_of(s, 1, one, .otherwise = LINE(4), .name = "one")));
  last[0].predicate = hr_binary(s, "Greater", x, 1);
  last[1].predicate = hr_binary(s, "LessEqual", x, 1);
  hr_return(results, hr_only(hr_case_of(s, 2, last, .name = "checked")));
#undef LINE
}

static void decide_by_one(void *unused, hr_scope s, hr_outputs elements, hr_results *results) {
  (void)unused;
  hr_output x = elements.items[0];
  linear l[] = {{x, 1, 3}, {x, 1, 4}, {x, 1, 0}};
  hr_case cases[] = {{.branch = HR_BRANCH(on_line, &l[0])}, {.branch = HR_BRANCH(on_line, &l[1])}};
  cases[0].predicate = hr_binary(s, "Greater", x, 2);
  cases[1].predicate = hr_binary(s, "Less", x, 1);
  hr_outputs chosen = hr_case_of(s, 2, cases, .otherwise = HR_BRANCH(on_line, &l[2]), .exclusive = true);
  hr_return(results, hr_only(chosen));
}

static void expect_cases(hr_loop_function function, const char *recorded_case) {
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output numbers = hr_dataset_range(s, 0, 4, 1);
  const hr_defined *f = hr_dataset_function(s, numbers, "Dataset_map_function", function, NULL);
  hr_output dataset = hr_dataset_map(s, numbers, f);
  hr_iterator_ends it = hr_make_initializable_iterator(s, dataset, "");
  hr_next_element(s, it.handle, hr_dataset_types(s, dataset), hr_dataset_shapes(s, dataset));
  testing_graph_expect(&t, recorded_case);
}

static void cases_in_functions(void **state) {
  (void)state;
  expect_cases(decide, "conditions_in_functions.cases");
  expect_cases(decide_by_one, "conditions_in_functions.exclusive_cases");
}

static void add_and_scale(void *unused, hr_scope s, hr_outputs x, hr_results *results) {
  (void)unused;
  hr_return(results, hr_plus(s, x.items[0], add_and_scale_captured));
}

/* ---- running ----------------------------------------------------------------------------------------------------- */

typedef struct pipeline {
  hr_graph *graph;
  hr_builder *builder;
  hr_session *session;
  hr_iterator_ends ends;
  hr_output next;
} pipeline;

static hr_scope begin(pipeline *p) {
  p->graph = hr_graph_new();
  p->builder = hr_builder_new(p->graph);
  return hr_builder_root(p->builder);
}

/* An initializable iterator, begun. */
static void run_over(pipeline *p, hr_output dataset, int threads) {
  hr_scope s = hr_builder_root(p->builder);
  p->ends = hr_make_initializable_iterator(s, dataset, "");
  p->next = hr_next_element(s, p->ends.handle, hr_dataset_types(s, dataset), hr_dataset_shapes(s, dataset)).items[0];
  assert_null(hr_builder_status(p->builder));
  hr_session_options options = {.intra_op_threads = threads, .use_per_session_threads = true};
  assert_null(hr_session_new(p->graph, &options, &p->session));
  assert_null(hr_session_run(p->session, 0, NULL, 0, NULL, NULL, 1, &p->ends.initializer));
}

static void finish(pipeline *p) {
  hr_session_free(p->session);
  hr_builder_free(p->builder);
  hr_graph_unref(p->graph);
}

static hr_code get(pipeline *p, int64_t *value) {
  hr_tensor out = {0};
  hr_status status = hr_session_run(p->session, 0, NULL, 1, &p->next, &out, 0, NULL);
  hr_code code = hr_status_code(status);
  hr_status_free(status);
  if (code == HR_OK) *value = *(const int64_t *)hr_tensor_data(&out);
  hr_tensor_clear(&out);
  return code;
}

/* Parallel maps in parallel maps, behind prefetches: in order, and to the end. */
static void in_order(void **state) {
  (void)state;
  for (int threads = 1; threads <= 4; ++threads) {
    pipeline p;
    hr_scope s = begin(&p);
    hr_output dataset = hr_dataset_prefetch(s, squares(s, 500, 4), HR_OPERAND(-1), 0);
    add_and_scale_captured = hr_constant(s, 7, .dtype = HR_INT64);
    const hr_defined *add = hr_dataset_function(s, dataset, "add", add_and_scale, NULL);
    dataset = hr_dataset_map(s, dataset, add, .num_parallel_calls = HR_OPERAND(3));
    dataset = hr_dataset_prefetch(s, hr_dataset_repeat(s, dataset, HR_OPERAND(2)), HR_OPERAND(2), 0);
    run_over(&p, dataset, threads);
    int64_t value;
    for (int64_t i = 0; i < 1000; ++i) {
      assert_int_equal(get(&p, &value), HR_OK);
      assert_int_equal(value, i % 500 * (i % 500) + 7);
    }
    assert_int_equal(get(&p, &value), HR_OUT_OF_RANGE);
    assert_int_equal(get(&p, &value), HR_OUT_OF_RANGE);
    finish(&p);
  }
}

/* Begun again and closed in the middle. */
static void stopped_anywhere(void **state) {
  (void)state;
  for (int round = 0; round < 20; ++round) {
    pipeline p;
    hr_scope s = begin(&p);
    hr_output dataset = hr_dataset_repeat(s, squares(s, 40, 4), HR_OPERAND(-1));
    dataset = hr_dataset_prefetch(s, hr_dataset_shuffle(s, dataset, 5, .seed = HR_OPERAND(3)), HR_OPERAND(3), 0);
    run_over(&p, dataset, 3);
    int64_t value, first = -1;
    for (int i = 0; i < round; ++i)
      assert_int_equal(get(&p, &value), HR_OK);
    assert_null(hr_session_run(p.session, 0, NULL, 0, NULL, NULL, 1, &p.ends.initializer));
    assert_int_equal(get(&p, &first), HR_OK);
    assert_null(hr_session_run(p.session, 0, NULL, 0, NULL, NULL, 1, &p.ends.initializer));
    assert_int_equal(get(&p, &value), HR_OK);
    assert_int_equal(value, first);
    finish(&p);
  }
}

/* States that are damaged are refused, or something is read from them: one byte after another is another one, or the
 * last. */
static hr_output dataset_number(hr_scope s, int number) {
  hr_output numbers = hr_dataset_range(s, 0, 12, 1);
  switch (number) {
  case 0:
    return hr_dataset_prefetch(s, hr_dataset_shuffle(s, squares(s, 12, 2), 4, .seed = HR_OPERAND(5)), HR_OPERAND(3), 0);
  case 1: return hr_dataset_repeat(s, hr_dataset_cache(s, numbers, hr_operand_string("")), HR_OPERAND(2));
  case 2: return hr_dataset_unbatch(s, hr_dataset_batch(s, numbers, HR_OPERAND(5), HR_NO_OPERAND));
  case 3:
    return hr_dataset_concatenate(s, hr_dataset_unique(s, numbers), hr_dataset_repeat(s, numbers, HR_OPERAND(-1)));
  default: return hr_dataset_shuffle(s, hr_dataset_repeat(s, numbers, HR_OPERAND(3)), 7, .seed = HR_OPERAND(2));
  }
}

static void damaged_states(void **state) {
  (void)state;
  for (int number = 0; number < 5; ++number) {
    pipeline p;
    hr_scope s = begin(&p);
    run_over(&p, dataset_number(s, number), 2);
    hr_output serialized = hr_serialize_iterator(s, p.ends.handle), given = hr_placeholder(s, HR_VARIANT);
    hr_node *restore = hr_deserialize_iterator(s, p.ends.handle, given);
    assert_null(hr_builder_status(p.builder));
    int64_t value;
    for (int i = 0; i < 4; ++i)
      assert_int_equal(get(&p, &value), HR_OK);
    hr_tensor saved;
    hr_view bytes;
    assert_null(hr_session_run(p.session, 0, NULL, 1, &serialized, &saved, 0, NULL));
    assert_null(hr_iterator_state_bytes(&saved, &bytes));
    char *other = malloc(bytes.length);
    int refused = 0;
    for (size_t i = 0; i < 8 * bytes.length; ++i) {
      size_t at = i / 8, length = i % 8 == 7 ? at : bytes.length;
      static const char changes[] = {1, 2, 0x10, 0x40, (char)0x80, (char)0xff, 0x7f, 0};
      memcpy(other, bytes.data, bytes.length);
      other[at] ^= changes[i % 8];
      hr_tensor damaged;
      assert_null(hr_iterator_state_new((hr_view){other, length}, &damaged));
      hr_status status = hr_session_run(p.session, 1, &(hr_feed){given, &damaged}, 0, NULL, NULL, 1, &restore);
      refused += status != NULL;
      hr_status_free(status);
      for (int j = 0; j < 6; ++j)
        (void)get(&p, &value);
      hr_tensor_clear(&damaged);
    }
    assert_true(refused > 0);
    free(other);
    hr_tensor_clear(&saved);
    finish(&p);
  }
}

/* An iterator goes on where another one was saved. */
static void saved(void **state) {
  (void)state;
  for (int64_t taken = 0; taken < 90; taken += 7) {
    pipeline p;
    hr_scope s = begin(&p);
    hr_output dataset = hr_dataset_shuffle(s, squares(s, 30, 2), 8, .seed = HR_OPERAND(5));
    dataset = hr_dataset_prefetch(s, hr_dataset_repeat(s, dataset, HR_OPERAND(3)), HR_OPERAND(2), 0);
    run_over(&p, dataset, 2);
    hr_output serialized = hr_serialize_iterator(s, p.ends.handle);
    hr_iterator_ends other = hr_make_initializable_iterator(s, dataset, "");
    hr_node *restore = hr_deserialize_iterator(s, other.handle, serialized);
    hr_output next =
        hr_next_element(s, other.handle, hr_dataset_types(s, dataset), hr_dataset_shapes(s, dataset)).items[0];
    assert_null(hr_builder_status(p.builder));
    int64_t value, expected;
    for (int64_t i = 0; i < taken; ++i)
      assert_int_equal(get(&p, &value), HR_OK);
    assert_null(hr_session_run(p.session, 0, NULL, 0, NULL, NULL, 1, &other.initializer));
    assert_null(hr_session_run(p.session, 0, NULL, 0, NULL, NULL, 1, &restore));
    pipeline second = p;
    second.next = next;
    for (int64_t i = taken; i < 90; ++i) {
      assert_int_equal(get(&p, &expected), HR_OK);
      assert_int_equal(get(&second, &value), HR_OK);
      assert_int_equal(value, expected);
    }
    assert_int_equal(get(&second, &value), HR_OUT_OF_RANGE);
    finish(&p);
  }
}

static void before_it_begins(void **state) {
  (void)state;
  pipeline p;
  hr_scope s = begin(&p);
  hr_output dataset = hr_dataset_range(s, 0, 3, 1);
  p.ends = hr_make_initializable_iterator(s, dataset, "");
  p.next = hr_next_element(s, p.ends.handle, hr_dataset_types(s, dataset), hr_dataset_shapes(s, dataset)).items[0];
  assert_null(hr_session_new(p.graph, NULL, &p.session));
  int64_t value;
  assert_int_equal(get(&p, &value), HR_FAILED_PRECONDITION);
  finish(&p);
}

/* What is no dataset, and functions that do not return what they should. */
static void refused(void **state) {
  (void)state;
  hr_graph *graph = hr_graph_new();
  for (int i = 0; i < 3; ++i) {
    hr_builder *builder = hr_builder_new(graph);
    hr_scope s = hr_builder_root(builder);
    hr_output numbers = hr_dataset_range(s, 0, 3, 1), made = HR_NO_OUTPUT;
    const hr_defined *f = hr_dataset_function(s, numbers, "square", square, NULL);
    if (i == 0) made = hr_dataset_filter(s, numbers, f);
    if (i == 1) made = hr_dataset_flat_map(s, numbers, f);
    if (i == 2) made = hr_dataset_batch(s, hr_constant(s, 1), HR_OPERAND(2), HR_OPERAND(false));
    assert_null(made.node);
    hr_status status = hr_builder_status(builder);
    assert_int_equal(hr_status_code(status), HR_INVALID_ARGUMENT);
    hr_status_free(status);
    hr_builder_free(builder);
  }
  hr_graph_unref(graph);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(parts),
      cmocka_unit_test(rows_of_a_database),
      cmocka_unit_test(pairs_of_a_database),
      cmocka_unit_test(cases_in_functions),
      cmocka_unit_test(parallel_map_in_a_graph),
      cmocka_unit_test(copied_to_a_device),
      cmocka_unit_test(in_order),
      cmocka_unit_test(stopped_anywhere),
      cmocka_unit_test(saved),
      cmocka_unit_test(damaged_states),
      cmocka_unit_test(before_it_begins),
      cmocka_unit_test(refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
