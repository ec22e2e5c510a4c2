#include "distributed/task_cut.h"
#include "runtime/graph/arguments.h"
#include "runtime/graph/function_library.h"
#include "runtime/graph/graph_internal.h"
#include "runtime/plan/flow.h"
#include "runtime/plan/kernel_registry.h"
#include "runtime/plan/memory.h"
#include "runtime/plan/node_set.h"
#include <string.h>

#define CONTROL (-1) /* in place of the index of an output */

/* A value that was brought to another task. */
typedef struct brought {
  struct brought *next;
  int32_t output, task;
  hr_output value; /* of a control edge: of the node to wait for */
} brought;

/* An input of a Merge that comes back from an iteration: made later. */
typedef struct open_edge {
  struct open_edge *next;
  int32_t node, input;
} open_edge;

/* What makes a task's part of a loop iterate. */
typedef struct control_loop {
  struct control_loop *next; /* of those that are not complete */
  int32_t loop, task, device;
  hr_node *merge;
} control_loop;

typedef struct cutter {
  const hr_plan_request *request;
  hr_node **nodes;
  int32_t *devices; /* of nodes[i], into `all` */
  int32_t count;
  const hr_cut_device *all;
  int32_t num_tasks, own_task;
  bool as_bfloat16; /* floats travel as bfloat16 */
  hr_arena *arena;
  hr_cut *out;
  hr_node_set members, fed; /* ids of the graph's nodes */
  int32_t *rank;            /* by place among the members: the index in `nodes` */
  hr_node **copies;         /* of nodes[i]; NULL until made */
  brought **brought;        /* lists: by node, then by feed */
  int32_t *feed_device;     /* by feed: where it goes in */
  open_edge *open;
  hr_plan_flow *flow; /* NULL without loops and branches */
  int32_t *loop_of;
  int32_t *loop_cond; /* by loop, an index of nodes; -1 */
  control_loop **control_loops, *incomplete;
  int32_t num_names, num_edges;
  int32_t *target_capacity; /* by task */
} cutter;

static hr_status out_of_memory(void) { return hr_error_out_of_memory(0, "a graph that is cut by task"); }

#define NEW_ARRAY(c, pointer, length)                                                                                  \
  do {                                                                                                                 \
    (pointer) = hr_arena_zalloc((c)->arena, sizeof *(pointer) * ((size_t)(length) + 1), _Alignof(max_align_t));        \
    if (!(pointer)) return out_of_memory();                                                                            \
  } while (0)

/* ---- what there is ----------------------------------------------------------------------------------------------- */

static int32_t index_of(const cutter *c, const hr_node *node) {
  int32_t place = hr_node_set_index(&c->members, node->id);
  return place < 0 ? -1 : c->rank[place];
}

static int32_t feed_of(const cutter *c, hr_output output) {
  if (!hr_node_set_has(&c->fed, output.node->id)) return -1;
  for (int32_t i = 0; i < c->request->num_feeds; ++i)
    if (hr_output_equal(c->request->feeds[i], output)) return i;
  return -1;
}

static int32_t task_of(const cutter *c, int32_t node) { return c->all[c->devices[node]].task; }

/* The loop in which readers of the node's outputs run, -1 for none. */
static int32_t loop_of_outputs(const cutter *c, int32_t node) {
  if (!c->flow) return -1;
  switch (hr_control_of(c->nodes[node])) {
  case HR_CONTROL_ENTER: return hr_loop_entered(c->flow, c->loop_of[node], c->nodes[node]);
  case HR_CONTROL_EXIT: return c->flow->loops[c->loop_of[node]].parent;
  default: return c->loop_of[node];
  }
}

/* ---- adding nodes ------------------------------------------------------------------------------------------------ */

static hr_status graph_of(cutter *c, int32_t task, hr_graph **out) {
  if (!c->out->graphs[task]) c->out->graphs[task] = hr_graph_new_private(c->request->graph);
  *out = c->out->graphs[task];
  return *out ? HR_SUCCESS : out_of_memory();
}

static hr_status copy_node(cutter *c, const hr_node *from, int32_t device, int32_t num_controls,
                           hr_node *const *controls, hr_node **out) {
  hr_graph *graph;
  HR_TRY(graph_of(c, c->all[device].task, &graph));
  HR_TRY(hr_graph_add_copy(graph, from, num_controls, controls, out));
  return hr_node_set_device(*out, c->all[device].device->name);
}

