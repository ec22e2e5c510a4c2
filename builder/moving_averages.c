/* Moving averages of values. */
#include "headrace/moving_averages.h"
#include "builder/builder.h"
#include "builder/moving_averages.h"
#include "builder/variable.h"

/* 1 - decay, in the variable's dtype. */
static hr_output share_of_new(hr_scope s, hr_operand decay, hr_dtype dtype) {
  hr_output share = decay.kind == HR_OPERAND_FLOAT
                        ? hr_convert(s, hr_operand_float(1.0 - decay.f), HR_INVALID, "decay")
                        : hr_convert(s, hr_operand_output(hr_minus(s, 1.0, decay)), HR_INVALID, "decay");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  return hr_output_base_dtype(share) == dtype ? share : hr_tf_cast(s, share, dtype);
}

/* (var - value) share */
static hr_output step_of(hr_scope s, hr_var *var, hr_operand value, hr_output share) {
  hr_output distance = hr_minus(s, var, value);
  return hr_times(s, distance, share);
}

hr_operand hr_move_average_in(hr_scope s, hr_var *var, hr_operand value, hr_operand decay) {
  hr_output share = share_of_new(s, decay, hr_var_dtype(var));
  return hr_var_subtracted(s, var, hr_operand_output(step_of(s, var, value, share)), hr_scope_name(s));
}

/* A name that no variable of the scope has: NAME, NAME_1, ...; NAME itself where the scope reuses. */
static const char *free_name(hr_scope s, const char *name) {
  hr_var_scope *scope = hr_get_variable_scope(s);
  if (!scope || hr_var_scope_reuse(scope) == HR_REUSE_TRUE) return name;
  const char *prefix = hr_var_scope_name(scope), *wanted = name;
  hr_vars all;
  hr_status status = hr_collection_vars(hr_scope_graph(s), HR_GLOBAL_VARIABLES, NULL, &all);
  if (status) {
    hr_scope_fail(s, status);
    return name;
  }
  for (int number = 1;; ++number) {
    const char *full = hr_keep_printf(s, "%s/%s", prefix, wanted);
    bool taken = false;
    for (int32_t i = 0; full && i < all.count && !taken; ++i)
      taken = strcmp(hr_var_name(all.items[i]), full) == 0;
    if (!taken) break;
    wanted = hr_keep_printf(s, "%s_%d", name, number);
  }
  free((void *)all.items);
  return wanted ? wanted : name;
}

/* A variable that starts at 0, in the variable scope of the average and beside it. */
static hr_var *state_of(hr_scope inside, hr_var *var, const char *name, hr_partial_shape shape) {
  hr_scope beside = hr_colocate_with(inside, hr_var_ref(var).node, true);
  return hr_get_variable(beside, free_name(inside, name), .shape = shape, .dtype = hr_var_dtype(var),
                         .initializer = hr_zeros_initializer(), .trainable = false);
}

/* The average that starts at 0 is too small by 1 - decay^steps. */
static hr_operand move_unbiased(hr_scope s, hr_var *var, hr_operand value, hr_operand decay) {
  hr_output share = share_of_new(s, decay, hr_var_dtype(var));
  hr_var *biased = NULL, *steps = NULL;
  HR_WITH (inside, hr_variable_scope(s, hr_var_name(var))) {
    if (hr_scope_ok(inside)) biased = state_of(inside, var, "biased", *hr_var_shape(var));
    if (hr_scope_ok(inside)) steps = state_of(inside, var, "local_step", HR_SHAPE());
  }
  if (!biased || !steps) return HR_NO_OPERAND;
  hr_operand average = hr_var_subtracted(s, biased, hr_operand_output(step_of(s, biased, value, share)), NULL);
  hr_operand count = hr_var_added(s, steps, hr_operand_int(1), NULL);
  hr_output weight = hr_minus(s, 1, hr_binary(s, "Pow", hr_minus(s, 1.0, share), count));
  hr_output unbiased = hr_truediv(s, average, weight);
  return hr_var_assigned(s, var, hr_operand_output(unbiased), true, hr_scope_name(s));
}

hr_operand hr_move_average(hr_scope scope, hr_var *var, hr_operand value, hr_operand decay, bool zero_debias,
                           const char *name) {
  hr_scope s = hr_name_scope_or(scope, name, "AssignMovingAvg");
  if (!var || !hr_scope_ok(s)) return HR_NO_OPERAND;
  return zero_debias ? move_unbiased(s, var, value, decay) : hr_move_average_in(s, var, value, decay);
}

hr_output hr_assign_moving_average_with(hr_scope scope, hr_var *var, hr_operand value, hr_operand decay,
                                        const hr_assign_moving_average_options *options) {
  hr_assign_moving_average_options o = options ? *options : (hr_assign_moving_average_options){.zero_debias = true};
  return hr_updated_value(scope, hr_move_average(scope, var, value, decay, o.zero_debias, o.name));
}
