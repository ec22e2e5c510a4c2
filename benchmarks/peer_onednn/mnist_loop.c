// The training step of benchmarks/mnist_train.c written out by hand: 784-300-100-10, ReLU, softmax cross entropy, SGD.
// No graph, no dispatch, every buffer laid out beforehand. What a general runtime can hope to come close to.
//
//   mnist_loop [threads ...]      (1 and 2 when none is given; each in a process of its own, as OpenMP asks)
//
// Matrix products come from oneDNN or OpenBLAS, whichever is faster here; both speeds go to stderr. The weight update
// is a pass of its own, as an optimizer op is; "fused" lets the product of the weight gradient write to the weights.

#include <cblas.h>
#include <dnnl.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LAYERS = 3, ROWS = 10000, MAX_BATCH = 1000 };

static const int sizes[LAYERS + 1] = {784, 300, 100, 10};
static const float rate = 0.01f;

// C (m x n) = alpha * op(A) (m x k) * op(B) (k x n) + beta * C, all row by row without gaps; op by 'N' or 'T'.
typedef void gemm_function(char ta, char tb, int m, int n, int k, float alpha, const float *a, const float *b,
                           float beta, float *c);

static void gemm_onednn(char ta, char tb, int m, int n, int k, float alpha, const float *a, const float *b, float beta,
                        float *c) {
  dnnl_sgemm(ta, tb, m, n, k, alpha, a, ta == 'N' ? k : m, b, tb == 'N' ? n : k, beta, c, n);
}

static void gemm_openblas(char ta, char tb, int m, int n, int k, float alpha, const float *a, const float *b,
                          float beta, float *c) {
  cblas_sgemm(CblasRowMajor, ta == 'N' ? CblasNoTrans : CblasTrans, tb == 'N' ? CblasNoTrans : CblasTrans, m, n, k,
              alpha, a, ta == 'N' ? k : m, b, tb == 'N' ? n : k, beta, c, n);
}

static const struct {
  const char *name;
  gemm_function *gemm;
} libraries[] = {{"oneDNN", gemm_onednn}, {"OpenBLAS", gemm_openblas}};

typedef struct {
  float *weights[LAYERS], *biases[LAYERS];
  float *weight_gradients[LAYERS];
  float *outputs[LAYERS];   // after the activation; of the last layer the logits
  float *gradients[LAYERS]; // of the loss, with respect to a layer's sums
  float *images;
  int64_t *labels;
} network;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static float *floats(size_t count) {
  float *p = aligned_alloc(64, (count * sizeof(float) + 63) / 64 * 64);
  if (p == NULL) exit(1);
  memset(p, 0, count * sizeof(float));
  return p;
}

static float uniform(uint64_t *state) {
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (float)(*state >> 40) * 0x1p-24f;
}

static void network_init(network *n) {
  uint64_t state = 42;
  for (int l = 0; l < LAYERS; l++) {
    size_t count = (size_t)sizes[l] * (size_t)sizes[l + 1];
    n->weights[l] = floats(count);
    n->weight_gradients[l] = floats(count);
    n->biases[l] = floats((size_t)sizes[l + 1]);
    n->outputs[l] = floats((size_t)MAX_BATCH * (size_t)sizes[l + 1]);
    n->gradients[l] = floats((size_t)MAX_BATCH * (size_t)sizes[l + 1]);
    for (size_t i = 0; i < count; i++)
      n->weights[l][i] = (uniform(&state) - 0.5f) * 4 / sqrtf((float)sizes[l]);
  }
  n->images = floats((size_t)ROWS * (size_t)sizes[0]);
  n->labels = malloc(ROWS * sizeof *n->labels);
  if (n->labels == NULL) exit(1);
  for (size_t i = 0; i < (size_t)ROWS * (size_t)sizes[0]; i++)
    n->images[i] = uniform(&state);
  for (int i = 0; i < ROWS; i++)
    n->labels[i] = (int64_t)(uniform(&state) * 10);
}

static void add_bias(float *restrict sums, const float *restrict bias, int rows, int columns, bool relu) {
  for (int r = 0; r < rows; r++, sums += columns)
    for (int c = 0; c < columns; c++) {
      float sum = sums[c] + bias[c];
      sums[c] = relu && sum < 0 ? 0 : sum;
    }
}

// The mean cross entropy of a batch, and its gradient with respect to the logits.
static float cross_entropy(const float *restrict logits, const int64_t *restrict labels, float *restrict gradient,
                           int rows, int columns) {
  float loss = 0;
  for (int r = 0; r < rows; r++, logits += columns, gradient += columns) {
    float largest = logits[0], sum = 0;
    for (int c = 1; c < columns; c++)
      largest = fmaxf(largest, logits[c]);
    for (int c = 0; c < columns; c++)
      sum += gradient[c] = expf(logits[c] - largest);
    loss += logf(sum) - (logits[labels[r]] - largest);
    for (int c = 0; c < columns; c++)
      gradient[c] /= sum * (float)rows;
    gradient[labels[r]] -= 1 / (float)rows;
  }
  return loss / (float)rows;
}

