#include "runtime/io/table.h"

#include "runtime/base/wire.h"
#include "runtime/io/crc32c.h"
#include "runtime/io/table_format.h"
#include <stdlib.h>

/* TensorFlow's choices; other numbers would be as good, but give other bytes. */
#define BLOCK_BYTES            ((size_t)256 << 10)
#define DATA_RESTART_INTERVAL  16
#define INDEX_RESTART_INTERVAL 1

typedef struct block {
  hr_text entries, restarts;
  size_t restart_count, since_restart, restart_interval;
} block;

struct hr_table_writer {
  hr_output_file *file;
  uint64_t offset; /* of the next block, from where the table starts */
  block data, index;
  hr_text last_key; /* of all data blocks */
  bool has_key;
  bool index_pending; /* the last data block waits for its index entry, which depends on the next key */
  hr_text pending_place;
};

static hr_status out_of_memory(void) { return hr_error_out_of_memory(BLOCK_BYTES, "writing a table"); }

static void add_u32(hr_text *text, uint32_t value) {
  char bytes[4];
  hr_write_u32(bytes, value);
  hr_text_add(text, bytes, sizeof bytes);
}

static void empty(hr_text *text) { text->length = 0; }

/* `before`: the key of the entry before. */
static void block_add(block *b, hr_view before, hr_view key, hr_view value) {
  size_t shared = 0;
  if (b->restart_count == 0 || b->since_restart == b->restart_interval) {
    add_u32(&b->restarts, (uint32_t)b->entries.length);
    ++b->restart_count;
    b->since_restart = 0;
  } else {
    while (shared < key.length && shared < before.length && key.data[shared] == before.data[shared])
      ++shared;
  }
  ++b->since_restart;
  hr_wire_put_varint(&b->entries, shared);
  hr_wire_put_varint(&b->entries, key.length - shared);
  hr_wire_put_varint(&b->entries, value.length);
  hr_text_add(&b->entries, key.data + shared, key.length - shared);
  hr_text_add(&b->entries, value.data, value.length);
}

/* Writes the block and empties it; adds its place to `place`. */
static hr_status block_write(hr_table_writer *w, block *b, hr_text *place) {
  if (b->restart_count == 0) { /* an empty block has one restart too */
    add_u32(&b->restarts, 0);
    b->restart_count = 1;
  }
  hr_text_add(&b->entries, b->restarts.data, b->restarts.length);
  add_u32(&b->entries, (uint32_t)b->restart_count);
  if (b->entries.failed || b->restarts.failed) return out_of_memory();
  size_t size = b->entries.length;
  hr_wire_put_varint(place, w->offset);
  hr_wire_put_varint(place, size);

  hr_text_add(&b->entries, (char[]){HR_TABLE_PLAIN}, 1);
  add_u32(&b->entries, hr_crc32c_mask(hr_crc32c(b->entries.data, size + 1)));
  if (b->entries.failed || place->failed) return out_of_memory();
  w->offset += b->entries.length;
  hr_status status = hr_output_file_append(w->file, b->entries.data, b->entries.length);
  empty(&b->entries);
  empty(&b->restarts);
  b->restart_count = b->since_restart = 0;
  return status;
}

static void block_free(block *b) {
  hr_text_free(&b->entries);
  hr_text_free(&b->restarts);
}

/* Cuts `key` to the shortest key that is not before it and is before `next`, where there is a shorter one. */
static void shorten_before(hr_text *key, hr_view next) {
  size_t same = 0;
  while (same < key->length && same < next.length && key->data[same] == next.data[same])
    ++same;
  if (same >= key->length || same >= next.length) return; /* one is a prefix of the other */
  uint8_t byte = (uint8_t)key->data[same];
  if (byte < 0xff && byte + 1 < (uint8_t)next.data[same]) {
    key->data[same] = (char)(byte + 1);
    key->length = same + 1;
  }
}

/* The same with nothing after it: the first byte that can rise does. */
static void shorten_last(hr_text *key) {
  for (size_t i = 0; i < key->length; ++i)
    if ((uint8_t)key->data[i] != 0xff) {
      ++key->data[i];
      key->length = i + 1;
      return;
    }
}

/* Every entry of the index starts anew, so no key before it is needed. */
static void add_pending_index(hr_table_writer *w) {
  block_add(&w->index, (hr_view){0}, (hr_view){w->last_key.data, w->last_key.length},
            (hr_view){w->pending_place.data, w->pending_place.length});
  empty(&w->pending_place);
  w->index_pending = false;
}

hr_status hr_table_writer_add(hr_table_writer *w, hr_view key, hr_view value) {
  if (w->has_key && hr_view_compare((hr_view){w->last_key.data, w->last_key.length}, key) >= 0)
    return hr_error(HR_INTERNAL, "Keys of a table must rise: \"%.*s\"", (int)key.length, key.data);
  if (w->index_pending) {
    shorten_before(&w->last_key, key);
    add_pending_index(w);
  }
  block_add(&w->data, (hr_view){w->last_key.data, w->last_key.length}, key, value);
  empty(&w->last_key);
  hr_text_add(&w->last_key, key.data, key.length);
  w->has_key = true;
  if (w->last_key.failed || w->data.entries.failed) return out_of_memory();
  if (w->data.entries.length + 4 * w->data.restart_count + 4 < BLOCK_BYTES) return HR_SUCCESS;
  w->index_pending = true;
  return block_write(w, &w->data, &w->pending_place);
}

hr_status hr_table_writer_finish(hr_table_writer *w) {
  if (w->data.restart_count > 0) {
    w->index_pending = true;
    HR_TRY(block_write(w, &w->data, &w->pending_place));
  }
  block metaindex = {.restart_interval = DATA_RESTART_INTERVAL};
  hr_text places = {0};
  hr_status status = block_write(w, &metaindex, &places);
  block_free(&metaindex);
  if (!status && w->index_pending) {
    shorten_last(&w->last_key);
    add_pending_index(w);
  }
  if (!status) status = block_write(w, &w->index, &places);
  if (!status) {
    uint8_t footer[HR_TABLE_FOOTER_BYTES] = {0};
    memcpy(footer, places.data, places.length);
    hr_write_u64(footer + HR_TABLE_HANDLES_BYTES, HR_TABLE_MAGIC);
    status = hr_output_file_append(w->file, footer, sizeof footer);
  }
  hr_text_free(&places);
  return status;
}

hr_table_writer *hr_table_writer_new(hr_output_file *file) {
  hr_table_writer *w = calloc(1, sizeof *w);
  if (!w) return NULL;
  w->file = file;
  w->data.restart_interval = DATA_RESTART_INTERVAL;
  w->index.restart_interval = INDEX_RESTART_INTERVAL;
  return w;
}

void hr_table_writer_free(hr_table_writer *w) {
  if (!w) return;
  block_free(&w->data);
  block_free(&w->index);
  hr_text_free(&w->last_key);
  hr_text_free(&w->pending_place);
  free(w);
}
