/* Files in memory for the fuzzers of readers that take a path. */
#ifndef HR_TESTS_FUZZ_FILE_H
#define HR_TESTS_FUZZ_FILE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct fuzz_file {
  int fd;
  char path[40];
} fuzz_file;

static inline void fuzz_write(int fd, const void *bytes, size_t length) {
  if (write(fd, bytes, length) != (ssize_t)length) abort();
}

static inline fuzz_file fuzz_file_of(const void *bytes, size_t length) {
  fuzz_file file = {.fd = memfd_create("fuzz", MFD_CLOEXEC)};
  if (file.fd < 0) abort();
  fuzz_write(file.fd, bytes, length);
  snprintf(file.path, sizeof file.path, "/proc/self/fd/%d", file.fd);
  return file;
}

#endif
