/* Savers: their nodes, and what they leave on disk. Summaries: their nodes, and event files. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "headrace/io.h"
#include "headrace/ops.h"
#include "headrace/saver.h"
#include "headrace/summary.h"
#include "headrace/train.h"

static void ok(hr_status status) {
  if (status) print_error("%s\n", hr_status_message(status));
  assert_null(status);
}
static void refused(hr_status status, hr_code code, const char *text) {
  assert_int_equal(hr_status_code(status), code);
  assert_non_null(strstr(hr_status_message(status), text));
  hr_status_free(status);
}

/* ---- nodes ----------------------------------------------------------------------------------------------------- */

/* The variables of programs/savers.py. */
static testing_graph six_variables(hr_var *vars[6]) {
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_tensor value;
  ok(hr_tensor_from(HR_FLOAT, 2, (int64_t[]){2, 2}, (float[]){1, 2, 3, 4}, &value));
  vars[0] = hr_tf_variable(s, &value, .name = "a");
  hr_tensor_clear(&value);
  vars[1] = hr_tf_variable(s, 5, .name = "b");
  vars[2] = hr_tf_variable(s, hr_constant_array(s, HR_DOUBLE, HR_SHAPE(2), ((double[]){1.5, 2.5})), .name = "scope/c");
  ok(hr_tensor_from(HR_BOOL, 1, (int64_t[]){2}, (bool[]){true, false}, &value));
  vars[3] = hr_tf_variable(s, &value, .name = "d", .trainable = false);
  hr_tensor_clear(&value);
  ok(hr_tensor_strings(3, (const char *[]){"one", "", "three"}, &value));
  vars[4] = hr_tf_variable(s, &value, .name = "e", .trainable = false);
  hr_tensor_clear(&value);
  vars[5] = hr_tf_variable(s, hr_zeros(s, HR_SHAPE(0, 3)), .name = "f");
  return t;
}

static void end(testing_graph *t, hr_saver *saver, const char *recorded_case) {
  hr_global_variables_initializer(t->root);
  hr_saver_free(saver);
  expect_ok(t->builder);
  expect_recorded_collections(t->graph, recorded_case);
  testing_graph_expect(t, recorded_case);
}

static void saver_default(void **state) {
  (void)state;
  hr_var *v[6];
  testing_graph t = six_variables(v);
  end(&t, hr_saver_new(t.root), "savers.default");
}
static void saver_named(void **state) {
  (void)state;
  hr_var *v[6];
  testing_graph t = six_variables(v);
  end(&t, hr_saver_new(t.root, .vars = &HR_VARS(v[0]), .names = (const char *[]){"weights"}), "savers.named");
}
static void saver_list(void **state) {
  (void)state;
  hr_var *v[6];
  testing_graph t = six_variables(v);
  end(&t, hr_saver_new(t.root, .vars = &HR_VARS(v[1], v[0])), "savers.list");
}
static void saver_keep_two(void **state) {
  (void)state;
  hr_var *v[6];
  testing_graph t = six_variables(v);
  end(&t, hr_saver_new(t.root, .max_to_keep = 2, .name = "keeper", .keep_checkpoint_every_n_hours = 1),
      "savers.keep_two");
}
static void saver_reshape(void **state) {
  (void)state;
  hr_var *v[6];
  testing_graph t = six_variables(v);
  end(&t, hr_saver_new(t.root, .reshape = true), "savers.reshape");
}
static void saver_two(void **state) {
  (void)state;
  hr_var *v[6];
  testing_graph t = six_variables(v);
  hr_saver_free(hr_saver_new(t.root));
  hr_saver_free(hr_saver_new(t.root, .vars = &HR_VARS(v[0]), .name = "second"));
  hr_saver_free(hr_saver_new(t.root));
  hr_saver_free(hr_saver_new(t.root, .vars = &HR_VARS(v[0]), .names = (const char *[]){"x"}, .max_to_keep = 0));
  testing_graph_expect(&t, "savers.two");
}

