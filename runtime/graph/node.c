#include "runtime/graph/node.h"

#include "runtime/graph/bind.h"
#include "runtime/graph/frame.h"
#include "runtime/graph/function_graph.h"
#include "runtime/graph/graph_internal.h"
#include "runtime/graph/rows.h"
#include "runtime/graph/shape_context.h"
#include <stdio.h>

/* A node in the making. */
typedef struct draft {
  hr_graph *graph;
  const hr_op_def *op;
  hr_view name; /* in the arena */
  hr_name *entry;
  const hr_output *inputs;
  int32_t num_inputs, num_controls, control_capacity;
  hr_node **controls;   /* in the arena */
  hr_attr_value *attrs; /* in the arena, bound */
  hr_extra_attr *extra; /* in the arena */
  const char *where;
} draft;

/* ---- shapes ---------------------------------------------------------------------------------------------------- */

static hr_status infer_shapes(hr_node *node) {
  if (!node->op->shape) return HR_SUCCESS;
  hr_shape_requests requests = {0};
  hr_shape_context context = {
      .graph = node->graph, .node = node, .outputs = node->output_shapes, .requests = &requests};
  hr_status status = node->op->shape(&context);
  node->output_handles = context.handles;
  return __builtin_expect(status != HR_SUCCESS, 0) ? hr_shape_describe_error(&context, status) : HR_SUCCESS;
}

/* ---- making ---------------------------------------------------------------------------------------------------- */

/* Bytes rounded up to what every member of a node may be aligned to. */
static inline size_t align_up(size_t bytes) { return (bytes + 7) & ~(size_t)7; }

/* The node and its arrays in one piece. */
static hr_status allocate_node(const draft *d, int32_t num_outputs, hr_node **out) {
  size_t inputs = (size_t)d->num_inputs * sizeof(hr_output);
  size_t shapes = (size_t)num_outputs * sizeof(_Atomic(const hr_partial_shape *));
  size_t bytes = sizeof(hr_node) + inputs + shapes + align_up((size_t)num_outputs);
  char *memory = hr_arena_allocate(&d->graph->arena, bytes, _Alignof(hr_node));
  if (!memory) return hr_error_out_of_memory(bytes, "a node");
  hr_node *node = (hr_node *)memory;
  node->inputs = (hr_output *)(memory + sizeof *node);
  node->output_shapes = (_Atomic(const hr_partial_shape *) *)(memory + sizeof *node + inputs);
  node->output_dtypes = (uint8_t *)(memory + sizeof *node + inputs + shapes);
  *out = node;
  return HR_SUCCESS;
}

static hr_status make_node(const draft *d, hr_node **out) {
  int32_t num_outputs;
  hr_node *node = NULL;
  HR_TRY(hr_bind_output_count(d->op, d->attrs, &num_outputs));
  HR_TRY(hr_graph_reserve_node(d->graph));
  HR_TRY(allocate_node(d, num_outputs, &node));
  node->op = d->op;
  node->graph = d->graph;
  node->name = d->name.data;
  node->name_length = (uint32_t)d->name.length;
  node->id = atomic_load_explicit(&d->graph->node_count, memory_order_relaxed);
  node->num_inputs = d->num_inputs;
  node->num_control_inputs = d->num_controls;
  node->num_outputs = num_outputs;
  if (d->num_inputs) memcpy(node->inputs, d->inputs, (size_t)d->num_inputs * sizeof *d->inputs);
  node->control_inputs = d->controls;
  node->attrs = d->attrs;
  atomic_init(&node->extra_attrs, d->extra);
  hr_bind_output_dtypes(d->op, d->attrs, node->output_dtypes);
  const hr_partial_shape *unknown = hr_output_shape(HR_NO_OUTPUT);
  for (int32_t i = 0; i < num_outputs; ++i)
    atomic_init(&node->output_shapes[i], unknown);
  node->output_handles = NULL;
  atomic_init(&node->device, "");
  node->where = d->where;
  node->control_capacity = d->control_capacity;
  node->control_frame = NULL;
  node->context = NULL;
  node->is_unfetchable = node->is_unfeedable = false;
  HR_TRY(infer_shapes(node));
  *out = node;
  return HR_SUCCESS;
}

