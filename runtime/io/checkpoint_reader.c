#include "runtime/io/bundle.h"

#include "runtime/io/bundle_files.h"
#include "runtime/io/checkpoint_entries.h"
#include "runtime/io/table.h"
#include <stdlib.h>

/* ---- opening --------------------------------------------------------------------------------------------------- */

static hr_status out_of_memory(void) { return hr_error_out_of_memory(sizeof(hr_keyed_entry), "a checkpoint's index"); }

static hr_status add_entry(hr_checkpoint_reader *r, hr_view key, hr_bundle_entry *entry) {
  if (r->count == r->capacity) {
    size_t capacity = r->capacity ? r->capacity * 2 : 16;
    hr_keyed_entry *entries = reallocarray(r->entries, capacity, sizeof *entries);
    if (!entries) return out_of_memory();
    r->entries = entries;
    r->capacity = capacity;
  }
  hr_keyed_entry *keyed = &r->entries[r->count];
  *keyed = (hr_keyed_entry){.key = malloc(key.length + 1), .key_length = key.length, .entry = *entry};
  if (!keyed->key) return out_of_memory();
  if (key.length > 0) memcpy(keyed->key, key.data, key.length);
  keyed->key[key.length] = '\0';
  ++r->count;
  if (key.length > 0 && key.data[0] == '\0') ++r->first_name;
  return HR_SUCCESS;
}

hr_status hr_checkpoint_add_entry(hr_checkpoint_reader *r, hr_view key, hr_bundle_entry *entry) {
  hr_status status = add_entry(r, key, entry);
  if (status) hr_bundle_entry_clear(entry);
  return status;
}

static hr_status load(hr_checkpoint_reader *r) {
  bool aside;
  HR_TRY(hr_bundle_is_set_aside(r->prefix, &aside));
  char *index = hr_bundle_index_name_dup(r->prefix);
  if (!index) return out_of_memory();
  bool is_bundle = aside || hr_file_exists(index);
  free(index);
  if (is_bundle) return hr_bundle_load(r);
  hr_path_list files;
  HR_TRY(hr_file_match(r->prefix, &files));
  r->is_version1 = files.count > 0;
  hr_status status = r->is_version1 ? hr_version1_load(r, &files)
                                    : hr_error(HR_NOT_FOUND, "Failed to find any matching files for %s", r->prefix);
  hr_path_list_clear(&files);
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
                         (hr_view){((const hr_keyed_entry *)keyed)->key, ((const hr_keyed_entry *)keyed)->key_length});
}

static const hr_keyed_entry *find(const hr_checkpoint_reader *r, hr_view key) {
  return r->count ? bsearch(&key, r->entries, r->count, sizeof *r->entries, compare_keys) : NULL;
}

static hr_status find_name(const hr_checkpoint_reader *r, const char *name, const hr_keyed_entry **out) {
  *out = find(r, hr_view_of(name));
  return *out ? HR_SUCCESS : hr_error(HR_NOT_FOUND, "Key %s not found in checkpoint", name);
}

bool hr_checkpoint_reader_has(const hr_checkpoint_reader *r, const char *name) {
  return find(r, hr_view_of(name)) != NULL;
}

hr_status hr_checkpoint_reader_info(const hr_checkpoint_reader *r, const char *name, hr_dtype *dtype, hr_shape *shape) {
  const hr_keyed_entry *found;
  HR_TRY(find_name(r, name, &found));
  if (dtype) *dtype = found->entry.dtype;
  if (shape) *shape = found->entry.shape;
  return HR_SUCCESS;
}

hr_status hr_checkpoint_reader_debug_string(const hr_checkpoint_reader *r, char **out) {
  hr_text text = {0};
  for (size_t i = r->first_name; i < r->count; ++i) {
    const hr_bundle_entry *entry = &r->entries[i].entry;
    hr_text_printf(&text, "%s (%s) [", r->entries[i].key, hr_dtype_enum_name(entry->dtype));
    for (int axis = 0; axis < entry->shape.rank; ++axis)
      hr_text_printf(&text, "%s%lld", axis ? "," : "", (long long)entry->shape.dims[axis]);
    hr_text_add_string(&text, "]");
    if (entry->slice_count > 0) hr_text_printf(&text, ", %zu slices", entry->slice_count);
    hr_text_add_string(&text, "\n");
  }
  *out = hr_text_take(&text);
  return *out ? HR_SUCCESS : out_of_memory();
}

