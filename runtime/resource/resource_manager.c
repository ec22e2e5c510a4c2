#include "runtime/resource/resource_manager.h"

#include "headrace/graph.h"
#include "runtime/base/text.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* The chains that an entry stands in. */
enum { BY_NAME, BY_RESOURCE, CHAINS };

typedef struct entry {
  struct entry *next[CHAINS];
  hr_resource *resource;
  uint64_t hash[CHAINS];
  const char *container, *name; /* in `text` */
  char text[];
} entry;

struct hr_resource_manager {
  _Atomic int32_t references;
  char *default_container;
  pthread_mutex_t lock; /* guards what follows */
  entry **buckets;      /* those of the names first */
  size_t bucket_count;  /* of each chain; a power of two */
  size_t count;
};

static const size_t first_bucket_count = 64;

hr_resource_manager *hr_resource_manager_new(const char *default_container) {
  hr_resource_manager *manager = calloc(1, sizeof *manager);
  if (!manager) return NULL;
  atomic_init(&manager->references, 1);
  manager->default_container = strdup(default_container);
  manager->bucket_count = first_bucket_count;
  manager->buckets = calloc(CHAINS * manager->bucket_count, sizeof *manager->buckets);
  if (!manager->default_container || !manager->buckets || pthread_mutex_init(&manager->lock, NULL) != 0) {
    free(manager->default_container);
    free(manager->buckets);
    free(manager);
    return NULL;
  }
  return manager;
}

hr_resource_manager *hr_resource_manager_ref(hr_resource_manager *manager) {
  atomic_fetch_add_explicit(&manager->references, 1, memory_order_relaxed);
  return manager;
}

static entry **bucket_of(hr_resource_manager *manager, int chain, uint64_t hash) {
  return &manager->buckets[(size_t)chain * manager->bucket_count + (hash & (manager->bucket_count - 1))];
}

static void link_entry(hr_resource_manager *manager, entry *e) {
  for (int chain = 0; chain < CHAINS; ++chain) {
    entry **bucket = bucket_of(manager, chain, e->hash[chain]);
    e->next[chain] = *bucket;
    *bucket = e;
  }
}

/* Takes an entry out of the table; it becomes the first of `*taken`, a list by name. */
static void take_entry(hr_resource_manager *manager, entry *e, entry **taken) {
  for (int chain = 0; chain < CHAINS; ++chain) {
    entry **link = bucket_of(manager, chain, e->hash[chain]);
    while (*link != e)
      link = &(*link)->next[chain];
    *link = e->next[chain];
  }
  e->next[BY_NAME] = *taken;
  *taken = e;
  --manager->count;
}

/* Takes the entries of a container (all of them for NULL) out of the table and returns them as a list: resources are
 * released without the lock, as their destruction may come back to the manager. */
static entry *take_entries(hr_resource_manager *manager, const char *container) {
  entry *taken = NULL;
  pthread_mutex_lock(&manager->lock);
  for (size_t i = 0; i < manager->bucket_count; ++i)
    for (entry *e = manager->buckets[i], *next; e; e = next) {
      next = e->next[BY_NAME];
      if (!container || strcmp(e->container, container) == 0) take_entry(manager, e, &taken);
    }
  pthread_mutex_unlock(&manager->lock);
  return taken;
}

static void free_entries(entry *e) {
  while (e) {
    entry *next = e->next[BY_NAME];
    if (e->resource->type->end) e->resource->type->end(e->resource);
    hr_resource_unref(e->resource);
    free(e);
    e = next;
  }
}

void hr_resource_manager_unref(hr_resource_manager *manager) {
  if (!manager || atomic_fetch_sub_explicit(&manager->references, 1, memory_order_acq_rel) != 1) return;
  free_entries(take_entries(manager, NULL));
  pthread_mutex_destroy(&manager->lock);
  free(manager->buckets);
  free(manager->default_container);
  free(manager);
}

/* ---- the table, with the lock held ----------------------------------------------------------------------------- */

static uint64_t hash_of(const char *container, const hr_resource_type *type, const char *name) {
  return hr_hash_bytes(name, strlen(name)) * 31 + hr_hash_bytes(container, strlen(container)) +
         ((uint64_t)(uintptr_t)type >> 4);
}

