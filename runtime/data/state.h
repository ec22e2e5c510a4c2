/* Where iterators are, as bytes: what SerializeIterator gives and checkpoints keep. */
#ifndef HR_RUNTIME_DATA_STATE_H
#define HR_RUNTIME_DATA_STATE_H

#include "headrace/tensor.h"
#include "runtime/base/text.h"

typedef struct hr_state_writer {
  hr_text bytes;
} hr_state_writer;

void hr_state_put_int(hr_state_writer *writer, int64_t value);
void hr_state_put_bytes(hr_state_writer *writer, const void *data, size_t length);
/* Unimplemented for tensors that cannot be written down: resources, datasets. */
HR_MUST_USE hr_status hr_state_put_tensor(hr_state_writer *writer, const hr_tensor *tensor);
HR_MUST_USE hr_status hr_state_put_element(hr_state_writer *writer, const hr_tensor *element, int32_t width);

/* Bytes from outside: every value is checked. */
typedef struct hr_state_reader {
  const char *at;
  size_t left;
} hr_state_reader;

/* DataLoss where there is none, or no such. */
HR_MUST_USE hr_status hr_state_get_int(hr_state_reader *reader, int64_t *value);
/* Between `least` and `most`. */
HR_MUST_USE hr_status hr_state_get_int_in(hr_state_reader *reader, int64_t least, int64_t most, int64_t *value);
HR_MUST_USE hr_status hr_state_get_flag(hr_state_reader *reader, bool *value);
/* Borrowed from the bytes. */
HR_MUST_USE hr_status hr_state_get_bytes(hr_state_reader *reader, const char **data, size_t *length);
HR_MUST_USE hr_status hr_state_get_tensor(hr_state_reader *reader, hr_tensor *out);
/* An element of tensors of these dtypes. */
HR_MUST_USE hr_status hr_state_get_element(hr_state_reader *reader, const hr_dtype *dtypes, int32_t width,
                                           hr_tensor *element);

#endif
