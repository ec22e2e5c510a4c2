/* Summary nodes. */
#include "headrace/summary.h"
#include "builder/builder.h"
#include "headrace/variables.h"
#include <ctype.h>

/* `name` as a tag may be spelled: no '/' in front, '_' for what tags do not have. */
static char *clean_tag(hr_scope scope, const char *name) {
  char *tag = (char *)hr_keep_text(scope, name + strspn(name, "/"));
  for (char *c = tag; c && *c; ++c)
    if (!isalnum((unsigned char)*c) && !strchr("-_./", *c)) *c = '_';
  return tag;
}

/* The name scope that makes a summary unique, and the tag that follows from it. */
static hr_scope open_summary(hr_scope scope, const char *name, const hr_summary_options *options, const char **tag) {
  *tag = "";
  if (!name) {
    hr_refuse(scope, "A summary needs a name");
    return scope;
  }
  char *clean = clean_tag(scope, name);
  char *family = options && options->family ? clean_tag(scope, options->family) : NULL;
  if (!clean || !hr_scope_ok(scope)) return scope;
  const char *base = family ? hr_keep_printf(scope, "%s/%s", family, clean) : clean;
  hr_scope s = base ? hr_name_scope(scope, base) : scope;
  const char *prefix = hr_scope_name(s);
  int length = (int)strlen(prefix);
  if (length > 0 && prefix[length - 1] == '/') --length;
  const char *made =
      family ? hr_keep_printf(s, "%s/%.*s", family, length, prefix) : hr_keep_printf(s, "%.*s", length, prefix);
  if (made) *tag = made;
  return s;
}

static hr_output collect(hr_scope scope, hr_output summary, const hr_summary_options *options) {
  static const char *const standard[] = {HR_SUMMARIES};
  hr_strings keys = options && options->collections ? *options->collections : (hr_strings){1, standard};
  for (int32_t i = 0; i < keys.count && summary.node; ++i)
    hr_add_output_to_collection(scope, keys.items[i], summary);
  return summary;
}

/* The op of a summary, named for the scope: tag, values, and what else it takes. */
static hr_output summary(hr_scope scope, const char *op, int32_t count, const hr_operand *operands, int32_t attr_count,
                         const hr_named_attr *attrs) {
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  return (hr_output){hr_call_op(scope, op, hr_scope_name(scope), count, operands, attr_count, attrs), 0};
}

hr_output hr_summary_scalar_with(hr_scope scope, const char *name, hr_operand value,
                                 const hr_summary_options *options) {
  const char *tag;
  hr_scope s = open_summary(scope, name, options, &tag);
  const hr_operand operands[] = {hr_operand_output(hr_constant_string(s, tag, .name = "tags")), value};
  return collect(s, summary(s, "ScalarSummary", 2, operands, 0, NULL), options);
}

hr_output hr_summary_histogram_with(hr_scope scope, const char *name, hr_operand values,
                                    const hr_summary_options *options) {
  const char *tag;
  hr_scope s = open_summary(scope, name, options, &tag);
  const hr_operand operands[] = {hr_operand_output(hr_constant_string(s, tag, .name = "tag")), values};
  return collect(s, summary(s, "HistogramSummary", 2, operands, 0, NULL), options);
}

hr_output hr_summary_image_with(hr_scope scope, const char *name, hr_operand tensor,
                                const hr_summary_media_options *options) {
  hr_summary_media_options o = options ? *options : (hr_summary_media_options){HR_SUMMARY_MEDIA_DEFAULTS};
  const hr_summary_options where = {o.collections, o.family};
  const char *tag;
  hr_scope s = open_summary(scope, name, &where, &tag);
  const hr_operand operands[] = {hr_operand_output(hr_constant_string(s, tag, .name = "tag")), tensor};
  const hr_named_attr attr = {"max_images", HR_ATTR_INT_VALUE(o.max_outputs)};
  return collect(s, summary(s, "ImageSummary", 2, operands, 1, &attr), &where);
}

