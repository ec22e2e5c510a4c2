/* tf.gradients: the backward walk. What is differentiable lies between the xs and the ys; each node there is visited
 * once, when all its readers there have been, and hands the gradients of its outputs to its gradient function. */
#include "headrace/gradients.h"
#include "builder/builder.h"
#include "headrace/math.h"
#include "headrace/ops.h"
#include "headrace/variables.h"
#include "runtime/graph/node.h"
#include <pthread.h>
#include <stdlib.h>

/* ---- gradient functions of loaded ops and by override ---------------------------------------------------------- */

typedef struct registered_gradient {
  struct registered_gradient *next; /* never changes: entries stay for ever */
  hr_gradient_function function;    /* NULL: gradients stop */
  void *argument;
  char op[];
} registered_gradient;

/* What turns a node's output gradients into its input gradients. */
typedef struct gradient_rule {
  hr_gradient_function function;
  void *argument;
} gradient_rule;

static pthread_mutex_t registry_lock = PTHREAD_MUTEX_INITIALIZER; /* guards the list */
static registered_gradient *registry;

/* Lock held. */
static const registered_gradient *find_entry(const char *op) {
  const registered_gradient *r = registry;
  while (r && strcmp(r->op, op) != 0)
    r = r->next;
  return r;
}

static const registered_gradient *find_registered(const char *op) {
  pthread_mutex_lock(&registry_lock);
  const registered_gradient *found = find_entry(op);
  pthread_mutex_unlock(&registry_lock);
  return found;
}

hr_status hr_register_gradient(const char *op, hr_gradient_function function, void *argument) {
  size_t length = strlen(op) + 1;
  const hr_op_def *def = hr_op_find(op, length - 1);
  bool is_taken = def && (def->gradient || (def->flags & HR_OP_NOT_DIFFERENTIABLE));
  registered_gradient *entry = malloc(sizeof *entry + length);
  if (!entry) return hr_error_out_of_memory(sizeof *entry + length, "a gradient registration");
  entry->function = function;
  entry->argument = argument;
  memcpy(entry->op, op, length);
  pthread_mutex_lock(&registry_lock);
  is_taken = is_taken || find_entry(op);
  if (!is_taken) {
    entry->next = registry;
    registry = entry;
  }
  pthread_mutex_unlock(&registry_lock);
  if (!is_taken) return HR_SUCCESS;
  free(entry);
  return hr_error(HR_ALREADY_EXISTS, "Registering two gradient with name '%s'!", op);
}

static const char override_attr[] = "_gradient_op_type";

hr_scope hr_gradient_override(hr_scope scope, const char *op, const char *gradient) {
  return hr_op_attr_scope(scope, op, override_attr, gradient ? &HR_ATTR_STRING_VALUE(gradient) : NULL);
}

/* The node's gradient function; `function` NULL where gradients stop. NotFound where there is none (LookupError). */
static hr_status find_gradient(const hr_node *node, gradient_rule *rule) {
  const hr_attr_value *override = hr_node_attr(node, override_attr);
  bool is_overridden = override && override->kind == HR_ATTR_STRING;
  const char *op = is_overridden ? override->s : node->op->name;
  const hr_op_def *def = is_overridden ? hr_op_find(op, (size_t) override->count) : node->op;
  *rule = (gradient_rule){def ? def->gradient : NULL, NULL};
  if (rule->function || (def && (def->flags & HR_OP_NOT_DIFFERENTIABLE))) return HR_SUCCESS;
  const registered_gradient *registered = find_registered(op);
  if (registered) {
    *rule = (gradient_rule){registered->function, registered->argument};
    return HR_SUCCESS;
  }
  return hr_error(HR_NOT_FOUND, "No gradient defined for operation '%s' (op type: %s)", node->name, node->op->name);
}

/* ---- the walk -------------------------------------------------------------------------------------------------- */

/* One contribution to the gradient of an output. */
typedef struct contribution {
  struct contribution *next;
  hr_gradient gradient;
} contribution;

