/* Lookup tables. */
#include "headrace/lookup.h"
#include "builder/builder.h"
#include "headrace/arrays.h"
#include "headrace/variables.h"

#include <sys/random.h>

/* The last part of the name of a table's node, and a word behind it. */
static const char *name_of(hr_scope s, hr_output table, const char *word) {
  const char *name = hr_node_name(table.node), *slash = strrchr(name, '/');
  return hr_keep_printf(s, "%s_%s", slash ? slash + 1 : name, word);
}

static hr_scope scope_of(hr_scope s, const hr_op_options *options, hr_output table, const char *word) {
  if (options && options->name) return hr_name_scope(s, options->name);
  return hr_scope_ok(s) ? hr_name_scope(s, name_of(s, table, word)) : s;
}

/* ---- filling --------------------------------------------------------------------------------------------------- */

hr_node *hr_table_fill_with(hr_scope scope, hr_output table, hr_output keys, hr_output values,
                            const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "key_value_init");
  hr_node *node = hr_lookup_table_import_v2(s, table, keys, values);
  if (hr_scope_ok(s)) hr_add_node_to_collection(scope, "table_initializer", node);
  return node;
}

hr_node *hr_table_fill_from_file_with(hr_scope scope, hr_output table, hr_output file,
                                      const hr_table_fill_from_file_options *options) {
  const hr_table_fill_from_file_options o = *options;
  hr_scope s = hr_name_scope_or(scope, o.name, "text_file_init");
  hr_node *node = hr_initialize_table_from_text_file_v2(s, table, file, o.key_column, o.value_column,
                                                        .vocab_size = o.vocab_size, .delimiter = o.delimiter);
  if (!hr_scope_ok(s)) return NULL;
  hr_add_node_to_collection(scope, "table_initializer", node);
  if (strcmp(hr_node_op(file.node), "Const") == 0) hr_add_output_to_collection(scope, "asset_filepaths", file);
  return node;
}

hr_output hr_table_asset(hr_scope scope, hr_operand file) {
  return hr_convert(hr_device_scope(scope, "CPU"), file, HR_STRING, "asset_path");
}

/* ---- fixed tables ---------------------------------------------------------------------------------------------- */

