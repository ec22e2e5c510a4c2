/* Compares a graph that a test built with what TensorFlow 1.15 built from the same program (tests/conformance). */
#ifndef HR_TESTS_BUILDER_GRAPH_COMPARE_H
#define HR_TESTS_BUILDER_GRAPH_COMPARE_H

#include "headrace/graph.h"
#include "headrace/operand.h"
#include "headrace/scope.h"
#include "runtime/base/text.h"

/* Prints the first differences between two serialised GraphDefs and answers how many there are. `name` stands before
 * each. */
int graph_differences(const char *name, hr_view want, hr_view have);

/* Fails the running test, with the first differences, unless the graph equals the recorded GraphDef of the case: nodes
 * in their order, with name, op, inputs, device, and every attribute. */
void expect_recorded_graph(hr_graph *graph, const char *recorded_case);

/* The same for the collections, item by item in order; a case without the file has none. */
void expect_recorded_collections(hr_graph *graph, const char *recorded_case);

/* The text of a fact (facts.tsv); a malloc'd copy. Fails the test where there is none. */
char *recorded_fact(const char *recorded_case, const char *key);

/* Fails the test unless the arrays of a fact, one after another, are these float tensors. */
void expect_recorded_numbers(const char *recorded_case, const char *key, int count, const hr_tensor *values);

/* The value of a constant of the recorded graph, which the caller clears. */
hr_tensor recorded_array(const char *recorded_case, const char *name);

/* A constant with the name and the value of one of the recorded graph: data of a program. */
hr_output recorded_data(hr_scope scope, const char *recorded_case, const char *name);

/* The first output of an op called with arguments that may be plain values, as Python's wrapper calls it; attributes
 * stand behind: CALL_OP(s, "AdjustHue", "name", HR_OPERANDS(x, 0.1), {"attr", HR_ATTR_INT_VALUE(2)}). */
hr_output testing_call(hr_scope scope, const char *op, const char *name, hr_operands inputs, int attr_count,
                       const hr_named_attr *attrs);
#define CALL_OP(scope, op, name, inputs, ...)                                                                          \
  testing_call((scope), (op), (name), (inputs),                                                                        \
               (int)(sizeof((hr_named_attr[]){{0}, ##__VA_ARGS__}) / sizeof(hr_named_attr)) - 1,                       \
               (hr_named_attr[]){{0}, ##__VA_ARGS__} + 1)

/* Fails the test with the builder's error, if it has one. */
void expect_ok(hr_builder *builder);

/* Takes the builder's error, which must have this code and contain all the texts up to NULL. */
void expect_error(hr_builder *builder, hr_code code, ...) __attribute__((sentinel));

/* One graph under construction. */
typedef struct testing_graph {
  hr_graph *graph;
  hr_builder *builder;
  hr_scope root;
} testing_graph;
testing_graph testing_graph_new(void);
/* Compares with the recorded case and frees everything. The random directory of a sharded saver may differ. */
void testing_graph_expect(testing_graph *t, const char *recorded_case);
void testing_graph_free(testing_graph *t);

#endif
