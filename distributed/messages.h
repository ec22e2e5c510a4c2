/* The messages that carry tensors, written and read by hand: a tensor's bytes are a slice of its own buffer on the way
 * out, and are copied once, from the socket's memory to an aligned buffer, on the way in. Everything else goes through
 * protobuf-c (hr_channel_call_proto, hr_rpc_request_proto).
 *
 * Each message is a struct and a table of its fields. Reading takes bytes as hostile; views and arrays of what was read
 * live in the arena or in the message, tensors are cleared with hr_message_clear. Fields that nobody here uses
 * (localities, transport options) are passed over. */
#ifndef HR_DISTRIBUTED_MESSAGES_H
#define HR_DISTRIBUTED_MESSAGES_H

#include "distributed/slices.h"
#include <stddef.h>

/* ---- fields ---------------------------------------------------------------------------------------------------- */

typedef struct hr_views {
  int32_t count;
  hr_view *items;
} hr_views;
typedef struct hr_tensors {
  int32_t count;
  hr_tensor *items;
} hr_tensors;
typedef struct hr_named_tensor {
  hr_view name;
  hr_tensor value; /* not valid where the message has none */
} hr_named_tensor;
typedef struct hr_named_tensors {
  int32_t count;
  hr_named_tensor *items;
} hr_named_tensors;

typedef enum hr_field_kind {
  HR_FIELD_INT64,
  HR_FIELD_BOOL,
  HR_FIELD_BYTES,        /* hr_view: a string, bytes, or a message of its own */
  HR_FIELD_BYTES_LIST,   /* hr_views */
  HR_FIELD_TENSOR,       /* hr_tensor */
  HR_FIELD_TENSORS,      /* hr_tensors */
  HR_FIELD_NAMED_TENSORS /* hr_named_tensors */
} hr_field_kind;

typedef struct hr_field {
  uint8_t number, kind;
  uint16_t offset;
} hr_field;

/* A message's table. */
typedef struct hr_message_type {
  const char *name;
  size_t size; /* of the struct */
  int32_t field_count;
  const hr_field *fields; /* by number */
} hr_message_type;

/* Initializers of a field and of a table with fields. */
#define HR_FIELD(type, number, kind, member)                                                                           \
  { (number), HR_FIELD_##kind, offsetof(type, member) }
#define HR_MESSAGE_TYPE(name, type, ...)                                                                               \
  {                                                                                                                    \
    name, sizeof(type), sizeof((const hr_field[]){__VA_ARGS__}) / sizeof(hr_field), (const hr_field[]) { __VA_ARGS__ } \
  }

/* ---- writing and reading --------------------------------------------------------------------------------------- */

/* Memory that was lent to messages: the transport may look at it a little longer than a call lasts. A zeroed struct. */
typedef struct hr_loans {
  _Atomic int32_t count;
} hr_loans;
/* Waits until all of it was given back. */
void hr_loans_wait(hr_loans *loans);

/* Writes the fields that are not zero. Tensors' buffers are referenced until the message is gone. Bytes of borrowed
 * buffers (feeds) are lent where there are `loans`, else copied. `*out` is overwritten. InvalidArgument for a tensor of
 * a dtype that does not travel, and, by
 * name, for one that is larger than hr_message_limit, or of a message that is. */
HR_MUST_USE hr_status hr_message_write(const hr_message_type *type, const void *message, hr_loans *loans,
                                       hr_slices *out);
/* Fills the struct (overwritten); tensors' buffers come from `allocator` (NULL: the CPU's). Bytes may be views into
 * `bytes`. InvalidArgument for bytes that are no such message, and the errors of hr_tensor_from_proto; nothing needs to
 * be cleared then. */
HR_MUST_USE hr_status hr_message_read(const hr_message_type *type, const hr_slices *bytes, hr_allocator *allocator,
                                      hr_arena *arena, void *message);
/* Clears the tensors. */
void hr_message_clear(const hr_message_type *type, void *message);

/* Where in a message the elements of a tensor begin that does not end within the first `count` bytes of it; 0: not
 * known. For memory in which they are aligned, so that they can stay there. */
size_t hr_content_offset(const void *first, size_t count);

/* One TensorProto, of which `reader` has all bytes. `*out` is overwritten. */
HR_MUST_USE hr_status hr_tensor_read(hr_slice_reader reader, hr_allocator *allocator, hr_tensor *out);

/* ---- the worker service ---------------------------------------------------------------------------------------- */

typedef struct hr_recv_tensor_request {
  int64_t step_id, request_id;
  hr_view rendezvous_key;
  bool dma_ok;
} hr_recv_tensor_request;
extern const hr_message_type hr_recv_tensor_request_type;

typedef struct hr_recv_tensor_response {
  hr_tensor tensor; /* not valid where it is dead */
  bool is_dead, require_ack;
  int64_t send_start_micros;
} hr_recv_tensor_response;
extern const hr_message_type hr_recv_tensor_response_type;

typedef struct hr_run_graph_request {
  hr_view session_handle, graph_handle;
  int64_t step_id, request_id;
  hr_named_tensors send; /* values under rendezvous keys */
  hr_views recv_key;
  hr_view exec_opts; /* an ExecutorOpts */
  bool is_partial, is_last_partial_run, store_errors_in_response_body, create_worker_session_called;
} hr_run_graph_request;
extern const hr_message_type hr_run_graph_request_type;

typedef struct hr_run_graph_response {
  hr_named_tensors recv;
  hr_view step_stats; /* a StepStats */
  hr_view cost_graph; /* a CostGraphDef */
  hr_views partition_graph;
  int64_t status_code; /* hr_code */
  hr_view status_error_message;
} hr_run_graph_response;
extern const hr_message_type hr_run_graph_response_type;

/* ---- the master service ---------------------------------------------------------------------------------------- */

typedef struct hr_run_step_request {
  hr_view session_handle, partial_run_handle;
  hr_named_tensors feed;
  hr_views fetch, target;
  hr_view options; /* a RunOptions */
  bool store_errors_in_response_body;
  int64_t request_id;
} hr_run_step_request;
extern const hr_message_type hr_run_step_request_type;

typedef struct hr_run_step_response {
  hr_named_tensors tensor;
  hr_view metadata;    /* a RunMetadata */
  int64_t status_code; /* hr_code */
  hr_view status_error_message;
} hr_run_step_response;
extern const hr_message_type hr_run_step_response_type;

typedef struct hr_run_callable_request {
  hr_view session_handle;
  int64_t handle, request_id;
  hr_tensors feed;
} hr_run_callable_request;
extern const hr_message_type hr_run_callable_request_type;

typedef struct hr_run_callable_response {
  hr_tensors fetch;
  hr_view metadata; /* a RunMetadata */
} hr_run_callable_response;
extern const hr_message_type hr_run_callable_response_type;

#endif
