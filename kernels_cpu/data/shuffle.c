/* ShuffleDataset, ShuffleAndRepeatDataset, RepeatDataset: each element is drawn from a buffer, with TensorFlow's
 * numbers.
 *
 * The buffer may hold elements of several passes. They stand in it as slices, first pass first, and are drawn from the
 * first slice alone, so that passes do not mix.
 *
 * Where TensorFlow's optimizer stands above, a repeat of a shuffle is one ShuffleAndRepeatDataset. */
#include "kernels_cpu/data/dataset_kernel.h"
#include "runtime/base/philox.h"
#include <pthread.h>
#include <sys/random.h>

/* ---- numbers ----------------------------------------------------------------------------------------------------- */

/* Single numbers of a Philox generator. */
typedef struct numbers {
  hr_philox philox;
  uint32_t block[4];
  int64_t taken;
} numbers;

static numbers numbers_of(int64_t seed, int64_t seed2) {
  return (numbers){.philox = hr_philox_seeded((uint64_t)seed, (uint64_t)seed2)};
}

static uint32_t take_number(numbers *n) {
  if (n->taken % 4 == 0) hr_philox_next(&n->philox, n->block);
  return n->block[n->taken++ % 4];
}

static void skip_to(numbers *n, int64_t taken) {
  hr_philox_skip(&n->philox, (uint64_t)taken / 4);
  n->taken = taken;
  if (taken % 4 != 0) hr_philox_next(&n->philox, n->block);
}

/* What gives every pass its seeds. */
typedef struct seeds {
  hr_resource resource;
  pthread_mutex_t lock;
  numbers numbers;
} seeds;

static void destroy_seeds(hr_resource *resource) {
  pthread_mutex_destroy(&((seeds *)resource)->lock);
  free(resource);
}
static const hr_resource_type seeds_type = {.name = "RandomSeedGenerator", .destroy = destroy_seeds};

/* ---- datasets ---------------------------------------------------------------------------------------------------- */

typedef struct shuffle {
  hr_dataset head;
  int64_t buffer_size, seed, seed2;
  int64_t count; /* of passes; -1: for ever */
  bool reshuffles;
} shuffle;

static hr_status make_seeds(void *argument, hr_resource **out) {
  const shuffle *d = argument;
  seeds *s = calloc(1, sizeof *s);
  if (!s) return hr_error_out_of_memory(sizeof *s, "a generator of seeds");
  hr_resource_init(&s->resource, &seeds_type);
  pthread_mutex_init(&s->lock, NULL);
  s->numbers = numbers_of(d->seed, d->seed2);
  *out = &s->resource;
  return HR_SUCCESS;
}

/* ---- iterators --------------------------------------------------------------------------------------------------- */

typedef struct slice {
  int64_t start, end; /* positions, modulo the size of the buffer places in it */
} slice;

typedef struct shuffler {
  hr_iterator head;
  const shuffle *dataset; /* the iterator's own, or under its repeat */
  int64_t count;          /* passes to make */
  hr_iterator *input;     /* NULL once all was read */
  hr_tensor *buffer;
  int64_t capacity; /* places there are: grows up to the buffer's size */
  int64_t filled;
  slice *slices;
  int32_t num_slices, slice_capacity;
  int64_t epoch, seed, seed2;
  bool has_data, has_begun;
  numbers numbers;
} shuffler;

static hr_status open_shuffler(shuffler *s, const shuffle *dataset, int64_t count) {
  s->dataset = dataset;
  s->count = count;
  s->seed = dataset->seed;
  s->seed2 = dataset->seed2;
  s->numbers = numbers_of(s->seed, s->seed2);
  return HR_SUCCESS;
}

static hr_status share_seeds(const hr_iterator *it, seeds **out) {
  hr_resource *resource;
  HR_TRY(hr_iterator_shared(it, make_seeds, &resource));
  *out = (seeds *)resource;
  pthread_mutex_lock(&(*out)->lock);
  return HR_SUCCESS;
}

static void give_seeds_back(seeds *shared) {
  pthread_mutex_unlock(&shared->lock);
  hr_resource_unref(&shared->resource);
}

