/* Iterators, and the ops that ask them. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/data/iterator_state.h"
#include "kernels_cpu/data/optional.h"
#include "runtime/base/wire.h"
#include "runtime/data/iterator_resource.h"
#include "runtime/graph/node.h"
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- handles ----------------------------------------------------------------------------------------------------- */

static hr_iterator_spec spec_of(const hr_node *node) {
  const hr_attr_value *dtypes = hr_node_attr(node, "output_types"), *shapes = hr_node_attr(node, "output_shapes");
  const hr_attr_value *factory = hr_node_attr(node, "dataset_factory"), *container = hr_node_attr(node, "container");
  const hr_attr_value *shared = hr_node_attr(node, "shared_name");
  return (hr_iterator_spec){.container = container ? container->s : "",
                            .name = shared && shared->s[0] ? shared->s : hr_node_name(node),
                            .width = dtypes->count,
                            .dtypes = dtypes->types,
                            .shapes = shapes->shapes,
                            .graph = node->graph,
                            .factory = factory ? factory->func : NULL};
}

static hr_status check_counts(const hr_node *node) {
  int32_t dtypes = hr_node_attr(node, "output_types")->count, shapes = hr_node_attr(node, "output_shapes")->count;
  if (dtypes == shapes) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "output_types and output_shapes must be of one length, not %d and %d",
                  (int)dtypes, (int)shapes);
}

static hr_status make_iterator_resource(void *argument, hr_resource **out) {
  hr_iterator_resource *iterator;
  HR_TRY(hr_iterator_resource_new(argument, &iterator));
  *out = (hr_resource *)iterator;
  return HR_SUCCESS;
}

static hr_status iterator_create(const hr_kernel_construction *c, void **state) {
  HR_TRY(check_counts(c->node));
  hr_iterator_spec spec = spec_of(c->node);
  hr_resource *resource;
  HR_TRY(hr_resource_of_node(c, &hr_iterator_resource_type, make_iterator_resource, &spec, &resource));
  hr_status status =
      hr_iterator_resource_check((hr_iterator_resource *)resource, false, spec.width, spec.dtypes, spec.shapes);
  if (status)
    hr_resource_unref(resource);
  else
    *state = resource;
  return status;
}

static void iterator_destroy(void *state) { hr_resource_unref(state); }

static hr_status iterator_handle(hr_kernel_context *ctx) { return hr_handle_new(ctx->state, hr_output_slot(ctx, 0)); }
#define ITERATOR(name)                                                                                                 \
  HR_KERNEL(.op = name, .flags = HR_KERNEL_CHEAP | HR_KERNEL_CONSTANT, .create = iterator_create,                      \
            .destroy = iterator_destroy, .compute = iterator_handle)
ITERATOR("Iterator");
ITERATOR("IteratorV2");
ITERATOR("OneShotIterator");

static hr_status anonymous_iterator(hr_kernel_context *ctx) {
  HR_TRY(check_counts(hr_context_node(ctx)));
  hr_iterator_spec spec = spec_of(hr_context_node(ctx));
  spec.name = "";
  hr_iterator_resource *iterator;
  HR_TRY(hr_iterator_resource_new(&spec, &iterator));
  hr_status status = hr_handle_new((hr_resource *)iterator, hr_output_slot(ctx, 0));
  hr_iterator_resource_unref(iterator);
  return status;
}
HR_KERNEL(.op = "AnonymousIterator", .compute = anonymous_iterator);

/* ---- elements ---------------------------------------------------------------------------------------------------- */

/* Does a kernel's work in the turn of the iterator that input `index` leads to. */
static void work_in_turn(hr_kernel_context *ctx, int index, hr_iterator_work work, bool asks, hr_done_function done,
                         void *argument) {
  hr_iterator_resource *iterator;
  hr_status status = hr_iterator_resource_of(hr_input(ctx, index), &iterator);
  if (status || hr_iterator_resource_do(ctx, iterator, work, asks, done, argument, &status)) done(argument, status);
}

static hr_status start_work(hr_kernel_context *ctx, hr_iterator_resource *iterator, hr_pull *pull) {
  (void)pull;
  hr_dataset *dataset;
  HR_TRY(hr_dataset_of(hr_input(ctx, 0), &dataset));
  return hr_iterator_resource_start(ctx, iterator, dataset);
}

static void make_iterator(hr_kernel_context *ctx, hr_done_function done, void *argument) {
  work_in_turn(ctx, 1, start_work, false, done, argument);
}
HR_KERNEL(.op = "MakeIterator", .compute_async = make_iterator);

static hr_status check_width(hr_kernel_context *ctx, const hr_iterator_resource *iterator, int32_t width) {
  if (hr_iterator_resource_width(iterator) == width) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "Number of components does not match: expected %d types but got %d.",
                  hr_output_count(ctx), (int)hr_iterator_resource_width(iterator));
}

