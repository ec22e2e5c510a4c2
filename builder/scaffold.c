/* The operations that bring a training session up. */
#include "headrace/scaffold.h"
#include "builder/builder.h"
#include "headrace/arrays.h"

/* The names of `vars` (NULL: all) without a value, joined to those of resources, of which there are none: TensorFlow
 * asks for both. */
static hr_output unset(hr_scope scope, const hr_vars *vars) {
  hr_output names[2];
  names[0] = hr_report_uninitialized_variables(scope, .vars = vars);
  HR_WITH (resources, hr_name_scope(scope, "report_uninitialized_resources")) {
    names[1] = hr_constant_strings(hr_device_scope(resources, "/cpu:0"), 0, NULL);
  }
  return hr_tf_concat(scope, ((hr_outputs){2, names}), 0);
}

hr_output hr_scaffold_ready_op(hr_scope scope) { return unset(scope, NULL); }

hr_output hr_scaffold_ready_for_local_init_op(hr_scope scope) {
  hr_vars vars;
  hr_status status = hr_collection_vars(hr_scope_graph(scope), HR_GLOBAL_VARIABLES, NULL, &vars);
  if (status) {
    hr_scope_fail(scope, status);
    return HR_NO_OUTPUT;
  }
  hr_output names = unset(scope, &vars);
  free((void *)vars.items);
  return names;
}

hr_node *hr_scaffold_init_op(hr_scope scope) {
  static const char *const more = "saved_model_initializers";
  const hr_graph *graph = hr_scope_graph(scope);
  int32_t items = hr_collection_count(graph, more), count = 0;
  hr_node **nodes = malloc(sizeof *nodes * (size_t)(items + 2));
  if (!nodes) {
    hr_scope_fail(scope, hr_error_out_of_memory(sizeof *nodes * (size_t)(items + 2), "an initializer"));
    return NULL;
  }
  nodes[count++] = hr_global_variables_initializer(scope);
  nodes[count++] = hr_no_op(scope, .name = "init"); /* of resources that are shared */
  for (int32_t i = 0; i < items; ++i) {
    const hr_item *item = hr_collection_item(graph, more, i);
    if (item->kind == HR_ITEM_NODE) nodes[count++] = item->node;
  }
  hr_node *init = hr_scope_ok(scope) ? hr_group_with(scope, count, nodes, NULL) : NULL;
  free(nodes);
  return init;
}

hr_node *hr_scaffold_local_init_op(hr_scope scope) {
  hr_node *variables = hr_local_variables_initializer(scope), *tables = hr_tables_initializer(scope);
  hr_node *resources = hr_no_op(scope, .name = "init");
  return hr_scope_ok(scope) ? hr_group(scope, variables, tables, resources) : NULL;
}
