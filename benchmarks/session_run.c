/* What a run costs beside the work: fetching a constant, feeding and fetching a scalar. Peer:
 * peer_tensorflow/session_run.py. */
#include "measure.h"
#include <headrace/headrace.h>
#include <pthread.h>

typedef struct question {
  hr_session *session;
  hr_output feed, fetch; /* `feed` may be none */
  long runs;
  double seconds; /* a run, answered by each thread */
} question;

static void run(const question *q, const hr_tensor *in) {
  hr_tensor value;
  hr_feed feed = {q->feed, in};
  check(hr_session_run(q->session, q->feed.node ? 1 : 0, &feed, 1, &q->fetch, &value, 0, NULL));
  hr_tensor_clear(&value);
}

static void *run_many(void *argument) {
  question *q = argument;
  hr_tensor in = hr_tensor_f32(2);
  for (int i = 0; i < 1000; ++i)
    run(q, &in);
  double start = now_seconds();
  for (long i = 0; i < q->runs; ++i)
    run(q, &in);
  q->seconds = (now_seconds() - start) / (double)q->runs;
  return NULL;
}

enum { MOST_CALLERS = 8 };

/* Microseconds of a run as each of `callers` threads sees it: the best of three rounds. */
static double measure(const question *q, int callers) {
  double best = 1e9;
  for (int round = 0; round < 3; ++round) {
    question each[MOST_CALLERS];
    pthread_t threads[MOST_CALLERS];
    for (int i = 0; i < callers; ++i)
      each[i] = *q;
    for (int i = 0; i < callers; ++i)
      pthread_create(&threads[i], NULL, run_many, &each[i]);
    double mean = 0;
    for (int i = 0; i < callers; ++i) {
      pthread_join(threads[i], NULL);
      mean += each[i].seconds / callers;
    }
    if (mean < best) best = mean;
  }
  return best * 1e6;
}

int main(void) {
  hr_graph *graph = hr_graph_new();
  hr_builder *builder = hr_builder_new(graph);
  hr_scope s = hr_builder_root(builder);
  hr_output one = hr_constant_f32(s, 1, .name = "one");
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(), .name = "x"), sum = hr_add(s, x, one, .name = "sum");
  check(hr_builder_status(builder));
  for (int pool = 0; pool < 2; ++pool) {
    hr_session_options options = {.inter_op_threads = pool ? 2 : -1};
    hr_session *session;
    check(hr_session_new(graph, &options, &session));
    question constant = {.session = session, .fetch = one, .runs = 300000};
    question feed_fetch = {.session = session, .feed = x, .fetch = sum, .runs = 300000};
    for (int callers = 1; callers <= MOST_CALLERS; callers *= 2) {
      report_threads(pool ? "pool/constant" : "caller/constant", callers, measure(&constant, callers), "us/run");
      report_threads(pool ? "pool/feed_fetch" : "caller/feed_fetch", callers, measure(&feed_fetch, callers), "us/run");
    }
    hr_session_free(session);
  }
  hr_builder_free(builder);
  hr_graph_unref(graph);
  return 0;
}
