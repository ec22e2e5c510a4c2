/* ScalarSummary, HistogramSummary, TensorSummary, TensorSummaryV2, MergeSummary: Summary messages, field by field as
 * TensorFlow serialises them. */
#include "kernels_cpu/histogram.h"
#include "kernels_cpu/row_arithmetic.h"
#include "kernels_cpu/summary_value.h"
#include "runtime/tensor/tensor_proto.h"

#include <math.h>
#include <stdlib.h>

/* Fields of TensorProto (proto/tensor.proto). */
enum { TENSOR_DTYPE = 1, TENSOR_SHAPE = 2, TENSOR_CONTENT = 4, TENSOR_STRING = 8 };

static double number_at(const hr_tensor *t, int64_t i) {
  const void *data = hr_tensor_data(t);
  switch (t->dtype) {
  case HR_FLOAT: return (double)((const float *)data)[i];
  case HR_DOUBLE: return ((const double *)data)[i];
  case HR_HALF: return (double)hr_half_to_float(((const hr_half *)data)[i]);
  case HR_BFLOAT16: return (double)hr_bfloat16_to_float(((const hr_bfloat16 *)data)[i]);
  case HR_INT8: return ((const int8_t *)data)[i];
  case HR_INT16: return ((const int16_t *)data)[i];
  case HR_INT32: return ((const int32_t *)data)[i];
  case HR_INT64: return (double)((const int64_t *)data)[i];
  case HR_UINT8: return ((const uint8_t *)data)[i];
  default: return ((const uint16_t *)data)[i];
  }
}

/* Scalars and vectors of one element count as the same shape. */
static bool is_single(const hr_tensor *t) { return t->rank == 0 || (t->rank == 1 && t->elements == 1); }

static hr_status scalar_summary(hr_kernel_context *ctx) {
  const hr_tensor *tags = hr_input(ctx, 0), *values = hr_input(ctx, 1);
  if (!hr_same_shape(tags, values) && !(is_single(tags) && is_single(values)))
    return hr_error(HR_INVALID_ARGUMENT, "tags and values not the same shape: %s != %s%s%.*s%s",
                    HR_TENSOR_SHAPE_TEXT(tags), HR_TENSOR_SHAPE_TEXT(values), is_single(tags) ? " (tag '" : "",
                    is_single(tags) ? (int)hr_string_length(hr_string_at(tags, 0)) : 0,
                    is_single(tags) ? hr_string_data(hr_string_at(tags, 0)) : "", is_single(tags) ? "')" : "");
  hr_text text = {0};
  for (int64_t i = 0; i < values->elements; ++i) {
    size_t value = hr_wire_begin(&text, HR_SUMMARY_VALUE);
    hr_summary_put_tag(&text, hr_string_at(tags, i));
    hr_wire_put_float(&text, HR_VALUE_SIMPLE, (float)number_at(values, i));
    hr_wire_end(&text, value);
  }
  return hr_output_text(ctx, 0, &text);
}
HR_KERNEL(.op = "ScalarSummary", .types = {{"T", HR_REAL_TYPES}}, .compute = scalar_summary);

static hr_status histogram_summary(hr_kernel_context *ctx) {
  const hr_tensor *tag = hr_input(ctx, 0), *values = hr_input(ctx, 1);
  HR_TRY(hr_summary_tag_check(tag));
  hr_histogram histogram;
  hr_histogram_init(&histogram);
  for (int64_t i = 0; i < values->elements; ++i) {
    double value = number_at(values, i);
    if (!isfinite(value))
      return hr_error(HR_INVALID_ARGUMENT, "%s in summary histogram for: %s", isnan(value) ? "Nan" : "Infinity",
                      hr_node_name(hr_context_node(ctx)));
    hr_histogram_add(&histogram, value);
  }
  hr_text text = {0};
  size_t value = hr_wire_begin(&text, HR_SUMMARY_VALUE);
  hr_summary_put_tag(&text, hr_string_at(tag, 0));
  size_t message = hr_wire_begin(&text, HR_VALUE_HISTOGRAM);
  hr_histogram_to_proto(&histogram, &text);
  hr_wire_end(&text, message);
  hr_wire_end(&text, value);
  return hr_output_text(ctx, 0, &text);
}
HR_KERNEL(.op = "HistogramSummary", .types = {{"T", HR_REAL_TYPES}}, .compute = histogram_summary);

/* ---- tensors --------------------------------------------------------------------------------------------------- */

/* The tensor as Summary.Value holds it: its bytes, or its strings. */
static void put_tensor(hr_text *out, const hr_tensor *t) {
  size_t message = hr_wire_begin(out, HR_VALUE_TENSOR);
  hr_wire_put_number(out, TENSOR_DTYPE, t->dtype);
  size_t shape_message = hr_wire_begin(out, TENSOR_SHAPE);
  hr_shape shape = hr_tensor_shape(t);
  hr_partial_shape partial = hr_partial_shape_from(&shape);
  hr_shape_to_proto(&partial, out);
  hr_wire_end(out, shape_message);
  if (t->dtype != HR_STRING) {
    if (t->elements) hr_wire_put_bytes(out, TENSOR_CONTENT, (hr_view){hr_tensor_data(t), hr_tensor_bytes(t)});
  } else {
    for (int64_t i = 0; i < t->elements; ++i)
      hr_wire_put_bytes(out, TENSOR_STRING, hr_string_view(hr_string_at(t, i)));
  }
  hr_wire_end(out, message);
}

