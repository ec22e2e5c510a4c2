#include "runtime/session/plan_cache.h"
#include <stdlib.h>
#include <string.h>

struct hr_plan_table {
  hr_plan_table *next;
  uint32_t mask;
  _Atomic(hr_prepared *) places[]; /* open addressing, at most half full */
};

void hr_plan_cache_init(hr_plan_cache *cache) {
  memset(cache, 0, sizeof *cache);
  pthread_mutex_init(&cache->lock, NULL);
}

void hr_plan_cache_clear(hr_plan_cache *cache) {
  while (cache->all) {
    hr_prepared *prepared = cache->all;
    cache->all = prepared->next;
    hr_prepared_free(prepared);
  }
  hr_plan_table *table = atomic_load(&cache->table);
  free(table);
  atomic_store(&cache->table, NULL);
  while (cache->retired) {
    hr_plan_table *old = cache->retired;
    cache->retired = old->next;
    free(old);
  }
  cache->count = 0;
  pthread_mutex_destroy(&cache->lock);
}

static inline uint64_t mix(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * UINT64_C(0x9E3779B97F4A7C15);
  return hash ^ (hash >> 29);
}

uint64_t hr_signature_hash(const hr_signature *s) {
  uint64_t hash = mix((uint64_t)s->num_feeds << 32, (uint64_t)s->num_fetches << 16 | (uint32_t)s->num_targets);
  for (int32_t i = 0; i < s->num_feeds; ++i) {
    hr_output feed = hr_signature_feed(s, i);
    hash = mix(mix(hash, (uintptr_t)feed.node), (uint32_t)feed.index);
  }
  for (int32_t i = 0; i < s->num_fetches; ++i)
    hash = mix(mix(hash, (uintptr_t)s->fetches[i].node), (uint32_t)s->fetches[i].index);
  for (int32_t i = 0; i < s->num_targets; ++i)
    hash = mix(hash, (uintptr_t)s->targets[i]);
  return hash;
}

static bool matches(const hr_plan *plan, const hr_signature *s, uint64_t hash) {
  if (plan->hash != hash || plan->num_feeds != s->num_feeds || plan->num_fetches != s->num_fetches ||
      plan->num_targets != s->num_targets)
    return false;
  for (int32_t i = 0; i < s->num_feeds; ++i) {
    if (!hr_output_equal(plan->feeds[i].output, hr_signature_feed(s, i))) return false;
  }
  for (int32_t i = 0; i < s->num_fetches; ++i) {
    if (!hr_output_equal(plan->fetches[i].output, s->fetches[i])) return false;
  }
  for (int32_t i = 0; i < s->num_targets; ++i) {
    if (plan->targets[i] != s->targets[i]) return false;
  }
  return true;
}

hr_prepared *hr_plan_cache_find(hr_plan_cache *cache, const hr_signature *signature, uint64_t hash) {
  hr_plan_table *table = atomic_load_explicit(&cache->table, memory_order_acquire);
  if (!table) return NULL;
  for (uint32_t place = (uint32_t)hash & table->mask;; place = (place + 1) & table->mask) {
    hr_prepared *prepared = atomic_load_explicit(&table->places[place], memory_order_acquire);
    if (!prepared || matches(prepared->plan, signature, hash)) return prepared;
  }
}

static void insert(hr_plan_table *table, hr_prepared *prepared) {
  uint32_t place = (uint32_t)prepared->plan->hash & table->mask;
  while (atomic_load_explicit(&table->places[place], memory_order_relaxed))
    place = (place + 1) & table->mask;
  atomic_store_explicit(&table->places[place], prepared, memory_order_release);
}

/* A table with room for one more; lock held. */
static hr_status make_room(hr_plan_cache *cache) {
  hr_plan_table *table = atomic_load(&cache->table);
  if (table && 2 * ((uint32_t)cache->count + 1) <= table->mask + 1) return HR_SUCCESS;
  size_t places = table ? 2 * ((size_t)table->mask + 1) : 16;
  hr_plan_table *larger = calloc(1, sizeof *larger + places * sizeof larger->places[0]);
  if (!larger) return hr_error_out_of_memory(places * sizeof larger->places[0], "the plan cache");
  larger->mask = (uint32_t)places - 1;
  for (hr_prepared *prepared = cache->all; prepared; prepared = prepared->next)
    insert(larger, prepared);
  atomic_store_explicit(&cache->table, larger, memory_order_release);
  if (table) {
    table->next = cache->retired;
    cache->retired = table;
  }
  return HR_SUCCESS;
}

hr_status hr_plan_cache_add(hr_plan_cache *cache, const hr_signature *signature, uint64_t hash,
                            hr_status (*make)(void *argument, hr_prepared **out), void *argument, hr_prepared **out) {
  pthread_mutex_lock(&cache->lock);
  hr_status status = HR_SUCCESS;
  *out = hr_plan_cache_find(cache, signature, hash);
  if (!*out) {
    status = make_room(cache);
    if (!status) status = make(argument, out);
    if (!status) {
      (*out)->plan->hash = hash;
      (*out)->next = cache->all;
      cache->all = *out;
      ++cache->count;
      insert(atomic_load(&cache->table), *out);
    }
  }
  pthread_mutex_unlock(&cache->lock);
  return status;
}
