/* Messages to gRPC's byte buffers and back; the bytes stay where they are. */
#include "distributed/grpc/grpc_parts.h"
#include <grpc/byte_buffer_reader.h>
#include <stdlib.h>

/* ---- sending --------------------------------------------------------------------------------------------------- */

/* The owner of a whole message, shared by gRPC's slices of it. */
typedef struct whole {
  _Atomic int32_t references;
  void (*release)(void *owner);
  void *owner;
} whole;

static void unref_whole(void *argument) {
  whole *w = argument;
  if (atomic_fetch_sub(&w->references, 1) != 1) return;
  w->release(w->owner);
  free(w);
}

static grpc_slice to_grpc(const hr_slice *slice, whole *owner) {
  void *data = (void *)(uintptr_t)slice->data;
  if (slice->release) return grpc_slice_new_with_user_data(data, slice->length, slice->release, slice->owner);
  if (!owner) return grpc_slice_from_static_buffer(data, slice->length);
  atomic_fetch_add(&owner->references, 1);
  return grpc_slice_new_with_user_data(data, slice->length, unref_whole, owner);
}

grpc_byte_buffer *hr_to_byte_buffer(hr_slices *message) {
  grpc_slice few[8], *slices = few;
  whole *owner = NULL;
  if (message->release) {
    owner = gpr_malloc(sizeof *owner);
    *owner = (whole){.references = 1, .release = message->release, .owner = message->owner};
  }
  if (message->count > 8) slices = gpr_malloc(sizeof *slices * (size_t)message->count);
  for (int32_t i = 0; i < message->count; ++i)
    slices[i] = to_grpc(&message->slices[i], owner);
  grpc_byte_buffer *buffer = grpc_raw_byte_buffer_create(slices, (size_t)message->count);
  for (int32_t i = 0; i < message->count; ++i)
    grpc_slice_unref(slices[i]);
  if (slices != few) gpr_free(slices);
  if (owner) unref_whole(owner);
  free(message->slices);
  *message = (hr_slices){0};
  return buffer;
}

/* ---- receiving ------------------------------------------------------------------------------------------------- */

typedef struct received {
  grpc_byte_buffer *buffer;
  grpc_byte_buffer_reader reader;
} received;

static void free_received(void *owner) {
  received *r = owner;
  grpc_byte_buffer_reader_destroy(&r->reader);
  grpc_byte_buffer_destroy(r->buffer);
  free(r);
}

hr_slices hr_from_byte_buffer(grpc_byte_buffer *buffer) {
  hr_slices message = {0};
  if (!buffer) return message;
  received *r = malloc(sizeof *r);
  if (!r || !grpc_byte_buffer_reader_init(&r->reader, buffer)) { /* compressed bytes that are none */
    free(r);
    grpc_byte_buffer_destroy(buffer);
    message.failed = true;
    return message;
  }
  r->buffer = buffer;
  message.release = free_received;
  message.owner = r;
  grpc_slice *slice;
  while (!message.failed && grpc_byte_buffer_reader_peek(&r->reader, &slice))
    hr_slices_add(&message, (hr_slice){GRPC_SLICE_START_PTR(*slice), GRPC_SLICE_LENGTH(*slice), NULL, NULL});
  return message;
}
