/* What the files of the builder share. */
#ifndef HR_BUILDER_BUILDER_H
#define HR_BUILDER_BUILDER_H

#include "headrace/math.h"
#include "headrace/ops.h"
#include "runtime/graph/constant_value.h"
#include "runtime/graph/node.h"
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A tensor of `dtype` (HR_INVALID: the value's own, see hr_convert) with the value of an operand that has no tensors of
 * the graph in it. A type error where the dtype cannot hold it. `*out` is owned by the caller. */
HR_MUST_USE hr_status hr_value_tensor(hr_dtype dtype, hr_operand value, hr_tensor *out);
/* The dtype it has where none is wanted; HR_INVALID for outputs and variables. */
hr_dtype hr_natural_dtype(hr_operand value);
/* Whether it is a tensor of the graph, or a list with one in it. */
/* The number that a plain value is; false for all others. */
static inline bool hr_operand_number(hr_operand x, double *out) {
  *out = x.kind == HR_OPERAND_INT ? (double)x.i : x.f;
  return x.kind == HR_OPERAND_INT || x.kind == HR_OPERAND_FLOAT;
}
/* -x; a number stays one. */
hr_operand hr_negative_of(hr_scope scope, hr_operand x);
bool hr_operand_is_in_graph(hr_operand x);

/* Whether a value that is no tensor of the graph can be one of `dtype`. */
bool hr_operand_fits(hr_operand value, hr_dtype dtype);

/* hr_call_op of an op with one output. */
typedef struct hr_attrs {
  int32_t count;
  const hr_named_attr *items;
} hr_attrs;
#define HR_NO_ATTRS   ((hr_attrs){0, NULL})
#define HR_ATTRS(...) HR_VALUES_(hr_attrs, hr_named_attr, __VA_ARGS__)
hr_output hr_call_one(hr_scope scope, const char *op, const char *name, hr_operands operands, hr_attrs attrs);

/* After an error: where a function of TensorFlow would take ragged tensors, too, it looks whether it was given some,
 * and leaves a constant of each value that is a list, up to the first that cannot be one. */
void hr_leave_constants(hr_scope scope, hr_operands values);

/* The shape that remains when the dimensions `axes` of `shape` become 1. */
hr_output hr_reduced_shape(hr_scope scope, hr_operand shape, hr_operand axes);
/* A constant vector of int32. */
hr_output hr_i32_vector(hr_scope scope, int count, const int32_t *items, const char *name);
/* A shape argument as an operand; a static shape is written into `sizes` (HR_MAX_RANK of them). A shape of unknown rank
 * is refused. */
hr_operand hr_dims_operand(hr_scope scope, const hr_dims *dims, int64_t *sizes);
/* The vector of a shape argument: the given tensor, or a constant of int32 (int64 where a size needs it). */
hr_output hr_dims_vector(hr_scope scope, hr_dims dims, const char *name);
/* The integers of a number or list, where they are known: their count, or -1. At most HR_MAX_RANK, written to `out`.
 */
int hr_operand_known_ints(hr_operand x, int64_t *out);

/* Both sides of a true division: integers are cast to floats. False, with the error told, for different dtypes and
 * those that cannot be divided. */
bool hr_division_operands(hr_scope s, hr_output *x, hr_output *y);
/* Whether the value is known while building. */
bool hr_is_constant(hr_scope scope, hr_output x);
/* An integer scalar or vector known at construction (tf.get_static_value): writes at most `capacity` items. */
bool hr_static_ints(hr_scope scope, hr_output x, int capacity, int64_t *items, int *count);

/* x / y of one dtype under the scope's own name: integers are cast to floats first. */
hr_output hr_true_division(hr_scope s, hr_output x, hr_output y);

/* Static shape facts: rank -1 and sizes -1 where unknown. */
static inline int hr_output_rank(hr_output x) { return x.node ? hr_output_shape(x)->rank : HR_UNKNOWN_RANK; }
static inline hr_dtype hr_output_base_dtype(hr_output x) { return hr_dtype_base(hr_output_dtype(x)); }

/* The full shape of `rank` sizes. */
static inline hr_partial_shape hr_sizes_shape(int rank, const int64_t *sizes) {
  hr_partial_shape shape = {.rank = rank};
  memcpy(shape.dims, sizes, sizeof *sizes * (size_t)rank);
  return shape;
}

/* Merges what is known into an output's static shape; an error, where it contradicts, goes to the builder. */
void hr_know_shape(hr_scope scope, hr_output x, const hr_partial_shape *shape);

/* An InvalidArgument error for the scope's builder. Answers no output, so that a function can return it. */
hr_output hr_refuse(hr_scope scope, const char *format, ...) HR_PRINTF(2, 3);
/* The same of a type error. */
hr_output hr_refuse_type(hr_scope scope, const char *format, ...) HR_PRINTF(2, 3);

/* A copy of a text that lives as long as the graph; NULL (with the error at the builder) when memory is out. */
const char *hr_keep_text(hr_scope scope, const char *text);
/* Zeroed memory that lives as long as the graph; NULL (with the error at the builder) when memory is out. */
void *hr_keep_bytes(hr_scope scope, size_t bytes);
/* printf into the graph's memory; NULL as above. */
char *hr_keep_printf(hr_scope scope, const char *format, ...) HR_PRINTF(2, 3);

/* The scope's name as Python's ops.get_name_scope() gives it, with '/' behind: hr_name_scope of it re-enters. At the
 * root this is "", which goes to the root too. */
static inline hr_scope hr_same_name_scope(hr_scope scope) { return hr_name_scope(scope, hr_scope_name(scope)); }

#endif
