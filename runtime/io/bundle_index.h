/* The index of a checkpoint under construction: entries by key. */
#ifndef HR_RUNTIME_IO_BUNDLE_INDEX_H
#define HR_RUNTIME_IO_BUNDLE_INDEX_H

#include "runtime/io/bundle_format.h"
#include "runtime/io/file.h"

/* A zeroed struct is empty. */
typedef struct hr_bundle_index {
  void *tree; /* of entries with their keys, by tsearch(3) */
} hr_bundle_index;

/* The entry of a key, made empty (dtype HR_INVALID) where there is none yet; NULL when out of memory. Stays where it is
 * until the index is cleared. */
hr_bundle_entry *hr_bundle_index_at(hr_bundle_index *index, hr_view key);

/* Writes header and entries as a table to a new file, and syncs it. The file is deleted after an error. */
HR_MUST_USE hr_status hr_bundle_index_write(const hr_bundle_index *index, int shards, const char *path);

void hr_bundle_index_clear(hr_bundle_index *index);

#endif
