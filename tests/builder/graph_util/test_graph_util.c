/* Surgery on GraphDefs, against what TensorFlow made of the same graph (record.py). */
#include "expect.h"
#include "headrace/headrace.h"
#include "proto/graph.pb-c.h"
#include "runtime/base/proto_check.h"
#include "runtime/base/proto_text.h"
#include "runtime/io/file.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static hr_owned_bytes recorded(const char *name) {
  char path[300];
  hr_owned_bytes bytes;
  snprintf(path, sizeof path, FIXTURES "%s", name);
  assert_ok(hr_file_read_all(path, (size_t)1 << 20, &bytes.data, &bytes.length));
  return bytes;
}

static char *text_of(const hr_owned_bytes *bytes) {
  hr_arena arena = {0};
  HrPb__GraphDef *def;
  hr_text text = {0};
  assert_ok(hr_proto_unpack(&hr_pb__graph_def__descriptor, &arena, bytes->data, bytes->length, NULL, &def));
  hr_proto_print(def, &text);
  hr_arena_free(&arena);
  return hr_text_take(&text);
}

/* Byte for byte. Takes the bytes. */
static void expect_recorded(const char *name, hr_owned_bytes have) {
  hr_owned_bytes want = recorded(name);
  if (want.length != have.length || memcmp(want.data, have.data, want.length) != 0) {
    char *a = text_of(&want), *b = text_of(&have);
    size_t at = 0;
    while (a[at] && a[at] == b[at])
      ++at;
    size_t from = at > 200 ? at - 200 : 0;
    fail_msg("%s parts here:\n%.500s\n---- and here:\n%.500s", name, a + from, b + from);
  }
  free(want.data);
  free(have.data);
}

/* The recorded graph with its variables initialized. */
typedef struct fixture {
  hr_owned_bytes def;
  hr_graph *graph;
  hr_builder *builder;
  hr_session *session;
} fixture;

static fixture begin(void) {
  fixture f = {.def = recorded("graph.pb"), .graph = hr_graph_new()};
  f.builder = hr_builder_new(f.graph);
  assert_ok(hr_graph_import(hr_builder_root(f.builder), f.def.data, f.def.length, &(hr_import_options){.name = ""}));
  assert_ok(hr_session_new(f.graph, NULL, &f.session));
  return f;
}

static void initialize(fixture *f) { assert_ok(hr_run_node(f->session, hr_graph_find(f->graph, "init"))); }

static void end(fixture *f) {
  free(f->def.data);
  hr_session_free(f->session);
  hr_builder_free(f->builder);
  hr_graph_unref(f->graph);
}

/* ---- freezing ---------------------------------------------------------------------------------------------------- */

static void freezes(void **state) {
  (void)state;
  fixture f = begin();
  initialize(&f);
  hr_owned_bytes out;
  const void *def = f.def.data;
  size_t length = f.def.length;
  hr_strings outputs = HR_STRINGS("size", "text");
  assert_ok(hr_convert_variables_to_constants(f.session, def, length, outputs, &out));
  expect_recorded("frozen.pb", out);
  assert_ok(hr_convert_variables_to_constants(f.session, def, length, outputs, &out, .whitelist = &HR_STRINGS("w")));
  expect_recorded("frozen_white.pb", out);
  assert_ok(
      hr_convert_variables_to_constants(f.session, def, length, outputs, &out, .blacklist = &HR_STRINGS("w", "words")));
  expect_recorded("frozen_black.pb", out);
  assert_ok(hr_convert_variables_to_constants(f.session, def, length, HR_STRINGS("set"), &out));
  expect_recorded("frozen_set.pb", out);
  end(&f);
}

/* The frozen graph computes what the one with variables does. */
static void frozen_graphs_compute_the_same(void **state) {
  (void)state;
  fixture f = begin();
  initialize(&f);
  hr_owned_bytes frozen;
  assert_ok(hr_convert_variables_to_constants(f.session, f.def.data, f.def.length, HR_STRINGS("size"), &frozen));
  hr_graph *graph = hr_graph_new();
  hr_builder *builder = hr_builder_new(graph);
  assert_ok(hr_graph_import(hr_builder_root(builder), frozen.data, frozen.length, &(hr_import_options){.name = ""}));
  hr_session *session;
  assert_ok(hr_session_new(graph, NULL, &session));
  hr_tensor x, values[2];
  assert_ok(hr_tensor_from(HR_FLOAT, 2, (int64_t[]){1, 2}, (float[]){-1, -2}, &x));
  hr_session *const sessions[] = {f.session, session};
  for (int i = 0; i < 2; ++i) {
    hr_output in, out;
    assert_ok(hr_graph_output(hr_session_graph(sessions[i]), "x", &in));
    assert_ok(hr_graph_output(hr_session_graph(sessions[i]), "size", &out));
    assert_ok(hr_session_run(sessions[i], 1, &(hr_feed){in, &x}, 1, &out, &values[i], 0, NULL));
  }
  assert_true(hr_tensor_equal(&values[0], &values[1]));
  assert_float_equal(*(float *)hr_tensor_data(&values[0]), 11.5, 0); /* |-1*2 - 2*5 + 0.5| */
  hr_tensor_clear(&x);
  hr_tensor_clear(&values[0]);
  hr_tensor_clear(&values[1]);
  free(frozen.data);
  hr_session_free(session);
  hr_builder_free(builder);
  hr_graph_unref(graph);
  end(&f);
}

