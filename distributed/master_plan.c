/* Plans of a master: what a signature needs, cut by task and registered with the workers. */
#include "distributed/master.h"
#include "headrace/graph_io.h"
#include "proto/worker.pb-c.h"
#include "runtime/graph/node.h"
#include <stdlib.h>

#define REGISTER_GRAPH   "/tensorflow.WorkerService/RegisterGraph"
#define REGISTER_TIMEOUT INT64_C(600000)

/* ---- signatures -------------------------------------------------------------------------------------------------- */

static void add_names(hr_text *key, int32_t count, const hr_view *names) {
  hr_text_printf(key, "%d:", count);
  for (int32_t i = 0; i < count; ++i) {
    hr_text_printf(key, "%zu:", names[i].length);
    hr_text_add(key, names[i].data, names[i].length);
  }
}

static hr_status key_of(const hr_names_request *names, hr_text *key) {
  if (names->is_partial) hr_text_add_string(key, "partial ");
  add_names(key, names->num_feeds, names->feeds);
  add_names(key, names->num_fetches, names->fetches);
  add_names(key, names->num_targets, names->targets);
  return key->failed ? hr_error_out_of_memory(0, "the signature of a step") : HR_SUCCESS;
}

/* With a reference; the session's lock held. */
static hr_master_plan *find(hr_master_session *session, hr_view key, uint64_t hash) {
  for (hr_master_plan *plan = session->plans[hash % HR_PLAN_LISTS]; plan; plan = plan->next)
    if (plan->hash == hash && hr_view_equal(plan->key, key)) {
      atomic_fetch_add(&plan->references, 1);
      return plan;
    }
  return NULL;
}

static hr_status find_output(const hr_master_session *session, hr_arena *arena, hr_view name, hr_output *out) {
  const char *text = hr_arena_copy_string(arena, name.data, name.length);
  if (!text) return hr_error_out_of_memory(name.length, "a tensor's name");
  return hr_graph_output(session->graph, text, out);
}

static hr_status find_ends(const hr_master_session *session, const hr_names_request *names, hr_arena *arena,
                           hr_plan_request *request) {
  hr_output *feeds = HR_ARENA_ARRAY(arena, hr_output, names->num_feeds + 1);
  hr_output *fetches = HR_ARENA_ARRAY(arena, hr_output, names->num_fetches + 1);
  hr_node **targets = HR_ARENA_ARRAY(arena, hr_node *, names->num_targets + 1);
  if (!feeds || !fetches || !targets) return hr_error_out_of_memory(0, "the signature of a step");
  for (int32_t i = 0; i < names->num_feeds; ++i)
    HR_TRY(find_output(session, arena, names->feeds[i], &feeds[i]));
  for (int32_t i = 0; i < names->num_fetches; ++i)
    HR_TRY(find_output(session, arena, names->fetches[i], &fetches[i]));
  for (int32_t i = 0; i < names->num_targets; ++i) {
    const char *text = hr_arena_copy_string(arena, names->targets[i].data, names->targets[i].length);
    if (!text) return hr_error_out_of_memory(names->targets[i].length, "a node's name");
    targets[i] = hr_graph_find(session->graph, text);
    if (!targets[i]) return hr_error(HR_NOT_FOUND, "Target node %s not found in the graph", text);
  }
  *request = (hr_plan_request){.graph = session->graph,
                               .devices = &session->devices,
                               .placer = session->placer,
                               .num_feeds = names->num_feeds,
                               .feeds = feeds,
                               .num_fetches = names->num_fetches,
                               .fetches = fetches,
                               .num_targets = names->num_targets,
                               .targets = targets};
  for (int32_t i = 0; i < request->num_feeds; ++i)
    for (int32_t j = 0; j < i; ++j)
      if (hr_output_equal(feeds[i], feeds[j]))
        return hr_error(HR_INVALID_ARGUMENT, "Endpoint \"%s:%d\" fed more than once.", feeds[i].node->name,
                        feeds[i].index);
  return HR_SUCCESS;
}

