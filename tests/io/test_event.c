#include "headrace/io.h"
#include "io_testing.h"
#include "runtime/base/wire.h"
#include <errno.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

/* A Summary with one value: tag "loss", simple_value 0.25. */
static const uint8_t summary[] = {0x0a, 0x0b, 0x0a, 0x04, 'l', 'o', 's', 's', 0x15, 0x00, 0x00, 0x80, 0x3e};

static hr_event next_event(hr_record_reader *reader) {
  const void *data;
  size_t length;
  hr_event event;
  assert_ok(hr_record_reader_next(reader, &data, &length));
  assert_ok(hr_event_parse(data, length, &event));
  return event;
}

static void assert_version(const hr_event *event) {
  assert_int_equal(event->file_version_length, 13);
  assert_memory_equal(event->file_version, "brain.Event:2", 13);
}

static void assert_loss(const hr_event *event, double wall_time, int64_t step) {
  assert_true(event->wall_time == wall_time);
  assert_int_equal(event->step, step);
  assert_int_equal(event->summary_length, sizeof summary);
  assert_memory_equal(event->summary, summary, sizeof summary);
}

static void test_reads_tensorflows_file(void **state) {
  (void)state;
  hr_record_reader *reader;
  assert_ok(hr_record_reader_open(FIXTURES "events", HR_COMPRESSION_NONE, &reader));
  hr_event version = next_event(reader);
  assert_version(&version);
  hr_event event = next_event(reader);
  assert_loss(&event, 1000.5, 7);
  hr_record_reader_free(reader);
}

static void test_writes_the_bytes_of_tensorflows_event(void **state) {
  hr_event_writer *w;
  hr_record_reader *ours, *theirs;
  assert_ok(hr_event_writer_open(in_folder(state, "logs"), NULL, &w));
  char path[600];
  snprintf(path, sizeof path, "%s", hr_event_writer_path(w));
  assert_ok(hr_event_writer_add_summary(w, summary, sizeof summary, 1000.5, 7));
  assert_ok(hr_event_writer_close(w));
  assert_ok(hr_record_reader_open(path, HR_COMPRESSION_NONE, &ours));
  assert_ok(hr_record_reader_open(FIXTURES "events", HR_COMPRESSION_NONE, &theirs));
  const void *a, *b;
  size_t x, y;
  for (int i = 0; i < 2; ++i) {
    assert_ok(hr_record_reader_next(ours, &a, &x));
    assert_ok(hr_record_reader_next(theirs, &b, &y));
    assert_int_equal(x, y);
    if (i) assert_memory_equal(a, b, x); /* the first holds the time of its writing */
  }
  hr_record_reader_free(ours);
  hr_record_reader_free(theirs);
}

static void test_name(void **state) {
  hr_event_writer *a, *b;
  hr_event_writer_options options = {.suffix = ".mine"};
  char host[256], name[600];
  gethostname(host, sizeof host);
  assert_ok(hr_event_writer_open((const char *)*state, &options, &a));
  assert_ok(hr_event_writer_open((const char *)*state, &options, &b)); /* in the same second */
  long long seconds, now = (long long)time(NULL);
  int length;
  const char *base = strrchr(hr_event_writer_path(a), '/') + 1;
  assert_int_equal(sscanf(base, "events.out.tfevents.%10lld.%n", &seconds, &length), 1);
  assert_true(llabs(seconds - now) < 100);
  snprintf(name, sizeof name, "%s.mine", host);
  assert_string_equal(base + length, name);
  assert_string_not_equal(hr_event_writer_path(a), hr_event_writer_path(b));
  assert_ok(hr_event_writer_close(a));
  assert_ok(hr_event_writer_close(b));
}

static void *add_many(void *writer) {
  for (int64_t step = 1; step <= 200; ++step) {
    assert_ok(hr_event_writer_add_summary(writer, summary, sizeof summary, 5, step));
    if (step % 50 == 0) assert_ok(hr_event_writer_flush(writer));
  }
  return NULL;
}

