/* ServerDefs from what people write: a command line's text, and the JSON of TF_CONFIG. */
#include "headrace/server.h"
#include "runtime/base/arena.h"
#include "runtime/base/text.h"
#include "runtime/base/wire.h"
#include "runtime/graph/graphdef_export.h"
#include <stdio.h>
#include <stdlib.h>

enum { SERVER_CLUSTER = 1, SERVER_JOB = 2, SERVER_TASK = 3, SERVER_PROTOCOL = 5 };
enum { CLUSTER_JOB = 1, JOB_NAME = 1, JOB_TASKS = 2, TASK_KEY = 1, TASK_VALUE = 2 };

static void put_task(hr_text *out, int32_t index, hr_view address) {
  size_t begin = hr_wire_begin(out, JOB_TASKS);
  if (index) hr_wire_put_number(out, TASK_KEY, (uint64_t)index);
  hr_wire_put_bytes(out, TASK_VALUE, address);
  hr_wire_end(out, begin);
}

static hr_status put_server(hr_text *cluster, const char *job, int32_t task, hr_owned_bytes *out) {
  hr_text text = {0};
  hr_wire_put_bytes(&text, SERVER_CLUSTER, (hr_view){cluster->data, cluster->length});
  hr_wire_put_bytes(&text, SERVER_JOB, hr_view_of(job));
  if (task) hr_wire_put_number(&text, SERVER_TASK, (uint64_t)task);
  hr_wire_put_bytes(&text, SERVER_PROTOCOL, HR_VIEW("grpc"));
  text.failed |= cluster->failed;
  return hr_text_to_owned_bytes(&text, out);
}

/* ---- "ps=host:port,host:port;worker=host:port" ------------------------------------------------------------------- */

static hr_view trim(hr_view text) {
  while (text.length > 0 && text.data[0] == ' ')
    ++text.data, --text.length;
  while (text.length > 0 && text.data[text.length - 1] == ' ')
    --text.length;
  return text;
}

/* What stands before the next `end`, and goes behind it. */
static hr_view cut(hr_view *text, char end) {
  const char *at = text->length ? memchr(text->data, end, text->length) : NULL;
  hr_view part = {text->data, at ? (size_t)(at - text->data) : text->length};
  size_t passed = part.length + (at != NULL);
  *text = (hr_view){text->data + passed, text->length - passed};
  return trim(part);
}

static hr_status put_job(hr_view text, hr_text *cluster) {
  hr_view addresses = text, name = cut(&addresses, '=');
  if (name.length == text.length || name.length == 0)
    return hr_error(HR_INVALID_ARGUMENT, "Job \"%.*s\" of the cluster is not of the form NAME=HOST:PORT,HOST:PORT",
                    (int)text.length, text.data);
  size_t begin = hr_wire_begin(cluster, CLUSTER_JOB);
  hr_wire_put_bytes(cluster, JOB_NAME, name);
  for (int32_t index = 0; addresses.length > 0; ++index)
    put_task(cluster, index, cut(&addresses, ','));
  hr_wire_end(cluster, begin);
  return HR_SUCCESS;
}

hr_status hr_server_def_new(const char *cluster, const char *job, int32_t task, hr_owned_bytes *out) {
  hr_text bytes = {0};
  hr_view left = hr_view_of(cluster);
  hr_status status = HR_SUCCESS;
  *out = (hr_owned_bytes){0};
  if (!cluster || !job) return hr_error(HR_INVALID_ARGUMENT, "A server needs a cluster and the name of its job in it");
  while (left.length > 0 && !status) {
    hr_view text = cut(&left, ';');
    if (text.length > 0) status = put_job(text, &bytes);
  }
  if (!status) status = put_server(&bytes, job, task, out);
  hr_text_free(&bytes);
  return status;
}

/* ---- TF_CONFIG --------------------------------------------------------------------------------------------------- */

/* A cursor over JSON; `failed` once something is not as it should be. */
typedef struct json {
  const char *at, *end;
  bool failed;
  hr_arena arena;
} json;

static void skip_spaces(json *j) {
  while (j->at < j->end && strchr(" \t\r\n", *j->at))
    ++j->at;
}

static bool take(json *j, char c) {
  skip_spaces(j);
  bool there = !j->failed && j->at < j->end && *j->at == c;
  j->at += there;
  return there;
}

static void want(json *j, char c) { j->failed |= !take(j, c); }

