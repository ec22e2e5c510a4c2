#include "builder/variable_names.h"
#include "builder/builder.h"

void hr_variable_names_free(hr_variable_names *names) {
  free(names->buckets);
  free(names->changes);
  *names = (hr_variable_names){0};
}

/* FNV-1a. */
static uint32_t hash_of(const char *text, size_t length) {
  uint32_t hash = 2166136261u;
  for (size_t i = 0; i < length; ++i)
    hash = (hash ^ (unsigned char)text[i]) * 16777619u;
  return hash;
}

static hr_variable_name *find(const hr_variable_names *names, const char *text, size_t length, uint32_t hash) {
  if (names->num_buckets == 0) return NULL;
  hr_variable_name *name = names->buckets[hash & (names->num_buckets - 1)];
  while (name && (name->hash != hash || strncmp(name->text, text, length) != 0 || name->text[length]))
    name = name->next;
  return name;
}

hr_variable_name *hr_variable_names_find(const hr_variable_names *names, const char *text) {
  size_t length = strlen(text);
  return find(names, text, length, hash_of(text, length));
}

/* Room for one more name. */
static bool grow(hr_variable_names *names, hr_scope scope) {
  if (2 * (names->count + 1) <= names->num_buckets) return true;
  uint32_t wanted = names->num_buckets ? 2 * names->num_buckets : 64;
  hr_variable_name **buckets = calloc(wanted, sizeof(hr_variable_name *));
  if (!buckets) {
    hr_scope_fail(scope, hr_error_out_of_memory(wanted * sizeof(hr_variable_name *), "the names of variables"));
    return false;
  }
  for (uint32_t i = 0; i < names->num_buckets; ++i)
    for (hr_variable_name *name = names->buckets[i], *next; name; name = next) {
      next = name->next;
      name->next = buckets[name->hash & (wanted - 1)];
      buckets[name->hash & (wanted - 1)] = name;
    }
  free(names->buckets);
  names->buckets = buckets;
  names->num_buckets = wanted;
  return true;
}

static hr_variable_name *enter(hr_variable_names *names, hr_scope scope, const char *text, size_t length,
                               hr_variable_name *parent) {
  uint32_t hash = hash_of(text, length);
  hr_variable_name *name = find(names, text, length, hash);
  if (name) return name;
  name = grow(names, scope) ? hr_keep_bytes(scope, sizeof *name) : NULL;
  char *copy = name ? hr_keep_printf(scope, "%.*s", (int)length, text) : NULL;
  if (!copy) return NULL;
  hr_variable_name **bucket = &names->buckets[hash & (names->num_buckets - 1)];
  *name = (hr_variable_name){.next = *bucket, .parent = parent, .text = copy, .hash = hash};
  *bucket = name;
  names->count++;
  if (parent) {
    name->sibling = parent->first_child;
    parent->first_child = name;
  }
  return name;
}

hr_variable_name *hr_variable_names_enter(hr_variable_names *names, hr_scope scope, const char *text) {
  hr_variable_name *known = hr_variable_names_find(names, text), *parent = NULL;
  if (known) return known;
  for (const char *slash = strchr(text, '/'); slash; slash = strchr(slash + 1, '/')) {
    parent = enter(names, scope, text, (size_t)(slash - text), parent);
    if (!parent) return NULL;
  }
  return enter(names, scope, text, strlen(text), parent);
}

/* A count's new value, with the old one on record where a mark is open. False when memory is out. */
static bool set_count(hr_variable_names *names, hr_variable_name *name, int count) {
  if (names->num_marks > 0) {
    if (names->num_changes == names->changes_capacity) {
      int32_t wanted = names->changes_capacity ? 2 * names->changes_capacity : 32;
      hr_count_change *more = realloc(names->changes, sizeof *more * (size_t)wanted);
      if (!more) return false;
      names->changes = more;
      names->changes_capacity = wanted;
    }
    names->changes[names->num_changes++] = (hr_count_change){name, name->count};
  }
  name->count = count;
  for (hr_variable_name *up = name; count > 0 && up && !up->touched; up = up->parent)
    up->touched = true;
  return true;
}

void hr_variable_names_open(hr_variable_names *names, hr_scope scope, hr_variable_name *name) {
  if (!set_count(names, name, name->count + 1))
    hr_scope_fail(scope, hr_error_out_of_memory(sizeof(hr_count_change), "a variable scope"));
}

void hr_variable_names_reset_below(hr_variable_names *names, hr_variable_name *name) {
  for (hr_variable_name *child = name->first_child; child; child = child->sibling) {
    if (!child->touched) continue;
    hr_variable_names_reset_below(names, child);
    if (child->count == 0 || set_count(names, child, 0)) child->touched = false;
  }
}

int32_t hr_variable_names_mark(hr_variable_names *names) {
  names->num_marks++;
  return names->num_changes;
}

void hr_variable_names_back_to(hr_variable_names *names, int32_t mark) {
  while (names->num_changes > mark) {
    const hr_count_change *change = &names->changes[--names->num_changes];
    change->name->count = change->count;
    for (hr_variable_name *up = change->name; change->count > 0 && up && !up->touched; up = up->parent)
      up->touched = true;
  }
  names->num_marks--;
}
