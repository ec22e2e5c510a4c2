/* Gradients of conditionals whose branches are functions. */
#include "headrace/function.h"
#include "ops/gradients/gradient.h"
#include "runtime/graph/function_call.h"

/* A branch and the types around it: a function of the gradients of the results and of the arguments. */
typedef struct branch {
  const hr_node *node;
  const hr_function_attr *function;
} branch;

static hr_outputs list(hr_scope scope, int32_t count) {
  return (hr_outputs){count, hr_keep_bytes(scope, sizeof(hr_output) * ((size_t)count + 1))};
}

static void build_gradient(void *argument, hr_scope scope, hr_outputs arguments, hr_results *results) {
  const branch *b = argument;
  int32_t num_results = b->node->num_outputs, num_arguments = b->node->num_inputs - 1;
  hr_outputs inputs = list(scope, arguments.count);
  hr_dtype *types = hr_keep_bytes(scope, sizeof *types * ((size_t)num_arguments + 1));
  if (!inputs.items || !types) return;
  hr_output *items = (hr_output *)(uintptr_t)inputs.items;
  for (int32_t i = 0; i < num_arguments; ++i) {
    items[i] = arguments.items[num_results + i];
    types[i] = hr_output_base_dtype(items[i]);
  }
  for (int32_t i = 0; i < num_results; ++i)
    items[num_arguments + i] = arguments.items[i];
  if (num_arguments == 0) return;
  hr_outputs gradients = hr_symbolic_gradient(scope, inputs, ((hr_types){num_arguments, types}), b->function);
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

static const hr_function_attr *branch_gradient(hr_gradient_context *c, const char *attr) {
  const hr_node *node = c->node;
  branch b = {node, hr_node_attr(node, attr)->func};
  int32_t count = node->num_outputs + node->num_inputs - 1;
  hr_dtype *types = hr_keep_bytes(c->scope, sizeof *types * ((size_t)count + 1));
  const char *name = free_name(c->scope, b.function->name);
  if (!types || !name) return NULL;
  for (int32_t i = 0; i < node->num_outputs; ++i)
    types[i] = hr_node_output_dtype(node, i);
  for (int32_t i = 1; i < node->num_inputs; ++i)
    types[node->num_outputs + i - 1] = hr_output_base_dtype(node->inputs[i]);
  return hr_defined_value(
      c->scope, hr_define(c->scope, name, ((hr_types){count, types}), build_gradient, &b, .infer_shapes = true));
}

/* The same conditional, of the branches' gradients. */
hr_status hr_gradient_if(hr_gradient_context *c) {
  const hr_node *node = c->node;
  int32_t num_arguments = node->num_inputs - 1, count = node->num_outputs + num_arguments;
  hr_outputs inputs = list(c->scope, count);
  hr_dtype *types = hr_keep_bytes(c->scope, sizeof *types * ((size_t)num_arguments + 1));
  hr_partial_shape *shapes = hr_keep_bytes(c->scope, sizeof *shapes * ((size_t)num_arguments + 1));
  if (!inputs.items || !types || !shapes || num_arguments == 0) return HR_SUCCESS;
  hr_output *items = (hr_output *)(uintptr_t)inputs.items;
  for (int32_t i = 0; i < node->num_outputs; ++i) {
    /* Results that have no gradient are no part of the function's derivative; something must stand for them. */
    items[i] = hr_gradient_exists(c->outputs[i]) ? hr_dy(c, i) : hr_zeros_like(c->scope, hr_y(c, i));
  }
  for (int32_t i = 0; i < num_arguments; ++i) {
    items[node->num_outputs + i] = hr_x(c, i + 1);
    types[i] = hr_output_base_dtype(hr_x(c, i + 1));
    shapes[i] = *hr_output_shape(hr_x(c, i + 1));
  }
  const hr_function_attr *then_branch = branch_gradient(c, "then_branch");
  const hr_function_attr *else_branch = branch_gradient(c, "else_branch");
  hr_outputs gradients = hr_stateless_if(c->scope, hr_x(c, 0), inputs, ((hr_types){num_arguments, types}), then_branch,
                                         else_branch, .output_shapes = {num_arguments, shapes});
  for (int32_t i = 0; i < gradients.count; ++i) {
    hr_dtype dtype = hr_output_base_dtype(gradients.items[i]);
    if (hr_dtype_is_floating(dtype) || hr_dtype_is_complex(dtype))
      hr_dx(c, i + 1, hr_identity(c->scope, gradients.items[i]));
  }
  return HR_SUCCESS;
}
