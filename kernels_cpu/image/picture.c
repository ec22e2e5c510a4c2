#include "kernels_cpu/image/picture.h"

#include <inttypes.h>

hr_status hr_picture_check(const hr_picture *p, const char *format) {
  int64_t sizes[] = {p->height, p->width, p->channels}, total = p->frames;
  bool fits = total > 0;
  for (int i = 0; i < 3; ++i)
    fits = fits && sizes[i] > 0 && !__builtin_mul_overflow(total, sizes[i], &total) && total < HR_PICTURE_LIMIT;
  if (fits) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "%s size too large or zero: %" PRId64 " x %" PRId64 " pixels, %" PRId64 " times",
                  format, p->width, p->height, p->frames);
}
