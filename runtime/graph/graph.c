#include "headrace/graph.h"

#include "runtime/graph/graph_internal.h"
#include <stdio.h>
#include <stdlib.h>

typedef struct hr_kept_tensor {
  struct hr_kept_tensor *next;
  hr_tensor tensor;
} hr_kept_tensor;

hr_graph *hr_graph_new(void) {
  hr_graph *graph = calloc(1, sizeof *graph);
  if (!graph) return NULL;
  atomic_init(&graph->references, 1);
  graph->names.arena = &graph->arena;
  graph->strings.arena = &graph->arena;
  graph->producer = HR_PRODUCER_VERSION;
  graph->min_consumer = HR_MIN_CONSUMER_VERSION;
  return graph;
}

hr_graph *hr_graph_ref(hr_graph *graph) {
  atomic_fetch_add_explicit(&graph->references, 1, memory_order_relaxed);
  return graph;
}

void hr_graph_unref(hr_graph *graph) {
  if (!graph || atomic_fetch_sub_explicit(&graph->references, 1, memory_order_acq_rel) != 1) return;
  hr_collections_free(&graph->collections);
  hr_constant_cache_free(&graph->constants);
  for (hr_kept_tensor *kept = graph->tensors; kept; kept = kept->next)
    hr_tensor_clear(&kept->tensor);
  for (int i = 0; i < HR_NODE_CHUNKS; ++i)
    free(graph->chunks[i]);
  free(graph->marks);
  hr_arena_free(&graph->arena);
  hr_graph_unref(graph->lender);
  free(graph);
}

hr_arena *hr_graph_arena(hr_graph *graph) { return &graph->arena; }

const hr_tensor *hr_graph_keep_tensor(hr_graph *graph, const hr_tensor *tensor) {
  hr_kept_tensor *kept = HR_ARENA_NEW(&graph->arena, hr_kept_tensor);
  if (!kept) return NULL;
  hr_tensor_copy(tensor, &kept->tensor);
  kept->next = graph->tensors;
  graph->tensors = kept;
  return &kept->tensor;
}

const char *hr_graph_intern(hr_graph *graph, hr_view text) {
  if (text.length == 0) return "";
  hr_name *name = hr_names_enter(&graph->strings, text, false);
  return name ? name->text : NULL;
}

/* ---- nodes by id ----------------------------------------------------------------------------------------------- */

/* Where node `index` is: its chunk, and its place there. */
static inline int chunk_of(int32_t index, uint32_t *place) {
  uint32_t units = ((uint32_t)index >> HR_NODE_CHUNK_BITS) + 1;
  int chunk = 31 - __builtin_clz(units);
  *place = (uint32_t)index - (((1u << chunk) - 1) << HR_NODE_CHUNK_BITS);
  return chunk;
}

int32_t hr_graph_node_count(const hr_graph *graph) {
  return atomic_load_explicit(&graph->node_count, memory_order_acquire);
}

hr_node *hr_graph_node(const hr_graph *graph, int32_t index) {
  if (index < 0 || index >= hr_graph_node_count(graph)) return NULL;
  uint32_t place;
  int chunk = chunk_of(index, &place);
  return graph->chunks[chunk][place];
}

hr_status hr_graph_reserve_node(hr_graph *graph) {
  int32_t id = atomic_load_explicit(&graph->node_count, memory_order_relaxed);
  if (id == INT32_MAX) return hr_error(HR_RESOURCE_EXHAUSTED, "A graph holds no more than %d nodes", INT32_MAX);
  uint32_t place;
  int chunk = chunk_of(id, &place);
  if (graph->chunks[chunk]) return HR_SUCCESS;
  size_t bytes = sizeof(hr_node *) << (HR_NODE_CHUNK_BITS + chunk);
  graph->chunks[chunk] = malloc(bytes);
  return graph->chunks[chunk] ? HR_SUCCESS : hr_error_out_of_memory(bytes, "the nodes of a graph");
}

void hr_graph_publish_node(hr_graph *graph, hr_node *node, hr_name *name) {
  uint32_t place;
  int chunk = chunk_of(node->id, &place);
  graph->chunks[chunk][place] = node;
  if (name) hr_name_set_node(name, node);
  atomic_store_explicit(&graph->node_count, node->id + 1, memory_order_release);
}