static uint64_t hash_of_resource(const hr_resource *resource) { return hr_hash_bytes(&resource, sizeof resource); }

/* NULL where there is none. */
static entry *find(hr_resource_manager *manager, uint64_t hash, const char *container, const hr_resource_type *type,
                   const char *name) {
  entry *e = *bucket_of(manager, BY_NAME, hash);
  while (e && !(e->hash[BY_NAME] == hash && e->resource->type == type && strcmp(e->name, name) == 0 &&
                strcmp(e->container, container) == 0))
    e = e->next[BY_NAME];
  return e;
}

/* Twice the buckets; with no memory for them the chains stay longer. */
static void grow(hr_resource_manager *manager) {
  size_t old_count = manager->bucket_count;
  entry **old = manager->buckets, **buckets = calloc(CHAINS * 2 * old_count, sizeof *buckets);
  if (!buckets) return;
  manager->buckets = buckets;
  manager->bucket_count = 2 * old_count;
  for (size_t i = 0; i < old_count; ++i)
    for (entry *e = old[i], *next; e; e = next) {
      next = e->next[BY_NAME];
      link_entry(manager, e);
    }
  free(old);
}

/* Adds a resource under a name that is free, taking over the caller's reference. */
static hr_status insert(hr_resource_manager *manager, uint64_t hash, const char *container, const char *name,
                        hr_resource *resource) {
  size_t container_size = strlen(container) + 1, name_size = strlen(name) + 1;
  entry *e = malloc(sizeof *e + container_size + name_size);
  if (!e) return hr_error_out_of_memory(sizeof *e + container_size + name_size, "a resource's name");
  memcpy(e->text, container, container_size);
  memcpy(e->text + container_size, name, name_size);
  e->container = e->text;
  e->name = e->text + container_size;
  e->hash[BY_NAME] = hash;
  e->hash[BY_RESOURCE] = hash_of_resource(resource);
  e->resource = resource;
  if (manager->count >= manager->bucket_count) grow(manager);
  link_entry(manager, e);
  ++manager->count;
  return HR_SUCCESS;
}

/* ---- lookups --------------------------------------------------------------------------------------------------- */

static const char *container_or_default(const hr_resource_manager *manager, const char *container) {
  return container && container[0] ? container : manager->default_container;
}

static hr_status not_found(const char *container, const hr_resource_type *type, const char *name) {
  return hr_error(HR_NOT_FOUND, "Resource %s/%s/%s does not exist", container, type->name, name);
}

hr_status hr_resource_lookup(hr_resource_manager *manager, const char *container, const hr_resource_type *type,
                             const char *name, hr_resource **out) {
  container = container_or_default(manager, container);
  uint64_t hash = hash_of(container, type, name);
  pthread_mutex_lock(&manager->lock);
  entry *e = find(manager, hash, container, type, name);
  *out = e ? hr_resource_ref(e->resource) : NULL;
  pthread_mutex_unlock(&manager->lock);
  return e ? HR_SUCCESS : not_found(container, type, name);
}

/* Letters, digits and dots first, then also dashes, underscores and slashes. */
static bool is_container_name(const char *name) {
  for (size_t i = 0; name[i]; ++i) {
    bool word = (name[i] >= 'a' && name[i] <= 'z') || (name[i] >= 'A' && name[i] <= 'Z') ||
                (name[i] >= '0' && name[i] <= '9') || name[i] == '.';
    if (!word && (i == 0 || !strchr("_-/", name[i]))) return false;
  }
  return true;
}

