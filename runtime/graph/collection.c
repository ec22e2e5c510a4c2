#include "runtime/graph/collection.h"

#include "runtime/graph/graph_internal.h"
#include <stdlib.h>

typedef struct hr_owned_object {
  const hr_object_type *type;
  void *object; /* NULL: a free place */
} hr_owned_object;

static hr_collection *find(const hr_graph *graph, const char *key) {
  const hr_collections *all = &graph->collections;
  for (int32_t i = 0; i < all->count; ++i)
    if (strcmp(all->list[i].key, key) == 0) return &all->list[i];
  return NULL;
}

/* Room for one element more in an array that doubles. */
static bool grow(void **array, int32_t count, int32_t *capacity, size_t element) {
  if (count < *capacity) return true;
  if (count > INT32_MAX / 2) return false;
  int32_t larger = *capacity ? *capacity * 2 : 8;
  void *moved = realloc(*array, (size_t)larger * element);
  if (!moved) return false;
  *array = moved;
  *capacity = larger;
  return true;
}

static hr_collection *find_or_add(hr_graph *graph, const char *key) {
  hr_collection *collection = find(graph, key);
  if (collection) return collection;
  hr_collections *all = &graph->collections;
  if (!grow((void **)&all->list, all->count, &all->capacity, sizeof *all->list)) return NULL;
  char *copy = hr_arena_copy_string(&graph->arena, key, strlen(key));
  if (!copy) return NULL;
  all->list[all->count] = (hr_collection){.key = copy};
  return &all->list[all->count++];
}

/* ---- objects --------------------------------------------------------------------------------------------------- */

static hr_owned_object *place_of(hr_owned_object *table, uint32_t capacity, const void *object) {
  uint32_t i = (uint32_t)hr_hash_bytes(&object, sizeof object);
  while (table[i & (capacity - 1)].object && table[i & (capacity - 1)].object != object)
    ++i;
  return &table[i & (capacity - 1)];
}

static bool own(hr_collections *all, const hr_object_type *type, void *object) {
  if (!object) return true;
  if (all->objects_count >= all->objects_capacity / 2) {
    uint32_t capacity = all->objects_capacity ? all->objects_capacity * 2 : 16;
    hr_owned_object *table = calloc(capacity, sizeof *table);
    if (!table) return false;
    for (uint32_t i = 0; i < all->objects_capacity; ++i)
      if (all->objects[i].object) *place_of(table, capacity, all->objects[i].object) = all->objects[i];
    free(all->objects);
    all->objects = table;
    all->objects_capacity = capacity;
  }
  hr_owned_object *place = place_of(all->objects, all->objects_capacity, object);
  if (!place->object) {
    *place = (hr_owned_object){type, object};
    ++all->objects_count;
  }
  return true;
}

hr_status hr_graph_own(hr_graph *graph, const hr_object_type *type, void *object) {
  return own(&graph->collections, type, object) ? HR_SUCCESS : hr_error_out_of_memory(16, "an object of a graph");
}

void hr_collections_free(hr_collections *all) {
  for (uint32_t i = 0; i < all->objects_capacity; ++i) {
    hr_owned_object *owned = &all->objects[i];
    if (owned->object && owned->type->destroy) owned->type->destroy(owned->object);
  }
  free(all->objects);
  for (int32_t i = 0; i < all->count; ++i)
    free(all->list[i].items);
  free(all->list);
  *all = (hr_collections){0};
}

/* ---- the public side ------------------------------------------------------------------------------------------- */

hr_status hr_collection_add(hr_graph *graph, const char *key, const hr_item *item) {
  if (atomic_load_explicit(&graph->finalized, memory_order_relaxed))
    return hr_error(HR_FAILED_PRECONDITION, "Graph is finalized and cannot be modified.");
  hr_collection *collection = find_or_add(graph, key);
  if (!collection || !grow((void **)&collection->items, collection->count, &collection->capacity, sizeof *item))
    return hr_error_out_of_memory(sizeof *item, "a collection");
  hr_item copy = *item;
  if (item->kind == HR_ITEM_BYTES) {
    copy.bytes.data = hr_arena_copy_string(&graph->arena, item->bytes.data, item->bytes.length);
    if (!copy.bytes.data) return hr_error_out_of_memory(item->bytes.length, "a collection");
  }
  if (item->kind == HR_ITEM_OBJECT && !own(&graph->collections, item->type, item->object))
    return hr_error_out_of_memory(sizeof *item, "a collection");
  collection->items[collection->count++] = copy;
  return HR_SUCCESS;
}

hr_status hr_collection_make(hr_graph *graph, const char *key) {
  return find_or_add(graph, key) ? HR_SUCCESS : hr_error_out_of_memory(strlen(key), "a collection");
}

int32_t hr_collection_count(const hr_graph *graph, const char *key) {
  const hr_collection *collection = find(graph, key);
  return collection ? collection->count : 0;
}

const hr_item *hr_collection_item(const hr_graph *graph, const char *key, int32_t index) {
  const hr_collection *collection = find(graph, key);
  return collection && index >= 0 && index < collection->count ? &collection->items[index] : NULL;
}

void hr_collection_clear(hr_graph *graph, const char *key) {
  hr_collection *collection = find(graph, key);
  if (!collection) return;
  free(collection->items);
  hr_collections *all = &graph->collections;
  size_t after = (size_t)(&all->list[all->count] - (collection + 1));
  memmove(collection, collection + 1, after * sizeof *collection);
  --all->count;
}

int32_t hr_collection_key_count(const hr_graph *graph) { return graph->collections.count; }

const char *hr_collection_key(const hr_graph *graph, int32_t index) {
  const hr_collections *all = &graph->collections;
  return index >= 0 && index < all->count ? all->list[index].key : NULL;
}
