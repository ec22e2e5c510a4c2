/* CSVDataset: the records of CSV files, one file after the other. */
#include "kernels_cpu/data/mapped.h"
#include "kernels_cpu/number_text.h"
#include "kernels_cpu/string_arguments.h"
#include "runtime/io/byte_stream.h"

#include <string.h>

typedef struct csv {
  hr_dataset head;
  int64_t count;
  char **names;
  hr_compression compression;
  int64_t buffer_size;
  bool has_header, quotes;
  char delimiter;
  char *missing; /* text that counts as an empty field, beside "" */
  int64_t num_selected;
  int64_t *selected;   /* ascending indices of the fields that are columns; none: all */
  hr_tensor *defaults; /* one element, or none: required */
} csv;

typedef struct reader {
  hr_iterator head;
  int64_t file; /* the next one to be opened */
  hr_byte_stream *stream;
  hr_view seen; /* of the stream's bytes, from where it stands */
  size_t at;    /* in them */
  hr_text field;
} reader;

static const csv *dataset_of(const reader *r) { return (const csv *)r->head.dataset; }

/* ---- bytes ------------------------------------------------------------------------------------------------------- */

#define END_OF_FILE (-1)

/* Sees more of the file, once all is passed that was seen. */
static hr_status see_more(reader *r) {
  hr_byte_stream_advance(r->stream, r->seen.length);
  r->seen = (hr_view){0};
  r->at = 0;
  return hr_byte_stream_peek(r->stream, 1, &r->seen);
}

/* The next byte, which is not passed yet; END_OF_FILE. */
static inline hr_status look(reader *r, int *c) {
  if (r->at == r->seen.length) HR_TRY(see_more(r));
  *c = r->at < r->seen.length ? (unsigned char)r->seen.data[r->at] : END_OF_FILE;
  return HR_SUCCESS;
}

/* Passes the end of a line whose first byte is `c`: a line feed may follow a carriage return. */
static hr_status pass_line_end(reader *r, int c) {
  ++r->at;
  if (c != '\r') return HR_SUCCESS;
  HR_TRY(look(r, &c));
  if (c == '\n') ++r->at;
  return HR_SUCCESS;
}

static hr_status skip_line(reader *r) {
  for (int c;; ++r->at) {
    HR_TRY(look(r, &c));
    if (c == END_OF_FILE) return HR_SUCCESS;
    if (c == '\n' || c == '\r') return pass_line_end(r, c);
  }
}

/* ---- fields ------------------------------------------------------------------------------------------------------ */

/* Passes what ends a field, and says whether it ends the record. False where no field can end here. */
static hr_status end_field(reader *r, bool *is_end, bool *is_last) {
  int c;
  *is_end = true;
  *is_last = false;
  HR_TRY(look(r, &c));
  if (c == (unsigned char)dataset_of(r)->delimiter) {
    ++r->at;
    return HR_SUCCESS;
  }
  bool is_line_end = c == '\n' || c == '\r';
  *is_end = *is_last = is_line_end || c == END_OF_FILE;
  return is_line_end ? pass_line_end(r, c) : HR_SUCCESS;
}

static hr_status plain_field(reader *r, bool *is_last) {
  const csv *d = dataset_of(r);
  for (int c;;) {
    HR_TRY(look(r, &c));
    size_t begin = r->at;
    for (; r->at < r->seen.length; ++r->at) {
      char b = r->seen.data[r->at];
      if (b == d->delimiter || b == '\n' || b == '\r' || (b == '"' && d->quotes)) break;
    }
    if (r->at > begin) hr_text_add(&r->field, r->seen.data + begin, r->at - begin);
    if (r->at == r->seen.length && c != END_OF_FILE) continue;
    bool is_end;
    HR_TRY(end_field(r, &is_end, is_last));
    return is_end ? HR_SUCCESS : hr_error(HR_INVALID_ARGUMENT, "Unquoted fields cannot have quotes inside");
  }
}

