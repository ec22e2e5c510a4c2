#include "runtime/plan/partition.h"
#include "runtime/graph/arguments.h"
#include "runtime/graph/function_library.h"
#include "runtime/graph/graph_internal.h"
#include "runtime/plan/flow.h"
#include "runtime/plan/kernel_registry.h"
#include "runtime/plan/memory.h"
#include "runtime/plan/node_set.h"
#include "runtime/plan/transfer.h"
#include <stdio.h>
#include <string.h>

#define CONTROL (-1) /* in place of the index of an output */

/* Where a value is in the plan's graph. */
typedef struct place {
  hr_device *device;
  bool is_host; /* in host memory, where the device has memory of its own */
} place;

/* A value that was brought to another place. */
typedef struct brought {
  struct brought *next;
  int32_t output;
  place at;
  hr_output value; /* of a control edge: of the node to wait for */
} brought;

/* An input or control input of a node that was made before what it names. */
typedef struct open_edge {
  struct open_edge *next;
  int32_t node;    /* of the old graph's nodes */
  int32_t input;   /* its input, or -1 */
  int32_t control; /* in the copy, and what it names */
  int32_t producer;
} open_edge;

typedef struct partitioner {
  const hr_plan_request *request;
  hr_node *const *nodes;
  hr_device **devices; /* of nodes[i] */
  int32_t count;
  hr_arena *arena;
  hr_graph *graph;
  hr_node_set members, fed; /* ids of the old graph */
  const hr_kernel_def **kernels;
  hr_node **copies;   /* of nodes[i]; NULL until made */
  brought **brought;  /* lists: by node, then by feed */
  hr_node **fed_copy; /* by feed: stands for the node that is fed */
  open_edge *open, **last_open;
  hr_device **new_devices; /* by id in the new graph */
  int32_t new_capacity;
  int32_t num_names, num_transfers;
  bool has_loops;
  bool *may_not_run; /* of node i: it stands in a branch */
} partitioner;

#define NEW_ARRAY(p, pointer, length)                                                                                  \
  do {                                                                                                                 \
    (pointer) = hr_arena_zalloc((p)->arena, sizeof *(pointer) * ((size_t)(length) + 1), _Alignof(max_align_t));        \
    if (!(pointer)) return hr_error_out_of_memory(sizeof *(pointer) * (size_t)(length), "a partition");                \
  } while (0)

/* ---- the ends of a run ------------------------------------------------------------------------------------------- */

int32_t hr_end_number(const hr_output *ends, int32_t count, int32_t index) {
  char name[32], other[32]; /* after the nodes' names */
  int32_t number = 0;
  snprintf(name, sizeof name, ":%d", ends[index].index);
  for (int32_t i = 0; i < count; ++i) {
    snprintf(other, sizeof other, ":%d", ends[i].index);
    int order = strcmp(ends[i].node->name, ends[index].node->name);
    if (order == 0) order = strcmp(other, name);
    number += order < 0 || (order == 0 && i < index);
  }
  return number;
}

char *hr_end_name(hr_arena *arena, const char *kind, const hr_output *ends, int32_t count, int32_t index) {
  return hr_arena_printf(arena, "_%s_%s_%d_%d", kind, ends[index].node->name, ends[index].index,
                         hr_end_number(ends, count, index));
}

/* ---- what there is --------------------------------------------------------------------------------------------- */

static int32_t feed_of(const partitioner *p, hr_output output) {
  if (!hr_node_set_has(&p->fed, output.node->id)) return -1;
  for (int32_t i = 0; i < p->request->num_feeds; ++i)
    if (hr_output_equal(p->request->feeds[i], output)) return i;
  return -1;
}

static int32_t index_of(const partitioner *p, const hr_node *node) { return hr_node_set_index(&p->members, node->id); }

/* A value of one memory counts as being in host memory only where that tells it from another. */
static place place_of(hr_device *device, bool is_host) { return (place){device, is_host && !device->host_memory}; }
static bool same_place(place a, place b) { return a.device == b.device && a.is_host == b.is_host; }

static place place_of_output(const partitioner *p, int32_t node, int32_t output) {
  const hr_node *n = p->nodes[node];
  hr_dtype dtype = hr_node_output_dtype(n, output);
  bool is_host = hr_argument_is_host(p->kernels[node], hr_argument_of_output(n, output), dtype);
  return place_of(p->devices[node], is_host);
}

/* ---- adding nodes ---------------------------------------------------------------------------------------------- */

