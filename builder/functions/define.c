/* Functions whose bodies the program builds. */
#include "builder/control_flow/results.h"
#include "builder/functions/defined.h"
#include "builder/variable.h"
#include "headrace/variables.h"
#include "runtime/graph/frame.h"
#include "runtime/graph/function_export.h"
#include "runtime/graph/function_graph.h"
#include "runtime/graph/function_library.h"

/* ---- parts ------------------------------------------------------------------------------------------------------- */

hr_status hr_function_begin(hr_graph *body, hr_graph *outer) {
  return hr_graph_begin_function(body, outer, HR_CAPTURE_ARGUMENTS);
}

hr_status hr_copying_function_begin(hr_graph *body, hr_graph *outer) {
  return hr_graph_begin_function(body, outer, HR_CAPTURE_COPIES);
}

hr_output hr_function_capture(hr_scope scope, hr_output output) {
  hr_output inside = HR_NO_OUTPUT;
  if (hr_scope_ok(scope)) hr_scope_fail(scope, hr_capture(scope, output, &inside));
  return hr_scope_ok(scope) ? inside : HR_NO_OUTPUT;
}

void hr_function_captured(const hr_graph *body, hr_outputs *outside, hr_outputs *inside) {
  hr_captured(body, outside, inside);
}

const char *hr_innermost_device(hr_scope scope, hr_device_function *function, void **argument) {
  const hr_device_frame *device = hr_scope_ok(scope) ? scope.frame->devices : NULL;
  *function = device ? device->function : NULL;
  *argument = device ? device->argument : NULL;
  if (!device || device->function) return NULL;
  hr_text text = {0};
  hr_device_spec_text(&device->spec, &text);
  const char *kept = hr_keep_text(scope, text.data ? text.data : "");
  hr_text_free(&text);
  return kept;
}

static void destroy_defined(void *object) {
  hr_defined *f = object;
  free(f->name);
  hr_text_free(&f->definition);
  hr_text_free(&f->library);
  free(f);
}
static const hr_object_type defined_type = {.name = "function", .destroy = destroy_defined};

/* The attributes of the definition: those that are given, and the one about shapes. */
static hr_status add_attrs(hr_scope scope, const hr_define_options *o, int32_t count, const hr_named_attr *attrs,
                           hr_function_spec *spec) {
  const char **names = hr_keep_bytes(scope, sizeof *names * ((size_t)count + 1));
  hr_attr_value *values = hr_keep_bytes(scope, sizeof *values * ((size_t)count + 1));
  if (!names || !values) return HR_SUCCESS;
  for (int32_t i = 0; i < count; ++i) {
    names[i] = attrs[i].name;
    values[i] = attrs[i].value;
  }
  if (!o->infer_shapes) {
    names[count] = HR_NO_CALL_SHAPES;
    values[count++] = (hr_attr_value){.kind = HR_ATTR_BOOL, .b = true};
  }
  spec->num_attrs = count;
  spec->attr_names = names;
  spec->attr_values = values;
  return HR_SUCCESS;
}

hr_status hr_defined_write(hr_scope scope, hr_defined *f, const hr_function_spec *spec) {
  HR_TRY(hr_builder_status(scope.builder));
  HR_TRY(hr_graph_to_function(f->body, spec, &f->definition, &f->name));
  hr_function_library_write(f->body, &f->library);
  return f->library.failed ? hr_error_out_of_memory(f->library.capacity, "a function") : HR_SUCCESS;
}

hr_status hr_defined_own(hr_defined *f) { return hr_graph_own(f->body, &defined_type, f); }
void hr_defined_free(hr_defined *f) { destroy_defined(f); }

static hr_status finish(hr_scope scope, hr_defined *f, const hr_define_options *o, int32_t attr_count,
                        const hr_named_attr *attrs, hr_function_spec *spec) {
  if (o->result_names.count != 0 && o->result_names.count != spec->results.count)
    return hr_error(HR_INVALID_ARGUMENT, "output names must be either empty or equal in size to outputs: %d and %d",
                    (int)o->result_names.count, (int)spec->results.count);
  HR_TRY(add_attrs(scope, o, attr_count, attrs, spec));
  return hr_defined_write(scope, f, spec);
}

