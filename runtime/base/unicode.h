/* Classes of characters: general categories, scripts, and what differs by case only, as TensorFlow 1.15 has them. */
#ifndef HR_RUNTIME_BASE_UNICODE_H
#define HR_RUNTIME_BASE_UNICODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ICU's number of a character's script (UScriptCode), -1 outside of Unicode. */
int32_t hr_unicode_script(int32_t character);

/* Calls `visit` for the ranges of a class: a category ("Lu", or "L" for all that begin so) or a script ("Greek"). False
 * where there is none of that name. */
bool hr_unicode_each_range(const char *name, size_t length, void (*visit)(void *argument, int32_t first, int32_t last),
                           void *argument);

/* Calls `visit` for each character that differs by case only from one between first and last, which may be among them.
 */
void hr_unicode_each_folded(int32_t first, int32_t last, void (*visit)(void *argument, int32_t character),
                            void *argument);

#endif
