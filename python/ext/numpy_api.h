/* NumPy's C API, one table for all files: values.c imports it, the others define HR_NO_NUMPY_IMPORT before. */
#ifndef HR_PYTHON_NUMPY_API_H
#define HR_PYTHON_NUMPY_API_H

#define NPY_NO_DEPRECATED_API  NPY_1_22_API_VERSION
#define NPY_TARGET_VERSION     NPY_1_22_API_VERSION
#define PY_ARRAY_UNIQUE_SYMBOL headrace_numpy_api
#ifdef HR_NO_NUMPY_IMPORT
#define NO_IMPORT_ARRAY
#endif
#include <numpy/arrayobject.h>
#include <numpy/arrayscalars.h>

#endif
