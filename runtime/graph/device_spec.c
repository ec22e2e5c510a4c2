#include "runtime/graph/device_spec.h"

#include <stdlib.h>
#include <strings.h>

/* Splits off the text before the next `separator`. */
static hr_view next_part(hr_view *rest, char separator) {
  const char *end = memchr(rest->data, separator, rest->length);
  size_t length = end ? (size_t)(end - rest->data) : rest->length;
  hr_view part = {rest->data, length};
  size_t used = length + (end ? 1 : 0);
  rest->data += used;
  rest->length -= used;
  return part;
}

static hr_status parse_index(hr_view text, int64_t *out) {
  char digits[24], *end = digits;
  if (text.length > 0 && text.length < sizeof digits) {
    memcpy(digits, text.data, text.length);
    digits[text.length] = '\0';
    *out = strtoll(digits, &end, 10);
  }
  if (end == digits || *end != '\0')
    return hr_error(HR_INVALID_ARGUMENT, "invalid literal for int() with base 10: '%.*s'", (int)text.length, text.data);
  return HR_SUCCESS;
}

/* "GPU" and "CPU" in any case are written in capitals. */
static bool is_cpu_or_gpu(hr_view text) {
  return text.length == 3 && (strncasecmp(text.data, "cpu", 3) == 0 || strncasecmp(text.data, "gpu", 3) == 0);
}

static hr_status set_type(hr_device_spec *spec, hr_view type, const hr_view *index, const char *text) {
  if (spec->has_type) return hr_error(HR_INVALID_ARGUMENT, "Cannot specify multiple device types: %s", text);
  spec->has_type = true;
  spec->type = type;
  if (is_cpu_or_gpu(type)) spec->type = (type.data[0] | 0x20) == 'c' ? HR_VIEW("CPU") : HR_VIEW("GPU");
  if (!index || hr_view_equal(*index, HR_VIEW("*"))) return HR_SUCCESS;
  spec->has_index = true;
  return parse_index(*index, &spec->index);
}

hr_status hr_device_spec_parse(const char *text, hr_device_spec *out) {
  *out = (hr_device_spec){0};
  for (hr_view rest = hr_view_of(text); rest.length > 0;) {
    hr_view part = next_part(&rest, '/'), whole = part, word[3] = {{0}};
    int words = 0;
    bool ends_open = part.length > 0 && part.data[part.length - 1] == ':';
    while (part.length > 0 && words < 3)
      word[words++] = next_part(&part, ':');
    if (ends_open && part.length == 0 && words < 3) word[words++] = (hr_view){whole.data + whole.length, 0};
    if (part.length > 0) words = 4;
    if (words == 2 && hr_view_equal(word[0], HR_VIEW("job"))) {
      out->has_job = true;
      out->job = word[1];
    } else if (words == 2 && hr_view_equal(word[0], HR_VIEW("replica"))) {
      out->has_replica = true;
      HR_TRY(parse_index(word[1], &out->replica));
    } else if (words == 2 && hr_view_equal(word[0], HR_VIEW("task"))) {
      out->has_task = true;
      HR_TRY(parse_index(word[1], &out->task));
    } else if ((words == 1 || words == 2) && is_cpu_or_gpu(word[0])) {
      HR_TRY(set_type(out, word[0], words == 2 ? &word[1] : NULL, text));
    } else if (words == 3 && hr_view_equal(word[0], HR_VIEW("device"))) {
      HR_TRY(set_type(out, word[1], &word[2], text));
    } else if (word[0].length > 0) {
      return hr_error(HR_INVALID_ARGUMENT, "Unknown attribute: '%.*s' in '%s'", (int)word[0].length, word[0].data,
                      text);
    }
  }
  return HR_SUCCESS;
}

hr_device_spec hr_device_spec_merge(const hr_device_spec *outer, const hr_device_spec *inner) {
  hr_device_spec merged = *outer;
  if (inner->has_job) merged.job = inner->job, merged.has_job = true;
  if (inner->has_replica) merged.replica = inner->replica, merged.has_replica = true;
  if (inner->has_task) merged.task = inner->task, merged.has_task = true;
  if (inner->has_type) merged.type = inner->type, merged.has_type = true;
  if (inner->has_index) merged.index = inner->index, merged.has_index = true;
  return merged;
}

void hr_device_spec_text(const hr_device_spec *spec, hr_text *text) {
  hr_text_add(text, "", 0);
  if (spec->has_job) hr_text_printf(text, "/job:%.*s", (int)spec->job.length, spec->job.data);
  if (spec->has_replica) hr_text_printf(text, "/replica:%lld", (long long)spec->replica);
  if (spec->has_task) hr_text_printf(text, "/task:%lld", (long long)spec->task);
  if (!spec->has_type) return;
  hr_text_printf(text, "/device:%.*s:", (int)spec->type.length, spec->type.data);
  if (spec->has_index)
    hr_text_printf(text, "%lld", (long long)spec->index);
  else
    hr_text_add(text, "*", 1);
}