/* "BASE_S7", a name that no node of the program has. */
static const char *new_name(cutter *c, const char *prefix, const char *base) {
  const char *name;
  do
    name = hr_arena_printf(c->arena, "%s%s_S%d", prefix, base, c->num_names++);
  while (name && hr_names_find(&c->request->graph->names, hr_view_of(name)));
  return name;
}

typedef struct helper {
  const char *op, *name;
  int32_t device;
  int32_t num_inputs;
  hr_output inputs[2];
  hr_node *control;
  int32_t num_attrs;
  const char *attr_names[6];
  hr_attr_value attrs[6];
  bool keep_open;
} helper;

static hr_status add_helper(cutter *c, const helper *h, hr_node **out) {
  hr_graph *graph;
  HR_TRY(graph_of(c, c->all[h->device].task, &graph));
  const hr_op_def *op = hr_op_find(h->op, strlen(h->op));
  hr_attr_value *attrs =
      hr_arena_zalloc(hr_graph_arena(graph), sizeof *attrs * (op->num_attrs + 1u), _Alignof(hr_attr_value));
  if (!attrs || !h->name) return out_of_memory();
  for (int32_t i = 0; i < h->num_attrs; ++i) {
    int at = hr_op_attr_index(op, h->attr_names[i], strlen(h->attr_names[i]));
    if (at < 0) return hr_error(HR_INTERNAL, "%s has no attribute %s", h->op, h->attr_names[i]);
    HR_TRY(hr_attr_copy(graph, &h->attrs[i], &attrs[at]));
  }
  return hr_graph_add(graph,
                      &(hr_node_spec){.op = op,
                                      .name = hr_view_of(h->name),
                                      .device = hr_view_of(c->all[h->device].device->name),
                                      .inputs = h->inputs,
                                      .num_inputs = h->num_inputs,
                                      .controls = &h->control,
                                      .num_controls = h->control != NULL,
                                      .attrs = attrs,
                                      .is_internal = true,
                                      .keep_inputs_open = h->keep_open},
                      out);
}

/* An empty constant, which stands for "it has run". */
static hr_status add_token(cutter *c, const char *base, int32_t device, hr_node *control, hr_node **out) {
  hr_graph *graph;
  HR_TRY(graph_of(c, c->all[device].task, &graph));
  hr_tensor empty;
  HR_TRY(hr_tensor_new(hr_cpu_allocator(), HR_FLOAT, &(hr_shape){.rank = 1, .dims = {0}}, &empty));
  const hr_tensor *kept = hr_graph_keep_tensor(graph, &empty);
  hr_tensor_clear(&empty);
  if (!kept) return out_of_memory();
  return add_helper(c,
                    &(helper){.op = "Const",
                              .name = new_name(c, "", base),
                              .device = device,
                              .control = control,
                              .num_attrs = 2,
                              .attr_names = {"dtype", "value"},
                              .attrs = {HR_ATTR_TYPE_VALUE(HR_FLOAT), HR_ATTR_TENSOR_VALUE(kept)}},
                    out);
}

static hr_status add_target(cutter *c, int32_t task, hr_node *node) {
  int32_t count = c->out->num_targets[task];
  if (count == c->target_capacity[task]) {
    int32_t capacity = 2 * count + 16;
    hr_node **targets;
    NEW_ARRAY(c, targets, capacity);
    if (count > 0) memcpy(targets, c->out->targets[task], sizeof(hr_node *) * (size_t)count);
    c->out->targets[task] = targets;
    c->target_capacity[task] = capacity;
  }
  c->out->targets[task][c->out->num_targets[task]++] = node;
  return HR_SUCCESS;
}

/* One end of a transfer. */
typedef struct edge_end {
  bool is_send, is_host, is_client;
  const char *name, *tensor_name;
  int32_t from, to; /* devices */
  hr_dtype dtype;
  hr_output value;  /* of a send */
  hr_node *control; /* of a receive */
} edge_end;

static hr_status add_end(cutter *c, const edge_end *e, hr_node **out) {
  const hr_device *from = c->all[e->from].device, *to = c->all[e->to].device;
  return add_helper(
      c,
      &(helper){.op = e->is_send ? (e->is_host ? "_HostSend" : "_Send") : (e->is_host ? "_HostRecv" : "_Recv"),
                .name = e->name,
                .device = e->is_send ? e->from : e->to,
                .num_inputs = e->is_send,
                .inputs = {e->value},
                .control = e->control,
                .num_attrs = 6,
                .attr_names = {e->is_send ? "T" : "tensor_type", "tensor_name", "send_device",
                               "send_device_incarnation", "recv_device", "client_terminated"},
                .attrs = {HR_ATTR_TYPE_VALUE(e->dtype), HR_ATTR_STRING_VALUE(e->tensor_name),
                          HR_ATTR_STRING_VALUE(from->name), HR_ATTR_INT_VALUE((int64_t)from->incarnation),
                          HR_ATTR_STRING_VALUE(to->name), HR_ATTR_BOOL_VALUE(e->is_client)}},
      out);
}

