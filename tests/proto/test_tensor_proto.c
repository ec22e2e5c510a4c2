#include "expect.h"
#include "runtime/base/wire.h"
#include "runtime/tensor/tensor_proto.h"
#include <stdlib.h>

typedef struct recorded {
  const char *name, *proto, *values;
} recorded;

/* tf.make_tensor_proto(...).SerializeToString() of TensorFlow 1.15.5 and the bytes of its MakeNdarray; strings are
 * separated by '|'. */
static const recorded recordings[] = {
    {"float scalar", "080112002a040000c03f", "0000c03f"},
    {"float [1]", "08011204120208012a040000c03f", "0000c03f"},
    {"float [2]", "080112041202080222080000c03f00000040", "0000c03f00000040"},
    {"float [0]", "080112021200", ""},
    {"float fill", "0801120812020802120208032a040000803e", "0000803e0000803e0000803e0000803e0000803e0000803e"},
    {"float zeros", "08011204120208032a0400000000", "000000000000000000000000"},
    {"double", "0802120812020802120208022220000000000000f03f000000000000004000000000000008c00000000000001040",
     "000000000000f03f000000000000004000000000000008c00000000000001040"},
    {"double scalar", "0802120032089a9999999999b9bf", "9a9999999999b9bf"},
    {"int32 scalar", "080312003a0af9ffffffffffffffff01", "f9ffffff"},
    {"int32", "080312081202080212020802221001000000feffffff0300000004000000", "01000000feffffff0300000004000000"},
    {"int64 scalar", "08091200520a8080808080e0ffffff01", "0000000000ffffff"},
    {"int64", "080912041202080222100100000000000000ffffffffffffffff", "0100000000000000ffffffffffffffff"},
    {"int16", "08051204120208022204ffff0200", "ffff0200"},
    {"int16 scalar", "080512003a0ad4fdffffffffffffff01", "d4fe"},
    {"int8 scalar", "080612003a0afdffffffffffffffff01", "fd"},
    {"int8", "08061204120208032203fd0405", "fd0405"},
    {"uint8 scalar", "080412003a02c801", "c8"},
    {"uint8", "08041204120208022202c801", "c801"},
    {"uint16 scalar", "081112003a03e0d403", "60ea"},
    {"uint16", "08111204120208023a0401e0d403", "010060ea"},
    {"uint32 scalar", "0816120082010580d0acf30e", "00286bee"},
    {"uint64", "0817120412020802221003000000000000000000000000000080", "03000000000000000000000000000080"},
    {"half", "08131204120208036a0780788080038070", "003c00c00038"},
    {"bfloat16", "080e1204120208026a05807f808001", "803f0040"},
    {"bool scalar", "080a12005a0101", "01"},
    {"bool", "080a1204120208035a03010001", "010001"},
    {"complex64", "08081204120208024a100000803f000000400000404000000000", "0000803f000000400000404000000000"},
    {"complex128 scalar", "081212006210000000000000f03f00000000000000c0", "000000000000f03f00000000000000c0"},
    {"complex64 fill", "08081204120208024a080000803f00000040", "0000803f000000400000803f00000040"},
    {"string scalar", "080712004205636166c3a9", "636166c3a9"},
    {"string", "08071204120208034201614200420200ff", "61||00ff"},
    {"string fill", "0807120412020802420178", "78|78"},
    {"int32 empty", "08031206120208021200", ""},
    {"int32 some of", "08031204120208043a020102", "01000000020000000200000002000000"},
};
#define RECORDINGS (sizeof recordings / sizeof *recordings)

static hr_text unhex(const char *hex, size_t length) {
  hr_text bytes = {0};
  hr_text_add(&bytes, "", 0);
  for (size_t i = 0; i + 1 < length; i += 2) {
    char digits[3] = {hex[i], hex[i + 1], '\0'};
    char byte = (char)strtol(digits, NULL, 16);
    hr_text_add(&bytes, &byte, 1);
  }
  return bytes;
}

