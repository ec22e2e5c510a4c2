#include "runtime/graph/function_hash.h"

#include "runtime/base/proto_check.h"
#include "runtime/base/wire.h"
#include "runtime/tensor/tensor_proto.h"
#include <stdlib.h>

#define SEED UINT64_C(0xDECAFCAFFE)

/* MurmurHash64A. */
static uint64_t hash_bytes(hr_view bytes, uint64_t seed) {
  const uint64_t m = UINT64_C(0xc6a4a7935bd1e995);
  const unsigned char *at = (const unsigned char *)bytes.data;
  uint64_t hash = seed ^ bytes.length * m;
  size_t left = bytes.length;
  for (; left >= 8; left -= 8, at += 8) {
    uint64_t word = hr_read_u64(at) * m;
    word ^= word >> 47;
    hash = (hash ^ word * m) * m;
  }
  for (size_t i = left; i-- > 0;)
    hash ^= (uint64_t)at[i] << 8 * i;
  if (left > 0) hash *= m;
  hash = (hash ^ hash >> 47) * m;
  return hash ^ hash >> 47;
}

static uint64_t hash_text(const char *text, uint64_t seed) { return hash_bytes(hr_view_of(text), seed); }

static uint64_t combine(uint64_t a, uint64_t b) {
  return a ^ (b + UINT64_C(0x9e3779b97f4a7800) + (a << 10) + (a >> 4));
}

/* A hash under way; out of memory shows in `failed`. */
typedef struct hashing {
  bool failed;
} hashing;

/* ---- attributes -------------------------------------------------------------------------------------------------- */

static uint64_t hash_message(hashing *h, const void *message, uint64_t seed) {
  hr_text bytes = {0};
  hr_proto_pack(message, &bytes);
  h->failed |= bytes.failed;
  uint64_t hash = hash_bytes((hr_view){bytes.data, bytes.length}, seed);
  hr_text_free(&bytes);
  return hash;
}

/* The elements as a tensor's content: of strings, the lengths first. */
static void write_content(const hr_tensor *tensor, hr_text *out) {
  const char *data = (const char *)hr_tensor_data(tensor);
  if (tensor->dtype != HR_STRING) {
    hr_text_add(out, data, (size_t)tensor->elements * hr_dtype_size((hr_dtype)tensor->dtype));
    return;
  }
  const hr_string *strings = (const hr_string *)(const void *)data;
  for (int64_t i = 0; i < tensor->elements; ++i)
    hr_wire_put_varint(out, hr_string_length(&strings[i]));
  for (int64_t i = 0; i < tensor->elements; ++i)
    hr_text_add(out, hr_string_data(&strings[i]), hr_string_length(&strings[i]));
}

/* A tensor counts by its content, however its proto says it. */
static uint64_t hash_tensor(hashing *h, const HrPb__TensorProto *proto) {
  enum { DTYPE = 1, SHAPE = 2, CONTENT = 4 };
  hr_text bytes = {0}, content = {0}, canonical = {0};
  hr_tensor tensor = {0};
  hr_proto_pack(proto, &bytes);
  hr_status status = hr_tensor_from_proto((hr_view){bytes.data, bytes.length}, hr_cpu_allocator(), &tensor);
  if (!status) {
    hr_shape shape = hr_tensor_shape(&tensor);
    hr_partial_shape partial = hr_partial_shape_from(&shape);
    write_content(&tensor, &content);
    hr_wire_put_number(&canonical, DTYPE, tensor.dtype);
    size_t begin = hr_wire_begin(&canonical, SHAPE);
    hr_shape_to_proto(&partial, &canonical);
    hr_wire_end(&canonical, begin);
    if (content.length > 0) hr_wire_put_bytes(&canonical, CONTENT, (hr_view){content.data, content.length});
    hr_tensor_clear(&tensor);
  }
  const hr_text *what = status ? &bytes : &canonical;
  h->failed |= bytes.failed || content.failed || canonical.failed;
  hr_status_free(status);
  uint64_t hash = hash_bytes((hr_view){what->data, what->length}, SEED);
  hr_text_free(&bytes);
  hr_text_free(&content);
  hr_text_free(&canonical);
  return hash;
}