hr_output hr_summary_audio_with(hr_scope scope, const char *name, hr_operand tensor, hr_operand sample_rate,
                                const hr_summary_media_options *options) {
  hr_summary_media_options o = options ? *options : (hr_summary_media_options){HR_SUMMARY_MEDIA_DEFAULTS};
  const hr_summary_options where = {o.collections, o.family};
  const char *tag;
  hr_scope s = open_summary(scope, name, &where, &tag);
  const hr_operand rate = hr_operand_output(hr_convert(s, sample_rate, HR_FLOAT, "sample_rate"));
  const hr_operand operands[] = {hr_operand_output(hr_constant_string(s, tag, .name = "tag")), tensor, rate};
  const hr_named_attr attr = {"max_outputs", HR_ATTR_INT_VALUE(o.max_outputs)};
  return collect(s, summary(s, "AudioSummaryV2", 3, operands, 1, &attr), &where);
}

/* A string constant of any bytes. */
static hr_output bytes_constant(hr_scope scope, hr_bytes bytes, const char *name) {
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  hr_tensor tensor = {0};
  hr_status status = hr_tensor_string(bytes.data, bytes.length, &tensor);
  if (status) {
    hr_scope_fail(scope, status);
    return HR_NO_OUTPUT;
  }
  hr_output output = hr_constant(scope, &tensor, .name = name);
  hr_tensor_clear(&tensor);
  return output;
}

hr_output hr_summary_tensor_with(hr_scope scope, const char *name, hr_operand tensor, hr_bytes metadata,
                                 const hr_summary_options *options) {
  const char *tag;
  hr_scope s = open_summary(scope, name, options, &tag);
  hr_output tags = hr_constant_string(s, tag, .name = "tag");
  hr_output value = hr_convert(s, tensor, HR_INVALID, "tensor");
  hr_output about = bytes_constant(s, metadata, "serialized_summary_metadata");
  return collect(s, hr_tensor_summary_v2(s, tags, value, about, .name = hr_scope_name(s)), options);
}

hr_output hr_summary_text_with(hr_scope scope, const char *name, hr_output text, const hr_summary_options *options) {
  if (hr_scope_ok(scope) && hr_output_base_dtype(text) != HR_STRING)
    return hr_refuse(scope, "Expected tensor %s:%d to have dtype string, got %s", hr_node_name(text.node),
                     (int)text.index, hr_dtype_python_name(hr_output_base_dtype(text)));
  /* SummaryMetadata { plugin_data { plugin_name: "text" } } */
  static const char metadata[] = "\n\006\n\004text";
  return hr_summary_tensor_with(scope, name, hr_operand_output(text), (hr_bytes){metadata, sizeof metadata - 1},
                                options);
}

hr_output hr_summary_merge_with(hr_scope scope, hr_operands inputs, const hr_summary_merge_options *options) {
  hr_summary_merge_options o = options ? *options : (hr_summary_merge_options){0};
  const char *name = o.name ? clean_tag(scope, o.name) : NULL;
  hr_output merged =
      hr_call_one(hr_name_scope_or(scope, name, "Merge"), "MergeSummary", name, HR_OPERANDS(inputs), HR_NO_ATTRS);
  const hr_summary_options where = {o.collections, NULL};
  return o.collections ? collect(scope, merged, &where) : merged;
}

hr_output hr_summary_merge_all(hr_scope scope, const char *collection) {
  const char *key = collection ? collection : HR_SUMMARIES;
  hr_graph *graph = hr_scope_graph(scope);
  int32_t count = hr_collection_count(graph, key), found = 0;
  if (count == 0 || !hr_scope_ok(scope)) return HR_NO_OUTPUT;
  hr_output *summaries = malloc(sizeof *summaries * (size_t)count);
  if (!summaries) {
    hr_scope_fail(scope, hr_error_out_of_memory(sizeof *summaries * (size_t)count, "summaries"));
    return HR_NO_OUTPUT;
  }
  for (int32_t i = 0; i < count; ++i) {
    const hr_item *item = hr_collection_item(graph, key, i);
    if (item->kind == HR_ITEM_OUTPUT) summaries[found++] = item->output;
  }
  hr_output merged = hr_summary_merge(scope, ((hr_outputs){found, summaries}));
  free(summaries);
  return merged;
}
