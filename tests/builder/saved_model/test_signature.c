/* Signatures, against what TensorFlow makes of the same tensors (record.py). */
#include "expect.h"
#include "headrace/headrace.h"
#include "runtime/base/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct fixture {
  hr_graph *graph;
  hr_builder *builder;
  hr_scope s;
  hr_output x, scalar, text, v, indices, values, shape;
} fixture;

static fixture begin(void) {
  fixture f = {.graph = hr_graph_new()};
  f.builder = hr_builder_new(f.graph);
  f.s = hr_builder_root(f.builder);
  f.x = hr_placeholder(f.s, HR_FLOAT, .shape = HR_SHAPE(-1, 2), .name = "x");
  f.scalar = hr_placeholder(f.s, HR_FLOAT, .shape = HR_SHAPE(), .name = "scalar");
  f.text = hr_placeholder(f.s, HR_STRING, .name = "text");
  hr_tensor one;
  assert_ok(hr_tensor_from(HR_FLOAT, 1, (int64_t[]){1}, (float[]){1}, &one));
  f.v = hr_var_ref(hr_tf_variable(f.s, &one, .name = "v"));
  hr_tensor_clear(&one);
  hr_scope sparse = hr_name_scope(f.s, "sparse");
  f.values = hr_placeholder(sparse, HR_FLOAT, .shape = HR_SHAPE(-1), .name = "values");
  f.indices = hr_placeholder(sparse, HR_INT64, .shape = HR_SHAPE(-1, 2), .name = "indices");
  f.shape = hr_constant_array(sparse, HR_INT64, HR_SHAPE(2), ((int64_t[]){3, 4}), .name = "shape");
  assert_ok(hr_builder_status(f.builder));
  return f;
}

static void end(fixture *f) {
  hr_builder_free(f->builder);
  hr_graph_unref(f->graph);
}

/* A row of signatures.tsv: its bytes, to be freed, and its last column. */
static hr_owned_bytes recorded(const char *name, char valid[8]) {
  FILE *file = fopen(FIXTURES "/signatures.tsv", "r");
  assert_non_null(file);
  static char line[4096], key[64], hex[4000];
  hr_owned_bytes bytes = {0};
  while (!bytes.data && fgets(line, sizeof line, file)) {
    hex[0] = valid[0] = '\0';
    char *tab = strchr(line, '\t'), *second = tab ? strchr(tab + 1, '\t') : NULL;
    assert_non_null(second);
    snprintf(key, sizeof key, "%.*s", (int)(tab - line), line);
    if (strcmp(key, name) != 0) continue;
    snprintf(hex, sizeof hex, "%.*s", (int)(second - tab - 1), tab + 1);
    snprintf(valid, 8, "%.*s", (int)strcspn(second + 1, "\n"), second + 1);
    bytes.length = strlen(hex) / 2;
    bytes.data = malloc(bytes.length + 1);
    for (size_t i = 0; i < bytes.length; ++i) {
      unsigned byte;
      assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
      bytes.data[i] = (char)byte;
    }
  }
  fclose(file);
  if (!bytes.data) fail_msg("no row %s", name);
  return bytes;
}

/* Takes the bytes. */
static void expect_recorded(const char *name, hr_owned_bytes have) {
  char valid[8];
  hr_owned_bytes want = recorded(name, valid);
  if (have.length != want.length || memcmp(have.data, want.data, want.length) != 0) fail_msg("%s differs", name);
  free(have.data);
  free(want.data);
}

static void infos(void **state) {
  (void)state;
  fixture f = begin();
  hr_owned_bytes info;
  assert_ok(hr_build_tensor_info(f.x, &info));
  expect_recorded("info_x", info);
  assert_ok(hr_build_tensor_info(f.scalar, &info));
  expect_recorded("info_scalar", info);
  assert_ok(hr_build_tensor_info(f.text, &info));
  expect_recorded("info_text", info);
  assert_ok(hr_build_tensor_info(f.v, &info));
  expect_recorded("info_v", info);
  assert_ok(hr_build_sparse_tensor_info(f.indices, f.values, f.shape, &info));
  expect_recorded("info_sparse", info);
  assert_fails(hr_build_tensor_info(HR_NO_OUTPUT, &info), HR_INVALID_ARGUMENT, "needs a tensor");
  end(&f);
}

static void tensors_of_infos(void **state) {
  (void)state;
  fixture f = begin();
  char valid[8];
  hr_output out[3];
  bool is_sparse;
  hr_owned_bytes info = recorded("info_x", valid);
  assert_ok(hr_tensor_from_info(f.graph, info.data, info.length, NULL, &is_sparse, out));
  assert_true(!is_sparse && hr_output_equal(out[0], f.x));
  assert_fails(hr_tensor_from_info(f.graph, info.data, info.length, "model", &is_sparse, out), HR_NOT_FOUND, "model/x");
  free(info.data);
  info = recorded("info_sparse", valid);
  assert_ok(hr_tensor_from_info(f.graph, info.data, info.length, "", &is_sparse, out));
  assert_true(is_sparse && hr_output_equal(out[0], f.indices) && hr_output_equal(out[1], f.values) &&
              hr_output_equal(out[2], f.shape));
  free(info.data);
  assert_fails(hr_tensor_from_info(f.graph, "", 0, NULL, &is_sparse, out), HR_INVALID_ARGUMENT, "TensorInfo");
  assert_fails(hr_tensor_from_info(f.graph, "\x0a\x05x", 3, NULL, &is_sparse, out), HR_INVALID_ARGUMENT, "TensorInfo");
  end(&f);
}

