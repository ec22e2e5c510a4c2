#include "runtime/io/bundle.h"

#include "runtime/base/wire.h"
#include "runtime/io/bundle_files.h"
#include "runtime/io/bundle_format.h"
#include "runtime/io/crc32c.h"
#include "runtime/io/table.h"
#include "runtime/tensor/bools.h"
#include <inttypes.h>
#include <stdlib.h>

typedef struct keyed_entry {
  char *key; /* NUL-terminated behind its length */
  size_t key_length;
  hr_bundle_entry entry;
} keyed_entry;

/* Nothing changes after opening, so that threads may read at once. */
struct hr_checkpoint_reader {
  char *prefix;
  keyed_entry *entries; /* in the order of their keys: slices first, then names */
  size_t count, capacity;
  size_t first_name;
  int shards;
  bool seen_header;
  hr_input_file **data; /* open from the start, so that replacing the checkpoint leaves this reader the old one; NULL
                           where a file is missing */
  char **data_names;
};

/* ---- opening --------------------------------------------------------------------------------------------------- */

static hr_status out_of_memory(void) { return hr_error_out_of_memory(sizeof(keyed_entry), "a checkpoint's index"); }

static hr_status load_entry(void *argument, hr_view key, hr_view value) {
  hr_checkpoint_reader *r = argument;
  if (!r->seen_header) {
    if (key.length > 0) return hr_error(HR_DATA_LOSS, "%s; the index has no header", r->prefix);
    r->seen_header = true;
    return hr_bundle_header_decode(value, &r->shards);
  }
  if (r->count == r->capacity) {
    size_t capacity = r->capacity ? r->capacity * 2 : 16;
    keyed_entry *entries = reallocarray(r->entries, capacity, sizeof *entries);
    if (!entries) return out_of_memory();
    r->entries = entries;
    r->capacity = capacity;
  }
  keyed_entry *keyed = &r->entries[r->count];
  keyed->key_length = key.length;
  keyed->key = malloc(key.length + 1);
  if (!keyed->key) return out_of_memory();
  memcpy(keyed->key, key.data, key.length);
  keyed->key[key.length] = '\0';
  hr_status status = hr_bundle_entry_decode(value, &keyed->entry);
  if (status) {
    free(keyed->key);
    return status;
  }
  ++r->count;
  if (key.data[0] == '\0') r->first_name = r->count;
  if (keyed->entry.shard >= r->shards)
    return hr_error(HR_DATA_LOSS, "%s; an entry in data file %d of %d", r->prefix, keyed->entry.shard, r->shards);
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
    hr_status_free(hr_input_file_open(r->data_names[shard], &r->data[shard]));
  }
  return HR_SUCCESS;
}

static hr_status load(hr_checkpoint_reader *r) {
  bool aside;
  HR_TRY(hr_bundle_is_set_aside(r->prefix, &aside));
  char *index = hr_bundle_index_name_dup(r->prefix);
  char *old = index && aside ? hr_bundle_old_name_dup(index) : NULL;
  hr_input_file *file = NULL;
  hr_status status = index && (old || !aside) ? hr_input_file_open(aside ? old : index, &file) : out_of_memory();
  if (!status) status = hr_table_read(file, load_entry, r);
  if (!status && !r->seen_header) status = hr_error(HR_DATA_LOSS, "%s; the index has no header", r->prefix);
  if (!status) status = open_data(r, aside);
  hr_input_file_close(file);
  free(index);
  free(old);
  return status;
}

hr_status hr_checkpoint_reader_open(const char *prefix, hr_checkpoint_reader **out) {
  *out = NULL;
  hr_checkpoint_reader *r = calloc(1, sizeof *r);
  if (!r || !(r->prefix = strdup(prefix))) {
    free(r);
    return out_of_memory();
  }
  hr_status status = load(r);
  if (status) {
    hr_checkpoint_reader_free(r);
    return hr_status_prefix(status, "Reading the checkpoint %s: ", prefix);
  }
  *out = r;
  return HR_SUCCESS;
}

void hr_checkpoint_reader_free(hr_checkpoint_reader *r) {
  if (!r) return;
  for (size_t i = 0; i < r->count; ++i) {
    free(r->entries[i].key);
    hr_bundle_entry_clear(&r->entries[i].entry);
  }
  for (int i = 0; i < r->shards; ++i) {
    if (r->data) hr_input_file_close(r->data[i]);
    if (r->data_names) free(r->data_names[i]);
  }
  free(r->data);
  free(r->data_names);
  free(r->entries);
  free(r->prefix);
  free(r);
}

/* ---- looking up ------------------------------------------------------------------------------------------------ */

size_t hr_checkpoint_reader_count(const hr_checkpoint_reader *r) { return r->count - r->first_name; }

