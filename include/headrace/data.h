/* Datasets: input pipelines as nodes of a graph, node for node as TensorFlow 1.15's tf.data makes them.
 *
 *   static void square(void *unused, hr_scope s, hr_outputs x, hr_results *results) {
 *     hr_return(results, hr_square(s, x.items[0]));
 *   }
 *   hr_output numbers = hr_dataset_range(s, 0, 100, 1);
 *   const hr_defined *squaring = hr_dataset_function(s, numbers, "Dataset_map_square", square, NULL);
 *   hr_output squares = hr_dataset_shuffle(s, hr_dataset_map(s, numbers, squaring), 10, .seed = HR_OPERAND(3));
 *   hr_iterator_ends it = hr_make_one_shot_iterator(s, squares);
 *   hr_outputs next = hr_next_element(s, it.handle, hr_dataset_types(s, squares), hr_dataset_shapes(s, squares));
 *
 * A dataset is a scalar of dtype variant. What its elements consist of, dtypes and static shapes, is known with it.
 * Each function answers HR_NO_OUTPUT after an error, which is at the scope's builder. Numbers and flags are operands,
 * HR_OPERAND(10) and hr_operand_bool(true), which become Consts named as TensorFlow names them.
 */
#ifndef HEADRACE_DATA_H
#define HEADRACE_DATA_H

#include "headrace/function.h"
#include "headrace/operand.h"
#include "headrace/parsing.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- elements ---------------------------------------------------------------------------------------------------- */

/* The dtypes and static shapes of a dataset's elements; empty, with an error, where the output is no dataset. */
HR_API hr_types hr_dataset_types(hr_scope scope, hr_output dataset);
HR_API hr_shapes hr_dataset_shapes(hr_scope scope, hr_output dataset);
/* Says them of a variant that no dataset's node made: an argument of a function. */
HR_API void hr_dataset_describe(hr_scope scope, hr_output dataset, hr_types types, hr_shapes shapes);

/* ---- sources ----------------------------------------------------------------------------------------------------- */

/* Values as tensors, in the scope "normalize_element". */
HR_API hr_outputs hr_dataset_components(hr_scope scope, hr_operands values);
/* One element; one for each row of the components' first dimension: ValueError where they differ or have none. */
HR_API hr_output hr_dataset_from_tensors(hr_scope scope, hr_outputs components);
HR_API hr_output hr_dataset_from_tensor_slices(hr_scope scope, hr_outputs components);
/* Rows of a sparse tensor: indices, values, dense shape. */
HR_API hr_output hr_dataset_from_sparse_slices(hr_scope scope, hr_sparse_tensor tensor);
HR_API hr_output hr_dataset_range_with(hr_scope scope, hr_operand start, hr_operand stop, hr_operand step,
                                       const hr_op_options *options);
#define hr_dataset_range(scope, start, stop, step, ...)                                                                \
  hr_dataset_range_with((scope), HR_OPERAND(start), HR_OPERAND(stop), HR_OPERAND(step), &(hr_op_options){__VA_ARGS__})

/* Lines and records of files. `filenames` is a string or a vector of them; "ZLIB", "GZIP" or "" packs them; reading is
 * by buffers of `buffer_size` bytes (not given: 256 KiB). */
typedef struct hr_dataset_files_options {
  hr_operand compression_type;
  hr_operand buffer_size;
} hr_dataset_files_options;
HR_API hr_output hr_dataset_text_lines_with(hr_scope scope, hr_operand filenames,
                                            const hr_dataset_files_options *options);
#define hr_dataset_text_lines(scope, filenames, ...)                                                                   \
  hr_dataset_text_lines_with((scope), HR_OPERAND(filenames), &(hr_dataset_files_options){__VA_ARGS__})
HR_API hr_output hr_dataset_records_with(hr_scope scope, hr_operand filenames, const hr_dataset_files_options *options);
#define hr_dataset_records(scope, filenames, ...)                                                                      \
  hr_dataset_records_with((scope), HR_OPERAND(filenames), &(hr_dataset_files_options){__VA_ARGS__})
typedef struct hr_dataset_fixed_records_options {
  hr_operand header_bytes, footer_bytes; /* not given: 0 */
  hr_operand compression_type;           /* given: FixedLengthRecordDatasetV2 */
  hr_operand buffer_size;
} hr_dataset_fixed_records_options;
HR_API hr_output hr_dataset_fixed_records_with(hr_scope scope, hr_operand filenames, hr_operand record_bytes,
                                               const hr_dataset_fixed_records_options *options);
