/* Why a node has no device: the group it belongs to, what was asked for, and what there is. */
#include "runtime/plan/kernel_registry.h"
#include "runtime/plan/placer_internal.h"

static void list_devices(const hr_placer *p, hr_text *text) {
  for (int32_t i = 0; i < p->devices->count; ++i)
    hr_text_printf(text, "%s%s", i ? ", " : "", p->devices->devices[i]->name);
}

static void list_types(const hr_placer *p, uint8_t types, hr_text *text) {
  for (int32_t type = 0; type < p->num_types; ++type)
    if (types >> type & 1) hr_text_printf(text, " %s", p->types[type]);
}

static uint8_t types_of(const hr_placer *p, const hr_node *node) {
  uint8_t types = 0;
  for (int32_t type = 0; type < p->num_types; ++type)
    if (hr_kernel_lookup(node, p->types[type])) types |= (uint8_t)(1 << type);
  return types;
}

/* The members of a node's group: their ops, devices types with kernels, and wishes. */
static void describe_group(hr_placer *p, const hr_node *node, hr_text *text) {
  int32_t leader = hr_groups_leader(&p->groups, node->id);
  hr_text_add_string(text, "\nColocation group, with device types that have kernels and requested devices:");
  for (int32_t id = 0; id < p->groups.count; ++id) {
    if (hr_groups_leader(&p->groups, id) != leader) continue;
    const hr_node *member = hr_graph_node(p->graph, id);
    hr_text_printf(text, "\n  %s (%s):", member->name, member->op->name);
    list_types(p, types_of(p, member), text);
    hr_text_printf(text, " %s", hr_node_device(member));
  }
}

static hr_status finish(hr_text *text) {
  hr_status status = hr_error(HR_INVALID_ARGUMENT, "%s", text->data ? text->data : "");
  hr_text_free(text);
  return status;
}

hr_status hr_placer_no_kernel(const hr_placer *p, const hr_node *node) {
  hr_text text = {0};
  hr_text_printf(&text, "No OpKernel was registered to support Op '%s' used by node %s", node->op->name, node->name);
  hr_text_add_string(&text, "\nRegistered devices: [");
  for (int32_t type = 0; type < p->num_types; ++type)
    hr_text_printf(&text, "%s%s", type ? ", " : "", p->types[type]);
  hr_text_add_string(&text, "]");
  hr_kernel_describe(node, &text);
  return finish(&text);
}

static bool has_type(const hr_placer *p, const char *type) {
  for (int32_t i = 0; i < p->devices->count; ++i)
    if (strcmp(p->names[i].type, type) == 0) return true;
  return false;
}

static bool is_there(const hr_placer *p, const hr_device_name *wish) {
  for (int32_t i = 0; i < p->devices->count; ++i)
    if (hr_device_name_matches(wish, &p->names[i])) return true;
  return false;
}

hr_status hr_placer_no_device(hr_placer *p, const hr_node *node) {
  const hr_member *leader = &p->groups.members[hr_groups_leader(&p->groups, node->id)];
  const hr_device_name *wish = &p->groups.wishes[leader->wish];
  char name[HR_DEVICE_NAME_TEXT];
  hr_text text = {0};
  hr_text_printf(&text, "Cannot assign a device for operation %s: ", node->name);
  if (!is_there(p, wish)) {
    hr_text_printf(&text, "node %s was explicitly assigned to %s but available devices are [ ", node->name,
                   hr_device_name_text(wish, name));
    list_devices(p, &text);
    hr_text_add_string(&text, " ]. Make sure the device specification refers to a valid device.");
    if (strcmp(wish->type, "GPU") == 0 && !has_type(p, "GPU"))
      hr_text_add_string(&text, " The requested device appears to be a GPU, but there is none.");
    return finish(&text);
  }
  hr_text_printf(&text,
                 "Could not satisfy explicit device specification '%s' because no supported kernel for %s devices "
                 "is available.",
                 hr_device_name_text(wish, name), wish->type[0] ? wish->type : "its");
  describe_group(p, node, &text);
  hr_text_printf(&text, "\nOp: %s", node->op->name);
  hr_kernel_describe(node, &text);
  return finish(&text);
}

hr_status hr_placer_apart(hr_placer *p, const hr_node *node, const hr_node *other, hr_status why) {
  hr_text text = {0};
  hr_text_printf(&text, "Cannot colocate nodes %s and %s: %s", node->name, other->name, hr_status_message(why));
  hr_status_free(why);
  describe_group(p, other, &text);
  describe_group(p, node, &text);
  return finish(&text);
}
