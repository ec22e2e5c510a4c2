/* Plans: what a run of one signature executes, laid out flat.
 *
 * A plan is made once from (feeds, fetches, targets) and never changes afterwards:
 *   prune    the nodes that the fetches and targets need, stopping at feeds       prune.c
 *   expand   where they call functions: what these consist of                     expand.h
 *   place    a device for each node                                                placer.h
 *   cut      the edges between devices                                             partition.h
 *   order    where they have branches and loops: what runs when                   order.c, conditions.c, program.c
 *   resolve  a kernel for each node, with its state                                plan.c
 *   rewrite  leaves nodes out: duplicates, identities, chains of elementwise nodes  rewrite.h
 *   layout   value slots, input pointers, consumers, release points                layout.c
 *
 * Nodes stand in creation order, which is a topological order unless there are loops (flow.h). A value slot holds the
 * output of a node, a feed, or the dereferenced value of a reference input. Constant nodes (kernels with
 * HR_KERNEL_CONSTANT, without inputs and control inputs) run once, before the first run; their slots belong to the plan
 * and are shared by all runs.
 */
#ifndef HR_RUNTIME_PLAN_PLAN_H
#define HR_RUNTIME_PLAN_PLAN_H

#include "headrace/kernel.h"
#include "runtime/base/arena.h"
#include "runtime/device/device.h"
#include "runtime/graph/node.h"
#include "runtime/plan/placer.h"
#include <stdatomic.h>

/* A node in a plan: everything that is the same in every run. */
struct hr_plan_node {
  const hr_node *node;
  const hr_kernel_def *kernel;
  void *state; /* of the kernel */
  hr_device *device;
  int32_t lane;        /* where it runs: into hr_plan.lanes */
  int32_t first_input; /* into hr_plan.input_slots */
  int32_t num_inputs, num_outputs;
  int32_t first_slot;                          /* of the outputs, contiguous */
  int32_t first_dereference, num_dereferences; /* into hr_plan.dereferences */
  int32_t first_release, num_releases;         /* into hr_plan.releases: slots nobody needs after this node (walk) */
  int32_t first_edge, num_edges;               /* into hr_plan.edges: who waits for it (dataflow) */
  int32_t pending;                             /* inputs and controls to wait for (dataflow) */
  uint64_t forwardable;                        /* walk: inputs whose last use this is */
  uint64_t host_outputs;                       /* in host memory, though the device has its own (the first 64) */
  uint64_t fixed_inputs;                       /* never taken over: outputs are in the other memory */
  int32_t transit;                             /* walk: of a transfer between lanes, its number; else -1 */
  _Atomic int64_t nanos;                       /* least measured cost; 0 until known */
  _Atomic bool splits;                         /* its loops were seen to use several threads */
};

/* Copies the value of a reference into a slot before a node starts. */
typedef struct hr_dereference {
  int32_t from, to; /* slots */
  int32_t merged;   /* of a Merge: the input, which may be dead; else -1 */
  bool allow_uninitialized;
} hr_dereference;

/* One node waits for another. */
typedef struct hr_plan_edge {
  int32_t consumer;
  int32_t output, input; /* of the producer, of the consumer; -1 for a control edge */
} hr_plan_edge;

typedef struct hr_plan_feed {
  hr_output output; /* of the session's graph */
  hr_output source; /* of the plan's, where that is another */
  int32_t slot;     /* -1: nothing in the plan reads it and no fetch wants it */
} hr_plan_feed;

typedef struct hr_plan_fetch {
  hr_output output, source; /* as in hr_plan_feed */
  int32_t slot;
  bool is_ref;
  bool is_last; /* no later fetch reads the same slot: the value may be moved out */
} hr_plan_fetch;

/* Another form of a constant (exec/constant_forms.h). */
typedef struct hr_constant_form_entry {
  struct hr_constant_form_entry *next;
  const hr_tensor *constant;
  hr_status (*make)(const hr_tensor *constant, hr_tensor *out);
  hr_tensor form;
} hr_constant_form_entry;

typedef struct hr_schedule hr_schedule;   /* exec/offload.h */
typedef struct hr_plan_flow hr_plan_flow; /* flow.h */
typedef struct hr_alias hr_alias;         /* rewrite.h */
typedef struct hr_plan hr_plan;
struct hr_plan {
  hr_arena arena; /* everything below but kernel states */
  uint64_t hash;  /* of the signature */
  int32_t num_feeds, num_fetches, num_targets;
  hr_plan_feed *feeds;
  hr_plan_fetch *fetches;
  hr_node **targets;

