/* Candidate samplers against recorded draws of TensorFlow 1.15, and where that would abort. */
#include "tests/kernels/tester.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The logarithms and exponentials of another libm. */
static const tester_tolerance counts[] = {{NULL, 2e-6, 0, 0, 0}};

static void test_recorded(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "candidates", .tolerances = counts});
}

static int64_t number(int64_t i) { return i * 7 % 50; }

static hr_code code_of(const char *op, int64_t range, int64_t num_sampled, const hr_named_attr *more, int num_more) {
  hr_tensor true_classes = tester_integers(HR_INT64, 2, (int64_t[]){4, 1}, number);
  hr_named_attr attrs[8] = {{"num_true", HR_ATTR_INT_VALUE(1)},
                            {"num_sampled", HR_ATTR_INT_VALUE(num_sampled)},
                            {"unique", HR_ATTR_BOOL_VALUE(true)},
                            {"range_max", HR_ATTR_INT_VALUE(range)}};
  for (int i = 0; i < num_more; ++i)
    attrs[4 + i] = more[i];
  hr_code code = tester_code(op, 1, &true_classes, 4 + num_more, attrs);
  hr_tensor_clear(&true_classes);
  return code;
}

static hr_attr_value floats(int count, const float *values) {
  return (hr_attr_value){.kind = HR_ATTR_FLOAT, .is_list = true, .count = count, .floats = values};
}

/* Every class once is the most that different candidates can be, and takes the longest to draw. */
static void test_mistakes(void **state) {
  (void)state;
  assert_int_equal(code_of("UniformCandidateSampler", 50, 50, NULL, 0), HR_OK);
  assert_int_equal(code_of("UniformCandidateSampler", 50, 51, NULL, 0), HR_INVALID_ARGUMENT);
  assert_int_equal(code_of("LearnedUnigramCandidateSampler", 22, 3, NULL, 0), HR_OK);
  assert_int_equal(code_of("LearnedUnigramCandidateSampler", 21, 3, NULL, 0), HR_INVALID_ARGUMENT);
  assert_int_equal(code_of("LearnedUnigramCandidateSampler", INT64_MAX, 3, NULL, 0), HR_INVALID_ARGUMENT);
  const float weights[] = {1, 0, 3, 2}, nothing[] = {0, 0, 0, 0};
  hr_named_attr unigrams[] = {{"unigrams", floats(4, weights)}, {"shard", HR_ATTR_INT_VALUE(0)}};
  assert_int_equal(code_of("FixedUnigramCandidateSampler", 4, 3, unigrams, 2), HR_OK);
  assert_int_equal(code_of("FixedUnigramCandidateSampler", 4, 4, unigrams, 2), HR_INVALID_ARGUMENT);
  assert_int_equal(code_of("FixedUnigramCandidateSampler", 5, 3, unigrams, 2), HR_INVALID_ARGUMENT);
  assert_int_equal(code_of("FixedUnigramCandidateSampler", 3, 3, unigrams, 2), HR_INVALID_ARGUMENT);
  unigrams[1].value = HR_ATTR_INT_VALUE(1);
  assert_int_equal(code_of("FixedUnigramCandidateSampler", 4, 3, unigrams, 2), HR_INVALID_ARGUMENT);
  hr_named_attr none = {"unigrams", floats(4, nothing)},
                file = {"vocab_file", HR_ATTR_STRING_VALUE("/nonexistent/words")};
  assert_int_equal(code_of("FixedUnigramCandidateSampler", 4, 1, &none, 1), HR_INVALID_ARGUMENT);
  assert_int_equal(code_of("FixedUnigramCandidateSampler", 4, 1, &file, 1), HR_NOT_FOUND);
}

/* Words with commas, spaces around counts, no line end at the end; and a line without a count. */
static void test_vocabulary_file(void **state) {
  (void)state;
  char path[] = "/tmp/headrace_words_XXXXXX";
  int descriptor = mkstemp(path);
  assert_true(descriptor >= 0);
  FILE *stream = fdopen(descriptor, "w");
  assert_non_null(stream);
  fputs("the,7\nand, or ,2.5 \n9\nrare,1e-3", stream);
  fclose(stream);
  hr_named_attr file = {"vocab_file", HR_ATTR_STRING_VALUE(path)};
  assert_int_equal(code_of("FixedUnigramCandidateSampler", 4, 4, &file, 1), HR_OK);
  stream = fopen(path, "a");
  assert_non_null(stream);
  fputs("\nnothing\n", stream);
  fclose(stream);
  assert_int_equal(code_of("FixedUnigramCandidateSampler", 5, 4, &file, 1), HR_INVALID_ARGUMENT);
  remove(path);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_recorded),
      cmocka_unit_test(test_mistakes),
      cmocka_unit_test(test_vocabulary_file),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
