/* Sets: which op works on tensors and sparse tensors. */
#include "builder/sparse.h"

static bool can_be_in_a_set(hr_dtype dtype) {
  return dtype == HR_INT8 || dtype == HR_INT16 || dtype == HR_INT32 || dtype == HR_INT64 || dtype == HR_UINT8 ||
         dtype == HR_UINT16 || dtype == HR_STRING;
}

/* The operation for the operands the other way round. */
static const char *turned(const char *operation) {
  if (strcmp(operation, "a-b") == 0) return "b-a";
  return strcmp(operation, "b-a") == 0 ? "a-b" : operation;
}

/* A tensor or a sparse tensor. */
static hr_any_tensor side_of(hr_scope s, const hr_any_operand *x, const char *name) {
  hr_any_tensor side = {.sparse = x->sparse};
  if (hr_operand_is_given(x->value)) side.value = hr_convert(s, x->value, HR_INVALID, name);
  return side;
}
static hr_dtype dtype_of(const hr_any_tensor *x) {
  return hr_output_base_dtype(x->value.node ? x->value : x->sparse.values);
}

static hr_node *call(hr_scope s, const char *op, hr_operands sets, const char *operation, bool validate) {
  hr_attrs attrs =
      HR_ATTRS({"set_operation", HR_ATTR_STRING_VALUE(operation)}, {"validate_indices", HR_ATTR_BOOL_VALUE(validate)});
  return hr_call_op(s, op, NULL, sets.count, sets.items, attrs.count, attrs.items);
}

hr_sparse_tensor hr_set_operation_with(hr_scope s, hr_any_operand first, hr_any_operand second, const char *operation,
                                       const hr_set_operation_options *options) {
  const bool validate = !options || !options->any_order;
  hr_any_tensor a = side_of(s, &first, "a");
  if (!hr_scope_ok(s)) return (hr_sparse_tensor){0};
  hr_dtype dtype = dtype_of(&a);
  if (!can_be_in_a_set(dtype)) hr_refuse_type(s, "'a' invalid dtype <dtype: '%s'>.", hr_dtype_python_name(dtype));
  hr_any_tensor b = side_of(s, &second, "b");
  if (!hr_scope_ok(s)) return (hr_sparse_tensor){0};
  if (dtype != dtype_of(&b))
    hr_refuse_type(s, "Types don't match, <dtype: '%s'> vs <dtype: '%s'>.", hr_dtype_python_name(dtype),
                   hr_dtype_python_name(dtype_of(&b)));
  if (!a.value.node && b.value.node) { /* the op takes the dense one first */
    hr_any_tensor dense = b;
    b = a, a = dense, operation = turned(operation);
  }
  const hr_sparse_tensor *x = &a.sparse, *y = &b.sparse;
  hr_node *node;
  if (b.value.node)
    node = call(s, "DenseToDenseSetOperation", HR_OPERANDS(a.value, b.value), operation, validate);
  else if (a.value.node)
    node = call(s, "DenseToSparseSetOperation", HR_OPERANDS(a.value, y->indices, y->values, y->dense_shape), operation,
                validate);
  else
    node = call(s, "SparseToSparseSetOperation",
                HR_OPERANDS(x->indices, x->values, x->dense_shape, y->indices, y->values, y->dense_shape), operation,
                validate);
  if (!node) return (hr_sparse_tensor){0};
  return hr_sparse_of(s, (hr_output){node, 0}, (hr_output){node, 1}, (hr_output){node, 2});
}

hr_output hr_tf_set_size_with(hr_scope s, hr_sparse_tensor x, const hr_set_operation_options *options) {
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_dtype dtype = hr_output_base_dtype(x.values);
  if (!can_be_in_a_set(dtype)) {
    hr_refuse_type(s, "Invalid dtype %s.", hr_dtype_python_name(dtype));
    return HR_NO_OUTPUT;
  }
  hr_attrs attrs = HR_ATTRS({"validate_indices", HR_ATTR_BOOL_VALUE(!options || !options->any_order)});
  return hr_call_one(s, "SetSize", NULL, HR_OPERANDS(x.indices, x.values, x.dense_shape), attrs);
}