static uint64_t hash_value(hashing *h, const HrPb__AttrValue *value) {
  if (value->value_case == HR_PB__ATTR_VALUE__VALUE_TENSOR) return hash_tensor(h, value->tensor);
  if (value->value_case != HR_PB__ATTR_VALUE__VALUE_FUNC) return hash_message(h, value, SEED);
  uint64_t hash = hash_text(value->func->name, SEED);
  for (size_t i = 0; i < value->func->n_attr; ++i) {
    hash = hash_text(value->func->attr[i]->key, hash);
    hash = combine(hash_value(h, value->func->attr[i]->value), hash);
  }
  return hash;
}

/* ---- nodes ------------------------------------------------------------------------------------------------------- */

static int compare_texts(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* Inputs in their order; control inputs, which come last, by name. */
static uint64_t hash_inputs(hashing *h, const HrPb__NodeDef *node, uint64_t hash) {
  size_t first = 0;
  for (; first < node->n_input && node->input[first][0] != '^'; ++first)
    hash = hash_text(node->input[first], hash);
  size_t count = node->n_input - first;
  if (count == 0) return hash;
  char **controls = (char **)malloc(sizeof *controls * count);
  h->failed |= !controls;
  if (!controls) return hash;
  memcpy(controls, node->input + first, sizeof *controls * count);
  qsort(controls, count, sizeof *controls, compare_texts);
  for (size_t i = 0; i < count; ++i)
    hash = hash_text(controls[i], hash);
  free(controls);
  return hash;
}

static uint64_t hash_node(hashing *h, const HrPb__NodeDef *node) {
  uint64_t hash = hash_text(node->name, SEED);
  hash = hash_text(node->op, hash);
  hash = hash_text(node->device, hash);
  hash = hash_inputs(h, node, hash);
  for (size_t i = 0; i < node->n_attr; ++i) {
    if (node->attr[i]->key[0] == '_' || !node->attr[i]->value) continue;
    hash = hash_text(node->attr[i]->key, hash);
    hash = combine(hash_value(h, node->attr[i]->value), hash);
  }
  return hash;
}

static int compare_nodes(const void *a, const void *b) {
  return strcmp((*(HrPb__NodeDef *const *)a)->name, (*(HrPb__NodeDef *const *)b)->name);
}

static uint64_t hash_nodes(hashing *h, const HrPb__FunctionDef *def) {
  size_t count = def->n_node_def;
  HrPb__NodeDef **nodes = (HrPb__NodeDef **)malloc(sizeof *nodes * (count + 1));
  h->failed |= !nodes;
  if (!nodes) return 0;
  if (count) memcpy(nodes, def->node_def, sizeof *nodes * count);
  if (count) qsort(nodes, count, sizeof *nodes, compare_nodes);
  uint64_t hash = SEED;
  for (size_t i = 0; i < count; ++i) {
    hash = hash_text(nodes[i]->name, hash);
    hash = combine(hash_node(h, nodes[i]), hash);
  }
  free(nodes);
  return hash;
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

/* Base 64, with letters in place of the two signs. */
static void write_text(uint64_t hash, char text[HR_FUNCTION_HASH_TEXT]) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789aA";
  unsigned char bytes[9] = {0};
  hr_write_u64(bytes, hash);
  for (int i = 0; i < HR_FUNCTION_HASH_TEXT - 1; ++i) {
    int bit = 6 * i, byte = bit / 8;
    unsigned pair = (unsigned)bytes[byte] << 8 | bytes[byte + 1];
    text[i] = digits[pair >> (10 - bit % 8) & 63];
  }
  text[HR_FUNCTION_HASH_TEXT - 1] = '\0';
}

hr_status hr_function_hash(const HrPb__FunctionDef *def, char text[HR_FUNCTION_HASH_TEXT]) {
  hashing h = {0};
  HrPb__OpDef signature = *def->signature;
  signature.name = (char *)(uintptr_t) "";
  uint64_t hash = hash_message(&h, &signature, SEED);
  hash = combine(hash_nodes(&h, def), hash);
  for (size_t i = 0; i < def->n_ret; ++i)
    hash = hash_text(def->ret[i]->value, hash_text(def->ret[i]->key, hash));
  for (size_t i = 0; i < def->n_control_ret; ++i)
    hash = hash_text(def->control_ret[i]->value, hash_text(def->control_ret[i]->key, hash));
  if (h.failed) return hr_error_out_of_memory(sizeof hash, "the name of a function");
  write_text(hash, text);
  return HR_SUCCESS;
}
