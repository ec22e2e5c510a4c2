#include "kernels_gpu/sim/card.h"
#include "headrace/shape.h"
#include "runtime/base/heap.h"
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define MAX_CARDS       16
#define DEFAULT_MEMORY  (INT64_C(1) << 30)
#define FIRST_PIECE     (INT64_C(1) << 20) /* with growth; each next one is twice as large */
#define BLOCK_ALIGNMENT 256
#define NAME_SIZE       96
#define MOST_LISTED     20 /* holders of memory in a message */

/* A part of a piece of memory, in use or free. */
typedef struct block {
  hr_buffer buffer;              /* first: what tensors refer to */
  struct block *next, *previous; /* by address, in one piece */
  char *memory;
  int64_t size;
  bool is_used, is_noted;
  hr_dtype dtype;
  hr_shape shape;
  char name[NAME_SIZE];
} block;

typedef struct piece {
  struct piece *next;
  block *first;
} piece;

struct sim_card {
  hr_allocator allocator; /* first */
  char name[24];
  int64_t limit;
  bool allow_growth;
  pthread_mutex_t lock; /* guards what follows */
  piece *pieces;
  int64_t taken, used;
  int64_t next_piece;
};

static _Thread_local const char *this_node;

void sim_card_work_for(const char *node) { this_node = node; }

/* ---- pieces and blocks ------------------------------------------------------------------------------------------- */

/* Takes more memory, at least `size`; lock held. */
static bool add_piece(sim_card *card, int64_t size) {
  int64_t wanted = card->allow_growth ? card->next_piece : card->limit;
  while (wanted < size)
    wanted *= 2;
  if (wanted > card->limit - card->taken) wanted = (card->limit - card->taken) / BLOCK_ALIGNMENT * BLOCK_ALIGNMENT;
  if (wanted < size || wanted == 0) return false;
  piece *p = calloc(1, sizeof *p);
  block *b = calloc(1, sizeof *b);
  void *memory = mmap(NULL, (size_t)wanted, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (!p || !b || memory == MAP_FAILED) {
    free(p);
    free(b);
    if (memory != MAP_FAILED) munmap(memory, (size_t)wanted);
    return false;
  }
  hr_heap_forbid(memory, (size_t)wanted);
  *b = (block){.memory = memory, .size = wanted};
  *p = (piece){.next = card->pieces, .first = b};
  card->pieces = p;
  card->taken += wanted;
  card->next_piece = 2 * wanted;
  return true;
}

/* The first free block that is large enough; lock held. */
static block *find_free(sim_card *card, int64_t size) {
  for (piece *p = card->pieces; p; p = p->next)
    for (block *b = p->first; b; b = b->next)
      if (!b->is_used && b->size >= size) return b;
  return NULL;
}

/* Leaves the block `size` bytes; the rest becomes a free one, where there is memory for its header. */
static void split(block *b, int64_t size) {
  if (b->size - size < BLOCK_ALIGNMENT) return;
  block *rest = calloc(1, sizeof *rest);
  if (!rest) return;
  *rest = (block){.next = b->next, .previous = b, .memory = b->memory + size, .size = b->size - size};
  if (rest->next) rest->next->previous = rest;
  b->next = rest;
  b->size = size;
}

/* Free neighbours become one. */
static void join_next(block *b) {
  block *next = b->next;
  if (!next || next->is_used || b->is_used) return;
  b->size += next->size;
  b->next = next->next;
  if (b->next) b->next->previous = b;
  free(next);
}

static hr_buffer *card_allocate(hr_allocator *self, size_t bytes) {
  sim_card *card = (sim_card *)self;
  if (bytes > (size_t)card->limit) return NULL;
  int64_t size = bytes ? ((int64_t)bytes + BLOCK_ALIGNMENT - 1) / BLOCK_ALIGNMENT * BLOCK_ALIGNMENT : BLOCK_ALIGNMENT;
  pthread_mutex_lock(&card->lock);
  block *b = find_free(card, size);
  if (!b && add_piece(card, size)) b = find_free(card, size);
  if (b) {
    split(b, size);
    b->is_used = true;
    b->is_noted = false;
    b->buffer = (hr_buffer){.references = 1, .data = b->memory, .bytes = bytes, .allocator = self};
    snprintf(b->name, sizeof b->name, "%s", this_node ? this_node : "");
    card->used += b->size;
    hr_heap_permit(b->memory, bytes);
  }
  pthread_mutex_unlock(&card->lock);
  return b ? &b->buffer : NULL;
}

static void card_release(hr_allocator *self, hr_buffer *buffer) {
  sim_card *card = (sim_card *)self;
  block *b = (block *)buffer;
  pthread_mutex_lock(&card->lock);
  hr_heap_forbid(b->memory, (size_t)b->size);
  card->used -= b->size;
  b->is_used = false;
  join_next(b);
  if (b->previous && !b->previous->is_used) join_next(b->previous);
  pthread_mutex_unlock(&card->lock);
}

/* ---- cards ------------------------------------------------------------------------------------------------------- */

static hr_status read_memory(int64_t *out) {
  const char *text = getenv("HEADRACE_SIM_GPU_MEMORY");
  *out = DEFAULT_MEMORY;
  if (!text || !*text) return HR_SUCCESS;
  char *end;
  double number = strtod(text, &end);
  int64_t unit = *end == 'K' ? INT64_C(1) << 10 : *end == 'M' ? INT64_C(1) << 20 : *end == 'G' ? INT64_C(1) << 30 : 1;
  if (unit > 1) ++end;
  if (end == text || *end || !(number > 0) || number * (double)unit > 1e18)
    return hr_error(HR_INVALID_ARGUMENT, "HEADRACE_SIM_GPU_MEMORY is '%s', which is no size", text);
  *out = (int64_t)(number * (double)unit);
  return HR_SUCCESS;
}

static hr_status new_card(int index, double fraction, bool allow_growth, sim_card **out) {
  int64_t memory;
  HR_TRY(read_memory(&memory));
  sim_card *card = calloc(1, sizeof *card);
  if (!card) return hr_error_out_of_memory(sizeof *card, "a simulated card");
  snprintf(card->name, sizeof card->name, "GPU_%d_sim", index);
  card->allocator = (hr_allocator){.allocate = card_allocate, .release = card_release, .name = card->name};
  card->limit = fraction > 0 && fraction < 1 ? (int64_t)((double)memory * fraction) : memory;
  card->allow_growth = allow_growth;
  card->next_piece = FIRST_PIECE;
  pthread_mutex_init(&card->lock, NULL);
  *out = card;
  return HR_SUCCESS;
}

hr_status sim_card_open(int index, double fraction, bool allow_growth, sim_card **out) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards the next */
  static sim_card *cards[MAX_CARDS];
  if (index < 0 || index >= MAX_CARDS)
    return hr_error(HR_INVALID_ARGUMENT, "No card has number %d: %d can be simulated", index, MAX_CARDS);
  pthread_mutex_lock(&lock);
  hr_status status = cards[index] ? HR_SUCCESS : new_card(index, fraction, allow_growth, &cards[index]);
  *out = cards[index];
  pthread_mutex_unlock(&lock);
  return status;
}

