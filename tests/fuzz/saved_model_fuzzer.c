/* A SavedModel's file, as bytes or (with the first byte odd) as text: its MetaGraph with the tag "t" is found and told
 * of. It is not loaded: that would run the ops in it. */
#include "fuzz_file.h"
#include "headrace/saved_model.h"

static char folder[64], bytes_path[96], text_path[96];

static void remove_files(void) {
  unlink(bytes_path);
  unlink(text_path);
  rmdir(folder);
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
  (void)argc, (void)argv;
  snprintf(folder, sizeof folder, "/dev/shm/headrace_fuzz_XXXXXX");
  if (!mkdtemp(folder)) abort();
  snprintf(bytes_path, sizeof bytes_path, "%s/saved_model.pb", folder);
  snprintf(text_path, sizeof text_path, "%s/saved_model.pbtxt", folder);
  return atexit(remove_files);
}

static void look_at(const hr_owned_bytes *bytes, const hr_graph *graph) {
  hr_meta_graph *m;
  hr_output out[3];
  bool is_sparse;
  if (hr_meta_graph_parse(bytes->data, bytes->length, &m)) abort(); /* it was parsed for its tags */
  for (int32_t i = 0; i < m->num_signatures; ++i) {
    hr_bytes def = m->signatures[i].def;
    hr_is_valid_signature(def.data, def.length);
    hr_status_free(hr_tensor_from_info(graph, def.data, def.length, NULL, &is_sparse, out));
    if (!hr_meta_graph_signature(m, m->signatures[i].key)) abort();
  }
  hr_meta_graph_free(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 1) return 0;
  remove(data[0] & 1 ? bytes_path : text_path);
  FILE *file = fopen(data[0] & 1 ? text_path : bytes_path, "wb");
  if (!file || fwrite(data + 1, 1, size - 1, file) != size - 1) abort();
  fclose(file);
  hr_graph *graph = hr_graph_new();
  hr_owned_bytes found;
  hr_status status = hr_saved_model_find(folder, HR_STRINGS("t"), &found);
  if (!graph) abort();
  if (!status) look_at(&found, graph);
  hr_status_free(status);
  free(found.data);
  hr_graph_unref(graph);
  return 0;
}
