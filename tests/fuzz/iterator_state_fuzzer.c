/* States of iterators, as DeserializeIterator takes them. The first byte chooses the pipeline; what follows is its
 * state, of which some elements are read where it is taken. */
#include "headrace/headrace.h"
#include "kernels_cpu/data/iterator_state.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct pipeline {
  hr_output given, next;
  hr_node *restore, *initializer;
} pipeline;

enum { PIPELINES = 6 };

static hr_output dataset_number(hr_scope s, int number) {
  hr_output numbers = hr_dataset_range(s, 0, 12, 1), few = hr_dataset_batch(s, numbers, HR_OPERAND(5), HR_NO_OPERAND);
  hr_operand seed = HR_OPERAND(5);
  switch (number) {
  case 0: return hr_dataset_prefetch(s, hr_dataset_shuffle(s, numbers, 4, .seed = seed), HR_OPERAND(3), 0);
  case 1: return hr_dataset_repeat(s, hr_dataset_cache(s, numbers, hr_operand_string("")), HR_OPERAND(2));
  case 2: return hr_dataset_unbatch(s, few);
  case 3:
    return hr_dataset_concatenate(s, hr_dataset_unique(s, numbers), hr_dataset_repeat(s, numbers, HR_OPERAND(-1)));
  case 4: return hr_dataset_shuffle(s, hr_dataset_repeat(s, numbers, HR_OPERAND(3)), 7, .seed = seed);
  default: return hr_dataset_zip(s, HR_LIST(few, hr_dataset_shuffle(s, few, 2, .seed = seed)));
  }
}

static pipeline build(hr_scope s, int number) {
  hr_output dataset = dataset_number(s, number);
  hr_iterator_ends ends = hr_make_initializable_iterator(s, dataset, "");
  pipeline p = {.initializer = ends.initializer, .given = hr_placeholder(s, HR_VARIANT)};
  p.next = hr_next_element(s, ends.handle, hr_dataset_types(s, dataset), hr_dataset_shapes(s, dataset)).items[0];
  p.restore = hr_deserialize_iterator(s, ends.handle, p.given);
  return p;
}

/* One session for all inputs. */
static hr_builder *builder;
static hr_session *session;
static pipeline pipelines[PIPELINES];

static void prepare(void) {
  hr_graph *graph = hr_graph_new();
  builder = hr_builder_new(graph);
  for (int i = 0; i < PIPELINES; ++i)
    pipelines[i] = build(hr_builder_root(builder), i);
  hr_session_options options = {.intra_op_threads = 2, .use_per_session_threads = true};
  if (hr_builder_status(builder) || hr_session_new(graph, &options, &session)) abort();
}

static bool run(hr_node *const *target, hr_feed *feed) {
  hr_status status = hr_session_run(session, feed ? 1 : 0, feed, 0, NULL, NULL, 1, target);
  bool ok = !status;
  hr_status_free(status);
  return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (!session) prepare();
  if (size == 0) return 0;
  pipeline *p = &pipelines[data[0] % PIPELINES];
  hr_tensor state;
  if (hr_iterator_state_new((hr_view){(const char *)data + 1, size - 1}, &state)) abort();
  if (!run(&p->initializer, NULL)) abort();
  bool ok = run(&p->restore, &(hr_feed){p->given, &state});
  for (int i = 0; i < 8 && ok; ++i) {
    hr_tensor element = {0};
    hr_status status = hr_session_run(session, 0, NULL, 1, &p->next, &element, 0, NULL);
    ok = !status;
    hr_status_free(status);
    hr_tensor_clear(&element);
  }
  hr_tensor_clear(&state);
  return 0;
}
