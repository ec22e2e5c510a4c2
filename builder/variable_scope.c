/* Variable scopes and tf.get_variable: naming, sharing, and what variables inherit. */
#include "builder/builder.h"
#include "builder/variable.h"
#include "builder/variable_names.h"
#include "headrace/variables.h"
#include "runtime/graph/frame.h"

/* ---- what a graph keeps ---------------------------------------------------------------------------------------- */

/* A chain of custom getters, the innermost scope's first. */
struct hr_getter {
  hr_custom_getter custom; /* call NULL: the end, where the variable is made */
  const hr_getter *next;
};

/* All memory is in the graph's arena. */
struct hr_var_scope {
  const char *name, *name_scope;
  hr_reuse reuse;
  hr_dtype dtype;
  hr_initializer initializer;
  hr_regularizer regularizer;
  const char *caching_device;
  const hr_getter *getter; /* NULL where no scope has a custom one */
  hr_partitioner partitioner;
  hr_use_resource use_resource;
};

/* The variables and scopes of a graph; an object of its collections. */
typedef struct variable_store {
  hr_variable_names names;
  hr_var **vars; /* that hr_get_variable made, in order */
  int32_t num_vars, vars_capacity;
  bool resource_by_default;
  hr_var_scope root;
} variable_store;

static void destroy_store(void *object) {
  variable_store *store = object;
  hr_variable_names_free(&store->names);
  free(store->vars);
  free(store);
}
static const hr_object_type store_type = {.name = "variable_store", .destroy = destroy_store};
#define HR_STORE_KEY "__variable_store"

static variable_store *find_store(hr_scope scope) {
  hr_graph *graph = hr_scope_graph(scope);
  if (hr_collection_count(graph, HR_STORE_KEY) > 0) {
    const hr_item *item = hr_collection_item(graph, HR_STORE_KEY, 0);
    if (item->kind == HR_ITEM_OBJECT && item->type == &store_type) return item->object;
  }
  variable_store *store = calloc(1, sizeof *store);
  if (!store) {
    hr_scope_fail(scope, hr_error_out_of_memory(sizeof *store, "the variable store"));
    return NULL;
  }
  store->root = (hr_var_scope){.name = "", .name_scope = "", .dtype = HR_FLOAT};
  hr_status status =
      hr_collection_add(graph, HR_STORE_KEY, &(hr_item){.kind = HR_ITEM_OBJECT, .type = &store_type, .object = store});
  if (status) {
    destroy_store(store);
    hr_scope_fail(scope, status);
    return NULL;
  }
  return store;
}

hr_var *hr_shared_variable(hr_scope scope, int32_t index) {
  const variable_store *store = find_store(scope);
  return store && index >= 0 && index < store->num_vars ? store->vars[index] : NULL;
}

/* ---- opening and closing --------------------------------------------------------------------------------------- */

/* An open scope, in the graph's arena. */
typedef struct open_scope {
  hr_var_scope *scope;
  variable_store *store;
  hr_graph *graph;
  hr_variable_name *name;
  bool again;   /* opened by object */
  int32_t mark; /* then: the counts to go back to */
} open_scope;

static void close_scope(void *object) {
  open_scope *open = object;
  if (open->again) /* scopes inside it have not been opened as far as the outer scope knows */
    hr_variable_names_back_to(&open->store->names, open->mark);
  else
    hr_variable_names_reset_below(&open->store->names, open->name);
}

static const hr_var_scope *current_scope(hr_scope scope, const variable_store *store) {
  const open_scope *open = hr_scope_variable_scope(scope);
  return open ? open->scope : &store->root;
}

hr_var_scope *hr_get_variable_scope(hr_scope scope) {
  open_scope *open = hr_scope_variable_scope(scope);
  if (open) return open->scope;
  variable_store *store = find_store(scope);
  return store ? &store->root : NULL;
}

/* A getter before others. NULL after an error. */
static const hr_getter *chained(hr_scope scope, hr_custom_getter custom, const hr_getter *next) {
  hr_getter *getter = hr_keep_bytes(scope, sizeof *getter);
  if (getter) *getter = (hr_getter){custom, next};
  return getter;
}

