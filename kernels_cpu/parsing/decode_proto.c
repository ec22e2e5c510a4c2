/* DecodeProtoV2: fields of messages as tensors, padded to the most values that one of the messages has. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/parsing/message_types.h"
#include "kernels_cpu/string_arguments.h"

#include <stdlib.h>

typedef struct field {
  hr_message_field kind;  /* its place: among the names */
  hr_field_default value; /* where a message has none */
  hr_dtype dtype;
} field;

typedef struct decoder {
  int32_t count;
  field *fields; /* in the order of their numbers */
  hr_message_types types;
  char *message_type;
  bool sanitizes, is_text;
} decoder;

/* ---- attributes -------------------------------------------------------------------------------------------------- */

static void destroy(void *state) {
  decoder *d = state;
  for (int32_t i = 0; i < d->count && d->fields; ++i)
    free(d->fields[i].value.text);
  free(d->fields);
  free(d->message_type);
  hr_message_types_close(&d->types);
  free(d);
}

static hr_status find_fields(decoder *d, hr_view type, const hr_message_field *fields, int32_t count,
                             const hr_attr_value *names, const hr_attr_value *dtypes) {
  d->fields = calloc((size_t)names->count + 1, sizeof *d->fields);
  if (!d->fields) return hr_error_out_of_memory(sizeof *d->fields, "fields of messages");
  for (; d->count < names->count; ++d->count) {
    hr_view name = {names->strings[d->count].data, names->strings[d->count].length};
    field *f = &d->fields[d->count];
    f->dtype = (hr_dtype)dtypes->types[d->count];
    HR_TRY(hr_message_field_find(type, fields, count, name, &f->kind));
    f->kind.place = d->count;
    if (!hr_field_fits(f->kind.type, f->dtype))
      return hr_error(HR_INVALID_ARGUMENT, "Unexpected output type for %.*s.%.*s: %s to %s", (int)type.length,
                      type.data, (int)name.length, name.data, hr_field_type_name(f->kind.type),
                      hr_dtype_name(f->dtype));
    HR_TRY(hr_field_default_of(&d->types, &f->kind, &f->value));
  }
  hr_message_fields_sort(d->fields, d->count, sizeof *d->fields);
  return HR_SUCCESS;
}

static hr_status read_attributes(const hr_kernel_construction *c, decoder *d) {
  const hr_attr_value *source, *message_type, *names, *dtypes, *format;
  HR_TRY(hr_construction_attr(c, "descriptor_source", &source));
  HR_TRY(hr_construction_attr(c, "message_type", &message_type));
  HR_TRY(hr_construction_attr(c, "field_names", &names));
  HR_TRY(hr_construction_attr(c, "output_types", &dtypes));
  HR_TRY(hr_construction_attr(c, "message_format", &format));
  HR_TRY(hr_construction_bool(c, "sanitize", &d->sanitizes));
  HR_TRY(hr_message_types_open((hr_view){source->s, (size_t)source->count}, &d->types));
  if (names->count != dtypes->count)
    return hr_error(HR_INVALID_ARGUMENT, "field_names and output_types attributes must have the same length");
  hr_view type = {message_type->s, (size_t)message_type->count};
  hr_message_field *fields;
  int32_t count;
  HR_TRY(hr_message_fields(&d->types, type, &fields, &count));
  hr_status status = find_fields(d, type, fields, count, names, dtypes);
  free(fields);
  HR_TRY(status);
  d->message_type = strdup(type.data);
  if (!d->message_type) return hr_error_out_of_memory(type.length, "the name of a message type");
  d->is_text = strcmp(format->s, "text") == 0;
  if (!d->is_text && strcmp(format->s, "binary") != 0)
    return hr_error(HR_INVALID_ARGUMENT, "format must be one of binary or text");
  return HR_SUCCESS;
}

