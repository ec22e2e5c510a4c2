/* Shapes of calls: what shape functions of the body's nodes say for arguments of these shapes. */
#ifndef HR_RUNTIME_GRAPH_FUNCTION_SHAPES_H
#define HR_RUNTIME_GRAPH_FUNCTION_SHAPES_H

#include "runtime/graph/function_call.h"
#include "runtime/graph/shape_context.h"

/* The shape function of a node that has a function for its op. Unknown shapes where the node says
 * _disable_call_shape_inference. */
HR_MUST_USE hr_status hr_shapes_of_call(hr_shape_context *c);
/* The shape function of a node that calls the function in its attribute `f` with all of its inputs. Unknown shapes
 * where the library has no such function (yet). */
HR_MUST_USE hr_status hr_shapes_of_called(hr_shape_context *c);

#endif
