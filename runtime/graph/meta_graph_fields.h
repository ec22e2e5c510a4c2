/* Field numbers of MetaGraphDef and its parts. */
#ifndef HR_RUNTIME_GRAPH_META_GRAPH_FIELDS_H
#define HR_RUNTIME_GRAPH_META_GRAPH_FIELDS_H

#include "headrace/graph.h"
#include "runtime/base/text.h"

enum { HR_META_INFO = 1, HR_META_GRAPH_DEF, HR_META_SAVER_DEF, HR_META_COLLECTION, HR_META_SIGNATURE, HR_META_ASSET };
enum {
  HR_INFO_GRAPH_VERSION = 1,
  HR_INFO_OP_LIST,
  HR_INFO_TAG = 4,
  HR_INFO_VERSION,
  HR_INFO_GIT_VERSION,
  HR_INFO_STRIPPED_DEFAULTS
};
enum { HR_OP_LIST_OP = 1 };
enum { HR_ASSET_TENSOR = 1, HR_ASSET_FILENAME };
enum { HR_TENSOR_INFO_NAME = 1, HR_TENSOR_INFO_DTYPE, HR_TENSOR_INFO_SHAPE, HR_TENSOR_INFO_SPARSE };
enum { HR_SPARSE_VALUES = 1, HR_SPARSE_INDICES, HR_SPARSE_DENSE_SHAPE };
enum { HR_SIGNATURE_INPUT = 1, HR_SIGNATURE_OUTPUT, HR_SIGNATURE_METHOD };
enum { HR_ANY_TYPE_URL = 1, HR_ANY_VALUE };

/* Members of CollectionDef; the values are in field 1 of each. */
typedef enum hr_collection_list {
  HR_LIST_NODES = 1,
  HR_LIST_BYTES,
  HR_LIST_INTS,
  HR_LIST_FLOATS,
  HR_LIST_ANY,
} hr_collection_list;
enum { HR_LIST_VALUE = 1 };

/* An item that came as a google.protobuf.Any: kept as its bytes. */
extern const hr_object_type hr_any_type;
HR_MUST_USE hr_status hr_make_any(hr_view bytes, hr_item *item);

/* The collection in which the assets of a SavedModel are stored, as an Any of this type each. */
#define HR_ASSETS_COLLECTION "saved_model_assets"
#define HR_ASSET_TYPE_URL    "type.googleapis.com/tensorflow.AssetFileDef"

#endif
