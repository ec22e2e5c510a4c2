#include "expect.h"
#include "headrace/graph_io.h"
#include "proto/graph.pb-c.h"
#include "runtime/base/proto_check.h"
#include "runtime/base/proto_text.h"
#include "runtime/graph/graph_internal.h"
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

/* ---- helpers ----------------------------------------------------------------------------------------------------- */

static hr_text read_gz(const char *path) {
  hr_text text = {0};
  char block[65536];
  gzFile file = gzopen(path, "rb");
  if (!file) return text;
  for (int n; (n = gzread(file, block, sizeof block)) > 0;)
    hr_text_add(&text, block, (size_t)n);
  gzclose(file);
  return text;
}

/* A graph with its builder. */
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

static const hr_import_options no_prefix = {.name = ""};

#define IMPORT(f, text, options) hr_graph_import_text((f).scope, text, strlen(text), options)

/* "name op input input ...; ..." of the nodes from `first` on. */
static char *listing(const hr_graph *graph, int32_t first) {
  hr_export_options options = {.from_node = first};
  hr_owned_bytes bytes;
  assert_ok(hr_graph_export(graph, &options, &bytes));
  hr_arena arena = {0};
  HrPb__GraphDef *def;
  assert_ok(hr_proto_unpack(&hr_pb__graph_def__descriptor, &arena, bytes.data, bytes.length, NULL, &def));
  hr_text text = {0};
  for (size_t i = 0; i < def->n_node; ++i) {
    hr_text_printf(&text, "%s%s", i ? "; " : "", def->node[i]->name);
    for (size_t k = 0; k < def->node[i]->n_input; ++k)
      hr_text_printf(&text, " %s", def->node[i]->input[k]);
    if (*def->node[i]->device) hr_text_printf(&text, " @%s", def->node[i]->device);
  }
  hr_arena_free(&arena);
  free(bytes.data);
  return hr_text_take(&text);
}

static void assert_listing(const hr_graph *graph, int32_t first, const char *expected) {
  char *text = listing(graph, first);
  assert_string_equal(text, expected);
  free(text);
}

/* ---- names, order, inputs (measured with TensorFlow 1.15.5) --------------------------------------------------------
 */

static const char out_of_order[] =
    "node {name:'y' op:'IdentityN' input:'x:0' input:'aa' input:'^zb' input:'^aa' input:'^zb'"
    "      attr{key:'T' value{list{type:DT_FLOAT type:DT_FLOAT}}}}"
    "node {name:'x' op:'Placeholder' attr{key:'dtype' value{type:DT_FLOAT}}}"
    "node {name:'zb' op:'Placeholder' attr{key:'dtype' value{type:DT_FLOAT}}}"
    "node {name:'aa' op:'Placeholder' attr{key:'dtype' value{type:DT_FLOAT}} attr{key:'_foo' value{i:3}}"
    "      attr{key:'_output_shapes' value{list{shape{}}}}}"
    "node {name:'AA' op:'NoOp' input:'^zb' attr{key:'_class' value{list{s:'loc:@x'}}}}"
    "versions{producer:27}";

static void order_and_names(void **state) {
  (void)state;
  fixture f = begin();
  assert_ok(IMPORT(f, out_of_order, &no_prefix));
  assert_listing(f.graph, 0, "x; zb; aa; y x aa ^aa ^zb; AA ^zb");
  assert_int_equal(f.graph->producer, 27);
  assert_null(hr_node_attr(hr_graph_find(f.graph, "aa"), "_output_shapes"));
  assert_int_equal(hr_node_attr(hr_graph_find(f.graph, "aa"), "_foo")->i, 3);
  assert_ok(IMPORT(f, out_of_order, &no_prefix));
  assert_listing(f.graph, 5, "x_1; zb_1; aa_1; y_1 x_1 aa_1 ^aa_1 ^zb_1; AA_1 ^zb_1");
  assert_string_equal(hr_node_attr(hr_graph_find(f.graph, "AA_1"), "_class")->strings[0].data, "loc:@x_1");
  assert_ok(IMPORT(f, out_of_order, &(hr_import_options){.name = "p"}));
  assert_listing(f.graph, 10, "p/x; p/zb; p/aa; p/y p/x p/aa ^p/aa ^p/zb; p/AA ^p/zb");
  assert_string_equal(hr_node_attr(hr_graph_find(f.graph, "p/AA"), "_class")->strings[0].data, "loc:@p/x");
  assert_ok(IMPORT(f, out_of_order, NULL));
  assert_non_null(hr_graph_find(f.graph, "import/AA"));
  assert_ok(IMPORT(f, out_of_order, NULL));
  assert_non_null(hr_graph_find(f.graph, "import_1/AA"));
  end(&f);
}

