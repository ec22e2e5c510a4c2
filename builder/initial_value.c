/* Initial values that depend on other variables. When variables are initialised in one run, in any order, such a value
 * must not read a variable before it has a value: its nodes are built anew on what the variables they read are or will
 * be, as TensorFlow 1.15 does. */
#include "builder/builder.h"
#include "builder/variable.h"

/* ---- nodes behind an initial value ----------------------------------------------------------------------------- */

enum { MAX_DEPTH = 2000 }; /* TensorFlow's own search ends at Python's depth */

typedef struct visit {
  const hr_node *node; /* NULL: a free place */
  bool is_done;
  hr_node *safe; /* what stands for it; NULL until it is known */
} visit;

typedef struct search {
  hr_scope scope;   /* of the variable in the making */
  const char *name; /* its name */
  visit *visits;    /* a hash table by node, malloc'd */
  uint32_t count, capacity;
  bool finds_variable;
} search;

static visit *place_of(visit *visits, uint32_t capacity, const hr_node *node) {
  uint32_t i = (uint32_t)hr_node_id(node) * 0x9e3779b9u;
  while (visits[i & (capacity - 1)].node && visits[i & (capacity - 1)].node != node)
    ++i;
  return &visits[i & (capacity - 1)];
}

/* The node's visit, good until the next one; NULL (with the error told) when memory is out. */
static visit *visit_of(search *s, const hr_node *node) {
  if (2 * s->count >= s->capacity) {
    uint32_t capacity = s->capacity ? 2 * s->capacity : 32;
    visit *visits = calloc(capacity, sizeof *visits);
    if (!visits) {
      hr_scope_fail(s->scope, hr_error_out_of_memory(capacity * sizeof *visits, "the nodes of an initial value"));
      return NULL;
    }
    for (uint32_t i = 0; i < s->capacity; ++i)
      if (s->visits[i].node) *place_of(visits, capacity, s->visits[i].node) = s->visits[i];
    free(s->visits);
    s->visits = visits;
    s->capacity = capacity;
  }
  visit *v = place_of(s->visits, s->capacity, node);
  if (!v->node) {
    v->node = node;
    ++s->count;
  }
  return v;
}

static bool is_op(const hr_node *node, const char *op) { return strcmp(hr_node_op(node), op) == 0; }
static bool is_variable(const hr_node *node) {
  return is_op(node, "VariableV2") || is_op(node, "Variable") || is_op(node, "VarHandleOp");
}

/* Goes to all nodes behind one. False where they form a circle (a loop), or too long a chain. */
static bool is_tree(search *s, const hr_node *node, int depth) {
  visit *v = visit_of(s, node);
  if (!v || depth > MAX_DEPTH) return false;
  if (v->is_done) return true;
  if (v->safe) return false; /* on the way to here */
  v->safe = (hr_node *)(uintptr_t)node;
  s->finds_variable = s->finds_variable || is_variable(node);
  for (int32_t i = 0; i < node->num_inputs; ++i)
    if (!is_tree(s, node->inputs[i].node, depth + 1)) return false;
  for (int32_t i = 0; i < node->num_control_inputs; ++i)
    if (!is_tree(s, node->control_inputs[i], depth + 1)) return false;
  v = visit_of(s, node);
  if (!v) return false;
  v->is_done = true;
  v->safe = NULL;
  return true;
}

/* ---- the same nodes on initialised values ---------------------------------------------------------------------- */

static hr_var *variable_called(hr_scope scope, const char *key, const char *name) {
  hr_vars all;
  hr_status status = hr_collection_vars(hr_scope_graph(scope), key, NULL, &all);
  if (status) {
    hr_scope_fail(scope, status);
    return NULL;
  }
  hr_var *found = NULL;
  for (int32_t i = 0; i < all.count && !found; ++i)
    if (strcmp(hr_var_name(all.items[i]), name) == 0) found = all.items[i];
  free((void *)all.items);
  return found;
}

