/* Synchronous training by several workers: tf.train.SyncReplicasOptimizer.
 *
 *   hr_compute_gradients(s, optimizer, loss, vars, gradients);
 *   hr_sync_replicas sync = hr_sync_replicas_apply(s, optimizer, 18, vars, gradients, global_step,
 *                                                  .total_num_replicas = 20);
 *
 * Each worker adds its gradients to accumulators that stand beside the variables, and waits for a token. The chief
 * takes the mean of the first `replicas_to_aggregate` gradients of each variable, updates the variables and the global
 * step, and puts new tokens, which carry that step, into the queue. A gradient from before the last update is dropped:
 * with more workers than gradients needed, the slowest ones do not hold up the rest.
 *
 * A worker runs `train_op` again and again. The chief also runs `chief_init_op` once (the others
 * `local_step_init_op`), hr_sync_replicas_init_tokens once, and `runner`.
 */
#ifndef HEADRACE_SYNC_REPLICAS_H
#define HEADRACE_SYNC_REPLICAS_H

#include "headrace/coordinator.h"
#include "headrace/train.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hr_sync_replicas_options {
  int32_t total_num_replicas; /* workers; 0: as many as gradients are needed. Fewer of them compute several each */
  const char *name;           /* "sync_replicas" */
  /* Applies the mean gradients in place of hr_apply_gradients, for bindings; the optimizer may be NULL then. */
  hr_node *(*apply)(void *argument, hr_scope scope, hr_vars vars, const hr_gradient *gradients, hr_var *global_step);
  /* NULL, or makes the node that runs after each update and its tokens: moving averages. */
  hr_node *(*average)(void *argument, hr_scope scope);
  void *argument; /* of both */
} hr_sync_replicas_options;

/* What it makes; nodes are NULL after an error. */
typedef struct hr_sync_replicas {
  int32_t replicas_to_aggregate, total_num_replicas;
  hr_var *global_step, *local_step; /* the worker's own, a local variable: of which update its last token was */
  hr_output train_op;               /* the local step's new value */
  hr_node *sync_op;                 /* takes, updates, hands out tokens */
  hr_queue_runner *runner; /* runs sync_op; its queue stands in for that of tokens, which is not to be closed */
  hr_tensor_queue *tokens, *stand_in; /* queues */
  hr_output local_step_init_op;       /* the local step, set to the global one */
  hr_node *chief_init_op;
  hr_output ready_for_local_init_op; /* names of variables that have no value yet */
} hr_sync_replicas;

/* `gradients` as hr_compute_gradients gives them, one for each of `vars`. InvalidArgument without variables and without
 * a global step. */
HR_API hr_sync_replicas hr_sync_replicas_apply_with(hr_scope scope, hr_optimizer *optimizer,
                                                    int32_t replicas_to_aggregate, hr_vars vars,
                                                    const hr_gradient *gradients, hr_var *global_step,
                                                    const hr_sync_replicas_options *options);
#define hr_sync_replicas_apply(scope, optimizer, replicas_to_aggregate, vars, gradients, global_step, ...)             \
  hr_sync_replicas_apply_with((scope), (optimizer), (replicas_to_aggregate), (vars), (gradients), (global_step),       \
                              &(hr_sync_replicas_options){__VA_ARGS__})

/* The node that puts the first tokens into the queue; -1: as many as gradients are needed. InvalidArgument for fewer
 * than the first update needs where there are fewer workers than gradients. */
HR_API hr_node *hr_sync_replicas_init_tokens(hr_scope scope, const hr_sync_replicas *sync, int32_t num_tokens);

#ifdef __cplusplus
}
#endif
#endif
