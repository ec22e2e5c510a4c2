/* tf.map_fn, tf.foldl, tf.foldr, tf.scan: loops over the rows of tensors. */
#include "headrace/functional.h"
#include "builder/control_flow/results.h"
#include "headrace/tensor_array.h"
#include "headrace/variables.h"

/* ---- rows ------------------------------------------------------------------------------------------------------ */

/* The tensors whose rows the loop goes through. Arrays are the graph's. */
typedef struct rows {
  int32_t count;
  hr_output *tensors;
  hr_tensor_array **arrays;
  hr_operand n;   /* how many rows there are: a number where it is known and not 0, else a tensor */
  hr_output *row; /* where the elements of one iteration stand */
} rows;

static bool convert_rows(hr_scope s, hr_operands elems, rows *out) {
  *out = (rows){.count = elems.count};
  if (elems.count == 0) hr_refuse(s, "No elements to go through");
  if (!hr_scope_ok(s)) return false;
  out->tensors = hr_keep_bytes(s, 2 * sizeof *out->tensors * (size_t)elems.count);
  out->arrays = hr_keep_bytes(s, sizeof *out->arrays * (size_t)elems.count);
  if (!out->tensors || !out->arrays) return false;
  out->row = out->tensors + elems.count;
  for (int32_t i = 0; i < elems.count; ++i)
    out->tensors[i] = hr_convert(s, hr_operands_at(elems, i), HR_INVALID, "elem");
  if (!hr_scope_ok(s)) return false;
  const hr_partial_shape *shape = hr_output_shape(out->tensors[0]);
  if (shape->rank == 0) {
    hr_refuse(s, "elems must be a 1+ dimensional Tensor, not a scalar: it has no rows to go through");
  } else if (shape->rank > 0 && shape->dims[0] > 0) {
    out->n = hr_operand_int(shape->dims[0]);
  } else {
    out->n = hr_operand_output(hr_at(s, hr_tf_shape(s, out->tensors[0]), HR_INDEX(0)));
  }
  return hr_scope_ok(s);
}

static hr_partial_shape tail_of(hr_output tensor) {
  hr_partial_shape shape = *hr_output_shape(tensor);
  if (shape.rank > 0) {
    memmove(shape.dims, shape.dims + 1, sizeof *shape.dims * (size_t)(shape.rank - 1));
    --shape.rank;
  }
  return shape;
}

static void make_array(hr_scope s, rows *r, int32_t i, const hr_partial_shape *element_shape) {
  r->arrays[i] = hr_tensor_array_new(s, hr_output_base_dtype(r->tensors[i]), r->n, .element_shape = *element_shape);
}
static void fill_array(hr_scope s, rows *r, int32_t i) {
  r->arrays[i] = hr_tensor_array_unstack(s, r->arrays[i], r->tensors[i]);
}

/* Row `index` of each tensor. */
static hr_outputs read_rows(hr_scope s, rows *r, hr_operand index) {
  for (int32_t i = 0; i < r->count; ++i)
    r->row[i] = hr_tensor_array_read(s, r->arrays[i], index);
  return (hr_outputs){r->count, r->row};
}

/* ---- what all of them share -------------------------------------------------------------------------------------- */

typedef struct functional {
  rows rows;
  hr_map_function map;   /* NULL: a fold */
  hr_fold_function fold; /* of folds and scans */
  void *argument;
  bool backwards;
  int32_t num_accumulated; /* values that go from iteration to iteration */
  int32_t num_results;     /* arrays of what each iteration gave; `results` are their first states */
  hr_tensor_array **results;
} functional;

/* Variables that a function makes are read where they stand, as if they were told to. Answers the scope that has to be
 * put back; NULL where none was changed. */
static hr_var_scope *begin_caching(hr_scope s) {
  hr_var_scope *variables = hr_scope_ok(s) ? hr_get_variable_scope(s) : NULL;
  if (!variables || hr_var_scope_caching_device(variables)) return NULL;
  hr_var_scope_set_caching_device(s, variables, "");
  return variables;
}
static void end_caching(hr_scope s, hr_var_scope *begun) {
  if (begun) hr_var_scope_set_caching_device(s, begun, NULL);
}

