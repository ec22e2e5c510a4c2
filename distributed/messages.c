/* The tables. Numbers are those of proto/worker.proto and proto/master.proto, which a test compares. */
#include "distributed/messages.h"

const hr_message_type hr_recv_tensor_request_type = HR_MESSAGE_TYPE(
    "RecvTensorRequest", hr_recv_tensor_request, HR_FIELD(hr_recv_tensor_request, 1, INT64, step_id),
    HR_FIELD(hr_recv_tensor_request, 2, BYTES, rendezvous_key), HR_FIELD(hr_recv_tensor_request, 3, BOOL, dma_ok),
    HR_FIELD(hr_recv_tensor_request, 7, INT64, request_id));

const hr_message_type hr_recv_tensor_response_type = HR_MESSAGE_TYPE(
    "RecvTensorResponse", hr_recv_tensor_response, HR_FIELD(hr_recv_tensor_response, 1, TENSOR, tensor),
    HR_FIELD(hr_recv_tensor_response, 2, BOOL, is_dead), HR_FIELD(hr_recv_tensor_response, 3, INT64, send_start_micros),
    HR_FIELD(hr_recv_tensor_response, 5, BOOL, require_ack));

const hr_message_type hr_run_graph_request_type = HR_MESSAGE_TYPE(
    "RunGraphRequest", hr_run_graph_request, HR_FIELD(hr_run_graph_request, 1, BYTES, graph_handle),
    HR_FIELD(hr_run_graph_request, 2, INT64, step_id), HR_FIELD(hr_run_graph_request, 3, NAMED_TENSORS, send),
    HR_FIELD(hr_run_graph_request, 4, BYTES_LIST, recv_key), HR_FIELD(hr_run_graph_request, 5, BYTES, exec_opts),
    HR_FIELD(hr_run_graph_request, 6, BOOL, is_partial), HR_FIELD(hr_run_graph_request, 7, BOOL, is_last_partial_run),
    HR_FIELD(hr_run_graph_request, 8, BYTES, session_handle),
    HR_FIELD(hr_run_graph_request, 9, BOOL, store_errors_in_response_body),
    HR_FIELD(hr_run_graph_request, 10, BOOL, create_worker_session_called),
    HR_FIELD(hr_run_graph_request, 11, INT64, request_id));

const hr_message_type hr_run_graph_response_type = HR_MESSAGE_TYPE(
    "RunGraphResponse", hr_run_graph_response, HR_FIELD(hr_run_graph_response, 1, NAMED_TENSORS, recv),
    HR_FIELD(hr_run_graph_response, 2, BYTES, step_stats), HR_FIELD(hr_run_graph_response, 3, BYTES, cost_graph),
    HR_FIELD(hr_run_graph_response, 4, BYTES_LIST, partition_graph),
    HR_FIELD(hr_run_graph_response, 5, INT64, status_code),
    HR_FIELD(hr_run_graph_response, 6, BYTES, status_error_message));

const hr_message_type hr_run_step_request_type = HR_MESSAGE_TYPE(
    "RunStepRequest", hr_run_step_request, HR_FIELD(hr_run_step_request, 1, BYTES, session_handle),
    HR_FIELD(hr_run_step_request, 2, NAMED_TENSORS, feed), HR_FIELD(hr_run_step_request, 3, BYTES_LIST, fetch),
    HR_FIELD(hr_run_step_request, 4, BYTES_LIST, target), HR_FIELD(hr_run_step_request, 5, BYTES, options),
    HR_FIELD(hr_run_step_request, 6, BYTES, partial_run_handle),
    HR_FIELD(hr_run_step_request, 7, BOOL, store_errors_in_response_body),
    HR_FIELD(hr_run_step_request, 8, INT64, request_id));

const hr_message_type hr_run_step_response_type = HR_MESSAGE_TYPE(
    "RunStepResponse", hr_run_step_response, HR_FIELD(hr_run_step_response, 1, NAMED_TENSORS, tensor),
    HR_FIELD(hr_run_step_response, 2, BYTES, metadata), HR_FIELD(hr_run_step_response, 3, INT64, status_code),
    HR_FIELD(hr_run_step_response, 4, BYTES, status_error_message));

const hr_message_type hr_run_callable_request_type = HR_MESSAGE_TYPE(
    "RunCallableRequest", hr_run_callable_request, HR_FIELD(hr_run_callable_request, 1, BYTES, session_handle),
    HR_FIELD(hr_run_callable_request, 2, INT64, handle), HR_FIELD(hr_run_callable_request, 3, TENSORS, feed),
    HR_FIELD(hr_run_callable_request, 4, INT64, request_id));

const hr_message_type hr_run_callable_response_type = HR_MESSAGE_TYPE(
    "RunCallableResponse", hr_run_callable_response, HR_FIELD(hr_run_callable_response, 1, TENSORS, fetch),
    HR_FIELD(hr_run_callable_response, 2, BYTES, metadata));
