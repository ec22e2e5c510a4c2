#include "runtime/plan/transfer.h"
#include "runtime/graph/graph_internal.h"

#define ONE_TENSOR(text, is_host)                                                                                      \
  {                                                                                                                    \
    { .name = text, .host_memory = is_host, .type_attr = 0, .number_attr = -1, .type_list_attr = -1 }                  \
  }
static const hr_arg_def tensor[] = ONE_TENSOR("tensor", false), host_tensor[] = ONE_TENSOR("tensor", true),
                        transit[] = ONE_TENSOR("transit", true);

#define ENDS                                                                                                           \
  {.name = "tensor_name", .kind = HR_ATTR_STRING}, {.name = "send_device", .kind = HR_ATTR_STRING},                    \
      {.name = "send_device_incarnation", .kind = HR_ATTR_INT}, {.name = "recv_device", .kind = HR_ATTR_STRING}, {     \
    .name = "client_terminated", .kind = HR_ATTR_BOOL, .has_default = true, .default_value = {.kind = HR_ATTR_BOOL }   \
  }
static const hr_attr_def send_attrs[] = {{.name = "T", .kind = HR_ATTR_TYPE}, ENDS},
                         recv_attrs[] = {{.name = "tensor_type", .kind = HR_ATTR_TYPE}, ENDS};
#define NUM_ATTRS (sizeof send_attrs / sizeof *send_attrs)

#define SEND_OP(text, tensor)                                                                                          \
  {                                                                                                                    \
    .name = text, .id = -1, .num_inputs = 1, .num_outputs = 1, .num_attrs = NUM_ATTRS, .flags = HR_OP_STATEFUL,        \
    .inputs = tensor, .outputs = transit, .attrs = send_attrs                                                          \
  }
#define RECV_OP(text, tensor)                                                                                          \
  {                                                                                                                    \
    .name = text, .id = -1, .num_inputs = 1, .num_outputs = 1, .num_attrs = NUM_ATTRS, .flags = HR_OP_STATEFUL,        \
    .inputs = transit, .outputs = tensor, .attrs = recv_attrs                                                          \
  }
const hr_op_def hr_send_ops[2] = {SEND_OP("_LocalSend", tensor), SEND_OP("_LocalHostSend", host_tensor)};
const hr_op_def hr_recv_ops[2] = {RECV_OP("_LocalRecv", tensor), RECV_OP("_LocalHostRecv", host_tensor)};

static hr_status add_end(hr_graph *graph, const hr_transfer *t, const hr_op_def *op, const char *name, hr_output input,
                         hr_node **out) {
  hr_attr_value *attrs = HR_ARENA_ARRAY(hr_graph_arena(graph), hr_attr_value, NUM_ATTRS);
  if (!attrs) return hr_error_out_of_memory(sizeof *attrs * NUM_ATTRS, "a transfer");
  const hr_attr_value values[NUM_ATTRS] = {HR_ATTR_TYPE_VALUE(hr_dtype_base(hr_output_dtype(t->value))),
                                           HR_ATTR_STRING_VALUE(t->name),
                                           HR_ATTR_STRING_VALUE(t->from->name),
                                           HR_ATTR_INT_VALUE((int64_t)t->from->incarnation),
                                           HR_ATTR_STRING_VALUE(t->to->name),
                                           HR_ATTR_BOOL_VALUE(false)};
  for (size_t i = 0; i < NUM_ATTRS; ++i)
    HR_TRY(hr_attr_copy(graph, &values[i], &attrs[i]));
  bool is_send = op == &hr_send_ops[0] || op == &hr_send_ops[1];
  const hr_device *device = is_send ? t->from : t->to;
  return hr_graph_add(graph,
                      &(hr_node_spec){.op = op,
                                      .name = hr_view_of(name),
                                      .device = hr_view_of(device->name),
                                      .inputs = &input,
                                      .num_inputs = 1,
                                      .controls = t->waits,
                                      .num_controls = is_send ? t->num_waits : 0,
                                      .attrs = attrs,
                                      .where = t->value.node->where,
                                      .is_internal = true},
                      out);
}

hr_status hr_add_transfer(hr_graph *graph, const hr_transfer *transfer, const char *send_name, const char *recv_name,
                          hr_node **send, hr_node **recv) {
  HR_TRY(add_end(graph, transfer, &hr_send_ops[transfer->from_host], send_name, transfer->value, send));
  return add_end(graph, transfer, &hr_recv_ops[transfer->to_host], recv_name, (hr_output){*send, 0}, recv);
}
