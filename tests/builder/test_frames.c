/* Signals in frames: the graphs that TensorFlow 1.15 builds (programs/frames.py), and mistakes. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "headrace/headrace.h"

static void mel(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_linear_to_mel_weight_matrix(t.root, 4, 9, 16000.0);
  hr_linear_to_mel_weight_matrix(t.root, 5, 17, 8000.0, .lower_edge_hertz = 50.0, .upper_edge_hertz = 4000.0,
                                 .name = "wide");
  expect_ok(t.builder);
  testing_graph_expect(&t, "frames.mel");
}

static void mistakes(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(2, 8)), number = hr_placeholder(s, HR_INT32);
  hr_frame(s, x, 0, 0);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "positive", NULL);
  hr_frame(s, x, number, 2);
  expect_error(t.builder, HR_UNIMPLEMENTED, "must be known", NULL);
  hr_frame(s, x, 2.5, 2);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "frame_length must be an integer", NULL);
  hr_overlap_and_add(s, hr_constant(s, HR_OPERANDS(1.0)), 1);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "at least two dimensions", NULL);
  hr_dct(s, x, .type = 4);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "Types I, II and III", NULL);
  hr_dct(s, x, .type = 1, .orthogonal = true);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "Normalization", NULL);
  hr_stft(s, x, number, 2);
  expect_error(t.builder, HR_UNIMPLEMENTED, "must be known", NULL);
  hr_linear_to_mel_weight_matrix(s, 0, 9, 16000.0);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "num_mel_bins must be positive", NULL);
  hr_linear_to_mel_weight_matrix(s, 4, 9, 4000.0);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "Nyquist", NULL);
  testing_graph_free(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(mel), cmocka_unit_test(mistakes)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