typedef struct contributions {
  contribution *first, *last;
  int32_t count;
} contributions;

/* What the walk knows of a node. */
typedef struct visit {
  bool reached;           /* from an x, through trainable outputs */
  bool between;           /* reached, and a y depends on it */
  bool is_stop;           /* gradients are not carried to its inputs */
  int32_t pending;        /* reads of its outputs, between, that were not visited yet */
  contributions *outputs; /* NULL until something arrived */
} visit;

typedef struct walk {
  hr_scope scope; /* "gradients/" */
  hr_scope at;    /* the same, colocated with the node that is visited where that is asked for */
  const hr_gradients_options *options;
  hr_arena arena;
  visit *visits; /* by id - first_id */
  int32_t first_id, count;
  hr_node **queue; /* ready nodes; each enters once */
  int32_t head, tail;
} walk;

static hr_status out_of_memory(void) { return hr_error_out_of_memory(0, "the gradient walk"); }

static visit *visit_of(const walk *w, const hr_node *node) {
  int32_t index = node->id - w->first_id;
  return index >= 0 && index < w->count ? &w->visits[index] : NULL;
}

static bool is_trainable(hr_output output) {
  switch (hr_dtype_base(hr_output_dtype(output))) {
  case HR_HALF:
  case HR_FLOAT:
  case HR_DOUBLE:
  case HR_COMPLEX64:
  case HR_COMPLEX128:
  case HR_RESOURCE:
  case HR_VARIANT: return true;
  default: return false;
  }
}

static hr_status add_contribution(walk *w, hr_output to, hr_gradient gradient) {
  visit *v = visit_of(w, to.node);
  if (!v) return HR_SUCCESS; /* made before every x: nobody asks for it */
  if (!v->outputs) {
    v->outputs = hr_arena_zalloc(&w->arena, sizeof *v->outputs * (size_t)to.node->num_outputs, _Alignof(contributions));
    if (!v->outputs) return out_of_memory();
  }
  contribution *c = HR_ARENA_NEW(&w->arena, contribution);
  if (!c) return out_of_memory();
  *c = (contribution){.gradient = gradient};
  contributions *list = &v->outputs[to.index];
  if (list->last)
    list->last->next = c;
  else
    list->first = c;
  list->last = c;
  ++list->count;
  return HR_SUCCESS;
}

/* Marks what depends on an x. Nodes stand in topological order, so one pass over their ids does it. */
static void mark_reached(walk *w, hr_outputs xs) {
  hr_graph *graph = hr_scope_graph(w->scope);
  for (int32_t i = 0; i < xs.count; ++i)
    visit_of(w, xs.items[i].node)->reached = true;
  for (int32_t i = 0; i < w->count; ++i) {
    hr_node *node = hr_graph_node(graph, w->first_id + i);
    for (int32_t k = 0; k < node->num_inputs && !w->visits[i].reached; ++k) {
      visit *from = node->inputs[k].node ? visit_of(w, node->inputs[k].node) : NULL;
      if (from && from->reached && is_trainable(node->inputs[k])) w->visits[i].reached = true;
    }
  }
}

static void push(walk *w, hr_node *node) { w->queue[w->tail++] = node; }

/* Marks what lies between, and counts for each node there the reads that must be visited before it. */
static void mark_between(walk *w, hr_outputs ys) {
  for (int32_t i = 0; i < ys.count; ++i) {
    visit *v = visit_of(w, ys.items[i].node);
    if (v && v->reached && !v->between) {
      v->between = true;
      push(w, ys.items[i].node);
    }
  }
  while (w->head < w->tail) {
    hr_node *node = w->queue[w->head++];
    for (int32_t k = 0; k < node->num_inputs; ++k) {
      visit *from = visit_of(w, node->inputs[k].node);
      if (!from || !from->reached) continue;
      ++from->pending;
      if (from->between) continue;
      from->between = true;
      push(w, node->inputs[k].node);
    }
  }
  w->head = w->tail = 0;
}

