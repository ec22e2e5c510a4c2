/* Whatever hr_proto_check lets through, protobuf-c unpacks; and its text reads back. The first byte picks the message.
 */
#include "proto/event.pb-c.h"
#include "proto/example.pb-c.h"
#include "proto/graph.pb-c.h"
#include "proto/meta_graph.pb-c.h"
#include "proto/tensor_bundle.pb-c.h"
#include "runtime/base/proto_check.h"
#include "runtime/base/proto_text.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
  static const ProtobufCMessageDescriptor *const descriptors[] = {
      &hr_pb__graph_def__descriptor, &hr_pb__meta_graph_def__descriptor,     &hr_pb__event__descriptor,
      &hr_pb__example__descriptor,   &hr_pb__bundle_entry_proto__descriptor,
  };
  if (length == 0) return 0;
  const ProtobufCMessageDescriptor *descriptor = descriptors[bytes[0] % (sizeof descriptors / sizeof *descriptors)];
  hr_proto_limits limits = {.max_memory = (size_t)256 << 20};
  hr_arena arena = {0};
  void *message, *again;
  hr_status status = hr_proto_unpack(descriptor, &arena, bytes + 1, length - 1, &limits, &message);
  if (status == HR_SUCCESS) {
    hr_text text = {0};
    hr_proto_print(message, &text);
    status = hr_proto_parse(descriptor, &arena, text.data ? text.data : "", text.length, &again);
    if (status && hr_status_code(status) != HR_RESOURCE_EXHAUSTED && strstr(hr_status_message(status), "deep") == NULL)
      abort();
    hr_text_free(&text);
  } else if (hr_status_code(status) != HR_INVALID_ARGUMENT && hr_status_code(status) != HR_RESOURCE_EXHAUSTED) {
    abort();
  }
  hr_status_free(status);
  hr_status_free(hr_proto_parse(descriptor, &arena, (const char *)bytes + 1, length - 1, &again));
  hr_arena_free(&arena);
  return 0;
}
