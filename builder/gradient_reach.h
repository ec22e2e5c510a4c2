/* What depends on the xs of a gradient. */
#ifndef HR_BUILDER_GRADIENT_REACH_H
#define HR_BUILDER_GRADIENT_REACH_H

#include "headrace/op_call.h"

/* Whether gradients go through an output: by its dtype. */
bool hr_is_trainable(hr_output output);
bool hr_dtype_is_trainable(hr_dtype dtype);

/* Sets reached[id - first_id], of `count` that are false, for the nodes of the xs, which are among these, and all that
 * read trainable outputs of such nodes. ResourceExhausted. */
HR_MUST_USE hr_status hr_mark_reached(const hr_graph *graph, int32_t first_id, int32_t count, hr_outputs xs,
                                      bool *reached);

#endif
