/* tf.saved_model: a directory with graphs, the values of their variables, signatures that tell how to use them, and
 * files that they need.
 *
 *   DIRECTORY/saved_model.pb         MetaGraphs, told apart by their tags (or saved_model.pbtxt, as text)
 *   DIRECTORY/variables/variables.*  one checkpoint, which all of them share
 *   DIRECTORY/assets/                files whose paths the graphs take
 */
#ifndef HEADRACE_SAVED_MODEL_H
#define HEADRACE_SAVED_MODEL_H

#include "headrace/graph_io.h"
#include "headrace/op_call.h"
#include "headrace/saver.h"
#include "headrace/session.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Tags and keys by convention. */
#define HR_SERVING_TAG                   "serve"
#define HR_TRAINING_TAG                  "train"
#define HR_DEFAULT_SERVING_SIGNATURE_KEY "serving_default"
#define HR_PREDICT_METHOD                "tensorflow/serving/predict"
#define HR_CLASSIFY_METHOD               "tensorflow/serving/classify"
#define HR_REGRESS_METHOD                "tensorflow/serving/regress"

/* ---- signatures ------------------------------------------------------------------------------------------------ */

/* A serialised TensorInfo: an output's name, dtype and static shape; of a sparse tensor, the names of its parts and its
 * shape as far as it is known. The caller frees the bytes with free(). */
HR_API HR_MUST_USE hr_status hr_build_tensor_info(hr_output tensor, hr_owned_bytes *out);
HR_API HR_MUST_USE hr_status hr_build_sparse_tensor_info(hr_output indices, hr_output values, hr_output dense_shape,
                                                         hr_owned_bytes *out);

/* What a TensorInfo says; names in a graph that was imported stand behind `import_scope` (may be NULL). For a dense
 * tensor `out[0]`; for a sparse one `*is_sparse` and indices, values, dense shape. InvalidArgument for bytes that are
 * no TensorInfo or name nothing, NotFound for names that the graph lacks. */
HR_API HR_MUST_USE hr_status hr_tensor_from_info(const hr_graph *graph, const void *tensor_info, size_t length,
                                                 const char *import_scope, bool *is_sparse, hr_output out[3]);

/* A serialised TensorInfo under a name of its own. */
typedef struct hr_named_info {
  const char *key;
  hr_bytes info;
} hr_named_info;
/* A serialised SignatureDef, to be freed with free(). `method_name` may be NULL. */
HR_API HR_MUST_USE hr_status hr_build_signature_def(int32_t num_inputs, const hr_named_info *inputs,
                                                    int32_t num_outputs, const hr_named_info *outputs,
                                                    const char *method_name, hr_owned_bytes *out);

/* A tensor under a name of its own. */
typedef struct hr_named_output {
  const char *key;
  hr_output output;
} hr_named_output;
/* The signatures of TensorFlow Serving. InvalidArgument: no inputs or outputs; another dtype than string examples,
 * string classes, float scores and predictions. Of classes and scores one may be HR_NO_OUTPUT. */
HR_API HR_MUST_USE hr_status hr_predict_signature_def(int32_t num_inputs, const hr_named_output *inputs,
                                                      int32_t num_outputs, const hr_named_output *outputs,
                                                      hr_owned_bytes *out);
HR_API HR_MUST_USE hr_status hr_classification_signature_def(hr_output examples, hr_output classes, hr_output scores,
                                                             hr_owned_bytes *out);
HR_API HR_MUST_USE hr_status hr_regression_signature_def(hr_output examples, hr_output predictions,
                                                         hr_owned_bytes *out);
/* Whether a SignatureDef is one of these three as its method name asks. */
HR_API bool hr_is_valid_signature(const void *signature_def, size_t length);

/* ---- saving ---------------------------------------------------------------------------------------------------- */

typedef struct hr_saved_model_builder hr_saved_model_builder;

/* Makes the directory. AlreadyExists where it holds something, NotFound where a file is in its place. */
HR_API HR_MUST_USE hr_status hr_saved_model_builder_new(const char *directory, hr_saved_model_builder **out);
/* NULL is allowed; what was written stays. */
HR_API void hr_saved_model_builder_free(hr_saved_model_builder *builder);

