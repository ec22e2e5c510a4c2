/* A chain of elementwise nodes in one pass over memory, of which only what others read is written. Floats go through
 * the usual operations in registers (level/chain.h); else a block of each input is brought into the first-level cache
 * and goes through all members there. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/elementwise.h"
#include "runtime/exec/step.h"
#include "runtime/plan/fuse.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK_ELEMENTS 1024
#define REGISTER_BYTES (BLOCK_ELEMENTS * 8)
#define MAX_REGISTERS  8
#define SHORTEST_ROW   16 /* of an input that is broadcast along the other dimensions */

/* What a value looks like from the result: one element, one row of it, or all of it. */
typedef enum extent { ONE, ROW, ALL } extent;

/* What a member does. Steps stand close together: a training step has been all over the cache before it comes here. */
typedef struct step {
  const hr_elementwise *op;
  int8_t operands[2]; /* input i of the group as i, step m as ~m */
  int8_t num_operands;
  int8_t output;      /* which output of the group it is; -1: none */
  int8_t in_register; /* where its block is; -1: in the output */
  bool same_shape;
  bool is_kept; /* in a chain: somebody else than the next step, or that one twice, reads it */
  uint8_t out_size;
  const hr_chain_operation *chain; /* NULL: there is none */
  int8_t light[HR_CHAIN_FORMS];    /* its place among the light steps of chains, from 1 on; HEAVY: it is none */
} step;

typedef struct program {
  const hr_fused_group *group;
  float unit_nanos, chain_nanos; /* of an element: through the cache, and where it stays in registers */
  int32_t num_steps;
  bool is_blocked; /* false: more blocks are alive at a time than there are registers */
  bool is_chain;   /* every step is an operation of chains */
  step steps[];
} program;
_Static_assert(HR_MAX_FUSED_MEMBERS <= INT8_MAX && HR_MAX_FUSED_INPUTS <= INT8_MAX, "operands are single bytes");

/* The last step that reads step m. */
static int32_t last_reader(const program *p, int32_t m) {
  int32_t last = m;
  for (int32_t r = m + 1; r < p->num_steps; ++r)
    for (int32_t i = 0; i < p->steps[r].num_operands; ++i)
      if (p->steps[r].operands[i] == ~m) last = r;
  return last;
}

/* A register is free again where its last reader writes: loops may write over an operand of the same size. */
static void assign_registers(program *p) {
  int32_t free_at[MAX_REGISTERS] = {0};
  p->is_blocked = true;
  for (int32_t m = 0; m < p->num_steps; ++m) {
    step *s = &p->steps[m];
    s->in_register = -1;
    if (s->output >= 0) continue;
    int32_t first_free = hr_dtype_size(s->op->in) == hr_dtype_size(s->op->out) ? m : m - 1;
    int r = 0;
    while (r < MAX_REGISTERS && free_at[r] > first_free)
      ++r;
    if (r == MAX_REGISTERS) {
      p->is_blocked = false;
      return;
    }
    s->in_register = (int8_t)r;
    free_at[r] = last_reader(p, m);
  }
}

static const hr_chain_operation *chain_operation(const hr_elementwise *op) {
  const hr_chain_loops *chains = hr_loops->chains;
  for (int32_t i = 0; i < HR_CHAIN_OPERATIONS && op->in == HR_FLOAT && op->out == HR_FLOAT; ++i)
    if (chains->operations[i].loop == op->loop) return &chains->operations[i];
  return NULL;
}

enum { HEAVY = -1 };

static int8_t light_step(void (*run)(void)) {
  const hr_chain_loops *chains = hr_loops->chains;
  for (int32_t i = 0; i < chains->num_light_steps; ++i)
    if (chains->light_steps[i] == run) return (int8_t)(i + 1);
  return HEAVY;
}

