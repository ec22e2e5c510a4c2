/* The tables. Numbers are those of proto/worker.proto and proto/master.proto, which a test compares. */
#include "distributed/messages.h"
#include <stddef.h>

#define FIELD(type, number, kind, member)                                                                              \
  { (number), HR_FIELD_##kind, offsetof(type, member) }
#define TABLE(name, proto, ...)                                                                                        \
  static const hr_field name##_fields[] = {__VA_ARGS__};                                                               \
  const hr_message_type name##_type = {proto, sizeof(name), sizeof name##_fields / sizeof *name##_fields, name##_fields}

TABLE(hr_recv_tensor_request, "RecvTensorRequest", FIELD(hr_recv_tensor_request, 1, INT64, step_id),
      FIELD(hr_recv_tensor_request, 2, BYTES, rendezvous_key), FIELD(hr_recv_tensor_request, 3, BOOL, dma_ok),
      FIELD(hr_recv_tensor_request, 7, INT64, request_id));

TABLE(hr_recv_tensor_response, "RecvTensorResponse", FIELD(hr_recv_tensor_response, 1, TENSOR, tensor),
      FIELD(hr_recv_tensor_response, 2, BOOL, is_dead), FIELD(hr_recv_tensor_response, 3, INT64, send_start_micros),
      FIELD(hr_recv_tensor_response, 5, BOOL, require_ack));

TABLE(hr_run_graph_request, "RunGraphRequest", FIELD(hr_run_graph_request, 1, BYTES, graph_handle),
      FIELD(hr_run_graph_request, 2, INT64, step_id), FIELD(hr_run_graph_request, 3, NAMED_TENSORS, send),
      FIELD(hr_run_graph_request, 4, BYTES_LIST, recv_key), FIELD(hr_run_graph_request, 5, BYTES, exec_opts),
      FIELD(hr_run_graph_request, 6, BOOL, is_partial), FIELD(hr_run_graph_request, 7, BOOL, is_last_partial_run),
      FIELD(hr_run_graph_request, 8, BYTES, session_handle),
      FIELD(hr_run_graph_request, 9, BOOL, store_errors_in_response_body),
      FIELD(hr_run_graph_request, 10, BOOL, create_worker_session_called),
      FIELD(hr_run_graph_request, 11, INT64, request_id));

TABLE(hr_run_graph_response, "RunGraphResponse", FIELD(hr_run_graph_response, 1, NAMED_TENSORS, recv),
      FIELD(hr_run_graph_response, 2, BYTES, step_stats), FIELD(hr_run_graph_response, 3, BYTES, cost_graph),
      FIELD(hr_run_graph_response, 4, BYTES_LIST, partition_graph), FIELD(hr_run_graph_response, 5, INT64, status_code),
      FIELD(hr_run_graph_response, 6, BYTES, status_error_message));

TABLE(hr_run_step_request, "RunStepRequest", FIELD(hr_run_step_request, 1, BYTES, session_handle),
      FIELD(hr_run_step_request, 2, NAMED_TENSORS, feed), FIELD(hr_run_step_request, 3, BYTES_LIST, fetch),
      FIELD(hr_run_step_request, 4, BYTES_LIST, target), FIELD(hr_run_step_request, 5, BYTES, options),
      FIELD(hr_run_step_request, 6, BYTES, partial_run_handle),
      FIELD(hr_run_step_request, 7, BOOL, store_errors_in_response_body),
      FIELD(hr_run_step_request, 8, INT64, request_id));

TABLE(hr_run_step_response, "RunStepResponse", FIELD(hr_run_step_response, 1, NAMED_TENSORS, tensor),
      FIELD(hr_run_step_response, 2, BYTES, metadata), FIELD(hr_run_step_response, 3, INT64, status_code),
      FIELD(hr_run_step_response, 4, BYTES, status_error_message));

TABLE(hr_run_callable_request, "RunCallableRequest", FIELD(hr_run_callable_request, 1, BYTES, session_handle),
      FIELD(hr_run_callable_request, 2, INT64, handle), FIELD(hr_run_callable_request, 3, TENSORS, feed),
      FIELD(hr_run_callable_request, 4, INT64, request_id));

TABLE(hr_run_callable_response, "RunCallableResponse", FIELD(hr_run_callable_response, 1, TENSORS, fetch),
      FIELD(hr_run_callable_response, 2, BYTES, metadata));
