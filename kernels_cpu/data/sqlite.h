/* The functions of SQLite that are used, from libsqlite3, which is loaded when they are first asked for. */
#ifndef HR_KERNELS_CPU_DATA_SQLITE_H
#define HR_KERNELS_CPU_DATA_SQLITE_H

#include "headrace/status.h"

#include <stdint.h>

struct sqlite3;
struct sqlite3_stmt;

typedef struct hr_sqlite {
  int (*open)(const char *path, struct sqlite3 **out, int flags, const char *system);
  int (*close)(struct sqlite3 *db);
  const char *(*errmsg)(struct sqlite3 *db);
  int (*busy_timeout)(struct sqlite3 *db, int milliseconds);
  int (*prepare)(struct sqlite3 *db, const char *text, int length, struct sqlite3_stmt **out, const char **rest);
  int (*step)(struct sqlite3_stmt *statement);
  int (*finalize)(struct sqlite3_stmt *statement);
  int (*column_count)(struct sqlite3_stmt *statement);
  int (*column_int)(struct sqlite3_stmt *statement, int column);
  int64_t (*column_int64)(struct sqlite3_stmt *statement, int column);
  double (*column_double)(struct sqlite3_stmt *statement, int column);
  const void *(*column_blob)(struct sqlite3_stmt *statement, int column);
  int (*column_bytes)(struct sqlite3_stmt *statement, int column);
} hr_sqlite;

enum { HR_SQLITE_OK = 0, HR_SQLITE_ROW = 100, HR_SQLITE_DONE = 101 };
enum { HR_SQLITE_READ_WRITE = 2, HR_SQLITE_CREATE = 4 };

/* Unimplemented where the library is not there. */
HR_MUST_USE hr_status hr_sqlite_load(const hr_sqlite **out);

/* TensorFlow's code for one of SQLite's. */
hr_code hr_code_of_sqlite(int code);

#endif
