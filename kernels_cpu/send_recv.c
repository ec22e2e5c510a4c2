/* Send and Recv: the two ends of an edge that was cut. They meet in the step's rendezvous; a receiver that comes first
 * waits without a thread. */
#include "headrace/kernel.h"
#include "runtime/base/text.h"
#include "runtime/exec/step.h"
#include <stdlib.h>

/* The rendezvous key of a node, from its attributes: "send_device;incarnation;recv_device;tensor_name". */
static hr_status create_key(const hr_kernel_construction *c, void **state) {
  const hr_attr_value *tensor, *from, *to;
  int64_t incarnation;
  HR_TRY(hr_construction_attr(c, "tensor_name", &tensor));
  HR_TRY(hr_construction_attr(c, "send_device", &from));
  HR_TRY(hr_construction_attr(c, "recv_device", &to));
  HR_TRY(hr_construction_int(c, "send_device_incarnation", &incarnation));
  hr_text key = {0};
  hr_text_printf(&key, "%s;%llx;%s;%s", from->s, (unsigned long long)incarnation, to->s, tensor->s);
  *state = hr_text_take(&key);
  return *state ? HR_SUCCESS : hr_error_out_of_memory(0, "a rendezvous key");
}

static hr_status send(hr_kernel_context *ctx) {
  hr_tensor tensor;
  hr_tensor_copy(hr_input(ctx, 0), &tensor);
  hr_status status = hr_rendezvous_send(&ctx->step->rendezvous, ctx->state, &tensor);
  hr_tensor_clear(&tensor);
  return status;
}

/* A Recv that waits. */
typedef struct waiting_recv {
  hr_receiver receiver;
  hr_cancel_watch watch;
  hr_kernel_context *ctx;
  hr_done_function done;
  void *argument;
} waiting_recv;

#define CONTAINER(pointer, type, member) ((type *)((char *)(pointer)-offsetof(type, member)))

static void finish(waiting_recv *recv, hr_status status) {
  hr_done_function done = recv->done;
  void *argument = recv->argument;
  free(recv);
  done(argument, status);
}

static void received(hr_receiver *receiver, hr_status status, hr_tensor *tensor) {
  waiting_recv *recv = CONTAINER(receiver, waiting_recv, receiver);
  hr_unwatch_cancel(recv->ctx, &recv->watch);
  if (!status) hr_output_move(recv->ctx, 0, tensor);
  finish(recv, status);
}

static void cancelled(hr_cancel_watch *watch) {
  waiting_recv *recv = CONTAINER(watch, waiting_recv, watch);
  if (hr_rendezvous_forget(&recv->ctx->step->rendezvous, &recv->receiver))
    finish(recv, hr_cancellation_error(hr_cancellation_reason(&recv->ctx->step->cancellation)));
}

static void recv_async(hr_kernel_context *ctx, hr_done_function done, void *argument) {
  waiting_recv *recv = calloc(1, sizeof *recv);
  if (!recv) {
    done(argument, hr_error_out_of_memory(sizeof *recv, "a Recv"));
    return;
  }
  *recv = (waiting_recv){
      .receiver.receive = received, .watch.cancel = cancelled, .ctx = ctx, .done = done, .argument = argument};
  if (!hr_watch_cancel(ctx, &recv->watch)) {
    finish(recv, hr_cancellation_error(hr_cancellation_reason(&ctx->step->cancellation)));
    return;
  }
  hr_rendezvous_receive(&ctx->step->rendezvous, ctx->state, &recv->receiver);
}

HR_KERNEL(.op = "_Send", .compute = send, .create = create_key, .destroy = free, .flags = HR_KERNEL_CHEAP);
HR_KERNEL(.op = "_Recv", .compute_async = recv_async, .create = create_key, .destroy = free);
