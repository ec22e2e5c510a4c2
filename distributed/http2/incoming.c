/* Messages that have come: their memory, and what was packed into them. */
#include "distributed/http2/connection.h"
#include "runtime/base/wire.h"
#include <stdlib.h>
#include <zlib.h>

void hr_h2_message_memory(hr_h2_stream *stream, const char *first, size_t count) {
  (void)first;
  (void)count;
  stream->memory = stream->message = malloc(stream->length);
}

void hr_h2_forget_message(hr_h2_stream *stream) {
  free(stream->memory);
  stream->memory = stream->message = NULL;
}

/* gzip or zlib's format: gRPC's "gzip" and "deflate". */
static hr_status unpack(const char *packed, size_t length, size_t most, hr_text *out) {
  z_stream z = {.next_in = (unsigned char *)(uintptr_t)packed, .avail_in = (uInt)length};
  if (inflateInit2(&z, 32 + MAX_WBITS) != Z_OK) return hr_error_out_of_memory(0, "a compressed message");
  int result = Z_OK;
  while (result == Z_OK && out->length <= most && !out->failed) {
    unsigned char bytes[16384];
    z.next_out = bytes;
    z.avail_out = sizeof bytes;
    result = inflate(&z, Z_NO_FLUSH);
    hr_text_add(out, (const char *)bytes, sizeof bytes - z.avail_out);
  }
  inflateEnd(&z);
  if (out->failed) return hr_error_out_of_memory(out->length, "a compressed message");
  if (out->length > most) return hr_error(HR_RESOURCE_EXHAUSTED, "A compressed message has more than %zu bytes", most);
  if (result != Z_STREAM_END) return hr_error(HR_INVALID_ARGUMENT, "A compressed message cannot be unpacked");
  return HR_SUCCESS;
}

hr_status hr_h2_take_message(hr_h2_stream *stream, hr_slices *out) {
  *out = (hr_slices){0};
  if (!stream->message) return HR_SUCCESS;
  hr_status status = HR_SUCCESS;
  if (stream->is_compressed) {
    hr_text text = {0};
    status = unpack(stream->message, stream->length, stream->connection->kind->max_message(stream->connection), &text);
    if (status)
      hr_text_free(&text);
    else
      hr_slices_add_text(out, &text);
    hr_h2_forget_message(stream);
  } else {
    hr_slices_add(out, (hr_slice){stream->message, stream->length, free, stream->memory});
    stream->message = stream->memory = NULL;
  }
  if (!status && out->failed) status = hr_error_out_of_memory(stream->length, "a message");
  if (status) hr_slices_clear(out);
  return status;
}
