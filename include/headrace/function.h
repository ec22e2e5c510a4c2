/* Functions: bodies of nodes that a graph keeps under names in its library, and calls of them. */
#ifndef HEADRACE_FUNCTION_H
#define HEADRACE_FUNCTION_H

#include "headrace/scope.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The value of a func attribute: the function of that name, which need not be in the library yet. Lives as long as the
 * graph; NULL after an error. */
HR_API const hr_function_attr *hr_function_value(hr_scope scope, const char *name);

#ifdef __cplusplus
}
#endif
#endif
