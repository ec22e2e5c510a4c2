/* The ops of branches and loops on any value. */
#include "builder/control_flow/primitives.h"

static bool is_reference(hr_output x) { return hr_dtype_is_ref(hr_output_dtype(x)); }

hr_sides_of_switch hr_switch_beside(hr_scope scope, hr_output data, hr_output predicate, const char *name) {
  hr_sides_of_switch sides = {{HR_NO_OUTPUT, HR_NO_OUTPUT}};
  if (!hr_scope_ok(scope)) return sides;
  HR_WITH (beside, hr_colocate_with(scope, data.node, true)) {
    if (is_reference(data)) {
      hr_ref_switch_outputs both = hr_ref_switch(beside, data, predicate, .name = name ? name : "Switch");
      sides = (hr_sides_of_switch){{both.output_false, both.output_true}};
    } else {
      hr_switch_outputs both = hr_switch(beside, data, predicate, .name = name);
      sides = (hr_sides_of_switch){{both.output_false, both.output_true}};
    }
  }
  return sides;
}

static void switch_part(hr_scope scope, hr_output data, hr_output predicate, hr_output *if_false, hr_output *if_true) {
  hr_switch_outputs both = hr_switch(scope, data, predicate);
  *if_false = both.output_false;
  *if_true = both.output_true;
}

hr_gradient_sides hr_switch_gradient(hr_scope scope, hr_gradient data, hr_output predicate, const char *name) {
  hr_gradient_sides sides = {{HR_NO_GRADIENT, HR_NO_GRADIENT}};
  if (!hr_gradient_is_sparse(data)) {
    hr_switch_outputs both = hr_switch(scope, data.value, predicate, .name = name);
    sides.of[0].value = both.output_false;
    sides.of[1].value = both.output_true;
    return sides;
  }
  hr_scope s = hr_name_scope_or(scope, name, "Switch");
  switch_part(s, data.value, predicate, &sides.of[0].value, &sides.of[1].value);
  switch_part(s, data.indices, predicate, &sides.of[0].indices, &sides.of[1].indices);
  if (data.dense_shape.node)
    switch_part(s, data.dense_shape, predicate, &sides.of[0].dense_shape, &sides.of[1].dense_shape);
  return sides;
}

hr_gradient_sides hr_switch_gradient_beside(hr_scope scope, hr_gradient data, hr_output predicate, const char *name) {
  hr_gradient_sides sides = {{HR_NO_GRADIENT, HR_NO_GRADIENT}};
  if (!hr_gradient_is_sparse(data)) {
    hr_sides_of_switch both = hr_switch_beside(scope, data.value, predicate, name);
    sides.of[0].value = both.of[0];
    sides.of[1].value = both.of[1];
  } else if (hr_scope_ok(scope)) {
    HR_WITH (beside, hr_colocate_with(scope, data.value.node, true)) {
      sides = hr_switch_gradient(beside, data, predicate, name);
    }
  }
  return sides;
}

hr_output hr_identity_of(hr_scope scope, hr_output x) {
  return is_reference(x) ? hr_ref_identity(scope, x) : hr_identity(scope, x);
}

hr_output hr_next_iteration_of(hr_scope scope, hr_output x) {
  return is_reference(x) ? hr_ref_next_iteration(scope, x) : hr_next_iteration(scope, x);
}

hr_output hr_exit_of(hr_scope scope, hr_output x, const char *name) {
  return is_reference(x) ? hr_ref_exit(scope, x, .name = name) : hr_exit(scope, x, .name = name);
}

hr_output hr_merge_pair(hr_scope scope, hr_output first, hr_output second, const char *name) {
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  if (is_reference(first) && is_reference(second))
    return hr_ref_merge(scope, HR_LIST(first, second), .name = name ? name : "Merge").output;
  return hr_merge(scope, HR_LIST(first, second), .name = name).output;
}

hr_gradient hr_gradient_as_rows(hr_scope scope, hr_gradient gradient) {
  if (hr_gradient_is_sparse(gradient) || !hr_scope_ok(scope)) return gradient;
  hr_output shape = hr_shape_of(scope, gradient.value);
  hr_output rows = hr_at(scope, shape, HR_INDEX(0));
  return (hr_gradient){gradient.value, hr_tf_range(scope, 0, rows, HR_NO_OPERAND), shape};
}

hr_gradient hr_merge_gradients(hr_scope scope, hr_gradient first, hr_gradient second, const char *name) {
  bool sparse[] = {hr_gradient_is_sparse(first), hr_gradient_is_sparse(second)};
  if (!sparse[0] && !sparse[1]) return hr_dense_gradient(hr_merge_pair(scope, first.value, second.value, name));
  hr_scope s = hr_name_scope_or(scope, name, "Merge");
  first = hr_gradient_as_rows(s, first);
  second = hr_gradient_as_rows(s, second);
  if (!hr_scope_ok(s)) return HR_NO_GRADIENT;
  if (hr_output_base_dtype(first.indices) != hr_output_base_dtype(second.indices)) {
    hr_gradient *small = hr_output_base_dtype(first.indices) == HR_INT32 ? &first : &second;
    small->indices = hr_tf_cast(s, small->indices, HR_INT64);
  }
  if (!first.dense_shape.node != !second.dense_shape.node) {
    hr_refuse(s, "Sparse gradients can be merged only where both have a dense shape, or neither");
    return HR_NO_GRADIENT;
  }
  hr_gradient merged = {.value = hr_merge_pair(s, first.value, second.value, NULL)};
  merged.indices = hr_merge_pair(s, first.indices, second.indices, NULL);
  if (first.dense_shape.node) merged.dense_shape = hr_merge_pair(s, first.dense_shape, second.dense_shape, NULL);
  return merged;
}
