/* Kernels: the code that runs an op on a device. The same interface serves the built-in kernels and those of loaded
 * libraries.
 *
 * A kernel is registered once, as data:
 *
 *   static hr_status relu_f32(hr_kernel_context *ctx) { ... }
 *   HR_KERNEL(.op = "Relu", .types = {{"T", HR_TYPE_BIT(HR_FLOAT)}}, .compute = relu_f32);
 *
 * compute() reads its inputs, makes its outputs and returns. It may be called from many threads at once with different
 * contexts: keep what changes in the context, not in the state. Values are read-only unless forwarded.
 */
#ifndef HEADRACE_KERNEL_H
#define HEADRACE_KERNEL_H

#include "headrace/graph.h"
#include "headrace/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

#define HR_KERNEL_ABI 1

/* A reference variable: a tensor that outlives runs, and the lock that guards it. */
typedef struct hr_variable hr_variable;

/* What flows along an edge: a tensor, or a reference to a variable where the op says Ref(T). */
typedef union hr_value {
  hr_tensor tensor;
  hr_variable *ref;
} hr_value;

typedef struct hr_step hr_step;           /* what one run shares between its kernels */
typedef struct hr_plan_node hr_plan_node; /* the node as the plan knows it */
typedef struct hr_iteration hr_iteration; /* of a loop */

/* One execution of one node. One cache line. */
typedef struct hr_kernel_context {
  const hr_value *const *inputs; /* one pointer an input */
  hr_value *outputs;             /* contiguous; empty when compute starts */
  void *state;                   /* from create */
  uint64_t forwardable;          /* bit i: nobody needs input i after this node (the first 64 inputs) */
  const hr_plan_node *node;
  hr_step *step;
  int32_t alive_input;     /* of a Merge: the one that it passes on; of a Send and a Recv: -1 for a dead value */
  hr_iteration *iteration; /* NULL outside of loops, and where these are walked */
} hr_kernel_context;

/* ---- inputs ---------------------------------------------------------------------------------------------------- */

static inline const hr_tensor *hr_input(const hr_kernel_context *ctx, int index) { return &ctx->inputs[index]->tensor; }
static inline hr_variable *hr_input_ref(const hr_kernel_context *ctx, int index) { return ctx->inputs[index]->ref; }
HR_API int hr_input_count(const hr_kernel_context *ctx);
HR_API int hr_output_count(const hr_kernel_context *ctx);
/* The dtype of an output as the graph says (never a reference type). */
HR_API hr_dtype hr_output_type(const hr_kernel_context *ctx, int index);
/* The graph's node: name, op and attributes, for messages and rare reads. */
HR_API const hr_node *hr_context_node(const hr_kernel_context *ctx);

/* ---- outputs --------------------------------------------------------------------------------------------------- */

/* The output itself, for kernels that fill in the struct (a scalar, an alias). It must end up holding a valid tensor.
 */
static inline hr_tensor *hr_output_slot(hr_kernel_context *ctx, int index) { return &ctx->outputs[index].tensor; }

/* A fresh output from the step's memory (undefined contents; strings empty). */
HR_API HR_MUST_USE hr_status hr_output_new(hr_kernel_context *ctx, int index, const hr_shape *shape, hr_tensor **out);

/* The output in the memory of the first input of `candidates` (a bit mask) that nobody else needs and that has the
 * output's dtype size and number of elements; else a fresh one. The kernel may then read and write element i of both
 * in any order that reads an element before writing it. */
HR_API HR_MUST_USE hr_status hr_output_forward_or_new(hr_kernel_context *ctx, uint64_t candidates, int index,
                                                      const hr_shape *shape, hr_tensor **out);

/* The output is the input (sharing the buffer), as in Identity; `shape` NULL keeps the input's shape. */
HR_API void hr_output_share(hr_kernel_context *ctx, int output, int input, const hr_shape *shape);

/* The output takes over `tensor` (moved). */
static inline void hr_output_move(hr_kernel_context *ctx, int index, hr_tensor *tensor) {
  ctx->outputs[index].tensor = *tensor;
  tensor->buffer = NULL;
  tensor->data = NULL;
}
static inline void hr_output_set_ref(hr_kernel_context *ctx, int index, hr_variable *variable) {
  ctx->outputs[index].ref = variable;
}

/* Scalar outputs without allocation. */
static inline void hr_output_f32(hr_kernel_context *ctx, int index, float value) {
  hr_tensor *t = &ctx->outputs[index].tensor;
  t->data = NULL;
  t->buffer = NULL;
  t->dtype = HR_FLOAT;
  t->rank = 0;
  t->elements = 1;
  t->scalar.f32 = value;
}

