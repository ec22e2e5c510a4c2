#include "runtime/io/bundle.h"

#include "runtime/base/wire.h"
#include "runtime/io/bundle_files.h"
#include "runtime/io/bundle_index.h"
#include "runtime/io/crc32c.h"
#include <stdlib.h>

struct hr_bundle_writer {
  char *prefix;
  size_t alignment;
  char *data_name, *temporary_data_name;
  hr_output_file *data; /* NULL once it is finished */
  hr_bundle_index index;
};

hr_status hr_bundle_writer_open(const char *prefix, size_t alignment, hr_bundle_writer **out) {
  *out = NULL;
  hr_bundle_writer *w = calloc(1, sizeof *w);
  char *directory = hr_path_directory_dup(prefix);
  hr_status status = HR_SUCCESS;
  if (w) {
    w->alignment = alignment;
    w->prefix = strdup(prefix);
    w->data_name = hr_bundle_data_name_dup(prefix, 0, 1);
    w->temporary_data_name = w->data_name ? hr_file_temporary_name_dup(w->data_name) : NULL;
  }
  if (!directory || !w || !w->prefix || !w->temporary_data_name)
    status = hr_error_out_of_memory(sizeof *w, "a checkpoint writer");
  if (!status) status = hr_directory_create(directory);
  if (!status) status = hr_output_file_open(w->temporary_data_name, HR_OUTPUT_REPLACE, &w->data);
  free(directory);
  if (status) {
    hr_bundle_writer_free(w);
    return status;
  }
  *out = w;
  return HR_SUCCESS;
}

void hr_bundle_writer_free(hr_bundle_writer *w) {
  if (!w) return;
  if (w->data) {
    hr_output_file_discard(w->data);
    hr_status_free(hr_file_delete(w->temporary_data_name));
  }
  hr_bundle_index_clear(&w->index);
  free(w->prefix);
  free(w->data_name);
  free(w->temporary_data_name);
  free(w);
}

/* Appends bytes and takes them into the checksum, piece by piece, so that memory is read once. */
static hr_status append(hr_bundle_writer *w, const void *bytes, size_t length, uint32_t *crc) {
  for (size_t at = 0; at < length;) {
    size_t piece = length - at < HR_BUNDLE_PIECE ? length - at : HR_BUNDLE_PIECE;
    const char *from = (const char *)bytes + at;
    *crc = hr_crc32c_extend(*crc, from, piece);
    HR_TRY(hr_output_file_append(w->data, from, piece));
    at += piece;
  }
  hr_output_file_write_back(w->data);
  return HR_SUCCESS;
}

/* The lengths as varints, a masked checksum of the lengths as 32-bit numbers (64-bit where they need it), the bytes.
 * The entry's checksum covers the lengths as numbers, their checksum, and the bytes. */
static hr_status append_strings(hr_bundle_writer *w, const hr_tensor *tensor, uint32_t *crc) {
  const hr_string *strings = hr_tensor_data(tensor);
  uint8_t bytes[HR_WIRE_VARINT_MAX];
  for (int64_t i = 0; i < tensor->elements; ++i) {
    size_t length = hr_string_length(&strings[i]);
    HR_TRY(hr_output_file_append(w->data, bytes, hr_wire_encode_varint(bytes, length)));
    hr_write_u64(bytes, length);
    *crc = hr_crc32c_extend(*crc, bytes, length <= UINT32_MAX ? 4 : 8);
  }
  hr_write_u32(bytes, hr_crc32c_mask(*crc));
  HR_TRY(append(w, bytes, 4, crc));
  for (int64_t i = 0; i < tensor->elements; ++i)
    HR_TRY(append(w, hr_string_data(&strings[i]), hr_string_length(&strings[i]), crc));
  return HR_SUCCESS;
}

static hr_status pad(hr_bundle_writer *w) {
  static const char zeros[256];
  size_t beyond = w->alignment > 1 ? hr_output_file_length(w->data) % w->alignment : 0;
  for (size_t left = beyond ? w->alignment - beyond : 0; left > 0;) {
    size_t step = left < sizeof zeros ? left : sizeof zeros;
    HR_TRY(hr_output_file_append(w->data, zeros, step));
    left -= step;
  }
  return HR_SUCCESS;
}

static hr_status check_dtype(const hr_tensor *tensor, const char *name) {
  hr_dtype dtype = hr_tensor_dtype(tensor);
  if (hr_dtype_is_plain(dtype) || dtype == HR_STRING) return HR_SUCCESS;
  return hr_error(HR_UNIMPLEMENTED, "Tensors of dtype %s cannot be saved: \"%s\"", hr_dtype_name(dtype), name);
}