static void saver_sharded(void **state) {
  (void)state;
  hr_var *v[6];
  testing_graph t = six_variables(v);
  hr_saver *saver = hr_saver_new(t.root, .sharded = true);
  expect_ok(t.builder);
  char *bytes;
  size_t length;
  ok(hr_saver_to_proto(saver, &bytes, &length));
  assert_non_null(memmem(bytes, length, "save/Identity:0", 15));
  free(bytes);
  end(&t, saver, "savers.sharded");
}

/* The bytes that a fact spells in hexadecimal. */
static void expect_bytes(const char *recorded_case, const char *key, const char *bytes, size_t length) {
  char *hex = recorded_fact(recorded_case, key);
  assert_int_equal(strlen(hex), 2 * length);
  for (size_t i = 0; i < length; ++i) {
    unsigned byte;
    assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
    assert_int_equal(byte, (unsigned char)bytes[i]);
  }
  free(hex);
}

static void saver_version1(void **state) {
  (void)state;
  hr_var *v[6];
  testing_graph t = six_variables(v);
  end(&t, hr_saver_new(t.root, .version1 = true), "savers.version1");
}

/* Variables of two devices. */
static void on_devices(const hr_saver_options *options, const char *recorded_case) {
  testing_graph t = testing_graph_new();
  hr_scope s = t.root, ps = hr_device_scope(s, "/job:ps/task:0"), cpu = hr_device_scope(s, "/device:CPU:0");
  hr_tensor value;
  ok(hr_tensor_from(HR_FLOAT, 2, (int64_t[]){2, 2}, (float[]){1, 2, 3, 4}, &value));
  hr_var *a = hr_tf_variable(ps, &value, .name = "a");
  hr_tensor_clear(&value);
  hr_var *b = hr_tf_variable(s, 5, .name = "b");
  hr_tensor one;
  ok(hr_tensor_from(HR_FLOAT, 1, (int64_t[]){1}, (float[]){1.5f}, &one));
  hr_var *c = hr_tf_variable(cpu, &one, .name = "c");
  hr_tensor_clear(&one);
  hr_saver_options all = *options;
  all.vars = &HR_VARS(b, a, c);
  hr_saver *saver = hr_saver_new_with(s, &all);
  expect_ok(t.builder);
  char *bytes;
  size_t length;
  ok(hr_saver_to_proto(saver, &bytes, &length));
  expect_bytes(recorded_case, "saver_def", bytes, length);
  free(bytes);
  hr_saver_free(saver);
  testing_graph_expect(&t, recorded_case);
}
static void saver_version1_sharded(void **state) {
  (void)state;
  on_devices(
      &(hr_saver_options){.sharded = true, .version1 = true, .max_to_keep = 5, .keep_checkpoint_every_n_hours = 10000},
      "savers.version1_sharded");
}
static void saver_devices(void **state) {
  (void)state;
  on_devices(&(hr_saver_options){.sharded = true, .filename = "elsewhere", .keep_checkpoint_every_n_hours = 10000},
             "savers.devices");
}

static void with_slots(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 42);
  hr_scope s = t.root;
  hr_tensor start, x;
  ok(hr_tensor_from(HR_FLOAT, 2, (int64_t[]){2, 1}, (float[]){1, 2}, &start));
  ok(hr_tensor_from(HR_FLOAT, 2, (int64_t[]){1, 2}, (float[]){3, 4}, &x));
  hr_var *w = hr_tf_variable(s, &start, .name = "w");
  hr_output loss = hr_reduce_sum(s, hr_square(s, hr_tf_matmul(s, &x, w)));
  hr_tensor_clear(&start);
  hr_tensor_clear(&x);
  hr_optimizer *optimizer = hr_adam_optimizer(0.1);
  hr_minimize(s, optimizer, loss);
  hr_optimizer_free(optimizer);
  end(&t, hr_saver_new(s), "savers.with_slots");
}