static void assert_values(const hr_tensor *t, const recorded *r) {
  if (hr_tensor_dtype(t) != HR_STRING) {
    hr_text values = unhex(r->values, strlen(r->values));
    assert_int_equal(hr_tensor_bytes(t), values.length);
    assert_memory_equal(hr_tensor_data(t), values.data, values.length);
    hr_text_free(&values);
    return;
  }
  const hr_string *strings = (const hr_string *)hr_tensor_data(t);
  const char *at = r->values;
  for (int64_t i = 0; i < t->elements; ++i) {
    size_t length = strcspn(at, "|");
    hr_text value = unhex(at, length);
    assert_int_equal(hr_string_length(&strings[i]), value.length);
    assert_memory_equal(hr_string_data(&strings[i]), value.data, value.length);
    hr_text_free(&value);
    at += length + (at[length] == '|');
  }
}

static void reads_and_writes_what_tensorflow_writes(void **state) {
  (void)state;
  for (size_t i = 0; i < RECORDINGS; ++i) {
    hr_text proto = unhex(recordings[i].proto, strlen(recordings[i].proto)), written = {0};
    hr_tensor t;
    assert_ok(hr_tensor_from_proto((hr_view){proto.data, proto.length}, hr_cpu_allocator(), &t));
    assert_values(&t, &recordings[i]);
    assert_ok(hr_tensor_to_proto(&t, &written));
    if (written.length != proto.length || memcmp(written.data, proto.data, proto.length))
      fail_msg("%s is written in another way", recordings[i].name);
    hr_tensor_clear(&t);
    hr_text_free(&proto);
    hr_text_free(&written);
  }
}

static void new_tensors_are_written_as_tensorflow_does(void **state) {
  (void)state;
  hr_tensor t;
  hr_text out = {0}, expected = unhex("080112041202080222080000c03f00000040", 36);
  assert_ok(hr_tensor_from(HR_FLOAT, 1, (int64_t[]){2}, (float[]){1.5f, 2.0f}, &t));
  assert_ok(hr_tensor_to_proto(&t, &out));
  assert_int_equal(out.length, expected.length);
  assert_memory_equal(out.data, expected.data, out.length);
  /* A wish for one value does not lose the second. */
  t.proto_values = 1;
  out.length = 0;
  assert_ok(hr_tensor_to_proto(&t, &out));
  assert_memory_equal(out.data, expected.data, expected.length);
  hr_tensor_clear(&t);
  hr_text_free(&out);
  hr_text_free(&expected);
}

/* Forms that TensorFlow's C++ writes survive a round trip. */
static void other_forms_survive(void **state) {
  (void)state;
  static const char *const protos[] = {
      "08011200"
      "2204"
      "0000c03f", /* a scalar as tensor_content */
      "0801"
      "120412020802"
      "2a080000c03f00000040", /* two floats as a list */
      "080a"
      "120412020802"
      "22020100", /* bools as tensor_content */
      "0803"
      "120412020804"
      "3a020102", /* 1, 2, 2, 2 */
  };
  for (size_t i = 0; i < sizeof protos / sizeof *protos; ++i) {
    hr_text proto = unhex(protos[i], strlen(protos[i])), written = {0};
    hr_tensor t;
    assert_ok(hr_tensor_from_proto((hr_view){proto.data, proto.length}, hr_cpu_allocator(), &t));
    assert_ok(hr_tensor_to_proto(&t, &written));
    assert_int_equal(written.length, proto.length);
    assert_memory_equal(written.data, proto.data, proto.length);
    hr_tensor_clear(&t);
    hr_text_free(&proto);
    hr_text_free(&written);
  }
}

