/* SqlDataset: the rows that a database answers a query with. */
#include "kernels_cpu/data/dataset_kernel.h"
#include "kernels_cpu/data/sqlite.h"

#include <string.h>

typedef struct query {
  hr_dataset head;
  const hr_sqlite *sqlite;
  char *path, *text;
} query;

typedef struct rows {
  hr_iterator head;
  struct sqlite3 *db;
  struct sqlite3_stmt *statement;
  int64_t count; /* so far */
  bool at_end;
} rows;

static const query *query_of(const rows *r) { return (const query *)r->head.dataset; }

static void destroy(hr_dataset *dataset) {
  free(((query *)dataset)->path);
  free(((query *)dataset)->text);
}

/* ---- asking ------------------------------------------------------------------------------------------------------ */

static hr_status failed(const rows *r, const char *what, int code) {
  const query *q = query_of(r);
  const char *reason = r->db ? q->sqlite->errmsg(r->db) : "out of memory";
  return hr_error(hr_code_of_sqlite(code), "%s() failed: [%d] %s: %s", what, code, reason, q->text);
}

static hr_status ask(rows *r) {
  const query *q = query_of(r);
  int code = q->sqlite->open(q->path, &r->db, HR_SQLITE_READ_WRITE | HR_SQLITE_CREATE, NULL);
  if (code != HR_SQLITE_OK) {
    return hr_error(hr_code_of_sqlite(code), "The database %s cannot be opened: [%d] %s", q->path, code,
                    r->db ? q->sqlite->errmsg(r->db) : "out of memory");
  }
  q->sqlite->busy_timeout(r->db, 1000);
  code = q->sqlite->prepare(r->db, q->text, -1, &r->statement, NULL);
  if (code != HR_SQLITE_OK) return failed(r, "Prepare", code);
  int columns = r->statement ? q->sqlite->column_count(r->statement) : 0;
  if (columns != q->head.width)
    return hr_error(HR_INVALID_ARGUMENT,
                    "The number of columns in query (%d) must match the number of elements in output_types (%d).",
                    columns, (int)q->head.width);
  return HR_SUCCESS;
}

static void hang_up(rows *r) {
  const query *q = query_of(r);
  q->sqlite->finalize(r->statement); /* NULL is allowed */
  q->sqlite->close(r->db);
  r->statement = NULL;
  r->db = NULL;
}

static void close_rows(hr_iterator *it) { hang_up((rows *)it); }

/* ---- rows -------------------------------------------------------------------------------------------------------- */

/* As SQLite converts what stands in the column: NULL is 0 and ""; integers lose their upper bits. */
static hr_status column_value(const rows *r, int column, hr_tensor *out) {
  const hr_sqlite *sqlite = query_of(r)->sqlite;
  hr_dtype dtype = r->head.dataset->dtypes[column];
  if (dtype == HR_STRING) {
    const void *bytes = sqlite->column_blob(r->statement, column);
    return hr_tensor_string(bytes ? bytes : "", (size_t)sqlite->column_bytes(r->statement, column), out);
  }
  HR_TRY(hr_tensor_new(NULL, dtype, &(hr_shape){0}, out));
  void *data = hr_tensor_data(out);
  if (dtype == HR_DOUBLE) {
    *(double *)data = sqlite->column_double(r->statement, column);
  } else if (dtype == HR_INT64) {
    *(int64_t *)data = sqlite->column_int64(r->statement, column);
  } else {
    int value = sqlite->column_int(r->statement, column);
    if (dtype == HR_BOOL) value = value != 0;
    memcpy(data, &value, hr_dtype_size(dtype)); /* the lower bytes */
  }
  return HR_SUCCESS;
}

static hr_status step(rows *r, hr_pull *pull, bool *end) {
  if (pull) HR_TRY(hr_pull_check(pull));
  if (!r->db && !r->at_end) {
    hr_status status = ask(r);
    if (status) {
      hang_up(r);
      return status;
    }
  }
  int code = r->at_end ? HR_SQLITE_DONE : query_of(r)->sqlite->step(r->statement);
  if (code != HR_SQLITE_ROW && code != HR_SQLITE_DONE) return failed(r, "Step", code);
  r->count += code == HR_SQLITE_ROW;
  r->at_end = *end = code == HR_SQLITE_DONE;
  if (r->at_end) hang_up(r);
  return HR_SUCCESS;
}

