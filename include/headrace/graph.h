/* Graphs: nodes, outputs, attributes, collections. Read access for everybody; nodes are made through a scope (scope.h)
 * with the wrappers of ops.h, and graphs come from and go to bytes through graph_io.h.
 *
 * A graph only grows. One thread builds at a time; any number of threads may read and run it meanwhile.
 */
#ifndef HEADRACE_GRAPH_H
#define HEADRACE_GRAPH_H

#include "headrace/dtype.h"
#include "headrace/shape.h"
#include "headrace/status.h"
#include "headrace/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hr_graph hr_graph;
typedef struct hr_node hr_node;
typedef struct hr_op_def hr_op_def;

/* Output `index` of `node`: an edge's source, a feed, a fetch. {NULL, 0} is no output: what a wrapper returns after an
 * error, and where an optional input is left out. */
typedef struct hr_output {
  hr_node *node;
  int32_t index;
} hr_output;

#define HR_NO_OUTPUT ((hr_output){NULL, 0})
static inline bool hr_output_equal(hr_output a, hr_output b) { return a.node == b.node && a.index == b.index; }

/* A list of outputs, as list inputs take it and multi-output wrappers give it. The array belongs to the caller (inputs)
 * or to the graph (results). */
typedef struct hr_outputs {
  int32_t count;
  const hr_output *items;
} hr_outputs;
#define HR_LIST(...)                                                                                                   \
  ((hr_outputs){(int32_t)(sizeof((hr_output[]){__VA_ARGS__}) / sizeof(hr_output)), (hr_output[]){__VA_ARGS__}})

/* An op as the two-phase model knows it: a node run for its effect. */
typedef hr_node *hr_operation;

/* ---- attribute values ------------------------------------------------------------------------------------------ */

typedef enum hr_attr_kind {
  HR_ATTR_NONE = 0, /* not set */
  HR_ATTR_STRING,
  HR_ATTR_INT,
  HR_ATTR_FLOAT,
  HR_ATTR_BOOL,
  HR_ATTR_TYPE,
  HR_ATTR_SHAPE,
  HR_ATTR_TENSOR,
  HR_ATTR_FUNC,
} hr_attr_kind;

typedef struct hr_bytes {
  const char *data;
  size_t length;
} hr_bytes;

/* Bytes that the caller frees with free(). */
typedef struct hr_owned_bytes {
  char *data;
  size_t length;
} hr_owned_bytes;

typedef struct hr_function_attr hr_function_attr; /* name and attributes of a function value */

/* An attribute's value. What it points to belongs to the node's graph (or to static tables) and never changes. */
typedef struct hr_attr_value {
  uint8_t kind; /* hr_attr_kind */
  bool is_list;
  int32_t count; /* elements of a list; bytes of a single string */
  union {
    const char *s; /* `count` bytes and a NUL */
    int64_t i;
    float f;
    bool b;
    int32_t type; /* hr_dtype, reference forms allowed */
    const hr_partial_shape *shape;
    const hr_tensor *tensor;
    const hr_function_attr *func;
    const hr_bytes *strings; /* lists */
    const int64_t *ints;
    const float *floats;
    const bool *bools;
    const int32_t *types;
    const hr_partial_shape *shapes;
    const hr_tensor *const *tensors;
    const hr_function_attr *const *funcs;
  };
} hr_attr_value;

#define HR_ATTR_INT_VALUE(value)    ((hr_attr_value){.kind = HR_ATTR_INT, .i = (value)})
#define HR_ATTR_FLOAT_VALUE(value)  ((hr_attr_value){.kind = HR_ATTR_FLOAT, .f = (value)})
#define HR_ATTR_BOOL_VALUE(value)   ((hr_attr_value){.kind = HR_ATTR_BOOL, .b = (value)})
#define HR_ATTR_TYPE_VALUE(value)   ((hr_attr_value){.kind = HR_ATTR_TYPE, .type = (int32_t)(value)})
#define HR_ATTR_SHAPE_VALUE(value)  ((hr_attr_value){.kind = HR_ATTR_SHAPE, .shape = (value)})
#define HR_ATTR_TENSOR_VALUE(value) ((hr_attr_value){.kind = HR_ATTR_TENSOR, .tensor = (value)})
#define HR_ATTR_STRING_VALUE(text)                                                                                     \
  ((hr_attr_value){.kind = HR_ATTR_STRING, .s = (text), .count = (int32_t)strlen(text)})

/* ---- graphs ---------------------------------------------------------------------------------------------------- */

