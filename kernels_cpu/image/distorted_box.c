/* SampleDistortedBoundingBox and its second version, seeded as in TensorFlow. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/random_state.h"

#include <inttypes.h>
#include <math.h>

/* Numbers of a generator, one after the other. */
typedef struct number_stream {
  hr_philox generator;
  uint32_t block[4];
  int used;
} number_stream;

static uint32_t next_number(number_stream *s) {
  if (s->used == 4) {
    hr_philox_next(&s->generator, s->block);
    s->used = 0;
  }
  return s->block[s->used++];
}

/* Uniform in [0, n), n > 0: numbers below 2^32 % n are passed over. */
static uint32_t number_below(number_stream *s, uint32_t n) {
  if ((n & (n - 1)) == 0) return next_number(s) & (n - 1);
  uint32_t number, rest = UINT32_MAX % n + 1;
  do
    number = next_number(s);
  while (number < rest);
  return number % n;
}

typedef struct rectangle {
  int32_t x, y, end_x, end_y;
} rectangle;

static float area_of(const rectangle *r) {
  return r->end_x > r->x && r->end_y > r->y ? (float)(r->end_x - r->x) * (float)(r->end_y - r->y) : 0;
}

static rectangle overlap_of(const rectangle *a, const rectangle *b) {
  return (rectangle){a->x > b->x ? a->x : b->x, a->y > b->y ? a->y : b->y, a->end_x < b->end_x ? a->end_x : b->end_x,
                     a->end_y < b->end_y ? a->end_y : b->end_y};
}

/* The limits of a draw. */
typedef struct limits {
  float min_covered, min_aspect, max_aspect, min_area, max_area;
  int64_t attempts;
} limits;

static int rounded(float x) { return x < (float)INT32_MAX ? (int)lrintf(x) : INT32_MAX; }

/* A rectangle of a width of height * aspect in a place by chance; false where none of that aspect fits. */
static bool draw_rectangle(int width, int height, const limits *l, float aspect, number_stream *random,
                           rectangle *out) {
  if (aspect <= 0 || !(l->max_area > 0) || l->min_area > l->max_area || width <= 0 || height <= 0) return false;
  float min_area = l->min_area * (float)width * (float)height, max_area = l->max_area * (float)width * (float)height;
  int h = rounded(sqrtf(min_area / aspect)), max_h = rounded(sqrtf(max_area / aspect));
  if (rounded((float)max_h * aspect) > width) /* the most that is rounded to the width */
    max_h = (int)(((double)width + 0.5 - (double)1e-7f) / (double)aspect);
  if (max_h > height) max_h = height;
  if (h >= max_h) h = max_h;
  if (h < max_h) h += (int)number_below(random, (uint32_t)(max_h - h + 1));
  int w = rounded((float)h * aspect);
  float area = (float)w * (float)h;
  if (area < min_area) {
    ++h;
    w = rounded((float)h * aspect);
    area = (float)w * (float)h;
  }
  if (area > max_area) {
    --h;
    w = rounded((float)h * aspect);
    area = (float)w * (float)h;
  }
  if (area < min_area || area > max_area || w > width || h > height || w <= 0 || h <= 0) return false;
  int y = h < height ? (int)number_below(random, (uint32_t)(height - h)) : 0;
  int x = w < width ? (int)number_below(random, (uint32_t)(width - w)) : 0;
  *out = (rectangle){x, y, x + w, y + h};
  return true;
}

/* Whether a share of one of the boxes is in the rectangle. What holds no pixel does not count. */
static bool covers_one(const rectangle *crop, const rectangle *boxes, int64_t count, float share) {
  if (area_of(crop) < 1) return false;
  for (int64_t i = 0; i < count; ++i) {
    rectangle both = overlap_of(crop, &boxes[i]);
    float box = area_of(&boxes[i]);
    if (box >= 1 && area_of(&both) / box >= share) return true;
  }
  return false;
}

