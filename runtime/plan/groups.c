#include "runtime/plan/groups.h"
#include <stdlib.h>
#include <string.h>

void hr_groups_free(hr_groups *groups) {
  free(groups->members);
  free(groups->wishes);
  *groups = (hr_groups){0};
}

hr_status hr_groups_reserve(hr_groups *groups, int32_t count) {
  if (count > groups->capacity) {
    int32_t capacity = count > INT32_MAX / 2 ? INT32_MAX : 2 * count;
    hr_member *members = realloc(groups->members, sizeof *members * (size_t)capacity);
    if (!members) return hr_error_out_of_memory(sizeof *members * (size_t)capacity, "the places of nodes");
    groups->members = members;
    groups->capacity = capacity;
  }
  groups->count = count;
  return HR_SUCCESS;
}

static bool same_name(const hr_device_name *a, const hr_device_name *b) {
  return strcmp(a->job, b->job) == 0 && strcmp(a->type, b->type) == 0 && a->replica == b->replica &&
         a->task == b->task && a->id == b->id;
}

hr_status hr_groups_wish(hr_groups *groups, const hr_device_name *name, int16_t *out) {
  for (int32_t i = groups->num_wishes - 1; i >= 0; --i) { /* a new one was just asked for, if at all */
    if (!same_name(&groups->wishes[i], name)) continue;
    *out = (int16_t)i;
    return HR_SUCCESS;
  }
  if (groups->num_wishes == groups->wish_capacity) {
    int32_t capacity = groups->wish_capacity ? 2 * groups->wish_capacity : 8;
    hr_device_name *wishes = capacity <= INT16_MAX ? realloc(groups->wishes, sizeof *wishes * (size_t)capacity) : NULL;
    if (!wishes) return hr_error_out_of_memory(sizeof *wishes * (size_t)capacity, "the devices that nodes ask for");
    groups->wishes = wishes;
    groups->wish_capacity = capacity;
  }
  groups->wishes[groups->num_wishes] = *name;
  *out = (int16_t)groups->num_wishes++;
  return HR_SUCCESS;
}

int32_t hr_groups_leader(hr_groups *groups, int32_t node) {
  hr_member *members = groups->members;
  while (members[node].leader != node) {
    members[node].leader = members[members[node].leader].leader;
    node = members[node].leader;
  }
  return node;
}

hr_status hr_groups_join(hr_groups *groups, int32_t a, int32_t b, bool soft) {
  int32_t first = hr_groups_leader(groups, a), second = hr_groups_leader(groups, b);
  if (first == second) return HR_SUCCESS;
  hr_member *x = &groups->members[first], *y = &groups->members[second];
  uint8_t types = x->types & y->types;
  if (!types)
    return hr_error(HR_INVALID_ARGUMENT, "no device type has kernels for both and for all that is colocated with them");
  if (x->device >= 0 && y->device >= 0 && x->device != y->device)
    return hr_error(HR_INVALID_ARGUMENT, "earlier runs placed them on different devices");
  int16_t wish = x->wish;
  if (x->wish != y->wish) {
    hr_device_name merged = groups->wishes[x->wish];
    HR_TRY(hr_device_name_merge(&merged, &groups->wishes[y->wish], soft));
    HR_TRY(hr_groups_wish(groups, &merged, &wish));
  }
  hr_member *leader = first < second ? x : y, *other = leader == x ? y : x;
  if (leader->device < 0) leader->device = other->device;
  leader->types = types;
  leader->wish = wish;
  other->leader = (int32_t)(leader - groups->members);
  return HR_SUCCESS;
}
