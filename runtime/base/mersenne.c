#include "runtime/base/mersenne.h"

enum { WORDS = 312, MIDDLE = 156 };

void hr_mersenne_seed(hr_mersenne *m, uint64_t seed) {
  m->words[0] = seed;
  for (uint64_t i = 1; i < WORDS; ++i)
    m->words[i] = UINT64_C(6364136223846793005) * (m->words[i - 1] ^ m->words[i - 1] >> 62) + i;
  m->next = WORDS;
}

static void refill(hr_mersenne *m) {
  const uint64_t lower = (UINT64_C(1) << 31) - 1;
  uint64_t *w = m->words;
  for (int i = 0; i < WORDS; ++i) {
    uint64_t x = (w[i] & ~lower) | (w[(i + 1) % WORDS] & lower);
    w[i] = w[(i + MIDDLE) % WORDS] ^ x >> 1 ^ (x & 1 ? UINT64_C(0xb5026f5aa96619e9) : 0);
  }
  m->next = 0;
}

uint64_t hr_mersenne_next(hr_mersenne *m) {
  if (m->next == WORDS) refill(m);
  uint64_t x = m->words[m->next++];
  x ^= x >> 29 & UINT64_C(0x5555555555555555);
  x ^= x << 17 & UINT64_C(0x71d67fffeda60000);
  x ^= x << 37 & UINT64_C(0xfff7eee000000000);
  return x ^ x >> 43;
}

/* Evenly below `limit`. */
static uint64_t below(hr_mersenne *m, uint64_t limit) {
  uint64_t scale = UINT64_MAX / limit, x;
  do
    x = hr_mersenne_next(m);
  while (x >= limit * scale);
  return x / scale;
}

/* One number gives two places, as long as their product leaves it even enough. */
void hr_mersenne_swaps(hr_mersenne *m, size_t count, size_t *to) {
  size_t i = 1;
  if (count == 0) return;
  to[0] = 0;
  if (UINT64_MAX / count < count) {
    for (; i < count; ++i)
      to[i] = (size_t)below(m, i + 1);
    return;
  }
  if (count % 2 == 0) to[i++] = (size_t)below(m, 2);
  for (; i < count; i += 2) {
    uint64_t both = below(m, (i + 1) * (i + 2));
    to[i] = (size_t)(both / (i + 2));
    to[i + 1] = (size_t)(both % (i + 2));
  }
}
