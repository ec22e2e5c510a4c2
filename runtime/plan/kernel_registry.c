#include "runtime/plan/kernel_registry.h"
#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/graph/node.h"
#include <pthread.h>
#include <stdlib.h>

/* The linker section that HR_KERNEL fills. */
extern const hr_kernel_def *const __start_hr_kernels[] __attribute__((visibility("hidden"), weak));
extern const hr_kernel_def *const __stop_hr_kernels[] __attribute__((visibility("hidden"), weak));

typedef struct kernel_entry {
  struct kernel_entry *next;
  const hr_kernel_def *kernel;
} kernel_entry;

static pthread_mutex_t registry_lock = PTHREAD_MUTEX_INITIALIZER; /* guards the lists below */
static bool registry_ready;
static kernel_entry **by_op;    /* of built-in ops, by op id */
static kernel_entry *of_loaded; /* of ops that libraries registered */
static kernel_entry *section_entries;

static void add_entry(kernel_entry *entry) {
  const hr_kernel_def *kernel = entry->kernel;
  const hr_op_def *op = hr_op_find(kernel->op, strlen(kernel->op));
  kernel_entry **list = op && op->id >= 0 ? &by_op[op->id] : &of_loaded;
  /* By falling priority, then by order of registration: the first that fits is the one. */
  while (*list && (*list)->kernel->priority >= kernel->priority)
    list = &(*list)->next;
  entry->next = *list;
  *list = entry;
}

/* Reads the linker section at first use; lock held. False when out of memory. */
static bool prepare(void) {
  if (registry_ready) return true;
  size_t count = (size_t)(__stop_hr_kernels - __start_hr_kernels);
  by_op = calloc((size_t)hr_ops_count + 1, sizeof *by_op);
  section_entries = calloc(count + 1, sizeof *section_entries);
  if (!by_op || !section_entries) {
    free(by_op);
    free(section_entries);
    return false;
  }
  for (size_t i = 0; i < count; ++i) {
    section_entries[i].kernel = __start_hr_kernels[i];
    add_entry(&section_entries[i]);
  }
  registry_ready = true;
  return true;
}

hr_status hr_register_kernel(const hr_kernel_def *kernel) {
  if (kernel->abi != HR_KERNEL_ABI || kernel->size < sizeof *kernel)
    return hr_error(HR_FAILED_PRECONDITION, "kernel for op '%s' was built for kernel ABI %u, this is %d",
                    kernel->op ? kernel->op : "?", kernel->abi, HR_KERNEL_ABI);
  if (!kernel->op || !kernel->compute == !kernel->compute_async)
    return hr_error(HR_INVALID_ARGUMENT, "a kernel needs an op and exactly one of compute and compute_async");
  kernel_entry *entry = calloc(1, sizeof *entry);
  if (!entry) return hr_error_out_of_memory(sizeof *entry, "a kernel registration");
  entry->kernel = kernel;
  pthread_mutex_lock(&registry_lock);
  bool ready = prepare();
  if (ready) add_entry(entry);
  pthread_mutex_unlock(&registry_lock);
  if (ready) return HR_SUCCESS;
  free(entry);
  return hr_error_out_of_memory(0, "the kernel registry");
}

static const char *kernel_device(const hr_kernel_def *kernel) { return kernel->device ? kernel->device : "CPU"; }

static bool attr_allows(const hr_attr_value *value, uint64_t types) {
  if (!value || value->kind != HR_ATTR_TYPE) return false;
  if (!value->is_list) return value->type > 0 && value->type < 64 && (types >> value->type & 1);
  for (int32_t i = 0; i < value->count; ++i) {
    int32_t type = (int32_t)hr_dtype_base((hr_dtype)value->types[i]);
    if (type <= 0 || type >= 64 || !(types >> type & 1)) return false;
  }
  return true;
}

static bool kernel_fits(const hr_kernel_def *kernel, const hr_node *node, const char *device_type) {
  const char *device = kernel_device(kernel);
  if (strcmp(device, device_type) != 0 && strcmp(device, HR_EVERY_DEVICE) != 0) return false;
  for (size_t i = 0; i < sizeof kernel->types / sizeof *kernel->types && kernel->types[i].attr; ++i) {
    if (!attr_allows(hr_node_attr(node, kernel->types[i].attr), kernel->types[i].types)) return false;
  }
  return true;
}

/* The op's list, or the list of all loaded ops' kernels; lock held. */
static kernel_entry *entries_of(const hr_op_def *op) { return op->id >= 0 ? by_op[op->id] : of_loaded; }

