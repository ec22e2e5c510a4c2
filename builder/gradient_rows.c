#include "builder/gradient_rows.h"

static hr_output rows_to_tensor(hr_scope scope, const hr_rows *rows, const char *name) {
  return hr_gradient_to_tensor(scope, (hr_gradient){rows->values, rows->indices, rows->dense_shape}, name);
}

hr_output hr_gradient_as_argument(hr_scope scope, hr_gradient gradient) {
  if (!hr_gradient_is_sparse(gradient)) return gradient.value;
  return hr_rows_output(scope, gradient.value, gradient.indices, gradient.dense_shape, rows_to_tensor);
}

hr_gradient hr_gradient_of_argument(hr_output argument) {
  const hr_rows *rows = hr_rows_of(argument);
  return rows ? (hr_gradient){rows->values, rows->indices, rows->dense_shape} : hr_dense_gradient(argument);
}

hr_gradient hr_plain_gradient(hr_scope scope, hr_gradient gradient) {
  const hr_rows *rows = hr_rows_of(gradient.value);
  if (rows) gradient.value = rows->to_tensor(scope, rows, NULL);
  return hr_gradient_exists(gradient) ? gradient : HR_NO_GRADIENT;
}
