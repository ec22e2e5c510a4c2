/* What the files about sparse tensors share. */
#ifndef HR_BUILDER_SPARSE_H
#define HR_BUILDER_SPARSE_H

#include "builder/builder.h"
#include "headrace/sparse.h"

/* hr_make_sparse_tensor of outputs. */
hr_sparse_tensor hr_sparse_of(hr_scope scope, hr_output indices, hr_output values, hr_output dense_shape);
/* The same with the static shape for dense_shape. */
hr_sparse_tensor hr_sparse_of_shape(hr_scope scope, hr_output indices, hr_output values, const hr_partial_shape *shape);

/* What is known of the shape of the whole; its rank at least where that is known. */
hr_partial_shape hr_sparse_static_shape(hr_scope scope, const hr_sparse_tensor *x);
/* The same where all of it is known, else false. */
bool hr_sparse_known_shape(hr_scope scope, const hr_sparse_tensor *x, hr_partial_shape *out);

#endif
