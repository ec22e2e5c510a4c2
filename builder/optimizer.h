/* The inside of an optimizer. Most kinds are data: hyperparameters, slots, and the op that applies a gradient. */
#ifndef HR_BUILDER_OPTIMIZER_H
#define HR_BUILDER_OPTIMIZER_H

#include "headrace/train.h"

#define HR_MAX_HYPERPARAMETERS 5
#define HR_MAX_SLOTS           3

typedef enum hr_slot_start { HR_SLOT_ZEROS, HR_SLOT_ONES, HR_SLOT_FILLED, HR_SLOT_CONSTANT } hr_slot_start;

/* The gradient's place among the inputs of an apply op; hyperparameters are their index. */
#define HR_GRADIENT_INPUT (-1)
#define HR_INPUTS_END     (-2)

typedef struct hr_optimizer_kind {
  const char *name;
  /* Names of the constants, in order. */
  const char *hyperparameters[HR_MAX_HYPERPARAMETERS + 1];
  /* In order of creation: FILLED is an initialiser with the start value, CONSTANT a node of its own beside the
   * variable. */
  const char *slots[HR_MAX_SLOTS + 1];
  hr_slot_start starts[HR_MAX_SLOTS];
  /* Inputs: the variable, the slots as listed in slot_inputs, then hyperparameters and the gradient. */
  const char *dense_op, *sparse_op;
  int slot_inputs[HR_MAX_SLOTS + 1];
  int inputs[HR_MAX_HYPERPARAMETERS + 3];
} hr_optimizer_kind;

typedef struct hr_slot {
  const char *name;
  const hr_var *var;
  hr_var *slot;
} hr_slot;

struct hr_optimizer {
  hr_optimizer_functions functions;
  const hr_optimizer_kind *kind;
  char *name;
  hr_operand hyperparameters[HR_MAX_HYPERPARAMETERS];
  hr_output prepared[HR_MAX_HYPERPARAMETERS];
  double start; /* of FILLED and CONSTANT slots */
  bool use_locking, use_nesterov;
  char *slot_names[HR_MAX_SLOTS]; /* of the slots' variables, one of the kind's slots each; NULL: the optimizer's */
  hr_slot *slots;
  int32_t num_slots, slots_capacity;
  hr_var *beta1_power, *beta2_power; /* Adam's */
  hr_var *global_step;               /* AdagradDA's */
  hr_output step;                    /* its value after the update */
};

/* An optimizer of a kind, with the functions that follow from the kind's data. NULL when out of memory. */
hr_optimizer *hr_optimizer_of(const hr_optimizer_kind *kind, const hr_optimizer_options *options);

/* Begins the node of an update op on references ("ApplyAdam"), or of its form on handles, as the variable needs. */
hr_node_builder *hr_begin_update(hr_scope scope, const char *op, const hr_var *var);

/* Makes the tensors of all hyperparameters. */
void hr_optimizer_prepare(hr_optimizer *optimizer, hr_scope scope);
/* The hyperparameter in a dtype, as a node of the scope where a cast is needed. */
hr_output hr_optimizer_value(const hr_optimizer *optimizer, hr_scope scope, int index, hr_dtype dtype);

#endif
