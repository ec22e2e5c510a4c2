#include "runtime/exec/constant_forms.h"

#include "runtime/exec/step.h"
#include <stdlib.h>

static const hr_constant_form_entry *find(const hr_plan *plan, const hr_tensor *constant,
                                          hr_constant_form_maker *make) {
  const hr_constant_form_entry *entry = atomic_load_explicit(&plan->constant_forms, memory_order_acquire);
  while (entry && (entry->constant != constant || entry->make != make))
    entry = entry->next;
  return entry;
}

const hr_tensor *hr_constant_form(const hr_kernel_context *ctx, int index, hr_constant_form_maker *make) {
  hr_plan *plan = ctx->step->plan;
  const hr_value *value = ctx->inputs[index];
  if (value < plan->constants || value >= plan->constants + plan->num_constants) return NULL;
  const hr_constant_form_entry *known = find(plan, &value->tensor, make);
  if (known) return &known->form;
  hr_constant_form_entry *entry = calloc(1, sizeof *entry);
  hr_status status = entry ? make(&value->tensor, &entry->form) : HR_SUCCESS;
  if (!entry || status) {
    hr_status_free(status);
    free(entry);
    return NULL;
  }
  entry->constant = &value->tensor;
  entry->make = make;
  /* Two runs may both come here at first: one form too many is kept, and none is wrong. */
  entry->next = atomic_load_explicit(&plan->constant_forms, memory_order_relaxed);
  while (!atomic_compare_exchange_weak_explicit(&plan->constant_forms, &entry->next, entry, memory_order_release,
                                                memory_order_relaxed))
    continue;
  return &entry->form;
}
