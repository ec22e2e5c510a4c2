#include "distributed/http2/hpack.h"
#include <pthread.h>
#include <stdlib.h>

/* ---- tables of fields -------------------------------------------------------------------------------------------- */

#define OVERHEAD 32 /* of an entry, as HPACK counts */

static hr_hpack_field *entry_at(hr_hpack_table *table, int32_t index) {
  return &table->entries[(table->first + index) % HR_HPACK_TABLE_ROOM];
}

static void drop_last(hr_hpack_table *table) {
  hr_hpack_field *last = entry_at(table, --table->count);
  table->bytes -= last->name.length + last->value.length + OVERHEAD;
  free((char *)(uintptr_t)last->name.data);
}

static void shrink(hr_hpack_table *table, size_t bytes) {
  while (table->count > 0 && table->bytes > bytes)
    drop_last(table);
}

void hr_hpack_table_clear(hr_hpack_table *table) { shrink(table, 0); }

/* False where memory is out. A field that is larger than the table empties it. */
static bool insert(hr_hpack_table *table, hr_hpack_field field) {
  size_t bytes = field.name.length + field.value.length + OVERHEAD;
  if (bytes > table->limit) {
    shrink(table, 0);
    return true;
  }
  char *copy = malloc(field.name.length + field.value.length + 1); /* first: it may be an entry that goes now */
  if (!copy) return false;
  if (field.name.length > 0) memcpy(copy, field.name.data, field.name.length);
  if (field.value.length > 0) memcpy(copy + field.name.length, field.value.data, field.value.length);
  shrink(table, table->limit - bytes);
  table->first = (table->first + HR_HPACK_TABLE_ROOM - 1) % HR_HPACK_TABLE_ROOM;
  table->entries[table->first] =
      (hr_hpack_field){{copy, field.name.length}, {copy + field.name.length, field.value.length}};
  table->bytes += bytes;
  ++table->count;
  return true;
}

/* NULL for an index that is none. */
static const hr_hpack_field *find(hr_hpack_table *table, uint64_t index) {
  if (index == 0) return NULL;
  if (index <= HR_HPACK_STATIC) return &hr_hpack_static[index - 1];
  index -= HR_HPACK_STATIC + 1;
  return index < (uint64_t)table->count ? entry_at(table, (int32_t)index) : NULL;
}

/* ---- Huffman's code ---------------------------------------------------------------------------------------------- */

#define SHORTEST 5
#define LONGEST  30
#define END      256

/* Of each length: the first code, and where its bytes begin among all of them, sorted by code. */
static uint32_t first_code[LONGEST + 2];
static int16_t first_place[LONGEST + 2], sorted[257];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void sort_codes(void) {
  int16_t place = 0;
  uint32_t code = 0;
  for (int length = SHORTEST; length <= LONGEST; ++length) {
    code <<= 1;
    first_code[length] = code;
    first_place[length] = place;
    for (int16_t byte = 0; byte <= END; ++byte) {
      if (hr_hpack_code_length[byte] != length) continue;
      sorted[place++] = byte;
      ++code;
    }
  }
  first_place[LONGEST + 1] = place;
}

