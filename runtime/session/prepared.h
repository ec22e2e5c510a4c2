/* A prepared run: a plan and its idle steps. Taking and giving back a step touches no lock shared between threads. */
#ifndef HR_RUNTIME_SESSION_PREPARED_H
#define HR_RUNTIME_SESSION_PREPARED_H

#include "runtime/exec/step.h"

#define HR_IDLE_STEPS 16

typedef struct hr_prepared hr_prepared;
struct hr_prepared {
  hr_plan *plan;
  _Atomic(hr_step *) idle[HR_IDLE_STEPS];
  pthread_mutex_t lock; /* guards the list of all steps */
  hr_step **steps;
  int32_t num_steps, capacity;
  hr_prepared *next; /* in the session's list */
};

/* Makes the plan and runs its constants. */
HR_MUST_USE hr_status hr_prepared_new(const hr_plan_request *request, hr_prepared **out);
/* No step may be in a run. */
void hr_prepared_free(hr_prepared *prepared);

/* A step for one run, marked busy, its cancellation reset. ResourceExhausted. */
HR_MUST_USE hr_status hr_prepared_take(hr_prepared *prepared, hr_step **out);
void hr_prepared_give_back(hr_prepared *prepared, hr_step *step);
/* Cancels the steps that run now; says if there are any. */
bool hr_prepared_cancel(hr_prepared *prepared);
/* The same, and waits until none does. */
void hr_prepared_stop(hr_prepared *prepared);

#endif
