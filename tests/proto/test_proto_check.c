#include "expect.h"
#include "proto/config.pb-c.h"
#include "proto/graph.pb-c.h"
#include "proto/struct.pb-c.h"
#include "proto/tensor.pb-c.h"
#include "read_data.h"
#include "runtime/base/proto_check.h"
#include "runtime/base/wire.h"
#include <stdlib.h>

#define CHECK(descriptor, text) hr_proto_check(&hr_pb__##descriptor##__descriptor, (text).data, (text).length, NULL)

static void recorded_graph_unpacks(void **state) {
  (void)state;
  hr_text bytes = read_data("graph.pb");
  assert_true(bytes.length > 0);
  hr_arena arena = {0};
  HrPb__GraphDef *graph;
  assert_ok(hr_proto_unpack(&hr_pb__graph_def__descriptor, &arena, bytes.data, bytes.length, NULL, &graph));
  assert_string_equal(graph->node[0]->name, "x");
  assert_string_equal(graph->node[0]->op, "Placeholder");
  assert_int_equal(graph->versions->producer, 134);
  hr_text again = {0};
  hr_proto_pack(graph, &again);
  assert_int_equal(again.length, bytes.length);
  assert_memory_equal(again.data, bytes.data, bytes.length);
  hr_arena_free(&arena);
  hr_text_free(&again);
  hr_text_free(&bytes);
}

static void empty_message(void **state) {
  (void)state;
  hr_arena arena = {0};
  HrPb__ConfigProto *config;
  assert_ok(hr_proto_unpack(&hr_pb__config_proto__descriptor, &arena, NULL, 0, NULL, &config));
  assert_int_equal(config->n_device_count, 0);
  hr_arena_free(&arena);
}

/* Whatever happens to the bytes, what the check lets through protobuf-c can unpack. */
static void cut_and_flipped_bytes(void **state) {
  (void)state;
  hr_text bytes = read_data("graph.pb");
  int refused = 0;
  for (size_t i = 0; i < bytes.length; ++i) {
    for (int bit = -1; bit < 8; ++bit) {
      hr_text copy = {0};
      hr_text_add(&copy, bytes.data, bit < 0 ? i : bytes.length);
      if (bit >= 0) copy.data[i] = (char)(copy.data[i] ^ 1 << bit);
      hr_arena arena = {0};
      HrPb__GraphDef *graph;
      hr_status status = hr_proto_unpack(&hr_pb__graph_def__descriptor, &arena, copy.data, copy.length, NULL, &graph);
      if (status) {
        if (hr_status_code(status) != HR_INVALID_ARGUMENT)
          fail_msg("byte %zu bit %d: %s", i, bit, hr_status_message(status));
        assert_non_null(strstr(hr_status_message(status), "byte offset"));
        ++refused;
      }
      hr_status_free(status);
      hr_arena_free(&arena);
      hr_text_free(&copy);
    }
  }
  assert_true(refused > 100);
  hr_text_free(&bytes);
}

/* StructuredValue.list_value (51) -> ListValue.values (1) -> StructuredValue ..., `levels` messages; written from the
 * inside, which is the end. */
static hr_text nest(int levels) {
  uint8_t *buffer = malloc((size_t)levels * 8), *end = buffer + (size_t)levels * 8, *at = end;
  for (int i = levels - 1; i > 0; --i) {
    uint8_t head[2 * HR_WIRE_VARINT_MAX];
    size_t length = hr_wire_encode_varint(head, (i % 2 ? 51 : 1) << 3 | HR_WIRE_BYTES);
    length += hr_wire_encode_varint(head + length, (uint64_t)(end - at));
    at -= length;
    memcpy(at, head, length);
  }
  hr_text all = {0};
  hr_text_add(&all, (const char *)at, (size_t)(end - at));
  free(buffer);
  return all;
}

static void nesting_is_limited(void **state) {
  (void)state;
  hr_text deep = nest(100);
  assert_ok(CHECK(structured_value, deep));
  hr_text_free(&deep);
  deep = nest(101);
  assert_fails(CHECK(structured_value, deep), HR_INVALID_ARGUMENT, "nested too deeply");
  hr_proto_limits limits = {.max_depth = 200, .malformed = HR_DATA_LOSS};
  assert_ok(hr_proto_check(&hr_pb__structured_value__descriptor, deep.data, deep.length, &limits));
  hr_text_free(&deep);
  deep = nest(20000);
  assert_fails(hr_proto_check(&hr_pb__structured_value__descriptor, deep.data, deep.length, &limits), HR_DATA_LOSS,
               "nested too deeply");
  hr_text_free(&deep);
}

