/* Parsing and input pipelines: the graphs that TensorFlow 1.15 builds from programs/input_pipelines.py and parsing.py,
 * built in C; and a pipeline at work. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "headrace/headrace.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static hr_any_tensors batch_of_one(hr_scope s, hr_output x, int64_t size) {
  return hr_batch(s, HR_BATCH_OF(HR_LIST(x)), size);
}

/* ---- graphs ------------------------------------------------------------------------------------------------------ */

static void lines_of_csv(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_operand minus_one = hr_operand_list(HR_OPERANDS(-1.0)), whole = hr_operand_list(HR_OPERANDS(-1));
  hr_operands defaults = HR_OPERANDS(minus_one, minus_one, whole);
  hr_tf_decode_csv(s, "1. , 2. , 0", defaults);
  hr_tf_decode_csv(s, HR_OPERANDS("7. ,, 0", ",5,"), defaults);
  hr_operand none = hr_operand_list(HR_OPERANDS("none"));
  hr_output x = hr_convert(s, hr_operand_list(HR_OPERANDS("x")), HR_STRING, "Const");
  hr_output required = hr_convert(s, hr_operand_items(0, NULL), HR_INT64, "Const");
  hr_tf_decode_csv(s, HR_OPERANDS("a,\"b \"\"c\"\"\",3", ",NA,4"), HR_OPERANDS(none, x, required), .na_value = "NA",
                   .name = "typed");
  hr_tf_decode_csv(s, hr_operand_list(HR_OPERANDS("1;2;3")), HR_OPERANDS(hr_operand_list(HR_OPERANDS(0.5)), 7),
                   .field_delim = ";", .use_quote_delim = false, .select_cols = HR_INTS(0, 2));
  testing_graph_expect(&t, "parsing.lines");
}

static void database_reader(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  static const hr_dtype string = HR_STRING;
  hr_tensor_queue *queue =
      hr_fifo_queue(s, 10, ((hr_types){1, &string}), .shapes = HR_SHAPES(HR_SHAPE()), .name = "names");
  hr_output names = hr_tensor_queue_handle(queue);
  hr_output reader = hr_lmdb_reader(s);
  hr_reader_read(s, reader, hr_queue_for_reader(s, reader, names));
  hr_output other = hr_lmdb_reader(s, .name = "some");
  hr_output other_names = hr_queue_for_reader(s, other, names);
  hr_scope inner = hr_name_scope(s, "ReaderReadUpTo");
  hr_output count = hr_convert(inner, HR_OPERAND(70), HR_INT64, "num_records");
  hr_reader_read_up_to_outputs some =
      hr_reader_read_up_to(inner, other, other_names, count, .name = hr_scope_name(inner));
  hr_tf_reduce_join(s, some.keys, .axis = HR_OPERAND(0));
  hr_tf_reduce_join(s, some.values, .axis = HR_OPERAND(0));
  hr_enqueue(s, queue, HR_OPERANDS("data.mdb"));
  hr_enqueue(s, queue, HR_OPERANDS("."));
  hr_tensor_queue_close(s, queue);
  hr_reader_num_records_produced(s, reader);
  hr_reader_num_work_units_completed(s, reader);
  testing_graph_expect(&t, "databases.lmdb_reader");
}

static hr_output numbers(hr_scope s, int64_t limit) {
  hr_tensor_queue *queue = hr_range_input_producer(s, limit, .num_epochs = 1, .shuffle = false);
  hr_outputs one = hr_dequeue(s, queue);
  return one.count ? one.items[0] : HR_NO_OUTPUT;
}

static void initializers(hr_scope s) {
  hr_global_variables_initializer(s);
  hr_local_variables_initializer(s);
}

static void padded(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = numbers(s, 6);
  hr_output rows = hr_tf_fill(s, HR_OPERANDS(x), x);
  hr_batch(s, HR_BATCH_OF(HR_LIST(rows)), 2, .dynamic_pad = true, .shapes = HR_SHAPES(HR_SHAPE(-1)));
  initializers(s);
  testing_graph_expect(&t, "input_pipelines.padded_values");
}

