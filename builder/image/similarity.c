/* How alike two images are by their structure: tf.image.ssim and ssim_multiscale (Wang and others, "Image quality
 * assessment", 2004); edges by Sobel's filters. */
#include "builder/image/image.h"
#include "headrace/control_flow.h"
#include "headrace/convolution.h"

/* ---- Sobel's filters --------------------------------------------------------------------------------------------- */

hr_output hr_sobel_edges_with(hr_scope s, hr_operand image) {
  static const float filters[3][3][1][2] = {
      {{{-1, -1}}, {{-2, 0}}, {{-1, 1}}}, {{{0, -2}}, {{0, 0}}, {{0, 2}}}, {{{1, -1}}, {{2, 0}}, {{1, 1}}}};
  hr_output x = hr_convert(s, image, HR_INVALID, "image");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  if (hr_output_rank(x) >= 0 && hr_output_rank(x) != 4)
    return hr_refuse(s, "sobel_edges takes a batch of images, not a tensor of rank %d", hr_output_rank(x));
  hr_partial_shape shape = *hr_output_shape(x);
  hr_output sizes = hr_tf_shape(s, x);
  hr_tensor values;
  hr_status status = hr_tensor_from(HR_FLOAT, 4, (int64_t[]){3, 3, 1, 2}, filters, &values);
  if (status) {
    hr_scope_fail(s, status);
    return HR_NO_OUTPUT;
  }
  hr_output kernels = hr_constant(s, hr_operand_values(&values), .dtype = hr_output_base_dtype(x));
  hr_tensor_clear(&values);
  hr_output channels = hr_at(s, sizes, HR_INDEX(-1));
  kernels = hr_tf_tile(s, kernels, HR_OPERANDS(1, 1, channels, 1), .name = "sobel_filters");
  hr_output padded = hr_call_one(
      s, "MirrorPad", NULL,
      HR_OPERANDS(x, HR_OPERANDS(HR_OPERANDS(0, 0), HR_OPERANDS(1, 1), HR_OPERANDS(1, 1), HR_OPERANDS(0, 0))),
      HR_ATTRS({"mode", HR_ATTR_STRING_VALUE("REFLECT")}));
  hr_output edges = hr_depthwise_conv2d(s, padded, kernels, ((hr_ints){4, (int64_t[]){1, 1, 1, 1}}), "VALID");
  edges = hr_tf_reshape(s, edges, hr_tf_concat(s, HR_OPERANDS(sizes, HR_OPERANDS(2)), 0));
  if (shape.rank == 4) {
    shape.dims[shape.rank++] = 2;
    hr_know_shape(s, edges, &shape);
  }
  return edges;
}

/* ---- windows ----------------------------------------------------------------------------------------------------- */

/* What windows are weighted by, and the numbers that keep quotients finite. */
typedef struct windows {
  hr_output weights, c1, c2;
} windows;

/* Gauss's bell, size x size, of sum 1. */
static hr_output bell(hr_scope s, hr_output size, hr_output sigma) {
  hr_dtype dtype = hr_output_base_dtype(sigma);
  hr_output places =
      hr_tf_cast(s, hr_tf_range(s, hr_operand_int(0), hr_operand_output(size), hr_operand_int(1)), dtype);
  hr_output middle = hr_truediv(s, hr_tf_cast(s, hr_minus(s, size, 1), dtype), 2.0);
  hr_output g = hr_square(s, hr_minus(s, places, middle));
  g = hr_times(s, g, hr_truediv(s, -0.5, hr_square(s, sigma)));
  hr_output along = hr_tf_reshape(s, g, HR_SHAPE(1, -1));
  g = hr_plus(s, along, hr_tf_reshape(s, g, HR_SHAPE(-1, 1)));
  g = hr_softmax(s, hr_tf_reshape(s, g, HR_SHAPE(1, -1)));
  return hr_tf_reshape(s, g, HR_OPERANDS(size, size, 1, 1));
}

