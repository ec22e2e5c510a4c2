#include "runtime/io/version1.h"

#include "proto/saved_tensor_slice.pb-c.h"
#include "runtime/base/proto_check.h"
#include "runtime/base/wire.h"
#include "runtime/io/checkpoint_entries.h"
#include "runtime/io/table.h"
#include "runtime/tensor/tensor_proto.h"
#include <stdlib.h>

/* ---- opening --------------------------------------------------------------------------------------------------- */

static hr_status out_of_memory(void) { return hr_error_out_of_memory(sizeof(hr_bundle_entry), "a checkpoint's index"); }

static hr_status damaged(const hr_checkpoint_reader *r, int shard, const char *what) {
  return hr_error(HR_DATA_LOSS, "%s; %s", r->data_names[shard], what);
}

/* Where the metadata of one file goes. */
typedef struct loading {
  hr_checkpoint_reader *reader;
  int shard;
} loading;

static hr_tensor_slice slice_of(const HrPb__TensorSliceProto *proto) {
  hr_tensor_slice slice = {.rank = (int)proto->n_extent};
  for (int i = 0; i < slice.rank; ++i) {
    const HrPb__TensorSliceProto__Extent *extent = proto->extent[i];
    bool whole = extent->has_length_case == HR_PB__TENSOR_SLICE_PROTO__EXTENT__HAS_LENGTH__NOT_SET;
    slice.starts[i] = extent->start;
    slice.lengths[i] = whole ? HR_FULL_EXTENT : extent->length;
  }
  return slice;
}

/* The entry of a slice under its binary key, and the slice in the entry of the name. */
static hr_status add_slice(const loading *l, const char *name, hr_bundle_entry *full, const hr_tensor_slice *slice) {
  hr_bundle_entry part = {.dtype = full->dtype, .shard = l->shard};
  hr_status bad = hr_tensor_slice_shape(slice, &full->shape, &part.shape);
  if (bad) {
    hr_status_free(bad);
    return damaged(l->reader, l->shard, "a slice that is not inside its tensor");
  }
  if (hr_tensor_slice_is_full(slice)) return HR_SUCCESS;
  hr_text key = {0};
  hr_tensor_slice_key(hr_view_of(name), slice, &key);
  hr_status status = key.failed ? out_of_memory() : hr_bundle_entry_add_slice(full, slice);
  if (!status) status = hr_checkpoint_add_entry(l->reader, (hr_view){key.data, key.length}, &part);
  hr_text_free(&key);
  return status;
}

static hr_status make_entry(const loading *l, const HrPb__SavedSliceMeta *saved, hr_bundle_entry *out) {
  *out = (hr_bundle_entry){.dtype = (hr_dtype)saved->type, .shard = l->shard};
  int64_t dims[HR_MAX_RANK];
  size_t rank = saved->shape ? saved->shape->n_dim : 0;
  if (*saved->name == '\0' || !hr_dtype_is_valid((int)saved->type) || hr_dtype_is_ref(out->dtype))
    return damaged(l->reader, l->shard, "a tensor without a name or dtype");
  if (rank > HR_MAX_RANK || (saved->shape && saved->shape->unknown_rank))
    return damaged(l->reader, l->shard, "a tensor of unknown rank or too many dimensions");
  for (size_t i = 0; i < rank; ++i)
    dims[i] = saved->shape->dim[i]->size;
  hr_status bad = hr_shape_make((int)rank, dims, &out->shape);
  if (bad) {
    hr_status_free(bad);
    return damaged(l->reader, l->shard, "a tensor without a full shape");
  }
  bool whole = false;
  hr_status status = HR_SUCCESS;
  for (size_t i = 0; i < saved->n_slice && !status; ++i) {
    if (saved->slice[i]->n_extent != rank) return damaged(l->reader, l->shard, "a slice of another rank");
    hr_tensor_slice slice = slice_of(saved->slice[i]);
    whole = whole || hr_tensor_slice_is_full(&slice);
    status = add_slice(l, saved->name, out, &slice);
  }
  if (!status && !whole && out->slice_count == 0) status = damaged(l->reader, l->shard, "a tensor without slices");
  if (whole) out->slice_count = 0; /* the whole of it is there, whatever else is */
  return status;
}

