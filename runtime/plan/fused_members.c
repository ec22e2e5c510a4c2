/* What a fused node consists of, for those who tell of it. */
#include "runtime/plan/fuse.h"
#include <string.h>

static bool is_group(const hr_node *node) { return strcmp(node->op->name, HR_FUSED_OP) == 0; }
static bool is_update(const hr_node *node) { return strcmp(node->op->name, HR_FUSED_UPDATE_OP) == 0; }

int32_t hr_num_fused(const hr_node *node) {
  return is_group(node) ? hr_fused_group_of(node)->num_members : is_update(node) ? 2 : 0;
}

const hr_node *hr_fused_member(const hr_node *node, int32_t index) {
  if (is_group(node)) return hr_fused_group_of(node)->members[index].node;
  const hr_fused_update *update = hr_fused_update_of(node);
  return index == 0 ? update->product.node : update->update.node;
}
