/* Parts of graphs, registered with a worker. */
#include "distributed/unfold.h"
#include "distributed/worker.h"
#include "headrace/graph_io.h"
#include "runtime/graph/graph_internal.h"
#include "runtime/plan/flow.h"
#include <stdio.h>
#include <stdlib.h>

/* ---- preparing --------------------------------------------------------------------------------------------------- */

/* The plan, where there is none, or where it knows variables of containers that were emptied since; lock held. */
static hr_status prepare(hr_part *part) {
  uint64_t resets = atomic_load(&part->worker->resets);
  if (part->prepared && part->resets == resets) return HR_SUCCESS;
  hr_prepared *prepared;
  HR_TRY(hr_prepared_new(&part->request, &prepared));
  if (part->prepared) { /* something may still run in it */
    part->prepared->next = part->retired;
    part->retired = part->prepared;
  }
  part->prepared = prepared;
  part->resets = resets;
  return HR_SUCCESS;
}

hr_status hr_part_prepare(hr_part *part, hr_prepared **out) {
  pthread_mutex_lock(&part->lock);
  hr_status status = prepare(part);
  *out = part->prepared;
  pthread_mutex_unlock(&part->lock);
  return status;
}

/* ---- registering ------------------------------------------------------------------------------------------------- */

static hr_status copy_array(hr_part *part, const void *from, int32_t count, size_t size, void *out) {
  void *copy = hr_arena_zalloc(&part->arena, size * ((size_t)count + 1), _Alignof(max_align_t));
  if (!copy) return hr_error_out_of_memory(size * (size_t)count, "a part of a graph");
  if (count > 0) memcpy(copy, from, size * (size_t)count);
  memcpy(out, &copy, sizeof copy);
  return HR_SUCCESS;
}

static hr_status copy_ends(hr_part *part, const hr_part_ends *ends) {
  hr_plan_request *request = &part->request;
  request->num_feeds = ends->num_feeds;
  request->num_fetches = ends->num_fetches;
  request->num_targets = ends->num_targets;
  HR_TRY(copy_array(part, ends->feeds, ends->num_feeds, sizeof(hr_output), &request->feeds));
  HR_TRY(copy_array(part, ends->fetches, ends->num_fetches, sizeof(hr_output), &request->fetches));
  return copy_array(part, ends->targets, ends->num_targets, sizeof(hr_node *), &request->targets);
}

/* All of the graph runs: what no other node needs is a target. */
static hr_status find_sinks(hr_part *part) {
  hr_graph *graph = part->graph;
  int32_t count = hr_graph_node_count(graph);
  hr_node **targets = HR_ARENA_ARRAY(&part->arena, hr_node *, count + 1);
  if (!targets) return hr_error_out_of_memory(sizeof *targets * (size_t)count, "a part of a graph");
  HR_TRY(hr_graph_mark_begin(graph));
  for (int32_t id = 0; id < count; ++id) {
    const hr_node *node = hr_graph_node(graph, id);
    for (int32_t i = 0; i < node->num_inputs; ++i)
      if (node->inputs[i].node) hr_graph_mark(graph, node->inputs[i].node);
    for (int32_t i = 0; i < node->num_control_inputs; ++i)
      hr_graph_mark(graph, node->control_inputs[i]);
  }
  for (int32_t id = 0; id < count; ++id) {
    hr_node *node = hr_graph_node(graph, id);
    if (!hr_graph_is_marked(graph, node) && !hr_is_unfolded(node)) targets[part->request.num_targets++] = node;
  }
  part->request.targets = targets;
  return HR_SUCCESS;
}

static void free_part(hr_part *part) {
  for (hr_prepared *list = part->retired; list;) {
    hr_prepared *next = list->next;
    hr_prepared_free(list);
    list = next;
  }
  if (part->prepared) hr_prepared_free(part->prepared);
  hr_placer_free(part->placer);
  hr_graph_unref(part->graph);
  hr_worker_session_unref(part->session);
  pthread_mutex_destroy(&part->lock);
  hr_arena_free(&part->arena);
  free(part);
}

void hr_part_unref(hr_part *part) {
  if (part && atomic_fetch_sub(&part->references, 1) == 1) free_part(part);
}

static void enter(hr_worker *worker, hr_part *part) {
  pthread_mutex_lock(&worker->lock);
  snprintf(part->handle, sizeof part->handle, "%016llx", (unsigned long long)++worker->next_part);
  part->next = worker->parts;
  worker->parts = part;
  pthread_mutex_unlock(&worker->lock);
}

