/* Convolutions and pooling against recorded values of TensorFlow 1.15, and on one thread and several. */
#include "tests/kernels/tester.h"
#include <math.h>
#include <string.h>

/* Sums in another order; the reference adds halves up in halves. */
static const tester_tolerance sums[] = {{NULL, 1e-5, 5e-5, 1e-12, 1e-12}};
static const tester_tolerance means[] = {{NULL, 1e-6, 1e-6, 1e-13, 1e-13}};

static void test_convolutions(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "convolutions", .tolerances = sums});
}

static void test_volumes(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "convolutions_of_volumes", .tolerances = sums});
}

static void test_depthwise(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "depthwise_convolutions", .tolerances = sums});
}

static void test_pooling(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "pooling", .tolerances = means});
}

static void test_local_response(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "local_response", .tolerances = sums});
}

static void test_space(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "space"});
}

static void test_dilation(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "dilation"});
}

/* ---- threads, and both ways of computing ------------------------------------------------------------------------ */

static int64_t few(int64_t i) { return (i * 31 + i / 7 * 17) % 7 - 3; }

static void check_equal(const hr_tensor *a, const hr_tensor *b) { assert_true(hr_tensor_equal(a, b)); }

/* Sums of small integers are exact in any order: floats, which oneDNN computes, and doubles, which are products of
 * patches, must give the same numbers. */
static void check_numbers(const hr_tensor *a, const hr_tensor *b) {
  assert_int_equal(a->elements, b->elements);
  for (int64_t i = 0; i < a->elements; ++i)
    tester_assert_near(a, i, tester_number(b, i), 0, 0);
}

typedef struct problem {
  int64_t x[4], filter[4], y[4];
  hr_named_attr attrs[3];
} problem;

static void run_all(const problem *p, const char *op, int num_inputs, const hr_tensor *floats,
                    const hr_tensor *doubles) {
  hr_tensor one = tester_run_threads(1, op, num_inputs, floats, 3, p->attrs);
  hr_tensor four = tester_run_threads(4, op, num_inputs, floats, 3, p->attrs);
  hr_tensor wide = tester_run_threads(4, op, num_inputs, doubles, 3, p->attrs);
  check_equal(&one, &four);
  check_numbers(&one, &wide);
  hr_tensor_clear(&one);
  hr_tensor_clear(&four);
  hr_tensor_clear(&wide);
}

static void check_ops(const problem *p, const char *forward, const char *by_input, const char *by_filter) {
  hr_tensor x[2], filter[2], dy[2];
  static const hr_dtype dtypes[] = {HR_FLOAT, HR_DOUBLE};
  for (int i = 0; i < 2; ++i) {
    x[i] = tester_integers(dtypes[i], 4, p->x, few);
    filter[i] = tester_integers(dtypes[i], 4, p->filter, few);
    dy[i] = tester_integers(dtypes[i], 4, p->y, few);
  }
  int32_t x_sizes[4], filter_sizes[4];
  for (int i = 0; i < 4; ++i) {
    x_sizes[i] = (int32_t)p->x[i];
    filter_sizes[i] = (int32_t)p->filter[i];
  }
  hr_tensor of_x = TESTER_VECTOR(HR_INT32, x_sizes), of_filter = TESTER_VECTOR(HR_INT32, filter_sizes);
  run_all(p, forward, 2, (hr_tensor[]){x[0], filter[0]}, (hr_tensor[]){x[1], filter[1]});
  run_all(p, by_input, 3, (hr_tensor[]){of_x, filter[0], dy[0]}, (hr_tensor[]){of_x, filter[1], dy[1]});
  run_all(p, by_filter, 3, (hr_tensor[]){x[0], of_filter, dy[0]}, (hr_tensor[]){x[1], of_filter, dy[1]});
  for (int i = 0; i < 2; ++i) {
    hr_tensor_clear(&x[i]);
    hr_tensor_clear(&filter[i]);
    hr_tensor_clear(&dy[i]);
  }
  hr_tensor_clear(&of_x);
  hr_tensor_clear(&of_filter);
}

static void check_problem(const problem *p) { check_ops(p, "Conv2D", "Conv2DBackpropInput", "Conv2DBackpropFilter"); }

