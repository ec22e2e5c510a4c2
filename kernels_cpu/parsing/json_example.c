/* DecodeJSONExample: Example messages in protobuf's JSON, as serialised ones.
 *
 * What protobuf's own reader takes beyond the standard is taken too: names with or without quotes, single quotes, a
 * comma before a closing bracket, one value where a list is wanted, numbers in strings. */
#include "kernels_cpu/string_arguments.h"
#include "runtime/base/number.h"
#include "runtime/base/wire.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

typedef struct json {
  const char *at, *end;
  hr_text *out; /* the message */
  hr_text text; /* the string read last */
} json;

/* Messages of an Example, from the outside in. */
typedef enum kind { EXAMPLE, FEATURES, FEATURE, BYTES_LIST, FLOAT_LIST, INT64_LIST } kind;

static hr_status broken(const char *what) {
  return hr_error(HR_INVALID_ARGUMENT, "Error while parsing JSON: %s", what);
}

static void skip_space(json *j) {
  while (j->at < j->end && (*j->at == ' ' || (*j->at >= '\t' && *j->at <= '\r')))
    ++j->at;
}

/* Passes over `c`, if it comes next. */
static bool take(json *j, char c) {
  skip_space(j);
  if (j->at == j->end || *j->at != c) return false;
  ++j->at;
  return true;
}

/* ---- strings and numbers --------------------------------------------------------------------------------------- */

static bool hex4(json *j, uint32_t *out) {
  *out = 0;
  for (int i = 0; i < 4; ++i, ++j->at) {
    if (j->at == j->end) return false;
    char c = *j->at, lower = (char)(c | 0x20);
    if (c >= '0' && c <= '9')
      *out = *out * 16 + (uint32_t)(c - '0');
    else if (lower >= 'a' && lower <= 'f')
      *out = *out * 16 + (uint32_t)(lower - 'a' + 10);
    else
      return false;
  }
  return true;
}

static void add_utf8(hr_text *text, uint32_t c) {
  char bytes[4];
  size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  static const uint8_t first[] = {0, 0, 0xc0, 0xe0, 0xf0};
  for (size_t i = n - 1; i > 0; --i, c >>= 6)
    bytes[i] = (char)(0x80 | (c & 0x3f));
  bytes[0] = (char)(first[n] | c);
  hr_text_add(text, bytes, n);
}

/* What stands behind a backslash. */
static bool take_escape(json *j) {
  static const char names[] = "\"\\/'bfnrt", values[] = "\"\\/'\b\f\n\r\t";
  if (j->at == j->end) return false;
  char c = *j->at++;
  if (c != 'u') {
    const char *name = c ? strchr(names, c) : NULL;
    if (!name) return false;
    hr_text_add(&j->text, &values[name - names], 1);
    return true;
  }
  uint32_t high, low;
  if (!hex4(j, &high)) return false;
  if (high >= 0xd800 && high < 0xdc00) {
    if (j->end - j->at < 2 || j->at[0] != '\\' || j->at[1] != 'u') return false;
    j->at += 2;
    if (!hex4(j, &low) || low < 0xdc00 || low > 0xdfff) return false;
    high = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
  }
  add_utf8(&j->text, high);
  return true;
}

