/* What the benchmark programs share: timing, and the lines "name<TAB>value<TAB>unit" that compare.py reads. */
#ifndef HEADRACE_BENCHMARKS_MEASURE_H
#define HEADRACE_BENCHMARKS_MEASURE_H

#include <headrace/status.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static inline double now_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Ends the program on an error. */
static inline void check(hr_status status) {
  if (!status) return;
  fprintf(stderr, "%s: %s\n", hr_code_name(hr_status_code(status)), hr_status_message(status));
  hr_status_free(status);
  exit(1);
}

/* Seconds of one call: the best of three rounds of about a third of a second each, after a warm-up. */
static inline double seconds_of(void (*call)(void *argument), void *argument) {
  double once = 1e9, best = 1e9;
  for (int i = 0; i < 3; ++i) {
    double start = now_seconds();
    call(argument);
    double took = now_seconds() - start;
    if (took < once) once = took;
  }
  long calls = once < 0.33 ? (long)(0.33 / (once > 1e-9 ? once : 1e-9)) : 1;
  for (int round = 0; round < 3; ++round) {
    double start = now_seconds();
    for (long i = 0; i < calls; ++i)
      call(argument);
    double took = (now_seconds() - start) / (double)calls;
    if (took < best) best = took;
  }
  return best;
}

static inline void report(const char *name, double value, const char *unit) {
  printf("%s\t%.6g\t%s\n", name, value, unit);
  fflush(stdout);
}
static inline void report_threads(const char *name, int threads, double value, const char *unit) {
  printf("%s/%d_thread%s\t%.6g\t%s\n", name, threads, threads == 1 ? "" : "s", value, unit);
  fflush(stdout);
}

#endif
