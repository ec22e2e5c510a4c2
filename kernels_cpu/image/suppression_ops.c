/* NonMaxSuppression in its five versions, NonMaxSuppressionWithOverlaps, CombinedNonMaxSuppression. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/image/suppression.h"
#include "kernels_cpu/level/loops.h"

#include <float.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- arguments ------------------------------------------------------------------------------------------------- */

/* The number of a float or half scalar. */
static hr_status read_number(hr_kernel_context *ctx, int input, const char *what, float *out) {
  const hr_tensor *t = hr_input(ctx, input);
  HR_TRY(hr_rank_check(t, 0, what));
  *out = hr_tensor_dtype(t) == HR_HALF ? hr_half_to_float(*(const hr_half *)hr_tensor_data(t))
                                       : *(const float *)hr_tensor_data(t);
  return HR_SUCCESS;
}

static hr_status check_limit(float limit) {
  if (!(limit >= 0 && limit <= 1))
    return hr_error(HR_INVALID_ARGUMENT, "iou_threshold must be in [0, 1], not %g", (double)limit);
  return HR_SUCCESS;
}

/* Input 0, `width` numbers a box, input 1 and input 2: how many may be selected. */
static hr_status read_boxes(hr_kernel_context *ctx, const char *what, bool is_matrix, hr_suppression *s) {
  const hr_tensor *boxes = hr_input(ctx, 0), *scores = hr_input(ctx, 1), *most = hr_input(ctx, 2);
  HR_TRY(hr_rank_check(most, 0, "max_output_size"));
  HR_TRY(hr_rank_check(boxes, 2, what));
  s->count = boxes->dims[0];
  s->in_half = hr_tensor_dtype(boxes) == HR_HALF;
  s->most = hr_index_at(most, 0);
  if (boxes->dims[1] != (is_matrix ? s->count : 4))
    return hr_error(HR_INVALID_ARGUMENT, "%s must have %" PRId64 " columns, not shape %s", what,
                    is_matrix ? s->count : 4, HR_TENSOR_SHAPE_TEXT(boxes));
  HR_TRY(hr_rank_check(scores, 1, "scores"));
  if (scores->elements != s->count)
    return hr_error(HR_INVALID_ARGUMENT, "scores has incompatible shape: %s for %" PRId64 " boxes",
                    HR_TENSOR_SHAPE_TEXT(scores), s->count);
  if (s->count > INT32_MAX) return hr_error(HR_INVALID_ARGUMENT, "%" PRId64 " are too many boxes", s->count);
  return HR_SUCCESS;
}

/* ---- ops ------------------------------------------------------------------------------------------------------- */

/* Memory of one call: converted inputs, and candidates. */
typedef struct workspace {
  hr_tensor memory;
  hr_candidate *items, *selected;
} workspace;

/* Sets the boxes and scores of `s` (as floats) and makes room. */
static hr_status open_workspace(hr_kernel_context *ctx, hr_suppression *s, workspace *w) {
  int64_t numbers = s->in_half ? 5 * s->count : 0;
  int64_t bytes = (2 * s->count + 1) * (int64_t)sizeof(hr_candidate) + numbers * (int64_t)sizeof(float);
  HR_TRY(hr_temporary_new(ctx, HR_UINT8, &(hr_shape){1, {bytes}}, &w->memory));
  w->items = hr_tensor_data(&w->memory);
  w->selected = w->items + s->count;
  const void *boxes = hr_tensor_data(hr_input(ctx, 0)), *scores = hr_tensor_data(hr_input(ctx, 1));
  if (s->in_half) {
    float *converted = (float *)(w->selected + s->count);
    hr_loops->cast[HR_HALF][HR_FLOAT](converted, boxes, 4 * s->count);
    hr_loops->cast[HR_HALF][HR_FLOAT](converted + 4 * s->count, scores, s->count);
    boxes = converted;
    scores = converted + 4 * s->count;
  }
  s->scores = scores;
  s->score_step = 1;
  s->boxes = boxes;
  s->box_step = 4;
  return HR_SUCCESS;
}

/* Output 0: the boxes; output 1 of three: their scores; the last: how many. `padded` fills up with zeros to the most
 * that there may be. */
