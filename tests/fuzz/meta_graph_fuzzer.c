/* A MetaGraphDef that imports exports again; one that does not may leave what was read before the error, and no more
 * than a graph that still exports. */
#include "headrace/graph_io.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
  hr_owned_bytes saver = {0}, again = {0};
  hr_meta_graph_import_options options = {.saver_def = &saver};
  hr_graph *graph = hr_graph_new();
  hr_builder *builder = graph ? hr_builder_new(graph) : NULL;
  if (!builder) abort();
  hr_status status = hr_meta_graph_import(hr_builder_root(builder), bytes, length, &options);
  hr_status_free(status);
  if (hr_meta_graph_export(graph, NULL, &again)) abort();
  free(saver.data);
  free(again.data);
  hr_builder_free(builder);
  hr_graph_unref(graph);
  return 0;
}
