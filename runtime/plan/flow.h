/* Control flow of a plan: what makes branches and loops walkable.
 *
 * Switch, Merge, Enter, Exit and NextIteration say at run time which values are alive. Most of what they can say is
 * known when the plan is made:
 *   - every node belongs to one loop, or to none (order.c); a loop's nodes stand together, so that an iteration is a
 *     walk over them, and Enter nodes stand before it;
 *   - every node has a condition, a set of literals "predicate p is true" or "is false" (conditions.c): what its inputs
 *     come from decides whether it is alive. What a Merge of both branches of a Switch says is true again.
 * From both comes a short program (program.c): runs of nodes, nodes under a condition, loops. Graphs whose control flow
 * is no nest of branches and loops are left to the dataflow executor, which tracks dead values one by one.
 */
#ifndef HR_RUNTIME_PLAN_FLOW_H
#define HR_RUNTIME_PLAN_FLOW_H

#include "runtime/plan/plan.h"

/* The condition of what is always alive, and of what never is: its literals contradict each other. */
#define HR_ALWAYS 0
#define HR_NEVER  1

/* A node's place in control flow. */
typedef struct hr_flow_node {
  int32_t loop;      /* the innermost loop it runs in, -1 for none */
  int32_t condition; /* when it runs, within an iteration of its loop */
  int32_t predicate; /* what a Switch sets, or the first of several; of a Merge that has its own: is it alive? -1 */
  int32_t choice;    /* of a Merge: into hr_plan_flow.choices */
} hr_flow_node;

typedef struct hr_plan_loop {
  const char *name;                    /* frame_name */
  int32_t parent;                      /* the loop it stands in, -1 for none */
  int32_t begin, end;                  /* its nodes, those of loops inside among them */
  int32_t entry;                       /* the condition under which it runs, in its parent */
  int32_t repeat;                      /* the condition of another iteration, at the end of one */
  int32_t first_release, num_releases; /* after the last iteration */
  int32_t num_enters;                  /* Enter nodes that lead into it */
  int32_t parallel_iterations;         /* as they say */
  int32_t num_nodes, num_slots;        /* directly inside (dataflow) */
  int32_t first_member;                /* of the nodes directly inside, into hr_plan_flow.members (dataflow) */
} hr_plan_loop;

/* Literals of a condition: 2 * predicate + value, rising. */
typedef struct hr_condition {
  int32_t first, count; /* into hr_plan_flow.literals */
} hr_condition;

typedef enum hr_instruction_kind {
  HR_RUN,    /* nodes first to end - 1 */
  HR_SWITCH, /* node first */
  HR_MERGE,  /* node first */
  HR_ENTRY,  /* node first: a Merge of what enters a loop and what comes back */
  HR_WHEN,   /* goes on where `condition` holds; else releases [release, end_release) and goes to `target` */
  HR_LOOP,   /* begins loop first */
  HR_AGAIN,  /* ends an iteration of loop first: goes to `target` where another one follows */
  /* The same for nodes of other lanes: */
  HR_QUEUE,
  HR_QUEUE_SWITCH, /* `waits` until the predicate is known, where no other Switch has told it */
  HR_QUEUE_MERGE,
  HR_QUEUE_ENTRY,
} hr_instruction_kind;

typedef struct hr_instruction {
  hr_instruction_kind kind;
  int32_t first, end;
  int32_t condition, target;
  int32_t release, end_release;
  bool waits;
} hr_instruction;

struct hr_plan_flow {
  hr_flow_node *nodes; /* parallel to hr_plan.nodes */
  int32_t num_loops;
  hr_plan_loop *loops; /* outer ones before inner ones */
  int32_t num_conditions, num_literals, num_predicates;
  hr_condition *conditions;
  int32_t *literals;
  int32_t num_choices;
  int32_t *choices; /* of each Merge: the conditions of its inputs */
  int32_t num_instructions;
  hr_instruction *instructions;
  /* Dataflow: each iteration of a loop has its own memory, in which nodes and slots are numbered by loop. */
  int32_t *members;    /* nodes, by loop */
  int32_t *local_node; /* of a node: its place among those of its loop */
  int32_t *slot_loop;  /* of a slot: the loop in which it is read, -1 */
  int32_t *local_slot; /* of a slot: its place among those of slot_loop */
  bool is_controlled;  /* has branches or loops; else only the order is another than that of creation */
  bool is_walkable;
  bool waits_in_order; /* asynchronous nodes each need the one before: the walk waits for them */
};

/* Order of the pruned nodes: topological, each loop's nodes together. `*flow` is NULL, and nothing moves, where the
 * nodes have no control flow and stand in order already. InvalidArgument for cycles and for nodes with inputs from
 * different loops. `loop_of` (in `scratch`) says which loop each node, in its new place, belongs to. */
HR_MUST_USE hr_status hr_plan_order(const hr_plan_request *request, hr_arena *arena, hr_arena *scratch, hr_node **nodes,
                                    int32_t count, hr_plan_flow **flow, int32_t **loop_of);

/* Moves what does not need an asynchronous node before it, where each of these needs the one before (waits_in_order);
 * else nothing moves. For nodes on the first device; after hr_plan_order. */
HR_MUST_USE hr_status hr_plan_order_waits(const hr_plan_request *request, hr_arena *arena, hr_arena *scratch,
                                          hr_node **nodes, int32_t count, hr_plan_flow **flow, int32_t **loop_of);

/* Fills in conditions and predicates; plan->nodes and the loops' ranges are set. Clears is_walkable where a loop does
 * not end like one. */
HR_MUST_USE hr_status hr_plan_find_conditions(const hr_plan_request *request, hr_plan *plan);

/* Writes the instructions; conditions and layout are set. */
HR_MUST_USE hr_status hr_plan_write_program(hr_plan *plan);

/* Numbers nodes and slots by loop, for the dataflow executor; layout and edges are set. */
HR_MUST_USE hr_status hr_plan_part_frames(hr_plan *plan);

static inline hr_control_flow hr_control_of(const hr_node *node) { return (hr_control_flow)node->op->control; }
/* The end of an edge to another partition. */
static inline bool hr_is_edge_end(const hr_node *node) {
  return hr_control_of(node) == HR_CONTROL_SEND || hr_control_of(node) == HR_CONTROL_RECV;
}
/* The loop that an Enter, which itself runs in loop `parent`, leads into. */
int32_t hr_loop_entered(const hr_plan_flow *flow, int32_t parent, const hr_node *enter);
/* A Merge that something comes back to. */
bool hr_is_loop_merge(const hr_node *node);
static inline bool hr_enters_every_iteration(const hr_node *enter) { return hr_node_attr(enter, "is_constant")->b; }

#endif
