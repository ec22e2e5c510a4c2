/* Messages from their tables to bytes and back. */
#include "distributed/messages.h"
#include "runtime/tensor/bools.h"
#include "runtime/tensor/tensor_proto.h"
#include <unistd.h>

/* Field numbers of TensorProto and NamedTensorProto. */
enum { TENSOR_DTYPE = 1, TENSOR_SHAPE = 2, TENSOR_CONTENT = 4, NAMED_NAME = 1, NAMED_TENSOR = 2 };

/* Bytes that are better copied than sent as a piece of their own. */
#define SMALL_BYTES 4096

void hr_loans_wait(hr_loans *loans) {
  while (atomic_load(&loans->count) > 0)
    usleep(100);
}

/* ---- writing --------------------------------------------------------------------------------------------------- */

typedef struct writer {
  hr_slices *out;
  hr_text text; /* that comes behind `out` */
  hr_loans *loans;
} writer;

static void give_back(void *loans) { atomic_fetch_sub(&((hr_loans *)loans)->count, 1); }

/* A piece of its own with a copy of the bytes. */
static void add_copy(hr_slices *out, const void *data, size_t bytes) {
  hr_buffer *buffer = hr_cpu_allocator()->allocate(hr_cpu_allocator(), bytes);
  if (!buffer) {
    out->failed = true;
    return;
  }
  memcpy(buffer->data, data, bytes);
  hr_slices_add_buffer(out, buffer, buffer->data, bytes);
  hr_buffer_unref(buffer);
}

/* The elements' bytes, copied or as a piece of the tensor's own memory. */
static void put_content(writer *w, const hr_tensor *tensor, size_t bytes) {
  const void *data = hr_tensor_data(tensor);
  bool borrowed = tensor->buffer && tensor->buffer->borrowed;
  if (bytes <= SMALL_BYTES || !tensor->buffer) {
    hr_text_add(&w->text, data, bytes);
    return;
  }
  hr_slices_add_text(w->out, &w->text);
  if (borrowed && !w->loans) {
    add_copy(w->out, data, bytes);
  } else if (borrowed) {
    atomic_fetch_add(&w->loans->count, 1);
    hr_slices_add(w->out, (hr_slice){data, bytes, give_back, w->loans});
  } else {
    hr_slices_add_buffer(w->out, tensor->buffer, data, bytes);
  }
}

/* Dtypes whose elements are their bytes. */
static bool is_plain(hr_dtype dtype) {
  return dtype != HR_STRING && dtype != HR_RESOURCE && dtype != HR_VARIANT && hr_dtype_size(dtype) > 0;
}

static hr_status too_large(size_t bytes) {
  return hr_error(HR_INVALID_ARGUMENT, "A message of %zu bytes cannot travel between processes: the most is %zu", bytes,
                  hr_message_limit());
}

/* What a tensor is called: the fourth part of a rendezvous key, or the whole name. */
static hr_view called(hr_view name) {
  for (int part = 0; part < 3; ++part) {
    const char *end = name.length > 0 ? memchr(name.data, ';', name.length) : NULL;
    if (!end) return name;
    name.length -= (size_t)(end + 1 - name.data);
    name.data = end + 1;
  }
  const char *end = memchr(name.data, ';', name.length);
  return end ? (hr_view){name.data, (size_t)(end - name.data)} : name;
}

static hr_status tensor_too_large(hr_view name, const hr_tensor *tensor, size_t bytes) {
  char text[HR_SHAPE_TEXT];
  hr_shape shape = hr_tensor_shape(tensor);
  name = called(name);
  return hr_error(
      HR_INVALID_ARGUMENT,
      "The tensor%s%.*s, %s of shape %s, has %zu bytes and cannot travel between processes: the most is %zu. "
      "Cut it (tf.split, or a partitioner for a variable), or use it on the task that has it",
      name.length > 0 ? " " : "", (int)name.length, name.length > 0 ? name.data : "",
      hr_dtype_name(hr_tensor_dtype(tensor)), hr_shape_text(&shape, text), bytes, hr_message_limit());
}

static bool fits(size_t bytes) { return bytes <= hr_message_limit(); }

