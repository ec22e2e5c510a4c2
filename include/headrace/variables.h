/* Variables: tf.Variable, tf.get_variable with variable scopes, initialisers, and the ops on variables. */
#ifndef HEADRACE_VARIABLES_H
#define HEADRACE_VARIABLES_H

#include "headrace/math.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- a variable ------------------------------------------------------------------------------------------------ */

/* A variable of the graph (which owns it): the VariableV2 node, or the VarHandleOp of a resource variable, and what
 * stands around it. */
typedef struct hr_var hr_var;

HR_API const char *hr_var_name(const hr_var *var); /* "scope/v": the node's name */
/* The reference, or the handle of a resource variable; what gradients are taken of. */
HR_API hr_output hr_var_ref(const hr_var *var);
HR_API bool hr_var_is_resource(const hr_var *var);
/* "v/read", what ops take; of a resource variable "v/Read/ReadVariableOp", where ops have readings of their own. */
HR_API hr_output hr_var_value(const hr_var *var);
/* The node that stands for the variable: the one of its reference or handle; of hr_var_after, the update. */
HR_API hr_node *hr_var_node(const hr_var *var);
/* Whether hr_var_after made it. */
HR_API bool hr_var_is_later(const hr_var *var);
/* What stands for the variable where it is fed or fetched: the reference, or a resource variable's value. */
HR_API hr_output hr_var_element(const hr_var *var);
HR_API hr_node *hr_var_initializer(const hr_var *var); /* "v/Assign" */
HR_API hr_output hr_var_initial_value(const hr_var *var);
HR_API hr_dtype hr_var_dtype(const hr_var *var); /* never a reference type */
HR_API const hr_partial_shape *hr_var_shape(const hr_var *var);
HR_API bool hr_var_is_trainable(const hr_var *var);
HR_API hr_graph *hr_var_graph(const hr_var *var);

/* Variables in a collection are items of this type; its to_proto writes a VariableDef. */
HR_API extern const hr_object_type hr_var_type;
/* The variable of a collection's item; NULL for any other item. */
HR_API hr_var *hr_item_var(const hr_item *item);
/* The variable that a VariableDef speaks of, with `import_scope` (may be NULL) before its names. InvalidArgument for
 * bytes that are none, NotFound for names that the graph does not have. */
HR_API HR_MUST_USE hr_status hr_var_from_proto(hr_graph *graph, const void *bytes, size_t length,
                                               const char *import_scope, hr_var **out);

/* A list of variables; the array is malloc'd where a function says so. */
typedef struct hr_vars {
  int32_t count;
  hr_var *const *items;
} hr_vars;
#define HR_VARS(...)                                                                                                   \
  ((hr_vars){(int32_t)(sizeof((hr_var *[]){__VA_ARGS__}) / sizeof(hr_var *)), (hr_var *[]){__VA_ARGS__}})

/* Of a variable that hr_get_variable has cut into parts: these, else none (borrowed). Such a variable has a name, a
 * dtype and the shape of the whole; its parts are the variables that are initialised, trained and saved. */
HR_API hr_vars hr_var_parts(const hr_var *var);
/* What ops take: the value of a whole variable; a new reading of a resource variable; of one in parts, new nodes that
 * join them. */
HR_API hr_output hr_var_tensor(hr_scope scope, const hr_var *var);

/* The variables of a collection, in order; `filter` (may be NULL) keeps those whose name starts with a match of this
 * POSIX extended regular expression, as the scope argument of tf.get_collection. The array is malloc'd: free((void
 * *)vars.items). InvalidArgument for a bad expression. */
HR_API HR_MUST_USE hr_status hr_collection_vars(hr_graph *graph, const char *key, const char *filter, hr_vars *out);

/* ---- initialisers ---------------------------------------------------------------------------------------------- */

typedef enum hr_fan_mode { HR_FAN_IN, HR_FAN_OUT, HR_FAN_AVG } hr_fan_mode;
typedef enum hr_distribution {
  HR_TRUNCATED_NORMAL, /* tf's "normal" and "truncated_normal" */
  HR_UNTRUNCATED_NORMAL,
  HR_UNIFORM,
} hr_distribution;

/* Which part of a partitioned variable a variable is. */
typedef struct hr_slice_info {
  const char *full_name;
  int rank;
  int64_t full_shape[HR_MAX_RANK], offset[HR_MAX_RANK], shape[HR_MAX_RANK];
} hr_slice_info;