/* A string with simple escapes. */
static const char *take_string(json *j) {
  want(j, '"');
  char *text = j->failed ? NULL : hr_arena_allocate(&j->arena, (size_t)(j->end - j->at) + 1, 1);
  size_t length = 0;
  while (text && j->at < j->end && *j->at != '"') {
    if (*j->at == '\\' && j->at + 1 < j->end) ++j->at;
    text[length++] = *j->at++;
  }
  want(j, '"');
  if (!text || j->failed) {
    j->failed = true;
    return "";
  }
  text[length] = '\0';
  return text;
}

static int32_t take_number(json *j) {
  skip_spaces(j);
  bool is_text = take(j, '"');
  char digits[16] = "", *stop;
  size_t length = 0;
  while (j->at < j->end && *j->at >= '0' && *j->at <= '9' && length + 1 < sizeof digits)
    digits[length++] = *j->at++;
  digits[length] = '\0';
  long number = strtol(digits, &stop, 10);
  j->failed |= length == 0 || number > INT32_MAX;
  if (is_text) want(j, '"');
  return (int32_t)number;
}

#define MAX_NESTING 32

static void skip_value(json *j, int depth) {
  skip_spaces(j);
  if (depth > MAX_NESTING || j->at == j->end) j->failed = true;
  if (j->failed) return;
  if (*j->at == '"') {
    (void)take_string(j);
  } else if (*j->at == '{' || *j->at == '[') {
    char close = *j->at == '{' ? '}' : ']';
    bool is_object = *j->at++ == '{';
    while (!j->failed && !take(j, close)) {
      if (is_object) {
        (void)take_string(j);
        want(j, ':');
      }
      skip_value(j, depth + 1);
      if (!take(j, ',')) {
        want(j, close);
        return;
      }
    }
  } else {
    while (j->at < j->end && !strchr(",]} \t\r\n", *j->at))
      ++j->at;
  }
}

/* {"ps": ["host:port", ...], ...} or {"ps": {"0": "host:port"}} */
static void take_cluster(json *j, hr_text *cluster) {
  want(j, '{');
  while (!j->failed && !take(j, '}')) {
    size_t begin = hr_wire_begin(cluster, CLUSTER_JOB);
    hr_wire_put_bytes(cluster, JOB_NAME, hr_view_of(take_string(j)));
    want(j, ':');
    bool is_list = take(j, '[');
    if (!is_list) want(j, '{');
    for (int32_t index = 0; !j->failed && !take(j, is_list ? ']' : '}'); ++index) {
      int32_t task = index;
      if (!is_list) {
        task = take_number(j);
        want(j, ':');
      }
      put_task(cluster, task, hr_view_of(take_string(j)));
      (void)take(j, ',');
    }
    hr_wire_end(cluster, begin);
    (void)take(j, ',');
  }
}

static void take_task(json *j, const char **job, int32_t *task) {
  want(j, '{');
  while (!j->failed && !take(j, '}')) {
    const char *key = take_string(j);
    want(j, ':');
    if (strcmp(key, "type") == 0)
      *job = take_string(j);
    else if (strcmp(key, "index") == 0)
      *task = take_number(j);
    else
      skip_value(j, 0);
    (void)take(j, ',');
  }
}

hr_status hr_server_def_from_environment(hr_owned_bytes *out) {
  *out = (hr_owned_bytes){0};
  const char *text = getenv("TF_CONFIG");
  if (!text || !text[0]) return hr_error(HR_NOT_FOUND, "The environment has no TF_CONFIG");
  json j = {.at = text, .end = text + strlen(text)};
  hr_text cluster = {0};
  const char *job = NULL;
  int32_t task = 0;
  want(&j, '{');
  while (!j.failed && !take(&j, '}')) {
    const char *key = take_string(&j);
    want(&j, ':');
    if (strcmp(key, "cluster") == 0 && cluster.length == 0)
      take_cluster(&j, &cluster);
    else if (strcmp(key, "task") == 0)
      take_task(&j, &job, &task);
    else
      skip_value(&j, 0);
    (void)take(&j, ',');
  }
  hr_status status = HR_SUCCESS;
  if (j.failed)
    status = hr_error(HR_INVALID_ARGUMENT, "TF_CONFIG is malformed at character %td: %s", j.at - text, text);
  else if (cluster.length == 0 || !job)
    status = hr_error(HR_INVALID_ARGUMENT, "TF_CONFIG tells no cluster and task: %s", text);
  if (!status) status = put_server(&cluster, job, task, out);
  hr_text_free(&cluster);
  hr_arena_free(&j.arena);
  return status;
}
