/* LMDB databases. */
#include "fuzz_file.h"
#include "runtime/io/lmdb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_file file = fuzz_file_of(data, size);
  hr_lmdb *db;
  hr_view key, value;
  bool is_there = true;
  hr_status status = hr_lmdb_open(file.path, &db);
  while (!status && is_there)
    status = hr_lmdb_next(db, &key, &value, &is_there);
  hr_status_free(status);
  hr_lmdb_close(db);
  close(file.fd);
  return 0;
}
