/* tf.Variable: a VariableV2, its first value, the Assign between them, and the Identity that others read; those of
 * resource variables are in resource_variable.c. */
#include "builder/variable.h"
#include "builder/builder.h"
#include "proto/variable.pb-c.h"
#include "runtime/base/proto_check.h"
#include "runtime/graph/frame.h"
#include <regex.h>

/* The reference; the tensor of a stand-in; the first part's. */
static hr_output held(const hr_var *var) {
  if (var->num_parts > 0) return var->parts[0]->ref;
  return var->ref.node ? var->ref : var->value;
}

/* What has the variable's dtype and shape. */
static hr_output typed(const hr_var *var) {
  if (var->num_parts > 0) return typed(var->parts[0]);
  if (!hr_var_is_resource(var)) return held(var);
  return var->value.node || !var->of ? var->value : typed(var->of);
}

const char *hr_var_name(const hr_var *var) {
  if (var->after) return hr_node_name(var->after);
  if (var->name) return var->name;
  return held(var).node ? hr_node_name(held(var).node) : "";
}
hr_output hr_var_ref(const hr_var *var) { return var ? var->ref : HR_NO_OUTPUT; }
hr_output hr_var_value(const hr_var *var) { return var ? var->value : HR_NO_OUTPUT; }
hr_node *hr_var_initializer(const hr_var *var) { return var->initializer; }
hr_output hr_var_initial_value(const hr_var *var) { return var->initial_value; }
bool hr_var_is_resource(const hr_var *var) { return var->ref.node && hr_output_dtype(var->ref) == HR_RESOURCE; }
hr_node *hr_var_node(const hr_var *var) { return var->after ? var->after : hr_var_ref(var).node; }
bool hr_var_is_later(const hr_var *var) { return var->after != NULL; }
hr_output hr_var_element(const hr_var *var) { return hr_var_is_resource(var) ? var->value : var->ref; }
hr_dtype hr_var_dtype(const hr_var *var) {
  hr_output tensor = typed(var);
  return tensor.node ? hr_output_base_dtype(tensor) : HR_INVALID;
}
const hr_partial_shape *hr_var_shape(const hr_var *var) {
  static const hr_partial_shape unknown = {.rank = HR_UNKNOWN_RANK};
  if (var->num_parts > 0) return &var->shape;
  hr_output tensor = typed(var);
  return tensor.node ? hr_output_shape(tensor) : &unknown;
}
bool hr_var_is_trainable(const hr_var *var) { return var->trainable; }
hr_graph *hr_var_graph(const hr_var *var) { return var->graph; }

hr_scope hr_init_scope(hr_scope scope) { return hr_control_dependencies(hr_same_name_scope(scope), 0, NULL); }

/* ---- building -------------------------------------------------------------------------------------------------- */

static void add_to_collections(hr_scope scope, hr_var *var, const hr_strings *collections) {
  static const char *const global[] = {HR_GLOBAL_VARIABLES};
  hr_strings keys = collections ? *collections : (hr_strings){1, global};
  bool listed = false;
  for (int32_t i = 0; i < keys.count; ++i) {
    listed = listed || strcmp(keys.items[i], HR_TRAINABLE_VARIABLES) == 0;
    hr_add_var_to_collection(scope, keys.items[i], var);
  }
  if (var->trainable && !listed) hr_add_var_to_collection(scope, HR_TRAINABLE_VARIABLES, var);
}

hr_scope hr_beside_itself(hr_scope s) {
  const char *prefix = hr_scope_name(s);
  char *location = hr_keep_printf(s, "loc:@%.*s", (int)strlen(prefix) - 1, prefix);
  if (!location) return s;
  const hr_bytes items[] = {{location, strlen(location)}};
  return hr_attr_scope(s, "_class",
                       &(hr_attr_value){.kind = HR_ATTR_STRING, .is_list = true, .count = 1, .strings = items});
}

static hr_var *make_by_reference(hr_scope s, const hr_variable_source *source, const hr_tf_variable_options *options) {
  hr_scope making = source->call ? hr_beside_itself(s) : s;
  hr_output initial = source->call ? source->call(source, hr_device_scope(hr_name_scope(making, "Initializer"), NULL))
                                   : hr_convert(s, source->value, options->dtype, "initial_value");
  if (!hr_check_initial_value(s, source, initial)) return NULL;
  const hr_partial_shape *shape = hr_output_shape(initial);
  hr_partial_shape declared = options->validate_shape ? *shape : HR_SHAPE_UNKNOWN;
  hr_output ref = hr_variable_v2(making, declared, hr_output_base_dtype(initial), .name = hr_scope_name(s));
  if (!hr_scope_ok(s)) return NULL;
  if (options->validate_shape && !hr_partial_shape_is_full(shape)) {
    hr_refuse(s, "initial_value must have a shape specified: '%s:%d'", hr_node_name(initial.node), (int)initial.index);
    return NULL;
  }
  hr_output safe = hr_guarded_initial_value(s, initial, hr_node_name(ref.node));
  hr_output assigned = hr_assign(s, ref, safe, .validate_shape = options->validate_shape);
  hr_scope reading =
      options->caching_device ? hr_device_scope(s, options->caching_device) : hr_colocate_with(s, ref.node, false);
  hr_output value = hr_identity(reading, ref, .name = "read");
  hr_var *var = hr_scope_ok(s) ? hr_keep_bytes(s, sizeof *var) : NULL;
  if (var) *var = (hr_var){.ref = ref, .value = value, .initial_value = initial, .initializer = assigned.node};
  return var;
}

