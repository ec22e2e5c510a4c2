#include "headrace/graph_io.h"

#include "proto/graph.pb-c.h"
#include "runtime/base/wire.h"
#include "runtime/graph/frame.h"
#include "runtime/graph/function_library.h"
#include "runtime/graph/graphdef_export.h"
#include "runtime/graph/graphdef_fields.h"
#include "runtime/graph/node_def.h"

#define CONTROL_OUTPUT (-1)
#define NO_DEF         (-1)

/* What an input names: an output of a node of the GraphDef, or the node itself. */
typedef struct reference {
  hr_view name;
  int32_t index; /* CONTROL_OUTPUT for "^name" */
} reference;

/* An entry of the input map. */
typedef struct mapping {
  int32_t from; /* index in the table; NO_DEF where the name is no node of the GraphDef */
  int32_t index;
  hr_output to;
  const char *text;
  bool is_used;
} mapping;

/* A link in the list of those who wait for a node. */
typedef struct waiter {
  int32_t node, next;
} waiter;

/* An input of a Merge that comes around a loop. */
typedef struct open_input {
  hr_node *node;
  int32_t index;
  reference source;
} open_input;

typedef struct importer {
  hr_graph *graph;
  hr_scope scope;
  hr_view prefix; /* "import/", or "" */
  hr_view producer_ops;
  bool clear_devices, verbatim;
  hr_def_table table;
  hr_node_fields fields; /* of the node at hand, and so are the next four */
  hr_scratch sources;    /* reference: its data inputs */
  hr_scratch outputs;    /* hr_output: the same, found */
  hr_scratch controls;   /* hr_node * */
  hr_text name;          /* in full */
  hr_scratch mappings;   /* mapping */
  hr_scratch waiters;    /* waiter */
  hr_scratch ready;      /* int32_t: a heap of nodes whose inputs have come, smallest index first */
  hr_scratch open;       /* open_input */
  hr_scratch colocated;  /* hr_node * */
  hr_view device;        /* the last device, and its canonical text */
  const char *canonical_device;
  int32_t made;
} importer;

/* ---- references -------------------------------------------------------------------------------------------------- */

/* "name", "name:index" or "^name". */
static reference parse_reference(hr_view text) {
  if (text.length > 0 && text.data[0] == '^') return (reference){{text.data + 1, text.length - 1}, CONTROL_OUTPUT};
  size_t colon = text.length;
  int32_t index = 0, scale = 1;
  while (colon > 0 && text.data[colon - 1] >= '0' && text.data[colon - 1] <= '9' && text.length - colon < 9) {
    index += scale * (text.data[--colon] - '0');
    scale *= 10;
  }
  if (colon < text.length && colon > 1 && text.data[colon - 1] == ':')
    return (reference){{text.data, colon - 1}, index};
  return (reference){text, 0};
}

static mapping *find_mapping(const importer *in, const hr_def_node *from, int32_t index) {
  if (!from->is_mapped) return NULL;
  for (size_t i = 0; i < in->mappings.count; ++i) {
    mapping *m = &HR_SCRATCH_AT(&in->mappings, mapping, i);
    if (m->from == from - in->table.nodes && m->index == index) return m;
  }
  return NULL;
}

/* Those who are not in the GraphDef, as TensorFlow lists them. */
static hr_status missing_mappings(hr_text *missing) {
  hr_status status = missing->failed
                         ? hr_error_out_of_memory(missing->capacity, "a message")
                         : hr_error(HR_INVALID_ARGUMENT,
                                    "Attempted to map inputs that were not found in graph_def: [%s]", missing->data);
  hr_text_free(missing);
  return status;
}

/* The mapping of a name for which there is no node: an input that a part of a graph left unbound. A control input is
 * content with any output. */
static mapping *find_unbound(const importer *in, reference source) {
  for (size_t i = 0; i < in->mappings.count; ++i) {
    mapping *m = &HR_SCRATCH_AT(&in->mappings, mapping, i);
    if (m->from == NO_DEF && (source.index == CONTROL_OUTPUT || m->index == source.index) &&
        hr_view_equal(parse_reference(hr_view_of(m->text)).name, source.name))
      return m;
  }
  return NULL;
}

