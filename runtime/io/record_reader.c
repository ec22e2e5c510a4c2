/* Reading TFRecord files: length (8 bytes), its masked crc32c (4), data, the data's masked crc32c (4). */
#include "headrace/io.h"

#include "runtime/base/wire.h"
#include "runtime/io/byte_stream.h"
#include "runtime/io/crc32c.h"
#include <inttypes.h>
#include <stdlib.h>

#define HEADER_BYTES 12
#define FOOTER_BYTES 4

/* A record that fits the stream's buffer is read there. A larger one is gathered in `record`: its first `have` bytes,
 * header included, stay there until it is whole and has been handed out, so a call after a failure goes on where that
 * one stopped. */
struct hr_record_reader {
  hr_byte_stream *stream;
  uint64_t offset;     /* of the record under way, or handed out last */
  uint64_t handed_out; /* its bytes, 0 where it was not */
  uint8_t *record;
  size_t have, capacity;
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
  hr_record_reader *reader = calloc(1, sizeof *reader);
  if (!reader) return hr_error_out_of_memory(sizeof *reader, "a record reader");
  hr_status status = hr_byte_stream_open(path, compression, 0, &reader->stream);
  if (status) {
    free(reader);
    return status;
  }
  *out = reader;
  return HR_SUCCESS;
}

void hr_record_reader_free(hr_record_reader *reader) {
  if (!reader) return;
  hr_byte_stream_close(reader->stream);
  free(reader->record);
  free(reader);
}

uint64_t hr_record_reader_offset(const hr_record_reader *reader) { return reader->offset + reader->handed_out; }

/* Reads on until the record under way has `wanted` bytes, or as many as the file has. The memory grows with what is
 * really there: a length that nobody can keep costs none. */
static hr_status gather(hr_record_reader *reader, uint64_t wanted) {
  while (reader->have < wanted) {
    size_t least = hr_byte_stream_capacity(reader->stream), step = reader->have < least ? least : reader->have, count;
    if (step > wanted - reader->have) step = (size_t)(wanted - reader->have);
    if (reader->capacity < reader->have + step) {
      uint8_t *record = realloc(reader->record, reader->have + step);
      if (!record) return hr_error_out_of_memory(reader->have + step, "a record");
      reader->record = record;
      reader->capacity = reader->have + step;
    }
    hr_status status = hr_byte_stream_read(reader->stream, reader->record + reader->have, step, &count);
    reader->have += count;
    HR_TRY(status);
    if (count < step) break;
  }
  return HR_SUCCESS;
}

/* The first `wanted` bytes of the record under way, or as many as there are. */
static hr_status look(hr_record_reader *reader, uint64_t wanted, hr_view *bytes) {
  if (reader->have == 0 && wanted <= hr_byte_stream_capacity(reader->stream))
    return hr_byte_stream_peek(reader->stream, (size_t)wanted, bytes);
  HR_TRY(gather(reader, wanted));
  *bytes = (hr_view){(const char *)reader->record, reader->have};
  return HR_SUCCESS;
}

static bool checksum_matches(const char *bytes, size_t length) {
  return hr_crc32c_unmask(hr_read_u32(bytes + length)) == hr_crc32c(bytes, length);
}

static void pass(hr_record_reader *reader) {
  if (reader->handed_out && reader->have == 0) hr_byte_stream_advance(reader->stream, (size_t)reader->handed_out);
  reader->have = 0;
  reader->offset += reader->handed_out;
  reader->handed_out = 0;
}

hr_status hr_record_reader_next(hr_record_reader *reader, const void **data, size_t *length) {
  *data = NULL;
  *length = 0;
  hr_view bytes;
  if (reader->handed_out) pass(reader);
  HR_TRY(look(reader, HEADER_BYTES, &bytes));
  /* Part of a header counts as the end too: in TensorFlow as well, whose writers may be at work on it. */
  if (bytes.length < HEADER_BYTES) return hr_error(HR_OUT_OF_RANGE, "eof");
  if (!checksum_matches(bytes.data, 8)) return hr_error(HR_DATA_LOSS, "corrupted record at %" PRIu64, reader->offset);

  uint64_t size = hr_read_u64(bytes.data);
  if (size > INT64_MAX - HEADER_BYTES - FOOTER_BYTES)
    return hr_error(HR_DATA_LOSS, "corrupted record at %" PRIu64, reader->offset);
  uint64_t whole = HEADER_BYTES + size + FOOTER_BYTES;
  HR_TRY(look(reader, whole, &bytes));
  if (bytes.length < whole) return hr_error(HR_DATA_LOSS, "truncated record at %" PRIu64, reader->offset);
  if (!checksum_matches(bytes.data + HEADER_BYTES, (size_t)size))
    return hr_error(HR_DATA_LOSS, "corrupted record at %" PRIu64, reader->offset + HEADER_BYTES);
  reader->handed_out = whole;
  *data = bytes.data + HEADER_BYTES;
  *length = (size_t)size;
  return HR_SUCCESS;
}
