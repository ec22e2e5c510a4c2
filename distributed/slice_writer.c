/* What slices are made of: texts, buffers, messages. */
#include "distributed/slices.h"
#include "runtime/base/proto_check.h"
#include <stdlib.h>

void hr_slices_add_text(hr_slices *message, hr_text *text) {
  if (text->failed) {
    message->failed = true;
    hr_text_free(text);
  } else if (text->length > 0) {
    hr_slices_add(message, (hr_slice){text->data, text->length, free, text->data});
  } else {
    hr_text_free(text);
  }
  *text = (hr_text){0};
}

static void release_buffer(void *owner) { hr_buffer_unref(owner); }

void hr_slices_add_buffer(hr_slices *message, hr_buffer *buffer, const void *data, size_t length) {
  hr_slices_add(message, (hr_slice){data, length, release_buffer, hr_buffer_ref(buffer)});
}

hr_buffer *hr_slice_buffer(const hr_slice *slice) { return slice->release == release_buffer ? slice->owner : NULL; }

hr_slices hr_slices_of_proto(const void *proto) {
  hr_slices message = {0};
  hr_text text = {0};
  hr_proto_pack(proto, &text);
  hr_slices_add_text(&message, &text);
  return message;
}
