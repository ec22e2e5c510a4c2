/* What a call becomes in a plan's private graph (runtime/plan/expand.h): the nodes of a body, a conditional, a loop,
 * the gradient of a body. For the files of this folder. */
#ifndef HR_BUILDER_FUNCTIONS_EXPAND_H
#define HR_BUILDER_FUNCTIONS_EXPAND_H

#include "builder/builder.h"
#include "runtime/plan/expand.h"

/* A call that is being expanded, and the one around it. */
typedef struct hr_active_call {
  const hr_function *function;
  int32_t depth;
  const struct hr_active_call *outer;
} hr_active_call;

/* How the nodes of a body stand to the rest: they wait for `entry` (NULL: for nothing), and for it even where they are
 * constants, if the call is in a branch or loop that its scope does not know of. */
typedef struct hr_entry {
  hr_node *node;
  bool is_conditional;
} hr_entry;

/* The node that a call's nodes wait for: made where the call waits for something itself or is conditional. */
hr_entry hr_call_entry(const hr_call_site *site);
/* The inputs by value, after `entry`: references are read. In the graph's memory. */
hr_outputs hr_call_inputs(const hr_call_site *site, hr_entry entry);

/* Makes a body below the name scope `name`, which is made unique, and expands the calls in it. */
HR_MUST_USE hr_status hr_expand_function(hr_expansion *x, hr_scope scope, const char *name, const hr_call *call,
                                         hr_outputs arguments, hr_entry entry, hr_expanded_call *out);

/* The kinds of calls. `arena` holds what is needed meanwhile. */
HR_MUST_USE hr_status hr_expand_if(hr_expansion *x, const hr_call_site *site, hr_arena *arena, hr_expanded_call *out);
HR_MUST_USE hr_status hr_expand_case(hr_expansion *x, const hr_call_site *site, hr_arena *arena, hr_expanded_call *out);
HR_MUST_USE hr_status hr_expand_while(hr_expansion *x, const hr_call_site *site, hr_arena *arena,
                                      hr_expanded_call *out);
HR_MUST_USE hr_status hr_expand_gradient(hr_expansion *x, const hr_call_site *site, hr_arena *arena,
                                         hr_expanded_call *out);

/* A node that is made when others are: one that waits for them all, called "NAME_SUFFIX". */
hr_node *hr_join_nodes(hr_scope scope, const char *name, const char *suffix, int32_t count, hr_node *const *nodes);
/* The call's first error, which may be at the builder. */
static inline HR_MUST_USE hr_status hr_first_error(hr_scope scope, hr_status status) {
  hr_status_keep_first(&status, hr_builder_status(scope.builder));
  return status;
}
/* Whether a scalar holds as If and While see it: a number that is not zero, a string that is not empty; another tensor
 * where it has elements. */
hr_output hr_as_condition(hr_scope scope, hr_output value);

#endif
