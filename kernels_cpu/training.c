/* The training ops, on variables by reference and by handle: all of Apply*, SparseApply*, ResourceApply* and
 * ResourceSparseApply*. An op's definition says which inputs are variables, which one is the gradient and which ones
 * are numbers; level/updates.c holds the arithmetic. */
#include "kernels_cpu/training.h"
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/level/loops.h"
#include "kernels_cpu/level/updates.h"
#include "kernels_cpu/variable_access.h"
#include "runtime/graph/op_def.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(HR_UPDATE_SLOTS <= HR_MAX_VARIABLES, "a training op opens all its variables at once");

/* A rule, and the one that takes its place where the op's use_nesterov is true or its update_slots false. */
typedef struct rule_pair {
  hr_update_rule usual, other;
} rule_pair;

/* How a node's inputs are used. */
typedef struct plan {
  const hr_op_def *op;
  int slots, gradient, indices; /* indices: -1 for a dense update */
  int parameters;
  int parameter_inputs[HR_UPDATE_PARAMETERS];
  bool use_locking, other_rule;
} plan;

static hr_status training_create(const hr_kernel_construction *c, void **state) {
  plan *plan = calloc(1, sizeof *plan);
  if (!plan) return hr_error_out_of_memory(sizeof *plan, "a training kernel");
  plan->op = hr_node_op_def(c->node);
  plan->indices = -1;
  for (int i = 0; i < plan->op->num_inputs; ++i) {
    const hr_arg_def *input = &plan->op->inputs[i];
    if (hr_arg_is_variable(input))
      ++plan->slots;
    else if (strcmp(input->name, "grad") == 0 || strcmp(input->name, "delta") == 0)
      plan->gradient = i;
    else if (strcmp(input->name, "indices") == 0)
      plan->indices = i;
    else
      plan->parameter_inputs[plan->parameters++] = i;
  }
  const hr_attr_value *locking = hr_node_attr(c->node, "use_locking");
  const hr_attr_value *nesterov = hr_node_attr(c->node, "use_nesterov");
  const hr_attr_value *update_slots = hr_node_attr(c->node, "update_slots");
  plan->use_locking = locking && locking->b;
  plan->other_rule = (nesterov && nesterov->b) || (update_slots && !update_slots->b);
  *state = plan;
  return HR_SUCCESS;
}

/* ---- checks ---------------------------------------------------------------------------------------------------- */

/* A scalar input as a float (also for halves) or double; global_step is an int64. */
static hr_status read_parameter(const plan *plan, int input, const hr_tensor *t, hr_dtype dtype, void *out) {
  if (t->rank != 0)
    return hr_error(HR_INVALID_ARGUMENT, "%s is not a scalar: %s", plan->op->inputs[input].name,
                    HR_TENSOR_SHAPE_TEXT(t));
  const void *data = hr_tensor_data(t);
  if (dtype == HR_DOUBLE) {
    *(double *)out = t->dtype == HR_INT64 ? (double)*(const int64_t *)data : *(const double *)data;
    return HR_SUCCESS;
  }
  switch (hr_tensor_dtype(t)) {
  case HR_INT64: *(float *)out = (float)*(const int64_t *)data; break;
  case HR_HALF: *(float *)out = hr_half_to_float(*(const hr_half *)data); break;
  case HR_BFLOAT16: *(float *)out = hr_bfloat16_to_float(*(const hr_bfloat16 *)data); break;
  default: *(float *)out = *(const float *)data; break;
  }
  return HR_SUCCESS;
}

static hr_status read_parameters(hr_kernel_context *ctx, const plan *plan, hr_dtype dtype,
                                 double out[HR_UPDATE_PARAMETERS]) {
  size_t size = dtype == HR_DOUBLE ? sizeof(double) : sizeof(float);
  for (int i = 0; i < plan->parameters; ++i) {
    int input = plan->parameter_inputs[i];
    HR_TRY(read_parameter(plan, input, hr_input(ctx, input), dtype, (char *)out + (size_t)i * size));
  }
  return HR_SUCCESS;
}

