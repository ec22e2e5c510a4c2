#include "headrace/graph_io.h"

#include "runtime/base/wire.h"
#include "runtime/graph/attr_proto.h"
#include "runtime/graph/meta_graph_fields.h"
#include "runtime/graph/scratch.h"

/* What is given away: the answer, and the memory of all it points to. */
typedef struct owned_meta_graph {
  hr_meta_graph meta_graph; /* first */
  hr_arena arena;
} owned_meta_graph;

typedef struct parser {
  owned_meta_graph *out;
  hr_scratch tags, signatures, asset_names, asset_files;
} parser;

void hr_meta_graph_free(hr_meta_graph *meta_graph) {
  if (!meta_graph) return;
  hr_arena_free(&((owned_meta_graph *)meta_graph)->arena);
  free(meta_graph);
}

const hr_signature *hr_meta_graph_signature(const hr_meta_graph *meta_graph, const char *key) {
  for (int32_t i = 0; i < meta_graph->num_signatures; ++i)
    if (strcmp(meta_graph->signatures[i].key, key) == 0) return &meta_graph->signatures[i];
  return NULL;
}

static hr_status malformed(const char *what) { return hr_error(HR_INVALID_ARGUMENT, "Malformed %s", what); }

static hr_status keep(parser *p, hr_view text, const char **out) {
  *out = hr_arena_copy_string(&p->out->arena, text.data, text.length);
  return *out ? HR_SUCCESS : hr_error_out_of_memory(text.length, "a MetaGraph");
}

/* Calls `read` for every field that is bytes. */
static hr_status each_field(parser *p, hr_view bytes, const char *what,
                            hr_status (*read)(parser *p, uint32_t field, hr_view value)) {
  uint32_t field;
  hr_wire_type type;
  for (hr_wire wire = hr_wire_of_view(bytes); !hr_wire_done(&wire);) {
    hr_view value;
    if (!hr_wire_tag(&wire, &field, &type)) return malformed(what);
    if (type != HR_WIRE_BYTES) {
      if (!hr_wire_skip(&wire, type)) return malformed(what);
      continue;
    }
    if (!hr_wire_bytes(&wire, &value)) return malformed(what);
    HR_TRY(read(p, field, value));
  }
  return HR_SUCCESS;
}

/* The last value of a field of bytes; empty where there is none. False for malformed bytes. */
static bool find(hr_view bytes, uint32_t wanted, hr_view *out) {
  uint32_t field;
  hr_wire_type type;
  *out = (hr_view){0};
  for (hr_wire wire = hr_wire_of_view(bytes); !hr_wire_done(&wire);) {
    if (!hr_wire_tag(&wire, &field, &type)) return false;
    bool is_wanted = field == wanted && type == HR_WIRE_BYTES;
    if (is_wanted ? !hr_wire_bytes(&wire, out) : !hr_wire_skip(&wire, type)) return false;
  }
  return true;
}

/* ---- the parts ----------------------------------------------------------------------------------------------------
 */

static hr_status read_info(parser *p, uint32_t field, hr_view value) {
  hr_meta_graph *m = &p->out->meta_graph;
  const char *tag;
  switch (field) {
  case HR_INFO_GRAPH_VERSION: return keep(p, value, &m->meta_graph_version);
  case HR_INFO_VERSION: return keep(p, value, &m->tensorflow_version);
  case HR_INFO_GIT_VERSION: return keep(p, value, &m->tensorflow_git_version);
  case HR_INFO_TAG: HR_TRY(keep(p, value, &tag)); return HR_PUSH(&p->tags, tag);
  default: return HR_SUCCESS;
  }
}

static hr_status read_flags(parser *p, hr_view info) {
  uint32_t field;
  hr_wire_type type;
  for (hr_wire wire = hr_wire_of_view(info); !hr_wire_done(&wire);) {
    uint64_t number;
    if (!hr_wire_tag(&wire, &field, &type)) return malformed("MetaInfoDef");
    bool wanted = field == HR_INFO_STRIPPED_DEFAULTS && type == HR_WIRE_VARINT;
    if (wanted ? !hr_wire_varint(&wire, &number) : !hr_wire_skip(&wire, type)) return malformed("MetaInfoDef");
    if (wanted) p->out->meta_graph.stripped_default_attrs = number != 0;
  }
  return HR_SUCCESS;
}

