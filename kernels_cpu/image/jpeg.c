#include "kernels_cpu/image/jpeg.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jerror.h>
#include <jpeglib.h>

/* libjpeg's errors come back here; its messages go nowhere, the caller says what failed. */
typedef struct errors {
  struct jpeg_error_mgr base;
  jmp_buf back;
} errors;

static void on_error(j_common_ptr info) { longjmp(((errors *)info->err)->back, 1); }
static void on_message(j_common_ptr info, int level) {
  (void)info;
  (void)level;
}

static struct jpeg_error_mgr *quiet_errors(errors *e) {
  jpeg_std_error(&e->base);
  e->base.error_exit = on_error;
  e->base.emit_message = on_message;
  return &e->base;
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

/* Scans of a progressive file that are read: files have some ten, and each costs a pass over the picture. */
enum { MOST_SCANS = 500 };
/* Bytes of a truncated file that are read more than once: a bad file could go round in circles. */
#define MOST_READ_AGAIN ((size_t)1 << 26)

typedef struct reader {
  struct jpeg_decompress_struct info;
  errors errors;
  struct jpeg_source_mgr source;
  struct jpeg_progress_mgr progress;
  hr_view bytes;
  size_t read_again; /* of the bytes */
  const hr_jpeg_reading *options;
  const hr_picture_target *target;
  /* What survives a longjmp. */
  hr_status status;
  hr_picture picture;
  uint8_t *pixels, *row; /* row: as libjpeg makes it, where it is not the picture's own */
  int64_t rows;          /* that were read */
} reader;

static void nothing(j_decompress_ptr info) { (void)info; }

/* There are no more bytes. Where what libjpeg is reading has begun with bytes that are left, a file that is not to be
 * recovered is waited for, which ends the reading; one that is to be recovered gets those bytes once more, as in
 * TensorFlow, whose pixels depend on it. Where nothing is left, it gets an end marker. */
static boolean fill(j_decompress_ptr info) {
  static const JOCTET end[] = {0xff, JPEG_EOI};
  reader *r = info->client_data;
  struct jpeg_source_mgr *source = info->src;
  if (source->bytes_in_buffer == 0) {
    if (r->bytes.length == 0) ERREXIT(info, JERR_INPUT_EMPTY);
    if (!r->options->recover_truncated || source->next_input_byte == end) ERREXIT(info, JERR_FILE_READ);
    source->next_input_byte = end;
    source->bytes_in_buffer = sizeof end;
    return TRUE;
  }
  r->read_again += source->bytes_in_buffer;
  if (r->read_again > MOST_READ_AGAIN) ERREXIT(info, JERR_FILE_READ);
  return r->options->recover_truncated;
}

static void skip(j_decompress_ptr info, long count) {
  struct jpeg_source_mgr *source = info->src;
  size_t step = count < 0 ? 0 : (size_t)count;
  if (step > source->bytes_in_buffer) step = source->bytes_in_buffer;
  source->next_input_byte += step;
  source->bytes_in_buffer -= step;
}

static void count_scans(j_common_ptr info) {
  if (((j_decompress_ptr)info)->input_scan_number > MOST_SCANS) ERREXIT(info, JERR_NOTIMPL);
}

/* Call inside of setjmp. */
static void open_reader(reader *r) {
  jpeg_create_decompress(&r->info);
  r->info.client_data = r;
  r->source = (struct jpeg_source_mgr){.next_input_byte = (const JOCTET *)r->bytes.data,
                                       .bytes_in_buffer = r->bytes.length,
                                       .init_source = nothing,
                                       .fill_input_buffer = fill,
                                       .skip_input_data = skip,
                                       .resync_to_restart = jpeg_resync_to_restart,
                                       .term_source = nothing};
  r->info.src = &r->source;
  r->progress.progress_monitor = count_scans;
  r->info.progress = &r->progress;
}

static bool is_cmyk(const reader *r) { return r->info.out_color_space == JCS_CMYK; }

/* Sets what libjpeg shall make, and the picture's channels. False for files of other channels. */
static bool set_output(reader *r) {
  struct jpeg_decompress_struct *info = &r->info;
  int channels = r->options->channels ? r->options->channels : info->num_components < 3 ? info->num_components : 3;
  if (channels != 1 && channels != 3) return false;
  if (channels == 1)
    info->out_color_space = JCS_GRAYSCALE;
  else
    info->out_color_space =
        info->jpeg_color_space == JCS_CMYK || info->jpeg_color_space == JCS_YCCK ? JCS_CMYK : JCS_RGB;
  info->do_fancy_upsampling = r->options->fancy_upscaling;
  info->scale_num = 1;
  info->scale_denom = (unsigned)r->options->ratio;
  info->dct_method = r->options->accurate ? JDCT_ISLOW : JDCT_IFAST;
  jpeg_calc_output_dimensions(info);
  r->picture = (hr_picture){1, info->output_height, info->output_width, channels};
  return true;
}

/* The picture is the crop window, which must be inside. */
static hr_status set_crop(reader *r) {
  const hr_jpeg_reading *o = r->options;
  hr_picture *p = &r->picture;
  if (o->crop_y < 0 || o->crop_x < 0 || o->crop_height <= 0 || o->crop_width <= 0 ||
      o->crop_y + (int64_t)o->crop_height > p->height || o->crop_x + (int64_t)o->crop_width > p->width)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Invalid JPEG data or crop window, data size %zu; %d x %d pixels at %d, %d of %" PRId64
                    " x %" PRId64,
                    r->bytes.length, o->crop_width, o->crop_height, o->crop_x, o->crop_y, p->width, p->height);
  p->height = o->crop_height;
  p->width = o->crop_width;
  return HR_SUCCESS;
}

