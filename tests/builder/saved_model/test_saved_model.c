/* SavedModels: what we write equals what TensorFlow writes of the same program (record.py), and what it wrote is read.
 */
#include "expect.h"
#include "headrace/headrace.h"
#include "proto/saved_model.pb-c.h"
#include "runtime/base/proto_check.h"
#include "runtime/base/proto_text.h"
#include "runtime/io/file.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SERVING HR_STRINGS("serve", "first")

/* ---- folders and files ----------------------------------------------------------------------------------------- */

static int make_folder(void **state) {
  char *folder = strdup("/tmp/headrace_model_XXXXXX");
  *state = folder;
  return folder && mkdtemp(folder) && chdir(FIXTURES) == 0 ? 0 : -1;
}
static int remove_folder(void **state) {
  char command[256];
  snprintf(command, sizeof command, "rm -rf '%s'", (char *)*state);
  free(*state);
  return system(command);
}

static const char *in_folder(void **state, const char *name) {
  static char paths[8][256];
  static unsigned next;
  char *path = paths[next++ % 8];
  snprintf(path, sizeof paths[0], "%s/%s", (char *)*state, name);
  return path;
}

static hr_owned_bytes read_file(const char *path) {
  hr_owned_bytes bytes;
  assert_ok(hr_file_read_all(path, (size_t)1 << 24, &bytes.data, &bytes.length));
  return bytes;
}

/* A folder with a model of these bytes, and the fixture's variables and assets. */
static const char *model_of(void **state, const char *name, const char *file, hr_bytes bytes) {
  char command[600];
  const char *folder = in_folder(state, name);
  snprintf(command, sizeof command, "rm -rf %s && mkdir %s && cp -r model/assets model/variables %s", folder, folder,
           folder);
  assert_int_equal(system(command), 0);
  char path[300];
  snprintf(path, sizeof path, "%s/%s", folder, file);
  assert_ok(hr_file_replace(path, bytes.data, bytes.length));
  return folder;
}

/* ---- the program ------------------------------------------------------------------------------------------------ */

typedef struct program {
  hr_graph *graph;
  hr_builder *builder;
  hr_scope s;
  hr_session *session;
  hr_output x, y, path;
  hr_node *main_op;
} program;

static program program_new(void) {
  program p = {.graph = hr_graph_new()};
  p.builder = hr_builder_new(p.graph);
  p.s = hr_builder_root(p.builder);
  assert_ok(hr_session_new(p.graph, NULL, &p.session));
  return p;
}

/* What `model` in record.py builds. */
static program program_built(void) {
  program p = program_new();
  hr_scope s = p.s, on_cpu = hr_device_scope(s, "/device:CPU:0");
  p.x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 2), .name = "x");
  hr_tensor weights, nowhere;
  assert_ok(hr_tensor_from(HR_FLOAT, 2, (int64_t[]){2, 1}, (float[]){1, 2}, &weights));
  hr_var *w = hr_tf_variable(on_cpu, &weights, .name = "w");
  hr_tensor_clear(&weights);
  p.y = hr_tf_matmul(s, p.x, w, .name = "y");
  p.path = hr_constant_string(s, "vocabulary.txt", .name = "path");
  assert_ok(hr_tensor_string("nowhere", 7, &nowhere));
  hr_var *found = hr_tf_variable(s, &nowhere, .name = "found", .trainable = false);
  hr_tensor_clear(&nowhere);
  hr_node *take = hr_var_assign(s, found, p.path, .name = "take").node;
  p.main_op = hr_group_with(s, 1, &take, &(hr_op_options){"main"});
  hr_node *init = hr_global_variables_initializer(s);
  assert_ok(hr_builder_status(p.builder));
  assert_ok(hr_run_node(p.session, init));
  return p;
}

static void program_end(program *p) {
  hr_session_free(p->session);
  hr_builder_free(p->builder);
  hr_graph_unref(p->graph);
}