/* The weighted mean of each window. */
static hr_output mean_of(hr_scope s, const windows *w, hr_output x) {
  hr_output shape = hr_tf_shape(s, x);
  hr_output image = hr_at(s, shape, HR_SLICE(-3, HR_OPEN));
  x = hr_tf_reshape(s, x, hr_tf_concat(s, HR_OPERANDS(HR_OPERANDS(-1), image), 0));
  hr_output y = hr_depthwise_conv2d(s, x, w->weights, ((hr_ints){4, (int64_t[]){1, 1, 1, 1}}), "VALID");
  hr_output batch = hr_at(s, shape, HR_SLICE(HR_OPEN, -3));
  hr_output rest = hr_at(s, hr_tf_shape(s, y), HR_SLICE(1, HR_OPEN));
  return hr_tf_reshape(s, y, hr_tf_concat(s, HR_OPERANDS(batch, rest), 0));
}

typedef struct similarity {
  hr_output all, structure; /* of each channel; structure: without how bright they are */
} similarity;

static hr_output power_of_two(hr_scope s, double factor, hr_output most) {
  return hr_power(s, hr_times(s, factor, most), 2.0);
}

static similarity compare(hr_scope s, hr_output x, hr_output y, hr_output most, const hr_ssim_options *o) {
  similarity none = {HR_NO_OUTPUT, HR_NO_OUTPUT};
  hr_output size = hr_constant(s, o->filter_size, .dtype = HR_INT32);
  hr_output sigma = hr_constant(s, o->filter_sigma, .dtype = hr_output_base_dtype(x));
  hr_outputs shapes = hr_shape_n(s, HR_LIST(x, y));
  if (!hr_scope_ok(s)) return none;
  hr_image_checks checks = {0};
  for (int i = 0; i < 2; ++i) {
    hr_output area = hr_at(s, shapes.items[i], HR_SLICE(-3, -1));
    hr_output fits = hr_reduce_all(s, hr_binary(s, "GreaterEqual", area, size));
    hr_add_check(&checks, hr_tf_assert(s, fits, HR_OPERANDS(shapes.items[i], size), .summarize = 8));
  }
  if (!hr_scope_ok(s)) return none;
  HR_WITH (checked, hr_control_dependencies(s, checks.count, checks.nodes)) {
    x = hr_identity(checked, x);
  }
  windows w = {bell(s, size, sigma), HR_NO_OUTPUT, HR_NO_OUTPUT};
  hr_output channels = hr_at(s, shapes.items[0], HR_INDEX(-1));
  w.weights = hr_tf_tile(s, w.weights, HR_OPERANDS(1, 1, channels, 1));
  w.c1 = power_of_two(s, o->k1, most);
  w.c2 = power_of_two(s, o->k2, most);
  hr_output mean_x = mean_of(s, &w, x), mean_y = mean_of(s, &w, y);
  hr_output means = hr_times(s, hr_times(s, mean_x, mean_y), 2.0);
  hr_output squares_x = hr_square(s, mean_x), squares = hr_plus(s, squares_x, hr_square(s, mean_y));
  hr_output above = hr_plus(s, means, w.c1);
  hr_output brightness = hr_truediv(s, above, hr_plus(s, squares, w.c1));
  hr_output products = hr_times(s, mean_of(s, &w, hr_times(s, x, y)), 2.0);
  hr_output square_x = hr_square(s, x);
  hr_output sums = mean_of(s, &w, hr_plus(s, square_x, hr_square(s, y)));
  w.c2 = hr_times(s, w.c2, 1.0);
  above = hr_plus(s, hr_minus(s, products, means), w.c2);
  hr_output structure = hr_truediv(s, above, hr_plus(s, hr_minus(s, sums, squares), w.c2));
  hr_output axes = hr_constant(s, HR_OPERANDS(-3, -2), .dtype = HR_INT32);
  hr_output all = hr_reduce_mean(s, hr_times(s, brightness, structure), .axis = hr_operand_output(axes));
  return (similarity){all, hr_reduce_mean(s, structure, .axis = hr_operand_output(axes))};
}