static void test_many_threads_through_a_short_queue(void **state) {
  hr_event_writer *w;
  hr_event_writer_options options = {.max_queue = 2};
  assert_ok(hr_event_writer_open((const char *)*state, &options, &w));
  pthread_t threads[4];
  for (int i = 0; i < 4; ++i)
    pthread_create(&threads[i], NULL, add_many, w);
  for (int i = 0; i < 4; ++i)
    pthread_join(threads[i], NULL);
  assert_ok(hr_event_writer_flush(w));
  hr_record_reader *reader; /* what was flushed is there while the writer is open */
  assert_ok(hr_record_reader_open(hr_event_writer_path(w), HR_COMPRESSION_NONE, &reader));
  hr_event version = next_event(reader);
  assert_version(&version);
  int64_t steps = 0;
  for (int i = 0; i < 800; ++i)
    steps += next_event(reader).step;
  assert_int_equal(steps, 4 * 200 * 201 / 2);
  const void *data;
  size_t length;
  assert_code(HR_OUT_OF_RANGE, hr_record_reader_next(reader, &data, &length));
  hr_record_reader_free(reader);
  assert_ok(hr_event_writer_close(w));
}

static void test_flushes_by_itself(void **state) {
  hr_event_writer *w;
  hr_event_writer_options options = {.flush_secs = 0.01};
  assert_ok(hr_event_writer_open((const char *)*state, &options, &w));
  hr_record_reader *reader;
  assert_ok(hr_record_reader_open(hr_event_writer_path(w), HR_COMPRESSION_NONE, &reader));
  hr_event version = next_event(reader);
  assert_version(&version);
  assert_ok(hr_event_writer_add(w, "\x10\x05", 2));
  const void *data;
  size_t length;
  hr_status status = HR_SUCCESS;
  for (int i = 0; i < 1000; ++i) { /* up to ten seconds on a busy machine */
    hr_status_free(status);
    if (!(status = hr_record_reader_next(reader, &data, &length))) break;
    nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
  }
  assert_ok(status);
  hr_event event;
  assert_ok(hr_event_parse(data, length, &event));
  assert_int_equal(event.step, 5);
  hr_record_reader_free(reader);
  assert_ok(hr_event_writer_close(w));
}

static ssize_t no_space(int fd, const void *bytes, size_t length) {
  (void)fd, (void)bytes, (void)length;
  errno = ENOSPC;
  return -1;
}

static void test_full_disk(void **state) {
  hr_event_writer *w;
  assert_ok(hr_event_writer_open((const char *)*state, NULL, &w));
  hr_file_system_calls.write = no_space;
  assert_ok(hr_event_writer_add(w, "\x10\x05", 2));
  assert_code(HR_RESOURCE_EXHAUSTED, hr_event_writer_flush(w));
  assert_code(HR_RESOURCE_EXHAUSTED, hr_event_writer_add(w, "\x10\x05", 2));
  assert_code(HR_RESOURCE_EXHAUSTED, hr_event_writer_close(w));
  hr_file_system_calls.write = write;
  assert_code(HR_FAILED_PRECONDITION, hr_event_writer_open("/dev/null/logs", NULL, &w));
}

static void test_damaged_event(void **state) {
  (void)state;
  hr_event event;
  assert_ok(hr_event_parse("", 0, &event));
  assert_code(HR_DATA_LOSS, hr_event_parse("\x09", 1, &event));
  assert_code(HR_DATA_LOSS, hr_event_parse("\x2a\x05x", 3, &event));
  assert_code(HR_DATA_LOSS, hr_event_parse("\x13", 1, &event)); /* a group */
  assert_null(event.summary);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_reads_tensorflows_file),
      folder_test(test_writes_the_bytes_of_tensorflows_event),
      folder_test(test_name),
      folder_test(test_many_threads_through_a_short_queue),
      folder_test(test_flushes_by_itself),
      folder_test(test_full_disk),
      cmocka_unit_test(test_damaged_event),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
