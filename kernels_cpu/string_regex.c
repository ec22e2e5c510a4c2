/* RegexFullMatch, RegexReplace, and those whose pattern is an attribute. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/string_arguments.h"
#include "runtime/base/regex.h"
#include "runtime/base/utf8.h"

#include <string.h>

/* ---- patterns --------------------------------------------------------------------------------------------------- */

static hr_status scalar_text(const hr_tensor *t, const char *what, hr_view *out) {
  if (t->rank != 0)
    return hr_error(HR_INVALID_ARGUMENT, "%s must be scalar, but received %s", what, HR_TENSOR_SHAPE_TEXT(t));
  *out = hr_string_view(hr_string_at(t, 0));
  return HR_SUCCESS;
}

static hr_view attr_text(const hr_kernel_context *ctx, const char *name) {
  const hr_attr_value *value = hr_node_attr(hr_context_node(ctx), name);
  return (hr_view){value->s, (size_t)value->count};
}

/* The expression of a pattern that is an attribute is made once. */
static hr_status static_create(const hr_kernel_construction *c, void **state) {
  const hr_attr_value *pattern;
  HR_TRY(hr_construction_attr(c, "pattern", &pattern));
  return hr_regex_new(pattern->s, (size_t)pattern->count, (hr_regex **)state);
}
static void static_destroy(void *state) { hr_regex_free(state); }

/* Runs `use` with a search for the pattern in input 1, or for the one of the node. */
static hr_status with_search(hr_kernel_context *ctx,
                             hr_status (*use)(hr_kernel_context *ctx, hr_regex_search *search)) {
  hr_regex *own = NULL;
  if (!ctx->state) {
    hr_view pattern = {0};
    HR_TRY(scalar_text(hr_input(ctx, 1), "Pattern", &pattern));
    HR_TRY(hr_regex_new(pattern.data, pattern.length, &own));
  }
  hr_regex_search *search = hr_regex_search_new(own ? own : ctx->state);
  hr_status status =
      search ? use(ctx, search) : hr_error(HR_RESOURCE_EXHAUSTED, "Out of memory for a regular expression");
  hr_regex_search_free(search);
  hr_regex_free(own);
  return status;
}

/* ---- matching --------------------------------------------------------------------------------------------------- */

static hr_status match_all(hr_kernel_context *ctx, hr_regex_search *search) {
  const hr_tensor *in = hr_input(ctx, 0);
  hr_shape shape = hr_tensor_shape(in);
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  bool *matches = hr_tensor_data(out);
  for (int64_t i = 0; i < in->elements && !hr_is_cancelled(ctx); ++i) {
    hr_view text = hr_string_view(hr_string_at(in, i));
    matches[i] = hr_regex_full_match(search, text.data, text.length);
  }
  return HR_SUCCESS;
}

static hr_status full_match(hr_kernel_context *ctx) { return with_search(ctx, match_all); }
HR_KERNEL(.op = "RegexFullMatch", .compute = full_match);
HR_KERNEL(.op = "StaticRegexFullMatch", .create = static_create, .destroy = static_destroy, .compute = full_match);

/* ---- replacing -------------------------------------------------------------------------------------------------- */

typedef struct replacement {
  hr_regex_search *search;
  hr_view rewrite;
  bool all;
  int groups;
} replacement;

/* What the rewrite makes of a match: \0 to \9 are groups, \\ a backslash. False where another escape ends it. */
static bool add_rewritten(const replacement *r, const char *text, const int64_t *spans, hr_text *out) {
  for (const char *at = r->rewrite.data, *end = at + r->rewrite.length; at < end; ++at) {
    if (*at != '\\') {
      hr_text_add(out, at, 1);
      continue;
    }
    if (++at == end) return false;
    if (*at == '\\') {
      hr_text_add(out, at, 1);
    } else if (*at >= '0' && *at <= '9') {
      int group = *at - '0';
      if (group <= r->groups && spans[2 * group] >= 0 && spans[2 * group + 1] >= 0)
        hr_text_add(out, text + spans[2 * group], (size_t)(spans[2 * group + 1] - spans[2 * group]));
    } else {
      return false;
    }
  }
  return true;
}

static void replace_first(const replacement *r, hr_view in, hr_text *out) {
  const int64_t *spans;
  bool found = hr_regex_find(r->search, in.data, in.length, 0, &spans);
  if (found) {
    hr_text_add(out, in.data, (size_t)spans[0]);
    found = add_rewritten(r, in.data, spans, out);
    if (found) hr_text_add(out, in.data + spans[1], in.length - (size_t)spans[1]);
  }
  if (found) return;
  out->length = 0; /* a rewrite that is none changes nothing */
  hr_text_add(out, in.data, in.length);
}

static void replace_all(const replacement *r, hr_view in, hr_text *out) {
  const int64_t *spans;
  int64_t last = -1;
  size_t at = 0;
  while (at <= in.length && hr_regex_find(r->search, in.data, in.length, at, &spans)) {
    hr_text_add(out, in.data + at, (size_t)spans[0] - at);
    if (spans[0] != last || spans[1] != spans[0]) {
      add_rewritten(r, in.data, spans, out);
      last = spans[1];
      at = (size_t)last;
      continue;
    }
    at = (size_t)spans[0]; /* nothing, right behind the last match: a character goes by */
    int32_t c;
    int size = hr_utf8_decode(in.data + at, in.length - at, &c);
    if (at < in.length) hr_text_add(out, in.data + at, size ? (size_t)size : 1);
    at += size ? (size_t)size : 1;
  }
  if (at < in.length) hr_text_add(out, in.data + at, in.length - at);
}

static hr_status replace_with(hr_kernel_context *ctx, hr_regex_search *search, hr_view rewrite) {
  const hr_tensor *in = hr_input(ctx, 0);
  hr_shape shape = hr_tensor_shape(in);
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  replacement r = {search, rewrite, hr_node_attr(hr_context_node(ctx), "replace_global")->b,
                   hr_regex_search_groups(search)};
  hr_text text = {0};
  hr_status status = HR_SUCCESS;
  for (int64_t i = 0; i < in->elements && !status && !hr_is_cancelled(ctx); ++i) {
    (r.all ? replace_all : replace_first)(&r, hr_string_view(hr_string_at(in, i)), &text);
    status = hr_string_set_text((hr_string *)hr_tensor_data(out) + i, &text);
  }
  hr_text_free(&text);
  return status;
}

static hr_status replace_given(hr_kernel_context *ctx, hr_regex_search *search) {
  hr_view rewrite = {0};
  HR_TRY(scalar_text(hr_input(ctx, 2), "Rewrite", &rewrite));
  return replace_with(ctx, search, rewrite);
}
static hr_status replace(hr_kernel_context *ctx) { return with_search(ctx, replace_given); }
HR_KERNEL(.op = "RegexReplace", .compute = replace);

static hr_status replace_static(hr_kernel_context *ctx, hr_regex_search *search) {
  return replace_with(ctx, search, attr_text(ctx, "rewrite"));
}
static hr_status static_replace(hr_kernel_context *ctx) { return with_search(ctx, replace_static); }
HR_KERNEL(.op = "StaticRegexReplace", .create = static_create, .destroy = static_destroy, .compute = static_replace);
