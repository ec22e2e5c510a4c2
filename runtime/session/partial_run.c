/* Partial runs: a step whose nodes run as soon as what they depend on was fed. */
#include "runtime/base/float_mode.h"
#include "runtime/exec/lanes.h"
#include "runtime/exec/poll.h"
#include "runtime/exec/walk.h"
#include "runtime/plan/node_set.h"
#include "runtime/session/direct_session.h"
#include <stdlib.h>

typedef struct direct_partial_run {
  hr_partial_run base;
  hr_direct_session *session;
  hr_prepared *prepared;
  hr_step *step;
  bool *fed, *fetched; /* by feed, by fetch */
  bool *ran;           /* by node */
  int32_t left;        /* fetches and feeds to come */
} direct_partial_run;

static void unlink_prepared(hr_direct_session *session, hr_prepared *prepared) {
  pthread_mutex_lock(&session->lock);
  for (hr_prepared **link = &session->partial; *link; link = &(*link)->next) {
    if (*link != prepared) continue;
    *link = prepared->next;
    break;
  }
  pthread_mutex_unlock(&session->lock);
}

static void end_step(direct_partial_run *run) {
  if (!run->step) return;
  for (int32_t i = 0; i < run->step->plan->num_feeds; ++i) { /* fed values were copied */
    if (run->fed[i]) hr_tensor_clear(&hr_step_slot(run->step, run->step->plan->feeds[i].slot)->tensor);
  }
  hr_step_clear_all(run->step);
  hr_step_finish(run->step);
  hr_prepared_give_back(run->prepared, run->step);
  run->step = NULL;
}

static void free_run(direct_partial_run *run) {
  end_step(run);
  if (run->prepared) {
    unlink_prepared(run->session, run->prepared);
    hr_prepared_free(run->prepared);
  }
  hr_session_unref(run->session);
  free(run->fed);
  free(run->fetched);
  free(run->ran);
  free(run);
}

void hr_direct_partial_run_free(hr_partial_run *run) { free_run((direct_partial_run *)run); }

static hr_status prepare(direct_partial_run *run, const hr_signature *signature) {
  hr_direct_session *session = run->session;
  hr_output *feeds = malloc(sizeof *feeds * ((size_t)signature->num_feeds + 1));
  if (!feeds) return hr_error_out_of_memory(sizeof *feeds * (size_t)signature->num_feeds, "a partial run");
  hr_plan_request request = hr_session_request(session, signature, feeds);
  request.keep_values = true;
  hr_status status = hr_prepared_new(&request, &run->prepared);
  free(feeds);
  HR_TRY(status);
  pthread_mutex_lock(&session->lock);
  run->prepared->next = session->partial;
  session->partial = run->prepared;
  pthread_mutex_unlock(&session->lock);
  for (int32_t i = 0; i < run->prepared->plan->num_nodes; ++i) {
    if (run->prepared->plan->nodes[i].kernel->compute_async)
      return hr_error(HR_UNIMPLEMENTED, "A partial run cannot contain the asynchronous node %s",
                      run->prepared->plan->nodes[i].node->name);
  }
  HR_TRY(hr_session_begin(session, run->prepared, &run->step));
  atomic_store(&run->step->busy, false); /* it is in a run only during the calls below */
  return HR_SUCCESS;
}

hr_status hr_direct_partial_run_new(hr_session *base, int32_t feed_count, const hr_output *feeds, int32_t fetch_count,
                                    const hr_output *fetches, int32_t target_count, hr_node *const *targets,
                                    hr_partial_run **out) {
  hr_direct_session *session = (hr_direct_session *)base;
  HR_TRY(hr_session_check_open(session));
  hr_signature signature = {.num_feeds = feed_count,
                            .num_fetches = fetch_count,
                            .num_targets = target_count,
                            .feeds = feeds,
                            .feed_stride = sizeof *feeds,
                            .fetches = fetches,
                            .targets = targets};
  direct_partial_run *run = calloc(1, sizeof *run);
  if (!run) return hr_error_out_of_memory(sizeof *run, "a partial run");
  run->session = hr_session_ref(session);
  hr_status status = prepare(run, &signature);
  if (!status) {
    run->fed = calloc((size_t)feed_count + 1, sizeof *run->fed);
    run->fetched = calloc((size_t)fetch_count + 1, sizeof *run->fetched);
    run->ran = calloc((size_t)run->prepared->plan->num_nodes + 1, sizeof *run->ran);
    run->left = feed_count + fetch_count;
    if (!run->fed || !run->fetched || !run->ran) status = hr_error_out_of_memory((size_t)feed_count, "a partial run");
  }
  if (status) {
    free_run(run);
    return status;
  }
  run->base.kind = &hr_direct_kind;
  *out = &run->base;
  return HR_SUCCESS;
}

static int32_t find_feed(const hr_plan *plan, hr_output output) {
  for (int32_t i = 0; i < plan->num_feeds; ++i) {
    if (hr_output_equal(plan->feeds[i].output, output)) return i;
  }
  return -1;
}

/* The same for an output of the plan's own graph. */
static int32_t find_source(const hr_plan *plan, hr_output output) {
  for (int32_t i = 0; i < plan->num_feeds; ++i) {
    if (hr_output_equal(plan->feeds[i].source, output)) return i;
  }
  return -1;
}

static int32_t find_fetch(const direct_partial_run *run, hr_output output) {
  const hr_plan *plan = run->step->plan;
  for (int32_t i = 0; i < plan->num_fetches; ++i) {
    if (!run->fetched[i] && hr_output_equal(plan->fetches[i].output, output)) return i;
  }
  return -1;
}