/* Scratch memory of the step; clear it with hr_tensor_clear before compute returns. */
HR_API HR_MUST_USE hr_status hr_temporary_new(hr_kernel_context *ctx, hr_dtype dtype, const hr_shape *shape,
                                              hr_tensor *out);

/* A tensor that may be kept beyond the step (variables, queues): takes over the buffer of `*in`, a tensor that the
 * kernel owns, where nobody shares it, and copies otherwise. `*in` is left empty or unchanged; clear it either way. */
HR_API HR_MUST_USE hr_status hr_keep(hr_kernel_context *ctx, hr_tensor *in, hr_tensor *out);
/* The same for input `index`, whose buffer is taken over where nobody needs it afterwards. */
HR_API HR_MUST_USE hr_status hr_keep_input(hr_kernel_context *ctx, int index, hr_tensor *out);
/* Would hr_keep_input take the buffer over, without a copy? */
HR_API bool hr_owns_input(hr_kernel_context *ctx, int index);
/* Input `index`, for an object that outlives the step and that other steps read, too: the plan's constants are shared,
 * everything else is copied, so that nobody writes to it. */
HR_API HR_MUST_USE hr_status hr_keep_input_shared(const hr_kernel_context *ctx, int index, hr_tensor *out);
/* Where such tensors live, for those that a kernel makes itself. */
HR_API hr_allocator *hr_kept_memory(const hr_kernel_context *ctx);
/* Input `index` as it is now, for an object that ends with the step (a stack, a tensor array): shares the step's own
 * memory, and copies what a variable may update in place. Clear it before the step ends. */
HR_API HR_MUST_USE hr_status hr_keep_input_in_step(hr_kernel_context *ctx, int index, hr_tensor *out);

/* ---- variables ------------------------------------------------------------------------------------------------- */

/* Held while a variable is read or written as a whole. hr_variable_value is empty (dtype HR_INVALID) while it is
 * uninitialised. The buffer may be shared with values read earlier in the step: TensorFlow updates in place all the
 * same, and so do the training ops. */
HR_API void hr_variable_lock(hr_variable *variable);
HR_API void hr_variable_unlock(hr_variable *variable);
HR_API hr_tensor *hr_variable_value(hr_variable *variable); /* call with the lock held */
HR_API const char *hr_variable_name(const hr_variable *variable);
HR_API hr_dtype hr_variable_dtype(const hr_variable *variable);
/* FailedPrecondition "Attempting to use uninitialized value NAME" unless initialised. Lock held. */
HR_API HR_MUST_USE hr_status hr_variable_check(const hr_variable *variable);

/* ---- work ------------------------------------------------------------------------------------------------------ */

/* Runs body(argument, begin, end) over [0, total) on the intra-op pool and the calling thread, or all on the calling
 * thread where total * unit_nanos (a rough cost per unit) is not worth waking another. Returns when all is done. The
 * split depends on the pool's size only through ranges: results must not depend on it. */
HR_API void hr_parallel_for(hr_kernel_context *ctx, int64_t total, double unit_nanos,
                            void (*body)(void *argument, int64_t begin, int64_t end), void *argument);
/* Threads that hr_parallel_for may use, the caller included. */
HR_API int hr_parallelism(const hr_kernel_context *ctx);
HR_API bool hr_is_cancelled(const hr_kernel_context *ctx);

/* What an asynchronous kernel leaves with its step while it waits, so that a cancelled step can end the wait. The
 * memory is the kernel's. `cancel` runs at most once, on the cancelling thread, without locks held. */
typedef struct hr_cancel_watch {
  struct hr_cancel_watch *next, *previous;
  void (*cancel)(struct hr_cancel_watch *self);
} hr_cancel_watch;
/* False where the step is cancelled already: then nothing was registered. */
HR_API bool hr_watch_cancel(hr_kernel_context *ctx, hr_cancel_watch *watch);
/* After this, cancel neither runs nor will run (called from inside cancel it returns at once). */
HR_API void hr_unwatch_cancel(hr_kernel_context *ctx, hr_cancel_watch *watch);

/* Resources: named objects that live in the session's (or device's) containers. */
typedef struct hr_resource_manager hr_resource_manager;
HR_API hr_resource_manager *hr_context_resources(const hr_kernel_context *ctx);
/* The same for one step: what lives here (stacks, tensor arrays) ends with it. NULL when out of memory. */
HR_API hr_resource_manager *hr_context_step_resources(const hr_kernel_context *ctx);

/* ---- construction ---------------------------------------------------------------------------------------------- */

