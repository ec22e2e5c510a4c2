/* File formats: TFRecord files, event files for TensorBoard, checkpoints, IDX data sets.
 *
 * All of them are TensorFlow's own formats: either side reads what the other wrote. Bytes read are taken as hostile:
 * damaged files give errors (DataLoss as a rule), never more. Errors of the file system have TensorFlow's code and name
 * the path: NotFound, PermissionDenied, ResourceExhausted for a full disk.
 *
 * Readers and writers are for one thread at a time unless their text says other.
 */
#ifndef HEADRACE_IO_H
#define HEADRACE_IO_H

#include "headrace/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- TFRecord -------------------------------------------------------------------------------------------------- */

/* How the whole file is packed: TensorFlow's compression types "", "ZLIB" and "GZIP". */
typedef enum hr_compression { HR_COMPRESSION_NONE, HR_COMPRESSION_ZLIB, HR_COMPRESSION_GZIP } hr_compression;

/* The value for TensorFlow's name of it; InvalidArgument for an unknown one. */
HR_API HR_MUST_USE hr_status hr_compression_from_name(const char *name, hr_compression *out);

/* Reads records in order. */
typedef struct hr_record_reader hr_record_reader;

HR_API HR_MUST_USE hr_status hr_record_reader_open(const char *path, hr_compression compression,
                                                   hr_record_reader **out);

/* The next record; `*data` belongs to the reader and stays valid until its next call.
 * OutOfRange at the end of the file: more may be read after the file has grown.
 * DataLoss "corrupted record at N" where a checksum is wrong: N is the record's offset for a bad length, and 12 more
 * for bad data. DataLoss "truncated record at N" where the file ends inside. The same record fails again on the next
 * call. Offsets are those of the unpacked file. */
HR_API HR_MUST_USE hr_status hr_record_reader_next(hr_record_reader *reader, const void **data, size_t *length);

/* Where the next record starts in the unpacked file. */
HR_API uint64_t hr_record_reader_offset(const hr_record_reader *reader);

/* NULL is allowed. */
HR_API void hr_record_reader_free(hr_record_reader *reader);

/* Writes records; an existing file is replaced. */
typedef struct hr_record_writer hr_record_writer;

HR_API HR_MUST_USE hr_status hr_record_writer_open(const char *path, hr_compression compression,
                                                   hr_record_writer **out);
HR_API HR_MUST_USE hr_status hr_record_writer_write(hr_record_writer *writer, const void *data, size_t length);

/* Hands everything written so far to the system, so that a reader finds it. */
HR_API HR_MUST_USE hr_status hr_record_writer_flush(hr_record_writer *writer);

/* Flushes, closes and frees, whatever it returns; NULL is allowed. */
HR_API HR_MUST_USE hr_status hr_record_writer_close(hr_record_writer *writer);

/* ---- event files ----------------------------------------------------------------------------------------------- */

/* Writes an event file "events.out.tfevents.<seconds>.<host><suffix>" for TensorBoard. Events go through a queue to a
 * thread that writes them; any number of threads may add. */
typedef struct hr_event_writer hr_event_writer;

typedef struct hr_event_writer_options {
  int max_queue;      /* events that wait at most, before adding blocks; 0: 10 */
  double flush_secs;  /* seconds after which events are flushed at the latest; 0: 120 */
  const char *suffix; /* put after the file's name; NULL: nothing */
} hr_event_writer_options;

/* Makes the directory and the file, and writes the version event. `options` may be NULL. */
HR_API HR_MUST_USE hr_status hr_event_writer_open(const char *directory, const hr_event_writer_options *options,
                                                  hr_event_writer **out);

/* Adds a serialised Event, which is copied. Waits while the queue is full. An error of earlier writing, such as a full
 * disk, is returned here and by every later call; the events since are lost. */
HR_API HR_MUST_USE hr_status hr_event_writer_add(hr_event_writer *writer, const void *event, size_t length);

/* Adds an Event of a serialised Summary. `wall_time`: seconds since 1970; 0 takes the time now. */
HR_API HR_MUST_USE hr_status hr_event_writer_add_summary(hr_event_writer *writer, const void *summary, size_t length,
                                                         double wall_time, int64_t step);

/* Waits until everything added before is in the file. */
HR_API HR_MUST_USE hr_status hr_event_writer_flush(hr_event_writer *writer);

/* The file's path. Borrowed. */
HR_API const char *hr_event_writer_path(const hr_event_writer *writer);

/* Flushes, closes, ends the thread and frees, whatever it returns; NULL is allowed. */
HR_API HR_MUST_USE hr_status hr_event_writer_close(hr_event_writer *writer);

/* What an Event says; pointers are into the bytes that it was read from. Parts of other kinds are passed over. */
typedef struct hr_event {
  double wall_time;
  int64_t step;
  const char *file_version; /* not NUL-terminated; NULL where there is none */
  size_t file_version_length;
  const void *summary; /* a serialised Summary; NULL where there is none */
  size_t summary_length;
} hr_event;

/* Reads a serialised Event, such as a record of an event file. DataLoss where the bytes are none. */
HR_API HR_MUST_USE hr_status hr_event_parse(const void *bytes, size_t length, hr_event *out);

/* ---- checkpoints ----------------------------------------------------------------------------------------------- */

/* Reads a checkpoint: of V2, <prefix>.index and <prefix>.data-NNNNN-of-NNNNN; where there is no such index, of V1, the
 * file <prefix>, or all files that match it ("model.ckpt-????\?-of-00002"). Any number of threads may read at once. */
