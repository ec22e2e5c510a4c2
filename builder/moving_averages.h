#ifndef HR_BUILDER_MOVING_AVERAGES_H
#define HR_BUILDER_MOVING_AVERAGES_H

#include "headrace/moving_averages.h"

/* hr_assign_moving_average; what stands for the variable afterwards. */
hr_operand hr_move_average(hr_scope scope, hr_var *var, hr_operand value, hr_operand decay, bool zero_debias,
                           const char *name);
/* The plain update, without a scope of its own: its last node has the name of `scope`. */
hr_operand hr_move_average_in(hr_scope scope, hr_var *var, hr_operand value, hr_operand decay);

#endif
