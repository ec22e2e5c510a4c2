/* ParseTensor, SerializeTensor: tensors as TensorProto messages. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/string_arguments.h"
#include "runtime/tensor/tensor_proto.h"

static hr_status parse_tensor(hr_kernel_context *ctx) {
  const hr_tensor *serialized = hr_input(ctx, 0);
  hr_dtype wanted = hr_output_type(ctx, 0);
  if (serialized->rank != 0)
    return hr_error(HR_INVALID_ARGUMENT, "Expected `serialized` to be a scalar, got shape: %s",
                    HR_TENSOR_SHAPE_TEXT(serialized));
  hr_tensor value;
  HR_TRY(hr_tensor_from_proto(hr_string_view(hr_string_at(serialized, 0)), hr_kept_memory(ctx), &value));
  hr_dtype dtype = hr_tensor_dtype(&value);
  value.proto_values = 0;
  if (dtype == wanted) {
    hr_output_move(ctx, 0, &value);
    return HR_SUCCESS;
  }
  hr_tensor_clear(&value);
  return hr_error(HR_INVALID_ARGUMENT, "Type mismatch between parsed tensor (%s) and dtype (%s)", hr_dtype_name(dtype),
                  hr_dtype_name(wanted));
}
HR_KERNEL(.op = "ParseTensor", .types = {{"out_type", HR_ANY_TYPES}}, .compute = parse_tensor);

static hr_status serialize_tensor(hr_kernel_context *ctx) {
  const hr_tensor *value = hr_input(ctx, 0);
  hr_text text = {0};
  bool strings = hr_tensor_dtype(value) == HR_STRING;
  hr_status status = strings ? hr_tensor_to_proto(value, &text) : hr_tensor_content_to_proto(value, &text);
  if (!status) return hr_output_text(ctx, 0, &text);
  hr_text_free(&text);
  return status;
}
HR_KERNEL(.op = "SerializeTensor", .types = {{"T", HR_ANY_TYPES}}, .compute = serialize_tensor);