void hr_graph_drop_nodes(hr_graph *graph, int32_t count) {
  int32_t end = hr_graph_node_count(graph);
  for (int32_t id = count; id < end; ++id) {
    const hr_node *node = hr_graph_node(graph, id);
    hr_names_release(&graph->names, (hr_view){node->name, node->name_length});
  }
  if (count < end) atomic_store_explicit(&graph->node_count, count, memory_order_release);
}

hr_status hr_graph_mark_begin(hr_graph *graph) {
  int32_t count = atomic_load_explicit(&graph->node_count, memory_order_relaxed);
  if (graph->marks_capacity < count) {
    int32_t capacity = count > INT32_MAX / 2 ? INT32_MAX : count * 2;
    uint32_t *marks = realloc(graph->marks, (size_t)capacity * sizeof *marks);
    if (!marks) return hr_error_out_of_memory((size_t)capacity * sizeof *marks, "marks of nodes");
    memset(marks + graph->marks_capacity, 0, (size_t)(capacity - graph->marks_capacity) * sizeof *marks);
    graph->marks = marks;
    graph->marks_capacity = capacity;
  }
  if (++graph->mark == 0) {
    memset(graph->marks, 0, (size_t)graph->marks_capacity * sizeof *graph->marks);
    graph->mark = 1;
  }
  return HR_SUCCESS;
}

bool hr_graph_reads_ahead(const hr_graph *graph) { return graph->reads_ahead; }

/* ---- by name --------------------------------------------------------------------------------------------------- */

hr_node *hr_graph_find(const hr_graph *graph, const char *name) {
  return hr_names_find(&graph->names, hr_view_of(name));
}

hr_status hr_graph_output(const hr_graph *graph, const char *name, hr_output *out) {
  *out = HR_NO_OUTPUT;
  const char *colon = strchr(name, ':');
  hr_view node_name = {name, colon ? (size_t)(colon - name) : strlen(name)};
  int64_t index = 0;
  bool well_formed = node_name.length > 0 && (!colon || (colon[1] != '\0' && strlen(colon + 1) <= 9));
  for (const char *digit = colon ? colon + 1 : ""; *digit && well_formed; ++digit) {
    well_formed = *digit >= '0' && *digit <= '9';
    index = index * 10 + (*digit - '0');
  }
  if (!well_formed)
    return hr_error(HR_INVALID_ARGUMENT,
                    "The name '%s' looks like a tensor name, but is not a valid one: it must be of the form "
                    "\"<op_name>:<output_index>\".",
                    name);
  hr_node *node = hr_names_find(&graph->names, node_name);
  if (!node)
    return hr_error(HR_NOT_FOUND,
                    "The name '%s' refers to a Tensor which does not exist. The operation, '%.*s', does not exist in "
                    "the graph.",
                    name, (int)node_name.length, node_name.data);
  if (index >= node->num_outputs)
    return hr_error(HR_NOT_FOUND,
                    "The name '%s' refers to a Tensor which does not exist. The operation, '%.*s', exists but only has "
                    "%d outputs.",
                    name, (int)node_name.length, node_name.data, node->num_outputs);
  *out = (hr_output){node, (int32_t)index};
  return HR_SUCCESS;
}

/* ---- state ----------------------------------------------------------------------------------------------------- */

void hr_graph_finalize(hr_graph *graph) { atomic_store_explicit(&graph->finalized, true, memory_order_relaxed); }
void hr_graph_unfinalize(hr_graph *graph) { atomic_store_explicit(&graph->finalized, false, memory_order_relaxed); }

bool hr_graph_is_finalized(const hr_graph *graph) {
  return atomic_load_explicit(&graph->finalized, memory_order_relaxed);
}

void hr_graph_set_seed(hr_graph *graph, bool has_seed, int64_t seed) {
  graph->has_seed = has_seed;
  graph->seed = seed;
}

bool hr_graph_seed(const hr_graph *graph, int64_t *seed) {
  if (graph->has_seed) *seed = graph->seed;
  return graph->has_seed;
}

/* ---- reading nodes --------------------------------------------------------------------------------------------- */

hr_graph *hr_node_graph(const hr_node *node) { return node->graph; }
const char *hr_node_name(const hr_node *node) { return node->name; }
const char *hr_node_op(const hr_node *node) { return node->op->name; }
const hr_op_def *hr_node_op_def(const hr_node *node) { return node->op; }
int32_t hr_node_id(const hr_node *node) { return node->id; }
const char *hr_node_where(const hr_node *node) { return node->where; }
const char *hr_node_device(const hr_node *node) { return atomic_load_explicit(&node->device, memory_order_acquire); }
bool hr_node_is_fetchable(const hr_node *node) { return !node->is_unfetchable; }
bool hr_node_is_feedable(const hr_node *node) { return !node->is_unfeedable; }
int32_t hr_node_input_count(const hr_node *node) { return node->num_inputs; }
int32_t hr_node_control_input_count(const hr_node *node) { return node->num_control_inputs; }
int32_t hr_node_output_count(const hr_node *node) { return node->num_outputs; }

