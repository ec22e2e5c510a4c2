#include "runtime/tensor/tensor_proto.h"

#include "runtime/base/wire.h"
#include "runtime/tensor/bools.h"
#include <inttypes.h>

/* Field numbers. */
enum { SHAPE_DIM = 2, SHAPE_UNKNOWN_RANK = 3, DIM_SIZE = 1 };
enum { TENSOR_DTYPE = 1, TENSOR_SHAPE = 2, TENSOR_CONTENT = 4, TENSOR_STRING_VAL = 8 };

#define MAX_REPEATED_BYTES ((size_t)1 << 31)

/* The list that holds the values of a dtype: its field, the wire type of a value, the bytes that a value fills, and how
 * many values make an element. */
typedef struct value_list {
  uint8_t field, type, size, per_element;
  bool content; /* tf.make_tensor_proto writes several elements as tensor_content */
} value_list;

static const value_list value_lists[HR_DTYPE_COUNT] = {
    [HR_FLOAT] = {5, HR_WIRE_32BIT, 4, 1, true},
    [HR_DOUBLE] = {6, HR_WIRE_64BIT, 8, 1, true},
    [HR_INT32] = {7, HR_WIRE_VARINT, 4, 1, true},
    [HR_INT16] = {7, HR_WIRE_VARINT, 2, 1, true},
    [HR_INT8] = {7, HR_WIRE_VARINT, 1, 1, true},
    [HR_UINT8] = {7, HR_WIRE_VARINT, 1, 1, true},
    [HR_UINT16] = {7, HR_WIRE_VARINT, 2, 1, false},
    [HR_QINT8] = {7, HR_WIRE_VARINT, 1, 1, true},
    [HR_QUINT8] = {7, HR_WIRE_VARINT, 1, 1, true},
    [HR_QINT16] = {7, HR_WIRE_VARINT, 2, 1, true},
    [HR_QUINT16] = {7, HR_WIRE_VARINT, 2, 1, true},
    [HR_QINT32] = {7, HR_WIRE_VARINT, 4, 1, true},
    [HR_STRING] = {TENSOR_STRING_VAL, HR_WIRE_BYTES, sizeof(hr_string), 1, false},
    [HR_COMPLEX64] = {9, HR_WIRE_32BIT, 4, 2, false},
    [HR_INT64] = {10, HR_WIRE_VARINT, 8, 1, true},
    [HR_BOOL] = {11, HR_WIRE_VARINT, 1, 1, false},
    [HR_COMPLEX128] = {12, HR_WIRE_64BIT, 8, 2, false},
    [HR_HALF] = {13, HR_WIRE_VARINT, 2, 1, false},
    [HR_BFLOAT16] = {13, HR_WIRE_VARINT, 2, 1, false},
    [HR_UINT32] = {16, HR_WIRE_VARINT, 4, 1, true},
    [HR_UINT64] = {17, HR_WIRE_VARINT, 8, 1, true},
};

/* ---- shapes ------------------------------------------------------------------------------------------------------ */

static bool read_dim(hr_view bytes, int64_t *size) {
  *size = 0;
  uint32_t field;
  hr_wire_type type;
  uint64_t value;
  for (hr_wire wire = hr_wire_of_view(bytes); !hr_wire_done(&wire);) {
    if (!hr_wire_tag(&wire, &field, &type)) return false;
    if (field == DIM_SIZE && type == HR_WIRE_VARINT) {
      if (!hr_wire_varint(&wire, &value)) return false;
      *size = (int64_t)value;
    } else if (!hr_wire_skip(&wire, type)) {
      return false;
    }
  }
  return true;
}

static hr_status malformed_shape(void) { return hr_error(HR_INVALID_ARGUMENT, "Malformed TensorShapeProto"); }

