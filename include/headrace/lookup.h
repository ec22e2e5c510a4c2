/* Lookup tables: from keys to values, kept by the session beyond runs (tf.lookup, tf.contrib.lookup).
 *
 * A fixed table is made, filled by a node of the collection "table_initializer" (hr_tables_initializer runs them all),
 * and asked. Keys are int32, int64 or strings. */
#ifndef HEADRACE_LOOKUP_H
#define HEADRACE_LOOKUP_H

#include "headrace/math.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A fixed table: its handle, what keys that it does not have get, and the node that fills it. */
typedef struct hr_table {
  hr_output handle, default_value;
  hr_node *initializer;
} hr_table;

/* ---- fixed tables ---------------------------------------------------------------------------------------------- */

/* What of a file's line a key or a value is: a column, counted from 0, or one of these. */
#define HR_TABLE_WHOLE_LINE  (-2)
#define HR_TABLE_LINE_NUMBER (-1)

typedef struct hr_index_table_options {
  hr_dtype dtype;           /* of the keys: HR_STRING (default), or an integer type, whose keys become int64 */
  hr_operand default_value; /* left out: -1 */
  const char *name;
} hr_index_table_options;
/* tf.contrib.lookup.index_table_from_tensor: from each key of a vector to its place, int64. InvalidArgument for a
 * vocabulary of another kind of dtype. */