static void saver_mistakes(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  assert_null(hr_saver_new(t.root));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "No variables to save", NULL);
  hr_saver *empty = hr_saver_new(t.root, .allow_empty = true);
  assert_non_null(empty);
  hr_saver_free(empty);
  hr_var *v = hr_tf_variable(t.root, 1.0, .name = "v");
  assert_null(hr_saver_new(t.root, .vars = &HR_VARS(v, v)));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "At least two variables have the same name: v", NULL);
  hr_saver *from_nothing;
  refused(hr_saver_from_proto("\x07", 1, &from_nothing), HR_INVALID_ARGUMENT, "SaverDef");
  testing_graph_free(&t);
}

/* ---- checkpoints ----------------------------------------------------------------------------------------------- */

/* A fresh directory, which the tests leave to the system's temporary place. */
static char *fresh_directory(char path[64]) {
  strcpy(path, "/tmp/headrace-builder-XXXXXX");
  assert_non_null(mkdtemp(path));
  return path;
}

static float value_of(hr_session *session, hr_var *var) {
  hr_tensor value;
  ok(hr_evaluate(session, hr_var_value(var), &value));
  float number = *(float *)hr_tensor_data(&value);
  hr_tensor_clear(&value);
  return number;
}

static void save_and_restore(void **state) {
  (void)state;
  char directory[64], path[96];
  snprintf(path, sizeof path, "%s/model.ckpt", fresh_directory(directory));
  testing_graph t = testing_graph_new();
  hr_var *v = hr_tf_variable(t.root, 1.0, .name = "v");
  hr_node *count = hr_var_assign_add(t.root, v, 1.0).node;
  hr_node *init = hr_global_variables_initializer(t.root);
  hr_saver *saver = hr_saver_new(t.root, .max_to_keep = 2);
  expect_ok(t.builder);
  hr_session *session;
  ok(hr_session_new(t.graph, NULL, &session));

  refused(hr_saver_save(saver, session, path, NULL), HR_FAILED_PRECONDITION, "v");
  refused(hr_saver_save(saver, session, "checkpoint", NULL), HR_INVALID_ARGUMENT, "collides");
  ok(hr_run_node(session, init));
  char *saved[3];
  for (int i = 0; i < 3; ++i) {
    ok(hr_saver_save(saver, session, path, &saved[i], .global_step = i));
    ok(hr_run_node(session, count));
  }
  assert_false(hr_checkpoint_exists(saved[0]));
  assert_true(hr_checkpoint_exists(saved[1]));
  assert_int_equal(hr_saver_checkpoint_count(saver), 2);
  assert_string_equal(hr_saver_checkpoint(saver, 0), saved[1]);
  char *latest = NULL, meta[128];
  ok(hr_latest_checkpoint(directory, NULL, &latest));
  assert_string_equal(latest, saved[2]);
  snprintf(meta, sizeof meta, "%s.meta", saved[2]);
  assert_int_equal(access(meta, R_OK), 0);
  snprintf(meta, sizeof meta, "%s.meta", saved[0]);
  assert_int_not_equal(access(meta, R_OK), 0);

  ok(hr_saver_restore(saver, session, latest));
  assert_float_equal(value_of(session, v), 3, 0);
  ok(hr_saver_restore(saver, session, saved[1]));
  assert_float_equal(value_of(session, v), 2, 0);
  refused(hr_saver_restore(saver, session, NULL), HR_INVALID_ARGUMENT, "None");
  refused(hr_saver_restore(saver, session, saved[0]), HR_INVALID_ARGUMENT, "not a valid checkpoint");

  /* A saver from the proto works on the same nodes, and takes over what an earlier one kept. */
  char *def;
  size_t length;
  ok(hr_saver_to_proto(saver, &def, &length));
  hr_saver *again;
  ok(hr_saver_from_proto(def, length, &again));
  free(def);
  ok(hr_saver_recover(again, 3, (const char *const *)saved));
  assert_int_equal(hr_saver_checkpoint_count(again), 2);
  ok(hr_saver_restore(again, session, latest));
  assert_float_equal(value_of(session, v), 3, 0);

  /* A name that the checkpoint lacks. */
  hr_saver *other = hr_saver_new(t.root, .vars = &HR_VARS(v), .names = (const char *[]){"elsewhere"});
  expect_ok(t.builder);
  refused(hr_saver_restore(other, session, latest), HR_NOT_FOUND, "elsewhere");
  for (int i = 0; i < 3; ++i)
    free(saved[i]);
  free(latest);
  hr_saver_free(other);
  hr_saver_free(again);
  hr_saver_free(saver);
  hr_session_free(session);
  testing_graph_free(&t);
}

