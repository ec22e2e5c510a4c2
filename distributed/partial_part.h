/* A part of a graph that runs while its inputs come: partial runs. Inputs and outputs meet in the step's rendezvous. */
#ifndef HR_DISTRIBUTED_PARTIAL_PART_H
#define HR_DISTRIBUTED_PARTIAL_PART_H

#include "distributed/worker.h"

/* Some inputs, and the outputs that they make possible; the caller's memory until `done`. */
typedef struct hr_exchange hr_exchange;
struct hr_exchange {
  int32_t num_inputs, num_outputs;
  const char *const *input_keys, *const *output_keys;
  hr_tensor *inputs;  /* moved out of there */
  hr_tensor *outputs; /* zeroed; the caller's to clear, also after an error */
  bool is_last;       /* also waits for the end of the run */
  /* Called once, perhaps before hr_exchange_start returns; owns `status`. */
  void (*done)(hr_exchange *self, hr_status status);
  /* The inside. */
  hr_partial_part *part;
  struct hr_exchange_receiver *receivers;
  pthread_mutex_t lock;
  int32_t pending;
  hr_status status;
};

/* The run of the part in this step, begun where it is not; starts an exchange with it. Errors come by `done`. */
void hr_exchange_start(hr_worker *worker, hr_part *part, int64_t step, hr_exchange *exchange);
/* Forgets a step that is over, and ends all that waits in it. */
void hr_worker_end_step(hr_worker *worker, int64_t step);

#endif
