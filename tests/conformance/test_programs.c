/* The recorded graphs, in Headrace: each comes back from import and export, byte for byte where its nodes can stay in
 * their order, has the static shapes of
 * TensorFlow 1.15, and computes its values, step by step in one session. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "headrace/graph_io.h"
#include "headrace/session.h"
#include "runtime/graph/node.h"
#include "runtime/tensor/tensor_proto.h"
#include "tests/conformance/recorded.h"
#include "tests/proto/expect.h"

enum { MAX_CASES = 2000, MAX_IN_STEP = 512, REASON = 600 };

static char cases[MAX_CASES][100];
static int case_count;

/* Cases whose ops are not there yet, NULL at the end. One that runs must leave the list. */
static const char *const later[] = {NULL};

/* Cases in which Python knows more than the ops: a sum over all axes of a tensor of unknown rank is a scalar; a layer
 * on a tensor of three dimensions keeps all but the last; flattening knows the product; a program sets a shape; what
 * enters a loop has the shape that is true in all iterations; a gradient has the shape of what it is for; a tensor
 * array remembers what was written; what a table gives has the shape of the keys; a queue
 * knows its elements. */
static const char *const shapes_set_by_hand[] = {
    "rare_forms.unknown_equations",
    "refused_calls.queues",
    "tensor_lists.gradients_of_rows",
    "refused_calls.branches", /* loops that were never closed */
    "second_order.hessians_of_loops",
    "convolutions.channels_first",
    "convolutions.contrib_layers",
    "convolutions.functions",
    "convolutions.layers",
    "convolutions.more_layers",
    "convolutions.slim",
    "convolutions.space",
    "batch_renorm.",
    "metrics_at_k.",
    "more_linear_algebra.repeats",
    "accumulators.",
    "sync_replicas.",
    "datasets_of_examples.batched_features",
    "datasets_of_examples.batched_lines",
    "datasets_of_examples.parsed",
    "datasets_of_examples.parsed_in_parallel",
    "datasets_of_examples.parsed_sparse",
    "datasets_of_examples.sparse_batches",
    "datasets_of_sparse_tensors.",
    "operators.reductions",
    "patches.patches",
    "model_pieces.layers",
    "graph_members.operations",
    "layer_forms.dense",
    "layer_forms.dropout_flatten",
    "layer_forms.objects",
    "layer_forms.fully_connected",
    "saver_life.from_checkpoint",
    "python_functions.py_func",
    "python_functions.py_func_gradient",
    "control_flow.imported",
    "control_flow_gradients.",
    "gradients.clipped_rows",
    "batch_norm_layers.",
    "chapter_11_parts.clipping",
    "contrib_framework.shapes_of_runs",
    "image_colors.",
    "image_sizes.",
    "sparse_tensors.",
    "learn.columns",
    "normalization_layers.maxout",
    "candidates.",
    "control_flow_files.",
    "control_flow_sparse.",
    "functions_with_loops.",
    "image_gradients.nearest_of_unknown_size",
    "loops.",
    "functional_control_flow.cond_of_variables",
    "functional_control_flow.map_gradients",
    "functional_control_flow.maps",
    "functional_control_flow.mixed",
    "functional_control_flow.second_loop_gradients",
    "functional_control_flow.second_map_gradients",
    "functional_control_flow.trained_in_loops",
    "resource_variables.in_loops",
    "second_order.inside_loops",
    "second_order.rows_of_a_jacobian",
    "second_order.variables",
    "switch_cases.nested",
    "conditional_gradients.single_ops",
    "conditional_gradients.variables",
    "placement.transfers_in_loops",
    "tensor_arrays.",
    "functional.",
    "assertions.order",
    "functional_ops.nested",
    "functions.results",
    "functions.own_gradients",
    "tables.",
    "feature_columns.",
    "queues.",
    "buckets.",
    "input_pipelines.",
    "parsing.tensors",
    "queue_runners.",
    "canned_models.",
    "staging.",
    "map_staging.",
    "barriers.",
};

/* Cases in which an import gives initial values the device of the variable that they stand beside, as TensorFlow's. */
static const char *const placed_anew[] = {"replica_devices.", "resource_variables.made", "resource_variables.saved",
                                          "sync_replicas."};

/* A case, or all cases of a program, which ends in '.'. */
static bool is_named(const char *name, const char *wanted) {
  size_t length = strlen(wanted);
  return wanted[length - 1] == '.' ? strncmp(name, wanted, length) == 0 : strcmp(name, wanted) == 0;
}

