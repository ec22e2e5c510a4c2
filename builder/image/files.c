/* Files of images: of which kind they are, and reading any of them. */
#include "builder/image/image.h"
#include "headrace/control_flow.h"
#include "runtime/base/text.h"

/* ---- kinds ----------------------------------------------------------------------------------------------------- */

/* Whether a file begins with these bytes, which may be no text. */
static hr_output begins_with(hr_scope s, hr_operand contents, hr_view begin, const char *name) {
  hr_tensor bytes;
  hr_output head = hr_call_one(s, "Substr", NULL, HR_OPERANDS(contents, 0, (int64_t)begin.length), HR_NO_ATTRS);
  hr_status status = hr_tensor_string(begin.data, begin.length, &bytes);
  if (status) {
    hr_scope_fail(s, status);
    return HR_NO_OUTPUT;
  }
  hr_output result = hr_call_one(s, "Equal", name, HR_OPERANDS(head, &bytes), HR_NO_ATTRS);
  hr_tensor_clear(&bytes);
  return result;
}

hr_output hr_is_jpeg_with(hr_scope scope, hr_operand contents, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "is_jpeg");
  return begins_with(s, contents, HR_VIEW("\xff\xd8\xff"), options ? options->name : NULL);
}

static hr_output is_png(hr_scope scope, hr_operand contents) {
  return begins_with(hr_name_scope(scope, "is_png"), contents, HR_VIEW("\x89PN"), NULL);
}

/* ---- any kind -------------------------------------------------------------------------------------------------- */

/* What the branches of the conditionals need. */
typedef struct decoding {
  hr_operand contents;
  hr_output head; /* its first three bytes */
  int64_t channels;
  hr_dtype dtype;
  bool first_frame_only;
} decoding;

static hr_output not_equal(hr_scope s, int64_t channels, int64_t bad, const char *name) {
  return hr_call_one(s, "NotEqual", name, HR_OPERANDS(channels, bad), HR_NO_ATTRS);
}

static hr_node *assert_channels(hr_scope s, hr_output good, const char *message) {
  return hr_tf_assert(s, good, HR_OPERANDS(message));
}

static void jpeg_branch(void *argument, hr_scope s, hr_results *results) {
  const decoding *d = argument;
  hr_output good = not_equal(s, d->channels, 4, "check_jpeg_channels");
  hr_node *check = assert_channels(s, good, "Channels must be in (None, 0, 1, 3) when decoding JPEG images");
  if (!hr_scope_ok(s)) return;
  HR_WITH (checked, hr_control_dependencies(s, 1, &check)) {
    hr_output pixels = hr_call_one(checked, "DecodeJpeg", NULL, HR_OPERANDS(d->contents),
                                   HR_ATTRS({"channels", HR_ATTR_INT_VALUE(d->channels)}));
    hr_return(results, hr_convert_image_dtype(checked, pixels, d->dtype));
  }
}

static void png_branch(void *argument, hr_scope s, hr_results *results) {
  const decoding *d = argument;
  hr_output pixels = hr_call_one(s, "DecodePng", NULL, HR_OPERANDS(d->contents),
                                 HR_ATTRS({"channels", HR_ATTR_INT_VALUE(d->channels)},
                                          {"dtype", HR_ATTR_TYPE_VALUE(d->dtype == HR_UINT8 ? HR_UINT8 : HR_UINT16)}));
  hr_return(results, hr_convert_image_dtype(s, pixels, d->dtype));
}

static void gif_branch(void *argument, hr_scope s, hr_results *results) {
  const decoding *d = argument;
  hr_output not_gray = not_equal(s, d->channels, 1, "check_gif_channels");
  hr_output good = hr_logical_and(s, not_gray, not_equal(s, d->channels, 4, "check_gif_channels"));
  hr_node *check = assert_channels(s, good, "Channels must be in (None, 0, 3) when decoding GIF images");
  if (!hr_scope_ok(s)) return;
  HR_WITH (checked, hr_control_dependencies(s, 1, &check)) {
    hr_output pixels = hr_call_one(checked, "DecodeGif", NULL, HR_OPERANDS(d->contents), HR_NO_ATTRS);
    hr_output frames = hr_convert_image_dtype(checked, pixels, d->dtype);
    hr_return(results, d->first_frame_only ? hr_tf_gather(checked, frames, 0) : frames);
  }
}

