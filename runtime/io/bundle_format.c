#include "runtime/io/bundle_format.h"

#include "runtime/base/wire.h"
#include <stdio.h>
#include <stdlib.h>

/* Field numbers of proto/tensor_bundle.proto, tensor_shape.proto and versions.proto. */
enum { HEADER_SHARDS = 1, HEADER_ENDIANNESS = 2, HEADER_VERSION = 3 };
enum { VERSION_PRODUCER = 1, VERSION_MIN_CONSUMER = 2, VERSION_BAD_CONSUMERS = 3 };
enum {
  ENTRY_DTYPE = 1,
  ENTRY_SHAPE = 2,
  ENTRY_SHARD = 3,
  ENTRY_OFFSET = 4,
  ENTRY_SIZE = 5,
  ENTRY_CRC = 6,
  ENTRY_SLICES = 7
};
enum { SHAPE_DIM = 2, SHAPE_UNKNOWN_RANK = 3, DIM_SIZE = 1 };

#define FORMAT_VERSION 1

/* ---- names ----------------------------------------------------------------------------------------------------- */

char *hr_bundle_index_name_dup(const char *prefix) {
  char *name;
  return asprintf(&name, "%s.index", prefix) < 0 ? NULL : name;
}

char *hr_bundle_data_name_dup(const char *prefix, int shard, int shards) {
  char *name;
  return asprintf(&name, "%s.data-%05d-of-%05d", prefix, shard, shards) < 0 ? NULL : name;
}

/* ---- writing --------------------------------------------------------------------------------------------------- */

/* Proto3 leaves out numbers that are 0. */
static void put_number(hr_text *out, uint32_t field, uint64_t value) {
  if (value != 0) hr_wire_put_number(out, field, value);
}

/* Adds `part` as a message in `field` and empties it for the next. */
static void put_message(hr_text *out, uint32_t field, hr_text *part) {
  hr_wire_put_bytes(out, field, (hr_view){part->data, part->length});
  out->failed |= part->failed;
  part->length = 0;
}

void hr_bundle_header_encode(int shards, hr_text *out) {
  hr_text version = {0};
  put_number(out, HEADER_SHARDS, (uint64_t)shards);
  put_number(&version, VERSION_PRODUCER, FORMAT_VERSION);
  put_message(out, HEADER_VERSION, &version);
  hr_text_free(&version);
}

