/* tf.train.SessionManager: how sessions come up. */
#include "headrace/session_manager.h"
#include "headrace/io.h"
#include "runtime/base/clock.h"
#include "runtime/base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool hr_session_was_lost(hr_status status) {
  hr_code code = hr_status_code(status);
  return code == HR_UNAVAILABLE || code == HR_ABORTED;
}

/* ---- readiness ------------------------------------------------------------------------------------------------- */

/* Adds the names in a vector of strings; false where there are none. */
static bool add_names(const hr_tensor *names, hr_text *missing) {
  const hr_string *items = hr_tensor_data(names);
  for (int64_t i = 0; i < names->elements; ++i) {
    if (missing->length) hr_text_add_string(missing, ", ");
    hr_text_add(missing, hr_string_data(&items[i]), hr_string_length(&items[i]));
  }
  return names->elements > 0;
}

/* Whether nothing is missing; what is, is added to the text. */
static hr_status check_ready(hr_session *session, hr_output op, hr_text *missing, bool *ready) {
  *ready = true;
  if (!op.node) return HR_SUCCESS;
  hr_tensor names;
  HR_TRY(hr_session_run(session, 0, NULL, 1, &op, &names, 0, NULL));
  hr_status status = HR_SUCCESS;
  if (hr_tensor_dtype(&names) != HR_STRING)
    status = hr_error(HR_INVALID_ARGUMENT, "%s must be a vector of names, not of %s", hr_node_name(op.node),
                      hr_dtype_name(hr_tensor_dtype(&names)));
  else
    *ready = !add_names(&names, missing);
  hr_tensor_clear(&names);
  return status;
}

/* Runs local_init_op where it can be run, and looks whether all is there. */
static hr_status make_ready(hr_session *session, const hr_session_manager_options *o, hr_text *missing, bool *ready) {
  if (o->local_init_op) {
    HR_TRY(check_ready(session, o->ready_for_local_init_op, missing, ready));
    if (!*ready) return HR_SUCCESS;
    HR_TRY(hr_run_node(session, o->local_init_op));
  }
  return check_ready(session, o->ready_op, missing, ready);
}

/* ---- the chief ------------------------------------------------------------------------------------------------- */

static hr_status restore(hr_session *session, const hr_session_manager_options *o, bool *restored) {
  *restored = false;
  if (!o->saver || !o->checkpoint_dir) return HR_SUCCESS;
  hr_checkpoint_state *state;
  HR_TRY(hr_get_checkpoint_state(o->checkpoint_dir, NULL, &state));
  if (!state) return HR_SUCCESS;
  hr_status status = hr_saver_restore(o->saver, session, state->model_checkpoint_path);
  if (!status) status = hr_saver_recover(o->saver, (int32_t)state->path_count, state->all_model_checkpoint_paths);
  *restored = !status;
  hr_checkpoint_state_free(state);
  return status;
}

static hr_status bring_up(hr_session *session, const hr_session_manager_options *o, bool *restored) {
  HR_TRY(restore(session, o, restored));
  if (!*restored) {
    if (!o->init_op && !o->local_init_op)
      return hr_error(HR_FAILED_PRECONDITION, "Model is not initialized and no init_op or local_init_op was given");
    if (o->init_op) HR_TRY(hr_run_node(session, o->init_op));
  }
  hr_text missing = {0};
  bool ready;
  hr_status status = make_ready(session, o, &missing, &ready);
  if (!status && !ready)
    status = hr_error(HR_FAILED_PRECONDITION,
                      "Init operations did not make model ready. Init op: %s, local_init_op: %s, error: Variables not "
                      "initialized: %s",
                      o->init_op ? hr_node_name(o->init_op) : "none",
                      o->local_init_op ? hr_node_name(o->local_init_op) : "none", missing.data);
  hr_text_free(&missing);
  return status;
}

hr_status hr_prepare_session(hr_graph *graph, const hr_session_manager_options *options, hr_session **out,
                             bool *restored) {
  *out = NULL;
  hr_session *session;
  bool from_checkpoint;
  HR_TRY(hr_session_new(graph, options->session, &session));
  hr_status status = bring_up(session, options, &from_checkpoint);
  if (status) {
    hr_session_free(session);
    return status;
  }
  if (restored) *restored = from_checkpoint;
  *out = session;
  return HR_SUCCESS;
}

/* ---- other workers --------------------------------------------------------------------------------------------- */

static void sleep_seconds(double seconds) {
  struct timespec left = {.tv_sec = (time_t)seconds, .tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9)};
  while (nanosleep(&left, &left) != 0 && errno == EINTR)
    ;
}

/* One look. The session is kept where it is ready; `missing` says what is not. */
static hr_status look(hr_graph *graph, const hr_session_manager_options *o, hr_text *missing, hr_session **out) {
  hr_session *session;
  bool ready = false;
  *out = NULL;
  HR_TRY(hr_session_new(graph, o->session, &session));
  hr_status status = make_ready(session, o, missing, &ready);
  if (!status && ready)
    *out = session;
  else
    hr_session_free(session);
  return status;
}

hr_status hr_wait_for_session(hr_graph *graph, const hr_session_manager_options *options, hr_session **out) {
  double longest = options->recovery_wait_seconds > 0 ? options->recovery_wait_seconds : 30;
  double pause = longest < 0.25 ? longest : 0.25; /* a chief that starts now is ready soon */
  int64_t began = hr_monotonic_nanos();
  for (;;) {
    hr_text missing = {0};
    hr_status status = look(graph, options, &missing, out);
    double waited = (double)(hr_monotonic_nanos() - began) * 1e-9;
    if (!status && !*out && options->max_wait_seconds > 0 && waited + pause > options->max_wait_seconds)
      status =
          hr_error(HR_DEADLINE_EXCEEDED, "Session was not ready after waiting %g secs. Variables not initialized: %s",
                   options->max_wait_seconds, missing.data ? missing.data : "");
    hr_text_free(&missing);
    if (status || *out) return status;
    sleep_seconds(pause);
    pause = 2 * pause < longest ? 2 * pause : longest;
  }
}
