/* The nodes of a saver. */
#include "builder/builder.h"
#include "builder/saver.h"
#include "builder/variable.h"
#include "runtime/graph/device_spec.h"
#include <sys/random.h>

/* One tensor of a checkpoint: a variable, or a part of an object. */
typedef struct saveable {
  const char *key;   /* what they are sorted by: the name of the whole */
  const char *name;  /* in the checkpoint */
  const char *slice; /* "" or "FULL SHAPE OFFSET,SIZE:..." */
  hr_output tensor;  /* what is saved */
  hr_var *var;       /* or */
  const hr_saved_object *object;
  const char *device; /* what decides on the shard */
  int32_t order;      /* as given: slices of a name keep it */
} saveable;

/* ---- what there is to save ------------------------------------------------------------------------------------- */

static const char *slice_text(hr_scope scope, const hr_slice_info *slice) {
  hr_text text = {0};
  for (int i = 0; i < slice->rank; ++i)
    hr_text_printf(&text, "%lld ", (long long)slice->full_shape[i]);
  for (int i = 0; i < slice->rank; ++i)
    hr_text_printf(&text, "%s%lld,%lld", i ? ":" : "", (long long)slice->offset[i], (long long)slice->shape[i]);
  const char *kept = text.failed ? NULL : hr_keep_text(scope, text.data ? text.data : "");
  if (text.failed) hr_scope_fail(scope, hr_error_out_of_memory(64, "a slice"));
  hr_text_free(&text);
  return kept;
}

static int by_name(const void *a, const void *b) {
  const saveable *x = a, *y = b;
  int order = strcmp(x->key, y->key);
  return order ? order : x->order - y->order;
}

static int32_t parts_of(const hr_saved_object *object) { return object->kind == HR_SAVED_TABLE ? 2 : 1; }

static int32_t count_of(hr_vars vars, const hr_saver_options *o) {
  int32_t count = vars.count;
  for (int32_t i = 0; i < o->num_objects; ++i)
    count += parts_of(&o->objects[i]);
  return count;
}

/* The parts of the objects, behind `count` others. */
static void describe_objects(hr_scope scope, const hr_saver_options *o, int32_t count, saveable *out) {
  static const char *const table_parts[] = {"keys", "values"}, *const iterator_parts[] = {"state"};
  for (int32_t i = 0; i < o->num_objects; ++i) {
    const hr_saved_object *object = &o->objects[i];
    const char *const *parts = object->kind == HR_SAVED_TABLE ? table_parts : iterator_parts;
    for (int32_t k = 0; k < parts_of(object) && hr_scope_ok(scope); ++k, ++count)
      out[count] = (saveable){.key = object->name,
                              .name = hr_keep_printf(scope, "%s-%s", object->name, parts[k]),
                              .slice = "",
                              .tensor = object->tensors[k],
                              .object = object,
                              .order = count};
  }
}

static bool is_slice(const saveable *item) { return item->var && item->var->slice; }

static bool describe(hr_scope scope, hr_vars vars, const hr_saver_options *o, saveable *out) {
  const char *const *names = o->names;
  for (int32_t i = 0; i < vars.count; ++i) {
    hr_var *var = vars.items[i];
    if (!var) {
      hr_refuse(scope, "Not a variable: item %d of what shall be saved", (int)i);
      return false;
    }
    const hr_slice_info *slice = var->slice;
    out[i] = (saveable){.name = names   ? names[i]
                                : slice ? slice->full_name
                                        : hr_var_name(var),
                        .slice = slice ? slice_text(scope, slice) : "",
                        .tensor = slice ? hr_var_value(var) : hr_var_element(var),
                        .var = var,
                        .order = i};
    out[i].key = out[i].name;
  }
  describe_objects(scope, o, vars.count, out);
  if (!hr_scope_ok(scope)) return false;
  int32_t count = count_of(vars, o);
  qsort(out, (size_t)count, sizeof *out, by_name);
  for (int32_t i = 1; i < count; ++i) {
    if (strcmp(out[i].key, out[i - 1].key) != 0) continue;
    if (out[i].object && out[i].object == out[i - 1].object) continue;
    if (is_slice(&out[i]) && is_slice(&out[i - 1])) continue;
    if (is_slice(&out[i]) || is_slice(&out[i - 1]))
      hr_refuse(scope, "Mixing slices and non-slices with the same name: %s", out[i].name);
    else
      hr_refuse(scope, "At least two variables have the same name: %s", out[i].name);
    return false;
  }
  for (int32_t i = 1; names && i < vars.count; ++i)
    for (int32_t j = 0; j < i; ++j)
      if (out[i].var == out[j].var) {
        hr_refuse(scope, "The same saveable will be restored with two names: %s", out[i].name);
        return false;
      }
  return true;
}

