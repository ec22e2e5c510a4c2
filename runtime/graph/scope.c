#include "headrace/scope.h"

#include "runtime/graph/frame.h"
#include "runtime/graph/function_graph.h"
#include "runtime/graph/graph_internal.h"
#include "runtime/graph/node_builder.h"
#include <stdlib.h>

/* ---- builders -------------------------------------------------------------------------------------------------- */

hr_builder *hr_builder_new(hr_graph *graph) {
  hr_builder *builder = calloc(1, sizeof *builder);
  if (!builder) return NULL;
  builder->graph = hr_graph_ref(graph);
  builder->root.prefix = HR_VIEW("");
  return builder;
}

static void close_variable_scope(hr_variable_scope_slot *slot) {
  void (*close)(void *) = slot->close;
  slot->close = NULL;
  if (close) close(slot->object);
}

void hr_builder_free(hr_builder *builder) {
  if (!builder) return;
  for (hr_variable_scope_slot *slot = builder->open_variable_scopes; slot; slot = slot->next_open)
    close_variable_scope(slot);
  hr_node_builders_free(builder);
  hr_status_free(builder->status);
  hr_arena_free(&builder->arena);
  hr_graph_unref(builder->graph);
  free(builder);
}

hr_scope hr_builder_root(hr_builder *builder) { return (hr_scope){builder, &builder->root}; }
hr_graph *hr_scope_graph(hr_scope scope) { return scope.builder->graph; }
bool hr_builder_ok(const hr_builder *builder) { return builder->status == HR_SUCCESS; }

hr_status hr_builder_status(hr_builder *builder) {
  hr_status status = builder->status;
  builder->status = HR_SUCCESS;
  return status;
}

void hr_scope_fail(hr_scope scope, hr_status status) {
  if (status) hr_status_keep_first(&scope.builder->status, status);
}

void hr_builder_set_argument(hr_builder *builder, void *argument) { builder->argument = argument; }
void *hr_builder_argument(const hr_builder *builder) { return builder->argument; }
void hr_builder_set_body_host(hr_builder *builder, const hr_body_host *host) { builder->body_host = host; }
const hr_body_host *hr_builder_body_host(const hr_builder *builder) { return builder->body_host; }

void hr_builder_set_where(hr_builder *builder, const char *where) {
  builder->where = where ? hr_graph_intern(builder->graph, hr_view_of(where)) : NULL;
}

/* ---- opening and closing --------------------------------------------------------------------------------------- */

/* A copy of the scope's frame to change; the scope itself after an error. */
static bool derive(hr_scope *scope) {
  if (!hr_scope_ok(*scope)) return false;
  hr_frame *frame = HR_ARENA_NEW(&scope->builder->arena, hr_frame);
  if (!frame) {
    hr_scope_fail(*scope, hr_error_out_of_memory(sizeof *frame, "a scope"));
    return false;
  }
  *frame = *scope->frame;
  frame->owns_variable_scope = false;
  scope->frame = frame;
  return true;
}

/* Memory of the builder; an error of the scope where there is none. */
static void *scope_allocate(hr_scope scope, size_t bytes) {
  void *memory = hr_arena_allocate(&scope.builder->arena, bytes, _Alignof(max_align_t));
  if (!memory) hr_scope_fail(scope, hr_error_out_of_memory(bytes, "a scope"));
  return memory;
}

void hr_scope_close(hr_scope scope) {
  if (!scope.frame->owns_variable_scope) return;
  hr_variable_scope_slot *slot = scope.frame->variable_scope;
  for (hr_variable_scope_slot **link = &scope.builder->open_variable_scopes; *link; link = &(*link)->next_open)
    if (*link == slot) {
      *link = slot->next_open;
      break;
    }
  close_variable_scope(slot);
}

hr_scope hr_scope_with_variable_scope(hr_scope scope, void *object, void (*close)(void *object)) {
  hr_scope inner = scope;
  hr_variable_scope_slot *slot = derive(&inner) ? scope_allocate(scope, sizeof *slot) : NULL;
  if (!slot) {
    if (close) close(object);
    return scope;
  }
  *slot = (hr_variable_scope_slot){scope.builder->open_variable_scopes, object, close};
  scope.builder->open_variable_scopes = slot;
  inner.frame->variable_scope = slot;
  inner.frame->owns_variable_scope = true;
  return inner;
}

