#include "runtime/resource/queue_kinds.h"
#include <stdlib.h>
#include <string.h>

static size_t bytes_of(const hr_queue *queue, int64_t elements) {
  return (size_t)elements * (size_t)queue->num_components * sizeof(hr_tensor);
}

static void move(const hr_queue *queue, hr_tensor *to, const hr_tensor *from) { memcpy(to, from, bytes_of(queue, 1)); }

/* Room for another element. */
static hr_status make_room(hr_queue *queue) {
  if (queue->size < queue->places) return HR_SUCCESS;
  int64_t places = queue->places ? 2 * queue->places : 8;
  hr_tensor *ring = malloc(bytes_of(queue, places));
  if (!ring) return hr_error_out_of_memory(bytes_of(queue, places), "the elements of a queue");
  for (int64_t i = 0; i < queue->size; ++i)
    move(queue, ring + i * queue->num_components, hr_queue_element(queue, i));
  free(queue->ring);
  queue->ring = ring;
  queue->places = places;
  queue->first = 0;
  return HR_SUCCESS;
}

static int64_t bytes_held(const hr_queue *queue, const hr_tensor *element) {
  int64_t bytes = 0;
  for (int32_t i = 0; i < queue->num_components; ++i)
    bytes += (int64_t)hr_tensor_bytes(&element[i]);
  return bytes;
}

bool hr_queue_has_room(const hr_queue *queue, const hr_tensor *element) {
  if (queue->size >= queue->capacity) return false;
  return !queue->memory_limit || queue->bytes + bytes_held(queue, element) <= queue->memory_limit;
}

hr_status hr_queue_put(hr_queue *queue, hr_tensor *element) {
  HR_TRY(make_room(queue));
  if (queue->memory_limit) queue->bytes += bytes_held(queue, element);
  move(queue, hr_queue_element(queue, queue->size++), element);
  if (queue->kind->settle) queue->kind->settle(queue);
  return HR_SUCCESS;
}

void hr_queue_take(hr_queue *queue, hr_tensor *element) {
  queue->kind->take(queue, element);
  if (queue->memory_limit) queue->bytes -= bytes_held(queue, element);
}

static hr_status put_first(hr_queue *queue, hr_tensor *element) {
  HR_TRY(make_room(queue));
  queue->first = (queue->first - 1) & (queue->places - 1);
  ++queue->size;
  move(queue, hr_queue_element(queue, 0), element);
  return HR_SUCCESS;
}

hr_status hr_queue_restore(hr_queue *queue, hr_tensor *elements, int64_t count) {
  for (int64_t i = count; i-- > 0;) {
    hr_tensor *element = elements + i * queue->num_components;
    hr_status status = queue->kind->restores_last ? hr_queue_put(queue, element) : put_first(queue, element);
    if (!status) continue;
    hr_queue_clear_elements(queue, elements, i + 1); /* these are lost */
    return status;
  }
  return HR_SUCCESS;
}

/* ---- first in, first out ---------------------------------------------------------------------------------------- */

static void take_first(hr_queue *queue, hr_tensor *element) {
  move(queue, element, hr_queue_element(queue, 0));
  queue->first = (queue->first + 1) & (queue->places - 1);
  --queue->size;
}

const hr_queue_kind hr_fifo_kind = {.name = "FIFOQueue", .take = take_first};
const hr_queue_kind hr_staging_kind = {.name = "StagingArea", .take = take_first};
const hr_queue_kind hr_padding_kind = {.name = "PaddingFIFOQueue", .pads = true, .take = take_first};

/* ---- in random order -------------------------------------------------------------------------------------------- */

/* One number after the other, as TensorFlow's queue draws them. */
static uint32_t draw(hr_queue *queue) {
  if (queue->used_numbers == 4) {
    hr_philox_next(&queue->generator, queue->numbers);
    queue->used_numbers = 0;
  }
  return queue->numbers[queue->used_numbers++];
}

static void take_any(hr_queue *queue, hr_tensor *element) {
  int64_t index = (int64_t)(draw(queue) % (uint64_t)queue->size);
  move(queue, element, hr_queue_element(queue, index));
  --queue->size;
  if (index != queue->size) move(queue, hr_queue_element(queue, index), hr_queue_element(queue, queue->size));
}

const hr_queue_kind hr_shuffle_kind = {.name = "RandomShuffleQueue", .restores_last = true, .take = take_any};

/* ---- by priority ------------------------------------------------------------------------------------------------ */

/* A binary heap, moved about as std::push_heap and std::pop_heap do it, so that elements of one priority come out in
 * TensorFlow's order. */

static int64_t priority_of(const hr_tensor *element) { return *(const int64_t *)hr_tensor_data(element); }

static void swap(const hr_queue *queue, int64_t one, int64_t other) {
  hr_tensor *a = hr_queue_element(queue, one), *b = hr_queue_element(queue, other);
  for (int32_t i = 0; i < queue->num_components; ++i) {
    hr_tensor kept = a[i];
    a[i] = b[i];
    b[i] = kept;
  }
}

static void rise(hr_queue *queue, int64_t index) {
  while (index > 0) {
    int64_t parent = (index - 1) / 2;
    if (priority_of(hr_queue_element(queue, parent)) <= priority_of(hr_queue_element(queue, index))) return;
    swap(queue, index, parent);
    index = parent;
  }
}

static void rise_last(hr_queue *queue) { rise(queue, queue->size - 1); }

/* The last element sinks from the root to a leaf and rises from there. */
static void take_least(hr_queue *queue, hr_tensor *element) {
  move(queue, element, hr_queue_element(queue, 0));
  int64_t last = --queue->size, hole = 0;
  if (last == 0) return;
  move(queue, hr_queue_element(queue, 0), hr_queue_element(queue, last));
  for (int64_t child = 2; child <= last; child = 2 * hole + 2) {
    bool only_left = child == last;
    if (only_left || priority_of(hr_queue_element(queue, child)) > priority_of(hr_queue_element(queue, child - 1)))
      --child;
    swap(queue, hole, child);
    hole = child;
    if (only_left) break;
  }
  rise(queue, hole);
}

const hr_queue_kind hr_priority_kind = {
    .name = "PriorityQueue", .has_priorities = true, .settle = rise_last, .take = take_least};