static hr_operand last_index(hr_scope s, const functional *f) {
  if (f->rows.n.kind == HR_OPERAND_INT) return hr_operand_int(f->rows.n.i - 1);
  return hr_operand_output(hr_minus(s, f->rows.n, 1));
}

/* The states of the arrays of results behind the flows that the loop carries. NULL with the error at the builder. */
static hr_tensor_array **result_states(hr_scope s, const functional *f, const hr_output *flows) {
  hr_tensor_array **states = hr_keep_bytes(s, sizeof *states * (size_t)f->num_results + 1);
  for (int32_t i = 0; states && i < f->num_results; ++i)
    states[i] = hr_tensor_array_with_flow(s, f->results[i], flows[i]);
  return hr_scope_ok(s) ? states : NULL;
}

static const hr_output *flows_of(const functional *f, hr_outputs variables) {
  return variables.items + 1 + f->num_accumulated;
}

/* A result of the user's function as one tensor or value. */
static hr_operand value_of(hr_scope s, const hr_result *result) {
  if (!result->node && !result->indices.node) return result->value;
  hr_refuse_type(s, "A function of rows returns tensors, neither operations nor sparse rows");
  return HR_NO_OPERAND;
}

static bool check_count(hr_scope s, const hr_results *given, int32_t wanted) {
  if (hr_scope_ok(s) && given->count != wanted)
    hr_refuse(s, "The function of rows returns %d tensors where %d are wanted", given->count, wanted);
  return hr_scope_ok(s);
}

/* Writes results to the arrays at `index` and returns the flows. */
static void write_results(hr_scope s, const functional *f, hr_tensor_array **states, hr_output index,
                          const hr_results *given) {
  for (int32_t i = 0; i < f->num_results && hr_scope_ok(s); ++i)
    states[i] = hr_tensor_array_write(s, states[i], index, value_of(s, &given->items[i]));
}
static void return_flows(const functional *f, hr_tensor_array **states, hr_results *results) {
  for (int32_t i = 0; states && i < f->num_results; ++i)
    hr_return(results, hr_tensor_array_flow(states[i]));
}

/* Whether there are rows left. */
static void rows_are_left(void *argument, hr_scope s, hr_outputs variables, hr_results *results) {
  const functional *f = argument;
  result_states(s, f, flows_of(f, variables)); /* takes the names that states of arrays take */
  hr_output index = variables.items[0];
  if (!f->backwards)
    hr_return(results, hr_binary(s, "Less", index, f->rows.n));
  else
    hr_return(results, hr_binary(s, f->num_results > 0 ? "GreaterEqual" : "Greater", index, 0));
}

/* The results of all rows, with what is known of their number. */
static hr_outputs stack_results(hr_scope s, const functional *f, hr_outputs loop) {
  hr_outputs none = {0, NULL};
  if (loop.count == 0) return none;
  hr_tensor_array **states = result_states(s, f, flows_of(f, loop));
  hr_output *stacked = hr_keep_bytes(s, sizeof *stacked * (size_t)f->num_results + 1);
  if (!states || !stacked) return none;
  for (int32_t i = 0; i < f->num_results; ++i)
    stacked[i] = hr_tensor_array_stack(s, states[i]);
  int64_t n = HR_UNKNOWN_DIM;
  for (int32_t i = 0; i < f->rows.count && hr_scope_ok(s); ++i) {
    const hr_partial_shape *shape = hr_output_shape(f->rows.tensors[i]);
    if (shape->rank < 1 || shape->dims[0] < 0) continue;
    if (n >= 0 && n != shape->dims[0])
      hr_refuse(s, "Dimensions %lld and %lld are not compatible", (long long)n, (long long)shape->dims[0]);
    n = shape->dims[0];
  }
  for (int32_t i = 0; i < f->num_results && hr_scope_ok(s); ++i) {
    hr_partial_shape shape = *hr_output_shape(stacked[i]);
    if (shape.rank < 1) continue;
    shape.dims[0] = n;
    hr_know_shape(s, stacked[i], &shape);
  }
  return hr_scope_ok(s) ? (hr_outputs){f->num_results, stacked} : none;
}