hr_scope hr_scope_with_variable_creators(hr_scope scope, const void *creators) {
  if (derive(&scope)) scope.frame->variable_creators = creators;
  return scope;
}

void *hr_scope_variable_scope(hr_scope scope) {
  return scope.frame->variable_scope ? scope.frame->variable_scope->object : NULL;
}

/* ---- names ----------------------------------------------------------------------------------------------------- */

const char *hr_scope_name(hr_scope scope) { return scope.frame->prefix.data; }

/* The new prefix for the scope `name` opens. */
static hr_status scope_prefix(hr_scope scope, hr_view name, hr_view *prefix) {
  if (name.length == 0) {
    *prefix = HR_VIEW("");
    return HR_SUCCESS;
  }
  if (scope.frame->prefix.length ? !hr_name_is_valid_scope(name) : !hr_name_is_valid_op(name))
    return hr_error(HR_INVALID_ARGUMENT, "'%s' is not a valid scope name", name.data);
  hr_view unique = {name.data, name.length - 1};
  if (name.data[name.length - 1] != '/') {
    hr_name *entry;
    HR_TRY(hr_names_unique(&scope.builder->graph->names, scope.frame->prefix, name, true, &unique, &entry));
  }
  char *text = hr_arena_allocate(&scope.builder->arena, unique.length + 2, 1);
  if (!text) return hr_error_out_of_memory(unique.length + 2, "a scope");
  memcpy(text, unique.data, unique.length);
  memcpy(text + unique.length, "/", 2);
  *prefix = (hr_view){text, unique.length + 1};
  return HR_SUCCESS;
}

hr_scope hr_name_scope(hr_scope scope, const char *name) {
  hr_scope inner = scope;
  if (!derive(&inner)) return scope;
  hr_status status = scope_prefix(scope, hr_view_of(name), &inner.frame->prefix);
  if (!status) return inner;
  hr_scope_fail(scope, status);
  return scope;
}

const char *hr_unique_name(hr_scope scope, const char *name, bool mark) {
  if (!hr_scope_ok(scope)) return "";
  hr_view unique;
  hr_name *entry;
  hr_status status =
      hr_names_unique(&scope.builder->graph->names, scope.frame->prefix, hr_view_of(name), mark, &unique, &entry);
  hr_scope_fail(scope, status);
  return status ? "" : unique.data;
}

/* ---- devices --------------------------------------------------------------------------------------------------- */

/* The text of a spec, interned. */
static hr_status intern_spec(hr_graph *graph, const hr_device_spec *spec, const char **out) {
  hr_text text = {0};
  hr_device_spec_text(spec, &text);
  *out = text.failed ? NULL : hr_graph_intern(graph, (hr_view){text.data, text.length});
  hr_text_free(&text);
  return *out ? HR_SUCCESS : hr_error_out_of_memory(64, "a device name");
}

static hr_status open_device(hr_scope scope, const char *device, hr_frame *frame) {
  char *copy = hr_arena_copy_string(&scope.builder->arena, device, strlen(device));
  hr_device_frame *entry = HR_ARENA_NEW(&scope.builder->arena, hr_device_frame);
  if (!copy || !entry) return hr_error_out_of_memory(sizeof *entry, "a scope");
  const hr_device_frame *outer = frame->devices;
  *entry = (hr_device_frame){.outer = outer};
  HR_TRY(hr_device_spec_parse(copy, &entry->spec));
  entry->merged_spec = entry->spec;
  if (outer) entry->merged_spec = hr_device_spec_merge(&outer->merged_spec, &entry->spec);
  if (!outer || outer->merged) HR_TRY(intern_spec(scope.builder->graph, &entry->merged_spec, &entry->merged));
  frame->devices = entry;
  return HR_SUCCESS;
}

