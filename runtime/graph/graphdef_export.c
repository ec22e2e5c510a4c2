#include "headrace/graph_io.h"

#include "proto/graph.pb-c.h"
#include "runtime/base/proto_check.h"
#include "runtime/base/proto_text.h"
#include "runtime/base/wire.h"
#include "runtime/graph/attr_proto.h"
#include "runtime/graph/function_library.h"
#include "runtime/graph/graph_internal.h"
#include "runtime/graph/graphdef_export.h"
#include "runtime/graph/graphdef_fields.h"
#include "runtime/tensor/tensor_proto.h"
#include <stdio.h>
#include <stdlib.h>

#define MAX_ATTRS 256 /* of an op; extra ones come on top */

/* ---- attributes -------------------------------------------------------------------------------------------------- */

typedef struct named_attr {
  const char *name;
  const hr_attr_value *value;
} named_attr;

static int compare_names(const void *a, const void *b) {
  return strcmp(((const named_attr *)a)->name, ((const named_attr *)b)->name);
}

static hr_status write_attr(const named_attr *attr, hr_text *out) {
  size_t entry = hr_wire_begin(out, HR_NODEDEF_ATTR);
  hr_wire_put_bytes(out, HR_ENTRY_KEY, hr_view_of(attr->name));
  size_t value = hr_wire_begin(out, HR_ENTRY_VALUE);
  HR_TRY(hr_attr_to_proto(attr->value, out));
  hr_wire_end(out, value);
  hr_wire_end(out, entry);
  return HR_SUCCESS;
}

/* _output_shapes of a node, in memory that the caller frees. */
static hr_status output_shapes(const hr_node *node, hr_attr_value *value) {
  size_t bytes = ((size_t)node->num_outputs + 1) * sizeof(hr_partial_shape);
  hr_partial_shape *shapes = (hr_partial_shape *)malloc(bytes);
  if (!shapes) return hr_error_out_of_memory(bytes, "output shapes");
  for (int32_t i = 0; i < node->num_outputs; ++i)
    shapes[i] = *hr_output_shape((hr_output){(hr_node *)node, i});
  *value = (hr_attr_value){.kind = HR_ATTR_SHAPE, .is_list = true, .count = node->num_outputs, .shapes = shapes};
  return HR_SUCCESS;
}

static hr_status write_attrs(const hr_node *node, const hr_export_options *options, hr_text *out) {
  const hr_extra_attr *extras = atomic_load_explicit(&node->extra_attrs, memory_order_acquire);
  size_t limit = (size_t)node->op->num_attrs + 1, count = 0;
  for (const hr_extra_attr *extra = extras; extra; extra = extra->next)
    ++limit;
  named_attr few[MAX_ATTRS], *attrs = limit <= MAX_ATTRS ? few : (named_attr *)malloc(limit * sizeof *attrs);
  if (!attrs) return hr_error_out_of_memory(limit * sizeof *attrs, "attributes");
  for (int i = 0; i < node->op->num_attrs; ++i) {
    const hr_attr_def *def = &node->op->attrs[i];
    if (options->strip_default_attrs && def->has_default && hr_attr_equal(&node->attrs[i], &def->default_value))
      continue;
    attrs[count++] = (named_attr){def->name, &node->attrs[i]};
  }
  for (const hr_extra_attr *extra = extras; extra; extra = extra->next) {
    if (options->output_shapes && strcmp(extra->name, HR_OUTPUT_SHAPES_ATTR) == 0) continue;
    attrs[count++] = (named_attr){extra->name, &extra->value};
  }
  hr_attr_value shapes = {0};
  hr_status status = HR_SUCCESS;
  if (options->output_shapes && node->num_outputs > 0) {
    status = output_shapes(node, &shapes);
    attrs[count++] = (named_attr){HR_OUTPUT_SHAPES_ATTR, &shapes};
  }
  qsort(attrs, count, sizeof *attrs, compare_names);
  for (size_t i = 0; i < count && !status; ++i)
    status = write_attr(&attrs[i], out);
  free((void *)shapes.shapes);
  if (attrs != few) free(attrs);
  return status;
}

