#include "kernels_cpu/parsing/example_wire.h"

#include <stdlib.h>

/* Fields: Example.features and Features.feature are 1, so are SequenceExample.context, an entry's key, and the values
 * of lists. */
#define FIRST_FIELD  1
#define SECOND_FIELD 2

/* ---- names ----------------------------------------------------------------------------------------------------- */

struct hr_feature_keys {
  int32_t count;
  uint32_t mask;  /* the table's size - 1, a power of two that is at least twice the count */
  int32_t *table; /* indices of names, -1 for none */
  hr_view *names;
  char *text;
};

/* Keys are short and few: the first and the last bytes and the length tell most of them apart. */
static inline uint32_t hash_of(hr_view name) {
  const uint8_t *b = (const uint8_t *)name.data;
  uint64_t word = name.length;
  if (name.length >= 4)
    word ^= (uint64_t)hr_read_u32(b) << 32 ^ (uint64_t)hr_read_u32(b + name.length - 4) << 8;
  else if (name.length)
    word ^= (uint64_t)b[0] << 32 ^ (uint64_t)b[name.length / 2] << 16 ^ (uint64_t)b[name.length - 1] << 8;
  return (uint32_t)(word * UINT64_C(0x9e3779b97f4a7c15) >> 32);
}

hr_feature_keys *hr_feature_keys_new(int32_t count, const hr_view *names) {
  size_t size = 2, length = 1;
  while (size < 2 * (size_t)count)
    size *= 2;
  for (int32_t i = 0; i < count; ++i)
    length += names[i].length;
  hr_feature_keys *keys = calloc(1, sizeof *keys);
  if (!keys) return NULL;
  *keys = (hr_feature_keys){.count = count, .mask = (uint32_t)size - 1};
  keys->table = malloc(size * sizeof *keys->table);
  keys->names = malloc((count ? (size_t)count : 1) * sizeof *keys->names);
  keys->text = malloc(length);
  if (!keys->table || !keys->names || !keys->text) {
    hr_feature_keys_free(keys);
    return NULL;
  }
  memset(keys->table, -1, size * sizeof *keys->table);
  char *text = keys->text;
  for (int32_t i = 0; i < count; ++i) {
    if (names[i].length) memcpy(text, names[i].data, names[i].length);
    keys->names[i] = (hr_view){text, names[i].length};
    text += names[i].length;
    if (hr_feature_keys_find(keys, names[i]) >= 0) continue;
    uint32_t at = hash_of(names[i]) & keys->mask;
    while (keys->table[at] >= 0)
      at = (at + 1) & keys->mask;
    keys->table[at] = i;
  }
  return keys;
}

void hr_feature_keys_free(hr_feature_keys *keys) {
  if (!keys) return;
  free(keys->table);
  free(keys->names);
  free(keys->text);
  free(keys);
}

int32_t hr_feature_keys_count(const hr_feature_keys *keys) { return keys->count; }
hr_view hr_feature_key(const hr_feature_keys *keys, int32_t index) { return keys->names[index]; }

static inline int32_t find(const hr_feature_keys *keys, hr_view name) {
  for (uint32_t at = hash_of(name) & keys->mask; keys->table[at] >= 0; at = (at + 1) & keys->mask)
    if (hr_view_equal(keys->names[keys->table[at]], name)) return keys->table[at];
  return -1;
}

int32_t hr_feature_keys_find(const hr_feature_keys *keys, hr_view name) { return find(keys, name); }

/* ---- features -------------------------------------------------------------------------------------------------- */

/* The tag of a field of bytes with a number below 16. */
#define BYTES_TAG(field) ((uint8_t)((field) << 3 | HR_WIRE_BYTES))

/* Takes a field off whose tag is `tag`; false where there is another one, or it is malformed. */
static inline bool take_bytes(hr_wire *wire, uint8_t tag, hr_view *value) {
  if (wire->at == wire->end || *wire->at != tag) return false;
  ++wire->at;
  return hr_wire_bytes(wire, value);
}

/* A message whose length may be too large. */
static inline bool take_message(hr_wire *wire, hr_view *value) {
  uint64_t length;
  if (!hr_wire_varint(wire, &length) || length > INT32_MAX) return false;
  if (length > hr_wire_left(wire)) length = hr_wire_left(wire);
  *value = (hr_view){(const char *)wire->at, (size_t)length};
  wire->at += length;
  return true;
}

