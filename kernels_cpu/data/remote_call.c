/* RemoteCall: a function on a device of the process that is named at run time. */
#include "kernels_cpu/arguments.h"
#include "runtime/graph/device_spec.h"
#include "runtime/graph/node.h"
#include "runtime/session/function_runner.h"
#include <stdlib.h>

/* The function, ready for a device that was asked for. */
typedef struct runner_on {
  struct runner_on *next;
  const hr_device *device;
  hr_function_runner *runner;
} runner_on;

typedef struct remote_call {
  pthread_mutex_t lock; /* guards what follows */
  runner_on *runners;
} remote_call;

static hr_status create(const hr_kernel_construction *c, void **state) {
  (void)c;
  remote_call *call = calloc(1, sizeof *call);
  if (!call) return hr_error_out_of_memory(sizeof *call, "a call");
  pthread_mutex_init(&call->lock, NULL);
  *state = call;
  return HR_SUCCESS;
}

static void destroy(void *state) {
  remote_call *call = state;
  for (runner_on *r = call->runners, *next; r; r = next) {
    next = r->next;
    hr_function_runner_unref(r->runner);
    free(r);
  }
  pthread_mutex_destroy(&call->lock);
  free(call);
}

/* The device that a text names; what it leaves open is as the node's own. */
static hr_status device_of(const hr_kernel_context *ctx, const char *target, const hr_device **out) {
  hr_device_spec own, asked, whole;
  hr_status status = hr_device_spec_parse(target, &asked);
  if (status) {
    hr_status_free(status);
    return hr_error(HR_INVALID_ARGUMENT, "Could not parse %s into a device specification.", target);
  }
  HR_TRY(hr_device_spec_parse(ctx->node->device->name, &own));
  whole = hr_device_spec_merge(&own, &asked);
  hr_text text = {0};
  hr_device_spec_text(&whole, &text);
  if (text.failed) return hr_error_out_of_memory(text.capacity, "the name of a device");
  const hr_device_set *devices = ctx->step->plan->devices;
  *out = NULL;
  for (int32_t i = 0; i < devices->count && !*out; ++i)
    if (strcmp(devices->devices[i]->name, text.data) == 0) *out = devices->devices[i];
  if (!*out) status = hr_error(HR_INTERNAL, "Currently don't support instantiating functions on device: %s", text.data);
  hr_text_free(&text);
  return status;
}

/* The function on a device; made at first use. Lock held. */
static hr_status runner_for(const hr_kernel_context *ctx, remote_call *call, const hr_device *device,
                            hr_function_runner **out) {
  for (runner_on *r = call->runners; r; r = r->next)
    if (r->device == device) {
      *out = r->runner;
      return HR_SUCCESS;
    }
  runner_on *made = calloc(1, sizeof *made);
  if (!made) return hr_error_out_of_memory(sizeof *made, "a call");
  const hr_node *node = hr_context_node(ctx);
  hr_function_place place = hr_function_place_of(ctx);
  if (device != place.devices->devices[0]) place.device = device;
  hr_status status = hr_function_runner_new(&place, node->graph, hr_node_attr(node, "f")->func, &made->runner);
  if (status) {
    free(made);
    return status;
  }
  made->device = device;
  made->next = call->runners;
  call->runners = made;
  *out = made->runner;
  return HR_SUCCESS;
}

static hr_status check(const hr_kernel_context *ctx, const hr_function_runner *runner, int32_t arguments) {
  int32_t wanted = hr_function_runner_arguments(runner), results = hr_function_runner_results(runner);
  if (arguments != wanted)
    return hr_error(HR_INVALID_ARGUMENT, "Expects %d arguments, but %d is provided", (int)wanted, (int)arguments);
  if (results < hr_output_count(ctx))
    return hr_error(HR_INTERNAL, "Missing %d-th output from node %s", (int)results, hr_node_name(hr_context_node(ctx)));
  if (results > hr_output_count(ctx))
    return hr_error(HR_INVALID_ARGUMENT, "%d results for %d outputs", (int)results, (int)hr_output_count(ctx));
  return HR_SUCCESS;
}

static hr_status call_on(hr_kernel_context *ctx, hr_function_runner *runner) {
  int32_t first = 1, count = hr_context_node(ctx)->num_inputs - 1, width = hr_output_count(ctx);
  HR_TRY(check(ctx, runner, count));
  const hr_tensor **arguments = calloc((size_t)count + 1, sizeof *arguments);
  hr_tensor *results = calloc((size_t)width + 1, sizeof *results);
  hr_status status = arguments && results ? HR_SUCCESS : hr_error_out_of_memory(sizeof *results, "a call");
  for (int32_t i = 0; i < count && !status; ++i)
    arguments[i] = hr_input(ctx, first + i);
  if (!status) status = hr_function_call(runner, &ctx->step->cancellation, arguments, results);
  for (int32_t i = 0; i < width && !status; ++i)
    hr_output_move(ctx, i, &results[i]);
  free(arguments);
  free(results);
  return status;
}

static hr_status compute(hr_kernel_context *ctx) {
  const hr_tensor *target = hr_input(ctx, 0);
  remote_call *call = ctx->state;
  const hr_device *device;
  char *text;
  if (target->elements != 1)
    return hr_error(HR_INVALID_ARGUMENT, "target must be one string, not %lld", (long long)target->elements);
  const hr_string *string = hr_tensor_data(target);
  text = strndup(hr_string_data(string), hr_string_length(string));
  if (!text) return hr_error_out_of_memory(hr_string_length(string), "the name of a device");
  hr_status status = device_of(ctx, text, &device);
  free(text);
  HR_TRY(status);
  hr_function_runner *runner;
  pthread_mutex_lock(&call->lock);
  status = runner_for(ctx, call, device, &runner);
  pthread_mutex_unlock(&call->lock);
  return status ? status : call_on(ctx, runner);
}
HR_KERNEL(.op = "RemoteCall", .create = create, .destroy = destroy, .compute = compute);