static void mapped_inputs_and_returns(void **state) {
  (void)state;
  fixture f = begin();
  assert_ok(IMPORT(f, "node {name:'mine' op:'Placeholder' attr{key:'dtype' value{type:DT_FLOAT}}}", &no_prefix));
  hr_output mine = {hr_graph_find(f.graph, "mine"), 0};
  const char *names[] = {"x", "^zb"}, *wanted[] = {"x:0", "x", "y:1"};
  hr_output inputs[] = {mine, mine}, returns[3];
  hr_import_options options = {.name = "q",
                               .num_inputs = 2,
                               .input_names = names,
                               .inputs = inputs,
                               .num_returns = 3,
                               .return_names = wanted,
                               .returns = returns};
  assert_ok(IMPORT(f, out_of_order, &options));
  assert_listing(f.graph, 1, "q/x; q/zb; q/aa; q/y mine q/aa ^mine ^q/aa; q/AA ^mine");
  assert_true(hr_output_equal(returns[0], mine));
  assert_ptr_equal(returns[1].node, hr_graph_find(f.graph, "q/x"));
  assert_int_equal(returns[1].index, -1);
  assert_ptr_equal(returns[2].node, hr_graph_find(f.graph, "q/y"));
  assert_int_equal(returns[2].index, 1);

  names[0] = "nowhere:0";
  assert_fails(IMPORT(f, out_of_order, &options), HR_INVALID_ARGUMENT,
               "Attempted to map inputs that were not found in graph_def: [nowhere:0]");
  names[0] = "x:1";
  assert_fails(IMPORT(f, out_of_order, &options), HR_INVALID_ARGUMENT, "not found in graph_def: [x:1]");
  assert_int_equal(hr_graph_node_count(f.graph), 16); /* the five of either import stay */
  names[0] = "x";
  wanted[0] = "nothing:0";
  assert_fails(IMPORT(f, out_of_order, &options), HR_INVALID_ARGUMENT,
               "Requested return tensor 'nothing:0' not found in graph def");
  wanted[0] = "nothing";
  assert_fails(IMPORT(f, out_of_order, &options), HR_INVALID_ARGUMENT,
               "Requested return node 'nothing' not found in graph def");
  wanted[0] = "aa:1";
  assert_fails(IMPORT(f, out_of_order, &options), HR_INVALID_ARGUMENT,
               "Invalid return output 1 of node 'aa', which has 1 output(s)");
  assert_int_equal(hr_graph_node_count(f.graph), 16);
  end(&f);
}

static void scope_of_the_import(void **state) {
  (void)state;
  fixture f = begin();
  assert_ok(IMPORT(f, "node {name:'mine' op:'NoOp'}", &no_prefix));
  hr_node *mine = hr_graph_find(f.graph, "mine");
  hr_scope inside = hr_name_scope(f.scope, "inside");
  hr_scope after = hr_control_dependencies(inside, 1, &mine);
  hr_scope placed = hr_device_scope(after, "/cpu:0");
  static const char text[] = "node {name:'v' op:'NoOp' device:'/gpu:1'} node {name:'w' op:'NoOp' input:'^v'}"
                             "node {name:'c' op:'NoOp' device:'/gpu:2' attr{key:'_class' value{list{s:'loc:@v'}}}}"
                             "node {name:'d' op:'NoOp' device:'/gpu:2' attr{key:'_class' value{list{s:'loc:@w'}}}}";
  assert_ok(hr_graph_import_text(placed, text, sizeof text - 1, &(hr_import_options){.name = "deep"}));
  assert_listing(f.graph, 1,
                 "inside/deep/v ^mine @/device:GPU:1; inside/deep/w ^inside/deep/v ^mine @/device:CPU:0; "
                 "inside/deep/c ^mine @/device:GPU:1; inside/deep/d ^mine @/device:CPU:0");
  hr_scope_close(placed);
  hr_scope_close(after);
  hr_scope_close(inside);
  end(&f);
}

/* ---- mistakes ---------------------------------------------------------------------------------------------------- */

#define X         "node {name:'x' op:'Placeholder' attr{key:'dtype' value{type:DT_FLOAT}}}"
#define INT_X     "node {name:'x' op:'Placeholder' attr{key:'dtype' value{type:DT_INT32}}}"
#define FLOAT_T   " attr{key:'T' value{type:DT_FLOAT}}}"
#define Y(inputs) "node {name:'y' op:'Identity' " inputs FLOAT_T

