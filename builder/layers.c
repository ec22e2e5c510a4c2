/* Layers without variables, in the name scopes of tf.layers. */
#include "headrace/layers.h"
#include "builder/builder.h"
#include "builder/layer.h"

hr_output hr_flatten_with(hr_scope scope, hr_operand input, const hr_op_options *options) {
  hr_output x = hr_convert(scope, input, HR_INVALID, NULL);
  hr_layer layer = hr_layer_begin(
      scope, hr_layer_scope(scope, options ? options->name : NULL, "flatten", HR_REUSE_NONE), HR_REUSE_NONE, true);
  hr_output y = hr_flatten_call(layer.scope, x);
  hr_layer_end(&layer);
  return y;
}

hr_output hr_flatten_call(hr_scope scope, hr_output x) {
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  const hr_partial_shape shape = *hr_output_shape(x);
  hr_operand batch = shape.rank > 0 && shape.dims[0] > 0
                         ? hr_operand_int(shape.dims[0])
                         : hr_operand_output(hr_at(scope, hr_tf_shape(scope, x), HR_INDEX(0)));
  hr_scope r = hr_name_scope(scope, "Reshape");
  hr_output flat_shape = hr_convert(r, HR_OPERAND(HR_OPERANDS(batch, -1)), HR_INT32, "shape");
  hr_output y = hr_reshape(r, x, flat_shape, .name = hr_scope_name(r));
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  hr_partial_shape known = {.rank = 2, .dims = {-1, -1}};
  if (shape.rank > 0) {
    known.dims[0] = shape.dims[0];
    known.dims[1] = 1;
    for (int i = 1; i < shape.rank; ++i)
      known.dims[1] = known.dims[1] < 0 || shape.dims[i] < 0 ? -1 : known.dims[1] * shape.dims[i];
  }
  hr_know_shape(scope, y, &known);
  return y;
}

/* The shape of a layer's noise as a tensor; sizes that it leaves open are those of x when it runs. */
static hr_dims noise_shape(hr_scope s, hr_output x, hr_dims given) {
  if (given.shape.rank < 0 || hr_operand_is_given(given.value)) return given;
  hr_output sizes = hr_tf_shape(s, x);
  hr_operand items[HR_MAX_RANK];
  for (int i = 0; i < given.shape.rank; ++i)
    items[i] = given.shape.dims[i] >= 0 ? hr_operand_int(given.shape.dims[i])
                                        : hr_operand_output(hr_at(s, sizes, HR_INDEX(i)));
  return hr_dims_from_output(hr_convert(s, hr_operand_items(given.shape.rank, items), HR_INT32, NULL));
}

hr_output hr_dropout_call_with(hr_scope scope, hr_output x, hr_operand rate, const hr_dropout_options *options) {
  hr_dropout_options o = options ? *options : (hr_dropout_options){HR_DROPOUT_DEFAULTS};
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  o.noise_shape = noise_shape(scope, x, o.noise_shape);
  return hr_dropout_with(scope, hr_operand_output(x), rate, &o);
}

hr_output hr_dropout_layer_with(hr_scope scope, hr_operand input, const hr_dropout_layer_options *options) {
  hr_dropout_layer_options o = options ? *options : (hr_dropout_layer_options){.rate = 0.5, HR_DROPOUT_DEFAULTS};
  hr_output x = hr_convert(scope, input, HR_INVALID, NULL);
  hr_layer layer = hr_layer_begin(scope, hr_layer_scope(scope, o.name, "dropout", HR_REUSE_NONE), HR_REUSE_NONE, true);
  hr_output y = o.training ? hr_dropout_call(layer.scope, x, o.rate, .noise_shape = o.noise_shape, .seed = o.seed)
                           : hr_identity(layer.scope, x);
  hr_layer_end(&layer);
  return y;
}
