#ifndef HR_BUILDER_MOVING_AVERAGES_H
#define HR_BUILDER_MOVING_AVERAGES_H

#include "headrace/moving_averages.h"

/* The plain update, without a scope of its own: its last node has the name of `scope`. */
hr_output hr_move_average_in(hr_scope scope, hr_var *var, hr_operand value, hr_operand decay);

#endif
