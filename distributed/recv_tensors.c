#include "distributed/recv_tensors.h"
#include <stddef.h>
#include <stdlib.h>

/* An answer of this size does not wait for more, and takes no more with it. */
#define ENOUGH_BYTES (256 << 10)
#define MOST_BYTES   (64 << 20)

const hr_message_type hr_recv_tensors_request_type =
    HR_MESSAGE_TYPE("RecvTensorsRequest", hr_recv_tensors_request, HR_FIELD(hr_recv_tensors_request, 1, INT64, step_id),
                    HR_FIELD(hr_recv_tensors_request, 2, BYTES_LIST, keys));
const hr_message_type hr_recv_tensors_response_type = HR_MESSAGE_TYPE(
    "RecvTensorsResponse", hr_recv_tensors_response, HR_FIELD(hr_recv_tensors_response, 1, NAMED_TENSORS, values),
    HR_FIELD(hr_recv_tensors_response, 2, BYTES_LIST, dead));

typedef enum key_state { WAITING, HERE, DEAD, FORGOTTEN } key_state;

typedef struct one_key {
  hr_receiver receiver; /* first */
  struct recv_call *call;
  const char *key;
  key_state state;
  hr_tensor value;
} one_key;

typedef struct recv_call {
  hr_flush_watch watch; /* first */
  hr_rpc *rpc;
  hr_meeting_place *place;
  hr_arena arena;
  int32_t count;
  one_key *keys;
  _Atomic int32_t references; /* the handler's, the watch's, and those of keys that wait */
  pthread_mutex_t lock;       /* guards what follows */
  int32_t waiting;
  size_t bytes; /* that are here */
  bool is_complete, is_watching, is_flushed, is_answered;
  hr_status status;
} recv_call;

static void unref_call(recv_call *call) {
  if (atomic_fetch_sub(&call->references, 1) != 1) return;
  for (int32_t i = 0; i < call->count; ++i)
    hr_tensor_clear(&call->keys[i].value);
  if (call->place) hr_meeting_place_unref(call->place);
  hr_status_free(call->status);
  pthread_mutex_destroy(&call->lock);
  hr_arena_free(&call->arena);
  free(call);
}

/* ---- the answer -------------------------------------------------------------------------------------------------- */

/* Back to where it came from: it is asked for again. */
static void put_back(recv_call *call, one_key *key, bool is_dead) {
  hr_status_free(hr_rendezvous_send(&call->place->rendezvous, key->key, &key->value, is_dead));
  hr_tensor_clear(&key->value);
}

static hr_status write_answer(recv_call *call, hr_slices *out) {
  hr_named_tensor *values = HR_ARENA_ARRAY(&call->arena, hr_named_tensor, call->count + 1);
  hr_view *dead = HR_ARENA_ARRAY(&call->arena, hr_view, call->count + 1);
  if (!values || !dead) return hr_error_out_of_memory(0, "the answer to RecvTensors");
  hr_recv_tensors_response response = {.values.items = values, .dead.items = dead};
  size_t bytes = 0;
  for (int32_t i = 0; i < call->count; ++i) {
    one_key *key = &call->keys[i];
    if (key->state == DEAD) dead[response.dead.count++] = hr_view_of(key->key);
    if (key->state != HERE) continue;
    size_t more = hr_tensor_bytes(&key->value);
    if (response.values.count > 0 && bytes + more > MOST_BYTES) {
      put_back(call, key, false);
      continue;
    }
    bytes += more;
    values[response.values.count++] = (hr_named_tensor){hr_view_of(key->key), key->value};
  }
  return hr_message_write(&hr_recv_tensors_response_type, &response, NULL, out);
}

/* Once, by the thread that has set is_answered: what still waits is forgotten, what is here goes out. */
static void answer(recv_call *call) {
  for (int32_t i = 0; i < call->count; ++i) {
    if (!hr_rendezvous_forget(&call->place->rendezvous, &call->keys[i].receiver)) continue;
    call->keys[i].state = FORGOTTEN;
    unref_call(call);
  }
  hr_slices bytes = {0};
  hr_status status = hr_status_copy(call->status);
  if (!status) status = write_answer(call, &bytes);
  hr_rpc_reply(call->rpc, status, status ? NULL : &bytes);
}

/* Whether it is time, and this thread's task; lock held. */
static bool is_time(recv_call *call) {
  if (call->is_answered || !call->is_complete) return false;
  call->is_answered = call->status || call->waiting == 0 || call->bytes >= ENOUGH_BYTES ||
                      (call->is_flushed && call->waiting < call->count);
  return call->is_answered;
}