#define hr_dataset_fixed_records(scope, filenames, record_bytes, ...)                                                  \
  hr_dataset_fixed_records_with((scope), HR_OPERAND(filenames), HR_OPERAND(record_bytes),                              \
                                &(hr_dataset_fixed_records_options){__VA_ARGS__})
/* Keys and values of LMDB databases, whose folders or files `filenames` names. */
HR_API hr_output hr_dataset_lmdb(hr_scope scope, hr_operand filenames);
/* The paths that match patterns, sorted; with an Assert that there are any. */
HR_API hr_output hr_dataset_matching_files(hr_scope scope, hr_operand patterns);
/* The rows that a database answers a query with, a scalar of each dtype: strings, integers up to int64, bools, doubles.
 * The only driver is "sqlite", and the source the path of a file. */
HR_API hr_output hr_dataset_sql(hr_scope scope, hr_operand driver_name, hr_operand data_source_name, hr_operand query,
                                hr_types output_types);

/* ---- sequences --------------------------------------------------------------------------------------------------- */

HR_API hr_output hr_dataset_zip(hr_scope scope, hr_outputs datasets);
/* A type error where the dtypes differ. */
HR_API hr_output hr_dataset_concatenate(hr_scope scope, hr_output dataset, hr_output other);
/* A count that is not given: for ever. */
HR_API hr_output hr_dataset_repeat(hr_scope scope, hr_output dataset, hr_operand count);
HR_API hr_output hr_dataset_take(hr_scope scope, hr_output dataset, hr_operand count);
HR_API hr_output hr_dataset_skip(hr_scope scope, hr_output dataset, hr_operand count);
HR_API hr_output hr_dataset_shard(hr_scope scope, hr_output dataset, hr_operand num_shards, hr_operand index);
typedef struct hr_dataset_shuffle_options {
  hr_operand seed;          /* not given: none */
  bool same_each_iteration; /* reshuffle_each_iteration=False */
} hr_dataset_shuffle_options;
HR_API hr_output hr_dataset_shuffle_with(hr_scope scope, hr_output dataset, hr_operand buffer_size,
                                         const hr_dataset_shuffle_options *options);
#define hr_dataset_shuffle(scope, dataset, buffer_size, ...)                                                           \
  hr_dataset_shuffle_with((scope), (dataset), HR_OPERAND(buffer_size), &(hr_dataset_shuffle_options){__VA_ARGS__})
/* In memory where the file name is empty. */
HR_API hr_output hr_dataset_cache(hr_scope scope, hr_output dataset, hr_operand filename);
/* A buffer size of -1: as it suits. */
HR_API hr_output hr_dataset_prefetch(hr_scope scope, hr_output dataset, hr_operand buffer_size, int64_t slack_period);
/* `drop_remainder` that is not given: false. */
HR_API hr_output hr_dataset_batch(hr_scope scope, hr_output dataset, hr_operand batch_size, hr_operand drop_remainder);
/* One padded shape and one padding value for each component. Values that are not given are zeros and "". ValueError for
 * shapes that do not fit, TypeError for values of other dtypes. */
HR_API hr_output hr_dataset_padded_batch(hr_scope scope, hr_output dataset, hr_operand batch_size,
                                         hr_operands padded_shapes, hr_operands padding_values,
                                         hr_operand drop_remainder);
HR_API hr_output hr_dataset_window(hr_scope scope, hr_output dataset, hr_operand size, hr_operand shift,
                                   hr_operand stride, hr_operand drop_remainder);
/* Rows of the components along their first dimension. ValueError for scalars, and sizes that differ. The second one is
 * its node alone, for elements whose components all are plain tensors. */
HR_API hr_output hr_dataset_unbatch(hr_scope scope, hr_output dataset);
HR_API hr_output hr_dataset_rows(hr_scope scope, hr_output dataset);

/* ---- functions --------------------------------------------------------------------------------------------------- */

/* Traces a function of the dataset's elements, named "Dataset_map_NAME" by convention, and puts it into the graph's
 * library. */
HR_API const hr_defined *hr_dataset_function(hr_scope scope, hr_output dataset, const char *name, hr_function_body body,
                                             void *argument);