static hr_status take_feed(direct_partial_run *run, const hr_feed *feed) {
  hr_step *step = run->step;
  int32_t index = find_feed(step->plan, feed->output);
  if (index < 0 || run->fed[index])
    return hr_error(HR_INVALID_ARGUMENT, "The feed %s:%d was %s", feed->output.node ? feed->output.node->name : "?",
                    feed->output.index, index < 0 ? "not specified in the setup of the partial run" : "already fed");
  hr_tensor copy; /* the value is used in later calls too */
  HR_TRY(hr_tensor_clone(hr_cpu_allocator(), feed->value, &copy));
  hr_status status = hr_step_feed(step, index, &copy);
  if (status) {
    hr_tensor_clear(&copy);
    return status;
  }
  run->fed[index] = true;
  --run->left;
  return HR_SUCCESS;
}

/* Everything the node reads and waits for is there. */
static bool is_ready(const direct_partial_run *run, const hr_plan_node *node, const hr_node_set *running) {
  const hr_plan *plan = run->step->plan;
  for (int32_t i = 0; i < node->node->num_inputs; ++i) {
    hr_output input = node->node->inputs[i];
    int32_t feed = find_source(plan, input);
    if (feed >= 0 && !run->fed[feed]) return false;
    int32_t producer = feed >= 0 ? -1 : hr_node_set_index(running, input.node->id);
    if (producer >= 0 && !run->ran[producer]) return false;
  }
  for (int32_t i = 0; i < node->node->num_control_inputs; ++i) {
    int32_t producer = hr_node_set_index(running, node->node->control_inputs[i]->id);
    if (producer >= 0 && !run->ran[producer]) return false;
  }
  return true;
}

static hr_status run_ready_nodes(direct_partial_run *run) {
  hr_step *step = run->step;
  const hr_plan *plan = step->plan;
  hr_arena arena = {0};
  hr_node_set running;
  const hr_graph *graph = plan->own_graph ? plan->own_graph : run->session->base.graph;
  bool made = hr_node_set_init(&running, &arena, hr_graph_node_count(graph));
  for (int32_t i = 0; made && i < plan->num_nodes; ++i)
    hr_node_set_add(&running, plan->nodes[i].node->id);
  made = made && hr_node_set_rank(&running, &arena) >= 0;
  hr_status status = made ? HR_SUCCESS : hr_error_out_of_memory(0, "a partial run");
  hr_float_mode mode = hr_float_mode_enter();
  for (int32_t i = 0; i < plan->num_nodes && !status; ++i) {
    const hr_plan_node *node = &plan->nodes[i];
    if (run->ran[i] || !is_ready(run, node, &running)) continue;
    status = hr_step_check(step);
    if (!status) status = hr_run_now(step, node, &step->contexts[i]);
    run->ran[i] = status == HR_SUCCESS;
    if (status) status = hr_walk_failed(node, status);
  }
  hr_float_mode_leave(mode);
  hr_arena_free(&arena);
  return status;
}

/* A fetch is ready where its producer ran, it is a constant, or it was fed. */
static hr_status check_fetch(const direct_partial_run *run, int32_t index) {
  const hr_plan *plan = run->step->plan;
  hr_output output = plan->fetches[index].source;
  int32_t feed = find_source(plan, output);
  bool ready = feed >= 0 && run->fed[feed];
  bool running = false;
  for (int32_t i = 0; i < plan->num_nodes && feed < 0; ++i) {
    if (plan->nodes[i].node != output.node) continue;
    running = true;
    ready = run->ran[i];
  }
  if (ready || (feed < 0 && !running)) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "Fetch %s:%d can't be computed from the feeds that have been fed so far.",
                  plan->fetches[index].output.node->name, plan->fetches[index].output.index);
}

static hr_status run_part(direct_partial_run *run, int32_t feed_count, const hr_feed *feeds, int32_t fetch_count,
                          const hr_output *fetches, hr_tensor *values) {
  HR_TRY(hr_session_check_open(run->session));
  for (int32_t i = 0; i < feed_count; ++i)
    HR_TRY(take_feed(run, &feeds[i]));
  hr_cancellation *outer = hr_poll_enter(&run->step->cancellation);
  hr_status ran = run_ready_nodes(run);
  hr_poll_leave(outer);
  HR_TRY(hr_step_outcome(run->step, ran));
  for (int32_t i = 0; i < fetch_count; ++i) {
    int32_t index = find_fetch(run, fetches[i]);
    hr_status status =
        index >= 0
            ? check_fetch(run, index)
            : hr_error(HR_INVALID_ARGUMENT,
                       "The fetch %s:%d was not specified in the setup of the partial run, or was already fetched",
                       fetches[i].node ? fetches[i].node->name : "?", fetches[i].index);
    if (!status) status = hr_step_fetch(run->step, index, &values[i]);
    if (status) {
      while (i-- > 0)
        hr_tensor_clear(&values[i]);
      return status;
    }
    run->fetched[index] = true;
    --run->left;
  }
  return HR_SUCCESS;
}

hr_status hr_direct_partial_run_step(hr_partial_run *base, int32_t feed_count, const hr_feed *feeds,
                                     int32_t fetch_count, const hr_output *fetches, hr_tensor *values) {
  direct_partial_run *run = (direct_partial_run *)base;
  if (!run->step) return hr_error(HR_INVALID_ARGUMENT, "The partial run has ended; set up another one");
  atomic_store(&run->step->busy, true);
  hr_status status = run_part(run, feed_count, feeds, fetch_count, fetches, values);
  atomic_store(&run->step->busy, false);
  if (!status && run->left == 0) end_step(run);
  return status;
}
