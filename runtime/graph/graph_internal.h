/* The inside of a graph, for the files of this room, for import and for export. */
#ifndef HR_RUNTIME_GRAPH_GRAPH_INTERNAL_H
#define HR_RUNTIME_GRAPH_GRAPH_INTERNAL_H

#include "runtime/graph/collection.h"
#include "runtime/graph/constant_value.h"
#include "runtime/graph/names.h"
#include "runtime/graph/node.h"

/* GraphDef versions of TensorFlow 1.15. */
#define HR_PRODUCER_VERSION     134
#define HR_MIN_CONSUMER_VERSION 0

/* Chunk k holds 2^(HR_NODE_CHUNK_BITS + k) nodes, so that this many hold more than an int32_t can count. */
#define HR_NODE_CHUNKS (32 - HR_NODE_CHUNK_BITS)

struct hr_graph {
  /* Any thread. */
  _Atomic int32_t references;
  _Atomic bool finalized;
  _Atomic int32_t node_count; /* published after the node and its chunk are written */
  hr_node **chunks[HR_NODE_CHUNKS];
  hr_names names;                                /* hr_names_find only */
  _Atomic(struct hr_function_library *) library; /* function_library.c; NULL where there is none */

  /* The building thread. */
  hr_arena arena;
  hr_names strings; /* interned: device names, places in programs */
  /* How many operations were begun, failed ones too: TensorFlow's Graph._last_id, from which seeds are derived. */
  int64_t last_id;
  bool has_seed;
  int64_t seed;
  int32_t producer, min_consumer;     /* GraphDef versions; import lowers or raises them */
  bool reads_ahead;                   /* a node reads a younger one, as in branches and loops */
  bool has_functional_flow;           /* conditionals and loops are nodes of functions, see function_graph.h */
  struct hr_function_graph *function; /* of a graph that becomes a function's body; else NULL */
  hr_graph *lender;                   /* whose functions a private graph calls; NULL: it has its own */
  int32_t *bodies_left; /* of a graph that is made for shapes of a call: bodies that may still be looked at */
  int32_t call_depth;   /* of such a graph: how many calls it is inside of */
  struct hr_kept_tensor *tensors;
  hr_collections collections;
  hr_constant_cache constants;
  void *gradient_shapes;                               /* what ops/gradients/known_shapes.c remembers, in the arena */
  struct hr_dataset_description *dataset_descriptions; /* of builder/data, in the arena */
  uint32_t *marks;                                     /* by node id, see hr_graph_mark_begin */
  int32_t marks_capacity;
  uint32_t mark;
};

/* One copy of a text for the graph's life; NULL when memory is out. */
const char *hr_graph_intern(hr_graph *graph, hr_view text);

/* A set of nodes for the moment: after begin no node is in it; hr_graph_mark adds one and says if it is new. */
HR_MUST_USE hr_status hr_graph_mark_begin(hr_graph *graph);
static inline bool hr_graph_mark(hr_graph *graph, const hr_node *node) {
  bool is_new = graph->marks[node->id] != graph->mark;
  graph->marks[node->id] = graph->mark;
  return is_new;
}
static inline bool hr_graph_is_marked(const hr_graph *graph, const hr_node *node) {
  return graph->marks[node->id] == graph->mark;
}

/* Makes room for the node with the next id; then publishing it cannot fail. */
HR_MUST_USE hr_status hr_graph_reserve_node(hr_graph *graph);
/* `name` may be NULL: then no look-up finds the node. */
void hr_graph_publish_node(hr_graph *graph, hr_node *node, hr_name *name);
/* Takes the nodes from `count` on and their names out again: for an import that failed. Their memory stays. */
void hr_graph_drop_nodes(hr_graph *graph, int32_t count);

#endif
