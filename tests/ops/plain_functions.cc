// That C++ reads ops.h and can call the functions under the macros.
#include "headrace/ops.h"

hr_output product_with_transpose(hr_scope scope, hr_output a, hr_output b) {
  hr_matmul_options options = hr_matmul_defaults;
  options.transpose_b = true;
  options.name = "product";
  return hr_matmul_with(scope, a, b, &options);
}