hr_status hr_resource_lookup_or_create(hr_resource_manager *manager, const char *container,
                                       const hr_resource_type *type, const char *name, hr_resource_maker make,
                                       void *argument, hr_resource **out) {
  *out = NULL;
  container = container_or_default(manager, container);
  if (!is_container_name(container))
    return hr_error(HR_INVALID_ARGUMENT, "container contains invalid characters: %s", container);
  uint64_t hash = hash_of(container, type, name);
  hr_status status = HR_SUCCESS;
  pthread_mutex_lock(&manager->lock);
  entry *e = find(manager, hash, container, type, name);
  if (e) {
    *out = hr_resource_ref(e->resource);
  } else {
    hr_resource *made = NULL;
    status = make(argument, &made);
    if (!status) {
      status = insert(manager, hash, container, name, made);
      if (status)
        hr_resource_unref(made);
      else
        *out = hr_resource_ref(made);
    }
  }
  pthread_mutex_unlock(&manager->lock);
  return status;
}

hr_status hr_resource_add(hr_resource_manager *manager, const char *container, const char *name,
                          hr_resource *resource) {
  container = container_or_default(manager, container);
  uint64_t hash = hash_of(container, resource->type, name);
  pthread_mutex_lock(&manager->lock);
  hr_status status;
  if (find(manager, hash, container, resource->type, name))
    status = hr_error(HR_ALREADY_EXISTS, "Resource %s/%s/%s exists already", container, resource->type->name, name);
  else
    status = insert(manager, hash, container, name, resource);
  if (!status) hr_resource_ref(resource);
  pthread_mutex_unlock(&manager->lock);
  return status;
}

hr_status hr_resource_delete(hr_resource_manager *manager, const char *container, const hr_resource_type *type,
                             const char *name) {
  container = container_or_default(manager, container);
  uint64_t hash = hash_of(container, type, name);
  pthread_mutex_lock(&manager->lock);
  entry *e = find(manager, hash, container, type, name), *taken = NULL;
  if (e) take_entry(manager, e, &taken);
  pthread_mutex_unlock(&manager->lock);
  if (!taken) return not_found(container, type, name);
  free_entries(taken);
  return HR_SUCCESS;
}

hr_status hr_resource_remove(hr_resource_manager *manager, const hr_resource *resource) {
  uint64_t hash = hash_of_resource(resource);
  entry *taken = NULL;
  pthread_mutex_lock(&manager->lock);
  for (entry *e = *bucket_of(manager, BY_RESOURCE, hash), *next; e; e = next) {
    next = e->next[BY_RESOURCE];
    if (e->resource == resource) take_entry(manager, e, &taken);
  }
  pthread_mutex_unlock(&manager->lock);
  if (!taken) return hr_error(HR_NOT_FOUND, "Resource of type %s does not exist", resource->type->name);
  free_entries(taken);
  return HR_SUCCESS;
}

void hr_resource_clear_container(hr_resource_manager *manager, const char *container) {
  free_entries(take_entries(manager, container_or_default(manager, container)));
}

int64_t hr_resource_count(hr_resource_manager *manager) {
  pthread_mutex_lock(&manager->lock);
  int64_t count = (int64_t)manager->count;
  pthread_mutex_unlock(&manager->lock);
  return count;
}

static const char *string_attr(const hr_node *node, const char *name) {
  const hr_attr_value *value = hr_node_attr(node, name);
  return value && value->kind == HR_ATTR_STRING && !value->is_list ? value->s : "";
}

static hr_status resource_of_node(const hr_kernel_construction *c, hr_resource_manager *where_unshared,
                                  const hr_resource_type *type, hr_resource_maker make, void *argument,
                                  hr_resource **out) {
  const char *shared_name = string_attr(c->node, "shared_name"), *container = string_attr(c->node, "container");
  if (shared_name[0])
    return hr_resource_lookup_or_create(c->resources, container, type, shared_name, make, argument, out);
  return hr_resource_lookup_or_create(where_unshared, container, type, hr_node_name(c->node), make, argument, out);
}

hr_status hr_resource_of_node(const hr_kernel_construction *construction, const hr_resource_type *type,
                              hr_resource_maker make, void *argument, hr_resource **out) {
  return resource_of_node(construction, construction->resources, type, make, argument, out);
}

hr_status hr_resource_of_private_node(const hr_kernel_construction *construction, const hr_resource_type *type,
                                      hr_resource_maker make, void *argument, hr_resource **out) {
  hr_resource_manager *own = construction->private_resources;
  return resource_of_node(construction, own ? own : construction->resources, type, make, argument, out);
}
