#include "runtime/base/log.h"
#include "runtime/graph/arguments.h"
#include "runtime/graph/graph_internal.h"
#include "runtime/graph/node_def.h"
#include "runtime/plan/kernel_registry.h"
#include "runtime/plan/placer_internal.h"
#include <stdio.h>
#include <stdlib.h>

/* ---- devices ----------------------------------------------------------------------------------------------------- */

static hr_status add_device(hr_placer *p, int32_t index) {
  const hr_device *device = p->devices->devices[index];
  HR_TRY(hr_device_name_parse(device->name, &p->names[index]));
  int32_t type = 0;
  while (type < p->num_types && strcmp(p->types[type], device->type) != 0)
    ++type;
  if (type == HR_MAX_DEVICE_TYPES)
    return hr_error(HR_UNIMPLEMENTED, "A session has devices of more than %d types", HR_MAX_DEVICE_TYPES);
  if (type == p->num_types) p->types[p->num_types++] = device->type;
  p->type_of[index] = (uint8_t)type;
  int32_t at = index;
  for (; at > 0 && p->devices->devices[p->by_preference[at - 1]]->preference < device->preference; --at)
    p->by_preference[at] = p->by_preference[at - 1];
  p->by_preference[at] = index;
  return HR_SUCCESS;
}

hr_status hr_placer_new(const hr_graph *graph, const hr_device_set *devices, hr_placer_options options,
                        hr_placer **out) {
  hr_placer *p = calloc(1, sizeof *p);
  if (!p) return hr_error_out_of_memory(sizeof *p, "a placer");
  p->graph = graph;
  p->devices = devices;
  p->options = options;
  pthread_mutex_init(&p->lock, NULL);
  hr_status status = HR_SUCCESS;
  for (int32_t i = 0; i < devices->count && !status; ++i)
    status = add_device(p, i);
  int16_t none;
  if (!status) status = hr_groups_wish(&p->groups, &(hr_device_name){.replica = -1, .task = -1, .id = -1}, &none);
  if (status) {
    hr_placer_free(p);
    return status;
  }
  *out = p;
  return HR_SUCCESS;
}

hr_status hr_placer_for(const hr_placer *placer, const hr_graph *graph, hr_placer **out) {
  return hr_placer_new(graph, placer->devices, (hr_placer_options){.soft = placer->options.soft, .only_needed = true},
                       out);
}

void hr_placer_free(hr_placer *p) {
  if (!p) return;
  for (int32_t i = 0; i < p->num_misplaced; ++i)
    hr_status_free(p->misplaced[i].why);
  hr_status_free(p->failure);
  free(p->misplaced);
  free(p->known_wishes);
  free(p->named);
  hr_groups_free(&p->groups);
  pthread_mutex_destroy(&p->lock);
  free(p);
}

/* The first device of those preferred that the group may have; -1 for none. */
static int32_t choose(const hr_placer *p, const hr_device_name *wish, uint8_t types) {
  for (int32_t i = 0; i < p->devices->count; ++i) {
    int32_t device = p->by_preference[i];
    if ((types >> p->type_of[device] & 1) && hr_device_name_matches(wish, &p->names[device])) return device;
  }
  return -1;
}

/* ---- room -------------------------------------------------------------------------------------------------------- */

/* Room for one more element of an array. */
static hr_status grow(void **array, int32_t count, int32_t *capacity, size_t size) {
  if (count < *capacity) return HR_SUCCESS;
  int32_t larger = *capacity ? 2 * *capacity : 8;
  void *grown = realloc(*array, size * (size_t)larger);
  if (!grown) return hr_error_out_of_memory(size * (size_t)larger, "a placer");
  *array = grown;
  *capacity = larger;
  return HR_SUCCESS;
}

/* Keeps the first reason why the node has no device. Takes over `why`. */
static hr_status misplace(hr_placer *p, const hr_node *node, hr_status why) {
  for (int32_t i = p->num_misplaced - 1; i >= 0; --i)
    if (p->misplaced[i].node == node->id) {
      hr_status_free(why);
      return HR_SUCCESS;
    }
  hr_status status = grow((void **)&p->misplaced, p->num_misplaced, &p->misplaced_capacity, sizeof *p->misplaced);
  if (status) {
    hr_status_free(why);
    return status;
  }
  why = hr_status_at_node(why, node->name, node->op->name, node->where);
  p->misplaced[p->num_misplaced++] = (hr_misplaced){node->id, why};
  if (!p->failure && !p->options.only_needed && p->groups.members[node->id].types) p->failure = hr_status_copy(why);
  return HR_SUCCESS;
}

/* ---- what nodes ask for ------------------------------------------------------------------------------------------ */

