#include "kernels_cpu/image/gif.h"

#include <gif_lib.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* One pass over a file. giflib would read all frames into memory of whatever size the file asks for; here the first
 * pass learns the sizes, and the second one puts the colors into place row by row. */
typedef struct reader {
  hr_view rest;
  size_t size; /* of the file */
  GifFileType *gif;
  hr_picture picture;
  uint8_t *pixels;   /* of the second pass */
  GifPixelType *row; /* color numbers of a row, of the second pass */
} reader;

static int take(GifFileType *gif, GifByteType *bytes, int length) {
  reader *r = gif->UserData;
  size_t count = (size_t)length < r->rest.length ? (size_t)length : r->rest.length;
  memcpy(bytes, r->rest.data, count);
  r->rest.data += count;
  r->rest.length -= count;
  return (int)count;
}

#define INVALID "Invalid GIF data (size %zu), "

/* What cannot be read, as giflib says why. */
static hr_status refuse(const reader *r, int error) {
  const char *text = GifErrorString(error);
  return hr_error(HR_INVALID_ARGUMENT, INVALID "failed to slurp gif file: %s", r->size, text ? text : "no more bytes");
}

static hr_status skip_extension(reader *r) {
  int code;
  GifByteType *block;
  if (DGifGetExtension(r->gif, &code, &block) == GIF_ERROR) return refuse(r, r->gif->Error);
  while (block)
    if (DGifGetExtensionNext(r->gif, &block) == GIF_ERROR) return refuse(r, r->gif->Error);
  return HR_SUCCESS;
}

/* Takes part in the sizes, and passes over the pixels. */
static hr_status measure_frame(reader *r) {
  const GifImageDesc *frame = &r->gif->Image;
  hr_picture *p = &r->picture;
  ++p->frames;
  p->height = frame->Height > p->height ? frame->Height : p->height;
  p->width = frame->Width > p->width ? frame->Width : p->width;
  int code_size;
  GifByteType *block;
  if (DGifGetCode(r->gif, &code_size, &block) == GIF_ERROR) return refuse(r, r->gif->Error);
  while (block)
    if (DGifGetCodeNext(r->gif, &block) == GIF_ERROR) return refuse(r, r->gif->Error);
  return HR_SUCCESS;
}

/* The part of a row of the frame that is inside the picture. */
static hr_status put_row(const reader *r, uint8_t *out, const ColorMapObject *colors, int64_t y) {
  const GifImageDesc *desc = &r->gif->Image;
  if (y < 0 || y >= r->picture.height) return HR_SUCCESS;
  out += y * r->picture.width * 3;
  for (int64_t i = 0; i < desc->Width; ++i) {
    int64_t x = desc->Left + i;
    if (x < 0 || x >= r->picture.width) continue;
    if (r->row[i] >= colors->ColorCount)
      return hr_error(HR_INVALID_ARGUMENT, INVALID "found color index %d outside of color map range %d", r->size,
                      r->row[i], colors->ColorCount);
    const GifColorType *color = &colors->Colors[r->row[i]];
    out[3 * x] = color->Red, out[3 * x + 1] = color->Green, out[3 * x + 2] = color->Blue;
  }
  return HR_SUCCESS;
}

static hr_status put_frame(reader *r, int64_t frame) {
  const GifImageDesc *desc = &r->gif->Image;
  const hr_picture *p = &r->picture;
  int64_t bytes = p->height * p->width * 3;
  uint8_t *out = r->pixels + frame * bytes;
  bool fills = desc->Left == 0 && desc->Top == 0 && desc->Width == p->width && desc->Height == p->height;
  if (!fills && frame == 0)
    return hr_error(HR_INVALID_ARGUMENT, INVALID "the first frame does not fill the canvas", r->size);
  if (!fills) memcpy(out, out - bytes, (size_t)bytes);
  const ColorMapObject *colors = desc->ColorMap ? desc->ColorMap : r->gif->SColorMap;
  if (!colors) return hr_error(HR_INVALID_ARGUMENT, INVALID "missing color map for frame %" PRId64, r->size, frame);
  /* Interlaced rows come in four passes. */
  static const int starts[] = {0, 4, 2, 1}, steps[] = {8, 8, 4, 2};
  for (int pass = 0; pass < (desc->Interlace ? 4 : 1); ++pass)
    for (int64_t y = desc->Interlace ? starts[pass] : 0; y < desc->Height; y += desc->Interlace ? steps[pass] : 1) {
      if (DGifGetLine(r->gif, r->row, desc->Width) == GIF_ERROR) return refuse(r, r->gif->Error);
      HR_TRY(put_row(r, out, colors, desc->Top + y));
    }
  return HR_SUCCESS;
}

/* Goes through the records and does what the pass does with a frame. */
static hr_status walk(reader *r) {
  int64_t frame = 0;
  for (;;) {
    GifRecordType type;
    if (DGifGetRecordType(r->gif, &type) == GIF_ERROR) return refuse(r, r->gif->Error);
    switch (type) {
    case IMAGE_DESC_RECORD_TYPE:
      if (DGifGetImageDesc(r->gif) == GIF_ERROR) return refuse(r, r->gif->Error);
      if (r->pixels && frame == r->picture.frames) return HR_SUCCESS;
      HR_TRY(r->pixels ? put_frame(r, frame++) : measure_frame(r));
      break;
    case EXTENSION_RECORD_TYPE: HR_TRY(skip_extension(r)); break;
    case TERMINATE_RECORD_TYPE: return HR_SUCCESS;
    default: break;
    }
  }
}

static hr_status run_pass(reader *r) {
  int error = 0;
  r->gif = DGifOpen(r, take, &error);
  if (!r->gif) {
    const char *text = GifErrorString(error);
    return hr_error(HR_INVALID_ARGUMENT, INVALID "failed to open gif file: %s", r->size, text ? text : "no more bytes");
  }
  hr_status status = walk(r);
  DGifCloseFile(r->gif, &error);
  return status;
}

/* The sizes of the picture. */
static hr_status measure(hr_view bytes, hr_picture *out) {
  reader r = {.rest = bytes, .size = bytes.length, .picture = {.channels = 3}};
  HR_TRY(run_pass(&r));
  *out = r.picture;
  return out->frames ? HR_SUCCESS : refuse(&r, D_GIF_ERR_NO_IMAG_DSCR);
}

hr_status hr_gif_frames(hr_view bytes, int64_t *frames) {
  hr_picture picture;
  HR_TRY(measure(bytes, &picture));
  *frames = picture.frames;
  return HR_SUCCESS;
}

hr_status hr_gif_decode(hr_view bytes, const hr_picture_target *target) {
  reader r = {.rest = bytes, .size = bytes.length};
  void *pixels;
  HR_TRY(measure(bytes, &r.picture));
  if (!hr_picture_fits(&r.picture))
    return hr_error(HR_INVALID_ARGUMENT,
                    INVALID "failed to slurp gif file: %" PRId64 " frames of %" PRId64 " by %" PRId64
                            " are too large or empty",
                    r.size, r.picture.frames, r.picture.width, r.picture.height);
  HR_TRY(target->make(target->argument, &r.picture, &pixels));
  r.pixels = pixels;
  r.row = malloc((size_t)r.picture.width);
  if (!r.row) return hr_error_out_of_memory((size_t)r.picture.width, "a row of a GIF image");
  hr_status status = run_pass(&r);
  free(r.row);
  return status;
}
