/* Signatures of SavedModels. */
#include "builder/builder.h"
#include "builder/saved_model.h"
#include "proto/meta_graph.pb-c.h"
#include "runtime/base/proto_check.h"
#include "runtime/base/wire.h"
#include "runtime/graph/attr_proto.h"
#include "runtime/graph/graphdef_export.h"
#include "runtime/graph/meta_graph_fields.h"
#include "runtime/tensor/tensor_proto.h"

/* ---- TensorInfo ------------------------------------------------------------------------------------------------ */

static void add_name(hr_text *out, uint32_t field, hr_output tensor) {
  hr_text name = {0};
  hr_text_printf(&name, "%s:%d", hr_node_name(tensor.node), (int)tensor.index);
  hr_wire_put_bytes(out, field, (hr_view){name.data, name.length});
  out->failed |= name.failed;
  hr_text_free(&name);
}

static void add_kind(hr_text *out, hr_dtype dtype, const hr_partial_shape *shape) {
  hr_wire_put_number(out, HR_TENSOR_INFO_DTYPE, dtype);
  size_t begin = hr_wire_begin(out, HR_TENSOR_INFO_SHAPE);
  hr_shape_to_proto(shape, out);
  hr_wire_end(out, begin);
}

static void add_info(hr_text *out, hr_output tensor) {
  add_name(out, HR_TENSOR_INFO_NAME, tensor);
  add_kind(out, hr_output_dtype(tensor), hr_output_shape(tensor));
}

static hr_status no_tensor(void) { return hr_error(HR_INVALID_ARGUMENT, "A signature needs a tensor"); }

hr_status hr_build_tensor_info(hr_output tensor, hr_owned_bytes *out) {
  hr_text text = {0};
  *out = (hr_owned_bytes){0};
  if (!tensor.node) return no_tensor();
  add_info(&text, tensor);
  return hr_text_to_owned_bytes(&text, out);
}

hr_status hr_build_sparse_tensor_info(hr_output indices, hr_output values, hr_output dense_shape, hr_owned_bytes *out) {
  hr_text text = {0};
  hr_partial_shape shape;
  *out = (hr_owned_bytes){0};
  if (!indices.node || !values.node || !dense_shape.node) return no_tensor();
  HR_TRY(hr_constant_value_as_shape(dense_shape, &shape));
  add_kind(&text, hr_output_dtype(values), &shape);
  size_t begin = hr_wire_begin(&text, HR_TENSOR_INFO_SPARSE);
  add_name(&text, HR_SPARSE_VALUES, values);
  add_name(&text, HR_SPARSE_INDICES, indices);
  add_name(&text, HR_SPARSE_DENSE_SHAPE, dense_shape);
  hr_wire_end(&text, begin);
  return hr_text_to_owned_bytes(&text, out);
}

static hr_status find_tensor(const hr_graph *graph, const char *import_scope, const char *name, hr_output *out) {
  if (!import_scope || !*import_scope) return hr_graph_output(graph, name, out);
  hr_text full = {0};
  hr_text_printf(&full, "%s/%s", import_scope, name);
  hr_status status = full.failed ? hr_error_out_of_memory(256, "a name") : hr_graph_output(graph, full.data, out);
  hr_text_free(&full);
  return status;
}

hr_status hr_tensor_from_info(const hr_graph *graph, const void *tensor_info, size_t length, const char *import_scope,
                              bool *is_sparse, hr_output out[3]) {
  hr_arena arena = {0};
  HrPb__TensorInfo *info;
  HR_TRY(hr_proto_unpack(&hr_pb__tensor_info__descriptor, &arena, tensor_info, length, NULL, &info));
  hr_status status = HR_SUCCESS;
  *is_sparse = info->encoding_case == HR_PB__TENSOR_INFO__ENCODING_COO_SPARSE;
  if (info->encoding_case == HR_PB__TENSOR_INFO__ENCODING_NAME) {
    status = find_tensor(graph, import_scope, info->name, &out[0]);
  } else if (*is_sparse) {
    const char *names[] = {info->coo_sparse->indices_tensor_name, info->coo_sparse->values_tensor_name,
                           info->coo_sparse->dense_shape_tensor_name};
    for (int i = 0; i < 3 && !status; ++i)
      status = find_tensor(graph, import_scope, names[i], &out[i]);
  } else {
    status = hr_error(HR_INVALID_ARGUMENT, "Invalid TensorInfo: it names no tensor");
  }
  hr_arena_free(&arena);
  return status;
}

/* ---- SignatureDef ---------------------------------------------------------------------------------------------- */

static int by_key(const void *a, const void *b) {
  return strcmp(((const hr_named_info *)a)->key, ((const hr_named_info *)b)->key);
}