/* The wish of a device string; false, and why, where it is none. */
static hr_status find_wish(hr_placer *p, const char *text, int16_t *out) {
  *out = HR_NO_WISH;
  if (!text[0]) return HR_SUCCESS;
  if (p->num_known_wishes && p->known_wishes[p->last_known_wish].text == text) {
    *out = p->known_wishes[p->last_known_wish].wish;
    return HR_SUCCESS;
  }
  for (int32_t i = 0; i < p->num_known_wishes; ++i)
    if (p->known_wishes[i].text == text) {
      p->last_known_wish = i;
      *out = p->known_wishes[i].wish;
      return HR_SUCCESS;
    }
  hr_device_name name;
  HR_TRY(hr_device_name_parse(text, &name));
  HR_TRY(hr_groups_wish(&p->groups, &name, out));
  HR_TRY(grow((void **)&p->known_wishes, p->num_known_wishes, &p->known_wish_capacity, sizeof *p->known_wishes));
  p->last_known_wish = p->num_known_wishes;
  p->known_wishes[p->num_known_wishes++] = (hr_known_wish){text, *out};
  return HR_SUCCESS;
}

static hr_status add_member(hr_placer *p, int32_t id) {
  const hr_node *node = hr_graph_node(p->graph, id);
  hr_member *member = &p->groups.members[id];
  *member = (hr_member){.leader = id, .device = -1};
  for (int32_t type = 0; type < p->num_types; ++type)
    if (hr_kernel_lookup(node, p->types[type])) member->types |= (uint8_t)(1 << type);
  int16_t wish;
  hr_status status = find_wish(p, hr_node_device(node), &wish);
  if (status) return misplace(p, node, status);
  member->wish = wish;
  return member->types ? HR_SUCCESS : misplace(p, node, hr_placer_no_kernel(p, node));
}

/* ---- groups ------------------------------------------------------------------------------------------------------ */

static hr_status join(hr_placer *p, const hr_node *node, int32_t other) {
  if (!p->groups.members[node->id].types || !p->groups.members[other].types) return HR_SUCCESS; /* misplaced */
  hr_status status = hr_groups_join(&p->groups, other, node->id, p->options.soft);
  if (hr_status_code(status) != HR_INVALID_ARGUMENT) return status;
  return misplace(p, node, hr_placer_apart(p, node, hr_graph_node(p->graph, other), status));
}

/* A node stands with the references and resources that it takes. Where it asks for another place, they decide. */
static hr_status join_resources(hr_placer *p, const hr_node *node) {
  hr_input_walk walk = hr_input_walk_of(node);
  for (int32_t i = 0; i < node->num_inputs; ++i) {
    bool wants_ref = hr_next_input(&walk)->is_ref;
    const hr_node *input = node->inputs[i].node;
    if (!input || input->id >= p->groups.count) continue;
    hr_dtype dtype = hr_output_dtype(node->inputs[i]);
    if (dtype != HR_RESOURCE && !(wants_ref && hr_dtype_is_ref(dtype))) continue;
    hr_groups *groups = &p->groups;
    hr_member *of_input = &groups->members[hr_groups_leader(groups, input->id)];
    hr_member *of_node = &groups->members[hr_groups_leader(groups, node->id)];
    if (!hr_device_names_agree(&groups->wishes[of_input->wish], &groups->wishes[of_node->wish]))
      of_node->wish = of_input->wish;
    HR_TRY(join(p, node, input->id));
  }
  return HR_SUCCESS;
}

/* The names of the groups that a node is in: "loc:@" and a name each. NULL where it is in its own only. */
static const hr_attr_value *classes_of(const hr_node *node) {
  const hr_attr_value *classes = hr_node_attr(node, HR_CLASS_ATTR);
  return classes && classes->kind == HR_ATTR_STRING && classes->is_list && classes->count ? classes : NULL;
}

/* A member of the group of that name: the node that it is named after, if that is in no other, or the first node that
 * named it. */
static hr_status find_group(hr_placer *p, hr_view name, int32_t node, int32_t *out) {
  const hr_node *named = hr_names_find(&p->graph->names, name);
  if (named && named->id < p->groups.count && !classes_of(named)) {
    *out = named->id;
    return HR_SUCCESS;
  }
  for (int32_t i = 0; i < p->num_named; ++i)
    if (hr_view_equal(p->named[i].name, name)) {
      *out = p->named[i].member;
      return HR_SUCCESS;
    }
  HR_TRY(grow((void **)&p->named, p->num_named, &p->named_capacity, sizeof *p->named));
  p->named[p->num_named++] = (hr_named_group){name, node};
  *out = node;
  return HR_SUCCESS;
}

