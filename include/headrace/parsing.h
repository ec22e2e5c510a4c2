/* Parsing: CSV lines, and the features of Example and SequenceExample messages. Names follow the rule of math.h.
 *
 *   hr_feature_spec features[] = {{.key = "image", .dtype = HR_STRING},
 *                                 {.key = "label", .dtype = HR_INT64, .default_value = HR_OPERAND(-1)},
 *                                 {.key = "words", .kind = HR_FEATURE_VAR_LEN, .dtype = HR_STRING}};
 *   hr_any_tensors parsed = hr_tf_parse_example(s, serialized, HR_FEATURE_SPECS(features));
 *   parsed.items[0].value; parsed.items[2].sparse;
 */
#ifndef HEADRACE_PARSING_H
#define HEADRACE_PARSING_H

#include "headrace/sparse.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- what is wanted of a message --------------------------------------------------------------------------------- */

typedef enum hr_feature_kind {
  HR_FEATURE_FIXED_LEN,          /* tf.FixedLenFeature: a tensor of `shape` */
  HR_FEATURE_VAR_LEN,            /* tf.VarLenFeature: a sparse tensor of the values, however many */
  HR_FEATURE_SPARSE,             /* tf.SparseFeature: a sparse tensor of values and indices under several keys */
  HR_FEATURE_FIXED_LEN_SEQUENCE, /* tf.FixedLenSequenceFeature: a tensor of as many values of `shape` as there are */
} hr_feature_kind;

typedef struct hr_feature_spec {
  const char *key;
  hr_feature_kind kind;
  hr_dtype dtype;         /* float, int64 or string */
  hr_partial_shape shape; /* zeroed: a scalar; known */
  /* What stands for a feature that is missing, a value of `shape`; left out: it must be there. Of a sequence: the
   * scalar that fills up shorter ones, zero or "" where it is left out. */
  hr_operand default_value;
  bool allow_missing; /* of a sequence; parse_example needs it */
  /* Of a SparseFeature: the keys of its indices, one a dimension, and of its values; the sizes of the dimensions. */
  hr_strings index_keys;
  const char *value_key;
  hr_ints size;
  bool already_sorted; /* the values are in the order of their indices */
} hr_feature_spec;

/* Borrowed for the call. */
typedef struct hr_feature_specs {
  int32_t count;
  const hr_feature_spec *items;
} hr_feature_specs;
#define HR_NO_FEATURES          ((hr_feature_specs){0, NULL})
#define HR_FEATURE_SPECS(array) ((hr_feature_specs){(int32_t)(sizeof(array) / sizeof *(array)), (array)})

/* What is parsed comes in the order of the specs, as tensors or as sparse tensors; nothing after an error:
 * InvalidArgument for specs without a dtype, with shapes that are not known, keys that are there twice as features of
 * different kinds or types, defaults of other shapes. */

/* ---- Example messages -------------------------------------------------------------------------------------------- */

typedef struct hr_tf_parse_example_options {
  hr_operand example_names; /* a string for each message, for errors */
  const char *name;
} hr_tf_parse_example_options;
/* tf.parse_example: `serialized` [n] are Example messages, whose features get a first dimension of n. */
HR_API hr_any_tensors hr_tf_parse_example_with(hr_scope scope, hr_operand serialized, hr_feature_specs features,
                                               const hr_tf_parse_example_options *options);
#define hr_tf_parse_example(scope, serialized, features, ...)                                                          \
  hr_tf_parse_example_with((scope), HR_OPERAND(serialized), (features), &(hr_tf_parse_example_options){__VA_ARGS__})

/* tf.parse_single_example: one message, a scalar. With `example_names`, a scalar too, it goes through a batch of one.
 */
HR_API hr_any_tensors hr_tf_parse_single_example_with(hr_scope scope, hr_operand serialized, hr_feature_specs features,
                                                      const hr_tf_parse_example_options *options);
#define hr_tf_parse_single_example(scope, serialized, features, ...)                                                   \
  hr_tf_parse_single_example_with((scope), HR_OPERAND(serialized), (features),                                         \
                                  &(hr_tf_parse_example_options){__VA_ARGS__})

/* ---- SequenceExample messages ------------------------------------------------------------------------------------ */

typedef struct hr_parsed_sequence {
  hr_any_tensors context, lists;
  hr_any_tensors lengths; /* of each list that is a tensor: how many steps each message has; of batches alone */
} hr_parsed_sequence;
typedef struct hr_tf_parse_sequence_example_options {
  hr_feature_specs context_features, sequence_features;
  hr_operand example_names; /* as above; a scalar for a single message */
  const char *name;
} hr_tf_parse_sequence_example_options;
/* tf.io.parse_sequence_example: messages [n]. The context has features of fixed and of any length; lists have those of
 * any length, and sequences of fixed ones. */
HR_API hr_parsed_sequence hr_tf_parse_sequence_example_with(hr_scope scope, hr_operand serialized,
                                                            const hr_tf_parse_sequence_example_options *options);
#define hr_tf_parse_sequence_example(scope, serialized, ...)                                                           \
  hr_tf_parse_sequence_example_with((scope), HR_OPERAND(serialized),                                                   \
                                    &(hr_tf_parse_sequence_example_options){__VA_ARGS__})
/* tf.parse_single_sequence_example: one message, a scalar. */
HR_API hr_parsed_sequence hr_tf_parse_single_sequence_example_with(hr_scope scope, hr_operand serialized,
                                                                   const hr_tf_parse_sequence_example_options *options);
#define hr_tf_parse_single_sequence_example(scope, serialized, ...)                                                    \
  hr_tf_parse_single_sequence_example_with((scope), HR_OPERAND(serialized),                                            \
                                           &(hr_tf_parse_sequence_example_options){__VA_ARGS__})

/* ---- CSV --------------------------------------------------------------------------------------------------------- */

typedef struct hr_tf_decode_csv_options {
  const char *field_delim; /* default "," */
  bool use_quote_delim;    /* default true: fields may stand in double quotes */
  const char *na_value;    /* text that counts as a missing field */
  hr_ints select_cols;     /* ascending: the fields that are wanted; none: all */
  const char *name;
} hr_tf_decode_csv_options;
/* tf.decode_csv: the fields of lines of any shape, a tensor of that shape for each column. `record_defaults`: a scalar
 * or a vector of one, or an empty vector where a field must be there; its dtype is the column's. */
HR_API hr_outputs hr_tf_decode_csv_with(hr_scope scope, hr_operand records, hr_operands record_defaults,
                                        const hr_tf_decode_csv_options *options);
#define hr_tf_decode_csv(scope, records, record_defaults, ...)                                                         \
  HR_CALL_OP_(hr_tf_decode_csv_options,                                                                                \
              hr_tf_decode_csv_with((scope), HR_OPERAND(records), HR_OPERANDS_OF(record_defaults), &hr_options_),      \
              .field_delim = ",", .use_quote_delim = true, ##__VA_ARGS__)

#ifdef __cplusplus
}
#endif
#endif
