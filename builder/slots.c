/* Slots: the variables that an optimizer keeps beside each variable it trains. */
#include "builder/builder.h"
#include "builder/optimizer.h"
#include "builder/variable.h"

/* A slot of a variable's part is a part itself, of a whole whose name ends as the slot's behind that of the part. It
 * may have fewer dimensions. */
static void mark_as_part(hr_scope scope, const hr_var *primary, hr_var *slot) {
  int rank = hr_var_shape(slot)->rank;
  if (!primary->slice || rank == 0) return;
  hr_slice_info *slice = hr_keep_bytes(scope, sizeof *slice);
  if (!slice) return;
  *slice = *primary->slice;
  if (rank > 0 && rank < slice->rank) slice->rank = rank;
  const char *name = hr_var_name(slot);
  size_t before = strlen(hr_var_name(primary)) + 1;
  slice->full_name =
      hr_keep_printf(scope, "%s/%s", primary->slice->full_name, strlen(name) > before ? name + before : "");
  if (slice->full_name) slot->slice = slice;
}

hr_var *hr_create_slot_with(hr_scope scope, hr_var *primary, const char *name, const hr_slot_options *options) {
  hr_slot_options o = options ? *options : (hr_slot_options){HR_SLOT_DEFAULTS};
  if (!primary) hr_refuse(scope, "A slot stands beside a variable, and this is none");
  if (!hr_scope_ok(scope)) return NULL;
  char *path = hr_keep_printf(scope, "%s/%s", hr_var_name(primary), name);
  if (!path) return NULL;
  hr_var *slot = NULL;
  hr_use_resource use_resource = hr_var_is_resource(primary) ? HR_RESOURCE_TRUE : HR_RESOURCE_FALSE;
  HR_WITH (inside, hr_variable_scope(scope, NULL, .default_name = path)) {
    hr_var_scope_set_partitioner(hr_get_variable_scope(inside), (hr_partitioner){0});
    hr_scope beside = hr_colocate_with(inside, hr_var_ref(primary).node, false);
    if (o.value.node)
      slot = hr_get_variable(beside, "", .value = hr_operand_output(o.value), .trainable = false,
                             .use_resource = use_resource);
    else
      slot = hr_get_variable(beside, "", .shape = o.shape.rank == HR_UNKNOWN_RANK ? *hr_var_shape(primary) : o.shape,
                             .dtype = o.dtype ? o.dtype : hr_var_dtype(primary), .initializer = o.initializer,
                             .trainable = false, .use_resource = use_resource);
  }
  if (slot) mark_as_part(scope, primary, slot);
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

hr_var *hr_optimizer_variable(const hr_optimizer *optimizer, int32_t index) {
  hr_var *others[] = {optimizer->beta1_power, optimizer->beta2_power};
  for (size_t i = 0; i < sizeof others / sizeof *others; ++i)
    if (others[i] && index-- == 0) return others[i];
  return index >= 0 && index < optimizer->num_slots ? optimizer->slots[index].slot : NULL;
}

void hr_optimizer_set_slot(hr_optimizer *optimizer, hr_scope scope, const char *slot, hr_var *var, hr_var *value) {
  if (optimizer->num_slots == optimizer->slots_capacity) {
    int32_t wanted = optimizer->slots_capacity ? 2 * optimizer->slots_capacity : 8;
    hr_slot *more = realloc(optimizer->slots, sizeof *more * (size_t)wanted);
    if (!more) {
      hr_scope_fail(scope, hr_error_out_of_memory(sizeof *more * (size_t)wanted, "slots"));
      return;
    }
    optimizer->slots = more;
    optimizer->slots_capacity = wanted;
  }
  optimizer->slots[optimizer->num_slots++] = (hr_slot){slot, var, value};
}

hr_var *hr_optimizer_make_slot_with(hr_optimizer *optimizer, hr_scope scope, const char *slot, hr_var *var,
                                    const hr_slot_options *options) {
  hr_var *existing = hr_optimizer_slot(optimizer, slot, var);
  if (existing) return existing;
  const char *name = optimizer->name;
  for (int i = 0; optimizer->kind->slots[i]; ++i)
    if (optimizer->slot_names[i] && strcmp(optimizer->kind->slots[i], slot) == 0) name = optimizer->slot_names[i];
  hr_var *made = hr_create_slot_with(scope, var, name, options);
  if (made) hr_optimizer_set_slot(optimizer, scope, slot, var, made);
  return made;
}