static void save_program(program *p, const char *folder, bool as_text) {
  hr_saved_model_builder *b;
  assert_ok(hr_saved_model_builder_new(folder, &b));
  hr_owned_bytes predict;
  assert_ok(hr_predict_signature_def(1, &(hr_named_output){"x", p->x}, 2,
                                     (hr_named_output[]){{"y", p->y}, {"again", p->y}}, &predict));
  const hr_bytes def = {predict.data, predict.length};
  assert_ok(hr_saved_model_add_meta_graph_and_variables(
      b, p->s, p->session, SERVING, .num_signatures = 2,
      .signatures = (hr_signature[]){{HR_DEFAULT_SERVING_SIGNATURE_KEY, def}, {"other", def}},
      .assets = HR_LIST(p->path), .main_op = p->main_op, .strip_default_attrs = true));
  assert_ok(hr_saved_model_add_meta_graph(b, p->s, HR_STRINGS("train"), .clear_devices = true));
  char *path;
  assert_ok(hr_saved_model_save(b, as_text, &path));
  assert_non_null(strstr(path, as_text ? "/saved_model.pbtxt" : "/saved_model.pb"));
  free(path);
  free(predict.data);
  hr_saved_model_builder_free(b);
}

/* ---- comparing -------------------------------------------------------------------------------------------------- */

/* Ops' definitions are compared elsewhere; the random part of a sharded saver's directory differs. TensorFlow writes an
 * empty library where it clears devices. */
static void normalise(HrPb__MetaGraphDef *m) {
  m->meta_info_def->tensorflow_git_version = (char *)"";
  if (m->graph_def->library && m->graph_def->library->n_function == 0) m->graph_def->library = NULL;
  HrPb__OpList *ops = m->meta_info_def->stripped_op_list;
  for (size_t i = 0; i < ops->n_op; ++i) {
    HrPb__OpDef *op = ops->op[i];
    op->n_attr = op->n_input_arg = op->n_output_arg = 0;
    op->deprecation = NULL;
  }
}

static char *text_of(hr_owned_bytes bytes) {
  hr_arena arena = {0};
  HrPb__SavedModel *model;
  hr_text text = {0};
  assert_ok(hr_proto_unpack(&hr_pb__saved_model__descriptor, &arena, bytes.data, bytes.length, NULL, &model));
  for (size_t i = 0; i < model->n_meta_graphs; ++i)
    normalise(model->meta_graphs[i]);
  hr_proto_print(model, &text);
  hr_arena_free(&arena);
  free(bytes.data);
  char *result = hr_text_take(&text);
  for (char *at = result; (at = strstr(at, "_temp_")); at += 6)
    memset(at + 6, '?', strcspn(at + 6, "/"));
  return result;
}

static void expect_equal_texts(char *want, char *have) {
  size_t at = 0;
  while (want[at] && want[at] == have[at])
    ++at;
  if (want[at] || have[at]) {
    size_t from = at > 300 ? at - 300 : 0;
    fail_msg("they part here:\n%.600s\n---- and here:\n%.600s", want + from, have + from);
  }
  free(want);
  free(have);
}

static void writes_what_tensorflow_writes(void **state) {
  program p = program_built();
  const char *folder = in_folder(state, "model");
  save_program(&p, folder, false);
  hr_owned_bytes want, have;
  assert_ok(hr_saved_model_read("model", &want));
  assert_ok(hr_saved_model_read(folder, &have));
  expect_equal_texts(text_of(want), text_of(have));
  char command[600];
  snprintf(command, sizeof command, "diff -r -x saved_model.pb model %s", folder);
  assert_int_equal(system(command), 0);
  program_end(&p);
}

static void writes_text(void **state) {
  program p = program_built();
  const char *folder = in_folder(state, "text");
  save_program(&p, folder, true);
  assert_true(hr_contains_saved_model(folder));
  hr_owned_bytes want, have;
  assert_ok(hr_saved_model_read("text", &want));
  assert_ok(hr_saved_model_read(folder, &have));
  expect_equal_texts(text_of(want), text_of(have));
  program_end(&p);
}

