/* Sessions that come up ready to train: tf.train.SessionManager.
 *
 * The chief prepares a session: it restores the variables from the last checkpoint, or initialises them. Other workers
 * wait until the variables that they share have values. When a run says that a server was lost, both are done again,
 * and training goes on from the last checkpoint:
 *
 *   for (;;) {
 *     HR_TRY(is_chief ? hr_prepare_session(graph, &options, &session, NULL) : hr_wait_for_session(graph, &options,
 * &session)); hr_status status = train(session); hr_session_free(session); if (!hr_session_was_lost(status)) return
 * status; hr_status_free(status);
 *   }
 */
#ifndef HEADRACE_SESSION_MANAGER_H
#define HEADRACE_SESSION_MANAGER_H

#include "headrace/saver.h"
#include "headrace/session.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What is NULL or has no node is left out. hr_scaffold_init_op and the functions beside it make the nodes. */
typedef struct hr_session_manager_options {
  const hr_session_options *session; /* of the sessions: the target above all */
  hr_node *init_op;                  /* gives variables their first values, where there is no checkpoint */
  hr_node *local_init_op;            /* run in each session, once the variables have values */
  hr_output ready_op;                /* a vector of names of what has no value: the session is ready when it is empty */
  hr_output ready_for_local_init_op; /* the same, before local_init_op */
  hr_saver *saver;                   /* restores */
  const char *checkpoint_dir;        /* the newest checkpoint of this directory */
  double recovery_wait_seconds;      /* the longest pause between looks; 0: 30 */
  double max_wait_seconds;           /* of hr_wait_for_session; 0: for ever */
} hr_session_manager_options;

/* A session that is ready. `*restored` (may be NULL): whether from a checkpoint. FailedPrecondition, naming variables,
 * where it is not ready after all; the errors of restoring and initialising; FailedPrecondition where there is nothing
 * to do either with. */
HR_API HR_MUST_USE hr_status hr_prepare_session(hr_graph *graph, const hr_session_manager_options *options,
                                                hr_session **out, bool *restored);
/* A session that is ready because another one has seen to it. DeadlineExceeded, with what is missing. */
HR_API HR_MUST_USE hr_status hr_wait_for_session(hr_graph *graph, const hr_session_manager_options *options,
                                                 hr_session **out);
/* Whether an error says that a server is gone or has started anew (Unavailable, Aborted), so that a new session may go
 * on. */
HR_API bool hr_session_was_lost(hr_status status);

#ifdef __cplusplus
}
#endif
#endif
