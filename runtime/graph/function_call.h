/* What a node calls: a function with values for the attributes of its signature. */
#ifndef HR_RUNTIME_GRAPH_FUNCTION_CALL_H
#define HR_RUNTIME_GRAPH_FUNCTION_CALL_H

#include "runtime/graph/attr.h"
#include "runtime/graph/function_library.h"

typedef struct hr_call {
  const hr_function *function;
  const hr_attr_value *attrs; /* function->op.num_attrs of them, all set */
} hr_call;

/* Whether the node's results are those of a function call; the plan has other nodes in its place then. */
static inline bool hr_is_call(const hr_node *node) { return node->op->control == HR_CONTROL_CALL; }

/* The call that a function value, the attribute of a node of the graph, stands for. NotFound where the library has no
 * such function; InvalidArgument for attributes that its signature does not allow. Attributes are in the arena. */
HR_MUST_USE hr_status hr_call_of_value(const hr_graph *graph, const hr_function_attr *value, hr_arena *arena,
                                       hr_call *out);
/* The same of attribute `name` of a node; of a node that has a function for its op, where `name` is NULL. */
HR_MUST_USE hr_status hr_call_of_node(const hr_node *node, const char *name, hr_arena *arena, hr_call *out);

/* How many arguments and results the function has, lists counted by element, and their dtypes (in the arena). */
HR_MUST_USE hr_status hr_call_arguments(const hr_call *call, hr_arena *arena, int32_t *count, const hr_dtype **dtypes);
HR_MUST_USE hr_status hr_call_results(const hr_call *call, hr_arena *arena, int32_t *count, const hr_dtype **dtypes);

/* What the nodes of a body became. */
typedef struct hr_body {
  hr_outputs results; /* in the graph's arena */
  int32_t num_controls;
  hr_node **controls; /* that the definition says must run, in the graph's arena */
  int32_t first, end; /* ids of the nodes */
} hr_body;

/* Makes the nodes of a function's body in the scope, below a name scope `name` that is made unique. They get the
 * scope's devices and control inputs, and join its branch or loop. With "" for a name there is none, and names stay;
 * else colocation inside the body is left out, and what must stand together is together by its references.
 * InvalidArgument for bodies that do not fit their signature, for unknown ops, cycles, attributes without a value. */
HR_MUST_USE hr_status hr_call_build(hr_scope scope, const char *name, const hr_call *call, hr_outputs arguments,
                                    hr_body *out);

#endif