/* ---- loading ---------------------------------------------------------------------------------------------------- */

static char *string_value(program *p, const char *name) {
  hr_output output;
  hr_tensor value;
  assert_ok(hr_graph_output(p->graph, name, &output));
  assert_ok(hr_evaluate(p->session, output, &value));
  const hr_string *s = hr_tensor_data(&value);
  char *text = strndup(hr_string_data(s), hr_string_length(s));
  hr_tensor_clear(&value);
  return text;
}

static void expect_loaded(program *p, const char *prefix, const char *found) {
  char name[100];
  snprintf(name, sizeof name, "%sw:0", prefix);
  hr_output w;
  hr_tensor value;
  assert_ok(hr_graph_output(p->graph, name, &w));
  assert_ok(hr_evaluate(p->session, w, &value));
  assert_memory_equal(hr_tensor_data(&value), ((float[]){1, 2}), 2 * sizeof(float));
  hr_tensor_clear(&value);
  snprintf(name, sizeof name, "%sfound:0", prefix);
  char *path = string_value(p, name);
  assert_string_equal(path, found);
  free(path);
}

static void loads_what_tensorflow_saved(void **state) {
  (void)state;
  for (int text = 0; text < 2; ++text) {
    program p = program_new();
    hr_owned_bytes bytes;
    hr_meta_graph *m;
    assert_ok(hr_saved_model_load(p.s, p.session, HR_STRINGS("first", "serve"), text ? "text" : "model", &bytes));
    expect_loaded(&p, "", text ? "text/assets/vocabulary.txt" : "model/assets/vocabulary.txt");
    assert_ok(hr_meta_graph_parse(bytes.data, bytes.length, &m));
    assert_int_equal(m->num_signatures, 2);
    assert_string_equal(m->signatures[0].key, "other");
    const hr_signature *signature = hr_meta_graph_signature(m, "serving_default");
    assert_true(hr_is_valid_signature(signature->def.data, signature->def.length));
    assert_null(hr_meta_graph_signature(m, "none"));
    assert_int_equal(m->num_tags, 2);
    assert_string_equal(m->tags[0], "serve");
    assert_string_equal(m->tensorflow_version, "1.15.5");
    assert_true(m->stripped_default_attrs && m->saver_def.length > 0);
    assert_int_equal(m->num_assets, 1);
    assert_string_equal(m->asset_names[0], "path:0");
    assert_string_equal(m->asset_files[0], "vocabulary.txt");
    hr_meta_graph_free(m);
    free(bytes.data);
    program_end(&p);
  }
}

static void loads_into_scopes(void **state) {
  (void)state;
  program p = program_new();
  for (int i = 0; i < 2; ++i) {
    assert_ok(hr_saved_model_load(p.s, p.session, SERVING, "model", NULL, .import_scope = "sc"));
    expect_loaded(&p, i ? "sc_1/" : "sc/", "model/assets/vocabulary.txt");
  }
  assert_int_equal(hr_collection_count(p.graph, HR_GLOBAL_VARIABLES), 4);
  assert_int_equal(hr_collection_count(p.graph, "saved_model_main_op"), 2);
  program_end(&p);
}

