#include "runtime/base/regex.h"
#include "runtime/base/regex_parse.h"
#include "runtime/base/utf8.h"

#include <stdlib.h>
#include <string.h>

enum {
  MAX_INSTRUCTIONS = 100000,
  MAX_CAPTURES = 1 << 22 /* instructions times groups */,
  REACH = 4 /* the most bytes of a character */
};

typedef enum opcode { MATCH, CLASS, BYTE, POSITION, SAVE, JUMP, FORK } opcode;

typedef struct instruction {
  opcode op;
  int32_t x, y; /* JUMP: to x. FORK: to x, and with less priority to y. SAVE: slot x. POSITION: hr_regex_position */
  int32_t count;
  const hr_regex_range *ranges;
} instruction;

struct hr_regex {
  hr_arena arena; /* holds the ranges */
  instruction *program;
  int32_t count, capacity;
  int groups;
  bool failed, too_large;
};

/* ---- compiling -------------------------------------------------------------------------------------------------- */

static int32_t emit(hr_regex *r, opcode op, int32_t x, int32_t y) {
  if (r->count >= MAX_INSTRUCTIONS) r->too_large = true;
  if (r->too_large || r->failed) return 0;
  if (r->count == r->capacity) {
    int32_t capacity = r->capacity ? 2 * r->capacity : 64;
    instruction *program = realloc(r->program, (size_t)capacity * sizeof *program);
    r->failed = !program;
    if (!program) return 0;
    r->program = program;
    r->capacity = capacity;
  }
  r->program[r->count] = (instruction){.op = op, .x = x, .y = y};
  return r->count++;
}

static bool stopped(const hr_regex *r) { return r->failed || r->too_large; }

/* Lets a jump or fork lead to what comes next. */
static void lead_here(hr_regex *r, int32_t from, bool second) {
  if (stopped(r)) return;
  if (second)
    r->program[from].y = r->count;
  else
    r->program[from].x = r->count;
}

static void compile(hr_regex *r, const hr_regex_node *node);

/* A fork whose preferred way goes on, or leaves where that is not greedy; the other one is to be led elsewhere. */
static int32_t fork_here(hr_regex *r, bool is_greedy) {
  int32_t fork = emit(r, FORK, 0, 0);
  lead_here(r, fork, !is_greedy);
  return fork;
}

static void compile_repeat(hr_regex *r, const hr_regex_node *node) {
  for (int i = 0; i < node->least && !stopped(r); ++i)
    compile(r, node->child);
  if (node->most < 0) {
    int32_t fork = fork_here(r, node->is_greedy);
    compile(r, node->child);
    emit(r, JUMP, fork, 0);
    lead_here(r, fork, node->is_greedy);
    return;
  }
  int32_t before = -1; /* forks that leave: a chain through the field that is to be led */
  for (int i = node->least; i < node->most && !stopped(r); ++i) {
    int32_t fork = fork_here(r, node->is_greedy);
    if (!stopped(r)) *(node->is_greedy ? &r->program[fork].y : &r->program[fork].x) = before;
    before = fork;
    compile(r, node->child);
  }
  while (before >= 0 && !stopped(r)) {
    int32_t *link = node->is_greedy ? &r->program[before].y : &r->program[before].x, next = *link;
    *link = r->count;
    before = next;
  }
}

static void compile_choice(hr_regex *r, const hr_regex_node *node) {
  int32_t ends = -1; /* jumps to the end: a chain */
  for (const hr_regex_node *child = node->child; child && !stopped(r); child = child->next) {
    int32_t fork = child->next ? fork_here(r, true) : -1;
    compile(r, child);
    if (!child->next) break;
    ends = emit(r, JUMP, ends, 0);
    lead_here(r, fork, true);
  }
  while (ends >= 0 && !stopped(r)) {
    int32_t next = r->program[ends].x;
    r->program[ends].x = r->count;
    ends = next;
  }
}

static void compile(hr_regex *r, const hr_regex_node *node) {
  int32_t at;
  switch (node->kind) {
  case HR_REGEX_EMPTY: break;
  case HR_REGEX_BYTE: emit(r, BYTE, 0, 0); break;
  case HR_REGEX_POSITION: emit(r, POSITION, (int32_t)node->position, 0); break;
  case HR_REGEX_CLASS:
    at = emit(r, CLASS, 0, 0);
    if (stopped(r)) break;
    r->program[at].count = node->count;
    r->program[at].ranges = node->ranges;
    break;
  case HR_REGEX_SEQUENCE:
    for (const hr_regex_node *child = node->child; child && !stopped(r); child = child->next)
      compile(r, child);
    break;
  case HR_REGEX_CHOICE: compile_choice(r, node); break;
  case HR_REGEX_REPEAT: compile_repeat(r, node); break;
  case HR_REGEX_GROUP:
    emit(r, SAVE, 2 * node->group, 0);
    compile(r, node->child);
    emit(r, SAVE, 2 * node->group + 1, 0);
    break;
  }
}

