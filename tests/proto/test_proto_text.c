#include "expect.h"
#include "proto/attr_value.pb-c.h"
#include "proto/checkpoint_state.pb-c.h"
#include "proto/config.pb-c.h"
#include "proto/example.pb-c.h"
#include "proto/graph.pb-c.h"
#include "proto/struct.pb-c.h"
#include "proto/summary.pb-c.h"
#include "proto/tensor.pb-c.h"
#include "read_data.h"
#include "runtime/base/proto_check.h"
#include "runtime/base/proto_text.h"

typedef struct recorded {
  const char *name;
  const ProtobufCMessageDescriptor *descriptor;
} recorded;

static const recorded recordings[] = {
    {"graph", &hr_pb__graph_def__descriptor},
    {"summary", &hr_pb__summary__descriptor},
    {"example", &hr_pb__example__descriptor},
    {"config", &hr_pb__config_proto__descriptor},
    {"checkpoint", &hr_pb__checkpoint_state__descriptor},
};

static void read_pair(const recorded *r, hr_text *bytes, hr_text *text) {
  char name[64];
  snprintf(name, sizeof name, "%s.pb", r->name);
  *bytes = read_data(name);
  snprintf(name, sizeof name, "%s.pbtxt", r->name);
  *text = read_data(name);
  assert_true(bytes->length > 0 && text->length > 0);
}

static void prints_what_tensorflow_prints(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof recordings / sizeof *recordings; ++i) {
    hr_text bytes, text, printed = {0};
    read_pair(&recordings[i], &bytes, &text);
    hr_arena arena = {0};
    void *message;
    assert_ok(hr_proto_unpack(recordings[i].descriptor, &arena, bytes.data, bytes.length, NULL, &message));
    hr_proto_print(message, &printed);
    assert_string_equal(printed.data, text.data);
    hr_arena_free(&arena);
    hr_text_free(&printed);
    hr_text_free(&bytes);
    hr_text_free(&text);
  }
}

static void parses_what_tensorflow_prints(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof recordings / sizeof *recordings; ++i) {
    hr_text bytes, text, printed = {0};
    read_pair(&recordings[i], &bytes, &text);
    hr_arena arena = {0};
    void *message;
    assert_ok(hr_proto_parse(recordings[i].descriptor, &arena, text.data, text.length, &message));
    hr_proto_print(message, &printed);
    assert_string_equal(printed.data, text.data);
    hr_arena_free(&arena);
    hr_text_free(&printed);
    hr_text_free(&bytes);
    hr_text_free(&text);
  }
}

static void parsed_graph_has_the_recorded_bytes(void **state) {
  (void)state;
  hr_text bytes, text, packed = {0};
  read_pair(&recordings[0], &bytes, &text);
  hr_arena arena = {0};
  void *message;
  assert_ok(hr_proto_parse(recordings[0].descriptor, &arena, text.data, text.length, &message));
  hr_proto_pack(message, &packed);
  assert_int_equal(packed.length, bytes.length);
  assert_memory_equal(packed.data, bytes.data, bytes.length);
  hr_arena_free(&arena);
  hr_text_free(&packed);
  hr_text_free(&bytes);
  hr_text_free(&text);
}

static void other_spellings(void **state) {
  (void)state;
  static const char text[] = "# a comment\n"
                             "dtype: 1, tensor_shape: < dim { size: 0x10 } dim: { size: 010 name: 'a' \"b\" } >;\n"
                             "float_val: [1, -2.5e3f, .5, inf, -nan] float_val: 7 bool_val: [t, False, 1]\n"
                             "tensor_content: '\\x41\\102\\'\\n\"' string_val: [] half_val: 9";
  hr_arena arena = {0};
  HrPb__TensorProto *tensor;
  assert_ok(hr_proto_parse(&hr_pb__tensor_proto__descriptor, &arena, text, sizeof text - 1, &tensor));
  assert_int_equal(tensor->dtype, HR_PB__DATA_TYPE__DT_FLOAT);
  assert_int_equal(tensor->tensor_shape->n_dim, 2);
  assert_int_equal(tensor->tensor_shape->dim[0]->size, 16);
  assert_int_equal(tensor->tensor_shape->dim[1]->size, 8);
  assert_string_equal(tensor->tensor_shape->dim[1]->name, "ab");
  assert_int_equal(tensor->n_float_val, 6);
  assert_true(tensor->float_val[1] == -2500.0f && tensor->float_val[2] == 0.5f && tensor->float_val[5] == 7.0f);
  assert_true(tensor->float_val[4] != tensor->float_val[4]);
  assert_int_equal(tensor->n_bool_val, 3);
  assert_true(tensor->bool_val[0] && !tensor->bool_val[1] && tensor->bool_val[2]);
  assert_int_equal(tensor->tensor_content.len, 5);
  assert_memory_equal(tensor->tensor_content.data, "AB'\n\"", 5);
  assert_int_equal(tensor->n_string_val, 0);
  hr_arena_free(&arena);
}

static void bad_text(void **state) {
  (void)state;
  static const struct {
    const char *text, *problem;
  } cases[] = {
      {"dtype: DT_NONSENSE", "no value named DT_NONSENSE"},
      {"nonsense: 1", "1:1 : Message type \"tensorflow.TensorProto\" has no field named \"nonsense\""},
      {"dtype: DT_FLOAT\n  int_val: x", "2:13 : Bad integer x"},
      {"int_val: 2147483648", "Bad integer"},
      {"uint32_val: -1", "Bad unsigned integer"},
      {"float_val: 1.0.0", "Bad number"},
      {"float_val", "Expected :"},
      {"float_val: [1 2]", "Expected ] or ,"},
      {"tensor_shape { dim { size: 1 }", "Expected }"},
      {"tensor_shape", "Expected { or <"},
      {"tensor_content: 'abc", "not closed"},
      {"tensor_content: 'a\nb'", "not closed"},
      {"tensor_content: '\\q'", "escape"},
      {"tensor_content: 5", "Expected a string"},
      {"bool_val: maybe", "Expected true or false"},
      {"version_number: 1 version_number: 2", "multiple \"version_number\" fields"},
      {"}", "Expected a field name"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    hr_arena arena = {0};
    void *message;
    assert_fails(
        hr_proto_parse(&hr_pb__tensor_proto__descriptor, &arena, cases[i].text, strlen(cases[i].text), &message),
        HR_INVALID_ARGUMENT, cases[i].problem);
    hr_arena_free(&arena);
  }
  hr_arena arena = {0};
  void *message;
  static const char oneof[] = "i: 1 f: 2";
  assert_fails(hr_proto_parse(&hr_pb__attr_value__descriptor, &arena, oneof, sizeof oneof - 1, &message),
               HR_INVALID_ARGUMENT, "oneof");
  hr_arena_free(&arena);
}

static void deep_text_is_refused(void **state) {
  (void)state;
  hr_text text = {0};
  for (int i = 0; i < 20000; ++i)
    hr_text_add_string(&text, i % 2 ? "values{" : "list_value{");
  hr_arena arena = {0};
  void *message;
  assert_fails(hr_proto_parse(&hr_pb__structured_value__descriptor, &arena, text.data, text.length, &message),
               HR_INVALID_ARGUMENT, "nested more than 100 deep");
  hr_arena_free(&arena);
  hr_text_free(&text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(prints_what_tensorflow_prints),
      cmocka_unit_test(parses_what_tensorflow_prints),
      cmocka_unit_test(parsed_graph_has_the_recorded_bytes),
      cmocka_unit_test(other_spellings),
      cmocka_unit_test(bad_text),
      cmocka_unit_test(deep_text_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
