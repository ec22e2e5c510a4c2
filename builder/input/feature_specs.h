/* Feature specs, sorted and taken apart into what the parsing ops want: keys of sparse and of dense features. */
#ifndef HR_BUILDER_INPUT_FEATURE_SPECS_H
#define HR_BUILDER_INPUT_FEATURE_SPECS_H

#include "builder/builder.h"
#include "headrace/parsing.h"

/* Lives as long as the graph. */
typedef struct hr_raw_features {
  int32_t num_sparse, num_dense;
  const char **sparse_keys;
  int32_t *sparse_types;
  const hr_feature_spec **dense; /* in the order of their keys */
  int32_t *dense_types;
  hr_partial_shape *dense_shapes; /* as attributes: of sequences with an open first size, where `open_sequences` */
} hr_raw_features;

/* False, with the error at the builder, for specs that are wrong. */
bool hr_raw_features_of(hr_scope s, hr_feature_specs features, bool open_sequences, hr_raw_features *out);

/* How a default is made a tensor of the feature's shape. */
typedef enum hr_default_form {
  HR_DEFAULT_RESHAPED, /* values are reshaped */
  HR_DEFAULT_PLAIN,    /* nothing is */
} hr_default_form;
/* The defaults of the dense features, as the ops want them; NULL after an error. */
const hr_operand *hr_dense_defaults(hr_scope s, const hr_raw_features *raw, hr_default_form form);

/* Keys as scalars, or as a list attribute. */
hr_operand hr_keys_operand(hr_scope s, int32_t count, const char *const *keys);
hr_attr_value hr_keys_attr(hr_scope s, int32_t count, const char *const *keys);
const char *const *hr_dense_keys(hr_scope s, const hr_raw_features *raw);
hr_attr_value hr_types_attr(int32_t count, const int32_t *types);
hr_attr_value hr_shapes_attr(int32_t count, const hr_partial_shape *shapes);

/* "PREFIXkey", with '_' for each character that no name may have. */
const char *hr_key_name(hr_scope s, const char *prefix, const char *key);

/* The outputs of a parsing op from `first` on: sparse indices, values, shapes, then dense values. */
typedef struct hr_raw_outputs {
  hr_sparse_tensor *sparse;
  hr_output *dense;
} hr_raw_outputs;
bool hr_raw_outputs_of(hr_scope s, hr_node *node, int first, const hr_raw_features *raw, hr_raw_outputs *out);

/* What was parsed, in the order of the specs; features of several keys are merged. */
hr_any_tensors hr_any_tensors_of(hr_scope s, hr_feature_specs features, const hr_raw_features *raw,
                                 const hr_raw_outputs *outputs);

#endif
