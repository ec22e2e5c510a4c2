#include "builder/tensor_list.h"

hr_operand hr_list_element_shape(hr_scope scope, const hr_partial_shape *shape, int64_t sizes[HR_MAX_RANK]) {
  if (shape->rank < 0) return hr_operand_int(-1);
  if (shape->rank == 0) return hr_operand_output(hr_i32_vector(scope, 0, NULL, NULL));
  memcpy(sizes, shape->dims, sizeof *sizes * (size_t)shape->rank);
  return hr_operand_ints((hr_ints){shape->rank, sizes});
}