/* An x that no other x leads to ends the walk, and so does what stop_gradients names. */
static void mark_stops(walk *w, hr_outputs xs) {
  for (int32_t i = 0; i < xs.count; ++i) {
    hr_node *node = xs.items[i].node;
    bool is_stop = true;
    for (int32_t k = 0; k < node->num_inputs && is_stop; ++k) {
      visit *from = visit_of(w, node->inputs[k].node);
      is_stop = !from || from->pending <= 0;
    }
    if (is_stop) visit_of(w, node)->is_stop = true;
  }
  for (int32_t i = 0; i < w->options->stop_gradients.count; ++i) {
    hr_output stop = w->options->stop_gradients.items[i];
    visit *v = stop.node ? visit_of(w, stop.node) : NULL;
    if (v) v->is_stop = true;
  }
}

/* ---- gradients of the ys --------------------------------------------------------------------------------------- */

static hr_status check_grad_y(hr_output y, hr_output grad, int32_t index) {
  hr_dtype y_type = hr_dtype_base(hr_output_dtype(y)), type = hr_dtype_base(hr_output_dtype(grad));
  bool real_y = hr_dtype_is_floating(y_type) || hr_dtype_is_integer(y_type);
  bool real = hr_dtype_is_floating(type) || hr_dtype_is_integer(type);
  if (real_y ? real : !hr_dtype_is_complex(y_type) || hr_dtype_is_complex(type)) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT,
                  "Gradient type %s generated for %s tensor %s:%d with type %s must be %s (grad_ys[%d])",
                  hr_dtype_name(type), real_y ? "real or integer-valued" : "complex-valued", y.node->name, y.index,
                  hr_dtype_name(y_type), real_y ? "real or integer" : "complex", index);
}

static hr_output constant_one(hr_scope scope, hr_dtype dtype, const char *name) {
  return hr_convert(scope, hr_operand_int(1), dtype, name);
}

static hr_status start_gradient(walk *w, hr_output y, int32_t index) {
  hr_scope scope = w->options->colocate_with_ops ? hr_colocate_with(w->scope, y.node, false) : w->scope;
  char name[32];
  snprintf(name, sizeof name, "grad_ys_%d", index);
  hr_gradient given = w->options->grad_ys ? w->options->grad_ys[index] : HR_NO_GRADIENT;
  hr_gradient gradient = given;
  if (!hr_gradient_exists(given)) {
    if (hr_dtype_is_complex(hr_dtype_base(hr_output_dtype(y))))
      return hr_error(HR_INVALID_ARGUMENT, "Gradients of complex tensors must set grad_ys (y.dtype = %s)",
                      hr_dtype_name(hr_output_dtype(y)));
    hr_output shape = hr_tf_shape(scope, y);
    gradient = hr_dense_gradient(hr_fill(scope, shape, constant_one(scope, hr_dtype_base(hr_output_dtype(y)), name)));
  } else {
    HR_TRY(check_grad_y(y, given.value, index));
    if (hr_gradient_is_sparse(given)) {
      char part[48];
      snprintf(part, sizeof part, "%s_indices", name);
      gradient.indices = hr_identity(scope, given.indices, .name = part);
      snprintf(part, sizeof part, "%s_values", name);
      gradient.value = hr_identity(scope, given.value, .name = part);
      snprintf(part, sizeof part, "%s_shape", name);
      if (given.dense_shape.node) gradient.dense_shape = hr_identity(scope, given.dense_shape, .name = part);
    } else {
      gradient.value = hr_identity(scope, given.value, .name = name);
    }
  }
  return gradient.value.node ? add_contribution(w, y, gradient) : HR_SUCCESS;
}

/* ---- aggregation ----------------------------------------------------------------------------------------------- */

