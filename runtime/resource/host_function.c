#include "runtime/resource/host_function.h"
#include "runtime/base/text.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS 256

static pthread_mutex_t registry_lock = PTHREAD_MUTEX_INITIALIZER; /* guards what follows */
static hr_host_entry *registry[BUCKETS];
static int64_t next_number;

static hr_host_entry **bucket_of(const char *token) { return &registry[hr_hash_bytes(token, strlen(token)) % BUCKETS]; }

/* Where the entry hangs; lock held. */
static hr_host_entry **find_link(const char *token) {
  hr_host_entry **link = bucket_of(token);
  while (*link && strcmp((*link)->token, token) != 0)
    link = &(*link)->next;
  return link;
}

hr_status hr_host_function_register(hr_host_function function, void *argument, void (*destroy)(void *argument),
                                    char token[HR_HOST_TOKEN_SIZE]) {
  hr_host_entry *entry = malloc(sizeof *entry);
  if (!entry) {
    if (destroy) destroy(argument);
    return hr_error_out_of_memory(sizeof *entry, "a host function");
  }
  *entry = (hr_host_entry){.function = function, .argument = argument, .destroy = destroy, .references = 1};
  pthread_mutex_lock(&registry_lock);
  snprintf(entry->token, sizeof entry->token, "pyfunc_%lld", (long long)next_number++);
  memcpy(token, entry->token, sizeof entry->token);
  hr_host_entry **bucket = bucket_of(token);
  entry->next = *bucket;
  *bucket = entry;
  pthread_mutex_unlock(&registry_lock);
  return HR_SUCCESS;
}

void hr_host_function_unregister(const char *token) {
  pthread_mutex_lock(&registry_lock);
  hr_host_entry **link = find_link(token), *entry = *link;
  if (entry) *link = entry->next;
  pthread_mutex_unlock(&registry_lock);
  if (entry) hr_host_function_release(entry);
}

hr_host_entry *hr_host_function_find(const char *token) {
  pthread_mutex_lock(&registry_lock);
  hr_host_entry *entry = *find_link(token);
  if (entry) atomic_fetch_add_explicit(&entry->references, 1, memory_order_relaxed);
  pthread_mutex_unlock(&registry_lock);
  return entry;
}

void hr_host_function_release(hr_host_entry *entry) {
  if (atomic_fetch_sub_explicit(&entry->references, 1, memory_order_acq_rel) != 1) return;
  if (entry->destroy) entry->destroy(entry->argument);
  free(entry);
}
