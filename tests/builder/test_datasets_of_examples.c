/* Datasets of tables and of examples built in C: the graphs of programs/datasets_of_examples.py, what comes of rows
 * that are wrong, and iterators that are saved in the middle of a file or damaged. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "headrace/headrace.h"
#include "kernels_cpu/data/iterator_state.h"

/* ---- graphs ------------------------------------------------------------------------------------------------------ */

static void a_table(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  static const float half = 0.5F;
  hr_tensor fraction, required;
  assert_null(hr_tensor_from(HR_FLOAT, 1, (int64_t[]){1}, &half, &fraction));
  assert_null(hr_tensor_new(hr_cpu_allocator(), HR_INT64, &(hr_shape){1, {0}}, &required));
  hr_operand defaults[] = {hr_operand_tensor(&fraction), hr_operand_tensor(&required), hr_operand_string("none")};
  hr_output table =
      hr_dataset_csv(s, "a.part", ((hr_operands){3, defaults, NULL}), .header = hr_operand_bool(true),
                     .field_delim = hr_operand_string(";"), .select_cols = hr_operand_ints(HR_INTS(0, 2, 3)));
  hr_iterator_ends it = hr_make_one_shot_iterator(s, table);
  hr_next_element(s, it.handle, hr_dataset_types(s, table), hr_dataset_shapes(s, table));
  hr_tensor_clear(&fraction);
  hr_tensor_clear(&required);
  testing_graph_expect(&t, "datasets_of_examples.csv_graph");
}

/* The rest of a division by three. */
static void key(void *unused, hr_scope s, hr_outputs x, hr_results *results) {
  (void)unused;
  hr_return(results, hr_floor_mod(s, x.items[0], hr_constant(s, 3, .dtype = HR_INT64)));
}

/* ---- running ----------------------------------------------------------------------------------------------------- */

typedef struct pipeline {
  hr_graph *graph;
  hr_builder *builder;
  hr_session *session;
  hr_iterator_ends ends;
  hr_outputs next;
} pipeline;

static hr_scope begin(pipeline *p) {
  p->graph = hr_graph_new();
  p->builder = hr_builder_new(p->graph);
  return hr_builder_root(p->builder);
}

static void run_over(pipeline *p, hr_output dataset) {
  hr_scope s = hr_builder_root(p->builder);
  p->ends = hr_make_initializable_iterator(s, dataset, "");
  p->next = hr_next_element(s, p->ends.handle, hr_dataset_types(s, dataset), hr_dataset_shapes(s, dataset));
  assert_null(hr_builder_status(p->builder));
  assert_null(hr_session_new(p->graph, NULL, &p->session));
  assert_null(hr_session_run(p->session, 0, NULL, 0, NULL, NULL, 1, &p->ends.initializer));
}

static void finish(pipeline *p) {
  hr_session_free(p->session);
  hr_builder_free(p->builder);
  hr_graph_unref(p->graph);
}

/* The first component, an int64. */
static hr_code get(pipeline *p, int64_t *value) {
  hr_tensor out = {0};
  hr_status status = hr_session_run(p->session, 0, NULL, 1, p->next.items, &out, 0, NULL);
  hr_code code = hr_status_code(status);
  hr_status_free(status);
  if (code == HR_OK) *value = *(const int64_t *)hr_tensor_data(&out);
  hr_tensor_clear(&out);
  return code;
}

static void write_file(char *path, const char *text) {
  int fd = mkstemp(path);
  assert_true(fd >= 0);
  assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
  close(fd);
}

static hr_output numbers_of(hr_scope s, const char *path) {
  hr_operand defaults[] = {hr_operand_output(hr_constant(s, -1, .dtype = HR_INT64)), hr_operand_string("")};
  return hr_dataset_csv(s, path, ((hr_operands){2, defaults, NULL}), .buffer_size = HR_OPERAND(3));
}

/* Each row that is wrong is an error of its own; the next one is read all the same. */
static void wrong_rows(void **state) {
  (void)state;
  char path[] = "/tmp/headrace-csv-XXXXXX";
  write_file(path, "1,a\n2\n3,b,c\n4,\"d\"e\n5,f\"\nx,g\n,\"h\ni\"\r\n7,");
  static const int64_t expected[] = {1, 0, 0, 0, 0, 0, -1, 7};
  pipeline p;
  run_over(&p, numbers_of(begin(&p), path));
  for (size_t i = 0; i < sizeof expected / sizeof *expected; ++i) {
    int64_t value = 0;
    assert_int_equal(get(&p, &value), expected[i] ? HR_OK : HR_INVALID_ARGUMENT);
    assert_int_equal(value, expected[i]);
  }
  int64_t value;
  assert_int_equal(get(&p, &value), HR_OUT_OF_RANGE);
  finish(&p);
  unlink(path);
}

