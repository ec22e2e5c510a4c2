/* Branches and loops in the collections of a MetaGraph that is cut down to one scope. */
#ifndef HR_RUNTIME_GRAPH_META_GRAPH_CONTEXTS_H
#define HR_RUNTIME_GRAPH_META_GRAPH_CONTEXTS_H

#include "runtime/base/arena.h"
#include "runtime/base/text.h"
#include <stdbool.h>

/* A serialised CondContextDef (of a collection "cond_context") or WhileContextDef ("while_context") with its names as
 * they are in the scope, whose name has no slash at its end; names elsewhere stay. `*keep` is false for one that is
 * elsewhere. The new bytes are the arena's. InvalidArgument for malformed bytes. */
HR_MUST_USE hr_status hr_narrow_context(const char *key, hr_view scope, hr_arena *arena, hr_view *bytes, bool *keep);

#endif
