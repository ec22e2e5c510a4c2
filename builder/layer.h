/* What layers with variables share: the scopes in which tf.layers makes its nodes. */
#ifndef HR_BUILDER_LAYER_H
#define HR_BUILDER_LAYER_H

#include "headrace/variables.h"

/* A layer at work: variables go to its variable scope, nodes to the name scope that its variable scope had first. */
typedef struct hr_layer {
  hr_scope scope;  /* where its nodes are made */
  hr_scope opened; /* what hr_layer_end closes */
  bool trainable;
} hr_layer;

/* The variable scope of a layer called `name`, or `kind` made unique where `name` is NULL. NULL after an error. */
hr_var_scope *hr_layer_scope(hr_scope scope, const char *name, const char *kind, hr_reuse reuse);
/* Enters it, until hr_layer_end. `owner` may be NULL after an error. */
hr_layer hr_layer_begin(hr_scope scope, const hr_var_scope *owner, hr_reuse reuse, bool trainable);
static inline void hr_layer_end(const hr_layer *layer) { hr_scope_close(layer->opened); }
/* A variable of the layer; the penalty of a new one goes to the collection of regularisation losses. */
hr_var *hr_layer_variable(const hr_layer *layer, const char *name, hr_partial_shape shape, hr_dtype dtype,
                          hr_initializer initializer, hr_regularizer regularizer);
/* The penalty on what the layer gives, if there is one, goes there, too. */
void hr_layer_activity(const hr_layer *layer, hr_regularizer regularizer, hr_output activity);

/* ---- of tf.contrib.layers -------------------------------------------------------------------------------------- */

/* The current variable scope as a layer inside it finds it: entered once more, by which a name scope is used up. NULL
 * after an error. */
hr_var_scope *hr_captured_scope(hr_scope scope);
/* A custom getter that calls a layer's kernel "weights" and its bias "biases", and counts its variables as those of the
 * model. */
hr_var *hr_model_variable(void *argument, const hr_getter *getter, hr_scope scope, const char *name,
                          const hr_get_variable_options *options);

#endif