/* ---- parts ------------------------------------------------------------------------------------------------------- */

/* Copies the ends that are in `task` to the part; `keys` only where it is another's. */
static hr_status list_ends(hr_master_plan *plan, int32_t task, int32_t count, const hr_cut_end *ends, int32_t *num,
                           int32_t **indices, const char ***keys) {
  *indices = HR_ARENA_ARRAY(&plan->arena, int32_t, count + 1);
  *keys = HR_ARENA_ARRAY(&plan->arena, const char *, count + 1);
  if (!*indices || !*keys) return hr_error_out_of_memory(0, "a step");
  for (int32_t i = 0; i < count; ++i) {
    if (ends[i].task != task) continue;
    (*indices)[*num] = i;
    (*keys)[*num] = NULL;
    if (ends[i].key) {
      (*keys)[*num] = hr_arena_copy_string(&plan->arena, ends[i].key, strlen(ends[i].key));
      if (!(*keys)[*num]) return hr_error_out_of_memory(0, "a step");
    }
    ++*num;
  }
  return HR_SUCCESS;
}

/* An error says which task it comes from, this one like others. */
static hr_status from_own(const hr_master_session *session, const hr_master_part *part, hr_status status) {
  return hr_status_prefix(status, "From %s:\n", session->tasks[part->task].name);
}

static hr_status register_own(hr_master_session *session, hr_master_part *part, const hr_cut *cut, hr_arena *arena) {
  hr_output *feeds = HR_ARENA_ARRAY(arena, hr_output, part->num_feeds + 1);
  hr_output *fetches = HR_ARENA_ARRAY(arena, hr_output, part->num_fetches + 1);
  if (!feeds || !fetches) return hr_error_out_of_memory(0, "a step");
  for (int32_t i = 0; i < part->num_feeds; ++i)
    feeds[i] = cut->feeds[part->feeds[i]].output;
  for (int32_t i = 0; i < part->num_fetches; ++i)
    fetches[i] = cut->fetches[part->fetches[i]].output;
  const hr_part_ends ends = {.num_feeds = part->num_feeds,
                             .num_fetches = part->num_fetches,
                             .num_targets = cut->num_targets[part->task],
                             .feeds = feeds,
                             .fetches = fetches,
                             .targets = cut->targets[part->task]};
  return from_own(session, part,
                  hr_worker_register(session->master->worker, session->worker_session, cut->graphs[part->task], &ends,
                                     session->rewrites_off, session->options.dataflow, &part->part));
}

/* All of the graph runs, with Send and Recv for what goes in and comes out. */
static hr_status register_partial(hr_master_session *session, hr_master_part *part, const hr_cut *cut) {
  return from_own(session, part,
                  hr_worker_register(session->master->worker, session->worker_session, cut->graphs[part->task], NULL,
                                     session->rewrites_off, session->options.dataflow, &part->part));
}

/* The worker's own optimizers do what they like with the part, but not what the session has switched off. */
static hr_status write_request(const hr_master_session *session, hr_graph *graph, hr_slices *out) {
  enum { SESSION_HANDLE = 1, GRAPH_DEF = 2, GRAPH_OPTIONS = 4, SESSION_CALLED = 6 };
  hr_owned_bytes bytes;
  HR_TRY(hr_graph_export(graph, NULL, &bytes));
  hr_text text = {0};
  hr_wire_put_bytes(&text, SESSION_HANDLE, hr_view_of(session->handle));
  hr_wire_put_bytes(&text, GRAPH_DEF, (hr_view){bytes.data, bytes.length});
  free(bytes.data);
  hr_wire_put_bytes(&text, GRAPH_OPTIONS, session->graph_options);
  hr_wire_put_number(&text, SESSION_CALLED, 1);
  *out = (hr_slices){0};
  hr_slices_add_text(out, &text);
  return HR_SUCCESS;
}