/* ---- states ------------------------------------------------------------------------------------------------------ */

static void first(void *unused, hr_scope s, hr_outputs x, hr_results *results) {
  (void)unused;
  hr_return(results, x.items[0]);
  hr_return(results, hr_constant(s, 0, .dtype = HR_INT64));
}

static void add(void *unused, hr_scope s, hr_outputs x, hr_results *results) {
  (void)unused;
  hr_return(results, x.items[0]);
  hr_return(results, hr_plus(s, x.items[1], x.items[2]));
}

static void sum(void *unused, hr_scope s, hr_outputs x, hr_results *results) {
  (void)unused, (void)s;
  hr_return(results, x.items[1]);
  hr_return(results, x.items[0]);
}

static const hr_defined *traced(hr_scope s, int32_t count, hr_function_body body) {
  static const hr_dtype types[] = {HR_INT64, HR_INT64, HR_INT64};
  static const hr_partial_shape shapes[] = {{0}, {0}, {0}};
  const hr_defined *f =
      hr_trace_function(s, "function", (hr_types){count, types}, (hr_shapes){count, shapes}, body, NULL);
  assert_non_null(f);
  assert_null(hr_defined_add(hr_scope_graph(s), f));
  return f;
}

static hr_output sums(hr_scope s) {
  hr_output numbers = hr_dataset_range(s, 0, 12, 1);
  return hr_dataset_group_by_reducer(s, numbers, traced(s, 1, key), traced(s, 1, first), traced(s, 3, add),
                                     traced(s, 2, sum));
}

static void sums_by_key(void **state) {
  (void)state;
  static const int64_t expected[] = {0 + 3 + 6 + 9, 1 + 4 + 7 + 10, 2 + 5 + 8 + 11};
  pipeline p;
  run_over(&p, sums(begin(&p)));
  int64_t value;
  for (int i = 0; i < 3; ++i) {
    assert_int_equal(get(&p, &value), HR_OK);
    assert_int_equal(value, expected[i]);
  }
  assert_int_equal(get(&p, &value), HR_OUT_OF_RANGE);
  finish(&p);
}

static void goes_on(pipeline *p, int taken, int total) {
  hr_scope s = hr_builder_root(p->builder);
  hr_output serialized = hr_serialize_iterator(s, p->ends.handle);
  hr_node *restore = hr_deserialize_iterator(s, p->ends.handle, serialized);
  int64_t value, expected[8];
  for (int i = 0; i < taken; ++i)
    assert_int_equal(get(p, &value), HR_OK);
  hr_tensor saved;
  assert_null(hr_session_run(p->session, 0, NULL, 1, &serialized, &saved, 0, NULL));
  for (int i = taken; i < total; ++i)
    assert_int_equal(get(p, &expected[i]), HR_OK);
  assert_null(hr_session_run(p->session, 1, &(hr_feed){serialized, &saved}, 0, NULL, NULL, 1, &restore));
  for (int i = taken; i < total; ++i) {
    assert_int_equal(get(p, &value), HR_OK);
    assert_int_equal(value, expected[i]);
  }
  assert_int_equal(get(p, &value), HR_OUT_OF_RANGE);
  hr_tensor_clear(&saved);
  finish(p);
}

static void saved(void **state) {
  (void)state;
  char path[] = "/tmp/headrace-csv-XXXXXX";
  write_file(path, "1,a\n2,\"b\nc\"\r\n3,\n4,d");
  for (int taken = 0; taken <= 4; ++taken) {
    pipeline p;
    run_over(&p, numbers_of(begin(&p), path));
    goes_on(&p, taken, 4);
  }
  for (int taken = 0; taken <= 3; ++taken) {
    pipeline p;
    run_over(&p, sums(begin(&p)));
    goes_on(&p, taken, 3);
  }
  unlink(path);
}

