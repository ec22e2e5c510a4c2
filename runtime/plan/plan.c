#include "runtime/graph/arguments.h"
#include "runtime/plan/expand.h"
#include "runtime/plan/kernel_registry.h"
#include "runtime/plan/memory.h"
#include "runtime/plan/partition.h"
#include "runtime/plan/rewrite.h"
#include <stdlib.h>

static hr_status check_output(const hr_plan_request *request, hr_output output, const char *what) {
  if (!output.node)
    return hr_error(HR_INVALID_ARGUMENT, "%s is no output (was there an error while building it?)", what);
  if (output.node->graph != request->graph)
    return hr_error(HR_INVALID_ARGUMENT, "%s %s:%d is not an element of this graph", what, output.node->name,
                    output.index);
  if (output.index < 0 || output.index >= output.node->num_outputs)
    return hr_error(HR_INVALID_ARGUMENT, "%s %s:%d: the node has %d outputs", what, output.node->name, output.index,
                    output.node->num_outputs);
  return HR_SUCCESS;
}

static hr_status check_request(const hr_plan_request *request) {
  for (int32_t i = 0; i < request->num_feeds; ++i) {
    HR_TRY(check_output(request, request->feeds[i], "Feed"));
    for (int32_t j = 0; j < i; ++j) {
      if (hr_output_equal(request->feeds[i], request->feeds[j]))
        return hr_error(HR_INVALID_ARGUMENT, "Endpoint \"%s:%d\" fed more than once.", request->feeds[i].node->name,
                        request->feeds[i].index);
    }
  }
  for (int32_t i = 0; i < request->num_fetches; ++i)
    HR_TRY(check_output(request, request->fetches[i], "Fetch"));
  for (int32_t i = 0; i < request->num_targets; ++i) {
    hr_node *target = request->targets[i];
    if (!target)
      return hr_error(HR_INVALID_ARGUMENT, "Target %d is no node (was there an error while building it?)", i);
    if (target->graph != request->graph)
      return hr_error(HR_INVALID_ARGUMENT, "Target %s is not an element of this graph", target->name);
  }
  return HR_SUCCESS;
}

/* The lane of a device: that of its stream, or the walk's. */
static int32_t lane_of(hr_plan *plan, hr_device *device) {
  if (!device->stream) return 0;
  int32_t lane = 1;
  while (lane < plan->num_lanes && plan->lanes[lane] != device)
    ++lane;
  if (lane == plan->num_lanes) plan->lanes[plan->num_lanes++] = device;
  return lane;
}

/* On a device with memory of its own: which outputs are in the host's, and which inputs are not where all outputs are.
 */
static void find_memory(hr_plan_node *plan_node) {
  const hr_node *node = plan_node->node;
  if (plan_node->device->host_memory) return;
  bool has_host = false, has_own = false;
  for (int32_t k = 0; k < node->num_outputs && k < 64; ++k) {
    bool is_host =
        hr_argument_is_host(plan_node->kernel, hr_argument_of_output(node, k), hr_node_output_dtype(node, k));
    if (is_host) plan_node->host_outputs |= UINT64_C(1) << k;
    has_host |= is_host;
    has_own |= !is_host;
  }
  hr_input_walk walk = hr_input_walk_of(node);
  for (int32_t i = 0; i < node->num_inputs && i < 64; ++i) {
    bool is_host = hr_argument_is_host(plan_node->kernel, hr_next_input(&walk), hr_output_dtype(node->inputs[i]));
    if (is_host ? has_own : has_host) plan_node->fixed_inputs |= UINT64_C(1) << i;
  }
}

static hr_status create_kernel(const hr_plan_request *request, hr_plan_node *plan_node) {
  if (!plan_node->kernel->create) return HR_SUCCESS;
  hr_kernel_construction construction = {.node = plan_node->node,
                                         .allocator = plan_node->device->allocator,
                                         .resources = request->resources,
                                         .private_resources = request->private_resources};
  return hr_status_at_node(plan_node->kernel->create(&construction, &plan_node->state), plan_node->node->name,
                           plan_node->node->op->name, plan_node->node->where);
}

