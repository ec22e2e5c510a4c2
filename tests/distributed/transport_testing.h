/* A server with a few methods, for tests of the transport. */
#ifndef HR_TESTS_DISTRIBUTED_TRANSPORT_TESTING_H
#define HR_TESTS_DISTRIBUTED_TRANSPORT_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four before it */
#include <cmocka.h>

#include "distributed/channel.h"
#include "distributed/rpc_server.h"
#include "runtime/base/clock.h"
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define assert_ok(expression)                                                                                          \
  do {                                                                                                                 \
    hr_status status_ = (expression);                                                                                  \
    if (status_) fail_msg("%s: %s", #expression, hr_status_message(status_));                                          \
  } while (0)
#define assert_fails(expression, wanted, text)                                                                         \
  do {                                                                                                                 \
    hr_status status_ = (expression);                                                                                  \
    if (!status_) fail_msg("%s succeeded", #expression);                                                               \
    if (hr_status_code(status_) != (wanted) || !strstr(hr_status_message(status_), (text)))                            \
      fail_msg("%s: %s %s", #expression, hr_code_name(hr_status_code(status_)), hr_status_message(status_));           \
    hr_status_free(status_);                                                                                           \
  } while (0)

/* Waits at most two minutes. */
static inline void assert_posted(sem_t *semaphore) {
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += 120;
  assert_int_equal(sem_timedwait(semaphore, &until), 0);
}

/* A message of a text's bytes. */
static inline hr_slices message_of(const char *text) {
  hr_slices message = {0};
  hr_slices_add(&message, (hr_slice){text, strlen(text), NULL, NULL});
  return message;
}

/* What a message says, freed with free(). */
static inline char *text_of(const hr_slices *message) {
  char *text = calloc(1, message->bytes + 1);
  size_t at = 0;
  for (int32_t i = 0; i < message->count; ++i) {
    memcpy(text + at, message->slices[i].data, message->slices[i].length);
    at += message->slices[i].length;
  }
  return text;
}

/* Calls and waits; the answer's text, freed with free(). */
static inline hr_status ask(hr_channel *channel, const char *method, const char *text, int64_t timeout_ms,
                            char **answer) {
  hr_slices request = message_of(text), response;
  hr_call_options options = {.timeout_ms = timeout_ms};
  *answer = NULL;
  HR_TRY(hr_channel_call(channel, method, &request, &options, NULL, &response));
  *answer = text_of(&response);
  hr_slices_clear(&response);
  return HR_SUCCESS;
}

#endif
