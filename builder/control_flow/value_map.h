/* A hash table from outputs to outputs. */
#ifndef HR_BUILDER_CONTROL_FLOW_VALUE_MAP_H
#define HR_BUILDER_CONTROL_FLOW_VALUE_MAP_H

#include "runtime/base/arena.h"
#include "runtime/graph/node.h"

typedef struct hr_value_entry {
  hr_output key; /* node NULL: a free place */
  hr_output value;
} hr_value_entry;

/* A zeroed struct is an empty table. Its memory is the arena's of the graph that the outputs are in. */
typedef struct hr_value_map {
  hr_value_entry *entries;
  int32_t count, capacity; /* a power of two */
} hr_value_map;

/* NULL where the key was not entered. Valid until the next hr_value_map_enter. */
hr_value_entry *hr_value_map_find(const hr_value_map *map, hr_output key);
/* The entry of a key, entered with no value where it is new; NULL when memory is out. */
hr_value_entry *hr_value_map_enter(hr_value_map *map, hr_output key);

#endif
