/* The candidate samplers, which draw classes to train a large softmax by, and ComputeAccidentalHits. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/candidate_distribution.h"
#include "kernels_cpu/random_state.h"
#include "runtime/base/text.h"
#include "runtime/resource/resource_manager.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- where numbers were seen ----------------------------------------------------------------------------------- */

/* A hash table of whole numbers and their places, with at least twice as many slots as numbers. */
typedef struct slot {
  int64_t number, place; /* place: plus one; 0 in a free slot */
} slot;
typedef struct place_table {
  hr_tensor memory;
  slot *slots;
  uint64_t mask;
} place_table;

static hr_status new_table(hr_kernel_context *ctx, int64_t numbers, place_table *out) {
  uint64_t slots = 8;
  while (slots < 2 * (uint64_t)numbers)
    slots *= 2;
  hr_shape shape = {.rank = 2, .dims = {(int64_t)slots, 2}};
  HR_TRY(hr_temporary_new(ctx, HR_INT64, &shape, &out->memory));
  out->slots = hr_tensor_data(&out->memory);
  out->mask = slots - 1;
  memset(out->slots, 0, slots * sizeof *out->slots);
  return HR_SUCCESS;
}

/* The slot of a number, or the free one where it would stand. */
static slot *slot_of(const place_table *table, int64_t number) {
  uint64_t i = hr_hash_bytes(&number, sizeof number);
  while (table->slots[i & table->mask].place && table->slots[i & table->mask].number != number)
    ++i;
  return &table->slots[i & table->mask];
}

/* ---- samplers -------------------------------------------------------------------------------------------------- */

typedef struct sampler {
  int64_t num_true, num_sampled;
  bool unique;
  void *random;
  hr_candidate_distribution *distribution; /* NULL: all classes */
} sampler;

static hr_status create(const hr_kernel_construction *c, hr_resource_maker make, void **state) {
  sampler s = {0};
  HR_TRY(hr_construction_int(c, "num_true", &s.num_true));
  HR_TRY(hr_construction_int(c, "num_sampled", &s.num_sampled));
  HR_TRY(hr_construction_bool(c, "unique", &s.unique));
  if (make) {
    hr_resource *resource;
    hr_kernel_construction construction = *c;
    HR_TRY(hr_resource_of_node(c, &hr_candidate_distribution_type, make, &construction, &resource));
    s.distribution = (hr_candidate_distribution *)resource;
  }
  hr_status status = hr_random_create(c, &s.random);
  sampler *kept = status ? NULL : malloc(sizeof *kept);
  if (kept) {
    *kept = s;
    *state = kept;
    return HR_SUCCESS;
  }
  if (!status) {
    hr_random_destroy(s.random);
    status = hr_error_out_of_memory(sizeof *kept, "a sampler");
  }
  if (s.distribution) hr_resource_unref(&s.distribution->resource);
  return status;
}

static void destroy(void *state) {
  sampler *s = state;
  hr_random_destroy(s->random);
  if (s->distribution) hr_resource_unref(&s->distribution->resource);
  free(s);
}

/* Different candidates, and how many draws it took. */
static hr_status draw_different(hr_kernel_context *ctx, const sampler *s, hr_number_stream *numbers, int64_t *out,
                                int64_t *draws) {
  const hr_candidate_distribution *d = s->distribution;
  if (s->num_sampled > d->possible) return hr_error(HR_INVALID_ARGUMENT, "Sampler's range is too small.");
  place_table seen = {0};
  HR_TRY(new_table(ctx, s->num_sampled, &seen));
  int64_t found = 0;
  for (*draws = 0; found < s->num_sampled && *draws < INT32_MAX; ++*draws) {
    if (*draws % 1024 == 1023 && hr_is_cancelled(ctx)) break;
    int64_t value = d->draw(d, numbers);
    slot *slot = slot_of(&seen, value);
    if (slot->place) continue;
    slot->number = value;
    slot->place = ++found;
    out[found - 1] = value;
  }
  hr_tensor_clear(&seen.memory);
  if (found == s->num_sampled) return HR_SUCCESS;
  return hr_is_cancelled(ctx)
             ? hr_error(HR_CANCELLED, "Cancelled while drawing candidates")
             : hr_error(HR_RESOURCE_EXHAUSTED, "%" PRId64 " draws gave %" PRId64 " different candidates, not %" PRId64,
                        *draws, found, s->num_sampled);
}

/* How often a class of probability p is expected among the candidates: as often as drawn, or at most once. */
static float expected_count(const sampler *s, float p, int64_t draws) {
  if (draws == s->num_sampled) return p * (float)s->num_sampled;
  return (float)-expm1((double)draws * log1p(-(double)p));
}

static hr_status draw(hr_kernel_context *ctx, const sampler *s, const hr_tensor *true_classes, int64_t *candidates,
                      float *true_counts, float *counts) {
  const hr_candidate_distribution *d = s->distribution;
  /* What TensorFlow sets aside for each candidate. */
  hr_number_stream numbers = hr_number_stream_of(hr_random_take(s->random, 512 * (uint64_t)s->num_sampled));
  int64_t draws = s->num_sampled;
  if (s->unique) {
    HR_TRY(draw_different(ctx, s, &numbers, candidates, &draws));
  } else {
    for (int64_t i = 0; i < s->num_sampled; ++i)
      candidates[i] = d->draw(d, &numbers);
  }
  const int64_t *classes = hr_tensor_data(true_classes);
  for (int64_t i = 0; i < s->num_sampled; ++i)
    counts[i] = expected_count(s, d->probability(d, candidates[i]), draws);
  for (int64_t i = 0; i < true_classes->elements; ++i)
    true_counts[i] = expected_count(s, d->probability(d, classes[i]), draws);
  return hr_candidates_learn(s->distribution, true_classes->elements, classes);
}