/* AddN of dense contributions: one for each device they stand on, colocated with the first there, then one of all. */
static hr_output add_by_device(hr_scope scope, int32_t count, hr_output *items, hr_output *sums) {
  int32_t num_sums = 0;
  const char *last = NULL;
  for (;;) {
    const char *device = NULL; /* the next one by name */
    for (int32_t i = 0; i < count; ++i) {
      const char *candidate = hr_node_device(items[i].node);
      if ((!last || strcmp(candidate, last) > 0) && (!device || strcmp(candidate, device) < 0)) device = candidate;
    }
    if (!device) break;
    hr_output *group = sums + count; /* scratch behind the sums */
    int32_t size = 0;
    for (int32_t i = 0; i < count; ++i) {
      if (strcmp(hr_node_device(items[i].node), device) == 0) group[size++] = items[i];
    }
    HR_WITH (colocated, hr_colocate_with(scope, group[0].node, true)) {
      sums[num_sums++] = hr_tf_add_n(colocated, ((hr_outputs){size, group}));
    }
    last = device;
  }
  return hr_tf_add_n(scope, ((hr_outputs){num_sums, sums}));
}

static hr_output add_as_tree(hr_scope scope, const hr_node *node, int32_t count, const hr_output *items) {
  char *name = NULL;
  hr_text text = {0};
  hr_text_printf(&text, "%s_gradient_sum", node->name);
  name = hr_text_take(&text);
  hr_output sum = items[0];
  HR_WITH (inner, hr_name_scope(scope, name)) {
    for (int32_t i = 1; i < count; ++i)
      sum = hr_tf_add_n(inner, HR_LIST(sum, items[i]));
  }
  free(name);
  return sum;
}

static hr_gradient aggregate_dense(walk *w, const hr_node *node, const contributions *list) {
  hr_output *items = HR_ARENA_ARRAY(&w->arena, hr_output, 3 * list->count);
  if (!items) {
    hr_scope_fail(w->at, out_of_memory());
    return HR_NO_GRADIENT;
  }
  int32_t count = 0;
  for (const contribution *c = list->first; c; c = c->next)
    items[count++] = hr_gradient_to_tensor(w->at, c->gradient, NULL);
  if (!hr_scope_ok(w->at)) return HR_NO_GRADIENT;
  hr_aggregation_method method = w->options->aggregation;
  if (method == HR_AGGREGATION_EXPERIMENTAL_ACCUMULATE_N && count > 2 &&
      hr_partial_shape_is_full(hr_output_shape(items[0])))
    return hr_dense_gradient(hr_accumulate_n_v2(w->at, ((hr_outputs){count, items}), *hr_output_shape(items[0])));
  if (method != HR_AGGREGATION_ADD_N) return hr_dense_gradient(add_as_tree(w->at, node, count, items));
  return hr_dense_gradient(add_by_device(w->at, count, items, items + count));
}

/* Rows one after the other; indices become int64 where they differ in type. */
static hr_gradient aggregate_sparse(walk *w, const contributions *list) {
  hr_output *values = HR_ARENA_ARRAY(&w->arena, hr_output, 2 * list->count);
  if (!values) {
    hr_scope_fail(w->at, out_of_memory());
    return HR_NO_GRADIENT;
  }
  hr_output *indices = values + list->count;
  int32_t count = 0, small = 0;
  for (const contribution *c = list->first; c; c = c->next)
    small += hr_dtype_base(hr_output_dtype(c->gradient.indices)) == HR_INT32;
  for (const contribution *c = list->first; c; c = c->next, ++count) {
    values[count] = c->gradient.value;
    indices[count] = c->gradient.indices;
    if (small != list->count) indices[count] = hr_tf_cast(w->at, indices[count], HR_INT64);
  }
  hr_gradient sum = {.dense_shape = list->first->gradient.dense_shape};
  sum.value = hr_tf_concat(w->at, ((hr_outputs){count, values}), 0);
  sum.indices = hr_tf_concat(w->at, ((hr_outputs){count, indices}), 0);
  return sum;
}

