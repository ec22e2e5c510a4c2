/* Non-maximum suppression: the boxes with the highest scores, without those that overlap a better one too much. */
#ifndef HR_KERNELS_CPU_IMAGE_SUPPRESSION_H
#define HR_KERNELS_CPU_IMAGE_SUPPRESSION_H

#include "headrace/kernel.h"

/* What is to be selected from. Halves are converted before; what is computed with them is rounded to halves at each
 * step, as the reference's numbers are. */
typedef struct hr_suppression {
  int64_t count;      /* of boxes, below 2^31 */
  const float *boxes; /* `box_step` floats apart: two corners, each y and x */
  int64_t box_step;
  const float *overlaps; /* [count, count], or NULL: the share of two boxes' union that both cover */
  const float *scores;   /* `score_step` floats apart */
  int64_t score_step;
  float overlap_limit, score_limit;
  float weight_scale; /* below 0: overlapping boxes get lower scores instead of going (Bodla et al., 2017) */
  bool in_half;
  int64_t most; /* that may be selected */
} hr_suppression;

typedef struct hr_candidate {
  float score;
  int32_t box;
  int32_t compared; /* selected boxes that it was compared with; of the heap's own use */
} hr_candidate;

/* Selects boxes into `selected`, in falling order of their scores; `items` and `selected` have room for all boxes.
 * Answers how many. */
int64_t hr_select_boxes(const hr_suppression *s, hr_candidate *items, hr_candidate *selected);

#endif
