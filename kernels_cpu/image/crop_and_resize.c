/* CropAndResize and its gradients to the images and to the boxes. */
#include "kernels_cpu/image/resize.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* The sizes at hand, and where each crop lies. */
typedef struct crops {
  int64_t count, height, width, depth; /* of crops */
  int64_t batch, image_height, image_width;
  const float *boxes;    /* [count, 4]: y1, x1, y2, x2 */
  const int32_t *images; /* [count] */
  bool nearest;
} crops;

/* Places of one direction of a box: pixel i of the crop is at `start` + i `step` of the image. */
typedef struct axis_place {
  float start, step;
  int64_t last; /* pixel of the image */
} axis_place;

static axis_place place_of(float low, float high, int64_t image_size, int64_t crop_size) {
  float most = (float)(image_size - 1);
  if (crop_size > 1) return (axis_place){low * most, (high - low) * most / (float)(crop_size - 1), image_size - 1};
  return (axis_place){(float)(0.5 * (double)(low + high) * (double)most), 0, image_size - 1};
}
static axis_place y_place(const crops *c, int64_t box) {
  return place_of(c->boxes[4 * box], c->boxes[4 * box + 2], c->image_height, c->height);
}
static axis_place x_place(const crops *c, int64_t box) {
  return place_of(c->boxes[4 * box + 1], c->boxes[4 * box + 3], c->image_width, c->width);
}

/* The pixels around pixel i of a crop and how far it is beyond the first, or the nearest one; false outside of the
 * image. */
typedef struct between {
  int64_t low, high;
  float share;
} between;
static bool between_of(const axis_place *a, int64_t i, bool nearest, between *out) {
  float at = a->start + (float)i * a->step;
  if (!(at >= 0 && at <= (float)a->last)) return false;
  out->low = (int64_t)(nearest ? roundf(at) : floorf(at));
  out->high = nearest ? out->low : (int64_t)ceilf(at);
  out->share = nearest ? 0 : at - (float)out->low;
  return true;
}

static hr_status check_boxes(const hr_tensor *boxes, const hr_tensor *images, int64_t batch, crops *c) {
  HR_TRY(hr_rank_check(boxes, 2, "boxes"));
  if (boxes->dims[1] != 4)
    return hr_error(HR_INVALID_ARGUMENT, "boxes must have 4 columns %s", HR_TENSOR_SHAPE_TEXT(boxes));
  HR_TRY(hr_rank_check(images, 1, "box_index"));
  if (images->elements != boxes->dims[0])
    return hr_error(HR_INVALID_ARGUMENT, "box_index has incompatible shape: %s for %" PRId64 " boxes",
                    HR_TENSOR_SHAPE_TEXT(images), boxes->dims[0]);
  c->count = boxes->dims[0];
  c->boxes = hr_tensor_data(boxes);
  c->images = hr_tensor_data(images);
  c->batch = batch;
  for (int64_t i = 0; i < c->count; ++i)
    if (c->images[i] < 0 || c->images[i] >= batch)
      return hr_error(HR_OUT_OF_RANGE, "box_index has values outside [0, batch_size)");
  return HR_SUCCESS;
}

static bool is_nearest(hr_kernel_context *ctx) {
  return strcmp(hr_node_attr(hr_context_node(ctx), "method")->s, "nearest") == 0;
}

/* ---- crops ----------------------------------------------------------------------------------------------------- */

typedef struct crop_job {
  crops c;
  float outside; /* the value of what is not in the image */
  hr_rows rows;  /* of the images */
  float *out;
} crop_job;

static void fill(float *out, float value, int64_t n) {
  for (int64_t i = 0; i < n; ++i)
    out[i] = value;
}

/* Rows of crops, all boxes one after the other. */
static void crop_rows(const hr_row_part *part) {
  const crop_job *job = part->argument;
  const crops *c = &job->c;
  int64_t depth = c->depth, length = c->width * depth;
  for (int64_t row = part->begin; row < part->end; ++row) {
    int64_t box = row / c->height;
    axis_place y_axis = y_place(c, box), x_axis = x_place(c, box);
    between y, x;
    float *out = job->out + row * length;
    if (!between_of(&y_axis, row % c->height, c->nearest, &y)) {
      fill(out, job->outside, length);
      continue;
    }
    int64_t first = c->images[box] * c->image_height;
    const float *top = hr_float_row(&job->rows, first + y.low, part->scratch);
    const float *bottom =
        y.high == y.low ? top : hr_float_row(&job->rows, first + y.high, part->scratch + job->rows.length);
    for (int64_t i = 0; i < c->width; ++i, out += depth) {
      if (!between_of(&x_axis, i, c->nearest, &x)) {
        fill(out, job->outside, depth);
        continue;
      }
      const float *top_left = top + x.low * depth, *top_right = top + x.high * depth;
      const float *bottom_left = bottom + x.low * depth, *bottom_right = bottom + x.high * depth;
      for (int64_t d = 0; c->nearest && d < depth; ++d)
        out[d] = top_left[d];
      for (int64_t d = 0; !c->nearest && d < depth; ++d) {
        float above = top_left[d] + (top_right[d] - top_left[d]) * x.share;
        float below = bottom_left[d] + (bottom_right[d] - bottom_left[d]) * x.share;
        out[d] = above + (below - above) * y.share;
      }
    }
  }
}