static hr_status open_shuffle(hr_iterator *it) {
  shuffler *s = (shuffler *)it;
  const shuffle *d = (shuffle *)it->dataset;
  seeds *shared;
  HR_TRY(open_shuffler(s, d, d->count));
  if (!d->reshuffles) return HR_SUCCESS;
  HR_TRY(share_seeds(it, &shared));
  s->seed = take_number(&shared->numbers);
  s->seed2 = take_number(&shared->numbers);
  give_seeds_back(shared);
  s->numbers = numbers_of(s->seed, s->seed2);
  return HR_SUCCESS;
}

static void close_shuffler(hr_iterator *it) {
  shuffler *s = (shuffler *)it;
  int32_t width = it->dataset->width;
  for (int64_t i = 0; i < s->capacity; ++i)
    hr_element_clear(s->buffer + i * width, width);
  free(s->buffer);
  free(s->slices);
  hr_iterator_close(s->input);
}

static hr_status open_input(shuffler *s) {
  hr_iterator_close(s->input);
  s->input = NULL;
  return hr_iterator_open_input(&s->head, 0, &s->input);
}

static hr_status add_slice(shuffler *s, int64_t at) {
  if (s->num_slices == s->slice_capacity) {
    int32_t capacity = s->slice_capacity ? 2 * s->slice_capacity : 4;
    slice *slices = realloc(s->slices, sizeof *slices * (size_t)capacity);
    if (!slices) return hr_error_out_of_memory(sizeof *slices, "a shuffle");
    s->slices = slices;
    s->slice_capacity = capacity;
  }
  s->slices[s->num_slices++] = (slice){at, at};
  return HR_SUCCESS;
}

/* The place of a position. The buffer grows to its size as it is filled for the first time. */
static hr_tensor *place_of(const shuffler *s, int64_t position) {
  return s->buffer + position % s->dataset->buffer_size * s->head.dataset->width;
}

static hr_status make_room(shuffler *s, int64_t position) {
  int64_t place = position % s->dataset->buffer_size, capacity = s->capacity;
  if (place < capacity) return HR_SUCCESS;
  while (capacity <= place)
    capacity = capacity ? 2 * capacity : 16;
  if (capacity > s->dataset->buffer_size) capacity = s->dataset->buffer_size;
  size_t width = (size_t)s->head.dataset->width;
  hr_tensor *buffer = realloc(s->buffer, sizeof *buffer * (size_t)capacity * width);
  if (!buffer) return hr_error_out_of_memory(sizeof *buffer * (size_t)capacity * width, "a shuffle's buffer");
  memset(buffer + (size_t)s->capacity * width, 0, sizeof *buffer * (size_t)(capacity - s->capacity) * width);
  s->buffer = buffer;
  s->capacity = capacity;
  return HR_SUCCESS;
}

/* Another element for the buffer, of the pass under way or the next one; NULL input: there are no more. */
static hr_status read_one(shuffler *s, hr_pull *pull, hr_tensor *element, bool *end) {
  *end = true;
  while (s->count < 0 || s->epoch < s->count) {
    HR_TRY(hr_iterator_next(s->input, pull, element, end));
    if (!*end) {
      s->has_data = true;
      return HR_SUCCESS;
    }
    if (!s->has_data && s->count < 0) return HR_SUCCESS; /* passes without end and without elements */
    ++s->epoch;
    HR_TRY(add_slice(s, s->slices[s->num_slices - 1].end));
    HR_TRY(hr_pull_check(pull));
    HR_TRY(open_input(s));
  }
  return HR_SUCCESS;
}

static hr_status fill(shuffler *s, hr_pull *pull, hr_tensor *element) {
  if (!s->has_begun) {
    HR_TRY(open_input(s));
    HR_TRY(add_slice(s, 0));
    s->has_begun = true;
  }
  while (s->input && s->filled < s->dataset->buffer_size) {
    bool end;
    HR_TRY(make_room(s, s->slices[s->num_slices - 1].end));
    HR_TRY(read_one(s, pull, element, &end));
    if (end) {
      hr_iterator_close(s->input);
      s->input = NULL;
      return HR_SUCCESS;
    }
    slice *last = &s->slices[s->num_slices - 1];
    hr_status status = make_room(s, last->end);
    if (status) {
      hr_element_clear(element, s->head.dataset->width);
      return status;
    }
    hr_element_move(element, place_of(s, last->end++), s->head.dataset->width);
    ++s->filled;
    HR_TRY(hr_pull_check(pull));
  }
  return HR_SUCCESS;
}

