/* tf.train.replica_device_setter: a device function and what it remembers. */
#include "headrace/replica_devices.h"
#include "builder/builder.h"
#include "runtime/graph/device_spec.h"

/* Lives with the graph, as its scopes may. */
typedef struct chooser {
  hr_scope scope; /* for errors */
  hr_replica_devices_options options;
  hr_device_spec ps, worker; /* views of the copied texts */
  int32_t next;              /* by turns */
  double *loads;             /* of the servers, where `load` says them */
} chooser;

static const char *const standard_ops[] = {"Variable",
                                           "VariableV2",
                                           "AutoReloadVariable",
                                           "MutableHashTable",
                                           "MutableHashTableV2",
                                           "MutableHashTableOfTensors",
                                           "MutableHashTableOfTensorsV2",
                                           "MutableDenseHashTable",
                                           "MutableDenseHashTableV2",
                                           "VarHandleOp",
                                           "BoostedTreesEnsembleResourceHandleOp"};

static bool is_for_servers(const chooser *c, const hr_node *node) {
  hr_strings ops = c->options.ps_ops;
  if (!ops.count) ops = (hr_strings){sizeof standard_ops / sizeof *standard_ops, standard_ops};
  for (int32_t i = 0; i < ops.count; ++i)
    if (strcmp(ops.items[i], hr_node_op(node)) == 0) return true;
  return false;
}

static int32_t least_loaded(chooser *c, const hr_node *node) {
  int32_t least = 0;
  for (int32_t i = 1; i < c->options.ps_tasks; ++i)
    if (c->loads[i] < c->loads[least]) least = i;
  hr_status status = HR_SUCCESS;
  c->loads[least] += c->options.load(c->options.argument, node, &status);
  if (status) hr_scope_fail(c->scope, status);
  return least;
}

static int32_t task_of(chooser *c, const hr_node *node) {
  if (c->options.strategy) return c->options.strategy(c->options.argument, node);
  if (c->options.load) return least_loaded(c, node);
  int32_t task = c->next;
  c->next = (task + 1) % c->options.ps_tasks;
  return task;
}

/* Where the node shall be, before its own device has been asked. */
static hr_device_spec outer_device(chooser *c, const hr_device_spec *current, const hr_node *node) {
  if (!c->options.ps_device || !is_for_servers(c, node)) return c->worker;
  hr_device_spec ps = c->ps;
  if (ps.has_job && (!current->has_job || hr_view_equal(current->job, ps.job))) {
    ps.has_task = true;
    ps.task = task_of(c, node);
  }
  return ps;
}

static const char *choose(void *argument, const hr_node *node) {
  chooser *c = argument;
  const char *device = hr_node_device(node);
  if (device[0] && !c->options.merge_devices) return device;
  hr_device_spec current;
  hr_status status = hr_device_spec_parse(device, &current);
  if (status) {
    hr_scope_fail(c->scope, status);
    return device;
  }
  hr_device_spec outer = outer_device(c, &current, node), merged = hr_device_spec_merge(&outer, &current);
  hr_text text = {0};
  hr_device_spec_text(&merged, &text);
  const char *kept = text.failed || !text.data ? "" : hr_keep_text(c->scope, text.data);
  hr_text_free(&text);
  return kept ? kept : device;
}

/* ---- making ---------------------------------------------------------------------------------------------------- */

static bool keep_device(hr_scope scope, const char **device, hr_device_spec *spec) {
  if (!*device) return true;
  *device = hr_keep_text(scope, *device);
  if (!*device) return false;
  hr_status status = hr_device_spec_parse(*device, spec);
  if (status) hr_scope_fail(scope, status);
  return !status;
}

static bool keep_ops(hr_scope scope, hr_strings *ops) {
  const char **items = hr_keep_bytes(scope, sizeof *items * (size_t)(ops->count + 1));
  for (int32_t i = 0; items && i < ops->count; ++i)
    items[i] = hr_keep_text(scope, ops->items[i]);
  ops->items = items;
  return hr_scope_ok(scope);
}

hr_scope hr_replica_devices_with(hr_scope scope, const hr_replica_devices_options *options) {
  if (!hr_scope_ok(scope) || !options || options->ps_tasks <= 0) return hr_device_scope(scope, "");
  chooser *c = hr_keep_bytes(scope, sizeof *c);
  if (!c) return scope;
  c->scope = hr_builder_root(scope.builder);
  c->options = *options;
  c->loads = hr_keep_bytes(scope, sizeof *c->loads * (size_t)options->ps_tasks);
  if (!c->loads || !keep_device(scope, &c->options.ps_device, &c->ps) ||
      !keep_device(scope, &c->options.worker_device, &c->worker) || !keep_ops(scope, &c->options.ps_ops))
    return scope;
  return hr_device_scope_by(scope, choose, c);
}

double hr_byte_size_load(void *argument, const hr_node *node, hr_status *status) {
  (void)argument;
  if (hr_node_output_count(node) != 1) {
    *status = hr_error(HR_INVALID_ARGUMENT, "Op %s must have a single output", hr_node_name(node));
    return 0;
  }
  hr_output output = hr_node_output((hr_node *)node, 0);
  const hr_partial_shape *shape = hr_output_shape(output);
  const hr_attr_value *declared = hr_node_attr(node, "shape");
  if (!hr_partial_shape_is_full(shape) && declared && declared->kind == HR_ATTR_SHAPE) shape = declared->shape;
  if (!hr_partial_shape_is_full(shape)) {
    *status = hr_error(HR_INVALID_ARGUMENT, "The shape of %s is not known", hr_node_name(node));
    return 0;
  }
  double bytes = (double)hr_dtype_size(hr_dtype_base(hr_output_dtype(output)));
  for (int i = 0; i < shape->rank; ++i)
    bytes *= (double)shape->dims[i];
  return bytes;
}
