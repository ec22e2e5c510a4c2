/* Headrace, whole: the C graph-construction API and its runtime. */
#ifndef HEADRACE_HEADRACE_H
#define HEADRACE_HEADRACE_H

#include "headrace/arrays.h"
#include "headrace/dtype.h"
#include "headrace/gradients.h"
#include "headrace/graph.h"
#include "headrace/graph_io.h"
#include "headrace/host_function.h"
#include "headrace/io.h"
#include "headrace/kernel.h"
#include "headrace/layers.h"
#include "headrace/linalg.h"
#include "headrace/losses.h"
#include "headrace/math.h"
#include "headrace/nn.h"
#include "headrace/op_call.h"
#include "headrace/operand.h"
#include "headrace/ops.h"
#include "headrace/random.h"
#include "headrace/saved_model.h"
#include "headrace/saver.h"
#include "headrace/schedules.h"
#include "headrace/scope.h"
#include "headrace/session.h"
#include "headrace/shape.h"
#include "headrace/status.h"
#include "headrace/summary.h"
#include "headrace/tensor.h"
#include "headrace/train.h"
#include "headrace/variables.h"

#endif
