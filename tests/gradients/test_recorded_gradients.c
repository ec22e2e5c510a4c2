/* hr_gradients on the graphs of programs.py makes the nodes that tf.gradients made, one by one (README.md).
 * PROGRAM=add.static looks at the programs whose names start so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "graph_compare.h"
#include "headrace/gradients.h"
#include "headrace/graph_io.h"
#include "recorded.h"

#define MAX_OUTPUTS 32

typedef struct program {
  char *name, *calls;
  hr_view given, made;
} program;

static hr_view take_block(hr_view *rest) {
  uint32_t length;
  assert_true(rest->length >= sizeof length);
  memcpy(&length, rest->data, sizeof length);
  assert_true(rest->length - sizeof length >= length);
  hr_view block = {rest->data + sizeof length, length};
  *rest = (hr_view){block.data + length, rest->length - sizeof length - length};
  return block;
}

static char *text_of(hr_view view) { return strndup(view.data, view.length); }

/* The outputs of a list of names; "-" and "" are none. */
static int outputs_of(hr_graph *graph, char *list, const char *separators, hr_output *out) {
  int count = 0;
  char *rest = list;
  for (char *name; rest && *rest && (name = strsep(&rest, separators)); ++count) {
    assert_true(count < MAX_OUTPUTS);
    out[count] = HR_NO_OUTPUT;
    if (*name == 0 || strcmp(name, "-") == 0) continue;
    hr_status status = hr_graph_output(graph, name, &out[count]);
    if (status) print_error("%s\n", hr_status_message(status));
    bool found = !status;
    hr_status_free(status);
    if (!found) return -1;
  }
  return count;
}

static hr_gradients_options options_of(const char *flags) {
  return (hr_gradients_options){
      .colocate_with_ops = strchr(flags, 'c'),
      .gate_gradients = strchr(flags, 'g'),
      .zero_unconnected = strchr(flags, 'z'),
      .aggregation = strchr(flags, 't')   ? HR_AGGREGATION_EXPERIMENTAL_TREE
                     : strchr(flags, 'a') ? HR_AGGREGATION_EXPERIMENTAL_ACCUMULATE_N
                                          : HR_AGGREGATION_ADD_N,
  };
}

static bool same_gradient(hr_graph *graph, hr_gradient have, char *want) {
  hr_output parts[MAX_OUTPUTS] = {{0}};
  if (outputs_of(graph, want, ",", parts) < 0) return false;
  return hr_output_equal(have.value, parts[0]) && hr_output_equal(have.indices, parts[1]) &&
         hr_output_equal(have.dense_shape, parts[2]);
}

/* One line: name, flags, ys, xs, grad_ys, stop_gradients, results. */
static bool call(testing_graph *t, char *line) {
  char *fields[7], *rest = line;
  for (int i = 0; i < 7; ++i) {
    fields[i] = strsep(&rest, "\t");
    assert_non_null(fields[i]);
  }
  hr_output ys[MAX_OUTPUTS], xs[MAX_OUTPUTS], given[MAX_OUTPUTS], stops[MAX_OUTPUTS];
  int num_ys = outputs_of(t->graph, fields[2], " ", ys), num_xs = outputs_of(t->graph, fields[3], " ", xs);
  int num_given = outputs_of(t->graph, fields[4], " ", given), num_stops = outputs_of(t->graph, fields[5], " ", stops);
  if (num_ys < 0 || num_xs < 0 || num_given < 0 || num_stops < 0) return false;
  hr_gradient grad_ys[MAX_OUTPUTS], out[MAX_OUTPUTS];
  for (int i = 0; i < num_given; ++i)
    grad_ys[i] = hr_dense_gradient(given[i]);
  hr_gradients_options options = options_of(fields[1]);
  options.name = fields[0];
  options.grad_ys = num_given ? grad_ys : NULL;
  options.stop_gradients = (hr_outputs){num_stops, stops};
  hr_gradients_with(t->root, (hr_outputs){num_ys, ys}, (hr_outputs){num_xs, xs}, out, &options);
  hr_status status = hr_builder_status(t->builder);
  hr_code code = hr_status_code(status);
  bool wanted_error = strcmp(fields[6], "LookupError") == 0;
  if (status && !wanted_error) print_error("%s\n", hr_status_message(status));
  hr_status_free(status);
  if (code != HR_OK || wanted_error) return wanted_error && code == HR_NOT_FOUND;
  rest = fields[6];
  for (int i = 0; i < num_xs; ++i) {
    char *want = strsep(&rest, " ");
    if (!want || !same_gradient(t->graph, out[i], want)) {
      print_error("gradient %d is %s, not %s\n", i, out[i].value.node ? hr_node_name(out[i].value.node) : "none", want);
      return false;
    }
  }
  return true;
}

static bool run_program(const program *p) {
  testing_graph t = testing_graph_new();
  hr_status status = hr_graph_import(t.root, p->given.data, p->given.length, &(hr_import_options){.name = ""});
  if (status) print_error("%s\n", hr_status_message(status));
  bool good = !status;
  hr_status_free(status);
  int32_t given = hr_graph_node_count(t.graph);
  char *rest = p->calls;
  for (char *line; good && (line = strsep(&rest, "\n"));)
    good = call(&t, line);
  hr_owned_bytes bytes = {0};
  status = hr_graph_export(t.graph, &(hr_export_options){.from_node = given}, &bytes);
  assert_null(status);
  if (graph_differences(p->name, p->made, (hr_view){bytes.data, bytes.length}) > 0) good = false;
  free(bytes.data);
  testing_graph_free(&t);
  if (!good) print_error("%s fails\n", p->name);
  return good;
}

static void test_programs(void **state) {
  (void)state;
  hr_text file = recorded_file("../../gradients/recorded.bin.gz");
  hr_view rest = recorded_view(&file);
  const char *wanted = getenv("PROGRAM");
  int count = 0, failures = 0;
  while (rest.length > 0) {
    program p = {.name = text_of(take_block(&rest))};
    p.given = take_block(&rest);
    p.calls = text_of(take_block(&rest));
    p.made = take_block(&rest);
    if (!wanted || strncmp(p.name, wanted, strlen(wanted)) == 0) {
      ++count;
      failures += !run_program(&p);
    }
    free(p.name);
    free(p.calls);
  }
  hr_text_free(&file);
  print_message("%d of %d programs differ\n", failures, count);
  assert_true(count > 0);
  assert_int_equal(failures, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_programs)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