/* A case in Headrace. */
typedef struct program {
  const char *name;
  hr_graph *graph;
  hr_builder *builder;
  hr_text definition;
  char reason[REASON]; /* why it failed; "": it did not */
} program;

static bool failed(program *p, const char *what, hr_status status) {
  if (!status) return false;
  snprintf(p->reason, sizeof p->reason, "%s: %s: %s", what, hr_code_name(hr_status_code(status)),
           hr_status_message(status));
  hr_status_free(status);
  return true;
}

static void program_open(program *p, const char *name) {
  char path[200];
  snprintf(path, sizeof path, "%s/graph.pb.gz", name);
  *p = (program){.name = name, .graph = hr_graph_new(), .definition = recorded_file(path)};
  p->builder = hr_builder_new(p->graph);
  hr_import_options options = {.name = ""};
  failed(p, "import", hr_graph_import(hr_builder_root(p->builder), p->definition.data, p->definition.length, &options));
}

static void program_close(program *p) {
  hr_builder_free(p->builder);
  hr_graph_unref(p->graph);
  hr_text_free(&p->definition);
}

/* ---- export ---------------------------------------------------------------------------------------------------- */

static void check_export(program *p) {
  hr_owned_bytes bytes;
  for (size_t i = 0; i < sizeof placed_anew / sizeof *placed_anew; ++i)
    if (is_named(p->name, placed_anew[i])) return;
  if (failed(p, "export", hr_graph_export(p->graph, NULL, &bytes))) return;
  hr_view want = recorded_view(&p->definition), have = {bytes.data, bytes.length};
  if (!hr_view_equal(want, have) && !(recorded_reads_ahead(want) && recorded_same_nodes(want, have)))
    snprintf(p->reason, sizeof p->reason, "exports other bytes than it was made of");
  free(bytes.data);
}

/* ---- shapes ---------------------------------------------------------------------------------------------------- */

/* The outputs of a node as graph.txt has them: "float32[?,3] int32?". */
static void outputs_text(hr_node *node, char *text, size_t size) {
  static const struct {
    hr_dtype dtype;
    const char *name;
  } numpy_names[] = {{HR_FLOAT, "float32"}, {HR_DOUBLE, "float64"}, {HR_HALF, "float16"}};
  size_t length = 0;
  text[0] = '\0';
  for (int32_t i = 0; i < hr_node_output_count(node); ++i) {
    hr_output output = hr_node_output(node, i);
    hr_dtype dtype = hr_output_dtype(output), base = hr_dtype_base(dtype);
    const char *name = hr_dtype_name(base);
    for (size_t k = 0; k < sizeof numpy_names / sizeof *numpy_names; ++k)
      if (numpy_names[k].dtype == base) name = numpy_names[k].name;
    length += (size_t)snprintf(text + length, size - length, "%s%s%s", i ? " " : "", name,
                               hr_dtype_is_ref(dtype) ? "_ref" : "");
    const hr_partial_shape *shape = hr_output_shape(output);
    if (shape->rank < 0) {
      length += (size_t)snprintf(text + length, size - length, "?");
      continue;
    }
    length += (size_t)snprintf(text + length, size - length, "[");
    for (int d = 0; d < shape->rank; ++d) {
      if (d) length += (size_t)snprintf(text + length, size - length, ",");
      if (shape->dims[d] < 0)
        length += (size_t)snprintf(text + length, size - length, "?");
      else
        length += (size_t)snprintf(text + length, size - length, "%lld", (long long)shape->dims[d]);
    }
    length += (size_t)snprintf(text + length, size - length, "]");
  }
}

static void check_shapes(program *p) {
  char path[400], expected[4096], actual[4096];
  snprintf(path, sizeof path, "%s%s/graph.txt", RECORDED, p->name);
  if (access(path, R_OK) != 0) return;
  for (size_t i = 0; i < sizeof shapes_set_by_hand / sizeof *shapes_set_by_hand; ++i)
    if (is_named(p->name, shapes_set_by_hand[i])) return;
  snprintf(path, sizeof path, "%s/graph.txt", p->name);
  hr_text listing = recorded_file(path);
  char *line_end, *line = listing.data;
  int wrong = 0;
  for (; line && *line; line = line_end + 1) {
    line_end = strchr(line, '\n');
    *line_end = '\0';
    char *field = line;
    for (int tabs = 0; tabs < 3; ++tabs)
      field = strchr(field, '\t') + 1;
    snprintf(expected, sizeof expected, "%.*s", (int)strcspn(field, "\t"), field);
    line[strcspn(line, "\t")] = '\0';
    hr_node *node = hr_graph_find(p->graph, line);
    outputs_text(node, actual, sizeof actual);
    if (strcmp(actual, expected) != 0 && wrong++ == 0)
      snprintf(p->reason, sizeof p->reason, "%s (%s) has %.100s, not %.100s", hr_node_name(node), hr_node_op(node),
               actual, expected);
  }
  size_t length = strlen(p->reason);
  if (wrong > 1) snprintf(p->reason + length, sizeof p->reason - length, ", and %d more", wrong - 1);
  hr_text_free(&listing);
}

