/* DecodeCompressed: strings that zlib packed. */
#include "kernels_cpu/string_arguments.h"

#include <limits.h>
#include <zlib.h>

enum { NONE, ZLIB, GZIP };

static hr_status create(const hr_kernel_construction *c, void **state) {
  const hr_attr_value *name;
  HR_TRY(hr_construction_attr(c, "compression_type", &name));
  static const char *const names[] = {[NONE] = "", [ZLIB] = "ZLIB", [GZIP] = "GZIP"};
  for (uintptr_t i = 0; i < 3; ++i)
    if (strcmp(name->s, names[i]) == 0) {
      *state = (void *)i;
      return HR_SUCCESS;
    }
  return hr_error(HR_INVALID_ARGUMENT, "Only ZLIB, GZIP or NONE are supported compressions, not %s", name->s);
}

/* Appends what is packed, up to the end of the packed stream or of the bytes, whichever comes first: as TensorFlow,
 * which takes bytes that are cut short for a stream that is not over yet. */
static hr_status unpack(z_stream *stream, hr_view in, hr_text *out) {
  char piece[1 << 14];
  size_t left = in.length;
  stream->next_in = (Bytef *)in.data;
  int result = Z_OK;
  while (result == Z_OK) {
    if (stream->avail_in == 0 && left) {
      stream->avail_in = left > UINT_MAX ? UINT_MAX : (uInt)left;
      left -= stream->avail_in;
    }
    stream->next_out = (Bytef *)piece;
    stream->avail_out = sizeof piece;
    result = inflate(stream, Z_NO_FLUSH);
    hr_text_add(out, piece, sizeof piece - stream->avail_out);
    if (out->failed || result == Z_MEM_ERROR) return hr_error_out_of_memory(out->length, "an unpacked string");
  }
  if (result == Z_STREAM_END || result == Z_BUF_ERROR) return HR_SUCCESS;
  return hr_error(HR_DATA_LOSS, "inflate() failed with error %d: %s", result, stream->msg ? stream->msg : "");
}

static hr_status make_unpacked(hr_kernel_context *ctx, hr_view in, hr_text *out) {
  uintptr_t type = (uintptr_t)ctx->state;
  if (type == NONE) {
    hr_text_add(out, in.data, in.length);
    return HR_SUCCESS;
  }
  z_stream stream = {0};
  if (inflateInit2(&stream, MAX_WBITS + (type == GZIP ? 16 : 0)) != Z_OK)
    return hr_error_out_of_memory(sizeof stream, "unpacking a string");
  hr_status status = unpack(&stream, in, out);
  inflateEnd(&stream);
  return status;
}

static hr_status decode_compressed(hr_kernel_context *ctx) { return hr_map_strings(ctx, make_unpacked); }
HR_KERNEL(.op = "DecodeCompressed", .create = create, .compute = decode_compressed);
