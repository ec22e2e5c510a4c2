/* The recordings themselves can be read to their ends, and their tensors written again byte for byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <unistd.h>
#include <zlib.h>

#include "runtime/tensor/tensor_proto.h"
#include "tests/conformance/recorded.h"
#include "tests/proto/expect.h"

static hr_tensor read_tensor(hr_view proto) {
  hr_tensor tensor;
  assert_ok(hr_tensor_from_proto(proto, hr_cpu_allocator(), &tensor));
  return tensor;
}

static void check_tensor(hr_view proto) {
  hr_tensor tensor = read_tensor(proto);
  hr_text written = {0};
  assert_ok(hr_tensor_to_proto(&tensor, &written));
  assert_int_equal(written.length, proto.length);
  assert_memory_equal(written.data, proto.data, proto.length);
  hr_text_free(&written);
  hr_tensor_clear(&tensor);
}

static void check_values(const char *name) {
  hr_text file = recorded_file(name);
  hr_view rest = recorded_view(&file);
  recorded_value value;
  uint32_t step = 0;
  while (recorded_next_value(&rest, &value)) {
    assert_in_range(value.step, step, step + 1);
    step = value.step;
    assert_true(value.name.length > 0);
    if (value.kind == RECORDED_FEED || value.kind == RECORDED_FETCH) check_tensor(value.payload);
    if (value.kind == RECORDED_TARGET) assert_int_equal(value.payload.length, 0);
    if (value.kind == RECORDED_DIGEST) {
      recorded_digest digest = recorded_digest_of(&value);
      hr_tensor ends = read_tensor(digest.ends);
      assert_int_equal(ends.elements, 32);
      assert_true(digest.elements > 256);
      hr_tensor_clear(&ends);
    }
  }
  hr_text_free(&file);
}

static void values_of_all_cases(void **state) {
  (void)state;
  DIR *folder = opendir(RECORDED);
  assert_non_null(folder);
  int cases = 0;
  for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
    char name[300], path[4096];
    snprintf(name, sizeof name, "%s/values.bin", entry->d_name);
    snprintf(path, sizeof path, "%s%s", RECORDED, name);
    if (access(path, R_OK) != 0) continue;
    check_values(name);
    ++cases;
  }
  closedir(folder);
  assert_true(cases > 60);
}

static void check_shapes(const recorded_shapes *shapes, const recorded_kernel *kernel) {
  if (shapes->refusal.length > 0) {
    assert_int_equal(shapes->count, 0);
    return;
  }
  if (kernel->code == 0) assert_int_equal(shapes->count, kernel->num_outputs);
  for (uint32_t i = 0; i < shapes->count; ++i) {
    hr_partial_shape shape;
    assert_ok(hr_shape_from_proto(shapes->shapes[i], &shape));
  }
}

static void kernels_of_all_families(void **state) {
  (void)state;
  static const char *const families[] = {"unary",  "unary_gradients", "binary",         "comparison", "selection",
                                         "casts",  "reductions",      "linear_algebra", "neural",     "training",
                                         "random", "arrays",          "strings"};
  for (size_t f = 0; f < sizeof families / sizeof *families; ++f) {
    char name[100];
    snprintf(name, sizeof name, "kernels/%s.bin.gz", families[f]);
    hr_text file = recorded_file(name);
    hr_view rest = recorded_view(&file);
    recorded_kernel kernel;
    int cases = 0;
    for (; recorded_next_kernel(&rest, &kernel); ++cases) {
      for (uint32_t i = 0; i < kernel.num_inputs; ++i) {
        check_tensor(kernel.inputs[i].value);
        if (kernel.inputs[i].is_variable && kernel.code == 0) check_tensor(kernel.inputs[i].after);
      }
      for (uint32_t i = 0; i < kernel.num_outputs; ++i)
        check_tensor(kernel.outputs[i]);
      assert_int_equal(kernel.code != 0, kernel.message.length > 0);
      check_shapes(&kernel.shaped, &kernel);
      check_shapes(&kernel.constant, &kernel);
    }
    assert_true(cases > 50);
    hr_text_free(&file);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(values_of_all_cases),
      cmocka_unit_test(kernels_of_all_families),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
