/* Strings element by element: StringJoin, ReduceJoin, StringLength, StringLower, StringUpper, StringStrip, Substr,
 * EncodeBase64, DecodeBase64, DecodeRaw. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/string_arguments.h"
#include "runtime/tensor/bools.h"

#include <inttypes.h>
#include <string.h>

/* ---- joining --------------------------------------------------------------------------------------------------- */

static hr_view attr_view(hr_kernel_context *ctx, const char *name) {
  const hr_attr_value *value = hr_node_attr(hr_context_node(ctx), name);
  return (hr_view){value->s, (size_t)value->count};
}

static void add_view(hr_text *text, hr_view view) { hr_text_add(text, view.data, view.length); }

static hr_status string_join(hr_kernel_context *ctx) {
  int count = hr_input_count(ctx);
  const hr_tensor *shaped = hr_input(ctx, 0); /* one that is no scalar; scalars go with every element */
  for (int i = 0; i < count; ++i) {
    const hr_tensor *x = hr_input(ctx, i);
    if (x->rank == 0) continue;
    if (shaped->rank == 0) shaped = x;
    if (!hr_same_shape(shaped, x))
      return hr_error(HR_INVALID_ARGUMENT, "Input shapes do not match: %s vs. %s", HR_TENSOR_SHAPE_TEXT(shaped),
                      HR_TENSOR_SHAPE_TEXT(x));
  }
  hr_view separator = attr_view(ctx, "separator");
  hr_shape shape = hr_tensor_shape(shaped);
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  hr_text text = {0};
  hr_status status = HR_SUCCESS;
  for (int64_t k = 0; k < out->elements && !status; ++k) {
    for (int i = 0; i < count; ++i) {
      const hr_tensor *x = hr_input(ctx, i);
      if (i > 0) add_view(&text, separator);
      add_view(&text, hr_string_view(hr_string_at(x, x->rank == 0 ? 0 : k)));
    }
    status = hr_string_set_text((hr_string *)hr_tensor_data(out) + k, &text);
  }
  hr_text_free(&text);
  return status;
}
HR_KERNEL(.op = "StringJoin", .compute = string_join);

/* Appends the elements that reduction brings together, walking the reduced dimensions in the order they are named. */
static void join_reduced(const hr_tensor *x, const int *axes, int axis_count, const int64_t *strides, int64_t at,
                         hr_view separator, bool *first, hr_text *text) {
  if (axis_count == 0) {
    if (!*first) add_view(text, separator);
    *first = false;
    add_view(text, hr_string_view(hr_string_at(x, at)));
    return;
  }
  for (int64_t i = 0; i < x->dims[axes[0]]; ++i)
    join_reduced(x, axes + 1, axis_count - 1, strides, at + i * strides[axes[0]], separator, first, text);
}

static hr_status reduce_join(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0), *indices = hr_input(ctx, 1);
  bool reduced[HR_MAX_RANK] = {false}, keep = hr_node_attr(hr_context_node(ctx), "keep_dims")->b;
  int axes[HR_MAX_RANK], axis_count = 0;
  int64_t strides[HR_MAX_RANK], stride = 1;
  for (int i = x->rank; i-- > 0; stride *= x->dims[i])
    strides[i] = stride;
  for (int64_t i = 0; i < indices->elements; ++i) {
    int64_t axis = hr_index_at(indices, i);
    if (axis < -x->rank || axis >= x->rank)
      return hr_error(HR_INVALID_ARGUMENT, "Invalid reduction dimension %" PRId64 " for input with %d dimension(s)",
                      axis, x->rank);
    if (axis < 0) axis += x->rank;
    if (reduced[axis]) return hr_error(HR_INVALID_ARGUMENT, "Duplicate reduction dimension %" PRId64, axis);
    reduced[axis] = true;
    axes[axis_count++] = (int)axis;
  }
  hr_shape shape = {0};
  int kept[HR_MAX_RANK], kept_count = 0;
  for (int i = 0; i < x->rank; ++i) {
    if (!reduced[i]) kept[kept_count++] = i;
    if (!reduced[i] || keep) shape.dims[shape.rank++] = reduced[i] ? 1 : x->dims[i];
  }
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  hr_view separator = attr_view(ctx, "separator");
  hr_text text = {0};
  hr_status status = HR_SUCCESS;
  for (int64_t k = 0; k < out->elements && !status; ++k) {
    int64_t at = 0, left = k;
    for (int i = kept_count; i-- > 0; left /= x->dims[kept[i]])
      at += left % x->dims[kept[i]] * strides[kept[i]];
    bool first = true;
    join_reduced(x, axes, axis_count, strides, at, separator, &first, &text);
    status = hr_string_set_text((hr_string *)hr_tensor_data(out) + k, &text);
  }
  hr_text_free(&text);
  return status;
}
HR_KERNEL(.op = "ReduceJoin", .compute = reduce_join);

