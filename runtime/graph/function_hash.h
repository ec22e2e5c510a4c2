/* The hash by which TensorFlow names functions that the program gave no name: of a FunctionDef without its name and
 * attributes. Maps and control inputs count whatever their order is, attributes of nodes that begin with '_' not at
 * all. */
#ifndef HR_RUNTIME_GRAPH_FUNCTION_HASH_H
#define HR_RUNTIME_GRAPH_FUNCTION_HASH_H

#include "proto/function.pb-c.h"
#include "runtime/base/text.h"

#define HR_FUNCTION_HASH_TEXT 12 /* with the NUL */

/* Writes the hash as TensorFlow appends it to names: eleven letters and digits. Errors of memory alone. */
HR_MUST_USE hr_status hr_function_hash(const HrPb__FunctionDef *def, char text[HR_FUNCTION_HASH_TEXT]);

#endif
