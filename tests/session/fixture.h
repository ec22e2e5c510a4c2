/* A graph, a builder and a session for a test. */
#ifndef HR_TESTS_SESSION_FIXTURE_H
#define HR_TESTS_SESSION_FIXTURE_H

/* cmocka wants the others before it. */
// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
// clang-format on

#include "headrace/headrace.h"

typedef struct fixture {
  hr_graph *graph;
  hr_builder *builder;
  hr_scope s;
  hr_session *session;
} fixture;

static inline fixture fixture_new(void) {
  fixture f = {.graph = hr_graph_new()};
  f.builder = hr_builder_new(f.graph);
  f.s = hr_builder_root(f.builder);
  /* What the graph says runs, also where it could be known before: tests count nodes. */
  assert_null(hr_session_new(f.graph, &(hr_session_options){.rewrites_off = HR_REWRITE_ALL}, &f.session));
  return f;
}
static inline void fixture_free(fixture *f) {
  hr_status status = hr_builder_status(f->builder);
  if (status) fail_msg("%s", hr_status_message(status));
  hr_session_free(f->session);
  hr_builder_free(f->builder);
  hr_graph_unref(f->graph);
}

static inline void assert_ok(hr_status status) {
  if (status) fail_msg("%s: %s", hr_code_name(hr_status_code(status)), hr_status_message(status));
}

/* The status has this code and its message holds the fact; it is freed. */
static inline void assert_fails(hr_status status, hr_code code, const char *fact) {
  assert_non_null(status);
  if (hr_status_code(status) != code || !strstr(hr_status_message(status), fact))
    fail_msg("wanted %s with '%s', got %s: %s", hr_code_name(code), fact, hr_code_name(hr_status_code(status)),
             hr_status_message(status));
  hr_status_free(status);
}

static inline float evaluate_f32(fixture *f, hr_output output) {
  hr_tensor value;
  assert_ok(hr_evaluate(f->session, output, &value));
  assert_int_equal(hr_tensor_dtype(&value), HR_FLOAT);
  float result = *(float *)hr_tensor_data(&value);
  hr_tensor_clear(&value);
  return result;
}

/* A float variable and the node that initialises it. */
static inline hr_output variable_f32(hr_scope s, const char *name, float value, hr_node **init) {
  hr_output variable = hr_variable_v2(s, HR_SHAPE(), HR_FLOAT, .name = name);
  *init = hr_assign(s, variable, hr_constant_f32(s, value)).node;
  return variable;
}

#endif
