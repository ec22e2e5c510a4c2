#include "kernels_cpu/lookup_table.h"
#include "runtime/base/text.h"

#include <stdlib.h>
#include <string.h>

/* ---- birth and death ------------------------------------------------------------------------------------------- */

static size_t value_size(const hr_lookup_table *t) { return hr_dtype_size(t->value_dtype); }
static size_t key_size(const hr_lookup_table *t) {
  return t->key_dtype == HR_STRING ? sizeof(hr_string) : sizeof(int64_t);
}

static void clear_strings(hr_string *strings, int64_t count) {
  for (int64_t i = 0; i < count; ++i)
    hr_string_clear(&strings[i]);
}

static void clear_entries(hr_lookup_table *t) {
  if (t->key_dtype == HR_STRING) clear_strings(t->keys, t->count);
  if (t->value_dtype == HR_STRING) clear_strings(t->values, t->count * t->value_elements);
  free(t->keys);
  free(t->values);
  free(t->buckets);
  t->keys = t->values = t->buckets = NULL;
  t->count = t->capacity = t->bucket_count = 0;
}

static void destroy(hr_resource *resource) {
  hr_lookup_table *t = (hr_lookup_table *)resource;
  clear_entries(t);
  for (int i = 0; i < 2; ++i)
    hr_tensor_clear(&t->reserved[i]);
  pthread_rwlock_destroy(&t->lock);
  free(t->name);
  free(t);
}

const hr_resource_type hr_lookup_table_type = {.name = "Table", .destroy = destroy};

hr_status hr_lookup_table_new(const hr_lookup_table_options *options, hr_lookup_table **out) {
  *out = NULL;
  hr_dtype key = options->key_dtype;
  if (key != HR_INT32 && key != HR_INT64 && key != HR_STRING)
    return hr_error(HR_INVALID_ARGUMENT, "Keys of a table cannot be %s", hr_dtype_name(key));
  hr_lookup_table *t = calloc(1, sizeof *t);
  if (!t) return hr_error_out_of_memory(sizeof *t, "a table");
  hr_resource_init(&t->resource, &hr_lookup_table_type);
  pthread_rwlock_init(&t->lock, NULL);
  t->name = strdup(options->name);
  t->key_dtype = key;
  t->value_dtype = options->value_dtype;
  t->value_shape = options->value_shape;
  t->fixed = options->fixed;
  t->value_elements = 1;
  for (int i = 0; i < t->value_shape.rank; ++i)
    t->value_elements *= t->value_shape.dims[i];
  if (!t->name) {
    hr_resource_unref(&t->resource);
    return hr_error_out_of_memory(strlen(options->name), "a table's name");
  }
  *out = t;
  return HR_SUCCESS;
}

/* ---- keys ------------------------------------------------------------------------------------------------------ */

/* A key, borrowed. */
typedef struct key {
  hr_view text;
  int64_t number;
} key;

static key key_at(const hr_tensor *keys, int64_t i) {
  const void *data = hr_tensor_data(keys);
  if (keys->dtype == HR_INT32) return (key){.number = ((const int32_t *)data)[i]};
  if (keys->dtype == HR_INT64) return (key){.number = ((const int64_t *)data)[i]};
  const hr_string *s = (const hr_string *)data + i;
  return (key){.text = {hr_string_data(s), hr_string_length(s)}};
}

static key key_in(const hr_lookup_table *t, int64_t place) {
  if (t->key_dtype != HR_STRING) return (key){.number = ((int64_t *)t->keys)[place]};
  const hr_string *s = (hr_string *)t->keys + place;
  return (key){.text = {hr_string_data(s), hr_string_length(s)}};
}

static bool same_key(const hr_lookup_table *t, key a, key b) {
  return t->key_dtype == HR_STRING ? hr_view_equal(a.text, b.text) : a.number == b.number;
}

static uint64_t hash_of(const hr_lookup_table *t, key k) {
  if (t->key_dtype == HR_STRING) return hr_hash_bytes(k.text.data, k.text.length);
  uint64_t h = (uint64_t)k.number * UINT64_C(0x9e3779b97f4a7c15);
  return h ^ h >> 32;
}

/* The bucket of a key, or the empty one where it would be. There is always one that is empty. */
static int64_t bucket_of(const hr_lookup_table *t, key k) {
  int64_t mask = t->bucket_count - 1, b = (int64_t)(hash_of(t, k) & (uint64_t)mask);
  while (t->buckets[b] && !same_key(t, key_in(t, t->buckets[b] - 1), k))
    b = (b + 1) & mask;
  return b;
}

