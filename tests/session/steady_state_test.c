/* A step of fixed shapes allocates nothing once it has run: counted at the CPU allocator and at malloc itself. */
#include "fixture.h"
#include <stdatomic.h>
#include <stdlib.h>

static _Atomic long malloc_calls;
void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *memory, size_t bytes);
void *__wrap_malloc(size_t bytes) {
  ++malloc_calls;
  return __real_malloc(bytes);
}
void *__wrap_calloc(size_t count, size_t bytes) {
  ++malloc_calls;
  return __real_calloc(count, bytes);
}
void *__wrap_realloc(void *memory, size_t bytes) {
  ++malloc_calls;
  return __real_realloc(memory, bytes);
}

enum { BATCH = 16, INPUTS = 32, OUTPUTS = 8 };

static void test_training_step_allocates_nothing(void **state) {
  (void)state;
  fixture f = fixture_new();
  float weights[INPUTS * OUTPUTS], images[BATCH * INPUTS];
  int64_t labels[BATCH];
  for (int i = 0; i < INPUTS * OUTPUTS; ++i)
    weights[i] = (float)(i % 7) * 0.01f;
  for (int i = 0; i < BATCH * INPUTS; ++i)
    images[i] = (float)(i % 5);
  for (int i = 0; i < BATCH; ++i)
    labels[i] = i % OUTPUTS;

  hr_output x = hr_placeholder(f.s, HR_FLOAT, .shape = HR_SHAPE(-1, INPUTS));
  hr_output y = hr_placeholder(f.s, HR_INT64, .shape = HR_SHAPE(-1));
  hr_output w = hr_variable_v2(f.s, HR_SHAPE(INPUTS, OUTPUTS), HR_FLOAT);
  hr_node *init = hr_assign(f.s, w, hr_constant_array(f.s, HR_FLOAT, HR_SHAPE(INPUTS, OUTPUTS), weights)).node;
  hr_output logits = hr_matmul(f.s, x, hr_identity(f.s, w));
  hr_sparse_softmax_cross_entropy_with_logits_outputs loss =
      hr_sparse_softmax_cross_entropy_with_logits(f.s, logits, y);
  hr_output mean = hr_mean(f.s, loss.loss, hr_constant_i32(f.s, 0));
  hr_output gradient = hr_matmul(f.s, hr_relu(f.s, x), loss.backprop, .transpose_a = true);
  hr_output step = hr_apply_gradient_descent(f.s, w, hr_constant_f32(f.s, 0.01f), gradient);
  assert_ok(hr_builder_status(f.builder));
  assert_ok(hr_run_node(f.session, init));

  hr_tensor images_tensor, labels_tensor;
  assert_ok(hr_tensor_borrow(HR_FLOAT, 2, (int64_t[]){BATCH, INPUTS}, images, &images_tensor));
  assert_ok(hr_tensor_borrow(HR_INT64, 1, (int64_t[]){BATCH}, labels, &labels_tensor));
  hr_feed feeds[] = {{x, &images_tensor}, {y, &labels_tensor}};
  uint64_t buffers = 0;
  long mallocs = 0;
  float first = 0, last = 0;
  for (int i = 0; i < 50; ++i) {
    if (i == 10) {
      buffers = hr_cpu_allocator_calls();
      mallocs = atomic_load(&malloc_calls);
    }
    hr_tensor value;
    assert_ok(hr_session_run(f.session, 2, feeds, 1, &mean, &value, 1, &step.node));
    last = *(float *)hr_tensor_data(&value);
    if (i == 0) first = last;
  }
  assert_true(last < first);
  assert_int_equal(hr_cpu_allocator_calls() - buffers, 0);
  assert_int_equal(atomic_load(&malloc_calls) - mallocs, 0);
  hr_tensor_clear(&images_tensor);
  hr_tensor_clear(&labels_tensor);
  fixture_free(&f);
}

/* A batch of images in the caller's memory goes in, the logits of each come out: one buffer a run, the result's. */
static void test_a_fetch_costs_its_result(void **state) {
  (void)state;
  enum { IMAGES = 50, PIXELS = 784, CLASSES = 10 };
  fixture f = fixture_new();
  static float images[IMAGES * PIXELS], weights[PIXELS * CLASSES];
  hr_node *init;
  hr_output x = hr_placeholder(f.s, HR_FLOAT, .shape = HR_SHAPE(-1, PIXELS));
  hr_output w = hr_variable_v2(f.s, HR_SHAPE(PIXELS, CLASSES), HR_FLOAT);
  init = hr_assign(f.s, w, hr_constant_array(f.s, HR_FLOAT, HR_SHAPE(PIXELS, CLASSES), weights)).node;
  hr_output fetches[] = {hr_softmax(f.s, hr_matmul(f.s, x, hr_identity(f.s, w)))};
  hr_callable *callable;
  hr_tensor in, value;
  assert_ok(hr_tensor_borrow(HR_FLOAT, 2, (int64_t[]){IMAGES, PIXELS}, images, &in));
  assert_ok(hr_run_node(f.session, init));
  assert_ok(hr_callable_new(f.session, 1, &x, 1, fetches, 0, NULL, &callable));
  uint64_t buffers = 0;
  long mallocs = 0;
  for (int i = 0; i < 30; ++i) {
    if (i == 10) {
      buffers = hr_cpu_allocator_calls();
      mallocs = atomic_load(&malloc_calls);
    }
    assert_ok(hr_callable_run(callable, (const hr_tensor *[]){&in}, &value));
    assert_true(((float *)hr_tensor_data(&value))[IMAGES * CLASSES - 1] == 0.1f);
    hr_tensor_clear(&value);
    assert_ok(hr_session_run(f.session, 1, &(hr_feed){x, &in}, 1, fetches, &value, 0, NULL));
    hr_tensor_clear(&value);
  }
  assert_int_equal(hr_cpu_allocator_calls() - buffers, 2 * 20);
  assert_int_equal(atomic_load(&malloc_calls) - mallocs, 0);
  hr_tensor_clear(&in);
  hr_callable_free(callable);
  fixture_free(&f);
}

/* Batches of changing size do not pile memory up: buffers of sizes that are no longer used go. */
static void test_changing_shapes(void **state) {
  (void)state;
  fixture f = fixture_new();
  static float data[4096];
  hr_output x = hr_placeholder(f.s, HR_FLOAT, .shape = HR_SHAPE(-1));
  hr_output y = hr_reduce_sum(f.s, hr_exp(f.s, hr_square(f.s, x)));
  for (int i = 1; i <= 200; ++i) {
    hr_tensor in, value;
    int64_t size = (int64_t)(i * 613) % 4096 + 1;
    assert_ok(hr_tensor_borrow(HR_FLOAT, 1, &size, data, &in));
    assert_ok(hr_session_run(f.session, 1, &(hr_feed){x, &in}, 1, &y, &value, 0, NULL));
    assert_true(*(float *)hr_tensor_data(&value) == (float)size);
    hr_tensor_clear(&in);
  }
  fixture_free(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_training_step_allocates_nothing),
                                     cmocka_unit_test(test_a_fetch_costs_its_result),
                                     cmocka_unit_test(test_changing_shapes)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
