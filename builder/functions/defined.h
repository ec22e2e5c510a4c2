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
};

#endif
