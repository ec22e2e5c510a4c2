/* What plans do less than their graphs say: fewer kernels run, the values are the same, and each rewrite can be
 * switched off. */
#include "fixture.h"
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>

/* Counts how often a kernel runs. */
static _Atomic int runs;
static hr_status counted(hr_kernel_context *ctx) {
  ++runs;
  hr_output_share(ctx, 0, 0, NULL);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "Digamma", .types = {{"T", HR_TYPE_BIT(HR_FLOAT)}}, .priority = 9, .compute = counted);

/* Runs once with everything on; the number of Digamma kernels that ran, and the value. */
static int runs_of(fixture *f, uint32_t rewrites_off, int times, int feeds, const hr_feed *fed, hr_output fetch,
                   hr_tensor *value) {
  hr_session *session;
  assert_ok(hr_session_new(f->graph, &(hr_session_options){.rewrites_off = rewrites_off}, &session));
  runs = 0;
  for (int i = 0; i < times; ++i) {
    if (i > 0) hr_tensor_clear(value);
    assert_ok(hr_session_run(session, feeds, fed, 1, &fetch, value, 0, NULL));
  }
  hr_session_free(session);
  return runs;
}

static hr_output pair(hr_scope s, float a, float b) {
  return hr_constant_array(s, HR_FLOAT, HR_SHAPE(2), ((float[]){a, b}));
}

static void assert_pair(hr_tensor *value, float a, float b) {
  assert_int_equal(value->elements, 2);
  const float *data = hr_tensor_data(value);
  assert_true(data[0] == a && data[1] == b);
  hr_tensor_clear(value);
}

/* ---- constants --------------------------------------------------------------------------------------------------- */

static void test_constants(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output x = hr_placeholder(f.s, HR_FLOAT, .shape = HR_SHAPE(2));
  hr_output c = hr_digamma(f.s, hr_digamma(f.s, pair(f.s, 1, 2)));
  hr_output y = hr_add(f.s, x, c);
  hr_tensor in, value;
  assert_ok(hr_tensor_from(HR_FLOAT, 1, (int64_t[]){2}, (float[]){10, 20}, &in));
  assert_int_equal(runs_of(&f, 0, 5, 1, &(hr_feed){x, &in}, y, &value), 2); /* when the plan is made */
  assert_pair(&value, 11, 22);
  assert_int_equal(runs_of(&f, HR_REWRITE_CONSTANTS, 5, 1, &(hr_feed){x, &in}, y, &value), 10);
  assert_pair(&value, 11, 22);
  /* What is fed is no constant. */
  hr_feed both[] = {{x, &in}, {c, &in}};
  assert_int_equal(runs_of(&f, 0, 5, 2, both, y, &value), 0);
  assert_pair(&value, 20, 40);
  hr_tensor_clear(&in);
  fixture_free(&f);
}

static void bad_division(void *unused, hr_scope s, hr_results *results) {
  (void)unused;
  hr_return(results, hr_floor_div(s, hr_constant_i32(s, 1), hr_constant_i32(s, 0)));
}
static void seven(void *unused, hr_scope s, hr_results *results) {
  (void)unused;
  hr_return(results, hr_constant_i32(s, 7));
}

/* A constant that cannot be computed fails the runs that come to it, and no others. */
static void test_bad_constants(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output p = hr_placeholder(f.s, HR_BOOL, .shape = HR_SHAPE());
  hr_output y = hr_only(hr_cond(f.s, p, HR_BRANCH(bad_division, NULL), HR_BRANCH(seven, NULL)));
  hr_output bad = hr_floor_div(f.s, hr_constant_i32(f.s, 1), hr_constant_i32(f.s, 0), .name = "bad");
  hr_session *session;
  assert_ok(hr_session_new(f.graph, NULL, &session));
  hr_tensor yes = hr_tensor_bool(true), no = hr_tensor_bool(false), value;
  assert_ok(hr_session_run(session, 1, &(hr_feed){p, &no}, 1, &y, &value, 0, NULL));
  assert_int_equal(*(int32_t *)hr_tensor_data(&value), 7);
  assert_fails(hr_session_run(session, 1, &(hr_feed){p, &yes}, 1, &y, &value, 0, NULL), HR_INVALID_ARGUMENT,
               "division by zero");
  assert_fails(hr_session_run(session, 0, NULL, 1, &bad, &value, 0, NULL), HR_INVALID_ARGUMENT, "bad");
  hr_session_free(session);
  fixture_free(&f);
}

