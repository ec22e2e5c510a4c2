/* Programs whose dataset's function holds loops. */
#ifndef HR_TESTS_BUILDER_LOOPS_IN_FUNCTIONS_H
#define HR_TESTS_BUILDER_LOOPS_IN_FUNCTIONS_H

#include "branches.h"
#include "graph_compare.h"

static inline hr_output zero(hr_scope s) { return hr_constant(s, 0, .dtype = HR_INT64); }

static inline void return_all(hr_results *results, int count, const hr_output *outputs) {
  for (int i = 0; i < count; ++i)
    hr_return(results, outputs[i]);
}

/* An iterator over the dataset, its next element, and the initializer of variables where there are some. */
static inline void expect_elements(testing_graph *t, hr_output dataset, const char *recorded_case) {
  hr_scope s = t->root;
  hr_iterator_ends it = hr_make_initializable_iterator(s, dataset, "");
  hr_next_element(s, it.handle, hr_dataset_types(s, dataset), hr_dataset_shapes(s, dataset));
  if (hr_collection_count(t->graph, HR_GLOBAL_VARIABLES) > 0) hr_global_variables_initializer(s);
  testing_graph_expect(t, recorded_case);
}

/* The numbers 0 to 3 through a function, which gets `argument`. */
static inline void expect_mapped_with(testing_graph *t, hr_function_body function, void *argument, const char *name,
                                      const char *recorded_case) {
  hr_scope s = t->root;
  hr_output numbers = hr_dataset_range(s, 0, 4, 1);
  hr_output dataset = hr_dataset_map(s, numbers, hr_dataset_function(s, numbers, name, function, argument));
  expect_elements(t, dataset, recorded_case);
}
static inline void expect_mapped(hr_function_body function, const char *recorded_case) {
  testing_graph t = testing_graph_new();
  expect_mapped_with(&t, function, NULL, "Dataset_map_function", recorded_case);
}

#endif
