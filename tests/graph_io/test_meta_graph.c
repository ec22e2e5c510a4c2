#include "expect.h"
#include "headrace/graph_io.h"
#include "headrace/ops.h"
#include "headrace/saver.h"
#include "headrace/variables.h"
#include "proto/meta_graph.pb-c.h"
#include "runtime/base/proto_text.h"
#include "runtime/graph/graph_internal.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct fixture {
  hr_graph *graph;
  hr_builder *builder;
  hr_scope scope;
} fixture;

static fixture begin(void) {
  hr_graph *graph = hr_graph_new();
  hr_builder *builder = hr_builder_new(graph);
  return (fixture){graph, builder, hr_builder_root(builder)};
}
static void end(fixture *f) {
  hr_builder_free(f->builder);
  hr_graph_unref(f->graph);
}

static hr_text read_file(const char *path) {
  hr_text text = {0};
  char block[65536];
  FILE *file = fopen(path, "rb");
  if (!file) return text;
  for (size_t n; (n = fread(block, 1, sizeof block, file)) > 0;)
    hr_text_add(&text, block, n);
  fclose(file);
  return text;
}

static int compare_types(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

/* Leaves out an explanation in TensorFlow's words, and orders sets. */
static void normalise(HrPb__OpDef *op) {
  op->deprecation = NULL;
  for (size_t i = 0; i < op->n_attr; ++i) {
    HrPb__AttrValue *allowed = op->attr[i]->allowed_values;
    if (allowed && allowed->list->n_type) qsort(allowed->list->type, allowed->list->n_type, sizeof(int), compare_types);
  }
}

/* What stands beside another node takes that one's device where it is read: TensorFlow's import says so, too. */
static void leave_out_colocated_devices(HrPb__GraphDef *graph) {
  for (size_t i = 0; i < graph->n_node; ++i)
    for (size_t a = 0; a < graph->node[i]->n_attr; ++a)
      if (strcmp(graph->node[i]->attr[a]->key, "_class") == 0) graph->node[i]->device = NULL;
}

/* The text of a MetaGraphDef without what is the writer's own. */
static char *text_of(const void *bytes, size_t length) {
  hr_arena arena = {0};
  HrPb__MetaGraphDef *meta;
  hr_text text = {0};
  assert_ok(hr_proto_unpack(&hr_pb__meta_graph_def__descriptor, &arena, bytes, length, NULL, &meta));
  meta->meta_info_def->tensorflow_git_version = NULL;
  leave_out_colocated_devices(meta->graph_def);
  for (size_t i = 0; i < meta->meta_info_def->stripped_op_list->n_op; ++i)
    normalise(meta->meta_info_def->stripped_op_list->op[i]);
  hr_proto_print(meta, &text);
  hr_arena_free(&arena);
  return hr_text_take(&text);
}

static void assert_same_text(const char *a, const char *b, const char *name) {
  size_t i = 0;
  while (a[i] && a[i] == b[i])
    ++i;
  if (a[i] == b[i]) return;
  size_t from = i > 200 ? i - 200 : 0;
  fail_msg("%s differs:\n%.300s\n---- is\n%.300s", name, a + from, b + from);
}

/* What a Saver of TensorFlow 1.15 wrote is read, written again and the same. */
static void recorded_meta_graphs_survive_a_round_trip(void **state) {
  (void)state;
  DIR *folder = opendir(RECORDED);
  assert_non_null(folder);
  int graphs = 0;
  for (struct dirent *entry; (entry = readdir(folder));) {
    static const char *const files[] = {"model.ckpt.meta", "model.ckpt-1.meta"};
    for (int k = 0; k < 2; ++k) {
      char path[4096];
      snprintf(path, sizeof path, "%s%s/%s", RECORDED, entry->d_name, files[k]);
      hr_text bytes = read_file(path);
      if (bytes.length > 0) {
        fixture f = begin();
        hr_owned_bytes saver, written;
        assert_ok(hr_meta_graph_import(f.scope, bytes.data, bytes.length,
                                       &(hr_meta_graph_import_options){.saver_def = &saver}));
        hr_meta_graph_export_options options = {.saver_def = {saver.data, saver.length}};
        assert_ok(hr_meta_graph_export(f.graph, &options, &written));
        char *expected = text_of(bytes.data, bytes.length), *text = text_of(written.data, written.length);
        assert_same_text(expected, text, path);
        free(expected);
        free(text);
        free(saver.data);
        free(written.data);
        end(&f);
        ++graphs;
      }
      hr_text_free(&bytes);
    }
  }
  closedir(folder);
  assert_true(graphs >= 5);
}

static void variables_are_shared_between_collections(void **state) {
  (void)state;
  hr_text bytes = read_file(RECORDED "savers.default/model.ckpt.meta");
  fixture f = begin();
  assert_ok(hr_meta_graph_import(f.scope, bytes.data, bytes.length,
                                 &(hr_meta_graph_import_options){.import_scope = "restored"}));
  int32_t count = hr_collection_count(f.graph, HR_TRAINABLE_VARIABLES);
  assert_true(count > 0);
  for (int32_t i = 0; i < count; ++i) {
    hr_var *var = hr_item_var(hr_collection_item(f.graph, HR_TRAINABLE_VARIABLES, i));
    assert_non_null(var);
    assert_int_equal(strncmp(hr_var_name(var), "restored/", 9), 0);
    bool found = false;
    for (int32_t k = 0; k < hr_collection_count(f.graph, HR_GLOBAL_VARIABLES); ++k)
      found |= hr_item_var(hr_collection_item(f.graph, HR_GLOBAL_VARIABLES, k)) == var;
    assert_true(found);
  }
  hr_text_free(&bytes);
  end(&f);
}

static const char collections[] =
    "graph_def {node {name:'x' op:'Placeholder' device:'/cpu:0' attr{key:'dtype' value{type:DT_FLOAT}}}"
    "           node {name:'n' op:'NoOp'} versions{producer:134}}"
    "collection_def {key:'nodes' value{node_list{value:['x:0','n']}}}"
    "collection_def {key:'ints' value{int64_list{value:[1,-2]}}}"
    "collection_def {key:'floats' value{float_list{value:[0.5,3]}}}"
    "collection_def {key:'bytes' value{bytes_list{value:'a\\000b'}}}"
    "collection_def {key:'any' value{any_list{value{type_url:'t/x' value:'v'}}}}";

static void every_kind_of_collection(void **state) {
  (void)state;
  fixture f = begin();
  hr_owned_bytes saver;
  assert_ok(hr_meta_graph_import_text(f.scope, collections, sizeof collections - 1,
                                      &(hr_meta_graph_import_options){.saver_def = &saver, .clear_devices = true}));
  assert_null(saver.data);
  hr_node *x = hr_graph_find(f.graph, "x");
  assert_string_equal(hr_node_device(x), "");
  assert_ptr_equal(hr_collection_item(f.graph, "nodes", 0)->output.node, x);
  assert_ptr_equal(hr_collection_item(f.graph, "nodes", 1)->node, hr_graph_find(f.graph, "n"));
  assert_int_equal(hr_collection_item(f.graph, "ints", 1)->i, -2);
  assert_true(hr_collection_item(f.graph, "floats", 0)->f == 0.5);
  assert_memory_equal(hr_collection_item(f.graph, "bytes", 0)->bytes.data, "a\0b", 3);
  /* Items of two kinds cannot be stored; the rest is. */
  assert_ok(hr_collection_add(f.graph, "mixed", &(hr_item){.kind = HR_ITEM_INT, .i = 1}));
  assert_ok(hr_collection_add(f.graph, "mixed", &(hr_item){.kind = HR_ITEM_NODE, .node = x}));
  hr_owned_bytes text;
  const char *tags[] = {"serve"};
  hr_meta_graph_export_options options = {.num_tags = 1, .tags = tags, .strip_default_attrs = true};
  assert_ok(hr_meta_graph_export_text(f.graph, &options, &text));
  static const char *const parts[] = {"node_list {\n      value: \"x:0\"\n      value: \"n\"\n",
                                      "int64_list {\n      value: 1\n      value: -2\n",
                                      "float_list {\n      value: 0.5\n      value: 3.0\n",
                                      "bytes_list {\n      value: \"a\\000b\"\n",
                                      "type_url: \"t/x\"",
                                      "tags: \"serve\"",
                                      "tensorflow_version: \"1.15.5\"",
                                      "stripped_default_attrs: true",
                                      "name: \"Placeholder\""};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; ++i)
    if (!strstr(text.data, parts[i])) fail_msg("no %s in\n%s", parts[i], text.data);
  assert_null(strstr(text.data, "mixed"));
  free(text.data);
  const char *wanted[] = {"ints"};
  assert_ok(hr_meta_graph_export_text(
      f.graph, &(hr_meta_graph_export_options){.num_collections = 1, .collections = wanted}, &text));
  assert_non_null(strstr(text.data, "key: \"ints\""));
  assert_null(strstr(text.data, "key: \"nodes\""));
  free(text.data);
  end(&f);
}

