/* Convolutions and pooling in C: the graphs that TensorFlow 1.15 builds of the same programs (programs/convolutions.py,
 * from which the order of the calls comes). */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "headrace/headrace.h"

enum { MAX_MADE = 64 };

/* A program under way: what it made, in order, and constants that live until it ends. */
typedef struct program {
  testing_graph t;
  hr_output made[MAX_MADE];
  hr_tensor kept[MAX_MADE];
  int made_count, kept_count;
} program;

static program begin(void) { return (program){.t = testing_graph_new()}; }
static void add(program *p, hr_output y) {
  expect_ok(p->t.builder);
  assert_true(p->made_count < MAX_MADE);
  p->made[p->made_count++] = y;
}
/* The programs' weights. */
static hr_operand ramp(program *p, hr_partial_shape sizes) {
  hr_tensor *tensor = &p->kept[p->kept_count++];
  hr_shape shape = {.rank = sizes.rank};
  memcpy(shape.dims, sizes.dims, sizeof shape.dims);
  assert_null(hr_tensor_new(hr_cpu_allocator(), HR_FLOAT, &shape, tensor));
  for (int64_t i = 0; i < tensor->elements; ++i)
    ((float *)hr_tensor_data(tensor))[i] = (float)(i % 7 - 3) / 4;
  return hr_operand_tensor(tensor);
}
#define RAMP(...) ramp(p, HR_SHAPE(__VA_ARGS__))
static hr_output placeholder(program *p, const char *name, hr_partial_shape shape) {
  return hr_placeholder(p->t.root, HR_FLOAT, .shape = shape, .name = name);
}
static hr_output defaults_to(program *p, const char *name, hr_ints value) {
  hr_operand input = hr_operand_ints(value);
  const hr_partial_shape shape = HR_SHAPE(value.count);
  const hr_named_attr attr = {"shape", {.kind = HR_ATTR_SHAPE, .shape = &shape}};
  return hr_node_output(hr_call_op(p->t.root, "PlaceholderWithDefault", name, 1, &input, 1, &attr), 0);
}
static void end(program *p, const char *recorded_case) {
  if (recorded_case)
    testing_graph_expect(&p->t, recorded_case);
  else
    testing_graph_free(&p->t);
  while (p->kept_count > 0)
    hr_tensor_clear(&p->kept[--p->kept_count]);
}
/* Gradients of the sum of all squares, by inputs and variables. */
static void differentiate(program *p, int count, const hr_output *inputs) {
  hr_scope s = p->t.root;
  hr_output sums[MAX_MADE], xs[2 * MAX_MADE];
  for (int i = 0; i < p->made_count; ++i)
    sums[i] = hr_reduce_sum(s, hr_times(s, p->made[i], p->made[i]));
  hr_output total = hr_add_n(s, ((hr_outputs){p->made_count, sums}));
  for (int i = 0; i < count; ++i)
    xs[i] = inputs[i];
  int variables = hr_collection_count(p->t.graph, "trainable_variables");
  for (int i = 0; i < variables; ++i)
    xs[count++] = hr_var_ref(hr_item_var(hr_collection_item(p->t.graph, "trainable_variables", i)));
  hr_gradient gradients[2 * MAX_MADE];
  hr_gradients(s, ((hr_outputs){1, &total}), ((hr_outputs){count, xs}), gradients);
  if (variables > 0) hr_global_variables_initializer(s);
  expect_ok(p->t.builder);
}

static hr_output convolve(void *kernel, hr_scope s, hr_output x, int spatial, const char *padding) {
  const int64_t ones[] = {1, 1, 1, 1};
  return hr_tf_conv2d(s, x, *(hr_operand *)kernel, ((hr_ints){spatial + 2, ones}), padding);
}
static hr_output twice(void *unused, hr_scope s, hr_output x, int spatial, const char *padding) {
  (void)unused, (void)spatial, (void)padding;
  return hr_times(s, x, 2.0);
}