static hr_status check_shapes(const plan *plan, const hr_variables *v, const hr_tensor *gradient,
                              const hr_tensor *indices) {
  const hr_tensor *var = &v->values[0];
  for (int i = 1; i < v->count; ++i)
    if (!hr_same_shape(var, &v->values[i]))
      return hr_error(HR_INVALID_ARGUMENT, "var and %s do not have the same shape %s %s", plan->op->inputs[i].name,
                      HR_TENSOR_SHAPE_TEXT(var), HR_TENSOR_SHAPE_TEXT(&v->values[i]));
  const char *name = plan->op->inputs[plan->gradient].name;
  if (!indices) {
    if (hr_same_shape(var, gradient)) return HR_SUCCESS;
    return hr_error(HR_INVALID_ARGUMENT, "var and %s do not have the same shape %s %s", name, HR_TENSOR_SHAPE_TEXT(var),
                    HR_TENSOR_SHAPE_TEXT(gradient));
  }
  if (var->rank < 1) return hr_error(HR_INVALID_ARGUMENT, "var must be at least 1 dimensional");
  if (indices->rank != 1) return hr_error(HR_INVALID_ARGUMENT, "indices must be one-dimensional");
  if (gradient->rank != var->rank || gradient->dims[0] != indices->dims[0])
    return hr_error(HR_INVALID_ARGUMENT, "grad must be the same size as indices in the first dimension: %s, %s",
                    HR_TENSOR_SHAPE_TEXT(gradient), HR_TENSOR_SHAPE_TEXT(indices));
  for (int i = 1; i < var->rank; ++i)
    if (gradient->dims[i] != var->dims[i])
      return hr_error(HR_INVALID_ARGUMENT, "var and grad must match in dimension %d: %s, %s", i,
                      HR_TENSOR_SHAPE_TEXT(var), HR_TENSOR_SHAPE_TEXT(gradient));
  for (int64_t i = 0; i < indices->elements; ++i) {
    int64_t index = hr_index_at(indices, i);
    if (index < 0 || index >= var->dims[0])
      return hr_error(HR_INVALID_ARGUMENT,
                      "Index %" PRId64 " at offset %" PRId64 " in indices is out of range [0, %" PRId64 ")", index, i,
                      var->dims[0]);
  }
  return HR_SUCCESS;
}

/* ---- work ------------------------------------------------------------------------------------------------------ */

typedef struct job {
  hr_update_loop *loop;
  hr_dtype dtype;
  size_t size;
  int slots;
  char *values[HR_UPDATE_SLOTS];
  const char *gradient; /* NULL: made by `rows` */
  const hr_gradient_rows *rows;
  double parameters[HR_UPDATE_PARAMETERS]; /* floats for all dtypes but double */
} job;

static void update_native(const job *job, int64_t to, int64_t from, int64_t n) {
  void *slots[HR_UPDATE_SLOTS] = {NULL};
  for (int i = 0; i < job->slots; ++i)
    slots[i] = job->values[i] + (size_t)to * job->size;
  job->loop(slots, job->gradient + (size_t)from * job->size, job->parameters, n);
}

static void to_float(hr_dtype dtype, const uint16_t *in, int64_t n, float *out) {
  for (int64_t i = 0; i < n; ++i)
    out[i] = dtype == HR_HALF ? hr_half_to_float((hr_half){in[i]}) : hr_bfloat16_to_float((hr_bfloat16){in[i]});
}

static void from_float(hr_dtype dtype, const float *in, int64_t n, uint16_t *out) {
  for (int64_t i = 0; i < n; ++i)
    out[i] = dtype == HR_HALF ? hr_half_from_float(in[i]).bits : hr_bfloat16_from_float(in[i]).bits;
}

/* Halves go through floats, a piece at a time. */
static void update_halves(const job *job, int64_t to, int64_t from, int64_t n) {
  enum { piece = 256 };
  float values[HR_UPDATE_SLOTS][piece], gradient[piece];
  void *slots[HR_UPDATE_SLOTS] = {NULL};
  for (int64_t start = 0; start < n; start += piece) {
    int64_t count = n - start < piece ? n - start : piece;
    for (int i = 0; i < job->slots; ++i) {
      to_float(job->dtype, (const uint16_t *)job->values[i] + to + start, count, values[i]);
      slots[i] = values[i];
    }
    to_float(job->dtype, (const uint16_t *)job->gradient + from + start, count, gradient);
    job->loop(slots, gradient, job->parameters, count);
    for (int i = 0; i < job->slots; ++i)
      from_float(job->dtype, values[i], count, (uint16_t *)job->values[i] + to + start);
  }
}

