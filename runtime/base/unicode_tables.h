/* The tables that tools/gen_unicode.py writes from unicode.txt, which was recorded from TensorFlow 1.15. */
#ifndef HR_RUNTIME_BASE_UNICODE_TABLES_H
#define HR_RUNTIME_BASE_UNICODE_TABLES_H

#include <stddef.h>
#include <stdint.h>

/* In each item a character stands above the lowest 8 bits; items are sorted. Categories and scripts: the number of what
 * all characters from this one on are, up to the next item. */
extern const uint32_t hr_unicode_categories[], hr_unicode_scripts[];
extern const int32_t hr_unicode_categories_count, hr_unicode_scripts_count;
/* Of the numbers of categories, ended by NULL; behind them comes the number of what has none. */
extern const char *const hr_unicode_category_names[];
/* Ended by a NULL name. The number 0xFF is that of what has no script. */
typedef struct hr_unicode_script_name {
  const char *name;
  int32_t number;
} hr_unicode_script_name;
extern const hr_unicode_script_name hr_unicode_script_names[];
/* Characters that differ from others by case only: the place of the distance to the next one of them, the last one of
 * which leads back to the first. */
extern const uint32_t hr_unicode_folds[];
extern const int32_t hr_unicode_folds_count;
extern const int32_t hr_unicode_distances[];

#endif
