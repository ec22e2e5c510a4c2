/* What the kernels that make datasets share. */
#ifndef HR_KERNELS_CPU_DATA_DATASET_KERNEL_H
#define HR_KERNELS_CPU_DATA_DATASET_KERNEL_H

#include "kernels_cpu/arguments.h"
#include "kernels_cpu/box_copy.h"
#include "runtime/data/dataset.h"
#include "runtime/graph/node.h"
#include <stdlib.h>

/* A dataset of the node's output_types (or Toutput_types) and output_shapes over the datasets in its first
 * `num_inputs` inputs. */
HR_MUST_USE hr_status hr_make_dataset(const hr_kernel_context *ctx, const hr_dataset_type *type, size_t size,
                                      int32_t num_inputs, hr_dataset **out);
/* Output 0 is the dataset, which is given up; an error ends it instead. Answers `status`, or what went wrong here. */
HR_MUST_USE hr_status hr_give_dataset(hr_kernel_context *ctx, hr_dataset *dataset, hr_status status);

/* Scalar inputs. InvalidArgument "NAME must be a scalar". */
HR_MUST_USE hr_status hr_int_input(const hr_kernel_context *ctx, int index, const char *name, int64_t *out);
HR_MUST_USE hr_status hr_bool_input(const hr_kernel_context *ctx, int index, const char *name, bool *out);
/* A copy to be freed with free(). */
HR_MUST_USE hr_status hr_text_input(const hr_kernel_context *ctx, int index, const char *name, char **out);
/* A vector of strings, or one; copies, to be freed each and the array, with free(). */
HR_MUST_USE hr_status hr_texts_input(const hr_kernel_context *ctx, int index, const char *name, int64_t *count,
                                     char ***out);
void hr_free_texts(int64_t count, char **texts);

/* The inputs of a list argument of the node: the index of the first and how many. */
void hr_input_range(const hr_kernel_context *ctx, int argument, int32_t *first, int32_t *count);

/* Row `row` of a tensor of rank >= 1, copied. */
HR_MUST_USE hr_status hr_copy_row(const hr_tensor *tensor, int64_t row, hr_tensor *out);

/* Of iterators that are where their input is: they have no state of their own. */
HR_MUST_USE hr_status hr_save_nothing(hr_iterator *iterator, hr_state_writer *writer);
HR_MUST_USE hr_status hr_restore_nothing(hr_iterator *iterator, hr_state_reader *reader);

/* ---- lists of elements ------------------------------------------------------------------------------------------- */

/* Elements one behind the other. A zeroed struct is empty. */
typedef struct hr_elements {
  hr_tensor *tensors;
  int64_t count, capacity; /* in elements */
} hr_elements;

/* Takes the element over; ResourceExhausted clears it. */
HR_MUST_USE hr_status hr_elements_add(hr_elements *list, hr_tensor *element, int32_t width);
static inline hr_tensor *hr_elements_at(const hr_elements *list, int64_t index, int32_t width) {
  return list->tensors + index * width;
}
/* Empties it and keeps the memory. */
void hr_elements_empty(hr_elements *list, int32_t width);
void hr_elements_free(hr_elements *list, int32_t width);

HR_MUST_USE hr_status hr_elements_save(const hr_elements *list, int32_t width, hr_state_writer *writer);
HR_MUST_USE hr_status hr_elements_restore(hr_elements *list, const hr_dataset *dataset, hr_state_reader *reader);

/* Stacks the elements, component by component, and empties the list. InvalidArgument where shapes differ. */
HR_MUST_USE hr_status hr_elements_stack(hr_elements *list, int32_t width, hr_tensor *out);

#endif
