/* Ops of two string tensors that are broadcast against each other: Add joins, Equal and NotEqual compare bytes. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/broadcast.h"
#include <stdlib.h>
#include <string.h>

/* Calls visit for every result, with its number and its operands. */
static hr_status each_pair(hr_kernel_context *ctx,
                           hr_status (*visit)(void *out, int64_t i, const hr_string *x, const hr_string *y)) {
  const hr_tensor *left = hr_input(ctx, 0), *right = hr_input(ctx, 1);
  hr_broadcast broadcast;
  if (!hr_broadcast_plan(left, right, &broadcast)) return hr_incompatible_shapes(left, right);
  const hr_string *x = hr_tensor_data(left), *y = hr_tensor_data(right);
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &broadcast.shape, &out));
  void *data = hr_tensor_data(out);
  hr_broadcast_position position = hr_broadcast_at(&broadcast, 0);
  for (int64_t i = 0; i < broadcast.elements; ++i) {
    HR_TRY(visit(data, i, x + position.x, y + position.y));
    hr_broadcast_advance(&broadcast, &position, 1);
  }
  return HR_SUCCESS;
}

static bool is_equal(const hr_string *x, const hr_string *y) {
  size_t length = hr_string_length(x);
  return length == hr_string_length(y) && memcmp(hr_string_data(x), hr_string_data(y), length) == 0;
}

static hr_status visit_equal(void *out, int64_t i, const hr_string *x, const hr_string *y) {
  ((bool *)out)[i] = is_equal(x, y);
  return HR_SUCCESS;
}
static hr_status visit_not_equal(void *out, int64_t i, const hr_string *x, const hr_string *y) {
  ((bool *)out)[i] = !is_equal(x, y);
  return HR_SUCCESS;
}

static hr_status visit_add(void *out, int64_t i, const hr_string *x, const hr_string *y) {
  size_t x_length = hr_string_length(x), y_length = hr_string_length(y);
  char few[256], *bytes = x_length + y_length <= sizeof few ? few : malloc(x_length + y_length);
  if (!bytes) return hr_error_out_of_memory(x_length + y_length, "a joined string");
  memcpy(bytes, hr_string_data(x), x_length);
  memcpy(bytes + x_length, hr_string_data(y), y_length);
  hr_status status = hr_string_set((hr_string *)out + i, bytes, x_length + y_length);
  if (bytes != few) free(bytes);
  return status;
}

static hr_status add(hr_kernel_context *ctx) { return each_pair(ctx, visit_add); }
static hr_status equal(hr_kernel_context *ctx) { return each_pair(ctx, visit_equal); }
static hr_status not_equal(hr_kernel_context *ctx) { return each_pair(ctx, visit_not_equal); }
HR_KERNEL(.op = "Add", .types = {{"T", HR_TYPE_BIT(HR_STRING)}}, .compute = add);
HR_KERNEL(.op = "Equal", .types = {{"T", HR_TYPE_BIT(HR_STRING)}}, .compute = equal);
HR_KERNEL(.op = "NotEqual", .types = {{"T", HR_TYPE_BIT(HR_STRING)}}, .compute = not_equal);
