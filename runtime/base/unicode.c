#include "runtime/base/unicode.h"
#include "runtime/base/unicode_tables.h"
#include "runtime/base/utf8.h"

#include <string.h>

static int32_t character_of(uint32_t item) { return (int32_t)(item >> 8); }

/* The first item of a character from `c` on; `count` where there is none. */
static int32_t find(const uint32_t *items, int32_t count, int32_t c) {
  int32_t low = 0, high = count;
  while (low < high) {
    int32_t middle = low + (high - low) / 2;
    if (character_of(items[middle]) < c)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

int32_t hr_unicode_script(int32_t c) {
  if (c < 0 || c > HR_LAST_CHARACTER) return -1;
  int32_t number = hr_unicode_scripts[find(hr_unicode_scripts, hr_unicode_scripts_count, c + 1) - 1] & 0xFF;
  return number == 0xFF ? -1 : number;
}

/* ---- classes --------------------------------------------------------------------------------------------------- */

typedef struct visitor {
  void (*visit)(void *argument, int32_t first, int32_t last);
  void *argument;
} visitor;

static void visit_number(const uint32_t *items, int32_t count, uint32_t number, const visitor *v) {
  for (int32_t i = 0; i < count; ++i)
    if ((items[i] & 0xFF) == number)
      v->visit(v->argument, character_of(items[i]), i + 1 < count ? character_of(items[i + 1]) - 1 : HR_LAST_CHARACTER);
}

static bool is_name(const char *name, const char *text, size_t length) {
  return strlen(name) == length && memcmp(name, text, length) == 0;
}

bool hr_unicode_each_range(const char *name, size_t length, void (*visit)(void *argument, int32_t first, int32_t last),
                           void *argument) {
  const visitor v = {visit, argument};
  bool found = false;
  for (uint32_t i = 0; hr_unicode_category_names[i]; ++i) {
    const char *category = hr_unicode_category_names[i];
    if (length == 1 ? category[0] != name[0] : !is_name(category, name, length)) continue;
    visit_number(hr_unicode_categories, hr_unicode_categories_count, i, &v);
    found = true;
  }
  for (const hr_unicode_script_name *s = hr_unicode_script_names; s->name; ++s) {
    if (!is_name(s->name, name, length)) continue;
    visit_number(hr_unicode_scripts, hr_unicode_scripts_count, (uint32_t)s->number, &v);
    found = true;
  }
  return found;
}

/* ---- case ------------------------------------------------------------------------------------------------------ */

static int32_t next_folded(uint32_t item) { return character_of(item) + hr_unicode_distances[item & 0xFF]; }

void hr_unicode_each_folded(int32_t first, int32_t last, void (*visit)(void *argument, int32_t character),
                            void *argument) {
  const uint32_t *folds = hr_unicode_folds;
  for (int32_t i = find(folds, hr_unicode_folds_count, first);
       i < hr_unicode_folds_count && character_of(folds[i]) <= last; ++i)
    for (int32_t next = next_folded(folds[i]); next != character_of(folds[i]);
         next = next_folded(folds[find(folds, hr_unicode_folds_count, next)]))
      visit(argument, next);
}
