/* Training a 784-300-100-10 network by SGD, fed. Peers: peer_tensorflow/mnist_train.py, and the loop by hand in
 * peer_onednn/mnist_loop.c. */
#include "measure.h"
#include <headrace/headrace.h>
#include <math.h>

enum { ROWS = 10000, IMAGE = 784 };
static const int64_t layers[] = {IMAGE, 300, 100, 10};

typedef struct network {
  hr_output x, y;
  hr_node *init, *train;
} network;

static network build(hr_scope s) {
  network n = {.x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, IMAGE), .name = "X"),
               .y = hr_placeholder(s, HR_INT64, .shape = HR_SHAPE(-1), .name = "y")};
  hr_output weights[6], z = n.x;
  hr_node *init[6], *updates[6];
  for (int i = 0; i < 3; ++i) {
    int64_t in = layers[i], out = layers[i + 1];
    hr_output shape = hr_constant_array(s, HR_INT32, HR_SHAPE(2), ((int32_t[]){(int32_t)in, (int32_t)out}));
    hr_output random = hr_mul(s, hr_truncated_normal(s, shape, HR_FLOAT, .seed = 42, .seed2 = i),
                              hr_constant_f32(s, 2 / sqrtf((float)in)));
    weights[2 * i] = hr_variable_v2(s, HR_SHAPE(in, out), HR_FLOAT);
    weights[2 * i + 1] = hr_variable_v2(s, HR_SHAPE(out), HR_FLOAT);
    init[2 * i] = hr_assign(s, weights[2 * i], random).node;
    init[2 * i + 1] = hr_assign(s, weights[2 * i + 1], hr_zeros(s, HR_SHAPE(out))).node;
    z = hr_add_v2(s, hr_matmul(s, i ? hr_relu(s, z) : z, hr_identity(s, weights[2 * i])),
                  hr_identity(s, weights[2 * i + 1]));
  }
  hr_output loss = hr_reduce_mean(s, hr_sparse_softmax_cross_entropy_with_logits(s, z, n.y).loss);
  hr_gradient gradients[6];
  hr_gradients(s, HR_LIST(loss), ((hr_outputs){6, weights}), gradients);
  hr_output rate = hr_constant_f32(s, 0.01f);
  for (int i = 0; i < 6; ++i)
    updates[i] = hr_apply_gradient_descent(s, weights[i], rate, gradients[i].value).node;
  HR_WITH (after, hr_control_dependencies(s, 6, updates)) {
    n.train = hr_no_op(after);
  }
  HR_WITH (after, hr_control_dependencies(s, 6, init)) {
    n.init = hr_no_op(after);
  }
  return n;
}

static float *images;
static int64_t *labels;

typedef struct training {
  hr_callable *step;
  int64_t batch, row;
} training;

static void train_step(void *argument) {
  training *t = argument;
  if (t->row + t->batch > ROWS) t->row = 0;
  hr_tensor x, y;
  check(hr_tensor_borrow(HR_FLOAT, 2, (int64_t[]){t->batch, IMAGE}, images + t->row * IMAGE, &x));
  check(hr_tensor_borrow(HR_INT64, 1, &t->batch, labels + t->row, &y));
  check(hr_callable_run(t->step, (const hr_tensor *[]){&x, &y}, NULL));
  hr_tensor_clear(&x);
  hr_tensor_clear(&y);
  t->row += t->batch;
}

/* The matrix products of one step and nothing else, on matrices of random numbers: what the arithmetic alone costs
 * here. */
static network build_products(hr_scope s, int64_t batch) {
  hr_node *init[9], *products[8];
  hr_output rows[4], weights[3];
  int32_t inits = 0, count = 0;
  for (int i = 0; i < 7; ++i) {
    hr_partial_shape size = i < 4 ? HR_SHAPE(batch, layers[i]) : HR_SHAPE(layers[i - 4], layers[i - 3]);
    hr_output shape =
        hr_constant_array(s, HR_INT32, HR_SHAPE(2), ((int32_t[]){(int32_t)size.dims[0], (int32_t)size.dims[1]}));
    hr_output matrix = hr_variable_v2(s, size, HR_FLOAT);
    init[inits++] = hr_assign(s, matrix, hr_random_uniform(s, shape, HR_FLOAT)).node;
    *(i < 4 ? &rows[i] : &weights[i - 4]) = hr_identity(s, matrix);
  }
  for (int i = 0; i < 3; ++i) {
    products[count++] = hr_matmul(s, rows[i], weights[i]).node;
    products[count++] = hr_matmul(s, rows[i], rows[i + 1], .transpose_a = true).node;
    if (i > 0) products[count++] = hr_matmul(s, rows[i + 1], weights[i], .transpose_b = true).node;
  }
  network n = {0};
  HR_WITH (after, hr_control_dependencies(s, count, products)) {
    n.train = hr_no_op(after);
  }
  HR_WITH (after, hr_control_dependencies(s, inits, init)) {
    n.init = hr_no_op(after);
  }
  return n;
}

