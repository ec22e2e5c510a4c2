#include "runtime/graph/def_table.h"

#include "runtime/base/wire.h"
#include "runtime/graph/graphdef_fields.h"
#include <stdio.h>
#include <stdlib.h>

static hr_status no_memory(size_t bytes) { return hr_error_out_of_memory(bytes, "the nodes of a GraphDef"); }

static uint32_t hash_of(hr_view name) { return (uint32_t)hr_hash_bytes(name.data, name.length); }

/* ---- nodes by name ----------------------------------------------------------------------------------------------- */

/* The name usually comes first; the rest is looked at when the node is made. */
static bool read_name(hr_view body, hr_view *name) {
  *name = (hr_view){"", 0};
  uint32_t field;
  hr_wire_type type;
  for (hr_wire wire = hr_wire_of_view(body); !hr_wire_done(&wire);) {
    if (!hr_wire_tag(&wire, &field, &type)) return false;
    if (field == HR_NODEDEF_NAME && type == HR_WIRE_BYTES) return hr_wire_bytes(&wire, name);
    if (!hr_wire_skip(&wire, type)) return false;
  }
  return true;
}

hr_status hr_def_table_add(hr_def_table *table, hr_view body) {
  if (table->count == table->capacity) {
    if (table->capacity > INT32_MAX / 2) return hr_error(HR_INVALID_ARGUMENT, "A GraphDef with too many nodes");
    int32_t capacity = table->capacity ? table->capacity * 2 : 64;
    hr_def_node *nodes = (hr_def_node *)realloc(table->nodes, (size_t)capacity * sizeof *nodes);
    if (!nodes) return no_memory((size_t)capacity * sizeof *nodes);
    table->nodes = nodes;
    table->capacity = capacity;
  }
  hr_def_node *node = &table->nodes[table->count];
  *node = (hr_def_node){.body = body, .first_waiter = -1};
  if (!read_name(body, &node->name))
    return hr_error(HR_INVALID_ARGUMENT, "Malformed NodeDef at index %d", table->count);
  node->final_name = node->name;
  node->hash = hash_of(node->name);
  ++table->count;
  return HR_SUCCESS;
}

static hr_def_node *find(const hr_def_table *table, hr_view name, uint32_t hash, uint32_t *slot) {
  for (*slot = hash & table->mask; table->slots[*slot]; *slot = (*slot + 1) & table->mask) {
    hr_def_node *node = &table->nodes[table->slots[*slot] - 1];
    if (node->hash == hash && hr_view_equal(node->name, name)) return node;
  }
  return NULL;
}

hr_status hr_def_table_index(hr_def_table *table) {
  size_t size = 64;
  while (size < (size_t)table->count * 2)
    size *= 2;
  table->slots = (int32_t *)calloc(size, sizeof *table->slots);
  if (!table->slots) return no_memory(size * sizeof *table->slots);
  table->mask = (uint32_t)(size - 1);
  for (int32_t i = 0; i < table->count; ++i) {
    const hr_def_node *node = &table->nodes[i];
    uint32_t slot;
    if (find(table, node->name, node->hash, &slot))
      return hr_error(HR_INVALID_ARGUMENT, "Node '%.*s' is not unique", (int)node->name.length, node->name.data);
    table->slots[slot] = i + 1;
  }
  return HR_SUCCESS;
}

hr_def_node *hr_def_table_find(const hr_def_table *table, hr_view name) {
  uint32_t slot;
  return find(table, name, hash_of(name), &slot);
}

void hr_def_table_free(hr_def_table *table) {
  free(table->nodes);
  free(table->slots);
  hr_arena_free(&table->arena);
  *table = (hr_def_table){0};
}

/* ---- unique names ------------------------------------------------------------------------------------------------ */

/* A set of names and of the scopes around them: "a/b/c" puts in "a" and "a/b" too. */
typedef struct name_set {
  hr_view *slots;
  size_t count, capacity;
} name_set;

