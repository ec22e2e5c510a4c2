/* Segment reductions: rows of a tensor that carry the same number are combined. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/elementwise.h"
#include <float.h>
#include <string.h>

/* How rows are combined, and what an empty segment is. */
typedef struct segment_op {
  hr_elementwise combine;
  uint32_t divide; /* offset of the loop that makes means of sums; 0: none */
  float sorted_empty, unsorted_empty;
} segment_op;

/* Fills n elements with a number that every type has; the lowest (highest) finite number of its own for infinities. */
static void fill(hr_dtype dtype, float number, char *out, int64_t n) {
  static const hr_half half_limits[] = {{0xfbff}, {0x7bff}};
  static const hr_bfloat16 bfloat16_limits[] = {{0xff7f}, {0x7f7f}};
  static const float float_limits[] = {-FLT_MAX, FLT_MAX};
  static const double double_limits[] = {-DBL_MAX, DBL_MAX};
  bool is_limit = number > FLT_MAX || number<-FLT_MAX, is_high = number> 0;
  size_t size = hr_dtype_size(dtype);
  if (n == 0) return;
  if (!is_limit && dtype == HR_FLOAT) memcpy(out, &number, size);
  if (!is_limit && dtype != HR_FLOAT) hr_loops->cast[HR_FLOAT][dtype](out, &number, 1);
  if (is_limit) {
    switch (dtype) {
    case HR_HALF: memcpy(out, &half_limits[is_high], size); break;
    case HR_BFLOAT16: memcpy(out, &bfloat16_limits[is_high], size); break;
    case HR_FLOAT: memcpy(out, &float_limits[is_high], size); break;
    case HR_DOUBLE: memcpy(out, &double_limits[is_high], size); break;
    case HR_INT8: (is_high ? hr_loops->Min_i8 : hr_loops->Max_i8).identity(out, 1); break;
    case HR_INT16: (is_high ? hr_loops->Min_i16 : hr_loops->Max_i16).identity(out, 1); break;
    case HR_INT32: (is_high ? hr_loops->Min_i32 : hr_loops->Max_i32).identity(out, 1); break;
    case HR_INT64: (is_high ? hr_loops->Min_i64 : hr_loops->Max_i64).identity(out, 1); break;
    case HR_UINT8: (is_high ? hr_loops->Min_u8 : hr_loops->Max_u8).identity(out, 1); break;
    default: (is_high ? hr_loops->Min_u16 : hr_loops->Max_u16).identity(out, 1); break;
    }
  }
  for (int64_t i = 1; i < n; ++i)
    memcpy(out + (size_t)i * size, out, size);
}

/* Divides a row of sums by their count. */
static void divide(const segment_op *op, char *row, int64_t n, int64_t count) {
  hr_elementwise quotient = op->combine;
  char divisor[16];
  float number = (float)count;
  quotient.loop = op->divide;
  if (op->combine.in == HR_FLOAT)
    memcpy(divisor, &number, sizeof number);
  else if (hr_is_half_type((hr_dtype)op->combine.in))
    hr_loops->cast[HR_FLOAT][op->combine.in](divisor, &number, 1);
  else
    hr_loops->cast[HR_INT64][op->combine.in](divisor, &count, 1);
  hr_binary_row(&quotient, row, row, divisor, n, HR_RIGHT_SCALAR);
}

static hr_status new_output(hr_kernel_context *ctx, int64_t segments, const hr_tensor *data, int from, char **out) {
  hr_shape shape = {.rank = 1, .dims = {segments}};
  for (int i = from; i < data->rank; ++i)
    shape.dims[shape.rank++] = data->dims[i];
  HR_TRY(hr_shape_make(shape.rank, shape.dims, &shape));
  hr_tensor *output;
  HR_TRY(hr_output_new(ctx, 0, &shape, &output));
  *out = hr_tensor_data(output);
  return HR_SUCCESS;
}

/* Ids rise; those that are left out give empty segments. */
static hr_status sorted(hr_kernel_context *ctx, const segment_op *op) {
  const hr_tensor *data = hr_input(ctx, 0), *ids = hr_input(ctx, 1);
  if (ids->rank != 1)
    return hr_error(HR_INVALID_ARGUMENT, "segment_ids should be a vector, not shape %s", HR_TENSOR_SHAPE_TEXT(ids));
  if (data->rank == 0 || data->dims[0] != ids->elements)
    return hr_error(HR_INVALID_ARGUMENT, "segment_ids should be the same size as dimension 0 of input.");
  int64_t rows = ids->elements, inner = hr_dims_product(data, 1, data->rank);
  int64_t segments = rows > 0 ? hr_index_at(ids, rows - 1) + 1 : 0;
  for (int64_t i = 0; i < rows; ++i) {
    int64_t id = hr_index_at(ids, i);
    if (id < 0 || id >= segments)
      return hr_error(HR_INVALID_ARGUMENT,
                      "Segment id %lld out of range [0, %lld), possibly because 'segment_ids' input is not sorted.",
                      (long long)id, (long long)segments);
    if (i > 0 && id < hr_index_at(ids, i - 1)) return hr_error(HR_INVALID_ARGUMENT, "segment ids are not increasing");
  }
  const char *x = hr_tensor_data(data);
  size_t row = (size_t)inner * hr_dtype_size(op->combine.in);
  char *out;
  HR_TRY(new_output(ctx, segments, data, 1, &out));
  int64_t next = 0; /* the first row that is not taken */
  for (int64_t id = 0; id < segments; ++id, out += row) {
    int64_t first = next;
    for (; next < rows && hr_index_at(ids, next) == id; ++next) {
      const char *from = x + (size_t)next * row;
      if (next == first)
        memcpy(out, from, row);
      else
        hr_binary_row(&op->combine, out, out, from, inner, HR_BOTH_ROWS);
    }
    if (next == first) fill((hr_dtype)op->combine.in, op->sorted_empty, out, inner);
    if (next > first + 1 && op->divide) divide(op, out, inner, next - first);
  }
  return HR_SUCCESS;
}