/* Elements [from, from + n) of the gradient into those of the variables that begin at `to`. */
static void update(const job *job, int64_t to, int64_t from, int64_t n) {
  if (job->size == sizeof(uint16_t))
    update_halves(job, to, from, n);
  else
    update_native(job, to, from, n);
}

static void update_range(void *argument, int64_t begin, int64_t end) { update(argument, begin, begin, end - begin); }

/* Units [begin, end) of a gradient that is made now. */
static void make_and_update(void *argument, int64_t begin, int64_t end) {
  const job *job = argument;
  const hr_gradient_rows *g = job->rows;
  float piece[HR_GRADIENT_PIECE / sizeof(float)] __attribute__((aligned(64)));
  int64_t most = (int64_t)(sizeof piece / sizeof *piece) / g->columns / g->unit * g->unit;
  int64_t row = begin * g->unit, stop = end * g->unit < g->rows ? end * g->unit : g->rows;
  while (row < stop) {
    int64_t rows = stop - row < most ? stop - row : most;
    g->make(g->argument, row, rows, piece);
    void *slots[HR_UPDATE_SLOTS] = {NULL};
    for (int i = 0; i < job->slots; ++i)
      slots[i] = job->values[i] + (size_t)(row * g->columns) * sizeof *piece;
    job->loop(slots, piece, job->parameters, rows * g->columns);
    row += rows;
  }
}

/* Row by row in order, as an index may come twice. */
static void update_rows(const job *job, const hr_tensor *var, const hr_tensor *indices) {
  int64_t row = hr_dims_product(var, 1, var->rank);
  for (int64_t i = 0; i < indices->elements; ++i)
    update(job, hr_index_at(indices, i) * row, i * row, row);
}

static hr_status run(hr_kernel_context *ctx, const plan *plan, hr_variables *v, const hr_gradient_rows *rows) {
  const rule_pair *rules = hr_context_argument(ctx);
  hr_tensor shape_only = {.dtype = HR_FLOAT, .rank = 2};
  if (rows) {
    shape_only.dims[0] = rows->rows;
    shape_only.dims[1] = rows->columns;
    shape_only.elements = rows->rows * rows->columns;
  }
  const hr_tensor *gradient = rows ? &shape_only : hr_input(ctx, plan->gradient);
  const hr_tensor *indices = plan->indices < 0 ? NULL : hr_input(ctx, plan->indices);
  hr_dtype dtype = hr_tensor_dtype(gradient);
  job job = {.dtype = dtype, .size = hr_dtype_size(dtype), .slots = v->count, .rows = rows};
  if (!rows) job.gradient = hr_tensor_data(gradient);
  HR_TRY(read_parameters(ctx, plan, dtype, job.parameters));
  HR_TRY(check_shapes(plan, v, gradient, indices));
  hr_update_rule rule = plan->other_rule ? rules->other : rules->usual;
  job.loop = dtype == HR_DOUBLE ? hr_loops->updates->f64[rule] : hr_loops->updates->f32[rule];
  for (int i = 0; i < v->count; ++i)
    job.values[i] = hr_tensor_data(&v->values[i]);
  if (indices)
    update_rows(&job, &v->values[0], indices);
  else if (rows)
    hr_parallel_for(ctx, (rows->rows + rows->unit - 1) / rows->unit,
                    (double)rows->unit * (rows->row_nanos + 0.1 * v->count * (double)rows->columns), make_and_update,
                    &job);
  else
    hr_parallel_for(ctx, gradient->elements, 0.15 * v->count, update_range, &job);
  return HR_SUCCESS;
}

static hr_status train_on(hr_kernel_context *ctx, const hr_gradient_rows *rows) {
  const plan *plan = ctx->state;
  hr_variables v;
  HR_TRY(hr_variables_open(ctx, plan->slots, plan->use_locking, &v));
  hr_status status = run(ctx, plan, &v, rows);
  hr_variables_close(&v);
  HR_TRY(status);
  return hr_variables_done(ctx);
}

