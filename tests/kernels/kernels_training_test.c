/* Variables and training ops against recorded values of TensorFlow 1.15. */
#include "runtime/resource/variable.h"
#include "tests/kernels/tester.h"
#include <stdio.h>
#include <string.h>

/* The reference's vector code takes approximate roots, and Ftrl subtracts them and divides by the learning rate. */
static const tester_tolerance roots[] = {
    {"ApplyFtrl", 1e-5, 1e-5, 1e-12, 1e-13},
    {"ApplyFtrlV2", 1e-5, 1e-5, 1e-12, 1e-13},
    {"ResourceApplyFtrl", 1e-5, 1e-5, 1e-12, 1e-13},
    {"ResourceApplyFtrlV2", 1e-5, 1e-5, 1e-12, 1e-13},
    {NULL, 1e-6, 1e-7, 1e-13, 1e-15},
};

static void test_recorded(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "training", .tolerances = roots});
}

static void test_recorded_by_handle(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "resource_training", .tolerances = roots});
  tester_run_family(&(tester_family){.name = "handles"});
}

static void test_staging(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "staging"});
}

static void test_uninitialized_variables_are_refused(void **state) {
  (void)state;
  hr_tensor inputs[] = {TESTER_VECTOR(HR_FLOAT, ((float[]){1, 2})), hr_tensor_f32(1),
                        TESTER_VECTOR(HR_FLOAT, ((float[]){1, 2}))};
  hr_single_op op = {.op = "ApplyGradientDescent", .num_inputs = 3, .inputs = inputs, .uninitialized = 1};
  hr_tensor out;
  int32_t count;
  hr_status status = hr_run_single_op(&op, 1, &out, &count, NULL);
  assert_int_equal(hr_status_code(status), HR_FAILED_PRECONDITION);
  assert_non_null(strstr(hr_status_message(status), "uninitialized"));
  hr_status_free(status);
  hr_tensor_clear(&inputs[0]);
  hr_tensor_clear(&inputs[2]);
}

/* ---- resources ------------------------------------------------------------------------------------------------- */

static hr_status make_variable(void *argument, hr_resource **out) {
  hr_variable *variable;
  HR_TRY(hr_variable_new(&hr_variable_type, argument, HR_FLOAT, &(hr_shape){1, {2}}, &variable));
  *out = &variable->resource;
  return HR_SUCCESS;
}

static void test_resources_are_shared_by_name_and_container(void **state) {
  (void)state;
  hr_resource_manager *manager = hr_resource_manager_new("localhost");
  assert_non_null(manager);
  hr_resource *first, *again, *other;
  assert_null(hr_resource_lookup_or_create(manager, "", &hr_variable_type, "v", make_variable, "v", &first));
  assert_null(hr_resource_lookup_or_create(manager, "localhost", &hr_variable_type, "v", make_variable, "v", &again));
  assert_null(hr_resource_lookup_or_create(manager, "worker", &hr_variable_type, "v", make_variable, "v", &other));
  assert_ptr_equal(first, again);
  assert_ptr_not_equal(first, other);
  assert_int_equal(hr_resource_count(manager), 2);
  hr_status status = hr_resource_add(manager, "worker", "v", first);
  assert_int_equal(hr_status_code(status), HR_ALREADY_EXISTS);
  hr_status_free(status);
  hr_resource_clear_container(manager, "worker");
  hr_resource *gone;
  status = hr_resource_lookup(manager, "worker", &hr_variable_type, "v", &gone);
  assert_int_equal(hr_status_code(status), HR_NOT_FOUND);
  hr_status_free(status);
  status = hr_resource_lookup_or_create(manager, "no way", &hr_variable_type, "v", make_variable, "v", &gone);
  assert_int_equal(hr_status_code(status), HR_INVALID_ARGUMENT);
  hr_status_free(status);
  hr_resource_unref(first);
  hr_resource_unref(again);
  hr_resource_unref(other);
  hr_resource_manager_unref(manager);
}

/* The table grows, and finds what it held before. */
static void test_many_resources(void **state) {
  (void)state;
  hr_resource_manager *manager = hr_resource_manager_new("localhost");
  assert_non_null(manager);
  char name[16];
  for (int i = 0; i < 1000; ++i) {
    hr_resource *made;
    snprintf(name, sizeof name, "v%d", i);
    assert_null(hr_resource_lookup_or_create(manager, NULL, &hr_variable_type, name, make_variable, name, &made));
    hr_resource_unref(made);
  }
  for (int i = 0; i < 1000; ++i) {
    hr_resource *found;
    snprintf(name, sizeof name, "v%d", i);
    assert_null(hr_resource_lookup(manager, NULL, &hr_variable_type, name, &found));
    assert_string_equal(((hr_variable *)found)->name, name);
    hr_resource_unref(found);
    assert_null(hr_resource_delete(manager, NULL, &hr_variable_type, name));
  }
  assert_int_equal(hr_resource_count(manager), 0);
  hr_resource_manager_unref(manager);
}

/* One that has several names loses all of them, and no other one does. */
static void test_resources_are_removed(void **state) {
  (void)state;
  hr_resource_manager *manager = hr_resource_manager_new("localhost");
  assert_non_null(manager);
  hr_resource *made[200];
  char name[16];
  for (int i = 0; i < 200; ++i) {
    snprintf(name, sizeof name, "v%d", i);
    assert_null(hr_resource_lookup_or_create(manager, NULL, &hr_variable_type, name, make_variable, name, &made[i]));
    assert_null(hr_resource_add(manager, "worker", name, made[i]));
  }
  for (int i = 0; i < 200; i += 2)
    assert_null(hr_resource_remove(manager, made[i]));
  assert_int_equal(hr_resource_count(manager), 200);
  for (int i = 0; i < 200; ++i) {
    hr_resource *found;
    snprintf(name, sizeof name, "v%d", i);
    hr_status status = hr_resource_lookup(manager, "worker", &hr_variable_type, name, &found);
    assert_int_equal(hr_status_code(status), i % 2 ? HR_OK : HR_NOT_FOUND);
    hr_status_free(status);
    status = i % 2 ? HR_SUCCESS : hr_resource_remove(manager, made[i]);
    assert_int_equal(hr_status_code(status), i % 2 ? HR_OK : HR_NOT_FOUND);
    hr_status_free(status);
    hr_resource_unref(found);
    hr_resource_unref(made[i]);
  }
  hr_resource_manager_unref(manager);
}

/* A variable of one element keeps it in a buffer, so that readers see updates. */
static void test_variable_storage_is_never_inline(void **state) {
  (void)state;
  hr_tensor value;
  assert_null(hr_variable_storage(hr_cpu_allocator(), HR_FLOAT, &(hr_shape){0}, &value));
  assert_non_null(value.buffer);
  assert_ptr_equal(value.data, value.buffer->data);
  hr_tensor_clear(&value);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_recorded),
      cmocka_unit_test(test_recorded_by_handle),
      cmocka_unit_test(test_staging),
      cmocka_unit_test(test_uninitialized_variables_are_refused),
      cmocka_unit_test(test_resources_are_shared_by_name_and_container),
      cmocka_unit_test(test_many_resources),
      cmocka_unit_test(test_resources_are_removed),
      cmocka_unit_test(test_variable_storage_is_never_inline),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
