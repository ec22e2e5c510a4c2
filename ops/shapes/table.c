/* Shapes of operations on lookup tables. */
#include "ops/shapes/shapes.h"

#include <string.h>

/* The shape of one value of the table behind input 0; false where nothing is known of it, as of tables that are filled
 * once. */
static bool value_shape(const hr_shape_context *c, hr_partial_shape *out) {
  const hr_node *maker = c->node->inputs[0].node;
  if (strncmp(maker->op->name, "Mutable", 7) != 0) return false;
  const hr_attr_value *shape = hr_node_attr(maker, "value_shape");
  *out = shape ? *shape->shape : (hr_partial_shape){.rank = 0};
  return true;
}

hr_status hr_shape_fn_initialize_table(hr_shape_context *c) {
  hr_partial_shape keys, merged;
  HR_TRY(hr_check_scalar(c, 0));
  HR_TRY(hr_input_of_rank(c, 1, 1, &keys));
  return hr_partial_shape_merge(&keys, hr_shape_input(c, 2), &merged);
}

hr_status hr_shape_fn_initialize_table_from_file(hr_shape_context *c) {
  HR_TRY(hr_check_scalar(c, 0));
  return hr_check_scalar(c, 1);
}

hr_status hr_shape_fn_lookup_table_find(hr_shape_context *c) {
  hr_partial_shape value, all;
  HR_TRY(hr_check_scalar(c, 0));
  if (!value_shape(c, &value)) return HR_SUCCESS;
  HR_TRY(hr_shape_concat(hr_shape_input(c, 1), &value, &all));
  return hr_shape_set(c, 0, &all);
}

hr_status hr_shape_fn_lookup_table_insert(hr_shape_context *c) { return hr_check_scalar(c, 0); }

hr_status hr_shape_fn_lookup_table_remove(hr_shape_context *c) {
  hr_partial_shape keys;
  HR_TRY(hr_check_scalar(c, 0));
  return hr_input_of_rank_at_least(c, 1, 1, &keys);
}

hr_status hr_shape_fn_lookup_table_size(hr_shape_context *c) {
  HR_TRY(hr_check_scalar(c, 0));
  hr_shape_set_scalar(c, 0);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_lookup_table_export(hr_shape_context *c) {
  hr_partial_shape value, all = hr_vector_shape(HR_UNKNOWN_DIM);
  HR_TRY(hr_check_scalar(c, 0));
  HR_TRY(hr_shape_set(c, 0, &all));
  if (!value_shape(c, &value)) return HR_SUCCESS;
  HR_TRY(hr_shape_concat(&all, &value, &all));
  return hr_shape_set(c, 1, &all);
}
