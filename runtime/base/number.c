/* Numbers in text. The usual ones (up to 19 digits, small exponents) are one exact product or quotient of doubles (W.
 * Clinger, "How to read floating point numbers accurately", 1990); the C library reads the others. */
#include "runtime/base/number.h"

#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>

static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static hr_view trimmed(hr_view text) {
  while (text.length && is_space(text.data[0]))
    ++text.data, --text.length;
  while (text.length && is_space(text.data[text.length - 1]))
    --text.length;
  return text;
}

/* ---- integers -------------------------------------------------------------------------------------------------- */

bool hr_number_i64(hr_view text, int64_t *out) {
  text = trimmed(text);
  bool negative = text.length && text.data[0] == '-';
  size_t at = negative;
  uint64_t value = 0, limit = (uint64_t)INT64_MAX + negative;
  if (at == text.length) return false;
  for (; at < text.length; ++at) {
    if (!is_digit(text.data[at])) return false;
    uint64_t digit = (uint64_t)(text.data[at] - '0');
    if (value > (limit - digit) / 10) return false;
    value = value * 10 + digit;
  }
  *out = (int64_t)(negative ? 0 - value : value);
  return true;
}

bool hr_number_i32(hr_view text, int32_t *out) {
  int64_t value;
  if (!hr_number_i64(text, &value) || value < INT32_MIN || value > INT32_MAX) return false;
  *out = (int32_t)value;
  return true;
}

/* ---- reals ----------------------------------------------------------------------------------------------------- */

/* A decimal number: digits * 10^exponent, exact unless there were more than 19 digits. */
typedef struct decimal {
  uint64_t digits;
  int64_t exponent;
  bool negative, exact;
} decimal;

/* Digits with one point at most, then an exponent. False for any other text. */
static bool read_decimal(hr_view text, decimal *out) {
  size_t at = 0, count = 0;
  int significant = 0;
  bool point = false;
  *out = (decimal){.exact = true};
  if (at < text.length && (text.data[at] == '-' || text.data[at] == '+')) out->negative = text.data[at++] == '-';
  for (; at < text.length; ++at) {
    char c = text.data[at];
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (!is_digit(c)) break;
    ++count;
    if (significant < 19) {
      out->digits = out->digits * 10 + (uint64_t)(c - '0');
      significant += out->digits != 0;
      out->exponent -= point;
    } else {
      out->exact = false;
      out->exponent += !point;
    }
  }
  if (count == 0) return false;
  if (at == text.length) return true;
  if (text.data[at] != 'e' && text.data[at] != 'E') return false;
  ++at;
  bool negative = false;
  if (at < text.length && (text.data[at] == '-' || text.data[at] == '+')) negative = text.data[at++] == '-';
  if (at == text.length) return false;
  int64_t exponent = 0;
  for (; at < text.length; ++at) {
    if (!is_digit(text.data[at])) return false;
    if (exponent < 100000) exponent = exponent * 10 + (text.data[at] - '0');
  }
  out->exponent += negative ? -exponent : exponent;
  return true;
}

static const double powers_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                       1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
#define LARGEST_EXACT_POWER 22
#define LARGEST_EXACT_INT   (UINT64_C(1) << 53)

/* The double nearest to the decimal, where one rounding gives it. */
static bool exact_double(const decimal *d, double *out) {
  if (!d->exact || d->digits > LARGEST_EXACT_INT || d->exponent < -LARGEST_EXACT_POWER ||
      d->exponent > LARGEST_EXACT_POWER)
    return false;
  double value = (double)d->digits;
  value = d->exponent < 0 ? value / powers_of_ten[-d->exponent] : value * powers_of_ten[d->exponent];
  *out = d->negative ? -value : value;
  return true;
}

static locale_t c_locale;
static void make_c_locale(void) { c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0); }

/* What the C library reads from text that is known to be a decimal number. */
static bool library_number(hr_view text, float *narrow, double *wide) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, make_c_locale);
  if (!c_locale) return false;
  char small[128], *copy = text.length < sizeof small ? small : malloc(text.length + 1);
  if (!copy) return false;
  memcpy(copy, text.data, text.length);
  copy[text.length] = '\0';
  if (narrow)
    *narrow = strtof_l(copy, NULL, c_locale);
  else
    *wide = strtod_l(copy, NULL, c_locale);
  if (copy != small) free(copy);
  return true;
}

static bool equals_word(hr_view text, const char *lower) {
  for (size_t i = 0; i < text.length; ++i)
    if ((text.data[i] | 0x20) != lower[i]) return false; /* a NUL ends the word, and matches no letter */
  return lower[text.length] == '\0';
}

static int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  char lower = (char)(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* White space alone, "inf", "nan" and hexadecimal digits. */
static bool unusual_number(hr_view text, double *out) {
  *out = 0;
  if (text.length == 0) return true;
  bool negative = text.data[0] == '-';
  if (negative || text.data[0] == '+') ++text.data, --text.length;
  if (text.length == 3 && equals_word(text, "inf"))
    *out = HUGE_VAL;
  else if (text.length == 3 && equals_word(text, "nan"))
    *out = (double)NAN;
  else if (text.length > 2 && text.data[0] == '0' && (text.data[1] | 0x20) == 'x') {
    if (text.length > 15) return false; /* more bits than a double has */
    for (size_t i = 2; i < text.length; ++i) {
      int digit = hex_digit(text.data[i]);
      if (digit < 0) return false;
      *out = *out * 16 + digit;
    }
  } else
    return false;
  if (negative) *out = -*out;
  return true;
}

bool hr_number_f64(hr_view text, double *out) {
  if (text.length == 0) return false;
  text = trimmed(text);
  decimal d;
  if (!read_decimal(text, &d)) return unusual_number(text, out);
  return exact_double(&d, out) || library_number(text, NULL, out);
}

/* Rounding a double to float is right but where the double lies in the middle of two floats, as the decimal need not,
 * and where the float is subnormal. */
static bool rounds_safely(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  double size = fabs(value);
  return (bits & 0x1fffffff) != 0x10000000 && (size == 0 || size > 1.2e-38) && size < 3.4e38;
}

bool hr_number_f32(hr_view text, float *out) {
  if (text.length == 0) return false;
  text = trimmed(text);
  decimal d;
  double wide;
  if (!read_decimal(text, &d)) {
    if (!unusual_number(text, &wide)) return false;
    *out = (float)wide;
    return true;
  }
  if (!exact_double(&d, &wide) || !rounds_safely(wide)) return library_number(text, out, NULL);
  *out = (float)wide;
  return true;
}
