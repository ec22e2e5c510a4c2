/* Reading V2 checkpoints: the index, and the values of an entry. */
#include "runtime/base/wire.h"
#include "runtime/io/bundle_files.h"
#include "runtime/io/checkpoint_entries.h"
#include "runtime/io/crc32c.h"
#include "runtime/io/table.h"
#include "runtime/tensor/bools.h"
#include <inttypes.h>
#include <stdlib.h>

/* ---- opening --------------------------------------------------------------------------------------------------- */

static hr_status out_of_memory(void) { return hr_error_out_of_memory(sizeof(hr_bundle_entry), "a checkpoint's index"); }

static hr_status load_entry(void *argument, hr_view key, hr_view value) {
  hr_checkpoint_reader *r = argument;
  if (r->shards == 0) {
    if (key.length > 0) return hr_error(HR_DATA_LOSS, "%s; the index has no header", r->prefix);
    return hr_bundle_header_decode(value, &r->shards);
  }
  hr_bundle_entry entry;
  HR_TRY(hr_bundle_entry_decode(value, &entry));
  int shard = entry.shard;
  HR_TRY(hr_checkpoint_add_entry(r, key, &entry));
  if (shard >= r->shards)
    return hr_error(HR_DATA_LOSS, "%s; an entry in data file %d of %d", r->prefix, shard, r->shards);
  return HR_SUCCESS;
}

static hr_status open_data(hr_checkpoint_reader *r, bool aside) {
  r->data = calloc((size_t)r->shards, sizeof(hr_input_file *));
  r->data_names = calloc((size_t)r->shards, sizeof(char *));
  if (!r->data || !r->data_names) return out_of_memory();
  for (size_t i = 0; i < r->count; ++i) {
    int shard = r->entries[i].entry.shard;
    if (r->data_names[shard]) continue;
    char *name = hr_bundle_data_name_dup(r->prefix, shard, r->shards);
    char *old = name && aside ? hr_bundle_old_name_dup(name) : NULL;
    r->data_names[shard] = name;
    if (!name || (aside && !old)) return out_of_memory();
    if (old && hr_file_exists(old)) {
      r->data_names[shard] = old;
      free(name);
    } else {
      free(old);
    }
    /* A missing file shows when a tensor in it is asked for. */
    hr_status status = hr_input_file_open(r->data_names[shard], &r->data[shard]);
    if (hr_status_code(status) == HR_RESOURCE_EXHAUSTED) return status;
    hr_status_free(status);
  }
  return HR_SUCCESS;
}