/* The settings of `from` with what the options say. */
static hr_var_scope *derive(hr_scope scope, const hr_var_scope *from, const char *name, const char *name_scope,
                            const hr_variable_scope_options *o) {
  hr_var_scope *made = hr_keep_bytes(scope, sizeof *made);
  if (!made) return NULL;
  *made = *from;
  made->name = hr_keep_text(scope, name);
  made->name_scope = hr_keep_text(scope, name_scope);
  if (o->reuse != HR_REUSE_NONE) made->reuse = o->reuse;
  if (o->dtype) made->dtype = o->dtype;
  if (o->initializer.call) made->initializer = o->initializer;
  if (o->regularizer.call) made->regularizer = o->regularizer;
  if (o->caching_device) made->caching_device = hr_keep_text(scope, o->caching_device);
  if (o->partitioner.call) made->partitioner = o->partitioner;
  if (o->use_resource != HR_RESOURCE_DEFAULT) made->use_resource = o->use_resource;
  if (o->custom_getter.call) made->getter = chained(scope, o->custom_getter, from->getter);
  return hr_scope_ok(scope) ? made : NULL;
}

hr_var_scope *hr_var_scope_new(hr_scope scope, const char *name, const char *name_scope,
                               const hr_variable_scope_options *options) {
  if (!find_store(scope) || !hr_scope_ok(scope)) return NULL;
  return derive(scope, &(hr_var_scope){.dtype = HR_FLOAT}, name, name_scope,
                options ? options : &(hr_variable_scope_options){0});
}

static hr_scope enter(hr_scope names, variable_store *store, hr_var_scope *made, bool again) {
  open_scope *open = made ? hr_keep_bytes(names, sizeof *open) : NULL;
  hr_variable_name *name = open ? hr_variable_names_enter(&store->names, names, made->name) : NULL;
  if (!name) return names;
  hr_variable_names_open(&store->names, names, name);
  if (!hr_scope_ok(names)) return names;
  *open = (open_scope){.scope = made, .store = store, .graph = hr_scope_graph(names), .name = name, .again = again};
  if (again) open->mark = hr_variable_names_mark(&store->names);
  return hr_scope_with_variable_scope(names, open, close_scope);
}

/* `default_name` as no open or closed sibling has it. */
static const char *unique_scope_name(hr_scope scope, const variable_store *store, const char *outer,
                                     const char *default_name) {
  size_t room = strlen(outer) + strlen(default_name) + 16;
  char *full = hr_keep_bytes(scope, room);
  const hr_variable_name *known;
  for (int i = 0; full; ++i) {
    snprintf(full, room, "%s%s%s", outer, *outer ? "/" : "", default_name);
    if (i > 0) snprintf(full + strlen(full), room - strlen(full), "_%d", i);
    known = hr_variable_names_find(&store->names, full);
    if (!known || known->count == 0) break;
  }
  return full;
}

hr_scope hr_variable_scope_with(hr_scope scope, const char *name, const hr_variable_scope_options *options) {
  hr_variable_scope_options o = options ? *options : (hr_variable_scope_options){0};
  variable_store *store = find_store(scope);
  if (!store || !hr_scope_ok(scope)) return scope;
  const hr_var_scope *outer = current_scope(scope, store);
  if (!name && !o.default_name) {
    hr_refuse(scope, "If default_name is None then name_or_scope is required");
    return scope;
  }
  if (!name && o.reuse != HR_REUSE_NONE) {
    hr_refuse(scope, "reuse=True cannot be used without a name_or_scope");
    return scope;
  }
  hr_scope names = o.no_name_scope  ? hr_same_name_scope(scope)
                   : name && !*name ? scope
                                    : hr_name_scope_or(scope, name, o.default_name);
  const char *full = name ? hr_keep_printf(scope, "%s%s%s", outer->name, *outer->name ? "/" : "", name)
                          : unique_scope_name(scope, store, outer->name, o.default_name);
  if (!full) return scope;
  const char *name_scope = name && !*name && !o.no_name_scope ? "" : hr_scope_name(names);
  return enter(names, store, derive(scope, outer, full, name_scope, &o), false);
}

