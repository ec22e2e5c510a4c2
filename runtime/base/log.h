/* Log lines on stderr in TensorFlow's format ("2026-01-01 12:00:00.000000: I file.c:12] text"), by level.
 * HEADRACE_MIN_LOG_LEVEL, or TensorFlow's TF_CPP_MIN_LOG_LEVEL, says what is shown: 0 all (the default), 1 warnings and
 * errors, 2 errors, 3 nothing. */
#ifndef HR_RUNTIME_BASE_LOG_H
#define HR_RUNTIME_BASE_LOG_H

#include "headrace/status.h"

typedef enum hr_log_level { HR_LOG_INFO = 0, HR_LOG_WARNING = 1, HR_LOG_ERROR = 2 } hr_log_level;

void hr_log_write(hr_log_level level, const char *file, int line, const char *format, ...) HR_PRINTF(4, 5);
#define HR_LOG(level, ...) hr_log_write((level), __FILE__, __LINE__, __VA_ARGS__)

#endif
