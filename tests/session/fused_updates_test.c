/* Training ops that make their gradients themselves: the same values to the last bit as with a product and an update of
 * their own, for every number of threads, and only where nobody else sees the product. */
#include "fixture.h"
#include <stdlib.h>

/* Sizes that leave rows over, for the product's pieces and for threads. */
enum { ROWS = 37, INNER = 411, COLUMNS = 165 };

typedef hr_optimizer *(*new_optimizer)(void);
static hr_optimizer *descent(void) { return hr_gradient_descent_optimizer(0.05f); }
static hr_optimizer *momentum(void) { return hr_momentum_optimizer(0.05f, 0.9f); }
static hr_optimizer *adam(void) { return hr_adam_optimizer(0.01f); }

typedef struct model {
  fixture f;
  hr_output x;
  hr_var *weights[2], *offset;
  hr_node *train;
} model;

static hr_output numbers(hr_scope s, int32_t rows, int32_t columns) {
  int64_t count = (int64_t)rows * columns;
  float *values = malloc((size_t)count * sizeof *values);
  assert_non_null(values);
  for (int64_t i = 0; i < count; ++i)
    values[i] = (float)((i * 7919) % 1000) / 5000 - 0.1f;
  hr_output out = hr_constant_array(s, HR_FLOAT, HR_SHAPE(rows, columns), values);
  free(values);
  return out;
}

/* Two layers: the second one's weights are read by the gradient that the first one's update needs. */
static model model_new(new_optimizer optimizer, bool use_resource) {
  model m = {.f = fixture_new()};
  hr_scope s = m.f.s;
  m.x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(ROWS, INNER));
  m.weights[0] = hr_tf_variable(s, numbers(s, INNER, COLUMNS), .name = "first", .use_resource = use_resource);
  m.weights[1] = hr_tf_variable(s, numbers(s, COLUMNS, 48), .name = "second", .use_resource = use_resource);
  m.offset = hr_tf_variable(s, numbers(s, 1, COLUMNS), .name = "offset", .use_resource = use_resource);
  hr_output hidden = hr_relu(s, hr_add(s, hr_matmul(s, m.x, hr_var_value(m.weights[0])), hr_var_value(m.offset)));
  hr_output out = hr_matmul(s, hidden, hr_var_value(m.weights[1]));
  hr_optimizer *o = optimizer();
  m.train = hr_minimize(s, o, hr_reduce_mean(s, hr_square(s, out)));
  hr_optimizer_free(o);
  return m;
}

/* The weights after a few steps on data of which one in `period` is not zero. */
static void weights_after_training(model *m, int period, const hr_session_options *options, hr_tensor values[2]) {
  hr_node *initialize = hr_global_variables_initializer(m->f.s);
  hr_session *session;
  assert_ok(hr_session_new(m->f.graph, options, &session));
  assert_ok(hr_run_node(session, initialize));
  hr_tensor x;
  assert_ok(hr_tensor_new(hr_cpu_allocator(), HR_FLOAT, &(hr_shape){2, {ROWS, INNER}}, &x));
  for (int i = 0; i < ROWS * INNER; ++i)
    ((float *)hr_tensor_data(&x))[i] = i % period ? 0 : (float)((i * 104729) % 997) / 997 - 0.5f;
  for (int step = 0; step < 4; ++step)
    assert_ok(hr_session_run(session, 1, &(hr_feed){m->x, &x}, 0, NULL, NULL, 1, &m->train));
  hr_output fetches[] = {hr_var_value(m->weights[0]), hr_var_value(m->weights[1])};
  assert_ok(hr_session_run(session, 0, NULL, 2, fetches, values, 0, NULL));
  hr_tensor_clear(&x);
  hr_session_free(session);
}

static void assert_same(const hr_tensor a[2], const hr_tensor b[2]) {
  for (int k = 0; k < 2; ++k)
    assert_memory_equal(hr_tensor_data(&a[k]), hr_tensor_data(&b[k]), hr_tensor_bytes(&a[k]));
}

static void clear(hr_tensor values[2]) {
  hr_tensor_clear(&values[0]);
  hr_tensor_clear(&values[1]);
}