hr_var *hr_make_variable(hr_scope scope, const hr_variable_source *source, const hr_tf_variable_options *options) {
  bool is_resource = hr_wants_resource(scope, options->use_resource);
  hr_scope s = hr_name_scope_or(hr_init_scope(scope), options->name, "Variable");
  hr_var *var = is_resource ? hr_make_resource(s, source, options) : make_by_reference(s, source, options);
  if (!var) return NULL;
  var->graph = hr_scope_graph(s);
  var->trainable = options->trainable;
  add_to_collections(s, var, options->collections);
  return hr_scope_ok(s) ? var : NULL;
}

hr_var *hr_tf_variable_with(hr_scope scope, hr_operand value, const hr_tf_variable_options *options) {
  return hr_next_creator_call(hr_scope_variable_creators(scope), scope, value, options);
}

hr_var *hr_var_stand_in(hr_scope scope, hr_output value) {
  hr_var *var = hr_scope_ok(scope) ? hr_keep_bytes(scope, sizeof *var) : NULL;
  if (var) *var = (hr_var){.graph = hr_scope_graph(scope), .value = value};
  return var;
}

/* ---- collections ----------------------------------------------------------------------------------------------- */

static hr_status variable_to_proto(const void *object, char **bytes, size_t *length) {
  const hr_var *var = object;
  if (!var->initializer) /* one in parts, or what a getter gave in its place */
    return hr_error(HR_UNIMPLEMENTED, "Variable %s, which is no single node, cannot be stored", hr_var_name(var));
  hr_arena arena = {0};
  HrPb__VariableDef message = HR_PB__VARIABLE_DEF__INIT;
  message.variable_name = hr_arena_printf(&arena, "%s:0", hr_var_name(var));
  message.initializer_name = (char *)hr_node_name(var->initializer);
  hr_output snapshot = var->cached.node ? var->cached : var->value;
  message.snapshot_name = hr_arena_printf(&arena, "%s:%d", hr_node_name(snapshot.node), (int)snapshot.index);
  message.is_resource = hr_var_is_resource(var);
  message.initial_value_name =
      var->initial_value.node
          ? hr_arena_printf(&arena, "%s:%d", hr_node_name(var->initial_value.node), (int)var->initial_value.index)
          : (char *)"";
  message.trainable = var->trainable;
  HrPb__SaveSliceInfoDef slice = HR_PB__SAVE_SLICE_INFO_DEF__INIT;
  if (var->slice) {
    slice.full_name = (char *)var->slice->full_name;
    slice.n_full_shape = slice.n_var_offset = slice.n_var_shape = (size_t)var->slice->rank;
    slice.full_shape = (int64_t *)var->slice->full_shape;
    slice.var_offset = (int64_t *)var->slice->offset;
    slice.var_shape = (int64_t *)var->slice->shape;
    message.save_slice_info_def = &slice;
  }
  hr_text text = {0};
  bool complete = message.variable_name && message.snapshot_name && message.initial_value_name;
  if (complete) hr_proto_pack(&message, &text);
  complete = complete && !text.failed;
  *length = text.length;
  *bytes = complete ? hr_text_take(&text) : NULL;
  hr_text_free(&text);
  hr_arena_free(&arena);
  return *bytes ? HR_SUCCESS : hr_error_out_of_memory(256, "a VariableDef");
}

const hr_object_type hr_var_type = {.name = "variable", .to_proto = variable_to_proto};

hr_var *hr_item_var(const hr_item *item) {
  return item->kind == HR_ITEM_OBJECT && item->type == &hr_var_type ? item->object : NULL;
}

/* The output or node of a name in a proto, behind the import scope. */
static hr_status find_output(hr_graph *graph, const char *scope, const char *name, hr_output *out) {
  hr_text text = {0};
  hr_text_printf(&text, "%s%s%s", scope ? scope : "", scope && *scope ? "/" : "", name);
  hr_status status =
      text.failed ? hr_error_out_of_memory(strlen(name), "a name") : hr_graph_output(graph, text.data, out);
  hr_text_free(&text);
  return status;
}

