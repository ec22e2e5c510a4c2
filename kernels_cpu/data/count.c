/* TakeDataset, SkipDataset, ShardDataset. */
#include "kernels_cpu/data/dataset_kernel.h"

typedef struct part {
  hr_dataset head;
  int64_t count; /* -1: all, or none to skip; of ShardDataset the number of shards */
  int64_t index; /* of ShardDataset */
} part;

typedef struct position {
  hr_iterator head;
  int64_t seen; /* elements of the input */
} position;

static hr_status save(hr_iterator *it, hr_state_writer *writer) {
  hr_state_put_int(writer, ((position *)it)->seen);
  return HR_SUCCESS;
}

static hr_status restore(hr_iterator *it, hr_state_reader *reader) {
  return hr_state_get_int_in(reader, 0, INT64_MAX, &((position *)it)->seen);
}

/* Elements of the input that nobody wants. */
static hr_status drop(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  HR_TRY(hr_iterator_next(it->input, pull, element, end));
  if (*end) return HR_SUCCESS;
  hr_element_clear(element, it->dataset->width);
  ++((position *)it)->seen;
  return hr_pull_check(pull);
}

/* ---- the first --------------------------------------------------------------------------------------------------- */

static hr_status next_taken(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  const part *d = (part *)it->dataset;
  position *p = (position *)it;
  if (d->count >= 0 && p->seen >= d->count) {
    *end = true;
    return HR_SUCCESS;
  }
  HR_TRY(hr_iterator_next(it->input, pull, element, end));
  p->seen = *end ? INT64_MAX : p->seen + 1;
  return HR_SUCCESS;
}

static int64_t count_taken(const hr_dataset *dataset) {
  int64_t n = hr_dataset_cardinality(dataset->inputs[0]), count = ((const part *)dataset)->count;
  if (count < 0) return n;
  if (n == HR_UNKNOWN_CARDINALITY) return n;
  return n == HR_INFINITE_CARDINALITY || count < n ? count : n;
}

static const hr_dataset_type take_type = {.name = "TakeDataset",
                                          .iterator_size = sizeof(position),
                                          .opens_input = true,
                                          .next = next_taken,
                                          .save = save,
                                          .restore = restore,
                                          .cardinality = count_taken};

/* ---- the others -------------------------------------------------------------------------------------------------- */

static hr_status next_skipped(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  const part *d = (part *)it->dataset;
  if (d->count < 0) {
    *end = true;
    return HR_SUCCESS;
  }
  while (((position *)it)->seen < d->count) {
    HR_TRY(drop(it, pull, element, end));
    if (*end) return HR_SUCCESS;
  }
  return hr_iterator_next(it->input, pull, element, end);
}

static int64_t count_skipped(const hr_dataset *dataset) {
  int64_t n = hr_dataset_cardinality(dataset->inputs[0]), count = ((const part *)dataset)->count;
  if (count < 0) return 0;
  return n < 0 ? n : n > count ? n - count : 0;
}

static const hr_dataset_type skip_type = {.name = "SkipDataset",
                                          .iterator_size = sizeof(position),
                                          .opens_input = true,
                                          .next = next_skipped,
                                          .save = save,
                                          .restore = restore,
                                          .cardinality = count_skipped};

/* ---- one of several ---------------------------------------------------------------------------------------------- */

static hr_status next_of_shard(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  const part *d = (part *)it->dataset;
  position *p = (position *)it;
  while (p->seen % d->count != d->index) {
    HR_TRY(drop(it, pull, element, end));
    if (*end) return HR_SUCCESS;
  }
  HR_TRY(hr_iterator_next(it->input, pull, element, end));
  if (!*end) ++p->seen;
  return HR_SUCCESS;
}

static int64_t count_shard(const hr_dataset *dataset) {
  const part *d = (const part *)dataset;
  int64_t n = hr_dataset_cardinality(dataset->inputs[0]);
  return n < 0 ? n : n / d->count + (d->index < n % d->count);
}

static const hr_dataset_type shard_type = {.name = "ShardDataset",
                                           .iterator_size = sizeof(position),
                                           .opens_input = true,
                                           .next = next_of_shard,
                                           .save = save,
                                           .restore = restore,
                                           .cardinality = count_shard};

/* ---- kernels ----------------------------------------------------------------------------------------------------- */

static hr_status part_dataset(hr_kernel_context *ctx) {
  hr_dataset *d;
  HR_TRY(hr_make_dataset(ctx, hr_context_argument(ctx), sizeof(part), 1, &d));
  return hr_give_dataset(ctx, d, hr_int_input(ctx, 1, "count", &((part *)d)->count));
}
HR_KERNEL(.op = "TakeDataset", .compute = part_dataset, .argument = &take_type);
HR_KERNEL(.op = "SkipDataset", .compute = part_dataset, .argument = &skip_type);

static hr_status read_shard(const hr_kernel_context *ctx, part *d) {
  HR_TRY(hr_int_input(ctx, 1, "num_shards", &d->count));
  HR_TRY(hr_int_input(ctx, 2, "index", &d->index));
  if (d->count <= 0)
    return hr_error(HR_INVALID_ARGUMENT, "Number of shards must be greater than zero (currently num_shards = %lld).",
                    (long long)d->count);
  if (d->index < 0 || d->index >= d->count)
    return hr_error(HR_INVALID_ARGUMENT, "Index must be between 0 and %lld (currently index = %lld).",
                    (long long)d->count - 1, (long long)d->index);
  return HR_SUCCESS;
}

static hr_status shard_dataset(hr_kernel_context *ctx) {
  hr_dataset *d;
  HR_TRY(hr_make_dataset(ctx, &shard_type, sizeof(part), 1, &d));
  return hr_give_dataset(ctx, d, read_shard(ctx, (part *)d));
}
HR_KERNEL(.op = "ShardDataset", .compute = shard_dataset);
