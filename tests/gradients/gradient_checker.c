#include "gradient_checker.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "headrace/gradients.h"
#include "headrace/math.h"
#include "headrace/ops.h"
#include "headrace/session.h"

#define STEP 1e-5
#define TOLERANCE                                                                                                      \
  2e-6 /* relative to 1 and to the derivative: rounding errors of 1e-16 over the step, and its square                  \
        */

typedef struct check {
  const gradient_case *c;
  hr_session *session;
  hr_output inputs[GRADIENT_MAX_INPUTS];
  hr_tensor values[GRADIENT_MAX_INPUTS];
  uint64_t seed;
  bool waits; /* an op has no kernel yet */
} check;

static bool ok(const char *name, hr_status status) {
  if (!status) return true;
  print_error("%s: %s\n", name, hr_status_message(status));
  hr_status_free(status);
  return false;
}

/* Between low and high, from a linear congruential generator. */
static double draw(check *k, double low, double high) {
  k->seed = k->seed * 6364136223846793005u + 1442695040888963407u;
  return low + (high - low) * (double)(k->seed >> 11) * 0x1p-53;
}

static hr_tensor random_tensor(check *k, const hr_shape *shape, double low, double high) {
  hr_tensor tensor = {0};
  assert_null(hr_tensor_new(hr_cpu_allocator(), HR_DOUBLE, shape, &tensor));
  for (int64_t i = 0; i < tensor.elements; ++i)
    ((double *)hr_tensor_data(&tensor))[i] = draw(k, low, high);
  return tensor;
}

static bool run(check *k, int count, const hr_output *fetches, hr_tensor *values) {
  hr_feed feeds[GRADIENT_MAX_INPUTS];
  for (int i = 0; i < k->c->num_inputs; ++i)
    feeds[i] = (hr_feed){k->inputs[i], &k->values[i]};
  hr_status status = hr_session_run(k->session, k->c->num_inputs, feeds, count, fetches, values, 0, NULL);
  k->waits = status && strstr(hr_status_message(status), "No OpKernel");
  return ok(k->c->name, status);
}

/* The functions of which derivatives are taken, summed with weights. */
typedef struct weighted {
  int count;
  hr_output outputs[GRADIENT_MAX_INPUTS];
  hr_output weights[GRADIENT_MAX_INPUTS]; /* constants */
  hr_tensor factors[GRADIENT_MAX_INPUTS];
} weighted;

static bool weighted_sum(check *k, const weighted *w, double *sum) {
  hr_tensor values[GRADIENT_MAX_INPUTS] = {{0}};
  if (!run(k, w->count, w->outputs, values)) return false;
  *sum = 0;
  for (int i = 0; i < w->count; ++i) {
    const double *x = hr_tensor_data(&values[i]), *factor = hr_tensor_data(&w->factors[i]);
    for (int64_t j = 0; j < values[i].elements && j < w->factors[i].elements; ++j)
      *sum += x[j] * factor[j];
    hr_tensor_clear(&values[i]);
  }
  return true;
}

static bool add_weights(check *k, hr_scope scope, weighted *w) {
  for (int i = 0; i < w->count; ++i) {
    hr_tensor value = {0};
    if (!run(k, 1, &w->outputs[i], &value)) return false;
    hr_shape shape = hr_tensor_shape(&value);
    hr_tensor_clear(&value);
    w->factors[i] = random_tensor(k, &shape, 0.5, 1.5);
    w->weights[i] = hr_constant(scope, &w->factors[i]);
  }
  return true;
}

/* The derivative by one element of one input, from two points. */
static bool difference(check *k, const weighted *w, int input, int64_t element, double *out) {
  double *x = (double *)hr_tensor_data(&k->values[input]) + element, at = *x, up, down;
  *x = at + STEP;
  bool good = weighted_sum(k, w, &up);
  *x = at - STEP;
  good = good && weighted_sum(k, w, &down);
  *x = at;
  if (good) *out = (up - down) / (2 * STEP);
  return good;
}