/* The TensorProto up to its content, of which it says how many bytes follow. */
static hr_status write_head(const hr_tensor *tensor, hr_text *head, size_t *content) {
  *content = 0;
  if (!is_plain(hr_tensor_dtype(tensor))) return hr_tensor_to_proto(tensor, head);
  hr_wire_put_number(head, TENSOR_DTYPE, tensor->dtype);
  hr_partial_shape shape = {.rank = tensor->rank};
  memcpy(shape.dims, tensor->dims, sizeof *shape.dims * (size_t)tensor->rank);
  size_t begin = hr_wire_begin(head, TENSOR_SHAPE);
  hr_shape_to_proto(&shape, head);
  hr_wire_end(head, begin);
  *content = hr_tensor_bytes(tensor);
  if (*content == 0) return HR_SUCCESS;
  hr_wire_put_tag(head, TENSOR_CONTENT, HR_WIRE_BYTES);
  hr_wire_put_varint(head, *content);
  return HR_SUCCESS;
}

static void put_length(hr_text *text, uint32_t field, size_t bytes) {
  hr_wire_put_tag(text, field, HR_WIRE_BYTES);
  hr_wire_put_varint(text, bytes);
}

/* The tensor as a field. */
static hr_status put_tensor(writer *w, uint32_t field, const hr_tensor *tensor) {
  hr_text head = {0};
  size_t content;
  hr_status status = write_head(tensor, &head, &content);
  if (!status && !fits(head.length + content)) status = tensor_too_large((hr_view){0}, tensor, content);
  if (!status) {
    put_length(&w->text, field, head.length + content);
    hr_text_add(&w->text, head.data, head.length);
    w->text.failed |= head.failed;
    if (content > 0) put_content(w, tensor, content);
  }
  hr_text_free(&head);
  return status;
}

/* Bytes of a field with a length. */
static size_t field_size(uint32_t field, size_t bytes) {
  return hr_wire_varint_size(field << 3) + hr_wire_varint_size(bytes) + bytes;
}

static hr_status put_named(writer *w, uint32_t field, const hr_named_tensor *named) {
  hr_text head = {0};
  size_t content = 0;
  bool has_value = hr_tensor_is_valid(&named->value);
  hr_status status = has_value ? write_head(&named->value, &head, &content) : HR_SUCCESS;
  if (!status && !fits(head.length + content)) status = tensor_too_large(named->name, &named->value, content);
  if (!status) {
    size_t inside = named->name.length > 0 ? field_size(NAMED_NAME, named->name.length) : 0;
    if (has_value) inside += field_size(NAMED_TENSOR, head.length + content);
    put_length(&w->text, field, inside);
    if (named->name.length > 0) hr_wire_put_bytes(&w->text, NAMED_NAME, named->name);
    if (has_value) put_length(&w->text, NAMED_TENSOR, head.length + content);
    hr_text_add(&w->text, head.data, head.length);
    w->text.failed |= head.failed;
    if (content > 0) put_content(w, &named->value, content);
  }
  hr_text_free(&head);
  return status;
}

static hr_status put_field(writer *w, const hr_field *field, const void *value) {
  const hr_views *views = value;
  const hr_tensors *tensors = value;
  const hr_named_tensors *named = value;
  switch ((hr_field_kind)field->kind) {
  case HR_FIELD_INT64:
    if (*(const int64_t *)value) hr_wire_put_number(&w->text, field->number, (uint64_t) * (const int64_t *)value);
    break;
  case HR_FIELD_BOOL:
    if (*(const bool *)value) hr_wire_put_number(&w->text, field->number, 1);
    break;
  case HR_FIELD_BYTES:
    if (((const hr_view *)value)->length > 0) hr_wire_put_bytes(&w->text, field->number, *(const hr_view *)value);
    break;
  case HR_FIELD_BYTES_LIST:
    for (int32_t i = 0; i < views->count; ++i)
      hr_wire_put_bytes(&w->text, field->number, views->items[i]);
    break;
  case HR_FIELD_TENSOR:
    if (hr_tensor_is_valid(value)) return put_tensor(w, field->number, value);
    break;
  case HR_FIELD_TENSORS:
    for (int32_t i = 0; i < tensors->count; ++i)
      HR_TRY(put_tensor(w, field->number, &tensors->items[i]));
    break;
  case HR_FIELD_NAMED_TENSORS:
    for (int32_t i = 0; i < named->count; ++i)
      HR_TRY(put_named(w, field->number, &named->items[i]));
    break;
  }
  return HR_SUCCESS;
}

