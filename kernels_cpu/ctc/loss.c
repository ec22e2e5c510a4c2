/* CTCLoss: the logarithm of the probability of the labels, over all ways in which they, each any number of times, and
 * blanks between them fill the times; and its gradient. All sums in double. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/ctc/ctc.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

typedef struct settings {
  bool collapse, merge, ignore_longer;
} settings;

/* One sequence: its labels with blanks around each of them, and logarithms of probabilities [length, times]. */
typedef struct sequence {
  const hr_ctc_inputs *c;
  settings s;
  int64_t b, times, length, blank;
  const int64_t *labels;
  double *log_y;        /* [times, classes]: of each class */
  double *alpha, *beta; /* of what is before a place and time, of what is behind */
} sequence;

static double log_y(const sequence *q, int64_t time, int64_t u) {
  return q->log_y[time * q->c->classes + q->labels[u]];
}

/* May a path go from place u to u + 2, past the blank? */
static bool may_skip(const sequence *q, int64_t u) {
  return q->labels[u] != q->blank && !(q->s.merge && q->labels[u] == q->labels[u + 2]);
}
/* May it stay? */
static bool may_stay(const sequence *q, int64_t u) { return q->s.merge || q->labels[u] == q->blank; }

static void look_forward(const sequence *q) {
  int64_t n = q->length;
  double *alpha = q->alpha;
  for (int64_t time = 0; time < q->times; ++time)
    for (int64_t u = 0; u < n; ++u) {
      double sum = -INFINITY;
      if (time == 0) {
        sum = u < 2 ? 0 : -INFINITY;
      } else {
        const double *before = alpha + (time - 1) * n;
        if (may_stay(q, u)) sum = before[u];
        if (u > 0) sum = hr_log_add(sum, before[u - 1]);
        if (u > 1 && may_skip(q, u - 2)) sum = hr_log_add(sum, before[u - 2]);
      }
      alpha[time * n + u] = sum + log_y(q, time, u);
    }
}

static void look_back(const sequence *q) {
  int64_t n = q->length;
  double *beta = q->beta;
  for (int64_t time = q->times; time-- > 0;)
    for (int64_t u = 0; u < n; ++u) {
      double sum = -INFINITY;
      if (time == q->times - 1) {
        sum = u >= n - 2 ? 0 : -INFINITY;
      } else {
        const double *behind = beta + (time + 1) * n;
        if (may_stay(q, u)) sum = behind[u] + log_y(q, time + 1, u);
        if (u + 1 < n) sum = hr_log_add(sum, behind[u + 1] + log_y(q, time + 1, u + 1));
        if (u + 2 < n && may_skip(q, u)) sum = hr_log_add(sum, behind[u + 2] + log_y(q, time + 1, u + 2));
      }
      beta[time * n + u] = sum;
    }
}

static void set(hr_tensor *t, int64_t i, double value) {
  if (t->dtype == HR_FLOAT)
    ((float *)hr_tensor_data(t))[i] = (float)value;
  else
    ((double *)hr_tensor_data(t))[i] = value;
}

/* `sums`: scratch of a number a class. */
static void write_results(const sequence *q, double *sums, hr_tensor *loss, hr_tensor *gradient) {
  int64_t classes = q->c->classes, n = q->length;
  double probability = -INFINITY;
  for (int64_t u = 0; u < n; ++u)
    probability = hr_log_add(probability, q->alpha[u] + q->beta[u]);
  set(loss, q->b, -probability);
  for (int64_t time = 0; time < q->times; ++time) {
    for (int64_t k = 0; k < classes; ++k)
      sums[k] = -INFINITY;
    for (int64_t u = 0; u < n; ++u)
      sums[q->labels[u]] = hr_log_add(sums[q->labels[u]], q->alpha[time * n + u] + q->beta[time * n + u]);
    for (int64_t k = 0; k < classes; ++k) { /* where no path is possible, the classes' probabilities */
      double part = probability == -INFINITY ? 0 : exp(sums[k] - probability);
      set(gradient, (time * q->c->batch + q->b) * classes + k, exp(q->log_y[time * classes + k]) - part);
    }
  }
}

