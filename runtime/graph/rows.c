#include "runtime/graph/rows.h"

static const hr_arg_def outputs[] = {{.name = "slices", .type_attr = -1, .number_attr = -1, .type_list_attr = -1}};
const hr_op_def hr_rows_op = {.name = "IndexedSlices", .id = -1, .num_outputs = 1, .outputs = outputs};

hr_output hr_rows_output(hr_scope scope, hr_output values, hr_output indices, hr_output dense_shape,
                         hr_output (*to_tensor)(hr_scope scope, const hr_rows *rows, const char *name)) {
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  typedef struct piece {
    hr_rows rows;
    _Atomic(const hr_partial_shape *) output_shape;
    hr_partial_shape shape;
    uint8_t dtype;
  } piece;
  piece *p = hr_arena_zalloc(hr_graph_arena(values.node->graph), sizeof *p, _Alignof(piece));
  if (!p) {
    hr_scope_fail(scope, hr_error_out_of_memory(sizeof *p, "a sparse gradient"));
    return HR_NO_OUTPUT;
  }
  p->shape = HR_SHAPE_UNKNOWN;
  if (dense_shape.node) hr_scope_fail(scope, hr_constant_value_as_shape(dense_shape, &p->shape));
  p->dtype = (uint8_t)hr_dtype_base(hr_output_dtype(values));
  atomic_init(&p->output_shape, &p->shape);
  p->rows = (hr_rows){.node = {.op = &hr_rows_op,
                               .graph = values.node->graph,
                               .name = values.node->name,
                               .name_length = values.node->name_length,
                               .id = values.node->id,
                               .num_outputs = 1,
                               .output_dtypes = &p->dtype,
                               .output_shapes = &p->output_shape,
                               .device = "",
                               .context = values.node->context},
                      .values = values,
                      .indices = indices,
                      .dense_shape = dense_shape,
                      .to_tensor = to_tensor};
  return hr_scope_ok(scope) ? (hr_output){&p->rows.node, 0} : HR_NO_OUTPUT;
}
