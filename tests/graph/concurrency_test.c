/* One thread builds while others read: for the thread sanitizer, and for what a reader may rely on. */
#include "graph_testing.h"
#include "runtime/graph/node.h"
#include <stdatomic.h>
#include <stdio.h>

#define NODES   100000
#define READERS 2

typedef struct shared {
  hr_graph *graph;
  _Atomic bool done;
  _Atomic int wrong;
} shared;

/* Everything that a session reads of a node that it found below the count. */
static bool node_is_whole(const hr_graph *graph, int32_t id) {
  hr_node *node = hr_graph_node(graph, id);
  if (!node || hr_node_id(node) != id || hr_graph_find(graph, hr_node_name(node)) != node) return false;
  for (int32_t i = 0; i < hr_node_input_count(node); ++i) {
    hr_output input = hr_node_input(node, i);
    if (hr_node_id(input.node) >= id || hr_output_dtype(input) != HR_FLOAT) return false;
  }
  const hr_attr_value *mark = hr_node_attr(node, "_mark");
  const hr_partial_shape *shape = hr_output_shape((hr_output){node, 0});
  return (!mark || mark->i == id) && shape->rank <= 1 && hr_node_device(node) && hr_node_attr(node, "T");
}

static void *read_nodes(void *argument) {
  shared *s = argument;
  uint32_t random = 12345;
  while (!atomic_load(&s->done)) {
    int32_t count = hr_graph_node_count(s->graph);
    if (count < 2) continue;
    random = random * 1664525 + 1013904223;
    int32_t id = 1 + (int32_t)(random % (uint32_t)(count - 1));
    if (!node_is_whole(s->graph, id) || !node_is_whole(s->graph, count - 1)) atomic_fetch_add(&s->wrong, 1);
  }
  return NULL;
}

static void readers_see_whole_nodes(void **state) {
  (void)state;
  shared s = {.graph = hr_graph_new()};
  hr_builder *builder = hr_builder_new(s.graph);
  hr_scope root = hr_builder_root(builder);
  pthread_t readers[READERS];
  for (int i = 0; i < READERS; ++i)
    assert_int_equal(pthread_create(&readers[i], NULL, read_nodes, &s), 0);
  hr_node_builder *n = hr_node_begin(root, "Placeholder", "x");
  hr_node_set_type(n, "dtype", HR_FLOAT);
  hr_output last = {hr_node_finish(n), 0};
  const hr_op_def *add = hr_op_find("Add", strlen("Add"));
  for (int i = 1; i < NODES; ++i) {
    hr_output inputs[] = {last, last};
    hr_node *node = hr_add_node(root, add, &(hr_node_args){.inputs = inputs, .num_inputs = 2});
    assert_non_null(node);
    last = (hr_output){node, 0};
    if (i % 16 == 0) {
      assert_ok(hr_output_set_shape(last, &HR_SHAPE(3)));
      assert_ok(hr_node_set_extra_attr(node, "_mark", &HR_ATTR_INT_VALUE(i)));
      assert_ok(hr_node_set_device(node, i % 32 ? "/cpu:0" : "/cpu:1"));
    }
  }
  atomic_store(&s.done, true);
  for (int i = 0; i < READERS; ++i)
    pthread_join(readers[i], NULL);
  assert_int_equal(atomic_load(&s.wrong), 0);
  assert_int_equal(hr_graph_node_count(s.graph), NODES);
  assert_string_equal(hr_node_name(last.node), "Add_99998");
  hr_builder_free(builder);
  hr_graph_unref(s.graph);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(readers_see_whole_nodes)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
