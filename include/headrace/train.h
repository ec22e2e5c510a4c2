/* Training: tf.train's optimizers. Variables move against the gradients of a loss by one node that a session runs. */
#ifndef HEADRACE_TRAIN_H
#define HEADRACE_TRAIN_H

#include "headrace/gradients.h"
#include "headrace/variables.h"

#ifdef __cplusplus
extern "C" {
#endif

/* An optimizer: hyperparameters, the functions that build its nodes, and the slots it has made. For one graph. */
typedef struct hr_optimizer hr_optimizer;

/* What a kind of optimizer does. hr_optimizer_functions gives an optimizer's own table, in which a binding may replace
 * functions one by one (and call what stood there). `scope` is where nodes go: "NAME/" for prepare and finish,
 * "NAME/update_VARIABLE/", beside the variable, for the apply functions. Errors go to the scope's builder. */
typedef struct hr_optimizer_functions {
  /* Makes the slots of the variables that have gradients, outside of any control dependencies. */
  void (*create_slots)(hr_optimizer *optimizer, hr_scope scope, hr_vars vars);
  /* Makes the tensors of the hyperparameters. */
  void (*prepare)(hr_optimizer *optimizer, hr_scope scope);
  /* The node that applies a dense gradient. */
  hr_node *(*apply_dense)(hr_optimizer *optimizer, hr_scope scope, hr_output gradient, hr_var *var);
  /* The node that applies the rows of a sparse gradient; no row comes twice. */
  hr_node *(*apply_sparse)(hr_optimizer *optimizer, hr_scope scope, hr_gradient gradient, hr_var *var);
  /* The same where rows may come twice: sums them and calls apply_sparse, unless the kind has a better way. */
  hr_node *(*apply_sparse_duplicates)(hr_optimizer *optimizer, hr_scope scope, hr_gradient gradient, hr_var *var);
  /* What a variable is set to after its update, as tf.Variable's constraint says; HR_NO_OUTPUT for one without. NULL:
   * none has one. */
  hr_output (*constrain)(hr_optimizer *optimizer, hr_scope scope, hr_var *var);
  /* The node that runs after all updates, called `name`. */
  hr_node *(*finish)(hr_optimizer *optimizer, hr_scope scope, int32_t count, hr_node *const *updates, const char *name);
  void *argument; /* for replaced functions */
} hr_optimizer_functions;
HR_API hr_optimizer_functions *hr_optimizer_table(hr_optimizer *optimizer);

/* An optimizer of no kind, for subclasses: its slots are none and applying is Unimplemented until the table says more.
 * NULL when out of memory, here and below. */
HR_API hr_optimizer *hr_optimizer_new(const char *name);
/* NULL is allowed. Nodes and slots belong to the graph and stay. */
HR_API void hr_optimizer_free(hr_optimizer *optimizer);
HR_API const char *hr_optimizer_name(const hr_optimizer *optimizer);

/* Gives a hyperparameter (by the name of its node: "learning_rate", "beta1") another value, from the next training node
 * on. False where the kind has none of that name. What the operand points to must live as long as the optimizer. */
HR_API bool hr_optimizer_set(hr_optimizer *optimizer, const char *hyperparameter, hr_operand value);
/* Its tensor, once `prepare` has run; HR_NO_OUTPUT before and for an unknown name. */
HR_API hr_output hr_optimizer_prepared(const hr_optimizer *optimizer, const char *hyperparameter);

/* ---- kinds ----------------------------------------------------------------------------------------------------- */

/* Options of all kinds; each kind reads those that its comment names, with TensorFlow 1.15's defaults. */
typedef struct hr_optimizer_options {
  const char *name; /* NULL: the kind's */
  bool use_locking;
  bool use_nesterov, centered;
  double momentum, beta1, beta2, epsilon, decay, rho, initial_accumulator_value;
  double learning_rate_power, l1_regularization_strength, l2_regularization_strength,
      l2_shrinkage_regularization_strength;
  const char *accum_name, *linear_name;
} hr_optimizer_options;

/* var -= rate * gradient. Reads use_locking. */
HR_API hr_optimizer *hr_gradient_descent_optimizer_with(hr_operand learning_rate, const hr_optimizer_options *options);
#define hr_gradient_descent_optimizer(learning_rate, ...)                                                              \
  hr_gradient_descent_optimizer_with(HR_OPERAND(learning_rate), &(hr_optimizer_options){__VA_ARGS__})

/* accum = momentum * accum + gradient; var -= rate * accum. Reads use_nesterov. Slot "momentum". */
HR_API hr_optimizer *hr_momentum_optimizer_with(hr_operand learning_rate, hr_operand momentum,
                                                const hr_optimizer_options *options);
#define hr_momentum_optimizer(learning_rate, momentum, ...)                                                            \
  hr_momentum_optimizer_with(HR_OPERAND(learning_rate), HR_OPERAND(momentum), &(hr_optimizer_options){__VA_ARGS__})

/* Kingma and Ba, Adam. Reads beta1 (0.9), beta2 (0.999), epsilon (1e-8). Slots "m", "v". */
HR_API hr_optimizer *hr_adam_optimizer_with(hr_operand learning_rate, const hr_optimizer_options *options);
#define HR_ADAM_DEFAULTS .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8
#define hr_adam_optimizer(learning_rate, ...)                                                                          \
  HR_CALL_OP_(hr_optimizer_options, hr_adam_optimizer_with(HR_OPERAND(learning_rate), &hr_options_), HR_ADAM_DEFAULTS, \
              ##__VA_ARGS__)

/* Duchi et al., Adagrad. Reads initial_accumulator_value (0.1). Slot "accumulator". */
HR_API hr_optimizer *hr_adagrad_optimizer_with(hr_operand learning_rate, const hr_optimizer_options *options);
#define HR_ADAGRAD_DEFAULTS .initial_accumulator_value = 0.1
#define hr_adagrad_optimizer(learning_rate, ...)                                                                       \
  HR_CALL_OP_(hr_optimizer_options, hr_adagrad_optimizer_with(HR_OPERAND(learning_rate), &hr_options_),                \
              HR_ADAGRAD_DEFAULTS, ##__VA_ARGS__)

/* Tieleman and Hinton, RMSProp. Reads decay (0.9), momentum (0), epsilon (1e-10), centered. Slots "rms", "mg" where
 * centered, "momentum". */
HR_API hr_optimizer *hr_rmsprop_optimizer_with(hr_operand learning_rate, const hr_optimizer_options *options);
#define HR_RMSPROP_DEFAULTS .decay = 0.9, .epsilon = 1e-10
#define hr_rmsprop_optimizer(learning_rate, ...)                                                                       \
  HR_CALL_OP_(hr_optimizer_options, hr_rmsprop_optimizer_with(HR_OPERAND(learning_rate), &hr_options_),                \
              HR_RMSPROP_DEFAULTS, ##__VA_ARGS__)

/* Zeiler, Adadelta. Reads rho (0.95), epsilon (1e-8). Slots "accum", "accum_update". */
HR_API hr_optimizer *hr_adadelta_optimizer_with(hr_operand learning_rate, const hr_optimizer_options *options);
#define HR_ADADELTA_DEFAULTS .rho = 0.95, .epsilon = 1e-8
#define hr_adadelta_optimizer(learning_rate, ...)                                                                      \
  HR_CALL_OP_(hr_optimizer_options, hr_adadelta_optimizer_with(HR_OPERAND(learning_rate), &hr_options_),               \
              HR_ADADELTA_DEFAULTS, ##__VA_ARGS__)

/* McMahan et al., Follow the regularized leader. Reads learning_rate_power (-0.5), initial_accumulator_value (0.1), the
 * regularisation strengths, and accum_name and linear_name: what the slots' variables are called behind the variable
 * they go with, the optimizer's name where NULL. Slots "accum", "linear". */
HR_API hr_optimizer *hr_ftrl_optimizer_with(hr_operand learning_rate, const hr_optimizer_options *options);
#define HR_FTRL_DEFAULTS .learning_rate_power = -0.5, .initial_accumulator_value = 0.1
#define hr_ftrl_optimizer(learning_rate, ...)                                                                          \
  HR_CALL_OP_(hr_optimizer_options, hr_ftrl_optimizer_with(HR_OPERAND(learning_rate), &hr_options_), HR_FTRL_DEFAULTS, \
              ##__VA_ARGS__)

/* Xiao, dual averaging of Adagrad, for sparse linear models. Reads initial_accumulator_value (0.1) and the l1 and l2
 * strengths. `global_step` counts the training steps. Slots "gradient_accumulator", "gradient_squared_accumulator". */
HR_API hr_optimizer *hr_adagrad_da_optimizer_with(hr_operand learning_rate, hr_var *global_step,
                                                  const hr_optimizer_options *options);
#define hr_adagrad_da_optimizer(learning_rate, global_step, ...)                                                       \
  HR_CALL_OP_(hr_optimizer_options,                                                                                    \
              hr_adagrad_da_optimizer_with(HR_OPERAND(learning_rate), (global_step), &hr_options_),                    \
              HR_ADAGRAD_DEFAULTS, ##__VA_ARGS__)

/* Duchi and Singer, FOBOS. Read the l1 and l2 strengths; the second also initial_accumulator_value (0.1), with slot
 * "accumulator". */
HR_API hr_optimizer *hr_proximal_gradient_descent_optimizer_with(hr_operand learning_rate,
                                                                 const hr_optimizer_options *options);
#define hr_proximal_gradient_descent_optimizer(learning_rate, ...)                                                     \
  hr_proximal_gradient_descent_optimizer_with(HR_OPERAND(learning_rate), &(hr_optimizer_options){__VA_ARGS__})
HR_API hr_optimizer *hr_proximal_adagrad_optimizer_with(hr_operand learning_rate, const hr_optimizer_options *options);
#define hr_proximal_adagrad_optimizer(learning_rate, ...)                                                              \
  HR_CALL_OP_(hr_optimizer_options, hr_proximal_adagrad_optimizer_with(HR_OPERAND(learning_rate), &hr_options_),       \
              HR_ADAGRAD_DEFAULTS, ##__VA_ARGS__)

/* ---- training -------------------------------------------------------------------------------------------------- */

/* How far gradients wait for each other: GATE_OP is the default, as in TensorFlow. */
typedef enum hr_gate { HR_GATE_OP, HR_GATE_NONE, HR_GATE_GRAPH } hr_gate;

typedef struct hr_minimize_options {
  const char *name;    /* of the training node; NULL: the optimizer's */
  const hr_vars *vars; /* NULL: all trainable variables */
  hr_var *global_step; /* counted up by the training node */
  hr_gate gate_gradients;
  hr_aggregation_method aggregation;
  bool colocate_gradients_with_ops;
  hr_output grad_loss;
} hr_minimize_options;

/* Optimizer.compute_gradients: one gradient for each of `vars` (the same list as in the options; all trainable
 * variables are not implied here). InvalidArgument for an empty list and for dtypes that are not floating. */
HR_API void hr_compute_gradients_with(hr_scope scope, hr_optimizer *optimizer, hr_output loss, hr_vars vars,
                                      hr_gradient *gradients, const hr_minimize_options *options);
#define hr_compute_gradients(scope, optimizer, loss, vars, gradients, ...)                                             \
  hr_compute_gradients_with((scope), (optimizer), (loss), (vars), (gradients), &(hr_minimize_options){__VA_ARGS__})

/* Optimizer.apply_gradients: the training node, also added to "train_op". InvalidArgument where there is no variable or
 * none has a gradient. */
HR_API hr_node *hr_apply_gradients_with(hr_scope scope, hr_optimizer *optimizer, hr_vars vars,
                                        const hr_gradient *gradients, const hr_minimize_options *options);
#define hr_apply_gradients(scope, optimizer, vars, gradients, ...)                                                     \
  hr_apply_gradients_with((scope), (optimizer), (vars), (gradients), &(hr_minimize_options){__VA_ARGS__})

/* Optimizer.minimize: both. */
HR_API hr_node *hr_minimize_with(hr_scope scope, hr_optimizer *optimizer, hr_output loss,
                                 const hr_minimize_options *options);
#define hr_minimize(scope, optimizer, loss, ...)                                                                       \
  hr_minimize_with((scope), (optimizer), (loss), &(hr_minimize_options){__VA_ARGS__})

/* ---- slots ----------------------------------------------------------------------------------------------------- */

/* Optimizer.get_slot: NULL where there is none. */
HR_API hr_var *hr_optimizer_slot(const hr_optimizer *optimizer, const char *slot, const hr_var *var);
/* Optimizer.get_slot_names, in alphabetical order; NULL from `index` on that there is none of. */
HR_API const char *hr_optimizer_slot_name(const hr_optimizer *optimizer, int32_t index);
/* Optimizer.variables: the index-th of all that the optimizer keeps, slots and others; NULL from some index on. */
HR_API hr_var *hr_optimizer_variable(const hr_optimizer *optimizer, int32_t index);

typedef struct hr_slot_options {
  hr_initializer initializer; /* of the first value */
  hr_output value;            /* or the first value itself, with its shape */
  hr_partial_shape shape;     /* default: the variable's */
  hr_dtype dtype;             /* HR_INVALID: the variable's */
} hr_slot_options;
#define HR_SLOT_DEFAULTS .shape = {.rank = HR_UNKNOWN_RANK}
/* tf.train's slot_creator.create_slot: a variable "PRIMARY/NAME" beside `primary` that is not trainable. */
HR_API hr_var *hr_create_slot_with(hr_scope scope, hr_var *primary, const char *name, const hr_slot_options *options);
#define hr_create_slot(scope, primary, name, ...)                                                                      \
  HR_CALL_OP_(hr_slot_options, hr_create_slot_with((scope), (primary), (name), &hr_options_), HR_SLOT_DEFAULTS,        \
              ##__VA_ARGS__)
/* Keeps a variable as the slot of `var`; `slot` must live as long as the optimizer. */
HR_API void hr_optimizer_set_slot(hr_optimizer *optimizer, hr_scope scope, const char *slot, hr_var *var,
                                  hr_var *value);
/* Calls the variables of one of the kind's slots "VAR/NAME". False for an unknown slot and when out of memory. */
HR_API bool hr_optimizer_name_slot(hr_optimizer *optimizer, const char *slot, const char *name);
/* Both: the slot of a variable, called "VAR/OPTIMIZER" unless it was named, made where it does not exist. */
HR_API hr_var *hr_optimizer_make_slot_with(hr_optimizer *optimizer, hr_scope scope, const char *slot, hr_var *var,
                                           const hr_slot_options *options);
#define hr_optimizer_make_slot(optimizer, scope, slot, var, ...)                                                       \
  HR_CALL_OP_(hr_slot_options, hr_optimizer_make_slot_with((optimizer), (scope), (slot), (var), &hr_options_),         \
              HR_SLOT_DEFAULTS, ##__VA_ARGS__)

#ifdef __cplusplus
}
#endif
#endif