/* ---- nodes ----------------------------------------------------------------------------------------------------- */

/* The constants "tensor_names" and "shape_and_slices" (or what `slices_name` says) of a save or restore. */
static bool name_constants(hr_scope s, int32_t count, const saveable *items, const char *slices_name, hr_output *names,
                           hr_output *slices) {
  const char **texts = calloc((size_t)count + 1, sizeof *texts);
  if (!texts) {
    hr_scope_fail(s, hr_error_out_of_memory(sizeof *texts * (size_t)count, "names"));
    return false;
  }
  for (int32_t i = 0; i < count; ++i)
    texts[i] = items[i].name;
  *names = hr_constant_strings(s, count, texts, .name = "tensor_names");
  for (int32_t i = 0; i < count; ++i)
    texts[i] = items[i].slice;
  *slices = hr_constant_strings(s, count, texts, .name = slices_name);
  free(texts);
  return hr_scope_ok(s);
}

static const char *device_of(const saveable *item) {
  return hr_node_device(item->object ? item->object->handle.node : hr_var_ref(item->var).node);
}

static bool is_read_anew(const saveable *item) { return is_slice(item) && hr_var_is_resource(item->var); }

/* The tensor to save; parts of resource variables are read anew, onto the CPU. */
static hr_output saved_tensor(hr_scope scope, const saveable *item) {
  if (!is_read_anew(item)) return item->tensor;
  hr_scope there = hr_device_scope(scope, device_of(item));
  return hr_identity(hr_device_scope(there, "/device:CPU:0"), hr_var_read(there, item->var));
}

/* The filename, once everything is saved. */
static hr_output save(hr_scope scope, bool version1, hr_output filename, int32_t count, const saveable *items) {
  const char *slices_name = version1 ? "shapes_and_slices" : "shape_and_slices";
  hr_output names, slices;
  hr_output *tensors = malloc(sizeof *tensors * (size_t)(count + 1));
  for (int32_t i = 0; tensors && i < count; ++i)
    tensors[i] = saved_tensor(scope, &items[i]);
  hr_scope s = hr_name_scope(scope, version1 ? "save" : "SaveV2");
  hr_node *node = NULL;
  if (!tensors) {
    hr_scope_fail(s, hr_error_out_of_memory(sizeof *tensors * (size_t)count, "tensors"));
  } else if (name_constants(s, count, items, slices_name, &names, &slices)) {
    hr_outputs list = {count, tensors};
    node = version1 ? hr_save_slices(s, filename, names, slices, list, .name = hr_scope_name(s))
                    : hr_save_v2(s, filename, names, slices, list, .name = hr_scope_name(s));
  }
  free(tensors);
  return node ? hr_with_dependency(scope, node, filename) : HR_NO_OUTPUT;
}

static hr_outputs read_tensors(hr_scope scope, hr_output filename, int32_t count, const saveable *items) {
  hr_scope s = hr_name_scope(hr_device_scope(scope, "cpu:0"), "RestoreV2");
  hr_outputs read = {0, NULL};
  hr_output names, slices;
  if (!name_constants(s, count, items, "shape_and_slices", &names, &slices)) return read;
  hr_dtype *dtypes = malloc(sizeof *dtypes * (size_t)(count + 1));
  if (!dtypes) {
    hr_scope_fail(s, hr_error_out_of_memory(sizeof *dtypes * (size_t)count, "dtypes"));
    return read;
  }
  for (int32_t i = 0; i < count; ++i)
    dtypes[i] = items[i].object ? hr_output_base_dtype(items[i].tensor) : hr_var_dtype(items[i].var);
  read = hr_restore_v2(s, filename, names, slices, ((hr_types){count, dtypes}), .name = hr_scope_name(s));
  free(dtypes);
  return read;
}

