#include "runtime/graph/node_def.h"

#include "runtime/base/wire.h"
#include "runtime/graph/attr_proto.h"
#include "runtime/graph/graphdef_fields.h"
#include "runtime/graph/op_def_proto.h"

static hr_status malformed(const hr_def_node *def) {
  return hr_error(HR_INVALID_ARGUMENT, "Malformed NodeDef of node '%.*s'", HR_VIEW_ARGS(def->name));
}

hr_status hr_node_fields_read(const hr_def_node *def, hr_node_fields *fields) {
  fields->op = fields->device = (hr_view){"", 0};
  fields->inputs.count = fields->attrs.count = 0;
  uint32_t field;
  hr_wire_type type;
  for (hr_wire wire = hr_wire_of_view(def->body); !hr_wire_done(&wire);) {
    hr_view value;
    if (!hr_wire_tag(&wire, &field, &type)) return malformed(def);
    if (type != HR_WIRE_BYTES) {
      if (!hr_wire_skip(&wire, type)) return malformed(def);
      continue;
    }
    if (!hr_wire_bytes(&wire, &value)) return malformed(def);
    switch (field) {
    case HR_NODEDEF_OP: fields->op = value; break;
    case HR_NODEDEF_DEVICE: fields->device = value; break;
    case HR_NODEDEF_INPUT: HR_TRY(HR_PUSH(&fields->inputs, value)); break;
    case HR_NODEDEF_ATTR: HR_TRY(HR_PUSH(&fields->attrs, value)); break;
    default: break;
    }
  }
  return HR_SUCCESS;
}

void hr_node_fields_free(hr_node_fields *fields) {
  hr_scratch_free(&fields->inputs);
  hr_scratch_free(&fields->attrs);
}

/* ---- attributes -------------------------------------------------------------------------------------------------- */

static hr_status rename_locations(hr_graph *graph, const hr_def_node *def, const hr_attr_context *context,
                                  hr_attr_value *groups, bool *is_colocated) {
  hr_arena *arena = hr_graph_arena(graph);
  hr_bytes *strings = HR_ARENA_ARRAY(arena, hr_bytes, groups->count);
  if (!strings) return hr_error_out_of_memory((size_t)groups->count * sizeof *strings, "colocation");
  for (int32_t i = 0; i < groups->count; ++i) {
    hr_view group = {groups->strings[i].data, groups->strings[i].length};
    strings[i] = groups->strings[i];
    if (!hr_view_starts_with(group, HR_LOCATION_PREFIX)) continue;
    hr_view name = {group.data + HR_LOCATION_PREFIX.length, group.length - HR_LOCATION_PREFIX.length};
    const hr_def_node *target = hr_def_table_find(context->table, name);
    if (!target)
      return hr_error(HR_INVALID_ARGUMENT, "Node '%.*s' expects to be colocated with unknown node '%.*s'",
                      HR_VIEW_ARGS(def->name), HR_VIEW_ARGS(name));
    *is_colocated = *is_colocated || target != def;
    const char *text =
        hr_arena_printf(arena, "loc:@%.*s%.*s", HR_VIEW_ARGS(context->prefix), HR_VIEW_ARGS(target->final_name));
    if (!text) return hr_error_out_of_memory(group.length + context->prefix.length, "colocation");
    strings[i] = (hr_bytes){text, strlen(text)};
  }
  groups->strings = strings;
  return HR_SUCCESS;
}

static hr_status read_extra(hr_graph *graph, const hr_def_node *def, const hr_attr_context *context, hr_view key,
                            hr_view bytes, hr_extra_attr **out, bool *is_colocated) {
  hr_extra_attr *extra = HR_ARENA_NEW(hr_graph_arena(graph), hr_extra_attr);
  const char *name = hr_graph_intern(graph, key);
  if (!extra || !name) return hr_error_out_of_memory(sizeof *extra, "a node attribute");
  *extra = (hr_extra_attr){.name = name};
  HR_TRY(hr_attr_from_proto(graph, bytes, NULL, &extra->value));
  if (extra->value.kind == HR_ATTR_STRING && extra->value.is_list && strcmp(name, HR_CLASS_ATTR) == 0 &&
      !context->verbatim) {
    HR_TRY(rename_locations(graph, def, context, &extra->value, is_colocated));
  }
  *out = extra;
  return HR_SUCCESS;
}