static hr_status read_mappings(importer *in, const hr_import_options *options) {
  for (int32_t i = 0; i < options->num_inputs; ++i) {
    const char *text = options->input_names[i];
    reference from = parse_reference(hr_view_of(text));
    hr_def_node *def = hr_def_table_find(&in->table, from.name);
    hr_output to = options->inputs[i];
    if (!to.node || to.node->graph != in->graph)
      return hr_error(HR_INVALID_ARGUMENT, "The input map's output for '%s' is not of the graph", text);
    if (def) def->is_mapped = true;
    mapping m = {def ? (int32_t)(def - in->table.nodes) : NO_DEF, from.index, to, text, false};
    HR_TRY(HR_PUSH(&in->mappings, m));
  }
  return HR_SUCCESS;
}

/* Unused entries must at least name outputs that exist. */
static hr_status check_mappings(const importer *in) {
  hr_text missing = {0};
  for (size_t i = 0; i < in->mappings.count; ++i) {
    const mapping *m = &HR_SCRATCH_AT(&in->mappings, mapping, i);
    if (m->is_used || (m->from != NO_DEF && m->index < in->table.nodes[m->from].node->num_outputs)) continue;
    hr_text_printf(&missing, "%s%s", missing.length ? ", " : "", m->text);
  }
  return missing.length || missing.failed ? missing_mappings(&missing) : HR_SUCCESS;
}

/* ---- the GraphDef ------------------------------------------------------------------------------------------------ */

static hr_status malformed_graph(void) { return hr_error(HR_INVALID_ARGUMENT, "Malformed GraphDef"); }

static hr_status check_consumer(int64_t bad) {
  if (bad != HR_PRODUCER_VERSION) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "GraphDef disallows consumer version %d. This version is likely buggy.",
                  HR_PRODUCER_VERSION);
}

static hr_status read_versions(hr_view bytes, int32_t *producer, int32_t *min_consumer) {
  uint32_t field;
  hr_wire_type type;
  uint64_t value;
  for (hr_wire wire = hr_wire_of_view(bytes); !hr_wire_done(&wire);) {
    if (!hr_wire_tag(&wire, &field, &type)) return malformed_graph();
    hr_view packed;
    if (type == HR_WIRE_BYTES && field == HR_VERSIONS_BAD_CONSUMERS) {
      if (!hr_wire_bytes(&wire, &packed)) return malformed_graph();
      for (hr_wire list = hr_wire_of_view(packed); !hr_wire_done(&list);) {
        if (!hr_wire_varint(&list, &value)) return malformed_graph();
        HR_TRY(check_consumer((int64_t)value));
      }
    } else if (type == HR_WIRE_VARINT) {
      if (!hr_wire_varint(&wire, &value)) return malformed_graph();
      if (field == HR_VERSIONS_PRODUCER) *producer = (int32_t)value;
      if (field == HR_VERSIONS_MIN_CONSUMER) *min_consumer = (int32_t)value;
      if (field == HR_VERSIONS_BAD_CONSUMERS) HR_TRY(check_consumer((int64_t)value));
    } else if (!hr_wire_skip(&wire, type)) {
      return malformed_graph();
    }
  }
  if (*min_consumer > HR_PRODUCER_VERSION)
    return hr_error(HR_INVALID_ARGUMENT, "GraphDef min consumer version %d above current version %d.", *min_consumer,
                    HR_PRODUCER_VERSION);
  return HR_SUCCESS;
}

/* Takes the GraphDef apart; functions and versions go to the graph. */
static hr_status scan(importer *in, hr_view bytes) {
  int32_t producer = 0, min_consumer = 0;
  uint32_t field;
  hr_wire_type type;
  for (hr_wire wire = hr_wire_of_view(bytes); !hr_wire_done(&wire);) {
    hr_view part;
    if (!hr_wire_tag(&wire, &field, &type)) return malformed_graph();
    if (type != HR_WIRE_BYTES) {
      if (!hr_wire_skip(&wire, type)) return malformed_graph();
      continue;
    }
    if (!hr_wire_bytes(&wire, &part)) return malformed_graph();
    if (field == HR_GRAPHDEF_NODE) HR_TRY(hr_def_table_add(&in->table, part));
    if (field == HR_GRAPHDEF_VERSIONS) HR_TRY(read_versions(part, &producer, &min_consumer));
    if (field == HR_GRAPHDEF_LIBRARY) HR_TRY(hr_function_library_add(in->graph, part));
  }
  if (producer < in->graph->producer) in->graph->producer = producer;
  if (min_consumer > in->graph->min_consumer) in->graph->min_consumer = min_consumer;
  return hr_def_table_index(&in->table);
}

