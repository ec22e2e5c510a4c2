#include "runtime/io/tensor_slice.h"

#include "runtime/base/wire.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

/* ---- text ------------------------------------------------------------------------------------------------------ */

/* A number >= 0 at `*text`, which moves behind it. */
static bool read_number(const char **text, int64_t *out) {
  if (**text < '0' || **text > '9') return false;
  char *end;
  errno = 0;
  long long value = strtoll(*text, &end, 10);
  if (errno) return false;
  *text = end;
  *out = value;
  return true;
}

/* "-" or "start,length". */
static bool read_extent(const char **text, int64_t *start, int64_t *length) {
  if (**text == '-') {
    ++*text;
    *start = 0;
    *length = HR_FULL_EXTENT;
    return true;
  }
  if (!read_number(text, start) || **text != ',') return false;
  ++*text;
  return read_number(text, length);
}

hr_status hr_tensor_slice_parse(const char *text, hr_shape *full_shape, hr_tensor_slice *slice, hr_shape *slice_shape) {
  const char *at = text;
  int rank = 0;
  int64_t dims[HR_MAX_RANK];
  while (rank < HR_MAX_RANK && read_number(&at, &dims[rank])) {
    if (*at == ' ') {
      ++at;
      ++rank;
      if (strchr(at, ' ')) continue; /* the slice itself has no blank */
    }
    break;
  }
  HR_TRY(hr_shape_make(rank, dims, full_shape));
  slice->rank = 0;
  while (slice->rank < rank && read_extent(&at, &slice->starts[slice->rank], &slice->lengths[slice->rank])) {
    ++slice->rank;
    if (*at != ':') break;
    ++at;
  }
  if (rank == 0 || slice->rank != rank || *at != '\0')
    return hr_error(HR_INVALID_ARGUMENT,
                    "\"%s\" is not a shape and a slice of it, as in \"4 5 0,2:-\" for the first two of four rows",
                    text);
  return hr_tensor_slice_shape(slice, full_shape, slice_shape);
}

/* ---- shapes ---------------------------------------------------------------------------------------------------- */

static int64_t length_of(const hr_tensor_slice *slice, const hr_shape *full_shape, int axis) {
  return slice->lengths[axis] == HR_FULL_EXTENT ? full_shape->dims[axis] : slice->lengths[axis];
}

hr_status hr_tensor_slice_shape(const hr_tensor_slice *slice, const hr_shape *full_shape, hr_shape *out) {
  char text[HR_SHAPE_TEXT];
  if (slice->rank != full_shape->rank)
    return hr_error(HR_INVALID_ARGUMENT, "A slice of %d dimensions for shape %s", slice->rank,
                    hr_shape_text(full_shape, text));
  out->rank = slice->rank;
  for (int i = 0; i < slice->rank; ++i) {
    bool whole = slice->lengths[i] == HR_FULL_EXTENT;
    if (whole ? slice->starts[i] != 0
              : slice->starts[i] < 0 || slice->lengths[i] < 0 || slice->starts[i] > full_shape->dims[i] ||
                    slice->lengths[i] > full_shape->dims[i] - slice->starts[i])
      return hr_error(HR_INVALID_ARGUMENT,
                      "Extent in dimension %d out of bounds: shape = %s, start = %" PRId64 ", length = %" PRId64, i,
                      hr_shape_text(full_shape, text), slice->starts[i], slice->lengths[i]);
    out->dims[i] = length_of(slice, full_shape, i);
  }
  return HR_SUCCESS;
}

hr_tensor_slice hr_tensor_slice_whole(int rank) {
  hr_tensor_slice whole = {.rank = rank};
  for (int i = 0; i < rank; ++i)
    whole.lengths[i] = HR_FULL_EXTENT;
  return whole;
}

bool hr_tensor_slice_is_full(const hr_tensor_slice *slice) {
  for (int i = 0; i < slice->rank; ++i)
    if (slice->lengths[i] != HR_FULL_EXTENT) return false;
  return true;
}

/* ---- keys: numbers and strings so encoded that their bytes sort as they do -------------------------------------- */

/* A count of bytes, then the number's bytes from the highest. */
static void add_ordered_number(hr_text *out, uint64_t value) {
  char bytes[9];
  int length = 0;
  for (; value > 0; value >>= 8)
    bytes[8 - length++] = (char)value;
  bytes[8 - length] = (char)length;
  hr_text_add(out, bytes + 8 - length, (size_t)length + 1);
}

/* 0x00 becomes 00 FF and 0xFF becomes FF 00, so that 00 01 can end the string. */
static void add_ordered_string(hr_text *out, hr_view string) {
  for (size_t i = 0; i < string.length; ++i) {
    char c = string.data[i];
    hr_text_add(out, &c, 1);
    if (c == '\0') hr_text_add(out, "\xff", 1);
    if (c == '\xff') hr_text_add(out, "\0", 1);
  }
  hr_text_add(out, "\0\1", 2);
}

