/* The only door from bytes to protobuf-c messages. protobuf-c recurses without limit and allocates what the bytes
 * ask for; hr_proto_check walks the wire format first, so that unpacking can only succeed or run out of memory. */
#ifndef HR_RUNTIME_BASE_PROTO_CHECK_H
#define HR_RUNTIME_BASE_PROTO_CHECK_H

#include "runtime/base/arena.h"
#include "runtime/base/text.h"
#include <protobuf-c/protobuf-c.h>

typedef struct hr_proto_limits {
  int max_depth;     /* messages inside messages; 0: 100 */
  size_t max_memory; /* bytes that unpacking may allocate; 0: 2 GiB */
  hr_code malformed; /* code of bytes that are no such message; HR_OK: InvalidArgument (files use DataLoss) */
} hr_proto_limits;

/* Checks that `bytes` are a message of `descriptor` within `limits` (NULL: the defaults). Errors name the message type
 * and the byte offset: `malformed` for bad tags, lengths, wire types that are not the field's, groups, strings with a
 * NUL inside, nesting, and a single message field that comes twice (protobuf would merge the two; nobody writes that,
 * and merging costs quadratic time and memory); ResourceExhausted over the memory budget. Unknown fields are fine. */
HR_MUST_USE hr_status hr_proto_check(const ProtobufCMessageDescriptor *descriptor, const void *bytes, size_t length,
                                     const hr_proto_limits *limits);

/* Checks and unpacks. `message` is the address of a pointer to the descriptor's C struct (the macro sees to that); the
 * struct and all it points to live in `arena`. */
#define hr_proto_unpack(descriptor, arena, bytes, length, limits, message)                                             \
  hr_proto_unpack_into((descriptor), (arena), (bytes), (length), (limits), HR_PROTO_OUT(message))
HR_MUST_USE hr_status hr_proto_unpack_into(const ProtobufCMessageDescriptor *descriptor, hr_arena *arena,
                                           const void *bytes, size_t length, const hr_proto_limits *limits,
                                           void *message);
/* Compiles for a pointer to a pointer only. */
#define HR_PROTO_OUT(message) ((void)sizeof(**(message)), (void *)(message))

/* Puts the entries of all maps of a message (any protobuf-c struct) and of its parts in the order of their keys, as
 * deterministic serialisation has them. */
void hr_proto_sort_maps(void *message);

/* Appends the serialised message (any protobuf-c struct); out of memory shows in `out->failed`. */
void hr_proto_pack(const void *message, hr_text *out);

#endif