static hr_status set_device(partitioner *p, const hr_node *node, hr_device *device) {
  if (node->id >= p->new_capacity) {
    int32_t capacity = 2 * p->new_capacity + 64;
    hr_device **devices;
    NEW_ARRAY(p, devices, capacity);
    if (p->new_capacity) memcpy(devices, p->new_devices, sizeof *devices * (size_t)p->new_capacity);
    p->new_devices = devices;
    p->new_capacity = capacity;
  }
  p->new_devices[node->id] = device;
  return HR_SUCCESS;
}

static hr_status copy_node(partitioner *p, const hr_node *from, hr_device *device, int32_t num_controls,
                           hr_node *const *controls, hr_node **out) {
  HR_TRY(hr_graph_add_copy(p->graph, from, num_controls, controls, out));
  return set_device(p, *out, device);
}

/* "BASE/_7", with another number each time. */
static const char *new_name(partitioner *p, const char *base) {
  return hr_arena_printf(p->arena, "%s/_%d", base, p->num_names++);
}

/* A node of one input or control input. */
static hr_status add_helper(partitioner *p, const char *op, const char *base, hr_device *device, hr_output input,
                            hr_node *control, hr_attr_value *attrs, hr_node **out) {
  const char *name = new_name(p, base);
  if (!name) return hr_error_out_of_memory(0, "a partition");
  HR_TRY(hr_graph_add(p->graph,
                      &(hr_node_spec){.op = hr_op_find(op, strlen(op)),
                                      .name = hr_view_of(name),
                                      .device = hr_view_of(device->name),
                                      .inputs = &input,
                                      .num_inputs = input.node != NULL,
                                      .controls = &control,
                                      .num_controls = control != NULL,
                                      .attrs = attrs,
                                      .is_internal = true},
                      out));
  return set_device(p, *out, device);
}

/* The attributes of an empty constant (`has_value`) or of an Identity for it. */
static hr_status token_attrs(partitioner *p, bool has_value, hr_attr_value **out) {
  hr_attr_value *attrs = *out = HR_ARENA_ARRAY(hr_graph_arena(p->graph), hr_attr_value, 2);
  if (!attrs) return hr_error_out_of_memory(sizeof *attrs * 2, "a partition");
  attrs[0] = attrs[1] = HR_ATTR_TYPE_VALUE(HR_FLOAT);
  if (!has_value) return HR_SUCCESS;
  hr_tensor empty;
  HR_TRY(hr_tensor_new(hr_cpu_allocator(), HR_FLOAT, &(hr_shape){.rank = 1, .dims = {0}}, &empty));
  const hr_tensor *kept = hr_graph_keep_tensor(p->graph, &empty);
  hr_tensor_clear(&empty);
  if (!kept) return hr_error_out_of_memory(sizeof *kept, "a partition");
  int value = hr_op_attr_index(hr_op_find("Const", 5), "value", 5);
  attrs[value] = HR_ATTR_TENSOR_VALUE(kept);
  return HR_SUCCESS;
}

/* The send waits for `waits`. */
static hr_status add_late_transfer(partitioner *p, hr_output value, const char *base, place from, place to,
                                   int32_t num_waits, hr_node *const *waits, hr_node **recv) {
  const char *names[2] = {new_name(p, base), new_name(p, base)};
  const char *edge = hr_arena_printf(p->arena, "edge_%d_%s", p->num_transfers++, base);
  if (!names[0] || !names[1] || !edge) return hr_error_out_of_memory(0, "a partition");
  const hr_transfer transfer = {value, from.device, to.device, from.is_host, to.is_host, edge, waits, num_waits};
  hr_node *send;
  HR_TRY(hr_add_transfer(p->graph, &transfer, names[0], names[1], &send, recv));
  HR_TRY(set_device(p, send, from.device));
  return set_device(p, *recv, to.device);
}

static hr_status add_transfer(partitioner *p, hr_output value, const char *base, place from, place to, hr_node **recv) {
  return add_late_transfer(p, value, base, from, to, 0, NULL, recv);
}

/* ---- bringing values ------------------------------------------------------------------------------------------- */

static hr_output *find_brought(brought *list, int32_t output, place at) {
  for (; list; list = list->next)
    if (list->output == output && same_place(list->at, at)) return &list->value;
  return NULL;
}

static hr_status note_brought(partitioner *p, brought **list, int32_t output, place at, hr_output value) {
  brought *b = HR_ARENA_NEW(p->arena, brought);
  if (!b) return hr_error_out_of_memory(sizeof *b, "a partition");
  *b = (brought){*list, output, at, value};
  *list = b;
  return HR_SUCCESS;
}

