/* tf.io.parse_sequence_example, tf.parse_single_sequence_example. */
#include "builder/input/feature_specs.h"

static const hr_parsed_sequence no_sequence = {{0, NULL}, {0, NULL}, {0, NULL}};

typedef struct parts {
  hr_raw_features context, lists;
  const char *const *context_dense, *const *list_dense; /* keys */
  int32_t num_may_lack;
  const char **may_lack; /* dense lists that count as empty where they are missing */
} parts;

static bool find_may_lack(hr_scope s, parts *p) {
  p->may_lack = hr_keep_bytes(s, sizeof *p->may_lack * ((size_t)p->lists.num_dense + 1));
  for (int32_t i = 0; p->may_lack && i < p->lists.num_dense; ++i) {
    const hr_feature_spec *f = p->lists.dense[i];
    if (hr_operand_is_given(f->default_value)) {
      hr_refuse(s, "Value feature_list_dense_defaults[%s] must be None", f->key);
      return false;
    }
    if (f->allow_missing) p->may_lack[p->num_may_lack++] = f->key;
  }
  return p->may_lack != NULL;
}

static bool take_apart(hr_scope s, const hr_tf_parse_sequence_example_options *o, parts *p) {
  *p = (parts){0};
  if (o->context_features.count + o->sequence_features.count < 1) {
    hr_refuse(s, "Missing features.");
    return false;
  }
  for (int i = 0; i < 2; ++i) { /* what each half may have */
    hr_feature_specs half = i ? o->sequence_features : o->context_features;
    hr_feature_kind dense = i ? HR_FEATURE_FIXED_LEN_SEQUENCE : HR_FEATURE_FIXED_LEN;
    for (int32_t k = 0; k < half.count; ++k)
      if (half.items[k].kind != HR_FEATURE_VAR_LEN && half.items[k].kind != dense) {
        hr_refuse(s, "Unsupported kind of feature %s among the %s features.", half.items[k].key,
                  i ? "sequence" : "context");
        return false;
      }
  }
  if (!hr_raw_features_of(s, o->context_features, false, &p->context) ||
      !hr_raw_features_of(s, o->sequence_features, false, &p->lists))
    return false;
  p->context_dense = hr_dense_keys(s, &p->context);
  p->list_dense = hr_dense_keys(s, &p->lists);
  return find_may_lack(s, p) && hr_scope_ok(s);
}

static hr_parsed_sequence results(hr_scope s, const hr_tf_parse_sequence_example_options *o, hr_node *node,
                                  const parts *p, bool has_lengths) {
  int second = 3 * p->context.num_sparse + p->context.num_dense;
  int lengths = second + 3 * p->lists.num_sparse + p->lists.num_dense;
  hr_raw_outputs context, lists;
  if (!hr_raw_outputs_of(s, node, 0, &p->context, &context) || !hr_raw_outputs_of(s, node, second, &p->lists, &lists))
    return no_sequence;
  hr_parsed_sequence result = {hr_any_tensors_of(s, o->context_features, &p->context, &context),
                               hr_any_tensors_of(s, o->sequence_features, &p->lists, &lists),
                               {0, NULL}};
  if (!has_lengths) return result;
  hr_any_tensor *items = hr_keep_bytes(s, sizeof *items * ((size_t)o->sequence_features.count + 1));
  for (int32_t i = 0; items && i < p->lists.num_dense; ++i)
    items[p->lists.dense[i] - o->sequence_features.items].value = (hr_output){node, lengths + i};
  if (items) result.lengths = (hr_any_tensors){o->sequence_features.count, items};
  return result;
}

#define SHARED_ATTRS(p)                                                                                                \
  {"context_sparse_types", hr_types_attr((p)->context.num_sparse, (p)->context.sparse_types)},                         \
      {"feature_list_dense_types", hr_types_attr((p)->lists.num_dense, (p)->lists.dense_types)},                       \
      {"context_dense_shapes", hr_shapes_attr((p)->context.num_dense, (p)->context.dense_shapes)},                     \
      {"feature_list_sparse_types", hr_types_attr((p)->lists.num_sparse, (p)->lists.sparse_types)}, {                  \
    "feature_list_dense_shapes", hr_shapes_attr((p)->lists.num_dense, (p)->lists.dense_shapes)                         \
  }

