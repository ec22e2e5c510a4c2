#include "runtime/base/regex_parse.h"
#include "runtime/base/regex_class.h"
#include "runtime/base/utf8.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_DEPTH = 1000, MAX_REPEAT = 1000 };

typedef struct flags {
  bool ignores_case, dot_is_all, has_lines, is_lazy;
} flags;

typedef struct parser {
  hr_arena *arena;
  const char *pattern, *at, *end;
  flags flags;
  int groups, depth;
  const char *error, *error_from, *error_to; /* the first one, and what it is about */
  bool out_of_memory;
} parser;

static void *fail_at(parser *p, const char *error, const char *from, const char *to) {
  if (!p->error) p->error = error, p->error_from = from, p->error_to = to;
  return NULL;
}

static hr_regex_node *node_new(parser *p, hr_regex_kind kind) {
  hr_regex_node *node = hr_arena_zalloc(p->arena, sizeof *node, _Alignof(hr_regex_node));
  if (!node) {
    p->out_of_memory = true;
    return fail_at(p, "out of memory", p->at, p->at);
  }
  node->kind = kind;
  return node;
}

static bool is_next(const parser *p, const char *text) {
  size_t length = strlen(text);
  return (size_t)(p->end - p->at) >= length && memcmp(p->at, text, length) == 0;
}

static bool take(parser *p, const char *text) {
  if (!is_next(p, text)) return false;
  p->at += strlen(text);
  return true;
}

/* The next character; false, told, where the bytes are none. */
static bool take_character(parser *p, int32_t *c) {
  int size = hr_utf8_decode(p->at, (size_t)(p->end - p->at), c);
  if (size == 0) {
    fail_at(p, "invalid UTF-8", p->at, p->at);
    return false;
  }
  p->at += size;
  return true;
}

/* ---- characters ------------------------------------------------------------------------------------------------- */

static hr_regex_node *class_node(parser *p, hr_regex_class *class, bool is_negated) {
  hr_regex_node *node = node_new(p, HR_REGEX_CLASS);
  if (node && !hr_regex_class_finish(class, is_negated, p->arena, &node->ranges, &node->count)) {
    p->out_of_memory = true;
    node = fail_at(p, "out of memory", p->at, p->at);
  }
  hr_regex_class_free(class);
  return node;
}

static hr_regex_node *character_node(parser *p, int32_t c) {
  hr_regex_class class = {0};
  hr_regex_class_add(&class, c, c, p->flags.ignores_case);
  return class_node(p, &class, false);
}

static hr_regex_node *position_node(parser *p, hr_regex_position position) {
  hr_regex_node *node = node_new(p, HR_REGEX_POSITION);
  if (node) node->position = position;
  return node;
}

