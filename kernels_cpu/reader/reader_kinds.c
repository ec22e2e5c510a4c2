/* How lines, records of fixed length, TFRecords, databases and whole files are read, and names alone. */
#include "kernels_cpu/reader/reader.h"
#include "runtime/io/file.h"

#include <stdlib.h>

static void close_stream(hr_reader *r) {
  hr_byte_stream_close(r->stream);
  r->stream = NULL;
}

/* ---- lines ------------------------------------------------------------------------------------------------------- */

static hr_status open_lines(hr_reader *r) {
  HR_TRY(hr_byte_stream_open(r->work, HR_COMPRESSION_NONE, 0, &r->stream));
  for (bool is_there = true; r->place < r->options.skip_header_lines && is_there;) {
    hr_view line;
    HR_TRY(hr_byte_stream_line(r->stream, &line, &is_there));
    r->place += is_there;
  }
  return HR_SUCCESS;
}

static hr_status next_line(hr_reader *r, hr_string *key, hr_string *value, bool *produced, bool *at_end) {
  hr_view line;
  bool is_there;
  HR_TRY(hr_byte_stream_line(r->stream, &line, &is_there));
  *at_end = !is_there;
  if (!is_there) return HR_SUCCESS;
  HR_TRY(hr_string_set(value, line.data, line.length));
  HR_TRY(hr_reader_set_key(r, (uint64_t)++r->place, key));
  *produced = true;
  return HR_SUCCESS;
}

const hr_reader_kind hr_text_line_reader = {
    .name = "TextLineReader", .open = open_lines, .next = next_line, .close = close_stream};

/* ---- records of fixed length ------------------------------------------------------------------------------------- */

static size_t least_buffer(const hr_reader_options *o) {
  size_t whole = (size_t)o->record_bytes + (size_t)o->footer_bytes, usual = (size_t)256 << 10;
  return whole > usual ? whole : usual;
}

static hr_status open_fixed(hr_reader *r) {
  HR_TRY(hr_byte_stream_open(r->work, r->options.compression, least_buffer(&r->options), &r->stream));
  uint64_t skipped;
  return hr_byte_stream_skip(r->stream, (uint64_t)r->options.header_bytes, &skipped);
}

static hr_status fixed_record(hr_reader *r, hr_view bytes, hr_string *key, hr_string *value, bool *produced) {
  HR_TRY(hr_string_set(value, bytes.data, (size_t)r->options.record_bytes));
  HR_TRY(hr_reader_set_key(r, (uint64_t)r->place++, key));
  *produced = true;
  return HR_SUCCESS;
}

/* A record is passed when the next one is asked for, as they may overlap. What is left at the end of a file and is no
 * record and footer is no error. */
static hr_status next_fixed(hr_reader *r, hr_string *key, hr_string *value, bool *produced, bool *at_end) {
  const hr_reader_options *o = &r->options;
  uint64_t start = (uint64_t)o->header_bytes + (uint64_t)r->place * (uint64_t)o->hop_bytes, skipped;
  uint64_t position = hr_byte_stream_position(r->stream), whole = (uint64_t)o->record_bytes + (uint64_t)o->footer_bytes;
  HR_TRY(hr_byte_stream_skip(r->stream, start - position, &skipped));
  if (skipped < start - position) {
    *at_end = true;
    return HR_SUCCESS;
  }
  hr_view bytes;
  HR_TRY(hr_byte_stream_peek(r->stream, whole, &bytes));
  *at_end = bytes.length < whole;
  return *at_end ? HR_SUCCESS : fixed_record(r, bytes, key, value, produced);
}

const hr_reader_kind hr_fixed_length_reader = {
    .name = "FixedLengthRecordReader", .open = open_fixed, .next = next_fixed, .close = close_stream};

/* ---- TFRecords --------------------------------------------------------------------------------------------------- */

static hr_status open_records(hr_reader *r) {
  return hr_record_reader_open(r->work, r->options.compression, &r->records);
}

static hr_status next_record(hr_reader *r, hr_string *key, hr_string *value, bool *produced, bool *at_end) {
  uint64_t offset = hr_record_reader_offset(r->records);
  const void *data;
  size_t length;
  hr_status status = hr_record_reader_next(r->records, &data, &length);
  if (hr_status_code(status) == HR_OUT_OF_RANGE) {
    hr_status_free(status);
    *at_end = true;
    return HR_SUCCESS;
  }
  HR_TRY(status);
  HR_TRY(hr_string_set(value, data, length));
  HR_TRY(hr_reader_set_key(r, offset, key));
  *produced = true;
  return HR_SUCCESS;
}

static void close_records(hr_reader *r) {
  hr_record_reader_free(r->records);
  r->records = NULL;
}

const hr_reader_kind hr_record_file_reader = {
    .name = "TFRecordReader", .open = open_records, .next = next_record, .close = close_records};

/* ---- LMDB databases ---------------------------------------------------------------------------------------------- */

static hr_status open_database(hr_reader *r) { return hr_lmdb_open(r->work, &r->database); }

/* The key is the database's own. */
static hr_status next_in_database(hr_reader *r, hr_string *key, hr_string *value, bool *produced, bool *at_end) {
  hr_view own_key, own_value;
  bool is_there;
  HR_TRY(hr_lmdb_next(r->database, &own_key, &own_value, &is_there));
  *at_end = !is_there;
  if (!is_there) return HR_SUCCESS;
  HR_TRY(hr_string_set(key, own_key.data, own_key.length));
  HR_TRY(hr_string_set(value, own_value.data, own_value.length));
  *produced = true;
  return HR_SUCCESS;
}

static void close_database(hr_reader *r) {
  hr_lmdb_close(r->database);
  r->database = NULL;
}

const hr_reader_kind hr_lmdb_reader = {
    .name = "LMDBReader", .open = open_database, .next = next_in_database, .close = close_database};

/* ---- whole files, and names -------------------------------------------------------------------------------------- */

static hr_status open_nothing(hr_reader *r) {
  (void)r;
  return HR_SUCCESS;
}
static void close_nothing(hr_reader *r) { (void)r; }

static hr_status next_file(hr_reader *r, hr_string *key, hr_string *value, bool *produced, bool *at_end) {
  char *bytes = NULL;
  size_t length;
  HR_TRY(hr_file_read_all(r->work, SIZE_MAX / 2, &bytes, &length));
  hr_status status = hr_string_set(value, bytes, length);
  free(bytes);
  HR_TRY(status);
  *produced = *at_end = true;
  return hr_string_set(key, r->work, r->work_length);
}

const hr_reader_kind hr_whole_file_reader = {
    .name = "WholeFileReader", .keeps_state = true, .open = open_nothing, .next = next_file, .close = close_nothing};

static hr_status next_name(hr_reader *r, hr_string *key, hr_string *value, bool *produced, bool *at_end) {
  HR_TRY(hr_string_set(key, r->work, r->work_length));
  *produced = *at_end = true;
  return hr_string_set(value, r->work, r->work_length);
}

const hr_reader_kind hr_identity_reader = {
    .name = "IdentityReader", .keeps_state = true, .open = open_nothing, .next = next_name, .close = close_nothing};