hr_allocator *sim_card_memory(sim_card *card) { return &card->allocator; }
int64_t sim_card_limit(const sim_card *card) { return card->limit; }

/* ---- who holds memory -------------------------------------------------------------------------------------------- */

void sim_card_note(sim_card *card, const hr_tensor *tensor, const char *node, bool is_variable) {
  if (!tensor->buffer || tensor->buffer->allocator != &card->allocator) return;
  block *b = (block *)tensor->buffer;
  pthread_mutex_lock(&card->lock);
  if (!b->is_noted || is_variable) {
    b->is_noted = true;
    b->dtype = hr_tensor_dtype(tensor);
    b->shape = hr_tensor_shape(tensor);
    snprintf(b->name, sizeof b->name, "%s", node);
  }
  pthread_mutex_unlock(&card->lock);
}

static int by_size(const void *a, const void *b) {
  const block *x = *(block *const *)a, *y = *(block *const *)b;
  return (x->size < y->size) - (x->size > y->size);
}

static void describe_block(const block *b, hr_text *text) {
  char shape[HR_SHAPE_TEXT];
  hr_text_printf(text, "\n%12" PRId64 "  ", b->size);
  if (b->is_noted)
    hr_text_printf(text, "%s%s of %s", hr_dtype_name(b->dtype), hr_shape_text(&b->shape, shape), b->name);
  else
    hr_text_printf(text, "working memory of %s", b->name[0] ? b->name : "nobody");
}

/* Lock held. */
static void describe_blocks(sim_card *card, hr_text *text) {
  size_t count = 0, n = 0;
  for (piece *p = card->pieces; p; p = p->next)
    for (block *b = p->first; b; b = b->next)
      count += b->is_used;
  block **used = malloc(sizeof *used * (count + 1));
  if (!used) return;
  for (piece *p = card->pieces; p; p = p->next)
    for (block *b = p->first; b; b = b->next)
      if (b->is_used) used[n++] = b;
  qsort(used, count, sizeof *used, by_size);
  int64_t rest = 0;
  for (size_t i = 0; i < count; ++i)
    if (i < MOST_LISTED)
      describe_block(used[i], text);
    else
      rest += used[i]->size;
  if (count > MOST_LISTED) hr_text_printf(text, "\n%12" PRId64 "  in %zu smaller tensors", rest, count - MOST_LISTED);
  free(used);
}

void sim_card_describe(sim_card *card, hr_text *text) {
  pthread_mutex_lock(&card->lock);
  hr_text_printf(text, "%" PRId64 " of %" PRId64 " bytes are in use:\n       bytes  tensor", card->used, card->limit);
  describe_blocks(card, text);
  pthread_mutex_unlock(&card->lock);
}
