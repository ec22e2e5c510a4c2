/* What the executor costs a scalar op: a chain, a random graph, a chain of nothing. Peer:
 * peer_tensorflow/executor_ops.py, which runs the same graphs. */
#include "measure.h"
#include "random_dag.h"

enum { NODES = 10000 };

static hr_node *add_chain(hr_scope s) {
  hr_output one = hr_constant_f32(s, 1.0f, .name = "one");
  hr_output sum = one;
  for (int i = 0; i < NODES; ++i)
    sum = hr_add_v2(s, sum, one);
  hr_node *last = NULL;
  HR_WITH (after, hr_control_dependencies(s, HR_NODES(sum.node))) {
    last = hr_no_op(after, .name = "last");
  }
  return last;
}

static hr_node *dag(hr_scope s) { return random_dag(s, NODES); }

static hr_node *no_op_chain(hr_scope s) {
  hr_node *node = hr_no_op(s);
  for (int i = 0; i < NODES; ++i) {
    HR_WITH (after, hr_control_dependencies(s, HR_NODES(node))) {
      node = hr_no_op(after);
    }
  }
  return node;
}

static void run_once(void *argument) { check(hr_callable_run(argument, NULL, NULL)); }

static double seconds_of_graph(hr_node *(*build)(hr_scope), int threads) {
  hr_graph *graph = hr_graph_new();
  hr_builder *builder = hr_builder_new(graph);
  hr_node *last = build(hr_builder_root(builder));
  check(hr_builder_status(builder));
  hr_session_options options = {
      .intra_op_threads = threads, .inter_op_threads = threads, .rewrites_off = HR_REWRITE_ALL};
  hr_session *session;
  hr_callable *callable;
  check(hr_session_new(graph, &options, &session));
  check(hr_callable_new(session, 0, NULL, 0, NULL, 1, &last, &callable));
  double seconds = seconds_of(run_once, callable);
  hr_callable_free(callable);
  hr_session_free(session);
  hr_builder_free(builder);
  hr_graph_unref(graph);
  return seconds;
}

/* The best of several plans, numbers of threads by turns: where a plan lies in memory makes up to a half. */
static void measure_graph(const char *name, hr_node *(*build)(hr_scope)) {
  enum { PLANS = 4, MOST_THREADS = 2 };
  double best[MOST_THREADS + 1];
  for (int plan = 0; plan < PLANS; ++plan)
    for (int threads = 1; threads <= MOST_THREADS; ++threads) {
      double seconds = seconds_of_graph(build, threads);
      if (plan == 0 || seconds < best[threads]) best[threads] = seconds;
    }
  for (int threads = 1; threads <= MOST_THREADS; ++threads)
    report_threads(name, threads, best[threads] * 1e9 / NODES, "ns/op");
}

int main(void) {
  measure_graph("scalar_add_chain", add_chain);
  measure_graph("random_dag", dag);
  measure_graph("no_op_chain", no_op_chain);
  return 0;
}
