/* Sorted tables. The first byte says what the rest is: 0 a whole file, 1 a data block, 2 the index block; blocks get
 * the checksum and the footer they need, or nothing behind the checksum would ever be reached. Bit 2 says "packed". */
#include "fuzz_file.h"
#include "runtime/base/wire.h"
#include "runtime/io/crc32c.h"
#include "runtime/io/table.h"
#include "runtime/io/table_format.h"

/* Adds a block with its trailer; its place goes to `place`. */
static void put_block(hr_text *file, const void *bytes, size_t size, char packing, hr_text *place) {
  hr_wire_put_varint(place, file->length);
  hr_wire_put_varint(place, size);
  size_t start = file->length;
  hr_text_add(file, bytes, size);
  hr_text_add(file, &packing, 1);
  char crc[4];
  hr_write_u32(crc, hr_crc32c_mask(hr_crc32c(file->data + start, size + 1)));
  hr_text_add(file, crc, sizeof crc);
}

static void make_file(hr_text *file, int kind, char packing, const uint8_t *data, size_t size) {
  hr_text place = {0}, index = {0}, footer = {0};
  if (kind == 1) {
    put_block(file, data, size, packing, &place);
    hr_wire_put_varint(&index, 0);
    hr_wire_put_varint(&index, 1);
    hr_wire_put_varint(&index, place.length);
    hr_text_add(&index, "z", 1);
    hr_text_add(&index, place.data, place.length);
    hr_text_add(&index, "\0\0\0\0\1\0\0\0", 8);
  } else {
    hr_text_add(&index, (const char *)data, size);
  }
  put_block(file, "\0\0\0\0\1\0\0\0", 8, 0, &footer);
  put_block(file, index.data, index.length, kind == 1 ? 0 : packing, &footer);
  char bytes[HR_TABLE_FOOTER_BYTES] = {0};
  memcpy(bytes, footer.data, footer.length);
  hr_write_u64(bytes + HR_TABLE_HANDLES_BYTES, HR_TABLE_MAGIC);
  hr_text_add(file, bytes, sizeof bytes);
  hr_text_free(&place);
  hr_text_free(&index);
  hr_text_free(&footer);
}

static hr_status visit(void *argument, hr_view key, hr_view value) {
  volatile char *sum = argument; /* what it points to must be readable */
  for (size_t i = 0; i < key.length; ++i)
    *sum ^= key.data[i];
  for (size_t i = 0; i < value.length; ++i)
    *sum ^= value.data[i];
  return HR_SUCCESS;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 1) return 0;
  hr_text bytes = {0};
  int kind = (data[0] & 3) % 3;
  if (kind == 0)
    hr_text_add(&bytes, (const char *)data + 1, size - 1);
  else
    make_file(&bytes, kind, data[0] & 4 ? HR_TABLE_SNAPPY : HR_TABLE_PLAIN, data + 1, size - 1);
  fuzz_file memory = fuzz_file_of(bytes.data, bytes.length);
  hr_text_free(&bytes);
  hr_input_file *file;
  hr_status status = hr_input_file_open(memory.path, &file);
  if (status) abort();
  char sum = 0;
  hr_status_free(hr_table_read(file, visit, &sum));
  hr_input_file_close(file);
  close(memory.fd);
  return 0;
}
