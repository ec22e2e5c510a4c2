/* Contexts as TensorFlow's CondContextDef and WhileContextDef. */
#ifndef HR_BUILDER_CONTROL_FLOW_CONTEXT_PROTO_H
#define HR_BUILDER_CONTROL_FLOW_CONTEXT_PROTO_H

#include "builder/control_flow/context.h"

/* Appends the message of a context with all that is nested in it. ResourceExhausted. */
HR_MUST_USE hr_status hr_context_to_proto(const hr_context *context, hr_text *out);

#endif
