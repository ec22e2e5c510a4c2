/* The types for which TensorFlow 1.15 has CPU kernels, against ours: each combination has a kernel here, or stands in
 * kernel_types_missing.txt (op, types), which holds nothing else. */
#include "runtime/base/text.h"
#include "runtime/plan/kernel_registry.h"
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MAX_ATTRS = 4 };

typedef struct question {
  const char *op;
  int count;
  char *attrs[MAX_ATTRS];
  hr_dtype types[MAX_ATTRS];
  bool is_answered;
} question;

static uint64_t types_of(const hr_kernel_def *kernel, const char *attr) {
  for (int i = 0; i < 4 && kernel->types[i].attr; ++i)
    if (strcmp(kernel->types[i].attr, attr) == 0) return kernel->types[i].types;
  return UINT64_MAX;
}

static void answer(void *argument, const hr_kernel_def *kernel) {
  question *q = argument;
  const char *device = kernel->device ? kernel->device : "CPU";
  if (strcmp(kernel->op, q->op) != 0 || (strcmp(device, "CPU") != 0 && strcmp(device, HR_EVERY_DEVICE) != 0)) return;
  bool fits = true;
  for (int i = 0; i < q->count; ++i)
    fits &= types_of(kernel, q->attrs[i]) >> q->types[i] & 1;
  q->is_answered |= fits;
}

static FILE *open_data(const char *name) {
  char path[512];
  snprintf(path, sizeof path, "%s%s", TEST_DATA, name);
  FILE *file = fopen(path, "r");
  if (!file) fail_msg("%s is not there", path);
  return file;
}

/* The missing combinations of a row, a line each. */
static void add_missing(hr_text *missing, char *row) {
  char *rest = row, *op = strsep(&rest, "\t"), *attrs = strsep(&rest, "\t"), *combination;
  question q = {.op = op};
  for (char *attr; (attr = strsep(&attrs, " "));) {
    assert_true(q.count < MAX_ATTRS);
    q.attrs[q.count++] = attr;
  }
  while ((combination = strsep(&rest, " "))) {
    hr_text line = {0};
    hr_text_printf(&line, "%s %s\n", op, combination);
    for (int i = 0; i < q.count; ++i)
      q.types[i] = hr_dtype_from_name(strsep(&combination, ","));
    q.is_answered = false;
    hr_kernel_each(answer, &q);
    if (!q.is_answered) hr_text_add(missing, line.data, line.length);
    hr_text_free(&line);
  }
}

static void every_type_has_its_kernel(void **state) {
  (void)state;
  FILE *rows = open_data("kernel_types.tsv");
  hr_text missing = {0}, known = {0};
  char *line = NULL;
  size_t capacity = 0;
  while (getline(&line, &capacity, rows) > 0) {
    line[strcspn(line, "\n")] = '\0';
    add_missing(&missing, line);
  }
  fclose(rows);
  FILE *list = open_data("kernel_types_missing.txt");
  while (getline(&line, &capacity, list) > 0)
    if (line[0] != '#') hr_text_add_string(&known, line);
  fclose(list);
  free(line);
  if (missing.length != known.length || memcmp(missing.data, known.data, known.length) != 0) {
    fwrite(missing.data, 1, missing.length, stdout);
    fail_msg("the list above is not that of kernel_types_missing.txt");
  }
  hr_text_free(&missing);
  hr_text_free(&known);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_type_has_its_kernel)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
