/* A GraphDef that imports exports to bytes that import to the same bytes; one that does not leaves the graph empty. */
#include "headrace/graph_io.h"
#include <stdlib.h>
#include <string.h>

static hr_graph *import(const void *bytes, size_t length, hr_status *status) {
  static const hr_import_options options = {.name = ""};
  hr_graph *graph = hr_graph_new();
  hr_builder *builder = graph ? hr_builder_new(graph) : NULL;
  if (!builder) abort();
  *status = hr_graph_import(hr_builder_root(builder), bytes, length, &options);
  hr_builder_free(builder);
  return graph;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
  hr_status status;
  hr_graph *graph = import(bytes, length, &status);
  if (status) {
    if (hr_graph_node_count(graph) != 0) abort();
    hr_status_free(status);
    hr_graph_unref(graph);
    return 0;
  }
  hr_owned_bytes first, second;
  if (hr_graph_export(graph, NULL, &first)) abort();
  hr_graph *copy = import(first.data, first.length, &status);
  if (status || hr_graph_export(copy, NULL, &second)) abort();
  if (first.length != second.length || memcmp(first.data, second.data, first.length) != 0) abort();
  free(first.data);
  free(second.data);
  hr_graph_unref(graph);
  hr_graph_unref(copy);
  return 0;
}
