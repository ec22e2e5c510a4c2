/* The inside of a checkpoint reader: the tensors of a checkpoint of either version, and how their values are read. */
#ifndef HR_RUNTIME_IO_CHECKPOINT_ENTRIES_H
#define HR_RUNTIME_IO_CHECKPOINT_ENTRIES_H

#include "headrace/io.h"
#include "runtime/io/bundle_format.h"
#include "runtime/io/file.h"

typedef struct hr_keyed_entry {
  char *key; /* NUL-terminated behind its length */
  size_t key_length;
  hr_bundle_entry entry; /* a V1 entry has no place: its key leads to the values, in the file of its shard */
} hr_keyed_entry;

/* Nothing changes after opening, so that threads may read at once. */
struct hr_checkpoint_reader {
  char *prefix;
  bool is_version1;
  hr_keyed_entry *entries; /* in the order of their keys: slices first, then names */
  size_t count, capacity;
  size_t first_name;
  int shards;
  hr_input_file **data; /* open from the start, so that replacing the checkpoint leaves this reader the old one; NULL
                           where a file is missing */
  char **data_names;
};

/* Adds a copy of the key, and takes the entry over (whatever it returns). Slices' keys start with a zero byte. */
HR_MUST_USE hr_status hr_checkpoint_add_entry(hr_checkpoint_reader *reader, hr_view key, hr_bundle_entry *entry);

/* Fill the entries and files of a reader that has its prefix. */
HR_MUST_USE hr_status hr_bundle_load(hr_checkpoint_reader *reader);
/* `files`: what matches the prefix. */
HR_MUST_USE hr_status hr_version1_load(hr_checkpoint_reader *reader, const hr_path_list *files);

/* Read the values of an entry that lists no slices. `*out` is empty before, and may hold something after an error. */
HR_MUST_USE hr_status hr_bundle_read(const hr_checkpoint_reader *reader, const hr_bundle_entry *entry, hr_tensor *out);
HR_MUST_USE hr_status hr_version1_read(const hr_checkpoint_reader *reader, const hr_keyed_entry *entry, hr_tensor *out);

#endif