/* Cyan, magenta, yellow and black to RGB; Adobe writes them inverted. */
static void rgb_of_cmyk(const reader *r, uint8_t *out, const uint8_t *row) {
  bool inverted = r->info.saw_Adobe_marker;
  for (int64_t i = 0; i < r->picture.width; ++i, row += 4)
    for (int c = 0; c < 3; ++c)
      out[3 * i + c] = (uint8_t)(inverted ? row[3] * row[c] / 255 : (255 - row[3]) * (255 - row[c]) / 255);
}

/* Reads rows until the picture is full or there are no more. */
static void read_rows(reader *r, int64_t offset) {
  size_t length = (size_t)(r->picture.width * r->picture.channels);
  for (; r->rows < r->picture.height; ++r->rows) {
    uint8_t *out = r->pixels + (size_t)r->rows * length;
    JSAMPROW row = r->row ? r->row : out;
    if (jpeg_read_scanlines(&r->info, &row, 1) == 0) return;
    if (is_cmyk(r))
      rgb_of_cmyk(r, out, r->row + offset * 4);
    else if (r->row)
      memcpy(out, r->row + offset * r->picture.channels, length);
  }
}

/* A truncated file's last row is repeated, where it is to be recovered; otherwise the rest is black. */
static void fill_rows(reader *r) {
  size_t length = (size_t)(r->picture.width * r->picture.channels);
  for (int64_t y = r->rows; y < r->picture.height; ++y) {
    uint8_t *out = r->pixels + (size_t)y * length;
    if (r->options->recover_truncated && y > 0)
      memcpy(out, out - length, length);
    else
      memset(out, 0, length);
  }
  if (r->options->recover_truncated) r->rows = r->picture.height;
}

/* False where libjpeg gave up or `status` says what went wrong. */
static bool read_image(reader *r) {
  if (setjmp(r->errors.back)) return false;
  open_reader(r);
  if (jpeg_read_header(&r->info, TRUE) != JPEG_HEADER_OK || !set_output(r)) return false;
  if (!hr_picture_fits(&r->picture))
    r->status =
        hr_error(HR_INVALID_ARGUMENT,
                 "Invalid JPEG data or crop window, data size %zu; %" PRId64 " x %" PRId64 " pixels are too many",
                 r->bytes.length, r->picture.width, r->picture.height);
  if (!r->status && r->options->crop) r->status = set_crop(r);
  if (r->status || !jpeg_start_decompress(&r->info)) return false;
  JDIMENSION start = 0, width = r->info.output_width;
  if (r->options->crop) {
    start = (JDIMENSION)r->options->crop_x;
    width = (JDIMENSION)r->options->crop_width;
    jpeg_crop_scanline(&r->info, &start, &width);
  }
  void *pixels;
  r->status = r->target->make(r->target->argument, &r->picture, &pixels);
  if (r->status) return false;
  r->pixels = pixels;
  if (is_cmyk(r) || r->options->crop) {
    size_t bytes = (size_t)r->info.output_width * (size_t)r->info.output_components;
    r->row = malloc(bytes);
    if (!r->row) r->status = hr_error_out_of_memory(bytes, "a row of a JPEG image");
    if (r->status) return false;
  }
  if (r->options->crop && r->options->crop_y > 0) jpeg_skip_scanlines(&r->info, (JDIMENSION)r->options->crop_y);
  read_rows(r, r->options->crop ? r->options->crop_x - (int64_t)start : 0);
  fill_rows(r);
  return true;
}

hr_status hr_jpeg_decode(hr_view bytes, const hr_jpeg_reading *options, const hr_picture_target *target) {
  reader *r = calloc(1, sizeof *r);
  if (!r) return hr_error_out_of_memory(sizeof *r, "a JPEG image");
  r->bytes = bytes;
  r->options = options;
  r->target = target;
  r->info.err = quiet_errors(&r->errors);
  bool read = read_image(r);
  float fraction = options->acceptable_fraction < 1 ? options->acceptable_fraction : 1;
  read = read && (float)r->rows / (float)r->picture.height >= fraction;
  hr_status status = r->status;
  jpeg_destroy_decompress(&r->info);
  free(r->row);
  free(r);
  if (read || status) return status;
  return hr_error(HR_INVALID_ARGUMENT, "Invalid JPEG data or crop window, data size %zu", bytes.length);
}