/* Gives a variable the value that was read. */
static hr_node *give_back(hr_scope s, hr_var *var, hr_output value, bool reshape) {
  const hr_partial_shape *shape = hr_var_shape(var);
  if (reshape && hr_partial_shape_is_full(shape))
    value = hr_tf_reshape(s, value, *shape);
  else if (reshape)
    value = hr_reshape(s, value, hr_shape_of(s, hr_var_element(var)));
  if (!hr_scope_ok(s)) return NULL;
  if (!hr_var_is_resource(var))
    return hr_assign(s, hr_var_ref(var), value, .validate_shape = !reshape && hr_partial_shape_is_full(shape)).node;
  hr_scope there = hr_device_scope(s, hr_node_device(hr_var_ref(var).node));
  return hr_assign_variable_op(there, hr_var_ref(var), hr_identity(there, value));
}

/* Gives an object the parts that were read. */
static hr_node *give_back_parts(hr_scope s, const hr_saved_object *object, const hr_output *parts) {
  hr_scope named = s;
  if (object->kind == HR_SAVED_TABLE) named = hr_name_scope(s, hr_keep_printf(s, "%s_table_restore", object->name));
  hr_scope there = hr_colocate_with(named, object->handle.node, false);
  return object->kind == HR_SAVED_ITERATOR ? hr_deserialize_iterator(there, object->handle, parts[0])
                                           : hr_lookup_table_import_v2(there, object->handle, parts[0], parts[1]);
}

/* A node that restores all. */
static hr_node *restore(hr_scope s, hr_output filename, int32_t count, const saveable *items, bool reshape,
                        const char *name) {
  hr_outputs read = read_tensors(s, filename, count, items);
  hr_node **assigns = hr_scope_ok(s) ? malloc(sizeof *assigns * (size_t)(count + 1)) : NULL;
  if (!assigns) {
    hr_scope_fail(s, hr_error_out_of_memory(sizeof *assigns * (size_t)count, "restore nodes"));
    return NULL;
  }
  int32_t num_assigns = 0;
  for (int32_t i = 0; i < count && hr_scope_ok(s); i += items[i].object ? parts_of(items[i].object) : 1)
    assigns[num_assigns++] = items[i].object ? give_back_parts(s, items[i].object, &read.items[i])
                                             : give_back(s, items[i].var, read.items[i], reshape);
  hr_node *all = hr_scope_ok(s) ? hr_group_with(s, num_assigns, assigns, &(hr_op_options){name}) : NULL;
  free(assigns);
  return all;
}

/* ---- shards ---------------------------------------------------------------------------------------------------- */

static int by_device(const void *a, const void *b) {
  const saveable *x = a, *y = b;
  int order = strcmp(x->device, y->device);
  return order ? order : by_name(a, b);
}

/* Sorts the saveables by the devices of their tensors. TensorFlow makes the tensors to see where they stand, and makes
 * them again when they are saved. */
static void sort_by_device(hr_scope s, int32_t count, saveable *items) {
  for (int32_t i = 0; i < count && hr_scope_ok(s); ++i) {
    saveable *item = &items[i];
    if (!is_read_anew(item)) {
      item->device = device_of(item);
      continue;
    }
    hr_output value = saved_tensor(s, item);
    if (hr_scope_ok(s)) item->device = hr_node_device(value.node);
  }
  if (hr_scope_ok(s)) qsort(items, (size_t)count, sizeof *items, by_device);
}

/* How many of the saveables from `items` on stand on the first one's device. */
static int32_t shard_length(int32_t count, const saveable *items) {
  int32_t length = 1;
  while (length < count && strcmp(items[0].device, items[length].device) == 0)
    ++length;
  return length;
}

/* The first CPU of a device's task. */
static const char *cpu_of(hr_scope scope, const char *device) {
  hr_device_spec spec, cpu;
  hr_status status = hr_device_spec_parse(device, &spec);
  if (!status) status = hr_device_spec_parse("/device:CPU:0", &cpu);
  hr_text text = {0};
  const char *kept = NULL;
  if (!status) {
    hr_device_spec merged = hr_device_spec_merge(&spec, &cpu);
    hr_device_spec_text(&merged, &text);
    if (text.failed) status = hr_error_out_of_memory(64, "a device name");
  }
  if (status)
    hr_scope_fail(scope, status);
  else
    kept = hr_keep_text(scope, text.data ? text.data : "");
  hr_text_free(&text);
  return kept ? kept : "";
}

