/* Errors on the wire. TensorFlow's processes name the node at fault as "[[{{node NAME}}]]" at the end of the text; the
 * client, which has the graph, puts its op and its place in the program there. */
#ifndef HR_DISTRIBUTED_WIRE_STATUS_H
#define HR_DISTRIBUTED_WIRE_STATUS_H

#include "headrace/graph.h"
#include "runtime/base/text.h"

/* Appends the error's text as it goes to others. */
void hr_status_to_wire(hr_status status, hr_text *out);
/* The same as a status, which names no node any more but in its text. Takes the status; NULL stays NULL. */
HR_MUST_USE hr_status hr_status_for_wire(hr_status status);

/* The error of a code and a text from elsewhere; OK for HR_OK. Codes that are none become Unknown. The first node that
 * it names and that `graph` (may be NULL) has is the error's node. */
HR_MUST_USE hr_status hr_status_from_wire(int64_t code, hr_view text, const hr_graph *graph);
/* The same for an error that came as a status. */
HR_MUST_USE hr_status hr_status_find_node(hr_status status, const hr_graph *graph);

#endif
