/* HashTableV2, MutableHashTableV2, MutableHashTableOfTensorsV2, MutableDenseHashTableV2, InitializeTableV2 and the
 * LookupTable ops. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/lookup_table.h"
#include "runtime/base/text.h"
#include "runtime/resource/resource_manager.h"

/* ---- handles --------------------------------------------------------------------------------------------------- */

static hr_status make_table(void *argument, hr_resource **out) {
  hr_lookup_table *table;
  HR_TRY(hr_lookup_table_new(argument, &table));
  *out = &table->resource;
  return HR_SUCCESS;
}

static hr_status check_dtypes(const hr_lookup_table *t, hr_dtype key, hr_dtype value) {
  if (t->key_dtype == key && t->value_dtype == value) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "Conflicting key/value dtypes %s->%s with %s-%s for table %s",
                  hr_dtype_name(key), hr_dtype_name(value), hr_dtype_name(t->key_dtype), hr_dtype_name(t->value_dtype),
                  t->name);
}

/* The table that a node does not share. */
static hr_status find_own(const hr_kernel_construction *c, hr_lookup_table_options *o, hr_resource **out) {
  const hr_attr_value *container;
  hr_text name = {0};
  HR_TRY(hr_construction_attr(c, "container", &container));
  hr_text_printf(&name, "_own_%s", o->name);
  hr_status status = name.failed ? hr_error_out_of_memory(name.length, "a table's name")
                                 : hr_resource_lookup_or_create(c->resources, container->s, &hr_lookup_table_type,
                                                                name.data, make_table, o, out);
  hr_text_free(&name);
  return status;
}

/* Found or made in the container. A node that shares its table under no name has one of its own, which all its kernels
 * find. */
static hr_status create(const hr_kernel_construction *c, bool fixed, void **state) {
  hr_lookup_table_options o = {.name = hr_node_name(c->node), .fixed = fixed};
  bool by_node;
  const hr_attr_value *name;
  HR_TRY(hr_construction_type(c, "key_dtype", &o.key_dtype));
  HR_TRY(hr_construction_type(c, "value_dtype", &o.value_dtype));
  HR_TRY(hr_construction_bool(c, "use_node_name_sharing", &by_node));
  HR_TRY(hr_construction_attr(c, "shared_name", &name));
  const hr_attr_value *shape = hr_node_attr(c->node, "value_shape");
  if (shape && !hr_partial_shape_is_full(shape->shape))
    return hr_error(HR_INVALID_ARGUMENT, "Values of table %s must have a known shape", o.name);
  if (shape) HR_TRY(hr_shape_make(shape->shape->rank, shape->shape->dims, &o.value_shape));
  if (!by_node && !name->s[0])
    HR_TRY(find_own(c, &o, (hr_resource **)state));
  else
    HR_TRY(hr_resource_of_node(c, &hr_lookup_table_type, make_table, &o, (hr_resource **)state));
  hr_status status = check_dtypes(*state, o.key_dtype, o.value_dtype);
  if (!status) return HR_SUCCESS;
  hr_resource_unref(*state);
  *state = NULL;
  return status;
}

static hr_status create_fixed(const hr_kernel_construction *c, void **state) { return create(c, true, state); }
static hr_status create_mutable(const hr_kernel_construction *c, void **state) { return create(c, false, state); }
static void destroy(void *state) { hr_resource_unref(state); }

static hr_status handle(hr_kernel_context *ctx) { return hr_handle_new(ctx->state, hr_output_slot(ctx, 0)); }

#define KEYS                                                                                                           \
  { "key_dtype", HR_INDEX_TYPES | HR_TYPE_BIT(HR_STRING) }
#define VALUES                                                                                                         \
  {                                                                                                                    \
    "value_dtype", HR_INDEX_TYPES | HR_TYPE_BIT(HR_BOOL) | HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_DOUBLE) |            \
                       HR_TYPE_BIT(HR_STRING)                                                                          \
  }
HR_KERNEL(.op = "HashTableV2", .types = {KEYS, VALUES}, .flags = HR_KERNEL_CHEAP | HR_KERNEL_CONSTANT,
          .create = create_fixed, .destroy = destroy, .compute = handle);
