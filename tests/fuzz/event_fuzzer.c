/* Serialised events. */
#include "headrace/io.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  hr_event event;
  hr_status_free(hr_event_parse(data, size, &event));
  unsigned char sum = 0; /* what it points to must be readable */
  for (size_t i = 0; i < event.summary_length; ++i)
    sum ^= ((const unsigned char *)event.summary)[i];
  for (size_t i = 0; i < event.file_version_length; ++i)
    sum ^= (unsigned char)event.file_version[i];
  return sum == 0 && event.summary_length == SIZE_MAX; /* 0: the sum is used */
}