static hr_status create(const hr_kernel_construction *c, void **state) {
  decoder *d = calloc(1, sizeof *d);
  if (!d) return hr_error_out_of_memory(sizeof *d, "a decoder of messages");
  hr_status status = read_attributes(c, d);
  if (status)
    destroy(d);
  else
    *state = d;
  return status;
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

typedef struct value {
  uint64_t bits;
  hr_view bytes;
} value;

/* A value whose tag has been read. */
static bool read_value(hr_wire *wire, const hr_message_field *f, value *out) {
  uint32_t word;
  bool is_there;
  switch (hr_field_wire(f->type)) {
  case HR_WIRE_VARINT: return hr_wire_varint(wire, &out->bits);
  case HR_WIRE_64BIT: return hr_wire_fixed64(wire, &out->bits);
  case HR_WIRE_32BIT:
    is_there = hr_wire_fixed32(wire, &word);
    out->bits = is_there ? word : 0;
    return is_there;
  case HR_WIRE_BYTES: return hr_wire_bytes(wire, &out->bytes);
  default: return hr_message_skip(wire, f->number, HR_START_GROUP, &out->bytes);
  }
}

static int64_t integer_of(hr_field_type type, uint64_t bits) {
  switch (type) {
  case HR_FIELD_BOOL: return bits != 0;
  case HR_FIELD_INT32:
  case HR_FIELD_ENUM:
  case HR_FIELD_SFIXED32: return (int32_t)(uint32_t)bits;
  case HR_FIELD_UINT32:
  case HR_FIELD_FIXED32: return (uint32_t)bits;
  case HR_FIELD_SINT32: return (int32_t)((uint32_t)bits >> 1 ^ -((uint32_t)bits & 1));
  case HR_FIELD_SINT64: return (int64_t)(bits >> 1 ^ -(bits & 1));
  default: return (int64_t)bits;
  }
}

static double real_of(hr_field_type type, uint64_t bits) {
  double real;
  float narrow;
  uint32_t word = (uint32_t)bits;
  memcpy(&real, &bits, sizeof real);
  memcpy(&narrow, &word, sizeof narrow);
  return type == HR_FIELD_FLOAT ? (double)narrow : real;
}

static void put_real(hr_tensor *to, int64_t at, double real) {
  if (hr_tensor_dtype(to) == HR_FLOAT)
    ((float *)hr_tensor_data(to))[at] = (float)real;
  else
    ((double *)hr_tensor_data(to))[at] = real;
}

/* The lower bytes: this library's machines are little-endian. */
static void put_integer(hr_tensor *to, int64_t at, int64_t integer) {
  size_t size = hr_dtype_size(hr_tensor_dtype(to));
  memcpy((char *)hr_tensor_data(to) + (size_t)at * size, &integer, size);
}

static hr_status put_value(hr_tensor *to, int64_t at, hr_field_type type, const value *v) {
  if (hr_tensor_dtype(to) == HR_STRING)
    return hr_string_set((hr_string *)hr_tensor_data(to) + at, v->bytes.data, v->bytes.length);
  if (type == HR_FIELD_FLOAT || type == HR_FIELD_DOUBLE)
    put_real(to, at, real_of(type, v->bits));
  else
    put_integer(to, at, integer_of(type, v->bits));
  return HR_SUCCESS;
}

static hr_status put_default(hr_tensor *to, int64_t at, const field *f) {
  if (hr_tensor_dtype(to) == HR_STRING)
    return hr_string_set((hr_string *)hr_tensor_data(to) + at, f->value.text ? f->value.text : "", f->value.length);
  if (f->kind.type == HR_FIELD_FLOAT || f->kind.type == HR_FIELD_DOUBLE)
    put_real(to, at, f->value.real);
  else
    put_integer(to, at, f->value.integer);
  return HR_SUCCESS;
}

/* ---- messages ---------------------------------------------------------------------------------------------------- */

/* What one message has of a field; where `to` is NULL values are only counted. */
typedef struct place {
  int64_t count;
  hr_tensor *to;
  int64_t first; /* element of `to` */
} place;

static hr_status take_value(const hr_message_field *f, hr_field_type type, place *p, const value *v) {
  if (!f->is_repeated) p->count = 0; /* the last one counts */
  hr_status status = p->to ? put_value(p->to, p->first + p->count, type, v) : HR_SUCCESS;
  ++p->count;
  return status;
}

/* Values of one field that stand side by side. Where the field is not repeated TensorFlow counts them as one and keeps
 * none. */
static hr_status take_packed(const hr_message_field *f, place *p, hr_wire wire) {
  int64_t count = 0;
  int wire_type = hr_field_wire(f->type);
  size_t size = wire_type == HR_WIRE_64BIT ? 8 : 4;
  /* TensorFlow takes packed int32 for unsigned where tensors are int64. */
  bool is_widened = f->type == HR_FIELD_INT32 && p->to && hr_tensor_dtype(p->to) == HR_INT64;
  hr_field_type type = is_widened ? HR_FIELD_UINT32 : f->type;
  if (wire_type != HR_WIRE_VARINT && hr_wire_left(&wire) % size != 0)
    return hr_error(HR_DATA_LOSS, "Illegal data length for packed fixed-size type: %zu", hr_wire_left(&wire));
  if (!f->is_repeated && p->to && p->count > 0)
    return hr_error(HR_DATA_LOSS, "A field that is not repeated has packed values behind others. Field tag: %u",
                    f->number);
  for (value v; !hr_wire_done(&wire); ++count) {
    if (!read_value(&wire, f, &v)) return hr_error(HR_DATA_LOSS, "Corrupt packed varint");
    if (f->is_repeated) HR_TRY(take_value(f, type, p, &v));
  }
  if (!f->is_repeated && count > 0 && !p->to) p->count = 1;
  return HR_SUCCESS;
}

/* The last of those with this number. */
static int32_t index_of(const decoder *d, uint32_t number) {
  int32_t low = 0, high = d->count;
  while (low < high) {
    int32_t middle = (low + high) / 2;
    if (d->fields[middle].kind.number <= number)
      low = middle + 1;
    else
      high = middle;
  }
  return low > 0 && d->fields[low - 1].kind.number == number ? low - 1 : -1;
}

static hr_status read_message(const decoder *d, hr_view message, place *places) {
  hr_wire wire = hr_wire_of_view(message);
  while (!hr_wire_done(&wire)) {
    uint32_t number;
    int type;
    value v = {0};
    if (!hr_message_tag(&wire, &number, &type) || (number == 0 && type == 0) || type == HR_END_GROUP)
      return hr_error(HR_DATA_LOSS, "CountFields: Failed to consume entire buffer");
    int32_t i = index_of(d, number);
    const hr_message_field *f = i >= 0 ? &d->fields[i].kind : NULL;
    int wanted = f ? hr_field_wire(f->type) : -1;
    if (type == wanted) {
      if (!read_value(&wire, f, &v)) return hr_error(HR_DATA_LOSS, "ReadValue: Failed skipping field when counting");
      HR_TRY(take_value(f, f->type, &places[i], &v));
    } else if (f && type == HR_WIRE_BYTES && wanted != HR_START_GROUP) {
      if (!hr_wire_bytes(&wire, &v.bytes))
        return hr_error(HR_DATA_LOSS, "ReadPackedValues: Skipping packed field failed");
      HR_TRY(take_packed(f, &places[i], hr_wire_of_view(v.bytes)));
    } else if (!hr_message_skip(&wire, number, type, &v.bytes)) {
      return hr_error(HR_DATA_LOSS, "Failed skipping unrequested field");
    }
  }
  return HR_SUCCESS;
}

/* ---- the op ------------------------------------------------------------------------------------------------------ */

typedef struct decoding {
  const decoder *decoder;
  const hr_tensor *messages;
  hr_text *texts; /* the messages that came as text, in binary; else NULL */
  int32_t *sizes;
  hr_tensor **outputs; /* of the fields, by number */
  int64_t *widths;
  place *places;
} decoding;

static hr_view message_of(const decoding *w, int64_t i) {
  return w->texts ? (hr_view){w->texts[i].data, w->texts[i].length} : hr_string_view(hr_string_at(w->messages, i));
}

static hr_status read_texts(decoding *w) {
  const decoder *d = w->decoder;
  if (!d->is_text) return HR_SUCCESS;
  size_t count = (size_t)w->messages->elements;
  hr_text *texts = calloc(count, sizeof *texts);
  if (!texts) return hr_error_out_of_memory(count * sizeof *texts, "messages");
  hr_status status = HR_SUCCESS;
  for (int64_t i = 0; i < w->messages->elements && !status; ++i)
    status = hr_message_of_text(&d->types, hr_view_of(d->message_type), message_of(w, i), &texts[i]);
  w->texts = texts;
  return status;
}

static hr_status count_all(decoding *w) {
  int32_t count = w->decoder->count;
  for (int64_t m = 0; m < w->messages->elements; ++m) {
    memset(w->places, 0, sizeof *w->places * (size_t)count);
    if (w->decoder->sanitizes)
      HR_TRY(hr_message_check(&w->decoder->types, hr_view_of(w->decoder->message_type), message_of(w, m)));
    HR_TRY(read_message(w->decoder, message_of(w, m), w->places));
    for (int32_t i = 0; i < count; ++i) {
      int64_t size = w->places[i].count;
      if (size > INT32_MAX) return hr_error(HR_DATA_LOSS, "A message has too many values of a field");
      if (size > w->widths[i]) w->widths[i] = size;
      w->sizes[m * count + w->decoder->fields[i].kind.place] = (int32_t)size;
    }
  }
  return HR_SUCCESS;
}

static hr_status decode_all(decoding *w) {
  int32_t count = w->decoder->count;
  for (int64_t m = 0; m < w->messages->elements; ++m) {
    for (int32_t i = 0; i < count; ++i)
      w->places[i] = (place){0, w->outputs[i], m * w->widths[i]};
    HR_TRY(read_message(w->decoder, message_of(w, m), w->places));
    for (int32_t i = 0; i < count; ++i)
      for (int64_t at = w->places[i].count; at < w->widths[i]; ++at)
        HR_TRY(put_default(w->outputs[i], w->places[i].first + at, &w->decoder->fields[i]));
  }
  return HR_SUCCESS;
}

static hr_status run(hr_kernel_context *ctx, decoding *w) {
  const decoder *d = w->decoder;
  hr_shape shape = hr_tensor_shape(w->messages);
  if (w->messages->elements < 1) return hr_error(HR_INVALID_ARGUMENT, "Bufs argument must contain at least one value");
  if (shape.rank == HR_MAX_RANK)
    return hr_error(HR_UNIMPLEMENTED, "Messages of %d dimensions have fields of one more", HR_MAX_RANK);
  int last = shape.rank++;
  hr_tensor *sizes;
  shape.dims[last] = d->count;
  HR_TRY(hr_output_new(ctx, 0, &shape, &sizes));
  w->sizes = hr_tensor_data(sizes);
  for (int32_t i = 0; i < d->count; ++i)
    w->widths[i] = 1; /* at least, for a default */
  HR_TRY(read_texts(w));
  HR_TRY(count_all(w));
  for (int32_t i = 0; i < d->count; ++i) {
    shape.dims[last] = w->widths[i];
    HR_TRY(hr_output_new(ctx, 1 + d->fields[i].kind.place, &shape, &w->outputs[i]));
  }
  return decode_all(w);
}

static hr_status decode_proto(hr_kernel_context *ctx) {
  const decoder *d = ctx->state;
  size_t count = (size_t)d->count + 1;
  decoding w = {.decoder = d,
                .messages = hr_input(ctx, 0),
                .outputs = calloc(count, sizeof *w.outputs),
                .widths = calloc(count, sizeof *w.widths),
                .places = calloc(count, sizeof *w.places)};
  hr_status status =
      w.outputs && w.widths && w.places ? run(ctx, &w) : hr_error_out_of_memory(count * sizeof *w.places, "fields");
  for (int64_t i = 0; w.texts && i < w.messages->elements; ++i)
    hr_text_free(&w.texts[i]);
  free(w.texts);
  free(w.outputs);
  free(w.widths);
  free(w.places);
  return status;
}
HR_KERNEL(.op = "DecodeProtoV2", .create = create, .destroy = destroy, .compute = decode_proto);