/* ---- map ------------------------------------------------------------------------------------------------------- */

static void map_row(void *argument, hr_scope s, hr_outputs variables, hr_results *results) {
  functional *f = argument;
  hr_output index = variables.items[0];
  hr_results given = {.scope = s};
  hr_tensor_array **states = result_states(s, f, flows_of(f, variables));
  hr_outputs row = read_rows(s, &f->rows, hr_operand_output(index));
  if (hr_scope_ok(s)) f->map(f->argument, s, row, &given);
  if (check_count(s, &given, f->num_results)) write_results(s, f, states, index, &given);
  hr_results_free(&given);
  hr_return(results, hr_plus(s, index, 1));
  return_flows(f, states, results);
}

static hr_outputs map_rows(hr_scope s, functional *f, hr_operands elems, const hr_map_options *options) {
  hr_outputs none = {0, NULL};
  if (!convert_rows(s, elems, &f->rows)) return none;
  for (int32_t i = 0; i < f->rows.count; ++i)
    make_array(s, &f->rows, i, &HR_SHAPE_UNKNOWN);
  for (int32_t i = 0; i < f->rows.count; ++i)
    fill_array(s, &f->rows, i);
  hr_output first = hr_constant_i32(s, 0);
  f->num_results = options->dtypes.count ? options->dtypes.count : f->rows.count;
  f->results = hr_keep_bytes(s, sizeof *f->results * (size_t)f->num_results);
  hr_operand *variables = hr_keep_bytes(s, sizeof *variables * (size_t)(1 + f->num_results));
  if (!f->results || !variables) return none;
  variables[0] = hr_operand_output(first);
  for (int32_t i = 0; i < f->num_results && hr_scope_ok(s); ++i) {
    hr_dtype dtype = options->dtypes.count ? options->dtypes.items[i] : hr_output_base_dtype(f->rows.tensors[i]);
    f->results[i] = hr_tensor_array_new(s, dtype, f->rows.n, .infer_shape = options->infer_shape);
    variables[1 + i] = hr_operand_output(hr_tensor_array_flow(f->results[i]));
  }
  if (!hr_scope_ok(s)) return none;
  hr_while_functions functions = {rows_are_left, map_row, f};
  hr_operands initial = {1 + f->num_results, variables, NULL};
  hr_outputs loop = hr_while_loop(s, initial, &functions, .parallel_iterations = options->parallel_iterations,
                                  .back_prop = options->back_prop, .swap_memory = options->swap_memory,
                                  .maximum_iterations = f->rows.n);
  return stack_results(s, f, loop);
}

hr_outputs hr_map_fn_with(hr_scope scope, hr_map_function function, void *argument, hr_operands elems,
                          const hr_map_options *options) {
  static const hr_map_options defaults = {.parallel_iterations = 10, .back_prop = true, .infer_shape = true};
  if (!options) options = &defaults;
  hr_scope s = hr_name_scope_or(scope, options->name, "map");
  functional f = {.map = function, .argument = argument};
  hr_var_scope *caching = begin_caching(s);
  hr_outputs results = map_rows(s, &f, elems, options);
  end_caching(s, caching);
  return results;
}

/* ---- folds ----------------------------------------------------------------------------------------------------- */

/* The variables of a loop: the index, then what is accumulated, from position 1 on. NULL with the error at the builder.
 */
static hr_operand *new_variables(hr_scope s, functional *f, hr_operands initializer) {
  f->num_accumulated = initializer.count ? initializer.count : f->rows.count;
  /* Scans have an array of results for each. */
  hr_operand *variables = hr_keep_bytes(s, sizeof *variables * (size_t)(1 + 2 * f->num_accumulated));
  for (int32_t i = 0; variables && i < initializer.count; ++i)
    variables[1 + i] = hr_operands_at(initializer, i);
  return variables;
}

static hr_outputs accumulated_of(const functional *f, hr_outputs variables) {
  return (hr_outputs){f->num_accumulated, variables.items + 1};
}

