/* Scopes: where nodes are made. A scope carries what TensorFlow's Python keeps in global stacks: name prefix, variable
 * scope, devices, control inputs, colocation, and the builder that collects the first error.
 *
 *   hr_builder *b = hr_builder_new(graph);
 *   hr_scope s = hr_builder_root(b);
 *   hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 784), .name = "X");
 *   HR_WITH(loss, hr_name_scope(s, "loss")) { mse = hr_reduce_mean(loss, ...); }
 *   HR_TRY(hr_builder_status(b));            // one check for the whole model
 *
 * Names follow TensorFlow 1.15: unique per graph without regard to case, "_1", "_2" appended; a name that ends in '/'
 * is taken as it is. A failed wrapper returns HR_NO_OUTPUT; the builder keeps the first error and the wrappers that
 * follow do nothing, so a model needs no check a line.
 */
#ifndef HEADRACE_SCOPE_H
#define HEADRACE_SCOPE_H

#include "headrace/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hr_builder hr_builder;
typedef struct hr_frame hr_frame;

/* A small value. Frames belong to the builder and live as long as it does. */
typedef struct hr_scope {
  hr_builder *builder;
  hr_frame *frame;
} hr_scope;

/* A builder over `graph` (which it references); several may exist, one used at a time. NULL when out of memory. */
HR_API hr_builder *hr_builder_new(hr_graph *graph);
HR_API void hr_builder_free(hr_builder *builder);
HR_API hr_scope hr_builder_root(hr_builder *builder);
HR_API hr_graph *hr_scope_graph(hr_scope scope);

/* The first error since the builder was made or last taken from; stays in the builder (borrowed copy-free look). */
HR_API bool hr_builder_ok(const hr_builder *builder);
/* Takes the first error out (the caller owns it) and lets the builder go on: a binding calls it after every wrapper. */
HR_API HR_MUST_USE hr_status hr_builder_status(hr_builder *builder);
/* Records an error found by code that builds on scopes. Takes `status`; the first one stays. */
HR_API void hr_scope_fail(hr_scope scope, hr_status status);
static inline bool hr_scope_ok(hr_scope scope) { return hr_builder_ok(scope.builder); }
/* A pointer of the builder's owner, for callbacks that get a scope; NULL until it is set. */
HR_API void hr_builder_set_argument(hr_builder *builder, void *argument);
HR_API void *hr_builder_argument(const hr_builder *builder);
/* How the library begins bodies of functions (of loops) that are called back with scopes in graphs of their own: `make`
 * gives a builder whose graph was begun as a branch (hr_branch_begin) of the graph of the builder with this argument,
 * and an object, which `release` ends with it. The table outlives the builder; NULL: the library makes graphs itself.
 */
typedef struct hr_body_host {
  hr_status (*make)(void *argument, hr_builder **builder, void **object);
  void (*release)(void *object);
} hr_body_host;
HR_API void hr_builder_set_body_host(hr_builder *builder, const hr_body_host *host);
HR_API const hr_body_host *hr_builder_body_host(const hr_builder *builder);
/* Where in the program the nodes made from now on come from, as in "train.py:12"; NULL for nowhere. Copied. Errors at a
 * node name it. */
HR_API void hr_builder_set_where(hr_builder *builder, const char *where);

/* ---- opening and closing --------------------------------------------------------------------------------------- */

/* Ends what the matching call opened. Needed for scopes with state (variable scopes, control dependencies), harmless
 * for the others. */