static hr_status next_shuffled(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  shuffler *s = (shuffler *)it;
  int32_t width = it->dataset->width, empty = 0;
  HR_TRY(fill(s, pull, element));
  if (s->filled == 0) {
    *end = true;
    return HR_SUCCESS;
  }
  while (s->slices[empty].start == s->slices[empty].end)
    ++empty;
  memmove(s->slices, s->slices + empty, sizeof *s->slices * (size_t)(s->num_slices -= empty));
  slice *first = &s->slices[0];
  int64_t drawn = first->start + (int64_t)(take_number(&s->numbers) % (uint64_t)(first->end - first->start));
  hr_tensor *from = place_of(s, drawn), *head = place_of(s, first->start);
  hr_element_move(from, element, width);
  if (from != head) hr_element_move(head, from, width);
  ++first->start;
  --s->filled;
  return HR_SUCCESS;
}

/* ---- state ------------------------------------------------------------------------------------------------------- */

/* How many seeds all passes have taken, so that the ones to come get those that they would have got. */
static hr_status save_seeds(const hr_iterator *it, hr_state_writer *writer) {
  seeds *shared;
  if (!((shuffler *)it)->dataset->reshuffles) return HR_SUCCESS;
  HR_TRY(share_seeds(it, &shared));
  hr_state_put_int(writer, shared->numbers.taken);
  give_seeds_back(shared);
  return HR_SUCCESS;
}

static hr_status restore_seeds(const hr_iterator *it, hr_state_reader *reader) {
  const shuffle *d = ((shuffler *)it)->dataset;
  int64_t taken;
  seeds *shared;
  if (!d->reshuffles) return HR_SUCCESS;
  HR_TRY(hr_state_get_int_in(reader, 0, INT64_MAX, &taken));
  HR_TRY(share_seeds(it, &shared));
  shared->numbers = numbers_of(d->seed, d->seed2);
  skip_to(&shared->numbers, taken);
  give_seeds_back(shared);
  return HR_SUCCESS;
}

static hr_status save_shuffler(hr_iterator *it, hr_state_writer *writer) {
  const shuffler *s = (shuffler *)it;
  HR_TRY(save_seeds(it, writer));
  hr_state_put_int(writer, s->seed);
  hr_state_put_int(writer, s->seed2);
  hr_state_put_int(writer, s->numbers.taken);
  hr_state_put_int(writer, s->epoch);
  hr_state_put_int(writer, s->has_data);
  hr_state_put_int(writer, s->has_begun);
  hr_state_put_int(writer, s->input != NULL);
  if (s->input) HR_TRY(hr_iterator_save(s->input, writer));
  hr_state_put_int(writer, s->num_slices);
  for (int32_t i = 0; i < s->num_slices; ++i) {
    hr_state_put_int(writer, s->slices[i].start);
    hr_state_put_int(writer, s->slices[i].end);
    for (int64_t at = s->slices[i].start; at < s->slices[i].end; ++at)
      HR_TRY(hr_state_put_element(writer, place_of(s, at), it->dataset->width));
  }
  return HR_SUCCESS;
}

static hr_status restore_slice(shuffler *s, hr_state_reader *reader) {
  hr_dataset *d = s->head.dataset;
  int64_t start, end, room = s->dataset->buffer_size - s->filled;
  int64_t least = s->num_slices ? s->slices[s->num_slices - 1].end : 0;
  HR_TRY(hr_state_get_int_in(reader, least, INT64_MAX / 2, &start));
  HR_TRY(hr_state_get_int_in(reader, start, start + room, &end));
  if (s->num_slices && start != least) return hr_error(HR_DATA_LOSS, "The state of a shuffle is damaged");
  HR_TRY(add_slice(s, start));
  for (int64_t at = start; at < end; ++at) {
    HR_TRY(make_room(s, at));
    HR_TRY(hr_state_get_element(reader, d->dtypes, d->width, place_of(s, at)));
    ++s->slices[s->num_slices - 1].end;
    ++s->filled;
  }
  return HR_SUCCESS;
}