static void fold_row(void *argument, hr_scope s, hr_outputs variables, hr_results *results) {
  functional *f = argument;
  hr_output index = variables.items[0];
  hr_results given = {.scope = s};
  if (f->backwards) index = hr_minus(s, index, 1);
  hr_outputs row = read_rows(s, &f->rows, hr_operand_output(index));
  if (hr_scope_ok(s)) f->fold(f->argument, s, accumulated_of(f, variables), row, &given);
  if (check_count(s, &given, f->num_accumulated)) {
    hr_return(results, f->backwards ? index : hr_plus(s, index, 1));
    for (int32_t i = 0; i < given.count; ++i)
      hr_return(results, value_of(s, &given.items[i]));
  }
  hr_results_free(&given);
}

static hr_outputs fold_rows(hr_scope s, functional *f, hr_operands elems, const hr_fold_options *options) {
  hr_outputs none = {0, NULL};
  if (!convert_rows(s, elems, &f->rows)) return none;
  for (int32_t i = 0; i < f->rows.count; ++i) {
    make_array(s, &f->rows, i, &HR_SHAPE_UNKNOWN);
    fill_array(s, &f->rows, i);
  }
  hr_operand *variables = new_variables(s, f, options->initializer);
  if (!variables) return none;
  bool from_rows = options->initializer.count == 0;
  hr_operand first = hr_operand_int(0);
  if (f->backwards) first = from_rows ? last_index(s, f) : f->rows.n;
  for (int32_t i = 0; i < f->rows.count && from_rows; ++i)
    variables[1 + i] = hr_operand_output(hr_tensor_array_read(s, f->rows.arrays[i], first));
  variables[0] = f->backwards ? first : hr_operand_output(hr_constant_i32(s, from_rows));
  if (!hr_scope_ok(s)) return none;
  hr_while_functions functions = {rows_are_left, fold_row, f};
  hr_operands initial = {1 + f->num_accumulated, variables, NULL};
  hr_outputs loop = hr_while_loop(s, initial, &functions, .parallel_iterations = options->parallel_iterations,
                                  .back_prop = options->back_prop, .swap_memory = options->swap_memory,
                                  .maximum_iterations = f->rows.n);
  return loop.count ? accumulated_of(f, loop) : none;
}

static hr_outputs fold(hr_scope scope, const char *default_name, functional *f, hr_operands elems,
                       const hr_fold_options *options) {
  static const hr_fold_options defaults = {.parallel_iterations = 10, .back_prop = true};
  if (!options) options = &defaults;
  hr_scope s = hr_name_scope_or(scope, options->name, default_name);
  hr_var_scope *caching = begin_caching(s);
  hr_outputs results = fold_rows(s, f, elems, options);
  end_caching(s, caching);
  return results;
}

hr_outputs hr_foldl_with(hr_scope scope, hr_fold_function function, void *argument, hr_operands elems,
                         const hr_fold_options *options) {
  functional f = {.fold = function, .argument = argument};
  return fold(scope, "foldl", &f, elems, options);
}

hr_outputs hr_foldr_with(hr_scope scope, hr_fold_function function, void *argument, hr_operands elems,
                         const hr_fold_options *options) {
  functional f = {.fold = function, .argument = argument, .backwards = true};
  return fold(scope, "foldr", &f, elems, options);
}

/* ---- scan ------------------------------------------------------------------------------------------------------ */

static void scan_row(void *argument, hr_scope s, hr_outputs variables, hr_results *results) {
  functional *f = argument;
  hr_output index = variables.items[0];
  hr_results given = {.scope = s};
  hr_tensor_array **states = result_states(s, f, flows_of(f, variables));
  hr_outputs row = read_rows(s, &f->rows, hr_operand_output(index));
  if (hr_scope_ok(s)) f->fold(f->argument, s, accumulated_of(f, variables), row, &given);
  if (check_count(s, &given, f->num_accumulated)) {
    write_results(s, f, states, index, &given);
    hr_return(results, f->backwards ? hr_minus(s, index, 1) : hr_plus(s, index, 1));
    for (int32_t i = 0; i < given.count; ++i)
      hr_return(results, value_of(s, &given.items[i]));
    return_flows(f, states, results);
  }
  hr_results_free(&given);
}

