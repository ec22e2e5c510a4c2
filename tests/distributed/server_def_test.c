/* ServerDefs from texts and from TF_CONFIG. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four before it */
#include <cmocka.h>

#include "headrace/server.h"
#include "proto/tensorflow_server.pb-c.h"
#include "runtime/base/proto_check.h"
#include <stdlib.h>
#include <string.h>

/* What a ServerDef says: "job/task of ps=0:a,1:b;worker=0:c". */
static void assert_says(hr_status status, hr_owned_bytes *bytes, const char *wanted) {
  if (status) fail_msg("%s", hr_status_message(status));
  hr_arena arena = {0};
  HrPb__ServerDef *def;
  assert_null(hr_proto_unpack(&hr_pb__server_def__descriptor, &arena, bytes->data, bytes->length, NULL, &def));
  hr_text text = {0};
  hr_text_printf(&text, "%s/%d of ", def->job_name, def->task_index);
  for (size_t j = 0; j < def->cluster->n_job; ++j) {
    const HrPb__JobDef *job = def->cluster->job[j];
    hr_text_printf(&text, "%s%s=", j ? ";" : "", job->name);
    for (size_t t = 0; t < job->n_tasks; ++t)
      hr_text_printf(&text, "%s%d:%s", t ? "," : "", job->tasks[t]->key, job->tasks[t]->value);
  }
  assert_string_equal(text.data, wanted);
  assert_string_equal(def->protocol, "grpc");
  hr_text_free(&text);
  hr_arena_free(&arena);
  free(bytes->data);
}

static void assert_fails(hr_status status, hr_owned_bytes *bytes, hr_code code, const char *fact) {
  assert_int_equal(hr_status_code(status), code);
  assert_non_null(strstr(hr_status_message(status), fact));
  assert_null(bytes->data);
  hr_status_free(status);
}

static void test_texts(void **state) {
  (void)state;
  hr_owned_bytes def;
  hr_status status = hr_server_def_new("ps=h:1, h:2 ; worker=w:3", "worker", 0, &def);
  assert_says(status, &def, "worker/0 of ps=0:h:1,1:h:2;worker=0:w:3");
  status = hr_server_def_new("local=localhost:0;", "local", 2, &def);
  assert_says(status, &def, "local/2 of local=0:localhost:0");
  status = hr_server_def_new("ps", "ps", 0, &def);
  assert_fails(status, &def, HR_INVALID_ARGUMENT, "\"ps\" of the cluster is not of the form");
  status = hr_server_def_new(NULL, "ps", 0, &def);
  assert_fails(status, &def, HR_INVALID_ARGUMENT, "needs a cluster and the name of its job");
  status = hr_server_def_new("ps=h:1", NULL, 0, &def);
  assert_fails(status, &def, HR_INVALID_ARGUMENT, "needs a cluster and the name of its job");
  status = hr_server_def_new("=h:1", "ps", 0, &def);
  assert_fails(status, &def, HR_INVALID_ARGUMENT, "is not of the form");
}

static hr_status from_config(const char *json, hr_owned_bytes *out) {
  setenv("TF_CONFIG", json, 1);
  return hr_server_def_from_environment(out);
}

static void test_tf_config(void **state) {
  (void)state;
  hr_owned_bytes def;
  assert_says(
      from_config("{\"cluster\": {\"ps\": [\"h:1\", \"h:2\"], \"chief\": [\"c:3\"]},\n"
                  " \"task\": {\"type\": \"ps\", \"index\": 1, \"trial\": \"x\"}, \"rpc_layer\": {\"a\": [1, {}]}}",
                  &def),
      &def, "ps/1 of ps=0:h:1,1:h:2;chief=0:c:3");
  assert_says(
      from_config("{\"task\": {\"index\": \"0\", \"type\": \"worker\"}, \"cluster\": {\"worker\": {\"3\": \"h:1\"}}}",
                  &def),
      &def, "worker/0 of worker=3:h:1");
  assert_fails(from_config("", &def), &def, HR_NOT_FOUND, "no TF_CONFIG");
  assert_fails(from_config("{\"cluster\": {\"ps\": [\"h:1\"]}}", &def), &def, HR_INVALID_ARGUMENT,
               "tells no cluster and task");
  static const char *const malformed[] = {"{",
                                          "[]",
                                          "{\"cluster\": {\"ps\": [\"h:1\"]",
                                          "{\"task\": 3}",
                                          "nonsense",
                                          "{\"x\": [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1"};
  for (size_t i = 0; i < sizeof malformed / sizeof *malformed; ++i)
    assert_fails(from_config(malformed[i], &def), &def, HR_INVALID_ARGUMENT, "TF_CONFIG");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_texts), cmocka_unit_test(test_tf_config)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
