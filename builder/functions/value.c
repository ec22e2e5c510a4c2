#include "headrace/function.h"

#include "builder/builder.h"
#include "runtime/graph/attr.h"

const hr_function_attr *hr_function_value(hr_scope scope, const char *name) {
  if (!hr_scope_ok(scope)) return NULL;
  hr_function_attr *value = hr_keep_bytes(scope, sizeof *value);
  const char *copy = hr_keep_text(scope, name);
  if (!value || !copy) return NULL;
  value->name = copy;
  return value;
}
