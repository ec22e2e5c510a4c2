/* CacheDataset: elements are kept when all were seen, in memory or in a checkpoint's files. */
#include "headrace/io.h"
#include "kernels_cpu/data/mapped.h"
#include "runtime/io/file.h"
#include <pthread.h>
#include <stdio.h>

typedef struct cache {
  hr_dataset head;
  char *filename; /* "": in memory */
} cache;

/* The elements, which all passes share. */
typedef struct memory {
  hr_resource resource;
  pthread_mutex_t lock; /* guards `is_whole` until it is true; then nothing changes */
  bool is_whole;
  hr_elements elements;
  int32_t width;
} memory;

static void destroy_memory(hr_resource *resource) {
  memory *m = (memory *)resource;
  hr_elements_free(&m->elements, m->width);
  pthread_mutex_destroy(&m->lock);
  free(m);
}
static const hr_resource_type memory_type = {.name = "MemoryCache", .destroy = destroy_memory};

static hr_status make_memory(void *argument, hr_resource **out) {
  memory *m = calloc(1, sizeof *m);
  if (!m) return hr_error_out_of_memory(sizeof *m, "a cache");
  hr_resource_init(&m->resource, &memory_type);
  pthread_mutex_init(&m->lock, NULL);
  m->width = ((hr_dataset *)argument)->width;
  *out = &m->resource;
  return HR_SUCCESS;
}

typedef struct cacher {
  hr_iterator head;
  memory *memory;       /* NULL: files */
  bool reads;           /* from what was kept */
  int64_t next;         /* element that comes, of what was kept */
  hr_elements elements; /* seen so far, where it writes memory */
  hr_iterator *input;   /* where it writes */
  hr_record_writer *writer;
  hr_record_reader *reader;
  bool has_ended;
} cacher;

static void destroy(hr_dataset *dataset) { free(((cache *)dataset)->filename); }

/* ---- files ------------------------------------------------------------------------------------------------------- */

/* "NAME.data" holds the elements as records once all are there; until then it has another name. */
static char *file_name(const hr_iterator *it, const char *suffix) {
  char *name;
  return asprintf(&name, "%s%s", ((cache *)it->dataset)->filename, suffix) < 0 ? NULL : name;
}

static hr_status no_memory(void) { return hr_error_out_of_memory(0, "a file name"); }

static hr_status open_files(cacher *c) {
  char *name = file_name(&c->head, ".cache"), *lock = file_name(&c->head, ".cache.lockfile");
  hr_status status = name && lock ? HR_SUCCESS : no_memory();
  if (!status && hr_file_exists(name)) {
    c->reads = true;
    status = hr_record_reader_open(name, HR_COMPRESSION_NONE, &c->reader);
  } else if (!status && hr_file_exists(lock)) {
    status =
        hr_error(HR_ALREADY_EXISTS,
                 "There appears to be a concurrent caching iterator running - cache lockfile already exists ('%s'). "
                 "If you are sure no other running TF computations are using this cache prefix, delete the "
                 "lockfile and re-initialize the iterator.",
                 lock);
  } else if (!status) {
    status = hr_record_writer_open(lock, HR_COMPRESSION_NONE, &c->writer);
    if (!status) status = hr_iterator_open_input(&c->head, 0, &c->input);
  }
  free(name);
  free(lock);
  return status;
}

static hr_status write_element(cacher *c, const hr_tensor *element) {
  hr_state_writer state = {0};
  hr_status status = hr_state_put_element(&state, element, c->head.dataset->width);
  if (!status && state.bytes.failed) status = hr_error_out_of_memory(0, "an element");
  if (!status) status = hr_record_writer_write(c->writer, state.bytes.data, state.bytes.length);
  hr_text_free(&state.bytes);
  return status;
}

/* All elements are there: the file gets its name. */
static hr_status finish_files(cacher *c) {
  hr_status status = hr_record_writer_close(c->writer);
  c->writer = NULL;
  char *name = file_name(&c->head, ".cache"), *lock = file_name(&c->head, ".cache.lockfile");
  if (!status) status = name && lock ? hr_file_rename(lock, name) : no_memory();
  free(name);
  free(lock);
  return status;
}

static hr_status read_element(cacher *c, hr_tensor *element, bool *end) {
  const void *data;
  size_t length;
  hr_status status = hr_record_reader_next(c->reader, &data, &length);
  if (hr_status_code(status) == HR_OUT_OF_RANGE) {
    hr_status_free(status);
    *end = true;
    return HR_SUCCESS;
  }
  HR_TRY(status);
  hr_state_reader reader = {data, length};
  ++c->next;
  return hr_state_get_element(&reader, c->head.dataset->dtypes, c->head.dataset->width, element);
}

/* ---- memory ------------------------------------------------------------------------------------------------------ */

static hr_status open_memory(cacher *c) {
  hr_resource *resource;
  HR_TRY(hr_iterator_shared(&c->head, make_memory, &resource));
  c->memory = (memory *)resource;
  pthread_mutex_lock(&c->memory->lock);
  c->reads = c->memory->is_whole;
  pthread_mutex_unlock(&c->memory->lock);
  return c->reads ? HR_SUCCESS : hr_iterator_open_input(&c->head, 0, &c->input);
}

