#include "ops/gradients/known_shapes.h"
#include "builder/builder.h"
#include "runtime/graph/graph_internal.h"

typedef struct known_pair {
  struct known_pair *next;
  hr_shapes_use use;
  hr_partial_shape a, b;
} known_pair;

bool hr_first_use_of_shapes(hr_scope scope, hr_shapes_use use, const hr_partial_shape *a, const hr_partial_shape *b) {
  hr_graph *graph = hr_scope_graph(scope);
  for (const known_pair *p = graph->gradient_shapes; p; p = p->next) {
    if (p->use == use && hr_partial_shape_equal(&p->a, a) && hr_partial_shape_equal(&p->b, b)) return false;
  }
  known_pair *pair = hr_keep_bytes(scope, sizeof *pair);
  if (!pair) return false;
  *pair = (known_pair){graph->gradient_shapes, use, *a, *b};
  graph->gradient_shapes = pair;
  return true;
}