  hr_graph *expanded;  /* in which calls are what their functions consist of; NULL: there are none */
  hr_graph *own_graph; /* of nodes on several devices; NULL: the nodes are those of `expanded`, or the session's */
  const hr_device_set *devices;
  hr_device *device; /* the first CPU */
  hr_resource_manager *resources;
  int32_t num_nodes, num_constant_nodes;
  int32_t *constant_input_slots;    /* of constant nodes: hr_plan_node.first_input is into this */
  hr_plan_node *nodes;              /* run in every step, in this order */
  hr_plan_node *constant_nodes;     /* run once, by exec/constants.h */
  int32_t num_constants, num_slots; /* slots [0, num_constants) are the plan's, the others the run's */
  hr_value *constants;
  _Atomic(hr_constant_form_entry *) constant_forms;
  uint8_t *slot_kinds; /* hr_slot_kind of every slot */
  /* Lanes: 0 is the thread that walks, the others are streams of devices (exec/lanes.h). A slot is of one lane, and
   * nothing else touches it during a run. */
  int32_t num_lanes;
  hr_device **lanes;
  uint8_t *slot_lanes; /* NULL: all 0 */
  int32_t num_transits;
  int32_t num_inputs;
  int32_t *input_slots;
  hr_dereference *dereferences;
  int32_t num_releases;
  int32_t *releases;
  hr_alias *aliases;                      /* by node id: what stands for nodes that were left out; NULL: none were */
  hr_plan_flow *flow;                     /* of nodes with control flow, or in another order than that of creation */
  hr_plan_edge *edges;                    /* dataflow only, like the next */
  int32_t *slot_readers;                  /* node inputs that read a slot's value; -1: the value is kept to the end */
  bool has_folded;                        /* some constant nodes have inputs: computed once, unless they fail */
  bool is_dataflow;                       /* has asynchronous kernels, or control flow that is no nest */
  bool may_offload;                       /* walked, and the session lets nodes run on the pool */
  bool plans_memory;                      /* walked on one thread: a step asks for memory in the same order each time */
  _Atomic int32_t runs;                   /* timed so far, where it may offload */
  _Atomic(struct hr_schedule *) schedule; /* what goes to the pool, once known (exec/offload.h) */
};

typedef enum hr_slot_kind { HR_SLOT_TENSOR = 0, HR_SLOT_REF = 1 } hr_slot_kind;

/* What a plan is made for. */
typedef struct hr_plan_request {
  hr_graph *graph;
  const hr_device_set *devices;
  hr_resource_manager *resources;         /* where stateful kernels keep their objects */
  hr_resource_manager *private_resources; /* of one session, where several share `resources`; else NULL */
  hr_placer *placer;                      /* NULL: everything runs on the first device, whatever it asks for */
  bool may_offload;                       /* long nodes may run on the pool */
  uint32_t rewrites_off;                  /* hr_rewrite */
  bool ignore_controls;                   /* nothing runs for control edges: they do not change what a constant is */
  bool may_wait;                          /* the calling thread may wait for asynchronous kernels (waits.c) */
  bool dataflow;                          /* no walk, even where it would do */
  bool keep_values;                       /* partial runs: no slot is reused or released before the end */
  int32_t num_feeds;
  const hr_output *feeds;
  int32_t num_fetches;
  const hr_output *fetches;
  int32_t num_targets;
  hr_node *const *targets;
} hr_plan_request;

/* Errors: InvalidArgument (nodes of another graph, bad devices, fed twice, missing kernels), those of kernel
 * construction. */
HR_MUST_USE hr_status hr_plan_new(const hr_plan_request *request, hr_plan **out);
void hr_plan_free(hr_plan *plan);

/* ---- stages, for plan.c --------------------------------------------------------------------------------------- */

/* The nodes to run, in creation order, in the arena: everything that `request` needs, stopping at fed outputs. */
HR_MUST_USE hr_status hr_plan_prune(const hr_plan_request *request, hr_arena *arena, hr_node ***nodes, int32_t *count);

/* Fills in slots, inputs, dereferences, releases and edges of a plan whose nodes and kernels are set. */
HR_MUST_USE hr_status hr_plan_layout(const hr_plan_request *request, hr_plan *plan);

#endif
