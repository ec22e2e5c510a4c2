/* Variables that a MetaGraph stores become variables again when it is read. */
#include "headrace/graph_io.h"
#include "headrace/variables.h"
#include <stdlib.h>
#include <string.h>

static hr_status read_item(hr_graph *graph, const void *bytes, size_t length, const char *prefix, hr_item *out) {
  /* The scope is the prefix without its slash. */
  size_t scope_length = strlen(prefix);
  char *scope = strndup(prefix, scope_length ? scope_length - 1 : 0);
  if (!scope) return hr_error_out_of_memory(scope_length, "a name");
  hr_var *var;
  hr_status status = hr_var_from_proto(graph, bytes, length, scope, &var);
  free(scope);
  if (!status) *out = (hr_item){.kind = HR_ITEM_OBJECT, .type = &hr_var_type, .object = var};
  return status;
}

__attribute__((constructor)) static void register_readers(void) {
  static const char *const keys[] = {HR_GLOBAL_VARIABLES, HR_TRAINABLE_VARIABLES, HR_LOCAL_VARIABLES,
                                     HR_MODEL_VARIABLES,  HR_METRIC_VARIABLES,    HR_MOVING_AVERAGE_VARIABLES,
                                     HR_GLOBAL_STEP};
  for (size_t i = 0; i < sizeof keys / sizeof *keys; ++i)
    hr_status_free(hr_register_item_reader(keys[i], read_item));
}