static hr_status put_selected(hr_kernel_context *ctx, const hr_suppression *s, const hr_candidate *selected,
                              int64_t count, bool padded) {
  hr_tensor *out;
  int64_t size = padded ? s->most : count;
  HR_TRY(hr_output_new(ctx, 0, &(hr_shape){1, {size}}, &out));
  int32_t *boxes = hr_tensor_data(out);
  for (int64_t i = 0; i < size; ++i)
    boxes[i] = i < count ? selected[i].box : 0;
  int outputs = hr_output_count(ctx);
  if (outputs == 3) {
    HR_TRY(hr_output_new(ctx, 1, &(hr_shape){1, {size}}, &out));
    for (int64_t i = 0; i < size; ++i) {
      float score = i < count ? selected[i].score : 0;
      if (s->in_half)
        ((hr_half *)hr_tensor_data(out))[i] = hr_half_from_float(score);
      else
        ((float *)hr_tensor_data(out))[i] = score;
    }
  }
  if (outputs > 1) {
    HR_TRY(hr_output_new(ctx, outputs - 1, &(hr_shape){.rank = 0}, &out));
    *(int32_t *)hr_tensor_data(out) = (int32_t)count;
  }
  return HR_SUCCESS;
}

static hr_status suppress(hr_kernel_context *ctx, hr_suppression *s, bool padded) {
  workspace w;
  if (padded && s->most < 0)
    return hr_error(HR_INVALID_ARGUMENT, "max_output_size must not be negative: %" PRId64, s->most);
  if (s->most < 0) s->most = s->count; /* no limit */
  HR_TRY(open_workspace(ctx, s, &w));
  int64_t count = hr_select_boxes(s, w.items, w.selected);
  hr_status status = put_selected(ctx, s, w.selected, count, padded);
  hr_tensor_clear(&w.memory);
  return status;
}

static hr_status non_max_suppression(hr_kernel_context *ctx) {
  hr_suppression s = {.score_limit = -FLT_MAX};
  s.overlap_limit = hr_node_attr(hr_context_node(ctx), "iou_threshold")->f;
  HR_TRY(check_limit(s.overlap_limit));
  HR_TRY(read_boxes(ctx, "boxes", false, &s));
  return suppress(ctx, &s, false);
}
HR_KERNEL(.op = "NonMaxSuppression", .compute = non_max_suppression);

/* The second version has the overlap's limit as an input, the third that of the scores, the fifth sigma. */
static hr_status suppress_with_inputs(hr_kernel_context *ctx, bool padded) {
  hr_suppression s = {.score_limit = -FLT_MAX};
  float sigma = 0;
  int inputs = hr_input_count(ctx);
  HR_TRY(read_number(ctx, 3, "iou_threshold", &s.overlap_limit));
  HR_TRY(check_limit(s.overlap_limit));
  if (inputs > 4) HR_TRY(read_number(ctx, 4, "score_threshold", &s.score_limit));
  if (inputs > 5) HR_TRY(read_number(ctx, 5, "soft_nms_sigma", &sigma));
  if (sigma < 0) return hr_error(HR_INVALID_ARGUMENT, "soft_nms_sigma must be >= 0, not %g", (double)sigma);
  HR_TRY(read_boxes(ctx, "boxes", false, &s));
  if (sigma > 0) s.weight_scale = -0.5f / sigma;
  if (s.in_half) s.weight_scale = hr_half_to_float(hr_half_from_float(s.weight_scale));
  return suppress(ctx, &s, padded);
}

static hr_status suppress_unpadded(hr_kernel_context *ctx) { return suppress_with_inputs(ctx, false); }
static hr_status suppress_padded(hr_kernel_context *ctx) {
  return suppress_with_inputs(ctx, hr_node_attr(hr_context_node(ctx), "pad_to_max_output_size")->b);
}