/* The first to come to the end gives its elements to all. */
static void finish_memory(cacher *c) {
  pthread_mutex_lock(&c->memory->lock);
  if (!c->memory->is_whole) {
    c->memory->elements = c->elements;
    c->memory->is_whole = true;
    c->elements = (hr_elements){0};
  }
  pthread_mutex_unlock(&c->memory->lock);
}

/* ---- iterators --------------------------------------------------------------------------------------------------- */

static hr_status open(hr_iterator *it) {
  cacher *c = (cacher *)it;
  return ((cache *)it->dataset)->filename[0] ? open_files(c) : open_memory(c);
}

static void close_cache(hr_iterator *it) {
  cacher *c = (cacher *)it;
  hr_elements_free(&c->elements, it->dataset->width);
  hr_iterator_close(c->input);
  hr_record_reader_free(c->reader);
  if (c->writer) {
    hr_status_free(hr_record_writer_close(c->writer));
    char *lock = file_name(it, ".cache.lockfile");
    if (lock) hr_status_free(hr_file_delete(lock));
    free(lock);
  }
  if (c->memory) hr_resource_unref(&c->memory->resource);
}

static hr_status keep(cacher *c, const hr_tensor *element) {
  int32_t width = c->head.dataset->width;
  if (!c->memory) return write_element(c, element);
  hr_tensor *copy;
  HR_TRY(hr_element_new(width, &copy));
  hr_element_copy(element, copy, width);
  hr_status status = hr_elements_add(&c->elements, copy, width);
  free(copy);
  return status;
}

static hr_status next_new(cacher *c, hr_pull *pull, hr_tensor *element, bool *end) {
  HR_TRY(hr_iterator_next(c->input, pull, element, end));
  if (!*end) {
    hr_status status = keep(c, element);
    if (status) hr_element_clear(element, c->head.dataset->width);
    return status;
  }
  c->has_ended = true;
  if (!c->memory) return finish_files(c);
  finish_memory(c);
  return HR_SUCCESS;
}

static hr_status next(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  cacher *c = (cacher *)it;
  *end = c->has_ended;
  if (c->has_ended) return HR_SUCCESS;
  if (!c->reads) return next_new(c, pull, element, end);
  if (!c->memory) return read_element(c, element, end);
  *end = c->next >= c->memory->elements.count;
  if (!*end)
    hr_element_copy(hr_elements_at(&c->memory->elements, c->next++, it->dataset->width), element, it->dataset->width);
  return HR_SUCCESS;
}

/* ---- state ------------------------------------------------------------------------------------------------------- */

static hr_status save(hr_iterator *it, hr_state_writer *writer) {
  cacher *c = (cacher *)it;
  if (!c->memory) return hr_error(HR_UNIMPLEMENTED, "A cache in files does not support serialization");
  hr_state_put_int(writer, c->has_ended);
  hr_state_put_int(writer, c->reads || c->has_ended);
  hr_state_put_int(writer, c->next);
  if (c->reads || c->has_ended) return hr_elements_save(&c->memory->elements, it->dataset->width, writer);
  HR_TRY(hr_elements_save(&c->elements, it->dataset->width, writer));
  return hr_iterator_save(c->input, writer);
}

static hr_status restore(hr_iterator *it, hr_state_reader *reader) {
  cacher *c = (cacher *)it;
  bool is_whole;
  HR_TRY(hr_state_get_flag(reader, &c->has_ended));
  HR_TRY(hr_state_get_flag(reader, &is_whole));
  HR_TRY(hr_state_get_int_in(reader, 0, INT64_MAX, &c->next));
  HR_TRY(hr_elements_restore(&c->elements, it->dataset, reader));
  if (!is_whole) {
    if (!c->input) HR_TRY(hr_iterator_open_input(it, 0, &c->input));
    c->reads = false;
    return hr_iterator_restore(c->input, reader);
  }
  c->reads = true;
  if (!c->memory) return hr_error(HR_INVALID_ARGUMENT, "The state of a cache in memory cannot be that of one in files");
  finish_memory(c);
  return HR_SUCCESS;
}

static int64_t cardinality(const hr_dataset *d) { return hr_dataset_cardinality(d->inputs[0]); }

static const hr_dataset_type type = {.name = "CacheDataset",
                                     .iterator_size = sizeof(cacher),
                                     .destroy = destroy,
                                     .open = open,
                                     .next = next,
                                     .close = close_cache,
                                     .save = save,
                                     .restore = restore,
                                     .cardinality = cardinality};

static hr_status cache_dataset(hr_kernel_context *ctx) {
  hr_dataset *d;
  HR_TRY(hr_make_dataset(ctx, &type, sizeof(cache), 1, &d));
  return hr_give_dataset(ctx, d, hr_text_input(ctx, 1, "filename", &((cache *)d)->filename));
}
HR_KERNEL(.op = "CacheDataset", .compute = cache_dataset);
