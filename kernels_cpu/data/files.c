/* TextLineDataset, TFRecordDataset, FixedLengthRecordDataset(V2), LMDBDataset: what stands in files, one file after the
 * other. */
#include "headrace/io.h"
#include "kernels_cpu/data/mapped.h"
#include "runtime/io/byte_stream.h"
#include "runtime/io/file.h"
#include "runtime/io/lmdb.h"

typedef struct reader reader;

/* How one kind of files is read. */
typedef struct file_kind {
  hr_status (*open)(reader *r, const char *path);
  /* The next record, a view for each tensor of an element; false at the end of the file. They are good until the next
   * call. */
  hr_status (*next)(reader *r, hr_view *record, bool *is_there);
  void (*close)(reader *r);
} file_kind;

#define MAX_WIDTH 2

typedef struct files {
  hr_dataset head;
  const file_kind *kind;
  int64_t count;
  char **names;
  hr_compression compression;
  int64_t buffer_size;
  int64_t header, record, footer; /* of FixedLengthRecordDataset */
} files;

struct reader {
  hr_iterator head;
  int64_t file;    /* the next one to be opened */
  int64_t records; /* of the open file, so far */
  bool is_open;
  hr_byte_stream *stream;
  hr_record_reader *records_reader;
  hr_lmdb *database;
  uint8_t *buffer; /* a record and what may be the footer */
  size_t filled;
};

static const files *dataset_of(const reader *r) { return (files *)r->head.dataset; }

static hr_status open_stream(reader *r, const char *path) {
  const files *d = dataset_of(r);
  return hr_byte_stream_open(path, d->compression, (size_t)d->buffer_size, &r->stream);
}

static void close_stream(reader *r) {
  hr_byte_stream_close(r->stream);
  r->stream = NULL;
  free(r->buffer);
  r->buffer = NULL;
}

/* ---- lines ------------------------------------------------------------------------------------------------------- */

static hr_status next_line(reader *r, hr_view *record, bool *is_there) {
  return hr_byte_stream_line(r->stream, record, is_there);
}

static const file_kind line_kind = {.open = open_stream, .next = next_line, .close = close_stream};

/* ---- TFRecord ---------------------------------------------------------------------------------------------------- */

static hr_status open_records(reader *r, const char *path) {
  return hr_record_reader_open(path, dataset_of(r)->compression, &r->records_reader);
}

static hr_status next_record(reader *r, hr_view *record, bool *is_there) {
  const void *data;
  hr_status status = hr_record_reader_next(r->records_reader, &data, &record->length);
  record->data = data;
  *is_there = status == HR_SUCCESS;
  if (hr_status_code(status) != HR_OUT_OF_RANGE) return status;
  hr_status_free(status);
  return HR_SUCCESS;
}

static void close_records(reader *r) {
  hr_record_reader_free(r->records_reader);
  r->records_reader = NULL;
}

static const file_kind record_kind = {.open = open_records, .next = next_record, .close = close_records};

/* ---- fixed lengths ----------------------------------------------------------------------------------------------- */

static hr_status check_size(const files *d, const char *path) {
  hr_input_file *file;
  uint64_t size;
  HR_TRY(hr_input_file_open(path, &file));
  hr_status status = hr_input_file_size(file, &size);
  hr_input_file_close(file);
  HR_TRY(status);
  uint64_t ends = (uint64_t)d->header + (uint64_t)d->footer;
  if (size < ends || (size - ends) % (uint64_t)d->record != 0)
    return hr_error(
        HR_INVALID_ARGUMENT,
        "Excess bytes when reading \"%s\": its %llu bytes are no header of %lld, records of %lld and footer of "
        "%lld",
        path, (unsigned long long)size, (long long)d->header, (long long)d->record, (long long)d->footer);
  return HR_SUCCESS;
}

static hr_status open_fixed(reader *r, const char *path) {
  const files *d = dataset_of(r);
  if (d->compression == HR_COMPRESSION_NONE) HR_TRY(check_size(d, path));
  HR_TRY(open_stream(r, path));
  r->buffer = malloc((size_t)(d->record + d->footer) + 1);
  if (!r->buffer) return hr_error_out_of_memory((size_t)d->record, "a record");
  r->filled = 0;
  uint64_t passed;
  HR_TRY(hr_byte_stream_skip(r->stream, (uint64_t)d->header, &passed));
  if (passed == (uint64_t)d->header) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "\"%s\" ends before its header does", path);
}

