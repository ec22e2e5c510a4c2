#include "builder/input/feature_specs.h"

/* ---- taking apart ------------------------------------------------------------------------------------------------ */

static int compare_keys(const void *a, const void *b) {
  return strcmp((*(const hr_feature_spec *const *)a)->key, (*(const hr_feature_spec *const *)b)->key);
}

static int32_t find_key(int32_t count, const char *const *keys, const char *key) {
  for (int32_t i = 0; i < count; ++i)
    if (strcmp(keys[i], key) == 0) return i;
  return -1;
}

/* A sparse key, which may be there already with the same type. */
static bool add_sparse(hr_scope s, hr_raw_features *raw, const char *key, hr_dtype dtype) {
  int32_t at = find_key(raw->num_sparse, raw->sparse_keys, key);
  if (at >= 0 && raw->sparse_types[at] != (int32_t)dtype) {
    hr_refuse(s, "Conflicting type %s vs %s for feature %s.", hr_dtype_python_name((hr_dtype)raw->sparse_types[at]),
              hr_dtype_python_name(dtype), key);
    return false;
  }
  if (at >= 0) return true;
  raw->sparse_keys[raw->num_sparse] = hr_keep_text(s, key);
  raw->sparse_types[raw->num_sparse++] = (int32_t)dtype;
  return hr_scope_ok(s);
}

