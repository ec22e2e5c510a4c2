/* The inside of hr_node_begin .. hr_node_finish. */
#ifndef HR_RUNTIME_GRAPH_NODE_BUILDER_H
#define HR_RUNTIME_GRAPH_NODE_BUILDER_H

#include "headrace/scope.h"

/* Ends all node builders of a builder, used or spare. */
void hr_node_builders_free(hr_builder *builder);

#endif
