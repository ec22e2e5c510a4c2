/* Headrace, whole: the C graph-construction API and its runtime. */
#ifndef HEADRACE_HEADRACE_H
#define HEADRACE_HEADRACE_H

#include "headrace/gradients.h"
#include "headrace/graph.h"
#include "headrace/kernel.h"
#include "headrace/math.h"
#include "headrace/ops.h"
#include "headrace/scope.h"
#include "headrace/session.h"

#endif