static hr_named_attr list(const char *name, const int64_t *items, int count) {
  return (hr_named_attr){name, {.kind = HR_ATTR_INT, .is_list = true, .count = count, .ints = items}};
}

/* Large images in bands, groups of small ones, strides, dilations, channels beside the vectors' width. */
static void test_pieces(void **state) {
  (void)state;
  static const int64_t ones[] = {1, 1, 1, 1}, twos[] = {1, 2, 2, 1}, uneven[] = {1, 2, 3, 1};
  const problem problems[] = {
      {{1, 96, 80, 16},
       {3, 3, 16, 24},
       {1, 96, 80, 24},
       {list("strides", ones, 4), list("dilations", ones, 4), {"padding", HR_ATTR_STRING_VALUE("SAME")}}},
      {{1, 97, 81, 3},
       {7, 7, 3, 40},
       {1, 49, 41, 40},
       {list("strides", twos, 4), list("dilations", ones, 4), {"padding", HR_ATTR_STRING_VALUE("SAME")}}},
      {{37, 12, 12, 9},
       {3, 3, 9, 16},
       {37, 10, 10, 16},
       {list("strides", ones, 4), list("dilations", ones, 4), {"padding", HR_ATTR_STRING_VALUE("VALID")}}},
      {{21, 14, 14, 16},
       {3, 3, 16, 16},
       {21, 14, 14, 16},
       {list("strides", ones, 4), list("dilations", twos, 4), {"padding", HR_ATTR_STRING_VALUE("SAME")}}},
      {{9, 15, 15, 32},
       {1, 1, 32, 8},
       {9, 8, 8, 8},
       {list("strides", twos, 4), list("dilations", ones, 4), {"padding", HR_ATTR_STRING_VALUE("VALID")}}},
      {{3, 33, 29, 18}, /* tiles that are partly outside */
       {3, 3, 18, 21},
       {3, 33, 29, 21},
       {list("strides", ones, 4), list("dilations", ones, 4), {"padding", HR_ATTR_STRING_VALUE("SAME")}}},
      {{2, 41, 37, 20}, /* tiles of every other line, and every third pixel */
       {3, 3, 20, 16},
       {2, 37, 31, 16},
       {list("strides", ones, 4), list("dilations", uneven, 4), {"padding", HR_ATTR_STRING_VALUE("VALID")}}},
      {{2, 21, 18, 3}, /* few channels */
       {5, 4, 3, 17},
       {2, 11, 6, 17},
       {list("strides", uneven, 4), list("dilations", ones, 4), {"padding", HR_ATTR_STRING_VALUE("SAME")}}},
      {{5, 16, 16, 1},
       {3, 3, 1, 9},
       {5, 12, 12, 9},
       {list("strides", ones, 4), list("dilations", twos, 4), {"padding", HR_ATTR_STRING_VALUE("VALID")}}},
      {{16, 32, 24, 8}, /* a gradient of several sums */
       {1, 1, 8, 5},
       {16, 32, 24, 5},
       {list("strides", ones, 4), list("dilations", ones, 4), {"padding", HR_ATTR_STRING_VALUE("VALID")}}},
      {{5, 8, 8, 32},
       {1, 1, 32, 8},
       {5, 8, 8, 8},
       {list("strides", ones, 4), list("dilations", ones, 4), {"padding", HR_ATTR_STRING_VALUE("VALID")}}},
  };
  for (size_t i = 0; i < sizeof problems / sizeof *problems; ++i)
    check_problem(&problems[i]);
}

/* Windows that move by more than a pixel, with channels beside the vectors' width and rows beside the tiles' height;
 * images, and results, that are larger than the caches. */
