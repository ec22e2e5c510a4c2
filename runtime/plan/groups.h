/* Groups of nodes that stand on one device: those that share a variable or another resource, and those that the program
 * puts together ("_class": ["loc:@NAME"]). A union-find over node ids, whose leaders know what their group may be. */
#ifndef HR_RUNTIME_PLAN_GROUPS_H
#define HR_RUNTIME_PLAN_GROUPS_H

#include "runtime/device/device_name.h"
#include <stdint.h>

#define HR_MAX_DEVICE_TYPES 8
#define HR_NO_WISH          0 /* the wish that any device meets */

/* A node. All but the leader is the group's, and up to date in its leader only. */
typedef struct hr_member {
  int32_t leader; /* towards the leader; itself, where it is the leader */
  int16_t wish;   /* into hr_groups.wishes: what the program asks for */
  uint8_t types;  /* bit t: there are kernels for device type t */
  int16_t device; /* where the group stands; -1 while that is open */
} hr_member;

typedef struct hr_groups {
  hr_member *members; /* by node id */
  int32_t count, capacity;
  hr_device_name *wishes; /* each once */
  int32_t num_wishes, wish_capacity;
} hr_groups;

void hr_groups_free(hr_groups *groups);
/* Makes room for members up to id count - 1; new ones are for the caller to fill in. ResourceExhausted. */
HR_MUST_USE hr_status hr_groups_reserve(hr_groups *groups, int32_t count);

/* The wish of this name. ResourceExhausted. */
HR_MUST_USE hr_status hr_groups_wish(hr_groups *groups, const hr_device_name *name, int16_t *out);

/* The leader of a node's group. */
int32_t hr_groups_leader(hr_groups *groups, int32_t node);

/* Makes one group of those of `a` and `b`. InvalidArgument where their wishes do not agree (`soft` drops what does not)
 * and where no device type has kernels for both: then nothing changes. */
HR_MUST_USE hr_status hr_groups_join(hr_groups *groups, int32_t a, int32_t b, bool soft);

#endif
