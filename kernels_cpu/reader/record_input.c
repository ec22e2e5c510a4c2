/* RecordInput: batches of records from TFRecord files in random order, one pass over all files after the other.
 *
 * TensorFlow fills a buffer from other threads while the op takes records out of it; which it takes depends on who is
 * faster. Here it is as if those threads were always as far ahead as the buffer lets them: it is filled before each
 * record is taken. The same seed gives the same order, which is one that TensorFlow may give. */
#include "headrace/io.h"
#include "runtime/base/fingerprint.h"
#include "runtime/base/mersenne.h"
#include "runtime/base/text.h"
#include "runtime/io/file.h"
#include "runtime/resource/resource_manager.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Records that a shard reads before it puts them into the buffer, the last one first. */
#define CHUNK 16

/* Every num_shards-th file of a pass. */
typedef struct shard {
  size_t file; /* the next one to be opened */
  hr_record_reader *reader;
  hr_string chunk[CHUNK];
  int filled;
  bool has_read_all; /* or has failed */
} shard;

typedef struct record_input {
  hr_resource resource;
  char *pattern; /* several, with commas between them */
  uint64_t seed;
  float shift_ratio;
  uint64_t buffer_size; /* shrinks to what a pass has */
  uint64_t parallelism;
  hr_compression compression;

  pthread_mutex_t lock; /* over all below */
  hr_mersenne random;
  hr_string *buffer;
  uint64_t filled, capacity;
  uint64_t pass;  /* from 1 */
  uint64_t added; /* in this pass */
  hr_path_list files;
  shard *shards;
  size_t num_shards, turn; /* no shards: the pass has been read */
  hr_status failure;       /* of the pass, then of all further calls */
} record_input;

/* ---- a pass ------------------------------------------------------------------------------------------------------ */

static void end_pass(record_input *r) {
  for (size_t i = 0; i < r->num_shards; ++i) {
    hr_record_reader_free(r->shards[i].reader);
    for (int j = 0; j < r->shards[i].filled; ++j)
      hr_string_clear(&r->shards[i].chunk[j]);
  }
  free(r->shards);
  r->shards = NULL;
  r->num_shards = 0;
  hr_path_list_clear(&r->files);
}

static hr_status find_files(record_input *r) {
  for (const char *at = r->pattern, *end; at; at = *end ? end + 1 : NULL) {
    end = at + strcspn(at, ",");
    hr_path_list found;
    char *pattern = strndup(at, (size_t)(end - at));
    if (!pattern) return hr_error_out_of_memory((size_t)(end - at), "a pattern");
    hr_status status = hr_file_match(pattern, &found);
    free(pattern);
    HR_TRY(status);
    status = hr_path_list_take(&r->files, &found);
    hr_path_list_clear(&found);
    HR_TRY(status);
  }
  return r->files.count ? HR_SUCCESS : hr_error(HR_NOT_FOUND, "Found no files at %s", r->pattern);
}

static hr_status mix_files(record_input *r) {
  size_t count = r->files.count, shift = 0;
  char **paths = r->files.paths, **shifted = malloc(count * sizeof *shifted);
  size_t *to = malloc(count * sizeof *to);
  hr_mersenne *random = malloc(sizeof *random);
  bool has_memory = shifted && to && random;
  if (has_memory) {
    hr_mersenne_seed(random, hr_hash64_seeded(&r->pass, sizeof r->pass, r->seed));
    hr_mersenne_swaps(random, count, to);
    for (size_t i = 1; i < count; ++i) {
      char *path = paths[i];
      paths[i] = paths[to[i]];
      paths[to[i]] = path;
    }
    if (r->shift_ratio >= 0 && r->shift_ratio < 1) shift = (size_t)(r->shift_ratio * (float)count);
    for (size_t i = 0; i < count; ++i)
      shifted[i] = paths[(i + shift) % count];
    memcpy(paths, shifted, count * sizeof *paths);
  }
  free(shifted);
  free(to);
  free(random);
  return has_memory ? HR_SUCCESS : hr_error_out_of_memory(count * sizeof *to, "an order of files");
}

