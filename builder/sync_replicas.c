/* Synchronous training: accumulators beside the variables, tokens for the workers, one update by the chief. */
#include "headrace/sync_replicas.h"
#include "builder/builder.h"
#include "headrace/accumulators.h"

/* What is being built. */
typedef struct build {
  hr_sync_replicas sync;
  hr_sync_replicas_options options;
  int32_t count;
  const hr_vars *vars;
  const hr_gradient *given;
  hr_gradient *taken;      /* the means */
  hr_output *accumulators; /* HR_NO_OUTPUT for variables without a gradient */
  hr_node **added;         /* the nodes that add gradients, at first; then those that set accumulators' steps */
} build;

static const char *device_of(const hr_var *var) { return hr_node_device(hr_var_ref(var).node); }

/* Beside a variable, under a name of the root. */
static hr_scope beside(hr_scope scope, const hr_var *var) {
  return hr_name_scope(hr_device_scope(scope, device_of(var)), "");
}

/* ---- the worker's step ----------------------------------------------------------------------------------------- */

static void make_local_step(hr_scope scope, build *b) {
  static const char *const local[] = {HR_LOCAL_VARIABLES};
  const hr_strings collections = {1, local};
  hr_node *anchor = hr_no_op(scope); /* the variable stays on the worker, whatever a device function says */
  HR_WITH (s, hr_colocate_with(scope, anchor, false)) {
    b->sync.local_step =
        hr_tf_variable(s, 0, .name = "sync_rep_local_step", .dtype = hr_dtype_base(hr_var_dtype(b->sync.global_step)),
                       .trainable = false, .collections = &collections);
  }
  if (!hr_scope_ok(scope)) return;
  b->sync.local_step_init_op = hr_var_assign(scope, b->sync.local_step, b->sync.global_step);
  hr_vars globals;
  hr_status status = hr_collection_vars(hr_scope_graph(scope), HR_GLOBAL_VARIABLES, NULL, &globals);
  if (status) {
    hr_scope_fail(scope, status);
    return;
  }
  b->sync.ready_for_local_init_op = hr_report_uninitialized_variables(scope, .vars = &globals);
  free((void *)globals.items);
}

/* ---- accumulators ---------------------------------------------------------------------------------------------- */

static hr_node *accumulate(hr_scope s, build *b, int32_t i) {
  hr_var *var = b->vars->items[i];
  hr_gradient gradient = b->given[i];
  hr_operand step = hr_operand_variable(b->sync.local_step);
  const char *shared_name = hr_keep_printf(s, "%s:0/grad_accum", hr_var_name(var));
  hr_dtype dtype = hr_output_base_dtype(gradient.value);
  int32_t needed = b->sync.replicas_to_aggregate;
  if (!hr_gradient_is_sparse(gradient)) {
    b->accumulators[i] = hr_accumulator(s, dtype, .shape = *hr_var_shape(var), .shared_name = shared_name);
    hr_node *added = hr_accumulator_apply(s, b->accumulators[i], gradient.value, .local_step = step);
    b->taken[i] = hr_dense_gradient(hr_accumulator_take(s, b->accumulators[i], needed));
    return added;
  }
  b->accumulators[i] = hr_sparse_accumulator(s, dtype, .shape = HR_SHAPE(), .shared_name = shared_name);
  hr_node *added = hr_sparse_accumulator_apply(s, b->accumulators[i], gradient.indices, gradient.value,
                                               .shape = hr_operand_output(gradient.dense_shape), .local_step = step);
  b->taken[i] = hr_sparse_accumulator_take(s, b->accumulators[i], needed);
  return added;
}

/* How many gradients there are. */
static int32_t accumulate_all(hr_scope scope, build *b) {
  int32_t count = 0;
  for (int32_t i = 0; i < b->count && hr_scope_ok(scope); ++i) {
    b->taken[i] = HR_NO_GRADIENT;
    if (hr_gradient_exists(b->given[i]))
      b->added[count++] = accumulate(hr_device_scope(scope, device_of(b->vars->items[i])), b, i);
  }
  return count;
}

/* ---- the update, tokens ---------------------------------------------------------------------------------------- */

static hr_node *put_tokens(hr_scope s, const hr_sync_replicas *sync, int32_t count) {
  hr_output tokens = hr_call_one(
      s, "Fill", NULL, HR_OPERANDS(hr_operand_ints((hr_ints){1, (int64_t[]){count}}), sync->global_step), HR_NO_ATTRS);
  return hr_enqueue_many(s, sync->tokens, HR_OPERANDS(tokens));
}

static hr_node *update(hr_scope scope, hr_optimizer *optimizer, build *b) {
  hr_scope s = beside(scope, b->sync.global_step);
  if (b->options.apply) return b->options.apply(b->options.argument, s, *b->vars, b->taken, b->sync.global_step);
  return hr_apply_gradients(s, optimizer, *b->vars, b->taken, .global_step = b->sync.global_step);
}

static void make_queues(hr_scope scope, build *b) {
  hr_scope s = beside(scope, b->sync.global_step);
  hr_dtype dtype = hr_dtype_base(hr_var_dtype(b->sync.global_step));
  b->sync.tokens = hr_fifo_queue(s, -1, HR_TYPES(dtype), .shapes = HR_SHAPES(HR_SHAPE()), .name = "sync_token_q",
                                 .shared_name = "sync_token_q");
  b->sync.stand_in = hr_fifo_queue(s, 1, HR_TYPES(HR_INT32), .shapes = HR_SHAPES(HR_SHAPE()), .name = "dummy_queue",
                                   .shared_name = "dummy_queue");
}