static hr_status sample(hr_kernel_context *ctx) {
  const sampler *s = ctx->state;
  const hr_tensor *true_classes = hr_input(ctx, 0);
  if (true_classes->rank != 2) return hr_error(HR_INVALID_ARGUMENT, "true_classes must be a matrix");
  if (true_classes->dims[1] != s->num_true)
    return hr_error(HR_INVALID_ARGUMENT, "true_classes must have num_true columns, expected: %" PRId64 " was: %" PRId64,
                    true_classes->dims[1], s->num_true);
  hr_shape shape = {.rank = 1, .dims = {s->num_sampled}}, true_shape = hr_tensor_shape(true_classes);
  hr_tensor *candidates, *true_counts, *counts;
  HR_TRY(hr_output_new(ctx, 0, &shape, &candidates));
  HR_TRY(hr_output_new(ctx, 1, &true_shape, &true_counts));
  HR_TRY(hr_output_new(ctx, 2, &shape, &counts));
  int64_t *out = hr_tensor_data(candidates);
  float *expected = hr_tensor_data(counts), *expected_true = hr_tensor_data(true_counts);
  if (!s->distribution) {
    for (int64_t i = 0; i < s->num_sampled; ++i) {
      out[i] = i;
      expected[i] = 1;
    }
    for (int64_t i = 0; i < true_counts->elements; ++i)
      expected_true[i] = 1;
    return HR_SUCCESS;
  }
  pthread_mutex_lock(&s->distribution->lock);
  hr_status status = draw(ctx, s, true_classes, out, expected_true, expected);
  pthread_mutex_unlock(&s->distribution->lock);
  return status;
}

#define SAMPLER(op_name, name, maker)                                                                                  \
  static hr_status name##_create(const hr_kernel_construction *c, void **state) { return create(c, maker, state); }    \
  HR_KERNEL(.op = op_name, .create = name##_create, .destroy = destroy, .compute = sample)
SAMPLER("UniformCandidateSampler", uniform, hr_make_uniform_candidates);
SAMPLER("LogUniformCandidateSampler", log_uniform, hr_make_log_uniform_candidates);
SAMPLER("LearnedUnigramCandidateSampler", learned, hr_make_learned_candidates);
SAMPLER("ThreadUnsafeUnigramCandidateSampler", thread_unsafe, hr_make_learned_candidates);
SAMPLER("FixedUnigramCandidateSampler", fixed, hr_make_fixed_candidates);
SAMPLER("AllCandidateSampler", all, NULL);

/* ---- accidental hits ------------------------------------------------------------------------------------------- */

/* Goes over the true classes once, with the outputs or (NULL) only to count. */
static int64_t find_hits(const hr_tensor *true_classes, const place_table *candidates, int32_t *rows, int64_t *places,
                         float *weights) {
  int64_t count = 0, columns = true_classes->dims[1];
  const int64_t *classes = hr_tensor_data(true_classes);
  for (int64_t i = 0; i < true_classes->elements; ++i) {
    const slot *slot = slot_of(candidates, classes[i]);
    if (!slot->place) continue;
    if (rows) {
      rows[count] = (int32_t)(i / columns);
      places[count] = slot->place - 1;
      weights[count] = -FLT_MAX;
    }
    ++count;
  }
  return count;
}

static hr_status hits_create(const hr_kernel_construction *c, void **state) {
  int64_t num_true;
  HR_TRY(hr_construction_int(c, "num_true", &num_true));
  *state = (void *)(uintptr_t)num_true;
  return HR_SUCCESS;
}

static hr_status accidental_hits(hr_kernel_context *ctx) {
  const hr_tensor *true_classes = hr_input(ctx, 0), *sampled = hr_input(ctx, 1);
  if (true_classes->rank != 2 || true_classes->dims[1] != (int64_t)(uintptr_t)ctx->state)
    return hr_error(HR_INVALID_ARGUMENT, "true_candidates must be a batch_size * num_true matrix");
  if (sampled->rank != 1)
    return hr_error(HR_INVALID_ARGUMENT, "sampled_candidates must be a vector, which is typically an output from "
                                         "CandidateSampler");
  place_table candidates = {0};
  HR_TRY(new_table(ctx, sampled->elements, &candidates));
  for (int64_t i = 0; i < sampled->elements; ++i) { /* the last place counts */
    int64_t number = ((const int64_t *)hr_tensor_data(sampled))[i];
    *slot_of(&candidates, number) = (slot){number, i + 1};
  }
  hr_shape shape = {.rank = 1, .dims = {find_hits(true_classes, &candidates, NULL, NULL, NULL)}};
  hr_tensor *rows, *places, *weights;
  hr_status status;
  HR_TRY_GOTO(status, hr_output_new(ctx, 0, &shape, &rows), done);
  HR_TRY_GOTO(status, hr_output_new(ctx, 1, &shape, &places), done);
  HR_TRY_GOTO(status, hr_output_new(ctx, 2, &shape, &weights), done);
  find_hits(true_classes, &candidates, hr_tensor_data(rows), hr_tensor_data(places), hr_tensor_data(weights));
done:
  hr_tensor_clear(&candidates.memory);
  return status;
}
HR_KERNEL(.op = "ComputeAccidentalHits", .create = hits_create, .compute = accidental_hits);