/* True for what is no less there on every device: constants, where loops want them in every iteration, and what enters
 * all iterations of a loop. Its kernel must be there, too. */
static bool is_repeated(const partitioner *p, int32_t node, place to) {
  const hr_node *n = p->nodes[node];
  bool is_constant = p->has_loops && n->num_control_inputs == 0 && strcmp(n->op->name, "Const") == 0;
  bool is_invariant =
      hr_control_of(n) == HR_CONTROL_ENTER && hr_enters_every_iteration(n) && n->num_control_inputs == 0;
  if (!is_constant && !is_invariant) return false;
  const hr_kernel_def *kernel = hr_kernel_lookup(n, to.device->type);
  hr_dtype dtype = hr_node_output_dtype(n, 0);
  if (!kernel || hr_dtype_is_ref(dtype)) return false;
  return place_of(to.device, hr_argument_is_host(kernel, hr_argument_of_output(n, 0), dtype)).is_host == to.is_host;
}

static hr_status bring(partitioner *p, hr_output value, place to, bool *is_open, hr_output *out);

static hr_status repeat(partitioner *p, int32_t node, place to, hr_output *out) {
  const hr_node *n = p->nodes[node];
  hr_output input = HR_NO_OUTPUT;
  bool is_open = false;
  if (n->num_inputs) HR_TRY(bring(p, n->inputs[0], to, &is_open, &input));
  if (is_open) return hr_error(HR_INVALID_ARGUMENT, "The node '%s' enters a loop that it depends on", n->name);
  hr_node *copy;
  HR_TRY(copy_node(p, n, to.device, 0, NULL, &copy));
  if (n->num_inputs) copy->inputs[0] = input;
  *out = (hr_output){copy, 0};
  return HR_SUCCESS;
}

/* The value of an output of the old graph in the new one, at the place that wants it. `*is_open` where what makes it is
 * not made yet. */
static hr_status bring(partitioner *p, hr_output value, place to, bool *is_open, hr_output *out) {
  int32_t feed = feed_of(p, value), node = feed < 0 ? index_of(p, value.node) : -1;
  if (feed < 0 && node < 0) return hr_error(HR_INTERNAL, "Output %s:%d was pruned", value.node->name, value.index);
  *is_open = feed < 0 && !p->copies[node];
  if (*is_open) return HR_SUCCESS;
  place from = feed < 0 ? place_of_output(p, node, value.index) : place_of(p->request->devices->devices[0], true);
  *out = (hr_output){feed < 0 ? p->copies[node] : p->fed_copy[feed], value.index};
  if (same_place(from, to)) return HR_SUCCESS;
  brought **list = &p->brought[feed < 0 ? node : p->count + feed];
  const hr_output *known = find_brought(*list, value.index, to);
  if (known) {
    *out = *known;
    return HR_SUCCESS;
  }
  if (feed < 0 && is_repeated(p, node, to)) {
    HR_TRY(repeat(p, node, to, out));
  } else {
    const char *base =
        feed < 0 ? value.node->name : hr_end_name(p->arena, "arg", p->request->feeds, p->request->num_feeds, feed);
    hr_node *recv;
    if (!base) return hr_error_out_of_memory(0, "a partition");
    HR_TRY(add_transfer(p, *out, base, from, to, &recv));
    *out = (hr_output){recv, 0};
  }
  return note_brought(p, list, value.index, to, *out);
}

/* What a node on `device` waits for in place of the old graph's `node`. */
static hr_status bring_control(partitioner *p, int32_t node, hr_device *device, hr_node **out) {
  hr_node *copy = *out = p->copies[node];
  if (p->devices[node] == device) return HR_SUCCESS;
  place from = place_of(p->devices[node], false), to = place_of(device, false);
  const hr_output *known = find_brought(p->brought[node], CONTROL, to);
  if (known) {
    *out = known->node;
    return HR_SUCCESS;
  }
  hr_attr_value *constant, *passed_on;
  hr_node *token, *recv;
  HR_TRY(token_attrs(p, true, &constant));
  HR_TRY(token_attrs(p, false, &passed_on));
  HR_TRY(add_helper(p, "Const", copy->name, from.device, HR_NO_OUTPUT, copy, constant, &token));
  HR_TRY(add_transfer(p, (hr_output){token, 0}, copy->name, from, to, &recv));
  HR_TRY(add_helper(p, "Identity", copy->name, device, (hr_output){recv, 0}, NULL, passed_on, out));
  return note_brought(p, &p->brought[node], CONTROL, to, (hr_output){*out, 0});
}

