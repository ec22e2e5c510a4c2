/* The inside of a defined function. */
#ifndef HR_BUILDER_FUNCTIONS_DEFINED_H
#define HR_BUILDER_FUNCTIONS_DEFINED_H

#include "builder/builder.h"
#include "headrace/function.h"
#include "runtime/base/text.h"

/* What says that calls have no shapes, as those of Defun. */
#define HR_NO_CALL_SHAPES "_disable_call_shape_inference"

struct hr_defined {
  hr_graph *body;
  char *name;
  hr_text definition; /* a FunctionDef */
  hr_text library;    /* a FunctionDefLibrary of the functions that the body calls */
  bool infer_shapes;
  const hr_defined *gradient;
  hr_gradient_function gradient_function;
  void *gradient_argument;
  hr_outputs results; /* of a traced function, as its body returned them */
};

/* hr_trace_function of a body without arguments, or with one, a string scalar called `argument`; with attributes of the
 * definition. */
const hr_defined *hr_trace_named(hr_scope scope, const char *name, const char *argument, hr_attrs attrs,
                                 hr_function_body body, void *body_argument);

struct hr_function_spec;
/* Writes the definition and the library of a body. */
HR_MUST_USE hr_status hr_defined_write(hr_scope scope, hr_defined *function, const struct hr_function_spec *spec);
/* Binds the function to its body's graph. */
HR_MUST_USE hr_status hr_defined_own(hr_defined *function);
void hr_defined_free(hr_defined *function);
/* Binds a body to the graph of the scope. */
HR_MUST_USE hr_status hr_keep_body(hr_scope scope, hr_graph *body);
/* The scope of a body with the innermost device of the scope around. */
hr_scope hr_open_outer_device(hr_scope scope, hr_scope outer);
/* One list behind the other, kept with the graph; empty after an error. */
hr_outputs hr_join_outputs(hr_scope scope, hr_outputs a, hr_outputs b);

#endif
