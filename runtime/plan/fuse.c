/* Fusion of elementwise nodes: a group grows along the edges of nodes of one shape, and runs where its last member
 * stood; so nobody outside may read a member before that. What a run asks for may be the last member only. */
#include "runtime/plan/fuse.h"
#include "runtime/plan/kernel_registry.h"
#include "runtime/plan/rewrite.h"
#include <string.h>

#define NEW_ARRAY(arena, pointer, count)                                                                               \
  do {                                                                                                                 \
    (pointer) = hr_arena_zalloc((arena), sizeof *(pointer) * ((size_t)(count) + 1), _Alignof(max_align_t));            \
    if (!(pointer)) return hr_error_out_of_memory(sizeof *(pointer) * (size_t)(count), "the fusion of nodes");         \
  } while (0)

static const hr_arg_def fused_inputs[] = {{.name = "inputs", .type_attr = -1, .number_attr = -1, .type_list_attr = 0}};
static const hr_arg_def fused_outputs[] = {
    {.name = "outputs", .type_attr = -1, .number_attr = -1, .type_list_attr = 1}};
static const hr_attr_def fused_attrs[] = {{.name = "Tin", .kind = HR_ATTR_TYPE, .is_list = true},
                                          {.name = "Tout", .kind = HR_ATTR_TYPE, .is_list = true}};
static const hr_op_def fused_op = {.name = HR_FUSED_OP,
                                   .id = -1,
                                   .num_inputs = 1,
                                   .num_outputs = 1,
                                   .num_attrs = 2,
                                   .inputs = fused_inputs,
                                   .outputs = fused_outputs,
                                   .attrs = fused_attrs,
                                   .doc = "Elementwise nodes that a plan runs as one."};

typedef struct group {
  int32_t count;
  int32_t members[HR_MAX_FUSED_MEMBERS]; /* places, rising */
} group;

typedef struct fuser {
  hr_rewriting *r;
  int32_t *first_consumer, *consumers; /* by place: the places that read it or wait for it */
  int32_t *group_of;                   /* of a place: index into groups, -1 */
  group *groups;
  int32_t num_groups;
} fuser;

static int32_t producer_of(const fuser *f, hr_output input) {
  return hr_place_of(f->r, hr_follow_alias(f->r->plan, input).node);
}

static int32_t edge_at(const fuser *f, const hr_node *node, int32_t edge) {
  if (edge < node->num_inputs) return producer_of(f, node->inputs[edge]);
  return hr_place_of(f->r, hr_follow_node(f->r->plan, node->control_inputs[edge - node->num_inputs]));
}

static hr_status find_consumers(fuser *f) {
  const hr_plan *plan = f->r->plan;
  NEW_ARRAY(&f->r->scratch, f->first_consumer, plan->num_nodes + 1);
  int32_t edges = 0, *next = NULL;
  for (int pass = 0; pass < 2; ++pass) {
    if (pass == 1) {
      for (int32_t i = 0; i < plan->num_nodes; ++i)
        f->first_consumer[i + 1] += f->first_consumer[i];
      NEW_ARRAY(&f->r->scratch, f->consumers, edges);
      NEW_ARRAY(&f->r->scratch, next, plan->num_nodes);
      memcpy(next, f->first_consumer, sizeof *next * (size_t)plan->num_nodes);
    }
    for (int32_t i = 0; i < plan->num_nodes; ++i) {
      const hr_node *node = plan->nodes[i].node;
      if (f->r->removed[i]) continue;
      for (int32_t e = 0; e < node->num_inputs + node->num_control_inputs; ++e) {
        int32_t producer = edge_at(f, node, e);
        if (producer < 0) continue;
        if (pass == 0) {
          ++f->first_consumer[producer + 1];
          ++edges;
        } else {
          f->consumers[next[producer]++] = i;
        }
      }
    }
  }
  return HR_SUCCESS;
}

/* Has the device a kernel for groups, and are the node's values all in its own memory? */
static bool fuses_there(const hr_plan_node *n) {
  static const hr_node any = {.op = &fused_op};
  return n->device->host_memory || (!n->kernel->host_memory && hr_kernel_lookup(&any, n->device->type));
}

