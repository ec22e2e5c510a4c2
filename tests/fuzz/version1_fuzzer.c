/* V1 checkpoints. The input is a list of entries, each a byte for its length and as many bytes: the list of tensors,
 * then the values of vectors with the names "a", "b", ... With the first byte odd the input is the file instead. */
#include "fuzz_file.h"
#include "headrace/io.h"
#include "runtime/io/table.h"
#include "runtime/io/tensor_slice.h"

static void read_checkpoint(const char *path) {
  hr_checkpoint_reader *reader;
  hr_status status = hr_checkpoint_reader_open(path, &reader);
  for (size_t i = 0; !status && i < hr_checkpoint_reader_count(reader); ++i) {
    hr_tensor tensor;
    hr_status_free(hr_checkpoint_reader_get(reader, hr_checkpoint_reader_name(reader, i), &tensor));
    hr_tensor_clear(&tensor);
  }
  hr_status_free(status);
  hr_checkpoint_reader_free(reader);
}

static void write_table(const char *path, const uint8_t *data, size_t size) {
  hr_output_file *file;
  hr_status status = hr_output_file_open(path, HR_OUTPUT_REPLACE, &file);
  if (status) abort();
  hr_table_writer *table = hr_table_writer_new(file);
  hr_tensor_slice whole = hr_tensor_slice_whole(1);
  hr_text key = {0};
  char name = 'a' - 1;
  for (size_t at = 0; at < size && !status && name <= 'z'; ++name) {
    size_t length = data[at++];
    if (length > size - at) length = size - at;
    key.length = 0;
    if (name >= 'a') hr_tensor_slice_key((hr_view){&name, 1}, &whole, &key);
    status = hr_table_writer_add(table, name >= 'a' ? (hr_view){key.data, key.length} : HR_VIEW(""),
                                 (hr_view){(const char *)data + at, length});
    at += length;
  }
  hr_text_free(&key);
  if (!status) status = hr_table_writer_finish(table);
  hr_table_writer_free(table);
  hr_status_keep_first(&status, hr_output_file_close(file));
  if (status) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 1) return 0;
  fuzz_file file = fuzz_file_of(data + 1, data[0] & 1 ? size - 1 : 0);
  if (!(data[0] & 1)) write_table(file.path, data + 1, size - 1);
  read_checkpoint(file.path);
  close(file.fd);
  return 0;
}
