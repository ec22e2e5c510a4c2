/* tf.graph_util: GraphDefs cut, frozen and cleaned; graphs and GraphDefs written to files.
 *
 * These functions take and give serialised GraphDefs; the caller frees what it gets with free(). Nodes keep their order
 * and everything that a function does not speak of. InvalidArgument for bytes that are no GraphDef or NodeDef.
 */
#ifndef HEADRACE_GRAPH_UTIL_H
#define HEADRACE_GRAPH_UTIL_H

#include "headrace/graph_io.h"
#include "headrace/op_call.h"
#include "headrace/session.h"

#ifdef __cplusplus
extern "C" {
#endif

/* tf.graph_util.extract_sub_graph: `nodes` (names) and what they need, with library and versions. NotFound for a name
 * or an input that the GraphDef lacks. */
HR_API HR_MUST_USE hr_status hr_extract_sub_graph(const void *graph_def, size_t length, hr_strings nodes,
                                                  hr_owned_bytes *out);

typedef struct hr_freezing_options {
  const hr_strings *whitelist; /* only these variables become constants; NULL: all */
  const hr_strings *blacklist; /* but not these; NULL: none */
} hr_freezing_options;
/* tf.graph_util.convert_variables_to_constants: freezing. What `outputs` (names of nodes) need of the GraphDef, with
 * the session's values in place of its variables. Like TensorFlow's, the new constants have no device, and the GraphDef
 * no versions. Errors as above, and those of evaluating the variables, which the session's graph must have. */
HR_API HR_MUST_USE hr_status hr_convert_variables_to_constants_with(hr_session *session, const void *graph_def,
                                                                    size_t length, hr_strings outputs,
                                                                    hr_owned_bytes *out,
                                                                    const hr_freezing_options *options);
#define hr_convert_variables_to_constants(session, graph_def, length, outputs, out, ...)                               \
  hr_convert_variables_to_constants_with((session), (graph_def), (length), (outputs), (out),                           \
                                         &(hr_freezing_options){__VA_ARGS__})

/* tf.graph_util.remove_training_nodes: without CheckNumerics and Identity, whose readers get their inputs, save for
 * `protected_nodes` and Identity nodes with or as control inputs. Library and versions are left out. Other than
 * TensorFlow's, what reads a CheckNumerics does not lose the input. */
HR_API HR_MUST_USE hr_status hr_remove_training_nodes(const void *graph_def, size_t length, hr_strings protected_nodes,
                                                      hr_owned_bytes *out);

/* tf.graph_util.must_run_on_cpu: whether a node (a serialised NodeDef) has no kernel for a GPU: constants of strings
 * and int32, DynamicStitch of and Cast from int32; with `pin_variables` variables and what writes them, too. */
HR_API HR_MUST_USE hr_status hr_must_run_on_cpu(const void *node_def, size_t length, bool pin_variables, bool *answer);

/* tf.graph_util.tensor_shape_from_node_def_name: the static shape of "node" or "node:1". Errors of hr_graph_output. */
HR_API HR_MUST_USE hr_status hr_tensor_shape_from_node_def_name(const hr_graph *graph, const char *name,
                                                                hr_partial_shape *out);

/* tf.train.write_graph: DIRECTORY/NAME with the graph, as text or bytes, at one stroke; the directory is made where it
 * is missing. `*path` (may be NULL) is the file's, malloc'd. */
HR_API HR_MUST_USE hr_status hr_write_graph(const hr_graph *graph, const char *directory, const char *name,
                                            bool as_text, char **path);
/* The same of a serialised GraphDef. */
HR_API HR_MUST_USE hr_status hr_write_graph_def(const void *graph_def, size_t length, const char *directory,
                                                const char *name, bool as_text, char **path);

#ifdef __cplusplus
}
#endif
#endif