/* ---- loops ------------------------------------------------------------------------------------------------------- */

static hr_status find_control_loop(cutter *c, int32_t loop, int32_t device, control_loop **out);

static hr_status find_enter(const cutter *c, int32_t loop, int32_t *out) {
  for (int32_t i = 0; i < c->count; ++i)
    if (hr_control_of(c->nodes[i]) == HR_CONTROL_ENTER && loop_of_outputs(c, i) == loop) {
      *out = i;
      return HR_SUCCESS;
    }
  return hr_error(HR_INVALID_ARGUMENT, "Nothing enters the loop '%s'", c->flow->loops[loop].name);
}

static hr_status begin_control_loop(cutter *c, control_loop *l) {
  const char *name = c->flow->loops[l->loop].name;
  if (c->loop_cond[l->loop] < 0)
    return hr_error(HR_INVALID_ARGUMENT, "A cross-device loop must have a pivot predicate: %s", name);
  int32_t parent = c->flow->loops[l->loop].parent, some_enter;
  HR_TRY(find_enter(c, l->loop, &some_enter));
  hr_node *first, *enter;
  if (parent >= 0) {
    control_loop *outer;
    HR_TRY(find_control_loop(c, parent, l->device, &outer));
    first = outer->merge;
  } else {
    HR_TRY(add_token(c, name, l->device, NULL, &first));
  }
  hr_attr_value dtype = HR_ATTR_TYPE_VALUE(HR_FLOAT);
  HR_TRY(add_helper(c,
                    &(helper){.op = "Enter",
                              .name = new_name(c, "_cloop", name),
                              .device = l->device,
                              .num_inputs = 1,
                              .inputs = {{first, 0}},
                              .num_attrs = 4,
                              .attr_names = {"T", "frame_name", "is_constant", "parallel_iterations"},
                              .attrs = {dtype, HR_ATTR_STRING_VALUE(name), HR_ATTR_BOOL_VALUE(false),
                                        *hr_node_attr(c->nodes[some_enter], "parallel_iterations")}},
                    &enter));
  return add_helper(c,
                    &(helper){.op = "Merge",
                              .name = new_name(c, "_cloop", name),
                              .device = l->device,
                              .num_inputs = 2,
                              .inputs = {{enter, 0}, HR_NO_OUTPUT},
                              .num_attrs = 2,
                              .attr_names = {"T", "N"},
                              .attrs = {dtype, HR_ATTR_INT_VALUE(2)},
                              .keep_open = true},
                    &l->merge);
}

/* The control loop of a task; made where it is not there, with those of the loops outside. */
static hr_status find_control_loop(cutter *c, int32_t loop, int32_t device, control_loop **out) {
  control_loop **known = &c->control_loops[loop * c->num_tasks + c->all[device].task];
  if (!*known) {
    *known = HR_ARENA_NEW(c->arena, control_loop);
    if (!*known) return out_of_memory();
    **known = (control_loop){.next = c->incomplete, .loop = loop, .task = c->all[device].task, .device = device};
    c->incomplete = *known;
    HR_TRY(begin_control_loop(c, *known));
  }
  *out = *known;
  return HR_SUCCESS;
}

/* ---- bringing values --------------------------------------------------------------------------------------------- */

static hr_output *find_brought(brought *list, int32_t output, int32_t task) {
  for (; list; list = list->next)
    if (list->output == output && list->task == task) return &list->value;
  return NULL;
}

static hr_status note_brought(cutter *c, brought **list, int32_t output, int32_t task, hr_output value) {
  brought *b = HR_ARENA_NEW(c->arena, brought);
  if (!b) return out_of_memory();
  *b = (brought){*list, output, task, value};
  *list = b;
  return HR_SUCCESS;
}

/* Constants are no less there in another task, and what is the same in every iteration can enter the loop there. */
static bool is_repeated(const hr_node *node) {
  if (node->num_control_inputs > 0) return false;
  if (hr_control_of(node) == HR_CONTROL_ENTER)
    return hr_enters_every_iteration(node) && !hr_dtype_is_ref(hr_node_output_dtype(node, 0));
  return strcmp(node->op->name, "Const") == 0;
}