static void apart(void **state) {
  (void)state;
  program made = begin(), *p = &made;
  hr_scope s = p->t.root;
  hr_output x = placeholder(p, "x", HR_SHAPE(1, 6, 5, 3)), q = placeholder(p, "s", HR_SHAPE(2, 7, 3));
  hr_output v = placeholder(p, "v", HR_SHAPE(1, 4, 5, 4, 2));
  hr_output rate = defaults_to(p, "rate", HR_INTS(2, 3)), shape = defaults_to(p, "shape", HR_INTS(1, 6, 5, 4));
  hr_output w = hr_convert(s, RAMP(2, 3, 4, 3), HR_INVALID, "w");
  hr_operand base = HR_OPERAND(HR_OPERANDS(hr_operand_ints(HR_INTS(1, 0)), hr_operand_ints(HR_INTS(0, 2))));
  hr_space_to_batch_paddings required =
      hr_required_space_to_batch_paddings(s, hr_at(s, shape, HR_SLICE(1, 3)), rate, .base_paddings = base);
  add(p, hr_convolution(s, x, RAMP(2, 2, 3, 3), "SAME", .dilation_rate = HR_INTS(2, 1), .name = "far"));
  add(p, hr_convolution(s, q, RAMP(2, 3, 3), "VALID", .dilation_rate = HR_INTS(3)));
  add(p, hr_convolution(s, v, RAMP(2, 2, 2, 2, 1), "SAME", .strides = HR_INTS(1, 2, 1)));
  add(p, hr_atrous_conv2d(s, x, RAMP(2, 2, 3, 3), HR_INTS(2), "SAME"));
  add(p, hr_depthwise_conv2d(s, x, RAMP(2, 2, 3, 2), HR_INTS(1, 1, 1, 1), "SAME", .rate = HR_INTS(2, 2)));
  hr_operand depthwise = RAMP(2, 2, 3, 1), pointwise = RAMP(1, 1, 3, 2);
  add(p, hr_separable_conv2d(s, x, depthwise, pointwise, HR_INTS(1, 2, 2, 1), "VALID"));
  add(p, hr_conv1d(s, q, RAMP(2, 3, 2), HR_INTS(2), "VALID"));
  add(p, hr_conv1d_transpose(s, q, RAMP(2, 4, 3), HR_SHAPE(2, 14, 4), HR_INTS(2), .name = "long"));
  add(p, hr_conv2d_transpose(s, x, w, HR_SHAPE(1, 12, 10, 4), HR_INTS(2)));
  add(p, hr_conv3d_transpose(s, v, RAMP(2, 2, 2, 1, 2), HR_SHAPE(1, 4, 5, 8, 1), HR_INTS(1, 1, 2)));
  add(p, hr_erosion2d(s, x, RAMP(2, 3, 3), HR_INTS(1, 2, 1, 1), HR_INTS(1, 1, 1, 1), "VALID"));
  add(p, hr_tf_max_pool(s, x, HR_INTS(3), HR_INTS(2), "SAME"));
  add(p, hr_avg_pool1d(s, q, HR_INTS(3), HR_INTS(1), "SAME"));
  add(p, hr_max_pool1d(s, q, HR_INTS(2), HR_INTS(2), "VALID"));
  add(p, hr_tf_max_pool3d(s, v, HR_INTS(2), HR_INTS(2), "VALID"));
  add(p, hr_tf_avg_pool3d(s, v, HR_INTS(2, 2, 1), HR_INTS(1), "SAME"));
  add(p, hr_max_pool2d(s, x, HR_INTS(2), HR_INTS(2), "VALID"));
  add(p, hr_tf_avg_pool(s, x, HR_INTS(2, 1), HR_INTS(1, 2), "VALID", .name = "mean"));
  add(p, hr_atrous_conv2d_transpose(s, x, w, HR_SHAPE(1, 6, 5, 4), 1, "SAME"));
  add(p, hr_atrous_conv2d_transpose(s, x, w, HR_SHAPE(1, 6, 5, 4), 2, "SAME"));
  add(p, hr_atrous_conv2d_transpose(s, x, w, HR_SHAPE(1, 8, 9, 4), 2, "VALID", .name = "wide"));
  add(p, hr_atrous_conv2d_transpose(s, x, w, shape, 2, "SAME"));
  add(p, hr_conv_transpose(s, x, w, HR_SHAPE(1, 12, 10, 4), HR_INTS(2)));
  add(p, hr_conv_transpose(s, q, hr_at(s, w, HR_INDEX(0)), HR_SHAPE(2, 14, 4), HR_INTS(2), .name = "longer"));
  add(p, hr_conv_transpose(s, v, RAMP(2, 2, 2, 1, 2), HR_SHAPE(1, 4, 5, 4, 1), HR_INTS(1, 1, 1)));
  hr_operand wide = RAMP(2, 3, 3, 2), narrow = RAMP(2, 2, 3, 2);
  add(p, hr_with_space_to_batch(s, x, rate, "SAME", ((hr_window_function){convolve, &wide}),
                                .filter_shape = hr_operand_ints(HR_INTS(2, 3))));
  add(p, hr_with_space_to_batch(s, x, hr_operand_ints(HR_INTS(1, 2)), "VALID",
                                ((hr_window_function){convolve, &narrow}), .data_format = "NHWC"));
  const hr_window_function doubling = {twice, NULL};
  add(p,
      hr_with_space_to_batch(s, v, hr_operand_ints(HR_INTS(2, 1)), "VALID", doubling, .spatial_dims = HR_INTS(1, 3)));
  add(p, hr_with_space_to_batch(s, v, rate, "VALID", doubling, .spatial_dims = HR_INTS(1, 3)));
  add(p, hr_pool(s, x, HR_INTS(2, 2), "MAX", "VALID", .dilation_rate = HR_INTS(1, 2), .name = "gaps"));
  add(p, hr_pool(s, v, HR_INTS(2, 2, 2), "AVG", "SAME", .strides = HR_INTS(1, 2, 1)));
  add(p, hr_pool(s, q, HR_INTS(3), "AVG", "SAME"));
  add(p, hr_tf_cast(s, required.paddings, HR_FLOAT));
  add(p, hr_tf_cast(s, required.crops, HR_FLOAT));
  hr_operand blocks = hr_operand_ints(HR_INTS(1, 2));
  hr_operand ends = HR_OPERAND(HR_OPERANDS(hr_operand_ints(HR_INTS(0, 0)), hr_operand_ints(HR_INTS(1, 2))));
  add(p, hr_node_output(hr_call_op(s, "SpaceToBatchND", NULL, 3, (hr_operand[]){HR_OPERAND(x), blocks, ends}, 0, NULL),
                        0));
  hr_output tiled = hr_tf_tile(s, x, HR_SHAPE(2, 1, 1, 1));
  add(p, hr_node_output(
             hr_call_op(s, "BatchToSpaceND", NULL, 3, (hr_operand[]){HR_OPERAND(tiled), blocks, ends}, 0, NULL), 0));
  differentiate(p, 3, (hr_output[]){x, q, v});
  end(p, "convolutions.apart");
}