static hr_status register_there(hr_master_session *session, hr_master_plan *plan, hr_master_part *part,
                                const hr_cut *cut) {
  hr_slices request, response = {0};
  HR_TRY(write_request(session, cut->graphs[part->task], &request));
  const hr_master_task *task = &session->tasks[part->task];
  HR_TRY(hr_status_prefix(hr_channel_call(task->channel, REGISTER_GRAPH, &request,
                                          &(hr_call_options){.timeout_ms = REGISTER_TIMEOUT}, NULL, &response),
                          "From %s:\n", task->name));
  hr_arena arena = {0};
  hr_view bytes;
  HrPb__RegisterGraphResponse *answer;
  hr_status status = hr_slices_view(&response, &arena, &bytes);
  if (!status)
    status =
        hr_proto_unpack(&hr_pb__register_graph_response__descriptor, &arena, bytes.data, bytes.length, NULL, &answer);
  if (!status) {
    part->graph_handle = hr_arena_copy_string(&plan->arena, answer->graph_handle, strlen(answer->graph_handle));
    if (!part->graph_handle) status = hr_error_out_of_memory(0, "a step");
  }
  hr_arena_free(&arena);
  hr_slices_clear(&response);
  return status;
}

static hr_status add_part(hr_master_session *session, hr_master_plan *plan, const hr_cut *cut, int32_t task,
                          bool is_partial, hr_arena *arena) {
  hr_master_part *part = &plan->parts[plan->num_parts];
  *part = (hr_master_part){.task = task};
  HR_TRY(list_ends(plan, task, plan->num_feeds, cut->feeds, &part->num_feeds, &part->feeds, &part->feed_keys));
  HR_TRY(list_ends(plan, task, plan->num_fetches, cut->fetches, &part->num_fetches, &part->fetches, &part->fetch_keys));
  ++plan->num_parts;
  if (session->tasks[task].channel) return register_there(session, plan, part, cut);
  return is_partial ? register_partial(session, part, cut) : register_own(session, part, cut, arena);
}

static hr_status add_parts(hr_master_session *session, hr_master_plan *plan, const hr_cut *cut, bool is_partial,
                           hr_arena *arena) {
  plan->parts = HR_ARENA_ARRAY(&plan->arena, hr_master_part, session->num_tasks + 1);
  if (!plan->parts) return hr_error_out_of_memory(0, "a step");
  if (cut->graphs[session->own_task]) HR_TRY(add_part(session, plan, cut, session->own_task, is_partial, arena));
  for (int32_t t = 0; t < session->num_tasks; ++t)
    if (t != session->own_task && cut->graphs[t]) HR_TRY(add_part(session, plan, cut, t, is_partial, arena));
  return HR_SUCCESS;
}

/* ---- building ---------------------------------------------------------------------------------------------------- */

/* Devices of the nodes, as indices. */
static hr_status place(hr_master_session *session, hr_node **nodes, int32_t count, hr_arena *arena, int32_t **out) {
  hr_device **devices;
  HR_TRY(hr_placer_place(session->placer, nodes, count, arena, &devices));
  *out = hr_arena_zalloc(arena, sizeof **out * ((size_t)count + 1), _Alignof(int32_t));
  if (!*out) return hr_error_out_of_memory(sizeof **out * (size_t)count, "the places of nodes");
  for (int32_t i = 0; devices && i < count; ++i)
    while (session->devices.devices[(*out)[i]] != devices[i])
      ++(*out)[i];
  return HR_SUCCESS;
}