static void freezing_mistakes(void **state) {
  (void)state;
  fixture f = begin();
  hr_owned_bytes out;
  assert_fails(hr_convert_variables_to_constants(f.session, f.def.data, f.def.length, HR_STRINGS("size"), &out),
               HR_FAILED_PRECONDITION, "uninitialized");
  assert_fails(hr_convert_variables_to_constants(f.session, f.def.data, f.def.length, HR_STRINGS("none"), &out),
               HR_NOT_FOUND, "none is not in graph");
  assert_fails(hr_convert_variables_to_constants(f.session, f.def.data, f.def.length, HR_STRINGS("y:0"), &out),
               HR_NOT_FOUND, "y:0 is not in graph");
  assert_fails(hr_convert_variables_to_constants(f.session, "\x0a\x05x", 3, HR_STRINGS("y"), &out), HR_INVALID_ARGUMENT,
               "GraphDef");
  /* A GraphDef of another graph than the session's. */
  hr_graph *graph = hr_graph_new();
  hr_session *empty;
  assert_ok(hr_session_new(graph, NULL, &empty));
  assert_fails(hr_convert_variables_to_constants(empty, f.def.data, f.def.length, HR_STRINGS("y"), &out), HR_NOT_FOUND,
               "w");
  hr_session_free(empty);
  hr_graph_unref(graph);
  end(&f);
}

/* ---- cutting and cleaning ------------------------------------------------------------------------------------------
 */

static void extracts(void **state) {
  (void)state;
  fixture f = begin();
  hr_owned_bytes out;
  assert_ok(hr_extract_sub_graph(f.def.data, f.def.length, HR_STRINGS("set", "y", "y"), &out));
  expect_recorded("extracted.pb", out);
  assert_ok(hr_extract_sub_graph(f.def.data, f.def.length, ((hr_strings){0, NULL}), &out));
  assert_true(out.length < 10); /* the versions */
  free(out.data);
  assert_fails(hr_extract_sub_graph(f.def.data, f.def.length, HR_STRINGS("y", "none"), &out), HR_NOT_FOUND, "none");
  /* a(^b, c:1) without b and c; and a twice. */
  const char dangling[] = "\x0a\x0f\x0a\x01"
                          "a\x12\x01X\x1a\x02^b\x1a\x03"
                          "c:1";
  assert_fails(hr_extract_sub_graph(dangling, sizeof dangling - 1, HR_STRINGS("a"), &out), HR_NOT_FOUND, "a");
  const char twice[] = "\x0a\x03\x0a\x01"
                       "a\x0a\x03\x0a\x01"
                       "a";
  assert_fails(hr_extract_sub_graph(twice, sizeof twice - 1, HR_STRINGS("a"), &out), HR_INVALID_ARGUMENT, "named 'a'");
  end(&f);
}

static void removes_training_nodes(void **state) {
  (void)state;
  hr_owned_bytes def = recorded("graph.pb"), out;
  assert_ok(hr_remove_training_nodes(def.data, def.length, ((hr_strings){0, NULL}), &out));
  expect_recorded("cleaned.pb", out);
  assert_ok(hr_remove_training_nodes(def.data, def.length, HR_STRINGS("w/read", "check", "Identity", "none"), &out));
  expect_recorded("cleaned_protected.pb", out);
  free(def.data);
}

/* Appends a NodeDef. */
static void add_node(hr_text *graph, const char *name, const char *op, int count, const char *const *inputs) {
  HrPb__NodeDef node = HR_PB__NODE_DEF__INIT;
  hr_text bytes = {0};
  node.name = (char *)name;
  node.op = (char *)op;
  node.n_input = (size_t)count;
  node.input = (char **)inputs;
  hr_proto_pack(&node, &bytes);
  char head[] = {0x0a, (char)bytes.length};
  hr_text_add(graph, head, 2);
  hr_text_add(graph, bytes.data, bytes.length);
  hr_text_free(&bytes);
}
#define INPUTS(...)                                                                                                    \
  (int)(sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *)), (const char *[]) { __VA_ARGS__ }