/* ---- inputs ------------------------------------------------------------------------------------------------------ */

static void write_input(hr_output input, hr_text *out) {
  if (!input.node) return;
  hr_view name = {input.node->name, input.node->name_length};
  if (input.index == 0) {
    hr_wire_put_bytes(out, HR_NODEDEF_INPUT, name);
    return;
  }
  char suffix[16];
  size_t length = (size_t)snprintf(suffix, sizeof suffix, ":%d", input.index);
  hr_wire_put_tag(out, HR_NODEDEF_INPUT, HR_WIRE_BYTES);
  hr_wire_put_varint(out, name.length + length);
  hr_text_add(out, name.data, name.length);
  hr_text_add(out, suffix, length);
}

static int compare_nodes(const void *a, const void *b) {
  return strcmp((*(hr_node *const *)a)->name, (*(hr_node *const *)b)->name);
}

static void write_control_inputs(size_t count, hr_node *const *nodes, hr_text *out) {
  for (size_t i = 0; i < count; ++i) {
    hr_wire_put_tag(out, HR_NODEDEF_INPUT, HR_WIRE_BYTES);
    hr_wire_put_varint(out, 1 + (size_t)nodes[i]->name_length);
    hr_text_add(out, "^", 1);
    hr_text_add(out, nodes[i]->name, nodes[i]->name_length);
  }
}

/* By name, as TensorFlow's C++ writes graphs. */
static hr_status write_sorted_control_inputs(const hr_node *node, hr_text *out) {
  size_t count = (size_t)node->num_control_inputs;
  if (count == 0) return HR_SUCCESS;
  hr_node *few[16], **sorted = count <= 16 ? few : (hr_node **)malloc(count * sizeof *sorted);
  if (!sorted) return hr_error_out_of_memory(count * sizeof *sorted, "control inputs");
  memcpy(sorted, node->control_inputs, count * sizeof *sorted);
  qsort(sorted, count, sizeof *sorted, compare_nodes);
  write_control_inputs(count, sorted, out);
  if (sorted != few) free(sorted);
  return HR_SUCCESS;
}

/* ---- graphs ------------------------------------------------------------------------------------------------------ */

/* The fields of a NodeDef. `sorted`: control inputs by name, not in the order in which they were added. */
static hr_status write_node(const hr_node *node, const hr_export_options *options, bool sorted, hr_text *out) {
  hr_wire_put_bytes(out, HR_NODEDEF_NAME, (hr_view){node->name, node->name_length});
  hr_wire_put_bytes(out, HR_NODEDEF_OP, hr_view_of(node->op->name));
  for (int32_t i = 0; i < node->num_inputs; ++i)
    write_input(node->inputs[i], out);
  if (sorted)
    HR_TRY(write_sorted_control_inputs(node, out));
  else
    write_control_inputs((size_t)node->num_control_inputs, node->control_inputs, out);
  const char *device = hr_node_device(node);
  if (*device && !options->clear_devices) hr_wire_put_bytes(out, HR_NODEDEF_DEVICE, hr_view_of(device));
  return write_attrs(node, options, out);
}

