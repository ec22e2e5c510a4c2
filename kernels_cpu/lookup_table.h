/* The object behind the handles of lookup tables: from keys to values, kept beyond runs.
 *
 * Keys are int32, int64 or strings; the value of a key is a tensor of one shape, mostly a scalar. A fixed table is
 * filled once and cannot be asked before. All functions may be called from any thread. */
#ifndef HR_KERNELS_CPU_LOOKUP_TABLE_H
#define HR_KERNELS_CPU_LOOKUP_TABLE_H

#include "headrace/kernel.h"
#include "runtime/tensor/resource.h"
#include <pthread.h>

typedef struct hr_lookup_table {
  hr_resource resource;
  /* Fixed at birth. */
  char *name;
  hr_dtype key_dtype, value_dtype;
  hr_shape value_shape;
  bool fixed;
  int64_t value_elements; /* of one key */
  pthread_rwlock_t lock;  /* guards what follows */
  bool filled;            /* a fixed table that may be asked */
  hr_tensor reserved[2];  /* keys that are refused; dtype HR_INVALID: none */
  int64_t count, capacity;
  void *keys;           /* int64_t or hr_string, in the order in which they came */
  void *values;         /* value_elements for each key */
  int64_t *buckets;     /* 1 + the place of a key, 0: none; linear probing */
  int64_t bucket_count; /* a power of two */
} hr_lookup_table;

extern const hr_resource_type hr_lookup_table_type;

typedef struct hr_lookup_table_options {
  const char *name; /* copied */
  hr_dtype key_dtype, value_dtype;
  hr_shape value_shape;
  bool fixed;
} hr_lookup_table_options;

/* With one reference. InvalidArgument for dtypes that TensorFlow has no table for. */
HR_MUST_USE hr_status hr_lookup_table_new(const hr_lookup_table_options *options, hr_lookup_table **out);

/* Keys `first` and `second` (scalars) are refused from now on. */
HR_MUST_USE hr_status hr_lookup_table_reserve(hr_lookup_table *table, const hr_tensor *first, const hr_tensor *second);

/* Fills a fixed table with keys and values of its dtypes. One that is filled already stays as it is.
 * FailedPrecondition for one key with two values, or another number of keys than are there. */
HR_MUST_USE hr_status hr_lookup_table_fill(hr_lookup_table *table, const hr_tensor *keys, const hr_tensor *values);
/* Adds keys, or changes their values, in a table that is not fixed; `replace`: all that was there goes first, and
 * keys that are kept for the table's own use, as TensorFlow's checkpoints have them, are passed over. */
HR_MUST_USE hr_status hr_lookup_table_insert(hr_lookup_table *table, const hr_tensor *keys, const hr_tensor *values,
                                             bool replace);
/* Takes keys out where they are there. */
HR_MUST_USE hr_status hr_lookup_table_remove(hr_lookup_table *table, const hr_tensor *keys);
/* Writes the value of each key to `out` (of the values' dtype, strings still empty), `fallback` (one value, or one for
 * each key) where there is none. FailedPrecondition for a fixed table that is not filled. */
HR_MUST_USE hr_status hr_lookup_table_find(hr_lookup_table *table, const hr_tensor *keys, const hr_tensor *fallback,
                                           hr_tensor *out);
int64_t hr_lookup_table_size(hr_lookup_table *table);
/* All keys [n] and values [n, ...], new tensors of the allocator. */
HR_MUST_USE hr_status hr_lookup_table_export(hr_lookup_table *table, hr_allocator *allocator, hr_tensor *keys,
                                             hr_tensor *values);

#endif