/* ---- inputs ------------------------------------------------------------------------------------------------------ */

static bool is_op(hr_view op, hr_view name, hr_view ref_name) {
  return hr_view_equal(op, name) || hr_view_equal(op, ref_name);
}

/* Whether a node that is still to come closes a loop. */
static bool is_next_iteration(const hr_def_node *def) {
  uint32_t field;
  hr_wire_type type;
  for (hr_wire wire = hr_wire_of_view(def->body); !hr_wire_done(&wire);) {
    hr_view op;
    if (!hr_wire_tag(&wire, &field, &type)) return false;
    if (field == HR_NODEDEF_OP && type == HR_WIRE_BYTES)
      return hr_wire_bytes(&wire, &op) && is_op(op, HR_VIEW("NextIteration"), HR_VIEW("RefNextIteration"));
    if (!hr_wire_skip(&wire, type)) return false;
  }
  return false;
}

static hr_status wait_for(importer *in, hr_def_node *def, hr_def_node *source) {
  waiter link = {(int32_t)(def - in->table.nodes), source->first_waiter};
  source->first_waiter = (int32_t)in->waiters.count;
  ++def->waiting;
  return HR_PUSH(&in->waiters, link);
}

static hr_status bad_output(const hr_def_node *def, reference source, const hr_node *node) {
  return hr_error(HR_INVALID_ARGUMENT,
                  "Node '%.*s': Connecting to invalid output %d of source node %.*s which has %d outputs.",
                  HR_VIEW_ARGS(def->name), source.index, HR_VIEW_ARGS(source.name), node->num_outputs);
}

static hr_status resolve_input(importer *in, hr_def_node *def, reference source, bool is_merge) {
  hr_def_node *from = hr_def_table_find(&in->table, source.name);
  mapping *mapped = from ? find_mapping(in, from, source.index) : find_unbound(in, source);
  if (!from && !mapped)
    return hr_error(HR_INVALID_ARGUMENT, "Node '%.*s': Unknown input node '%.*s'", HR_VIEW_ARGS(def->name),
                    HR_VIEW_ARGS(source.name));
  bool is_control = source.index == CONTROL_OUTPUT;
  hr_output output = {from ? from->node : NULL, source.index};
  if (mapped) {
    mapped->is_used = true;
    output = mapped->to;
  } else if (!from->node) {
    if (!is_merge || is_control || !is_next_iteration(from)) return wait_for(in, def, from);
    output = HR_NO_OUTPUT;
  } else if (!is_control && source.index >= from->node->num_outputs) {
    return bad_output(def, source, from->node);
  }
  if (is_control) return HR_PUSH(&in->controls, output.node);
  HR_TRY(HR_PUSH(&in->sources, source));
  return HR_PUSH(&in->outputs, output);
}

/* Finds the inputs among mapped outputs and the nodes that are made; waits for the others. */
static hr_status resolve_inputs(importer *in, hr_def_node *def) {
  in->sources.count = in->outputs.count = in->controls.count = 0;
  bool is_merge = is_op(in->fields.op, HR_VIEW("Merge"), HR_VIEW("RefMerge")), control_seen = false;
  for (size_t i = 0; i < in->fields.inputs.count; ++i) {
    reference source = parse_reference(HR_SCRATCH_AT(&in->fields.inputs, hr_view, i));
    if (control_seen && source.index != CONTROL_OUTPUT)
      return hr_error(HR_INVALID_ARGUMENT, "Node '%.*s': Control dependencies must come after regular dependencies",
                      HR_VIEW_ARGS(def->name));
    control_seen = source.index == CONTROL_OUTPUT;
    HR_TRY(resolve_input(in, def, source, is_merge));
  }
  return HR_SUCCESS;
}