static void more_layers(void **state) {
  (void)state;
  program made = begin(), *p = &made;
  hr_scope s = p->t.root;
  hr_graph_set_seed(p->t.graph, true, 1);
  hr_output x = placeholder(p, "x", HR_SHAPE(-1, 6, 5, 3)), q = placeholder(p, "s", HR_SHAPE(-1, 7, 3));
  hr_output v = placeholder(p, "v", HR_SHAPE(-1, 4, 5, 4, 2));
  add(p, hr_separable_conv1d_layer(s, q, 4, HR_INTS(3), .depth_multiplier = 2, .strides = HR_INTS(2),
                                   .activation = hr_relu_activation));
  add(p, hr_separable_conv1d_layer(s, q, 2, HR_INTS(2), .dilation_rate = HR_INTS(2), .padding = "same",
                                   .use_bias = false, .name = "apart"));
  for (int again = 0; again < 2; ++again)
    add(p,
        hr_separable_conv2d_layer(s, x, 2, HR_INTS(2), .dilation_rate = HR_INTS(1, 2), .activation = hr_relu_activation,
                                  .name = "mixed", .reuse = again ? HR_REUSE_TRUE : HR_REUSE_NONE));
  add(p, hr_conv3d_transpose_layer(s, v, 1, HR_INTS(2), .strides = HR_INTS(1, 2, 1), .activation = hr_relu_activation));
  add(p, hr_conv3d_transpose_layer(s, v, 2, HR_INTS(2, 3, 2), .strides = HR_INTS(1, 2, 1), .padding = "same"));
  add(p, hr_conv3d_layer(s, v, 2, HR_INTS(2), .dilation_rate = HR_INTS(1, 2, 1)));
  add(p, hr_conv1d_layer(s, q, 3, HR_INTS(2), .dilation_rate = HR_INTS(3), .padding = "same"));
  add(p, hr_average_pooling1d(s, q, HR_INTS(2), HR_INTS(2), .padding = "same"));
  add(p, hr_max_pooling3d(s, v, HR_INTS(2, 1, 2), HR_INTS(1, 2, 1), .padding = "same"));
  add(p, hr_separable_conv1d_layer(s, q, 3, HR_INTS(2), .name = "mine"));
  differentiate(p, 3, (hr_output[]){x, q, v});
  end(p, "convolutions.more_layers");
}

