/* tf.hessians: second derivatives, one loop for each x. */
#include "builder/builder.h"
#include "builder/tensor_array.h"
#include "headrace/control_flow.h"
#include "headrace/variables.h"

typedef struct rows {
  hr_output source, count;
  hr_output first;        /* derivatives, in a row */
  hr_tensor_array *array; /* of their derivatives */
} rows;

static void is_left(void *argument, hr_scope s, hr_outputs variables, hr_results *results) {
  const rows *r = argument;
  hr_tensor_array_with_flow(s, r->array, variables.items[1]); /* takes the name that a state of the array takes */
  hr_return(results, hr_less(s, variables.items[0], r->count));
}

static void write_row(void *argument, hr_scope s, hr_outputs variables, hr_results *results) {
  const rows *r = argument;
  hr_output index = variables.items[0];
  hr_tensor_array *array = hr_tensor_array_with_flow(s, r->array, variables.items[1]);
  hr_return(results, hr_plus(s, index, 1));
  hr_output element = hr_at(s, r->first, HR_INDEX(index));
  hr_gradient row;
  hr_gradients(s, ((hr_outputs){1, &element}), ((hr_outputs){1, (hr_output *)&r->source}), &row);
  if (!hr_scope_ok(s)) return;
  if (!hr_gradient_exists(row)) {
    hr_refuse(s, "There are no second derivatives by %s: the first ones do not depend on it",
              hr_node_name(r->source.node));
    return;
  }
  hr_scope writing = hr_name_scope(s, "TensorArrayWrite");
  hr_output value = hr_gradient_to_tensor(writing, row, "value");
  array = hr_tensor_array_write_in(writing, NULL, array, hr_operand_output(index), value);
  hr_return(results, hr_tensor_array_flow(array));
}

static hr_output second_derivatives(hr_scope s, hr_operand x, hr_output source, hr_gradient gradient) {
  if (!hr_gradient_exists(gradient)) return hr_refuse(s, "No y depends on %s", hr_node_name(source.node));
  rows r = {.source = source};
  if (hr_gradient_is_sparse(gradient)) {
    hr_scope reshaping = hr_name_scope(s, "Reshape");
    hr_output dense = hr_gradient_to_tensor(reshaping, gradient, "tensor");
    r.first = hr_tf_reshape(s, dense, HR_SHAPE(-1), .name = hr_scope_name(reshaping));
  } else {
    r.first = hr_tf_reshape(s, gradient.value, HR_SHAPE(-1));
  }
  r.count = hr_tf_size(s, x);
  hr_output index = hr_constant_i32(s, 0);
  r.array = hr_tensor_array_new(s, hr_output_base_dtype(source), r.count);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  const hr_while_functions functions = {is_left, write_row, &r};
  hr_outputs loop = hr_while_loop(s, HR_LIST(index, hr_tensor_array_flow(r.array)), &functions);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  const char *name = hr_node_name(loop.items[1].node); /* states of arrays take names where the loop does */
  const char *loop_scope = hr_keep_printf(s, "%.*s", (int)(strrchr(name, '/') + 1 - name), name);
  if (!loop_scope) return HR_NO_OUTPUT;
  hr_tensor_array *array = hr_tensor_array_with_flow(hr_name_scope(s, loop_scope), r.array, loop.items[1]);
  hr_output shape = hr_tf_shape(s, x);
  hr_output rows = hr_tensor_array_stack(s, array);
  return hr_tf_reshape(s, rows, hr_tf_concat(s, HR_LIST(shape, shape), 0));
}

static hr_output source_of(hr_scope s, hr_operand x) {
  return x.kind == HR_OPERAND_VARIABLE ? hr_var_ref(x.variable) : hr_convert(s, x, HR_INVALID, "x");
}

hr_outputs hr_hessians_with(hr_scope scope, hr_outputs ys, hr_operands xs, const hr_hessians_options *options) {
  const hr_hessians_options o = options ? *options : (hr_hessians_options){0};
  size_t count = (size_t)xs.count;
  hr_output *sources = hr_keep_bytes(scope, 2 * sizeof *sources * (count + 1)), *results = sources + count;
  hr_gradient *first = hr_keep_bytes(scope, sizeof *first * (count + 1));
  if (!sources || !first) return (hr_outputs){0, NULL};
  for (int32_t i = 0; i < xs.count; ++i)
    sources[i] = source_of(scope, hr_operands_at(xs, i));
  if (hr_scope_ok(scope))
    hr_gradients(scope, ys, ((hr_outputs){xs.count, sources}), first, .aggregation = o.aggregation,
                 .colocate_with_ops = o.colocate_with_ops, .gate_gradients = o.gate_gradients);
  for (int32_t i = 0; i < xs.count && hr_scope_ok(scope); ++i)
    results[i] = second_derivatives(scope, hr_operands_at(xs, i), sources[i], first[i]);
  return hr_scope_ok(scope) ? (hr_outputs){xs.count, results} : (hr_outputs){0, NULL};
}