static hr_status check_may_grow(const hr_graph *graph) {
  if (__builtin_expect(hr_graph_is_finalized(graph), 0))
    return hr_error(HR_FAILED_PRECONDITION, "Graph is finalized and cannot be modified.");
  return HR_SUCCESS;
}

static hr_status check_op(const draft *d) {
  if (d->entry->node) return hr_error(HR_INVALID_ARGUMENT, "Duplicate node name in graph: '%s'", d->name.data);
  if (d->op->deprecated_at && d->graph->producer >= d->op->deprecated_at)
    return hr_error(HR_UNIMPLEMENTED,
                    "Op %s is not available in GraphDef version %d. It has been removed in version %d.", d->op->name,
                    d->graph->producer, d->op->deprecated_at);
  return HR_SUCCESS;
}

/* Appends control inputs that are not there yet. */
static hr_status add_control_inputs(draft *d, int32_t count, hr_node *const *controls) {
  if (count == 0) return HR_SUCCESS;
  HR_TRY(hr_graph_mark_begin(d->graph));
  for (int32_t i = 0; i < d->num_controls; ++i)
    hr_graph_mark(d->graph, d->controls[i]);
  for (int32_t i = 0; i < count; ++i) {
    if (!controls[i]) return hr_error(HR_INVALID_ARGUMENT, "Control input %d of '%s' Op is no node", i, d->op->name);
    if (controls[i]->graph != d->graph)
      return hr_error(HR_INVALID_ARGUMENT, "Control input %s of '%s' Op must be from the same graph as the op.",
                      controls[i]->name, d->op->name);
    if (hr_graph_mark(d->graph, controls[i])) d->controls[d->num_controls++] = controls[i];
  }
  return HR_SUCCESS;
}

static hr_status allocate_controls(draft *d, size_t limit) {
  if (limit == 0) return HR_SUCCESS;
  d->controls = HR_ARENA_ARRAY(&d->graph->arena, hr_node *, limit);
  d->control_capacity = (int32_t)limit;
  return d->controls ? HR_SUCCESS : hr_error_out_of_memory(limit * sizeof *d->controls, "control inputs");
}

/* ---- from a scope ---------------------------------------------------------------------------------------------- */

/* The node's name: exactly "scope/" without its slash, else unique in the scope. The name is used up even if the node
 * comes to nothing, as in TensorFlow. */
static hr_status name_node(hr_scope scope, const char *wanted, draft *d) {
  hr_names *names = &d->graph->names;
  hr_view name = hr_view_of(wanted ? wanted : d->op->name), prefix = scope.frame->prefix;
  if (name.length > 0 && name.data[name.length - 1] == '/') {
    d->name = (hr_view){name.data, name.length - 1};
    if (!hr_name_is_valid_op(d->name))
      return hr_error(HR_INVALID_ARGUMENT, "'%.*s' is not a valid node name", (int)d->name.length, d->name.data);
    d->entry = hr_names_enter(names, d->name, false);
    if (!d->entry) return hr_error_out_of_memory(d->name.length, "a name");
    d->name.data = d->entry->text;
    return HR_SUCCESS;
  }
  if (name.length == 0) return hr_error(HR_INVALID_ARGUMENT, "'' is not a valid node name");
  if (wanted && (prefix.length ? !hr_name_is_valid_scope(name) : !hr_name_is_valid_op(name)))
    return hr_error(HR_INVALID_ARGUMENT, "'%s' is not a valid scope name", wanted);
  return hr_names_unique(names, prefix, name, true, &d->name, &d->entry);
}

