/* Streams: what a device does in the order it was given, on a thread of its own, while the giver goes on. After a fork
 * the child's streams are empty and get new threads. */
#ifndef HR_RUNTIME_DEVICE_STREAM_H
#define HR_RUNTIME_DEVICE_STREAM_H

#include "headrace/status.h"
#include <stdint.h>

/* How much may wait in a stream; who gives more waits, too. */
#define HR_STREAM_CAPACITY 1024

typedef struct hr_stream hr_stream;

/* A piece of work: run(argument, index, detail). */
typedef struct hr_stream_work {
  void (*run)(void *argument, int32_t index, int32_t detail);
  void *argument;
  int32_t index, detail;
} hr_stream_work;

/* Its thread starts with the first piece of work. ResourceExhausted. */
HR_MUST_USE hr_status hr_stream_new(hr_stream **out);
/* Waits until all work is done; NULL is allowed. */
void hr_stream_free(hr_stream *stream);
/* From any thread but the stream's. ResourceExhausted where no thread can be had: then the work is not done. */
HR_MUST_USE hr_status hr_stream_submit(hr_stream *stream, const hr_stream_work *work);

/* Does call(argument) in its turn and waits for it. */
HR_MUST_USE hr_status hr_stream_call(hr_stream *stream, void (*call)(void *argument), void *argument);

#endif
