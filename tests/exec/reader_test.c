/* Readers: what they read, who waits for whom, and what cancelling and mistakes leave behind. */
#include "../session/fixture.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- files ------------------------------------------------------------------------------------------------------- */

static char folder[] = "/tmp/reader_test_XXXXXX";

static const char *path_of(const char *name) {
  static char paths[8][64];
  static int next;
  char *path = paths[next++ % 8];
  snprintf(path, sizeof paths[0], "%s/%s", folder, name);
  return path;
}

static const char *write_bytes(const char *name, const char *bytes, size_t length) {
  const char *path = path_of(name);
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes, 1, length, file), length);
  fclose(file);
  return path;
}
static const char *write_text(const char *name, const char *text) { return write_bytes(name, text, strlen(text)); }

static int make_folder(void **state) {
  (void)state;
  return mkdtemp(folder) ? 0 : -1;
}
static int remove_folder(void **state) {
  (void)state;
  char command[64];
  snprintf(command, sizeof command, "rm -rf %s", folder);
  return system(command);
}

/* ---- graphs and runs --------------------------------------------------------------------------------------------- */

typedef struct reading {
  fixture f;
  hr_output queue, reader;
  hr_reader_read_v2_outputs record;
  hr_node *close;
} reading;

static reading reading_new(void) {
  reading r = {.f = fixture_new()};
  r.queue = hr_fifo_queue_v2(r.f.s, HR_TYPES(HR_STRING), .shapes = HR_SHAPES(HR_SHAPE()), .capacity = 100);
  r.close = hr_queue_close_v2(r.f.s, r.queue);
  return r;
}
static void set_reader(reading *r, hr_output reader) {
  r->reader = reader;
  r->record = hr_reader_read_v2(r->f.s, reader, r->queue);
}

static void put_name(reading *r, const char *path) {
  hr_node *put = hr_queue_enqueue_v2(r->f.s, r->queue, HR_LIST(hr_constant_string(r->f.s, path)));
  assert_ok(hr_run_node(r->f.session, put));
}

static void assert_text(const hr_tensor *t, int64_t i, const char *wanted) {
  const hr_string *s = (const hr_string *)hr_tensor_data(t) + i;
  assert_true(i < t->elements);
  if (hr_string_length(s) != strlen(wanted) || memcmp(hr_string_data(s), wanted, strlen(wanted)) != 0)
    fail_msg("wanted '%s', got '%.*s'", wanted, (int)hr_string_length(s), hr_string_data(s));
}

/* The next record has this value, and a key that ends so. */
static void assert_record(reading *r, const char *key_end, const char *value) {
  hr_output fetches[] = {r->record.key, r->record.value};
  hr_tensor out[2];
  assert_ok(hr_session_run(r->f.session, 0, NULL, 2, fetches, out, 0, NULL));
  const hr_string *key = hr_tensor_data(&out[0]);
  size_t length = hr_string_length(key), end = strlen(key_end);
  assert_true(length >= end && memcmp(hr_string_data(key) + length - end, key_end, end) == 0);
  assert_text(&out[1], 0, value);
  hr_tensor_clear(&out[0]);
  hr_tensor_clear(&out[1]);
}

static hr_status read_once(reading *r, int64_t milliseconds) {
  hr_tensor out = {0};
  hr_run_options options = {.timeout_ms = milliseconds};
  hr_status status = hr_session_run_with(r->f.session, &options, 0, NULL, 1, &r->record.value, &out, 0, NULL, NULL);
  hr_tensor_clear(&out);
  return status;
}

static int64_t evaluate_i64(fixture *f, hr_output output) {
  hr_tensor value;
  assert_ok(hr_evaluate(f->session, output, &value));
  return *(int64_t *)hr_tensor_data(&value);
}

static void assert_over(reading *r) {
  assert_ok(hr_run_node(r->f.session, r->close));
  assert_fails(read_once(r, 0), HR_OUT_OF_RANGE, "insufficient elements (requested 1, current size 0)");
}

/* ---- what is read ------------------------------------------------------------------------------------------------ */

static void test_lines(void **state) {
  (void)state;
  reading r = reading_new();
  set_reader(&r, hr_text_line_reader_v2(r.f.s, .skip_header_lines = 1));
  hr_output produced = hr_reader_num_records_produced_v2(r.f.s, r.reader);
  hr_output completed = hr_reader_num_work_units_completed_v2(r.f.s, r.reader);
  put_name(&r, write_text("a.txt", "header\nfirst\r\n\nlast without end"));
  put_name(&r, write_text("only_header.txt", "header\n"));
  put_name(&r, write_text("empty.txt", ""));
  put_name(&r, write_text("b.txt", "header\nx\n"));
  assert_record(&r, "a.txt:2", "first");
  assert_record(&r, "a.txt:3", "");
  assert_record(&r, "a.txt:4", "last without end");
  assert_int_equal(evaluate_i64(&r.f, completed), 0);
  assert_record(&r, "b.txt:2", "x");
  assert_int_equal(evaluate_i64(&r.f, produced), 4);
  assert_int_equal(evaluate_i64(&r.f, completed), 3);
  assert_over(&r);
  assert_int_equal(evaluate_i64(&r.f, completed), 4);
  fixture_free(&r.f);
}

