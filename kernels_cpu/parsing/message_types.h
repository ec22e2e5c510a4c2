/* Message types that are known at run time only: their fields, out of a serialised FileDescriptorSet or of the messages
 * that this library is linked with. For DecodeProtoV2 and EncodeProto. */
#ifndef HR_KERNELS_CPU_PARSING_MESSAGE_TYPES_H
#define HR_KERNELS_CPU_PARSING_MESSAGE_TYPES_H

#include "headrace/kernel.h"
#include "runtime/base/wire.h"

/* FieldDescriptorProto.Type. */
typedef enum hr_field_type {
  HR_FIELD_DOUBLE = 1,
  HR_FIELD_FLOAT,
  HR_FIELD_INT64,
  HR_FIELD_UINT64,
  HR_FIELD_INT32,
  HR_FIELD_FIXED64,
  HR_FIELD_FIXED32,
  HR_FIELD_BOOL,
  HR_FIELD_STRING,
  HR_FIELD_GROUP,
  HR_FIELD_MESSAGE,
  HR_FIELD_BYTES,
  HR_FIELD_UINT32,
  HR_FIELD_ENUM,
  HR_FIELD_SFIXED32,
  HR_FIELD_SFIXED64,
  HR_FIELD_SINT32,
  HR_FIELD_SINT64,
} hr_field_type;

typedef struct hr_message_field {
  hr_view name, type_name, default_value; /* as they are written */
  uint32_t number;
  hr_field_type type;
  bool is_required, is_repeated, is_packed;
  int32_t place; /* of whoever looked for it: among all that it asked for */
} hr_message_field;

/* Where the types are said: "local://" or "" for those of this library; "bytes://" and a FileDescriptorSet; else a file
 * with one, with or without "file://". The second function frees it. */
typedef struct hr_message_types {
  bool is_local;
  char *set;
  size_t length;
} hr_message_types;
HR_MUST_USE hr_status hr_message_types_open(hr_view source, hr_message_types *out);
void hr_message_types_close(hr_message_types *types);

/* The fields of the message type with this full name, such as "tensorflow.Example", in an array that is to be freed.
 * What they point to is the types'. InvalidArgument where there is no such type, or its description is malformed. */
HR_MUST_USE hr_status hr_message_fields(const hr_message_types *types, hr_view message_type, hr_message_field **out,
                                        int32_t *count);
/* The one called `name`. InvalidArgument where there is none. */
HR_MUST_USE hr_status hr_message_field_find(hr_view message_type, const hr_message_field *fields, int32_t count,
                                            hr_view name, hr_message_field *out);
/* Sorts `count` structs of `size` bytes, each of which begins with a field: by number, then by place. */
void hr_message_fields_sort(void *fields, int32_t count, size_t size);

/* A field's default: an integer (a bool, an enum's number), a real number, or text, which is to be freed; NULL: "". */
typedef struct hr_field_default {
  int64_t integer;
  double real;
  char *text;
  size_t length;
} hr_field_default;
HR_MUST_USE hr_status hr_field_default_of(const hr_message_types *types, const hr_message_field *field,
                                          hr_field_default *out);

/* Checks all of a message, those inside of it, too: DataLoss where bytes are no such message, or a required field is
 * missing. */
HR_MUST_USE hr_status hr_message_check(const hr_message_types *types, hr_view message_type, hr_view message);

/* Appends the bytes of a message that is written in text format. Of this library's own types only: Unimplemented for
 * others. DataLoss for what is no such text. */
HR_MUST_USE hr_status hr_message_of_text(const hr_message_types *types, hr_view message_type, hr_view text,
                                         hr_text *out);

/* Whether tensors of a dtype hold values of a field. */
bool hr_field_fits(hr_field_type type, hr_dtype dtype);
/* "int32", "message". */
const char *hr_field_type_name(hr_field_type type);

/* How a value of a field stands in a message: a type of wire, or a group. */
enum { HR_START_GROUP = 3, HR_END_GROUP = 4 };
int hr_field_wire(hr_field_type type);

/* A field's number and how its value stands there; false where the bytes end too early. */
bool hr_message_tag(hr_wire *wire, uint32_t *number, int *type);
/* Passes over what follows a tag; `inside` becomes what stands in a group, or behind a length. */
bool hr_message_skip(hr_wire *wire, uint32_t number, int type, hr_view *inside);

#endif
