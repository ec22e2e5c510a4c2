"""The cases of shapes.tsv: (op, inputs, attributes), in the spelling that record_shapes.py explains.

Left out is where TensorFlow 1.15 errs: a stitch of nothing (one row, but it has none), Substr with positions and
lengths of unknown number (an error), and SparseApplyAdagrad with a scalar gradient (a crash)."""

import shape_cases_accumulators
import shape_cases_convolution
import shape_cases_image
import shape_cases_sequences
import shape_cases_signal

UNARY = '''
Abs Neg Square Sqrt Rsqrt Exp Log Sin Tanh Sigmoid Sign Floor IsNan Relu Elu Softplus Round Identity StopGradient
ZerosLike OnesLike Snapshot Erf Acos Acosh Asin Asinh Atan Atanh BesselI0e BesselI1e Ceil Cos Cosh Digamma Erfc
Expm1 Inv IsFinite IsInf LeakyRelu Lgamma Log1p Reciprocal Relu6 Rint Selu Sinh Softsign Tan
'''.split()
BINARY = '''
Add AddV2 Sub Mul RealDiv Maximum Pow Equal Less SquaredDifference FloorMod DivNoNan Xlogy Atan2 Div FloorDiv
Greater GreaterEqual Igamma IgammaGradA Igammac LessEqual Minimum Mod MulNoNan NextAfter Polygamma TruncateMod Xdivy
Zeta NotEqual
'''.split()
BROADCASTS = ['[2,3]; [2,3]', '[2,3]; []', '[]; [2,3]', '[2,3]; [3]', '[3]; [2,3]', '[2,1]; [1,3]', '[2,3]; [1]',
              '[2,?]; [2,3]', '[?,3]; [?,3]', '[?]; [1]', '[?]; [5]', '[5]; [?]', '[?]; [0]', '[0]; [1]', '?; [2]',
              '[2]; ?', '?; ?', '?; []', '[2]; [3]', '[2,3]; [2]', '[2,3]; [4,3]', '[4,1,3]; [5,1]', '[?,1]; [1,?]',
              '[1,?]; [2,1]', '[0]; [2]', '[?,?,4]; [3,4]', '[]; []', '[1]; []', '[?]; []']
MERGES = ['[2,3]; [2,3]', '[2,?]; [?,3]', '?; [2]', '[2]; ?', '?; ?', '[2]; [3]', '[2,3]; [2]', '[]; []', '[1]; []']
MERGE_GRADS = 'ReluGrad Relu6Grad EluGrad SeluGrad SoftplusGrad SoftsignGrad LeakyReluGrad'.split()
UNCHANGED_GRADS = 'SigmoidGrad TanhGrad ReciprocalGrad SqrtGrad RsqrtGrad InvGrad'.split()
REDUCTIONS = 'Sum Mean Prod Max Min EuclideanNorm'.split()
REDUCE = ['float[2,3,4]; int32[]=1', 'float[2,3,4]; int32[2]=0,2', 'float[2,3,4]; int32[1]=-1',
          'float[2,3,4]; int32[0]=', 'float[2,3,4]; int32[3]=0,1,2', 'float[2,3,4]; int32[2]=1,1',
          'float[2,3,4]; int32[2]=1,-2', 'float[2,3,4]; int32[1]=3', 'float[2,3,4]; int32[1]=-4',
          'float[2,3,4]; int32[?]', 'float[2,3,4]; int32?', 'float[2,3,4]; int32[1,1]=0', 'float[2,3,4]; int32[?,?]',
          'float?; int32[]=0', 'float?; int32[?]', 'float[]; int32[0]=', 'float[]; int32[]=0', 'float[?,3]; int32[]=0',
          'float[?,3]; int64[1]=1', 'float[0,3]; int32[]=0']


def pairs(shapes, dtype='float'):
    return ['; '.join(dtype + s for s in pair.split('; ')) for pair in shapes]