/* Whether a device with memory of its own has the output in the host's. */
static bool is_in_host_memory(const hr_device *device, const hr_node *node, int32_t output) {
  if (strcmp(device->type, "CPU") == 0) return false;
  const hr_kernel_def *kernel = hr_kernel_lookup(node, device->type);
  return kernel && hr_argument_is_host(kernel, hr_argument_of_output(node, output), hr_node_output_dtype(node, output));
}

static hr_status add_cast(cutter *c, hr_output value, const char *base, int32_t device, hr_dtype to, hr_node **out) {
  return add_helper(c,
                    &(helper){.op = "Cast",
                              .name = new_name(c, "", base),
                              .device = device,
                              .num_inputs = 1,
                              .inputs = {value},
                              .num_attrs = 3,
                              .attr_names = {"SrcT", "DstT", "Truncate"},
                              .attrs = {HR_ATTR_TYPE_VALUE(hr_dtype_base(hr_output_dtype(value))),
                                        HR_ATTR_TYPE_VALUE(to), HR_ATTR_BOOL_VALUE(false)}},
                    out);
}

/* A transfer of `value`, which `from` makes in `loop`. */
static hr_status add_transfer(cutter *c, hr_output value, const char *base, int32_t from, int32_t to, int32_t loop,
                              bool from_host, bool to_host, hr_node **recv) {
  const char *tensor_name = hr_arena_printf(c->arena, "edge_%d_%s", c->num_edges++, base);
  if (!tensor_name) return out_of_memory();
  bool is_narrowed = c->as_bfloat16 && hr_dtype_base(hr_output_dtype(value)) == HR_FLOAT;
  if (is_narrowed) {
    hr_node *narrow;
    HR_TRY(add_cast(c, value, base, from, HR_BFLOAT16, &narrow));
    value = (hr_output){narrow, 0};
  }
  edge_end end = {.is_send = true,
                  .is_host = from_host,
                  .name = new_name(c, "", base),
                  .tensor_name = tensor_name,
                  .from = from,
                  .to = to,
                  .dtype = hr_dtype_base(hr_output_dtype(value)),
                  .value = value};
  hr_node *send;
  HR_TRY(add_end(c, &end, &send));
  HR_TRY(add_target(c, c->all[from].task, send));
  end.is_send = false;
  end.is_host = to_host;
  end.name = new_name(c, "", base);
  end.value = HR_NO_OUTPUT;
  if (loop >= 0) {
    control_loop *control;
    HR_TRY(find_control_loop(c, loop, to, &control));
    end.control = control->merge;
  }
  HR_TRY(add_end(c, &end, recv));
  return is_narrowed ? add_cast(c, (hr_output){*recv, 0}, base, to, HR_FLOAT, recv) : HR_SUCCESS;
}

/* A feed goes in where it is first read. */
static hr_status enter_feed(cutter *c, int32_t feed, int32_t device) {
  hr_output fed = c->request->feeds[feed];
  hr_cut_end *end = &c->out->feeds[feed];
  end->task = c->all[device].task;
  c->feed_device[feed] = device;
  if (end->task == c->own_task) {
    hr_node *copy;
    HR_TRY(copy_node(c, fed.node, device, 0, NULL, &copy));
    end->output = (hr_output){copy, fed.index};
    return HR_SUCCESS;
  }
  const char *name = hr_arena_printf(c->arena, "%s_%d", fed.node->name, fed.index);
  edge_end recv = {.is_client = true,
                   .tensor_name = hr_arena_printf(c->arena, "%s:%d", fed.node->name, fed.index),
                   .name = name ? new_name(c, "_recv_", name) : NULL,
                   .from = device,
                   .to = device,
                   .dtype = hr_dtype_base(hr_output_dtype(fed))};
  if (!recv.tensor_name) return out_of_memory();
  hr_node *node;
  HR_TRY(add_end(c, &recv, &node));
  end->output = (hr_output){node, 0};
  const hr_device *d = c->all[device].device;
  end->key = hr_arena_printf(c->arena, "%s;%016llx;%s;%s;0:0", d->name, (unsigned long long)d->incarnation, d->name,
                             recv.tensor_name);
  return end->key ? HR_SUCCESS : out_of_memory();
}