static void channels_first(void **state) {
  (void)state;
  program made = begin(), *p = &made;
  hr_scope s = p->t.root;
  hr_output x = placeholder(p, "x", HR_SHAPE(-1, 3, 6, 5)), q = placeholder(p, "s", HR_SHAPE(-1, 3, 7));
  hr_output v = placeholder(p, "v", HR_SHAPE(-1, 2, 4, 5, 4));
#define FIRST .channels_first = true
  hr_conv1d_layer(s, q, 4, HR_INTS(3), FIRST, .activation = hr_relu_activation);
  hr_conv1d_layer(s, q, 2, HR_INTS(2), FIRST, .dilation_rate = HR_INTS(2));
  hr_conv2d_layer(s, x, 4, HR_INTS(3), FIRST, .dilation_rate = HR_INTS(2), .padding = "same");
  hr_conv2d_layer(s, x, 4, HR_INTS(3), FIRST, .strides = HR_INTS(2));
  hr_conv3d_layer(s, v, 2, HR_INTS(2), FIRST);
  hr_separable_conv1d_layer(s, q, 4, HR_INTS(3), FIRST);
  hr_separable_conv2d_layer(s, x, 4, HR_INTS(3), FIRST);
  hr_conv3d_transpose_layer(s, v, 3, HR_INTS(2), FIRST, .padding = "same");
  hr_conv2d_transpose_layer(s, x, 2, HR_INTS(3), FIRST, .strides = HR_INTS(2));
  hr_max_pooling1d(s, q, HR_INTS(2), HR_INTS(2), FIRST);
  hr_max_pooling2d(s, x, HR_INTS(2), HR_INTS(2), FIRST);
  hr_average_pooling3d(s, v, HR_INTS(2), HR_INTS(2), FIRST);
  hr_conv1d(s, q, RAMP(2, 3, 3), HR_INTS(2), "SAME", .data_format = "NCW");
  hr_conv2d_transpose(s, x, RAMP(2, 2, 2, 3), HR_SHAPE(1, 2, 12, 10), HR_INTS(2), .data_format = "NCHW");
  hr_convolution(s, x, RAMP(2, 2, 3, 3), "SAME", .dilation_rate = HR_INTS(2, 1), .data_format = "NCHW");
  hr_pool(s, x, HR_INTS(2, 2), "AVG", "VALID", .dilation_rate = HR_INTS(1, 2), .data_format = "NCHW");
  hr_depthwise_conv2d(s, x, RAMP(2, 2, 3, 1), HR_INTS(1, 1, 1, 1), "SAME", .rate = HR_INTS(2, 2),
                      .data_format = "NCHW");
  hr_max_pool1d(s, q, HR_INTS(2), HR_INTS(2), "VALID", .data_format = "NCW");
  expect_ok(p->t.builder);
  end(p, "convolutions.channels_first");
}