static void mistakes(void **state) {
  (void)state;
  fixture f = begin();
  static const char missing[] = "collection_def {key:'c' value{node_list{value:'nothing:0'}}}";
  assert_fails(hr_meta_graph_import_text(f.scope, missing, sizeof missing - 1, NULL), HR_NOT_FOUND, "nothing");
  static const char no_op[] = "collection_def {key:'c' value{node_list{value:'nothing'}}}";
  assert_fails(hr_meta_graph_import_text(f.scope, no_op, sizeof no_op - 1, NULL), HR_NOT_FOUND, "Collection 'c'");
  assert_fails(hr_meta_graph_import(f.scope, "\x0a\x05", 2, NULL), HR_INVALID_ARGUMENT, "Malformed MetaGraphDef");
  static const char variable[] = "collection_def {key:'variables' value{bytes_list{value:'\\377'}}}";
  assert_fails(hr_meta_graph_import_text(f.scope, variable, sizeof variable - 1, NULL), HR_INVALID_ARGUMENT,
               "VariableDef");
  end(&f);
}

/* A newer TensorFlow may write attributes that 1.15 does not know, as long as they have their default. */
static void unknown_attributes_with_their_default(void **state) {
  (void)state;
#define NEW_OP "meta_info_def {stripped_op_list {op {name:'NoOp' attr{name:'fancy' type:'int' default_value{i:3}}}}}"
  static const char same[] = NEW_OP "graph_def{node{name:'n' op:'NoOp' attr{key:'fancy' value{i:3}}}}";
  static const char other[] = NEW_OP "graph_def{node{name:'m' op:'NoOp' attr{key:'fancy' value{i:4}}}}";
  fixture f = begin();
  assert_ok(hr_meta_graph_import_text(f.scope, same, sizeof same - 1, NULL));
  assert_non_null(hr_graph_find(f.graph, "n"));
  assert_fails(hr_meta_graph_import_text(f.scope, other, sizeof other - 1, NULL), HR_INVALID_ARGUMENT, "'fancy'");
  end(&f);
}

