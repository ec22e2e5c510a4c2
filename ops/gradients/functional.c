/* Gradients of conditionals whose branches are functions. */
#include "headrace/function.h"
#include "ops/gradients/gradient.h"
#include "runtime/graph/function_call.h"
#include "runtime/graph/node.h"

/* A branch and the types around it: a function of the gradients of the results and of the arguments. */
typedef struct branch {
  const hr_node *node;
  const hr_function_attr *function;
  const hr_dtype *types; /* of the gradients of the arguments */
} branch;

/* Of the handle of a variable, the gradient is the value's. */
static hr_dtype gradient_dtype(hr_output x) {
  const hr_handle_data *handle = hr_output_handle_data(x);
  return handle ? handle->dtype : hr_output_base_dtype(x);
}
static hr_partial_shape gradient_shape(hr_output x) {
  const hr_handle_data *handle = hr_output_handle_data(x);
  return handle ? handle->shape : *hr_output_shape(x);
}

static hr_outputs list(hr_scope scope, int32_t count) {
  return (hr_outputs){count, hr_keep_bytes(scope, sizeof(hr_output) * ((size_t)count + 1))};
}

static void build_gradient(void *argument, hr_scope scope, hr_outputs arguments, hr_results *results) {
  const branch *b = argument;
  int32_t num_results = b->node->num_outputs, num_arguments = b->node->num_inputs - 1;
  hr_outputs inputs = list(scope, arguments.count);
  if (!inputs.items) return;
  hr_output *items = (hr_output *)(uintptr_t)inputs.items;
  for (int32_t i = 0; i < num_arguments; ++i)
    items[i] = arguments.items[num_results + i];
  for (int32_t i = 0; i < num_results; ++i)
    items[num_arguments + i] = arguments.items[i];
  if (num_arguments == 0) return;
  hr_outputs gradients = hr_symbolic_gradient(scope, inputs, ((hr_types){num_arguments, b->types}), b->function);
  for (int32_t i = 0; i < gradients.count; ++i)
    hr_return(results, gradients.items[i]);
}

/* "branch_grad_N", the first that the library does not have. */
static const char *free_name(hr_scope scope, const char *branch_name) {
  for (int32_t i = 0; hr_scope_ok(scope); ++i) {
    char *name = hr_keep_printf(scope, "%s_grad_%d", branch_name, (int)i);
    if (!name || !hr_function_find(hr_scope_graph(scope), hr_view_of(name))) return name;
  }
  return NULL;
}

static const hr_function_attr *branch_gradient(hr_gradient_context *c, const hr_function_attr *function,
                                               hr_types gradient_types) {
  const hr_node *node = c->node;
  branch b = {node, function, gradient_types.items};
  int32_t count = node->num_outputs + node->num_inputs - 1;
  hr_dtype *types = hr_keep_bytes(c->scope, sizeof *types * ((size_t)count + 1));
  const char *name = free_name(c->scope, function->name);
  if (!types || !name) return NULL;
  for (int32_t i = 0; i < node->num_outputs; ++i)
    types[i] = hr_node_output_dtype(node, i);
  for (int32_t i = 1; i < node->num_inputs; ++i)
    types[node->num_outputs + i - 1] = hr_output_base_dtype(node->inputs[i]);
  return hr_defined_value(
      c->scope, hr_define(c->scope, name, ((hr_types){count, types}), build_gradient, &b, .infer_shapes = true));
}

/* What the conditional of the gradients is made of. */
typedef struct conditional {
  hr_outputs inputs; /* gradients of the results, then the arguments */
  hr_types types;    /* of the gradients of the arguments, like the next */
  hr_shapes shapes;
} conditional;

/* False where there is nothing to differentiate. */
static bool begin(hr_gradient_context *c, conditional *out) {
  const hr_node *node = c->node;
  int32_t num_arguments = node->num_inputs - 1;
  hr_dtype *types = hr_keep_bytes(c->scope, sizeof *types * ((size_t)num_arguments + 1));
  hr_partial_shape *shapes = hr_keep_bytes(c->scope, sizeof *shapes * ((size_t)num_arguments + 1));
  *out =
      (conditional){list(c->scope, node->num_outputs + num_arguments), {num_arguments, types}, {num_arguments, shapes}};
  hr_output *items = (hr_output *)(uintptr_t)out->inputs.items;
  if (!items || !types || !shapes || num_arguments == 0) return false;
  for (int32_t i = 0; i < node->num_outputs; ++i) {
    /* Results that have no gradient are no part of the function's derivative; something must stand for them. */
    items[i] = hr_gradient_exists(c->outputs[i]) ? hr_dy(c, i) : hr_zeros_like(c->scope, hr_y(c, i));
  }
  for (int32_t i = 0; i < num_arguments; ++i) {
    items[node->num_outputs + i] = hr_x(c, i + 1);
    types[i] = gradient_dtype(hr_x(c, i + 1));
    shapes[i] = gradient_shape(hr_x(c, i + 1));
  }
  return true;
}

static hr_status end(hr_gradient_context *c, hr_outputs gradients) {
  if (gradients.count) gradients.items[0].node->is_unfetchable = true;
  for (int32_t i = 0; i < gradients.count; ++i) {
    hr_dtype dtype = hr_output_base_dtype(gradients.items[i]);
    if (hr_dtype_is_floating(dtype) || hr_dtype_is_complex(dtype))
      hr_dx(c, i + 1, hr_identity(c->scope, gradients.items[i]));
  }
  return HR_SUCCESS;
}

/* The same conditional, of the branches' gradients. */
hr_status hr_gradient_if(hr_gradient_context *c) {
  conditional of;
  if (!begin(c, &of)) return HR_SUCCESS;
  const hr_function_attr *then_branch = branch_gradient(c, hr_node_attr(c->node, "then_branch")->func, of.types);
  const hr_function_attr *else_branch = branch_gradient(c, hr_node_attr(c->node, "else_branch")->func, of.types);
  return end(c, hr_stateless_if(c->scope, hr_x(c, 0), of.inputs, of.types, then_branch, else_branch,
                                .output_shapes = of.shapes));
}

hr_status hr_gradient_case(hr_gradient_context *c) {
  conditional of;
  if (!begin(c, &of)) return HR_SUCCESS;
  const hr_attr_value *branches = hr_node_attr(c->node, "branches");
  const hr_function_attr **gradients = hr_keep_bytes(c->scope, sizeof *gradients * (size_t)branches->count);
  if (!gradients) return HR_SUCCESS;
  for (int32_t i = 0; i < branches->count && hr_scope_ok(c->scope); ++i)
    gradients[i] = branch_gradient(c, branches->funcs[i], of.types);
  if (!hr_scope_ok(c->scope)) return HR_SUCCESS;
  hr_functions functions = {branches->count, gradients};
  return end(c, hr_functional_case(c->scope, hr_x(c, 0), of.inputs, of.types, functions, .output_shapes = of.shapes,
                                   .name = "gradient"));
}
