/* StringNGrams: neighbouring words of each row, joined. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/string_arguments.h"

#include <inttypes.h>

typedef struct options {
  hr_view separator, left, right;
  int64_t pad; /* below 0: as much as the width takes */
  bool keeps_short;
  const hr_attr_value *widths;
} options;

static hr_view text_attr(const hr_node *node, const char *name) {
  const hr_attr_value *value = hr_node_attr(node, name);
  return (hr_view){value->s, (size_t)value->count};
}

static options read_options(const hr_node *node) {
  return (options){text_attr(node, "separator"),
                   text_attr(node, "left_pad"),
                   text_attr(node, "right_pad"),
                   hr_node_attr(node, "pad_width")->i,
                   hr_node_attr(node, "preserve_short_sequences")->b,
                   hr_node_attr(node, "ngram_widths")};
}

static int64_t pad_of(const options *o, int64_t width) { return o->pad < 0 || o->pad > width - 1 ? width - 1 : o->pad; }

static int64_t count_of_width(const options *o, int64_t length, int64_t width) {
  int64_t count = length + 2 * pad_of(o, width) - width + 1;
  return count > 0 ? count : 0;
}

/* N-grams of all widths of a row of `length` words. */
static int64_t count_of_row(const options *o, int64_t length) {
  int64_t count = 0;
  for (int64_t i = 0; i < o->widths->count; ++i)
    count += count_of_width(o, length, o->widths->ints[i]);
  return count == 0 && o->keeps_short && length > 0 ? 1 : count;
}

static void add_word(const options *o, hr_view word, hr_text *out, bool *is_first) {
  if (!*is_first) hr_text_add(out, o->separator.data, o->separator.length);
  *is_first = false;
  hr_text_add(out, word.data, word.length);
}

/* Number `index` of the `count` n-grams of a width. */
static void make(const options *o, const hr_string *words, int64_t width, int64_t index, int64_t count, hr_text *out) {
  int64_t pad = pad_of(o, width), left = pad - index, right = pad - (count - (index + 1));
  bool is_first = true;
  if (left < 0) left = 0;
  if (right < 0) right = 0;
  int64_t begin = left > 0 ? 0 : index - pad, taken = width - left - right;
  for (int64_t i = 0; i < left; ++i)
    add_word(o, o->left, out, &is_first);
  for (int64_t i = 0; i < taken; ++i)
    add_word(o, hr_string_view(&words[begin + i]), out, &is_first);
  for (int64_t i = 0; i < right; ++i)
    add_word(o, o->right, out, &is_first);
}

/* All of a row. */
static hr_status make_row(const options *o, const hr_string *words, int64_t length, hr_text *text, hr_string *out) {
  hr_string *start = out;
  for (int64_t i = 0; i < o->widths->count; ++i) {
    int64_t width = o->widths->ints[i], count = count_of_width(o, length, width);
    for (int64_t k = 0; k < count; ++k) {
      make(o, words, width, k, count, text);
      HR_TRY(hr_string_set_text(out++, text));
    }
  }
  if (out > start || !o->keeps_short || length == 0) return HR_SUCCESS;
  make(o, words, length + 2 * (o->pad > 0 ? o->pad : 0), 0, 1, text);
  return hr_string_set_text(out, text);
}

enum { MAX_WIDTH = 1 << 20, MAX_WORDS = 1 << 26 /* of all n-grams together */ };

static hr_status check_options(const options *o) {
  for (int64_t i = 0; i < o->widths->count; ++i)
    if (o->widths->ints[i] < 1 || o->widths->ints[i] > MAX_WIDTH)
      return hr_error(HR_INVALID_ARGUMENT, "ngram_widths must be in [1, %d], got %" PRId64, MAX_WIDTH,
                      o->widths->ints[i]);
  if (o->pad > MAX_WIDTH)
    return hr_error(HR_INVALID_ARGUMENT, "pad_width must be at most %d, got %" PRId64, MAX_WIDTH, o->pad);
  return HR_SUCCESS;
}

static hr_status check_splits(const hr_tensor *data, const hr_tensor *splits) {
  HR_TRY(hr_rank_check(data, 1, "data"));
  HR_TRY(hr_rank_check(splits, 1, "data_splits"));
  for (int64_t i = 0; i < splits->elements; ++i) {
    int64_t split = hr_index_at(splits, i), before = i > 0 ? hr_index_at(splits, i - 1) : 0;
    if (split < before || split > data->elements)
      return hr_error(HR_INVALID_ARGUMENT,
                      "Invalid split value %" PRId64 " at place %" PRId64 ", must be in [%" PRId64 ", %" PRId64 "]",
                      split, i, before, data->elements);
  }
  return HR_SUCCESS;
}

static hr_status set_splits(const options *o, const hr_tensor *splits, hr_tensor *out, int64_t *total) {
  int64_t words = 0;
  *total = 0;
  for (int64_t i = 0; i < splits->elements; ++i) {
    int64_t length = i > 0 ? hr_index_at(splits, i) - hr_index_at(splits, i - 1) : 0;
    if (i > 0) *total += count_of_row(o, length);
    for (int64_t k = 0; k < o->widths->count && i > 0; ++k)
      words += count_of_width(o, length, o->widths->ints[k]) * o->widths->ints[k];
    if (words > MAX_WORDS) return hr_error(HR_RESOURCE_EXHAUSTED, "N-grams of more than %d words together", MAX_WORDS);
    if (out->dtype == HR_INT32 ? *total > INT32_MAX : *total > INT64_MAX / 2)
      return hr_error(HR_INVALID_ARGUMENT, "%" PRId64 " n-grams are too many for their splits", *total);
    if (out->dtype == HR_INT32)
      ((int32_t *)hr_tensor_data(out))[i] = (int32_t)*total;
    else
      ((int64_t *)hr_tensor_data(out))[i] = *total;
  }
  return HR_SUCCESS;
}

static hr_status ngrams(hr_kernel_context *ctx) {
  const hr_tensor *data = hr_input(ctx, 0), *splits = hr_input(ctx, 1);
  options o = read_options(hr_context_node(ctx));
  HR_TRY(check_options(&o));
  HR_TRY(check_splits(data, splits));
  hr_shape shape = hr_tensor_shape(splits);
  hr_tensor *out, *out_splits;
  int64_t total, at = 0;
  HR_TRY(hr_output_new(ctx, 1, &shape, &out_splits));
  HR_TRY(set_splits(&o, splits, out_splits, &total));
  HR_TRY(hr_output_new(ctx, 0, &(hr_shape){1, {total}}, &out));
  hr_text text = {0};
  hr_status status = HR_SUCCESS;
  for (int64_t i = 1; i < splits->elements && !status && !hr_is_cancelled(ctx); ++i) {
    int64_t begin = hr_index_at(splits, i - 1), length = hr_index_at(splits, i) - begin;
    status = make_row(&o, (const hr_string *)hr_tensor_data(data) + begin, length, &text,
                      (hr_string *)hr_tensor_data(out) + at);
    at += count_of_row(&o, length);
  }
  hr_text_free(&text);
  return status;
}
HR_KERNEL(.op = "StringNGrams", .types = {{"Tsplits", HR_INDEX_TYPES}}, .compute = ngrams);
