/* Sparse tensors on their way through a queue: they wait in a map of the session, and the queue carries their keys. */
#ifndef HR_BUILDER_INPUT_BATCH_SPARSE_H
#define HR_BUILDER_INPUT_BATCH_SPARSE_H

#include "builder/builder.h"
#include "headrace/input.h"

/* What is known of one component. */
typedef struct hr_stored {
  bool is_sparse;
  hr_node *map; /* the node that puts it into its map; NULL where none does */
  int64_t rank; /* of an element; -1: unknown */
} hr_stored;

/* One component as the queue carries it: a sparse one becomes its key. `shared`: what put the first source's component
 * into its map, or NULL. */
hr_output hr_store_component(hr_scope s, const hr_any_operand *item, bool enqueue_many, hr_output keep_input,
                             hr_node *shared, hr_stored *out);
/* What a batch is, once it was taken from the queue. */
hr_any_tensors hr_restore_components(hr_scope s, hr_outputs batch, const hr_stored *stored);

#endif
