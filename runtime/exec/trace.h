/* What the nodes of a traced run did: when each ran, and what it put out. */
#ifndef HR_RUNTIME_EXEC_TRACE_H
#define HR_RUNTIME_EXEC_TRACE_H

#include "runtime/exec/step.h"

/* An output as it was when its node had run. The value may be gone by now: `data` is only an address to tell. */
typedef struct hr_output_trace {
  hr_dtype dtype; /* HR_INVALID where the node put nothing out */
  hr_shape shape;
  size_t bytes;
  const void *data;
  bool is_shared; /* with another tensor: a variable's value, an input that was passed on */
} hr_output_trace;

/* Nanoseconds of the monotonic clock. */
struct hr_node_trace {
  const hr_plan_node *node; /* NULL: it has not run */
  int64_t start, end;
  hr_output_trace *outputs; /* one for each output of the node */
};

/* Makes the next run of the step record its nodes. ResourceExhausted. */
HR_MUST_USE hr_status hr_trace_begin(hr_step *step);
/* Drops the records. */
void hr_trace_end(hr_step *step);

/* Around the run of node `index`; the second before its outputs are given up. From any thread, one for each node. */
void hr_trace_node_start(hr_step *step, int32_t index);
void hr_trace_node_end(hr_step *step, int32_t index);

#endif
