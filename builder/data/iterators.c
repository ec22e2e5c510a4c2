/* Iterators over datasets. */
#include "builder/data/data.h"
#include "headrace/ops.h"
#include "headrace/scope.h"

static hr_element element_of_lists(hr_scope scope, hr_types types, hr_shapes shapes) {
  int32_t *own = hr_keep_bytes(scope, sizeof *own * ((size_t)types.count + 1));
  if (!own) return (hr_element){0};
  if (types.count != shapes.count) {
    hr_refuse(scope, "%d types and %d shapes", (int)types.count, (int)shapes.count);
    return (hr_element){0};
  }
  for (int32_t i = 0; i < types.count; ++i)
    own[i] = (int32_t)types.items[i];
  return (hr_element){types.count, own, shapes.items};
}

/* All iterators of the graph. */
#define ITERATORS "iterators"

static hr_output string_handle(hr_scope scope, hr_output handle) {
  hr_output text = hr_call_one(scope, "IteratorToStringHandle", NULL, HR_OPERANDS(handle), HR_NO_ATTRS);
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  hr_scope_fail(
      scope, hr_collection_add(hr_scope_graph(scope), ITERATORS, &(hr_item){.kind = HR_ITEM_OUTPUT, .output = handle}));
  return text;
}

/* ---- one shot ---------------------------------------------------------------------------------------------------- */

static const hr_defined *make_factory(hr_scope scope, hr_scope outer, hr_output dataset,
                                      const hr_dataset_options *options) {
  hr_device_function function;
  void *argument;
  const char *device = hr_innermost_device(outer, &function, &argument);
  if (function) scope = hr_device_scope_by(scope, function, argument);
  if (device) scope = hr_device_scope(scope, device);
  hr_output whole = hr_dataset_apply_options(scope, dataset, options);
  if (hr_scope_ok(scope)) whole = hr_function_capture(scope, whole);
  if (!hr_scope_ok(scope)) return NULL;
  hr_define_options o = {.hashed_name = true, .doc = "Factory function for a dataset."};
  return hr_function_finish(scope, "_make_dataset", (hr_outputs){0, NULL}, HR_LIST(whole), &o, 0, NULL);
}

static hr_status explain(hr_status status) {
  if (!status || !strstr(hr_status_message(status), "Cannot capture a stateful node")) return status;
  hr_status error = hr_error(HR_INVALID_ARGUMENT,
                             "Failed to create a one-shot iterator for a dataset. `Dataset.make_one_shot_iterator()` "
                             "does not support datasets that capture stateful objects, such as a `Variable` or "
                             "`LookupTable`. In these cases, use `Dataset.make_initializable_iterator()`. (Original "
                             "error: %.*s)",
                             (int)strcspn(hr_status_message(status), "\n"), hr_status_message(status));
  hr_status_free(status);
  return error;
}

static const hr_defined *define_factory(hr_scope scope, hr_output dataset, const hr_dataset_options *options) {
  hr_graph *graph = hr_graph_new();
  hr_builder *builder = graph ? hr_builder_new(graph) : NULL;
  hr_status status = builder ? hr_copying_function_begin(graph, hr_scope_graph(scope))
                             : hr_error_out_of_memory(sizeof(hr_defined), "a function");
  const hr_defined *factory = NULL;
  if (!status) {
    hr_builder_set_argument(builder, hr_builder_argument(scope.builder));
    factory = make_factory(hr_builder_root(builder), scope, dataset, options);
    status = explain(hr_status_copy(hr_builder_status(builder)));
  }
  if (!status) status = hr_keep_body(scope, graph);
  if (!status) status = hr_defined_add(hr_scope_graph(scope), factory);
  if (builder) hr_builder_free(builder);
  if (graph) hr_graph_unref(graph);
  hr_scope_fail(scope, status);
  return hr_scope_ok(scope) ? factory : NULL;
}

hr_iterator_ends hr_make_one_shot_iterator_with(hr_scope scope, hr_output dataset, const hr_dataset_options *options) {
  hr_iterator_ends ends = {0};
  hr_element e;
  if (!hr_element_of(scope, dataset, &e)) return ends;
  const hr_defined *factory = define_factory(scope, dataset, options);
  if (!factory) return ends;
  hr_output handle = hr_dataset_node(scope, "OneShotIterator", 0, NULL, e,
                                     HR_ATTRS(hr_function_named(scope, "dataset_factory", factory)));
  ends.string_handle = string_handle(scope, handle);
  ends.handle = handle;
  return ends;
}

