/* The wire format of Example, Features and Feature messages, read by hand: nothing is unpacked, features are views of
 * the message's bytes. The messages come from outside; malformed ones are refused, never trusted. */
#ifndef HR_KERNELS_CPU_PARSING_EXAMPLE_WIRE_H
#define HR_KERNELS_CPU_PARSING_EXAMPLE_WIRE_H

#include "headrace/tensor.h"
#include "runtime/base/wire.h"

/* A Feature: the bytes of its BytesList, FloatList or Int64List, and the dtype of the values; HR_INVALID where there is
 * no list. As in TensorFlow, the first list counts. */
typedef struct hr_feature {
  hr_view list;
  hr_dtype dtype;
  bool unsupported; /* it begins with something else */
} hr_feature;

/* Names to look features up by. */
typedef struct hr_feature_keys hr_feature_keys;
/* Copies the names. NULL when out of memory. */
hr_feature_keys *hr_feature_keys_new(int32_t count, const hr_view *names);
void hr_feature_keys_free(hr_feature_keys *keys); /* NULL is allowed */
int32_t hr_feature_keys_count(const hr_feature_keys *keys);
hr_view hr_feature_key(const hr_feature_keys *keys, int32_t index);
/* Its index, the first of several equal ones; -1 where there is none. */
int32_t hr_feature_keys_find(const hr_feature_keys *keys, hr_view name);

/* The features of a serialised Example (or of what has its form): found[i] is that of key i, the last one where several
 * have its name, without a list where none has. False for malformed bytes. As TensorFlow's, this reader takes a message
 * that says to be longer than what is around it as the rest of that: an example may be cut between features. */
bool hr_example_find(const hr_feature_keys *keys, hr_view example, hr_feature *found);
/* The same of a serialised Features message; false where a feature is unsupported, too. */
bool hr_features_find(const hr_feature_keys *keys, hr_view features, hr_feature *found);
/* One serialised Feature. False for an unsupported one. */
bool hr_feature_of(hr_view bytes, hr_feature *out);

/* An entry of a map from strings to messages: Features.feature, FeatureLists.feature_list. False where malformed. */
bool hr_wire_map_entry(hr_view entry, hr_view *key, hr_view *value);

/* The number of values in the list of a feature; -1 where malformed (what it calls well-formed may turn out not to be
 * when it is read). */
int64_t hr_feature_count(const hr_feature *feature);
/* Reads all values of a feature: floats, int64 or hr_string, of which there is room for `room` (the strings must be
 * valid). Their number, of which no more than `room` were written; -1 where malformed; -2 when out of memory. */
int64_t hr_feature_read(const hr_feature *feature, void *to, int64_t room);

#endif
