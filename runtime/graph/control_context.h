/* Control-flow contexts: a branch of a conditional, a loop.
 *
 * The builder makes them (builder/control_flow). The graph knows that a scope may be in one, that each node made there
 * is handed to it, and that nodes remember theirs. */
#ifndef HR_RUNTIME_GRAPH_CONTROL_CONTEXT_H
#define HR_RUNTIME_GRAPH_CONTROL_CONTEXT_H

#include "headrace/scope.h"
#include "runtime/graph/op_def.h"

typedef struct hr_control_context hr_control_context;

/* A node that is about to be made in `context`, which may be NULL. */
typedef struct hr_reader {
  const hr_control_context *context;
  const hr_op_def *op;
  const char *name;
} hr_reader;

typedef struct hr_control_context_type {
  /* Makes a node that was just published a part of the context: its inputs from outside are replaced by what brings
   * them in, which is made in `scope`; its control inputs from outside go. */
  hr_status (*adopt)(hr_control_context *context, hr_scope scope, hr_node *node);
  /* InvalidArgument where a reader may not read a node of this context. */
  hr_status (*check_reader)(const hr_control_context *context, const hr_node *input, const hr_reader *reader);
} hr_control_context_type;

struct hr_control_context {
  const hr_control_context_type *type;
  hr_control_context *outer; /* that it was made in, or NULL */
};

/* The context of a scope, or NULL. */
hr_control_context *hr_scope_control_context(hr_scope scope);
/* A scope in the context. */
hr_scope hr_scope_enter_context(hr_scope scope, hr_control_context *context);
/* A scope in the context that was current when `context`, which the scope is in, was entered last. */
hr_scope hr_scope_leave_context(hr_scope scope, const hr_control_context *context);

#endif
