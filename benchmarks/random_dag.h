/* The random graph of scalar additions that several questions use: node i adds two of the WINDOW nodes before it. */
#ifndef HEADRACE_BENCHMARKS_RANDOM_DAG_H
#define HEADRACE_BENCHMARKS_RANDOM_DAG_H

#include <headrace/headrace.h>
#include <stdint.h>
#include <stdlib.h>

enum { WINDOW = 1000 };

/* Knuth's 64-bit linear congruential generator, upper 31 bits. */
static inline int below(uint64_t *generator, int limit) {
  *generator = *generator * 6364136223846793005u + 1442695040888963407u;
  return (int)((*generator >> 33) % (uint64_t)limit);
}

/* Builds it and a NoOp "last" that waits for all nodes without readers, which it returns. */
static inline hr_node *random_dag(hr_scope s, int nodes) {
  hr_output *sums = calloc((size_t)nodes, sizeof *sums);
  bool *used = calloc((size_t)nodes, sizeof *used);
  hr_node **ends = calloc((size_t)nodes, sizeof *ends);
  uint64_t generator = 42;
  hr_output one = hr_constant_f32(s, 1.0f, .name = "one");
  for (int i = 0; i < nodes; ++i) {
    hr_output inputs[2];
    for (int k = 0; k < 2; ++k) {
      int back = 1 + below(&generator, i + 1 < WINDOW ? i + 1 : WINDOW);
      inputs[k] = back <= i ? sums[i - back] : one;
      if (back <= i) used[i - back] = true;
    }
    sums[i] = hr_add_v2(s, inputs[0], inputs[1]);
  }
  int32_t count = 0;
  for (int i = 0; i < nodes; ++i) {
    if (!used[i]) ends[count++] = sums[i].node;
  }
  hr_node *last = NULL;
  HR_WITH (after, hr_control_dependencies(s, count, ends)) {
    last = hr_no_op(after, .name = "last");
  }
  free(sums);
  free(used);
  free(ends);
  return last;
}

#endif