const hr_kernel_def *hr_kernel_lookup(const hr_node *node, const char *device_type) {
  const hr_kernel_def *found = NULL;
  pthread_mutex_lock(&registry_lock);
  if (prepare()) {
    for (kernel_entry *entry = entries_of(node->op); entry && !found; entry = entry->next) {
      if (node->op->id < 0 && strcmp(entry->kernel->op, node->op->name) != 0) continue;
      if (kernel_fits(entry->kernel, node, device_type)) found = entry->kernel;
    }
  }
  pthread_mutex_unlock(&registry_lock);
  return found;
}

bool hr_kernel_may_wait(const hr_op_def *op) {
  bool waits = false;
  pthread_mutex_lock(&registry_lock);
  if (prepare()) {
    for (kernel_entry *entry = entries_of(op); entry && !waits; entry = entry->next)
      waits = strcmp(entry->kernel->op, op->name) == 0 &&
              (entry->kernel->compute_async || entry->kernel->flags & HR_KERNEL_WAITS);
  }
  pthread_mutex_unlock(&registry_lock);
  return waits;
}

void hr_kernel_each(void (*visit)(void *argument, const hr_kernel_def *kernel), void *argument) {
  pthread_mutex_lock(&registry_lock);
  if (prepare()) {
    for (int i = 0; i < hr_ops_count; ++i) {
      for (kernel_entry *entry = by_op[i]; entry; entry = entry->next)
        visit(argument, entry->kernel);
    }
    for (kernel_entry *entry = of_loaded; entry; entry = entry->next)
      visit(argument, entry->kernel);
  }
  pthread_mutex_unlock(&registry_lock);
}

typedef struct kernel_listing {
  hr_text *text;
  const char *op;
  bool is_empty;
} kernel_listing;

static void list_kernel(void *argument, const hr_kernel_def *kernel) {
  kernel_listing *listing = argument;
  if (strcmp(kernel->op, listing->op) != 0) return;
  listing->is_empty = false;
  hr_text_printf(listing->text, "\n  device='%s'", kernel_device(kernel));
  for (size_t i = 0; i < sizeof kernel->types / sizeof *kernel->types && kernel->types[i].attr; ++i) {
    hr_text_printf(listing->text, "; %s in [", kernel->types[i].attr);
    const char *separator = "";
    for (int type = 1; type < HR_DTYPE_COUNT; ++type) {
      if (!(kernel->types[i].types >> type & 1)) continue;
      hr_text_printf(listing->text, "%s%s", separator, hr_dtype_enum_name((hr_dtype)type));
      separator = ", ";
    }
    hr_text_add_string(listing->text, "]");
  }
}

static void list_types(hr_text *text, const hr_node *node) {
  const char *separator = "";
  for (int i = 0; i < node->op->num_attrs; ++i) {
    if (node->attrs[i].kind != HR_ATTR_TYPE || node->attrs[i].is_list) continue;
    hr_text_printf(text, "%s%s=%s", separator, node->op->attrs[i].name,
                   hr_dtype_enum_name((hr_dtype)node->attrs[i].type));
    separator = ", ";
  }
}

static void list_kernels(hr_text *text, const hr_node *node) {
  kernel_listing listing = {.text = text, .op = node->op->name, .is_empty = true};
  hr_text_add_string(text, "Registered kernels:");
  hr_kernel_each(list_kernel, &listing);
  if (listing.is_empty) hr_text_add_string(text, " <none>");
}

void hr_kernel_describe(const hr_node *node, hr_text *text) {
  hr_text_add_string(text, "\nNode attrs: ");
  list_types(text, node);
  hr_text_add_string(text, "\n");
  list_kernels(text, node);
}

hr_status hr_kernel_find(const hr_node *node, const char *device_type, const hr_kernel_def **out) {
  *out = hr_kernel_lookup(node, device_type);
  if (*out) return HR_SUCCESS;
  hr_text text = {0};
  hr_text_printf(&text, "No OpKernel was registered to support Op '%s' with these attrs (", node->op->name);
  list_types(&text, node);
  hr_text_printf(&text, ") on device type %s. ", device_type);
  list_kernels(&text, node);
  hr_status status = hr_error(HR_INVALID_ARGUMENT, "%s", text.data ? text.data : node->op->name);
  hr_text_free(&text);
  return hr_status_at_node(status, node->name, node->op->name, node->where);
}
