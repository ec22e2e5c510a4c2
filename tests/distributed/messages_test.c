/* The messages that are written and read by hand, against protobuf-c, whole and in pieces. */
#include "distributed/messages.h"
#include "proto/master.pb-c.h"
#include "proto/worker.pb-c.h"
#include "runtime/base/proto_check.h"
#include "runtime/tensor/tensor_proto.h"
#include "transport_testing.h"

static const struct pair {
  const hr_message_type *type;
  const ProtobufCMessageDescriptor *descriptor;
} pairs[] = {
    {&hr_recv_tensor_request_type, &hr_pb__recv_tensor_request__descriptor},
    {&hr_recv_tensor_response_type, &hr_pb__recv_tensor_response__descriptor},
    {&hr_run_graph_request_type, &hr_pb__run_graph_request__descriptor},
    {&hr_run_graph_response_type, &hr_pb__run_graph_response__descriptor},
    {&hr_run_step_request_type, &hr_pb__run_step_request__descriptor},
    {&hr_run_step_response_type, &hr_pb__run_step_response__descriptor},
    {&hr_run_callable_request_type, &hr_pb__run_callable_request__descriptor},
    {&hr_run_callable_response_type, &hr_pb__run_callable_response__descriptor},
};

/* The kind that a field of protobuf-c's has here. */
static int kind_of(const ProtobufCFieldDescriptor *field) {
  bool repeated = field->label == PROTOBUF_C_LABEL_REPEATED;
  switch (field->type) {
  case PROTOBUF_C_TYPE_INT64:
  case PROTOBUF_C_TYPE_ENUM: return HR_FIELD_INT64;
  case PROTOBUF_C_TYPE_BOOL: return HR_FIELD_BOOL;
  case PROTOBUF_C_TYPE_MESSAGE: {
    const char *name = ((const ProtobufCMessageDescriptor *)field->descriptor)->short_name;
    if (strcmp(name, "NamedTensorProto") == 0) return HR_FIELD_NAMED_TENSORS;
    if (strcmp(name, "TensorProto") == 0) return repeated ? HR_FIELD_TENSORS : HR_FIELD_TENSOR;
    break;
  }
  default: break;
  }
  return repeated ? HR_FIELD_BYTES_LIST : HR_FIELD_BYTES;
}

static void test_tables(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; ++i) {
    const hr_message_type *type = pairs[i].type;
    assert_string_equal(type->name, pairs[i].descriptor->short_name);
    for (int32_t f = 0; f < type->field_count; ++f) {
      const ProtobufCFieldDescriptor *field =
          protobuf_c_message_descriptor_get_field(pairs[i].descriptor, type->fields[f].number);
      assert_non_null(field);
      assert_int_equal(type->fields[f].kind, kind_of(field));
      if (f > 0) assert_true(type->fields[f].number > type->fields[f - 1].number);
    }
  }
}

/* ---- tensors to send ------------------------------------------------------------------------------------------- */

static hr_tensor floats(int64_t count) {
  hr_tensor t;
  hr_shape shape = {.rank = 2, .dims = {count, 1}};
  assert_ok(hr_tensor_new(hr_cpu_allocator(), HR_FLOAT, &shape, &t));
  for (int64_t i = 0; i < count; ++i)
    ((float *)hr_tensor_data(&t))[i] = (float)i / 3;
  return t;
}

static hr_tensor strings(void) {
  hr_tensor t;
  assert_ok(
      hr_tensor_strings(3, (const char *const[]){"one", "", "a string that is longer than what fits inside"}, &t));
  return t;
}

static void make_request(hr_run_step_request *request, hr_named_tensor *feeds, hr_view *fetches) {
  feeds[0] = (hr_named_tensor){HR_VIEW("big:0"), floats(30000)};
  feeds[1] = (hr_named_tensor){HR_VIEW("scalar:0"), hr_tensor_i64(-7)};
  feeds[2] = (hr_named_tensor){HR_VIEW("text:1"), strings()};
  feeds[3] = (hr_named_tensor){HR_VIEW("none:0"), floats(0)};
  fetches[0] = HR_VIEW("y:0");
  fetches[1] = HR_VIEW("z:3");
  *request = (hr_run_step_request){.session_handle = HR_VIEW("handle"),
                                   .partial_run_handle = HR_VIEW("partial"),
                                   .feed = {4, feeds},
                                   .fetch = {2, fetches},
                                   .target = {1, fetches},
                                   .options = HR_VIEW("\x10\x05"), /* timeout_in_ms: 5 */
                                   .store_errors_in_response_body = true,
                                   .request_id = INT64_C(-3)};
}

