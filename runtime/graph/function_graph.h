/* A graph that becomes the body of a function. What its nodes read of the graph around becomes an argument: a
 * placeholder stands for it inside. */
#ifndef HR_RUNTIME_GRAPH_FUNCTION_GRAPH_H
#define HR_RUNTIME_GRAPH_FUNCTION_GRAPH_H

#include "runtime/graph/node.h"

typedef struct hr_function_graph hr_function_graph;

/* How the body gets what is of the graph around. */
typedef enum hr_capturing {
  HR_CAPTURE_ARGUMENTS, /* placeholders, as Defun */
  HR_CAPTURE_NAMED,     /* placeholders named after what they stand for, as functions that are traced */
  HR_CAPTURE_COPIES,    /* copies of the nodes and all that they read, as Defun's capture_by_value */
} hr_capturing;

/* Makes an empty graph one that captures what is of `outer`, which must outlive the building of it. */
HR_MUST_USE hr_status hr_graph_begin_function(hr_graph *graph, hr_graph *outer, hr_capturing capturing);
/* The graph around, or NULL where the graph is no function's. */
hr_graph *hr_graph_outer(const hr_graph *graph);
/* The name scope of the graph around that was open when the body was begun, "a/b/"; "" at first. */
HR_MUST_USE hr_status hr_graph_set_scope_around(hr_graph *graph, const char *name);
const char *hr_graph_scope_around(const hr_graph *graph);

/* What stands for an output of a graph around in the scope's graph: the one made for it, or a new placeholder in the
 * scope, outside of its branches and loops and waiting for nothing; or a copy. Other outputs are answered as they are.
 * InvalidArgument for references, and for placeholders and stateful nodes (other than datasets) that would be copied.
 */
HR_MUST_USE hr_status hr_capture(hr_scope scope, hr_output outside, hr_output *inside);

/* Whether conditionals and loops in the graph are nodes of functions, and arrays lists: in bodies whose arguments are
 * named after what they stand for, as in TensorFlow's FuncGraph; elsewhere where the graph, or one around, was told so.
 */
bool hr_graph_has_functional_flow(const hr_graph *graph);
void hr_graph_set_functional_flow(hr_graph *graph, bool functional);
/* Whether what is stateful in the body runs in the order in which it was made; false at first. */
void hr_graph_set_runs_in_order(hr_graph *graph, bool runs_in_order);
bool hr_graph_runs_in_order(const hr_graph *graph);

/* How what is of `source` is captured, a graph that is none of those around: by a function, which may call
 * hr_capture_as_argument. One source at most. */
typedef hr_status (*hr_capture_function)(void *argument, hr_scope scope, hr_output outside, hr_output *inside);
void hr_graph_capture_from(hr_graph *graph, const hr_graph *source, hr_capture_function capture, void *argument);
/* An argument for an output of whatever graph, in the graph of which it is called `name`: the one made for it, or a new
 * one. */
HR_MUST_USE hr_status hr_capture_as_argument(hr_scope scope, hr_output outside, const char *name, hr_output *inside);
/* Whether nodes of the graph may read those of the other one. */
bool hr_graph_may_capture(const hr_graph *graph, const hr_graph *other);

/* What was captured so far, in order, and the placeholders; nothing where there are copies. What is of a graph around
 * the outer one is captured there when the function is called. */
void hr_captured(const hr_graph *graph, hr_outputs *outside, hr_outputs *inside);

#endif
