/* The names of a graph: which are taken, what node has which, and what the next unique name is.
 *
 * Uniqueness ignores case as in TensorFlow 1.15, look-up does not. A name may be taken without a node (a name scope, a
 * failed op), and a node may have a name that is not taken (one given exactly, as "scope/").
 * One thread changes the table; any number may call hr_names_find meanwhile.
 */
#ifndef HR_RUNTIME_GRAPH_NAMES_H
#define HR_RUNTIME_GRAPH_NAMES_H

#include "headrace/graph.h"
#include "runtime/base/arena.h"
#include "runtime/base/text.h"

typedef struct hr_name {
  struct hr_name *next; /* in order of creation */
  const char *text;
  uint32_t length;
  uint32_t hash;       /* of the lower-case text */
  int32_t next_suffix; /* 0: not taken; else the first N for which "text_N" may be free */
  _Atomic(hr_node *) node;
} hr_name;

typedef struct hr_name_slots hr_name_slots;

/* A zeroed struct with an arena is empty. */
typedef struct hr_names {
  hr_arena *arena; /* holds everything, old slot arrays too: a reader may still be in them */
  _Atomic(hr_name_slots *) slots;
  hr_name *first, *last;
  uint32_t count;
} hr_names;

/* The name with exactly this text, entered where it is missing; NULL when memory is out. `text` is copied unless it
 * is `in_arena` (NUL-terminated there). */
hr_name *hr_names_enter(hr_names *names, hr_view text, bool in_arena);

/* tf.Graph.unique_name of prefix + text: itself, or with "_1", "_2", ... appended. With `mark` the answer is taken
 * from now on and its entry goes to `entry`, else `entry` is NULL. The text is in the arena and NUL-terminated.
 * ResourceExhausted. */
HR_MUST_USE hr_status hr_names_unique(hr_names *names, hr_view prefix, hr_view text, bool mark, hr_view *out,
                                      hr_name **entry);

/* Marks a name as taken, if no other case of it is. ResourceExhausted. */
HR_MUST_USE hr_status hr_names_take(hr_names *names, hr_view text);

/* The name is not taken any more and has no node. */
void hr_names_release(hr_names *names, hr_view text);

/* The node of this name, or NULL. Safe beside the changing thread. */
hr_node *hr_names_find(const hr_names *names, hr_view text);
static inline void hr_name_set_node(hr_name *name, hr_node *node) {
  atomic_store_explicit(&name->node, node, memory_order_release);
}

/* [A-Za-z0-9.][A-Za-z0-9_.-/]* with - as itself, and the same without the rule for the first character. */
bool hr_name_is_valid_op(hr_view name);
bool hr_name_is_valid_scope(hr_view name);

#endif
