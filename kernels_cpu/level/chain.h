/* Chains of float operations in registers: a block of eight vectors goes from one operation to the next without a
 * stop in memory. Each operation is a function that ends by calling the next one with the block in its arguments, so
 * that the calls are jumps.
 *
 * The operations are those of loops.h, to the last bit but for subnormal numbers, which Maximum, Minimum and Relu take
 * for zero. */
#ifndef HR_KERNELS_CPU_LEVEL_CHAIN_H
#define HR_KERNELS_CPU_LEVEL_CHAIN_H

#include <stdint.h>

/* One operation, or a load or store, on the block of elements [at, at + width). */
typedef struct hr_chain_step {
  void (*run)(void); /* of the instruction level: an hr_chain_function there */
  float *memory;     /* the other operand, or where to load from or store to */
  int64_t moves;     /* -1: `memory` is an array, element `at` of which is meant; 0: it is one block, or one number */
} hr_chain_step;

/* How the operand that is not in the registers is given. */
typedef enum hr_chain_form {
  HR_CHAIN_RIGHT,
  HR_CHAIN_LEFT,
  HR_CHAIN_RIGHT_ONE,
  HR_CHAIN_LEFT_ONE,
  HR_CHAIN_FORMS
} hr_chain_form;

/* An operation by the place of its float loop in hr_loop_table. Those of one operand have all forms alike. */
typedef struct hr_chain_operation {
  uint32_t loop;
  void (*forms[HR_CHAIN_FORMS])(void);
} hr_chain_operation;

#define HR_CHAIN_MAX_WIDTH  128
#define HR_CHAIN_OPERATIONS 27

typedef struct hr_chain_loops {
  int32_t width;                        /* elements of a block */
  const hr_chain_operation *operations; /* HR_CHAIN_OPERATIONS of them */
  void (*load)(void), (*store)(void), (*end)(void);
  /* Steps that take less time than the way from one to the next, and pairs of them as one: what runs steps n and n + 1
   * in place of the first is pairs[i * (num_light_steps + 1) + j], where step n is light_steps[i - 1], or 0 a load, and
   * step n + 1 is light_steps[j - 1], or 0 a store. */
  void (*const *light_steps)(void);
  int32_t num_light_steps;
  void (*const *pairs)(void);
  /* Runs the steps, the last of which is `end`, on whole blocks from `begin` up to `end`. */
  void (*run)(const hr_chain_step *steps, int64_t begin, int64_t end);
} hr_chain_loops;

#endif