const hr_defined *hr_function_finish(hr_scope scope, const char *name, hr_outputs arguments, hr_outputs results,
                                     const hr_define_options *options, int32_t attr_count, const hr_named_attr *attrs) {
  static const hr_define_options defaults;
  const hr_define_options *o = options ? options : &defaults;
  if (!hr_scope_ok(scope)) return NULL;
  hr_defined *f = calloc(1, sizeof *f);
  hr_status status = f ? HR_SUCCESS : hr_error_out_of_memory(sizeof *f, "a function");
  if (f) {
    *f = (hr_defined){.body = hr_scope_graph(scope),
                      .infer_shapes = o->infer_shapes,
                      .gradient = o->gradient,
                      .gradient_function = o->gradient_function,
                      .gradient_argument = o->gradient_argument};
    hr_function_spec spec = {.name = name,
                             .append_hash = o->hashed_name,
                             .doc = o->doc,
                             .arguments = arguments,
                             .results = results,
                             .result_names = o->result_names};
    status = finish(scope, f, o, attr_count, attrs, &spec);
    if (!status) status = hr_defined_own(f);
    if (status) hr_defined_free(f);
  }
  hr_scope_fail(scope, status);
  return status ? NULL : f;
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

/* Where a body is built, and the scope around. */
typedef struct building {
  hr_scope outer, scope;
} building;

/* Variables are those of the graph around. Of a resource variable the value is read there. */
static hr_var *get_outside(void *argument, const hr_getter *getter, hr_scope scope, const char *name,
                           const hr_get_variable_options *options) {
  const building *b = argument;
  (void)getter;
  hr_var *var = hr_get_variable_with(b->outer, name, options);
  hr_output value = var && hr_var_is_resource(var) ? hr_var_tensor(b->outer, var) : HR_NO_OUTPUT;
  if (!hr_scope_ok(b->outer)) {
    hr_scope_fail(scope, hr_builder_status(b->outer.builder));
    return NULL;
  }
  return value.node ? hr_var_stand_in(scope, value) : var;
}

hr_scope hr_open_outer_device(hr_scope scope, hr_scope outer) {
  hr_device_function function;
  void *argument;
  const char *device = hr_innermost_device(outer, &function, &argument);
  if (function) return hr_device_scope_by(scope, function, argument);
  return device ? hr_device_scope(scope, device) : scope;
}

/* The arguments, with room for those captured later. */
static hr_outputs make_arguments(hr_scope scope, hr_types types, const hr_define_options *o) {
  hr_output *arguments = hr_keep_bytes(scope, sizeof *arguments * ((size_t)types.count + 1));
  for (int32_t i = 0; i < types.count && hr_scope_ok(scope); ++i) {
    char name[24];
    snprintf(name, sizeof name, "arg%d", (int)i);
    const char *given = i < o->argument_names.count ? o->argument_names.items[i] : name;
    arguments[i] = hr_placeholder(scope, types.items[i], .name = given);
  }
  return hr_scope_ok(scope) ? (hr_outputs){types.count, arguments} : (hr_outputs){0, NULL};
}

hr_outputs hr_join_outputs(hr_scope scope, hr_outputs a, hr_outputs b) {
  hr_output *items = hr_keep_bytes(scope, sizeof *items * ((size_t)a.count + (size_t)b.count + 1));
  if (!items) return (hr_outputs){0, NULL};
  if (a.count) memcpy(items, a.items, sizeof *items * (size_t)a.count);
  if (b.count) memcpy(items + a.count, b.items, sizeof *items * (size_t)b.count);
  return (hr_outputs){a.count + b.count, items};
}

static hr_outputs capture_results(hr_scope scope, hr_outputs results) {
  hr_output *inside = hr_keep_bytes(scope, sizeof *inside * ((size_t)results.count + 1));
  if (!inside) return (hr_outputs){0, NULL};
  for (int32_t i = 0; i < results.count; ++i)
    inside[i] = hr_function_capture(scope, results.items[i]);
  return (hr_outputs){results.count, inside};
}

static const hr_defined *build(building *b, const char *name, hr_types types, hr_function_body body, void *argument,
                               const hr_define_options *o) {
  hr_scope scope = hr_open_outer_device(b->scope, b->outer);
  hr_outputs arguments = make_arguments(scope, types, o);
  hr_custom_getter getter = {get_outside, b};
  hr_var_scope *variables = hr_get_variable_scope(scope);
  if (!hr_scope_ok(scope)) return NULL;
  hr_var_scope_set_custom_getter(scope, variables, getter);
  hr_results results = {.scope = scope};
  body(argument, scope, arguments, &results);
  hr_outputs inside, outside, values = hr_results_tensors(scope, &results);
  hr_results_free(&results);
  values = capture_results(scope, values);
  hr_var_scope_set_custom_getter(scope, variables, (hr_custom_getter){0});
  hr_captured(hr_scope_graph(scope), &outside, &inside);
  return hr_function_finish(scope, name, hr_join_outputs(scope, arguments, inside), values, o, 0, NULL);
}

static void destroy_body(void *object) { hr_graph_unref(object); }
static const hr_object_type body_type = {.name = "function body", .destroy = destroy_body};

hr_status hr_keep_body(hr_scope scope, hr_graph *body) {
  return hr_graph_own(hr_scope_graph(scope), &body_type, hr_graph_ref(body));
}

const hr_defined *hr_define_with(hr_scope scope, const char *name, hr_types arguments, hr_function_body body,
                                 void *argument, const hr_define_options *options) {
  static const hr_define_options defaults;
  if (!body) hr_refuse(scope, "Function %s has no body", name ? name : "");
  if (!hr_scope_ok(scope)) return NULL;
  hr_graph *graph = hr_graph_new();
  hr_builder *builder = graph ? hr_builder_new(graph) : NULL;
  hr_status status = builder ? hr_function_begin(graph, hr_scope_graph(scope))
                             : hr_error_out_of_memory(sizeof(hr_defined), "a function");
  const hr_defined *defined = NULL;
  if (!status) {
    building b = {scope, hr_builder_root(builder)};
    hr_builder_set_argument(builder, hr_builder_argument(scope.builder));
    defined = build(&b, name, arguments, body, argument, options ? options : &defaults);
    status = hr_builder_status(builder);
  }
  if (!status) status = hr_keep_body(scope, graph);
  if (builder) hr_builder_free(builder);
  hr_graph_unref(graph);
  hr_scope_fail(scope, status);
  return hr_scope_ok(scope) ? defined : NULL;
}
