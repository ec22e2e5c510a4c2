/* Datasets that give what their input gives: those that tf.data puts on top of each pipeline, and hints. */
#include "kernels_cpu/data/dataset_kernel.h"

static hr_status next(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  return hr_iterator_next(it->input, pull, element, end);
}

static bool is_ready(const hr_iterator *it) { return hr_iterator_is_ready(it->input); }

static int64_t cardinality(const hr_dataset *d) { return hr_dataset_cardinality(d->inputs[0]); }

static const hr_dataset_type plain_type = {.name = "ModelDataset",
                                           .iterator_size = sizeof(hr_iterator),
                                           .opens_input = true,
                                           .next = next,
                                           .is_ready = is_ready,
                                           .save = hr_save_nothing,
                                           .restore = hr_restore_nothing,
                                           .cardinality = cardinality};

static const hr_dataset_type unsaved_type = {.name = "NonSerializableDataset",
                                             .iterator_size = sizeof(hr_iterator),
                                             .opens_input = true,
                                             .next = next,
                                             .is_ready = is_ready,
                                             .cardinality = cardinality};

static hr_status plain_dataset(hr_kernel_context *ctx) {
  hr_dataset *d;
  HR_TRY(hr_make_dataset(ctx, hr_context_argument(ctx), sizeof *d, 1, &d));
  return hr_give_dataset(ctx, d, HR_SUCCESS);
}
#define PLAIN(name) HR_KERNEL(.op = name, .compute = plain_dataset, .argument = &plain_type)
PLAIN("ModelDataset");
PLAIN("MaxIntraOpParallelismDataset");
PLAIN("ExperimentalMaxIntraOpParallelismDataset");
PLAIN("PrivateThreadPoolDataset");
PLAIN("ExperimentalPrivateThreadPoolDataset");
PLAIN("AssertNextDataset");
PLAIN("ExperimentalAssertNextDataset");
HR_KERNEL(.op = "NonSerializableDataset", .compute = plain_dataset, .argument = &unsaved_type);
HR_KERNEL(.op = "ExperimentalNonSerializableDataset", .compute = plain_dataset, .argument = &unsaved_type);

/* ---- optimizations ----------------------------------------------------------------------------------------------- */

/* Of TensorFlow's rewrites of a pipeline one shows in the elements: a shuffle under a repeat becomes one that shuffles
 * all passes with one generator. The iterators below see that they are optimized, and how that one is done they know.
 */
typedef struct optimized {
  hr_dataset head;
  bool fuses_shuffle_and_repeat;
} optimized;

typedef struct optimized_iterator {
  hr_iterator head;
  hr_iterator *inner;
} optimized_iterator;

static hr_status open_optimized(hr_iterator *it) {
  it->is_optimized = ((optimized *)it->dataset)->fuses_shuffle_and_repeat;
  if (!it->path) it->path = 1;
  return hr_iterator_open_input(it, 0, &((optimized_iterator *)it)->inner);
}

static void close_optimized(hr_iterator *it) { hr_iterator_close(((optimized_iterator *)it)->inner); }

static hr_status next_optimized(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  return hr_iterator_next(((optimized_iterator *)it)->inner, pull, element, end);
}

static hr_status save_optimized(hr_iterator *it, hr_state_writer *writer) {
  return hr_iterator_save(((optimized_iterator *)it)->inner, writer);
}

static hr_status restore_optimized(hr_iterator *it, hr_state_reader *reader) {
  return hr_iterator_restore(((optimized_iterator *)it)->inner, reader);
}

static const hr_dataset_type optimized_type = {.name = "OptimizeDataset",
                                               .iterator_size = sizeof(optimized_iterator),
                                               .open = open_optimized,
                                               .next = next_optimized,
                                               .close = close_optimized,
                                               .save = save_optimized,
                                               .restore = restore_optimized,
                                               .cardinality = cardinality};

static hr_status optimize_dataset(hr_kernel_context *ctx) {
  hr_dataset *d;
  HR_TRY(hr_make_dataset(ctx, &optimized_type, sizeof(optimized), 1, &d));
  const hr_tensor *names = hr_input(ctx, 1);
  const hr_string *strings = hr_tensor_data(names);
  static const char fusion[] = "shuffle_and_repeat_fusion";
  for (int64_t i = 0; i < names->elements; ++i)
    if (hr_string_length(&strings[i]) == strlen(fusion) &&
        memcmp(hr_string_data(&strings[i]), fusion, strlen(fusion)) == 0)
      ((optimized *)d)->fuses_shuffle_and_repeat = true;
  return hr_give_dataset(ctx, d, HR_SUCCESS);
}
HR_KERNEL(.op = "OptimizeDataset", .compute = optimize_dataset);
