#include "kernels_cpu/image/suppression.h"

#include <math.h>

static inline float rounded(const hr_suppression *s, float x) {
  return s->in_half ? hr_half_to_float(hr_half_from_float(x)) : x;
}

/* ---- overlap --------------------------------------------------------------------------------------------------- */

typedef struct corners {
  float top, left, bottom, right, area;
} corners;

static corners corners_of(const hr_suppression *s, const float *box) {
  corners c = {fminf(box[0], box[2]), fminf(box[1], box[3]), fmaxf(box[0], box[2]), fmaxf(box[1], box[3]), 0};
  c.area = rounded(s, rounded(s, c.bottom - c.top) * rounded(s, c.right - c.left));
  return c;
}

/* The share of two boxes' union that both cover. */
static float overlap_of_boxes(const hr_suppression *s, const float *one, const float *other) {
  corners a = corners_of(s, one), b = corners_of(s, other);
  if (a.area <= 0 || b.area <= 0) return 0;
  float height = rounded(s, fminf(a.bottom, b.bottom) - fmaxf(a.top, b.top));
  float width = rounded(s, fminf(a.right, b.right) - fmaxf(a.left, b.left));
  float both = rounded(s, fmaxf(height, 0) * fmaxf(width, 0));
  return rounded(s, both / rounded(s, rounded(s, a.area + b.area) - both));
}

static float overlap_of(const hr_suppression *s, int64_t i, int64_t j) {
  if (s->overlaps) return s->overlaps[i * s->count + j];
  return overlap_of_boxes(s, s->boxes + i * s->box_step, s->boxes + j * s->box_step);
}

/* ---- candidates, the best first -------------------------------------------------------------------------------- */

/* A binary heap. Which of equal scores comes first follows from how it moves its items, as in the reference: the item
 * that fills the top sinks to the bottom before it rises to its place. */
typedef struct candidate_heap {
  hr_candidate *items;
  int64_t count;
} candidate_heap;

/* Puts `item` at `hole` or, where its score is higher, further up. */
static void rise(candidate_heap *heap, int64_t hole, hr_candidate item) {
  for (; hole > 0 && heap->items[(hole - 1) / 2].score < item.score; hole = (hole - 1) / 2)
    heap->items[hole] = heap->items[(hole - 1) / 2];
  heap->items[hole] = item;
}

static void push(candidate_heap *heap, hr_candidate item) { rise(heap, heap->count++, item); }

static hr_candidate pop(candidate_heap *heap) {
  hr_candidate best = heap->items[0], last = heap->items[--heap->count];
  int64_t hole = 0;
  for (int64_t child; (child = 2 * hole + 2) <= heap->count; hole = child) {
    if (child == heap->count || heap->items[child].score < heap->items[child - 1].score) --child;
    heap->items[hole] = heap->items[child];
  }
  if (heap->count > 0) rise(heap, hole, last);
  return best;
}

/* ---- selection ------------------------------------------------------------------------------------------------- */

/* Lowers the score by the boxes selected since the candidate was compared last. False where it must go. */
static bool compare_with_selected(const hr_suppression *s, const hr_candidate *selected, int64_t count,
                                  hr_candidate *c) {
  for (int64_t j = count; j-- > c->compared;) {
    float overlap = overlap_of(s, c->box, selected[j].box);
    if (overlap >= s->overlap_limit) return false;
    if (s->weight_scale == 0) continue;
    float exponent = rounded(s, rounded(s, s->weight_scale * overlap) * overlap);
    c->score = rounded(s, c->score * rounded(s, expf(exponent)));
    if (c->score <= s->score_limit) return false;
  }
  c->compared = (int32_t)count;
  return true;
}

/* The reference puts selected boxes back, too, where they change the order of equal scores. It may then select them
 * again, where they do not overlap themselves; here they are just taken out. */
enum { SELECTED = -1 };

int64_t hr_select_boxes(const hr_suppression *s, hr_candidate *items, hr_candidate *selected) {
  candidate_heap heap = {items, 0};
  for (int64_t i = 0; i < s->count; ++i) {
    float score = s->scores[i * s->score_step];
    if (score > s->score_limit) push(&heap, (hr_candidate){score, (int32_t)i, 0});
  }
  int64_t count = 0;
  while (count < s->most && heap.count > 0) {
    hr_candidate best = pop(&heap);
    float score = best.score;
    if (best.compared == SELECTED || !compare_with_selected(s, selected, count, &best)) continue;
    if (best.score == score) {
      selected[count++] = best;
      best.compared = SELECTED;
    }
    push(&heap, best);
  }
  return count;
}
