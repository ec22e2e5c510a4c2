#include "runtime/io/byte_stream.h"
#include "runtime/io/file.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#define USUAL_BUFFER ((size_t)256 << 10)
#define LEAST_BUFFER ((size_t)64)
#define PACKED_BYTES ((size_t)64 << 10)

struct hr_byte_stream {
  hr_input_file *file;
  uint64_t file_offset; /* of the first byte that was not read yet */
  uint64_t position;
  char *buffer; /* bytes [at, length) are unpacked and not passed */
  size_t at, length, capacity;
  hr_text line; /* one that lies across two fillings of the buffer, or has carriage returns */

  bool packed;
  z_stream unpacker;
  int failure; /* what the unpacker said of damaged bytes: it says so again */
  char *input; /* packed bytes [input_at, input_length) */
  size_t input_at, input_length;
};

hr_status hr_byte_stream_open(const char *path, hr_compression compression, size_t buffer_bytes, hr_byte_stream **out) {
  *out = NULL;
  hr_byte_stream *stream = calloc(1, sizeof *stream);
  if (!stream) return hr_error_out_of_memory(sizeof *stream, "reading a file");
  stream->capacity = !buffer_bytes ? USUAL_BUFFER : buffer_bytes < LEAST_BUFFER ? LEAST_BUFFER : buffer_bytes;
  stream->buffer = malloc(stream->capacity);
  hr_status status = stream->buffer ? hr_input_file_open(path, &stream->file)
                                    : hr_error_out_of_memory(stream->capacity, "reading a file");
  if (!status && compression != HR_COMPRESSION_NONE) {
    stream->input = malloc(PACKED_BYTES);
    stream->packed = stream->input &&
                     inflateInit2(&stream->unpacker, MAX_WBITS + (compression == HR_COMPRESSION_GZIP ? 16 : 0)) == Z_OK;
    if (!stream->packed) status = hr_error_out_of_memory(PACKED_BYTES, "unpacking a file");
  }
  if (status) {
    hr_byte_stream_close(stream);
    return status;
  }
  *out = stream;
  return HR_SUCCESS;
}

void hr_byte_stream_close(hr_byte_stream *stream) {
  if (!stream) return;
  if (stream->packed) inflateEnd(&stream->unpacker);
  hr_input_file_close(stream->file);
  hr_text_free(&stream->line);
  free(stream->input);
  free(stream->buffer);
  free(stream);
}

uint64_t hr_byte_stream_position(const hr_byte_stream *stream) { return stream->position; }
size_t hr_byte_stream_capacity(const hr_byte_stream *stream) { return stream->capacity; }

/* ---- filling --------------------------------------------------------------------------------------------------- */

static hr_status read_file(hr_byte_stream *s, void *bytes, size_t length, size_t *count) {
  HR_TRY(hr_input_file_read(s->file, s->file_offset, bytes, length, count));
  s->file_offset += *count;
  return HR_SUCCESS;
}

/* Unpacks up to `length` bytes; none where the file ends. */
static hr_status unpack(hr_byte_stream *s, char *bytes, size_t length, size_t *count) {
  z_stream *unpacker = &s->unpacker;
  *count = 0;
  while (*count == 0 && !s->failure) {
    if (s->input_at == s->input_length) {
      s->input_at = s->input_length = 0;
      HR_TRY(read_file(s, s->input, PACKED_BYTES, &s->input_length));
      if (s->input_length == 0) return HR_SUCCESS;
    }
    unpacker->next_in = (Bytef *)s->input + s->input_at;
    unpacker->avail_in = (uInt)(s->input_length - s->input_at);
    unpacker->next_out = (Bytef *)bytes;
    unpacker->avail_out = length > UINT_MAX ? UINT_MAX : (uInt)length;
    int result = inflate(unpacker, Z_NO_FLUSH);
    s->input_at = s->input_length - unpacker->avail_in;
    *count = (size_t)(unpacker->next_out - (Bytef *)bytes);
    if (result == Z_STREAM_END)
      inflateReset(unpacker); /* another packed stream may follow, as `cat a.gz b.gz` makes them */
    else if (result == Z_MEM_ERROR)
      return hr_error_out_of_memory(0, "unpacking a file");
    else if (result != Z_OK && result != Z_BUF_ERROR)
      s->failure = result;
  }
  if (s->failure)
    return hr_error(HR_DATA_LOSS, "inflate() failed with error %d: %s", s->failure, unpacker->msg ? unpacker->msg : "");
  return HR_SUCCESS;
}