/* ---- values ---------------------------------------------------------------------------------------------------- */

/* One run of the session. */
typedef struct run {
  int32_t feeds, fetches, targets;
  hr_feed feed[MAX_IN_STEP];
  hr_tensor fed[MAX_IN_STEP];
  hr_output fetch[MAX_IN_STEP];
  hr_tensor fetched[MAX_IN_STEP];
  recorded_value expected[MAX_IN_STEP]; /* of the fetches */
  hr_node *target[MAX_IN_STEP];
} run;

/* Programs that divide noise by itself: Adam moves biases that batch normalisation takes out again. */
static const char *const noisy[] = {"chapter_11_notebook.dnn"};
static double slack = 1;

static void allow_noise(const char *name) {
  slack = 1;
  for (size_t i = 0; i < sizeof noisy / sizeof *noisy; ++i)
    if (strcmp(name, noisy[i]) == 0) slack = 50;
}

static bool is_near(double a, double b, double relative) {
  relative *= slack;
  if (isnan(a) || isnan(b)) return isnan(a) && isnan(b);
  return a == b || fabs(a - b) <= relative * fmax(1, fmax(fabs(a), fabs(b)));
}

/* Complex numbers whose distance is small against them. */
static bool complex_is_near(const float a[2], const float b[2]) {
  double distance = hypot((double)a[0] - (double)b[0], (double)a[1] - (double)b[1]);
  return distance <= 2e-5 * slack * fmax(1, hypot((double)a[0], (double)a[1]));
}

/* Two of a half's last places: a sum in another order. */
static bool halves_are_near(hr_half x, hr_half y) {
  double a = (double)hr_half_to_float(x), b = (double)hr_half_to_float(y);
  return a == b || (isnan(a) && isnan(b)) || fabs(a - b) <= 2e-3 * fmax(fabs(a), fabs(b)) + 1e-5;
}

static bool tensors_are_near(const hr_tensor *a, const hr_tensor *b) {
  hr_shape a_shape = hr_tensor_shape(a), b_shape = hr_tensor_shape(b);
  if (a->dtype != b->dtype || !hr_shape_equal(&a_shape, &b_shape)) return false;
  const void *x = hr_tensor_data(a), *y = hr_tensor_data(b);
  for (int64_t i = 0; i < a->elements; ++i) {
    if (a->dtype == HR_FLOAT && !is_near(((const float *)x)[i], ((const float *)y)[i], 2e-5)) return false;
    if (a->dtype == HR_DOUBLE && !is_near(((const double *)x)[i], ((const double *)y)[i], 1e-10)) return false;
    if (a->dtype == HR_HALF && !halves_are_near(((const hr_half *)x)[i], ((const hr_half *)y)[i])) return false;
    if (a->dtype == HR_COMPLEX64 && !complex_is_near((const float *)x + 2 * i, (const float *)y + 2 * i)) return false;
    for (int64_t k = 2 * i; a->dtype == HR_COMPLEX128 && k < 2 * i + 2; ++k)
      if (!is_near(((const double *)x)[k], ((const double *)y)[k], 1e-10)) return false;
  }
  bool is_compared = a->dtype == HR_FLOAT || a->dtype == HR_DOUBLE || a->dtype == HR_HALF || a->dtype == HR_COMPLEX64 ||
                     a->dtype == HR_COMPLEX128;
  return is_compared || hr_tensor_equal(a, b);
}