/* The images as floats, once it is known that they can be compared; their shapes. */
typedef struct pair {
  hr_output x, y, most;
  hr_outputs shapes;
} pair;
static pair read_pair(hr_scope s, hr_operand a, hr_operand b, hr_operand max_val) {
  pair p = {hr_convert(s, a, HR_INVALID, "img1"), HR_NO_OUTPUT, HR_NO_OUTPUT, {0, NULL}};
  p.y = hr_convert(s, b, HR_INVALID, "img2");
  hr_image_checks checks = {0};
  p.shapes = hr_check_comparable(s, p.x, p.y, &checks);
  if (!hr_scope_ok(s)) return p;
  HR_WITH (checked, hr_control_dependencies(s, checks.count, checks.nodes)) {
    p.x = hr_identity(checked, p.x);
  }
  p.most = hr_convert_image_dtype(s, hr_tf_cast(s, max_val, hr_output_base_dtype(p.x)), HR_FLOAT);
  p.x = hr_convert_image_dtype(s, p.x, HR_FLOAT);
  p.y = hr_convert_image_dtype(s, p.y, HR_FLOAT);
  return p;
}

hr_output hr_ssim_with(hr_scope s, hr_operand img1, hr_operand img2, hr_operand max_val,
                       const hr_ssim_options *options) {
  hr_ssim_options o = options ? *options : (hr_ssim_options){HR_SSIM_DEFAULTS};
  pair p = read_pair(s, img1, img2, max_val);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  return hr_reduce_mean(s, compare(s, p.x, p.y, p.most, &o).all, .axis = HR_AXES(-1));
}

/* ---- many scales ------------------------------------------------------------------------------------------------- */

/* Both images of a scale, their batches' shapes and their own. */
typedef struct scale {
  hr_output images[2], heads[2], tails[2];
} scale;

/* What the branches need: images as one batch, and what is left of their size by 2. */
typedef struct padding {
  hr_output images[2], rest;
} padding;
static void pad_images(void *argument, hr_scope s, hr_results *results) {
  const padding *p = argument;
  hr_output behind = hr_tf_expand_dims(s, p->rest, -1);
  hr_output sizes =
      hr_call_one(s, "Pad", NULL, HR_OPERANDS(behind, HR_OPERANDS(HR_OPERANDS(1, 0), HR_OPERANDS(1, 0))), HR_NO_ATTRS);
  for (int i = 0; i < 2; ++i)
    hr_return(results, hr_call_one(s, "MirrorPad", NULL, HR_OPERANDS(p->images[i], sizes),
                                   HR_ATTRS({"mode", HR_ATTR_STRING_VALUE("SYMMETRIC")})));
}
static void keep_images(void *argument, hr_scope s, hr_results *results) {
  const padding *p = argument;
  (void)s;
  for (int i = 0; i < 2; ++i)
    hr_return(results, p->images[i]);
}