static hr_status begin_pass(record_input *r) {
  ++r->pass;
  r->added = 0;
  r->turn = 0;
  HR_TRY(find_files(r));
  HR_TRY(mix_files(r));
  size_t count = r->parallelism < r->files.count ? (size_t)r->parallelism : r->files.count;
  r->shards = calloc(count, sizeof *r->shards);
  if (!r->shards) return hr_error_out_of_memory(count * sizeof *r->shards, "readers of records");
  r->num_shards = count;
  for (size_t i = 0; i < count; ++i)
    r->shards[i].file = i;
  return HR_SUCCESS;
}

/* Another record for the chunk. */
static hr_status read_record(record_input *r, shard *s) {
  const void *data;
  size_t length;
  if (!s->reader) {
    s->has_read_all = s->file >= r->files.count;
    if (s->has_read_all) return HR_SUCCESS;
    const char *path = r->files.paths[s->file];
    s->file += r->num_shards;
    hr_status status = hr_record_reader_open(path, r->compression, &s->reader);
    if (!status) return HR_SUCCESS;
    hr_status_free(status);
    return hr_error(HR_INVALID_ARGUMENT, "Can't open %s", path);
  }
  hr_status status = hr_record_reader_next(s->reader, &data, &length);
  if (!status) status = hr_string_set(&s->chunk[s->filled], data, length);
  if (!status) {
    ++s->filled;
  } else if (hr_status_code(status) == HR_OUT_OF_RANGE) {
    hr_status_free(status);
    hr_record_reader_free(s->reader);
    s->reader = NULL;
    return HR_SUCCESS;
  }
  return status;
}

static hr_status make_room(record_input *r) {
  if (r->filled < r->capacity) return HR_SUCCESS;
  uint64_t capacity = r->capacity ? 2 * r->capacity : 64;
  hr_string *buffer = realloc(r->buffer, capacity * sizeof *buffer);
  if (!buffer) return hr_error_out_of_memory(capacity * sizeof *buffer, "a buffer of records");
  r->buffer = buffer;
  r->capacity = capacity;
  return HR_SUCCESS;
}

/* What the shard has read, from the last on, as far as it goes in: each in a random place, whose record goes last. */
static hr_status put_chunk(record_input *r, shard *s) {
  while (r->filled < r->buffer_size && s->filled > 0) {
    HR_TRY(make_room(r));
    uint64_t place = hr_mersenne_next(&r->random) % (r->filled + 1);
    if (place < r->filled) r->buffer[r->filled] = r->buffer[place];
    r->buffer[place] = s->chunk[--s->filled];
    s->chunk[s->filled] = (hr_string){0};
    ++r->filled;
    ++r->added;
  }
  return HR_SUCCESS;
}

/* One shard's turn: a chunk. False once all have read and put in all they have. */
static hr_status take_turn(record_input *r, bool *is_over) {
  size_t looked = 0;
  for (; looked < r->num_shards; ++looked) {
    shard *s = &r->shards[r->turn++ % r->num_shards];
    while (s->filled < CHUNK && !s->has_read_all) {
      hr_status status = read_record(r, s);
      s->has_read_all |= status != HR_SUCCESS;
      if (status && !r->failure)
        r->failure = status;
      else
        hr_status_free(status);
    }
    if (s->filled == 0) continue;
    HR_TRY(put_chunk(r, s));
    break;
  }
  *is_over = looked == r->num_shards;
  return HR_SUCCESS;
}

/* A pass that fails is read to its end first. */
static bool has_failed(const record_input *r) { return r->failure && r->num_shards == 0; }

/* ---- records ----------------------------------------------------------------------------------------------------- */

/* As far as it goes; a pass begins where all records of the one before are out. */
static hr_status fill(record_input *r, const hr_kernel_context *ctx) {
  while (r->filled < r->buffer_size && (r->num_shards > 0 || r->filled == 0) && !has_failed(r)) {
    bool is_over = false;
    if (hr_is_cancelled(ctx)) return hr_error(HR_CANCELLED, "Reading records was cancelled");
    if (r->num_shards == 0)
      r->failure = begin_pass(r);
    else
      HR_TRY(take_turn(r, &is_over));
    if (!is_over) continue;
    end_pass(r);
    if (r->added < r->buffer_size) r->buffer_size = r->added;
    if (r->added == 0 && !r->failure)
      r->failure = hr_error(HR_OUT_OF_RANGE, "There are no records in the files at %s", r->pattern);
  }
  return has_failed(r) ? hr_status_copy(r->failure) : HR_SUCCESS;
}

