/* Graphs that become functions, and functions that become graphs again. */
#ifndef HR_BUILDER_FUNCTIONS_BODY_H
#define HR_BUILDER_FUNCTIONS_BODY_H

#include "builder/builder.h"

/* The graph of a function's body while it is built; zeroed: none. */
typedef struct hr_function_body_graph {
  hr_graph *graph;
  hr_builder *builder;
  hr_scope scope; /* its root */
  hr_outputs arguments, results;
  int32_t num_controls; /* nodes that run whatever becomes of the results, of a body that a definition tells */
  hr_node *const *controls;
  const hr_body_host *host; /* that made it, with `object`; or NULL */
  void *object;
} hr_function_body_graph;

/* Makes an empty graph one that captures from `outer`, with its seed, and with its order of stateful nodes. */
HR_MUST_USE hr_status hr_body_graph_begin(hr_graph *body, hr_graph *outer);
/* An empty body of a branch in the scope. */
HR_MUST_USE hr_status hr_body_begin(hr_scope outer, hr_function_body_graph *out);
/* The same, made by the host of the scope's builder where it has one: for functions that the host calls back. */
HR_MUST_USE hr_status hr_hosted_body_begin(hr_scope outer, hr_function_body_graph *out);
void hr_body_free(hr_function_body_graph *body);

/* The body of a function of the graph's library, as a graph: its arguments are placeholders of their names, with the
 * shapes of `inputs`, which stand for them; its nodes have the names of the definition. It captures from `graph`.
 * NotFound where the library lacks the function; InvalidArgument where it does not fit. */
HR_MUST_USE hr_status hr_body_of_function(hr_graph *graph, const hr_function_attr *function, hr_outputs inputs,
                                          hr_function_body_graph *out);

#endif
