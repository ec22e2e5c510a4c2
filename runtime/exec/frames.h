/* Iterations: the memory of the dataflow executor. The nodes outside of loops run in one iteration, the root, whose
 * memory is the step's own; each iteration of a loop has values, contexts and counts of its own, so that several may be
 * under way.
 *
 * All functions here are called with the run's lock held, unless they say otherwise.
 */
#ifndef HR_RUNTIME_EXEC_FRAMES_H
#define HR_RUNTIME_EXEC_FRAMES_H

#include "runtime/exec/step.h"
#include "runtime/plan/flow.h"

typedef struct hr_dataflow hr_dataflow;
typedef struct hr_loop_run hr_loop_run;

/* A node in one iteration; the argument of its done function where it is asynchronous. */
typedef struct hr_node_run {
  struct hr_node_run *next; /* in the queue of ready ones */
  hr_iteration *iteration;
  int32_t index;       /* into plan->nodes */
  int32_t pending;     /* what it waits for */
  int32_t dead_inputs; /* of a Merge */
  bool is_dead;        /* of a Recv: what came is */
  bool is_served;      /* of a Merge: an input is alive */
} hr_node_run;

struct hr_iteration {
  hr_dataflow *run;
  hr_iteration *next, *previous; /* of the loop, the oldest first */
  hr_loop_run *loop;             /* NULL for the root */
  int64_t number;
  hr_value *slots;
  const hr_value **inputs;
  hr_kernel_context *contexts;
  hr_node_run *nodes;
  int32_t *readers;    /* by slot: who still reads it; -1: kept */
  int32_t outstanding; /* nodes that are ready or run, and loops inside */
};

/* A value that waits: of an Enter for every iteration, or of a NextIteration for one that may not begin yet. */
typedef struct hr_waiting_value {
  struct hr_waiting_value *next;
  int32_t node;
  bool is_dead, is_ref;
  hr_value value;
} hr_waiting_value;

/* One run of a loop, from what enters it to what leaves it. */
struct hr_loop_run {
  hr_loop_run *next, *previous; /* of all that run */
  int32_t loop;                 /* into plan->flow->loops */
  hr_iteration *parent;
  hr_iteration *first, *last;
  int32_t num_iterations; /* under way */
  int64_t next_number;
  uint64_t frame_id;
  char *frame_name; /* with those of the loops outside */
  int32_t enters_to_come;
  hr_waiting_value *entered; /* into every iteration */
  hr_waiting_value *waiting; /* for the next iteration */
  bool *has_left;            /* by node of the loop: an Exit that was alive */
};

/* What tells the loop of an iteration from others, and from the same one in another iteration of an outer loop:
 * TensorFlow's number for it, which stands in the keys of Send and Recv. Without the lock; 0 when memory is out. */
uint64_t hr_frame_id(const hr_iteration *iteration);

struct hr_dataflow {
  hr_step *step;
  pthread_mutex_t lock; /* guards what follows, except where the node that runs owns it */
  pthread_cond_t changed;
  hr_iteration root;
  hr_loop_run *loops;              /* under way */
  hr_iteration **spare_iterations; /* by loop */
  hr_node_run *first_ready, *last_ready;
  int32_t under_way; /* asynchronous nodes that have not answered */
  int32_t finished, num_root_nodes;
  hr_status status;  /* the first error */
  bool is_stopped;   /* waiting nodes were told of it */
  bool has_asked;    /* a Send or a Recv was started since the last flush */
  bool is_driven;    /* a thread is busy with ready nodes */
  hr_step_done done; /* of a run that was started; NULL: the thread that called it waits */
  void *done_argument;
};

HR_MUST_USE hr_status hr_dataflow_new(hr_step *step, hr_dataflow **out);
/* Sets all counts for a run, and puts the nodes that wait for nothing in the queue. */
void hr_dataflow_begin(hr_dataflow *run);
/* Ends all loops that an error left under way. */
void hr_dataflow_end(hr_dataflow *run);

static inline bool hr_has_ready(const hr_dataflow *run) { return run->first_ready != NULL; }
hr_node_run *hr_take_ready(hr_dataflow *run);

/* The place of a value in the iteration that reads it. */
hr_value *hr_iteration_slot(hr_dataflow *run, hr_iteration *iteration, int32_t slot);
hr_kernel_context *hr_node_context(hr_dataflow *run, const hr_node_run *node);
/* The inputs that nobody but this node still reads, a bit each. */
uint64_t hr_find_forwardable(hr_dataflow *run, const hr_node_run *node);

/* A node is through, or dead: hands its values on and gives up what it read. */
HR_MUST_USE hr_status hr_node_finished(hr_dataflow *run, hr_node_run *node);

#endif