/* Makes a variable's first value: builds the nodes of a tensor of `shape` (full) and `dtype`. A value; a zeroed struct
 * is none. What `argument` and `tensor` point to is borrowed for as long as the initialiser is used. */
typedef struct hr_initializer hr_initializer;
struct hr_initializer {
  hr_output (*call)(const hr_initializer *self, hr_scope scope, const hr_partial_shape *shape, hr_dtype dtype);
  void *argument;            /* of functions that callers write */
  bool shapeless;            /* the function knows the shape: hr_get_variable needs none */
  const hr_slice_info *part; /* set for a call that makes a part of a variable, whose shape is then asked for */
  const hr_tensor *tensor;   /* the rest is for the functions below */
  hr_operand low, high;
  double mean, stddev, scale;
  hr_fan_mode mode;
  hr_distribution distribution;
  int64_t seed;
  hr_output (*inner)(const hr_initializer *self, hr_scope scope, const hr_partial_shape *shape, hr_dtype dtype);
};

HR_API hr_initializer hr_zeros_initializer(void);
HR_API hr_initializer hr_ones_initializer(void);
/* tf.constant_initializer of a number (or bool), or of a tensor whose elements fill the shape row by row, the last one
 * repeated. */
HR_API hr_initializer hr_constant_initializer_of(hr_operand value);
#define hr_constant_initializer(value) hr_constant_initializer_of(HR_OPERAND(value))
/* Integers need integer limits. */
HR_API hr_initializer hr_random_uniform_initializer_of(hr_operand minval, hr_operand maxval, int64_t seed);
#define hr_random_uniform_initializer(minval, maxval, seed)                                                            \
  hr_random_uniform_initializer_of(HR_OPERAND(minval), HR_OPERAND(maxval), (seed))
HR_API hr_initializer hr_random_normal_initializer(double mean, double stddev, int64_t seed);
HR_API hr_initializer hr_truncated_normal_initializer(double mean, double stddev, int64_t seed);
/* tf.uniform_unit_scaling_initializer: +-factor sqrt(3 / inputs). */
HR_API hr_initializer hr_uniform_unit_scaling_initializer(double factor, int64_t seed);
/* tf.variance_scaling_initializer: variance scale / fan; the truncated normal is widened so that its variance is that
 * after truncation. */
HR_API hr_initializer hr_variance_scaling_initializer(double scale, hr_fan_mode mode, hr_distribution distribution,
                                                      int64_t seed);
HR_API hr_initializer hr_glorot_uniform_initializer(int64_t seed);
HR_API hr_initializer hr_glorot_normal_initializer(int64_t seed);
HR_API hr_initializer hr_he_uniform_initializer(int64_t seed);
HR_API hr_initializer hr_he_normal_initializer(int64_t seed);
HR_API hr_initializer hr_lecun_uniform_initializer(int64_t seed);
HR_API hr_initializer hr_lecun_normal_initializer(int64_t seed);
/* tf.contrib.layers.variance_scaling_initializer and xavier_initializer: another widening of the normal. */
HR_API hr_initializer hr_contrib_variance_scaling_initializer(double factor, hr_fan_mode mode, bool uniform,
                                                              int64_t seed);
HR_API hr_initializer hr_xavier_initializer(bool uniform, int64_t seed);
/* tf.orthogonal_initializer (by a QR decomposition) and tf.initializers.identity, of matrices. */
HR_API hr_initializer hr_orthogonal_initializer(double gain, int64_t seed);
HR_API hr_initializer hr_identity_initializer(double gain);
/* The square root of what another makes, which is none of its own kind. */
HR_API hr_initializer hr_sqrt_initializer(hr_initializer of);
/* Calls one, as Python does: the nodes of a tensor of `shape` and `dtype`, which is float for HR_INVALID. HR_NO_OUTPUT
 * for none. */
HR_API hr_output hr_initialize(hr_scope scope, hr_initializer initializer, hr_partial_shape shape, hr_dtype dtype);

/* A penalty on a variable, as layers.h makes them. A zeroed struct is none. A function that answers HR_NO_OUTPUT adds
 * no loss. */
typedef struct hr_regularizer hr_regularizer;
/* A list of them, borrowed; zeroed ones in it are skipped. */
typedef struct hr_regularizers {
  int32_t count;
  const hr_regularizer *items;
} hr_regularizers;
#define HR_REGULARIZERS(...)                                                                                           \
  ((hr_regularizers){(int32_t)(sizeof((hr_regularizer[]){__VA_ARGS__}) / sizeof(hr_regularizer)),                      \
                     (hr_regularizer[]){__VA_ARGS__}})
