/* The collections of a graph. Used by the building thread. */
#ifndef HR_RUNTIME_GRAPH_COLLECTION_H
#define HR_RUNTIME_GRAPH_COLLECTION_H

#include "headrace/graph.h"

typedef struct hr_collection {
  const char *key; /* in the graph's arena */
  hr_item *items;
  int32_t count, capacity;
} hr_collection;

typedef struct hr_collections {
  hr_collection *list;
  int32_t count, capacity;
  struct hr_owned_object *objects; /* each once, a hash set */
  uint32_t objects_count, objects_capacity;
} hr_collections;

/* Destroys the objects too. */
void hr_collections_free(hr_collections *collections);

#endif
