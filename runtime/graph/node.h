/* The inside of graphs and nodes, and the one way to add a node. */
#ifndef HR_RUNTIME_GRAPH_NODE_H
#define HR_RUNTIME_GRAPH_NODE_H

#include "headrace/graph.h"
#include "headrace/scope.h"
#include "runtime/base/arena.h"
#include "runtime/base/text.h"
#include "runtime/graph/control_context.h"
#include "runtime/graph/op_def.h"
#include <pthread.h>
#include <stdatomic.h>

/* An attribute outside the op's own list: "_class", "_output_shapes". */
typedef struct hr_extra_attr {
  struct hr_extra_attr *next;
  const char *name;
  hr_attr_value value;
} hr_extra_attr;

typedef struct hr_control_frame hr_control_frame; /* frame.h */

/* What is known, while building, of the variable that a tensor of dtype resource stands for. */
typedef struct hr_handle_data {
  hr_dtype dtype;
  hr_partial_shape shape;
} hr_handle_data;

/* All memory of a node is in its graph's arena. Everything but output_shapes, device and extra_attrs is fixed at birth;
 * those three may change while other threads read. Birth takes longer in branches and loops: inputs, control inputs and
 * context of a node may change until the loop, the conditional or the gradient that it belongs to is complete. No
 * session knows of such nodes before. */
struct hr_node {
  const hr_op_def *op;
  hr_graph *graph;
  const char *name;
  uint32_t name_length;
  int32_t id;
  int32_t num_inputs, num_control_inputs, num_outputs;
  int32_t control_capacity; /* of control_inputs */
  hr_output *inputs;
  hr_node **control_inputs; /* in the order they were asked for, without duplicates */
  hr_attr_value *attrs;     /* op->num_attrs of them, in the op's order, all set */
  _Atomic(hr_extra_attr *) extra_attrs;
  uint8_t *output_dtypes; /* as in hr_dtype, references included */
  _Atomic(const hr_partial_shape *) *output_shapes;
  const hr_handle_data *const *output_handles; /* one an output, NULL for what nothing is known of; NULL: none known */
  _Atomic(const char *) device;                /* interned; "" for none */
  const char *where;                           /* where the program made it, interned, or NULL */
  const hr_control_frame *control_frame;       /* the innermost control-dependencies block it was made in, or NULL */
  hr_control_context *context;                 /* the branch or loop it is in, or NULL */
  bool is_unfetchable, is_unfeedable;
};

/* Nodes by id in chunks that never move: the first holds 2^HR_NODE_CHUNK_BITS pointers, each next twice as many. */
#define HR_NODE_CHUNK_BITS 8

static inline hr_dtype hr_node_output_dtype(const hr_node *node, int32_t index) {
  return (hr_dtype)node->output_dtypes[index];
}

/* What a wrapper gives. All arrays are copied. */
typedef struct hr_node_args {
  const char *name;        /* NULL: the op's name */
  const hr_output *inputs; /* all inputs, lists flattened */
  int32_t num_inputs;
  const int32_t *arg_counts; /* inputs of each argument of the op; NULL where no argument is a list */
  const hr_attr_value
      *attrs; /* op->num_attrs values in the op's order; kind NONE: inferred from the inputs, else the default */
  hr_extra_attr *extra; /* attributes outside the op's, in the graph's arena */
  int32_t num_controls; /* control inputs beside those of the scope */
  hr_node *const *controls;
} hr_node_args;

/* Adds a node: unique name, device, control inputs, colocation from the scope; attributes inferred and checked against
 * the op; input dtypes checked; output dtypes and shapes worked out. Errors (InvalidArgument with TensorFlow's wording
 * of facts) go to the scope's builder; NULL then, and NULL at once while the builder holds an error. */
hr_node *hr_add_node(hr_scope scope, const hr_op_def *op, const hr_node_args *args);

/* The same from a definition that came as bytes: name, device and attributes are taken as they are, nothing comes from
 * a scope. `extra` is the list of attributes outside the op's (arena of the graph). Used by import and by plans'
 * private graphs. */
