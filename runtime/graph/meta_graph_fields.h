/* Field numbers of MetaGraphDef and its parts. */
#ifndef HR_RUNTIME_GRAPH_META_GRAPH_FIELDS_H
#define HR_RUNTIME_GRAPH_META_GRAPH_FIELDS_H

#include "headrace/graph.h"

enum { HR_META_INFO = 1, HR_META_GRAPH_DEF, HR_META_SAVER_DEF, HR_META_COLLECTION };
enum { HR_INFO_OP_LIST = 2, HR_INFO_TAG = 4, HR_INFO_VERSION, HR_INFO_GIT_VERSION, HR_INFO_STRIPPED_DEFAULTS };
enum { HR_OP_LIST_OP = 1 };

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

#endif