static hr_status next_work(hr_kernel_context *ctx, hr_iterator_resource *iterator, hr_pull *pull) {
  int width = hr_output_count(ctx);
  HR_TRY(check_width(ctx, iterator, width));
  hr_tensor few[8], *element = width <= 8 ? few : malloc(sizeof *element * (size_t)width);
  if (!element) return hr_error_out_of_memory(sizeof *element * (size_t)width, "an element");
  bool end = false;
  hr_status status = hr_iterator_resource_next(ctx, iterator, pull, element, &end);
  bool is_there = !status && !end;
  if (!status && end) status = hr_error(HR_OUT_OF_RANGE, "End of sequence");
  if (!status) status = hr_check_element(ctx, element);
  for (int i = 0; i < width && is_there; ++i) {
    if (status)
      hr_tensor_clear(&element[i]);
    else
      hr_output_move(ctx, i, &element[i]);
  }
  if (element != few) free(element);
  return status;
}

static void get_next(hr_kernel_context *ctx, hr_done_function done, void *argument) {
  work_in_turn(ctx, 0, next_work, true, done, argument);
}
HR_KERNEL(.op = "IteratorGetNext", .compute_async = get_next);
HR_KERNEL(.op = "IteratorGetNextSync", .compute_async = get_next);

/* ---- optionals --------------------------------------------------------------------------------------------------- */

static hr_status optional_work(hr_kernel_context *ctx, hr_iterator_resource *iterator, hr_pull *pull) {
  hr_optional *o;
  HR_TRY(check_width(ctx, iterator, hr_node_attr(hr_context_node(ctx), "output_types")->count));
  HR_TRY(hr_optional_new(hr_iterator_resource_width(iterator), &o));
  bool end = false;
  hr_status status = hr_iterator_resource_next(ctx, iterator, pull, o->element, &end);
  o->has_value = !status && !end;
  return hr_optional_give(ctx, o, status);
}

static void get_next_as_optional(hr_kernel_context *ctx, hr_done_function done, void *argument) {
  work_in_turn(ctx, 0, optional_work, true, done, argument);
}
HR_KERNEL(.op = "IteratorGetNextAsOptional", .compute_async = get_next_as_optional);

/* ---- string handles ---------------------------------------------------------------------------------------------- */

/* A ResourceHandleProto: its fields. */
enum { HANDLE_DEVICE = 1, HANDLE_CONTAINER = 2, HANDLE_NAME = 3, HANDLE_HASH = 4, HANDLE_TYPE_NAME = 5 };

static hr_status to_string_handle(hr_kernel_context *ctx) {
  hr_iterator_resource *iterator;
  HR_TRY(hr_iterator_resource_of(hr_input(ctx, 0), &iterator));
  HR_TRY(hr_iterator_resource_publish(iterator, hr_context_resources(ctx)));
  hr_text text = {0};
  const char *container = hr_iterator_resource_container(iterator);
  hr_wire_put_bytes(&text, HANDLE_DEVICE, hr_view_of(ctx->node->device->name));
  hr_wire_put_bytes(&text, HANDLE_CONTAINER, hr_view_of(container[0] ? container : "localhost"));
  hr_wire_put_bytes(&text, HANDLE_NAME, hr_view_of(hr_iterator_resource_name(iterator)));
  hr_wire_put_bytes(&text, HANDLE_TYPE_NAME, HR_VIEW("tensorflow::data::IteratorResource"));
  hr_status status = text.failed ? hr_error_out_of_memory(text.capacity, "a handle")
                                 : hr_tensor_string(text.data, text.length, hr_output_slot(ctx, 0));
  hr_text_free(&text);
  return status;
}
HR_KERNEL(.op = "IteratorToStringHandle", .compute = to_string_handle);

static bool read_handle(const hr_string *string, hr_view *container, hr_view *name) {
  hr_wire wire = hr_wire_of(hr_string_data(string), hr_string_length(string));
  *container = *name = (hr_view){0};
  while (!hr_wire_done(&wire)) {
    uint32_t field;
    hr_wire_type type;
    if (!hr_wire_tag(&wire, &field, &type)) return false;
    hr_view *into = field == HANDLE_CONTAINER ? container : field == HANDLE_NAME ? name : NULL;
    if (into && type == HR_WIRE_BYTES ? !hr_wire_bytes(&wire, into) : !hr_wire_skip(&wire, type)) return false;
  }
  return name->length > 0 && !memchr(name->data, 0, name->length) &&
         (container->length == 0 || !memchr(container->data, 0, container->length));
}

static hr_status find_iterator(hr_kernel_context *ctx, hr_view container, hr_view name, hr_resource **out) {
  char *container_text = strndup(container.length ? container.data : "", container.length);
  char *name_text = strndup(name.data, name.length);
  hr_status status = hr_error_out_of_memory(name.length, "a handle");
  if (container_text && name_text) {
    hr_status_free(status);
    status = hr_resource_lookup(hr_context_resources(ctx), container_text, &hr_iterator_resource_type, name_text, out);
  }
  free(container_text);
  free(name_text);
  return status;
}

