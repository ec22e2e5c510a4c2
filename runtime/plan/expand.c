#include "runtime/plan/expand.h"

#include "runtime/graph/graph_internal.h"
#include "runtime/graph/scratch.h"

#define MAX_NODES 1000000 /* of all bodies */

/* What stands for a node of the program's graph: a copy, or what a call became; neither yet. */
typedef struct stand_in {
  hr_node *copy;
  hr_expanded_call call;
  bool is_needed, is_conditional;
} stand_in;

/* An input that was not there yet when its reader was copied, as loops have them. */
typedef struct open_edge {
  hr_node *reader;
  int32_t index; /* -1: a control edge */
  hr_output from;
} open_edge;

typedef struct expander {
  const hr_plan_request *request;
  hr_expansion expansion;
  hr_arena *arena;
  stand_in *of;       /* by id of the program's node */
  hr_output *feeds;   /* what stands for each feed */
  hr_scratch open;    /* open_edge */
  hr_scratch waiting; /* const hr_node *: calls whose inputs are not all there yet */
  hr_scratch effects; /* hr_node *: what must run */
} expander;

static _Atomic(hr_call_expander) registered_expander;

void hr_register_call_expander(hr_call_expander function) {
  atomic_store_explicit(&registered_expander, function, memory_order_release);
}

static hr_status out_of_memory(void) { return hr_error_out_of_memory(sizeof(stand_in), "a plan of functions"); }

bool hr_has_calls(hr_node *const *nodes, int32_t count) {
  for (int32_t i = 0; i < count; ++i)
    if (hr_is_call(nodes[i])) return true;
  return false;
}

/* ---- edges ------------------------------------------------------------------------------------------------------- */

/* The feed that an output of the program is, or -1. */
static int32_t find_feed(const expander *e, hr_output output) {
  for (int32_t i = 0; i < e->request->num_feeds; ++i)
    if (hr_output_equal(e->request->feeds[i], output)) return i;
  return -1;
}

/* What stands for an output; none while its node is still to come. */
static hr_output map_output(const expander *e, hr_output output) {
  int32_t feed = find_feed(e, output);
  if (feed >= 0) return e->feeds[feed];
  const stand_in *of = &e->of[output.node->id];
  if (of->copy) return (hr_output){of->copy, output.index};
  return output.index < of->call.results.count ? of->call.results.items[output.index] : HR_NO_OUTPUT;
}

static hr_node *map_node(const expander *e, const hr_node *node) {
  const stand_in *of = &e->of[node->id];
  return of->copy ? of->copy : of->call.done;
}

/* The node's inputs and control inputs among the stand-ins. What was pruned away is waited for no more. */
typedef struct mapped_edges {
  hr_output *inputs;
  hr_node **controls;
  int32_t num_controls;
  bool is_complete, is_conditional;
} mapped_edges;

static hr_status map_edges(expander *e, const hr_node *node, mapped_edges *out) {
  *out = (mapped_edges){.inputs = HR_ARENA_ARRAY(e->arena, hr_output, node->num_inputs + 1),
                        .controls = HR_ARENA_ARRAY(e->arena, hr_node *, node->num_control_inputs + 1),
                        .is_complete = true};
  if (!out->inputs || !out->controls) return out_of_memory();
  for (int32_t i = 0; i < node->num_inputs; ++i) {
    hr_output input = node->inputs[i];
    out->inputs[i] = map_output(e, input);
    if (!out->inputs[i].node) out->is_complete = false;
    if (find_feed(e, input) < 0) out->is_conditional |= e->of[input.node->id].is_conditional;
  }
  for (int32_t i = 0; i < node->num_control_inputs; ++i) {
    const hr_node *control = node->control_inputs[i];
    if (!e->of[control->id].is_needed) continue;
    hr_node *mapped = map_node(e, control);
    out->is_conditional |= e->of[control->id].is_conditional;
    if (mapped)
      out->controls[out->num_controls++] = mapped;
    else
      out->is_complete = false;
  }
  return HR_SUCCESS;
}

/* ---- nodes ------------------------------------------------------------------------------------------------------- */

static hr_status note_open_edges(expander *e, const hr_node *node, hr_node *copy) {
  for (int32_t i = 0; i < node->num_inputs; ++i) {
    open_edge edge = {copy, i, node->inputs[i]};
    if (!copy->inputs[i].node) HR_TRY(HR_PUSH(&e->open, edge));
  }
  for (int32_t i = 0; i < node->num_control_inputs; ++i) {
    open_edge edge = {copy, -1, {node->control_inputs[i], 0}};
    if (e->of[edge.from.node->id].is_needed && !map_node(e, edge.from.node)) HR_TRY(HR_PUSH(&e->open, edge));
  }
  return HR_SUCCESS;
}