/* As many leading bits as there are bytes, all of the sign's opposite; then the number in two's complement. */
static void add_ordered_signed(hr_text *out, int64_t value) {
  uint64_t magnitude = value < 0 ? ~(uint64_t)value : (uint64_t)value;
  int bits = magnitude ? 64 - __builtin_clzll(magnitude) : 0, length = bits / 7 + 1;
  uint8_t bytes[10];
  uint8_t fill = value < 0 ? 0xff : 0;
  for (int i = 0; i < length; ++i) {
    int shift = 8 * (length - 1 - i);
    bytes[i] = shift < 64 ? (uint8_t)((uint64_t)value >> shift) : fill;
  }
  for (int bit = 0; bit < length; ++bit)
    bytes[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
  hr_text_add(out, (const char *)bytes, (size_t)length);
}

void hr_tensor_slice_key(hr_view name, const hr_tensor_slice *slice, hr_text *out) {
  add_ordered_number(out, 0); /* tells these keys from names */
  add_ordered_string(out, name);
  add_ordered_number(out, (uint64_t)slice->rank);
  for (int i = 0; i < slice->rank; ++i) {
    add_ordered_signed(out, slice->starts[i]);
    add_ordered_signed(out, slice->lengths[i]);
  }
}

/* ---- TensorSliceProto ------------------------------------------------------------------------------------------ */

enum { SLICE_EXTENT = 1, EXTENT_START = 1, EXTENT_LENGTH = 2 };

void hr_tensor_slice_to_proto(const hr_tensor_slice *slice, hr_text *out) {
  for (int axis = 0; axis < slice->rank; ++axis) {
    size_t begin = hr_wire_begin(out, SLICE_EXTENT);
    if (slice->lengths[axis] != HR_FULL_EXTENT) {
      if (slice->starts[axis] != 0) hr_wire_put_number(out, EXTENT_START, (uint64_t)slice->starts[axis]);
      hr_wire_put_number(out, EXTENT_LENGTH, (uint64_t)slice->lengths[axis]); /* a oneof: present also at 0 */
    }
    hr_wire_end(out, begin);
  }
}

static bool read_extent_proto(hr_view bytes, int64_t *start, int64_t *length) {
  *start = 0;
  *length = HR_FULL_EXTENT;
  uint32_t field;
  hr_wire_type type;
  for (hr_wire wire = hr_wire_of_view(bytes); !hr_wire_done(&wire);) {
    uint64_t value;
    if (!hr_wire_tag(&wire, &field, &type)) return false;
    bool known = type == HR_WIRE_VARINT && (field == EXTENT_START || field == EXTENT_LENGTH);
    if (known ? !hr_wire_varint(&wire, &value) : !hr_wire_skip(&wire, type)) return false;
    if (known) *(field == EXTENT_START ? start : length) = (int64_t)value;
  }
  return true;
}

bool hr_tensor_slice_from_proto(hr_view bytes, hr_tensor_slice *out) {
  *out = (hr_tensor_slice){0};
  uint32_t field;
  hr_wire_type type;
  for (hr_wire wire = hr_wire_of_view(bytes); !hr_wire_done(&wire);) {
    hr_view extent;
    if (!hr_wire_tag(&wire, &field, &type)) return false;
    bool known = type == HR_WIRE_BYTES && field == SLICE_EXTENT;
    if (known ? !hr_wire_bytes(&wire, &extent) : !hr_wire_skip(&wire, type)) return false;
    if (!known) continue;
    if (out->rank == HR_MAX_RANK || !read_extent_proto(extent, &out->starts[out->rank], &out->lengths[out->rank]))
      return false;
    ++out->rank;
  }
  return true;
}

/* ---- copying --------------------------------------------------------------------------------------------------- */

typedef struct overlap {
  int rank;
  int64_t sizes[HR_MAX_RANK];
  int64_t from_steps[HR_MAX_RANK], to_steps[HR_MAX_RANK]; /* elements between neighbours along an axis */
  size_t element_bytes;
} overlap;

static void copy_axis(const overlap *o, int axis, const char *from, char *to) {
  if (axis >= o->rank - 1) {
    memcpy(to, from, (size_t)(o->rank ? o->sizes[axis] : 1) * o->element_bytes);
    return;
  }
  for (int64_t i = 0; i < o->sizes[axis]; ++i)
    copy_axis(o, axis + 1, from + (size_t)(i * o->from_steps[axis]) * o->element_bytes,
              to + (size_t)(i * o->to_steps[axis]) * o->element_bytes);
}

int64_t hr_tensor_slice_copy(const hr_shape *full_shape, size_t element_bytes, const hr_tensor_slice *from_slice,
                             const void *from, const hr_tensor_slice *to_slice, void *to) {
  overlap o = {.rank = full_shape->rank, .element_bytes = element_bytes};
  int64_t count = 1, from_step = 1, to_step = 1, from_offset = 0, to_offset = 0;
  for (int i = o.rank - 1; i >= 0; --i) {
    int64_t from_start = from_slice->starts[i], from_length = length_of(from_slice, full_shape, i);
    int64_t to_start = to_slice->starts[i], to_length = length_of(to_slice, full_shape, i);
    int64_t start = from_start > to_start ? from_start : to_start;
    int64_t from_end = from_start + from_length, to_end = to_start + to_length;
    o.sizes[i] = (from_end < to_end ? from_end : to_end) - start;
    if (o.sizes[i] <= 0) return 0;
    count *= o.sizes[i];
    o.from_steps[i] = from_step;
    o.to_steps[i] = to_step;
    from_offset += (start - from_start) * from_step;
    to_offset += (start - to_start) * to_step;
    from_step *= from_length;
    to_step *= to_length;
  }
  if (to)
    copy_axis(&o, 0, (const char *)from + (size_t)from_offset * element_bytes,
              (char *)to + (size_t)to_offset * element_bytes);
  return count;
}
