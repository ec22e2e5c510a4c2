/* Names in and of a SavedModel that saving and loading share. */
#ifndef HR_BUILDER_SAVED_MODEL_H
#define HR_BUILDER_SAVED_MODEL_H

#include "headrace/saved_model.h"

#define HR_SAVED_MODEL_FILE       "saved_model.pb"
#define HR_SAVED_MODEL_TEXT_FILE  "saved_model.pbtxt"
#define HR_SAVED_MODEL_VARIABLES  "variables/variables"
#define HR_SAVED_MODEL_ASSETS     "assets"
#define HR_MAIN_OP_COLLECTION     "saved_model_main_op"
#define HR_LEGACY_INIT_COLLECTION "legacy_init_op"
#define HR_INIT_OP_SIGNATURE      "__saved_model_init_op"
#define HR_TRAIN_OP_SIGNATURE     "__saved_model_train_op"

/* Fields of SavedModel. */
enum { HR_SAVED_MODEL_SCHEMA = 1, HR_SAVED_MODEL_META_GRAPH };

/* InvalidArgument where a TensorInfo of the SignatureDef lacks its name or dtype, or the bytes are none. */
HR_MUST_USE hr_status hr_signature_check(const hr_signature *signature);

/* The op that a signature of the key HR_INIT_OP_SIGNATURE names, with `prefix` before the name. NotFound where the
 * graph lacks it. */
HR_MUST_USE hr_status hr_signature_init_op(const hr_graph *graph, const hr_signature *signature, const char *prefix,
                                           hr_node **out);

#endif
