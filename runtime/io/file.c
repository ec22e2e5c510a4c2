#include "runtime/io/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

hr_file_calls hr_file_system_calls = {.write = write, .fsync = fsync, .rename = rename, .unlink = unlink};

static hr_code code_of(int error) {
  switch (error) {
  case EINVAL:
  case ENAMETOOLONG:
  case ELOOP:
  case ESPIPE: return HR_INVALID_ARGUMENT;
  case ENOENT:
  case ENODEV:
  case ENXIO: return HR_NOT_FOUND;
  case EEXIST: return HR_ALREADY_EXISTS;
  case EPERM:
  case EACCES:
  case EROFS: return HR_PERMISSION_DENIED;
  case ENOTEMPTY:
  case EISDIR:
  case ENOTDIR:
  case EBADF:
  case EBUSY:
  case EPIPE:
  case ETXTBSY: return HR_FAILED_PRECONDITION;
  case ENOSPC:
  case EDQUOT:
  case EMFILE:
  case ENFILE:
  case EMLINK:
  case ENOMEM: return HR_RESOURCE_EXHAUSTED;
  case EFBIG:
  case EOVERFLOW: return HR_OUT_OF_RANGE;
  case ENOSYS:
  case EOPNOTSUPP:
  case EXDEV: return HR_UNIMPLEMENTED;
  case EAGAIN: return HR_UNAVAILABLE;
  case ETIMEDOUT: return HR_DEADLINE_EXCEEDED;
  case ESTALE:
  case EDEADLK: return HR_ABORTED;
  default: return HR_UNKNOWN;
  }
}

hr_status hr_error_from_errno(int error, const char *path) {
  char text[128];
  return hr_error(code_of(error), "%s; %s", path, strerror_r(error, text, sizeof text));
}

