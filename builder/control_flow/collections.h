/* The graph's collections of contexts. */
#ifndef HR_BUILDER_CONTROL_FLOW_COLLECTIONS_H
#define HR_BUILDER_CONTROL_FLOW_COLLECTIONS_H

#include "builder/control_flow/context.h"

/* A context as an item of its collection. */
hr_item hr_context_item(hr_context *context);
/* Adds a context that is in no other one to HR_COND_CONTEXTS or HR_WHILE_CONTEXTS. */
void hr_collect_context(hr_scope scope, const char *key, hr_context *context);

#endif
