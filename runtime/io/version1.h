/* V1 checkpoints: one or several sorted tables whose values are protos. Under the empty key stands the list of tensors
 * with their slices; under the key of a slice (tensor_slice.h), its values. TensorFlow writes them with
 * write_version V1; old models are stored so. checkpoint_entries.h has the reader. */
#ifndef HR_RUNTIME_IO_VERSION1_H
#define HR_RUNTIME_IO_VERSION1_H

#include "headrace/tensor.h"
#include "runtime/io/tensor_slice.h"

/* Fields of SavedTensorSlices, SavedTensorSliceMeta, SavedSliceMeta and SavedSlice. */
enum { HR_SLICES_META = 1, HR_SLICES_DATA = 2 };
enum { HR_SLICES_META_TENSOR = 1, HR_SLICES_META_VERSIONS = 2 };
enum { HR_SAVED_NAME = 1, HR_SAVED_SHAPE = 2, HR_SAVED_TYPE = 3, HR_SAVED_SLICES = 4 };
enum { HR_SAVED_SLICE = 2, HR_SAVED_DATA = 3 };
#define HR_VERSION1_PRODUCER 1

/* Gathers the tensors of one file in memory and writes them at the end. Not thread-safe. */
typedef struct hr_version1_writer hr_version1_writer;

/* NULL when out of memory. */
hr_version1_writer *hr_version1_writer_new(void);
/* NULL is allowed. */
void hr_version1_writer_free(hr_version1_writer *writer);

/* Adds a slice of the tensor `name` of shape `full_shape`; the whole of it is the slice of whole dimensions. Internal
 * where dtype or full shape are not those of an earlier slice of the name; Unimplemented for dtypes that the format
 * does not have. A slice that was added before is passed over, as TensorFlow does. */
HR_MUST_USE hr_status hr_version1_writer_add(hr_version1_writer *writer, const char *name, const hr_shape *full_shape,
                                             const hr_tensor_slice *slice, const hr_tensor *tensor);

/* Writes the file at one stroke: under a temporary name first. Its directory must be there. */
HR_MUST_USE hr_status hr_version1_writer_finish(hr_version1_writer *writer, const char *path);

#endif
