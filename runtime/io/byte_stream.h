/* The bytes of a file in order, unpacked where it is packed, through a buffer. Not thread-safe.
 *
 * The end is not for ever: where the file has grown since, or an error has passed, the next call goes on. */
#ifndef HR_RUNTIME_IO_BYTE_STREAM_H
#define HR_RUNTIME_IO_BYTE_STREAM_H

#include "headrace/io.h"
#include "runtime/base/text.h"

typedef struct hr_byte_stream hr_byte_stream;

/* `buffer_bytes` 0: a usual size. */
HR_MUST_USE hr_status hr_byte_stream_open(const char *path, hr_compression compression, size_t buffer_bytes,
                                          hr_byte_stream **out);
void hr_byte_stream_close(hr_byte_stream *stream); /* NULL is allowed */

/* The unpacked bytes passed so far. */
uint64_t hr_byte_stream_position(const hr_byte_stream *stream);
/* The longest view that hr_byte_stream_peek can give. */
size_t hr_byte_stream_capacity(const hr_byte_stream *stream);

/* The next bytes without passing them: at least `wanted` (of at most the capacity), fewer only where the file ends. The
 * view is good until the next call. DataLoss for packed bytes that are damaged. */
HR_MUST_USE hr_status hr_byte_stream_peek(hr_byte_stream *stream, size_t wanted, hr_view *bytes);
/* Passes bytes that peek has shown. */
void hr_byte_stream_advance(hr_byte_stream *stream, size_t length);

/* Copies and passes up to `length` bytes; `*count` is smaller only where the file ends. */
HR_MUST_USE hr_status hr_byte_stream_read(hr_byte_stream *stream, void *bytes, size_t length, size_t *count);
/* Passes up to `length` bytes, fewer (`*count`) where the file ends. */
HR_MUST_USE hr_status hr_byte_stream_skip(hr_byte_stream *stream, uint64_t length, uint64_t *count);
/* The next line, without its end and without carriage returns, wherever they stand, as TensorFlow reads lines; good
 * until the next call. `*is_there` false at the end of the file: a last line without an end is one, unless it is empty.
 */
HR_MUST_USE hr_status hr_byte_stream_line(hr_byte_stream *stream, hr_view *line, bool *is_there);

#endif