static bool is_constant(const hr_node *node, const hr_kernel_def *kernel) {
  return (kernel->flags & HR_KERNEL_CONSTANT) && node->num_inputs == 0 && node->num_control_inputs == 0;
}

/* Finds and makes the kernels of the nodes, and parts constants from the rest. `devices`, by node id, NULL: all on the
 * first. */
static hr_status resolve(const hr_plan_request *request, hr_plan *plan, hr_node **nodes, hr_device *const *devices,
                         const int32_t *loop_of, int32_t count, hr_arena *scratch) {
  plan->nodes = HR_ARENA_ARRAY(&plan->arena, hr_plan_node, count + 1);
  plan->constant_nodes = HR_ARENA_ARRAY(&plan->arena, hr_plan_node, count + 1);
  if (!plan->nodes || !plan->constant_nodes)
    return hr_error_out_of_memory(sizeof(hr_plan_node) * (size_t)count, "a plan");
  if (plan->flow) {
    plan->flow->nodes = HR_ARENA_ARRAY(&plan->arena, hr_flow_node, count + 1);
    if (!plan->flow->nodes) return hr_error_out_of_memory(sizeof(hr_flow_node) * (size_t)count, "a plan");
  }
  plan->lanes = HR_ARENA_ARRAY(&plan->arena, hr_device *, request->devices->count + 1);
  if (!plan->lanes) return hr_error_out_of_memory(0, "a plan");
  plan->lanes[0] = plan->device;
  plan->num_lanes = 1;
  hr_node_set constant;
  if (!hr_node_set_init(&constant, scratch, hr_graph_node_count(request->graph)))
    return hr_error_out_of_memory(0, "a plan");
  for (int32_t i = 0; i < count; ++i) {
    hr_device *device = devices ? devices[nodes[i]->id] : plan->device;
    const hr_kernel_def *kernel;
    HR_TRY(hr_kernel_find(nodes[i], device->type, &kernel));
    bool folds = hr_is_foldable(request, nodes[i], kernel, &constant);
    plan->has_folded |= folds;
    bool runs_once = folds || is_constant(nodes[i], kernel);
    if (runs_once) hr_node_set_add(&constant, nodes[i]->id);
    hr_plan_node *plan_node =
        runs_once ? &plan->constant_nodes[plan->num_constant_nodes++] : &plan->nodes[plan->num_nodes++];
    *plan_node = (hr_plan_node){.node = nodes[i],
                                .kernel = kernel,
                                .device = device,
                                .num_inputs = nodes[i]->num_inputs,
                                .num_outputs = nodes[i]->num_outputs,
                                .lane = lane_of(plan, device),
                                .transit = -1};
    find_memory(plan_node);
    if (plan->flow && !runs_once)
      plan->flow->nodes[plan->num_nodes - 1] = (hr_flow_node){.loop = loop_of[i], .predicate = -1};
    HR_TRY(create_kernel(request, plan_node));
    if (kernel->compute_async && !(plan->flow && plan->flow->waits_in_order)) plan->is_dataflow = true;
  }
  return HR_SUCCESS;
}

static hr_status copy_signature(const hr_plan_request *request, hr_plan *plan) {
  plan->num_feeds = request->num_feeds;
  plan->num_fetches = request->num_fetches;
  plan->num_targets = request->num_targets;
  plan->feeds = HR_ARENA_ARRAY(&plan->arena, hr_plan_feed, request->num_feeds + 1);
  plan->fetches = HR_ARENA_ARRAY(&plan->arena, hr_plan_fetch, request->num_fetches + 1);
  plan->targets = HR_ARENA_ARRAY(&plan->arena, hr_node *, request->num_targets + 1);
  if (!plan->feeds || !plan->fetches || !plan->targets) return hr_error_out_of_memory(0, "a plan");
  for (int32_t i = 0; i < request->num_feeds; ++i)
    plan->feeds[i] = (hr_plan_feed){.output = request->feeds[i], .slot = -1};
  for (int32_t i = 0; i < request->num_fetches; ++i)
    plan->fetches[i] = (hr_plan_fetch){.output = request->fetches[i]};
  for (int32_t i = 0; i < request->num_targets; ++i)
    plan->targets[i] = request->targets[i];
  return HR_SUCCESS;
}