static hr_status tensor_summary(hr_kernel_context *ctx) {
  hr_text text = {0};
  size_t value = hr_wire_begin(&text, HR_SUMMARY_VALUE);
  /* Fields go by their numbers: the name of the node stands before the tensor. */
  hr_wire_put_bytes(&text, HR_VALUE_NODE_NAME, hr_view_of(hr_node_name(hr_context_node(ctx))));
  put_tensor(&text, hr_input(ctx, 0));
  hr_wire_end(&text, value);
  return hr_output_text(ctx, 0, &text);
}
HR_KERNEL(.op = "TensorSummary", .types = {{"T", HR_ANY_TYPES}}, .compute = tensor_summary);

static hr_status tensor_summary_v2(hr_kernel_context *ctx) {
  const hr_tensor *tag = hr_input(ctx, 0), *metadata = hr_input(ctx, 2);
  HR_TRY(hr_summary_tag_check(tag));
  if (metadata->rank != 0)
    return hr_error(HR_INVALID_ARGUMENT, "serialized_summary_metadata must be scalar, not shape %s",
                    HR_TENSOR_SHAPE_TEXT(metadata));
  hr_text text = {0};
  size_t value = hr_wire_begin(&text, HR_SUMMARY_VALUE);
  hr_summary_put_tag(&text, hr_string_at(tag, 0));
  put_tensor(&text, hr_input(ctx, 1));
  hr_wire_put_bytes(&text, HR_VALUE_METADATA, hr_string_view(hr_string_at(metadata, 0)));
  hr_wire_end(&text, value);
  return hr_output_text(ctx, 0, &text);
}
HR_KERNEL(.op = "TensorSummaryV2", .types = {{"T", HR_ANY_TYPES}}, .compute = tensor_summary_v2);

/* ---- MergeSummary ---------------------------------------------------------------------------------------------- */

/* Tags seen so far. */
typedef struct tag_list {
  hr_view *tags;
  uint64_t *hashes;
  size_t count, capacity;
} tag_list;

static hr_status add_tag(tag_list *list, hr_view tag) {
  uint64_t hash = hr_hash_bytes(tag.data, tag.length);
  for (size_t i = 0; i < list->count; ++i)
    if (list->hashes[i] == hash && hr_view_equal(list->tags[i], tag))
      return hr_error(HR_INVALID_ARGUMENT, "Duplicate tag %.*s found in summary inputs", (int)tag.length, tag.data);
  if (list->count == list->capacity) {
    size_t capacity = list->capacity ? 2 * list->capacity : 64;
    hr_view *tags = realloc(list->tags, capacity * sizeof *tags);
    if (tags) list->tags = tags;
    uint64_t *hashes = realloc(list->hashes, capacity * sizeof *hashes);
    if (hashes) list->hashes = hashes;
    if (!tags || !hashes) return hr_error_out_of_memory(capacity * sizeof *tags, "summary tags");
    list->capacity = capacity;
  }
  list->tags[list->count] = tag;
  list->hashes[list->count++] = hash;
  return HR_SUCCESS;
}

static hr_status malformed(void) { return hr_error(HR_INVALID_ARGUMENT, "Could not parse one of the summary inputs"); }

static hr_status read_tag(hr_view value, hr_view *tag) {
  hr_wire wire = hr_wire_of_view(value);
  uint32_t field;
  hr_wire_type type;
  *tag = (hr_view){"", 0};
  while (!hr_wire_done(&wire)) {
    if (!hr_wire_tag(&wire, &field, &type)) return malformed();
    if (field == HR_VALUE_TAG && type == HR_WIRE_BYTES ? !hr_wire_bytes(&wire, tag) : !hr_wire_skip(&wire, type))
      return malformed();
  }
  return HR_SUCCESS;
}

static hr_status merge_one(hr_view summary, tag_list *seen, hr_text *out) {
  hr_wire wire = hr_wire_of_view(summary);
  uint32_t field;
  hr_wire_type type;
  while (!hr_wire_done(&wire)) {
    hr_view value, tag;
    if (!hr_wire_tag(&wire, &field, &type)) return malformed();
    if (field != HR_SUMMARY_VALUE) {
      if (!hr_wire_skip(&wire, type)) return malformed();
      continue;
    }
    if (type != HR_WIRE_BYTES || !hr_wire_bytes(&wire, &value)) return malformed();
    HR_TRY(read_tag(value, &tag));
    /* A TensorSummary has no tag. */
    if (tag.length) HR_TRY(add_tag(seen, tag));
    hr_wire_put_bytes(out, HR_SUMMARY_VALUE, value);
  }
  return HR_SUCCESS;
}

static hr_status merge_summary(hr_kernel_context *ctx) {
  tag_list seen = {0};
  hr_text text = {0};
  hr_status status = HR_SUCCESS;
  for (int i = 0; i < hr_input_count(ctx) && !status; ++i)
    for (int64_t k = 0; k < hr_input(ctx, i)->elements && !status; ++k)
      status = merge_one(hr_string_view(hr_string_at(hr_input(ctx, i), k)), &seen, &text);
  free(seen.tags);
  free(seen.hashes);
  if (!status) return hr_output_text(ctx, 0, &text);
  hr_text_free(&text);
  return status;
}
HR_KERNEL(.op = "MergeSummary", .compute = merge_summary);
