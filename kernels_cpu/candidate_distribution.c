#include "kernels_cpu/candidate_distribution.h"
#include "runtime/io/file.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Walker, "An efficient method for generating discrete random variables with general distributions", 1977: a class is
 * itself below `threshold`, and `other` above it. */
typedef struct hr_alias {
  float threshold;
  int32_t other;
} hr_alias;

static void destroy(hr_resource *resource) {
  hr_candidate_distribution *d = (hr_candidate_distribution *)resource;
  free(d->weights);
  free(d->aliases);
  free(d->counts);
  free(d->tree);
  pthread_mutex_destroy(&d->lock);
  free(d);
}
const hr_resource_type hr_candidate_distribution_type = {.name = "CandidateDistribution", .destroy = destroy};

static hr_status new_distribution(int64_t range, hr_candidate_distribution **out) {
  hr_candidate_distribution *d = calloc(1, sizeof *d);
  if (!d) return hr_error_out_of_memory(sizeof *d, "a distribution of candidates");
  hr_resource_init(&d->resource, &hr_candidate_distribution_type);
  pthread_mutex_init(&d->lock, NULL);
  d->range = d->possible = range;
  *out = d;
  return HR_SUCCESS;
}

/* The finished distribution, or the error that it met. */
static hr_status finish(hr_candidate_distribution *d, hr_status status, hr_resource **out) {
  *out = &d->resource;
  if (status) hr_resource_unref(&d->resource);
  return status;
}

/* ---- numbers --------------------------------------------------------------------------------------------------- */

static uint32_t next32(hr_number_stream *s) {
  if (s->used == 4) {
    hr_philox_next(&s->generator, s->numbers);
    s->used = 0;
  }
  return s->numbers[s->used++];
}
static uint64_t next64(hr_number_stream *s) {
  uint32_t low = next32(s);
  return low | (uint64_t)next32(s) << 32;
}
static double next_double(hr_number_stream *s) {
  uint32_t first = next32(s);
  return hr_philox_to_double(first, next32(s));
}

/* Below n, all as likely: numbers of the part of the range that n does not divide are passed over. */
static uint32_t below32(hr_number_stream *s, uint32_t n) {
  if ((n & (n - 1)) == 0) return next32(s) & (n - 1);
  uint32_t left_over = UINT32_MAX % n + 1, number;
  do
    number = next32(s);
  while (number < left_over);
  return number % n;
}
static uint64_t below64(hr_number_stream *s, uint64_t n) {
  if ((n & (n - 1)) == 0) return next64(s) & (n - 1);
  uint64_t left_over = UINT64_MAX % n + 1, number;
  do
    number = next64(s);
  while (number < left_over);
  return number % n;
}

/* ---- uniform, log uniform -------------------------------------------------------------------------------------- */

static int64_t draw_uniform(const hr_candidate_distribution *d, hr_number_stream *s) {
  return (int64_t)below64(s, (uint64_t)d->range);
}
static float uniform_probability(const hr_candidate_distribution *d, int64_t value) {
  (void)value;
  return (float)(1.0 / (double)d->range);
}

hr_status hr_make_uniform_candidates(void *construction, hr_resource **out) {
  int64_t range;
  HR_TRY(hr_construction_int(construction, "range_max", &range));
  hr_candidate_distribution *d;
  HR_TRY(new_distribution(range, &d));
  d->draw = draw_uniform;
  d->probability = uniform_probability;
  return finish(d, HR_SUCCESS, out);
}

static int64_t draw_log_uniform(const hr_candidate_distribution *d, hr_number_stream *s) {
  int64_t value = (int64_t)exp(next_double(s) * d->log_range) - 1;
  return value % d->range; /* rounding may reach the end */
}
static float log_uniform_probability(const hr_candidate_distribution *d, int64_t value) {
  return (float)(log(((double)value + 2) / ((double)value + 1)) / d->log_range);
}

hr_status hr_make_log_uniform_candidates(void *construction, hr_resource **out) {
  HR_TRY(hr_make_uniform_candidates(construction, out));
  hr_candidate_distribution *d = (hr_candidate_distribution *)*out;
  d->log_range = log1p((double)d->range);
  d->draw = draw_log_uniform;
  d->probability = log_uniform_probability;
  return HR_SUCCESS;
}

/* ---- learned --------------------------------------------------------------------------------------------------- */

/* The class in whose share of the sum a number falls, by Fenwick's tree of sums: tree[i - 1] is that of the counts from
 * i - (lowest bit of i) to below i. */
