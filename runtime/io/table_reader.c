#include "runtime/io/table.h"

#include "runtime/base/wire.h"
#include "runtime/io/crc32c.h"
#include "runtime/io/table_format.h"
#include <snappy-c.h>
#include <stdlib.h>

typedef struct block_place {
  uint64_t offset, size; /* of the block without its trailer */
} block_place;

static hr_status damaged(const hr_input_file *file, const char *what) {
  return hr_error(HR_DATA_LOSS, "%s; %s", hr_input_file_path(file), what);
}

static bool read_place(hr_wire *wire, block_place *out) {
  return hr_wire_varint(wire, &out->offset) && hr_wire_varint(wire, &out->size);
}

static hr_status unpack_snappy(const hr_input_file *file, char **bytes, size_t *size) {
  size_t unpacked_size;
  /* Blocks that claim more than can be are damaged and get no memory. */
  if (snappy_uncompressed_length(*bytes, *size, &unpacked_size) != SNAPPY_OK ||
      unpacked_size > *size * HR_TABLE_MAX_PACKING)
    return damaged(file, "corrupted compressed block contents");
  char *unpacked = malloc(unpacked_size + 1);
  if (!unpacked) return hr_error_out_of_memory(unpacked_size, "a block of a table");
  if (snappy_uncompress(*bytes, *size, unpacked, &unpacked_size) != SNAPPY_OK) {
    free(unpacked);
    return damaged(file, "corrupted compressed block contents");
  }
  free(*bytes);
  *bytes = unpacked;
  *size = unpacked_size;
  return HR_SUCCESS;
}

/* A block's contents, checked and unpacked; the caller frees them. */
static hr_status read_block(const hr_input_file *file, block_place place, uint64_t file_size, char **bytes,
                            size_t *size) {
  *bytes = NULL;
  if (place.offset > file_size || place.size > file_size - place.offset ||
      file_size - place.offset - place.size < HR_TABLE_TRAILER_BYTES)
    return damaged(file, "a block lies beyond the end of the file");
  size_t stored = (size_t)place.size + HR_TABLE_TRAILER_BYTES, count;
  *bytes = malloc(stored);
  if (!*bytes) return hr_error_out_of_memory(stored, "a block of a table");
  HR_TRY(hr_input_file_read(file, place.offset, *bytes, stored, &count));
  if (count < stored) return damaged(file, "truncated block read");
  *size = (size_t)place.size;
  if (hr_crc32c_unmask(hr_read_u32(*bytes + *size + 1)) != hr_crc32c(*bytes, *size + 1))
    return damaged(file, "block checksum mismatch");
  switch ((*bytes)[*size]) {
  case HR_TABLE_PLAIN: return HR_SUCCESS;
  case HR_TABLE_SNAPPY: return unpack_snappy(file, bytes, size);
  default: return damaged(file, "a block of unknown packing");
  }
}

/* Visits the entries of a block. `key` holds the key under way; it goes on from block to block so that their order is
 * checked too. */
static hr_status visit_block(const hr_input_file *file, hr_view block, hr_text *key, bool *has_key,
                             hr_table_visit visit, void *argument) {
  if (block.length < 4) return damaged(file, "bad block contents");
  uint32_t restarts = hr_read_u32(block.data + block.length - 4);
  if (restarts > (block.length - 4) / 4) return damaged(file, "bad block contents");
  hr_wire wire = hr_wire_of_view((hr_view){block.data, block.length - 4 - 4 * (size_t)restarts});
  size_t shareable = 0; /* the first entry of a block shares nothing */
  hr_text next = {0};
  hr_status status = HR_SUCCESS;
  while (!status && !hr_wire_done(&wire)) {
    uint64_t shared, rest, value_length;
    if (!hr_wire_varint(&wire, &shared) || !hr_wire_varint(&wire, &rest) || !hr_wire_varint(&wire, &value_length) ||
        shared > shareable || rest > hr_wire_left(&wire) || value_length > hr_wire_left(&wire) - rest) {
      status = damaged(file, "bad entry in block");
      break;
    }
    next.length = 0;
    hr_text_add(&next, key->data, (size_t)shared);
    hr_text_add(&next, (const char *)wire.at, (size_t)rest);
    if (next.failed) {
      status = hr_error_out_of_memory(shared + rest, "a key of a table");
      break;
    }
    hr_view name = {next.data, next.length};
    if (*has_key && hr_view_compare((hr_view){key->data, key->length}, name) >= 0) {
      status = damaged(file, "keys of a table out of order");
      break;
    }
    status = visit(argument, name, (hr_view){(const char *)wire.at + rest, (size_t)value_length});
    wire.at += rest + value_length;
    hr_text before = *key;
    *key = next;
    next = before;
    *has_key = true;
    shareable = key->length;
  }
  hr_text_free(&next);
  return status;
}

