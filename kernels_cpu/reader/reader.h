/* Readers: objects of a session that give the records of files, whose names they take from a queue.
 *
 * One op at a time works with a reader; the others wait in line, without a thread, as does the one that waits for the
 * name of a file. A reader's place (the file, and where in it) is kept from run to run. */
#ifndef HR_KERNELS_CPU_READER_READER_H
#define HR_KERNELS_CPU_READER_READER_H

#include "runtime/io/byte_stream.h"
#include "runtime/io/lmdb.h"
#include "runtime/resource/queue.h"

typedef struct hr_reader hr_reader;

/* How files are read. */
typedef struct hr_reader_kind {
  const char *name;
  bool keeps_state; /* it can be serialised: nothing of it lies in a file */
  /* A file begins, whose name is the reader's `work`. */
  hr_status (*open)(hr_reader *reader);
  /* The next record, where there is one (`*produced`), into two valid strings; `*at_end`: nothing more comes of this
   * file. Neither is set on entry; both may be. */
  hr_status (*next)(hr_reader *reader, hr_string *key, hr_string *value, bool *produced, bool *at_end);
  void (*close)(hr_reader *reader); /* gives up the file, if there is one */
} hr_reader_kind;
extern const hr_reader_kind hr_text_line_reader, hr_fixed_length_reader, hr_record_file_reader, hr_whole_file_reader,
    hr_identity_reader, hr_lmdb_reader;

typedef struct hr_reader_options {
  int64_t skip_header_lines;
  int64_t header_bytes, record_bytes, footer_bytes, hop_bytes; /* hop: from one record's start to the next one's */
  hr_compression compression;
} hr_reader_options;

struct hr_reader {
  hr_resource resource;
  const hr_reader_kind *kind;
  hr_reader_options options;
  char *name;

  pthread_mutex_t lock; /* of the line */
  bool is_busy;
  struct hr_reader_job *first, *last; /* who waits */

  /* Counted by who is busy with it, read by anybody. */
  _Atomic int64_t started, finished, produced;

  /* Of who is busy with it: the file under way. */
  bool is_open;
  char *work; /* its name, or that of the one before; NULL: there was none */
  size_t work_length;
  hr_byte_stream *stream;
  hr_record_reader *records;
  hr_lmdb *database;
  int64_t place; /* lines or records passed */
};
extern const hr_resource_type hr_reader_type;

/* A reader with one reference. */
HR_MUST_USE hr_status hr_reader_new(const hr_reader_kind *kind, const hr_reader_options *options, const char *name,
                                    hr_reader **out);

/* ---- work that may wait ---------------------------------------------------------------------------------------- */

/* Each calls `done` once, when it has the reader and is through: the whole of a kernel's compute_async. */

/* Outputs 0 and 1: the key and the value of the next record. */
void hr_reader_read(hr_reader *reader, hr_queue *queue, hr_kernel_context *ctx, hr_done_function done, void *argument);
/* The same of up to `count` records: fewer where a file ends, none of two files. */
void hr_reader_read_up_to(hr_reader *reader, hr_queue *queue, int64_t count, hr_kernel_context *ctx,
                          hr_done_function done, void *argument);
/* Calls `work` with the reader in its hands. */
void hr_reader_use(hr_reader *reader, hr_kernel_context *ctx,
                   hr_status (*work)(hr_reader *reader, hr_kernel_context *ctx), hr_done_function done, void *argument);

/* ---- for those that have it ------------------------------------------------------------------------------------- */

/* Back to where it was when it was new. */
void hr_reader_reset(hr_reader *reader);
/* A ReaderBaseState message. Unimplemented for readers that keep none. */
HR_MUST_USE hr_status hr_reader_serialize(hr_reader *reader, hr_text *out);
HR_MUST_USE hr_status hr_reader_restore(hr_reader *reader, hr_view state);

/* Sets `key` to "FILE:NUMBER". */
HR_MUST_USE hr_status hr_reader_set_key(const hr_reader *reader, uint64_t number, hr_string *key);

#endif
