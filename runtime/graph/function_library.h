/* The functions that a graph carries, under their names. Each is kept as it came and goes out as it came; its signature
 * makes an op of it, which nodes may have like any other op.
 *
 * The building thread adds functions, any thread finds them. A private graph, of a plan or of shape inference, has no
 * library of its own: it calls the functions of the graph that it was made for. */
#ifndef HR_RUNTIME_GRAPH_FUNCTION_LIBRARY_H
#define HR_RUNTIME_GRAPH_FUNCTION_LIBRARY_H

#include "proto/function.pb-c.h"
#include "runtime/graph/graph_internal.h"

typedef struct hr_function hr_function;
struct hr_function {
  _Atomic(hr_function *) next; /* in the order in which they were added */
  hr_function *next_in_bucket;
  hr_view bytes; /* the FunctionDef */
  const HrPb__FunctionDef *def;
  hr_op_def op;                  /* its signature */
  hr_gradient_function gradient; /* of calls, that the program gave; NULL: none. The building thread's */
  void *gradient_argument;
};

/* The function of that name, or NULL. */
const hr_function *hr_function_find(const hr_graph *graph, hr_view name);
/* The function behind the op of a node, or NULL. */
const hr_function *hr_function_of_op(const hr_op_def *op);
/* The name of the function that the library says computes the gradient of `function`, or NULL. */
const char *hr_function_gradient(const hr_graph *graph, const char *function);

/* A built-in or registered op, or one of the graph's functions; NULL where there is none. */
const hr_op_def *hr_graph_find_op(const hr_graph *graph, const char *name, size_t length);

/* Adds the functions and gradients of a serialised FunctionDefLibrary that the graph does not have yet. InvalidArgument
 * for malformed bytes, signatures that are none, another function of a known name, or the name of an op. */
HR_MUST_USE hr_status hr_function_library_add(hr_graph *graph, hr_view library);
/* The same for one serialised FunctionDef, and for one gradient function. */
HR_MUST_USE hr_status hr_function_library_add_function(hr_graph *graph, hr_view function);
HR_MUST_USE hr_status hr_function_library_add_gradient(hr_graph *graph, const char *function, const char *gradient);

/* What differentiates calls of a function of the graph's library. */
void hr_function_set_gradient(hr_graph *graph, const char *name, hr_gradient_function gradient, void *argument);

/* Appends the fields of the FunctionDefLibrary; nothing where the graph has no functions. */
void hr_function_library_write(const hr_graph *graph, hr_text *out);

/* Calls `each` with the op of every node of every function. */
void hr_function_library_ops(const hr_graph *graph, void (*each)(void *argument, hr_view op), void *argument);

/* How much there is now, and back to it: for an import that failed. */
typedef struct hr_library_mark {
  hr_function *last;
  struct hr_gradient_entry *last_gradient;
} hr_library_mark;
hr_library_mark hr_function_library_mark(const hr_graph *graph);
void hr_function_library_drop(hr_graph *graph, hr_library_mark mark);

/* A private graph of the same versions that calls the functions of `graph`, which it keeps. NULL when out of memory. */
hr_graph *hr_graph_new_private(hr_graph *graph);

#endif
