/* Windows whose taps lie apart, in two steps: what is known of shapes first, then inputs. */
#ifndef HR_BUILDER_SPACE_TO_BATCH_H
#define HR_BUILDER_SPACE_TO_BATCH_H

#include "headrace/convolution.h"

typedef struct hr_dilation {
  hr_output rate; /* int32 [count] */
  int count;
  bool cuts;           /* whether a rate is not known to be one */
  hr_output base;      /* what "SAME" adds, int32 [count, 2]; no output: nothing */
  const char *padding; /* borrowed */
  hr_partial_shape shape;
} hr_dilation;

/* Makes what depends on no input: the rates, the filter's shape, what "SAME" adds. `shape` is that of the inputs, as
 * far as it is known; `filter_shape` is needed for "SAME" alone. */
hr_dilation hr_dilation_begin(hr_scope scope, const hr_partial_shape *shape, hr_operand dilation_rate,
                              const char *padding, hr_operand filter_shape);
/* op(x), as if the taps of its windows lay the rates apart; `dims` are the dimensions that they belong to, ascending.
 */
hr_output hr_dilation_call(hr_scope scope, const hr_dilation *dilation, hr_output x, hr_ints dims,
                           hr_window_function op);

#endif
