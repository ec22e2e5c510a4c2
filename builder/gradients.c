/* tf.gradients: the backward walk. What is differentiable lies between the xs and the ys; each node there is visited
 * once, when all its readers there have been, and hands the gradients of its outputs to its gradient function. */
#include "builder/gradients.h"
#include "builder/builder.h"
#include "builder/control_flow/loop_gradients.h"
#include "builder/functions/gradient.h"
#include "builder/gradient_reach.h"
#include "builder/gradient_rows.h"
#include "builder/gradient_rules.h"
#include "builder/gradient_sums.h"
#include "builder/variable.h"
#include "headrace/math.h"
#include "headrace/ops.h"
#include "headrace/variables.h"
#include "runtime/graph/function_graph.h"
#include "runtime/graph/graph_internal.h"
#include <stdlib.h>

/* ---- the walk -------------------------------------------------------------------------------------------------- */

/* One contribution to the gradient of an output. */
typedef struct contribution {
  struct contribution *next;
  hr_gradient gradient;
} contribution;

typedef struct contributions {
  contribution *first, *last;
  int32_t count;
  bool is_summed; /* visited: what arrives now is for another visit, of a loop's Switch */
} contributions;

/* What the walk knows of a node. */
typedef struct visit {
  bool between;           /* reached from an x, and a y depends on it */
  bool is_stop;           /* gradients are not carried to its inputs */
  bool starts;            /* of a y, in the queue from the beginning */
  int32_t pending;        /* reads of its outputs, between, that were not visited yet */
  contributions *outputs; /* NULL until something arrived */
} visit;

typedef struct walk {
  hr_scope scope;  /* "gradients/" */
  hr_graph *graph; /* of the ys and xs; the scope's own, or one that this captures from */
  hr_outputs xs;
  const hr_gradients_options *options;
  bool goes_on; /* from another graph: what is given has arrived */
  hr_arena arena;
  visit *visits; /* by id - first_id */
  bool *reached; /* the same, from an x, through trainable outputs */
  int32_t first_id, count;
  hr_node **queue; /* ready nodes; each enters once, but for loops' Switches */
  int32_t head, tail, capacity;
  hr_loop_gradients loops;
} walk;

static hr_status out_of_memory(void) { return hr_error_out_of_memory(0, "the gradient walk"); }

static visit *visit_of(const walk *w, const hr_node *node) {
  int32_t index = node->id - w->first_id;
  return index >= 0 && index < w->count ? &w->visits[index] : NULL;
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
  if (list->is_summed) *list = (contributions){.is_summed = true};
  if (list->last)
    list->last->next = c;
  else
    list->first = c;
  list->last = c;
  ++list->count;
  return HR_SUCCESS;
}

static void push(walk *w, hr_node *node) {
  if (w->tail == w->capacity) {
    int32_t capacity = 2 * w->capacity;
    hr_node **queue = HR_ARENA_ARRAY(&w->arena, hr_node *, capacity);
    if (!queue) {
      hr_scope_fail(w->scope, out_of_memory());
      return;
    }
    memcpy(queue, w->queue, sizeof *queue * (size_t)w->tail);
    w->queue = queue;
    w->capacity = capacity;
  }
  w->queue[w->tail++] = node;
}

static bool is_reached(const walk *w, const visit *v) { return w->reached[v - w->visits]; }

/* Marks what lies between; the queue holds it then. */
static void mark_between(walk *w, hr_outputs ys) {
  for (int32_t i = 0; i < ys.count; ++i) {
    visit *v = visit_of(w, ys.items[i].node);
    if (v && is_reached(w, v) && !v->between) {
      v->between = true;
      push(w, ys.items[i].node);
    }
  }
  while (w->head < w->tail) {
    hr_node *node = w->queue[w->head++];
    for (int32_t k = 0; k < node->num_inputs; ++k) {
      visit *from = visit_of(w, node->inputs[k].node);
      if (!from || !is_reached(w, from) || from->between) continue;
      from->between = true;
      push(w, node->inputs[k].node);
    }
  }
}

