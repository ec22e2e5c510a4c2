/* Branches and loops that a MetaGraphDef tells of, true or not, can be differentiated and gone on from, or not; nothing
 * worse. */
#include "headrace/control_flow.h"
#include "headrace/graph_io.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void differentiate(hr_builder *builder, hr_output y, hr_output x) {
  hr_scope s = hr_builder_root(builder);
  hr_gradient slope;
  hr_gradients(s, ((hr_outputs){1, &y}), ((hr_outputs){1, &x}), &slope);
  hr_status_free(hr_builder_status(builder));
}

static void give(void *output, hr_scope scope, hr_results *results) {
  (void)scope;
  hr_return(results, *(const hr_output *)output);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
  hr_graph *graph = hr_graph_new();
  hr_builder *builder = graph ? hr_builder_new(graph) : NULL;
  if (!builder) abort();
  hr_status_free(hr_meta_graph_import(hr_builder_root(builder), bytes, length, NULL));
  int32_t count = hr_graph_node_count(graph), tried = 0;
  hr_output predicate = HR_NO_OUTPUT, x = HR_NO_OUTPUT;
  for (int32_t i = 0; i < count; ++i) {
    hr_node *node = hr_graph_node(graph, i);
    if (hr_node_output_count(node) == 0) continue;
    hr_output output = {node, 0};
    if (hr_output_dtype(output) == HR_BOOL && !predicate.node) predicate = output;
    if (hr_output_dtype(output) != HR_FLOAT) continue;
    if (!x.node) x = output;
    if (tried < 12 && (hr_node_input_count(node) > 0)) {
      differentiate(builder, output, x);
      ++tried;
    }
  }
  for (int32_t i = count - 1; i >= 0 && i > count - 4 && x.node; --i) {
    hr_node *node = hr_graph_node(graph, i);
    if (hr_node_output_count(node) > 0 && hr_output_dtype((hr_output){node, 0}) == HR_FLOAT)
      differentiate(builder, (hr_output){node, 0}, x);
  }
  if (predicate.node && x.node) {
    hr_cond(hr_builder_root(builder), predicate, HR_BRANCH(give, &x), HR_BRANCH(give, &x));
    hr_status_free(hr_builder_status(builder));
  }
  hr_owned_bytes again = {0};
  if (hr_meta_graph_export(graph, NULL, &again)) abort();
  free(again.data);
  hr_builder_free(builder);
  hr_graph_unref(graph);
  return 0;
}
