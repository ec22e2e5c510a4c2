/* Kernels that move elements, against recorded values of TensorFlow 1.15 and index arithmetic. */
#include "tests/kernels/tester.h"
#include <stdlib.h>
#include <string.h>

static void test_arrays(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "arrays"});
}

static void test_bands(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "bands"});
}

static void test_where(void **state) {
  (void)state;
  static const char *const ops[] = {"Where", NULL};
  tester_run_family(&(tester_family){.name = "selection", .ops = ops});
}

/* 0, 1, 2, ... in the given shape. */
static hr_tensor counting(hr_dtype dtype, int rank, const int64_t *dims) {
  hr_shape shape;
  hr_tensor t;
  assert_null(hr_shape_make(rank, dims, &shape));
  assert_null(hr_tensor_new(hr_cpu_allocator(), dtype, &shape, &t));
  for (int64_t i = 0; i < t.elements; ++i)
    switch (hr_dtype_size(dtype)) {
    case 1: ((uint8_t *)hr_tensor_data(&t))[i] = (uint8_t)i; break;
    case 4: ((int32_t *)hr_tensor_data(&t))[i] = (int32_t)i; break;
    default: ((int64_t *)hr_tensor_data(&t))[i] = i; break;
    }
  return t;
}

/* Sizes around the runs that the blocked copy works in, element sizes of several widths. */
static void test_transpose_of_many_sizes(void **state) {
  (void)state;
  static const int64_t shapes[][3] = {{1, 33, 65}, {3, 31, 32}, {2, 100, 7}, {5, 1, 40}};
  static const int32_t orders[][3] = {{0, 2, 1}, {2, 1, 0}, {1, 2, 0}, {2, 0, 1}, {1, 0, 2}};
  static const hr_dtype dtypes[] = {HR_UINT8, HR_INT32, HR_INT64};
  for (size_t s = 0; s < 4; ++s)
    for (size_t o = 0; o < 5; ++o)
      for (size_t d = 0; d < 3; ++d) {
        const int64_t *dims = shapes[s];
        const int32_t *order = orders[o];
        hr_tensor inputs[2] = {counting(dtypes[d], 3, dims), tester_tensor(HR_INT32, 1, (int64_t[]){3}, order)};
        hr_tensor out = tester_run("Transpose", 2, inputs, 0, NULL);
        int64_t strides[3] = {dims[1] * dims[2], dims[2], 1}, at = 0;
        for (int64_t i = 0; i < dims[order[0]]; ++i)
          for (int64_t j = 0; j < dims[order[1]]; ++j)
            for (int64_t k = 0; k < dims[order[2]]; ++k, ++at) {
              int64_t from = i * strides[order[0]] + j * strides[order[1]] + k * strides[order[2]];
              tester_assert_near(&out, at, dtypes[d] == HR_UINT8 ? (double)(uint8_t)from : (double)from, 0, 0);
            }
        hr_tensor_clear(&out);
        hr_tensor_clear(&inputs[0]);
        hr_tensor_clear(&inputs[1]);
      }
}

static void assert_integers(const hr_tensor *t, int64_t count, const int64_t *expected) {
  assert_int_equal(t->elements, count);
  for (int64_t i = 0; i < count; ++i)
    tester_assert_near(t, i, (double)expected[i], 0, 0);
}
#define ASSERT_INTEGERS(t, ...)                                                                                        \
  assert_integers((t), sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), (int64_t[]){__VA_ARGS__})

/* Limits of 64 bits as bounds and steps of a slice. */
static void test_slices_with_extreme_steps(void **state) {
  (void)state;
  static const int64_t cases[][4] = {/* begin, end, step, count */
                                     {0, INT64_MAX, INT64_MAX, 1},
                                     {-1, INT64_MIN, INT64_MIN, 1},
                                     {INT64_MAX, 0, 1, 0},
                                     {1, INT64_MAX, 3, 2},
                                     {INT64_MAX, INT64_MIN, -4, 2}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    hr_tensor inputs[4] = {TESTER_VECTOR(HR_INT32, ((int32_t[]){10, 11, 12, 13, 14, 15}))};
    for (int k = 0; k < 3; ++k)
      inputs[1 + k] = tester_tensor(HR_INT64, 1, (int64_t[]){1}, &cases[i][k]);
    hr_tensor out = tester_run("StridedSlice", 4, inputs, 0, NULL);
    assert_int_equal(out.elements, cases[i][3]);
    hr_tensor_clear(&out);
    for (int k = 0; k < 4; ++k)
      hr_tensor_clear(&inputs[k]);
  }
}

