#include "runtime/resource/object_handle.h"
#include "runtime/base/text.h"
#include "runtime/graph/node.h"
#include <stdlib.h>
#include <string.h>

typedef struct object_state {
  hr_resource *object;
  hr_variable *reference; /* of ops that hand on references */
} object_state;

static const char *string_attr(const hr_node *node, const char *name) {
  const hr_attr_value *value = hr_node_attr(node, name);
  return value && value->kind == HR_ATTR_STRING && !value->is_list ? value->s : "";
}

char *hr_object_name(const hr_kernel_construction *construction) {
  static _Atomic int64_t count;
  const char *shared_name = string_attr(construction->node, "shared_name");
  hr_text name = {0};
  if (shared_name[0])
    hr_text_printf(&name, "%s", shared_name);
  else
    hr_text_printf(&name, "_%lld_%s", (long long)atomic_fetch_add_explicit(&count, 1, memory_order_relaxed),
                   hr_node_name(construction->node));
  return hr_text_take(&name);
}

static hr_status set_strings(hr_tensor *value, const char *container, const char *name) {
  hr_string *strings = hr_tensor_data(value);
  HR_TRY(hr_string_set(&strings[0], container, strlen(container)));
  return hr_string_set(&strings[1], name, strlen(name));
}

hr_status hr_reference_handle_new(hr_resource *object, const char *container, const char *name, hr_variable **out) {
  const hr_shape pair = {.rank = 1, .dims = {2}};
  HR_TRY(hr_variable_new(&hr_variable_type, name, HR_STRING, &pair, out));
  hr_status status = hr_variable_storage(hr_cpu_allocator(), HR_STRING, &pair, &(*out)->value);
  if (!status) status = set_strings(&(*out)->value, container, name);
  if (status) {
    hr_resource_unref(&(*out)->resource);
    *out = NULL;
    return status;
  }
  (*out)->object = hr_resource_ref(object);
  return HR_SUCCESS;
}

void hr_object_state_free(void *state) {
  object_state *made = state;
  if (made->reference) hr_resource_unref(&made->reference->resource);
  hr_resource_unref(made->object);
  free(made);
}

hr_status hr_object_state_new(const hr_kernel_construction *construction, const hr_resource_type *type,
                              hr_resource_maker make, void *argument, const char *(*name_of)(const hr_resource *object),
                              void **state) {
  object_state *made = calloc(1, sizeof *made);
  if (!made) return hr_error_out_of_memory(sizeof *made, "a kernel");
  hr_status status = hr_resource_of_private_node(construction, type, make, argument, &made->object);
  if (!status && hr_node_op_def(construction->node)->outputs[0].is_ref) {
    const char *container = string_attr(construction->node, "container");
    status = hr_reference_handle_new(made->object, container[0] ? container : "localhost", name_of(made->object),
                                     &made->reference);
  }
  if (status) {
    hr_object_state_free(made);
    return status;
  }
  *state = made;
  return HR_SUCCESS;
}

hr_resource *hr_object_of_state(void *state) { return ((object_state *)state)->object; }

hr_status hr_output_object(hr_kernel_context *ctx) {
  const object_state *made = ctx->state;
  if (!made->reference) return hr_handle_new(made->object, hr_output_slot(ctx, 0));
  hr_output_set_ref(ctx, 0, made->reference);
  return HR_SUCCESS;
}

hr_status hr_input_object(const hr_kernel_context *ctx, int index, const hr_resource_type *type, hr_resource **out) {
  if (!hr_node_op_def(hr_context_node(ctx))->inputs[index].is_ref)
    return hr_handle_get(hr_input(ctx, index), type, out);
  const hr_variable *reference = hr_input_ref(ctx, index);
  *out = reference->object;
  if (reference->object && reference->object->type == type) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "Input %d leads to a %s, not to a %s", index,
                  reference->object ? reference->object->type->name : "variable", type->name);
}
