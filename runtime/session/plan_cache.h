/* Plan cache: prepared runs by signature (feeds, fetches, targets). Readers take no lock; growing the graph invalidates
 * nothing, because the nodes of a plan never change. */
#ifndef HR_RUNTIME_SESSION_PLAN_CACHE_H
#define HR_RUNTIME_SESSION_PLAN_CACHE_H

#include "runtime/session/prepared.h"

typedef struct hr_signature {
  int32_t num_feeds, num_fetches, num_targets;
  const hr_output *feeds; /* `feed_stride` bytes apart, so that hr_feed arrays serve as they are */
  size_t feed_stride;
  const hr_output *fetches;
  hr_node *const *targets;
} hr_signature;

typedef struct hr_plan_table hr_plan_table;
typedef struct hr_plan_cache {
  _Atomic(hr_plan_table *) table; /* immutable but for empty places, which fill once */
  pthread_mutex_t lock;           /* held by whoever adds */
  hr_plan_table *retired;         /* tables that readers may still look at */
  int32_t count;
  hr_prepared *all;
} hr_plan_cache;

void hr_plan_cache_init(hr_plan_cache *cache);
/* Frees all prepared runs. */
void hr_plan_cache_clear(hr_plan_cache *cache);

static inline hr_output hr_signature_feed(const hr_signature *s, int32_t index) {
  return *(const hr_output *)((const char *)s->feeds + s->feed_stride * (size_t)index);
}
uint64_t hr_signature_hash(const hr_signature *signature);
/* NULL where the signature was not seen yet. */
hr_prepared *hr_plan_cache_find(hr_plan_cache *cache, const hr_signature *signature, uint64_t hash);
/* Adds what hr_plan_cache_find did not find, unless another thread did in the meantime; `*out` is the one that counts.
 * Calls make(argument, &prepared) under the cache's lock. */
HR_MUST_USE hr_status hr_plan_cache_add(hr_plan_cache *cache, const hr_signature *signature, uint64_t hash,
                                        hr_status (*make)(void *argument, hr_prepared **out), void *argument,
                                        hr_prepared **out);

#endif
