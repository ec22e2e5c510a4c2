/* What datasets of one function over one input share. */
#ifndef HR_KERNELS_CPU_DATA_MAPPED_H
#define HR_KERNELS_CPU_DATA_MAPPED_H

#include "kernels_cpu/data/dataset_kernel.h"

typedef struct hr_mapped {
  hr_dataset head;
  hr_data_function function;
  bool preserves_cardinality; /* a function that ends the sequence is an error */
} hr_mapped;

typedef struct hr_mapper {
  hr_iterator head;
  hr_function_runner *runner; /* the pipeline's */
  hr_tensor *argument;        /* room for an element of the input; free() it */
} hr_mapper;

/* The function is the node's attribute `attr`, what it captured its input argument `argument`. */
HR_MUST_USE hr_status hr_mapped_init(const hr_kernel_context *ctx, const char *attr, int argument, hr_mapped *dataset);
void hr_mapped_destroy(hr_dataset *dataset);
/* Finds the runner. */
HR_MUST_USE hr_status hr_mapper_open(hr_iterator *iterator);
/* Calls the function for an element of the input, which stays the caller's. A function that fails with OutOfRange ends
 * the sequence. */
HR_MUST_USE hr_status hr_mapped_call(const hr_mapped *dataset, hr_function_runner *runner, const hr_pull *pull,
                                     const hr_tensor *input, hr_tensor *element, bool *end);

/* Room for an element, empty; free() it. */
static inline HR_MUST_USE hr_status hr_element_new(int32_t width, hr_tensor **out) {
  *out = calloc((size_t)width + 1, sizeof **out);
  return *out ? HR_SUCCESS : hr_error_out_of_memory(sizeof **out * (size_t)width, "an element");
}

#endif