/* A line longer than any buffer, between short ones. */
static void test_long_lines(void **state) {
  (void)state;
  enum { LENGTH = 1000000 };
  char *text = malloc(LENGTH + 5);
  memset(text, 'x', LENGTH + 4);
  text[1] = '\n';
  text[500000] = '\r';
  text[LENGTH + 2] = '\n';
  text[LENGTH + 4] = '\0';
  reading r = reading_new();
  set_reader(&r, hr_text_line_reader_v2(r.f.s));
  put_name(&r, write_text("long.txt", text));
  free(text);
  assert_record(&r, ":1", "x");
  hr_tensor line;
  assert_ok(hr_evaluate(r.f.session, r.record.value, &line));
  assert_int_equal(hr_string_length(hr_tensor_data(&line)), LENGTH - 1);
  hr_tensor_clear(&line);
  assert_record(&r, ":3", "x");
  assert_over(&r);
  fixture_free(&r.f);
}

static void test_fixed_length(void **state) {
  (void)state;
  static const struct {
    int64_t header, record, footer, hop;
    const char *records[5];
  } cases[] = {
      {0, 3, 0, 0, {"abc", "def", "ghi"}},
      {1, 3, 0, 0, {"bcd", "efg", "hij"}},
      {1, 3, 2, 0, {"bcd", "efg"}},
      {0, 4, 0, 2, {"abcd", "cdef", "efgh", "ghij"}},
      {0, 2, 1, 4, {"ab", "ef"}},
      {0, 20, 0, 0, {NULL}},
      {20, 2, 0, 0, {NULL}},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    reading r = reading_new();
    set_reader(&r, hr_fixed_length_record_reader_v2(r.f.s, cases[i].record, .header_bytes = cases[i].header,
                                                    .footer_bytes = cases[i].footer, .hop_bytes = cases[i].hop));
    put_name(&r, write_text("fixed.bin", "abcdefghij"));
    for (int k = 0; cases[i].records[k]; ++k) {
      char key[24];
      snprintf(key, sizeof key, "fixed.bin:%d", k);
      assert_record(&r, key, cases[i].records[k]);
    }
    assert_over(&r);
    fixture_free(&r.f);
  }
}

static void test_records(void **state) {
  (void)state;
  for (int packing = 0; packing < 3; ++packing) {
    const char *path = path_of("records");
    hr_record_writer *writer;
    assert_ok(hr_record_writer_open(path, (hr_compression)packing, &writer));
    assert_ok(hr_record_writer_write(writer, "first", 5));
    assert_ok(hr_record_writer_write(writer, "", 0));
    char *large = malloc(600000);
    memset(large, 'y', 600000);
    assert_ok(hr_record_writer_write(writer, large, 600000));
    free(large);
    assert_ok(hr_record_writer_write(writer, "last", 4));
    assert_ok(hr_record_writer_close(writer));
    reading r = reading_new();
    static const char *const names[] = {"", "ZLIB", "GZIP"};
    set_reader(&r, hr_tf_record_reader_v2(r.f.s, .compression_type = names[packing]));
    put_name(&r, path);
    assert_record(&r, "records:0", "first");
    assert_record(&r, "records:21", "");
    hr_tensor value;
    assert_ok(hr_evaluate(r.f.session, r.record.value, &value));
    assert_int_equal(hr_string_length(hr_tensor_data(&value)), 600000);
    hr_tensor_clear(&value);
    assert_record(&r, "records:600053", "last");
    assert_over(&r);
    fixture_free(&r.f);
  }
}

/* Up to a number of records, and never of two files. */
static void test_read_up_to(void **state) {
  (void)state;
  reading r = reading_new();
  set_reader(&r, hr_text_line_reader_v2(r.f.s));
  hr_reader_read_up_to_v2_outputs batch = hr_reader_read_up_to_v2(r.f.s, r.reader, r.queue, hr_constant_i64(r.f.s, 2));
  put_name(&r, write_text("three.txt", "a\nb\nc\n"));
  put_name(&r, write_text("one.txt", "d\n"));
  static const struct {
    int count;
    const char *first, *last;
  } wanted[] = {{2, "a", "b"}, {1, "c", "c"}, {1, "d", "d"}};
  for (int i = 0; i < 3; ++i) {
    hr_output fetches[] = {batch.keys, batch.values};
    hr_tensor out[2];
    assert_ok(hr_session_run(r.f.session, 0, NULL, 2, fetches, out, 0, NULL));
    assert_int_equal(out[0].rank, 1);
    assert_int_equal(out[1].elements, wanted[i].count);
    assert_text(&out[1], 0, wanted[i].first);
    assert_text(&out[1], wanted[i].count - 1, wanted[i].last);
    hr_tensor_clear(&out[0]);
    hr_tensor_clear(&out[1]);
  }
  assert_over(&r);
  fixture_free(&r.f);
}

