/* MapStagingArea, of TensorFlow's data_flow_ops: its ops under TensorFlow's names. */
#include "builder/staging.h"
#include "headrace/arrays.h"

hr_map_staging_area hr_map_staging_area_new_with(hr_scope scope, hr_types dtypes,
                                                 const hr_map_staging_area_options *options) {
  hr_map_staging_area_options o = options ? *options : (hr_map_staging_area_options){0};
  hr_staging_area_options plain = {
      .shapes = o.shapes, .shared_name = o.shared_name, .capacity = o.capacity, .memory_limit = o.memory_limit};
  hr_staging_area area = hr_staging_area_of_kind(scope, "MapStagingArea", dtypes, &plain);
  return (hr_map_staging_area){area, o.ordered};
}

static bool usable(hr_scope scope, const hr_map_staging_area *map) { return map->area.root && hr_scope_ok(scope); }

/* Calls one of the area's ops, OrderedMapX or MapX, on `dtypes`. */
static hr_node *call(hr_scope scope, const hr_map_staging_area *map, const char *op, const char *name, hr_types dtypes,
                     hr_operands operands) {
  const hr_staging_area *area = &map->area;
  hr_attrs attrs = HR_ATTRS({"dtypes", hr_staging_types_value(dtypes)}, {"capacity", HR_ATTR_INT_VALUE(area->capacity)},
                            {"memory_limit", HR_ATTR_INT_VALUE(area->memory_limit)},
                            {"shared_name", HR_ATTR_STRING_VALUE(area->name)});
  const char *kind = map->ordered ? op : op + strlen("Ordered");
  return hr_call_op(scope, kind, name, operands.count, operands.items, attrs.count, attrs.items);
}

static const char *op_name(hr_scope scope, const char *name, const hr_map_staging_area *map, const char *suffix) {
  return name ? name : hr_keep_printf(scope, "%s_%s", map->area.name, suffix);
}

/* The components that are meant, checked. */
static bool find_places(hr_scope scope, const hr_staging_area *area, const hr_map_staging_options *options,
                        hr_ints *out) {
  int32_t count = options && options->indices.count ? options->indices.count : area->dtypes.count;
  int64_t *places = hr_keep_bytes(scope, sizeof *places * ((size_t)count + 1));
  *out = (hr_ints){count, places};
  for (int32_t i = 0; places && i < count; ++i) {
    places[i] = options && options->indices.count ? options->indices.items[i] : i;
    if (places[i] >= 0 && places[i] < area->dtypes.count) continue;
    hr_refuse(scope, "Index %lld is out of bounds: the staging area has %d components", (long long)places[i],
              area->dtypes.count);
    return false;
  }
  return places != NULL;
}

hr_node *hr_map_staging_put_with(hr_scope scope, hr_map_staging_area map, hr_operand key, hr_outputs values,
                                 const hr_map_staging_options *options) {
  if (!usable(scope, &map)) return NULL;
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, hr_keep_printf(scope, "%s_put", map.area.name));
  hr_ints places;
  if (!hr_scope_ok(s) || !find_places(s, &map.area, options, &places)) return NULL;
  if (values.count != places.count) {
    hr_refuse(s, "Number of indices '%d' doesn't match number of values '%d'", places.count, values.count);
    return NULL;
  }
  if (!hr_staging_check_values(s, &map.area, values, places.items)) return NULL;
  hr_node *node = NULL;
  HR_WITH (beside, hr_colocate_with(s, map.area.root, false)) {
    node = call(beside, &map, "OrderedMapStage", hr_scope_name(s), map.area.dtypes, HR_OPERANDS(key, places, values));
  }
  return node;
}

/* Components of the node that an op makes of `key`, or of nothing, and the indices. */
static hr_outputs take(hr_scope scope, const hr_map_staging_area *map, const char *op, const char *suffix,
                       const hr_operand *key, const hr_map_staging_options *options) {
  hr_ints places;
  if (!usable(scope, map) || !find_places(scope, &map->area, options, &places)) return (hr_outputs){0, NULL};
  hr_dtype *dtypes = hr_keep_bytes(scope, sizeof *dtypes * ((size_t)places.count + 1));
  if (!dtypes) return (hr_outputs){0, NULL};
  for (int32_t i = 0; i < places.count; ++i)
    dtypes[i] = map->area.dtypes.items[places.items[i]];
  const char *name = op_name(scope, options ? options->name : NULL, map, suffix);
  hr_types types = {places.count, dtypes};
  hr_node *node = NULL;
  HR_WITH (beside, hr_colocate_with(scope, map->area.root, false)) {
    node = key ? call(beside, map, op, name, types, HR_OPERANDS(*key, places))
               : call(beside, map, op, name, types, HR_OPERANDS(places));
  }
  int32_t first = key ? 0 : 1;
  hr_outputs handed_key = key ? (hr_outputs){0, NULL} : hr_staging_hand_out(scope, &map->area, node, 0, 1);
  hr_outputs outputs = hr_staging_hand_out(scope, &map->area, node, first, places.count);
  for (int32_t i = 0; i < outputs.count && map->area.shapes.count; ++i)
    hr_know_shape(scope, outputs.items[i], &map->area.shapes.items[places.items[i]]);
  if (key || !outputs.count) return outputs;
  hr_output *both = hr_keep_bytes(scope, sizeof *both * ((size_t)outputs.count + 1));
  if (!both) return (hr_outputs){0, NULL};
  both[0] = handed_key.items[0];
  memcpy(both + 1, outputs.items, sizeof *both * (size_t)outputs.count);
  return (hr_outputs){outputs.count + 1, both};
}

hr_outputs hr_map_staging_get_with(hr_scope scope, hr_map_staging_area map, hr_operand key,
                                   const hr_map_staging_options *options) {
  return take(scope, &map, "OrderedMapUnstage", "get", &key, options);
}

hr_outputs hr_map_staging_get_any_with(hr_scope scope, hr_map_staging_area map, const hr_map_staging_options *options) {
  return take(scope, &map, "OrderedMapUnstageNoKey", "get_nokey", NULL, options);
}

/* TensorFlow names it as if it took the element away. */
hr_outputs hr_map_staging_peek_with(hr_scope scope, hr_map_staging_area map, hr_operand key,
                                    const hr_map_staging_options *options) {
  return take(scope, &map, "OrderedMapPeek", "pop", &key, options);
}

static hr_node *ask(hr_scope scope, const hr_map_staging_area *map, const char *op, const char *suffix,
                    const hr_op_options *options) {
  if (!usable(scope, map)) return NULL;
  const char *name = op_name(scope, options ? options->name : NULL, map, suffix);
  return call(scope, map, op, name, map->area.dtypes, HR_NO_OPERANDS);
}

static hr_output first_of(hr_node *node) { return node ? (hr_output){node, 0} : HR_NO_OUTPUT; }

hr_output hr_map_staging_size_with(hr_scope scope, hr_map_staging_area map, const hr_op_options *options) {
  return first_of(ask(scope, &map, "OrderedMapSize", "size", options));
}

hr_output hr_map_staging_incomplete_size_with(hr_scope scope, hr_map_staging_area map, const hr_op_options *options) {
  return first_of(ask(scope, &map, "OrderedMapIncompleteSize", "incomplete_size", options));
}

hr_node *hr_map_staging_clear_with(hr_scope scope, hr_map_staging_area map, const hr_op_options *options) {
  return ask(scope, &map, "OrderedMapClear", "clear", options);
}
