/* Gradients of numbers that are rounded to steps of a range: passed on as they are. */
#include "ops/gradients/gradient.h"

hr_status hr_gradient_quantize_and_dequantize(hr_gradient_context *c) {
  hr_dx(c, 0, hr_dy(c, 0));
  return HR_SUCCESS;
}
