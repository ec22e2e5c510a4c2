/* UnicodeScript, UnicodeDecode, UnicodeDecodeWithOffsets, UnicodeEncode, UnicodeTranscode. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/string_arguments.h"
#include "kernels_cpu/text_encoding.h"
#include "runtime/base/unicode.h"
#include "runtime/base/utf8.h"

#include <inttypes.h>
#include <stdlib.h>

/* ---- scripts ---------------------------------------------------------------------------------------------------- */

static hr_status unicode_script(hr_kernel_context *ctx) {
  const hr_tensor *in = hr_input(ctx, 0);
  hr_shape shape = hr_tensor_shape(in);
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  for (int64_t i = 0; i < in->elements; ++i)
    ((int32_t *)hr_tensor_data(out))[i] = hr_unicode_script(((const int32_t *)hr_tensor_data(in))[i]);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "UnicodeScript", .compute = unicode_script);

/* ---- what becomes of mistakes ----------------------------------------------------------------------------------- */

typedef struct policy {
  bool is_strict, ignores, replaces_controls;
  int32_t replacement;
  hr_unicode_encoding encoding; /* of the output, where the op has one */
} policy;

static bool is_text(const hr_attr_value *attr, const char *text) {
  return hr_view_equal((hr_view){attr->s, (size_t)attr->count}, hr_view_of(text));
}

static hr_status policy_create(const hr_kernel_construction *c, void **state) {
  const hr_attr_value *errors = hr_node_attr(c->node, "errors");
  const hr_attr_value *controls = hr_node_attr(c->node, "replace_control_characters");
  const hr_attr_value *encoding = hr_node_attr(c->node, "output_encoding");
  int64_t replacement;
  HR_TRY(hr_construction_int(c, "replacement_char", &replacement));
  if (replacement < 0 || replacement > HR_LAST_CHARACTER)
    return hr_error(HR_INVALID_ARGUMENT, "replacement_char out of unicode codepoint range");
  policy *p = malloc(sizeof *p);
  if (!p) return hr_error_out_of_memory(sizeof *p, "a kernel");
  *p = (policy){is_text(errors, "strict"), is_text(errors, "ignore"), controls && controls->b, (int32_t)replacement,
                HR_UTF8};
  if (encoding) {
    if (is_text(encoding, "UTF-16-BE")) p->encoding = HR_UTF16_BE;
    if (is_text(encoding, "UTF-32-BE")) p->encoding = HR_UTF32_BE;
  }
  *state = p;
  return HR_SUCCESS;
}

static hr_status new_decoder(const hr_kernel_context *ctx, hr_decoder **out) {
  const hr_attr_value *name = hr_node_attr(hr_context_node(ctx), "input_encoding");
  return hr_decoder_new(name->s, (size_t)name->count, out);
}

static hr_status malformed(void) { return hr_error(HR_INVALID_ARGUMENT, "Invalid formatting on input string"); }

/* The character that stands for `*c`; false where none does. */
static bool is_kept(const policy *p, int32_t *c) {
  if (*c >= 0 && !(p->replaces_controls && *c <= 0x1F)) return true;
  *c = p->replacement;
  return !p->ignores;
}

/* ---- decoding --------------------------------------------------------------------------------------------------- */

typedef struct characters {
  int32_t *items;
  int64_t *starts; /* of their bytes */
  int64_t count, capacity;
} characters;

static hr_status add_character(characters *all, int32_t c, int64_t start) {
  if (all->count == all->capacity) {
    int64_t capacity = all->capacity ? 2 * all->capacity : 64;
    int32_t *items = realloc(all->items, (size_t)capacity * sizeof *items);
    if (items) all->items = items;
    int64_t *starts = realloc(all->starts, (size_t)capacity * sizeof *starts);
    if (starts) all->starts = starts;
    if (!items || !starts) return hr_error_out_of_memory((size_t)capacity * sizeof *starts, "characters");
    all->capacity = capacity;
  }
  all->items[all->count] = c;
  all->starts[all->count++] = start;
  return HR_SUCCESS;
}

static hr_status decode_string(const policy *p, hr_decoder *decoder, hr_view text, characters *all) {
  hr_decoder_restart(decoder);
  int32_t c = 0;
  for (size_t at = 0, size; (size = hr_decoder_next(decoder, text.data + at, text.length - at, &c)) > 0; at += size) {
    if (c < 0 && p->is_strict) return malformed();
    if (is_kept(p, &c)) HR_TRY(add_character(all, c, (int64_t)at));
  }
  return HR_SUCCESS;
}

static void set_split(hr_tensor *splits, int64_t i, int64_t value) {
  if (splits->dtype == HR_INT32)
    ((int32_t *)hr_tensor_data(splits))[i] = (int32_t)value;
  else
    ((int64_t *)hr_tensor_data(splits))[i] = value;
}

