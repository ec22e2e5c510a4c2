/* Whether a call of a function may wait for what others do. */
#ifndef HR_RUNTIME_SESSION_FUNCTION_WAITS_H
#define HR_RUNTIME_SESSION_FUNCTION_WAITS_H

#include "headrace/graph.h"

/* Whether the function of that name in the graph's library has a node whose kernel may wait (a dequeue, a call of the
 * host program), itself or in a function that its nodes name. */
bool hr_function_may_wait(const hr_graph *library, const char *name);

#endif
