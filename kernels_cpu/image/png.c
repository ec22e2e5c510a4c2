#include "kernels_cpu/image/png.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

/* libpng's messages go nowhere: the caller says what failed. */
static void on_error(png_structp png, png_const_charp message) {
  (void)message;
  png_longjmp(png, 1);
}
static void on_warning(png_structp png, png_const_charp message) {
  (void)png;
  (void)message;
}

/* ---- writing --------------------------------------------------------------------------------------------------- */

static void append(png_structp png, png_bytep bytes, size_t length) {
  hr_text_add(png_get_io_ptr(png), (const char *)bytes, length);
}

/* An hr_text keeps in mind by itself that memory has run out; there is nothing to flush. */
static void flush(png_structp png) { (void)png; }

/* False where libpng gave up. */
static bool write_image(png_structp png, png_infop info, const uint8_t *pixels, uint32_t width, uint32_t height,
                        int channels, int bits, int compression, hr_text *out) {
  static const int color_types[] = {PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB,
                                    PNG_COLOR_TYPE_RGB_ALPHA};
  if (setjmp(png_jmpbuf(png))) return false;
  png_set_write_fn(png, out, append, flush);
  png_set_IHDR(png, info, width, height, bits, color_types[channels - 1], PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_compression_level(png, compression);
  png_write_info(png, info);
  if (bits == 16 && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__) png_set_swap(png);
  size_t row = (size_t)width * (size_t)channels * (size_t)(bits / 8);
  for (uint32_t y = 0; y < height; ++y)
    png_write_row(png, pixels + y * row);
  png_write_end(png, NULL);
  return true;
}

hr_status hr_png_encode(const void *pixels, uint32_t width, uint32_t height, int channels, int bits, int compression,
                        hr_text *out) {
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  bool written = info && write_image(png, info, pixels, width, height, channels, bits, compression, out);
  bool made = info != NULL;
  png_destroy_write_struct(&png, &info);
  if (!made || out->failed) return hr_error_out_of_memory(0, "a PNG image");
  if (!written) return hr_error(HR_INTERNAL, "PNG encoding failed: %u x %u pixels", width, height);
  return HR_SUCCESS;
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

typedef struct reader {
  hr_view rest; /* of the bytes */
  int channels, bits;
  const hr_picture_target *target;
  png_structp png;
  png_infop info;
  /* What survives a longjmp. */
  bool past_header;
  hr_status status;
  void *pixels;
  hr_picture picture;
} reader;

static void take(png_structp png, png_bytep bytes, size_t length) {
  reader *r = png_get_io_ptr(png);
  if (length > r->rest.length) png_error(png, "no more bytes");
  memcpy(bytes, r->rest.data, length);
  r->rest.data += length;
  r->rest.length -= length;
}

/* Channels of the file itself: those of the palette's colors where it has one. */
static int channels_of_file(const reader *r, int color_type) {
  if (color_type != PNG_COLOR_TYPE_PALETTE) return png_get_channels(r->png, r->info);
  return png_get_valid(r->png, r->info, PNG_INFO_tRNS) ? 4 : 3;
}

/* Asks libpng for the wanted channels and bits. */
static void set_conversions(const reader *r, int bit_depth, int color_type) {
  bool has_alpha = color_type & PNG_COLOR_MASK_ALPHA, is_gray = !(color_type & PNG_COLOR_MASK_COLOR);
  bool has_transparency = png_get_valid(r->png, r->info, PNG_INFO_tRNS) != 0;
  if (color_type == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(r->png);
  if (r->channels % 2 == 1) {
    if (has_alpha || has_transparency) png_set_strip_alpha(r->png);
  } else if (!has_alpha && has_transparency) {
    png_set_tRNS_to_alpha(r->png);
  } else if (!has_alpha) {
    png_set_add_alpha(r->png, (1u << bit_depth) - 1, PNG_FILLER_AFTER);
  }
  if (bit_depth > 8 && r->bits == 8) png_set_strip_16(r->png);
  if (bit_depth > 8 && r->bits == 16 && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__) png_set_swap(r->png);
  png_set_packing(r->png);
  if (is_gray && bit_depth < 8) png_set_expand_gray_1_2_4_to_8(r->png);
  if (r->channels < 3 && !is_gray) png_set_rgb_to_gray(r->png, PNG_ERROR_ACTION_NONE, 0.299, 0.587);
  if (r->channels >= 3 && is_gray) png_set_gray_to_rgb(r->png);
}

/* Bytes become 16 bits: 255 becomes 65535. Each row stands at the beginning of the room for it. */
static void widen(const reader *r) {
  int64_t n = r->picture.width * r->picture.channels;
  for (int64_t y = 0; y < r->picture.height; ++y) {
    uint16_t *row = (uint16_t *)r->pixels + y * n;
    const uint8_t *bytes = (const uint8_t *)row;
    for (int64_t i = n; i-- > 0;)
      row[i] = (uint16_t)(bytes[i] * 257);
  }
}

/* False where libpng gave up or `status` says what went wrong. */
static bool read_image(reader *r) {
  if (setjmp(png_jmpbuf(r->png))) return false;
  png_uint_32 width, height;
  int bit_depth, color_type;
  png_set_read_fn(r->png, r, take);
  png_read_info(r->png, r->info);
  png_get_IHDR(r->png, r->info, &width, &height, &bit_depth, &color_type, NULL, NULL, NULL);
  if (r->channels == 0) r->channels = channels_of_file(r, color_type);
  r->picture = (hr_picture){1, height, width, r->channels};
  r->past_header = true;
  if (!hr_picture_fits(&r->picture))
    r->status = hr_error(HR_INVALID_ARGUMENT, "PNG size too large for int: %u by %u", width, height);
  if (r->status) return false;
  set_conversions(r, bit_depth, color_type);
  int passes = png_set_interlace_handling(r->png);
  png_read_update_info(r->png, r->info);
  int bytes = bit_depth > 8 && r->bits == 16 ? 2 : 1;
  if (png_get_rowbytes(r->png, r->info) != (size_t)width * (size_t)(r->channels * bytes)) return false;
  r->status = r->target->make(r->target->argument, &r->picture, &r->pixels);
  if (r->status) return false;
  size_t row = (size_t)width * (size_t)(r->channels * (r->bits / 8));
  for (int pass = 0; pass < passes; ++pass)
    for (png_uint_32 y = 0; y < height; ++y)
      png_read_row(r->png, (png_bytep)r->pixels + y * row, NULL);
  png_read_end(r->png, NULL);
  if (r->bits == 16 && bytes == 1) widen(r);
  return true;
}

hr_status hr_png_decode(hr_view bytes, int channels, int bits, const hr_picture_target *target) {
  reader r = {.rest = bytes, .channels = channels, .bits = bits, .target = target};
  r.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning);
  r.info = r.png ? png_create_info_struct(r.png) : NULL;
  if (!r.info) {
    png_destroy_read_struct(&r.png, NULL, NULL);
    return hr_error_out_of_memory(0, "a PNG image");
  }
  bool read = read_image(&r);
  png_destroy_read_struct(&r.png, &r.info, NULL);
  if (read || r.status) return r.status;
  return r.past_header ? hr_error(HR_INVALID_ARGUMENT, "Invalid PNG data, size %zu", bytes.length)
                       : hr_error(HR_INVALID_ARGUMENT, "Invalid PNG header, data size %zu", bytes.length);
}
