/* The inside of the data room. */
#ifndef HR_BUILDER_DATA_DATA_H
#define HR_BUILDER_DATA_DATA_H

#include "builder/builder.h"
#include "builder/functions/defined.h"
#include "headrace/data.h"

/* What a dataset's elements consist of. */
typedef struct hr_element {
  int32_t count;
  const int32_t *types; /* as attributes have them */
  const hr_partial_shape *shapes;
} hr_element;

/* False, with an error at the builder, where the output is no dataset. */
bool hr_element_of(hr_scope scope, hr_output dataset, hr_element *out);
/* The same of a function. */
bool hr_is_function(hr_scope scope, const hr_defined *function);
/* Room for other shapes; NULL after an error. */
hr_partial_shape *hr_new_shapes(hr_scope scope, int32_t count);
/* What is said of a component: of vectors of variants, which are sparse tensors, nothing. */
hr_partial_shape hr_component_shape(int32_t type, hr_partial_shape shape);
/* The element of tensors. */
hr_element hr_element_of_outputs(hr_scope scope, hr_outputs outputs);

hr_attr_value hr_element_types_attr(hr_element element);
hr_attr_value hr_element_shapes_attr(hr_element element);

/* A node of one dataset output, over operands (lists of kind LIST), with output_types, output_shapes and `attrs`. */
hr_output hr_dataset_node(hr_scope scope, const char *op, int32_t operand_count, const hr_operand *operands,
                          hr_element element, hr_attrs attrs);
#define HR_DATASET_NODE(scope, op, element, attrs, ...)                                                                \
  hr_dataset_node((scope), (op), (int32_t)(sizeof((hr_operand[]){__VA_ARGS__}) / sizeof(hr_operand)),                  \
                  (hr_operand[]){__VA_ARGS__}, (element), (attrs))

/* Converted operands as tf.data converts them: a Const of that name for a value; `fallback` where it is not given. */
hr_operand hr_data_number(hr_scope scope, hr_operand value, hr_operand fallback, hr_dtype dtype, const char *name);
static inline hr_operand hr_data_int(hr_scope scope, hr_operand value, int64_t fallback, const char *name) {
  return hr_data_number(scope, value, hr_operand_int(fallback), HR_INT64, name);
}
/* What is known of a converted operand: of a flag, 0, 1 or -1; of a size, -1 where it is not known. */
int hr_known_flag(hr_operand flag);
int64_t hr_known_size(hr_operand size);

static inline hr_operand hr_captured_operand(const hr_defined *function) {
  return hr_operand_outputs(hr_defined_captured(function));
}
/* Two seeds as tf.data makes them of one, which may be not given. */
void hr_data_seeds(hr_scope scope, hr_operand seed, hr_output *first, hr_output *second);
/* What two shapes have in common. */
hr_partial_shape hr_common_shape(const hr_partial_shape *a, const hr_partial_shape *b);
/* The element of the dataset that a function returns; false, with a type error, where it returns none. */
bool hr_made_element(hr_scope scope, const hr_defined *function, hr_element *out);
/* The attribute `name` of the function; it comes into the graph's library. */
hr_named_attr hr_function_named(hr_scope scope, const char *name, const hr_defined *function);

#endif
