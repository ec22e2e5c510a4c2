/* A row of the product stays in vector registers while the rows that it is a sum of pass by. */
#include "kernels_cpu/level/skipping.h"
#include "kernels_cpu/level/registers.h"

/* Vectors of sums: as many as there are registers for, and as their terms find room in the cache next to the core. */
enum { MOST_VECTORS = HR_VECTOR_BYTES == 64 ? 10 : 13, GROUP = 8 };

#define ALWAYS_INLINE inline __attribute__((always_inline))

/* ---- what is not zero ------------------------------------------------------------------------------------------- */

/* Bit i: group[i] is not zero. */
static inline unsigned nonzero_bits(const float *group) {
#if defined(__AVX2__)
  return (unsigned)_mm256_movemask_ps(_mm256_cmp_ps(_mm256_loadu_ps(group), _mm256_setzero_ps(), _CMP_NEQ_UQ));
#else
  unsigned bits = 0;
  for (int i = 0; i < GROUP; ++i)
    bits |= (unsigned)(group[i] != 0) << i;
  return bits;
#endif
}

/* The nonzeros of a group that begins at `term`, moved together; how many. */
static inline int32_t collect_group(float *factors, int32_t *terms, const float *group, int32_t term) {
  unsigned bits = nonzero_bits(group);
#if defined(__AVX2__)
  static const uint64_t each_byte = 0x0101010101010101, ascending = 0x0706050403020100;
  uint64_t kept = _pext_u64(ascending, _pdep_u64(bits, each_byte) * 0xff);
  __m256i order = _mm256_cvtepu8_epi32(_mm_cvtsi64_si128((long long)kept));
  _mm256_storeu_ps(factors, _mm256_permutevar8x32_ps(_mm256_loadu_ps(group), order));
  _mm256_storeu_si256((__m256i *)terms, _mm256_add_epi32(order, _mm256_set1_epi32(term)));
#else
  int32_t count = 0;
  for (int i = 0; i < GROUP; ++i) {
    factors[count] = group[i];
    terms[count] = term + i;
    count += bits >> i & 1;
  }
#endif
  return __builtin_popcount(bits);
}

static void collect_row(hr_nonzeros *out, const float *a, int64_t row, int64_t terms) {
  float *factors = out->factors[row];
  int32_t *places = out->terms[row], count = 0;
  int64_t term = 0;
  for (; term + GROUP <= terms; term += GROUP)
    count += collect_group(factors + count, places + count, a + term, (int32_t)term);
  for (; term < terms; ++term) {
    factors[count] = a[term];
    places[count] = (int32_t)term;
    count += a[term] != 0;
  }
  out->count[row] = count;
}

static inline void append(hr_nonzeros *out, int64_t row, float factor, int32_t term) {
  int32_t at = out->count[row]++;
  out->factors[row][at] = factor;
  out->terms[row][at] = term;
}

static void collect_term(hr_nonzeros *out, const float *a, int64_t rows, int32_t term) {
  int64_t row = 0;
  for (; row + GROUP <= rows; row += GROUP)
    for (unsigned bits = nonzero_bits(a + row); bits; bits &= bits - 1) {
      int64_t at = row + __builtin_ctz(bits);
      append(out, at, a[at], term);
    }
  for (; row < rows; ++row)
    if (a[row] != 0) append(out, row, a[row], term);
}

static void collect(hr_nonzeros *out, const float *a, int64_t row_stride, int64_t term_stride, int64_t rows,
                    int64_t terms) {
  if (term_stride == 1) {
    for (int64_t row = 0; row < rows; ++row)
      collect_row(out, a + row * row_stride, row, terms);
    return;
  }
  memset(out->count, 0, sizeof *out->count * (size_t)rows);
  for (int64_t term = 0; term < terms; ++term)
    collect_term(out, a + term * term_stride, rows, (int32_t)term);
}

/* ---- products ---------------------------------------------------------------------------------------------------- */

/* A panel: columns of b in at most MOST_VECTORS vectors, one behind the other. `last` is where the last of them begins,
 * which may overlap the one before it. */
typedef vector packed_row[MOST_VECTORS];
#define COLUMN(v) ((v) < count - 1 ? (v)*LANES : last)

