/* Plans of graphs that call functions. Where nodes of a plan are calls (Defun's functions, PartitionedCall, If, While,
 * SymbolicGradient), the plan is made over a private graph: copies of the nodes, and in place of each call the nodes of
 * the function's body, names below the call's; branches and loops become Switch, Merge, Enter and the like. The
 * executors then have nothing to know of functions. The program's graph is never touched, and plans without calls pay
 * nothing.
 *
 * What a call becomes is the builder's affair, which knows how to build branches, loops and gradients: it registers
 * the function that does it. */
#ifndef HR_RUNTIME_PLAN_EXPAND_H
#define HR_RUNTIME_PLAN_EXPAND_H

#include "runtime/graph/function_call.h"
#include "runtime/plan/plan.h"

/* What stands for a call in the private graph. */
typedef struct hr_expanded_call {
  hr_outputs results; /* one for each output of the call */
  hr_node *done;      /* made when all effects of the call have happened, and all results where it has no effects */
  bool has_effects;   /* it must run even where nobody reads its results */
} hr_expanded_call;

/* Everything that one plan's calls share. */
typedef struct hr_expansion {
  hr_graph *graph; /* private */
  hr_builder *builder;
  int32_t nodes_left;                  /* that bodies may still have */
  const struct hr_active_call *active; /* the calls that are being expanded, innermost first */
} hr_expansion;

/* How a call is to be made. */
typedef struct hr_call_site {
  const hr_node *node; /* of the private graph or of the one that it is a copy of: op, name, attributes */
  hr_scope scope;      /* where the call stands: its device, its branch or loop */
  hr_outputs inputs;   /* of the private graph */
  int32_t num_controls;
  hr_node *const *controls;
  bool is_conditional; /* it stands in a branch or loop that the scope does not know of */
} hr_call_site;

/* NotFound, InvalidArgument, Unimplemented: what is wrong with a function; ResourceExhausted where functions call each
 * other without end. */
typedef hr_status (*hr_call_expander)(hr_expansion *expansion, const hr_call_site *site, hr_expanded_call *out);
void hr_register_call_expander(hr_call_expander expander);

bool hr_has_calls(hr_node *const *nodes, int32_t count);

/* Makes the private graph of the pruned nodes of a request, and the request for it: `*inner`, whose arrays are in the
 * arena. Copies stand where the nodes do. The caller releases inner->graph, and frees inner->placer, where there is
 * one.
 */
HR_MUST_USE hr_status hr_plan_expand(const hr_plan_request *request, hr_node *const *nodes, int32_t count,
                                     hr_arena *arena, hr_plan_request *inner);

#endif
