/* HPACK: the examples of RFC 7541's appendix C, what we write ourselves, and bytes that are no headers. */
#include "distributed/http2/hpack.h"
#include "transport_testing.h"

/* "name: value\n" of each field. */
static void add_field(void *text, hr_hpack_field field) {
  hr_text_add(text, field.name.data, field.name.length);
  hr_text_add_string(text, ": ");
  hr_text_add(text, field.value.data, field.value.length);
  hr_text_add_string(text, "\n");
}

/* What hexadecimal digits say; NULL where they are no headers. Freed with free(). */
static char *decoded(hr_hpack_decoder *decoder, const char *digits) {
  hr_text block = {0}, said = {0};
  for (; digits[0] && digits[1]; digits += 2) {
    unsigned byte;
    assert_int_equal(sscanf(digits, "%2x", &byte), 1);
    hr_text_add(&block, &(char){(char)byte}, 1);
  }
  bool good = hr_hpack_decode(decoder, (hr_view){block.data, block.length}, add_field, &said);
  hr_text_free(&block);
  if (good) return hr_text_take(&said);
  hr_text_free(&said);
  return NULL;
}

static void assert_decodes(hr_hpack_decoder *decoder, const char *digits, const char *wanted) {
  char *said = decoded(decoder, digits);
  assert_non_null(said);
  assert_string_equal(said, wanted);
  free(said);
}

static const char first[] = ":method: GET\n:scheme: http\n:path: /\n:authority: www.example.com\n";
static const char second[] =
    ":method: GET\n:scheme: http\n:path: /\n:authority: www.example.com\ncache-control: no-cache\n";
static const char third[] =
    ":method: GET\n:scheme: https\n:path: /index.html\n:authority: www.example.com\ncustom-key: custom-value\n";

static void test_requests(void **state) {
  (void)state;
  hr_hpack_decoder decoder;
  hr_hpack_decoder_init(&decoder);
  assert_decodes(&decoder, "828684410f7777772e6578616d706c652e636f6d", first);
  assert_decodes(&decoder, "828684be58086e6f2d6361636865", second);
  assert_decodes(&decoder, "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565", third);
  hr_hpack_decoder_clear(&decoder);
}

static void test_huffman(void **state) {
  (void)state;
  hr_hpack_decoder decoder;
  hr_hpack_decoder_init(&decoder);
  assert_decodes(&decoder, "828684418cf1e3c2e5f23a6ba0ab90f4ff", first);
  assert_decodes(&decoder, "828684be5886a8eb10649cbf", second);
  assert_decodes(&decoder, "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf", third);
  hr_hpack_decoder_clear(&decoder);
}

/* A table of 256 bytes, from which fields fall out (C.6). */
static void test_eviction(void **state) {
  (void)state;
  hr_hpack_decoder decoder;
  hr_hpack_decoder_init(&decoder);
  assert_decodes(&decoder, "3fe101", "");
  assert_decodes(
      &decoder,
      "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82"
      "ae43d3",
      ":status: 302\ncache-control: private\ndate: Mon, 21 Oct 2013 20:13:21 GMT\n"
      "location: https://www.example.com\n");
  assert_decodes(&decoder, "4883640effc1c0bf",
                 ":status: 307\ncache-control: private\ndate: Mon, 21 Oct 2013 20:13:21 GMT\n"
                 "location: https://www.example.com\n");
  assert_int_equal(decoder.table.bytes, 222);
  hr_hpack_decoder_clear(&decoder);
}

static void test_malformed(void **state) {
  (void)state;
  static const char *const bad[] = {
      "80",               /* index 0 */
      "be",               /* an index that is not there */
      "ff80808080808001", /* a number without end */
      "4005616263",       /* a name that ends too early */
      "00",               /* no name */
      "0003616263",       /* no value */
      "3fe13f",           /* a table that is too large */
      "0083ffffff0161",   /* the code's own end */
      "008100",           /* filled up with zeros */
      "0082ffff0161",     /* filled up with too much */
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
    hr_hpack_decoder decoder;
    hr_hpack_decoder_init(&decoder);
    char *said = decoded(&decoder, bad[i]);
    if (said) fail_msg("%s says %s", bad[i], said);
    hr_hpack_decoder_clear(&decoder);
  }
}

/* What is written is read, over many blocks, with more fields than the table holds. */
static void test_round_trip(void **state) {
  (void)state;
  hr_hpack_encoder encoder;
  hr_hpack_decoder decoder;
  hr_hpack_encoder_init(&encoder);
  hr_hpack_decoder_init(&decoder);
  uint32_t random = 1;
  for (int round = 0; round < 400; ++round) {
    hr_text block = {0}, wanted = {0}, said = {0};
    if (round == 300) hr_hpack_encoder_limit(&encoder, 100);
    for (int i = 0; i < 6; ++i) {
      char name[16], value[600];
      random = random * 1664525 + 1013904223;
      snprintf(name, sizeof name, "name-%u", random >> 8 & 31);
      snprintf(value, sizeof value, "%0*u", (int)(random >> 16 & 511) + 1, random >> 13 & 3);
      hr_hpack_field field = {hr_view_of(name), hr_view_of(value)};
      hr_hpack_encode(&encoder, &block, field.name, field.value, random >> 30);
      add_field(&wanted, field);
    }
    assert_true(hr_hpack_decode(&decoder, (hr_view){block.data, block.length}, add_field, &said));
    assert_string_equal(said.data, wanted.data);
    assert_int_equal(encoder.table.count, decoder.table.count);
    assert_true(decoder.table.bytes <= HR_HPACK_TABLE_BYTES);
    hr_text_free(&block);
    hr_text_free(&wanted);
    hr_text_free(&said);
  }
  assert_int_equal(encoder.table.count, 0);
  hr_hpack_encoder_clear(&encoder);
  hr_hpack_decoder_clear(&decoder);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_requests),  cmocka_unit_test(test_huffman),    cmocka_unit_test(test_eviction),
      cmocka_unit_test(test_malformed), cmocka_unit_test(test_round_trip),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
