/* DecodePng, DecodeJpeg, DecodeGif, DecodeAndCropJpeg, DecodeBmp, ExtractJpegShape. The first three read each other's
 * files, too. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/image/bmp.h"
#include "kernels_cpu/image/gif.h"
#include "kernels_cpu/image/jpeg.h"
#include "kernels_cpu/image/png.h"
#include "kernels_cpu/string_arguments.h"

#include <inttypes.h>
#include <string.h>

typedef enum file_format { FORMAT_UNKNOWN, FORMAT_JPEG, FORMAT_PNG, FORMAT_GIF } file_format;

static file_format format_of(hr_view bytes) {
  static const struct {
    hr_view beginning;
    file_format format;
  } formats[] = {{{"\xff\xd8\xff", 3}, FORMAT_JPEG}, {{"\x89PNG\r\n\x1a\n", 8}, FORMAT_PNG}, {{"GIF8", 4}, FORMAT_GIF}};
  for (size_t i = 0; i < sizeof formats / sizeof *formats; ++i) {
    hr_view begin = formats[i].beginning;
    if (bytes.length >= begin.length && memcmp(bytes.data, begin.data, begin.length) == 0) return formats[i].format;
  }
  return FORMAT_UNKNOWN;
}

static hr_status refuse_unknown(hr_view bytes) {
  if (bytes.length == 0) return hr_error(HR_INVALID_ARGUMENT, "Expected image (JPEG, PNG, or GIF), got empty file");
  hr_text text = {0};
  hr_text_add_escaped(&text, bytes.data, bytes.length < 16 ? bytes.length : 16);
  hr_status status =
      hr_error(HR_INVALID_ARGUMENT, "Expected image (JPEG, PNG, or GIF), got unknown format starting with '%s'",
               text.data ? text.data : "");
  hr_text_free(&text);
  return status;
}

/* ---- where the pixels go --------------------------------------------------------------------------------------- */

typedef struct output {
  hr_kernel_context *ctx;
  bool with_frames; /* a dimension for frames */
} output;

static hr_status make_output(void *argument, const hr_picture *p, void **pixels) {
  const output *o = argument;
  hr_shape shape = {3, {p->height, p->width, p->channels}};
  if (o->with_frames) shape = (hr_shape){4, {p->frames, p->height, p->width, p->channels}};
  hr_tensor *out;
  HR_TRY(hr_output_new(o->ctx, 0, &shape, &out));
  *pixels = hr_tensor_data(out);
  return HR_SUCCESS;
}

/* The file, input 0. */
static hr_status read_contents(hr_kernel_context *ctx, hr_view *bytes) {
  const hr_tensor *contents = hr_input(ctx, 0);
  HR_TRY(hr_rank_check(contents, 0, "contents"));
  const hr_string *file = hr_string_at(contents, 0);
  *bytes = (hr_view){hr_string_data(file), hr_string_length(file)};
  return HR_SUCCESS;
}

/* ---- any format ------------------------------------------------------------------------------------------------ */

static hr_status read_channels(hr_kernel_context *ctx, int *channels) {
  int64_t value = hr_node_attr(hr_context_node(ctx), "channels")->i;
  if (value != 0 && value != 1 && value != 3 && value != 4)
    return hr_error(HR_INVALID_ARGUMENT, "channels must be 0, 1, 3, or 4, got %" PRId64, value);
  *channels = (int)value;
  return HR_SUCCESS;
}

/* `channels` and `bits` are what the op wants; the output of DecodeGif has a dimension for frames. */
static hr_status decode(hr_kernel_context *ctx, int channels, int bits, bool is_gif_op, const hr_jpeg_reading *jpeg) {
  hr_view bytes;
  HR_TRY(read_contents(ctx, &bytes));
  output where = {ctx, is_gif_op};
  hr_picture_target target = {make_output, &where};
  switch (format_of(bytes)) {
  case FORMAT_PNG: return hr_png_decode(bytes, channels, bits, &target);
  case FORMAT_JPEG: {
    if (bits != 8) return hr_error(HR_INVALID_ARGUMENT, "JPEG does not support uint16 output");
    if (channels == 4) return hr_error(HR_INVALID_ARGUMENT, "channels must be 0, 1, or 3 for JPEG, got 4");
    hr_jpeg_reading options = *jpeg;
    options.channels = channels;
    return hr_jpeg_decode(bytes, &options, &target);
  }
  case FORMAT_GIF: {
    if (bits != 8) return hr_error(HR_INVALID_ARGUMENT, "GIF does not support uint16 output");
    if (channels != 0 && channels != 3)
      return hr_error(HR_INVALID_ARGUMENT, "channels must be 0 or 3 for GIF, got %d", channels);
    int64_t frames = 1;
    if (!is_gif_op) HR_TRY(hr_gif_frames(bytes, &frames));
    if (frames != 1)
      return hr_error(HR_INVALID_ARGUMENT,
                      "Got %" PRId64 " frames, but animated gifs can only be decoded by tf.image.decode_gif or "
                      "tf.image.decode_image",
                      frames);
    return hr_gif_decode(bytes, &target);
  }
  default: return refuse_unknown(bytes);
  }
}

