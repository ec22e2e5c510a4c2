/* The inside of the placer. */
#ifndef HR_RUNTIME_PLAN_PLACER_INTERNAL_H
#define HR_RUNTIME_PLAN_PLACER_INTERNAL_H

#include "runtime/base/text.h"
#include "runtime/plan/groups.h"
#include "runtime/plan/placer.h"
#include <pthread.h>
#include <stdatomic.h>

/* A device string of the graph (interned: one address, one text) and what it says. */
typedef struct hr_known_wish {
  const char *text;
  int16_t wish;
} hr_known_wish;

/* A node that has no device. */
typedef struct hr_misplaced {
  int32_t node;
  hr_status why;
} hr_misplaced;

/* A colocation group whose name is no node's. */
typedef struct hr_named_group {
  hr_view name; /* in the graph */
  int32_t member;
} hr_named_group;

struct hr_placer {
  const hr_graph *graph;
  const hr_device_set *devices;
  hr_placer_options options;
  hr_device_name names[HR_MAX_CLUSTER_DEVICES];
  int32_t by_preference[HR_MAX_CLUSTER_DEVICES]; /* indices of devices */
  int32_t num_types;
  const char *types[HR_MAX_DEVICE_TYPES];
  uint8_t type_of[HR_MAX_CLUSTER_DEVICES];

  _Atomic int32_t num_checked; /* nodes that fail no run that does not need them */
  pthread_mutex_t lock;        /* guards what follows */
  bool has_other_devices;      /* a node asks for another than the only one */
  hr_status failure;           /* of all runs; NULL */
  hr_groups groups;            /* of the nodes seen so far */
  int32_t num_known_wishes, known_wish_capacity, last_known_wish;
  hr_known_wish *known_wishes;
  int32_t num_misplaced, misplaced_capacity;
  hr_misplaced *misplaced;
  int32_t num_named, named_capacity;
  hr_named_group *named;
};

/* Why a node has no device (placer_errors.c). */
HR_MUST_USE hr_status hr_placer_no_kernel(const hr_placer *placer, const hr_node *node);
HR_MUST_USE hr_status hr_placer_no_device(hr_placer *placer, const hr_node *node);
HR_MUST_USE hr_status hr_placer_apart(hr_placer *placer, const hr_node *node, const hr_node *other, hr_status why);

#endif