/* ---- of given weights -------------------------------------------------------------------------------------------- */

/* An array of the recorded program. */
static hr_operand given(program *p, const char *recorded_case, const char *name) {
  hr_tensor *tensor = &p->kept[p->kept_count++];
  *tensor = recorded_array(recorded_case, name);
  return hr_operand_tensor(tensor);
}

static void functions(void **state) {
  (void)state;
#define GIVEN(name) given(p, "convolutions.functions", name)
  program made = begin(), *p = &made;
  hr_scope s = p->t.root;
  hr_output x = placeholder(p, "x", HR_SHAPE(-1, 6, 5, 3)), y = placeholder(p, "y", HR_SHAPE(1, 3, 3, 5));
  hr_output w = recorded_data(s, "convolutions.functions", "w");
  const hr_ints ones = HR_INTS(1, 1, 1, 1);
  add(p, hr_tf_conv2d(s, x, GIVEN("Conv2D/filter"), ones, "SAME"));
  add(p, hr_tf_conv2d(s, x, w, HR_INTS(1, 2, 2, 1), "VALID", .name = "named"));
  add(p, hr_tf_conv2d(s, x, w, HR_INTS(2), "EXPLICIT", .explicit_paddings = HR_INTS(0, 0, 1, 2, 0, 1, 0, 0)));
  add(p, hr_tf_conv2d(s, x, w, HR_INTS(2, 1), "SAME", .no_cudnn = true));
  add(p, hr_conv2d_transpose(s, y, w, HR_SHAPE(1, 6, 5, 3), HR_INTS(1, 2, 2, 1)));
  hr_output size = hr_tf_shape(s, x);
  add(p, hr_conv2d_transpose(s, y, w, size, HR_INTS(2), .name = "up"));
  add(p, hr_depthwise_conv2d(s, x, GIVEN("depthwise/filter_in"), ones, "SAME"));
  add(p, CALL_OP(s, "DepthwiseConv2dNative", NULL, HR_OPERANDS(x, GIVEN("DepthwiseConv2dNative/filter")),
                 {"strides", {.kind = HR_ATTR_INT, .is_list = true, .count = 4, .ints = ones.items}},
                 {"padding", HR_ATTR_STRING_VALUE("VALID")}));
  hr_operand depthwise = GIVEN("separable_conv2d/depthwise_filter");
  add(p, hr_separable_conv2d(s, x, depthwise, GIVEN("separable_conv2d/pointwise_filter"), ones, "SAME"));
  differentiate(p, 2, (hr_output[]){x, y});
  end(p, "convolutions.functions");
#undef GIVEN
}

