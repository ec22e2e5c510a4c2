#include "kernels_cpu/accumulator.h"
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/row_arithmetic.h"
#include "runtime/base/log.h"
#include "runtime/exec/step.h"
#include "runtime/resource/object_handle.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define CONTAINER(pointer, type, member) ((type *)((char *)(pointer)-offsetof(type, member)))

struct hr_accumulator_waiter {
  hr_accumulator_waiter *next;
  hr_accumulator *accumulator; /* the node's handle keeps it */
  hr_cancel_watch watch;
  hr_kernel_context *ctx;
  hr_done_function done;
  void *argument;
  int64_t required;
  bool is_queued, is_cancelled; /* the accumulator's lock guards them */
  hr_status status;
};

/* ---- making ---------------------------------------------------------------------------------------------------- */

static void clear_sum(hr_accumulator *a) {
  hr_tensor_clear(&a->sum);
  a->sum = (hr_tensor){0};
  hr_slice_sums_clear(a);
  a->count = 0;
}

static void destroy(hr_resource *resource) {
  hr_accumulator *a = (hr_accumulator *)resource;
  clear_sum(a);
  pthread_mutex_destroy(&a->lock);
  free(a->name);
  free(a);
}
const hr_resource_type hr_accumulator_type = {.name = "ConditionalAccumulator", .destroy = destroy};

hr_status hr_accumulator_make(void *construction, hr_resource **out) {
  const hr_kernel_construction *c = construction;
  const hr_attr_value *shape, *reduction;
  hr_dtype dtype;
  HR_TRY(hr_construction_type(c, "dtype", &dtype));
  HR_TRY(hr_construction_attr(c, "shape", &shape));
  HR_TRY(hr_construction_attr(c, "reduction_type", &reduction));
  hr_accumulator *a = calloc(1, sizeof *a);
  char *name = hr_object_name(c);
  if (!a || !name || pthread_mutex_init(&a->lock, NULL) != 0) {
    free(a);
    free(name);
    return hr_error_out_of_memory(sizeof *a, "an accumulator");
  }
  hr_resource_init(&a->resource, &hr_accumulator_type);
  a->is_sparse = strcmp(hr_node_op(c->node), "SparseConditionalAccumulator") == 0;
  a->is_mean = strcmp(reduction->s, "MEAN") == 0;
  a->dtype = dtype;
  a->name = name;
  a->shape = *shape->shape;
  a->last = &a->first;
  *out = &a->resource;
  return HR_SUCCESS;
}

const char *hr_accumulator_name(const hr_resource *accumulator) { return ((const hr_accumulator *)accumulator)->name; }

/* ---- dense sums ------------------------------------------------------------------------------------------------ */

typedef struct row_job {
  hr_binary_loop *loop;
  size_t size;
  char *to;
  const char *value;
  hr_operands operands;
} row_job;

static void row_range(void *argument, int64_t begin, int64_t end) {
  const row_job *job = argument;
  char *to = job->to + (size_t)begin * job->size;
  const char *value = job->operands == HR_BOTH_ROWS ? job->value + (size_t)begin * job->size : job->value;
  job->loop(to, to, value, end - begin, job->operands);
}

static hr_status shape_mismatch(const char *expected, const hr_tensor *got) {
  return hr_error(HR_INVALID_ARGUMENT, "Shape mismatch: expected %s, got %s", expected, HR_TENSOR_SHAPE_TEXT(got));
}

static hr_status check_dense(const hr_accumulator *a, const hr_tensor *gradient) {
  if (a->count > 0)
    return hr_same_shape(&a->sum, gradient) ? HR_SUCCESS : shape_mismatch(HR_TENSOR_SHAPE_TEXT(&a->sum), gradient);
  bool fits = a->shape.rank < 0 || a->shape.rank == gradient->rank;
  for (int i = 0; fits && i < a->shape.rank; ++i)
    fits = a->shape.dims[i] < 0 || a->shape.dims[i] == gradient->dims[i];
  char text[HR_SHAPE_TEXT];
  return fits ? HR_SUCCESS : shape_mismatch(hr_partial_shape_text(&a->shape, text), gradient);
}

static hr_status add_dense(hr_kernel_context *ctx, hr_accumulator *a, hr_gradient_inputs g) {
  const hr_tensor *gradient = hr_input(ctx, g.values);
  HR_TRY(check_dense(a, gradient));
  if (a->count == 0) return hr_keep_input(ctx, g.values, &a->sum);
  row_job job = {hr_row_loop(HR_ROW_ADD, a->dtype), hr_dtype_size(a->dtype), hr_tensor_data(&a->sum),
                 hr_tensor_data(gradient), HR_BOTH_ROWS};
  hr_parallel_for(ctx, gradient->elements, 0.2, row_range, &job);
  return HR_SUCCESS;
}

void hr_divisor(hr_dtype dtype, int64_t count, void *out) {
  double wide = (double)count;
  float narrow = (float)count;
  hr_half half = hr_half_from_float(narrow);
  if (dtype == HR_DOUBLE)
    memcpy(out, &wide, sizeof wide);
  else if (dtype == HR_FLOAT)
    memcpy(out, &narrow, sizeof narrow);
  else
    memcpy(out, &half, sizeof half);
}

static void average_dense(hr_kernel_context *ctx, hr_accumulator *a) {
  char divisor[sizeof(double)];
  hr_divisor(a->dtype, a->count, divisor);
  row_job job = {hr_row_loop(HR_ROW_DIV, a->dtype), hr_dtype_size(a->dtype), hr_tensor_data(&a->sum), divisor,
                 HR_RIGHT_SCALAR};
  hr_parallel_for(ctx, a->sum.elements, 0.2, row_range, &job);
}

