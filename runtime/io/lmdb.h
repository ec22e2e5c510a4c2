/* LMDB databases: their records in the order of their keys, read only.
 *
 * A database is a tree of pages in one file, of which the library that writes it keeps two versions; the younger one is
 * read. Nothing is mapped or locked: every page is read when it is needed, and every number in it is checked, so that a
 * damaged file is DataLoss. Whoever writes to the database meanwhile may make it look damaged. */
#ifndef HR_RUNTIME_IO_LMDB_H
#define HR_RUNTIME_IO_LMDB_H

#include "headrace/status.h"
#include "runtime/base/text.h"

#include <stdbool.h>

typedef struct hr_lmdb hr_lmdb;

/* `path` is the database's folder, which holds data.mdb, or its file. NotFound and other errors of files, DataLoss for
 * what is no database, Unimplemented for one that keeps several values to a key. */
HR_MUST_USE hr_status hr_lmdb_open(const char *path, hr_lmdb **out);
void hr_lmdb_close(hr_lmdb *db); /* NULL is allowed */

/* The next record of the main table; false at the end. Both views are good until the next call. */
HR_MUST_USE hr_status hr_lmdb_next(hr_lmdb *db, hr_view *key, hr_view *value, bool *is_there);

#endif