static void test_same_bits(void **state) {
  (void)state;
  static const new_optimizer optimizers[] = {descent, momentum, adam};
  for (int k = 0; k < 12; ++k) {
    model m = model_new(optimizers[k / 4], k / 2 % 2);
    int period = k % 2 ? 5 : 1;
    hr_tensor plain[2], fused[2];
    weights_after_training(&m, period, &(hr_session_options){.intra_op_threads = 1, .rewrites_off = HR_REWRITE_FUSION},
                           plain);
    for (int threads = 1; threads < 4; ++threads) {
      weights_after_training(
          &m, period, &(hr_session_options){.intra_op_threads = threads, .use_per_session_threads = true}, fused);
      assert_same(plain, fused);
      clear(fused);
    }
    clear(plain);
    fixture_free(&m.f);
  }
}

/* The names of the nodes that ran, as step stats tell. */
static bool ran(fixture *f, hr_node *target, const char *label) {
  hr_session *session;
  assert_ok(hr_session_new(f->graph, NULL, &session));
  assert_ok(hr_run_node(session, hr_global_variables_initializer(f->s)));
  hr_owned_bytes metadata = {0};
  assert_ok(hr_session_run_with(session, &(hr_run_options){.trace_level = HR_FULL_TRACE}, 0, NULL, 0, NULL, NULL, 1,
                                &target, &metadata));
  bool found = memmem(metadata.data, metadata.length, label, strlen(label)) != NULL;
  free(metadata.data);
  hr_session_free(session);
  return found;
}

/* weights -= 0.1 * a b */
static hr_output update(hr_scope s, hr_var *weights, hr_output product) {
  return hr_apply_gradient_descent(s, hr_var_ref(weights), hr_constant_f32(s, 0.1f), product);
}

static void test_who_is_fused(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_scope s = f.s;
  hr_var *weights = hr_tf_variable(s, numbers(s, 48, 48), .name = "w");
  hr_output a = hr_square(s, hr_var_value(weights)), product = hr_matmul(s, a, a);
  hr_node *alone = hr_group(s, update(s, weights, product).node);
  assert_true(ran(&f, alone, "_FusedUpdate"));
  /* Somebody else reads it. */
  hr_output other = hr_matmul(s, a, hr_square(s, a));
  hr_node *shared = hr_group(s, update(s, weights, other).node, hr_reduce_sum(s, other).node);
  assert_false(ran(&f, shared, "_FusedUpdate"));
  /* A factor is the memory of a variable, which may change before the update comes. */
  hr_output direct = hr_matmul(s, hr_var_value(weights), a);
  assert_false(ran(&f, hr_group(s, update(s, weights, direct).node), "_FusedUpdate"));
  /* The training op itself is asked for. */
  assert_true(ran(&f, update(s, weights, hr_matmul(s, hr_square(s, a), a)).node, "_FusedUpdate"));
  fixture_free(&f);
}

static void test_errors(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_scope s = f.s;
  hr_var *weights = hr_tf_variable(s, numbers(s, 4, 3), .name = "w");
  hr_output a = hr_placeholder(s, HR_FLOAT), b = hr_placeholder(s, HR_FLOAT);
  hr_node *train = hr_group(s, update(s, weights, hr_matmul(s, a, b, .name = "product")).node);
  hr_node *initialize = hr_global_variables_initializer(s);
  hr_session *session;
  assert_ok(hr_session_new(f.graph, NULL, &session));
  hr_tensor narrow, wide;
  assert_ok(hr_tensor_from(HR_FLOAT, 2, (int64_t[]){4, 2}, (float[8]){0}, &narrow));
  assert_ok(hr_tensor_from(HR_FLOAT, 2, (int64_t[]){2, 4}, (float[8]){0}, &wide));
  hr_feed fits[] = {{a, &narrow}, {b, &wide}}, clashes[] = {{a, &narrow}, {b, &narrow}};
  assert_fails(hr_session_run(session, 2, fits, 0, NULL, NULL, 1, &train), HR_FAILED_PRECONDITION, "uninitialized");
  assert_ok(hr_run_node(session, initialize));
  assert_fails(hr_session_run(session, 2, clashes, 0, NULL, NULL, 1, &train), HR_INVALID_ARGUMENT, "product");
  assert_fails(hr_session_run(session, 2, fits, 0, NULL, NULL, 1, &train), HR_INVALID_ARGUMENT, "[4,3]");
  hr_tensor_clear(&narrow);
  hr_tensor_clear(&wide);
  hr_session_free(session);
  fixture_free(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_same_bits), cmocka_unit_test(test_who_is_fused),
                                     cmocka_unit_test(test_errors)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