/* Whole files and names, whose readers tell their state. */
static void test_files_and_state(void **state) {
  (void)state;
  reading r = reading_new();
  set_reader(&r, hr_whole_file_reader_v2(r.f.s));
  hr_output saved = hr_reader_serialize_state_v2(r.f.s, r.reader), given = hr_placeholder(r.f.s, HR_STRING);
  hr_output produced = hr_reader_num_records_produced_v2(r.f.s, r.reader);
  hr_node *restore = hr_reader_restore_state_v2(r.f.s, r.reader, given), *reset = hr_reader_reset_v2(r.f.s, r.reader);
  put_name(&r, write_text("whole.txt", "one\ntwo\n"));
  assert_record(&r, "whole.txt", "one\ntwo\n");
  hr_tensor bytes, garbage;
  assert_ok(hr_evaluate(r.f.session, saved, &bytes));
  const hr_string *saved_state = hr_tensor_data(&bytes);
  assert_memory_equal(hr_string_data(saved_state), "\010\001\020\001\030\001\042", 7);
  assert_ok(hr_run_node(r.f.session, reset));
  assert_int_equal(evaluate_i64(&r.f, produced), 0);
  assert_ok(hr_session_run(r.f.session, 1, &(hr_feed){given, &bytes}, 0, NULL, NULL, 1, &restore));
  assert_int_equal(evaluate_i64(&r.f, produced), 1);
  static const char *const bad[] = {"\377", "\010\005", "\030\377\377\377\377\377\377\377\377\377\001"};
  for (int i = 0; i < 3; ++i) {
    assert_ok(hr_tensor_string(bad[i], strlen(bad[i]), &garbage));
    hr_status status = hr_session_run(r.f.session, 1, &(hr_feed){given, &garbage}, 0, NULL, NULL, 1, &restore);
    assert_fails(status, HR_INVALID_ARGUMENT, "");
    hr_tensor_clear(&garbage);
  }
  hr_tensor_clear(&bytes);

  hr_output lines = hr_text_line_reader_v2(r.f.s);
  assert_fails(hr_evaluate(r.f.session, hr_reader_serialize_state_v2(r.f.s, lines), &bytes), HR_UNIMPLEMENTED,
               "SerializeState");
  set_reader(&r, hr_identity_reader_v2(r.f.s));
  put_name(&r, "no file at all");
  assert_record(&r, "no file at all", "no file at all");
  assert_over(&r);
  fixture_free(&r.f);
}

static void test_by_reference(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output queue = hr_ref_fifo_queue(f.s, HR_TYPES(HR_STRING), .capacity = 10);
  hr_node *put = hr_ref_queue_enqueue(f.s, queue, HR_LIST(hr_constant_string(f.s, write_text("r.txt", "line\n"))));
  hr_output reader = hr_whole_file_reader(f.s);
  hr_output value = hr_reader_read(f.s, reader, queue).value;
  assert_ok(hr_run_node(f.session, put));
  hr_tensor out;
  assert_ok(hr_evaluate(f.session, value, &out));
  assert_text(&out, 0, "line\n");
  hr_tensor_clear(&out);
  fixture_free(&f);
}

/* ---- mistakes ---------------------------------------------------------------------------------------------------- */