/* ---- the new graph --------------------------------------------------------------------------------------------- */

/* The place where a node wants an input. */
static place place_of_input(const partitioner *p, int32_t node, const hr_arg_def *argument, int32_t input) {
  hr_dtype dtype = hr_output_dtype(p->nodes[node]->inputs[input]);
  return place_of(p->devices[node], hr_argument_is_host(p->kernels[node], argument, dtype));
}

/* References go nowhere: what takes one stands where the variable is. */
static hr_status check_reference(const partitioner *p, int32_t node, const hr_arg_def *argument, int32_t input) {
  hr_output value = p->nodes[node]->inputs[input];
  if (!argument->is_ref || !hr_dtype_is_ref(hr_output_dtype(value)) || feed_of(p, value) >= 0) return HR_SUCCESS;
  int32_t producer = index_of(p, value.node);
  if (producer < 0 || p->devices[producer] == p->devices[node]) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "The node '%s' on %s takes a reference to '%s' on %s", p->nodes[node]->name,
                  p->devices[node]->name, value.node->name, p->devices[producer]->name);
}

static hr_status fill_input(partitioner *p, int32_t node, const hr_arg_def *argument, int32_t input, hr_output *out,
                            bool *is_open) {
  hr_output value = p->nodes[node]->inputs[input];
  *is_open = false;
  if (!value.node)
    return hr_error(HR_INVALID_ARGUMENT, "Input %d of node %s is not connected", input, p->nodes[node]->name);
  HR_TRY(check_reference(p, node, argument, input));
  place to = argument->is_ref ? place_of(p->devices[node], false) : place_of_input(p, node, argument, input);
  if (argument->is_ref && feed_of(p, value) < 0) {
    int32_t producer = index_of(p, value.node);
    if (producer >= 0) to = place_of_output(p, producer, value.index);
  }
  return bring(p, value, to, is_open, out);
}

static hr_status leave_open(partitioner *p, open_edge edge) {
  open_edge *open = HR_ARENA_NEW(p->arena, open_edge);
  if (!open) return hr_error_out_of_memory(sizeof *open, "a partition");
  *open = edge;
  *p->last_open = open;
  p->last_open = &open->next;
  return HR_SUCCESS;
}

/* A copy of the node, behind the transfers that it needs. What is not made yet is left open. */
static hr_status add_node(partitioner *p, int32_t index, hr_output *inputs, hr_node **controls) {
  const hr_node *node = p->nodes[index];
  int32_t num_controls = 0;
  hr_input_walk walk = hr_input_walk_of(node);
  for (int32_t i = 0; i < node->num_inputs; ++i) {
    bool is_open;
    inputs[i] = HR_NO_OUTPUT;
    HR_TRY(fill_input(p, index, hr_next_input(&walk), i, &inputs[i], &is_open));
    if (is_open) HR_TRY(leave_open(p, (open_edge){.node = index, .input = i}));
  }
  for (int32_t i = 0; i < node->num_control_inputs; ++i) {
    int32_t producer = index_of(p, node->control_inputs[i]);
    if (producer < 0) continue;
    if (p->copies[producer])
      HR_TRY(bring_control(p, producer, p->devices[index], &controls[num_controls]));
    else
      HR_TRY(leave_open(p, (open_edge){.node = index, .input = -1, .control = num_controls, .producer = producer}));
    ++num_controls;
  }
  HR_TRY(copy_node(p, node, p->devices[index], num_controls, controls, &p->copies[index]));
  if (node->num_inputs) memcpy(p->copies[index]->inputs, inputs, sizeof *inputs * (size_t)node->num_inputs);
  return HR_SUCCESS;
}

static hr_status close_edge(partitioner *p, const open_edge *open) {
  hr_node *copy = p->copies[open->node];
  if (open->input < 0)
    return bring_control(p, open->producer, p->devices[open->node], &copy->control_inputs[open->control]);
  hr_input_walk walk = hr_input_walk_of(p->nodes[open->node]);
  const hr_arg_def *argument = NULL;
  for (int32_t i = 0; i <= open->input; ++i)
    argument = hr_next_input(&walk);
  bool is_open;
  return fill_input(p, open->node, argument, open->input, &copy->inputs[open->input], &is_open);
}

