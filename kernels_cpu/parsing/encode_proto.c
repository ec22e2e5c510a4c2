/* EncodeProto: messages made of tensors, the fields in the order of their numbers. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/parsing/message_types.h"
#include "kernels_cpu/string_arguments.h"

#include <stdlib.h>

typedef struct field {
  hr_message_field kind; /* its place: among the names */
  char *name;
} field;

typedef struct encoder {
  int32_t count;
  field *fields; /* in the order of their numbers */
} encoder;

/* ---- attributes -------------------------------------------------------------------------------------------------- */

static void destroy(void *state) {
  encoder *e = state;
  for (int32_t i = 0; i < e->count && e->fields; ++i)
    free(e->fields[i].name);
  free(e->fields);
  free(e);
}

static hr_status find_fields(encoder *e, hr_view type, const hr_message_field *fields, int32_t count,
                             const hr_attr_value *names) {
  e->fields = calloc((size_t)names->count + 1, sizeof *e->fields);
  if (!e->fields) return hr_error_out_of_memory(sizeof *e->fields, "fields of messages");
  for (; e->count < names->count; ++e->count) {
    hr_view name = {names->strings[e->count].data, names->strings[e->count].length};
    field *f = &e->fields[e->count];
    HR_TRY(hr_message_field_find(type, fields, count, name, &f->kind));
    f->kind.place = e->count;
    f->kind.type_name = f->kind.default_value = f->kind.name = (hr_view){0}; /* the types' */
    f->name = strndup(name.data, name.length);
    if (!f->name) return hr_error_out_of_memory(name.length, "the name of a field");
  }
  hr_message_fields_sort(e->fields, e->count, sizeof *e->fields);
  return HR_SUCCESS;
}

static hr_status read_attributes(const hr_kernel_construction *c, const hr_message_types *types, encoder *e) {
  const hr_attr_value *message_type, *names;
  hr_message_field *fields;
  int32_t count;
  HR_TRY(hr_construction_attr(c, "message_type", &message_type));
  HR_TRY(hr_construction_attr(c, "field_names", &names));
  hr_view type = {message_type->s, (size_t)message_type->count};
  HR_TRY(hr_message_fields(types, type, &fields, &count));
  hr_status status = find_fields(e, type, fields, count, names);
  free(fields);
  return status;
}

static hr_status create(const hr_kernel_construction *c, void **state) {
  const hr_attr_value *source;
  hr_message_types types;
  HR_TRY(hr_construction_attr(c, "descriptor_source", &source));
  HR_TRY(hr_message_types_open((hr_view){source->s, (size_t)source->count}, &types));
  encoder *e = calloc(1, sizeof *e);
  hr_status status = e ? read_attributes(c, &types, e) : hr_error_out_of_memory(sizeof *e, "an encoder");
  hr_message_types_close(&types);
  if (status && e)
    destroy(e);
  else
    *state = e;
  return status;
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

static int64_t integer_at(const hr_tensor *t, int64_t at) {
  const void *data = hr_tensor_data(t);
  switch (hr_tensor_dtype(t)) {
  case HR_BOOL: return ((const bool *)data)[at];
  case HR_INT32: return ((const int32_t *)data)[at];
  case HR_UINT32: return ((const uint32_t *)data)[at];
  default: return ((const int64_t *)data)[at];
  }
}

static double real_at(const hr_tensor *t, int64_t at) {
  const void *data = hr_tensor_data(t);
  return hr_tensor_dtype(t) == HR_FLOAT ? (double)((const float *)data)[at] : ((const double *)data)[at];
}

/* The bits that go on the wire. */
static uint64_t bits_of(hr_field_type type, const hr_tensor *t, int64_t at) {
  if (type == HR_FIELD_DOUBLE || type == HR_FIELD_FLOAT) {
    double real = real_at(t, at);
    float narrow = (float)real;
    uint64_t bits = 0;
    memcpy(&bits, type == HR_FIELD_FLOAT ? (const void *)&narrow : &real, type == HR_FIELD_FLOAT ? 4 : 8);
    return bits;
  }
  int64_t integer = integer_at(t, at);
  switch (type) {
  case HR_FIELD_INT32:
  case HR_FIELD_ENUM: return (uint64_t)(int64_t)(int32_t)integer;
  case HR_FIELD_UINT32: return (uint32_t)integer;
  case HR_FIELD_SINT32: return (uint32_t)integer << 1 ^ (uint32_t)((int32_t)integer >> 31);
  case HR_FIELD_SINT64: return (uint64_t)integer << 1 ^ (uint64_t)(integer >> 63);
  default: return (uint64_t)integer;
  }
}

static void put_bits(hr_text *out, int wire, uint64_t bits) {
  uint8_t bytes[8];
  if (wire == HR_WIRE_VARINT) {
    hr_wire_put_varint(out, bits);
    return;
  }
  hr_write_u64(bytes, bits);
  hr_text_add(out, (const char *)bytes, wire == HR_WIRE_32BIT ? 4 : 8);
}

static void put_text(hr_text *out, const hr_message_field *f, hr_view text) {
  if (f->type != HR_FIELD_GROUP) {
    hr_wire_put_bytes(out, f->number, text);
    return;
  }
  hr_wire_put_varint(out, (uint64_t)f->number << 3 | 3);
  hr_text_add(out, text.data, text.length);
  hr_wire_put_varint(out, (uint64_t)f->number << 3 | 4);
}

static void put_field(hr_text *out, const hr_message_field *f, const hr_tensor *values, int64_t first, int32_t count) {
  int wire = hr_field_wire(f->type);
  size_t begin = f->is_packed ? hr_wire_begin(out, f->number) : 0;
  for (int64_t i = first; i < first + count; ++i) {
    if (hr_tensor_dtype(values) == HR_STRING) {
      put_text(out, f, hr_string_view(hr_string_at(values, i)));
      continue;
    }
    if (!f->is_packed) hr_wire_put_tag(out, f->number, (hr_wire_type)wire);
    put_bits(out, wire, bits_of(f->type, values, i));
  }
  if (f->is_packed) hr_wire_end(out, begin);
}

/* ---- the op ------------------------------------------------------------------------------------------------------ */

static int64_t width_of(const hr_tensor *values) { return values->dims[values->rank - 1]; }

static bool same_messages(const hr_tensor *a, const hr_tensor *b) {
  return a->rank == b->rank && memcmp(a->dims, b->dims, sizeof *a->dims * (size_t)(a->rank - 1)) == 0;
}

static hr_status check_values(const hr_kernel_context *ctx, const field *f) {
  const hr_tensor *values = hr_input(ctx, 1 + f->kind.place);
  if (!hr_field_fits(f->kind.type, hr_tensor_dtype(values)))
    return hr_error(HR_INVALID_ARGUMENT, "Incompatible type for field %s.  Saw dtype: %s but field type is: %s",
                    f->name, hr_dtype_name(hr_tensor_dtype(values)), hr_field_type_name(f->kind.type));
  if (values->rank < 2)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Invalid shape for field %s.  Saw shape %s but it should be at least a matrix.", f->name,
                    HR_TENSOR_SHAPE_TEXT(values));
  if (!same_messages(values, hr_input(ctx, 1)))
    return hr_error(HR_INVALID_ARGUMENT, "Values must match up to the last dimension");
  return HR_SUCCESS;
}