static hr_status bring_feed(cutter *c, int32_t feed, int32_t device, bool to_host, hr_output *out) {
  hr_cut_end *end = &c->out->feeds[feed];
  int32_t task = c->all[device].task;
  if (end->task < 0) HR_TRY(enter_feed(c, feed, device));
  *out = end->output;
  if (end->task == task) return HR_SUCCESS;
  brought **list = &c->brought[c->count + feed];
  const hr_output *known = find_brought(*list, 0, task);
  if (known) {
    *out = *known;
    return HR_SUCCESS;
  }
  hr_node *recv;
  HR_TRY(add_transfer(c, end->output, c->request->feeds[feed].node->name, c->feed_device[feed], device, -1, false,
                      to_host, &recv));
  *out = (hr_output){recv, 0};
  return note_brought(c, list, 0, task, *out);
}

static hr_status bring(cutter *c, hr_output value, int32_t device, bool to_host, bool *is_open, hr_output *out);

static hr_status repeat(cutter *c, int32_t node, int32_t device, hr_output *out) {
  const hr_node *n = c->nodes[node];
  hr_output input = HR_NO_OUTPUT;
  bool is_open = false;
  if (n->num_inputs) HR_TRY(bring(c, n->inputs[0], device, false, &is_open, &input));
  if (is_open) return hr_error(HR_INVALID_ARGUMENT, "The node '%s' enters a loop that it depends on", n->name);
  hr_node *copy;
  HR_TRY(copy_node(c, n, device, 0, NULL, &copy));
  if (n->num_inputs) copy->inputs[0] = input;
  *out = (hr_output){copy, 0};
  return HR_SUCCESS;
}

/* The value of an output in the task of `device`, whose reader wants it in host memory or not. `*is_open` where what
 * makes it is not made yet. */
static hr_status bring(cutter *c, hr_output value, int32_t device, bool to_host, bool *is_open, hr_output *out) {
  int32_t feed = feed_of(c, value), task = c->all[device].task;
  *is_open = false;
  if (feed >= 0) return bring_feed(c, feed, device, to_host, out);
  int32_t node = index_of(c, value.node);
  if (node < 0) return hr_error(HR_INTERNAL, "Output %s:%d was pruned", value.node->name, value.index);
  *is_open = !c->copies[node];
  if (*is_open) return HR_SUCCESS;
  *out = (hr_output){c->copies[node], value.index};
  if (task_of(c, node) == task) return HR_SUCCESS;
  const hr_output *known = find_brought(c->brought[node], value.index, task);
  if (known) {
    *out = *known;
    return HR_SUCCESS;
  }
  if (is_repeated(value.node)) {
    HR_TRY(repeat(c, node, device, out));
  } else {
    hr_node *recv;
    bool from_host = is_in_host_memory(c->all[c->devices[node]].device, value.node, value.index);
    HR_TRY(add_transfer(c, *out, value.node->name, c->devices[node], device, loop_of_outputs(c, node), from_host,
                        to_host, &recv));
    *out = (hr_output){recv, 0};
  }
  return note_brought(c, &c->brought[node], value.index, task, *out);
}

/* What a node on `device` waits for in place of nodes[node]. */
static hr_status bring_control(cutter *c, int32_t node, int32_t device, hr_node **out) {
  hr_node *copy = *out = c->copies[node];
  int32_t task = c->all[device].task;
  if (task_of(c, node) == task) return HR_SUCCESS;
  const hr_output *known = find_brought(c->brought[node], CONTROL, task);
  if (known) {
    *out = known->node;
    return HR_SUCCESS;
  }
  if (is_repeated(c->nodes[node])) {
    hr_output repeated;
    HR_TRY(repeat(c, node, device, &repeated));
    *out = repeated.node;
  } else {
    hr_node *token, *recv;
    HR_TRY(add_token(c, copy->name, c->devices[node], copy, &token));
    HR_TRY(add_transfer(c, (hr_output){token, 0}, copy->name, c->devices[node], device, loop_of_outputs(c, node), false,
                        false, &recv));
    HR_TRY(add_helper(c,
                      &(helper){.op = "Identity",
                                .name = new_name(c, "", copy->name),
                                .device = device,
                                .num_inputs = 1,
                                .inputs = {{recv, 0}},
                                .num_attrs = 1,
                                .attr_names = {"T"},
                                .attrs = {HR_ATTR_TYPE_VALUE(HR_FLOAT)}},
                      out));
  }
  return note_brought(c, &c->brought[node], CONTROL, task, (hr_output){*out, 0});
}

/* ---- nodes ------------------------------------------------------------------------------------------------------- */

