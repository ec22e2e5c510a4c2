/* The placer: which node stands on which device of a session.
 *
 * In order (TensorFlow's simple placer):
 *   - a node placed in an earlier run stays;
 *   - nodes that share a variable or a resource, and nodes that are colocated, stand together (groups.h);
 *   - a node that asks for a device gets it, if that has a kernel for it. Under soft placement one that cannot be had
 * is not asked for;
 *   - Shape, Size and Rank stand with their input;
 *   - a node without inputs stands with its consumers, if those all stand on one device;
 *   - else the first device of the type that is preferred (GPUs), of those that have a kernel.
 *
 * All nodes of the graph are placed when the first plan is made, and later those that came since. A node that cannot
 * have the device or the neighbours that it asks for fails every run from then on, needed or not, as in TensorFlow. One
 * for which there is no kernel at all fails the runs that need it, no others. */
#ifndef HR_RUNTIME_PLAN_PLACER_H
#define HR_RUNTIME_PLAN_PLACER_H

#include "runtime/base/arena.h"
#include "runtime/device/device.h"
#include "runtime/graph/node.h"

typedef struct hr_placer hr_placer;

typedef struct hr_placer_options {
  bool soft;        /* allow_soft_placement */
  bool log;         /* says where each node stands, once, to stdout and the log, as TensorFlow does */
  bool only_needed; /* place_pruned_graph: no node fails a run that does not need it */
} hr_placer_options;

/* `graph` and `devices` must outlive it. ResourceExhausted. */
HR_MUST_USE hr_status hr_placer_new(const hr_graph *graph, const hr_device_set *devices, hr_placer_options options,
                                    hr_placer **out);
/* One of the same devices for the graph of a plan, all of whose nodes are needed; it does not log. */
HR_MUST_USE hr_status hr_placer_for(const hr_placer *placer, const hr_graph *graph, hr_placer **out);
/* NULL is allowed. */
void hr_placer_free(hr_placer *placer);

/* The devices of nodes of the graph, in the arena; `*devices` NULL where all of them stand on the first one. From any
 * thread. InvalidArgument for a node that has none: devices that are not there, without kernels, or that do not agree
 * with those of colocated nodes. */
HR_MUST_USE hr_status hr_placer_place(hr_placer *placer, hr_node *const *nodes, int32_t count, hr_arena *arena,
                                      hr_device ***devices);

/* Whether a run that was planned before may still go on: the error of a node that fails all runs. Looks at two numbers
 * where no node has come since the last time. From any thread. */
HR_MUST_USE hr_status hr_placer_check(hr_placer *placer);

#endif
