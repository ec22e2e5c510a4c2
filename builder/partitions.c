/* Variables in parts: how they are cut, made and joined. */
#include "builder/builder.h"
#include "builder/variable.h"
#include <math.h>

/* ---- partitioners ---------------------------------------------------------------------------------------------- */

/* The length of the axis to cut; all parts are set to 1. InvalidArgument where the shape does not have it. */
static hr_status cut_axis(const hr_partitioner *self, const hr_partial_shape *shape, int64_t *parts, int64_t *length) {
  if (!hr_partial_shape_is_full(shape) || self->axis < 0 || self->axis >= shape->rank) {
    char text[HR_SHAPE_TEXT];
    return hr_error(HR_INVALID_ARGUMENT, "Cannot partition axis %d of shape %s", self->axis,
                    hr_partial_shape_text(shape, text));
  }
  for (int i = 0; i < shape->rank; ++i)
    parts[i] = 1;
  *length = shape->dims[self->axis];
  return HR_SUCCESS;
}

static int64_t element_bytes(const hr_partitioner *self, hr_dtype dtype) {
  return dtype == HR_STRING ? self->string_size : (int64_t)hr_dtype_size(dtype);
}

static hr_status fixed_call(const hr_partitioner *self, const hr_partial_shape *shape, hr_dtype dtype, int64_t *parts) {
  (void)dtype;
  int64_t length;
  HR_TRY(cut_axis(self, shape, parts, &length));
  parts[self->axis] = length < self->limit ? length : self->limit;
  return HR_SUCCESS;
}
hr_partitioner hr_fixed_size_partitioner(int64_t parts, int32_t axis) {
  return (hr_partitioner){.call = fixed_call, .axis = axis, .limit = parts};
}

static hr_status axis_size_call(const hr_partitioner *self, const hr_partial_shape *shape, hr_dtype dtype,
                                int64_t *parts) {
  int64_t length;
  HR_TRY(cut_axis(self, shape, parts, &length));
  double row = (double)element_bytes(self, dtype);
  for (int i = 0; i < shape->rank; ++i)
    if (i != self->axis) row *= (double)shape->dims[i];
  if (row == 0 || length == 0) return HR_SUCCESS;
  double rows = fmax(1, floor((double)self->size / row)), wanted = ceil((double)length / rows);
  if (self->limit > 0) wanted = fmin(wanted, (double)self->limit);
  parts[self->axis] = (int64_t)wanted;
  return HR_SUCCESS;
}
hr_partitioner hr_variable_axis_size_partitioner(int64_t bytes, int32_t axis, int64_t string_size, int64_t limit) {
  return (hr_partitioner){
      .call = axis_size_call, .axis = axis, .size = bytes, .string_size = string_size, .limit = limit};
}

static hr_status min_max_call(const hr_partitioner *self, const hr_partial_shape *shape, hr_dtype dtype,
                              int64_t *parts) {
  int64_t length;
  HR_TRY(cut_axis(self, shape, parts, &length));
  double total = (double)element_bytes(self, dtype);
  for (int i = 0; i < shape->rank; ++i)
    total *= (double)shape->dims[i];
  double wanted = fmin(fmin((double)length, (double)self->limit), ceil(total / (double)self->size));
  parts[self->axis] = wanted < 1 ? 1 : (int64_t)wanted;
  return HR_SUCCESS;
}
hr_partitioner hr_min_max_variable_partitioner(int64_t limit, int32_t axis, int64_t bytes, int64_t string_size) {
  return (hr_partitioner){
      .call = min_max_call, .axis = axis, .size = bytes, .string_size = string_size, .limit = limit};
}

/* ---- making ---------------------------------------------------------------------------------------------------- */

/* The axis to cut, and into how many parts. False with the error told. */
static bool plan_cut(hr_scope scope, const hr_get_variable_options *o, int *axis, int64_t *count) {
  char text[HR_SHAPE_TEXT];
  hr_partial_shape_text(&o->shape, text);
  if (!hr_partial_shape_is_full(&o->shape)) {
    hr_refuse(scope, "Shape of a new partitioned variable must be fully defined, but instead was %s.", text);
    return false;
  }
  int64_t parts[HR_MAX_RANK];
  hr_status status = o->partitioner.call(&o->partitioner, &o->shape, o->dtype, parts);
  if (status) {
    hr_scope_fail(scope, status);
    return false;
  }
  *axis = 0;
  *count = 1;
  for (int i = 0; i < o->shape.rank; ++i) {
    if (parts[i] < 1) {
      hr_refuse(scope, "Partitioner returned zero partitions for some axes: axis %d of %s", i, text);
    } else if (parts[i] > 1 && *count > 1) {
      hr_refuse(scope, "Can only slice a variable along one dimension: shape: %s, axes %d and %d", text, *axis, i);
    } else if (parts[i] > 1) {
      *axis = i;
      *count = parts[i];
    }
  }
  if (hr_scope_ok(scope) && *count > o->shape.dims[*axis] && *count > 1)
    hr_refuse(scope, "Cannot cut axis %d of %s into %lld parts", *axis, text, (long long)*count);
  return hr_scope_ok(scope);
}