/* Control inputs of the scope come on top of the node's own. */
static hr_status add_scope_controls(importer *in) {
  int32_t limit = hr_scope_control_limit(in->scope), count = 0;
  if (limit == 0) return HR_SUCCESS;
  hr_node **nodes = (hr_node **)malloc((size_t)limit * sizeof *nodes);
  if (!nodes) return hr_error_out_of_memory((size_t)limit * sizeof *nodes, "control inputs");
  hr_status status = hr_scope_control_inputs(in->scope, (const hr_output *)in->outputs.items,
                                             (int32_t)in->outputs.count, nodes, &count);
  for (int32_t i = 0; i < count && !status; ++i)
    status = HR_PUSH(&in->controls, nodes[i]);
  free(nodes);
  return status;
}

/* TensorFlow's words for an input of another dtype; `status` where it was something else. */
static hr_status describe_inputs(const hr_node_spec *spec, const hr_def_node *def, hr_status status) {
  if (hr_status_code(status) != HR_INVALID_ARGUMENT) return status;
  int64_t at = 0;
  for (int i = 0; i < spec->op->num_inputs; ++i) {
    const hr_arg_def *arg = &spec->op->inputs[i];
    int64_t count = arg->number_attr >= 0 ? spec->attrs[arg->number_attr].i : 1;
    int32_t expected = arg->type_attr >= 0 ? spec->attrs[arg->type_attr].type : arg->dtype;
    if (arg->type_list_attr >= 0) return status;
    for (int64_t end = at + count; at < end && at < spec->num_inputs; ++at) {
      hr_output input = spec->inputs[at];
      if (!input.node || (int32_t)hr_dtype_base(hr_output_dtype(input)) == expected) continue;
      hr_status_free(status);
      return hr_error(HR_INVALID_ARGUMENT,
                      "Input %d of node %.*s was passed %s from %s:%d incompatible with expected %s.", (int)at,
                      HR_VIEW_ARGS(def->name), hr_dtype_name(hr_output_dtype(input)), input.node->name, input.index,
                      hr_dtype_name((hr_dtype)expected));
    }
  }
  return status;
}

/* ---- devices ----------------------------------------------------------------------------------------------------- */

/* "/cpu:0" as "/device:CPU:0". */
static hr_status canonical_device(importer *in, hr_view device, hr_view *out) {
  *out = (hr_view){"", 0};
  if (device.length == 0) return HR_SUCCESS;
  if (!in->canonical_device || !hr_view_equal(device, in->device)) {
    hr_text copy = {0}, text = {0};
    hr_text_add(&copy, device.data, device.length);
    hr_device_spec spec;
    hr_status status =
        copy.failed ? hr_error_out_of_memory(device.length, "a device name") : hr_device_spec_parse(copy.data, &spec);
    if (!status) {
      hr_device_spec_text(&spec, &text);
      in->canonical_device = text.failed ? NULL : hr_graph_intern(in->graph, (hr_view){text.data, text.length});
      in->device = device;
      if (!in->canonical_device) status = hr_error_out_of_memory(device.length, "a device name");
    }
    hr_text_free(&copy);
    hr_text_free(&text);
    HR_TRY(status);
  }
  *out = hr_view_of(in->canonical_device);
  return HR_SUCCESS;
}

/* The devices of the scope, and nothing else of it, as in TensorFlow. */
static hr_status apply_scope_devices(const importer *in, hr_node *node) {
  if (!in->scope.frame->devices) return HR_SUCCESS;
  hr_frame bare = {.prefix = in->scope.frame->prefix, .devices = in->scope.frame->devices};
  return hr_scope_adopt((hr_scope){in->scope.builder, &bare}, node);
}

