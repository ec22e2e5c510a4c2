#include "kernels_cpu/ctc/ctc.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

hr_status hr_ctc_inputs_read(hr_kernel_context *ctx, int lengths_input, hr_code refusal, hr_ctc_inputs *out) {
  const hr_tensor *x = hr_input(ctx, 0), *lengths = hr_input(ctx, lengths_input);
  if (x->rank != 3) return hr_error(HR_INVALID_ARGUMENT, "inputs is not a 3-Tensor");
  if (lengths->rank != 1) return hr_error(HR_INVALID_ARGUMENT, "sequence_length is not a vector");
  *out = (hr_ctc_inputs){x, hr_tensor_data(lengths), x->dims[0], x->dims[1], x->dims[2]};
  if (out->batch != lengths->elements)
    return hr_error(refusal,
                    "len(sequence_length) != batch_size.  len(sequence_length):  %" PRId64 " batch_size: %" PRId64,
                    lengths->elements, out->batch);
  if (out->classes > INT32_MAX) return hr_error(HR_INVALID_ARGUMENT, "num_classes cannot exceed max int");
  for (int64_t b = 0; b < out->batch; ++b)
    if (out->lengths[b] > out->times)
      return hr_error(refusal, "sequence_length(%" PRId64 ") <= %" PRId64, b, out->times);
  return HR_SUCCESS;
}

double hr_log_add(double a, double b) {
  if (a == -INFINITY) return b;
  if (b == -INFINITY) return a;
  return a > b ? a + log1p(exp(b - a)) : b + log1p(exp(a - b));
}

double hr_ctc_norm(const hr_ctc_inputs *c, int64_t time, int64_t b) {
  double most = -INFINITY, sum = 0;
  for (int64_t k = 0; k < c->classes; ++k)
    most = fmax(most, hr_ctc_input(c, time, b, k));
  for (int64_t k = 0; k < c->classes; ++k)
    sum += exp(hr_ctc_input(c, time, b, k) - most);
  return most + log(sum);
}

hr_status hr_labels_add(hr_labels *labels, int64_t label) {
  if (labels->count == labels->room) {
    int64_t room = labels->room ? 2 * labels->room : 16;
    int64_t *items = realloc(labels->items, (size_t)room * sizeof *items);
    if (!items) return hr_error_out_of_memory((size_t)room * sizeof *items, "labels");
    labels->items = items;
    labels->room = room;
  }
  labels->items[labels->count++] = label;
  return HR_SUCCESS;
}