/* tf.add_n of sparse and dense contributions: the op makes tensors of its sparse inputs. */
static hr_output add_mixture(hr_scope scope, const contributions *list, hr_output *items) {
  hr_scope s = hr_name_scope(scope, "AddN");
  int32_t count = 0;
  for (const contribution *c = list->first; c; c = c->next, ++count) {
    char name[24];
    snprintf(name, sizeof name, "inputs_%d", (int)count);
    items[count] = hr_gradient_to_tensor(s, c->gradient, name);
  }
  return hr_add_n(s, ((hr_outputs){count, items}), .name = hr_scope_name(s));
}

/* The one gradient of an output from what its readers contributed. */
static hr_gradient aggregate(walk *w, const hr_node *node, const contributions *list) {
  if (list->count == 0) return HR_NO_GRADIENT;
  if (list->count == 1) return list->first->gradient;
  int32_t sparse = 0;
  for (const contribution *c = list->first; c; c = c->next)
    sparse += hr_gradient_is_sparse(c->gradient);
  if (sparse == list->count) return aggregate_sparse(w, list);
  if (sparse == 0) return aggregate_dense(w, node, list);
  hr_output *items = HR_ARENA_ARRAY(&w->arena, hr_output, list->count);
  if (!items) {
    hr_scope_fail(w->at, out_of_memory());
    return HR_NO_GRADIENT;
  }
  return hr_dense_gradient(add_mixture(w->at, list, items));
}

/* Aggregates in place: afterwards each output has one contribution or none. */
static hr_status aggregate_outputs(walk *w, hr_node *node, hr_gradient *gradients, bool *any) {
  visit *v = visit_of(w, node);
  *any = false;
  for (int32_t k = 0; k < node->num_outputs; ++k) {
    gradients[k] = v->outputs ? aggregate(w, node, &v->outputs[k]) : HR_NO_GRADIENT;
    if (!hr_scope_ok(w->at)) return HR_SUCCESS;
    if (!hr_gradient_exists(gradients[k])) continue;
    *any = true;
    v->outputs[k].first->gradient = gradients[k];
    v->outputs[k].last = v->outputs[k].first;
    v->outputs[k].first->next = NULL;
    v->outputs[k].count = 1;
  }
  return HR_SUCCESS;
}

/* ---- visiting a node ------------------------------------------------------------------------------------------- */

/* Control edges that make all gradients of a node ready at once (GATE_OP). */
static void gate(walk *w, hr_scope scope, hr_gradient *gradients, int32_t count) {
  int32_t existing = 0;
  for (int32_t i = 0; i < count; ++i)
    existing += hr_gradient_exists(gradients[i]);
  if (existing < 2) return;
  hr_output *values = HR_ARENA_ARRAY(&w->arena, hr_output, 2 * count);
  if (!values) {
    hr_scope_fail(scope, out_of_memory());
    return;
  }
  for (int32_t i = 0; i < count; ++i)
    values[i] = gradients[i].value;
  hr_scope free_scope = hr_colocate_with(hr_device_scope(scope, NULL), NULL, true);
  hr_tuple_with(free_scope, (hr_outputs){count, values}, 0, NULL, values + count, NULL);
  for (int32_t i = 0; i < count; ++i) {
    if (hr_gradient_exists(gradients[i])) gradients[i].value = values[count + i];
  }
}