/* Refused, or something is read from it. */
static void damaged(pipeline *p) {
  hr_scope s = hr_builder_root(p->builder);
  hr_output serialized = hr_serialize_iterator(s, p->ends.handle), given = hr_placeholder(s, HR_VARIANT);
  hr_node *restore = hr_deserialize_iterator(s, p->ends.handle, given);
  int64_t value;
  assert_int_equal(get(p, &value), HR_OK);
  hr_tensor whole;
  hr_view bytes;
  assert_null(hr_session_run(p->session, 0, NULL, 1, &serialized, &whole, 0, NULL));
  assert_null(hr_iterator_state_bytes(&whole, &bytes));
  char *other = malloc(bytes.length);
  int refused = 0;
  for (size_t i = 0; i < 8 * bytes.length; ++i) {
    size_t at = i / 8, length = i % 8 == 7 ? at : bytes.length;
    static const char changes[] = {1, 2, 0x10, 0x40, (char)0x80, (char)0xff, 0x7f, 0};
    memcpy(other, bytes.data, bytes.length);
    other[at] ^= changes[i % 8];
    hr_tensor changed;
    assert_null(hr_iterator_state_new((hr_view){other, length}, &changed));
    hr_status status = hr_session_run(p->session, 1, &(hr_feed){given, &changed}, 0, NULL, NULL, 1, &restore);
    refused += status != NULL;
    hr_status_free(status);
    for (int j = 0; j < 6; ++j)
      (void)get(p, &value);
    hr_tensor_clear(&changed);
  }
  assert_true(refused > 0);
  free(other);
  hr_tensor_clear(&whole);
  finish(p);
}

static void damaged_states(void **state) {
  (void)state;
  char path[] = "/tmp/headrace-csv-XXXXXX";
  write_file(path, "1,a\n2,b\n");
  pipeline p;
  run_over(&p, numbers_of(begin(&p), path));
  damaged(&p);
  run_over(&p, sums(begin(&p)));
  damaged(&p);
  unlink(path);
}

/* ---- examples ---------------------------------------------------------------------------------------------------- */

/* Records that a dataset writes are the examples that another one parses; bytes that are none are refused. */
static void written_and_parsed(void **state) {
  (void)state;
  static const char example[] = "\x0a\x0c\x0a\x0a\x0a\x01x\x12\x05\x1a\x03\x0a\x01\x07"; /* {x: [7]} */
  char path[] = "/tmp/headrace-records-XXXXXX";
  write_file(path, "");
  pipeline p;
  hr_scope s = begin(&p);
  hr_tensor text;
  assert_null(hr_tensor_string(example, sizeof example - 1, &text));
  hr_output one = hr_dataset_from_tensors(s, HR_LIST(hr_constant(s, &text)));
  hr_node *write = hr_dataset_write_records(s, hr_dataset_repeat(s, one, HR_OPERAND(3)), path,
                                            .compression_type = hr_operand_string("GZIP"));
  hr_output records = hr_dataset_records(s, path, .compression_type = hr_operand_string("GZIP"));
  hr_feature_spec features[] = {{.key = "x", .dtype = HR_INT64},
                                {.key = "w", .kind = HR_FEATURE_VAR_LEN, .dtype = HR_STRING}};
  hr_output parsed = hr_dataset_parse_examples(s, hr_dataset_batch(s, records, HR_OPERAND(2), HR_NO_OPERAND),
                                               HR_FEATURE_SPECS(features), .num_parallel_calls = HR_OPERAND(2));
  hr_output damaged = hr_dataset_parse_examples(
      s, hr_dataset_from_tensors(s, HR_LIST(hr_tf_expand_dims(s, hr_constant(s, "\x0a\xff"), 0))),
      HR_FEATURE_SPECS(features));
  assert_null(hr_builder_status(p.builder));
  assert_null(hr_session_new(p.graph, NULL, &p.session));
  assert_null(hr_session_run(p.session, 0, NULL, 0, NULL, NULL, 1, &write));
  hr_session_free(p.session);
  run_over(&p, parsed);
  hr_tensor x;
  int64_t rows[] = {2, 1};
  for (int i = 0; i < 2; ++i) {
    assert_int_equal(p.next.count, 2);
    assert_null(hr_session_run(p.session, 0, NULL, 1, &p.next.items[1], &x, 0, NULL));
    assert_int_equal(x.elements, rows[i]);
    assert_int_equal(((const int64_t *)hr_tensor_data(&x))[0], 7);
    hr_tensor_clear(&x);
  }
  hr_session_free(p.session);
  run_over(&p, damaged);
  hr_status status = hr_session_run(p.session, 0, NULL, 1, &p.next.items[1], &x, 0, NULL);
  assert_int_equal(hr_status_code(status), HR_INVALID_ARGUMENT);
  hr_status_free(status);
  hr_tensor_clear(&text);
  finish(&p);
  unlink(path);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_table), cmocka_unit_test(wrong_rows),     cmocka_unit_test(sums_by_key),
      cmocka_unit_test(saved),   cmocka_unit_test(damaged_states), cmocka_unit_test(written_and_parsed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