hr_scope hr_variable_scope_again_with(hr_scope scope, const hr_var_scope *again,
                                      const hr_variable_scope_options *options) {
  hr_variable_scope_options o = options ? *options : (hr_variable_scope_options){0};
  variable_store *store = find_store(scope);
  if (!store || !hr_scope_ok(scope)) return scope;
  const char *slash = strrchr(again->name, '/');
  const char *last = slash ? slash + 1 : again->name;
  hr_scope names = o.no_name_scope ? hr_same_name_scope(scope) : *last ? hr_name_scope(scope, last) : scope;
  return enter(names, store, derive(scope, again, again->name, again->name_scope, &o), true);
}

const char *hr_var_scope_name(const hr_var_scope *scope) { return scope->name; }
const char *hr_var_scope_original_name_scope(const hr_var_scope *scope) { return scope->name_scope; }
hr_reuse hr_var_scope_reuse(const hr_var_scope *scope) { return scope->reuse; }
hr_use_resource hr_var_scope_use_resource(const hr_var_scope *scope) { return scope->use_resource; }
hr_dtype hr_var_scope_dtype(const hr_var_scope *scope) { return scope->dtype; }
const char *hr_var_scope_caching_device(const hr_var_scope *scope) { return scope->caching_device; }
void hr_var_scope_reuse_variables(hr_var_scope *scope) { scope->reuse = HR_REUSE_TRUE; }
void hr_var_scope_set_initializer(hr_var_scope *scope, hr_initializer initializer) { scope->initializer = initializer; }
void hr_var_scope_set_regularizer(hr_var_scope *scope, hr_regularizer regularizer) { scope->regularizer = regularizer; }
void hr_var_scope_set_partitioner(hr_var_scope *scope, hr_partitioner partitioner) { scope->partitioner = partitioner; }
void hr_var_scope_set_use_resource(hr_var_scope *scope, hr_use_resource use) { scope->use_resource = use; }
void hr_var_scope_set_dtype(hr_var_scope *scope, hr_dtype dtype) { scope->dtype = dtype; }
void hr_var_scope_set_caching_device(hr_scope s, hr_var_scope *scope, const char *device) {
  scope->caching_device = device ? hr_keep_text(s, device) : NULL;
}
void hr_var_scope_set_custom_getter(hr_scope s, hr_var_scope *scope, hr_custom_getter custom) {
  scope->getter = custom.call ? chained(s, custom, NULL) : NULL;
}

/* ---- by reference or by handle --------------------------------------------------------------------------------- */

void hr_resource_by_default(hr_scope scope, bool by_default) {
  variable_store *store = find_store(scope);
  if (store) store->resource_by_default = by_default;
}

bool hr_wants_resource(hr_scope scope, hr_use_resource use_resource) {
  variable_store *store = find_store(scope);
  if (use_resource == HR_RESOURCE_DEFAULT && store) use_resource = current_scope(scope, store)->use_resource;
  if (use_resource == HR_RESOURCE_DEFAULT) return store && store->resource_by_default;
  return use_resource == HR_RESOURCE_TRUE;
}

/* ---- tf.get_variable ------------------------------------------------------------------------------------------- */

bool hr_can_share(hr_scope scope, const hr_var *var, const char *name, const hr_get_variable_options *o) {
  char wanted[HR_SHAPE_TEXT], found[HR_SHAPE_TEXT];
  const char *kind = hr_var_parts(var).count > 0 ? "partitioned variable" : "variable";
  hr_partial_shape merged;
  hr_status status = hr_partial_shape_merge(&o->shape, hr_var_shape(var), &merged);
  if (status) {
    hr_status_free(status);
    hr_refuse(scope, "Trying to share %s %s, but specified shape %s and found shape %s.", kind, name,
              hr_partial_shape_tuple_text(&o->shape, wanted), hr_partial_shape_tuple_text(hr_var_shape(var), found));
  } else if (o->dtype != hr_var_dtype(var)) {
    hr_refuse(scope, "Trying to share %s %s, but specified dtype %s and found dtype %s.", kind, name,
              hr_dtype_python_name(o->dtype), hr_dtype_python_name(hr_dtype_ref(hr_var_dtype(var))));
  }
  return hr_scope_ok(scope);
}

static hr_var *existing(hr_scope scope, hr_var *var, const char *name, const hr_get_variable_options *o) {
  if (o->reuse == HR_REUSE_NONE) {
    hr_refuse(scope,
              "Variable %s already exists, disallowed. Did you mean to set reuse=True or reuse=tf.AUTO_REUSE in "
              "VarScope?",
              name);
    return NULL;
  }
  return hr_can_share(scope, var, name, o) ? var : NULL;
}