static hr_status more(hr_byte_stream *s, char *bytes, size_t length, size_t *count) {
  return s->packed ? unpack(s, bytes, length, count) : read_file(s, bytes, length, count);
}

hr_status hr_byte_stream_peek(hr_byte_stream *s, size_t wanted, hr_view *bytes) {
  if (wanted > s->capacity) wanted = s->capacity;
  if (s->length - s->at < wanted && s->at > 0) {
    memmove(s->buffer, s->buffer + s->at, s->length - s->at);
    s->length -= s->at;
    s->at = 0;
  }
  while (s->length - s->at < wanted) {
    size_t count;
    HR_TRY(more(s, s->buffer + s->length, s->capacity - s->length, &count));
    if (count == 0) break;
    s->length += count;
  }
  *bytes = (hr_view){s->buffer + s->at, s->length - s->at};
  return HR_SUCCESS;
}

void hr_byte_stream_advance(hr_byte_stream *s, size_t length) {
  s->at += length;
  s->position += length;
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

hr_status hr_byte_stream_read(hr_byte_stream *s, void *bytes, size_t length, size_t *count) {
  *count = 0;
  while (*count < length) {
    char *to = (char *)bytes + *count;
    size_t wanted = length - *count, here = s->length - s->at;
    if (here == 0 && wanted >= s->capacity) { /* past the buffer */
      HR_TRY(more(s, to, wanted, &here));
      if (here == 0) break;
      s->position += here;
    } else {
      hr_view next;
      HR_TRY(hr_byte_stream_peek(s, 1, &next));
      if (next.length == 0) break;
      here = next.length < wanted ? next.length : wanted;
      memcpy(to, next.data, here);
      hr_byte_stream_advance(s, here);
    }
    *count += here;
  }
  return HR_SUCCESS;
}

hr_status hr_byte_stream_skip(hr_byte_stream *s, uint64_t length, uint64_t *count) {
  for (*count = 0; *count < length;) {
    hr_view next;
    HR_TRY(hr_byte_stream_peek(s, 1, &next));
    if (next.length == 0) break;
    size_t here = next.length < length - *count ? next.length : (size_t)(length - *count);
    hr_byte_stream_advance(s, here);
    *count += here;
  }
  return HR_SUCCESS;
}

/* Adds bytes without carriage returns. */
static void add_to_line(hr_text *line, hr_view bytes) {
  while (bytes.length) {
    const char *end = memchr(bytes.data, '\r', bytes.length);
    size_t length = end ? (size_t)(end - bytes.data) : bytes.length;
    hr_text_add(line, bytes.data, length);
    length += end != NULL;
    bytes.data += length;
    bytes.length -= length;
  }
}

hr_status hr_byte_stream_line(hr_byte_stream *s, hr_view *line, bool *is_there) {
  s->line.length = 0;
  bool any = false, ended = false;
  while (!ended) {
    hr_view next;
    HR_TRY(hr_byte_stream_peek(s, 1, &next));
    if (next.length == 0) break;
    const char *end = memchr(next.data, '\n', next.length);
    size_t length = end ? (size_t)(end - next.data) : next.length;
    hr_byte_stream_advance(s, length + (end != NULL));
    ended = end != NULL;
    if (ended && !any && !memchr(next.data, '\r', length)) { /* all of it lies in the buffer */
      *line = (hr_view){next.data, length};
      *is_there = true;
      return HR_SUCCESS;
    }
    any = true;
    add_to_line(&s->line, (hr_view){next.data, length});
  }
  if (s->line.failed) {
    s->line.failed = false;
    return hr_error_out_of_memory(s->line.length, "a line");
  }
  *is_there = ended || s->line.length > 0;
  *line = (hr_view){s->line.length ? s->line.data : "", s->line.length};
  return HR_SUCCESS;
}
