#include "kernels_cpu/image/picture.h"

bool hr_picture_fits(const hr_picture *p) {
  int64_t sizes[] = {p->height, p->width, p->channels}, total = p->frames;
  bool fits = total > 0;
  for (int i = 0; i < 3; ++i)
    fits = fits && sizes[i] > 0 && !__builtin_mul_overflow(total, sizes[i], &total) && total < HR_PICTURE_LIMIT;
  return fits;
}
