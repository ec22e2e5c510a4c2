/* MetaGraphs narrowed after their export: to one scope, or without the savers of others. */
#ifndef HR_RUNTIME_GRAPH_META_GRAPH_NARROW_H
#define HR_RUNTIME_GRAPH_META_GRAPH_NARROW_H

#include "headrace/graph_io.h"

/* Replaces the bytes of a MetaGraphDef as `export_scope` and `clear_extraneous_savers` of the options ask. After an
 * error they are as before. */
HR_MUST_USE hr_status hr_meta_graph_narrow(const hr_meta_graph_export_options *options, hr_owned_bytes *bytes);

#endif