static hr_status keep(hr_master_plan *plan, int32_t count, const hr_view *names, const hr_output *outputs,
                      hr_view **kept_names, hr_output **kept_outputs) {
  *kept_names = HR_ARENA_ARRAY(&plan->arena, hr_view, count + 1);
  *kept_outputs = HR_ARENA_ARRAY(&plan->arena, hr_output, count + 1);
  if (!*kept_names || !*kept_outputs) return hr_error_out_of_memory(0, "a partial run");
  for (int32_t i = 0; i < count; ++i) {
    const char *text = hr_arena_copy_string(&plan->arena, names[i].data, names[i].length);
    if (!text) return hr_error_out_of_memory(names[i].length, "a partial run");
    (*kept_names)[i] = (hr_view){text, names[i].length};
    (*kept_outputs)[i] = outputs[i];
  }
  return HR_SUCCESS;
}

static hr_status keep_names(hr_master_plan *plan, const hr_names_request *names, const hr_plan_request *request) {
  HR_TRY(keep(plan, names->num_feeds, names->feeds, request->feeds, &plan->feed_names, &plan->feed_outputs));
  return keep(plan, names->num_fetches, names->fetches, request->fetches, &plan->fetch_names, &plan->fetch_outputs);
}

static hr_status build(hr_master_session *session, const hr_names_request *names, hr_master_plan *plan) {
  hr_arena arena = {0};
  hr_plan_request request;
  hr_node **nodes;
  int32_t count, *devices;
  hr_cut cut = {0};
  hr_status status = find_ends(session, names, &arena, &request);
  if (!status) status = hr_plan_prune(&request, &arena, &nodes, &count);
  if (!status) status = place(session, nodes, count, &arena, &devices);
  if (!status)
    status = hr_cut_by_task(&request, nodes, devices, count, session->cut_devices, session->num_tasks,
                            names->is_partial ? -1 : session->own_task, session->sends_bfloat16, &arena, &cut);
  if (!status) status = add_parts(session, plan, &cut, names->is_partial, &arena);
  if (!status && names->is_partial) status = keep_names(plan, names, &request);
  for (int32_t t = 0; cut.graphs && t < session->num_tasks; ++t)
    hr_graph_unref(cut.graphs[t]);
  hr_arena_free(&arena);
  return status;
}

static hr_status new_plan(hr_master_session *session, const hr_names_request *names, const hr_text *key, uint64_t hash,
                          hr_master_plan **out) {
  hr_master_plan *plan = *out = calloc(1, sizeof *plan);
  if (!plan) return hr_error_out_of_memory(sizeof *plan, "a step");
  atomic_init(&plan->references, 1);
  plan->hash = hash;
  plan->num_feeds = names->num_feeds;
  plan->num_fetches = names->num_fetches;
  plan->key = (hr_view){hr_arena_copy_string(&plan->arena, key->data, key->length), key->length};
  if (!plan->key.data) return hr_error_out_of_memory(key->length, "a step");
  return build(session, names, plan);
}

void hr_master_plan_unref(hr_master_plan *plan) {
  if (!plan || atomic_fetch_sub(&plan->references, 1) != 1) return;
  for (int32_t i = 0; i < plan->num_parts; ++i)
    hr_part_unref(plan->parts[i].part);
  hr_arena_free(&plan->arena);
  free(plan);
}

static hr_status known(hr_master_session *session, const hr_text *key, uint64_t hash, hr_master_plan **out) {
  pthread_mutex_lock(&session->lock);
  *out = find(session, (hr_view){key->data, key->length}, hash);
  bool closed = session->closed;
  pthread_mutex_unlock(&session->lock);
  return closed && !*out ? hr_error(HR_ABORTED, "Session %s is not found.", session->handle) : HR_SUCCESS;
}