static hr_status restore_shuffler(hr_iterator *it, hr_state_reader *reader) {
  shuffler *s = (shuffler *)it;
  int64_t taken, count;
  bool has_input;
  HR_TRY(restore_seeds(it, reader));
  HR_TRY(hr_state_get_int(reader, &s->seed));
  HR_TRY(hr_state_get_int(reader, &s->seed2));
  HR_TRY(hr_state_get_int_in(reader, 0, INT64_MAX, &taken));
  HR_TRY(hr_state_get_int_in(reader, 0, INT64_MAX, &s->epoch));
  HR_TRY(hr_state_get_flag(reader, &s->has_data));
  HR_TRY(hr_state_get_flag(reader, &s->has_begun));
  HR_TRY(hr_state_get_flag(reader, &has_input));
  s->numbers = numbers_of(s->seed, s->seed2);
  skip_to(&s->numbers, taken);
  if (has_input) {
    HR_TRY(open_input(s));
    HR_TRY(hr_iterator_restore(s->input, reader));
  }
  HR_TRY(hr_state_get_int_in(reader, s->has_begun, INT32_MAX, &count));
  for (int64_t i = 0; i < count; ++i)
    HR_TRY(restore_slice(s, reader));
  return HR_SUCCESS;
}

static int64_t times(int64_t n, int64_t count) {
  int64_t product;
  if (count < 0) return n == 0 ? 0 : HR_INFINITE_CARDINALITY;
  if (count == 0) return 0;
  if (n < 0) return n;
  return __builtin_mul_overflow(n, count, &product) ? HR_UNKNOWN_CARDINALITY : product;
}

static int64_t count_shuffled(const hr_dataset *d) {
  return times(hr_dataset_cardinality(d->inputs[0]), ((const shuffle *)d)->count);
}

static const hr_dataset_type shuffle_type = {.name = "ShuffleDataset",
                                             .iterator_size = sizeof(shuffler),
                                             .open = open_shuffle,
                                             .next = next_shuffled,
                                             .close = close_shuffler,
                                             .save = save_shuffler,
                                             .restore = restore_shuffler,
                                             .cardinality = count_shuffled};

static hr_status read_inputs(const hr_kernel_context *ctx, shuffle *d) {
  const hr_attr_value *reshuffles = hr_node_attr(hr_context_node(ctx), "reshuffle_each_iteration");
  HR_TRY(hr_int_input(ctx, 1, "buffer_size", &d->buffer_size));
  HR_TRY(hr_int_input(ctx, 2, "seed", &d->seed));
  HR_TRY(hr_int_input(ctx, 3, "seed2", &d->seed2));
  if (d->buffer_size <= 0) return hr_error(HR_INVALID_ARGUMENT, "buffer_size must be greater than zero.");
  d->count = 1;
  d->reshuffles = reshuffles && reshuffles->b;
  if (!reshuffles) {
    HR_TRY(hr_int_input(ctx, 4, "count", &d->count));
    if (d->count == 0 || d->count < -1)
      return hr_error(HR_INVALID_ARGUMENT, "count must be greater than zero or equal to -1.");
  }
  int64_t system[2];
  if (d->seed != 0 || d->seed2 != 0) return HR_SUCCESS;
  if (getrandom(system, sizeof system, 0) != sizeof system)
    return hr_error(HR_INTERNAL, "The system has no random numbers to seed a shuffle with");
  d->seed = system[0];
  d->seed2 = system[1];
  return HR_SUCCESS;
}

static hr_status shuffle_dataset(hr_kernel_context *ctx) {
  hr_dataset *d;
  HR_TRY(hr_make_dataset(ctx, &shuffle_type, sizeof(shuffle), 1, &d));
  return hr_give_dataset(ctx, d, read_inputs(ctx, (shuffle *)d));
}
HR_KERNEL(.op = "ShuffleDataset", .compute = shuffle_dataset);
HR_KERNEL(.op = "ShuffleAndRepeatDataset", .compute = shuffle_dataset);

/* ---- repeat ------------------------------------------------------------------------------------------------------ */

typedef struct repeat {
  hr_dataset head;
  int64_t count; /* negative: for ever */
} repeat;

typedef struct repeater {
  hr_iterator head;
  hr_iterator *input;
  hr_iterator *fused; /* a shuffler of all passes, instead */
  int64_t pass;
  bool is_first; /* of the pass: an empty input repeated for ever ends */
} repeater;

static bool fuses(const hr_iterator *it) {
  hr_dataset *input = it->dataset->inputs[0];
  int64_t count = ((repeat *)it->dataset)->count;
  return it->is_optimized && input->type == &shuffle_type && ((shuffle *)input)->reshuffles && count != 0;
}

static hr_status open_fused(hr_iterator *it);