/* Other ways in which models name what runs on loading. */
static void loads_variants(void **state) {
  hr_owned_bytes text = read_file("text/saved_model.pbtxt");
  static const struct {
    const char *from, *to, *found;
    hr_code code;
  } rows[] = {
      {"key: \"saved_model_main_op\"", "key: \"legacy_init_op\"     ", "assets/vocabulary.txt", HR_OK},
      {"key: \"saved_model_main_op\"", "key: \"something_else\"     ", "nowhere", HR_OK},
      {"value: \"main\"", "value: \"main\" value: \"init\"", "", HR_FAILED_PRECONDITION},
      {"value: \"main\"", "value: \"gone\"", "", HR_NOT_FOUND},
      {"filename: \"vocabulary.txt\"", "filename: \"vocabulary.txt\"", "assets/vocabulary.txt", HR_OK},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; ++i) {
    hr_text changed = {0};
    const char *rest = text.data, *at;
    while ((at = strstr(rest, rows[i].from))) {
      hr_text_add(&changed, rest, (size_t)(at - rest));
      hr_text_add_string(&changed, rows[i].to);
      rest = at + strlen(rows[i].from);
    }
    hr_text_add_string(&changed, rest);
    const char *folder = model_of(state, "variant", "saved_model.pbtxt", (hr_bytes){changed.data, changed.length});
    program p = program_new();
    hr_status status = hr_saved_model_load(p.s, p.session, SERVING, folder, NULL);
    if (hr_status_code(status) != rows[i].code) fail_msg("row %zu: %s", i, hr_status_message(status));
    hr_status_free(status);
    char found[300];
    snprintf(found, sizeof found, "%s%s%s", *rows[i].found == 'a' ? folder : "", *rows[i].found == 'a' ? "/" : "",
             rows[i].found);
    if (rows[i].code == HR_OK) expect_loaded(&p, "", found);
    program_end(&p);
    hr_text_free(&changed);
  }
  free(text.data);
}

static void loading_mistakes(void **state) {
  program p = program_new(), other = program_new();
  hr_owned_bytes unused;
  assert_fails(hr_saved_model_load(p.s, p.session, SERVING, in_folder(state, "none"), NULL), HR_NOT_FOUND,
               "SavedModel file does not exist at");
  assert_fails(hr_saved_model_load(p.s, p.session, HR_STRINGS("serve"), "model", NULL), HR_INVALID_ARGUMENT,
               "[{'serve', 'first'}, {'train'}]");
  assert_fails(hr_saved_model_find("model", ((hr_strings){0, NULL}), &unused), HR_INVALID_ARGUMENT, "tags");
  assert_fails(hr_saved_model_load(p.s, other.session, SERVING, "model", NULL), HR_INVALID_ARGUMENT, "graph");
  assert_false(hr_contains_saved_model("model/variables"));
  const char *bad = model_of(state, "bad", "saved_model.pb", (hr_bytes){"\xff\xff", 2});
  assert_fails(hr_saved_model_read(bad, &unused), HR_DATA_LOSS, "Cannot parse file");
  bad = model_of(state, "bad", "saved_model.pbtxt", (hr_bytes){"}}", 2});
  assert_fails(hr_saved_model_read(bad, &unused), HR_DATA_LOSS, "Cannot parse file");
  /* Without its variables. */
  hr_owned_bytes good = read_file("model/saved_model.pb");
  const char *folder = model_of(state, "bare", "saved_model.pb", (hr_bytes){good.data, good.length});
  char command[300];
  snprintf(command, sizeof command, "rm %s/variables/*", folder);
  assert_int_equal(system(command), 0);
  assert_fails(hr_saved_model_load(p.s, p.session, SERVING, folder, NULL), HR_INVALID_ARGUMENT,
               "not a valid checkpoint");
  snprintf(command, sizeof command, "rmdir %s/variables", folder);
  assert_int_equal(system(command), 0);
  assert_fails(hr_saved_model_load(p.s, p.session, SERVING, folder, NULL), HR_NOT_FOUND, "variables");
  free(good.data);
  program_end(&p);
  program_end(&other);
}

/* Cut and changed files give errors, or are read. */
static void damage(void **state) {
  hr_owned_bytes good = read_file("model/saved_model.pb");
  size_t read = 0, refused = 0;
  for (size_t i = 0; i < good.length; i += 61) {
    for (int cut = 0; cut < 2; ++cut) {
      if (!cut) good.data[i] ^= 0x5a;
      const char *path = in_folder(state, "saved_model.pb");
      assert_ok(hr_file_replace(path, good.data, cut ? i : good.length));
      if (!cut) good.data[i] ^= 0x5a;
      program p = program_new();
      hr_owned_bytes meta_graph;
      hr_status status = hr_saved_model_load(p.s, p.session, SERVING, (char *)*state, &meta_graph);
      ++*(status ? &refused : &read);
      hr_status_free(status);
      free(meta_graph.data);
      program_end(&p);
    }
  }
  assert_int_equal(read, 0); /* at the least the variables are missing */
  assert_true(refused > 100);
  free(good.data);
}

