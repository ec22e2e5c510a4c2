#include "kernels_cpu/png.h"

#include <png.h>

static void append(png_structp png, png_bytep bytes, size_t length) {
  hr_text_add(png_get_io_ptr(png), (const char *)bytes, length);
}

/* An hr_text keeps in mind by itself that memory has run out; there is nothing to flush. */
static void flush(png_structp png) { (void)png; }

/* libpng's messages go nowhere: the caller says what failed. */
static void on_error(png_structp png, png_const_charp message) {
  (void)message;
  png_longjmp(png, 1);
}
static void on_warning(png_structp png, png_const_charp message) {
  (void)png;
  (void)message;
}

/* False where libpng gave up. */
static bool write_image(png_structp png, png_infop info, const uint8_t *pixels, uint32_t width, uint32_t height,
                        int channels, hr_text *out) {
  static const int color_types[] = {PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB,
                                    PNG_COLOR_TYPE_RGB_ALPHA};
  if (setjmp(png_jmpbuf(png))) return false;
  png_set_write_fn(png, out, append, flush);
  png_set_IHDR(png, info, width, height, 8, color_types[channels - 1], PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  for (uint32_t y = 0; y < height; ++y)
    png_write_row(png, pixels + (size_t)y * width * (size_t)channels);
  png_write_end(png, NULL);
  return true;
}

hr_status hr_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int channels, hr_text *out) {
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  bool written = info && write_image(png, info, pixels, width, height, channels, out);
  bool made = info != NULL;
  png_destroy_write_struct(&png, &info);
  if (!made || out->failed) return hr_error_out_of_memory(0, "a PNG image");
  if (!written) return hr_error(HR_INVALID_ARGUMENT, "PNG encoding failed: %u x %u pixels", width, height);
  return HR_SUCCESS;
}
