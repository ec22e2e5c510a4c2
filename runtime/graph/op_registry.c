#include "runtime/graph/op_def.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Ops of loaded libraries: few, so a list does. */
static struct {
  pthread_mutex_t lock; /* of everything here */
  const hr_op_def **ops;
  int count, capacity;
} registered = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool name_equals(const char *name, const char *bytes, size_t length) {
  return strncmp(name, bytes, length) == 0 && name[length] == '\0';
}

/* Under the lock. */
static const hr_op_def *find_registered(const char *name, size_t length) {
  for (int i = 0; i < registered.count; ++i)
    if (name_equals(registered.ops[i]->name, name, length)) return registered.ops[i];
  return NULL;
}

const hr_op_def *hr_op_find(const char *name, size_t length) {
  int index = hr_ops_find(name, length);
  if (index >= 0) return &hr_ops[index];
  pthread_mutex_lock(&registered.lock);
  const hr_op_def *op = find_registered(name, length);
  pthread_mutex_unlock(&registered.lock);
  return op;
}

/* Under the lock. */
static hr_status add_registered(const hr_op_def *op) {
  size_t length = strlen(op->name);
  if (hr_ops_find(op->name, length) >= 0 || find_registered(op->name, length))
    return hr_error(HR_ALREADY_EXISTS, "Op with name %s", op->name);
  if (registered.count == registered.capacity) {
    int capacity = registered.capacity ? registered.capacity * 2 : 16;
    const hr_op_def **ops = realloc(registered.ops, (size_t)capacity * sizeof *ops);
    if (!ops) return hr_error_out_of_memory((size_t)capacity * sizeof *ops, "registered ops");
    registered.ops = ops;
    registered.capacity = capacity;
  }
  registered.ops[registered.count++] = op;
  return HR_SUCCESS;
}

hr_status hr_op_register(const hr_op_def *op) {
  pthread_mutex_lock(&registered.lock);
  hr_status status = add_registered(op);
  pthread_mutex_unlock(&registered.lock);
  return status;
}

int hr_op_attr_index(const hr_op_def *op, const char *name, size_t length) {
  for (int i = 0; i < op->num_attrs; ++i)
    if (name_equals(op->attrs[i].name, name, length)) return i;
  return -1;
}