/* The same bytes in pieces of `size`. */
static hr_slices cut(const hr_slices *message, char *flat, size_t size) {
  hr_slice_reader reader = hr_slice_reader_of(message);
  assert_true(hr_slice_reader_copy(&reader, flat, message->bytes));
  hr_slices pieces = {0};
  for (size_t at = 0; at < message->bytes; at += size) {
    hr_slices_add(&pieces, (hr_slice){flat + at, 0, NULL, NULL}); /* empty ones come too */
    hr_slices_add(&pieces, (hr_slice){flat + at, message->bytes - at < size ? message->bytes - at : size, NULL, NULL});
  }
  return pieces;
}

static void assert_request(const hr_run_step_request *read, const hr_run_step_request *sent) {
  assert_true(hr_view_equal(read->session_handle, sent->session_handle));
  assert_true(hr_view_equal(read->partial_run_handle, sent->partial_run_handle));
  assert_true(hr_view_equal(read->options, sent->options));
  assert_int_equal(read->request_id, sent->request_id);
  assert_true(read->store_errors_in_response_body);
  assert_int_equal(read->fetch.count, 2);
  assert_true(hr_view_equal(read->fetch.items[1], HR_VIEW("z:3")));
  assert_int_equal(read->target.count, 1);
  assert_int_equal(read->feed.count, sent->feed.count);
  for (int32_t i = 0; i < sent->feed.count; ++i) {
    assert_true(hr_view_equal(read->feed.items[i].name, sent->feed.items[i].name));
    assert_true(hr_tensor_equal(&read->feed.items[i].value, &sent->feed.items[i].value));
    if (read->feed.items[i].value.buffer)
      assert_int_equal((uintptr_t)hr_tensor_data(&read->feed.items[i].value) % HR_ALIGNMENT, 0);
  }
}

static void test_round_trip(void **state) {
  (void)state;
  hr_run_step_request request, read;
  hr_named_tensor feeds[4];
  hr_view fetches[2];
  make_request(&request, feeds, fetches);
  hr_slices message;
  assert_ok(hr_message_write(&hr_run_step_request_type, &request, NULL, &message));
  bool shared = false;
  for (int32_t i = 0; i < message.count; ++i)
    shared |= message.slices[i].data == hr_tensor_data(&feeds[0].value);
  assert_true(shared); /* the large tensor's own memory */
  char *flat = malloc(message.bytes);
  const size_t sizes[] = {1, 2, 3, 7, 64, 4096, 1 << 30};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; ++i) {
    hr_arena arena = {0};
    hr_slices pieces = cut(&message, flat, sizes[i]);
    assert_ok(hr_message_read(&hr_run_step_request_type, &pieces, NULL, &arena, &read));
    assert_request(&read, &request);
    hr_message_clear(&hr_run_step_request_type, &read);
    hr_slices_clear(&pieces);
    hr_arena_free(&arena);
  }
  free(flat);
  hr_slices_clear(&message);
  hr_message_clear(&hr_run_step_request_type, &request);
}

/* Content that goes over many slices. */
static void test_large_content(void **state) {
  (void)state;
  hr_recv_tensor_response response = {.tensor = floats(1700001)}, read;
  hr_slices message;
  assert_ok(hr_message_write(&hr_recv_tensor_response_type, &response, NULL, &message));
  char *flat = malloc(message.bytes);
  hr_slices pieces = cut(&message, flat, 65537);
  hr_arena arena = {0};
  assert_ok(hr_message_read(&hr_recv_tensor_response_type, &pieces, NULL, &arena, &read));
  assert_true(hr_tensor_equal(&read.tensor, &response.tensor));
  hr_message_clear(&hr_recv_tensor_response_type, &read);
  hr_message_clear(&hr_recv_tensor_response_type, &response);
  hr_arena_free(&arena);
  hr_slices_clear(&pieces);
  hr_slices_clear(&message);
  free(flat);
}

