/* The nodes of a GraphDef by name, and the names they get in the graph: the first step of an import. */
#ifndef HR_RUNTIME_GRAPH_DEF_TABLE_H
#define HR_RUNTIME_GRAPH_DEF_TABLE_H

#include "runtime/graph/graph_internal.h"

/* A NodeDef. Views are into the GraphDef's bytes. */
typedef struct hr_def_node {
  hr_view body, name;
  hr_view final_name;   /* without the prefix; another than `name` where that was taken */
  uint32_t hash;        /* of the name */
  int32_t waiting;      /* inputs that are still to come */
  int32_t first_waiter; /* list of those who wait for this node, -1 for none */
  bool is_mapped;       /* some output is replaced by the input map */
  hr_node *node;        /* NULL until it is made */
} hr_def_node;

/* A zeroed struct is empty. */
typedef struct hr_def_table {
  hr_def_node *nodes;
  int32_t count, capacity;
  int32_t *slots; /* open addressing: index + 1, 0 for free */
  uint32_t mask;
  hr_arena arena; /* names that had to be changed */
} hr_def_table;

/* Appends a NodeDef. InvalidArgument for malformed bytes. */
HR_MUST_USE hr_status hr_def_table_add(hr_def_table *table, hr_view body);
/* After the last node. InvalidArgument "Node 'x' is not unique". */
HR_MUST_USE hr_status hr_def_table_index(hr_def_table *table);
/* NULL where there is none. */
hr_def_node *hr_def_table_find(const hr_def_table *table, hr_view name);

/* Gives nodes whose name, under `prefix`, is that of a node of the graph, or of a scope around one, the first free name
 * "x_1", "x_2", ...; looks at case, as TensorFlow's import does. */
HR_MUST_USE hr_status hr_def_table_uniquify(hr_def_table *table, const hr_graph *graph, hr_view prefix);

void hr_def_table_free(hr_def_table *table);

#endif
