#include "runtime/io/version1.h"

#include "runtime/base/wire.h"
#include "runtime/io/file.h"
#include "runtime/io/table.h"
#include "runtime/tensor/tensor_proto.h"
#include <stdlib.h>

typedef struct record {
  char *name;
  hr_dtype dtype;
  hr_shape full_shape;
  hr_tensor_slice slice;
  hr_text key, value;
} record;

struct hr_version1_writer {
  record *records;
  size_t count, capacity;
};

static hr_status out_of_memory(void) { return hr_error_out_of_memory(sizeof(record), "a checkpoint"); }

hr_version1_writer *hr_version1_writer_new(void) { return calloc(1, sizeof(hr_version1_writer)); }

static void record_clear(record *r) {
  free(r->name);
  hr_text_free(&r->key);
  hr_text_free(&r->value);
}

void hr_version1_writer_free(hr_version1_writer *w) {
  if (!w) return;
  for (size_t i = 0; i < w->count; ++i)
    record_clear(&w->records[i]);
  free(w->records);
  free(w);
}

/* ---- one slice ------------------------------------------------------------------------------------------------- */

/* SavedTensorSlices with the values. They stand in the list of their dtype, never in tensor_content: TensorFlow looks
 * nowhere else. */
static hr_status encode_values(const char *name, const hr_tensor_slice *slice, const hr_tensor *tensor, hr_text *out) {
  hr_tensor listed = *tensor;
  listed.proto_values = INT32_MAX;
  size_t data = hr_wire_begin(out, HR_SLICES_DATA);
  hr_wire_put_bytes(out, HR_SAVED_NAME, hr_view_of(name));
  size_t extents = hr_wire_begin(out, HR_SAVED_SLICE);
  hr_tensor_slice_to_proto(slice, out);
  hr_wire_end(out, extents);
  size_t values = hr_wire_begin(out, HR_SAVED_DATA);
  HR_TRY(hr_tensor_values_to_proto(&listed, out));
  hr_wire_end(out, values);
  hr_wire_end(out, data);
  return HR_SUCCESS;
}

static bool has_list(hr_dtype dtype) {
  return (hr_dtype_is_plain(dtype) && dtype != HR_BFLOAT16 && dtype != HR_UINT32 && dtype != HR_UINT64) ||
         dtype == HR_STRING;
}

hr_status hr_version1_writer_add(hr_version1_writer *w, const char *name, const hr_shape *full_shape,
                                 const hr_tensor_slice *slice, const hr_tensor *tensor) {
  hr_dtype dtype = hr_tensor_dtype(tensor);
  if (!has_list(dtype))
    return hr_error(HR_UNIMPLEMENTED, "Saving data type %s not yet supported", hr_dtype_name(dtype));
  if (w->count == w->capacity) {
    size_t capacity = w->capacity ? w->capacity * 2 : 16;
    record *records = reallocarray(w->records, capacity, sizeof *records);
    if (!records) return out_of_memory();
    w->records = records;
    w->capacity = capacity;
  }
  record *r = &w->records[w->count];
  *r = (record){.name = strdup(name), .dtype = dtype, .full_shape = *full_shape, .slice = *slice};
  hr_tensor_slice_key(hr_view_of(name), slice, &r->key);
  hr_status status = r->name && !r->key.failed ? encode_values(name, slice, tensor, &r->value) : out_of_memory();
  if (!status && r->value.failed) status = out_of_memory();
  if (status)
    record_clear(r);
  else
    ++w->count;
  return status;
}

/* ---- the file -------------------------------------------------------------------------------------------------- */

static hr_view key_of(const record *r) { return (hr_view){r->key.data, r->key.length}; }

/* Records of one name come to stand together: their keys start with it. */
static int compare_records(const void *a, const void *b) { return hr_view_compare(key_of(a), key_of(b)); }

static bool is_repeated(const hr_version1_writer *w, size_t i) {
  return i > 0 && hr_view_equal(key_of(&w->records[i]), key_of(&w->records[i - 1]));
}