const char *hr_checkpoint_reader_name(const hr_checkpoint_reader *r, size_t index) {
  return r->entries[r->first_name + index].key;
}

static int compare_keys(const void *key, const void *keyed) {
  return hr_view_compare(*(const hr_view *)key,
                         (hr_view){((const keyed_entry *)keyed)->key, ((const keyed_entry *)keyed)->key_length});
}

static const hr_bundle_entry *find(const hr_checkpoint_reader *r, hr_view key) {
  const keyed_entry *found = r->count ? bsearch(&key, r->entries, r->count, sizeof *r->entries, compare_keys) : NULL;
  return found ? &found->entry : NULL;
}

static hr_status find_name(const hr_checkpoint_reader *r, const char *name, const hr_bundle_entry **out) {
  *out = find(r, hr_view_of(name));
  return *out ? HR_SUCCESS : hr_error(HR_NOT_FOUND, "Key %s not found in checkpoint", name);
}

bool hr_checkpoint_reader_has(const hr_checkpoint_reader *r, const char *name) {
  return find(r, hr_view_of(name)) != NULL;
}

hr_status hr_checkpoint_reader_info(const hr_checkpoint_reader *r, const char *name, hr_dtype *dtype, hr_shape *shape) {
  const hr_bundle_entry *entry;
  HR_TRY(find_name(r, name, &entry));
  if (dtype) *dtype = entry->dtype;
  if (shape) *shape = entry->shape;
  return HR_SUCCESS;
}

/* ---- reading one entry ----------------------------------------------------------------------------------------- */

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

static hr_status read_bytes(const hr_input_file *file, const hr_bundle_entry *entry, void *bytes) {
  size_t count;
  HR_TRY(hr_input_file_read(file, (uint64_t)entry->offset, bytes, (size_t)entry->size, &count));
  if (count < (size_t)entry->size) return hr_error(HR_DATA_LOSS, "%s; ends inside a tensor", hr_input_file_path(file));
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
  HR_TRY(read_bytes(file, entry, bytes));
  uint32_t crc = hr_crc32c(bytes, (size_t)entry->size);
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
  if (!status) status = read_bytes(file, entry, bytes);
  if (!status) status = decode_strings(r, entry, bytes, out);
  free(bytes);
  return status;
}

static hr_status read_entry(const hr_checkpoint_reader *r, const hr_bundle_entry *entry, hr_tensor *out) {
  *out = (hr_tensor){0};
  if (entry->dtype != HR_STRING && !hr_dtype_is_plain(entry->dtype))
    return hr_error(HR_UNIMPLEMENTED, "Tensors of dtype %s cannot be read from a checkpoint",
                    hr_dtype_name(entry->dtype));
  hr_status status = entry->dtype == HR_STRING ? read_strings(r, entry, out) : read_plain(r, entry, out);
  if (status) hr_tensor_clear(out);
  return status;
}

/* ---- putting slices together ----------------------------------------------------------------------------------- */

typedef struct assembly {
  const hr_checkpoint_reader *reader;
  const hr_shape *full_shape;
  const hr_tensor_slice *wanted;
  hr_tensor *out;
  char *covered; /* a byte for each element of `out`: 1 once it has its value */
} assembly;

/* Copies strings by way of their numbers, since they cannot be copied byte by byte. */
static hr_status paste_strings(assembly *a, const hr_tensor_slice *slice, const hr_tensor *piece) {
  size_t from_count = (size_t)piece->elements, to_count = (size_t)a->out->elements;
  int64_t *numbers = calloc(from_count + to_count, sizeof *numbers);
  if (!numbers) return hr_error_out_of_memory((from_count + to_count) * sizeof *numbers, "slices of strings");
  int64_t *from = numbers, *to = numbers + from_count;
  for (size_t i = 0; i < from_count; ++i)
    from[i] = (int64_t)i + 1; /* 0: not in this piece */
  hr_tensor_slice_copy(a->full_shape, sizeof *numbers, slice, from, a->wanted, to);
  const hr_string *source = hr_tensor_data(piece);
  hr_string *target = hr_tensor_data(a->out);
  hr_status status = HR_SUCCESS;
  for (size_t i = 0; i < to_count && !status; ++i)
    if (to[i] > 0) {
      const hr_string *s = &source[to[i] - 1];
      status = hr_string_set(&target[i], hr_string_data(s), hr_string_length(s));
    }
  free(numbers);
  return status;
}

static hr_status paste(assembly *a, const hr_tensor_slice *slice, const hr_tensor *piece) {
  size_t count = (size_t)piece->elements;
  char *ones = malloc(count + 1);
  if (!ones) return hr_error_out_of_memory(count, "slices of a tensor");
  memset(ones, 1, count);
  hr_tensor_slice_copy(a->full_shape, 1, slice, ones, a->wanted, a->covered);
  free(ones);
  if (hr_tensor_dtype(piece) == HR_STRING) return paste_strings(a, slice, piece);
  hr_tensor_slice_copy(a->full_shape, hr_dtype_size(hr_tensor_dtype(piece)), slice, hr_tensor_data(piece), a->wanted,
                       hr_tensor_data(a->out));
  return HR_SUCCESS;
}

