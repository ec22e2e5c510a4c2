/* Gradients in the body of a function, of what it computes from tensors of graphs around: the walk goes on behind what
 * was captured, and all that it builds is in the body. */
#include "builder/builder.h"
#include "builder/gradient_reach.h"
#include "builder/gradients.h"
#include "runtime/graph/function_graph.h"

/* A graph, the body's or one around. `xs` are where the walk in it ends: xs of the program, or what stands for a tensor
 * of a graph around that depends on some. Lists are the body's. */
typedef struct level {
  hr_graph *graph;
  int32_t count;
  hr_output *xs, *outside; /* no output outside: the program's */
  int32_t *index;          /* among the program's */
  bool *reached;           /* by id, from the xs */
  hr_outputs ys;
  hr_gradient *given;
} level;

static const level *level_of(int32_t count, const level *levels, const hr_node *node) {
  for (int32_t i = 0; i < count; ++i)
    if (levels[i].graph == hr_node_graph(node)) return &levels[i];
  return NULL;
}

static void add_x(level *l, hr_output x, hr_output outside, int32_t index) {
  l->xs[l->count] = x;
  l->outside[l->count] = outside;
  l->index[l->count++] = index;
}

/* The levels around are complete. */
static bool find_xs(hr_scope scope, int32_t count, level *levels, int32_t at, hr_outputs xs) {
  level *l = &levels[at];
  hr_outputs outside, inside;
  hr_captured(l->graph, &outside, &inside);
  size_t most = (size_t)xs.count + (size_t)outside.count + 1;
  int32_t nodes = hr_graph_node_count(l->graph);
  l->xs = hr_keep_bytes(scope, sizeof *l->xs * most);
  l->outside = hr_keep_bytes(scope, sizeof *l->outside * most);
  l->index = hr_keep_bytes(scope, sizeof *l->index * most);
  l->reached = hr_keep_bytes(scope, (size_t)nodes + 1);
  if (!l->xs || !l->outside || !l->index || !l->reached) return false;
  memset(l->reached, 0, (size_t)nodes + 1);
  for (int32_t i = 0; i < xs.count; ++i)
    if (hr_node_graph(xs.items[i].node) == l->graph) add_x(l, xs.items[i], HR_NO_OUTPUT, i);
  for (int32_t i = 0; i < outside.count; ++i) {
    const level *around = level_of(count, levels, outside.items[i].node);
    bool depends = around && around->reached && hr_is_trainable(outside.items[i]);
    if (depends && around->reached[outside.items[i].node->id]) add_x(l, inside.items[i], outside.items[i], -1);
  }
  if (l->count == 0) return true;
  hr_scope_fail(scope, hr_mark_reached(l->graph, 0, nodes, (hr_outputs){l->count, l->xs}, l->reached));
  return hr_scope_ok(scope);
}

static bool add_y(hr_scope scope, int32_t count, level *levels, hr_output y, hr_gradient given) {
  level *l = (level *)(uintptr_t)level_of(count, levels, y.node);
  if (!l) {
    hr_refuse(scope, "%s is not from the graph that is being built", y.node->name);
    return false;
  }
  hr_output *ys = hr_keep_bytes(scope, sizeof *ys * ((size_t)l->ys.count + 1));
  hr_gradient *all = hr_keep_bytes(scope, sizeof *all * ((size_t)l->ys.count + 1));
  if (!ys || !all) return false;
  if (l->ys.count) memcpy(ys, l->ys.items, sizeof *ys * (size_t)l->ys.count);
  if (l->ys.count) memcpy(all, l->given, sizeof *all * (size_t)l->ys.count);
  ys[l->ys.count] = y;
  all[l->ys.count] = given;
  l->ys = (hr_outputs){l->ys.count + 1, ys};
  l->given = all;
  return true;
}

/* The gradients in one graph; those of what it has captured go to the levels around. */
static bool walk_level(hr_scope scope, int32_t count, level *levels, int32_t at, hr_gradient *out,
                       const hr_gradients_options *options) {
  level *l = &levels[at];
  if (l->count == 0 || l->ys.count == 0) return true;
  hr_gradient *found = hr_keep_bytes(scope, sizeof *found * (size_t)l->count);
  if (!found) return false;
  hr_gradients_options own = *options;
  own.grad_ys = l->given;
  own.grad_y_values = NULL;
  own.zero_unconnected = false;
  hr_gradients_go_on(scope, l->graph, l->ys, (hr_outputs){l->count, l->xs}, found, &own);
  for (int32_t i = 0; i < l->count && hr_scope_ok(scope); ++i) {
    if (l->index[i] >= 0)
      out[l->index[i]] = found[i];
    else if (hr_gradient_exists(found[i]))
      add_y(scope, count, levels, l->outside[i], found[i]);
  }
  return hr_scope_ok(scope);
}

/* In the scope of the gradients' name, which all graphs share. */
static void walk_levels(hr_scope scope, hr_outputs ys, hr_outputs xs, hr_gradient *out,
                        const hr_gradients_options *options) {
  int32_t count = 0;
  for (hr_graph *g = hr_scope_graph(scope); g; g = hr_graph_outer(g))
    ++count;
  level *levels = hr_keep_bytes(scope, sizeof *levels * (size_t)count);
  if (!levels) return;
  memset(levels, 0, sizeof *levels * (size_t)count);
  count = 0;
  for (hr_graph *g = hr_scope_graph(scope); g; g = hr_graph_outer(g))
    levels[count++].graph = g;
  for (int32_t i = 0; i < xs.count; ++i)
    out[i] = HR_NO_GRADIENT;
  for (int32_t at = count; at-- > 0;)
    if (!find_xs(scope, count, levels, at, xs)) return;
  for (int32_t i = 0; i < ys.count; ++i) {
    hr_gradient given = options->grad_ys ? options->grad_ys[i] : HR_NO_GRADIENT;
    if (!hr_gradient_exists(given) && options->grad_y_values && hr_operand_is_given(options->grad_y_values[i]))
      given = hr_dense_gradient(
          hr_convert(scope, options->grad_y_values[i], HR_INVALID, hr_keep_printf(scope, "grad_y_%d", (int)i)));
    if (!hr_scope_ok(scope)) return;
    hr_scope beside = options->colocate_with_ops ? hr_colocate_with(scope, ys.items[i].node, false) : scope;
    hr_scope_fail(scope, hr_gradient_of_y(beside, ys.items[i], given, i, &given));
    if (!hr_scope_ok(scope) || !add_y(scope, count, levels, ys.items[i], given)) return;
  }
  for (int32_t at = 0; at < count; ++at)
    if (!walk_level(scope, count, levels, at, out, options)) return;
}

void hr_gradients_across(hr_scope scope, hr_outputs ys, hr_outputs xs, hr_gradient *out,
                         const hr_gradients_options *options) {
  hr_scope inner = hr_gradients_scope(scope, options);
  if (!hr_scope_ok(inner)) return;
  walk_levels(inner, ys, xs, out, options);
  hr_scope_close(inner);
  for (int32_t i = 0; options->zero_unconnected && i < xs.count && hr_scope_ok(scope); ++i)
    if (!hr_gradient_exists(out[i])) out[i] = hr_dense_gradient(hr_gradient_zeros(scope, xs.items[i]));
}
