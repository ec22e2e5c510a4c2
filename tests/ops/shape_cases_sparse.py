"""The cases of shapes.tsv of sparse tensors and sets, as in shape_cases.py."""

TABLE = '''
SparseTensorDenseAdd | int32[5,2]; float[5]; int32[2]; float[2,3] |
SparseTensorDenseAdd | int32?; float[5,5]; int32?; float? |
SparseTensorDenseAdd | int64[5,3]; float[5]; int64[3]; float[2,?] |
DenseToDenseSetOperation | int32[2,5]; int32[2,3] | set_operation=a-b
DenseToDenseSetOperation | int32[2,5]; int32[3,3] | set_operation=a-b
DenseToDenseSetOperation | int32[2,?,5]; int32[2,3,1] | set_operation=union
DenseToDenseSetOperation | int32?; int32[2,3] | set_operation=union
DenseToDenseSetOperation | int32[2,3]; int32? | set_operation=union
DenseToDenseSetOperation | int32?; int32? | set_operation=union
DenseToDenseSetOperation | int32[3]; int32[3] | set_operation=union
DenseToDenseSetOperation | int32?; int32[3] | set_operation=union
DenseToDenseSetOperation | int32[2,3]; int32[1,2,3] | set_operation=union
SparseReorder | int64[3,2]; float[3]; int64[2] |
SparseReorder | int64?; float?; int64? |
SparseReorder | int64[?,2]; float[?]; int64[3] |
SparseReorder | int64[2]; float[3]; int64[2] |
SparseReorder | int64[3,2]; float[]; int64[2] |
SparseReorder | int64[3,2]; float[3]; int64[] |
SparseReshape | int64[3,2]; int64[2]; int64[3]=2,-1,3 |
SparseReshape | int64[?,2]; int64[2]; int64[?] |
SparseReshape | int64?; int64?; int64? |
SparseReshape | int64[3]; int64[2]; int64[3] |
SparseReshape | int64[3,2]; int64[]; int64[3] |
SparseReshape | int64[3,2]; int64[2]; int64[] |
SparseFillEmptyRows | int64[3,2]; float[3]; int64[2]=4,5; float[] |
SparseFillEmptyRows | int64[?,?]; float[3]; int64[2]; float[] |
SparseFillEmptyRows | int64?; float?; int64?; float? |
SparseFillEmptyRows | int64[3,2]; float[4]; int64[2]; float[] |
SparseFillEmptyRows | int64[3,2]; float[3]; int64[3]; float[] |
SparseFillEmptyRows | int64[3,2]; float[3]; int64[2]; float[1] |
SparseFillEmptyRows | int64[3]; float[3]; int64[2]; float[] |
SparseFillEmptyRowsGrad | int64[3]; float[5] |
SparseFillEmptyRowsGrad | int64?; float? |
SparseFillEmptyRowsGrad | int64[3,1]; float[5] |
SparseFillEmptyRowsGrad | int64[3]; float[] |
SparseTensorDenseMatMul | int64[3,2]; float[3]; int64[2]=4,5; float[5,6] |
SparseTensorDenseMatMul | int64[3,2]; float[3]; int64[2]=4,5; float[4,6] | adjoint_a=true
SparseTensorDenseMatMul | int64[3,2]; float[3]; int64[2]=4,5; float[6,5] | adjoint_b=true
SparseTensorDenseMatMul | int64[3,2]; float[3]; int64[2]=4,5; float[6,4] | adjoint_a=true adjoint_b=true
SparseTensorDenseMatMul | int64[3,2]; float[3]; int64[2]=4,5; float[4,6] |
SparseTensorDenseMatMul | int64[3,2]; float[3]; int64[2]; float[5,6] |
SparseTensorDenseMatMul | int64?; float?; int64?; float? |
SparseTensorDenseMatMul | int64[3]; float[3]; int64[2]; float[5,6] |
SparseTensorDenseMatMul | int64[3,2]; float[]; int64[2]; float[5,6] |
SparseTensorDenseMatMul | int64[3,2]; float[3]; int64[3]; float[5,6] |
SparseTensorDenseMatMul | int64[3,2]; float[3]; int64[2]; float[5] |
DenseToSparseSetOperation | int32[2,3]; int64[4,2]; int32[4]; int64[2] | set_operation=a-b
DenseToSparseSetOperation | int32?; int64[4,2]; int32[4]; int64[2] | set_operation=a-b
DenseToSparseSetOperation | int32?; int64?; int32?; int64? | set_operation=a-b
DenseToSparseSetOperation | int32[2,3,4]; int64[4,2]; int32[4]; int64[2] | set_operation=a-b
DenseToSparseSetOperation | int32[2]; int64[4,1]; int32[4]; int64[1] | set_operation=a-b
DenseToSparseSetOperation | int32[2,3]; int64[4,2]; int32[3]; int64[2] | set_operation=a-b
SparseToSparseSetOperation | int64[4,2]; int32[4]; int64[2]; int64[3,2]; int32[3]; int64[2] | set_operation=a-b
SparseToSparseSetOperation | int64[4,2]; int32[4]; int64[2]; int64[3,3]; int32[3]; int64[3] | set_operation=a-b
SparseToSparseSetOperation | int64[4,?]; int32[4]; int64[?]; int64[3,2]; int32[3]; int64[2] | set_operation=a-b
SparseToSparseSetOperation | int64?; int32?; int64?; int64?; int32?; int64? | set_operation=a-b
SparseToSparseSetOperation | int64[4,1]; int32[4]; int64[1]; int64[3,1]; int32[3]; int64[1] | set_operation=a-b
SetSize | int64[4,2]; int32[4]; int64[2]=2,3 |
SparseAdd | int64[3,2]; float[3]; int64[2]; int64[?,2]; float[?]; int64[2]; float[] |
SparseAdd | int64?; float?; int64?; int64?; float?; int64?; float? |
SparseAdd | int64[3]; float[3]; int64[4]; int64[2]; float[2]; int64[2]; float[2] |
SparseAdd | int64[3,2]; float[3]; int64[2,1]; int64[?,2]; float[?]; int64[2]; float[] |
SparseAddGrad | float[4]; int64[3,2]; int64[?,2]; int64[4,2] |
SparseAddGrad | float?; int64?; int64[2,3]; int64? |
SparseAddGrad | float[4]; int64[3]; int64[3,2]; int64[4,2] |
SparseAddGrad | float[4]; int64[3,2]; int64[]; int64[4,2] |
SparseConcat | (int64[3,2]; int64[4,2]); (float[3]; float[4]); (int64[2]; int64[2]) | concat_dim=0
SparseConcat | (int64[3,?]; int64[?,2]); (float[3]; float[?]); (int64[2]; int64[?]) | concat_dim=1
SparseConcat | (int64?; int64?); (float?; float?); (int64?; int64?) | concat_dim=1
SparseConcat | (int64[3,2]; int64[4,3]); (float[3]; float[4]); (int64[2]; int64[3]) | concat_dim=0
SparseConcat | (int64[3,2]; int64[4,2]); (float[4]; float[4]); (int64[2]; int64[2]) | concat_dim=0
SparseConcat | (int64[3]; int64[4,2]); (float[3]; float[4]); (int64[2]; int64[2]) | concat_dim=0
SparseSplit | int64[]; int64[3,2]; float[3]; int64[2] | num_split=2
SparseSplit | int64?; int64?; float?; int64? | num_split=1
SparseSplit | int64[1]; int64[3]; float[3,1]; int64[?] | num_split=2
SparseDenseCwiseAdd | int64[3,2]; float[3]; int64[2]; float[4,5] |
SparseDenseCwiseMul | int64[?,2]; float[3]; int64[2]; float[5] |
SparseDenseCwiseMul | int64?; float?; int64?; float? |
SparseDenseCwiseDiv | int64[3]; float[3]; int64[2]; float[5] |
SparseReduceSum | int64[3,2]; float[3]; int64[2]=4,5; int32[]=1 |
SparseReduceSum | int64[3,2]; float[3]; int64[2]=4,5; int32[2]=0,-1 | keep_dims=true
SparseReduceMax | int64[3,2]; float[3]; int64[2]=4,5; int32[1]=0 | keep_dims=true
SparseReduceMax | int64[3,2]; float[3]; int64[2]; int32[1]=0 |
SparseReduceMax | int64[3,2]; float[3]; int64[2]=4,5; int32[1] |
SparseReduceSum | int64?; float?; int64?; int32? |
SparseReduceSumSparse | int64[3,2]; float[3]; int64[2]=4,5; int32[]=1 |
SparseReduceMaxSparse | int64[3]; float[]; int64[]; int32[2,2] |
SparseSoftmax | int64[3,2]; float[3]; int64[2] |
SparseSoftmax | int64?; float?; int64? |
SparseSoftmax | int64[3]; float[3]; int64[2] |
SparseSoftmax | int64[3,2]; float[3,1]; int64[2] |
SparseSoftmax | int64[3,2]; float[3]; int64[] |
SparseSparseMaximum | int64[3,2]; float[3]; int64[2]; int64[?,2]; float[?]; int64[2] |
SparseSparseMinimum | int64?; float?; int64?; int64?; float?; int64? |
SparseSparseMinimum | int64[3]; float[3]; int64[2]; int64[?,2]; float[?]; int64[2] |
SparseSparseMaximum | int64[3,2]; float[3]; int64[2]; int64[?,2]; float[?]; int64[2,1] |
SparseSparseMaximum | int64[3,2]; float[]; int64[2]; int64[?,2]; float[?]; int64[2] |
SparseSlice | int64[3,2]; float[3]; int64[2]; int64[2]; int64[2] |
SparseSlice | int64[?,?]; float[?]; int64[?]; int64[?]; int64[?] |
SparseSlice | int64[3,2]; float[3]; int64[2,1]; int64[2]; int64[2] |
SparseSliceGrad | float[2]; int64[3,2]; int64[2]; int64[2,2] |
SparseSliceGrad | float[2]; int64[3]; int64[2]; int64[2,2] |
AddSparseToTensorsMap | int64[4,2]; float[4]; int64[2] |
AddManySparseToTensorsMap | int64[4,2]; float[4]; int64[2] |
AddManySparseToTensorsMap | int64[4]; float[4]; int64[2] |
TakeManySparseFromTensorsMap | int64[?] | dtype=float
TakeManySparseFromTensorsMap | int64[2,2] | dtype=float
'''