hr_status hr_message_write(const hr_message_type *type, const void *message, hr_loans *loans, hr_slices *out) {
  *out = (hr_slices){0};
  writer w = {.out = out, .loans = loans};
  hr_status status = HR_SUCCESS;
  for (int32_t i = 0; i < type->field_count && !status; ++i)
    status = put_field(&w, &type->fields[i], (const char *)message + type->fields[i].offset);
  hr_slices_add_text(out, &w.text);
  if (!status && out->failed) status = hr_error_out_of_memory(out->bytes, "a message");
  if (!status && !fits(out->bytes)) status = too_large(out->bytes);
  if (status) hr_slices_clear(out);
  return status;
}

/* ---- tensors --------------------------------------------------------------------------------------------------- */

/* What a first look at a TensorProto finds. */
typedef struct outline {
  uint64_t dtype;
  hr_view shape;
  bool has_content;
  hr_slice_reader content;
} outline;

static bool read_outline(hr_slice_reader reader, hr_arena *arena, outline *o) {
  *o = (outline){0};
  uint32_t field;
  hr_wire_type type;
  while (!hr_slice_reader_done(&reader)) {
    if (!hr_slice_reader_tag(&reader, &field, &type)) return false;
    bool good;
    if (field == TENSOR_DTYPE && type == HR_WIRE_VARINT) {
      good = hr_slice_reader_varint(&reader, &o->dtype);
    } else if (field == TENSOR_SHAPE && type == HR_WIRE_BYTES) {
      good = hr_slice_reader_bytes(&reader, arena, &o->shape);
    } else if (field == TENSOR_CONTENT && type == HR_WIRE_BYTES) {
      good = o->has_content = hr_slice_reader_message(&reader, &o->content);
    } else {
      good = hr_slice_reader_skip(&reader, type);
    }
    if (!good) return false;
  }
  return true;
}

/* Elements that may stay where they are: aligned, and most of the buffer that they are in. */
static bool take_over(const hr_slice_reader *content, hr_dtype dtype, const hr_shape *shape, size_t bytes,
                      hr_tensor *out) {
  void *data;
  hr_buffer *buffer = bytes > SMALL_BYTES ? hr_slice_reader_buffer(content, bytes, &data) : NULL;
  if (!buffer || (uintptr_t)data % HR_ALIGNMENT != 0 || bytes < buffer->bytes / 2) return false;
  *out = (hr_tensor){.data = data,
                     .buffer = hr_buffer_ref(buffer),
                     .dtype = dtype,
                     .rank = (int8_t)shape->rank,
                     .elements = (int64_t)(bytes / hr_dtype_size(dtype))};
  memcpy(out->dims, shape->dims, sizeof *out->dims * (size_t)shape->rank);
  return true;
}

/* A tensor whose content is just its elements; `*done` is false for any other. */
static hr_status read_content(outline *o, hr_allocator *allocator, hr_tensor *out, bool *done) {
  *done = false;
  if (!o->has_content || o->dtype == 0 || o->dtype >= HR_DTYPE_COUNT) return HR_SUCCESS;
  hr_dtype dtype = (hr_dtype)o->dtype;
  hr_partial_shape partial;
  hr_status ignored = hr_shape_from_proto(o->shape, &partial);
  bool known = !ignored && partial.rank >= 0;
  hr_status_free(ignored);
  if (!known || !is_plain(dtype)) return HR_SUCCESS;
  hr_shape shape = {.rank = partial.rank};
  size_t bytes = hr_dtype_size(dtype);
  bool fits = true;
  for (int i = 0; i < partial.rank && fits; ++i) {
    shape.dims[i] = partial.dims[i];
    fits = partial.dims[i] >= 0 && !__builtin_mul_overflow(bytes, (size_t)partial.dims[i], &bytes);
  }
  if (!fits || bytes != hr_slice_reader_left(&o->content)) return HR_SUCCESS;
  *done = true;
  if (!take_over(&o->content, dtype, &shape, bytes, out)) {
    HR_TRY(hr_tensor_new(allocator, dtype, &shape, out));
    (void)hr_slice_reader_copy(&o->content, hr_tensor_data(out), bytes); /* they are there */
  }
  if (dtype == HR_BOOL) hr_bools_clean(hr_tensor_data(out), bytes);
  return HR_SUCCESS;
}

