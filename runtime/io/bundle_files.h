/* Replacing a checkpoint's files so that one complete checkpoint can be read at every moment.
 *
 * A checkpoint is an index and one or more data files, and no system replaces several files at once. So, over an
 * earlier checkpoint: the old index is renamed to NAME.old, then the old data files are; then the new data files take
 * their names, and the new index last. Between these steps the directory is synced. Whoever reads follows one rule:
 * where the index is there, it and the data files under their plain names are the checkpoint; where only INDEX.old is
 * there, it is, with DATA.old in place of each data file that has one.
 */
#ifndef HR_RUNTIME_IO_BUNDLE_FILES_H
#define HR_RUNTIME_IO_BUNDLE_FILES_H

#include "headrace/status.h"
#include <stdbool.h>
#include <stddef.h>

typedef struct hr_bundle_move {
  const char *from, *to;
} hr_bundle_move;

/* Puts finished and synced files in place as described. After an error the earlier checkpoint, if there was one, stands
 * under its plain names again (or, where even that failed, under the .old names), and `from` files may remain. */
HR_MUST_USE hr_status hr_bundle_install(const char *prefix, const hr_bundle_move *data, size_t data_count,
                                        const char *index_from);

/* Whether the complete checkpoint under `prefix` is the one set aside. */
HR_MUST_USE hr_status hr_bundle_is_set_aside(const char *prefix, bool *aside);

/* "<path>.old"; to be freed with free(), NULL when out of memory. */
char *hr_bundle_old_name_dup(const char *path);

#endif