/* An empty graph with the GraphDef producer version of TensorFlow 1.15 (134); NULL when out of memory. */
HR_API hr_graph *hr_graph_new(void);
/* Sessions hold a reference of their own, so a graph may be dropped while one is open. */
HR_API hr_graph *hr_graph_ref(hr_graph *graph);
HR_API void hr_graph_unref(hr_graph *graph);

/* Nodes so far: 0..count-1 in creation order. Nodes below a count that was read stay readable without a lock. */
HR_API int32_t hr_graph_node_count(const hr_graph *graph);
HR_API hr_node *hr_graph_node(const hr_graph *graph, int32_t index);
/* NULL where there is none. */
HR_API hr_node *hr_graph_find(const hr_graph *graph, const char *name);
/* "name:1", or "name" for output 0. InvalidArgument for a malformed name, NotFound naming what is missing. */
HR_API HR_MUST_USE hr_status hr_graph_output(const hr_graph *graph, const char *name, hr_output *out);

/* After this, adding a node is an error (RuntimeError in Python: FailedPrecondition here). */
HR_API void hr_graph_finalize(hr_graph *graph);
/* Takes that back: for a training loop that has ended, after which its program may go on building. */
HR_API void hr_graph_unfinalize(hr_graph *graph);
HR_API bool hr_graph_is_finalized(const hr_graph *graph);

/* The graph-level seed of tf.set_random_seed; `has_seed` false for none. */
HR_API void hr_graph_set_seed(hr_graph *graph, bool has_seed, int64_t seed);
HR_API bool hr_graph_seed(const hr_graph *graph, int64_t *seed);

struct hr_object_type;
/* Binds an object's life to the graph's: the graph destroys it at its end, once however often it is bound.
 * ResourceExhausted. */
HR_API HR_MUST_USE hr_status hr_graph_own(hr_graph *graph, const struct hr_object_type *type, void *object);

/* ---- nodes ----------------------------------------------------------------------------------------------------- */

HR_API hr_graph *hr_node_graph(const hr_node *node);
HR_API const char *hr_node_name(const hr_node *node);
HR_API const char *hr_node_op(const hr_node *node); /* the op's type, as in "MatMul" */
HR_API const hr_op_def *hr_node_op_def(const hr_node *node);
HR_API int32_t hr_node_id(const hr_node *node);         /* index in creation order */
HR_API const char *hr_node_device(const hr_node *node); /* as requested, "" for none */
HR_API const char *hr_node_where(const hr_node *node);  /* in the program, as hr_builder_set_where said, or NULL */
/* Whether a session should fetch from the node, and feed its outputs: not in branches and loops, where values may be
 * dead or change from iteration to iteration. */
HR_API bool hr_node_is_fetchable(const hr_node *node);
HR_API bool hr_node_is_feedable(const hr_node *node);
HR_API int32_t hr_node_input_count(const hr_node *node);
HR_API hr_output hr_node_input(const hr_node *node, int32_t index);
HR_API int32_t hr_node_control_input_count(const hr_node *node);
HR_API hr_node *hr_node_control_input(const hr_node *node, int32_t index);
HR_API int32_t hr_node_output_count(const hr_node *node);
HR_API hr_output hr_node_output(hr_node *node, int32_t index);
/* NULL where the node has no such attribute. */
HR_API const hr_attr_value *hr_node_attr(const hr_node *node, const char *name);

/* The dtype, a reference type for a reference output; HR_INVALID for HR_NO_OUTPUT. */
HR_API hr_dtype hr_output_dtype(hr_output output);
/* What is known of the shape. Borrowed. */
HR_API const hr_partial_shape *hr_output_shape(hr_output output);
/* Merges what the caller knows into it; InvalidArgument where it contradicts. */
HR_API HR_MUST_USE hr_status hr_output_set_shape(hr_output output, const hr_partial_shape *shape);
/* tf.get_static_value: where the output's value follows from constants by the list of ops that TensorFlow's front end
 * knows, sets `*known` and `*value`, which the caller clears. Errors of memory alone. */
HR_API HR_MUST_USE hr_status hr_constant_value(hr_output output, bool *known, hr_tensor *value);
/* tensor_util.constant_value_as_shape: the sizes that a vector tells, as far as they are known without a run.
 * InvalidArgument for a scalar that is not known to be -1. */
HR_API HR_MUST_USE hr_status hr_constant_value_as_shape(hr_output output, hr_partial_shape *out);
/* Writes "name:index", cut to fit; returns `text`. */
HR_API char *hr_output_name(hr_output output, char *text, size_t size);