/* Behind the first quote. What is wrong in a field that is left out is passed over. */
static hr_status quoted_field(reader *r, bool is_kept, bool *is_last) {
  for (int c;; ++r->at) {
    HR_TRY(look(r, &c));
    if (c == END_OF_FILE)
      return hr_error(HR_INVALID_ARGUMENT, "Reached end of file without closing quoted field in record");
    if (c == '"') {
      bool is_end;
      ++r->at;
      HR_TRY(look(r, &c));
      if (c != '"') {
        HR_TRY(end_field(r, &is_end, is_last));
        if (is_end) return HR_SUCCESS;
        if (is_kept) return hr_error(HR_INVALID_ARGUMENT, "Quote inside a string has to be escaped by another quote");
      }
    }
    hr_text_add(&r->field, &(char){(char)c}, 1);
  }
}

static hr_status parse_field(reader *r, bool is_kept, bool *is_last) {
  int c;
  r->field.length = 0;
  HR_TRY(look(r, &c));
  bool is_quoted = c == '"' && dataset_of(r)->quotes;
  if (is_quoted) ++r->at;
  HR_TRY(is_quoted ? quoted_field(r, is_kept, is_last) : plain_field(r, is_last));
  return r->field.failed ? hr_error_out_of_memory(r->field.length, "a field of a CSV file") : HR_SUCCESS;
}

/* ---- records ----------------------------------------------------------------------------------------------------- */

static hr_status take_field(const reader *r, int64_t column, hr_tensor *out) {
  const csv *d = dataset_of(r);
  hr_view field = {r->field.data, r->field.length};
  hr_dtype dtype = d->head.dtypes[column];
  if (field.length == 0 || hr_view_equal(field, hr_view_of(d->missing))) {
    const hr_tensor *value = &d->defaults[column];
    if (value->elements == 0)
      return hr_error(HR_INVALID_ARGUMENT, "Field %lld is required but missing in record!", (long long)column);
    hr_status status = hr_tensor_new(hr_cpu_allocator(), dtype, &(hr_shape){0}, out);
    return status ? status : hr_copy_elements(dtype, hr_tensor_data(out), hr_tensor_data(value), 1);
  }
  if (dtype == HR_STRING) return hr_tensor_string(field.data, field.length, out);
  HR_TRY(hr_tensor_new(hr_cpu_allocator(), dtype, &(hr_shape){0}, out));
  if (hr_number_from_text(field, dtype, hr_tensor_data(out))) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "Field %lld in record is not a valid %s: %.*s", (long long)column,
                  hr_dtype_name(dtype), (int)(field.length < 1000 ? field.length : 1000), field.data);
}

/* Whether field `index` is wanted, where `taken` columns are there already. */
static bool is_column(const csv *d, int64_t taken, int64_t index) {
  return !d->num_selected || (taken < d->num_selected && d->selected[taken] == index);
}

static hr_status parse_fields(reader *r, hr_tensor *element, bool *is_last) {
  const csv *d = dataset_of(r);
  int64_t taken = 0;
  for (int64_t index = 0; !*is_last; ++index) {
    bool is_kept = element && is_column(d, taken, index);
    HR_TRY(parse_field(r, is_kept, is_last));
    if (!is_kept) continue;
    if (taken == d->head.width)
      return hr_error(HR_INVALID_ARGUMENT, "Expect %d fields but have more in record", (int)d->head.width);
    HR_TRY(take_field(r, taken, &element[taken]));
    ++taken;
  }
  if (!element || taken == d->head.width) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "Expect %d fields but have %lld in record", (int)d->head.width,
                  (long long)taken);
}

/* The next record, or `*is_there` false at the end of the file. After an error the next line is a record again. Without
 * an element the record is passed over. */
