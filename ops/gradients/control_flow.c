/* Gradients of branches and loops. */
#include "builder/control_flow/primitives.h"
#include "ops/gradients/gradient.h"

/* Each side's gradient counts where the data went to that side. */
hr_status hr_gradient_switch(hr_gradient_context *c) {
  hr_output predicate = hr_x(c, 1);
  hr_gradient if_false = hr_switch_gradient(c->scope, c->outputs[0], predicate, NULL).of[0];
  hr_gradient if_true = hr_switch_gradient(c->scope, c->outputs[1], predicate, NULL).of[1];
  if (hr_scope_ok(c->scope)) c->inputs[0] = hr_merge_gradients(c->scope, if_false, if_true, NULL);
  return HR_SUCCESS;
}

/* The gradient goes to the input that was alive. */
hr_status hr_gradient_merge(hr_gradient_context *c) {
  int32_t count = c->node->num_inputs;
  hr_output *was_alive = hr_keep_bytes(c->scope, sizeof *was_alive * (size_t)count);
  for (int32_t i = 0; i < count && was_alive; ++i)
    was_alive[i] = hr_binary(c->scope, "Equal", hr_y(c, 1), i);
  for (int32_t i = 0; i < count && hr_scope_ok(c->scope); ++i)
    c->inputs[i] = hr_switch_gradient_beside(c->scope, c->outputs[0], was_alive[i], NULL).of[1];
  return HR_SUCCESS;
}

/* Loops are differentiated as the builder made them; of one that came as bytes alone it is not known what is in it. */
hr_status hr_gradient_exit(hr_gradient_context *c) {
  return hr_error(HR_INVALID_ARGUMENT,
                  "Gradients of the loop of %s cannot be built: its graph came without the collections of a "
                  "MetaGraphDef that say what is in it",
                  hr_node_name(c->node));
}