static hr_status open_repeat(hr_iterator *it) {
  repeater *r = (repeater *)it;
  r->is_first = true;
  if (fuses(it)) return open_fused(it);
  return ((repeat *)it->dataset)->count == 0 ? HR_SUCCESS : hr_iterator_open_input(it, 0, &r->input);
}

static void close_repeat(hr_iterator *it) {
  hr_iterator_close(((repeater *)it)->input);
  hr_iterator_close(((repeater *)it)->fused);
}

static void close_input(repeater *r) {
  hr_iterator_close(r->input);
  r->input = NULL;
}

/* TensorFlow begins another pass after the last one, and gives it up; its shuffle has taken seeds then. */
static hr_status next_repeated(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  repeater *r = (repeater *)it;
  int64_t count = ((repeat *)it->dataset)->count;
  if (r->fused) return hr_iterator_next(r->fused, pull, element, end);
  while (r->input) {
    HR_TRY(hr_iterator_next(r->input, pull, element, end));
    if (!*end) {
      r->is_first = false;
      return HR_SUCCESS;
    }
    bool ends = count < 0 ? r->is_first : ++r->pass >= count;
    r->is_first = true;
    close_input(r);
    if (!ends || count > 0) HR_TRY(hr_iterator_open_input(it, 0, &r->input));
    if (ends) close_input(r);
    HR_TRY(hr_pull_check(pull));
  }
  *end = true;
  return HR_SUCCESS;
}

static hr_status save_repeat(hr_iterator *it, hr_state_writer *writer) {
  repeater *r = (repeater *)it;
  if (r->fused) return hr_iterator_save(r->fused, writer);
  hr_state_put_int(writer, r->pass);
  hr_state_put_int(writer, r->is_first);
  hr_state_put_int(writer, r->input != NULL);
  return r->input ? hr_iterator_save(r->input, writer) : HR_SUCCESS;
}

static hr_status restore_repeat(hr_iterator *it, hr_state_reader *reader) {
  repeater *r = (repeater *)it;
  if (r->fused) return hr_iterator_restore(r->fused, reader);
  bool has_input;
  HR_TRY(hr_state_get_int_in(reader, 0, INT64_MAX, &r->pass));
  HR_TRY(hr_state_get_flag(reader, &r->is_first));
  HR_TRY(hr_state_get_flag(reader, &has_input));
  if (has_input && r->input) return hr_iterator_restore(r->input, reader);
  close_input(r);
  return HR_SUCCESS;
}

static int64_t count_repeated(const hr_dataset *d) {
  return times(hr_dataset_cardinality(d->inputs[0]), ((const repeat *)d)->count);
}

static const hr_dataset_type repeat_type = {.name = "RepeatDataset",
                                            .iterator_size = sizeof(repeater),
                                            .open = open_repeat,
                                            .next = next_repeated,
                                            .close = close_repeat,
                                            .save = save_repeat,
                                            .restore = restore_repeat,
                                            .cardinality = count_repeated};

/* The dataset that the optimizer puts in the place of both. */
static hr_status open_fused(hr_iterator *it) {
  const shuffle *inner = (shuffle *)it->dataset->inputs[0];
  hr_dataset *d;
  int32_t width = inner->head.width;
  int32_t *dtypes = calloc((size_t)width + 1, sizeof *dtypes);
  if (!dtypes) return hr_error_out_of_memory(sizeof *dtypes, "a dataset");
  for (int32_t i = 0; i < width; ++i)
    dtypes[i] = (int32_t)inner->head.dtypes[i];
  hr_status status =
      hr_dataset_new(&shuffle_type, sizeof(shuffle), width, dtypes, inner->head.shapes, 1, inner->head.inputs, &d);
  free(dtypes);
  HR_TRY(status);
  shuffle *fused = (shuffle *)d;
  fused->buffer_size = inner->buffer_size;
  fused->seed = inner->seed;
  fused->seed2 = inner->seed2;
  fused->count = ((repeat *)it->dataset)->count;
  status = hr_iterator_open_fused(it, d, &((repeater *)it)->fused);
  hr_dataset_unref(d);
  return status;
}

static hr_status repeat_dataset(hr_kernel_context *ctx) {
  hr_dataset *d;
  HR_TRY(hr_make_dataset(ctx, &repeat_type, sizeof(repeat), 1, &d));
  return hr_give_dataset(ctx, d, hr_int_input(ctx, 1, "count", &((repeat *)d)->count));
}
HR_KERNEL(.op = "RepeatDataset", .compute = repeat_dataset);