static hr_status crop_and_resize(hr_kernel_context *ctx) {
  const hr_tensor *images = hr_input(ctx, 0), *size = hr_input(ctx, 3);
  crop_job job = {.outside = hr_node_attr(hr_context_node(ctx), "extrapolation_value")->f};
  crops *c = &job.c;
  c->nearest = is_nearest(ctx);
  HR_TRY(hr_rank_check(images, 4, "input image"));
  if (images->dims[1] <= 0 || images->dims[2] <= 0)
    return hr_error(HR_INVALID_ARGUMENT, "image dimensions must be positive");
  HR_TRY(check_boxes(hr_input(ctx, 1), hr_input(ctx, 2), images->dims[0], c));
  HR_TRY(hr_rank_check(size, 1, "crop_size"));
  if (size->elements != 2)
    return hr_error(HR_INVALID_ARGUMENT, "crop_size must have two elements %s", HR_TENSOR_SHAPE_TEXT(size));
  c->height = hr_index_at(size, 0);
  c->width = hr_index_at(size, 1);
  if (c->height <= 0 || c->width <= 0) return hr_error(HR_INVALID_ARGUMENT, "crop dimensions must be positive");
  c->image_height = images->dims[1];
  c->image_width = images->dims[2];
  c->depth = images->dims[3];
  hr_shape shape;
  hr_tensor *out;
  HR_TRY(hr_shape_make(4, (int64_t[]){c->count, c->height, c->width, c->depth}, &shape));
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (out->elements == 0) return HR_SUCCESS;
  job.rows = hr_image_rows(images);
  job.out = hr_tensor_data(out);
  int64_t scratch = job.rows.dtype == HR_FLOAT ? 0 : 2 * job.rows.length;
  return hr_for_row_parts(ctx, c->count * c->height, 2 * (double)(c->width * c->depth + scratch / 4), scratch,
                          crop_rows, &job);
}
HR_KERNEL(.op = "CropAndResize", .types = {{"T", HR_IMAGE_TYPES}}, .compute = crop_and_resize);

/* ---- gradient to the images ------------------------------------------------------------------------------------ */

typedef struct gradient_job {
  crops c;
  const float *gradient; /* [count, height, width, depth] */
  void *out;
  hr_dtype dtype;
} gradient_job;

/* Adds a gradient's pixel to the four around its place, or to the nearest. */
#define ADD_PIXEL(name, type, load, store)                                                                             \
  static void add_pixel_##name(const gradient_job *job, type *image, const float *gradient, between y, between x) {    \
    const crops *c = &job->c;                                                                                          \
    type *top_left = image + (y.low * c->image_width + x.low) * c->depth;                                              \
    type *top_right = image + (y.low * c->image_width + x.high) * c->depth;                                            \
    type *bottom_left = image + (y.high * c->image_width + x.low) * c->depth;                                          \
    type *bottom_right = image + (y.high * c->image_width + x.high) * c->depth;                                        \
    for (int64_t d = 0; c->nearest && d < c->depth; ++d)                                                               \
      top_left[d] = store(load(top_left[d]) + load(store(gradient[d])));                                               \
    for (int64_t d = 0; !c->nearest && d < c->depth; ++d) {                                                            \
      float top = (1 - y.share) * gradient[d], bottom = y.share * gradient[d];                                         \
      top_left[d] = store(load(top_left[d]) + load(store((1 - x.share) * top)));                                       \
      top_right[d] = store(load(top_right[d]) + load(store(x.share * top)));                                           \
      bottom_left[d] = store(load(bottom_left[d]) + load(store((1 - x.share) * bottom)));                              \
      bottom_right[d] = store(load(bottom_right[d]) + load(store(x.share * bottom)));                                  \
    }                                                                                                                  \
  }
#define SAME(x)      (x)
#define TO_DOUBLE(x) ((double)(x))
ADD_PIXEL(f32, float, SAME, SAME)
ADD_PIXEL(f64, double, SAME, TO_DOUBLE)
ADD_PIXEL(f16, hr_half, hr_half_to_float, hr_half_from_float)

