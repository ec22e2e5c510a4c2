#include "kernels_cpu/data/sqlite.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>

#define LIBRARY "libsqlite3.so.0"

static hr_sqlite functions;
static bool is_loaded;

static const struct {
  const char *name;
  size_t place; /* in hr_sqlite */
} wanted[] = {
    {"sqlite3_open_v2", offsetof(hr_sqlite, open)},
    {"sqlite3_close_v2", offsetof(hr_sqlite, close)},
    {"sqlite3_errmsg", offsetof(hr_sqlite, errmsg)},
    {"sqlite3_busy_timeout", offsetof(hr_sqlite, busy_timeout)},
    {"sqlite3_prepare_v2", offsetof(hr_sqlite, prepare)},
    {"sqlite3_step", offsetof(hr_sqlite, step)},
    {"sqlite3_finalize", offsetof(hr_sqlite, finalize)},
    {"sqlite3_column_count", offsetof(hr_sqlite, column_count)},
    {"sqlite3_column_int", offsetof(hr_sqlite, column_int)},
    {"sqlite3_column_int64", offsetof(hr_sqlite, column_int64)},
    {"sqlite3_column_double", offsetof(hr_sqlite, column_double)},
    {"sqlite3_column_blob", offsetof(hr_sqlite, column_blob)},
    {"sqlite3_column_bytes", offsetof(hr_sqlite, column_bytes)},
};

static void load(void) {
  void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
  if (!library) return;
  for (size_t i = 0; i < sizeof wanted / sizeof *wanted; ++i) {
    void *function = dlsym(library, wanted[i].name);
    if (!function) return;
    *(void **)((char *)&functions + wanted[i].place) = function;
  }
  is_loaded = true;
}

hr_status hr_sqlite_load(const hr_sqlite **out) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  *out = &functions;
  return is_loaded ? HR_SUCCESS
                   : hr_error(HR_UNIMPLEMENTED, "Databases of SQLite need " LIBRARY ", which is not installed");
}

hr_code hr_code_of_sqlite(int code) {
  switch (code & 0xff) {
  case HR_SQLITE_OK:
  case HR_SQLITE_ROW:
  case HR_SQLITE_DONE: return HR_OK;
  case 3:                                 /* PERM */
  case 23: return HR_PERMISSION_DENIED;   /* AUTH */
  case 4: return HR_ABORTED;              /* ABORT */
  case 5:                                 /* BUSY */
  case 6:                                 /* LOCKED */
  case 15: return HR_UNAVAILABLE;         /* PROTOCOL */
  case 7:                                 /* NOMEM */
  case 13:                                /* FULL */
  case 18: return HR_RESOURCE_EXHAUSTED;  /* TOOBIG */
  case 8:                                 /* READONLY */
  case 20: return HR_FAILED_PRECONDITION; /* MISMATCH */
  case 9: return HR_CANCELLED;            /* INTERRUPT */
  case 11: return HR_DATA_LOSS;           /* CORRUPT */
  case 12:                                /* NOTFOUND */
  case 14:                                /* CANTOPEN */
  case 19:                                /* CONSTRAINT */
  case 26: return HR_INVALID_ARGUMENT;    /* NOTADB */
  case 2:                                 /* INTERNAL */
  case 21: return HR_INTERNAL;            /* MISUSE */
  case 25: return HR_OUT_OF_RANGE;        /* RANGE */
  default: return HR_UNKNOWN;
  }
}