static void run_products(void *argument) { check(hr_callable_run(argument, NULL, NULL)); }

static double seconds_of_products(int64_t batch, int threads) {
  hr_graph *graph = hr_graph_new();
  hr_builder *builder = hr_builder_new(graph);
  network n = build_products(hr_builder_root(builder), batch);
  check(hr_builder_status(builder));
  hr_session_options options = {.intra_op_threads = threads, .inter_op_threads = 1, .rewrites_off = HR_REWRITE_ALL};
  hr_session *session;
  hr_callable *callable;
  check(hr_session_new(graph, &options, &session));
  check(hr_run_node(session, n.init));
  check(hr_callable_new(session, 0, NULL, 0, NULL, 1, &n.train, &callable));
  double seconds = seconds_of(run_products, callable);
  hr_callable_free(callable);
  hr_session_free(session);
  hr_builder_free(builder);
  hr_graph_unref(graph);
  return seconds;
}

/* Multiplications and additions of a step's matrix products. */
static double flops(int64_t batch) {
  double sum = 0;
  for (int i = 0; i < 3; ++i)
    sum += (i ? 6.0 : 4.0) * (double)(batch * layers[i] * layers[i + 1]);
  return sum;
}

/* The pictures that ship with the project, as floats in [0, 1]. */
static void read_data(void) {
  hr_tensor pixels, digits;
  check(hr_idx_read(IMAGES "/train-images-idx3-ubyte.gz", &pixels));
  check(hr_idx_read(IMAGES "/train-labels-idx1-ubyte.gz", &digits));
  images = aligned_alloc(64, sizeof *images * ROWS * IMAGE);
  labels = aligned_alloc(64, sizeof *labels * ROWS);
  for (long i = 0; i < (long)ROWS * IMAGE; ++i)
    images[i] = (float)((const uint8_t *)hr_tensor_data(&pixels))[i] / 255;
  for (int i = 0; i < ROWS; ++i)
    labels[i] = ((const uint8_t *)hr_tensor_data(&digits))[i];
  hr_tensor_clear(&pixels);
  hr_tensor_clear(&digits);
}

int main(void) {
  read_data();
  hr_graph *graph = hr_graph_new();
  hr_builder *builder = hr_builder_new(graph);
  network n = build(hr_builder_root(builder));
  check(hr_builder_status(builder));
  for (int64_t batch = 50; batch <= 1000; batch *= 20) {
    for (int threads = 1; threads <= 2; ++threads) {
      hr_session_options options = {.intra_op_threads = threads,
                                    .inter_op_threads = threads,
                                    .rewrites_off = HR_REWRITE_ALL & ~HR_REWRITE_FUSION}; /* which leaves out no work */
      hr_session *session;
      training t = {.batch = batch};
      check(hr_session_new(graph, &options, &session));
      check(hr_run_node(session, n.init));
      check(hr_callable_new(session, 2, (hr_output[]){n.x, n.y}, 0, NULL, 1, &n.train, &t.step));
      double seconds = seconds_of(train_step, &t), limit = seconds_of_products(batch, threads);
      report_threads(batch == 50 ? "batch_50" : "batch_1000", threads, 1 / seconds, "steps/s");
      report_threads(batch == 50 ? "gemm_rate/50" : "gemm_rate/1000", threads, flops(batch) / limit * 1e-9, "GFLOP/s");
      report_threads(batch == 50 ? "share_of_limit/50" : "share_of_limit/1000", threads, 100 * limit / seconds, "%");
      hr_callable_free(t.step);
      hr_session_free(session);
    }
  }
  hr_builder_free(builder);
  hr_graph_unref(graph);
  free(images);
  free(labels);
  return 0;
}