HR_KERNEL(.op = "MutableHashTableV2", .types = {KEYS, VALUES}, .flags = HR_KERNEL_CHEAP | HR_KERNEL_CONSTANT,
          .create = create_mutable, .destroy = destroy, .compute = handle);
HR_KERNEL(.op = "MutableHashTableOfTensorsV2", .types = {KEYS, VALUES}, .flags = HR_KERNEL_CHEAP | HR_KERNEL_CONSTANT,
          .create = create_mutable, .destroy = destroy, .compute = handle);

static hr_status dense_handle(hr_kernel_context *ctx) {
  const hr_tensor *empty = hr_input(ctx, 0), *deleted = hr_input(ctx, 1);
  if (empty->rank != 0 || deleted->rank != 0)
    return hr_error(HR_UNIMPLEMENTED, "Keys of a MutableDenseHashTable are scalars, not of shape %s",
                    HR_TENSOR_SHAPE_TEXT(empty));
  HR_TRY(hr_lookup_table_reserve(ctx->state, empty, deleted));
  return handle(ctx);
}
HR_KERNEL(.op = "MutableDenseHashTableV2", .types = {KEYS, VALUES}, .flags = HR_KERNEL_CHEAP, .create = create_mutable,
          .destroy = destroy, .compute = dense_handle);

/* ---- filling --------------------------------------------------------------------------------------------------- */

static hr_status table_of(hr_kernel_context *ctx, hr_lookup_table **out) {
  return hr_handle_get(hr_input(ctx, 0), &hr_lookup_table_type, (hr_resource **)out);
}

static hr_status check_keys(const hr_lookup_table *t, const hr_tensor *keys) {
  if (hr_tensor_dtype(keys) == t->key_dtype) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "Key must be type %s but got %s", hr_dtype_name(t->key_dtype),
                  hr_dtype_name(hr_tensor_dtype(keys)));
}

static hr_status check_value_dtype(const hr_lookup_table *t, const hr_tensor *values) {
  if (hr_tensor_dtype(values) == t->value_dtype) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "Expected value dtype %s but got %s", hr_dtype_name(t->value_dtype),
                  hr_dtype_name(hr_tensor_dtype(values)));
}

/* The shape of the values of keys. */
static hr_shape shape_of_values(const hr_lookup_table *t, const hr_tensor *keys) {
  hr_shape shape = hr_tensor_shape(keys);
  for (int i = 0; i < t->value_shape.rank && shape.rank < HR_MAX_RANK; ++i)
    shape.dims[shape.rank++] = t->value_shape.dims[i];
  return shape;
}

static bool is_shape(const hr_tensor *t, const hr_shape *shape) {
  if (t->rank != shape->rank) return false;
  for (int i = 0; i < t->rank; ++i)
    if (t->dims[i] != shape->dims[i]) return false;
  return true;
}

static hr_status wrong_shape(const hr_shape *expected, const char *what, const hr_tensor *t) {
  char text[HR_SHAPE_TEXT];
  return hr_error(HR_INVALID_ARGUMENT, "Expected shape %s for %s, got %s", hr_shape_text(expected, text), what,
                  HR_TENSOR_SHAPE_TEXT(t));
}

/* Keys and values of inputs 1 and 2. */
static hr_status check_entries(const hr_lookup_table *t, const hr_tensor *keys, const hr_tensor *values) {
  HR_TRY(check_keys(t, keys));
  HR_TRY(check_value_dtype(t, values));
  if (keys->rank + t->value_shape.rank > HR_MAX_RANK)
    return hr_error(HR_UNIMPLEMENTED, "Values of keys of shape %s have too many dimensions",
                    HR_TENSOR_SHAPE_TEXT(keys));
  hr_shape expected = shape_of_values(t, keys);
  return is_shape(values, &expected) ? HR_SUCCESS : wrong_shape(&expected, "value", values);
}

static hr_status not_for_fixed(const hr_lookup_table *t, const char *deed) {
  return hr_error(HR_UNIMPLEMENTED, "%s not supported: table %s is filled once", deed, t->name);
}