static void some_are_kept(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = numbers(s, 10), odd = hr_binary(s, "Equal", hr_binary(s, "FloorMod", x, 2, .name = "mod"), 1);
  hr_batch(s, HR_BATCH_OF(HR_LIST(x)), 2, .keep_input = hr_operand_output(odd), .allow_smaller_final_batch = true);
  initializers(s);
  testing_graph_expect(&t, "input_pipelines.kept_values");
}

static void buckets(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = numbers(s, 8), which = hr_binary(s, "FloorMod", x, 2, .name = "mod");
  hr_bucket(s, HR_BATCH_OF(HR_LIST(x)), which, HR_OPERANDS(2), 2);
  initializers(s);
  testing_graph_expect(&t, "buckets.kind_values");
}

static void sparse_rows(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = numbers(s, 6);
  hr_output place = hr_binary(s, "FloorMod", hr_tf_cast(s, x, HR_INT64), 4, .name = "mod");
  hr_output indices = hr_tf_reshape(s, place, HR_SHAPE(1, 1));
  hr_operand value = hr_operand_list(HR_OPERANDS(hr_tf_cast(s, x, HR_FLOAT)));
  hr_sparse_tensor row = hr_make_sparse_tensor(s, indices, value, hr_operand_list(HR_OPERANDS(4)));
  hr_batch(s, HR_BATCH_ITEMS({.sparse = row}, {.value = hr_operand_output(x)}), 2);
  initializers(s);
  testing_graph_expect(&t, "input_pipelines.sparse_values");
}

static void mistakes(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT), vector = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(3));
  batch_of_one(s, x, 2);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "Cannot infer Tensor's rank", NULL);
  hr_shuffle_batch(s, HR_BATCH_OF(HR_LIST(vector)), 2, 10, 10);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "capacity 10 must be bigger than min_after_dequeue 10", NULL);
  hr_batch(s, HR_BATCH_OF(HR_LIST(vector)), 2, .keep_input = HR_OPERAND(HR_OPERANDS((bool)1, (bool)0)));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "cannot be a vector when `enqueue_many=False`", NULL);
  hr_batch(s, (hr_batch_items){0}, 2);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "at least one tensor", NULL);
  hr_input_producer(s, x);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "fully defined shape", NULL);
  hr_limit_epochs(s, vector, .num_epochs = -1);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "num_epochs must be > 0 not -1", NULL);
  hr_bucket(s, HR_BATCH_OF(HR_LIST(vector)), 0, HR_OPERANDS(1, 2), 3);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "num_buckets", NULL);
  hr_bucket(s, HR_BATCH_OF(HR_LIST(vector)), 0, HR_OPERANDS(1), 2, .size_of_each = true);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "num_buckets", NULL);
  hr_bucket(s, HR_BATCH_OF(HR_LIST(vector)), 0, HR_OPERANDS(1), 2, .num_threads = -3);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "Must provide queue and enqueue_ops", NULL);
  hr_feature_spec open[] = {{.key = "a", .dtype = HR_FLOAT, .shape = HR_SHAPE(2, -1)}};
  hr_tf_parse_example(s, HR_OPERANDS("x", "y"), HR_FEATURE_SPECS(open));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "feature a", "[2,?]", NULL);
  testing_graph_free(&t);
}

static void sources_that_do_not_fit(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_INT32, .shape = HR_SHAPE(), .name = "x"),
            vector = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(3), .name = "vector");
  const hr_batch_items one = HR_BATCH_OF(HR_LIST(vector)), two = HR_BATCH_OF(HR_LIST(vector, x));
  const hr_batch_items other = HR_BATCH_OF(HR_LIST(x)), turned = HR_BATCH_OF(HR_LIST(x, vector));
  hr_any_tensors batch = hr_batch_join(s, ((hr_batch_sources){2, (hr_batch_items[]){one, two}}), 2);
  expect_ok(t.builder);
  assert_int_equal(batch.count, 1);
  hr_batch_join(s, ((hr_batch_sources){2, (hr_batch_items[]){two, one}}), 2);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "[<tf.Tensor 'vector:0' shape=(3,) dtype=float32>, <tf.Tensor 'x:0'",
               "vs. [<tf.Tensor 'vector:0' shape=(3,) dtype=float32>]", NULL);
  hr_batch_join(s, ((hr_batch_sources){2, (hr_batch_items[]){two, turned}}), 2);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "float32, int32 vs. int32, float32", NULL);
  hr_batch_join(s, ((hr_batch_sources){2, (hr_batch_items[]){(hr_batch_items){0}, one}}), 2);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "[] vs. [<tf.Tensor 'vector:0'", NULL);
  hr_shuffle_batch_join(s, ((hr_batch_sources){2, (hr_batch_items[]){other, other}}), 2, 3, 3);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "capacity 3 has no room", NULL);
  testing_graph_free(&t);
}