static hr_status add_nodes(partitioner *p) {
  int32_t most_inputs = 0, most_controls = 0;
  for (int32_t i = 0; i < p->count; ++i) {
    if (p->nodes[i]->num_inputs > most_inputs) most_inputs = p->nodes[i]->num_inputs;
    if (p->nodes[i]->num_control_inputs > most_controls) most_controls = p->nodes[i]->num_control_inputs;
  }
  hr_output *inputs;
  hr_node **controls;
  NEW_ARRAY(p, inputs, most_inputs);
  NEW_ARRAY(p, controls, most_controls);
  for (int32_t i = 0; i < p->count; ++i)
    HR_TRY(add_node(p, i, inputs, controls));
  for (open_edge *open = p->open; open; open = open->next)
    HR_TRY(close_edge(p, open));
  return HR_SUCCESS;
}

/* Nodes that stand for those that are fed. */
static hr_status add_feeds(partitioner *p) {
  for (int32_t i = 0; i < p->request->num_feeds; ++i) {
    hr_node *node = p->request->feeds[i].node;
    for (int32_t j = 0; j < i && !p->fed_copy[i]; ++j)
      if (p->request->feeds[j].node == node) p->fed_copy[i] = p->fed_copy[j];
    if (!p->fed_copy[i]) HR_TRY(copy_node(p, node, p->request->devices->devices[0], 0, NULL, &p->fed_copy[i]));
  }
  return HR_SUCCESS;
}

/* A fetched reference: what the variable holds when all nodes have been there that may change it, as where nothing is
 * cut. Nothing waits for those in branches, which may not run at all. */
static hr_status bring_reference(partitioner *p, hr_output value, place to, hr_output *out) {
  int32_t node = index_of(p, value.node), count = 0;
  place from = place_of_output(p, node, value.index);
  hr_node **waits, *recv;
  NEW_ARRAY(p, waits, p->count);
  for (int32_t i = 0; i < p->count; ++i)
    for (int32_t k = 0; k < p->nodes[i]->num_inputs; ++k)
      if (!p->may_not_run[i] && hr_output_equal(p->nodes[i]->inputs[k], value) &&
          (count == 0 || waits[count - 1] != p->copies[i]))
        waits[count++] = p->copies[i];
  HR_TRY(
      add_late_transfer(p, (hr_output){p->copies[node], value.index}, value.node->name, from, to, count, waits, &recv));
  *out = (hr_output){recv, 0};
  return HR_SUCCESS;
}

static bool is_late(const partitioner *p, hr_output value, place to) {
  int32_t node = feed_of(p, value) < 0 ? index_of(p, value.node) : -1;
  return node >= 0 && hr_dtype_is_ref(hr_output_dtype(value)) && !p->has_loops && !p->may_not_run[node] &&
         !same_place(place_of_output(p, node, value.index), to);
}

static hr_status map_request(partitioner *p, hr_plan_request *out) {
  const hr_plan_request *request = p->request;
  hr_output *feeds, *fetches;
  hr_node **targets;
  NEW_ARRAY(p, feeds, request->num_feeds);
  NEW_ARRAY(p, fetches, request->num_fetches);
  NEW_ARRAY(p, targets, request->num_targets);
  place client = place_of(request->devices->devices[0], true);
  for (int32_t i = 0; i < request->num_feeds; ++i)
    feeds[i] = (hr_output){p->fed_copy[i], request->feeds[i].index};
  int32_t *sorted; /* the order in which TensorFlow numbers their transfers */
  NEW_ARRAY(p, sorted, request->num_fetches);
  for (int32_t i = 0; i < request->num_fetches; ++i)
    sorted[hr_end_number(request->fetches, request->num_fetches, i)] = i;
  for (int32_t k = 0; k < request->num_fetches; ++k) {
    bool is_open;
    hr_output fetch = request->fetches[sorted[k]], *brought = &fetches[sorted[k]];
    HR_TRY(is_late(p, fetch, client) ? bring_reference(p, fetch, client, brought)
                                     : bring(p, fetch, client, &is_open, brought));
  }
  for (int32_t i = 0; i < request->num_targets; ++i)
    targets[i] = p->copies[index_of(p, request->targets[i])];
  *out = *request;
  out->graph = p->graph;
  out->feeds = feeds;
  out->fetches = fetches;
  out->targets = targets;
  return HR_SUCCESS;
}

