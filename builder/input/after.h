/* tf.control_flow_ops.with_dependencies. */
#ifndef HR_BUILDER_INPUT_AFTER_H
#define HR_BUILDER_INPUT_AFTER_H

#include "builder/builder.h"

/* x as it is, once the nodes have run, beside x. `name` NULL: "control_dependency". */
static inline hr_output hr_after(hr_scope s, int32_t count, hr_node *const *nodes, hr_output x, const char *name) {
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  HR_WITH (named, hr_name_scope(s, name ? name : "control_dependency")) {
    HR_WITH (beside, hr_colocate_with(named, x.node, false)) {
      HR_WITH (later, hr_control_dependencies(beside, count, nodes)) {
        x = hr_identity(later, x, .name = hr_scope_name(named));
      }
    }
  }
  return x;
}

#endif