static hr_view *find_slot(const name_set *set, hr_view name) {
  size_t i = hash_of(name) & (set->capacity - 1);
  while (set->slots[i].data && !hr_view_equal(set->slots[i], name))
    i = (i + 1) & (set->capacity - 1);
  return &set->slots[i];
}

static bool set_has(const name_set *set, hr_view name) { return set->capacity && find_slot(set, name)->data; }

static hr_status set_add(name_set *set, hr_view name) {
  if (set->count * 2 >= set->capacity) {
    name_set larger = {.count = set->count, .capacity = set->capacity ? set->capacity * 2 : 256};
    larger.slots = (hr_view *)calloc(larger.capacity, sizeof *larger.slots);
    if (!larger.slots) return no_memory(larger.capacity * sizeof *larger.slots);
    for (size_t i = 0; i < set->capacity; ++i)
      if (set->slots[i].data) *find_slot(&larger, set->slots[i]) = set->slots[i];
    free(set->slots);
    *set = larger;
  }
  hr_view *slot = find_slot(set, name);
  if (!slot->data) {
    *slot = name;
    ++set->count;
  }
  return HR_SUCCESS;
}

/* Innermost scope first: where one is known, so are those around it. */
static hr_status add_with_scopes(name_set *set, hr_view name) {
  HR_TRY(set_add(set, name));
  for (size_t end = name.length; end-- > 0;) {
    if (name.data[end] != '/') continue;
    hr_view scope = {name.data, end};
    if (set_has(set, scope)) return HR_SUCCESS;
    HR_TRY(set_add(set, scope));
  }
  return HR_SUCCESS;
}

/* prefix + name, with "_suffix" for a suffix above 0, in the table's arena; the view is without the prefix. */
static hr_status join(hr_def_table *table, hr_view prefix, hr_view name, int32_t suffix, hr_view *out) {
  char ending[16] = "";
  if (suffix > 0) snprintf(ending, sizeof ending, "_%d", suffix);
  char *text = hr_arena_printf(&table->arena, "%.*s%.*s%s", (int)prefix.length, prefix.data, (int)name.length,
                               name.data, ending);
  if (!text) return no_memory(prefix.length + name.length);
  *out = (hr_view){text, strlen(text)};
  return HR_SUCCESS;
}

static hr_status make_unique(hr_def_table *table, const name_set *taken, const name_set *defined, hr_view prefix,
                             hr_def_node *node) {
  hr_view full = {"", 0}, tail = node->name;
  HR_TRY(join(table, prefix, node->name, 0, &full));
  for (int32_t suffix = 1; set_has(taken, full) || (suffix > 1 && set_has(defined, tail)); ++suffix) {
    HR_TRY(join(table, prefix, node->name, suffix, &full));
    tail = (hr_view){full.data + prefix.length, full.length - prefix.length};
  }
  node->final_name = tail;
  return HR_SUCCESS;
}

static hr_status uniquify(hr_def_table *table, const hr_graph *graph, hr_view prefix, name_set *taken,
                          name_set *defined) {
  int32_t existing = hr_graph_node_count(graph);
  for (int32_t i = 0; i < existing; ++i) {
    const hr_node *node = hr_graph_node(graph, i);
    HR_TRY(add_with_scopes(taken, (hr_view){node->name, node->name_length}));
  }
  for (int32_t i = 0; i < table->count; ++i)
    HR_TRY(add_with_scopes(defined, table->nodes[i].name));
  for (int32_t i = 0; i < table->count; ++i)
    HR_TRY(make_unique(table, taken, defined, prefix, &table->nodes[i]));
  return HR_SUCCESS;
}

hr_status hr_def_table_uniquify(hr_def_table *table, const hr_graph *graph, hr_view prefix) {
  name_set taken = {0}, defined = {0};
  hr_status status = uniquify(table, graph, prefix, &taken, &defined);
  free(taken.slots);
  free(defined.slots);
  return status;
}