static void test_tables_of_pointers(void **state) {
  (void)state;
  static const int64_t ones[] = {1, 1, 1, 1}, twos[] = {1, 2, 2, 1}, uneven[] = {1, 2, 3, 1};
  const hr_named_attr same = {"padding", HR_ATTR_STRING_VALUE("SAME")},
                      valid = {"padding", HR_ATTR_STRING_VALUE("VALID")}, plain = list("dilations", ones, 4);
  const problem problems[] = {
      {{2, 17, 14, 40}, {3, 3, 40, 33}, {2, 9, 7, 33}, {list("strides", twos, 4), plain, same}},
      {{3, 11, 13, 32}, {4, 3, 32, 48}, {3, 4, 4, 48}, {list("strides", uneven, 4), plain, valid}},
      {{1, 9, 10, 36}, {3, 5, 36, 35}, {1, 5, 4, 35}, {list("strides", uneven, 4), plain, same}},
      {{1, 15, 15, 32}, {3, 3, 32, 32}, {1, 6, 6, 32}, {list("strides", twos, 4), list("dilations", twos, 4), valid}},
      {{1, 2, 2, 32}, {7, 7, 32, 32}, {1, 1, 1, 32}, {list("strides", twos, 4), plain, same}},
      {{4, 129, 128, 64}, {1, 1, 64, 64}, {4, 129, 128, 64}, {list("strides", ones, 4), plain, valid}},
      {{4, 129, 128, 65}, {1, 1, 65, 66}, {4, 129, 128, 66}, {list("strides", ones, 4), plain, valid}},
  };
  for (size_t i = 0; i < sizeof problems / sizeof *problems; ++i)
    check_problem(&problems[i]);
}

/* Channels beside the vectors' width; windows wider than their stride and narrower; several filters a channel. */
static void test_depthwise_lines(void **state) {
  (void)state;
  static const int64_t ones[] = {1, 1, 1, 1}, twos[] = {1, 2, 2, 1}, threes[] = {1, 3, 3, 1};
  const hr_named_attr same = {"padding", HR_ATTR_STRING_VALUE("SAME")},
                      valid = {"padding", HR_ATTR_STRING_VALUE("VALID")}, plain = list("dilations", ones, 4);
  const problem problems[] = {
      {{3, 13, 17, 37}, {3, 3, 37, 1}, {3, 13, 17, 37}, {list("strides", ones, 4), plain, same}},
      {{2, 14, 11, 8}, {3, 4, 8, 1}, {2, 7, 6, 8}, {list("strides", twos, 4), plain, same}},
      {{2, 15, 15, 70}, {2, 2, 70, 1}, {2, 5, 5, 70}, {list("strides", threes, 4), plain, valid}},
      {{1, 3, 2, 5}, {5, 5, 5, 1}, {1, 3, 2, 5}, {list("strides", ones, 4), plain, same}},
      {{2, 9, 9, 6}, {3, 3, 6, 2}, {2, 5, 5, 12}, {list("strides", twos, 4), plain, same}},
  };
  for (size_t i = 0; i < sizeof problems / sizeof *problems; ++i)
    check_ops(&problems[i], "DepthwiseConv2dNative", "DepthwiseConv2dNativeBackpropInput",
              "DepthwiseConv2dNativeBackpropFilter");
}

/* Windows that overlap, that touch, and that have gaps between them; powers of two, so that means are exact. */
static void test_pooling_gradients(void **state) {
  (void)state;
  static const int64_t sizes[][4] = {{1, 2, 2, 1}, {1, 4, 2, 1}, {1, 2, 1, 1}},
                       strides[][4] = {{1, 2, 2, 1}, {1, 3, 1, 1}, {1, 3, 2, 1}}, images[] = {3, 13, 11, 19},
                       counts[][4] = {{3, 6, 5, 19}, {3, 4, 10, 19}, {3, 4, 6, 19}};
  for (int i = 0; i < 3; ++i) {
    problem p = {.attrs = {list("ksize", sizes[i], 4),
                           list("strides", strides[i], 4),
                           {"padding", HR_ATTR_STRING_VALUE("VALID")}}};
    hr_tensor x[2], y[2], dy[2];
    static const hr_dtype dtypes[] = {HR_FLOAT, HR_DOUBLE};
    for (int k = 0; k < 2; ++k) {
      x[k] = tester_integers(dtypes[k], 4, images, few);
      y[k] = tester_run_threads(1, "MaxPool", 1, &x[k], 3, p.attrs);
      dy[k] = tester_integers(dtypes[k], 4, counts[i], few);
    }
    int32_t x_sizes[] = {3, 13, 11, 19};
    hr_tensor of_x = TESTER_VECTOR(HR_INT32, x_sizes);
    run_all(&p, "MaxPoolGrad", 3, (hr_tensor[]){x[0], y[0], dy[0]}, (hr_tensor[]){x[1], y[1], dy[1]});
    run_all(&p, "AvgPoolGrad", 2, (hr_tensor[]){of_x, dy[0]}, (hr_tensor[]){of_x, dy[1]});
    for (int k = 0; k < 2; ++k) {
      hr_tensor_clear(&x[k]);
      hr_tensor_clear(&y[k]);
      hr_tensor_clear(&dy[k]);
    }
    hr_tensor_clear(&of_x);
  }
}