/* ---- lengths and parts ----------------------------------------------------------------------------------------- */

static bool is_utf8_start(char byte) { return ((unsigned char)byte & 0xC0) != 0x80; }

static bool counts_characters(hr_kernel_context *ctx) {
  return hr_view_equal(attr_view(ctx, "unit"), HR_VIEW("UTF8_CHAR"));
}

static int64_t utf8_length(hr_view s) {
  int64_t count = 0;
  for (size_t i = 0; i < s.length; ++i)
    count += is_utf8_start(s.data[i]);
  return count;
}

/* Byte offset of character `index`; the length for one behind the last. */
static size_t utf8_offset(hr_view s, int64_t index) {
  size_t at = 0;
  for (; at < s.length; ++at)
    if (is_utf8_start(s.data[at]) && index-- == 0) break;
  return at;
}

static hr_status string_length(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  hr_shape shape = hr_tensor_shape(x);
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  bool characters = counts_characters(ctx);
  int32_t *to = hr_tensor_data(out);
  for (int64_t i = 0; i < x->elements; ++i) {
    hr_view s = hr_string_view(hr_string_at(x, i));
    to[i] = (int32_t)(characters ? utf8_length(s) : (int64_t)s.length);
  }
  return HR_SUCCESS;
}
HR_KERNEL(.op = "StringLength", .compute = string_length);

/* `length` bytes or characters from `pos` on, which may count from the end. */
static hr_status part_of(hr_view s, int64_t pos, int64_t length, bool characters, int64_t index, hr_view *out) {
  int64_t size = characters ? utf8_length(s) : (int64_t)s.length;
  int64_t start = pos < 0 ? pos + size : pos;
  if (start < 0 || pos > size)
    return hr_error(HR_INVALID_ARGUMENT, "pos %" PRId64 " out of range for string b'%.*s' at index %" PRId64, pos,
                    (int)s.length, s.data, index);
  int64_t count = length < 0 ? 0 : length < size - start ? length : size - start;
  size_t from = characters ? utf8_offset(s, start) : (size_t)start;
  size_t to = characters ? utf8_offset(s, start + count) : (size_t)(start + count);
  *out = (hr_view){s.data + from, to - from};
  return HR_SUCCESS;
}

