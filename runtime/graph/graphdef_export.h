/* Graphs appended to bytes: for MetaGraphs, plans and the wire. */
#ifndef HR_RUNTIME_GRAPH_GRAPHDEF_EXPORT_H
#define HR_RUNTIME_GRAPH_GRAPHDEF_EXPORT_H

#include "headrace/graph_io.h"
#include "runtime/base/text.h"
#include <protobuf-c/protobuf-c.h>

/* Appends the fields of a GraphDef. `options` may be NULL. Out of memory of `out` shows in it. */
HR_MUST_USE hr_status hr_graph_to_proto(const hr_graph *graph, const hr_export_options *options, hr_text *out);

/* From a serialised message of our own to its text, and from text (of anybody) to the bytes. */
HR_MUST_USE hr_status hr_bytes_to_text(const ProtobufCMessageDescriptor *descriptor, const hr_owned_bytes *bytes,
                                       hr_owned_bytes *out);
HR_MUST_USE hr_status hr_text_to_bytes(const ProtobufCMessageDescriptor *descriptor, const char *text, size_t length,
                                       hr_text *out);

/* Hands the text's bytes over; ResourceExhausted where the text ran out of memory. */
HR_MUST_USE hr_status hr_text_to_owned_bytes(hr_text *text, hr_owned_bytes *out);

#endif
