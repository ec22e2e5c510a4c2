/* Every allocation fails once: building answers ResourceExhausted, and what was built before stays whole. */
#include "failing_memory.h"
#include "graph_testing.h"
#include "runtime/graph/frame.h"
#include <stdio.h>
#include <stdlib.h>

/* The error that the builder holds, if any, must be about memory. */
static bool is_fine(hr_builder *builder, bool *exhausted) {
  hr_status status = hr_builder_status(builder);
  bool fine = !status || hr_status_code(status) == HR_RESOURCE_EXHAUSTED;
  *exhausted = *exhausted || status;
  hr_status_free(status);
  return fine;
}

static hr_node *make(hr_scope scope, const char *op, hr_output a, hr_output b) {
  hr_node_builder *n = hr_node_begin(scope, op, NULL);
  if (strcmp(op, "Placeholder") == 0) {
    hr_node_set_type(n, "dtype", HR_FLOAT);
    hr_node_set_shape(n, "shape", &HR_SHAPE(2, -1));
  } else {
    hr_node_add_input(n, a);
    hr_node_add_input(n, b);
  }
  return hr_node_finish(n);
}

/* A bit of everything; goes on after errors as a binding does. */
static bool build(hr_graph *graph, hr_builder *builder, bool *exhausted) {
  bool fine = true;
  hr_scope scope = hr_builder_root(builder);
  hr_output last = {make(scope, "Placeholder", HR_NO_OUTPUT, HR_NO_OUTPUT), 0};
  for (int i = 0; i < 300; ++i) {
    hr_scope inner = hr_name_scope(scope, "layer");
    inner = hr_device_scope(inner, i % 2 ? "/cpu:0" : "/task:1");
    if (last.node) inner = hr_control_dependencies(inner, HR_NODES(last.node));
    if (last.node) inner = hr_colocate_with(inner, last.node, false);
    inner = hr_attr_scope(inner, "_test", &HR_ATTR_STRING_VALUE("value"));
    hr_node *node = last.node ? make(inner, "Add", last, last) : make(inner, "Placeholder", last, last);
    fine = fine && is_fine(builder, exhausted);
    if (!node) continue;
    last = (hr_output){node, 0};
    hr_status status = hr_output_set_shape(last, &HR_SHAPE(2, 3));
    if (!status) status = hr_collection_add(graph, "key", &(hr_item){.kind = HR_ITEM_NODE, .node = node});
    if (!status) status = hr_collection_add(graph, hr_node_name(node), &(hr_item){.kind = HR_ITEM_INT, .i = i});
    fine = fine && (!status || hr_status_code(status) == HR_RESOURCE_EXHAUSTED);
    *exhausted = *exhausted || status;
    hr_status_free(status);
  }
  return fine;
}

static bool graph_is_whole(const hr_graph *graph) {
  for (int32_t i = 0; i < hr_graph_node_count(graph); ++i) {
    const hr_node *node = hr_graph_node(graph, i);
    if (!node || hr_node_id(node) != i || hr_graph_find(graph, hr_node_name(node)) != node) return false;
    for (int32_t k = 0; k < hr_node_input_count(node); ++k)
      if (hr_node_id(hr_node_input(node, k).node) >= i) return false;
  }
  return true;
}

/* With the n-th allocation failing; answers if it was reached. */
static bool try_build(long n, bool for_good) {
  memory_fails_after(n, for_good);
  hr_graph *graph = hr_graph_new();
  hr_builder *builder = graph ? hr_builder_new(graph) : NULL;
  bool exhausted = !builder, fine = builder ? build(graph, builder, &exhausted) : true;
  memory_recovers();
  bool whole = !graph || graph_is_whole(graph);
  /* The builder goes on where memory is back. */
  bool usable = !builder || make(hr_builder_root(builder), "Placeholder", HR_NO_OUTPUT, HR_NO_OUTPUT);
  hr_builder_free(builder);
  hr_graph_unref(graph);
  assert_true(fine);
  assert_true(whole);
  assert_true(usable);
  return exhausted;
}

static void one_allocation_fails(void **state) {
  (void)state;
  long n = 0;
  while (try_build(n, false))
    ++n;
  assert_true(n > 10);
}

static void memory_stays_out(void **state) {
  (void)state;
  long n = 0;
  while (try_build(n, true))
    ++n;
  assert_true(n > 10);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(one_allocation_fails), cmocka_unit_test(memory_stays_out)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