struct hr_regularizer {
  hr_output (*call)(const hr_regularizer *self, hr_scope scope, hr_operand weights);
  void *argument;
  hr_operand l1, l2; /* the rest is for the regularisers of layers.h */
  hr_regularizers parts;
  const char *name;
};
/* tf.no_regularizer: nothing, whatever the scope says. */
HR_API extern const hr_regularizer hr_no_regularizer;

/* Whether a variable is a resource variable, which nodes have handles of, rather than one by reference. What a node has
 * read from a resource variable does not change when the variable is written. */
typedef enum hr_use_resource {
  HR_RESOURCE_DEFAULT, /* as the variable scope says; where it does not, by reference */
  HR_RESOURCE_TRUE,
  HR_RESOURCE_FALSE
} hr_use_resource;
/* tf.enable_resource_variables and disable_resource_variables: what holds in the scope's graph where neither the
 * variable nor its scope says. */
HR_API void hr_resource_by_default(hr_scope scope, bool by_default);
/* Whether a variable that is made here, with this option, is a resource variable. */
HR_API bool hr_wants_resource(hr_scope scope, hr_use_resource use_resource);

/* ---- tf.Variable ----------------------------------------------------------------------------------------------- */

/* A function without arguments that makes an initial value. */
typedef struct hr_initial_value {
  hr_output (*call)(void *argument, hr_scope scope);
  void *argument;
} hr_initial_value;