/* References go nowhere: what takes one stands where the variable is. */
static hr_status check_reference(const cutter *c, int32_t node, const hr_arg_def *argument, hr_output value) {
  if (!argument->is_ref || !hr_dtype_is_ref(hr_output_dtype(value)) || feed_of(c, value) >= 0) return HR_SUCCESS;
  int32_t producer = index_of(c, value.node);
  if (producer < 0 || task_of(c, producer) == task_of(c, node)) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "The node '%s' on %s takes a reference to '%s' on %s", c->nodes[node]->name,
                  c->all[c->devices[node]].device->name, value.node->name, c->all[c->devices[producer]].device->name);
}

static hr_status fill_inputs(cutter *c, int32_t index, hr_output *inputs) {
  const hr_node *node = c->nodes[index];
  const hr_device *device = c->all[c->devices[index]].device;
  const hr_kernel_def *kernel = strcmp(device->type, "CPU") == 0 ? NULL : hr_kernel_lookup(node, device->type);
  hr_input_walk walk = hr_input_walk_of(node);
  for (int32_t i = 0; i < node->num_inputs; ++i) {
    const hr_arg_def *argument = hr_next_input(&walk);
    hr_output value = node->inputs[i];
    if (!value.node) return hr_error(HR_INVALID_ARGUMENT, "Input %d of node %s is not connected", i, node->name);
    HR_TRY(check_reference(c, index, argument, value));
    bool is_open, to_host = kernel && hr_argument_is_host(kernel, argument, hr_output_dtype(value));
    inputs[i] = HR_NO_OUTPUT;
    HR_TRY(bring(c, value, c->devices[index], to_host, &is_open, &inputs[i]));
    if (!is_open) continue;
    open_edge *open = HR_ARENA_NEW(c->arena, open_edge);
    if (!open) return out_of_memory();
    *open = (open_edge){c->open, index, i};
    c->open = open;
  }
  return HR_SUCCESS;
}

static hr_status add_node(cutter *c, int32_t index, hr_output *inputs, hr_node **controls) {
  const hr_node *node = c->nodes[index];
  HR_TRY(fill_inputs(c, index, inputs));
  int32_t num_controls = 0;
  for (int32_t i = 0; i < node->num_control_inputs; ++i) {
    int32_t producer = index_of(c, node->control_inputs[i]);
    if (producer < 0) continue;
    if (!c->copies[producer])
      return hr_error(HR_INTERNAL, "The node '%s' waits for '%s', which comes later", node->name,
                      node->control_inputs[i]->name);
    HR_TRY(bring_control(c, producer, c->devices[index], &controls[num_controls++]));
  }
  HR_TRY(copy_node(c, node, c->devices[index], num_controls, controls, &c->copies[index]));
  if (node->num_inputs) memcpy(c->copies[index]->inputs, inputs, sizeof *inputs * (size_t)node->num_inputs);
  return HR_SUCCESS;
}

static hr_status add_nodes(cutter *c) {
  int32_t most_inputs = 0, most_controls = 0;
  for (int32_t i = 0; i < c->count; ++i) {
    if (c->nodes[i]->num_inputs > most_inputs) most_inputs = c->nodes[i]->num_inputs;
    if (c->nodes[i]->num_control_inputs > most_controls) most_controls = c->nodes[i]->num_control_inputs;
  }
  hr_output *inputs;
  hr_node **controls;
  NEW_ARRAY(c, inputs, most_inputs);
  NEW_ARRAY(c, controls, most_controls);
  for (int32_t i = 0; i < c->count; ++i)
    HR_TRY(add_node(c, i, inputs, controls));
  for (open_edge *open = c->open; open; open = open->next) {
    bool is_open;
    hr_node *copy = c->copies[open->node];
    HR_TRY(bring(c, c->nodes[open->node]->inputs[open->input], c->devices[open->node], false, &is_open,
                 &copy->inputs[open->input]));
  }
  return HR_SUCCESS;
}

/* A task that has nodes in a loop iterates even where it receives nothing. */
static hr_status add_missing_control_loops(cutter *c) {
  for (int32_t i = 0; c->flow && i < c->count; ++i) {
    int32_t loop = c->loop_of[i];
    if (loop < 0 || c->loop_cond[loop] < 0 || task_of(c, c->loop_cond[loop]) == task_of(c, i)) continue;
    control_loop *control;
    HR_TRY(find_control_loop(c, loop, c->devices[i], &control));
  }
  return HR_SUCCESS;
}