/* ---- labels ------------------------------------------------------------------------------------------------------ */

/* The elements [begin, end) of one sequence of the sparse labels. */
typedef struct given_labels {
  const int64_t *indices; /* [count, 2] */
  const int32_t *values;
  int64_t count, begin, end;
} given_labels;

static hr_status read_given(hr_kernel_context *ctx, const hr_ctc_inputs *c, given_labels *out) {
  const hr_tensor *indices = hr_input(ctx, 1), *values = hr_input(ctx, 2);
  if (indices->rank != 2 || indices->dims[1] != 2)
    return hr_error(HR_INVALID_ARGUMENT, "labels_indices is not a matrix");
  if (values->rank != 1) return hr_error(HR_INVALID_ARGUMENT, "labels_values is not a vector");
  if (indices->dims[0] != values->elements)
    return hr_error(HR_INVALID_ARGUMENT,
                    "labels_indices and labels_values must contain the same number of rows, but saw shapes: %s vs. %s",
                    HR_TENSOR_SHAPE_TEXT(indices), HR_TENSOR_SHAPE_TEXT(values));
  *out = (given_labels){hr_tensor_data(indices), hr_tensor_data(values), values->elements, 0, 0};
  for (int64_t i = 0; i < out->count; ++i) {
    const int64_t *at = out->indices + 2 * i;
    if (at[0] < 0 || at[0] >= c->batch || at[1] < 0)
      return hr_error(HR_INVALID_ARGUMENT,
                      "label SparseTensor is not valid: indices[%" PRId64 "] = [%" PRId64 ",%" PRId64
                      "] is out of bounds: need 0 <= index < [%" PRId64 ",...]",
                      i, at[0], at[1], c->batch);
    if (i > 0 && (at[0] < at[-2] || (at[0] == at[-2] && at[1] <= at[-1])))
      return hr_error(HR_INVALID_ARGUMENT,
                      "label SparseTensor is not valid: indices[%" PRId64 "] = [%" PRId64 ",%" PRId64
                      "] is out of order. Many sparse ops require sorted indices.",
                      i, at[0], at[1]);
  }
  return HR_SUCCESS;
}

/* The labels of the next sequence, up to the first blank, with blanks around each. */
static hr_status next_labels(given_labels *g, const hr_ctc_inputs *c, const settings *s, int64_t b, hr_labels *out) {
  int64_t blank = c->classes - 1;
  bool ended = false;
  g->begin = g->end;
  while (g->end < g->count && g->indices[2 * g->end] == b)
    ++g->end;
  if (g->begin == g->end) return hr_error(HR_INVALID_ARGUMENT, "Labels length is zero in batch %" PRId64, b);
  out->count = 0;
  HR_TRY(hr_labels_add(out, blank));
  for (int64_t i = g->begin; i < g->end; ++i) {
    int32_t label = g->values[i];
    if (s->collapse && i > g->begin && label == g->values[i - 1]) continue;
    if (label < 0)
      return hr_error(HR_INVALID_ARGUMENT,
                      "All labels must be nonnegative integers, batch: %" PRId64 " label: %" PRId32, b, label);
    if (label >= blank) {
      ended = true;
      continue;
    }
    if (ended)
      return hr_error(HR_INVALID_ARGUMENT,
                      "Saw a non-null label (index >= num_classes - 1) following a null label, batch: %" PRId64
                      " num_classes: %" PRId64 " label: %" PRId32,
                      b, c->classes, label);
    HR_TRY(hr_labels_add(out, label));
    HR_TRY(hr_labels_add(out, blank));
  }
  int64_t required = out->count / 2;
  if (!s->ignore_longer && required > c->lengths[b])
    return hr_error(HR_INVALID_ARGUMENT,
                    "Not enough time for target transition sequence (required: %" PRId64 ", available: %" PRId32
                    ") %" PRId64 ". You can turn this error into a warning by using the flag "
                    "ignore_longer_outputs_than_inputs",
                    required, c->lengths[b], b);
  return HR_SUCCESS;
}