static hr_status load_meta(void *argument, hr_view key, hr_view value) {
  (void)key;
  const loading *l = argument;
  hr_arena arena = {0};
  HrPb__SavedTensorSlices *slices;
  const hr_proto_limits limits = {.malformed = HR_DATA_LOSS};
  hr_status status =
      hr_proto_unpack(&hr_pb__saved_tensor_slices__descriptor, &arena, value.data, value.length, &limits, &slices);
  const HrPb__SavedTensorSliceMeta *meta = status ? NULL : slices->meta;
  if (!status && !meta) status = damaged(l->reader, l->shard, "no list of tensors");
  if (!status && meta->versions && meta->versions->min_consumer > HR_VERSION1_PRODUCER)
    status = hr_error(HR_INVALID_ARGUMENT, "%s; needs a reader of version %d", l->reader->data_names[l->shard],
                      (int)meta->versions->min_consumer);
  for (size_t i = 0; !status && i < meta->n_tensor; ++i) {
    hr_bundle_entry entry;
    status = make_entry(l, meta->tensor[i], &entry);
    if (status)
      hr_bundle_entry_clear(&entry);
    else
      status = hr_checkpoint_add_entry(l->reader, hr_view_of(meta->tensor[i]->name), &entry);
  }
  hr_arena_free(&arena);
  return status;
}

static hr_status load_file(hr_checkpoint_reader *r, int shard) {
  loading l = {r, shard};
  bool found;
  HR_TRY(hr_input_file_open(r->data_names[shard], &r->data[shard]));
  HR_TRY(hr_table_find(r->data[shard], HR_VIEW(""), load_meta, &l, &found));
  return found ? HR_SUCCESS : damaged(r, shard, "no list of tensors");
}

/* ---- several files --------------------------------------------------------------------------------------------- */

static hr_view key_of(const hr_keyed_entry *entry) { return (hr_view){entry->key, entry->key_length}; }

static int compare_entries(const void *a, const void *b) {
  const hr_keyed_entry *x = a, *y = b;
  int order = hr_view_compare(key_of(x), key_of(y));
  return order ? order : x->entry.shard - y->entry.shard;
}

/* Adds what `from` has to `into`, an entry of the same key: parts of a partitioned variable in several files. */
static hr_status merge(const hr_checkpoint_reader *r, hr_keyed_entry *into, const hr_keyed_entry *from) {
  hr_bundle_entry *a = &into->entry;
  const hr_bundle_entry *b = &from->entry;
  if (a->dtype != b->dtype || !hr_shape_equal(&a->shape, &b->shape))
    return damaged(r, b->shard, "a tensor that has another dtype or shape in another file");
  bool is_slice = into->key_length > 0 && into->key[0] == '\0';
  if (is_slice || a->slice_count == 0) return HR_SUCCESS; /* the first one counts */
  if (b->slice_count == 0) {
    a->slice_count = 0;
    a->shard = b->shard;
    return HR_SUCCESS;
  }
  for (size_t i = 0; i < b->slice_count; ++i) {
    bool known = false;
    for (size_t k = 0; k < a->slice_count && !known; ++k)
      known = memcmp(&a->slices[k], &b->slices[i], sizeof a->slices[k]) == 0;
    if (!known) HR_TRY(hr_bundle_entry_add_slice(a, &b->slices[i]));
  }
  return HR_SUCCESS;
}