static int compare_texts(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool add_sparse_parts(hr_scope s, hr_raw_features *raw, const hr_feature_spec *f) {
  if (f->index_keys.count < 1 || !f->value_key) {
    hr_refuse(s, "Missing %s for SparseFeature %s.", f->value_key ? "index_key" : "value_key", f->key);
    return false;
  }
  size_t bytes = sizeof(char *) * (size_t)f->index_keys.count;
  const char **sorted = hr_keep_bytes(s, bytes);
  if (!sorted) return false;
  memcpy(sorted, f->index_keys.items, bytes);
  qsort(sorted, (size_t)f->index_keys.count, sizeof *sorted, compare_texts);
  for (int32_t i = 0; i < f->index_keys.count; ++i)
    if (!add_sparse(s, raw, sorted[i], HR_INT64)) return false;
  return add_sparse(s, raw, f->value_key, f->dtype);
}

static bool add_dense(hr_scope s, hr_raw_features *raw, const hr_feature_spec *f, bool open_sequences) {
  char text[HR_SHAPE_TEXT];
  bool is_sequence = f->kind == HR_FEATURE_FIXED_LEN_SEQUENCE;
  hr_partial_shape shape = f->shape;
  if (!is_sequence && shape.rank > 0 && shape.dims[0] < 0) {
    hr_refuse(s, "First dimension of shape for feature %s unknown. Consider using FixedLenSequenceFeature.", f->key);
    return false;
  }
  if (!is_sequence && !hr_partial_shape_is_full(&shape)) {
    hr_refuse(s, "All dimensions of shape for feature %s need to be known but received %s.", f->key,
              hr_partial_shape_text(&shape, text));
    return false;
  }
  if (is_sequence && open_sequences) {
    if (!f->allow_missing) {
      hr_refuse(s, "Unsupported: FixedLenSequenceFeature requires allow_missing to be True.");
      return false;
    }
    if (shape.rank >= HR_MAX_RANK) {
      hr_refuse(s, "The shape of feature %s has too many dimensions", f->key);
      return false;
    }
    for (int d = shape.rank; d > 0; --d)
      shape.dims[d] = shape.dims[d - 1];
    shape.dims[0] = HR_UNKNOWN_DIM;
    if (shape.rank >= 0) ++shape.rank;
  }
  raw->dense[raw->num_dense] = f;
  raw->dense_types[raw->num_dense] = (int32_t)f->dtype;
  raw->dense_shapes[raw->num_dense++] = shape;
  return true;
}

static bool add_feature(hr_scope s, hr_raw_features *raw, const hr_feature_spec *f, bool open_sequences) {
  if (f->dtype == HR_INVALID) {
    hr_refuse(s, "Missing type for feature %s.", f->key);
    return false;
  }
  if (f->kind == HR_FEATURE_VAR_LEN) return add_sparse(s, raw, f->key, f->dtype);
  if (f->kind == HR_FEATURE_SPARSE) return add_sparse_parts(s, raw, f);
  return add_dense(s, raw, f, open_sequences);
}

static bool check_disjoint(hr_scope s, const hr_raw_features *raw) {
  for (int32_t i = 0; i < raw->num_dense; ++i)
    if (find_key(raw->num_sparse, raw->sparse_keys, raw->dense[i]->key) >= 0) {
      hr_refuse(s, "Dense and sparse keys must not intersect; intersection: {'%s'}", raw->dense[i]->key);
      return false;
    }
  return true;
}

bool hr_raw_features_of(hr_scope s, hr_feature_specs features, bool open_sequences, hr_raw_features *out) {
  *out = (hr_raw_features){0};
  if (!hr_scope_ok(s)) return false;
  size_t count = (size_t)features.count + 1, sparse = count;
  for (int32_t i = 0; i < features.count; ++i)
    sparse += (size_t)features.items[i].index_keys.count + 1;
  const hr_feature_spec **sorted = hr_keep_bytes(s, sizeof *sorted * count);
  out->sparse_keys = hr_keep_bytes(s, sizeof *out->sparse_keys * sparse);
  out->sparse_types = hr_keep_bytes(s, sizeof *out->sparse_types * sparse);
  out->dense = hr_keep_bytes(s, sizeof *out->dense * count);
  out->dense_types = hr_keep_bytes(s, sizeof *out->dense_types * count);
  out->dense_shapes = hr_keep_bytes(s, sizeof *out->dense_shapes * count);
  if (!hr_scope_ok(s)) return false;
  for (int32_t i = 0; i < features.count; ++i)
    sorted[i] = &features.items[i];
  qsort(sorted, (size_t)features.count, sizeof *sorted, compare_keys);
  for (int32_t i = 0; i < features.count; ++i)
    if (!add_feature(s, out, sorted[i], open_sequences)) return false;
  return check_disjoint(s, out);
}

/* ---- defaults ---------------------------------------------------------------------------------------------------- */

const char *hr_key_name(hr_scope s, const char *prefix, const char *key) {
  size_t length = strlen(prefix), at = length;
  char *name = hr_keep_bytes(s, length + strlen(key) + 1);
  if (!name) return NULL;
  memcpy(name, prefix, length);
  for (const char *c = key; *c; ++c) {
    unsigned char byte = (unsigned char)*c;
    if ((byte & 0xc0) == 0x80) continue; /* a character, however many bytes it has, is one '_' */
    bool is_allowed = (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z' && byte < 0x80) ||
                      strchr("_.-/", byte);
    name[at++] = is_allowed ? *c : '_';
  }
  return name;
}

static hr_operand empty_default(hr_scope s, hr_dtype dtype) {
  return hr_operand_output(hr_convert(s, hr_operand_items(0, NULL), dtype, "Const"));
}

/* The scalar that fills up a sequence. */
static hr_operand padding(hr_scope s, const hr_feature_spec *f) {
  if (!hr_operand_is_given(f->default_value)) {
    hr_operand nothing = f->dtype == HR_STRING ? hr_operand_string("") : hr_operand_int(0);
    return hr_operand_output(hr_convert(s, nothing, f->dtype, "Const"));
  }
  hr_output value = hr_convert(s, f->default_value, f->dtype, hr_key_name(s, "padding_", f->key));
  return hr_operand_output(hr_tf_reshape(s, value, HR_SHAPE()));
}

static hr_operand fixed_default(hr_scope s, const hr_feature_spec *f, const hr_partial_shape *shape,
                                hr_default_form form) {
  if (!hr_operand_is_given(f->default_value)) return empty_default(s, f->dtype);
  if (hr_operand_is_in_graph(f->default_value)) return f->default_value;
  hr_output value = hr_convert(s, f->default_value, f->dtype, hr_key_name(s, "key_", f->key));
  return hr_operand_output(form == HR_DEFAULT_PLAIN ? value : hr_tf_reshape(s, value, *shape));
}

const hr_operand *hr_dense_defaults(hr_scope s, const hr_raw_features *raw, hr_default_form form) {
  hr_operand *defaults = hr_keep_bytes(s, sizeof *defaults * ((size_t)raw->num_dense + 1));
  for (int32_t i = 0; defaults && i < raw->num_dense; ++i) {
    const hr_partial_shape *shape = &raw->dense_shapes[i];
    bool varies = shape->rank > 0 && shape->dims[0] < 0;
    defaults[i] = varies ? padding(s, raw->dense[i]) : fixed_default(s, raw->dense[i], shape, form);
  }
  return hr_scope_ok(s) ? defaults : NULL;
}

/* ---- arguments and outputs of the ops ---------------------------------------------------------------------------- */

hr_operand hr_keys_operand(hr_scope s, int32_t count, const char *const *keys) {
  hr_operand *items = hr_keep_bytes(s, sizeof *items * ((size_t)count + 1));
  for (int32_t i = 0; items && i < count; ++i)
    items[i] = hr_operand_string(keys[i]);
  return hr_operand_items(items ? count : 0, items);
}

hr_attr_value hr_keys_attr(hr_scope s, int32_t count, const char *const *keys) {
  hr_bytes *items = hr_keep_bytes(s, sizeof *items * ((size_t)count + 1));
  for (int32_t i = 0; items && i < count; ++i)
    items[i] = (hr_bytes){keys[i], strlen(keys[i])};
  return (hr_attr_value){.kind = HR_ATTR_STRING, .is_list = true, .count = items ? count : 0, .strings = items};
}

const char *const *hr_dense_keys(hr_scope s, const hr_raw_features *raw) {
  const char **keys = hr_keep_bytes(s, sizeof *keys * ((size_t)raw->num_dense + 1));
  for (int32_t i = 0; keys && i < raw->num_dense; ++i)
    keys[i] = raw->dense[i]->key;
  return keys;
}

hr_attr_value hr_types_attr(int32_t count, const int32_t *types) {
  return (hr_attr_value){.kind = HR_ATTR_TYPE, .is_list = true, .count = count, .types = types};
}

hr_attr_value hr_shapes_attr(int32_t count, const hr_partial_shape *shapes) {
  return (hr_attr_value){.kind = HR_ATTR_SHAPE, .is_list = true, .count = count, .shapes = shapes};
}

bool hr_raw_outputs_of(hr_scope s, hr_node *node, int first, const hr_raw_features *raw, hr_raw_outputs *out) {
  *out = (hr_raw_outputs){hr_keep_bytes(s, sizeof *out->sparse * ((size_t)raw->num_sparse + 1)),
                          hr_keep_bytes(s, sizeof *out->dense * ((size_t)raw->num_dense + 1))};
  if (!hr_scope_ok(s) || !node) return false;
  int sparse = raw->num_sparse;
  for (int i = 0; i < sparse; ++i) {
    hr_output indices = {node, first + i}, values = {node, first + sparse + i}, shape = {node, first + 2 * sparse + i};
    out->sparse[i] = hr_make_sparse_tensor(s, indices, values, shape);
  }
  for (int i = 0; i < raw->num_dense; ++i)
    out->dense[i] = (hr_output){node, first + 3 * sparse + i};
  return hr_scope_ok(s);
}

/* ---- results ----------------------------------------------------------------------------------------------------- */

static hr_sparse_tensor sparse_of(const hr_raw_features *raw, const hr_raw_outputs *outputs, const char *key) {
  return outputs->sparse[find_key(raw->num_sparse, raw->sparse_keys, key)];
}

static hr_sparse_tensor merged(hr_scope s, const hr_feature_spec *f, const hr_raw_features *raw,
                               const hr_raw_outputs *outputs) {
  hr_sparse_tensor *ids = hr_keep_bytes(s, sizeof *ids * (size_t)f->index_keys.count);
  hr_operand *sizes = hr_keep_bytes(s, sizeof *sizes * ((size_t)f->size.count + 1));
  if (!ids || !sizes) return (hr_sparse_tensor){0};
  for (int32_t i = 0; i < f->index_keys.count; ++i)
    ids[i] = sparse_of(raw, outputs, f->index_keys.items[i]);
  for (int32_t i = 0; i < f->size.count; ++i)
    sizes[i] = hr_operand_int(f->size.items[i]);
  return hr_sparse_merge_all(s, ((hr_sparse_tensors){f->index_keys.count, ids}), sparse_of(raw, outputs, f->value_key),
                             ((hr_operands){f->size.count, sizes, NULL}), .already_sorted = f->already_sorted);
}

hr_any_tensors hr_any_tensors_of(hr_scope s, hr_feature_specs features, const hr_raw_features *raw,
                                 const hr_raw_outputs *outputs) {
  const hr_any_tensors none = {0};
  hr_any_tensor *items = hr_keep_bytes(s, sizeof *items * ((size_t)features.count + 1));
  const hr_feature_spec **sorted = hr_keep_bytes(s, sizeof *sorted * ((size_t)features.count + 1));
  if (!items || !sorted) return none;
  for (int32_t i = 0; i < features.count; ++i)
    sorted[i] = &features.items[i];
  qsort(sorted, (size_t)features.count, sizeof *sorted, compare_keys);
  for (int32_t i = 0; i < features.count; ++i)
    if (sorted[i]->kind == HR_FEATURE_SPARSE)
      items[sorted[i] - features.items].sparse = merged(s, sorted[i], raw, outputs);
    else if (sorted[i]->kind == HR_FEATURE_VAR_LEN)
      items[sorted[i] - features.items].sparse = sparse_of(raw, outputs, sorted[i]->key);
  for (int32_t i = 0; i < raw->num_dense; ++i)
    items[raw->dense[i] - features.items].value = outputs->dense[i];
  return hr_scope_ok(s) ? (hr_any_tensors){features.count, items} : none;
}