/* The part of an explicit initial value. */
static hr_operand part_of_value(hr_scope scope, const char *name, hr_operand value, hr_dtype dtype,
                                const hr_slice_info *part) {
  char *prefix = hr_keep_printf(scope, "%s/PartitionedInitializer", name);
  if (!prefix) return HR_NO_OPERAND;
  hr_scope s = hr_name_scope(scope, prefix);
  hr_output whole = hr_convert(s, value, value.kind == HR_OPERAND_OUTPUT ? HR_INVALID : dtype, NULL);
  int32_t begin[HR_MAX_RANK], size[HR_MAX_RANK];
  for (int i = 0; i < part->rank; ++i) {
    begin[i] = (int32_t)part->offset[i];
    size[i] = (int32_t)part->shape[i];
  }
  hr_scope cut = hr_name_scope(s, "Slice");
  hr_output from = hr_i32_vector(cut, part->rank, begin, "begin"), sizes = hr_i32_vector(cut, part->rank, size, "size");
  return hr_operand_output(hr_slice(cut, whole, from, sizes, .name = hr_scope_name(cut)));
}

static hr_var *make_part(hr_scope scope, const char *name, const hr_get_variable_options *o,
                         const hr_slice_info *part) {
  hr_get_variable_options options = *o;
  options.partitioner = (hr_partitioner){0};
  if (hr_operand_is_given(o->value)) {
    options.value = part_of_value(scope, name, o->value, o->dtype, part);
    options.shape = HR_SHAPE_UNKNOWN;
  } else {
    options.shape = hr_sizes_shape(part->rank, part->shape);
    if (!options.initializer.call) options.initializer = hr_default_initializer(o->dtype);
    options.initializer.part = part;
  }
  hr_var *var = hr_get_or_make(scope, name, &options);
  if (var && !var->slice) var->slice = part;
  return var;
}

hr_var *hr_get_in_parts(hr_scope scope, const char *name, const hr_get_variable_options *o, hr_var *known) {
  if (known) {
    if (known->num_parts == 0)
      hr_refuse(scope,
                "A partitioner was provided, but an unpartitioned version of the variable was found: %s. Perhaps a "
                "variable of the same name was already created without partitioning?",
                name);
    else if (o->reuse == HR_REUSE_NONE)
      hr_refuse(scope,
                "Partitioned variable with name %s already exists. Did you mean to set reuse=True or "
                "reuse=tf.AUTO_REUSE in VarScope?",
                name);
    return hr_scope_ok(scope) && hr_can_share(scope, known, name, o) ? known : NULL;
  }
  if (o->reuse == HR_REUSE_TRUE) {
    hr_refuse(scope,
              "PartitionedVariable %s does not exist, or was not created with tf.get_variable(). Did you mean to set "
              "reuse=False or reuse=tf.AUTO_REUSE in VarScope?",
              name);
    return NULL;
  }
  int axis;
  int64_t count;
  if (!plan_cut(scope, o, &axis, &count)) return NULL;
  hr_var *var = hr_keep_bytes(scope, sizeof *var);
  hr_var **parts = hr_keep_bytes(scope, sizeof *parts * (size_t)count);
  hr_slice_info *slices = hr_keep_bytes(scope, sizeof *slices * (size_t)count);
  const char *full_name = hr_keep_text(scope, name);
  if (!var || !parts || !slices || !full_name) return NULL;
  int64_t length = o->shape.dims[axis], start = 0;
  for (int64_t i = 0; i < count; ++i) {
    hr_slice_info *slice = &slices[i];
    *slice = (hr_slice_info){.full_name = full_name, .rank = o->shape.rank};
    for (int d = 0; d < slice->rank; ++d)
      slice->full_shape[d] = slice->shape[d] = o->shape.dims[d];
    slice->offset[axis] = start;
    slice->shape[axis] = length / count + (i < length % count);
    start += slice->shape[axis];
    const char *part_name = hr_keep_printf(scope, "%s/part_%lld", name, (long long)i);
    parts[i] = part_name ? make_part(scope, part_name, o, slice) : NULL;
    if (!parts[i]) return NULL;
  }
  *var = (hr_var){.graph = hr_scope_graph(scope),
                  .trainable = o->trainable,
                  .name = full_name,
                  .shape = o->shape,
                  .num_parts = (int32_t)count,
                  .axis = axis,
                  .parts = parts};
  return var;
}

/* ---- using ----------------------------------------------------------------------------------------------------- */

hr_vars hr_var_parts(const hr_var *var) { return (hr_vars){var->num_parts, var->parts}; }

hr_output hr_var_tensor(hr_scope scope, const hr_var *var) {
  if (var && hr_var_is_resource(var)) return hr_read_resource(scope, var);
  if (!var || var->num_parts == 0) return hr_var_value(var);
  hr_scope root = hr_name_scope(hr_control_dependencies(scope, 0, NULL), NULL);
  if (var->num_parts == 1) return hr_call_one(root, "Identity", var->name, HR_OPERANDS(var->parts[0]), HR_NO_ATTRS);
  hr_operand *values = hr_keep_bytes(scope, sizeof *values * (size_t)var->num_parts);
  char *prefix = hr_keep_printf(scope, "%s/ConcatPartitions/", var->name);
  if (!values || !prefix) return HR_NO_OUTPUT;
  for (int32_t i = 0; i < var->num_parts; ++i)
    values[i] = hr_operand_variable(var->parts[i]);
  hr_operands list = {var->num_parts, values, NULL};
  return hr_identity(root, hr_tf_concat(hr_name_scope(root, prefix), list, var->axis), .name = var->name);
}
