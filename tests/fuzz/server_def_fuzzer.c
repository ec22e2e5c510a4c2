/* What people write about clusters: the text of a command line, and the JSON of TF_CONFIG. */
#include "headrace/server.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void drop(hr_status status, hr_owned_bytes *bytes) {
  hr_status_free(status);
  free(bytes->data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *text = malloc(size + 1);
  if (!text) return 0;
  memcpy(text, data, size);
  text[size] = '\0';
  hr_owned_bytes bytes;
  drop(hr_server_def_new(text, "ps", 0, &bytes), &bytes);
  setenv("TF_CONFIG", text, 1);
  drop(hr_server_def_from_environment(&bytes), &bytes);
  free(text);
  return 0;
}