/* A kernel that says so, and more than a scalar as far as is known. */
static bool is_fusable(const fuser *f, int32_t place) {
  const hr_plan_node *n = &f->r->plan->nodes[place];
  return (n->kernel->flags & HR_KERNEL_ELEMENTWISE) && n->num_outputs == 1 && n->num_inputs <= 2 &&
         hr_output_shape((hr_output){(hr_node *)(uintptr_t)n->node, 0})->rank > 0 && !n->kernel->create &&
         fuses_there(n) && hr_is_pure(f->r, place) && !hr_is_fed(f->r->request, n->node);
}

/* Fetched, or a target. It may end a group, whose node then is that which is asked for. */
static bool is_wanted(const fuser *f, int32_t place) {
  return hr_node_set_has(&f->r->wanted, f->r->plan->nodes[place].node->id);
}

static bool is_complete(const fuser *f, const group *g) { return is_wanted(f, g->members[g->count - 1]); }

static bool fits(const fuser *f, int32_t place, int32_t member) {
  const hr_plan *plan = f->r->plan;
  const hr_plan_node *a = &plan->nodes[place], *b = &plan->nodes[member];
  if (a->device != b->device) return false;
  if (plan->flow && (plan->flow->nodes[place].loop != plan->flow->nodes[member].loop ||
                     plan->flow->nodes[place].condition != plan->flow->nodes[member].condition))
    return false;
  return hr_partial_shape_equal(hr_output_shape((hr_output){(hr_node *)(uintptr_t)a->node, 0}),
                                hr_output_shape((hr_output){(hr_node *)(uintptr_t)b->node, 0}));
}

/* Nobody outside `g` (and `with`) reads a member before `place`. */
static bool is_free_until(const fuser *f, int32_t g, int32_t with, int32_t place) {
  for (int32_t m = 0; m < f->groups[g].count; ++m) {
    int32_t member = f->groups[g].members[m];
    for (int32_t c = f->first_consumer[member]; c < f->first_consumer[member + 1]; ++c) {
      int32_t reader = f->consumers[c];
      if (reader < place && f->group_of[reader] != g && (with < 0 || f->group_of[reader] != with)) return false;
    }
  }
  return true;
}

/* The inputs and outputs that the group would have with these members; false where there are too many. */
static bool is_small_enough(const fuser *f, const group *g) {
  const hr_plan *plan = f->r->plan;
  hr_output inputs[HR_MAX_FUSED_INPUTS];
  int32_t num_inputs = 0, num_outputs = 1, index = g->count ? f->group_of[g->members[0]] : -1;
  for (int32_t m = 0; m < g->count; ++m) {
    const hr_node *node = plan->nodes[g->members[m]].node;
    bool is_read_outside = false;
    for (int32_t c = f->first_consumer[g->members[m]]; c < f->first_consumer[g->members[m] + 1]; ++c)
      is_read_outside |= f->group_of[f->consumers[c]] != index;
    num_outputs += is_read_outside;
    for (int32_t i = 0; i < node->num_inputs; ++i) {
      hr_output input = hr_follow_alias(plan, node->inputs[i]);
      int32_t producer = hr_place_of(f->r, input.node), k = 0;
      if (producer >= 0 && f->group_of[producer] == index) continue;
      while (k < num_inputs && !hr_output_equal(inputs[k], input))
        ++k;
      if (k < num_inputs) continue;
      if (num_inputs == HR_MAX_FUSED_INPUTS) return false;
      inputs[num_inputs++] = input;
    }
  }
  return num_outputs <= HR_MAX_FUSED_OUTPUTS;
}

/* Adds `place` to group g; takes it out again where the group becomes too large. */
static bool try_join(fuser *f, int32_t place, int32_t g) {
  group *to = &f->groups[g];
  if (to->count == HR_MAX_FUSED_MEMBERS || is_complete(f, to) || !fits(f, place, to->members[0]) ||
      !is_free_until(f, g, -1, place))
    return false;
  to->members[to->count++] = place;
  f->group_of[place] = g;
  if (is_small_enough(f, to)) return true;
  --to->count;
  f->group_of[place] = -1;
  return false;
}