static void synchronize(hr_scope scope, build *b, int32_t added, hr_node *updated) {
  hr_sync_replicas *sync = &b->sync;
  hr_scope s = beside(scope, sync->global_step);
  hr_output token = HR_NO_OUTPUT;
  HR_WITH (after, hr_control_dependencies(s, added, b->added)) {
    hr_outputs taken = hr_dequeue(after, sync->tokens);
    if (hr_scope_ok(after)) token = taken.items[0];
  }
  sync->train_op = hr_var_assign(s, sync->local_step, token);
  HR_WITH (after, hr_control_dependencies(s, 1, &updated)) {
    int32_t most = sync->total_num_replicas;
    if (most < sync->replicas_to_aggregate) most = sync->replicas_to_aggregate;
    sync->sync_op = put_tokens(after, sync, most);
  }
  if (!hr_scope_ok(s)) return;
  if (b->options.average) {
    HR_WITH (after, hr_control_dependencies(s, 1, &sync->sync_op)) {
      sync->sync_op = b->options.average(b->options.argument, hr_name_scope(after, ""));
    }
  }
  if (hr_scope_ok(s)) sync->runner = hr_queue_runner_new(s, sync->stand_in, 1, &sync->sync_op);
}

/* The worker's step and those of the accumulators become the global one. */
static void make_chief_init_op(hr_scope scope, build *b) {
  int32_t count = 0;
  hr_node *init = b->sync.local_step_init_op.node;
  /* Of a resource variable that is the value read afterwards: the assignment itself is wanted. */
  b->added[count++] = hr_var_is_resource(b->sync.local_step) ? hr_node_control_input(init, 0) : init;
  for (int32_t i = 0; i < b->count && hr_scope_ok(scope); ++i) {
    if (!b->accumulators[i].node) continue;
    hr_scope s = hr_device_scope(scope, device_of(b->vars->items[i]));
    b->added[count++] =
        hr_accumulator_set_global_step(s, b->accumulators[i], b->sync.global_step, .name = "SetGlobalStep");
  }
  if (hr_scope_ok(scope)) b->sync.chief_init_op = hr_group_with(scope, count, b->added, NULL);
}

/* ---- all of it ------------------------------------------------------------------------------------------------- */

static void build_all(hr_scope scope, hr_optimizer *optimizer, build *b) {
  make_local_step(scope, b);
  hr_scope s = hr_name_scope(scope, b->options.name ? b->options.name : "sync_replicas");
  int32_t added = accumulate_all(s, b);
  hr_node *updated = hr_scope_ok(s) ? update(s, optimizer, b) : NULL;
  if (hr_scope_ok(s)) make_queues(s, b);
  if (hr_scope_ok(s)) synchronize(s, b, added, updated);
  if (hr_scope_ok(s)) make_chief_init_op(s, b);
}

hr_sync_replicas hr_sync_replicas_apply_with(hr_scope scope, hr_optimizer *optimizer, int32_t replicas_to_aggregate,
                                             hr_vars vars, const hr_gradient *gradients, hr_var *global_step,
                                             const hr_sync_replicas_options *options) {
  build b = {.count = vars.count, .vars = &vars, .given = gradients};
  if (options) b.options = *options;
  b.sync = (hr_sync_replicas){.replicas_to_aggregate = replicas_to_aggregate,
                              .total_num_replicas =
                                  b.options.total_num_replicas ? b.options.total_num_replicas : replicas_to_aggregate,
                              .global_step = global_step};
  if (!hr_scope_ok(scope)) return (hr_sync_replicas){0};
  if (vars.count == 0)
    hr_refuse(scope, "Must supply at least one variable");
  else if (!global_step)
    hr_refuse(scope, "Global step is required to check staleness");
  size_t room = (size_t)vars.count + 1;
  b.taken = calloc(room, sizeof *b.taken);
  b.accumulators = calloc(room, sizeof *b.accumulators);
  b.added = calloc(room, sizeof *b.added);
  if (!b.taken || !b.accumulators || !b.added)
    hr_scope_fail(scope, hr_error_out_of_memory(room * sizeof *b.taken, "gradients"));
  if (hr_scope_ok(scope)) build_all(scope, optimizer, &b);
  free(b.taken);
  free(b.accumulators);
  free(b.added);
  return hr_scope_ok(scope) ? b.sync : (hr_sync_replicas){0};
}

hr_node *hr_sync_replicas_init_tokens(hr_scope scope, const hr_sync_replicas *sync, int32_t num_tokens) {
  if (!hr_scope_ok(scope) || !sync->tokens) return NULL;
  int32_t needed = sync->replicas_to_aggregate - sync->total_num_replicas;
  if (num_tokens == -1) {
    num_tokens = sync->replicas_to_aggregate;
  } else if (num_tokens < needed) {
    hr_refuse(scope, "Too few tokens to finish the first step: %d (given) vs %d (needed)", (int)num_tokens,
              (int)needed);
    return NULL;
  }
  if (num_tokens > 0) return put_tokens(beside(scope, sync->global_step), sync, num_tokens);
  return hr_no_op(scope, .name = "no_init_tokens");
}
