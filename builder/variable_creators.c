/* Variable creators: functions that stand between the wish for a variable and its making. */
#include "builder/builder.h"
#include "builder/variable.h"
#include "runtime/graph/frame.h"

/* An open scope's creator, and those of outer scopes. In the graph's arena. */
struct hr_next_creator {
  hr_variable_creator creator;
  const hr_next_creator *next; /* NULL: the variable is made */
};

hr_scope hr_variable_creator_scope(hr_scope scope, hr_variable_creator creator) {
  hr_next_creator *made = hr_scope_ok(scope) ? hr_keep_bytes(scope, sizeof *made) : NULL;
  if (!made) return scope;
  *made = (hr_next_creator){creator, hr_scope_variable_creators(scope)};
  return hr_scope_with_variable_creators(scope, made);
}

bool hr_has_variable_creator(hr_scope scope) { return hr_scope_variable_creators(scope) != NULL; }

static hr_output call_function(const hr_variable_source *source, hr_scope scope) {
  const hr_initial_value *function = source->argument;
  return function->call(function->argument, scope);
}

hr_var *hr_next_creator_call(const hr_next_creator *next, hr_scope scope, hr_operand value,
                             const hr_tf_variable_options *options) {
  hr_tf_variable_options o = options ? *options : (hr_tf_variable_options){HR_TF_VARIABLE_DEFAULTS};
  if (!hr_scope_ok(scope)) return NULL;
  if (next) return next->creator.call(next->creator.argument, next->next, scope, value, &o);
  hr_variable_source source = {.value = value};
  if (o.function.call) source = (hr_variable_source){.call = call_function, .argument = &o.function};
  return hr_make_variable(scope, &source, &o);
}

/* A source as the function of an initial value. */
static hr_output call_source(void *argument, hr_scope scope) {
  const hr_variable_source *source = argument;
  return source->call(source, scope);
}

hr_var *hr_create_variable(hr_scope scope, const hr_variable_source *source, const hr_tf_variable_options *options) {
  const hr_next_creator *creators = hr_scope_variable_creators(scope);
  if (!creators) return hr_make_variable(scope, source, options);
  hr_tf_variable_options o = *options;
  if (source->call) o.function = (hr_initial_value){call_source, (void *)(uintptr_t)source};
  return hr_next_creator_call(creators, scope, source->value, &o);
}