/* The footer is known by the end of the file: a record is one where that many bytes still follow. */
static hr_status next_fixed(reader *r, hr_view *record, bool *is_there) {
  const files *d = dataset_of(r);
  size_t wanted = (size_t)(d->record + d->footer), count;
  if (r->records > 0) {
    memmove(r->buffer, r->buffer + d->record, (size_t)d->footer);
    r->filled = (size_t)d->footer;
  }
  HR_TRY(hr_byte_stream_read(r->stream, r->buffer + r->filled, wanted - r->filled, &count));
  r->filled += count;
  *is_there = r->filled == wanted;
  *record = (hr_view){(const char *)r->buffer, (size_t)d->record};
  return HR_SUCCESS;
}

static const file_kind fixed_kind = {.open = open_fixed, .next = next_fixed, .close = close_stream};

/* ---- databases --------------------------------------------------------------------------------------------------- */

/* What cannot be opened is InvalidArgument, whatever the reason, as in TensorFlow. */
static hr_status open_database(reader *r, const char *path) {
  hr_status cause = hr_lmdb_open(path, &r->database);
  if (!cause || hr_status_code(cause) == HR_RESOURCE_EXHAUSTED) return cause;
  hr_status status = hr_error(HR_INVALID_ARGUMENT, "%s", hr_status_message(cause));
  hr_status_free(cause);
  return status;
}

/* Key and value. */
static hr_status next_in_database(reader *r, hr_view *record, bool *is_there) {
  return hr_lmdb_next(r->database, &record[0], &record[1], is_there);
}

static void close_database(reader *r) {
  hr_lmdb_close(r->database);
  r->database = NULL;
}

static const file_kind database_kind = {.open = open_database, .next = next_in_database, .close = close_database};

/* ---- iterators --------------------------------------------------------------------------------------------------- */

static void destroy(hr_dataset *dataset) { hr_free_texts(((files *)dataset)->count, ((files *)dataset)->names); }

static void close_file(reader *r) {
  dataset_of(r)->kind->close(r);
  r->is_open = false;
}

static void close_reader(hr_iterator *it) { close_file((reader *)it); }

static hr_status open_file(reader *r) {
  const files *d = dataset_of(r);
  r->records = 0;
  r->is_open = true;
  hr_status status = d->kind->open(r, d->names[r->file++]);
  if (status) close_file(r);
  return status;
}

static hr_status next_of_files(reader *r, hr_pull *pull, hr_view *record, bool *end) {
  const files *d = dataset_of(r);
  for (;;) {
    bool is_there = false;
    if (r->is_open) HR_TRY(d->kind->next(r, record, &is_there));
    if (is_there) {
      ++r->records;
      return HR_SUCCESS;
    }
    if (r->is_open) close_file(r);
    *end = r->file >= d->count;
    if (*end) return HR_SUCCESS;
    HR_TRY(hr_pull_check(pull));
    HR_TRY(open_file(r));
  }
}

static hr_status next(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  hr_view record[MAX_WIDTH];
  HR_TRY(next_of_files((reader *)it, pull, record, end));
  for (int32_t i = 0; i < it->dataset->width && !*end; ++i) {
    hr_status status = hr_tensor_string(record[i].data, record[i].length, &element[i]);
    if (!status) continue;
    hr_element_clear(element, i);
    return status;
  }
  return HR_SUCCESS;
}

static hr_status save(hr_iterator *it, hr_state_writer *writer) {
  const reader *r = (reader *)it;
  hr_state_put_int(writer, r->file);
  hr_state_put_int(writer, r->is_open);
  hr_state_put_int(writer, r->records);
  return HR_SUCCESS;
}

/* Opens the file again and passes what was read. */
static hr_status restore(hr_iterator *it, hr_state_reader *state) {
  reader *r = (reader *)it;
  bool is_open, is_there = true;
  int64_t records;
  hr_view record[MAX_WIDTH];
  HR_TRY(hr_state_get_int_in(state, 0, dataset_of(r)->count, &r->file));
  HR_TRY(hr_state_get_flag(state, &is_open));
  HR_TRY(hr_state_get_int_in(state, 0, INT64_MAX, &records));
  if (!is_open) return HR_SUCCESS;
  if (--r->file < 0) return hr_error(HR_DATA_LOSS, "The state of an iterator is damaged");
  HR_TRY(open_file(r));
  while (r->records < records && is_there) {
    HR_TRY(dataset_of(r)->kind->next(r, record, &is_there));
    ++r->records;
  }
  return is_there ? HR_SUCCESS
                  : hr_error(HR_OUT_OF_RANGE, "A file has become shorter than it was when an iterator was saved");
}

#define FILE_TYPE(op)                                                                                                  \
  {                                                                                                                    \
    .name = op, .iterator_size = sizeof(reader), .destroy = destroy, .next = next, .close = close_reader,              \
    .save = save, .restore = restore                                                                                   \
  }