/* ---- parts of a graph -------------------------------------------------------------------------------------------- */

static void collect_saver(fixture *f, hr_saver *saver, hr_owned_bytes *def) {
  assert_ok(hr_saver_to_proto(saver, &def->data, &def->length));
  const hr_item item = {.kind = HR_ITEM_BYTES, .bytes = {def->data, def->length}};
  assert_ok(hr_collection_add(f->graph, HR_SAVERS, &item));
  hr_saver_free(saver);
}

/* What record.py builds. */
static fixture graph_of_parts(hr_owned_bytes *inner, hr_owned_bytes *outer) {
  fixture f = begin();
  hr_scope s = f.scope, a = hr_name_scope(s, "a");
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(2), .name = "x");
  hr_tensor two, one;
  assert_ok(hr_tensor_from(HR_FLOAT, 1, (int64_t[]){2}, (float[]){1, 2}, &two));
  assert_ok(hr_tensor_from(HR_FLOAT, 1, (int64_t[]){1}, (float[]){1}, &one));
  hr_var *v = hr_tf_variable(a, &two, .name = "v");
  hr_output y = hr_add(a, x, hr_var_value(v), .name = "y");
  HR_WITH (after, hr_control_dependencies(a, HR_NODES(x.node))) {
    hr_identity(after, hr_var_value(v), .name = "u");
  }
  hr_output d = hr_identity(hr_name_scope(a, "deep"), y, .name = "d");
  hr_var *w = hr_tf_variable(s, &one, .name = "w");
  hr_scope beside = hr_colocate_with(s, hr_var_ref(w).node, false);
  hr_identity(hr_name_scope(beside, "a/"), y, .name = "q");
  hr_tensor_clear(&two);
  hr_tensor_clear(&one);
  hr_add_node_to_collection(s, "ops", y.node);
  hr_add_output_to_collection(s, "outputs", d);
  hr_add_output_to_collection(s, "outputs", x);
  hr_add_output_to_collection(s, "elsewhere", x);
  assert_ok(hr_collection_add(f.graph, "numbers", &(hr_item){.kind = HR_ITEM_INT, .i = 3}));
  assert_ok(hr_collection_add(f.graph, "texts", &(hr_item){.kind = HR_ITEM_BYTES, .bytes = {"abc", 3}}));
  hr_saver *first = hr_saver_new(hr_name_scope(s, "a/"), .vars = &HR_VARS(v));
  hr_saver *second = hr_saver_new(s, .vars = &HR_VARS(w));
  assert_ok(hr_builder_status(f.builder));
  collect_saver(&f, first, inner);
  collect_saver(&f, second, outer);
  return f;
}