/* Index of the row that comes first. */
static hr_operand first_index(hr_scope s, const functional *f) {
  return f->backwards ? last_index(s, f) : hr_operand_int(0);
}

/* Makes the arrays of results, whose flows are the loop's last variables; the first rows are their own results where
 * nothing else was accumulated before. */
static bool make_results(hr_scope s, functional *f, hr_operand *variables, const hr_scan_options *options) {
  f->results = hr_keep_bytes(s, sizeof *f->results * (size_t)f->num_accumulated);
  if (!f->results || !hr_scope_ok(s)) return false;
  f->num_results = f->num_accumulated;
  for (int32_t i = 0; i < f->num_results && hr_scope_ok(s); ++i) {
    hr_output value = variables[1 + i].output;
    hr_partial_shape shape = options->infer_shape ? *hr_output_shape(value) : HR_SHAPE_UNKNOWN;
    f->results[i] = hr_tensor_array_new(s, hr_output_base_dtype(value), f->rows.n, .element_shape = shape,
                                        .infer_shape = options->infer_shape);
  }
  for (int32_t i = 0; i < f->num_results && options->initializer.count == 0; ++i)
    f->results[i] = hr_tensor_array_write(s, f->results[i], first_index(s, f), variables[1 + i]);
  for (int32_t i = 0; i < f->num_results; ++i)
    variables[1 + f->num_accumulated + i] = hr_operand_output(hr_tensor_array_flow(f->results[i]));
  return hr_scope_ok(s);
}

static hr_outputs scan_rows(hr_scope s, functional *f, hr_operands elems, const hr_scan_options *options) {
  hr_outputs none = {0, NULL};
  if (!convert_rows(s, elems, &f->rows)) return none;
  for (int32_t i = 0; i < f->rows.count; ++i) {
    hr_partial_shape shape = tail_of(f->rows.tensors[i]);
    make_array(s, &f->rows, i, &shape);
  }
  for (int32_t i = 0; i < f->rows.count; ++i)
    fill_array(s, &f->rows, i);
  hr_operand *variables = new_variables(s, f, options->initializer);
  if (!variables) return none;
  bool from_rows = options->initializer.count == 0;
  for (int32_t i = 0; i < f->num_accumulated; ++i) {
    hr_output value = from_rows ? hr_tensor_array_read(s, f->rows.arrays[i], first_index(s, f))
                                : hr_convert(s, variables[1 + i], HR_INVALID, NULL);
    variables[1 + i] = hr_operand_output(value);
  }
  if (!make_results(s, f, variables, options)) return none;
  variables[0] = first_index(s, f);
  if (variables[0].kind == HR_OPERAND_INT)
    variables[0].i += !from_rows ? 0 : f->backwards ? -1 : 1;
  else
    variables[0] = hr_operand_output(hr_minus(s, variables[0], from_rows));
  hr_while_functions functions = {rows_are_left, scan_row, f};
  hr_operands initial = {1 + 2 * f->num_accumulated, variables, NULL};
  hr_outputs loop = hr_while_loop(s, initial, &functions, .parallel_iterations = options->parallel_iterations,
                                  .back_prop = options->back_prop, .swap_memory = options->swap_memory,
                                  .maximum_iterations = f->rows.n);
  return stack_results(s, f, loop);
}

hr_outputs hr_scan_with(hr_scope scope, hr_fold_function function, void *argument, hr_operands elems,
                        const hr_scan_options *options) {
  static const hr_scan_options defaults = {.parallel_iterations = 10, .back_prop = true, .infer_shape = true};
  if (!options) options = &defaults;
  hr_scope s = hr_name_scope_or(scope, options->name, "scan");
  functional f = {.fold = function, .argument = argument, .backwards = options->reverse};
  hr_var_scope *caching = begin_caching(s);
  hr_outputs results = scan_rows(s, &f, elems, options);
  end_caching(s, caching);
  return results;
}