static hr_status next_record(reader *r, hr_tensor *element, bool *is_there) {
  int c;
  HR_TRY(look(r, &c));
  *is_there = c != END_OF_FILE;
  if (!*is_there) return HR_SUCCESS;
  bool is_last = false;
  if (element)
    memset(element, 0, sizeof *element * (size_t)dataset_of(r)->head.width); /* the caller's may be anything */
  hr_status status = parse_fields(r, element, &is_last);
  if (!status) return HR_SUCCESS;
  if (element) hr_element_clear(element, dataset_of(r)->head.width);
  hr_status skipped = is_last ? HR_SUCCESS : skip_line(r);
  hr_status_free(skipped);
  return status;
}

/* ---- files ------------------------------------------------------------------------------------------------------- */

static void close_file(reader *r) {
  hr_byte_stream_close(r->stream);
  r->stream = NULL;
  r->seen = (hr_view){0};
  r->at = 0;
}

static hr_status pass_header(reader *r) {
  bool is_there = false;
  hr_status status = next_record(r, NULL, &is_there);
  if (!status && is_there) return HR_SUCCESS;
  hr_status_free(status);
  return hr_error(HR_INVALID_ARGUMENT, "Can't read header of file");
}

static hr_status open_file(reader *r) {
  const csv *d = dataset_of(r);
  return hr_byte_stream_open(d->names[r->file++], d->compression, (size_t)d->buffer_size, &r->stream);
}

static hr_status next(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  reader *r = (reader *)it;
  for (;;) {
    bool is_there = false;
    if (r->stream) HR_TRY(next_record(r, element, &is_there));
    if (is_there) return HR_SUCCESS;
    if (r->stream) close_file(r);
    *end = r->file >= dataset_of(r)->count;
    if (*end) return HR_SUCCESS;
    HR_TRY(hr_pull_check(pull));
    HR_TRY(open_file(r));
    if (dataset_of(r)->has_header) HR_TRY(pass_header(r));
  }
}

static void close_reader(hr_iterator *it) {
  close_file((reader *)it);
  hr_text_free(&((reader *)it)->field);
}

/* ---- state ------------------------------------------------------------------------------------------------------- */

static hr_status save(hr_iterator *it, hr_state_writer *writer) {
  const reader *r = (reader *)it;
  hr_state_put_int(writer, r->file);
  hr_state_put_int(writer, r->stream != NULL);
  hr_state_put_int(writer, r->stream ? (int64_t)(hr_byte_stream_position(r->stream) + r->at) : 0);
  return HR_SUCCESS;
}

static hr_status restore(hr_iterator *it, hr_state_reader *state) {
  reader *r = (reader *)it;
  bool is_open;
  int64_t position;
  uint64_t passed;
  HR_TRY(hr_state_get_int_in(state, 0, dataset_of(r)->count, &r->file));
  HR_TRY(hr_state_get_flag(state, &is_open));
  HR_TRY(hr_state_get_int_in(state, 0, INT64_MAX, &position));
  if (!is_open) return HR_SUCCESS;
  if (--r->file < 0) return hr_error(HR_DATA_LOSS, "The state of an iterator is damaged");
  HR_TRY(open_file(r));
  HR_TRY(hr_byte_stream_skip(r->stream, (uint64_t)position, &passed));
  return passed == (uint64_t)position
             ? HR_SUCCESS
             : hr_error(HR_OUT_OF_RANGE, "A file has become shorter than it was when an iterator was saved");
}

/* ---- the kernel -------------------------------------------------------------------------------------------------- */

static void destroy(hr_dataset *dataset) {
  csv *d = (csv *)dataset;
  hr_free_texts(d->count, d->names);
  if (d->defaults) hr_element_clear(d->defaults, dataset->width);
  free(d->defaults);
  free(d->selected);
  free(d->missing);
}

static const hr_dataset_type type = {.name = "CSVDataset",
                                     .iterator_size = sizeof(reader),
                                     .destroy = destroy,
                                     .next = next,
                                     .close = close_reader,
                                     .save = save,
                                     .restore = restore};

