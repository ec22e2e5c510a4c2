/* StringSplit, StringSplitV2: the parts of strings as a sparse matrix. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/string_arguments.h"

#include <inttypes.h>
#include <string.h>

/* How to find the next separator. */
typedef struct splitter {
  hr_view separator;
  bool any_byte;   /* each byte of the separator is one (StringSplit); with none, every byte is a part */
  bool skip_empty; /* parts without bytes are left out */
  bool white;      /* runs of white space separate (StringSplitV2 with an empty separator) */
  int64_t limit;   /* splits a string at most, -1: all */
} splitter;

static bool is_white(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/* Length of the separator at `at`; 0 for none. */
static size_t separator_at(const splitter *s, hr_view text, size_t at) {
  if (s->white) return is_white(text.data[at]) ? 1 : 0;
  if (s->any_byte) return s->separator.length && memchr(s->separator.data, text.data[at], s->separator.length) ? 1 : 0;
  size_t length = s->separator.length;
  return text.length - at >= length && memcmp(text.data + at, s->separator.data, length) == 0 ? length : 0;
}

/* Takes the next part off `*text`; false when there is none. `*open`: there is one, if only an empty one. */
static bool next_part(const splitter *s, hr_view *text, bool *open, int64_t splits, hr_view *part) {
  bool rest = s->limit >= 0 && splits == s->limit; /* all that is left is the last part */
  while (s->white && s->limit != 0 && text->length && is_white(text->data[0]))
    ++text->data, --text->length;
  if (!*open || (s->white && !rest && !text->length)) return false;
  if (s->any_byte && s->separator.length == 0) { /* every byte on its own */
    if (!text->length) return false;
    *part = (hr_view){text->data++, 1};
    --text->length;
    return true;
  }
  size_t at = rest ? text->length : 0, length = 0;
  while (at < text->length && (length = separator_at(s, *text, at)) == 0)
    ++at;
  *part = (hr_view){text->data, at};
  *open = length > 0 || (s->white && !rest);
  text->data += at + length;
  text->length -= at + length;
  return true;
}

typedef void part_visitor(void *argument, int64_t row, int64_t column, hr_view part);

static void visit_parts(const splitter *s, const hr_tensor *x, part_visitor *visit, void *argument) {
  for (int64_t row = 0; row < x->elements; ++row) {
    hr_view text = hr_string_view(hr_string_at(x, row)), part;
    bool open = text.length > 0 || !s->any_byte;
    int64_t column = 0;
    for (int64_t splits = 0; next_part(s, &text, &open, splits, &part); ++splits)
      if (part.length || !s->skip_empty) visit(argument, row, column++, part);
  }
}

typedef struct totals {
  int64_t parts, columns;
} totals;
static void count_part(void *argument, int64_t row, int64_t column, hr_view part) {
  totals *t = argument;
  (void)row, (void)part;
  ++t->parts;
  if (column >= t->columns) t->columns = column + 1;
}

typedef struct sink {
  int64_t *index;
  hr_string *value;
  hr_status status;
} sink;
static void store_part(void *argument, int64_t row, int64_t column, hr_view part) {
  sink *s = argument;
  *s->index++ = row;
  *s->index++ = column;
  hr_status_keep_first(&s->status, hr_string_set(s->value++, part.data, part.length));
}

static hr_status split_all(hr_kernel_context *ctx, const splitter *s) {
  const hr_tensor *x = hr_input(ctx, 0);
  totals totals = {0};
  visit_parts(s, x, count_part, &totals);
  hr_tensor *indices, *values, *shape;
  HR_TRY(hr_output_new(ctx, 0, &(hr_shape){2, {totals.parts, 2}}, &indices));
  HR_TRY(hr_output_new(ctx, 1, &(hr_shape){1, {totals.parts}}, &values));
  HR_TRY(hr_output_new(ctx, 2, &(hr_shape){1, {2}}, &shape));
  ((int64_t *)hr_tensor_data(shape))[0] = x->elements;
  ((int64_t *)hr_tensor_data(shape))[1] = totals.columns;
  sink sink = {hr_tensor_data(indices), hr_tensor_data(values), HR_SUCCESS};
  visit_parts(s, x, store_part, &sink);
  return sink.status;
}

static hr_status check_inputs(hr_kernel_context *ctx, const char *separator) {
  HR_TRY(hr_rank_check(hr_input(ctx, 0), 1, "input"));
  const hr_tensor *t = hr_input(ctx, 1);
  if (t->rank != 0)
    return hr_error(HR_INVALID_ARGUMENT, "%s must be a scalar, got shape: %s", separator, HR_TENSOR_SHAPE_TEXT(t));
  return HR_SUCCESS;
}

static hr_status string_split(hr_kernel_context *ctx) {
  HR_TRY(check_inputs(ctx, "delimiter"));
  splitter s = {.separator = hr_string_view(hr_string_at(hr_input(ctx, 1), 0)),
                .any_byte = true,
                .skip_empty = hr_node_attr(hr_context_node(ctx), "skip_empty")->b,
                .limit = -1};
  return split_all(ctx, &s);
}
HR_KERNEL(.op = "StringSplit", .compute = string_split);

static hr_status string_split_v2(hr_kernel_context *ctx) {
  HR_TRY(check_inputs(ctx, "sep"));
  splitter s = {.separator = hr_string_view(hr_string_at(hr_input(ctx, 1), 0)),
                .limit = hr_node_attr(hr_context_node(ctx), "maxsplit")->i};
  s.white = s.separator.length == 0;
  return split_all(ctx, &s);
}
HR_KERNEL(.op = "StringSplitV2", .compute = string_split_v2);
