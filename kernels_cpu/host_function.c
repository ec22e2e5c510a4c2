/* PyFunc, PyFuncStateless: a function of the host program. */
#include "runtime/resource/host_function.h"
#include "headrace/kernel.h"
#include <stdlib.h>

static hr_status host_create(const hr_kernel_construction *c, void **state) {
  const hr_attr_value *token;
  HR_TRY(hr_construction_attr(c, "token", &token));
  *state = hr_host_function_find(token->s);
  return *state ? HR_SUCCESS : hr_error(HR_INVALID_ARGUMENT, "callback %s is not found", token->s);
}

static void host_destroy(void *state) { hr_host_function_release(state); }

static hr_status check_outputs(const hr_kernel_context *ctx, const char *token, int32_t given,
                               const hr_tensor *outputs) {
  int count = hr_output_count(ctx);
  if (given != count)
    return hr_error(HR_INVALID_ARGUMENT, "%s returns %d values, but expects to see %d values.", token, given, count);
  for (int i = 0; i < count; ++i) {
    if (!hr_tensor_is_valid(&outputs[i]))
      return hr_error(HR_INTERNAL, "The %d-th value returned by %s is missing", i, token);
    if (hr_tensor_dtype(&outputs[i]) != hr_output_type(ctx, i))
      return hr_error(HR_INVALID_ARGUMENT, "%d-th value returned by %s is %s, but expects %s", i, token,
                      hr_dtype_name(hr_tensor_dtype(&outputs[i])), hr_dtype_name(hr_output_type(ctx, i)));
  }
  return HR_SUCCESS;
}

static hr_status host_call(hr_kernel_context *ctx) {
  const hr_host_entry *entry = ctx->state;
  int count = hr_output_count(ctx);
  hr_tensor *outputs = calloc((size_t)count + 1, sizeof *outputs);
  if (!outputs) return hr_error_out_of_memory(sizeof *outputs * (size_t)count, "the outputs of a host function");
  int32_t given = 0;
  /* An hr_value that is no reference is a tensor. */
  hr_status status = entry->function(entry->argument, hr_input_count(ctx), (const hr_tensor *const *)ctx->inputs, count,
                                     outputs, &given);
  if (!status) status = check_outputs(ctx, entry->token, given, outputs);
  for (int i = 0; i < count; ++i) {
    if (status)
      hr_tensor_clear(&outputs[i]);
    else
      hr_output_move(ctx, i, &outputs[i]);
  }
  free(outputs);
  return status;
}
HR_KERNEL(.op = "PyFunc", .flags = HR_KERNEL_WAITS, .create = host_create, .destroy = host_destroy,
          .compute = host_call);
HR_KERNEL(.op = "PyFuncStateless", .flags = HR_KERNEL_WAITS, .create = host_create, .destroy = host_destroy,
          .compute = host_call);