typedef struct hr_saved_model_options {
  int32_t num_signatures;
  const hr_signature *signatures;
  hr_outputs assets;        /* constant strings: paths of files, which are copied */
  hr_node *main_op;         /* runs when the model is loaded */
  hr_node *legacy_init_op;  /* where there is no main_op */
  hr_saver *saver;          /* in place of one that is made */
  bool clear_devices;       /* MetaGraph without device names */
  bool strip_default_attrs; /* ... without attributes that equal the op's default */
} hr_saved_model_options;
/* Builder.add_meta_graph_and_variables: takes the scope's graph with all that is in it, and saves the session's values
 * of its variables. A sharded saver is made in the scope where none is given; the collections "saved_model_assets" and
 * "saved_model_main_op" are added to. Comes first, and once: FailedPrecondition. InvalidArgument: a signature that
 * lacks names or dtypes or has a reserved key; an asset that is no constant scalar string (a type error) or empty; a
 * second main op. Errors of saving; NotFound for an asset that is not there. */
HR_API HR_MUST_USE hr_status hr_saved_model_add_meta_graph_and_variables_with(hr_saved_model_builder *builder,
                                                                              hr_scope scope, hr_session *session,
                                                                              hr_strings tags,
                                                                              const hr_saved_model_options *options);
#define hr_saved_model_add_meta_graph_and_variables(builder, scope, session, tags, ...)                                \
  hr_saved_model_add_meta_graph_and_variables_with((builder), (scope), (session), (tags),                              \
                                                   &(hr_saved_model_options){__VA_ARGS__})
/* Builder.add_meta_graph: one more graph over the same variables. As above. */
HR_API HR_MUST_USE hr_status hr_saved_model_add_meta_graph_with(hr_saved_model_builder *builder, hr_scope scope,
                                                                hr_strings tags, const hr_saved_model_options *options);
#define hr_saved_model_add_meta_graph(builder, scope, tags, ...)                                                       \
  hr_saved_model_add_meta_graph_with((builder), (scope), (tags), &(hr_saved_model_options){__VA_ARGS__})

/* Builder.save: writes saved_model.pb, or with `as_text` saved_model.pbtxt, at one stroke. `*path` (may be NULL) is the
 * file's, malloc'd. */
HR_API HR_MUST_USE hr_status hr_saved_model_save(hr_saved_model_builder *builder, bool as_text, char **path);

/* tf.saved_model.main_op: a node that initializes all variables and tables, named "group_deps". NULL after an error. */
HR_API hr_node *hr_saved_model_main_op(hr_scope scope);

/* ---- loading --------------------------------------------------------------------------------------------------- */

/* tf.saved_model.contains_saved_model: whether one of the two files is there. */
HR_API bool hr_contains_saved_model(const char *directory);

/* The serialised SavedModel of a directory, the caller's to free. NotFound where neither file is there, DataLoss where
 * it is damaged. */
HR_API HR_MUST_USE hr_status hr_saved_model_read(const char *directory, hr_owned_bytes *saved_model);
/* The serialised MetaGraphDef in it that has just these tags, in any order. Errors as above; InvalidArgument, with the
 * tags that there are, where none has. */
HR_API HR_MUST_USE hr_status hr_saved_model_find(const char *directory, hr_strings tags, hr_owned_bytes *meta_graph);

typedef struct hr_saved_model_load_options {
  const char *import_scope; /* a name scope for the nodes; NULL: the scope's own */
  bool clear_devices;
} hr_saved_model_load_options;
/* tf.saved_model.load: imports the graph into the session's, restores the variables, and runs the main op with the
 * assets' paths fed. `*meta_graph` (may be NULL) gets the serialised MetaGraphDef: hr_meta_graph_parse reads its
 * signatures. Errors of hr_saved_model_find and of importing; FailedPrecondition where there are several main ops;
 * NotFound where the folder of variables is missing; those of restoring and of the run. */
HR_API HR_MUST_USE hr_status hr_saved_model_load_with(hr_scope scope, hr_session *session, hr_strings tags,
                                                      const char *directory, hr_owned_bytes *meta_graph,
                                                      const hr_saved_model_load_options *options);
#define hr_saved_model_load(scope, session, tags, directory, meta_graph, ...)                                          \
  hr_saved_model_load_with((scope), (session), (tags), (directory), (meta_graph),                                      \
                           &(hr_saved_model_load_options){__VA_ARGS__})

#ifdef __cplusplus
}
#endif
#endif
