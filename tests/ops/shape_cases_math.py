"""The cases of shapes.tsv of arithmetic, reductions and segments, as in shape_cases.py."""

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
UnsortedSegmentMin | float[6,3]; int32[6]; int32[]=4 |
UnsortedSegmentProd | float[6,3]; int32[6]; int32[]=4 |
'''