/* Here TensorFlow's function drops the input of what reads a CheckNumerics. */
static void readers_of_checks_keep_their_input(void **state) {
  (void)state;
  hr_text graph = {0};
  add_node(&graph, "a", "X", 0, NULL);
  add_node(&graph, "i", "Identity", INPUTS("a:1"));
  add_node(&graph, "n", "CheckNumerics", INPUTS("i"));
  add_node(&graph, "m", "CheckNumerics", INPUTS("n", "^a"));
  add_node(&graph, "p", "Identity", INPUTS("m"));
  add_node(&graph, "o", "Y", INPUTS("p", "n", "^n", "^a"));
  add_node(&graph, "c", "Identity", INPUTS("d"));
  add_node(&graph, "d", "Identity", INPUTS("c"));
  add_node(&graph, "q", "Y", INPUTS("c"));
  hr_owned_bytes out;
  assert_ok(hr_remove_training_nodes(graph.data, graph.length, ((hr_strings){0, NULL}), &out));
  hr_text want = {0};
  add_node(&want, "a", "X", 0, NULL);
  add_node(&want, "o", "Y", INPUTS("a:1", "a:1", "^a"));
  assert_true(out.length > want.length);
  assert_memory_equal(out.data, want.data, want.length);
  free(out.data);
  hr_text_free(&graph);
  hr_text_free(&want);
}

/* ---- the rest ------------------------------------------------------------------------------------------------------
 */

static void cpu_nodes(void **state) {
  (void)state;
  FILE *file = fopen(FIXTURES "must_run_on_cpu.tsv", "r");
  char hex[400];
  int plain, pinned, rows = 0;
  assert_non_null(file);
  for (; fscanf(file, "%399s %d %d", hex, &plain, &pinned) == 3; ++rows) {
    char bytes[200];
    size_t length = strlen(hex) / 2;
    for (size_t i = 0; i < length; ++i) {
      unsigned byte;
      assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
      bytes[i] = (char)byte;
    }
    bool answer;
    assert_ok(hr_must_run_on_cpu(bytes, length, false, &answer));
    assert_int_equal(answer, plain);
    assert_ok(hr_must_run_on_cpu(bytes, length, true, &answer));
    assert_int_equal(answer, pinned);
  }
  fclose(file);
  assert_int_equal(rows, 10);
  bool answer;
  assert_fails(hr_must_run_on_cpu("\x0a", 1, false, &answer), HR_INVALID_ARGUMENT, "NodeDef");
}

static void shapes_by_name(void **state) {
  (void)state;
  fixture f = begin();
  hr_partial_shape shape;
  assert_ok(hr_tensor_shape_from_node_def_name(f.graph, "split:1", &shape));
  assert_true(hr_partial_shape_equal(&shape, &HR_SHAPE(-1, 1)));
  assert_ok(hr_tensor_shape_from_node_def_name(f.graph, "x", &shape));
  assert_true(hr_partial_shape_equal(&shape, &HR_SHAPE(-1, 2)));
  assert_fails(hr_tensor_shape_from_node_def_name(f.graph, "none", &shape), HR_NOT_FOUND, "none");
  end(&f);
}

static void written_files(void **state) {
  (void)state;
  fixture f = begin();
  char folder[] = "/tmp/headrace_write_XXXXXX", deep[64], command[128], *path;
  assert_non_null(mkdtemp(folder));
  snprintf(deep, sizeof deep, "%s/p/q", folder);
  hr_owned_bytes want = recorded("written.pbtxt"), have;
  for (int from_bytes = 0; from_bytes < 2; ++from_bytes) {
    assert_ok(from_bytes ? hr_write_graph_def(f.def.data, f.def.length, deep, "g.pbtxt", true, &path)
                         : hr_write_graph(f.graph, deep, "g.pbtxt", true, &path));
    assert_ok(hr_file_read_all(path, (size_t)1 << 20, &have.data, &have.length));
    assert_string_equal(have.data, want.data);
    free(have.data);
    free(path);
    assert_ok(from_bytes ? hr_write_graph_def(f.def.data, f.def.length, deep, "g.pb", false, &path)
                         : hr_write_graph(f.graph, deep, "g.pb", false, &path));
    assert_ok(hr_file_read_all(path, (size_t)1 << 20, &have.data, &have.length));
    expect_recorded("graph.pb", have);
    free(path);
  }
  free(want.data);
  assert_fails(hr_write_graph_def("\xff", 1, deep, "bad", false, NULL), HR_INVALID_ARGUMENT, "GraphDef");
  assert_fails(hr_write_graph(f.graph, deep, "none/g.pb", false, NULL), HR_NOT_FOUND, "none");
  snprintf(command, sizeof command, "rm -rf %s", folder);
  assert_int_equal(system(command), 0);
  end(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(freezes),
      cmocka_unit_test(frozen_graphs_compute_the_same),
      cmocka_unit_test(freezing_mistakes),
      cmocka_unit_test(extracts),
      cmocka_unit_test(removes_training_nodes),
      cmocka_unit_test(readers_of_checks_keep_their_input),
      cmocka_unit_test(cpu_nodes),
      cmocka_unit_test(shapes_by_name),
      cmocka_unit_test(written_files),
  };
  return cmocka_run_group_tests_name("graph_util", tests, NULL, NULL);
}