/* Gradients of images: each takes the boxes that are its own, in their order. */
static void add_boxes(void *argument, int64_t begin, int64_t end) {
  const gradient_job *job = argument;
  const crops *c = &job->c;
  size_t image = (size_t)(c->image_height * c->image_width * c->depth) * hr_dtype_size(job->dtype);
  memset((char *)job->out + (size_t)begin * image, 0, (size_t)(end - begin) * image);
  for (int64_t box = 0; box < c->count; ++box) {
    if (c->images[box] < begin || c->images[box] >= end) continue;
    axis_place y_axis = y_place(c, box), x_axis = x_place(c, box);
    void *out = (char *)job->out + (size_t)c->images[box] * image;
    between y, x;
    for (int64_t i = 0; i < c->height; ++i) {
      if (!between_of(&y_axis, i, c->nearest, &y)) continue;
      const float *gradient = job->gradient + (box * c->height + i) * c->width * c->depth;
      for (int64_t j = 0; j < c->width; ++j, gradient += c->depth) {
        if (!between_of(&x_axis, j, c->nearest, &x)) continue;
        if (job->dtype == HR_FLOAT)
          add_pixel_f32(job, out, gradient, y, x);
        else if (job->dtype == HR_DOUBLE)
          add_pixel_f64(job, out, gradient, y, x);
        else
          add_pixel_f16(job, out, gradient, y, x);
      }
    }
  }
}

/* Reads the gradient, input 0, which must be 4-D and not empty. */
static hr_status read_gradient(hr_kernel_context *ctx, crops *c) {
  const hr_tensor *gradient = hr_input(ctx, 0);
  HR_TRY(hr_rank_check(gradient, 4, "grads image"));
  c->height = gradient->dims[1];
  c->width = gradient->dims[2];
  c->depth = gradient->dims[3];
  if (c->height <= 0 || c->width <= 0) return hr_error(HR_INVALID_ARGUMENT, "grads dimensions must be positive");
  return HR_SUCCESS;
}

static hr_status check_count(hr_kernel_context *ctx, const crops *c) {
  if (hr_input(ctx, 0)->dims[0] != c->count)
    return hr_error(HR_INVALID_ARGUMENT, "boxes and grads have incompatible shape: %" PRId64 " boxes, grads %s",
                    c->count, HR_TENSOR_SHAPE_TEXT(hr_input(ctx, 0)));
  return HR_SUCCESS;
}

static hr_status crop_and_resize_grad_image(hr_kernel_context *ctx) {
  const hr_tensor *size = hr_input(ctx, 3);
  gradient_job job = {.gradient = hr_tensor_data(hr_input(ctx, 0))};
  crops *c = &job.c;
  c->nearest = is_nearest(ctx);
  HR_TRY(read_gradient(ctx, c));
  HR_TRY(hr_rank_check(size, 1, "image_size"));
  if (size->elements != 4)
    return hr_error(HR_INVALID_ARGUMENT, "image_size must have 4 elements %s", HR_TENSOR_SHAPE_TEXT(size));
  c->image_height = hr_index_at(size, 1);
  c->image_width = hr_index_at(size, 2);
  if (c->image_height <= 0 || c->image_width <= 0)
    return hr_error(HR_INVALID_ARGUMENT, "image dimensions must be positive");
  if (hr_index_at(size, 3) != c->depth)
    return hr_error(HR_INVALID_ARGUMENT, "image_size and grads are incompatible: depths %" PRId64 " and %" PRId64,
                    hr_index_at(size, 3), c->depth);
  HR_TRY(check_boxes(hr_input(ctx, 1), hr_input(ctx, 2), hr_index_at(size, 0), c));
  HR_TRY(check_count(ctx, c));
  hr_shape shape;
  hr_tensor *out;
  HR_TRY(hr_shape_make(4, (int64_t[]){c->batch, c->image_height, c->image_width, c->depth}, &shape));
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (out->elements == 0) return HR_SUCCESS;
  job.out = hr_tensor_data(out);
  job.dtype = hr_tensor_dtype(out);
  double nanos = 4 * (double)(c->count * c->height * c->width * c->depth) / (double)c->batch;
  hr_parallel_for(ctx, c->batch, nanos, add_boxes, &job);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "CropAndResizeGradImage",
          .types = {{"T", HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_DOUBLE) | HR_TYPE_BIT(HR_HALF)}},
          .compute = crop_and_resize_grad_image);

/* ---- gradient to the boxes ------------------------------------------------------------------------------------- */

