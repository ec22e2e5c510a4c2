/* Reading TFRecord files: length (8 bytes), its masked crc32c (4), data, the data's masked crc32c (4). */
#include "headrace/io.h"

#include "runtime/base/wire.h"
#include "runtime/io/crc32c.h"
#include "runtime/io/file.h"
#include <inttypes.h>
#include <stdlib.h>
#include <zlib.h>

#define HEADER_BYTES 12
#define FOOTER_BYTES 4
#define INPUT_BYTES  ((size_t)64 << 10)

struct hr_record_reader {
  hr_input_file *file;
  uint64_t file_offset; /* of the first byte that is not in `input` yet */
  bool packed;
  z_stream unpacker;
  size_t input_at, input_length;
  uint8_t input[INPUT_BYTES];

  /* The record under way: its first `have` bytes, header included. It stays here until it is whole and has been handed
   * out, so a call after a failure goes on where that one stopped. */
  uint64_t offset;
  uint8_t *record;
  size_t have, capacity;
  bool handed_out;
};

hr_status hr_compression_from_name(const char *name, hr_compression *out) {
  static const char *const names[] = {
      [HR_COMPRESSION_NONE] = "", [HR_COMPRESSION_ZLIB] = "ZLIB", [HR_COMPRESSION_GZIP] = "GZIP"};
  for (int i = 0; i < 3; ++i)
    if (strcmp(name, names[i]) == 0) {
      *out = (hr_compression)i;
      return HR_SUCCESS;
    }
  return hr_error(HR_INVALID_ARGUMENT, "Unsupported compression type \"%s\": it must be \"\", \"ZLIB\" or \"GZIP\"",
                  name);
}

hr_status hr_record_reader_open(const char *path, hr_compression compression, hr_record_reader **out) {
  *out = NULL;
  hr_record_reader *reader = malloc(sizeof *reader);
  if (!reader) return hr_error_out_of_memory(sizeof *reader, "a record reader");
  memset(reader, 0, offsetof(hr_record_reader, input));
  memset(&reader->offset, 0, sizeof *reader - offsetof(hr_record_reader, offset));
  hr_status status = hr_input_file_open(path, &reader->file);
  if (!status && compression != HR_COMPRESSION_NONE) {
    reader->packed = inflateInit2(&reader->unpacker, MAX_WBITS + (compression == HR_COMPRESSION_GZIP ? 16 : 0)) == Z_OK;
    if (!reader->packed) status = hr_error_out_of_memory(sizeof reader->unpacker, "unpacking records");
  }
  if (status) {
    hr_record_reader_free(reader);
    return status;
  }
  *out = reader;
  return HR_SUCCESS;
}

void hr_record_reader_free(hr_record_reader *reader) {
  if (!reader) return;
  if (reader->packed) inflateEnd(&reader->unpacker);
  hr_input_file_close(reader->file);
  free(reader->record);
  free(reader);
}

uint64_t hr_record_reader_offset(const hr_record_reader *reader) {
  return reader->offset + (reader->handed_out ? reader->have : 0);
}

/* Fills the empty input buffer; it stays empty at the end of the file. */
static hr_status fill_input(hr_record_reader *reader) {
  reader->input_at = 0;
  HR_TRY(hr_input_file_read(reader->file, reader->file_offset, reader->input, INPUT_BYTES, &reader->input_length));
  reader->file_offset += reader->input_length;
  return HR_SUCCESS;
}