static hr_status train(hr_kernel_context *ctx) { return train_on(ctx, NULL); }
hr_status hr_training_update(hr_kernel_context *ctx, const hr_gradient_rows *gradient) {
  return train_on(ctx, gradient);
}

/* ---- registration ---------------------------------------------------------------------------------------------- */

#define TRAINING_TYPES                                                                                                 \
  (HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_DOUBLE) | HR_TYPE_BIT(HR_HALF) | HR_TYPE_BIT(HR_BFLOAT16))
#define TRAINING_KERNEL(name, usual_rule, other_rule)                                                                  \
  TRAINING_KERNEL_(name, usual_rule, other_rule);                                                                      \
  TRAINING_KERNEL_("Resource" name, usual_rule, other_rule)
#define TRAINING_KERNEL_(name, usual_rule, other_rule)                                                                 \
  HR_KERNEL(.op = name, .types = {{"T", TRAINING_TYPES}}, .create = training_create, .destroy = free,                  \
            .flags = HR_KERNEL_UPDATE, .argument = &(const rule_pair){HR_UPDATE_##usual_rule, HR_UPDATE_##other_rule}, \
            .compute = train)

TRAINING_KERNEL("ApplyGradientDescent", GradientDescent, GradientDescent);
TRAINING_KERNEL("ApplyProximalGradientDescent", ProximalGradientDescent, ProximalGradientDescent);
TRAINING_KERNEL("SparseApplyProximalGradientDescent", ProximalGradientDescent, ProximalGradientDescent);
TRAINING_KERNEL("ApplyMomentum", Momentum, NesterovMomentum);
TRAINING_KERNEL("SparseApplyMomentum", Momentum, NesterovMomentum);
TRAINING_KERNEL_("ResourceApplyKerasMomentum", KerasMomentum, NesterovKerasMomentum);
TRAINING_KERNEL_("ResourceSparseApplyKerasMomentum", KerasMomentum, NesterovKerasMomentum);
TRAINING_KERNEL("ApplyAdam", Adam, NesterovAdam);
TRAINING_KERNEL_("ResourceApplyAdamWithAmsgrad", Amsgrad, Amsgrad);
TRAINING_KERNEL("ApplyAdaMax", AdaMax, AdaMax);
TRAINING_KERNEL("ApplyAdagrad", Adagrad, AdagradFixed);
TRAINING_KERNEL("SparseApplyAdagrad", Adagrad, AdagradFixed);
TRAINING_KERNEL("ApplyAdagradV2", AdagradV2, AdagradV2Fixed);
TRAINING_KERNEL("SparseApplyAdagradV2", AdagradV2, AdagradV2Fixed);
TRAINING_KERNEL("ApplyProximalAdagrad", ProximalAdagrad, ProximalAdagrad);
TRAINING_KERNEL("SparseApplyProximalAdagrad", ProximalAdagrad, ProximalAdagrad);
TRAINING_KERNEL("ApplyAdagradDA", AdagradDA, AdagradDA);
TRAINING_KERNEL("SparseApplyAdagradDA", AdagradDA, AdagradDA);
TRAINING_KERNEL("ApplyAdadelta", Adadelta, Adadelta);
TRAINING_KERNEL("SparseApplyAdadelta", Adadelta, Adadelta);
TRAINING_KERNEL("ApplyRMSProp", RMSProp, RMSProp);
TRAINING_KERNEL("SparseApplyRMSProp", RMSProp, RMSProp);
TRAINING_KERNEL("ApplyCenteredRMSProp", CenteredRMSProp, CenteredRMSProp);
TRAINING_KERNEL("SparseApplyCenteredRMSProp", CenteredRMSProp, CenteredRMSProp);
TRAINING_KERNEL("ApplyFtrl", Ftrl, Ftrl);
TRAINING_KERNEL("SparseApplyFtrl", Ftrl, Ftrl);
TRAINING_KERNEL("ApplyFtrlV2", FtrlV2, FtrlV2);
TRAINING_KERNEL("SparseApplyFtrlV2", FtrlV2, FtrlV2);
TRAINING_KERNEL("ApplyAddSign", AddSign, AddSign);
TRAINING_KERNEL("ApplyPowerSign", PowerSign, PowerSign);
