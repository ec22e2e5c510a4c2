/* CSV files, as CSVDataset reads them. The first byte chooses how. */
#include "fuzz_file.h"
#include "headrace/headrace.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct table {
  hr_node *initializer;
  hr_outputs next;
} table;

enum { TABLES = 4 };

static hr_builder *builder;
static hr_session *session;
static hr_output path;
static table tables[TABLES];

static table build(hr_scope s, int number) {
  hr_operand columns[] = {hr_operand_output(hr_constant(s, -1, .dtype = HR_INT64)), hr_operand_string("-"),
                          hr_operand_output(hr_constant(s, 0.5))};
  hr_operand selected = number & 2 ? hr_operand_ints(HR_INTS(0, 2, 3)) : HR_NO_OPERAND;
  hr_output rows =
      hr_dataset_csv(s, path, ((hr_operands){3, columns, NULL}), .header = hr_operand_bool((number & 1) != 0),
                     .use_quote_delim = hr_operand_bool(number != 1), .buffer_size = HR_OPERAND(7),
                     .na_value = hr_operand_string("NA"), .select_cols = selected);
  hr_iterator_ends ends = hr_make_initializable_iterator(s, rows, "");
  return (table){ends.initializer,
                 hr_next_element(s, ends.handle, hr_dataset_types(s, rows), hr_dataset_shapes(s, rows))};
}

static void prepare(void) {
  hr_graph *graph = hr_graph_new();
  builder = hr_builder_new(graph);
  path = hr_placeholder(hr_builder_root(builder), HR_STRING);
  for (int i = 0; i < TABLES; ++i)
    tables[i] = build(hr_builder_root(builder), i);
  hr_session_options options = {.intra_op_threads = 1, .use_per_session_threads = true};
  if (hr_builder_status(builder) || hr_session_new(graph, &options, &session)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (!session) prepare();
  if (size == 0) return 0;
  const table *t = &tables[data[0] % TABLES];
  fuzz_file file = fuzz_file_of(data + 1, size - 1);
  hr_tensor name;
  if (hr_tensor_string(file.path, strlen(file.path), &name)) abort();
  hr_status status = hr_session_run(session, 1, &(hr_feed){path, &name}, 0, NULL, NULL, 1, &t->initializer);
  if (status) abort();
  for (int errors = 0; errors < 64;) {
    hr_tensor row[3] = {{0}};
    status = hr_session_run(session, 0, NULL, 3, t->next.items, row, 0, NULL);
    hr_code code = hr_status_code(status);
    hr_status_free(status);
    for (int i = 0; i < 3; ++i)
      hr_tensor_clear(&row[i]);
    if (code == HR_OUT_OF_RANGE) break;
    errors += code != HR_OK;
  }
  hr_tensor_clear(&name);
  close(file.fd);
  return 0;
}