/* A colocated node has the device of the first node it stands with that has one. */
static hr_status place_colocated(importer *in) {
  for (size_t i = 0; i < in->colocated.count; ++i) {
    hr_node *node = HR_SCRATCH_AT(&in->colocated, hr_node *, i);
    const hr_attr_value *groups = hr_node_attr(node, HR_CLASS_ATTR);
    for (int32_t g = 0; groups && g < groups->count; ++g) {
      hr_view group = {groups->strings[g].data, groups->strings[g].length};
      if (!hr_view_starts_with(group, HR_LOCATION_PREFIX)) continue;
      group = (hr_view){group.data + HR_LOCATION_PREFIX.length, group.length - HR_LOCATION_PREFIX.length};
      const hr_node *other = hr_names_find(&in->graph->names, group);
      if (!other || !*hr_node_device(other)) continue;
      HR_TRY(hr_node_set_device(node, hr_node_device(other)));
      break;
    }
  }
  return HR_SUCCESS;
}

/* ---- nodes ------------------------------------------------------------------------------------------------------- */

static hr_status find_op(const hr_graph *graph, const hr_node_fields *fields, const hr_op_def **op) {
  *op = hr_graph_find_op(graph, fields->op.data, fields->op.length);
  if (*op) return HR_SUCCESS;
  return hr_error(HR_NOT_FOUND,
                  "Op type not registered '%.*s'. Make sure the Op and Kernel are registered in the binary running in "
                  "this process.",
                  HR_VIEW_ARGS(fields->op));
}

static hr_status note_open_inputs(importer *in, hr_node *node) {
  for (size_t i = 0; i < in->outputs.count; ++i) {
    if (HR_SCRATCH_AT(&in->outputs, hr_output, i).node) continue;
    open_input open = {node, (int32_t)i, HR_SCRATCH_AT(&in->sources, reference, i)};
    HR_TRY(HR_PUSH(&in->open, open));
  }
  return HR_SUCCESS;
}

static hr_status full_name(importer *in, const hr_def_node *def, hr_view *out) {
  *out = def->final_name;
  if (in->prefix.length == 0) return HR_SUCCESS;
  in->name.length = 0;
  hr_text_add(&in->name, in->prefix.data, in->prefix.length);
  hr_text_add(&in->name, def->final_name.data, def->final_name.length);
  if (in->name.failed) return hr_error_out_of_memory(def->name.length, "a name");
  *out = (hr_view){in->name.data, in->name.length};
  return HR_SUCCESS;
}

/* Makes the node of `fields`, whose inputs are all there. */
static hr_status make_node(importer *in, hr_def_node *def) {
  hr_node_spec spec = {.where = in->scope.builder->where, .is_internal = in->verbatim};
  bool is_colocated = false;
  HR_TRY(find_op(in->graph, &in->fields, &spec.op));
  hr_attr_context context = {&in->table, in->prefix, in->producer_ops, in->verbatim};
  HR_TRY(hr_node_attrs_read(in->graph, &in->fields, def, &context, &spec, &is_colocated));
  HR_TRY(full_name(in, def, &spec.name));
  if (!is_colocated && !in->clear_devices) HR_TRY(canonical_device(in, in->fields.device, &spec.device));
  HR_TRY(add_scope_controls(in));
  spec.inputs = (const hr_output *)in->outputs.items;
  spec.num_inputs = (int32_t)in->outputs.count;
  spec.controls = (hr_node *const *)in->controls.items;
  spec.num_controls = (int32_t)in->controls.count;
  spec.keep_inputs_open = is_op(in->fields.op, HR_VIEW("Merge"), HR_VIEW("RefMerge"));
  hr_status status = hr_graph_add(in->graph, &spec, &def->node);
  if (__builtin_expect(status != HR_SUCCESS, 0)) return describe_inputs(&spec, def, status);
  HR_TRY(hr_node_shapes_read(&in->fields, def, def->node));
  ++in->made;
  if (spec.keep_inputs_open) HR_TRY(note_open_inputs(in, def->node));
  if (is_colocated) return HR_PUSH(&in->colocated, def->node);
  return apply_scope_devices(in, def->node);
}

/* Nodes become ready out of order only where the GraphDef is; the smallest index goes first, as in TensorFlow. */
static hr_status push_ready(importer *in, int32_t index) {
  HR_TRY(HR_PUSH(&in->ready, index));
  int32_t *heap = (int32_t *)in->ready.items;
  for (size_t at = in->ready.count - 1; at > 0 && heap[(at - 1) / 2] > index; at = (at - 1) / 2) {
    heap[at] = heap[(at - 1) / 2];
    heap[(at - 1) / 2] = index;
  }
  return HR_SUCCESS;
}

