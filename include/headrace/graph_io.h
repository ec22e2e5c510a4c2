/* Graphs as bytes: GraphDef and MetaGraphDef, TensorFlow's own formats, in and out. */
#ifndef HEADRACE_GRAPH_IO_H
#define HEADRACE_GRAPH_IO_H

#include "headrace/graph.h"
#include "headrace/scope.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- GraphDef -------------------------------------------------------------------------------------------------- */

typedef struct hr_export_options {
  bool output_shapes;       /* add_shapes: attribute _output_shapes on every node */
  bool clear_devices;       /* without device names */
  bool strip_default_attrs; /* leave out attributes that equal the op's default */
  int32_t from_node;        /* only nodes from this index on */
} hr_export_options;

/* tf.Graph.as_graph_def: nodes in the order of creation, all attributes (defaults too) by key, control inputs by name.
 * The same graph gives the same bytes. `options` may be NULL. */
HR_API HR_MUST_USE hr_status hr_graph_export(const hr_graph *graph, const hr_export_options *options,
                                             hr_owned_bytes *out);
/* The same as text, as tf.io.write_graph writes a .pbtxt. */
HR_API HR_MUST_USE hr_status hr_graph_export_text(const hr_graph *graph, const hr_export_options *options,
                                                  hr_owned_bytes *out);

typedef struct hr_import_options {
  const char *name; /* name scope of the new nodes, made unique; NULL: "import"; "": none */
  /* Inputs of new nodes that are connected to existing outputs instead: names in the GraphDef ("x", "x:1"; "^x" for a
   * control input, whose output stands for its node). */
  int32_t num_inputs;
  const char *const *input_names;
  const hr_output *inputs;
  /* What to answer in `returns`: "x:1" gives that output (as the input map has it), "x" the node, with index -1. */
  int32_t num_returns;
  const char *const *return_names;
  hr_output *returns;
  bool clear_devices; /* ignore the devices in the GraphDef */
  /* A serialised OpList of the ops as the producer of the GraphDef knew them: attributes that are unknown here are no
   * error where they have the default that it tells. May be empty. */
  hr_bytes producer_ops;
  bool verbatim; /* as masters and workers take graphs: names may begin with an underscore, devices and colocation
                    groups are as they are written */
} hr_import_options;

/* tf.import_graph_def: adds the nodes of a serialised GraphDef, in their order as far as their inputs allow. Devices
 * and control dependencies of the scope apply. `options` may be NULL. On an error the graph is as before (the name
 * scope is used up) and the status names the node. InvalidArgument: malformed bytes, inputs, attributes, shapes, names,
 * cycles, versions; NotFound: unknown ops. Inputs that the GraphDef has no place for are InvalidArgument, too, but the
 * nodes stay, as in TensorFlow. */
HR_API HR_MUST_USE hr_status hr_graph_import(hr_scope scope, const void *bytes, size_t length,
                                             const hr_import_options *options);
/* The same from the text of a GraphDef. */
HR_API HR_MUST_USE hr_status hr_graph_import_text(hr_scope scope, const char *text, size_t length,
                                                  const hr_import_options *options);

/* An attribute's value of a serialised AttrValue, kept by the graph; a tensor, shape, type, number, string or list of
 * these. InvalidArgument for bytes that are none. */
HR_API HR_MUST_USE hr_status hr_attr_value_parse(hr_graph *graph, const void *bytes, size_t length, hr_attr_value *out);
/* The serialised NodeDef of a node, as tf.Operation.node_def: control inputs in the order in which they were added. */
HR_API HR_MUST_USE hr_status hr_node_export(const hr_node *node, hr_owned_bytes *out);
/* tf.make_tensor_proto: the serialised TensorProto of a tensor. Unimplemented for resource and variant. */
HR_API HR_MUST_USE hr_status hr_tensor_export(const hr_tensor *tensor, hr_owned_bytes *out);
/* tf.make_ndarray: `*out` (overwritten) is the tensor of a serialised TensorProto. InvalidArgument for bytes that are
 * none, Unimplemented for resource and variant. */
HR_API HR_MUST_USE hr_status hr_tensor_import(const void *bytes, size_t length, hr_tensor *out);

/* ---- MetaGraphDef: a graph with its collections, saver, ops and signatures --------------------------------------- */

/* One of a MetaGraph's signatures: a serialised SignatureDef (saved_model.h makes them). */
typedef struct hr_signature {
  const char *key;
  hr_bytes def;
} hr_signature;