static void test_gather_in_batches(void **state) {
  (void)state;
  hr_tensor inputs[3] = {counting(HR_INT32, 3, (int64_t[]){2, 3, 2}),
                         tester_tensor(HR_INT32, 2, (int64_t[]){2, 2}, (int32_t[]){2, 0, 1, 1}), hr_tensor_i32(1)};
  hr_named_attr attrs[] = {{"batch_dims", HR_ATTR_INT_VALUE(1)}};
  hr_tensor out = tester_run("GatherV2", 3, inputs, 1, attrs);
  assert_int_equal(out.rank, 3);
  ASSERT_INTEGERS(&out, 4, 5, 0, 1, 8, 9, 8, 9);
  hr_tensor_clear(&out);
  hr_tensor_clear(&inputs[0]);
  hr_tensor_clear(&inputs[1]);
}

static void test_reverse_sequence(void **state) {
  (void)state;
  hr_tensor inputs[2] = {counting(HR_INT32, 2, (int64_t[]){2, 4}), TESTER_VECTOR(HR_INT64, ((int64_t[]){3, 0}))};
  hr_named_attr attrs[] = {{"seq_dim", HR_ATTR_INT_VALUE(1)}, {"batch_dim", HR_ATTR_INT_VALUE(0)}};
  hr_tensor out = tester_run("ReverseSequence", 2, inputs, 2, attrs);
  ASSERT_INTEGERS(&out, 2, 1, 0, 3, 4, 5, 6, 7);
  hr_tensor_clear(&out);
  hr_tensor_clear(&inputs[0]);
  hr_tensor_clear(&inputs[1]);
}

static void test_roll(void **state) {
  (void)state;
  hr_tensor inputs[3] = {counting(HR_INT32, 2, (int64_t[]){2, 3}), TESTER_VECTOR(HR_INT32, ((int32_t[]){1, -1, 3})),
                         TESTER_VECTOR(HR_INT32, ((int32_t[]){0, 1, 1}))};
  hr_tensor out = tester_run("Roll", 3, inputs, 0, NULL);
  ASSERT_INTEGERS(&out, 4, 5, 3, 1, 2, 0);
  hr_tensor_clear(&out);
  for (int i = 0; i < 3; ++i)
    hr_tensor_clear(&inputs[i]);
}

static void test_sparse_to_dense(void **state) {
  (void)state;
  hr_tensor inputs[4] = {tester_tensor(HR_INT64, 2, (int64_t[]){2, 2}, (int64_t[]){0, 1, 1, 2}),
                         TESTER_VECTOR(HR_INT64, ((int64_t[]){2, 3})), TESTER_VECTOR(HR_INT32, ((int32_t[]){7, 8})),
                         hr_tensor_i32(-1)};
  hr_tensor out = tester_run("SparseToDense", 4, inputs, 0, NULL);
  ASSERT_INTEGERS(&out, -1, 7, -1, -1, -1, 8);
  hr_tensor_clear(&out);
  hr_tensor_clear(&inputs[0]);
  inputs[0] = tester_tensor(HR_INT64, 2, (int64_t[]){2, 2}, (int64_t[]){1, 2, 0, 1});
  assert_int_equal(tester_code("SparseToDense", 4, inputs, 0, NULL), HR_INVALID_ARGUMENT);
  for (int i = 0; i < 3; ++i)
    hr_tensor_clear(&inputs[i]);
}

static void test_list_difference(void **state) {
  (void)state;
  hr_tensor inputs[2] = {TESTER_VECTOR(HR_INT32, ((int32_t[]){1, 2, 3, 2, 4})),
                         TESTER_VECTOR(HR_INT32, ((int32_t[]){2, 9}))};
  hr_tensor out = tester_run("ListDiff", 2, inputs, 0, NULL);
  ASSERT_INTEGERS(&out, 1, 3, 4);
  hr_tensor_clear(&out);
  hr_tensor_clear(&inputs[0]);
  hr_tensor_clear(&inputs[1]);
}

static int64_t index_of(int64_t i) { return i * i % 23; }
static int64_t small_number(int64_t i) { return i % 11 - 4; }