static hr_status copy_node(expander *e, const hr_node *node, hr_device *device) {
  mapped_edges edges;
  HR_TRY(map_edges(e, node, &edges));
  stand_in *of = &e->of[node->id];
  HR_TRY(hr_graph_add_copy(e->expansion.graph, node, edges.num_controls, edges.controls, &of->copy));
  if (node->num_inputs) memcpy(of->copy->inputs, edges.inputs, sizeof *edges.inputs * (size_t)node->num_inputs);
  if (device) HR_TRY(hr_node_set_device(of->copy, device->name));
  of->is_conditional = edges.is_conditional || node->op->control != HR_CONTROL_NONE;
  return edges.is_complete ? HR_SUCCESS : note_open_edges(e, node, of->copy);
}

static hr_status expand_call(expander *e, const hr_node *node, bool *is_complete) {
  mapped_edges edges;
  HR_TRY(map_edges(e, node, &edges));
  *is_complete = edges.is_complete;
  if (!edges.is_complete) return HR_SUCCESS;
  hr_call_expander expand = atomic_load_explicit(&registered_expander, memory_order_acquire);
  if (!expand) return hr_error(HR_UNIMPLEMENTED, "There is nothing that could expand functions");
  hr_builder_set_where(e->expansion.builder, node->where);
  hr_scope root = hr_builder_root(e->expansion.builder);
  hr_call_site site = {.node = node,
                       .scope = hr_device_scope(root, hr_node_device(node)),
                       .inputs = {node->num_inputs, edges.inputs},
                       .num_controls = edges.num_controls,
                       .controls = edges.controls,
                       .is_conditional = edges.is_conditional};
  stand_in *of = &e->of[node->id];
  hr_status status = expand(&e->expansion, &site, &of->call);
  hr_scope_close(site.scope);
  hr_status_keep_first(&status, hr_builder_status(e->expansion.builder));
  if (status) return hr_status_at_node(status, node->name, node->op->name, node->where);
  of->is_conditional = edges.is_conditional;
  return of->call.has_effects ? HR_PUSH(&e->effects, of->call.done) : HR_SUCCESS;
}

/* Calls that wait for nodes that come later, as often as one of them gets ready. */
static hr_status expand_waiting(expander *e) {
  bool goes_on = true;
  while (e->waiting.count > 0 && goes_on) {
    size_t kept = 0, count = e->waiting.count;
    for (size_t i = 0; i < count; ++i) {
      const hr_node *node = HR_SCRATCH_AT(&e->waiting, const hr_node *, i);
      bool is_complete;
      HR_TRY(expand_call(e, node, &is_complete));
      if (!is_complete) HR_SCRATCH_AT(&e->waiting, const hr_node *, kept++) = node;
    }
    goes_on = kept < count;
    e->waiting.count = kept;
  }
  if (e->waiting.count == 0) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "%s calls a function with what its result leads to",
                  HR_SCRATCH_AT(&e->waiting, const hr_node *, 0)->name);
}

static hr_status close_edges(expander *e) {
  for (size_t i = 0; i < e->open.count; ++i) {
    open_edge edge = HR_SCRATCH_AT(&e->open, open_edge, i);
    if (edge.index >= 0)
      edge.reader->inputs[edge.index] = map_output(e, edge.from);
    else
      HR_TRY(hr_node_wait_for(edge.reader, map_node(e, edge.from.node)));
  }
  if (e->open.count > 0) e->expansion.graph->reads_ahead = true;
  return HR_SUCCESS;
}

/* ---- feeds ------------------------------------------------------------------------------------------------------- */

/* A feed of a node that is not there in the private graph: a placeholder in its place. */
static hr_status add_placeholder(expander *e, hr_output feed, int32_t index, hr_output *out) {
  hr_builder *builder = e->expansion.builder;
  char *name = hr_arena_printf(e->arena, "%s/fed_%d/", feed.node->name, (int)index);
  if (!name) return out_of_memory();
  hr_node_builder *n = hr_node_begin(hr_builder_root(builder), "Placeholder", name);
  hr_node_set_type(n, "dtype", hr_dtype_base(hr_output_dtype(feed)));
  hr_node_set_shape(n, "shape", hr_output_shape(feed));
  *out = (hr_output){hr_node_finish(n), 0};
  return hr_builder_status(builder);
}

static hr_status map_feeds(expander *e) {
  e->feeds = hr_arena_zalloc(e->arena, sizeof *e->feeds * ((size_t)e->request->num_feeds + 1), _Alignof(hr_output));
  if (!e->feeds) return out_of_memory();
  for (int32_t i = 0; i < e->request->num_feeds; ++i) {
    hr_output feed = e->request->feeds[i];
    if (!e->of[feed.node->id].is_needed || hr_is_call(feed.node)) HR_TRY(add_placeholder(e, feed, i, &e->feeds[i]));
  }
  return HR_SUCCESS;
}