/* The place of a key; -1: none. */
static int64_t place_of(const hr_lookup_table *t, key k) {
  return t->bucket_count ? t->buckets[bucket_of(t, k)] - 1 : -1;
}

static hr_status key_error(const hr_lookup_table *t, hr_code code, const char *what, key k) {
  if (t->key_dtype == HR_STRING)
    return hr_error(code, "%s: key %.*s of table %s", what, (int)(k.text.length > 200 ? 200 : k.text.length),
                    k.text.data, t->name);
  return hr_error(code, "%s: key %lld of table %s", what, (long long)k.number, t->name);
}

hr_status hr_lookup_table_reserve(hr_lookup_table *t, const hr_tensor *first, const hr_tensor *second) {
  const hr_tensor *both[] = {first, second};
  if (same_key(t, key_at(first, 0), key_at(second, 0)))
    return hr_error(HR_INVALID_ARGUMENT, "Empty and deleted keys of table %s cannot be equal", t->name);
  hr_status status = HR_SUCCESS;
  pthread_rwlock_wrlock(&t->lock);
  for (int i = 0; i < 2 && !status; ++i) {
    hr_tensor_clear(&t->reserved[i]);
    status = hr_tensor_clone(hr_cpu_allocator(), both[i], &t->reserved[i]);
  }
  pthread_rwlock_unlock(&t->lock);
  return status;
}

/* 0 for the empty key, 1 for the deleted one, -1 for others. */
static int reserved_number(const hr_lookup_table *t, key k) {
  for (int i = 0; i < 2; ++i)
    if (hr_tensor_is_valid(&t->reserved[i]) && same_key(t, key_at(&t->reserved[i], 0), k)) return i;
  return -1;
}

static hr_status check_reserved(const hr_lookup_table *t, key k) {
  static const char *const words[] = {"Using the empty_key as a table key is not allowed",
                                      "Using the deleted_key as a table key is not allowed"};
  int which = reserved_number(t, k);
  return which < 0 ? HR_SUCCESS : key_error(t, HR_INVALID_ARGUMENT, words[which], k);
}

/* ---- entries --------------------------------------------------------------------------------------------------- */

/* Room for one more key, with at most half of the buckets taken. Lock held for writing. */
static hr_status grow(hr_lookup_table *t) {
  if (t->count < t->capacity) return HR_SUCCESS;
  int64_t capacity = t->capacity ? t->capacity * 2 : 16;
  size_t value_bytes = value_size(t) * (size_t)t->value_elements;
  void *keys = realloc(t->keys, key_size(t) * (size_t)capacity);
  if (keys) t->keys = keys;
  void *values = realloc(t->values, value_bytes ? value_bytes * (size_t)capacity : 1);
  if (values) t->values = values;
  int64_t *buckets = calloc((size_t)capacity * 2, sizeof *buckets);
  if (!keys || !values || !buckets) {
    free(buckets);
    return hr_error_out_of_memory((key_size(t) + value_bytes + 16) * (size_t)capacity, "the entries of a table");
  }
  free(t->buckets);
  t->buckets = buckets;
  t->bucket_count = capacity * 2;
  t->capacity = capacity;
  for (int64_t i = 0; i < t->count; ++i)
    t->buckets[bucket_of(t, key_in(t, i))] = i + 1;
  return HR_SUCCESS;
}

static hr_status copy_value(const hr_lookup_table *t, void *to, int64_t to_index, const void *from,
                            int64_t from_index) {
  int64_t n = t->value_elements;
  if (t->value_dtype != HR_STRING) {
    size_t bytes = value_size(t) * (size_t)n;
    memcpy((char *)to + bytes * (size_t)to_index, (const char *)from + bytes * (size_t)from_index, bytes);
    return HR_SUCCESS;
  }
  hr_string *target = (hr_string *)to + n * to_index;
  const hr_string *source = (const hr_string *)from + n * from_index;
  for (int64_t i = 0; i < n; ++i)
    HR_TRY(hr_string_set(&target[i], hr_string_data(&source[i]), hr_string_length(&source[i])));
  return HR_SUCCESS;
}