/* Wide rows, which threads share: each row takes what has its index, in order. */
static void test_scatter_of_wide_rows(void **state) {
  (void)state;
  enum { ROWS = 23, COLUMNS = 3000, INDICES = 100 };
  hr_tensor x = tester_integers(HR_FLOAT, 2, (int64_t[]){ROWS, COLUMNS}, small_number);
  hr_tensor indices = tester_integers(HR_INT32, 1, (int64_t[]){INDICES}, index_of);
  hr_tensor updates = tester_integers(HR_FLOAT, 2, (int64_t[]){INDICES, COLUMNS}, small_number);
  static double last[ROWS * COLUMNS], sums[ROWS * COLUMNS];
  for (int64_t i = 0; i < ROWS * COLUMNS; ++i)
    last[i] = sums[i] = (double)small_number(i);
  for (int64_t i = 0; i < INDICES * COLUMNS; ++i) {
    int64_t place = index_of(i / COLUMNS) * COLUMNS + i % COLUMNS;
    last[place] = (double)small_number(i);
    sums[place] += (double)small_number(i);
  }
  static const char *const ops[] = {"ScatterUpdate", "ScatterAdd"};
  for (int op = 0; op < 2; ++op)
    for (int threads = 1; threads <= 4; threads += 3) {
      hr_tensor out = tester_run_threads(threads, ops[op], 3, (hr_tensor[]){x, indices, updates}, 0, NULL);
      assert_int_equal(out.elements, ROWS * COLUMNS);
      for (int64_t i = 0; i < ROWS * COLUMNS; ++i)
        tester_assert_near(&out, i, op == 0 ? last[i] : sums[i], 0, 0);
      hr_tensor_clear(&out);
    }
  hr_tensor_clear(&x);
  hr_tensor_clear(&indices);
  hr_tensor_clear(&updates);
}

/* Whatever names an element outside is an error, and nothing outside is touched. */
static void test_indices_out_of_range(void **state) {
  (void)state;
  hr_tensor x = counting(HR_INT32, 1, (int64_t[]){4}), bad = TESTER_VECTOR(HR_INT32, ((int32_t[]){0, 4})),
            worse = TESTER_VECTOR(HR_INT32, ((int32_t[]){-1, 0})), two = TESTER_VECTOR(HR_INT32, ((int32_t[]){7, 8}));
  hr_tensor zero = hr_tensor_i32(0);
  const hr_tensor *indices[] = {&bad, &worse};
  for (int i = 0; i < 2; ++i) {
    assert_int_equal(tester_code("Gather", 2, (hr_tensor[]){x, *indices[i]}, 0, NULL), HR_INVALID_ARGUMENT);
    assert_int_equal(tester_code("GatherV2", 3, (hr_tensor[]){x, *indices[i], zero}, 0, NULL), HR_INVALID_ARGUMENT);
    assert_int_equal(tester_code("ScatterUpdate", 3, (hr_tensor[]){x, *indices[i], two}, 0, NULL), HR_INVALID_ARGUMENT);
  }
  assert_int_equal(
      tester_code("DynamicStitch", 2, (hr_tensor[]){worse, two}, 1, (hr_named_attr[]){{"N", HR_ATTR_INT_VALUE(1)}}),
      HR_INVALID_ARGUMENT);
  assert_int_equal(tester_code("InvertPermutation", 1, &bad, 0, NULL), HR_INVALID_ARGUMENT);
  hr_tensor_clear(&x);
  hr_tensor_clear(&bad);
  hr_tensor_clear(&worse);
  hr_tensor_clear(&two);
}

/* Shapes whose sizes do not fit in 63 bits. */
static void test_absurd_sizes(void **state) {
  (void)state;
  hr_tensor huge = TESTER_VECTOR(HR_INT64, ((int64_t[]){INT64_MAX, INT64_MAX})), one = hr_tensor_i32(1);
  hr_tensor matrix = counting(HR_INT32, 2, (int64_t[]){1, 1});
  assert_int_equal(tester_code("Fill", 2, (hr_tensor[]){huge, one}, 0, NULL), HR_INVALID_ARGUMENT);
  assert_int_equal(tester_code("Tile", 2, (hr_tensor[]){matrix, huge}, 0, NULL), HR_INVALID_ARGUMENT);
  assert_int_equal(tester_code("Reshape", 2, (hr_tensor[]){matrix, huge}, 0, NULL), HR_INVALID_ARGUMENT);
  hr_tensor_clear(&huge);
  hr_tensor_clear(&matrix);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_arrays),
      cmocka_unit_test(test_bands),
      cmocka_unit_test(test_where),
      cmocka_unit_test(test_transpose_of_many_sizes),
      cmocka_unit_test(test_slices_with_extreme_steps),
      cmocka_unit_test(test_gather_in_batches),
      cmocka_unit_test(test_reverse_sequence),
      cmocka_unit_test(test_roll),
      cmocka_unit_test(test_sparse_to_dense),
      cmocka_unit_test(test_list_difference),
      cmocka_unit_test(test_scatter_of_wide_rows),
      cmocka_unit_test(test_indices_out_of_range),
      cmocka_unit_test(test_absurd_sizes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
