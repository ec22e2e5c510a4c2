/* What the machine can do: multiply-adds of one thread and of all, and bytes moved by copies that do not fit into the
 * caches and by ones that do. Prints NAME<TAB>VALUE<TAB>UNIT like every program here. */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 5, CHAINS = 96, STEPS = 2000000, MAX_THREADS = 64 };
#define LARGE_BYTES ((size_t)256 << 20)
#define SMALL_BYTES ((size_t)4 << 20)

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

typedef struct job {
  size_t bytes;
  char *from, *to;
  double sink;
} job;

/* Independent chains of multiply-adds, as many as keep the vector units busy. */
static void *multiply_add(void *argument) {
  float sums[CHAINS];
  for (int k = 0; k < CHAINS; ++k)
    sums[k] = (float)k;
  for (int i = 0; i < STEPS; ++i)
    for (int k = 0; k < CHAINS; ++k)
      sums[k] = sums[k] * 0.999f + 0.001f;
  for (int k = 0; k < CHAINS; ++k)
    ((job *)argument)->sink += sums[k];
  return NULL;
}

static void *copy(void *argument) {
  job *j = argument;
  memcpy(j->to, j->from, j->bytes);
  return NULL;
}

/* Seconds, the least of a few rounds. */
static double run(void *(*work)(void *), job *jobs, int threads) {
  double least = HUGE_VAL;
  for (int round = 0; round < ROUNDS; ++round) {
    pthread_t handles[MAX_THREADS];
    double start = now();
    for (int i = 1; i < threads; ++i)
      if (pthread_create(&handles[i], NULL, work, &jobs[i])) exit(1);
    work(&jobs[0]);
    for (int i = 1; i < threads; ++i)
      pthread_join(handles[i], NULL);
    least = fmin(least, now() - start);
  }
  return least;
}

static void measure(const char *suffix, int threads) {
  static job jobs[MAX_THREADS];
  double flops = 2.0 * CHAINS * STEPS * threads;
  printf("multiply_add/%s\t%.6g\tGFLOP/s\n", suffix, flops / run(multiply_add, jobs, threads) / 1e9);
  for (int small = 0; small < 2; ++small) {
    size_t bytes = (small ? SMALL_BYTES : LARGE_BYTES) / (size_t)threads;
    for (int i = 0; i < threads; ++i) {
      jobs[i] = (job){.bytes = bytes, .from = malloc(bytes), .to = malloc(bytes)};
      if (!jobs[i].from || !jobs[i].to) exit(1);
      memset(jobs[i].from, 1, bytes);
      memset(jobs[i].to, 1, bytes);
    }
    double moved = 2.0 * (double)bytes * threads; /* read and written */
    printf("%s/%s\t%.6g\tGB/s\n", small ? "cached_copy" : "copy", suffix, moved / run(copy, jobs, threads) / 1e9);
    for (int i = 0; i < threads; ++i) {
      free(jobs[i].from);
      free(jobs[i].to);
    }
  }
}

int main(void) {
  long cores = sysconf(_SC_NPROCESSORS_ONLN);
  int all = cores < 1 ? 1 : cores > MAX_THREADS ? MAX_THREADS : (int)cores;
  measure("1_thread", 1);
  measure("all_threads", all);
  return 0;
}