/* ---- with an initializer ----------------------------------------------------------------------------------------- */

/* Iterators without a dataset stand on the CPU where no device is asked for. */
static hr_scope on_cpu(hr_scope scope) {
  hr_device_function function;
  void *argument;
  bool is_free = !hr_innermost_device(scope, &function, &argument) && !function;
  return is_free ? hr_device_scope(scope, "/cpu:0") : scope;
}

static hr_output new_iterator(hr_scope scope, hr_element e, const char *shared_name) {
  return hr_dataset_node(scope, "IteratorV2", 0, NULL, e,
                         HR_ATTRS({"shared_name", HR_ATTR_STRING_VALUE(shared_name ? shared_name : "")},
                                  {"container", HR_ATTR_STRING_VALUE("")}));
}

static hr_node *make_iterator(hr_scope scope, hr_output handle, hr_output dataset, const char *name) {
  if (!hr_scope_ok(scope) || !handle.node) return NULL;
  hr_scope beside = hr_colocate_with(scope, handle.node, false);
  hr_operand operands[] = {hr_operand_output(dataset), hr_operand_output(handle)};
  hr_node *node = hr_call_op(beside, "MakeIterator", name, 2, operands, 0, NULL);
  hr_scope_close(beside);
  return node;
}

hr_iterator_ends hr_make_initializable_iterator_with(hr_scope scope, hr_output dataset, const char *shared_name,
                                                     const hr_dataset_options *options) {
  hr_iterator_ends ends = {0};
  hr_output whole = hr_dataset_apply_options(scope, dataset, options);
  hr_element e;
  if (!hr_element_of(scope, dataset, &e)) return ends;
  ends.handle = new_iterator(scope, e, shared_name);
  ends.initializer = make_iterator(scope, ends.handle, whole, NULL);
  ends.string_handle = string_handle(scope, ends.handle);
  return ends;
}

hr_iterator_ends hr_iterator_of_structure(hr_scope scope, hr_types types, hr_shapes shapes, const char *shared_name) {
  hr_iterator_ends ends = {0};
  if (!hr_scope_ok(scope)) return ends;
  hr_element e = element_of_lists(scope, types, shapes);
  ends.handle = new_iterator(on_cpu(scope), e, shared_name);
  ends.string_handle = string_handle(scope, ends.handle);
  return ends;
}

hr_node *hr_make_initializer_with(hr_scope scope, hr_output handle, hr_output dataset, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "make_initializer");
  hr_node *node = make_iterator(s, handle, dataset, hr_scope_ok(s) ? hr_scope_name(s) : NULL);
  hr_scope_close(s);
  return node;
}

hr_iterator_ends hr_iterator_of_string_handle(hr_scope scope, hr_operand handle_text, hr_types types,
                                              hr_shapes shapes) {
  hr_iterator_ends ends = {0};
  if (!hr_scope_ok(scope)) return ends;
  hr_element e = element_of_lists(scope, types, shapes);
  hr_operand text = hr_operand_output(hr_convert(scope, handle_text, HR_STRING, NULL));
  ends.handle = hr_dataset_node(on_cpu(scope), "IteratorFromStringHandleV2", 1, &text, e, HR_NO_ATTRS);
  ends.string_handle = string_handle(scope, ends.handle);
  return ends;
}

hr_outputs hr_next_element_with(hr_scope scope, hr_output handle, hr_types types, hr_shapes shapes,
                                const hr_op_options *options) {
  if (!hr_scope_ok(scope)) return (hr_outputs){0, NULL};
  hr_element e = element_of_lists(scope, types, shapes);
  hr_operand operand = hr_operand_output(handle);
  hr_named_attr attrs[] = {{"output_types", hr_element_types_attr(e)}, {"output_shapes", hr_element_shapes_attr(e)}};
  hr_node *node = hr_scope_ok(scope)
                      ? hr_call_op(scope, "IteratorGetNext", options ? options->name : NULL, 1, &operand, 2, attrs)
                      : NULL;
  hr_output *items = node ? hr_keep_bytes(scope, sizeof *items * ((size_t)node->num_outputs + 1)) : NULL;
  for (int32_t i = 0; items && i < node->num_outputs; ++i)
    items[i] = (hr_output){node, i};
  return items ? (hr_outputs){node->num_outputs, items} : (hr_outputs){0, NULL};
}