static hr_status check_sizes(const hr_kernel_context *ctx, const encoder *e, int64_t messages) {
  const hr_tensor *sizes = hr_input(ctx, 0);
  hr_shape wanted = hr_tensor_shape(hr_input(ctx, 1));
  wanted.dims[wanted.rank - 1] = e->count;
  hr_shape seen = hr_tensor_shape(sizes);
  if (!hr_shape_equal(&wanted, &seen))
    return hr_error(HR_INVALID_ARGUMENT, "sizes should be batch_size + [len(field_names)].  Saw: %s but expected: %s",
                    HR_TENSOR_SHAPE_TEXT(sizes), hr_shape_text(&wanted, (char[HR_SHAPE_TEXT]){0}));
  const int32_t *size = hr_tensor_data(sizes);
  for (int32_t i = 0; i < e->count; ++i)
    for (int64_t m = 0; m < messages; ++m)
      if (size[m * e->count + i] > width_of(hr_input(ctx, 1 + i)))
        return hr_error(
            HR_INVALID_ARGUMENT,
            "Size to write must not be larger than value tensor; but saw: %d > %lld at message %lld field %d",
            (int)size[m * e->count + i], (long long)width_of(hr_input(ctx, 1 + i)), (long long)m, (int)i);
  return HR_SUCCESS;
}

static hr_status encode_proto(hr_kernel_context *ctx) {
  const encoder *e = ctx->state;
  if (hr_input_count(ctx) != 1 + e->count || e->count == 0)
    return hr_error(HR_INVALID_ARGUMENT, "Length of inputs list must match field_names");
  for (int32_t place = 0; place < e->count; ++place)
    for (int32_t i = 0; i < e->count; ++i)
      if (e->fields[i].kind.place == place) HR_TRY(check_values(ctx, &e->fields[i]));
  hr_shape shape = hr_tensor_shape(hr_input(ctx, 1));
  --shape.rank;
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  HR_TRY(check_sizes(ctx, e, out->elements));
  const int32_t *sizes = hr_tensor_data(hr_input(ctx, 0));
  hr_text text = {0};
  hr_status status = HR_SUCCESS;
  for (int64_t m = 0; m < out->elements && !status; ++m) {
    for (int32_t i = 0; i < e->count; ++i) {
      const field *f = &e->fields[i];
      const hr_tensor *values = hr_input(ctx, 1 + f->kind.place);
      int32_t size = sizes[m * e->count + f->kind.place];
      if (size != 0) put_field(&text, &f->kind, values, m * width_of(values), size);
    }
    status = hr_string_set_text((hr_string *)hr_tensor_data(out) + m, &text);
  }
  hr_text_free(&text);
  return status;
}
HR_KERNEL(.op = "EncodeProto", .create = create, .destroy = destroy, .compute = encode_proto);