static void memory_is_limited(void **state) {
  (void)state;
  /* A million empty nodes are two megabytes that would unpack into more than a hundred. */
  hr_text nodes = {0};
  for (int i = 0; i < 1000000; ++i)
    hr_text_add(&nodes, "\x0a\x00", 2);
  hr_proto_limits limits = {.max_memory = (size_t)64 << 20};
  assert_fails(hr_proto_check(&hr_pb__graph_def__descriptor, nodes.data, nodes.length, &limits), HR_RESOURCE_EXHAUSTED,
               "bytes allowed");
  assert_ok(CHECK(graph_def, nodes));
  hr_text_free(&nodes);
}

typedef struct bad_case {
  const ProtobufCMessageDescriptor *descriptor;
  const char *bytes;
  size_t length;
  const char *problem;
} bad_case;

#define BAD(descriptor, bytes, problem)                                                                                \
  { &hr_pb__##descriptor##__descriptor, bytes, sizeof(bytes) - 1, problem }

static void malformed_bytes(void **state) {
  (void)state;
  static const bad_case cases[] = {
      BAD(node_def, "\x00", "bad field tag"),
      BAD(node_def, "\x0b\x0c", "bad field tag"), /* a group */
      BAD(node_def, "\x0a", "runs past the end"), /* no length */
      BAD(node_def,
          "\x0a\x05"
          "abc",
          "runs past the end"),                                                   /* too short */
      BAD(node_def, "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "runs past"), /* 2^64 - 1 bytes */
      BAD(node_def, "\x0a\xff\xff\xff\xff\x07", "runs past the end"),             /* 2 GiB */
      BAD(node_def, "\x08\x01", "another wire type"),                             /* name as a number */
      BAD(node_def,
          "\x0a\x03"
          "a\0b",
          "NUL inside"), /* name */
      BAD(tensor_proto,
          "\x2a\x03"
          "abc",
          "part of an element"),                            /* float_val */
      BAD(tensor_proto, "\x3a\x02\x80\x80", "bad element"), /* int_val */
      BAD(tensor_proto, "\x5a\x02\x80\x01", "bad element"), /* bool_val */
      BAD(tensor_proto, "\x12\x00\x12\x00", "comes twice"), /* tensor_shape */
      BAD(tensor_proto, "\x80", "bad field tag"),
      BAD(tensor_proto, "\x28\x01", "another wire type"), /* float_val as a varint */
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i)
    assert_fails(hr_proto_check(cases[i].descriptor, cases[i].bytes, cases[i].length, NULL), HR_INVALID_ARGUMENT,
                 cases[i].problem);
}

static void errors_say_where(void **state) {
  (void)state;
  static const char bytes[] = "\x0a\x01n\x12\x01o\x08";
  assert_fails(hr_proto_check(&hr_pb__node_def__descriptor, bytes, sizeof bytes - 1, NULL), HR_INVALID_ARGUMENT,
               "Malformed tensorflow.NodeDef: field that runs past the end at byte offset 7");
}

static void unknown_fields_are_fine(void **state) {
  (void)state;
  hr_text bytes = {0};
  hr_wire_put_bytes(&bytes, 1, HR_VIEW("name"));
  hr_wire_put_number(&bytes, 1000, UINT64_MAX);
  hr_wire_put_bytes(&bytes, 536870911, HR_VIEW("\xff\xff"));
  hr_wire_put_float(&bytes, 77, 1.0f);
  hr_arena arena = {0};
  HrPb__NodeDef *node;
  assert_ok(hr_proto_unpack(&hr_pb__node_def__descriptor, &arena, bytes.data, bytes.length, NULL, &node));
  assert_string_equal(node->name, "name");
  assert_int_equal(node->base.n_unknown_fields, 3);
  hr_arena_free(&arena);
  hr_text_free(&bytes);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(recorded_graph_unpacks), cmocka_unit_test(empty_message),
      cmocka_unit_test(cut_and_flipped_bytes),  cmocka_unit_test(nesting_is_limited),
      cmocka_unit_test(memory_is_limited),      cmocka_unit_test(malformed_bytes),
      cmocka_unit_test(errors_say_where),       cmocka_unit_test(unknown_fields_are_fine),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
