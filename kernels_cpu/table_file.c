/* InitializeTableFromTextFileV2: a table's keys and values from the lines of a file. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/lookup_table.h"
#include "kernels_cpu/number_text.h"
#include "kernels_cpu/string_arguments.h"
#include "runtime/io/file.h"

#include <stdlib.h>

/* What of a line a key or a value is: a column, or one of these. */
enum { LINE_NUMBER = -1, WHOLE_LINE = -2 };
static const size_t longest_file = (size_t)1 << 32;

typedef struct lines {
  const char *path, *bytes, *end, *at;
  char delimiter;
  int64_t number; /* of the line, from 0 */
  hr_text line;   /* without carriage returns, as TensorFlow reads it */
} lines;

/* The next line; false at the end. */
static bool next_line(lines *l) {
  if (l->at == l->end) return false;
  const char *stop = memchr(l->at, '\n', (size_t)(l->end - l->at));
  const char *after = stop ? stop + 1 : l->end;
  l->line.length = 0;
  for (const char *p = l->at, *last = stop ? stop : l->end; p < last; ++p)
    if (*p != '\r') hr_text_add(&l->line, p, 1);
  l->at = after;
  return true;
}

static int64_t count_lines(const lines *l) {
  int64_t count = 0;
  for (const char *p = l->bytes; p < l->end; ++count) {
    const char *stop = memchr(p, '\n', (size_t)(l->end - p));
    p = stop ? stop + 1 : l->end;
  }
  return count;
}

/* Column `index` of the line; false where there are fewer. */
static bool column_of(const lines *l, int64_t index, hr_view *out) {
  const char *p = l->line.data, *end = p + l->line.length;
  for (;; --index) {
    const char *stop = memchr(p, l->delimiter, (size_t)(end - p));
    if (index == 0) {
      *out = (hr_view){p, (size_t)((stop ? stop : end) - p)};
      return true;
    }
    if (!stop) return false;
    p = stop + 1;
  }
}

static hr_status store(hr_tensor *to, int64_t i, const lines *l, int64_t index) {
  if (index == LINE_NUMBER) {
    ((int64_t *)hr_tensor_data(to))[i] = l->number;
    return HR_SUCCESS;
  }
  hr_view field = {l->line.data, l->line.length};
  if (index != WHOLE_LINE && !column_of(l, index, &field))
    return hr_error(HR_INVALID_ARGUMENT, "Invalid number of columns in %s line %lld: expected column %lld", l->path,
                    (long long)l->number, (long long)index);
  hr_dtype dtype = hr_tensor_dtype(to);
  if (dtype == HR_STRING) return hr_string_set((hr_string *)hr_tensor_data(to) + i, field.data, field.length);
  void *place = (char *)hr_tensor_data(to) + (size_t)i * hr_dtype_size(dtype);
  if (hr_number_from_text(field, dtype, place)) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "Field %.*s in line %lld is not a valid %s.",
                  (int)(field.length > 200 ? 200 : field.length), field.data, (long long)l->number,
                  hr_dtype_name(dtype));
}

static hr_status read_entries(lines *l, int64_t key_index, int64_t value_index, hr_tensor *keys, hr_tensor *values) {
  for (l->number = 0; l->number < keys->elements && next_line(l); ++l->number) {
    if (l->line.failed) return hr_error_out_of_memory(l->line.length, "a line of a file");
    if (l->line.length == 0)
      return hr_error(HR_INVALID_ARGUMENT, "Invalid content in %s: empty line found at position %lld.", l->path,
                      (long long)(l->at - l->bytes));
    HR_TRY(store(keys, l->number, l, key_index));
    HR_TRY(store(values, l->number, l, value_index));
  }
  return HR_SUCCESS;
}

/* `dtype` must be able to hold what `index` gives. */
static hr_status check_index(const char *what, int64_t index, hr_dtype dtype) {
  if (index == LINE_NUMBER && dtype != HR_INT64)
    return hr_error(HR_INVALID_ARGUMENT, "%s index for line number requires table %s dtype of int64, got %s", what,
                    what, hr_dtype_name(dtype));
  if (dtype == HR_BOOL) return hr_error(HR_INVALID_ARGUMENT, "Data type bool not supported in a file");
  return HR_SUCCESS;
}

static hr_status fill(hr_kernel_context *ctx, hr_lookup_table *t, lines *l) {
  const hr_node *node = hr_context_node(ctx);
  int64_t key_index = hr_node_attr(node, "key_index")->i, value_index = hr_node_attr(node, "value_index")->i;
  int64_t wanted = hr_node_attr(node, "vocab_size")->i, count = count_lines(l);
  HR_TRY(check_index("Key", key_index, t->key_dtype));
  HR_TRY(check_index("Value", value_index, t->value_dtype));
  if (wanted > count)
    return hr_error(HR_INVALID_ARGUMENT, "Invalid vocab_size in %s: expected %lld but got %lld", l->path,
                    (long long)wanted, (long long)count);
  hr_shape shape = {1, {wanted >= 0 ? wanted : count}};
  hr_tensor keys = {0}, values = {0};
  hr_status status = hr_temporary_new(ctx, t->key_dtype, &shape, &keys);
  if (!status) status = hr_temporary_new(ctx, t->value_dtype, &shape, &values);
  if (!status) status = read_entries(l, key_index, value_index, &keys, &values);
  if (!status) status = hr_lookup_table_fill(t, &keys, &values);
  hr_tensor_clear(&keys);
  hr_tensor_clear(&values);
  return status;
}

static hr_status initialize_from_file(hr_kernel_context *ctx) {
  hr_resource *resource;
  HR_TRY(hr_handle_get(hr_input(ctx, 0), &hr_lookup_table_type, &resource));
  hr_lookup_table *t = (hr_lookup_table *)resource;
  const hr_tensor *name = hr_input(ctx, 1);
  const hr_attr_value *delimiter = hr_node_attr(hr_context_node(ctx), "delimiter");
  if (name->elements != 1)
    return hr_error(HR_INVALID_ARGUMENT, "filename should be a single string, but got %s", HR_TENSOR_SHAPE_TEXT(name));
  if (delimiter->count != 1) return hr_error(HR_INVALID_ARGUMENT, "delimiter should be only 1 char");
  if (!t->fixed) return hr_error(HR_INVALID_ARGUMENT, "Table %s cannot be initialized: it can change", t->name);
  char *path = hr_string_element_dup(name, 0), *bytes = NULL;
  if (!path) return hr_error_out_of_memory(hr_string_length(hr_string_at(name, 0)), "a file's name");
  size_t length = 0;
  hr_status status = hr_file_read_all(path, longest_file, &bytes, &length);
  if (!status) {
    lines l = {.path = path, .bytes = bytes, .at = bytes, .end = bytes + length, .delimiter = delimiter->s[0]};
    status = fill(ctx, t, &l);
    hr_text_free(&l.line);
  }
  free(bytes);
  free(path);
  return status;
}
HR_KERNEL(.op = "InitializeTableFromTextFileV2", .compute = initialize_from_file);