static void bmp_branch(void *argument, hr_scope s, hr_results *results) {
  const decoding *d = argument;
  hr_output is_bmp = begins_with(s, d->contents, HR_VIEW("BM"), "is_bmp");
  hr_node *checks[2];
  checks[0] = hr_tf_assert(s, is_bmp, HR_OPERANDS("Unable to decode bytes as JPEG, PNG, GIF, or BMP"));
  hr_output good = not_equal(s, d->channels, 1, "check_channels");
  checks[1] = assert_channels(s, good, "Channels must be in (None, 0, 3) when decoding BMP images");
  if (!hr_scope_ok(s)) return;
  HR_WITH (checked, hr_control_dependencies(s, 2, checks)) {
    hr_output pixels = hr_call_one(checked, "DecodeBmp", NULL, HR_OPERANDS(d->contents), HR_NO_ATTRS);
    hr_return(results, hr_convert_image_dtype(checked, pixels, d->dtype));
  }
}

static void other_than_png(void *argument, hr_scope s, hr_results *results) {
  const decoding *d = argument;
  hr_output is_gif = hr_call_one(s, "Equal", "is_gif", HR_OPERANDS(d->head, "GIF"), HR_NO_ATTRS);
  hr_return(results, hr_only(hr_cond(s, is_gif, HR_BRANCH(gif_branch, argument), HR_BRANCH(bmp_branch, argument),
                                     .name = "cond_gif")));
}

static void other_than_jpeg(void *argument, hr_scope s, hr_results *results) {
  const decoding *d = argument;
  hr_output png = is_png(s, d->contents);
  hr_return(results, hr_only(hr_cond(s, png, HR_BRANCH(png_branch, argument), HR_BRANCH(other_than_png, argument),
                                     .name = "cond_png")));
}

hr_output hr_decode_image_with(hr_scope scope, hr_operand contents, const hr_decode_image_options *options) {
  hr_decode_image_options o = options ? *options : (hr_decode_image_options){.expand_animations = true};
  hr_scope s = hr_name_scope_or(scope, o.name, "decode_image");
  if (o.channels != 0 && o.channels != 1 && o.channels != 3 && o.channels != 4)
    return hr_refuse(s, "channels must be in (None, 0, 1, 3, 4)");
  decoding d = {.contents = contents,
                .channels = o.channels,
                .dtype = o.dtype ? o.dtype : HR_UINT8,
                .first_frame_only = !o.expand_animations};
  d.head = hr_call_one(s, "Substr", NULL, HR_OPERANDS(contents, 0, 3), HR_NO_ATTRS);
  hr_output jpeg = hr_is_jpeg(s, contents);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  return hr_only(hr_cond(s, jpeg, HR_BRANCH(jpeg_branch, &d), HR_BRANCH(other_than_jpeg, &d), .name = "cond_jpeg"));
}

/* ---- JPEG's losses --------------------------------------------------------------------------------------------- */

hr_output hr_adjust_jpeg_quality_with(hr_scope scope, hr_operand image, hr_operand jpeg_quality,
                                      const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "adjust_jpeg_quality");
  hr_output x = hr_convert(s, image, HR_INVALID, "image");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output bytes = hr_convert_image_dtype(s, x, HR_UINT8);
  if (!hr_operand_is_in_graph(jpeg_quality))
    jpeg_quality = hr_operand_output(hr_convert(s, jpeg_quality, HR_INT32, NULL));
  hr_output file = hr_call_one(s, "EncodeJpegVariableQuality", NULL, HR_OPERANDS(bytes, jpeg_quality), HR_NO_ATTRS);
  hr_output decoded = hr_call_one(s, "DecodeJpeg", NULL, HR_OPERANDS(file), HR_NO_ATTRS);
  return hr_scope_ok(s) ? hr_convert_image_dtype(s, decoded, hr_output_base_dtype(x)) : HR_NO_OUTPUT;
}

hr_output hr_random_jpeg_quality_with(hr_scope scope, hr_operand image, int64_t min_jpeg_quality,
                                      int64_t max_jpeg_quality, const hr_seed_options *options) {
  hr_seed_options o = options ? *options : (hr_seed_options){.seed = HR_NO_SEED};
  if (min_jpeg_quality < 0 || max_jpeg_quality < 0 || min_jpeg_quality > 100 || max_jpeg_quality > 100)
    return hr_refuse(scope, "jpeg encoding range must be between 0 and 100.");
  if (min_jpeg_quality >= max_jpeg_quality)
    return hr_refuse(scope, "`min_jpeg_quality` must be less than `max_jpeg_quality`.");
  hr_output quality =
      hr_tf_random_uniform(scope, HR_SHAPE(), .minval = hr_operand_int(min_jpeg_quality),
                           .maxval = hr_operand_int(max_jpeg_quality), .dtype = HR_INT32, .seed = o.seed);
  return hr_adjust_jpeg_quality(scope, image, quality, .name = o.name);
}
