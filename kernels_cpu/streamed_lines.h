/* Lines of a result that is larger than the caches. They are made in a ring that stays in the second-level cache, and
 * copied past the caches when they are done: a line that is written where it belongs is read from memory first.
 */
#ifndef HR_KERNELS_CPU_STREAMED_LINES_H
#define HR_KERNELS_CPU_STREAMED_LINES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* From this size on a result is not kept for those who read it. */
#define HR_STREAMED_BYTES ((size_t)16 << 20)

/* Copies past the caches; whoever reads `to` on another thread waits for hr_streamed_done. */
static inline void hr_stream_bytes(void *to, const void *from, size_t bytes) {
#if defined(__SSE2__)
  size_t head = (16 - ((uintptr_t)to & 15)) & 15;
  if (head > bytes) head = bytes;
  memcpy(to, from, head);
  char *out = (char *)to + head;
  const char *in = (const char *)from + head;
  size_t whole = (bytes - head) & ~(size_t)63;
  for (size_t i = 0; i < whole; i += 64) {
    __m128i a = _mm_loadu_si128((const __m128i *)(in + i)), b = _mm_loadu_si128((const __m128i *)(in + i + 16));
    __m128i c = _mm_loadu_si128((const __m128i *)(in + i + 32)), d = _mm_loadu_si128((const __m128i *)(in + i + 48));
    _mm_stream_si128((__m128i *)(out + i), a);
    _mm_stream_si128((__m128i *)(out + i + 16), b);
    _mm_stream_si128((__m128i *)(out + i + 32), c);
    _mm_stream_si128((__m128i *)(out + i + 48), d);
  }
  memcpy(out + whole, in + whole, bytes - head - whole);
#else
  memcpy(to, from, bytes);
#endif
}
static inline void hr_streamed_done(void) {
#if defined(__SSE2__)
  _mm_sfence();
#endif
}

#endif