/* Ids in any order, of the leading dimensions of data; rows with a negative one are dropped. */
static hr_status unsorted(hr_kernel_context *ctx, const segment_op *op) {
  const hr_tensor *data = hr_input(ctx, 0), *ids = hr_input(ctx, 1);
  bool starts_alike = ids->rank <= data->rank;
  for (int i = 0; starts_alike && i < ids->rank; ++i)
    starts_alike = ids->dims[i] == data->dims[i];
  if (!starts_alike)
    return hr_error(HR_INVALID_ARGUMENT, "data.shape = %s does not start with segment_ids.shape = %s",
                    HR_TENSOR_SHAPE_TEXT(data), HR_TENSOR_SHAPE_TEXT(ids));
  int64_t segments;
  HR_TRY(hr_scalar_argument(hr_input(ctx, 2), "num_segments", &segments));
  if (segments < 0)
    return hr_error(HR_INVALID_ARGUMENT, "Input num_segments == %lld must not be negative.", (long long)segments);
  int64_t inner = hr_dims_product(data, ids->rank, data->rank);
  for (int64_t i = 0; i < ids->elements; ++i)
    if (hr_index_at(ids, i) >= segments)
      return hr_error(HR_INVALID_ARGUMENT, "segment_ids[%lld] = %lld is out of range [0, %lld)", (long long)i,
                      (long long)hr_index_at(ids, i), (long long)segments);
  const char *x = hr_tensor_data(data);
  size_t row = (size_t)inner * hr_dtype_size(op->combine.in);
  char *out;
  HR_TRY(new_output(ctx, segments, data, ids->rank, &out));
  fill((hr_dtype)op->combine.in, op->unsorted_empty, out, segments * inner);
  for (int64_t i = 0; i < ids->elements; ++i) {
    int64_t id = hr_index_at(ids, i);
    if (id < 0) continue;
    char *to = out + (size_t)id * row;
    hr_binary_row(&op->combine, to, to, x + (size_t)i * row, inner, HR_BOTH_ROWS);
  }
  return HR_SUCCESS;
}

#define SEGMENT(type, name, function, loop, divide, when_sorted, when_unsorted)                                        \
  static hr_status name##_##type(hr_kernel_context *ctx) {                                                             \
    static const segment_op op = {HR_ELEMENTWISE(loop, type, type, HR_CHEAP_NANOS(type)), divide(type), when_sorted,   \
                                  when_unsorted};                                                                      \
    return function(ctx, &op);                                                                                         \
  }                                                                                                                    \
  HR_KERNEL(.op = #name, .types = {{"T", HR_TYPE_BIT(HR_DTYPE_##type)}}, .compute = name##_##type);
#define AS_IT_IS(type)        0
#define AS_MEAN(type)         HR_BY_KIND(AS_MEAN_, type)(type)
#define AS_MEAN_NATIVE(type)  offsetof(hr_loop_table, RealDiv_##type)
#define AS_MEAN_HALF(type)    offsetof(hr_loop_table, RealDiv_f32)
#define AS_INTEGER_MEAN(type) offsetof(hr_loop_table, TruncateDiv_##type)
HR_NUMBERS(SEGMENT, SegmentSum, sorted, Add, AS_IT_IS, 0, 0)
HR_NUMBERS(SEGMENT, SegmentProd, sorted, Mul, AS_IT_IS, 1, 1)
HR_REAL(SEGMENT, SegmentMax, sorted, Maximum, AS_IT_IS, 0, 0)
HR_REAL(SEGMENT, SegmentMin, sorted, Minimum, AS_IT_IS, 0, 0)
HR_FLOATING(SEGMENT, SegmentMean, sorted, Add, AS_MEAN, 0, 0)
HR_COMPLEX(SEGMENT, SegmentMean, sorted, Add, AS_MEAN, 0, 0)
HR_INTEGERS(SEGMENT, SegmentMean, sorted, Add, AS_INTEGER_MEAN, 0, 0)
HR_NUMBERS(SEGMENT, UnsortedSegmentSum, unsorted, Add, AS_IT_IS, 0, 0)
HR_NUMBERS(SEGMENT, UnsortedSegmentProd, unsorted, Mul, AS_IT_IS, 1, 1)
HR_REAL(SEGMENT, UnsortedSegmentMax, unsorted, Maximum, AS_IT_IS, 0, -__builtin_inff())
HR_REAL(SEGMENT, UnsortedSegmentMin, unsorted, Minimum, AS_IT_IS, 0, __builtin_inff())