hr_status hr_graph_to_proto(const hr_graph *graph, const hr_export_options *options, hr_text *out) {
  static const hr_export_options plain = {0};
  int32_t count = hr_graph_node_count(graph);
  for (int32_t i = options ? options->from_node : 0; i < count; ++i) {
    size_t begin = hr_wire_begin(out, HR_GRAPHDEF_NODE);
    HR_TRY(write_node(hr_graph_node(graph, i), options ? options : &plain, true, out));
    hr_wire_end(out, begin);
  }
  hr_text library = {0};
  hr_function_library_write(graph, &library);
  if (library.length > 0) hr_wire_put_bytes(out, HR_GRAPHDEF_LIBRARY, (hr_view){library.data, library.length});
  out->failed |= library.failed;
  hr_text_free(&library);
  size_t begin = hr_wire_begin(out, HR_GRAPHDEF_VERSIONS);
  if (graph->producer) hr_wire_put_number(out, HR_VERSIONS_PRODUCER, (uint64_t)graph->producer);
  if (graph->min_consumer) hr_wire_put_number(out, HR_VERSIONS_MIN_CONSUMER, (uint64_t)graph->min_consumer);
  hr_wire_end(out, begin);
  return HR_SUCCESS;
}

hr_status hr_text_to_owned_bytes(hr_text *text, hr_owned_bytes *out) {
  size_t length = text->length, capacity = text->capacity;
  *out = (hr_owned_bytes){hr_text_take(text), length};
  return out->data ? HR_SUCCESS : hr_error_out_of_memory(capacity, "a serialised graph");
}

hr_status hr_graph_export(const hr_graph *graph, const hr_export_options *options, hr_owned_bytes *out) {
  *out = (hr_owned_bytes){0};
  hr_text text = {0};
  hr_status status = hr_graph_to_proto(graph, options, &text);
  if (!status) return hr_text_to_owned_bytes(&text, out);
  hr_text_free(&text);
  return status;
}

hr_status hr_tensor_export(const hr_tensor *tensor, hr_owned_bytes *out) {
  *out = (hr_owned_bytes){0};
  hr_text text = {0};
  hr_status status = hr_tensor_to_proto(tensor, &text);
  if (!status) return hr_text_to_owned_bytes(&text, out);
  hr_text_free(&text);
  return status;
}

hr_status hr_tensor_import(const void *bytes, size_t length, hr_tensor *out) {
  return hr_tensor_from_proto((hr_view){bytes, length}, hr_cpu_allocator(), out);
}

hr_status hr_bytes_to_text(const ProtobufCMessageDescriptor *descriptor, const hr_owned_bytes *bytes,
                           hr_owned_bytes *out) {
  *out = (hr_owned_bytes){0};
  hr_arena arena = {0};
  void *message;
  hr_text text = {0};
  hr_proto_limits trusted = {.max_memory = SIZE_MAX / 2};
  hr_status status = hr_proto_unpack(descriptor, &arena, bytes->data, bytes->length, &trusted, &message);
  if (!status) {
    hr_proto_print(message, &text);
    status = hr_text_to_owned_bytes(&text, out);
  }
  hr_arena_free(&arena);
  return status;
}

hr_status hr_text_to_bytes(const ProtobufCMessageDescriptor *descriptor, const char *text, size_t length,
                           hr_text *out) {
  hr_arena arena = {0};
  void *message;
  hr_status status = hr_proto_parse(descriptor, &arena, text, length, &message);
  if (!status) {
    hr_proto_pack(message, out);
    if (out->failed) status = hr_error_out_of_memory(out->capacity, descriptor->name);
  }
  hr_arena_free(&arena);
  return status;
}

hr_status hr_graph_export_text(const hr_graph *graph, const hr_export_options *options, hr_owned_bytes *out) {
  hr_owned_bytes bytes;
  HR_TRY(hr_graph_export(graph, options, &bytes));
  hr_status status = hr_bytes_to_text(&hr_pb__graph_def__descriptor, &bytes, out);
  free(bytes.data);
  return status;
}

hr_status hr_node_export(const hr_node *node, hr_owned_bytes *out) {
  *out = (hr_owned_bytes){0};
  hr_text text = {0};
  static const hr_export_options plain = {0};
  hr_status status = write_node(node, &plain, false, &text);
  if (!status) return hr_text_to_owned_bytes(&text, out);
  hr_text_free(&text);
  return status;
}
