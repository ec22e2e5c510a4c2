/* Signals during long runs: Ctrl-C raises KeyboardInterrupt in the middle of Session.run. */
#include "binding.h"

/* Called now and then by a run, on the thread that called it, which gave the GIL away. */
static hr_status check_signals(void *argument) {
  (void)argument;
  PyGILState_STATE state = PyGILState_Ensure();
  hr_status status = PyErr_CheckSignals() < 0 ? py_keep_exception() : HR_SUCCESS;
  PyGILState_Release(state);
  return status;
}

bool py_watch_signals(void) { return py_check(hr_set_poll(check_signals, NULL)); }