/* ---- reading one entry ----------------------------------------------------------------------------------------- */

static hr_status read_entry(const hr_checkpoint_reader *r, const hr_keyed_entry *keyed, hr_tensor *out) {
  *out = (hr_tensor){0};
  hr_dtype dtype = keyed->entry.dtype;
  if (dtype != HR_STRING && !hr_dtype_is_plain(dtype))
    return hr_error(HR_UNIMPLEMENTED, "Tensors of dtype %s cannot be read from a checkpoint", hr_dtype_name(dtype));
  hr_status status = r->is_version1 ? hr_version1_read(r, keyed, out) : hr_bundle_read(r, &keyed->entry, out);
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

static hr_status paste_entry(assembly *a, const hr_tensor_slice *slice, const hr_keyed_entry *entry) {
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
    const hr_keyed_entry *entry = key.failed ? NULL : find(a->reader, (hr_view){key.data, key.length});
    hr_shape shape;
    if (key.failed)
      status = out_of_memory();
    else if (!entry)
      status = hr_error(HR_DATA_LOSS, "A slice of \"%s\" is missing in the checkpoint", name);
    else
      status = hr_tensor_slice_shape(&full->slices[i], &full->shape, &shape);
    if (!status && (entry->entry.dtype != full->dtype || entry->entry.slice_count > 0 ||
                    !hr_shape_equal(&entry->entry.shape, &shape)))
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
  /* An element takes a byte at least in the protos of version 1, whose blocks may be packed. */
  size_t each = r->is_version1 || full->dtype == HR_STRING ? 1 : hr_dtype_size(full->dtype);
  if (r->is_version1) backed *= HR_TABLE_MAX_PACKING;
  uint64_t bytes;
  if (!__builtin_mul_overflow((uint64_t)elements, each, &bytes) && bytes <= backed) return HR_SUCCESS;
  char text[HR_SHAPE_TEXT];
  return hr_error(HR_DATA_LOSS, "%s; a tensor of dtype %s and shape %s is larger than the files", r->prefix,
                  hr_dtype_name(full->dtype), hr_shape_text(&full->shape, text));
}

hr_status hr_checkpoint_reader_get_slice(const hr_checkpoint_reader *r, const char *name, const hr_tensor_slice *wanted,
                                         hr_tensor *out) {
  *out = (hr_tensor){0};
  const hr_keyed_entry *found;
  hr_shape shape;
  HR_TRY(find_name(r, name, &found));
  const hr_bundle_entry *full = &found->entry;
  HR_TRY(hr_tensor_slice_shape(wanted, &full->shape, &shape));
  if (full->slice_count == 0 && hr_tensor_slice_is_full(wanted)) return read_entry(r, found, out);
  HR_TRY(check_backed(r, full, hr_shape_elements(&shape)));
  HR_TRY(hr_tensor_new(hr_cpu_allocator(), full->dtype, &shape, out));
  assembly a = {.reader = r, .full_shape = &full->shape, .wanted = wanted, .out = out};
  a.covered = calloc((size_t)out->elements + 1, 1);
  hr_status status = a.covered ? HR_SUCCESS : hr_error_out_of_memory((size_t)out->elements, "slices of a tensor");
  if (!status && full->slice_count > 0) {
    status = paste_slices(&a, name, full);
  } else if (!status) {
    hr_tensor_slice whole = hr_tensor_slice_whole(full->shape.rank);
    status = paste_entry(&a, &whole, found);
  }
  if (!status && memchr(a.covered, 0, (size_t)out->elements))
    status = hr_error(HR_NOT_FOUND, "The slices of \"%s\" in the checkpoint do not cover what is asked for", name);
  free(a.covered);
  if (status) hr_tensor_clear(out);
  return status;
}

hr_status hr_checkpoint_reader_get(const hr_checkpoint_reader *r, const char *name, hr_tensor *out) {
  *out = (hr_tensor){0};
  const hr_keyed_entry *found;
  HR_TRY(find_name(r, name, &found));
  hr_tensor_slice whole = hr_tensor_slice_whole(found->entry.shape.rank);
  return hr_checkpoint_reader_get_slice(r, name, &whole, out);
}