/* ---- duplicates and identities ----------------------------------------------------------------------------------- */

static void test_duplicates(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output x = hr_placeholder(f.s, HR_FLOAT, .shape = HR_SHAPE(2));
  hr_output once = hr_digamma(f.s, x), again = hr_digamma(f.s, hr_identity(f.s, x));
  hr_output y = hr_concat_v2(f.s, HR_LIST(once, again), hr_constant_i32(f.s, 0));
  hr_tensor in, value;
  assert_ok(hr_tensor_from(HR_FLOAT, 1, (int64_t[]){2}, (float[]){3, 4}, &in));
  /* With the Identity there the two do not read the same: duplicates are looked for first. */
  assert_int_equal(runs_of(&f, 0, 1, 1, &(hr_feed){x, &in}, y, &value), 2);
  hr_tensor_clear(&value);
  hr_output same = hr_concat_v2(f.s, HR_LIST(once, hr_digamma(f.s, x), hr_digamma(f.s, x)), hr_constant_i32(f.s, 0));
  assert_int_equal(runs_of(&f, 0, 1, 1, &(hr_feed){x, &in}, same, &value), 1);
  assert_true(value.elements == 6 && ((float *)hr_tensor_data(&value))[5] == 4);
  hr_tensor_clear(&value);
  assert_int_equal(runs_of(&f, HR_REWRITE_DUPLICATES, 1, 1, &(hr_feed){x, &in}, same, &value), 3);
  hr_tensor_clear(&value);
  hr_tensor_clear(&in);
  fixture_free(&f);
}

/* Random numbers, variables read at different times, and fetched nodes are what they are. */
static void test_what_stays(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output a = hr_tf_random_uniform(f.s, HR_SHAPE(4)), b = hr_tf_random_uniform(f.s, HR_SHAPE(4));
  hr_output x = hr_placeholder(f.s, HR_FLOAT, .shape = HR_SHAPE(2));
  hr_output first = hr_identity(f.s, x), second = hr_identity(f.s, first);
  hr_session *session;
  assert_ok(hr_session_new(f.graph, NULL, &session));
  hr_tensor in, values[4];
  assert_ok(hr_tensor_from(HR_FLOAT, 1, (int64_t[]){2}, (float[]){3, 4}, &in));
  assert_ok(hr_session_run(session, 1, &(hr_feed){x, &in}, 4, (hr_output[]){a, b, first, second}, values, 0, NULL));
  assert_false(hr_tensor_equal(&values[0], &values[1]));
  assert_true(hr_tensor_equal(&values[2], &in) && hr_tensor_equal(&values[3], &in));
  for (int i = 0; i < 4; ++i)
    hr_tensor_clear(&values[i]);
  hr_tensor_clear(&in);
  hr_session_free(session);
  fixture_free(&f);
}

/* ---- fusion ------------------------------------------------------------------------------------------------------ */

/* Both sessions give the same bits. */
static void assert_same(fixture *f, int feeds, const hr_feed *fed, int count, const hr_output *fetches) {
  hr_session *sessions[2];
  hr_tensor values[2][4];
  for (int k = 0; k < 2; ++k) {
    hr_session_options options = {.rewrites_off = k ? HR_REWRITE_ALL : 0};
    assert_ok(hr_session_new(f->graph, &options, &sessions[k]));
    for (int round = 0; round < 2; ++round) { /* the second time in memory that was used */
      for (int i = 0; round > 0 && i < count; ++i)
        hr_tensor_clear(&values[k][i]);
      assert_ok(hr_session_run(sessions[k], feeds, fed, count, fetches, values[k], 0, NULL));
    }
  }
  for (int i = 0; i < count; ++i) {
    assert_true(hr_tensor_equal(&values[0][i], &values[1][i]));
    hr_tensor_clear(&values[0][i]);
    hr_tensor_clear(&values[1][i]);
  }
  for (int k = 0; k < 2; ++k)
    hr_session_free(sessions[k]);
}

