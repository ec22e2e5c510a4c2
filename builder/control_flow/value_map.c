#include "builder/control_flow/value_map.h"

static hr_value_entry *place_of(hr_value_entry *entries, int32_t capacity, hr_output key) {
  uint32_t i = (uint32_t)key.node->id * 0x9e3779b9u + (uint32_t)key.index, mask = (uint32_t)capacity - 1;
  while (entries[i & mask].key.node && !hr_output_equal(entries[i & mask].key, key))
    ++i;
  return &entries[i & mask];
}

hr_value_entry *hr_value_map_find(const hr_value_map *map, hr_output key) {
  if (map->count == 0) return NULL;
  hr_value_entry *place = place_of(map->entries, map->capacity, key);
  return place->key.node ? place : NULL;
}

static bool grow(hr_value_map *map, hr_arena *arena) {
  int32_t capacity = map->capacity ? map->capacity * 2 : 16;
  size_t bytes = sizeof(hr_value_entry) * (size_t)capacity;
  hr_value_entry *entries = hr_arena_zalloc(arena, bytes, _Alignof(hr_value_entry));
  if (!entries) return false;
  for (int32_t i = 0; i < map->capacity; ++i)
    if (map->entries[i].key.node) *place_of(entries, capacity, map->entries[i].key) = map->entries[i];
  map->entries = entries;
  map->capacity = capacity;
  return true;
}

hr_value_entry *hr_value_map_enter(hr_value_map *map, hr_output key) {
  hr_value_entry *found = hr_value_map_find(map, key);
  if (found) return found;
  if (map->count >= map->capacity / 2 && !grow(map, hr_graph_arena(key.node->graph))) return NULL;
  hr_value_entry *place = place_of(map->entries, map->capacity, key);
  *place = (hr_value_entry){key, HR_NO_OUTPUT};
  ++map->count;
  return place;
}