#define BOX_TYPES (HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_HALF))
HR_KERNEL(.op = "NonMaxSuppressionV2", .types = {{"T", BOX_TYPES}}, .compute = suppress_unpadded);
HR_KERNEL(.op = "NonMaxSuppressionV3", .types = {{"T", BOX_TYPES}}, .compute = suppress_unpadded);
HR_KERNEL(.op = "NonMaxSuppressionV4", .types = {{"T", BOX_TYPES}}, .compute = suppress_padded);
HR_KERNEL(.op = "NonMaxSuppressionV5", .types = {{"T", BOX_TYPES}}, .compute = suppress_padded);

static hr_status suppress_with_overlaps(hr_kernel_context *ctx) {
  hr_suppression s = {.overlaps = hr_tensor_data(hr_input(ctx, 0))};
  HR_TRY(read_number(ctx, 3, "overlap_threshold", &s.overlap_limit));
  HR_TRY(read_number(ctx, 4, "score_threshold", &s.score_limit));
  HR_TRY(read_boxes(ctx, "overlaps", true, &s));
  return suppress(ctx, &s, false);
}
HR_KERNEL(.op = "NonMaxSuppressionWithOverlaps", .compute = suppress_with_overlaps);

/* ---- all classes of a batch ------------------------------------------------------------------------------------ */

/* A box that was selected for its class. */
typedef struct detection {
  float score, box[4];
  int32_t class;
  int32_t order; /* of selection: equal scores stay in it */
} detection;

typedef struct combined_job {
  const float *boxes, *scores;               /* [batch, count, 1 or classes, 4], [batch, count, classes] */
  int64_t count, box_classes, classes, size; /* size: of what is put out of an image */
  hr_suppression limits;
  bool clip;
  hr_candidate *candidates; /* 2 * count an image */
  detection *detections;    /* classes * most an image */
  int64_t most;             /* of a class */
  float *out_boxes, *out_scores, *out_classes;
  int32_t *out_count;
} combined_job;

static int by_score(const void *a_, const void *b_) {
  const detection *a = a_, *b = b_;
  if (a->score != b->score) return a->score > b->score ? -1 : 1;
  return a->order < b->order ? -1 : a->order > b->order;
}

static float clipped(float x, bool clip) { return !clip ? x : x < 0 ? 0 : x > 1 ? 1 : x; }

static void detect_in_images(void *argument, int64_t begin, int64_t end) {
  const combined_job *job = argument;
  for (int64_t image = begin; image < end; ++image) {
    hr_candidate *items = job->candidates + image * 2 * job->count, *selected = items + job->count;
    detection *found = job->detections + image * job->classes * job->most;
    int64_t total = 0;
    for (int64_t class = 0; class < job->classes; ++class) {
      hr_suppression s = job->limits;
      s.boxes = job->boxes + (image * job->count * job->box_classes + (job->box_classes > 1 ? class : 0)) * 4;
      s.scores = job->scores + image * job->count * job->classes + class;
      int64_t of_class = hr_select_boxes(&s, items, selected);
      for (int64_t i = 0; i < of_class; ++i, ++total) {
        found[total] = (detection){.score = selected[i].score, .class = (int32_t) class, .order = (int32_t)total};
        memcpy(found[total].box, s.boxes + selected[i].box * s.box_step, sizeof found->box);
      }
    }
    qsort(found, (size_t)total, sizeof *found, by_score);
    if (total > job->size) total = job->size;
    for (int64_t i = 0; i < job->size; ++i) {
      int64_t at = image * job->size + i;
      detection d = i < total ? found[i] : (detection){0};
      for (int k = 0; k < 4; ++k)
        job->out_boxes[4 * at + k] = clipped(d.box[k], job->clip);
      job->out_scores[at] = d.score;
      job->out_classes[at] = (float)d.class;
    }
    job->out_count[image] = (int32_t)total;
  }
}

static hr_status check_combined(const hr_tensor *boxes, const hr_tensor *scores) {
  HR_TRY(hr_rank_check(boxes, 4, "boxes"));
  HR_TRY(hr_rank_check(scores, 3, "scores"));
  if (boxes->dims[3] != 4 || boxes->dims[0] != scores->dims[0] || boxes->dims[1] != scores->dims[1] ||
      (boxes->dims[2] != 1 && boxes->dims[2] != scores->dims[2]))
    return hr_error(HR_INVALID_ARGUMENT, "boxes and scores have incompatible shape: %s, %s",
                    HR_TENSOR_SHAPE_TEXT(boxes), HR_TENSOR_SHAPE_TEXT(scores));
  if (boxes->dims[1] > INT32_MAX)
    return hr_error(HR_INVALID_ARGUMENT, "%" PRId64 " are too many boxes", boxes->dims[1]);
  return HR_SUCCESS;
}