/* An entry as everybody writes it: key, value, and nothing else. */
static inline bool plain_map_entry(hr_view entry, hr_view *key, hr_view *value) {
  hr_wire wire = hr_wire_of_view(entry);
  return take_bytes(&wire, BYTES_TAG(FIRST_FIELD), key) && take_bytes(&wire, BYTES_TAG(SECOND_FIELD), value) &&
         hr_wire_done(&wire);
}

bool hr_wire_map_entry(hr_view entry, hr_view *key, hr_view *value) {
  hr_wire wire = hr_wire_of_view(entry);
  *key = *value = (hr_view){"", 0};
  while (!hr_wire_done(&wire)) {
    uint32_t field;
    hr_wire_type type;
    if (!hr_wire_tag(&wire, &field, &type)) return false;
    bool wanted = type == HR_WIRE_BYTES && (field == FIRST_FIELD || field == SECOND_FIELD);
    if (wanted ? !hr_wire_bytes(&wire, field == FIRST_FIELD ? key : value) : !hr_wire_skip(&wire, type)) return false;
  }
  return true;
}

static const hr_dtype dtypes[] = {HR_INVALID, HR_STRING, HR_FLOAT, HR_INT64}; /* by field */

bool hr_feature_of(hr_view bytes, hr_feature *out) {
  *out = (hr_feature){.dtype = HR_INVALID};
  if (!bytes.length) return true;
  uint8_t tag = (uint8_t)bytes.data[0];
  out->unsupported = (tag & 7) != HR_WIRE_BYTES || tag < BYTES_TAG(1) || tag > BYTES_TAG(3);
  if (out->unsupported) return false;
  hr_wire wire = hr_wire_of(bytes.data + 1, bytes.length - 1);
  out->dtype = dtypes[tag >> 3];
  if (!take_message(&wire, &out->list)) out->list = (hr_view){bytes.data, 1}; /* no list either */
  return true;
}

/* Adds what is in a Features message to `found`. */
static bool add_features(const hr_feature_keys *keys, hr_view features, hr_feature *found) {
  hr_wire wire = hr_wire_of_view(features);
  while (!hr_wire_done(&wire)) {
    uint32_t field;
    hr_wire_type type;
    hr_view entry, key, value;
    if (!hr_wire_tag(&wire, &field, &type)) return false;
    if (field != FIRST_FIELD || type != HR_WIRE_BYTES) {
      if (!hr_wire_skip(&wire, type)) return false;
      continue;
    }
    if (!take_message(&wire, &entry) || !plain_map_entry(entry, &key, &value)) return false;
    int32_t index = find(keys, key);
    if (index >= 0) hr_feature_of(value, &found[index]);
  }
  return true;
}

static void forget(const hr_feature_keys *keys, hr_feature *found) {
  for (int32_t i = 0; i < keys->count; ++i)
    found[i] = (hr_feature){.dtype = HR_INVALID};
}

bool hr_features_find(const hr_feature_keys *keys, hr_view features, hr_feature *found) {
  forget(keys, found);
  bool fine = add_features(keys, features, found);
  for (int32_t i = 0; fine && i < keys->count; ++i)
    fine = !found[i].unsupported;
  return fine;
}

bool hr_example_find(const hr_feature_keys *keys, hr_view example, hr_feature *found) {
  forget(keys, found);
  hr_wire wire = hr_wire_of_view(example);
  while (!hr_wire_done(&wire)) {
    uint32_t field;
    hr_wire_type type;
    hr_view features;
    if (!hr_wire_tag(&wire, &field, &type)) return false;
    if (field != FIRST_FIELD || type != HR_WIRE_BYTES) {
      if (!hr_wire_skip(&wire, type)) return false;
    } else if (!take_message(&wire, &features) || !add_features(keys, features, found)) {
      return false;
    }
  }
  return true;
}

/* ---- values ---------------------------------------------------------------------------------------------------- */

/* Varints in packed bytes: those that end. */
static int64_t count_varints(hr_view packed) {
  int64_t count = 0;
  for (size_t i = 0; i < packed.length; ++i)
    count += (uint8_t)packed.data[i] < 0x80;
  return count;
}