static void test_protobuf_reads_ours(void **state) {
  (void)state;
  hr_run_step_request request;
  hr_named_tensor feeds[4];
  hr_view fetches[2];
  make_request(&request, feeds, fetches);
  hr_slices message;
  assert_ok(hr_message_write(&hr_run_step_request_type, &request, NULL, &message));
  hr_arena arena = {0};
  hr_view bytes;
  assert_ok(hr_slices_view(&message, &arena, &bytes));
  HrPb__RunStepRequest *proto;
  assert_ok(hr_proto_unpack(&hr_pb__run_step_request__descriptor, &arena, bytes.data, bytes.length, NULL, &proto));
  assert_string_equal(proto->session_handle, "handle");
  assert_int_equal(proto->options->timeout_in_ms, 5);
  assert_int_equal(proto->request_id, -3);
  assert_int_equal(proto->n_feed, 4);
  assert_string_equal(proto->feed[2]->name, "text:1");
  assert_int_equal(proto->feed[2]->tensor->n_string_val, 3);
  assert_int_equal(proto->feed[0]->tensor->tensor_content.len, 120000);
  assert_string_equal(proto->fetch[0], "y:0");

  /* and ours reads what protobuf writes of it */
  hr_slices written = hr_slices_of_proto(proto);
  hr_run_step_request read;
  assert_ok(hr_message_read(&hr_run_step_request_type, &written, NULL, &arena, &read));
  assert_request(&read, &request);
  hr_message_clear(&hr_run_step_request_type, &read);
  hr_slices_clear(&written);
  hr_slices_clear(&message);
  hr_arena_free(&arena);
  hr_message_clear(&hr_run_step_request_type, &request);
}

/* A list of values instead of content, as TensorFlow sends small tensors. */
static void test_values(void **state) {
  (void)state;
  hr_tensor t = hr_tensor_bool(true), back;
  hr_text text = {0};
  assert_ok(hr_tensor_to_proto(&t, &text));
  hr_slices message = {0};
  hr_slices_add_text(&message, &text);
  assert_ok(hr_tensor_read(hr_slice_reader_of(&message), NULL, &back));
  assert_true(hr_tensor_equal(&t, &back));
  hr_slices_clear(&message);
}

static void test_loans(void **state) {
  (void)state;
  static float data[5000];
  const int64_t dims[] = {5000};
  hr_recv_tensor_response response = {0};
  assert_ok(hr_tensor_borrow(HR_FLOAT, 1, dims, data, &response.tensor));
  hr_slices copied, lent;
  assert_ok(hr_message_write(&hr_recv_tensor_response_type, &response, NULL, &copied));
  hr_loans loans = {0};
  assert_ok(hr_message_write(&hr_recv_tensor_response_type, &response, &loans, &lent));
  assert_int_equal(loans.count, 1);
  for (int32_t i = 0; i < copied.count; ++i)
    assert_ptr_not_equal(copied.slices[i].data, data);
  hr_slices_clear(&lent);
  hr_loans_wait(&loans);
  hr_slices_clear(&copied);
  hr_tensor_clear(&response.tensor);
}

static void assert_refused(const char *bytes, size_t length, hr_code code) {
  hr_slices message = {0};
  hr_slices_add(&message, (hr_slice){bytes, length, NULL, NULL});
  hr_arena arena = {0};
  hr_recv_tensor_response read;
  assert_fails(hr_message_read(&hr_recv_tensor_response_type, &message, NULL, &arena, &read), code, "");
  hr_arena_free(&arena);
  hr_slices_clear(&message);
}

static void test_malformed(void **state) {
  (void)state;
  assert_refused("\x0a\x7f", 2, HR_INVALID_ARGUMENT);                  /* longer than what is there */
  assert_refused("\x0b", 1, HR_INVALID_ARGUMENT);                      /* a group */
  assert_refused("\x10", 1, HR_INVALID_ARGUMENT);                      /* no value */
  assert_refused("\x0a\x04\x08\x01\x22\x01", 6, HR_INVALID_ARGUMENT);  /* content that is cut off */
  assert_refused("\x0a\x05\x08\x01\x22\x01x", 7, HR_INVALID_ARGUMENT); /* content of another size */
  assert_refused("\x0a\x02\x08\x63", 4, HR_INVALID_ARGUMENT);          /* a dtype that is none */
}

static void test_too_large(void **state) {
  (void)state;
  static char byte;
  const int64_t dims[] = {INT64_C(1) << 31};
  hr_recv_tensor_response response = {0};
  assert_ok(hr_tensor_borrow(HR_UINT8, 1, dims, &byte, &response.tensor)); /* nobody looks at the bytes */
  hr_slices message;
  hr_loans loans = {0};
  assert_fails(hr_message_write(&hr_recv_tensor_response_type, &response, &loans, &message), HR_INVALID_ARGUMENT,
               "2147483647");
  assert_int_equal(loans.count, 0);
  hr_tensor_clear(&response.tensor);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_tables),        cmocka_unit_test(test_round_trip),
      cmocka_unit_test(test_large_content), cmocka_unit_test(test_protobuf_reads_ours),
      cmocka_unit_test(test_values),        cmocka_unit_test(test_loans),
      cmocka_unit_test(test_malformed),     cmocka_unit_test(test_too_large),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