hr_parsed_sequence hr_tf_parse_sequence_example_with(hr_scope scope, hr_operand serialized,
                                                     const hr_tf_parse_sequence_example_options *options) {
  hr_tf_parse_sequence_example_options o = options ? *options : (hr_tf_parse_sequence_example_options){0};
  parts p;
  if (!take_apart(scope, &o, &p)) return no_sequence;
  hr_scope s = hr_name_scope_or(scope, o.name, "ParseSequenceExample");
  const hr_operand *defaults = hr_dense_defaults(s, &p.context, HR_DEFAULT_PLAIN);
  if (!defaults) return no_sequence;
  hr_operand names = hr_operand_is_given(o.example_names) ? o.example_names : hr_operand_items(0, NULL);
  const hr_operand operands[] = {serialized, names, hr_operand_items(p.context.num_dense, defaults)};
  const hr_named_attr attrs[] = {
      SHARED_ATTRS(&p),
      {"Ncontext_sparse", HR_ATTR_INT_VALUE(p.context.num_sparse)},
      {"Ncontext_dense", HR_ATTR_INT_VALUE(p.context.num_dense)},
      {"Nfeature_list_sparse", HR_ATTR_INT_VALUE(p.lists.num_sparse)},
      {"Nfeature_list_dense", HR_ATTR_INT_VALUE(p.lists.num_dense)},
      {"context_sparse_keys", hr_keys_attr(s, p.context.num_sparse, p.context.sparse_keys)},
      {"context_dense_keys", hr_keys_attr(s, p.context.num_dense, p.context_dense)},
      {"feature_list_sparse_keys", hr_keys_attr(s, p.lists.num_sparse, p.lists.sparse_keys)},
      {"feature_list_dense_keys", hr_keys_attr(s, p.lists.num_dense, p.list_dense)},
      {"feature_list_dense_missing_assumed_empty", hr_keys_attr(s, p.num_may_lack, p.may_lack)},
  };
  hr_node *node = hr_call_op(s, "ParseSequenceExample", o.name, 3, operands, 14, attrs);
  return results(s, &o, node, &p, true);
}

hr_parsed_sequence hr_tf_parse_single_sequence_example_with(hr_scope scope, hr_operand serialized,
                                                            const hr_tf_parse_sequence_example_options *options) {
  hr_tf_parse_sequence_example_options o = options ? *options : (hr_tf_parse_sequence_example_options){0};
  parts p;
  if (!take_apart(scope, &o, &p)) return no_sequence;
  hr_scope s = hr_name_scope_or(scope, o.name, "ParseSingleSequenceExample");
  const hr_operand *defaults = hr_dense_defaults(s, &p.context, HR_DEFAULT_RESHAPED);
  if (!defaults) return no_sequence;
  const hr_operand operands[] = {
      serialized,
      hr_keys_operand(s, p.num_may_lack, p.may_lack),
      hr_keys_operand(s, p.context.num_sparse, p.context.sparse_keys),
      hr_keys_operand(s, p.context.num_dense, p.context_dense),
      hr_keys_operand(s, p.lists.num_sparse, p.lists.sparse_keys),
      hr_keys_operand(s, p.lists.num_dense, p.list_dense),
      hr_operand_items(p.context.num_dense, defaults),
      hr_operand_is_given(o.example_names) ? o.example_names : hr_operand_string(""),
  };
  const hr_named_attr attrs[] = {SHARED_ATTRS(&p)};
  hr_node *node = hr_call_op(s, "ParseSingleSequenceExample", o.name, 8, operands, 5, attrs);
  return results(s, &o, node, &p, false);
}