/* The long tensor's first and last 16 elements, and for exact types its checksum. */
static bool digest_fits(const recorded_value *expected, const hr_tensor *value) {
  enum { ENDS = 16 };
  recorded_digest digest = recorded_digest_of(expected);
  hr_tensor ends, actual;
  assert_ok(hr_tensor_from_proto(digest.ends, hr_cpu_allocator(), &ends));
  hr_shape shape = hr_tensor_shape(&ends);
  assert_ok(hr_tensor_new(hr_cpu_allocator(), hr_tensor_dtype(value), &shape, &actual));
  size_t bytes = hr_tensor_bytes(value), end = hr_tensor_bytes(&actual) / 2;
  bool fits = (uint64_t)value->elements == digest.elements && value->dtype == ends.dtype;
  if (fits) {
    const char *data = hr_tensor_data(value);
    memcpy(hr_tensor_data(&actual), data, end);
    memcpy((char *)hr_tensor_data(&actual) + end, data + bytes - end, end);
    fits = tensors_are_near(&actual, &ends);
    if (hr_tensor_equal(&actual, &ends)) fits = crc32(0, (const Bytef *)data, (uInt)bytes) == digest.crc;
  }
  hr_tensor_clear(&ends);
  hr_tensor_clear(&actual);
  return fits;
}

static void check_fetch(program *p, const recorded_value *expected, const hr_tensor *value) {
  hr_tensor wanted = {0};
  bool fits;
  if (expected->kind == RECORDED_DIGEST) {
    fits = digest_fits(expected, value);
  } else {
    assert_ok(hr_tensor_from_proto(expected->payload, hr_cpu_allocator(), &wanted));
    fits = tensors_are_near(value, &wanted);
  }
  if (!fits && !p->reason[0]) {
    char *got = hr_tensor_text_dup(value, 6), *want = wanted.dtype ? hr_tensor_text_dup(&wanted, 6) : NULL;
    snprintf(p->reason, sizeof p->reason, "step %u, %.*s is %.200s, not %.200s", (unsigned)expected->step,
             (int)expected->name.length, expected->name.data, got, want ? want : "as recorded");
    free(got);
    free(want);
  }
  hr_tensor_clear(&wanted);
}

static void add_record(program *p, run *r, const recorded_value *value) {
  char name[300];
  snprintf(name, sizeof name, "%.*s", (int)value->name.length, value->name.data);
  hr_output output = {0};
  if (value->kind == RECORDED_TARGET) {
    r->target[r->targets++] = hr_graph_find(p->graph, name);
    return;
  }
  if (failed(p, "output", hr_graph_output(p->graph, name, &output))) return;
  if (value->kind == RECORDED_FEED) {
    assert_ok(hr_tensor_from_proto(value->payload, hr_cpu_allocator(), &r->fed[r->feeds]));
    r->feed[r->feeds] = (hr_feed){output, &r->fed[r->feeds]};
    r->feeds++;
  } else {
    r->expected[r->fetches] = *value;
    r->fetch[r->fetches++] = output;
  }
}

/* Runs what was gathered and compares; leaves nothing gathered. */
static void run_step(program *p, hr_session *session, run *r) {
  char what[40];
  snprintf(what, sizeof what, "step %u", r->fetches ? (unsigned)r->expected[0].step : 0);
  if (!p->reason[0] &&
      !failed(p, what,
              hr_session_run(session, r->feeds, r->feed, r->fetches, r->fetch, r->fetched, r->targets, r->target))) {
    for (int32_t i = 0; i < r->fetches; ++i) {
      check_fetch(p, &r->expected[i], &r->fetched[i]);
      hr_tensor_clear(&r->fetched[i]);
    }
  }
  for (int32_t i = 0; i < r->feeds; ++i)
    hr_tensor_clear(&r->fed[i]);
  r->feeds = r->fetches = r->targets = 0;
}

/* Cases that read a variable, update it, and count on seeing the new value in what they read: what was brought to
 * another device stays as it was. */
static const char *const read_before_update[] = {"moving_averages.evaluated", "optimizers.averages"};

/* Deals the nodes out to devices, as a device function could; SPREAD is a number that deals them out otherwise. */
static void spread(hr_graph *graph) {
  static const char *const devices[] = {"/device:CPU:0", "/device:GPU:0", "/device:GPU:1"};
  uint32_t way = (uint32_t)atoi(getenv("SPREAD") ? getenv("SPREAD") : "0");
  for (int32_t i = 0; i < hr_graph_node_count(graph); ++i) {
    uint32_t card = ((uint32_t)i + 1000 * way) * 2654435761u >> 16;
    assert_ok(hr_node_set_device(hr_graph_node(graph, i), devices[card % 3]));
  }
}