/* An infinity and a NaN reach the windows that see them, and no others. */
static void test_not_finite(void **state) {
  (void)state;
  static const int64_t images[] = {2, 24, 24, 16}, filters[] = {3, 3, 16, 16}, ones[] = {1, 1, 1, 1};
  const hr_named_attr attrs[] = {
      list("strides", ones, 4), list("dilations", ones, 4), {"padding", HR_ATTR_STRING_VALUE("SAME")}};
  hr_tensor floats[] = {tester_integers(HR_FLOAT, 4, images, few), tester_integers(HR_FLOAT, 4, filters, few)};
  hr_tensor doubles[] = {tester_integers(HR_DOUBLE, 4, images, few), tester_integers(HR_DOUBLE, 4, filters, few)};
  static const int64_t places[] = {1000, 12345};
  const double values[] = {INFINITY, NAN};
  for (int i = 0; i < 2; ++i) {
    ((float *)hr_tensor_data(&floats[0]))[places[i]] = (float)values[i];
    ((double *)hr_tensor_data(&doubles[0]))[places[i]] = values[i];
  }
  hr_tensor y = tester_run_threads(2, "Conv2D", 2, floats, 3, attrs);
  hr_tensor wide = tester_run_threads(2, "Conv2D", 2, doubles, 3, attrs);
  int64_t finite = 0;
  for (int64_t i = 0; i < y.elements; ++i) {
    double mine = ((float *)hr_tensor_data(&y))[i], other = ((double *)hr_tensor_data(&wide))[i];
    assert_true(mine == other || (isnan(mine) && isnan(other)));
    finite += isfinite(mine) != 0;
  }
  assert_int_equal(finite, y.elements - 2 * 9 * 16);
  hr_tensor_clear(&y);
  hr_tensor_clear(&wide);
  for (int i = 0; i < 2; ++i) {
    hr_tensor_clear(&floats[i]);
    hr_tensor_clear(&doubles[i]);
  }
}

/* Argmax from outside: refused where it is none. */
static void test_argmax(void **state) {
  (void)state;
  static const int64_t twos[] = {1, 2, 2, 1}, images[] = {1, 4, 4, 1}, pooled[] = {1, 2, 2, 1};
  hr_named_attr attrs[] = {
      list("ksize", twos, 4), list("strides", twos, 4), {"padding", HR_ATTR_STRING_VALUE("VALID")}};
  int64_t where[] = {0, 5, 15, 16};
  hr_tensor inputs[] = {tester_integers(HR_FLOAT, 4, images, few), tester_integers(HR_FLOAT, 4, pooled, few),
                        tester_tensor(HR_INT64, 4, pooled, where)};
  assert_int_equal(tester_code("MaxPoolGradWithArgmax", 3, inputs, 3, attrs), HR_INVALID_ARGUMENT);
  where[3] = -1;
  hr_tensor_clear(&inputs[2]);
  inputs[2] = tester_tensor(HR_INT64, 4, pooled, where);
  assert_int_equal(tester_code("MaxPoolGradWithArgmax", 3, inputs, 3, attrs), HR_INVALID_ARGUMENT);
  for (int i = 0; i < 3; ++i)
    hr_tensor_clear(&inputs[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_convolutions),       cmocka_unit_test(test_volumes),
      cmocka_unit_test(test_depthwise),          cmocka_unit_test(test_pooling),
      cmocka_unit_test(test_local_response),     cmocka_unit_test(test_space),
      cmocka_unit_test(test_dilation),           cmocka_unit_test(test_pieces),
      cmocka_unit_test(test_tables_of_pointers), cmocka_unit_test(test_argmax),
      cmocka_unit_test(test_not_finite),         cmocka_unit_test(test_depthwise_lines),
      cmocka_unit_test(test_pooling_gradients),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