static hr_status record_batch(hr_kernel_context *ctx) {
  record_input *r = ctx->state;
  int64_t count = hr_node_attr(hr_context_node(ctx), "batch_size")->i;
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &(hr_shape){1, {count}}, &out));
  hr_string *records = hr_tensor_data(out);
  hr_status status = HR_SUCCESS;
  pthread_mutex_lock(&r->lock);
  for (int64_t i = 0; i < count && !status; ++i) {
    status = fill(r, ctx);
    if (!status) records[i] = r->buffer[--r->filled];
  }
  pthread_mutex_unlock(&r->lock);
  return status;
}

/* ---- the object -------------------------------------------------------------------------------------------------- */

static void free_input(hr_resource *resource) {
  record_input *r = (record_input *)resource;
  end_pass(r);
  while (r->filled > 0)
    hr_string_clear(&r->buffer[--r->filled]);
  free(r->buffer);
  free(r->pattern);
  hr_status_free(r->failure);
  pthread_mutex_destroy(&r->lock);
  free(r);
}
static const hr_resource_type input_type = {.name = "RecordInput", .destroy = free_input};

static hr_status read_attributes(const hr_kernel_construction *c, record_input *r) {
  int64_t seed, buffer_size, parallelism, batch_size;
  const hr_attr_value *pattern, *compression;
  HR_TRY(hr_construction_attr(c, "file_pattern", &pattern));
  HR_TRY(hr_construction_int(c, "file_random_seed", &seed));
  HR_TRY(hr_construction_float(c, "file_shuffle_shift_ratio", &r->shift_ratio));
  HR_TRY(hr_construction_int(c, "file_buffer_size", &buffer_size));
  HR_TRY(hr_construction_int(c, "file_parallelism", &parallelism));
  HR_TRY(hr_construction_int(c, "batch_size", &batch_size));
  HR_TRY(hr_construction_attr(c, "compression_type", &compression));
  if (buffer_size == 0) return hr_error(HR_INVALID_ARGUMENT, "file_buffer_size must not be 0");
  if (parallelism < 1)
    return hr_error(HR_INVALID_ARGUMENT, "file_parallelism must be positive, not %lld", (long long)parallelism);
  if (batch_size < 0)
    return hr_error(HR_INVALID_ARGUMENT, "batch_size must not be negative: %lld", (long long)batch_size);
  HR_TRY(hr_compression_from_name(compression->s, &r->compression));
  r->seed = (uint64_t)seed;
  r->buffer_size = (uint64_t)buffer_size; /* a negative one is no limit */
  r->parallelism = (uint64_t)parallelism;
  r->pattern = strdup(pattern->s);
  return r->pattern ? HR_SUCCESS : hr_error_out_of_memory((size_t)pattern->count, "a pattern");
}

static hr_status make_input(void *construction, hr_resource **out) {
  record_input *r = calloc(1, sizeof *r);
  if (!r) return hr_error_out_of_memory(sizeof *r, "an input of records");
  hr_status status = read_attributes(construction, r);
  if (status) {
    free(r);
    return status;
  }
  hr_resource_init(&r->resource, &input_type);
  pthread_mutex_init(&r->lock, NULL);
  hr_mersenne_seed(&r->random, r->seed);
  *out = &r->resource;
  return HR_SUCCESS;
}

/* The session's: its plans share it. */
static hr_status create(const hr_kernel_construction *c, void **state) {
  hr_kernel_construction construction = *c;
  hr_resource *resource;
  HR_TRY(hr_resource_of_private_node(c, &input_type, make_input, &construction, &resource));
  *state = resource;
  return HR_SUCCESS;
}

static void destroy(void *state) { hr_resource_unref(state); }

HR_KERNEL(.op = "RecordInput", .create = create, .destroy = destroy, .compute = record_batch);
