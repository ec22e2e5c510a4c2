/* DirectedInterleaveDataset, RandomDataset, SleepDataset. */
#include "kernels_cpu/data/mapped.h"
#include "runtime/base/philox.h"
#include <sys/random.h>
#include <unistd.h>

/* ---- the next of several ----------------------------------------------------------------------------------------- */

typedef struct chooser {
  hr_iterator head;
  hr_iterator *selector;
  hr_iterator **inputs; /* NULL once they ended */
  int32_t left;
} chooser;

static hr_status open_chooser(hr_iterator *it) {
  chooser *c = (chooser *)it;
  c->left = it->dataset->num_inputs - 1;
  c->inputs = calloc((size_t)c->left + 1, sizeof(hr_iterator *));
  if (!c->inputs) return hr_error_out_of_memory(sizeof(hr_iterator *), "an iterator");
  HR_TRY(hr_iterator_open_input(it, 0, &c->selector));
  for (int32_t i = 0; i < c->left; ++i)
    HR_TRY(hr_iterator_open_input(it, i + 1, &c->inputs[i]));
  return HR_SUCCESS;
}

static void close_chooser(hr_iterator *it) {
  chooser *c = (chooser *)it;
  hr_iterator_close(c->selector);
  for (int32_t i = 0; c->inputs && i + 1 < it->dataset->num_inputs; ++i)
    hr_iterator_close(c->inputs[i]);
  free(c->inputs);
}

static hr_status choose(chooser *c, hr_pull *pull, int64_t *out, bool *end) {
  hr_tensor choice;
  HR_TRY(hr_iterator_next(c->selector, pull, &choice, end));
  if (*end) return HR_SUCCESS;
  bool fits = hr_tensor_dtype(&choice) == HR_INT64 && choice.elements == 1;
  int64_t number = fits ? *(const int64_t *)hr_tensor_data(&choice) : -1;
  hr_tensor_clear(&choice);
  if (number < 0 || number + 1 >= c->head.dataset->num_inputs)
    return hr_error(HR_INVALID_ARGUMENT, "Selector index out of range: %lld >= %d", (long long)number,
                    (int)c->head.dataset->num_inputs - 1);
  *out = number;
  return HR_SUCCESS;
}

static hr_status next_chosen(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  chooser *c = (chooser *)it;
  for (int64_t number; c->left > 0;) {
    HR_TRY(choose(c, pull, &number, end));
    if (*end) return HR_SUCCESS;
    if (c->inputs[number]) {
      HR_TRY(hr_iterator_next(c->inputs[number], pull, element, end));
      if (!*end) return HR_SUCCESS;
      hr_iterator_close(c->inputs[number]);
      c->inputs[number] = NULL;
      --c->left;
    }
    HR_TRY(hr_pull_check(pull));
  }
  *end = true;
  return HR_SUCCESS;
}

static hr_status save_chooser(hr_iterator *it, hr_state_writer *writer) {
  chooser *c = (chooser *)it;
  HR_TRY(hr_iterator_save(c->selector, writer));
  for (int32_t i = 0; i + 1 < it->dataset->num_inputs; ++i) {
    hr_state_put_int(writer, c->inputs[i] != NULL);
    if (c->inputs[i]) HR_TRY(hr_iterator_save(c->inputs[i], writer));
  }
  return HR_SUCCESS;
}

static hr_status restore_chooser(hr_iterator *it, hr_state_reader *reader) {
  chooser *c = (chooser *)it;
  HR_TRY(hr_iterator_restore(c->selector, reader));
  for (int32_t i = 0; i + 1 < it->dataset->num_inputs; ++i) {
    bool is_there;
    HR_TRY(hr_state_get_flag(reader, &is_there));
    if (is_there) {
      HR_TRY(hr_iterator_restore(c->inputs[i], reader));
      continue;
    }
    hr_iterator_close(c->inputs[i]);
    c->inputs[i] = NULL;
    --c->left;
  }
  return HR_SUCCESS;
}

static const hr_dataset_type chooser_type = {.name = "DirectedInterleaveDataset",
                                             .iterator_size = sizeof(chooser),
                                             .open = open_chooser,
                                             .next = next_chosen,
                                             .close = close_chooser,
                                             .save = save_chooser,
                                             .restore = restore_chooser};

static hr_status check_chosen(const hr_dataset *d) {
  for (int32_t i = 1; i < d->num_inputs; ++i)
    if (d->inputs[i]->width != d->width)
      return hr_error(HR_INVALID_ARGUMENT, "Input %d has elements of %d components, not %d", (int)i - 1,
                      (int)d->inputs[i]->width, (int)d->width);
  return d->inputs[0]->width == 1
             ? HR_SUCCESS
             : hr_error(HR_INVALID_ARGUMENT, "The selector input must be a dataset of scalar int64 elements.");
}