hr_scope hr_device_scope(hr_scope scope, const char *device) {
  hr_scope inner = scope;
  if (!derive(&inner)) return scope;
  if (!device) {
    inner.frame->devices = NULL;
    return inner;
  }
  hr_status status = open_device(scope, device, inner.frame);
  if (!status) return inner;
  hr_scope_fail(scope, status);
  return scope;
}

hr_scope hr_device_scope_by(hr_scope scope, hr_device_function function, void *argument) {
  hr_scope inner = scope;
  hr_device_frame *entry = derive(&inner) ? scope_allocate(scope, sizeof *entry) : NULL;
  if (!entry) return scope;
  *entry = (hr_device_frame){.outer = scope.frame->devices, .function = function, .argument = argument};
  inner.frame->devices = entry;
  return inner;
}

hr_scope hr_device_scope_like(hr_scope scope, hr_scope outer) {
  if (!hr_scope_ok(scope) || !hr_scope_ok(outer)) return scope;
  const hr_device_frame *devices = outer.frame->devices;
  for (const hr_device_frame *each = devices; each; each = each->outer)
    if (each->function && derive(&scope)) {
      scope.frame->devices = devices;
      break;
    }
  return scope;
}

static bool spec_is_empty(const hr_device_spec *spec) {
  return !spec->has_job && !spec->has_replica && !spec->has_task && !spec->has_type;
}

/* Innermost first: a function answers the whole device, a spec fills in what the node's device leaves open. */
static hr_status apply_devices(const hr_device_frame *devices, hr_node *node) {
  if (!devices) return HR_SUCCESS;
  if (devices->merged && *hr_node_device(node) == '\0') {
    atomic_store_explicit(&node->device, devices->merged, memory_order_release);
    return HR_SUCCESS;
  }
  for (; devices; devices = devices->outer) {
    if (devices->function) {
      const char *device = devices->function(devices->argument, node);
      if (!device) return hr_error(HR_INVALID_ARGUMENT, "A device function must answer a device name, not NULL");
      HR_TRY(hr_node_set_device(node, device));
      continue;
    }
    if (spec_is_empty(&devices->spec)) continue;
    hr_device_spec current;
    HR_TRY(hr_device_spec_parse(hr_node_device(node), &current));
    current = hr_device_spec_merge(&devices->spec, &current);
    const char *text;
    HR_TRY(intern_spec(node->graph, &current, &text));
    atomic_store_explicit(&node->device, text, memory_order_release);
  }
  return HR_SUCCESS;
}

/* ---- control dependencies -------------------------------------------------------------------------------------- */

static hr_status open_controls(hr_scope scope, int32_t count, hr_node *const *nodes, hr_frame *frame) {
  hr_graph *graph = scope.builder->graph;
  hr_control_frame *controls = HR_ARENA_NEW(&graph->arena, hr_control_frame);
  hr_node **copy = HR_ARENA_ARRAY(&graph->arena, hr_node *, count);
  if (!controls || !copy) return hr_error_out_of_memory((size_t)count * sizeof *copy, "control dependencies");
  const hr_control_frame *outer = frame->controls;
  *controls = (hr_control_frame){.outer = outer, .depth = outer ? outer->depth + 1 : 1, .nodes = copy};
  HR_TRY(hr_graph_mark_begin(graph));
  for (const hr_control_frame *block = outer; block; block = block->outer)
    for (int32_t i = 0; i < block->count; ++i)
      hr_graph_mark(graph, block->nodes[i]);
  for (int32_t i = 0; i < count; ++i) {
    if (!nodes[i]) return hr_error(HR_INVALID_ARGUMENT, "Control input %d is no node", i);
    if (nodes[i]->graph != graph)
      return hr_error(HR_INVALID_ARGUMENT, "Control input %s is not an element of this graph.", nodes[i]->name);
    if (hr_graph_mark(graph, nodes[i])) copy[controls->count++] = nodes[i];
  }
  frame->controls = controls;
  return HR_SUCCESS;
}

