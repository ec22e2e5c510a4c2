/* What the files of batch normalisation share. */
#ifndef HR_BUILDER_BATCH_NORM_H
#define HR_BUILDER_BATCH_NORM_H

#include "headrace/batch_norm.h"
#include "headrace/control_flow.h"

/* Two operands, or one where the second is not given; and a branch that returns them. */
typedef struct hr_pair {
  hr_operand first, second;
} hr_pair;
void hr_give_pair(void *pair, hr_scope scope, hr_results *results);
#define HR_GIVE(...) HR_BRANCH(hr_give_pair, &((hr_pair){__VA_ARGS__}))

/* Which axes hold channels, and which are averaged over. */
typedef struct hr_channel_axes {
  int rank, num_reduced, num_channels;
  int64_t reduced[HR_MAX_RANK], channels[HR_MAX_RANK];
  bool kept; /* parameters have the rank of the inputs, with sizes of 1 */
} hr_channel_axes;
/* A vector of channels in a shape that is broadcast to x, where it is not so by itself. */
hr_operand hr_spread_channels(hr_scope scope, hr_operand vector, hr_output x, const hr_channel_axes *axes);

/* tf.layers' update of an average, all of whose nodes stand beside it; what stands for the variable afterwards. */
hr_operand hr_move_beside(hr_scope scope, hr_var *average, hr_operand value, hr_operand momentum);

/* tf.layers' way by several nodes; `may_train`: not known to be never. */
hr_batch_normalized hr_normalize_composed(hr_scope scope, hr_output x, hr_var *moving_mean, hr_var *moving_variance,
                                          bool may_train, const hr_batch_normalization_call_options *options);

#endif
