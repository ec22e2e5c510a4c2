#include "kernels_cpu/string_arguments.h"

#include <string.h>

char *hr_string_element_dup(const hr_tensor *t, int64_t i) {
  hr_view bytes = hr_string_view(hr_string_at(t, i));
  return strndup(bytes.data, bytes.length);
}

hr_status hr_string_set_text(hr_string *s, hr_text *text) {
  if (text->failed) return hr_error_out_of_memory(text->length, "a string");
  HR_TRY(hr_string_set(s, text->length ? text->data : "", text->length));
  text->length = 0;
  return HR_SUCCESS;
}

hr_status hr_output_text(hr_kernel_context *ctx, int index, hr_text *text) {
  hr_tensor *out;
  hr_status status = hr_output_new(ctx, index, &(hr_shape){0}, &out);
  if (!status) status = hr_string_set_text(hr_tensor_data(out), text);
  hr_text_free(text);
  return status;
}

hr_status hr_map_strings(hr_kernel_context *ctx, hr_status (*make)(hr_kernel_context *ctx, hr_view in, hr_text *out)) {
  const hr_tensor *in = hr_input(ctx, 0);
  hr_shape shape = hr_tensor_shape(in);
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  hr_string *to = hr_tensor_data(out);
  hr_text text = {0};
  hr_status status = HR_SUCCESS;
  for (int64_t i = 0; i < in->elements && !status; ++i) {
    status = make(ctx, hr_string_view(hr_string_at(in, i)), &text);
    if (!status) status = hr_string_set_text(&to[i], &text);
  }
  hr_text_free(&text);
  return status;
}