static hr_status bind_args(const hr_node_args *args, draft *d) {
  size_t bytes = d->op->num_attrs * sizeof *d->attrs;
  d->attrs = HR_ARENA_ARRAY(&d->graph->arena, hr_attr_value, d->op->num_attrs);
  if (!d->attrs) return hr_error_out_of_memory(bytes, "attributes");
  if (args->attrs)
    memcpy(d->attrs, args->attrs, bytes);
  else
    memset(d->attrs, 0, bytes);
  HR_TRY(hr_bind(&(hr_binding){.graph = d->graph,
                               .op = d->op,
                               .inputs = d->inputs,
                               .num_inputs = d->num_inputs,
                               .arg_counts = args->arg_counts,
                               .attrs = d->attrs}));
  /* Inferred and default values already live as long as the graph. */
  for (int i = 0; args->attrs && i < d->op->num_attrs; ++i) {
    const hr_attr_value *given = &args->attrs[i];
    bool is_inline = !given->is_list && given->kind != HR_ATTR_STRING && given->kind < HR_ATTR_SHAPE;
    if (given->kind != HR_ATTR_NONE && !is_inline) HR_TRY(hr_attr_copy(d->graph, given, &d->attrs[i]));
  }
  return HR_SUCCESS;
}

/* A node stands where the references that it takes stand, as if it were made inside hr_colocate_with of each. */
static hr_scope beside_references(hr_scope scope, const hr_op_def *op, const hr_output *inputs) {
  for (int i = 0; i < op->num_inputs && op->inputs[i].is_ref; ++i)
    scope = hr_colocate_with(scope, inputs[i].node, false);
  return scope;
}

/* What a branch or loop hides may not be read from everywhere. */
static hr_status check_contexts(hr_scope scope, const draft *d) {
  for (int32_t i = 0; i < d->num_inputs; ++i) {
    const hr_node *input = d->inputs[i].node;
    if (!input || !input->context) continue;
    hr_reader reader = {hr_scope_control_context(scope), d->op, d->name.data};
    HR_TRY(input->context->type->check_reader(input->context, input, &reader));
  }
  return HR_SUCCESS;
}

/* The prefix of names below a node's, in `buffer` if it fits. */
static hr_status go_below(hr_scope scope, const char *name, size_t size, char *buffer, hr_view *prefix) {
  size_t length = strlen(name) + 1;
  char *text = buffer;
  if (length < size)
    snprintf(buffer, size, "%s/", name);
  else if (!(text = hr_arena_printf(&scope.builder->arena, "%s/", name)))
    return hr_error_out_of_memory(length + 1, "a scope");
  *prefix = (hr_view){text, length};
  return HR_SUCCESS;
}

/* What brings a node's inputs to it has names below the node's; but constants and calls of functions are made without a
 * name scope of their own. */
static bool has_own_scope(const hr_op_def *op) {
  return !(op->flags & HR_OP_FUNCTION) && strcmp(op->name, "Const") != 0;
}

static hr_status join_context(hr_scope scope, hr_node *node) {
  node->context = hr_scope_control_context(scope);
  if (__builtin_expect(!node->context, 1)) return HR_SUCCESS;
  hr_frame frame = *scope.frame;
  char prefix[256];
  if (has_own_scope(node->op)) HR_TRY(go_below(scope, node->name, sizeof prefix, prefix, &frame.prefix));
  return node->context->type->adopt(node->context, (hr_scope){scope.builder, &frame}, node);
}

/* "a", or "inputs_2" in a list. */
static hr_status name_argument(const hr_op_def *op, const hr_node_args *args, int32_t input, char *name, size_t size) {
  int32_t first = 0;
  for (int a = 0; a < op->num_inputs; ++a) {
    const hr_arg_def *argument = &op->inputs[a];
    int32_t count = args->arg_counts ? args->arg_counts[a] : 1;
    if (input - first < count) {
      bool is_list = argument->number_attr >= 0 || argument->type_list_attr >= 0;
      snprintf(name, size, is_list ? "%s_%d" : "%s", argument->name, (int)(input - first));
      return HR_SUCCESS;
    }
    first += count;
  }
  return hr_error(HR_INVALID_ARGUMENT, "'%s' Op takes %d tensors, but more were passed", op->name, (int)first);
}