static hr_status decode_all(hr_kernel_context *ctx, hr_decoder *decoder, characters *all) {
  const hr_tensor *in = hr_input(ctx, 0);
  hr_tensor *splits, *values, *starts;
  HR_TRY(hr_output_new(ctx, 0, &(hr_shape){1, {in->elements + 1}}, &splits));
  set_split(splits, 0, 0);
  for (int64_t i = 0; i < in->elements; ++i) {
    HR_TRY(decode_string(ctx->state, decoder, hr_string_view(hr_string_at(in, i)), all));
    if (splits->dtype == HR_INT32 && all->count > INT32_MAX)
      return hr_error(HR_INVALID_ARGUMENT, "%" PRId64 " characters are too many for row splits of int32", all->count);
    set_split(splits, i + 1, all->count);
  }
  HR_TRY(hr_output_new(ctx, 1, &(hr_shape){1, {all->count}}, &values));
  if (all->count) memcpy(hr_tensor_data(values), all->items, (size_t)all->count * sizeof *all->items);
  if (hr_output_count(ctx) < 3) return HR_SUCCESS;
  HR_TRY(hr_output_new(ctx, 2, &(hr_shape){1, {all->count}}, &starts));
  if (all->count) memcpy(hr_tensor_data(starts), all->starts, (size_t)all->count * sizeof *all->starts);
  return HR_SUCCESS;
}

static hr_status unicode_decode(hr_kernel_context *ctx) {
  hr_decoder *decoder;
  characters all = {0};
  HR_TRY(new_decoder(ctx, &decoder));
  hr_status status = decode_all(ctx, decoder, &all);
  hr_decoder_free(decoder);
  free(all.items);
  free(all.starts);
  return status;
}
HR_KERNEL(.op = "UnicodeDecode", .types = {{"Tsplits", HR_INDEX_TYPES}}, .create = policy_create, .destroy = free,
          .compute = unicode_decode);
HR_KERNEL(.op = "UnicodeDecodeWithOffsets", .types = {{"Tsplits", HR_INDEX_TYPES}}, .create = policy_create,
          .destroy = free, .compute = unicode_decode);

/* ---- encoding --------------------------------------------------------------------------------------------------- */

static hr_status check_splits(const hr_tensor *values, const hr_tensor *splits) {
  HR_TRY(hr_rank_check(values, 1, "input_values"));
  HR_TRY(hr_rank_check(splits, 1, "input_splits"));
  if (splits->elements < 1) return hr_error(HR_INVALID_ARGUMENT, "input_splits must have at least one element");
  for (int64_t i = 0; i < splits->elements; ++i) {
    int64_t split = hr_index_at(splits, i), before = i > 0 ? hr_index_at(splits, i - 1) : 0;
    if (split < before || split > values->elements)
      return hr_error(HR_INVALID_ARGUMENT,
                      "Invalid split %" PRId64 " at place %" PRId64 ": must be in [%" PRId64 ", %" PRId64 "]", split, i,
                      before, values->elements);
  }
  return HR_SUCCESS;
}

static hr_status unicode_encode(hr_kernel_context *ctx) {
  const hr_tensor *values = hr_input(ctx, 0), *splits = hr_input(ctx, 1);
  const policy *p = ctx->state;
  HR_TRY(check_splits(values, splits));
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &(hr_shape){1, {splits->elements - 1}}, &out));
  hr_text text = {0};
  hr_status status = HR_SUCCESS;
  int64_t at = 0; /* what is before the first split goes to the first string */
  for (int64_t i = 0; i < out->elements && !status; ++i) {
    hr_encoder encoder = {p->encoding, 0};
    for (; at < hr_index_at(splits, i + 1) && !status; ++at) {
      int32_t c = ((const int32_t *)hr_tensor_data(values))[at];
      if (c > HR_LAST_CHARACTER) c = -1;
      if (c < 0 && p->is_strict)
        status = hr_error(HR_INVALID_ARGUMENT, "Code point value out of valid Unicode range.");
      else if (is_kept(p, &c))
        hr_encoder_add(&encoder, c, &text);
    }
    hr_encoder_end(&encoder, &text);
    if (!status) status = hr_string_set_text((hr_string *)hr_tensor_data(out) + i, &text);
  }
  hr_text_free(&text);
  return status;
}
HR_KERNEL(.op = "UnicodeEncode", .types = {{"Tsplits", HR_INDEX_TYPES}}, .create = policy_create, .destroy = free,
          .compute = unicode_encode);

/* ---- from one encoding to another ------------------------------------------------------------------------------- */

static hr_status transcode(const policy *p, hr_decoder *decoder, hr_view in, hr_text *out) {
  hr_encoder encoder = {p->encoding, 0};
  hr_decoder_restart(decoder);
  int32_t c = 0;
  for (size_t at = 0, size; (size = hr_decoder_next(decoder, in.data + at, in.length - at, &c)) > 0; at += size) {
    if (p->is_strict && (c < 0 || (p->replaces_controls && c <= 0x1F))) return malformed();
    if (is_kept(p, &c)) hr_encoder_add(&encoder, c, out);
  }
  hr_encoder_end(&encoder, out);
  return HR_SUCCESS;
}

static hr_status unicode_transcode(hr_kernel_context *ctx) {
  const hr_tensor *in = hr_input(ctx, 0);
  hr_decoder *decoder;
  HR_TRY(new_decoder(ctx, &decoder));
  hr_shape shape = hr_tensor_shape(in);
  hr_tensor *out;
  hr_text text = {0};
  hr_status status = hr_output_new(ctx, 0, &shape, &out);
  for (int64_t i = 0; i < in->elements && !status; ++i) {
    status = transcode(ctx->state, decoder, hr_string_view(hr_string_at(in, i)), &text);
    if (!status) status = hr_string_set_text((hr_string *)hr_tensor_data(out) + i, &text);
  }
  hr_text_free(&text);
  hr_decoder_free(decoder);
  return status;
}
HR_KERNEL(.op = "UnicodeTranscode", .create = policy_create, .destroy = free, .compute = unicode_transcode);