static hr_status substr(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0), *pos = hr_input(ctx, 1), *length = hr_input(ctx, 2);
  if (!hr_same_shape(pos, length))
    return hr_error(HR_INVALID_ARGUMENT, "pos and len should have the same shape, got: %s vs. %s",
                    HR_TENSOR_SHAPE_TEXT(pos), HR_TENSOR_SHAPE_TEXT(length));
  /* The strings and the positions broadcast, as NumPy does it. */
  int rank = x->rank > pos->rank ? x->rank : pos->rank;
  hr_shape shape = {.rank = rank};
  int64_t x_steps[HR_MAX_RANK], pos_steps[HR_MAX_RANK], x_step = 1, pos_step = 1;
  for (int i = rank; i-- > 0;) {
    int xi = i - (rank - x->rank), pi = i - (rank - pos->rank);
    int64_t a = xi < 0 ? 1 : x->dims[xi], b = pi < 0 ? 1 : pos->dims[pi];
    if (a != b && a != 1 && b != 1)
      return hr_error(HR_INVALID_ARGUMENT, "Incompatible shapes: %s vs. %s", HR_TENSOR_SHAPE_TEXT(x),
                      HR_TENSOR_SHAPE_TEXT(pos));
    shape.dims[i] = a == 1 ? b : a;
    x_steps[i] = a == 1 ? 0 : x_step;
    pos_steps[i] = b == 1 ? 0 : pos_step;
    x_step *= a;
    pos_step *= b;
  }
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  bool characters = counts_characters(ctx);
  hr_string *to = hr_tensor_data(out);
  for (int64_t k = 0; k < out->elements; ++k) {
    int64_t left = k, x_at = 0, pos_at = 0;
    for (int i = rank; i-- > 0; left /= shape.dims[i]) {
      x_at += left % shape.dims[i] * x_steps[i];
      pos_at += left % shape.dims[i] * pos_steps[i];
    }
    hr_view part = {0};
    HR_TRY(part_of(hr_string_view(hr_string_at(x, x_at)), hr_index_at(pos, pos_at), hr_index_at(length, pos_at),
                   characters, k, &part));
    HR_TRY(hr_string_set(&to[k], part.data, part.length));
  }
  return HR_SUCCESS;
}
HR_KERNEL(.op = "Substr", .types = {{"T", HR_INDEX_TYPES}}, .compute = substr);

/* ---- letters and spaces (ASCII) -------------------------------------------------------------------------------- */

static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static hr_status make_lower(hr_kernel_context *ctx, hr_view in, hr_text *out) {
  (void)ctx;
  add_view(out, in);
  for (size_t i = 0; !out->failed && i < out->length; ++i)
    if (out->data[i] >= 'A' && out->data[i] <= 'Z') out->data[i] += 'a' - 'A';
  return HR_SUCCESS;
}
static hr_status make_upper(hr_kernel_context *ctx, hr_view in, hr_text *out) {
  (void)ctx;
  add_view(out, in);
  for (size_t i = 0; !out->failed && i < out->length; ++i)
    if (out->data[i] >= 'a' && out->data[i] <= 'z') out->data[i] -= 'a' - 'A';
  return HR_SUCCESS;
}
static hr_status make_stripped(hr_kernel_context *ctx, hr_view in, hr_text *out) {
  (void)ctx;
  while (in.length && is_space(in.data[0]))
    ++in.data, --in.length;
  while (in.length && is_space(in.data[in.length - 1]))
    --in.length;
  add_view(out, in);
  return HR_SUCCESS;
}
static hr_status string_lower(hr_kernel_context *ctx) { return hr_map_strings(ctx, make_lower); }
static hr_status string_upper(hr_kernel_context *ctx) { return hr_map_strings(ctx, make_upper); }
static hr_status string_strip(hr_kernel_context *ctx) { return hr_map_strings(ctx, make_stripped); }
/* Other encodings than bytes would need Unicode's tables. */
static hr_status only_bytes(const hr_kernel_construction *c, void **state) {
  const hr_attr_value *encoding;
  HR_TRY(hr_construction_attr(c, "encoding", &encoding));
  *state = NULL;
  if (encoding->count) return hr_error(HR_UNIMPLEMENTED, "Encoding '%s' is not supported", encoding->s);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "StringLower", .create = only_bytes, .compute = string_lower);
HR_KERNEL(.op = "StringUpper", .create = only_bytes, .compute = string_upper);
HR_KERNEL(.op = "StringStrip", .compute = string_strip);

