/* Sizes of images that may be numbers or tensors. */
#include "builder/image/image.h"

hr_operand hr_size_plus(hr_scope scope, hr_operand x, hr_operand y) {
  if (hr_is_number(x) && hr_is_number(y)) return hr_operand_int(x.i + y.i);
  return hr_operand_output(hr_plus(scope, x, y));
}

hr_operand hr_size_minus(hr_scope scope, hr_operand x, hr_operand y) {
  if (hr_is_number(x) && hr_is_number(y)) return hr_operand_int(x.i - y.i);
  return hr_operand_output(hr_minus(scope, x, y));
}

hr_operand hr_size_max(hr_scope scope, hr_operand x, hr_operand y) {
  if (hr_is_number(x) && hr_is_number(y)) return x.i > y.i ? x : y;
  return hr_operand_output(hr_binary(scope, "Maximum", x, y));
}

hr_operand hr_size_min(hr_scope scope, hr_operand x, hr_operand y) {
  if (hr_is_number(x) && hr_is_number(y)) return x.i < y.i ? x : y;
  return hr_operand_output(hr_binary(scope, "Minimum", x, y));
}

hr_operand hr_size_floordiv(hr_scope scope, hr_operand x, int64_t y) {
  if (!hr_is_number(x)) return hr_operand_output(hr_floordiv(scope, x, y));
  int64_t quotient = x.i / y;
  return hr_operand_int(quotient - (x.i % y != 0 && (x.i < 0) != (y < 0)));
}

hr_operand hr_size_negative(hr_scope scope, hr_operand x) {
  return hr_is_number(x) ? hr_operand_int(-x.i)
                         : hr_operand_output(hr_call_one(scope, "Neg", NULL, HR_OPERANDS(x), HR_NO_ATTRS));
}

hr_operand hr_size_of(hr_scope scope, hr_operand argument) {
  if (argument.kind == HR_OPERAND_INT || argument.kind == HR_OPERAND_OUTPUT) return argument;
  if (hr_operand_is_in_graph(argument)) return hr_operand_output(hr_convert(scope, argument, HR_INVALID, "size"));
  int64_t number[HR_MAX_RANK];
  if (hr_operand_known_ints(argument, number) != 1)
    hr_refuse(scope, "Sizes and offsets of images must be whole numbers");
  return hr_operand_int(number[0]);
}

hr_image_sizes hr_image_sizes_of(hr_scope scope, hr_output image, int rank) {
  hr_image_sizes sizes = {{{0}}};
  if (!hr_scope_ok(scope)) return sizes;
  hr_partial_shape shape = *hr_output_shape(image);
  hr_outputs parts = {0};
  if (!hr_partial_shape_is_full(&shape)) parts = hr_unstack(scope, hr_tf_shape(scope, image), .num = rank);
  for (int i = 0; i < rank && hr_scope_ok(scope); ++i) {
    int64_t known = shape.rank == rank ? shape.dims[i] : HR_UNKNOWN_DIM;
    sizes.of[i] = known >= 0 ? hr_operand_int(known) : hr_operand_output(parts.items[i]);
  }
  return sizes;
}