/* ---- at work ----------------------------------------------------------------------------------------------------- */

static char folder[] = "/tmp/input_test_XXXXXX";
enum { FILES = 3, LINES = 20 };

static int write_files(void **state) {
  (void)state;
  if (!mkdtemp(folder)) return -1;
  for (int i = 0; i < FILES; ++i) {
    char path[64];
    snprintf(path, sizeof path, "%s/%d.csv", folder, i);
    FILE *file = fopen(path, "w");
    if (!file) return -1;
    fprintf(file, "value,label\n");
    for (int line = 0; line < LINES; ++line)
      fprintf(file, "%d.5,%d\n", i * LINES + line, i);
    fclose(file);
  }
  return 0;
}
static int remove_files(void **state) {
  (void)state;
  char command[64];
  snprintf(command, sizeof command, "rm -rf %s", folder);
  return system(command);
}

/* Every line of every file comes out once an epoch, whatever the order. */
static void lines_in_batches(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  char pattern[64];
  snprintf(pattern, sizeof pattern, "%s/*.csv", folder);
  hr_var *names = hr_match_filenames_once(s, (const char *)pattern);
  hr_tensor_queue *queue = hr_string_input_producer(s, names, .num_epochs = 2);
  hr_output reader = hr_text_line_reader_v2(s, .skip_header_lines = 1);
  hr_reader_read_v2_outputs line = hr_reader_read_v2(s, reader, hr_tensor_queue_handle(queue));
  hr_outputs row = hr_tf_decode_csv(s, line.value, HR_OPERANDS(0.0, 0));
  hr_any_tensors batch =
      hr_shuffle_batch(s, HR_BATCH_OF(row), 7, 50, 20, .num_threads = 3, .allow_smaller_final_batch = true);
  hr_node *init = hr_local_variables_initializer(s);
  expect_ok(t.builder);
  hr_session *session;
  assert_null(hr_session_new(t.graph, NULL, &session));
  assert_null(hr_run_node(session, init));
  hr_coordinator *coordinator = hr_coordinator_new();
  assert_null(hr_start_queue_runners(session, coordinator));
  double sum = 0;
  int64_t count = 0, labels = 0;
  hr_status status;
  for (;;) {
    const hr_output fetches[] = {batch.items[0].value, batch.items[1].value};
    hr_tensor out[2];
    status = hr_session_run(session, 0, NULL, 2, fetches, out, 0, NULL);
    if (status) break;
    assert_int_equal(out[0].elements, out[1].elements);
    for (int64_t i = 0; i < out[0].elements; ++i) {
      sum += (double)((const float *)hr_tensor_data(&out[0]))[i];
      labels += ((const int32_t *)hr_tensor_data(&out[1]))[i];
    }
    count += out[0].elements;
    hr_tensor_clear(&out[0]);
    hr_tensor_clear(&out[1]);
  }
  assert_int_equal(hr_status_code(status), HR_OUT_OF_RANGE);
  hr_status_free(status);
  const int64_t all = FILES * LINES;
  assert_int_equal(count, 2 * all);
  assert_int_equal(labels, 2 * LINES * (0 + 1 + 2));
  assert_true(sum == 2.0 * ((double)(all * (all - 1) / 2) + 0.5 * (double)all));
  hr_coordinator_request_stop(coordinator, HR_SUCCESS);
  assert_null(hr_coordinator_join(coordinator));
  hr_coordinator_free(coordinator);
  hr_session_free(session);
  testing_graph_free(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(lines_of_csv),
      cmocka_unit_test(padded),
      cmocka_unit_test(some_are_kept),
      cmocka_unit_test(buckets),
      cmocka_unit_test(sparse_rows),
      cmocka_unit_test(mistakes),
      cmocka_unit_test(sources_that_do_not_fit),
      cmocka_unit_test(lines_in_batches),
      cmocka_unit_test(database_reader),
  };
  return cmocka_run_group_tests(tests, write_files, remove_files);
}