static int32_t pop_ready(importer *in) {
  int32_t *heap = (int32_t *)in->ready.items, top = heap[0], last = heap[--in->ready.count];
  size_t at = 0, count = in->ready.count;
  for (size_t child; (child = 2 * at + 1) < count; at = child) {
    if (child + 1 < count && heap[child + 1] < heap[child]) ++child;
    if (heap[child] >= last) break;
    heap[at] = heap[child];
  }
  heap[at] = last;
  return top;
}

static hr_status wake_waiters(importer *in, const hr_def_node *def) {
  for (int32_t link = def->first_waiter; link >= 0;) {
    waiter w = HR_SCRATCH_AT(&in->waiters, waiter, link);
    if (--in->table.nodes[w.node].waiting == 0) HR_TRY(push_ready(in, w.node));
    link = w.next;
  }
  return HR_SUCCESS;
}

static hr_status try_fields(importer *in, hr_def_node *def) {
  HR_TRY(resolve_inputs(in, def));
  if (def->waiting > 0) return HR_SUCCESS;
  HR_TRY(make_node(in, def));
  return wake_waiters(in, def);
}

/* Names the node that an error is about. */
static hr_status at_node(const importer *in, const hr_def_node *def, hr_status status) {
  hr_text name = {0}, op = {0};
  hr_text_add(&name, def->name.data, def->name.length);
  hr_text_add(&op, in->fields.op.data, in->fields.op.length);
  if (!name.failed && !op.failed) status = hr_status_at_node(status, name.data, op.data, NULL);
  hr_text_free(&name);
  hr_text_free(&op);
  return status;
}

/* Makes node `index` if its inputs are there; else it waits. */
static hr_status try_node(importer *in, int32_t index) {
  hr_def_node *def = &in->table.nodes[index];
  HR_TRY(hr_node_fields_read(def, &in->fields));
  hr_status status = try_fields(in, def);
  return __builtin_expect(status != HR_SUCCESS, 0) ? at_node(in, def, status) : HR_SUCCESS;
}

static hr_status close_loops(importer *in) {
  for (size_t i = 0; i < in->open.count; ++i) {
    const open_input *open = &HR_SCRATCH_AT(&in->open, open_input, i);
    hr_output source = {hr_def_table_find(&in->table, open->source.name)->node, open->source.index};
    HR_TRY(hr_node_close_input(open->node, open->index, source));
  }
  return HR_SUCCESS;
}

static hr_status make_nodes(importer *in) {
  for (int32_t i = 0; i < in->table.count; ++i) {
    HR_TRY(try_node(in, i));
    while (in->ready.count > 0)
      HR_TRY(try_node(in, pop_ready(in)));
  }
  if (in->made < in->table.count)
    return hr_error(HR_INVALID_ARGUMENT, "%d nodes in a cycle", in->table.count - in->made);
  HR_TRY(close_loops(in));
  return place_colocated(in);
}

/* ---- branches and loops ------------------------------------------------------------------------------------------ */

/* Into the branch or loop that the scope is in: all nodes are there before the first is looked at. */
static hr_status join_context(importer *in, int32_t first) {
  hr_control_context *context = hr_scope_control_context(in->scope);
  if (!context) return HR_SUCCESS;
  int32_t end = hr_graph_node_count(in->graph);
  for (int32_t i = first; i < end; ++i)
    hr_graph_node(in->graph, i)->context = context;
  for (int32_t i = first; i < end; ++i)
    HR_TRY(context->type->adopt(context, in->scope, hr_graph_node(in->graph, i)));
  return HR_SUCCESS;
}

/* ---- what is asked back -------------------------------------------------------------------------------------------
 */

