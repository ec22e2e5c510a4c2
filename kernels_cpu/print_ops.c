/* Print, PrintV2, Assert, StringFormat. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/string_arguments.h"
#include "runtime/base/log.h"
#include "runtime/io/file.h"
#include "runtime/resource/resource_manager.h"
#include "runtime/tensor/tensor_text.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static hr_status out_of_text(hr_text *text) {
  size_t length = text->length;
  hr_text_free(text);
  return hr_error_out_of_memory(length, "text to print");
}

/* "[1 2 3...][x]" of inputs first.. */
static void add_inputs(hr_kernel_context *ctx, int first, const char *between, hr_text *text) {
  int64_t summarize = hr_node_attr(hr_context_node(ctx), "summarize")->i;
  for (int i = first; i < hr_input_count(ctx); ++i) {
    hr_text_add_string(text, i > first ? between : "");
    hr_text_add_string(text, "[");
    hr_tensor_add_values_text(text, hr_input(ctx, i), summarize);
    hr_text_add_string(text, "]");
  }
}

static hr_status assert_true(hr_kernel_context *ctx) {
  const hr_tensor *condition = hr_input(ctx, 0);
  if (condition->rank != 0)
    return hr_error(HR_INVALID_ARGUMENT, "condition of an assertion should be a scalar, not shape %s",
                    HR_TENSOR_SHAPE_TEXT(condition));
  if (*(const bool *)hr_tensor_data(condition)) return HR_SUCCESS;
  hr_text text = {0};
  add_inputs(ctx, 1, " ", &text);
  if (text.failed) return out_of_text(&text);
  hr_status status = hr_error(HR_INVALID_ARGUMENT, "assertion failed: %s", text.length ? text.data : "");
  hr_text_free(&text);
  return status;
}
HR_KERNEL(.op = "Assert", .flags = HR_KERNEL_CHEAP, .compute = assert_true);

/* ---- Print ----------------------------------------------------------------------------------------------------- */

/* How often a node has printed: a resource, since it counts over all runs of a session. */
typedef struct print_state {
  hr_resource resource;
  int64_t first_n; /* negative: always */
  _Atomic int64_t count;
} print_state;

static void print_free(hr_resource *resource) { free(resource); }
static const hr_resource_type print_type = {.name = "PrintCount", .destroy = print_free};

static hr_status make_print(void *first_n, hr_resource **out) {
  print_state *s = calloc(1, sizeof *s);
  if (!s) return hr_error_out_of_memory(sizeof *s, "a Print kernel");
  hr_resource_init(&s->resource, &print_type);
  s->first_n = *(const int64_t *)first_n;
  *out = &s->resource;
  return HR_SUCCESS;
}

static hr_status print_create(const hr_kernel_construction *c, void **state) {
  int64_t first_n;
  HR_TRY(hr_construction_int(c, "first_n", &first_n));
  hr_resource *resource;
  HR_TRY(hr_resource_of_node(c, &print_type, make_print, &first_n, &resource));
  *state = resource;
  return HR_SUCCESS;
}

static void print_destroy(void *state) { hr_resource_unref(state); }

static hr_status print(hr_kernel_context *ctx) {
  print_state *state = ctx->state;
  if (state->first_n < 0 || atomic_fetch_add(&state->count, 1) < state->first_n) {
    hr_text text = {0};
    hr_text_add_string(&text, hr_node_attr(hr_context_node(ctx), "message")->s);
    add_inputs(ctx, 1, "", &text);
    if (text.failed) return out_of_text(&text);
    fprintf(stderr, "%s\n", text.length ? text.data : "");
    hr_text_free(&text);
  }
  hr_output_share(ctx, 0, 0, NULL);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "Print", .create = print_create, .destroy = print_destroy, .compute = print);

/* ---- PrintV2 --------------------------------------------------------------------------------------------------- */

static void write_all(FILE *stream, hr_view text, const hr_attr_value *end) {
  fwrite(text.data, 1, text.length, stream);
  fwrite(end->s, 1, (size_t)end->count, stream);
  fflush(stream);
}

static hr_status print_to_file(const char *path, hr_view text, const hr_attr_value *end) {
  hr_output_file *file;
  HR_TRY(hr_output_file_open(path, HR_OUTPUT_APPEND, &file));
  hr_status status = hr_output_file_append(file, text.data, text.length);
  if (!status) status = hr_output_file_append(file, end->s, (size_t)end->count);
  hr_status_keep_first(&status, hr_output_file_close(file));
  return status;
}

