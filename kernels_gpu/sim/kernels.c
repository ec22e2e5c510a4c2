#include "kernels_gpu/sim/kernels.h"
#include "runtime/plan/fuse.h"
#include "runtime/plan/kernel_registry.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* A constant's value is copied into the device's memory. */
static hr_status device_constant(hr_kernel_context *ctx) {
  const hr_tensor *value = hr_node_attr(hr_context_node(ctx), "value")->tensor;
  hr_shape shape = hr_tensor_shape(value);
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (value->elements > 0) memcpy(hr_tensor_data(out), hr_tensor_data(value), hr_tensor_bytes(value));
  return HR_SUCCESS;
}

/* What the CPU has, while the registry is read. */
typedef struct listing {
  const hr_kernel_def **kernels;
  size_t count, capacity;
  bool failed;
} listing;

static void note_kernel(void *argument, const hr_kernel_def *kernel) {
  listing *l = argument;
  if ((kernel->device && strcmp(kernel->device, "CPU") != 0) || !kernel->compute) return;
  if (l->count == l->capacity) {
    size_t capacity = l->capacity ? 2 * l->capacity : 1024;
    const hr_kernel_def **kernels = realloc(l->kernels, sizeof *kernels * capacity);
    if (!kernels) {
      l->failed = true;
      return;
    }
    l->kernels = kernels;
    l->capacity = capacity;
  }
  l->kernels[l->count++] = kernel;
}

#define MAX_TYPES (sizeof((hr_kernel_def){0}.types) / sizeof(hr_kernel_types))

/* Adds a constraint to those there are; false where no type meets both. */
static bool constrain(hr_kernel_def *kernel, const hr_kernel_types *more) {
  size_t i = 0;
  while (i < MAX_TYPES && kernel->types[i].attr && strcmp(kernel->types[i].attr, more->attr) != 0)
    ++i;
  if (i == MAX_TYPES) return false;
  if (!kernel->types[i].attr)
    kernel->types[i] = *more;
  else
    kernel->types[i].types &= more->types;
  return kernel->types[i].types != 0;
}

/* The CPU's kernel for the types of a line; false where it has none of them. */
static bool borrow(const hr_kernel_def *kernel, const sim_kernel *line, hr_kernel_def *out) {
  *out = *kernel;
  out->device = SIM_DEVICE_TYPE;
  out->host_memory = line->host_memory;
  if (strcmp(kernel->op, "Const") == 0 && !line->host_memory) out->compute = device_constant;
  for (size_t i = 0; i < MAX_TYPES && line->types[i].attr; ++i)
    if (!constrain(out, &line->types[i])) return false;
  return true;
}

static hr_status register_line(const listing *l, const sim_kernel *line) {
  for (size_t k = 0; k < l->count; ++k) {
    hr_kernel_def borrowed;
    if (strcmp(l->kernels[k]->op, line->op) != 0 || !borrow(l->kernels[k], line, &borrowed)) continue;
    hr_kernel_def *kept = malloc(sizeof *kept); /* for ever, as the registry wants it */
    if (!kept) return hr_error_out_of_memory(sizeof *kept, "a kernel");
    *kept = borrowed;
    HR_TRY(hr_register_kernel(kept));
  }
  return HR_SUCCESS;
}

/* The table's, and what plans make of their elementwise nodes. */
static hr_status register_borrowed(const listing *l) {
  static const sim_kernel fused = {.op = HR_FUSED_OP};
  for (int i = 0; i < sim_kernels_count; ++i)
    HR_TRY(register_line(l, &sim_kernels[i]));
  return register_line(l, &fused);
}

static hr_status register_all(void) {
  listing l = {0};
  hr_kernel_each(note_kernel, &l);
  hr_status status = l.failed ? hr_error_out_of_memory(0, "the kernels of accelerators") : register_borrowed(&l);
  free(l.kernels);
  return status;
}

hr_status sim_kernels_register(void) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards the next */
  static bool is_done;
  pthread_mutex_lock(&lock);
  hr_status status = is_done ? HR_SUCCESS : register_all();
  is_done = is_done || !status;
  pthread_mutex_unlock(&lock);
  return status;
}
