/* ImageProjectiveTransform and its second version, of tf.contrib.image. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/level/types.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

typedef struct transform_job transform_job;
struct transform_job {
  const void *in;
  void *out;
  const float *transforms; /* [1 or batch, 8] */
  int64_t in_height, in_width, height, width, channels;
  int64_t transform_step; /* 8, or 0 for one transform of all images */
  bool bilinear;
  void (*rows)(const transform_job *job, int64_t begin, int64_t end);
};

/* A pixel, or zero outside of the image. */
#define TRANSFORM(token, load, store)                                                                                  \
  static float value_##token(const transform_job *job, const HR_TYPE_##token *image, float y, float x, int64_t c) {    \
    if (!(y >= 0 && y < (float)job->in_height && x >= 0 && x < (float)job->in_width)) return 0;                        \
    return load(image[((int64_t)y * job->in_width + (int64_t)x) * job->channels + c]);                                 \
  }                                                                                                                    \
  static void nearest_##token(const transform_job *job, const HR_TYPE_##token *image, HR_TYPE_##token *out, float y,   \
                              float x) {                                                                               \
    y = roundf(y), x = roundf(x);                                                                                      \
    bool inside = y >= 0 && y < (float)job->in_height && x >= 0 && x < (float)job->in_width;                           \
    size_t pixel = (size_t)job->channels * sizeof *out;                                                                \
    if (inside)                                                                                                        \
      memcpy(out, image + ((int64_t)y * job->in_width + (int64_t)x) * job->channels, pixel);                           \
    else                                                                                                               \
      memset(out, 0, pixel);                                                                                           \
  }                                                                                                                    \
  static void bilinear_##token(const transform_job *job, const HR_TYPE_##token *image, HR_TYPE_##token *out, float y,  \
                               float x) {                                                                              \
    float top = floorf(y), left = floorf(x), bottom = top + 1, right = left + 1;                                       \
    for (int64_t c = 0; c < job->channels; ++c) {                                                                      \
      float above = (right - x) * value_##token(job, image, top, left, c) +                                            \
                    (x - left) * value_##token(job, image, top, right, c);                                             \
      float below = (right - x) * value_##token(job, image, bottom, left, c) +                                         \
                    (x - left) * value_##token(job, image, bottom, right, c);                                          \
      out[c] = store((bottom - y) * above + (y - top) * below);                                                        \
    }                                                                                                                  \
  }                                                                                                                    \
  static void rows_##token(const transform_job *job, int64_t begin, int64_t end) {                                     \
    for (int64_t row = begin; row < end; ++row) {                                                                      \
      int64_t image_index = row / job->height, y = row % job->height;                                                  \
      const HR_TYPE_##token *image =                                                                                   \
          (const HR_TYPE_##token *)job->in + image_index * job->in_height * job->in_width * job->channels;             \
      HR_TYPE_##token *out = (HR_TYPE_##token *)job->out + row * job->width * job->channels;                           \
      const float *t = job->transforms + image_index * job->transform_step;                                            \
      for (int64_t x = 0; x < job->width; ++x, out += job->channels) {                                                 \
        float k = t[6] * (float)x + t[7] * (float)y + 1.0f;                                                            \
        float from_x = (t[0] * (float)x + t[1] * (float)y + t[2]) / k;                                                 \
        float from_y = (t[3] * (float)x + t[4] * (float)y + t[5]) / k;                                                 \
        if (k == 0)                                                                                                    \
          memset(out, 0, (size_t)job->channels * sizeof *out);                                                         \
        else if (job->bilinear)                                                                                        \
          bilinear_##token(job, image, out, from_y, from_x);                                                           \
        else                                                                                                           \
          nearest_##token(job, image, out, from_y, from_x);                                                            \
      }                                                                                                                \
    }                                                                                                                  \
  }
#define AS_FLOAT(x) ((float)(x))
/* Numbers that the integer types do not hold come from transforms that are no numbers, and from rounding. */
static uint8_t to_u8(float x) { return x >= 0 && x < 256 ? (uint8_t)x : 0; }
static int32_t to_i32(float x) { return x >= -0x1p31f && x < 0x1p31f ? (int32_t)x : INT32_MIN; }
static int64_t to_i64(float x) { return x >= -0x1p63f && x < 0x1p63f ? (int64_t)x : INT64_MIN; }
TRANSFORM(f32, AS_FLOAT, AS_FLOAT)
TRANSFORM(f64, AS_FLOAT, (double))
TRANSFORM(f16, hr_half_to_float, hr_half_from_float)
TRANSFORM(u8, AS_FLOAT, to_u8)
TRANSFORM(i32, AS_FLOAT, to_i32)
TRANSFORM(i64, AS_FLOAT, to_i64)