typedef struct hr_dataset_map_options {
  hr_operand num_parallel_calls; /* given: ParallelMapDataset; -1: as it suits */
  bool preserve_cardinality;
  bool alone; /* use_inter_op_parallelism=False */
} hr_dataset_map_options;
HR_API hr_output hr_dataset_map_with(hr_scope scope, hr_output dataset, const hr_defined *function,
                                     const hr_dataset_map_options *options);
#define hr_dataset_map(scope, dataset, function, ...)                                                                  \
  hr_dataset_map_with((scope), (dataset), (function), &(hr_dataset_map_options){__VA_ARGS__})
typedef struct hr_dataset_map_and_batch_options {
  hr_operand num_parallel_calls; /* default 1 */
  hr_operand drop_remainder;     /* default false */
  bool preserve_cardinality;     /* tf.data says true */
} hr_dataset_map_and_batch_options;
HR_API hr_output hr_dataset_map_and_batch_with(hr_scope scope, hr_output dataset, const hr_defined *function,
                                               hr_operand batch_size, const hr_dataset_map_and_batch_options *options);
#define hr_dataset_map_and_batch(scope, dataset, function, batch_size, ...)                                            \
  hr_dataset_map_and_batch_with((scope), (dataset), (function), HR_OPERAND(batch_size),                                \
                                &(hr_dataset_map_and_batch_options){__VA_ARGS__})
/* Functions that return a scalar bool: ValueError otherwise. */
HR_API hr_output hr_dataset_filter(hr_scope scope, hr_output dataset, const hr_defined *predicate);
HR_API hr_output hr_dataset_take_while(hr_scope scope, hr_output dataset, const hr_defined *predicate);
/* Functions that return a dataset: a type error otherwise. */
HR_API hr_output hr_dataset_flat_map(hr_scope scope, hr_output dataset, const hr_defined *function);
typedef struct hr_dataset_interleave_options {
  hr_operand num_parallel_calls; /* given: ParallelInterleaveDatasetV2 */
} hr_dataset_interleave_options;
HR_API hr_output hr_dataset_interleave_with(hr_scope scope, hr_output dataset, const hr_defined *function,
                                            hr_operand cycle_length, hr_operand block_length,
                                            const hr_dataset_interleave_options *options);
#define hr_dataset_interleave(scope, dataset, function, cycle_length, block_length, ...)                               \
  hr_dataset_interleave_with((scope), (dataset), (function), HR_OPERAND(cycle_length), HR_OPERAND(block_length),       \
                             &(hr_dataset_interleave_options){__VA_ARGS__})
/* What `next` gives for the state that `init` makes of `arguments`, until it fails with OutOfRange. */
HR_API hr_output hr_dataset_generator(hr_scope scope, hr_outputs arguments, const hr_defined *init,
                                      const hr_defined *next, const hr_defined *finalize);
/* Elements reduced to a state of the tensors `initial`. A function that returns another number of tensors is
 * InvalidArgument where it is called. */
HR_API hr_outputs hr_dataset_reduce(hr_scope scope, hr_output dataset, hr_outputs initial, const hr_defined *function);
/* The one element. */
HR_API hr_outputs hr_dataset_single_element(hr_scope scope, hr_output dataset);

/* ---- what TensorFlow calls experimental -------------------------------------------------------------------------- */

/* The elements without those that failed; without those that were there before (one component, of integers or
 * strings); shuffled and repeated through one buffer; random numbers. A seed that is not given: none. */
HR_API hr_output hr_dataset_ignore_errors(hr_scope scope, hr_output dataset);
HR_API hr_output hr_dataset_unique(hr_scope scope, hr_output dataset);
typedef struct hr_dataset_seed_options {
  hr_operand seed;
} hr_dataset_seed_options;
HR_API hr_output hr_dataset_shuffle_and_repeat_with(hr_scope scope, hr_output dataset, hr_operand buffer_size,
                                                    hr_operand count, const hr_dataset_seed_options *options);