/* How many tensors each argument of a node takes; false when memory is out. */
static bool count_arguments(hr_scope scope, const hr_node *node, int32_t **out) {
  *out = hr_keep_bytes(scope, sizeof **out * (size_t)(node->op->num_inputs + 1));
  for (int i = 0; *out && i < node->op->num_inputs; ++i) {
    const hr_arg_def *arg = &node->op->inputs[i];
    (*out)[i] = arg->number_attr >= 0      ? (int32_t)node->attrs[arg->number_attr].i
                : arg->type_list_attr >= 0 ? node->attrs[arg->type_list_attr].count
                                           : 1;
  }
  return *out != NULL;
}

/* The node once more with other inputs, called NODE_VARIABLE. */
static hr_node *rebuild(search *s, const hr_node *node, const hr_output *inputs) {
  hr_scope root = hr_name_scope(s->scope, NULL);
  char *name = hr_keep_printf(s->scope, "%s_%s", hr_node_name(node), s->name);
  int32_t *counts;
  if (!name || !count_arguments(s->scope, node, &counts)) return NULL;
  hr_node *made = NULL;
  if (is_op(node, "RefSwitch")) { /* what comes in is no reference now */
    made = hr_switch(root, inputs[0], inputs[1], .name = name).output_true.node;
  } else {
    hr_node_args args = {
        .name = name, .inputs = inputs, .num_inputs = node->num_inputs, .arg_counts = counts, .attrs = node->attrs};
    made = hr_add_node(root, node->op, &args);
  }
  if (!made) return NULL;
  for (const hr_extra_attr *extra = node->extra_attrs; extra; extra = extra->next) {
    hr_status status = hr_node_set_extra_attr(made, extra->name, &extra->value);
    if (status) hr_scope_fail(s->scope, status);
  }
  return made;
}

/* What stands for a node: itself where it reads no variable. */
static hr_node *safe_node(search *s, hr_node *node) {
  visit *v = visit_of(s, node);
  if (!v || v->safe || !hr_scope_ok(s->scope)) return v ? v->safe : NULL;
  hr_node *safe = node;
  if (is_variable(node)) {
    hr_var *var = variable_called(s->scope, HR_GLOBAL_VARIABLES, hr_node_name(node));
    if (!var) var = variable_called(s->scope, HR_LOCAL_VARIABLES, hr_node_name(node));
    if (var) safe = hr_var_initialized_value(s->scope, var).node;
  } else if (!is_op(node, "IsVariableInitialized") && !is_op(node, "VarIsInitializedOp") &&
             !is_op(node, "ReadVariableOp") && node->num_inputs > 0) {
    hr_output *inputs = hr_keep_bytes(s->scope, sizeof *inputs * (size_t)node->num_inputs);
    bool is_changed = false;
    for (int32_t i = 0; inputs && i < node->num_inputs && hr_scope_ok(s->scope); ++i) {
      inputs[i] = (hr_output){safe_node(s, node->inputs[i].node), node->inputs[i].index};
      is_changed = is_changed || inputs[i].node != node->inputs[i].node;
    }
    if (is_changed && hr_scope_ok(s->scope)) safe = rebuild(s, node, inputs);
  }
  v = visit_of(s, node);
  if (v) v->safe = safe;
  return safe;
}

bool hr_check_initial_value(hr_scope scope, const hr_variable_source *source, hr_output value) {
  if (!hr_scope_ok(scope)) return false;
  if (!value.node)
    hr_refuse(scope, "initial_value must be specified.");
  else if (!source->call && value.node->context)
    hr_refuse(
        scope,
        "Initializer for variable %s is from inside a control-flow construct, such as a loop or conditional. When "
        "creating a variable inside a loop or conditional, use a lambda as the initializer.",
        hr_scope_name(scope));
  return hr_scope_ok(scope);
}

hr_output hr_guarded_initial_value(hr_scope scope, hr_output value, const char *name) {
  search s = {.scope = scope, .name = name};
  if (hr_scope_ok(scope) && is_tree(&s, value.node, 0) && s.finds_variable) value.node = safe_node(&s, value.node);
  free(s.visits);
  return hr_scope_ok(scope) ? value : HR_NO_OUTPUT;
}
