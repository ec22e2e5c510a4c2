/* RunMetadata: what a traced run tells about itself. */
#ifndef HR_RUNTIME_SESSION_RUN_METADATA_H
#define HR_RUNTIME_SESSION_RUN_METADATA_H

#include "headrace/session.h"
#include "runtime/exec/trace.h"

/* Serialises the RunMetadata of the run that has just ended: step stats where it was traced, partition graphs where
 * `options` (may be NULL) ask for them: of a plan for `as_built`, the request without rewriting. */
HR_MUST_USE hr_status hr_run_metadata_write(const hr_step *step, const hr_run_options *options,
                                            const hr_plan_request *as_built, hr_owned_bytes *out);

#endif