HR_API hr_output hr_dataset_random_with(hr_scope scope, const hr_dataset_seed_options *options);
/* The next element of the dataset whose number comes next in `selector`. */
HR_API hr_output hr_dataset_directed_interleave(hr_scope scope, hr_output selector, hr_outputs datasets);
typedef struct hr_dataset_parallel_interleave_options {
  hr_operand sloppy; /* not given: false */
  hr_operand buffer_output_elements, prefetch_input_elements;
} hr_dataset_parallel_interleave_options;
HR_API hr_output hr_dataset_parallel_interleave_with(hr_scope scope, hr_output dataset, const hr_defined *function,
                                                     hr_operand cycle_length, hr_operand block_length,
                                                     const hr_dataset_parallel_interleave_options *options);
/* A function of a state and an element, which returns the next state and what the new dataset has. */
HR_API hr_output hr_dataset_scan(hr_scope scope, hr_output dataset, hr_outputs initial, const hr_defined *function);
/* Windows of elements with one key, each made a dataset by `reduce` of key and window. */
HR_API hr_output hr_dataset_group_by_window(hr_scope scope, hr_output dataset, const hr_defined *key,
                                            const hr_defined *reduce, const hr_defined *window_size);

/* One element for each key, a scalar of int64, in their order: the state that `init` makes of the key, to which
 * `reduce` of state and element adds each element of that key, as `finalize` gives it. */
HR_API hr_output hr_dataset_group_by_reducer(hr_scope scope, hr_output dataset, const hr_defined *key,
                                             const hr_defined *init, const hr_defined *reduce,
                                             const hr_defined *finalize);
/* `batch_size` tensors, whose shapes may differ, as a sparse tensor whose rows have `row_shape`; sizes of -1 are those
 * of the largest. */
HR_API hr_output hr_dataset_sparse_batch(hr_scope scope, hr_output dataset, hr_operand batch_size,
                                         hr_operand row_shape);

/* The elements on device `target_device`, of a pipeline on `source_device`, such as "/cpu:0". The last dataset of its
 * pipeline but for a prefetch; iterators of it need their options without optimizations and autotuning. A device that
 * the process does not have is Internal where elements are asked for. */
HR_API hr_output hr_dataset_copy_to_device(hr_scope scope, hr_output dataset, const char *target_device,
                                           const char *source_device);

/* ---- tables and examples ----------------------------------------------------------------------------------------- */

typedef struct hr_dataset_csv_options {
  hr_operand compression_type; /* "", "ZLIB" or "GZIP" */
  hr_operand buffer_size;      /* bytes read at once */
  hr_operand header;           /* whether the first record of a file is passed over; default false */
  hr_operand field_delim;      /* default "," */
  hr_operand use_quote_delim;  /* default true: fields may stand in double quotes */
  hr_operand na_value;         /* text that counts as a missing field */
  hr_operand select_cols;      /* ascending: the fields that are wanted; not given: all */
} hr_dataset_csv_options;
/* The records of CSV files. `record_defaults`: a scalar or a vector of one for each column; an array without elements
 * where a field must be there; its dtype is the column's: float, double, int32, int64 or string. */
HR_API hr_output hr_dataset_csv_with(hr_scope scope, hr_operand filenames, hr_operands record_defaults,
                                     const hr_dataset_csv_options *options);
#define hr_dataset_csv(scope, filenames, record_defaults, ...)                                                         \
  hr_dataset_csv_with((scope), HR_OPERAND(filenames), (record_defaults), &(hr_dataset_csv_options){__VA_ARGS__})

typedef struct hr_dataset_parse_examples_options {
  hr_operand num_parallel_calls; /* default 1 */
} hr_dataset_parse_examples_options;
/* The features of batches of Example messages: a component for each feature, in the order of their keys. Sparse ones
 * are vectors of three variants, as of SerializeSparse. A type error for datasets of anything but vectors of strings;
 * else what hr_tf_parse_example says. */
HR_API hr_output hr_dataset_parse_examples_with(hr_scope scope, hr_output dataset, hr_feature_specs features,
                                                const hr_dataset_parse_examples_options *options);
#define hr_dataset_parse_examples(scope, dataset, features, ...)                                                       \
  hr_dataset_parse_examples_with((scope), (dataset), (features), &(hr_dataset_parse_examples_options){__VA_ARGS__})

typedef struct hr_dataset_write_records_options {
  hr_operand compression_type; /* "", "ZLIB" or "GZIP" */
} hr_dataset_write_records_options;
/* The operation that writes all elements, scalar strings, to a TFRecord file. */
HR_API hr_node *hr_dataset_write_records_with(hr_scope scope, hr_output dataset, hr_operand filename,
                                              const hr_dataset_write_records_options *options);
