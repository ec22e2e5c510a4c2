/* Graphs and nodes appended to bytes: for MetaGraphs, plans and the wire. */
#ifndef HR_RUNTIME_GRAPH_GRAPHDEF_EXPORT_H
#define HR_RUNTIME_GRAPH_GRAPHDEF_EXPORT_H

#include "headrace/graph_io.h"
#include "runtime/base/text.h"

/* Appends the fields of a NodeDef or GraphDef. `options` may be NULL. Out of memory of `out` shows in it. */
HR_MUST_USE hr_status hr_node_to_proto(const hr_node *node, const hr_export_options *options, hr_text *out);
HR_MUST_USE hr_status hr_graph_to_proto(const hr_graph *graph, const hr_export_options *options, hr_text *out);

/* Hands the text's bytes over; ResourceExhausted where the text ran out of memory. */
HR_MUST_USE hr_status hr_text_to_owned_bytes(hr_text *text, hr_owned_bytes *out);

#endif