static hr_status next(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  rows *r = (rows *)it;
  HR_TRY(step(r, pull, end));
  hr_status status = HR_SUCCESS;
  int32_t filled = 0;
  while (!*end && !status && filled < it->dataset->width) {
    status = column_value(r, filled, &element[filled]);
    filled += !status;
  }
  if (status) hr_element_clear(element, filled);
  return status;
}

static hr_status save(hr_iterator *it, hr_state_writer *writer) {
  hr_state_put_int(writer, ((rows *)it)->count);
  hr_state_put_int(writer, ((rows *)it)->at_end);
  return HR_SUCCESS;
}

/* Asks again, and passes the rows that were read. */
static hr_status restore(hr_iterator *it, hr_state_reader *reader) {
  rows *r = (rows *)it;
  int64_t count;
  bool at_end, end = false;
  HR_TRY(hr_state_get_int_in(reader, 0, INT64_MAX, &count));
  HR_TRY(hr_state_get_flag(reader, &at_end));
  while (!at_end && !end && r->count < count)
    HR_TRY(step(r, NULL, &end));
  r->count = count;
  r->at_end = at_end;
  return end ? hr_error(HR_OUT_OF_RANGE, "A query gives fewer rows than it did when an iterator was saved")
             : HR_SUCCESS;
}

static const hr_dataset_type type = {.name = "SqlDataset",
                                     .iterator_size = sizeof(rows),
                                     .destroy = destroy,
                                     .next = next,
                                     .close = close_rows,
                                     .save = save,
                                     .restore = restore};

/* ---- the kernel -------------------------------------------------------------------------------------------------- */

static hr_status check_dtypes(const hr_dataset *d) {
  for (int32_t i = 0; i < d->width; ++i)
    switch (d->dtypes[i]) {
    case HR_STRING:
    case HR_INT8:
    case HR_INT16:
    case HR_INT32:
    case HR_INT64:
    case HR_UINT8:
    case HR_UINT16:
    case HR_BOOL:
    case HR_DOUBLE: break;
    default:
      return hr_error(HR_INVALID_ARGUMENT,
                      "Each element of `output_types_` must be one of: DT_STRING, DT_INT8, DT_INT16, DT_INT32, "
                      "DT_INT64, DT_UINT8, DT_UINT16, DT_BOOL, DT_DOUBLE ");
    }
  for (int32_t i = 0; i < d->width; ++i)
    if (d->shapes[i].rank > 0)
      return hr_error(HR_INVALID_ARGUMENT, "Each element of `output_shapes_` must be a scalar.");
  return HR_SUCCESS;
}

static hr_status read_inputs(const hr_kernel_context *ctx, query *q) {
  char *driver;
  HR_TRY(check_dtypes(&q->head));
  HR_TRY(hr_text_input(ctx, 0, "driver_name", &driver));
  hr_status status = strcmp(driver, "sqlite") == 0
                         ? hr_sqlite_load(&q->sqlite)
                         : hr_error(HR_INVALID_ARGUMENT,
                                    "The database type, %s, is not supported by SqlDataset. The set of supported "
                                    "databases is: {'sqlite'}.",
                                    driver);
  free(driver);
  HR_TRY(status);
  HR_TRY(hr_text_input(ctx, 1, "data_source_name", &q->path));
  return hr_text_input(ctx, 2, "query", &q->text);
}

static hr_status sql_dataset(hr_kernel_context *ctx) {
  hr_dataset *d;
  HR_TRY(hr_make_dataset(ctx, &type, sizeof(query), 0, &d));
  return hr_give_dataset(ctx, d, read_inputs(ctx, (query *)d));
}
HR_KERNEL(.op = "SqlDataset", .compute = sql_dataset);
HR_KERNEL(.op = "ExperimentalSqlDataset", .compute = sql_dataset);