static bool read_shape(reader *r) {
  if (setjmp(r->errors.back)) return false;
  open_reader(r);
  if (jpeg_read_header(&r->info, TRUE) != JPEG_HEADER_OK) return false;
  jpeg_calc_output_dimensions(&r->info);
  r->picture = (hr_picture){1, r->info.output_height, r->info.output_width, r->info.num_components};
  return true;
}

hr_status hr_jpeg_shape(hr_view bytes, hr_picture *out) {
  static const hr_jpeg_reading options = {.ratio = 1};
  reader r = {.bytes = bytes, .options = &options};
  r.info.err = quiet_errors(&r.errors);
  bool read = read_shape(&r);
  *out = r.picture;
  jpeg_destroy_decompress(&r.info);
  if (read) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "Invalid JPEG data, size %zu", bytes.length);
}

/* ---- writing --------------------------------------------------------------------------------------------------- */

typedef struct writer {
  struct jpeg_compress_struct info;
  errors errors;
  struct jpeg_destination_mgr destination;
  hr_text *out;
  JOCTET buffer[4096];
} writer;

static void begin(j_compress_ptr info) {
  writer *w = info->client_data;
  w->destination.next_output_byte = w->buffer;
  w->destination.free_in_buffer = sizeof w->buffer;
}
static boolean empty(j_compress_ptr info) {
  writer *w = info->client_data;
  hr_text_add(w->out, (const char *)w->buffer, sizeof w->buffer);
  begin(info);
  return TRUE;
}
static void finish(j_compress_ptr info) {
  writer *w = info->client_data;
  hr_text_add(w->out, (const char *)w->buffer, sizeof w->buffer - w->destination.free_in_buffer);
}

/* XMP metadata stands in a marker of its own, behind the name of what it is. */
static void write_metadata(j_compress_ptr info, hr_view metadata) {
  static const char name[] = "http://ns.adobe.com/xap/1.0/";
  if (metadata.length == 0) return;
  jpeg_write_m_header(info, JPEG_APP0 + 1, (unsigned)(sizeof name + metadata.length));
  for (size_t i = 0; i < sizeof name; ++i)
    jpeg_write_m_byte(info, (unsigned char)name[i]);
  for (size_t i = 0; i < metadata.length; ++i)
    jpeg_write_m_byte(info, (unsigned char)metadata.data[i]);
}

static bool write_image(writer *w, const uint8_t *pixels, int64_t width, int64_t height, int channels,
                        const hr_jpeg_writing *o) {
  struct jpeg_compress_struct *info = &w->info;
  if (setjmp(w->errors.back)) return false;
  jpeg_create_compress(info);
  info->client_data = w;
  w->destination = (struct jpeg_destination_mgr){
      .init_destination = begin, .empty_output_buffer = empty, .term_destination = finish};
  info->dest = &w->destination;
  info->image_width = (JDIMENSION)width;
  info->image_height = (JDIMENSION)height;
  info->input_components = channels;
  info->in_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(info);
  info->optimize_coding = o->optimize_size;
  info->density_unit = (UINT8)o->density_unit;
  info->X_density = (UINT16)o->x_density;
  info->Y_density = (UINT16)o->y_density;
  jpeg_set_quality(info, o->quality, TRUE);
  if (o->progressive) jpeg_simple_progression(info);
  for (int i = 0; !o->chroma_downsampling && i < info->num_components; ++i)
    info->comp_info[i].h_samp_factor = info->comp_info[i].v_samp_factor = 1;
  jpeg_start_compress(info, TRUE);
  write_metadata(info, o->xmp_metadata);
  for (int64_t y = 0; y < height; ++y) {
    JSAMPROW row = (JSAMPROW)(uintptr_t)(pixels + y * width * channels);
    jpeg_write_scanlines(info, &row, 1);
  }
  jpeg_finish_compress(info);
  return true;
}

hr_status hr_jpeg_encode(const uint8_t *pixels, int64_t width, int64_t height, int channels,
                         const hr_jpeg_writing *options, hr_text *out) {
  if (width <= 0 || height <= 0 || width > JPEG_MAX_DIMENSION || height > JPEG_MAX_DIMENSION)
    return hr_error(HR_INTERNAL, "JPEG encoding failed: %" PRId64 " x %" PRId64 " pixels", width, height);
  writer *w = calloc(1, sizeof *w);
  if (!w) return hr_error_out_of_memory(sizeof *w, "a JPEG image");
  w->out = out;
  w->info.err = quiet_errors(&w->errors);
  bool written = write_image(w, pixels, width, height, channels, options);
  jpeg_destroy_compress(&w->info);
  free(w);
  if (out->failed) return hr_error_out_of_memory(0, "a JPEG image");
  if (!written) return hr_error(HR_INTERNAL, "JPEG encoding failed");
  return HR_SUCCESS;
}
