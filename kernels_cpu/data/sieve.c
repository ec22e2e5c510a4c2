/* IgnoreErrorsDataset, UniqueDataset: some elements are left out. */
#include "kernels_cpu/data/mapped.h"

static hr_status save_nothing(hr_iterator *it, hr_state_writer *writer) {
  (void)it, (void)writer;
  return HR_SUCCESS;
}

static hr_status restore_nothing(hr_iterator *it, hr_state_reader *reader) {
  (void)it, (void)reader;
  return HR_SUCCESS;
}

/* ---- errors ------------------------------------------------------------------------------------------------------ */

static hr_status next_without_errors(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  for (;;) {
    hr_status status = hr_iterator_next(it->input, pull, element, end);
    if (!status) return HR_SUCCESS;
    hr_status_free(status);
    HR_TRY(hr_pull_check(pull));
  }
}

static const hr_dataset_type errors_type = {.name = "IgnoreErrorsDataset",
                                            .iterator_size = sizeof(hr_iterator),
                                            .opens_input = true,
                                            .next = next_without_errors,
                                            .save = save_nothing,
                                            .restore = restore_nothing};

static hr_status ignore_errors(hr_kernel_context *ctx) {
  hr_dataset *d;
  HR_TRY(hr_make_dataset(ctx, &errors_type, sizeof *d, 1, &d));
  return hr_give_dataset(ctx, d, HR_SUCCESS);
}
HR_KERNEL(.op = "IgnoreErrorsDataset", .compute = ignore_errors);
HR_KERNEL(.op = "ExperimentalIgnoreErrorsDataset", .compute = ignore_errors);

/* ---- repetitions ------------------------------------------------------------------------------------------------- */

/* The elements seen: a hash table of their tensors, each shared. */
typedef struct sieve {
  hr_iterator head;
  hr_tensor *seen; /* `capacity` places, a power of two; empty ones have dtype HR_INVALID */
  size_t count, capacity;
} sieve;

static uint64_t hash_of(const hr_tensor *t) {
  if (hr_tensor_dtype(t) != HR_STRING) return hr_hash_bytes(hr_tensor_data(t), hr_tensor_bytes(t));
  uint64_t hash = 0;
  const hr_string *strings = hr_tensor_data(t);
  for (int64_t i = 0; i < t->elements; ++i)
    hash = hash * 31 + hr_hash_bytes(hr_string_data(&strings[i]), hr_string_length(&strings[i]));
  return hash;
}

static hr_tensor *find(const sieve *s, const hr_tensor *t) {
  size_t at = (size_t)hash_of(t) & (s->capacity - 1);
  while (hr_tensor_is_valid(&s->seen[at]) && !hr_tensor_equal(&s->seen[at], t))
    at = (at + 1) & (s->capacity - 1);
  return &s->seen[at];
}

static hr_status make_room(sieve *s) {
  if (2 * (s->count + 1) <= s->capacity) return HR_SUCCESS;
  sieve larger = {.capacity = s->capacity ? 2 * s->capacity : 64};
  larger.seen = calloc(larger.capacity, sizeof *larger.seen);
  if (!larger.seen) return hr_error_out_of_memory(larger.capacity * sizeof *larger.seen, "unique elements");
  for (size_t i = 0; i < s->capacity; ++i)
    if (hr_tensor_is_valid(&s->seen[i])) *find(&larger, &s->seen[i]) = s->seen[i];
  free(s->seen);
  s->seen = larger.seen;
  s->capacity = larger.capacity;
  return HR_SUCCESS;
}

static hr_status next_new(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  sieve *s = (sieve *)it;
  for (;;) {
    HR_TRY(hr_iterator_next(it->input, pull, element, end));
    if (*end) return HR_SUCCESS;
    hr_status status = make_room(s);
    if (!status) {
      hr_tensor *place = find(s, element);
      if (!hr_tensor_is_valid(place)) {
        hr_tensor_copy(element, place);
        ++s->count;
        return HR_SUCCESS;
      }
      status = hr_pull_check(pull);
    }
    hr_tensor_clear(element);
    HR_TRY(status);
  }
}

static void close_sieve(hr_iterator *it) {
  sieve *s = (sieve *)it;
  for (size_t i = 0; i < s->capacity; ++i)
    hr_tensor_clear(&s->seen[i]);
  free(s->seen);
}

static hr_status save_sieve(hr_iterator *it, hr_state_writer *writer) {
  const sieve *s = (sieve *)it;
  hr_state_put_int(writer, (int64_t)s->count);
  for (size_t i = 0; i < s->capacity; ++i)
    if (hr_tensor_is_valid(&s->seen[i])) HR_TRY(hr_state_put_tensor(writer, &s->seen[i]));
  return HR_SUCCESS;
}

static hr_status restore_sieve(hr_iterator *it, hr_state_reader *reader) {
  sieve *s = (sieve *)it;
  int64_t count;
  HR_TRY(hr_state_get_int_in(reader, 0, INT64_MAX, &count));
  for (int64_t i = 0; i < count; ++i) {
    hr_tensor t;
    HR_TRY(make_room(s));
    HR_TRY(hr_state_get_element(reader, it->dataset->dtypes, 1, &t));
    hr_tensor *place = find(s, &t);
    if (hr_tensor_is_valid(place)) {
      hr_tensor_clear(&t);
    } else {
      *place = t;
      ++s->count;
    }
  }
  return HR_SUCCESS;
}

static const hr_dataset_type unique_type = {.name = "UniqueDataset",
                                            .iterator_size = sizeof(sieve),
                                            .opens_input = true,
                                            .next = next_new,
                                            .close = close_sieve,
                                            .save = save_sieve,
                                            .restore = restore_sieve};

static hr_status unique(hr_kernel_context *ctx) {
  hr_dataset *d;
  HR_TRY(hr_make_dataset(ctx, &unique_type, sizeof *d, 1, &d));
  bool fits = d->width == 1 && d->inputs[0]->width == 1;
  return hr_give_dataset(
      ctx, d,
      fits ? HR_SUCCESS : hr_error(HR_INVALID_ARGUMENT, "UniqueDataset only supports inputs with a single component."));
}
HR_KERNEL(.op = "UniqueDataset", .compute = unique);
HR_KERNEL(.op = "ExperimentalUniqueDataset", .compute = unique);