static void run_rows(void *argument, int64_t begin, int64_t end) {
  const transform_job *job = argument;
  job->rows(job, begin, end);
}

static void (*rows_of(hr_dtype dtype))(const transform_job *, int64_t, int64_t) {
  switch (dtype) {
  case HR_FLOAT: return rows_f32;
  case HR_DOUBLE: return rows_f64;
  case HR_HALF: return rows_f16;
  case HR_UINT8: return rows_u8;
  case HR_INT32: return rows_i32;
  default: return rows_i64;
  }
}

static hr_status project(hr_kernel_context *ctx, int64_t height, int64_t width) {
  const hr_tensor *images = hr_input(ctx, 0), *transforms = hr_input(ctx, 1);
  const char *interpolation = hr_node_attr(hr_context_node(ctx), "interpolation")->s;
  bool bilinear = strcmp(interpolation, "BILINEAR") == 0;
  if (!bilinear && strcmp(interpolation, "NEAREST") != 0)
    return hr_error(HR_INVALID_ARGUMENT, "Invalid interpolation %s. Supported types: NEAREST, BILINEAR", interpolation);
  if (transforms->rank != 2 || transforms->dims[1] != 8 ||
      (transforms->dims[0] != 1 && transforms->dims[0] != images->dims[0]))
    return hr_error(HR_INVALID_ARGUMENT, "Input transform should be num_images x 8 or 1 x 8, got %s",
                    HR_TENSOR_SHAPE_TEXT(transforms));
  hr_shape shape;
  hr_tensor *out;
  HR_TRY(hr_shape_make(4, (int64_t[]){images->dims[0], height, width, images->dims[3]}, &shape));
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (out->elements == 0) return HR_SUCCESS;
  transform_job job = {.in = hr_tensor_data(images),
                       .out = hr_tensor_data(out),
                       .transforms = hr_tensor_data(transforms),
                       .in_height = images->dims[1],
                       .in_width = images->dims[2],
                       .height = height,
                       .width = width,
                       .channels = images->dims[3],
                       .transform_step = transforms->dims[0] == 1 ? 0 : 8,
                       .bilinear = bilinear,
                       .rows = rows_of(hr_tensor_dtype(images))};
  double nanos = (double)width * (10 + (bilinear ? 5 : 1) * (double)job.channels);
  hr_parallel_for(ctx, images->dims[0] * height, nanos, run_rows, &job);
  return HR_SUCCESS;
}

static hr_status image_projective_transform(hr_kernel_context *ctx) {
  HR_TRY(hr_rank_check(hr_input(ctx, 0), 4, "input images"));
  return project(ctx, hr_input(ctx, 0)->dims[1], hr_input(ctx, 0)->dims[2]);
}

static hr_status image_projective_transform_v2(hr_kernel_context *ctx) {
  const hr_tensor *size = hr_input(ctx, 2);
  HR_TRY(hr_rank_check(hr_input(ctx, 0), 4, "input images"));
  HR_TRY(hr_rank_check(size, 1, "output shape"));
  if (size->elements != 2)
    return hr_error(HR_INVALID_ARGUMENT, "output shape must have two elements %s", HR_TENSOR_SHAPE_TEXT(size));
  int64_t height = hr_index_at(size, 0), width = hr_index_at(size, 1);
  if (height <= 0 || width <= 0) return hr_error(HR_INVALID_ARGUMENT, "output dimensions must be positive");
  return project(ctx, height, width);
}

#define TRANSFORMED_TYPES                                                                                              \
  (HR_TYPE_BIT(HR_UINT8) | HR_TYPE_BIT(HR_INT32) | HR_TYPE_BIT(HR_INT64) | HR_TYPE_BIT(HR_HALF) |                      \
   HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_DOUBLE))
HR_KERNEL(.op = "ImageProjectiveTransform", .types = {{"dtype", TRANSFORMED_TYPES}},
          .compute = image_projective_transform);
HR_KERNEL(.op = "ImageProjectiveTransformV2", .types = {{"dtype", TRANSFORMED_TYPES}},
          .compute = image_projective_transform_v2);
