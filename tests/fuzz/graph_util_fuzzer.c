/* Surgery on a GraphDef: what comes out can be cut and cleaned again. */
#include "headrace/graph_util.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
  hr_owned_bytes once, twice;
  bool answer;
  hr_status status = hr_remove_training_nodes(bytes, length, HR_STRINGS("a"), &once);
  if (!status) {
    if (hr_remove_training_nodes(once.data, once.length, HR_STRINGS("a"), &twice)) abort();
    free(once.data);
    free(twice.data);
  }
  hr_status_free(status);
  status = hr_extract_sub_graph(bytes, length, HR_STRINGS("a"), &once);
  if (!status) {
    if (hr_extract_sub_graph(once.data, once.length, HR_STRINGS("a"), &twice)) abort();
    if (once.length != twice.length) abort();
    free(once.data);
    free(twice.data);
  }
  hr_status_free(status);
  hr_status_free(hr_must_run_on_cpu(bytes, length, true, &answer));
  return 0;
}