void hr_regex_free(hr_regex *r) {
  if (!r) return;
  hr_arena_free(&r->arena);
  free(r->program);
  free(r);
}

hr_status hr_regex_new(const char *pattern, size_t length, hr_regex **out) {
  hr_regex *r = calloc(1, sizeof *r);
  if (!r) return hr_error_out_of_memory(sizeof *r, "a regular expression");
  hr_regex_node *tree = NULL;
  hr_status status = hr_regex_parse(&r->arena, pattern, length, &tree, &r->groups);
  if (!status) {
    emit(r, SAVE, 0, 0);
    compile(r, tree);
    emit(r, SAVE, 1, 0);
    emit(r, MATCH, 0, 0);
    r->too_large = r->too_large || (int64_t)r->count * (r->groups + 1) > MAX_CAPTURES;
    if (r->failed) status = hr_error_out_of_memory(length, "a regular expression");
    if (r->too_large)
      status = hr_error(HR_INVALID_ARGUMENT, "Invalid pattern: %.*s, error: pattern too large - compile failed",
                        (int)length, pattern);
  }
  if (status) {
    hr_regex_free(r);
    r = NULL;
  }
  *out = r;
  return status;
}

/* ---- searching -------------------------------------------------------------------------------------------------- */

/* Places in the program that are reached at one position of the text, the preferred first, with what they captured. */
typedef struct places {
  int32_t count, *at; /* [program] */
  int32_t *seen;      /* [program]: where in `at`, for those that are there */
  int64_t *captures;  /* [program, slots] */
} places;

/* What is still to be followed: a place, or (place -1) a slot that gets its earlier value back. */
typedef struct pending {
  int32_t place, slot;
  int64_t value;
} pending;

struct hr_regex_search {
  const hr_regex *regex;
  int slots;
  places lists[REACH + 1]; /* of this position and of the next ones, in turn */
  pending *stack;          /* [2 * program + 2] */
  int64_t *current, *best; /* [slots] */
};

void hr_regex_search_free(hr_regex_search *s) {
  if (!s) return;
  for (int i = 0; i <= REACH; ++i) {
    free(s->lists[i].at);
    free(s->lists[i].seen);
    free(s->lists[i].captures);
  }
  free(s->stack);
  free(s->current);
  free(s->best);
  free(s);
}

hr_regex_search *hr_regex_search_new(const hr_regex *regex) {
  hr_regex_search *s = calloc(1, sizeof *s);
  if (!s) return NULL;
  size_t count = (size_t)regex->count;
  s->regex = regex;
  s->slots = 2 * (regex->groups + 1);
  bool ok = (s->stack = malloc((2 * count + 2) * sizeof *s->stack)) != NULL;
  ok = (s->current = malloc((size_t)s->slots * sizeof *s->current)) != NULL && ok;
  ok = (s->best = malloc((size_t)s->slots * sizeof *s->best)) != NULL && ok;
  for (int i = 0; i <= REACH; ++i) {
    places *list = &s->lists[i];
    ok = (list->at = malloc(count * sizeof *list->at)) != NULL && ok;
    ok = (list->seen = calloc(count, sizeof *list->seen)) != NULL && ok;
    ok = (list->captures = malloc(count * (size_t)s->slots * sizeof *list->captures)) != NULL && ok;
  }
  if (ok) return s;
  hr_regex_search_free(s);
  return NULL;
}

int hr_regex_search_groups(const hr_regex_search *s) { return s->regex->groups; }

