/* A simulated card: memory of its own, of limited size.
 *
 * The memory is taken in large pieces, all at once or as it is needed, and never given back. Blocks of it are
 * remembered with the tensor they hold and the node that made it, so that who runs out of memory learns where it went.
 */
#ifndef HR_KERNELS_GPU_SIM_CARD_H
#define HR_KERNELS_GPU_SIM_CARD_H

#include "headrace/tensor.h"
#include "runtime/base/text.h"
#include <stdint.h>

typedef struct sim_card sim_card;

/* Card `index` of the machine; all sessions of the process share it. Whoever opens it first decides how much of its
 * memory (HEADRACE_SIM_GPU_MEMORY, "512M", by default 1G) may be used: the share `fraction` (all, where that is not
 * between 0 and 1), taken at first use, or, with `allow_growth`, bit by bit. ResourceExhausted; InvalidArgument for a
 * size that is none. */
HR_MUST_USE hr_status sim_card_open(int index, double fraction, bool allow_growth, sim_card **out);

hr_allocator *sim_card_memory(sim_card *card);
int64_t sim_card_limit(const sim_card *card);

/* What the calling thread allocates from now on is for this node; NULL: for nobody. Borrowed. */
void sim_card_work_for(const char *node);
/* A tensor of the card's memory is called after this node (or variable, which overrides a node). */
void sim_card_note(sim_card *card, const hr_tensor *tensor, const char *node, bool is_variable);
/* Adds what the memory holds, the largest first. */
void sim_card_describe(sim_card *card, hr_text *text);

#endif
