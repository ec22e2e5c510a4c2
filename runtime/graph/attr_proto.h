/* AttrValue, the attribute of a NodeDef, read and written by hand. */
#ifndef HR_RUNTIME_GRAPH_ATTR_PROTO_H
#define HR_RUNTIME_GRAPH_ATTR_PROTO_H

#include "runtime/graph/attr.h"

/* Field numbers of a map entry with a string key. */
enum { HR_ENTRY_KEY = 1, HR_ENTRY_VALUE = 2 };

/* Key and value of a map entry (views into `entry`). False where the bytes are malformed. */
bool hr_map_entry_read(hr_view entry, hr_view *key, hr_view *value);

/* Reads a serialised AttrValue into the graph's arena. `def` (NULL for an attribute outside the op's) says what an
 * empty list is a list of. `*value` has kind NONE where nothing is set. InvalidArgument for malformed bytes and
 * placeholders of function bodies; the errors of hr_tensor_from_proto and hr_shape_from_proto. */
HR_MUST_USE hr_status hr_attr_from_proto(hr_graph *graph, hr_view bytes, const hr_attr_def *def, hr_attr_value *value);

/* Appends the fields of an AttrValue. Out of memory shows in `out->failed`; Unimplemented as in hr_tensor_to_proto. */
HR_MUST_USE hr_status hr_attr_to_proto(const hr_attr_value *value, hr_text *out);

#endif