static bool is_word_at(const char *text, size_t length, int64_t at) {
  if (at < 0 || (size_t)at >= length) return false;
  unsigned char c = (unsigned char)text[at];
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

static bool holds(hr_regex_position position, const char *text, size_t length, size_t at) {
  bool edge;
  switch (position) {
  case HR_REGEX_TEXT_START: return at == 0;
  case HR_REGEX_TEXT_END: return at == length;
  case HR_REGEX_LINE_START: return at == 0 || text[at - 1] == '\n';
  case HR_REGEX_LINE_END: return at == length || text[at] == '\n';
  default:
    edge = is_word_at(text, length, (int64_t)at - 1) != is_word_at(text, length, (int64_t)at);
    return edge == (position == HR_REGEX_WORD_EDGE);
  }
}

/* Adds what can be reached from `start` without a character, with `current` as captures. */
static void add_places(hr_regex_search *s, places *list, int32_t start, const char *text, size_t length, size_t at) {
  int32_t top = 0;
  s->stack[top++] = (pending){start, 0, 0};
  while (top > 0) {
    pending next = s->stack[--top];
    if (next.place < 0) {
      s->current[next.slot] = next.value;
      continue;
    }
    int32_t seen = list->seen[next.place];
    if (seen < list->count && list->at[seen] == next.place) continue;
    list->seen[next.place] = list->count;
    list->at[list->count] = next.place;
    memcpy(list->captures + (size_t)list->count++ * (size_t)s->slots, s->current, (size_t)s->slots * sizeof(int64_t));
    const instruction *i = &s->regex->program[next.place];
    switch (i->op) {
    case JUMP: s->stack[top++] = (pending){i->x, 0, 0}; break;
    case FORK:
      s->stack[top++] = (pending){i->y, 0, 0};
      s->stack[top++] = (pending){i->x, 0, 0};
      break;
    case SAVE:
      s->stack[top++] = (pending){-1, i->x, s->current[i->x]};
      s->current[i->x] = (int64_t)at;
      s->stack[top++] = (pending){next.place + 1, 0, 0};
      break;
    case POSITION:
      if (holds((hr_regex_position)i->x, text, length, at)) s->stack[top++] = (pending){next.place + 1, 0, 0};
      break;
    default: break;
    }
  }
}

static bool is_in(const instruction *i, int32_t c) {
  int32_t low = 0, high = i->count - 1;
  while (low <= high) {
    int32_t middle = low + (high - low) / 2;
    if (c < i->ranges[middle].first)
      high = middle - 1;
    else if (c > i->ranges[middle].last)
      low = middle + 1;
    else
      return true;
  }
  return false;
}

static places *list_at(hr_regex_search *s, size_t at) { return &s->lists[at % (REACH + 1)]; }

/* Moves every place at this position over the next character. True, with `best` set, where a match ends here; what is
 * preferred less is not followed then. `whole`: only a match up to the end of the text counts. */
static bool step(hr_regex_search *s, const char *text, size_t length, size_t at, bool whole) {
  places *list = list_at(s, at);
  int32_t c = 0;
  int size = hr_utf8_decode(text + at, length - at, &c);
  bool found = false;
  for (int32_t k = 0; k < list->count && !found; ++k) {
    const instruction *i = &s->regex->program[list->at[k]];
    const int64_t *captures = list->captures + (size_t)k * (size_t)s->slots;
    int over = i->op == CLASS && size > 0 && is_in(i, c) ? size : i->op == BYTE && at < length ? 1 : 0;
    if (over) {
      memcpy(s->current, captures, (size_t)s->slots * sizeof *captures);
      add_places(s, list_at(s, at + (size_t)over), list->at[k] + 1, text, length, at + (size_t)over);
    } else if (i->op == MATCH && (!whole || at == length)) {
      memcpy(s->best, captures, (size_t)s->slots * sizeof *captures);
      found = true;
    }
  }
  list->count = 0;
  return found;
}

static bool is_waiting(const hr_regex_search *s) {
  for (int i = 0; i <= REACH; ++i)
    if (s->lists[i].count > 0) return true;
  return false;
}

static bool search(hr_regex_search *s, const char *text, size_t length, size_t start, bool whole) {
  bool found = false;
  for (int i = 0; i <= REACH; ++i)
    s->lists[i].count = 0;
  for (size_t at = start; at <= length; ++at) {
    if (!found && (!whole || at == start)) { /* a match that begins here comes after those that began before */
      for (int k = 0; k < s->slots; ++k)
        s->current[k] = -1;
      add_places(s, list_at(s, at), 0, text, length, at);
    }
    if (!found || list_at(s, at)->count > 0) found = step(s, text, length, at, whole) || found;
    if ((found || whole) && !is_waiting(s)) break;
  }
  return found;
}

bool hr_regex_full_match(hr_regex_search *s, const char *text, size_t length) {
  return search(s, text, length, 0, true);
}

bool hr_regex_find(hr_regex_search *s, const char *text, size_t length, size_t start, const int64_t **spans) {
  *spans = s->best;
  return search(s, text, length, start, false);
}
