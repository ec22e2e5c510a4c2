/* The inside of a variable, and the making of one. */
#ifndef HR_BUILDER_VARIABLE_H
#define HR_BUILDER_VARIABLE_H

#include "headrace/variables.h"

/* All memory is in the graph's arena. */
struct hr_var {
  hr_graph *graph;
  hr_output ref, value, initial_value;
  hr_node *initializer;
  /* Of a resource variable. */
  hr_output is_initialized;
  hr_output cached; /* its value on the caching device; HR_NO_OUTPUT for none */
  hr_node *after;   /* of hr_var_after: what readings wait for, and what the variable is named for */
  const hr_var *of; /* the same: the variable as it was. In a function's body there is no `value` */
  bool trainable;
  const hr_slice_info *slice; /* NULL for a whole variable */
  /* Of one in parts, which has none of the above but `graph`. */
  const char *name;
  hr_partial_shape shape;
  int32_t num_parts;
  int axis; /* of the cuts */
  hr_var **parts;
};

/* What makes the first value: a function, else an operand. */
typedef struct hr_variable_source {
  hr_operand value;
  hr_output (*call)(const struct hr_variable_source *source, hr_scope scope);
  void *argument;
} hr_variable_source;

/* The nodes of a resource variable, in the scope of its name. NULL after an error. */
hr_var *hr_make_resource(hr_scope s, const hr_variable_source *source, const hr_tf_variable_options *options);
/* A reading of a resource variable as an op's input: on its device, apart from what is around; or the cached value. */
hr_output hr_read_resource(hr_scope scope, const hr_var *var);
/* Its rows, and what it has at index vectors (ResourceVariable.sparse_read, gather_nd). `name` may be NULL. */
hr_output hr_gather_resource(hr_scope scope, const hr_var *var, hr_operand indices, const char *name);
hr_output hr_gather_nd_resource(hr_scope scope, const hr_var *var, hr_operand indices, const char *name);
/* ResourceVariable.read_value. */
hr_output hr_read_resource_again(hr_scope scope, const hr_var *var);
/* The node of an assignment: Assign, or AssignVariableOp, behind which the new value is read. */
hr_node *hr_assign_node(hr_scope scope, hr_var *var, hr_operand value, bool use_locking);
/* tf.assign, assign_add, assign_sub and scatter_add: what stands for the variable afterwards, its reference or a
 * variable of hr_var_after. */
hr_operand hr_var_assigned(hr_scope scope, hr_var *var, hr_operand value, bool validate_shape, const char *name);
hr_operand hr_var_added(hr_scope scope, hr_var *var, hr_operand value, const char *name);
hr_operand hr_var_subtracted(hr_scope scope, hr_var *var, hr_operand value, const char *name);
hr_operand hr_var_rows_added(hr_scope scope, hr_var *var, hr_output indices, hr_output updates);
/* The value, and the node of the update. */
hr_output hr_updated_value(hr_scope scope, hr_operand updated);
hr_node *hr_updated_node(hr_operand updated);
/* Of a resource variable that a MetaGraph has stored: from its handle and the reading stored with it, the other nodes.
 * NotFound, InvalidArgument. */
HR_MUST_USE hr_status hr_find_readings(hr_graph *graph, hr_var *var);
/* A scope whose nodes stand beside the variable that the scope is named for, which does not exist yet. */
hr_scope hr_beside_itself(hr_scope s);

/* Builds the nodes of tf.Variable and adds it to its collections. `options->function` is not looked at. NULL after an
 * error. */
hr_var *hr_make_variable(hr_scope scope, const hr_variable_source *source, const hr_tf_variable_options *options);

/* The same through the scope's creators, which tf.Variable and tf.get_variable go through. */
hr_var *hr_create_variable(hr_scope scope, const hr_variable_source *source, const hr_tf_variable_options *options);

/* The end of tf.get_variable's way, behind the getters: the variable of a full name, shared or made. */
hr_var *hr_get_or_make(hr_scope scope, const char *name, const hr_get_variable_options *options);
/* The same for one in parts; `known` is what the name stands for already, or NULL. */
hr_var *hr_get_in_parts(hr_scope scope, const char *name, const hr_get_variable_options *options, hr_var *known);
/* What hr_get_or_make has made by a name; NULL for nothing. */
hr_var *hr_find_variable(hr_scope scope, const char *name);
/* What is used where neither the call nor a scope gives an initialiser; none for other dtypes. */
hr_initializer hr_default_initializer(hr_dtype dtype);
/* Whether the shape that is asked for and the dtype are those of a variable to share. False with the error told. */
bool hr_can_share(hr_scope scope, const hr_var *var, const char *name, const hr_get_variable_options *options);

/* The shape of the variable behind a handle, as an integer vector: a constant where it is known, and the handle comes
 * straight from where it was made (what TensorFlow's Python knows). */
hr_output hr_handle_shape(hr_scope scope, hr_output handle, hr_dtype dtype);

/* Whether there is an initial value, and one that exists where variables do: what is made in a branch or loop must come
 * from a function. False with the error told; the scope is the variable's. */
bool hr_check_initial_value(hr_scope scope, const hr_variable_source *source, hr_output value);
/* The initial value of the variable `name`, in whose scope this is, built anew where it reads other variables. */
hr_output hr_guarded_initial_value(hr_scope scope, hr_output value, const char *name);

/* tf.init_scope: the same name scope, without control dependencies. */
hr_scope hr_init_scope(hr_scope scope);

/* `output` as it is once `gate` has run: an Identity "control_dependency" beside it. */
hr_output hr_with_dependency(hr_scope scope, hr_node *gate, hr_output output);

#endif