static hr_status read_boxes(const hr_tensor *t, int64_t width, int64_t height, rectangle *out) {
  const float *box = hr_tensor_data(t);
  for (int64_t i = 0; i < t->elements / 4; ++i, box += 4) {
    for (int k = 0; k < 4; ++k)
      if (!(box[k] >= 0 && box[k] <= 1))
        return hr_error(HR_INVALID_ARGUMENT, "All bounding box coordinates must be in [0.0, 1.0]: %g", (double)box[k]);
    out[i] = (rectangle){(int32_t)(box[1] * (float)width), (int32_t)(box[0] * (float)height),
                         (int32_t)(box[3] * (float)width), (int32_t)(box[2] * (float)height)};
  }
  return HR_SUCCESS;
}

static int64_t integer_at(const hr_tensor *t, int64_t i) {
  const void *data = hr_tensor_data(t);
  switch (hr_tensor_dtype(t)) {
  case HR_UINT8: return ((const uint8_t *)data)[i];
  case HR_INT8: return ((const int8_t *)data)[i];
  case HR_INT16: return ((const int16_t *)data)[i];
  default: return hr_index_at(t, i);
  }
}

/* A vector of three as an output of the image size's type. */
static hr_status put_vector(hr_kernel_context *ctx, int output, int64_t y, int64_t x, int64_t channels) {
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, output, &(hr_shape){1, {3}}, &out));
  int64_t values[3] = {y, x, channels};
  void *data = hr_tensor_data(out);
  for (int i = 0; i < 3; ++i)
    switch (hr_tensor_dtype(out)) {
    case HR_UINT8: ((uint8_t *)data)[i] = (uint8_t)values[i]; break;
    case HR_INT8: ((int8_t *)data)[i] = (int8_t)values[i]; break;
    case HR_INT16: ((int16_t *)data)[i] = (int16_t)values[i]; break;
    case HR_INT32: ((int32_t *)data)[i] = (int32_t)values[i]; break;
    default: ((int64_t *)data)[i] = values[i]; break;
    }
  return HR_SUCCESS;
}

static hr_status read_limits(hr_kernel_context *ctx, float min_covered, limits *out) {
  const hr_node *node = hr_context_node(ctx);
  const hr_attr_value *aspect = hr_node_attr(node, "aspect_ratio_range"), *area = hr_node_attr(node, "area_range");
  if (aspect->count != 2) return hr_error(HR_INVALID_ARGUMENT, "Aspect ratio range field must specify 2 dimensions");
  if (!(aspect->floats[0] > 0 && aspect->floats[1] > 0))
    return hr_error(HR_INVALID_ARGUMENT, "Aspect ratio range must be non-negative: [%g, %g]", (double)aspect->floats[0],
                    (double)aspect->floats[1]);
  if (area->count != 2) return hr_error(HR_INVALID_ARGUMENT, "Area range field must specify 2 dimensions");
  for (int i = 0; i < 2; ++i)
    if (!(area->floats[i] > 0 && area->floats[i] <= 1))
      return hr_error(HR_INVALID_ARGUMENT, "Area range must be in (0, 1]: %g", (double)area->floats[i]);
  *out = (limits){.min_covered = min_covered,
                  .min_aspect = aspect->floats[0],
                  .max_aspect = aspect->floats[1],
                  .min_area = area->floats[0],
                  .max_area = area->floats[1],
                  .attempts = hr_node_attr(node, "max_attempts")->i};
  if (out->attempts <= 0)
    return hr_error(HR_INVALID_ARGUMENT, "Max attempts must be non-negative: %" PRId64, out->attempts);
  if (!(min_covered >= 0))
    return hr_error(HR_INVALID_ARGUMENT, "Min object covered must be non-negative: %g", (double)min_covered);
  return HR_SUCCESS;
}

/* The whole image where no attempt succeeds. */
static rectangle sample(const limits *l, int width, int height, const rectangle *boxes, int64_t count,
                        hr_philox generator) {
  number_stream random = {.generator = generator, .used = 4};
  for (int64_t i = 0; i < l->attempts; ++i) {
    rectangle crop;
    float chance = hr_philox_to_float(next_number(&random));
    float aspect = chance * (l->max_aspect - l->min_aspect) + l->min_aspect;
    if (draw_rectangle(width, height, l, aspect, &random, &crop) && covers_one(&crop, boxes, count, l->min_covered))
      return crop;
  }
  return (rectangle){0, 0, width, height};
}