/* The groups that both operands of `place` belong to become one. */
static void try_merge(fuser *f, int32_t place, int32_t other) {
  int32_t g = f->group_of[place];
  if (other == g) return;
  group *to = &f->groups[g], *from = &f->groups[other], merged = {0};
  if (to->count + from->count > HR_MAX_FUSED_MEMBERS || is_complete(f, from) || !fits(f, place, from->members[0]) ||
      !is_free_until(f, other, g, place) || !is_free_until(f, g, other, place))
    return;
  for (int32_t i = 0, j = 0; i < to->count || j < from->count;)
    merged.members[merged.count++] = j == from->count || (i < to->count && to->members[i] < from->members[j])
                                         ? to->members[i++]
                                         : from->members[j++];
  for (int32_t m = 0; m < from->count; ++m)
    f->group_of[from->members[m]] = g;
  group before = *to;
  *to = merged;
  if (is_small_enough(f, to)) {
    from->count = 0;
    return;
  }
  *to = before;
  for (int32_t m = 0; m < from->count; ++m)
    f->group_of[from->members[m]] = other;
}

static void find_groups(fuser *f) {
  const hr_plan *plan = f->r->plan;
  for (int32_t i = 0; i < plan->num_nodes; ++i)
    f->group_of[i] = -1;
  for (int32_t i = 0; i < plan->num_nodes; ++i) {
    if (f->r->removed[i] || !is_fusable(f, i)) continue;
    const hr_node *node = plan->nodes[i].node;
    for (int32_t k = 0; k < node->num_inputs; ++k) {
      int32_t producer = producer_of(f, node->inputs[k]);
      int32_t g = producer < 0 ? -1 : f->group_of[producer];
      if (g < 0 || f->groups[g].count == 0) continue;
      if (f->group_of[i] >= 0)
        try_merge(f, i, g);
      else
        try_join(f, i, g);
    }
    if (f->group_of[i] >= 0) continue;
    f->groups[f->num_groups] = (group){.count = 1, .members = {i}};
    f->group_of[i] = f->num_groups++;
  }
}

/* ---- the node of a group ----------------------------------------------------------------------------------------- */

static hr_status new_types(hr_arena *arena, int32_t count, hr_attr_value *out, int32_t **types) {
  NEW_ARRAY(arena, *types, count);
  *out = (hr_attr_value){.kind = HR_ATTR_TYPE, .is_list = true, .count = count, .types = *types};
  return HR_SUCCESS;
}

static bool is_read_outside(const fuser *f, int32_t place) {
  for (int32_t c = f->first_consumer[place]; c < f->first_consumer[place + 1]; ++c)
    if (f->group_of[f->consumers[c]] != f->group_of[place]) return true;
  return false;
}

/* Members, operands and outputs; the inputs of the group into `inputs`. */
static void describe(const fuser *f, const group *g, hr_fused_group *fused, hr_output *inputs, int32_t *num_inputs,
                     int32_t *num_outputs) {
  const hr_plan *plan = f->r->plan;
  *num_inputs = 0;
  *num_outputs = 1;
  fused->num_members = g->count;
  for (int32_t m = 0; m < g->count; ++m) {
    int32_t place = g->members[m];
    memcpy(&fused->members[m], &plan->nodes[place], sizeof fused->members[m]);
    bool is_last = m == g->count - 1;
    fused->output_of[m] = is_last ? 0 : is_read_outside(f, place) ? (*num_outputs)++ : -1;
    const hr_node *node = plan->nodes[place].node;
    for (int32_t i = 0; i < node->num_inputs; ++i) {
      hr_output input = hr_follow_alias(plan, node->inputs[i]);
      int32_t producer = hr_place_of(f->r, input.node), k = 0;
      if (producer >= 0 && f->group_of[producer] == f->group_of[place]) {
        while (g->members[k] != producer)
          ++k;
        fused->operands[m][i] = ~k;
        continue;
      }
      while (k < *num_inputs && !hr_output_equal(inputs[k], input))
        ++k;
      if (k == *num_inputs) inputs[(*num_inputs)++] = input;
      fused->operands[m][i] = k;
    }
  }
}

