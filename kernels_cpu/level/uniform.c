/* Uniform random numbers, many Philox blocks at once. */
#include "kernels_cpu/level/philox_blocks.h"

void HR_LEVELED(uniform_f32)(float *out, const hr_philox *generator, int64_t blocks) {
  hr_philox position = *generator;
  uint32_t numbers[4 * SIDE];
  for (int64_t start = 0; start < blocks; start += SIDE, out += 4 * SIDE) {
    int count = blocks - start < SIDE ? (int)(blocks - start) : SIDE;
    blocks_of(&position, numbers);
    hr_philox_skip(&position, SIDE);
    float values[4 * SIDE]; /* all, so that the loop has no end to look for */
    for (int i = 0; i < 4 * SIDE; ++i)
      values[i] = hr_philox_to_float(numbers[i]);
    memcpy(out, values, sizeof *values * 4 * (size_t)count);
  }
}

void HR_LEVELED(uniform_f64)(double *out, const hr_philox *generator, int64_t blocks) {
  hr_philox position = *generator;
  uint32_t numbers[4 * SIDE];
  for (int64_t start = 0; start < blocks; start += SIDE, out += 2 * SIDE) {
    int count = blocks - start < SIDE ? (int)(blocks - start) : SIDE;
    blocks_of(&position, numbers);
    hr_philox_skip(&position, SIDE);
    for (int i = 0; i < 2 * count; ++i)
      out[i] = hr_philox_to_double(numbers[2 * i], numbers[2 * i + 1]);
  }
}

/* The remainder without a division: Lemire, Kaser and Kurz, Faster Remainder by Direct Computation; exact for 32 bits.
 */
void HR_LEVELED(uniform_i32)(int32_t *out, const hr_philox *generator, int64_t blocks, int32_t low, uint32_t range) {
  hr_philox position = *generator;
  uint32_t numbers[4 * SIDE];
  uint64_t reciprocal = UINT64_MAX / range + 1;
  for (int64_t start = 0; start < blocks; start += SIDE, out += 4 * SIDE) {
    int count = blocks - start < SIDE ? (int)(blocks - start) : SIDE;
    blocks_of(&position, numbers);
    hr_philox_skip(&position, SIDE);
    for (int i = 0; i < 4 * SIDE; ++i) {
      uint64_t fraction = reciprocal * numbers[i];
      /* fraction * range / 2^64, in halves. */
      uint64_t remainder = ((fraction >> 32) * range + ((fraction & UINT32_MAX) * range >> 32)) >> 32;
      numbers[i] = (uint32_t)low + (uint32_t)remainder;
    }
    memcpy(out, numbers, sizeof *numbers * 4 * (size_t)count);
  }
}