typedef struct hr_node_spec {
  const hr_op_def *op;
  hr_view name, device;
  const hr_output *inputs;
  int32_t num_inputs, num_controls;
  hr_node *const *controls;
  hr_attr_value *attrs; /* in the graph's arena; NONE: default, InvalidArgument where there is none */
  hr_extra_attr *extra;
  const char *where;     /* interned in the graph, or NULL */
  bool is_internal;      /* a plan's own: the name may begin with an underscore */
  bool keep_inputs_open; /* a Merge whose later inputs are still to come: they may be HR_NO_OUTPUT */
} hr_node_spec;
HR_MUST_USE hr_status hr_graph_add(hr_graph *graph, const hr_node_spec *spec, hr_node **out);

/* A node like `from`, which may be another graph's: op, name, attributes, types and shapes are the same, and shared, so
 * that the graph of `from` must outlive this one. The name is not entered. Inputs are open (HR_NO_OUTPUT), for the
 * caller to set in (*out)->inputs; `controls` is copied. For graphs that a plan makes for itself. ResourceExhausted. */
HR_MUST_USE hr_status hr_graph_add_copy(hr_graph *graph, const hr_node *from, int32_t num_controls,
                                        hr_node *const *controls, hr_node **out);

/* Copies an attribute value (and all it points to) into the graph's arena. */
HR_MUST_USE hr_status hr_attr_copy(hr_graph *graph, const hr_attr_value *in, hr_attr_value *out);
/* The graph's arena, for those who add nodes; under the graph's building thread only. */
hr_arena *hr_graph_arena(hr_graph *graph);
/* Keeps a tensor alive with the graph (attribute values); returns its arena copy, NULL when out of memory. Shares the
 * buffer. */
const hr_tensor *hr_graph_keep_tensor(hr_graph *graph, const hr_tensor *tensor);
/* A node attribute outside the op's list, replaced where it exists. */
HR_MUST_USE hr_status hr_node_set_extra_attr(hr_node *node, const char *name, const hr_attr_value *value);
/* The requested device, as it is. */
HR_MUST_USE hr_status hr_node_set_device(hr_node *node, const char *device);
/* Fills an input that keep_inputs_open left open. InvalidArgument for another dtype or graph, or where it is not open.
 */
HR_MUST_USE hr_status hr_node_close_input(hr_node *node, int32_t index, hr_output input);
/* Makes a node that nobody knows of yet read something else, which may be younger: InvalidArgument for another dtype or
 * graph. */
HR_MUST_USE hr_status hr_node_update_input(hr_node *node, int32_t index, hr_output input);
/* A control input more, where it is not there yet, under the same condition. */
HR_MUST_USE hr_status hr_node_wait_for(hr_node *node, hr_node *control);

/* Says what is known of the variable behind the one output of a placeholder, a copy; NULL: nothing. ResourceExhausted.
 */
HR_MUST_USE hr_status hr_node_know_handle(hr_node *placeholder, const hr_handle_data *handle);
/* Another value of an attribute of the op's; and more inputs of the same graph, and more outputs like those given,
 * behind those there are, which the attributes must say, too. For calls whose functions were written anew: they return
 * more, and what they returned before is as it was. What was planned before stays valid; no other thread may plan
 * meanwhile. */
HR_MUST_USE hr_status hr_node_change_attr(hr_node *node, const char *name, const hr_attr_value *value);
HR_MUST_USE hr_status hr_node_add_inputs(hr_node *node, hr_outputs more);
HR_MUST_USE hr_status hr_node_add_outputs(hr_node *node, hr_outputs like);

/* Where a list has the output, or -1. */
static inline int32_t hr_outputs_find(hr_outputs list, hr_output output) {
  for (int32_t i = 0; i < list.count; ++i)
    if (hr_output_equal(list.items[i], output)) return i;
  return -1;
}

/* Whether a node of the graph reads a younger one, as in branches and loops: else nodes stand in topological order. */
bool hr_graph_reads_ahead(const hr_graph *graph);

/* What is known of the variable behind an output of dtype resource; NULL: nothing. */
static inline const hr_handle_data *hr_output_handle_data(hr_output output) {
  return output.node->output_handles ? output.node->output_handles[output.index] : NULL;
}

/* Typed reading of an attribute by the op's own index, for generated and hot code. */
static inline const hr_attr_value *hr_node_attr_at(const hr_node *node, int index) { return &node->attrs[index]; }

#endif