/* A name that no other table has, in the form of a random UUID. */
static const char *unique_table_name(hr_scope s) {
  unsigned char id[16];
  if (getrandom(id, sizeof id, 0) != (ssize_t)sizeof id) {
    hr_scope_fail(s, hr_error(HR_UNAVAILABLE, "The system gives no random bytes"));
    return NULL;
  }
  id[6] = (unsigned char)((id[6] & 0x0f) | 0x40);
  id[8] = (unsigned char)((id[8] & 0x3f) | 0x80);
  char text[2 * sizeof id + 5], *p = text;
  for (size_t i = 0; i < sizeof id; ++i)
    p += sprintf(p, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", id[i]);
  return hr_keep_printf(s, "hash_table_%s", text);
}

static hr_table make_table(hr_scope s, hr_dtype key_dtype, hr_dtype value_dtype, hr_operand default_value,
                           const char *shared_name) {
  hr_table t = {0};
  if (!shared_name) shared_name = unique_table_name(s);
  t.default_value = hr_convert(s, default_value, value_dtype, NULL);
  t.handle = hr_hash_table_v2(s, key_dtype, value_dtype, .shared_name = shared_name, .name = "hash_table");
  return t;
}

static hr_operand or_minus_one(hr_operand value) { return hr_operand_is_given(value) ? value : hr_operand_int(-1); }

/* 0, 1, ... for each key. */
static hr_output places_of(hr_scope s, hr_output keys) {
  return hr_tf_cast(s, hr_tf_range(s, 0, hr_tf_size(s, keys), 1), HR_INT64);
}

static bool check_vocabulary(hr_scope s, hr_output keys, hr_dtype dtype) {
  if (!hr_scope_ok(s)) return false;
  hr_dtype given = hr_output_base_dtype(keys);
  bool integer = hr_dtype_is_integer(dtype);
  if (hr_dtype_is_integer(given) == integer && (integer || given == dtype)) return true;
  hr_refuse(s, "Invalid dtype: Expected %s, got %s.", hr_dtype_python_name(dtype), hr_dtype_python_name(given));
  return false;
}

hr_table hr_index_table_with(hr_scope scope, hr_operand vocabulary, const hr_index_table_options *options) {
  const hr_index_table_options o = *options;
  hr_scope s = hr_name_scope_or(scope, o.name, "string_to_index");
  hr_output keys = hr_convert(s, vocabulary, HR_INVALID, NULL);
  if (!check_vocabulary(s, keys, o.dtype)) return (hr_table){0};
  hr_output places = places_of(s, keys);
  hr_scope inner = hr_name_scope(s, "hash_table");
  if (hr_dtype_is_integer(o.dtype)) keys = hr_tf_cast(inner, keys, HR_INT64);
  hr_dtype dtype = hr_dtype_is_integer(o.dtype) ? HR_INT64 : o.dtype;
  hr_table t = make_table(inner, dtype, HR_INT64, or_minus_one(o.default_value), NULL);
  t.initializer = hr_table_fill(inner, t.handle, keys, places, .name = "table_init");
  return t;
}

hr_table hr_index_to_string_table_with(hr_scope scope, hr_operand vocabulary,
                                       const hr_index_to_string_table_options *options) {
  hr_index_to_string_table_options o = options ? *options : (hr_index_to_string_table_options){0};
  if (!hr_operand_is_given(o.default_value)) o.default_value = hr_operand_string("UNK");
  hr_scope s = hr_name_scope_or(scope, o.name, "index_to_string");
  hr_output strings = hr_convert(s, vocabulary, HR_STRING, NULL);
  hr_output places = places_of(s, strings);
  hr_table t = make_table(s, HR_INT64, HR_STRING, o.default_value, NULL);
  t.initializer = hr_table_fill(s, t.handle, places, strings, .name = "table_init");
  return t;
}

/* What others who read the same file in the same way call their table. */
static const char *file_table_name(hr_scope s, hr_operand file, int64_t key, int64_t value, int64_t vocab_size) {
  if (!hr_scope_ok(s)) return NULL;
  const char *name;
  if (file.kind == HR_OPERAND_OUTPUT) {
    name = hr_keep_printf(s, "Tensor(\"%s:%d\", shape=%s, dtype=string)", hr_node_name(file.output.node),
                          (int)file.output.index, hr_output_rank(file.output) == 0 ? "()" : "<unknown>");
  } else {
    hr_tensor path;
    hr_status status = hr_value_tensor(HR_STRING, file, &path);
    if (status) {
      hr_scope_fail(s, status);
      return NULL;
    }
    const hr_string *string = hr_tensor_data(&path);
    name = path.elements ? hr_keep_printf(s, "%.*s", (int)hr_string_length(string), hr_string_data(string)) : "";
    hr_tensor_clear(&path);
  }
  if (!name) return NULL;
  if (vocab_size > 0)
    return hr_keep_printf(s, "hash_table_%s_%lld_%lld_%lld", name, (long long)vocab_size, (long long)key,
                          (long long)value);
  return hr_keep_printf(s, "hash_table_%s_%lld_%lld", name, (long long)key, (long long)value);
}

hr_table hr_index_table_from_file_with(hr_scope scope, hr_operand file,
                                       const hr_index_table_from_file_options *options) {
  const hr_index_table_from_file_options o = *options;
  hr_scope outer = hr_name_scope_or(scope, o.name, "string_to_index"), s = hr_name_scope(outer, "hash_table");
  hr_output path = hr_table_asset(s, file);
  hr_dtype dtype = hr_dtype_is_integer(o.dtype) ? HR_INT64 : o.dtype;
  const char *name = file_table_name(s, file, o.key_column, o.value_column, o.vocab_size);
  if (!name) return (hr_table){0};
  hr_table t = make_table(s, dtype, HR_INT64, or_minus_one(o.default_value), name);
  t.initializer = hr_table_fill_from_file(s, t.handle, path, .key_column = o.key_column, .value_column = o.value_column,
                                          .vocab_size = o.vocab_size, .delimiter = o.delimiter, .name = "table_init");
  return t;
}

hr_table hr_index_to_string_table_from_file_with(hr_scope scope, hr_operand file,
                                                 const hr_index_to_string_table_from_file_options *options) {
  hr_index_to_string_table_from_file_options o = *options;
  if (!hr_operand_is_given(o.default_value)) o.default_value = hr_operand_string("UNK");
  hr_scope s = hr_name_scope_or(scope, o.name, "index_to_string");
  hr_output path = hr_table_asset(s, file);
  const char *name = file_table_name(s, file, o.key_column, o.value_column, o.vocab_size);
  if (!name) return (hr_table){0};
  hr_table t = make_table(s, HR_INT64, HR_STRING, o.default_value, name);
  t.initializer = hr_table_fill_from_file(s, t.handle, path, .key_column = o.key_column, .value_column = o.value_column,
                                          .vocab_size = o.vocab_size, .delimiter = o.delimiter, .name = "table_init");
  return t;
}

/* ---- asking ---------------------------------------------------------------------------------------------------- */

hr_output hr_table_find_with(hr_scope scope, hr_output table, hr_output keys, hr_output default_value,
                             const hr_op_options *options) {
  hr_scope s = scope_of(scope, options, table, "Lookup");
  hr_output values = hr_lookup_table_find_v2(s, table, keys, default_value);
  if (hr_scope_ok(s)) hr_know_shape(s, values, hr_output_shape(keys));
  return values;
}

hr_output hr_table_find_or_hash_with(hr_scope scope, hr_output keys, int64_t num_buckets,
                                     const hr_table_find_or_hash_options *options) {
  hr_table_find_or_hash_options o = options ? *options : (hr_table_find_or_hash_options){0};
  hr_op_options name = {.name = o.name};
  if (num_buckets == 0) return hr_table_find_with(scope, o.table, keys, o.default_value, &name);
  hr_scope s =
      o.table.node ? scope_of(scope, &name, o.table, "Lookup") : hr_name_scope_or(scope, o.name, "hash_bucket_Lookup");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output text = hr_output_base_dtype(keys) == HR_STRING ? keys : hr_as_string(s, keys);
  const int64_t key[] = {o.key_low, o.key_high};
  hr_output buckets =
      o.strong ? hr_string_to_hash_bucket_strong(s, text, num_buckets, ((hr_ints){2, key}), .name = "hash_bucket")
               : hr_string_to_hash_bucket_fast(s, text, num_buckets, .name = "hash_bucket");
  if (!o.table.node) return buckets;
  hr_output places = hr_table_find(s, o.table, keys, o.default_value);
  buckets = hr_binary(s, "Add", buckets, hr_table_size(s, o.table));
  return hr_where_v2(s, hr_binary(s, "NotEqual", places, o.default_value), places, buckets);
}

hr_output hr_table_size_with(hr_scope scope, hr_output table, const hr_table_size_options *options) {
  hr_table_size_options o = options ? *options : (hr_table_size_options){0};
  hr_op_options name = {.name = o.name};
  hr_scope s = scope_of(scope, &name, table, "Size");
  if (o.num_buckets == 0) return hr_lookup_table_size_v2(s, table);
  hr_scope inner = scope_of(s, NULL, table, "Size");
  return hr_plus(s, hr_lookup_table_size_v2(inner, table), o.num_buckets);
}

hr_table_entries hr_table_export_with(hr_scope scope, hr_output table, hr_dtype key_dtype, hr_dtype value_dtype,
                                      const hr_op_options *options) {
  hr_scope s = scope_of(scope, options, table, "Export");
  hr_lookup_table_export_v2_outputs all =
      hr_lookup_table_export_v2(s, table, key_dtype, value_dtype, .name = hr_scope_name(s));
  return (hr_table_entries){all.keys, all.values};
}

/* ---- tables that can change ------------------------------------------------------------------------------------ */

hr_output hr_mutable_table_with(hr_scope scope, hr_dtype key_dtype, hr_output default_value,
                                const hr_mutable_table_options *options) {
  hr_mutable_table_options o = options ? *options : (hr_mutable_table_options){0};
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  const char *name = o.name ? o.name : "MutableHashTable";
  hr_dtype dtype = hr_output_base_dtype(default_value);
  if (hr_output_rank(default_value) == 0)
    return hr_mutable_hash_table_v2(scope, key_dtype, dtype, .use_node_name_sharing = !o.own, .name = name);
  return hr_mutable_hash_table_of_tensors_v2(scope, key_dtype, dtype, .use_node_name_sharing = !o.own,
                                             .value_shape = *hr_output_shape(default_value), .name = name);
}

hr_output hr_mutable_table_find_with(hr_scope scope, hr_output table, hr_dtype key_dtype, hr_operand keys,
                                     hr_output default_value, const hr_op_options *options) {
  hr_scope s = scope_of(scope, options, table, "lookup_table_find");
  hr_output k = hr_convert(s, keys, key_dtype, "keys");
  return hr_lookup_table_find_v2(hr_colocate_with(s, table.node, false), table, k, default_value);
}

hr_node *hr_mutable_table_insert_with(hr_scope scope, hr_output table, hr_dtype key_dtype, hr_operand keys,
                                      hr_dtype value_dtype, hr_operand values, const hr_op_options *options) {
  hr_scope s = scope_of(scope, options, table, "lookup_table_insert");
  hr_output k = hr_convert(s, keys, key_dtype, "keys"), v = hr_convert(s, values, value_dtype, "values");
  return hr_lookup_table_insert_v2(hr_colocate_with(s, table.node, false), table, k, v);
}

hr_node *hr_mutable_table_remove_with(hr_scope scope, hr_output table, hr_output keys, const hr_op_options *options) {
  return hr_lookup_table_remove_v2(scope_of(scope, options, table, "lookup_table_remove"), table, keys);
}

hr_output hr_mutable_table_size_with(hr_scope scope, hr_output table, const hr_op_options *options) {
  hr_scope s = scope_of(scope, options, table, "Size");
  return hr_lookup_table_size_v2(hr_colocate_with(s, table.node, false), table);
}

hr_table_entries hr_mutable_table_export_with(hr_scope scope, hr_output table, hr_dtype key_dtype, hr_dtype value_dtype,
                                              const hr_op_options *options) {
  hr_scope s = scope_of(scope, options, table, "lookup_table_export_values");
  hr_lookup_table_export_v2_outputs all =
      hr_lookup_table_export_v2(hr_colocate_with(s, table.node, false), table, key_dtype, value_dtype);
  return (hr_table_entries){all.keys, all.values};
}