static void mistakes_leave_the_graph_as_it_was(void **state) {
  (void)state;
  static const struct {
    const char *text;
    hr_code code;
    const char *problem;
  } cases[] = {
      {"node {name:'x' op:'Nonsense'}", HR_NOT_FOUND, "Op type not registered 'Nonsense'"},
      {X "node {name:'z' op:'Identity' input:'y'" FLOAT_T, HR_INVALID_ARGUMENT, "Node 'z': Unknown input node 'y'"},
      {INT_X Y("input:'x'"), HR_INVALID_ARGUMENT,
       "Input 0 of node y was passed int32 from x:0 incompatible with expected float."},
      {X Y("input:'x:1'"), HR_INVALID_ARGUMENT,
       "Node 'y': Connecting to invalid output 1 of source node x which has 1 outputs."},
      {X "node {name:'y' op:'Identity' input:'x'}", HR_INVALID_ARGUMENT,
       "NodeDef missing attr 'T' from Op<name=Identity"},
      {X "node {name:'y' op:'Identity' input:'x' attr{key:'zzz' value{i:1}}" FLOAT_T, HR_INVALID_ARGUMENT,
       "NodeDef mentions attr 'zzz' not in Op<name=Identity"},
      {X Y("input:'x' input:'x'"), HR_INVALID_ARGUMENT, ""},
      {X Y(""), HR_INVALID_ARGUMENT, ""},
      {X Y("input:'^x' input:'x'"), HR_INVALID_ARGUMENT, "Node 'y': Control dependencies must come after regular"},
      {X X, HR_INVALID_ARGUMENT, "Node 'x' is not unique"},
      {"node {name:'x y' op:'NoOp'}", HR_INVALID_ARGUMENT, "'x y' contains invalid characters"},
      {"node {op:'NoOp'}", HR_INVALID_ARGUMENT, "invalid characters"},
      {X Y("input:'z'") "node {name:'z' op:'Identity' input:'y'" FLOAT_T, HR_INVALID_ARGUMENT, "2 nodes in a cycle"},
      {X "versions{producer:134 min_consumer:4000}", HR_INVALID_ARGUMENT,
       "GraphDef min consumer version 4000 above current version 134"},
      {X "versions{producer:134 bad_consumers:[3,134]}", HR_INVALID_ARGUMENT, "disallows consumer version 134"},
      {X "node {name:'y' op:'NoOp' attr{key:'_class' value{list{s:'loc:@nowhere'}}}}", HR_INVALID_ARGUMENT,
       "Node 'y' expects to be colocated with unknown node 'nowhere'"},
      {X "node {name:'y' op:'NoOp' device:'/nonsense/x'}", HR_INVALID_ARGUMENT, ""},
      {X
       "node {name:'y' op:'Const' attr{key:'dtype' value{type:DT_FLOAT}} attr{key:'value' value{tensor{dtype:DT_FLOAT "
       "tensor_content:'abc'}}}}",
       HR_INVALID_ARGUMENT, "tensor_content has 3 bytes"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    fixture f = begin();
    assert_ok(IMPORT(f, "node {name:'old' op:'NoOp'} versions{producer:134}", &no_prefix));
    int64_t last_id = f.graph->last_id;
    hr_status status = IMPORT(f, cases[i].text, &no_prefix);
    if (hr_status_code(status) != cases[i].code || !strstr(hr_status_message(status), cases[i].problem))
      fail_msg("case %zu: %s: %s", i, hr_code_name(hr_status_code(status)), hr_status_message(status));
    hr_status_free(status);
    assert_int_equal(hr_graph_node_count(f.graph), 1);
    assert_int_equal(f.graph->producer, 134);
    assert_true(f.graph->last_id == last_id);
    assert_null(hr_graph_find(f.graph, "x"));
    assert_ok(IMPORT(f, X, &no_prefix)); /* and the name is free */
    assert_non_null(hr_graph_find(f.graph, "x"));
    end(&f);
  }
}

static void damaged_bytes(void **state) {
  (void)state;
  hr_text bytes = read_gz(RECORDED "first_graph/graph.pb.gz");
  assert_true(bytes.length > 0);
  for (size_t i = 0; i < bytes.length; ++i) {
    for (int bit = -1; bit < 8; bit += 3) {
      fixture f = begin();
      hr_text copy = {0};
      hr_text_add(&copy, bytes.data, bit < 0 ? i : bytes.length);
      if (bit >= 0) copy.data[i] = (char)(copy.data[i] ^ 1 << bit);
      hr_status status = hr_graph_import(f.scope, copy.data, copy.length, &no_prefix);
      if (status) assert_int_equal(hr_graph_node_count(f.graph), 0);
      hr_status_free(status);
      hr_text_free(&copy);
      end(&f);
    }
  }
  hr_text_free(&bytes);
}

/* ---- text, functions, options --------------------------------------------------------------------------------------
 */

static void text_reads_back(void **state) {
  (void)state;
  hr_text bytes = read_gz(RECORDED "first_graph/graph.pb.gz");
  fixture f = begin(), g = begin();
  hr_owned_bytes text, written;
  assert_ok(hr_graph_import(f.scope, bytes.data, bytes.length, &no_prefix));
  assert_ok(hr_graph_export_text(f.graph, NULL, &text));
  assert_ok(hr_graph_import_text(g.scope, text.data, text.length, &no_prefix));
  assert_ok(hr_graph_export(g.graph, NULL, &written));
  assert_int_equal(written.length, bytes.length);
  assert_memory_equal(written.data, bytes.data, bytes.length);
  free(text.data);
  free(written.data);
  hr_text_free(&bytes);
  end(&f);
  end(&g);
}

static void functions_are_kept(void **state) {
  (void)state;
  static const char one[] = "library {function {signature {name:'f'} node_def {name:'n' op:'NoOp'}}}";
  static const char other[] = "library {function {signature {name:'f'}}}";
  fixture f = begin();
  assert_ok(IMPORT(f, one, &no_prefix));
  assert_ok(IMPORT(f, one, &no_prefix));
  assert_fails(IMPORT(f, other, &no_prefix), HR_INVALID_ARGUMENT, "Cannot add function 'f'");
  hr_owned_bytes text;
  assert_ok(hr_graph_export_text(f.graph, NULL, &text));
  const char *first = strstr(text.data, "function {");
  assert_non_null(first);
  assert_null(strstr(first + 1, "function {"));
  free(text.data);
  end(&f);
}

static void export_options(void **state) {
  (void)state;
  fixture f = begin();
  assert_ok(IMPORT(f, X Y("input:'x'"), &no_prefix));
  hr_owned_bytes text;
  assert_ok(hr_graph_export_text(f.graph, &(hr_export_options){.output_shapes = true}, &text));
  assert_non_null(strstr(text.data, "key: \"_output_shapes\"\n    value {\n      list {\n        shape {\n"
                                    "          unknown_rank: true\n"));
  assert_non_null(strstr(text.data, "key: \"shape\""));
  free(text.data);
  assert_ok(hr_graph_export_text(f.graph, &(hr_export_options){.strip_default_attrs = true}, &text));
  assert_null(strstr(text.data, "key: \"shape\""));
  assert_non_null(strstr(text.data, "key: \"dtype\""));
  free(text.data);
  end(&f);
}

/* What a graph says of its outputs' shapes counts where it says more than the ops do. */
static void declared_shapes(void **state) {
  (void)state;
  fixture f = begin();
  assert_ok(IMPORT(f,
                   "node {name:'x' op:'Placeholder' attr{key:'dtype' value{type:DT_FLOAT}}"
                   "      attr{key:'_output_shapes' value{list{shape{dim{size:2} dim{size:-1}}}}}}"
                   "node {name:'y' op:'Identity' input:'x' attr{key:'T' value{type:DT_FLOAT}}"
                   "      attr{key:'_output_shapes' value{list{shape{dim{size:-1} dim{size:3}}}}}}",
                   &no_prefix));
  const hr_partial_shape *x = hr_output_shape((hr_output){hr_graph_find(f.graph, "x"), 0});
  const hr_partial_shape *y = hr_output_shape((hr_output){hr_graph_find(f.graph, "y"), 0});
  assert_true(hr_partial_shape_equal(x, &HR_SHAPE(2, -1)));
  assert_true(hr_partial_shape_equal(y, &HR_SHAPE(2, 3)));
  end(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(order_and_names),     cmocka_unit_test(mapped_inputs_and_returns),
      cmocka_unit_test(scope_of_the_import), cmocka_unit_test(mistakes_leave_the_graph_as_it_was),
      cmocka_unit_test(damaged_bytes),       cmocka_unit_test(text_reads_back),
      cmocka_unit_test(functions_are_kept),  cmocka_unit_test(export_options),
      cmocka_unit_test(declared_shapes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