static hr_status out_of_memory(void) { return hr_error_out_of_memory(sizeof(hr_bundle_entry), "a checkpoint's index"); }

/* `name`: for messages; `key`: where the entry goes. */
static hr_status add(hr_bundle_writer *w, hr_view key, const char *name, const hr_tensor *tensor) {
  HR_TRY(check_dtype(tensor, name));
  hr_bundle_entry *entry = hr_bundle_index_at(&w->index, key);
  if (!entry) return out_of_memory();
  if (entry->dtype != HR_INVALID) return hr_error(HR_INVALID_ARGUMENT, "Adding duplicate key: %s", name);
  uint64_t start = hr_output_file_length(w->data);
  uint32_t crc = 0;
  HR_TRY(hr_tensor_dtype(tensor) == HR_STRING ? append_strings(w, tensor, &crc)
                                              : append(w, hr_tensor_data(tensor), hr_tensor_bytes(tensor), &crc));
  entry->dtype = hr_tensor_dtype(tensor);
  entry->shape = hr_tensor_shape(tensor);
  entry->offset = (int64_t)start;
  entry->size = (int64_t)(hr_output_file_length(w->data) - start);
  entry->masked_crc = hr_crc32c_mask(crc);
  return pad(w);
}

hr_status hr_bundle_writer_add(hr_bundle_writer *w, const char *name, const hr_tensor *tensor) {
  if (*name == '\0') return hr_error(HR_INVALID_ARGUMENT, "A tensor in a checkpoint needs a name");
  return add(w, hr_view_of(name), name, tensor);
}

hr_status hr_bundle_writer_add_slice(hr_bundle_writer *w, const char *name, const hr_shape *full_shape,
                                     const hr_tensor_slice *slice, const hr_tensor *tensor) {
  char text[HR_SHAPE_TEXT], other_text[HR_SHAPE_TEXT];
  hr_shape slice_shape, shape = hr_tensor_shape(tensor);
  HR_TRY(hr_tensor_slice_shape(slice, full_shape, &slice_shape));
  if (!hr_shape_equal(&slice_shape, &shape))
    return hr_error(HR_INVALID_ARGUMENT, "A slice of \"%s\" has shape %s, but the tensor has shape %s", name,
                    hr_shape_text(&slice_shape, text), hr_shape_text(&shape, other_text));
  if (hr_tensor_slice_is_full(slice) || hr_shape_equal(&slice_shape, full_shape))
    return hr_bundle_writer_add(w, name, tensor);

  HR_TRY(check_dtype(tensor, name));
  hr_bundle_entry *full = hr_bundle_index_at(&w->index, hr_view_of(name));
  if (!full) return out_of_memory();
  if (full->dtype == HR_INVALID) {
    full->dtype = hr_tensor_dtype(tensor);
    full->shape = *full_shape;
  } else if (full->slice_count == 0) {
    return hr_error(HR_INVALID_ARGUMENT, "Adding duplicate key: %s", name);
  } else if (full->dtype != hr_tensor_dtype(tensor) || !hr_shape_equal(&full->shape, full_shape)) {
    return hr_error(HR_INVALID_ARGUMENT, "Slices of \"%s\" disagree: %s of shape %s, and %s of shape %s", name,
                    hr_dtype_name(full->dtype), hr_shape_text(&full->shape, text),
                    hr_dtype_name(hr_tensor_dtype(tensor)), hr_shape_text(full_shape, other_text));
  }
  HR_TRY(hr_bundle_entry_add_slice(full, slice));
  hr_text key = {0};
  hr_tensor_slice_key(hr_view_of(name), slice, &key);
  hr_status status = key.failed ? out_of_memory() : add(w, (hr_view){key.data, key.length}, name, tensor);
  hr_text_free(&key);
  return status;
}

hr_status hr_bundle_writer_finish(hr_bundle_writer *w) {
  char *index_name = hr_bundle_index_name_dup(w->prefix);
  char *temporary_index_name = index_name ? hr_file_temporary_name_dup(index_name) : NULL;
  free(index_name);
  if (!temporary_index_name) return out_of_memory();
  hr_status status = hr_output_file_sync(w->data);
  hr_status_keep_first(&status, hr_output_file_close(w->data));
  w->data = NULL;
  if (!status) status = hr_bundle_index_write(&w->index, 1, temporary_index_name);
  if (!status) {
    hr_bundle_move data = {w->temporary_data_name, w->data_name};
    status = hr_bundle_install(w->prefix, &data, 1, temporary_index_name);
    if (status) hr_status_free(hr_file_delete(temporary_index_name));
  }
  if (status) hr_status_free(hr_file_delete(w->temporary_data_name));
  free(temporary_index_name);
  return status;
}
