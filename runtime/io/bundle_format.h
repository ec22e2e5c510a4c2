/* The messages in the index of a V2 checkpoint, and the names of its files.
 *
 * The index is a sorted table. Under the empty key stands the header; under a tensor's name its entry. A partitioned
 * variable has an entry that lists its slices, and one more entry for each slice under a binary key (tensor_slice.h).
 */
#ifndef HR_RUNTIME_IO_BUNDLE_FORMAT_H
#define HR_RUNTIME_IO_BUNDLE_FORMAT_H

#include "headrace/dtype.h"
#include "runtime/io/tensor_slice.h"

/* Five digits of a shard's number fit in the name of its file. */
#define HR_BUNDLE_MAX_SHARDS 99999

/* Bytes that are read or written, and taken into a checksum, at once. */
#define HR_BUNDLE_PIECE ((size_t)256 << 10)

typedef struct hr_bundle_entry {
  hr_dtype dtype;
  hr_shape shape; /* of the full tensor, where the entry lists slices */
  int32_t shard;
  int64_t offset, size; /* bytes in the shard's data file */
  uint32_t masked_crc;  /* of those bytes */
  hr_tensor_slice *slices;
  size_t slice_count;
} hr_bundle_entry;

void hr_bundle_entry_clear(hr_bundle_entry *entry);
HR_MUST_USE hr_status hr_bundle_entry_add_slice(hr_bundle_entry *entry, const hr_tensor_slice *slice);

/* Appends the BundleEntryProto; out of memory shows in `out->failed`. */
void hr_bundle_entry_encode(const hr_bundle_entry *entry, hr_text *out);
/* `*out` is overwritten. DataLoss where the bytes are no entry; shapes and slices are valid then. */
HR_MUST_USE hr_status hr_bundle_entry_decode(hr_view bytes, hr_bundle_entry *out);

void hr_bundle_header_encode(int shards, hr_text *out);
/* DataLoss for bytes that are no header or more than HR_BUNDLE_MAX_SHARDS; Unimplemented for the other byte order;
 * InvalidArgument for a format that is too new. */
HR_MUST_USE hr_status hr_bundle_header_decode(hr_view bytes, int *shards);

/* To be freed with free(); NULL when out of memory. */
char *hr_bundle_index_name_dup(const char *prefix);
char *hr_bundle_data_name_dup(const char *prefix, int shard, int shards);

#endif