#define hr_dataset_write_records(scope, dataset, filename, ...)                                                        \
  hr_dataset_write_records_with((scope), (dataset), HR_OPERAND(filename),                                              \
                                &(hr_dataset_write_records_options){__VA_ARGS__})

/* ---- statistics -------------------------------------------------------------------------------------------------- */

/* The same elements; histograms of their bytes, or of the microseconds that each took, go to the pipeline's aggregator
 * (hr_dataset_options) under the name `tag`. */
HR_API hr_output hr_dataset_bytes_produced_stats(hr_scope scope, hr_output dataset, hr_operand tag);
HR_API hr_output hr_dataset_latency_stats(hr_scope scope, hr_output dataset, hr_operand tag);

/* ---- options ----------------------------------------------------------------------------------------------------- */

/* What stands on top of a pipeline where an iterator begins: OptimizeDataset (left out without optimizations, and where
 * a function read a reference variable), ModelDataset. A zeroed struct is TensorFlow's default. */
typedef struct hr_dataset_options {
  bool no_optimizations; /* else those below, or the default ones where none are given */
  hr_strings optimizations, optimization_configs;
  bool no_autotune;
  int64_t autotune_algorithm, autotune_cpu_budget;
  int64_t max_intra_op_parallelism, private_threadpool_size; /* 0: not set */
  hr_operand stats_aggregator; /* a handle of StatsAggregatorHandle: where statistics go */
  const char *stats_prefix, *stats_counter_prefix;
} hr_dataset_options;
HR_API hr_output hr_dataset_apply_options(hr_scope scope, hr_output dataset, const hr_dataset_options *options);
/* Whether a function of the pipeline read a reference variable, for which its optimizations are left out. */
HR_API bool hr_dataset_captures_reference(hr_scope scope, hr_output dataset);

/* ---- iterators --------------------------------------------------------------------------------------------------- */

typedef struct hr_iterator_ends {
  hr_output handle;        /* a resource */
  hr_node *initializer;    /* NULL of a one-shot iterator */
  hr_output string_handle; /* to feed where iterators are chosen at run time */
} hr_iterator_ends;

/* An iterator that begins by itself: the dataset's nodes are copied into a function. FailedPrecondition where they read
 * what cannot be copied, variables and placeholders. */
HR_API hr_iterator_ends hr_make_one_shot_iterator_with(hr_scope scope, hr_output dataset,
                                                       const hr_dataset_options *options);
#define hr_make_one_shot_iterator(scope, dataset, ...)                                                                 \
  hr_make_one_shot_iterator_with((scope), (dataset), &(hr_dataset_options){__VA_ARGS__})
/* An iterator that `initializer` begins, each time it runs. */
HR_API hr_iterator_ends hr_make_initializable_iterator_with(hr_scope scope, hr_output dataset, const char *shared_name,
                                                            const hr_dataset_options *options);
#define hr_make_initializable_iterator(scope, dataset, shared_name, ...)                                               \
  hr_make_initializable_iterator_with((scope), (dataset), (shared_name), &(hr_dataset_options){__VA_ARGS__})
/* An iterator for any dataset with such elements, which hr_make_initializer begins. */
HR_API hr_iterator_ends hr_iterator_of_structure(hr_scope scope, hr_types types, hr_shapes shapes,
                                                 const char *shared_name);
HR_API hr_node *hr_make_initializer_with(hr_scope scope, hr_output handle, hr_output dataset,
                                         const hr_op_options *options);
#define hr_make_initializer(scope, handle, dataset, ...)                                                               \
  hr_make_initializer_with((scope), (handle), (dataset), &(hr_op_options){__VA_ARGS__})
/* The iterator whose string handle is `string_handle`. */
HR_API hr_iterator_ends hr_iterator_of_string_handle(hr_scope scope, hr_operand string_handle, hr_types types,
                                                     hr_shapes shapes);
/* The next element. */
HR_API hr_outputs hr_next_element_with(hr_scope scope, hr_output handle, hr_types types, hr_shapes shapes,
                                       const hr_op_options *options);
#define hr_next_element(scope, handle, types, shapes, ...)                                                             \
  hr_next_element_with((scope), (handle), (types), (shapes), &(hr_op_options){__VA_ARGS__})

#ifdef __cplusplus
}
#endif
#endif
