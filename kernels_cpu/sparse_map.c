/* AddSparseToTensorsMap, AddManySparseToTensorsMap, TakeManySparseFromTensorsMap: sparse tensors that wait under keys
 * while the keys go through a queue. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/sparse_rows.h"
#include "runtime/resource/resource_manager.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

/* A hash table by key; keys count up, so the lowest bits spread them. */
typedef struct entry {
  struct entry *next;
  int64_t key;
  hr_sparse_parts value;
} entry;

typedef struct map {
  hr_resource resource;
  pthread_mutex_t lock; /* of all below */
  int64_t next_key, count;
  uint64_t size; /* of the table: a power of two */
  entry **table;
} map;

static void free_entry(entry *e) {
  hr_sparse_parts_clear(&e->value);
  free(e);
}

static void map_destroy(hr_resource *resource) {
  map *m = (map *)resource;
  for (uint64_t i = 0; i < m->size; ++i)
    for (entry *e = m->table[i], *next; e; e = next) {
      next = e->next;
      free_entry(e);
    }
  free(m->table);
  pthread_mutex_destroy(&m->lock);
  free(m);
}
static const hr_resource_type map_type = {.name = "SparseTensorsMap", .destroy = map_destroy};

#define FIRST_SIZE 64

static hr_status map_make(void *argument, hr_resource **out) {
  (void)argument;
  map *m = calloc(1, sizeof *m);
  if (m) m->table = calloc(FIRST_SIZE, sizeof *m->table);
  if (!m || !m->table) {
    free(m);
    return hr_error_out_of_memory(sizeof *m, "a map of sparse tensors");
  }
  m->size = FIRST_SIZE;
  pthread_mutex_init(&m->lock, NULL);
  hr_resource_init(&m->resource, &map_type);
  *out = &m->resource;
  return HR_SUCCESS;
}

/* Where it cannot grow it gets slower. Lock held. */
static void map_grow(map *m) {
  entry **table = calloc(2 * m->size, sizeof *table);
  if (!table) return;
  for (uint64_t i = 0; i < m->size; ++i)
    for (entry *e = m->table[i], *next; e; e = next) {
      next = e->next;
      entry **place = &table[(uint64_t)e->key & (2 * m->size - 1)];
      e->next = *place;
      *place = e;
    }
  free(m->table);
  m->table = table;
  m->size *= 2;
}

static int64_t map_add(map *m, entry *e) {
  pthread_mutex_lock(&m->lock);
  if ((uint64_t)m->count++ >= m->size) map_grow(m);
  int64_t key = e->key = m->next_key++;
  entry **place = &m->table[(uint64_t)key & (m->size - 1)];
  e->next = *place;
  *place = e;
  pthread_mutex_unlock(&m->lock);
  return key;
}

static entry *map_take(map *m, int64_t key) {
  pthread_mutex_lock(&m->lock);
  entry **place = &m->table[(uint64_t)key & (m->size - 1)];
  while (*place && (*place)->key != key)
    place = &(*place)->next;
  entry *e = *place;
  if (e) {
    *place = e->next;
    --m->count;
  }
  pthread_mutex_unlock(&m->lock);
  return e;
}

static hr_status map_of_node(const hr_kernel_construction *c, void **state) {
  return hr_resource_of_node(c, &map_type, map_make, NULL, (hr_resource **)state);
}
static void map_unref(void *state) { hr_resource_unref(state); }

/* ---- adding ---------------------------------------------------------------------------------------------------- */

/* Takes over the parts; they are cleared where it fails. */
static hr_status keep(map *m, hr_sparse_parts *x, int64_t *key) {
  entry *e = malloc(sizeof *e);
  if (!e) {
    hr_sparse_parts_clear(x);
    return hr_error_out_of_memory(sizeof *e, "a sparse tensor");
  }
  e->value = *x;
  *key = map_add(m, e);
  return HR_SUCCESS;
}

static hr_status add_sparse(hr_kernel_context *ctx) {
  hr_sparse_parts x, kept = {0};
  HR_TRY(hr_sparse_input_ranks(ctx, &x));
  hr_status status = hr_keep_input(ctx, 0, &kept.indices);
  if (!status) status = hr_keep_input(ctx, 1, &kept.values);
  if (!status) status = hr_keep_input(ctx, 2, &kept.shape);
  if (status) {
    hr_sparse_parts_clear(&kept);
    return status;
  }
  int64_t key;
  HR_TRY(keep(ctx->state, &kept, &key));
  *hr_output_slot(ctx, 0) = hr_tensor_i64(key);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "AddSparseToTensorsMap", .types = {{"T", HR_ANY_TYPES}}, .create = map_of_node, .destroy = map_unref,
          .compute = add_sparse);

typedef struct adding {
  map *map;
  int64_t *keys;
} adding;

static hr_status add_row(void *argument, int64_t row, const hr_sparse_parts *x) {
  adding *a = argument;
  hr_sparse_parts kept;
  hr_tensor_copy(&x->indices, &kept.indices);
  hr_tensor_copy(&x->values, &kept.values);
  hr_tensor_copy(&x->shape, &kept.shape);
  return keep(a->map, &kept, &a->keys[row]);
}

static hr_status add_many_sparse(hr_kernel_context *ctx) {
  hr_sparse_parts x;
  HR_TRY(hr_sparse_input_ranks(ctx, &x));
  int64_t rows;
  HR_TRY(hr_sparse_row_count(&x, &rows));
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &(hr_shape){1, {rows}}, &out));
  adding a = {ctx->state, hr_tensor_data(out)};
  return hr_sparse_rows(ctx, &x, add_row, &a);
}
HR_KERNEL(.op = "AddManySparseToTensorsMap", .types = {{"T", HR_ANY_TYPES}}, .create = map_of_node,
          .destroy = map_unref, .compute = add_many_sparse);

/* ---- taking ---------------------------------------------------------------------------------------------------- */

static hr_status take_many_sparse(hr_kernel_context *ctx) {
  const hr_tensor *keys = hr_input(ctx, 0);
  HR_TRY(hr_rank_check(keys, 1, "sparse_handles"));
  if (keys->elements == 0)
    return hr_error(HR_INVALID_ARGUMENT, "Must have at least 1 serialized SparseTensor, but input matrix has 0 rows");
  hr_sparse_parts *parts = calloc((size_t)keys->elements, sizeof *parts);
  if (!parts) return hr_error_out_of_memory((size_t)keys->elements * sizeof *parts, "sparse tensors");
  hr_status status = HR_SUCCESS;
  for (int64_t i = 0; i < keys->elements && !status; ++i) {
    int64_t key = ((const int64_t *)hr_tensor_data(keys))[i];
    entry *e = map_take(ctx->state, key);
    if (!e) {
      status = hr_error(HR_INVALID_ARGUMENT, "Unable to find SparseTensor: %" PRId64 " in map", key);
    } else {
      parts[i] = e->value;
      free(e);
    }
  }
  if (!status) status = hr_sparse_join(ctx, keys->elements, parts, &(hr_shape){1, {keys->elements}});
  for (int64_t i = 0; i < keys->elements; ++i)
    hr_sparse_parts_clear(&parts[i]);
  free(parts);
  return status;
}
HR_KERNEL(.op = "TakeManySparseFromTensorsMap", .types = {{"dtype", HR_ANY_TYPES}}, .create = map_of_node,
          .destroy = map_unref, .compute = take_many_sparse);