static bool huffman_decode(hr_view coded, hr_text *out) {
  pthread_once(&once, sort_codes);
  uint32_t code = 0;
  int length = 0;
  for (size_t bit = 0; bit < 8 * coded.length; ++bit) {
    code = code << 1 | ((unsigned char)coded.data[bit / 8] >> (7 - bit % 8) & 1);
    if (++length < SHORTEST) continue;
    if (length > LONGEST) return false;
    int32_t count = first_place[length + 1] - first_place[length];
    if (code - first_code[length] >= (uint32_t)count) continue; /* wraps for smaller ones, which are longer */
    int16_t byte = sorted[first_place[length] + (int32_t)(code - first_code[length])];
    if (byte == END) return false;
    hr_text_add(out, &(char){(char)byte}, 1);
    code = 0;
    length = 0;
  }
  return length < 8 && code == (1u << length) - 1; /* filled up with the beginning of END: ones */
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

void hr_hpack_decoder_init(hr_hpack_decoder *decoder) {
  *decoder = (hr_hpack_decoder){.table.limit = HR_HPACK_TABLE_BYTES};
}

void hr_hpack_decoder_clear(hr_hpack_decoder *decoder) {
  hr_hpack_table_clear(&decoder->table);
  hr_text_free(&decoder->scratch);
}

typedef struct cursor {
  const unsigned char *at, *end;
} cursor;

/* An integer whose first bits share a byte with something else. */
static bool read_number(cursor *c, int bits, uint64_t *out) {
  if (c->at == c->end) return false;
  uint64_t most = (1u << bits) - 1, value = *c->at++ & most;
  if (value == most) {
    for (int shift = 0;; shift += 7) {
      if (c->at == c->end || shift > 28) return false;
      unsigned char byte = *c->at++;
      value += (uint64_t)(byte & 0x7f) << shift;
      if (!(byte & 0x80)) break;
    }
  }
  *out = value;
  return true;
}

/* Where a string's bytes are: in the block, or, where they were coded, from `*place` on in the scratch text. */
static bool read_string(cursor *c, hr_text *scratch, hr_view *out, size_t *place) {
  if (c->at == c->end) return false;
  bool coded = *c->at & 0x80;
  uint64_t length;
  if (!read_number(c, 7, &length) || length > (uint64_t)(c->end - c->at)) return false;
  *out = (hr_view){(const char *)c->at, (size_t)length};
  c->at += length;
  *place = SIZE_MAX;
  if (!coded) return true;
  *place = scratch->length;
  if (!huffman_decode(*out, scratch)) return false;
  out->length = scratch->length - *place;
  return !scratch->failed;
}

static bool read_literal(hr_hpack_decoder *d, cursor *c, int bits, bool keep, hr_hpack_field *out) {
  uint64_t index;
  size_t name_place = SIZE_MAX, value_place;
  if (!read_number(c, bits, &index)) return false;
  d->scratch.length = 0;
  if (index > 0) {
    const hr_hpack_field *known = find(&d->table, index);
    if (!known) return false;
    name_place = 0; /* copied: the entry may have to go for the new one */
    hr_text_add(&d->scratch, known->name.data, known->name.length);
    out->name.length = known->name.length;
  } else if (!read_string(c, &d->scratch, &out->name, &name_place)) {
    return false;
  }
  if (!read_string(c, &d->scratch, &out->value, &value_place) || d->scratch.failed) return false;
  const char *scratch = d->scratch.data ? d->scratch.data : "";
  if (name_place != SIZE_MAX) out->name.data = scratch + name_place;
  if (value_place != SIZE_MAX) out->value.data = scratch + value_place;
  return !keep || insert(&d->table, *out);
}

bool hr_hpack_decode(hr_hpack_decoder *d, hr_view block, void (*field)(void *argument, hr_hpack_field field),
                     void *argument) {
  if (block.length == 0) return true;
  cursor c = {(const unsigned char *)block.data, (const unsigned char *)block.data + block.length};
  while (c.at < c.end) {
    unsigned char kind = *c.at;
    uint64_t number;
    hr_hpack_field found;
    if (kind & 0x80) {
      if (!read_number(&c, 7, &number)) return false;
      const hr_hpack_field *known = find(&d->table, number);
      if (!known) return false;
      found = *known;
    } else if ((kind & 0xe0) == 0x20) { /* the table's new size */
      if (!read_number(&c, 5, &number) || number > HR_HPACK_TABLE_BYTES) return false;
      d->table.limit = (size_t)number;
      shrink(&d->table, (size_t)number);
      continue;
    } else {
      bool keep = kind & 0x40;
      if (!read_literal(d, &c, keep ? 6 : 4, keep, &found)) return false;
    }
    field(argument, found);
  }
  return true;
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

void hr_hpack_encoder_init(hr_hpack_encoder *encoder) {
  *encoder = (hr_hpack_encoder){.table.limit = HR_HPACK_TABLE_BYTES};
}

void hr_hpack_encoder_clear(hr_hpack_encoder *encoder) { hr_hpack_table_clear(&encoder->table); }

void hr_hpack_encoder_limit(hr_hpack_encoder *encoder, size_t bytes) {
  if (bytes >= HR_HPACK_TABLE_BYTES || encoder->is_plain) return;
  encoder->has_shrunk = encoder->is_plain = true;
  hr_hpack_table_clear(&encoder->table);
}

static void put_number(hr_text *block, unsigned char kind, int bits, uint64_t value) {
  uint64_t most = (1u << bits) - 1;
  if (value < most) {
    hr_text_add(block, &(char){(char)(kind | value)}, 1);
    return;
  }
  hr_text_add(block, &(char){(char)(kind | most)}, 1);
  for (value -= most; value >= 0x80; value >>= 7)
    hr_text_add(block, &(char){(char)(value | 0x80)}, 1);
  hr_text_add(block, &(char){(char)value}, 1);
}

static void put_string(hr_text *block, hr_view text) {
  put_number(block, 0, 7, text.length);
  hr_text_add(block, text.data ? text.data : "", text.length);
}

/* The index of a whole field, 0 for none; `*name` that of one with the same name. */
static uint64_t look_up(hr_hpack_table *table, hr_view name, hr_view value, uint64_t *same_name) {
  *same_name = 0;
  for (int32_t i = 0; i < table->count; ++i) {
    const hr_hpack_field *entry = entry_at(table, i);
    if (!hr_view_equal(entry->name, name)) continue;
    if (hr_view_equal(entry->value, value)) return HR_HPACK_STATIC + 1 + (uint64_t)i;
    *same_name = HR_HPACK_STATIC + 1 + (uint64_t)i;
  }
  for (uint64_t i = 0; i < HR_HPACK_STATIC; ++i) {
    if (!hr_view_equal(hr_hpack_static[i].name, name)) continue;
    if (hr_view_equal(hr_hpack_static[i].value, value)) return i + 1;
    *same_name = i + 1;
  }
  return 0;
}

void hr_hpack_encode(hr_hpack_encoder *encoder, hr_text *block, hr_view name, hr_view value, bool is_usual) {
  if (encoder->has_shrunk) put_number(block, 0x20, 5, 0);
  encoder->has_shrunk = false;
  uint64_t same_name, index = look_up(&encoder->table, name, value, &same_name);
  if (index > 0) {
    put_number(block, 0x80, 7, index);
    return;
  }
  bool keep = is_usual && !encoder->is_plain && insert(&encoder->table, (hr_hpack_field){name, value});
  put_number(block, keep ? 0x40 : 0, keep ? 6 : 4, same_name);
  if (same_name == 0) put_string(block, name);
  put_string(block, value);
}