/* Begins the gradients of the loops between. All variables of a loop lie between then. */
static void begin_loops(walk *w) {
  for (w->head = 0; w->head < w->tail && hr_scope_ok(w->scope); ++w->head) {
    hr_node *node = w->queue[w->head];
    if (node->op->control != HR_CONTROL_EXIT) continue;
    hr_scope at = w->options->colocate_with_ops ? hr_colocate_with(w->scope, node, false) : w->scope;
    const hr_differentiated_loop *loop = hr_loop_gradients_add(&w->loops, at, node);
    for (int32_t i = 0; loop && i < loop->exits.count; ++i) {
      visit *v = visit_of(w, loop->exits.items[i].node);
      if (!v || v->between) continue;
      v->between = true;
      push(w, loop->exits.items[i].node);
    }
  }
}

/* Counts for each node between, which the queue holds, the reads that must be visited before it; and empties the
 * queue. */
static void count_pending(walk *w) {
  for (w->head = 0; w->head < w->tail; ++w->head) {
    const hr_node *node = w->queue[w->head];
    for (int32_t k = 0; k < node->num_inputs; ++k) {
      visit *from = visit_of(w, node->inputs[k].node);
      if (from && from->between) ++from->pending;
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
    visit *v = stop.node && stop.node->graph == w->graph ? visit_of(w, stop.node) : NULL;
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

/* What arrives at a y; a value becomes a constant first, before anything else is made. */
static hr_gradient *given_gradients(walk *w, hr_outputs ys) {
  hr_gradient *given = HR_ARENA_ARRAY(&w->arena, hr_gradient, ys.count + 1);
  const hr_gradients_options *o = w->options;
  for (int32_t i = 0; given && i < ys.count; ++i) {
    given[i] = o->grad_ys ? o->grad_ys[i] : HR_NO_GRADIENT;
    if (hr_gradient_exists(given[i]) || !o->grad_y_values || !hr_operand_is_given(o->grad_y_values[i])) continue;
    char name[32];
    snprintf(name, sizeof name, "grad_y_%d", i);
    given[i] = hr_dense_gradient(hr_convert(w->scope, o->grad_y_values[i], HR_INVALID, name));
  }
  return given;
}

hr_status hr_gradient_of_y(hr_scope scope, hr_output y, hr_gradient given, int32_t index, hr_gradient *out) {
  char name[32];
  snprintf(name, sizeof name, "grad_ys_%d", index);
  *out = given;
  if (!hr_gradient_exists(given)) {
    if (hr_dtype_is_complex(hr_dtype_base(hr_output_dtype(y))))
      return hr_error(HR_INVALID_ARGUMENT, "Gradients of complex tensors must set grad_ys (y.dtype = %s)",
                      hr_dtype_name(hr_output_dtype(y)));
    hr_output shape = hr_tf_shape(scope, y);
    *out = hr_dense_gradient(hr_fill(scope, shape, constant_one(scope, hr_dtype_base(hr_output_dtype(y)), name)));
  } else {
    HR_TRY(check_grad_y(y, given.value, index));
    if (hr_gradient_is_sparse(given)) {
      char part[48];
      snprintf(part, sizeof part, "%s_indices", name);
      out->indices = hr_identity(scope, given.indices, .name = part);
      snprintf(part, sizeof part, "%s_values", name);
      out->value = hr_identity(scope, given.value, .name = part);
      snprintf(part, sizeof part, "%s_shape", name);
      if (given.dense_shape.node) out->dense_shape = hr_identity(scope, given.dense_shape, .name = part);
    } else {
      out->value = hr_identity(scope, given.value, .name = name);
    }
  }
  return HR_SUCCESS;
}

static hr_status start_gradient(walk *w, hr_output y, hr_gradient given, int32_t index) {
  hr_gradient gradient = given;
  hr_scope scope = w->options->colocate_with_ops ? hr_colocate_with(w->scope, y.node, false) : w->scope;
  if (!w->goes_on) HR_TRY(hr_gradient_of_y(scope, y, given, index, &gradient));
  return gradient.value.node ? add_contribution(w, y, gradient) : HR_SUCCESS;
}

/* ---- visiting a node ------------------------------------------------------------------------------------------- */

/* Sums in place: afterwards each output has one contribution or none. */
static hr_status sum_contributions(walk *w, hr_scope scope, hr_node *node, hr_gradient *gradients, bool *any) {
  visit *v = visit_of(w, node);
  *any = false;
  for (int32_t k = 0; k < node->num_outputs && v->outputs; ++k) {
    contributions *list = &v->outputs[k];
    hr_gradient *parts = HR_ARENA_ARRAY(&w->arena, hr_gradient, list->count + 1);
    if (!parts) return out_of_memory();
    int32_t count = 0;
    for (const contribution *c = list->first; c; c = c->next)
      parts[count++] = c->gradient;
    gradients[k] = hr_sum_gradients(scope, node, count, parts, w->options->aggregation);
    if (!hr_scope_ok(scope)) return HR_SUCCESS;
    list->is_summed = true;
    if (!hr_gradient_exists(gradients[k])) continue;
    *any = true;
    list->first->gradient = gradients[k];
    list->first->next = NULL;
    list->last = list->first;
    list->count = 1;
  }
  return HR_SUCCESS;
}

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
  hr_tuple_with(free_scope, hr_operands_outputs((hr_outputs){count, values}), 0, NULL, values + count, NULL);
  for (int32_t i = 0; i < count; ++i) {
    if (hr_gradient_exists(gradients[i])) gradients[i].value = values[count + i];
  }
}

/* Calls the gradient function inside "<node>_grad/". */
static hr_status differentiate(walk *w, hr_scope scope, hr_node *node, const hr_gradient_rule *rule,
                               hr_gradient *outputs, hr_gradient *inputs, int32_t num_inputs) {
  for (int32_t k = 0; k < node->num_outputs; ++k) {
    hr_output output = {node, k};
    if (!hr_gradient_exists(outputs[k]) && (hr_is_trainable(output) || hr_has_symbolic_gradient(rule)))
      outputs[k] = hr_zero_gradient(&w->loops, scope, output);
  }
  hr_text name = {0};
  hr_text_printf(&name, "%s_grad", node->name);
  if (name.failed) return out_of_memory();
  hr_scope inner = hr_name_scope(scope, name.data);
  for (int32_t k = 0; k < node->num_outputs && rule->function != node->op->gradient; ++k)
    outputs[k] = hr_plain_gradient(inner, outputs[k]);
  hr_gradient_context context = {
      .scope = inner, .node = node, .outputs = outputs, .inputs = inputs, .argument = rule->argument};
  hr_status status = hr_scope_ok(inner) ? rule->function(&context) : HR_SUCCESS;
  if (!status && hr_scope_ok(inner) && w->options->gate_gradients) gate(w, inner, inputs, num_inputs);
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

/* The scope in the backward loop of a node, where its loop is differentiated; `before` an Exit is taken into it, in
 * that of the loop around. */
static hr_scope enter_backward_loop(const walk *w, hr_scope scope, const hr_node *node, bool before) {
  const hr_differentiated_loop *loop = hr_has_loops(&w->loops) ? hr_loop_gradients_of(&w->loops, node, before) : NULL;
  return loop ? hr_scope_enter_context(scope, &loop->gradient->backward->common.base) : scope;
}

static bool is_loop_switch(const hr_node *node) {
  return node->op->control == HR_CONTROL_SWITCH && hr_as_loop(node->context);
}

/* The x that the fewest steps lead to from a node. */
static const hr_node *nearest_x(walk *w, hr_node *node) {
  hr_node **queue = HR_ARENA_ARRAY(&w->arena, hr_node *, w->count);
  hr_status status = queue ? hr_graph_mark_begin(node->graph) : out_of_memory();
  int32_t head = 0, tail = 0;
  if (!status) {
    hr_graph_mark(node->graph, node);
    queue[tail++] = node;
  }
  hr_status_free(status);
  while (head < tail) {
    node = queue[head++];
    for (int32_t i = 0; i < w->xs.count; ++i)
      if (w->xs.items[i].node == node) return node;
    for (int32_t k = 0; k < node->num_inputs; ++k) {
      hr_node *from = node->inputs[k].node;
      if (visit_of(w, from) && hr_graph_mark(node->graph, from)) queue[tail++] = from;
    }
  }
  return node;
}

/* In a loop, gradients are those of one iteration: to its variables as the body gets them, not as they began. */
static hr_status check_iteration(walk *w, hr_scope scope, hr_node *node) {
  if (!is_loop_switch(node) || node->context != hr_scope_control_context(scope)) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT,
                  "Cannot compute gradient inside while loop with respect to op '%s'. We do not support taking the "
                  "gradient wrt or through the initial value of a loop variable. Gradients can be computed through "
                  "loop invariants or wrt the input parameters to the loop body.",
                  nearest_x(w, node)->name);
}

static bool has_gradient(const walk *w, hr_node *node) {
  const visit *v = visit_of(w, node);
  for (int32_t k = 0; k < node->num_outputs && v->outputs; ++k)
    if (v->outputs[k].first) return true;
  return false;
}

/* An Exit that no gradient comes to, of a loop that is differentiated: zeros. */
static hr_status give_zeros(walk *w, hr_output exit) {
  return add_contribution(w, exit, hr_zero_gradient_of_exit(&w->loops, w->scope, exit));
}

/* The walk has come to an Exit. It goes on with all of the loop when it has come to the last. */
static hr_status defer_exit(walk *w, hr_output exit) {
  hr_differentiated_loop *loop = hr_loop_gradients_of(&w->loops, exit.node, false);
  hr_output_list_add(w->scope, &loop->deferred, exit);
  if (--loop->pending_exits > 0) return HR_SUCCESS;
  bool any = false;
  for (int32_t i = 0; i < loop->deferred.count; ++i) {
    hr_output each = loop->deferred.items[i];
    if (has_gradient(w, each.node)) {
      any = true;
      push(w, each.node);
    } else {
      hr_output_list_add(w->scope, &loop->unused, each);
    }
  }
  for (int32_t i = 0; i < loop->unused.count; ++i) {
    if (any && hr_is_trainable(loop->unused.items[i])) HR_TRY(give_zeros(w, loop->unused.items[i]));
    push(w, loop->unused.items[i].node);
  }
  return HR_SUCCESS;
}

/* A reader of the input was visited: it may be ready. The Switch of a loop's variable is visited from the Exit, and
 * again from the body. */
static hr_status release(walk *w, hr_output input) {
  visit *from = visit_of(w, input.node);
  if (!from) return HR_SUCCESS;
  --from->pending;
  bool ready = from->pending == 0 || (from->pending > 0 && hr_has_loops(&w->loops) && is_loop_switch(input.node));
  if (!ready) return HR_SUCCESS;
  if (input.node->op->control == HR_CONTROL_EXIT) return defer_exit(w, input);
  push(w, input.node);
  return HR_SUCCESS;
}

/* Exits that nothing between reads, and that are no ys, wait from the beginning. */
static hr_status start_unused_exits(walk *w) {
  for (hr_differentiated_loop *loop = w->loops.first; loop; loop = loop->next) {
    for (int32_t i = 0; i < loop->exits.count; ++i) {
      const visit *v = visit_of(w, loop->exits.items[i].node);
      if (!v || v->pending != 0) continue;
      --loop->pending_exits;
      if (!v->starts) hr_output_list_add(w->scope, &loop->unused, loop->exits.items[i]);
      if (loop->pending_exits > 0) continue;
      for (int32_t k = 0; k < loop->unused.count; ++k)
        hr_output_list_add(w->scope, &loop->deferred, loop->unused.items[k]);
    }
    /* What enters is visited, whoever needs it. */
    for (int32_t i = 0; i < loop->gradient->forward->enters.count; ++i) {
      visit *v = visit_of(w, loop->gradient->forward->enters.items[i].node);
      if (v && v->pending == 0) v->pending = 1;
    }
  }
  for (hr_differentiated_loop *loop = w->loops.first; loop; loop = loop->next)
    for (int32_t i = 0; i < loop->deferred.count; ++i) {
      if (!hr_is_trainable(loop->deferred.items[i])) continue;
      HR_TRY(give_zeros(w, loop->deferred.items[i]));
      push(w, loop->deferred.items[i].node);
    }
  return HR_SUCCESS;
}

static hr_status visit_node(walk *w, hr_node *node) {
  hr_scope at = w->options->colocate_with_ops ? hr_colocate_with(w->scope, node, false) : w->scope;
  hr_gradient *gradients = hr_arena_zalloc(
      &w->arena, sizeof *gradients * (size_t)(node->num_outputs + node->num_inputs + 1), _Alignof(hr_gradient));
  if (!gradients) return out_of_memory();
  hr_gradient *inputs = gradients + node->num_outputs;
  int32_t num_inputs = node->num_inputs; /* a loop may get more */
  bool any;
  HR_TRY(sum_contributions(w, enter_backward_loop(w, at, node, true), node, gradients, &any));
  hr_gradient_rule rule = {0};
  if (any && !visit_of(w, node)->is_stop) HR_TRY(hr_gradient_rule_find(node, &rule));
  at = enter_backward_loop(w, at, node, false);
  HR_TRY(check_iteration(w, at, node));
  if (rule.function) HR_TRY(differentiate(w, at, node, &rule, gradients, inputs, num_inputs));
  if (!hr_scope_ok(w->scope)) return HR_SUCCESS;
  for (int32_t i = 0; i < num_inputs; ++i) {
    if (hr_gradient_exists(inputs[i])) {
      HR_TRY(carry_shape(node, i, inputs[i]));
      HR_TRY(add_contribution(w, node->inputs[i], inputs[i]));
    }
  }
  for (int32_t i = 0; i < num_inputs; ++i)
    HR_TRY(release(w, node->inputs[i]));
  return HR_SUCCESS;
}

/* ---- the whole ------------------------------------------------------------------------------------------------- */

static hr_status check_outputs(const hr_graph *graph, hr_outputs outputs, const char *what, hr_outputs ys) {
  for (int32_t i = 0; i < outputs.count; ++i) {
    if (!outputs.items[i].node) return hr_error(HR_INVALID_ARGUMENT, "%s[%d] of the gradients is no output", what, i);
    if (hr_node_graph(outputs.items[i].node) != graph)
      return hr_error(
          HR_INVALID_ARGUMENT, "%s[%d] of the gradients of %s, %s, is not from the graph that is being built", what, i,
          ys.count > 0 && ys.items[0].node ? ys.items[0].node->name : "nothing", outputs.items[i].node->name);
  }
  return HR_SUCCESS;
}

/* Sets up the visits of all ids from the first x to the last y or x; of all nodes, where some read ahead. */
static hr_status prepare(walk *w, hr_outputs ys) {
  int32_t first = INT32_MAX, last = -1;
  for (int32_t i = 0; i < w->xs.count; ++i) {
    if (w->xs.items[i].node->id < first) first = w->xs.items[i].node->id;
    if (w->xs.items[i].node->id > last) last = w->xs.items[i].node->id;
  }
  for (int32_t i = 0; i < ys.count; ++i) {
    if (ys.items[i].node->id > last) last = ys.items[i].node->id;
  }
  if (hr_graph_reads_ahead(w->graph)) {
    first = 0;
    last = hr_graph_node_count(w->graph) - 1;
  }
  w->first_id = first;
  w->count = last - first + 1;
  w->capacity = w->count + ys.count + 1;
  w->visits = hr_arena_zalloc(&w->arena, sizeof *w->visits * (size_t)w->count, _Alignof(visit));
  w->reached = hr_arena_zalloc(&w->arena, sizeof *w->reached * (size_t)w->count, 1);
  w->queue = HR_ARENA_ARRAY(&w->arena, hr_node *, w->capacity);
  return w->visits && w->reached && w->queue ? HR_SUCCESS : out_of_memory();
}

static hr_status run_walk(walk *w, hr_outputs ys) {
  HR_TRY(prepare(w, ys));
  HR_TRY(hr_mark_reached(w->graph, w->first_id, w->count, w->xs, w->reached));
  const hr_gradient *given = given_gradients(w, ys);
  if (!given) return out_of_memory();
  for (int32_t i = 0; i < ys.count && hr_scope_ok(w->scope); ++i)
    HR_TRY(start_gradient(w, ys.items[i], given[i], i));
  mark_between(w, ys);
  begin_loops(w);
  count_pending(w);
  for (int32_t i = 0; i < ys.count && hr_scope_ok(w->scope); ++i) {
    visit *v = visit_of(w, ys.items[i].node);
    if (!v || !v->between || v->pending != 0 || v->starts) continue;
    v->starts = true;
    push(w, ys.items[i].node);
  }
  if (hr_scope_ok(w->scope)) HR_TRY(start_unused_exits(w));
  mark_stops(w, w->xs);
  while (w->head < w->tail && hr_scope_ok(w->scope))
    HR_TRY(visit_node(w, w->queue[w->head++]));
  return HR_SUCCESS;
}

hr_output hr_gradient_zeros(hr_scope scope, hr_output x) {
  const hr_handle_data *handle = hr_output_handle_data(x);
  if (!handle || hr_output_base_dtype(x) != HR_RESOURCE) return hr_tf_zeros_like(scope, x);
  return hr_zeros(scope, hr_handle_shape(scope, x, HR_INT32), .dtype = handle->dtype);
}

hr_scope hr_gradients_scope(hr_scope scope, const hr_gradients_options *options) {
  hr_scope inner = hr_name_scope_or(scope, options->name, "gradients");
  (void)hr_unique_name(inner, "uid", true); /* TensorFlow takes this name for itself */
  return inner;
}

static void walk_graph(hr_scope scope, hr_graph *graph, hr_outputs ys, hr_outputs xs, hr_gradient *out,
                       const hr_gradients_options *options, bool goes_on) {
  for (int32_t i = 0; i < xs.count; ++i)
    out[i] = HR_NO_GRADIENT;
  if (!hr_scope_ok(scope) || xs.count == 0) return;
  walk w = {.graph = graph, .options = options, .xs = xs, .scope = scope, .goes_on = goes_on};
  hr_status status = check_outputs(graph, ys, "ys", ys);
  if (!status) status = check_outputs(graph, xs, "xs", ys);
  if (status) {
    hr_scope_fail(scope, status);
    return;
  }
  if (!goes_on) w.scope = hr_gradients_scope(scope, options);
  status = run_walk(&w, ys);
  if (!goes_on) hr_scope_close(w.scope);
  for (const hr_differentiated_loop *loop = w.loops.first; loop && !status; loop = loop->next)
    hr_loop_gradient_close_open_merges(scope, loop->gradient);
  if (status) hr_scope_fail(scope, status);
  for (int32_t i = 0; i < xs.count && hr_scope_ok(scope); ++i) {
    visit *v = visit_of(&w, xs.items[i].node);
    contribution *c = v->outputs ? v->outputs[xs.items[i].index].first : NULL;
    if (c)
      out[i] = hr_plain_gradient(scope, c->gradient);
    else if (w.options->zero_unconnected)
      out[i] = hr_dense_gradient(hr_gradient_zeros(scope, xs.items[i]));
  }
  hr_arena_free(&w.arena);
}

void hr_gradients_of_graph(hr_scope scope, hr_graph *graph, hr_outputs ys, hr_outputs xs, hr_gradient *out,
                           const hr_gradients_options *options) {
  static const hr_gradients_options defaults;
  walk_graph(scope, graph, ys, xs, out, options ? options : &defaults, false);
}

void hr_gradients_go_on(hr_scope scope, hr_graph *graph, hr_outputs ys, hr_outputs xs, hr_gradient *out,
                        const hr_gradients_options *options) {
  walk_graph(scope, graph, ys, xs, out, options, true);
}

void hr_gradients_with(hr_scope scope, hr_outputs ys, hr_outputs xs, hr_gradient *out,
                       const hr_gradients_options *options) {
  static const hr_gradients_options defaults;
  hr_graph *graph = hr_scope_graph(scope);
  bool across = false, usable = hr_scope_ok(scope);
  for (int32_t i = 0; i < xs.count; ++i) {
    usable &= xs.items[i].node != NULL;
    across |= usable && xs.items[i].node->graph != graph && hr_graph_may_capture(graph, xs.items[i].node->graph);
  }
  for (int32_t i = 0; i < ys.count; ++i)
    usable &= ys.items[i].node != NULL;
  if (across && usable)
    hr_gradients_across(scope, ys, xs, out, options ? options : &defaults);
  else
    hr_gradients_of_graph(scope, graph, ys, xs, out, options);
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
