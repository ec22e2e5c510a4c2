#include "runtime/base/log.h"

#include "runtime/base/clock.h"
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int shown_from(void) {
  static _Atomic int level = -1; /* read once: getenv beside a setenv of another thread is a race */
  int value = atomic_load_explicit(&level, memory_order_relaxed);
  if (value < 0) {
    const char *text = getenv("HEADRACE_MIN_LOG_LEVEL");
    if (!text) text = getenv("TF_CPP_MIN_LOG_LEVEL"); /* which programs set before they import TensorFlow */
    value = text && *text >= '0' && *text <= '3' ? *text - '0' : HR_LOG_INFO;
    atomic_store_explicit(&level, value, memory_order_relaxed);
  }
  return value;
}

void hr_log_write(hr_log_level level, const char *file, int line, const char *format, ...) {
  if ((int)level < shown_from()) return;
  int64_t now = hr_now_micros();
  time_t seconds = (time_t)(now / 1000000);
  struct tm local;
  char date[32] = "";
  if (localtime_r(&seconds, &local)) strftime(date, sizeof date, "%Y-%m-%d %H:%M:%S", &local);
  const char *slash = strrchr(file, '/');
  va_list arguments;
  va_start(arguments, format);
  flockfile(stderr); /* one line stays one line */
  fprintf(stderr, "%s.%06d: %c %s:%d] ", date, (int)(now % 1000000), "IWE"[level], slash ? slash + 1 : file, line);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  funlockfile(stderr);
  va_end(arguments);
}
