/* OpDef: an op's signature as bytes, as MetaGraphs list it. */
#ifndef HR_RUNTIME_GRAPH_OP_DEF_PROTO_H
#define HR_RUNTIME_GRAPH_OP_DEF_PROTO_H

#include "runtime/base/text.h"
#include "runtime/graph/op_def.h"

/* Appends the fields of the op's OpDef, without descriptions. Out of memory shows in `out->failed`. */
HR_MUST_USE hr_status hr_op_def_to_proto(const hr_op_def *op, hr_text *out);

/* Whether a serialised OpList says that `value` (a serialised AttrValue) is the default of the op's attribute. False
 * where the list does not know. */
bool hr_op_list_has_default(hr_view op_list, hr_view op, hr_view attr, hr_view value);

#endif