/* ---- web-safe base64 (RFC 4648, section 5) ---------------------------------------------------------------------- */

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static hr_status make_base64(hr_kernel_context *ctx, hr_view in, hr_text *out) {
  bool pad = hr_node_attr(hr_context_node(ctx), "pad")->b;
  for (size_t i = 0; i < in.length; i += 3) {
    uint32_t bits = 0;
    size_t count = in.length - i < 3 ? in.length - i : 3;
    for (size_t b = 0; b < 3; ++b)
      bits = bits << 8 | (b < count ? (unsigned char)in.data[i + b] : 0);
    char text[4];
    for (int d = 0; d < 4; ++d)
      text[d] = (size_t)d <= count ? digits[bits >> (18 - 6 * d) & 63] : '=';
    hr_text_add(out, text, pad ? 4 : count + 1);
  }
  return HR_SUCCESS;
}

static hr_status make_unbase64(hr_kernel_context *ctx, hr_view in, hr_text *out) {
  (void)ctx;
  for (int padding = 0; padding < 2 && in.length && in.data[in.length - 1] == '='; ++padding)
    --in.length;
  if (in.length % 4 == 1) return hr_error(HR_INVALID_ARGUMENT, "Base64 string length cannot be 1 modulo 4.");
  uint32_t bits = 0;
  int held = 0;
  for (size_t i = 0; i < in.length; ++i) {
    const char *digit = in.data[i] ? strchr(digits, in.data[i]) : NULL;
    if (!digit) return hr_error(HR_INVALID_ARGUMENT, "Invalid character found in base64.");
    bits = bits << 6 | (uint32_t)(digit - digits);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    hr_text_add(out, &(char){(char)(bits >> held)}, 1);
  }
  return HR_SUCCESS;
}
static hr_status encode_base64(hr_kernel_context *ctx) { return hr_map_strings(ctx, make_base64); }
static hr_status decode_base64(hr_kernel_context *ctx) { return hr_map_strings(ctx, make_unbase64); }
HR_KERNEL(.op = "EncodeBase64", .compute = encode_base64);
HR_KERNEL(.op = "DecodeBase64", .compute = decode_base64);

/* ---- DecodeRaw ------------------------------------------------------------------------------------------------- */

static hr_status decode_raw(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  hr_dtype type = hr_output_type(ctx, 0);
  size_t size = hr_dtype_size(type), length = x->elements ? hr_string_length(hr_string_at(x, 0)) : 0;
  for (int64_t i = 1; i < x->elements; ++i)
    if (hr_string_length(hr_string_at(x, i)) != length)
      return hr_error(HR_INVALID_ARGUMENT,
                      "DecodeRaw requires input strings to all be the same size, but element %" PRId64
                      " has size %zu != %zu",
                      i, length, hr_string_length(hr_string_at(x, i)));
  if (length % size != 0)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Input to DecodeRaw has length %zu that is not a multiple of %zu, the size of %s", length, size,
                    hr_dtype_name(type));
  if (x->rank == HR_MAX_RANK) return hr_error(HR_UNIMPLEMENTED, "A tensor has at most %d dimensions", HR_MAX_RANK);
  hr_shape shape = hr_tensor_shape(x);
  shape.dims[shape.rank++] = (int64_t)(length / size);
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  char *to = hr_tensor_data(out);
  for (int64_t i = 0; i < x->elements; ++i)
    memcpy(to + (size_t)i * length, hr_string_data(hr_string_at(x, i)), length);
  if (type == HR_BOOL) hr_bools_clean(to, hr_tensor_bytes(out));
  /* Complex numbers are two; their halves are swapped one by one. */
  size_t word = hr_dtype_is_complex(type) ? size / 2 : size;
  if (hr_node_attr(hr_context_node(ctx), "little_endian")->b || word == 1) return HR_SUCCESS;
  for (char *at = to, *end = to + hr_tensor_bytes(out); at < end; at += word)
    for (size_t i = 0; i < word / 2; ++i) {
      char byte = at[i];
      at[i] = at[word - 1 - i];
      at[word - 1 - i] = byte;
    }
  return HR_SUCCESS;
}
HR_KERNEL(.op = "DecodeRaw", .compute = decode_raw);
