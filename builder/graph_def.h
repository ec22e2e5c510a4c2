/* GraphDefs unpacked, with their nodes by name: what surgery on them works with. */
#ifndef HR_BUILDER_GRAPH_DEF_H
#define HR_BUILDER_GRAPH_DEF_H

#include "headrace/graph_util.h"
#include "proto/graph.pb-c.h"
#include "runtime/base/arena.h"

/* Everything lives in the arena. */
typedef struct hr_graph_def {
  hr_arena arena;
  HrPb__GraphDef *def;
  struct hr_named_node *by_name; /* sorted */
} hr_graph_def;

/* InvalidArgument for bytes that are none and for two nodes of one name. Whatever it returns, the caller clears it. */
HR_MUST_USE hr_status hr_graph_def_unpack(const void *bytes, size_t length, hr_graph_def *out);
void hr_graph_def_clear(hr_graph_def *graph);

/* The index of the node of this name, which need not end after `length`; -1 where there is none. */
int64_t hr_graph_def_find(const hr_graph_def *graph, const char *name, size_t length);
/* The same of the node that an input names: "x", "x:1", "^x". */
int64_t hr_graph_def_input(const hr_graph_def *graph, const char *input);

/* Keeps only what the nodes need. NotFound as in hr_extract_sub_graph. */
HR_MUST_USE hr_status hr_graph_def_cut(hr_graph_def *graph, hr_strings nodes);

HR_MUST_USE hr_status hr_graph_def_pack(const hr_graph_def *graph, hr_owned_bytes *out);

#endif