static hr_status unknown_attr(const hr_op_def *op, const hr_def_node *def, hr_view key) {
  return hr_error(HR_INVALID_ARGUMENT,
                  "NodeDef mentions attr '%.*s' not in Op<name=%s>; NodeDef: {{node %.*s}}. (Check whether your "
                  "GraphDef-interpreting binary is up to date with your GraphDef-generating binary.).",
                  HR_VIEW_ARGS(key), op->name, HR_VIEW_ARGS(def->name));
}

static hr_status check_complete(const hr_node_spec *spec, const hr_def_node *def) {
  for (int i = 0; i < spec->op->num_attrs; ++i)
    if (spec->attrs[i].kind == HR_ATTR_NONE && !spec->op->attrs[i].has_default)
      return hr_error(HR_INVALID_ARGUMENT, "NodeDef missing attr '%s' from Op<name=%s>; NodeDef: {{node %.*s}}",
                      spec->op->attrs[i].name, spec->op->name, HR_VIEW_ARGS(def->name));
  return HR_SUCCESS;
}

hr_status hr_node_attrs_read(hr_graph *graph, const hr_node_fields *fields, const hr_def_node *def,
                             const hr_attr_context *context, hr_node_spec *spec, bool *is_colocated) {
  const hr_op_def *op = spec->op;
  size_t bytes = op->num_attrs * sizeof *spec->attrs;
  spec->attrs = (hr_attr_value *)hr_arena_zalloc(hr_graph_arena(graph), bytes, _Alignof(hr_attr_value));
  if (!spec->attrs) return hr_error_out_of_memory(bytes, "attributes");
  hr_extra_attr **tail = &spec->extra;
  for (size_t i = 0; i < fields->attrs.count; ++i) {
    hr_view key, value;
    if (!hr_map_entry_read(HR_SCRATCH_AT(&fields->attrs, hr_view, i), &key, &value)) return malformed(def);
    int index = hr_op_attr_index(op, key.data, key.length);
    hr_status status = HR_SUCCESS;
    if (index >= 0) {
      status = hr_attr_from_proto(graph, value, &op->attrs[index], &spec->attrs[index]);
    } else if (key.length == 0 || key.data[0] != '_') {
      if (!hr_op_list_has_default(context->producer_ops, fields->op, key, value)) return unknown_attr(op, def, key);
    } else if (!hr_view_equal(key, HR_VIEW(HR_OUTPUT_SHAPES_ATTR))) {
      status = read_extra(graph, def, context, key, value, tail, is_colocated);
      if (!status) tail = &(*tail)->next;
    }
    if (status) return hr_status_prefix(status, "Attr '%.*s': ", HR_VIEW_ARGS(key));
  }
  return check_complete(spec, def);
}

hr_status hr_node_shapes_read(const hr_node_fields *fields, const hr_def_node *def, hr_node *node) {
  hr_view key, value = {NULL, 0};
  for (size_t i = 0; i < fields->attrs.count; ++i) {
    hr_view each;
    if (!hr_map_entry_read(HR_SCRATCH_AT(&fields->attrs, hr_view, i), &key, &each)) return malformed(def);
    if (hr_view_equal(key, HR_VIEW(HR_OUTPUT_SHAPES_ATTR))) value = each;
  }
  if (!value.data) return HR_SUCCESS;
  static const hr_attr_def list_of_shapes = {.name = HR_OUTPUT_SHAPES_ATTR, .kind = HR_ATTR_SHAPE, .is_list = true};
  hr_attr_value shapes;
  HR_TRY(hr_attr_from_proto(node->graph, value, &list_of_shapes, &shapes));
  if (shapes.kind != HR_ATTR_SHAPE || !shapes.is_list) return HR_SUCCESS;
  if (shapes.count != node->num_outputs)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Node '%.*s' has %d outputs but the _output_shapes attribute specifies shapes for %d outputs",
                    HR_VIEW_ARGS(def->name), node->num_outputs, shapes.count);
  for (int32_t i = 0; i < shapes.count; ++i) {
    hr_status status = hr_output_set_shape((hr_output){node, i}, &shapes.shapes[i]);
    if (!status) continue;
    hr_status named = hr_error(hr_status_code(status),
                               "Node '%.*s' has an _output_shapes attribute inconsistent with the GraphDef for output "
                               "#%d: %s",
                               HR_VIEW_ARGS(def->name), i, hr_status_message(status));
    hr_status_free(status);
    return named;
  }
  return HR_SUCCESS;
}
