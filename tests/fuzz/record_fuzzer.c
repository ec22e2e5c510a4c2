/* TFRecord files. The first byte chooses the packing; with its bit 2 the first header gets the checksum it needs. */
#include "fuzz_file.h"
#include "headrace/io.h"
#include "runtime/base/wire.h"
#include "runtime/io/crc32c.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 1) return 0;
  uint8_t *bytes = malloc(size);
  memcpy(bytes, data + 1, size - 1);
  if ((data[0] & 4) && size > 12) hr_write_u32(bytes + 8, hr_crc32c_mask(hr_crc32c(bytes, 8)));
  fuzz_file file = fuzz_file_of(bytes, size - 1);
  free(bytes);
  hr_record_reader *reader;
  hr_status status = hr_record_reader_open(file.path, (hr_compression)((data[0] & 3) % 3), &reader);
  if (!status) {
    const void *record;
    size_t length;
    while (!(status = hr_record_reader_next(reader, &record, &length))) {
    }
    hr_record_reader_free(reader);
  }
  hr_status_free(status);
  close(file.fd);
  return 0;
}