/* A directory, a saved variable "v", and savers over it. */
typedef struct saving {
  char directory[64], path[96];
  testing_graph t;
  hr_var *v;
  hr_node *count;
  hr_session *session;
} saving;

static saving saving_new(void) {
  saving s = {.t = testing_graph_new()};
  snprintf(s.path, sizeof s.path, "%s/model.ckpt", fresh_directory(s.directory));
  s.v = hr_tf_variable(s.t.root, 1.0, .name = "v");
  s.count = hr_var_assign_add(s.t.root, s.v, 1.0).node;
  hr_node *init = hr_global_variables_initializer(s.t.root);
  expect_ok(s.t.builder);
  ok(hr_session_new(s.t.graph, NULL, &s.session));
  ok(hr_run_node(s.session, init));
  return s;
}

static void saving_end(saving *s, hr_saver *saver) {
  hr_saver_free(saver);
  hr_session_free(s->session);
  testing_graph_free(&s->t);
}

static char *in_directory(const saving *s, const char *name, char path[160]) {
  snprintf(path, 160, "%s/%s", s->directory, name);
  return path;
}

/* The state file, to be freed. */
static hr_checkpoint_state *state_of(const saving *s, const char *filename) {
  hr_checkpoint_state *state;
  ok(hr_get_checkpoint_state(s->directory, filename, &state));
  assert_non_null(state);
  return state;
}

static void version1_checkpoints(void **state) {
  (void)state;
  saving s = saving_new();
  for (int sharded = 0; sharded < 2; ++sharded) {
    hr_saver *saver = hr_saver_new(s.t.root, .version1 = true, .sharded = sharded, .max_to_keep = 1);
    expect_ok(s.t.builder);
    char *saved[2], *latest, path[160];
    for (int i = 0; i < 2; ++i) {
      ok(hr_saver_save(saver, s.session, s.path, &saved[i], .global_step = i + 10 * sharded));
      ok(hr_run_node(s.session, s.count));
    }
    assert_string_equal(saved[1],
                        in_directory(&s, sharded ? "model.ckpt-11-?\?\?\?\?-of-00001" : "model.ckpt-1", path));
    assert_int_equal(access(in_directory(&s, sharded ? "model.ckpt-11.meta" : "model.ckpt-1.meta", path), R_OK), 0);
    assert_false(hr_checkpoint_exists(saved[0]));
    assert_int_not_equal(access(in_directory(&s, sharded ? "model.ckpt-10.meta" : "model.ckpt-0.meta", path), R_OK), 0);
    ok(hr_latest_checkpoint(s.directory, NULL, &latest));
    assert_string_equal(latest, saved[1]);
    ok(hr_saver_restore(saver, s.session, latest));
    assert_float_equal(value_of(s.session, s.v), 2 + sharded, 0);
    free(latest);
    for (int i = 0; i < 2; ++i)
      free(saved[i]);
    refused(hr_saver_save(saver, s.session, in_directory(&s, "nowhere/x", path), NULL), HR_INVALID_ARGUMENT,
            "Parent directory");
    if (sharded == 0) hr_saver_free(saver);
    if (sharded == 1) saving_end(&s, saver);
  }
}

