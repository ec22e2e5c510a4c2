/* Chains of float operations in registers give the very bits of the loops that nodes of their own run, for every
 * operation, wherever its operands are. */
#include "fixture.h"
#include "kernels_cpu/level/chain.h"
#include <math.h>
#include <stdlib.h>

typedef struct operation {
  const char *op;
  int32_t inputs;
} operation;
static const operation operations[] = {
    {"Neg", 1},         {"Abs", 1},      {"Square", 1},  {"Sqrt", 1},    {"Rsqrt", 1},   {"Reciprocal", 1},
    {"Relu", 1},        {"Softsign", 1}, {"Exp", 1},     {"Expm1", 1},   {"Log", 1},     {"Log1p", 1},
    {"Sin", 1},         {"Cos", 1},      {"Tanh", 1},    {"Sigmoid", 1}, {"Elu", 1},     {"AddV2", 2},
    {"Sub", 2},         {"Mul", 2},      {"RealDiv", 2}, {"Maximum", 2}, {"Minimum", 2}, {"SquaredDifference", 2},
    {"SigmoidGrad", 2}, {"TanhGrad", 2}, {"EluGrad", 2},
};
enum { NUM_OPERATIONS = sizeof operations / sizeof *operations };
_Static_assert(NUM_OPERATIONS == HR_CHAIN_OPERATIONS, "every operation of chains is tested");

/* Numbers of all kinds but subnormal ones, which count as zero or not as instructions like: the special ones at both
 * ends, so that whole blocks and what is left over see them. */
static hr_tensor numbers(int64_t count, uint32_t seed) {
  static const float special[] = {0, -0.0f, INFINITY, -INFINITY, NAN, 1e-30f, 3e38f, -3e38f, 1, -1};
  hr_tensor t;
  assert_ok(hr_tensor_new(hr_cpu_allocator(), HR_FLOAT, &(hr_shape){1, {count}}, &t));
  float *x = hr_tensor_data(&t);
  for (int64_t i = 0; i < count; ++i) {
    seed = seed * 1664525u + 1013904223u;
    x[i] = ((float)(seed >> 8) / (float)(1 << 24) - 0.5f) * 8;
  }
  int64_t specials = sizeof special / sizeof *special;
  for (int64_t i = 0; i < specials && i < count; ++i) {
    x[i] = special[i];
    x[count - 1 - i] = special[(i * 7 + seed) % (uint32_t)specials];
  }
  return t;
}

static void assert_same_bits(fixture *f, int feeds, const hr_feed *fed, hr_output fetch, const char *op) {
  hr_tensor values[3];
  static const hr_session_options options[] = {
      {.rewrites_off = HR_REWRITE_ALL},
      {.intra_op_threads = 1},
      {.intra_op_threads = 3, .use_per_session_threads = true},
  };
  for (int k = 0; k < 3; ++k) {
    hr_session *session;
    assert_ok(hr_session_new(f->graph, &options[k], &session));
    assert_ok(hr_session_run(session, feeds, fed, 1, &fetch, &values[k], 0, NULL));
    hr_session_free(session);
  }
  for (int k = 1; k < 3; ++k)
    for (int64_t i = 0; i < values[0].elements; ++i) {
      float a = ((float *)hr_tensor_data(&values[0]))[i], b = ((float *)hr_tensor_data(&values[k]))[i];
      if (memcmp(&a, &b, sizeof a) != 0 && !(isnan(a) && isnan(b)))
        fail_msg("%s: element %lld is %a by itself and %a in a chain", op, (long long)i, a, b);
    }
  for (int k = 0; k < 3; ++k)
    hr_tensor_clear(&values[k]);
}

static hr_output apply(hr_scope s, const operation *o, hr_output x, hr_output y) {
  hr_node *node = hr_call_op(s, o->op, NULL, o->inputs, (hr_operand[]){HR_OPERAND(x), HR_OPERAND(y)}, 0, NULL);
  return (hr_output){node, 0};
}

/* The operation with its operands left and right in the registers, in an input, in a block that was kept, and with a
 * number on either side. */
static void check(const operation *o, int64_t count) {
  fixture f = fixture_new();
  hr_scope s = f.s;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(count));
  hr_output y = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(count));
  hr_output minus = hr_neg(s, x), result;
  bool same_shape = strstr(o->op, "Grad") != NULL;
  if (o->inputs == 1) {
    result = apply(s, o, minus, minus);
  } else {
    hr_output right = apply(s, o, minus, y);
    hr_output left = apply(s, o, x, hr_neg(s, right));
    hr_output kept = apply(s, o, minus, left);
    result = apply(s, o, kept, kept);
    if (!same_shape) {
      result = apply(s, o, result, hr_constant_f32(s, -0.75f));
      result = apply(s, o, hr_constant_f32(s, -0.0f), result);
    }
  }
  result = hr_neg(s, result);
  hr_output fetch = hr_reshape(s, result, hr_constant_array(s, HR_INT32, HR_SHAPE(1), ((int32_t[]){-1})));
  hr_tensor x_in = numbers(count, 1), y_in = numbers(count, 2);
  assert_same_bits(&f, 2, (hr_feed[]){{x, &x_in}, {y, &y_in}}, fetch, o->op);
  hr_tensor_clear(&x_in);
  hr_tensor_clear(&y_in);
  fixture_free(&f);
}

static void test_every_operation(void **state) {
  (void)state;
  for (int i = 0; i < NUM_OPERATIONS; ++i) {
    check(&operations[i], 4096 + 37);
    check(&operations[i], 100000);
  }
}

/* Several results, rows, and memory that is used again. */
static void test_results_and_rows(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_scope s = f.s;
  enum { ROWS = 5, COLUMNS = 2500 };
  hr_output x = hr_placeholder(s, HR_FLOAT), row = hr_placeholder(s, HR_FLOAT);
  hr_output a = hr_mul(s, x, row), b = hr_sub(s, row, a), c = hr_square(s, b), d = hr_add(s, a, hr_mul(s, c, b));
  hr_output sums[] = {hr_reduce_sum(s, a), hr_reduce_sum(s, c), hr_reduce_sum(s, d)};
  hr_tensor x_in = numbers(ROWS * COLUMNS, 3), row_in = numbers(COLUMNS, 4);
  for (int64_t i = 0; i < ROWS * COLUMNS; ++i) {
    float *element = (float *)hr_tensor_data(&x_in) + i;
    *element = isfinite(*element) && fabsf(*element) < 10 ? *element : 0.5f;
  }
  for (int64_t i = 0; i < COLUMNS; ++i) {
    float *element = (float *)hr_tensor_data(&row_in) + i;
    *element = isfinite(*element) && fabsf(*element) < 10 ? *element : 0.5f;
  }
  x_in.rank = 2;
  x_in.dims[0] = ROWS;
  x_in.dims[1] = COLUMNS;
  for (int k = 0; k < 3; ++k)
    assert_same_bits(&f, 2, (hr_feed[]){{x, &x_in}, {row, &row_in}}, hr_stack(s, HR_LIST(sums[0], sums[1], sums[2])),
                     "rows");
  hr_tensor_clear(&x_in);
  hr_tensor_clear(&row_in);
  fixture_free(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_operation), cmocka_unit_test(test_results_and_rows)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