/* Up to `length` bytes of the unpacked file; `*count` is smaller only where it ends. */
static hr_status read_unpacked(hr_record_reader *reader, uint8_t *bytes, size_t length, size_t *count) {
  z_stream *unpacker = &reader->unpacker;
  *count = 0;
  while (*count < length) {
    if (reader->input_at == reader->input_length) {
      HR_TRY(fill_input(reader));
      if (reader->input_length == 0) break;
    }
    uint8_t *from = reader->input + reader->input_at;
    size_t available = reader->input_length - reader->input_at, wanted = length - *count;
    if (!reader->packed) {
      size_t n = available < wanted ? available : wanted;
      memcpy(bytes + *count, from, n);
      reader->input_at += n;
      *count += n;
      continue;
    }
    unpacker->next_in = from;
    unpacker->avail_in = (uInt)available;
    unpacker->next_out = bytes + *count;
    unpacker->avail_out = wanted > UINT_MAX ? UINT_MAX : (uInt)wanted;
    int result = inflate(unpacker, Z_NO_FLUSH);
    reader->input_at = reader->input_length - unpacker->avail_in;
    *count = (size_t)(unpacker->next_out - bytes);
    if (result == Z_STREAM_END)
      inflateReset(unpacker); /* another packed stream may follow, as `cat a.gz b.gz` makes them */
    else if (result == Z_MEM_ERROR)
      return hr_error_out_of_memory(0, "unpacking records");
    else if (result != Z_OK && result != Z_BUF_ERROR)
      return hr_error(HR_DATA_LOSS, "inflate() failed with error %d: %s", result, unpacker->msg ? unpacker->msg : "");
  }
  return HR_SUCCESS;
}

/* Reads on until the record under way has `wanted` bytes, or as many as the file has. The buffer grows with what is
 * really there: a length that nobody can keep costs no memory. */
static hr_status gather(hr_record_reader *reader, uint64_t wanted) {
  while (reader->have < wanted) {
    size_t step = reader->have < INPUT_BYTES ? INPUT_BYTES : reader->have, count;
    if (step > wanted - reader->have) step = (size_t)(wanted - reader->have);
    if (reader->capacity < reader->have + step) {
      size_t capacity = reader->have + step < 256 ? 256 : reader->have + step;
      uint8_t *record = realloc(reader->record, capacity);
      if (!record) return hr_error_out_of_memory(capacity, "a record");
      reader->record = record;
      reader->capacity = capacity;
    }
    HR_TRY(read_unpacked(reader, reader->record + reader->have, step, &count));
    reader->have += count;
    if (count < step) break;
  }
  return HR_SUCCESS;
}

static bool checksum_matches(const uint8_t *bytes, size_t length) {
  return hr_crc32c_unmask(hr_read_u32(bytes + length)) == hr_crc32c(bytes, length);
}

hr_status hr_record_reader_next(hr_record_reader *reader, const void **data, size_t *length) {
  *data = NULL;
  *length = 0;
  if (reader->handed_out) {
    reader->offset += reader->have;
    reader->have = 0;
    reader->handed_out = false;
  }
  HR_TRY(gather(reader, HEADER_BYTES));
  /* Part of a header counts as the end too: in TensorFlow as well, whose writers may be at work on it. */
  if (reader->have < HEADER_BYTES) return hr_error(HR_OUT_OF_RANGE, "eof");
  if (!checksum_matches(reader->record, 8))
    return hr_error(HR_DATA_LOSS, "corrupted record at %" PRIu64, reader->offset);

  uint64_t size = hr_read_u64(reader->record);
  if (size > INT64_MAX - HEADER_BYTES - FOOTER_BYTES)
    return hr_error(HR_DATA_LOSS, "corrupted record at %" PRIu64, reader->offset);
  uint64_t whole = HEADER_BYTES + size + FOOTER_BYTES;
  HR_TRY(gather(reader, whole));
  if (reader->have < whole) return hr_error(HR_DATA_LOSS, "truncated record at %" PRIu64, reader->offset);
  if (!checksum_matches(reader->record + HEADER_BYTES, (size_t)size))
    return hr_error(HR_DATA_LOSS, "corrupted record at %" PRIu64, reader->offset + HEADER_BYTES);
  reader->handed_out = true;
  *data = reader->record + HEADER_BYTES;
  *length = (size_t)size;
  return HR_SUCCESS;
}
