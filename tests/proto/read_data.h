/* Reads a recorded file of tests/proto/data (see record.py there). */
#ifndef HR_TESTS_PROTO_READ_DATA_H
#define HR_TESTS_PROTO_READ_DATA_H

#include "runtime/base/text.h"
#include <stdio.h>

static inline hr_text read_data(const char *name) {
  char path[4096], block[4096];
  snprintf(path, sizeof path, "%s%s", TEST_DATA, name);
  hr_text text = {0};
  FILE *file = fopen(path, "rb");
  if (!file) return text;
  for (size_t n; (n = fread(block, 1, sizeof block, file)) > 0;)
    hr_text_add(&text, block, n);
  fclose(file);
  return text;
}

#endif