hr_initializer hr_default_initializer(hr_dtype dtype) {
  if (hr_dtype_is_floating(dtype)) return hr_glorot_uniform_initializer(HR_NO_SEED);
  if (hr_dtype_is_integer(dtype) || dtype == HR_BOOL || dtype == HR_STRING) return hr_zeros_initializer();
  return (hr_initializer){0};
}

static hr_output call_initializer(const hr_variable_source *source, hr_scope scope) {
  const hr_get_variable_options *o = source->argument;
  return o->initializer.call(&o->initializer, scope, &o->shape, o->dtype);
}

static bool has_value(const hr_get_variable_options *o) {
  return o->value.kind != HR_OPERAND_OUTPUT || o->value.output.node != NULL;
}

/* The penalty on a new variable: a loss beside it. */
static void regularize(hr_scope scope, hr_var *var, const char *name, const hr_regularizer *regularizer) {
  if (!regularizer->call || !hr_var_ref(var).node) return;
  char *prefix = hr_keep_printf(scope, "%s/Regularizer/", name);
  if (!prefix) return;
  hr_scope beside = hr_colocate_with(scope, hr_var_ref(var).node, false);
  hr_scope s = hr_init_scope(hr_name_scope(beside, prefix));
  hr_output loss = regularizer->call(regularizer, s, hr_operand_variable(var));
  if (loss.node) hr_add_output_to_collection(scope, HR_REGULARIZATION_LOSSES, loss);
}

static hr_var *find_var(const variable_store *store, const char *name) {
  const hr_variable_name *known = hr_variable_names_find(&store->names, name);
  return known ? known->var : NULL;
}

/* `var`, once it is in the store; NULL after an error. */
static hr_var *stored(hr_scope scope, variable_store *store, const char *name, hr_var *var) {
  hr_variable_name *known = hr_variable_names_enter(&store->names, scope, name);
  if (!known) return NULL;
  if (store->num_vars == store->vars_capacity) {
    int32_t wanted = store->vars_capacity ? 2 * store->vars_capacity : 16;
    hr_var **more = realloc(store->vars, sizeof *more * (size_t)wanted);
    if (!more) {
      hr_scope_fail(scope, hr_error_out_of_memory(sizeof *more * (size_t)wanted, "the variable store"));
      return NULL;
    }
    store->vars = more;
    store->vars_capacity = wanted;
  }
  known->var = store->vars[store->num_vars++] = var;
  return var;
}

hr_var *hr_find_variable(hr_scope scope, const char *name) {
  variable_store *store = find_store(scope);
  return store ? find_var(store, name) : NULL;
}

/* Whether the variable is to be in parts: where a partitioner says so, or where it is in parts already and shared. */
static bool in_parts(const hr_get_variable_options *o, const hr_var *known) {
  if (o->partitioner.call) return o->shape.rank != 0;
  return known && known->num_parts > 0 && o->reuse != HR_REUSE_NONE;
}

