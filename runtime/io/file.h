/* Files: positioned reading, buffered appending, atomic replacement, directories.
 *
 * Errors are TensorFlow's for the same errno (NotFound, PermissionDenied, ResourceExhausted for a full disk, ...) with
 * the message "PATH; TEXT OF THE ERRNO". Interrupted and short system calls are carried on.
 */
#ifndef HR_RUNTIME_IO_FILE_H
#define HR_RUNTIME_IO_FILE_H

#include "headrace/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The error for an errno value met at `path`. */
HR_MUST_USE hr_status hr_error_from_errno(int error, const char *path);

/* The system calls through which files change. Tests put failing ones in their place, to fill the disk or to stop half
 * way; nobody else writes here. */
typedef struct hr_file_calls {
  ssize_t (*write)(int fd, const void *bytes, size_t length);
  int (*fsync)(int fd);
  int (*rename)(const char *from, const char *to);
  int (*unlink)(const char *path);
} hr_file_calls;
extern hr_file_calls hr_file_system_calls;

/* ---- reading --------------------------------------------------------------------------------------------------- */

/* A file open for positioned reads; any number of threads may read at once. */
typedef struct hr_input_file hr_input_file;

HR_MUST_USE hr_status hr_input_file_open(const char *path, hr_input_file **out);
void hr_input_file_close(hr_input_file *file); /* NULL is allowed */
const char *hr_input_file_path(const hr_input_file *file);

/* The size now. */
HR_MUST_USE hr_status hr_input_file_size(const hr_input_file *file, uint64_t *size);

/* Reads up to `length` bytes at `offset`; `*count` is smaller only where the file ends. */
HR_MUST_USE hr_status hr_input_file_read(const hr_input_file *file, uint64_t offset, void *bytes, size_t length,
                                         size_t *count);

/* The whole file, NUL-terminated beyond `*length`; to be freed with free(). Refuses files over `limit` bytes with
 * ResourceExhausted. */
HR_MUST_USE hr_status hr_file_read_all(const char *path, size_t limit, char **bytes, size_t *length);

/* ---- writing --------------------------------------------------------------------------------------------------- */

/* A file open for appending, buffered. Not thread-safe. After an error every later call gives an error too. */
typedef struct hr_output_file hr_output_file;

typedef enum hr_output_mode {
  HR_OUTPUT_REPLACE,   /* an existing file is cut to nothing */
  HR_OUTPUT_APPEND,    /* an existing file is continued */
  HR_OUTPUT_EXCLUSIVE, /* an existing file is AlreadyExists */
} hr_output_mode;

HR_MUST_USE hr_status hr_output_file_open(const char *path, hr_output_mode mode, hr_output_file **out);
HR_MUST_USE hr_status hr_output_file_append(hr_output_file *file, const void *bytes, size_t length);
/* Bytes appended so far, the file's earlier contents not counted. */
uint64_t hr_output_file_length(const hr_output_file *file);
/* Hands the buffer to the system. */
HR_MUST_USE hr_status hr_output_file_flush(hr_output_file *file);
/* Has the system begin to write what it was handed and is much, so that a sync waits less. */
void hr_output_file_write_back(hr_output_file *file);
/* Flushes and waits until the disk has the bytes. */
HR_MUST_USE hr_status hr_output_file_sync(hr_output_file *file);
/* Flushes, closes and frees, whatever it returns. */
HR_MUST_USE hr_status hr_output_file_close(hr_output_file *file);
/* Closes without writing what is still in the buffer; NULL is allowed. */
void hr_output_file_discard(hr_output_file *file);

/* Replaces a file's contents at one stroke: whoever opens it, after a crash too, finds the old bytes or the new. */
HR_MUST_USE hr_status hr_file_replace(const char *path, const void *bytes, size_t length);

/* Copies a file's contents over another's, or to a new file. */
HR_MUST_USE hr_status hr_file_copy(const char *from, const char *to);

/* "<path>.tempstate<number>", a name beside `path` that nobody else uses; to be freed with free(), NULL when out of
 * memory. */
char *hr_file_temporary_name_dup(const char *path);

/* ---- names and directories ------------------------------------------------------------------------------------- */

bool hr_file_exists(const char *path);
HR_MUST_USE hr_status hr_file_rename(const char *from, const char *to);
HR_MUST_USE hr_status hr_file_delete(const char *path);

/* Makes renames and deletions in the directory that holds `path` last through a crash. */
HR_MUST_USE hr_status hr_file_sync_directory_of(const char *path);

/* Makes a directory and its missing parents; one that exists is no error. */
HR_MUST_USE hr_status hr_directory_create(const char *path);
HR_MUST_USE hr_status hr_directory_is_empty(const char *path, bool *empty);
/* Deletes an empty directory. */
HR_MUST_USE hr_status hr_directory_delete(const char *path);

/* What stands before the last '/' of a path ("" without one); to be freed with free(), NULL when out of memory. */
char *hr_path_directory_dup(const char *path);
/* `directory`/`name`; `name` alone where it is absolute or the directory is empty. As above. */
char *hr_path_join_dup(const char *directory, const char *name);
/* The way from a directory to a path, as Python's os.path.relpath tells it: both are seen from the working directory,
 * "." and ".." are resolved by their text. As above. */
char *hr_path_relative_dup(const char *path, const char *directory);

/* Paths that match a shell pattern (*, ?, [..]), sorted by bytes. No match is an empty list. */
typedef struct hr_path_list {
  char **paths;
  size_t count;
} hr_path_list;
HR_MUST_USE hr_status hr_file_match(const char *pattern, hr_path_list *out);
/* Moves all paths of one list behind those of another. ResourceExhausted. */
HR_MUST_USE hr_status hr_path_list_take(hr_path_list *to, hr_path_list *from);
void hr_path_list_clear(hr_path_list *list);

#endif