/* Once per node and session, before it first runs. */
typedef struct hr_kernel_construction {
  const hr_node *node;
  hr_allocator *allocator;                /* of the device */
  hr_resource_manager *resources;         /* where a stateful kernel finds or makes its object */
  hr_resource_manager *private_resources; /* of one session, where several share `resources`; of a
                                             function that datasets call; else NULL */
} hr_kernel_construction;

/* Attributes of the node; InvalidArgument naming node and attribute where there is none of that kind. */
HR_API HR_MUST_USE hr_status hr_construction_int(const hr_kernel_construction *c, const char *name, int64_t *out);
HR_API HR_MUST_USE hr_status hr_construction_float(const hr_kernel_construction *c, const char *name, float *out);
HR_API HR_MUST_USE hr_status hr_construction_bool(const hr_kernel_construction *c, const char *name, bool *out);
HR_API HR_MUST_USE hr_status hr_construction_type(const hr_kernel_construction *c, const char *name, hr_dtype *out);
/* Any attribute; borrowed from the node. */
HR_API HR_MUST_USE hr_status hr_construction_attr(const hr_kernel_construction *c, const char *name,
                                                  const hr_attr_value **out);

/* ---- registration ---------------------------------------------------------------------------------------------- */

#define HR_TYPE_BIT(dtype) (UINT64_C(1) << (dtype))

/* A dtype constraint: attribute `attr` must be one of `types` (bits). */
typedef struct hr_kernel_types {
  const char *attr;
  uint64_t types;
} hr_kernel_types;

typedef enum hr_kernel_flags {
  HR_KERNEL_CHEAP = 1, /* never worth another thread (shapes, identities, scalars) */
  HR_KERNEL_CONSTANT =
      2, /* stateless or tied to the session: runs once, its outputs serve all runs (Const, VariableV2) */
  HR_KERNEL_NO_INPUT_READ = 4, /* reads shapes of its inputs only, not their contents */
  HR_KERNEL_ELEMENTWISE = 8,   /* the argument says all that the kernel does (kernels_cpu/elementwise.h) */
  HR_KERNEL_UPDATE = 16,       /* a training op that may take its gradient in pieces (kernels_cpu/training.h) */
  HR_KERNEL_WAITS = 32,        /* calls the host program, which may keep it waiting */
} hr_kernel_flags;

/* Ends an asynchronous node: call it exactly once, from any thread; outputs are set before, nothing is touched after.
 */
typedef void (*hr_done_function)(void *argument, hr_status status);

/* Of kernels that touch no bytes of their inputs and outputs, or only in host memory. */
#define HR_EVERY_DEVICE "DEFAULT"

typedef struct hr_kernel_def {
  uint32_t size; /* sizeof(hr_kernel_def) of the registering code */
  uint32_t abi;  /* HR_KERNEL_ABI */
  const char *op;
  const char *device;       /* device type; NULL: "CPU"; HR_EVERY_DEVICE */
  hr_kernel_types types[4]; /* ended by a NULL attr */
  int32_t priority;         /* the highest of those that fit is taken */
  uint32_t flags;
  /* One of the two. */
  hr_status (*compute)(hr_kernel_context *ctx);
  void (*compute_async)(hr_kernel_context *ctx, hr_done_function done, void *argument);
  /* Optional: per node and session. */
  hr_status (*create)(const hr_kernel_construction *construction, void **state);
  void (*destroy)(void *state);
  const char *const *host_memory; /* names of arguments kept in host memory, NULL-ended; NULL: none */
  const void *argument;           /* for kernels that share one compute: an operation table (hr_context_argument) */
} hr_kernel_def;

/* The `argument` of the running kernel's registration. */
HR_API const void *hr_context_argument(const hr_kernel_context *ctx);

/* Registers a kernel of this library or of a loaded one. The definition must live forever. */
HR_API HR_MUST_USE hr_status hr_register_kernel(const hr_kernel_def *kernel);

/* Built-in kernels: pointers in a linker section that the registry reads at first use. */
#define HR_KERNEL(...)                   HR_KERNEL_NUMBERED_(__COUNTER__, __VA_ARGS__)
#define HR_KERNEL_NUMBERED_(number, ...) HR_KERNEL_DEFINED_(number, __VA_ARGS__)
#define HR_KERNEL_DEFINED_(number, ...)                                                                                \
  static const hr_kernel_def hr_kernel_def_##number = {                                                                \
      .size = sizeof(hr_kernel_def), .abi = HR_KERNEL_ABI, __VA_ARGS__};                                               \
  static const hr_kernel_def *const hr_kernel_entry_##number __attribute__((used, retain, section("hr_kernels"))) =    \
      &hr_kernel_def_##number

#ifdef __cplusplus
}
#endif
#endif