static hr_status check_together(const record *a, const record *b) {
  char text[HR_SHAPE_TEXT], other[HR_SHAPE_TEXT];
  if (a->dtype != b->dtype)
    return hr_error(HR_INTERNAL, "Mismatching types: existing type = %s, trying to add name %s, type = %s",
                    hr_dtype_name(a->dtype), a->name, hr_dtype_name(b->dtype));
  if (!hr_shape_equal(&a->full_shape, &b->full_shape))
    return hr_error(HR_INTERNAL, "Mismatching shapes: existing tensor = %s, trying to add name %s, shape = %s",
                    hr_shape_text(&a->full_shape, text), a->name, hr_shape_text(&b->full_shape, other));
  return HR_SUCCESS;
}

/* SavedTensorSlices with the list of tensors. */
static hr_status encode_meta(const hr_version1_writer *w, hr_text *out) {
  size_t meta = hr_wire_begin(out, HR_SLICES_META);
  for (size_t i = 0; i < w->count;) {
    const record *first = &w->records[i];
    hr_partial_shape shape = hr_partial_shape_from(&first->full_shape);
    size_t tensor = hr_wire_begin(out, HR_SLICES_META_TENSOR);
    hr_wire_put_bytes(out, HR_SAVED_NAME, hr_view_of(first->name));
    size_t dims = hr_wire_begin(out, HR_SAVED_SHAPE);
    hr_shape_to_proto(&shape, out);
    hr_wire_end(out, dims);
    hr_wire_put_number(out, HR_SAVED_TYPE, first->dtype);
    for (; i < w->count && strcmp(w->records[i].name, first->name) == 0; ++i) {
      HR_TRY(check_together(first, &w->records[i]));
      if (is_repeated(w, i)) continue;
      size_t slice = hr_wire_begin(out, HR_SAVED_SLICES);
      hr_tensor_slice_to_proto(&w->records[i].slice, out);
      hr_wire_end(out, slice);
    }
    hr_wire_end(out, tensor);
  }
  size_t versions = hr_wire_begin(out, HR_SLICES_META_VERSIONS);
  hr_wire_put_number(out, 1, HR_VERSION1_PRODUCER); /* VersionDef.producer */
  hr_wire_end(out, versions);
  hr_wire_end(out, meta);
  return out->failed ? out_of_memory() : HR_SUCCESS;
}

static hr_status write_table(const hr_version1_writer *w, hr_output_file *file) {
  hr_table_writer *table = hr_table_writer_new(file);
  hr_text meta = {0};
  hr_status status = table ? encode_meta(w, &meta) : out_of_memory();
  if (!status) status = hr_table_writer_add(table, HR_VIEW(""), (hr_view){meta.data, meta.length});
  for (size_t i = 0; i < w->count && !status; ++i)
    if (!is_repeated(w, i))
      status = hr_table_writer_add(table, key_of(&w->records[i]),
                                   (hr_view){w->records[i].value.data, w->records[i].value.length});
  if (!status) status = hr_table_writer_finish(table);
  hr_table_writer_free(table);
  hr_text_free(&meta);
  return status;
}

hr_status hr_version1_writer_finish(hr_version1_writer *w, const char *path) {
  if (w->count > 0) qsort(w->records, w->count, sizeof *w->records, compare_records);
  char *temporary = hr_file_temporary_name_dup(path);
  if (!temporary) return out_of_memory();
  hr_output_file *file;
  hr_status status = hr_output_file_open(temporary, HR_OUTPUT_REPLACE, &file);
  if (!status) {
    status = write_table(w, file);
    if (!status) status = hr_output_file_sync(file);
    hr_status_keep_first(&status, hr_output_file_close(file));
    if (!status) status = hr_file_rename(temporary, path);
    if (status)
      hr_status_free(hr_file_delete(temporary));
    else
      status = hr_file_sync_directory_of(path);
  }
  free(temporary);
  return status;
}