static int64_t draw_learned(const hr_candidate_distribution *d, hr_number_stream *s) {
  int32_t number = (int32_t)below32(s, (uint32_t)d->sum);
  int64_t place = 0, step = 1;
  while (step * 2 <= d->range)
    step *= 2;
  for (; step > 0; step /= 2) {
    if (place + step > d->range || d->tree[place + step - 1] > number) continue;
    place += step;
    number -= d->tree[place - 1];
  }
  return place;
}
static float learned_probability(const hr_candidate_distribution *d, int64_t value) {
  if (value < 0 || value >= d->range) return 0;
  return (float)d->counts[value] / (float)d->sum;
}

hr_status hr_candidates_learn(hr_candidate_distribution *d, int64_t count, const int64_t *values) {
  if (!d->counts) return HR_SUCCESS;
  for (int64_t i = 0; i < count; ++i)
    if (values[i] < 0 || values[i] >= d->range)
      return hr_error(HR_INVALID_ARGUMENT, "true class %" PRId64 " is not in [0, %" PRId64 ")", values[i], d->range);
  for (int64_t i = 0; i < count && d->sum < INT32_MAX; ++i, ++d->sum) {
    ++d->counts[values[i]];
    for (int64_t k = values[i] + 1; k <= d->range; k += k & -k)
      ++d->tree[k - 1];
  }
  return HR_SUCCESS;
}

hr_status hr_make_learned_candidates(void *construction, hr_resource **out) {
  HR_TRY(hr_make_uniform_candidates(construction, out));
  hr_candidate_distribution *d = (hr_candidate_distribution *)*out;
  if (d->range >= INT32_MAX)
    return finish(d, hr_error(HR_INVALID_ARGUMENT, "range_max %" PRId64 " is too large to count classes", d->range),
                  out);
  d->counts = malloc((size_t)d->range * sizeof *d->counts);
  d->tree = malloc((size_t)d->range * sizeof *d->tree);
  if (!d->counts || !d->tree)
    return finish(d, hr_error_out_of_memory((size_t)d->range * sizeof *d->counts, "counts of classes"), out);
  for (int64_t i = 0; i < d->range; ++i) {
    d->counts[i] = 1;
    d->tree[i] = (int32_t)((i + 1) & -(i + 1));
  }
  d->sum = (int32_t)d->range;
  d->draw = draw_learned;
  d->probability = learned_probability;
  return HR_SUCCESS;
}

/* ---- fixed ----------------------------------------------------------------------------------------------------- */

static int64_t draw_fixed(const hr_candidate_distribution *d, hr_number_stream *s) {
  float number = hr_philox_to_float(next32(s));
  uint32_t value = below32(s, (uint32_t)d->range);
  return number < d->aliases[value].threshold ? (int64_t)value : d->aliases[value].other;
}
static float fixed_probability(const hr_candidate_distribution *d, int64_t value) {
  return value < 0 || value >= d->range ? 0 : d->weights[value] / d->total;
}

/* The attributes of a vocabulary, and how many weights there are so far. */
typedef struct vocabulary {
  int64_t reserved, shards, shard;
  float distortion;
  int64_t next, count; /* the next word's number; weights of this shard */
} vocabulary;

static hr_status add_word(hr_candidate_distribution *d, vocabulary *v, float weight) {
  if (v->next++ % v->shards != v->shard) return HR_SUCCESS;
  if (v->count == d->range)
    return hr_error(HR_INVALID_ARGUMENT, "there are more weights than the %" PRId64 " classes of range_max", d->range);
  d->weights[v->count++] = weight;
  d->total += weight;
  return HR_SUCCESS;
}

/* The number behind the last comma of each line. */
static hr_status read_words(hr_candidate_distribution *d, vocabulary *v, const char *path) {
  char *text;
  size_t length;
  HR_TRY(hr_file_read_all(path, SIZE_MAX / 2, &text, &length));
  hr_status status = HR_SUCCESS;
  for (char *line = text; !status && line < text + length;) {
    char *end = memchr(line, '\n', (size_t)(text + length - line)), *stop;
    if (!end) end = text + length;
    *end = '\0';
    const char *comma = strrchr(line, ','), *number = comma ? comma + 1 : line;
    float weight = strtof(number, &stop);
    if (stop == number || *(stop + strspn(stop, " \t\r")) != '\0')
      status = hr_error(HR_INVALID_ARGUMENT, "Wrong vocabulary format at line: %s", line);
    else
      status = add_word(d, v, powf(weight, v->distortion));
    line = end + 1;
  }
  free(text);
  return status;
}

