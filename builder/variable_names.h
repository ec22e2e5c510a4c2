/* What a graph knows by the full names of variables and variable scopes, "a/b/c": the variable, and how often a scope
 * was opened since its parent was, which is what default names are made unique by. */
#ifndef HR_BUILDER_VARIABLE_NAMES_H
#define HR_BUILDER_VARIABLE_NAMES_H

#include "headrace/variables.h"

typedef struct hr_variable_name {
  struct hr_variable_name *next;                           /* in its bucket */
  struct hr_variable_name *parent, *first_child, *sibling; /* "a/b" is the parent of "a/b/c" */
  const char *text;
  uint32_t hash;
  int count;    /* openings */
  bool touched; /* this or one below has been opened since the last reset */
  hr_var *var;  /* that tf.get_variable made, or NULL */
} hr_variable_name;

typedef struct hr_count_change {
  hr_variable_name *name;
  int count; /* before */
} hr_count_change;

/* A zeroed struct is empty. The names are in the graph's arena; hr_variable_names_free frees the rest. */
typedef struct hr_variable_names {
  hr_variable_name **buckets;
  uint32_t num_buckets, count; /* a power of two, at most half of it taken */
  hr_count_change *changes;    /* while a mark is open */
  int32_t num_changes, changes_capacity, num_marks;
} hr_variable_names;

void hr_variable_names_free(hr_variable_names *names);
/* NULL where the name is not known. */
hr_variable_name *hr_variable_names_find(const hr_variable_names *names, const char *text);
/* The name, entered where it is missing, with all its parents; NULL after an error at the scope's builder. */
hr_variable_name *hr_variable_names_enter(hr_variable_names *names, hr_scope scope, const char *text);
/* Counts an opening. Errors go to the scope's builder. */
void hr_variable_names_open(hr_variable_names *names, hr_scope scope, hr_variable_name *name);
/* Nothing below the name has been opened. */
void hr_variable_names_reset_below(hr_variable_names *names, hr_variable_name *name);
/* A mark of all counts, and the way back to it. Marks are given back in the reverse order. */
int32_t hr_variable_names_mark(hr_variable_names *names);
void hr_variable_names_back_to(hr_variable_names *names, int32_t mark);

#endif
