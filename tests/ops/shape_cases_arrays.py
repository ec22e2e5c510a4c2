"""The cases of shapes.tsv of arrays: shapes, slices, gathers, as in shape_cases.py."""

TABLE = '''
Bitcast | float[2,3] | type=int32
Bitcast | float[2,3] | type=uint8
Bitcast | uint8[2,4] | type=float
Bitcast | uint8[2,3] | type=float
Bitcast | uint8[2,?] | type=float
Bitcast | uint8[] | type=float
Bitcast | float? | type=uint8
Bitcast | double[] | type=float
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
MatrixDiagV2 | float[3]; int32[]=0; int32[]=-1; int32[]=-1; float[]=0 |
MatrixDiagV2 | float[3]; int32[]=-2; int32[]=-1; int32[]=-1; float[]=0 |
MatrixDiagV2 | float[3]; int32[2]=-1,0; int32[]=-1; int32[]=-1; float[]=0 |
MatrixDiagV2 | float[3]; int32[2]=0,-1; int32[]=-1; int32[]=-1; float[]=0 |
MatrixDiagV2 | float[3]; int32?; int32[]=-1; int32[]=-1; float[]=0 |
MatrixDiagV2 | float[2,3]; int32[]=0; int32[]=-1; int32[]=-1; float[]=0 |
MatrixDiagV2 | float[2,3]; int32[]=-2; int32[]=-1; int32[]=-1; float[]=0 |
MatrixDiagV2 | float[2,3]; int32[2]=-1,0; int32[]=-1; int32[]=-1; float[]=0 |
MatrixDiagV2 | float[2,3]; int32[2]=0,-1; int32[]=-1; int32[]=-1; float[]=0 |
MatrixDiagV2 | float[2,3]; int32?; int32[]=-1; int32[]=-1; float[]=0 |
MatrixDiagV2 | float[?]; int32[]=0; int32[]=-1; int32[]=-1; float[]=0 |
MatrixDiagV2 | float[?]; int32[2]=-1,0; int32[]=-1; int32[]=-1; float[]=0 |
MatrixDiagV2 | float[?]; int32[2]=0,-1; int32[]=-1; int32[]=-1; float[]=0 |
MatrixDiagV2 | float[?]; int32?; int32[]=-1; int32[]=-1; float[]=0 |
MatrixDiagV2 | float[2,?]; int32[]=0; int32[]=-1; int32[]=-1; float[]=0 |
MatrixDiagV2 | float[2,?]; int32[2]=-1,0; int32[]=-1; int32[]=-1; float[]=0 |
MatrixDiagV2 | float[2,?]; int32[2]=0,-1; int32[]=-1; int32[]=-1; float[]=0 |
MatrixDiagV2 | float[2,?]; int32?; int32[]=-1; int32[]=-1; float[]=0 |
MatrixDiagV2 | float?; int32[]=0; int32[]=-1; int32[]=-1; float[]=0 |
MatrixDiagV2 | float?; int32[]=-2; int32[]=-1; int32[]=-1; float[]=0 |
MatrixDiagV2 | float?; int32[2]=-1,0; int32[]=-1; int32[]=-1; float[]=0 |
MatrixDiagV2 | float?; int32[2]=0,-1; int32[]=-1; int32[]=-1; float[]=0 |
MatrixDiagV2 | float?; int32?; int32[]=-1; int32[]=-1; float[]=0 |
MatrixDiagV2 | float[]; int32[]=0; int32[]=-1; int32[]=-1; float[]=0 |
MatrixDiagV2 | float[]; int32[]=-2; int32[]=-1; int32[]=-1; float[]=0 |
MatrixDiagV2 | float[]; int32[2]=-1,0; int32[]=-1; int32[]=-1; float[]=0 |
MatrixDiagV2 | float[]; int32[2]=0,-1; int32[]=-1; int32[]=-1; float[]=0 |
MatrixDiagV2 | float[]; int32?; int32[]=-1; int32[]=-1; float[]=0 |
MatrixDiagV2 | float[3]; int32[0]=; int32[]=-1; int32[]=-1; float[]=0 |
MatrixDiagV2 | float[3]; int32[1,1]=0; int32[]=-1; int32[]=-1; float[]=0 |
MatrixDiagV2 | float[3]; int32[3]=0,1,2; int32[]=-1; int32[]=-1; float[]=0 |
MatrixDiagV2 | float[3]; int32[]=0; int32[]=4; int32[]=-1; float[]=0 |
MatrixDiagV2 | float[3]; int32[]=0; int32[]=-1; int32[]=2; float[]=0 |
MatrixDiagV2 | float[?]; int32[]=1; int32[]=-1; int32[]=2; float[]=0 |
MatrixDiagV2 | float[3]; int32[]=0; int32[]=3; int32[]=3; float[]=0 |
MatrixDiagV2 | float[3]; int32[]=0; int32[]=5; int32[]=6; float[]=0 |
MatrixDiagV2 | float[3]; int32[]=0; int32[]=-1; int32[]=5; float[]=0 |
MatrixDiagV2 | float[?]; int32[]=1; int32[]=-1; int32[]=5; float[]=0 |
MatrixDiagV2 | float[3]; int32[]=0; int32[]=0; int32[]=0; float[]=0 |
MatrixDiagV2 | float[?]; int32[]=1; int32[]=0; int32[]=0; float[]=0 |
MatrixDiagV2 | float[3]; int32[]=0; int32[1]=3; int32[]=-1; float[]=0 |
MatrixDiagV2 | float[3]; int32[]=0; int32[]=-1; int32[]=-1; float[1]=0 |
MatrixDiagPartV2 | float[2,3,4]; int32[]=0; float[]=0 |
MatrixDiagPartV2 | float[2,3,4]; int32[]=2; float[]=0 |
MatrixDiagPartV2 | float[2,3,4]; int32[]=-3; float[]=0 |
MatrixDiagPartV2 | float[2,3,4]; int32[2]=-1,2; float[]=0 |
MatrixDiagPartV2 | float[2,3,4]; int32[2]=1,0; float[]=0 |
MatrixDiagPartV2 | float[2,3,4]; int32?; float[]=0 |
MatrixDiagPartV2 | float[2,3,4]; int32[?]; float[]=0 |
MatrixDiagPartV2 | float[?,4]; int32[]=0; float[]=0 |
MatrixDiagPartV2 | float[?,4]; int32[]=2; float[]=0 |
MatrixDiagPartV2 | float[?,4]; int32[2]=-1,2; float[]=0 |
MatrixDiagPartV2 | float[?,4]; int32[2]=1,0; float[]=0 |
MatrixDiagPartV2 | float[?,4]; int32?; float[]=0 |
MatrixDiagPartV2 | float[?,4]; int32[?]; float[]=0 |
MatrixDiagPartV2 | float[3,?]; int32[]=0; float[]=0 |
MatrixDiagPartV2 | float[3,?]; int32[]=-3; float[]=0 |
MatrixDiagPartV2 | float[3,?]; int32[2]=-1,2; float[]=0 |
MatrixDiagPartV2 | float[3,?]; int32[2]=1,0; float[]=0 |
MatrixDiagPartV2 | float[3,?]; int32?; float[]=0 |
MatrixDiagPartV2 | float[3,?]; int32[?]; float[]=0 |
MatrixDiagPartV2 | float[0,3]; int32[]=0; float[]=0 |
MatrixDiagPartV2 | float[0,3]; int32[]=2; float[]=0 |
MatrixDiagPartV2 | float[0,3]; int32[]=-3; float[]=0 |
MatrixDiagPartV2 | float[0,3]; int32[2]=-1,2; float[]=0 |
MatrixDiagPartV2 | float[0,3]; int32[2]=1,0; float[]=0 |
MatrixDiagPartV2 | float[0,3]; int32?; float[]=0 |
MatrixDiagPartV2 | float[0,3]; int32[?]; float[]=0 |
MatrixDiagPartV2 | float?; int32[]=0; float[]=0 |
MatrixDiagPartV2 | float?; int32[]=2; float[]=0 |
MatrixDiagPartV2 | float?; int32[]=-3; float[]=0 |
MatrixDiagPartV2 | float?; int32[2]=-1,2; float[]=0 |
MatrixDiagPartV2 | float?; int32[2]=1,0; float[]=0 |
MatrixDiagPartV2 | float?; int32?; float[]=0 |
MatrixDiagPartV2 | float?; int32[?]; float[]=0 |
MatrixDiagPartV2 | float[3]; int32[]=0; float[]=0 |
MatrixDiagPartV2 | float[3]; int32[]=2; float[]=0 |
MatrixDiagPartV2 | float[3]; int32[]=-3; float[]=0 |
MatrixDiagPartV2 | float[3]; int32[2]=-1,2; float[]=0 |
MatrixDiagPartV2 | float[3]; int32[2]=1,0; float[]=0 |
MatrixDiagPartV2 | float[3]; int32?; float[]=0 |
MatrixDiagPartV2 | float[3]; int32[?]; float[]=0 |
MatrixDiagPartV2 | float[3,3]; int32[]=0; float[1]=0 |
MatrixSetDiagV2 | float[2,3,4]; float[2,3]; int32[]=0 |
MatrixSetDiagV2 | float[2,3,4]; float[2,3]; int32[2]=-1,0 |
MatrixSetDiagV2 | float[2,3,4]; float[2,3]; int32[]=9 |
MatrixSetDiagV2 | float[2,3,4]; float[2,3]; int32? |
MatrixSetDiagV2 | float[2,3,4]; float[2,2,3]; int32[]=0 |
MatrixSetDiagV2 | float[2,3,4]; float[2,2,3]; int32[2]=-1,0 |
MatrixSetDiagV2 | float[2,3,4]; float[2,2,3]; int32[]=9 |
MatrixSetDiagV2 | float[2,3,4]; float[2,2,3]; int32? |
MatrixSetDiagV2 | float[2,3,4]; float?; int32[]=0 |
MatrixSetDiagV2 | float[2,3,4]; float?; int32[2]=-1,0 |
MatrixSetDiagV2 | float[2,3,4]; float?; int32[]=9 |
MatrixSetDiagV2 | float[2,3,4]; float?; int32? |
MatrixSetDiagV2 | float[?,3,4]; float[2,2,3]; int32[]=0 |
MatrixSetDiagV2 | float[?,3,4]; float[2,2,3]; int32[]=9 |
MatrixSetDiagV2 | float[?,3,4]; float[2,3]; int32[]=0 |
MatrixSetDiagV2 | float[?,3,4]; float[2,3]; int32[2]=-1,0 |
MatrixSetDiagV2 | float[?,3,4]; float[2,3]; int32[]=9 |
MatrixSetDiagV2 | float?; float[2,3]; int32[]=0 |
MatrixSetDiagV2 | float?; float[2,3]; int32[2]=-1,0 |
MatrixSetDiagV2 | float?; float[2,3]; int32[]=9 |
MatrixSetDiagV2 | float?; float?; int32[]=0 |
MatrixSetDiagV2 | float?; float?; int32[2]=-1,0 |
MatrixSetDiagV2 | float?; float?; int32[]=9 |
MatrixSetDiagV2 | float?; float?; int32? |
MatrixSetDiagV2 | float[3,4]; float[]; int32[]=0 |
MatrixSetDiagV2 | float[3,4]; float[]; int32[2]=-1,0 |
MatrixSetDiagV2 | float[3,4]; float[]; int32[]=9 |
MatrixSetDiagV2 | float[3,4]; float[]; int32? |
MatrixSetDiagV2 | float[3]; float[3]; int32[]=0 |
MatrixSetDiagV2 | float[3]; float[3]; int32[2]=-1,0 |
MatrixSetDiagV2 | float[3]; float[3]; int32[]=9 |
MatrixSetDiagV2 | float[3]; float[3]; int32? |
MatrixSetDiagV2 | float[2,3,4]; float[5,3]; int32[]=0 |
MatrixSetDiagV2 | float[2,3,4]; float[5,3]; int32[2]=-1,0 |
MatrixSetDiagV2 | float[2,3,4]; float[5,3]; int32[]=9 |
MatrixSetDiagV2 | float[2,3,4]; float[5,3]; int32? |
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
NoOp || 
'''
