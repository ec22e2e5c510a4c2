/* Send and Recv: the two ends of an edge that was cut. They meet in the step's rendezvous; a receiver that comes first
 * waits without a thread. In loops each iteration has a key of its own. What is dead is sent, too: the other side waits
 * for it. */
#include "headrace/kernel.h"
#include "runtime/base/text.h"
#include "runtime/exec/frames.h"
#include <stdlib.h>

typedef struct end_key {
  char *base; /* "send_device;incarnation;recv_device;tensor_name" */
  char *root; /* with ";0:0": outside of loops */
} end_key;

static void destroy_key(void *state) {
  end_key *key = state;
  free(key->base);
  free(key->root);
  free(key);
}

static hr_status create_key(const hr_kernel_construction *c, void **state) {
  const hr_attr_value *tensor, *from, *to;
  int64_t incarnation;
  HR_TRY(hr_construction_attr(c, "tensor_name", &tensor));
  HR_TRY(hr_construction_attr(c, "send_device", &from));
  HR_TRY(hr_construction_attr(c, "recv_device", &to));
  HR_TRY(hr_construction_int(c, "send_device_incarnation", &incarnation));
  end_key *key = calloc(1, sizeof *key);
  if (!key) return hr_error_out_of_memory(sizeof *key, "a rendezvous key");
  hr_text base = {0}, root = {0};
  hr_text_printf(&base, "%s;%016llx;%s;%s", from->s, (unsigned long long)incarnation, to->s, tensor->s);
  key->base = hr_text_take(&base);
  if (key->base) hr_text_printf(&root, "%s;0:0", key->base);
  key->root = key->base ? hr_text_take(&root) : NULL;
  if (!key->root) {
    destroy_key(key);
    return hr_error_out_of_memory(0, "a rendezvous key");
  }
  *state = key;
  return HR_SUCCESS;
}

/* The key of this execution; `made` (an empty text) holds it where it is not the node's own. NULL: memory is out. */
static const char *key_of(const hr_kernel_context *ctx, hr_text *made) {
  const end_key *key = ctx->state;
  if (!ctx->iteration) return key->root;
  hr_text_printf(made, "%s;%llu:%lld", key->base, (unsigned long long)hr_frame_id(ctx->iteration),
                 (long long)ctx->iteration->number);
  return made->failed ? NULL : made->data;
}

/* The input as a tensor that may outlive the step. It shares the buffer, also a variable's, as TensorFlow's does. */
static hr_status take_input(hr_kernel_context *ctx, hr_tensor *out) {
  const hr_tensor *in = hr_input(ctx, 0);
  if (in->buffer && (in->buffer->borrowed || !hr_step_allocator_detach(&ctx->step->allocator, in->buffer)))
    return hr_tensor_clone(hr_kept_memory(ctx), in, out);
  hr_tensor_copy(in, out);
  return HR_SUCCESS;
}

static hr_status send(hr_kernel_context *ctx) {
  hr_text made = {0};
  const char *key = key_of(ctx, &made);
  bool is_dead = ctx->alive_input < 0;
  hr_tensor tensor = {0};
  hr_status status = key ? HR_SUCCESS : hr_error_out_of_memory(0, "a rendezvous key");
  if (!status && !is_dead) status = take_input(ctx, &tensor);
  if (!status) status = hr_rendezvous_send(ctx->step->rendezvous, key, &tensor, is_dead);
  hr_tensor_clear(&tensor);
  hr_text_free(&made);
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

static void received(hr_receiver *receiver, hr_status status, hr_tensor *tensor, bool is_dead) {
  waiting_recv *recv = CONTAINER(receiver, waiting_recv, receiver);
  hr_unwatch_cancel(recv->ctx, &recv->watch);
  if (!status && is_dead) recv->ctx->alive_input = -1;
  if (!status && !is_dead) hr_output_move(recv->ctx, 0, tensor);
  finish(recv, status);
}

static hr_status why_cancelled(const hr_step *step) {
  return hr_cancellation_error(hr_cancellation_reason(&step->cancellation));
}

/* A Recv that does not wait yet is not found, and will not begin to. */
static void cancelled(hr_cancel_watch *watch) {
  waiting_recv *recv = CONTAINER(watch, waiting_recv, watch);
  hr_step *step = recv->ctx->step;
  if (hr_rendezvous_forget(step->rendezvous, &recv->receiver)) finish(recv, why_cancelled(step));
}

static void recv_async(hr_kernel_context *ctx, hr_done_function done, void *argument) {
  hr_text made = {0};
  const char *key = key_of(ctx, &made);
  waiting_recv *recv = key ? calloc(1, sizeof *recv) : NULL;
  if (!recv) {
    hr_text_free(&made);
    done(argument, hr_error_out_of_memory(sizeof *recv, "a Recv"));
    return;
  }
  hr_step *step = ctx->step;
  *recv = (waiting_recv){.receiver = {.receive = received, .cancellation = &step->cancellation},
                         .watch.cancel = cancelled,
                         .ctx = ctx,
                         .done = done,
                         .argument = argument};
  if (hr_watch_cancel(ctx, &recv->watch))
    hr_rendezvous_receive(step->rendezvous, key, &recv->receiver);
  else
    finish(recv, why_cancelled(step));
  hr_text_free(&made);
}

#define SEND(name)                                                                                                     \
  HR_KERNEL(.op = name, .compute = send, .create = create_key, .destroy = destroy_key, .flags = HR_KERNEL_CHEAP)
#define RECV(name) HR_KERNEL(.op = name, .compute_async = recv_async, .create = create_key, .destroy = destroy_key)

SEND("_Send");
SEND("_HostSend");
RECV("_Recv");
RECV("_HostRecv");
