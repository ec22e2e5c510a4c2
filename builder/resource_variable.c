/* Variables behind handles: their nodes, readings and updates. */
#include "builder/builder.h"
#include "builder/variable.h"

hr_output hr_handle_shape(hr_scope scope, hr_output handle, hr_dtype dtype) {
  const hr_handle_data *data = hr_scope_ok(scope) ? hr_output_handle_data(handle) : NULL;
  if (!data || !hr_partial_shape_is_full(&data->shape)) return hr_variable_shape(scope, handle, .out_type = dtype);
  return hr_convert(scope, hr_operand_ints((hr_ints){data->shape.rank, data->shape.dims}), dtype, NULL);
}