/* Calls the gradient function inside "<node>_grad/". */
static hr_status differentiate(walk *w, hr_scope scope, hr_node *node, const gradient_rule *rule, hr_gradient *outputs,
                               hr_gradient *inputs) {
  for (int32_t k = 0; k < node->num_outputs; ++k) {
    hr_output output = {node, k};
    if (!hr_gradient_exists(outputs[k]) && is_trainable(output))
      outputs[k] = hr_dense_gradient(hr_zeros_like(scope, output, .name = "zeros_like"));
  }
  hr_text name = {0};
  hr_text_printf(&name, "%s_grad", node->name);
  if (name.failed) return out_of_memory();
  hr_scope inner = hr_name_scope(scope, name.data);
  hr_gradient_context context = {
      .scope = inner, .node = node, .outputs = outputs, .inputs = inputs, .argument = rule->argument};
  hr_status status = hr_scope_ok(inner) ? rule->function(&context) : HR_SUCCESS;
  if (!status && hr_scope_ok(inner) && w->options->gate_gradients) gate(w, inner, inputs, node->num_inputs);
  hr_scope_close(inner);
  hr_text_free(&name);
  return hr_status_at_node(status, node->name, node->op->name, node->where);
}

static hr_status carry_shape(const hr_node *node, int32_t index, hr_gradient gradient) {
  if (hr_gradient_is_sparse(gradient) || hr_dtype_base(hr_output_dtype(node->inputs[index])) == HR_RESOURCE)
    return HR_SUCCESS;
  const hr_partial_shape *shape = hr_output_shape(node->inputs[index]);
  hr_status status = hr_output_set_shape(gradient.value, shape);
  if (!status) return HR_SUCCESS;
  hr_status_free(status);
  char wanted[HR_SHAPE_TEXT], found[HR_SHAPE_TEXT];
  return hr_error(
      HR_INVALID_ARGUMENT,
      "Incompatible shapes between op input and calculated input gradient. Forward operation: %s. Input index: %d. "
      "Original input shape: %s. Calculated input gradient shape: %s",
      node->name, index, hr_partial_shape_text(shape, wanted),
      hr_partial_shape_text(hr_output_shape(gradient.value), found));
}

static hr_status visit_node(walk *w, hr_node *node) {
  w->at = w->options->colocate_with_ops ? hr_colocate_with(w->scope, node, false) : w->scope;
  hr_gradient *gradients = hr_arena_zalloc(
      &w->arena, sizeof *gradients * (size_t)(node->num_outputs + node->num_inputs + 1), _Alignof(hr_gradient));
  if (!gradients) return out_of_memory();
  hr_gradient *inputs = gradients + node->num_outputs;
  bool any;
  HR_TRY(aggregate_outputs(w, node, gradients, &any));
  gradient_rule rule = {0};
  if (any && !visit_of(w, node)->is_stop) HR_TRY(find_gradient(node, &rule));
  if (rule.function) HR_TRY(differentiate(w, w->at, node, &rule, gradients, inputs));
  if (!hr_scope_ok(w->scope)) return HR_SUCCESS;
  for (int32_t i = 0; i < node->num_inputs; ++i) {
    if (hr_gradient_exists(inputs[i])) {
      HR_TRY(carry_shape(node, i, inputs[i]));
      HR_TRY(add_contribution(w, node->inputs[i], inputs[i]));
    }
  }
  for (int32_t i = 0; i < node->num_inputs; ++i) {
    visit *from = visit_of(w, node->inputs[i].node);
    if (from && from->between && --from->pending == 0) push(w, node->inputs[i].node);
  }
  return HR_SUCCESS;
}

/* ---- the whole ------------------------------------------------------------------------------------------------- */

static hr_status check_outputs(hr_scope scope, hr_outputs outputs, const char *what, hr_outputs ys) {
  for (int32_t i = 0; i < outputs.count; ++i) {
    if (!outputs.items[i].node) return hr_error(HR_INVALID_ARGUMENT, "%s[%d] of the gradients is no output", what, i);
    if (hr_node_graph(outputs.items[i].node) != hr_scope_graph(scope))
      return hr_error(
          HR_INVALID_ARGUMENT, "%s[%d] of the gradients of %s, %s, is not from the graph that is being built", what, i,
          ys.count > 0 && ys.items[0].node ? ys.items[0].node->name : "nothing", outputs.items[i].node->name);
  }
  return HR_SUCCESS;
}