static void pooling(void **state) {
  (void)state;
  program made = begin(), *p = &made;
  hr_scope s = p->t.root;
  hr_output x = placeholder(p, "x", HR_SHAPE(-1, 6, 5, 3)), v = placeholder(p, "v", HR_SHAPE(1, 4, 5, 4, 2));
  hr_output q = placeholder(p, "s", HR_SHAPE(2, 7, 3));
  const hr_ints two = HR_INTS(2), pairs = HR_INTS(1, 2, 2, 1);
  add(p, hr_tf_max_pool(s, x, pairs, pairs, "VALID")),
      add(p, hr_tf_max_pool(s, x, HR_INTS(3), two, "SAME", .name = "named"));
  add(p, hr_tf_max_pool(s, x, HR_INTS(2, 3), HR_INTS(1, 2), "SAME")), add(p, hr_max_pool2d(s, x, two, two, "VALID"));
  add(p, hr_tf_avg_pool(s, x, HR_INTS(1, 3, 3, 1), pairs, "SAME")),
      add(p, hr_tf_avg_pool(s, x, two, HR_INTS(1), "VALID"));
  add(p, hr_tf_max_pool3d(s, v, two, two, "VALID"));
  add(p, hr_tf_avg_pool3d(s, v, HR_INTS(1, 2, 2, 2, 1), HR_INTS(1, 1, 2, 2, 1), "SAME"));
  add(p, hr_max_pool1d(s, q, two, two, "VALID")), add(p, hr_avg_pool1d(s, q, HR_INTS(3), HR_INTS(1), "SAME"));
  add(p, hr_tf_max_pool3d(s, v, two, HR_INTS(1), "VALID")), add(p, hr_avg_pool1d(s, q, two, two, "VALID"));
  add(p, hr_max_pool_with_argmax(s, x, pairs, pairs, "VALID").output);
  add(p, hr_lrn(s, x, .depth_radius = 2, .alpha = 2e-5F, .beta = 0.75F)), add(p, hr_lrn(s, x, .name = "norm"));
  differentiate(p, 3, (hr_output[]){x, v, q});
  end(p, "convolutions.pooling");
}

static void sequences_and_volumes(void **state) {
  (void)state;
#define GIVEN(name) given(p, "convolutions.sequences_and_volumes", name)
  program made = begin(), *p = &made;
  hr_scope s = p->t.root;
  hr_output q = placeholder(p, "s", HR_SHAPE(2, 7, 3)), v = placeholder(p, "v", HR_SHAPE(1, 4, 5, 4, 2));
  const hr_ints ones = HR_INTS(1, 1, 1, 1, 1), some = HR_INTS(1, 1, 2, 2, 1);
  hr_operand w = GIVEN("conv1d_transpose/ExpandDims_1/input");
  add(p, hr_conv1d_transpose(s, q, w, HR_SHAPE(2, 14, 4), HR_INTS(2)));
  w = GIVEN("longer/ExpandDims_1/input");
  add(p, hr_conv1d_transpose(s, q, w, HR_SHAPE(2, 9, 2), HR_INTS(1), .padding = "VALID", .name = "longer"));
  add(p, hr_conv1d(s, q, GIVEN("conv1d/ExpandDims_1/input"), HR_INTS(1), "SAME"));
  add(p, hr_conv1d(s, q, GIVEN("named/ExpandDims_1/input"), HR_INTS(2), "VALID", .name = "named"));
  add(p, CALL_OP(s, "Conv3D", NULL, HR_OPERANDS(v, GIVEN("Conv3D/filter")),
                 {"strides", {.kind = HR_ATTR_INT, .is_list = true, .count = 5, .ints = ones.items}},
                 {"padding", HR_ATTR_STRING_VALUE("SAME")}));
  add(p, CALL_OP(s, "Conv3D", NULL, HR_OPERANDS(v, GIVEN("Conv3D_1/filter")),
                 {"strides", {.kind = HR_ATTR_INT, .is_list = true, .count = 5, .ints = some.items}},
                 {"padding", HR_ATTR_STRING_VALUE("VALID")}));
  w = GIVEN("conv3d_transpose/filter");
  add(p, hr_conv3d_transpose(s, v, w, HR_SHAPE(1, 4, 5, 8, 1), HR_INTS(1, 1, 1, 2, 1)));
  differentiate(p, 2, (hr_output[]){q, v});
  end(p, "convolutions.sequences_and_volumes");
#undef GIVEN
}

