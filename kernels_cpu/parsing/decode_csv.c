/* DecodeCSV: the fields of lines, a tensor for each column. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/number_text.h"
#include "kernels_cpu/string_arguments.h"

#include <inttypes.h>
#include <stdlib.h>

typedef struct csv {
  int64_t num_columns;
  const int32_t *types;    /* of the columns */
  int64_t num_selected;    /* 0: all fields are columns */
  const int64_t *selected; /* ascending indices of the fields that are columns */
  hr_view missing;         /* text that counts as an empty field, beside "" */
  char delimiter;
  bool quotes;
} csv;

static hr_status csv_create(const hr_kernel_construction *c, void **state) {
  const hr_attr_value *types, *delimiter, *missing, *selected;
  csv s = {0};
  HR_TRY(hr_construction_attr(c, "OUT_TYPE", &types));
  HR_TRY(hr_construction_attr(c, "field_delim", &delimiter));
  HR_TRY(hr_construction_attr(c, "na_value", &missing));
  HR_TRY(hr_construction_attr(c, "select_cols", &selected));
  HR_TRY(hr_construction_bool(c, "use_quote_delim", &s.quotes));
  if (selected->count && selected->count != types->count)
    return hr_error(HR_INVALID_ARGUMENT, "select_cols should match output size");
  for (int i = 1; i < selected->count; ++i)
    if (selected->ints[i - 1] >= selected->ints[i])
      return hr_error(HR_INVALID_ARGUMENT, "select_cols should be strictly increasing indices");
  if (selected->count && selected->ints[0] < 0)
    return hr_error(HR_INVALID_ARGUMENT, "select_cols should be non-negative indices");
  if (delimiter->count != 1) return hr_error(HR_INVALID_ARGUMENT, "field_delim should be only 1 char");
  s.num_columns = types->count;
  s.types = types->types;
  s.num_selected = selected->count;
  s.selected = selected->ints;
  s.missing = (hr_view){missing->s, (size_t)missing->count};
  s.delimiter = delimiter->s[0];
  csv *kept = malloc(sizeof *kept);
  if (!kept) return hr_error_out_of_memory(sizeof *kept, "a DecodeCSV kernel");
  *kept = s;
  *state = kept;
  return HR_SUCCESS;
}

/* ---- fields ---------------------------------------------------------------------------------------------------- */

/* The fields of one record that are columns: `count` may be larger than the number of columns, whose views are kept. */
typedef struct fields {
  hr_view *columns;
  int64_t count;
  char *unquoted; /* room for the texts of quoted fields: as many bytes as the record has */
} fields;

static bool is_column(const csv *s, const fields *f, int64_t index) {
  return !s->num_selected || s->selected[f->count] == index;
}

static void keep(const csv *s, fields *f, hr_view field) {
  if (f->count < s->num_columns) f->columns[f->count] = field;
  ++f->count;
}

/* A field without quotes around it. */
static hr_status plain_field(const csv *s, hr_view record, size_t *at, hr_view *field) {
  const char *start = record.data + *at, *end = record.data + record.length, *c = start;
  for (; c < end && *c != s->delimiter; ++c)
    if ((s->quotes && *c == '"') || *c == '\n' || *c == '\r')
      return hr_error(HR_INVALID_ARGUMENT, "Unquoted fields cannot have quotes/CRLFs inside");
  *field = (hr_view){start, (size_t)(c - start)};
  *at += field->length + 1;
  return HR_SUCCESS;
}

/* A field in quotes, the first of which is passed; a quote in it is written twice. */
static hr_status quoted_field(const csv *s, hr_view record, size_t *at, char **room, hr_view *field) {
  const char *text = record.data;
  size_t i = *at, length = record.length;
  char *start = *room, *to = start;
  while (i + 1 < length && (text[i] != '"' || text[i + 1] != s->delimiter)) {
    if (text[i] == '"') {
      if (text[i + 1] != '"')
        return hr_error(HR_INVALID_ARGUMENT, "Quote inside a string has to be escaped by another quote");
      ++i;
    }
    *to++ = text[i++];
  }
  if (i >= length || text[i] != '"')
    return hr_error(HR_INVALID_ARGUMENT, "Quoted field has to end with quote followed by delim or end");
  *field = (hr_view){start, (size_t)(to - start)};
  *room = to;
  *at = i + 2;
  return HR_SUCCESS;
}

