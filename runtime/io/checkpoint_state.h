/* The text file "checkpoint" beside a program's checkpoints: which is the newest, and which are kept. */
#ifndef HR_RUNTIME_IO_CHECKPOINT_STATE_H
#define HR_RUNTIME_IO_CHECKPOINT_STATE_H

#include "headrace/io.h"
#include "runtime/base/arena.h"

#define HR_CHECKPOINT_STATE_NAME "checkpoint"

/* Paths are prefixes of checkpoints. */
typedef struct hr_checkpoint_state {
  const char *model_checkpoint_path; /* the newest; "" where there is none */
  const char *const *all_model_checkpoint_paths;
  size_t path_count;
  const double *all_model_checkpoint_timestamps; /* seconds since 1970, one a path, or none at all */
  size_t timestamp_count;
  double last_preserved_timestamp; /* 0 where it is not known */
} hr_checkpoint_state;

/* Reads the file of `directory` (`filename` NULL: "checkpoint") into `arena`; relative paths get the directory in
 * front. NotFound where there is no file; DataLoss where it is malformed. */
HR_MUST_USE hr_status hr_checkpoint_state_read(const char *directory, const char *filename, hr_arena *arena,
                                               hr_checkpoint_state *out);

/* Writes the file at one stroke. Paths are written as they are. */
HR_MUST_USE hr_status hr_checkpoint_state_write(const char *directory, const char *filename,
                                                const hr_checkpoint_state *state);

#endif