typedef struct reading {
  const hr_input_file *file;
  uint64_t file_size;
  hr_table_visit visit;
  void *argument;
  hr_text key;
  bool has_key;
} reading;

/* An entry of the index block: visits the data block that it places. */
static hr_status visit_data_block(void *argument, hr_view key, hr_view value) {
  (void)key;
  reading *r = argument;
  hr_wire wire = hr_wire_of_view(value);
  block_place place;
  if (!read_place(&wire, &place)) return damaged(r->file, "bad block handle");
  char *bytes;
  size_t size;
  hr_status status = read_block(r->file, place, r->file_size, &bytes, &size);
  if (!status) status = visit_block(r->file, (hr_view){bytes, size}, &r->key, &r->has_key, r->visit, r->argument);
  free(bytes);
  return status;
}

/* Visits the entries of the index block. */
static hr_status visit_index(reading *r, hr_table_visit visit) {
  const hr_input_file *file = r->file;
  HR_TRY(hr_input_file_size(file, &r->file_size));
  if (r->file_size < HR_TABLE_FOOTER_BYTES) return damaged(file, "file is too short to be an sstable");
  uint8_t footer[HR_TABLE_FOOTER_BYTES];
  size_t count;
  HR_TRY(hr_input_file_read(file, r->file_size - sizeof footer, footer, sizeof footer, &count));
  if (count < sizeof footer || hr_read_u64(footer + HR_TABLE_HANDLES_BYTES) != HR_TABLE_MAGIC)
    return damaged(file, "not an sstable (bad magic number)");
  hr_wire wire = hr_wire_of_view((hr_view){(const char *)footer, HR_TABLE_HANDLES_BYTES});
  block_place metaindex, index;
  if (!read_place(&wire, &metaindex) || !read_place(&wire, &index)) return damaged(file, "bad block handle");

  char *bytes;
  size_t size;
  hr_text index_key = {0};
  bool has_index_key = false;
  hr_status status = read_block(file, index, r->file_size, &bytes, &size);
  if (!status) status = visit_block(file, (hr_view){bytes, size}, &index_key, &has_index_key, visit, r);
  free(bytes);
  hr_text_free(&index_key);
  hr_text_free(&r->key);
  return status;
}

hr_status hr_table_read(const hr_input_file *file, hr_table_visit visit, void *argument) {
  reading r = {.file = file, .visit = visit, .argument = argument};
  return visit_index(&r, visit_data_block);
}

/* ---- one entry ------------------------------------------------------------------------------------------------- */

typedef struct search {
  reading blocks; /* first: what the visits of the index get */
  hr_view key;
  hr_table_visit visit;
  void *argument;
  bool past, found; /* past: beyond the block in which the key would be */
} search;

static hr_status visit_if_equal(void *argument, hr_view key, hr_view value) {
  search *s = argument;
  if (!hr_view_equal(key, s->key)) return HR_SUCCESS;
  s->found = true;
  return s->visit(s->argument, key, value);
}

/* An index entry's key is not before the last one of its block. */
static hr_status search_block(void *argument, hr_view key, hr_view value) {
  search *s = argument;
  if (s->past || hr_view_compare(key, s->key) < 0) return HR_SUCCESS;
  s->past = true;
  return visit_data_block(&s->blocks, key, value);
}

hr_status hr_table_find(const hr_input_file *file, hr_view key, hr_table_visit visit, void *argument, bool *found) {
  search s = {.blocks = {.file = file, .visit = visit_if_equal}, .key = key, .visit = visit, .argument = argument};
  s.blocks.argument = &s;
  hr_status status = visit_index(&s.blocks, search_block);
  *found = s.found;
  return status;
}

int hr_view_compare(hr_view a, hr_view b) {
  size_t common = a.length < b.length ? a.length : b.length;
  int order = common ? memcmp(a.data, b.data, common) : 0;
  return order ? order : (a.length > b.length) - (a.length < b.length);
}
