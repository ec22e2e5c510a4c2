/* Datasets whose elements come from a pipeline on another device: a generator there, whose functions call others where
 * the pipeline is. */
#include "builder/control_flow/results.h"
#include "builder/data/data.h"
#include "headrace/ops.h"
#include "headrace/scope.h"

typedef struct copying {
  const char *source;
  hr_output source_text, wrapped; /* of the graph around */
  hr_types types;
  hr_shapes shapes;
  hr_element element;
} copying;

/* ---- where the pipeline is --------------------------------------------------------------------------------------- */

static void init(void *argument, hr_scope s, hr_outputs none, hr_results *results) {
  const copying *c = argument;
  (void)none;
  hr_output dataset = hr_call_one(s, "UnwrapDatasetVariant", NULL, HR_OPERANDS(c->wrapped), HR_NO_ATTRS);
  hr_output handle = hr_dataset_node(s, "AnonymousIterator", 0, NULL, c->element, HR_NO_ATTRS);
  if (!hr_scope_ok(s)) return;
  hr_operand operands[] = {hr_operand_output(dataset), hr_operand_output(handle)};
  hr_node *made = hr_call_op(s, "MakeIterator", NULL, 2, operands, 0, NULL);
  if (!made) return;
  hr_scope after = hr_control_dependencies(s, 1, &made);
  hr_return(results, hr_call_one(after, "IteratorToStringHandle", NULL, HR_OPERANDS(handle), HR_NO_ATTRS));
}

static void next(void *argument, hr_scope s, hr_outputs handle_text, hr_results *results) {
  const copying *c = argument;
  hr_iterator_ends it = hr_iterator_of_string_handle(hr_device_scope(s, c->source),
                                                     hr_operand_output(handle_text.items[0]), c->types, c->shapes);
  if (!hr_scope_ok(s)) return;
  hr_outputs element = hr_next_element(s, it.handle, c->types, c->shapes);
  for (int32_t i = 0; i < element.count; ++i)
    hr_return(results, element.items[i]);
}

static void finalize(void *argument, hr_scope s, hr_outputs handle_text, hr_results *results) {
  const copying *c = argument;
  hr_operand text = hr_operand_output(handle_text.items[0]);
  hr_output handle = hr_dataset_node(s, "IteratorFromStringHandleV2", 1, &text, c->element, HR_NO_ATTRS);
  if (!hr_scope_ok(s)) return;
  hr_operand operand = hr_operand_output(handle);
  hr_named_attr attr = {"ignore_lookup_error", HR_ATTR_BOOL_VALUE(true)};
  hr_node *destroyed = hr_call_op(s, "DestroyResourceOp", NULL, 1, &operand, 1, &attr);
  if (!destroyed) return;
  hr_return(results, hr_convert(hr_control_dependencies(s, 1, &destroyed), hr_operand_int(0), HR_INT64, "Const"));
}

/* ---- where the elements go --------------------------------------------------------------------------------------- */

/* A function that calls another one on the source, with its arguments and what that one captured. */
typedef struct remote {
  const hr_defined *function;
  hr_output target;
  int32_t count;
  const int32_t *types; /* of its results */
} remote;

static void call(void *argument, hr_scope s, hr_outputs arguments, hr_results *results) {
  const remote *r = argument;
  hr_attr_value types = {.kind = HR_ATTR_TYPE, .is_list = true, .count = r->count, .types = r->types};
  hr_operand operands[] = {hr_operand_output(r->target),
                           hr_operand_outputs(hr_join_outputs(s, arguments, hr_defined_captured(r->function)))};
  hr_named_attr attrs[] = {hr_function_named(s, "f", r->function), {"Tout", types}};
  hr_node *node = hr_scope_ok(s) ? hr_call_op(s, "RemoteCall", NULL, 2, operands, 2, attrs) : NULL;
  for (int32_t i = 0; node && i < node->num_outputs; ++i)
    hr_return(results, ((hr_output){node, i}));
}

static const hr_defined *trace_remote(hr_scope scope, const char *name, const char *argument, hr_attrs attrs,
                                      const remote *r) {
  if (!r->function) return NULL;
  const hr_defined *function = hr_trace_named(scope, name, argument, attrs, call, (void *)r);
  if (function) hr_scope_fail(scope, hr_defined_add(hr_scope_graph(scope), function));
  return hr_scope_ok(scope) ? function : NULL;
}

static hr_output copied(hr_scope scope, const char *target, copying *c) {
  static const int32_t text[] = {HR_STRING}, number[] = {HR_INT64};
  static const char handle[] = "string_handle";
  remote begin = {hr_trace_named(scope, "_init_func", NULL, HR_NO_ATTRS, init, c), c->source_text, 1, text};
  const hr_defined *first = trace_remote(scope, "_remote_init_func", NULL, HR_NO_ATTRS, &begin);
  remote pull = {hr_trace_named(scope, "_next_func", handle, HR_NO_ATTRS, next, c), c->source_text, c->element.count,
                 c->element.types};
  const hr_defined *following = trace_remote(
      scope, "_remote_next_func", handle, HR_ATTRS({"experimental_ints_on_device", HR_ATTR_BOOL_VALUE(true)}), &pull);
  remote end = {hr_trace_named(scope, "_finalize_func", handle, HR_NO_ATTRS, finalize, c), c->source_text, 1, number};
  const hr_defined *last = trace_remote(scope, "_remote_finalize_func", handle, HR_NO_ATTRS, &end);
  if (!first || !following || !last) return HR_NO_OUTPUT;
  hr_attrs attrs =
      HR_ATTRS(hr_function_named(scope, "init_func", first), hr_function_named(scope, "next_func", following),
               hr_function_named(scope, "finalize_func", last));
  return HR_DATASET_NODE(hr_device_scope(scope, target), "GeneratorDataset", c->element, attrs,
                         hr_captured_operand(first), hr_captured_operand(following), hr_captured_operand(last));
}

hr_output hr_dataset_copy_to_device(hr_scope scope, hr_output dataset, const char *target_device,
                                    const char *source_device) {
  copying c = {.source = source_device, .types = hr_dataset_types(scope, dataset)};
  if (!hr_element_of(scope, dataset, &c.element)) return HR_NO_OUTPUT;
  c.shapes = hr_dataset_shapes(scope, dataset);
  c.source_text = hr_convert(scope, hr_operand_string(source_device), HR_STRING, "Const");
  c.wrapped = hr_call_one(scope, "WrapDatasetVariant", NULL, HR_OPERANDS(dataset), HR_NO_ATTRS);
  return hr_scope_ok(scope) ? copied(scope, target_device, &c) : HR_NO_OUTPUT;
}
