/* What the generated wrappers of ops.c share. */
#ifndef HR_OPS_WRAPPER_H
#define HR_OPS_WRAPPER_H

#include "headrace/op_call.h"
#include "runtime/graph/node.h"

/* Adds a node whose arguments come in groups, one a list argument or a single tensor. Errors as in hr_add_node. */
hr_node *hr_add_grouped_node(hr_scope scope, const hr_op_def *op, const char *name, const hr_outputs *groups,
                             const hr_attr_value *attrs);

/* Output `index`, or no output where the node could not be made. */
static inline hr_output hr_wrapped_output(hr_node *node, int32_t index) {
  return node ? (hr_output){node, index} : HR_NO_OUTPUT;
}
/* The outputs of the op's output argument `argument`, in an array of the graph. Empty where the node could not be
 * made; running out of memory goes to the scope's builder. */
hr_outputs hr_wrapped_outputs(hr_scope scope, hr_node *node, int argument);
/* The single output of an argument that stands behind a list. */
hr_output hr_wrapped_argument(hr_node *node, int argument);

/* A string list in the graph's arena; HR_ATTR_NONE where there is nothing to give. */
hr_attr_value hr_strings_value(hr_scope scope, hr_strings strings);

/* NULL leaves the attribute to its default, or to the complaint that it is missing. */
static inline hr_attr_value hr_string_value(const char *text) {
  return text ? HR_ATTR_STRING_VALUE(text) : (hr_attr_value){0};
}
static inline hr_attr_value hr_tensor_value(const hr_tensor *tensor) {
  return tensor ? HR_ATTR_TENSOR_VALUE(tensor) : (hr_attr_value){0};
}
static inline hr_attr_value hr_ints_value(hr_ints v) {
  return (hr_attr_value){.kind = HR_ATTR_INT, .is_list = true, .count = v.count, .ints = v.items};
}
static inline hr_attr_value hr_floats_value(hr_floats v) {
  return (hr_attr_value){.kind = HR_ATTR_FLOAT, .is_list = true, .count = v.count, .floats = v.items};
}
static inline hr_attr_value hr_bools_value(hr_bools v) {
  return (hr_attr_value){.kind = HR_ATTR_BOOL, .is_list = true, .count = v.count, .bools = v.items};
}
static inline hr_attr_value hr_types_value(hr_types v) {
  return (hr_attr_value){.kind = HR_ATTR_TYPE, .is_list = true, .count = v.count, .types = (const int32_t *)v.items};
}
static inline hr_attr_value hr_shapes_value(hr_shapes v) {
  return (hr_attr_value){.kind = HR_ATTR_SHAPE, .is_list = true, .count = v.count, .shapes = v.items};
}
static inline hr_attr_value hr_funcs_value(hr_functions v) {
  return (hr_attr_value){.kind = HR_ATTR_FUNC, .is_list = true, .count = v.count, .funcs = v.items};
}

#endif
