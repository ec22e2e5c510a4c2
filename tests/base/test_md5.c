#include "runtime/base/md5.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* The answers of RFC 1321, appendix A.5, and lengths round the end of a block. */
static void test_known_answers(void **state) {
  (void)state;
  static const struct {
    const char *text, *digest;
  } answers[] = {
      {"", "d41d8cd98f00b204e9800998ecf8427e"},
      {"a", "0cc175b9c0f1b6a831c399e269772661"},
      {"message digest", "f96b697d7cb7938d525a2f31aaf161d0"},
      {"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f"},
      {"1234567890123456789012345678901234567890123456789012345678901234567890123456789"
       "0",
       "57edf4a22be3c955ac49da2e2107b67a"},
      {"1234567890123456789012345678901234567890123456789012345", "c9ccf168914a1bcfc3229f1948e67da0"},
      {"12345678901234567890123456789012345678901234567890123456", "49f193adce178490e34d1b3a4ec0064c"},
  };
  for (size_t i = 0; i < sizeof answers / sizeof *answers; ++i) {
    uint8_t digest[16];
    char text[33];
    hr_md5(answers[i].text, strlen(answers[i].text), digest);
    for (int k = 0; k < 16; ++k)
      snprintf(text + 2 * k, 3, "%02x", digest[k]);
    assert_string_equal(text, answers[i].digest);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_known_answers)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
