/* Signals in frames: the graphs that TensorFlow 1.15 builds (programs/frames.py,
 * programs/frames_of_unknown_length.py), and mistakes. */
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

/* A number, or samples, that are known when they are fed. */
static hr_output fed(hr_scope s, hr_dtype dtype, hr_partial_shape own, const void *data, hr_partial_shape known) {
  hr_scope p = hr_name_scope(s, "PlaceholderWithDefault");
  hr_output value = hr_constant_array(p, dtype, own, data, .name = "input");
  return hr_placeholder_with_default(p, value, known, .name = hr_scope_name(p));
}
static hr_output number(hr_scope s, int32_t value) { return fed(s, HR_INT32, HR_SHAPE(), &value, HR_SHAPE()); }

/* The samples of the program; of `count` numbers. */
static void wave(int count, float *out) {
  for (int i = 0; i < count; ++i)
    out[i] = (float)(i * 7 % 19 - 9) / 8;
}
static void signals(hr_scope s, hr_output *out) {
  float samples[40];
  wave(40, samples);
  out[0] = fed(s, HR_FLOAT, HR_SHAPE(25), samples, HR_SHAPE_UNKNOWN);
  out[1] = fed(s, HR_FLOAT, HR_SHAPE(30), samples, HR_SHAPE(-1));
  out[2] = fed(s, HR_FLOAT, HR_SHAPE(2, 20), samples, HR_SHAPE(2, -1));
}

static void frames_of_unknown_length(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output signal[3];
  signals(s, signal);
  for (int i = 0; i < 3; ++i) {
    hr_output length = number(s, 6), step = number(s, 4);
    hr_frame(s, signal[i], length, step);
    hr_frame(s, signal[i], number(s, 5), 2, .pad_end = true, .pad_value = hr_operand_float(1));
    hr_frame(s, signal[i], 6, number(s, 3));
    hr_frame(s, signal[i], number(s, 8), 4, .axis = 0);
  }
  testing_graph_expect(&t, "frames_of_unknown_length.frames");
}

static void transforms_of_unknown_length(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output signal[3];
  signals(s, signal);
  for (int i = 0; i < 3; ++i) {
    hr_output length = number(s, 7), step = number(s, 3);
    hr_stft(s, signal[i], length, step);
    hr_stft(s, signal[i], number(s, 6), 2, .fft_length = hr_operand_int(8), .pad_end = true);
    hr_stft(s, signal[i], number(s, 8), 4, .no_window = true);
  }
  testing_graph_expect(&t, "frames_of_unknown_length.transforms");
}

static void mel_of_counted_spectra(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  float samples[51];
  wave(51, samples);
  for (int i = 0; i < 51; ++i)
    if (samples[i] < 0) samples[i] = -samples[i];
  hr_output spectra = fed(s, HR_FLOAT, HR_SHAPE(3, 17), samples, HR_SHAPE(-1, -1));
  hr_output width = hr_at(s, hr_tf_shape(s, spectra), HR_INDEX(-1));
  hr_output matrix =
      hr_linear_to_mel_weight_matrix(s, 6, width, 8000.0, .lower_edge_hertz = 80.0, .upper_edge_hertz = 3000.0);
  hr_tf_matmul(s, spectra, matrix);
  testing_graph_expect(&t, "frames_of_unknown_length.mel_bins");
}

static void mistakes(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(2, 8));
  hr_frame(s, x, 0, 0);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "positive", NULL);
  hr_frame(s, x, 2.5, 2);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "frame_length must be an integer", NULL);
  hr_overlap_and_add(s, hr_constant(s, HR_OPERANDS(1.0)), 1);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "rank at least 2", NULL);
  hr_dct(s, x, .type = 4);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "Types I, II and III", NULL);
  hr_dct(s, x, .type = 1, .orthogonal = true);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "Normalization", NULL);
  hr_linear_to_mel_weight_matrix(s, 0, 9, 16000.0);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "num_mel_bins must be positive", NULL);
  hr_linear_to_mel_weight_matrix(s, 4, 9, 4000.0);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "Nyquist", NULL);
  testing_graph_free(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(mel), cmocka_unit_test(frames_of_unknown_length),
                                     cmocka_unit_test(transforms_of_unknown_length),
                                     cmocka_unit_test(mel_of_counted_spectra), cmocka_unit_test(mistakes)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