static hr_status make_tensor(hr_scope scope, const hr_op_def *op, const hr_node_args *args, int32_t input,
                             const hr_rows *rows, hr_output *out) {
  char name[64];
  HR_TRY(name_argument(op, args, input, name, sizeof name));
  *out = rows->to_tensor(scope, rows, name);
  return hr_scope_ok(scope) ? HR_SUCCESS : hr_error(HR_INTERNAL, "The rows of '%s' are no tensor", rows->node.name);
}

static bool are_ready(const hr_node_args *args, const draft *d) {
  bool ready = !d->graph->function;
  for (int32_t i = 0; i < args->num_inputs; ++i)
    ready &= !hr_rows_of(args->inputs[i]);
  return ready;
}

/* Makes tensors of rows. In a function's body, arguments stand for what a node reads of the graph around. */
static hr_status bring_inputs(hr_scope scope, const hr_node_args *args, draft *d) {
  d->inputs = args->inputs;
  d->num_inputs = args->num_inputs;
  if (__builtin_expect(are_ready(args, d), 1)) return HR_SUCCESS;
  hr_frame frame = *scope.frame;
  hr_scope below = {scope.builder, &frame};
  char prefix[256];
  if (has_own_scope(d->op)) HR_TRY(go_below(scope, d->name.data, sizeof prefix, prefix, &frame.prefix));
  hr_output *inputs = HR_ARENA_ARRAY(&scope.builder->arena, hr_output, args->num_inputs + 1);
  if (!inputs) return hr_error_out_of_memory(sizeof *inputs * (size_t)args->num_inputs, "the inputs of a node");
  for (int32_t i = 0; i < args->num_inputs; ++i) {
    inputs[i] = args->inputs[i];
    const hr_rows *rows = hr_rows_of(inputs[i]);
    if (rows) HR_TRY(make_tensor(below, d->op, args, i, rows, &inputs[i]));
    if (d->graph->function) HR_TRY(hr_capture(below, inputs[i], &inputs[i]));
  }
  d->inputs = inputs;
  return HR_SUCCESS;
}

static hr_status add_from_scope(hr_scope scope, const hr_node_args *args, draft *d, hr_node **out) {
  HR_TRY(name_node(scope, args->name, d));
  HR_TRY(bring_inputs(scope, args, d));
  HR_TRY(bind_args(args, d));
  HR_TRY(check_may_grow(d->graph));
  HR_TRY(allocate_controls(d, (size_t)hr_scope_control_limit(scope) + (size_t)args->num_controls));
  HR_TRY(hr_scope_control_inputs(scope, d->inputs, d->num_inputs, d->controls, &d->num_controls));
  HR_TRY(add_control_inputs(d, args->num_controls, args->controls));
  ++d->graph->last_id;
  HR_TRY(check_op(d));
  hr_node *node = NULL;
  HR_TRY(make_node(d, &node));
  scope = beside_references(scope, d->op, d->inputs);
  HR_TRY(hr_scope_adopt(scope, node));
  hr_graph_publish_node(d->graph, node, d->entry);
  HR_TRY(check_contexts(scope, d)); /* TensorFlow finds out when the node is in the graph, where it stays */
  *out = node;
  return join_context(scope, node);
}

hr_node *hr_add_node(hr_scope scope, const hr_op_def *op, const hr_node_args *args) {
  hr_builder *builder = scope.builder;
  if (!hr_builder_ok(builder)) return NULL;
  draft d = {.graph = builder->graph, .op = op, .extra = args->extra, .where = builder->where};
  hr_node *node = NULL;
  hr_status status = add_from_scope(scope, args, &d, &node);
  if (__builtin_expect(status == HR_SUCCESS, 1)) return node;
  const char *name = d.entry ? d.name.data : args->name ? args->name : op->name;
  hr_scope_fail(scope, hr_status_at_node(status, name, op->name, builder->where));
  return NULL;
}

