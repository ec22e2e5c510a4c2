/* Training ops whose gradient is a matrix product that nobody else reads: the product is made in pieces, which are used
 * up while they are in the cache. */
#include "runtime/plan/fuse.h"
#include "runtime/plan/kernel_registry.h"
#include "runtime/plan/rewrite.h"
#include <string.h>

/* How far a value's origin is looked for. */
enum { DEPTH = 16 };

typedef struct fuser {
  hr_rewriting *r;
  int32_t *readers;    /* by place: inputs that it is */
  bool *is_waited_for; /* by place: for more than a NoOp */
} fuser;

static hr_status count_readers(fuser *f) {
  const hr_plan *plan = f->r->plan;
  size_t count = (size_t)plan->num_nodes + 1;
  f->readers = hr_arena_zalloc(&f->r->scratch, sizeof *f->readers * count, _Alignof(int32_t));
  f->is_waited_for = hr_arena_zalloc(&f->r->scratch, count, 1);
  if (!f->readers || !f->is_waited_for) return hr_error_out_of_memory(sizeof *f->readers * count, "a plan");
  for (int32_t i = 0; i < plan->num_nodes; ++i) {
    const hr_node *node = plan->nodes[i].node;
    if (f->r->removed[i]) continue;
    for (int32_t k = 0; k < node->num_inputs; ++k) {
      int32_t input = hr_place_of(f->r, hr_follow_alias(plan, node->inputs[k]).node);
      if (input >= 0) ++f->readers[input];
    }
    for (int32_t k = 0; k < node->num_control_inputs; ++k) {
      int32_t input = hr_place_of(f->r, hr_follow_node(plan, node->control_inputs[k]));
      if (input >= 0 && strcmp(node->op->name, "NoOp") != 0) f->is_waited_for[input] = true;
    }
  }
  return HR_SUCCESS;
}

/* The gradient's place among a dense update's inputs, or -1. */
static int32_t gradient_of(const hr_plan_node *update) {
  const hr_op_def *op = update->node->op;
  int32_t gradient = -1;
  if (!(update->kernel->flags & HR_KERNEL_UPDATE) || op->num_inputs >= HR_MAX_UPDATE_INPUTS) return -1;
  for (int32_t i = 0; i < op->num_inputs; ++i) {
    if (strcmp(op->inputs[i].name, "indices") == 0) return -1;
    if (strcmp(op->inputs[i].name, "grad") == 0 || strcmp(op->inputs[i].name, "delta") == 0) gradient = i;
  }
  return gradient;
}

/* Not the memory of a variable, which another update may change meanwhile. A stateless node's result is new, or shares
 * the memory of an input of its type. */
static bool is_settled(const fuser *f, hr_output value, int depth) {
  const hr_plan *plan = f->r->plan;
  hr_output source = hr_follow_alias(plan, value);
  int32_t place = hr_place_of(f->r, source.node);
  if (hr_dtype_is_ref(hr_output_dtype(source))) return false;
  if (place < 0) return true; /* a feed, a constant */
  const hr_plan_node *n = &plan->nodes[place];
  const char *op = n->node->op->name;
  if ((n->kernel->flags & HR_KERNEL_ELEMENTWISE) || strcmp(op, HR_FUSED_OP) == 0 || strcmp(op, "MatMul") == 0)
    return true;
  if ((n->node->op->flags & HR_OP_STATEFUL) || hr_control_of(n->node) != HR_CONTROL_NONE || depth == 0) return false;
  for (int32_t i = 0; i < n->node->num_inputs; ++i)
    if (hr_dtype_base(hr_output_dtype(n->node->inputs[i])) == hr_output_dtype(source) &&
        !is_settled(f, n->node->inputs[i], depth - 1))
      return false;
  return true;
}

static bool in_same_branch(const hr_plan *plan, int32_t a, int32_t b) {
  return !plan->flow || (plan->flow->nodes[a].loop == plan->flow->nodes[b].loop &&
                         plan->flow->nodes[a].condition == plan->flow->nodes[b].condition);
}