static hr_status read_selection(const hr_kernel_context *ctx, csv *d) {
  const hr_tensor *t = hr_input(ctx, 7);
  HR_TRY(hr_rank_check(t, 1, "select_cols"));
  d->selected = malloc(((size_t)t->elements + 1) * sizeof *d->selected);
  if (!d->selected) return hr_error_out_of_memory((size_t)t->elements * sizeof *d->selected, "the columns of a file");
  d->num_selected = t->elements;
  for (int64_t i = 0; i < t->elements; ++i)
    d->selected[i] = hr_index_at(t, i);
  if (t->elements && t->elements != d->head.width)
    return hr_error(HR_INVALID_ARGUMENT, "select_cols should match output size");
  for (int64_t i = 1; i < t->elements; ++i)
    if (d->selected[i - 1] >= d->selected[i])
      return hr_error(HR_INVALID_ARGUMENT, "select_cols should be strictly increasing indices");
  if (t->elements && d->selected[0] < 0)
    return hr_error(HR_INVALID_ARGUMENT, "select_cols should be non-negative indices");
  return HR_SUCCESS;
}

static hr_status read_defaults(const hr_kernel_context *ctx, csv *d) {
  if (hr_input_count(ctx) - 8 != d->head.width)
    return hr_error(HR_INVALID_ARGUMENT, "%d defaults for %d columns", hr_input_count(ctx) - 8, (int)d->head.width);
  HR_TRY(hr_element_new(d->head.width, &d->defaults));
  for (int32_t i = 0; i < d->head.width; ++i) {
    const hr_tensor *t = hr_input(ctx, 8 + i);
    if (t->rank > 1) return hr_error(HR_INVALID_ARGUMENT, "Each record default should be at most rank 1");
    if (t->elements > 1)
      return hr_error(HR_INVALID_ARGUMENT, "There should only be 1 default per field but field %d has %lld", (int)i,
                      (long long)t->elements);
    HR_TRY(hr_keep_input_shared(ctx, 8 + i, &d->defaults[i]));
  }
  return HR_SUCCESS;
}

static hr_status read_compression(const hr_kernel_context *ctx, csv *d) {
  char *name;
  HR_TRY(hr_text_input(ctx, 1, "compression_type", &name));
  hr_status status = hr_compression_from_name(name, &d->compression);
  if (status) {
    hr_status_free(status);
    status = hr_error(HR_INVALID_ARGUMENT, "Unsupported compression_type: %s.", name);
  }
  free(name);
  return status;
}

static hr_status read_inputs(const hr_kernel_context *ctx, csv *d) {
  char *delimiter;
  HR_TRY(hr_texts_input(ctx, 0, "filenames", &d->count, &d->names));
  HR_TRY(read_compression(ctx, d));
  HR_TRY(hr_int_input(ctx, 2, "buffer_size", &d->buffer_size));
  if (d->buffer_size <= 0) return hr_error(HR_INVALID_ARGUMENT, "buffer_size should be positive");
  if (d->buffer_size > 1 << 30) d->buffer_size = 1 << 30;
  HR_TRY(hr_bool_input(ctx, 3, "header", &d->has_header));
  HR_TRY(hr_text_input(ctx, 4, "field_delim", &delimiter));
  d->delimiter = delimiter[0];
  free(delimiter);
  if (hr_string_length(hr_string_at(hr_input(ctx, 4), 0)) != 1)
    return hr_error(HR_INVALID_ARGUMENT, "field_delim should be only 1 char");
  HR_TRY(hr_bool_input(ctx, 5, "use_quote_delim", &d->quotes));
  HR_TRY(hr_text_input(ctx, 6, "na_value", &d->missing));
  HR_TRY(read_selection(ctx, d));
  return read_defaults(ctx, d);
}

static hr_status csv_dataset(hr_kernel_context *ctx) {
  hr_dataset *d;
  HR_TRY(hr_make_dataset(ctx, &type, sizeof(csv), 0, &d));
  return hr_give_dataset(ctx, d, read_inputs(ctx, (csv *)d));
}
HR_KERNEL(.op = "CSVDataset", .compute = csv_dataset);
HR_KERNEL(.op = "ExperimentalCSVDataset", .compute = csv_dataset);