static void signatures(void **state) {
  (void)state;
  fixture f = begin();
  hr_owned_bytes def;
  assert_ok(hr_predict_signature_def(2, (hr_named_output[]){{"b", f.x}, {"a", f.scalar}}, 1,
                                     &(hr_named_output){"out", f.x}, &def));
  expect_recorded("predict", def);
  assert_ok(hr_classification_signature_def(f.text, f.text, f.scalar, &def));
  expect_recorded("classify", def);
  assert_ok(hr_classification_signature_def(f.text, HR_NO_OUTPUT, f.scalar, &def));
  expect_recorded("classify_scores", def);
  assert_ok(hr_regression_signature_def(f.text, f.scalar, &def));
  expect_recorded("regress", def);
  assert_ok(hr_build_signature_def(0, NULL, 0, NULL, NULL, &def));
  expect_recorded("empty", def);
  hr_owned_bytes info;
  assert_ok(hr_build_tensor_info(f.x, &info));
  hr_named_info named = {"a", {info.data, info.length}};
  assert_ok(hr_build_signature_def(1, &named, 1, &named, "other", &def));
  expect_recorded("other_method", def);
  free(info.data);
  end(&f);
}

static void mistakes(void **state) {
  (void)state;
  fixture f = begin();
  hr_owned_bytes def;
  hr_named_output x = {"x", f.x}, nothing = {"x", HR_NO_OUTPUT};
  hr_output none = HR_NO_OUTPUT;
  assert_fails(hr_predict_signature_def(0, NULL, 1, &x, &def), HR_INVALID_ARGUMENT, "Prediction inputs");
  assert_fails(hr_predict_signature_def(1, &x, 0, NULL, &def), HR_INVALID_ARGUMENT, "Prediction outputs");
  assert_fails(hr_predict_signature_def(1, &x, 1, &nothing, &def), HR_INVALID_ARGUMENT, "needs a tensor");
  assert_fails(hr_classification_signature_def(none, f.text, f.scalar, &def), HR_INVALID_ARGUMENT, "examples");
  assert_fails(hr_classification_signature_def(f.text, none, none, &def), HR_INVALID_ARGUMENT, "both");
  assert_fails(hr_classification_signature_def(f.x, f.text, f.scalar, &def), HR_INVALID_ARGUMENT, "examples");
  assert_fails(hr_classification_signature_def(f.text, f.x, f.scalar, &def), HR_INVALID_ARGUMENT, "classes");
  assert_fails(hr_classification_signature_def(f.text, f.text, f.text, &def), HR_INVALID_ARGUMENT, "scores");
  assert_fails(hr_regression_signature_def(none, f.scalar, &def), HR_INVALID_ARGUMENT, "examples");
  assert_fails(hr_regression_signature_def(f.text, none, &def), HR_INVALID_ARGUMENT, "predictions");
  assert_fails(hr_regression_signature_def(f.x, f.scalar, &def), HR_INVALID_ARGUMENT, "examples");
  assert_fails(hr_regression_signature_def(f.text, f.text, &def), HR_INVALID_ARGUMENT, "output");
  assert_null(def.data);
  end(&f);
}

static void validity(void **state) {
  (void)state;
  static const char *const names[] = {"predict",
                                      "classify",
                                      "classify_scores",
                                      "regress",
                                      "empty",
                                      "no_input",
                                      "no_output",
                                      "other_method",
                                      "classify_other_key",
                                      "classify_float_input",
                                      "classify_text_scores",
                                      "classify_float_classes",
                                      "classify_more",
                                      "classify_more_inputs",
                                      "regress_float_input",
                                      "regress_text_output",
                                      "regress_other_key"};
  int valid_ones = 0;
  for (size_t i = 0; i < sizeof names / sizeof *names; ++i) {
    char valid[8];
    hr_owned_bytes def = recorded(names[i], valid);
    bool want = strcmp(valid, "True") == 0;
    valid_ones += want;
    if (hr_is_valid_signature(def.data, def.length) != want) fail_msg("%s", names[i]);
    free(def.data);
  }
  assert_int_equal(valid_ones, 4);
  assert_false(hr_is_valid_signature("\xff", 1));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(infos), cmocka_unit_test(tensors_of_infos),
                                     cmocka_unit_test(signatures), cmocka_unit_test(mistakes),
                                     cmocka_unit_test(validity)};
  return cmocka_run_group_tests_name("signature", tests, NULL, NULL);
}
