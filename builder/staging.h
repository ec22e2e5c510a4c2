/* What staging areas have in common, whether their elements have keys or not. */
#ifndef HR_BUILDER_STAGING_H
#define HR_BUILDER_STAGING_H

#include "builder/builder.h"
#include "headrace/staging.h"

/* An area, named after `kind` where the options have no name. Without a root where that was refused. */
hr_staging_area hr_staging_area_of_kind(hr_scope scope, const char *kind, hr_types dtypes,
                                        const hr_staging_area_options *options);
/* Whether values[i] may be component places[i], which exists; a refusal stands at the builder otherwise. */
bool hr_staging_check_values(hr_scope scope, const hr_staging_area *area, hr_outputs values, const int64_t *places);
/* `count` outputs of a node from number `first` on, on the device of this place. A NoOp tells which that is. */
hr_outputs hr_staging_hand_out(hr_scope scope, const hr_staging_area *area, hr_node *node, int32_t first,
                               int32_t count);

static inline hr_attr_value hr_staging_types_value(hr_types v) {
  return (hr_attr_value){.kind = HR_ATTR_TYPE, .is_list = true, .count = v.count, .types = (const int32_t *)v.items};
}

#endif