TABLE = '''
ArgMax | float[2,3,4]; int32[]=1 |
ArgMax | float[2,3,4]; int32[]=-1 |
ArgMax | float[2,3,4]; int64[]=0 |
ArgMax | float[2,3,4]; int32[]=3 |
ArgMax | float[2,3,4]; int32[]=-4 |
ArgMax | float[2,3,4]; int32[] |
ArgMax | float[2,3,4]; int32[1]=0 |
ArgMax | float[2,3,4]; int32? |
ArgMax | float[5]; int32[] |
ArgMax | float[5]; int32[]=7 |
ArgMax | float[]; int32[]=0 |
ArgMax | float?; int32[]=0 |
ArgMin | float[2,?]; int32[]=0 |
All | bool[2,3]; int32[]=1 | keep_dims=true
Any | bool[2,?]; int32[]=0 |
AddN | (float[2,3]; float[2,3]) |
AddN | (float[2,?]; float[?,3]; float?) |
AddN | (float[2]; float[3]) |
AddN | (float[2]) |
AddN | (float?; float?) |
AccumulateNV2 | (float[2]; float[2]) | shape=[2]
ApproximateEqual | float[2,?]; float[?,3] |
ApproximateEqual | float?; float[3] |
ReadVariableOp | float@[2,?] | dtype=float
ReadVariableOp | float@? | dtype=float
ReadVariableOp | float@[2] | dtype=int32
ReadVariableOp | resource[] | dtype=float
ReadVariableOp | resource[2] | dtype=float
AssignVariableOp | float@[2,?]; float[2,3] |
AssignVariableOp | float@[2,?]; float[3,3] |
AssignVariableOp | float@[2]; int32[2] |
AssignVariableOp | resource[]; int32[2] |
AssignAddVariableOp | float@[2]; float? |
AssignAddVariableOp | float@[2]; float[] |
AssignSubVariableOp | float@[2]; float[3] |
AssignSubVariableOp | float@[2]; int32[2] |
VarIsInitializedOp | float@[2] |
VarIsInitializedOp | resource? |
VariableShape | float@[2,?] |
VariableShape | float@? |
VariableShape | resource[] | out_type=int64
ResourceCountUpTo | int32@[] | limit=3 T=int32
ResourceCountUpTo | int32@[2] | limit=3 T=int32
ResourceCountUpTo | int32@? | limit=3 T=int32
ResourceGather | float@[3,2]; int32[4,?] | dtype=float
ResourceGather | float@[]; int32[4] | dtype=float
ResourceGather | float@?; int32[4] | dtype=float
ResourceGather | float@[3,2]; int32? | dtype=float
ResourceGather | float@[3,2]; int32[4] | dtype=int32
ResourceGather | float@[3,2,5]; int32[3,4] | dtype=float batch_dims=1
ResourceGather | float@[3,2,5]; int32[7,4] | dtype=float batch_dims=1
ResourceGather | float@[3]; int32[3] | dtype=float batch_dims=1
ResourceGather | float@[3,2]; int32[] | dtype=float batch_dims=1
ResourceGather | float@[3,2]; int32[3,2] | dtype=float batch_dims=-1
ResourceGather | resource[]; int32[3] | dtype=float
ResourceGatherNd | float@[3,2]; int32[4,1] | dtype=float
ResourceGatherNd | float@[3,2]; int32[4,3] | dtype=float
ResourceGatherNd | float@[3,2]; int32[] | dtype=float
ResourceGatherNd | float@[3,2]; int32[4,1] | dtype=int32
ResourceScatterAdd | float@[3,2]; int32[4]; float[4,2] |
ResourceScatterAdd | float@[3,2]; int32[4]; float[] |
ResourceScatterAdd | float@[3,2]; int32[4]; float[4,3] |
ResourceScatterAdd | float@[3,2]; int32[4]; int32[4,2] |
ResourceScatterUpdate | float@[]; int32[4]; float[4] |
ResourceScatterMin | resource[]; int32[4]; float[4,2] |
ResourceScatterNdUpdate | float@[3,2]; int32[4,1]; float[4,2] |
ResourceScatterNdUpdate | float@[3,2]; int32[4,1]; float[4,3] |
ResourceScatterNdAdd | float@[]; int32[4,1]; float[4,2] |
ResourceScatterNdSub | float@[3]; int32[]; float[4,2] |
ResourceStridedSliceAssign | float@[3]; int32[1]; int32[1]; int32[1]; float[7] |
ResourceApplyGradientDescent | float@[3]; float[]; float[3] |
ResourceApplyGradientDescent | float@[3]; float[]; float[4] |
ResourceApplyGradientDescent | float@[3]; float[1]; float[3] |
ResourceApplyMomentum | float@[3]; float@[4]; float[]; float[3]; float[] |
ResourceApplyAdam | float@[3]; float@[3]; float@[3]; float[]; float[]; float[]; float[]; float[]; float[]; float[3] |
ResourceApplyAdamWithAmsgrad | float@[3]; float@[3]; float@[3]; float@[3]; float[]; float[]; float[]; float[]; float[]; float[]; float[3] |
ResourceApplyAdamWithAmsgrad | float@[3]; float@[3]; float@[3]; float@[2]; float[]; float[]; float[]; float[]; float[]; float[]; float[3] |
ResourceApplyKerasMomentum | float@[3]; float@[3]; float[]; float[2]; float[] |
ResourceSparseApplyKerasMomentum | float@[3,2]; float@[3,2]; float[]; float[4,2]; int32[4]; float[] |
ResourceSparseApplyAdagrad | float@[3,2]; float@[3,2]; float[]; float[4,2]; int32[5] |
ResourceSparseApplyAdagrad | float@[3,2]; float@[3,2]; float[]; float[4,2]; int32[4] |
ApproximateEqual | float[2]; float[3] |
Cross | float[2,3]; float[2,3] |
Cross | float[?,?]; float[2,?] |
Cross | float[2]; float[2] |
Cross | float[3]; float[2,3] |
Cross | float[]; float[3] |
Cross | float?; float[3] |
Betainc | float[2]; float[]; float[] |
Betainc | float[]; float[]; float[] |
Betainc | float[2]; float[2]; float[] |
Betainc | float[2]; float[3]; float[] |
Betainc | float?; float[]; float[] |
Betainc | float?; float[2]; float[] |
Betainc | float?; float?; float[] |
Betainc | float[2,?]; float[?,3]; float[2,3] |
Complex | float[2,1]; float[3] |
Real | complex64[2,?] |
Cast | float[2,?] | DstT=int32
Bitcast | float[2,3] | type=int32
Bitcast | float[2,3] | type=uint8
Bitcast | uint8[2,4] | type=float
Bitcast | uint8[2,3] | type=float
Bitcast | uint8[2,?] | type=float
Bitcast | uint8[] | type=float
Bitcast | float? | type=uint8
Bitcast | double[] | type=float
Equal | float[2]; float[3] | incompatible_shape_error=false
Equal | float[2]; float[1] | incompatible_shape_error=false
NotEqual | float[2,2]; float[3] | incompatible_shape_error=false
Select | bool[2]; float[2,3]; float[2,3] |
Select | bool[]; float[2,3]; float[2,3] |
Select | bool[2,3]; float[2,3]; float[?,3] |
Select | bool[3]; float[2,3]; float[2,3] |
Select | bool[?]; float[2,3]; float[2,3] |
Select | bool[2]; float[?,3]; float[?,3] |
Select | bool?; float[2,?]; float[?,3] |
Select | bool[2,3]; float?; float? |
Select | bool[2,3]; float[?,?]; float[?,?] |
Select | bool[2]; float[]; float[] |
Select | bool[2,1]; float[2,3]; float[2,3] |
Select | bool[2]; float[2]; float[3] |
SelectV2 | bool[2,1]; float[1,3]; float[] |
SelectV2 | bool[2]; float[3]; float[3] |
SelectV2 | bool?; float[3]; float[3] |
SelectV2 | bool[]; float[2,?]; float[1,3] |
ClipByValue | float[2,3]; float[]; float[] |
ClipByValue | float[2,3]; float[2,3]; float[5] |
Cumsum | float[2,?]; int32[]=0 |
Cumprod | float?; int32[]=0 |
SegmentSum | float[6,3]; int32[6] |
SegmentSum | float[6,3]; int32[5] |
SegmentMean | float?; int32[6] |
SegmentMax | float[6,3]; int32[6,1] |
SegmentMin | float[]; int32[6] |
SegmentProd | float[6,?]; int32? |
UnsortedSegmentSum | float[6,3]; int32[6]; int32[]=4 |
UnsortedSegmentSum | float[6,3]; int32[6]; int32[] |
UnsortedSegmentSum | float[6,3,2]; int32[6,3]; int32[]=4 |
UnsortedSegmentSum | float[6,3]; int32[5]; int32[]=4 |
UnsortedSegmentSum | float[6,3]; int32?; int32[]=4 |
UnsortedSegmentSum | float?; int32[6]; int32[]=4 |
UnsortedSegmentSum | float[6,3]; int32[6]; int32[1]=4 |
UnsortedSegmentSum | float[6]; int32[6,3]; int32[]=4 |
UnsortedSegmentMax | float[6,3]; int32[]; int32[]=4 |
UnsortedSegmentSum | float[6,3]; int32[6]; int32[]=-1 |
SparseSegmentSum | float[6,3]; int32[4]; int32[4] |
SparseSegmentSum | float[6,3]; int32[4]; int32[5] |
SparseSegmentMean | float?; int32[4]; int32[4] |
SparseSegmentSqrtN | float[6,3]; int32[4,1]; int32[4] |
SparseSegmentSumWithNumSegments | float[6,3]; int32[4]; int32[4]; int32[]=7 |
SparseSegmentMeanWithNumSegments | float[6,3]; int32[4]; int32[4]; int32[] |
SparseSegmentSqrtNWithNumSegments | float[6,3]; int32[4]; int32[4]; int32[]=-2 |
SparseSegmentSumWithNumSegments | float[6,3]; int32[4]; int32[4]; int32[1]=7 |
SparseSegmentMeanGrad | float[2,3]; int32[4]; int32[4]; int32[]=6 |
SparseSegmentSqrtNGrad | float[2,3]; int32[4]; int32[4]; int32[] |
SparseSegmentMeanGrad | float[2,3]; int32[4]; int32[3]; int32[]=6 |
Bincount | int32[5]; int32[]=4; float[0]= |
Bincount | int32[5]; int32[]; float[5] |
Bincount | int32[5]; int32[]=-4; float[5] |
Bincount | int32[5]; int32[1]=4; float[5] |
HistogramFixedWidth | float[5]; float[2]; int32[]=7 |
HistogramFixedWidth | float[5]; float[2]; int32[] |
HistogramFixedWidth | float[5]; float[3]; int32[]=7 |
HistogramFixedWidth | float[5]; float[]; int32[]=7 |
Bucketize | float[5,?] | boundaries=[1,2]
Range | int32[]=0; int32[]=10; int32[]=3 |
Range | int32[]=10; int32[]=0; int32[]=-3 |
Range | int32[]=0; int32[]=0; int32[]=1 |
Range | int32[]=0; int32[]=10; int32[]=0 |
Range | int32[]=10; int32[]=0; int32[]=1 |
Range | int32[]=0; int32[]=10; int32[]=-1 |
Range | float[]=0; float[]=1; float[]=0.3 |
Range | float[]=0; float[]=0.9; float[]=0.1 |
Range | double[]=0; double[]=1; double[]=0.1 |
Range | int64[]=0; int64[]=100000000000; int64[]=7 |
Range | int32[]; int32[]=10; int32[]=1 |
Range | int32[1]=0; int32[]=10; int32[]=1 |
Range | int32?; int32[]=10; int32[]=1 |
LinSpace | float[]=0; float[]=1; int32[]=5 |
LinSpace | float[]; float[]; int32[] |
LinSpace | float[]; float[]; int32[]=0 |
LinSpace | float[1]; float[]; int32[]=5 |
MatMul | float[2,3]; float[3,4] |
MatMul | float[2,3]; float[4,3] | transpose_b=true
MatMul | float[3,2]; float[3,4] | transpose_a=true
MatMul | float[3,2]; float[4,3] | transpose_a=true transpose_b=true
MatMul | float[?,3]; float[3,?] |
MatMul | float?; float[3,4] |
MatMul | float?; float? |
MatMul | float[2,3]; float[4,5] |
MatMul | float[2]; float[2,3] |
MatMul | float[2,3]; float[3] |
MatMul | float[2,3,4]; float[4,5] |
SparseMatMul | float[2,3]; float[3,4] |
BatchMatMul | float[5,2,3]; float[5,3,4] |
BatchMatMul | float[5,2,3]; float[5,4,3] | adj_y=true
BatchMatMul | float[5,2,3]; float[6,3,4] |
BatchMatMul | float[5,2,3]; float[3,4] |
BatchMatMul | float[?,2,3]; float[5,3,?] |
BatchMatMul | float?; float[5,3,4] |
BatchMatMul | float[3]; float[3,4] |
BatchMatMulV2 | float[5,2,3]; float[3,4] |
BatchMatMulV2 | float[5,1,2,3]; float[6,3,4] |
BatchMatMulV2 | float[5,2,3]; float[6,3,4] |
BatchMatMulV2 | float?; float[5,3,4] |
BatchMatMulV2 | float[2,3]; float[3,4] |
BatchMatMulV2 | float[2,5,3]; float[2,4,3] | adj_y=true
BatchMatMulV2 | float[2,3,5]; float[2,4,3] | adj_x=true adj_y=true
BatchMatMulV2 | float[2,3,5]; float[2,4,3] | adj_x=true
MatrixInverse | float[2,3,3] |
MatrixInverse | float[?,3] |
MatrixInverse | float[2,3] |
MatrixInverse | float[3] |
MatrixInverse | float? |
Cholesky | float[4,?,3] |
CholeskyGrad | float[3,3]; float[3,3] |
MatrixDeterminant | float[4,3,3] |
MatrixDeterminant | float[3,3] |
MatrixDeterminant | float[3,4] |
MatrixDeterminant | float? |
LogMatrixDeterminant | float[4,3,3] |
MatrixSolve | float[4,3,3]; float[4,3,2] |
MatrixSolve | float[3,3]; float[3,2] |
MatrixSolve | float[3,4]; float[3,2] |
MatrixSolve | float[3,3]; float[4,2] |
MatrixSolve | float[5,3,3]; float[4,3,2] |
MatrixSolve | float[?,?]; float[3,2] |
MatrixSolve | float?; float[3,2] |
MatrixSolve | float[3,3]; float[3] |
MatrixTriangularSolve | float[4,3,3]; float[4,3,2] |
MatrixTriangularSolve | float[3,3]; float[4,3,2] |
MatrixSolveLs | float[5,3]; float[5,2]; double[] |
MatrixSolveLs | float[4,5,3]; float[4,5,2]; double[] |
MatrixSolveLs | float[5,3]; float[4,2]; double[] |
MatrixSolveLs | float[5,3]; float[5,2]; double[1] |
MatrixSolveLs | float[?,?]; float[5,2]; double[] |
SelfAdjointEigV2 | float[4,3,3] |
SelfAdjointEigV2 | float[4,3,3] | compute_v=false
SelfAdjointEigV2 | float? |
SelfAdjointEigV2 | float[3,?] |
Qr | float[4,5,3] |
Qr | float[4,5,3] | full_matrices=true
Qr | float[?,3] |
Qr | float? |
Qr | float[3] |
Svd | float[4,5,3] |
Svd | float[4,5,3] | full_matrices=true
Svd | float[4,5,3] | compute_uv=false
Svd | float[?,3] |
Svd | float? |
Svd | float[0,?] |
Lu | float[4,3,3] |
Lu | float[3,4] |
Lu | float? |
Diag | float[2,3] |
Diag | float[] |
Diag | float? |
DiagPart | float[2,3,2,3] |
DiagPart | float[2,3,?,3] |
DiagPart | float[2,3,2] |
DiagPart | float[2,3] |
DiagPart | float[] |
DiagPart | float? |
MatrixDiag | float[2,3] |
MatrixDiag | float[] |
MatrixDiag | float? |
MatrixDiag | float[?] |
MatrixDiagPart | float[2,3,4] |
MatrixDiagPart | float[2,?,4] |
MatrixDiagPart | float[3] |
MatrixDiagPart | float? |
MatrixSetDiag | float[2,3,4]; float[2,3] |
MatrixSetDiag | float[?,3,4]; float[2,3] |
MatrixSetDiag | float[2,3,4]; float[2,4] |
MatrixSetDiag | float?; float[2,3] |
MatrixSetDiag | float[2,3,4]; float? |
MatrixSetDiag | float[3]; float[3] |
MatrixSetDiag | float[2,3,4]; float[3] |
MatrixSetDiag | float?; float? |
MatrixBandPart | float[2,3,4]; int64[]; int64[] |
MatrixBandPart | float[3]; int64[]; int64[] |
MatrixBandPart | float?; int64[]; int64[] |
Shape | float[2,3] |
Shape | float[2,?] |
Shape | float? |
Shape | float[] |
ShapeN | (float[2,3]; float?; float[]) |
Size | float[2,?] |
Rank | float? |
Reshape | float[2,3]; int32[1]=6 |
Reshape | float[2,3]; int32[2]=3,2 |
Reshape | float[2,3]; int32[2]=-1,2 |
Reshape | float[2,3]; int32[2]=3,-1 |
Reshape | float[2,3]; int32[2]=4,2 |
Reshape | float[2,3]; int32[2]=-1,4 |
Reshape | float[2,3]; int32[2]=-1,-1 |
Reshape | float[2,3]; int32[2]=-2,3 |
Reshape | float[2,3]; int32[2] |
Reshape | float[2,3]; int32[?] |
Reshape | float[2,3]; int32? |
Reshape | float?; int32[2]=-1,3 |
Reshape | float?; int32[2]=2,3 |
Reshape | float[?,3]; int32[2]=-1,3 |
Reshape | float[?,3]; int32[1]=-1 |
Reshape | float[?,3]; int32[2]=4,3 |
Reshape | float[?,3]; int32[2]=4,4 |
Reshape | float[?,?]; int32[2]=4,4 |
Reshape | float[?,28,28]; int32[2]=-1,784 |
Reshape | float[]; int32[0]= |
Reshape | float[]; int32[1]=1 |
Reshape | float[2]; int32[0]= |
Reshape | float[0,3]; int32[2]=0,-1 |
Reshape | float[0,3]; int32[2]=5,-1 |
Reshape | float[0,3]; int32[1]=-1 |
Reshape | float[2,3]; int32<?,2> |
Reshape | float[2,3]; int32<3,?> |
Reshape | float[?,3]; int32<?,3> |
Reshape | float[2,3]; int64[2]=3,2 |
Reshape | float[2,3]; int32[]=6 |
Reshape | float[2,3]; int32[1,1]=6 |
ExpandDims | float[2,3]; int32[]=0 |
ExpandDims | float[2,3]; int32[]=-1 |
ExpandDims | float[2,3]; int32[]=2 |
ExpandDims | float[2,3]; int32[]=3 |
ExpandDims | float[2,3]; int32[]=-4 |
ExpandDims | float[2,3]; int32[1]=1 |
ExpandDims | float[2,3]; int32[2]=0,1 |
ExpandDims | float[2,3]; int32[] |
ExpandDims | float?; int32[]=0 |
ExpandDims | float[]; int32[]=0 |
Squeeze | float[1,2,1,3] |
Squeeze | float[1,2,1,3] | squeeze_dims=[0]
Squeeze | float[1,2,1,3] | squeeze_dims=[0,2]
Squeeze | float[1,2,1,3] | squeeze_dims=[-2]
Squeeze | float[1,2,1,3] | squeeze_dims=[1]
Squeeze | float[1,2,1,3] | squeeze_dims=[4]
Squeeze | float[1,?,3] |
Squeeze | float[1,?,3] | squeeze_dims=[1]
Squeeze | float[1,?,3] | squeeze_dims=[0]
Squeeze | float? | squeeze_dims=[0]
Squeeze | float[] |
Squeeze | float[0,1] | squeeze_dims=[0]
Transpose | float[2,3,4]; int32[3]=2,0,1 |
Transpose | float[2,3,4]; int32[3] |
Transpose | float[2,3,4]; int32[?] |
Transpose | float[2,3,4]; int32? |
Transpose | float[2,3,4]; int32[2]=1,0 |
Transpose | float[2,3,4]; int32[3]=3,0,1 |
Transpose | float[2,3,4]; int32[3]=-1,0,1 |
Transpose | float?; int32[3]=2,0,1 |
Transpose | float?; int32[1]=0 |
Transpose | float?; int32? |
Transpose | float?; int32[3] |
Transpose | float[?,3]; int32[2]=1,0 |
Transpose | float[]; int32[0]= |
Transpose | float[2]; int32[1]=0 |
Transpose | float[2,3]; int32[2,1]=0,1 |
ConjugateTranspose | complex64[2,3]; int32[2]=1,0 |
InvertPermutation | int32[5] |
InvertPermutation | int32[5,1] |
InvertPermutation | int32? |
Fill | int32[2]=2,3; float[] |
Fill | int32[2]; float[] |
Fill | int32?; float[] |
Fill | int32<2,?>; float[] |
Fill | int32[2]=2,3; float[1] |
Fill | int32[]=2; float[] |
Fill | int32[0]=; float[] |
Fill | int32[1]=-2; float[] |
Fill | int64[2]=2,3; float[] |
Empty | int32[2]=2,3 | dtype=float
Tile | float[2,3]; int32[2]=2,4 |
Tile | float[2,3]; int32[2]=0,4 |
Tile | float[?,3]; int32[2]=2,1 |
Tile | float[?,3]; int32[2]=1,1 |
Tile | float[2,3]; int32[2] |
Tile | float[2,3]; int32? |
Tile | float?; int32[2]=1,2 |
Tile | float?; int32? |
Tile | float[2,3]; int32[1]=2 |
Tile | float[2,3]; int32<2,?> |
Tile | float[]; int32[0]= |
BroadcastTo | float[3]; int32[2]=2,3 |
BroadcastTo | float[2]; int32[2]=2,3 |
BroadcastTo | float[2,3]; int32[1]=3 |
BroadcastTo | float?; int32[2]=2,3 |
BroadcastTo | float[3]; int32[2] |
BroadcastTo | float[3]; int32[?] |
BroadcastTo | float[]; int32[2]=2,3 |
BroadcastTo | float[1]; int32<2,?> |
BroadcastTo | float[3]; int32<2,?> |
BroadcastArgs | int32[2]; int32[3] |
BroadcastArgs | int32[2]; int32[?] |
BroadcastArgs | int32?; int32[3] |
BroadcastArgs | int32[]; int32[3] |
BroadcastGradientArgs | int32[2]; int32[3] |
BroadcastGradientArgs | int32[]; int32[3] |
ParallelConcat | (float[1,3]; float[1,3]) | shape=[2,3]
ParallelConcat | (float[1]; float[1]; float[1]) | shape=[3]
ParallelConcat | (float[1,3]; float[1,3]) | shape=[5,3]
ParallelConcat | (float[1,3]; float[1,3]) | shape=[2,4]
ParallelConcat | (float[1,3]; float[1,4]) | shape=[2,3]
ParallelConcat | (float[2,3]; float[2,3]) | shape=[2,3]
ParallelConcat | (float[1,?]; float[1,3]) | shape=[2,3]
ParallelConcat | (float[1,3]; float[1,3]) | shape=[2,?]
ParallelConcat | (float?; float[1,3]) | shape=[2,3]
Pack | (float[2,3]; float[2,3]) |
Pack | (float[2,3]; float[2,3]) | axis=1
Pack | (float[2,3]; float[2,3]) | axis=-1
Pack | (float[2,3]; float[2,3]) | axis=-3
Pack | (float[2,3]; float[2,3]) | axis=3
Pack | (float[2,3]; float[2,3]) | axis=-4
Pack | (float[2,3]; float[2]) |
Pack | (float[2,?]; float?) |
Pack | (float?; float?) |
Pack | (float[]; float[]; float[]) |
Unpack | float[2,3] | num=2
Unpack | float[2,3] | num=3 axis=1
Unpack | float[2,3] | num=3 axis=-1
Unpack | float[2,3] | num=3
Unpack | float[2,3] | num=2 axis=2
Unpack | float[?,3] | num=2
Unpack | float? | num=2
Unpack | float[] | num=1
Concat | int32[]=0; (float[2,3]; float[4,3]) |
Concat | int32[]=1; (float[2,3]; float[4,3]) |
ConcatV2 | (float[2,3]; float[4,3]); int32[]=0 |
ConcatV2 | (float[2,3]; float[2,4]); int32[]=1 |
ConcatV2 | (float[2,3]; float[2,4]); int32[]=-1 |
ConcatV2 | (float[2,3]; float[2,4]); int32[]=-2 |
ConcatV2 | (float[2,3]; float[2,4]); int32[]=0 |
ConcatV2 | (float[2,3]; float[2,4]); int32[] |
ConcatV2 | (float[2,3]; float[2,4]); int32? |
ConcatV2 | (float[2,3]; float[2,4]); int32[1]=0 |
ConcatV2 | (float?; float[2,4]); int32[]=0 |
ConcatV2 | (float?; float[2,4]); int32[]=1 |
ConcatV2 | (float?; float?); int32[]=0 |
ConcatV2 | (float?; float?); int32[] |
ConcatV2 | (float[]; float[]); int32[] |
ConcatV2 | (float[]; float[]); int32[]=0 |
ConcatV2 | (float[?,3]; float[2,?]); int32[]=0 |
ConcatV2 | (float[2,3]; float[4]); int32[]=0 |
ConcatV2 | (float[2,3]; float[4,3]; float[?,3]); int64[]=0 |
ConcatV2 | (float[2,3]; float[4,3]); int32[]=2 |
ConcatV2 | (float[2,3]; float[2,3,4]); int32[] |
ConcatV2 | (float[1]; float[0]); int32[]=0 |
ConcatOffset | int32[]=0; (int32[2]; int32[2]) |
ConcatOffset | int32[]=0; (int32?; int32[?]) |
ConcatOffset | int32[]=0; (int32[]; int32[2]) |
Split | int32[]=0; float[4,3] | num_split=2
Split | int32[]=1; float[4,3] | num_split=3
Split | int32[]=-1; float[4,3] | num_split=3
Split | int32[]=0; float[4,3] | num_split=3
Split | int32[]=2; float[4,3] | num_split=1
Split | int32[]=-3; float[4,3] | num_split=1
Split | int32[]; float[4,3] | num_split=2
Split | int32[]=0; float? | num_split=2
Split | int32[]=-1; float? | num_split=2
Split | int32[]=0; float[?,3] | num_split=2
Split | int32[1]=0; float[4,3] | num_split=2
SplitV | float[4,3]; int32[2]=1,3; int32[]=0 | num_split=2
SplitV | float[4,3]; int32[2]=1,-1; int32[]=0 | num_split=2
SplitV | float[4,3]; int32[2]=-1,-1; int32[]=0 | num_split=2
SplitV | float[4,3]; int32[2]=1,2; int32[]=0 | num_split=2
SplitV | float[4,3]; int32[2]=5,-1; int32[]=0 | num_split=2
SplitV | float[4,3]; int32[2]; int32[]=0 | num_split=2
SplitV | float[4,3]; int32[2]; int32[] | num_split=2
SplitV | float[4,3]; int32[3]=1,1,2; int32[]=0 | num_split=2
SplitV | float?; int32[2]=1,3; int32[]=0 | num_split=2
SplitV | float[?,3]; int32[2]=1,3; int32[]=0 | num_split=2
SplitV | float[?,3]; int32[2]=1,-1; int32[]=0 | num_split=2
SplitV | float[4,3]; int32[2]=1,2; int32[]=-1 | num_split=2
SplitV | float[]; int32[2]=1,2; int32[]=0 | num_split=2
Slice | float[4,3]; int32[2]=1,0; int32[2]=2,3 |
Slice | float[4,3]; int32[2]=1,0; int32[2]=-1,2 |
Slice | float[4,3]; int32[2]; int32[2]=2,3 |
Slice | float[4,3]; int32[2]; int32[2]=-1,3 |
Slice | float[4,3]; int32[2]=1,0; int32[2] |
Slice | float[4,3]; int32[2]; int32[2] |
Slice | float[4,3]; int32[?]; int32[?] |
Slice | float[4,3]; int32?; int32? |
Slice | float?; int32[2]=1,0; int32[2]=2,3 |
Slice | float?; int32[2]=1,0; int32[2]=-1,3 |
Slice | float?; int32[2]; int32[2] |
Slice | float?; int32?; int32? |
Slice | float[4,3]; int32[1]=1; int32[1]=2 |
Slice | float[4,3]; int32[2]=1,0; int32[1]=2 |
Slice | float[4,3]; int32[2]=5,0; int32[2]=-1,3 |
Slice | float[4,3]; int32[2]=3,0; int32[2]=4,3 |
Slice | float[4,3]; int32[2]=1,0; int32[2]=-2,3 |
Slice | float[?,3]; int32[2]=1,0; int32[2]=-1,-1 |
Slice | float[4,3]; int32[2]=0,0; int32<?,2> |
Slice | float[4,3]; int32<?,1>; int32[2]=-1,-1 |
Slice | float[4,3]; int32[]=1; int32[]=2 |
StridedSlice | float[4,5,6]; int32[1]=1; int32[1]=3; int32[1]=1 |
StridedSlice | float[4,5,6]; int32[1]=1; int32[1]=2; int32[1]=1 | shrink_axis_mask=1
StridedSlice | float[4,5,6]; int32[1]=-1; int32[1]=0; int32[1]=1 | shrink_axis_mask=1
StridedSlice | float[4,5,6]; int32[1]=4; int32[1]=5; int32[1]=1 | shrink_axis_mask=1
StridedSlice | float[4,5,6]; int32[1]=-5; int32[1]=-4; int32[1]=1 | shrink_axis_mask=1
StridedSlice | float[4,5,6]; int32[2]=0,1; int32[2]=0,4; int32[2]=1,2 | begin_mask=1 end_mask=1
StridedSlice | float[4,5,6]; int32[1]=0; int32[1]=0; int32[1]=-1 | begin_mask=1 end_mask=1
StridedSlice | float[4,5,6]; int32[1]=3; int32[1]=0; int32[1]=-2 |
StridedSlice | float[4,5,6]; int32[1]=3; int32[1]=1; int32[1]=1 |
StridedSlice | float[4,5,6]; int32[1]=0; int32[1]=100; int32[1]=3 |
StridedSlice | float[4,5,6]; int32[1]=-100; int32[1]=2; int32[1]=1 |
StridedSlice | float[4,5,6]; int32[1]=0; int32[1]=1; int32[1]=0 |
StridedSlice | float[4,5,6]; int32[2]=0,1; int32[2]=0,2; int32[2]=1,1 | ellipsis_mask=1
StridedSlice | float[4,5,6]; int32[2]=0,1; int32[2]=0,2; int32[2]=1,1 | ellipsis_mask=1 shrink_axis_mask=2
StridedSlice | float[4,5,6]; int32[2]=0,0; int32[2]=0,0; int32[2]=1,1 | ellipsis_mask=3
StridedSlice | float[4,5,6]; int32[2]=0,1; int32[2]=0,2; int32[2]=1,1 | new_axis_mask=1
StridedSlice | float[4,5,6]; int32[2]=0,1; int32[2]=0,2; int32[2]=1,1 | new_axis_mask=2 ellipsis_mask=1
StridedSlice | float[4,5,6]; int32[3]=0,0,1; int32[3]=0,0,2; int32[3]=1,1,1 | new_axis_mask=2 ellipsis_mask=1
StridedSlice | float[4,5,6]; int32[4]=0,0,0,0; int32[4]=1,1,1,1; int32[4]=1,1,1,1 |
StridedSlice | float[4,5,6]; int32[4]=0,0,0,0; int32[4]=1,1,1,1; int32[4]=1,1,1,1 | ellipsis_mask=1
StridedSlice | float[4,5,6]; int32[1]; int32[1]=3; int32[1]=1 |
StridedSlice | float[4,5,6]; int32[1]; int32[1]; int32[1]=1 |
StridedSlice | float[4,5,6]; int32[1]; int32[1]; int32[1]=1 | shrink_axis_mask=1
StridedSlice | float[4,5,6]; int32[1]; int32[1]; int32[1]=1 | begin_mask=1 end_mask=1
StridedSlice | float[4,5,6]; int32[1]=0; int32[1]=3; int32[1] |
StridedSlice | float[?,5,6]; int32[1]=0; int32[1]=3; int32[1]=1 |
StridedSlice | float[?,5,6]; int32[2]=0,0; int32[2]=0,2; int32[2]=1,1 | begin_mask=1 end_mask=1
StridedSlice | float[?,5,6]; int32[1]=0; int32[1]=1; int32[1]=1 | shrink_axis_mask=1
StridedSlice | float?; int32[1]=0; int32[1]=1; int32[1]=1 | shrink_axis_mask=1
StridedSlice | float[4]; int32[1]=0; int32[1]=1; int32[1]=-1 | shrink_axis_mask=1
StridedSlice | float[4]; int32[1]=0; int32[2]=1,1; int32[1]=1 |
StridedSlice | float[4]; int32[]=0; int32[]=1; int32[]=1 |
StridedSlice | float[4]; int32[0]=; int32[0]=; int32[0]= |
StridedSlice | int32[3]; int32[1]=0; int32[1]=2; int32[1]=1 |
StridedSlice | float[0]; int32[1]=0; int32[1]=2; int32[1]=1 |
StridedSliceGrad | int32[2]=4,5; int32[1]=0; int32[1]=1; int32[1]=1; float[1,5] |
StridedSliceGrad | int32?; int32[1]=0; int32[1]=1; int32[1]=1; float[1,5] |
StridedSliceAssign | float&[4,5]; int32[1]=0; int32[1]=1; int32[1]=1; float[1,5] |
Gather | float[4,5]; int32[2,3] |
Gather | float[4,5]; int32[] |
Gather | float?; int32[2] |
Gather | float[4,5]; int32? |
Gather | float[]; int32[2] |
GatherV2 | float[4,5,6]; int32[2,3]; int32[]=0 |
GatherV2 | float[4,5,6]; int32[2,3]; int32[]=1 |
GatherV2 | float[4,5,6]; int32[2,3]; int32[]=-1 |
GatherV2 | float[4,5,6]; int32[]; int32[]=2 |
GatherV2 | float[4,5,6]; int32[2]; int32[]=3 |
GatherV2 | float[4,5,6]; int32[2]; int32[]=-4 |
GatherV2 | float[4,5,6]; int32[2]; int32[] |
GatherV2 | float?; int32[2]; int32[]=0 |
GatherV2 | float[4,5]; int32?; int32[]=0 |
GatherV2 | float?; int32[2]; int32[] |
GatherV2 | float[4,5]; int32[2]; int32[1]=0 |
GatherV2 | float[4,5,6]; int32[4,2]; int32[]=1 | batch_dims=1
GatherV2 | float[4,5,6]; int32[4,2]; int32[]=2 | batch_dims=1
GatherV2 | float[4,5,6]; int32[4,2]; int32[]=0 | batch_dims=1
GatherV2 | float[4,5,6]; int32[4,2]; int32[]=1 | batch_dims=-1
GatherV2 | float[4,5,6]; int32[4,2]; int32[] | batch_dims=1
GatherV2 | float[4,5,6]; int32[4,2]; int32[]=1 | batch_dims=3
GatherV2 | float[4,5,6]; int32[4,2]; int32[]=-1 | batch_dims=1
GatherNd | float[4,5,6]; int32[7,2] |
GatherNd | float[4,5,6]; int32[7,3] |
GatherNd | float[4,5,6]; int32[7,4] |
GatherNd | float[4,5,6]; int32[7,?] |
GatherNd | float[4,5,6]; int32[1] |
GatherNd | float[4,5,6]; int32[] |
GatherNd | float?; int32[7,2] |
GatherNd | float[4,5,6]; int32? |
GatherNd | float[4,5,6]; int32[7,0] |
ScatterNd | int32[7,2]; float[7,6]; int32[3]=4,5,6 |
ScatterNd | int32[7,2]; float[7,5]; int32[3]=4,5,6 |
ScatterNd | int32[7,2]; float[8,6]; int32[3]=4,5,6 |
ScatterNd | int32[7,2]; float[7,6]; int32[3] |
ScatterNd | int32[7,2]; float[7,6]; int32? |
ScatterNd | int32?; float[7,6]; int32[3]=4,5,6 |
ScatterNd | int32[7,?]; float[7,6]; int32[3]=4,5,6 |
ScatterNd | int32[7,2]; float[7]; int32[2]=0,3 |
ScatterNd | int32[7,2]; float[]; int32[2]=2,3 |
ScatterNd | int32[7,3]; float[7]; int32[2]=2,3 |
TensorScatterUpdate | float[4,5]; int32[7,1]; float[7,5] |
TensorScatterAdd | float[4,5]; int32[7,1]; float[7,4] |
TensorScatterSub | float?; int32[7,1]; float[7,4] |
Pad | float[2,3]; int32[2,2]=1,1,0,2 |
Pad | float[?,3]; int32[2,2]=1,1,0,2 |
Pad | float[2,3]; int32[2,2] |
Pad | float[2,3]; int32[?,2] |
Pad | float[2,3]; int32? |
Pad | float?; int32[2,2]=1,1,0,2 |
Pad | float?; int32[2,2] |
Pad | float?; int32? |
Pad | float[2,3]; int32[1,2]=1,1 |
Pad | float[2,3]; int32[2,3]=1,1,1,1,1,1 |
Pad | float[2,3]; int32[2,2]=-1,1,0,0 |
Pad | float[2,3]; int32[4]=1,1,0,0 |
PadV2 | float[2,3]; int32[2,2]=1,1,0,2; float[] |
MirrorPad | float[2,3]; int32[2,2]=1,1,0,2 | mode=REFLECT
MirrorPad | float[2,3]; int32[2,2] | mode=SYMMETRIC
MirrorPadGrad | float[4,5]; int32[2,2]=1,1,0,2 | mode=REFLECT
MirrorPadGrad | float[4,5]; int32[2,2] | mode=REFLECT
MirrorPadGrad | float[4,5]; int32? | mode=REFLECT
MirrorPadGrad | float?; int32[2,2]=1,1,0,2 | mode=REFLECT
MirrorPadGrad | float[1,5]; int32[2,2]=1,1,0,2 | mode=REFLECT
Reverse | float[2,3]; bool[2] |
Reverse | float[2,3]; bool[3] |
Reverse | float?; bool[2] |
Reverse | float[2,?]; bool? |
ReverseV2 | float[2,3]; int32[1]=0 |
ReverseV2 | float[2,3]; int32[2]=0,-2 |
ReverseV2 | float[2,3]; int32[1]=2 |
ReverseV2 | float[2,3]; int32[]=0 |
ReverseV2 | float?; int32[1]=7 |
ReverseV2 | float[2,3]; int32[1] |
ReverseSequence | float[2,3,4]; int64[2] | seq_dim=1
ReverseSequence | float[?,3,4]; int64[2] | seq_dim=1
ReverseSequence | float[2,3,4]; int64[3] | seq_dim=1
ReverseSequence | float[2,3,4]; int64[3] | seq_dim=0 batch_dim=1
ReverseSequence | float[2,3,4]; int64[2] | seq_dim=3
ReverseSequence | float[2,3,4]; int64[2] | seq_dim=1 batch_dim=3
ReverseSequence | float?; int64[2] | seq_dim=1
ReverseSequence | float[2,3]; int64[] | seq_dim=1
Roll | float[2,3]; int32[]; int32[] |
Roll | float[2,3]; int32[2]; int32[2] |
Roll | float[]; int32[]; int32[] |
Roll | float[2,3]; int32[2,1]; int32[2] |
Roll | float[2,3]; int32[2]; int32[3] |
OneHot | int32[4]; int32[]=5; float[]; float[] |
OneHot | int32[4,2]; int32[]=5; float[]; float[] | axis=0
OneHot | int32[4,2]; int32[]=5; float[]; float[] | axis=1
OneHot | int32[4,2]; int32[]=5; float[]; float[] | axis=2
OneHot | int32[4,2]; int32[]=5; float[]; float[] | axis=-2
OneHot | int32[4]; int32[]; float[]; float[] |
OneHot | int32?; int32[]=5; float[]; float[] |
OneHot | int32[]; int32[]=5; float[]; float[] |
OneHot | int32[4]; int32[1]=5; float[]; float[] |
OneHot | int32[4]; int32[]=-5; float[]; float[] |
OneHot | int32[4]; int32[]=5; float[1]; float[] |
OneHot | int32[4]; int32[]=5; float[]; float[1] |
Unique | float[5] |
Unique | float? |
Unique | float[5,2] |
UniqueWithCounts | float[5] |
UniqueV2 | float[5,2]; int32[1] |
UniqueV2 | float?; int32[1] |
UniqueV2 | float[5]; int32[0] |
UniqueWithCountsV2 | float[5]; int32[0] |
UniqueWithCountsV2 | float[5,2]; int32[1] |
Where | bool[2,3] |
Where | bool? |
Where | bool[] |
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
ListDiff | int32[5]; int32[3] |
ListDiff | int32[5]; int32[] |
ListDiff | int32?; int32[3] |
UnravelIndex | int32[]; int32[3] |
UnravelIndex | int32[5]; int32[3] |
UnravelIndex | int32?; int32[3] |
UnravelIndex | int32[5]; int32? |
UnravelIndex | int32[5]; int32[] |
LowerBound | float[2,5]; float[2,3] |
UpperBound | float[2,5]; float[3,3] |
LowerBound | float[5]; float[2,3] |
LowerBound | float?; float? |
SparseToDense | int32[3,2]; int32[2]=4,5; float[3]; float[] |
SparseToDense | int32[3,2]; int32[2]; float[3]; float[] |
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
EnsureShape | float[2,?] | shape=[?,3]
EnsureShape | float[2,?] | shape=[3,3]
EnsureShape | float? | shape=[3,?]
CheckNumerics | float[2,?] | message=m
IdentityN | (float[2]; int32?; bool[]) |
PreventGradient | float[2,?] |
RefIdentity | float&[2,3] |
Placeholder || dtype=float
Placeholder || dtype=float shape=[2,?]
Placeholder || dtype=float shape=[]
Placeholder || dtype=float shape=?
PlaceholderWithDefault | float[2,3] | shape=[?,3]
PlaceholderWithDefault | float[2,3] | shape=?
PlaceholderWithDefault | float[2,3] | shape=[2,2]
PlaceholderWithDefault | float? | shape=[2,2]
DynamicPartition | float[6,3]; int32[6] | num_partitions=2
DynamicPartition | float[6,3]; int32[6,3] | num_partitions=2
DynamicPartition | float[6,3]; int32[5] | num_partitions=2
DynamicPartition | float[6,3]; int32? | num_partitions=2
DynamicPartition | float?; int32[6] | num_partitions=1
DynamicPartition | float[6]; int32[6,3] | num_partitions=2
DynamicStitch | (int32[2]=0,3; int32[1]=1); (float[2,5]; float[1,5]) |
DynamicStitch | (int32[2]; int32[1]=1); (float[2,5]; float[1,5]) |
DynamicStitch | (int32[2]=0,3; int32[1]=1); (float[2,5]; float[1,4]) |
DynamicStitch | (int32[2]=0,3; int32[]=1); (float[2,5]; float[5]) |
DynamicStitch | (int32[2]=0,3); (float[3,5]) |
DynamicStitch | (int32?; int32[1]=1); (float[2,5]; float[1,5]) |
DynamicStitch | (int32[2]=0,1); (float?) |
ParallelDynamicStitch | (int32[2]=0,3; int32[1]=1); (float[2,5]; float[1,5]) |
Softmax | float[2,3] |
Softmax | float[] |
Softmax | float? |
LogSoftmax | float[5] |
BiasAdd | float[2,3]; float[3] |
BiasAdd | float[2,3]; float[4] |
BiasAdd | float[2,?]; float[3] |
BiasAdd | float?; float[3] |
BiasAdd | float[3]; float[3] |
BiasAdd | float[2,3]; float[1,3] |
BiasAdd | float[2,4,5,3]; float[3] |
BiasAdd | float[2,3,4,5]; float[3] | data_format=NCHW
BiasAdd | float[2,3,4,5]; float[4] | data_format=NCHW
BiasAdd | float[2,?,4,5]; float[3] | data_format=NCHW
BiasAdd | float[2,3,4]; float[3] | data_format=NCHW
BiasAdd | float[2,3,4]; float[2] | data_format=NCHW
BiasAdd | float[2,3]; float[3] | data_format=NCHW
BiasAdd | float[2,3,4,5,6]; float[3] | data_format=NCHW
BiasAdd | float[2,3,4,5,6]; float[4] | data_format=NCHW
BiasAdd | float?; float[4] | data_format=NCHW
BiasAddV1 | float[2,3]; float[3] |
BiasAddV1 | float[2,3]; float[2] |
BiasAddGrad | float[2,3] |
BiasAddGrad | float[2,3,4,5] | data_format=NCHW
BiasAddGrad | float[2,3,4] | data_format=NCHW
BiasAddGrad | float[2,3,4,5,6] | data_format=NCHW
BiasAddGrad | float? |
BiasAddGrad | float[3] |
UniformCandidateSampler | int64? | num_true=2 num_sampled=5 unique=true range_max=20
UniformCandidateSampler | int64[3,2] | num_true=2 num_sampled=5 unique=true range_max=20
UniformCandidateSampler | int64[?,2] | num_true=2 num_sampled=5 unique=true range_max=20
UniformCandidateSampler | int64[3,4] | num_true=2 num_sampled=5 unique=true range_max=20
UniformCandidateSampler | int64[3] | num_true=2 num_sampled=5 unique=true range_max=20
UniformCandidateSampler | int64[3,?] | num_true=2 num_sampled=5 unique=true range_max=20
LogUniformCandidateSampler | int64? | num_true=2 num_sampled=5 unique=true range_max=20
LogUniformCandidateSampler | int64[3,2] | num_true=2 num_sampled=5 unique=true range_max=20
LogUniformCandidateSampler | int64[?,2] | num_true=2 num_sampled=5 unique=true range_max=20
LogUniformCandidateSampler | int64[3,4] | num_true=2 num_sampled=5 unique=true range_max=20
LogUniformCandidateSampler | int64[3] | num_true=2 num_sampled=5 unique=true range_max=20
LogUniformCandidateSampler | int64[3,?] | num_true=2 num_sampled=5 unique=true range_max=20
LearnedUnigramCandidateSampler | int64? | num_true=2 num_sampled=5 unique=true range_max=20
LearnedUnigramCandidateSampler | int64[3,2] | num_true=2 num_sampled=5 unique=true range_max=20
LearnedUnigramCandidateSampler | int64[?,2] | num_true=2 num_sampled=5 unique=true range_max=20
LearnedUnigramCandidateSampler | int64[3,4] | num_true=2 num_sampled=5 unique=true range_max=20
LearnedUnigramCandidateSampler | int64[3] | num_true=2 num_sampled=5 unique=true range_max=20
LearnedUnigramCandidateSampler | int64[3,?] | num_true=2 num_sampled=5 unique=true range_max=20
ThreadUnsafeUnigramCandidateSampler | int64? | num_true=2 num_sampled=5 unique=true range_max=20
ThreadUnsafeUnigramCandidateSampler | int64[3,2] | num_true=2 num_sampled=5 unique=true range_max=20
ThreadUnsafeUnigramCandidateSampler | int64[?,2] | num_true=2 num_sampled=5 unique=true range_max=20
ThreadUnsafeUnigramCandidateSampler | int64[3,4] | num_true=2 num_sampled=5 unique=true range_max=20
ThreadUnsafeUnigramCandidateSampler | int64[3] | num_true=2 num_sampled=5 unique=true range_max=20
ThreadUnsafeUnigramCandidateSampler | int64[3,?] | num_true=2 num_sampled=5 unique=true range_max=20
AllCandidateSampler | int64? | num_true=2 num_sampled=5 unique=true
AllCandidateSampler | int64[3,2] | num_true=2 num_sampled=5 unique=true
AllCandidateSampler | int64[?,2] | num_true=2 num_sampled=5 unique=true
AllCandidateSampler | int64[3,4] | num_true=2 num_sampled=5 unique=true
AllCandidateSampler | int64[3] | num_true=2 num_sampled=5 unique=true
AllCandidateSampler | int64[3,?] | num_true=2 num_sampled=5 unique=true
FixedUnigramCandidateSampler | int64? | num_true=2 num_sampled=5 unique=true range_max=20
FixedUnigramCandidateSampler | int64[3,2] | num_true=2 num_sampled=5 unique=true range_max=20
FixedUnigramCandidateSampler | int64[?,2] | num_true=2 num_sampled=5 unique=true range_max=20
FixedUnigramCandidateSampler | int64[3,4] | num_true=2 num_sampled=5 unique=true range_max=20
FixedUnigramCandidateSampler | int64[3] | num_true=2 num_sampled=5 unique=true range_max=20
FixedUnigramCandidateSampler | int64[3,?] | num_true=2 num_sampled=5 unique=true range_max=20
ComputeAccidentalHits | int64?; int64? | num_true=2
ComputeAccidentalHits | int64[3,2]; int64[5] | num_true=2
ComputeAccidentalHits | int64[3,4]; int64[5] | num_true=2
ComputeAccidentalHits | int64[3]; int64[5] | num_true=2
ComputeAccidentalHits | int64[3,2]; int64[5,1] | num_true=2
ComputeAccidentalHits | int64[?,?]; int64[?] | num_true=2
FusedBatchNorm | float?; float?; float?; float?; float? |
FusedBatchNorm | float[2,3,4,5]; float[?]; float[?]; float[?]; float[?] |
FusedBatchNorm | float[?,?,?,?]; float?; float[5]; float?; float[7] |
FusedBatchNorm | float[2,3,5]; float?; float?; float?; float? |
FusedBatchNorm | float?; float[1,2]; float?; float?; float? |
FusedBatchNorm | float?; float?; float?; float[2,1]; float? |
FusedBatchNorm | float[2,3,4,5]; float[4]; float?; float?; float? |
FusedBatchNorm | float?; float[3]; float[4]; float?; float? |
FusedBatchNormGrad | float?; float?; float?; float?; float? |
FusedBatchNormGrad | float[2,3,4,5]; float[2,3,4,5]; float?; float?; float? |
FusedBatchNormGrad | float[?,?,?,?]; float?; float[5]; float?; float? |
FusedBatchNormGrad | float?; float?; float?; float?; float[7] |
FusedBatchNormGrad | float[2,3,4,5]; float[?,3,?,6]; float?; float?; float? |
FusedBatchNormGrad | float[2,3,4,5]; float[?,3,1,5]; float?; float?; float? |
FusedBatchNormGrad | float[2,3,5]; float?; float?; float?; float? |
FusedBatchNormGrad | float?; float?; float[1,2]; float?; float? |
FusedBatchNorm | float?; float?; float?; float?; float? | is_training=false
FusedBatchNorm | float[2,3,4,5]; float[?]; float[?]; float[?]; float[?] | is_training=false
FusedBatchNorm | float[?,?,?,?]; float?; float[5]; float?; float[7] | is_training=false
FusedBatchNorm | float[2,3,5]; float?; float?; float?; float? | is_training=false
FusedBatchNorm | float?; float[1,2]; float?; float?; float? | is_training=false
FusedBatchNorm | float?; float?; float?; float[2,1]; float? | is_training=false
FusedBatchNorm | float[2,3,4,5]; float[4]; float?; float?; float? | is_training=false
FusedBatchNorm | float?; float[3]; float[4]; float?; float? | is_training=false
FusedBatchNormGrad | float?; float?; float?; float?; float? | is_training=false
FusedBatchNormGrad | float[2,3,4,5]; float[2,3,4,5]; float?; float?; float? | is_training=false
FusedBatchNormGrad | float[?,?,?,?]; float?; float[5]; float?; float? | is_training=false
FusedBatchNormGrad | float?; float?; float?; float?; float[7] | is_training=false
FusedBatchNormGrad | float[2,3,4,5]; float[?,3,?,6]; float?; float?; float? | is_training=false
FusedBatchNormGrad | float[2,3,4,5]; float[?,3,1,5]; float?; float?; float? | is_training=false
FusedBatchNormGrad | float[2,3,5]; float?; float?; float?; float? | is_training=false
FusedBatchNormGrad | float?; float?; float[1,2]; float?; float? | is_training=false
FusedBatchNorm | float?; float?; float?; float?; float? | data_format=NCHW
FusedBatchNorm | float[2,3,4,5]; float[?]; float[?]; float[?]; float[?] | data_format=NCHW
FusedBatchNorm | float[?,?,?,?]; float?; float[5]; float?; float[7] | data_format=NCHW
FusedBatchNorm | float[2,3,5]; float?; float?; float?; float? | data_format=NCHW
FusedBatchNorm | float?; float[1,2]; float?; float?; float? | data_format=NCHW
FusedBatchNorm | float?; float?; float?; float[2,1]; float? | data_format=NCHW
FusedBatchNorm | float[2,3,4,5]; float[4]; float?; float?; float? | data_format=NCHW
FusedBatchNorm | float?; float[3]; float[4]; float?; float? | data_format=NCHW
FusedBatchNormGrad | float?; float?; float?; float?; float? | data_format=NCHW
FusedBatchNormGrad | float[2,3,4,5]; float[2,3,4,5]; float?; float?; float? | data_format=NCHW
FusedBatchNormGrad | float[?,?,?,?]; float?; float[5]; float?; float? | data_format=NCHW
FusedBatchNormGrad | float?; float?; float?; float?; float[7] | data_format=NCHW
FusedBatchNormGrad | float[2,3,4,5]; float[?,3,?,6]; float?; float?; float? | data_format=NCHW
FusedBatchNormGrad | float[2,3,4,5]; float[?,3,1,5]; float?; float?; float? | data_format=NCHW
FusedBatchNormGrad | float[2,3,5]; float?; float?; float?; float? | data_format=NCHW
FusedBatchNormGrad | float?; float?; float[1,2]; float?; float? | data_format=NCHW
FusedBatchNormV2 | float?; float?; float?; float?; float? |
FusedBatchNormV2 | float[2,3,4,5]; float[?]; float[?]; float[?]; float[?] |
FusedBatchNormV2 | float[?,?,?,?]; float?; float[5]; float?; float[7] |
FusedBatchNormV2 | float[2,3,5]; float?; float?; float?; float? |
FusedBatchNormV2 | float?; float[1,2]; float?; float?; float? |
FusedBatchNormV2 | float?; float?; float?; float[2,1]; float? |
FusedBatchNormV2 | float[2,3,4,5]; float[4]; float?; float?; float? |
FusedBatchNormV2 | float?; float[3]; float[4]; float?; float? |
FusedBatchNormGradV2 | float?; float?; float?; float?; float? |
FusedBatchNormGradV2 | float[2,3,4,5]; float[2,3,4,5]; float?; float?; float? |
FusedBatchNormGradV2 | float[?,?,?,?]; float?; float[5]; float?; float? |
FusedBatchNormGradV2 | float?; float?; float?; float?; float[7] |
FusedBatchNormGradV2 | float[2,3,4,5]; float[?,3,?,6]; float?; float?; float? |
FusedBatchNormGradV2 | float[2,3,4,5]; float[?,3,1,5]; float?; float?; float? |
FusedBatchNormGradV2 | float[2,3,5]; float?; float?; float?; float? |
FusedBatchNormGradV2 | float?; float?; float[1,2]; float?; float? |
FusedBatchNormV2 | float?; float?; float?; float?; float? | is_training=false
FusedBatchNormV2 | float[2,3,4,5]; float[?]; float[?]; float[?]; float[?] | is_training=false
FusedBatchNormV2 | float[?,?,?,?]; float?; float[5]; float?; float[7] | is_training=false
FusedBatchNormV2 | float[2,3,5]; float?; float?; float?; float? | is_training=false
FusedBatchNormV2 | float?; float[1,2]; float?; float?; float? | is_training=false
FusedBatchNormV2 | float?; float?; float?; float[2,1]; float? | is_training=false
FusedBatchNormV2 | float[2,3,4,5]; float[4]; float?; float?; float? | is_training=false
FusedBatchNormV2 | float?; float[3]; float[4]; float?; float? | is_training=false
FusedBatchNormGradV2 | float?; float?; float?; float?; float? | is_training=false
FusedBatchNormGradV2 | float[2,3,4,5]; float[2,3,4,5]; float?; float?; float? | is_training=false
FusedBatchNormGradV2 | float[?,?,?,?]; float?; float[5]; float?; float? | is_training=false
FusedBatchNormGradV2 | float?; float?; float?; float?; float[7] | is_training=false
FusedBatchNormGradV2 | float[2,3,4,5]; float[?,3,?,6]; float?; float?; float? | is_training=false
FusedBatchNormGradV2 | float[2,3,4,5]; float[?,3,1,5]; float?; float?; float? | is_training=false
FusedBatchNormGradV2 | float[2,3,5]; float?; float?; float?; float? | is_training=false
FusedBatchNormGradV2 | float?; float?; float[1,2]; float?; float? | is_training=false
FusedBatchNormV2 | float?; float?; float?; float?; float? | data_format=NCHW
FusedBatchNormV2 | float[2,3,4,5]; float[?]; float[?]; float[?]; float[?] | data_format=NCHW
FusedBatchNormV2 | float[?,?,?,?]; float?; float[5]; float?; float[7] | data_format=NCHW
FusedBatchNormV2 | float[2,3,5]; float?; float?; float?; float? | data_format=NCHW
FusedBatchNormV2 | float?; float[1,2]; float?; float?; float? | data_format=NCHW
FusedBatchNormV2 | float?; float?; float?; float[2,1]; float? | data_format=NCHW
FusedBatchNormV2 | float[2,3,4,5]; float[4]; float?; float?; float? | data_format=NCHW
FusedBatchNormV2 | float?; float[3]; float[4]; float?; float? | data_format=NCHW
FusedBatchNormGradV2 | float?; float?; float?; float?; float? | data_format=NCHW
FusedBatchNormGradV2 | float[2,3,4,5]; float[2,3,4,5]; float?; float?; float? | data_format=NCHW
FusedBatchNormGradV2 | float[?,?,?,?]; float?; float[5]; float?; float? | data_format=NCHW
FusedBatchNormGradV2 | float?; float?; float?; float?; float[7] | data_format=NCHW
FusedBatchNormGradV2 | float[2,3,4,5]; float[?,3,?,6]; float?; float?; float? | data_format=NCHW
FusedBatchNormGradV2 | float[2,3,4,5]; float[?,3,1,5]; float?; float?; float? | data_format=NCHW
FusedBatchNormGradV2 | float[2,3,5]; float?; float?; float?; float? | data_format=NCHW
FusedBatchNormGradV2 | float?; float?; float[1,2]; float?; float? | data_format=NCHW
FusedBatchNormV3 | float?; float?; float?; float?; float? |
FusedBatchNormV3 | float[2,3,4,5]; float[?]; float[?]; float[?]; float[?] |
FusedBatchNormV3 | float[?,?,?,?]; float?; float[5]; float?; float[7] |
FusedBatchNormV3 | float[2,3,5]; float?; float?; float?; float? |
FusedBatchNormV3 | float?; float[1,2]; float?; float?; float? |
FusedBatchNormV3 | float?; float?; float?; float[2,1]; float? |
FusedBatchNormV3 | float[2,3,4,5]; float[4]; float?; float?; float? |
FusedBatchNormV3 | float?; float[3]; float[4]; float?; float? |
FusedBatchNormGradV3 | float?; float?; float?; float?; float?; float[1,2] |
FusedBatchNormGradV3 | float[2,3,4,5]; float[2,3,4,5]; float?; float?; float?; float[1,2] |
FusedBatchNormGradV3 | float[?,?,?,?]; float?; float[5]; float?; float?; float[1,2] |
FusedBatchNormGradV3 | float?; float?; float?; float?; float[7]; float[1,2] |
FusedBatchNormGradV3 | float[2,3,4,5]; float[?,3,?,6]; float?; float?; float?; float[1,2] |
FusedBatchNormGradV3 | float[2,3,4,5]; float[?,3,1,5]; float?; float?; float?; float[1,2] |
FusedBatchNormGradV3 | float[2,3,5]; float?; float?; float?; float?; float[1,2] |
FusedBatchNormGradV3 | float?; float?; float[1,2]; float?; float?; float[1,2] |
FusedBatchNormV3 | float?; float?; float?; float?; float? | is_training=false
FusedBatchNormV3 | float[2,3,4,5]; float[?]; float[?]; float[?]; float[?] | is_training=false
FusedBatchNormV3 | float[?,?,?,?]; float?; float[5]; float?; float[7] | is_training=false
FusedBatchNormV3 | float[2,3,5]; float?; float?; float?; float? | is_training=false
FusedBatchNormV3 | float?; float[1,2]; float?; float?; float? | is_training=false
FusedBatchNormV3 | float?; float?; float?; float[2,1]; float? | is_training=false
FusedBatchNormV3 | float[2,3,4,5]; float[4]; float?; float?; float? | is_training=false
FusedBatchNormV3 | float?; float[3]; float[4]; float?; float? | is_training=false
FusedBatchNormGradV3 | float?; float?; float?; float?; float?; float[1,2] | is_training=false
FusedBatchNormGradV3 | float[2,3,4,5]; float[2,3,4,5]; float?; float?; float?; float[1,2] | is_training=false
FusedBatchNormGradV3 | float[?,?,?,?]; float?; float[5]; float?; float?; float[1,2] | is_training=false
FusedBatchNormGradV3 | float?; float?; float?; float?; float[7]; float[1,2] | is_training=false
FusedBatchNormGradV3 | float[2,3,4,5]; float[?,3,?,6]; float?; float?; float?; float[1,2] | is_training=false
FusedBatchNormGradV3 | float[2,3,4,5]; float[?,3,1,5]; float?; float?; float?; float[1,2] | is_training=false
FusedBatchNormGradV3 | float[2,3,5]; float?; float?; float?; float?; float[1,2] | is_training=false
FusedBatchNormGradV3 | float?; float?; float[1,2]; float?; float?; float[1,2] | is_training=false
FusedBatchNormV3 | float?; float?; float?; float?; float? | data_format=NCHW
FusedBatchNormV3 | float[2,3,4,5]; float[?]; float[?]; float[?]; float[?] | data_format=NCHW
FusedBatchNormV3 | float[?,?,?,?]; float?; float[5]; float?; float[7] | data_format=NCHW
FusedBatchNormV3 | float[2,3,5]; float?; float?; float?; float? | data_format=NCHW
FusedBatchNormV3 | float?; float[1,2]; float?; float?; float? | data_format=NCHW
FusedBatchNormV3 | float?; float?; float?; float[2,1]; float? | data_format=NCHW
FusedBatchNormV3 | float[2,3,4,5]; float[4]; float?; float?; float? | data_format=NCHW
FusedBatchNormV3 | float?; float[3]; float[4]; float?; float? | data_format=NCHW
FusedBatchNormGradV3 | float?; float?; float?; float?; float?; float[1,2] | data_format=NCHW
FusedBatchNormGradV3 | float[2,3,4,5]; float[2,3,4,5]; float?; float?; float?; float[1,2] | data_format=NCHW
FusedBatchNormGradV3 | float[?,?,?,?]; float?; float[5]; float?; float?; float[1,2] | data_format=NCHW
FusedBatchNormGradV3 | float?; float?; float?; float?; float[7]; float[1,2] | data_format=NCHW
FusedBatchNormGradV3 | float[2,3,4,5]; float[?,3,?,6]; float?; float?; float?; float[1,2] | data_format=NCHW
FusedBatchNormGradV3 | float[2,3,4,5]; float[?,3,1,5]; float?; float?; float?; float[1,2] | data_format=NCHW
FusedBatchNormGradV3 | float[2,3,5]; float?; float?; float?; float?; float[1,2] | data_format=NCHW
FusedBatchNormGradV3 | float?; float?; float[1,2]; float?; float?; float[1,2] | data_format=NCHW
L2Loss | float[2,3] |
SoftmaxCrossEntropyWithLogits | float[2,3]; float[2,3] |
SoftmaxCrossEntropyWithLogits | float[2,?]; float[?,3] |
SoftmaxCrossEntropyWithLogits | float[2,3]; float[1,3] |
SoftmaxCrossEntropyWithLogits | float[2,3]; float[3] |
SoftmaxCrossEntropyWithLogits | float[2,3]; float[4,3] |
SoftmaxCrossEntropyWithLogits | float?; float[2,3] |
SoftmaxCrossEntropyWithLogits | float?; float? |
SoftmaxCrossEntropyWithLogits | float[3]; float[3] |
SoftmaxCrossEntropyWithLogits | float[3]; float? |
RegexFullMatch | string[2,?]; string[] |
RegexFullMatch | string?; string? |
RegexFullMatch | string[2]; string[1] |
RegexReplace | string[2,?]; string[]; string[] |
RegexReplace | string?; string?; string? |
RegexReplace | string[2]; string[1]; string[] |
RegexReplace | string[2]; string[]; string[1] |
StaticRegexFullMatch | string[2,?] | pattern=a
StaticRegexReplace | string? | pattern=a rewrite=b
StringNGrams | string[5]; int64[3] | separator=, ngram_widths=[2] left_pad=a right_pad=b pad_width=0 preserve_short_sequences=false
StringNGrams | string?; int32? | separator=, ngram_widths=[2] left_pad=a right_pad=b pad_width=0 preserve_short_sequences=false
StringNGrams | string[5,1]; int64[3] | separator=, ngram_widths=[2] left_pad=a right_pad=b pad_width=0 preserve_short_sequences=false
UnsortedSegmentJoin | string[4,2]; int32[4]; int32[]=3 |
UnsortedSegmentJoin | string[4,2]; int32[3]; int32[]=3 |
UnsortedSegmentJoin | string?; int32?; int32[] |
UnicodeScript | int32[2,?] |
UnicodeTranscode | string[2,?] | input_encoding=UTF-8 output_encoding=UTF-8
UnicodeDecode | string[2,3] | input_encoding=UTF-8
UnicodeDecode | string[2,?] | input_encoding=UTF-8
UnicodeDecode | string? | input_encoding=UTF-8
UnicodeDecodeWithOffsets | string[] | input_encoding=UTF-8
UnicodeDecodeWithOffsets | string[0,?] | input_encoding=UTF-8
UnicodeEncode | int32[5]; int64[3] | output_encoding=UTF-8
UnicodeEncode | int32?; int64? | output_encoding=UTF-8
UnicodeEncode | int32[5]; int64[0] | output_encoding=UTF-8
UnicodeEncode | int32[5,1]; int64[3] | output_encoding=UTF-8
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
SparseSoftmaxCrossEntropyWithLogits | float[2,3]; int32[2] |
SparseSoftmaxCrossEntropyWithLogits | float[?,3]; int64[2] |
SparseSoftmaxCrossEntropyWithLogits | float[2,3]; int32[3] |
SparseSoftmaxCrossEntropyWithLogits | float[2,3]; int32[2,1] |
SparseSoftmaxCrossEntropyWithLogits | float?; int32? |
SparseSoftmaxCrossEntropyWithLogits | float[3]; int32[3] |
InTopK | float[2,3]; int32[2] | k=1
InTopK | float[2,3]; int32[3] | k=1
InTopK | float?; int32? | k=1
InTopKV2 | float[2,3]; int32[2]; int32[] |
InTopKV2 | float[?,3]; int64[2]; int64[]=1 |
TopKV2 | float[2,5]; int32[]=3 |
TopKV2 | float[2,5]; int32[] |
TopKV2 | float[2,5]; int32[]=6 |
TopKV2 | float?; int32[]=3 |
TopKV2 | float[]; int32[]=3 |
TopKV2 | float[2,5]; int32[1]=3 |
TopKV2 | float[2,5]; int32[]=-1 |
NthElement | float[2,5]; int32[]=3 |
NthElement | float[2,5]; int32[]=5 |
NthElement | float[2,5]; int32[] |
NthElement | float?; int32[]=3 |
RandomUniform | int32[2]=2,3 | dtype=float
RandomUniform | int32[2] | dtype=float
RandomUniform | int32? | dtype=float
RandomUniform | int32<2,?> | dtype=float
RandomUniform | int32[]=2 | dtype=float
RandomStandardNormal | int64[2]=2,3 | dtype=double
TruncatedNormal | int32[0]= | dtype=float
RandomUniform | int32[1]=-2 | dtype=float
RandomUniformInt | int32[2]=2,3; int32[]; int32[] |
RandomUniformInt | int32[2]=2,3; int32[1]; int32[] |
RandomShuffle | float[2,?] |
StatelessRandomUniform | int32[2]=2,3; int64[2] | dtype=float
StatelessRandomUniform | int32<2,?>; int32[?] | dtype=half
StatelessRandomUniform | int32[2]; int64? | dtype=float
StatelessRandomUniform | int32[2]=2,3; int64[3] | dtype=float
StatelessRandomUniform | int32[2]=2,3; int64[] | dtype=float
StatelessRandomUniform | int32[]=2; int64[2] | dtype=float
StatelessRandomNormal | int32[2]=2,3; int64[2] | dtype=double
StatelessTruncatedNormal | int32[2]=2,3; int64[2] | dtype=bfloat16
StatelessRandomUniformInt | int32[2]=2,3; int64[2]; int32[]; int32[] |
StatelessRandomUniformInt | int32[2]=2,3; int64[2]; int32[]; int32[1] |
StatelessMultinomial | float[2,3]; int32[]=4; int64[2] |
StatelessMultinomial | float[?,3]; int32[]; int32[?] |
StatelessMultinomial | float[2,3]; int32[]=4; int64[1] |
StatelessMultinomial | float[3]; int32[]=4; int64[2] |
RandomGamma | int32[2]=2,3; float[4,?] |
RandomGamma | int32[2]; float[4] |
RandomGamma | int32?; float[4] |
RandomGamma | int32[]=2; float[4] |
RandomGamma | int32<2,?>; float[] |
RandomGamma | int32[2]=2,3; float? |
RandomGammaGrad | float[2,1]; float[1,3] |
RandomGammaGrad | float[2]; float[3] |
RandomPoissonV2 | int32[1]=2; double[4] | dtype=int64
RandomPoissonV2 | int32[]; double[4] | dtype=int64
NonDeterministicInts | int64[2]=2,3 | dtype=int64
NonDeterministicInts | int64? | dtype=int64
Multinomial | float[2,3]; int32[]=4 |
Multinomial | float[2,3]; int32[] |
Multinomial | float?; int32[]=4 |
Multinomial | float[3]; int32[]=4 |
VariableV2 || shape=[2,3] dtype=float
VariableV2 || shape=[] dtype=float
VariableV2 || shape=? dtype=float
Variable || shape=[2,3] dtype=float
Variable || shape=[] dtype=float
TemporaryVariable || shape=[2,3] dtype=float
DestroyTemporaryVariable | float&[2,3] | var_name=t
IsVariableInitialized | float&[2,3] |
Assign | float&[2,3]; float[2,3] |
Assign | float&[2,3]; float[3,2] |
Assign | float&[2,3]; float[3,2] | validate_shape=false
Assign | float&[2,3]; float? |
Assign | float&?; float[3] |
AssignAdd | float&[2,3]; float[2,3] |
AssignSub | float&[2,3]; float[2] |
AssignAdd | float&?; float[2] |
CountUpTo | int32&[] | limit=5
CountUpTo | int32&[1] | limit=5
ScatterUpdate | float&[4,5]; int32[3]; float[3,5] |
ScatterAdd | float&[4,5]; int32[]; float[5] |
ScatterAdd | float&[4,5]; int32[3]; float[] |
ScatterSub | float&[4,5]; int32[3]; float[2,5] |
ScatterMul | float&?; int32[3]; float[3,5] |
ScatterMax | float&[4,5]; int32?; float[3,5] |
ScatterDiv | float&[]; int32[3]; float[3] |
ScatterNdUpdate | float&[4,5]; int32[7,1]; float[7,5] |
ScatterNdAdd | float&[4,5]; int32[7,1]; float[7,4] |
ScatterNdSub | float&[4,5]; int32[7,2]; float[7] |
ScatterNdUpdate | float&?; int32[7,1]; float[7,4] |
ScatterNdUpdate | float&[4,5]; int32[7,3]; float[7] |
ScatterNdNonAliasingAdd | float[4,5]; int32[7,1]; float[7,5] |
ApplyGradientDescent | float&[2,3]; float[]; float[2,3] |
ApplyGradientDescent | float&[2,?]; float[]; float[?,3] |
ApplyGradientDescent | float&[2,3]; float[1]; float[2,3] |
ApplyGradientDescent | float&[2,3]; float[]; float[2,4] |
ApplyGradientDescent | float&[2,3]; float?; float? |
ApplyMomentum | float&[2,3]; float&[2,3]; float[]; float[2,3]; float[] |
ApplyMomentum | float&[2,3]; float&[2,2]; float[]; float[2,3]; float[] |
ApplyMomentum | float&[2,3]; float&?; float[]; float?; float[2] |
ApplyAdagrad | float&[2,3]; float&[2,3]; float[]; float[2,3] |
ApplyAdagradV2 | float&[2,3]; float&[2,3]; float[]; float[]; float[2,3] |
ApplyAdagradDA | float&[2]; float&[2]; float&[2]; float[2]; float[]; float[]; float[]; int64[] |
ApplyAdagradDA | float&[2]; float&[2]; float&[2]; float[2]; float[]; float[]; float[]; int64[1] |
ApplyAdadelta | float&[2]; float&[2]; float&[2]; float[]; float[]; float[]; float[2] |
ApplyAdam | float&[2]; float&[2]; float&[2]; float[]; float[]; float[]; float[]; float[]; float[]; float[2] |
ApplyAdam | float&[2]; float&[2]; float&[2]; float[]; float[]; float[]; float[]; float[]; float[]; float[3] |
ApplyAdam | float&[2]; float&[3]; float&[2]; float[]; float[]; float[]; float[]; float[]; float[]; float[2] |
ApplyAdaMax | float&[2]; float&[2]; float&[2]; float[]; float[]; float[]; float[]; float[]; float[2] |
ApplyRMSProp | float&[2]; float&[2]; float&[2]; float[]; float[]; float[]; float[]; float[2] |
ApplyCenteredRMSProp | float&[2]; float&[2]; float&[2]; float&[2]; float[]; float[]; float[]; float[]; float[2] |
ApplyFtrl | float&[2]; float&[2]; float&[2]; float[2]; float[]; float[]; float[]; float[] |
ApplyFtrlV2 | float&[2]; float&[2]; float&[2]; float[2]; float[]; float[]; float[]; float[]; float[] |
ApplyProximalGradientDescent | float&[2]; float[]; float[]; float[]; float[2] |
ApplyProximalAdagrad | float&[2]; float&[2]; float[]; float[]; float[]; float[2] |
ApplyAddSign | float&[2]; float&[2]; float[]; float[]; float[]; float[]; float[2] |
ApplyPowerSign | float&[2]; float&[2]; float[]; float[]; float[]; float[]; float[2] |
SparseApplyAdagrad | float&[4,5]; float&[4,5]; float[]; float[3,5]; int32[3] |
SparseApplyAdagrad | float&[4,5]; float&[4,5]; float[]; float[3,5]; int32[2] |
SparseApplyAdagrad | float&[4,5]; float&[4,5]; float[]; float[3,6]; int32[3] |
SparseApplyAdagrad | float&[4,5]; float&[4,5]; float[]; float[3,5]; int32[3,1] |
SparseApplyAdagrad | float&?; float&[4,5]; float[]; float[3,5]; int32? |
SparseApplyAdagrad | float&?; float&?; float[]; float[3,5]; int32? |
SparseApplyMomentum | float&[4,5]; float&[4,5]; float[]; float[3,5]; int32[3]; float[] |
SparseApplyAdadelta | float&[4]; float&[4]; float&[4]; float[]; float[]; float[]; float[2]; int32[2] |
SparseApplyFtrl | float&[4]; float&[4]; float&[4]; float[2]; int32[2]; float[]; float[]; float[]; float[] |
SparseApplyRMSProp | float&[4]; float&[4]; float&[4]; float[]; float[]; float[]; float[]; float[2]; int32[2] |
SparseApplyProximalGradientDescent | float&[4]; float[]; float[]; float[]; float[2]; int32[2] |
HashTableV2 | | key_dtype=string value_dtype=int64
MutableHashTableV2 | | key_dtype=string value_dtype=int64
MutableHashTableOfTensorsV2 | | key_dtype=string value_dtype=int64
MutableDenseHashTableV2 | int64[]; int64[] | value_dtype=int64
InitializeTableV2 | resource[]; string[2]; int64[2] |
InitializeTableV2 | resource[]; string[2]; int64[3] |
InitializeTableV2 | resource[1]; string[2]; int64[2] |
InitializeTableFromTextFileV2 | resource[]; string[] | key_index=0 value_index=1
InitializeTableFromTextFileV2 | resource[]; string[2] | key_index=0 value_index=1
LookupTableFindV2 | resource[]; string[2]; int64[] |
LookupTableFindV2 | resource[2]; string[2]; int64[] |
LookupTableInsertV2 | resource[]; string[2]; int64[3] |
LookupTableInsertV2 | resource[2]; string[2]; int64[3] |
LookupTableRemoveV2 | resource[]; string[2] |
LookupTableRemoveV2 | resource[]; string[] |
LookupTableRemoveV2 | resource[1]; string[2] |
LookupTableSizeV2 | resource[] |
LookupTableSizeV2 | resource[1] |
LookupTableExportV2 | resource[] | Tkeys=string Tvalues=int64
LookupTableImportV2 | resource[]; string[2]; int64[2] |
LookupTableImportV2 | resource[]; string[2]; int64[3] |
LookupTableImportV2 | resource[]; string?; int64[3] |
SparseSlice | int64[3,2]; float[3]; int64[2]; int64[2]; int64[2] |
SparseSlice | int64[?,?]; float[?]; int64[?]; int64[?]; int64[?] |
SparseSlice | int64[3,2]; float[3]; int64[2,1]; int64[2]; int64[2] |
SparseSliceGrad | float[2]; int64[3,2]; int64[2]; int64[2,2] |
SparseSliceGrad | float[2]; int64[3]; int64[2]; int64[2,2] |
StringToHashBucket | string[2,?] | num_buckets=3
StringToHashBucketFast | string[2,?] | num_buckets=3
StringToHashBucketStrong | string? | num_buckets=3 key=[1,2]
StringJoin | (string[2]; string[]) |
StringJoin | (string[]; string[]) |
StringJoin | (string[2]; string[3]) |
StringJoin | (string?; string[]) |
StringJoin | (string?; string[2]) |
AsString | float[2,?] |
StringLength | string[2] |
StringSplit | string[2]; string[] |
StringSplit | string[2]; string[2] |
StringSplit | string[]; string[] |
StringSplitV2 | string?; string[] |
StringToNumber | string[2,?] |
Substr | string[2,3]; int32[]; int32[] |
Substr | string[2,3]; int32[2,3]; int32[2,3] |
Substr | string[2,3]; int32[3]; int32[3] |
Substr | string[2,3]; int32[3]; int32[2] |
Substr | string[2,3]; int32[3]; int32[] |
Substr | string?; int32[3]; int32[3] |
Substr | string[2]; int32?; int32[2] |
ReduceJoin | string[2,3]; int32[]=1 |
ReduceJoin | string[2,3]; int32[2]=1,0 | keep_dims=true
ReduceJoin | string[2,3]; int32[1]=4 |
StringFormat | (float[2]; string[]) | template=a%sb%s
StringFormat | (float[2]; string[]) | template=a%s
DecodeRaw | string[2] | out_type=float
DecodeRaw | string? | out_type=float
EncodeBase64 | string[2] |
ReadFile | string[] |
ReadFile | string[1] |
WriteFile | string[]; string[] |
WriteFile | string[]; string[1] |
MatchingFiles | string[] |
MatchingFiles | string[2] |
MatchingFiles | string[2,1] |
ShardedFilename | string[]; int32[]; int32[] |
ShardedFilename | string[1]; int32[]; int32[] |
ShardedFilespec | string?; int32[] |
MergeV2Checkpoints | string[2]; string[] |
MergeV2Checkpoints | string[]; string[] |
SaveV2 | string[]; string[2]; string[2]; (float[2]; int32[]) |
SaveV2 | string[]; string[1]; string[2]; (float[2]; int32[]) |
SaveV2 | string[]; string?; string[2]; (float[2]; int32[]) |
SaveV2 | string[1]; string[2]; string[2]; (float[2]; int32[]) |
Save | string[]; string[2]; (float[2]; int32[]) |
Save | string[]; string[1]; (float[2]; int32[]) |
Save | string[1]; string[2]; (float[2]; int32[]) |
SaveSlices | string[]; string[2]; string[2]; (float[2]; int32[]) |
SaveSlices | string[]; string[1]; string[2]; (float[2]; int32[]) |
SaveSlices | string[]; string[2]; string[1]; (float[2]; int32[]) |
SaveSlices | string[1]; string[2]; string[2]; (float[2]; int32[]) |
Restore | string[]; string[] | dt=float
Restore | string[1]; string[] | dt=float
Restore | string[]; string[1] | dt=float
RestoreSlice | string[]; string[]; string[] | dt=float
RestoreSlice | string[]; string[]; string[]=4 5 -:1,3 | dt=float
RestoreSlice | string[]; string[]; string[]=4 5 bad | dt=float
RestoreSlice | string[]; string[]; string[1] | dt=float
RestoreSlice | string?; string[]; string? | dt=float
RestoreV2 | string[]; string[2]; string[2] | dtypes=[float,int32]
RestoreV2 | string[]; string[2]; string[2]=|4 5 0,2:- | dtypes=[float,int32]
RestoreV2 | string[]; string[1]; string[1]=4 5 -:1,3 | dtypes=[float]
RestoreV2 | string[]; string[1]; string[1]=4 5 bad | dtypes=[float]
RestoreV2 | string[]; string[2]; string[1] | dtypes=[float,int32]
RestoreV2 | string[1]; string[2]; string[2] | dtypes=[float,int32]
ScalarSummary | string[]; float[] |
ScalarSummary | string[2]; float[2] |
HistogramSummary | string[]; float[5] |
ImageSummary | string[]; float[2,4,4,1] |
AudioSummaryV2 | string[]; float[2,4]; float[] |
TensorSummary | float[5] |
TensorSummaryV2 | string[]; float[5]; string[] |
MergeSummary | (string[]; string[]) |
MergeSummary | (string[2]; string?) |
Print | float[2,?]; (float[2]; int32?) |
PrintV2 | string[] |
PrintV2 | string[2] |
Assert | bool[]; (float[2]; string[]) |
Assert | bool[2]; (float[2]) |
LogicalNot | bool[2,?] |
LogicalAnd | bool[2,1]; bool[3] |
LogicalOr | bool[2]; bool[3] |
Invert | int32[2,?] |
PopulationCount | int32[2,?] |
BitwiseAnd | int32[2,1]; int32[3] |
BitwiseOr | int32[2]; int32[3] |
BitwiseXor | int32[2]; int32[] |
LeftShift | int32[2]; int32[] |
RightShift | int32[2]; int32[] |
TruncateDiv | int32[2]; int32[] |
Angle | complex64[2,?] |
ComplexAbs | complex64[2,?] |
Conj | complex64[2,?] |
Imag | complex64[2,?] |
StringLower | string[2,?] |
StringUpper | string[2,?] |
StringStrip | string[2,?] |
DecodeBase64 | string[2,?] |
ScatterMin | float&[4,5]; int32[3]; float[3,5] |
UnsortedSegmentMin | float[6,3]; int32[6]; int32[]=4 |
UnsortedSegmentProd | float[6,3]; int32[6]; int32[]=4 |
SparseApplyAdagradV2 | float&[4]; float&[4]; float[]; float[]; float[2]; int32[2] |
SparseApplyAdagradDA | float&[4]; float&[4]; float&[4]; float[2]; int32[2]; float[]; float[]; float[]; int64[] |
SparseApplyCenteredRMSProp | float&[4]; float&[4]; float&[4]; float&[4]; float[]; float[]; float[]; float[]; float[2]; int32[2] |
SparseApplyFtrlV2 | float&[4]; float&[4]; float&[4]; float[2]; int32[2]; float[]; float[]; float[]; float[]; float[] |
SparseApplyProximalAdagrad | float&[4]; float&[4]; float[]; float[]; float[]; float[2]; int32[2] |
TensorArrayV3 | int32[] | dtype=float
TensorArrayV3 | int32? | dtype=float
TensorArrayV3 | int32[1] | dtype=float
TensorArrayWriteV3 | resource?; int32[]; float[2]; float[] |
TensorArrayReadV3 | resource?; int32[]; float[] | dtype=float
TensorArrayGatherV3 | resource?; int32[2]; float[] | dtype=float element_shape=[3]
TensorArrayScatterV3 | resource?; int32[2]; float[2,3]; float[] |
TensorArrayConcatV3 | resource?; float[] | dtype=float element_shape_except0=[3]
TensorArraySplitV3 | resource?; float[4,3]; int64[2]; float[] |
TensorArraySizeV3 | resource?; float[] |
TensorArrayCloseV3 | resource? |
TensorArrayGradV3 | resource?; float[] | source=a
TensorArrayGradWithShape | resource?; float[]; int32[1] | source=a
TensorArrayWriteV3 | resource[2]; int32[]; float[2]; float[] |
TensorArrayReadV3 | resource[2]; int32[]; float[] | dtype=float
TensorArrayGatherV3 | resource[2]; int32[2]; float[] | dtype=float element_shape=[3]
TensorArrayScatterV3 | resource[2]; int32[2]; float[2,3]; float[] |
TensorArrayConcatV3 | resource[2]; float[] | dtype=float element_shape_except0=[3]
TensorArraySplitV3 | resource[2]; float[4,3]; int64[2]; float[] |
TensorArraySizeV3 | resource[2]; float[] |
TensorArrayCloseV3 | resource[2] |
TensorArrayGradV3 | resource[2]; float[] | source=a
TensorArrayGradWithShape | resource[2]; float[]; int32[1] | source=a
TensorArrayWriteV3 | resource[]; int32[]; float[2]; float[] |
TensorArrayReadV3 | resource[]; int32[]; float[] | dtype=float
TensorArrayGatherV3 | resource[]; int32[2]; float[] | dtype=float element_shape=[3]
TensorArrayScatterV3 | resource[]; int32[2]; float[2,3]; float[] |
TensorArrayConcatV3 | resource[]; float[] | dtype=float element_shape_except0=[3]
TensorArraySplitV3 | resource[]; float[4,3]; int64[2]; float[] |
TensorArraySizeV3 | resource[]; float[] |
TensorArrayCloseV3 | resource[] |
TensorArrayGradV3 | resource[]; float[] | source=a
TensorArrayGradWithShape | resource[]; float[]; int32[1] | source=a
TensorArrayWriteV3 | resource[3]; int32[]; float[2]; float[] |
TensorArrayReadV3 | resource[3]; int32[]; float[] | dtype=float
TensorArrayGatherV3 | resource[3]; int32[2]; float[] | dtype=float element_shape=[3]
TensorArrayScatterV3 | resource[3]; int32[2]; float[2,3]; float[] |
TensorArrayConcatV3 | resource[3]; float[] | dtype=float element_shape_except0=[3]
TensorArraySplitV3 | resource[3]; float[4,3]; int64[2]; float[] |
TensorArraySizeV3 | resource[3]; float[] |
TensorArrayCloseV3 | resource[3] |
TensorArrayGradV3 | resource[3]; float[] | source=a
TensorArrayGradWithShape | resource[3]; float[]; int32[1] | source=a
TensorArrayWriteV3 | resource[2]; int32[]; float[2]; float[1] |
TensorArrayReadV3 | resource[2]; int32[]; float[1] | dtype=float
TensorArrayGatherV3 | resource[2]; int32[2]; float[1] | dtype=float element_shape=[3]
TensorArrayScatterV3 | resource[2]; int32[2]; float[2,3]; float[1] |
TensorArrayConcatV3 | resource[2]; float[1] | dtype=float element_shape_except0=[3]
TensorArraySplitV3 | resource[2]; float[4,3]; int64[2]; float[1] |
TensorArraySizeV3 | resource[2]; float[1] |
TensorArrayGradV3 | resource[2]; float[1] | source=a
TensorArrayGradWithShape | resource[2]; float[1]; int32[1] | source=a
TensorArrayWriteV3 | resource[2]; int32[]; float[2]; float? |
TensorArrayReadV3 | resource[2]; int32[]; float? | dtype=float
TensorArrayGatherV3 | resource[2]; int32[2]; float? | dtype=float element_shape=[3]
TensorArrayScatterV3 | resource[2]; int32[2]; float[2,3]; float? |
TensorArrayConcatV3 | resource[2]; float? | dtype=float element_shape_except0=[3]
TensorArraySplitV3 | resource[2]; float[4,3]; int64[2]; float? |
TensorArraySizeV3 | resource[2]; float? |
TensorArrayGradV3 | resource[2]; float? | source=a
TensorArrayGradWithShape | resource[2]; float?; int32[1] | source=a
TensorArrayWriteV3 | resource[2]; int32[1]; float[2]; float[] |
TensorArrayReadV3 | resource[2]; int32[1]; float[] | dtype=float
TensorArrayWriteV3 | resource[2]; int32?; float[2]; float[] |
TensorArrayReadV3 | resource[2]; int32?; float[] | dtype=float
TensorArrayGatherV3 | resource[2]; int32[]; float[] | dtype=float element_shape=[3]
TensorArrayGatherV3 | resource[2]; int32[]; float[] | dtype=float
TensorArrayScatterV3 | resource[2]; int32[]; float[2,3]; float[] |
TensorArrayScatterV3 | resource[2]; int32[]; float?; float[] |
TensorArraySplitV3 | resource[2]; float[4,3]; int64[]; float[] |
TensorArrayGatherV3 | resource[2]; int32?; float[] | dtype=float element_shape=[3]
TensorArrayGatherV3 | resource[2]; int32?; float[] | dtype=float
TensorArrayScatterV3 | resource[2]; int32?; float[2,3]; float[] |
TensorArrayScatterV3 | resource[2]; int32?; float?; float[] |
TensorArraySplitV3 | resource[2]; float[4,3]; int64?; float[] |
TensorArrayGatherV3 | resource[2]; int32[2,2]; float[] | dtype=float element_shape=[3]
TensorArrayGatherV3 | resource[2]; int32[2,2]; float[] | dtype=float
TensorArrayScatterV3 | resource[2]; int32[2,2]; float[2,3]; float[] |
TensorArrayScatterV3 | resource[2]; int32[2,2]; float?; float[] |
TensorArraySplitV3 | resource[2]; float[4,3]; int64[2,2]; float[] |
TensorArrayGatherV3 | resource[2]; int32[3]; float[] | dtype=float element_shape=[3]
TensorArrayGatherV3 | resource[2]; int32[3]; float[] | dtype=float
TensorArrayScatterV3 | resource[2]; int32[3]; float[2,3]; float[] |
TensorArrayScatterV3 | resource[2]; int32[3]; float?; float[] |
TensorArraySplitV3 | resource[2]; float[4,3]; int64[3]; float[] |
TensorArrayGatherV3 | resource[2]; int32[?]; float[] | dtype=float element_shape=[3]
TensorArrayGatherV3 | resource[2]; int32[?]; float[] | dtype=float
TensorArrayScatterV3 | resource[2]; int32[?]; float[2,3]; float[] |
TensorArrayScatterV3 | resource[2]; int32[?]; float?; float[] |
TensorArraySplitV3 | resource[2]; float[4,3]; int64[?]; float[] |
TensorArrayScatterV3 | resource[2]; int32?; float[]; float[] |
TensorArraySplitV3 | resource[2]; float[]; int64[2]; float[] |
StackV2 | int32[] | elem_type=float
StackV2 | int32[2] | elem_type=float
StackPushV2 | resource?; float[2,?] |
StackPopV2 | resource? | elem_type=float
StackCloseV2 | resource? |
ReaderReadV2 | resource[]; resource[] |
ReaderReadV2 | resource?; resource[] |
ReaderReadV2 | resource[2]; resource[] |
ReaderReadUpToV2 | resource[]; resource[]; int64[] |
ReaderReadUpToV2 | resource[]; resource[]; int64[2] |
ReaderNumRecordsProducedV2 | resource[] |
ReaderSerializeStateV2 | resource? |
ReaderRestoreStateV2 | resource[]; string[] |
ReaderRestoreStateV2 | resource[]; string[2] |
TextLineReaderV2 ||
WholeFileReader ||
AddSparseToTensorsMap | int64[4,2]; float[4]; int64[2] |
AddManySparseToTensorsMap | int64[4,2]; float[4]; int64[2] |
AddManySparseToTensorsMap | int64[4]; float[4]; int64[2] |
TakeManySparseFromTensorsMap | int64[?] | dtype=float
TakeManySparseFromTensorsMap | int64[2,2] | dtype=float
DecodePaddedRaw | string[2]; int32[]=8 | out_type=float
DecodePaddedRaw | string[2]; int32[]=7 | out_type=float
DecodePaddedRaw | string[2]; int32? | out_type=float
Timestamp || 
NoOp || 
'''


