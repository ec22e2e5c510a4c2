/* Connectionist temporal classification. */
#include "builder/builder.h"
#include "headrace/nn.h"
#include "headrace/sparse.h"

hr_output hr_tf_ctc_loss_with(hr_scope s, hr_sparse_tensor labels, hr_operand inputs, hr_operand sequence_length,
                              const hr_tf_ctc_loss_options *options) {
  hr_tf_ctc_loss_options o =
      options ? *options : (hr_tf_ctc_loss_options){.ctc_merge_repeated = true, .time_major = true};
  if (!o.time_major)
    inputs = hr_operand_output(hr_tf_transpose(s, inputs, .perm = hr_operand_ints((hr_ints){3, (int64_t[]){1, 0, 2}})));
  return hr_call_one(
      s, "CTCLoss", o.name, HR_OPERANDS(inputs, labels.indices, labels.values, sequence_length),
      HR_ATTRS({"preprocess_collapse_repeated", HR_ATTR_BOOL_VALUE(o.preprocess_collapse_repeated)},
               {"ctc_merge_repeated", HR_ATTR_BOOL_VALUE(o.ctc_merge_repeated)},
               {"ignore_longer_outputs_than_inputs", HR_ATTR_BOOL_VALUE(o.ignore_longer_outputs_than_inputs)}));
}
