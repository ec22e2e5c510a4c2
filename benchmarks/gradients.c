/* Building the gradients of a large graph. Peer: peer_tensorflow/gradients.py. */
#include "measure.h"
#include <headrace/headrace.h>

enum { NODES = 10000 };

/* y = x; then by turns y = y * x, y = y + x, y = tanh(y), y = y - x. */
static double seconds_for(int nodes) {
  hr_graph *graph = hr_graph_new();
  hr_builder *builder = hr_builder_new(graph);
  hr_scope s = hr_builder_root(builder);
  hr_output x = hr_constant_f32(s, 0.5f, .name = "x"), y = x;
  for (int i = 0; i < nodes; ++i) {
    switch (i % 4) {
    case 0: y = hr_times(s, y, x); break;
    case 1: y = hr_plus(s, y, x); break;
    case 2: y = hr_tanh(s, y); break;
    default: y = hr_minus(s, y, x); break;
    }
  }
  hr_gradient gradient;
  double begin = now_seconds();
  hr_gradients(s, HR_LIST(y), HR_LIST(x), &gradient);
  double seconds = now_seconds() - begin;
  check(hr_builder_status(builder));
  hr_builder_free(builder);
  hr_graph_unref(graph);
  return seconds;
}

int main(void) {
  double best = 1e9;
  for (int round = 0; round < 5; ++round) {
    double seconds = seconds_for(NODES);
    if (seconds < best) best = seconds;
  }
  report("gradients/10000", best * 1e3, "ms");
  return 0;
}
