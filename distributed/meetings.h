/* Steps as a worker sees them: by the number that a master gave each, the place where its nodes meet those of other
 * tasks. Whoever asks first makes it: a peer may ask for a tensor before the step begins here. */
#ifndef HR_DISTRIBUTED_MEETINGS_H
#define HR_DISTRIBUTED_MEETINGS_H

#include "distributed/peers.h"
#include "runtime/exec/rendezvous.h"

typedef struct hr_meetings hr_meetings;

/* What a step has asked another task for. */
typedef struct hr_asking hr_asking;
typedef struct hr_asked hr_asked;

/* Whoever has something to do when a run of the step is about to wait, or has ended. */
typedef struct hr_flush_watch {
  struct hr_flush_watch *next;
  void (*flush)(struct hr_flush_watch *self);
} hr_flush_watch;

typedef struct hr_meeting_place {
  hr_rendezvous rendezvous; /* first: what it asks for comes from other tasks */
  hr_meetings *table;
  struct hr_meeting_place *next; /* in the table */
  int64_t id;
  int32_t references; /* the table's lock guards these and what follows */
  bool has_ended, is_aborted;
  hr_peers *peers;  /* of the first part of the step that runs here; NULL before */
  int64_t deadline; /* hr_monotonic_nanos() of calls to other tasks; INT64_MAX: none */
  /* Memory for what comes, and what keeps it: of the step that runs here. NULL: the CPU's. */
  hr_allocator *allocator;
  void *keeper;
  void (*let_go)(void *keeper);
  hr_asking *asking; /* calls that are under way */
  hr_asked *asked;   /* what will be asked for at the next flush */
  hr_flush_watch *watches;
} hr_meeting_place;

#define HR_MEETING_LISTS 256
#define HR_ENDED_STEPS   1024

struct hr_meetings {
  pthread_mutex_t lock;
  pthread_cond_t changed; /* a call to another task has ended */
  const char *own;        /* the name of this task */
  int32_t asking;         /* calls under way */
  hr_meeting_place *places[HR_MEETING_LISTS];
  int64_t ended[HR_ENDED_STEPS]; /* the last steps that were cleaned up, by number: nothing of them comes any more */
};

void hr_meetings_init(hr_meetings *table, const char *own_task);
/* Ends all steps, and waits for what was asked. */
void hr_meetings_clear(hr_meetings *table);

/* The step, with a reference; made where it is not there. Aborted for one that has ended. */
HR_MUST_USE hr_status hr_meeting_place_find(hr_meetings *table, int64_t step, hr_meeting_place **out);
/* The last reference to a step that nobody ended, and in which nobody waits for anything, drops it. */
void hr_meeting_place_unref(hr_meeting_place *place);
/* Whom the step's nodes ask; the first answer counts. */
void hr_meeting_place_set_peers(hr_meeting_place *place, hr_peers *peers);
/* So many milliseconds are left for the step (INT64_MAX: any number); 0 or less: none. Calls to other tasks end a
 * second later, for a step says itself that its time is over. */
void hr_meeting_place_set_time_left(hr_meeting_place *place, int64_t milliseconds);
/* Where tensors that come are put, from now on; the first answer counts. `let_go(keeper)` is called when no tensor can
 * come any more, and those that nobody received are gone; at once where the answer does not count. */
void hr_meeting_place_set_memory(hr_meeting_place *place, hr_allocator *allocator, void *keeper,
                                 void (*let_go)(void *keeper));
/* Whoever waits, or comes later, gets a copy of `why`; what was asked for is called back. */
void hr_meeting_place_abort(hr_meeting_place *place, hr_status why);

/* Calls watch->flush once, at the next flush. */
void hr_meeting_place_on_flush(hr_meeting_place *place, hr_flush_watch *watch);

/* The rendezvous's own (asking.c): notes a key, asks for all that were noted, calls back what is under way (the table's
 * lock held), forgets what was noted. */
void hr_meeting_place_ask(hr_rendezvous *rendezvous, const char *key);
void hr_meeting_place_flush(hr_rendezvous *rendezvous);
void hr_meeting_place_cancel(hr_meeting_place *place);
void hr_meeting_place_forget(hr_meeting_place *place);

/* CleanupGraph: the step has ended everywhere. */
void hr_meetings_end(hr_meetings *table, int64_t step);

/* In texts of errors that follow from another task's: the cause is another one. As in TensorFlow. */
#define HR_DERIVED "[_Derived_]"
HR_MUST_USE hr_status hr_derived(hr_status status);

#endif