static hr_status paste_entry(assembly *a, const hr_tensor_slice *slice, const hr_bundle_entry *entry) {
  if (hr_tensor_slice_copy(a->full_shape, 1, slice, NULL, a->wanted, NULL) == 0) return HR_SUCCESS;
  hr_tensor piece;
  HR_TRY(read_entry(a->reader, entry, &piece));
  hr_status status = paste(a, slice, &piece);
  hr_tensor_clear(&piece);
  return status;
}

static hr_status paste_slices(assembly *a, const char *name, const hr_bundle_entry *full) {
  hr_text key = {0};
  hr_status status = HR_SUCCESS;
  for (size_t i = 0; i < full->slice_count && !status; ++i) {
    key.length = 0;
    hr_tensor_slice_key(hr_view_of(name), &full->slices[i], &key);
    const hr_bundle_entry *entry = key.failed ? NULL : find(a->reader, (hr_view){key.data, key.length});
    hr_shape shape;
    if (key.failed)
      status = out_of_memory();
    else if (!entry)
      status = hr_error(HR_DATA_LOSS, "A slice of \"%s\" is missing in the checkpoint", name);
    else
      status = hr_tensor_slice_shape(&full->slices[i], &full->shape, &shape);
    if (!status && (entry->dtype != full->dtype || entry->slice_count > 0 || !hr_shape_equal(&entry->shape, &shape)))
      status = hr_error(HR_DATA_LOSS, "A slice of \"%s\" does not fit the tensor in dtype or shape", name);
    if (!status) status = paste_entry(a, &full->slices[i], entry);
  }
  hr_text_free(&key);
  return status;
}

/* No tensor is larger than all data files together; a shape that says so gets no memory. */
static hr_status check_backed(const hr_checkpoint_reader *r, const hr_bundle_entry *full, int64_t elements) {
  uint64_t backed = 0;
  for (int i = 0; i < r->shards; ++i) {
    uint64_t size = 0;
    if (r->data[i]) HR_TRY(hr_input_file_size(r->data[i], &size));
    backed += size;
  }
  size_t each = full->dtype == HR_STRING ? 1 : hr_dtype_size(full->dtype);
  uint64_t bytes;
  if (__builtin_mul_overflow((uint64_t)elements, each, &bytes) || bytes > backed) return bad_size(r, full);
  return HR_SUCCESS;
}

hr_status hr_checkpoint_reader_get_slice(const hr_checkpoint_reader *r, const char *name, const hr_tensor_slice *wanted,
                                         hr_tensor *out) {
  *out = (hr_tensor){0};
  const hr_bundle_entry *full;
  hr_shape shape;
  HR_TRY(find_name(r, name, &full));
  HR_TRY(hr_tensor_slice_shape(wanted, &full->shape, &shape));
  if (full->slice_count == 0 && hr_tensor_slice_is_full(wanted)) return read_entry(r, full, out);
  HR_TRY(check_backed(r, full, hr_shape_elements(&shape)));
  HR_TRY(hr_tensor_new(hr_cpu_allocator(), full->dtype, &shape, out));
  assembly a = {.reader = r, .full_shape = &full->shape, .wanted = wanted, .out = out};
  a.covered = calloc((size_t)out->elements + 1, 1);
  hr_status status = a.covered ? HR_SUCCESS : hr_error_out_of_memory((size_t)out->elements, "slices of a tensor");
  if (!status && full->slice_count > 0) {
    status = paste_slices(&a, name, full);
  } else if (!status) {
    hr_tensor_slice whole = {.rank = full->shape.rank};
    for (int i = 0; i < whole.rank; ++i)
      whole.lengths[i] = HR_FULL_EXTENT;
    status = paste_entry(&a, &whole, full);
  }
  if (!status && memchr(a.covered, 0, (size_t)out->elements))
    status = hr_error(HR_NOT_FOUND, "The slices of \"%s\" in the checkpoint do not cover what is asked for", name);
  free(a.covered);
  if (status) hr_tensor_clear(out);
  return status;
}

hr_status hr_checkpoint_reader_get(const hr_checkpoint_reader *r, const char *name, hr_tensor *out) {
  *out = (hr_tensor){0};
  const hr_bundle_entry *entry;
  HR_TRY(find_name(r, name, &entry));
  hr_tensor_slice whole = {.rank = entry->shape.rank};
  for (int i = 0; i < whole.rank; ++i)
    whole.lengths[i] = HR_FULL_EXTENT;
  return hr_checkpoint_reader_get_slice(r, name, &whole, out);
}