/* ---- adding and taking ----------------------------------------------------------------------------------------- */

/* The sum goes to the outputs of a Take. Lock held. */
static hr_status output_sum(hr_kernel_context *ctx, hr_accumulator *a) {
  ++a->step;
  hr_status status = HR_SUCCESS;
  if (a->is_sparse) {
    if (a->is_mean) hr_slice_sums_average(a);
    status = hr_slice_sums_output(ctx, a);
  } else {
    if (a->is_mean) average_dense(ctx, a);
    hr_output_move(ctx, 0, &a->sum);
  }
  clear_sum(a);
  return status;
}

/* Waiters that have enough leave the queue; the list of them is ended without the lock. Lock held. */
static hr_accumulator_waiter *serve(hr_accumulator *a) {
  hr_accumulator_waiter *served = NULL, **end = &served;
  while (a->first && a->count >= a->first->required) {
    hr_accumulator_waiter *w = a->first;
    a->first = w->next;
    if (!a->first) a->last = &a->first;
    w->next = NULL;
    w->is_queued = false;
    w->status = output_sum(w->ctx, a);
    *end = w;
    end = &w->next;
  }
  return served;
}

static void end_waiter(hr_accumulator_waiter *w, hr_status status) {
  hr_done_function done = w->done;
  void *argument = w->argument;
  free(w);
  done(argument, status);
}

static void end_served(hr_accumulator_waiter *served) {
  while (served) {
    hr_accumulator_waiter *next = served->next;
    hr_unwatch_cancel(served->ctx, &served->watch);
    end_waiter(served, served->status);
    served = next;
  }
}

hr_status hr_accumulator_add(hr_kernel_context *ctx, hr_accumulator *a, int64_t step, hr_gradient_inputs gradient) {
  hr_accumulator_waiter *served = NULL;
  hr_status status = HR_SUCCESS;
  hr_dtype dtype = hr_tensor_dtype(hr_input(ctx, gradient.values));
  if (dtype != a->dtype)
    return hr_error(HR_INVALID_ARGUMENT, "The accumulator holds gradients of %s, not of %s", hr_dtype_name(a->dtype),
                    hr_dtype_name(dtype));
  pthread_mutex_lock(&a->lock);
  if (step >= a->step) {
    if (a->is_sparse) status = hr_slice_sums_check(ctx, a, gradient);
    if (!status) status = a->is_sparse ? hr_slice_sums_add(ctx, a, gradient) : add_dense(ctx, a, gradient);
    if (!status) {
      ++a->count;
      served = serve(a);
    }
  }
  pthread_mutex_unlock(&a->lock);
  end_served(served);
  return status;
}

int64_t hr_accumulator_count(hr_accumulator *a) {
  pthread_mutex_lock(&a->lock);
  int64_t count = a->count;
  pthread_mutex_unlock(&a->lock);
  return count;
}

void hr_accumulator_set_step(hr_accumulator *a, int64_t step) {
  pthread_mutex_lock(&a->lock);
  int64_t before = a->step;
  a->step = step;
  pthread_mutex_unlock(&a->lock);
  if (step < before)
    HR_LOG(HR_LOG_WARNING, "The step of accumulator %s goes back from %" PRId64 " to %" PRId64, a->name, before, step);
}

/* ---- waiting --------------------------------------------------------------------------------------------------- */

static hr_status cancellation_error(const hr_kernel_context *ctx) {
  return hr_cancellation_error(hr_cancellation_reason(&ctx->step->cancellation));
}

static void cancelled(hr_cancel_watch *watch) {
  hr_accumulator_waiter *w = CONTAINER(watch, hr_accumulator_waiter, watch);
  hr_accumulator *a = w->accumulator;
  pthread_mutex_lock(&a->lock);
  w->is_cancelled = true;
  bool was_queued = w->is_queued;
  if (was_queued) {
    hr_accumulator_waiter **link = &a->first;
    while (*link != w)
      link = &(*link)->next;
    *link = w->next;
    if (!w->next) a->last = link;
  }
  /* The one who left the queue may have been the only one that those behind it waited for. */
  hr_accumulator_waiter *served = was_queued ? serve(a) : NULL;
  pthread_mutex_unlock(&a->lock);
  end_served(served);
  if (was_queued) end_waiter(w, cancellation_error(w->ctx));
}

void hr_accumulator_take(hr_kernel_context *ctx, hr_accumulator *a, int64_t required, hr_done_function done,
                         void *argument) {
  hr_accumulator_waiter *w = calloc(1, sizeof *w);
  if (!w) {
    done(argument, hr_error_out_of_memory(sizeof *w, "a waiting Take"));
    return;
  }
  *w = (hr_accumulator_waiter){.accumulator = a,
                               .watch.cancel = cancelled,
                               .ctx = ctx,
                               .done = done,
                               .argument = argument,
                               .required = required};
  if (!hr_watch_cancel(ctx, &w->watch)) {
    end_waiter(w, cancellation_error(ctx));
    return;
  }
  /* The run may be cancelled from here on, before the Take stands in the queue. */
  hr_accumulator_waiter *served = NULL;
  pthread_mutex_lock(&a->lock);
  bool is_cancelled = w->is_cancelled;
  if (!is_cancelled) {
    w->is_queued = true;
    *a->last = w;
    a->last = &w->next;
    served = serve(a);
  }
  pthread_mutex_unlock(&a->lock);
  end_served(served);
  if (is_cancelled) {
    hr_unwatch_cancel(ctx, &w->watch);
    end_waiter(w, cancellation_error(ctx));
  }
}