static void find_chain(program *p) {
  p->is_chain = p->is_blocked;
  for (int32_t m = 0; m < p->num_steps; ++m) {
    step *s = &p->steps[m];
    s->chain = chain_operation(s->op);
    p->is_chain &= s->chain != NULL;
    for (int form = 0; form < HR_CHAIN_FORMS && s->chain; ++form)
      s->light[form] = light_step(s->chain->forms[form]);
    int32_t reads = 0;
    for (int32_t r = m + 1; r < p->num_steps; ++r)
      for (int32_t i = 0; i < p->steps[r].num_operands; ++i)
        if (p->steps[r].operands[i] == ~m) reads += r == m + 1 ? 1 : 2;
    s->is_kept = reads > 1;
  }
}

static hr_status fused_create(const hr_kernel_construction *c, void **state) {
  static const float through_memory = 0.1f, in_registers = 0.03f;
  const hr_fused_group *group = hr_fused_group_of(c->node);
  size_t size = sizeof(program) + sizeof(step) * (size_t)group->num_members;
  program *p = calloc(1, size);
  if (!p) return hr_error_out_of_memory(size, "a chain of elementwise nodes");
  p->group = group;
  p->num_steps = group->num_members;
  p->chain_nanos = through_memory;
  for (int32_t m = 0; m < group->num_members; ++m) {
    const hr_elementwise *op = group->members[m].kernel->argument;
    step *s = &p->steps[m];
    *s = (step){.op = op,
                .num_operands = (int8_t)group->members[m].num_inputs,
                .output = (int8_t)group->output_of[m],
                .same_shape = op->same_shape,
                .out_size = (uint8_t)hr_dtype_size(op->out)};
    for (int i = 0; i < s->num_operands; ++i)
      s->operands[i] = (int8_t)group->operands[m][i];
    p->unit_nanos += op->unit_nanos;
    p->chain_nanos += op->unit_nanos <= HR_CHEAP_NANOS(f32) ? in_registers : op->unit_nanos / 2;
  }
  assign_registers(p);
  find_chain(p);
  *state = p;
  return HR_SUCCESS;
}

/* ---- in blocks --------------------------------------------------------------------------------------------------- */

typedef struct job {
  const program *program;
  extent inputs[HR_MAX_FUSED_INPUTS], members[HR_MAX_FUSED_MEMBERS];
  const char *data[HR_MAX_FUSED_INPUTS];
  size_t sizes[HR_MAX_FUSED_INPUTS]; /* of an element */
  int64_t elements;                  /* of the result */
  int64_t row;                       /* elements of the shortest row; 0: no input is one */
  int64_t lengths[HR_MAX_FUSED_INPUTS];
  char *outputs[HR_MAX_FUSED_OUTPUTS];
  char ones[HR_MAX_FUSED_MEMBERS][16]; /* members that are one element */
} job;

/* The operand's block from element `begin`. */
static const void *operand_at(const job *job, char (*registers)[REGISTER_BYTES], int32_t operand, int64_t begin) {
  if (operand >= 0) {
    switch (job->inputs[operand]) {
    case ONE: return job->data[operand];
    case ROW: return job->data[operand] + (size_t)(begin % job->lengths[operand]) * job->sizes[operand];
    default: return job->data[operand] + (size_t)begin * job->sizes[operand];
    }
  }
  int32_t m = ~operand;
  if (job->members[m] == ONE) return job->ones[m];
  const step *s = &job->program->steps[m];
  if (s->in_register >= 0) return registers[s->in_register];
  return job->outputs[s->output] + (size_t)begin * s->out_size;
}

static bool is_one(const job *job, int32_t operand) {
  return (operand >= 0 ? job->inputs[operand] : job->members[~operand]) == ONE;
}

static void run_member(const job *job, char (*registers)[REGISTER_BYTES], int32_t m, void *to, int64_t begin,
                       int64_t count) {
  const step *s = &job->program->steps[m];
  const int8_t *operands = s->operands;
  const void *x = operand_at(job, registers, operands[0], begin);
  if (s->num_operands == 1) {
    hr_unary_row(s->op, to, x, count);
    return;
  }
  const void *y = operand_at(job, registers, operands[1], begin);
  bool x_is_one = is_one(job, operands[0]), y_is_one = is_one(job, operands[1]);
  hr_binary_row(s->op, to, x, y, count,
                x_is_one == y_is_one ? HR_BOTH_ROWS
                : x_is_one           ? HR_LEFT_SCALAR
                                     : HR_RIGHT_SCALAR);
}

