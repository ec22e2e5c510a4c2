#include "runtime/base/unicode.h"

/* The first fold of a character from `c` on. */
static int32_t find_fold(int32_t c) {
  int32_t low = 0, high = hr_unicode_fold_count;
  while (low < high) {
    int32_t middle = low + (high - low) / 2;
    if (hr_unicode_folds[middle].character < c)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

void hr_unicode_each_folded(int32_t first, int32_t last, void (*visit)(void *argument, int32_t character),
                            void *argument) {
  for (int32_t i = find_fold(first); i < hr_unicode_fold_count && hr_unicode_folds[i].character <= last; ++i) {
    int32_t c = hr_unicode_folds[i].character;
    for (int32_t next = hr_unicode_folds[i].next; next != c; next = hr_unicode_folds[find_fold(next)].next)
      visit(argument, next);
  }
}

int32_t hr_unicode_script(int32_t c) {
  int32_t low = 0, high = hr_unicode_script_count - 1;
  while (low <= high) {
    int32_t middle = low + (high - low) / 2;
    const hr_unicode_script_range *range = &hr_unicode_scripts[middle];
    if (c < range->first)
      high = middle - 1;
    else if (c > range->last)
      low = middle + 1;
    else
      return range->script;
  }
  return -1;
}