static void layers(void **state) {
  (void)state;
  program made = begin(), *p = &made;
  hr_graph_set_seed(p->t.graph, true, 1);
  hr_scope s = p->t.root;
  hr_output x = placeholder(p, "x", HR_SHAPE(-1, 6, 5, 3)), q = placeholder(p, "s", HR_SHAPE(-1, 7, 3));
  hr_output v = placeholder(p, "v", HR_SHAPE(-1, 4, 5, 4, 2));
  const hr_ints one = HR_INTS(1), two = HR_INTS(2), three = HR_INTS(3);
  add(p, hr_conv2d_layer(s, x, 4, three));
  add(p, hr_conv2d_layer(s, x, 4, HR_INTS(3, 2), .strides = two, .padding = "same", .activation = hr_relu_activation));
  add(p, hr_conv2d_layer(s, x, 2, three, .use_bias = false, .name = "named"));
  add(p, hr_conv2d_layer(s, x, 2, three, .use_bias = false, .name = "named", .reuse = HR_REUSE_TRUE));
  add(p, hr_conv2d_layer(s, x, 2, one, .kernel_regularizer = hr_l2_regularizer(0.1),
                         .bias_initializer = hr_ones_initializer(),
                         .kernel_initializer = hr_truncated_normal_initializer(0, 1, 2)));
  add(p, hr_conv1d_layer(s, q, 4, three));
  add(p, hr_conv1d_layer(s, q, 4, two, .strides = two, .padding = "same", .activation = hr_tanh_activation));
  add(p, hr_conv3d_layer(s, v, 3, two)), add(p, hr_separable_conv2d_layer(s, x, 4, three, .depth_multiplier = 2));
  add(p, hr_conv2d_transpose_layer(s, x, 2, three, .strides = two, .padding = "same"));
  add(p, hr_conv2d_transpose_layer(s, x, 1, three, .strides = two, .activation = hr_relu_activation));
  add(p, hr_max_pooling2d(s, x, two, two)),
      add(p, hr_max_pooling2d(s, x, HR_INTS(3, 2), HR_INTS(2, 1), .padding = "same"));
  add(p, hr_average_pooling2d(s, x, two, two, .name = "mean")), add(p, hr_max_pooling1d(s, q, two, two));
  add(p, hr_average_pooling1d(s, q, three, one, .padding = "same")), add(p, hr_max_pooling3d(s, v, two, two));
  add(p, hr_average_pooling3d(s, v, two, one)), add(p, hr_conv2d_layer(s, x, 3, three, .name = "mine"));
  /* The same layer again works in its own scope. */
  int32_t count = hr_collection_count(p->t.graph, HR_TRAINABLE_VARIABLES);
  hr_var *kernel = hr_item_var(hr_collection_item(p->t.graph, HR_TRAINABLE_VARIABLES, count - 2));
  hr_var *bias = hr_item_var(hr_collection_item(p->t.graph, HR_TRAINABLE_VARIABLES, count - 1));
  hr_output doubled = hr_times(s, x, 2.0);
  HR_WITH (mine, hr_name_scope(s, "mine/"))
    add(p, hr_convolution_call(mine, doubled, kernel, .bias = hr_operand_variable(bias)));
  differentiate(p, 3, (hr_output[]){x, q, v});
  end(p, "convolutions.layers");
}