/* A directory's name that no other saver has: two may save to one prefix at once. */
static char *temporary_part(hr_scope scope) {
  unsigned char id[16];
  if (getrandom(id, sizeof id, 0) != (ssize_t)sizeof id) {
    hr_scope_fail(scope, hr_error(HR_UNAVAILABLE, "The system gives no random bytes"));
    return NULL;
  }
  char text[2 * sizeof id + 1];
  for (size_t i = 0; i < sizeof id; ++i)
    snprintf(text + 2 * i, 3, "%02x", id[i]);
  return hr_keep_printf(scope, "_temp_%s/part", text);
}

/* The saved shards of a checkpoint. */
typedef struct shards {
  int32_t count;
  hr_output *names; /* malloc'd */
  hr_node **saves;  /* malloc'd: what has run once all is saved */
  const char *last_device;
  hr_output num_shards;
} shards;

/* Saves each shard under the name that `base` makes, on its device: those of V2 on the CPU there. */
static shards save_each(hr_scope s, bool version1, hr_output base, int32_t count, const saveable *items) {
  shards all = {.last_device = ""};
  for (int32_t i = 0; i < count; i += shard_length(count - i, items + i))
    ++all.count;
  all.num_shards = hr_constant_i32(s, all.count, .name = "num_shards");
  all.names = malloc(2 * sizeof *all.names * (size_t)all.count);
  all.saves = malloc(sizeof(hr_node *) * (size_t)all.count);
  if (!all.names || !all.saves)
    hr_scope_fail(s, hr_error_out_of_memory(2 * sizeof *all.names * (size_t)all.count, "shards"));
  for (int32_t i = 0, shard = 0; i < count && hr_scope_ok(s); ++shard) {
    int32_t length = shard_length(count - i, items + i);
    all.last_device = version1 ? items[i].device : cpu_of(s, items[i].device);
    hr_scope on_device = hr_device_scope(s, all.last_device);
    hr_scope named = hr_name_scope(on_device, "ShardedFilename");
    hr_output number = hr_constant_i32(named, shard, .name = "shard");
    all.names[shard] = hr_sharded_filename(named, base, number, all.num_shards, .name = hr_scope_name(named));
    all.saves[shard] = save(on_device, version1, all.names[shard], length, items + i).node;
    i += length;
  }
  return all;
}

static void shards_free(shards *all) {
  free(all->names);
  free(all->saves);
}

/* Saves each shard under a temporary prefix and merges the indices. */
static hr_output save_shards(hr_scope s, hr_output prefix, int32_t count, const saveable *items) {
  hr_scope join = hr_name_scope(s, "StringJoin");
  char *suffix = temporary_part(s);
  if (!suffix) return HR_NO_OUTPUT;
  hr_output part = hr_constant_string(join, suffix, .name = "inputs_1");
  hr_output temporary = hr_string_join(join, HR_LIST(prefix, part), .name = hr_scope_name(join));
  shards all = save_each(s, false, temporary, count, items);
  hr_output result = HR_NO_OUTPUT;
  if (hr_scope_ok(s))
    HR_WITH (saved, hr_control_dependencies(s, all.count, all.saves)) {
      hr_scope on_cpu = hr_device_scope(saved, all.last_device);
      hr_scope merging = hr_name_scope(on_cpu, "MergeV2Checkpoints");
      hr_output prefixes = hr_pack(merging, ((hr_outputs){all.count, all.names}), .name = "checkpoint_prefixes");
      hr_node *merged =
          hr_merge_v2_checkpoints(merging, prefixes, prefix, .delete_old_dirs = true, .name = hr_scope_name(merging));
      HR_WITH (after, hr_control_dependencies(on_cpu, merged ? 1 : 0, &merged)) {
        result = hr_identity(after, prefix);
      }
    }
  shards_free(&all);
  return result;
}

/* Saves each shard in a file of its own; answers the pattern of their names. */
static hr_output save_version1_shards(hr_scope s, hr_output prefix, int32_t count, const saveable *items) {
  shards all = save_each(s, true, prefix, count, items);
  hr_output result = HR_NO_OUTPUT;
  if (hr_scope_ok(s))
    HR_WITH (saved, hr_control_dependencies(s, all.count, all.saves)) {
      result = hr_sharded_filespec(saved, prefix, all.num_shards);
    }
  shards_free(&all);
  return result;
}