static int open_retrying(const char *path, int flags) {
  int fd;
  do {
    fd = open(path, flags | O_CLOEXEC, 0666);
  } while (fd < 0 && errno == EINTR);
  return fd;
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

struct hr_input_file {
  int fd;
  char path[];
};

hr_status hr_input_file_open(const char *path, hr_input_file **out) {
  *out = NULL;
  size_t length = strlen(path);
  hr_input_file *file = malloc(sizeof *file + length + 1);
  if (!file) return hr_error_out_of_memory(sizeof *file + length + 1, "an open file");
  memcpy(file->path, path, length + 1);
  file->fd = open_retrying(path, O_RDONLY);
  if (file->fd < 0) {
    hr_status status = hr_error_from_errno(errno, path);
    free(file);
    return status;
  }
  *out = file;
  return HR_SUCCESS;
}

void hr_input_file_close(hr_input_file *file) {
  if (!file) return;
  close(file->fd);
  free(file);
}

const char *hr_input_file_path(const hr_input_file *file) { return file->path; }

hr_status hr_input_file_size(const hr_input_file *file, uint64_t *size) {
  struct stat info;
  if (fstat(file->fd, &info) != 0) return hr_error_from_errno(errno, file->path);
  *size = (uint64_t)info.st_size;
  return HR_SUCCESS;
}

hr_status hr_input_file_read(const hr_input_file *file, uint64_t offset, void *bytes, size_t length, size_t *count) {
  *count = 0;
  if (offset > INT64_MAX || length > INT64_MAX - offset) return hr_error_from_errno(EOVERFLOW, file->path);
  while (*count < length) {
    ssize_t n = pread(file->fd, (char *)bytes + *count, length - *count, (off_t)(offset + *count));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return hr_error_from_errno(errno, file->path);
    if (n == 0) break;
    *count += (size_t)n;
  }
  return HR_SUCCESS;
}

hr_status hr_file_read_all(const char *path, size_t limit, char **bytes, size_t *length) {
  *bytes = NULL;
  *length = 0;
  hr_input_file *file;
  HR_TRY(hr_input_file_open(path, &file));
  uint64_t size;
  char *buffer = NULL;
  hr_status status;
  HR_TRY_GOTO(status, hr_input_file_size(file, &size), done);
  if (size > limit) {
    status = hr_error(HR_RESOURCE_EXHAUSTED, "%s; %llu bytes, and at most %zu are read", path, (unsigned long long)size,
                      limit);
    goto done;
  }
  buffer = malloc((size_t)size + 1);
  if (!buffer) {
    status = hr_error_out_of_memory(size + 1, path);
    goto done;
  }
  HR_TRY_GOTO(status, hr_input_file_read(file, 0, buffer, (size_t)size, length), done);
  buffer[*length] = '\0';
  *bytes = buffer;
  buffer = NULL;
done:
  free(buffer);
  hr_input_file_close(file);
  return status;
}

/* ---- writing --------------------------------------------------------------------------------------------------- */

#define OUTPUT_BUFFER ((size_t)64 << 10)

struct hr_output_file {
  int fd;
  int failure; /* errno of the first error, 0 before it */
  uint64_t length;
  uint64_t written_back;
  size_t pending; /* bytes in the buffer */
  char *path;
  char buffer[OUTPUT_BUFFER];
};

hr_status hr_output_file_open(const char *path, hr_output_mode mode, hr_output_file **out) {
  static const int flags[] = {
      [HR_OUTPUT_REPLACE] = O_TRUNC, [HR_OUTPUT_APPEND] = O_APPEND, [HR_OUTPUT_EXCLUSIVE] = O_EXCL};
  *out = NULL;
  hr_output_file *file = malloc(sizeof *file);
  char *copy = strdup(path);
  if (!file || !copy) {
    free(file);
    free(copy);
    return hr_error_out_of_memory(sizeof *file, "an open file");
  }
  file->fd = open_retrying(path, O_WRONLY | O_CREAT | flags[mode]);
  if (file->fd < 0) {
    hr_status status = hr_error_from_errno(errno, path);
    free(file);
    free(copy);
    return status;
  }
  file->failure = 0;
  file->length = 0;
  file->written_back = 0;
  file->pending = 0;
  file->path = copy;
  *out = file;
  return HR_SUCCESS;
}

static hr_status fail(hr_output_file *file, int error) {
  if (!file->failure) file->failure = error;
  return hr_error_from_errno(file->failure, file->path);
}

static hr_status write_all(hr_output_file *file, const char *bytes, size_t length) {
  if (file->failure) return fail(file, file->failure);
  while (length > 0) {
    ssize_t n = hr_file_system_calls.write(file->fd, bytes, length);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return fail(file, n < 0 ? errno : ENOSPC);
    bytes += n;
    length -= (size_t)n;
  }
  return HR_SUCCESS;
}

hr_status hr_output_file_flush(hr_output_file *file) {
  size_t pending = file->pending;
  file->pending = 0;
  return write_all(file, file->buffer, pending);
}

hr_status hr_output_file_append(hr_output_file *file, const void *bytes, size_t length) {
  if (file->failure) return fail(file, file->failure);
  file->length += length;
  if (length > OUTPUT_BUFFER - file->pending) {
    HR_TRY(hr_output_file_flush(file));
    if (length >= OUTPUT_BUFFER) return write_all(file, bytes, length);
  }
  if (length) memcpy(file->buffer + file->pending, bytes, length);
  file->pending += length;
  return HR_SUCCESS;
}

uint64_t hr_output_file_length(const hr_output_file *file) { return file->length; }

void hr_output_file_write_back(hr_output_file *file) {
#ifdef SYNC_FILE_RANGE_WRITE
  static const uint64_t much = 16 << 20;
  uint64_t begin = file->written_back, handed = file->length - file->pending;
  if (handed - begin < much) return;
  (void)sync_file_range(file->fd, (off_t)begin, (off_t)(handed - begin), SYNC_FILE_RANGE_WRITE); /* advice */
  file->written_back = handed;
#else
  (void)file;
#endif
}

hr_status hr_output_file_sync(hr_output_file *file) {
  HR_TRY(hr_output_file_flush(file));
  while (hr_file_system_calls.fsync(file->fd) != 0) {
    if (errno == EINVAL || errno == EROFS) break; /* a pipe or device: nothing to wait for */
    if (errno != EINTR) return fail(file, errno);
  }
  return HR_SUCCESS;
}

hr_status hr_output_file_close(hr_output_file *file) {
  hr_status status = hr_output_file_flush(file);
  /* Some file systems report a full disk only here. The descriptor is gone even after EINTR. */
  if (close(file->fd) != 0 && errno != EINTR) hr_status_keep_first(&status, hr_error_from_errno(errno, file->path));
  free(file->path);
  free(file);
  return status;
}

void hr_output_file_discard(hr_output_file *file) {
  if (!file) return;
  close(file->fd);
  free(file->path);
  free(file);
}

char *hr_file_temporary_name_dup(const char *path) {
  static _Atomic unsigned counter;
  char *name;
  unsigned number = atomic_fetch_add(&counter, 1);
  return asprintf(&name, "%s.tempstate%ld%06u", path, (long)getpid(), number) < 0 ? NULL : name;
}

hr_status hr_file_replace(const char *path, const void *bytes, size_t length) {
  char *temporary = hr_file_temporary_name_dup(path);
  if (!temporary) return hr_error_out_of_memory(strlen(path), "a file name");
  hr_output_file *file;
  hr_status status = hr_output_file_open(temporary, HR_OUTPUT_REPLACE, &file);
  if (!status) {
    status = hr_output_file_append(file, bytes, length);
    if (!status) status = hr_output_file_sync(file);
    hr_status_keep_first(&status, hr_output_file_close(file));
    if (!status) status = hr_file_rename(temporary, path);
    if (status)
      hr_status_free(hr_file_delete(temporary));
    else
      status = hr_file_sync_directory_of(path);
  }
  free(temporary);
  return status;
}

hr_status hr_file_copy(const char *from, const char *to) {
  hr_input_file *in;
  hr_output_file *out = NULL;
  HR_TRY(hr_input_file_open(from, &in));
  hr_status status = hr_output_file_open(to, HR_OUTPUT_REPLACE, &out);
  char block[65536];
  size_t count = sizeof block;
  for (uint64_t offset = 0; !status && count == sizeof block; offset += count) {
    status = hr_input_file_read(in, offset, block, sizeof block, &count);
    if (!status) status = hr_output_file_append(out, block, count);
  }
  if (out) hr_status_keep_first(&status, hr_output_file_close(out));
  hr_input_file_close(in);
  return status;
}

/* ---- names and directories ------------------------------------------------------------------------------------- */

bool hr_file_exists(const char *path) {
  struct stat info;
  return stat(path, &info) == 0;
}

hr_status hr_file_rename(const char *from, const char *to) {
  return hr_file_system_calls.rename(from, to) == 0 ? HR_SUCCESS : hr_error_from_errno(errno, from);
}

hr_status hr_file_delete(const char *path) {
  return hr_file_system_calls.unlink(path) == 0 ? HR_SUCCESS : hr_error_from_errno(errno, path);
}

hr_status hr_file_sync_directory_of(const char *path) {
  char *directory = hr_path_directory_dup(path);
  if (!directory) return hr_error_out_of_memory(strlen(path), "a file name");
  hr_status status = HR_SUCCESS;
  int fd = open_retrying(*directory ? directory : ".", O_RDONLY | O_DIRECTORY);
  /* Some file systems cannot sync a directory (EINVAL); then there is nothing better to do. */
  if (fd < 0 || (hr_file_system_calls.fsync(fd) != 0 && errno != EINVAL))
    status = hr_error_from_errno(errno, directory);
  if (fd >= 0) close(fd);
  free(directory);
  return status;
}

hr_status hr_directory_create(const char *path) {
  struct stat info;
  if (*path == '\0' || (stat(path, &info) == 0 && S_ISDIR(info.st_mode))) return HR_SUCCESS;
  size_t length = strlen(path);
  char *partial = strdup(path);
  if (!partial) return hr_error_out_of_memory(length, "a file name");
  int error = 0;
  for (size_t i = 1; i <= length && !error; ++i) {
    if (path[i] != '/' && path[i] != '\0') continue;
    partial[i] = '\0';
    if (mkdir(partial, 0777) != 0) error = errno;
    /* Exists, or cannot be made but is there (a mount that is read-only above): both fine where it is a directory. */
    if (error && stat(partial, &info) == 0) error = S_ISDIR(info.st_mode) ? 0 : i < length ? ENOTDIR : EEXIST;
    partial[i] = path[i];
  }
  free(partial);
  return error ? hr_error_from_errno(error, path) : HR_SUCCESS;
}

hr_status hr_directory_is_empty(const char *path, bool *empty) {
  DIR *directory = opendir(path);
  if (!directory) return hr_error_from_errno(errno, path);
  *empty = true;
  for (const struct dirent *entry; *empty && (entry = readdir(directory));)
    *empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
  closedir(directory);
  return HR_SUCCESS;
}

hr_status hr_directory_delete(const char *path) {
  return rmdir(path) == 0 ? HR_SUCCESS : hr_error_from_errno(errno, path);
}

static int compare_paths(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

hr_status hr_file_match(const char *pattern, hr_path_list *out) {
  *out = (hr_path_list){0};
  glob_t found;
  int result = glob(pattern, GLOB_NOSORT, NULL, &found);
  if (result == GLOB_NOSPACE) return hr_error_out_of_memory(strlen(pattern), "matching file names");
  if (result == GLOB_NOMATCH) return HR_SUCCESS;
  if (result != 0) return hr_error(HR_UNKNOWN, "%s; could not be matched", pattern);
  hr_status status = HR_SUCCESS;
  out->paths = calloc(found.gl_pathc + 1, sizeof *out->paths);
  for (size_t i = 0; i < found.gl_pathc && !status; ++i) {
    char *copy = out->paths ? strdup(found.gl_pathv[i]) : NULL;
    if (copy)
      out->paths[out->count++] = copy;
    else
      status = hr_error_out_of_memory(found.gl_pathc, "file names");
  }
  globfree(&found);
  if (status)
    hr_path_list_clear(out);
  else
    qsort(out->paths, out->count, sizeof *out->paths, compare_paths);
  return status;
}

hr_status hr_path_list_take(hr_path_list *to, hr_path_list *from) {
  char **paths = realloc(to->paths, sizeof *paths * (to->count + from->count + 1));
  if (!paths) return hr_error_out_of_memory(sizeof *paths * to->count, "paths");
  to->paths = paths;
  for (size_t i = 0; i < from->count; ++i)
    paths[to->count++] = from->paths[i];
  from->count = 0;
  return HR_SUCCESS;
}

void hr_path_list_clear(hr_path_list *list) {
  for (size_t i = 0; i < list->count; ++i)
    free(list->paths[i]);
  free(list->paths);
  *list = (hr_path_list){0};
}