hr_status hr_bundle_load(hr_checkpoint_reader *r) {
  bool aside;
  HR_TRY(hr_bundle_is_set_aside(r->prefix, &aside));
  char *index = hr_bundle_index_name_dup(r->prefix);
  char *old = index && aside ? hr_bundle_old_name_dup(index) : NULL;
  hr_input_file *file = NULL;
  hr_status status = index && (old || !aside) ? hr_input_file_open(aside ? old : index, &file) : out_of_memory();
  if (!status) status = hr_table_read(file, load_entry, r);
  if (!status && r->shards == 0) status = hr_error(HR_DATA_LOSS, "%s; the index has no header", r->prefix);
  if (!status) status = open_data(r, aside);
  hr_input_file_close(file);
  free(index);
  free(old);
  return status;
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

static hr_status checksum_error(const hr_checkpoint_reader *r, const hr_bundle_entry *entry, uint32_t crc) {
  return hr_error(HR_DATA_LOSS,
                  "TensorBundle at %s shard %d (%" PRId64
                  " bytes): Checksum does not match: stored %u vs. calculated on "
                  "the restored bytes %u",
                  r->prefix, entry->shard, entry->size, hr_crc32c_unmask(entry->masked_crc), crc);
}

/* The file of an entry, checked to hold all of the entry's bytes: no more memory is taken than the file backs. */
static hr_status data_of(const hr_checkpoint_reader *r, const hr_bundle_entry *entry, const hr_input_file **out) {
  const hr_input_file *file = r->data[entry->shard];
  *out = file;
  if (!file) {
    hr_input_file *missing = NULL;
    hr_status status = hr_input_file_open(r->data_names[entry->shard], &missing);
    hr_input_file_close(missing);
    return status ? status : hr_error(HR_ABORTED, "%s; appeared after the checkpoint was opened", r->prefix);
  }
  uint64_t size;
  HR_TRY(hr_input_file_size(file, &size));
  if ((uint64_t)(entry->offset + entry->size) > size)
    return hr_error(HR_DATA_LOSS, "%s; a tensor at %" PRId64 " of %" PRId64 " bytes, but the file has %" PRIu64,
                    hr_input_file_path(file), entry->offset, entry->size, size);
  return HR_SUCCESS;
}

/* Reads the entry's bytes, and takes them into the checksum while they are in the cache. */
static hr_status read_bytes(const hr_input_file *file, const hr_bundle_entry *entry, void *bytes, uint32_t *crc) {
  size_t size = (size_t)entry->size, count;
  for (size_t at = 0; at < size; at += count) {
    size_t piece = size - at < HR_BUNDLE_PIECE ? size - at : HR_BUNDLE_PIECE;
    char *to = (char *)bytes + at;
    HR_TRY(hr_input_file_read(file, (uint64_t)entry->offset + at, to, piece, &count));
    if (count < piece) return hr_error(HR_DATA_LOSS, "%s; ends inside a tensor", hr_input_file_path(file));
    *crc = hr_crc32c_extend(*crc, to, piece);
  }
  return HR_SUCCESS;
}

static hr_status bad_size(const hr_checkpoint_reader *r, const hr_bundle_entry *entry) {
  char text[HR_SHAPE_TEXT];
  return hr_error(HR_DATA_LOSS, "Invalid size in bundle entry: %s; stored size %" PRId64 "; dtype %s; shape %s",
                  r->prefix, entry->size, hr_dtype_name(entry->dtype), hr_shape_text(&entry->shape, text));
}

static hr_status read_plain(const hr_checkpoint_reader *r, const hr_bundle_entry *entry, hr_tensor *out) {
  const hr_input_file *file;
  HR_TRY(data_of(r, entry, &file));
  int64_t expected;
  if (__builtin_mul_overflow(hr_shape_elements(&entry->shape), (int64_t)hr_dtype_size(entry->dtype), &expected) ||
      expected != entry->size)
    return bad_size(r, entry);
  HR_TRY(hr_tensor_new(hr_cpu_allocator(), entry->dtype, &entry->shape, out));
  uint8_t *bytes = hr_tensor_data(out);
  uint32_t crc = 0;
  HR_TRY(read_bytes(file, entry, bytes, &crc));
  if (crc != hr_crc32c_unmask(entry->masked_crc)) return checksum_error(r, entry, crc);
  if (entry->dtype == HR_BOOL) hr_bools_clean(bytes, (size_t)entry->size);
  return HR_SUCCESS;
}

/* bundle_writer.c tells how strings are laid out. */
static hr_status decode_strings(const hr_checkpoint_reader *r, const hr_bundle_entry *entry, const uint8_t *bytes,
                                hr_tensor *out) {
  hr_wire lengths = hr_wire_of_view((hr_view){(const char *)bytes, (size_t)entry->size});
  uint64_t total = 0;
  uint32_t crc = 0, stored;
  for (int64_t i = 0; i < out->elements; ++i) {
    uint64_t length;
    uint8_t number[8];
    if (!hr_wire_varint(&lengths, &length) || length > (uint64_t)entry->size) return bad_size(r, entry);
    hr_write_u64(number, length);
    crc = hr_crc32c_extend(crc, number, length <= UINT32_MAX ? 4 : 8);
    total += length; /* each is at most the size, and there are fewer than that: the sum is checked below */
    if (total > (uint64_t)entry->size) return bad_size(r, entry);
  }
  hr_wire contents = lengths;
  if (!hr_wire_fixed32(&contents, &stored) || total != hr_wire_left(&contents)) return bad_size(r, entry);
  if (hr_crc32c_unmask(stored) != crc)
    return hr_error(HR_DATA_LOSS, "The length checksum does not match: expected %u but actual is %u",
                    hr_crc32c_unmask(stored), crc);
  crc = hr_crc32c_extend(crc, lengths.at, hr_wire_left(&lengths));
  if (crc != hr_crc32c_unmask(entry->masked_crc)) return checksum_error(r, entry, crc);

  hr_string *strings = hr_tensor_data(out);
  lengths = hr_wire_of_view((hr_view){(const char *)bytes, (size_t)entry->size});
  for (int64_t i = 0; i < out->elements; ++i) {
    uint64_t length = 0;
    if (!hr_wire_varint(&lengths, &length)) return bad_size(r, entry);
    HR_TRY(hr_string_set(&strings[i], contents.at, (size_t)length));
    contents.at += length;
  }
  return HR_SUCCESS;
}

static hr_status read_strings(const hr_checkpoint_reader *r, const hr_bundle_entry *entry, hr_tensor *out) {
  const hr_input_file *file;
  HR_TRY(data_of(r, entry, &file));
  if (hr_shape_elements(&entry->shape) > entry->size) return bad_size(r, entry); /* a length takes a byte at least */
  uint8_t *bytes = malloc((size_t)entry->size + 1);
  if (!bytes) return hr_error_out_of_memory((unsigned long long)entry->size, "strings of a checkpoint");
  hr_status status = hr_tensor_new(hr_cpu_allocator(), HR_STRING, &entry->shape, out);
  uint32_t unused = 0; /* the checksum covers lengths as numbers, too */
  if (!status) status = read_bytes(file, entry, bytes, &unused);
  if (!status) status = decode_strings(r, entry, bytes, out);
  free(bytes);
  return status;
}

hr_status hr_bundle_read(const hr_checkpoint_reader *r, const hr_bundle_entry *entry, hr_tensor *out) {
  return entry->dtype == HR_STRING ? read_strings(r, entry, out) : read_plain(r, entry, out);
}