static hr_node *restore_shards(hr_scope s, hr_output prefix, int32_t count, const saveable *items, bool reshape) {
  hr_node **nodes = malloc(sizeof *nodes * (size_t)count);
  if (!nodes) {
    hr_scope_fail(s, hr_error_out_of_memory(sizeof *nodes * (size_t)count, "shards"));
    return NULL;
  }
  int32_t shards = 0;
  for (int32_t i = 0; i < count && hr_scope_ok(s);) {
    int32_t length = shard_length(count - i, items + i);
    hr_scope on_device = hr_device_scope(s, items[i].device);
    nodes[shards++] = restore(on_device, prefix, length, items + i, reshape, "restore_shard");
    i += length;
  }
  hr_node *all = hr_scope_ok(s) ? hr_group_with(s, shards, nodes, &(hr_op_options){"restore_all"}) : NULL;
  free(nodes);
  return all;
}

/* ---- all of it ------------------------------------------------------------------------------------------------- */

static bool name_tensors(hr_scope scope, hr_saver *saver, hr_output filename, hr_output saved,
                         const hr_node *restored) {
  hr_text text = {0};
  hr_text_printf(&text, "%s:%d", hr_node_name(filename.node), (int)filename.index);
  saver->filename_tensor = hr_text_take(&text);
  hr_text_printf(&text, "%s:%d", hr_node_name(saved.node), (int)saved.index);
  saver->save_tensor = hr_text_take(&text);
  saver->restore_op = strdup(hr_node_name(restored));
  if (saver->filename_tensor && saver->save_tensor && saver->restore_op) return true;
  hr_scope_fail(scope, hr_error_out_of_memory(256, "a saver"));
  return false;
}

static bool build(hr_scope scope, hr_saver *saver, hr_vars vars, const hr_saver_options *o) {
  int32_t count = count_of(vars, o);
  saveable *items = malloc(sizeof *items * (size_t)(count + 1));
  if (!items) {
    hr_scope_fail(scope, hr_error_out_of_memory(sizeof *items * (size_t)count, "a saver"));
    return false;
  }
  bool built = false;
  if (describe(scope, vars, o, items)) {
    hr_scope s = hr_name_scope(scope, o->name ? o->name : "save");
    hr_scope named = hr_name_scope(s, "filename");
    hr_output input = hr_constant_string(named, o->filename ? o->filename : "model", .name = "input");
    hr_output filename = hr_placeholder_with_default(named, input, HR_SHAPE(), .name = hr_scope_name(named));
    filename = hr_placeholder_with_default(s, filename, HR_SHAPE(), .name = "Const");
    if (o->sharded) sort_by_device(s, count, items);
    hr_output saved = HR_NO_OUTPUT;
    if (hr_scope_ok(s))
      saved = !o->sharded   ? save(s, o->version1, filename, count, items)
              : o->version1 ? save_version1_shards(s, filename, count, items)
                            : save_shards(s, filename, count, items);
    hr_node *restored = NULL;
    if (hr_scope_ok(s))
      restored = o->sharded ? restore_shards(s, filename, count, items, o->reshape)
                            : restore(s, filename, count, items, o->reshape, "restore_all");
    built = hr_scope_ok(s) && name_tensors(s, saver, filename, saved, restored);
  }
  free(items);
  return built;
}

hr_saver *hr_saver_new_with(hr_scope scope, const hr_saver_options *options) {
  hr_saver_options o = options ? *options : (hr_saver_options){HR_SAVER_DEFAULTS};
  if (!hr_scope_ok(scope)) return NULL;
  hr_vars vars = {0, NULL};
  hr_status status = HR_SUCCESS;
  if (o.vars)
    vars = *o.vars;
  else
    status = hr_collection_vars(hr_scope_graph(scope), HR_GLOBAL_VARIABLES, NULL, &vars);
  hr_saver *saver = status ? NULL : hr_saver_allocate(o.max_to_keep, o.keep_checkpoint_every_n_hours);
  if (!status && !saver) status = hr_error_out_of_memory(sizeof *saver, "a saver");
  if (saver) {
    saver->sharded = o.sharded;
    saver->version1 = o.version1;
    saver->pad_step_number = o.pad_step_number;
    saver->save_relative_paths = o.save_relative_paths;
  }
  if (status) {
    hr_scope_fail(scope, status);
  } else if (vars.count + o.num_objects == 0 && !o.allow_empty) {
    hr_refuse(scope, "No variables to save");
  } else if (vars.count + o.num_objects > 0) {
    build(scope, saver, vars, &o);
  }
  if (!o.vars) free((void *)vars.items);
  if (hr_scope_ok(scope)) return saver;
  hr_saver_free(saver);
  return NULL;
}