hr_status hr_shape_from_proto(hr_view bytes, hr_partial_shape *out) {
  *out = (hr_partial_shape){.rank = 0};
  bool unknown_rank = false;
  uint32_t field;
  hr_wire_type type;
  for (hr_wire wire = hr_wire_of_view(bytes); !hr_wire_done(&wire);) {
    if (!hr_wire_tag(&wire, &field, &type)) return malformed_shape();
    hr_view dim;
    uint64_t flag;
    if (field == SHAPE_DIM && type == HR_WIRE_BYTES) {
      if (out->rank == HR_MAX_RANK)
        return hr_error(HR_UNIMPLEMENTED, "A shape of more than %d dimensions", HR_MAX_RANK);
      int64_t *size = &out->dims[out->rank++];
      if (!hr_wire_bytes(&wire, &dim) || !read_dim(dim, size)) return malformed_shape();
      if (*size < HR_UNKNOWN_DIM)
        return hr_error(HR_INVALID_ARGUMENT, "Shape dimension %" PRId64 " must be >= -1", *size);
    } else if (field == SHAPE_UNKNOWN_RANK && type == HR_WIRE_VARINT) {
      if (!hr_wire_varint(&wire, &flag)) return malformed_shape();
      unknown_rank = flag != 0;
    } else if (!hr_wire_skip(&wire, type)) {
      return malformed_shape();
    }
  }
  if (unknown_rank && out->rank > 0)
    return hr_error(HR_INVALID_ARGUMENT, "An unknown TensorShape must not have any dimensions set");
  if (unknown_rank) out->rank = HR_UNKNOWN_RANK;
  return HR_SUCCESS;
}