static hr_status set_up(hr_part *part, const hr_part_ends *ends, uint32_t rewrites_off, bool dataflow) {
  hr_worker *worker = part->worker;
  HR_TRY(hr_placer_new(part->graph, &worker->devices, (hr_placer_options){.soft = true, .only_needed = true},
                       &part->placer));
  part->request = (hr_plan_request){
      .graph = part->graph,
      .devices = &worker->devices,
      .resources = part->session->resources,
      .private_resources = part->session->private_resources,
      .placer = part->placer,
      .rewrites_off = rewrites_off,
      .dataflow = dataflow,
      .may_offload = worker->options.inter_op_threads != 1 && worker->options.inter_op_threads >= 0,
  };
  for (int32_t id = 0; id < hr_graph_node_count(part->graph); ++id)
    part->has_edges |= hr_is_edge_end(hr_graph_node(part->graph, id));
  HR_TRY(ends ? copy_ends(part, ends) : find_sinks(part));
  return prepare(part);
}

hr_status hr_worker_register(hr_worker *worker, hr_worker_session *session, hr_graph *graph, const hr_part_ends *ends,
                             uint32_t rewrites_off, bool dataflow, hr_part **out) {
  hr_part *part = calloc(1, sizeof *part);
  if (!part) return hr_error_out_of_memory(sizeof *part, "a part of a graph");
  atomic_init(&part->references, 2); /* the worker's, and the caller's */
  pthread_mutex_init(&part->lock, NULL);
  part->worker = worker;
  atomic_fetch_add(&session->references, 1);
  part->session = session;
  part->graph = hr_graph_ref(graph);
  hr_status status = set_up(part, ends, rewrites_off, dataflow);
  if (status) {
    free_part(part);
    return status;
  }
  enter(worker, part);
  *out = part;
  return HR_SUCCESS;
}

hr_status hr_worker_register_def(hr_worker *worker, hr_worker_session *session, hr_view graph_def,
                                 uint32_t rewrites_off, hr_part **out) {
  hr_graph *graph = hr_graph_new();
  hr_builder *builder = graph ? hr_builder_new(graph) : NULL;
  hr_status status = builder ? HR_SUCCESS : hr_error_out_of_memory(0, "a graph");
  if (!status)
    status = hr_graph_import(hr_builder_root(builder), graph_def.data, graph_def.length,
                             &(hr_import_options){.name = "", .verbatim = true});
  hr_builder_free(builder);
  if (!status) status = hr_unfold(graph);
  if (!status) status = hr_worker_register(worker, session, graph, NULL, rewrites_off, false, out);
  hr_graph_unref(graph);
  return status;
}

/* ---- finding ----------------------------------------------------------------------------------------------------- */

static hr_status not_found(hr_view handle) {
  return hr_error(HR_ABORTED, "Graph handle is not found: %.*s. Possibly, this worker just restarted.",
                  (int)(handle.length < 100 ? handle.length : 100), handle.data ? handle.data : "");
}

hr_status hr_worker_find_part(hr_worker *worker, hr_view handle, hr_part **out) {
  pthread_mutex_lock(&worker->lock);
  hr_part *part = worker->parts;
  while (part && !hr_view_equal(hr_view_of(part->handle), handle))
    part = part->next;
  if (part) atomic_fetch_add(&part->references, 1);
  pthread_mutex_unlock(&worker->lock);
  *out = part;
  return part ? HR_SUCCESS : not_found(handle);
}

hr_status hr_worker_deregister(hr_worker *worker, hr_view handle) {
  pthread_mutex_lock(&worker->lock);
  hr_part **link = &worker->parts;
  while (*link && !hr_view_equal(hr_view_of((*link)->handle), handle))
    link = &(*link)->next;
  hr_part *part = *link;
  if (part) *link = part->next;
  pthread_mutex_unlock(&worker->lock);
  hr_part_unref(part);
  return part ? HR_SUCCESS : not_found(handle);
}

void hr_worker_forget_parts(hr_worker *worker, const hr_worker_session *session) {
  hr_part *forgotten = NULL;
  pthread_mutex_lock(&worker->lock);
  for (hr_part **link = &worker->parts; *link;) {
    hr_part *part = *link;
    if (part->session != session) {
      link = &part->next;
      continue;
    }
    *link = part->next;
    part->next = forgotten;
    forgotten = part;
  }
  pthread_mutex_unlock(&worker->lock);
  while (forgotten) {
    hr_part *part = forgotten;
    forgotten = part->next;
    hr_part_unref(part);
  }
}