static int hex_digit(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

/* Behind "\x": two digits, or any number in braces. */
static bool take_hex(parser *p, int32_t *c) {
  int32_t value = 0;
  bool in_braces = take(p, "{");
  int digits = 0;
  for (; p->at < p->end && hex_digit(*p->at) >= 0 && (in_braces || digits < 2); ++digits) {
    value = value * 16 + hex_digit(*p->at++);
    if (value > HR_LAST_CHARACTER) return false;
  }
  *c = value;
  return in_braces ? digits > 0 && take(p, "}") : digits == 2;
}

static bool is_octal(const parser *p) { return p->at < p->end && *p->at >= '0' && *p->at <= '7'; }

/* An escape that stands for a character, from its backslash on. False, told, for others. */
static bool take_escaped(parser *p, int32_t *c) {
  const char *start = p->at++;
  if (p->at == p->end) {
    fail_at(p, "trailing \\", start, start);
    return false;
  }
  char letter = *p->at;
  if ((letter >= '1' && letter <= '7' && p->at + 1 < p->end && p->at[1] >= '0' && p->at[1] <= '7') || letter == '0') {
    *c = 0;
    for (int i = 0; i < 3 && is_octal(p); ++i)
      *c = *c * 8 + (*p->at++ - '0');
    if (letter == '0' || *c <= 0777) return true;
  }
  if (!take_character(p, c)) return false;
  static const char names[] = "afnrtv", values[] = "\a\f\n\r\t\v";
  const char *name = *c < 0x80 && *c ? strchr(names, (int)*c) : NULL;
  bool ok = true;
  if (name)
    *c = values[name - names];
  else if (*c == 'x')
    ok = take_hex(p, c);
  else
    ok = *c < 0x80 && (*c == '_' || !hr_regex_is_word(*c));
  if (!ok) fail_at(p, "invalid escape sequence", start, p->at);
  return ok;
}

/* ---- classes ---------------------------------------------------------------------------------------------------- */

/* \d and its like, \pL and \p{Name}, where one stands there. */
static bool take_named_class(parser *p, hr_regex_class *class) {
  if (p->end - p->at < 2 || *p->at != '\\') return false;
  const char *start = p->at;
  char letter = p->at[1];
  if (hr_regex_class_add_perl(class, letter, p->flags.ignores_case)) {
    p->at += 2;
    return true;
  }
  if (letter != 'p' && letter != 'P') return false;
  p->at += 2;
  bool is_negated = letter == 'P';
  const char *name = p->at;
  size_t length;
  int32_t c;
  if (take(p, "{")) {
    name = p->at;
    const char *close = memchr(name, '}', (size_t)(p->end - name));
    if (!close) return fail_at(p, "invalid character class range", start, p->end), true;
    length = (size_t)(close - name);
    p->at = close + 1;
  } else {
    if (p->at == p->end || !take_character(p, &c))
      return fail_at(p, "invalid character class range", start, p->end), true;
    length = (size_t)(p->at - name);
  }
  if (length > 0 && *name == '^') is_negated = !is_negated, ++name, --length;
  if (!hr_regex_class_add_unicode(class, name, length, is_negated, p->flags.ignores_case))
    fail_at(p, "invalid character class range", start, p->at);
  return true;
}

/* [:alpha:] inside of brackets. */
static bool take_posix_class(parser *p, hr_regex_class *class) {
  if (!is_next(p, "[:")) return false;
  const char *close = p->at + 2;
  while (close + 1 < p->end && !(close[0] == ':' && close[1] == ']'))
    ++close;
  if (close + 1 >= p->end) return false;
  const char *start = p->at, *name = p->at + 2;
  bool is_negated = *name == '^';
  name += is_negated;
  p->at = close + 2;
  if (!hr_regex_class_add_posix(class, name, (size_t)(close - name), is_negated, p->flags.ignores_case))
    fail_at(p, "invalid character class range", start, p->at);
  return true;
}

static bool take_class_character(parser *p, int32_t *c, const char *start) {
  if (p->at == p->end) return fail_at(p, "missing ]", start, p->end), false;
  return *p->at == '\\' ? take_escaped(p, c) : take_character(p, c);
}

static hr_regex_node *parse_brackets(parser *p) {
  const char *start = p->at++;
  hr_regex_class class = {0};
  bool is_negated = take(p, "^");
  for (bool is_first = true; !p->error && (is_first || !is_next(p, "]")); is_first = false) {
    if (p->at == p->end) {
      fail_at(p, "missing ]", start, p->end);
      break;
    }
    if (take_posix_class(p, &class) || take_named_class(p, &class)) continue;
    const char *range = p->at;
    int32_t first = 0, last;
    if (!take_class_character(p, &first, start)) break;
    last = first;
    if (p->end - p->at >= 2 && *p->at == '-' && p->at[1] != ']') {
      ++p->at;
      if (!take_class_character(p, &last, start)) break;
      if (last < first) fail_at(p, "invalid character class range", range, p->at);
    }
    hr_regex_class_add(&class, first, last, p->flags.ignores_case);
  }
  if (!p->error) ++p->at;
  return class_node(p, &class, is_negated);
}

/* ---- groups ----------------------------------------------------------------------------------------------------- */

static hr_regex_node *parse_choice(parser *p);

static bool take_name(parser *p, const char *start) {
  const char *name = p->at, *close = memchr(name, '>', (size_t)(p->end - name));
  size_t length = close ? (size_t)(close - name) : 0;
  bool ok = length > 0;
  for (size_t i = 0; i < length; ++i)
    ok = ok && hr_regex_is_word((unsigned char)name[i]);
  if (!ok) return fail_at(p, "invalid named capture group", start, close ? close + 1 : p->end), false;
  p->at = close + 1;
  return true;
}

/* Flags behind "(?". True where a colon ends them: a group follows. */
static bool take_flags(parser *p, const char *start) {
  bool value = true;
  flags f = p->flags;
  while (p->at < p->end) {
    char c = *p->at++;
    switch (c) {
    case 'i': f.ignores_case = value; break;
    case 'm': f.has_lines = value; break;
    case 's': f.dot_is_all = value; break;
    case 'U': f.is_lazy = value; break;
    case '-':
      if (!value) return fail_at(p, "invalid perl operator", start, p->at), false;
      value = false;
      break;
    case ':':
    case ')': p->flags = f; return c == ':';
    default: return fail_at(p, "invalid perl operator", start, p->at), false;
    }
  }
  return fail_at(p, "invalid perl operator", start, p->end), false;
}

static hr_regex_node *parse_group(parser *p) {
  const char *start = p->at++;
  flags outer = p->flags;
  int group = -1;
  if (take(p, "?P<")) {
    if (!take_name(p, start)) return NULL;
    group = ++p->groups;
  } else if (take(p, "?")) {
    if (!take_flags(p, start)) return p->error ? NULL : node_new(p, HR_REGEX_EMPTY); /* for the rest of this group */
  } else {
    group = ++p->groups;
  }
  hr_regex_node *inner = parse_choice(p);
  if (inner && !take(p, ")")) return fail_at(p, "missing )", p->pattern, p->end);
  p->flags = outer;
  if (!inner || group < 0) return inner;
  hr_regex_node *node = node_new(p, HR_REGEX_GROUP);
  if (!node) return NULL;
  node->child = inner;
  node->group = group;
  return node;
}

/* ---- repetition ------------------------------------------------------------------------------------------------- */

/* A number of repetitions, large ones as MAX_REPEAT + 1. */
static bool take_count(parser *p, int *out) {
  const char *start = p->at;
  for (*out = 0; p->at < p->end && *p->at >= '0' && *p->at <= '9'; ++p->at)
    if (*out <= MAX_REPEAT) *out = *out * 10 + (*p->at - '0');
  return p->at > start && (p->at == start + 1 || *start != '0');
}

/* {n}, {n,} and {n,m}; other braces are plain characters. */
static bool take_counts(parser *p, int *least, int *most) {
  const char *start = p->at;
  bool ok = take(p, "{") && take_count(p, least);
  *most = *least;
  if (ok && take(p, ",") && !is_next(p, "}"))
    ok = take_count(p, most);
  else if (ok && p->at[-1] == ',')
    *most = -1;
  if (ok && take(p, "}")) return true;
  p->at = start;
  return false;
}

static bool take_repetition(parser *p, int *least, int *most) {
  *least = 0, *most = -1;
  if (take(p, "*")) return true;
  if (take(p, "+")) return *least = 1, true;
  if (take(p, "?")) return *most = 1, true;
  return is_next(p, "{") && take_counts(p, least, most);
}

/* How often something in the tree is repeated at most by counts around it. */
static int64_t repeated(const hr_regex_node *node) {
  int64_t most = 1;
  for (const hr_regex_node *child = node->child; child; child = child->next) {
    int64_t count = repeated(child);
    if (count > most) most = count;
    if (node->kind == HR_REGEX_REPEAT || node->kind == HR_REGEX_GROUP) break;
  }
  return node->kind == HR_REGEX_REPEAT ? most * node->count : most;
}

/* The repetitions of what was just read. */
static hr_regex_node *parse_repetition(parser *p, hr_regex_node *child) {
  int least, most;
  const char *start = p->at, *last = NULL;
  while (child && take_repetition(p, &least, &most)) {
    const char *op = last ? last : start;
    if (least > MAX_REPEAT || most > MAX_REPEAT || (most >= 0 && most < least))
      return fail_at(p, "invalid repetition size", start, p->at);
    bool is_lazy = take(p, "?");
    if (last) return fail_at(p, "bad repetition operator", op, p->at);
    hr_regex_node *node = node_new(p, HR_REGEX_REPEAT);
    if (!node) return NULL;
    node->child = child;
    node->least = least, node->most = most;
    node->is_greedy = is_lazy == p->flags.is_lazy;
    node->count = most > 0 ? most : least > 0 ? least : 1;
    if ((least > 1 || most > 1) && repeated(node) > MAX_REPEAT)
      return fail_at(p, "invalid repetition size", start, p->at);
    child = node;
    last = start;
    start = p->at;
  }
  return child;
}

/* ---- the whole -------------------------------------------------------------------------------------------------- */

static hr_regex_node *parse_escape(parser *p) {
  static const struct {
    const char *text;
    hr_regex_position position;
  } positions[] = {{"\\A", HR_REGEX_TEXT_START},
                   {"\\z", HR_REGEX_TEXT_END},
                   {"\\b", HR_REGEX_WORD_EDGE},
                   {"\\B", HR_REGEX_NO_WORD_EDGE}};
  for (size_t i = 0; i < sizeof positions / sizeof *positions; ++i)
    if (take(p, positions[i].text)) return position_node(p, positions[i].position);
  if (take(p, "\\C")) return node_new(p, HR_REGEX_BYTE);
  hr_regex_class class = {0};
  if (take_named_class(p, &class)) return class_node(p, &class, false);
  int32_t c = 0;
  return take_escaped(p, &c) ? character_node(p, c) : NULL;
}

static hr_regex_node *parse_dot(parser *p) {
  hr_regex_class class = {0};
  if (!p->flags.dot_is_all) hr_regex_class_add(&class, '\n', '\n', false);
  return class_node(p, &class, true);
}

static hr_regex_node *parse_item(parser *p) {
  int least, most;
  const char *start = p->at;
  int32_t c = 0;
  switch (*p->at) {
  case '(': return parse_group(p);
  case '[': return parse_brackets(p);
  case '.': return ++p->at, parse_dot(p);
  case '^': return ++p->at, position_node(p, p->flags.has_lines ? HR_REGEX_LINE_START : HR_REGEX_TEXT_START);
  case '$': return ++p->at, position_node(p, p->flags.has_lines ? HR_REGEX_LINE_END : HR_REGEX_TEXT_END);
  case '\\': return parse_escape(p);
  case '*':
  case '+':
  case '?':
  case '{':
    if (take_repetition(p, &least, &most)) return fail_at(p, "no argument for repetition operator", start, p->at);
  }
  return take_character(p, &c) ? character_node(p, c) : NULL;
}

/* Appends to a chain of nodes. */
static void append(hr_regex_node ***end, hr_regex_node *node) {
  **end = node;
  if (node) *end = &node->next;
}

/* \Q to \E: characters as they stand. */
static void parse_quoted(parser *p, hr_regex_node ***end) {
  while (p->at < p->end && !p->error && !take(p, "\\E")) {
    int32_t c = 0;
    if (take_character(p, &c)) append(end, character_node(p, c));
  }
}

static hr_regex_node *parse_sequence(parser *p) {
  hr_regex_node *all = node_new(p, HR_REGEX_SEQUENCE);
  if (!all) return NULL;
  hr_regex_node **end = &all->child;
  while (p->at < p->end && *p->at != '|' && *p->at != ')' && !p->error) {
    if (take(p, "\\Q")) {
      parse_quoted(p, &end);
      continue;
    }
    if (take(p, "\\E")) continue;
    append(&end, parse_repetition(p, parse_item(p)));
  }
  return p->error ? NULL : all;
}

static hr_regex_node *parse_choice(parser *p) {
  if (++p->depth > MAX_DEPTH) return fail_at(p, "bad repetition operator", p->pattern, p->end);
  hr_regex_node *choice = node_new(p, HR_REGEX_CHOICE);
  if (!choice) return NULL;
  hr_regex_node **end = &choice->child;
  do
    append(&end, parse_sequence(p));
  while (!p->error && take(p, "|"));
  --p->depth;
  return p->error ? NULL : choice;
}

hr_status hr_regex_parse(hr_arena *arena, const char *pattern, size_t length, hr_regex_node **out, int *groups) {
  parser p = {.arena = arena, .pattern = pattern, .at = pattern, .end = pattern + length};
  hr_regex_node *tree = parse_choice(&p);
  if (tree && p.at < p.end) tree = fail_at(&p, "missing )", pattern, p.end);
  *out = tree;
  *groups = p.groups;
  if (tree) return HR_SUCCESS;
  if (p.out_of_memory) return hr_error_out_of_memory(length, "a regular expression");
  int about = (int)(p.error_to - p.error_from);
  return hr_error(HR_INVALID_ARGUMENT, "Invalid pattern: %.*s, error: %s%s%.*s", (int)length, pattern, p.error,
                  about ? ": " : "", about, p.error_from);
}
