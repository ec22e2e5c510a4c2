/* Names of files: their parts, seen from elsewhere. */
#include "runtime/base/text.h"
#include "runtime/io/file.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

char *hr_path_directory_dup(const char *path) {
  const char *slash = strrchr(path, '/');
  if (!slash) return strdup("");
  return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

char *hr_path_join_dup(const char *directory, const char *name) {
  size_t length = strlen(directory);
  if (length == 0 || name[0] == '/') return strdup(name);
  char *joined;
  return asprintf(&joined, "%s%s%s", directory, directory[length - 1] == '/' ? "" : "/", name) < 0 ? NULL : joined;
}

/* Appends the parts of a path to an absolute one without "." and "..": "/a/b". */
static void add_parts(hr_text *absolute, const char *path) {
  while (*path) {
    size_t length = strcspn(path, "/");
    if (length == 2 && memcmp(path, "..", 2) == 0) {
      const char *slash = absolute->length ? strrchr(absolute->data, '/') : NULL;
      absolute->length = slash ? (size_t)(slash - absolute->data) : 0;
      if (absolute->data) absolute->data[absolute->length] = '\0';
    } else if (length > 0 && !(length == 1 && *path == '.')) {
      hr_text_add_string(absolute, "/");
      hr_text_add(absolute, path, length);
    }
    path += length + (path[length] == '/');
  }
}

static void make_absolute(hr_text *out, const char *path) {
  if (*path != '/') {
    char *here = getcwd(NULL, 0);
    if (here) add_parts(out, here);
    free(here);
  }
  add_parts(out, path);
}

char *hr_path_relative_dup(const char *path, const char *directory) {
  hr_text to = {0}, from = {0}, relative = {0};
  make_absolute(&to, path);
  make_absolute(&from, directory);
  const char *a = to.length ? to.data : "", *b = from.length ? from.data : "";
  size_t common = 0; /* up to the last '/' or end that both have */
  for (size_t i = 0;; ++i) {
    bool ends = (a[i] == '/' || a[i] == '\0') && (b[i] == '/' || b[i] == '\0');
    if (ends) common = i;
    if (a[i] != b[i] || a[i] == '\0') break;
  }
  for (const char *rest = b + common; *rest; ++rest)
    if (*rest == '/') hr_text_add_string(&relative, relative.length ? "/.." : "..");
  if (a[common]) {
    if (relative.length) hr_text_add_string(&relative, "/");
    hr_text_add_string(&relative, a + common + 1);
  }
  if (relative.length == 0) hr_text_add_string(&relative, ".");
  relative.failed = relative.failed || to.failed || from.failed;
  hr_text_free(&to);
  hr_text_free(&from);
  return hr_text_take(&relative);
}