/* Takes the bytes. */
static void expect_meta_graph(const char *name, hr_owned_bytes have) {
  char path[4096];
  snprintf(path, sizeof path, FIXTURES "%s", name);
  hr_text want = read_file(path);
  char *expected = text_of(want.data, want.length), *text = text_of(have.data, have.length);
  assert_same_text(expected, text, name);
  free(expected);
  free(text);
  free(have.data);
  hr_text_free(&want);
}

static void parts_of_a_graph(void **state) {
  (void)state;
  hr_owned_bytes inner, outer, out;
  fixture f = graph_of_parts(&inner, &outer);
  hr_meta_graph_export_options scoped = {.saver_def = {inner.data, inner.length}, .export_scope = "a"};
  assert_ok(hr_meta_graph_export(f.graph, &scoped, &out));
  expect_meta_graph("scoped.meta", out);
  hr_meta_graph_export_options own = {.saver_def = {outer.data, outer.length}, .clear_extraneous_savers = true};
  assert_ok(hr_meta_graph_export(f.graph, &own, &out));
  expect_meta_graph("own_saver.meta", out);

  /* The part goes into another graph, where its input is mapped. */
  assert_ok(hr_meta_graph_export(f.graph, &scoped, &out));
  fixture other = begin();
  hr_output mine = hr_placeholder(other.scope, HR_FLOAT, .shape = HR_SHAPE(2), .name = "mine");
  hr_meta_graph_import_options mapped = {
      .import_scope = "b", .num_inputs = 1, .input_names = (const char *const[]){"$unbound_inputs_x"}, .inputs = &mine};
  assert_ok(hr_meta_graph_import(other.scope, out.data, out.length, &mapped));
  assert_ptr_equal(hr_node_input(hr_graph_find(other.graph, "b/y"), 0).node, mine.node);
  assert_ptr_equal(hr_node_control_input(hr_graph_find(other.graph, "b/u"), 0), mine.node);
  free(out.data);
  end(&other);
  free(inner.data);
  free(outer.data);
  end(&f);
}

/* What was exported is told of as it was given. */
static void signatures_and_meta_info_are_kept(void **state) {
  (void)state;
  fixture f = begin();
  hr_no_op(f.scope, .name = "n");
  hr_owned_bytes out;
  const hr_signature signatures[] = {{"second", {"\x1a\x01m", 3}}, {"first", {"", 0}}};
  static const char info[] = "\x0a\x04mine\x22\x01t\x2a\x01"
                             "9"; /* version, tag, TensorFlow's version */
  hr_meta_graph_export_options options = {.meta_info = {info, sizeof info - 1},
                                          .num_tags = 1,
                                          .tags = (const char *const[]){"u"},
                                          .num_signatures = 2,
                                          .signatures = signatures};
  assert_ok(hr_meta_graph_export(f.graph, &options, &out));
  hr_meta_graph *m;
  assert_ok(hr_meta_graph_parse(out.data, out.length, &m));
  assert_string_equal(m->meta_graph_version, "mine");
  assert_string_equal(m->tensorflow_version, "1.15.5");
  assert_int_equal(m->num_tags, 2);
  assert_string_equal(m->tags[1], "u");
  assert_int_equal(m->num_signatures, 2);
  assert_string_equal(m->signatures[0].key, "first");
  assert_memory_equal(hr_meta_graph_signature(m, "second")->def.data, "\x1a\x01m", 3);
  assert_int_equal(m->num_assets, 0);
  hr_meta_graph_free(m);
  for (size_t length = 0; length < out.length; ++length) { /* cut anywhere */
    hr_status_free(hr_meta_graph_parse(out.data, length, &m));
    hr_meta_graph_free(m);
  }
  free(out.data);
  options.meta_info = (hr_bytes){"\x0a", 1};
  assert_fails(hr_meta_graph_export(f.graph, &options, &out), HR_INVALID_ARGUMENT, "MetaInfoDef");
  end(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(parts_of_a_graph),
      cmocka_unit_test(signatures_and_meta_info_are_kept),
      cmocka_unit_test(recorded_meta_graphs_survive_a_round_trip),
      cmocka_unit_test(variables_are_shared_between_collections),
      cmocka_unit_test(every_kind_of_collection),
      cmocka_unit_test(mistakes),
      cmocka_unit_test(unknown_attributes_with_their_default),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