static void run_part(void *argument, int64_t begin, int64_t end) {
  const job *job = argument;
  const program *p = job->program;
  char registers[MAX_REGISTERS][REGISTER_BYTES] __attribute__((aligned(64)));
  while (begin < end) {
    int64_t count = end - begin < BLOCK_ELEMENTS ? end - begin : BLOCK_ELEMENTS;
    if (job->row > 0 && count > job->row - begin % job->row) count = job->row - begin % job->row;
    for (int32_t m = 0; m < p->num_steps; ++m) {
      if (job->members[m] == ONE) continue;
      const step *s = &p->steps[m];
      void *to =
          s->output < 0 ? (void *)registers[s->in_register] : job->outputs[s->output] + (size_t)begin * s->out_size;
      run_member(job, registers, m, to, begin, count);
    }
    begin += count;
  }
}

/* ---- in registers ------------------------------------------------------------------------------------------------ */

/* Fewer elements are done sooner with the loops that single operations use, too. */
enum { SHORTEST_CHAIN = 512 };
enum { NOTHING = INT8_MAX, MAX_CHAIN = 3 * HR_MAX_FUSED_MEMBERS + 1 };

/* Where an operand is when it is not in the registers, from element `begin` on; `blocks` are those of a chain. */
static hr_chain_step chain_operand(const job *job, float (*blocks)[HR_CHAIN_MAX_WIDTH], int32_t operand,
                                   int64_t begin) {
  if (operand >= 0) {
    float *data = (float *)(uintptr_t)job->data[operand];
    switch (job->inputs[operand]) {
    case ONE: return (hr_chain_step){.memory = data};
    case ROW: return (hr_chain_step){.memory = data + begin % job->lengths[operand], .moves = -1};
    default: return (hr_chain_step){.memory = data + begin, .moves = -1};
    }
  }
  const step *s = &job->program->steps[~operand];
  if (job->members[~operand] == ONE) return (hr_chain_step){.memory = (float *)(uintptr_t)job->ones[~operand]};
  if (s->output >= 0) return (hr_chain_step){.memory = (float *)job->outputs[s->output] + begin, .moves = -1};
  return (hr_chain_step){.memory = blocks[s->in_register]};
}

/* Steps as they are added to a chain. */
typedef struct chain {
  hr_chain_step *steps;
  int32_t num_steps;
  int8_t light; /* that of the last step, if a pair may begin with it */
} chain;

/* `as_first` and `as_second` are the step's places in a pair. */
static void add_step(chain *c, hr_chain_step step, void (*run)(void), int8_t as_first, int8_t as_second) {
  const hr_chain_loops *chains = hr_loops->chains;
  step.run = run;
  c->steps[c->num_steps++] = step;
  if (c->light != HEAVY && as_second != HEAVY) {
    c->steps[c->num_steps - 2].run = chains->pairs[c->light * (chains->num_light_steps + 1) + as_second];
    as_first = HEAVY;
  }
  c->light = as_first;
}

/* The job as a chain on the elements from `begin` on. A value is loaded where it is not what the step before has left
 * in the registers. */
static void make_chain(const job *job, float (*blocks)[HR_CHAIN_MAX_WIDTH], int64_t begin, hr_chain_step *steps) {
  const hr_chain_loops *chains = hr_loops->chains;
  chain c = {.steps = steps, .light = HEAVY};
  int8_t whole = chains->num_light_steps > 0 ? 0 : HEAVY;
  int32_t held = NOTHING;
  for (int32_t m = 0; m < job->program->num_steps; ++m) {
    const step *s = &job->program->steps[m];
    if (job->members[m] == ONE) continue;
    int32_t x = s->operands[0], y = s->operands[1];
    bool is_left = s->num_operands == 2 && (x == held ? false : y == held || is_one(job, x));
    int32_t first = is_left ? y : x, other = is_left ? x : y;
    if (first != held) add_step(&c, chain_operand(job, blocks, first, begin), chains->load, whole, HEAVY);
    bool one = s->num_operands == 2 && is_one(job, other);
    hr_chain_form form =
        one ? (is_left ? HR_CHAIN_LEFT_ONE : HR_CHAIN_RIGHT_ONE) : (is_left ? HR_CHAIN_LEFT : HR_CHAIN_RIGHT);
    add_step(&c, s->num_operands == 2 ? chain_operand(job, blocks, other, begin) : (hr_chain_step){0},
             s->chain->forms[form], s->light[form], s->light[form]);
    held = ~m;
    if (s->output >= 0 || s->is_kept) add_step(&c, chain_operand(job, blocks, ~m, begin), chains->store, HEAVY, whole);
  }
  add_step(&c, (hr_chain_step){0}, chains->end, HEAVY, HEAVY);
}