/* The gradient of input `i` against differences; a missing gradient counts as zero. */
static bool compare(check *k, const weighted *w, int order, int i, hr_output gradient) {
  hr_tensor value = {0};
  if (gradient.node && !run(k, 1, &gradient, &value)) return false;
  bool same = true;
  if (gradient.node && value.elements != k->values[i].elements) {
    print_error("%s: gradient %d of order %d has another shape than the input\n", k->c->name, i, order);
    same = false;
  }
  for (int64_t j = 0; same && j < k->values[i].elements; ++j) {
    double want, have = gradient.node ? ((const double *)hr_tensor_data(&value))[j] : 0;
    same = difference(k, w, i, j, &want);
    if (same && !(fabs(have - want) <= TOLERANCE * (1 + fabs(want)))) {
      print_error("%s: gradient %d of order %d at element %d is %.10g, not %.10g\n", k->c->name, i, order, (int)j, have,
                  want);
      same = false;
    }
  }
  hr_tensor_clear(&value);
  return same;
}

/* Differentiates `w`; `next` gets the gradients. */
static bool check_order(check *k, hr_scope scope, weighted *w, int order, weighted *next) {
  if (!add_weights(k, scope, w)) return false;
  hr_gradient given[GRADIENT_MAX_INPUTS], gradients[GRADIENT_MAX_INPUTS];
  for (int i = 0; i < w->count; ++i)
    given[i] = hr_dense_gradient(w->weights[i]);
  hr_gradients(scope, ((hr_outputs){w->count, w->outputs}), ((hr_outputs){k->c->num_inputs, k->inputs}), gradients,
               .grad_ys = given);
  hr_output dense[GRADIENT_MAX_INPUTS] = {{0}};
  *next = (weighted){0};
  for (int i = 0; i < k->c->num_inputs; ++i) {
    if (!hr_scope_ok(scope) || !hr_gradient_exists(gradients[i])) continue;
    dense[i] = hr_gradient_to_tensor(scope, gradients[i], NULL);
    if (dense[i].node) next->outputs[next->count++] = dense[i];
  }
  bool good = ok(k->c->name, hr_builder_status(scope.builder));
  for (int i = 0; good && i < k->c->num_inputs; ++i)
    good = compare(k, w, order, i, dense[i]);
  return good;
}

static void clear_weights(weighted *w) {
  for (int i = 0; i < w->count; ++i)
    hr_tensor_clear(&w->factors[i]);
}

gradient_verdict check_gradient(const gradient_case *c) {
  hr_graph *graph = hr_graph_new();
  hr_builder *builder = hr_builder_new(graph);
  hr_scope scope = hr_builder_root(builder);
  check k = {.c = c, .seed = 12345};
  for (int i = 0; i < c->num_inputs; ++i) {
    k.inputs[i] = hr_placeholder(scope, HR_DOUBLE, .shape = c->shapes[i]);
    hr_shape shape;
    assert_null(hr_shape_make(c->shapes[i].rank, c->shapes[i].dims, &shape));
    k.values[i] = random_tensor(&k, &shape, c->low, c->high);
  }
  weighted orders[3] = {{.count = 1, .outputs = {c->build(scope, k.inputs)}}};
  bool good = ok(c->name, hr_builder_status(builder)) && ok(c->name, hr_session_new(graph, NULL, &k.session));
  for (int order = 1; good && order <= c->orders && orders[order - 1].count > 0; ++order)
    good = check_order(&k, scope, &orders[order - 1], order, &orders[order]);
  for (int i = 0; i < 2; ++i)
    clear_weights(&orders[i]);
  for (int i = 0; i < c->num_inputs; ++i)
    hr_tensor_clear(&k.values[i]);
  hr_session_free(k.session);
  hr_builder_free(builder);
  hr_graph_unref(graph);
  return good ? GRADIENT_AGREES : k.waits ? GRADIENT_WAITS : GRADIENT_DIFFERS;
}
