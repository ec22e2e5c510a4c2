/* The inside of a saver. */
#ifndef HR_BUILDER_SAVER_H
#define HR_BUILDER_SAVER_H

#include "headrace/saver.h"

/* A checkpoint that the saver wrote, and when: seconds since 1970. */
typedef struct hr_kept_checkpoint {
  char *path;
  double time;
} hr_kept_checkpoint;

struct hr_saver {
  /* SaverDef. The names are malloc'd; NULL without variables. */
  char *filename_tensor, *save_tensor, *restore_op;
  int32_t max_to_keep;
  bool sharded, version1, pad_step_number, save_relative_paths;
  double keep_every_n_hours;
  double next_to_keep; /* when the next checkpoint is one to keep for good */
  hr_kept_checkpoint *kept;
  int32_t num_kept;
};

/* An empty saver; NULL when out of memory. */
hr_saver *hr_saver_allocate(int32_t max_to_keep, double keep_every_n_hours);

/* ---- the kept checkpoints, and the state file that names them ---- */

/* After a save: takes the path among the kept ones, writes the state file of `directory`, and deletes what is one too
 * many, with MetaGraphs of the suffix (NULL: "meta"). */
HR_MUST_USE hr_status hr_saver_keep(hr_saver *saver, const char *directory, const char *state_file, const char *path,
                                    const char *meta_graph_suffix);

#endif
