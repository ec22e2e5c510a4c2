/* A NodeDef on its way into a graph: its fields, and the attributes of its op. */
#ifndef HR_RUNTIME_GRAPH_NODE_DEF_H
#define HR_RUNTIME_GRAPH_NODE_DEF_H

#include "runtime/graph/def_table.h"
#include "runtime/graph/scratch.h"

#define HR_CLASS_ATTR      "_class"
#define HR_LOCATION_PREFIX HR_VIEW("loc:@")

/* Used again from node to node. Views are into the GraphDef's bytes. */
typedef struct hr_node_fields {
  hr_view op, device;
  hr_scratch inputs; /* hr_view */
  hr_scratch attrs;  /* hr_view: map entries */
} hr_node_fields;

/* InvalidArgument for malformed bytes, naming the node. */
HR_MUST_USE hr_status hr_node_fields_read(const hr_def_node *def, hr_node_fields *fields);
void hr_node_fields_free(hr_node_fields *fields);

/* What an attribute may depend on beside its node. */
typedef struct hr_attr_context {
  const hr_def_table *table; /* nodes that colocation attributes may name */
  hr_view prefix;            /* of the nodes' new names */
  hr_view producer_ops;      /* a serialised OpList of the GraphDef's producer, or nothing */
  bool verbatim;             /* colocation is left as it is */
} hr_attr_context;

/* Reads the attributes into spec->attrs and spec->extra (the graph's arena); spec->op is set. _output_shapes is left
 * out (hr_node_shapes_read). "loc:@x" in _class gets the new name of x; where x is another node, it sets
 * `*is_colocated`. InvalidArgument with TensorFlow's words for attributes that the op does not have (unless they have
 * their default by producer_ops, which is left out) or that are missing, and for colocation with nodes that are not in
 * the GraphDef. */
HR_MUST_USE hr_status hr_node_attrs_read(hr_graph *graph, const hr_node_fields *fields, const hr_def_node *def,
                                         const hr_attr_context *context, hr_node_spec *spec, bool *is_colocated);

/* Merges the shapes that _output_shapes tells, where it is there, into what is known of the node's outputs.
 * InvalidArgument where they contradict. */
HR_MUST_USE hr_status hr_node_shapes_read(const hr_node_fields *fields, const hr_def_node *def, hr_node *node);

/* For printf's "%.*s". */
#define HR_VIEW_ARGS(view) (int)(view).length, (view).data

#endif
