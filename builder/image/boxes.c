/* Boxes in images: which to keep, and random ones. */
#include "builder/image/image.h"

/* A threshold, converted in the function's own scope as its Python does. */
static hr_operand threshold(hr_scope s, hr_operand value, const char *name) {
  return hr_operand_output(hr_convert(s, value, HR_INVALID, name));
}

static hr_tf_non_max_suppression_options options_or_defaults(const hr_tf_non_max_suppression_options *options) {
  return options ? *options : (hr_tf_non_max_suppression_options){HR_NON_MAX_SUPPRESSION_DEFAULTS};
}

hr_output hr_tf_non_max_suppression_with(hr_scope scope, hr_operand boxes, hr_operand scores,
                                         hr_operand max_output_size, const hr_tf_non_max_suppression_options *options) {
  hr_tf_non_max_suppression_options o = options_or_defaults(options);
  hr_scope s = hr_name_scope_or(scope, o.name, "non_max_suppression");
  hr_operand overlap = threshold(s, o.iou_threshold, "iou_threshold");
  hr_operand score = threshold(s, o.score_threshold, "score_threshold");
  return hr_call_one(s, "NonMaxSuppressionV3", NULL, HR_OPERANDS(boxes, scores, max_output_size, overlap, score),
                     HR_NO_ATTRS);
}

hr_non_max_suppression_padded_outputs
hr_non_max_suppression_padded_with(hr_scope scope, hr_operand boxes, hr_operand scores, hr_operand max_output_size,
                                   const hr_tf_non_max_suppression_options *options) {
  hr_tf_non_max_suppression_options o = options_or_defaults(options);
  hr_scope s = hr_name_scope_or(scope, o.name, "non_max_suppression_padded");
  hr_operand overlap = threshold(s, o.iou_threshold, "iou_threshold");
  hr_operand score = threshold(s, o.score_threshold, "score_threshold");
  hr_output selected =
      hr_call_one(s, "NonMaxSuppressionV4", NULL, HR_OPERANDS(boxes, scores, max_output_size, overlap, score),
                  HR_ATTRS({"pad_to_max_output_size", HR_ATTR_BOOL_VALUE(o.pad_to_max_output_size)}));
  if (!selected.node) return (hr_non_max_suppression_padded_outputs){HR_NO_OUTPUT, HR_NO_OUTPUT};
  return (hr_non_max_suppression_padded_outputs){selected, hr_node_output(selected.node, 1)};
}

hr_non_max_suppression_with_scores_outputs
hr_non_max_suppression_with_scores_with(hr_scope scope, hr_operand boxes, hr_operand scores, hr_operand max_output_size,
                                        const hr_tf_non_max_suppression_options *options) {
  hr_tf_non_max_suppression_options o = options_or_defaults(options);
  hr_scope s = hr_name_scope_or(scope, o.name, "non_max_suppression_with_scores");
  hr_operand overlap = threshold(s, o.iou_threshold, "iou_threshold");
  hr_operand score = threshold(s, o.score_threshold, "score_threshold");
  hr_operand sigma = threshold(s, o.soft_nms_sigma, "soft_nms_sigma");
  hr_output selected =
      hr_call_one(s, "NonMaxSuppressionV5", NULL, HR_OPERANDS(boxes, scores, max_output_size, overlap, score, sigma),
                  HR_ATTRS({"pad_to_max_output_size", HR_ATTR_BOOL_VALUE(false)}));
  if (!selected.node) return (hr_non_max_suppression_with_scores_outputs){HR_NO_OUTPUT, HR_NO_OUTPUT};
  return (hr_non_max_suppression_with_scores_outputs){selected, hr_node_output(selected.node, 1)};
}

hr_output hr_non_max_suppression_overlaps_with(hr_scope scope, hr_operand overlaps, hr_operand scores,
                                               hr_operand max_output_size, hr_operand overlap_threshold,
                                               hr_operand score_threshold, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "non_max_suppression_overlaps");
  hr_operand limit = threshold(s, overlap_threshold, "overlap_threshold");
  return hr_call_one(s, "NonMaxSuppressionWithOverlaps", NULL,
                     HR_OPERANDS(overlaps, scores, max_output_size, limit, score_threshold), HR_NO_ATTRS);
}