/* A file that is not there uses its name up; a damaged record stays. */
static void test_mistakes(void **state) {
  (void)state;
  reading r = reading_new();
  set_reader(&r, hr_text_line_reader_v2(r.f.s));
  put_name(&r, path_of("missing.txt"));
  put_name(&r, write_text("there.txt", "x\n"));
  assert_fails(read_once(&r, 10000), HR_NOT_FOUND, "missing.txt");
  assert_record(&r, "there.txt:1", "x");
  set_reader(&r, hr_tf_record_reader_v2(r.f.s));
  put_name(&r, write_text("damaged", "this is not a file of records"));
  assert_fails(read_once(&r, 10000), HR_DATA_LOSS, "corrupted record at 0");
  assert_fails(read_once(&r, 10000), HR_DATA_LOSS, "corrupted record at 0");
  hr_output numbers = hr_fifo_queue_v2(r.f.s, HR_TYPES(HR_FLOAT), .capacity = 10);
  hr_tensor out;
  assert_fails(hr_evaluate(r.f.session, hr_reader_read_v2(r.f.s, r.reader, numbers).value, &out), HR_INVALID_ARGUMENT,
               "");
  assert_fails(hr_evaluate(r.f.session, hr_reader_read_v2(r.f.s, r.queue, r.queue).value, &out), HR_INVALID_ARGUMENT,
               "");
  hr_output shared = hr_identity_reader_v2(r.f.s, .shared_name = "one");
  hr_output other = hr_whole_file_reader_v2(r.f.s, .shared_name = "one");
  assert_int_equal(evaluate_i64(&r.f, hr_reader_num_records_produced_v2(r.f.s, shared)), 0);
  assert_fails(hr_evaluate(r.f.session, hr_reader_num_records_produced_v2(r.f.s, other), &out), HR_INVALID_ARGUMENT,
               "one");
  fixture_free(&r.f);
}

/* ---- waiting ----------------------------------------------------------------------------------------------------- */

enum { READERS = 40 };

typedef struct runner {
  reading *r;
  int64_t timeout_ms;
  hr_status status;
  pthread_t thread;
} runner;

static void *runner_main(void *argument) {
  runner *r = argument;
  r->status = read_once(r->r, r->timeout_ms);
  return NULL;
}
static void start(runner *r, reading *reading, int64_t timeout_ms) {
  *r = (runner){.r = reading, .timeout_ms = timeout_ms};
  assert_int_equal(pthread_create(&r->thread, NULL, runner_main, r), 0);
}
static void finish(runner *r) { assert_int_equal(pthread_join(r->thread, NULL), 0); }

/* The first one waits for a name, the others for the reader; all are served, or told that nothing comes. */
static void test_many_wait_for_one_file(void **state) {
  (void)state;
  reading r = reading_new();
  set_reader(&r, hr_text_line_reader_v2(r.f.s));
  runner runners[READERS];
  for (int i = 0; i < READERS; ++i)
    start(&runners[i], &r, 0);
  usleep(20000);
  put_name(&r, write_text("few.txt", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n"));
  assert_ok(hr_run_node(r.f.session, r.close));
  int served = 0;
  for (int i = 0; i < READERS; ++i) {
    finish(&runners[i]);
    if (runners[i].status)
      assert_fails(runners[i].status, HR_OUT_OF_RANGE, "insufficient elements");
    else
      ++served;
  }
  assert_int_equal(served, 10);
  fixture_free(&r.f);
}

/* Some give up, in line and at its head; the others still get what comes. */
static void test_some_give_up(void **state) {
  (void)state;
  reading r = reading_new();
  set_reader(&r, hr_text_line_reader_v2(r.f.s));
  runner runners[READERS];
  for (int i = 0; i < READERS; ++i)
    start(&runners[i], &r, i % 2 ? 0 : 50);
  for (int i = 0; i < READERS; i += 2) {
    finish(&runners[i]);
    assert_fails(runners[i].status, HR_DEADLINE_EXCEEDED, "");
  }
  char text[3 * READERS] = "";
  for (int i = 0; i < READERS / 2; ++i)
    strcat(text, "x\n");
  put_name(&r, write_text("enough.txt", text));
  for (int i = 1; i < READERS; i += 2) {
    finish(&runners[i]);
    assert_ok(runners[i].status);
  }
  assert_over(&r);
  fixture_free(&r.f);
}

static void test_session_closes_while_they_wait(void **state) {
  (void)state;
  reading r = reading_new();
  set_reader(&r, hr_text_line_reader_v2(r.f.s));
  runner runners[READERS];
  for (int i = 0; i < READERS; ++i)
    start(&runners[i], &r, 0);
  usleep(20000);
  assert_ok(hr_session_close(r.f.session));
  for (int i = 0; i < READERS; ++i) {
    finish(&runners[i]);
    assert_non_null(runners[i].status);
    hr_code code = hr_status_code(runners[i].status);
    assert_true(code == HR_CANCELLED || code == HR_FAILED_PRECONDITION);
    hr_status_free(runners[i].status);
  }
  fixture_free(&r.f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_lines),
      cmocka_unit_test(test_long_lines),
      cmocka_unit_test(test_fixed_length),
      cmocka_unit_test(test_records),
      cmocka_unit_test(test_read_up_to),
      cmocka_unit_test(test_files_and_state),
      cmocka_unit_test(test_by_reference),
      cmocka_unit_test(test_mistakes),
      cmocka_unit_test(test_many_wait_for_one_file),
      cmocka_unit_test(test_some_give_up),
      cmocka_unit_test(test_session_closes_while_they_wait),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