static bool same_value(const hr_lookup_table *t, int64_t place, const hr_tensor *values, int64_t index) {
  int64_t n = t->value_elements;
  if (t->value_dtype != HR_STRING) {
    size_t bytes = value_size(t) * (size_t)n;
    return memcmp((char *)t->values + bytes * (size_t)place,
                  (const char *)hr_tensor_data(values) + bytes * (size_t)index, bytes) == 0;
  }
  const hr_string *a = (hr_string *)t->values + n * place, *b = (const hr_string *)hr_tensor_data(values) + n * index;
  for (int64_t i = 0; i < n; ++i)
    if (!hr_view_equal((hr_view){hr_string_data(&a[i]), hr_string_length(&a[i])},
                       (hr_view){hr_string_data(&b[i]), hr_string_length(&b[i])}))
      return false;
  return true;
}

/* A new key, without a value yet (empty strings). Lock held for writing. */
static hr_status add_key(hr_lookup_table *t, key k, int64_t *place) {
  HR_TRY(grow(t));
  int64_t at = t->count;
  if (t->key_dtype == HR_STRING) {
    hr_string *s = (hr_string *)t->keys + at;
    memset(s, 0, sizeof *s);
    HR_TRY(hr_string_set(s, k.text.data, k.text.length));
  } else {
    ((int64_t *)t->keys)[at] = k.number;
  }
  size_t bytes = value_size(t) * (size_t)t->value_elements;
  memset((char *)t->values + bytes * (size_t)at, 0, bytes);
  t->buckets[bucket_of(t, k)] = at + 1;
  t->count = at + 1;
  *place = at;
  return HR_SUCCESS;
}

/* ---- filling --------------------------------------------------------------------------------------------------- */

static hr_status fill_locked(hr_lookup_table *t, const hr_tensor *keys, const hr_tensor *values) {
  for (int64_t i = 0; i < keys->elements; ++i) {
    key k = key_at(keys, i);
    int64_t place = place_of(t, k);
    if (place >= 0) {
      if (same_value(t, place, values, i)) continue;
      return key_error(t, HR_FAILED_PRECONDITION, "HashTable has different value for same key", k);
    }
    HR_TRY(add_key(t, k, &place));
    HR_TRY(copy_value(t, t->values, place, hr_tensor_data(values), i));
  }
  return HR_SUCCESS;
}

hr_status hr_lookup_table_fill(hr_lookup_table *t, const hr_tensor *keys, const hr_tensor *values) {
  hr_status status = HR_SUCCESS;
  pthread_rwlock_wrlock(&t->lock);
  if (t->filled) {
    if (keys->elements != t->count) /* as TensorFlow, which looks no closer */
      status = hr_error(HR_FAILED_PRECONDITION, "Table %s was already initialized with different data", t->name);
  } else {
    status = fill_locked(t, keys, values);
    t->filled = !status;
    if (status) clear_entries(t);
  }
  pthread_rwlock_unlock(&t->lock);
  return status;
}

static hr_status insert_locked(hr_lookup_table *t, const hr_tensor *keys, const hr_tensor *values, bool passes_over) {
  for (int64_t i = 0; i < keys->elements; ++i) {
    key k = key_at(keys, i);
    if (passes_over && reserved_number(t, k) >= 0) continue;
    HR_TRY(check_reserved(t, k));
    int64_t place = place_of(t, k);
    if (place < 0) HR_TRY(add_key(t, k, &place));
    HR_TRY(copy_value(t, t->values, place, hr_tensor_data(values), i));
  }
  return HR_SUCCESS;
}

hr_status hr_lookup_table_insert(hr_lookup_table *t, const hr_tensor *keys, const hr_tensor *values, bool replace) {
  pthread_rwlock_wrlock(&t->lock);
  if (replace) clear_entries(t);
  hr_status status = insert_locked(t, keys, values, replace);
  pthread_rwlock_unlock(&t->lock);
  return status;
}

/* Empties a bucket and moves up those behind it that could not stand there. */
static void empty_bucket(hr_lookup_table *t, int64_t hole) {
  int64_t mask = t->bucket_count - 1;
  for (int64_t b = (hole + 1) & mask; t->buckets[b]; b = (b + 1) & mask) {
    int64_t home = (int64_t)(hash_of(t, key_in(t, t->buckets[b] - 1)) & (uint64_t)mask);
    if (((b - home) & mask) < ((b - hole) & mask)) continue;
    t->buckets[hole] = t->buckets[b];
    hole = b;
  }
  t->buckets[hole] = 0;
}