static void padded_and_relative(void **state) {
  (void)state;
  saving s = saving_new();
  hr_saver *saver = hr_saver_new(s.t.root, .pad_step_number = true, .save_relative_paths = true);
  expect_ok(s.t.builder);
  char *saved, path[160];
  ok(hr_saver_save(saver, s.session, s.path, NULL, .global_step = 7));
  ok(hr_saver_save(saver, s.session, s.path, &saved, .global_step = 8, .latest_filename = "other",
                   .meta_graph_suffix = "mg", .strip_default_attrs = true));
  assert_string_equal(saved, in_directory(&s, "model.ckpt-00000008", path));
  free(saved);
  assert_int_equal(access(in_directory(&s, "model.ckpt-00000008.mg", path), R_OK), 0);
  char text[256] = "";
  FILE *file = fopen(in_directory(&s, "other", path), "r");
  assert_true(file && fread(text, 1, sizeof text - 1, file) > 0);
  fclose(file);
  assert_string_equal(text, "model_checkpoint_path: \"model.ckpt-00000008\"\n"
                            "all_model_checkpoint_paths: \"model.ckpt-00000007\"\n"
                            "all_model_checkpoint_paths: \"model.ckpt-00000008\"\n");
  hr_checkpoint_state *read = state_of(&s, "other");
  assert_string_equal(read->model_checkpoint_path, in_directory(&s, "model.ckpt-00000008", path));
  hr_checkpoint_state_free(read);
  saving_end(&s, saver);
}

static void kept_checkpoints(void **state) {
  (void)state;
  saving s = saving_new();
  hr_saver *saver = hr_saver_new(s.t.root, .max_to_keep = 2);
  expect_ok(s.t.builder);
  ok(hr_saver_set_checkpoints(saver, 2, (const char *[]){"x", "y"}, (double[]){1, 2}));
  assert_int_equal(hr_saver_checkpoint_count(saver), 2);
  assert_float_equal(hr_saver_checkpoint_time(saver, 1), 2, 0);
  ok(hr_saver_set_checkpoints(saver, 1, (const char *[]){"z"}, NULL));
  assert_string_equal(hr_saver_checkpoint(saver, 0), "z");
  assert_true(hr_saver_checkpoint_time(saver, 0) > 1e18);
  char *first;
  ok(hr_saver_save(saver, s.session, s.path, &first, .global_step = 1));
  ok(hr_saver_recover(saver, 2, (const char *[]){"nowhere", first}));
  assert_int_equal(hr_saver_checkpoint_count(saver), 1);
  assert_true(hr_saver_checkpoint_time(saver, 0) > 1e9);

  /* One checkpoint that is older than n hours stays for good. */
  hr_saver *keeper = hr_saver_new(s.t.root, .max_to_keep = 1, .keep_checkpoint_every_n_hours = 1e-9);
  char *second;
  ok(hr_saver_save(keeper, s.session, s.path, &second, .global_step = 2));
  ok(hr_saver_save(keeper, s.session, s.path, NULL, .global_step = 3));
  assert_true(hr_checkpoint_exists(second));
  /* And with 0 all stay, of which the state file names the last. */
  hr_saver *all = hr_saver_new(s.t.root, .max_to_keep = 0);
  ok(hr_saver_save(all, s.session, s.path, NULL, .global_step = 4));
  ok(hr_saver_save(all, s.session, s.path, NULL, .global_step = 5));
  hr_checkpoint_state *read = state_of(&s, NULL);
  assert_int_equal(read->path_count, 1);
  assert_int_equal(hr_saver_checkpoint_count(all), 0);
  hr_checkpoint_state_free(read);
  ok(hr_saver_save(all, s.session, s.path, NULL, .global_step = 6, .write_meta_graph = false, .write_state = false));
  read = state_of(&s, NULL);
  assert_non_null(strstr(read->model_checkpoint_path, "-5"));
  hr_checkpoint_state_free(read);
  char path[160];
  assert_int_not_equal(access(in_directory(&s, "model.ckpt-6.meta", path), R_OK), 0);
  free(first);
  free(second);
  hr_saver_free(keeper);
  hr_saver_free(all);
  saving_end(&s, saver);
}