static hr_status complete_control_loop(cutter *c, const control_loop *l) {
  const char *name = c->flow->loops[l->loop].name;
  hr_node *cond = c->nodes[c->loop_cond[l->loop]], *chosen, *next;
  hr_output predicate;
  bool is_open;
  HR_TRY(bring(c, (hr_output){cond, 0}, l->device, strcmp(c->all[l->device].device->type, "CPU") != 0, &is_open,
               &predicate));
  if (is_open) return hr_error(HR_INTERNAL, "The condition of the loop '%s' is missing", name);
  hr_attr_value dtype = HR_ATTR_TYPE_VALUE(HR_FLOAT);
  HR_TRY(add_helper(c,
                    &(helper){.op = "Switch",
                              .name = new_name(c, "_cloop", name),
                              .device = l->device,
                              .num_inputs = 2,
                              .inputs = {{l->merge, 0}, predicate},
                              .num_attrs = 1,
                              .attr_names = {"T"},
                              .attrs = {dtype}},
                    &chosen));
  HR_TRY(add_helper(c,
                    &(helper){.op = "NextIteration",
                              .name = new_name(c, "_cloop", name),
                              .device = l->device,
                              .num_inputs = 1,
                              .inputs = {{chosen, 1}},
                              .num_attrs = 1,
                              .attr_names = {"T"},
                              .attrs = {dtype}},
                    &next));
  return hr_node_close_input(l->merge, 1, (hr_output){next, 0});
}

static hr_status complete_control_loops(cutter *c) {
  HR_TRY(add_missing_control_loops(c));
  while (c->incomplete) {
    control_loop *l = c->incomplete;
    c->incomplete = l->next;
    HR_TRY(complete_control_loop(c, l));
  }
  return HR_SUCCESS;
}

/* ---- ends of the run --------------------------------------------------------------------------------------------- */

static hr_status leave(cutter *c, int32_t fetch) {
  hr_output value = c->request->fetches[fetch];
  hr_cut_end *end = &c->out->fetches[fetch];
  for (int32_t i = 0; i < fetch; ++i)
    if (hr_output_equal(c->request->fetches[i], value)) {
      *end = c->out->fetches[i];
      return HR_SUCCESS;
    }
  if (feed_of(c, value) >= 0)
    return hr_error(HR_INVALID_ARGUMENT, "%s:%d is both fed and fetched.", value.node->name, value.index);
  int32_t node = index_of(c, value.node);
  if (loop_of_outputs(c, node) >= 0)
    return hr_error(HR_INVALID_ARGUMENT, "%s:%d cannot be fetched: it stands inside a loop", value.node->name,
                    value.index);
  end->task = task_of(c, node);
  end->output = (hr_output){c->copies[node], value.index};
  if (end->task == c->own_task) return HR_SUCCESS;
  const char *name = hr_arena_printf(c->arena, "%s_%d", value.node->name, value.index);
  int32_t device = c->devices[node];
  edge_end send = {.is_send = true,
                   .is_client = true,
                   .is_host = is_in_host_memory(c->all[device].device, value.node, value.index),
                   .tensor_name = hr_arena_printf(c->arena, "%s:%d", value.node->name, value.index),
                   .name = name ? new_name(c, "_send_", name) : NULL,
                   .from = device,
                   .to = device,
                   .dtype = hr_dtype_base(hr_output_dtype(value)),
                   .value = end->output};
  if (!send.tensor_name) return out_of_memory();
  hr_node *added;
  HR_TRY(add_end(c, &send, &added));
  const hr_device *d = c->all[device].device;
  end->key = hr_arena_printf(c->arena, "%s;%016llx;%s;%s;0:0", d->name, (unsigned long long)d->incarnation, d->name,
                             send.tensor_name);
  return end->key ? HR_SUCCESS : out_of_memory();
}

