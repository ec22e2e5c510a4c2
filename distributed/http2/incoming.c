/* Messages that have come: their memory, and what was packed into them. */
#include "distributed/http2/connection.h"
#include "distributed/messages.h"
#include <stdlib.h>
#include <sys/mman.h>
#include <zlib.h>

/* ---- memory ------------------------------------------------------------------------------------------------------ */

/* Large buffers are kept for the next message: the system fills each page with zeros before it hands it out, which
 * takes longer than to receive it. */
#define LARGE_BYTES ((size_t)1 << 20)
#define KEPT_BYTES  ((size_t)256 << 20)
#define KEPT        16
#define HUGE_PAGE   ((size_t)2 << 20)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards what follows */
static hr_buffer *kept[KEPT];                            /* the one that came last stands last */
static int32_t num_kept;
static size_t kept_bytes;

/* One that holds `bytes` and not much more; lock held. */
static hr_buffer *take_kept(size_t bytes) {
  for (int32_t i = num_kept - 1; i >= 0; --i) {
    hr_buffer *buffer = kept[i];
    if (buffer->bytes < bytes || buffer->bytes / 2 > bytes) continue;
    memmove(&kept[i], &kept[i + 1], sizeof *kept * (size_t)(--num_kept - i));
    kept_bytes -= buffer->bytes;
    return buffer;
  }
  return NULL;
}

static void free_memory(hr_buffer *buffer) {
  free(buffer->data);
  free(buffer);
}

static hr_buffer *allocate(hr_allocator *self, size_t bytes) {
  pthread_mutex_lock(&lock);
  hr_buffer *buffer = take_kept(bytes);
  pthread_mutex_unlock(&lock);
  if (!buffer) {
    buffer = calloc(1, sizeof *buffer);
    size_t rounded = (bytes + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1);
    if (buffer) buffer->data = aligned_alloc(HUGE_PAGE, rounded);
    if (!buffer || !buffer->data) {
      free(buffer);
      return NULL;
    }
    (void)madvise(buffer->data, rounded, MADV_HUGEPAGE);
    buffer->bytes = bytes;
  }
  buffer->allocator = self;
  buffer->references = 1;
  return buffer;
}

static void give_back(hr_allocator *self, hr_buffer *buffer) {
  (void)self;
  hr_buffer *old[KEPT];
  int32_t num_old = 0;
  if (pthread_mutex_trylock(&lock) != 0) { /* by chance, or for ever in a child of a fork */
    free_memory(buffer);
    return;
  }
  bool keeps = buffer->bytes <= KEPT_BYTES;
  while (keeps && (num_kept == KEPT || kept_bytes + buffer->bytes > KEPT_BYTES)) {
    old[num_old++] = kept[0];
    kept_bytes -= kept[0]->bytes;
    memmove(&kept[0], &kept[1], sizeof *kept * (size_t)--num_kept);
  }
  if (keeps) {
    kept[num_kept++] = buffer;
    kept_bytes += buffer->bytes;
  }
  pthread_mutex_unlock(&lock);
  if (!keeps) free_memory(buffer);
  while (num_old > 0)
    free_memory(old[--num_old]);
}

static hr_allocator large = {.allocate = allocate, .release = give_back, .name = "messages"};

void hr_h2_message_memory(hr_h2_stream *stream, const char *first, size_t count) {
  size_t known = count < stream->length ? count : stream->length;
  size_t shift = (HR_ALIGNMENT - hr_content_offset(first, known) % HR_ALIGNMENT) % HR_ALIGNMENT;
  size_t bytes = stream->length + shift;
  hr_allocator *allocator = bytes >= LARGE_BYTES ? &large : hr_cpu_allocator();
  stream->memory = allocator->allocate(allocator, bytes);
  stream->message = stream->memory ? (char *)stream->memory->data + shift : NULL;
}

void hr_h2_forget_message(hr_h2_stream *stream) {
  if (stream->memory) hr_buffer_unref(stream->memory);
  stream->memory = NULL;
  stream->message = NULL;
}

/* ---- messages ---------------------------------------------------------------------------------------------------- */

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
  } else {
    hr_slices_add_buffer(out, stream->memory, stream->message, stream->length);
  }
  hr_h2_forget_message(stream);
  if (!status && out->failed) status = hr_error_out_of_memory(stream->length, "a message");
  if (status) hr_slices_clear(out);
  return status;
}