static hr_status make_outputs(hr_kernel_context *ctx, int64_t batch, combined_job *job) {
  hr_tensor *out;
  hr_shape shape;
  HR_TRY(hr_shape_make(3, (int64_t[]){batch, job->size, 4}, &shape));
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  job->out_boxes = hr_tensor_data(out);
  HR_TRY(hr_output_new(ctx, 1, &(hr_shape){2, {batch, job->size}}, &out));
  job->out_scores = hr_tensor_data(out);
  HR_TRY(hr_output_new(ctx, 2, &(hr_shape){2, {batch, job->size}}, &out));
  job->out_classes = hr_tensor_data(out);
  HR_TRY(hr_output_new(ctx, 3, &(hr_shape){1, {batch}}, &out));
  job->out_count = hr_tensor_data(out);
  return HR_SUCCESS;
}

static hr_status combined_non_max_suppression(hr_kernel_context *ctx) {
  const hr_tensor *boxes = hr_input(ctx, 0), *scores = hr_input(ctx, 1);
  const hr_node *node = hr_context_node(ctx);
  hr_suppression limits = {0};
  HR_TRY(hr_rank_check(hr_input(ctx, 2), 0, "max_size_per_class"));
  HR_TRY(hr_rank_check(hr_input(ctx, 3), 0, "max_total_size"));
  int64_t most = hr_index_at(hr_input(ctx, 2), 0), size = hr_index_at(hr_input(ctx, 3), 0);
  if (most < 0) return hr_error(HR_INVALID_ARGUMENT, "max_size_per_class must not be negative: %" PRId64, most);
  if (size <= 0) return hr_error(HR_INVALID_ARGUMENT, "max_total_size must be positive, not %" PRId64, size);
  HR_TRY(read_number(ctx, 4, "iou_threshold", &limits.overlap_limit));
  HR_TRY(check_limit(limits.overlap_limit));
  HR_TRY(read_number(ctx, 5, "score_threshold", &limits.score_limit));
  HR_TRY(check_combined(boxes, scores));
  int64_t batch = boxes->dims[0], count = boxes->dims[1], classes = scores->dims[2];
  limits.most = most < count ? most : count;
  limits.count = count;
  limits.box_step = 4 * boxes->dims[2];
  limits.score_step = classes;
  if (hr_node_attr(node, "pad_per_class")->b && most * classes < size) size = most * classes;
  combined_job job = {.boxes = hr_tensor_data(boxes),
                      .scores = hr_tensor_data(scores),
                      .count = count,
                      .box_classes = boxes->dims[2],
                      .classes = classes,
                      .size = size,
                      .limits = limits,
                      .clip = hr_node_attr(node, "clip_boxes")->b,
                      .most = limits.most};
  HR_TRY(make_outputs(ctx, batch, &job));
  hr_tensor candidates, detections;
  hr_shape shape;
  HR_TRY(hr_shape_make(2, (int64_t[]){batch, 2 * count * (int64_t)sizeof(hr_candidate)}, &shape));
  HR_TRY(hr_temporary_new(ctx, HR_UINT8, &shape, &candidates));
  hr_status status = hr_shape_make(3, (int64_t[]){batch, classes, limits.most * (int64_t)sizeof(detection)}, &shape);
  if (!status) status = hr_temporary_new(ctx, HR_UINT8, &shape, &detections);
  if (!status) {
    job.candidates = hr_tensor_data(&candidates);
    job.detections = hr_tensor_data(&detections);
    hr_parallel_for(ctx, batch, 50 * (double)(count * classes), detect_in_images, &job);
    hr_tensor_clear(&detections);
  }
  hr_tensor_clear(&candidates);
  return status;
}
HR_KERNEL(.op = "CombinedNonMaxSuppression", .compute = combined_non_max_suppression);