/* Held: that nobody else builds. A session is not closed meanwhile. */
static hr_status prepare(hr_master_session *session, const hr_names_request *names, const hr_text *key, uint64_t hash,
                         hr_master_plan **out) {
  hr_master_plan *plan;
  HR_TRY(known(session, key, hash, out)); /* another thread may have made it */
  if (*out) return HR_SUCCESS;
  hr_status status = new_plan(session, names, key, hash, &plan);
  if (status) {
    hr_master_plan_unref(plan);
    return status;
  }
  atomic_fetch_add(&plan->references, 1); /* the list's and the caller's */
  pthread_mutex_lock(&session->lock);
  plan->next = session->plans[hash % HR_PLAN_LISTS];
  session->plans[hash % HR_PLAN_LISTS] = plan;
  pthread_mutex_unlock(&session->lock);
  *out = plan;
  return HR_SUCCESS;
}

hr_status hr_master_prepare(hr_master_session *session, const hr_names_request *names, hr_master_plan **out) {
  hr_text key = {0};
  *out = NULL;
  hr_status status = key_of(names, &key);
  uint64_t hash = status ? 0 : hr_hash_bytes(key.data, key.length);
  if (!status) status = known(session, &key, hash, out);
  if (!status && !*out) {
    pthread_mutex_lock(&session->building);
    status = prepare(session, names, &key, hash, out);
    pthread_mutex_unlock(&session->building);
  }
  hr_text_free(&key);
  return status;
}

hr_master_plan *hr_master_try(hr_master_session *session, const hr_names_request *names) {
  hr_text key = {0};
  hr_master_plan *plan = NULL;
  hr_status status = key_of(names, &key);
  if (!status && pthread_mutex_trylock(&session->lock) == 0) {
    plan = find(session, (hr_view){key.data, key.length}, hr_hash_bytes(key.data, key.length));
    pthread_mutex_unlock(&session->lock);
  }
  hr_status_free(status);
  hr_text_free(&key);
  return plan;
}

bool hr_master_plan_is_quick(const hr_master_plan *plan) {
  return plan->num_parts > 0 && (!plan->parts[0].part || hr_part_is_quick(plan->parts[0].part));
}

/* ---- callables --------------------------------------------------------------------------------------------------- */

hr_status hr_master_make_callable(hr_master_session *session, const hr_names_request *names,
                                  const hr_run_options *options, int64_t *handle) {
  hr_master_callable *callable = calloc(1, sizeof *callable);
  if (!callable) return hr_error_out_of_memory(sizeof *callable, "a callable");
  callable->options = *options;
  hr_status status = hr_master_prepare(session, names, &callable->plan);
  pthread_mutex_lock(&session->lock);
  if (!status && session->closed) status = hr_error(HR_ABORTED, "Session %s is not found.", session->handle);
  if (!status) {
    *handle = callable->handle = session->next_callable++;
    callable->next = session->callables;
    session->callables = callable;
  }
  pthread_mutex_unlock(&session->lock);
  if (!status) return HR_SUCCESS;
  hr_master_plan_unref(callable->plan);
  free(callable);
  return status;
}

hr_status hr_master_find_callable(hr_master_session *session, int64_t handle, hr_master_plan **out,
                                  hr_run_options *options) {
  pthread_mutex_lock(&session->lock);
  hr_master_callable *callable = session->callables;
  while (callable && callable->handle != handle)
    callable = callable->next;
  *out = callable ? callable->plan : NULL;
  if (callable) {
    atomic_fetch_add(&callable->plan->references, 1);
    *options = callable->options;
  }
  pthread_mutex_unlock(&session->lock);
  return callable ? HR_SUCCESS : hr_error(HR_INVALID_ARGUMENT, "No such callable handle: %lld", (long long)handle);
}

void hr_master_release_callable(hr_master_session *session, int64_t handle) {
  hr_master_callable *callable = NULL;
  pthread_mutex_lock(&session->lock);
  for (hr_master_callable **link = &session->callables; *link && !callable; link = &(*link)->next) {
    if ((*link)->handle != handle) continue;
    callable = *link;
    *link = callable->next;
    break;
  }
  pthread_mutex_unlock(&session->lock);
  if (!callable) return;
  hr_master_plan_unref(callable->plan);
  free(callable);
}