/* The range of each loop, those of loops inside included. */
static void find_loops(hr_plan *plan) {
  hr_plan_flow *flow = plan->flow;
  for (int32_t l = 0; l < flow->num_loops; ++l)
    flow->loops[l].begin = flow->loops[l].end = -1;
  for (int32_t i = 0; i < plan->num_nodes; ++i)
    for (int32_t l = flow->nodes[i].loop; l >= 0; l = flow->loops[l].parent) {
      if (flow->loops[l].begin < 0) flow->loops[l].begin = i;
      flow->loops[l].end = i + 1;
    }
}

/* Values inside loops are many, and a fetch is one. */
static hr_status check_fetches(const hr_plan_request *request, const hr_plan *plan) {
  for (int32_t i = 0; i < plan->num_nodes; ++i) {
    if (plan->flow->nodes[i].loop < 0 && hr_control_of(plan->nodes[i].node) != HR_CONTROL_ENTER) continue;
    for (int32_t k = 0; k < plan->num_fetches; ++k)
      if (request->fetches[k].node->id == plan->nodes[i].node->id &&
          hr_control_of(plan->nodes[i].node) != HR_CONTROL_EXIT)
        return hr_error(HR_INVALID_ARGUMENT, "%s:%d cannot be fetched: it stands inside a loop",
                        plan->nodes[i].node->name, plan->fetches[k].output.index);
  }
  return HR_SUCCESS;
}

/* Where all nodes stand on the first device, nothing is cut. */
static bool is_on_first(const hr_plan_request *request, hr_device *const *devices, int32_t count) {
  for (int32_t i = 0; devices && i < count; ++i)
    if (devices[i] != request->devices->devices[0]) return false;
  return true;
}

/* The nodes that run, without calls. `request` becomes that of the graph in which they are. */
static hr_status prune_and_expand(hr_plan_request *request, hr_plan *plan, hr_arena *scratch, hr_node ***nodes,
                                  int32_t *count) {
  HR_TRY(hr_plan_prune(request, scratch, nodes, count));
  if (!hr_has_calls(*nodes, *count)) return HR_SUCCESS;
  hr_plan_request expanded;
  HR_TRY(hr_plan_expand(request, *nodes, *count, scratch, &expanded));
  plan->expanded = expanded.graph;
  *request = expanded;
  return hr_plan_prune(request, scratch, nodes, count);
}

/* The nodes that run, in order, with their kernels. `request` becomes that of the plan's graph. */
static hr_status choose_nodes(hr_plan_request *request, hr_plan *plan, hr_arena *scratch) {
  hr_node **nodes = NULL;
  hr_device **devices = NULL;
  int32_t count = 0, *loop_of = NULL;
  HR_TRY(prune_and_expand(request, plan, scratch, &nodes, &count));
  if (request->placer) HR_TRY(hr_placer_place(request->placer, nodes, count, scratch, &devices));
  if (is_on_first(request, devices, count)) {
    devices = NULL;
  } else {
    hr_partition partition;
    hr_status status = hr_plan_partition(request, nodes, devices, count, scratch, &partition);
    plan->own_graph = partition.request.graph;
    HR_TRY(status);
    *request = partition.request;
    nodes = partition.nodes;
    devices = partition.devices;
    count = partition.count;
  }
  HR_TRY(hr_plan_order(request, &plan->arena, scratch, nodes, count, &plan->flow, &loop_of));
  if (request->may_wait && !devices && !request->dataflow && !request->keep_values)
    HR_TRY(hr_plan_order_waits(request, &plan->arena, scratch, nodes, count, &plan->flow, &loop_of));
  return resolve(request, plan, nodes, devices, loop_of, count, scratch);
}

/* A plan with streams is walked by instructions, branches or not. */
static hr_status add_plain_flow(hr_plan *plan) {
  plan->flow = hr_arena_zalloc(&plan->arena, sizeof *plan->flow, _Alignof(hr_plan_flow));
  if (!plan->flow) return hr_error_out_of_memory(sizeof *plan->flow, "a plan");
  plan->flow->is_walkable = true;
  plan->flow->nodes = HR_ARENA_ARRAY(&plan->arena, hr_flow_node, plan->num_nodes + 1);
  if (!plan->flow->nodes) return hr_error_out_of_memory(sizeof(hr_flow_node) * (size_t)plan->num_nodes, "a plan");
  for (int32_t i = 0; i < plan->num_nodes; ++i)
    plan->flow->nodes[i] = (hr_flow_node){.loop = -1, .predicate = -1};
  return HR_SUCCESS;
}