static hr_tensor ramp(hr_dtype dtype, int rank, const int64_t *dims, double start, double step) {
  hr_shape shape;
  hr_tensor t;
  assert_ok(hr_shape_make(rank, dims, &shape));
  assert_ok(hr_tensor_new(hr_cpu_allocator(), dtype, &shape, &t));
  for (int64_t i = 0; i < t.elements; ++i) {
    double value = start + step * (double)(i % 997);
    if (dtype == HR_FLOAT)
      ((float *)hr_tensor_data(&t))[i] = (float)value;
    else if (dtype == HR_DOUBLE)
      ((double *)hr_tensor_data(&t))[i] = value;
    else
      ((hr_half *)hr_tensor_data(&t))[i] = hr_half_from_float((float)value);
  }
  return t;
}

/* A chain with a scalar, a row, a value that is read outside as well, a truth value, and a row that is broadcast
 * where only the graph's own kernels can. */
static void check_chain(hr_dtype dtype, int rank, const int64_t *x_dims, int row_rank, const int64_t *row_dims) {
  fixture f = fixture_new();
  hr_output x = hr_placeholder(f.s, dtype), row = hr_placeholder(f.s, dtype), scale = hr_placeholder(f.s, dtype);
  hr_output a = hr_mul(f.s, x, scale), b = hr_add(f.s, a, row), c = hr_square(f.s, b), d = hr_sub(f.s, c, a);
  hr_output e = hr_tanh(f.s, d), g = hr_maximum(f.s, hr_mul(f.s, e, hr_neg(f.s, scale)), row);
  hr_output is_small = hr_logical_not(f.s, hr_greater(f.s, d, row));
  hr_output sums = hr_reduce_sum(f.s, hr_cast(f.s, e, HR_DOUBLE));
  hr_tensor x_in = ramp(dtype, rank, x_dims, -1.5, 0.004), row_in = ramp(dtype, row_rank, row_dims, 0.25, 0.01),
            scale_in = ramp(dtype, 0, NULL, 0.75, 0);
  hr_feed fed[] = {{x, &x_in}, {row, &row_in}, {scale, &scale_in}};
  /* Identity: what is fetched itself is not fused. */
  hr_output fetches[] = {hr_reshape(f.s, g, hr_constant_array(f.s, HR_INT32, HR_SHAPE(1), ((int32_t[]){-1}))), sums,
                         hr_stack(f.s, HR_LIST(is_small, is_small)), hr_stack(f.s, HR_LIST(d, d))};
  assert_same(&f, 3, fed, 4, fetches);
  hr_tensor_clear(&x_in);
  hr_tensor_clear(&row_in);
  hr_tensor_clear(&scale_in);
  fixture_free(&f);
}

static void test_chains(void **state) {
  (void)state;
  static const hr_dtype dtypes[] = {HR_FLOAT, HR_DOUBLE, HR_HALF};
  for (int t = 0; t < 3; ++t) {
    check_chain(dtypes[t], 2, (int64_t[]){50, 300}, 1, (int64_t[]){300});  /* rows */
    check_chain(dtypes[t], 2, (int64_t[]){3, 5}, 1, (int64_t[]){5});       /* rows too short for blocks */
    check_chain(dtypes[t], 2, (int64_t[]){40, 30}, 2, (int64_t[]){40, 1}); /* columns: not in blocks */
    check_chain(dtypes[t], 3, (int64_t[]){4, 9, 40}, 2, (int64_t[]){9, 40});
    check_chain(dtypes[t], 1, (int64_t[]){5000}, 1, (int64_t[]){5000}); /* blocks and a rest */
    check_chain(dtypes[t], 1, (int64_t[]){1}, 0, NULL);
    check_chain(dtypes[t], 0, NULL, 0, NULL);
    check_chain(dtypes[t], 2, (int64_t[]){0, 30}, 1, (int64_t[]){30}); /* nothing */
    check_chain(dtypes[t], 1, (int64_t[]){3}, 2, (int64_t[]){4, 3});   /* the row is the larger one */
  }
  check_chain(HR_FLOAT, 2, (int64_t[]){700, 900}, 1, (int64_t[]){900}); /* on all threads */
}