/* ---- the builder's rules ------------------------------------------------------------------------------------------
 */

static void building_mistakes(void **state) {
  program p = program_built();
  hr_saved_model_builder *b;
  const char *folder = in_folder(state, "model");
  assert_fails(hr_saved_model_builder_new("model", &b), HR_ALREADY_EXISTS, "isn't empty");
  assert_fails(hr_saved_model_builder_new("vocabulary.txt", &b), HR_NOT_FOUND, "Could not find directory");
  assert_ok(hr_saved_model_builder_new(folder, &b));
  hr_saved_model_builder_free(b);
  assert_ok(hr_saved_model_builder_new(folder, &b)); /* an empty directory */
  hr_strings tags = HR_STRINGS("t");
  assert_fails(hr_saved_model_add_meta_graph(b, p.s, tags), HR_FAILED_PRECONDITION, "has not been saved yet");
  hr_var *fresh = hr_tf_variable(p.s, 1.0, .name = "fresh");
  assert_fails(hr_saved_model_add_meta_graph_and_variables(b, p.s, p.session, tags), HR_FAILED_PRECONDITION, "fresh");
  assert_ok(hr_run_node(p.session, hr_var_initializer(fresh)));
  assert_ok(hr_saved_model_add_meta_graph_and_variables(b, p.s, p.session, tags));
  assert_fails(hr_saved_model_add_meta_graph_and_variables(b, p.s, p.session, tags), HR_FAILED_PRECONDITION,
               "already been saved");

  static const struct {
    hr_signature signature;
    const char *text;
  } bad[] = {{{"__saved_model_init_op", {"", 0}}, "reserved"},
             {{"__saved_model_train_op", {"", 0}}, "reserved"},
             {{"k", {"\x0a\x0a\x0a\x01x\x12\x05\x0a\x03x:0", 12}}, "no dtype"},
             {{"k", {"\x0a\x07\x0a\x01x\x12\x02\x10\x01", 9}}, "names no tensor"},
             {{"k", {"\x0a", 1}}, "SignatureDef"}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i)
    assert_fails(hr_saved_model_add_meta_graph(b, p.s, tags, .num_signatures = 1, .signatures = &bad[i].signature),
                 HR_INVALID_ARGUMENT, bad[i].text);

  hr_output texts = hr_constant_strings(p.s, 2, ((const char *[]){"a", "b"}));
  const hr_output wrong[] = {hr_placeholder(p.s, HR_STRING), hr_constant_f32(p.s, 1), texts, HR_NO_OUTPUT};
  for (int i = 0; i < 4; ++i) {
    hr_status status = hr_saved_model_add_meta_graph(b, p.s, tags, .assets = HR_LIST(wrong[i]));
    assert_true(hr_status_is_type_error(status));
    hr_status_free(status);
  }
  assert_fails(hr_saved_model_add_meta_graph(b, p.s, tags, .assets = HR_LIST(hr_constant_string(p.s, ""))),
               HR_INVALID_ARGUMENT, "Invalid asset filepath");
  assert_fails(hr_saved_model_add_meta_graph(b, p.s, tags, .assets = HR_LIST(hr_constant_string(p.s, "missing"))),
               HR_NOT_FOUND, "missing");
  assert_ok(hr_saved_model_add_meta_graph(b, p.s, tags, .legacy_init_op = p.main_op));
  assert_fails(hr_saved_model_add_meta_graph(b, p.s, tags, .main_op = p.main_op), HR_INVALID_ARGUMENT,
               "already contains one or more main ops");
  assert_ok(hr_builder_status(p.builder));
  hr_saved_model_builder_free(b);
  program_end(&p);
}