static hr_status print_v2(hr_kernel_context *ctx) {
  const hr_tensor *input = hr_input(ctx, 0);
  if (input->rank != 0)
    return hr_error(HR_INVALID_ARGUMENT, "Input is expected to be scalar, but got %s", HR_TENSOR_SHAPE_TEXT(input));
  const hr_attr_value *end = hr_node_attr(hr_context_node(ctx), "end");
  const char *stream = hr_node_attr(hr_context_node(ctx), "output_stream")->s;
  hr_view text = hr_string_view(hr_string_at(input, 0));
  if (strncmp(stream, "file://", 7) == 0) return print_to_file(stream + 7, text, end);
  if (strcmp(stream, "stdout") == 0) {
    write_all(stdout, text, end);
  } else if (strcmp(stream, "stderr") == 0) {
    write_all(stderr, text, end);
  } else if (strcmp(stream, "log(info)") == 0) {
    HR_LOG(HR_LOG_INFO, "%.*s%s", (int)text.length, text.data, end->s);
  } else if (strcmp(stream, "log(warning)") == 0) {
    HR_LOG(HR_LOG_WARNING, "%.*s%s", (int)text.length, text.data, end->s);
  } else if (strcmp(stream, "log(error)") == 0) {
    HR_LOG(HR_LOG_ERROR, "%.*s%s", (int)text.length, text.data, end->s);
  } else {
    return hr_error(HR_INVALID_ARGUMENT, "Unknown output stream: %s", stream);
  }
  return HR_SUCCESS;
}
HR_KERNEL(.op = "PrintV2", .compute = print_v2);

/* ---- StringFormat ---------------------------------------------------------------------------------------------- */

/* NumPy's way of showing an array: "[[1 2]\n [3 4]]", the middle of long dimensions left out, strings in quotes. */
static void add_array(hr_text *text, const hr_tensor *t, int axis, int64_t edge, int64_t *next) {
  if (axis == t->rank) {
    bool quoted = t->dtype == HR_STRING;
    if (quoted) hr_text_add_string(text, "\"");
    hr_tensor_add_element_text(text, t, (*next)++);
    if (quoted) hr_text_add_string(text, "\"");
    return;
  }
  int64_t count = t->dims[axis], inner = hr_dims_product(t, axis + 1, t->rank);
  bool cut = edge >= 0 && edge < count && count - edge > edge;
  hr_text_add_string(text, "[");
  for (int64_t i = 0; i < count; ++i) {
    if (i > 0) { /* one line break a level that ends, and an indent as deep as this level */
      int breaks = t->rank - axis - 1;
      if (breaks == 0) hr_text_add_string(text, " ");
      for (int b = 0; b < breaks; ++b)
        hr_text_add_string(text, "\n");
      for (int b = 0; breaks > 0 && b <= axis; ++b)
        hr_text_add_string(text, " ");
    }
    if (cut && i == edge) {
      hr_text_add_string(text, "...");
      *next += (count - 2 * edge) * inner;
      i = count - edge - 1;
      continue;
    }
    add_array(text, t, axis + 1, edge, next);
  }
  hr_text_add_string(text, "]");
}

static hr_status string_format_create(const hr_kernel_construction *c, void **state) {
  const hr_attr_value *template, *placeholder, *types;
  HR_TRY(hr_construction_attr(c, "template", &template));
  HR_TRY(hr_construction_attr(c, "placeholder", &placeholder));
  HR_TRY(hr_construction_attr(c, "T", &types));
  *state = NULL;
  int places = 0;
  for (const char *at = template->s; placeholder->count && (at = strstr(at, placeholder->s)); at += placeholder->count)
    ++places;
  if (places != types->count)
    return hr_error(HR_INVALID_ARGUMENT,
                    "num placeholders in template and num inputs must match: %d placeholders and %d inputs", places,
                    types->count);
  return HR_SUCCESS;
}

static hr_status string_format(hr_kernel_context *ctx) {
  const hr_node *node = hr_context_node(ctx);
  const char *at = hr_node_attr(node, "template")->s;
  const hr_attr_value *placeholder = hr_node_attr(node, "placeholder");
  int64_t summarize = hr_node_attr(node, "summarize")->i;
  hr_text text = {0};
  for (int i = 0; i < hr_input_count(ctx); ++i) {
    const char *place = strstr(at, placeholder->s);
    hr_text_add(&text, at, (size_t)(place - at));
    int64_t next = 0;
    add_array(&text, hr_input(ctx, i), 0, summarize, &next);
    at = place + placeholder->count;
  }
  hr_text_add_string(&text, at);
  return hr_output_text(ctx, 0, &text);
}
HR_KERNEL(.op = "StringFormat", .create = string_format_create, .compute = string_format);
