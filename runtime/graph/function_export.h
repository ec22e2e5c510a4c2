/* A graph's nodes as the body of a function. */
#ifndef HR_RUNTIME_GRAPH_FUNCTION_EXPORT_H
#define HR_RUNTIME_GRAPH_FUNCTION_EXPORT_H

#include "headrace/op_call.h"
#include "runtime/graph/node.h"

typedef struct hr_function_spec {
  const char *name;
  bool append_hash;     /* to the name: "_" and eleven letters that tell functions of one name apart */
  const char *doc;      /* NULL: none */
  hr_outputs arguments; /* of nodes of their own, which do not become a part of the body */
  hr_outputs results;
  hr_strings result_names; /* none: after the nodes */
  int32_t num_controls;    /* nodes that a call must run whatever becomes of its results */
  hr_node *const *controls;
  int32_t num_attrs; /* of the definition; they do not count in the hash */
  const char *const *attr_names;
  const hr_attr_value *attr_values;
} hr_function_spec;

/* Writes a serialised FunctionDef of all nodes of the graph, names and order as TensorFlow 1.15 has them; `*name`, the
 * function's full name, is malloc'd. InvalidArgument for result names that are used twice and for nodes that wait for
 * other graphs'. */
HR_MUST_USE hr_status hr_graph_to_function(const hr_graph *graph, const hr_function_spec *spec, hr_text *out,
                                           char **name);

#endif
