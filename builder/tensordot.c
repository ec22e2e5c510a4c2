#include "builder/tensordot.h"
#include "builder/builder.h"

/* x as a matrix of a known shape; the Transpose keeps the order and is there because TensorFlow has it. */
static hr_output static_matrix(hr_scope s, hr_output x, hr_partial_shape matrix) {
  int rank = hr_output_rank(x);
  hr_axes order = {HR_AXES_LIST, rank, {0}};
  for (int i = 0; i < rank; ++i)
    order.items[i] = i;
  return hr_tf_reshape(s, hr_tf_transpose(s, x, .perm = order), matrix);
}

hr_output hr_tensordot_last(hr_scope scope, hr_output x, hr_output weights) {
  hr_scope s = hr_name_scope(scope, "Tensordot");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  const hr_partial_shape shape = *hr_output_shape(x);
  const hr_partial_shape weights_shape = *hr_output_shape(weights);
  int rank = shape.rank;
  hr_partial_shape result = shape;
  result.dims[rank - 1] = weights_shape.dims[1];
  if (hr_partial_shape_is_full(&shape)) {
    int64_t rows = 1;
    for (int i = 0; i + 1 < rank; ++i)
      rows *= shape.dims[i];
    hr_output a = static_matrix(s, x, HR_SHAPE(rows, shape.dims[rank - 1]));
    hr_output b = static_matrix(s, weights, weights_shape);
    hr_output product = hr_tf_matmul(s, a, b);
    return hr_reshape(s, product, hr_dims_vector(s, hr_dims_from_shape(result), "shape"), .name = hr_scope_name(s));
  }
  int32_t free_axes[HR_MAX_RANK];
  for (int i = 0; i + 1 < rank; ++i)
    free_axes[i] = i;
  hr_output axes = hr_i32_vector(s, 1, (const int32_t[]){rank - 1}, "axes");
  hr_output rest = hr_i32_vector(s, rank - 1, free_axes, "free");
  hr_output sizes = hr_tf_shape(s, x);
  hr_output rest_sizes = hr_tf_gather(s, sizes, rest);
  hr_output axes_sizes = hr_tf_gather(s, sizes, axes);
  hr_output rows = hr_reduce_prod(s, rest_sizes);
  hr_output columns = hr_reduce_prod(s, axes_sizes);
  hr_output order = hr_tf_concat(s, HR_LIST(rest, axes), 0);
  hr_output matrix = hr_stack(s, HR_LIST(rows, columns));
  hr_output a = hr_reshape(s, hr_tf_transpose(s, x, .perm_tensor = order), matrix);
  hr_output b = static_matrix(s, weights, weights_shape);
  hr_output product = hr_tf_matmul(s, a, b);
  hr_output columns_of_weights = hr_i32_vector(s, 1, (const int32_t[]){(int32_t)weights_shape.dims[1]}, "Const");
  hr_output result_sizes = hr_tf_concat(s, HR_LIST(rest_sizes, columns_of_weights), 0);
  hr_output y = hr_reshape(s, product, result_sizes, .name = hr_scope_name(s));
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_status status = hr_output_set_shape(y, &result);
  if (status) hr_scope_fail(s, status);
  return y;
}