/* The last entry takes the place of one that goes. */
static void remove_place(hr_lookup_table *t, key k, int64_t place) {
  int64_t last = t->count - 1, n = t->value_elements;
  empty_bucket(t, bucket_of(t, k));
  if (place != last) t->buckets[bucket_of(t, key_in(t, last))] = place + 1;
  size_t key_bytes = key_size(t), bytes = value_size(t) * (size_t)n;
  if (t->key_dtype == HR_STRING) hr_string_clear((hr_string *)t->keys + place);
  if (t->value_dtype == HR_STRING) clear_strings((hr_string *)t->values + n * place, n);
  if (place != last) {
    memcpy((char *)t->keys + key_bytes * (size_t)place, (char *)t->keys + key_bytes * (size_t)last, key_bytes);
    memcpy((char *)t->values + bytes * (size_t)place, (char *)t->values + bytes * (size_t)last, bytes);
  }
  t->count = last;
}

hr_status hr_lookup_table_remove(hr_lookup_table *t, const hr_tensor *keys) {
  hr_status status = HR_SUCCESS;
  pthread_rwlock_wrlock(&t->lock);
  for (int64_t i = 0; i < keys->elements && !status; ++i) {
    key k = key_at(keys, i);
    status = check_reserved(t, k);
    int64_t place = status ? -1 : place_of(t, k);
    if (place >= 0) remove_place(t, k, place);
  }
  pthread_rwlock_unlock(&t->lock);
  return status;
}

/* ---- asking ---------------------------------------------------------------------------------------------------- */

static hr_status find_locked(const hr_lookup_table *t, const hr_tensor *keys, const hr_tensor *fallback,
                             hr_tensor *out) {
  if (t->fixed && !t->filled) return hr_error(HR_FAILED_PRECONDITION, "Table not initialized: %s", t->name);
  bool each = fallback->elements != t->value_elements;
  for (int64_t i = 0; i < keys->elements; ++i) {
    key k = key_at(keys, i);
    HR_TRY(check_reserved(t, k));
    int64_t place = place_of(t, k);
    const void *from = place >= 0 ? t->values : hr_tensor_data(fallback);
    HR_TRY(copy_value(t, hr_tensor_data(out), i, from, place >= 0 ? place : each ? i : 0));
  }
  return HR_SUCCESS;
}

hr_status hr_lookup_table_find(hr_lookup_table *t, const hr_tensor *keys, const hr_tensor *fallback, hr_tensor *out) {
  pthread_rwlock_rdlock(&t->lock);
  hr_status status = find_locked(t, keys, fallback, out);
  pthread_rwlock_unlock(&t->lock);
  return status;
}

int64_t hr_lookup_table_size(hr_lookup_table *t) {
  pthread_rwlock_rdlock(&t->lock);
  int64_t count = t->count;
  pthread_rwlock_unlock(&t->lock);
  return count;
}

static hr_status export_locked(const hr_lookup_table *t, hr_allocator *allocator, hr_tensor *keys, hr_tensor *values) {
  hr_shape shape = {.rank = t->value_shape.rank + 1, .dims = {t->count}};
  for (int i = 0; i < t->value_shape.rank; ++i)
    shape.dims[i + 1] = t->value_shape.dims[i];
  HR_TRY(hr_tensor_new(allocator, t->key_dtype, &(hr_shape){1, {t->count}}, keys));
  HR_TRY(hr_tensor_new(allocator, t->value_dtype, &shape, values));
  for (int64_t i = 0; i < t->count; ++i) {
    key k = key_in(t, i);
    void *data = hr_tensor_data(keys);
    switch (t->key_dtype) {
    case HR_INT32: ((int32_t *)data)[i] = (int32_t)k.number; break;
    case HR_INT64: ((int64_t *)data)[i] = k.number; break;
    default: HR_TRY(hr_string_set((hr_string *)data + i, k.text.data, k.text.length));
    }
    HR_TRY(copy_value(t, hr_tensor_data(values), i, t->values, i));
  }
  return HR_SUCCESS;
}

hr_status hr_lookup_table_export(hr_lookup_table *t, hr_allocator *allocator, hr_tensor *keys, hr_tensor *values) {
  *keys = *values = (hr_tensor){0};
  pthread_rwlock_rdlock(&t->lock);
  hr_status status = export_locked(t, allocator, keys, values);
  pthread_rwlock_unlock(&t->lock);
  if (!status) return HR_SUCCESS;
  hr_tensor_clear(keys);
  hr_tensor_clear(values);
  return status;
}
