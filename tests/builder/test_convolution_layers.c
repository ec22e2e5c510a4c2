/* Layers of images in C: the graph that TensorFlow 1.15 builds of the same network (programs/convolutions.py). */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "headrace/convolution_layers.h"
#include "headrace/losses.h"
#include "headrace/train.h"

/* The network on handwritten digits. */
static void digits(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 42);
  hr_scope s = t.root, in = hr_name_scope(s, "inputs");
  hr_output x = hr_placeholder(in, HR_FLOAT, .shape = HR_SHAPE(-1, 784), .name = "X");
  hr_output images = hr_tf_reshape(in, x, HR_SHAPE(-1, 28, 28, 1));
  hr_output y = hr_placeholder(in, HR_INT32, .shape = HR_SHAPE(-1), .name = "y");
  hr_output conv1 = hr_conv2d_layer(s, images, 8, HR_INTS(3), .strides = HR_INTS(1), .padding = "SAME",
                                    .activation = hr_relu_activation, .name = "conv1");
  hr_output conv2 = hr_conv2d_layer(s, conv1, 12, HR_INTS(3, 3), .strides = HR_INTS(2, 2), .padding = "same",
                                    .activation = hr_relu_activation, .name = "conv2");
  hr_scope pool = hr_name_scope(s, "pool3");
  hr_output pooled = hr_max_pool(pool, conv2, HR_INTS(1, 2, 2, 1), HR_INTS(1, 2, 2, 1), "VALID");
  hr_output flat = hr_tf_reshape(pool, pooled, HR_SHAPE(-1, 12 * 7 * 7));
  hr_output hidden = hr_dense(hr_name_scope(s, "fc1"), flat, 16, .activation = hr_relu_activation, .name = "fc1");
  hr_scope out = hr_name_scope(s, "output");
  hr_output logits = hr_dense(out, hidden, 10, .name = "output");
  hr_tf_softmax(out, logits, .name = "Y_proba");
  hr_scope train = hr_name_scope(s, "train");
  hr_output loss = hr_reduce_mean(train, hr_tf_sparse_softmax_cross_entropy_with_logits(train, y, logits));
  hr_optimizer *adam = hr_adam_optimizer(0.001);
  assert_non_null(adam);
  hr_minimize(train, adam, loss);
  hr_optimizer_free(adam);
  hr_global_variables_initializer(s);
  expect_ok(t.builder);
  testing_graph_expect(&t, "convolutions.digits");
}

/* Names, shapes, and what is refused. */
static void forms(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 8, 7, 3));
  char text[HR_SHAPE_TEXT];
  hr_output y = hr_conv2d_layer(s, x, 4, HR_INTS(3, 2), .strides = HR_INTS(2, 1));
  assert_string_equal(hr_partial_shape_text(hr_output_shape(y), text), "[?,3,6,4]");
  y = hr_max_pooling2d(s, x, HR_INTS(2), HR_INTS(2), .padding = "same");
  assert_string_equal(hr_node_name(y.node), "max_pooling2d/MaxPool");
  assert_string_equal(hr_partial_shape_text(hr_output_shape(y), text), "[?,4,4,3]");
  y = hr_average_pooling2d(s, x, HR_INTS(2, 3), HR_INTS(1, 2), .name = "mean");
  assert_string_equal(hr_node_name(y.node), "mean/AvgPool");
  assert_string_equal(hr_partial_shape_text(hr_output_shape(y), text), "[?,7,3,3]");
  expect_ok(t.builder);
  hr_conv2d_layer(s, x, 4, HR_INTS(3), .padding = "full");
  expect_error(t.builder, HR_INVALID_ARGUMENT, "full", NULL);
  hr_conv2d_layer(s, x, 4, HR_INTS(3, 3, 3));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "3 sizes", NULL);
  hr_conv2d_layer(s, hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 8, 7, -1)), 4, HR_INTS(3));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "channel dimension", NULL);
  hr_conv2d_layer(s, hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 8)), 4, HR_INTS(3));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "rank 4", NULL);
  hr_max_pooling2d(s, hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 8)), HR_INTS(2), HR_INTS(2));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "rank 2", NULL);
  testing_graph_free(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(digits), cmocka_unit_test(forms)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