static hr_status directed_interleave(hr_kernel_context *ctx) {
  hr_dataset *d;
  HR_TRY(hr_make_dataset(ctx, &chooser_type, sizeof *d, hr_input_count(ctx), &d));
  return hr_give_dataset(ctx, d, check_chosen(d));
}
HR_KERNEL(.op = "DirectedInterleaveDataset", .compute = directed_interleave);
HR_KERNEL(.op = "ExperimentalDirectedInterleaveDataset", .compute = directed_interleave);

/* ---- random numbers ---------------------------------------------------------------------------------------------- */

typedef struct random_numbers {
  hr_dataset head;
  int64_t seed, seed2; /* of SleepDataset `seed` is the time in microseconds */
} random_numbers;

typedef struct generator {
  hr_iterator head;
  int64_t taken;
} generator;

static hr_status next_random(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  (void)pull, (void)end;
  const random_numbers *d = (random_numbers *)it->dataset;
  generator *g = (generator *)it;
  hr_philox philox = hr_philox_seeded((uint64_t)d->seed, (uint64_t)d->seed2);
  uint32_t block[4];
  hr_philox_skip(&philox, (uint64_t)g->taken / 4);
  hr_philox_block(&philox, block);
  element[0] = hr_tensor_i64(block[g->taken++ % 4]);
  return HR_SUCCESS;
}

static hr_status save_random(hr_iterator *it, hr_state_writer *writer) {
  hr_state_put_int(writer, ((generator *)it)->taken);
  return HR_SUCCESS;
}

static hr_status restore_random(hr_iterator *it, hr_state_reader *reader) {
  return hr_state_get_int_in(reader, 0, INT64_MAX, &((generator *)it)->taken);
}

static int64_t endless(const hr_dataset *d) {
  (void)d;
  return HR_INFINITE_CARDINALITY;
}

static const hr_dataset_type random_type = {.name = "RandomDataset",
                                            .iterator_size = sizeof(generator),
                                            .next = next_random,
                                            .save = save_random,
                                            .restore = restore_random,
                                            .cardinality = endless};

static hr_status read_seeds(const hr_kernel_context *ctx, random_numbers *d) {
  int64_t system[2];
  HR_TRY(hr_int_input(ctx, 0, "seed", &d->seed));
  HR_TRY(hr_int_input(ctx, 1, "seed2", &d->seed2));
  if (d->seed != 0 || d->seed2 != 0) return HR_SUCCESS;
  if (getrandom(system, sizeof system, 0) != sizeof system)
    return hr_error(HR_INTERNAL, "The system has no random numbers to seed a dataset with");
  d->seed = system[0];
  d->seed2 = system[1];
  return HR_SUCCESS;
}

static hr_status random_dataset(hr_kernel_context *ctx) {
  hr_dataset *d;
  HR_TRY(hr_make_dataset(ctx, &random_type, sizeof(random_numbers), 0, &d));
  return hr_give_dataset(ctx, d, read_seeds(ctx, (random_numbers *)d));
}
HR_KERNEL(.op = "RandomDataset", .compute = random_dataset);
HR_KERNEL(.op = "ExperimentalRandomDataset", .compute = random_dataset);

/* ---- sleep ------------------------------------------------------------------------------------------------------- */

#define NAP_MICROS 10000 /* between looks at what ends it */

static hr_status next_after_sleep(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  for (int64_t left = ((random_numbers *)it->dataset)->seed; left > 0; left -= NAP_MICROS) {
    usleep((useconds_t)(left < NAP_MICROS ? left : NAP_MICROS));
    HR_TRY(hr_pull_check(pull));
  }
  return hr_iterator_next(it->input, pull, element, end);
}

static hr_status save_nothing(hr_iterator *it, hr_state_writer *writer) {
  (void)it, (void)writer;
  return HR_SUCCESS;
}

static hr_status restore_nothing(hr_iterator *it, hr_state_reader *reader) {
  (void)it, (void)reader;
  return HR_SUCCESS;
}

static int64_t as_input(const hr_dataset *d) { return hr_dataset_cardinality(d->inputs[0]); }

static const hr_dataset_type sleep_type = {.name = "SleepDataset",
                                           .iterator_size = sizeof(hr_iterator),
                                           .opens_input = true,
                                           .next = next_after_sleep,
                                           .save = save_nothing,
                                           .restore = restore_nothing,
                                           .cardinality = as_input};

static hr_status sleep_dataset(hr_kernel_context *ctx) {
  hr_dataset *d;
  HR_TRY(hr_make_dataset(ctx, &sleep_type, sizeof(random_numbers), 1, &d));
  return hr_give_dataset(ctx, d, hr_int_input(ctx, 1, "sleep_microseconds", &((random_numbers *)d)->seed));
}
HR_KERNEL(.op = "SleepDataset", .compute = sleep_dataset);
HR_KERNEL(.op = "ExperimentalSleepDataset", .compute = sleep_dataset);
