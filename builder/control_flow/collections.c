#include "builder/control_flow/collections.h"
#include "builder/control_flow/context_proto.h"

static hr_status to_proto(const void *object, char **bytes, size_t *length) {
  hr_text text = {0};
  hr_status status = hr_context_to_proto(object, &text);
  *length = text.length;
  *bytes = status ? NULL : hr_text_take(&text);
  hr_text_free(&text);
  return status;
}

static const hr_object_type cond_type = {.name = "CondContextDef", .to_proto = to_proto};
static const hr_object_type while_type = {.name = "WhileContextDef", .to_proto = to_proto};

hr_item hr_context_item(hr_context *context) {
  const hr_object_type *type = hr_as_cond(&context->base) ? &cond_type : &while_type;
  return (hr_item){.kind = HR_ITEM_OBJECT, .type = type, .object = context};
}

void hr_collect_context(hr_scope scope, const char *key, hr_context *context) {
  hr_item item = hr_context_item(context);
  if (hr_scope_ok(scope)) hr_scope_fail(scope, hr_collection_add(hr_scope_graph(scope), key, &item));
}
