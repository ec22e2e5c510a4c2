/* The host functions of the process, by token (headrace/host_function.h). */
#ifndef HR_RUNTIME_RESOURCE_HOST_FUNCTION_H
#define HR_RUNTIME_RESOURCE_HOST_FUNCTION_H

#include "headrace/host_function.h"

/* A registration that outlasts hr_host_function_unregister while somebody holds it. */
typedef struct hr_host_entry {
  struct hr_host_entry *next; /* in its bucket */
  hr_host_function function;
  void *argument;
  void (*destroy)(void *argument);
  _Atomic int32_t references;
  char token[HR_HOST_TOKEN_SIZE];
} hr_host_entry;

/* The entry of a token, to be released; NULL where there is none. */
hr_host_entry *hr_host_function_find(const char *token);
void hr_host_function_release(hr_host_entry *entry);

#endif
