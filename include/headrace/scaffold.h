/* What a training session runs to come up: tf.train.Scaffold's operations, as it makes them where a program gives none.
 * A session initialises, or restores; asks what is left; initialises what is local; and asks again. */
#ifndef HEADRACE_SCAFFOLD_H
#define HEADRACE_SCAFFOLD_H

#include "headrace/variables.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Initialises all global variables, and what the collection "saved_model_initializers" holds. NULL after an error, here
 * and below. */
HR_API hr_node *hr_scaffold_init_op(hr_scope scope);
/* The names of the global and local variables that have no value; of the global ones alone. */
HR_API hr_output hr_scaffold_ready_op(hr_scope scope);
HR_API hr_output hr_scaffold_ready_for_local_init_op(hr_scope scope);
/* Initialises all local variables and tables. */
HR_API hr_node *hr_scaffold_local_init_op(hr_scope scope);

#ifdef __cplusplus
}
#endif
#endif
