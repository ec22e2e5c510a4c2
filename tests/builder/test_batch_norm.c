/* Normalising by the statistics of a batch, as ops and by hand (programs/batch_norm.py): the graphs that
 * TensorFlow 1.15 builds. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "headrace/headrace.h"

#define L HR_OPERANDS

typedef struct inputs {
  hr_output x, scale, offset;
} inputs;

static inputs inputs_of(hr_scope s, const char *recorded_case) {
  inputs in = {.x = recorded_data(s, recorded_case, "x")};
  in.scale = recorded_data(s, recorded_case, "scale");
  in.offset = recorded_data(s, recorded_case, "offset");
  return in;
}
static void slopes(hr_scope s, hr_output y, inputs in) {
  hr_gradient gradients[3];
  hr_gradients(s, HR_LIST(y), HR_LIST(in.x, in.scale, in.offset), gradients);
}

static void training(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  inputs in = inputs_of(s, "batch_norm.training");
  hr_output y = hr_tf_fused_batch_norm(s, in.x, in.scale, in.offset).y;
  hr_output weights = recorded_data(s, "batch_norm.training", "weights");
  slopes(s, hr_times(s, y, weights), in);
  hr_tf_fused_batch_norm(s, in.x, in.scale, in.offset, .epsilon = 1e-7, .name = "tiny");
  hr_tf_fused_batch_norm(s, L(L(L(L(1.0, 2.0)))), L(1.0, 1.0), L(3.0, 4.0), .epsilon = 0.1);
  testing_graph_expect(&t, "batch_norm.training");
}

#define MEAN     L(0.3, -0.2, 1.5, 0.0, 0.7)
#define VARIANCE L(1.2, 0.4, 2.0, 0.9, 3.0)

static void inference(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  inputs in = inputs_of(s, "batch_norm.inference");
  hr_operand mean = HR_OPERAND(MEAN), variance = HR_OPERAND(VARIANCE);
  hr_output y = hr_tf_fused_batch_norm(s, in.x, in.scale, in.offset, .mean = mean, .variance = variance,
                                       .is_training = false, .name = "infer")
                    .y;
  slopes(s, hr_times(s, y, y), in);
  hr_output x = hr_tf_cast(s, in.x, HR_HALF);
  hr_tf_fused_batch_norm(s, x, in.scale, in.offset, .mean = mean, .variance = variance, .epsilon = 0.01,
                         .is_training = false);
  testing_graph_expect(&t, "batch_norm.inference");
}

static void halves(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  inputs in = inputs_of(s, "batch_norm.halves");
  slopes(s, hr_square(s, hr_tf_fused_batch_norm(s, in.x, in.scale, in.offset).y), in);
  testing_graph_expect(&t, "batch_norm.halves");
}

static void channels_first(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output pictures = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 5, 3, 2), .name = "x");
  inputs in = inputs_of(s, "batch_norm.inference");
  in.x = pictures;
  hr_output y = hr_tf_fused_batch_norm(s, in.x, in.scale, in.offset, .data_format = "NCHW").y;
  slopes(s, hr_times(s, y, y), in);
  y = hr_tf_fused_batch_norm(s, in.x, in.scale, in.offset, .mean = HR_OPERAND(MEAN), .variance = HR_OPERAND(VARIANCE),
                             .data_format = "NCHW", .is_training = false)
          .y;
  slopes(s, hr_times(s, y, y), in);
  testing_graph_expect(&t, "batch_norm.channels_first");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(training), cmocka_unit_test(inference), cmocka_unit_test(halves),
                                     cmocka_unit_test(channels_first)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