/* ---- from a definition ----------------------------------------------------------------------------------------- */

static hr_status bind_spec(const hr_node_spec *spec, draft *d) {
  d->attrs = spec->attrs;
  int32_t few[64], *arg_counts = few;
  if (d->op->num_inputs > 64) arg_counts = HR_ARENA_ARRAY(&d->graph->arena, int32_t, d->op->num_inputs);
  if (!arg_counts) return hr_error_out_of_memory(d->op->num_inputs * sizeof *arg_counts, "the inputs of a node");
  HR_TRY(hr_bind_defaults(d->op, d->attrs, arg_counts));
  return hr_bind(&(hr_binding){.graph = d->graph,
                               .op = d->op,
                               .inputs = spec->inputs,
                               .num_inputs = spec->num_inputs,
                               .arg_counts = arg_counts,
                               .attrs = d->attrs,
                               .inputs_open = spec->keep_inputs_open});
}

static hr_status add_from_spec(const hr_node_spec *spec, draft *d, hr_node **out) {
  HR_TRY(check_may_grow(d->graph));
  if (!(spec->is_internal ? hr_name_is_valid_scope(spec->name) : hr_name_is_valid_op(spec->name)))
    return hr_error(HR_INVALID_ARGUMENT, "Node name '%.*s' contains invalid characters", (int)spec->name.length,
                    spec->name.data);
  HR_TRY(hr_names_take(&d->graph->names, spec->name));
  d->entry = hr_names_enter(&d->graph->names, spec->name, false);
  if (!d->entry) return hr_error_out_of_memory(spec->name.length, "a name");
  d->name = (hr_view){d->entry->text, d->entry->length};
  HR_TRY(bind_spec(spec, d));
  HR_TRY(allocate_controls(d, (size_t)spec->num_controls));
  HR_TRY(add_control_inputs(d, spec->num_controls, spec->controls));
  HR_TRY(check_op(d));
  hr_node *node = NULL;
  HR_TRY(make_node(d, &node));
  const char *device = hr_graph_intern(d->graph, spec->device);
  if (!device) return hr_error_out_of_memory(spec->device.length, "a device name");
  atomic_init(&node->device, device);
  ++d->graph->last_id;
  hr_graph_publish_node(d->graph, node, d->entry);
  *out = node;
  return HR_SUCCESS;
}

hr_status hr_graph_add(hr_graph *graph, const hr_node_spec *spec, hr_node **out) {
  *out = NULL;
  draft d = {.graph = graph,
             .op = spec->op,
             .inputs = spec->inputs,
             .num_inputs = spec->num_inputs,
             .extra = spec->extra,
             .where = spec->where};
  hr_status status = add_from_spec(spec, &d, out);
  if (__builtin_expect(status == HR_SUCCESS, 1)) return HR_SUCCESS;
  char name[256];
  size_t length = spec->name.length < sizeof name ? spec->name.length : sizeof name - 1;
  if (length) memcpy(name, spec->name.data, length);
  name[length] = '\0';
  return hr_status_at_node(status, name, spec->op->name, NULL);
}

/* ---- a late birth ---------------------------------------------------------------------------------------------- */

/* ---- from a node ----------------------------------------------------------------------------------------------- */

