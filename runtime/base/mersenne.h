/* The 64-bit Mersenne Twister (Nishimura, "Tables of 64-bit Mersenne Twisters", 2000), std::mt19937_64 in C++, and the
 * shuffle of the GNU library around it. For orders that must be those of TensorFlow's code; all else uses Philox. */
#ifndef HR_RUNTIME_BASE_MERSENNE_H
#define HR_RUNTIME_BASE_MERSENNE_H

#include <stddef.h>
#include <stdint.h>

typedef struct hr_mersenne {
  uint64_t words[312];
  int next;
} hr_mersenne;

void hr_mersenne_seed(hr_mersenne *m, uint64_t seed);
uint64_t hr_mersenne_next(hr_mersenne *m);

/* Where libstdc++'s std::shuffle swaps each of `count` elements to: element i, in order from 1, with to[i] <= i. */
void hr_mersenne_swaps(hr_mersenne *m, size_t count, size_t *to);

#endif
