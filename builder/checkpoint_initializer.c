/* Variables that start as what a checkpoint holds. */
#include "builder/builder.h"
#include "builder/variable.h"
#include "headrace/saver.h"

void hr_var_init_from_checkpoint(hr_scope scope, hr_var *var, const char *prefix, const char *name, const char *slice) {
  if (!hr_scope_ok(scope)) return;
  hr_dtype dtype = hr_var_dtype(var);
  hr_scope on_cpu = hr_device_scope(hr_device_scope(scope, hr_node_device(hr_var_ref(var).node)), "/cpu:0");
  hr_scope s = hr_name_scope(on_cpu, "checkpoint_initializer");
  hr_output path = hr_constant_string(s, prefix, .name = "prefix");
  hr_output names = hr_constant_strings(s, 1, &name, .name = "tensor_names");
  hr_output slices = hr_constant_strings(s, 1, &slice, .name = "shape_and_slices");
  hr_outputs read = hr_restore_v2(s, path, names, slices, ((hr_types){1, &dtype}), .name = hr_scope_name(s));
  if (!hr_scope_ok(s)) return;
  bool validate = hr_partial_shape_is_full(hr_var_shape(var));
  hr_node *initializer = hr_var_is_resource(var)
                             ? hr_assign_variable_op(on_cpu, hr_var_ref(var), read.items[0])
                             : hr_assign(on_cpu, hr_var_ref(var), read.items[0], .validate_shape = validate).node;
  if (!hr_scope_ok(s)) return;
  hr_status status = hr_output_set_shape(read.items[0], hr_var_shape(var));
  if (status) {
    hr_scope_fail(scope, status);
    return;
  }
  var->initializer = initializer;
  var->initial_value = read.items[0];
}
