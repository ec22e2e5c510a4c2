/* The features that a parsing op wants: sparse ones, and dense ones with their shapes and defaults. */
#ifndef HR_KERNELS_CPU_PARSING_FEATURE_PLAN_H
#define HR_KERNELS_CPU_PARSING_FEATURE_PLAN_H

#include "headrace/kernel.h"
#include "kernels_cpu/parsing/example_wire.h"

typedef struct hr_dense_feature {
  hr_dtype dtype;
  const hr_partial_shape *shape; /* the first size may be unknown */
  bool varies;                   /* it is */
  int64_t elements;              /* of an example; of a part along the first dimension where that varies */
} hr_dense_feature;

typedef struct hr_feature_plan {
  int32_t num_sparse, num_dense;
  const int32_t *sparse_types; /* of the node */
  hr_dense_feature *dense;
} hr_feature_plan;

/* From attributes of a node, named so. InvalidArgument where they do not fit together. */
HR_MUST_USE hr_status hr_feature_plan_init(const hr_kernel_construction *c, const char *sparse_types,
                                           const char *dense_types, const char *dense_shapes, hr_feature_plan *out);
/* The same, from the attributes' values, which must outlive it. */
HR_MUST_USE hr_status hr_feature_plan_of(const hr_attr_value *sparse_types, const hr_attr_value *dense_types,
                                         const hr_attr_value *dense_shapes, hr_feature_plan *out);
void hr_feature_plan_clear(hr_feature_plan *plan);

/* Checks the default of dense feature i: for one that varies the element that fills it up, else nothing or a whole
 * value. */
HR_MUST_USE hr_status hr_feature_plan_check_default(const hr_feature_plan *plan, int32_t i, const hr_tensor *value);

/* Copies `count` elements of a dtype that features have from `value`: all of them, or the same one again and again
 * where `value` has only one. The strings at `to` must be valid. */
HR_MUST_USE hr_status hr_feature_copy_default(const hr_tensor *value, int64_t count, void *to);

/* Writes what a feature of another type is told with, which TensorFlow words otherwise for sparse ones; returns `text`.
 */
#define HR_FEATURE_MISTAKE 96
const char *hr_feature_type_mistake(bool sparse, hr_dtype is, hr_dtype expected, char text[HR_FEATURE_MISTAKE]);
/* InvalidArgument: a feature begins with what is no list of values. */
HR_MUST_USE hr_status hr_feature_unsupported(void);

/* Why hr_feature_read gave a number below 0. */
HR_MUST_USE hr_status hr_feature_read_error(int64_t result);

#endif