def cases():
    for op in UNARY:
        for shape in ('[2,3]', '[?,3]', '?'):
            yield op, 'float' + shape, ''
    for op in BINARY:
        shapes = BROADCASTS if op in ('Add', 'Equal') else BROADCASTS[:4] + BROADCASTS[18:20]
        for inputs in pairs(shapes):
            yield op, inputs, ''
    for op in MERGE_GRADS + UNCHANGED_GRADS:
        for inputs in pairs(MERGES if op in ('ReluGrad', 'SigmoidGrad') else MERGES[:2] + MERGES[5:6]):
            yield op, inputs, ''
    for op in REDUCTIONS:
        for inputs in REDUCE if op in ('Sum', 'Max') else REDUCE[:3]:
            yield op, inputs, ''
            yield op, inputs, 'keep_dims=true'
    for line in TABLE.strip().split('\n'):
        yield split_line(line)
    for line in shape_cases_image.lines():
        yield split_line(line)
    for line in shape_cases_accumulators.lines():
        yield split_line(line)
    for line in shape_cases_convolution.lines():
        yield split_line(line)
    for line in shape_cases_signal.lines():
        yield split_line(line)
    for line in shape_cases_sequences.lines():
        yield split_line(line)


def split_line(line):
    """Fields end at the first and the last "|": string values contain others."""
    op, rest = line.split('|', 1)
    inputs, attrs = rest.rsplit('|', 1)
    return op.strip(), inputs.strip(), attrs.strip()

