#include "runtime/io/lmdb.h"
#include "runtime/io/file.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
  PAGE_HEADER = 16,  /* number u64, unused u16, flags u16, where the list of nodes ends u16, where nodes begin u16 */
  NODE_HEADER = 8,   /* three shorts, the length of the key */
  META_LENGTH = 136, /* of what is read behind the header of a meta page */
  LEAST_PAGE = 256,
  LARGEST_PAGE = 32768,
  MOST_LEVELS = 32,
};
enum { BRANCH_PAGE = 1, LEAF_PAGE = 2, OVERFLOW_PAGE = 4, META_PAGE = 8 };
enum { IN_OVERFLOW_PAGES = 1, SEVERAL_VALUES = 4 };
enum { SEVERAL_VALUES_TABLE = 4 };
static const uint64_t no_page = UINT64_MAX;

typedef struct level {
  uint8_t *page;
  uint32_t nodes, next; /* how many, and the one that comes */
} level;

struct hr_lmdb {
  hr_input_file *file;
  uint64_t size; /* of the file */
  uint32_t page_size;
  uint64_t records, given; /* that there are; that were handed out */
  uint64_t pages, visited;
  int32_t depth; /* of the stack */
  level stack[MOST_LEVELS];
  uint8_t *memory; /* the pages of the stack */
  char *large;     /* a value from overflow pages */
  size_t large_capacity;
};

/* Numbers are those of the machine that wrote them: little-endian on all that matter. */
static uint16_t u16(const uint8_t *p) { return (uint16_t)(p[0] | p[1] << 8); }
static uint32_t u32(const uint8_t *p) { return u16(p) | (uint32_t)u16(p + 2) << 16; }
static uint64_t u64(const uint8_t *p) { return u32(p) | (uint64_t)u32(p + 4) << 32; }

static hr_status damaged(const hr_lmdb *db, const char *what) {
  return hr_error(HR_DATA_LOSS, "%s is no LMDB database, or a damaged one: %s", hr_input_file_path(db->file), what);
}

static hr_status read_exactly(const hr_lmdb *db, uint64_t offset, void *bytes, size_t length) {
  size_t count;
  HR_TRY(hr_input_file_read(db->file, offset, bytes, length, &count));
  return count == length ? HR_SUCCESS : damaged(db, "it ends too early");
}

static hr_status read_page(const hr_lmdb *db, uint64_t number, size_t length, uint8_t *page) {
  if (number > db->size / db->page_size) return damaged(db, "a page lies beyond its end");
  HR_TRY(read_exactly(db, number * db->page_size, page, length));
  return u64(page) == number ? HR_SUCCESS : damaged(db, "a page is not the one that it should be");
}

/* ---- the two descriptions ---------------------------------------------------------------------------------------- */

typedef struct meta {
  uint64_t transaction, root, records, last_page;
  uint16_t table_flags;
  uint32_t page_size;
} meta;

static bool parse_meta(const uint8_t *page, meta *out) {
  const uint8_t *m = page + PAGE_HEADER, *main_table = m + 72;
  if (!(u16(page + 10) & META_PAGE) || u32(m) != 0xBEEFC0DE || u32(m + 4) != 1) return false;
  *out = (meta){.transaction = u64(m + 128),
                .root = u64(main_table + 40),
                .records = u64(main_table + 32),
                .last_page = u64(m + 120),
                .table_flags = u16(main_table + 4),
                .page_size = u32(m + 24)};
  return out->page_size >= LEAST_PAGE && out->page_size <= LARGEST_PAGE && !(out->page_size & (out->page_size - 1));
}

/* The younger of the two that is whole. A crash may leave one that is not. */
static hr_status read_meta(hr_lmdb *db, meta *out) {
  uint8_t page[PAGE_HEADER + META_LENGTH];
  HR_TRY(read_exactly(db, 0, page, sizeof page));
  if (!parse_meta(page, out)) return damaged(db, "its first page does not describe it");
  db->page_size = out->page_size;
  HR_TRY(read_exactly(db, out->page_size, page, sizeof page));
  meta second;
  if (parse_meta(page, &second) && second.page_size == out->page_size && second.transaction > out->transaction)
    *out = second;
  return HR_SUCCESS;
}

/* ---- pages ------------------------------------------------------------------------------------------------------- */

static hr_status push(hr_lmdb *db, uint64_t number) {
  if (db->depth == MOST_LEVELS || ++db->visited > db->pages) return damaged(db, "its pages form no tree");
  level *l = &db->stack[db->depth];
  l->page = db->memory + (size_t)db->depth * db->page_size;
  HR_TRY(read_page(db, number, db->page_size, l->page));
  uint16_t kind = u16(l->page + 10) & (BRANCH_PAGE | LEAF_PAGE | OVERFLOW_PAGE | META_PAGE), end = u16(l->page + 12);
  if (kind != BRANCH_PAGE && kind != LEAF_PAGE) return damaged(db, "a page is of another kind");
  if (end < PAGE_HEADER || end > db->page_size) return damaged(db, "a page has too many nodes");
  l->nodes = (end - PAGE_HEADER) / 2u;
  l->next = 0;
  ++db->depth;
  return HR_SUCCESS;
}