static hr_status find_returns(const importer *in, const hr_import_options *options) {
  for (int32_t i = 0; i < options->num_returns; ++i) {
    const char *text = options->return_names[i];
    bool is_output = strchr(text, ':') != NULL;
    reference wanted = parse_reference(hr_view_of(text));
    const hr_def_node *def = hr_def_table_find(&in->table, wanted.name);
    if (!def)
      return hr_error(HR_INVALID_ARGUMENT, "Requested return %s '%s' not found in graph def",
                      is_output ? "tensor" : "node", text);
    const mapping *mapped = is_output ? find_mapping(in, def, wanted.index) : NULL;
    if (is_output && !mapped && wanted.index >= def->node->num_outputs)
      return hr_error(HR_INVALID_ARGUMENT, "Invalid return output %d of node '%.*s', which has %d output(s)",
                      wanted.index, HR_VIEW_ARGS(def->name), def->node->num_outputs);
    options->returns[i] = mapped ? mapped->to : (hr_output){def->node, is_output ? wanted.index : -1};
  }
  return HR_SUCCESS;
}

/* ---- the whole -----------------------------------------------------------------------------------------------------
 */

static hr_status import(importer *in, hr_view bytes, const hr_import_options *options, bool names_may_clash) {
  HR_TRY(scan(in, bytes));
  HR_TRY(read_mappings(in, options));
  if (names_may_clash && hr_graph_node_count(in->graph) > 0)
    HR_TRY(hr_def_table_uniquify(&in->table, in->graph, in->prefix));
  int32_t first = hr_graph_node_count(in->graph);
  HR_TRY(make_nodes(in));
  HR_TRY(join_context(in, first));
  return find_returns(in, options);
}

static void free_importer(importer *in) {
  hr_scratch *lists[] = {&in->sources, &in->outputs, &in->controls, &in->mappings,
                         &in->waiters, &in->ready,   &in->open,     &in->colocated};
  for (size_t i = 0; i < sizeof lists / sizeof *lists; ++i)
    hr_scratch_free(lists[i]);
  hr_node_fields_free(&in->fields);
  hr_text_free(&in->name);
  hr_def_table_free(&in->table);
}

/* Opens the name scope that the nodes stand in. */
static hr_status open_prefix(hr_scope scope, const char *name, hr_view *prefix) {
  hr_scope inner = hr_name_scope(scope, name);
  HR_TRY(hr_builder_status(scope.builder));
  *prefix = hr_view_of(hr_scope_name(inner));
  hr_scope_close(inner);
  return HR_SUCCESS;
}

hr_status hr_graph_import(hr_scope scope, const void *bytes, size_t length, const hr_import_options *options) {
  static const hr_import_options plain = {0};
  if (!options) options = &plain;
  if (!hr_scope_ok(scope)) return hr_error(HR_FAILED_PRECONDITION, "The builder holds an error: take it out first");
  hr_graph *graph = hr_scope_graph(scope);
  importer in = {.graph = graph,
                 .scope = scope,
                 .producer_ops = {options->producer_ops.data, options->producer_ops.length},
                 .clear_devices = options->clear_devices,
                 .verbatim = options->verbatim};
  const char *name = options->name ? options->name : "import";
  size_t name_length = strlen(name);
  HR_TRY(open_prefix(scope, name, &in.prefix));
  bool names_may_clash = in.prefix.length == 0 || name[name_length - 1] == '/';

  int32_t count = hr_graph_node_count(graph), producer = graph->producer, min_consumer = graph->min_consumer;
  int64_t last_id = graph->last_id;
  hr_library_mark library = hr_function_library_mark(graph);
  hr_status status = import(&in, (hr_view){(const char *)bytes, length}, options, names_may_clash);
  if (status) {
    hr_graph_drop_nodes(graph, count);
    graph->producer = producer;
    graph->min_consumer = min_consumer;
    graph->last_id = last_id;
    hr_function_library_drop(graph, library);
  } else {
    status = check_mappings(&in); /* the nodes stay, as in TensorFlow */
  }
  free_importer(&in);
  return status;
}

hr_status hr_graph_import_text(hr_scope scope, const char *text, size_t length, const hr_import_options *options) {
  hr_text bytes = {0};
  hr_status status = hr_text_to_bytes(&hr_pb__graph_def__descriptor, text, length, &bytes);
  if (!status) status = hr_graph_import(scope, bytes.data, bytes.length, options);
  hr_text_free(&bytes);
  return status;
}