typedef struct hr_meta_graph_export_options {
  hr_bytes saver_def; /* a serialised SaverDef; may be empty */
  hr_bytes meta_info; /* a serialised MetaInfoDef that is gone on from; may be empty */
  int32_t num_signatures;
  const hr_signature *signatures;
  /* Which collections go in; `collections` NULL: all. */
  int32_t num_collections;
  const char *const *collections;
  int32_t num_tags;
  const char *const *tags;
  bool clear_devices, strip_default_attrs;
  /* Only what stands in this scope, with names from there; inputs from elsewhere become "$unbound_inputs_NAME", which
   * an importer maps. Collections lose what is elsewhere (texts count as names). `saver_def` stays as it is given.
   * NULL: the whole graph. */
  const char *export_scope;
  bool clear_extraneous_savers; /* without the nodes of savers other than that of `saver_def` */
} hr_meta_graph_export_options;

/* tf.train.export_meta_graph. Variables go in as VariableDef, nodes and outputs by name. A collection that cannot be
 * stored (objects without a proto, items of several kinds) is left out with a warning. `options` may be NULL. */
HR_API HR_MUST_USE hr_status hr_meta_graph_export(const hr_graph *graph, const hr_meta_graph_export_options *options,
                                                  hr_owned_bytes *out);
HR_API HR_MUST_USE hr_status hr_meta_graph_export_text(const hr_graph *graph,
                                                       const hr_meta_graph_export_options *options,
                                                       hr_owned_bytes *out);

typedef struct hr_meta_graph_import_options {
  const char *import_scope; /* as hr_import_options.name; NULL: the scope's own */
  bool clear_devices;
  int32_t num_inputs; /* the input map of hr_import_options */
  const char *const *input_names;
  const hr_output *inputs;
  hr_owned_bytes *saver_def; /* where not NULL: gets the serialised SaverDef, NULL data where there is none */
  char **prefix;             /* where not NULL: gets the name scope of the new nodes, "scope/" or "", malloc'd */
} hr_meta_graph_import_options;

/* tf.train.import_meta_graph without the Saver: adds the nodes and puts the stored items into the graph's collections.
 * Variables become variables again. An error in the graph leaves it as it was; after an error in a collection (a name
 * that the graph lacks: NotFound) the nodes and what was read before it stay. `options` may be NULL. */
HR_API HR_MUST_USE hr_status hr_meta_graph_import(hr_scope scope, const void *bytes, size_t length,
                                                  const hr_meta_graph_import_options *options);
HR_API HR_MUST_USE hr_status hr_meta_graph_import_text(hr_scope scope, const char *text, size_t length,
                                                       const hr_meta_graph_import_options *options);

/* What a MetaGraphDef says beside its graph and collections. */
typedef struct hr_meta_graph {
  const char *meta_graph_version; /* texts that are not there are "" */
  const char *tensorflow_version, *tensorflow_git_version;
  bool stripped_default_attrs;
  int32_t num_tags;
  const char *const *tags;
  int32_t num_signatures; /* in the order of their keys */
  const hr_signature *signatures;
  int32_t num_assets;             /* files that belong to the model: of asset_file_def, or the collection */
  const char *const *asset_names; /* of the tensors that take their paths, as in "path:0" */
  const char *const *asset_files; /* in the folder of assets */
  hr_bytes saver_def;             /* may be empty */
} hr_meta_graph;

/* Reads that; to be freed with hr_meta_graph_free. InvalidArgument for bytes that are no MetaGraphDef. */
HR_API HR_MUST_USE hr_status hr_meta_graph_parse(const void *bytes, size_t length, hr_meta_graph **out);
/* NULL is allowed. */
HR_API void hr_meta_graph_free(hr_meta_graph *meta_graph);
/* The signature of a key; NULL where there is none. */
HR_API const hr_signature *hr_meta_graph_signature(const hr_meta_graph *meta_graph, const char *key);

/* How stored bytes of a collection become an item: registered by whoever knows the objects (variables, queue runners).
 * `prefix` ("scope/", or "") stands before the names in the bytes. Keys live forever; the last registration of a key
 * counts. ResourceExhausted. */
typedef hr_status (*hr_item_reader)(hr_graph *graph, const void *bytes, size_t length, const char *prefix,
                                    hr_item *out);
HR_API HR_MUST_USE hr_status hr_register_item_reader(const char *key, hr_item_reader reader);

#ifdef __cplusplus
}
#endif
#endif