HR_API hr_table hr_index_table_with(hr_scope scope, hr_operand vocabulary, const hr_index_table_options *options);
#define hr_index_table(scope, vocabulary, ...)                                                                         \
  HR_CALL_OP_(hr_index_table_options, hr_index_table_with((scope), HR_OPERAND(vocabulary), &hr_options_),              \
              .dtype = HR_STRING, ##__VA_ARGS__)

typedef struct hr_index_table_from_file_options {
  hr_dtype dtype;                   /* as above */
  hr_operand default_value;         /* left out: -1 */
  int64_t vocab_size;               /* lines that count; default -1: all */
  int64_t key_column, value_column; /* default HR_TABLE_WHOLE_LINE and HR_TABLE_LINE_NUMBER */
  const char *delimiter;            /* one character; default a tab */
  const char *name;
} hr_index_table_from_file_options;
/* tf.contrib.lookup.index_table_from_file. The file's name, where it is a constant, is in the collection
 * "asset_filepaths". */
HR_API hr_table hr_index_table_from_file_with(hr_scope scope, hr_operand file,
                                              const hr_index_table_from_file_options *options);
#define hr_index_table_from_file(scope, file, ...)                                                                     \
  HR_CALL_OP_(hr_index_table_from_file_options,                                                                        \
              hr_index_table_from_file_with((scope), HR_OPERAND(file), &hr_options_), .dtype = HR_STRING,              \
              .vocab_size = -1, .key_column = -2, .value_column = -1, .delimiter = "\t", ##__VA_ARGS__)

typedef struct hr_index_to_string_table_options {
  hr_operand default_value; /* left out: "UNK" */
  const char *name;
} hr_index_to_string_table_options;
/* tf.contrib.lookup.index_to_string_table_from_tensor: from places, int64, to the strings of a vector. */
HR_API hr_table hr_index_to_string_table_with(hr_scope scope, hr_operand vocabulary,
                                              const hr_index_to_string_table_options *options);
#define hr_index_to_string_table(scope, vocabulary, ...)                                                               \
  hr_index_to_string_table_with((scope), HR_OPERAND(vocabulary), &(hr_index_to_string_table_options){__VA_ARGS__})

typedef struct hr_index_to_string_table_from_file_options {
  hr_operand default_value; /* left out: "UNK" */
  int64_t vocab_size, key_column, value_column;
  const char *delimiter;
  const char *name;
} hr_index_to_string_table_from_file_options;
/* tf.contrib.lookup.index_to_string_table_from_file: to the lines of a file. */
HR_API hr_table hr_index_to_string_table_from_file_with(hr_scope scope, hr_operand file,
                                                        const hr_index_to_string_table_from_file_options *options);
#define hr_index_to_string_table_from_file(scope, file, ...)                                                           \
  HR_CALL_OP_(hr_index_to_string_table_from_file_options,                                                              \
              hr_index_to_string_table_from_file_with((scope), HR_OPERAND(file), &hr_options_), .vocab_size = -1,      \
              .key_column = -1, .value_column = -2, .delimiter = "\t", ##__VA_ARGS__)

/* ---- filling --------------------------------------------------------------------------------------------------- */

/* Fills a fixed table with a vector of keys and their values; the node is in the collection "table_initializer". */
HR_API hr_node *hr_table_fill_with(hr_scope scope, hr_output table, hr_output keys, hr_output values,
                                   const hr_op_options *options);
#define hr_table_fill(scope, table, keys, values, ...)                                                                 \
  hr_table_fill_with((scope), (table), (keys), (values), &(hr_op_options){__VA_ARGS__})

/* The name of a file, a string on the CPU. */
HR_API hr_output hr_table_asset(hr_scope scope, hr_operand file);

typedef struct hr_table_fill_from_file_options {
  int64_t key_column, value_column, vocab_size; /* default -2, -1, -1 */
  const char *delimiter;                        /* default a tab */
  const char *name;
} hr_table_fill_from_file_options;
/* The same from the lines of a file, whose name is a string. */
HR_API hr_node *hr_table_fill_from_file_with(hr_scope scope, hr_output table, hr_output file,
                                             const hr_table_fill_from_file_options *options);
#define hr_table_fill_from_file(scope, table, file, ...)                                                               \
  HR_CALL_OP_(hr_table_fill_from_file_options, hr_table_fill_from_file_with((scope), (table), (file), &hr_options_),   \
              .key_column = -2, .value_column = -1, .vocab_size = -1, .delimiter = "\t", ##__VA_ARGS__)

/* ---- asking ---------------------------------------------------------------------------------------------------- */

/* The values of keys, in the keys' shape, default_value for those that the table does not have. Both have the table's
 * dtypes. */
HR_API hr_output hr_table_find_with(hr_scope scope, hr_output table, hr_output keys, hr_output default_value,
                                    const hr_op_options *options);
#define hr_table_find(scope, table, keys, default_value, ...)                                                          \
  hr_table_find_with((scope), (table), (keys), (default_value), &(hr_op_options){__VA_ARGS__})

typedef struct hr_table_find_or_hash_options {
  hr_output table, default_value; /* left out: all keys are hashed */
  bool strong;                    /* by a hash with a key */
  int64_t key_low, key_high;
  const char *name;
} hr_table_find_or_hash_options;
/* tf.contrib.lookup.IdTableWithHashBuckets: keys, int64 or strings, that an index table does not have get one of
 * num_buckets numbers behind its own. */
HR_API hr_output hr_table_find_or_hash_with(hr_scope scope, hr_output keys, int64_t num_buckets,
                                            const hr_table_find_or_hash_options *options);
#define hr_table_find_or_hash(scope, keys, num_buckets, ...)                                                           \
  hr_table_find_or_hash_with((scope), (keys), (num_buckets), &(hr_table_find_or_hash_options){__VA_ARGS__})

typedef struct hr_table_size_options {
  int64_t num_buckets; /* counted, too */
  const char *name;
} hr_table_size_options;
/* How many keys a table has, int64. */
HR_API hr_output hr_table_size_with(hr_scope scope, hr_output table, const hr_table_size_options *options);
#define hr_table_size(scope, table, ...) hr_table_size_with((scope), (table), &(hr_table_size_options){__VA_ARGS__})

typedef struct hr_table_entries {
  hr_output keys, values;
} hr_table_entries;
/* All keys [n] and values [n, ...] of a table. */
HR_API hr_table_entries hr_table_export_with(hr_scope scope, hr_output table, hr_dtype key_dtype, hr_dtype value_dtype,
                                             const hr_op_options *options);
#define hr_table_export(scope, table, key_dtype, value_dtype, ...)                                                     \
  hr_table_export_with((scope), (table), (key_dtype), (value_dtype), &(hr_op_options){__VA_ARGS__})

/* ---- tables that can change ------------------------------------------------------------------------------------ */

typedef struct hr_mutable_table_options {
  bool own; /* no other node's table; default: shared by nodes of its name */
  const char *name;
} hr_mutable_table_options;
/* tf.contrib.lookup.MutableHashTable: the handle of a table whose values are like default_value. */
HR_API hr_output hr_mutable_table_with(hr_scope scope, hr_dtype key_dtype, hr_output default_value,
                                       const hr_mutable_table_options *options);
#define hr_mutable_table(scope, key_dtype, default_value, ...)                                                         \
  hr_mutable_table_with((scope), (key_dtype), (default_value), &(hr_mutable_table_options){__VA_ARGS__})

/* What follows stands where the table stands. Keys and values become tensors of the given dtypes. */
HR_API hr_output hr_mutable_table_find_with(hr_scope scope, hr_output table, hr_dtype key_dtype, hr_operand keys,
                                            hr_output default_value, const hr_op_options *options);
HR_API hr_node *hr_mutable_table_insert_with(hr_scope scope, hr_output table, hr_dtype key_dtype, hr_operand keys,
                                             hr_dtype value_dtype, hr_operand values, const hr_op_options *options);
HR_API hr_node *hr_mutable_table_remove_with(hr_scope scope, hr_output table, hr_output keys,
                                             const hr_op_options *options);
HR_API hr_output hr_mutable_table_size_with(hr_scope scope, hr_output table, const hr_op_options *options);
HR_API hr_table_entries hr_mutable_table_export_with(hr_scope scope, hr_output table, hr_dtype key_dtype,
                                                     hr_dtype value_dtype, const hr_op_options *options);
#define hr_mutable_table_find(scope, table, key_dtype, keys, default_value, ...)                                       \
  hr_mutable_table_find_with((scope), (table), (key_dtype), HR_OPERAND(keys), (default_value),                         \
                             &(hr_op_options){__VA_ARGS__})
#define hr_mutable_table_insert(scope, table, key_dtype, keys, value_dtype, values, ...)                               \
  hr_mutable_table_insert_with((scope), (table), (key_dtype), HR_OPERAND(keys), (value_dtype), HR_OPERAND(values),     \
                               &(hr_op_options){__VA_ARGS__})
#define hr_mutable_table_remove(scope, table, keys, ...)                                                               \
  hr_mutable_table_remove_with((scope), (table), (keys), &(hr_op_options){__VA_ARGS__})
#define hr_mutable_table_size(scope, table, ...)                                                                       \
  hr_mutable_table_size_with((scope), (table), &(hr_op_options){__VA_ARGS__})
#define hr_mutable_table_export(scope, table, key_dtype, value_dtype, ...)                                             \
  hr_mutable_table_export_with((scope), (table), (key_dtype), (value_dtype), &(hr_op_options){__VA_ARGS__})

#ifdef __cplusplus
}
#endif
#endif