/* What is refused, with InvalidArgument and without a crash. */
static void refused(void **state) {
  (void)state;
  program made = begin(), *p = &made;
  hr_scope s = p->t.root;
  hr_output x = placeholder(p, "x", HR_SHAPE(1, 6, 5, 3)), q = placeholder(p, "s", HR_SHAPE(2, 7, 3));
  hr_output unknown = placeholder(p, "u", (hr_partial_shape){.rank = HR_UNKNOWN_RANK});
  hr_operand w = RAMP(2, 2, 3, 3);
#define REFUSED(call, text)                                                                                            \
  do {                                                                                                                 \
    assert_null((call).node);                                                                                          \
    expect_error(p->t.builder, HR_INVALID_ARGUMENT, text, NULL);                                                       \
  } while (0)
  REFUSED(hr_tf_conv2d(s, x, w, HR_INTS(1, 2, 3), "SAME"), "strides should be of length 1, 2 or 4 but was 3");
  REFUSED(hr_tf_conv2d(s, x, w, HR_INTS(1), NULL), "padding");
  REFUSED(hr_conv1d(s, q, w, HR_INTS(1), "SAME", .data_format = "CNW"), "NWC");
  REFUSED(hr_convolution(s, x, w, "SAME", .strides = HR_INTS(2, 1), .dilation_rate = HR_INTS(1, 2)), "in conjunction");
  REFUSED(hr_convolution(s, x, w, "SAME", .dilation_rate = HR_INTS(0, 1)), "must be positive");
  REFUSED(hr_convolution(s, x, w, "HALF", .dilation_rate = HR_INTS(2, 1)), "Invalid padding");
  REFUSED(hr_convolution(s, unknown, unknown, "SAME"), "rank of input or filter");
  REFUSED(hr_conv_transpose(s, x, w, HR_SHAPE(1, 2), HR_INTS(1)), "length 3, 4 or 5");
  REFUSED(hr_atrous_conv2d_transpose(s, x, w, HR_SHAPE(1, 6, 5), 2, "SAME"), "(4,)");
  REFUSED(hr_atrous_conv2d_transpose(s, x, w, HR_SHAPE(1, 6, 5, 3), 0, "SAME"), "rate");
  REFUSED(hr_separable_conv2d(s, x, w, w, HR_INTS(1, 1, 1, 1), "SAME"), "pointwise");
  REFUSED(hr_pool(s, x, HR_INTS(2, 2), "MIN", "SAME"), "MIN pooling");
  REFUSED(hr_pool(s, x, HR_INTS(2, 2), "MAX", "SAME", .dilation_rate = HR_INTS(2, 2)), "not implemented");
  REFUSED(hr_pool(s, q, HR_INTS(2, 2), "MAX", "VALID"), "rank");
  REFUSED(hr_tf_max_pool(s, x, HR_INTS(0), HR_INTS(1), "VALID"), "ksize cannot be zero");
  const hr_window_function doubling = {twice, NULL};
  REFUSED(hr_with_space_to_batch(s, x, hr_operand_ints(HR_INTS(2, 2)), "SAME", doubling), "filter_shape");
  REFUSED(
      hr_with_space_to_batch(s, x, hr_operand_ints(HR_INTS(2, 2)), "VALID", doubling, .spatial_dims = HR_INTS(2, 1)),
      "increasing");
  REFUSED(
      hr_with_space_to_batch(s, x, hr_operand_ints(HR_INTS(2, 2)), "VALID", doubling, .spatial_dims = HR_INTS(1, 9)),
      "not there");
  REFUSED(hr_required_space_to_batch_paddings(s, hr_operand_ints(HR_INTS(4)), hr_operand_ints(HR_INTS(2, 2))).paddings,
          "block_shape");
  REFUSED(hr_conv2d_transpose_layer(s, x, 2, HR_INTS(2), .dilation_rate = HR_INTS(2)), "dilation_rate");
  REFUSED(hr_separable_conv2d_layer(s, x, 2, HR_INTS(2), .depth_multiplier = 0), "depth_multiplier");
  REFUSED(hr_max_pooling1d(s, x, HR_INTS(2), HR_INTS(2)), "rank 3");
  end(p, NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(apart),          cmocka_unit_test(functions),
                                     cmocka_unit_test(pooling),        cmocka_unit_test(sequences_and_volumes),
                                     cmocka_unit_test(layers),         cmocka_unit_test(more_layers),
                                     cmocka_unit_test(channels_first), cmocka_unit_test(refused)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