static void check_values_by(program *p, bool dataflow, bool is_spread) {
  allow_noise(p->name);
  char path[400];
  snprintf(path, sizeof path, "%s%s/values.bin", RECORDED, p->name);
  if (access(path, R_OK) != 0) return;
  snprintf(path, sizeof path, "%s/values.bin", p->name);
  if (is_spread) spread(p->graph);
  hr_session_options options = {.intra_op_threads = 1,
                                .inter_op_threads = 1,
                                .gpu_devices = is_spread ? 0 : -1,
                                .allow_soft_placement = is_spread,
                                .dataflow = dataflow,
                                .rewrites_off = dataflow ? HR_REWRITE_ALL : 0};
  hr_session *session;
  if (failed(p, "session", hr_session_new(p->graph, &options, &session))) return;
  hr_text file = recorded_file(path);
  hr_view rest = recorded_view(&file);
  run *r = calloc(1, sizeof *r);
  assert_non_null(r);
  uint32_t step = 0;
  recorded_value value;
  while (recorded_next_value(&rest, &value)) {
    if (value.step != step) run_step(p, session, r);
    step = value.step;
    add_record(p, r, &value);
  }
  run_step(p, session, r);
  free(r);
  hr_text_free(&file);
  hr_session_free(session);
}

/* By the walk where that will do, rewritten; and as the graph was built, by the dataflow executor. */
static void check_values(program *p) { check_values_by(p, false, false); }
static void check_dataflow_values(program *p) { check_values_by(p, true, false); }
/* The same with the nodes on several devices, those of loops included. */
static void check_spread_values_by(program *p, bool dataflow) {
  for (size_t i = 0; i < sizeof read_before_update / sizeof *read_before_update; ++i)
    if (is_named(p->name, read_before_update[i])) return;
  check_values_by(p, dataflow, true);
}
static void check_spread_values(program *p) { check_spread_values_by(p, false); }
static void check_spread_dataflow_values(program *p) { check_spread_values_by(p, true); }

/* ---- all cases ------------------------------------------------------------------------------------------------- */

static bool is_later(const char *name) {
  for (int i = 0; later[i]; ++i)
    if (strcmp(later[i], name) == 0) return true;
  return false;
}

static bool differs(const char *name, void (*check)(program *)) {
  program p;
  program_open(&p, name);
  if (!p.reason[0]) check(&p);
  if (p.reason[0] && !is_later(name)) print_error("%s: %s\n", name, p.reason);
  bool bad = p.reason[0] != '\0';
  program_close(&p);
  return bad;
}

static void check_all(void (*check)(program *)) {
  int bad = 0;
  for (int i = 0; i < case_count; ++i)
    if (!is_later(cases[i])) bad += differs(cases[i], check);
  if (bad > 0) fail_msg("%d of %d recorded programs differ", bad, case_count);
}

static void graphs_come_back(void **state) {
  (void)state;
  check_all(check_export);
}

static void shapes_are_inferred(void **state) {
  (void)state;
  check_all(check_shapes);
}

static void values_are_computed(void **state) {
  (void)state;
  check_all(check_values);
}

static void values_flow(void **state) {
  (void)state;
  check_all(check_dataflow_values);
}

static void values_are_computed_on_several_devices(void **state) {
  (void)state;
  check_all(check_spread_values);
}

static void values_flow_between_devices(void **state) {
  (void)state;
  check_all(check_spread_dataflow_values);
}

static void later_is_still_later(void **state) {
  (void)state;
  for (int i = 0; later[i]; ++i)
    if (!differs(later[i], check_values)) fail_msg("%s runs: take it off the list", later[i]);
}

static int by_name(const void *a, const void *b) { return strcmp(a, b); }

static int find_cases(void **state) {
  (void)state;
  DIR *folder = opendir(RECORDED);
  if (!folder) return -1;
  for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
    char path[4096];
    snprintf(path, sizeof path, "%s%s/graph.pb.gz", RECORDED, entry->d_name);
    const char *only = getenv("CASE"); /* one case, to look into it */
    if (access(path, R_OK) != 0 || (only && strcmp(only, entry->d_name) != 0)) continue;
    if (case_count == MAX_CASES) fail_msg("more than %d cases", MAX_CASES);
    snprintf(cases[case_count++], sizeof cases[0], "%.99s", entry->d_name);
  }
  closedir(folder);
  qsort(cases, (size_t)case_count, sizeof cases[0], by_name);
  return case_count > 0 ? 0 : -1;
}

int main(void) {
  setenv("HEADRACE_SIM_GPUS", "2", 1);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(graphs_come_back),
      cmocka_unit_test(shapes_are_inferred),
      cmocka_unit_test(values_are_computed),
      cmocka_unit_test(values_flow),
      cmocka_unit_test(values_are_computed_on_several_devices),
      cmocka_unit_test(values_flow_between_devices),
      cmocka_unit_test(later_is_still_later),
  };
  return cmocka_run_group_tests(tests, find_cases, NULL);
}
