/* Op definitions: what the files of ops/defs say, as constant tables that tools/gen_ops.py writes. */
#ifndef HR_RUNTIME_GRAPH_OP_DEF_H
#define HR_RUNTIME_GRAPH_OP_DEF_H

#include "headrace/graph.h"

typedef struct hr_shape_context hr_shape_context;
typedef struct hr_gradient_context hr_gradient_context; /* headrace/gradients.h */

/* Works out the output shapes; see shape_context.h. */
typedef hr_status (*hr_shape_function)(hr_shape_context *context);
/* Builds the gradient subgraph; see builder/gradients.h. */
typedef hr_status (*hr_gradient_function)(hr_gradient_context *context);

typedef struct hr_arg_def {
  const char *name;
  uint8_t dtype;         /* fixed dtype; HR_INVALID where an attribute gives it */
  bool is_ref;           /* Ref(T) */
  bool host_memory;      /* stays in host memory on every device */
  int8_t type_attr;      /* index into attrs of the dtype, -1 for none */
  int8_t number_attr;    /* index into attrs of the length of a list of one dtype, -1 for a single tensor */
  int8_t type_list_attr; /* index into attrs of the list of dtypes, -1 for none */
} hr_arg_def;

/* Whether the argument may give a kernel a variable: a reference, or a handle. */
static inline bool hr_arg_is_variable(const hr_arg_def *arg) { return arg->is_ref || arg->dtype == HR_RESOURCE; }

typedef struct hr_attr_def {
  const char *name;
  uint8_t kind; /* hr_attr_kind */
  bool is_list;
  bool has_default;
  bool has_minimum;
  int64_t minimum;                    /* of an int, or of a list's length */
  uint64_t allowed_types;             /* bit 1 << hr_dtype; 0: any */
  const char *const *allowed_strings; /* NULL-ended; NULL: any */
  hr_attr_value default_value;
} hr_attr_def;

typedef enum hr_op_flags {
  HR_OP_STATEFUL = 1,
  HR_OP_COMMUTATIVE = 2,
  HR_OP_AGGREGATE = 4,
  HR_OP_ALLOWS_UNINITIALIZED_INPUT = 8,
  HR_OP_NOT_DIFFERENTIABLE = 16, /* gradients stop here without an error */
  HR_OP_FUNCTION = 32,           /* a function of a library (function_library.h) */
} hr_op_flags;

/* What an op is in branches and loops: the executor gives it its meaning. */
typedef enum hr_control_flow {
  HR_CONTROL_NONE = 0,
  HR_CONTROL_SWITCH,         /* one output is alive, the others are dead */
  HR_CONTROL_MERGE,          /* passes on the input that is alive */
  HR_CONTROL_ENTER,          /* into the first iteration of a loop, or into all */
  HR_CONTROL_EXIT,           /* out of a loop */
  HR_CONTROL_NEXT_ITERATION, /* to a Merge of the next iteration */
  HR_CONTROL_LOOP_COND,
  HR_CONTROL_TRIGGER, /* alive behind dead nodes */
  HR_CONTROL_CALL,    /* calls functions: a plan runs what they consist of (plan/expand.h) */
  HR_CONTROL_SEND,    /* sends what is dead, too */
  HR_CONTROL_RECV,    /* its value is dead where what was sent is */
} hr_control_flow;

struct hr_op_def {
  const char *name;
  int16_t id; /* index in hr_ops for built-in ops, -1 for loaded ones and functions */
  uint16_t num_inputs, num_outputs;
  uint8_t num_attrs;
  uint8_t flags;
  uint8_t control;       /* hr_control_flow */
  int16_t deprecated_at; /* GraphDef version, 0 for not deprecated */
  const hr_arg_def *inputs, *outputs;
  const hr_attr_def *attrs;
  hr_shape_function shape; /* NULL: unknown shapes */
  hr_gradient_function
      gradient; /* NULL with HR_OP_NOT_DIFFERENTIABLE unset: LookupError where a gradient is asked for */
  const char *doc;
};

/* The built-in ops, sorted by name; HR_OP_ID_<Name> from the generated ops/op_ids.h is the index. */
extern const hr_op_def hr_ops[];
extern const int hr_ops_count;
/* Index of a built-in op, or -1; a generated perfect hash. */
int hr_ops_find(const char *name, size_t length);

/* Built-in and registered ops; NULL where there is none. */
const hr_op_def *hr_op_find(const char *name, size_t length);
/* Registers an op of a loaded library; `op` must live forever. AlreadyExists for a name that is taken. */
HR_MUST_USE hr_status hr_op_register(const hr_op_def *op);

/* Index of an attribute, or -1. */
int hr_op_attr_index(const hr_op_def *op, const char *name, size_t length);

#endif
