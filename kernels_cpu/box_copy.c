#include "kernels_cpu/box_copy.h"
#include "runtime/tensor/resource.h"

#include <string.h>

/* ---- rows ------------------------------------------------------------------------------------------------------ */

static hr_status copy_strings(hr_string *to, int64_t to_stride, const hr_string *from, int64_t from_stride,
                              int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    const hr_string *s = from + i * from_stride;
    HR_TRY(hr_string_set(to + i * to_stride, hr_string_data(s), hr_string_length(s)));
  }
  return HR_SUCCESS;
}

/* Each place holds a reference of its own, and gives back the one that it held. */
static void copy_handles(hr_resource **to, int64_t to_stride, hr_resource *const *from, int64_t from_stride,
                         int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    hr_resource *resource = from[i * from_stride], *old = to[i * to_stride];
    to[i * to_stride] = resource ? hr_resource_ref(resource) : NULL;
    if (old) hr_resource_unref(old);
  }
}

/* Elements that are more than their bytes, to places that are empty or hold others. */
static hr_status copy_counted(hr_dtype dtype, void *to, int64_t to_stride, const void *from, int64_t from_stride,
                              int64_t count) {
  if (dtype == HR_STRING) return copy_strings(to, to_stride, from, from_stride, count);
  copy_handles(to, to_stride, from, from_stride, count);
  return HR_SUCCESS;
}

static bool is_counted(hr_dtype dtype) { return !hr_dtype_is_plain(dtype); }

typedef struct bytes16 {
  uint64_t low, high;
} bytes16;

#define COPY_ROW(type)                                                                                                 \
  do {                                                                                                                 \
    type *t = to;                                                                                                      \
    const type *f = from;                                                                                              \
    if (to_stride == 1 && from_stride == 0) {                                                                          \
      type value = *f;                                                                                                 \
      for (int64_t i = 0; i < count; ++i)                                                                              \
        t[i] = value;                                                                                                  \
    } else if (to_stride == 1) {                                                                                       \
      for (int64_t i = 0; i < count; ++i)                                                                              \
        t[i] = f[i * from_stride];                                                                                     \
    } else {                                                                                                           \
      for (int64_t i = 0; i < count; ++i)                                                                              \
        t[i * to_stride] = f[i * from_stride];                                                                         \
    }                                                                                                                  \
  } while (0)

static void copy_row(size_t size, void *to, int64_t to_stride, const void *from, int64_t from_stride, int64_t count) {
  if (to_stride == 1 && from_stride == 1) {
    memcpy(to, from, size * (size_t)count);
    return;
  }
  switch (size) {
  case 1: COPY_ROW(uint8_t); break;
  case 2: COPY_ROW(uint16_t); break;
  case 4: COPY_ROW(uint32_t); break;
  case 8: COPY_ROW(uint64_t); break;
  default: COPY_ROW(bytes16); break;
  }
}

hr_status hr_copy_elements(hr_dtype dtype, void *to, const void *from, int64_t count) {
  if (count == 0) return HR_SUCCESS;
  if (is_counted(dtype)) return copy_counted(dtype, to, 1, from, 1, count);
  memcpy(to, from, hr_dtype_size(dtype) * (size_t)count);
  return HR_SUCCESS;
}

static bool has_equal_bytes(const char *data, size_t size) { return memcmp(data, data + 1, size - 1) == 0; }

hr_status hr_fill_elements(hr_dtype dtype, void *to, const void *from, int64_t count) {
  if (count == 0) return HR_SUCCESS;
  if (is_counted(dtype)) return copy_counted(dtype, to, 1, from, 0, count);
  size_t size = hr_dtype_size(dtype);
  if (has_equal_bytes(from, size)) /* processors clear memory without reading it first */
    memset(to, *(const unsigned char *)from, size * (size_t)count);
  else
    copy_row(size, to, 1, from, 0, count);
  return HR_SUCCESS;
}

typedef struct fill_job {
  hr_dtype dtype;
  char *to;
  const void *from;
  int64_t elements;
} fill_job;

enum { fill_unit = 4096 };

static void fill_units(void *argument, int64_t first, int64_t last) {
  const fill_job *job = argument;
  int64_t begin = first * fill_unit, end = last * fill_unit < job->elements ? last * fill_unit : job->elements;
  hr_status status =
      hr_fill_elements(job->dtype, job->to + (size_t)begin * hr_dtype_size(job->dtype), job->from, end - begin);
  hr_status_free(status); /* plain elements: none */
}

hr_status hr_fill_tensor(hr_kernel_context *ctx, const hr_tensor *out, const void *from) {
  static const double nanos_per_byte = 0.03;
  hr_dtype dtype = hr_tensor_dtype(out);
  if (is_counted(dtype)) return hr_fill_elements(dtype, hr_tensor_data(out), from, out->elements);
  fill_job job = {dtype, hr_tensor_data(out), from, out->elements};
  hr_parallel_for(ctx, (out->elements + fill_unit - 1) / fill_unit,
                  nanos_per_byte * (double)(fill_unit * hr_dtype_size(dtype)), fill_units, &job);
  return HR_SUCCESS;
}

