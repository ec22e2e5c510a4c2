#include "kernels_cpu/ctc/ctc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Logarithms of the probabilities that a sequence ends in a blank, in its last label, in either. */
typedef struct probability {
  double total, blank, label;
} probability;
static const probability none = {-INFINITY, -INFINITY, -INFINITY};

/* A sequence of labels: the one of its parent, and another label. */
typedef struct entry {
  struct entry *parent, *children; /* children: one for each label, made when the first is wanted */
  int64_t label;                   /* -1: no label at all */
  probability before, now;         /* after the last time and this one */
} entry;

struct hr_beam_search {
  int64_t width, labels; /* labels without the blank */
  entry root;
  entry **leaves, **branches; /* of at most `width`; the leaves in falling order of their probability */
  int64_t num_leaves, num_branches;
  entry **families; /* arrays of children, to be freed */
  size_t num_families, room;
};

hr_status hr_beam_search_new(int64_t width, int64_t classes, hr_beam_search **out) {
  hr_beam_search *s = calloc(1, sizeof *s);
  *out = s;
  if (!s) return hr_error_out_of_memory(sizeof *s, "a beam search");
  s->width = width;
  s->labels = classes - 1;
  s->leaves = calloc((size_t)width, sizeof *s->leaves);
  s->branches = calloc((size_t)width, sizeof *s->branches);
  if (s->leaves && s->branches) return HR_SUCCESS;
  hr_beam_search_free(s);
  *out = NULL;
  return hr_error_out_of_memory(2 * (size_t)width * sizeof *s->leaves, "a beam");
}

static void forget(hr_beam_search *s) {
  for (size_t i = 0; i < s->num_families; ++i)
    free(s->families[i]);
  s->num_families = 0;
  s->num_leaves = 0;
}

void hr_beam_search_free(hr_beam_search *s) {
  if (!s) return;
  forget(s);
  free(s->families);
  free(s->leaves);
  free(s->branches);
  free(s);
}

static hr_status make_children(hr_beam_search *s, entry *parent) {
  if (parent->children) return HR_SUCCESS;
  if (s->num_families == s->room) {
    size_t room = s->room ? 2 * s->room : 64;
    entry **families = realloc(s->families, room * sizeof *families);
    if (!families) return hr_error_out_of_memory(room * sizeof *families, "a beam");
    s->families = families;
    s->room = room;
  }
  parent->children = malloc((size_t)s->labels * sizeof *parent->children);
  if (!parent->children) return hr_error_out_of_memory((size_t)s->labels * sizeof *parent->children, "a beam");
  s->families[s->num_families++] = parent->children;
  for (int64_t k = 0; k < s->labels; ++k)
    parent->children[k] = (entry){.parent = parent, .label = k, .before = none, .now = none};
  return HR_SUCCESS;
}

/* Would a sequence of this probability be among the leaves? */
static bool has_room(const hr_beam_search *s, double total) {
  return total > -INFINITY && (s->num_leaves < s->width || total > s->leaves[s->num_leaves - 1]->now.total);
}

/* Puts a leaf in its place, for which the last one goes where there are too many. */
static void add_leaf(hr_beam_search *s, entry *leaf) {
  if (s->num_leaves == s->width) {
    if (leaf->now.total <= s->leaves[s->num_leaves - 1]->now.total) return;
    --s->num_leaves;
  }
  int64_t at = s->num_leaves++;
  for (; at > 0 && s->leaves[at - 1]->now.total < leaf->now.total; --at)
    s->leaves[at] = s->leaves[at - 1];
  s->leaves[at] = leaf;
}

/* A sequence stays as it is, by a blank or by its last label once more, or its parent gets that label. */
static void stay(entry *e, const hr_ctc_inputs *c, int64_t time, int64_t b, double norm) {
  const entry *parent = e->parent;
  if (parent) {
    if (parent->now.total > -INFINITY)
      e->now.label = hr_log_add(e->now.label, e->label == parent->label ? parent->before.blank : parent->before.total);
    e->now.label += hr_ctc_input(c, time, b, e->label) - norm;
  }
  e->now.blank = e->before.total + hr_ctc_input(c, time, b, c->classes - 1) - norm;
  e->now.total = hr_log_add(e->now.blank, e->now.label);
}

static hr_status step(hr_beam_search *s, const hr_ctc_inputs *c, int64_t time, int64_t b) {
  double norm = hr_ctc_norm(c, time, b);
  s->num_branches = s->num_leaves;
  memcpy(s->branches, s->leaves, sizeof *s->leaves * (size_t)s->num_leaves);
  s->num_leaves = 0;
  for (int64_t i = 0; i < s->num_branches; ++i)
    s->branches[i]->before = s->branches[i]->now;
  for (int64_t i = 0; i < s->num_branches; ++i) {
    stay(s->branches[i], c, time, b, norm);
    add_leaf(s, s->branches[i]);
  }
  for (int64_t i = 0; i < s->num_branches; ++i) {
    entry *e = s->branches[i];
    if (!has_room(s, e->before.total)) continue;
    HR_TRY(make_children(s, e));
    for (int64_t k = 0; k < s->labels; ++k) {
      entry *child = &e->children[k];
      if (child->now.total > -INFINITY) continue;
      child->now.blank = -INFINITY;
      child->now.label = hr_ctc_input(c, time, b, k) - norm + (k == e->label ? e->before.blank : e->before.total);
      child->now.total = child->now.label;
      if (has_room(s, child->now.total)) {
        if (s->num_leaves == s->width) s->leaves[s->width - 1]->now = none;
        add_leaf(s, child);
      } else {
        child->now = child->before = none;
      }
    }
  }
  return HR_SUCCESS;
}

hr_status hr_beam_search_run(hr_beam_search *s, const hr_ctc_inputs *c, int64_t b) {
  forget(s);
  s->root = (entry){.label = -1, .before = none, .now = {0, 0, -INFINITY}};
  s->leaves[s->num_leaves++] = &s->root;
  for (int64_t time = 0; time < c->lengths[b]; ++time)
    HR_TRY(step(s, c, time, b));
  return HR_SUCCESS;
}

int64_t hr_beam_search_found(const hr_beam_search *s) { return s->num_leaves; }

hr_status hr_beam_search_path(const hr_beam_search *s, int64_t i, bool merge_repeated, hr_labels *out,
                              double *log_probability) {
  *log_probability = s->leaves[i]->now.total;
  int64_t first = out->count, last_label = -1;
  for (const entry *e = s->leaves[i]; e->parent; e = e->parent) {
    if (!merge_repeated || e->label != last_label) HR_TRY(hr_labels_add(out, e->label));
    last_label = e->label;
  }
  for (int64_t k = first, m = out->count - 1; k < m; ++k, --m) {
    int64_t label = out->items[k];
    out->items[k] = out->items[m];
    out->items[m] = label;
  }
  return HR_SUCCESS;
}
