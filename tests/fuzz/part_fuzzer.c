/* GraphDefs that masters register with a worker. */
#include "distributed/worker.h"
#include <stdint.h>

static hr_worker *worker;
static hr_worker_session *session;

static void set_up(void) {
  hr_peers *peers;
  hr_status status = hr_peers_new(NULL, NULL, &peers);
  if (!status) status = hr_worker_new("/job:ps/replica:0/task:0", &(hr_session_options){0}, peers, NULL, &worker);
  if (!status) status = hr_worker_find_session(worker, (hr_view){0}, &session);
  if (status) __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (!worker) set_up();
  hr_part *part = NULL;
  hr_status_free(hr_worker_register_def(worker, session, (hr_view){(const char *)data, size}, 0, &part));
  if (part) hr_status_free(hr_worker_deregister(worker, (hr_view){part->handle, strlen(part->handle)}));
  hr_part_unref(part);
  return 0;
}