static hr_status lay_out(const hr_plan_request *request, hr_plan *plan) {
  plan->is_dataflow |= request->dataflow;
  if (plan->num_lanes > 1 && !plan->flow) HR_TRY(add_plain_flow(plan));
  bool is_controlled = plan->flow && plan->flow->is_controlled;
  if (is_controlled) {
    for (int32_t i = 0; i < plan->num_nodes; ++i) /* what it does with dead values, and in which iteration */
      plan->is_dataflow |= hr_is_edge_end(plan->nodes[i].node);
    find_loops(plan);
    HR_TRY(check_fetches(request, plan));
    HR_TRY(hr_plan_find_conditions(request, plan));
    if (request->keep_values) return hr_error(HR_UNIMPLEMENTED, "A partial run cannot contain branches and loops");
    if (!plan->flow->is_walkable) plan->is_dataflow = true;
  }
  HR_TRY(hr_plan_rewrite(request, plan));
  if (is_controlled) find_loops(plan);
  HR_TRY(hr_plan_layout(request, plan));
  bool has_program = (is_controlled || plan->num_lanes > 1) && !plan->is_dataflow && !request->keep_values;
  return has_program ? hr_plan_write_program(plan) : HR_SUCCESS;
}

static hr_status build(const hr_plan_request *asked, hr_plan *plan) {
  HR_TRY(check_request(asked));
  HR_TRY(copy_signature(asked, plan));
  hr_arena scratch = {0};
  hr_plan_request request = *asked;
  hr_status status = choose_nodes(&request, plan, &scratch);
  if (!status) status = lay_out(&request, plan);
  if (request.placer != asked->placer) hr_placer_free(request.placer);
  hr_arena_free(&scratch);
  return status;
}

hr_status hr_plan_new(const hr_plan_request *request, hr_plan **out) {
  hr_plan *plan = calloc(1, sizeof *plan);
  if (!plan) return hr_error_out_of_memory(sizeof *plan, "a plan");
  plan->devices = request->devices;
  plan->device = request->devices->devices[0];
  plan->resources = request->resources;
  hr_status status = build(request, plan);
  plan->may_offload = request->may_offload && !plan->is_dataflow && !(plan->flow && plan->flow->is_controlled) &&
                      plan->num_lanes == 1 && hr_thread_pool_threads(plan->device->pool) > 1;
  plan->plans_memory = !(request->rewrites_off & HR_REWRITE_MEMORY) && !plan->is_dataflow && !request->keep_values &&
                       plan->num_lanes == 1;
  if (status) {
    hr_plan_free(plan);
    return status;
  }
  *out = plan;
  return HR_SUCCESS;
}

static void destroy_kernels(hr_plan_node *nodes, int32_t count) {
  for (int32_t i = 0; i < count; ++i) {
    if (nodes[i].kernel->destroy && nodes[i].state) nodes[i].kernel->destroy(nodes[i].state);
  }
}

void hr_plan_free(hr_plan *plan) {
  if (!plan) return;
  if (plan->constants) {
    for (int32_t i = 0; i < plan->num_constants; ++i) {
      if (plan->slot_kinds[i] == HR_SLOT_TENSOR) hr_tensor_clear(&plan->constants[i].tensor);
    }
  }
  for (hr_constant_form_entry *form = atomic_load(&plan->constant_forms); form;) {
    hr_constant_form_entry *next = form->next;
    hr_tensor_clear(&form->form);
    free(form);
    form = next;
  }
  destroy_kernels(plan->nodes, plan->num_nodes);
  destroy_kernels(plan->constant_nodes, plan->num_constant_nodes);
  hr_graph_unref(plan->own_graph);
  hr_graph_unref(plan->expanded);
  hr_arena_free(&plan->arena);
  free(plan);
}