static hr_status read_asset(parser *p, hr_view asset) {
  hr_view tensor, name, file;
  if (!find(asset, HR_ASSET_TENSOR, &tensor) || !find(tensor, HR_TENSOR_INFO_NAME, &name) ||
      !find(asset, HR_ASSET_FILENAME, &file))
    return malformed("AssetFileDef");
  const char *kept_name, *kept_file;
  HR_TRY(keep(p, name, &kept_name));
  HR_TRY(keep(p, file, &kept_file));
  HR_TRY(HR_PUSH(&p->asset_names, kept_name));
  return HR_PUSH(&p->asset_files, kept_file);
}

static hr_status read_any(parser *p, uint32_t field, hr_view any) {
  hr_view asset;
  if (field != HR_LIST_VALUE) return HR_SUCCESS;
  return find(any, HR_ANY_VALUE, &asset) ? read_asset(p, asset) : malformed("CollectionDef");
}

static hr_status read_assets(parser *p, uint32_t field, hr_view list) {
  return field == HR_LIST_ANY ? each_field(p, list, "CollectionDef", read_any) : HR_SUCCESS;
}

static hr_status read_entry(parser *p, uint32_t field, hr_view entry) {
  hr_view key, value;
  const char *kept;
  if (!hr_map_entry_read(entry, &key, &value)) return malformed("MetaGraphDef");
  if (field == HR_META_COLLECTION)
    return hr_view_equal(key, HR_VIEW(HR_ASSETS_COLLECTION)) ? each_field(p, value, "CollectionDef", read_assets)
                                                             : HR_SUCCESS;
  hr_signature signature = {.def.length = value.length};
  HR_TRY(keep(p, key, &signature.key));
  HR_TRY(keep(p, value, &kept));
  signature.def.data = kept;
  return HR_PUSH(&p->signatures, signature);
}

static hr_status read_part(parser *p, uint32_t field, hr_view value) {
  switch (field) {
  case HR_META_INFO: HR_TRY(each_field(p, value, "MetaInfoDef", read_info)); return read_flags(p, value);
  case HR_META_SAVER_DEF:
    p->out->meta_graph.saver_def.length = value.length;
    return keep(p, value, &p->out->meta_graph.saver_def.data);
  case HR_META_COLLECTION:
  case HR_META_SIGNATURE: return read_entry(p, field, value);
  case HR_META_ASSET: return read_asset(p, value);
  default: return HR_SUCCESS;
  }
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static int compare_signatures(const void *a, const void *b) {
  return strcmp(((const hr_signature *)a)->key, ((const hr_signature *)b)->key);
}

/* Moves a list into the answer's memory. */
static hr_status settle(parser *p, const hr_scratch *list, size_t size, const void **items, int32_t *count) {
  void *copy = hr_arena_allocate(&p->out->arena, list->count * size + 1, _Alignof(hr_signature));
  if (!copy) return hr_error_out_of_memory(list->count * size, "a MetaGraph");
  if (list->count > 0) memcpy(copy, list->items, list->count * size);
  *items = copy;
  *count = (int32_t)list->count;
  return HR_SUCCESS;
}

static hr_status parse(parser *p, hr_view bytes) {
  hr_meta_graph *m = &p->out->meta_graph;
  m->meta_graph_version = m->tensorflow_version = m->tensorflow_git_version = "";
  HR_TRY(each_field(p, bytes, "MetaGraphDef", read_part));
  if (p->signatures.count > 0)
    qsort(p->signatures.items, p->signatures.count, sizeof(hr_signature), compare_signatures);
  const void *tags, *signatures, *names, *files;
  HR_TRY(settle(p, &p->tags, sizeof(char *), &tags, &m->num_tags));
  HR_TRY(settle(p, &p->signatures, sizeof(hr_signature), &signatures, &m->num_signatures));
  HR_TRY(settle(p, &p->asset_names, sizeof(char *), &names, &m->num_assets));
  HR_TRY(settle(p, &p->asset_files, sizeof(char *), &files, &m->num_assets));
  m->tags = tags;
  m->signatures = signatures;
  m->asset_names = names;
  m->asset_files = files;
  return HR_SUCCESS;
}

hr_status hr_meta_graph_parse(const void *bytes, size_t length, hr_meta_graph **out) {
  *out = NULL;
  parser p = {.out = calloc(1, sizeof *p.out)};
  if (!p.out) return hr_error_out_of_memory(sizeof *p.out, "a MetaGraph");
  hr_status status = parse(&p, (hr_view){(const char *)bytes, length});
  hr_scratch_free(&p.tags);
  hr_scratch_free(&p.signatures);
  hr_scratch_free(&p.asset_names);
  hr_scratch_free(&p.asset_files);
  if (status)
    hr_meta_graph_free(&p.out->meta_graph);
  else
    *out = &p.out->meta_graph;
  return status;
}