/* Elements [begin, end), which are in one row where there are any; what is left over at the end goes through memory. */
static void run_piece(job *job, int64_t begin, int64_t end) {
  float blocks[MAX_REGISTERS][HR_CHAIN_MAX_WIDTH] __attribute__((aligned(64)));
  hr_chain_step steps[MAX_CHAIN];
  int64_t width = hr_loops->chains->width, whole = (end - begin) / width * width;
  make_chain(job, blocks, begin, steps);
  hr_loops->chains->run(steps, 0, whole);
  if (begin + whole < end) run_part(job, begin + whole, end);
}

/* What a thread takes at least: a row, or a block of a chain. */
static int64_t chain_unit(const job *job) { return job->row > 0 ? job->row : hr_loops->chains->width; }

static void run_chain(void *argument, int64_t begin, int64_t end) {
  job *job = argument;
  int64_t unit = chain_unit(job), stop = end * unit < job->elements ? end * unit : job->elements;
  if (job->row == 0)
    run_piece(job, begin * unit, stop);
  else
    for (int64_t at = begin * unit; at < stop; at += unit)
      run_piece(job, at, at + unit);
}

/* The shape of the result: that of the input with the most dimensions. */
static const hr_tensor *widest_input(const hr_kernel_context *ctx) {
  const hr_tensor *widest = hr_input(ctx, 0);
  for (int i = 1; i < hr_input_count(ctx); ++i) {
    const hr_tensor *x = hr_input(ctx, i);
    if (x->rank > widest->rank || (x->rank == widest->rank && x->elements > widest->elements)) widest = x;
  }
  return widest;
}

/* The last dimensions of `x` are all that it has, but for ones. */
static bool is_row_of(const hr_tensor *x, const hr_tensor *whole) {
  int first = 0;
  while (first < x->rank && x->dims[first] == 1)
    ++first;
  for (int i = first; i < x->rank; ++i)
    if (x->dims[i] != whole->dims[whole->rank - x->rank + i]) return false;
  return x->rank <= whole->rank && x->elements >= SHORTEST_ROW;
}

/* How each value lies in the result; false where it takes more than blocks and rows. */
static bool find_extents(const hr_kernel_context *ctx, job *job, const hr_tensor *whole) {
  const program *p = job->program;
  for (int i = 0; i < hr_input_count(ctx); ++i) {
    const hr_tensor *x = hr_input(ctx, i);
    job->data[i] = hr_tensor_data(x);
    job->sizes[i] = hr_dtype_size(hr_tensor_dtype(x));
    job->lengths[i] = x->elements;
    if (hr_same_shape(x, whole)) {
      job->inputs[i] = ALL;
    } else if (x->elements == 1 && x->rank <= whole->rank) {
      job->inputs[i] = ONE;
    } else if (is_row_of(x, whole)) {
      job->inputs[i] = ROW;
      if (job->row == 0 || x->elements < job->row) job->row = x->elements;
    } else {
      return false;
    }
  }
  for (int i = 0; i < hr_input_count(ctx); ++i) /* rows end together */
    if (job->inputs[i] == ROW && job->lengths[i] % job->row != 0) return false;
  for (int32_t m = 0; m < p->num_steps; ++m) {
    const step *s = &p->steps[m];
    extent most = ONE, least = ALL;
    for (int32_t i = 0; i < s->num_operands; ++i) {
      int32_t operand = s->operands[i];
      extent e = operand >= 0 ? job->inputs[operand] : job->members[~operand];
      if (e > most) most = e;
      if (e < least) least = e;
    }
    if (most == ROW || (s->same_shape && least != most)) return false;
    if (most == ONE && s->output >= 0) return false;
    job->members[m] = most;
  }
  return true;
}

