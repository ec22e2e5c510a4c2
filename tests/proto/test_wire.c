#include "expect.h"
#include "runtime/base/wire.h"
#include <stdlib.h>

static void varints_read_back(void **state) {
  (void)state;
  const uint64_t values[] = {0, 1, 127, 128, 16383, 16384, UINT32_MAX, (uint64_t)1 << 63, UINT64_MAX};
  for (size_t i = 0; i < sizeof values / sizeof *values; ++i) {
    hr_text out = {0};
    hr_wire_put_varint(&out, values[i]);
    assert_int_equal(out.length, hr_wire_varint_size(values[i]));
    hr_wire wire = hr_wire_of(out.data, out.length);
    uint64_t value;
    assert_true(hr_wire_varint(&wire, &value));
    assert_true(hr_wire_done(&wire));
    assert_true(value == values[i]);
    for (size_t cut = 0; cut < out.length; ++cut) {
      wire = hr_wire_of(out.data, cut);
      assert_false(hr_wire_varint(&wire, &value));
    }
    hr_text_free(&out);
  }
}

static void varint_of_eleven_bytes_is_refused(void **state) {
  (void)state;
  uint8_t bytes[11];
  memset(bytes, 0x80, sizeof bytes);
  hr_wire wire = hr_wire_of(bytes, sizeof bytes);
  uint64_t value;
  assert_false(hr_wire_varint(&wire, &value));
}

/* Field 7 holding field 2 with `length` bytes: the nested length takes one to four bytes. */
static void nested_lengths(void **state) {
  (void)state;
  static const size_t lengths[] = {0, 1, 124, 125, 126, 127, 128, 16380, 16381, 2097151};
  for (size_t i = 0; i < sizeof lengths / sizeof *lengths; ++i) {
    char *bytes = malloc(lengths[i] + 1);
    memset(bytes, 'x', lengths[i] + 1);
    hr_text out = {0};
    size_t begin = hr_wire_begin(&out, 7);
    hr_wire_put_bytes(&out, 2, (hr_view){bytes, lengths[i]});
    hr_wire_end(&out, begin);
    assert_false(out.failed);

    hr_wire wire = hr_wire_of(out.data, out.length);
    uint32_t field;
    hr_wire_type type;
    hr_view message = {0}, inner = {0};
    assert_true(hr_wire_tag(&wire, &field, &type) && hr_wire_bytes(&wire, &message) && hr_wire_done(&wire));
    assert_int_equal(field, 7);
    hr_wire inside = hr_wire_of_view(message);
    assert_true(hr_wire_tag(&inside, &field, &type) && hr_wire_bytes(&inside, &inner) && hr_wire_done(&inside));
    assert_int_equal(field, 2);
    assert_int_equal(inner.length, lengths[i]);
    assert_memory_equal(inner.data, bytes, lengths[i]);
    hr_text_free(&out);
    free(bytes);
  }
}

static void bad_tags(void **state) {
  (void)state;
  uint32_t field;
  hr_wire_type type;
  for (unsigned byte = 0; byte < 128; ++byte) {
    uint8_t tag = (uint8_t)byte;
    hr_wire wire = hr_wire_of(&tag, 1);
    bool good = byte >= 8 && ((byte & 7) <= 2 || (byte & 7) == 5);
    assert_int_equal(hr_wire_tag(&wire, &field, &type), good);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(varints_read_back),
      cmocka_unit_test(varint_of_eleven_bytes_is_refused),
      cmocka_unit_test(nested_lengths),
      cmocka_unit_test(bad_tags),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
