/* ImageSummary: pictures of a batch as PNG files in a Summary message. */
#include "kernels_cpu/image/png.h"
#include "kernels_cpu/summary_value.h"

#include <math.h>

/* Fields of Summary.Image. */
enum { IMAGE_HEIGHT = 1, IMAGE_WIDTH = 2, IMAGE_COLORSPACE = 3, IMAGE_BYTES = 4 };

/* The pixels of one picture, and how to make 8-bit ones of them. */
typedef struct picture {
  const hr_tensor *batch;
  int64_t first; /* element */
  int64_t pixels, depth;
  const uint8_t *bad_color; /* for pixels that are not finite */
} picture;

/* A number rounded to the tensor's type: TensorFlow's arithmetic is in that type. */
static double rounded(hr_dtype dtype, double x) {
  if (dtype == HR_DOUBLE) return x;
  return dtype == HR_FLOAT ? (double)(float)x : (double)hr_half_to_float(hr_half_from_float((float)x));
}

static double value_at(const picture *p, int64_t i) {
  const void *data = hr_tensor_data(p->batch);
  i += p->first;
  switch (p->batch->dtype) {
  case HR_FLOAT: return (double)((const float *)data)[i];
  case HR_DOUBLE: return ((const double *)data)[i];
  default: return (double)hr_half_to_float(((const hr_half *)data)[i]);
  }
}

static bool is_finite(const picture *p, int64_t pixel) {
  bool finite = true;
  for (int64_t c = 0; c < p->depth; ++c)
    finite &= isfinite(value_at(p, pixel * p->depth + c)) != 0;
  return finite;
}

/* Numbers that are all positive are scaled to [0, 255]; others so that 0 becomes 128 and the largest magnitude touches
 * an end. */
static void normalize(const picture *p, uint8_t *out) {
  static const double tiny = 1e-6; /* from here on down a picture counts as black */
  hr_dtype dtype = hr_tensor_dtype(p->batch);
  double lowest = (double)INFINITY, highest = -(double)INFINITY;
  for (int64_t i = 0; i < p->pixels; ++i)
    for (int64_t c = 0; c < p->depth && is_finite(p, i); ++c) {
      double x = value_at(p, i * p->depth + c);
      lowest = fmin(lowest, x);
      highest = fmax(highest, x);
    }
  bool is_signed = lowest < 0;
  double largest = is_signed ? fmax(fabs(lowest), fabs(highest)) : highest, offset = is_signed ? 128 : 0;
  /* The factor for doubles is a float, as in TensorFlow. */
  double factor = (double)((is_signed ? 127 : 255) / (float)largest);
  double scale = largest < rounded(dtype, tiny) ? 0 : rounded(dtype, factor);
  for (int64_t i = 0; i < p->pixels; ++i) {
    bool finite = is_finite(p, i);
    for (int64_t c = 0; c < p->depth; ++c) {
      double x = finite ? value_at(p, i * p->depth + c) : 0;
      out[i * p->depth + c] = finite ? (uint8_t)rounded(dtype, rounded(dtype, x * scale) + offset) : p->bad_color[c];
    }
  }
}

