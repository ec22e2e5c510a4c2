/* What TensorFlow's optimizers fuse, taken apart: the same numbers as those of the ops one by one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four before it */
#include <cmocka.h>

#include "distributed/unfold.h"
#include "headrace/headrace.h"
#include <math.h>

static void assert_ok(hr_status status) {
  if (status) fail_msg("%s: %s", hr_code_name(hr_status_code(status)), hr_status_message(status));
}

typedef struct problem {
  hr_graph *graph;
  hr_builder *builder;
  hr_scope root;
  hr_output x, filter, vectors[4]; /* an image, filters, and four numbers of each channel */
} problem;

static problem problem_new(void) {
  problem p = {.graph = hr_graph_new()};
  p.builder = hr_builder_new(p.graph);
  p.root = hr_builder_root(p.builder);
  float image[2 * 4 * 4 * 3], filter[3 * 3 * 3 * 3], vector[3];
  for (int i = 0; i < 96; ++i)
    image[i] = sinf((float)i);
  for (int i = 0; i < 81; ++i)
    filter[i] = cosf((float)i);
  p.x = hr_constant_array(p.root, HR_FLOAT, HR_SHAPE(2, 4, 4, 3), image);
  p.filter = hr_constant_array(p.root, HR_FLOAT, HR_SHAPE(3, 3, 3, 3), filter);
  for (int k = 0; k < 4; ++k) {
    for (int i = 0; i < 3; ++i)
      vector[i] = 0.25f + 0.5f * (float)i + (float)k;
    p.vectors[k] = hr_constant_array(p.root, HR_FLOAT, HR_SHAPE(3), vector);
  }
  return p;
}
static void problem_free(problem *p) {
  hr_builder_free(p->builder);
  hr_graph_unref(p->graph);
}

/* The fused node is read by an Identity, which after unfolding must have the value of `plain`. */
static void expect_same(problem *p, hr_output fused, hr_output plain) {
  hr_output read = hr_identity(p->root, fused);
  assert_ok(hr_builder_status(p->builder));
  assert_ok(hr_unfold(p->graph));
  hr_session *session;
  assert_ok(hr_session_new(p->graph, NULL, &session));
  hr_output fetches[] = {read, plain};
  hr_tensor values[2];
  assert_ok(hr_session_run(session, 0, NULL, 2, fetches, values, 0, NULL));
  assert_true(hr_tensor_equal(&values[0], &values[1]));
  hr_tensor_clear(&values[0]);
  hr_tensor_clear(&values[1]);
  assert_ok(hr_session_close(session));
  hr_session_free(session);
}

static hr_output fused_convolution(problem *p, int num_ops, const hr_bytes *ops, int num_args) {
  hr_node_builder *n = hr_node_begin(p->root, "_FusedConv2D", NULL);
  hr_node_add_input(n, p->x);
  hr_node_add_input(n, p->filter);
  hr_node_add_input_list(n, (hr_outputs){num_args, p->vectors});
  static const int64_t strides[] = {1, 2, 1, 1};
  hr_node_set_attr(n, "strides", &(hr_attr_value){.kind = HR_ATTR_INT, .is_list = true, .count = 4, .ints = strides});
  hr_node_set_attr(n, "fused_ops",
                   &(hr_attr_value){.kind = HR_ATTR_STRING, .is_list = true, .count = num_ops, .strings = ops});
  hr_node_set_string(n, "padding", "SAME");
  hr_node_set_float(n, "epsilon", 0.01f);
  return (hr_output){hr_node_finish(n), 0};
}
static hr_output convolution(problem *p) { return hr_conv2d(p->root, p->x, p->filter, HR_INTS(1, 2, 1, 1), "SAME"); }

static void bias_and_activation(void **state) {
  (void)state;
  problem p = problem_new();
  const hr_bytes ops[] = {{"BiasAdd", 7}, {"Relu", 4}};
  hr_output fused = fused_convolution(&p, 2, ops, 1);
  expect_same(&p, fused, hr_relu(p.root, hr_bias_add(p.root, convolution(&p), p.vectors[0])));
  problem_free(&p);
}

static void batch_norm_and_activation(void **state) {
  (void)state;
  problem p = problem_new();
  const hr_bytes ops[] = {{"FusedBatchNorm", 14}, {"Relu6", 5}};
  hr_output fused = fused_convolution(&p, 2, ops, 4);
  hr_output normal = hr_fused_batch_norm(p.root, convolution(&p), p.vectors[0], p.vectors[1], p.vectors[2],
                                         p.vectors[3], .epsilon = 0.01f, .is_training = false)
                         .y;
  expect_same(&p, fused, hr_relu6(p.root, normal));
  problem_free(&p);
}

static void missing_arguments(void **state) {
  (void)state;
  problem p = problem_new();
  const hr_bytes ops[] = {{"FusedBatchNorm", 14}};
  fused_convolution(&p, 1, ops, 3);
  assert_ok(hr_builder_status(p.builder));
  hr_status status = hr_unfold(p.graph);
  assert_int_equal(hr_status_code(status), HR_INVALID_ARGUMENT);
  hr_status_free(status);
  problem_free(&p);
}

/* Outputs beside the first one come from the node that makes them. */
static void batch_norm_with_side_input(void **state) {
  (void)state;
  for (int output = 0; output < 2; ++output) {
    problem p = problem_new();
    hr_output none = hr_constant_array(p.root, HR_FLOAT, HR_SHAPE(0), NULL);
    hr_node_builder *n = hr_node_begin(p.root, "_FusedBatchNormEx", NULL);
    const hr_output inputs[] = {p.x, p.vectors[0], p.vectors[1], none, none};
    for (int i = 0; i < 5; ++i)
      hr_node_add_input(n, inputs[i]);
    hr_node_add_input_list(n, HR_LIST(p.x));
    hr_node_set_string(n, "activation_mode", "Relu");
    hr_output fused = {hr_node_finish(n), output};
    hr_fused_batch_norm_v3_outputs plain = hr_fused_batch_norm_v3(p.root, p.x, p.vectors[0], p.vectors[1], none, none);
    expect_same(&p, fused, output == 0 ? hr_relu(p.root, hr_add_v2(p.root, plain.y, p.x)) : plain.batch_mean);
    problem_free(&p);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(bias_and_activation), cmocka_unit_test(batch_norm_and_activation),
                                     cmocka_unit_test(missing_arguments), cmocka_unit_test(batch_norm_with_side_input)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