static bool runs_in_blocks(const hr_kernel_context *ctx, job *job) {
  const hr_tensor *whole = widest_input(ctx);
  return job->program->is_blocked && whole->rank > 0 && find_extents(ctx, job, whole);
}

/* Only the last member may write over an input: others are still to be read. */
static hr_status make_outputs(hr_kernel_context *ctx, job *job) {
  hr_shape shape = hr_tensor_shape(widest_input(ctx));
  uint64_t candidates = 0;
  for (int i = 0; i < hr_input_count(ctx); ++i)
    if (job->inputs[i] == ALL) candidates |= UINT64_C(1) << i;
  for (int k = hr_output_count(ctx) - 1; k >= 0; --k) {
    hr_tensor *out;
    HR_TRY(k == 0 ? hr_output_forward_or_new(ctx, candidates, 0, &shape, &out) : hr_output_new(ctx, k, &shape, &out));
    job->outputs[k] = hr_tensor_data(out);
  }
  return HR_SUCCESS;
}

/* ---- one by one -------------------------------------------------------------------------------------------------- */

/* As the graph says it: for shapes that need real broadcasting, and for errors. */
static hr_status run_members(hr_kernel_context *ctx, const program *p) {
  const hr_fused_group *group = p->group;
  hr_value values[HR_MAX_FUSED_MEMBERS];
  memset(values, 0, sizeof *values * (size_t)group->num_members);
  hr_status status = HR_SUCCESS;
  for (int32_t m = 0; m < group->num_members && !status; ++m) {
    const hr_plan_node *member = &group->members[m];
    const hr_value *inputs[2];
    uint64_t last_reads = 0;
    for (int32_t i = 0; i < member->num_inputs; ++i) {
      int32_t operand = group->operands[m][i];
      inputs[i] = operand >= 0 ? ctx->inputs[operand] : &values[~operand];
      if (operand < 0 && group->output_of[~operand] < 0 && last_reader(p, ~operand) == m)
        last_reads |= UINT64_C(1) << i;
    }
    hr_kernel_context context = {.inputs = inputs,
                                 .outputs = &values[m],
                                 .state = member->state,
                                 .forwardable = last_reads,
                                 .node = member,
                                 .step = ctx->step};
    status = hr_status_at_node(member->kernel->compute(&context), member->node->name, member->node->op->name,
                               member->node->where);
    for (int32_t i = 0; i < member->num_inputs; ++i)
      if (last_reads >> i & 1) hr_tensor_clear(&values[~group->operands[m][i]].tensor);
  }
  for (int32_t m = 0; m < group->num_members; ++m) {
    if (!status && group->output_of[m] >= 0)
      hr_output_move(ctx, group->output_of[m], &values[m].tensor);
    else
      hr_tensor_clear(&values[m].tensor);
  }
  return status;
}

static hr_status fused(hr_kernel_context *ctx) {
  const program *p = ctx->state;
  job job = {.program = p};
  if (!runs_in_blocks(ctx, &job)) return run_members(ctx, p);
  for (int32_t m = 0; m < p->num_steps; ++m)
    if (job.members[m] == ONE) run_member(&job, NULL, m, job.ones[m], 0, 1);
  job.elements = widest_input(ctx)->elements;
  HR_TRY(make_outputs(ctx, &job));
  int64_t unit = chain_unit(&job);
  if (p->is_chain && (job.row > 0 ? job.row : job.elements) >= SHORTEST_CHAIN)
    hr_parallel_for(ctx, (job.elements + unit - 1) / unit, p->chain_nanos * (float)unit, run_chain, &job);
  else
    hr_parallel_for(ctx, job.elements, p->unit_nanos, run_part, &job);
  return HR_SUCCESS;
}

HR_KERNEL(.op = HR_FUSED_OP, .compute = fused, .create = fused_create, .destroy = free);