typedef struct hr_checkpoint_reader hr_checkpoint_reader;

/* Reads the whole index. NotFound where there is no such checkpoint; DataLoss where the index is damaged. Where saving
 * over an earlier V2 checkpoint was cut off half way, the earlier one is read. */
HR_API HR_MUST_USE hr_status hr_checkpoint_reader_open(const char *prefix, hr_checkpoint_reader **out);
/* NULL is allowed. */
HR_API void hr_checkpoint_reader_free(hr_checkpoint_reader *reader);

/* The tensors, sorted by name; a partitioned variable is one tensor. */
HR_API size_t hr_checkpoint_reader_count(const hr_checkpoint_reader *reader);
/* The name at 0 <= index < count. Borrowed. */
HR_API const char *hr_checkpoint_reader_name(const hr_checkpoint_reader *reader, size_t index);

HR_API bool hr_checkpoint_reader_has(const hr_checkpoint_reader *reader, const char *name);

/* dtype and full shape, either pointer may be NULL. NotFound "Key NAME not found in checkpoint". */
HR_API HR_MUST_USE hr_status hr_checkpoint_reader_info(const hr_checkpoint_reader *reader, const char *name,
                                                       hr_dtype *dtype, hr_shape *shape);

/* Reads a tensor; a partitioned one is put together. `*out` is overwritten. DataLoss where the bytes are not those that
 * were saved. */
HR_API HR_MUST_USE hr_status hr_checkpoint_reader_get(const hr_checkpoint_reader *reader, const char *name,
                                                      hr_tensor *out);

/* A line a tensor, as in "weights (DT_FLOAT) [784,10]", with ", 2 slices" behind where it was saved in two. To be freed
 * with free(). ResourceExhausted. */
HR_API HR_MUST_USE hr_status hr_checkpoint_reader_debug_string(const hr_checkpoint_reader *reader, char **out);

/* True where a checkpoint stands under the prefix: of V2, or a file of V1 that matches it. */
HR_API bool hr_checkpoint_exists(const char *prefix);

/* When it was written, in seconds since 1970 (tf.train.get_checkpoint_mtimes). NotFound where there is none. */
HR_API HR_MUST_USE hr_status hr_checkpoint_time(const char *prefix, double *seconds);

/* Deletes a checkpoint's files, as far as they are there: of V2, or with `version1` the files that match the prefix;
 * and its MetaGraph, whose suffix is "meta" for NULL (tf.train.remove_checkpoint). */
HR_API HR_MUST_USE hr_status hr_remove_checkpoint(const char *prefix, bool version1, const char *meta_graph_suffix);

/* ---- which checkpoints there are -------------------------------------------------------------------------------- */

/* What the file "checkpoint" of a directory says: tf.train.CheckpointState. Paths are prefixes of checkpoints. */
typedef struct hr_checkpoint_state {
  const char *model_checkpoint_path; /* the newest */
  const char *const *all_model_checkpoint_paths;
  size_t path_count;
  const double *all_model_checkpoint_timestamps; /* seconds since 1970, one a path, or none at all */
  size_t timestamp_count;
  double last_preserved_timestamp; /* 0 where it is not known */
} hr_checkpoint_state;

/* tf.train.get_checkpoint_state: reads the file of `directory` (or `latest_filename` in place of "checkpoint", where it
 * is not NULL). Relative paths get the directory in front. `*out` is NULL where there is no file; else the caller frees
 * it. DataLoss where the file is malformed, InvalidArgument where it names no newest checkpoint. */
HR_API HR_MUST_USE hr_status hr_get_checkpoint_state(const char *directory, const char *latest_filename,
                                                     hr_checkpoint_state **out);
/* NULL is allowed. Only for states that a function here made. */
HR_API void hr_checkpoint_state_free(hr_checkpoint_state *state);

/* tf.train.generate_checkpoint_state_proto: what stands in the file for `given`. The newest path comes last in the list
 * of all, added where it does not; where `directory` is relative, relative paths are told as seen from it.
 * InvalidArgument where there are timestamps, but not one for each path. */
HR_API HR_MUST_USE hr_status hr_generate_checkpoint_state(const char *directory, const hr_checkpoint_state *given,
                                                          hr_checkpoint_state **out);
/* tf.train.update_checkpoint_state: writes that to the file, at one stroke. */
HR_API HR_MUST_USE hr_status hr_update_checkpoint_state(const char *directory, const char *latest_filename,
                                                        const hr_checkpoint_state *given);

/* A serialised CheckpointState, malloc'd. */
HR_API HR_MUST_USE hr_status hr_checkpoint_state_to_proto(const hr_checkpoint_state *state, char **bytes,
                                                          size_t *length);

/* The newest checkpoint's prefix, as the file "checkpoint" in `directory` (or `latest_filename` in place of that name,
 * where it is not NULL) says; to be freed with free(). NULL where there is none: no file, or no checkpoint under the
 * name it gives. */
HR_API HR_MUST_USE hr_status hr_latest_checkpoint(const char *directory, const char *latest_filename, char **prefix);

/* ---- IDX ------------------------------------------------------------------------------------------------------- */

/* Reads an IDX file (the format of MNIST), packed by gzip or plain, into a tensor of its dtype (uint8, int8, int16,
 * int32, float or double) and shape. `*out` is overwritten. DataLoss where the file is damaged, cut or longer than it
 * says. The format: http://yann.lecun.com/exdb/mnist, "the IDX file format". */
HR_API HR_MUST_USE hr_status hr_idx_read(const char *path, hr_tensor *out);

#ifdef __cplusplus
}
#endif
#endif