static hr_status from_string_handle(hr_kernel_context *ctx) {
  const hr_tensor *string = hr_input(ctx, 0);
  hr_view container, name;
  if (string->rank != 0) return hr_error(HR_INVALID_ARGUMENT, "string_handle must be a scalar");
  if (!read_handle(hr_tensor_data(string), &container, &name))
    return hr_error(HR_INVALID_ARGUMENT, "Could not parse string_handle as a valid ResourceHandle");
  hr_resource *resource;
  HR_TRY(find_iterator(ctx, container, name, &resource));
  const hr_node *node = hr_context_node(ctx);
  const hr_attr_value *dtypes = hr_node_attr(node, "output_types"), *shapes = hr_node_attr(node, "output_shapes");
  hr_status status = HR_SUCCESS;
  if (shapes->count == dtypes->count)
    status = hr_iterator_resource_check((hr_iterator_resource *)resource, true, dtypes->count, dtypes->types,
                                        shapes->shapes);
  if (!status) status = hr_handle_new(resource, hr_output_slot(ctx, 0));
  hr_resource_unref(resource);
  return status;
}
HR_KERNEL(.op = "IteratorFromStringHandle", .compute = from_string_handle);
HR_KERNEL(.op = "IteratorFromStringHandleV2", .compute = from_string_handle);

/* ---- devices ----------------------------------------------------------------------------------------------------- */

static hr_status get_device(hr_kernel_context *ctx) {
  const char *name = ctx->node->device->name;
  return hr_tensor_string(name, strlen(name), hr_output_slot(ctx, 0));
}
HR_KERNEL(.op = "IteratorGetDevice", .compute = get_device);
HR_KERNEL(.op = "ExperimentalIteratorGetDevice", .compute = get_device);

/* ---- state ------------------------------------------------------------------------------------------------------- */

/* The bytes travel in a variant. */
typedef struct iterator_state {
  hr_resource resource;
  hr_text bytes;
} iterator_state;

static void destroy_state(hr_resource *resource) {
  hr_text_free(&((iterator_state *)resource)->bytes);
  free(resource);
}
static const hr_resource_type state_type = {.name = "IteratorState", .destroy = destroy_state};

hr_status hr_iterator_state_new(hr_view bytes, hr_tensor *out) {
  iterator_state *s = calloc(1, sizeof *s);
  if (!s) return hr_error_out_of_memory(sizeof *s, "the state of an iterator");
  hr_resource_init(&s->resource, &state_type);
  hr_text_add(&s->bytes, bytes.data, bytes.length);
  hr_status status = s->bytes.failed ? hr_error_out_of_memory(bytes.length, "the state of an iterator")
                                     : hr_variant_new(&s->resource, out);
  hr_resource_unref(&s->resource);
  return status;
}

hr_status hr_iterator_state_bytes(const hr_tensor *variant, hr_view *out) {
  hr_resource *resource;
  HR_TRY(hr_variant_get(variant, &state_type, &resource));
  const hr_text *bytes = &((iterator_state *)resource)->bytes;
  *out = (hr_view){bytes->data, bytes->length};
  return HR_SUCCESS;
}

static hr_status save_work(hr_kernel_context *ctx, hr_iterator_resource *iterator, hr_pull *pull) {
  (void)pull;
  hr_state_writer writer = {0};
  hr_status status = hr_iterator_resource_save(ctx, iterator, &writer);
  if (!status && writer.bytes.failed)
    status = hr_error_out_of_memory(writer.bytes.capacity, "the state of an iterator");
  if (!status)
    status = hr_iterator_state_new((hr_view){writer.bytes.data, writer.bytes.length}, hr_output_slot(ctx, 0));
  hr_text_free(&writer.bytes);
  return status;
}

static void serialize_iterator(hr_kernel_context *ctx, hr_done_function done, void *argument) {
  work_in_turn(ctx, 0, save_work, false, done, argument);
}
HR_KERNEL(.op = "SerializeIterator", .compute_async = serialize_iterator);

static hr_status restore_work(hr_kernel_context *ctx, hr_iterator_resource *iterator, hr_pull *pull) {
  (void)pull;
  hr_view bytes;
  HR_TRY(hr_iterator_state_bytes(hr_input(ctx, 1), &bytes));
  hr_state_reader reader = {bytes.data, bytes.length};
  return hr_iterator_resource_restore(ctx, iterator, &reader);
}

static void deserialize_iterator(hr_kernel_context *ctx, hr_done_function done, void *argument) {
  work_in_turn(ctx, 0, restore_work, false, done, argument);
}
HR_KERNEL(.op = "DeserializeIterator", .compute_async = deserialize_iterator);