void hr_bundle_entry_encode(const hr_bundle_entry *entry, hr_text *out) {
  hr_text part = {0}, inner = {0};
  put_number(out, ENTRY_DTYPE, entry->dtype);
  for (int i = 0; i < entry->shape.rank; ++i) {
    put_number(&inner, DIM_SIZE, (uint64_t)entry->shape.dims[i]);
    put_message(&part, SHAPE_DIM, &inner);
  }
  put_message(out, ENTRY_SHAPE, &part);
  put_number(out, ENTRY_SHARD, (uint64_t)entry->shard);
  put_number(out, ENTRY_OFFSET, (uint64_t)entry->offset);
  put_number(out, ENTRY_SIZE, (uint64_t)entry->size);
  if (entry->masked_crc != 0) hr_wire_put_fixed32(out, ENTRY_CRC, entry->masked_crc);
  for (size_t i = 0; i < entry->slice_count; ++i) {
    size_t begin = hr_wire_begin(out, ENTRY_SLICES);
    hr_tensor_slice_to_proto(&entry->slices[i], out);
    hr_wire_end(out, begin);
  }
  hr_text_free(&part);
  hr_text_free(&inner);
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

/* A field: a number for varints and 32 bits, bytes for messages; other types are passed over with field 0. */
typedef struct field {
  uint32_t id;
  hr_wire_type type;
  uint64_t number;
  hr_view bytes;
} field;

static bool read_field(hr_wire *wire, field *out) {
  uint32_t word = 0;
  *out = (field){0};
  if (!hr_wire_tag(wire, &out->id, &out->type)) return false;
  switch (out->type) {
  case HR_WIRE_VARINT: return hr_wire_varint(wire, &out->number);
  case HR_WIRE_BYTES: return hr_wire_bytes(wire, &out->bytes);
  case HR_WIRE_32BIT:
    if (!hr_wire_fixed32(wire, &word)) return false;
    out->number = word;
    return true;
  default: out->id = 0; return hr_wire_skip(wire, out->type);
  }
}

static bool is(const field *f, uint32_t id, hr_wire_type type) { return f->id == id && f->type == type; }

static bool read_dim(hr_view bytes, int64_t *size) {
  *size = 0;
  hr_wire wire = hr_wire_of_view(bytes);
  for (field f; !hr_wire_done(&wire);) {
    if (!read_field(&wire, &f)) return false;
    if (is(&f, DIM_SIZE, HR_WIRE_VARINT)) *size = (int64_t)f.number;
  }
  return true;
}

static bool read_shape(hr_view bytes, int *rank, int64_t *dims) {
  *rank = 0;
  hr_wire wire = hr_wire_of_view(bytes);
  for (field f; !hr_wire_done(&wire);) {
    if (!read_field(&wire, &f)) return false;
    if (is(&f, SHAPE_UNKNOWN_RANK, HR_WIRE_VARINT) && f.number) return false;
    if (is(&f, SHAPE_DIM, HR_WIRE_BYTES) && (*rank == HR_MAX_RANK || !read_dim(f.bytes, &dims[(*rank)++])))
      return false;
  }
  return true;
}

void hr_bundle_entry_clear(hr_bundle_entry *entry) {
  free(entry->slices);
  *entry = (hr_bundle_entry){0};
}

hr_status hr_bundle_entry_add_slice(hr_bundle_entry *entry, const hr_tensor_slice *slice) {
  /* Room doubles when the count reaches a power of two. */
  if ((entry->slice_count & (entry->slice_count - 1)) == 0) {
    size_t capacity = entry->slice_count ? entry->slice_count * 2 : 1;
    hr_tensor_slice *slices = reallocarray(entry->slices, capacity, sizeof *slices);
    if (!slices) return hr_error_out_of_memory(capacity * sizeof *slices, "the slices of a tensor");
    entry->slices = slices;
  }
  entry->slices[entry->slice_count++] = *slice;
  return HR_SUCCESS;
}

static hr_status bad_entry(const char *what) { return hr_error(HR_DATA_LOSS, "Bad entry of a checkpoint: %s", what); }

static hr_status decode_entry(hr_view bytes, hr_bundle_entry *out) {
  int rank = 0;
  int64_t dims[HR_MAX_RANK];
  uint64_t dtype = 0, shard = 0, offset = 0, size = 0;
  hr_wire wire = hr_wire_of_view(bytes);
  for (field f; !hr_wire_done(&wire);) {
    if (!read_field(&wire, &f)) return bad_entry("malformed");
    if (is(&f, ENTRY_DTYPE, HR_WIRE_VARINT)) dtype = f.number;
    if (is(&f, ENTRY_SHARD, HR_WIRE_VARINT)) shard = f.number;
    if (is(&f, ENTRY_OFFSET, HR_WIRE_VARINT)) offset = f.number;
    if (is(&f, ENTRY_SIZE, HR_WIRE_VARINT)) size = f.number;
    if (is(&f, ENTRY_CRC, HR_WIRE_32BIT)) out->masked_crc = (uint32_t)f.number;
    if (is(&f, ENTRY_SHAPE, HR_WIRE_BYTES) && !read_shape(f.bytes, &rank, dims)) return bad_entry("shape");
    if (is(&f, ENTRY_SLICES, HR_WIRE_BYTES)) {
      hr_tensor_slice slice;
      if (!hr_tensor_slice_from_proto(f.bytes, &slice)) return bad_entry("slice");
      HR_TRY(hr_bundle_entry_add_slice(out, &slice));
    }
  }
  if (dtype >= HR_DTYPE_COUNT || !hr_dtype_is_valid((int)dtype)) return bad_entry("dtype");
  if (shard >= HR_BUNDLE_MAX_SHARDS || offset > INT64_MAX || size > INT64_MAX - offset) return bad_entry("place");
  out->dtype = (hr_dtype)dtype;
  out->shard = (int32_t)shard;
  out->offset = (int64_t)offset;
  out->size = (int64_t)size;
  hr_status status = hr_shape_make(rank, dims, &out->shape);
  for (size_t i = 0; i < out->slice_count && !status; ++i) {
    hr_shape slice_shape;
    status = hr_tensor_slice_shape(&out->slices[i], &out->shape, &slice_shape);
  }
  if (status) {
    hr_status error = hr_error(HR_DATA_LOSS, "Bad entry of a checkpoint: %s", hr_status_message(status));
    hr_status_free(status);
    return error;
  }
  return HR_SUCCESS;
}

hr_status hr_bundle_entry_decode(hr_view bytes, hr_bundle_entry *out) {
  *out = (hr_bundle_entry){0};
  hr_status status = decode_entry(bytes, out);
  if (status) hr_bundle_entry_clear(out);
  return status;
}

static hr_status check_version(hr_view bytes) {
  hr_wire wire = hr_wire_of_view(bytes);
  for (field f; !hr_wire_done(&wire);) {
    if (!read_field(&wire, &f)) return hr_error(HR_DATA_LOSS, "Bad header of a checkpoint: version");
    if ((is(&f, VERSION_MIN_CONSUMER, HR_WIRE_VARINT) && f.number > FORMAT_VERSION) ||
        (is(&f, VERSION_BAD_CONSUMERS, HR_WIRE_VARINT) && f.number == FORMAT_VERSION))
      return hr_error(HR_INVALID_ARGUMENT, "The checkpoint needs a reader of a version above %d", FORMAT_VERSION);
    if (is(&f, VERSION_BAD_CONSUMERS, HR_WIRE_BYTES)) {
      hr_wire list = hr_wire_of_view(f.bytes);
      for (uint64_t version; !hr_wire_done(&list);)
        if (!hr_wire_varint(&list, &version) || version == FORMAT_VERSION)
          return hr_error(HR_INVALID_ARGUMENT, "The checkpoint refuses readers of version %d", FORMAT_VERSION);
    }
  }
  return HR_SUCCESS;
}

hr_status hr_bundle_header_decode(hr_view bytes, int *shards) {
  uint64_t count = 0;
  hr_wire wire = hr_wire_of_view(bytes);
  for (field f; !hr_wire_done(&wire);) {
    if (!read_field(&wire, &f)) return hr_error(HR_DATA_LOSS, "Bad header of a checkpoint");
    if (is(&f, HEADER_SHARDS, HR_WIRE_VARINT)) count = f.number;
    if (is(&f, HEADER_ENDIANNESS, HR_WIRE_VARINT) && f.number != 0)
      return hr_error(HR_UNIMPLEMENTED, "Reading a bundle with different endianness from the reader");
    if (is(&f, HEADER_VERSION, HR_WIRE_BYTES)) HR_TRY(check_version(f.bytes));
  }
  if (count == 0 || count > HR_BUNDLE_MAX_SHARDS)
    return hr_error(HR_DATA_LOSS, "Bad header of a checkpoint: %llu shards", (unsigned long long)count);
  *shards = (int)count;
  return HR_SUCCESS;
}