/* The next node of a page, and the bytes from it to the page's end. */
static hr_status next_node(const hr_lmdb *db, level *l, const uint8_t **node, size_t *room) {
  uint16_t place = u16(l->page + PAGE_HEADER + 2 * l->next++);
  if (place < PAGE_HEADER || place > db->page_size - NODE_HEADER) return damaged(db, "a node lies outside its page");
  *node = l->page + place;
  *room = db->page_size - place;
  return NODE_HEADER + (size_t)u16(*node + 6) <= *room ? HR_SUCCESS : damaged(db, "a key is longer than its page");
}

static hr_status descend(hr_lmdb *db, level *l) {
  const uint8_t *node;
  size_t room;
  HR_TRY(next_node(db, l, &node, &room));
  return push(db, u32(node) | (uint64_t)u16(node + 4) << 32);
}

static hr_status read_large(hr_lmdb *db, uint64_t number, size_t length, hr_view *value) {
  uint8_t header[PAGE_HEADER];
  HR_TRY(read_page(db, number, sizeof header, header));
  uint64_t bytes = (uint64_t)u32(header + 12) * db->page_size;
  if (!(u16(header + 10) & OVERFLOW_PAGE) || length + PAGE_HEADER > bytes || length > db->size)
    return damaged(db, "a value is longer than its pages");
  if (length > db->large_capacity) {
    char *larger = realloc(db->large, length);
    if (!larger) return hr_error_out_of_memory(length, "a value of a database");
    db->large = larger;
    db->large_capacity = length;
  }
  HR_TRY(read_exactly(db, number * db->page_size + PAGE_HEADER, db->large, length));
  *value = (hr_view){db->large, length};
  return HR_SUCCESS;
}

static hr_status read_leaf(hr_lmdb *db, level *l, hr_view *key, hr_view *value) {
  const uint8_t *node;
  size_t room;
  HR_TRY(next_node(db, l, &node, &room));
  size_t key_length = u16(node + 6), length = u32(node);
  uint16_t flags = u16(node + 4);
  const uint8_t *data = node + NODE_HEADER + key_length;
  room -= NODE_HEADER + key_length;
  *key = (hr_view){(const char *)node + NODE_HEADER, key_length};
  if (flags & SEVERAL_VALUES) return damaged(db, "a key has several values");
  if (flags & IN_OVERFLOW_PAGES) {
    if (room < 8) return damaged(db, "a value lies nowhere");
    return read_large(db, u64(data), length, value);
  }
  *value = (hr_view){(const char *)data, length};
  return length <= room ? HR_SUCCESS : damaged(db, "a value is longer than its page");
}

hr_status hr_lmdb_next(hr_lmdb *db, hr_view *key, hr_view *value, bool *is_there) {
  for (;;) {
    *is_there = db->depth > 0;
    if (!*is_there) return db->given == db->records ? HR_SUCCESS : damaged(db, "it has fewer records than it says");
    level *top = &db->stack[db->depth - 1];
    if (top->next == top->nodes) {
      --db->depth;
    } else if (u16(top->page + 10) & BRANCH_PAGE) {
      HR_TRY(descend(db, top));
    } else {
      if (db->given++ == db->records) return damaged(db, "it has more records than it says");
      return read_leaf(db, top, key, value);
    }
  }
}

/* ---- opening ----------------------------------------------------------------------------------------------------- */

static hr_status open_file(const char *path, hr_lmdb *db) {
  struct stat about;
  if (stat(path, &about) != 0 || !S_ISDIR(about.st_mode)) return hr_input_file_open(path, &db->file);
  char *inside = hr_path_join_dup(path, "data.mdb");
  if (!inside) return hr_error_out_of_memory(0, "the name of a database");
  hr_status status = hr_input_file_open(inside, &db->file);
  free(inside);
  return status;
}

static hr_status open_database(const char *path, hr_lmdb *db) {
  meta m;
  HR_TRY(open_file(path, db));
  HR_TRY(hr_input_file_size(db->file, &db->size));
  HR_TRY(read_meta(db, &m));
  if (m.table_flags & SEVERAL_VALUES_TABLE)
    return hr_error(HR_UNIMPLEMENTED, "%s keeps several values to a key, which is not read", path);
  db->records = m.records;
  db->pages = m.last_page < db->size / db->page_size ? m.last_page + 1 : db->size / db->page_size + 1;
  size_t bytes = (size_t)db->page_size * MOST_LEVELS;
  db->memory = malloc(bytes);
  if (!db->memory) return hr_error_out_of_memory(bytes, "the pages of a database");
  return m.root == no_page ? HR_SUCCESS : push(db, m.root);
}

hr_status hr_lmdb_open(const char *path, hr_lmdb **out) {
  *out = NULL;
  hr_lmdb *db = calloc(1, sizeof *db);
  if (!db) return hr_error_out_of_memory(sizeof *db, "a database");
  hr_status status = open_database(path, db);
  if (status)
    hr_lmdb_close(db);
  else
    *out = db;
  return status;
}

void hr_lmdb_close(hr_lmdb *db) {
  if (!db) return;
  hr_input_file_close(db->file);
  free(db->memory);
  free(db->large);
  free(db);
}
