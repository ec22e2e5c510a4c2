/* Options from their messages. */
#ifndef HR_RUNTIME_SESSION_OPTIONS_H
#define HR_RUNTIME_SESSION_OPTIONS_H

#include "headrace/session.h"
#include "proto/config.pb-c.h"

/* hr_session_options.rewrites_off; NULL: nothing is switched off. */
uint32_t hr_rewrites_off(const HrPb__GraphOptions *options);

void hr_run_options_read(const HrPb__RunOptions *proto, hr_run_options *out);

#endif