static hr_status read_vocabulary(const hr_kernel_construction *c, hr_candidate_distribution *d) {
  vocabulary v = {0};
  const hr_attr_value *file, *unigrams;
  HR_TRY(hr_construction_attr(c, "vocab_file", &file));
  HR_TRY(hr_construction_attr(c, "unigrams", &unigrams));
  HR_TRY(hr_construction_float(c, "distortion", &v.distortion));
  HR_TRY(hr_construction_int(c, "num_reserved_ids", &v.reserved));
  HR_TRY(hr_construction_int(c, "num_shards", &v.shards));
  HR_TRY(hr_construction_int(c, "shard", &v.shard));
  if (v.shard >= v.shards)
    return hr_error(HR_INVALID_ARGUMENT, "shard (%" PRId64 ") should be less than num_shards (%" PRId64 ")", v.shard,
                    v.shards);
  if (file->count == 0 && unigrams->count == 0)
    return hr_error(HR_INVALID_ARGUMENT, "Must provide either vocab_file or unigrams.");
  if (file->count > 0 && unigrams->count > 0)
    return hr_error(HR_INVALID_ARGUMENT, "Must only provide one of vocab_file and unigrams.");
  for (int64_t i = 0; i < v.reserved; ++i)
    HR_TRY(add_word(d, &v, 0));
  v.next = v.count; /* as TensorFlow numbers the words of a shard */
  if (file->count > 0) {
    HR_TRY(read_words(d, &v, file->s));
  } else {
    for (int32_t i = 0; i < unigrams->count; ++i)
      HR_TRY(add_word(d, &v, powf(unigrams->floats[i], v.distortion)));
  }
  if (v.count != d->range)
    return hr_error(HR_INVALID_ARGUMENT, "range_max is %" PRId64 ", but there are %" PRId64 " weights", d->range,
                    v.count);
  if (d->total > 0 && isfinite(d->total)) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "the weights of the classes have no positive, finite sum");
}

/* Classes with less than an average share get the rest of theirs from one with more. */
static hr_status make_aliases(hr_candidate_distribution *d) {
  int64_t n = d->range;
  d->aliases = calloc((size_t)n, sizeof *d->aliases);
  double *shares = malloc((size_t)n * sizeof *shares), sum = 0;
  int32_t *poor = malloc((size_t)n * sizeof *poor), *rich = malloc((size_t)n * sizeof *rich);
  bool has_memory = d->aliases && shares && poor && rich;
  int64_t num_poor = 0, num_rich = 0;
  for (int64_t i = 0; has_memory && i < n; ++i)
    sum += (double)d->weights[i];
  for (int64_t i = 0; has_memory && i < n; ++i) {
    d->aliases[i] = (hr_alias){1, (int32_t)i};
    shares[i] = (double)(d->weights[i] * (float)n) / sum;
    if (shares[i] < 1)
      poor[num_poor++] = (int32_t)i;
    else
      rich[num_rich++] = (int32_t)i;
  }
  while (num_poor > 0 && num_rich > 0) {
    int32_t low = poor[--num_poor], high = rich[num_rich - 1];
    d->aliases[low] = (hr_alias){(float)shares[low], high};
    shares[high] -= 1 - shares[low];
    if (shares[high] < 1) {
      --num_rich;
      poor[num_poor++] = high;
    }
  }
  free(shares);
  free(poor);
  free(rich);
  return has_memory ? HR_SUCCESS : hr_error_out_of_memory((size_t)n * sizeof *shares, "a table of aliases");
}

hr_status hr_make_fixed_candidates(void *construction, hr_resource **out) {
  HR_TRY(hr_make_uniform_candidates(construction, out));
  hr_candidate_distribution *d = (hr_candidate_distribution *)*out;
  d->draw = draw_fixed;
  d->probability = fixed_probability;
  if (d->range > INT32_MAX)
    return finish(d, hr_error(HR_INVALID_ARGUMENT, "range_max %" PRId64 " is too large", d->range), out);
  d->weights = malloc((size_t)d->range * sizeof *d->weights);
  if (!d->weights)
    return finish(d, hr_error_out_of_memory((size_t)d->range * sizeof *d->weights, "weights of classes"), out);
  hr_status status = read_vocabulary(construction, d);
  if (!status) status = make_aliases(d);
  d->possible = 0;
  for (int64_t i = 0; !status && i < d->range; ++i)
    d->possible += d->weights[i] > 0;
  return finish(d, status, out);
}
