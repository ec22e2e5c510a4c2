/* Slots: the variables that an optimizer keeps beside each variable it trains. */
#include "builder/builder.h"
#include "builder/optimizer.h"

hr_var *hr_create_slot(hr_scope scope, hr_var *primary, const char *name, hr_initializer initializer, hr_output value) {
  char *path = hr_keep_printf(scope, "%s/%s", hr_var_name(primary), name);
  if (!path || !hr_scope_ok(scope)) return NULL;
  hr_var *slot = NULL;
  HR_WITH (inside, hr_variable_scope(scope, NULL, .default_name = path)) {
    hr_scope beside = hr_colocate_with(inside, hr_var_ref(primary).node, false);
    if (value.node)
      slot = hr_get_variable(beside, "", .value = hr_operand_output(value), .trainable = false);
    else
      slot = hr_get_variable(beside, "", .shape = *hr_var_shape(primary), .dtype = hr_var_dtype(primary),
                             .initializer = initializer, .trainable = false);
  }
  return slot;
}

hr_var *hr_optimizer_slot(const hr_optimizer *optimizer, const char *slot, const hr_var *var) {
  for (int32_t i = 0; i < optimizer->num_slots; ++i)
    if (optimizer->slots[i].var == var && strcmp(optimizer->slots[i].name, slot) == 0) return optimizer->slots[i].slot;
  return NULL;
}

const char *hr_optimizer_slot_name(const hr_optimizer *optimizer, int32_t index) {
  const char *name = NULL;
  for (int32_t i = 0; i <= index; ++i) {
    const char *next = NULL;
    for (int32_t j = 0; j < optimizer->num_slots; ++j) {
      const char *other = optimizer->slots[j].name;
      if ((!name || strcmp(other, name) > 0) && (!next || strcmp(other, next) < 0)) next = other;
    }
    if (!next) return NULL;
    name = next;
  }
  return name;
}

static hr_var *add_slot(hr_optimizer *optimizer, hr_scope scope, const char *name, hr_var *var,
                        hr_initializer initializer, hr_output value) {
  hr_var *existing = hr_optimizer_slot(optimizer, name, var);
  if (existing) return existing;
  if (optimizer->num_slots == optimizer->slots_capacity) {
    int32_t wanted = optimizer->slots_capacity ? 2 * optimizer->slots_capacity : 8;
    hr_slot *more = realloc(optimizer->slots, sizeof *more * (size_t)wanted);
    if (!more) {
      hr_scope_fail(scope, hr_error_out_of_memory(sizeof *more * (size_t)wanted, "slots"));
      return NULL;
    }
    optimizer->slots = more;
    optimizer->slots_capacity = wanted;
  }
  hr_var *slot = hr_create_slot(scope, var, optimizer->name, initializer, value);
  if (slot) optimizer->slots[optimizer->num_slots++] = (hr_slot){name, var, slot};
  return slot;
}

hr_var *hr_optimizer_make_slot(hr_optimizer *optimizer, hr_scope scope, const char *slot, hr_var *var,
                               hr_initializer initializer) {
  return add_slot(optimizer, scope, slot, var, initializer, HR_NO_OUTPUT);
}
hr_var *hr_optimizer_make_slot_of(hr_optimizer *optimizer, hr_scope scope, const char *slot, hr_var *var,
                                  hr_output value) {
  return add_slot(optimizer, scope, slot, var, (hr_initializer){0}, value);
}