static void come(hr_receiver *self, hr_status status, hr_tensor *tensor, bool is_dead) {
  one_key *key = (one_key *)self;
  recv_call *call = key->call;
  pthread_mutex_lock(&call->lock);
  bool is_late = call->is_answered;
  if (is_late) {
    key->value = *tensor;
  } else {
    --call->waiting;
    hr_status_keep_first(&call->status, status);
    key->state = status ? FORGOTTEN : is_dead ? DEAD : HERE;
    if (!status) key->value = *tensor;
    if (!status && !is_dead) call->bytes += hr_tensor_bytes(tensor);
  }
  bool answers = is_time(call), watches = !is_late && !answers && call->is_complete && !call->is_watching;
  call->is_watching |= watches;
  pthread_mutex_unlock(&call->lock);
  if (watches) { /* perhaps more comes before the sender rests */
    atomic_fetch_add(&call->references, 1);
    hr_meeting_place_on_flush(call->place, &call->watch);
  }
  if (is_late && !status)
    put_back(call, key, is_dead);
  else if (is_late)
    hr_status_free(status);
  if (answers) answer(call);
  unref_call(call);
}

static void flush(hr_flush_watch *watch) {
  recv_call *call = (recv_call *)watch;
  pthread_mutex_lock(&call->lock);
  call->is_flushed = true;
  bool answers = is_time(call);
  pthread_mutex_unlock(&call->lock);
  if (answers) answer(call);
  unref_call(call);
}

static void cancelled(void *argument) {
  recv_call *call = argument;
  pthread_mutex_lock(&call->lock);
  hr_status_keep_first(&call->status, hr_error(HR_CANCELLED, "The call of RecvTensors was cancelled"));
  bool answers = is_time(call);
  pthread_mutex_unlock(&call->lock);
  if (answers) answer(call);
}

/* ---- the call ---------------------------------------------------------------------------------------------------- */

static hr_status prepare(hr_worker *worker, recv_call *call) {
  hr_recv_tensors_request request;
  HR_TRY(hr_message_read(&hr_recv_tensors_request_type, hr_rpc_request(call->rpc), NULL, &call->arena, &request));
  one_key *keys = hr_arena_zalloc(&call->arena, sizeof *keys * ((size_t)request.keys.count + 1), _Alignof(one_key));
  if (!keys) return hr_error_out_of_memory(0, "a call of RecvTensors");
  for (int32_t i = 0; i < request.keys.count; ++i) {
    hr_view key = request.keys.items[i];
    keys[i] = (one_key){.receiver.receive = come, .call = call};
    keys[i].key = hr_arena_copy_string(&call->arena, key.data, key.length);
    if (!keys[i].key) return hr_error_out_of_memory(key.length, "a rendezvous key");
    HR_TRY(hr_worker_check_sender(worker, keys[i].key));
  }
  HR_TRY(hr_meeting_place_find(&worker->meetings, request.step_id, &call->place));
  call->keys = keys;
  call->count = call->waiting = request.keys.count;
  return HR_SUCCESS;
}

void hr_recv_tensors(void *service, hr_rpc *rpc) {
  recv_call *call = calloc(1, sizeof *call);
  if (!call) {
    hr_rpc_reply(rpc, hr_error_out_of_memory(sizeof *call, "a call of RecvTensors"), NULL);
    return;
  }
  call->rpc = rpc;
  call->watch.flush = flush;
  pthread_mutex_init(&call->lock, NULL);
  atomic_init(&call->references, 1);
  hr_status status = prepare(service, call);
  if (status) {
    hr_rpc_reply(rpc, status, NULL);
    unref_call(call);
    return;
  }
  atomic_fetch_add(&call->references, call->count);
  if (!hr_rpc_on_cancel(rpc, cancelled, call)) call->status = hr_error(HR_CANCELLED, "The client has gone");
  for (int32_t i = 0; i < call->count; ++i)
    hr_rendezvous_receive(&call->place->rendezvous, call->keys[i].key, &call->keys[i].receiver);
  pthread_mutex_lock(&call->lock);
  call->is_complete = true;
  call->is_flushed = call->waiting < call->count; /* something is there at once */
  bool answers = is_time(call);
  call->is_flushed = false;
  pthread_mutex_unlock(&call->lock);
  if (answers) answer(call);
  unref_call(call);
}
