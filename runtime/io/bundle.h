/* V2 checkpoints ("tensor bundles"): writing, merging, and reading slices. headrace/io.h has the rest of the reader.
 *
 * Files are byte for byte those of TensorFlow 1.15 for the same tensors. A checkpoint that is being replaced can be
 * read until the new one stands (bundle_files.h).
 */
#ifndef HR_RUNTIME_IO_BUNDLE_H
#define HR_RUNTIME_IO_BUNDLE_H

#include "headrace/io.h"
#include "runtime/io/tensor_slice.h"

/* Writes one checkpoint with one data file. Not thread-safe. */
typedef struct hr_bundle_writer hr_bundle_writer;

/* Makes the directory of the prefix and the file that tensors go to. `alignment`: every tensor starts at a multiple of
 * it; 1 packs them (what Saver does). */
HR_MUST_USE hr_status hr_bundle_writer_open(const char *prefix, size_t alignment, hr_bundle_writer **out);

/* Writes a tensor of a plain dtype or of strings. InvalidArgument for an empty name and one that was added before,
 * Unimplemented for other dtypes. After an error the writer can only be freed. */
HR_MUST_USE hr_status hr_bundle_writer_add(hr_bundle_writer *writer, const char *name, const hr_tensor *tensor);

/* Writes a part of a partitioned variable, whose full shape is `full_shape`. As above; also InvalidArgument where the
 * shapes or dtypes of the parts do not fit together. A full slice is the same as hr_bundle_writer_add. */
HR_MUST_USE hr_status hr_bundle_writer_add_slice(hr_bundle_writer *writer, const char *name, const hr_shape *full_shape,
                                                 const hr_tensor_slice *slice, const hr_tensor *tensor);

/* Writes the index and puts both files in place: the checkpoint stands, on the disk too, or an earlier one under the
 * prefix is untouched. */
HR_MUST_USE hr_status hr_bundle_writer_finish(hr_bundle_writer *writer);

/* Before hr_bundle_writer_finish this drops everything written. NULL is allowed. */
void hr_bundle_writer_free(hr_bundle_writer *writer);

/* Makes one checkpoint of several that hold different tensors, or different slices of partitioned variables, by
 * renaming their data files and merging their indices: op MergeV2Checkpoints. The parts' files are gone then, and with
 * `delete_old_directories` the directories they leave empty. */
HR_MUST_USE hr_status hr_bundle_merge(const char *const *prefixes, size_t count, const char *merged_prefix,
                                      bool delete_old_directories);

/* Reads a part of a tensor, whether it was saved whole or in slices. `*out` is overwritten. Errors as
 * hr_checkpoint_reader_get; InvalidArgument for a slice that is not inside the tensor; NotFound where the slices saved
 * do not cover it. */
HR_MUST_USE hr_status hr_checkpoint_reader_get_slice(const hr_checkpoint_reader *reader, const char *name,
                                                     const hr_tensor_slice *slice, hr_tensor *out);

#endif