hr_scope hr_control_dependencies(hr_scope scope, int32_t count, hr_node *const *nodes) {
  hr_scope inner = scope;
  if (!derive(&inner)) return scope;
  if (count == 0 && !nodes) {
    inner.frame->controls = NULL;
    return hr_scope_control_context(inner) ? hr_scope_enter_context(inner, NULL) : inner;
  }
  hr_status status = open_controls(scope, count, nodes, inner.frame);
  if (!status) return inner;
  hr_scope_fail(scope, status);
  return scope;
}

int32_t hr_scope_control_limit(hr_scope scope) {
  int32_t limit = 0;
  for (const hr_control_frame *frame = scope.frame->controls; frame; frame = frame->outer)
    limit += frame->count;
  return limit;
}

static bool was_made_in(const hr_node *node, const hr_control_frame *block) {
  const hr_control_frame *frame = node->control_frame;
  while (frame && frame->depth > block->depth)
    frame = frame->outer;
  return frame == block;
}

static bool is_dominated(const hr_control_frame *block, const hr_output *inputs, int32_t num_inputs) {
  for (int32_t i = 0; i < num_inputs; ++i)
    if (inputs[i].node && was_made_in(inputs[i].node, block)) return true;
  return false;
}

/* Outer blocks first. */
static void add_controls(hr_graph *graph, const hr_control_frame *block, const hr_output *inputs, int32_t num_inputs,
                         hr_node **nodes, int32_t *count) {
  if (block->outer) add_controls(graph, block->outer, inputs, num_inputs, nodes, count);
  if (is_dominated(block, inputs, num_inputs)) return;
  for (int32_t i = 0; i < block->count; ++i)
    if (hr_graph_mark(graph, block->nodes[i])) nodes[(*count)++] = block->nodes[i];
}

hr_status hr_scope_control_inputs(hr_scope scope, const hr_output *inputs, int32_t num_inputs, hr_node **nodes,
                                  int32_t *count) {
  if (!scope.frame->controls) return HR_SUCCESS;
  hr_graph *graph = scope.builder->graph;
  HR_TRY(hr_graph_mark_begin(graph));
  for (int32_t i = 0; i < num_inputs; ++i)
    if (inputs[i].node) hr_graph_mark(graph, inputs[i].node);
  add_controls(graph, scope.frame->controls, inputs, num_inputs, nodes, count);
  return HR_SUCCESS;
}

/* ---- control-flow contexts ------------------------------------------------------------------------------------- */

hr_control_context *hr_scope_control_context(hr_scope scope) {
  return scope.frame->contexts ? scope.frame->contexts->context : NULL;
}

hr_scope hr_scope_enter_context(hr_scope scope, hr_control_context *context) {
  hr_scope inner = scope;
  hr_context_frame *entry = derive(&inner) ? scope_allocate(scope, sizeof *entry) : NULL;
  if (!entry) return scope;
  *entry = (hr_context_frame){scope.frame->contexts, context};
  inner.frame->contexts = entry;
  return inner;
}

hr_scope hr_scope_leave_context(hr_scope scope, const hr_control_context *context) {
  const hr_context_frame *entry = scope.frame->contexts;
  while (entry && entry->context != context)
    entry = entry->outer;
  if (derive(&scope)) scope.frame->contexts = entry ? entry->outer : NULL;
  return scope;
}

/* ---- colocation ------------------------------------------------------------------------------------------------ */

hr_scope hr_colocate_with(hr_scope scope, hr_node *node, bool ignore_existing) {
  if (!node && !ignore_existing) {
    hr_scope_fail(scope, hr_error(HR_INVALID_ARGUMENT,
                                  "Trying to reset colocation (op is None) but ignore_existing is not True"));
    return scope;
  }
  if (node && node->graph != scope.builder->graph && !hr_graph_may_capture(scope.builder->graph, node->graph)) {
    hr_scope_fail(scope, hr_error(HR_INVALID_ARGUMENT, "%s is not an element of this graph.", node->name));
    return scope;
  }
  hr_scope inner = scope;
  if (!derive(&inner)) return scope;
  /* As in TensorFlow, colocation is stronger than the devices around it. */
  inner.frame->devices = NULL;
  if (ignore_existing) inner.frame->colocation = NULL;
  if (!node) return inner;
  hr_colocation_frame *entry = scope_allocate(scope, sizeof *entry);
  if (!entry) return scope;
  *entry = (hr_colocation_frame){inner.frame->colocation, node};
  inner.frame->colocation = entry;
  return inner;
}