HR_API void hr_scope_close(hr_scope scope);
/* A block: for (scope NAME opened by EXPRESSION). Do not leave it by break, goto or return. */
#define HR_WITH(name, expression)                                                                                      \
  for (hr_scope name = (expression), *name##_once_ = &name; name##_once_; hr_scope_close(name), name##_once_ = NULL)

/* tf.name_scope / Graph.name_scope: opens "prefix/name/", made unique. `name` ending in '/' re-enters that scope as it
 * is; NULL or "" goes back to the root. Invalid characters: InvalidArgument. */
HR_API hr_scope hr_name_scope(hr_scope scope, const char *name);
/* The prefix with its trailing '/', "" at the root: pass it as a node's name to give the node the scope's own name. */
HR_API const char *hr_scope_name(hr_scope scope);
/* What the next use of `name` in this scope will be called (tf.Graph.unique_name); marks it used if `mark`. Borrowed
 * from the builder. */
HR_API const char *hr_unique_name(hr_scope scope, const char *name, bool mark);
/* The scope that tf.name_scope(name, default_name, values) opens: `name` if not NULL, else `default_name`. */
static inline hr_scope hr_name_scope_or(hr_scope scope, const char *name, const char *default_name) {
  return hr_name_scope(scope, name ? name : default_name);
}

/* tf.device: merged over the outer device ("" changes nothing; NULL clears all outer ones). */
HR_API hr_scope hr_device_scope(hr_scope scope, const char *device);
/* A device function: answers the device for a node about to be made (its op, name, inputs are set). */
typedef const char *(*hr_device_function)(void *argument, const hr_node *node);
HR_API hr_scope hr_device_scope_by(hr_scope scope, hr_device_function function, void *argument);
/* The scope of a function's body with the devices of the scope around, which must outlive it, where one of them is a
 * function. Where none is, nodes of the body may stand where the node does that calls the function. */
HR_API hr_scope hr_device_scope_like(hr_scope scope, hr_scope outer);

/* tf.control_dependencies: nodes made inside run after `nodes`, except that a node whose inputs include one made inside
 * gets no second edge. count 0 with nodes NULL clears the outer control dependencies. */
HR_API hr_scope hr_control_dependencies(hr_scope scope, int32_t count, hr_node *const *nodes);
#define HR_NODES(...)                                                                                                  \
  (int32_t)(sizeof((hr_node *[]){__VA_ARGS__}) / sizeof(hr_node *)), (hr_node *[]) { __VA_ARGS__ }

/* tf.colocate_with: nodes made inside stand on the device of `node` (attribute _class "loc:@node"). NULL with
 * `ignore_existing` clears the outer ones. */
HR_API hr_scope hr_colocate_with(hr_scope scope, hr_node *node, bool ignore_existing);

/* tf.container for stateful ops made inside. */
HR_API hr_scope hr_container(hr_scope scope, const char *container);

/* An attribute put on every node made inside (Graph._attr_scope), or on those of type `op`. The value is copied; NULL
 * switches the outer ones off. */
HR_API hr_scope hr_op_attr_scope(hr_scope scope, const char *op, const char *name, const hr_attr_value *value);
static inline hr_scope hr_attr_scope(hr_scope scope, const char *name, const hr_attr_value *value) {
  return hr_op_attr_scope(scope, NULL, name, value);
}

/* tf.get_seed: the two seeds of a random op from the graph seed and the op seed (HR_NO_SEED for none) by
 * TensorFlow 1.15's rule. */
#define HR_NO_SEED INT64_MIN
HR_API void hr_scope_seeds(hr_scope scope, int64_t op_seed, int64_t *seed, int64_t *seed2);

/* ---- any op by name -------------------------------------------------------------------------------------------- */

/* Builds a node of any registered op step by step, for bindings and for ops without a wrapper:
 *   hr_node_builder *n = hr_node_begin(s, "MatMul", "xw"); hr_node_add_input(n, a); hr_node_add_input(n, b);
 *   hr_node_set_bool(n, "transpose_b", true); hr_node *node = hr_node_finish(n);
 * Errors go to the scope's builder; finish then returns NULL. */
typedef struct hr_node_builder hr_node_builder;
HR_API hr_node_builder *hr_node_begin(hr_scope scope, const char *op, const char *name);
HR_API void hr_node_add_input(hr_node_builder *n, hr_output input);
HR_API void hr_node_add_input_list(hr_node_builder *n, hr_outputs inputs);
HR_API void hr_node_add_control_input(hr_node_builder *n, hr_node *node);
HR_API void hr_node_set_attr(hr_node_builder *n, const char *name, const hr_attr_value *value); /* copied */
HR_API void hr_node_set_int(hr_node_builder *n, const char *name, int64_t value);
HR_API void hr_node_set_float(hr_node_builder *n, const char *name, float value);
HR_API void hr_node_set_bool(hr_node_builder *n, const char *name, bool value);
HR_API void hr_node_set_type(hr_node_builder *n, const char *name, hr_dtype value);
HR_API void hr_node_set_string(hr_node_builder *n, const char *name, const char *value);
HR_API void hr_node_set_shape(hr_node_builder *n, const char *name, const hr_partial_shape *value);
HR_API void hr_node_set_tensor(hr_node_builder *n, const char *name, const hr_tensor *value);
HR_API hr_node *hr_node_finish(hr_node_builder *n);

#ifdef __cplusplus
}
#endif
#endif