/* Control inputs of all members but those that are members. */
static hr_status gather_controls(const fuser *f, const group *g, hr_node *node) {
  int32_t most = 0;
  for (int32_t m = 0; m < g->count; ++m)
    most += f->r->plan->nodes[g->members[m]].node->num_control_inputs;
  NEW_ARRAY(&f->r->plan->arena, node->control_inputs, most);
  for (int32_t m = 0; m < g->count; ++m) {
    const hr_node *member = f->r->plan->nodes[g->members[m]].node;
    for (int32_t c = 0; c < member->num_control_inputs; ++c) {
      int32_t place = hr_place_of(f->r, hr_follow_node(f->r->plan, member->control_inputs[c]));
      if (place < 0 || f->group_of[place] == f->group_of[g->members[m]]) continue;
      node->control_inputs[node->num_control_inputs++] = member->control_inputs[c];
    }
  }
  return HR_SUCCESS;
}

static hr_status make_node(fuser *f, const group *g) {
  hr_plan *plan = f->r->plan;
  hr_arena *arena = &plan->arena;
  hr_fused_group *fused = hr_arena_zalloc(arena, sizeof *fused, _Alignof(max_align_t));
  if (!fused) return hr_error_out_of_memory(sizeof *fused, "the fusion of nodes");
  hr_output inputs[HR_MAX_FUSED_INPUTS];
  int32_t num_inputs, num_outputs, *in_types, *out_types;
  describe(f, g, fused, inputs, &num_inputs, &num_outputs);
  int32_t place = g->members[g->count - 1];
  const hr_node *last = plan->nodes[place].node;
  hr_node *node = &fused->node;
  node->op = &fused_op;
  node->graph = last->graph;
  node->name = last->name;
  node->name_length = last->name_length;
  node->id = last->id;
  node->where = last->where;
  atomic_init(&node->device, atomic_load(&((hr_node *)(uintptr_t)last)->device));
  node->num_inputs = num_inputs;
  node->num_outputs = num_outputs;
  NEW_ARRAY(arena, node->attrs, fused_op.num_attrs);
  HR_TRY(new_types(arena, num_inputs, &node->attrs[0], &in_types));
  HR_TRY(new_types(arena, num_outputs, &node->attrs[1], &out_types));
  NEW_ARRAY(arena, node->inputs, num_inputs);
  NEW_ARRAY(arena, node->output_dtypes, num_outputs);
  for (int32_t i = 0; i < num_inputs; ++i) {
    node->inputs[i] = inputs[i];
    in_types[i] = (int32_t)hr_dtype_base(hr_output_dtype(inputs[i]));
  }
  NEW_ARRAY(arena, node->output_shapes, num_outputs);
  for (int32_t m = 0; m < g->count; ++m) {
    int32_t k = fused->output_of[m];
    if (k < 0) continue;
    const hr_node *member = plan->nodes[g->members[m]].node;
    out_types[k] = node->output_dtypes[k] = member->output_dtypes[0];
    atomic_init(&node->output_shapes[k], hr_output_shape((hr_output){(hr_node *)(uintptr_t)member, 0}));
  }
  HR_TRY(gather_controls(f, g, node));
  for (int32_t m = 0; m < g->count - 1; ++m)
    hr_leave_out(f->r, g->members[m], node, fused->output_of[m]);
  hr_plan_node *plan_node = &plan->nodes[place];
  *plan_node = (hr_plan_node){.node = node,
                              .device = plan_node->device,
                              .lane = plan_node->lane,
                              .num_inputs = num_inputs,
                              .num_outputs = num_outputs,
                              .transit = -1};
  HR_TRY(hr_kernel_find(node, plan_node->device->type, &plan_node->kernel));
  hr_kernel_construction construction = {.node = node, .allocator = plan_node->device->allocator};
  return plan_node->kernel->create(&construction, &plan_node->state);
}

hr_status hr_fuse_elementwise(hr_rewriting *r) {
  fuser f = {.r = r};
  NEW_ARRAY(&r->scratch, f.group_of, r->plan->num_nodes);
  int32_t fusable = 0;
  for (int32_t i = 0; i < r->plan->num_nodes; ++i)
    fusable += !r->removed[i] && is_fusable(&f, i);
  if (fusable < 2) return HR_SUCCESS;
  HR_TRY(find_consumers(&f));
  NEW_ARRAY(&r->scratch, f.groups, fusable);
  find_groups(&f);
  for (int32_t g = 0; g < f.num_groups; ++g)
    if (f.groups[g].count > 1) HR_TRY(make_node(&f, &f.groups[g]));
  return HR_SUCCESS;
}
