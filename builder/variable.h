/* The inside of a variable, and the making of one. */
#ifndef HR_BUILDER_VARIABLE_H
#define HR_BUILDER_VARIABLE_H

#include "headrace/variables.h"

/* Which part of a partitioned variable this one is. */
typedef struct hr_slice_info {
  const char *full_name;
  int rank;
  int64_t full_shape[HR_MAX_RANK], offset[HR_MAX_RANK], shape[HR_MAX_RANK];
} hr_slice_info;

/* All memory is in the graph's arena. */
struct hr_var {
  hr_graph *graph;
  hr_output ref, value, initial_value;
  hr_node *initializer;
  bool trainable;
  const hr_slice_info *slice; /* NULL for a whole variable */
};

/* What makes the first value: a function, else an operand. */
typedef struct hr_variable_source {
  hr_operand value;
  hr_output (*call)(const struct hr_variable_source *source, hr_scope scope);
  void *argument;
} hr_variable_source;

/* Builds the nodes of tf.Variable and adds it to its collections. `options->function` is not looked at. NULL after an
 * error. */
hr_var *hr_make_variable(hr_scope scope, const hr_variable_source *source, const hr_tf_variable_options *options);

/* The same through the scope's creators, which tf.Variable and tf.get_variable go through. */
hr_var *hr_create_variable(hr_scope scope, const hr_variable_source *source, const hr_tf_variable_options *options);

/* tf.init_scope: the same name scope, without control dependencies. */
hr_scope hr_init_scope(hr_scope scope);

/* `output` as it is once `gate` has run: an Identity "control_dependency" beside it. */
hr_output hr_with_dependency(hr_scope scope, hr_node *gate, hr_output output);

#endif
