/* Gradient functions of ops, those of loaded ops, and those by override. */
#include "builder/gradient_rules.h"
#include "builder/functions/gradient.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

typedef struct registered_gradient {
  struct registered_gradient *next; /* never changes: entries stay for ever */
  hr_gradient_function function;    /* NULL: gradients stop */
  void *argument;
  char op[];
} registered_gradient;

static pthread_mutex_t registry_lock = PTHREAD_MUTEX_INITIALIZER; /* guards the list */
static registered_gradient *registry;

/* Lock held. */
static const registered_gradient *find_entry(const char *op) {
  const registered_gradient *r = registry;
  while (r && strcmp(r->op, op) != 0)
    r = r->next;
  return r;
}

static const registered_gradient *find_registered(const char *op) {
  pthread_mutex_lock(&registry_lock);
  const registered_gradient *found = find_entry(op);
  pthread_mutex_unlock(&registry_lock);
  return found;
}

hr_status hr_register_gradient(const char *op, hr_gradient_function function, void *argument) {
  size_t length = strlen(op) + 1;
  const hr_op_def *def = hr_op_find(op, length - 1);
  bool is_taken = def && (def->gradient || (def->flags & HR_OP_NOT_DIFFERENTIABLE));
  registered_gradient *entry = malloc(sizeof *entry + length);
  if (!entry) return hr_error_out_of_memory(sizeof *entry + length, "a gradient registration");
  entry->function = function;
  entry->argument = argument;
  memcpy(entry->op, op, length);
  pthread_mutex_lock(&registry_lock);
  is_taken = is_taken || find_entry(op);
  if (!is_taken) {
    entry->next = registry;
    registry = entry;
  }
  pthread_mutex_unlock(&registry_lock);
  if (!is_taken) return HR_SUCCESS;
  free(entry);
  return hr_error(HR_ALREADY_EXISTS, "Registering two gradient with name '%s'!", op);
}

static const char override_attr[] = "_gradient_op_type";

hr_scope hr_gradient_override(hr_scope scope, const char *op, const char *gradient) {
  return hr_op_attr_scope(scope, op, override_attr, gradient ? &HR_ATTR_STRING_VALUE(gradient) : NULL);
}

hr_status hr_gradient_rule_find(const hr_node *node, hr_gradient_rule *rule) {
  const hr_attr_value *override = hr_node_attr(node, override_attr);
  bool is_overridden = override && override->kind == HR_ATTR_STRING;
  const char *op = is_overridden ? override->s : node->op->name;
  const hr_op_def *def = is_overridden ? hr_op_find(op, (size_t) override->count) : node->op;
  *rule = (hr_gradient_rule){def ? def->gradient : NULL, NULL};
  if (rule->function || (def && (def->flags & HR_OP_NOT_DIFFERENTIABLE))) return HR_SUCCESS;
  if (!is_overridden && hr_call_gradient_rule(node, rule)) return HR_SUCCESS;
  const registered_gradient *registered = find_registered(op);
  if (registered) {
    *rule = (hr_gradient_rule){registered->function, registered->argument};
    return HR_SUCCESS;
  }
  return hr_error(HR_NOT_FOUND, "No gradient defined for operation '%s' (op type: %s)", node->name, node->op->name);
}
