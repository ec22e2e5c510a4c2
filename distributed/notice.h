/* The notice that the client of a call has gone, for both transports: what stands behind hr_rpc_on_cancel. */
#ifndef HR_DISTRIBUTED_NOTICE_H
#define HR_DISTRIBUTED_NOTICE_H

#include <pthread.h>
#include <stdbool.h>

typedef struct hr_notice {
  pthread_mutex_t lock; /* guards what follows */
  pthread_cond_t has_run;
  bool is_given;
  bool is_running; /* on `runner` */
  pthread_t runner;
  void (*notify)(void *argument);
  void *argument;
} hr_notice;

void hr_notice_init(hr_notice *notice);
void hr_notice_clear(hr_notice *notice);
/* `notify(argument)` is called when the notice is given. False: it was given already, and nothing is called. */
bool hr_notice_want(hr_notice *notice, void (*notify)(void *argument), void *argument);
/* The client has gone: calls whoever wants to know, on this thread. Once. */
void hr_notice_give(hr_notice *notice);
bool hr_notice_is_given(hr_notice *notice);
/* Nothing is called after this, and nothing is being called, unless it is what called this. */
void hr_notice_end(hr_notice *notice);

#endif
