#include "runtime/io/bundle_index.h"

#include "runtime/io/table.h"
#include <search.h>
#include <stdlib.h>

typedef struct keyed_entry {
  hr_view key;
  hr_bundle_entry entry;
} keyed_entry;

static int compare_keys(const void *a, const void *b) {
  return hr_view_compare(((const keyed_entry *)a)->key, ((const keyed_entry *)b)->key);
}

hr_bundle_entry *hr_bundle_index_at(hr_bundle_index *index, hr_view key) {
  keyed_entry wanted = {.key = key};
  keyed_entry **found = tfind(&wanted, &index->tree, compare_keys);
  if (found) return &(*found)->entry;
  keyed_entry *fresh = calloc(1, sizeof *fresh + key.length + 1);
  if (!fresh) return NULL;
  fresh->key = (hr_view){memcpy(fresh + 1, key.data, key.length), key.length};
  if (!tsearch(fresh, &index->tree, compare_keys)) {
    free(fresh);
    return NULL;
  }
  return &fresh->entry;
}

typedef struct writing {
  hr_table_writer *table;
  hr_text bytes;
  hr_status status;
} writing;

static void write_entry(const void *node, VISIT visit, void *argument) {
  writing *w = argument;
  if (w->status || (visit != postorder && visit != leaf)) return; /* the visits in the order of the keys */
  const keyed_entry *keyed = *(keyed_entry *const *)node;
  w->bytes.length = 0;
  hr_bundle_entry_encode(&keyed->entry, &w->bytes);
  w->status = w->bytes.failed ? hr_error_out_of_memory(w->bytes.length, "the index of a checkpoint")
                              : hr_table_writer_add(w->table, keyed->key, (hr_view){w->bytes.data, w->bytes.length});
}

static hr_status write_table(const hr_bundle_index *index, int shards, hr_output_file *file) {
  writing w = {.table = hr_table_writer_new(file)};
  hr_bundle_header_encode(shards, &w.bytes);
  if (!w.table || w.bytes.failed)
    w.status = hr_error_out_of_memory(w.bytes.length, "the index of a checkpoint");
  else
    w.status = hr_table_writer_add(w.table, HR_VIEW(""), (hr_view){w.bytes.data, w.bytes.length});
  if (!w.status) twalk_r(index->tree, write_entry, &w);
  if (!w.status) w.status = hr_table_writer_finish(w.table);
  hr_table_writer_free(w.table);
  hr_text_free(&w.bytes);
  return w.status;
}

hr_status hr_bundle_index_write(const hr_bundle_index *index, int shards, const char *path) {
  hr_output_file *file;
  HR_TRY(hr_output_file_open(path, HR_OUTPUT_REPLACE, &file));
  hr_status status = write_table(index, shards, file);
  if (!status) status = hr_output_file_sync(file);
  hr_status_keep_first(&status, hr_output_file_close(file));
  if (status) hr_status_free(hr_file_delete(path));
  return status;
}

static void free_entry(void *keyed) {
  hr_bundle_entry_clear(&((keyed_entry *)keyed)->entry);
  free(keyed);
}

void hr_bundle_index_clear(hr_bundle_index *index) {
  tdestroy(index->tree, free_entry);
  index->tree = NULL;
}