hr_combined_non_max_suppression_outputs
hr_tf_combined_non_max_suppression_with(hr_scope scope, hr_operand boxes, hr_operand scores,
                                        hr_operand max_output_size_per_class, hr_operand max_total_size,
                                        const hr_tf_combined_non_max_suppression_options *options) {
  hr_tf_combined_non_max_suppression_options o =
      options ? *options : (hr_tf_combined_non_max_suppression_options){HR_COMBINED_NON_MAX_SUPPRESSION_DEFAULTS};
  hr_scope s = hr_name_scope_or(scope, o.name, "combined_non_max_suppression");
  hr_output overlap = hr_convert(s, o.iou_threshold, HR_FLOAT, "iou_threshold");
  hr_output score = hr_convert(s, o.score_threshold, HR_FLOAT, "score_threshold");
  hr_output kept = hr_call_one(s, "CombinedNonMaxSuppression", NULL,
                               HR_OPERANDS(boxes, scores, max_output_size_per_class, max_total_size, overlap, score),
                               HR_ATTRS({"pad_per_class", HR_ATTR_BOOL_VALUE(o.pad_per_class)},
                                        {"clip_boxes", HR_ATTR_BOOL_VALUE(o.clip_boxes)}));
  hr_combined_non_max_suppression_outputs outputs = {HR_NO_OUTPUT, HR_NO_OUTPUT, HR_NO_OUTPUT, HR_NO_OUTPUT};
  if (!kept.node) return outputs;
  return (hr_combined_non_max_suppression_outputs){kept, hr_node_output(kept.node, 1), hr_node_output(kept.node, 2),
                                                   hr_node_output(kept.node, 3)};
}

hr_sample_distorted_bounding_box_v2_outputs
hr_tf_sample_distorted_bounding_box_with(hr_scope scope, hr_operand image_size, hr_operand bounding_boxes,
                                         const hr_tf_sample_distorted_bounding_box_options *options) {
  hr_tf_sample_distorted_bounding_box_options o =
      options ? *options : (hr_tf_sample_distorted_bounding_box_options){HR_SAMPLE_DISTORTED_BOUNDING_BOX_DEFAULTS};
  hr_scope s = hr_name_scope_or(scope, o.name, "sample_distorted_bounding_box");
  float aspects[2] = {(float)o.min_aspect_ratio, (float)o.max_aspect_ratio};
  float areas[2] = {(float)o.min_area, (float)o.max_area};
  hr_attr_value aspect = {.kind = HR_ATTR_FLOAT, .is_list = true, .count = 2, .floats = aspects};
  hr_attr_value area = {.kind = HR_ATTR_FLOAT, .is_list = true, .count = 2, .floats = areas};
  hr_output begin = hr_call_one(
      s, "SampleDistortedBoundingBoxV2", o.name, HR_OPERANDS(image_size, bounding_boxes, o.min_object_covered),
      HR_ATTRS({"seed", HR_ATTR_INT_VALUE(o.seed)}, {"seed2", HR_ATTR_INT_VALUE(o.seed2)},
               {"aspect_ratio_range", aspect}, {"area_range", area},
               {"max_attempts", HR_ATTR_INT_VALUE(o.max_attempts)},
               {"use_image_if_no_bounding_boxes", HR_ATTR_BOOL_VALUE(o.use_image_if_no_bounding_boxes)}));
  hr_sample_distorted_bounding_box_v2_outputs outputs = {HR_NO_OUTPUT, HR_NO_OUTPUT, HR_NO_OUTPUT};
  if (!begin.node) return outputs;
  return (hr_sample_distorted_bounding_box_v2_outputs){begin, hr_node_output(begin.node, 1),
                                                       hr_node_output(begin.node, 2)};
}