/* Something of its own comes from a Switch. Nodes of lower id are known already; where there are loops, nobody asks. */
static bool is_in_branch(const partitioner *p, const hr_node *node) {
  if (hr_control_of(node) == HR_CONTROL_MERGE) return false;
  for (int32_t e = 0; e < node->num_inputs + node->num_control_inputs; ++e) {
    const hr_node *producer = e < node->num_inputs ? node->inputs[e].node : node->control_inputs[e - node->num_inputs];
    int32_t i = producer ? index_of(p, producer) : -1;
    if (i >= 0 && (hr_control_of(producer) == HR_CONTROL_SWITCH || p->may_not_run[i])) return true;
  }
  return false;
}

/* What comes into a loop's Merge stands where that does. */
static void gather_loops(partitioner *p) {
  for (int32_t i = 0; i < p->count; ++i) {
    const hr_node *node = p->nodes[i];
    p->has_loops |= hr_control_of(node) == HR_CONTROL_ENTER;
    p->may_not_run[i] = is_in_branch(p, node);
    for (int32_t k = 0; k < node->num_inputs && hr_is_loop_merge(node); ++k) {
      const hr_node *input = node->inputs[k].node;
      int32_t producer = input ? index_of(p, input) : -1;
      if (producer < 0 || p->devices[producer] == p->devices[i]) continue;
      hr_control_flow control = hr_control_of(input);
      if ((control == HR_CONTROL_ENTER || control == HR_CONTROL_NEXT_ITERATION) &&
          hr_kernel_lookup(input, p->devices[i]->type))
        p->devices[producer] = p->devices[i];
    }
  }
}

static hr_status prepare(partitioner *p, hr_device *const *devices) {
  int32_t limit = hr_graph_node_count(p->request->graph);
  if (!hr_node_set_init(&p->members, p->arena, limit) || !hr_node_set_init(&p->fed, p->arena, limit))
    return hr_error_out_of_memory((size_t)limit / 4, "a partition");
  for (int32_t i = 0; i < p->count; ++i)
    hr_node_set_add(&p->members, p->nodes[i]->id);
  for (int32_t i = 0; i < p->request->num_feeds; ++i)
    hr_node_set_add(&p->fed, p->request->feeds[i].node->id);
  if (hr_node_set_rank(&p->members, p->arena) < 0) return hr_error_out_of_memory((size_t)limit / 16, "a partition");
  NEW_ARRAY(p, p->devices, p->count);
  NEW_ARRAY(p, p->kernels, p->count);
  NEW_ARRAY(p, p->may_not_run, p->count);
  NEW_ARRAY(p, p->copies, p->count);
  NEW_ARRAY(p, p->brought, p->count + p->request->num_feeds);
  NEW_ARRAY(p, p->fed_copy, p->request->num_feeds);
  if (p->count) memcpy(p->devices, devices, sizeof *devices * (size_t)p->count);
  gather_loops(p);
  for (int32_t i = 0; i < p->count; ++i)
    HR_TRY(hr_kernel_find(p->nodes[i], p->devices[i]->type, &p->kernels[i]));
  return HR_SUCCESS;
}

/* All nodes of the new graph but those that stand for fed ones. */
static hr_status list_nodes(partitioner *p, hr_partition *out) {
  int32_t first = 0, count = hr_graph_node_count(p->graph);
  for (int32_t i = 0; i < p->request->num_feeds; ++i)
    if (p->fed_copy[i]->id >= first) first = p->fed_copy[i]->id + 1;
  NEW_ARRAY(p, out->nodes, count);
  for (int32_t id = first; id < count; ++id)
    out->nodes[out->count++] = hr_graph_node(p->graph, id);
  out->devices = p->new_devices;
  return HR_SUCCESS;
}

hr_status hr_plan_partition(const hr_plan_request *request, hr_node *const *nodes, hr_device *const *devices,
                            int32_t count, hr_arena *arena, hr_partition *out) {
  partitioner p = {.request = request,
                   .nodes = nodes,
                   .count = count,
                   .arena = arena,
                   .graph = hr_graph_new_private(request->graph)};
  p.last_open = &p.open;
  *out = (hr_partition){.request = {.graph = p.graph}};
  if (!p.graph) return hr_error_out_of_memory(sizeof *p.graph, "a partition");
  p.graph->producer = request->graph->producer;
  p.graph->min_consumer = request->graph->min_consumer;
  HR_TRY(prepare(&p, devices));
  HR_TRY(add_feeds(&p));
  HR_TRY(add_nodes(&p));
  HR_TRY(map_request(&p, &out->request));
  return list_nodes(&p, out);
}