static const hr_slice_info *read_slice(hr_arena *arena, const HrPb__SaveSliceInfoDef *def) {
  if (!def || def->n_full_shape > HR_MAX_RANK || def->n_var_offset != def->n_full_shape ||
      def->n_var_shape != def->n_full_shape)
    return NULL;
  hr_slice_info *slice = HR_ARENA_NEW(arena, hr_slice_info);
  if (!slice) return NULL;
  slice->full_name = hr_arena_copy_string(arena, def->full_name, strlen(def->full_name));
  slice->rank = (int)def->n_full_shape;
  for (size_t i = 0; i < def->n_full_shape; ++i) {
    slice->full_shape[i] = def->full_shape[i];
    slice->offset[i] = def->var_offset[i];
    slice->shape[i] = def->var_shape[i];
  }
  return slice->full_name ? slice : NULL;
}

static hr_status read_variable(hr_graph *graph, const HrPb__VariableDef *message, const char *scope, hr_var *var) {
  hr_output initializer;
  HR_TRY(find_output(graph, scope, message->variable_name, &var->ref));
  HR_TRY(find_output(graph, scope, message->snapshot_name, &var->value));
  /* An op's name, which a name of its first output would be as well. */
  hr_text text = {0};
  hr_text_printf(&text, "%s%s%s", scope ? scope : "", scope && *scope ? "/" : "", message->initializer_name);
  if (text.failed) return hr_error_out_of_memory(64, "a name");
  var->initializer = hr_graph_find(graph, text.data);
  hr_text_free(&text);
  if (!var->initializer)
    return hr_error(HR_NOT_FOUND, "The initializer '%s' of variable '%s' is not in the graph",
                    message->initializer_name, message->variable_name);
  if (*message->initial_value_name) HR_TRY(find_output(graph, scope, message->initial_value_name, &initializer));
  var->initial_value = *message->initial_value_name ? initializer : HR_NO_OUTPUT;
  var->graph = graph;
  var->trainable = message->trainable;
  if (message->is_resource) {
    HR_TRY(hr_find_readings(graph, var));
  } else if (!hr_dtype_is_ref(hr_output_dtype(var->ref)))
    return hr_error(HR_INVALID_ARGUMENT, "'%s' is not a variable", message->variable_name);
  if (message->save_slice_info_def) {
    var->slice = read_slice(hr_graph_arena(graph), message->save_slice_info_def);
    if (!var->slice)
      return hr_error(HR_INVALID_ARGUMENT, "The slice of variable '%s' is not well formed", message->variable_name);
  }
  return HR_SUCCESS;
}

hr_status hr_var_from_proto(hr_graph *graph, const void *bytes, size_t length, const char *import_scope, hr_var **out) {
  hr_arena arena = {0};
  HrPb__VariableDef *message;
  hr_var var = {0};
  hr_status status = hr_proto_unpack(&hr_pb__variable_def__descriptor, &arena, bytes, length, NULL, &message);
  if (!status) status = read_variable(graph, message, import_scope, &var);
  hr_arena_free(&arena);
  HR_TRY(status);
  *out = HR_ARENA_NEW(hr_graph_arena(graph), hr_var);
  if (!*out) return hr_error_out_of_memory(sizeof var, "a variable");
  **out = var;
  return HR_SUCCESS;
}

static void add_item(hr_scope scope, const char *key, const hr_item *item) {
  if (!hr_scope_ok(scope)) return;
  hr_status status = hr_collection_add(hr_scope_graph(scope), key, item);
  if (status) hr_scope_fail(scope, status);
}

void hr_add_var_to_collection(hr_scope scope, const char *key, hr_var *var) {
  add_item(scope, key, &(hr_item){.kind = HR_ITEM_OBJECT, .type = &hr_var_type, .object = var});
}
void hr_add_node_to_collection(hr_scope scope, const char *key, hr_node *node) {
  add_item(scope, key, &(hr_item){.kind = HR_ITEM_NODE, .node = node});
}
void hr_add_output_to_collection(hr_scope scope, const char *key, hr_output output) {
  add_item(scope, key, &(hr_item){.kind = HR_ITEM_OUTPUT, .output = output});
}

hr_status hr_collection_vars(hr_graph *graph, const char *key, const char *filter, hr_vars *out) {
  *out = (hr_vars){0, NULL};
  regex_t expression;
  if (filter && regcomp(&expression, filter, REG_EXTENDED))
    return hr_error(HR_INVALID_ARGUMENT, "'%s' is not a regular expression", filter);
  int32_t count = hr_collection_count(graph, key);
  hr_var **vars = malloc(sizeof *vars * (size_t)(count + 1));
  int32_t kept = 0;
  for (int32_t i = 0; vars && i < count; ++i) {
    hr_var *var = hr_item_var(hr_collection_item(graph, key, i));
    regmatch_t match;
    /* Python's re.match: at the start of the name. */
    if (var && (!filter || (regexec(&expression, hr_var_name(var), 1, &match, 0) == 0 && match.rm_so == 0)))
      vars[kept++] = var;
  }
  if (filter) regfree(&expression);
  if (!vars) return hr_error_out_of_memory(sizeof *vars * (size_t)count, "a list of variables");
  *out = (hr_vars){kept, vars};
  return HR_SUCCESS;
}