/* ---- boxes ----------------------------------------------------------------------------------------------------- */

/* Drops dimensions of one and joins neighbours that both sides walk as one. */
static hr_box simplified(const hr_box *in) {
  hr_box out = {0};
  for (int i = 0; i < in->rank; ++i) {
    if (in->dims[i] == 1) continue;
    int last = out.rank - 1;
    if (last >= 0 && out.to[last] == in->to[i] * in->dims[i] && out.from[last] == in->from[i] * in->dims[i]) {
      out.dims[last] *= in->dims[i];
      out.to[last] = in->to[i];
      out.from[last] = in->from[i];
    } else {
      hr_box_add(&out, in->dims[i], in->to[i], in->from[i]);
    }
  }
  if (out.rank == 0) hr_box_add(&out, 1, 1, 1);
  return out;
}

/* Columns of a transposition are walked in runs of this many elements, so that a cache line serves all its elements. */
enum { run_length = 32 };

/* Where a reader would stride in the innermost dimension but not in another one, that other one is split in runs, and
 * the runs are put right outside the innermost dimension; copy_transposed then does run x innermost at a time. */
typedef struct job {
  hr_box box; /* the outer dimensions */
  size_t size;
  int64_t count, to_stride, from_stride; /* the row */
  int64_t run_dim, run_to, run_count;    /* the transposed dimension; run_count 0: none */
  void *to;
  const void *from;
} job;

/* A tile of the source is brought into memory of its own first: where rows lie a power of two apart, their lines would
 * drive each other out of the first-level cache. */
enum { tile_columns = 32 };

#define TRANSPOSE_TILE(type)                                                                                           \
  do {                                                                                                                 \
    type tile[tile_columns][run_length];                                                                               \
    for (int64_t i = 0; i < count; ++i)                                                                                \
      memcpy(tile[i], (const type *)from + i * from_stride, sizeof(type) * (size_t)runs);                              \
    for (int64_t r = 0; r < runs; ++r) {                                                                               \
      type *row = (type *)to + r * to_stride;                                                                          \
      for (int64_t i = 0; i < count; ++i)                                                                              \
        row[i] = tile[i][r];                                                                                           \
    }                                                                                                                  \
  } while (0)

/* Four by four elements in registers. */
typedef uint32_t quad __attribute__((vector_size(16), aligned(4)));
static void transpose_quads(uint32_t *to, int64_t to_stride, const uint32_t *from, int64_t from_stride) {
  const quad a = *(const quad *)from, b = *(const quad *)(from + from_stride);
  const quad c = *(const quad *)(from + 2 * from_stride), d = *(const quad *)(from + 3 * from_stride);
  const quad ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5), ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  const quad cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5), cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  *(quad *)to = __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5);
  *(quad *)(to + to_stride) = __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7);
  *(quad *)(to + 2 * to_stride) = __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5);
  *(quad *)(to + 3 * to_stride) = __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7);
}

/* A whole tile of words. What the next one reads and writes is fetched meanwhile: each of its rows is on a page of its
 * own, so that the processor does not look ahead. */
static void transpose_words(uint32_t *to, int64_t to_stride, const uint32_t *from, int64_t from_stride,
                            bool is_followed) {
  enum { line = 64 / sizeof(uint32_t) };
  uint32_t tile[tile_columns][run_length];
  int64_t next_from = is_followed ? tile_columns * from_stride : 0, next_to = is_followed ? tile_columns : 0;
  for (int64_t i = 0; i < tile_columns; ++i) {
    memcpy(tile[i], from + i * from_stride, sizeof tile[i]);
    for (int64_t r = 0; r < run_length; r += line)
      __builtin_prefetch(from + i * from_stride + next_from + r);
  }
  for (int64_t r = 0; r < run_length; r += 4) {
    for (int64_t row = r; row < r + 4; ++row)
      for (int64_t i = 0; i < tile_columns; i += line)
        __builtin_prefetch(to + row * to_stride + next_to + i, 1);
    for (int64_t i = 0; i < tile_columns; i += 4)
      transpose_quads(to + r * to_stride + i, to_stride, &tile[i][r], run_length);
  }
}

/* to[r * to_stride + i] = from[i * from_stride + r], for i < count and r < runs. */
static void transpose_tile(size_t size, void *to, int64_t to_stride, const void *from, int64_t from_stride,
                           int64_t count, int64_t runs, bool is_followed) {
  if (size == 4 && count == tile_columns && runs == run_length) {
    transpose_words(to, to_stride, from, from_stride, is_followed);
    return;
  }
  switch (size) {
  case 1: TRANSPOSE_TILE(uint8_t); break;
  case 2: TRANSPOSE_TILE(uint16_t); break;
  case 4: TRANSPOSE_TILE(uint32_t); break;
  case 8: TRANSPOSE_TILE(uint64_t); break;
  default: TRANSPOSE_TILE(bytes16); break;
  }
}