static void protos_in_scopes(void **state) {
  (void)state;
  saving s = saving_new();
  hr_scope inner = hr_name_scope(s.t.root, "model");
  hr_saver *saver = hr_saver_new(inner), *again;
  expect_ok(s.t.builder);
  char *bytes, *path;
  size_t length;
  refused(hr_saver_to_proto(saver, &bytes, &length, .scope = "mod"), HR_NOT_FOUND, "model/save/restore_all");
  ok(hr_saver_to_proto(saver, &bytes, &length, .scope = "model"));
  assert_memory_equal(bytes, "\x0a\x0csave/Const:0", 14);
  ok(hr_saver_from_proto(bytes, length, &again, .scope = "model/"));
  free(bytes);
  ok(hr_saver_save(again, s.session, s.path, &path));
  ok(hr_saver_restore(saver, s.session, path));
  free(path);
  hr_saver_free(again);
  saving_end(&s, saver);
}

/* Restore and RestoreSlice, by name. */
static void restore_ops(void **state) {
  (void)state;
  saving s = saving_new();
  char *path;
  hr_scope root = s.t.root;
  hr_var *table = hr_tf_variable(root, hr_zeros(root, HR_SHAPE(4, 5)), .name = "table");
  hr_node *set = hr_var_assign(root, table,
                               hr_tf_reshape(root,
                                             hr_range(root, hr_constant_f32(root, 0), hr_constant_f32(root, 20),
                                                      hr_constant_f32(root, 1)),
                                             HR_SHAPE(4, 5)))
                     .node;
  hr_saver *saver = hr_saver_new(root, .version1 = true);
  expect_ok(s.t.builder);
  ok(hr_run_node(s.session, set));
  ok(hr_saver_save(saver, s.session, s.path, &path));
  hr_output file = hr_constant_string(root, path), name = hr_constant_string(root, "table");
  hr_output whole = hr_restore(root, file, name, HR_FLOAT);
  hr_output part = hr_restore_slice(root, file, name, hr_constant_string(root, "4 5 1,2:3,1"), HR_FLOAT);
  hr_output wrong = hr_restore(root, file, name, HR_INT32);
  hr_output missing = hr_restore(root, file, hr_constant_string(root, "none"), HR_FLOAT);
  expect_ok(s.t.builder);
  hr_tensor values[2];
  ok(hr_session_run(s.session, 0, NULL, 2, (hr_output[]){whole, part}, values, 0, NULL));
  assert_int_equal(values[0].elements, 20);
  assert_memory_equal(hr_tensor_data(&values[1]), ((float[]){8, 13}), 2 * sizeof(float));
  hr_tensor_clear(&values[0]);
  hr_tensor_clear(&values[1]);
  refused(hr_evaluate(s.session, wrong, values), HR_INVALID_ARGUMENT, "table");
  refused(hr_evaluate(s.session, missing, values), HR_NOT_FOUND, "none");
  free(path);
  saving_end(&s, saver);
}

/* ---- summaries ------------------------------------------------------------------------------------------------- */

static void summaries(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 3), .name = "x");
  hr_output mean = hr_reduce_mean(s, x, .name = "mean");
  hr_output one = hr_summary_scalar(s, "mean value", mean);
  hr_scope layer = hr_name_scope(s, "layer");
  hr_output two = hr_summary_scalar(layer, "loss", mean);
  hr_summary_histogram(layer, "activations", x);
  hr_summary_scalar(layer, "kept_apart", mean, .collections = &HR_STRINGS("mine"));
  hr_summary_scalar(layer, "shared", mean, .family = "family");
  hr_summary_scalar(s, "layer/loss", hr_tf_cast(s, mean, HR_DOUBLE));
  hr_summary_histogram(s, "double", hr_tf_cast(s, x, HR_DOUBLE));
  hr_summary_histogram(s, "int", hr_tf_cast(s, x, HR_INT32));
  hr_summary_text(s, "text", hr_constant_strings(s, 2, ((const char *[]){"a", "b"})));
  hr_summary_tensor(s, "tensor", x);
  hr_summary_merge(s, HR_LIST(one, two), .name = "some");
  hr_summary_merge_all(s, NULL);
  hr_summary_merge_all(s, "mine");
  assert_null(hr_summary_merge_all(s, "unknown").node);
  expect_ok(t.builder);
  expect_recorded_collections(t.graph, "summaries");
  testing_graph_expect(&t, "summaries");
}

