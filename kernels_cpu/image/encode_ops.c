/* EncodePng, EncodeJpeg, EncodeJpegVariableQuality. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/image/jpeg.h"
#include "kernels_cpu/image/png.h"
#include "kernels_cpu/string_arguments.h"

#include <inttypes.h>
#include <string.h>

/* Output 0 is the text, where it was written. Takes it. */
static hr_status put_file(hr_kernel_context *ctx, hr_status status, hr_text *text) {
  if (!status) return hr_output_text(ctx, 0, text);
  hr_text_free(text);
  return status;
}

static hr_status check_image(const hr_tensor *image) {
  if (image->rank != 3)
    return hr_error(HR_INVALID_ARGUMENT, "image must be 3-dimensional %s", HR_TENSOR_SHAPE_TEXT(image));
  if (image->elements > INT32_MAX)
    return hr_error(HR_INVALID_ARGUMENT, "image cannot have >= int32 max elements: %s", HR_TENSOR_SHAPE_TEXT(image));
  return HR_SUCCESS;
}

static hr_status encode_png(hr_kernel_context *ctx) {
  const hr_tensor *image = hr_input(ctx, 0);
  int64_t compression = hr_node_attr(hr_context_node(ctx), "compression")->i;
  if (compression < -1 || compression > 9)
    return hr_error(HR_INVALID_ARGUMENT, "compression should be in [-1,9], got %" PRId64, compression);
  HR_TRY(check_image(image));
  int64_t channels = image->dims[2];
  if (channels < 1 || channels > 4)
    return hr_error(HR_INVALID_ARGUMENT, "image must have 1, 2, 3, or 4 channels %s", HR_TENSOR_SHAPE_TEXT(image));
  hr_text text = {0};
  int bits = hr_tensor_dtype(image) == HR_UINT16 ? 16 : 8;
  hr_status status = hr_png_encode(hr_tensor_data(image), (uint32_t)image->dims[1], (uint32_t)image->dims[0],
                                   (int)channels, bits, (int)compression, &text);
  return put_file(ctx, status, &text);
}
HR_KERNEL(.op = "EncodePng", .types = {{"T", HR_TYPE_BIT(HR_UINT8) | HR_TYPE_BIT(HR_UINT16)}}, .compute = encode_png);

/* ---- JPEG ------------------------------------------------------------------------------------------------------ */

static hr_status encode(hr_kernel_context *ctx, const hr_tensor *image, const hr_jpeg_writing *options) {
  if (image->dims[2] != 1 && image->dims[2] != 3)
    return hr_error(HR_INVALID_ARGUMENT, "image must have 1 or 3 channels, got [%" PRId64 ",%" PRId64 ",%" PRId64 "]",
                    image->dims[0], image->dims[1], image->dims[2]);
  hr_text text = {0};
  hr_status status =
      hr_jpeg_encode(hr_tensor_data(image), image->dims[1], image->dims[0], (int)image->dims[2], options, &text);
  return put_file(ctx, status, &text);
}

/* The format says how many channels there must be. */
static hr_status check_format(const char *format, const hr_tensor *image) {
  int64_t channels = *format == '\0' ? image->dims[2] : strcmp(format, "grayscale") == 0 ? 1 : 3;
  if (image->dims[2] != channels)
    return hr_error(HR_INVALID_ARGUMENT, "format '%s' expects %" PRId64 " channels, got %s", format, channels,
                    HR_TENSOR_SHAPE_TEXT(image));
  return HR_SUCCESS;
}

static hr_status encode_jpeg(hr_kernel_context *ctx) {
  const hr_tensor *image = hr_input(ctx, 0);
  const hr_node *node = hr_context_node(ctx);
  const hr_attr_value *metadata = hr_node_attr(node, "xmp_metadata");
  hr_jpeg_writing options = {
      .progressive = hr_node_attr(node, "progressive")->b,
      .optimize_size = hr_node_attr(node, "optimize_size")->b,
      .chroma_downsampling = hr_node_attr(node, "chroma_downsampling")->b,
      .density_unit = strcmp(hr_node_attr(node, "density_unit")->s, "in") == 0 ? 1 : 2,
      .x_density = (int)hr_node_attr(node, "x_density")->i,
      .y_density = (int)hr_node_attr(node, "y_density")->i,
      .xmp_metadata = {metadata->s, (size_t)metadata->count},
  };
  int64_t quality = hr_node_attr(node, "quality")->i;
  if (quality < 0 || quality > 100)
    return hr_error(HR_INVALID_ARGUMENT, "quality must be in [0,100], got %" PRId64, quality);
  options.quality = (int)quality;
  HR_TRY(check_image(image));
  HR_TRY(check_format(hr_node_attr(node, "format")->s, image));
  return encode(ctx, image, &options);
}
HR_KERNEL(.op = "EncodeJpeg", .compute = encode_jpeg);

static hr_status encode_jpeg_variable_quality(hr_kernel_context *ctx) {
  const hr_tensor *image = hr_input(ctx, 0), *quality = hr_input(ctx, 1);
  hr_jpeg_writing options = {.chroma_downsampling = true, .density_unit = 1, .x_density = 300, .y_density = 300};
  HR_TRY(check_image(image));
  HR_TRY(hr_rank_check(quality, 0, "quality"));
  options.quality = (int)hr_index_at(quality, 0);
  return encode(ctx, image, &options);
}
HR_KERNEL(.op = "EncodeJpegVariableQuality", .compute = encode_jpeg_variable_quality);