/* False where an element is not finite. */
static ALWAYS_INLINE bool pack(packed_row *out, int count, int64_t last, const float *b, int64_t terms,
                               int64_t stride) {
  static const int32_t magnitude = 0x7fffffff, greatest_finite = 0x7f7fffff;
  mask infinite = {0};
  for (int64_t term = 0; term < terms; ++term)
#pragma GCC unroll 16
    for (int v = 0; v < count; ++v) {
      vector x = load(b + term * stride + COLUMN(v));
      infinite |= ((mask)x & magnitude) > greatest_finite;
      out[term][v] = x;
    }
  int32_t any = 0;
  for (int i = 0; i < LANES; ++i)
    any |= infinite[i];
  return !any;
}

static ALWAYS_INLINE void add_row(int count, int64_t last, const packed_row *b, float *c, const float *factors,
                                  const int32_t *terms, int32_t nonzeros, bool adds) {
  vector zero = {0}, sums[MOST_VECTORS];
#pragma GCC unroll 16
  for (int v = 0; v < count; ++v)
    sums[v] = adds ? load(c + COLUMN(v)) : zero;
  for (int32_t i = 0; i < nonzeros; ++i) {
    const vector *row = b[terms[i]];
    vector factor = factors[i] - zero;
#pragma GCC unroll 16
    for (int v = 0; v < count; ++v)
      sums[v] = multiply_add(factor, row[v], sums[v]);
  }
#pragma GCC unroll 16
  for (int v = 0; v < count; ++v)
    store(c + COLUMN(v), sums[v]);
}

/* Calls for a share of what the next panel is made of, row by row, while this one is worked on. */
static inline void prefetch(const float *next, int64_t stride, int64_t first, int64_t end) {
  enum { LINE = 64 / sizeof(float) };
  for (int64_t term = first; term < end; ++term)
    for (int64_t j = 0; j < MOST_VECTORS * LANES; j += LINE)
      __builtin_prefetch(next + term * stride + j, 0, 2);
}

static ALWAYS_INLINE bool multiply_panel(int count, int64_t last, const hr_nonzeros *of, int64_t rows, const float *b,
                                         int64_t terms, float *c, int64_t stride, bool adds, const float *next) {
  packed_row packed[HR_SKIPPING_TERMS];
  if (!pack(packed, count, last, b, terms, stride)) return false;
  for (int64_t row = 0; row < rows; ++row) {
    prefetch(next, stride, row * terms / rows, (row + 1) * terms / rows);
    add_row(count, last, packed, c + row * stride, of->factors[row], of->terms[row], of->count[row], adds);
  }
  return true;
}

/* A function for each number of vectors, whose loops over them are unrolled. */
typedef bool panel_function(int64_t last, const hr_nonzeros *of, int64_t rows, const float *b, int64_t terms, float *c,
                            int64_t stride, bool adds, const float *next);
#define COUNTS(X) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13)
#define PANEL(n)                                                                                                       \
  static bool panel_##n(int64_t last, const hr_nonzeros *of, int64_t rows, const float *b, int64_t terms, float *c,    \
                        int64_t stride, bool adds, const float *next) {                                                \
    return multiply_panel(n <= MOST_VECTORS ? n : 1, last, of, rows, b, terms, c, stride, adds, next);                 \
  }
COUNTS(PANEL)
#define PANEL_NAME(n) panel_##n,
static panel_function *const panels_of[] = {NULL, COUNTS(PANEL_NAME)};

static bool multiply(const hr_nonzeros *nonzeros, int64_t rows, const float *b, int64_t terms, float *c, int64_t stride,
                     int64_t columns, bool adds) {
  int64_t vectors = (columns + LANES - 1) / LANES, panels = (vectors + MOST_VECTORS - 1) / MOST_VECTORS;
  for (int64_t p = 0; p < panels; ++p) {
    int64_t first = vectors * p / panels, end = vectors * (p + 1) / panels, base = first * LANES;
    int64_t last = (p + 1 < panels ? (end - 1) * LANES : columns - LANES) - base;
    const float *next = p + 1 < panels ? b + end * LANES : b + terms * stride;
    if (!panels_of[end - first](last, nonzeros, rows, b + base, terms, c + base, stride, adds, next)) return false;
  }
  return true;
}

extern const hr_skipping_loops HR_LEVELED(skipping);
const hr_skipping_loops HR_LEVELED(skipping) = {collect, multiply};