static void event_file(void **state) {
  (void)state;
  char directory[64];
  testing_graph t = testing_graph_new();
  hr_output text = hr_summary_text(t.root, "note", hr_constant_string(t.root, "hello"));
  expect_ok(t.builder);
  hr_session *session;
  ok(hr_session_new(t.graph, NULL, &session));
  hr_file_writer *writer;
  ok(hr_file_writer_new(fresh_directory(directory), t.graph, NULL, &writer));
  hr_tensor summary;
  ok(hr_evaluate(session, text, &summary));
  for (int step = 1; step <= 2; ++step)
    ok(hr_file_writer_add_fetched(writer, &summary, step));
  ok(hr_file_writer_add_scalar(writer, "accuracy", 0.5f, 3));
  ok(hr_file_writer_add_run_metadata(writer, "", 0, "run", 4));
  refused(hr_file_writer_add_run_metadata(writer, "", 0, "run", 5), HR_INVALID_ARGUMENT, "run");
  refused(hr_file_writer_add_summary(writer, "\x07", 1, 0), HR_INVALID_ARGUMENT, "Summary");
  refused(hr_file_writer_add_fetched(writer, &(hr_tensor){.dtype = HR_FLOAT, .elements = 1}, 0), HR_INVALID_ARGUMENT,
          "float");
  ok(hr_file_writer_flush(writer));

  hr_record_reader *reader;
  ok(hr_record_reader_open(hr_file_writer_path(writer), HR_COMPRESSION_NONE, &reader));
  size_t lengths[8] = {0};
  int64_t steps[8] = {0};
  int count = 0;
  const void *data;
  size_t length;
  hr_status status;
  while (!(status = hr_record_reader_next(reader, &data, &length))) {
    hr_event event;
    ok(hr_event_parse(data, length, &event));
    assert_true(count < 8);
    lengths[count] = event.summary_length;
    steps[count++] = event.step;
  }
  assert_int_equal(hr_status_code(status), HR_OUT_OF_RANGE);
  hr_status_free(status);
  /* Version, GraphDef, MetaGraphDef, three summaries, run metadata. */
  assert_int_equal(count, 7);
  assert_int_equal(steps[4], 2);
  assert_int_equal(steps[6], 4);
  /* The tag's metadata came with the first one. */
  assert_true(lengths[3] > lengths[4] && lengths[4] > 0);
  hr_record_reader_free(reader);
  ok(hr_file_writer_close(writer));
  hr_tensor_clear(&summary);
  hr_session_free(session);
  testing_graph_free(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(saver_default),       cmocka_unit_test(saver_named),
      cmocka_unit_test(saver_list),          cmocka_unit_test(saver_keep_two),
      cmocka_unit_test(saver_reshape),       cmocka_unit_test(saver_two),
      cmocka_unit_test(saver_sharded),       cmocka_unit_test(with_slots),
      cmocka_unit_test(saver_mistakes),      cmocka_unit_test(summaries),
      cmocka_unit_test(save_and_restore),    cmocka_unit_test(event_file),
      cmocka_unit_test(saver_version1),      cmocka_unit_test(saver_version1_sharded),
      cmocka_unit_test(saver_devices),       cmocka_unit_test(version1_checkpoints),
      cmocka_unit_test(padded_and_relative), cmocka_unit_test(kept_checkpoints),
      cmocka_unit_test(protos_in_scopes),    cmocka_unit_test(restore_ops),
  };
  return cmocka_run_group_tests_name("checkpoints", tests, NULL, NULL);
}
