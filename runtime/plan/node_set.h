/* A set of nodes of one graph by id, with the rank of each: one bit a node, linear to build, constant to ask. */
#ifndef HR_RUNTIME_PLAN_NODE_SET_H
#define HR_RUNTIME_PLAN_NODE_SET_H

#include "runtime/base/arena.h"
#include <stdbool.h>
#include <stdint.h>

typedef struct hr_node_set {
  uint64_t *bits;
  int32_t *ranks; /* members below each word; set by hr_node_set_rank */
  int32_t words;
} hr_node_set;

/* An empty set over ids [0, limit) in the arena; false when out of memory. */
static inline bool hr_node_set_init(hr_node_set *set, hr_arena *arena, int32_t limit) {
  set->words = limit / 64 + 1;
  set->bits = hr_arena_zalloc(arena, sizeof(uint64_t) * (size_t)set->words, sizeof(uint64_t));
  set->ranks = NULL;
  return set->bits != NULL;
}
static inline bool hr_node_set_has(const hr_node_set *set, int32_t id) { return set->bits[id / 64] >> (id % 64) & 1; }
/* True where the id was not in the set before. */
static inline bool hr_node_set_add(hr_node_set *set, int32_t id) {
  uint64_t bit = UINT64_C(1) << (id % 64);
  if (set->bits[id / 64] & bit) return false;
  set->bits[id / 64] |= bit;
  return true;
}
/* Counts the members and makes hr_node_set_index answer; -1 when out of memory. */
static inline int32_t hr_node_set_rank(hr_node_set *set, hr_arena *arena) {
  set->ranks = HR_ARENA_ARRAY(arena, int32_t, set->words);
  if (!set->ranks) return -1;
  int32_t count = 0;
  for (int32_t i = 0; i < set->words; ++i) {
    set->ranks[i] = count;
    count += __builtin_popcountll(set->bits[i]);
  }
  return count;
}
/* Position of a member among the members by rising id, -1 for an id that is none. */
static inline int32_t hr_node_set_index(const hr_node_set *set, int32_t id) {
  uint64_t word = set->bits[id / 64];
  if (!(word >> (id % 64) & 1)) return -1;
  return set->ranks[id / 64] + __builtin_popcountll(word & ((UINT64_C(1) << (id % 64)) - 1));
}

#endif