/* Sorts the entries; those of one key become one. */
static hr_status sort(hr_checkpoint_reader *r) {
  if (r->count == 0) return HR_SUCCESS;
  qsort(r->entries, r->count, sizeof *r->entries, compare_entries);
  size_t kept = 0;
  hr_status status = HR_SUCCESS;
  r->first_name = 0;
  for (size_t i = 0; i < r->count; ++i) {
    hr_keyed_entry *entry = &r->entries[i];
    if (kept > 0 && hr_view_equal(key_of(&r->entries[kept - 1]), key_of(entry))) {
      if (!status) status = merge(r, &r->entries[kept - 1], entry);
      free(entry->key);
      hr_bundle_entry_clear(&entry->entry);
      continue;
    }
    if (entry->key_length > 0 && entry->key[0] == '\0') ++r->first_name;
    r->entries[kept++] = *entry;
  }
  r->count = kept;
  return status;
}

hr_status hr_version1_load(hr_checkpoint_reader *r, const hr_path_list *files) {
  if (files->count > HR_BUNDLE_MAX_SHARDS)
    return hr_error(HR_INVALID_ARGUMENT, "%zu files match the checkpoint %s", files->count, r->prefix);
  r->data = calloc(files->count, sizeof(hr_input_file *));
  r->data_names = calloc(files->count, sizeof(char *));
  if (!r->data || !r->data_names) return out_of_memory();
  r->shards = (int)files->count;
  for (int i = 0; i < r->shards; ++i) {
    r->data_names[i] = strdup(files->paths[i]);
    if (!r->data_names[i]) return out_of_memory();
    HR_TRY(load_file(r, i));
  }
  return sort(r);
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

/* The bytes of a field that is a message; false where the bytes are malformed or lack it. */
static bool find_field(hr_view bytes, uint32_t wanted, hr_view *out) {
  uint32_t field;
  hr_wire_type type;
  bool found = false;
  for (hr_wire wire = hr_wire_of_view(bytes); !hr_wire_done(&wire);) {
    if (!hr_wire_tag(&wire, &field, &type)) return false;
    bool is_wanted = field == wanted && type == HR_WIRE_BYTES;
    if (is_wanted ? !hr_wire_bytes(&wire, out) : !hr_wire_skip(&wire, type)) return false;
    found = found || is_wanted;
  }
  return found;
}

typedef struct taking {
  const hr_checkpoint_reader *reader;
  const hr_bundle_entry *entry;
  hr_tensor *out;
} taking;

static hr_status take_values(void *argument, hr_view key, hr_view value) {
  (void)key;
  const taking *t = argument;
  hr_view saved, data;
  if (!find_field(value, HR_SLICES_DATA, &saved) || !find_field(saved, HR_SAVED_DATA, &data))
    return damaged(t->reader, t->entry->shard, "a slice without values");
  hr_status status = hr_tensor_from_values(data, t->entry->dtype, &t->entry->shape, hr_cpu_allocator(), t->out);
  if (hr_status_code(status) != HR_INVALID_ARGUMENT) return status;
  hr_status_free(status);
  return damaged(t->reader, t->entry->shard, "a slice with other values than its dtype and shape say");
}

hr_status hr_version1_read(const hr_checkpoint_reader *r, const hr_keyed_entry *keyed, hr_tensor *out) {
  const hr_bundle_entry *entry = &keyed->entry;
  taking t = {r, entry, out};
  bool is_slice = keyed->key_length > 0 && keyed->key[0] == '\0', found = false;
  hr_text key = {0};
  if (is_slice) {
    hr_text_add(&key, keyed->key, keyed->key_length);
  } else {
    hr_tensor_slice whole = hr_tensor_slice_whole(entry->shape.rank);
    hr_tensor_slice_key(key_of(keyed), &whole, &key);
  }
  hr_status status =
      key.failed ? out_of_memory()
                 : hr_table_find(r->data[entry->shard], (hr_view){key.data, key.length}, take_values, &t, &found);
  hr_text_free(&key);
  if (!status && !found) status = damaged(r, entry->shard, "the values of a tensor are missing");
  return status;
}