static hr_status find_fields(const csv *s, hr_view record, fields *f) {
  size_t at = 0;
  int64_t index = 0;
  char *room = f->unquoted;
  f->count = 0;
  while (at < record.length) {
    char c = record.data[at];
    if (c == '\n' || c == '\r') {
      ++at;
      continue;
    }
    hr_view field;
    if (s->quotes && c == '"') {
      ++at;
      HR_TRY(quoted_field(s, record, &at, &room, &field));
    } else {
      HR_TRY(plain_field(s, record, &at, &field));
    }
    if (is_column(s, f, index++)) {
      keep(s, f, field);
      if (f->count == s->num_selected) return HR_SUCCESS;
    }
  }
  /* A delimiter at the end has an empty field behind it. */
  if (record.length && record.data[record.length - 1] == s->delimiter && is_column(s, f, index))
    keep(s, f, (hr_view){"", 0});
  return HR_SUCCESS;
}

/* ---- values ---------------------------------------------------------------------------------------------------- */

static hr_status take_default(const hr_tensor *value, hr_dtype type, int64_t column, int64_t record, void *to) {
  if (value->elements != 1)
    return hr_error(HR_INVALID_ARGUMENT, "Field %" PRId64 " is required but missing in record %" PRId64 "!", column,
                    record);
  if (type == HR_STRING) {
    hr_view text = hr_string_view(hr_string_at(value, 0));
    return hr_string_set(to, text.data, text.length);
  }
  memcpy(to, hr_tensor_data(value), hr_dtype_size(type));
  return HR_SUCCESS;
}

static hr_status store(const csv *s, hr_view field, const hr_tensor *value, int64_t column, int64_t record, void *to) {
  hr_dtype type = (hr_dtype)s->types[column];
  if (field.length == 0 || hr_view_equal(field, s->missing)) return take_default(value, type, column, record, to);
  if (type == HR_STRING) return hr_string_set(to, field.data, field.length);
  if (hr_number_from_text(field, type, to)) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "Field %" PRId64 " in record %" PRId64 " is not a valid %s: %.*s", column,
                  record, hr_dtype_name(type), (int)(field.length < 1000 ? field.length : 1000), field.data);
}

static hr_status store_record(hr_kernel_context *ctx, const csv *s, int64_t record, const fields *f) {
  if (f->count != s->num_columns)
    return hr_error(HR_INVALID_ARGUMENT, "Expect %" PRId64 " fields but have %" PRId64 " in record %" PRId64,
                    s->num_columns, f->count, record);
  for (int column = 0; column < s->num_columns; ++column) {
    size_t size = hr_dtype_size((hr_dtype)s->types[column]);
    char *to = (char *)hr_tensor_data(hr_output_slot(ctx, column)) + (size_t)record * size;
    HR_TRY(store(s, f->columns[column], hr_input(ctx, 1 + column), column, record, to));
  }
  return HR_SUCCESS;
}

static hr_status decode_records(hr_kernel_context *ctx, const csv *s, fields *f) {
  const hr_tensor *records = hr_input(ctx, 0);
  size_t room = 0;
  for (int64_t i = 0; i < records->elements; ++i) {
    hr_view record = hr_string_view(hr_string_at(records, i));
    if (room < record.length && s->quotes && memchr(record.data, '"', record.length)) {
      free(f->unquoted);
      f->unquoted = malloc(room = record.length);
      if (!f->unquoted) return hr_error_out_of_memory(room, "a quoted field");
    }
    HR_TRY(find_fields(s, record, f));
    HR_TRY(store_record(ctx, s, i, f));
  }
  return HR_SUCCESS;
}

#define FEW_COLUMNS 64

static hr_status decode_csv(hr_kernel_context *ctx) {
  const csv *s = ctx->state;
  hr_shape shape = hr_tensor_shape(hr_input(ctx, 0));
  for (int i = 0; i < s->num_columns; ++i) {
    const hr_tensor *value = hr_input(ctx, 1 + i);
    hr_tensor *unused;
    if (value->rank > 1) return hr_error(HR_INVALID_ARGUMENT, "Each record default should be at most rank 1");
    if (value->elements > 1)
      return hr_error(HR_INVALID_ARGUMENT, "There should only be 1 default per field but field %d has %" PRId64, i,
                      value->elements);
    HR_TRY(hr_output_new(ctx, i, &shape, &unused));
  }
  hr_view few[FEW_COLUMNS], *many = NULL;
  if (s->num_columns > FEW_COLUMNS) {
    many = malloc((size_t)s->num_columns * sizeof *many);
    if (!many) return hr_error_out_of_memory((size_t)s->num_columns * sizeof *many, "the fields of a record");
  }
  fields f = {.columns = many ? many : few};
  hr_status status = decode_records(ctx, s, &f);
  free(f.unquoted);
  free(many);
  return status;
}
HR_KERNEL(.op = "DecodeCSV", .create = csv_create, .destroy = free, .compute = decode_csv);
