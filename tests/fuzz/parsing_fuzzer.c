/* Example and SequenceExample messages, JSON and CSV, as the parsing ops take them. The first byte chooses the op; what
 * follows is its string. */
#include "runtime/session/single_op.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LIST(kind_name, field, count_, ...)                                                                            \
  { .kind = HR_ATTR_##kind_name, .is_list = true, .count = (count_), .field = __VA_ARGS__ }

static const hr_bytes sparse_keys[] = {{"a", 1}, {"c", 1}}, dense_keys[] = {{"a", 1}, {"b", 1}, {"c", 1}};
static const int32_t sparse_types[] = {HR_FLOAT, HR_STRING}, dense_types[] = {HR_FLOAT, HR_INT64, HR_STRING};
static const hr_partial_shape shapes[] = {{.rank = 1, .dims = {-1}}, {.rank = 0}, {.rank = 1, .dims = {2}}};

static void run(const char *op, int num_inputs, const hr_tensor *inputs, int num_attrs, const hr_named_attr *attrs) {
  hr_single_op single = {.op = op, .num_inputs = num_inputs, .inputs = inputs, .num_attrs = num_attrs, .attrs = attrs};
  hr_tensor outputs[16] = {0};
  int32_t count = 0;
  hr_status status = hr_run_single_op(&single, 16, outputs, &count, NULL);
  for (int32_t i = 0; i < count && !status; ++i)
    hr_tensor_clear(&outputs[i]);
  hr_status_free(status);
}

static hr_tensor empty(hr_dtype dtype) {
  hr_tensor t = {0};
  hr_status_free(hr_tensor_new(hr_cpu_allocator(), dtype, &(hr_shape){1, {0}}, &t));
  return t;
}

static void parse_single(const hr_tensor *text) {
  hr_tensor inputs[4] = {*text, hr_tensor_f32(0), hr_tensor_i64(7), empty(HR_STRING)};
  const hr_named_attr attrs[] = {{"num_sparse", HR_ATTR_INT_VALUE(0)},
                                 {"sparse_keys", LIST(STRING, strings, 0, sparse_keys)},
                                 {"dense_keys", LIST(STRING, strings, 3, dense_keys)},
                                 {"sparse_types", LIST(TYPE, types, 0, sparse_types)},
                                 {"Tdense", LIST(TYPE, types, 3, dense_types)},
                                 {"dense_shapes", LIST(SHAPE, shapes, 3, shapes)}};
  run("ParseSingleExample", 4, inputs, 6, attrs);
  hr_tensor_clear(&inputs[3]);
}

static void parse_sequence(const hr_tensor *text) {
  hr_tensor batch, inputs[3];
  const hr_shape two = {1, {2}};
  if (hr_tensor_new(hr_cpu_allocator(), HR_STRING, &two, &batch)) return;
  const hr_string *bytes = hr_tensor_data(text);
  hr_string *items = hr_tensor_data(&batch);
  for (int i = 0; i < 2; ++i)
    hr_status_free(hr_string_set(&items[i], hr_string_data(bytes), hr_string_length(bytes)));
  inputs[0] = batch;
  inputs[1] = empty(HR_STRING);
  inputs[2] = hr_tensor_i64(7);
  const hr_named_attr attrs[] = {
      {"feature_list_dense_missing_assumed_empty", LIST(STRING, strings, 1, &dense_keys[2])},
      {"context_sparse_keys", LIST(STRING, strings, 2, sparse_keys)},
      {"context_dense_keys", LIST(STRING, strings, 1, &dense_keys[1])},
      {"feature_list_sparse_keys", LIST(STRING, strings, 1, sparse_keys)},
      {"feature_list_dense_keys", LIST(STRING, strings, 1, &dense_keys[2])},
      {"Ncontext_sparse", HR_ATTR_INT_VALUE(2)},
      {"Ncontext_dense", HR_ATTR_INT_VALUE(1)},
      {"Nfeature_list_sparse", HR_ATTR_INT_VALUE(1)},
      {"Nfeature_list_dense", HR_ATTR_INT_VALUE(1)},
      {"context_sparse_types", LIST(TYPE, types, 2, sparse_types)},
      {"Tcontext_dense", LIST(TYPE, types, 1, &dense_types[1])},
      {"feature_list_dense_types", LIST(TYPE, types, 1, &dense_types[2])},
      {"context_dense_shapes", LIST(SHAPE, shapes, 1, &shapes[1])},
      {"feature_list_sparse_types", LIST(TYPE, types, 1, sparse_types)},
      {"feature_list_dense_shapes", LIST(SHAPE, shapes, 1, &shapes[2])},
  };
  run("ParseSequenceExample", 3, inputs, 15, attrs);
  hr_tensor_clear(&inputs[1]);
  hr_tensor_clear(&batch);
}

static void decode_csv(const hr_tensor *text) {
  hr_tensor inputs[4] = {*text, hr_tensor_f32(0), hr_tensor_i64(7), empty(HR_STRING)};
  const hr_named_attr attrs[] = {{"OUT_TYPE", LIST(TYPE, types, 3, dense_types)}};
  run("DecodeCSV", 4, inputs, 1, attrs);
  hr_tensor_clear(&inputs[3]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  hr_tensor text;
  if (size < 1) return 0;
  hr_status status = hr_tensor_string(data + 1, size - 1, &text);
  if (status) {
    hr_status_free(status);
    return 0;
  }
  switch (data[0] % 4) {
  case 0: parse_single(&text); break;
  case 1: parse_sequence(&text); break;
  case 2: run("DecodeJSONExample", 1, &text, 0, NULL); break;
  default: decode_csv(&text); break;
  }
  hr_tensor_clear(&text);
  return 0;
}
