#include "runtime/graph/op_def_proto.h"

#include "runtime/base/wire.h"
#include "runtime/graph/attr_proto.h"

/* Field numbers. */
enum { OP_LIST_OP = 1 };
enum { OP_NAME = 1, OP_INPUT, OP_OUTPUT, OP_ATTR, OP_DEPRECATION = 8 };
enum { OP_IS_AGGREGATE = 16, OP_IS_STATEFUL, OP_IS_COMMUTATIVE, OP_ALLOWS_UNINITIALIZED_INPUT };
enum { ARG_NAME = 1, ARG_TYPE = 3, ARG_TYPE_ATTR, ARG_NUMBER_ATTR, ARG_TYPE_LIST_ATTR, ARG_IS_REF = 16 };
enum { ATTR_NAME = 1, ATTR_TYPE, ATTR_DEFAULT, ATTR_HAS_MINIMUM = 5, ATTR_MINIMUM, ATTR_ALLOWED };
enum { DEPRECATION_VERSION = 1 };

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static void write_arg(const hr_op_def *op, uint32_t field, const hr_arg_def *arg, hr_text *out) {
  size_t begin = hr_wire_begin(out, field);
  hr_wire_put_bytes(out, ARG_NAME, hr_view_of(arg->name));
  if (arg->type_attr < 0 && arg->type_list_attr < 0) hr_wire_put_number(out, ARG_TYPE, arg->dtype);
  if (arg->type_attr >= 0) hr_wire_put_bytes(out, ARG_TYPE_ATTR, hr_view_of(op->attrs[arg->type_attr].name));
  if (arg->number_attr >= 0) hr_wire_put_bytes(out, ARG_NUMBER_ATTR, hr_view_of(op->attrs[arg->number_attr].name));
  if (arg->type_list_attr >= 0)
    hr_wire_put_bytes(out, ARG_TYPE_LIST_ATTR, hr_view_of(op->attrs[arg->type_list_attr].name));
  if (arg->is_ref) hr_wire_put_number(out, ARG_IS_REF, 1);
  hr_wire_end(out, begin);
}

static hr_status write_value(uint32_t field, const hr_attr_value *value, hr_text *out) {
  size_t begin = hr_wire_begin(out, field);
  HR_TRY(hr_attr_to_proto(value, out));
  hr_wire_end(out, begin);
  return HR_SUCCESS;
}

static hr_status write_allowed_types(uint64_t allowed, hr_text *out) {
  int32_t types[64], count = 0;
  for (int32_t i = 0; i < 64; ++i)
    if (allowed >> i & 1) types[count++] = i;
  hr_attr_value list = {.kind = HR_ATTR_TYPE, .is_list = true, .count = count, .types = types};
  return write_value(ATTR_ALLOWED, &list, out);
}

static hr_status write_allowed_strings(const char *const *allowed, hr_text *out) {
  hr_bytes strings[64];
  int32_t count = 0;
  for (; allowed[count] && count < 64; ++count)
    strings[count] = (hr_bytes){allowed[count], strlen(allowed[count])};
  hr_attr_value list = {.kind = HR_ATTR_STRING, .is_list = true, .count = count, .strings = strings};
  return write_value(ATTR_ALLOWED, &list, out);
}

static hr_status write_attr(const hr_attr_def *attr, hr_text *out) {
  size_t begin = hr_wire_begin(out, OP_ATTR);
  hr_wire_put_bytes(out, ATTR_NAME, hr_view_of(attr->name));
  hr_wire_put_bytes(out, ATTR_TYPE, hr_view_of(hr_attr_kind_name((hr_attr_kind)attr->kind, attr->is_list)));
  if (attr->has_default) HR_TRY(write_value(ATTR_DEFAULT, &attr->default_value, out));
  if (attr->has_minimum) {
    hr_wire_put_number(out, ATTR_HAS_MINIMUM, 1);
    if (attr->minimum) hr_wire_put_number(out, ATTR_MINIMUM, (uint64_t)attr->minimum);
  }
  if (attr->allowed_types) HR_TRY(write_allowed_types(attr->allowed_types, out));
  if (attr->allowed_strings) HR_TRY(write_allowed_strings(attr->allowed_strings, out));
  hr_wire_end(out, begin);
  return HR_SUCCESS;
}

hr_status hr_op_def_to_proto(const hr_op_def *op, hr_text *out) {
  hr_wire_put_bytes(out, OP_NAME, hr_view_of(op->name));
  for (int i = 0; i < op->num_inputs; ++i)
    write_arg(op, OP_INPUT, &op->inputs[i], out);
  for (int i = 0; i < op->num_outputs; ++i)
    write_arg(op, OP_OUTPUT, &op->outputs[i], out);
  for (int i = 0; i < op->num_attrs; ++i)
    HR_TRY(write_attr(&op->attrs[i], out));
  if (op->deprecated_at) {
    size_t begin = hr_wire_begin(out, OP_DEPRECATION);
    hr_wire_put_number(out, DEPRECATION_VERSION, (uint64_t)op->deprecated_at);
    hr_wire_end(out, begin);
  }
  if (op->flags & HR_OP_AGGREGATE) hr_wire_put_number(out, OP_IS_AGGREGATE, 1);
  if (op->flags & HR_OP_STATEFUL) hr_wire_put_number(out, OP_IS_STATEFUL, 1);
  if (op->flags & HR_OP_COMMUTATIVE) hr_wire_put_number(out, OP_IS_COMMUTATIVE, 1);
  if (op->flags & HR_OP_ALLOWS_UNINITIALIZED_INPUT) hr_wire_put_number(out, OP_ALLOWS_UNINITIALIZED_INPUT, 1);
  return HR_SUCCESS;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

/* The first message in field `number` whose own field 1 is `name`. */
static bool find_named(hr_view bytes, uint32_t number, hr_view name, hr_view *found) {
  uint32_t field;
  hr_wire_type type;
  for (hr_wire wire = hr_wire_of_view(bytes); !hr_wire_done(&wire);) {
    hr_view key, value;
    if (!hr_wire_tag(&wire, &field, &type)) return false;
    if (field != number || type != HR_WIRE_BYTES) {
      if (!hr_wire_skip(&wire, type)) return false;
      continue;
    }
    /* Names come first in OpDef and AttrDef, as in a map entry. */
    if (!hr_wire_bytes(&wire, found)) return false;
    if (hr_map_entry_read(*found, &key, &value) && hr_view_equal(key, name)) return true;
  }
  return false;
}

bool hr_op_list_has_default(hr_view op_list, hr_view op, hr_view attr, hr_view value) {
  hr_view op_def, attr_def;
  if (!find_named(op_list, OP_LIST_OP, op, &op_def) || !find_named(op_def, OP_ATTR, attr, &attr_def)) return false;
  uint32_t field;
  hr_wire_type type;
  for (hr_wire wire = hr_wire_of_view(attr_def); !hr_wire_done(&wire);) {
    hr_view known;
    if (!hr_wire_tag(&wire, &field, &type)) return false;
    if (field == ATTR_DEFAULT && type == HR_WIRE_BYTES)
      return hr_wire_bytes(&wire, &known) && hr_view_equal(known, value);
    if (!hr_wire_skip(&wire, type)) return false;
  }
  return false;
}