/* ---- ops: what is registered, for bindings that build any op --------------------------------------------------- */

/* NULL for an unknown op. Lives for ever. */
HR_API const hr_op_def *hr_op_def_find(const char *name);
/* The same, or a function of the graph's library, which lives as long as the graph. */
HR_API const hr_op_def *hr_graph_op_def(const hr_graph *graph, const char *name);
HR_API const char *hr_op_def_name(const hr_op_def *op);
/* Arguments and attributes by position. `*is_list` (may be NULL): whether it is a list. NULL past the last one. */
HR_API const char *hr_op_def_input(const hr_op_def *op, int32_t index, bool *is_list);
HR_API const char *hr_op_def_output(const hr_op_def *op, int32_t index, bool *is_list);
HR_API const char *hr_op_def_attr(const hr_op_def *op, int32_t index, hr_attr_kind *kind, bool *is_list);
/* The same of an attribute by name; false where there is none. */
HR_API bool hr_op_def_find_attr(const hr_op_def *op, const char *name, hr_attr_kind *kind, bool *is_list);
HR_API bool hr_op_def_is_stateful(const hr_op_def *op);
/* Which outputs of a node belong to output argument `argument` of its op: `*first` on, `*count` of them. */
HR_API void hr_node_output_range(const hr_node *node, int32_t argument, int32_t *first, int32_t *count);

/* ---- collections ----------------------------------------------------------------------------------------------- */

/* Standard keys. */
#define HR_GLOBAL_VARIABLES         "variables"
#define HR_TRAINABLE_VARIABLES      "trainable_variables"
#define HR_LOCAL_VARIABLES          "local_variables"
#define HR_MODEL_VARIABLES          "model_variables"
#define HR_METRIC_VARIABLES         "metric_variables"
#define HR_MOVING_AVERAGE_VARIABLES "moving_average_variables"
#define HR_SUMMARIES                "summaries"
#define HR_TRAIN_OP                 "train_op"
#define HR_WEIGHTS                  "weights"
#define HR_LOSSES                   "losses"
#define HR_REGULARIZATION_LOSSES    "regularization_losses"
#define HR_UPDATE_OPS               "update_ops"
#define HR_GLOBAL_STEP              "global_step"
#define HR_SAVERS                   "savers"
#define HR_TABLE_INITIALIZERS       "table_initializer"

/* What a collection holds: a node, an output, bytes, or an opaque object of the builder (a variable) or of a binding.
 */
typedef enum hr_item_kind {
  HR_ITEM_NODE,
  HR_ITEM_OUTPUT,
  HR_ITEM_BYTES,
  HR_ITEM_INT,
  HR_ITEM_FLOAT,
  HR_ITEM_OBJECT
} hr_item_kind;

/* What a collection can do with an object. */
typedef struct hr_object_type {
  const char *name;              /* "variable" */
  void (*destroy)(void *object); /* may be NULL */
  /* The serialized proto that MetaGraphDef stores (malloc'd), and its inverse; may be NULL. */
  hr_status (*to_proto)(const void *object, char **bytes, size_t *length);
} hr_object_type;

typedef struct hr_item {
  hr_item_kind kind;
  union {
    hr_node *node;
    hr_output output;
    hr_bytes bytes;
    int64_t i;
    double f;
    struct {
      const hr_object_type *type;
      void *object;
    };
  };
  bool is_text; /* of BYTES: for bindings that tell text from bytes */
} hr_item;

/* Appends (bytes are copied; an object is owned by the graph from now on, once however many collections hold it).
 * ResourceExhausted. */
HR_API HR_MUST_USE hr_status hr_collection_add(hr_graph *graph, const char *key, const hr_item *item);
/* Makes the collection, empty, where there is none. ResourceExhausted. */
HR_API HR_MUST_USE hr_status hr_collection_make(hr_graph *graph, const char *key);
HR_API int32_t hr_collection_count(const hr_graph *graph, const char *key);
HR_API const hr_item *hr_collection_item(const hr_graph *graph, const char *key, int32_t index);
/* Takes the collection away. */
HR_API void hr_collection_clear(hr_graph *graph, const char *key);
/* Keys in the order of their first use. */
HR_API int32_t hr_collection_key_count(const hr_graph *graph);
HR_API const char *hr_collection_key(const hr_graph *graph, int32_t index);

#ifdef __cplusplus
}
#endif
#endif
