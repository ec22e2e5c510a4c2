#include "runtime/device/device_name.h"
#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Copies letters, digits and underscores (starting with a letter) from *text, which moves on; false for none or too
 * many. */
static bool take_word(const char **text, char *out, size_t size) {
  size_t n = 0;
  if (!isalpha((unsigned char)**text)) return false;
  while (isalnum((unsigned char)**text) || **text == '_') {
    if (n + 1 >= size) return false;
    out[n++] = *(*text)++;
  }
  out[n] = '\0';
  return true;
}

static bool take_number(const char **text, int *out) {
  if (**text == '*') {
    ++*text;
    *out = -1;
    return true;
  }
  if (!isdigit((unsigned char)**text)) return false;
  char *end;
  long value = strtol(*text, &end, 10);
  if (value > INT_MAX) return false;
  *out = (int)value;
  *text = end;
  return true;
}

static void set_type(hr_device_name *name, const char *type) {
  snprintf(name->type, sizeof name->type, "%s", type);
  if (strcasecmp(type, "cpu") == 0 || strcasecmp(type, "gpu") == 0) {
    for (char *c = name->type; *c; ++c)
      *c = (char)toupper((unsigned char)*c);
  }
}

static bool parse(const char *text, hr_device_name *out) {
  *out = (hr_device_name){.replica = -1, .task = -1, .id = -1};
  while (*text) {
    if (*text++ != '/') return false;
    char key[32], type[32];
    if (!take_word(&text, key, sizeof key)) return false;
    if (*text++ != ':') return false;
    if (strcmp(key, "job") == 0) {
      if (!take_word(&text, out->job, sizeof out->job)) return false;
    } else if (strcmp(key, "replica") == 0) {
      if (!take_number(&text, &out->replica)) return false;
    } else if (strcmp(key, "task") == 0) {
      if (!take_number(&text, &out->task)) return false;
    } else if (strcmp(key, "device") == 0) {
      if (*text == '*') {
        ++text;
      } else {
        if (!take_word(&text, type, sizeof type)) return false;
        set_type(out, type);
      }
      if (*text == ':') {
        ++text;
        if (!take_number(&text, &out->id)) return false;
      }
    } else { /* "/cpu:0", the old spelling */
      set_type(out, key);
      if (!take_number(&text, &out->id)) return false;
    }
  }
  return true;
}

hr_status hr_device_name_parse(const char *text, hr_device_name *out) {
  if (parse(text, out)) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "Malformed device specification '%s'", text);
}

bool hr_device_name_matches(const hr_device_name *wanted, const hr_device_name *full) {
  return (!wanted->job[0] || strcmp(wanted->job, full->job) == 0) &&
         (wanted->replica < 0 || wanted->replica == full->replica) &&
         (wanted->task < 0 || wanted->task == full->task) &&
         (!wanted->type[0] || strcmp(wanted->type, full->type) == 0) && (wanted->id < 0 || wanted->id == full->id);
}

static bool differ(int a, int b) { return a >= 0 && b >= 0 && a != b; }
static bool texts_differ(const char *a, const char *b) { return a[0] && b[0] && strcmp(a, b) != 0; }

/* The parts that both give, differently; NULL where there are none. */
static const char *disagreement(const hr_device_name *a, const hr_device_name *b) {
  if (texts_differ(a->job, b->job)) return "jobs";
  if (differ(a->replica, b->replica)) return "replicas";
  if (differ(a->task, b->task)) return "tasks";
  if (texts_differ(a->type, b->type)) return "types";
  return differ(a->id, b->id) ? "ids" : NULL;
}

bool hr_device_names_agree(const hr_device_name *a, const hr_device_name *b) { return !disagreement(a, b); }

hr_status hr_device_name_merge(hr_device_name *into, const hr_device_name *other, bool soft) {
  hr_device_name merged = *into, rest = *other;
  if (soft && (texts_differ(merged.type, rest.type) || differ(merged.id, rest.id))) {
    if (texts_differ(merged.type, rest.type)) merged.type[0] = rest.type[0] = '\0';
    merged.id = rest.id = -1;
  }
  const char *parts = disagreement(&merged, &rest);
  if (parts) {
    char one[HR_DEVICE_NAME_TEXT], two[HR_DEVICE_NAME_TEXT];
    return hr_error(HR_INVALID_ARGUMENT, "Cannot merge devices with incompatible %s: '%s' and '%s'", parts,
                    hr_device_name_text(into, one), hr_device_name_text(other, two));
  }
  if (!merged.job[0]) memcpy(merged.job, rest.job, sizeof merged.job);
  if (!merged.type[0]) memcpy(merged.type, rest.type, sizeof merged.type);
  if (merged.replica < 0) merged.replica = rest.replica;
  if (merged.task < 0) merged.task = rest.task;
  if (merged.id < 0) merged.id = rest.id;
  *into = merged;
  return HR_SUCCESS;
}

char *hr_device_name_text(const hr_device_name *name, char *text) {
  char *end = text;
  *end = '\0';
  if (name->job[0]) end += sprintf(end, "/job:%s", name->job);
  if (name->replica >= 0) end += sprintf(end, "/replica:%d", name->replica);
  if (name->task >= 0) end += sprintf(end, "/task:%d", name->task);
  if (!name->type[0] && name->id < 0) return text;
  end += sprintf(end, "/device:%s:", name->type[0] ? name->type : "*");
  if (name->id >= 0)
    sprintf(end, "%d", name->id);
  else
    sprintf(end, "*");
  return text;
}
