/* What a scope consists of. Frames are immutable: opening a scope copies the outer frame and changes one thing. */
#ifndef HR_RUNTIME_GRAPH_FRAME_H
#define HR_RUNTIME_GRAPH_FRAME_H

#include "headrace/scope.h"
#include "runtime/graph/control_context.h"
#include "runtime/graph/device_spec.h"
#include "runtime/graph/node.h"

/* An open control-dependencies block; lives in the graph's arena, as nodes point to it. A node was made inside a block
 * when the block is on the way out from the node's control_frame: that is TensorFlow's set of seen ops. */
struct hr_control_frame {
  const hr_control_frame *outer;
  int32_t depth; /* 1 for the outermost */
  int32_t count;
  hr_node *const *nodes; /* without those of outer blocks */
};

/* One tf.device. `outer` is NULL behind tf.device(None) and tf.colocate_with. */
typedef struct hr_device_frame {
  const struct hr_device_frame *outer;
  hr_device_function function; /* NULL: `spec` */
  void *argument;
  hr_device_spec spec;
  const char *merged; /* this and all outer specs, interned; NULL where a function has a say */
  hr_device_spec merged_spec;
} hr_device_frame;

typedef struct hr_colocation_frame {
  const struct hr_colocation_frame *outer;
  hr_node *node;
} hr_colocation_frame;

typedef struct hr_attr_frame {
  const struct hr_attr_frame *outer;
  const char *op; /* the nodes it is for; NULL: all */
  const char *name;
  hr_attr_value value; /* NONE: the outer ones of this op and name are off */
} hr_attr_frame;

/* The control-flow contexts around, in the order in which they were entered. */
typedef struct hr_context_frame {
  const struct hr_context_frame *outer;
  hr_control_context *context; /* NULL behind cleared control dependencies, which leave all contexts */
} hr_context_frame;

/* The builder's variable scope, opaque here. */
typedef struct hr_variable_scope_slot {
  struct hr_variable_scope_slot *next_open; /* those whose close function has not run, newest first */
  void *object;
  void (*close)(void *object); /* NULL once it has run */
} hr_variable_scope_slot;

struct hr_frame {
  hr_view prefix; /* "a/b/", NUL-terminated; "" at the root */
  const hr_control_frame *controls;
  const hr_context_frame *contexts;
  const hr_device_frame *devices;
  const hr_colocation_frame *colocation;
  const hr_attr_frame *attrs;
  const char *container; /* NULL or "" for none */
  hr_variable_scope_slot *variable_scope;
  const void *variable_creators; /* the builder's, opaque here; NULL for none */
  bool owns_variable_scope;      /* the frame that hr_scope_with_variable_scope made: closing it closes the slot */
};

struct hr_builder {
  hr_graph *graph;
  hr_arena arena;
  hr_status status; /* the first error */
  hr_frame root;
  const char *where; /* interned in the graph, or NULL */
  void *argument;    /* of the owner */
  const hr_body_host *body_host;
  hr_variable_scope_slot *open_variable_scopes;
  hr_node_builder *spare_node_builders, *node_builders;
};

/* A scope whose variable scope is `object`; hr_scope_close of it, or the end of the builder, calls close(object), once.
 * After an error it answers the outer scope and has called close at once. `close` may be NULL. */
hr_scope hr_scope_with_variable_scope(hr_scope scope, void *object, void (*close)(void *object));
/* The innermost object, or NULL. */
void *hr_scope_variable_scope(hr_scope scope);

/* A scope whose innermost variable creators are `creators`, which must live as long as the graph; and what they are. */
hr_scope hr_scope_with_variable_creators(hr_scope scope, const void *creators);
static inline const void *hr_scope_variable_creators(hr_scope scope) { return scope.frame->variable_creators; }

/* The control inputs that a node with these inputs gets from the scope: those of every open block that none of its
 * inputs was made in, without its inputs. Appended at `nodes`, which has room for hr_scope_control_limit(). */
int32_t hr_scope_control_limit(hr_scope scope);
HR_MUST_USE hr_status hr_scope_control_inputs(hr_scope scope, const hr_output *inputs, int32_t num_inputs,
                                              hr_node **nodes, int32_t *count);

/* Puts on a fresh node what the scope says beside name and control inputs: attribute scope, device, colocation,
 * container; and makes it one of the nodes of the open control blocks. For nodes that hr_graph_add made (import). */
HR_MUST_USE hr_status hr_scope_adopt(hr_scope scope, hr_node *node);

#endif