static hr_status join_classes(hr_placer *p, const hr_node *node) {
  const hr_view prefix = HR_LOCATION_PREFIX;
  const hr_attr_value *classes = classes_of(node);
  for (int32_t i = 0; classes && i < classes->count; ++i) {
    hr_view text = {classes->strings[i].data, classes->strings[i].length};
    if (!hr_view_starts_with(text, prefix)) continue;
    int32_t other;
    HR_TRY(find_group(p, (hr_view){text.data + prefix.length, text.length - prefix.length}, node->id, &other));
    HR_TRY(join(p, node, other));
  }
  return HR_SUCCESS;
}

/* ---- places ------------------------------------------------------------------------------------------------------ */

/* Twice, as TensorFlow does. */
static void log_place(const hr_placer *p, const hr_node *node, int32_t device) {
  if (!p->options.log) return;
  const char *name = p->devices->devices[device]->name;
  printf("%s: (%s): %s\n", node->name, node->op->name, name);
  HR_LOG(HR_LOG_INFO, "%s: (%s): %s", node->name, node->op->name, name);
}

static bool is_misplaced(const hr_placer *p, int32_t id) {
  for (int32_t i = 0; i < p->num_misplaced; ++i)
    if (p->misplaced[i].node == id) return true;
  return false;
}

/* A device for a group: `liked` (-1 for none) where it may stand there. -1 for none. */
static int32_t choose_for(const hr_placer *p, const hr_member *leader, int32_t liked) {
  hr_device_name wish = p->groups.wishes[leader->wish];
  if (liked >= 0 && (leader->types >> p->type_of[liked] & 1) && hr_device_name_matches(&wish, &p->names[liked]))
    return liked;
  int32_t device = choose(p, &wish, leader->types);
  if (device >= 0 || !p->options.soft) return device;
  wish.type[0] = '\0';
  wish.id = -1;
  return choose(p, &wish, leader->types);
}

/* Gives the node its group's device, which is chosen for the first of them. */
static hr_status place(hr_placer *p, const hr_node *node, int32_t liked) {
  if (p->num_misplaced && is_misplaced(p, node->id)) return HR_SUCCESS;
  hr_member *leader = &p->groups.members[hr_groups_leader(&p->groups, node->id)];
  if (leader->device < 0) leader->device = (int16_t)choose_for(p, leader, liked);
  if (leader->device < 0 || !(leader->types >> p->type_of[leader->device] & 1))
    return misplace(p, node, hr_placer_no_device(p, node));
  p->groups.members[node->id].device = leader->device;
  log_place(p, node, leader->device);
  return HR_SUCCESS;
}

/* Constants, placeholders, handles: they stand with their consumers. */
static bool is_generator(const hr_node *node) {
  return node->num_inputs == 0 && node->num_outputs == 1 && !hr_dtype_is_ref(hr_node_output_dtype(node, 0));
}

static bool is_metadata(const hr_node *node) {
  static const char *const ops[] = {"Shape", "Size", "Rank"};
  for (size_t i = 0; i < sizeof ops / sizeof *ops; ++i)
    if (strcmp(node->op->name, ops[i]) == 0) return true;
  return false;
}

#define NOWHERE    (-1) /* no consumer */
#define EVERYWHERE (-2) /* consumers on several devices */

/* Notes where a consumer of a new node stands. */
static void note_consumer(const hr_placer *p, const hr_node *producer, int32_t first, const hr_node *consumer,
                          int16_t *consumers) {
  if (!producer || producer->id < first) return;
  int16_t *known = &consumers[producer->id - first], device = p->groups.members[consumer->id].device;
  *known = device < 0 || (*known != NOWHERE && *known != device) ? EVERYWHERE : device;
}

