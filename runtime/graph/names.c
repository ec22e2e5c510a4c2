#include "runtime/graph/names.h"

#include <stdio.h>

#define FIRST_SLOTS 64

struct hr_name_slots {
  uint32_t mask; /* a power of two less one */
  _Atomic(hr_name *) slot[];
};

static uint32_t hash_of(hr_view text) { return (uint32_t)hr_hash_bytes_lower(text.data, text.length); }

static inline char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c; }

static bool equal_folded(const hr_name *name, hr_view text) {
  for (size_t i = 0; i < text.length; ++i)
    if (lower(name->text[i]) != lower(text.data[i])) return false;
  return true;
}

static inline hr_name *slot_at(const hr_name_slots *slots, uint32_t i) {
  return atomic_load_explicit(&slots->slot[i & slots->mask], memory_order_acquire);
}

/* The taken name that equals `text` but for case. */
static hr_name *find_taken(const hr_names *names, hr_view text, uint32_t hash) {
  const hr_name_slots *slots = atomic_load_explicit(&names->slots, memory_order_relaxed);
  if (!slots) return NULL;
  hr_name *name;
  for (uint32_t i = hash; (name = slot_at(slots, i)); ++i)
    if (name->hash == hash && name->length == text.length && name->next_suffix > 0 && equal_folded(name, text))
      return name;
  return NULL;
}

static hr_name *find_exact(const hr_names *names, hr_view text, uint32_t hash) {
  const hr_name_slots *slots = atomic_load_explicit(&names->slots, memory_order_acquire);
  if (!slots) return NULL;
  hr_name *name;
  for (uint32_t i = hash; (name = slot_at(slots, i)); ++i)
    if (name->hash == hash && name->length == text.length && memcmp(name->text, text.data, text.length) == 0)
      return name;
  return NULL;
}

hr_node *hr_names_find(const hr_names *names, hr_view text) {
  const hr_name *name = find_exact(names, text, hash_of(text));
  return name ? atomic_load_explicit(&name->node, memory_order_acquire) : NULL;
}

static void put(hr_name_slots *slots, hr_name *name) {
  uint32_t i = name->hash;
  while (slot_at(slots, i))
    ++i;
  atomic_store_explicit(&slots->slot[i & slots->mask], name, memory_order_release);
}

/* Slots for one name more, at most half full. */
static bool make_room(hr_names *names) {
  hr_name_slots *slots = atomic_load_explicit(&names->slots, memory_order_relaxed);
  if (slots && names->count < slots->mask / 2) return true;
  if (slots && slots->mask > UINT32_MAX / 2) return false;
  size_t size = slots ? ((size_t)slots->mask + 1) * 2 : FIRST_SLOTS;
  hr_name_slots *larger =
      hr_arena_zalloc(names->arena, sizeof *larger + size * sizeof larger->slot[0], _Alignof(hr_name_slots));
  if (!larger) return false;
  larger->mask = (uint32_t)(size - 1);
  for (hr_name *name = names->first; name; name = name->next)
    put(larger, name);
  atomic_store_explicit(&names->slots, larger, memory_order_release);
  return true;
}

static hr_name *insert(hr_names *names, hr_view text, uint32_t hash) {
  if (text.length > INT32_MAX || !make_room(names)) return NULL;
  hr_name *name = HR_ARENA_NEW(names->arena, hr_name);
  if (!name) return NULL;
  *name = (hr_name){.text = text.data, .length = (uint32_t)text.length, .hash = hash};
  if (names->last)
    names->last->next = name;
  else
    names->first = name;
  names->last = name;
  ++names->count;
  put(atomic_load_explicit(&names->slots, memory_order_relaxed), name);
  return name;
}

hr_name *hr_names_enter(hr_names *names, hr_view text, bool in_arena) {
  uint32_t hash = hash_of(text);
  hr_name *name = find_exact(names, text, hash);
  if (name) return name;
  if (!in_arena && !(text.data = hr_arena_copy_string(names->arena, text.data, text.length))) return NULL;
  return insert(names, text, hash);
}

/* A name that is known not to be taken, now taken. */
static hr_name *take_free(hr_names *names, hr_view text, uint32_t hash) {
  hr_name *name = find_exact(names, text, hash);
  if (!name) name = insert(names, text, hash);
  if (name) name->next_suffix = 1;
  return name;
}

/* Appends "_N" at `end`, which has room for SUFFIX_ROOM bytes; answers the bytes written. */
#define SUFFIX_ROOM 12
static size_t append_suffix(char *end, int32_t n) {
  char digits[SUFFIX_ROOM];
  size_t count = 0;
  do {
    digits[count++] = (char)('0' + n % 10);
    n /= 10;
  } while (n > 0);
  *end = '_';
  for (size_t i = 0; i < count; ++i)
    end[1 + i] = digits[count - 1 - i];
  end[1 + count] = '\0';
  return 1 + count;
}

hr_status hr_names_unique(hr_names *names, hr_view prefix, hr_view text, bool mark, hr_view *out, hr_name **entry) {
  size_t base_length = prefix.length + text.length;
  char *bytes = hr_arena_allocate(names->arena, base_length + SUFFIX_ROOM, 1);
  if (!bytes) return hr_error_out_of_memory(base_length + SUFFIX_ROOM, "a name");
  if (prefix.length) memcpy(bytes, prefix.data, prefix.length);
  if (text.length) memcpy(bytes + prefix.length, text.data, text.length);
  bytes[base_length] = '\0';
  *out = (hr_view){bytes, base_length};
  *entry = NULL;

  uint32_t hash = hash_of(*out);
  hr_name *base = find_taken(names, *out, hash);
  int32_t suffix = 0;
  if (base)
    for (suffix = base->next_suffix;; ++suffix) {
      out->length = base_length + append_suffix(bytes + base_length, suffix);
      hash = hash_of(*out);
      if (!find_taken(names, *out, hash)) break;
      if (suffix == INT32_MAX - 1)
        return hr_error(HR_RESOURCE_EXHAUSTED, "No unique name is left for '%s'", base->text);
    }
  if (!mark) return HR_SUCCESS;
  *entry = take_free(names, *out, hash);
  if (!*entry) return hr_error_out_of_memory(sizeof(hr_name), "a name");
  if (base) base->next_suffix = suffix + 1;
  return HR_SUCCESS;
}

void hr_names_release(hr_names *names, hr_view text) {
  hr_name *name = find_exact(names, text, hash_of(text));
  if (!name) return;
  name->next_suffix = 0;
  hr_name_set_node(name, NULL);
}

hr_status hr_names_take(hr_names *names, hr_view text) {
  uint32_t hash = hash_of(text);
  if (find_taken(names, text, hash)) return HR_SUCCESS;
  hr_name *name = hr_names_enter(names, text, false);
  if (!name) return hr_error_out_of_memory(text.length + sizeof(hr_name), "a name");
  name->next_suffix = 1;
  return HR_SUCCESS;
}

/* ---- characters ------------------------------------------------------------------------------------------------ */

static inline bool is_letter_or_digit(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool hr_name_is_valid_scope(hr_view name) {
  for (size_t i = 0; i < name.length; ++i) {
    unsigned char c = (unsigned char)name.data[i];
    if (!is_letter_or_digit(c) && c != '_' && c != '.' && c != '-' && c != '/') return false;
  }
  return true;
}

bool hr_name_is_valid_op(hr_view name) {
  return name.length > 0 && (is_letter_or_digit((unsigned char)name.data[0]) || name.data[0] == '.') &&
         hr_name_is_valid_scope(name);
}
