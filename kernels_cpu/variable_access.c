#include "kernels_cpu/variable_access.h"

/* Adds a variable in address order, unless it is there already. */
static void add_sorted(hr_variables *v, hr_variable *variable) {
  int at = v->locked;
  while (at > 0 && v->variables[at - 1] > variable)
    --at;
  if (at > 0 && v->variables[at - 1] == variable) return;
  for (int i = v->locked; i > at; --i)
    v->variables[i] = v->variables[i - 1];
  v->variables[at] = variable;
  ++v->locked;
}

static void unlock_all(hr_variables *v) {
  for (int i = v->locked; i-- > 0;)
    hr_variable_unlock(v->variables[i]);
}

hr_status hr_variables_open(hr_kernel_context *ctx, int count, bool exclusive, hr_variables *out) {
  out->count = 0;
  out->locked = 0;
  out->exclusive = exclusive;
  for (int i = 0; i < count; ++i)
    add_sorted(out, hr_input_ref(ctx, i));
  for (int i = 0; i < out->locked; ++i)
    hr_variable_lock(out->variables[i]);
  hr_status status = HR_SUCCESS;
  for (int i = 0; i < count && !status; ++i) {
    hr_variable *variable = hr_input_ref(ctx, i);
    status = hr_variable_check(variable);
    if (!status) hr_tensor_copy(hr_variable_value(variable), &out->values[out->count++]);
  }
  if (!exclusive || status) unlock_all(out);
  if (status) {
    out->exclusive = false;
    hr_variables_close(out);
  }
  return status;
}

void hr_variables_close(hr_variables *v) {
  for (int i = 0; i < v->count; ++i)
    hr_tensor_clear(&v->values[i]);
  if (v->exclusive) unlock_all(v);
}
