/* Batch normalisation against recorded values of TensorFlow 1.15 and against its definition. */
#include "tests/kernels/tester.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Sums in another order. */
static const tester_tolerance sums[] = {
    {"FusedBatchNormGradV3", 2e-6, 1e-5, 0, 0},
    {NULL, 2e-6, 5e-6, 0, 0},
};

static void test_recorded(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "batch_norm", .tolerances = sums});
}

/* Channel k has mean about k, so that sums of squares would lose all digits. */
static int64_t number(int64_t i) { return 1000 * (i % 7) + (i * 31 + i / 7 * 17) % 11; }

static int64_t few(int64_t i) { return 1 + i * 5 % 7; }

typedef struct problem {
  hr_tensor inputs[6];
  int64_t rows, channels;
} problem;

static problem problem_of(int64_t rows, int64_t channels) {
  problem p = {.rows = rows, .channels = channels};
  const int64_t dims[] = {rows, 1, 1, channels}, none = 0;
  p.inputs[0] = tester_integers(HR_FLOAT, 4, dims, number);
  p.inputs[1] = tester_integers(HR_FLOAT, 1, &channels, few);
  p.inputs[2] = tester_integers(HR_FLOAT, 1, &channels, few);
  p.inputs[3] = tester_integers(HR_FLOAT, 1, &none, number);
  p.inputs[4] = tester_integers(HR_FLOAT, 1, &none, number);
  p.inputs[5] = tester_integers(HR_FLOAT, 1, &none, number);
  return p;
}

static void clear(int count, hr_tensor *tensors) {
  for (int i = 0; i < count; ++i)
    hr_tensor_clear(&tensors[i]);
}

/* All outputs of an op. */
static void run(int threads, const char *op, int num_inputs, const hr_tensor *inputs, hr_tensor outputs[6]) {
  hr_session_options options = {.intra_op_threads = threads, .use_per_session_threads = true};
  hr_single_op single = {.op = op, .num_inputs = num_inputs, .inputs = inputs, .options = &options};
  int32_t count;
  hr_status status = hr_run_single_op(&single, 6, outputs, &count, NULL);
  assert_null(status);
}

static double column_mean(const hr_tensor *x, int64_t rows, int64_t channels, int64_t k) {
  double sum = 0;
  for (int64_t r = 0; r < rows; ++r)
    sum += tester_number(x, r * channels + k);
  return sum / (double)rows;
}

static void check_forward(const problem *p, const hr_tensor outputs[6]) {
  const hr_tensor *x = &p->inputs[0];
  for (int64_t k = 0; k < p->channels; ++k) {
    double mean = column_mean(x, p->rows, p->channels, k), squares = 0;
    for (int64_t r = 0; r < p->rows; ++r)
      squares += pow(tester_number(x, r * p->channels + k) - mean, 2);
    double variance = squares / (double)p->rows, factor = tester_number(&p->inputs[1], k) / sqrt(variance + 1e-4);
    tester_assert_near(&outputs[1], k, mean, 1e-6, 0);
    tester_assert_near(&outputs[2], k, squares / (double)(p->rows - 1), 1e-5, 0);
    tester_assert_near(&outputs[4], k, variance, 1e-5, 0);
    for (int64_t r = k % 3; r < p->rows; r += 97) {
      int64_t at = r * p->channels + k;
      double y = (tester_number(x, at) - mean) * factor + tester_number(&p->inputs[2], k);
      tester_assert_near(&outputs[0], at, y, 1e-4, 1e-3 * fabs(factor));
    }
  }
}

/* dx by its definition, from the kernel's own mean and variance. */
static void check_gradient(const problem *p, const hr_tensor *dy, const hr_tensor *mean, const hr_tensor *variance,
                           const hr_tensor outputs[6]) {
  for (int64_t k = 0; k < p->channels; ++k) {
    double dy_mean = column_mean(dy, p->rows, p->channels, k), product = 0, m = tester_number(mean, k);
    for (int64_t r = 0; r < p->rows; ++r)
      product += tester_number(dy, r * p->channels + k) * (tester_number(&p->inputs[0], r * p->channels + k) - m);
    double scaled = tester_number(variance, k) + 1e-4, factor = tester_number(&p->inputs[1], k) / sqrt(scaled);
    tester_assert_near(&outputs[1], k, product / sqrt(scaled), 2e-4, 1e-2);
    tester_assert_near(&outputs[2], k, dy_mean * (double)p->rows, 1e-5, 0);
    for (int64_t r = k % 3; r < p->rows; r += 97) {
      int64_t at = r * p->channels + k;
      double distance = tester_number(&p->inputs[0], at) - m;
      double dx = (tester_number(dy, at) - dy_mean - distance * product / (double)p->rows / scaled) * factor;
      tester_assert_near(&outputs[0], at, dx, 1e-3, 1e-3 * fabs(factor));
    }
  }
}

static int64_t slope(int64_t i) { return i * 7 % 5 - 2; }

/* Few and many rows, channels by the strip and beside it, on one thread and on several: the same bits. */
static void test_many_sizes(void **state) {
  (void)state;
  static const int64_t sizes[][2] = {{2, 3}, {50, 300}, {64, 8}, {65, 41}, {5000, 7}, {1200, 77}, {33, 1100}};
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; ++s) {
    problem p = problem_of(sizes[s][0], sizes[s][1]);
    hr_tensor first[6], again[6], gradients[6], gradients_again[6];
    run(1, "FusedBatchNormV3", 5, p.inputs, first);
    run(4, "FusedBatchNormV3", 5, p.inputs, again);
    for (int i = 0; i < 5; ++i)
      assert_true(hr_tensor_equal(&first[i], &again[i]));
    check_forward(&p, first);
    const int64_t dims[] = {p.rows, 1, 1, p.channels};
    hr_tensor dy = tester_integers(HR_FLOAT, 4, dims, slope);
    hr_tensor inputs[] = {dy, p.inputs[0], p.inputs[1], first[3], first[4], p.inputs[5]};
    run(1, "FusedBatchNormGradV3", 6, inputs, gradients);
    run(4, "FusedBatchNormGradV3", 6, inputs, gradients_again);
    for (int i = 0; i < 3; ++i)
      assert_true(hr_tensor_equal(&gradients[i], &gradients_again[i]));
    check_gradient(&p, &dy, &first[3], &first[4], gradients);
    hr_tensor_clear(&dy);
    clear(6, p.inputs);
    clear(6, first);
    clear(6, again);
    clear(5, gradients);
    clear(5, gradients_again);
  }
}

/* No channels, and statistics of another size. */
static void test_odd_shapes(void **state) {
  (void)state;
  problem p = problem_of(3, 0);
  hr_tensor outputs[6];
  run(1, "FusedBatchNormV3", 5, p.inputs, outputs);
  assert_int_equal(outputs[0].elements, 0);
  clear(6, outputs);
  clear(6, p.inputs);
  p = problem_of(3, 4);
  hr_tensor_clear(&p.inputs[1]);
  p.inputs[1] = tester_integers(HR_FLOAT, 1, (int64_t[]){3}, number);
  assert_int_equal(tester_code("FusedBatchNormV3", 5, p.inputs, 0, NULL), HR_INVALID_ARGUMENT);
  hr_named_attr first = {"data_format", HR_ATTR_STRING_VALUE("NCHW")};
  assert_int_equal(tester_code("FusedBatchNormV3", 5, p.inputs, 1, &first), HR_INTERNAL);
  clear(6, p.inputs);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_recorded),
      cmocka_unit_test(test_many_sizes),
      cmocka_unit_test(test_odd_shapes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