static bool is_name_char(char c) {
  return c == '_' || c == '$' || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* A string, or a bare name, into `text`. */
static hr_status take_string(json *j, bool bare_name) {
  j->text.length = 0;
  skip_space(j);
  char quote = j->at < j->end ? *j->at : '\0';
  if (quote != '"' && quote != '\'') {
    const char *start = j->at;
    while (bare_name && j->at < j->end && is_name_char(*j->at))
      ++j->at;
    if (j->at == start) return broken(j->at == j->end ? "Unexpected end of string." : "Expected a string.");
    hr_text_add(&j->text, start, (size_t)(j->at - start));
    return HR_SUCCESS;
  }
  for (++j->at; j->at < j->end && *j->at != quote;) {
    const char *start = j->at;
    while (j->at < j->end && *j->at != quote && *j->at != '\\')
      ++j->at;
    hr_text_add(&j->text, start, (size_t)(j->at - start));
    if (j->at < j->end && *j->at == '\\') {
      ++j->at;
      if (!take_escape(j)) return broken("Invalid escape sequence.");
    }
  }
  if (j->at == j->end) return broken("Closing quote expected in string.");
  ++j->at;
  return j->text.failed ? hr_error_out_of_memory(j->text.length, "a string of JSON") : HR_SUCCESS;
}

/* A number, bare or in a string, into `text`. */
static hr_status take_number_text(json *j) {
  skip_space(j);
  if (j->at < j->end && (*j->at == '"' || *j->at == '\'')) return take_string(j, false);
  j->text.length = 0;
  const char *start = j->at;
  while (j->at < j->end && (is_name_char(*j->at) || *j->at == '-' || *j->at == '+' || *j->at == '.'))
    ++j->at;
  if (j->at == start) return broken("Expected a value.");
  hr_text_add(&j->text, start, (size_t)(j->at - start));
  return j->text.failed ? hr_error_out_of_memory(j->text.length, "a number of JSON") : HR_SUCCESS;
}

static hr_status invalid_value(const json *j, const char *type) {
  return hr_error(HR_INVALID_ARGUMENT, "Error while parsing JSON: invalid value %.*s for type %s",
                  (int)(j->text.length < 200 ? j->text.length : 200), j->text.length ? j->text.data : "", type);
}

static hr_view text_of(const json *j) { return (hr_view){j->text.length ? j->text.data : "", j->text.length}; }

static bool spells_number(hr_view text) { /* no "inf" or "nan", and no hexadecimal digits */
  return text.length && strspn(text.data, "0123456789+-.eE") >= text.length;
}

static hr_status add_float(json *j) {
  HR_TRY(take_number_text(j));
  hr_view text = text_of(j);
  float value;
  if (hr_view_equal(text, HR_VIEW("NaN")))
    value = NAN;
  else if (hr_view_equal(text, HR_VIEW("Infinity")))
    value = HUGE_VALF;
  else if (hr_view_equal(text, HR_VIEW("-Infinity")))
    value = -HUGE_VALF;
  else if (!spells_number(text) || !hr_number_f32(text, &value) || isinf(value))
    return invalid_value(j, "TYPE_FLOAT");
  hr_wire_put_float(j->out, 1, value);
  return HR_SUCCESS;
}

static hr_status add_integer(json *j) {
  HR_TRY(take_number_text(j));
  hr_view text = text_of(j);
  int64_t value;
  double real;
  if (!spells_number(text)) return invalid_value(j, "TYPE_INT64");
  if (!hr_number_i64(text, &value)) { /* 1.0 and 1e3 are integers too */
    if (!hr_number_f64(text, &real) || real != floor(real) || fabs(real) >= 0x1p63)
      return invalid_value(j, "TYPE_INT64");
    value = (int64_t)real;
  }
  hr_wire_put_number(j->out, 1, (uint64_t)value);
  return HR_SUCCESS;
}

/* Six bits of base64, in either alphabet; -1 for no letter of them. */
static int base64_bits(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  return c == '/' || c == '_' ? 63 : -1;
}

static hr_status add_bytes(json *j) {
  HR_TRY(take_string(j, false));
  char *text = j->text.data;
  size_t length = j->text.length, to = 0;
  while (length && text[length - 1] == '=')
    --length;
  if (length % 4 == 1) return invalid_value(j, "TYPE_BYTES");
  uint32_t bits = 0;
  for (size_t i = 0; i < length; ++i) {
    int six = base64_bits(text[i]);
    if (six < 0) return invalid_value(j, "TYPE_BYTES");
    bits = bits << 6 | (uint32_t)six;
    if (i % 4) text[to++] = (char)(bits >> (6 - 2 * (i % 4)));
  }
  hr_wire_put_bytes(j->out, 1, (hr_view){to ? text : "", to});
  return HR_SUCCESS;
}

/* ---- messages -------------------------------------------------------------------------------------------------- */

static bool take_null(json *j) {
  skip_space(j);
  if (j->end - j->at < 4 || memcmp(j->at, "null", 4) != 0 || (j->end - j->at > 4 && is_name_char(j->at[4])))
    return false;
  j->at += 4;
  return true;
}

static hr_status take_message(json *j, kind kind);

static hr_status take_field(json *j, uint32_t field, kind kind) {
  if (take_null(j)) return HR_SUCCESS;
  size_t begin = hr_wire_begin(j->out, field);
  HR_TRY(take_message(j, kind));
  hr_wire_end(j->out, begin);
  return HR_SUCCESS;
}

static hr_status add_value(json *j, kind kind) {
  if (take_null(j)) return HR_SUCCESS;
  return kind == BYTES_LIST ? add_bytes(j) : kind == FLOAT_LIST ? add_float(j) : add_integer(j);
}

static hr_status take_values(json *j, kind kind) {
  if (!take(j, '[')) return add_value(j, kind);
  while (!take(j, ']')) {
    HR_TRY(add_value(j, kind));
    if (!take(j, ',')) {
      if (!take(j, ']')) return broken("Expected , or ] after array value.");
      return HR_SUCCESS;
    }
  }
  return HR_SUCCESS;
}

static int compare_hashes(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return x < y ? -1 : x > y;
}

/* {"name": Feature, ...} as entries of Features. */
static hr_status take_map(json *j) {
  if (take_null(j)) return HR_SUCCESS;
  if (!take(j, '{')) return broken("Expected a map.");
  hr_text hashes = {0}; /* of the names: no two are equal */
  hr_status status = HR_SUCCESS;
  bool more = !take(j, '}');
  while (more && !status) {
    status = take_string(j, true);
    uint64_t hash = hr_hash_bytes(text_of(j).data, text_of(j).length);
    hr_text_add(&hashes, (const char *)&hash, sizeof hash);
    if (!status && !take(j, ':')) status = broken("Expected : between key:value pair.");
    if (status) break;
    size_t begin = hr_wire_begin(j->out, 1);
    hr_wire_put_bytes(j->out, 1, text_of(j));
    status = take_field(j, 2, FEATURE);
    hr_wire_end(j->out, begin);
    if (status) break;
    if (take(j, ','))
      more = !take(j, '}');
    else if (take(j, '}'))
      more = false;
    else
      status = broken("Expected , or } after key:value pair.");
  }
  size_t count = hashes.length / sizeof(uint64_t);
  uint64_t *sorted = (uint64_t *)(void *)hashes.data;
  if (!status && hashes.failed) status = hr_error_out_of_memory(hashes.length, "names of features");
  if (!status && count) qsort(sorted, count, sizeof *sorted, compare_hashes);
  for (size_t i = 1; i < count && !status; ++i)
    if (sorted[i] == sorted[i - 1]) status = broken("Repeated map key");
  hr_text_free(&hashes);
  return status;
}

typedef struct field {
  kind of;
  const char *name, *json_name;
  uint32_t number;
  kind message;
} field;
static const field fields[] = {
    {EXAMPLE, "features", "features", 1, FEATURES},
    {FEATURE, "bytes_list", "bytesList", 1, BYTES_LIST},
    {FEATURE, "float_list", "floatList", 2, FLOAT_LIST},
    {FEATURE, "int64_list", "int64List", 3, INT64_LIST},
};

/* The value of the field whose name is in `text`. */
static hr_status take_named(json *j, kind kind, int *seen) {
  hr_view name = text_of(j);
  if (kind == FEATURES && hr_view_equal(name, HR_VIEW("feature"))) return take_map(j);
  if (kind >= BYTES_LIST && hr_view_equal(name, HR_VIEW("value")))
    return take_null(j) ? HR_SUCCESS : take_values(j, kind);
  for (size_t i = 0; i < sizeof fields / sizeof *fields; ++i) {
    const field *f = &fields[i];
    if (f->of != kind || (!hr_view_equal(name, hr_view_of(f->name)) && !hr_view_equal(name, hr_view_of(f->json_name))))
      continue;
    if (kind == FEATURE && ++*seen > 1) return broken("oneof field 'kind' is already set");
    return take_field(j, f->number, f->message);
  }
  return hr_error(HR_INVALID_ARGUMENT, "Error while parsing JSON: %.*s: Cannot find field.",
                  (int)(name.length < 200 ? name.length : 200), name.data);
}

static hr_status take_message(json *j, kind kind) {
  int seen = 0;
  if (!take(j, '{')) return broken(j->at == j->end ? "Unexpected end of string. Expected a value." : "Expected {.");
  while (!take(j, '}')) {
    HR_TRY(take_string(j, true));
    if (!take(j, ':')) return broken("Expected : between key:value pair.");
    HR_TRY(take_named(j, kind, &seen));
    if (take(j, ',')) continue;
    if (!take(j, '}')) return broken("Expected , or } after key:value pair.");
    return HR_SUCCESS;
  }
  return HR_SUCCESS;
}

static hr_status make_example(hr_kernel_context *ctx, hr_view in, hr_text *out) {
  (void)ctx;
  json j = {.at = in.data, .end = in.data + in.length, .out = out};
  hr_status status = take_message(&j, EXAMPLE);
  skip_space(&j);
  if (!status && j.at != j.end) status = broken("Parsing terminated before end of input.");
  hr_text_free(&j.text);
  return status;
}

static hr_status decode_json_example(hr_kernel_context *ctx) { return hr_map_strings(ctx, make_example); }
HR_KERNEL(.op = "DecodeJSONExample", .compute = decode_json_example);