static void unusual_but_valid(void **state) {
  (void)state;
  hr_tensor t;
  /* Values one by one (not packed), more of them than the shape takes. */
  hr_text bytes = unhex("0803120412020802380138023803", 28);
  assert_ok(hr_tensor_from_proto((hr_view){bytes.data, bytes.length}, hr_cpu_allocator(), &t));
  assert_int_equal(((int32_t *)hr_tensor_data(&t))[1], 2);
  hr_tensor_clear(&t);
  hr_text_free(&bytes);
  /* No values at all are zeros; a missing shape is a scalar. */
  bytes = unhex("0809"
                "1204"
                "12020803",
                16);
  assert_ok(hr_tensor_from_proto((hr_view){bytes.data, bytes.length}, hr_cpu_allocator(), &t));
  for (int i = 0; i < 3; ++i)
    assert_int_equal(((int64_t *)hr_tensor_data(&t))[i], 0);
  hr_tensor_clear(&t);
  hr_text_free(&bytes);
  bytes = unhex("0801", 4);
  assert_ok(hr_tensor_from_proto((hr_view){bytes.data, bytes.length}, hr_cpu_allocator(), &t));
  assert_int_equal(t.rank, 0);
  hr_tensor_clear(&t);
  hr_text_free(&bytes);
  /* Strings in tensor_content: lengths 1 and 2, then the bytes. */
  bytes = unhex("0807"
                "120412020802"
                "2205"
                "0102616263",
                30);
  assert_ok(hr_tensor_from_proto((hr_view){bytes.data, bytes.length}, hr_cpu_allocator(), &t));
  assert_values(&t, &(recorded){"", "", "61|6263"});
  hr_tensor_clear(&t);
  hr_text_free(&bytes);
}

static void bad_protos(void **state) {
  (void)state;
  static const struct {
    const char *proto;
    hr_code code;
    const char *problem;
  } cases[] = {
      {"", HR_INVALID_ARGUMENT, "dtype 0 is not valid"},
      {"0865", HR_INVALID_ARGUMENT, "dtype 101 is not valid"},
      {"08ffffffffffffffffff01", HR_INVALID_ARGUMENT, "is not valid"},
      {"0814", HR_UNIMPLEMENTED, "resource"},
      {"0801"
       "120d120b08ffffffffffffffffff01",
       HR_INVALID_ARGUMENT, "not fully defined"},
      {"0801"
       "12021801",
       HR_INVALID_ARGUMENT, "not fully defined"},
      {"0801"
       "120d120b08feffffffffffffffff01",
       HR_INVALID_ARGUMENT, ">= -1"},
      {"0801"
       "120412020802"
       "22040000c03f",
       HR_INVALID_ARGUMENT, "tensor_content has 4 bytes"},
      {"0801"
       "1218120a08808080808080808001120a08808080808080808001",
       HR_INVALID_ARGUMENT, "overflow"},
      {"0801"
       "120a120808808080808080808001",
       HR_INVALID_ARGUMENT, "Malformed TensorShapeProto"},
      {"0801"
       "12081206088080808010"
       "2a040000c03f",
       HR_RESOURCE_EXHAUSTED, "asks for a tensor"},
      {"0807"
       "120412020802"
       "2202017f",
       HR_INVALID_ARGUMENT, "tensor_content of strings"},
      {"0803"
       "3a0180",
       HR_INVALID_ARGUMENT, "malformed list"},
      {"0801"
       "2a03000000",
       HR_INVALID_ARGUMENT, "malformed list"},
      {"0801"
       "2a",
       HR_INVALID_ARGUMENT, "malformed bytes"},
      {"0801"
       "121a"
       "1200120012001200120012001200120012001200120012001200",
       HR_UNIMPLEMENTED, "12 dimensions"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    hr_text bytes = unhex(cases[i].proto, strlen(cases[i].proto));
    hr_tensor t;
    assert_fails(hr_tensor_from_proto((hr_view){bytes.data, bytes.length}, hr_cpu_allocator(), &t), cases[i].code,
                 cases[i].problem);
    assert_int_equal(t.dtype, HR_INVALID);
    hr_text_free(&bytes);
  }
}

static void shapes(void **state) {
  (void)state;
  const hr_partial_shape all[] = {HR_SHAPE(), HR_SHAPE(2, -1, 0, 300), HR_SHAPE_UNKNOWN};
  for (int i = 0; i < 3; ++i) {
    hr_text out = {0};
    hr_shape_to_proto(&all[i], &out);
    hr_partial_shape again;
    assert_ok(hr_shape_from_proto((hr_view){out.data, out.length}, &again));
    assert_true(hr_partial_shape_equal(&all[i], &again));
    hr_text_free(&out);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(reads_and_writes_what_tensorflow_writes),
      cmocka_unit_test(new_tensors_are_written_as_tensorflow_does),
      cmocka_unit_test(other_forms_survive),
      cmocka_unit_test(unusual_but_valid),
      cmocka_unit_test(bad_protos),
      cmocka_unit_test(shapes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
