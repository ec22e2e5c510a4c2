#include "builder/builder.h"

hr_output hr_refuse(hr_scope scope, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  hr_scope_fail(scope, hr_error_v(HR_INVALID_ARGUMENT, format, arguments));
  va_end(arguments);
  return HR_NO_OUTPUT;
}

hr_output hr_refuse_type(hr_scope scope, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  hr_scope_fail(scope, hr_status_as_type_error(hr_error_v(HR_INVALID_ARGUMENT, format, arguments)));
  va_end(arguments);
  return HR_NO_OUTPUT;
}

void hr_know_shape(hr_scope scope, hr_output x, const hr_partial_shape *shape) {
  if (!hr_scope_ok(scope)) return;
  hr_status status = hr_output_set_shape(x, shape);
  if (status) hr_scope_fail(scope, status);
}

void *hr_keep_bytes(hr_scope scope, size_t bytes) {
  void *memory = hr_arena_zalloc(hr_graph_arena(hr_scope_graph(scope)), bytes, _Alignof(max_align_t));
  if (!memory) hr_scope_fail(scope, hr_error_out_of_memory(bytes, "a part of the graph"));
  return memory;
}

const char *hr_keep_text(hr_scope scope, const char *text) {
  size_t length = strlen(text);
  char *copy = hr_arena_copy_string(hr_graph_arena(hr_scope_graph(scope)), text, length);
  if (!copy) hr_scope_fail(scope, hr_error_out_of_memory(length + 1, "a name"));
  return copy;
}

char *hr_keep_printf(hr_scope scope, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  hr_text text = {0};
  hr_text_vprintf(&text, format, arguments);
  va_end(arguments);
  char *copy = NULL;
  if (!text.failed) copy = hr_arena_copy_string(hr_graph_arena(hr_scope_graph(scope)), text.data, text.length);
  if (!copy) hr_scope_fail(scope, hr_error_out_of_memory(text.length + 1, "a name"));
  hr_text_free(&text);
  return copy;
}
