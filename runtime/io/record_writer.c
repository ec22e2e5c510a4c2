/* Writing TFRecord files, plain or packed as a whole. */
#include "headrace/io.h"

#include "runtime/base/wire.h"
#include "runtime/io/crc32c.h"
#include "runtime/io/file.h"
#include "runtime/io/record_writer.h"
#include <stdlib.h>
#include <zlib.h>

struct hr_record_writer {
  hr_output_file *file;
  bool packed;
  z_stream packer;
};

hr_status hr_record_writer_open_mode(const char *path, hr_output_mode mode, hr_compression compression,
                                     hr_record_writer **out) {
  *out = NULL;
  hr_record_writer *writer = calloc(1, sizeof *writer);
  if (!writer) return hr_error_out_of_memory(sizeof *writer, "a record writer");
  if (compression != HR_COMPRESSION_NONE) {
    int window = MAX_WBITS + (compression == HR_COMPRESSION_GZIP ? 16 : 0);
    writer->packed = deflateInit2(&writer->packer, Z_DEFAULT_COMPRESSION, Z_DEFLATED, window, MAX_MEM_LEVEL,
                                  Z_DEFAULT_STRATEGY) == Z_OK;
    if (!writer->packed) {
      free(writer);
      return hr_error_out_of_memory(sizeof(z_stream), "packing records");
    }
  }
  hr_status status = hr_output_file_open(path, mode, &writer->file);
  if (status) {
    if (writer->packed) deflateEnd(&writer->packer);
    free(writer);
    return status;
  }
  *out = writer;
  return HR_SUCCESS;
}

hr_status hr_record_writer_open(const char *path, hr_compression compression, hr_record_writer **out) {
  return hr_record_writer_open_mode(path, HR_OUTPUT_REPLACE, compression, out);
}

/* Packs all of `bytes`, and with `flush` (Z_SYNC_FLUSH, Z_FINISH) everything before them. */
static hr_status pack(hr_record_writer *writer, const void *bytes, size_t length, int flush) {
  z_stream *packer = &writer->packer;
  uint8_t output[16 << 10];
  const uint8_t *next = bytes;
  do {
    packer->next_in = (uint8_t *)next;
    packer->avail_in = length > UINT_MAX ? UINT_MAX : (uInt)length;
    next += packer->avail_in;
    length -= packer->avail_in;
    do {
      packer->next_out = output;
      packer->avail_out = sizeof output;
      deflate(packer, length ? Z_NO_FLUSH : flush);
      HR_TRY(hr_output_file_append(writer->file, output, sizeof output - packer->avail_out));
    } while (packer->avail_out == 0);
  } while (length > 0);
  return HR_SUCCESS;
}

static hr_status put(hr_record_writer *writer, const void *bytes, size_t length) {
  return writer->packed ? pack(writer, bytes, length, Z_NO_FLUSH) : hr_output_file_append(writer->file, bytes, length);
}

hr_status hr_record_writer_write(hr_record_writer *writer, const void *data, size_t length) {
  uint8_t header[12], footer[4];
  hr_write_u64(header, length);
  hr_write_u32(header + 8, hr_crc32c_mask(hr_crc32c(header, 8)));
  hr_write_u32(footer, hr_crc32c_mask(hr_crc32c(data, length)));
  HR_TRY(put(writer, header, sizeof header));
  HR_TRY(put(writer, data, length));
  return put(writer, footer, sizeof footer);
}

hr_status hr_record_writer_flush(hr_record_writer *writer) {
  if (writer->packed) HR_TRY(pack(writer, "", 0, Z_SYNC_FLUSH));
  return hr_output_file_flush(writer->file);
}

hr_status hr_record_writer_close(hr_record_writer *writer) {
  if (!writer) return HR_SUCCESS;
  hr_status status = HR_SUCCESS;
  if (writer->packed) {
    status = pack(writer, "", 0, Z_FINISH);
    deflateEnd(&writer->packer);
  }
  hr_status_keep_first(&status, hr_output_file_close(writer->file));
  free(writer);
  return status;
}