hr_var *hr_get_or_make(hr_scope scope, const char *name, const hr_get_variable_options *options) {
  hr_get_variable_options o = *options;
  variable_store *store = find_store(scope);
  if (!store || !hr_scope_ok(scope)) return NULL;
  hr_var *var = find_var(store, name);
  if (in_parts(&o, var)) {
    hr_var *made = hr_get_in_parts(scope, name, &o, var);
    return made && made != var ? stored(scope, store, name, made) : made;
  }
  if (var) return existing(scope, var, name, &o);
  const char *first = hr_keep_printf(scope, "%s/part_0", name);
  if (first && find_var(store, first)) {
    hr_refuse(
        scope,
        "No partitioner was provided, but a partitioned version of the variable was found: %s. Perhaps a variable "
        "of the same name was already created with partitioning?",
        first);
    return NULL;
  }
  if (o.reuse == HR_REUSE_TRUE) {
    hr_refuse(scope,
              "Variable %s does not exist, or was not created with tf.get_variable(). Did you mean to set "
              "reuse=tf.AUTO_REUSE in VarScope?",
              name);
    return NULL;
  }
  hr_variable_source source = {.value = o.value};
  hr_tf_variable_options making = {.name = name,
                                   .trainable = o.trainable,
                                   .validate_shape = o.validate_shape,
                                   .collections = o.collections,
                                   .caching_device = o.caching_device,
                                   .use_resource = o.use_resource};
  if (has_value(&o)) {
    if (hr_partial_shape_is_full(&o.shape)) {
      hr_refuse(scope, "If initializer is a constant, do not specify shape.");
      return NULL;
    }
  } else {
    if (!o.initializer.call) o.initializer = hr_default_initializer(o.dtype);
    if (!o.initializer.call) {
      hr_refuse(scope, "An initializer for variable %s of %s is required", name, hr_dtype_name(o.dtype));
      return NULL;
    }
    if (!hr_partial_shape_is_full(&o.shape) && !o.initializer.shapeless) {
      hr_refuse(scope,
                "Variable %s needs a shape: the initializer passed is not valid without one, and `shape` should be "
                "fully defined.",
                name);
      return NULL;
    }
    source.call = call_initializer;
    source.argument = &o;
    making.dtype = o.dtype;
  }
  var = hr_create_variable(scope, &source, &making);
  if (!var || !stored(scope, store, name, var)) return NULL;
  regularize(scope, var, name, &o.regularizer);
  return hr_scope_ok(scope) ? var : NULL;
}

hr_var *hr_getter_call(const hr_getter *getter, hr_scope scope, const char *name,
                       const hr_get_variable_options *options) {
  if (!getter || !getter->custom.call) return hr_get_or_make(scope, name, options);
  return getter->custom.call(getter->custom.argument, getter->next, scope, name, options);
}

/* The dtype of an explicit value and of the call must agree; a plain value becomes a Const that nothing uses, as in
 * TensorFlow. */
static bool value_has_dtype(hr_scope scope, const hr_get_variable_options *o) {
  if (!o->dtype || !has_value(o)) return true;
  hr_output value = hr_convert(scope, o->value, HR_INVALID, NULL);
  if (!hr_scope_ok(scope) || hr_output_base_dtype(value) == o->dtype) return hr_scope_ok(scope);
  hr_refuse(scope, "Initializer type '%s' and explicit dtype '%s' don't match.",
            hr_dtype_name(hr_output_base_dtype(value)), hr_dtype_name(o->dtype));
  return false;
}

hr_var *hr_get_variable_with(hr_scope scope, const char *name, const hr_get_variable_options *options) {
  hr_get_variable_options o = options ? *options : (hr_get_variable_options){HR_GET_VARIABLE_DEFAULTS};
  variable_store *store = find_store(scope);
  if (!store || !hr_scope_ok(scope)) return NULL;
  const hr_var_scope *current = current_scope(scope, store);
  if (!o.partitioner.call) o.partitioner = current->partitioner;
  /* The parts of a nameless variable have the scope's name. */
  const char *slash = *current->name && (*name || !o.partitioner.call) ? "/" : "";
  char *full = hr_keep_printf(scope, "%s%s%s", current->name, slash, name);
  if (!full) return NULL;
  /* Names of variables depend on variable scopes alone. */
  hr_scope root = hr_name_scope(scope, NULL);
  if (!value_has_dtype(root, &o)) return NULL;
  if (!o.initializer.call && !has_value(&o)) o.initializer = current->initializer;
  if (!o.regularizer.call) o.regularizer = current->regularizer;
  if (!o.caching_device) o.caching_device = current->caching_device;
  if (o.reuse == HR_REUSE_NONE) o.reuse = current->reuse;
  if (!o.dtype) o.dtype = current->dtype;
  if (o.use_resource == HR_RESOURCE_DEFAULT) o.use_resource = current->use_resource;
  const hr_getter own = {o.custom_getter, NULL}; /* in place of the scope's */
  o.custom_getter = (hr_custom_getter){0};
  return hr_getter_call(own.custom.call ? &own : current->getter, root, full, &o);
}

static hr_output no_penalty(const hr_regularizer *self, hr_scope scope, hr_operand weights) {
  (void)self;
  (void)scope;
  (void)weights;
  return HR_NO_OUTPUT;
}
const hr_regularizer hr_no_regularizer = {.call = no_penalty};
