#include "distributed/notice.h"
#include <stddef.h>

void hr_notice_init(hr_notice *notice) {
  *notice = (hr_notice){0};
  pthread_mutex_init(&notice->lock, NULL);
  pthread_cond_init(&notice->has_run, NULL);
}

void hr_notice_clear(hr_notice *notice) {
  pthread_mutex_destroy(&notice->lock);
  pthread_cond_destroy(&notice->has_run);
}

bool hr_notice_want(hr_notice *notice, void (*notify)(void *argument), void *argument) {
  pthread_mutex_lock(&notice->lock);
  bool may = !notice->is_given;
  if (may) {
    notice->notify = notify;
    notice->argument = argument;
  }
  pthread_mutex_unlock(&notice->lock);
  return may;
}

void hr_notice_give(hr_notice *notice) {
  pthread_mutex_lock(&notice->lock);
  notice->is_given = true;
  void (*notify)(void *) = notice->notify;
  notice->notify = NULL;
  notice->is_running = notify != NULL;
  notice->runner = pthread_self();
  pthread_mutex_unlock(&notice->lock);
  if (!notify) return;
  notify(notice->argument);
  pthread_mutex_lock(&notice->lock);
  notice->is_running = false;
  pthread_cond_broadcast(&notice->has_run);
  pthread_mutex_unlock(&notice->lock);
}

bool hr_notice_is_given(hr_notice *notice) {
  pthread_mutex_lock(&notice->lock);
  bool is_given = notice->is_given;
  pthread_mutex_unlock(&notice->lock);
  return is_given;
}

void hr_notice_end(hr_notice *notice) {
  pthread_mutex_lock(&notice->lock);
  notice->notify = NULL;
  while (notice->is_running && !pthread_equal(notice->runner, pthread_self()))
    pthread_cond_wait(&notice->has_run, &notice->lock);
  pthread_mutex_unlock(&notice->lock);
}