hr_status hr_graph_add_copy(hr_graph *graph, const hr_node *from, int32_t num_controls, hr_node *const *controls,
                            hr_node **out) {
  size_t inputs = (size_t)from->num_inputs * sizeof(hr_output), edges = (size_t)num_controls * sizeof(hr_node *);
  HR_TRY(hr_graph_reserve_node(graph));
  char *memory = hr_arena_allocate(&graph->arena, sizeof(hr_node) + inputs + edges, _Alignof(hr_node));
  if (!memory) return hr_error_out_of_memory(sizeof(hr_node) + inputs + edges, "a node");
  hr_node *node = (hr_node *)memory;
  *node = (hr_node){.op = from->op,
                    .graph = graph,
                    .name = from->name,
                    .name_length = from->name_length,
                    .id = atomic_load_explicit(&graph->node_count, memory_order_relaxed),
                    .num_inputs = from->num_inputs,
                    .num_control_inputs = num_controls,
                    .control_capacity = num_controls,
                    .num_outputs = from->num_outputs,
                    .inputs = (hr_output *)(memory + sizeof *node),
                    .control_inputs = (hr_node **)(memory + sizeof *node + inputs),
                    .attrs = from->attrs,
                    .output_dtypes = from->output_dtypes,
                    .output_shapes = from->output_shapes,
                    .output_handles = from->output_handles,
                    .where = from->where};
  for (int32_t i = 0; i < from->num_inputs; ++i)
    node->inputs[i] = HR_NO_OUTPUT;
  if (num_controls) memcpy(node->control_inputs, controls, edges);
  atomic_init(&node->extra_attrs, atomic_load_explicit(&from->extra_attrs, memory_order_acquire));
  atomic_init(&node->device, hr_node_device(from));
  hr_graph_publish_node(graph, node, NULL);
  *out = node;
  return HR_SUCCESS;
}

hr_status hr_node_close_input(hr_node *node, int32_t index, hr_output input) {
  if (index < 0 || index >= node->num_inputs || node->inputs[index].node)
    return hr_error(HR_INVALID_ARGUMENT, "Input %d of %s is not open", index, node->name);
  return hr_node_update_input(node, index, input);
}

static bool takes_references(const hr_op_def *op) {
  for (int i = 0; i < op->num_inputs; ++i)
    if (op->inputs[i].is_ref) return true;
  return false;
}

hr_status hr_node_update_input(hr_node *node, int32_t index, hr_output input) {
  if (!input.node || input.node->graph != node->graph || input.index < 0 || input.index >= input.node->num_outputs)
    return hr_error(HR_INVALID_ARGUMENT, "Input %d of %s must be an output of the same graph", index, node->name);
  /* Open inputs belong to lists of one dtype, so another input of the node tells which. */
  hr_dtype old = hr_output_dtype(node->inputs[index]), dtype = hr_output_dtype(input);
  hr_dtype expected = hr_dtype_base(old != HR_INVALID ? old : hr_node_output_dtype(node, 0));
  if (hr_dtype_is_ref(old) && takes_references(node->op)) expected = old;
  if (dtype != expected && hr_dtype_base(dtype) != expected)
    return hr_error(HR_INVALID_ARGUMENT, "Input %d of node %s was passed %s from %s:%d incompatible with expected %s.",
                    index, node->name, hr_dtype_name(dtype), input.node->name, input.index, hr_dtype_name(expected));
  if (input.node->id > node->id) node->graph->reads_ahead = true;
  node->inputs[index] = input;
  return HR_SUCCESS;
}

hr_status hr_node_wait_for(hr_node *node, hr_node *control) {
  int32_t count = node->num_control_inputs;
  for (int32_t i = 0; i < count; ++i)
    if (node->control_inputs[i] == control) return HR_SUCCESS;
  if (count == node->control_capacity) {
    int32_t capacity = count > 0 ? 2 * count : 2;
    hr_node **grown = HR_ARENA_ARRAY(&node->graph->arena, hr_node *, capacity);
    if (!grown) return hr_error_out_of_memory((size_t)capacity * sizeof *grown, "control inputs");
    if (count > 0) memcpy(grown, node->control_inputs, (size_t)count * sizeof *grown);
    node->control_inputs = grown;
    node->control_capacity = capacity;
  }
  node->control_inputs[node->num_control_inputs++] = control;
  return HR_SUCCESS;
}