static void copy_transposed(const job *job, char *to, const char *from, int64_t runs) {
  enum { columns = tile_columns };
  if (job->to_stride == 1) {
    for (int64_t start = 0; start < job->count; start += columns) {
      int64_t count = job->count - start < columns ? job->count - start : columns;
      transpose_tile(job->size, to + start * (int64_t)job->size, job->run_to,
                     from + start * job->from_stride * (int64_t)job->size, job->from_stride, count, runs,
                     start + 2 * columns <= job->count);
    }
    return;
  }
  for (int64_t start = 0; start < job->count; start += columns) {
    int64_t count = job->count - start < columns ? job->count - start : columns;
    for (int64_t r = 0; r < runs; ++r)
      copy_row(job->size, to + (r * job->run_to + start * job->to_stride) * (int64_t)job->size, job->to_stride,
               from + (r + start * job->from_stride) * (int64_t)job->size, job->from_stride, count);
  }
}

static void copy_rows(void *argument, int64_t begin, int64_t end) {
  const job *job = argument;
  const hr_box *box = &job->box;
  int64_t runs = job->run_count ? job->run_count : 1;
  int64_t run = begin % runs, outer = begin / runs;
  int64_t at[HR_BOX_RANK], to_at = 0, from_at = 0;
  for (int i = box->rank; i-- > 0;) {
    at[i] = outer % box->dims[i];
    outer /= box->dims[i];
    to_at += at[i] * box->to[i];
    from_at += at[i] * box->from[i];
  }
  for (int64_t index = begin; index < end; ++index) {
    int64_t size = (int64_t)job->size;
    if (job->run_count) {
      int64_t start = run * run_length;
      int64_t length = job->run_dim - start < run_length ? job->run_dim - start : run_length;
      copy_transposed(job, (char *)job->to + (to_at + start * job->run_to) * size,
                      (const char *)job->from + (from_at + start) * size, length);
    } else {
      copy_row(job->size, (char *)job->to + to_at * size, job->to_stride, (const char *)job->from + from_at * size,
               job->from_stride, job->count);
    }
    if (++run < runs) continue;
    run = 0;
    for (int i = box->rank; i-- > 0;) {
      to_at += box->to[i];
      from_at += box->from[i];
      if (++at[i] < box->dims[i]) break;
      to_at -= box->to[i] * box->dims[i];
      from_at -= box->from[i] * box->dims[i];
      at[i] = 0;
    }
  }
}

static void remove_dim(hr_box *box, int at) {
  --box->rank;
  for (int i = at; i < box->rank; ++i) {
    box->dims[i] = box->dims[i + 1];
    box->to[i] = box->to[i + 1];
    box->from[i] = box->from[i + 1];
  }
}

static hr_status copy_counted_box(const hr_box *box, int dim, hr_dtype dtype, char *to, const char *from) {
  if (dim == box->rank - 1) return copy_counted(dtype, to, box->to[dim], from, box->from[dim], box->dims[dim]);
  int64_t size = (int64_t)hr_dtype_size(dtype);
  for (int64_t i = 0; i < box->dims[dim]; ++i)
    HR_TRY(copy_counted_box(box, dim + 1, dtype, to + i * box->to[dim] * size, from + i * box->from[dim] * size));
  return HR_SUCCESS;
}

static hr_status copy_box(hr_kernel_context *ctx, hr_dtype dtype, const hr_box *box, void *to, const void *from) {
  for (int i = 0; i < box->rank; ++i)
    if (box->dims[i] == 0) return HR_SUCCESS;
  job job = {.box = simplified(box), .size = hr_dtype_size(dtype), .to = to, .from = from};
  if (is_counted(dtype)) return copy_counted_box(&job.box, 0, dtype, to, from);
  int inner = job.box.rank - 1;
  job.count = job.box.dims[inner];
  job.to_stride = job.box.to[inner];
  job.from_stride = job.box.from[inner];
  job.box.rank = inner;
  for (int i = 0; i < inner && job.from_stride != 1; ++i) {
    if (job.box.from[i] != 1) continue;
    job.run_dim = job.box.dims[i];
    job.run_to = job.box.to[i];
    job.run_count = (job.run_dim + run_length - 1) / run_length;
    remove_dim(&job.box, i);
    break;
  }
  int64_t total = job.run_count ? job.run_count : 1;
  for (int i = 0; i < job.box.rank; ++i)
    total *= job.box.dims[i];
  static const double nanos_per_byte = 0.1, nanos_per_row = 2;
  double row = nanos_per_row + nanos_per_byte * (double)job.size * (double)job.count * (job.run_count ? run_length : 1);
  if (ctx)
    hr_parallel_for(ctx, total, row, copy_rows, &job);
  else
    copy_rows(&job, 0, total);
  return HR_SUCCESS;
}

hr_status hr_box_copy(hr_kernel_context *ctx, hr_dtype dtype, const hr_box *box, void *to, const void *from) {
  return copy_box(ctx, dtype, box, to, from);
}

hr_status hr_box_copy_here(hr_dtype dtype, const hr_box *box, void *to, const void *from) {
  return copy_box(NULL, dtype, box, to, from);
}