static hr_status add_infos(hr_text *out, uint32_t field, int32_t count, const hr_named_info *infos) {
  hr_named_info *sorted = malloc(((size_t)count + 1) * sizeof *sorted);
  if (!sorted) return hr_error_out_of_memory((size_t)count * sizeof *sorted, "a signature");
  if (count > 0) {
    memcpy(sorted, infos, (size_t)count * sizeof *sorted);
    qsort(sorted, (size_t)count, sizeof *sorted, by_key);
  }
  for (int32_t i = 0; i < count; ++i) {
    size_t entry = hr_wire_begin(out, field);
    hr_wire_put_bytes(out, HR_ENTRY_KEY, hr_view_of(sorted[i].key));
    hr_wire_put_bytes(out, HR_ENTRY_VALUE, (hr_view){sorted[i].info.data, sorted[i].info.length});
    hr_wire_end(out, entry);
  }
  free(sorted);
  return HR_SUCCESS;
}

hr_status hr_build_signature_def(int32_t num_inputs, const hr_named_info *inputs, int32_t num_outputs,
                                 const hr_named_info *outputs, const char *method_name, hr_owned_bytes *out) {
  hr_text text = {0};
  *out = (hr_owned_bytes){0};
  hr_status status = add_infos(&text, HR_SIGNATURE_INPUT, num_inputs, inputs);
  if (!status) status = add_infos(&text, HR_SIGNATURE_OUTPUT, num_outputs, outputs);
  if (!status && method_name) hr_wire_put_bytes(&text, HR_SIGNATURE_METHOD, hr_view_of(method_name));
  if (!status) return hr_text_to_owned_bytes(&text, out);
  hr_text_free(&text);
  return status;
}

/* From tensors: makes their infos first. */
static hr_status build(int32_t num_inputs, const hr_named_output *inputs, int32_t num_outputs,
                       const hr_named_output *outputs, const char *method_name, hr_owned_bytes *out) {
  size_t count = (size_t)(num_inputs + num_outputs);
  hr_named_info *infos = calloc(count + 1, sizeof *infos);
  hr_text text = {0}; /* all infos, one behind the other */
  *out = (hr_owned_bytes){0};
  if (!infos) return hr_error_out_of_memory(count * sizeof *infos, "a signature");
  hr_status status = HR_SUCCESS;
  for (size_t i = 0; i < count && !status; ++i) {
    const hr_named_output *named = i < (size_t)num_inputs ? &inputs[i] : &outputs[i - (size_t)num_inputs];
    size_t begin = text.length;
    if (named->output.node)
      add_info(&text, named->output);
    else
      status = no_tensor();
    infos[i] = (hr_named_info){named->key, {NULL, text.length - begin}};
  }
  if (!status && text.failed) status = hr_error_out_of_memory(text.length, "a signature");
  const char *at = text.data;
  for (size_t i = 0; i < count && !status; ++i) {
    infos[i].info.data = at;
    at += infos[i].info.length;
  }
  if (!status) status = hr_build_signature_def(num_inputs, infos, num_outputs, infos + num_inputs, method_name, out);
  free(infos);
  hr_text_free(&text);
  return status;
}

hr_status hr_predict_signature_def(int32_t num_inputs, const hr_named_output *inputs, int32_t num_outputs,
                                   const hr_named_output *outputs, hr_owned_bytes *out) {
  *out = (hr_owned_bytes){0};
  if (num_inputs <= 0) return hr_error(HR_INVALID_ARGUMENT, "Prediction inputs cannot be None or empty.");
  if (num_outputs <= 0) return hr_error(HR_INVALID_ARGUMENT, "Prediction outputs cannot be None or empty.");
  return build(num_inputs, inputs, num_outputs, outputs, HR_PREDICT_METHOD, out);
}

static hr_status must_be(hr_output tensor, hr_dtype dtype, const char *what) {
  if (hr_output_dtype(tensor) == dtype) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "%s must be a %s Tensor, not one of %s: %s", what, hr_dtype_name(dtype),
                  hr_dtype_name(hr_output_dtype(tensor)), hr_node_name(tensor.node));
}

hr_status hr_classification_signature_def(hr_output examples, hr_output classes, hr_output scores,
                                          hr_owned_bytes *out) {
  *out = (hr_owned_bytes){0};
  if (!examples.node) return hr_error(HR_INVALID_ARGUMENT, "Classification examples cannot be None.");
  if (!classes.node && !scores.node)
    return hr_error(HR_INVALID_ARGUMENT, "Classification classes and scores cannot both be None.");
  HR_TRY(must_be(examples, HR_STRING, "Classification examples"));
  hr_named_output outputs[2];
  int32_t count = 0;
  if (classes.node) {
    HR_TRY(must_be(classes, HR_STRING, "Classification classes"));
    outputs[count++] = (hr_named_output){"classes", classes};
  }
  if (scores.node) {
    HR_TRY(must_be(scores, HR_FLOAT, "Classification scores"));
    outputs[count++] = (hr_named_output){"scores", scores};
  }
  return build(1, &(hr_named_output){"inputs", examples}, count, outputs, HR_CLASSIFY_METHOD, out);
}