/* How JPEG files are read where the op has no attributes for it. */
static const hr_jpeg_reading plain_jpeg = {.ratio = 1, .fancy_upscaling = true, .acceptable_fraction = 1};

static hr_status decode_png(hr_kernel_context *ctx) {
  int channels;
  HR_TRY(read_channels(ctx, &channels));
  return decode(ctx, channels, hr_output_type(ctx, 0) == HR_UINT16 ? 16 : 8, false, &plain_jpeg);
}
HR_KERNEL(.op = "DecodePng", .types = {{"dtype", HR_TYPE_BIT(HR_UINT8) | HR_TYPE_BIT(HR_UINT16)}},
          .compute = decode_png);

static hr_status decode_gif(hr_kernel_context *ctx) { return decode(ctx, 3, 8, true, &plain_jpeg); }
HR_KERNEL(.op = "DecodeGif", .compute = decode_gif);

/* ---- JPEG ------------------------------------------------------------------------------------------------------ */

static hr_status read_jpeg_attributes(hr_kernel_context *ctx, hr_jpeg_reading *o) {
  const hr_node *node = hr_context_node(ctx);
  int64_t ratio = hr_node_attr(node, "ratio")->i;
  const char *method = hr_node_attr(node, "dct_method")->s;
  HR_TRY(read_channels(ctx, &o->channels));
  if (ratio != 1 && ratio != 2 && ratio != 4 && ratio != 8)
    return hr_error(HR_INVALID_ARGUMENT, "ratio must be 1, 2, 4, or 8, got %" PRId64, ratio);
  o->accurate = strcmp(method, "INTEGER_ACCURATE") == 0;
  if (!o->accurate && *method && strcmp(method, "INTEGER_FAST") != 0)
    return hr_error(HR_INVALID_ARGUMENT, "dct_method must be one of {'', 'INTEGER_FAST', 'INTEGER_ACCURATE'}");
  o->ratio = (int)ratio;
  o->fancy_upscaling = hr_node_attr(node, "fancy_upscaling")->b;
  o->recover_truncated = hr_node_attr(node, "try_recover_truncated")->b;
  o->acceptable_fraction = hr_node_attr(node, "acceptable_fraction")->f;
  return HR_SUCCESS;
}

static hr_status decode_jpeg(hr_kernel_context *ctx) {
  hr_jpeg_reading options = {0};
  HR_TRY(read_jpeg_attributes(ctx, &options));
  return decode(ctx, options.channels, 8, false, &options);
}
HR_KERNEL(.op = "DecodeJpeg", .compute = decode_jpeg);

/* The window is of JPEG files alone, as in TensorFlow. */
static hr_status decode_and_crop_jpeg(hr_kernel_context *ctx) {
  const hr_tensor *window = hr_input(ctx, 1);
  hr_jpeg_reading options = {.crop = true};
  HR_TRY(read_jpeg_attributes(ctx, &options));
  HR_TRY(hr_rank_check(window, 1, "crop_window"));
  if (window->elements != 4)
    return hr_error(HR_INVALID_ARGUMENT, "crop_window must have four elements %s", HR_TENSOR_SHAPE_TEXT(window));
  const int32_t *numbers = hr_tensor_data(window);
  options.crop_y = numbers[0];
  options.crop_x = numbers[1];
  options.crop_height = numbers[2];
  options.crop_width = numbers[3];
  return decode(ctx, options.channels, 8, false, &options);
}
HR_KERNEL(.op = "DecodeAndCropJpeg", .compute = decode_and_crop_jpeg);

static hr_status extract_jpeg_shape(hr_kernel_context *ctx) {
  hr_view bytes;
  hr_picture picture;
  hr_tensor *out;
  HR_TRY(read_contents(ctx, &bytes));
  HR_TRY(hr_jpeg_shape(bytes, &picture));
  HR_TRY(hr_output_new(ctx, 0, &(hr_shape){1, {3}}, &out));
  int64_t sizes[] = {picture.height, picture.width, picture.channels};
  for (int i = 0; i < 3; ++i) {
    if (hr_tensor_dtype(out) == HR_INT32)
      ((int32_t *)hr_tensor_data(out))[i] = (int32_t)sizes[i];
    else
      ((int64_t *)hr_tensor_data(out))[i] = sizes[i];
  }
  return HR_SUCCESS;
}
HR_KERNEL(.op = "ExtractJpegShape", .types = {{"output_type", HR_INDEX_TYPES}}, .compute = extract_jpeg_shape);

/* ---- BMP ------------------------------------------------------------------------------------------------------- */

static hr_status decode_bmp(hr_kernel_context *ctx) {
  int64_t channels = hr_node_attr(hr_context_node(ctx), "channels")->i;
  if (channels != 0 && channels != 1 && channels != 3 && channels != 4)
    return hr_error(HR_INVALID_ARGUMENT, "channels must be 0, 1, 3 or 4, got %" PRId64, channels);
  hr_view bytes;
  HR_TRY(read_contents(ctx, &bytes));
  output where = {ctx, false};
  return hr_bmp_decode(bytes, (int)channels, &(hr_picture_target){make_output, &where});
}
HR_KERNEL(.op = "DecodeBmp", .compute = decode_bmp);
