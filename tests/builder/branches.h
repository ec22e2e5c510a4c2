/* Branches and bodies of loops in few words. */
#ifndef HR_TESTS_BUILDER_BRANCHES_H
#define HR_TESTS_BUILDER_BRANCHES_H

#include "headrace/headrace.h"

/* What branches and bodies read of the outside. */
typedef struct values {
  hr_output x, y, p, q, n;
  hr_var *v, *w;
  hr_node *before;
  hr_tensor_array *array;
} values;

/* A scalar that says which branch is taken. */
static inline hr_output condition(hr_scope s, const char *name) {
  return hr_placeholder(s, HR_BOOL, .shape = HR_SHAPE(), .name = name);
}

/* A function that returns one expression of the values `V`, in the scope `s`. */
#define BRANCH(name, ...)                                                                                              \
  static void name(void *argument, hr_scope s, hr_results *results) {                                                  \
    const values *V = argument;                                                                                        \
    (void)V;                                                                                                           \
    (void)s;                                                                                                           \
    hr_return(results, __VA_ARGS__);                                                                                   \
  }
/* One of a loop's variables `i` and, where there is a second one, `a`. */
#define LOOP(name, ...)                                                                                                \
  static void name(void *argument, hr_scope s, hr_outputs variables, hr_results *results) {                            \
    const values *V = argument;                                                                                        \
    hr_output i = variables.items[0], a = variables.items[variables.count - 1];                                        \
    (void)V;                                                                                                           \
    (void)i;                                                                                                           \
    (void)s;                                                                                                           \
    (void)a;                                                                                                           \
    __VA_ARGS__                                                                                                        \
  }
#define BOTH(first, second)                                                                                            \
  hr_return(results, first);                                                                                           \
  hr_return(results, second)

#define FUNCTIONS(condition, body) (&(hr_while_functions){condition, body, &v})

#endif