hr_status hr_regression_signature_def(hr_output examples, hr_output predictions, hr_owned_bytes *out) {
  *out = (hr_owned_bytes){0};
  if (!examples.node) return hr_error(HR_INVALID_ARGUMENT, "Regression examples cannot be None.");
  if (!predictions.node) return hr_error(HR_INVALID_ARGUMENT, "Regression predictions cannot be None.");
  HR_TRY(must_be(examples, HR_STRING, "Regression examples"));
  HR_TRY(must_be(predictions, HR_FLOAT, "Regression output"));
  return build(1, &(hr_named_output){"inputs", examples}, 1, &(hr_named_output){"outputs", predictions},
               HR_REGRESS_METHOD, out);
}

/* ---- checks ---------------------------------------------------------------------------------------------------- */

/* The dtype under a key of a map: DT_INVALID where it is not there. Keys are checked by their number. */
static int dtype_of(size_t count, HrPb__SignatureDef__OutputsEntry **entries, const char *key) {
  for (size_t i = 0; i < count; ++i)
    if (strcmp(entries[i]->key, key) == 0 && entries[i]->value) return (int)entries[i]->value->dtype;
  return HR_INVALID;
}

static bool has_only_examples(const HrPb__SignatureDef *def) {
  return def->n_inputs == 1 && strcmp(def->inputs[0]->key, "inputs") == 0 && def->inputs[0]->value &&
         (int)def->inputs[0]->value->dtype == HR_STRING;
}

static bool is_valid(const HrPb__SignatureDef *def) {
  if (strcmp(def->method_name, HR_PREDICT_METHOD) == 0) return def->n_inputs > 0 && def->n_outputs > 0;
  if (strcmp(def->method_name, HR_REGRESS_METHOD) == 0)
    return has_only_examples(def) && def->n_outputs == 1 && dtype_of(1, def->outputs, "outputs") == HR_FLOAT;
  if (strcmp(def->method_name, HR_CLASSIFY_METHOD) != 0 || !has_only_examples(def)) return false;
  size_t known = 0;
  known += dtype_of(def->n_outputs, def->outputs, "classes") == HR_STRING;
  known += dtype_of(def->n_outputs, def->outputs, "scores") == HR_FLOAT;
  return known > 0 && known == def->n_outputs;
}

bool hr_is_valid_signature(const void *signature_def, size_t length) {
  hr_arena arena = {0};
  HrPb__SignatureDef *def;
  hr_status status = hr_proto_unpack(&hr_pb__signature_def__descriptor, &arena, signature_def, length, NULL, &def);
  bool valid = !status && is_valid(def);
  hr_status_free(status);
  hr_arena_free(&arena);
  return valid;
}

static hr_status check_info(const char *key, const char *name, const HrPb__TensorInfo *info) {
  if (!info || info->encoding_case == HR_PB__TENSOR_INFO__ENCODING__NOT_SET)
    return hr_error(HR_INVALID_ARGUMENT, "Signature %s: the TensorInfo of '%s' names no tensor", key, name);
  if (info->dtype == HR_PB__DATA_TYPE__DT_INVALID)
    return hr_error(HR_INVALID_ARGUMENT, "Signature %s: the TensorInfo of '%s' has no dtype", key, name);
  return HR_SUCCESS;
}

hr_status hr_signature_check(const hr_signature *signature) {
  hr_arena arena = {0};
  HrPb__SignatureDef *def;
  hr_status status = hr_proto_unpack(&hr_pb__signature_def__descriptor, &arena, signature->def.data,
                                     signature->def.length, NULL, &def);
  for (size_t i = 0; !status && i < def->n_inputs; ++i)
    status = check_info(signature->key, def->inputs[i]->key, def->inputs[i]->value);
  for (size_t i = 0; !status && i < def->n_outputs; ++i)
    status = check_info(signature->key, def->outputs[i]->key, def->outputs[i]->value);
  hr_arena_free(&arena);
  return status;
}

hr_status hr_signature_init_op(const hr_graph *graph, const hr_signature *signature, const char *prefix,
                               hr_node **out) {
  hr_arena arena = {0};
  HrPb__SignatureDef *def;
  *out = NULL;
  hr_status status = hr_proto_unpack(&hr_pb__signature_def__descriptor, &arena, signature->def.data,
                                     signature->def.length, NULL, &def);
  for (size_t i = 0; !status && i < def->n_outputs && !*out; ++i) {
    const HrPb__TensorInfo *info = def->outputs[i]->value;
    bool named = strcmp(def->outputs[i]->key, HR_INIT_OP_SIGNATURE) == 0 && info &&
                 info->encoding_case == HR_PB__TENSOR_INFO__ENCODING_NAME;
    if (!named) continue;
    const char *name = hr_arena_printf(&arena, "%s%s", prefix, info->name);
    *out = name ? hr_graph_find(graph, name) : NULL;
    if (!name)
      status = hr_error_out_of_memory(256, "a name");
    else if (!*out)
      status = hr_error(HR_NOT_FOUND, "The name '%s' refers to an Operation not in the graph.", name);
  }
  hr_arena_free(&arena);
  return status;
}