#define CLASS_ATTR   "_class"
#define CLASS_PREFIX "loc:@"

static bool is_location(hr_bytes group) {
  return hr_view_starts_with((hr_view){group.data, group.length}, HR_VIEW(CLASS_PREFIX));
}

/* The "loc:@..." entries of a node's _class, NULL where it has none. */
static const hr_attr_value *colocation_groups(const hr_node *node) {
  const hr_attr_value *groups = hr_node_attr(node, CLASS_ATTR);
  if (!groups || groups->kind != HR_ATTR_STRING || !groups->is_list) return NULL;
  for (int32_t i = 0; i < groups->count; ++i)
    if (is_location(groups->strings[i])) return groups;
  return NULL;
}

static int compare_bytes(const void *a, const void *b) {
  const hr_bytes *x = a, *y = b;
  size_t common = x->length < y->length ? x->length : y->length;
  int order = memcmp(x->data, y->data, common);
  return order ? order : (x->length > y->length) - (x->length < y->length);
}

/* All groups of the nodes around, sorted, each once. */
static hr_status merge_groups(hr_graph *graph, const hr_colocation_frame *colocation, hr_attr_value *out) {
  size_t limit = 0;
  for (const hr_colocation_frame *frame = colocation; frame; frame = frame->outer) {
    const hr_attr_value *groups = colocation_groups(frame->node);
    limit += groups ? (size_t)groups->count : 1;
  }
  hr_bytes *strings = HR_ARENA_ARRAY(&graph->arena, hr_bytes, limit);
  if (!strings) return hr_error_out_of_memory(limit * sizeof *strings, "colocation");
  size_t count = 0;
  for (const hr_colocation_frame *frame = colocation; frame; frame = frame->outer) {
    const hr_attr_value *groups = colocation_groups(frame->node);
    if (!groups) {
      const char *group = hr_arena_printf(&graph->arena, CLASS_PREFIX "%s", frame->node->name);
      if (!group) return hr_error_out_of_memory(frame->node->name_length, "colocation");
      strings[count++] = (hr_bytes){group, strlen(group)};
    }
    for (int32_t i = 0; groups && i < groups->count; ++i)
      if (is_location(groups->strings[i])) strings[count++] = groups->strings[i];
  }
  qsort(strings, count, sizeof *strings, compare_bytes);
  size_t kept = 0;
  for (size_t i = 0; i < count; ++i)
    if (kept == 0 || compare_bytes(&strings[kept - 1], &strings[i]) != 0) strings[kept++] = strings[i];
  *out = (hr_attr_value){.kind = HR_ATTR_STRING, .is_list = true, .count = (int32_t)kept, .strings = strings};
  return HR_SUCCESS;
}

static hr_status apply_colocation(const hr_colocation_frame *colocation, hr_node *node) {
  if (!colocation) return HR_SUCCESS;
  /* The outermost node with a device has the last word. */
  for (const hr_colocation_frame *frame = colocation; frame; frame = frame->outer) {
    const char *device = hr_node_device(frame->node);
    if (*device) atomic_store_explicit(&node->device, device, memory_order_release);
  }
  hr_attr_value groups;
  HR_TRY(merge_groups(node->graph, colocation, &groups));
  return hr_node_set_extra_attr(node, CLASS_ATTR, &groups);
}

/* ---- attributes ------------------------------------------------------------------------------------------------ */

hr_scope hr_container(hr_scope scope, const char *container) {
  hr_scope inner = scope;
  if (!derive(&inner)) return scope;
  inner.frame->container = hr_arena_copy_string(&scope.builder->graph->arena, container, strlen(container));
  if (inner.frame->container) return inner;
  hr_scope_fail(scope, hr_error_out_of_memory(strlen(container), "a scope"));
  return scope;
}

