/* IDX files: two zero bytes, the element type, the rank, sizes as big-endian 32-bit numbers, elements big-endian. */
#include "headrace/io.h"

#include "runtime/io/file.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* Deflate makes at most 1032 bytes of one, so a longer claim is damage and gets no memory. */
#define MAX_RATIO 1032

static hr_status damaged(const char *path, const char *what) { return hr_error(HR_DATA_LOSS, "%s; %s", path, what); }

/* Reads exactly `length` bytes. */
static hr_status read_exactly(gzFile file, const char *path, void *bytes, size_t length) {
  for (size_t done = 0; done < length;) {
    size_t step = length - done < INT32_MAX ? length - done : INT32_MAX;
    int n = gzread(file, (char *)bytes + done, (unsigned)step);
    if (n <= 0) {
      int error;
      const char *text = gzerror(file, &error);
      if (error == Z_ERRNO) return hr_error_from_errno(errno, path);
      return damaged(path, n < 0 ? text : "the file ends too early");
    }
    done += (size_t)n;
  }
  return HR_SUCCESS;
}

static hr_dtype dtype_of(uint8_t code) {
  switch (code) {
  case 0x08: return HR_UINT8;
  case 0x09: return HR_INT8;
  case 0x0b: return HR_INT16;
  case 0x0c: return HR_INT32;
  case 0x0d: return HR_FLOAT;
  case 0x0e: return HR_DOUBLE;
  default: return HR_INVALID;
  }
}

static void swap_bytes(void *data, int64_t count, size_t size) {
  if (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ || size == 1) return;
  for (uint8_t *element = data; count > 0; --count, element += size)
    for (size_t i = 0; i < size / 2; ++i) {
      uint8_t byte = element[i];
      element[i] = element[size - 1 - i];
      element[size - 1 - i] = byte;
    }
}

static hr_status read_header(gzFile file, const char *path, hr_dtype *dtype, hr_shape *shape) {
  uint8_t magic[4], sizes[4 * HR_MAX_RANK];
  HR_TRY(read_exactly(file, path, magic, sizeof magic));
  *dtype = dtype_of(magic[2]);
  if (magic[0] != 0 || magic[1] != 0 || *dtype == HR_INVALID || magic[3] > HR_MAX_RANK)
    return hr_error(HR_DATA_LOSS, "%s; not an IDX file: it starts with bytes %02x %02x %02x %02x", path, magic[0],
                    magic[1], magic[2], magic[3]);
  int64_t dims[HR_MAX_RANK];
  HR_TRY(read_exactly(file, path, sizes, 4 * (size_t)magic[3]));
  for (int i = 0; i < magic[3]; ++i)
    dims[i] = (int64_t)sizes[4 * i] << 24 | sizes[4 * i + 1] << 16 | sizes[4 * i + 2] << 8 | sizes[4 * i + 3];
  hr_status status = hr_shape_make(magic[3], dims, shape);
  if (!status) return HR_SUCCESS;
  hr_status damage = damaged(path, hr_status_message(status));
  hr_status_free(status);
  return damage;
}

static hr_status read_elements(gzFile file, const char *path, uint64_t file_size, hr_tensor *out) {
  hr_dtype dtype;
  hr_shape shape;
  HR_TRY(read_header(file, path, &dtype, &shape));
  uint64_t bytes;
  if (__builtin_mul_overflow((uint64_t)hr_shape_elements(&shape), hr_dtype_size(dtype), &bytes) ||
      bytes / MAX_RATIO > file_size) {
    char text[HR_SHAPE_TEXT];
    return hr_error(HR_DATA_LOSS, "%s; a file of %" PRIu64 " bytes cannot hold shape %s", path, file_size,
                    hr_shape_text(&shape, text));
  }
  HR_TRY(hr_tensor_new(hr_cpu_allocator(), dtype, &shape, out));
  HR_TRY(read_exactly(file, path, hr_tensor_data(out), (size_t)bytes));
  swap_bytes(hr_tensor_data(out), out->elements, hr_dtype_size(dtype));
  char beyond;
  int error, more = gzread(file, &beyond, 1); /* also makes zlib check what stands behind the elements */
  gzerror(file, &error);
  if (more > 0) return damaged(path, "the file goes on beyond its elements");
  return more < 0 || error != Z_OK ? damaged(path, "its checksum is wrong or missing") : HR_SUCCESS;
}

hr_status hr_idx_read(const char *path, hr_tensor *out) {
  *out = (hr_tensor){0};
  hr_input_file *plain;
  uint64_t file_size;
  HR_TRY(hr_input_file_open(path, &plain));
  hr_status status = hr_input_file_size(plain, &file_size);
  hr_input_file_close(plain);
  if (status) return status;
  errno = 0;
  gzFile file = gzopen(path, "rbe");
  if (!file) return errno ? hr_error_from_errno(errno, path) : hr_error_out_of_memory(file_size, path);
  status = read_elements(file, path, file_size, out);
  gzclose_r(file);
  if (status) hr_tensor_clear(out);
  return status;
}