static hr_status sample_box(hr_kernel_context *ctx, float min_covered) {
  const hr_tensor *size = hr_input(ctx, 0), *given = hr_input(ctx, 1);
  bool use_image = hr_node_attr(hr_context_node(ctx), "use_image_if_no_bounding_boxes")->b;
  limits l;
  HR_TRY(read_limits(ctx, min_covered, &l));
  HR_TRY(hr_rank_check(size, 1, "image_size"));
  if (size->elements != 3)
    return hr_error(HR_INVALID_ARGUMENT, "image_size must contain 3 elements: %s", HR_TENSOR_SHAPE_TEXT(size));
  if (given->rank != 3 || given->dims[2] != 4)
    return hr_error(HR_INVALID_ARGUMENT, "input boxes must be 3-dimensional [batch, num_boxes, coords]: %s",
                    HR_TENSOR_SHAPE_TEXT(given));
  int64_t height = integer_at(size, 0), width = integer_at(size, 1);
  if (height < 0 || width < 0 || height >= INT32_MAX || width >= INT32_MAX)
    return hr_error(HR_INVALID_ARGUMENT,
                    "image height and width cannot be >= int32 max or negative: %" PRId64 ", %" PRId64, height, width);
  int64_t count = given->elements / 4;
  if (count == 0 && !use_image)
    return hr_error(
        HR_INVALID_ARGUMENT,
        "No bounding boxes provided as input. One must enable use_image_if_no_bounding_boxes if you wish to "
        "not provide any bounding boxes.");
  hr_tensor memory, *out;
  int64_t bytes = (count + 1) * (int64_t)sizeof(rectangle);
  HR_TRY(hr_temporary_new(ctx, HR_UINT8, &(hr_shape){1, {bytes}}, &memory));
  rectangle *boxes = hr_tensor_data(&memory);
  hr_status status = read_boxes(given, width, height, boxes);
  if (status) {
    hr_tensor_clear(&memory);
    return status;
  }
  if (count == 0) boxes[count++] = (rectangle){0, 0, (int32_t)width, (int32_t)height};
  /* TensorFlow reserves as many blocks as four numbers an attempt would be. */
  hr_philox generator = hr_random_reserve(ctx, (uint64_t)l.attempts);
  rectangle crop = sample(&l, (int)width, (int)height, boxes, count, generator);
  hr_tensor_clear(&memory);
  int64_t crop_height = crop.end_y - crop.y, crop_width = crop.end_x - crop.x;
  HR_TRY(put_vector(ctx, 0, crop.y, crop.x, 0));
  HR_TRY(put_vector(ctx, 1, crop_height, crop_width, -1));
  HR_TRY(hr_output_new(ctx, 2, &(hr_shape){3, {1, 1, 4}}, &out));
  float *box = hr_tensor_data(out);
  box[0] = (float)crop.y / (float)height;
  box[1] = (float)crop.x / (float)width;
  box[2] = (float)crop.end_y / (float)height;
  box[3] = (float)crop.end_x / (float)width;
  return HR_SUCCESS;
}

#define SIZE_TYPES                                                                                                     \
  (HR_TYPE_BIT(HR_UINT8) | HR_TYPE_BIT(HR_INT8) | HR_TYPE_BIT(HR_INT16) | HR_TYPE_BIT(HR_INT32) | HR_TYPE_BIT(HR_INT64))

static hr_status sample_distorted_bounding_box(hr_kernel_context *ctx) {
  return sample_box(ctx, hr_node_attr(hr_context_node(ctx), "min_object_covered")->f);
}
HR_KERNEL(.op = "SampleDistortedBoundingBox", .types = {{"T", SIZE_TYPES}}, .compute = sample_distorted_bounding_box,
          .create = hr_random_create, .destroy = hr_random_destroy);

static hr_status sample_distorted_bounding_box_v2(hr_kernel_context *ctx) {
  const hr_tensor *covered = hr_input(ctx, 2);
  HR_TRY(hr_rank_check(covered, 0, "min_object_covered"));
  return sample_box(ctx, *(const float *)hr_tensor_data(covered));
}
HR_KERNEL(.op = "SampleDistortedBoundingBoxV2", .types = {{"T", SIZE_TYPES}},
          .compute = sample_distorted_bounding_box_v2, .create = hr_random_create, .destroy = hr_random_destroy);
