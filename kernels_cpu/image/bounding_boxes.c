/* DrawBoundingBoxes and its second version. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/box_copy.h"

#include <inttypes.h>
#include <string.h>

enum { DEPTH = 4 };

static const float default_colors[][DEPTH] = {
    {1, 1, 0, 1},       {0, 0, 1, 1},    {1, 0, 0, 1},    {0, 1, 0, 1}, {0.5f, 0, 0.5f, 1},
    {0.5f, 0.5f, 0, 1}, {0.5f, 0, 0, 1}, {0, 0, 0.5f, 1}, {0, 1, 1, 1}, {1, 0, 1, 1},
};

typedef struct canvas {
  void *pixels; /* of one image */
  int64_t height, width, depth;
  hr_dtype dtype;
} canvas;

static void put(const canvas *image, int64_t y, int64_t x, const float *color) {
  int64_t first = (y * image->width + x) * image->depth;
  for (int64_t c = 0; c < image->depth; ++c) {
    if (image->dtype == HR_FLOAT)
      ((float *)image->pixels)[first + c] = color[c];
    else
      ((hr_half *)image->pixels)[first + c] = hr_half_from_float(color[c]);
  }
}

/* The pixel of a share of a side; far away stays far away. */
static int64_t pixel_of(float share, int64_t side) {
  float at = share * (float)(side - 1);
  if (!(at < 0x1p62f)) return INT64_MAX / 2;
  return at > -0x1p62f ? (int64_t)at : INT64_MIN / 2;
}

/* The sides of a box that are inside the image; nothing of a box that is turned inside out or lies outside. */
static void draw(const canvas *image, const float *box, const float *color) {
  int64_t top = pixel_of(box[0], image->height), left = pixel_of(box[1], image->width);
  int64_t bottom = pixel_of(box[2], image->height), right = pixel_of(box[3], image->width);
  if (top > bottom || left > right || top >= image->height || bottom < 0 || left >= image->width || right < 0) return;
  int64_t first_row = top < 0 ? 0 : top, last_row = bottom < image->height ? bottom : image->height - 1;
  int64_t first_column = left < 0 ? 0 : left, last_column = right < image->width ? right : image->width - 1;
  for (int64_t x = first_column; x <= last_column; ++x) {
    if (top >= 0) put(image, top, x, color);
    if (bottom < image->height) put(image, bottom, x, color);
  }
  for (int64_t y = first_row; y <= last_row; ++y) {
    if (left >= 0) put(image, y, left, color);
    if (right < image->width) put(image, y, right, color);
  }
}

/* `colors`: [count, width], or NULL. */
static hr_status draw_boxes(hr_kernel_context *ctx, const hr_tensor *colors) {
  const hr_tensor *images = hr_input(ctx, 0), *boxes = hr_input(ctx, 1);
  HR_TRY(hr_rank_check(images, 4, "The rank of the images"));
  HR_TRY(hr_rank_check(boxes, 3, "The rank of the boxes tensor"));
  if (images->dims[0] != boxes->dims[0])
    return hr_error(HR_INVALID_ARGUMENT, "The batch sizes should be the same: %" PRId64 " images, boxes of %" PRId64,
                    images->dims[0], boxes->dims[0]);
  int64_t depth = images->dims[3];
  if (depth != 4 && depth != 1 && depth != 3)
    return hr_error(HR_INVALID_ARGUMENT, "Channel depth should be either 1 (GRY), 3 (RGB), or 4 (RGBA), not %" PRId64,
                    depth);
  if (boxes->elements > 0 && boxes->dims[2] != 4)
    return hr_error(HR_INVALID_ARGUMENT, "boxes must have 4 numbers each: %s", HR_TENSOR_SHAPE_TEXT(boxes));
  hr_shape shape = hr_tensor_shape(images);
  hr_tensor *out;
  HR_TRY(hr_output_forward_or_new(ctx, 1, 0, &shape, &out));
  if (out->elements == 0) return HR_SUCCESS;
  void *from = hr_tensor_data(images);
  if (hr_tensor_data(out) != from) memcpy(hr_tensor_data(out), from, hr_tensor_bytes(out));
  int64_t of_image = boxes->dims[1], count = colors ? colors->dims[0] : 0;
  for (int64_t i = 0; i < images->dims[0] * of_image; ++i) {
    canvas image = {(char *)hr_tensor_data(out) +
                        hr_tensor_bytes(out) / (size_t)images->dims[0] * (size_t)(i / of_image),
                    images->dims[1], images->dims[2], depth, hr_tensor_dtype(out)};
    static const float white[DEPTH] = {1, 1, 1, 1};
    const float *color = default_colors[i % of_image % 10];
    if (count > 0)
      color = (const float *)hr_tensor_data(colors) + i % of_image % count * colors->dims[1];
    else if (depth == 1)
      color = white;
    draw(&image, (const float *)hr_tensor_data(boxes) + 4 * i, color);
  }
  return HR_SUCCESS;
}

static hr_status draw_bounding_boxes(hr_kernel_context *ctx) { return draw_boxes(ctx, NULL); }
HR_KERNEL(.op = "DrawBoundingBoxes", .types = {{"T", HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_HALF)}},
          .compute = draw_bounding_boxes);

static hr_status draw_bounding_boxes_v2(hr_kernel_context *ctx) {
  const hr_tensor *images = hr_input(ctx, 0), *colors = hr_input(ctx, 2);
  HR_TRY(hr_rank_check(colors, 2, "colors"));
  if (images->rank == 4 && colors->dims[0] > 0 && colors->dims[1] < images->dims[3])
    return hr_error(HR_INVALID_ARGUMENT, "colors must have equal or more channels than the image provided: %s",
                    HR_TENSOR_SHAPE_TEXT(colors));
  return draw_boxes(ctx, colors);
}
HR_KERNEL(.op = "DrawBoundingBoxesV2", .types = {{"T", HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_HALF)}},
          .compute = draw_bounding_boxes_v2);