static hr_status check(hr_kernel_context *ctx, const hr_tensor *bad_color) {
  const hr_tensor *batch = hr_input(ctx, 1);
  HR_TRY(hr_summary_tag_check(hr_input(ctx, 0)));
  int64_t depth = batch->rank == 4 ? batch->dims[3] : 0;
  if (depth != 1 && depth != 3 && depth != 4)
    return hr_error(HR_INVALID_ARGUMENT, "Tensor must be 4-D with last dim 1, 3, or 4, not %s",
                    HR_TENSOR_SHAPE_TEXT(batch));
  if (batch->dims[1] > INT32_MAX || batch->dims[2] > INT32_MAX)
    return hr_error(HR_INVALID_ARGUMENT, "Tensor too large for summary %s", HR_TENSOR_SHAPE_TEXT(batch));
  if (batch->dims[0] > 0 && (batch->dims[1] == 0 || batch->dims[2] == 0))
    return hr_error(HR_INVALID_ARGUMENT, "PNG encoding failed: images without pixels, %s", HR_TENSOR_SHAPE_TEXT(batch));
  if (hr_tensor_dtype(bad_color) != HR_UINT8)
    return hr_error(HR_INVALID_ARGUMENT, "bad_color must be uint8, got %s", hr_dtype_name(hr_tensor_dtype(bad_color)));
  HR_TRY(hr_rank_check(bad_color, 1, "bad_color"));
  if (batch->dtype != HR_UINT8 && bad_color->elements < depth)
    return hr_error(HR_INVALID_ARGUMENT, "expected depth <= bad_color.size, got depth = %lld, bad_color.size = %lld",
                    (long long)depth, (long long)bad_color->elements);
  return HR_SUCCESS;
}

/* Appends picture `number` of the batch; `scratch` has room for its bytes. */
static hr_status put_image(hr_kernel_context *ctx, const picture *p, int64_t number, int64_t most, uint8_t *scratch,
                           hr_text *out) {
  const hr_tensor *batch = p->batch;
  const uint8_t *bytes = scratch;
  if (batch->dtype == HR_UINT8)
    bytes = (const uint8_t *)hr_tensor_data(batch) + p->first;
  else
    normalize(p, scratch);
  size_t value = hr_wire_begin(out, HR_SUMMARY_VALUE);
  hr_summary_put_numbered_tag(out, hr_string_at(hr_input(ctx, 0), 0), "image", number, most);
  size_t image = hr_wire_begin(out, HR_VALUE_IMAGE);
  hr_wire_put_number(out, IMAGE_HEIGHT, (uint64_t)batch->dims[1]);
  hr_wire_put_number(out, IMAGE_WIDTH, (uint64_t)batch->dims[2]);
  hr_wire_put_number(out, IMAGE_COLORSPACE, (uint64_t)p->depth);
  size_t file = hr_wire_begin(out, IMAGE_BYTES);
  HR_TRY(hr_png_encode(bytes, (uint32_t)batch->dims[2], (uint32_t)batch->dims[1], (int)p->depth, 8, -1, out));
  hr_wire_end(out, file);
  hr_wire_end(out, image);
  hr_wire_end(out, value);
  return HR_SUCCESS;
}

static hr_status image_summary(hr_kernel_context *ctx) {
  const hr_tensor *batch = hr_input(ctx, 1);
  const hr_node *node = hr_context_node(ctx);
  const hr_tensor *bad_color = hr_node_attr(node, "bad_color")->tensor;
  HR_TRY(check(ctx, bad_color));
  int64_t most = hr_node_attr(node, "max_images")->i, count = batch->dims[0] < most ? batch->dims[0] : most;
  picture p = {batch, 0, batch->dims[1] * batch->dims[2], batch->dims[3], hr_tensor_data(bad_color)};
  hr_tensor scratch;
  HR_TRY(hr_temporary_new(ctx, HR_UINT8, &(hr_shape){1, {p.pixels * p.depth}}, &scratch));
  hr_text text = {0};
  hr_status status = HR_SUCCESS;
  for (int64_t i = 0; i < count && !status; ++i) {
    p.first = i * p.pixels * p.depth;
    status = put_image(ctx, &p, i, most, hr_tensor_data(&scratch), &text);
  }
  hr_tensor_clear(&scratch);
  if (!status) return hr_output_text(ctx, 0, &text);
  hr_text_free(&text);
  return status;
}
HR_KERNEL(.op = "ImageSummary",
          .types = {{"T",
                     HR_TYPE_BIT(HR_UINT8) | HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_HALF) | HR_TYPE_BIT(HR_DOUBLE)}},
          .compute = image_summary);