void hr_shape_to_proto(const hr_partial_shape *shape, hr_text *out) {
  if (shape->rank < 0) hr_wire_put_number(out, SHAPE_UNKNOWN_RANK, 1);
  for (int i = 0; i < shape->rank; ++i) {
    size_t begin = hr_wire_begin(out, SHAPE_DIM);
    if (shape->dims[i] != 0) hr_wire_put_number(out, DIM_SIZE, (uint64_t)shape->dims[i]);
    hr_wire_end(out, begin);
  }
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static hr_status unparsable(const char *reason) {
  return hr_error(HR_INVALID_ARGUMENT, "Cannot parse tensor from proto: %s", reason);
}

/* What a first look at the fields finds. */
typedef struct outline {
  uint64_t dtype;
  hr_partial_shape shape;
  hr_view content;
} outline;

static hr_status read_outline(hr_view bytes, outline *o) {
  *o = (outline){.shape.rank = 0};
  uint32_t field;
  hr_wire_type type;
  for (hr_wire wire = hr_wire_of_view(bytes); !hr_wire_done(&wire);) {
    if (!hr_wire_tag(&wire, &field, &type)) return unparsable("malformed bytes");
    hr_view shape;
    bool good;
    if (field == TENSOR_DTYPE && type == HR_WIRE_VARINT) {
      good = hr_wire_varint(&wire, &o->dtype);
    } else if (field == TENSOR_SHAPE && type == HR_WIRE_BYTES) {
      good = hr_wire_bytes(&wire, &shape);
      if (good) HR_TRY(hr_status_prefix(hr_shape_from_proto(shape, &o->shape), "Cannot parse tensor from proto: "));
    } else if (field == TENSOR_CONTENT && type == HR_WIRE_BYTES) {
      good = hr_wire_bytes(&wire, &o->content);
    } else {
      good = hr_wire_skip(&wire, type);
    }
    if (!good) return unparsable("malformed bytes");
  }
  return HR_SUCCESS;
}

/* Stores one value, or drops it behind the end. */
static bool read_value(hr_wire *wire, const value_list *list, hr_dtype dtype, char **at, const char *end) {
  uint64_t value;
  uint32_t word;
  bool good = true;
  switch (list->type) {
  case HR_WIRE_VARINT: good = hr_wire_varint(wire, &value); break;
  case HR_WIRE_64BIT: good = hr_wire_fixed64(wire, &value); break;
  default: good = hr_wire_fixed32(wire, &word); value = good ? word : 0;
  }
  if (!good) return false;
  if (*at < end) {
    if (dtype == HR_BOOL) value = value != 0;
    memcpy(*at, &value, list->size); /* the low bytes: little-endian */
    *at += list->size;
  }
  return true;
}

static hr_status malformed_list(void) { return unparsable("malformed list of values"); }

/* Fills the tensor from its list; `*given` elements of it were there. */
static hr_status read_list(hr_view bytes, const value_list *list, hr_tensor *t, int64_t *given) {
  char *start = (char *)hr_tensor_data(t), *at = start, *end = start + hr_tensor_bytes(t);
  uint32_t field;
  hr_wire_type type;
  for (hr_wire wire = hr_wire_of_view(bytes); !hr_wire_done(&wire);) {
    if (!hr_wire_tag(&wire, &field, &type)) return malformed_list();
    hr_view value;
    if (field != list->field) {
      if (!hr_wire_skip(&wire, type)) return malformed_list();
    } else if (type == HR_WIRE_BYTES) {
      if (!hr_wire_bytes(&wire, &value)) return malformed_list();
      if (list->type == HR_WIRE_BYTES) {
        if (at == end) continue;
        HR_TRY(hr_string_set((hr_string *)at, value.data, value.length));
        at += list->size;
      } else {
        for (hr_wire packed = hr_wire_of_view(value); !hr_wire_done(&packed);)
          if (!read_value(&packed, list, hr_tensor_dtype(t), &at, end)) return malformed_list();
      }
    } else if (type != (hr_wire_type)list->type || !read_value(&wire, list, hr_tensor_dtype(t), &at, end)) {
      return malformed_list();
    }
  }
  *given = (at - start) / (list->size * list->per_element);
  return HR_SUCCESS;
}

/* Copies the last of `given` elements to all behind it; zeros where none is given. */
static hr_status repeat_last(hr_tensor *t, int64_t given) {
  size_t size = hr_dtype_size(hr_tensor_dtype(t)), rest = (size_t)(t->elements - given) * size;
  char *next = (char *)hr_tensor_data(t) + (size_t)given * size;
  if (hr_tensor_dtype(t) == HR_STRING) {
    hr_string *string = (hr_string *)next;
    for (int64_t i = given; given > 0 && i < t->elements; ++i, ++string)
      HR_TRY(hr_string_set(string, hr_string_data(string - 1), hr_string_length(string - 1)));
  } else if (given == 0) {
    memset(next, 0, rest);
  } else {
    for (; rest > 0; rest -= size, next += size)
      memcpy(next, next - size, size);
  }
  return HR_SUCCESS;
}

/* Strings in tensor_content: all lengths, then all bytes. */
static hr_status read_string_content(hr_view content, hr_tensor *t) {
  hr_wire lengths = hr_wire_of_view(content), bytes = lengths;
  uint64_t length;
  for (int64_t i = 0; i < t->elements; ++i)
    if (!hr_wire_varint(&bytes, &length)) return unparsable("malformed tensor_content of strings");
  hr_string *strings = (hr_string *)hr_tensor_data(t);
  for (int64_t i = 0; i < t->elements; ++i) {
    if (!hr_wire_varint(&lengths, &length) || length > hr_wire_left(&bytes))
      return unparsable("malformed tensor_content of strings");
    HR_TRY(hr_string_set(&strings[i], bytes.at, (size_t)length));
    bytes.at += length;
  }
  return hr_wire_done(&bytes) ? HR_SUCCESS : unparsable("tensor_content with more than the strings");
}

static hr_status fill(hr_view bytes, const outline *o, const value_list *list, hr_tensor *t) {
  if (o->content.length == 0) {
    int64_t given = 0;
    HR_TRY(read_list(bytes, list, t, &given));
    HR_TRY(repeat_last(t, given));
    bool as_tensorflow = list->content && t->elements > 1 ? false : given == t->elements;
    if (!as_tensorflow && given <= INT32_MAX) t->proto_values = (int32_t)given;
    return HR_SUCCESS;
  }
  if (!list->content || t->elements == 1) t->proto_values = -1;
  if (hr_tensor_dtype(t) == HR_STRING) return read_string_content(o->content, t);
  memcpy(hr_tensor_data(t), o->content.data, o->content.length);
  if (hr_tensor_dtype(t) == HR_BOOL) hr_bools_clean(hr_tensor_data(t), o->content.length);
  return HR_SUCCESS;
}

/* Whether the bytes can stand for that many elements, before anything is allocated for them. */
static hr_status check_size(hr_view bytes, const outline *o, hr_dtype dtype, int64_t elements) {
  char text[HR_SHAPE_TEXT];
  size_t size;
  bool overflow = __builtin_mul_overflow((size_t)elements, hr_dtype_size(dtype), &size);
  bool strings = dtype == HR_STRING;
  if (o->content.length > 0) {
    if (strings ? (size_t)elements > o->content.length : overflow || size != o->content.length)
      return hr_error(HR_INVALID_ARGUMENT,
                      "Cannot parse tensor from proto: tensor_content has %zu bytes, but shape %s of %s needs %s",
                      o->content.length, hr_partial_shape_text(&o->shape, text), hr_dtype_name(dtype),
                      strings ? "more" : "other than that");
  } else if (overflow || (size > MAX_REPEATED_BYTES && size / 16 > bytes.length)) {
    return hr_error(HR_RESOURCE_EXHAUSTED, "A TensorProto of %zu bytes asks for a tensor of shape %s and type %s",
                    bytes.length, hr_partial_shape_text(&o->shape, text), hr_dtype_name(dtype));
  }
  return HR_SUCCESS;
}

hr_status hr_tensor_from_proto(hr_view bytes, hr_allocator *allocator, hr_tensor *out) {
  *out = (hr_tensor){0};
  outline o;
  HR_TRY(read_outline(bytes, &o));
  if (o.dtype == HR_INVALID || o.dtype >= HR_DTYPE_COUNT)
    return hr_error(HR_INVALID_ARGUMENT, "Cannot parse tensor from proto: dtype %" PRIu64 " is not valid", o.dtype);
  hr_dtype dtype = (hr_dtype)o.dtype;
  const value_list *list = &value_lists[dtype];
  if (!list->field)
    return hr_error(HR_UNIMPLEMENTED, "Cannot parse tensor from proto: dtype %s has no bytes", hr_dtype_name(dtype));
  if (!hr_partial_shape_is_full(&o.shape)) {
    char text[HR_SHAPE_TEXT];
    return hr_error(HR_INVALID_ARGUMENT, "Cannot parse tensor from proto: shape %s is not fully defined",
                    hr_partial_shape_text(&o.shape, text));
  }
  hr_shape shape;
  HR_TRY(hr_status_prefix(hr_shape_make(o.shape.rank, o.shape.dims, &shape), "Cannot parse tensor from proto: "));
  int64_t elements = hr_shape_elements(&shape);
  HR_TRY(check_size(bytes, &o, dtype, elements));
  hr_tensor t;
  HR_TRY(hr_tensor_new(allocator, dtype, &shape, &t));
  hr_status status = elements > 0 ? fill(bytes, &o, list, &t) : HR_SUCCESS;
  if (status)
    hr_tensor_clear(&t);
  else
    *out = t;
  return status;
}

hr_status hr_tensor_from_values(hr_view bytes, hr_dtype dtype, const hr_shape *shape, hr_allocator *allocator,
                                hr_tensor *out) {
  *out = (hr_tensor){0};
  const value_list *list = &value_lists[dtype];
  int64_t elements = hr_shape_elements(shape);
  /* A value takes a byte at least, so no more memory is taken than the bytes back. */
  if (!list->field || (uint64_t)elements > bytes.length) return malformed_list();
  hr_tensor t;
  HR_TRY(hr_tensor_new(allocator, dtype, shape, &t));
  int64_t given = 0;
  hr_status status = read_list(bytes, list, &t, &given);
  if (!status && given != elements) status = malformed_list();
  if (status)
    hr_tensor_clear(&t);
  else
    *out = t;
  return status;
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static bool elements_equal(const hr_tensor *t, int64_t a, int64_t b) {
  const char *data = (const char *)hr_tensor_data(t);
  if (hr_tensor_dtype(t) == HR_STRING) {
    const hr_string *x = (const hr_string *)data + a, *y = (const hr_string *)data + b;
    return hr_string_length(x) == hr_string_length(y) &&
           memcmp(hr_string_data(x), hr_string_data(y), hr_string_length(x)) == 0;
  }
  size_t size = hr_dtype_size(hr_tensor_dtype(t));
  return memcmp(data + (size_t)a * size, data + (size_t)b * size, size) == 0;
}

/* The wished number of values, if the rest of the tensor equals the last of them; else all. */
static int64_t values_to_write(const hr_tensor *t) {
  int64_t wish = t->proto_values;
  if (wish <= 0 || wish >= t->elements) return t->elements;
  for (int64_t i = wish; i < t->elements; ++i)
    if (!elements_equal(t, i, wish - 1)) return t->elements;
  return wish;
}

/* A value as a varint carries it: integers sign-extended, bools, and the bits of halves. */
static uint64_t integer_at(hr_dtype dtype, const char *at) {
  switch (dtype) {
  case HR_INT32:
  case HR_QINT32: return (uint64_t)(int64_t) * (const int32_t *)at;
  case HR_INT16:
  case HR_QINT16: return (uint64_t)(int64_t) * (const int16_t *)at;
  case HR_INT8:
  case HR_QINT8: return (uint64_t)(int64_t) * (const int8_t *)at;
  case HR_UINT8:
  case HR_QUINT8:
  case HR_BOOL: return *(const uint8_t *)at;
  case HR_UINT32: return *(const uint32_t *)at;
  case HR_INT64:
  case HR_UINT64: return *(const uint64_t *)at;
  default: return *(const uint16_t *)at; /* uint16, quint16, half, bfloat16 */
  }
}

static void write_list(const hr_tensor *t, const value_list *list, hr_text *out) {
  int64_t elements = values_to_write(t);
  const char *at = (const char *)hr_tensor_data(t);
  if (list->type == HR_WIRE_BYTES) {
    const hr_string *strings = (const hr_string *)at;
    for (int64_t i = 0; i < elements; ++i)
      hr_wire_put_bytes(out, list->field, (hr_view){hr_string_data(&strings[i]), hr_string_length(&strings[i])});
  } else if (list->type == HR_WIRE_VARINT) {
    size_t begin = hr_wire_begin(out, list->field);
    for (int64_t i = 0; i < elements; ++i, at += list->size)
      hr_wire_put_varint(out, integer_at(hr_tensor_dtype(t), at));
    hr_wire_end(out, begin);
  } else {
    hr_wire_put_bytes(out, list->field, (hr_view){at, (size_t)elements * list->size * list->per_element});
  }
}

static hr_status list_of(hr_dtype dtype, const value_list **list) {
  *list = &value_lists[dtype];
  if ((*list)->field) return HR_SUCCESS;
  return hr_error(HR_UNIMPLEMENTED, "A tensor of dtype %s cannot be written as a TensorProto", hr_dtype_name(dtype));
}

hr_status hr_tensor_values_to_proto(const hr_tensor *t, hr_text *out) {
  const value_list *list;
  HR_TRY(list_of(hr_tensor_dtype(t), &list));
  if (t->elements > 0) write_list(t, list, out);
  return HR_SUCCESS;
}

static void write_head(const hr_tensor *t, hr_text *out) {
  hr_wire_put_number(out, TENSOR_DTYPE, hr_tensor_dtype(t));
  hr_shape full = hr_tensor_shape(t);
  hr_partial_shape shape = hr_partial_shape_from(&full);
  size_t begin = hr_wire_begin(out, TENSOR_SHAPE);
  hr_shape_to_proto(&shape, out);
  hr_wire_end(out, begin);
}

/* What read_string_content reads. */
static void write_string_content(const hr_tensor *t, hr_text *out) {
  const hr_string *strings = (const hr_string *)hr_tensor_data(t);
  size_t begin = hr_wire_begin(out, TENSOR_CONTENT);
  for (int64_t i = 0; i < t->elements; ++i)
    hr_wire_put_varint(out, hr_string_length(&strings[i]));
  for (int64_t i = 0; i < t->elements; ++i)
    hr_text_add(out, hr_string_data(&strings[i]), hr_string_length(&strings[i]));
  hr_wire_end(out, begin);
}

hr_status hr_tensor_content_to_proto(const hr_tensor *t, hr_text *out) {
  const value_list *list;
  HR_TRY(list_of(hr_tensor_dtype(t), &list));
  write_head(t, out);
  if (t->elements == 0) return HR_SUCCESS;
  if (hr_tensor_dtype(t) == HR_STRING)
    write_string_content(t, out);
  else
    hr_wire_put_bytes(out, TENSOR_CONTENT, (hr_view){(const char *)hr_tensor_data(t), hr_tensor_bytes(t)});
  return HR_SUCCESS;
}

hr_status hr_tensor_to_proto(const hr_tensor *t, hr_text *out) {
  hr_dtype dtype = hr_tensor_dtype(t);
  const value_list *list;
  HR_TRY(list_of(dtype, &list));
  write_head(t, out);
  if (t->elements == 0) return HR_SUCCESS;
  bool listed = t->proto_values > 0 && (t->proto_values >= t->elements || values_to_write(t) < t->elements);
  bool content = dtype != HR_STRING && (t->proto_values < 0 || (list->content && t->elements > 1 && !listed));
  if (content)
    hr_wire_put_bytes(out, TENSOR_CONTENT, (hr_view){(const char *)hr_tensor_data(t), hr_tensor_bytes(t)});
  else
    write_list(t, list, out);
  return HR_SUCCESS;
}
