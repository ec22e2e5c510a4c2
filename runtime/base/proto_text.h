/* Protobuf's text format for any message, through its descriptor: the `checkpoint` file and .pbtxt graphs. */
#ifndef HR_RUNTIME_BASE_PROTO_TEXT_H
#define HR_RUNTIME_BASE_PROTO_TEXT_H

#include "runtime/base/proto_check.h"

/* Appends the text that Python's text_format.MessageToString writes: two spaces a level, fields by number, map entries
 * by key, the shortest decimals that read back equal. An Any is printed as its two fields. Out of memory shows in
 * `out->failed`. */
void hr_proto_print(const void *message, hr_text *out);

/* Reads a message of `descriptor` into `arena`; `message` as for hr_proto_unpack. Everything text_format.Parse takes:
 * comments, both bracket styles, short lists, adjacent strings, escapes; not extensions and expanded Any.
 * InvalidArgument with line and column for anything else, and for messages nested more than 100 deep. */
#define hr_proto_parse(descriptor, arena, text, length, message)                                                       \
  hr_proto_parse_into((descriptor), (arena), (text), (length), HR_PROTO_OUT(message))
HR_MUST_USE hr_status hr_proto_parse_into(const ProtobufCMessageDescriptor *descriptor, hr_arena *arena,
                                          const char *text, size_t length, void *message);

#endif
