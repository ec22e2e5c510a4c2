/* IDX files, packed and plain. */
#include "fuzz_file.h"
#include "headrace/io.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_file file = fuzz_file_of(data, size);
  hr_tensor tensor;
  hr_status_free(hr_idx_read(file.path, &tensor));
  hr_tensor_clear(&tensor);
  close(file.fd);
  return 0;
}