typedef struct boxes_job {
  crops c;
  const float *gradient;
  hr_rows rows;
  float *out; /* [count, 4] */
} boxes_job;

/* Image pixels a crop pixel of a box that spans the image. */
static float pixel_ratio(int64_t crop_size, int64_t image_size) {
  return (float)(image_size - 1) / (float)(crop_size - 1);
}

/* The reference takes other steps here than in the crops themselves, by a rounding. */
static axis_place step_by_ratio(axis_place place, float low, float high, int64_t image_size, int64_t crop_size) {
  if (crop_size > 1) place.step = (high - low) * pixel_ratio(crop_size, image_size);
  return place;
}

/* The slope of the image at one place times the gradient there, shared out between the two edges of a direction. */
static void add_slope(float *low, float *high, float slope, int64_t i, int64_t crop_size, int64_t image_size) {
  if (crop_size > 1) {
    float ratio = pixel_ratio(crop_size, image_size);
    *low += slope * ((float)(image_size - 1) - (float)i * ratio);
    *high += slope * ((float)i * ratio);
  } else {
    double both = (double)slope * 0.5 * (double)(image_size - 1);
    *low = (float)((double)*low + both);
    *high = (float)((double)*high + both);
  }
}

static void box_gradients(const hr_row_part *part) {
  const boxes_job *job = part->argument;
  const crops *c = &job->c;
  for (int64_t box = part->begin; box < part->end; ++box) {
    const float *b = c->boxes + 4 * box;
    axis_place y_axis = step_by_ratio(y_place(c, box), b[0], b[2], c->image_height, c->height);
    axis_place x_axis = step_by_ratio(x_place(c, box), b[1], b[3], c->image_width, c->width);
    float *out = job->out + 4 * box;
    memset(out, 0, 4 * sizeof *out);
    between y, x;
    for (int64_t i = 0; i < c->height; ++i) {
      if (!between_of(&y_axis, i, false, &y)) continue;
      int64_t first = c->images[box] * c->image_height;
      const float *top = hr_float_row(&job->rows, first + y.low, part->scratch);
      const float *bottom = hr_float_row(&job->rows, first + y.high, part->scratch + job->rows.length);
      for (int64_t j = 0; j < c->width; ++j) {
        if (!between_of(&x_axis, j, false, &x)) continue;
        const float *gradient = job->gradient + ((box * c->height + i) * c->width + j) * c->depth;
        for (int64_t d = 0; d < c->depth; ++d) {
          float top_left = top[x.low * c->depth + d], top_right = top[x.high * c->depth + d];
          float bottom_left = bottom[x.low * c->depth + d], bottom_right = bottom[x.high * c->depth + d];
          float slope_y = (1 - x.share) * (bottom_left - top_left) + x.share * (bottom_right - top_right);
          float slope_x = (1 - y.share) * (top_right - top_left) + y.share * (bottom_right - bottom_left);
          add_slope(&out[0], &out[2], slope_y * gradient[d], i, c->height, c->image_height);
          add_slope(&out[1], &out[3], slope_x * gradient[d], j, c->width, c->image_width);
        }
      }
    }
  }
}

static hr_status crop_and_resize_grad_boxes(hr_kernel_context *ctx) {
  const hr_tensor *images = hr_input(ctx, 1), *boxes = hr_input(ctx, 2);
  boxes_job job = {.gradient = hr_tensor_data(hr_input(ctx, 0))};
  crops *c = &job.c;
  HR_TRY(read_gradient(ctx, c));
  HR_TRY(hr_rank_check(images, 4, "input image"));
  c->image_height = images->dims[1];
  c->image_width = images->dims[2];
  if (c->image_height <= 0 || c->image_width <= 0)
    return hr_error(HR_INVALID_ARGUMENT, "image dimensions must be positive");
  if (images->dims[3] != c->depth)
    return hr_error(HR_INVALID_ARGUMENT, "image, grads depth differ: %" PRId64 " and %" PRId64, images->dims[3],
                    c->depth);
  HR_TRY(check_boxes(boxes, hr_input(ctx, 3), images->dims[0], c));
  HR_TRY(check_count(ctx, c));
  hr_shape shape = hr_tensor_shape(boxes);
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  job.rows = hr_image_rows(images);
  job.out = hr_tensor_data(out);
  double nanos = 10 * (double)(c->height * c->width * c->depth);
  return hr_for_row_parts(ctx, c->count, nanos, 2 * job.rows.length, box_gradients, &job);
}
HR_KERNEL(.op = "CropAndResizeGradBoxes", .types = {{"T", HR_IMAGE_TYPES}}, .compute = crop_and_resize_grad_boxes);
