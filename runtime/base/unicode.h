/* Classes of characters: general categories, scripts, and what differs by case only. The tables are written by
 * tools/gen_unicode.py from unicode.txt, which was recorded from TensorFlow 1.15. */
#ifndef HR_RUNTIME_BASE_UNICODE_H
#define HR_RUNTIME_BASE_UNICODE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct hr_unicode_range {
  int32_t first, last;
} hr_unicode_range;

typedef struct hr_unicode_class {
  const char *name; /* "Lu", "Greek" */
  bool is_category;
  int32_t count;
  const hr_unicode_range *ranges; /* sorted */
} hr_unicode_class;
extern const hr_unicode_class hr_unicode_classes[];
extern const int32_t hr_unicode_class_count;

/* ICU's number of a character's script (UScriptCode); that of "invalid" outside of Unicode. */
int32_t hr_unicode_script(int32_t character);

/* Calls `visit` for each character that differs by case only from one between first and last, which may be among them.
 */
void hr_unicode_each_folded(int32_t first, int32_t last, void (*visit)(void *argument, int32_t character),
                            void *argument);

/* The tables. */
typedef struct hr_unicode_script_range {
  int32_t first, last, script;
} hr_unicode_script_range;
extern const hr_unicode_script_range hr_unicode_scripts[];
extern const int32_t hr_unicode_script_count;
/* `next` is another character that differs by case only; the last one of them leads back to the first. */
typedef struct hr_unicode_fold {
  int32_t character, next;
} hr_unicode_fold;
extern const hr_unicode_fold hr_unicode_folds[]; /* sorted */
extern const int32_t hr_unicode_fold_count;

#endif