/* The values of a list come one by one, or many in one packed field; a list may have both. */
int64_t hr_feature_count(const hr_feature *feature) {
  hr_wire wire = hr_wire_of_view(feature->list);
  int64_t count = 0;
  while (!hr_wire_done(&wire)) {
    uint32_t field;
    hr_wire_type type;
    hr_view bytes;
    if (!hr_wire_tag(&wire, &field, &type)) return -1;
    if (field != FIRST_FIELD || type != HR_WIRE_BYTES) {
      if (!hr_wire_skip(&wire, type)) return -1;
      count += field == FIRST_FIELD;
      continue;
    }
    if (!hr_wire_bytes(&wire, &bytes)) return -1;
    count += feature->dtype == HR_STRING  ? 1
             : feature->dtype == HR_FLOAT ? (int64_t)(bytes.length / sizeof(float))
                                          : count_varints(bytes);
  }
  return count;
}

static int64_t read_strings(hr_view list, hr_string *to, int64_t room) {
  hr_wire wire = hr_wire_of_view(list);
  int64_t count = 0;
  while (!hr_wire_done(&wire)) {
    uint32_t field;
    hr_wire_type type;
    hr_view bytes;
    if (!hr_wire_tag(&wire, &field, &type) || field != FIRST_FIELD || type != HR_WIRE_BYTES ||
        !hr_wire_bytes(&wire, &bytes))
      return -1;
    if (count++ >= room) continue;
    hr_status status = hr_string_set(&to[count - 1], bytes.data, bytes.length);
    if (status) {
      hr_status_free(status);
      return -2;
    }
  }
  return count;
}

static int64_t read_floats(hr_view list, float *to, int64_t room) {
  hr_wire wire = hr_wire_of_view(list);
  int64_t count = 0;
  while (!hr_wire_done(&wire)) {
    uint32_t field, word;
    hr_wire_type type;
    hr_view bytes;
    if (!hr_wire_tag(&wire, &field, &type) || field != FIRST_FIELD) return -1;
    if (type == HR_WIRE_32BIT) {
      if (!hr_wire_fixed32(&wire, &word)) return -1;
      if (count < room) memcpy(&to[count], &word, sizeof word);
      ++count;
      continue;
    }
    if (type != HR_WIRE_BYTES || !hr_wire_bytes(&wire, &bytes) || bytes.length % sizeof(float)) return -1;
    int64_t here = (int64_t)(bytes.length / sizeof(float)), kept = room - count < here ? room - count : here;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    if (kept > 0) memcpy(&to[count], bytes.data, (size_t)kept * sizeof(float));
#else
    for (int64_t i = 0; i < kept; ++i) {
      word = hr_read_u32(bytes.data + (size_t)i * sizeof word);
      memcpy(&to[count + i], &word, sizeof word);
    }
#endif
    count += here;
  }
  return count;
}

static int64_t read_integers(hr_view list, int64_t *to, int64_t room) {
  hr_wire wire = hr_wire_of_view(list);
  int64_t count = 0;
  while (!hr_wire_done(&wire)) {
    uint32_t field;
    hr_wire_type type;
    hr_view bytes;
    uint64_t value;
    if (!hr_wire_tag(&wire, &field, &type) || field != FIRST_FIELD) return -1;
    if (type == HR_WIRE_VARINT) {
      if (!hr_wire_varint(&wire, &value)) return -1;
      if (count < room) to[count] = (int64_t)value;
      ++count;
      continue;
    }
    if (type != HR_WIRE_BYTES || !hr_wire_bytes(&wire, &bytes)) return -1;
    for (hr_wire packed = hr_wire_of_view(bytes); !hr_wire_done(&packed); ++count) {
      if (!hr_wire_varint(&packed, &value)) return -1;
      if (count < room) to[count] = (int64_t)value;
    }
  }
  return count;
}

int64_t hr_feature_read(const hr_feature *feature, void *to, int64_t room) {
  switch (feature->dtype) {
  case HR_STRING: return read_strings(feature->list, to, room);
  case HR_FLOAT: return read_floats(feature->list, to, room);
  case HR_INT64: return read_integers(feature->list, to, room);
  default: return 0;
  }
}