/* The product that the gradient is, through the Identity nodes that keep it until all gradients are there; -1. */
static int32_t product_of(const fuser *f, int32_t update, int32_t gradient, const hr_node **waits) {
  const hr_plan *plan = f->r->plan;
  hr_output value = hr_follow_alias(plan, plan->nodes[update].node->inputs[gradient]);
  *waits = NULL;
  for (;;) {
    int32_t place = hr_place_of(f->r, value.node);
    if (place < 0 || f->readers[place] != 1 || f->is_waited_for[place] || !hr_is_replaceable(f->r, place) ||
        !in_same_branch(plan, place, update))
      return -1;
    const hr_plan_node *n = &plan->nodes[place];
    if (strcmp(value.node->op->name, "MatMul") == 0) {
      bool is_simple = n->node->num_control_inputs == 0 && hr_node_output_dtype(n->node, 0) == HR_FLOAT &&
                       n->device == plan->nodes[update].device && !n->device->stream &&
                       is_settled(f, n->node->inputs[0], DEPTH) && is_settled(f, n->node->inputs[1], DEPTH);
      return is_simple ? place : -1;
    }
    if (strcmp(value.node->op->name, "Identity") != 0 || *waits) return -1;
    *waits = value.node;
    value = hr_follow_alias(plan, value.node->inputs[0]);
  }
}

/* The inputs of the update, the gradient's place taken by the product's first factor, and the second one behind them.
 */
static hr_status make_node(fuser *f, int32_t update, int32_t gradient, int32_t product, const hr_node *waits) {
  hr_plan *plan = f->r->plan;
  hr_arena *arena = &plan->arena;
  hr_plan_node *plan_node = &plan->nodes[update];
  const hr_node *old = plan_node->node, *factors = plan->nodes[product].node;
  int32_t inputs = old->num_inputs + 1, controls = old->num_control_inputs + (waits ? waits->num_control_inputs : 0);
  hr_fused_update *fused = hr_arena_zalloc(arena, sizeof *fused, _Alignof(max_align_t));
  hr_output *sources = hr_arena_zalloc(arena, sizeof *sources * (size_t)inputs, _Alignof(hr_output));
  hr_node **waited = hr_arena_zalloc(arena, sizeof *waited * ((size_t)controls + 1), _Alignof(hr_node *));
  if (!fused || !sources || !waited) return hr_error_out_of_memory(sizeof *fused, "the fusion of nodes");
  memcpy(&fused->product, &plan->nodes[product], sizeof fused->product);
  memcpy(&fused->update, plan_node, sizeof fused->update);
  fused->gradient = gradient;
  memcpy(sources, old->inputs, sizeof *sources * (size_t)old->num_inputs);
  sources[gradient] = factors->inputs[0];
  sources[inputs - 1] = factors->inputs[1];
  int32_t place = 0;
  for (int32_t i = 0; i < old->num_control_inputs; ++i)
    waited[place++] = old->control_inputs[i];
  for (int32_t i = 0; waits && i < waits->num_control_inputs; ++i)
    waited[place++] = waits->control_inputs[i];

  memcpy(fused->arguments, old->op->inputs, sizeof *fused->arguments * old->op->num_inputs);
  fused->arguments[inputs - 1] = fused->arguments[gradient];
  fused->op = *old->op;
  fused->op.name = HR_FUSED_UPDATE_OP;
  fused->op.id = -1;
  fused->op.inputs = fused->arguments;
  fused->op.num_inputs = (uint16_t)inputs;
  hr_node *node = &fused->node;
  memcpy(node, old, sizeof *node);
  node->op = &fused->op;
  node->inputs = sources;
  node->num_inputs = inputs;
  node->control_inputs = waited;
  node->num_control_inputs = controls;
  f->r->removed[product] = true;
  if (waits) f->r->removed[hr_place_of(f->r, waits)] = true;
  *plan_node = (hr_plan_node){.node = node,
                              .device = plan_node->device,
                              .num_inputs = inputs,
                              .num_outputs = plan_node->num_outputs,
                              .lane = plan_node->lane,
                              .transit = -1};
  HR_TRY(hr_kernel_find(node, plan_node->device->type, &plan_node->kernel));
  plan_node->state = fused;
  return HR_SUCCESS;
}

hr_status hr_fuse_updates(hr_rewriting *r) {
  fuser f = {.r = r};
  for (int32_t i = 0; i < r->plan->num_nodes; ++i) {
    int32_t gradient = r->removed[i] ? -1 : gradient_of(&r->plan->nodes[i]);
    if (gradient < 0) continue;
    if (!f.readers) HR_TRY(count_readers(&f));
    const hr_node *waits;
    int32_t product = product_of(&f, i, gradient, &waits);
    if (product >= 0) HR_TRY(make_node(&f, i, gradient, product, waits));
  }
  return HR_SUCCESS;
}