/* Places the new nodes from `first` on: those with inputs, then generators, which need to know their consumers. */
static hr_status place_all(hr_placer *p, int32_t first) {
  int32_t count = p->groups.count;
  for (int32_t id = first; id < count; ++id) {
    const hr_node *node = hr_graph_node(p->graph, id);
    if (is_generator(node)) continue;
    const hr_node *input = is_metadata(node) && node->num_inputs == 1 ? node->inputs[0].node : NULL;
    HR_TRY(place(p, node, input && input->id < count ? p->groups.members[input->id].device : -1));
  }
  int16_t *consumers = malloc(sizeof *consumers * ((size_t)(count - first) + 1));
  if (!consumers) return hr_error_out_of_memory((size_t)(count - first), "the places of nodes");
  for (int32_t i = 0; i < count - first; ++i)
    consumers[i] = NOWHERE;
  for (int32_t id = first; id < count; ++id) {
    const hr_node *node = hr_graph_node(p->graph, id);
    for (int32_t i = 0; i < node->num_inputs; ++i)
      note_consumer(p, node->inputs[i].node, first, node, consumers);
    for (int32_t i = 0; i < node->num_control_inputs; ++i)
      note_consumer(p, node->control_inputs[i], first, node, consumers);
  }
  hr_status status = HR_SUCCESS;
  for (int32_t id = first; id < count && !status; ++id) {
    const hr_node *node = hr_graph_node(p->graph, id);
    if (is_generator(node)) status = place(p, node, consumers[id - first]);
  }
  free(consumers);
  return status;
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

/* Places the nodes from `first` on. */
static hr_status add_nodes(hr_placer *p, int32_t first) {
  int32_t count = p->groups.count;
  for (int32_t id = first; id < count; ++id)
    HR_TRY(add_member(p, id));
  for (int32_t id = first; id < count; ++id)
    HR_TRY(join_resources(p, hr_graph_node(p->graph, id)));
  for (int32_t id = first; id < count; ++id)
    HR_TRY(join_classes(p, hr_graph_node(p->graph, id)));
  return place_all(p, first);
}

/* Places what the graph has got since the last time; lock held. */
static hr_status update(hr_placer *p) {
  int32_t first = p->groups.count, count = hr_graph_node_count(p->graph);
  if (first == count) return HR_SUCCESS;
  HR_TRY(hr_groups_reserve(&p->groups, count));
  hr_status status = add_nodes(p, first);
  if (status) p->groups.count = first; /* the next run tries again */
  return status;
}

/* True where the first device is what the string asks for. */
static bool asks_for_first(const hr_placer *p, const char *text) {
  hr_device_name wish;
  hr_status status = hr_device_name_parse(text, &wish);
  hr_status_free(status);
  if (status) return false;
  if (p->options.soft) {
    wish.type[0] = '\0';
    wish.id = -1;
  }
  return hr_device_name_matches(&wish, &p->names[0]);
}

/* Whether all that these nodes ask for is the first device. `known` is an interned text that does. */
static bool ask_for_first(const hr_placer *p, const hr_node *node, const char **known) {
  const char *text = hr_node_device(node);
  if (!text[0] || text == *known) return true;
  *known = text;
  return asks_for_first(p, text);
}

/* True where there is one device, and nothing that runs asks for another. */
static bool is_simple(const hr_placer *p, hr_node *const *nodes, int32_t count) {
  if (p->devices->count > 1 || p->options.log) return false;
  const char *known = "";
  for (int32_t i = 0; i < count; ++i)
    if (!ask_for_first(p, nodes[i], &known)) return false;
  return true;
}

/* Looks at what the graph has got since the last time; lock held. Only where something asks for a device that is not
 * the only one is there anything to place. */
static hr_status look_at_new_nodes(hr_placer *p) {
  int32_t count = hr_graph_node_count(p->graph);
  const char *known = "";
  p->has_other_devices |= p->devices->count > 1;
  for (int32_t id = atomic_load(&p->num_checked); id < count && !p->has_other_devices; ++id)
    p->has_other_devices = !ask_for_first(p, hr_graph_node(p->graph, id), &known);
  if (p->has_other_devices) HR_TRY(update(p));
  if (p->failure) return hr_status_copy(p->failure);
  atomic_store(&p->num_checked, count);
  return HR_SUCCESS;
}

hr_status hr_placer_check(hr_placer *p) {
  if (p->options.only_needed || atomic_load(&p->num_checked) == hr_graph_node_count(p->graph)) return HR_SUCCESS;
  pthread_mutex_lock(&p->lock);
  hr_status status = look_at_new_nodes(p);
  pthread_mutex_unlock(&p->lock);
  return status;
}

static hr_status find_all(const hr_placer *p, hr_node *const *nodes, int32_t count, hr_device **devices) {
  for (int32_t i = 0; i < count; ++i) {
    int32_t device = p->groups.members[nodes[i]->id].device;
    for (int32_t k = 0; device < 0 && k < p->num_misplaced; ++k)
      if (p->misplaced[k].node == nodes[i]->id) return hr_status_copy(p->misplaced[k].why);
    devices[i] = p->devices->devices[device];
  }
  return HR_SUCCESS;
}

hr_status hr_placer_place(hr_placer *p, hr_node *const *nodes, int32_t count, hr_arena *arena, hr_device ***devices) {
  *devices = NULL;
  HR_TRY(hr_placer_check(p));
  if (is_simple(p, nodes, count)) return HR_SUCCESS;
  *devices = HR_ARENA_ARRAY(arena, hr_device *, count + 1);
  if (!*devices) return hr_error_out_of_memory(sizeof **devices * (size_t)count, "the places of nodes");
  pthread_mutex_lock(&p->lock);
  hr_status status = update(p);
  if (!status) status = find_all(p, nodes, count, *devices);
  pthread_mutex_unlock(&p->lock);
  return status;
}