static hr_status open_attr(hr_scope scope, const char *op, const char *name, const hr_attr_value *value,
                           hr_frame *frame) {
  hr_graph *graph = scope.builder->graph;
  hr_attr_frame *entry = HR_ARENA_NEW(&scope.builder->arena, hr_attr_frame);
  const char *interned = hr_graph_intern(graph, hr_view_of(name));
  const char *interned_op = op ? hr_graph_intern(graph, hr_view_of(op)) : NULL;
  if (!entry || !interned || (op && !interned_op)) return hr_error_out_of_memory(sizeof *entry, "a scope");
  *entry = (hr_attr_frame){.outer = frame->attrs, .op = interned_op, .name = interned};
  if (value) HR_TRY(hr_attr_copy(graph, value, &entry->value));
  frame->attrs = entry;
  return HR_SUCCESS;
}

hr_scope hr_op_attr_scope(hr_scope scope, const char *op, const char *name, const hr_attr_value *value) {
  hr_scope inner = scope;
  if (!derive(&inner)) return scope;
  hr_status status = open_attr(scope, op, name, value, inner.frame);
  if (!status) return inner;
  hr_scope_fail(scope, status);
  return scope;
}

static bool is_shadowed(const hr_attr_frame *innermost, const hr_attr_frame *frame) {
  for (; innermost != frame; innermost = innermost->outer)
    if (innermost->name == frame->name && innermost->op == frame->op) return true;
  return false;
}

/* The innermost of each op and name, where the node has no such attribute of its own. */
static hr_status apply_attrs(const hr_attr_frame *attrs, hr_node *node) {
  for (const hr_attr_frame *frame = attrs; frame; frame = frame->outer)
    if (frame->value.kind != HR_ATTR_NONE && (!frame->op || strcmp(frame->op, node->op->name) == 0) &&
        !is_shadowed(attrs, frame) && !hr_node_attr(node, frame->name))
      HR_TRY(hr_node_set_extra_attr(node, frame->name, &frame->value));
  return HR_SUCCESS;
}

static void apply_container(const char *container, hr_node *node) {
  if (!container || !*container || !(node->op->flags & HR_OP_STATEFUL)) return;
  int index = hr_op_attr_index(node->op, "container", strlen("container"));
  if (index < 0 || node->attrs[index].kind != HR_ATTR_STRING || node->attrs[index].count > 0) return;
  node->attrs[index].s = container;
  node->attrs[index].count = (int32_t)strlen(container);
}

hr_status hr_scope_adopt(hr_scope scope, hr_node *node) {
  const hr_frame *frame = scope.frame;
  node->control_frame = frame->controls;
  HR_TRY(apply_attrs(frame->attrs, node));
  HR_TRY(apply_devices(frame->devices, node));
  HR_TRY(apply_colocation(frame->colocation, node));
  apply_container(frame->container, node);
  return HR_SUCCESS;
}

/* ---- seeds ----------------------------------------------------------------------------------------------------- */

#define DEFAULT_GRAPH_SEED 87654321
#define MAX_SEED           INT64_C(0x7fffffff)

/* Into 0 .. MAX_SEED - 1, as Python's % does. */
static int64_t truncate_seed(int64_t seed) {
  int64_t rest = seed % MAX_SEED;
  return rest < 0 ? rest + MAX_SEED : rest;
}

void hr_scope_seeds(hr_scope scope, int64_t op_seed, int64_t *seed, int64_t *seed2) {
  const hr_graph *graph = scope.builder->graph;
  *seed = *seed2 = 0;
  if (!graph->has_seed && op_seed == HR_NO_SEED) return;
  *seed = graph->has_seed ? truncate_seed(graph->seed) : DEFAULT_GRAPH_SEED;
  *seed2 = truncate_seed(op_seed == HR_NO_SEED ? graph->last_id : op_seed);
  if (*seed == 0 && *seed2 == 0) *seed2 = MAX_SEED; /* (0, 0) would mean a seed at random */
}