static hr_status add_ends(cutter *c) {
  for (int32_t i = 0; i < c->request->num_fetches; ++i)
    HR_TRY(leave(c, i));
  for (int32_t i = 0; i < c->request->num_targets; ++i) {
    int32_t node = index_of(c, c->request->targets[i]);
    HR_TRY(add_target(c, task_of(c, node), c->copies[node]));
  }
  return HR_SUCCESS;
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

/* What comes into a loop's Merge stands where that does. */
static void gather_loops(cutter *c) {
  for (int32_t i = 0; i < c->count; ++i) {
    const hr_node *node = c->nodes[i];
    for (int32_t k = 0; k < node->num_inputs && hr_is_loop_merge(node); ++k) {
      const hr_node *input = node->inputs[k].node;
      int32_t producer = input ? index_of(c, input) : -1;
      hr_control_flow control = input ? hr_control_of(input) : HR_CONTROL_NONE;
      if (producer >= 0 && (control == HR_CONTROL_ENTER || control == HR_CONTROL_NEXT_ITERATION))
        c->devices[producer] = c->devices[i];
    }
  }
}

static hr_status find_members(cutter *c) {
  int32_t limit = hr_graph_node_count(c->request->graph);
  if (!hr_node_set_init(&c->members, c->arena, limit) || !hr_node_set_init(&c->fed, c->arena, limit))
    return out_of_memory();
  for (int32_t i = 0; i < c->count; ++i)
    hr_node_set_add(&c->members, c->nodes[i]->id);
  for (int32_t i = 0; i < c->request->num_feeds; ++i)
    hr_node_set_add(&c->fed, c->request->feeds[i].node->id);
  if (hr_node_set_rank(&c->members, c->arena) < 0) return out_of_memory();
  return HR_SUCCESS;
}

static void rank_nodes(cutter *c) {
  for (int32_t i = 0; i < c->count; ++i)
    c->rank[hr_node_set_index(&c->members, c->nodes[i]->id)] = i;
}

/* Puts the nodes in order, each with the device that it had. */
static hr_status order(cutter *c, const int32_t *devices) {
  int32_t *by_place;
  NEW_ARRAY(c, by_place, c->count);
  for (int32_t i = 0; i < c->count; ++i)
    by_place[hr_node_set_index(&c->members, c->nodes[i]->id)] = devices[i];
  hr_arena scratch = {0};
  int32_t *loop_of;
  hr_status status = hr_plan_order(c->request, c->arena, &scratch, c->nodes, c->count, &c->flow, &loop_of);
  if (!status && c->flow) memcpy(c->loop_of, loop_of, sizeof *loop_of * (size_t)c->count);
  hr_arena_free(&scratch);
  HR_TRY(status);
  rank_nodes(c);
  for (int32_t i = 0; i < c->count; ++i)
    c->devices[i] = by_place[hr_node_set_index(&c->members, c->nodes[i]->id)];
  return HR_SUCCESS;
}

static hr_status prepare(cutter *c, const int32_t *devices) {
  const hr_plan_request *request = c->request;
  hr_cut *out = c->out;
  NEW_ARRAY(c, out->graphs, c->num_tasks);
  NEW_ARRAY(c, out->targets, c->num_tasks);
  NEW_ARRAY(c, out->num_targets, c->num_tasks);
  NEW_ARRAY(c, c->target_capacity, c->num_tasks);
  NEW_ARRAY(c, out->feeds, request->num_feeds);
  NEW_ARRAY(c, out->fetches, request->num_fetches);
  NEW_ARRAY(c, c->devices, c->count);
  NEW_ARRAY(c, c->rank, c->count);
  NEW_ARRAY(c, c->loop_of, c->count);
  NEW_ARRAY(c, c->copies, c->count);
  NEW_ARRAY(c, c->brought, c->count + request->num_feeds);
  NEW_ARRAY(c, c->feed_device, request->num_feeds);
  for (int32_t i = 0; i < request->num_feeds; ++i)
    out->feeds[i].task = -1;
  HR_TRY(find_members(c));
  HR_TRY(order(c, devices));
  int32_t loops = c->flow ? c->flow->num_loops : 0;
  NEW_ARRAY(c, c->loop_cond, loops);
  NEW_ARRAY(c, c->control_loops, loops * c->num_tasks);
  for (int32_t l = 0; l < loops; ++l)
    c->loop_cond[l] = -1;
  for (int32_t i = 0; i < c->count && loops > 0; ++i)
    if (hr_control_of(c->nodes[i]) == HR_CONTROL_LOOP_COND && c->loop_of[i] >= 0) c->loop_cond[c->loop_of[i]] = i;
  if (loops > 0) gather_loops(c);
  return HR_SUCCESS;
}

hr_status hr_cut_by_task(const hr_plan_request *request, hr_node **nodes, const int32_t *devices, int32_t count,
                         const hr_cut_device *all, int32_t num_tasks, int32_t own_task, bool as_bfloat16,
                         hr_arena *arena, hr_cut *out) {
  cutter c = {.request = request,
              .nodes = nodes,
              .count = count,
              .all = all,
              .num_tasks = num_tasks,
              .own_task = own_task,
              .as_bfloat16 = as_bfloat16,
              .arena = arena,
              .out = out};
  *out = (hr_cut){0};
  HR_TRY(prepare(&c, devices));
  HR_TRY(add_nodes(&c));
  HR_TRY(complete_control_loops(&c));
  return add_ends(&c);
}