/* Sets up the visits of all ids from the first x to the last y or x. */
static hr_status prepare(walk *w, hr_outputs ys, hr_outputs xs) {
  int32_t first = INT32_MAX, last = -1;
  for (int32_t i = 0; i < xs.count; ++i) {
    if (xs.items[i].node->id < first) first = xs.items[i].node->id;
    if (xs.items[i].node->id > last) last = xs.items[i].node->id;
  }
  for (int32_t i = 0; i < ys.count; ++i) {
    if (ys.items[i].node->id > last) last = ys.items[i].node->id;
  }
  w->first_id = first;
  w->count = last - first + 1;
  w->visits = hr_arena_zalloc(&w->arena, sizeof *w->visits * (size_t)w->count, _Alignof(visit));
  w->queue = HR_ARENA_ARRAY(&w->arena, hr_node *, w->count + ys.count + 1);
  return w->visits && w->queue ? HR_SUCCESS : out_of_memory();
}

static hr_status run_walk(walk *w, hr_outputs ys, hr_outputs xs) {
  HR_TRY(prepare(w, ys, xs));
  mark_reached(w, xs);
  mark_between(w, ys);
  for (int32_t i = 0; i < ys.count; ++i)
    HR_TRY(start_gradient(w, ys.items[i], i));
  for (int32_t i = 0; i < ys.count; ++i) {
    visit *v = visit_of(w, ys.items[i].node);
    bool queued = false;
    for (int32_t j = 0; j < i; ++j)
      queued = queued || ys.items[j].node == ys.items[i].node;
    if (v && v->between && v->pending == 0 && !queued) push(w, ys.items[i].node);
  }
  mark_stops(w, xs);
  while (w->head < w->tail && hr_scope_ok(w->scope))
    HR_TRY(visit_node(w, w->queue[w->head++]));
  return HR_SUCCESS;
}

void hr_gradients_with(hr_scope scope, hr_outputs ys, hr_outputs xs, hr_gradient *out,
                       const hr_gradients_options *options) {
  static const hr_gradients_options defaults;
  for (int32_t i = 0; i < xs.count; ++i)
    out[i] = HR_NO_GRADIENT;
  if (!hr_scope_ok(scope) || xs.count == 0) return;
  walk w = {.options = options ? options : &defaults};
  hr_status status = check_outputs(scope, ys, "ys", ys);
  if (!status) status = check_outputs(scope, xs, "xs", ys);
  if (status) {
    hr_scope_fail(scope, status);
    return;
  }
  w.scope = hr_name_scope_or(scope, w.options->name, "gradients");
  (void)hr_unique_name(w.scope, "uid", true); /* TensorFlow takes this name for itself */
  status = run_walk(&w, ys, xs);
  hr_scope_close(w.scope);
  if (status) hr_scope_fail(scope, status);
  for (int32_t i = 0; i < xs.count && hr_scope_ok(scope); ++i) {
    visit *v = visit_of(&w, xs.items[i].node);
    contribution *c = v->outputs ? v->outputs[xs.items[i].index].first : NULL;
    if (c)
      out[i] = c->gradient;
    else if (w.options->zero_unconnected)
      out[i] = hr_dense_gradient(hr_tf_zeros_like(scope, xs.items[i]));
  }
  hr_arena_free(&w.arena);
}

hr_output hr_gradient_to_tensor(hr_scope scope, hr_gradient gradient, const char *name) {
  if (!hr_gradient_is_sparse(gradient)) return gradient.value;
  if (!gradient.dense_shape.node) {
    hr_scope_fail(scope,
                  hr_error(HR_INVALID_ARGUMENT, "Tensor conversion requested for IndexedSlices without dense_shape: %s",
                           gradient.value.node->name));
    return HR_NO_OUTPUT;
  }
  hr_output rows = hr_at(scope, gradient.dense_shape, HR_INDEX(0));
  return hr_unsorted_segment_sum(scope, gradient.value, gradient.indices, rows, .name = name);
}
