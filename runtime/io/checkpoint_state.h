/* The text file "checkpoint" beside a program's checkpoints: which is the newest, and which are kept. */
#ifndef HR_RUNTIME_IO_CHECKPOINT_STATE_H
#define HR_RUNTIME_IO_CHECKPOINT_STATE_H

#include "headrace/io.h"

#define HR_CHECKPOINT_STATE_NAME "checkpoint"

/* Writes the file of `directory` (`filename` NULL: "checkpoint") at one stroke, with the paths as they are. */
HR_MUST_USE hr_status hr_checkpoint_state_write(const char *directory, const char *filename,
                                                const hr_checkpoint_state *state);

#endif
