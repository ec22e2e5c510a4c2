/* headrace-server: one task of a cluster.
 *
 *   headrace-server --cluster "ps=host:2222;worker=host:2223,host:2224" --job ps --task 0
 *
 * Without options the environment's TF_CONFIG says it. Runs until it is interrupted. */
#include "headrace/server.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static volatile sig_atomic_t interrupted;
static void on_signal(int number) {
  (void)number;
  interrupted = 1;
}
static hr_status look_for_signal(void *argument) {
  (void)argument;
  return interrupted ? hr_error(HR_CANCELLED, "interrupted") : HR_SUCCESS;
}

static int fail(hr_status status) {
  fprintf(stderr, "headrace-server: %s\n", hr_status_message(status));
  hr_status_free(status);
  return 1;
}

static int usage(void) {
  fprintf(stderr, "usage: headrace-server [--cluster \"JOB=HOST:PORT,HOST:PORT;JOB=...\" --job JOB --task NUMBER]\n"
                  "Without options the task is the one that TF_CONFIG names.\n");
  return 2;
}

static hr_status serve(hr_server *server) {
  HR_TRY(hr_server_start(server));
  printf("%s\n", hr_server_target(server));
  fflush(stdout);
  HR_TRY(hr_set_poll(look_for_signal, NULL));
  hr_status status = hr_server_join(server);
  if (interrupted) {
    hr_status_free(status);
    status = HR_SUCCESS;
  }
  return status;
}

int main(int argc, char **argv) {
  const char *cluster = NULL, *job = NULL, *task = "0";
  for (int i = 1; i < argc; i += 2) {
    const char **value = strcmp(argv[i], "--cluster") == 0 ? &cluster
                         : strcmp(argv[i], "--job") == 0   ? &job
                         : strcmp(argv[i], "--task") == 0  ? &task
                                                           : NULL;
    if (!value || i + 1 == argc) return usage();
    *value = argv[i + 1];
  }
  if (!cluster != !job) return usage();
  signal(SIGINT, on_signal);
  signal(SIGTERM, on_signal);
  hr_owned_bytes def;
  hr_server *server = NULL;
  hr_status status = cluster ? hr_server_def_new(cluster, job, atoi(task), &def) : hr_server_def_from_environment(&def);
  if (!status) status = hr_server_new(def.data, def.length, NULL, &server);
  free(def.data);
  if (!status) status = serve(server);
  hr_server_free(server);
  return status ? fail(status) : 0;
}