hr_output hr_node_input(const hr_node *node, int32_t index) {
  return index >= 0 && index < node->num_inputs ? node->inputs[index] : HR_NO_OUTPUT;
}

hr_node *hr_node_control_input(const hr_node *node, int32_t index) {
  return index >= 0 && index < node->num_control_inputs ? node->control_inputs[index] : NULL;
}

hr_output hr_node_output(hr_node *node, int32_t index) {
  return index >= 0 && index < node->num_outputs ? (hr_output){node, index} : HR_NO_OUTPUT;
}

const hr_attr_value *hr_node_attr(const hr_node *node, const char *name) {
  int index = hr_op_attr_index(node->op, name, strlen(name));
  if (index >= 0) return &node->attrs[index];
  for (const hr_extra_attr *extra = atomic_load_explicit(&node->extra_attrs, memory_order_acquire); extra;
       extra = extra->next)
    if (strcmp(extra->name, name) == 0) return &extra->value;
  return NULL;
}

hr_dtype hr_output_dtype(hr_output output) {
  return output.node ? hr_node_output_dtype(output.node, output.index) : HR_INVALID;
}

char *hr_output_name(hr_output output, char *text, size_t size) {
  if (output.node)
    snprintf(text, size, "%s:%d", output.node->name, output.index);
  else
    snprintf(text, size, "(no output)");
  return text;
}

/* ---- what may change of a node --------------------------------------------------------------------------------- */

const hr_partial_shape *hr_output_shape(hr_output output) {
  static const hr_partial_shape unknown = {.rank = HR_UNKNOWN_RANK};
  if (!output.node) return &unknown;
  return atomic_load_explicit(&output.node->output_shapes[output.index], memory_order_acquire);
}

hr_status hr_output_set_shape(hr_output output, const hr_partial_shape *shape) {
  if (!output.node) return hr_error(HR_INVALID_ARGUMENT, "There is no output to set a shape of");
  const hr_partial_shape *known = hr_output_shape(output);
  hr_partial_shape merged;
  HR_TRY(hr_partial_shape_merge(known, shape, &merged));
  if (hr_partial_shape_equal(&merged, known)) return HR_SUCCESS;
  hr_partial_shape *copy = HR_ARENA_NEW(&output.node->graph->arena, hr_partial_shape);
  if (!copy) return hr_error_out_of_memory(sizeof *copy, "a shape");
  *copy = merged;
  atomic_store_explicit(&output.node->output_shapes[output.index], copy, memory_order_release);
  return HR_SUCCESS;
}

hr_status hr_node_set_device(hr_node *node, const char *device) {
  const char *interned = hr_graph_intern(node->graph, hr_view_of(device));
  if (!interned) return hr_error_out_of_memory(strlen(device), "a device name");
  atomic_store_explicit(&node->device, interned, memory_order_release);
  return HR_SUCCESS;
}

/* Readers may be in the list: a change makes a new list whose tail is shared. */
hr_status hr_node_set_extra_attr(hr_node *node, const char *name, const hr_attr_value *value) {
  hr_arena *arena = &node->graph->arena;
  hr_extra_attr *added = HR_ARENA_NEW(arena, hr_extra_attr), *list = added;
  const char *interned = hr_graph_intern(node->graph, hr_view_of(name));
  if (!added || !interned) return hr_error_out_of_memory(sizeof *added, "a node attribute");
  hr_extra_attr **tail = &added->next;
  added->name = interned;
  HR_TRY(hr_attr_copy(node->graph, value, &added->value));
  for (hr_extra_attr *old = atomic_load_explicit(&node->extra_attrs, memory_order_relaxed); old; old = old->next) {
    if (strcmp(old->name, name) == 0) continue;
    hr_extra_attr *copy = HR_ARENA_NEW(arena, hr_extra_attr);
    if (!copy) return hr_error_out_of_memory(sizeof *copy, "a node attribute");
    *copy = *old;
    *tail = copy;
    tail = &copy->next;
  }
  *tail = NULL;
  atomic_store_explicit(&node->extra_attrs, list, memory_order_release);
  return HR_SUCCESS;
}
