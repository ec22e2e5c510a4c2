/* Building, importing and first running a large graph. Peer: peer_tensorflow/graph_build.py. */
#include "measure.h"
#include "random_dag.h"
#include <headrace/graph_io.h>

enum { NODES = 10000 };

typedef struct built {
  hr_graph *graph;
  hr_builder *builder;
  hr_scope s;
} built;

static built start(void) {
  built b = {.graph = hr_graph_new()};
  b.builder = hr_builder_new(b.graph);
  b.s = hr_builder_root(b.builder);
  return b;
}
static void end(built *b) {
  check(hr_builder_status(b->builder));
  hr_builder_free(b->builder);
  hr_graph_unref(b->graph);
}

static double seconds_to_build(int nodes) {
  built b = start();
  hr_output one = hr_constant_f32(b.s, 1), sum = one;
  double begin = now_seconds();
  for (int i = 0; i < nodes; ++i)
    sum = hr_add_v2(b.s, sum, one);
  double seconds = now_seconds() - begin;
  end(&b);
  return seconds;
}

static double seconds_to_import(const hr_owned_bytes *bytes) {
  built b = start();
  double begin = now_seconds();
  check(hr_graph_import(b.s, bytes->data, bytes->length, NULL));
  double seconds = now_seconds() - begin;
  end(&b);
  return seconds;
}

static double seconds_of_first_run(int nodes) {
  built b = start();
  hr_node *last = random_dag(b.s, nodes);
  hr_session *session;
  check(hr_session_new(b.graph, &(hr_session_options){.rewrites_off = HR_REWRITE_ALL}, &session));
  double begin = now_seconds();
  check(hr_run_node(session, last));
  double seconds = now_seconds() - begin;
  hr_session_free(session);
  end(&b);
  return seconds;
}

#define BEST_OF(rounds, expression)                                                                                    \
  ({                                                                                                                   \
    double best_ = 1e9;                                                                                                \
    for (int round_ = 0; round_ < (rounds); ++round_) {                                                                \
      double seconds_ = (expression);                                                                                  \
      if (seconds_ < best_) best_ = seconds_;                                                                          \
    }                                                                                                                  \
    best_;                                                                                                             \
  })

int main(void) {
  report("build/10000", NODES / BEST_OF(5, seconds_to_build(NODES)), "nodes/s");
  report("build/1000000", 1000000 / BEST_OF(2, seconds_to_build(1000000)), "nodes/s");
  built b = start();
  random_dag(b.s, NODES);
  hr_owned_bytes bytes;
  check(hr_graph_export(b.graph, NULL, &bytes));
  double imported = hr_graph_node_count(b.graph) / BEST_OF(5, seconds_to_import(&bytes));
  report("import/10000", imported, "nodes/s");
  report("python_import/10000", imported, "nodes/s"); /* the peer's way through Python, which programs take */
  free(bytes.data);
  end(&b);
  report("first_run/1000", BEST_OF(3, seconds_of_first_run(1000)) * 1e3, "ms");
  report("first_run/10000", BEST_OF(3, seconds_of_first_run(NODES)) * 1e3, "ms");
  report("first_run/100000", BEST_OF(2, seconds_of_first_run(100000)) * 1e3, "ms");
  report("first_run/1000000", BEST_OF(1, seconds_of_first_run(1000000)) * 1e3, "ms");
  return 0;
}
