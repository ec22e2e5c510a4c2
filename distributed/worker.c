#include "distributed/worker.h"
#include <stdio.h>
#include <stdlib.h>

/* Devices carry the task's name. */
static hr_status name_devices(hr_worker *worker) {
  for (int32_t i = 0; i < worker->devices.count; ++i) {
    hr_device *device = worker->devices.devices[i];
    const char *local = strstr(device->name, "/device:");
    char name[sizeof device->name];
    int length = snprintf(name, sizeof name, "%s%s", worker->name, local ? local : device->name);
    if (length < 0 || (size_t)length >= sizeof name)
      return hr_error(HR_INVALID_ARGUMENT, "The name of the task %s is too long", worker->name);
    memcpy(device->name, name, (size_t)length + 1);
  }
  return HR_SUCCESS;
}

hr_status hr_worker_new(const char *task, const hr_session_options *options, hr_peers *peers, hr_tls *tls,
                        hr_worker **out) {
  hr_worker *worker = calloc(1, sizeof *worker);
  if (!worker) return hr_error_out_of_memory(sizeof *worker, "a worker");
  pthread_mutex_init(&worker->lock, NULL);
  worker->name = strdup(task);
  worker->options = *options;
  worker->options.target = "";
  worker->peers = hr_peers_ref(peers);
  worker->tls = tls;
  hr_meetings_init(&worker->meetings, worker->name);
  worker->resources = hr_resource_manager_new("localhost");
  hr_status status = worker->name && worker->resources ? HR_SUCCESS : hr_error_out_of_memory(0, "a worker");
  if (!status) status = hr_device_set_init(&worker->devices, &worker->options);
  if (!status) status = name_devices(worker);
  if (!status) status = hr_worker_open_session(worker, "", NULL, false);
  if (status) {
    hr_worker_free(worker);
    return status;
  }
  *out = worker;
  return HR_SUCCESS;
}

static void forget_sessions(hr_worker *worker) {
  while (worker->sessions) {
    hr_worker_session *session = worker->sessions;
    if (session->is_implicit)
      atomic_fetch_add(&session->references, 1); /* it leaves the list by itself */
    else
      worker->sessions = session->next;
    hr_worker_forget_parts(worker, session);
    hr_worker_session_unref(session);
  }
}

void hr_worker_free(hr_worker *worker) {
  if (!worker) return;
  hr_meetings_clear(&worker->meetings);
  forget_sessions(worker);
  hr_resource_manager_unref(worker->resources);
  hr_device_set_clear(&worker->devices);
  hr_peers_unref(worker->peers);
  pthread_mutex_destroy(&worker->lock);
  free(worker->name);
  free(worker);
}

void hr_worker_reset(hr_worker *worker, size_t count, char *const *names) {
  if (count == 0) hr_resource_clear_container(worker->resources, NULL);
  for (size_t i = 0; i < count; ++i)
    hr_resource_clear_container(worker->resources, names[i]);
  atomic_fetch_add(&worker->resets, 1);
}

void hr_worker_stop(hr_worker *worker) {
  pthread_mutex_lock(&worker->lock);
  for (hr_part *part = worker->parts; part; part = part->next) {
    pthread_mutex_lock(&part->lock);
    for (hr_prepared *p = part->prepared; p; p = p->next)
      hr_prepared_cancel(p);
    for (hr_prepared *p = part->retired; p; p = p->next)
      hr_prepared_cancel(p);
    pthread_mutex_unlock(&part->lock);
  }
  pthread_mutex_unlock(&worker->lock);
}