static void write_text(const char *path, const char *text) { assert_ok(hr_file_replace(path, text, strlen(text))); }

static void assets_of_one_name(void **state) {
  program p = program_new();
  assert_ok(hr_directory_create(in_folder(state, "a")));
  assert_ok(hr_directory_create(in_folder(state, "b")));
  write_text(in_folder(state, "a/z.txt"), "one");
  write_text(in_folder(state, "b/z.txt"), "two");
  hr_output a = hr_constant_string(p.s, in_folder(state, "a/z.txt"), .name = "a");
  hr_output c = hr_constant_string(p.s, in_folder(state, "b/z.txt"), .name = "b");
  hr_output again = hr_constant_string(p.s, in_folder(state, "a/z.txt"), .name = "again");
  hr_saved_model_builder *b;
  assert_ok(hr_saved_model_builder_new(in_folder(state, "model"), &b));
  /* No variables: nothing is saved for them. */
  assert_ok(
      hr_saved_model_add_meta_graph_and_variables(b, p.s, p.session, HR_STRINGS("t"), .assets = HR_LIST(a, c, again)));
  assert_ok(hr_saved_model_save(b, false, NULL));
  hr_saved_model_builder_free(b);
  hr_owned_bytes bytes = read_file(in_folder(state, "model/assets/z.txt_1"));
  assert_string_equal(bytes.data, "two");
  free(bytes.data);
  hr_owned_bytes found;
  hr_meta_graph *m;
  assert_ok(hr_saved_model_find(in_folder(state, "model"), HR_STRINGS("t"), &found));
  assert_ok(hr_meta_graph_parse(found.data, found.length, &m));
  assert_int_equal(m->num_assets, 3);
  assert_string_equal(m->asset_files[1], "z.txt_1");
  assert_string_equal(m->asset_files[2], "z.txt");
  hr_meta_graph_free(m);
  free(found.data);
  program_end(&p);
  p = program_new();
  assert_ok(hr_saved_model_load(p.s, p.session, HR_STRINGS("t"), in_folder(state, "model"), NULL));
  program_end(&p);
}

static void own_saver_and_main_op(void **state) {
  program p = program_built();
  hr_saver *saver = hr_saver_new(p.s, .name = "mine", .max_to_keep = 2);
  hr_node *main_op = hr_saved_model_main_op(p.s);
  assert_string_equal(hr_node_name(main_op), "group_deps");
  assert_string_equal(hr_node_name(hr_node_control_input(main_op, 2)), "init_all_tables");
  int32_t nodes = hr_graph_node_count(p.graph);
  hr_saved_model_builder *b;
  assert_ok(hr_saved_model_builder_new(in_folder(state, "model"), &b));
  assert_ok(hr_saved_model_add_meta_graph_and_variables(b, p.s, p.session, HR_STRINGS("t"), .saver = saver,
                                                        .main_op = main_op));
  assert_ok(hr_saved_model_save(b, false, NULL));
  assert_int_equal(hr_graph_node_count(p.graph), nodes);
  assert_true(hr_file_exists(in_folder(state, "model/variables/variables.data-00000-of-00001")));
  hr_saved_model_builder_free(b);
  hr_saver_free(saver);
  program_end(&p);
  p = program_new();
  assert_ok(hr_saved_model_load(p.s, p.session, HR_STRINGS("t"), in_folder(state, "model"), NULL));
  expect_loaded(&p, "", "nowhere"); /* the main op initializes */
  program_end(&p);
}

#define model_test(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void) {
  const struct CMUnitTest tests[] = {
      model_test(writes_what_tensorflow_writes),
      model_test(writes_text),
      model_test(loads_what_tensorflow_saved),
      model_test(loads_into_scopes),
      model_test(loads_variants),
      model_test(loading_mistakes),
      model_test(damage),
      model_test(building_mistakes),
      model_test(assets_of_one_name),
      model_test(own_saver_and_main_op),
  };
  return cmocka_run_group_tests_name("saved_model", tests, NULL, NULL);
}