typedef struct hr_tf_variable_options {
  const char *name;              /* "Variable" */
  hr_dtype dtype;                /* HR_INVALID: that of the value */
  bool trainable;                /* default true */
  bool validate_shape;           /* default true; false: any shape may be assigned later */
  const hr_strings *collections; /* NULL: "variables"; "trainable_variables" is added where trainable */
  const char *caching_device;    /* where the read value stands; NULL: beside the variable */
  hr_initial_value function;     /* in place of `value`: the nodes it makes stand inside "NAME/Initializer/" */
  hr_use_resource use_resource;
} hr_tf_variable_options;
#define HR_TF_VARIABLE_DEFAULTS .trainable = true, .validate_shape = true
/* tf.Variable. InvalidArgument for a value without a known shape (resource variables take it). NULL after an error. */
HR_API hr_var *hr_tf_variable_with(hr_scope scope, hr_operand value, const hr_tf_variable_options *options);
#define hr_tf_variable(scope, value, ...)                                                                              \
  HR_CALL_OP_(hr_tf_variable_options, hr_tf_variable_with((scope), HR_OPERAND(value), &hr_options_),                   \
              HR_TF_VARIABLE_DEFAULTS, ##__VA_ARGS__)

/* The way on to the variable, for a creator: the outer creator, or the making itself. NULL after an error. */
typedef struct hr_next_creator hr_next_creator;
HR_API hr_var *hr_next_creator_call(const hr_next_creator *next, hr_scope scope, hr_operand value,
                                    const hr_tf_variable_options *options);
/* Sees each variable that hr_tf_variable and hr_get_variable make inside its scope, with the full name of the latter
 * and their initialiser as the options' function. Pointers are borrowed for the call. */
typedef struct hr_variable_creator {
  hr_var *(*call)(void *argument, const hr_next_creator *next, hr_scope scope, hr_operand value,
                  const hr_tf_variable_options *options);
  void *argument;
} hr_variable_creator;
/* tf.variable_creator_scope. */
HR_API hr_scope hr_variable_creator_scope(hr_scope scope, hr_variable_creator creator);
/* Whether a creator sees what is made here. */
HR_API bool hr_has_variable_creator(hr_scope scope);

/* ---- variable scopes ------------------------------------------------------------------------------------------- */

typedef struct hr_var_scope hr_var_scope; /* tf.VariableScope; owned by the graph */
typedef enum hr_reuse { HR_REUSE_NONE, HR_REUSE_TRUE, HR_REUSE_AUTO } hr_reuse;

typedef struct hr_get_variable_options hr_get_variable_options;
/* The way on to the variable, for a custom getter: the outer scope's getter, or the making itself. */
typedef struct hr_getter hr_getter;
HR_API hr_var *hr_getter_call(const hr_getter *getter, hr_scope scope, const char *name,
                              const hr_get_variable_options *options);
/* What a custom getter may answer in place of a variable: a tensor made of it. It has a name, a value, a dtype and a
 * shape, but neither reference nor initializer, and is in no collection. NULL after an error. */
HR_API hr_var *hr_var_stand_in(hr_scope scope, hr_output value);
/* Sees each hr_get_variable inside its scope, with the full name and the scope's settings in the options. One that is
 * given to hr_get_variable itself stands in place of the scope's. */
typedef struct hr_custom_getter {
  hr_var *(*call)(void *argument, const hr_getter *getter, hr_scope scope, const char *name,
                  const hr_get_variable_options *options);
  void *argument;
} hr_custom_getter;

/* Says into how many parts a variable is cut along each axis; one number at most may be above 1. */
typedef struct hr_partitioner {
  /* Writes shape->rank numbers. */
  HR_MUST_USE hr_status (*call)(const struct hr_partitioner *self, const hr_partial_shape *shape, hr_dtype dtype,
                                int64_t *parts);
  void *argument; /* of functions that callers write */
  int32_t axis;   /* for the functions below */
  int64_t limit, size, string_size;
} hr_partitioner;
/* tf.fixed_size_partitioner: `parts` along `axis`, fewer where that is shorter. */
HR_API hr_partitioner hr_fixed_size_partitioner(int64_t parts, int32_t axis);
/* tf.variable_axis_size_partitioner: parts along `axis` of at most `bytes` each, but no more than `limit` (0: none);
 * strings count as `string_size` bytes. */
HR_API hr_partitioner hr_variable_axis_size_partitioner(int64_t bytes, int32_t axis, int64_t string_size,
                                                        int64_t limit);
/* tf.min_max_variable_partitioner: at most `limit` parts along `axis` of at least `bytes` each. */
HR_API hr_partitioner hr_min_max_variable_partitioner(int64_t limit, int32_t axis, int64_t bytes, int64_t string_size);

typedef struct hr_variable_scope_options {
  hr_reuse reuse;
  hr_dtype dtype; /* HR_INVALID: as outside; float at the root */
  hr_initializer initializer;
  hr_regularizer regularizer;
  const char *caching_device;
  hr_custom_getter custom_getter;
  hr_partitioner partitioner;
  hr_use_resource use_resource;
  const char *default_name; /* used, made unique, where the name is NULL */
  bool no_name_scope;       /* auxiliary_name_scope=False: ops stay in the current name scope */
} hr_variable_scope_options;

/* tf.variable_scope by name: prolongs the current scope ("outer/name"), inherits its settings, and opens the name scope
 * `name`. Close it with hr_scope_close (or HR_WITH). */
HR_API hr_scope hr_variable_scope_with(hr_scope scope, const char *name, const hr_variable_scope_options *options);
#define hr_variable_scope(scope, name, ...)                                                                            \
  hr_variable_scope_with((scope), (name), &(hr_variable_scope_options){__VA_ARGS__})
/* tf.variable_scope by object: jumps to that scope, whatever the current one, with its settings; the name scope is a
 * new one of the scope's last name. */
HR_API hr_scope hr_variable_scope_again_with(hr_scope scope, const hr_var_scope *again,
                                             const hr_variable_scope_options *options);
#define hr_variable_scope_again(scope, again, ...)                                                                     \
  hr_variable_scope_again_with((scope), (again), &(hr_variable_scope_options){__VA_ARGS__})

/* tf.VariableScope: a scope of its own, which inherits nothing; hr_variable_scope_again opens it. NULL after an error.
 */
HR_API hr_var_scope *hr_var_scope_new(hr_scope scope, const char *name, const char *name_scope,
                                      const hr_variable_scope_options *options);

/* tf.get_variable_scope: the current one; never NULL while memory lasts. */
HR_API hr_var_scope *hr_get_variable_scope(hr_scope scope);
HR_API const char *hr_var_scope_name(const hr_var_scope *scope);                /* "a/b", "" at the root */
HR_API const char *hr_var_scope_original_name_scope(const hr_var_scope *scope); /* "a/b/" */
HR_API hr_reuse hr_var_scope_reuse(const hr_var_scope *scope);
HR_API hr_dtype hr_var_scope_dtype(const hr_var_scope *scope);
HR_API const char *hr_var_scope_caching_device(const hr_var_scope *scope); /* NULL: beside the variable */
HR_API hr_use_resource hr_var_scope_use_resource(const hr_var_scope *scope);
HR_API void hr_var_scope_set_use_resource(hr_var_scope *scope, hr_use_resource use_resource);
HR_API void hr_var_scope_reuse_variables(hr_var_scope *scope);
HR_API void hr_var_scope_set_initializer(hr_var_scope *scope, hr_initializer initializer);
HR_API void hr_var_scope_set_regularizer(hr_var_scope *scope, hr_regularizer regularizer);
HR_API void hr_var_scope_set_dtype(hr_var_scope *scope, hr_dtype dtype);
HR_API void hr_var_scope_set_partitioner(hr_var_scope *scope, hr_partitioner partitioner);
/* NULL: beside the variable. OutOfMemory where the name cannot be kept. */
HR_API void hr_var_scope_set_caching_device(hr_scope s, hr_var_scope *scope, const char *device);
/* In place of the scope's getters, those of outer scopes, too; a zeroed struct: none. */
HR_API void hr_var_scope_set_custom_getter(hr_scope s, hr_var_scope *scope, hr_custom_getter getter);

struct hr_get_variable_options {
  hr_partial_shape shape;     /* default: not given */
  hr_dtype dtype;             /* HR_INVALID: the scope's */
  hr_initializer initializer; /* none: the scope's; none there: glorot uniform, zeros for integers and bools */
  hr_operand value;           /* an initial value in place of shape and initializer; its zero is none */
  hr_regularizer regularizer; /* none: the scope's */
  bool trainable;             /* default true */
  bool validate_shape;        /* default true */
  const hr_strings *collections;
  const char *caching_device;
  hr_custom_getter custom_getter;
  hr_partitioner partitioner; /* none: the scope's. Scalars are never cut */
  hr_reuse reuse;             /* HR_REUSE_NONE: the scope's */
  hr_use_resource use_resource;
};
#define HR_GET_VARIABLE_DEFAULTS .shape = {.rank = HR_UNKNOWN_RANK}, .trainable = true, .validate_shape = true
/* tf.get_variable: the variable of this name in the current variable scope, made unless the scope reuses.
 * InvalidArgument: it exists and the scope does not reuse; it does not exist, or was not made by hr_get_variable, and
 * the scope reuses; another shape or dtype than it has; no shape. */
HR_API hr_var *hr_get_variable_with(hr_scope scope, const char *name, const hr_get_variable_options *options);
#define hr_get_variable(scope, name, ...)                                                                              \
  HR_CALL_OP_(hr_get_variable_options, hr_get_variable_with((scope), (name), &hr_options_), HR_GET_VARIABLE_DEFAULTS,  \
              ##__VA_ARGS__)

/* The variables that hr_get_variable has made in the scope's graph, by index; NULL from some index on. */
HR_API hr_var *hr_shared_variable(hr_scope scope, int32_t index);

/* ---- ops on variables ------------------------------------------------------------------------------------------ */

/* tf.assign, assign_add, assign_sub: the new value, by reference; of a resource variable, read after the update. The
 * last two have no name for resource variables, as in TensorFlow. */
HR_API hr_output hr_var_assign_with(hr_scope scope, hr_var *var, hr_operand value, bool validate_shape,
                                    const hr_op_options *options);
HR_API hr_output hr_var_assign_add_with(hr_scope scope, hr_var *var, hr_operand value, const hr_op_options *options);
HR_API hr_output hr_var_assign_sub_with(hr_scope scope, hr_var *var, hr_operand value, const hr_op_options *options);
#define hr_var_assign(scope, var, value, ...)                                                                          \
  hr_var_assign_with((scope), (var), HR_OPERAND(value), true, &(hr_op_options){__VA_ARGS__})
#define hr_var_assign_add(scope, var, value, ...)                                                                      \
  hr_var_assign_add_with((scope), (var), HR_OPERAND(value), &(hr_op_options){__VA_ARGS__})
#define hr_var_assign_sub(scope, var, value, ...)                                                                      \
  hr_var_assign_sub_with((scope), (var), HR_OPERAND(value), &(hr_op_options){__VA_ARGS__})
/* An update of a resource variable by the op `op` (AssignAddVariableOp, ResourceScatterAdd, ...): `where` are the
 * inputs between handle and value, `value` has the variable's dtype; with nothing in between, it must fit the
 * variable's shape. NULL after an error. */
HR_API hr_node *hr_update_resource_with(hr_scope scope, const char *op, hr_var *var, hr_operands where,
                                        hr_operand value, const hr_op_options *options);
#define hr_update_resource(scope, op, var, where, value, ...)                                                          \
  hr_update_resource_with((scope), (op), (var), HR_OPERANDS_OF(where), HR_OPERAND(value), &(hr_op_options){__VA_ARGS__})
/* What v[a:b].assign does: writes a part of the variable, the one that `slice`, an output of StridedSlice, is of it.
 * InvalidArgument for another output. NULL after an error. */
HR_API hr_node *hr_assign_slice_with(hr_scope scope, hr_var *var, hr_output slice, hr_operand value,
                                     const hr_op_options *options);
#define hr_assign_slice(scope, var, slice, value, ...)                                                                 \
  hr_assign_slice_with((scope), (var), (slice), HR_OPERAND(value), &(hr_op_options){__VA_ARGS__})
/* The variable as it is once `update` has run: what is read of it as a whole waits. */
HR_API hr_var *hr_var_after(hr_scope scope, hr_var *var, hr_node *update);
/* Variable.read_value: a fresh Identity. */
HR_API hr_output hr_var_read(hr_scope scope, hr_var *var);
/* tf.is_variable_initialized. */
HR_API hr_output hr_var_is_initialized(hr_scope scope, hr_var *var);
/* Variable.initialized_value: the value, or the initial value as long as there is none. */
HR_API hr_output hr_var_initialized_value(hr_scope scope, hr_var *var);

/* tf.group: a node that runs after all of `nodes`; over several devices one NoOp each and one over them. */
HR_API hr_node *hr_group_with(hr_scope scope, int32_t count, hr_node *const *nodes, const hr_op_options *options);
#define hr_group(scope, ...) hr_group_with((scope), HR_NODES(__VA_ARGS__), NULL)
/* A tensor as it is once all of `nodes` have run: an Identity "control_dependency" beside it, a RefIdentity of a
 * reference. */
HR_API hr_output hr_with_dependencies_with(hr_scope scope, int32_t count, hr_node *const *nodes, hr_output output,
                                           const hr_op_options *options);
/* tf.tuple: outputs that are ready only when all of `tensors` and `controls` are; entries that are not given, or None,
 * become HR_NO_OUTPUT. Values become Consts, variables are read; references stay references. Writes tensors.count
 * outputs. */
HR_API void hr_tuple_with(hr_scope scope, hr_operands tensors, int32_t control_count, hr_node *const *controls,
                          hr_output *out, const hr_op_options *options);

/* tf.variables_initializer; of all global, of all local variables. */
HR_API hr_node *hr_variables_initializer_with(hr_scope scope, hr_vars vars, const hr_op_options *options);
#define hr_variables_initializer(scope, vars, ...)                                                                     \
  hr_variables_initializer_with((scope), (vars), &(hr_op_options){__VA_ARGS__})
HR_API hr_node *hr_global_variables_initializer(hr_scope scope);
HR_API hr_node *hr_local_variables_initializer(hr_scope scope);
/* tf.tables_initializer: runs all of the collection "table_initializer". */
HR_API hr_node *hr_tables_initializer(hr_scope scope);
/* tf.report_uninitialized_variables of all global and local variables: a vector of names. */
typedef struct hr_report_uninitialized_options {
  const hr_vars *vars; /* NULL: all global and local ones */
  const char *name;
} hr_report_uninitialized_options;
HR_API hr_output hr_report_uninitialized_variables_with(hr_scope scope, const hr_report_uninitialized_options *options);
#define hr_report_uninitialized_variables(scope, ...)                                                                  \
  hr_report_uninitialized_variables_with((scope), &(hr_report_uninitialized_options){__VA_ARGS__})
/* tf.assert_variables_initialized: a tensor whose run fails where one of the variables has no value. */
HR_API hr_output hr_assert_variables_initialized(hr_scope scope, hr_vars vars);

/* tf.train.create_global_step, get_global_step (NULL where there is none), get_or_create_global_step: an int64 scalar
 * that counts training steps. InvalidArgument where it exists, or is no integer scalar. */
HR_API hr_var *hr_create_global_step(hr_scope scope);
HR_API hr_var *hr_get_global_step(hr_scope scope);
HR_API hr_var *hr_get_or_create_global_step(hr_scope scope);

/* tf.add_to_collection of a variable. */
HR_API void hr_add_var_to_collection(hr_scope scope, const char *key, hr_var *var);
HR_API void hr_add_node_to_collection(hr_scope scope, const char *key, hr_node *node);
HR_API void hr_add_output_to_collection(hr_scope scope, const char *key, hr_output output);

#ifdef __cplusplus
}
#endif
#endif