/* ---- the kernel -------------------------------------------------------------------------------------------------- */

static hr_status of_sequence(const hr_ctc_inputs *c, const settings *s, int64_t b, const hr_labels *labels,
                             hr_tensor *loss, hr_tensor *gradient) {
  sequence q = {.c = c,
                .s = *s,
                .b = b,
                .times = c->lengths[b],
                .length = labels->count,
                .blank = c->classes - 1,
                .labels = labels->items};
  if (q.times <= 0 || q.length / 2 > q.times) return HR_SUCCESS; /* left out */
  int64_t places, numbers;
  if (__builtin_mul_overflow(q.times, q.length, &places) ||
      __builtin_add_overflow(2 * places, (q.times + 1) * c->classes, &numbers) || numbers > INT64_MAX / 8)
    return hr_error(HR_RESOURCE_EXHAUSTED, "Sequence %" PRId64 " is too long", b);
  double *memory = malloc((size_t)numbers * sizeof *memory);
  if (!memory) return hr_error_out_of_memory((size_t)numbers * sizeof *memory, "the loss of a sequence");
  q.alpha = memory;
  q.beta = memory + places;
  q.log_y = q.beta + places;
  double *sums = q.log_y + q.times * c->classes;
  for (int64_t time = 0; time < q.times; ++time) {
    double norm = hr_ctc_norm(c, time, b);
    for (int64_t k = 0; k < c->classes; ++k)
      q.log_y[time * c->classes + k] = hr_ctc_input(c, time, b, k) - norm;
  }
  look_forward(&q);
  look_back(&q);
  write_results(&q, sums, loss, gradient);
  free(memory);
  return HR_SUCCESS;
}

static hr_status ctc_loss(hr_kernel_context *ctx) {
  hr_ctc_inputs c;
  given_labels given;
  HR_TRY(hr_ctc_inputs_read(ctx, 3, HR_INVALID_ARGUMENT, &c));
  if (c.batch == 0) return hr_error(HR_INVALID_ARGUMENT, "batch_size must not be 0");
  if (c.classes < 1) return hr_error(HR_INVALID_ARGUMENT, "inputs must have a class, the blank");
  HR_TRY(read_given(ctx, &c, &given));
  settings s = {hr_state_flag(ctx, 0), hr_state_flag(ctx, 1), hr_state_flag(ctx, 2)};
  hr_shape shape = hr_tensor_shape(c.inputs);
  hr_tensor *loss, *gradient;
  HR_TRY(hr_output_new(ctx, 0, &(hr_shape){1, {c.batch}}, &loss));
  HR_TRY(hr_output_new(ctx, 1, &shape, &gradient));
  for (int64_t i = 0; i < loss->elements; ++i)
    set(loss, i, 0);
  for (int64_t i = 0; i < gradient->elements; ++i)
    set(gradient, i, 0);
  hr_labels labels = {0};
  hr_status status = HR_SUCCESS;
  for (int64_t b = 0; b < c.batch && !status; ++b) {
    status = next_labels(&given, &c, &s, b, &labels);
    if (!status) status = of_sequence(&c, &s, b, &labels, loss, gradient);
  }
  free(labels.items);
  return status;
}

static hr_status create(const hr_kernel_construction *c, void **state) {
  return hr_state_flags(c,
                        (const char *const[]){"preprocess_collapse_repeated", "ctc_merge_repeated",
                                              "ignore_longer_outputs_than_inputs", NULL},
                        state);
}
HR_KERNEL(.op = "CTCLoss", .types = {{"T", HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_DOUBLE)}}, .create = create,
          .compute = ctc_loss);