hr_status hr_tensor_read(hr_slice_reader reader, hr_allocator *allocator, hr_tensor *out) {
  *out = (hr_tensor){0};
  if (!allocator) allocator = hr_cpu_allocator();
  hr_arena arena = {0};
  outline o;
  bool done = false;
  hr_status status = HR_SUCCESS;
  if (read_outline(reader, &arena, &o)) status = read_content(&o, allocator, out, &done);
  if (!status && !done) { /* a list of values, or a mistake */
    hr_view bytes;
    status = hr_slice_reader_rest(&reader, &arena, &bytes)
                 ? hr_tensor_from_proto(bytes, allocator, out)
                 : hr_error_out_of_memory(hr_slice_reader_left(&reader), "a tensor's message");
  }
  hr_arena_free(&arena);
  if (status) *out = (hr_tensor){0};
  return status;
}

size_t hr_content_offset(const void *first, size_t count) {
  hr_wire wire = hr_wire_of(first, count);
  bool is_tensor = false; /* where we are */
  uint32_t field;
  hr_wire_type type;
  uint64_t number;
  while (hr_wire_tag(&wire, &field, &type)) {
    if (type == HR_WIRE_VARINT) {
      if (!hr_wire_varint(&wire, &number)) return 0;
      is_tensor |= field == TENSOR_DTYPE;
    } else if (type != HR_WIRE_BYTES || !hr_wire_varint(&wire, &number)) {
      return 0;
    } else if (number <= hr_wire_left(&wire)) {
      wire.at += number;
    } else if (is_tensor && field == TENSOR_CONTENT) {
      return count - hr_wire_left(&wire);
    } else { /* it is in there */
      is_tensor = false;
    }
  }
  return 0;
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

static hr_status malformed(const hr_message_type *type) {
  return hr_error(HR_INVALID_ARGUMENT, "The bytes are no tensorflow.%s", type->name);
}

/* Of a list: an empty item takes two bytes on the wire and a hundred times that here. */
#define MAX_ITEMS (1 << 20)

/* Room for one more item of a list; arrays grow by doubling in the arena. */
static void *add_item(hr_arena *arena, void *list, size_t size) {
  hr_views *views = list; /* all lists look alike */
  if (views->count == MAX_ITEMS) return NULL;
  if ((views->count & (views->count - 1)) == 0) {
    void *grown = hr_arena_allocate(arena, size * (views->count ? 2 * (size_t)views->count : 1), 16);
    if (!grown) return NULL;
    if (views->count) memcpy(grown, views->items, size * (size_t)views->count);
    views->items = grown;
  }
  void *item = (char *)views->items + size * (size_t)views->count++;
  memset(item, 0, size);
  return item;
}

static hr_status too_many(const hr_message_type *type) {
  return hr_error(HR_RESOURCE_EXHAUSTED,
                  "A tensorflow.%s has lists for which there is no memory, or of more than %d items", type->name,
                  MAX_ITEMS);
}

static hr_status read_named(const hr_message_type *type, hr_slice_reader reader, hr_allocator *allocator,
                            hr_arena *arena, hr_named_tensor *out) {
  uint32_t field;
  hr_wire_type wire;
  while (!hr_slice_reader_done(&reader)) {
    if (!hr_slice_reader_tag(&reader, &field, &wire)) return malformed(type);
    hr_slice_reader inner;
    if (field == NAMED_NAME && wire == HR_WIRE_BYTES) {
      if (!hr_slice_reader_bytes(&reader, arena, &out->name)) return malformed(type);
    } else if (field == NAMED_TENSOR && wire == HR_WIRE_BYTES) {
      if (!hr_slice_reader_message(&reader, &inner)) return malformed(type);
      hr_tensor_clear(&out->value);
      HR_TRY(hr_tensor_read(inner, allocator, &out->value));
    } else if (!hr_slice_reader_skip(&reader, wire)) {
      return malformed(type);
    }
  }
  return HR_SUCCESS;
}

static hr_wire_type wire_type_of(hr_field_kind kind) { return kind <= HR_FIELD_BOOL ? HR_WIRE_VARINT : HR_WIRE_BYTES; }

static hr_status read_field(const hr_message_type *type, const hr_field *field, hr_slice_reader *reader,
                            hr_allocator *allocator, hr_arena *arena, void *value) {
  uint64_t number;
  hr_slice_reader inner;
  hr_view *view;
  hr_tensor *tensor;
  hr_named_tensor *named;
  switch ((hr_field_kind)field->kind) {
  case HR_FIELD_INT64:
  case HR_FIELD_BOOL:
    if (!hr_slice_reader_varint(reader, &number)) return malformed(type);
    if (field->kind == HR_FIELD_BOOL)
      *(bool *)value = number != 0;
    else
      *(int64_t *)value = (int64_t)number;
    return HR_SUCCESS;
  case HR_FIELD_BYTES: return hr_slice_reader_bytes(reader, arena, value) ? HR_SUCCESS : malformed(type);
  case HR_FIELD_BYTES_LIST:
    view = add_item(arena, value, sizeof *view);
    if (!view) return too_many(type);
    return hr_slice_reader_bytes(reader, arena, view) ? HR_SUCCESS : malformed(type);
  case HR_FIELD_TENSOR:
    if (!hr_slice_reader_message(reader, &inner)) return malformed(type);
    hr_tensor_clear(value);
    return hr_tensor_read(inner, allocator, value);
  case HR_FIELD_TENSORS:
    if (!hr_slice_reader_message(reader, &inner)) return malformed(type);
    tensor = add_item(arena, value, sizeof *tensor);
    return tensor ? hr_tensor_read(inner, allocator, tensor) : too_many(type);
  case HR_FIELD_NAMED_TENSORS:
    if (!hr_slice_reader_message(reader, &inner)) return malformed(type);
    named = add_item(arena, value, sizeof *named);
    return named ? read_named(type, inner, allocator, arena, named) : too_many(type);
  }
  return malformed(type);
}

static const hr_field *find_field(const hr_message_type *type, uint32_t number, hr_wire_type wire) {
  for (int32_t i = 0; i < type->field_count; ++i) {
    const hr_field *field = &type->fields[i];
    if (field->number == number) return wire_type_of((hr_field_kind)field->kind) == wire ? field : NULL;
  }
  return NULL;
}

hr_status hr_message_read(const hr_message_type *type, const hr_slices *bytes, hr_allocator *allocator, hr_arena *arena,
                          void *message) {
  memset(message, 0, type->size);
  if (!allocator) allocator = hr_cpu_allocator();
  hr_status status = HR_SUCCESS;
  hr_slice_reader reader = hr_slice_reader_of(bytes);
  while (!status && !hr_slice_reader_done(&reader)) {
    uint32_t number;
    hr_wire_type wire;
    if (!hr_slice_reader_tag(&reader, &number, &wire)) {
      status = malformed(type);
      break;
    }
    const hr_field *field = find_field(type, number, wire);
    if (field)
      status = read_field(type, field, &reader, allocator, arena, (char *)message + field->offset);
    else if (!hr_slice_reader_skip(&reader, wire))
      status = malformed(type);
  }
  if (status) hr_message_clear(type, message);
  return status;
}

void hr_message_clear(const hr_message_type *type, void *message) {
  for (int32_t i = 0; i < type->field_count; ++i) {
    void *value = (char *)message + type->fields[i].offset;
    hr_tensors *tensors = value;
    hr_named_tensors *named = value;
    if (type->fields[i].kind == HR_FIELD_TENSOR) hr_tensor_clear(value);
    for (int32_t t = 0; type->fields[i].kind == HR_FIELD_TENSORS && t < tensors->count; ++t)
      hr_tensor_clear(&tensors->items[t]);
    for (int32_t t = 0; type->fields[i].kind == HR_FIELD_NAMED_TENSORS && t < named->count; ++t)
      hr_tensor_clear(&named->items[t].value);
  }
}