static const hr_dataset_type line_type = FILE_TYPE("TextLineDataset"), record_type = FILE_TYPE("TFRecordDataset"),
                             fixed_type = FILE_TYPE("FixedLengthRecordDataset"),
                             database_type = FILE_TYPE("LMDBDataset");

/* ---- kernels ----------------------------------------------------------------------------------------------------- */

static hr_status read_compression(const hr_kernel_context *ctx, int index, files *d) {
  char *name;
  HR_TRY(hr_text_input(ctx, index, "compression_type", &name));
  hr_status status = hr_compression_from_name(name, &d->compression);
  if (status) {
    hr_status_free(status);
    status = hr_error(HR_INVALID_ARGUMENT, "Unsupported compression_type.");
  }
  free(name);
  return status;
}

static hr_status read_buffer_size(const hr_kernel_context *ctx, int index, files *d) {
  HR_TRY(hr_int_input(ctx, index, "buffer_size", &d->buffer_size));
  if (d->buffer_size < 0) return hr_error(HR_INVALID_ARGUMENT, "`buffer_size` must be >= 0 (0 == use default)");
  if (d->buffer_size > 1 << 30) d->buffer_size = 1 << 30;
  return HR_SUCCESS;
}

static hr_status new_files(const hr_kernel_context *ctx, const hr_dataset_type *type, const file_kind *kind,
                           int32_t width, files **out) {
  static const int32_t dtypes[MAX_WIDTH] = {HR_STRING, HR_STRING};
  static const hr_partial_shape shapes[MAX_WIDTH] = {{0}};
  hr_dataset *d;
  HR_TRY(hr_dataset_new(type, sizeof(files), width, dtypes, shapes, 0, NULL, &d));
  *out = (files *)d;
  (*out)->kind = kind;
  hr_status status = hr_texts_input(ctx, 0, "filenames", &(*out)->count, &(*out)->names);
  if (status) hr_dataset_unref(d);
  return status;
}

static hr_status line_dataset(hr_kernel_context *ctx) {
  files *d;
  HR_TRY(new_files(ctx, &line_type, &line_kind, 1, &d));
  hr_status status = read_compression(ctx, 1, d);
  if (!status) status = read_buffer_size(ctx, 2, d);
  return hr_give_dataset(ctx, &d->head, status);
}
HR_KERNEL(.op = "TextLineDataset", .compute = line_dataset);

static hr_status record_dataset(hr_kernel_context *ctx) {
  files *d;
  HR_TRY(new_files(ctx, &record_type, &record_kind, 1, &d));
  hr_status status = read_compression(ctx, 1, d);
  if (!status) status = read_buffer_size(ctx, 2, d);
  return hr_give_dataset(ctx, &d->head, status);
}
HR_KERNEL(.op = "TFRecordDataset", .compute = record_dataset);

static hr_status read_lengths(const hr_kernel_context *ctx, files *d) {
  static const int64_t most = INT64_C(1) << 40;
  HR_TRY(hr_int_input(ctx, 1, "header_bytes", &d->header));
  HR_TRY(hr_int_input(ctx, 2, "record_bytes", &d->record));
  HR_TRY(hr_int_input(ctx, 3, "footer_bytes", &d->footer));
  if (d->header < 0 || d->header > most) return hr_error(HR_INVALID_ARGUMENT, "`header_bytes` must be >= 0");
  if (d->record <= 0 || d->record > most) return hr_error(HR_INVALID_ARGUMENT, "`record_bytes` must be > 0");
  if (d->footer < 0 || d->footer > most) return hr_error(HR_INVALID_ARGUMENT, "`footer_bytes` must be >= 0");
  HR_TRY(read_buffer_size(ctx, 4, d));
  return hr_input_count(ctx) > 5 ? read_compression(ctx, 5, d) : HR_SUCCESS;
}

static hr_status fixed_dataset(hr_kernel_context *ctx) {
  files *d;
  HR_TRY(new_files(ctx, &fixed_type, &fixed_kind, 1, &d));
  return hr_give_dataset(ctx, &d->head, read_lengths(ctx, d));
}
HR_KERNEL(.op = "FixedLengthRecordDataset", .compute = fixed_dataset);
HR_KERNEL(.op = "FixedLengthRecordDatasetV2", .compute = fixed_dataset);

static hr_status database_dataset(hr_kernel_context *ctx) {
  files *d;
  HR_TRY(new_files(ctx, &database_type, &database_kind, 2, &d));
  return hr_give_dataset(ctx, &d->head, HR_SUCCESS);
}
HR_KERNEL(.op = "LMDBDataset", .compute = database_dataset);