/* ---- names ------------------------------------------------------------------------------------------------------- */

/* Copies keep their names, so bodies may not take them, nor the scopes around them. */
static hr_status take_name(expander *e, const hr_node *node) {
  hr_view name = {node->name, node->name_length};
  HR_TRY(hr_names_take(&e->expansion.graph->names, name));
  while (name.length > 0)
    if (name.data[--name.length] == '/') HR_TRY(hr_names_take(&e->expansion.graph->names, name));
  return HR_SUCCESS;
}

/* ---- the request ------------------------------------------------------------------------------------------------- */

static hr_status write_request(expander *e, hr_plan_request *inner) {
  const hr_plan_request *request = e->request;
  *inner = *request;
  inner->graph = e->expansion.graph;
  hr_output *fetches = HR_ARENA_ARRAY(e->arena, hr_output, request->num_fetches + 1);
  int32_t num_effects = (int32_t)e->effects.count;
  hr_node **targets = HR_ARENA_ARRAY(e->arena, hr_node *, request->num_targets + num_effects + 1);
  if (!fetches || !targets) return out_of_memory();
  for (int32_t i = 0; i < request->num_fetches; ++i)
    fetches[i] = map_output(e, request->fetches[i]);
  for (int32_t i = 0; i < request->num_targets; ++i)
    targets[i] = map_node(e, request->targets[i]);
  if (num_effects) memcpy(targets + request->num_targets, e->effects.items, sizeof *targets * (size_t)num_effects);
  inner->feeds = e->feeds;
  inner->fetches = fetches;
  inner->targets = targets;
  inner->num_targets = request->num_targets + num_effects;
  return HR_SUCCESS;
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static hr_status expand(expander *e, hr_node *const *nodes, int32_t count, hr_device *const *devices,
                        hr_plan_request *inner) {
  size_t size = sizeof *e->of * ((size_t)hr_graph_node_count(e->request->graph) + 1);
  e->of = hr_arena_zalloc(e->arena, size, _Alignof(stand_in));
  if (!e->of) return out_of_memory();
  for (int32_t i = 0; i < count; ++i) {
    e->of[nodes[i]->id].is_needed = true;
    if (!hr_is_call(nodes[i])) HR_TRY(take_name(e, nodes[i]));
  }
  HR_TRY(map_feeds(e));
  for (int32_t i = 0; i < count; ++i) {
    bool is_complete = true;
    if (!hr_is_call(nodes[i]))
      HR_TRY(copy_node(e, nodes[i], devices ? *devices++ : NULL));
    else
      HR_TRY(expand_call(e, nodes[i], &is_complete));
    for (int32_t k = 0; k < e->request->num_feeds; ++k) /* of what is there: its own outputs */
      if (e->request->feeds[k].node == nodes[i] && !hr_is_call(nodes[i]))
        e->feeds[k] = (hr_output){e->of[nodes[i]->id].copy, e->request->feeds[k].index};
    if (!is_complete) HR_TRY(HR_PUSH(&e->waiting, nodes[i]));
  }
  HR_TRY(expand_waiting(e));
  HR_TRY(close_edges(e));
  return write_request(e, inner);
}

/* Where the nodes that are no calls stand, in their order; NULL: on the first device. */
static hr_status place(const hr_plan_request *request, hr_node *const *nodes, int32_t count, hr_arena *arena,
                       hr_device ***devices) {
  *devices = NULL;
  if (!request->placer) return HR_SUCCESS;
  hr_node **plain = HR_ARENA_ARRAY(arena, hr_node *, count + 1);
  if (!plain) return out_of_memory();
  int32_t num_plain = 0;
  for (int32_t i = 0; i < count; ++i)
    if (!hr_is_call(nodes[i])) plain[num_plain++] = nodes[i];
  return hr_placer_place(request->placer, plain, num_plain, arena, devices);
}

hr_status hr_plan_expand(const hr_plan_request *request, hr_node *const *nodes, int32_t count, hr_arena *arena,
                         hr_plan_request *inner) {
  hr_device **devices;
  HR_TRY(place(request, nodes, count, arena, &devices));
  expander e = {.request = request,
                .arena = arena,
                .expansion = {.graph = hr_graph_new_private(request->graph), .nodes_left = MAX_NODES}};
  if (e.expansion.graph) e.expansion.builder = hr_builder_new(e.expansion.graph);
  hr_status status = e.expansion.builder ? expand(&e, nodes, count, devices, inner) : out_of_memory();
  if (!status && request->placer) status = hr_placer_for(request->placer, inner->graph, &inner->placer);
  if (e.expansion.builder) hr_builder_free(e.expansion.builder);
  if (status) hr_graph_unref(e.expansion.graph);
  hr_scratch_free(&e.open);
  hr_scratch_free(&e.waiting);
  hr_scratch_free(&e.effects);
  return status;
}