/* Images of half the size, padded to even sizes first. */
static void halve(hr_scope s, hr_output divisor, scale *z) {
  padding p;
  for (int i = 0; i < 2; ++i)
    p.images[i] = hr_tf_reshape(s, z->images[i], hr_tf_concat(s, HR_OPERANDS(HR_OPERANDS(-1), z->tails[i]), 0));
  p.rest = hr_modulo(s, z->tails[0], divisor);
  hr_output uneven = hr_reduce_any(s, hr_binary(s, "NotEqual", p.rest, 0));
  hr_outputs padded = hr_cond(s, uneven, HR_BRANCH(pad_images, &p), HR_BRANCH(keep_images, &p));
  if (!hr_scope_ok(s) || padded.count != 2) return;
  hr_ints windows = {4, (int64_t[]){1, 2, 2, 1}};
  hr_output halves[2];
  for (int i = 0; i < 2; ++i)
    halves[i] = hr_tf_avg_pool_with(s, padded.items[i].node ? hr_operand_output(padded.items[i]) : HR_NO_OPERAND,
                                    windows, windows, "VALID", NULL);
  hr_outputs shapes = hr_shape_n(s, HR_LIST(halves[0], halves[1]));
  if (!hr_scope_ok(s)) return;
  for (int i = 0; i < 2; ++i)
    z->tails[i] = hr_at(s, shapes.items[i], HR_SLICE(1, HR_OPEN));
  for (int i = 0; i < 2; ++i)
    z->images[i] = hr_tf_reshape(s, halves[i], hr_tf_concat(s, HR_OPERANDS(z->heads[i], z->tails[i]), 0));
}

hr_output hr_ssim_multiscale_with(hr_scope scope, hr_operand img1, hr_operand img2, hr_operand max_val,
                                  const hr_ssim_multiscale_options *options) {
  static const float usual[] = {0.0448f, 0.2856f, 0.3001f, 0.2363f, 0.1333f};
  hr_ssim_multiscale_options o = options ? *options : (hr_ssim_multiscale_options){HR_SSIM_DEFAULTS};
  hr_ssim_options window = {o.filter_size, o.filter_sigma, o.k1, o.k2};
  int32_t count = o.power_factors.count ? o.power_factors.count : 5;
  const float *factors = o.power_factors.count ? o.power_factors.items : usual;
  hr_output x = hr_convert(scope, img1, HR_INVALID, "img1"), y = hr_convert(scope, img2, HR_INVALID, "img2");
  hr_scope s = hr_name_scope(scope, "MS-SSIM");
  hr_operand *rows = hr_keep_bytes(s, sizeof *rows * (size_t)(2 * count));
  pair p = read_pair(s, hr_operand_output(x), hr_operand_output(y), max_val);
  if (!hr_scope_ok(s) || !rows) return HR_NO_OUTPUT;
  scale z = {.images = {p.x, p.y}};
  for (int i = 0; i < 2; ++i)
    z.heads[i] = hr_at(s, p.shapes.items[i], HR_SLICE(HR_OPEN, -3));
  for (int i = 0; i < 2; ++i)
    z.tails[i] = hr_at(s, p.shapes.items[i], HR_SLICE(-3, HR_OPEN));
  hr_output divisor = hr_constant(s, HR_OPERANDS(2, 2, 1), .dtype = HR_INT32);
  similarity c = {HR_NO_OUTPUT, HR_NO_OUTPUT};
  for (int32_t k = 0; k < count && hr_scope_ok(s); ++k) {
    const char *name = hr_keep_printf(s, "Scale%d", (int)k);
    if (!name) return HR_NO_OUTPUT;
    hr_scope at = hr_name_scope(s, name);
    if (k > 0) halve(at, divisor, &z);
    if (!hr_scope_ok(at)) return HR_NO_OUTPUT;
    c = compare(at, z.images[0], z.images[1], p.most, &window);
    rows[k] = hr_operand_output(hr_relu(at, c.structure));
  }
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  rows[count - 1] = hr_operand_output(hr_relu(s, c.all));
  hr_output stacked = hr_stack(s, ((hr_operands){count, rows, NULL}), .axis = -1);
  for (int32_t k = 0; k < count; ++k)
    rows[count + k] = hr_operand_float((double)factors[k]);
  hr_output powers =
      hr_call_one(s, "Pow", NULL, HR_OPERANDS(stacked, ((hr_operands){count, rows + count, NULL})), HR_NO_ATTRS);
  return hr_reduce_mean(s, hr_reduce_prod(s, powers, .axis = HR_AXES(-1)), .axis = HR_AXES(-1));
}