/* Shapes that do not go together: the member at fault is named. */
static void test_chain_errors(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output x = hr_placeholder(f.s, HR_FLOAT), y = hr_placeholder(f.s, HR_FLOAT);
  hr_output sum = hr_add(f.s, hr_neg(f.s, x), y, .name = "sum"),
            z = hr_reduce_max(f.s, hr_exp(f.s, hr_square(f.s, sum)));
  hr_session *session;
  assert_ok(hr_session_new(f.graph, NULL, &session));
  hr_tensor three = ramp(HR_FLOAT, 1, (int64_t[]){3}, 0, 0.5), four = ramp(HR_FLOAT, 1, (int64_t[]){4}, 0, 0.5), value;
  hr_feed bad[] = {{x, &three}, {y, &four}}, good[] = {{x, &three}, {y, &three}};
  assert_fails(hr_session_run(session, 2, bad, 1, &z, &value, 0, NULL), HR_INVALID_ARGUMENT, "node sum");
  assert_ok(hr_session_run(session, 2, good, 1, &z, &value, 0, NULL));
  assert_true(*(float *)hr_tensor_data(&value) == 1);
  hr_tensor_clear(&three);
  hr_tensor_clear(&four);
  hr_session_free(session);
  fixture_free(&f);
}

/* A member may be read by a node that stands before the last one: the chain ends there. */
static void test_order(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output x = hr_placeholder(f.s, HR_FLOAT, .shape = HR_SHAPE(3));
  hr_output a = hr_square(f.s, x), total = hr_reduce_sum(f.s, a), b = hr_mul(f.s, a, total), c = hr_sub(f.s, b, a);
  hr_tensor in = ramp(HR_FLOAT, 1, (int64_t[]){3}, 1, 1);
  hr_output fetches[] = {hr_reduce_sum(f.s, c), total};
  assert_same(&f, 1, &(hr_feed){x, &in}, 2, fetches);
  hr_tensor_clear(&in);
  fixture_free(&f);
}

/* ---- constants in another form ----------------------------------------------------------------------------------- */

/* A constant matrix of few columns is kept by columns; its products are those of sums in double. */
static void check_narrow(int64_t rows, int64_t columns) {
  fixture f = fixture_new();
  hr_tensor matrix = ramp(HR_FLOAT, 2, (int64_t[]){rows, columns}, -1, 0.003);
  hr_tensor x = ramp(HR_FLOAT, 2, (int64_t[]){columns, 1}, 0.5, 0.25),
            g = ramp(HR_FLOAT, 2, (int64_t[]){rows, 1}, 1, -0.002);
  hr_output a = hr_constant(f.s, &matrix), in_x = hr_placeholder(f.s, HR_FLOAT), in_g = hr_placeholder(f.s, HR_FLOAT);
  hr_output fetches[] = {hr_matmul(f.s, a, in_x), hr_matmul(f.s, a, in_g, .transpose_a = true)};
  hr_feed fed[] = {{in_x, &x}, {in_g, &g}};
  hr_tensor values[2];
  for (int round = 0; round < 2; ++round) {
    assert_ok(hr_session_run(f.session, 2, fed, 2, fetches, values, 0, NULL));
    const float *m = hr_tensor_data(&matrix), *xs = hr_tensor_data(&x), *gs = hr_tensor_data(&g);
    for (int64_t i = 0; i < rows; ++i) {
      double sum = 0;
      for (int64_t j = 0; j < columns; ++j)
        sum += (double)m[i * columns + j] * (double)xs[j];
      assert_true(fabs(((float *)hr_tensor_data(&values[0]))[i] - sum) < 1e-4 * (1 + fabs(sum)));
    }
    for (int64_t j = 0; j < columns; ++j) {
      double sum = 0;
      for (int64_t i = 0; i < rows; ++i)
        sum += (double)m[i * columns + j] * (double)gs[i];
      assert_true(fabs(((float *)hr_tensor_data(&values[1]))[j] - sum) < 1e-4 * (double)rows);
    }
    hr_tensor_clear(&values[0]);
    hr_tensor_clear(&values[1]);
  }
  hr_tensor_clear(&matrix);
  hr_tensor_clear(&x);
  hr_tensor_clear(&g);
  fixture_free(&f);
}

static void test_narrow_matrices(void **state) {
  (void)state;
  check_narrow(3001, 9);
  check_narrow(512, 32);
  check_narrow(20640, 1);
  check_narrow(600, 33); /* too wide */
  check_narrow(100, 5);  /* too short */
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_constants),  cmocka_unit_test(test_bad_constants),
                                     cmocka_unit_test(test_duplicates), cmocka_unit_test(test_what_stays),
                                     cmocka_unit_test(test_chains),     cmocka_unit_test(test_chain_errors),
                                     cmocka_unit_test(test_order),      cmocka_unit_test(test_narrow_matrices)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