static hr_status insert(hr_kernel_context *ctx) {
  hr_lookup_table *t;
  HR_TRY(table_of(ctx, &t));
  HR_TRY(check_entries(t, hr_input(ctx, 1), hr_input(ctx, 2)));
  if (t->fixed) return not_for_fixed(t, "Insert");
  return hr_lookup_table_insert(t, hr_input(ctx, 1), hr_input(ctx, 2), false);
}
HR_KERNEL(.op = "LookupTableInsertV2", .compute = insert);

static hr_status import(hr_kernel_context *ctx) {
  hr_lookup_table *t;
  HR_TRY(table_of(ctx, &t));
  const hr_tensor *keys = hr_input(ctx, 1), *values = hr_input(ctx, 2);
  HR_TRY(check_entries(t, keys, values));
  return t->fixed ? hr_lookup_table_fill(t, keys, values) : hr_lookup_table_insert(t, keys, values, true);
}
HR_KERNEL(.op = "LookupTableImportV2", .compute = import);

static hr_status initialize(hr_kernel_context *ctx) {
  hr_lookup_table *t;
  HR_TRY(table_of(ctx, &t));
  HR_TRY(hr_rank_check(hr_input(ctx, 1), 1, "Keys"));
  HR_TRY(check_entries(t, hr_input(ctx, 1), hr_input(ctx, 2)));
  if (!t->fixed) return hr_error(HR_INVALID_ARGUMENT, "Table %s cannot be initialized: it can change", t->name);
  return hr_lookup_table_fill(t, hr_input(ctx, 1), hr_input(ctx, 2));
}
HR_KERNEL(.op = "InitializeTableV2", .compute = initialize);

static hr_status take_out(hr_kernel_context *ctx) {
  hr_lookup_table *t;
  HR_TRY(table_of(ctx, &t));
  HR_TRY(check_keys(t, hr_input(ctx, 1)));
  return t->fixed ? not_for_fixed(t, "Remove") : hr_lookup_table_remove(t, hr_input(ctx, 1));
}
HR_KERNEL(.op = "LookupTableRemoveV2", .compute = take_out);

/* ---- asking ---------------------------------------------------------------------------------------------------- */

static hr_status find(hr_kernel_context *ctx) {
  hr_lookup_table *t;
  HR_TRY(table_of(ctx, &t));
  const hr_tensor *keys = hr_input(ctx, 1), *fallback = hr_input(ctx, 2);
  HR_TRY(check_keys(t, keys));
  HR_TRY(check_value_dtype(t, fallback));
  if (keys->rank + t->value_shape.rank > HR_MAX_RANK)
    return hr_error(HR_UNIMPLEMENTED, "Values of keys of shape %s have too many dimensions",
                    HR_TENSOR_SHAPE_TEXT(keys));
  if (!is_shape(fallback, &t->value_shape)) return wrong_shape(&t->value_shape, "default value", fallback);
  hr_shape shape = shape_of_values(t, keys);
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  return hr_lookup_table_find(t, keys, fallback, out);
}
HR_KERNEL(.op = "LookupTableFindV2", .compute = find);

static hr_status size(hr_kernel_context *ctx) {
  hr_lookup_table *t;
  HR_TRY(table_of(ctx, &t));
  *hr_output_slot(ctx, 0) = hr_tensor_i64(hr_lookup_table_size(t));
  return HR_SUCCESS;
}
HR_KERNEL(.op = "LookupTableSizeV2", .flags = HR_KERNEL_CHEAP, .compute = size);

static hr_status export(hr_kernel_context *ctx) {
  hr_lookup_table *t;
  HR_TRY(table_of(ctx, &t));
  HR_TRY(check_dtypes(t, hr_output_type(ctx, 0), hr_output_type(ctx, 1)));
  hr_tensor keys, values;
  HR_TRY(hr_lookup_table_export(t, hr_kept_memory(ctx), &keys, &values));
  hr_output_move(ctx, 0, &keys);
  hr_output_move(ctx, 1, &values);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "LookupTableExportV2", .compute = export);