static void update_bias(float *restrict bias, const float *restrict gradient, int rows, int columns) {
  float sums[1024] = {0};
  for (int r = 0; r < rows; r++, gradient += columns)
    for (int c = 0; c < columns; c++)
      sums[c] += gradient[c];
  for (int c = 0; c < columns; c++)
    bias[c] -= rate * sums[c];
}

static float step(network *n, gemm_function *gemm, bool fused, const float *images, const int64_t *labels, int batch) {
  const float *input = images;
  for (int l = 0; l < LAYERS; input = n->outputs[l++]) {
    gemm('N', 'N', batch, sizes[l + 1], sizes[l], 1, input, n->weights[l], 0, n->outputs[l]);
    add_bias(n->outputs[l], n->biases[l], batch, sizes[l + 1], l + 1 < LAYERS);
  }
  float loss = cross_entropy(n->outputs[LAYERS - 1], labels, n->gradients[LAYERS - 1], batch, sizes[LAYERS]);
  for (int l = LAYERS - 1; l >= 0; l--) {
    if (l > 0) {
      gemm('N', 'T', batch, sizes[l], sizes[l + 1], 1, n->gradients[l], n->weights[l], 0, n->gradients[l - 1]);
      float *restrict gradient = n->gradients[l - 1];
      const float *restrict output = n->outputs[l - 1];
      for (int i = 0; i < batch * sizes[l]; i++)
        gradient[i] = output[i] > 0 ? gradient[i] : 0;
    }
    input = l > 0 ? n->outputs[l - 1] : images;
    if (fused) {
      gemm('T', 'N', sizes[l], sizes[l + 1], batch, -rate, input, n->gradients[l], 1, n->weights[l]);
    } else {
      gemm('T', 'N', sizes[l], sizes[l + 1], batch, 1, input, n->gradients[l], 0, n->weight_gradients[l]);
      float *restrict weights = n->weights[l];
      const float *restrict gradient = n->weight_gradients[l];
#pragma omp parallel for simd if (sizes[l] > 500)
      for (int i = 0; i < sizes[l] * sizes[l + 1]; i++)
        weights[i] -= rate * gradient[i];
    }
    update_bias(n->biases[l], n->gradients[l], batch, sizes[l + 1]);
  }
  return loss;
}

static double time_steps(network *n, gemm_function *gemm, bool fused, int batch, long steps, float *loss) {
  double start = now();
  for (long i = 0, row = 0; i < steps; i++, row = row + 2 * batch <= ROWS ? row + batch : 0)
    *loss = step(n, gemm, fused, n->images + row * sizes[0], n->labels + row, batch);
  return now() - start;
}

static double steps_a_second(network *n, gemm_function *gemm, bool fused, int batch, float *loss) {
  time_steps(n, gemm, fused, batch, 5, loss);
  long steps = 20 + (long)(0.5 / (time_steps(n, gemm, fused, batch, 20, loss) / 20));
  double best = INFINITY;
  for (int i = 0; i < 3; i++)
    best = fmin(best, time_steps(n, gemm, fused, batch, steps, loss));
  return (double)steps / best;
}

static void measure(int threads) {
  openblas_set_num_threads(threads);
  network n;
  network_init(&n);
  const int batches[] = {50, 1000};
  for (size_t b = 0; b < sizeof batches / sizeof *batches; b++)
    for (int fused = 0; fused <= 1; fused++) {
      double best = 0;
      for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
        float loss;
        double speed = steps_a_second(&n, libraries[i].gemm, fused, batches[b], &loss);
        fprintf(stderr, "%s, batch %d, %d threads%s: %.0f steps/s, loss %.3f\n", libraries[i].name, batches[b], threads,
                fused ? ", fused" : "", speed, (double)loss);
        best = fmax(best, speed);
      }
      printf("%sbatch_%d/%d_thread%s\t%.6g\tsteps/s\n", fused ? "fused/" : "", batches[b], threads,
             threads == 1 ? "" : "s", best);
      fflush(stdout);
    }
}

int main(int argc, char **argv) {
  if (argc == 2) {
    measure(atoi(argv[1]));
    return 0;
  }
  const char *defaults[] = {"1", "2"};
  int count = argc > 2 ? argc - 1 : 2;
  for (int i = 0; i < count; i++) {
    const char *threads = argc > 2 ? argv[i + 1] : defaults[i];
    pid_t child = fork();
    if (child == 0) {
      setenv("OMP_NUM_THREADS", threads, 1);
      execl("/proc/self/exe", argv[0], threads, (char *)NULL);
      _exit(127);
    }
    int status;
    if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0) return 1;
  }
  return 0;
}
