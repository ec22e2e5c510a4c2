/* Checkpoints. The input is a list of entries, each a byte for its length and as many bytes: the header, then entries
 * under the names "a", "b", ... in the index. The data file is the input itself. With the first byte odd the input is
 * the index file instead. */
#include "fuzz_file.h"
#include "headrace/io.h"
#include "runtime/io/table.h"

static char prefix[64];
static char index_path[96], data_path[96];

static void remove_files(void) {
  unlink(index_path);
  unlink(data_path);
  rmdir(prefix);
}

static void replace_file(const char *path, const void *bytes, size_t length) {
  FILE *file = fopen(path, "wb");
  if (!file || fwrite(bytes, 1, length, file) != length) abort();
  fclose(file);
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
  (void)argc, (void)argv;
  snprintf(prefix, sizeof prefix, "/dev/shm/headrace_fuzz_XXXXXX");
  if (!mkdtemp(prefix)) abort();
  snprintf(index_path, sizeof index_path, "%s/m.index", prefix);
  snprintf(data_path, sizeof data_path, "%s/m.data-00000-of-00001", prefix);
  return atexit(remove_files);
}

static void write_index(const uint8_t *data, size_t size) {
  hr_output_file *file;
  hr_status status = hr_output_file_open(index_path, HR_OUTPUT_REPLACE, &file);
  if (status) abort();
  hr_table_writer *table = hr_table_writer_new(file);
  char name = '\0';
  for (size_t at = 0; at < size && !status && name <= 'z';) {
    size_t length = data[at++];
    if (length > size - at) length = size - at;
    hr_view value = {(const char *)data + at, length};
    status = hr_table_writer_add(table, (hr_view){&name, name != '\0'}, value);
    name = name ? (char)(name + 1) : 'a';
    at += length;
  }
  if (!status) status = hr_table_writer_finish(table);
  hr_table_writer_free(table);
  hr_status_keep_first(&status, hr_output_file_close(file));
  if (status) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 1) return 0;
  if (data[0] & 1)
    replace_file(index_path, data + 1, size - 1);
  else
    write_index(data + 1, size - 1);
  replace_file(data_path, data, size);
  char checkpoint[96];
  snprintf(checkpoint, sizeof checkpoint, "%s/m", prefix);
  hr_checkpoint_reader *reader;
  hr_status status = hr_checkpoint_reader_open(checkpoint, &reader);
  if (!status) {
    for (size_t i = 0; i < hr_checkpoint_reader_count(reader); ++i) {
      hr_tensor tensor;
      hr_status_free(hr_checkpoint_reader_get(reader, hr_checkpoint_reader_name(reader, i), &tensor));
      hr_tensor_clear(&tensor);
    }
    hr_checkpoint_reader_free(reader);
  }
  hr_status_free(status);
  return 0;
}
